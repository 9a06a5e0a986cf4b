"""Small studies for tests: their text, a sweep of them, and their table."""

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from negsim.negotiation.tables import Outcome
from negsim.study import packs, store
from negsim.study import sweep as sweeping
from negsim.study.results import results
from negsim.study.runner import workers
from negsim.study.schema import loads_study
from negsim.study.sweep import opened
from negsim.study.table import glued
from negsim.study.work import Done

SMALL = Path(__file__).parent / "data" / "small.yaml"
BOX_STUDY = f"""
scenario: {SMALL}
vary:
  trust.across: {{between: [0, 1]}}
  context.tension: {{between: [0, 1]}}
  meetings.count: {{between: [1, 6], whole: true}}
  methodology: [chair_text, rolling_text, straw_poll]
design: latin_hypercube
points: 400
replications: 20
measures: [share_agreed]
"""  # a hypercube in which a box can be found
PLAIN = f"""
scenario: {SMALL}
vary:
  meetings.count: [1, 2]
  chair:
    as it was: {{}}
    pressing: {{process.chair.pressure: 0.9}}
replications: 40
seed: 7
"""


def study_of(text=PLAIN, **changes):
    """A study with other values for some of its keys; None takes a key away."""
    study = loads_study(text)
    told = {key: value for key, value in (study.resolved() | changes).items() if value is not None}
    return type(study).model_validate(told)


def swept(study, folder, kind="threads", **options):
    """The results of a study after a sweep."""
    with opened(study, folder) as sweep, workers(kind, **options) as found:
        for _ in sweep.steps(found):
            pass
    return results(folder)


def begin(study, folder, steps=3):
    """A sweep by one thread that ends after so many steps."""
    with opened(study, folder) as sweep, workers(count=1) as found:
        for _ in islice(sweep.steps(found), steps):
            pass


def unpacked(folder):
    """A finished folder of results with its parts as they were before they were packed."""
    manifest = json.loads((folder / store.MANIFEST_FILE).read_text())
    for pack in [folder / inner / name for inner in ("parts", "series") for name in manifest["complete"]]:
        if pack.exists():
            for name, read in packs.pieces(pack):
                pack.with_name(name).write_bytes(read())
            pack.unlink()
    manifest["complete"] = sorted(path.name for path in folder.glob("*/*.parquet"))
    (folder / store.MANIFEST_FILE).write_text(json.dumps(manifest))
    return folder


def csv_of(found, file):
    """The whole table as bytes."""
    found.export(file, "csv")
    return file.read_bytes()


def made_up(text, folder, **columns):
    """The results of a study with made-up runs: for each column a function of the cell's changes and a generator."""

    def do(task):
        return Done(glued([runs(task, *piece) for piece in task.part.pieces]), None)

    def runs(task, cell, first, count):
        numbers = np.arange(first, first + count)
        made = {"cell": np.full(count, cell, np.int32), "replication": numbers} | {
            name: np.array([value(task.changes[cell], np.random.default_rng((cell, int(n)))) for n in numbers], float)
            for name, value in columns.items()
        }
        reached = made.pop("consensus", np.ones(count)).astype(np.int8)
        made |= {"outcome": np.where(reached, Outcome.CONSENSUS, Outcome.NONE).astype(np.int8), "consensus": reached}
        return made | {name: np.zeros(count) for name in task.measures if name not in made}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeping, "check_cells", lambda *_: None)  # no negotiation is run of these cells
        patch.setattr(sweeping, "check_rows", lambda *_: None)  # made-up numbers lie outside the scales of measures
        with opened(loads_study(text), folder / "results") as sweep, workers() as found:
            list(sweep.steps(found, do=do))
    return results(folder / "results")
