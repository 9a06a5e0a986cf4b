"""The levers: what changed at once between 2011 and 2012, one change at a time.

Each is put into the first phase by itself, and taken out of the second.
"""

from __future__ import annotations

from collections.abc import Iterator

from negsim.cases import load
from negsim.study.remedies import SingleChange, single_changes
from research.calibration import CHECK_SEED, FIRST, SECOND, STRONG_CHAIR, Changes

LEVERS_2011: dict[str, Changes] = {  # put into the first phase as the second had it
    "meetings and days": ("process.meetings.0.days=3", "process.meetings.1.days=3", "meetings.count=3"),
    "methodology": ("methodology=wgigf_2012",),
    "chair": STRONG_CHAIR,
    "linkage": ("context.linkage.weight=low", "context.linkage.spillover=low"),
    "evenings": tuple(f"process.meetings.{m}.evenings={{mixed_share: 0.25, rest: caucus}}" for m in range(2)),
    "no reaffirmation": ("process.events=[{submission: {by: India, meeting: 2, day: 1}}]",),
}
LEVERS_2012: dict[str, Changes] = {  # put into the second phase as the first had it
    "meetings and days": ("process.meetings.0.days=2", "process.meetings.1.days=2", "meetings.count=2"),
    "methodology": ("methodology=wgigf_2011",),
    "chair": ("process.chair.responsiveness=medium", "process.chair.pressure=high"),
    "linkage": ("context.linkage.weight=medium", "context.linkage.spillover=0.064"),
    "evenings": ("informal.mixed_evenings=0",),
    "no reaffirmation": ("process.events=[{reaffirm: {by: India, meeting: 2, day: 2}}]",),
}


def turn(base: str, levers: dict[str, Changes], *, replications: int, seed: int) -> Iterator[SingleChange]:
    """A built-in scenario unchanged, then with each lever by itself."""
    turned = {name: load(base, changes=changes) for name, changes in levers.items()}
    yield from single_changes(base, load(base), turned, replications=replications, seed=seed)


def both_phases(*, replications: int = 1000, seed: int = CHECK_SEED) -> Iterator[SingleChange]:
    """The levers of the first phase, then those of the second."""
    yield from turn(FIRST, LEVERS_2011, replications=replications, seed=seed)
    yield from turn(SECOND, LEVERS_2012, replications=replications, seed=seed)
