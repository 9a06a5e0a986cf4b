"""The command `python -m research`: what it lists and what it refuses. The parts themselves have their own tests."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from research.__main__ import app

ROOT = Path(__file__).parents[2]
PARTS = ("calibrate", "plausible", "claims", "rules", "validation", "pairs", "facts")


def invoke(*arguments):
    return CliRunner().invoke(app, arguments)


def test_the_parts_are_listed_without_an_argument():
    listing = subprocess.run([sys.executable, "-m", "research"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert all(f"\n  {part} " in listing.stdout + listing.stderr for part in PARTS)


@pytest.mark.parametrize("part", ["calibrate", "claims", "rules"])
def test_a_file_in_no_folder_is_refused_before_any_work(part, tmp_path):
    refusal = invoke(part, "--out", str(tmp_path / "none" / "rows.csv"))
    assert refusal.exit_code == 2
    assert "no such folder; create it first" in refusal.stderr
