"""The tables of the model: every record declared once, the codes their columns hold, and the state made of them.

A record is a class whose annotated lines are columns: name, type (float, int or bool), meaning and unit. The numpy type
of a table, the types that mypy checks and the tables of the ODD description are made from these lines.

A table is a numpy structured array of `np.record`, so one pointer stands for many columns: a named tuple of sixty
arrays would be copied at every call of a kernel, and takes minutes to compile. Kernels read and write a column by its
name, `seats[i].voice`, `clock[0].minute`; an element is a view, so that assigning to it changes the table, compiled or
not. Python also takes whole columns: `state.delegates["present"]`.

A `Case` is everything that a negotiation needs to run (`scenario.lowering` makes it; kernels only read it), a `State`
is a negotiation under way. Shapes: N delegates, K issues, G groups, C camps, S rows of the plan, B breaks, F formats,
P proposals, L events. Delegates are ordered by group, then by number in the group; named delegates are the first of
their group. Positions, beliefs, text and trust are 0..1; minutes are floor time; a shortfall of 1 value unit is a text
at the other end of the scale. NaN means "none" or "not said".

`trust` and `belief` are stored with the *holder last*, because a statement is heard by everyone at once: the row of one
speaker is contiguous over hearers, and a statement costs the same per delegate in a room of 42 and of 500.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol, Self, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negsim.kernel import allocating, kernel
from negsim.randomness import NONE, Stream, uniform

if TYPE_CHECKING:
    from negsim.negotiation.formats import Format
    from negsim.negotiation.parameters import Parameters

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Field:
    """The meaning of a column. codes: the enum whose numbers it holds, if any; new: its number in a new row."""

    meaning: str
    unit: str = ""
    codes: type[IntEnum] | None = None
    new: float = 0.0


class Record:
    """One row of a table; subclasses declare its columns.

    A column is an attribute of its row, in kernels and in Python.
    """

    if TYPE_CHECKING:

        def __getitem__(self, column: str) -> Any: ...  # noqa: ANN401 - a number or a flag
        def __setitem__(self, column: str, value: object) -> None: ...
        def tolist(self) -> tuple[Any, ...]: ...  # noqa: D102


def _column(meaning: str, unit: str = "", **more: Any) -> Any:  # noqa: ANN401 - any column
    return Field(meaning=meaning, unit=unit, **more)


def fields(record: type[Record]) -> dict[str, Field]:
    """Return the columns that a record declares, in order."""
    return {name: field for name, field in vars(record).items() if isinstance(field, Field)}


def record_type(record: type[Record]) -> np.dtype[Any]:
    """Return the numpy type of a record."""
    return table_type({name: record.__annotations__[name] for name in fields(record)})


def table_type(columns: Mapping[str, str]) -> np.dtype[Any]:
    """Return the numpy type of a table with these columns: float, int and bool take 8, 8 and 1 bytes, aligned."""
    kinds = {"float": np.float64, "int": np.int64, "bool": np.bool_}
    types = np.dtype([(name, kinds[kind]) for name, kind in columns.items()], align=True)
    return np.dtype((np.record, types))


blank: Any = np.zeros  # makes a table, of the type that its place wants: numpy's own types know nothing of records

_RecordType = TypeVar("_RecordType")

if TYPE_CHECKING:

    class Table(Protocol[_RecordType]):
        """Records in a row, as type checkers see them; at run time a numpy array."""

        dtype: np.dtype[Any]
        shape: tuple[int]

        @overload
        def __getitem__(self, at: int | np.integer[Any]) -> _RecordType: ...
        @overload
        def __getitem__(self, at: str) -> NDArray[Any]: ...
        @overload
        def __getitem__(self, at: slice | NDArray[Any] | list[int]) -> Table[_RecordType]: ...
        def __setitem__(self, at: object, value: object) -> None: ...
        def __len__(self) -> int: ...
        def __iter__(self) -> Iterator[_RecordType]: ...

    class CrossTable(Protocol[_RecordType]):
        """Records by two things, such as issue and delegate; at run time a numpy array of two dimensions."""

        dtype: np.dtype[Any]
        shape: tuple[int, int]
        T: CrossTable[_RecordType]

        @overload
        def __getitem__(self, at: tuple[int, int]) -> _RecordType: ...
        @overload
        def __getitem__(self, at: int | np.integer[Any]) -> Table[_RecordType]: ...
        @overload
        def __getitem__(self, at: str) -> NDArray[Any]: ...
        @overload
        def __getitem__(self, at: slice | NDArray[Any]) -> CrossTable[_RecordType]: ...
        def __setitem__(self, at: object, value: object) -> None: ...
        def __len__(self) -> int: ...

else:
    Table = CrossTable = np.ndarray


def fill(record: np.dtype[Any], shape: int | tuple[int, ...], /, **columns: ArrayLike) -> Any:  # noqa: ANN401 - a table
    """Fill a table of this type and shape; every column has to be given, as an array or a number.

    Raises ValueError if a column is missing, unknown, or does not fit the shape.
    """
    names = set(record.names or ())
    if names != set(columns):
        raise ValueError(f"columns {sorted(names ^ set(columns))} are missing or unknown")
    table = np.zeros(shape, record)
    for name, values in columns.items():
        table[name] = values
    return table


class _Code(IntEnum):
    """A number that kernels compare, with its name and its meaning for people."""

    meaning: str

    def __new__(cls, number: int, meaning: str = "") -> Self:
        """Make the number, as an int, with its meaning."""
        code = int.__new__(cls, number)
        code._value_ = number
        code.meaning = meaning
        return code


SPEAKS, PROPOSES, RESPONDS, DRAFTS = 1, 2, 4, 8  # what somebody is asked for at a turn; a sum for several
AMENDS, OFFERS, ASKS, TAKES_PEN, MOVES, SHOWS = 16, 32, 64, 128, 256, 512


class Move(_Code):
    """The kinds of turn; a format may combine the moves in new ways, a new move is a change of the model.

    asks: what everybody present is asked for at such a turn, 0 for nothing.

    The first block fills sessions, the second is rows of the plan between sessions, the third is only ever logged. The
    last block, from `AMEND` on, is in processes with moves; its turns do not count.
    """

    asks: int

    def __new__(cls, number: int, meaning: str = "", asks: int = 0) -> Self:
        """Make the number, as an int, with its meaning and what it asks for."""
        move = int.__new__(cls, number)
        move._value_, move.meaning, move.asks = number, meaning, asks
        return move

    NOTHING = 0, "the floor is closed: a finished run stays finished"
    SPEAK = 1, "one delegate states a position on an issue"
    TABLE = 2, "one delegate tables a proposal"
    DISCUSS = 3, "an open proposal is discussed and read on one issue", RESPONDS
    NOTICE = 4, "the overlap of what was said may be noticed and written down"
    DRAFT = 5, "the pen-holder hands out text"
    DRAFT_IN_GROUP = 6, "a small mixed group drafts one paragraph"
    READ = 7, "the room reads one paragraph", RESPONDS
    READ_PACKAGE = 8, "the room reads all paragraphs as one package", RESPONDS
    POLL = 9, "a secret straw poll informs the text"
    WARN = 10, "the chair reminds the room that time is running out"

    OPEN_SESSION = 14, "a session begins with its first issue"
    CLOSE_SESSION = 15, "a session ends; what is left of its time is lost"
    EVENING = 16, "an evening is spent; whoever sees more outside may leave"
    GAP = 17, "days pass between meetings"
    SUBMIT = 18, "a proposal arrives in writing"
    REAFFIRM = 19, "the line of a camp is restated"
    MOTION = 20, "a procedural motion to change the methodology", RESPONDS
    CLOSE_MEETING = 21, "a meeting ends"
    RENEW = 22, "the mandate ends; the room may ask for another", RESPONDS
    ADOPT = 23, "the report is put to the room; the process ends", RESPONDS

    BLOCK = 24, "logged before a reading: one delegate blocks it"
    WALK_OUT = 25, "logged after an evening: members of a group leave"

    CORRIDORS = 26, "a break: everyone talks to one person; it is no turn of the meeting and takes no floor time"
    ASIDE = 27, "logged at a break: one delegate hears out another, of another group"

    AMEND = 28, "moves: delegates may write amendments to the paragraph that is read next", AMENDS
    READ_AMENDMENT = 29, "moves: the room reads an amendment before the text", RESPONDS
    OFFER = 30, "moves: after a failed reading, delegates may offer to accept the text for a change elsewhere", OFFERS
    READ_OFFER = 31, "moves: the room reads an offer, two paragraphs as one", RESPONDS
    ASK = 32, "moves: once a day each delegate may ask two others where they stand", ASKS
    TAKE_PEN = 33, "moves: delegates may ask for the pen on paragraphs that were never read", TAKES_PEN
    CALL = 34, "moves: delegates may move to close the list of speakers", MOVES
    VOTE = 35, "moves: the room decides on a motion to close the list of speakers", RESPONDS
    QUESTION = 36, "logged: one delegate asks another, who tells the truth"
    RESERVE = 37, "logged before a reading: the room passes over a lone bracket"

    RECORD = 38, "logged in a gap: the record of what was last said goes round and is read"
    CONSULT = 39, "logged in a gap: the pen-holder has consulted everybody, and redrafts one paragraph"
    CIRCULATE = 40, "logged in a gap: drafts go out, in time for capitals or too late"
    RECONSIDER = 41, "logged in a gap: capitals reconsider their instructions"
    SHOW = 43, "moves: once a day each delegate that still has a secret may show it to somebody", SHOWS
    SECRET = 44, "logged: one delegate shows another what only it knows"


class Row(_Code):
    """The kinds of rows of the plan."""

    SESSION = 0, "a session in one format"
    EVENING = 1, "an evening"
    GAP = 2, "the days before a meeting"
    SUBMISSION = 3, "a proposal in writing"
    REAFFIRM = 4, "delegates restate the line of their camp"
    MOTION = 5, "a procedural motion"
    MEETING_END = 6, "a meeting ends"
    RENEWAL = 7, "a mandate ends, and another may begin"
    END = 8, "the process ends"


class Response(_Code):
    """The possible answers of a seat to a text that is read, or to a motion."""

    ACCEPT = 0, "accepts the text, or backs the motion"
    OBJECT = 1, "stands aside, or blocks where the shortfall exceeds the cost of blocking; does not back the motion"
    BLOCK = 2, "insists"


class Status(_Code):
    """The possible states of a paragraph."""

    EMPTY = 0, "no text"
    OPEN = 1, "new text, not read yet"
    BRACKETED = 2, "read, and blocked"
    AGREED = 3, "agreed ad referendum"
    DISSENT = 4, "closed with dissent recorded"


class WhyOpen(_Code):
    """The reasons why a paragraph stayed open, by what its readings could have agreed."""

    NEVER_READ = 0, "never read"
    NOT_ASKED = 1, "read only as proposals or in packages"
    NEVER_PASSABLE = 2, "read, no text would have passed"
    PASSABLE = 3, "read, another text would have passed"


class Outcome(_Code):
    """The ways in which a process can end."""

    RUNNING = 0, "it has not ended"
    CONSENSUS = 1, "a report on every issue was adopted"
    PARTIAL = 2, "a report on the agreed issues, or without somebody who had left, was adopted"
    CHAIR_REPORT = 3, "the chair reported in the chair's own name"
    NONE = 4, "no report"
    WALKOUT = 5, "no report, after delegates had left"
    VOTE = 6, "the text was adopted by the fallback vote"


class Pen(_Code):
    """The pen-holders of a text; a number >= 0 is a delegate, the sponsor of a proposal."""

    NOBODY = -1, "nobody"
    CHAIR = -2, "the chair"
    FACILITATOR = -3, "the facilitator"
    GROUP = -4, "a drafting group"


class SeatRow(Record):
    """A seat, as given by the scenario."""

    group: int = _column("number of the stakeholder group, 0..G-1, in the order of the file")
    caucus: int = _column("number of the caucus, counted through all groups in their order; a group is at least one")
    address: int = _column("group * 2048 + number in the group: the address of the delegate's draws")
    openness: float = _column("how far the delegate may be moved at all, 0..1")
    voice: float = _column("> 0, relative rate of asking for the floor")
    may_block: bool = _column("whether the delegate's objection can stop consensus")
    voting_weight: float = _column(">= 0, what the delegate's vote weighs where the decision rule weighs votes")
    outside_option: float = _column("what the delegate can have without this process, 0..1; NaN if none", "value units")
    no_deal: float = _column("what it has without agreement in place of the status quo, 0..1; NaN: the status quo")
    aspiration: float = _column("what the delegate demands at first on top of no deal", "value units")
    concession_exponent: float = _column("how late it concedes: the exponent of its share of demands given up")
    goodwill: float = _column("share that the delegate gives of what it gains elsewhere, 0..1")
    chair_trust: float = _column("mean trust in the chair, 0..1")
    camp: int = _column("camp where the file fixes it, -1 if none, -2 to be drawn from camp_share")
    secret_issue: int = _column("issue on which the delegate has a secret, -1 if none")
    secret: float = _column("how far the secret moves the red lines of whoever is shown it")


class StanceRow(Record):
    """The demands of a seat on one issue, as given by the scenario."""

    position: float = _column("mean of the position, 0..1")
    spread: float = _column("standard deviation of the position, 0 for a seat whose position is given")
    salience: float = _column(">= 0, relative weight; a delegate's need not sum to 1")
    red_low: float = _column("text below is never acceptable; -inf if none")
    red_high: float = _column("text above is never acceptable; +inf if none")
    red_spread: float = _column("standard deviation of both red lines")
    red_shared: bool = _column("whether the red lines of the whole group move alike, by one draw")


class DealRow(Record):
    """The ranges from which an issue is dealt: what is added to what the file says, the same for everybody."""

    position_low: float = _column("least that is added to positions")
    position_high: float = _column("most that is added to positions")
    red_low: float = _column("least that is added to red lines")
    red_high: float = _column("most that is added to red lines")


class SettingRow(Record):
    """The settings of the whole process."""

    salience_spread: float = _column("standard deviation of the log of the weights")
    trust_spread: float = _column("standard deviation of a pair's trust (half of the variance from each side)")
    linkage: float = _column("lambda: weight of the camp's line in the instructions, 0..1")
    spillover: float = _column("what a room wholly of other camps adds to a bottom line", "value units")
    table_size: int = _column("seats at a mixed table")
    pressure: float = _column("how loudly the chair invokes the clock, 0..1")
    accept: float = _column("decision rule: least share of those who take sides that accept, 0..1; 1: all accept")
    blocks: int = _column("decision rule: most delegates who may block a text that passes")
    weight_accept: float = _column("decision rule: the same of the voting weight of those who take sides")
    minority: int = _column("decision rule: fewest noes that can stop a text by these two shares")
    record_dissent: bool = _column("whether dissent may be recorded instead of blocking")
    separable: bool = _column("whether paragraphs stand alone; else nothing is agreed until everything is")
    vote_share: float = _column("fallback vote: least share in favour; NaN if no vote")
    chair_reports: bool = _column("whether the chair reports where the room does not agree")
    has_moves: bool = _column("whether the process has any of the moves of rule 5.16, so that seats get a score")
    amendments: bool = _column("whether amendments are read before a text")
    lone_bracket: bool = _column("whether a lone bracket stops the room once on a paragraph, and is passed over then")
    questions: bool = _column("whether delegates ask each other questions in the corridor")
    secrets: bool = _column("whether delegates show each other what only they know")
    offers: bool = _column("whether delegates make conditional offers after a failed reading")
    pens: bool = _column("whether delegates ask for the pen on first texts")
    motions: int = _column("row of the format that a motion to close the list of speakers takes up; -1 without motions")
    initiative: float = _column("chance that a seat of the model makes a move by itself, 0..1")
    disclosure: float = _column("chance at full trust that a delegate shows its secret to whom it talks, 0..1")
    dealt: bool = _column("whether what people want is drawn once for all replications of a seed")
    locked_low: float = _column("least by which one red line lies beyond those across it; NaN if no issue is locked")
    locked_high: float = _column("most by which it does")


class ConsentRow(Record):
    """The demands of the decision rule on one group."""

    accept: float = _column("least share of its members who take sides that accept, 0..1; 1: all accept")
    blocks: int = _column("most of its delegates who may block a text that passes")


class TextRow(Record):
    """The text on one issue with which the process starts."""

    value: float = _column("where the text stands, 0..1; NaN if no text")
    precision: float = _column("how much the text pins down, 0..1")
    agreed: bool = _column("whether it was agreed beforehand; else it is open")
    pen: int = _column("who holds the pen: a `Pen`, or the address of the seat whose text it is")


class PlanRow(Record):
    """One row of the plan; the last row of every future (a contested motion makes two) is END."""

    kind: int = _column("what it is", codes=Row)
    meeting: int = _column("number of the meeting, 0..; a gap belongs to the meeting it leads to")
    day: int = _column("day of the meeting, 0..")
    starts: float = _column("floor time scheduled before this row", "minutes")
    minutes: float = _column("floor time of a session, 0 for other rows", "minutes")
    format: int = _column("sessions: row of the format table, else -1")
    frankness: float = _column("sessions: least frankness (closed sessions raise it), 0 if none is required")
    mandate_start: float = _column("start of the mandate that this row belongs to", "minutes")
    deadline: float = _column("end of that mandate", "minutes")
    days: float = _column("gaps: days that pass", "days")
    mixed_share: float = _column("evenings: share of delegates at mixed tables")
    caucus: bool = _column("evenings: whether the others meet in their caucuses")
    quality: float = _column("evenings: quality of contact; reaffirmations: strength; renewals: 1 if debriefed")
    clean_slate: bool = _column("renewals: whether the new mandate begins with empty paper")
    reconsider: bool = _column("gaps: whether capitals reconsider their instructions")
    record: bool = _column("gaps: whether a record of what was said goes round")
    consult: bool = _column("gaps: whether the pen-holder consults everybody and redrafts")
    circulate: float = _column("gaps: days before the meeting by which drafts must be out; NaN if none is set", "days")
    otherwise: int = _column("motions: the row to go on with if the motion fails, else -1")


class BreakRow(Record):
    """A break; breaks have a timetable of their own, beside the plan."""

    meeting: int = _column("number of the meeting, 0..")
    day: int = _column("day of the meeting, 0..")
    number: int = _column("number of the break on its day, 0..")
    minute: float = _column("floor time after which it is due", "minutes")
    across: float = _column("chance that one talks to somebody of another group, 0..1")
    dose: float = _column("how long it is, as a share of an evening, 0..1")


class DelegateRow(Record):
    """A delegate in the room. The columns a hearing reads come first, to share a line of the processor's cache."""

    group: int = _column("number of the stakeholder group")
    present: bool = _column("false once the delegate has walked out", new=True)
    openness: float = _column("how far the delegate may be moved at all, 0..1")
    power: float = _column("power of the delegate's consent under the decision rule; 0 without a say, or after leaving")
    trusting: float = _column("sum of the delegate's trust in the others, each by its power")
    trusted: float = _column("sum of the trust of the others in the delegate, each by its power")
    camp: int = _column("camp on the linked theme, -1 if none")
    spillover: float = _column("what the other camps in the room add to the bottom line", "value units")
    temper: float = _column("how far the delegate is in a mood to accept, drawn once a run", "value units")
    chair_trust: float = _column("trust in the chair, 0..1")
    wish: float = _column("when the delegate next asks for the floor (a Poisson race)")
    spoken: int = _column("statements made")
    pivotal: int = _column("readings at which this delegate alone blocked")


