"""Find the interventions that most raise the chance of consensus, the smallest bundle of them, and what failure lacks.

- Every scenario runs the same replications: an effect is a paired difference (`estimates.difference`).
- All single interventions are looked at after the same few replications. Then only those go on that may still lead:
  the leader of all and that of each kind, and whatever the runs can neither order with it nor call the same
  (`sequential`). The rest keeps the estimate of the runs that it has. One's own candidates go on as long as any does.
- A bundle grows from single interventions, one more at a time. Of each size the search keeps the best by consensus, by
  issues agreed and by zones of agreement (a beam), so that it climbs where no run ends in consensus yet. It stops at
  the first size that reaches the threshold in more runs than those by which it was chosen, and leaves out what it can
  do without. So it goes through bundles of the process alone, then through those of every kind.
- The best of many estimates is best partly by luck (the winner's curse). So what is recommended, and a bundle without
  each of its parts, is estimated again on replications that had no say in the search. The effects of all that is
  recommended hold together at 95 %.
- Where every run ends in consensus nothing is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce
from typing import NamedTuple

import numpy as np

from negsim.errors import NegsimError, ScenarioError
from negsim.negotiation.tables import Floats, Outcome
from negsim.scenario import Scenario
from negsim.scenario.changes import Changes
from negsim.study import sequential
from negsim.study.catalogue import INTERVENTION_KINDS, Intervention, LineEnd, candidates, catalogue
from negsim.study.estimates import Estimate, difference, share
from negsim.study.failure import Failure, failed_runs, failure
from negsim.study.runner import Runs, Step, run
from negsim.study.sequential import Interim, Order
from negsim.study.table import estimated

_Score = tuple[float, float, int, float]

_THRESHOLD = 0.5  # chance of consensus that a bundle is to reach, unless another is asked for
MOST_PARTS = 5  # of a bundle
_BEAM = 3  # bundles that are kept of each size by each of the criteria
_BUNDLE_RUNS, _REACHED_RUNS = 60, 500  # replications that rank bundles, and those that say whether one is enough
_FEWEST_FRESH = 500  # fresh replications, unless fewer are asked for in all; else half of those


class Effect(NamedTuple):
    """The effect of an intervention on the chance of consensus, the share agreed, and depth (0 if nothing was agreed).

    fresh: its change of the chance of consensus on replications that had no say in the search; None if not estimated.
    """

    intervention: Intervention
    consensus: Estimate
    consensus_change: Estimate
    share_change: Estimate
    depth_overall: Estimate
    depth_overall_change: Estimate
    fresh: Estimate | None = None


class Leader(NamedTuple):
    """The first of a ranking, and the rivals that cannot be told apart from it."""

    effect: Effect
    rivals: tuple[Intervention, ...]


class Bundle(NamedTuple):
    """The smallest bundle found, a single intervention among them, or the best if none reaches the threshold.

    reached: the chance of consensus on fresh replications. without: the same without each of its parts, of two or more.
    is_enough: whether it reaches the threshold on the replications of the search. is_process: whether it was sought
    among interventions that change only the process.
    """

    effect: Effect
    reached: Estimate
    without: tuple[Estimate, ...]
    is_enough: bool
    is_process: bool


class LineEffect(NamedTuple):
    """An end of a red line, and the share of the failed runs without a zone on its issue that have one without it."""

    line: LineEnd
    opens: Estimate


class Effects(NamedTuple):
    """Single changes, the best first, and bundles.

    replications: of the scenario as it is, and the most of any other. fresh: how many others there are. line_ends: the
    ends of red lines that close zones, those that close most first. leaders: the best single change, then the best of
    each kind that is another. bundles: of the process alone, and of every kind if that is another; tried: how many in
    the search for them. threshold: that they are to reach. lowering: single changes that measurably lower the chance.
    """

    replications: int
    seed: int
    fresh: int
    consensus: Estimate
    share_agreed: Estimate
    depth_overall: Estimate
    failure: Failure
    line_ends: tuple[LineEffect, ...] = ()
    singles: tuple[Effect, ...] = ()
    leaders: tuple[Leader, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    tried: int = 0
    threshold: float = _THRESHOLD
    lowering: tuple[Intervention, ...] = ()


class _Trial(NamedTuple):
    """An intervention and what its runs gave: consensus, share agreed, depth (R each), zones at the end (R,K).

    change: of consensus, from the scenario as it is.
    """

    intervention: Intervention
    consensus: Floats
    change: Floats
    share_agreed: Floats
    depth_overall: Floats
    zones: Floats

    @property
    def score(self) -> _Score:
        """The ranking key: change of the chance of consensus, share agreed, process before rule, depth."""
        return (
            float(self.change.mean()),
            float(self.share_agreed.mean()),
            -INTERVENTION_KINDS.index(self.intervention.kind),
            float(self.depth_overall.mean()),
        )

    def joined(self, more: _Trial) -> _Trial:
        """Return the trial with later replications."""
        return _Trial(self.intervention, *map(np.concatenate, zip(self[1:], more[1:], strict=True)))

    def beyond(self, other: _Trial) -> Floats:
        """Return by how much more it reaches consensus, replication by replication, on those that both have."""
        both = min(len(self.consensus), len(other.consensus))
        return self.consensus[:both] - other.consensus[:both]

    def cut(self, runs: int) -> _Trial:
        """Return the trial with its first replications alone."""
        return _Trial(self.intervention, *(part[:runs] for part in self[1:]))


_Trials = list[_Trial]
_Pool = Callable[[Intervention], bool]  # whether an intervention is in a ranking
_CRITERIA: tuple[Callable[[_Trial], float], ...] = (
    lambda one: float(one.consensus.mean()),
    lambda one: float(one.share_agreed.mean()),
    lambda one: float(one.zones.mean()),
)


class _Contest(NamedTuple):
    """A ranking so far: its leader, then the rivals not measurably worse. unknown: those of unknown order with it."""

    standing: _Trials
    unknown: _Trials


def why(  # noqa: PLR0913 - all but the first by their names
    scenario: Scenario,
    *,
    try_: Mapping[str, Changes] | None = None,
    threshold: float = _THRESHOLD,
    replications: int = 1000,
    exactly: bool = False,
    seed: int = 0,
    threads: int | None = None,
) -> Generator[Step | Interim[Effects], None, Effects]:
    """Say what failure lacks, try every intervention of the catalogue, and find the smallest bundle that is enough.

    try_: candidates of one's own, by label, as `--set` takes them. threshold: the chance of consensus that a bundle is
    to reach. replications: the most of any; exactly: as many of all single ones. A step is a scenario that has been
    run, counted in runs; after the first look comes what is known by then. Raises NegsimError for a candidate that
    cannot be made or changes nothing, and for a threshold that is not a share.
    """
    if not 0.0 < threshold <= 1.0:
        raise NegsimError(f"threshold is {threshold}; write a share of runs above 0, and 1 at most")
    own = candidates(scenario, try_ or {})
    looks = sequential.looks(replications, exactly=exactly)
    search = _Search(scenario, partial(run, seed=seed, threads=threads), looks, threshold)
    if not failed_runs(search.base).any():
        return search.answer([])
    every = [*own, *catalogue(scenario)]
    contests = yield from search.race(every)
    found = [(yield from search.bundle([one for one in every if one.kind == "process"]))]
    found.append((yield from search.bundle(every)))
    yield from search.again([contest.standing[0].intervention for contest in contests], found)
    return search.answer(contests, found)


class _Search:
    """The runs of a scenario as it is (`base`), and the trials of what would change it.

    alone, together: trials by name. fresh: which fresh replications end in consensus, by name, "" for the scenario.
    """

    def __init__(
        self, scenario: Scenario, runs_of: Callable[..., Runs], looks: Sequence[int], threshold: float
    ) -> None:
        self.scenario, self.runs_of, self.looks, self.threshold = scenario, runs_of, looks, threshold
        self.base = runs_of(scenario, replications=looks[-1])
        self.reached = self.base.is_outcome(Outcome.CONSENSUS)
        self.done = len(self.base)
        self.alone: dict[str, _Trial] = {}
        self.together: dict[str, _Trial] = {}
        self.fresh: dict[str, Floats] = {}
        self.recommended = 0
        self.fresh_replications = min(looks[-1], max(_FEWEST_FRESH, looks[-1] // 2))

    def race(self, interventions: Sequence[Intervention]) -> Generator[Step | Interim[Effects], None, list[_Contest]]:
        """Try all at the first look, then what may still lead; return the contest of all, and those of each kind."""
        playing = interventions
        of_kinds = [[one for one in interventions if one.kind == kind] for kind in INTERVENTION_KINDS]
        rankings = [list(interventions), *filter(None, of_kinds)]
        for look in self.looks:
            yield from self._extend(self.alone, playing, look)
            contests = [_contest([self.alone[one.name] for one in ranking], len(self.looks)) for ranking in rankings]
            if look == self.looks[0]:
                yield Interim(self.answer(_leading(contests)))
            if not any(contest.unknown for contest in contests):
                break
            rankings = [[trial.intervention for trial in contest.standing] for contest in contests]
            open_ = [trial for one in contests if one.unknown for trial in (one.standing[0], *one.unknown)]
            going = {trial.intervention.name for trial in open_}
            playing = [one for one in interventions if one.is_own or one.name in going]
        return _leading(contests)

    def bundle(self, interventions: Sequence[Intervention]) -> Generator[Step, None, Intervention | None]:
        """Return the smallest bundle found that reaches the threshold, or else the best; None of no interventions."""
        runs = min(_BUNDLE_RUNS, self.looks[0])
        trials = [self.alone[one.name].cut(runs) for one in interventions]
        best = max(trials, key=_merits, default=None)
        for _ in range(MOST_PARTS):
            if best is None or (yield from self._is_enough(best.intervention)):
                break
            grown = dict(self._grown(_beam(trials), interventions))
            yield from self._extend(
                self.together, [one for name, one in grown.items() if name not in self.together], runs
            )
            trials = [self.together[name].cut(runs) for name in grown if name in self.together]
            best = max([best, *trials], key=_merits)
        return None if best is None else (yield from self._pruned(best.intervention))

    def _grown(self, trials: _Trials, interventions: Sequence[Intervention]) -> Iterator[tuple[str, Intervention]]:
        """Yield each bundle of one more part that can be made, with its name."""
        for trial in trials:
            if (len(trial.intervention.parts) or 1) < MOST_PARTS:
                for one in interventions:
                    if not trial.intervention.excludes(one):
                        grown = trial.intervention.and_(one)
                        yield grown.name, grown

    def _is_enough(self, intervention: Intervention) -> Generator[Step, None, bool]:
        """Return whether an intervention reaches the threshold, in more runs than those that rank bundles."""
        trials = self.together if intervention.parts else self.alone
        look = min(_REACHED_RUNS, self.looks[-1])
        at_first = min(_BUNDLE_RUNS, self.looks[0])
        if intervention.name not in trials or len(trials[intervention.name].consensus) < at_first:
            yield from self._extend(trials, [intervention], at_first)
        if intervention.name not in trials:
            return False
        if trials[intervention.name].consensus[:at_first].mean() < self.threshold / 2:
            return False  # far from it
        if len(trials[intervention.name].consensus) < look:
            yield from self._extend(trials, [intervention], look)
        return bool(trials[intervention.name].consensus.mean() >= self.threshold)

    def _pruned(self, intervention: Intervention) -> Generator[Step, None, Intervention]:
        """Leave out, one after the other, each part without which a bundle is still enough."""
        if intervention.parts and (yield from self._is_enough(intervention)):
            for smaller in _without_each(intervention):
                if (yield from self._is_enough(smaller)):
                    return (yield from self._pruned(smaller))
        return intervention

    def _extend(
        self, trials: dict[str, _Trial], interventions: Sequence[Intervention], look: int
    ) -> Generator[Step, None, None]:
        """Run each up to a look; a bundle that makes no scenario is left out."""
        firsts = [len(trials[one.name].consensus) if one.name in trials else 0 for one in interventions]
        total = self.done + sum(look - first for first in firsts)
        for one, first in zip(interventions, firsts, strict=True):
            try:
                runs = self.runs_of(one.of(self.scenario), first=first, replications=look - first)
            except ScenarioError:
                if not one.parts:
                    raise
                continue
            columns = (runs.column("share_agreed"), runs.column("depth_overall"), runs.by_issue("zone_end"))
            reached = runs.is_outcome(Outcome.CONSENSUS)
            trial = _Trial(one, reached, reached - self.reached[first:look], *columns)
            trials[one.name] = trials[one.name].joined(trial) if first else trial
            self.done += look - first
            yield self.done, total, f"runs, up to the look at {look:,} replications"

    def again(
        self, leaders: Iterable[Intervention], bundles: Iterable[Intervention | None]
    ) -> Generator[Step, None, None]:
        """Run the scenario, what is recommended, and bundles without each part, on replications not used so far."""
        recommended = [*leaders, *(one for one in bundles if one is not None)]
        self.recommended = len({one.name for one in recommended})
        parts = [smaller for one in recommended for smaller in _without_each(one)]
        asked = {"": self.scenario} | {one.name: one.of(self.scenario) for one in (*recommended, *parts)}
        total = self.done + len(asked) * self.fresh_replications
        for name, scenario in asked.items():
            runs = self.runs_of(scenario, first=len(self.base), replications=self.fresh_replications)
            self.fresh[name] = runs.is_outcome(Outcome.CONSENSUS)
            self.done += self.fresh_replications
            yield self.done, total, "runs, fresh replications"

    def answer(self, contests: Sequence[_Contest], bundles: Sequence[Intervention | None] = ()) -> Effects:
        """Return what the runs say so far. contests: whose leaders are recommended. bundles: of process, of all."""
        singles = _ranked(self.alone)
        at = sequential.level(len(self.looks), 1 if self.fresh else len(singles))  # the best of all goes by these alone
        effects = {trial.intervention.name: self._effect(trial, at) for trial in singles}
        harm = sequential.orders([trial.change for trial in singles], len(self.looks), reach=1.0)
        different = [one for n, one in enumerate(bundles) if one is not None and one not in bundles[:n]]
        return Effects(
            len(self.base),
            self.base.seed,
            self.fresh_replications,
            consensus=share(self.reached),
            share_agreed=estimated("share_agreed", self.base.column("share_agreed")),
            depth_overall=estimated("depth_overall", self.base.column("depth_overall")),
            failure=failure(self.base),
            line_ends=tuple(_line_effects(singles, self.base)),
            singles=tuple(effects[trial.intervention.name] for trial in singles),
            leaders=tuple(
                Leader(effects[first.intervention.name], tuple(rival.intervention for rival in rivals))
                for first, *rivals in (contest.standing for contest in contests)
            ),
            bundles=tuple(self._bundle(one, at, is_process=one is bundles[0]) for one in different),
            tried=len(self.together),
            threshold=self.threshold,
            lowering=tuple(one.intervention for one, order in zip(singles, harm, strict=True) if order is Order.LESS),
        )

    def _bundle(self, intervention: Intervention, at: float, *, is_process: bool) -> Bundle:
        trial = (self.together if intervention.parts else self.alone)[intervention.name]
        return Bundle(
            self._effect(trial, at),
            share(self.fresh[intervention.name]),
            tuple(share(self.fresh[smaller.name]) for smaller in _without_each(intervention)),
            bool(trial.consensus.mean() >= self.threshold),
            is_process,
        )

    def _effect(self, trial: _Trial, at: float) -> Effect:
        """Estimate the effect of an intervention, with intervals at a level."""
        n, fresh = len(trial.consensus), self.fresh.get(trial.intervention.name)
        share_agreed, depth = (self.base.column(name)[:n] for name in ("share_agreed", "depth_overall"))
        return Effect(
            trial.intervention,
            consensus=share(trial.consensus, at),
            consensus_change=difference(trial.consensus, self.reached[:n], at),
            share_change=difference(trial.share_agreed, share_agreed, at),
            depth_overall=estimated("depth_overall", trial.depth_overall, at),
            depth_overall_change=difference(trial.depth_overall, depth, at),
            fresh=None if fresh is None else difference(fresh, self.fresh[""], sequential.level(1, self.recommended)),
        )


def _merits(trial: _Trial) -> tuple[float, ...]:
    """Return the key by which the best bundle is chosen: consensus, then issues agreed, zones, and fewer parts."""
    return *(criterion(trial) for criterion in _CRITERIA), -len(trial.intervention.parts)


def _beam(trials: _Trials) -> _Trials:
    """Return the best by each criterion, ties by the others."""
    kept: dict[str, _Trial] = {}
    for criterion in _CRITERIA:
        for one in sorted(trials, key=lambda one: (criterion(one), *_merits(one)), reverse=True)[:_BEAM]:
            kept.setdefault(one.intervention.name, one)
    return list(kept.values())


def _without_each(bundle: Intervention) -> list[Intervention]:
    """Return a bundle without each of its parts."""
    rests = ([part for part in bundle.parts if part is not left] for left in bundle.parts)
    return [reduce(Intervention.and_, rest) for rest in rests]


def _ranked(trials: Mapping[str, _Trial]) -> _Trials:
    """Order trials, the best first."""
    return sorted(trials.values(), key=lambda trial: trial.score, reverse=True)


def _contest(trials: Sequence[_Trial], looks: int) -> _Contest:
    """Rank trials at one of several looks: the best leads, and those measurably worse are out."""
    leader = max(trials, key=lambda one: one.score, default=None)
    others = [one for one in trials if one is not leader]
    if leader is None or not others:
        return _Contest(list(trials), [])
    orders = sequential.orders([one.beyond(leader) for one in others], looks, reach=1.0)
    rivals = {order: [one for one, its in zip(others, orders, strict=True) if its is order] for order in Order}
    unknown = rivals[Order.UNKNOWN] + rivals[Order.MORE]
    return _Contest([leader, *rivals[Order.SAME], *unknown], unknown)


def _leading(contests: Sequence[_Contest]) -> list[_Contest]:
    """Return the contest of all interventions, and those of the kinds that another one leads."""
    return [one for n, one in enumerate(contests) if n == 0 or one.standing[0] is not contests[0].standing[0]]


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
