"""Explain the difference between two scenarios, and what would raise a measure, as text and as rows.

- Plain text without colour. Every number has its interval at 95 %; a change in too few runs for one has their number
  instead, or in the table of `why` neither. No interval goes beyond what is possible.
- An effect is named only if its interval excludes zero.
- A change of the decision rule is marked as one: a lower bar is not more agreement.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from negsim.cast.aspects import PEOPLE_AND_ISSUES
from negsim.cast.knobs import METHODOLOGY, UNCHANGED_LEVEL
from negsim.cast.measures import lookup
from negsim.cast.units import value_text
from negsim.files import Table
from negsim.report import words
from negsim.scenario.yaml import flow
from negsim.study.catalogue import Intervention, LineEnd
from negsim.study.estimates import Estimate
from negsim.study.explain import Change, Explanation, Interaction, Share
from negsim.study.failure import Blocker, Failure
from negsim.study.interventions import BESIDE, MOST_PARTS, Bundle, Effect, Effects, Leader, LineEffect
from negsim.study.table import estimate_columns, estimate_numbers

_LINE_LETTERS = 110  # of a line


def change_name(intervention: Intervention) -> str:
    """Name a change; methodologies have their usual names, and groups their labels."""
    if intervention.parts:
        return " + ".join(map(change_name, intervention.parts))
    if line := intervention.line:
        return f"{line.label}: no {line.name} on {line.issue}"
    method = intervention.changes.get(METHODOLOGY.path)
    if isinstance(method, str) and not intervention.is_own:
        return f"methodology: {words.format_name(method)}"
    return intervention.name


def is_between_0_and_1(measure: str) -> bool:
    """Return whether the scale of a measure goes from 0 to 1."""
    return (lookup(measure).low, lookup(measure).high) == (0.0, 1.0)


def possible(measure: str, estimate: Estimate, most: float = 1.0) -> Estimate:
    """Clip the interval of a change to what is possible. most: the largest change of a share.

    >>> print(possible("consensus", Estimate(0.9, 0.7, 1.1, 9)))
    0.900 [0.700, 1.000]
    """
    if not is_between_0_and_1(measure) or math.isnan(estimate.low):
        return estimate
    return estimate._replace(low=max(-most, estimate.low), high=min(most, estimate.high))


def paragraph(text: str) -> str:
    """Wrap a text to lines of a readable length."""
    return "\n".join(textwrap.wrap(text, _LINE_LETTERS, break_long_words=False))


# What made the difference


def as_shown(change: Change) -> Change:
    """Convert a change to the units in which it is shown, with no interval beyond what is possible."""
    measure = change.measure

    def part(estimate: Estimate, most: float = 1.0) -> Estimate:
        return words.in_units(possible(measure, estimate, most), measure)

    return change._replace(
        before=words.in_units(change.before, measure),
        after=words.in_units(change.after, measure),
        change=part(change.change),
        shares=tuple(Share(one.part, part(one.shapley), part(one.added), part(one.left_out)) for one in change.shares),
        pairs=tuple(Interaction(pair.parts, part(pair.interaction, 2.0)) for pair in change.pairs),
    )


def by_share(change: Change) -> list[Share]:
    """Return the shares of a change, the largest first, whatever its sign."""
    return sorted(change.shares, key=lambda share: -abs(share.shapley.value))


def explanation_text(explanation: Explanation, first: str, second: str) -> str:
    """Write what `negsim explain` prints. first, second: names of the scenarios."""
    hybrids = 2 ** len(explanation.parts)
    lines = [
        f"{first} -> {second}",
        f"{_replications(explanation)}, seed {explanation.seed}; intervals at 95 %",
        f"the same replications for {hybrids} hybrids of both",
        "share      Shapley's; the shares add up to the change",
        f"added      what {first} gains with this alone as in {second}",
        f"left out   what {second} loses with this alone as in {first}; below zero it gains",
    ]
    if explanation.together:
        lines.append(f"{PEOPLE_AND_ISSUES}: {words.listed(explanation.together)}, which count as one")
    main, *others = changes = [as_shown(change) for change in explanation.changes]
    for change in changes:
        lines += ["", *_change_lines(change)]
    paragraphs = [at_length(main, first, second), *(words.capital(shortly(change)) for change in others)]
    return "\n".join([*lines, "", *(f"{paragraph(text)}\n" for text in paragraphs)]).rstrip()


def _replications(explanation: Explanation) -> str:
    made, most = explanation.replications, explanation.most
    return words.replications_text(made) if made == most else f"{made:,} of at most {words.replications_text(most)}"


def early_explanation_text(explanation: Explanation) -> str:
    """Write what `negsim explain` says while it goes on: what carries the change of the first measure so far."""
    return f"after {words.replications_text(explanation.replications)}: {shortly(as_shown(explanation.changes[0]))}"


def _change_lines(change: Change) -> Iterator[str]:
    measure = change.measure
    rows = [["", "share", "added", "left out"]]
    for share in by_share(change):
        parts = share.shapley, share.added, share.left_out
        rows.append([share.part, *(words.change_text(part, measure) for part in parts)])
    rows.append(["together", words.change_text(change.change, measure)])
    ends = (words.estimate_text(end, measure) for end in (change.before, change.after))
    yield f"{words.measure_name(measure)}: {' -> '.join(ends)}"
    yield from (f"  {line}" for line in words.columns(rows))


def at_length(change: Change, first: str, second: str) -> str:
    """Say which parts carry a change, which need or replace others, and which have no detectable share of it."""
    sentences = [f"From {first} to {second}: {shortly(change)}"]
    if change.change.excludes_zero:
        sentences += [*_alone(change, first, second), *_overlap(change)]
    return " ".join(sentences)


def shortly(change: Change) -> str:
    """Say which parts carry a change, and which have no detectable share of it."""
    shares, measure, whole = by_share(change), change.measure, change.change
    text = words.change_text(whole, measure)
    if whole.changed == 0:
        return f"{words.measure_name(measure)}: {text}."
    if not whole.excludes_zero:
        return f"{words.measure_name(measure)} {text}; no change was detected."
    effects = [share for share in shares if share.shapley.excludes_zero and _counts(share.shapley, whole)]
    forth = _forth(change, effects)
    back = [share for share in effects if share not in forth]
    silent = [share.part for share in shares if not share.shapley.excludes_zero]
    most = _most(forth)
    sentences = [f"{words.measure_name(measure)} {text}."]
    if rest := [share for share in forth if share not in most]:
        sentences.append(f"Most of it comes with {_carried(measure, most)}, the rest with {_carried(measure, rest)}.")
    elif forth:
        sentences.append(f"It comes with {_carried(measure, forth)}.")
    if back:
        sentences.append(f"{words.capital(_carried(measure, back))} worked against it.")
    untold = (_named(group) for group in change.untold if not set(group) <= set(silent))
    sentences += [f"The shares of {parts} cannot be told apart in size." for parts in untold]
    if silent:
        has = "has" if len(silent) == 1 else "have"
        sentences.append(f"{words.capital(_named(silent))} {has} no detectable share of it.")
    return " ".join(sentences)


def _counts(share: Estimate, whole: Estimate) -> bool:
    """Return whether a share is worth a mention."""
    return abs(share.value) >= abs(whole.value) / 100.0


def _forth(change: Change, shares: Sequence[Share]) -> list[Share]:
    """Return the shares that go in the direction of the whole change."""
    return [share for share in shares if share.shapley.value * change.change.value > 0.0]


def _most(shares: Sequence[Share]) -> list[Share]:
    """Return the fewest shares that make up more than half of all, and those that are not measurably smaller."""
    sizes = list(accumulate(abs(share.shapley.value) for share in shares))
    half = [share for share, before in zip(shares, [0.0, *sizes], strict=False) if before <= sizes[-1] / 2]
    least = min((min(map(abs, share.shapley[1:3])) for share in half), default=0.0)
    return [share for share in shares if share in half or max(map(abs, share.shapley[1:3])) >= least]


def _carried(measure: str, shares: Sequence[Share]) -> str:
    return words.listed([f"{share.part} ({words.change_text(share.shapley, measure)})" for share in shares])


def _named(parts: Sequence[str]) -> str:
    """List parts, one of several with an "and" of its own in quotation marks."""
    return words.listed([f"“{part}”" if len(parts) > 1 and " and " in part else part for part in parts])


def _alone(change: Change, first: str, second: str) -> Iterator[str]:
    """Yield sentences on parts that do much less than their share by themselves, at either end."""
    shares = _forth(change, [share for share in by_share(change) if share.shapley.excludes_zero])
    if added := [share.part for share in shares if _less(share.added, share.shapley)]:
        need, each = ("needs", "it") if len(added) == 1 else ("need", "each")
        where = f"added to {first} alone, {each} does less than half of its share"
        yield f"{words.capital(_named(added))} {need} the others: {where}."
    little = [share for share in shares if _less(share.left_out, share.shapley)]
    more = [share.part for share in little if share.left_out.excludes_zero and _is_opposed(share)]
    if spare := [share.part for share in little if share.part not in more]:
        each = "it" if len(spare) == 1 else "each"
        where = f"left out of {second} alone, {each} costs less than half of its share"
        yield f"The others make up for {_named(spare)}: {where}."
    if more:
        one = "" if len(more) == 1 else "one of "
        yield f"With only {one}{_named(more)} left out of {second}, the change would have been larger."


def _is_opposed(share: Share) -> bool:
    """Return whether the second scenario changes further without a part."""
    return share.left_out.value * share.shapley.value < 0.0


def _less(alone: Estimate, share: Estimate) -> bool:
    """Return whether a part surely does less by itself than half of its share."""
    reach = alone.high if share.value > 0.0 else -alone.low
    return reach < abs(share.value) / 2


def _overlap(change: Change) -> Iterator[str]:
    """Name the pair that does most more, or less, together than apart."""
    pairs = [pair for pair in change.pairs if pair.interaction.excludes_zero_among(len(change.pairs))]
    if pairs:
        pair = max(pairs, key=lambda pair: abs(pair.interaction.value))
        more = pair.interaction.value * change.change.value > 0.0
        how = "help each other" if more else "replace each other"
        interaction = words.change_text(pair.interaction, change.measure)
        yield f"Of all pairs, {_named(pair.parts)} {how} most (together against apart: {interaction})."


def explanation_table(explanation: Explanation) -> Table:
    """List one row per measure and part, and one per measure for all together."""
    rows = []
    for change in explanation.changes:
        for share in (*change.shares, Share("together", change.change, change.change, change.change)):
            parts = (possible(change.measure, part) for part in (share.shapley, share.added, share.left_out))
            rows.append([change.measure, share.part, *estimate_numbers(parts)])
    return ["measure", "part", *estimate_columns(["shapley", "added", "left_out"])], iter(rows)


def interaction_table(explanation: Explanation) -> Table:
    """List one row per measure and pair of parts."""
    return ["measure", "part", "with", *estimate_columns(["interaction"])], (
        [change.measure, *pair.parts, *possible(change.measure, pair.interaction, 2.0)[:3]]
        for change in explanation.changes
        for pair in change.pairs
    )


# What would raise a measure


def effects_text(effects: Effects, name: str) -> str:
    """Write what `negsim why` prints: what the failure is made of, and what would help. name: of the scenario."""
    r, measure = effects.replications, effects.measure
    which = "The only run" if r == 1 else f"Each of {r:,} runs"
    if not effects.singles and measure == "consensus":
        return f"{which} of {name} ends in consensus: there is no failure to explain."
    if not effects.singles:
        return f"{which} of {name} has the highest value of {measure}: nothing can raise it."
    levels = (f"{_name_of(name)} {_value(value, name)}" for name, value in effects.base.items())
    changes = "changes" if words.is_share(measure) else "changes of shares"
    shown = telling_effects(effects)
    rest = len(effects.singles) - len(shown)
    unsaid = (
        [f"{words.counted(rest, 'other change')} had no measurable effect; all are in why.csv (--out)"] if rest else []
    )
    lines = [
        *_failure_lines(effects, name),
        "",
        f"what would raise {aim_of(measure)}, best first",
        f"on replications 0 to {r - 1:,}, seed {effects.seed}; fresh replications: {r:,} to {r + effects.fresh - 1:,}",
        "runs: until a change could no longer lead its kind, or its order was known",
        f"{changes} are in percentage points, at whichever look the runs ended;",
        "paired intervals at 95 %, none where too few runs changed",
        f"{UNCHANGED_LEVEL}: {', '.join(levels)}",
        "setting: what a process finds; people: what others would have to give up, or who would have to stay away;",
        "rule: what counts as consensus, so that a lower bar is not more agreement",
        "",
        *words.columns([_header(measure), *map(_cells, shown)], right={2}),
        *unsaid,
        "",
        *_bundle_lines(effects),
    ]
    return "\n".join([*lines, "", paragraph(_advice(effects))])


def aim_of(measure: str) -> str:
    """Name what is to be raised, as in a sentence."""
    return "the chance of consensus" if measure == "consensus" else f"the {words.measure_name(measure)}"


def _name_of(measure: str) -> str:
    """Name a measure at the head of a column, or before its value."""
    return "consensus" if measure == "consensus" else words.measure_name(measure)


def _value(estimate: Estimate, measure: str) -> str:
    return words.estimate_text(words.in_units(estimate, measure), measure)


def _change(change: Estimate, measure: str) -> str:
    return words.change_text(words.in_units(possible(measure, change), measure), measure)


def _beside(measure: str) -> list[str]:
    """List the measures that have a column of their own."""
    return [other for other in BESIDE if other != measure]


def _header(measure: str) -> list[str]:
    beside = ("depth" if other == _LEVEL else _name_of(other) for other in _beside(measure))
    return ["single changes", "", "runs", _name_of(measure), "fresh", *beside]


def telling_effects(effects: Effects) -> list[Effect]:
    """Return the single changes that measurably change something, those recommended, and one's own.

    Where none changes the measure, those count that raise the share of issues agreed; else the first.
    """
    recommended = {leader.effect.intervention.name for leader in effects.leaders if _helps(leader.effect)}
    moves = [one for one in effects.singles if one.change.excludes_zero]
    moves = moves or [one for one in effects.singles if one.changes["share_agreed"].low > 0.0]
    named = recommended | {one.intervention.name for one in moves}
    shown = [one for one in effects.singles if one.intervention.is_own or one.intervention.name in named]
    return shown or list(effects.singles[:1])


def _is_reached(effects: Effects) -> bool:
    """Return whether the scenario reaches the threshold as it is, so that no bundle was sought."""
    return effects.base[effects.measure].value >= effects.threshold


def _bundle_lines(effects: Effects) -> Iterator[str]:
    """Yield the bundles that help, each part with the measure without it."""
    measure, tried = effects.measure, f"{effects.tried:,} bundles tried"
    over = value_text(effects.threshold, measure)
    if _is_reached(effects):
        yield f"no changes together: {aim_of(measure)} is at {over} or more as it is"
        return
    yield f"fewest changes together, {MOST_PARTS} at most, that lift {aim_of(measure)} to {over}; {tried}"
    rows = []
    for bundle in effects.bundles:
        whose = "process alone" if bundle.is_process else "every kind"
        if not _helps(bundle.effect):
            rows.append([f"{whose}: none that was tried helps", "", "", ""])
            continue
        verdict = "" if bundle.is_enough else f"; the best, below {over}"
        rows.append([f"{whose}{verdict}", "", _value(bundle.reached, measure), ""])
        parts = bundle.effect.intervention.parts or (bundle.effect.intervention,)
        without = [f"without it {_value(part, measure)}" for part in bundle.without] or [""]
        rows += [
            [f"  {change_name(part)}", "" if part.kind == "process" else part.kind, "", left]
            for part, left in zip(parts, without, strict=True)
        ]
    yield from words.columns(rows)


def early_effects_text(effects: Effects) -> str:
    """Write what `negsim why` says while it goes on: the best single change after the first look."""
    first = effects.leaders[0]
    runs = words.replications_text(first.effect.change.observations)
    return f"after {runs} of each: {_best('the single change', first, effects.measure)}"


_LEVEL = "depth_overall"  # whose value, not its change, has a column
_MOST_NAMED, _MOST_BLOCKERS = 3, 2  # issues or red lines, and delegates, in one line


def _failure_lines(effects: Effects, name: str) -> list[str]:
    """Say in five lines which issue fails, at which text, by whose red line, who is pivotal, and how far apart."""
    failure, runs = effects.failure, f"{effects.replications:,} runs"
    if not failure.failed.value:
        return [f"{name}: each of {runs} ends in consensus"]
    issues = [f"{issue.issue} in {_percent(issue.open)}" for issue in failure.issues[:_MOST_NAMED]]
    where = (
        f"left open then: {', '.join(issues)}" if issues else "every paragraph is agreed then, the report not adopted"
    )
    return [
        f"{name}: {_value(failure.failed, 'consensus')} of {runs} end without consensus; {where}",
        f"another text: {_other_text(failure)}",
        f"red lines: {_closing(effects)}",
        f"pivotal: {_pivotal(failure)}",
        f"how far apart: {_apart(effects)}",
    ]


def _percent(estimate: Estimate) -> str:
    return words.percent(estimate.value)


def _other_text(failure: Failure) -> str:
    """Say what the readings of the issue that fails most could have agreed."""
    if not failure.issues:
        return "no paragraph stays open"
    worst = failure.issues[0]
    parts = [f"{why.meaning} in {_percent(part)}" for why, part in worst.reasons.items()]
    return f"{worst.issue} is {'; '.join(parts)}; no zone of agreement at the end in {_percent(worst.no_zone)}"


def _closing(effects: Effects) -> str:
    """Name the ends of red lines that close a zone, of the issue that most often has none; else the groups that do."""
    failure = effects.failure
    tried = {one.line.issue for one in effects.line_ends}
    missing = {issue.issue: issue.open.value * issue.no_zone.value for issue in failure.issues if issue.issue in tried}
    if missing:
        worst = max(missing, key=lambda issue: missing[issue])
        of = [one for one in effects.line_ends if one.line.issue == worst][:_MOST_NAMED]
        without = ("without it a zone in ", *[""] * len(of))
        parts = [_line_name(one, text) for one, text in zip(of, without, strict=False)]
        closed = f"{worst} has no zone in {words.percent(missing[worst])}, closed by {words.listed(parts)}"
        against = [_line_at(line) for line in _crossed(effects, worst)]
        return f"{closed}, against {words.listed(against, most=_MOST_NAMED)}" if against else closed
    if not failure.issues or failure.no_zone.value == 0.0:
        return "none closes a zone: full concession would close all that stays open"
    if failure.zones_closed:
        groups = [f"{group} {words.number_text(zones.value)}" for group, zones in failure.zones_closed.items()]
        return f"zones closed per failed run, by those of {', '.join(groups[:_MOST_NAMED])}"
    closable = _value(failure.closable_share, "consensus")
    return f"none alone closes a zone; full concession would close {closable} of what stays open"


def _line_name(effect: LineEffect, without: str) -> str:
    """Name an end of a red line with its place, the named delegates whom it binds, and how often it closes the zone."""
    holders = [name for name in effect.line.holders if name != effect.line.owner]
    binds = f"{words.listed(holders, most=_MOST_NAMED)}; " if holders else ""
    return f"{_line_at(effect.line)} ({binds}{without}{_percent(effect.opens)})"


def _line_at(line: LineEnd) -> str:
    owner = f"the camp {line.owner}" if line.section == "camps" else line.label
    return f"the {line.name} of {owner} at {words.number_text(line.place)}"


def _crossed(effects: Effects, issue: str) -> list[LineEnd]:
    """Return the red lines that those which close a zone cross, the farthest first: each alone may close none."""
    closing = [one.line for one in effects.line_ends if one.line.issue == issue]
    lines = [one.intervention.line for one in effects.singles]
    others = [line for line in lines if line is not None and line.issue == issue and line not in closing]
    gaps = {line: max((_gap(line, one) for one in closing), default=0.0) for line in others}
    return sorted((line for line in others if gaps[line] > 0.0), key=lambda line: -gaps[line])


def _gap(one: LineEnd, other: LineEnd) -> float:
    """Return by how much a lower red line lies above an upper one, whichever is which; 0 for two of the same end."""
    upward = {"min": 1.0, "max": -1.0}
    return 0.0 if one.end == other.end else upward[one.end] * one.place + upward[other.end] * other.place


def _pivotal(failure: Failure) -> str:
    """Name those who alone block most often, and those who block most."""
    if not failure.blockers:
        return "nobody blocks"
    most = sorted(failure.blockers, key=lambda one: -one.blocks.value)
    return (
        f"readings per failed run blocked alone: {_blocked((one, one.alone) for one in failure.blockers)};"
        f" blocked at all: {_blocked((one, one.blocks) for one in most)}"
    )


def _blocked(readings: Iterable[tuple[Blocker, Estimate]]) -> str:
    parts = [f"{_with_group(one)} {words.number_text(number.value)}" for one, number in readings if number.value]
    return ", ".join(parts[:_MOST_BLOCKERS]) or "none"


def _with_group(one: Blocker) -> str:
    return f"{one.name} ({one.group})" if one.group else one.name


def _apart(effects: Effects) -> str:
    """Say by how many and by how much the issue that fails most is missed, and by how much its red lines cross."""
    if not effects.failure.issues:
        return "no paragraph stays open"
    worst = effects.failure.issues[0]
    if math.isnan(worst.fewest_blockers.value):
        return f"{worst.issue} is never read"
    text = f"at the best reading of {worst.issue} {words.number_text(worst.fewest_blockers.value)} delegates block"
    if math.isfinite(worst.shortfall.value) and worst.shortfall.value > 0.0:
        text += f", at the last one the farthest misses by {words.number_text(worst.shortfall.value)}"
    of = [one.line for one in effects.line_ends if one.line.issue == worst.issue]
    of += _crossed(effects, worst.issue)
    lower, upper = ([line.place for line in of if line.end == end] for end in ("min", "max"))
    if lower and upper and max(lower) > min(upper):
        text += f"; the red lines lie {words.number_text(max(lower) - min(upper))} apart"
    return text


def _cells(effect: Effect) -> list[str]:
    measure, change = next(iter(effect.changes.items()))
    beside = (
        _value(effect.values[other], other) if other == _LEVEL else _briefly(effect.changes[other], other)
        for other in _beside(measure)
    )
    of, runs = effect.intervention, f"{change.observations:,}"
    return [
        change_name(of), standing_of(of), runs, _briefly(change, measure), _briefly(effect.fresh, measure), *beside,
    ]  # fmt: skip


def standing_of(intervention: Intervention) -> str:
    """Say of which kind a change is, unless of the process, and whether it is one's own."""
    kind = "" if intervention.kind == "process" else intervention.kind
    return ", ".join(filter(None, (kind, "own" if intervention.is_own else "")))