class CaucusRow(Record):
    """A caucus, and what was counted of it when a text was last weighed, at a reading or in search of a zone."""

    present: int = _column("members in the room who have power")
    first: int = _column("the first seat of these")
    last: int = _column("the seat after the last of these")
    objecting: int = _column("those of them who object")
    cost: float = _column("what it costs each of these to block", "value units")


class OpinionRow(Record):
    """A delegate's position and beliefs on one issue. The columns that a hearing reads come first."""

    position: float = _column("private ideal point between the labelled ends, 0..1")
    instructions: float = _column("what anchors the position, 0..1")
    first_position: float = _column("position as drawn, linkage included")
    salience: float = _column("weight of the issue; sums to 1 over issues")
    weight: float = _column("what a loss on the issue counts; w = K salience of rule 5.5")
    red_low: float = _column("text below is never acceptable; -inf if none")
    red_high: float = _column("text above is never acceptable; +inf if none")
    statement: float = _column("last position stated, NaN if never", new=np.nan)
    refused_below: float = _column("text here and below is known to be refused; -inf if none", new=-np.inf)
    refused_above: float = _column("text here and above is known to be refused; +inf if none", new=np.inf)
    accepted_low: float = _column("lowest text that the delegate is known to accept; +inf if none", new=np.inf)
    accepted_high: float = _column("highest text that the delegate is known to accept; -inf if none", new=-np.inf)
    bracket: bool = _column("whether the delegate blocks now")
    drafter: bool = _column("member of the group that drafted the paragraph")
    blocks: int = _column("readings at which the delegate blocked")


