"""What one sees in a picture, said from its numbers.

Rules that hold here
- Every caption is made from the numbers that the picture shows; no finding is written in advance.
- Shares come with their interval at 95 % where they are estimates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from negsim.negotiation.formats import FORMATS
from negsim.negotiation.runs import Trace
from negsim.negotiation.tables import Floats, Move, Outcome, Status
from negsim.report.minutes import CLOSES_NOTHING, duration
from negsim.report.words import (
    HOUR,
    OUTCOMES,
    capital,
    counted,
    format_name,
    group_names,
    in_points,
    issue_names,
    listed,
    percent,
    share_with_interval,
    signed,
)
from negsim.scenario import Scenario
from negsim.study.estimates import Estimate, share
from negsim.study.remedies import SingleChange
from negsim.study.runner import Runs

# ------------------------------------------------------------------------------------------- many runs


def outcome_shares(runs: Mapping[str, Runs]) -> str:
    """How the runs of each scenario ended."""
    told = []
    for name, some in runs.items():
        ends = {outcome: share(some.is_outcome(outcome)) for outcome in Outcome}
        seen = sorted((end for end in ends if ends[end].value > 0.0), key=lambda end: -ends[end].value)
        parts = [f"{OUTCOMES[end]} in {share_with_interval(ends[end])}" for end in seen]
        told.append(f"{capital(name)}, {len(some):,} runs: {listed(parts)}.")
    return f"How it ended. {' '.join(told)} In brackets: 95 % intervals."


def main_effects(effects: Mapping[str, Estimate]) -> str:
    """What each factor changes on average over the others, in points."""
    parts = [f"{what}: {in_points(effect)}" for what, effect in effects.items()]
    return f"On average over the rest of the design, the share of consensus changes. {capital('; '.join(parts))}."


def single_changes(name: str, changes: Sequence[SingleChange]) -> str:
    """What one change by itself does to the chance of consensus and to the share agreed; the first changes nothing."""
    base, others = changes[0], changes[1:]
    most = max(others, key=lambda change: abs(change.share_agreed_change.value))
    moved = [change.change for change in others if change.consensus_change.excludes_zero]
    return (
        f"{capital(name)}, unchanged: consensus {share_with_interval(base.consensus)},"
        f" {percent(base.share_agreed.value)} of the issues agreed. The share agreed changes most with"
        f" “{most.change}”, by {in_points(most.share_agreed_change)}; the chance of consensus changes measurably with"
        f" {listed(moved) if moved else 'none of them'}."
    )


def minutes_spent(runs: Mapping[str, Runs]) -> str:
    """How much of the floor time could close anything."""
    told = []
    for name, some in runs.items():
        spent = dict(zip([*FORMATS, "idle"], some.results.minutes.mean(axis=0) / HOUR, strict=True))
        total = sum(spent.values())
        idle = sum(
            hours for form, hours in spent.items() if form in FORMATS and FORMATS[form].closing in CLOSES_NOTHING
        )
        most = max(spent, key=lambda form: spent[form])
        told.append(
            f"{capital(name)}: {total:.1f} hours of floor time a run, most of it {format_name(most)}"
            f" ({spent[most]:.1f} h); {percent(idle / total)} in formats in which nothing can close."
        )
    return f"Where the minutes went. {' '.join(told)}"


def who_blocked(runs: Runs) -> str:
    """Who blocked most: by all members of a group together, and by one."""
    blocked = runs.results.blocks.mean(axis=0)
    if not blocked.any():
        return "Who blocked what: no reading was blocked."
    groups, issues = group_names(runs.scenario), issue_names(runs.scenario)
    g, k = np.unravel_index(int(blocked.argmax()), blocked.shape)
    seats = np.array([group.seats for group in runs.scenario.groups.values()])
    by_seat = blocked.sum(axis=1) / seats
    keenest = int(by_seat.argmax())
    return (
        f"Who blocked what. All their seats together, {groups[g]} blocked most often on “{issues[k]}”:"
        f" {blocked[g, k]:.1f} objections a run (a delegate at a reading). Per seat, {groups[keenest]} blocked most:"
        f" {by_seat[keenest]:.1f} a run over all issues."
    )


# --------------------------------------------------------------------------------------------- one run


def life_of_paragraphs(scenario: Scenario, trace: Trace) -> str:
    """What became of the paragraphs."""
    end = trace.status[-1]
    agreed = int(np.isin(end, [Status.AGREED, Status.DISSENT]).sum())
    read = trace.events[trace.events["move"] == Move.READ]
    text = f"{agreed} of {counted(len(end), 'paragraph')} agreed after {counted(len(read), 'reading')}"
    first = np.flatnonzero((trace.status != Status.EMPTY).any(axis=1))
    when = (
        f"; the first text came after {duration(trace.minute[max(0, first[0] - 1)])}"  # when its turn began
        if len(first)
        else "; no text ever came"
    )
    never = [name for k, name in enumerate(issue_names(scenario)) if k not in read["issue"]]
    left = f". Never read: {listed(never)}" if never else ""
    return f"The life of each paragraph. {text}{when}{left}."


def brackets(_: Scenario, trace: Trace) -> str:
    """When most brackets stood, and how many at the end."""
    total = trace.brackets.sum(axis=1)
    peak = int(total.argmax())
    if not total[peak]:
        return "Brackets over the clock: none was ever put."
    return (
        f"Brackets over the clock. Most stood after {trace.minute[peak] / HOUR:.1f} hours: {total[peak]};"
        f" at the end {total[-1]}. New text takes the brackets on the old one with it."
    )


def positions(scenario: Scenario, trace: Trace) -> str:
    """How far delegates moved, and where the text ended."""
    moved = np.abs(trace.position[-1] - trace.position[0]).mean(axis=1)
    means = _by_group(scenario, moved)
    most = max(means, key=lambda name: means[name])
    ends = zip(issue_names(scenario), trace.text[-1], strict=True)
    texts = [f"“{name}” {y:.2f}" for name, y in ends if not np.isnan(y)]
    where = f" Where the text stood at the end: {listed(texts)}." if texts else ""
    return (
        f"Positions over the clock. A line is a delegate, the black line the text. Delegates moved by"
        f" {moved.mean():.2f} of the scale on average, those of {most} most ({means[most]:.2f}).{where}"
    )


def _by_group(scenario: Scenario, values: Floats) -> dict[str, float]:
    """The mean of a number of delegates by group."""
    ends = np.cumsum([group.seats for group in scenario.groups.values()])
    parts = np.split(values, ends[:-1])
    return {name: float(part.mean()) for name, part in zip(group_names(scenario), parts, strict=True)}


def distances(_: Scenario, trace: Trace) -> str:
    """How much the groups exaggerate the distance between them, before and after."""
    believed, true = trace.perceived_distance, trace.real_distance
    return (
        f"Believed and true distance. At first the groups believed to be {_times(believed[0], true[0])} as far apart as"
        f" they were ({believed[0]:.2f} against {true[0]:.2f}), at the end {_times(believed[-1], true[-1])}"
        f" ({believed[-1]:.2f} against {true[-1]:.2f})."
    )


def _times(believed: float, true: float) -> str:
    return f"{believed / true:.1f} times" if true > 0.0 else "many times"


def trust(scenario: Scenario, trace: Trace) -> str:
    """Which pair of groups gained or lost most trust."""
    change = np.where(np.eye(len(scenario.groups), dtype=bool), np.nan, trace.trust_end - trace.trust_start)
    if np.isnan(change).all():
        return "Trust between groups before and after."
    names = group_names(scenario)
    g, h = np.unravel_index(int(np.nanargmax(np.abs(change))), change.shape)
    return (
        f"Trust between groups before and after. It changed by {signed(float(np.nanmean(change)))} on average over the"
        f" pairs of groups, most that of {names[g]} in {names[h]}: from {trace.trust_start[g, h]:.2f} to"
        f" {trace.trust_end[g, h]:.2f}."
    )


RUN_CAPTIONS: dict[str, Callable[[Scenario, Trace], str]] = {  # of `figures.RUN_PICTURES`
    "paragraphs": life_of_paragraphs,
    "positions": positions,
    "brackets": brackets,
    "distances": distances,
    "trust": trust,
}
