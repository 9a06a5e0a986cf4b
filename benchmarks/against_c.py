"""Compare the rules that take the most of a run with the same loops in C (`kernels.c`), on the very same memory.

The rules: the whole room hears a statement, frank or not; all answer a reading and the blockers are counted; after a
failed one it is noted who blocks and who accepts, and a pen-holder who remembers looks for the text that fewest refuse;
trust grows because a paragraph is closed; the room weighs a package;
people are drawn; they imagine each other; standings are summed up; an evening and a gap pass; zones of agreement are
searched for. The structs of C are generated from the types of the model's tables. The C is compiled twice by `gcc -O3
-march=native`: as it comes, which is timed, and with `-ffp-contract=off`. A statement is there a second time, with the
tables copied into columns, without a branch: no target, but what another layout could bring.

The last row of each size weighs the rules by how often a run of that size calls them, and gives their joint share of
the run.

Checked: the state, the answers and the counts after some of each. With `-ffp-contract=off` all have the same bits. As
it comes, gcc contracts a * b + c to one rounding instead of two (FMA), so numbers may differ in their last digits:
within 1e-12 of each other.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from ctypes import CDLL, Structure, byref, c_double, c_int64, c_void_p
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple, get_type_hints

import loops
import numpy as np
from numpy.typing import NDArray
from rooms import SEED, room
from table import Row, Target, times_as_fast
from timing import best

from negsim.negotiation import tables
from negsim.negotiation.acceptance import MOST_HEARD, Reading
from negsim.negotiation.floor import begin, play
from negsim.negotiation.parameters import PARAMETER_ROW
from negsim.negotiation.runs import LOG_ROWS, replicate
from negsim.negotiation.tables import Case, Choice, Floats, Move, State, Status, allocate_choice, fill, table_type
from negsim.negotiation.tables import Row as PlanRow
from negsim.randomness import stream

SIZES = (42, 500)
CHECKED = 1000  # statements or readings after which both sides are compared
CHECKED_PAIRS = 3  # of the rules that pair delegates
HEARINGS = 400_000  # of one delegate, in one timed call
PAIRS = 4_000_000  # of delegates, in one timed call
DAYS = 60.0  # of a gap
TOLERANCE = 0.05  # up to which a core issue is sold
SHARED = 2_000  # of one delegate, in a timed call when shares are taken
REPLICATIONS = 8  # of whole runs, to see what share of them the rules are
SHARE = 0.8  # that they should be at least
WITHIN = 1e-12
TARGET = Target(least=0.7)
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC")
SOURCE = Path(__file__).with_name("kernels.c")

READING = table_type({name: kind.__name__ for name, kind in get_type_hints(Reading).items()})
STRUCTS = {
    "stance": tables.STANCE_ROW,
    "plan": tables.PLAN_ROW,
    "clock": tables.CLOCK_ROW,
    "seat": tables.SEAT_ROW,
    "setting": tables.SETTING_ROW,
    "consent": tables.CONSENT_ROW,
    "caucus": tables.CAUCUS_ROW,
    "parameters": PARAMETER_ROW,
    "delegate": tables.DELEGATE_ROW,
    "opinion": tables.OPINION_ROW,
    "paragraph": tables.PARAGRAPH_ROW,
    "reading": READING,
}
KINDS = {"f": "double", "i": "int64_t", "b": "bool"}


OF_CASE = (
    "parameters", "seats", "setting", "status_quo", "stances", "group_size", "consent", "trust_mean", "plan",
    "plan_seats", "plan_issues", "core",
)  # fmt: skip
OF_STATE = (
    "stream", "clock", "delegates", "caucuses", "opinions", "believed", "squares", "trusted", "trusted_squares",
    "paragraphs", "trust", "trust_base", "belief",
)  # fmt: skip


SCRATCH = ("stream", "caucuses", "latitude")  # what a rule is given, and where it notes what it needs on the way


class Room(Structure):
    """The C struct `room`: the addresses of the tables of a case and a state."""

    _fields_ = (
        *((name, c_void_p) for name in (*OF_CASE, *OF_STATE)),
        *((name, c_int64) for name in ("n", "issues", "groups", "caucus_count")),
    )


class Table(NamedTuple):
    """A room of kernels or of C: the case, its state, the choices of its delegates."""

    case: Case
    state: State
    choice: Choice

    def differs_at_most(self, other: Table, within: float) -> bool:
        """Return whether two tables are the same within a tolerance, but for `SCRATCH`; 0 for the same bits."""
        return all(
            near(getattr(mine, name), getattr(theirs, name), within)
            for mine, theirs in ((self.state, other.state), (self.choice, other.choice))
            for name in mine._fields
            if name not in SCRATCH
        )


Play = Callable[[Table, Floats], int | None]  # once for each of these values; what is counted, if anything is


class Rule(NamedTuple):
    """A rule on both sides. linear: whether its cost is proportional to the room, and not to its square.

    target: None where C has another layout.
    """

    ours: Play
    theirs: Callable[[CDLL], Play]
    linear: bool = False
    target: Target | None = TARGET


def rows() -> Iterator[Row]:
    """Yield every rule in every size, and all together."""
    if shutil.which("gcc") is None:
        yield Row("the rules; C", target=TARGET, note="no C compiler")
        return
    with tempfile.TemporaryDirectory() as folder:
        fast, exact = build(Path(folder), "fast"), build(Path(folder), "exact", "-ffp-contract=off")
        for size in SIZES:
            case, taken = room(size), {}
            for what, rule in RULES.items():
                row, taken[what] = compared(f"{what}, {size} delegates; C", case, rule, fast, exact)
                yield row
            yield together(size, case, taken)


def compared(what: str, case: Case, rule: Rule, fast: CDLL, exact: CDLL) -> tuple[Row, tuple[float, float]]:
    """Compare one rule in one room, after the check; return the row and the seconds of both sides."""
    n = len(case.seats)
    values = np.random.default_rng(SEED).random(HEARINGS // n if rule.linear else max(1, PAIRS // n**2))
    checked = values[:CHECKED] if rule.linear else values[:CHECKED_PAIRS]
    same = agree(case, rule.ours, rule.theirs(exact), checked, 0.0)
    same = same and agree(case, rule.ours, rule.theirs(fast), checked, WITHIN)
    table, play = seated(case), rule.theirs(fast)
    works = [lambda: rule.ours(table, values), lambda: play(table, values)]
    seconds = [taken / len(values) for taken in best(works, clock=process_time)]
    return times_as_fast(what, *seconds, same=same, target=rule.target), (seconds[0], seconds[1])


def differing(size: int) -> list[str]:
    """Return the rules whose bits are not those of C, in a room of this size."""
    case, values = room(size), np.random.default_rng(SEED).random(CHECKED)
    with tempfile.TemporaryDirectory() as folder:
        exact = build(Path(folder), "exact", "-ffp-contract=off")
        checked = {True: values, False: values[:CHECKED_PAIRS]}
        return [
            what
            for what, rule in RULES.items()
            if not agree(case, rule.ours, rule.theirs(exact), checked[rule.linear], 0.0)
        ]


def together(size: int, case: Case, taken: dict[str, tuple[float, float]]) -> Row:
    """Compare a run's worth of all rules in one row."""
    counts = in_a_run(case)
    ours, theirs = (sum(counts[what] * taken[what][side] for what in taken) for side in (0, 1))
    row = times_as_fast(f"these rules of a run, {size} delegates; C", ours, theirs, same=True, target=TARGET)
    share, parts = shares(case, counts)
    shown = ", ".join(f"{what} {part:.0%}" for what, part in parts.items() if counts[what])
    return row._replace(note=f"{'' if share >= SHARE else 'ONLY '}{share:.0%} of a run: {shown}")


