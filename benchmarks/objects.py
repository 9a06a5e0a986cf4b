"""The twin of the tests with the sums that the kernels keep, so that both sides of the comparison do the same work.

The twin takes every mean anew; the kernels keep, of each delegate, its trust in other groups and theirs in it, and what
it believes of them and of the room, and take these sums anew after an evening, a gap and an exit. So do these objects.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

TWIN = Path(__file__).parents[1] / "tests" / "twin.py"


def load_twin() -> ModuleType:
    """The twin of the tests, by its path, with `KeptRoom`: a room of delegates that keep their sums."""
    spec = importlib.util.spec_from_file_location("twin", TWIN)
    twin: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(twin)

    class Delegate(twin.Delegate):
        """A delegate with its sums: trust of others and in others, beliefs about others and about the room by issue."""

        def believe(self, other: Any, k: int, share: float, towards: float) -> None:
            change = share * (towards - self.belief[other][k])
            self.belief[other][k] += change
            self.believed_room[k] += change
            if self.group != other.group:
                self.believed_out[k] += change

        def gain(self, other: Any, amount: float) -> None:
            self._shift(other, amount * (1.0 - self.trust[other]))

        def lose(self, other: Any, amount: float) -> None:
            self._shift(other, -amount * self.trust[other])

        def _shift(self, other: Any, change: float) -> None:
            self.trust[other] += change
            if self.group != other.group:
                self.trust_out += change
                other.trust_received += change

        def go(self, k: int, x: float) -> None:
            self.believed_room[k] += x - self.position[k]
            super().go(k, x)

    class KeptRoom(twin.Room):
        """A room that looks up what the twin adds up."""

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
        def here(self) -> list[Any]:
            return self.present

        def others(self, d: Any) -> list[Any]:
            return self.strangers[d.group]

        def trust_in_others(self, d: Any) -> float:
            return d.trust_out / len(self.others(d)) if self.others(d) else 1.0

        def isolation(self, d: Any) -> float:
            return 1.0 - d.trust_received / len(self.others(d)) if self.others(d) else 0.0

        def out_centre(self, d: Any, k: int) -> float:
            return d.believed_out[k] / len(self.others(d)) if self.others(d) else d.position[k]

        def room_centre(self, d: Any, k: int) -> float:
            return d.believed_room[k] / len(self.present)

        def gap(self) -> None:
            super().gap()
            self.add_up()

        def walk_out(self) -> None:
            self.add_up()  # the evening has changed trust and beliefs behind the sums' back
            super().walk_out()
            if len(self.present) != sum(d.present for d in self.delegates):
                self.add_up()

    twin.Delegate, twin.KeptRoom = Delegate, KeptRoom
    return twin
