"""Policies that make the moves of the table: what they are asked, what comes of their answers, what is refused."""

import re
from typing import ClassVar

import pytest

from negsim.errors import NegsimError
from negsim.negotiation.tables import Move, Outcome
from negsim.policies import SeatedNegotiation
from negsim.report.minutes import transcript
from negsim.scenario import load, with_changes

MOVES = "process.moves={amendments: true, lone_bracket: true, questions: true, offers: true, pens: true, motions: true}"
WHOLE = "process.adoption=everything"  # so that nothing is dropped while it could be offered
ROOM = with_changes(load("classroom"), [MOVES, WHOLE, "methodology=rolling_text", "parameters.goodwill=0.5"])
SPEAKERS = with_changes(ROOM, ["methodology=questionnaire"])


class Mover:
    """It makes every move that it may, and keeps what it was shown."""

    seen: ClassVar[list] = []

    def _look(self, view):
        self.seen.append((view.move, view, view.brief()))

    def amend(self, view):
        self._look(view)
        return view.instructions[view.issue]

    def offer(self, view):
        self._look(view)
        return {view.issues[0]: 0.5} if view.issues else None

    def ask(self, view):
        self._look(view)
        return sorted(view.trust)[:2]

    def ask_for_pen(self, view):
        self._look(view)
        return view.issues[0], view.position[view.issues[0]]

    def move(self, view):
        self._look(view)
        return True

    def respond(self, view):
        self._look(view)


def played(scenario, policies, replication=0):
    room = SeatedNegotiation(scenario, policies, seed=2, replication=replication)
    while room.run.outcome == Outcome.RUNNING:
        room.finish_turn()
    return room


@pytest.fixture
def seen():
    Mover.seen.clear()
    return Mover.seen


def test_a_policy_makes_every_move_and_knows_what_a_delegate_may_know(seen):
    name = next(iter(SeatedNegotiation(ROOM, {}, seed=2, replication=0).names))
    for scenario in (ROOM, SPEAKERS):
        for replication in range(3):
            played(scenario, {name: Mover}, replication)
    hooks = {Move.AMEND, Move.OFFER, Move.ASK, Move.TAKE_PEN, Move.CALL}
    assert hooks | {Move.READ_AMENDMENT, Move.VOTE} <= {move for move, *_ in seen}
    answered = [view for _, view, _ in seen if view.answers]
    assert answered
    for view in answered:
        for other, answer in view.answers.items():
            assert other in sorted(view.trust)[:2]
            assert set(answer.position) == set(ROOM.issues)
            assert answer.priority in ROOM.issues
    offers = [view for move, view, _ in seen if move == Move.OFFER]
    assert all(view.issue not in view.issues and view.issue in view.text for view in offers)
    amendments = [view for move, view, _ in seen if move == Move.READ_AMENDMENT]
    assert {view.text[view.issue].pen for view in amendments} == {name}


def test_an_offer_is_answered_as_both_paragraphs_or_neither(seen):
    """Of the model's delegates, who make one at every reading that fails."""
    scenario = with_changes(
        load("classroom"), ["process.moves={offers: true, initiative: 1}", WHOLE, "methodology=rolling_text"]
    )
    for replication in range(3):
        played(scenario, {"government": Mover}, replication)
    offers = [(view, brief) for move, view, brief in seen if move == Move.READ_OFFER]
    assert offers
    for view, brief in offers:
        assert view.issue is None
        assert len(view.issues) == len(view.text) == 2
        assert "reads an offer: both paragraphs, or neither" in brief


@pytest.mark.parametrize(
    ("method", "answer", "why"),
    [
        ("amend", 1.5, "1.5; a position is a number 0..1"),
        ("offer", 0.3, "it may answer an issue with a position, or None"),
        ("offer", {"sharing": 0.3, "logs": 0.2}, "it may answer an issue with a position, or None"),
        ("ask", ["a", "b", "c"], "it may name up to 2 delegates"),
        ("ask", 3, "it may name up to 2 delegates"),
        ("ask", [3], "ask answered 3; it may name another delegate"),
        ("ask_for_pen", (), "it may answer an issue with a position, or None"),
    ],
)
def test_an_answer_that_is_no_move_is_refused_and_changes_nothing(method, answer, why):
    policy = type("Odd", (), {method: lambda *_: answer})
    room = asked_for(method, SPEAKERS if method == "move" else ROOM, policy)
    before, minute = room.run.pending, room.run.minute
    with pytest.raises(NegsimError, match=re.escape(why)):
        room.finish_turn()
    assert (room.run.pending, room.run.minute) == (before, minute)


def asked_for(method, scenario, policy):
    """A room in which the turn is due that asks the policy."""
    hooks = {"amend": Move.AMEND, "offer": Move.OFFER, "ask": Move.ASK, "ask_for_pen": Move.TAKE_PEN, "move": Move.CALL}
    for replication in range(9):
        room = SeatedNegotiation(scenario, {"government": policy}, seed=2, replication=replication)
        while room.run.pending.move not in {hooks[method], Move.NOTHING} or not may_offer(room):
            room.run.finish_turn()
        if room.run.pending.move == hooks[method]:
            return room
    raise AssertionError("it was never asked")


def may_offer(room):
    """Whether a turn for offers, if one is due, has another open issue that an offer may ask for."""
    return room.run.pending.move != Move.OFFER or bool(room.issues_of(room.run.pending))


def test_a_policy_is_told_of_the_motion_that_its_delegate_would_make(seen):
    scenario = with_changes(SPEAKERS, ["process.moves.initiative=1", "trust.across=0.7"])  # who trusts moves
    room = asked_for("move", scenario, Mover)
    room.answers()
    told = {view.name: (view.default, "would make this move" in brief) for _, view, brief in seen}
    moves = {name: bool(room.run.choice.about[room.seat(name)] >= 0) for name in told}
    assert True in moves.values()
    assert told == {name: (True, True) if moved else (None, False) for name, moved in moves.items()}


@pytest.mark.usefixtures("seen")
def test_a_run_with_moves_is_the_same_turn_by_turn_and_in_one_go():
    turns, whole = (SeatedNegotiation(ROOM, {"government": Mover}, seed=2, replication=0) for _ in range(2))
    while turns.run.outcome == Outcome.RUNNING:
        turns.finish_turn()
    whole.go_on()
    assert turns.run.state.trust.tobytes() == whole.run.state.trust.tobytes()
    assert turns.run.state.paragraphs.tobytes() == whole.run.state.paragraphs.tobytes()


@pytest.mark.usefixtures("seen")
def test_the_minutes_tell_every_move():
    text = ""
    for scenario in (ROOM, SPEAKERS):
        for replication in range(8):
            room = played(scenario, {"government": Mover}, replication)
            text += transcript(room.scenario, room.trace())
    for words in ("moves an amendment", "asks", "hands out text", "close the list of speakers", "offers to accept"):
        assert words in text
