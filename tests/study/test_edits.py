"""Edits of negsim: one that changes no number orphans no study, and one that changes a number is refused."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from negsim import plugins
from negsim.errors import NegsimError
from negsim.study import rules, store
from negsim.study import sweep as sweeping
from negsim.study.schema import loads_study
from negsim.study.sweep import opened
from negsim.study.work import simulate
from sweeps import SMALL, study_of, swept, unpacked

PACKAGE = Path(store.__file__).parents[1]
PLUGIN = """
class Wavering:
    def speak(self, view):
        return view.rng.uniform(0.2, 1.0)
"""
STUDY = f"""
scenario: {SMALL}
changes:
  policies.Norland: "mine:Wavering"
  uncertain: {{trust.across: {{uniform: [0.2, 0.8]}}}}
  measures.late: {{expression: minutes + readings, kind: number}}
vary: {{meetings.count: [1, 2]}}
replications: 24
series: {{every: 120 min}}
"""
SWEEP = """
import sys
from itertools import islice
from pathlib import Path
from negsim import plugins
from negsim.errors import NegsimError
from negsim.study.runner import workers
from negsim.study.schema import load_study
from negsim.study.sweep import opened

plugins.load("mine.py")
try:
    with opened(load_study("study.yaml"), Path("r")) as sweep, workers(count=1) as found:
        print(*sweep.notices, sep="\\n")
        for _ in islice(sweep.steps(found), int(sys.argv[1])):
            pass
except NegsimError as error:
    print("refused:", error)
"""
REFACTORED = [  # file, pattern, what stands there instead
    ("scenario/lowering.py", r"trust = np\.where\((.*?)\)\n", r"trust = np.where(\1) + 0.0  # the same\n"),
    ("scenario/sampling.py", r"distribution, u = scenario\.uncertain\[key\], numbers\[0\]",
     "distribution = scenario.uncertain[key]\n    u = numbers[0]"),
    ("cast/formats.py", r'label="questionnaire"', 'label="a list of questions"'),
]  # fmt: skip
CHANGED = {  # the same for edits that change a number, and what is said of them
    "measures": ("negotiation/tally.py", r"_ALPHA = 1\.3", "_ALPHA = 1.4", "the rules of the model differ"),
    "sampling": ("scenario/sampling.py", r"crc32\(key", "~crc32(key", "the rules of the model differ"),
    "cast": ("cast/formats.py", r"statements=(\d)", r"statements=1\1", "the rules of the model differ"),
    "expressions": ("cast/expressions.py", r"operator\.add", "operator.sub", "the rules of the model differ"),
    "policy": (
        "policies/seated.py",
        r"default_rng\(\[\*self",
        "default_rng([1, *self",
        "the rules of the model differ",
    ),
    "plug-in": ("../mine.py", r"0\.2", "0.3", "the plug-ins differ"),
}


def edit(file, pattern, instead):
    text = file.read_text(encoding="utf-8")
    changed = re.sub(pattern, instead, text, count=1, flags=re.DOTALL | re.MULTILINE)
    assert changed != text
    file.write_text(changed, encoding="utf-8")


def copied(place):
    """A copy of negsim's sources."""
    return shutil.copytree(PACKAGE, place / "negsim", ignore=shutil.ignore_patterns("__pycache__", "web", "templates"))


@pytest.fixture
def sources(tmp_path):
    return copied(tmp_path)


