"""The rules that take the most of a run have the bits of the same rules in C, which `make bench` times them against."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.deep
@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_the_rules_have_the_bits_of_the_same_rules_in_c():
    code = "import against_c; print(against_c.differing(42))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT / "benchmarks", capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr
