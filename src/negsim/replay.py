"""Decisions of people in a negotiation, as rows, and their effect on the turns.

- A game is a scenario, a seed, a replication and its rows (turn, column, entry, value) in the order in which they were
  made. Played again, they give the same bits; a game under way is played by the same code.
- `values` and `response` are columns of a `Choice`: a row replaces what the delegate would do by the rules.
- The other columns are moves of the model that a choice does not hold:

      move       entry: the seat that has the floor       value: a `Move`, to speak or to table
      guest      entry: a seat invited to dinner          value: the seat that gives the dinner, its own first guest
      hand       entry: a seat                            value: 1 it asks for the floor, 0 it no longer does
      amendment  entry: a seat that brackets the text     value: where it argues that the text should stand

- Rows are made from answers that have been checked; nothing is checked here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from negsim.negotiation.beliefs import out_centre
from negsim.negotiation.floor import choose
from negsim.negotiation.influence import concession, lateness
from negsim.negotiation.tables import Choice, Move, Outcome, Turn, elapsed
from negsim.policies import SeatedNegotiation

MOVE, GUEST, HAND, AMENDMENT = "move", "guest", "hand", "amendment"
_NEXT = 1e-9  # before all others in the race for the floor

_Plain = list[int | str | float | None]  # a row, as JSON has it


class AnswerRow(NamedTuple):
    """One decision: when, which column, which entry of it, and the value."""

    turn: int  # how many turns had been made
    column: str
    entry: int
    value: float


def plain_of(rows: Iterable[AnswerRow]) -> list[_Plain]:
    """Turn rows into JSON's plain values, which include no NaN."""
    return [[*row[:3], None if math.isnan(row.value) else row.value] for row in rows]


def rows_of(plain: Iterable[Sequence[Any]]) -> tuple[AnswerRow, ...]:
    """Return the rows that `plain_of` made plain."""
    return tuple(
        AnswerRow(turn, column, entry, math.nan if value is None else value) for turn, column, entry, value in plain
    )


def hands_after(hands: Sequence[int], rows: Iterable[AnswerRow]) -> list[int]:
    """Return the seats that ask for the floor, in the order in which they began to.

    >>> hands_after([9], [AnswerRow(3, HAND, 4, 1.0), AnswerRow(3, HAND, 9, 0.0), AnswerRow(4, HAND, 9, 1.0)])
    [4, 9]
    """
    after = list(hands)
    for row in rows:
        if row.column == HAND and (row.value == 1.0) != (row.entry in after):
            (after.append if row.value else after.remove)(row.entry)
    return after


class Play:
    """A negotiation whose turns are made with people's decisions."""

    def __init__(self, negotiation: SeatedNegotiation) -> None:
        self._run = negotiation.run
        self.hands: list[int] = []  # seats that ask for the floor, in the order in which they began to

    @contextmanager
    def turn(self, rows: Sequence[AnswerRow]) -> Iterator[None]:
        """Apply rows to the turn that is due, which is made in the block."""
        self._take_the_floor(rows)
        self._dine(rows)
        self._move_hands(rows)
        for row in rows:
            if row.column in Choice._fields:
                getattr(self._run.choice, row.column)[row.entry] = row.value
        with self._amended(rows):
            yield

    def _take_the_floor(self, rows: Sequence[AnswerRow]) -> None:
        """Let the speaker choose between speaking and tabling."""
        run, turn = self._run, self._run.pending
        for row in rows:
            if row.column == MOVE:
                run.pending = Turn(int(row.value), turn.issue, turn.who)
                choose(run.case, run.state, run.pending, run.choice)

    def _dine(self, rows: Sequence[AnswerRow]) -> None:
        """Add the guests whom people invite to those in the plan of the evening.

        A guest goes to the first dinner to which it is invited; a host who is invited to another dinner takes its own
        guests along.
        """
        dinner = self._run.case.plan_seats[self._run.state.clock["row"][0]]
        for row in rows:
            if row.column == GUEST and not dinner[row.entry]:
                dinner[row.entry] = dinner[int(row.value)] or dinner.max() + 1

    def _move_hands(self, rows: Sequence[AnswerRow]) -> None:
        """Put those who ask for the floor first in the race for it."""
        self.hands = hands_after(self.hands, rows)
        if self._run.pending.move in {Move.SPEAK, Move.TABLE} and self._run.pending.who in self.hands:
            self.hands.remove(self._run.pending.who)
        wishes = self._run.state.delegates["wish"]
        first = float(np.min(wishes))
        for place, seat in enumerate(self.hands):
            wishes[seat] = first - _NEXT * (len(self.hands) - place)

    @contextmanager
    def _amended(self, rows: Sequence[AnswerRow]) -> Iterator[None]:
        """During a reading, let those who bracket the text for an amendment argue for it.

        A delegate says its position, exaggerated away from where it believes the others to be (rule 5.2); for as long
        as the reading lasts it takes the position from which it would say the amendment. What it hears moves its own.
        """
        issue, positions = self._run.pending.issue, self._run.state.opinions["position"]
        changed: dict[int, tuple[float, float]] = {}  # by seat: the own position, the argued one
        for row in rows:
            if row.column == AMENDMENT:
                changed[row.entry] = float(positions[issue, row.entry]), self._arguing(row.entry, issue, row.value)
                positions[issue, row.entry] = changed[row.entry][1]
        try:
            yield
        finally:
            for seat, (own, argued) in changed.items():
                moved = float(positions[issue, seat]) - argued
                positions[issue, seat] = min(1.0, max(0.0, own + moved))

    def _arguing(self, seat: int, issue: int, amendment: float) -> float:
        """Return the position from which a delegate would state an amendment."""
        case, state = self._run.case, self._run.state
        given_up = concession(case, state, seat, lateness(case, elapsed(case, state)))
        show = float(case.parameters["posturing"][0]) * (1.0 - given_up)
        centre = float(out_centre(state, issue, seat))
        return (amendment + show * centre) / (1.0 + show)


def replay(negotiation: SeatedNegotiation, rows: Iterable[AnswerRow]) -> Iterator[Turn]:
    """Play a game again from its rows to its end, yielding every turn after it was made."""
    by_turn: defaultdict[int, list[AnswerRow]] = defaultdict(list)
    for row in rows:
        by_turn[row.turn].append(row)
    play, made = Play(negotiation), 0
    while negotiation.run.outcome == Outcome.RUNNING:
        with play.turn(by_turn[made]):
            turn = negotiation.run.pending
            negotiation.finish_turn()
        yield turn
        made += 1
