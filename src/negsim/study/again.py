"""Make the run of a row of a study again, and check that it gives the numbers of the row to the last bit."""

from __future__ import annotations

import numpy as np

from negsim import rules
from negsim.errors import FailedError, NegsimError
from negsim.negotiation.measures import MEASURES
from negsim.negotiation.runs import Trace
from negsim.negotiation.tables import Outcome
from negsim.policies.identity import check_versions
from negsim.scenario.values import listed
from negsim.study.results import StudyResults
from negsim.study.runner import TypicalRun, rerun
from negsim.study.table import measures_of


def run_again(results: StudyResults, row: dict[str, object]) -> TypicalRun:
    """Make the run of a row of a study again.

    Raises NegsimError if that takes policies, plug-ins or rules that are not there, FailedError if the run does not
    give the numbers of the row.
    """
    rules.check_same(results.manifest["identifies"].get("own_rules"), results.folder)
    if policies := results.given_policies:
        raise NegsimError(
            f"{results.folder}: the policies of {listed(policies)} were objects of a program, without which no run can"
            " be made again; policies of a plug-in have names that do"
        )
    cell, replication = int(str(row["cell"])), int(str(row["replication"]))
    scenario = results.scenario_of(cell)
    check_versions(scenario, results.manifest["identifies"], results.folder)
    run = rerun(scenario, results.study.seed, replication)
    if different := _differing(run.trace, row, measures_of(results.study)):
        raise FailedError(
            f"{results.folder}: replication {replication} of cell {cell} has another {different[0]}: it was written by"
            " another machine or version"
        )
    return run


def _differing(trace: Trace, row: dict[str, object], measures: tuple[str, ...]) -> list[str]:
    """Return the measures in which a run differs from those of a row, to the last bit."""
    numbers = dict(zip(MEASURES, trace.results.runs[0].tolist(), strict=True))
    measures = tuple(name for name in measures if name in numbers)  # one's own follow from the same run
    of_row = {name: float(str(row[name])) for name in measures}
    different = [name for name in measures if not np.array_equal(numbers[name], of_row[name], equal_nan=True)]
    return (["outcome"] if Outcome(int(numbers["outcome"])).name.lower() != row["outcome"] else []) + different
