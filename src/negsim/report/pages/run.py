"""One run from inside, as blocks of a page: pictures, why it ended so, an extract of its minutes.

Rules that hold here
- What is left out of an extract is said and counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from negsim.report.minutes import reasons, transcript
from negsim.report.pages.blocks import Block, Fold, Items, Minutes, embedded, short_labels
from negsim.report.plots import captions, runs
from negsim.report.plots.style import Picture
from negsim.report.typical import Told
from negsim.report.words import OUTCOMES, counted

PICTURES = ("paragraphs", "distances", "trust", "positions")
MOST_ITEMS = 24  # of an extract


def which(told: Told, seed: int) -> str:
    """Which run it is."""
    return (
        f"Replication {told.replication} under seed {seed}, the first that ended as most did: {OUTCOMES[told.outcome]}."
    )


def pictures(told: Told, names: Sequence[str] = PICTURES) -> list[Block]:
    """What happened over the clock."""
    return [
        embedded(
            Picture(
                partial(runs.RUN_PICTURES[name], short_labels(told.scenario), told.trace),
                captions.RUN_CAPTIONS[name](told.scenario, told.trace),
            )
        )
        for name in names
    ]


def why(told: Told) -> list[Block]:
    """Why it ended as it did."""
    verdict, *items = reasons(told.scenario, told.trace)
    return [verdict, Items(items)]


def minutes(told: Told) -> list[Block]:
    """The last day that has a reading, or else the last day; the whole to be unfolded."""
    text = transcript(told.scenario, told.trace)
    days = re.findall(r"^### .*?(?=^##|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    telling = next((day for day in reversed(days) if "Reading 1 of" in day), days[-1])
    return [Minutes(_extract(telling)), Fold("The minutes of the whole run", text)]


def _extract(day: str) -> str:
    """A day, at most so many items of it."""
    heading, *items = re.split(r"\n(?=- )", day.strip())
    left = len(items) - MOST_ITEMS
    if left > 0:
        half = MOST_ITEMS // 2
        items = [*items[:half], f"- … {counted(left, 'item')} left out …", *items[-half:]]
    return "\n".join([heading, *items])