class ParagraphRow(Record):
    """The text on one issue."""

    text: float = _column("where the text stands, 0..1; NaN if none", new=np.nan)
    precision: float = _column("how much the text pins down, 0..1")
    status: int = _column("where it stands", codes=Status)
    pen: int = _column("who holds the pen: a `Pen`, or the number of the sponsor", new=Pen.NOBODY)
    judged: bool = _column("whether those in brackets have judged the chair in this session")
    readings: int = _column("readings so far")
    read_today: int = _column("readings since the day, or the text, began")
    failed: int = _column("readings of it as a paragraph that did not pass")
    passable: int = _column("those of them at which another text would have passed")
    parked: int = _column("times it has been parked until the next day")
    first_text: float = _column("when it first had text in this mandate; NaN if never", "minutes", new=np.nan)
    read_text: float = _column("the text at its last reading; NaN where it is a new draft", new=np.nan)
    change: float = _column("its last move between two readings; 0 if none since it was drafted")
    before: float = _column("the text before its last revision; NaN if it did not come by one")
    precision_before: float = _column("its precision then")
    blockers_before: int = _column("delegates who blocked the text before that revision")
    minutes: float = _column("floor time that its readings took in this mandate", "minutes")
    climate: float = _column("what the climate of these days adds to every shortfall", "value units")
    changes: int = _column("times it had moved between two readings")
    reversals: int = _column("times it had moved back")
    fewest_blockers: int = _column("fewest who blocked at a reading")
    content: float = _column("largest share who accepted of those who took sides at a reading")
    majority_met: bool = _column("whether a majority of every group accepted some reading")
    shortfall: float = _column(
        "worst at the last reading, not counting crossed red lines; NaN if none", "value units", new=np.nan
    )
    closed_at: float = _column("when it was agreed; NaN if never", "minutes", new=np.nan)
    noticed: int = _column("times an overlap was noticed")
    false_convergence: bool = _column("noticed where no zone of agreement existed")
    zone_start: bool = _column("whether a zone of agreement existed at the start")
    by_seat: bool = _column("whether a delegate has written the text by a move, which no draft replaces")
    invited: bool = _column("whether delegates had the time to write amendments before the reading that is due")
    place: int = _column("its place in the order of this session, 0..K-1")


