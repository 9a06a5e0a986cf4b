"""Results of a few cases as arrays, for `test_same_bits`, which runs this file a second time with another numba."""

import sys
from pathlib import Path

import numpy as np

from cases import case, contested
from negsim.negotiation.measures import matrix
from negsim.negotiation.runs import replicate
from negsim.scenario import load, names, with_changes
from negsim.scenario.lowering import lower

FULL = Path(__file__).parent / "data" / "full.yaml"
METHODOLOGIES = ("chair_text", "rolling_text", "convergence_mapping")


def some_cases():
    """Name, case and number of runs of each case to compare."""
    yield "small", case(), 5
    yield "contested", contested(), 8
    yield "full", lower(load(FULL)), 4
    for methodology in METHODOLOGIES:
        yield methodology, lower(with_changes(load(FULL), [f"methodology={methodology}"])), 2
    for name in ("cstd_wgigf_2011", "cstd_wgigf_2012"):
        if name in names():
            yield name, lower(load(name)), 1


def _numbers(table):
    return matrix(table) if table.dtype.names else table


def tables():
    """Every table of every case by name."""
    found = {}
    for name, room, count in some_cases():
        results = replicate(room, 2**63 + 11, 3, count)
        found |= {f"{name} {table}": _numbers(getattr(results, table)) for table in results._fields}
    return found


if __name__ == "__main__":
    np.savez(sys.argv[1], **tables())
