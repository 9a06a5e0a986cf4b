"""Who sits at the table: groups, seats, sides of the core issue, positions.

Rules that hold here
- A body of one group has two blocs; a body of unknown groups has three, by side.
- What is not known is an entry of `uncertain`; what is written then is only where the draws start from.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

from negsim.scenario.coding.form import Conditions
from negsim.scenario.coding.priors import ISSUES_UNKNOWN, OTHER_ISSUES, SEATS_IN_ALL, SIDES, SPREAD
from negsim.scenario.coding.table import DISTANCE, QUESTIONS
from negsim.scenario.plain import Plain

MANY = 8  # groups, above which not every pair of them is a draw of its own

Uncertain = dict[str, Plain]
Sides = dict[str, str]  # group -> side


class Room(NamedTuple):
    """The groups with their seats (None: not known), the seats in all, and the sides there may be."""

    labels: dict[str, str]
    seats: dict[str, int | None]
    in_all: int | None
    sides: list[Sides]  # each equally likely


def room_of(conditions: Conditions) -> Room:
    """The room of a case."""
    facts = {name: fact.known for name, fact in conditions.facts.items()}
    groups: dict[str, int | None] = facts["groups"] or {}
    in_all = facts["seats"] or (sum(groups.values()) if groups and None not in groups.values() else None)
    if len(groups) > 1:
        known = {name: side for name, side in (facts["sides"] or {}).items() if side is not None}
        return Room({name: _label(name) for name in groups}, groups, in_all, list(_completed(list(groups), known)))
    blocs = _blocs(next(iter(groups), None))
    return Room(
        {name: label for name, (label, _) in blocs.items()},
        dict.fromkeys(blocs), in_all, [{name: side for name, (_, side) in blocs.items()}],
    )  # fmt: skip


def _blocs(group: str | None) -> dict[str, tuple[str, str]]:
    """The groups of a body that has one or that are not known: name -> (label, side)."""
    if group is not None:
        return {f"{group[:40]}_{side}": (f"{_label(group)}: for {_WANTS[side]}", side) for side in ("change", "keep")}
    return {
        "for_change": ("For change", "change"),
        "between": ("Between", "middle"),
        "for_keeping": ("For keeping things", "keep"),
    }


_WANTS = {"change": "change", "keep": "keeping things"}


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _completed(groups: list[str], known: Sides) -> Iterator[Sides]:
    """Every way to give the sides that are not known: change and keep once each where no group has them.

    Of many groups each is once for change against the next one for keeping, and once the other way round.
    """
    free = [name for name in groups if name not in known]
    missing = [side for side in ("change", "keep") if side not in known.values()][: len(free)]
    choices: list[tuple[str, ...]] = list(permutations(free, len(missing)))
    if len(missing) == 2 and len(free) > MANY:
        ring = list(zip(free, [*free[1:], free[0]], strict=True))
        choices = [*ring, *((other, one) for one, other in ring)]
    for chosen in choices:
        given = dict(zip(chosen, missing, strict=True))
        yield {name: known.get(name) or given.get(name, "middle") for name in groups}


# ------------------------------------------------------------------------------------------------ seats


def seats_of(room: Room) -> tuple[dict[str, int], Uncertain]:
    """Seats to write for every group, and what of them is uncertain."""
    open_ = [name for name, seats in room.seats.items() if seats is None]
    known = sum(seats for seats in room.seats.values() if seats is not None)
    if not open_:
        return {name: seats or 1 for name, seats in room.seats.items()}, {}
    if room.in_all is not None and len(open_) == len(room.seats):
        least, more = divmod(max(room.in_all, len(open_)), len(open_))
        even = {name: least + (i < more) for i, name in enumerate(open_)}
        return even, {"seats": {"split": max(room.in_all, len(open_))}}
    low, high = _range(room, len(open_), known)
    drawn = {f"groups.{name}.seats": {"integers": [low, high]} for name in open_}
    return {name: seats or (low + high) // 2 for name, seats in room.seats.items()}, drawn


def _range(room: Room, open_: int, known: int) -> tuple[int, int]:
    """The fewest and the most seats of each group whose seats are not known."""
    if room.in_all is not None:
        even = max(room.in_all - known, open_) / open_
        return max(1, round(even / 2)), max(1, round(even * 1.5))
    return max(1, SEATS_IN_ALL[0] // len(room.seats)), max(1, SEATS_IN_ALL[1] // len(room.seats))


# -------------------------------------------------------------------------------------------- positions


def issues_of(conditions: Conditions) -> dict[str, str]:
    """Names and labels of the issues, the core one first."""
    known: dict[str, str] | None = conditions.facts["issues"].known
    return known or {f"issue_{k + 1}": f"Issue {k + 1}" for k in range(ISSUES_UNKNOWN)}


def positions_of(conditions: Conditions, room: Room) -> tuple[dict[str, Plain], Uncertain]:
    """Positions to write for every group, and what of them is uncertain: sides and distance, drawn together."""
    word = conditions.codes[DISTANCE].known
    words = QUESTIONS[DISTANCE].drawn if word is None else (word,)
    issues = list(issues_of(conditions))
    ways = [_positions(sides, distance, issues) for distance in words for sides in room.sides]
    middle = ways[len(ways) // 2]
    if len(ways) == 1:
        return middle, {}
    return middle, {
        "positions": {"either": [{f"groups.{name}.position": at for name, at in way.items()} for way in ways]}
    }


def _positions(sides: Sides, distance: str, issues: list[str]) -> dict[str, Plain]:
    """group -> issue -> [mean, spread]."""
    apart = QUESTIONS[DISTANCE].option(distance).sets[DISTANCE]
    return {
        group: {
            issue: [round(0.5 + SIDES[side] * apart * (OTHER_ISSUES if k else 1), 4), SPREAD]
            for k, issue in enumerate(issues)
        }
        for group, side in sides.items()
    }
