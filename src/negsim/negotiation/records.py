"""Tables of named columns that kernels read and write by name: `seats[i].voice`, `clock[0].minute`.

Rules that hold here
- A table is a numpy structured array of `np.record`, so one pointer stands for many columns: a named tuple of sixty
  arrays would be copied at every call of a kernel, and takes minutes to compile.
- An element is a view: assigning to its fields changes the table, compiled or not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Table = Any  # an NDArray[np.record]; its columns are named where its type is made


def record_type(**columns: type) -> np.dtype[Any]:
    """The type of a table with these columns; every kind is float, int or bool of 8, 8 and 1 bytes."""
    kinds = {float: np.float64, int: np.int64, bool: np.bool_}
    fields = np.dtype([(name, kinds[kind]) for name, kind in columns.items()], align=True)
    return np.dtype((np.record, fields))


def fill(kind: np.dtype[Any], shape: int | tuple[int, ...], /, **columns: ArrayLike) -> NDArray[Any]:
    """A table of that type and shape; every column has to be given, as an array or a number.

    Raises ValueError if a column is missing, unknown, or does not fit the shape.
    """
    names = set(kind.names or ())
    if names != set(columns):
        raise ValueError(f"columns {sorted(names ^ set(columns))} are missing or unknown")
    table = np.zeros(shape, kind)
    for name, values in columns.items():
        table[name] = values
    return table
