"""The studio as sheets and pages name it: its address, links into it and what they may hold, shared labels.

Nothing heavy is imported: the help of every command waits for this.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlencode, urlsplit

from negsim.errors import NegsimError, literal

STUDIO_PORT = 8321  # of `negsim studio`, where it names no other
STUDIO_URL = f"http://127.0.0.1:{STUDIO_PORT}"
MOST_LINK = 16_384  # letters of a link's query
MOST_CHANGE = 200  # letters of one change in a link
LAB_RUNS = 400  # of a point of a curve when the lab opens, and of a cell in a pack
MORE_CHANGES = "Advanced: other changes"  # the field for them, in the room and the lab


def choice_label(choice: str) -> str:
    """Return a value of a scenario file as the lab shows it.

    >>> choice_label("rough_consensus"), choice_label("true")
    ('rough consensus', 'yes')
    """
    return {"true": "yes", "false": "no"}.get(choice, choice.replace("_", " "))


def studio_link(page: str, scenario: str, *, run: tuple[int, int], text: str = "", address: str = STUDIO_URL) -> str:
    """Make a link to a page of the studio: `room`, `lab` or `edit`.

    scenario: a built-in name, which a text replaces. run: its seed and replication. text: the YAML of a scenario that
    is not built in; if it is too long for a link, the link leads to the page on which it can be uploaded. address: of
    the studio.

    >>> studio_link("lab", "classroom", run=(7, 0))
    'http://127.0.0.1:8321/lab?s=classroom&seed=7'
    """
    query = link_query(scenario, text, [], run)
    return f"{address}/{page}?{query}" if len(query) <= MOST_LINK else f"{address}/edit"


def studio_address(text: str) -> str:
    """Return the address of a studio without a slash at its end. Raises NegsimError for any other text.

    >>> studio_address("http://192.168.1.20:8321/")
    'http://192.168.1.20:8321'
    """
    parts = urlsplit(text)
    try:
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        is_address = False
    if not is_address or parts.query or parts.fragment or re.search(r"[\s<>\"\\@]", text):
        raise NegsimError(f"--address {literal(text)}: is not the address of a studio; write one such as {STUDIO_URL}")
    return text.rstrip("/")


def link_query(scenario: str, text: str, changes: Sequence[tuple[str, str]], run: tuple[int, int]) -> str:
    """Make the query of a link: a built-in scenario or a text, changes by key, a run's seed and replication."""
    seed, replication = run
    pairs = [("y", packed(text)) if text else ("s", scenario), *changes, ("seed", str(seed))]
    if replication:
        pairs.append(("r", str(replication)))
    return urlencode(pairs)


@lru_cache(maxsize=8)  # a page has many links to the same text
def packed(text: str) -> str:
    """Pack a text into a link."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