def _briefly(change: Estimate | None, measure: str) -> str:
    """Write a change below a heading that has its unit."""
    text = "" if change is None else _change(change, measure)
    return re.sub(" points?|(, changed in| in any of| in all) .*", "", text)


def _advice(effects: Effects) -> str:
    """Name what leads, alone and together, then one's own candidates, and what lowers the measure."""
    (first, *others), measure = effects.leaders, effects.measure
    sentences = [_best("The single change", first, measure), *_of_kinds(others, first, measure), *_together(effects)]
    sentences.append("These numbers are on the fresh replications, which had no say in the search.")
    for place, single in enumerate(effects.singles, start=1):
        if single.intervention.is_own:
            change = _change(single.change, measure)
            sentences.append(
                f"Your “{single.intervention.name}” ({change}) is number {place} of {len(effects.singles)}."
            )
    if worse := [f"“{change_name(intervention)}”" for intervention in effects.lowering]:
        lower = "lowers" if len(worse) == 1 else "lower"
        sentences.append(f"{words.capital(words.listed(worse))} {lower} {aim_of(measure)}.")
    return " ".join(sentences)


_REASONS = {
    "rule": "lowers the bar",
    "people": "is for others to decide",
    "setting": "is not for a process to decide",
}
_KIND_NAMES = {"process": "the process", "setting": "the setting", "people": "people", "rule": "the rule"}


