"""The two hottest rules against the same loops in C (`kernels.c`), on the very same memory.

A statement is heard by the whole room; a reading is answered by all and its blockers counted. The structs of C are
generated from the types of the model's tables. The C is compiled twice by `gcc -O3 -march=native`: as it comes, which
is timed, and with `-ffp-contract=off`.

Checked: the state after some statements, the answers to some readings and the number of blocks. With
`-ffp-contract=off` all have the same bits. As it comes, gcc contracts a * b + c to one rounding instead of two (FMA),
so numbers may differ in their last digits: within 1e-12 of each other.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from ctypes import CDLL, Structure, byref, c_int64, c_void_p
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from loops import TEXT, VISIT, readings, statements
from numpy.typing import NDArray
from rooms import SEED, room
from table import Row, Target, times_as_fast
from timing import best

from negsim.negotiation.acceptance import Reading
from negsim.negotiation.floor import begin
from negsim.negotiation.parameters import PARAMETERS
from negsim.negotiation.tables import (
    DELEGATE,
    OPINION,
    SEAT,
    SETTING,
    Case,
    Choice,
    Floats,
    State,
    allocate_choice,
    fill,
    table_type,
)
from negsim.randomness import stream

SIZES = (42, 500)
CHECKED = 1000  # statements or readings after which both sides are compared
HEARINGS = 400_000  # of one delegate, in one timed call
WITHIN = 1e-12
TARGET = Target(least=0.7)
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC")
SOURCE = Path(__file__).with_name("kernels.c")

READING = table_type(
    {
        "issue": "int",
        "value": "float",
        "precision": "float",
        "pen": "int",
        "known": "bool",
        "t": "float",
        "pressure": "float",
    }
)
STRUCTS = {
    "seat": SEAT,
    "setting": SETTING,
    "parameters": PARAMETERS,
    "delegate": DELEGATE,
    "opinion": OPINION,
    "reading": READING,
}
KINDS = {"f": "double", "i": "int64_t", "b": "bool"}


class Room(Structure):
    """`struct room`: where the tables of a case and a state are."""

    _fields_ = (
        *((name, c_void_p) for name in ("parameters", "seats", "setting", "status_quo")),
        *((name, c_void_p) for name in ("delegates", "opinions", "trust", "belief")),
        *((name, c_int64) for name in ("n", "issues")),
    )


class Table(NamedTuple):
    """A room of kernels or of C: the case, its state, the choices of its delegates."""

    case: Case
    state: State
    choice: Choice

    def differs_at_most(self, other: Table, within: float) -> bool:
        """Whether two tables are the same within a tolerance; 0 for the same bits."""
        arrays = zip((*self.state[1:], *self.choice), (*other.state[1:], *other.choice), strict=True)
        return all(near(a, b, within) for a, b in arrays)


Play = Callable[[Table, Floats], int]  # statements or readings with these values, and how many blocked


def rows() -> Iterator[Row]:
    """Both rules in every size."""
    if shutil.which("gcc") is None:
        yield Row("a statement, a reading; C", target=TARGET, note="no C compiler")
        return
    with tempfile.TemporaryDirectory() as folder:
        fast, exact = build(Path(folder), "fast"), build(Path(folder), "exact", "-ffp-contract=off")
        for what, ours, theirs in (
            ("a statement", hear_in_kernels, hear_in_c),
            ("a reading", read_in_kernels, read_in_c),
        ):
            for size in SIZES:
                yield compared(f"{what}, {size} delegates; C", room(size), ours, theirs(fast), theirs(exact))


def compared(what: str, case: Case, ours: Play, fast: Play, exact: Play) -> Row:
    """The row of one rule in one room, after the check."""
    values = np.random.default_rng(SEED).random(HEARINGS // len(case.seats))
    same = agree(case, ours, exact, values, 0.0) and agree(case, ours, fast, values, WITHIN)
    table = seated(case)
    seconds = best([lambda: ours(table, values), lambda: fast(table, values)])
    return times_as_fast(what, *(taken / len(values) for taken in seconds), same=same, target=TARGET)


def agree(case: Case, ours: Play, theirs: Play, values: Floats, within: float) -> bool:
    """Whether both leave the same state and choices behind, and count the same blocks."""
    a, b = seated(case), seated(case)
    blocked = [side(table, values[:CHECKED]) for side, table in ((ours, a), (theirs, b))]
    return blocked[0] == blocked[1] and a.differs_at_most(b, within)


def seated(case: Case) -> Table:
    """A room about to begin."""
    return Table(case, begin(case, stream(SEED, 0), 0), allocate_choice(*case.stances.shape))


def near(a: NDArray[Any], b: NDArray[Any], within: float) -> bool:
    """Whether two arrays are alike within a tolerance, column by column; 0 for the same bits."""
    if within == 0.0:
        return a.tobytes() == b.tobytes()
    if a.dtype.names is not None:
        return all(near(a[name], b[name], within) for name in a.dtype.names)
    return np.allclose(a, b, rtol=within, atol=within, equal_nan=True)


# --------------------------------------------------------------------------------------------- both sides


def hear_in_kernels(table: Table, values: Floats) -> int:
    """Statements by the compiled rules."""
    statements(table.case, table.state, values)
    return 0


def read_in_kernels(table: Table, values: Floats) -> int:
    """Readings by the compiled rules."""
    return int(readings(table.case, table.state, table.choice, values))


def hear_in_c(library: CDLL) -> Play:
    """Statements by a library of C."""

    def play(table: Table, values: Floats) -> int:
        library.statements(byref(place(table)), pointer(values), c_int64(len(values)), c_int64(VISIT))
        return 0

    return play


def read_in_c(library: CDLL) -> Play:
    """Readings by a library of C."""
    library.readings.restype = c_int64

    def play(table: Table, values: Floats) -> int:
        like, choice = record(TEXT), table.choice
        return int(library.readings(
            byref(place(table)), pointer(like), pointer(values), c_int64(len(values)),
            pointer(choice.shortfall), pointer(choice.response),
        ))  # fmt: skip

    return play


def place(table: Table) -> Room:
    """Where a room's tables are."""
    case, state = table.case, table.state
    arrays = (case.parameters, case.seats, case.setting, case.status_quo)
    changing = (state.delegates, state.opinions, state.trust, state.belief)
    return Room(*(pointer(array) for array in (*arrays, *changing)), len(state.delegates), len(state.opinions))


def pointer(array: NDArray[Any]) -> c_void_p:
    """The address of an array's first element; raises ValueError if the others do not follow it."""
    if not array.flags.c_contiguous:
        raise ValueError(f"an array of shape {array.shape} is not contiguous")
    return c_void_p(array.ctypes.data)


def record(text: Reading) -> NDArray[Any]:
    """A reading as a table of one row."""
    return fill(READING, 1, **text._asdict())


# --------------------------------------------------------------------------------------------- building


def build(folder: Path, name: str, *flags: str) -> CDLL:
    """The library, compiled. Raises CalledProcessError if gcc does not."""
    (folder / "tables.h").write_text(header())
    library = folder / f"{name}.so"
    subprocess.run(["gcc", *FLAGS, *flags, f"-I{folder}", SOURCE, "-o", library, "-lm"], check=True)
    return CDLL(str(library))


def header() -> str:
    """A struct for every type of table, and proof at compile time that its fields are where numpy has them."""
    return "#include <stddef.h>\n" + "\n".join(struct(name, kind) for name, kind in STRUCTS.items())


def struct(name: str, kind: np.dtype[Any]) -> str:
    """One struct.

    >>> print(struct("place", record_type(x=float, taken=bool)))
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
