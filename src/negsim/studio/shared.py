"""Shared tables: one negotiation of several people, which the server runs, with the model in all other seats.

- A turn at which a seat of somebody has a say waits for the rows of each such seat; no rows mean "as my delegate
  would". Turns at which nobody has a say are made at once. Which decision is asked of whom is `games.Asked`, as in a
  page.
- A page gets what its seat may know (`masks`), turn by turn: `SeatNews`. What only the whole room can say goes beside
  it: the best text of the seat, how the others see it, what it was told in the corridor, with whom it dined, who
  answered how.
- Rows follow the order of the seats, not that in which they came, and give the same bits when `replay` plays them
  again.
- Time, people and journals are the class's: `classes`.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from negsim.cast.moves import TURNS
from negsim.games import Asked, digest_of_end
from negsim.negotiation.informal import seat_evening
from negsim.negotiation.runs import LOG_ROWS
from negsim.negotiation.score import score, weigh_best
from negsim.negotiation.tables import Floats, Ints, Move, Outcome, Response, Turn
from negsim.policies import SeatedNegotiation
from negsim.policies.masks import Bytes, Mask, masked_events, whole_of
from negsim.replay import AnswerRow, Play, plain_of
from negsim.scenario import Scenario
from negsim.studio.limits import RefusedError

_PENS = 2  # those who are asked for texts beside the seats: the chair and the facilitator
_MOST_STEPS = 150  # turns that a page may be behind without getting everything anew
_TRUST_DIGITS, _PLACE_DIGITS = 3, 2  # of what others think of a seat
_Plain = dict[str, Any]  # as JSON has it


class SeatReply(NamedTuple):
    """A sheet that somebody's page answered. kept: what it decides for later turns, as the page has it."""

    turn: int
    milliseconds: int
    act: str
    adviser: bool
    kept: str


class _Before(NamedTuple):
    """A turn that is about to be made, for what a page is told of it afterwards."""

    turn: Turn
    logged: int
    text: Floats  # K
    values: Floats  # K
    whom: Ints  # N,2
    shown: Ints  # N; to whom each has shown what only it knows, -1 nobody
    tables: Ints | None  # N; who dines where, in an evening


