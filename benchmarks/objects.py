"""Add to the twin of the tests the sums that the kernels keep, so that both sides of the comparison do the same work.

The twin takes every mean anew; the kernels keep, of each delegate, its trust in other groups, in its own and theirs in
it, what it believes of them, with its squares, and of the room, and take these sums anew after an evening, a gap and an
exit. So do these objects.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from typing_extensions import override

from negsim.negotiation.tables import Pen

sys.path.append(str(Path(__file__).parents[1] / "tests"))
import twin


class Delegate(twin.Delegate):
    """A delegate with its sums: trust of others, in others and at home, beliefs about others and the room by issue."""

    @override
    def believe(self, other: Delegate, k: int, share: float, towards: float) -> None:
        before = self.belief[other][k]
        change = share * (towards - before)
        self.belief[other][k] += change
        self.believed_room[k] += change
        if self.group != other.group:
            self.believed_out[k] += change
            self.believed_squares[k] += change * (2.0 * before + change)

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
        else:
            self.trust_home += change

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
        """Take all sums anew, over those present."""
        self.present = [d for d in self.delegates if d.present]
        groups = range(len(self.case.group_size))
        self.strangers = [[d for d in self.present if d.group != g] for g in groups]
        for d in self.delegates:
            others = self.strangers[d.group]
            d.trust_out = sum(d.trust[other] for other in others)
            d.trust_home = sum(d.trust[other] for other in self.present if other.group == d.group and other is not d)
            d.trust_received = sum(other.trust[d] for other in others)
            d.believed_out = [sum(d.belief[other][k] for other in others) for k in self.issues]
            d.believed_squares = [sum(d.belief[other][k] ** 2 for other in others) for k in self.issues]
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
    def room_centre(self, d: Delegate, k: int, *, real: bool = False) -> float:
        return super().room_centre(d, k, real=real) if real else d.believed_room[k] / len(self.present)

    @override
    def common_ground(self, d: Delegate, k: int, *, real: bool = False) -> float:
        count = len(self.others(d))
        if real or not count:
            return super().common_ground(d, k, real=real)
        x = d.position[k]
        square = x * x + (d.believed_squares[k] - 2.0 * x * d.believed_out[k]) / count
        return max(0.0, 1.0 - math.sqrt(max(0.0, square)) / self.p["reach"])

    @override
    def pen_trust(self, d: Delegate, k: int, pen: Delegate | Pen, *, known: bool) -> float:
        if known and pen is not Pen.NOBODY:
            return super().pen_trust(d, k, pen, known=known)
        others = len(self.present) - d.present
        return (d.trust_home + d.trust_out) / others if others else 1.0

    @override
    def corridors(self) -> None:
        super().corridors()
        self.add_up()

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
