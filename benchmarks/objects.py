"""The twin of the tests with the sums that the kernels keep, so that both sides of the comparison do the same work.

The twin takes every mean anew; the kernels keep, of each delegate, its trust in other groups and theirs in it, and what
it believes of them and of the room, and take these sums anew after an evening, a gap and an exit. So do these objects.
"""

from __future__ import annotations

import sys
from pathlib import Path

from typing_extensions import override

sys.path.append(str(Path(__file__).parents[1] / "tests"))
import twin


class Delegate(twin.Delegate):
    """A delegate with its sums: trust of others and in others, beliefs about others and about the room by issue."""

    @override
    def believe(self, other: Delegate, k: int, share: float, towards: float) -> None:
        change = share * (towards - self.belief[other][k])
        self.belief[other][k] += change
        self.believed_room[k] += change
        if self.group != other.group:
            self.believed_out[k] += change

    @override
    def gain(self, other: Delegate, amount: float) -> None:
        self._shift(other, amount * (1.0 - self.trust[other]))

    @override
    def lose(self, other: Delegate, amount: float) -> None:
        self._shift(other, -amount * self.trust[other])

    def _shift(self, other: Delegate, change: float) -> None:
        self.trust[other] += change
        if self.group != other.group:
            self.trust_out += change
            other.trust_received += change

    @override
    def go(self, k: int, x: float) -> None:
        self.believed_room[k] += x - self.position[k]
        super().go(k, x)


class Room(twin.Room):
    """A room that looks up what the twin adds up."""

    @override
    def populate(self) -> None:
        super().populate()
        self.add_up()

    def add_up(self) -> None:
        """All sums anew, over those present."""
        self.present = [d for d in self.delegates if d.present]
        groups = range(len(self.case.group_size))
        self.strangers = [[d for d in self.present if d.group != g] for g in groups]
        for d in self.delegates:
            others = self.strangers[d.group]
            d.trust_out = sum(d.trust[other] for other in others)
            d.trust_received = sum(other.trust[d] for other in others)
            d.believed_out = [sum(d.belief[other][k] for other in others) for k in self.issues]
            d.believed_room = [sum(d.belief[other][k] for other in self.present) for k in self.issues]

    @property
    @override
    def here(self) -> list[Delegate]:
        return self.present

    @override
    def others(self, d: Delegate) -> list[Delegate]:
        return self.strangers[d.group]

    @override
    def trust_in_others(self, d: Delegate) -> float:
        return d.trust_out / len(self.others(d)) if self.others(d) else 1.0

    @override
    def isolation(self, d: Delegate) -> float:
        return 1.0 - d.trust_received / len(self.others(d)) if self.others(d) else 0.0

    @override
    def out_centre(self, d: Delegate, k: int) -> float:
        return d.believed_out[k] / len(self.others(d)) if self.others(d) else d.position[k]

    @override
    def room_centre(self, d: Delegate, k: int) -> float:
        return d.believed_room[k] / len(self.present)

    @override
    def gap(self) -> None:
        super().gap()
        self.add_up()

    @override
    def walk_out(self) -> None:
        self.add_up()  # the evening has changed trust and beliefs behind the sums' back
        super().walk_out()
        if len(self.present) != sum(d.present for d in self.delegates):
            self.add_up()


twin.Delegate = Delegate  # what a room seats
