"""Runs of a scenario in Python: their columns by name, and requests that are none."""

import re
from pathlib import Path

import numpy as np
import pytest

from negsim.errors import NegsimError
from negsim.negotiation.moves import Outcome
from negsim.scenario import load
from negsim.study.runner import measure_of, run
from negsim.study.schema import OUTCOMES

SMALL = Path(__file__).parent / "data" / "small.yaml"


@pytest.fixture(scope="module")
def runs():
    return run(load(SMALL), replications=40, seed=7)


# ------------------------------------------------------------------------------------------------ columns


def test_an_outcome_has_one_column_whatever_it_is_asked_by(runs):
    assert 0 < runs.is_outcome("consensus").sum() < 40
    for name in OUTCOMES:
        wanted = (runs.column("outcome") == Outcome[name.upper()]).astype(float)
        for column in (runs.is_outcome(name), runs.is_outcome(Outcome[name.upper()]), runs.column(name)):
            np.testing.assert_array_equal(column, wanted)
        np.testing.assert_array_equal(measure_of(runs, name), wanted)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda runs: runs.is_outcome("consensu"), 'unknown outcome "consensu"; did you mean "consensus"?'),
        (lambda runs: runs.is_outcome(7), "unknown outcome 7; one of: consensus, partial"),
        (lambda runs: runs.column("dept"), 'unknown measure "dept"; did you mean "depth"?'),
        (lambda runs: runs.column(None), "unknown measure nothing; "),
        (lambda runs: runs.by_issue("agred"), 'unknown measure by issue "agred"; did you mean "agreed"?'),
        (lambda runs: runs.by_group("zone"), 'unknown measure by group "zone"; one of: satisfaction, concession'),
        (lambda runs: measure_of(runs, "outcome"), 'unknown measure "outcome"'),
    ],
)
def test_an_unknown_name_is_told_with_what_it_may_have_meant(runs, ask, told):
    with pytest.raises(NegsimError, match=f"^{re.escape(told)}"):
        ask(runs)
