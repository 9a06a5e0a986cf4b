"""The tournament of experiments/: few games make a table, and a strategy of one's own takes part."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "experiments" / "tournament" / "tournament.py"
OWN = "from negsim.policies.strategies import Hardball\n\n\nclass Softball(Hardball):\n    near = 0.3\n"


def played(folder, entrant):
    (folder / "mine.py").write_text(OWN, encoding="utf-8")
    options = ["--games", "6", "--out", "out", "--figure", "figure.png", "--enter", entrant]
    return subprocess.run([sys.executable, SCRIPT, *options], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.deep
def test_a_strategy_of_ones_own_plays_a_tournament_of_few_games(tmp_path):
    done = played(tmp_path, "mine.py:Softball")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "figure.png").exists()
    with (tmp_path / "out" / "games.csv").open(encoding="utf-8") as file:
        entrants = {row["entrant"] for row in csv.DictReader(file)}
    table = (tmp_path / "out" / "table.md").read_text(encoding="utf-8").splitlines()
    assert "mine:Softball" in entrants
    assert {line.split("|")[1].strip() for line in table[2:]} == entrants


def test_a_strategy_that_there_is_not_is_refused_before_a_game(tmp_path):
    done = played(tmp_path, "mine.py:Softbal")
    assert done.returncode == 2
    assert 'mine.py has no "Softbal"; did you mean "Softball"?' in done.stderr
    assert not (tmp_path / "out").exists()
