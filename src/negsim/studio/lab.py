"""The room and the lab: the page that runs the model, for the variant in a link. The visitor's machine makes the runs.

- A worker lowers the scenario and writes the page. All visitors with the same scenario, changes and seed get the same
  bytes, wherever their knobs stand: the page reads these from its address.
- Levels that the page cannot turn beside its axis are fixed in it: the days in all share their tables with the other
  knobs of the timetable.
- What the page says of the studio stands in its facts, under `studio`.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from negsim.cast.knobs import DAYS, KNOBS, Level
from negsim.cast.paths import NAMED_PATHS
from negsim.cast.studio import LAB_RUNS, MORE_CHANGES, choice_label
from negsim.page import LabKnobs, PageSource, page
from negsim.page.html import facts_of, served
from negsim.report.pages.setting import caveat
from negsim.scenario import Scenario
from negsim.studio.links import OWN_FILE, OWN_SCENARIO, Variant, in_order, query, scenario_names


@dataclass(frozen=True)
class _LabPage:
    """The page of a variant. html: compressed with gzip. levels: those that its knobs have, by path."""

    html: bytes
    levels: Mapping[str, frozenset[Level]]


def page_variant(variant: Variant, along: str) -> Variant:
    """Return the variant from which the page of a link is made: without the levels that its knobs are turned to.

    along: the name of the knob on the axis.

    >>> link = Variant(turned=(("meetings.count", 3), ("meetings.days_in_all", 8)))
    >>> page_variant(link, "meetings").turned, page_variant(link, "days").turned
    ((('meetings.days_in_all', 8),), (('meetings.count', 3),))
    """
    is_fixed = DAYS.path.__ne__ if along == DAYS.name else DAYS.path.__eq__
    levels = {path: level for path, level in variant.levels.items() if is_fixed(path)}
    return replace(variant, turned=in_order(levels), replication=0)


def missing_levels(variant: Variant, base: Variant, made: _LabPage) -> tuple[tuple[str, Level], ...]:
    """Return the levels of a link that its page, of a variant `base`, neither has nor fixes, by path."""
    levels = ((path, level) for path, level in variant.turned if path not in base.levels)
    return tuple((path, level) for path, level in levels if level not in made.levels.get(path, ()))


def lab_page(
    variant: Variant, also: tuple[tuple[str, Level], ...], pages: tuple[tuple[str, str, bool], ...]
) -> _LabPage:
    """Make the page of a variant.

    also: levels beside the usual ones, by path. pages: address and name of each page of the
    studio, and whether it shows the scenario of a link.
    """
    scenario = variant.scenario()
    source = PageSource(
        scenario, OWN_FILE if variant.text else variant.name, variant.all_changes(), variant.seed,
        unturned=replace(variant, turned=()).scenario(), fixed=variant.levels,
    )  # fmt: skip
    text = page(source, runs=LAB_RUNS, lab=LabKnobs(also))
    levels = {
        knob["path"]: frozenset(level["value"] for level in knob["levels"] if level["value"] is not None)
        for knob in facts_of(text)["knobs"]
    }
    text = served(text, studio=_studio(variant, scenario, pages))
    return _LabPage(gzip.compress(text.encode(errors="replace"), 9, mtime=0), levels)


def _studio(variant: Variant, scenario: Scenario, pages: Sequence[tuple[str, str, bool]]) -> dict[str, object]:
    """Return what the page says of the studio. link: the query of a link without levels, fixed: those that it fixes."""
    changes = dict(change.split("=", 1) for change in variant.changes if "=" in change)
    fields = [
        {
            "path": path,
            "label": named.label,
            "value": changes.pop(path, ""),
            "choices": [[choice, choice_label(choice)] for choice in named.choices],
        }
        for path, named in NAMED_PATHS.items()
        if named.label
    ]
    return {
        "pages": pages,
        "caveat": caveat(scenario),
        "link": query(replace(variant, turned=())),
        "fixed": {KNOBS[path].key: level for path, level in variant.levels.items()},
        "about": ", ".join([variant.label(), *variant.changes, f"seed {variant.seed}"]),
        "name": variant.label(),
        "own": OWN_SCENARIO if variant.text else "",
        "scenarios": scenario_names(),
        "fields": fields,
        "more_label": MORE_CHANGES,
        "more": "\n".join(f"{path}={value}" for path, value in changes.items()),
        "seed": str(variant.seed),
    }