class SharedTable:
    """A negotiation under way with people in some of its seats."""

    def __init__(self, scenario: Scenario, seats: Sequence[str], *, seed: int, replication: int) -> None:
        """Open it. seats: those of people. Raises NegsimError for an unknown one."""
        self.room = SeatedNegotiation(scenario, {}, seed=seed, replication=replication, log_rows=LOG_ROWS)
        self.numbers = {name: self.room.seat(name) for name in seats}
        self.rows: list[AnswerRow] = []
        self.turns: list[Turn] = []  # that were made
        self.rows_of: dict[str, list[AnswerRow]] = {name: [] for name in seats}
        self.replies: dict[str, list[SeatReply]] = {name: [] for name in seats}
        self._play = Play(self.room)
        self._taken: set[int] = set()
        self._given: dict[int, tuple[AnswerRow, ...]] = {}  # to the turn that is due, by seat
        self._asked: set[int] = set()  # seats that have a say in the turn that is due, answered or not
        self._news: dict[int, SeatNews] = {}
        self._best = np.empty(len(self.room.names))
        weigh_best(self.room.run.case, self.room.run.state, self._best)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.room.run.outcome != Outcome.RUNNING

    def waits_for(self) -> list[str]:
        """Return the seats that still have to answer."""
        return [name for name, seat in self.numbers.items() if seat in self._asked and seat not in self._given]

    def take_seats(self, names: Collection[str]) -> None:
        """Let people have seats; they are asked from the next turn on."""
        self._taken = {self.numbers[name] for name in names}
        for seat in self._taken - self._news.keys():
            self._news[seat] = SeatNews(self.room, seat, float(self._best[seat]))

    def go_on(self) -> None:
        """Make the turns at which nobody has a say, up to the next at which somebody does."""
        while not self.is_over:
            self._asked = {seat for seat in self._taken if Asked(self.room, seat, "").has_a_say()}
            if self._asked:
                return
            self._make({})
        self._asked = set()

    def check(self, name: str, turn: int, rows: Sequence[AnswerRow]) -> None:
        """Raise NegsimError, in a sentence, unless these rows answer the turn that is due for a seat."""
        if turn != len(self.turns) or name not in self.waits_for():
            raise RefusedError("the table has gone on without this answer")
        if rows:
            Asked(self.room, self.numbers[name], "this answer").check(rows)

    def take(self, name: str, rows: Sequence[AnswerRow]) -> None:
        """Take the checked rows of a seat. With the last of them the turn is made, and all up to the next question."""
        self._given[self.numbers[name]] = tuple(rows)
        self.rows_of[name] += rows
        if self._asked <= self._given.keys():
            given, self._given = self._given, {}
            self._make(given)
            self.go_on()

    def _make(self, given: Mapping[int, Sequence[AnswerRow]]) -> None:
        """Make the turn that is due. given: rows by seat."""
        run, rows = self.room.run, [row for seat in sorted(given) for row in given[seat]]
        self._play.take(rows)
        self.rows += rows
        before = self._look()
        run.follow()
        self.turns.append(before.turn)
        response = run.choice.response.copy()  # as follow left it; to find the next turn writes over it
        run.go_on(np.zeros(len(self.room.names) + _PENS, np.int64), -math.inf)
        whole = whole_of(run.state)
        for seat, news in self._news.items():
            news.note(before, given.get(seat, ()), response, whole)

    def _look(self) -> _Before:
        run, tables = self.room.run, None
        if run.pending.move == Move.EVENING:
            tables = np.zeros(len(self.room.names), np.int64)
            seat_evening(run.case, run.state, run.choice, tables)
        logged = int(run.state.clock["logged"][0])
        text = run.state.paragraphs["text"].copy()
        shown = run.state.movers["shown"].copy()
        return _Before(run.pending, logged, text, run.choice.values.copy(), run.choice.whom.copy(), shown, tables)

    def news(self, name: str, have: int) -> _Plain:
        """Return what a page of a seat does not know yet. have: turns that it has, -1 for none."""
        seat, count = self.numbers[name], len(self.turns)
        steps = self._news[seat].since(have, count)
        return {
            "turns": count,
            "whole": self._news[seat].whole([turn.move for turn in self.turns]) if steps is None else None,
            "steps": steps or [],
            "asked": name in self.waits_for(),
            "waits": self.waits_for(),
            "score": self.score(name) if self.is_over else None,
        }

    def score(self, name: str) -> float:
        """Return the score of a seat by now; 0 where the seat can win nothing."""
        seat, run = self.numbers[name], self.room.run
        return float(score(run.case, run.state, seat, float(self._best[seat])))

    def end(self, name: str) -> _Plain:
        """Return what a page needs to play a game that is over again, and look back at it: nothing is secret then."""
        run = self.room.run
        seed, replication = self.room.address
        tables = run.case._asdict().items()
        return {
            "case": {table: {"shape": values.shape, "bytes": _packed(values)} for table, values in tables},
            "seed": str(seed), "replication": replication, "rows": plain_of(self.rows),
            "result": {
                "outcome": run.outcome.name.lower(), "score": self.score(name), "turns": len(self.turns),
                "digest": digest_of_end(run.state),
            },
        }  # fmt: skip


