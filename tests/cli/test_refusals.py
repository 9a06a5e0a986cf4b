"""What bad input is answered with: every row of `tests/refusals.txt`, whose head says how to write one.

Exit code 2 and the sentence, nothing on stdout and nothing left, before anything is run and, but for the last section,
before the model is compiled.
"""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from answers import answer
from negsim.cli import options
from negsim.scenario import text_of
from negsim.study import runner

TESTS = Path(__file__).parents[1]
LATE = "What is said once the model is compiled"  # the section
STUDY = "scenario: classroom\nvary: {meetings.count: [1, 2]}\nreplications: 4\n"
FILES = {  # in the folder of every row, besides those of tests/data; `taken` is empty
    "case.yaml": text_of("cases/wgig"),
    "mine.yaml": text_of("classroom"),
    "pairs.yaml": "pairs: 1\nattempts: {}\n",
    "pictures/trust.png": "",
    "study.yaml": STUDY,
    "taken": "",
}


class Refusal(NamedTuple):
    """A command, the text of the bad file in its folder, the lines of stderr, or parts of them."""

    command: str
    text: str
    lines: list[str]
    parts: list[str]


def refusals(text: str) -> list[Refusal]:
    """The rows of a section, those without a sentence too."""
    found, command = [], ""
    for block in text.split("\n\n"):
        marked = [(line[:1], line[2:]) for line in block.splitlines()]
        of = {mark: [rest for other, rest in marked if other == mark] for mark in "$<|=~"}
        command = next(iter(of["$"]), command)
        first = "".join((TESTS / "data" / name).read_text("utf-8") for name in of["<"])
        found.append(Refusal(command, first + "".join(f"{line}\n" for line in of["|"]), of["="], of["~"]))
    return found


_, *SECTIONS = (TESTS / "refusals.txt").read_text("utf-8").split("\n## ")
ROWS = {title: refusals(rest) for title, _, rest in (section.partition("\n") for section in SECTIONS)}


@pytest.fixture
def folder(here):
    """The current folder, with what commands may name."""
    shutil.copytree(TESTS / "data", here, dirs_exist_ok=True)
    for name, text in FILES.items():
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text(text, encoding="utf-8")
    return here


def faults(row: Refusal, folder: Path) -> list[str]:
    """What is wrong with the answer to a row; nothing if it is as it should be."""
    words = shlex.split(row.command)
    (folder / next((word for word in words if word.startswith("bad.")), "bad.yaml")).write_text(row.text, "utf-8")
    before = {*folder.rglob("*")}
    code, out, err, error = answer(words)
    lines = err.splitlines()
    wrong = {
        f"raised {error!r}": error is not None,
        f"exit code {code}": code != 2,
        "printed a result": out != "",
        "a traceback": "Traceback" in err,
        "left something": {*folder.rglob("*")} != before,
        "another sentence": lines != row.lines if row.lines else not all(part in err for part in row.parts),
    }
    found = ", ".join(name for name, is_so in wrong.items() if is_so)
    return [f"{row.command}\n{row.text}{found}:\n{err}"] if found else []


@pytest.mark.parametrize("section", ROWS)
def test_bad_input_is_answered_with_its_sentence_before_anything_is_run(section, folder, monkeypatch):
    monkeypatch.setattr(runner, "_in_chunks", None)
    if section != LATE:
        monkeypatch.setattr(options, "make_ready", None)
    assert "\n".join(fault for row in ROWS[section] for fault in faults(row, folder)) == ""


def test_every_row_says_something():
    assert sum(map(len, ROWS.values())) > 150
    assert [row for rows in ROWS.values() for row in rows if not (row.command and any([*row.lines, *row.parts]))] == []
