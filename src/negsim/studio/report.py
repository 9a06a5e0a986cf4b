"""The report on a variant: that of the command line, and the name of its file."""

from __future__ import annotations

import re
from hashlib import sha256
from importlib import import_module

from negsim.studio.links import Variant, options_of

MODULE = "negsim.report.pages.scenario"
MOST_LETTERS = 100  # of a file name; a longer one, or that of an own scenario, ends in a hash


def file_of(variant: Variant) -> str:
    """The file name of a report: the scenario, the changes, the seed.

    >>> file_of(Variant(name="classroom", meetings=2, seed=7))
    'classroom_meetings.count=2_seed-7.html'
    """
    text = "_".join([variant.label(), *(part.removeprefix("--set ").lstrip("-") for part in options_of(variant))])
    name = re.sub(r"[^\w.=-]+", "-", text)
    mark = sha256(repr(variant).encode(errors="replace")).hexdigest()[:8]
    return f"{name[:MOST_LETTERS]}-{mark}.html" if variant.text or len(name) > MOST_LETTERS else f"{name}.html"


def report_of(variant: Variant) -> str:
    """The report on a variant, one HTML page."""
    changes = [change for change in options_of(variant) if change.startswith("--set ")]
    page: str = import_module(MODULE).report_of_scenario(
        variant.scenario(),
        seed=variant.seed,
        source="" if variant.text else variant.name,
        changes=[change.removeprefix("--set ") for change in changes],
    )
    return page
