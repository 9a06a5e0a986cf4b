"""What the log tells is what happened: turn by turn, from the turn, the answers and the state before and after it."""

from dataclasses import asdict
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from cases import CODES, contested, rows
from negsim.negotiation import log
from negsim.negotiation.floor import begin, choose, follow, next_turn
from negsim.negotiation.proposals import next_proposal
from negsim.negotiation.tables import (
    Move,
    Outcome,
    Response,
    Row,
    Status,
    allocate_choice,
    closed_paragraphs,
    is_closed,
    is_open,
    open_paragraphs,
)
from negsim.randomness import stream
from negsim.scenario import load, with_changes
from negsim.scenario.lowering import lower

FULL = Path(__file__).parents[1] / "data" / "full.yaml"
ELSEWHERE = {Move.CORRIDORS, Move.ASIDE}  # `test_rules` looks at these, `test_moves` at the others
ELSEWHERE |= {Move.READ_AMENDMENT, Move.READ_OFFER, Move.QUESTION, Move.SECRET, Move.RESERVE, Move.VOTE}
WRITTEN = ["status", "text", "precision", "pen"]


def copied(state):
    tables = ("delegates", "opinions", "paragraphs", "waiting", "clock")
    return state._replace(**{name: getattr(state, name).copy() for name in tables})


class Told:
    """The events that a turn should have left, each as its kind and the columns of that kind."""

    def __init__(self, room, state, turn, choice):
        self.case, self.turn, self.choice, self.events = room, turn, choice, []
        self.before, self.after, self.row = copied(state), state, room.plan[state.clock[0].row]

    def say(self, kind, **columns):
        self.events.append((kind, columns))

    def rose(self, column):
        return bool(self.after.clock[column][0] > self.before.clock[column][0])

    def reading(self, k, *, parked, place):
        blockers = np.flatnonzero(self.choice.response == Response.BLOCK).tolist()
        for i in blockers:
            self.say(log.Block, issue=k, who=i, shortfall=self.choice.shortfall[i], blockers=len(blockers))
        passed = is_closed(self.after, k)
        self.say(log.Verdict, issue=k, place=place, blockers=len(blockers), passed=passed, parked=parked)

    def was_parked(self, k):
        return bool(self.after.paragraphs["parked"][k] > self.before.paragraphs["parked"][k])

    def is_new(self, k):
        """Whether the text, or its pen, is another than before."""
        return str(self.after.paragraphs[WRITTEN][k]) != str(self.before.paragraphs[WRITTEN][k])

    def tabling(self, who):
        if self.before.delegates["present"][who]:
            waiting = int(self.after.waiting.any(axis=1).sum())
            self.say(log.Tabling, who=who, proposal=int(self.before.clock["tabled"][0]), waiting=waiting)

    def tell(self):
        """By the name of the move, once the turn is over."""
        getattr(self, Move(self.turn.move).name.lower(), lambda: None)()
        return self.events

    def speak(self):
        k, who = self.turn.issue, self.turn.who
        place, position = self.choice.values[k], self.after.views["position"][who, k]
        self.say(log.Statement, issue=k, who=who, place=place, position=position)

    def table(self):
        self.tabling(self.turn.who)

    def submit(self):
        self.tabling(self.turn.who)

    def discuss(self):
        k, p = self.turn.issue, next_proposal(self.before, self.turn.issue)
        self.say(log.Discussion, issue=k, who=self.turn.who, proposal=p)
        fell_short = str(self.before.paragraphs["shortfall"][k]), str(self.after.paragraphs["shortfall"][k])
        if self.is_new(k) or fell_short[0] != fell_short[1]:  # the same text as before may be proposed again
            self.reading(k, parked=self.was_parked(k), place=self.before.proposed[p, k])

    def read(self):
        k = self.turn.issue
        self.reading(k, parked=self.was_parked(k), place=self.before.paragraphs["text"][k])

    def read_package(self):
        on_agenda = self.case.plan_issues[self.before.clock[0].row]
        open_text = np.isin(self.before.paragraphs["status"], (Status.OPEN, Status.BRACKETED))
        for k in np.flatnonzero(on_agenda & open_text).tolist():
            self.reading(k, parked=False, place=self.before.paragraphs["text"][k])

    def notice(self):
        k = self.turn.issue
        if self.after.paragraphs["noticed"][k] > self.before.paragraphs["noticed"][k]:
            self.say(log.Overlap, issue=k, place=self.after.paragraphs["text"][k])

    def draft(self):
        for k in range(len(self.after.paragraphs)):
            text = self.after.paragraphs[k]
            if self.is_new(k):
                self.say(log.Handout, issue=k, pen=text.pen, place=text.text, precision=text.precision)

    def draft_in_group(self):
        k = self.turn.issue
        drafters = int(self.after.views["drafter"][:, k].sum())
        self.say(log.GroupDraft, issue=k, place=self.after.paragraphs["text"][k], drafters=drafters)

    def poll(self):
        k = self.turn.issue
        self.say(
            log.StrawPoll, issue=k, place=np.median(self.before.views["position"][self.before.delegates["present"], k])
        )

    def warn(self):
        t = (self.after.clock["minute"][0] - self.row.mandate_start) / (self.row.deadline - self.row.mandate_start)
        felt = self.case.setting[0].pressure * self.case.formats[self.row.format].pressure
        self.say(log.Reminder, elapsed=t, pressure=felt * t**2)

    def open_session(self):
        self.say(log.SessionOpening, format=self.row.format, length=self.row.minutes)

    def close_session(self):
        lost = self.before.clock["session_ends"][0] - self.before.clock["minute"][0]
        self.say(log.SessionClosing, format=self.row.format, lost=lost, unresolved=open_paragraphs(self.before))

    def evening(self):
        spent = {name: self.row[name] for name in ("caucus", "mixed_share", "quality")}
        self.say(log.EveningSpent, **spent)
        group = self.before.delegates["group"]
        left = self.before.delegates["present"] & ~self.after.delegates["present"]
        for g in sorted(set(group[left].tolist())):
            self.say(log.Exit, who=int(np.flatnonzero(group == g)[0]), group=g)

    def gap(self):
        row, texts, drafts = self.row, self.after.paragraphs, 0
        self.say(log.Interval, days=row.days)
        if row.record:
            self.say(log.RecordRead)
        for k in range(len(texts)):
            if self.is_new(k):
                assert row.consult
                self.say(log.Consultation, issue=k, pen=texts["pen"][k], place=texts["text"][k])
            drafts += is_open(self.after, k) and not np.isnan(texts["text"][k])
        if not np.isnan(row.circulate):
            self.say(log.Circulation, days=row.circulate, issues=drafts, passed=row.days >= row.circulate)
        if row.reconsider:
            self.say(log.Reconsideration)

    def reaffirm(self):
        named = self.case.plan_seats[self.before.clock[0].row] > 0
        for j in np.flatnonzero(named & self.before.delegates["present"]).tolist():
            self.say(log.Reaffirmation, who=j, strength=self.row.quality)

    def motion(self):
        backers = (self.choice.response == Response.ACCEPT) & self.before.delegates["present"]
        passed = bool(self.after.clock["row"][0] == self.before.clock["row"][0] + 1)
        self.say(log.MotionDecided, backers=int(backers.sum()), passed=passed)

    def close_meeting(self):
        self.say(log.MeetingClosing, unresolved=open_paragraphs(self.before))

    def renew(self):
        support = self.after.clock["renewal_support"][0]
        self.say(log.RenewalDecided, support=support, passed=self.rose("renewed"), clean_slate=self.row.clean_slate)
        if not self.rose("renewed"):
            self.adopt()

    def adopt(self):
        closed = closed_paragraphs(self.before)
        if closed == len(self.after.paragraphs) or (closed and self.case.setting[0].separable):
            passed = self.after.clock["outcome"][0] in {Outcome.CONSENSUS, Outcome.PARTIAL}
            self.say(log.Adoption, passed=passed)


