"""Files gone wrong are answered by errors of our own, in time; what is accepted can be lowered and run.

`NEGSIM_FUZZ=5000` tries so many files of each kind instead of a few; `NEGSIM_FUZZ_SEED` others than the usual ones.
"""

import itertools
import os
import shutil
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest

from fuzzing import changed_json, changed_text, changed_yaml, seeded
from negsim.cases import builtin_cases, load_case, scenario_of
from negsim.cases.pairs import load_pairs
from negsim.errors import NegsimError, ScenarioError
from negsim.scenario import dump_yaml, load, loads, names, text_of
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import sample
from negsim.study.results import results
from negsim.study.runner import run
from negsim.study.schema import load_study
from negsim.study.sweep import level_scenarios
from sweeps import PLAIN, study_of, swept

ROOT = Path(__file__).parents[1]
MANY = int(os.environ.get("NEGSIM_FUZZ", "0"))
SEED = int(os.environ.get("NEGSIM_FUZZ_SEED", "20"))
SECONDS = 20.0  # of a processor that reading a file, or running a small one, may take
MOST_WORK = 400_000.0  # seats x minutes of floor time of a run that is tried
SCENARIOS = [text_of(name) for name in names()]
SCENARIOS += [(ROOT / "tests/data" / f"{name}.yaml").read_text("utf-8") for name in ("small", "full", "caucuses")]
CASES = [text_of(name) for name in builtin_cases()]
STUDIES = [PLAIN.strip()] + [path.read_text("utf-8") for path in sorted(ROOT.glob("experiments/*/study.yaml"))]


def examples(kind, few):
    """A generator of random numbers for each file that is tried; its name is the number that makes it again."""
    return [
        pytest.param(f"{kind} {SEED} {n}", id=str(n), marks=pytest.mark.deep if n >= few // 5 else ())
        for n in range(MANY or few)
    ]


@contextmanager
def in_time():
    """Fail what takes too long."""

    def late(*_):
        raise TimeoutError(f"took more than {SECONDS:g} s of a processor")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def accepted(read, path):
    """What a file says; None where it is refused as it should be, with a message for every problem and no control."""
    with in_time():
        try:
            return read(path)
        except ScenarioError as error:
            refusal = error
    assert refusal.problems
    assert all(problem.message and problem.where.file for problem in refusal.problems)
    assert all(line.isprintable() for line in str(refusal).split("\n"))
    return None


def check_runs(scenario):
    """A scenario that was accepted is lowered and, unless it is large, run; written out, it reads back to itself."""
    with in_time():
        case = lower(sample(scenario, 1, 0) if scenario.uncertain else scenario)
    if len(case.seats) * case.plan["minutes"].sum() <= MOST_WORK:
        with in_time():
            assert len(run(scenario, replications=1, threads=1)) == 1
            assert loads(dump_yaml(scenario)) == scenario


def gone_wrong(example, path, texts):
    """The path of a file that one of these texts has become."""
    random = seeded(example)
    path.write_bytes(changed_yaml(random, random.choice(texts)))
    return path


@pytest.mark.parametrize("example", examples("scenario", 150))
def test_a_scenario_gone_wrong(example, tmp_path):
    scenario = accepted(load, gone_wrong(example, tmp_path / "room.yaml", SCENARIOS))
    if scenario is not None:
        check_runs(scenario)


@pytest.mark.parametrize("example", examples("case", 40))
def test_a_case_gone_wrong(example, tmp_path):
    path = gone_wrong(example, tmp_path / "case.yaml", CASES)
    case = accepted(load_case, path)
    scenario = accepted(load, path)
    assert (case is None) <= (scenario is None)
    if case is not None:
        assert scenario_of(case) == scenario
        check_runs(scenario)


@pytest.mark.parametrize("example", examples("study", 30))
def test_a_study_gone_wrong(example, tmp_path):
    study = accepted(load_study, gone_wrong(example, tmp_path / "study.yaml", STUDIES))
    if study is not None:
        for scenario in itertools.islice(level_scenarios(study, load(study.scenario)), 2):
            check_runs(scenario)


@pytest.mark.parametrize("example", examples("pairs", 8))
def test_a_pairs_file_gone_wrong(example, tmp_path):
    random = seeded(example)
    path = tmp_path / "pairs.yaml"
    (tmp_path / "pairs").symlink_to(ROOT / "research/pairs")
    (tmp_path / "cases").symlink_to(ROOT / "research/cases")
    path.write_bytes(changed_yaml(random, (ROOT / "research/pairs.yaml").read_text("utf-8")))
    accepted(load_pairs, path)


@pytest.fixture(scope="module")
def study_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "results"
    swept(study_of(replications=4), folder)
    return folder


@pytest.mark.parametrize("example", examples("results", 40))
def test_a_results_folder_gone_wrong(study_folder, example, tmp_path):
    random = seeded(example)
    folder = tmp_path / "results"
    shutil.copytree(study_folder, folder)
    file = random.choice([folder / "manifest.json", random.choice(sorted(folder.rglob("*.parquet")))])
    match random.randrange(4):
        case 0:
            raw = bytearray(file.read_bytes())
            raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
            file.write_bytes(raw)
        case 1:
            file.write_bytes(file.read_bytes()[: random.randrange(file.stat().st_size)])
        case 2:
            file.unlink()
        case _:
            manifest = folder / "manifest.json"
            manifest.write_bytes(changed_json(random, manifest.read_text("utf-8")))
    with in_time():
        try:
            found, refusal = results(folder), ""
        except NegsimError as error:
            found, refusal = None, str(error)
    assert found is not None or str(folder) in refusal
    if found is not None:
        whole = results(study_folder)
        assert found.frame().equals(whole.frame())
        assert len(found.summary()) == len(whole.cells)


def test_files_gone_wrong_are_the_same_for_a_seed():
    for change in (changed_yaml, changed_text):
        assert change(seeded("3"), SCENARIOS[0]) == change(seeded("3"), SCENARIOS[0])
        assert change(seeded("3"), SCENARIOS[0]) != change(seeded("4"), SCENARIOS[0])
