"""The shapes of the tables that a run needs, in letters, so that no other language writes them down a second time.

A dimension is a number that is always the same, or a letter with what is added to it: `["F", 1]` is one more than the
formats. N delegates, K issues, G groups, C caucuses, F formats, L rows of the log, R replications, T moments.
"""

from __future__ import annotations

import numpy as np

from negsim.negotiation.measures import SERIES_ROW, allocate_results
from negsim.negotiation.runs import _Series
from negsim.negotiation.tables import SEAT_ROW, STANCE_ROW, Case, allocate, allocate_choice, blank

_SIZES = {"N": 1009, "K": 11, "G": 211, "C": 307, "F": 401, "L": 503, "R": 17, "T": 607}  # no two differ by one
_Dimension = int | tuple[str, int]


def shapes() -> dict[str, list[list[_Dimension]]]:
    """Return the shapes of all tables of a state, a choice, results and series, by the names of their groups.

    They are read off tables of a made-up case with sizes of its own.
    """
    case = _made_up()
    groups = (
        allocate(case, _SIZES["L"]),
        allocate_choice(_SIZES["N"], _SIZES["K"]),
        allocate_results(case, _SIZES["R"]),
        _Series(blank((_SIZES["R"], _SIZES["T"]), SERIES_ROW)),
    )
    return {type(group).__name__: [list(map(_dimension, table.shape)) for table in group] for group in groups}


def _made_up() -> Case:
    """Make the parts of a case that say how large everything else is."""
    n, k = _SIZES["N"], _SIZES["K"]
    seats = blank(n, SEAT_ROW)
    seats["caucus"] = np.arange(n) % _SIZES["C"]
    sizes = {
        "seats": seats,
        "stances": blank((n, k), STANCE_ROW),
        "group_size": np.zeros(_SIZES["G"], np.int64),
        "plan_issues": np.zeros((1, k), np.bool_),
        "formats": np.zeros(_SIZES["F"]),
    }
    return Case(**{name: sizes.get(name) for name in Case._fields})  # type: ignore[arg-type]


def _dimension(length: int) -> _Dimension:
    """Return the letter of a length."""
    return next(((letter, length - size) for letter, size in _SIZES.items() if 0 <= length - size <= 1), length)
