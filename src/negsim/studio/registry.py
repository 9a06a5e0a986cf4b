"""All rooms of a studio: how one is opened, found by its code, and closed.

Rules that hold here
- A code is drawn from a secret source and compared in constant time; wrong ones are counted by address.
- Who has tried too many has to wait, and so has everybody new at that address; who is in a room already has not.
- There are few rooms, and one that nobody uses is closed.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Iterable

from negsim.errors import NegsimError
from negsim.studio import limits
from negsim.studio.limits import Rate, RefusedError
from negsim.studio.links import Setting
from negsim.studio.rooms import CLOSED, SharedRoom, same

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are taken for another
CODE = 8


class Rooms:
    """All rooms of a studio."""

    def __init__(self) -> None:
        self.open_rooms: dict[str, SharedRoom] = {}
        self._closed: deque[str] = deque(maxlen=limits.MOST_CLOSED)
        self._tries = Rate(limits.TRIES_A_SECOND, limits.TRIES_AT_ONCE)
        self._opened = Rate(limits.ROOMS_A_SECOND, limits.ROOMS_AT_ONCE)

    def open(self, setting: Setting, address: str, now: float) -> SharedRoom:
        """A new room."""
        self.close_idle(now)
        if len(self.open_rooms) >= limits.MOST_ROOMS:
            raise RefusedError(f"{limits.MOST_ROOMS} rooms are open already; close one, or wait")
        if not self._opened.allows(address, now):
            raise RefusedError("too many rooms at once; wait a little")
        code = "".join(secrets.choice(LETTERS) for _ in range(CODE))
        self.open_rooms[code] = room = SharedRoom(setting, code, now)
        return room

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

    def close(self, room: SharedRoom, now: float) -> None:
        """Close a room for good; its people are told."""
        if self.open_rooms.pop(room.code, None) is not None:
            self._closed.append(room.code)
            room.close(now)

    def close_idle(self, now: float) -> None:
        """Close the rooms that nobody has used for a long time."""
        for room in [room for room in self.open_rooms.values() if now - room.used > limits.IDLE]:
            self.close(room, now)

    def tick(self, now: float) -> None:
        """Make the turns that are due in every room."""
        for room in self.open_rooms.values():
            try:
                room.tick(now)
            except NegsimError:  # one room that cannot go on does not hold up the others
                room.pause(now)


def tidy(code: str) -> str:
    """A code as it was drawn, however it was typed."""
    return "".join(letter for letter in code[:40].upper() if letter in LETTERS)


ROOMS = Rooms()  # those of this process: the only state of the server that outlives a page