class AmendmentRow(Record):
    """The best amendment to a paragraph that was read before the reading that is due."""

    place: float = _column("where it stands, 0..1; NaN if there is none", new=np.nan)
    precision: float = _column("how much it pins down, 0..1")
    pen: int = _column("the delegate who wrote it")
    passed: bool = _column("whether it passed")
    dissent: bool = _column("whether it passed with dissent to record")
    objectors: int = _column("delegates who object to it")
    noes: int = _column("those of them whose shortfall exceeds the cost of blocking")
    blockers: int = _column("delegates who block it")
    dissenters: int = _column("delegates whose dissent is recorded instead")
    present: int = _column("delegates who answered")
    majority: bool = _column("whether a majority of every group accepted it")
    shortfall: float = _column("its worst shortfall, not counting crossed red lines; NaN if none", "value units")


class MoverRow(Record):
    """The moves of a delegate, and what they are scored against."""

    offer_issue: int = _column("issue on which the offer that waits to be read asks for a text, -1 none", new=-1)
    offer: float = _column("that text, 0..1")
    offered: bool = _column("whether the delegate has made an offer today")
    has_pen: bool = _column("whether the room has given the delegate the pen on a paragraph")
    moves: bool = _column("whether the delegate moves the motion that the room is to decide on")
    locked: int = _column("issue that the red line of the delegate closes until it is shown a secret, -1 none", new=-1)
    shown: int = _column("the delegate whom it has shown its secret, -1 nobody", new=-1)
    best: float = _column(
        "worth of the best texts that could be agreed at the start, by instructions; NaN: not weighed", new=np.nan
    )


