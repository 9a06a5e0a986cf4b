"""The games of a class: played again before they count, and side by side on one page."""

import csv
import json
import re

import pytest

from answers import answer
from journals import STORM, finished, journal, turns_of
from negsim.classroom.collecting import GAME_COLUMNS, TableGame, collect
from negsim.errors import NegsimError
from negsim.games import play_again, read_journal
from negsim.negotiation.tables import Move


@pytest.fixture
def folder(tmp_path):
    """Return a folder with two honest games, two forged ones, one that is not over, and something else."""
    amend = turns_of(Move.AMEND)[-1][0]
    games = {
        "one": journal(result=finished(), table="One"),
        "two": journal(result=finished(), table="Two", answers=[[3, 4000, "speak", 1, None]]),
        "forged": journal(result=finished(score=94.0), table="Forged"),
        "late": journal(rows=[[amend, "place", 3, 0.5]], result=finished(), table="Late"),
        "open": journal(rows=[[amend, "place", 0, 0.5]], table="Open"),
    }
    for name, game in games.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(game), encoding="utf-8")
    (tmp_path / "notes.json").write_text("[1, 2", encoding="utf-8")
    return tmp_path


def test_games_that_do_not_come_out_are_left_out_by_name(folder):
    found = collect(sorted(folder.glob("*.json")))
    assert [game.table for game in found.games] == ["One", "Open", "Two"]
    assert [game.facts()["result"] is None for game in found.games] == [False, True, False]
    reasons = {line.partition(": ")[0].rpartition("/")[2]: line for line in found.refused}
    assert sorted(reasons) == ["forged.json", "late.json", "notes.json"]
    assert "played again, it does not end as it says: result.score is 94.0, not " in reasons["forged.json"]
    assert "cannot be 0.5 then" in reasons["late.json"]


def test_other_draws_than_most_are_noted(tmp_path):
    draws = [{"seed": 4, "replication": 2}] * 2 + [{"seed": 5, "replication": 2}, {"seed": 4, "replication": 0}]
    for n, changed in enumerate(draws):
        (tmp_path / f"{n}.json").write_text(json.dumps(journal(table=f"{n}", **changed)), encoding="utf-8")
    found = collect(sorted(tmp_path.glob("*.json")))
    assert [game.notes for game in found.games] == [
        (), (), ("Played under seed 5, most others under 4.",), ("Played as replication 0, most others as 2.",),
    ]  # fmt: skip
    assert (found.source.seed, found.source.replication) == (4, 2)


@pytest.mark.parametrize("changed", [{"changes": ["no change"]}, {"name": "nobodys"}])
def test_journals_of_a_scenario_that_there_is_not_keep_no_honest_game_away(tmp_path, changed):
    games = [journal(**changed), journal(**changed), journal(table="Good")]
    files = [tmp_path / f"{n}.json" for n in range(3)]
    for file, game in zip(files, games, strict=True):
        file.write_text(json.dumps(game), encoding="utf-8")
    found = collect(files)
    assert (found.source.name, found.source.changes) == ("storm", ())
    assert found.games[-1].table == "Good"


def test_a_name_in_a_journal_opens_no_file_of_the_reader(tmp_path):
    file = tmp_path / "game.json"
    file.write_text(json.dumps(journal(name="/etc/passwd", result=finished())), encoding="utf-8")
    with pytest.raises(NegsimError, match="--scenario"):
        collect([file])
    assert len(collect([file], "storm").games) == 1


def test_the_command_writes_the_page_and_every_decision(folder, monkeypatch):
    monkeypatch.chdir(folder)
    code, out, err, _ = answer(["classroom", "collect", "one.json", "two.json", "open.json", "forged.json"])
    assert code == 0, err
    assert out.split() == ["end.html", "games.csv"]
    assert "left out: forged.json: played again, it does not end as it says" in err
    assert "3 games, 1 of them not finished; 1 left out" in err
    page = (folder / "end.html").read_text(encoding="utf-8")
    facts = json.loads(re.search(r'id="facts">(.*?)</script>', page)[1])
    assert [game["table"] for game in facts["journals"]] == ["One", "Two", "Open"]
    assert facts["play"]["seat"] == journal()["seat"]
    with (folder / "games.csv").open(encoding="utf-8", newline="") as table:
        assert tuple(next(csv.reader(table))) == GAME_COLUMNS


def test_every_sheet_is_a_row_though_it_was_left_to_the_delegate():
    speaks, amends = (next(n for n, turn in turns_of(move) if turn.who in {0, -1}) for move in (Move.SPEAK, Move.AMEND))
    sheets = [[0, 9, "delegate", 1, None], [speaks, 9, "speak", 0, {}], [amends, 9, "delegate", 0, None]]
    text = json.dumps(journal(rows=[[speaks, "values", 0, 0.5]], answers=sheets))
    rows = TableGame("One", text, play_again(read_journal(text), STORM)).rows()
    found = [dict(zip(GAME_COLUMNS, row, strict=True)) for row in rows]
    assert [tuple(row[name] for name in ("turn", "move", "column", "value", "answer", "adviser")) for row in found] == [
        (0, "open_session", "", "", "delegate", 1),
        (speaks, "speak", "values", 0.5, "speak", 0),
        (amends, "", "", "", "delegate", 0),  # nobody has played it again so far
    ]
