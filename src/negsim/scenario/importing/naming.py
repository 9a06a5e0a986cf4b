"""Names of a foreign file as a scenario may write them.

Rules that hold here
- What was written stays wherever it is legal; what is changed stays recognisable and is told.
- No two get the same name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from negsim.scenario.values import RESERVED

LONGEST_KEY, LONGEST_NAME = 60, 80


def key(text: str, taken: Container[str], usual: str) -> str:
    """A key for a text: small letters, digits and _, starting with a letter. usual: what to start from otherwise.

    >>> key("EU (incl Norway)", (), "actor"), key("2020", (), "issue"), key("Équité", ("equite",), "issue")
    ('eu_incl_norway', 'issue_2020', 'equite_2')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: LONGEST_KEY - 10].strip("_")
    return free(word if word[:1].isalpha() else f"{usual}_{word}".strip("_"), taken, "_")


def proper(text: str, taken: Container[str]) -> str:
    """A delegate's name for a text: one printable line.

    >>> proper("A -> B", ()), proper("USA", ("USA",)), proper("none", ())
    ('A to B', 'USA 2', 'none 2')
    """
    return free(one_line(text.replace("->", " to "))[: LONGEST_NAME - 10].strip() or "Actor", taken, " ")


def one_line(text: str) -> str:
    """A text without letters that cannot be printed, and without double spaces."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def free(name: str, taken: Container[str], joint: str) -> str:
    """The name, with a number from 2 behind it if it is taken or has a meaning of its own."""
    number, tried = 1, name
    while tried in taken or tried in RESERVED:
        number += 1
        tried = f"{name}{joint}{number}"
    return tried