class EntryRow(Record):
    """The moves of a delegate on one issue."""

    passed_over: int = _column("times the room passed over a lone bracket of the delegate")
    bracket_used: bool = _column("whether the delegate has stopped the room alone on the paragraph")
    amendment: float = _column("amendment of the delegate that waits to be read, 0..1; NaN if none", new=np.nan)
    amended: bool = _column("whether the delegate has written an amendment to the paragraph today")
    failed: int = _column("amendments of the delegate to the paragraph that did not pass")
    opposed: bool = _column("whether the delegate blocks the best amendment so far")


class ProposalRow(Record):
    """A proposal that was tabled."""

    sponsor: int = _column("the delegate who tabled it")


class ClockRow(Record):
    """The current point of the process."""

    minute: float = _column("floor time spent since it began", "minutes")
    session_ends: float = _column("when the session ends", "minutes")
    since_notice: float = _column("talk on the issue since the visit began", "minutes")
    climate: float = _column("the part of the climate that all issues share", "value units")
    power: float = _column("sum of the power of those present")
    share: float = _column("1 / that sum; 0 if nobody is present")
    parties: int = _column("delegates present whose consent has power")
    row: int = _column("row of the plan")
    format: int = _column("row of the format that a motion has taken up in the session, -1 if none has", new=-1)
    breaks: int = _column("breaks taken so far")
    turn: int = _column("number of the turn within the meeting")
    in_session: bool = _column("whether the floor is open")
    place: int = _column("place of the issue under discussion in the order of the session")
    statements: int = _column("statements made in this visit to the issue")
    drafted: bool = _column("whether the pen-holder has handed out text in this session")
    to_read: int = _column("issue that must be read next (it was just noticed or drafted), else -1", new=-1)
    to_warn: bool = _column("whether the chair is about to remind the room of the time")
    warnings: int = _column("times the chair has done so")
    to_offer: int = _column("issue whose reading has failed and on which offers are due, else -1", new=-1)
    to_vote: bool = _column("whether the room is about to decide on a motion to close the list of speakers")
    asked: bool = _column("whether delegates had the time to ask questions today")
    showed: bool = _column("whether delegates had the time to show secrets today")
    called: bool = _column("whether delegates had the time to move in this session")
    moved: bool = _column("whether somebody has moved to close the list of speakers at this meeting")
    pens_given: bool = _column("whether pens on first texts were given in this session")
    conceding_at: float = _column("clock / deadline of the last F that was computed", new=np.nan)
    conceding_exponent: float = _column("its exponent")
    conceded: float = _column("that F, 0..1")
    outcome: int = _column("how it ended; running until then", codes=Outcome)
    logged: int = _column("events that were logged, or would have been in a longer log")
    readings: int = _column("readings of paragraphs so far")
    statement_minutes: float = _column("floor time that statements took", "minutes")
    tabled: int = _column("proposals tabled")
    discussed: int = _column("slots in which a proposal was discussed")
    renewed: int = _column("mandates renewed")
    renewal_support: float = _column("share of delegates who ask for renewal, NaN if not asked", new=np.nan)
    perceived_distance: float = _column("mean |own position - believed position| across groups, at the start")
    real_distance: float = _column("mean |own position - position| across groups, at the start")
    trust_within: float = _column("mean trust within groups, 0..1, at the start")
    trust_across: float = _column("mean trust across groups, 0..1, at the start")
    trust_chair: float = _column("mean trust in the chair, 0..1, at the start")


