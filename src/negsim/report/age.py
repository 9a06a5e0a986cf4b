"""The age of the numbers that pages and pictures show.

`docs/evidence.csv` has a row for each page with numbers of the model, and its pictures: the `command` that makes it,
the `commit` that had last changed results when it was made, and the `minutes` that it took. `.ci/reference` has the
commit that has last changed them, or `changing`, and below it the day and the reason. What another commit has overtaken
is stale, and says so at its top.
"""

from __future__ import annotations

import csv
import re
from posixpath import dirname, join, normpath
from typing import NamedTuple

from negsim.scenario.library import folder

CHANGING = "changing"  # stands for the commit that changes results, which cannot know its own name
EVIDENCE = folder("docs") / "evidence.csv"
_REFERENCE = folder(".ci") / "reference"
_PICTURE = re.compile(r"!\[[^]]*\]\(([^)\s]+)\)")


class _LastChange(NamedTuple):
    """The last change of results: its commit, or `changing`; its day, such as "7 December 2026"; its reason."""

    commit: str
    day: str
    reason: str


class Evidence(NamedTuple):
    """A row of the evidence. page: a page and the pictures made with it, by their paths in the repository."""

    page: str
    command: str
    commit: str
    minutes: str

    @property
    def files(self) -> list[str]:
        """The page and the pictures."""
        return self.page.split()


def last_change() -> _LastChange:
    """Return what `.ci/reference` says."""
    commit, line = _REFERENCE.read_text(encoding="utf-8").splitlines()
    day, _, reason = line.partition(": ")
    return _LastChange(commit, day, reason)


def evidence() -> list[Evidence]:
    """Return the rows of the evidence in the order in which they are made."""
    with EVIDENCE.open(encoding="utf-8", newline="") as file:
        return [Evidence(**row) for row in csv.DictReader(file)]


def stale() -> list[Evidence]:
    """Return the rows that are older than the last change of results."""
    commit = last_change().commit
    return [row for row in evidence() if row.commit != commit]


def is_stale(*files: str) -> bool:
    """Return whether a page or picture of these, by their paths in the repository, is older than the last change."""
    return not {file for row in stale() for file in row.files}.isdisjoint(files)


def dated(page: str, text: str) -> str:
    """Return the Markdown of a page with a line below its title if it is stale, or shows a picture that is.

    page: its path in the repository.
    """
    pictures = (normpath(join(dirname(page), link)) for link in _PICTURE.findall(text))
    if not is_stale(page, *pictures):
        return text
    title, _, rest = text.partition("\n")
    return f"{title}\n\n*Numbers of the model before {last_change().day}; being measured anew.*\n{rest}"