def check_log(room, seed):
    """Every turn of a run; the moves that its log told of."""
    state, choice, moves = begin(room, stream(seed, 0), 2000), allocate_choice(*room.stances.shape), set()
    while state.clock[0].outcome == Outcome.RUNNING:
        turn, first = next_turn(room, state), state.clock[0].logged
        choose(room, state, turn, choice)
        told = Told(room, state, turn, choice)
        follow(room, state, turn, choice)
        events = list(log.events(state.log[first : state.clock[0].logged]))
        if turn.move == Move.CORRIDORS:
            continue
        for event, (kind, columns) in zip(events, told.tell(), strict=True):
            said = asdict(event)
            assert type(event) is kind
            assert told.before.clock[0].minute <= said["minute"] <= state.clock[0].minute
            assert (said["meeting"], said["day"]) == (told.row.meeting, told.row.day)
            assert {name: said[name] for name in columns} == pytest.approx(columns, rel=1e-12, abs=1e-12)
        moves |= {event.move for event in events}
    return moves


def test_the_log_tells_what_happened():
    walkouts = {"seats": {"outside_option": 0.95}, "parameters": {"walkout": 1.0}}
    hard = ["parameters.goodwill=0", "parameters.block_cost=0", "parameters.aspiration=0.6"]
    empty = with_changes(load(FULL), ["process.events.8.renewal.clean_slate=true", *hard])
    gap = {"kind": Row.GAP, "days": 30.0, "reconsider": True, "record": True, "consult": True, "circulate": 20.0}
    half = {"kind": Row.SESSION, "minutes": 150.0, "format": CODES["chair_text"]}
    two = rows([half, gap, half | {"meeting": 1}, {"kind": Row.END, "meeting": 1}])
    by_parts = {"separable": True}
    rooms = (
        contested(setting=by_parts, **walkouts), lower(empty),
        contested(setting=by_parts, timetable=two, parameters={"goodwill": 0.0, "patience": 50.0}),
    )  # fmt: skip
    moves = set()
    for seed, room in product(range(2, 20), rooms):
        moves |= check_log(room, seed)
        if moves == set(log.HAPPENINGS) - ELSEWHERE:
            return
    raise AssertionError(set(log.HAPPENINGS) - moves)
