"""The sheet on which a class commits itself before it sees.

Rules that hold here
- One row a guess; the columns of the student are empty. No cell begins with a sign that a spreadsheet would compute.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

from negsim.classroom.sheets import Lesson

COLUMNS = ("student", "lesson", "setting", "change", "measure", "guess", "low", "high", "because")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guesses_csv(lessons: Sequence[Lesson]) -> str:
    """The empty sheet, as CSV."""
    room = StringIO()
    writer = csv.writer(room, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, lesson in enumerate(lessons, start=1):
        for setting, change, measure in lesson.guesses:
            cells = (f"{number} {lesson.title}", setting, change, measure)
            writer.writerow(["", *map(harmless, cells), "", "", "", ""])
    return room.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
