"""Explain the difference between two scenarios, and what would raise the chance of consensus, as text and as rows.

- Plain text without colour. Every number has its interval at 95 %; a change that is the same in every run has the
  number of runs instead. No interval goes beyond what is possible.
- An effect is named only if its interval excludes zero.
- A change of the decision rule is marked as one: a lower bar is not more agreement.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import accumulate

from negsim.cast.knobs import METHODOLOGY, UNCHANGED_LEVEL
from negsim.files import Table
from negsim.negotiation.measures import lookup
from negsim.report import words
from negsim.scenario.yaml import flow
from negsim.study.estimates import Estimate
from negsim.study.explain import Change, Explanation, Interaction, Share
from negsim.study.interventions import Effect, Effects, Failure, Intervention
from negsim.study.table import estimate_columns, estimate_numbers

_LINE_LETTERS = 110  # of a line


def change_name(intervention: Intervention) -> str:
    """Name a change; methodologies have their usual names."""
    if intervention.parts:
        return " + ".join(map(change_name, intervention.parts))
    method = intervention.changes.get(METHODOLOGY.path)
    return f"methodology: {words.format_name(method)}" if isinstance(method, str) else intervention.name


def is_between_0_and_1(measure: str) -> bool:
    """Return whether the scale of a measure goes from 0 to 1."""
    return (lookup(measure).low, lookup(measure).high) == (0.0, 1.0)


def possible(measure: str, estimate: Estimate, most: float = 1.0) -> Estimate:
    """Clip the interval of a change to what is possible. most: the largest change of a share.

    >>> possible("consensus", Estimate(0.9, 0.7, 1.1, 9))
    Estimate(value=0.9, low=0.7, high=1.0, observations=9)
    """
    if not is_between_0_and_1(measure) or math.isnan(estimate.low):
        return estimate
    return estimate._replace(low=max(-most, estimate.low), high=min(most, estimate.high))


def _paragraph(text: str) -> str:
    """Wrap a text to lines of a readable length."""
    return "\n".join(textwrap.wrap(text, _LINE_LETTERS, break_long_words=False))


# What made the difference


def as_shown(change: Change) -> Change:
    """Convert a change to the units in which it is shown, with no interval beyond what is possible."""
    measure = change.measure

    def part(estimate: Estimate, most: float = 1.0) -> Estimate:
        return words.in_units(possible(measure, estimate, most), measure)

    return Change(
        measure,
        words.in_units(change.before, measure),
        words.in_units(change.after, measure),
        part(change.change),
        tuple(
            Share(share.part, part(share.shapley), part(share.added), part(share.left_out)) for share in change.shares
        ),
        tuple(Interaction(pair.parts, part(pair.interaction, 2.0)) for pair in change.pairs),
    )


def by_share(change: Change) -> list[Share]:
    """Return the shares of a change, the largest first, whatever its sign."""
    return sorted(change.shares, key=lambda share: -abs(share.shapley.value))


def explanation_text(explanation: Explanation, first: str, second: str) -> str:
    """Write what `negsim explain` prints. first, second: names of the scenarios."""
    hybrids = 2 ** len(explanation.parts)
    lines = [
        f"{first} -> {second}",
        f"{explanation.replications:,} replications, seed {explanation.seed}; intervals at 95 %",
        f"the same replications for {hybrids} hybrids of both",
        "share      Shapley's; the shares add up to the change",
        f"added      what {first} gains with this alone as in {second}",
        f"left out   what {second} loses with this alone as in {first}; below zero it gains",
    ]
    main, *others = changes = [as_shown(change) for change in explanation.changes]
    for change in changes:
        lines += ["", *_change_lines(change)]
    paragraphs = [in_words(main, first, second), *(words.capital(shortly(change)) for change in others)]
    return "\n".join([*lines, "", *(f"{_paragraph(text)}\n" for text in paragraphs)]).rstrip()


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


def in_words(change: Change, first: str, second: str) -> str:
    """Say which parts carry a change, which need or replace others, and which have no detectable effect."""
    sentences = [f"From {first} to {second}: {shortly(change)}"]
    if change.change.excludes_zero:
        sentences += [*_alone(change, first, second), *_overlap(change)]
    return " ".join(sentences)


def shortly(change: Change) -> str:
    """Say which parts carry a change, and which have no detectable effect."""
    shares, measure, whole = by_share(change), change.measure, change.change
    text = words.change_text(whole, measure)
    if whole.low == whole.value == whole.high == 0.0:
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
    if silent:
        sentences.append(f"{words.capital(words.listed(silent))} had no detectable effect.")
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


def _alone(change: Change, first: str, second: str) -> Iterator[str]:
    """Yield sentences on parts that do much less than their share by themselves, at either end."""
    shares = _forth(change, [share for share in by_share(change) if share.shapley.excludes_zero])
    if added := [share.part for share in shares if _less(share.added, share.shapley)]:
        need, each = ("needs", "it") if len(added) == 1 else ("need", "each")
        where = f"added to {first} alone, {each} does less than half of its share"
        yield f"{words.capital(words.listed(added))} {need} the others: {where}."
    little = [share for share in shares if _less(share.left_out, share.shapley)]
    more = [share.part for share in little if share.left_out.excludes_zero and _is_opposed(share)]
    if spare := [share.part for share in little if share.part not in more]:
        each = "it" if len(spare) == 1 else "each"
        where = f"left out of {second} alone, {each} costs less than half of its share"
        yield f"The others make up for {words.listed(spare)}: {where}."
    if more:
        one = "" if len(more) == 1 else "one of "
        yield f"With only {one}{words.listed(more)} left out of {second}, the change would have been larger."


def _is_opposed(share: Share) -> bool:
    """Return whether the second scenario changes further without a part."""
    return share.left_out.value * share.shapley.value < 0.0


def _less(alone: Estimate, share: Estimate) -> bool:
    """Return whether a part surely does less by itself than half of its share."""
    reach = alone.high if share.value > 0.0 else -alone.low
    return reach < abs(share.value) / 2


def _overlap(change: Change) -> Iterator[str]:
    """Name the pair that does most more, or less, together than apart."""
    pairs = [pair for pair in change.pairs if pair.interaction.excludes_zero]
    if pairs:
        pair = max(pairs, key=lambda pair: abs(pair.interaction.value))
        more = pair.interaction.value * change.change.value > 0.0
        how = "help each other" if more else "replace each other"
        interaction = words.change_text(pair.interaction, change.measure)
        yield f"Of all pairs, {words.listed(pair.parts)} {how} most (together against apart: {interaction})."


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


# What would raise the chance of consensus


def effects_text(effects: Effects, name: str) -> str:
    """Write what `negsim why` prints. name: of the scenario."""
    r = effects.replications
    agreed, depth = words.measure_name("share_agreed"), words.measure_name("depth_overall")
    levels = (
        f"consensus {_share(effects.consensus)}",
        f"{agreed} {_share(effects.share_agreed)}",
        f"{depth} {words.estimate_text(effects.depth_overall, 'depth_overall')}",
    )
    singles = ["single changes", "", "consensus", agreed, depth]
    pairs = [f"best of {effects.tried} pairs", "", "consensus", "beyond better half", depth]
    lines = [
        f"{name}: what would raise the chance of consensus",
        f"ranked on replications 0 to {r - 1:,}, estimated on {r:,} to {2 * r - 1:,}, seed {effects.seed}",
        "changes are in percentage points, with paired intervals at 95 %",
        f"{UNCHANGED_LEVEL}: {', '.join(levels)}",
        "setting: what a process finds; rule: what counts as consensus, so that a lower bar is not more agreement",
        "",
        *words.columns([singles, *map(_cells, effects.singles), [], pairs, *map(_cells, effects.pairs)]),
    ]
    return "\n".join([*lines, "", _paragraph(_advice(effects)), "", _paragraph(_failure_text(effects.failure, name))])


def _cells(effect: Effect) -> list[str]:
    beside = effect.share_change if effect.beyond is None else effect.beyond
    changes = (re.sub(" points?", "", _points(change)) for change in (effect.consensus_change, beside))
    kind = "" if effect.intervention.kind == "process" else effect.intervention.kind
    depth = words.estimate_text(effect.depth_overall, "depth_overall")
    return [change_name(effect.intervention), kind, *changes, depth]


def _share(estimate: Estimate) -> str:
    return words.estimate_text(estimate, "consensus")


def _points(change: Estimate) -> str:
    return words.change_text(possible("consensus", change), "consensus")


def _advice(effects: Effects) -> str:
    """Name the best single change and pair, the best that leave rule and setting alone, and what lowers the chance."""
    sentences, best = [_best("The single change", effects.singles)], effects.singles[0].intervention
    if effects.pairs:
        sentences.append(_best("The pair", effects.pairs))
        without = [pair for pair in effects.pairs if best not in pair.intervention.parts]
        if without and best in effects.pairs[0].intervention.parts:
            sentences.append(_best(f"Of the pairs without “{change_name(best)}”, the one", without))
    worse = [
        f"“{change_name(single.intervention)}”" for single in effects.singles if single.consensus_change.high < 0.0
    ]
    if worse:
        lower = "lowers" if len(worse) == 1 else "lower"
        sentences.append(f"{words.listed(worse)} {lower} the chance of consensus.")
    return " ".join(sentences)


def _best(what: str, ranking: Sequence[Effect]) -> str:
    """Describe the first of a ranking, and if that changes the rule or the setting, the first that does not."""
    first = ranking[0]
    if not first.consensus_change.low > 0.0:
        return f"{what} that ranked first, {_with_effect(first)}, does not measurably raise the chance of consensus."
    text = f"{what} that raises the chance of consensus most is {_with_effect(first)}."
    process = next((effect for effect in ranking if effect.intervention.kind == "process"), None)
    if first.intervention.kind == "process" or process is None:
        return text
    why = "lowers the bar" if first.intervention.kind == "rule" else "is not for a process to decide"
    return f"{text} But it {why}; the best that changes only the process is {_with_effect(process)}."


def _with_effect(effect: Effect) -> str:
    """Name a change with its effect; of a pair, also its effect beyond its better half."""
    text = f"“{change_name(effect.intervention)}” ({_points(effect.consensus_change)}"
    if effect.beyond is None:
        return f"{text})"
    if not effect.beyond.excludes_zero:
        return f"{text}, not measurably more than its better half)"
    return f"{text}, {_points(effect.beyond)} beyond its better half)"


def _failure_text(failure: Failure, name: str) -> str:
    """Say what the failed runs lacked: concession, a zone of agreement, or another text at their readings."""
    if failure.failed.value == 0.0:
        return f"Every run of {name} ends in consensus; there is no failure to explain."
    head = f"Of the runs of {name}, {_share(failure.failed)} end without consensus."
    if math.isnan(failure.closable_share.value):
        return f"{head} Every paragraph was agreed in them; the report was not adopted."
    closable, none = words.estimate_text(failure.closable), words.estimate_text(failure.no_zone)
    never = failure.all_closable.value == 0.0
    text = (
        f"{head} In such a run {closable} open paragraphs have a zone of agreement at the end (some text would pass if"
        f" everybody conceded all they ever will) and {none} have none: full concession would close"
        f" {_share(failure.closable_share)} of what stays open, and all of it in"
        f" {'none' if never else _share(failure.all_closable)} of these runs."
    )
    if math.isnan(failure.passable.value):
        return f"{text} No reading of a paragraph failed in them."
    return (
        f"{text} At {_share(failure.passable)} of their failed readings another text would have passed as things stood."
    )


def effects_table(effects: Effects) -> Table:
    """List one row per intervention or pair, in the order of the ranking."""
    names = (name for name in Effect._fields if name != "intervention")
    header = ["change", "kind", "pair", *estimate_columns(names), "set"]
    return header, (_row(effect) for effect in (*effects.singles, *effects.pairs))


def _row(effect: Effect) -> list[object]:
    estimates = (
        effect.consensus, effect.consensus_change, effect.share_change, effect.depth_overall,
        effect.depth_overall_change,
    )  # fmt: skip
    numbers = estimate_numbers(possible("consensus", estimate) for estimate in estimates)
    beyond = (None,) * 3 if effect.beyond is None else possible("consensus", effect.beyond)[:3]
    of = effect.intervention
    return [change_name(of), of.kind, bool(of.parts), *numbers, *beyond, "; ".join(_as_set(of))]


def _as_set(intervention: Intervention) -> Iterator[str]:
    """Write a change as `--set` takes it; events are added to those of the scenario."""
    yield from (f"{path}={flow(value)}" for path, value in intervention.changes.items())
    yield from (f"process.events += {flow([event])}" for event in intervention.events)


def failure_table(failure: Failure) -> Table:
    """List one row per number."""
    rows = ([name, *estimate] for name, estimate in failure._asdict().items())
    return ["what", "value", "low", "high", "runs"], rows