class EventRow(Record):
    """A row of the event log. The classes of `negotiation.log` say which columns an event of each kind uses.

    The others are blank: -1 for counts and numbers of things, NaN for measurements.
    """

    move: int = _column("what happened", codes=Move)
    minute: float = _column("when", "minutes")
    meeting: int = _column("in which meeting, 0..")
    day: int = _column("on which day of it, 0..")
    issue: int = _column("the issue it is about")
    who: int = _column("the delegate who does it")
    whom: int = _column("the delegate who is heard out, or asked")
    other: int = _column("the other issue of an offer")
    group: int = _column("the group that leaves")
    format: int = _column("row of the format table of the session")
    proposal: int = _column("number of the proposal")
    pen: int = _column("who hands out the text: a `Pen`")
    place: float = _column("where the statement or the text is on the scale of the issue, 0..1")
    position: float = _column("private position of the speaker, 0..1")
    precision: float = _column("how much the text pins down, 0..1")
    shortfall: float = _column(
        "by which the text falls short for the delegate; infinite over a red line", "value units"
    )
    chance: float = _column("chance that the overlap was noticed")
    passable: float = _column(
        "after a failed reading the nearest text that would have passed instead, 0..1; NaN if none"
    )
    passable_low: float = _column("the lowest text from which on all texts up to that one would have passed, 0..1")
    passable_high: float = _column("the highest text up to which all texts from that one on would have passed, 0..1")
    blockers: int = _column("delegates who block")
    backers: int = _column("delegates who back the motion")
    drafters: int = _column("members of the drafting group")
    waiting: int = _column("proposals that wait for discussion")
    issues: int = _column("paragraphs that it is about")
    unresolved: int = _column("paragraphs that are not agreed")
    passed: bool = _column("whether what was put to the room passed")
    parked: bool = _column("whether the paragraph is not read again that day")
    found: bool = _column("whether the room finds the text that would have passed, and writes it")
    caucus: bool = _column("whether caucuses met on their own")
    clean_slate: bool = _column("whether the new mandate begins with empty paper")
    length: float = _column("floor time of the session", "minutes")
    lost: float = _column("floor time that was not used", "minutes")
    elapsed: float = _column("share of the mandate that has passed")
    pressure: float = _column("pressure of the chair")
    mixed_share: float = _column("share of delegates at mixed tables")
    quality: float = _column("quality of contact, 0..1")
    strength: float = _column("how strongly the line is restated")
    days: float = _column("days that pass", "days")
    support: float = _column("share of delegates who ask for another mandate")


SEAT_ROW, STANCE_ROW, SETTING_ROW, CONSENT_ROW = map(record_type, (SeatRow, StanceRow, SettingRow, ConsentRow))
DEAL_ROW = record_type(DealRow)
TEXT_ROW, PLAN_ROW, BREAK_ROW = map(record_type, (TextRow, PlanRow, BreakRow))
DELEGATE_ROW, CAUCUS_ROW, OPINION_ROW = map(record_type, (DelegateRow, CaucusRow, OpinionRow))
PARAGRAPH_ROW, _PROPOSAL_ROW = map(record_type, (ParagraphRow, ProposalRow))
_MOVER_ROW, _ENTRY_ROW, _AMENDMENT_ROW = map(record_type, (MoverRow, EntryRow, AmendmentRow))
CLOCK_ROW, _EVENT_ROW = map(record_type, (ClockRow, EventRow))


def _new(record: type[Record]) -> Any:  # noqa: ANN401 - a table
    """Return a table of one new row."""
    return fill(record_type(record), 1, **{name: field.new for name, field in fields(record).items()})


