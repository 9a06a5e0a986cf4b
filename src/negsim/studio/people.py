"""Somebody in a room: a name that others see, and a secret that they do not.

Rules that hold here
- Secrets are compared in constant time.
- The teacher's name is the teacher's.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass, field

TEACHER = "The teacher"  # what the teacher is called at the table; nobody else may be


@dataclass
class Person:
    """Somebody in a room."""

    number: int  # what others may know of them, beside the name
    name: str
    token: str = field(repr=False)
    seat: int | None = None
    seen: float = 0.0  # when last


def names_teacher(name: str) -> bool:
    """Whether a name reads as the teacher's, however it is written.

    >>> names_teacher("the  TEACHER!"), names_teacher("Theo Teach")
    (True, False)
    """
    letters = filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold())
    return "".join(letters) in {"theteacher", "teacher"}


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how much of them is."""
    return secrets.compare_digest(one.encode(), other.encode())
