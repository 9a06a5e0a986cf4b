"""Add to the twin of the tests the sums that the kernels keep, so that both sides of the comparison do the same work.

The twin takes every mean anew; the kernels keep, of each delegate, the trust of the others in it and its own in them,
and what it believes of them on each issue, with its squares, without and with its trust in whom it is about. All weigh
the others by the power of their consent. They take these sums anew after an evening, a gap and an exit. So do these
objects.
"""

from __future__ import annotations

import sys
from pathlib import Path

from typing_extensions import override

sys.path.append(str(Path(__file__).parents[1] / "tests"))
import twin


class Delegate(twin.Delegate):
    """A delegate with the power of its consent and its sums: trust of and in others, beliefs about them by issue."""

    @override
    def believe(self, other: Delegate, k: int, share: float, towards: float) -> None:
        before = self.belief[other][k]
        change = share * (towards - before)
        self.belief[other][k] += change
        first, trust = other.power * change, self.trust[other]
        second = first * (2.0 * before + change)
        self.believed[k] += first
        self.squares[k] += second
        self.believed_trusting[k] += trust * first
        self.squares_trusting[k] += trust * second

    @override
    def gain(self, other: Delegate, amount: float) -> None:
        self._shift(other, amount * (1.0 - self.trust[other]))

    @override
    def lose(self, other: Delegate, amount: float) -> None:
        self._shift(other, -amount * self.trust[other])

    def _shift(self, other: Delegate, change: float) -> None:
        self.trust[other] += change
        other.trusted += self.power * change
        weight = other.power * change
        if weight != 0.0:
            self.trusting += weight
            for k, believed in enumerate(self.belief[other]):
                self.believed_trusting[k] += weight * believed
                self.squares_trusting[k] += weight * believed * believed


class Room(twin.Room):
    """A room that looks up what the twin adds up."""

    @override
    def populate(self) -> None:
        self.assign_power()
        super().populate()
        self.add_up()

    def assign_power(self) -> None:
        """Note who is present and the power of their consent."""
        self.present = [d for d in self.delegates if d.present]
        self.strangers = [[d for d in self.present if d.group != g] for g in range(len(self.case.group_size))]
        self.power = super().powers()
        self.all_power = sum(self.power.values())
        for d in self.delegates:
            d.power = self.power.get(d, 0.0)

    def add_up(self) -> None:
        """Take all sums anew."""
        for d in self.delegates:
            others = [(other, m) for other, m in self.power.items() if other is not d]
            d.trusted = sum(m * other.trust[d] for other, m in others)
            d.trusting = sum(m * d.trust[other] for other, m in others)
            sums = [self.sums_of_beliefs(d, k, others) for k in self.issues]
            d.believed, d.squares, d.believed_trusting, d.squares_trusting = map(list, zip(*sums, strict=True))

    @staticmethod
    def sums_of_beliefs(d: Delegate, k: int, others: list[tuple[Delegate, float]]) -> tuple[float, float, float, float]:
        """Add up d's beliefs about others, with their power, and the squares; then both with d's trust in them."""
        believed = squares = believed_trusting = squares_trusting = 0.0
        for other, power in others:
            b, trust = d.belief[other][k], d.trust[other]
            first = power * b
            believed += first
            squares += first * b
            believed_trusting += trust * first
            squares_trusting += trust * first * b
        return believed, squares, believed_trusting, squares_trusting

    @property
    @override
    def here(self) -> list[Delegate]:
        return self.present

    @override
    def outsiders(self, d: Delegate) -> list[Delegate]:
        return self.strangers[d.group]

    @override
    def powers(self) -> dict[Delegate, float]:
        return self.power

    @override
    def trust_in_others(self, d: Delegate) -> float:
        others = self.all_power - d.power
        if others <= 0.0:
            return 1.0
        weight, heard = (self.p["closeness"] ** 2 * total for total in (others, d.trusting))
        for k in self.open_issues() or self.issues:
            x, s = d.position[k], d.salience[k]
            weight += s * (x * (x * others - 2.0 * d.believed[k]) + d.squares[k])
            heard += s * (x * (x * d.trusting - 2.0 * d.believed_trusting[k]) + d.squares_trusting[k])
        return twin.clip(heard / weight)

    @override
    def isolation(self, d: Delegate) -> float:
        others = self.all_power - d.power
        return 1.0 - d.trusted / others if others > 0.0 else 0.0

    @override
    def centre(self, d: Delegate, k: int, *, real: bool = False) -> float:
        if real:
            return super().centre(d, k, real=real)
        return (d.power * d.position[k] + d.believed[k]) / self.all_power if self.all_power else d.position[k]

    @override
    def room_gains(self, amount: float) -> None:
        for d in self.present:
            for other in self.others(d):
                d.trust[other] += amount * (1.0 - d.trust[other])
        for d in self.delegates:
            others = self.all_power - d.power
            d.trusting += amount * (others - d.trusting)
            d.trusted += amount * (others - d.trusted)
            for k in self.issues:
                d.believed_trusting[k] += amount * (d.believed[k] - d.believed_trusting[k])
                d.squares_trusting[k] += amount * (d.squares[k] - d.squares_trusting[k])

    @override
    def consult(self) -> None:
        self.add_up()  # time has changed trust behind the sums' back
        super().consult()

    @override
    def gap(self) -> None:
        super().gap()
        self.add_up()

    @override
    def walk_out(self) -> None:
        self.add_up()  # the evening has changed trust and beliefs behind the sums' back
        super().walk_out()
        if len(self.present) != sum(d.present for d in self.delegates):
            self.assign_power()
            self.add_up()


twin.Delegate = Delegate  # what a room seats
