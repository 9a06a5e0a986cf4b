"""All rooms of a studio: how one is opened, found by its code, and closed.

Rules that hold here
- A code is drawn from a secret source and compared in constant time; wrong ones are counted by address.
- Who has tried too many has to wait, and so has everybody new at that address; who is in a room already has not.
- There are few rooms, and one that nobody uses is closed; sooner where it has never been used and another has no place.
- A browser is known by the secrets that it holds. So many people join from one, so many at once from one address.
"""

from __future__ import annotations

import logging
import secrets
from collections import deque
from collections.abc import Iterable, Mapping

from negsim.studio import limits
from negsim.studio.limits import MOST_PEOPLE, Rate, RefusedError, one_line
from negsim.studio.people import Person, same
from negsim.studio.rooms import CLOSED, SharedRoom

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are taken for another
CODE = 8
LOG = logging.getLogger(__name__)


class Rooms:
    """All rooms of a studio."""

    def __init__(self) -> None:
        self.open_rooms: dict[str, SharedRoom] = {}
        self._closed: deque[str] = deque(maxlen=limits.MOST_CLOSED)
        self._tries = Rate(limits.TRIES_A_SECOND, limits.TRIES_AT_ONCE)
        self._opened = Rate(limits.ROOMS_A_SECOND, limits.ROOMS_AT_ONCE)
        self._joined = Rate(limits.JOINS_A_SECOND, limits.JOINS_AT_ONCE)

    def admit(self, address: str, now: float) -> None:
        """Raise `RefusedError` unless one more room may be opened from an address."""
        self.close_idle(now)
        if len(self.open_rooms) >= limits.MOST_ROOMS:
            self.close_unused(now)
        if len(self.open_rooms) >= limits.MOST_ROOMS:
            raise RefusedError(f"{limits.MOST_ROOMS} rooms are open already; close one, or wait")
        if not self._opened.allows(address, now):
            raise RefusedError("too many rooms at once; wait a little")

    def add(self, room: SharedRoom) -> None:
        """A room is open. Rooms are made elsewhere, in a worker, because that takes a moment."""
        self.open_rooms[room.code] = room

    def find(self, code: str, address: str, now: float, keys: Iterable[str] = ()) -> SharedRoom:
        """The room of a code. keys: the secrets of those who are in a room; who holds one always gets in."""
        code = tidy(code)
        found = next((room for known, room in self.open_rooms.items() if same(known, code)), None)
        if found is not None and any(found.admits(key) for key in keys):
            return found
        if self._tries.is_spent(address, now):
            raise RefusedError("too many wrong codes from this address; wait a few seconds")
        if found is not None:
            return found
        if any(same(known, code) for known in self._closed):
            raise RefusedError(CLOSED)
        self._tries.allows(address, now)
        raise RefusedError("there is no room with this code; look again at what your teacher wrote")

    def join(
        self, code: str, name: str, address: str, now: float, keys: Iterable[str] = ()
    ) -> tuple[SharedRoom, Person]:
        """A room, and who somebody is in it: the person of that name whose secret is held, or somebody new."""
        keys = list(keys)
        room = self.find(code, address, now, keys)
        name = one_line(name)
        for person in room.people.holding(keys):
            if person.name.casefold() == name.casefold():
                return room, person
        key = f"{address} {room.code}"
        if self._joined.is_spent(key, now):
            raise RefusedError("too many people join at once from this address; wait a few seconds")
        person = room.join(name, now, keys=keys)
        self._joined.allows(key, now)
        return room, person

    def close(self, room: SharedRoom, now: float) -> None:
        """Close a room for good; its people are told."""
        if self.open_rooms.pop(room.code, None) is not None:
            self._closed.append(room.code)
            room.close(now)

    def close_idle(self, now: float) -> None:
        """Close the rooms that nobody has used for a long time."""
        for room in [room for room in self.open_rooms.values() if now - room.used > limits.IDLE]:
            self.close(room, now)

    def close_unused(self, now: float) -> None:
        """Close the rooms that nobody has joined and that never began, save for new ones."""
        for room in list(self.open_rooms.values()):
            if room.is_unused and now - room.used > limits.UNUSED:
                self.close(room, now)

    def tick(self, now: float) -> None:
        """Make the turns that are due in every room."""
        for room in self.open_rooms.values():
            try:
                room.tick(now)
            except Exception:  # one room that cannot go on does not hold up the others
                LOG.exception("a room cannot go on, and is paused")
                room.pause(now)


def new_code() -> str:
    """A code for a room, from a secret source."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE))


def cookie(code: str) -> str:
    """The name of the cookie of a room's teacher; that of a person adds its number."""
    return f"negsim_{code}"


def keys_in(cookies: Mapping[str, str], code: str) -> list[str]:
    """The secrets that a browser holds for a room: the teacher's, and those of people."""
    begins = cookie(tidy(code))
    return [value for name, value in cookies.items() if name.startswith(begins)][: MOST_PEOPLE + 1]


def tidy(code: str) -> str:
    """A code as it was drawn, however it was typed."""
    return "".join(letter for letter in code[:40].upper() if letter in LETTERS)


ROOMS = Rooms()  # those of this process: the only state of the server that outlives a page
