"""Links into the studio: its address, their keys, a scenario packed into one, and how much a link may hold."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from urllib.parse import urlencode

PORT = 8321  # of `negsim studio`, where it names no other
STUDIO = f"http://127.0.0.1:{PORT}"
KNOBS = {
    "meetings.count": "m", "meetings.days_in_all": "d", "methodology": "w", "informal.mixed_evenings": "e",
    "informal.corridors": "o",
}  # fmt: skip
MOST_LINK = 16_384  # letters of a link's query
MOST_CHANGE = 200  # letters of one change in a link
LAB_RUNS = 400  # replications of a point of a curve in the lab, at most


def studio_link(page: str, scenario: str, *, run: tuple[int, int], changes: Sequence[str] = (), text: str = "") -> str:
    """A link to a page of the studio: `room`, `lab`, `table` or `edit`.

    scenario: a built-in name. run: its seed and replication. text: the YAML of a scenario that is not built in;
    where it is too long for a link, the link leads to the page on which it can be uploaded.

    >>> studio_link("lab", "classroom", run=(7, 0), changes=["meetings.count=3", "context.tension=low"])
    'http://127.0.0.1:8321/lab?s=classroom&m=3&c=context.tension%3Dlow&seed=7'
    """
    pairs = [("y", packed(text))] if text else [("s", scenario)]
    for change in changes:
        path, _, value = change.partition("=")
        pairs.append((KNOBS[path], value) if path in KNOBS else ("c", change))
    pairs.append(("seed", str(run[0])))
    if run[1]:
        pairs.append(("r", str(run[1])))
    query = urlencode(pairs)
    return f"{STUDIO}/{page}?{query}" if len(query) <= MOST_LINK else f"{STUDIO}/edit"


def packed(text: str) -> str:
    """A text for a link."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
