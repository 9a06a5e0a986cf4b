"""Which single change, and which pair, would most raise the chance of consensus; and what failure is made of.

Rules that hold here
- The best of many estimates is too good (the winner's curse). So changes are ranked on replications 0 .. R - 1 and
  estimated on replications R .. 2R - 1, which had no say in the ranking. Order is that of the ranking.
- Every scenario runs the same replications: a change is the mean of paired differences, with Student's interval.
- Pairs are all pairs among the best change of each subject: at most `LEAVING` subjects that leave the rule as it is,
  and `LOWERING` of the rule. A change that is only good in a pair is not found.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, count
from typing import NamedTuple

import numpy as np
from scipy import stats

from negsim.negotiation.case import Floats
from negsim.negotiation.moves import Outcome
from negsim.scenario import Scenario
from negsim.study.attribution import numbers
from negsim.study.effects import Estimate, difference, mean, share
from negsim.study.levers import KINDS, Turn, catalogue
from negsim.study.runner import Runs, Step, run

Score = tuple[float, float, int, float]

LEAVING, LOWERING = 6, 2  # subjects that are paired
NOTHING = Estimate(math.nan, math.nan, math.nan, 0)
TOLD = 5  # best pairs that are estimated, besides the best of some kinds


class Remedy(NamedTuple):
    """What a change makes of the chance of consensus, of the share agreed, and of depth.

    depth: of what was agreed, over the runs that agreed something. depth_change: with 0 where nothing was agreed.
    beyond: of a pair, how much more it changes the chance of consensus than the better one of its two; else None.
    """

    turn: Turn
    consensus: Estimate
    consensus_change: Estimate
    share_change: Estimate
    depth: Estimate
    depth_change: Estimate
    beyond: Estimate | None = None


class Failure(NamedTuple):
    """What the runs without consensus lacked.

    failed: share of runs. missed, no_zone: open paragraphs a failed run for which a text existed at the end that the
    room would have let pass, or did not. missed_share: the missed of all open ones. within_reach: share of the failed
    runs in which every open paragraph had such a text.
    """

    failed: Estimate
    missed: Estimate
    no_zone: Estimate
    missed_share: Estimate
    within_reach: Estimate


class Remedies(NamedTuple):
    """What was found, in the order of the ranking."""

    replications: int
    seed: int
    consensus: Estimate
    share_agreed: Estimate
    depth: Estimate
    failure: Failure
    singles: tuple[Remedy, ...]
    pairs: tuple[Remedy, ...]
    tried: int  # pairs


def remedies(
    scenario: Scenario, *, replications: int = 1000, seed: int = 0, threads: int | None = None
) -> Generator[Step, None, Remedies]:
    """Try every single change of the catalogue and the pairs of the best; a step is a scenario that has been run."""
    singles = catalogue(scenario)
    bench = _Bench(scenario, replications, seed, threads)
    total = 2 * len(singles) + math.comb(LEAVING + LOWERING, 2) + TOLD + 3
    done = count(1)
    scores: dict[str, Score] = {}

    def scored(turns: Iterable[Turn], what: str) -> Generator[Step, None, list[Turn]]:
        for turn in turns:
            scores[turn.name] = _score(turn, bench.runs(turn, first=0))
            yield next(done), total, what
        return sorted(turns, key=lambda turn: scores[turn.name], reverse=True)

    ranked = yield from scored(singles, "single changes")
    pairs = list(paired(ranked))
    best = worth_telling((yield from scored(pairs, "pairs")), ranked)
    base = bench.runs(None, first=replications)
    found: dict[str, tuple[Remedy, Floats]] = {}
    for turn in (*ranked, *best):
        runs = bench.runs(turn, first=replications)
        found[turn.name] = _remedy(turn, base, runs), runs.is_outcome(Outcome.CONSENSUS)
        yield next(done), total, "fresh replications"
    told = [_with_beyond(found[turn.name][0], found) for turn in (*ranked, *best)]
    return Remedies(
        replications,
        seed,
        consensus=share(base.is_outcome(Outcome.CONSENSUS)),
        share_agreed=mean(base.column("share_agreed")),
        depth=mean(base.column("depth")),
        failure=failure(base),
        singles=tuple(told[: len(singles)]),
        pairs=tuple(told[len(singles) :]),
        tried=len(pairs),
    )


class _Bench(NamedTuple):
    """A scenario and how it is run."""

    scenario: Scenario
    replications: int
    seed: int
    threads: int | None

    def runs(self, turn: Turn | None, *, first: int) -> Runs:
        room = turn.of(self.scenario) if turn else self.scenario
        return run(room, replications=self.replications, seed=self.seed, first=first, threads=self.threads)


def _score(turn: Turn, runs: Runs) -> Score:
    """What changes are ranked by: the chance of consensus, the share agreed, process before rule, depth."""
    return (
        float(runs.is_outcome(Outcome.CONSENSUS).mean()),
        float(runs.column("share_agreed").mean()),
        -KINDS.index(turn.kind),
        float(numbers(runs, "depth").mean()),
    )


def paired(ranked: Sequence[Turn]) -> Iterator[Turn]:
    """The pairs that are tried, of single changes given best first; of a subject only the best one is paired."""
    firsts: dict[frozenset[str], Turn] = {}
    for turn in ranked:
        firsts.setdefault(turn.subjects, turn)
    rules = [turn for turn in firsts.values() if turn.kind == "rule"][:LOWERING]
    others = [turn for turn in firsts.values() if turn.kind != "rule"][:LEAVING]
    return (one.and_(other) for one, other in combinations([*others, *rules], 2))


def worth_telling(ranked: Sequence[Turn], singles: Sequence[Turn]) -> list[Turn]:
    """The best pairs; and of all, and of those without the best single change, the best of the process alone."""
    without = [pair for pair in ranked if singles[0].name not in pair.parts]
    alone = [next((pair for pair in pairs if pair.kind == "process"), None) for pairs in (ranked, without)]
    kept = {pair.name for pair in (*ranked[:TOLD], *without[:1], *alone) if pair is not None}
    return [pair for pair in ranked if pair.name in kept]


def _remedy(turn: Turn, base: Runs, turned: Runs) -> Remedy:
    """The estimates of a change."""
    consensus = turned.is_outcome(Outcome.CONSENSUS)
    return Remedy(
        turn,
        consensus=share(consensus),
        consensus_change=difference(consensus, base.is_outcome(Outcome.CONSENSUS)),
        share_change=difference(turned.column("share_agreed"), base.column("share_agreed")),
        depth=mean(turned.column("depth")),
        depth_change=difference(numbers(turned, "depth"), numbers(base, "depth")),
    )


def _with_beyond(remedy: Remedy, found: Mapping[str, tuple[Remedy, Floats]]) -> Remedy:
    """A pair with what it does beyond the better one of its two."""
    parts = [found[name][1] for name in remedy.turn.parts]
    if len(parts) < 2:
        return remedy
    better = max(parts, key=lambda consensus: float(consensus.mean()))
    return remedy._replace(beyond=difference(found[remedy.turn.name][1], better))


def failure(runs: Runs) -> Failure:
    """What the runs without consensus lacked: a text that the room would have let pass, or only the finding of it."""
    failed = runs.is_outcome(Outcome.CONSENSUS) == 0.0
    missed, none = runs.column("missed_agreements")[failed], runs.column("no_zone")[failed]
    return Failure(
        failed=share(failed.astype(float)),
        missed=_counted(missed),
        no_zone=_counted(none),
        missed_share=ratio(missed, missed + none),
        within_reach=share((none == 0.0).astype(float)) if failed.any() else NOTHING,
    )


def _counted(numbers: Floats) -> Estimate:
    """The mean of counts, its interval cut off at 0."""
    found = mean(numbers)
    return found if math.isnan(found.low) else found._replace(low=max(0.0, found.low))


def ratio(part: Floats, whole: Floats) -> Estimate:
    """Sum of the parts by that of the wholes (R each), with the linearised interval at 95 %; NaN where all are 0.

    Cochran, W. G. (1977). Sampling Techniques, 3rd ed., section 2.11: the variance of r = p / w is about that of
    p - r·w over R, divided by the square of the mean whole.

    >>> print(ratio(np.array([1.0, 2.0]), np.array([2.0, 4.0])))
    0.500 [0.500, 0.500]
    """
    n = len(whole)
    if not whole.any():
        return NOTHING._replace(observations=n)
    value = float(part.sum() / whole.sum())
    if n == 1:
        return Estimate(value, math.nan, math.nan, n)
    deviation = float(np.std(part - value * whole, ddof=1)) / (math.sqrt(n) * float(whole.mean()))
    half = float(stats.t.ppf(0.975, n - 1)) * deviation
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), n)
