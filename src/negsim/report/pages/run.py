"""One run from inside, as blocks of a page: pictures, why it ended so, an extract of its minutes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from negsim.report.minutes import transcript
from negsim.report.minutes.reasons import reasons
from negsim.report.pages.blocks import Embedded, Fold, Items, Minutes, embedded
from negsim.report.plots import run as pictures
from negsim.report.plots.style import Picture
from negsim.report.words import OUTCOMES, counted
from negsim.study.runner import TypicalRun

PICTURES = ("paragraphs", "distances", "trust", "positions")
MOST_ITEMS = 24  # of an extract


class RunBlocks(NamedTuple):
    """What a page shows of a run."""

    replication: int
    outcome: str
    pictures: list[Embedded]
    verdict: str
    reasons: Items
    extract: Minutes
    transcript: Fold


def run_blocks(run: TypicalRun, pictures: Sequence[str] = PICTURES) -> RunBlocks:
    """What a page shows of a run. pictures: names of those over the clock."""
    verdict, *items = reasons(run.scenario, run.trace)
    text = transcript(run.scenario, run.trace)
    return RunBlocks(
        run.replication,
        OUTCOMES[run.outcome],
        [_picture(run, name) for name in pictures],
        verdict,
        Items(items),
        Minutes(_extract(text)),
        Fold("The minutes of the whole run", text),
    )


def _picture(run: TypicalRun, name: str) -> Embedded:
    draw = partial(pictures.RUN_PICTURES[name], run.scenario, run.trace)
    return embedded(Picture(draw, pictures.RUN_CAPTIONS[name](run.scenario, run.trace)))


def _extract(minutes: str) -> str:
    """The last day that has a reading, or else the last day; of a long day the middle is left out and counted."""
    days = re.findall(r"^### .*?(?=^##|\Z)", minutes, flags=re.MULTILINE | re.DOTALL)
    day = next((day for day in reversed(days) if "Reading 1 of" in day), days[-1])
    heading, *items = re.split(r"\n(?=- )", day.strip())
    left = len(items) - MOST_ITEMS
    if left > 0:
        half = MOST_ITEMS // 2
        items = [*items[:half], f"- … {counted(left, 'item')} left out …", *items[-half:]]
    return "\n".join([heading, *items])
