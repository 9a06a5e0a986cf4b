"""The fields of one case of a facts file, read with patience.

Rules that hold here
- A field that is missing, empty or null is not known, and nothing more is said of it.
- A field of an odd kind is not known either, and is told with its place.
"""

from __future__ import annotations

import re
from datetime import date

from negsim.errors import Mark, Problem, shown
from negsim.scenario.loading import Document
from negsim.scenario.plain import Path, Plain, dotted
from negsim.scenario.values import RESERVED, is_number

DOSSIER = "facts"  # the facts file itself, as a source
_PROVENANCE = {"S": "high", "D": "medium"}


class Fields:
    """One case of a facts file. left: what had to be left unknown so far."""

    def __init__(self, document: Document, path: Path, case: dict[str, Plain]) -> None:
        self.document, self.path, self.case = document, path, case
        self.left: list[Problem] = []

    def odd(self, *steps: str | int, message: str) -> None:
        """Keep what is left unknown."""
        path = (*self.path, *steps)
        while path and path not in self.document.values:
            path = path[:-1]
        where = self.document.values.get(path, Mark(self.document.name))
        self.left.append(Problem(where, dotted((*self.path, *steps)), message))

    def at(self, *steps: str) -> Plain:
        """The value there, None where there is none."""
        value: Plain = self.case
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def text(self, *steps: str) -> str:
        """A text, "" where there is none; texts of a list one after the other."""
        value = self.at(*steps)
        items = value if isinstance(value, list) else [value]
        texts = [clean(str(item)) for item in items if item is not None and not isinstance(item, dict | list)]
        return "; ".join(text for text in texts if text)

    def whole(self, *steps: str, most: int, least: int = 1) -> int | None:
        """A whole number within limits."""
        value = self.at(*steps)
        number = number_in(value)
        if number is None or (isinstance(number, str) and number.strip().lower() in {"", "unknown", "null", "n/a"}):
            return None
        if is_number(number) and number == int(number) and least <= number <= most:
            return int(number)
        self.odd(*steps, message=f"{shown(value)} is no whole number from {least} to {most}; left unknown")
        return None

    def remembered(self, field: str) -> bool:
        """Whether only memory stands behind a field: its provenance says so, or `memory` names it."""
        said, listed = self.text("provenance", field).lower(), self.at("memory")
        named = [str(name).strip() for name in (listed if isinstance(listed, list) else [listed])]
        if not (re.match(r"m\b", said) or "memory" in said or field in named):
            return False
        if self.at(field) is not None:
            self.odd(field, message="comes from memory only; left unknown")
        return True

    def entry(self, value: Plain, field: str, quote: str = "") -> dict[str, Plain]:
        """A fact with the facts file as its source."""
        confidence = _PROVENANCE.get(self.text("provenance", field)[:1].upper(), "medium")
        said = {"value": value, "source": DOSSIER, "confidence": confidence}
        return said | ({"quote": quote} if quote else {})

    def day(self, field: str) -> date | None:
        """A date; the middle of a month where only that is known."""
        said = self.text(field)
        match = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?", said)
        if not match and (not said or said.lower() == "unknown" or re.fullmatch("[0-9]{4}", said)):
            return None  # a year alone gives no days
        try:
            if match:
                return date(int(match[1]), int(match[2]), int(match[3] or 15))
        except ValueError:
            pass  # no such day
        self.odd(field, message=f"{shown(said)} is no date, such as 2011-02-25; left unknown")
        return None


def number_in(value: Plain) -> Plain:
    """The number that a text holds and nothing else; any other value as it is.

    >>> number_in(" 5 "), number_in("five")
    (5, 'five')
    """
    return int(value) if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,6}\s*", value) else value


def clean(text: str) -> str:
    """A text on one line of what can be printed."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def slug(text: str, otherwise: str) -> str:
    """A text as a name of the scenario language.

    >>> slug("MAG composition/selection", "x"), slug("2011?", "x")
    ('mag_composition_selection', 'x_2011')
    """
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:50].strip("_")
    if not name:
        return otherwise
    return f"{otherwise}_{name}"[:60] if not name[0].isalpha() or name in RESERVED else name
