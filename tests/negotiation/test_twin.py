"""The plain twin of `twin.py` and the kernels: the same turns and answers, and the same people and text at the end."""

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import ALL_FORMATS, CODES, beliefs, case, contested, meetings, plan, rows
from generated import cases
from negsim.kernel import UNCOMPILED
from negsim.negotiation.acceptance import ANY_NUMBER, MAJORITY, TEXTS, passable_texts, zone_exists
from negsim.negotiation.moves import MOST_AMENDMENTS, MOST_OFFERS
from negsim.negotiation.runs import LOG_ROWS, Negotiation, replicate
from negsim.negotiation.tables import DEAL_ROW, Move, Outcome, Row, fill
from negsim.scenario import load, names, with_changes
from negsim.scenario.lowering import lower
from twin import SEARCHED, Delegate, Room

FULL = Path(__file__).parents[1] / "data" / "full.yaml"
SMALL = FULL.with_name("small.yaml")
DIVIDED = FULL.with_name("caucuses.yaml")
CLOSE = {"rtol": 0.0, "atol": 1e-9}
WEIGHTS = {"voting_weight": [20.0, *[1.0] * 3, 0.5, 4.0, 0.0, 0.1, 9.0]}
RULES = (
    {},
    {"setting": {"accept": 0.6, "blocks": ANY_NUMBER}},
    {"setting": {"blocks": 1}},
    {"setting": {"blocks": ANY_NUMBER}, "consent": {"accept": MAJORITY}},
    {"setting": {"accept": 0.5, "blocks": 2}, "consent": {"accept": [0.6, 0.0, 0.4], "blocks": [0, ANY_NUMBER, 1]}},
    {"setting": {"record_dissent": True}},
    {"setting": {"accept": 0.55, "weight_accept": 0.65, "minority": 4, "blocks": ANY_NUMBER}, "seats": WEIGHTS},
    {"setting": {"weight_accept": 0.4, "blocks": 3}, "seats": WEIGHTS},
)
METHODOLOGIES = ("chair_text", "rolling_text", "convergence_mapping")
FEW = settings(max_examples=10 if UNCOMPILED else 30)


def in_part(values, count):
    """The values of a test, those beyond the first so many as deep ones."""
    return [*values[:count], *(pytest.param(value, marks=pytest.mark.deep) for value in values[count:])]


def number_of(who):
    return -1 if who is None else who.number


def pen_of(text):
    return text.pen.number if isinstance(text.pen, Delegate) else int(text.pen)


def check_people(state, room):
    np.testing.assert_allclose(state.delegates["temper"], [d.temper for d in room.delegates], **CLOSE)
    for name in ("position", "instructions", "first_position", "salience", "weight"):
        ours = [
            getattr(d, name.removesuffix("_position") if name.startswith("first") else name) for d in room.delegates
        ]
        np.testing.assert_allclose(state.views[name], np.array(ours), **CLOSE, err_msg=name)
    lines = np.array([d.red for d in room.delegates])
    for name, at in (("red_low", 0), ("red_high", 1)):
        np.testing.assert_allclose(state.views[name], lines[:, :, at], **CLOSE, err_msg=name)
    said = [[np.nan if y is None else y for y in d.said] for d in room.delegates]
    np.testing.assert_allclose(state.views["statement"], np.array(said), **CLOSE)
    held = np.array([list(d.trust.values()) for d in room.delegates])
    here = state.delegates["present"]  # nothing asks any more whom those trust who have left
    np.testing.assert_allclose(state.trust.T[here], held[here], **CLOSE)
    belief = np.array([[d.belief[other] for other in room.delegates] for d in room.delegates])  # holder, about, issue
    np.testing.assert_allclose(beliefs(state), belief.transpose(2, 1, 0), **CLOSE)
    np.testing.assert_allclose(state.delegates["chair_trust"], [d.chair_trust for d in room.delegates], **CLOSE)
    assert state.delegates["present"].tolist() == [d.present for d in room.delegates]
    np.testing.assert_allclose(state.paragraphs["climate"], room.climate, **CLOSE)


