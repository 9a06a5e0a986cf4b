"""Small studies for tests: their text, a sweep of them, and their table."""

from pathlib import Path

from negsim.study.results import results
from negsim.study.runner import workers
from negsim.study.schema import loads_study
from negsim.study.sweep import opened

SMALL = Path(__file__).parent / "data" / "small.yaml"
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


def csv_of(found, file):
    """The whole table as bytes."""
    found.export(file, "csv")
    return file.read_bytes()