def _best(what: str, leader: Leader, measure: str) -> str:
    """Describe the leader of all changes."""
    effect, kind = leader.effect, leader.effect.intervention.kind
    if not _helps(effect):
        first = _with_effect(effect, measure)
        return f"{what} that ranked first, {first}, does not measurably raise {aim_of(measure)}."
    text = f"{what} that raises {aim_of(measure)} most is {_with_rivals(leader, measure)}."
    return f"{text} But it {_REASONS[kind]}." if kind in _REASONS else text


def _of_kinds(leaders: Sequence[Leader], first: Leader, measure: str) -> Iterator[str]:
    """Name the best of the other kinds, and the kinds of which nothing helps."""
    helping = [leader for leader in leaders if _helps(leader.effect)]
    if helping:
        named = ((_KIND_NAMES[one.effect.intervention.kind], _with_rivals(one, measure)) for one in helping)
        yield f"{words.capital('; '.join(f'of {kind} it is {text}' for kind, text in named))}."
    idle = [_KIND_NAMES[one.effect.intervention.kind] for one in leaders if one not in helping]
    if idle and (helping or _helps(first.effect)):
        yield f"No single change of {' or '.join(idle)} measurably raises it."


def _helps(effect: Effect) -> bool:
    """Return whether an effect is measurably above zero, on fresh replications where there are some."""
    return _fresh(effect).low > 0.0


