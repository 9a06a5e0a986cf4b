"""Those who are in a room: each a name that others see, and a secret that they do not.

Rules that hold here
- A secret brings a dropped connection back to its seat. Secrets are compared in constant time.
- The teacher's name is the teacher's.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from negsim.studio import limits
from negsim.studio.limits import RefusedError, one_line

TEACHER = "The teacher"  # what the teacher is called at the table; nobody else may be


@dataclass
class Person:
    """Somebody in a room."""

    number: int  # what others may know of them, beside the name
    name: str
    token: str = field(repr=False)
    seat: int | None = None
    seen: float = 0.0  # when last


class People:
    """Those who are in a room, in the order in which they came."""

    def __init__(self) -> None:
        self._here: list[Person] = []
        self.count = 0  # of those who have ever come

    def __iter__(self) -> Iterator[Person]:
        return iter(self._here)

    def __len__(self) -> int:
        return len(self._here)

    def let_in(self, name: str, now: float, *, teaches: bool, beside: int) -> Person:
        """Somebody new. beside: how many have come from the same browser. Raises `RefusedError` and changes nothing."""
        name = one_line(name)
        if not name:
            raise RefusedError("write your name, so that the others know you")
        if names_teacher(name) and not teaches:
            raise RefusedError("only your teacher is called so; write your own name")
        if beside >= limits.MOST_OF_A_BROWSER:
            raise RefusedError(
                f"from this browser {limits.MOST_OF_A_BROWSER} people have joined; another has to use another one"
            )
        if len(self) >= limits.MOST_PEOPLE:
            raise RefusedError(f"this room is full; it holds {limits.MOST_PEOPLE} people")
        if any(person.name.casefold() == name.casefold() for person in self):
            raise RefusedError(f"somebody called {name} is here already; add a letter to your name")
        self.count += 1
        self._here.append(Person(self.count, name, secrets.token_urlsafe(24), seen=now))
        return self._here[-1]

    def remove(self, person: Person) -> None:
        """Send somebody out."""
        self._here.remove(person)

    def holding(self, keys: Iterable[str]) -> list[Person]:
        """Those whose secrets are held."""
        return [person for key in keys for person in self if same(person.token, key)]

    def numbered(self, number: int) -> Person:
        """Who has a number. Raises `RefusedError` if nobody has."""
        found = next((person for person in self if person.number == number), None)
        if found is None:
            raise RefusedError("nobody in this room has that name")
        return found


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
