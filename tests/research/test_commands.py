"""The command `python -m research`: what it lists and what it refuses. The parts themselves have their own tests."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from research.__main__ import app

ROOT = Path(__file__).parents[2]
PARTS = ("patterns", "calibrate", "plausible", "claims", "rules", "validation", "pairs", "facts")


def invoke(*arguments):
    return CliRunner().invoke(app, arguments)


def test_the_parts_are_listed_without_an_argument():
    listing = subprocess.run([sys.executable, "-m", "research"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert all(f"\n  {part} " in listing.stdout + listing.stderr for part in PARTS)


def test_the_patterns_are_listed_without_running_anything():
    listing = invoke("patterns", "--list").stdout.splitlines()
    assert listing[0] == "calibrated  first phase: `consensus` in 0.02 .. 0.25"
    assert listing[-1] == "assumed     agreements bunch at the deadline"


def test_the_experiments_are_listed_without_running_anything():
    listing = invoke("claims", "--list").stdout
    assert listing.startswith("# Experiments\n")
    assert (ROOT / "research" / "docs" / "experiments.md").read_text(encoding="utf-8") == listing, (
        "run: python -m research claims --list --out research/docs/experiments.md"
    )


@pytest.mark.parametrize("part", ["patterns", "calibrate", "claims", "rules"])
def test_a_file_in_no_folder_is_refused_before_any_work(part, tmp_path):
    refusal = invoke(part, "--out", str(tmp_path / "none" / "rows.csv"))
    assert refusal.exit_code == 2
    assert "no such folder; create it first" in refusal.stderr


@pytest.mark.parametrize(
    ("name", "words"), [("plausibel", 'did you mean "plausible"?'), ("nope", "one of: plausible, prior"), ("", '""')]
)
def test_an_unknown_ensemble_is_refused_before_any_work(name, words):
    refusal = invoke("patterns", "--parameters", name)
    assert refusal.exit_code == 2
    assert words in refusal.stderr


def test_an_ensemble_never_replaces_other_things(tmp_path):
    (tmp_path / "thesis.txt").touch()
    refusal = invoke("plausible", "--out", str(tmp_path))
    assert refusal.exit_code == 2
    assert "holds other things" in refusal.stderr


@pytest.mark.slow
def test_a_calibration_ends_with_its_check():
    result = invoke("calibrate", "--points", "3", "--replications", "3", "--check", "3")
    assert result.exit_code == 0
    assert result.stdout.startswith("3 points, ")
    assert "the defaults, on replications that the search never used" in result.stdout


def test_claims_over_an_unknown_ensemble_are_refused_before_any_work():
    refusal = invoke("claims", "--members", "plausibel")
    assert refusal.exit_code == 2
    assert 'did you mean "plausible"?' in refusal.stderr
