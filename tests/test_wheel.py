"""A wheel brings the compiled model: it runs without numba, and to the same bits; how-tos run with it alone."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pandas as pd
import pytest

from follow import follow
from negsim import kernel, load
from negsim.negotiation.runs import replicate
from negsim.platforms import HERE, PLATFORMS, WASM, programs_of
from negsim.report.age import is_stale
from negsim.report.manual import PAGES, manual, page
from negsim.scenario.lowering import lower
from negsim.study.schema import load_study

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
HOW_TOS = sorted(f"howto/{path.stem}" for path in (DOCS / "howto").glob("*.md"))
WITH_COMPILER = {"howto/behaviour"}  # pages that say so
WITH_A_SERVER = {"howto/class", "howto/cluster", "howto/hosted"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.deep,
    pytest.mark.skipif(HERE not in PLATFORMS, reason="other wheels are plain"),
    pytest.mark.skipif(kernel.UNCOMPILED or kernel.BOUNDS, reason="the wheel has the usual program"),
]

RUN = """
import sys
sys.modules["numba"] = sys.modules["llvmlite"] = None
from negsim import load
from negsim.negotiation.runs import replicate
from negsim.scenario.lowering import lower
print(replicate(lower(load("classroom")), 7, 0, 5).runs.tobytes().hex())
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder with what the wheel installs."""
    folder = tmp_path_factory.mktemp("wheel")
    code = (
        f"import sys; sys.path += {sys.path!r}; from hatchling.build import build_wheel; build_wheel({str(folder)!r})"
    )
    bare = sys._base_executable  # as in pip's isolation: the packages are on the path of this process alone
    subprocess.run([bare, "-c", code], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    assert wheel.name.endswith(f"-py3-none-{PLATFORMS[HERE].tag}.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_runs_without_numba_to_the_same_bits(installed, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", RUN], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == replicate(lower(load("classroom")), 7, 0, 5).runs.tobytes().hex()
    assert done.stderr == ""
    assert not (tmp_path / "negsim").exists()


def test_the_wheel_has_the_module_for_browsers(installed):
    assert (installed / "negsim" / kernel.shipped(WASM).name).read_bytes() == kernel.program_file(WASM)
    assert (installed / "negsim" / "program.js").is_file()
    assert "Zig contributors" in (installed / "negsim" / "_program.licences").read_text()


def test_an_edited_rule_does_not_run_the_program_of_the_wheel(installed):
    programs = {path.name for path in (installed / "negsim").glob(f"_program-*{PLATFORMS[HERE].suffix}")}
    assert programs == {kernel.shipped(platform).name for platform in programs_of(HERE) if platform != WASM}
    code = "from negsim import kernel; print(kernel.shipped().name, kernel.must_compile())"
    rule = installed / "negsim" / "negotiation" / "text.py"
    before = rule.read_text()
    rule.write_text(before + "\n")
    environment = os.environ | {"PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(installed / "cache")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    rule.write_text(before)
    name, must = done.stdout.split()
    assert name not in programs
    assert must == "True"


def pinned(lock):
    """The distributions that a lock pins, as their names are compared."""
    names = re.findall(r"^([\w.-]+)==", (ROOT / "locks" / lock).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def not_in_the_core():
    """Modules that the environment of developers has and that of users lacks."""
    extra = pinned("developers.lock") - pinned("core.lock")
    homes = packages_distributions().items()
    return sorted(name for name, of in homes if {re.sub(r"[-_.]+", "-", one).lower() for one in of} <= extra)


@pytest.fixture
def users(installed, tmp_path):
    """Make the variables of an environment with the wheel and what it needs, in an empty home unless it compiles."""

    def environment(*also):
        spared = [name for name in not_in_the_core() if name not in also]
        text = f"import sys\nsys.modules.update(dict.fromkeys({spared}))\n"
        (tmp_path / "site").mkdir()
        (tmp_path / "site" / "sitecustomize.py").write_text(text, encoding="utf-8")
        home = {} if also else {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "home" / "cache")}
        return os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(installed)])} | home

    return environment


def test_only_what_users_have_is_there(installed, users, tmp_path):
    code = "import sys, negsim; print(negsim.__file__); import pytest"
    done = subprocess.run(
        [sys.executable, "-c", code], env=users(), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert Path(done.stdout.strip()).is_relative_to(installed)
    assert "ModuleNotFoundError" in done.stderr


def done(users, folder, *words):
    """What a command of the wheel prints, where it ends well."""
    command = [sys.executable, "-m", "negsim", *map(str, words)]
    ran = subprocess.run(command, env=users, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_wheel_has_the_pages_and_the_experiments(users, installed, tmp_path):
    environment = users()
    listed = done(environment, tmp_path, "doc")
    assert [line.split()[0] for line in listed.splitlines()[1:]] == list(manual())
    assert set(manual()) >= {*PAGES, *HOW_TOS, "experiments/evenings"}
    for name in ("tutorial", "howto/measure", "experiments/evenings"):
        assert done(environment, tmp_path, "doc", name).strip() == page(name).strip()
    copied = done(environment, tmp_path, "doc", "experiments/time_to_consensus", "--out", "mine")
    assert copied.split() == [
        f"mine/{name}" for name in ("README.md", "figure.png", "short_mandates.yaml", "study.yaml")
    ]
    assert load_study(tmp_path / "mine" / "study.yaml").question
    assert not (installed / "negsim" / "_docs" / "architecture.md").exists()


STUDY = """
scenario: classroom
vary: {meetings.count: [1, 2], process.hours: [3, 5]}
replications: 40
series: {every: 60 min}
"""


def test_a_folder_travels_to_where_there_is_only_the_wheel(users, tmp_path):
    environment, here, there = users(), tmp_path / "here", tmp_path / "there"
    here.mkdir()
    (here / "study.yaml").write_text(STUDY, encoding="utf-8")
    done(environment, here, "study", "sweep", "study.yaml", "--out", "results")
    done(environment, here, "study", "export", "results", "--out", "whole.csv")
    part = min((here / "results" / "parts").iterdir())
    part.unlink()  # as if the sweep had been stopped before
    shutil.make_archive(str(tmp_path / "sent"), "zip", here / "results")
    shutil.unpack_archive(tmp_path / "sent.zip", there)
    shutil.rmtree(here / "results")
    done(environment, there, "study", "sweep", ".")
    assert (there / "parts" / part.name).exists()
    done(environment, there, "study", "plot", ".", "--out", "figures", "--only", "curves", "--captions")
    assert {path.name for path in (there / "figures").glob("curves.*")} == {"curves.png", "curves.txt", "curves.tex"}
    done(environment, there, "study", "export", ".", "--out", "runs.csv")
    assert (there / "runs.csv").read_bytes() == (here / "whole.csv").read_bytes()
    done(environment, there, "study", "export", ".", "--out", "runs.dta")
    with pd.io.stata.StataReader(there / "runs.dta") as reader:
        labels, rows = reader.variable_labels(), reader.read()
    assert len(rows) == 160
    assert labels["meetings_count"] == "number of meetings"
    assert labels["process_hours"] == "hours (hours a day)"
    assert all(labels.values())


@pytest.mark.parametrize("page", sorted({"tutorial", *HOW_TOS} - WITH_A_SERVER))
def test_a_page_does_what_it_says_with_the_wheel_alone(users, tmp_path, page):
    environment = users(*(("numba", "llvmlite") if page in WITH_COMPILER else ()))
    (tmp_path / "empty").mkdir()
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    follow(text, tmp_path / "empty", environment, compared=not is_stale(f"docs/{page}.md"))
