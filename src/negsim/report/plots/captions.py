"""What each picture shows, in a sentence or two.

- A caption is made from the numbers that its picture shows; no finding is written in advance.
- Shares and means have their interval at 95 %. A caption says what was averaged over, and what is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from negsim.negotiation.formats import FORMATS
from negsim.negotiation.runs import Trace
from negsim.negotiation.tables import Floats, Move, Outcome, Status
from negsim.report.comparisons import by_size, doubt, indices_in_units
from negsim.report.minutes.reasons import CLOSES_NOTHING
from negsim.report.minutes.story import duration
from negsim.report.plots.explain import LABELS
from negsim.report.plots.numbers import Cloud, Courses, Curves, Frontier, Line, Pair, Survivals, ends, equals
from negsim.report.words import (
    CELL,
    HOUR,
    OUTCOMES,
    capital,
    cell_name,
    change_text,
    counted,
    estimate_text,
    factor_name,
    format_name,
    group_names,
    issue_names,
    level_name,
    listed,
    measure_name,
    number_text,
    percent,
    phrase,
    signed,
)
from negsim.scenario import Scenario
from negsim.study.estimates import Estimate, share
from negsim.study.remedies import SingleChange
from negsim.study.runner import Runs
from negsim.study.schema import Cell, Factor, Value
from negsim.study.sensitivity import Index, doubtful

AT_95 = "intervals are at 95 %"
MOST_LINES = 9  # whose both ends are given
MOST_AGENDAS = 4  # that a caption spells out
Point = tuple[str, Estimate]  # where it is, and what it is


# Many runs


def outcome_shares(runs: Mapping[str, Runs]) -> str:
    """How the runs of each scenario ended."""
    sentences = []
    for name, some in runs.items():
        ends = {outcome: share(some.is_outcome(outcome)) for outcome in Outcome}
        occurring = sorted((end for end in ends if ends[end].value > 0.0), key=lambda end: -ends[end].value)
        parts = [f"{OUTCOMES[end]} in {estimate_text(ends[end], 'consensus')}" for end in occurring]
        sentences.append(f"{capital(name)}, {len(some):,} runs: {listed(parts)}.")
    return f"How it ended. {' '.join(sentences)} In brackets: 95 % intervals."


def main_effects(effects: Mapping[str, Estimate]) -> str:
    """What each factor changes on average over the others, in points."""
    parts = [f"{what}: {change_text(effect, 'consensus')}" for what, effect in effects.items()]
    return f"On average over the rest of the design, the share of consensus changes. {capital('; '.join(parts))}."


def single_changes(name: str, changes: Sequence[SingleChange]) -> str:
    """What one change by itself does to the chance of consensus and to the share agreed; the first changes nothing."""
    base, others = changes[0], changes[1:]
    most = max(others, key=lambda change: abs(change.share_agreed_change.value))
    detected = [change.change for change in others if change.consensus_change.excludes_zero]
    return (
        f"{capital(name)}, unchanged: consensus {estimate_text(base.consensus, 'consensus')},"
        f" {percent(base.share_agreed.value)} of the issues agreed. The share agreed changes most with"
        f" “{most.change}”, by {change_text(most.share_agreed_change, 'share_agreed')}; the chance of consensus changes"
        f" measurably with {listed(detected) if detected else 'none of them'}."
    )


def minutes_spent(runs: Mapping[str, Runs]) -> str:
    """How much of the floor time could close anything."""
    sentences = []
    for name, some in runs.items():
        spent = dict(zip([*FORMATS, "idle"], some.results.minutes.mean(axis=0) / HOUR, strict=True))
        total = sum(spent.values())
        idle = sum(
            hours for form, hours in spent.items() if form in FORMATS and FORMATS[form].closing in CLOSES_NOTHING
        )
        most = max(spent, key=lambda form: spent[form])
        sentences.append(
            f"{capital(name)}: {total:.1f} hours of floor time a run, most of it {format_name(most)}"
            f" ({spent[most]:.1f} h); {percent(idle / total)} in formats in which nothing can close."
        )
    return f"Where the minutes went. {' '.join(sentences)}"


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


# One run


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


def distances(scenario: Scenario, trace: Trace) -> str:
    """How much the groups exaggerate the distance between them, before and after."""
    if len(scenario.groups) == 1:
        return "Believed and true distance: does not apply, for there is only one group."
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


# A study


def curves(data: Curves, extra: str = "") -> str:
    """What a measure is at both ends of every line, or where it is lowest and highest."""
    return f"{_what(data)}: {_values(data)}{extra}."


def agendas(behind: Mapping[str, str]) -> str:
    """The agenda behind each level of the methodology; where they are many, only where they are listed."""
    if len(behind) > MOST_AGENDAS:
        return f" `negsim study cells` prints the agendas behind the {len(behind)} methodologies."
    return "".join(f" Agenda behind “{name}”: {text}." for name, text in behind.items())


def heat_maps(data: Curves) -> str:
    """Where a measure is lowest and highest."""
    return f"{_what(data)}: {_extremes(data)}."


def _what(data: Curves) -> str:
    """Measure, factors, what was averaged over, replications."""
    layout = data.layout
    over = f" over {factor_name(layout.x.name)}" if layout.x.name != CELL else ", cell by cell"
    by = f", by {factor_name(layout.lines.name)}" if layout.lines else ""
    panels = f", panels by {factor_name(layout.panels.name)}" if layout.panels else ""
    return (
        f"{capital(measure_name(data.measure))}{over}{by}{panels}{_averaged(layout.rest)};"
        f" up to {counted(data.replications, 'replication')} a point, {AT_95}{_left_out(data)}"
    )


def _averaged(rest: Sequence[Factor]) -> str:
    return f", averaged over {listed(_names(rest))}" if rest else ""


def _left_out(data: Curves) -> str:
    """Which levels are not shown."""
    layout, lines = data.layout, next(iter(data.panels.values()))
    counts = ((layout.x, len(data.lines[0].levels)), (layout.lines, len(lines)), (layout.panels, len(data.panels)))
    parts = [
        f"{count} of {len(factor.values)} levels of {factor_name(factor.name)} are shown"
        for factor, count in counts
        if factor is not None and count < len(factor.values)
    ]
    return f"; {listed(parts)}" if parts else ""


def _values(data: Curves) -> str:
    layout = data.layout
    if len(data.lines) > MOST_LINES or not layout.x.is_numeric:
        return _extremes(data)
    parts = [f"{_level(layout.panels, panel)}{_ends_of(data, lines)}" for panel, lines in data.panels.items()]
    first, last = (level_name(layout.x.name, data.lines[0].levels[place]) for place in (0, -1))
    return f"from {first} to {last}{'; ' if layout.panels else ', '}{'; '.join(parts)}"


def _ends_of(data: Curves, lines: Mapping[Value, Line]) -> str:
    """Both ends of every line."""
    factor = data.layout.lines
    names = [f"{phrase(factor.name, level)} " if factor is not None else "" for level in lines]
    parts = [f"{name}{_both_ends(data.measure, line)}" for name, line in zip(names, lines.values(), strict=True)]
    return ", ".join(parts)


def _both_ends(measure: str, line: Line) -> str:
    first, last = (estimate_at(line, place) for place in (0, -1))
    return f"{number_text(first.value, measure)} → {estimate_text(last, measure)}"


def estimate_at(line: Line, place: int) -> Estimate:
    """A point of a line."""
    value, low, high = (float(part[place]) for part in line[1:])
    return Estimate(value, low, high, 0)


def _points(data: Curves) -> Iterator[Point]:
    """All points that apply, with the levels at which they are."""
    layout = data.layout
    for panel, lines in data.panels.items():
        for level, line in lines.items():
            for n, x in enumerate(line.levels):
                at = ((layout.x, x), (layout.lines, level), (layout.panels, panel))
                where = ", ".join(_at(data, factor, value) for factor, value in at if factor is not None)
                if np.isfinite(line.value[n]):
                    yield where, estimate_at(line, n)


def _at(data: Curves, factor: Factor, level: Value) -> str:
    """A level, with its factor where there are several."""
    return phrase(factor.name, level) if data.layout.others else level_name(factor.name, level)


def _extremes(data: Curves) -> str:
    """The lowest and the highest point."""
    points = list(_points(data))
    if not points:
        return "it does not apply anywhere"
    low, high = (pick(points, key=lambda point: point[1].value) for pick in (min, max))
    texts = (f"{estimate_text(estimate, data.measure)} ({where})" for where, estimate in (low, high))
    return "lowest {}, highest {}".format(*texts)


def measures(panels: Sequence[Curves]) -> str:
    """Between what each measure lies."""
    parts = []
    for data in panels:
        values = [estimate.value for _, estimate in _points(data)]
        span = (
            f"{number_text(min(values), data.measure)} to {number_text(max(values), data.measure)}"
            if values
            else "not known"
        )
        parts.append(f"{measure_name(data.measure)} {span}")
    return f"Other measures{_averaged(panels[0].layout.rest)}; {AT_95}: {'; '.join(parts)}."


def interactions(pairs: Sequence[Pair]) -> str:
    """How far the factors of each pair help each other."""
    parts = [f"{_pair_name(pair)} {change_text(pair.interaction, pair.curves.measure)}" for pair in pairs]
    return (
        f"{capital(measure_name(pairs[0].curves.measure))} over pairs of factors, averaged over the others; {AT_95};"
        " interactions, each the change over one factor at the last level of the other less that at its first, on the"
        f" same replications: {'; '.join(parts)}."
    )


def _pair_name(pair: Pair) -> str:
    layout = pair.curves.layout
    return " × ".join(
        f"{factor_name(factor.name)} ({' → '.join(level_name(factor.name, end) for end in ends(factor))})"
        for factor in (layout.x, *layout.others)
    )


def interaction(pair: Pair) -> str:
    """The difference of differences of a pair, in a sentence on its curves."""
    layout = pair.curves.layout
    first, last = (level_name(layout.x.name, end) for end in ends(layout.x))
    other = layout.others[0]
    near, far = (phrase(other.name, end) for end in ends(other))
    return (
        f"interaction, the change from {first} to {last} at {far} less that at {near}, on the same replications:"
        f" {change_text(pair.interaction, pair.curves.measure)}"
    )


def outcomes(shares: Mapping[str, Mapping[Outcome, float]], runs: int) -> str:
    """How often each outcome came."""
    parts = []
    for end, name in OUTCOMES.items():
        shares_of_runs = [ended.get(end, 0.0) for ended in shares.values()]
        if any(shares_of_runs):
            least, most = percent(min(shares_of_runs)), percent(max(shares_of_runs))
            parts.append(f"{name} in {least}" if least == most else f"{name} in {least} to {most}")
    return f"How the runs ended, up to {runs:,} a bar: {listed(parts)}."


def scatter(clouds: Sequence[Cloud], measure: str, replications: int) -> str:
    """With which factors a measure goes up or down most."""
    spans = []
    for cloud in clouds:
        values = cloud.means.value[np.isfinite(cloud.means.value)]
        if len(values):
            low, high = (number_text(float(end), measure) for end in (values.min(), values.max()))
            spans.append((float(np.ptp(values)), f"{factor_name(cloud.factor.name)} ({low} to {high})"))
    spread = listed([span for _, span in sorted(spans, key=lambda item: -item[0])])
    return (
        f"{capital(measure_name(measure))} against every factor, a point a cell ({len(clouds[0].values):,} cells of"
        f" up to {counted(replications, 'replication')}), orange: means of cells near each other, {AT_95}; they spread"
        f" most over {spread}."
    )


def trade_off(frontier: Frontier, names: Sequence[str]) -> str:
    """Which cells no other beats in both, and how many equal them within their intervals."""
    first, last = (frontier.best[end] for end in (0, -1))
    apart = {"the deepest is": first, "the most likely is": last}
    places = [
        f"{what} {names[n]} (consensus {estimate_text(estimate_at(frontier.chance, n), 'consensus')},"
        f" depth {estimate_text(estimate_at(frontier.depth, n), 'depth')}{_equals(frontier, n)})"
        for what, n in (apart if first != last else {"the deepest and the most likely is": first}).items()
    ]
    best = f"{len(frontier.best)} {'is' if len(frontier.best) == 1 else 'are'}"
    return (
        f"Depth of what was agreed against the chance of consensus, a point a cell, {AT_95}: of"
        f" {counted(len(frontier.cells), 'cell')}, {best} not beaten in both by any other; {'; '.join(places)}."
    )


def _equals(frontier: Frontier, place: int) -> str:
    """How many others equal a cell within their intervals."""
    others = len(equals(frontier, place))
    are = "is" if others == 1 else "are"
    return f"; {counted(others, 'other')} {are} equal to it within their intervals" if others else ""


def time_to_consensus(
    survivals: Survivals, factor: Factor | None, rest: Sequence[Factor], where: Cell | None = None
) -> str:
    """After how much floor time half would have reached consensus. where: levels that were at."""
    parts = []
    for level, survival in survivals.items():
        half = survival.hours[survival.left <= 0.5]
        text = (
            f"half within {half[0]:.0f} hours"
            if len(half)
            else f"{percent(1.0 - float(survival.left[-1]))} within {survival.hours[-1]:.0f} hours"
        )
        parts.append(f"{_level(factor, level)}{text}")
    pooled = f", all levels of {listed(_names(rest))} together" if rest else ""
    at = f" at {cell_name(where)}" if where else ""
    return f"Time to consensus as if meetings had gone on (Kaplan and Meier){at}{pooled}; {AT_95}: {'; '.join(parts)}."


def over_time(courses: Courses, factor: Factor | None, rest: Sequence[Factor]) -> str:
    """How much was agreed in the end, and how trust moved."""
    parts = []
    for level, course in courses.items():
        agreed, trust = course.lines["share_agreed"], course.lines["trust_across"]
        end = estimate_text(estimate_at(agreed, -1), "share_agreed")
        text = f"{end} of the issues agreed at the end, trust {_both_ends('trust_across', trust)}"
        parts.append(f"{_level(factor, level)}{text}")
    most = max(course.replications for course in courses.values())
    return f"Means over {counted(most, 'replication')} by floor time{_averaged(rest)}; {AT_95}: {'; '.join(parts)}."


def sensitivity(indices: Sequence[Index], measure: str) -> str:
    """Which factor matters most, and how much; whether the points are too few to say so."""
    rows = indices_in_units(indices, measure)
    strongest = by_size(rows)[0]
    parts = [f"{LABELS[one.name]} {estimate_text(one.estimate, '')}" for one in rows if one.factor == strongest]
    remark = f" {capital(doubt(indices))}." if doubtful(indices) else ""
    return (
        f"{capital(measure_name(measure))}, how much it depends on each factor; {AT_95}: most on"
        f" {factor_name(strongest)}, {', '.join(parts)}.{remark}"
    )


def _level(factor: Factor | None, level: Value) -> str:
    return f"{phrase(factor.name, level)}: " if factor is not None else ""


def _names(factors: Sequence[Factor]) -> list[str]:
    return [factor_name(factor.name) for factor in factors]