def _together(effects: Effects) -> Iterator[str]:
    """Say which bundle is enough: of the process alone, and of every kind."""
    if _is_reached(effects):
        return
    if not any(bundle.is_process and _helps(bundle.effect) for bundle in effects.bundles):
        bundles = f"in a bundle of up to {MOST_PARTS} that was tried"
        yield f"Nothing that is in the hands of the process helps, alone or {bundles}."
    yield from (_bundle_text(one, effects.threshold, effects.measure) for one in effects.bundles if _helps(one.effect))


def _bundle_text(bundle: Bundle, threshold: float, measure: str) -> str:
    """Say what a bundle reaches, and whether that is enough on the fresh replications, too."""
    whole, over, reached = bundle.effect.intervention, value_text(threshold, measure), _value(bundle.reached, measure)
    of = "changes of the process alone" if bundle.is_process else "changes of every kind"
    names = words.listed([f"“{change_name(part)}”" for part in whole.parts or (whole,)])
    if not bundle.is_enough:
        return f"No bundle of {of} that was tried reaches {over}; the best is {names} ({reached})."
    is_sure = bundle.reached.low >= threshold
    if not whole.parts:
        return f"Of {of}, {names} {'is' if is_sure else 'may be'} enough to reach {over} ({reached})."
    return f"Of {of}, {len(whole.parts)} together {'' if is_sure else 'may '}reach {over}: {names} ({reached})."


