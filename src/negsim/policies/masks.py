"""Masks: the part of a negotiation that one seat may know, as bytes of the tables from which its page reads.

- Every column of `Case`, `State` and `EventRow` stands here once, with who may know it and why. A column that does not
  is nobody's: what is new is secret until somebody writes here why not.
- What a scenario file fixes and everybody reads in it, such as the plan, is no secret. What a seat was given, and
  what it thinks of others, is its own.
- The mask of a seat does not depend on the numbers, so the bytes that it lets through depend on no number of another
  seat. What only the whole room can say goes beside them, and is said in `docs/security.md`: `studio.shared.SeatNews`.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from negsim.negotiation.tables import Case, EventRow, Move, Row, State, Table, fields

Bytes = NDArray[np.uint8]


class Knows(Enum):
    """Who may know a column."""

    ROOM = "everybody in the room"
    SEAT = "the seat whose row it is"
    NOBODY = "nobody"


ROOM, SEAT, NOBODY = Knows


class _Rule(NamedTuple):
    """Who knows some columns of a table, and why. columns: their names, "" for a table of plain numbers."""

    table: str
    columns: str
    knows: Knows
    why: str


_CASE_RULES = (
    _Rule("seats", "group caucus address may_block voting_weight", ROOM, "who sits for whom, by which rule"),
    _Rule("seats", "openness voice no_deal outside_option aspiration concession_exponent goodwill chair_trust camp"
          " secret_issue secret", SEAT, "what a delegate is like, and was given"),
    _Rule("stances", "position spread salience red_low red_high red_spread red_shared", SEAT,
          "what a delegate was given"),
    _Rule("group_size", "", ROOM, "everybody can count"),
    _Rule("status_quo core", "", ROOM, "what is so today, and what must be settled"),
    _Rule("deal", "*", NOBODY, "what was dealt is drawn from it"),
    _Rule("trust_mean", "", SEAT, "whom a delegate trusts before it has met them"),
    _Rule("camp_share camp_line camp_red_low camp_red_high", "", NOBODY, "what others were given is drawn from it"),
    _Rule(
        "setting",
        "salience_spread trust_spread linkage spillover table_size pressure accept blocks weight_accept minority"
        " record_dissent separable vote_share chair_reports has_moves amendments lone_bracket questions secrets offers"
        " pens motions initiative disclosure dealt locked_low locked_high", ROOM, "the rules of procedure",
    ),
    _Rule("consent", "accept blocks", ROOM, "the decision rule"),
    _Rule("text", "value precision agreed pen", ROOM, "the text with which the room begins"),
    _Rule(
        "plan",
        "kind meeting day starts minutes format frankness mandate_start deadline days mixed_share caucus quality"
        " clean_slate reconsider record consult circulate otherwise", ROOM, "the timetable",
    ),
    _Rule("plan_issues plan_seats", "", ROOM, "the agenda, and who is named in it"),
    _Rule("plan_values", "", SEAT, "what a delegate is to hand in, before it is handed in"),
    _Rule("breaks", "meeting day number minute across dose", ROOM, "the timetable"),
    _Rule("formats parameters", "*", ROOM, "the rules of procedure, and those of the model"),
)  # fmt: skip

_STATE_RULES = (
    _Rule("stream log", "*", NOBODY, "the seed; the log goes event by event"),
    _Rule("delegates", "group present power spoken pivotal", ROOM, "who is there, has a say, has spoken, stood alone"),
    _Rule("delegates", "openness trusting camp spillover chair_trust temper", SEAT, "what a delegate thinks"),
    _Rule("delegates", "trusted wish", NOBODY, "what others think of it; a draw of the seed"),
    _Rule("caucuses", "*", NOBODY, "work space for answers that nobody gave"),
    _Rule("opinions", "position instructions first_position salience weight red_low red_high", SEAT,
          "what a delegate was given, and has come to"),
    _Rule("opinions", "statement refused_below refused_above accepted_low accepted_high bracket drafter blocks", ROOM,
          "what a delegate has said, refused and accepted before all"),
    _Rule("believed", "", SEAT, "sums of what a delegate believes"),
    _Rule(
        "paragraphs",
        "text precision status pen judged readings read_today failed parked first_text read_text change before"
        " precision_before blockers_before minutes changes reversals place fewest_blockers content majority_met"
        " closed_at noticed by_seat invited", ROOM, "the paper on the table, and its history",
    ),
    _Rule("paragraphs", "climate", ROOM, "a part of what each asks of a text, the same for all"),
    _Rule("paragraphs", "passable shortfall false_convergence zone_start", NOBODY, "what others could have accepted"),
    _Rule("movers", "offer_issue offer offered has_pen moves", ROOM, "moves are made before all"),
    _Rule("movers", "best shown", SEAT, "what there is to win for the seat, and whom it has told"),
    _Rule("movers", "locked", NOBODY, "whose line closes an issue"),
    _Rule("entries", "passed_over bracket_used amendment amended failed opposed", ROOM, "moves are made before all"),
    _Rule("amendments", "place precision pen passed dissent objectors noes blockers dissenters present majority", ROOM,
          "what was read, and how the room answered"),
    _Rule("amendments", "shortfall", NOBODY, "by how much it fell short for somebody"),
    _Rule("proposals", "sponsor", ROOM, "they were tabled before all"),
    _Rule("proposed waiting", "", ROOM, "they were tabled before all"),
    _Rule(
        "clock",
        "minute session_ends since_notice power share parties row format breaks turn in_session place statements"
        " drafted to_read to_warn warnings to_offer to_vote asked showed called moved pens_given outcome"
        " readings statement_minutes tabled discussed renewed renewal_support", ROOM, "where the process is",
    ),
    _Rule("clock", "climate", ROOM, "as that of a paragraph"),
    _Rule("clock", "conceding_at conceding_exponent conceded", NOBODY, "work space for an answer that is asked again"),
    _Rule("clock", "logged", NOBODY, "it counts what was said between two; a page counts the events that it has"),
    _Rule("clock", "perceived_distance real_distance trust_within trust_across trust_chair", NOBODY,
          "means of what all think"),
    _Rule("trust", "", SEAT, "whom a delegate trusts"),
    _Rule("belief", "", SEAT, "where a delegate believes others to stand"),
    _Rule("minutes", "", ROOM, "the clock on the wall"),
)  # fmt: skip

_EVENT_RULES = (
    _Rule(
        "log",
        "move minute meeting day issue who whom other group format proposal pen place precision blockers backers"
        " drafters waiting issues unresolved passed parked caucus clean_slate length lost elapsed pressure mixed_share"
        " quality strength days support found", ROOM, "it happened before all",
    ),
    _Rule("log", "position shortfall", NOBODY, "where somebody really stands"),
    _Rule("log", "chance passable passable_low passable_high", NOBODY, "what others could have accepted"),
)  # fmt: skip
_BETWEEN_TWO = (Move.ASIDE.value, Move.QUESTION.value, Move.SECRET.value)  # events that only the two know
_SEAT_AXIS = {  # the dimension of a table along which the seats lie
    "seats": 0, "stances": 0, "trust_mean": 0,
    "delegates": 0, "opinions": 1, "believed": 1, "movers": 0,
    "trust": 1, "belief": 2,
}  # fmt: skip


def rules() -> dict[tuple[str, str, str], tuple[Knows, str]]:
    """Return who knows each column, and why, by group, table and column; "*" stands for all of a table."""
    groups = {"Case": _CASE_RULES, "State": _STATE_RULES, "Event": _EVENT_RULES}
    return {
        (group, table, column): (rule.knows, rule.why)
        for group, known in groups.items()
        for rule in known
        for table in rule.table.split()
        for column in rule.columns.split() or [""]
    }


_RULES = rules()


def who_knows(group: str, table: str, column: str) -> Knows:
    """Return who knows a column; nobody knows one without a rule."""
    return _RULES.get((group, table, column), _RULES.get((group, table, "*"), (NOBODY, "")))[0]


def columns_of(tables: Case | State) -> Iterator[tuple[str, str]]:
    """Yield the names of all tables of a group, each with its columns, "" for the numbers of one without."""
    for name, table in tables._asdict().items():
        for column in table.dtype.names or ("",):
            yield name, column


class Mask:
    """The bytes of a group of tables that one seat may know.

    runs: begin and length, in bytes, of what is sent, in the tables one after the other without `log` and `stream`.
    """

    def __init__(self, tables: Case | State, case: Case, seat: int) -> None:
        group = type(tables).__name__
        flags = [
            _flags_of(group, name, table, case, seat).ravel()
            for name, table in tables._asdict().items()
            if _is_sent(name)
        ]
        self._bytes = np.flatnonzero(np.concatenate(flags))
        edges = np.flatnonzero(np.diff(self._bytes) != 1) + 1
        begins = np.concatenate([[0], edges, [len(self._bytes)]]).astype(np.int64)
        self.runs: list[list[int]] = [[int(self._bytes[a]), int(b - a)] for a, b in pairwise(begins) if b > a]

    def of(self, whole: Bytes) -> Bytes:
        """Return what the seat may know of `whole_of` the tables, with zeros up to a whole number of words."""
        return np.concatenate([whole[self._bytes], np.zeros(-len(self._bytes) % 8, np.uint8)])


def whole_of(tables: Case | State) -> Bytes:
    """Return the bytes of all tables but `log` and `stream`, one after the other."""
    parts = [table.reshape(-1).view(np.uint8) for name, table in tables._asdict().items() if _is_sent(name)]
    return np.concatenate([part.reshape(-1) for part in parts])


def _is_sent(name: str) -> bool:
    return name not in {"log", "stream"}


def _flags_of(group: str, name: str, table: NDArray[Any], case: Case, seat: int) -> NDArray[np.bool_]:
    """Return which bytes of a table a seat may know (rows, bytes of a row)."""
    flags = np.zeros((*table.shape, table.itemsize), np.bool_)
    for column in table.dtype.names or ("",):
        knows = who_knows(group, name, column)
        if knows is NOBODY:
            continue
        parts: Any = table.dtype.fields
        of, at = parts[column][:2] if column else (table.dtype, 0)
        flags[..., at : at + of.itemsize][_rows_of(name, table, case, seat) if knows is SEAT else ...] = True
    return flags


def _rows_of(name: str, table: NDArray[Any], case: Case, seat: int) -> Any:  # noqa: ANN401 - an index
    """Return the index of the rows of a table that are a seat's."""
    if name == "plan_values":
        return (case.plan["kind"] == Row.SUBMISSION) & (case.plan_seats[:, seat] > 0)
    axis = _SEAT_AXIS[name]
    return (slice(None),) * axis + (seat,) + (slice(None),) * (table.ndim - axis - 1)


def blank_of(table: NDArray[Any]) -> NDArray[Any]:
    """Return a table of the same type and shape in which nothing is said: NaN for measurements, 0 for all else."""
    blank: NDArray[Any] = np.zeros(table.shape, table.dtype)
    for column in table.dtype.names or ("",):
        if (blank[column] if column else blank).dtype.kind == "f":
            blank[column or ...] = np.nan
    return blank


def masked_events(log: Table[EventRow], seat: int) -> Table[EventRow]:
    """Return what a seat may know of events of the log: those that it saw, without what nobody can see."""
    between_two = np.isin(log["move"], _BETWEEN_TWO)
    seen = log[~between_two | (log["who"] == seat) | (log["whom"] == seat)]
    known: Table[EventRow] = blank_of(seen)  # type: ignore[assignment]  # a table is an array
    for column in fields(EventRow):  # a copy of whole rows would hold whatever lay between their columns
        if who_knows("Event", "log", column) is ROOM:
            known[column] = seen[column]
    return known
