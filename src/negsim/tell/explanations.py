"""What made the difference between two scenarios, and what would make one, as text and as rows.

Rules that hold here
- Plain text without colour; every number comes with its interval at 95 %.
- What cannot be told from nothing is said to be so; a lower bar is never called agreement.
- What no run shows has no interval: it is told with the number of runs. No interval passes what is possible.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from itertools import accumulate

from negsim.study.attribution import OF_WHAT_WAS_AGREED, Change, Explanation, Pair, Share
from negsim.study.effects import Estimate
from negsim.study.table import UNIT
from negsim.tell.comparisons import PARTS
from negsim.tell.study_words import SHARES, measure_name, unit, with_interval
from negsim.tell.study_words import change as in_words_of
from negsim.tell.tables import Table
from negsim.tell.words import capital, listed

LETTERS = 110  # of a line
FROM_0_TO_1 = UNIT.union(SHARES)  # measures


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


def possible(measure: str, found: Estimate, most: float = 1.0) -> Estimate:
    """A change of a measure, its interval cut off where the change cannot be. most: the largest change there can be.

    >>> possible("consensus", Estimate(0.9, 0.7, 1.1, 9))
    Estimate(value=0.9, low=0.7, high=1.0, observations=9)
    """
    if measure not in FROM_0_TO_1 or math.isnan(found.low):
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