def _with_rivals(leader: Leader, measure: str) -> str:
    """Name a leader with its effect, and those that cannot be told apart from it."""
    rivals = [f"“{change_name(rival)}”" for rival in leader.rivals]
    beside = f", from which {words.listed(rivals, most=_MOST_NAMED)} cannot be told apart" if rivals else ""
    return f"{_with_effect(leader.effect, measure)}{beside}"


def _fresh(effect: Effect) -> Estimate:
    """Return the change of the measure on fresh replications, where there is one."""
    return effect.change if effect.fresh is None else effect.fresh


def _with_effect(effect: Effect, measure: str) -> str:
    """Name a change with its effect."""
    return f"“{change_name(effect.intervention)}” ({_change(_fresh(effect), measure)})"


def effects_table(effects: Effects) -> Table:
    """List one row per intervention, the best first, then per bundle that the text names.

    `parts`: of a bundle, else 1. `runs`: replications behind all estimates but `fresh`, the change of the measure on
    others. Every measure has its value and its change, that which is to be raised first.
    """
    names = (f"{name}{what}" for name in effects.base for what in ("", "_change"))
    header = ["change", "kind", "parts", "own", "runs", *estimate_columns([*names, "fresh"]), "set"]
    bundles = (one.effect for one in effects.bundles if one.effect.intervention.parts)
    return header, (_row(effect, effects.measure) for effect in (*effects.singles, *bundles))


