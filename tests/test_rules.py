"""Rules of one's own: what they change, who has them, what is refused. A process has one set: each test has its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from negsim import kernel
from sweeps import unpacked

TESTS = Path(__file__).parent
SLOW_TRUST = """
from negsim.negotiation.trust import room_gains as usual
from negsim.rules import replaces

SHARE = 0.5


@replaces("trust.room_gains")
def room_gains(state, amount):
    usual(state, SHARE * amount)
"""
STUDY = """
scenario: classroom
vary: {meetings.count: [1, 2]}
replications: 16
"""
LONG = """
from negsim.study.runner import workers
from negsim.study.schema import load_study
from negsim.study.sweep import opened

if __name__ == "__main__":
    from negsim import rules
    rules.load("slow_trust.py")
    with opened(load_study("study.yaml"), Path("results")) as sweep, workers("processes", count=2) as crew:
        for _ in zip(range(2), sweep.steps(crew)):  # the range first, so that no third step is taken
            pass
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "slow_trust.py").write_text(SLOW_TRUST, encoding="utf-8")
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def python(folder, *arguments, plain=True, code=0):
    """What another interpreter prints on both streams; plain: without compiling anything."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS / "negotiation"), *sys.path])}
    environment["NUMBA_DISABLE_JIT"] = "1" if plain else "0"
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def negsim(folder, *words, **more):
    return python(folder, "-m", "negsim", *words, **more)


TWIN = """
import sys
from negsim import rules
if sys.argv[1:]:
    rules.load(sys.argv[1])
import test_twin, twin
from cases import contested
usual = twin.Room.room_gains
twin.Room.room_gains = lambda room, amount: usual(room, 0.5 * amount)
for replication in range(1):
    test_twin.check_run(contested(parameters={"trust_gain": 0.5}), 3, replication)
print("the same")
"""


def test_trust_that_grows_half_as_fast_is_that_of_the_twin(folder):
    assert "the same" in python(folder, "-c", TWIN, "slow_trust.py")
    assert "AssertionError" in python(folder, "-c", TWIN, code=1)


TABLE = """
import sys
import negsim
from negsim import rules
if sys.argv[1:]:
    rules.load(sys.argv[1])
runs = negsim.run("classroom", replications=4, seed=5)
print(runs.results.runs.tobytes().hex())
"""


@pytest.mark.skipif(kernel.UNCOMPILED, reason="there is no program")
def test_compiled_and_plain_rules_give_the_same_bits_and_other_rules_others(folder):
    plain, usual = python(folder, "-c", TABLE, "slow_trust.py"), python(folder, "-c", TABLE)
    assert plain.strip() in python(folder, "-c", TABLE, "slow_trust.py", plain=False).splitlines()
    assert plain != usual


@pytest.mark.deep
def test_a_study_under_rules_of_ones_own_goes_on_under_them_and_no_others(folder):
    (folder / "begin.py").write_text(f"from pathlib import Path\n{LONG}", encoding="utf-8")
    python(folder, "begin.py")
    begun = sorted(path.name for path in (folder / "results" / "parts").iterdir())
    sweep = ("study", "sweep", "study.yaml", "--out")
    assert len(begun) == 1
    assert "add --rules slow_trust.py" in negsim(folder, *sweep, "results", code=2)
    with_rules = ("--rules", "slow_trust.py")
    negsim(folder, *sweep, "results", *with_rules)
    negsim(folder, *sweep, "whole", *with_rules)
    names = [sorted(path.name for path in (folder / where / "parts").iterdir()) for where in ("results", "whole")]
    assert names[0] == names[1]  # of which each holds a digest
    assert set(begun) < {path.name for path in (unpacked(folder / "whole") / "parts").iterdir()}

    assert "meetings" in negsim(folder, "study", "cells", "results")
    assert "add --rules slow_trust.py" in negsim(folder, "study", "rerun", "results", "--row", "3", code=2)
    assert "transcript.txt" in negsim(folder, "study", "rerun", "results", "--row", "3", *with_rules)
    (folder / "slow_trust.py").write_text(SLOW_TRUST.replace("0.5", "0.4"), encoding="utf-8")
    assert "it was edited since" in negsim(folder, *sweep, "results", *with_rules, code=2)
    negsim(folder, *sweep, "usual")
    assert "leave --rules out" in negsim(folder, *sweep, "usual", *with_rules, code=2)


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        (
            '"trust.room_gains"',
            '"trust.room_gain"',
            ":8",
            'trust has no kernel "room_gain"; did you mean "room_gains"?',
        ),
        (
            '"trust.room_gains"',
            '"trust.trust_levels"',
            ":8",
            "is called by Python as well; replace the kernels that it",
        ),
        ("@replaces", "# ", "", "replaces no rule of the model"),
    ],
)
def test_a_mistake_in_rules_is_one_line_with_its_place(folder, old, new, place, message):
    (folder / "slow_trust.py").write_text(SLOW_TRUST.replace(old, new), encoding="utf-8")
    said = negsim(folder, "run", "classroom", "--rules", "slow_trust.py", "--replications", "2", code=2)
    assert f"slow_trust.py{place}: " in said
    assert message in said
    assert "Traceback" not in said


def test_a_process_has_one_set_of_rules(folder):
    (folder / "other.py").write_text(SLOW_TRUST.replace("0.5", "2"), encoding="utf-8")
    two = ("--rules", "slow_trust.py", "--rules", "other.py")
    assert "the rules of slow_trust.py are in use" in negsim(folder, "run", "classroom", *two, code=2)
    assert "load it with --rules" in negsim(folder, "run", "classroom", "--plugin", "other.py", code=2)


WORKER = """
import pickle
from pathlib import Path
from negsim import rules
from negsim.errors import FailedError
from negsim.study.work import simulate, Task

def says(task):
    try:
        simulate(task)
    except FailedError as error:
        print(error)

blank = Task(*[None] * len(Task._fields))
if Path("task").exists():
    rules.load("other.py")
    says(pickle.loads(Path("task").read_bytes()))
    says(blank)
else:
    Path("task").write_bytes(pickle.dumps(blank._replace(rules=rules.load("slow_trust.py"))))
"""


def test_a_worker_under_other_rules_than_a_study_does_not_work_on_it(folder):
    (folder / "other.py").write_text(SLOW_TRUST.replace("0.5", "2"), encoding="utf-8")
    python(folder, "-c", WORKER)
    assert python(folder, "-c", WORKER).count("a worker runs the model under other rules than the study") == 2


WITHOUT_NUMBA = """
import importlib.util, sys
usual = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "numba" else usual(name, *more)
"""


@pytest.mark.deep
def test_without_numba_rules_run_as_plain_python_and_say_so(folder):
    said = python(folder, "-c", WITHOUT_NUMBA + TABLE, "slow_trust.py", plain=False)
    assert python(folder, "-c", TABLE, "slow_trust.py").strip() in said
    assert said.count("the rules run as plain Python, a few thousand times slower; pip install 'numba==0.68.*'") == 1
