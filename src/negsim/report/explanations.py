"""What made the difference between two scenarios, and what would make one, as text and as rows.

Rules that hold here
- Plain text without colour; every number comes with its interval at 95 %.
- What cannot be told from nothing is said to be so; a lower bar is never called agreement.
- What no run shows has no interval: it is told with the number of runs. No interval passes what is possible.

What would raise the chance of consensus, as text and as rows; and what failure is made of.

Rules that hold here
- Plain text without colour; every number comes with its interval at 95 %.
- A change of the rule is marked: a lower bar is not the same as agreement.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from itertools import accumulate

from negsim.negotiation.measures import lookup
from negsim.report.comparisons import PARTS
from negsim.report.tables import Table
from negsim.report.words import capital, in_points, listed, measure_name, signed, unit, with_interval
from negsim.report.words import change as in_words_of
from negsim.scenario.yaml import flow
from negsim.study.estimates import Estimate
from negsim.study.explain import OF_WHAT_WAS_AGREED, Change, Explanation, Pair, Share
from negsim.study.remedies import Failure, Remedies, Remedy, Turn

LETTERS = 110  # of a line


def name_of(measure: str) -> str:
    """What to call a measure of every run.

    >>> name_of("depth")
    'depth of what was agreed (0 where nothing was)'
    """
    return measure_name(measure) + (" (0 where nothing was)" if measure in OF_WHAT_WAS_AGREED else "")


def number(found: Estimate) -> str:
    """A change with its interval, or with the number of runs where it is the same in all of them.

    >>> number(Estimate(-0.25, -0.3, -0.2, 100)), number(Estimate(0.0, 0.0, 0.0, 20))
    ('-0.250 [-0.300, -0.200]', 'no change in any of 20 runs')
    """
    if is_alike(found):
        return alike(found, f"{found.value:+.3f}")
    return f"{found.value:+.3f}" + ("" if math.isnan(found.low) else f" [{found.low:+.3f}, {found.high:+.3f}]")


def is_alike(found: Estimate) -> bool:
    """Whether a change is the same in every run."""
    return found.low == found.value == found.high


def alike(found: Estimate, value: str) -> str:
    """A change that is the same in every run."""
    runs = f"{found.observations:,} runs"
    return f"{value} in all {runs}" if found.value else f"no change in any of {runs}"


def changed(measure: str, found: Estimate) -> str:
    """A change of a measure in words, with its interval if it has one."""
    text = in_words_of(measure, found)
    return alike(found, text.split(" [")[0]) if is_alike(found) else text


def is_between_0_and_1(measure: str) -> bool:
    """Whether no run can have less than 0 or more than 1 of it."""
    return (lookup(measure).low, lookup(measure).high) == (0.0, 1.0)


def possible(measure: str, found: Estimate, most: float = 1.0) -> Estimate:
    """A change of a measure, its interval cut off where the change cannot be. most: the largest change there can be.

    >>> possible("consensus", Estimate(0.9, 0.7, 1.1, 9))
    Estimate(value=0.9, low=0.7, high=1.0, observations=9)
    """
    if not is_between_0_and_1(measure) or math.isnan(found.low):
        return found
    return found._replace(low=max(-most, found.low), high=min(most, found.high))


def paragraph(text: str) -> str:
    """A text on lines of a readable length."""
    return "\n".join(textwrap.wrap(text, LETTERS, break_long_words=False))


def in_units(change: Change) -> Change:
    """A change as it is shown: times in hours, no interval beyond what is possible."""
    scale = unit(change.measure)

    def shown(one: Estimate) -> Estimate:
        return Estimate(one.value / scale, one.low / scale, one.high / scale, one.observations)

    return Change(
        change.measure,
        shown(change.before),
        shown(change.after),
        shown(possible(change.measure, change.change)),
        tuple(Share(one.knob, *(shown(possible(change.measure, part)) for part in one[1:])) for one in change.shares),
        tuple(Pair(pair.knobs, shown(possible(change.measure, pair.interaction, 2.0))) for pair in change.pairs),
    )


def by_share(change: Change) -> list[Share]:
    """The shares of a change, the largest first whatever its sign."""
    return sorted(change.shares, key=lambda one: -abs(one.shapley.value))


def explanation_text(found: Explanation, first: str, second: str) -> str:
    """What `negsim explain` prints. first, second: what to call the scenarios."""
    hybrids = 2 ** len(found.knobs)
    lines = [
        f"{first} -> {second}",
        f"{found.replications:,} replications, seed {found.seed}, the same for {hybrids} hybrids; intervals at 95 %",
        "share      Shapley's; the shares add up to the change",
        f"added      {first} with this knob alone as in {second}",
        f"left out   what {second} loses with this knob alone as in {first}",
    ]
    main, *others = changes = [in_units(change) for change in found.changes]
    for change in changes:
        lines += ["", *_change_lines(change)]
    told = [in_words(main, first, second), *(capital(shortly(change)) for change in others)]
    return "\n".join([*lines, "", *(f"{paragraph(text)}\n" for text in told)]).rstrip()


def _change_lines(change: Change) -> Iterator[str]:
    rows = [
        ["", "share", "added", "left out"],
        *([one.knob, *map(number, (one.shapley, one.added, one.left_out))] for one in by_share(change)),
        ["together", number(change.change), "", ""],
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    ends = f"{with_interval(change.measure, change.before)} -> {with_interval(change.measure, change.after)}"
    yield f"{name_of(change.measure)}: {ends}"
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def in_words(change: Change, first: str, second: str) -> str:
    """What carries a change, what needs others, what others stand in for, what cannot be told from nothing."""
    told = [f"From {first} to {second}: {shortly(change)}"]
    if change.change.excludes_zero:
        told += [*_alone(change, first, second), *_overlap(change)]
    return " ".join(told)


def shortly(change: Change) -> str:
    """What carries a change, and what cannot be told from nothing."""
    shares, measure = by_share(change), change.measure
    whole = f"{name_of(measure)} {changed(measure, change.change)}"
    if is_alike(change.change) and not change.change.value:
        return f"{name_of(measure)}: {changed(measure, change.change)}."
    if not change.change.excludes_zero:
        return f"{whole}, which cannot be told from nothing."
    known = [one for one in shares if one.shapley.excludes_zero and not changed(measure, one.shapley).startswith("0")]
    forth = _forth(change, known)
    back = [one for one in known if one not in forth]
    unknown = [one.knob for one in shares if not one.shapley.excludes_zero]
    most = _most(forth)
    told = [f"{whole}."]
    if forth:
        told.append(f"Most of it comes with {_carried(measure, most)}{_rest(measure, forth[len(most) :])}.")
    if back:
        told.append(f"Against it: {_carried(measure, back)}.")
    if unknown:
        told.append(f"Not to be told from nothing: {listed(unknown)}.")
    return " ".join(told)


def _forth(change: Change, shares: Sequence[Share]) -> list[Share]:
    """The shares that go the way of the whole change."""
    return [one for one in shares if one.shapley.value * change.change.value > 0.0]


def _most(shares: Sequence[Share]) -> list[Share]:
    """The fewest shares that make up more than half of all."""
    sizes = list(accumulate(abs(one.shapley.value) for one in shares))
    return [one for one, before in zip(shares, [0.0, *sizes], strict=False) if before <= sizes[-1] / 2]


def _rest(measure: str, shares: Sequence[Share]) -> str:
    return f", the rest with {_carried(measure, shares)}" if shares else ""


def _carried(measure: str, shares: Sequence[Share]) -> str:
    return listed([f"{one.knob} ({changed(measure, one.shapley)})" for one in shares])


def _alone(change: Change, first: str, second: str) -> Iterator[str]:
    """Knobs that do much less than their share by themselves, at either end."""
    known = _forth(change, [one for one in by_share(change) if one.shapley.excludes_zero])
    added = [one for one in known if _less(one.added, one.shapley)]
    if added:
        yield f"These need the others; added to {first} by themselves they bring: {_each(change, 'added', added)}."
    spare = [one for one in known if _less(one.left_out, one.shapley)]
    if spare:
        yield f"For these the others stand in; leaving one out of {second} brings: {_each(change, 'left_out', spare)}."


def _each(change: Change, end: str, shares: Sequence[Share]) -> str:
    sign = {"added": 1.0, "left_out": -1.0}[end]  # what a knob adds to all others is what leaving it out takes away
    found = ((one.knob, getattr(one, end)) for one in shares)
    return listed([f"{knob} {_or_nothing(change.measure, _times(sign, estimate))}" for knob, estimate in found])


def _times(sign: float, found: Estimate) -> Estimate:
    low, high = sorted((sign * found.low, sign * found.high))
    return found._replace(value=sign * found.value, low=low, high=high)


def _or_nothing(measure: str, found: Estimate) -> str:
    return "nothing in any run" if found.value == found.low == found.high == 0.0 else changed(measure, found)


def _less(alone: Estimate, share: Estimate) -> bool:
    """Whether a knob surely does less by itself than half of its share."""
    reach = alone.high if share.value > 0.0 else -alone.low
    return reach < abs(share.value) / 2


def _overlap(change: Change) -> Iterator[str]:
    """The pair that does most more, or less, together than apart."""
    pairs = [pair for pair in change.pairs if pair.interaction.excludes_zero]
    if pairs:
        pair = max(pairs, key=lambda pair: abs(pair.interaction.value))
        more = pair.interaction.value * change.change.value > 0.0
        how = "help each other" if more else "replace each other"
        interaction = changed(change.measure, pair.interaction)
        yield f"Of all pairs {listed(pair.knobs)} {how} most (together against apart: {interaction})."


def explanation_table(found: Explanation) -> Table:
    """One row a measure and knob, and one a measure for all knobs together."""
    names = ("shapley", "added", "left_out")
    header = ["measure", "knob", *(f"{name}{part}" for name in names for part in PARTS)]
    return header, _share_rows(found, names)


def _share_rows(found: Explanation, names: Sequence[str]) -> Iterator[list[object]]:
    for change in found.changes:
        for one in change.shares:
            estimates = [possible(change.measure, getattr(one, name)) for name in names]
            yield [change.measure, one.knob, *(n for found in estimates for n in found[:3])]
        yield [change.measure, "together", *(n for _ in names for n in possible(change.measure, change.change)[:3])]


def interaction_table(found: Explanation) -> Table:
    """One row a measure and pair of knobs."""
    return ["measure", "knob", "with", *(f"interaction{part}" for part in PARTS)], (
        [change.measure, *pair.knobs, *possible(change.measure, pair.interaction, 2.0)[:3]]
        for change in found.changes
        for pair in change.pairs
    )


MARKS = {"process": "", "setting": "setting", "rule": "rule"}
CELL = 24  # letters of an estimate in a table
ESTIMATES = ("consensus", "consensus_change", "share_change", "depth", "depth_change")


def remedies_text(found: Remedies, name: str) -> str:
    """What `negsim why` prints. name: what to call the scenario."""
    r, width = found.replications, max(len(one.turn.name) for one in (*found.singles, *found.pairs))
    singles, pairs = f"{'single changes':<{width}}", f"{f'best of {found.tried} pairs':<{width}}"
    levels = (
        f"consensus {share_of(found.consensus)}, {measure_name('share_agreed')} {share_of(found.share_agreed)}",
        f"{measure_name('depth')} {with_interval('depth', found.depth)}",
    )
    lines = [
        f"{name}: what would raise the chance of consensus",
        f"ranked on replications 0 to {r - 1:,}, estimated on {r:,} to {2 * r - 1:,}, seed {found.seed}",
        "changes in points of a hundred, with paired intervals at 95 %",
        f"as it is: {', '.join(levels)}",
        "setting: what a process finds; rule: what counts as consensus, so that a lower bar is not more agreement",
        "",
        f"{singles}           {'consensus':<{CELL}}{measure_name('share_agreed'):<{CELL}}{measure_name('depth')}",
        *(_line(one, width) for one in found.singles),
        "",
        f"{pairs}           {'consensus':<{CELL}}{'beyond better half':<{CELL}}{measure_name('depth')}",
        *(_line(one, width) for one in found.pairs),
    ]
    return "\n".join([*lines, "", paragraph(advice(found)), "", paragraph(failure_text(found.failure, name))])


def _line(remedy: Remedy, width: int) -> str:
    beside = remedy.share_change if remedy.beyond is None else remedy.beyond
    depth, mark = with_interval("depth", remedy.depth), MARKS[remedy.turn.kind]
    cells = f"{points(remedy.consensus_change):<{CELL}}{points(beside):<{CELL}}{depth}"
    return f"{remedy.turn.name:<{width}}  {mark:<9}{cells}"


def points(change: Estimate) -> str:
    """A change of a share in points of a hundred, with its interval; where all runs are alike with their number.

    >>> points(Estimate(0.12, 0.08, 0.161, 100)), points(Estimate(0.0, 0.0, 0.0, 20))
    ('+12 [+8, +16]', '0 in all 20 runs')
    """
    value = signed(100.0 * change.value, 0)
    if math.isnan(change.low):
        return value
    if is_alike(change):
        return f"{value} in all {change.observations:,} runs"
    return in_points(possible("consensus", change)).replace(" points", "")


def _in_words(change: Estimate) -> str:
    """A change of a share in a sentence."""
    if is_alike(change):
        return alike(change, f"{signed(100.0 * change.value, 0)} points")
    return f"{points(change)} points"


def share_of(found: Estimate) -> str:
    """A share with its interval, in per cent."""
    return with_interval("consensus", found)


def advice(found: Remedies) -> str:
    """The best single change and the best pair, those that leave rule and setting, and what lowers the chance."""
    told, best = [_best("The single change", found.singles)], found.singles[0].turn.name
    if found.pairs:
        told.append(_best("The pair", found.pairs))
        without = [one for one in found.pairs if best not in one.turn.parts]
        if without and best in found.pairs[0].turn.parts:
            told.append(_best(f"Of the pairs without “{best}”, the one", without))
    worse = [f"“{one.turn.name}”" for one in found.singles if one.consensus_change.high < 0.0]
    if worse:
        told.append(f"The chance of consensus is lowered by {listed(worse)}.")
    return " ".join(told)


def _best(what: str, ranked: Sequence[Remedy]) -> str:
    """The first of a ranking, and where that changes the rule or the setting, the first that does not."""
    first = ranked[0]
    if not first.consensus_change.low > 0.0:
        return f"{what} that ranked first, {_said(first)}, does not measurably raise the chance of consensus."
    text = f"{what} that raises the chance of consensus most is {_said(first)}."
    process = next((one for one in ranked if one.turn.kind == "process"), None)
    if first.turn.kind == "process" or process is None:
        return text
    why = "lowers the bar" if first.turn.kind == "rule" else "is not for a process to decide"
    return f"{text} But it {why}; of the process alone the best is {_said(process)}."


def _said(remedy: Remedy) -> str:
    """A change with its effect; of a pair, also what it does beyond its better half."""
    text = f"“{remedy.turn.name}” ({_in_words(remedy.consensus_change)}"
    if remedy.beyond is None:
        return f"{text})"
    if not remedy.beyond.excludes_zero:
        return f"{text}, not measurably more than its better half)"
    return f"{text}, {_in_words(remedy.beyond)} beyond its better half)"


def failure_text(found: Failure, name: str) -> str:
    """How much of the failure is missed agreement rather than no agreement to find."""
    if found.failed.value == 0.0:
        return f"Every run of {name} ends in consensus; there is no failure to account for."
    head = f"Of the runs of {name}, {share_of(found.failed)} end without consensus."
    if math.isnan(found.missed_share.value):
        return f"{head} In them every paragraph was agreed; what was missing was the adoption."
    each = f"In such a run {with_interval('missed_agreements', found.missed)} open paragraphs are missed agreements"
    none = f"and {with_interval('no_zone', found.no_zone)} have no zone of agreement"
    shares = f"{share_of(found.missed_share)} of what stays open could be agreed"
    never = found.within_reach.value == 0.0
    whole = "In none" if never else f"In {share_of(found.within_reach)}"
    return (
        f"{head} {each} (at the end there is a text that the room would let pass, were everybody to concede all they"
        f" ever will) {none}: {shares}. {whole} of these runs that holds for every open paragraph: consensus was"
        f" {'not ' if never else ''}there to be found."
    )


def remedies_table(found: Remedies) -> Table:
    """One row a single change or pair, in the order of the ranking."""
    header = ["change", "kind", "pair", *(f"{name}{part}" for name in (*ESTIMATES, "beyond") for part in PARTS), "set"]
    return header, (_row(one) for one in (*found.singles, *found.pairs))


def _row(remedy: Remedy) -> list[object]:
    numbers = [n for name in ESTIMATES for n in possible("consensus", getattr(remedy, name))[:3]]
    beyond = (None,) * 3 if remedy.beyond is None else possible("consensus", remedy.beyond)[:3]
    turn = remedy.turn
    return [turn.name, turn.kind, bool(turn.parts), *numbers, *beyond, "; ".join(as_set(turn))]


def as_set(turn: Turn) -> Iterator[str]:
    """A change as `--set` takes it; events are to be added to those there are."""
    yield from (f"{path}={flow(value)}" for path, value in turn.changes.items())
    yield from (f"process.events += {flow([event])}" for event in turn.events)


def failure_table(found: Failure) -> Table:
    """One row a number."""
    return ["what", "value", "low", "high", "runs"], ([name, *estimate] for name, estimate in found._asdict().items())
