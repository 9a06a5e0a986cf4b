"""A wheel brings the compiled model: it runs without numba, and to the same bits."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from negsim import kernel, load
from negsim.negotiation.runs import replicate
from negsim.scenario.lowering import lower

ROOT = Path(__file__).parents[1]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux" or os.uname().machine != "x86_64", reason="other wheels are plain"),
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
    assert wheel.name.endswith("-py3-none-linux_x86_64.whl")
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


def test_an_edited_rule_does_not_run_the_program_of_the_wheel(installed):
    (program,) = (installed / "negsim").glob("_program-*.so")
    code = "from negsim import kernel; print(kernel.shipped().name, kernel.must_compile())"
    rule = installed / "negsim" / "negotiation" / "text.py"
    before = rule.read_text()
    rule.write_text(before + "\n")
    environment = os.environ | {"PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(installed / "cache")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    rule.write_text(before)
    name, must = done.stdout.split()
    assert name != program.name
    assert must == "True"