def sweep_with(sources, steps=99):
    """Begin or go on with a study beside a copy of negsim, with that copy; what is said."""
    called = [sys.executable, "-c", SWEEP, str(steps)]
    done = subprocess.run(called, cwd=sources.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A folder with a copy of negsim, and a study that it began."""
    sources = copied(tmp_path_factory.mktemp("first"))
    (sources.parent / "mine.py").write_text(PLUGIN)
    (sources.parent / "study.yaml").write_text(STUDY)
    assert not sweep_with(sources, steps=3)
    return sources.parent


@pytest.fixture
def begun(first, tmp_path):
    """A copy of negsim, beside a study that it began, to be edited."""
    return shutil.copytree(first, tmp_path, dirs_exist_ok=True) / "negsim"


def test_a_study_goes_on_after_a_refactoring_to_the_same_bits(begun, tmp_path, monkeypatch):
    monkeypatch.setattr(plugins, "_loaded", {})
    plugins.load(begun.parent / "mine.py")
    whole = swept(loads_study(STUDY), tmp_path / "whole")
    for file, pattern, instead in REFACTORED:
        edit(begun / file, pattern, instead)
    said = sweep_with(begun)
    assert re.fullmatch(r"r: negsim was edited since; 20 of its runs, made again, are the same: it goes on", said)
    assert not sweep_with(begun)  # it was told, and is not looked at again
    for inner in ("parts", "series"):  # their digests are in their names
        assert {path.name for path in (tmp_path / "r" / inner).iterdir()} == {
            path.name for path in (whole.folder / inner).iterdir()
        }


DEEP = {"cast", "policy", "plug-in"}  # the others are refused at each of the three places


@pytest.mark.parametrize("what", [pytest.param(what, marks=[pytest.mark.deep] * (what in DEEP)) for what in CHANGED])
def test_a_study_is_refused_after_an_edit_that_changes_numbers(what, begun):
    *edited, told = CHANGED[what]
    edit(begun / edited[0], *edited[1:])
    parts = {path: path.read_bytes() for path in begun.parent.glob("r/*/*.parquet")}
    said = sweep_with(begun)
    assert said.startswith("refused: r: ")
    assert told in said
    assert {path: path.read_bytes() for path in begun.parent.glob("r/*/*.parquet")} == parts


def test_runs_that_come_without_a_manifest_are_made_again_before_they_count(tmp_path, monkeypatch):
    folder = unpacked(swept(study_of(), tmp_path / "r").folder)
    (folder / "manifest.json").unlink()
    with opened(study_of(), folder) as sweep:
        assert sweep.notices == [f"{folder}: had no manifest; 20 of its runs, made again, are the same: it goes on"]
    monkeypatch.setattr(sweeping, "simulate", lambda task: simulate(task._replace(seed=8)))
    (folder / "manifest.json").unlink()
    with pytest.raises(NegsimError, match="the rules of the model differ"), opened(study_of(), folder):
        pass


def test_sources_are_told_apart_by_their_bytes(sources):
    assert rules.sources_digest(sources) == rules.sources_digest()
    edit(sources / "scenario" / "lowering.py", r"\Z", "# a comment\n")
    assert rules.sources_digest.__wrapped__(sources) != rules.sources_digest()


NO_KERNEL = [  # texts, layout, imports and functions of Python
    ("randomness.py", r'\A"""', '"""Another sentence. '),
    ("negotiation/trust.py", r'\A""".*?"""\n', ""),
    ("negotiation/trust.py", r'(def \w+\([^)]*\)[^:]*:\n    )"""', r'\1"""Another sentence. '),
    ("negotiation/text.py", r"^import math\n", "import cmath\nimport math\n"),
    ("negotiation/floor.py", r" = ", "  =  "),
    ("negotiation/formats.py", r"^def columns", "@cache\ndef columns"),
    ("negotiation/measures.py", r'"perceived distance across groups"', '"perceived distance"'),
]
KERNELS = [  # code and numbers
    ("elementary.py", r"\Z", "ONE_MORE = 1\n"),
    ("randomness.py", r"0x[0-9A-F]+", "0x1"),
    ("negotiation/trust.py", r" \* ", " + "),
    ("negotiation/informal.py", r"_USUAL_OTHERS = 7\.0", "_USUAL_OTHERS = 8.0"),
    ("negotiation/trust.py", r"@kernel\ndef gain", "def gain"),
    ("negotiation/tables.py", r"MOST_PROPOSALS = 64", "MOST_PROPOSALS = 65"),
    ("negotiation/tally.py", r"\+= 1", "+= 2"),
]


@pytest.mark.parametrize("edited", [*NO_KERNEL, *KERNELS], ids=str)
def test_code_and_numbers_are_in_the_kernels_and_nothing_else_is(edited, tmp_path):
    file, pattern, instead = edited
    (tmp_path / file).parent.mkdir(exist_ok=True)
    shutil.copy(PACKAGE / file, tmp_path / file)
    before = kernels(tmp_path)
    edit(tmp_path / file, pattern, instead)
    assert (kernels(tmp_path) != before) is (edited in KERNELS)


def kernels(sources):
    return rules.kernels_digest.__wrapped__(sources)  # not from the cache: the sources change
