"""Decisions of people in a negotiation, as rows, and their effect on the turns.

- A game is a scenario, a seed, a replication and its rows (turn, column, entry, value) in the order in which they were
  made. Played again, they give the same bits; a game under way is played by the same code.
- All that people decide goes into the `Choice` of a turn. Most rows name one of its columns, and replace what the
  delegate would do by the rules. Three kinds say it as people do:

      move   entry: the seat that has the floor     value: a `Move`, to speak or to table
      guest  entry: a seat invited to dinner        value: the seat that gives the dinner, its own first guest
      hand   entry: a seat                          value: 1 it asks for the floor, 0 it no longer does

- The entry of a column with two dimensions counts through its rows: whom seat i asks are the entries from
  `QUESTIONS_A_DAY` * i on.
- Rows are made from answers that have been checked; nothing is checked here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from negsim.negotiation.floor import choose
from negsim.negotiation.tables import Choice, Turn
from negsim.policies import SeatedNegotiation

MOVE, GUEST, HAND = "move", "guest", "hand"

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


def _hands_after(hands: Sequence[int], rows: Iterable[AnswerRow]) -> list[int]:
    """Return the seats that ask for the floor, in the order in which they began to.

    >>> _hands_after([9], [AnswerRow(3, HAND, 4, 1.0), AnswerRow(3, HAND, 9, 0.0), AnswerRow(4, HAND, 9, 1.0)])
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

    @property
    def hands(self) -> list[int]:
        """The seats that ask for the floor, in the order in which they began to."""
        return [int(hand) - 1 for hand in self._run.choice.hands if hand > 0]

    def take(self, rows: Sequence[AnswerRow]) -> None:
        """Write rows into the choice of the turn that is due."""
        run = self._run
        for row in rows:
            if row.column == MOVE:
                run.pending = Turn(int(row.value), run.pending.issue, run.pending.who)
                choose(run.case, run.state, run.pending, run.choice)
        self._invite(rows)
        hands = _hands_after(self.hands, rows)
        run.choice.hands[:] = [*(seat + 1 for seat in hands), *[0] * (len(run.choice.hands) - len(hands))]
        for row in rows:
            if row.column in Choice._fields:
                getattr(run.choice, row.column).flat[row.entry] = row.value

    def _invite(self, rows: Sequence[AnswerRow]) -> None:
        """Add the guests whom people invite to those in the plan of the evening.

        A guest goes to the first dinner to which it is invited; a host who is invited to another dinner takes its own
        guests along.
        """
        dinner = self._run.choice.dinner
        for row in rows:
            if row.column == GUEST and not dinner[row.entry]:
                dinner[row.entry] = dinner[int(row.value)] or dinner.max() + 1
