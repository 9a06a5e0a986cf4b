"""What pages show is what is printed."""

import shlex
from pathlib import Path

import pytest

from answers import answer
from follow import blocks_of, follow, shows

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_what_its_first_command_prints():
    (language, command), (_, shown) = list(blocks_of((ROOT / "README.md").read_text(encoding="utf-8")))[:2]
    assert language == "sh"
    done = answer(shlex.split(command)[1:])
    assert shows(shown, done.out), done.out


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
