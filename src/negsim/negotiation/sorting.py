"""Sort in place: numpy's own sorts take more time to compile than the rules that need them."""

from __future__ import annotations

from negsim.kernel import kernel
from negsim.negotiation.tables import Floats, Ints


@kernel
def _shorter(gap: int) -> int:
    """Return the next gap of Shell's sort: 5/11 of the last one, and 1 in the end (Gonnet & Baeza-Yates 1991)."""
    return 1 if gap == 2 else 5 * gap // 11


@kernel
def sort(values: Floats, count: int) -> None:
    """Put the first `count` values in ascending order (Shell 1959, doi 10.1145/368370.368387)."""
    gap = _shorter(count)
    while gap > 0:
        for last in range(gap, count):
            value, at = values[last], last
            while at >= gap and values[at - gap] > value:
                values[at] = values[at - gap]
                at -= gap
            values[at] = value
        gap = _shorter(gap)


@kernel
def sort_by(keys: Floats, order: Ints, count: int) -> None:
    """Put the first `count` entries of `order`, indices of `keys`, in ascending order of key; of equals by index."""
    gap = _shorter(count)
    while gap > 0:
        for last in range(gap, count):
            one, at = order[last], last
            key = keys[one]
            while at >= gap:
                other = order[at - gap]
                if keys[other] < key or (keys[other] == key and other < one):
                    break
                order[at] = other
                at -= gap
            order[at] = one
        gap = _shorter(gap)