class SeatNews:
    """What the page of a seat gets of a negotiation: everything once, then every turn by what has changed."""

    def __init__(self, room: SeatedNegotiation, seat: int, best: float) -> None:
        self._room, self._seat, self._best = room, seat, best
        case, state = room.run.case, room.run.state
        self._state_mask, self._case_mask = Mask(state, case, seat), Mask(case, case, seat)
        self._case = self._case_mask.of(whole_of(case))
        self._state = self._state_mask.of(whole_of(state))
        self._steps: list[_Plain] = []
        self._told: list[_Plain] = []
        self._readings: dict[int, _Plain] = {}  # by issue: the text that was read last, and who put it in brackets

    def note(self, before: _Before, rows: Sequence[AnswerRow], response: Ints, whole: Bytes) -> None:
        """Note a turn that was made."""
        state = self._state_mask.of(whole)
        words = np.flatnonzero(state.view(np.uint64) != self._state.view(np.uint64))
        told = self._told_in(before)
        self._told += told
        if before.turn.move == Move.READ:
            blocked = (response == Response.BLOCK) & self._room.run.state.delegates["present"]
            self._readings[before.turn.issue] = {
                "text": _finite(before.text[before.turn.issue]), "who": np.flatnonzero(blocked).tolist(),
            }  # fmt: skip
        self._steps.append({
            "turn": list(before.turn),
            "rows": plain_of(rows),
            "words": _packed(words.astype("<u4")),
            "bytes": _packed(state.view(np.uint64)[words]),
            "events": self._events(before.logged),
            "answers": response.tolist() if "response" in TURNS[before.turn.move].decides else None,
            "said": self._said_in(before),
            "whom": before.whom[self._seat].tolist() if before.turn.move == Move.ASK else None,
            "told": told,
            "dinner": self._dinner_of(before),
            **self._now(),
        })  # fmt: skip
        self._state = state
        if len(self._steps) > _MOST_STEPS:
            del self._steps[0]

    def since(self, have: int, count: int) -> list[_Plain] | None:
        """Return the turns after those that a page has; None if it needs everything."""
        behind = count - have
        if have < 0 or not 0 <= behind <= len(self._steps):
            return None
        return self._steps[len(self._steps) - behind :]

    def whole(self, moves: Sequence[int]) -> _Plain:
        """Return everything that a page of the seat may know. moves: the kinds of all turns that were made."""
        case = self._room.run.case
        return {
            "seat": self._seat, "best": self._best, "moves": list(moves),
            "shapes": {name: table.shape for name, table in case._asdict().items()},
            "case": {"runs": self._case_mask.runs, "bytes": _packed(self._case)},
            "state": {"runs": self._state_mask.runs, "bytes": _packed(self._state)},
            "events": self._events(0), "told": self._told, "readings": list(self._readings.items()), **self._now(),
        }  # fmt: skip

    def _now(self) -> _Plain:
        """Return the turn that is due, what the delegate would answer by itself, and how the others see the seat."""
        run = self._room.run
        would = int(run.choice.response[self._seat]) if "response" in TURNS[run.pending.move].decides else None
        return {"next": list(run.pending), "would": would, "seen": self._seen()}

    def _events(self, first: int) -> str:
        state = self._room.run.state
        logged = min(int(state.clock["logged"][0]), len(state.log) - 1)
        return _packed(masked_events(state.log[first:logged], self._seat))

    def _said_in(self, before: _Before) -> float | None:
        """Return what the seat said, where it had the floor."""
        move, issue, who = before.turn
        spoke = who == self._seat and move in {Move.SPEAK, Move.TABLE}
        return _finite(before.values[issue]) if spoke else None

    def _told_in(self, before: _Before) -> list[_Plain]:
        """Return what those whom the seat asked in the corridor said, who tell the truth."""
        if before.turn.move == Move.SHOW:
            return self._moved_by_secret(before)
        if before.turn.move != Move.ASK:
            return []
        views, here = self._room.run.state.views, self._room.run.state.delegates["present"]
        return [
            {
                "who": j, "priority": int(np.argmax(views["salience"][j])),
                **{column: [_finite(x) for x in views[column][j]] for column in ("position", "red_low", "red_high")},
            }
            for j in before.whom[self._seat].tolist()
            if j >= 0 and j != self._seat and here[self._seat] and here[j]
        ]  # fmt: skip

    def _moved_by_secret(self, before: _Before) -> list[_Plain]:
        """Return what somebody said whom the seat has just shown its secret, with the red line that it moves."""
        run, told = self._room.run, list[_Plain]()
        if before.shown[self._seat] < 0:
            told = [one for one in self._told if one["who"] == run.state.movers["shown"][self._seat]][-1:]
        own = run.case.seats[self._seat]
        moves = {"red_low": -float(own["secret"]), "red_high": float(own["secret"])}
        return [
            one | {line: _moved(one[line], int(own["secret_issue"]), by) for line, by in moves.items()} for one in told
        ]

    def _dinner_of(self, before: _Before) -> list[int] | None:
        """Return with whom the seat sat at a table of the evening."""
        if before.tables is None:
            return None
        own = before.tables[self._seat]
        return np.flatnonzero(before.tables == own).tolist() if own > 0 else []

    def _seen(self) -> _Plain:
        """Return how the others see the seat: their mean trust in it, and where they think it stands on average."""
        state, others = self._room.run.state, np.arange(len(self._room.names)) != self._seat
        trust, belief = state.trust[self._seat, others], state.belief[:, self._seat, others]
        if not others.any():
            return {"trust": 0.0, "thought": [0.0] * len(belief)}
        return {
            "trust": round(float(trust.mean()), _TRUST_DIGITS),
            "thought": [round(float(place), _PLACE_DIGITS) for place in belief.mean(axis=1)],
        }


def _moved(values: Sequence[float | None], at: int, by: float) -> list[float | None]:
    """Return values (K, None for none) of which the one on an issue has moved."""
    return [value + by if k == at and value is not None else value for k, value in enumerate(values)]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _packed(array: Any) -> str:  # noqa: ANN401 - an array
    return b64encode(np.ascontiguousarray(array).tobytes()).decode()