_NEW_DELEGATE, _NEW_OPINION, _NEW_PARAGRAPH = map(_new, (DelegateRow, OpinionRow, ParagraphRow))
_NEW_MOVER, _NEW_ENTRY, _NEW_AMENDMENT = map(_new, (MoverRow, EntryRow, AmendmentRow))
_NEW_PROPOSAL, _NEW_CLOCK = map(_new, (ProposalRow, ClockRow))
_BLANK: dict[str, float] = {"float": np.nan, "int": -1, "bool": False}  # in an event that has no use for the column
_NEW_EVENT = fill(_EVENT_ROW, 1, **{name: _BLANK[kind] for name, kind in EventRow.__annotations__.items()})
MOST_PROPOSALS = 64  # proposals a process can hold; later ones are not taken


class Case(NamedTuple):
    """One scenario as tables."""

    seats: Table[SeatRow]  # N
    stances: CrossTable[StanceRow]  # N,K
    group_size: Ints  # G
    status_quo: Floats  # K; 0..1
    deal: Table[DealRow]  # K
    core: Flags  # K; whether a package may not make up elsewhere for what it costs on the issue
    trust_mean: Floats  # N,N; [holder i, about j] (`State.trust` is the other way round), tension included
    camp_share: Floats  # G,C; chance that a seat of the group is of the camp (rows sum to at most 1)
    camp_line: Floats  # C,K; 0..1, NaN where the camp has no line
    camp_red_low: Floats  # C,K; text below is never acceptable to the camp; -inf none
    camp_red_high: Floats  # C,K; text above is never acceptable to the camp; +inf none
    setting: Table[SettingRow]  # 1
    consent: Table[ConsentRow]  # G
    text: Table[TextRow]  # K
    plan: Table[PlanRow]  # S
    plan_issues: Flags  # S,K; sessions: issues on the agenda
    plan_seats: Ints  # S,N; 1 for those whose submission, reaffirmation or motion it is (nobody's: the chair's);
    # evenings: the number of the dinner that a seat goes to, 0 none
    plan_values: Floats  # S,K; submissions: the proposal, NaN where silent (all NaN: the sponsor's own blend)
    breaks: Table[BreakRow]  # B; in their order
    formats: Table[Format]  # F
    parameters: Table[Parameters]  # 1

    def __repr__(self) -> str:
        delegates, issues = self.stances.shape
        return f"<Case: {delegates} delegates, {len(self.group_size)} groups, {issues} issues>"


class Turn(NamedTuple):
    """The pending turn: the move, the issue and the delegate it concerns (-1 for none)."""

    move: int
    issue: int
    who: int


class Choice(NamedTuple):
    """The decisions of the delegates concerned: the middle beat, written in place."""

    values: Floats  # K; what a speaker says (entry of the issue), a sponsor proposes or a pen-holder drafts (NaN: none)
    response: Ints  # N; the `Response` of every seat to a text or a motion
    shortfall: Floats  # N; value units, by which the text falls short for each (positive: an objection)
    latitude: Floats  # N; value units, the largest loss that each accepts of a paragraph or a proposal that is read
    hands: (
        Ints  # N; the seats that ask for the floor, each plus 1, in the order in which they have it; 0 after the last
    )
    dinner: Ints  # N; the number of the dinner that each goes to in the evening, 0 none
    argument: Floats  # N; where each argues, if it blocks, that the text should stand; NaN: what it would state
    place: Floats  # N; the text that each moves: its amendment, what its offer asks for, its first text; NaN none
    about: Ints  # N; the other issue of an offer, the issue of a pen, the format that a motion takes up, the seat to
    # which a secret is shown; -1 none
    whom: Ints  # N,2; the seats that each asks in the corridor, -1 none


class State(NamedTuple):
    """One negotiation under way."""

    stream: Stream
    delegates: Table[DelegateRow]  # N
    caucuses: Table[CaucusRow]  # as many as there are
    opinions: CrossTable[
        OpinionRow
    ]  # K,N; all delegates' opinions on one issue lie side by side, as a hearing needs them
    believed: Annotated[Floats, Field(meaning="K,N; sum of i's beliefs about the others, each by its power")]
    paragraphs: Table[ParagraphRow]  # K
    movers: Table[MoverRow]  # N
    entries: CrossTable[EntryRow]  # K,N
    amendments: Table[AmendmentRow]  # K
    proposals: Table[ProposalRow]  # P
    proposed: Annotated[Floats, Field(meaning="P,K; where each proposal puts the text, NaN where silent")]
    waiting: Annotated[Flags, Field(meaning="P,K; whether that is still to be discussed")]
    clock: Table[ClockRow]  # 1
    trust: Annotated[Floats, Field(meaning="N,N; [about j, holder i], 0..1; the diagonal is ignored")]
    belief: Annotated[Floats, Field(meaning="K,N,N; [issue, about j, holder i], 0..1; NaN about oneself")]
    minutes: Floats  # F + 1; floor time by format, the last entry idle
    log: Table[EventRow]  # L + 1; the last row is a scratch pad for what the log has no room for

    def __repr__(self) -> str:
        seed, replication = self.stream.tolist()
        minute, outcome = float(self.clock["minute"][0]), Outcome(int(self.clock["outcome"][0]))
        return f"<State of replication {replication} under seed {seed}: minute {minute:.0f}, {outcome.name.lower()}>"

    @property
    def views(self) -> CrossTable[OpinionRow]:
        """The opinions delegate by delegate (N,K): the same memory, for reading from Python."""
        return self.opinions.T