def shares(case: Case, counts: dict[str, float]) -> tuple[float, dict[str, float]]:
    """Measure the share of a run that the rules take together, and each; they and whole runs take turns."""
    table, values = seated(case), np.random.default_rng(SEED).random(max(1, SHARED // len(case.seats)))
    works = [lambda rule=rule: rule.ours(table, values) for rule in RULES.values()]
    *each, whole = best(
        [*works, lambda: replicate(case, np.uint64(SEED), 0, REPLICATIONS)], seconds=0.05, clock=process_time
    )
    parts = {
        what: counts[what] * seconds / len(values) / (whole / REPLICATIONS)
        for what, seconds in zip(RULES, each, strict=True)
    }
    return sum(parts.values()), parts


def in_a_run(case: Case) -> dict[str, float]:
    """Count how often a run calls each rule, on average over the replications that are timed."""
    found = dict.fromkeys(RULES, 0.0)
    found |= {"the draws": 1.0, "first beliefs": 1.0, "how things stand": 2.0, "all zones": 2.0}
    for replication in range(REPLICATIONS):
        state = play(case, stream(SEED, replication), LOG_ROWS)
        log = state.log[: int(state.clock["logged"][0])]
        argued = log[(log["move"] == Move.READ) & ~log["passed"]]["blockers"]
        spoken, read = log["move"] == Move.SPEAK, log["move"] == Move.READ
        frank = spoken & frankly(case, log)
        heard = (spoken & ~frank).sum() + np.minimum(argued, MOST_HEARD).sum()
        many = {"the floor given": spoken.sum(), "a statement": heard, "a frank statement": frank.sum()}
        many |= {"a reading": read.sum(), "a paragraph closed": (read & log["passed"]).sum()}
        many |= {"a package": (log["move"] == Move.READ_PACKAGE).sum()}
        many |= {"an evening": (log["move"] == Move.EVENING).sum(), "a gap": (log["move"] == Move.GAP).sum()}
        found |= {what: found[what] + count / REPLICATIONS for what, count in many.items()}
    return found


def frankly(case: Case, log: NDArray[Any]) -> NDArray[Any]:
    """Return for each event whether it belongs to a session in which people speak frankly."""
    opened = np.flatnonzero(log["move"] == Move.OPEN_SESSION)
    frank = case.formats["frankness"][log["format"][opened]] > 0.0
    last = np.searchsorted(opened, np.arange(len(log)), side="right") - 1
    return (last >= 0) & frank[last]


def agree(case: Case, ours: Play, theirs: Play, values: Floats, within: float) -> bool:
    """Return whether both leave the same state and choices behind, and count the same blocks."""
    a, b = seated(case), seated(case)
    blocked = [side(table, values) for side, table in ((ours, a), (theirs, b))]
    return blocked[0] == blocked[1] and a.differs_at_most(b, within)


def seated(case: Case) -> Table:
    """Seat a room about to begin, on its first evening, with text on every issue.

    The last paragraph is agreed; every other issue is core, and is sold up to `TOLERANCE`.
    """
    state = begin(case, stream(SEED, 0), 0)
    state.clock["row"][0] = list(case.plan["kind"]).index(PlanRow.EVENING)
    text = state.paragraphs
    text["text"], text["precision"], text["pen"] = loops.TEXT.value, loops.TEXT.precision, loops.TEXT.pen
    text["status"] = Status.OPEN
    text["status"][-1] = Status.AGREED
    core, agenda, parameters = np.arange(len(text)) % 2 == 0, np.ones_like(case.plan_issues), case.parameters.copy()
    parameters["package_tolerance"] = TOLERANCE
    case = case._replace(core=core, plan_issues=agenda, parameters=parameters)
    return Table(case, state, allocate_choice(*case.stances.shape))


def near(a: NDArray[Any], b: NDArray[Any], within: float) -> bool:
    """Return whether two arrays agree within a tolerance, column by column; 0 for the same bits."""
    if within == 0.0:
        return a.tobytes() == b.tobytes()
    if a.dtype.names is not None:
        return all(near(a[name], b[name], within) for name in a.dtype.names)
    return np.allclose(a, b, rtol=within, atol=within, equal_nan=True)


# --------------------------------------------------------------------------------------------- both sides


def in_c(
    name: str, arguments: Callable[[Table, Floats], tuple[Any, ...]] = lambda _, values: (len(values),),
    *, counts: bool = False,
) -> Callable[[CDLL], Play]:  # fmt: skip
    """Bind a rule of the library to the room and these arguments; counts: whether it returns a number."""

    def of(library: CDLL) -> Play:
        function = library[name]  # not the one that others may have got: `restype` is its own
        function.restype = c_int64 if counts else None

        def play(table: Table, values: Floats) -> int | None:
            given = arguments(table, values)  # kept until C is done with the arrays
            return function(byref(place(table)), *map(c_value, given))

        return play

    return of


def c_value(value: float | NDArray[Any]) -> c_double | c_int64 | c_void_p:
    """Convert an argument for a function of C."""
    if isinstance(value, np.ndarray):
        return pointer(value)
    return c_int64(value) if isinstance(value, int) else c_double(value)


RULES = {  # r: the room's tables, x: the values, one each time
    "the floor given": Rule(
        lambda r, x: loops.floors(r.case, r.state, loops.TEXT.t, len(x)),
        in_c("floors", lambda _, x: (loops.TEXT.t, len(x))),
        linear=True,
    ),
    "a statement": Rule(
        lambda r, x: loops.statements(r.case, r.state, x, 0.0),
        in_c("statements", lambda _, x: (x, len(x), loops.VISIT, 0.0)),
        linear=True,
    ),
    "a statement, in columns": Rule(
        lambda r, x: loops.statements(r.case, r.state, x, 0.0),
        in_c("statements_in_columns", lambda _, x: (x, len(x), loops.VISIT)),
        linear=True,
        target=None,
    ),
    "a frank statement": Rule(
        lambda r, x: loops.statements(r.case, r.state, x, 1.0),
        in_c("statements", lambda _, x: (x, len(x), loops.VISIT, 1.0)),
        linear=True,
    ),
    "a reading": Rule(
        lambda r, x: loops.readings(r.case, r.state, r.choice, x),
        in_c(
            "readings", lambda r, x: (record(loops.TEXT), x, len(x), r.choice.shortfall, r.choice.response), counts=True
        ),
        linear=True,
    ),
    "a text sought": Rule(
        lambda r, x: loops.revisions(r.case, r.state, r.choice, x),
        in_c("revisions", lambda r, x: (r.choice.response, x, loops.TEXT.t, len(x))),
        linear=True,
    ),
    "a package": Rule(
        lambda r, x: loops.packages(r.case, r.state, r.choice, len(x)),
        in_c("packages", lambda r, x: (loops.TEXT.pressure, loops.TEXT.t, r.choice.shortfall, len(x))),
        linear=True,
    ),
    "a paragraph closed": Rule(lambda r, x: loops.closings(r.case, r.state, len(x)), in_c("closings")),
    "the draws": Rule(lambda r, x: loops.draws(r.case, r.state, len(x)), in_c("draws")),
    "first beliefs": Rule(lambda r, x: loops.first_beliefs(r.case, r.state, len(x)), in_c("first_beliefs")),
    "how things stand": Rule(  # written where shortfalls usually are
        lambda r, x: loops.standings(r.state, r.choice.shortfall, len(x)),
        in_c("standings", lambda r, x: (r.choice.shortfall, len(x))),
    ),
    "an evening": Rule(lambda r, x: loops.evenings(r.case, r.state, r.choice, len(x)), in_c("evenings")),
    "a gap": Rule(lambda r, x: loops.gaps(r.case, r.state, DAYS, len(x)), in_c("gaps", lambda _, x: (DAYS, len(x)))),
    "all zones": Rule(lambda r, x: loops.zones(r.case, r.state, len(x)), in_c("zones", counts=True)),
}


def place(table: Table) -> Room:
    """Return the addresses of a room's tables."""
    case, state = table.case, table.state
    arrays = [getattr(case, name) for name in OF_CASE] + [getattr(state, name) for name in OF_STATE]
    counted = (state.delegates, state.opinions, case.group_size, state.caucuses)
    return Room(*map(pointer, arrays), *map(len, counted))


def pointer(array: NDArray[Any]) -> c_void_p:
    """Return the address of an array's first element; raises ValueError if the others do not follow it."""
    if not array.flags.c_contiguous:
        raise ValueError(f"an array of shape {array.shape} is not contiguous")
    return c_void_p(array.ctypes.data)


def record(text: Reading) -> NDArray[Any]:
    """Return a reading as a table of one row."""
    return fill(READING, 1, **text._asdict())


# --------------------------------------------------------------------------------------------- building


def build(folder: Path, name: str, *flags: str) -> CDLL:
    """Compile the library. Raises CalledProcessError if gcc fails."""
    (folder / "tables.h").write_text(header())
    library = folder / f"{name}.so"
    subprocess.run(["gcc", *FLAGS, *flags, f"-I{folder}", SOURCE, "-o", library, "-lm"], check=True)
    return CDLL(str(library))


def header() -> str:
    """Write a struct for every type of table, and proof at compile time that its fields are where numpy has them."""
    return "#include <stddef.h>\n" + "\n".join(struct(name, kind) for name, kind in STRUCTS.items())


def struct(name: str, kind: np.dtype[Any]) -> str:
    """Write one struct.

    >>> print(struct("place", table_type({"x": "float", "taken": "bool"})))
    struct place {
        double x;
        bool taken;
    };
    _Static_assert(offsetof(struct place, x) == 0, "x");
    _Static_assert(offsetof(struct place, taken) == 8, "taken");
    _Static_assert(sizeof(struct place) == 16, "place");
    <BLANKLINE>
    """
    fields = [f"    {KINDS[kind[column].kind]} {column};" for column in kind.names]
    places = [
        f'_Static_assert(offsetof(struct {name}, {column}) == {kind.fields[column][1]}, "{column}");'
        for column in kind.names
    ]
    size = f'_Static_assert(sizeof(struct {name}) == {kind.itemsize}, "{name}");'
    return "\n".join([f"struct {name} {{", *fields, "};", *places, size, ""])
