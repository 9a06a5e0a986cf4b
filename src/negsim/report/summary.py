"""The readable account of many runs of one scenario: how it ended, what was agreed, what blocked, and why.

Rules that hold here
- Plain text of at most 80 columns, without colour; every number comes with its interval or with what it counts.
- Words come from `tell.words`, estimates from `tell.tables`: the same names and numbers as in tables and pictures.
"""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterator, Sequence

import numpy as np

from negsim.negotiation.formats import FORMATS
from negsim.negotiation.tables import Outcome
from negsim.report.tables import estimates
from negsim.report.uncertain import drawn, sizes
from negsim.report.words import (
    HOUR,
    OUTCOMES,
    RULES,
    counted,
    format_name,
    group_names,
    issue_names,
    measure_name,
    percent,
)
from negsim.study.estimates import Estimate
from negsim.study.runner import Runs
from negsim.study.schema import OUTCOMES as ENDS

WIDTH = 80
NAME = 34  # columns of the first column
INTERVAL = 14  # columns of an interval
BAR = 20  # columns of a full bar

Estimates = dict[str, Estimate]


def summary(runs: Runs, *, changes: Sequence[str] = ()) -> str:
    """The account that `negsim run` prints.

    runs: R runs of one scenario. changes: the `--set` changes that made it, to be named.
    """
    found = estimates(runs)
    parts = [
        _heading(runs, changes),
        _ends(found),
        _agreed(runs, found),
        _stuck(runs, found),
        _why_open(runs, found),
        _time(runs),
        _people(found),
        _rules(found),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def as_data(runs: Runs, name: str) -> dict[str, object]:
    """Outcomes and measures with their intervals, as plain data; what does not apply or is infinite is None.

    `outcomes`: every outcome by name to share, low, high (Wilson). `measures`: every measure but the outcome to mean,
    low, high (Student; Wilson for shares of runs).
    """
    found = estimates(runs)
    return {
        "scenario": name,
        "seed": runs.seed,
        "replications": len(runs),
        "outcomes": {key: _plain("share", found[key]) for key in found if key in ENDS},
        "measures": {key: _plain("mean", found[key]) for key in found if key not in ENDS},
    }


def as_json(runs: Runs, name: str) -> str:
    """`as_data` as one JSON object."""
    return json.dumps(as_data(runs, name), indent=2, allow_nan=False, ensure_ascii=False)


def _plain(called: str, estimate: Estimate) -> dict[str, float | None]:
    parts = {called: estimate.value, "low": estimate.low, "high": estimate.high}
    return {key: value if math.isfinite(value) else None for key, value in parts.items()}


# ------------------------------------------------------------------------------------------------ parts


def _heading(runs: Runs, changes: Sequence[str]) -> Iterator[str]:
    """Which scenario, who sits in it, how long it lasts, how often it was run."""
    scenario = runs.scenario
    yield from textwrap.wrap(scenario.title, WIDTH)
    size = sizes(scenario)
    yield f"{size.delegates} in {size.groups}, {size.issues}, {size.meetings} of {size.days} in all"
    yield f"{counted(len(runs), 'replication')}, seed {runs.seed}; intervals are at 95 %"
    for change in changes:
        yield f"changed: {change}"
    if keys := drawn(scenario):
        yield from textwrap.wrap(f"drawn anew for every replication: {', '.join(keys)}", WIDTH)


def _ends(found: Estimates) -> Iterator[str]:
    """How the runs ended; what never happened is left out, but for consensus."""
    yield "HOW IT ENDED"
    shares = {OUTCOMES[Outcome[name.upper()]]: found[name] for name in ENDS}
    for name, share in sorted(shares.items(), key=lambda item: -item[1].value):
        if share.value > 0.0 or name == OUTCOMES[Outcome.CONSENSUS]:
            yield _row(name, f"{_share(share)}{_bar(share.value)}")


def _agreed(runs: Runs, found: Estimates) -> Iterator[str]:
    """How much was agreed, how deep, and how many stood in the way."""
    yield "WHAT WAS AGREED"
    share = found["share_agreed"]
    yield _row(measure_name("share_agreed"), f"{_share(share)}of {len(runs.scenario.issues)}")
    if found["share_dissent"].value > 0.0:
        yield _row("  of all, with dissent recorded", f"{percent(found['share_dissent'].value):>6}")
    yield _number(measure_name("depth"), found["depth"], "0 nothing, 1 all hoped")
    yield _number(measure_name("blocking_number"), found["blocking_number"], "vetoes to overrule", digits=1)
    if (runs.by_issue("readings") == 0.0).any():
        yield "  (a text that was never read counts as vetoed by all)"


def _stuck(runs: Runs, found: Estimates) -> Iterator[str]:
    """By issue: how often agreed, how often a zone of agreement existed, how few blocked, and who."""
    yield "WHAT BLOCKED"
    yield _row("", f"{'agreed':>6}  {'could':>6}  {'fewest':>6}  most blocks by")
    agreed, zone = runs.by_issue("agreed").mean(axis=0), runs.by_issue("zone_end").mean(axis=0)
    fewest = _fewest_blockers(runs)
    for k, issue in enumerate(issue_names(runs.scenario)):
        cells = f"{percent(agreed[k]):>6}  {percent(zone[k]):>6}  {fewest[k]:>6}"
        yield _row(issue, f"{cells}  {_short(_who_blocked(runs, k), WIDTH - NAME - 26)}")
    alone = float(runs.by_group("pivotal").sum(axis=1).mean())
    yield "  could: agreement was possible at the end; fewest: blockers at its best reading"
    yield f"  readings a run: {found['readings'].value:.0f}; blocked by one delegate alone: {alone:.1f}"


def _fewest_blockers(runs: Runs) -> list[str]:
    """Blockers at the best reading of each issue, on average over the runs that read it."""
    fewest, was_read = runs.by_issue("fewest_blockers"), runs.by_issue("readings") > 0.0
    read = [fewest[was_read[:, k], k] for k in range(fewest.shape[1])]
    return [f"{column.mean():.1f}" if len(column) else "unread" for column in read]


def _who_blocked(runs: Runs, k: int) -> str:
    """The group whose members blocked an issue most, and its share of all blocks."""
    blocks = runs.results.blocks[:, :, k].sum(axis=0)
    if not blocks.any():
        return "no one"
    most = int(np.argmax(blocks))
    return f"{percent(float(blocks[most] / blocks.sum()))} {group_names(runs.scenario)[most]}"


def _why_open(runs: Runs, found: Estimates) -> Iterator[str]:
    """What became of the issues: agreed, missed, or never within reach."""
    issues = len(runs.scenario.issues)
    yield f"WHY ISSUES STAYED OPEN (of {counted(issues, 'issue')} a run)"
    if found["share_agreed"].value == 1.0:
        yield "  none did"
    else:
        yield _number("missed: agreement was possible", found["missed_agreements"], digits=1)
        yield _number("no zone of agreement", found["no_zone"], digits=1)
    yield _number("false convergence on the way", found["false_convergence"], "seen, but not there", digits=1)
    yield _row("agreement possible at first", f"{percent(found['zone_start'].value):>6}  of issues")
    yield _row("  and at the end", f"{percent(found['zone_end'].value):>6}")


def _time(runs: Runs) -> Iterator[str]:
    """Where the floor time went."""
    minutes = runs.results.minutes.mean(axis=0)
    yield f"WHERE THE TIME WENT ({minutes.sum() / HOUR:.1f} hours of floor time a run)"
    for name, spent in sorted(zip([*FORMATS, "idle"], minutes, strict=True), key=lambda item: -item[1]):
        if spent > 0.0:
            share = float(spent / minutes.sum())
            yield _row(format_name(name), f"{percent(share):>6}  {f'{spent / HOUR:.1f} h':<{INTERVAL}}{_bar(share)}")


def _people(found: Estimates) -> Iterator[str]:
    """Trust and distance before and after."""
    yield "TRUST AND DISTANCE (0 to 1)"
    yield _row("", f"{'before':>6}  {'after':>6}  change")
    for measure in ("trust_within", "trust_across", "trust_chair", "perceived_distance", "real_distance"):
        before, after = found[f"{measure}_start"].value, found[f"{measure}_end"].value
        yield _row(measure_name(measure), f"{before:6.2f}  {after:6.2f}  {after - before:+z.2f}")


def _rules(found: Estimates) -> Iterator[str]:
    """What other decision rules would have made of the same objections, and whether the room asks for more time."""
    yield "UNDER OTHER RULES, the same objections would have let every issue pass"
    for measure, name in RULES.items():
        share = found[measure]
        yield _row(name, f"{percent(share.value):>6}  {'':<{INTERVAL}}{_bar(share.value)}")
    support = found["renewal_support"]
    if support.observations:
        who = f"of delegates, in {counted(support.observations, 'run')} without full agreement"
        yield f"{percent(support.value)} {who}, want the mandate renewed"


# ------------------------------------------------------------------------------------------------ cells


def _row(name: str, cells: str) -> str:
    return f"  {_short(name, NAME - 2):<{NAME}}{cells}".rstrip()


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def _number(name: str, found: Estimate, note: str = "", *, digits: int = 2) -> str:
    if math.isnan(found.value):
        return _row(name, f"{'-':>6}")
    interval = "" if math.isnan(found.low) else f"[{max(0.0, found.low):.{digits}f}, {found.high:.{digits}f}]"
    return _row(name, f"{found.value:6.{digits}f}  {interval:<{INTERVAL}}{note}")


def _share(found: Estimate) -> str:
    low, high = max(0.0, found.low) * 100.0, min(1.0, found.high) * 100.0
    digits = 1 if 0.0 < found.value < 0.01 or 0.99 < found.value < 1.0 else 0
    interval = "" if math.isnan(found.low) else f"[{low:.{digits}f}, {high:.{digits}f}]"
    return f"{percent(found.value):>6}  {interval:<{INTERVAL}}"


def _bar(share: float) -> str:
    return "█" * round(share * BAR)
