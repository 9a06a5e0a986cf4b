"""What pages show is what is printed, unless their numbers are stale."""

import os
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from answers import answer
from follow import blocks_of, follow, renewed, run, shows
from negsim.report.age import is_stale

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_what_its_first_command_prints():
    (language, command), (_, shown) = list(blocks_of((ROOT / "README.md").read_text(encoding="utf-8")))[:2]
    assert language == "sh"
    done = answer(shlex.split(command)[1:])
    assert is_stale("README.md") or shows(shown, done.out), done.out


@pytest.mark.deep
@pytest.mark.parametrize("page", ["explaining", "howto/robust"])
def test_a_page_shows_what_its_commands_print(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = list(blocks_of((ROOT / f"docs/{page}.md").read_text(encoding="utf-8")))
    texts = [(command, shown) for (_, command), (language, shown) in pairwise(blocks) if language == "text"]
    assert texts
    for command, shown in texts:
        done = answer(shlex.split(command)[1:])
        assert is_stale(f"docs/{page}.md") or shows(shown, done.out), done.out


@pytest.mark.deep
def test_the_how_to_on_programs_shows_its_table_and_the_replies_print_it_again(tmp_path):
    page = (ROOT / "docs/howto/program.md").read_text(encoding="utf-8")
    [(_, printed)] = follow(page, tmp_path, compared=not is_stale("docs/howto/program.md"))
    seats, kept = tmp_path / "seats.py", (tmp_path / "replies.jsonl").read_bytes()
    seats.write_text(seats.read_text(encoding="utf-8").replace("Program(stand_in,", "Program(None,"), encoding="utf-8")
    assert run("python score.py", tmp_path, os.environ) == printed
    assert (tmp_path / "replies.jsonl").read_bytes() == kept


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("```sh\nnegsim --version\n```\n\n```text\nnegsim 0.0\n...\n```\n", "the page shows\nnegsim 0.0"),
        ("```sh\nnegsim run mine.yaml\n```\n", "negsim run mine.yaml\n.*mine.yaml"),
    ],
)
def test_a_page_is_followed_up_to_what_it_does_not_do(tmp_path, page, why):
    with pytest.raises(AssertionError, match=why):
        follow(page, tmp_path)


SHOWN = "share   of so many\n  logs   14 %\n...\n  board  59 %  of all\n...\nlast 3\n"
PRINTED = (
    "share   of so many  \n  logs   15 %\n\n  pay    66 %\n  board  61 %  of all\n  more   2 %\nlast 4\nand more\n"
)


def test_a_block_is_renewed_line_by_line_and_what_it_leaves_out_stays_out():
    new = renewed(SHOWN, PRINTED)
    assert new == "share   of so many\n  logs   15 %\n...\n  board  61 %  of all\n...\nlast 4\nand more\n"
    assert shows(new, PRINTED)
    assert renewed("all\nof it\n", "all\nof\nit\n") == "all\nof\nit\n"
