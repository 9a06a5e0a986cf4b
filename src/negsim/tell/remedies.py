"""What would raise the chance of consensus, as text and as rows; and what failure is made of.

Rules that hold here
- Plain text without colour; every number comes with its interval at 95 %.
- A change of the rule is marked: a lower bar is not the same as agreement.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from negsim.scenario.loading import flow
from negsim.study.effects import Estimate
from negsim.study.levers import Turn
from negsim.study.remedies import Failure, Remedies, Remedy
from negsim.tell.comparisons import PARTS
from negsim.tell.explanations import alike, is_alike, paragraph, possible
from negsim.tell.study_words import with_interval
from negsim.tell.tables import Table
from negsim.tell.words import in_points, listed, signed

MARKS = {"process": "", "setting": "setting", "rule": "rule"}
CELL = 24  # letters of an estimate in a table
ESTIMATES = ("consensus", "consensus_change", "share_change", "depth", "depth_change")


def remedies_text(found: Remedies, name: str) -> str:
    """What `negsim why` prints. name: what to call the scenario."""
    r, width = found.replications, max(len(one.turn.name) for one in (*found.singles, *found.pairs))
    singles, pairs = f"{'single changes':<{width}}", f"{f'best of {found.tried} pairs':<{width}}"
    levels = (
        f"consensus {share_of(found.consensus)}, paragraphs agreed {share_of(found.share_agreed)}",
        f"depth of what was agreed {with_interval('depth', found.depth)}",
    )
    lines = [
        f"{name}: what would raise the chance of consensus",
        f"ranked on replications 0 to {r - 1:,}, estimated on {r:,} to {2 * r - 1:,}, seed {found.seed}",
        "changes in points of a hundred, with paired intervals at 95 %",
        f"as it is: {', '.join(levels)}",
        "setting: what a process finds; rule: what counts as consensus, so that a lower bar is not more agreement",
        "",
        f"{singles}           {'consensus':<{CELL}}{'paragraphs agreed':<{CELL}}depth of what was agreed",
        *(_line(one, width) for one in found.singles),
        "",
        f"{pairs}           {'consensus':<{CELL}}{'beyond better half':<{CELL}}depth of what was agreed",
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