def check_refusals(state, room):
    """What is known of those in the room: the texts that they refuse, and those that they accept."""
    here, shape = [d.number for d in room.here], (len(room.here), len(room.paragraphs))
    for name, none in (("refused_below", -np.inf), ("refused_above", np.inf)):
        known = [[getattr(text, name).get(d, none) for text in room.paragraphs] for d in room.here]
        np.testing.assert_allclose(state.views[name][here], np.array(known).reshape(shape), **CLOSE)
    for end, (name, none) in enumerate((("accepted_low", np.inf), ("accepted_high", -np.inf))):
        known = [[text.accepted[d][end] if d in text.accepted else none for text in room.paragraphs] for d in room.here]
        np.testing.assert_allclose(state.views[name][here], np.array(known).reshape(shape), **CLOSE)


def check_text(state, room):
    texts = room.paragraphs
    np.testing.assert_allclose(state.paragraphs["text"], [np.nan if t.text is None else t.text for t in texts], **CLOSE)
    assert state.paragraphs["status"].tolist() == [int(t.status) for t in texts]
    assert state.paragraphs["pen"].tolist() == [pen_of(t) for t in texts]
    assert state.paragraphs["read_today"].tolist() == [t.read_today for t in texts]
    assert state.paragraphs["parked"].tolist() == room.parked
    np.testing.assert_allclose(state.paragraphs["precision"], [t.precision for t in texts], **CLOSE)
    brackets = [[d in t.brackets for t in texts] for d in room.delegates]
    assert state.views["bracket"].tolist() == brackets
    np.testing.assert_allclose(state.paragraphs["minutes"], [t.minutes for t in texts], **CLOSE)
    assert state.paragraphs["zone_start"].tolist() == room.zone_start
    assert set(np.flatnonzero(state.paragraphs["false_convergence"])) == room.false_convergence


def check_books(run, room):
    """What the readings say of other decision rules, when each text was closed, and the zones at the end."""
    texts, issues = run.state.paragraphs, room.issues
    closed_at = [np.nan if text.closed_at is None else text.closed_at for text in room.paragraphs]
    np.testing.assert_allclose(texts["closed_at"], closed_at, **CLOSE)
    assert texts["fewest_blockers"].tolist() == [room.fewest_blockers(k) for k in issues]
    np.testing.assert_allclose(texts["content"], [room.content(k) for k in issues], **CLOSE)
    assert texts["majority_met"].tolist() == [room.majority_met(k) for k in issues]
    assert [zone_exists(run.case, run.state, k) for k in issues] == [room.zone_exists(k) for k in issues]


def passing(run):
    """The texts that the kernel says would pass in place of the one that is to be read: now, and at most."""
    found, which = np.zeros(TEXTS, np.int64), []
    for at_most in (False, True):
        count = passable_texts(run.case, run.state, run.pending.issue, at_most, found)
        which.append(np.flatnonzero(found) / 50)
        assert count == len(which[-1])
    return which


READS = {Move.READ, Move.READ_PACKAGE, Move.READ_AMENDMENT, Move.READ_OFFER, Move.DISCUSS}


class ReadingRoom(Room):
    """A twin that notes by how much the text that was read last falls short for each of those present (5.5 to 5.9)."""

    short = None

    def settle(self, shortfall):
        self.short = [shortfall[d] for d in self.here]
        return super().settle(shortfall)

    def would_pass(self, *text):
        short = self.short
        would, self.short = super().would_pass(*text), short
        return would