def allocate(case: Case, log_rows: int) -> State:
    """Allocate a state for a case, with `log_rows` rows of event log, for `floor.start` to begin."""
    n, k = case.stances.shape
    return State(
        np.zeros(2, np.uint64),
        blank(n, DELEGATE_ROW),
        blank(case.seats["caucus"].max() + 1, CAUCUS_ROW),
        blank((k, n), OPINION_ROW),
        np.zeros((k, n)),
        blank(k, PARAGRAPH_ROW),
        blank(n, _MOVER_ROW),
        blank((k, n), _ENTRY_ROW),
        blank(k, _AMENDMENT_ROW),
        blank(MOST_PROPOSALS, _PROPOSAL_ROW),
        np.zeros((MOST_PROPOSALS, k)),
        np.zeros((MOST_PROPOSALS, k), np.bool_),
        blank(1, CLOCK_ROW),
        np.zeros((n, n)),
        np.zeros((k, n, n)),
        np.zeros(len(case.formats) + 1),
        blank(log_rows + 1, _EVENT_ROW),
    )


def allocate_choice(delegates: int, issues: int) -> Choice:
    """Allocate an empty choice for a room of this size."""
    return Choice(
        np.full(issues, np.nan),
        np.zeros(delegates, np.int64),
        np.zeros(delegates),
        np.zeros(delegates),
        np.zeros(delegates, np.int64),
        np.zeros(delegates, np.int64),
        np.full(delegates, np.nan),
        np.full(delegates, np.nan),
        np.full(delegates, -1),
        np.full((delegates, 2), -1),
    )


@allocating
def strangers(state: State) -> tuple[Ints, Ints]:
    """List for every group the delegates present of the others, in order (G,N, padded), and count them (G)."""
    n = state.delegates.shape[0]
    groups = state.delegates[n - 1].group + 1
    who, count = np.empty((groups, n), np.int64), np.zeros(groups, np.int64)
    for g in range(groups):
        for i in range(n):
            if state.delegates[i].present and state.delegates[i].group != g:
                who[g, count[g]] = i
                count[g] += 1
    return who, count


@kernel
def clear(case: Case, state: State) -> None:
    """Reset a state to before anybody has entered the room; the stream stays."""
    issues, n = state.opinions.shape
    for i in range(n):
        state.delegates[i], state.movers[i] = _NEW_DELEGATE[0], _NEW_MOVER[0]
        state.delegates[i].group, state.delegates[i].openness = case.seats[i].group, case.seats[i].openness
    for k in range(issues):
        for i in range(n):
            state.opinions[k, i] = _NEW_OPINION[0]
            if case.setting[0].has_moves:
                state.entries[k, i] = _NEW_ENTRY[0]
        state.paragraphs[k], state.amendments[k] = _NEW_PARAGRAPH[0], _NEW_AMENDMENT[0]
        state.paragraphs[k].fewest_blockers = n
    for p in range(MOST_PROPOSALS):
        state.proposals[p] = _NEW_PROPOSAL[0]
        for k in range(issues):
            state.proposed[p, k], state.waiting[p, k] = np.nan, False
    for form in range(state.minutes.shape[0]):
        state.minutes[form] = 0.0
    state.clock[0] = _NEW_CLOCK[0]


@kernel
def record(case: Case, state: State, move: int) -> int:
    """Begin a row of the event log, blank but for time and place; return its index in `state.log`.

    Without a log, and once it is full, this is the scratch row at the end.
    """
    clock, last = state.clock[0], state.log.shape[0] - 1
    if last == 0:
        return 0
    clock.logged += 1
    at, row = min(clock.logged - 1, last), case.plan[clock.row]
    state.log[at], event = _NEW_EVENT[0], state.log[at]
    event.move, event.minute, event.meeting, event.day = move, clock.minute, row.meeting, row.day
    return at


@kernel
def is_closed(state: State, issue: int) -> bool:
    """Return whether the paragraph on an issue is agreed, with or without dissent."""
    status = state.paragraphs[issue].status
    return bool(status == Status.AGREED or status == Status.DISSENT)


@kernel
def is_open(state: State, issue: int) -> bool:
    """Return whether the paragraph on an issue may still be agreed."""
    return not is_closed(state, issue)


@kernel
def open_paragraphs(state: State) -> int:
    """Count the paragraphs that may still be agreed."""
    count = 0
    for k in range(state.paragraphs.shape[0]):
        count += 1 if is_open(state, k) else 0
    return count


@kernel
def none_open(state: State) -> bool:
    """Return whether there is no paragraph that may still be agreed."""
    for k in range(state.paragraphs.shape[0]):
        if is_open(state, k):
            return False
    return True


@kernel
def closed_paragraphs(state: State) -> int:
    """Count the paragraphs that are agreed, with or without dissent."""
    count = 0
    for k in range(state.paragraphs.shape[0]):
        count += 1 if is_closed(state, k) else 0
    return count


@kernel
def elapsed(case: Case, state: State) -> float:
    """Compute t = clock / deadline of the mandate under way, capped at 1."""
    row = case.plan[state.clock[0].row]
    if row.deadline <= row.mandate_start:
        return 1.0
    return float(min(1.0, (state.clock[0].minute - row.mandate_start) / (row.deadline - row.mandate_start)))


@kernel
def draw(case: Case, state: State, decision: int, issue: int, who: int) -> float:
    """Draw a uniform number for a decision of this turn, by a seat (its address); issue and who may be NONE."""
    meeting = case.plan[state.clock[0].row].meeting
    return uniform(state.stream, decision, meeting, state.clock[0].turn, issue, who, NONE)


@kernel
def session_left(state: State) -> float:
    """Return the minutes left in the session in progress."""
    return float(state.clock[0].session_ends - state.clock[0].minute)