def _row(effect: Effect, measure: str) -> list[object]:
    numbers = estimate_numbers(
        possible(name, one[name]) for name in effect.values for one in (effect.values, effect.changes)
    )  # fmt: skip
    fresh = (None,) * 3 if effect.fresh is None else possible(measure, effect.fresh)[:3]
    of = effect.intervention
    return [
        change_name(of), of.kind, len(of.parts) or 1, of.is_own, effect.change.observations, *numbers, *fresh,
        "; ".join(as_set(of)),
    ]  # fmt: skip


def as_set(intervention: Intervention) -> Iterator[str]:
    """Write a change as `--set` takes it; events are added to those of the scenario."""
    yield from (f"{path}={flow(value)}" for path, value in intervention.changes.items())
    yield from (f"process.events += {flow([event])}" for event in intervention.events)


def failure_table(effects: Effects) -> Table:
    """List one row per number: of all failed runs, of each open issue, of each end of a red line, of each blocker."""
    return ["what", "of", "value", "low", "high", "runs"], _failure_rows(effects)


def _failure_rows(effects: Effects) -> Iterator[list[object]]:
    for name, estimate in effects.failure._asdict().items():
        if isinstance(estimate, Estimate):
            yield [name, "", *estimate[:4]]
    for issue in effects.failure.issues:
        for name in ("open", "no_zone", "fewest_blockers", "shortfall"):
            yield [name, issue.issue, *getattr(issue, name)[:4]]
        yield from ([why.name.lower(), issue.issue, *part[:4]] for why, part in issue.reasons.items())
    yield from (["zones_closed", group, *zones[:4]] for group, zones in effects.failure.zones_closed.items())
    for one in effects.line_ends:
        yield ["zone_without", f"{one.line.label}: {one.line.name} on {one.line.issue}", *one.opens[:4]]
    for blocker in effects.failure.blockers:
        yield ["blocks", blocker.name, *blocker.blocks[:4]]
        yield ["pivotal", blocker.name, *blocker.alone[:4]]
