"""One row of a study, run again and told: transcript, pictures, scenario."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from negsim.errors import FailedError
from negsim.negotiation.measures import MEASURES
from negsim.negotiation.moves import Outcome
from negsim.negotiation.trace import Trace, watch
from negsim.scenario import dump_yaml
from negsim.scenario.drawing import drawn
from negsim.scenario.lowering import lower
from negsim.study.results import StudyResults
from negsim.study.table import kept
from negsim.tell import plots
from negsim.tell.folders import written_whole
from negsim.tell.transcript import transcript


def write_rerun(results: StudyResults, number: int, folder: Path, *, form: str = "png") -> list[Path]:
    """Write row `number` of a study, run again, into a folder; the files. form: of its pictures.

    Raises NegsimError if there is no such row, FailedError if the run does not give the numbers of the row.
    """
    row = results.row(number)
    seed, replication = results.study.seed, int(str(row["replication"]))
    scenario = drawn(results.scenario_of(int(str(row["cell"]))), seed, replication)
    trace = watch(lower(scenario), seed=seed, replication=replication)
    if different := differing(trace, row, kept(results.study)):
        raise FailedError(
            f"row {number} of {results.folder} has another {different[0]}: it was written by another machine or version"
        )
    with written_whole(folder, "rerun") as part:
        (part / "transcript.txt").write_text(transcript(scenario, trace), encoding="utf-8")
        (part / "scenario.yaml").write_text(dump_yaml(scenario), encoding="utf-8")
        for name, draw in plots.RUN_PICTURES.items():
            plots.save(draw(scenario, trace), part / f"{name}.{form}")
        written = sorted(path.name for path in part.iterdir())
    return [folder / name for name in written]


def differing(trace: Trace, row: dict[str, object], measures: tuple[str, ...]) -> list[str]:
    """The measures in which a run is not that of a row, to the last bit."""
    ran = dict(zip(MEASURES, trace.results.runs[0].tolist(), strict=True))
    told = {name: float(str(row[name])) for name in measures}
    different = [name for name in measures if not np.array_equal(ran[name], told[name], equal_nan=True)]
    return (["outcome"] if Outcome(int(ran["outcome"])).name.lower() != row["outcome"] else []) + different
