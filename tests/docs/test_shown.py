"""What the first page shows is what is printed."""

import shlex
from pathlib import Path

from answers import answer
from follow import blocks_of, shows

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_what_its_first_command_prints():
    (language, command), (_, shown) = list(blocks_of((ROOT / "README.md").read_text(encoding="utf-8")))[:2]
    assert language == "sh"
    done = answer(shlex.split(command)[1:])
    assert shows(shown, done.out), done.out