def kernel_turns(run, answers, short):
    """The turns of the kernels.

    answers: what they say of each paragraph that is read, before and after it; short: by how much the text falls short.
    """
    while run.outcome == Outcome.RUNNING:
        reads = run.pending.move == Move.READ
        before = passing(run) if reads else []
        short[:] = run.choice.shortfall[run.state.delegates["present"]]
        yield run.finish_turn()
        if reads:
            rows = run.state.log[: run.state.clock[0].logged]
            row = rows[rows["move"] == Move.READ][-1]
            answers.append((*before, bool(row.passed), float(row.passable)))


def check_readings(state, room, answers):
    """What would have passed at each reading of a paragraph, by a hair less and by a hair more."""
    assert len(answers) == len(room.read_texts)
    for n, ((now, at_most, passed, nearest), read) in enumerate(zip(answers, room.read_texts, strict=True)):
        for found, (strict, eased) in ((now, read.now), (at_most, read.at_most)) if n < SEARCHED else ():
            assert set(strict) <= set(found) <= set(eased)
        assert passed == read.passed
        if passed or not len(now):
            assert math.isnan(nearest)
        else:
            assert nearest == min(now, key=lambda y: (abs(y - read.text) // 1e-12, y))
    for k, text in enumerate(state.paragraphs):
        failed = [nearest for (*_, passed, nearest), read in zip(answers, room.read_texts, strict=True)
                  if read.issue == k and not passed]  # fmt: skip
        assert (text.failed, text.passable) == (len(failed), np.isfinite(failed).sum())


def check_run(table, seed=0, replication=0):
    run = Negotiation(table, seed=seed, replication=replication, log_rows=LOG_ROWS)
    room, answers, short = ReadingRoom(table, seed, replication), [], []
    check_people(run.state, room)
    for kernel_s, twin_s in itertools.zip_longest(kernel_turns(run, answers, short), room.play()):
        assert kernel_s is not None
        assert twin_s is not None
        move, issue, who = twin_s
        assert kernel_s == (move, -1 if issue is None else issue, number_of(who))
        assert run.minute == pytest.approx(room.minute, abs=1e-9)
        if move in READS:
            np.testing.assert_allclose(short, room.short, **CLOSE)
    check_people(run.state, room)
    check_text(run.state, room)
    check_books(run, room)
    check_refusals(run.state, room)
    check_readings(run.state, room, answers)
    assert run.outcome == room.outcome
    seats = run.measured().delegates[0]
    np.testing.assert_allclose(seats["score"], [room.score(d) for d in room.delegates], rtol=0.0, atol=1e-6)
    assert seats["red_lines_signed"].tolist() == [room.red_lines_signed(d) for d in room.delegates]
    clock, tabled = run.state.clock[0], run.state.proposals[: len(room.proposals)]
    assert tabled["sponsor"].tolist() == [proposal.sponsor.number for proposal in room.proposals]
    assert (run.state.movers["shown"] >= 0).tolist() == [d in room.shown for d in room.delegates]
    assert run.state.log["found"][: clock["logged"]].sum() == room.found - room.found_in_packages
    assert (clock["renewed"], clock["warnings"]) == (room.renewed, room.warnings)
    assert clock["tabled"] == len(room.proposals)
    return room


SMALL_ROOMS = {
    "two groups of three": case(),
    "one": contested((1,), 2),
    "two of a group": contested((2,), 2),
    "two groups of one": contested((1, 1), 2),
    "a group of three": contested((3,), means=[0.5]),
    "a group of seven": contested((7,), means=[0.5]),
    "nobody may block": contested(seats={"may_block": False}),
    "nobody's consent is asked": contested(setting={"blocks": ANY_NUMBER}),  # so that everybody counts
}


@pytest.mark.parametrize("room", SMALL_ROOMS)
def test_a_small_or_odd_room_is_its_twin(room):
    for replication in range(3):
        check_run(SMALL_ROOMS[room], 3, replication)


@pytest.mark.parametrize("replication", range(6))
def test_a_contested_negotiation_through_every_format_is_its_twin(replication):
    check_run(contested(), 2011, replication)


@pytest.mark.parametrize("name", sorted({name for day in ALL_FORMATS for name, _ in day}))
def test_every_format_is_its_twin(name):
    room = contested(timetable=plan([[("tabled_proposals", 60.0), (name, 200.0)]] * 2, mixed=0.4))
    for replication in range(2):
        check_run(room, 7, replication)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_every_decision_rule_is_its_twin(rule):
    for replication, separable in enumerate((True, False)):
        setting = {"pressure": 0.6, "separable": separable, "vote_share": 0.55} | rule.get("setting", {})
        check_run(contested(**(rule | {"setting": setting})), 3, replication)


MOVES = {
    "amendments": {"amendments": True},
    "a lone bracket": {"lone_bracket": True},
    "offers": {"offers": True},
    "a motion": {"motions": CODES["rolling_text"]},
}


def check_moves(moves, rule):
    for replication, initiative in enumerate((0.4, 1.0)):
        setting = {"pressure": 0.6, "initiative": initiative} | rule.get("setting", {}) | moves
        check_run(contested(**(rule | {"setting": setting})), 3, replication)


@pytest.mark.slow
@pytest.mark.parametrize("rule", in_part(RULES[:6], 2), ids=str)
@pytest.mark.parametrize("moves", MOVES.values(), ids=MOVES)
def test_each_move_is_that_of_the_twin(moves, rule):
    check_moves(moves, rule)


@pytest.mark.parametrize("rule", in_part(RULES, 5), ids=str)
def test_moves_together_are_those_of_the_twin(rule):
    check_moves({name: value for move in MOVES.values() for name, value in move.items()}, rule)


def test_what_people_move_is_what_the_twin_makes_of_it():
    """Questions, secrets and pens, which the model's delegates leave to people, and amendments and offers of theirs."""
    setting = {
        "amendments": True,
        "questions": True,
        "secrets": True,
        "offers": True,
        "pens": True,
        "motions": CODES["rolling_text"],
    }
    timetable = plan([[("chair_text", 30.0), ("questionnaire", 30.0)], *ALL_FORMATS], mixed=0.5)
    lines = {"red_low": np.repeat([0.3, -np.inf, 0.2], 3)[:, None]}
    knows = {"secret_issue": np.arange(9) % 3, "secret": 0.15}
    table = contested(
        setting=setting, stances={"spread": 0.2, **lines}, seats=knows, timetable=timetable, sizes=(3, 3, 3)
    )
    run, room = Negotiation(table, seed=9, log_rows=LOG_ROWS), PeoplesRoom(table, 9, 0)
    seen = set()
    for move, *_ in room.play():
        if run.pending.move in PeoplesRoom.HOOKS:
            people_move(run)
        seen.add(Move(run.finish_turn().move))
        assert room.minute == pytest.approx(run.minute, abs=1e-9), move
    assert {Move.READ_AMENDMENT, Move.READ_OFFER, Move.ASK, Move.SHOW, Move.TAKE_PEN, Move.VOTE} <= seen
    assert len(room.shown) == PeoplesRoom.PEOPLE > MOST_AMENDMENTS > MOST_OFFERS  # so that some are not read
    check_people(run.state, room)
    check_text(run.state, room)
    check_refusals(run.state, room)


def wish(seat, issue, issues):
    """What a person in a seat moves: an issue and a place."""
    return (issue + 1 + seat) % issues, (7 * seat + 3 * issue) % 11 / 10.0


class PeoplesRoom(Room):
    """A room in which people in the first seats make every move that they may."""

    HOOKS = (Move.AMEND, Move.OFFER, Move.ASK, Move.SHOW, Move.TAKE_PEN, Move.CALL)
    PEOPLE = 4

    def decide(self, move, k=None):
        people, issues = self.delegates[: self.PEOPLE], len(self.issues)
        moves = {
            Move.AMEND: lambda d: wish(d.number, k, issues)[1],
            Move.OFFER: lambda d: wish(d.number, k, issues),
            Move.ASK: lambda d: [self.delegates[d.number + 1], self.delegates[d.number + 4]],
            Move.SHOW: lambda d: self.delegates[d.number + 2],
            Move.TAKE_PEN: lambda d: wish(d.number, 0, issues),
            Move.CALL: lambda _: True,
        }
        return {d: moves[move](d) for d in people}


def people_move(run):
    """Write what people in the first seats move into the choice."""
    choice, turn = run.choice, run.pending
    for seat in range(PeoplesRoom.PEOPLE):
        issue, place = wish(seat, max(turn.issue, 0), len(choice.values))
        choice.about[seat], choice.place[seat] = issue, place
        choice.whom[seat] = seat + 1, seat + 4
        if turn.move in {Move.CALL, Move.SHOW}:
            choice.about[seat] = CODES["rolling_text"] if turn.move == Move.CALL else seat + 2


@pytest.mark.parametrize("seed", range(3))
def test_a_deal_is_that_of_the_twin(seed):
    """Wishes and lines moved apart, one line beyond those that face it, and the luck of each replication beside it."""
    lines = {
        "red_low": np.repeat([0.3, -np.inf, 0.2], 2)[:, None],
        "red_high": np.repeat([np.inf, 0.7, 0.9], 2)[:, None],
    }
    ranges = {"position_low": -0.1, "position_high": 0.2, "red_low": -0.1, "red_high": [0.0, 0.1, 0.2]}
    knows = {"secret_issue": np.arange(6) % 3, "secret": 0.15}
    room = contested(
        (2, 2, 2), seats=knows, stances={"spread": 0.05, "red_spread": 0.02} | lines,
        setting={"dealt": True, "locked_low": 0.05, "locked_high": 0.1, "has_moves": True},
        deal=fill(DEAL_ROW, 3, **ranges), timetable=plan([[("rolling_text", 60.0)]]),
    )  # fmt: skip
    rooms = [check_run(room, seed, r) for r in range(2)]
    assert rooms[0].locked[1] == rooms[1].locked[1]
    assert [d.first for d in rooms[0].delegates] == [d.first for d in rooms[1].delegates]
    assert [d.temper for d in rooms[0].delegates] != [d.temper for d in rooms[1].delegates]


@pytest.mark.parametrize("setting", in_part([{}, {"separable": True}, {"vote_share": 0.4}, {"blocks": 2}], 2), ids=str)
def test_scores_are_those_of_the_twin(setting):
    lines = {"red_low": np.repeat([0.3, -np.inf, 0.25], 3)[:, None], "red_spread": 0.05, "spread": 0.2}
    room = contested((3, 3, 3), stances=lines, setting={"has_moves": True} | setting)
    scores = [[room.score(d) for d in room.delegates] for room in (check_run(room, 4, r) for r in range(4))]
    assert np.ptp(scores) > 10.0


@pytest.mark.parametrize("pen", ["chair", "none", "Norland", "firms"])
@pytest.mark.parametrize("status", ["open", "agreed"])
def test_text_at_the_start_is_its_twin(pen, status):
    text = (
        f"process.text={{money: {{value: 0.6, precision: 0.6, status: {status}, pen: {pen}}}, scope: {{value: 0.2}}}}"
    )
    table = lower(with_changes(load(FULL), [text, "process.events.8.renewal.clean_slate=false"]))
    for replication in range(2):
        check_run(table, 5, replication)


@pytest.mark.slow
@pytest.mark.parametrize("clean_slate", in_part([True, False], 1))
def test_a_renewed_mandate_is_its_twin(clean_slate):
    events = f"process.events=[renewal: {{after_meeting: 1, clean_slate: {str(clean_slate).lower()}}}]"
    changes = [events, "parameters.goodwill=0.3", "parameters.block_cost=0", "process.decision_rule={accept: 0.9}"]
    rooms = [
        lower(with_changes(load(FULL), [*changes, f"methodology={name}"])) for name in ("rolling_text", "chair_text")
    ]
    renewed = 0
    for room in rooms:
        for replication in range(3):
            check_run(room, 5, replication)
        renewed += replicate(room, 5, 0, 3).runs["renewals"].sum()
    assert renewed > 0


@pytest.mark.slow
@pytest.mark.parametrize("change", ["", *(f"methodology={name}" for name in METHODOLOGIES)])
def test_a_scenario_with_every_event_is_its_twin(change):
    table = lower(with_changes(load(FULL), [change] if change else []))
    for replication in range(4):
        check_run(table, 5, replication)


@pytest.mark.slow
def test_a_negotiation_that_sponsors_walk_out_of_is_its_twin():
    change = [
        "groups.firms.outside_option=0.99",
        "parameters.walkout=1",
        "trust.across=0.1",
        "process.meetings.1.agenda=[proposal_review: 1]",
        "process.events=[submission: {by: firms, meeting: 1}, submission: {by: states, meeting: 1}]",
    ]
    table = lower(with_changes(load(SMALL), change))
    rooms = [check_run(table, 5, replication) for replication in range(12)]
    assert 0 < sum(len(room.here) < len(room.delegates) for room in rooms) < 12


@pytest.mark.slow
@pytest.mark.parametrize("name", in_part(names(), 1))
def test_a_built_in_scenario_is_its_twin(name):
    check_run(lower(load(name)), 2**63, 1)


HARD = {  # so that text is read again and again, whatever the defaults are
    "goodwill": 0.4, "temper": 0.02, "block_cost": 0.05, "hope": 0.3, "aspiration": 0.15, "devaluation": 0.08,
    "concession_exponent": 1.5, "climate": 0.03, "climate_by_issue": 0.05,
}  # fmt: skip
HARDER = HARD | {"goodwill": 0.0, "block_cost": 0.0, "patience": 100.0}  # so that paragraphs wait for a last call


@pytest.mark.parametrize("hope", [0.0, 0.6])
def test_caucuses_are_their_twin(hope):
    changes = [f"parameters.hope={hope}", "informal.corridors=0.4", "process.informal.breaks=2"]
    table = lower(load(DIVIDED, changes=changes))
    assert len(set(table.seats["caucus"])) > len(table.group_size)
    for replication in range(3):
        check_run(table, 5, replication)


@pytest.mark.slow
@pytest.mark.parametrize("patience", in_part([3.0, 200.0], 1))
def test_a_rolling_text_read_for_days_is_its_twin(patience):
    known = parked = 0
    habits = HARD | {"goodwill": 0.9, "patience": patience}
    table = contested(timetable=plan([[("rolling_text", 900.0)]] * 3), parameters=habits)
    for replication in range(4):
        room = check_run(table, 7, replication)
        known += sum(np.isfinite([*text.refused_below.values()]).sum() for text in room.paragraphs)
        parked += sum(room.parked)
    assert known > 0
    assert (parked > 0) == (patience < 200.0)


@pytest.mark.parametrize("fade", [0.0, 0.04])
@pytest.mark.parametrize("name", ["rolling_text", "chair_text", "package_deal", "proposal_review"])
def test_refusals_in_every_format_that_reads_are_their_twin(name, fade):
    day = [("tabled_proposals", 60.0), (name, 300.0), ("rolling_text", 90.0)]
    table = contested(timetable=plan([day]), parameters=HARD | {"fade": fade})
    for replication in range(2):
        check_run(table, 9, replication)


def test_a_package_with_core_issues_is_its_twin():
    table = contested(
        timetable=plan([[("chair_text", 20.0), ("package_deal", 200.0)]] * 2),
        parameters={"goodwill": 0.9},
        setting={"salience_spread": 0.8, "pressure": 0.5},
        core=np.array([False, True, True]),
    )
    for replication in range(5):
        check_run(table, 3, replication)


@pytest.mark.slow
def test_somebody_with_a_block_and_a_fallback_that_leaves_is_its_twin():
    outside = np.array([np.nan, 0.9, np.nan, 0.95, np.nan, np.nan, np.nan, 0.2, 0.9])
    table = contested(
        seats={"outside_option": outside, "may_block": np.arange(9) != 8},
        parameters={"walkout": 1.0, "goodwill": 1.0},
        setting={"separable": True},
    )
    outcomes, left = [], 0
    for replication in range(10):
        room = check_run(table, 4, replication)
        left += len(room.here) < len(room.delegates)
        outcomes.append(room.outcome)
    assert left > 0
    assert len(set(outcomes)) > 1


GAPS = {
    "capitals reconsider": {"reconsider": True},
    "a record is read": {"record": True},
    "the pen-holder consults": {"consult": True},
    "drafts go out in time": {"reconsider": True, "circulate": 15.0},
    "drafts go out too late": {"reconsider": True, "circulate": 25.0},
    "everything": {"reconsider": True, "record": True, "consult": True, "circulate": 20.0},
}
DRAFTING = ("chair_text", "rolling_text", "convergence_mapping", "drafting_group", "package_deal")


@pytest.mark.slow
@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)
def test_the_time_between_meetings_is_its_twin(gap):
    for replication, name in enumerate(DRAFTING):
        timetable = meetings([("questionnaire", 45.0), (name, 90.0)], gap)
        check_run(contested(timetable=timetable, parameters=HARD | {"reconsideration": 0.4}), 8, replication)


@pytest.mark.slow
@pytest.mark.parametrize("rule", in_part(RULES, 4), ids=str)
def test_a_consultation_is_its_twin_whoever_has_a_say(rule):
    """A tie in voting weight is one however it is added up, and a text that a seat has written stays."""
    setting = {"initiative": 0.6, "amendments": True} | rule.get("setting", {})
    consulted = 0
    for replication, name in enumerate(DRAFTING):
        timetable = meetings([("questionnaire", 45.0), (name, 90.0)], {"consult": True}, count=4)
        table = contested(timetable=timetable, parameters=HARD, **(rule | {"setting": setting}))
        consulted += len(check_run(table, 8, replication).consulted)
    assert consulted > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", in_part(["rolling_text", "package_deal", "chair_text", "proposal_review"], 1))
def test_issues_that_had_their_time_and_a_last_call_are_their_twin(name):
    """Whatever is read in between; and where amendments and offers take them up before."""
    day = [("rolling_text", 360.0), ("tabled_proposals", 15.0), (name, 20.0)]
    timetable = meetings(day, {"reconsider": True}, count=2)
    late = 0
    for replication, moves in enumerate(({}, {}, {}, {}, {"offers": True, "amendments": True, "initiative": 1.0})):
        setting = {"separable": True} | moves
        table = contested((3, 3, 3), timetable=timetable, parameters=HARDER, setting=setting)
        late += len(check_run(table, 2, replication).late)
    assert late > 0


def test_issues_that_had_their_time_in_one_mandate_have_it_anew_in_the_next():
    """Two days, the second of another mandate."""
    day = [{"kind": Row.SESSION, "minutes": 240.0, "format": CODES["rolling_text"]}, {"kind": Row.EVENING}]
    first = [*day, {"kind": Row.RENEWAL, "clean_slate": False}]
    entries = [row | {"deadline": 240.0} for row in first] + [row | {"mandate_start": 240.0, "day": 1} for row in day]
    timetable = rows([*entries, {"kind": Row.END, "mandate_start": 240.0}])
    table = contested(timetable=timetable, parameters=HARDER, setting={"separable": True})
    rooms = [check_run(table, 3, replication) for replication in range(4)]
    assert any(room.late and room.renewed for room in rooms)


@pytest.mark.parametrize("scale", in_part([0.02, 10.0], 1))
def test_what_a_room_knows_finds_texts_as_in_its_twin(scale):
    """At a small scale of errors the room knows nothing and finds nothing, at a large one it finds what is there."""
    parameters = HARD | {"knowledge_scale": scale, "exaggeration": 0.8}
    table = contested(timetable=plan([[("rolling_text", 300.0), ("package_deal", 60.0)]] * 2), parameters=parameters)
    found = sum(check_run(table, 4, replication).found for replication in range(4))
    assert found > 0 if scale > 1.0 else found == 0


@pytest.mark.parametrize("slack", [0.0, 0.02])
def test_positions_on_core_issues_are_held_as_in_the_twin(slack):
    core, timetable = np.array([True, False, True]), plan([[("questionnaire", 90.0), ("chair_text", 90.0)]] * 2)
    table = contested(parameters={"slack": slack, "caucus_pull": 0.3}, core=core, timetable=timetable)
    room = check_run(table, 5, 0)
    moved = np.abs([[d.position[k] - d.instructions[k] for k in room.issues] for d in room.delegates]).max(axis=0)
    assert (moved[core] <= slack + 1e-12).all()
    assert moved[1] > 0.02


def test_secrets_that_people_tell_are_those_of_the_twin():
    """At mixed tables and in corridors, each once, to one whose line it moves."""
    lines = {"red_low": np.repeat([0.3, -np.inf, 0.2], 3)[:, None]}
    knows = {"secret_issue": np.arange(9) % 3, "secret": 0.15}
    told = 0
    for replication in range(4):
        table = contested(
            (3, 3, 3), stances={"spread": 0.2} | lines, seats=knows, setting={"disclosure": 0.7},
            timetable=plan([[("rolling_text", 100.0)]] * 3, mixed=0.7),
        )  # fmt: skip
        told += len(check_run(table, 6, replication).shown)
    assert told > 4


def test_seats_with_a_fallback_and_habits_of_their_own_are_their_twin():
    own = {
        "no_deal": np.where(np.arange(9) % 2, np.nan, np.linspace(0.1, 0.9, 9)),
        "outside_option": np.where(np.arange(9) == 4, 0.5, np.nan),
        "aspiration": np.linspace(0.0, 0.3, 9), "concession_exponent": np.linspace(0.5, 4.0, 9),
        "goodwill": np.linspace(0.0, 1.0, 9),
    }  # fmt: skip
    for replication, separable in enumerate((True, False)):
        setting = {"has_moves": True, "separable": separable}
        timetable = plan([[("chair_text", 60.0), ("rolling_text", 90.0), ("package_deal", 60.0)]] * 2)
        check_run(contested((3, 3, 3), seats=own, setting=setting, timetable=timetable), 8, replication)


@pytest.mark.parametrize("core", [[True, False, False], [False, True, True], [True, True, True]], ids=str)
def test_offers_of_a_core_issue_are_their_twin(core):
    setting = {"offers": True, "initiative": 1.0, "salience_spread": 0.8}
    for replication in range(2):
        check_run(contested(parameters=HARD, setting=setting, core=np.array(core)), 3, replication)


@pytest.mark.slow
@pytest.mark.parametrize("rule", in_part(RULES, 4), ids=str)
def test_observers_without_a_say_are_their_twin(rule):
    may_block = np.array([True, True, False, True, False, False, True, False, False])
    seats = {"may_block": may_block} | rule.get("seats", {})
    for replication in range(2):
        check_run(contested(**(rule | {"seats": seats})), 5, replication)


def test_warnings_until_the_chair_has_given_up_are_their_twin():
    table = contested(timetable=plan([[("chair_text", 400.0)]]), setting={"pressure": 1.0}, parameters=HARD)
    assert [check_run(table, 6, replication).warnings for replication in range(3)] == [3, 3, 3]


@FEW
@given(cases(), st.integers(0, 2**20))
def test_any_negotiation_is_its_twin(table, seed):
    check_run(table, seed, 3)
