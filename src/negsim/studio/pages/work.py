"""Work that takes a while: in a worker thread, and only so much at the same time.

Rules that hold here
- The event loop, and with it every page, stays free; whoever comes when all places are taken waits for one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from negsim.studio.limits import MOST_CURVES

Given = ParamSpec("Given")
Made = TypeVar("Made")
_places: list[asyncio.Semaphore] = []  # made on the loop that serves


async def worked(make: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
    """What a function makes of what it is given."""
    if not _places:
        _places.append(asyncio.Semaphore(MOST_CURVES))
    async with _places[0]:
        return await asyncio.to_thread(make, *given, **named)
