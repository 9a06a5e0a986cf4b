"""Find the interventions, and the pairs of them, that most raise the chance of consensus, and what failure lacks.

- Every scenario runs the same replications: an effect is the mean of paired differences, with Student's interval. The
  order is that of the numbers shown, on replications 0 .. R - 1, the same that `negsim run` counts.
- The best of many estimates is best partly by luck (the winner's curse). To order changes by other replications than
  those shown would not help: whoever reads +4 above +5 cannot use the order. So what the text recommends, the leading
  changes and pairs, is estimated again on replications R .. 2R - 1, which had no say in the choice.
- A first pass over a quarter of the replications drops what can hardly lead: an intervention with more measurably
  better ones of its kind, on different subjects, than are paired. Measurably: their intervals lie wholly above its own.
  It is listed with the estimate of the first pass. With fewer than `_FEWEST_SCREENED` replications nothing is dropped.
- Pairs are all pairs among the best intervention of each subject, so many of each kind as `_PAIRED` says. An
  intervention that helps only in a pair is not found.
- Where every run ends in consensus nothing is tried.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from negsim.negotiation.tables import Floats, Outcome
from negsim.scenario import Scenario
from negsim.scenario.changes import Changes
from negsim.study.catalogue import INTERVENTION_KINDS, Intervention, LineEnd, candidates, catalogue
from negsim.study.estimates import Estimate, difference, share
from negsim.study.failure import Failure, failed_runs, failure
from negsim.study.runner import Runs, Step, run
from negsim.study.table import estimated

_Score = tuple[float, float, int, float]

_PAIRED = {"process": 4, "setting": 1, "people": 2, "rule": 1}  # subjects of each kind that are paired
_BEST_PAIRS = 5  # best pairs that are shown, besides the leading ones of some kinds
_FEWEST_SCREENED = 200  # replications from which the first pass has enough to drop anything


class Effect(NamedTuple):
    """The effect of an intervention on the chance of consensus, the share agreed, and depth (0 if nothing was agreed).

    beyond: of a pair, how much more it changes the chance of consensus than the better one of its two; else None.
    fresh: its change of the chance of consensus on replications that had no say in the order; None if not estimated.
    """

    intervention: Intervention
    consensus: Estimate
    consensus_change: Estimate
    share_change: Estimate
    depth_overall: Estimate
    depth_overall_change: Estimate
    beyond: Estimate | None = None
    fresh: Estimate | None = None


class LineEffect(NamedTuple):
    """An end of a red line, and the share of the failed runs without a zone on its issue that have one without it."""

    line: LineEnd
    opens: Estimate


class Effects(NamedTuple):
    """Single changes and pairs, the best first, and those dropped after the first pass.

    line_ends: the ends of red lines that close zones, those that close most first. tried: pairs. passed: replications
    of the first pass.
    """

    replications: int
    seed: int
    consensus: Estimate
    share_agreed: Estimate
    depth_overall: Estimate
    failure: Failure
    line_ends: tuple[LineEffect, ...]
    singles: tuple[Effect, ...]
    dropped: tuple[Effect, ...]
    pairs: tuple[Effect, ...]
    tried: int
    passed: int


class _Trial(NamedTuple):
    """An intervention and what its runs gave: consensus, share agreed, depth (R each), zones at the end (R,K)."""

    intervention: Intervention
    consensus: Floats
    share_agreed: Floats
    depth_overall: Floats
    zones: Floats

    @property
    def score(self) -> _Score:
        """The ranking key: chance of consensus, share agreed, process before rule, depth."""
        return (
            float(self.consensus.mean()),
            float(self.share_agreed.mean()),
            -INTERVENTION_KINDS.index(self.intervention.kind),
            float(self.depth_overall.mean()),
        )

    def joined(self, more: _Trial) -> _Trial:
        """Return the trial with later replications."""
        return _Trial(self.intervention, *map(np.concatenate, zip(self[1:], more[1:], strict=True)))

    def change(self, base: Runs) -> Estimate:
        """Estimate its change of the chance of consensus. base: runs of the same replications, or more."""
        return difference(self.consensus, base.is_outcome(Outcome.CONSENSUS)[: len(self.consensus)])


_Trials = list[_Trial]


def why(
    scenario: Scenario,
    *,
    try_: Mapping[str, Changes] | None = None,
    replications: int = 1000,
    seed: int = 0,
    threads: int | None = None,
) -> Generator[Step, None, Effects]:
    """Say what failure lacks, and try every intervention of the catalogue and the pairs of the best.

    try_: candidates of one's own, by label, as `--set` takes them. A step is a scenario that has been run, counted in
    runs. Raises NegsimError for a candidate that cannot be made or changes nothing.
    """
    own = candidates(scenario, try_ or {})
    runs_of = partial(run, seed=seed, threads=threads)
    search = _Search(scenario, runs_of(scenario, replications=replications), runs_of)
    untried = _untried(search.base, search.passed)
    if not failed_runs(search.base).any():
        return untried
    pairs_later = math.comb(sum(_PAIRED.values()), 2) * search.passed
    singles, dropped = yield from search.race([*own, *catalogue(scenario)], _PAIRED, later=pairs_later)
    pairs = list(paired([trial.intervention for trial in singles]))
    best, _ = yield from search.race(pairs, dict.fromkeys(_PAIRED, _BEST_PAIRS), later=0)
    names = {trial.intervention.name for group in recommended(singles, best) for trial in group}
    best = [pair for n, pair in enumerate(best) if n < _BEST_PAIRS or pair.intervention.name in names]
    fresh = yield from search.again([one.intervention for one in (*singles, *best) if one.intervention.name in names])
    alone = {trial.intervention.name: trial.consensus for trial in singles}

    def effects(trials: _Trials) -> tuple[Effect, ...]:
        return tuple(
            _effect(trial, search.base, [alone[part.name] for part in trial.intervention.parts])._replace(
                fresh=fresh.get(trial.intervention.name)
            )
            for trial in trials
        )

    return untried._replace(
        line_ends=tuple(_line_effects([*singles, *dropped], search.base)),
        singles=effects(singles),
        dropped=effects(dropped),
        pairs=effects(best),
        tried=len(pairs),
    )


class _Search:
    """The runs of a scenario as it is (`base`), and the trials of what would change it."""

    def __init__(self, scenario: Scenario, base: Runs, runs_of: Callable[..., Runs]) -> None:
        self.scenario, self.base, self.runs_of = scenario, base, runs_of
        self.replications = self.done = len(base)
        self.passed = self.replications // 4 if self.replications >= _FEWEST_SCREENED else self.replications

    def each(
        self, interventions: Sequence[Intervention], first: int, count: int, later: int
    ) -> Generator[Step, None, _Trials]:
        """Try each on some replications. later: about how many runs there are to do after that."""
        total, trials = self.done + len(interventions) * count + later, []
        for intervention in interventions:
            runs = self.runs_of(intervention.of(self.scenario), first=first, replications=count)
            columns = (runs.column("share_agreed"), runs.column("depth_overall"), runs.by_issue("zone_end"))
            trials.append(_Trial(intervention, runs.is_outcome(Outcome.CONSENSUS), *columns))
            self.done += count
            yield self.done, total, "runs"
        return trials

    def race(
        self, interventions: Sequence[Intervention], most: Mapping[str, int], later: int
    ) -> Generator[Step, None, tuple[_Trials, _Trials]]:
        """Try all on the first pass, and what may still lead on the rest; return those and the others, best first.

        most: how many subjects of each kind are wanted.
        """
        rest, later = self.replications - self.passed, later + (_BEST_PAIRS + 2) * self.replications
        half = len(interventions) // 2 * rest
        followed, dropped = _parted(
            (yield from self.each(interventions, 0, self.passed, half + later)), self.base, most
        )
        if rest:
            more = yield from self.each([trial.intervention for trial in followed], self.passed, rest, later)
            followed = [one.joined(other) for one, other in zip(followed, more, strict=True)]
        return _ranked(followed), _ranked(dropped)

    def again(self, interventions: Sequence[Intervention]) -> Generator[Step, None, dict[str, Estimate]]:
        """Estimate changes of the chance of consensus on as many replications that nothing else has used."""
        base = self.runs_of(self.scenario, first=self.replications, replications=self.replications)
        self.done += self.replications
        trials = yield from self.each(interventions, self.replications, self.replications, 0)
        return {trial.intervention.name: trial.change(base) for trial in trials}


def _untried(base: Runs, passed: int) -> Effects:
    """Return what the runs of a scenario say by themselves."""
    return Effects(
        len(base),
        base.seed,
        consensus=share(base.is_outcome(Outcome.CONSENSUS)),
        share_agreed=estimated("share_agreed", base.column("share_agreed")),
        depth_overall=estimated("depth_overall", base.column("depth_overall")),
        failure=failure(base),
        line_ends=(),
        singles=(),
        dropped=(),
        pairs=(),
        tried=0,
        passed=passed,
    )


def _ranked(trials: Iterable[_Trial]) -> _Trials:
    """Order trials, the best first."""
    return sorted(trials, key=lambda trial: trial.score, reverse=True)


def _parted(trials: Sequence[_Trial], base: Runs, most: Mapping[str, int]) -> tuple[_Trials, _Trials]:
    """Part trials into those that may still lead and those that can hardly. most: how many of each kind are wanted."""
    changes = [trial.change(base) for trial in trials]
    followed: _Trials = []
    dropped: _Trials = []
    for trial, change in zip(trials, changes, strict=True):
        of = trial.intervention
        better = {
            other.intervention.subjects
            for other, its in zip(trials, changes, strict=True)
            if other.intervention.kind == of.kind and its.low > change.high
        }
        (followed if of.is_own or len(better) <= most[of.kind] else dropped).append(trial)
    return followed, dropped


def paired(ranked: Sequence[Intervention]) -> Iterator[Intervention]:
    """List the pairs to try, of interventions given best first; only the best one of each subject is paired."""
    firsts: dict[frozenset[str], Intervention] = {}
    for intervention in ranked:
        firsts.setdefault(intervention.subjects, intervention)
    best = [
        intervention
        for kind, most in _PAIRED.items()
        for intervention in [one for one in firsts.values() if one.kind == kind][:most]
    ]
    return (one.and_(other) for one, other in combinations(best, 2) if not one.excludes(other))


class _Ranked(Protocol):
    """A trial or an effect."""

    @property
    def intervention(self) -> Intervention:
        """The intervention that it is about."""


_Any = TypeVar("_Any", bound=_Ranked)


def recommended(singles: Sequence[_Any], pairs: Sequence[_Any]) -> list[list[_Any]]:
    """Return what leads the singles, the pairs, and the pairs without the best single if that is in the best pair.

    Each is the first and, unless that changes only the process, the first that does.
    """
    best = singles[0].intervention
    is_paired = bool(pairs) and best in pairs[0].intervention.parts
    others = [pair for pair in pairs if is_paired and best not in pair.intervention.parts]
    return [_leading(ranking) for ranking in (singles, pairs, others)]


def _leading(ranking: Sequence[_Any]) -> list[_Any]:
    process = (number for number, one in enumerate(ranking) if one.intervention.kind == "process")
    return [ranking[number] for number in dict.fromkeys((0, next(process, 0))) if ranking]


def _effect(trial: _Trial, base: Runs, parts: Sequence[Floats]) -> Effect:
    """Estimate the effect of an intervention. parts: of a pair, which runs reach consensus under either (R each)."""
    better = max(parts, key=lambda reached: float(reached.mean()), default=None)
    share_agreed, depth = (base.column(name)[: len(trial.consensus)] for name in ("share_agreed", "depth_overall"))
    return Effect(
        trial.intervention,
        consensus=share(trial.consensus),
        consensus_change=trial.change(base),
        share_change=difference(trial.share_agreed, share_agreed),
        depth_overall=estimated("depth_overall", trial.depth_overall),
        depth_overall_change=difference(trial.depth_overall, depth),
        beyond=None if better is None else difference(trial.consensus, better),
    )


def _line_effects(trials: Sequence[_Trial], base: Runs) -> list[LineEffect]:
    """Estimate how often each end of a red line closes a zone, those that never do left out."""
    effects, issues = [], list(base.scenario.issues)
    closed = failed_runs(base)[:, None] & (base.by_issue("agreed") == 0.0) & (base.by_issue("zone_end") == 0.0)
    for trial in trials:
        if trial.intervention.line is not None:
            k = issues.index(trial.intervention.line.issue)
            opened = trial.zones[closed[: len(trial.zones), k], k]
            if opened.any():
                effects.append(LineEffect(trial.intervention.line, share(opened)))
    return sorted(effects, key=lambda effect: -effect.opens.value)
