"""What pages show is what is printed."""

import os
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from answers import answer
from follow import blocks_of, follow, run, shows

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_what_its_first_command_prints():
    (language, command), (_, shown) = list(blocks_of((ROOT / "README.md").read_text(encoding="utf-8")))[:2]
    assert language == "sh"
    done = answer(shlex.split(command)[1:])
    assert shows(shown, done.out), done.out


@pytest.mark.deep
@pytest.mark.parametrize("page", ["explaining", "howto/robust"])
def test_a_page_shows_what_its_commands_print(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = list(blocks_of((ROOT / f"docs/{page}.md").read_text(encoding="utf-8")))
    texts = [(command, shown) for (_, command), (language, shown) in pairwise(blocks) if language == "text"]
    assert texts
    for command, shown in texts:
        done = answer(shlex.split(command)[1:])
        assert shows(shown, done.out), done.out


@pytest.mark.deep
def test_the_how_to_on_programs_shows_its_table_and_the_replies_print_it_again(tmp_path):
    page = (ROOT / "docs/howto/program.md").read_text(encoding="utf-8")
    follow(page, tmp_path)
    seats, kept = tmp_path / "seats.py", (tmp_path / "replies.jsonl").read_bytes()
    seats.write_text(seats.read_text(encoding="utf-8").replace("Program(stand_in,", "Program(None,"), encoding="utf-8")
    (shown,) = (content for language, content in blocks_of(page) if language == "text")
    assert shows(shown, run("python score.py", tmp_path, os.environ))
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
