"""Check a results folder, making some of its runs again; put the parts of one study in several folders together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np

from negsim import plugins
from negsim import rules as own_rules
from negsim.errors import FailedError, NegsimError
from negsim.policies.program import Program
from negsim.study import store
from negsim.study.checking import check_rows
from negsim.study.results import StudyResults, results
from negsim.study.sweep import differences
from negsim.study.table import quoted
from negsim.study.work import Piece, StudyPart, Task, simulate

_EXAMPLES = 8  # runs that are made again


class Checked(NamedTuple):
    """What was looked at. again: runs that were made again; why_not: why not more, "" if all of them were."""

    study: StudyResults
    again: int
    why_not: str


def check_folder(folder: str | Path) -> Checked:
    """Check a results folder, complete or not, row by row, and make some of its runs again.

    No program is asked: a run is not made again where a policy has to ask one for a reply that it did not keep.
    Raises NegsimError for the first row that is wrong, FailedError for one that this version gives other numbers.
    """
    from negsim.study.again import run_again  # noqa: PLC0415 - it loads the model

    study = results(folder, partial=True)
    check_rows(study.study, study.cells, study.parts, complete="complete" in study.manifest)
    rows = study.sql(f"SELECT * FROM runs ORDER BY hash(cell, replication) LIMIT {_EXAMPLES}").to_dict("records")
    with _asking_nobody():
        for number, row in enumerate(rows):
            try:
                run_again(study, {str(name): value for name, value in row.items()})
                _check_series(study, int(row["cell"]), int(row["replication"]))
            except FailedError:
                raise
            except NegsimError as error:
                return Checked(study, number, str(error))
    return Checked(study, len(rows), "")


def _check_series(results: StudyResults, cell: int, replication: int) -> None:
    """Raise FailedError if a run gives another time series than its rows hold."""
    study = results.study
    if study.series is None:
        return
    part, changes = StudyPart("", (Piece(cell, replication, 1),)), {cell: study.changes_of(results.cells[cell])}
    task = Task(
        (), part, results.scenario, changes, study.seed, (),
        detail=False, every=study.series.every, policies={}, rules=own_rules.own(),
    )  # fmt: skip
    rows = results.sql("SELECT * FROM series WHERE cell = ? AND replication = ? ORDER BY minute", [cell, replication])
    for name, made in (simulate(task).series or {}).items():
        if not np.array_equal(rows[name].to_numpy(float), made, equal_nan=True):
            where = f"{results.folder}: replication {replication} of cell {cell}"
            raise FailedError(
                f"{where} has another {name} in its time series: it was written by another machine or version"
            )


@contextmanager
def _asking_nobody() -> Iterator[None]:
    """Let the programs that plug-ins hold answer from the replies that they kept alone."""
    held = [value for plugin in plugins.loaded() for value in plugin.objects.values() if isinstance(value, Program)]
    asks = [program.put_question for program in held]
    try:
        for program in held:
            program.put_question = None
        yield
    finally:
        for program, ask in zip(held, asks, strict=True):
            program.put_question = ask


def merge(folders: Sequence[Path], out: Path) -> StudyResults:
    """Put the parts of one study that lie in several folders into a new one.

    Raises NegsimError for parts of another study, for a row that is wrong, and for one that differs between folders.
    """
    studies = [results(folder, partial=True) for folder in folders]
    one = studies[0]
    if out.exists() and any(out.iterdir()):
        raise NegsimError(f"{out}: holds other things; name a new or an empty folder")
    for other in studies:
        if other.manifest["identity"] != one.manifest["identity"]:
            why = (
                ", ".join(differences(one.manifest["identifies"], other.manifest["identifies"])) or "it says so itself"
            )
            raise NegsimError(f"{other.folder}: holds parts of another study than {one.folder} ({why})")
        check_rows(other.study, other.cells, other.parts, complete="complete" in other.manifest)
    for first, second in combinations(studies, 2):
        _check_overlap(first, second)
    begun = {key: value for key, value in one.manifest.items() if key != "complete"}
    with store.locked(out):
        store.write_manifest(out, begun)
        for name in (store.STUDY_FILE, store.ARCHIVED_SCENARIO):
            if (one.folder / name).is_file():
                store.write_text(out, name, (one.folder / name).read_text(encoding="utf-8"))
        for study in studies:
            store.copy_parts(study.folder, out, begun["identity"])
    merged = results(out, partial=True)
    check_rows(merged.study, merged.cells, merged.parts, complete=False)
    return merged


def _check_overlap(one: StudyResults, other: StudyResults) -> None:
    """Raise NegsimError for a run that is in both, with other numbers."""
    columns = ", ".join(map(quoted, one.columns()))
    in_both = f"SELECT {columns} FROM runs SEMI JOIN other USING (cell, replication)"
    query = f"SELECT cell, replication FROM ({in_both} EXCEPT SELECT {columns} FROM other) ORDER BY ALL LIMIT 1"
    with store.reading(runs=one.parts, other=other.parts) as database:
        if row := database.execute(query).fetchone():
            where = f"cell {row[0]}, replication {row[1]}"
            raise NegsimError(f"{other.folder}: {where}: differs from the same run in {one.folder}")
