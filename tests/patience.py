"""How long the tests wait: until something happens, up to one generous limit, in this one place.

No test measures time, or sleeps for a while and hopes. It waits for an event or a condition; only one that never comes
meets the limit. On a machine that is slower still, `NEGSIM_PATIENCE=4` stretches it, the browser's own limits included.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from typing import TypeVar

LIMIT = 600.0 * float(os.environ.get("NEGSIM_PATIENCE", "1"))  # seconds; enough at load 25 on two cores
LIMIT_MS = 1000.0 * LIMIT  # for the browser
LOOK = 0.01  # seconds between two looks

Seen = TypeVar("Seen")


def until(look: Callable[[], Seen], *, rest: Callable[[], object] = lambda: time.sleep(LOOK)) -> Seen:
    """What a look finds as soon as it finds something. rest: what is done between two looks."""
    end = time.monotonic() + LIMIT
    while not (seen := look()):
        assert time.monotonic() < end, "waited too long"
        rest()
    return seen


async def soon(look: Callable[[], Seen]) -> Seen:
    """What a look finds as soon as it finds something, while the other tasks of the event loop go on."""
    async with asyncio.timeout(LIMIT):
        while not (seen := look()):  # noqa: ASYNC110 - whatever there is to look at need not have an event
            await asyncio.sleep(LOOK)
    return seen
