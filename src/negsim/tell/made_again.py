"""What it takes to make a report again, apart from its commands: versions and sources.

Rules that hold here
- No date and no path: two reports of the same thing are the same.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator

import numba
import numpy as np

from negsim import __version__
from negsim.scenario import Scenario
from negsim.tell.page import Block, Items, Part


def versions(draws: str) -> Iterator[Block]:
    """What it was made with."""
    made = (
        f"negsim {__version__}, Python {platform.python_version()}, numpy {np.__version__}, numba {numba.__version__}"
    )
    yield f"{draws[:1].upper()}{draws[1:]}; {made}."


def sources(scenario: Scenario) -> Iterator[Block]:
    """What the scenario says about where its numbers come from."""
    if scenario.sources:
        yield Part("Sources of the scenario")
        yield Items([f"{source.text}{f' {source.url}' if source.url else ''}" for source in scenario.sources.values()])
