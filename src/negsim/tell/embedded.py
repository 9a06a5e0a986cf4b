"""Pictures as part of a page.

Rules that hold here
- Two embeddings of one picture have the same bytes, so that a report can be compared with another.
- One picture is drawn at a time, whatever the thread: matplotlib's settings are those of the whole process.
"""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from threading import Lock

from negsim.scenario import Scenario
from negsim.scenario.schema import Group, Issue
from negsim.tell.page import Embedded
from negsim.tell.picture import Picture
from negsim.tell.style import style

LETTERS = {"label": 40, "low": 56, "high": 56}  # of a label, and of an end of a scale, in a picture
SHARP = 170  # dots per inch: enough for A4, and half the size of a file of its own
_DRAWING = Lock()


def embedded(picture: Picture) -> Embedded:
    """A picture drawn and put into the page, as a PNG in a data URI."""
    room = BytesIO()
    with _DRAWING:
        drawn = picture.draw()
        with style():
            drawn.savefig(room, format="png", dpi=SHARP, metadata={"Software": None})
    return Embedded(f"data:image/png;base64,{b64encode(room.getvalue()).decode()}", picture.caption)


def short_labels(scenario: Scenario) -> Scenario:
    """A scenario with labels that fit into pictures; the rest of the page has them whole."""
    issues = {
        name: issue.model_copy(update=_shortened(issue, "label", "low", "high"))
        for name, issue in scenario.issues.items()
    }
    groups = {name: group.model_copy(update=_shortened(group, "label")) for name, group in scenario.groups.items()}
    return scenario.model_copy(update={"issues": issues, "groups": groups})


def _shortened(part: Issue | Group, *fields: str) -> dict[str, str]:
    texts = {field: str(getattr(part, field)) for field in fields}
    return {field: _cut(text, LETTERS[field]) for field, text in texts.items()}


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"
