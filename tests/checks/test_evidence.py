"""The evidence names what there is, and `make fresh` writes a row once its command has run."""

import re
import shlex
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks import evidence
from negsim.report import age

ROOT = Path(__file__).parents[2]
ROWS = age.evidence()
OLD, NEW = "a" * 40, "b" * 40


def test_every_file_of_the_evidence_is_there_and_stands_in_one_row():
    files = [file for row in ROWS for file in row.files]
    assert [file for file in files if not (ROOT / file).is_file()] == []
    assert len(files) == len(set(files))


def test_every_picture_that_git_knows_has_a_row():
    git = subprocess.run(["git", "ls-files", "*.png"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(git.stdout.split()) - {file for row in ROWS for file in row.files} == set()


def test_a_row_has_a_commit_a_command_that_exists_and_the_minutes_that_were_measured():
    for row in ROWS:
        assert re.fullmatch("[0-9a-f]{40}", row.commit)
        assert re.fullmatch(r"(\d+\.\d)?", row.minutes)
        for word in shlex.split(row.command):
            if word.endswith(".py"):
                assert (ROOT / word).is_file(), row.command


def test_the_reference_is_a_commit_or_changing_and_the_changelog_says_why():
    commit, day, reason = age.last_change()
    assert commit == age.CHANGING or re.fullmatch("[0-9a-f]{40}", commit)
    assert datetime.strptime(day, "%d %B %Y").replace(tzinfo=UTC)
    marked = re.search(r"^- \*\*changes results\*\*: (.*)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert marked[1].startswith(reason)


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A table of three pages that say which of them were made, and a reference."""
    table, reference, made = tmp_path / "evidence.csv", tmp_path / "reference", tmp_path / "made"
    rows = [("a/one.md", f"echo one >>{made}", OLD), ("a/two.md", "false", OLD), ("b.md", f"echo b >>{made}", NEW)]
    text = "".join(f"{page},{command},{commit},\n" for page, command, commit in rows)
    table.write_text(f"page,command,commit,minutes\n{text}", encoding="utf-8")
    reference.write_text(f"{NEW}\n7 December 2026: a rule\n", encoding="utf-8")
    monkeypatch.setattr(age, "EVIDENCE", table)
    monkeypatch.setattr(evidence, "EVIDENCE", table)
    monkeypatch.setattr(age, "_REFERENCE", reference)
    return table, reference, made


def test_a_folder_is_made_anew_up_to_what_fails_and_each_row_is_written_at_once(table):
    assert evidence.freshen("a") == 1
    assert table[2].read_text() == "one\n"
    assert [(row.page, row.commit, row.minutes) for row in age.evidence()] == [
        ("a/one.md", NEW, "0.0"),
        ("a/two.md", OLD, ""),
        ("b.md", NEW, ""),
    ]


def test_a_page_is_made_anew_even_if_it_is_not_stale_and_a_folder_with_nothing_stale_is_refused(table, capsys):
    assert evidence.freshen("b.md") == 0
    assert table[2].read_text() == "b\n"
    assert evidence.freshen("c") == evidence.freshen("") == 2
    assert "c: no such page" in capsys.readouterr().err


def test_nothing_is_made_anew_while_results_change(table, capsys):
    table[1].write_text("changing\n8 December 2026: a rule\n", encoding="utf-8")
    assert evidence.freshen("b.md") == 2
    assert not table[2].exists()
    assert "write the name of the commit into .ci/reference first" in capsys.readouterr().err


def test_what_is_stale_is_listed_with_its_commands(table, capsys):
    assert evidence.list_stale() == 1
    printed = capsys.readouterr().out
    assert "7 December 2026, a rule" in printed
    assert "a/two.md\n    ? minutes: false\n" in printed
    assert "2 of 3" in printed
    table[0].write_text("page,command,commit,minutes\n", encoding="utf-8")
    assert evidence.list_stale() == 0
