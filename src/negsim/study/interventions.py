"""Find the interventions, and the pairs of them, that most raise the chance of consensus, and what failure lacks.

- Every scenario runs the same replications: an effect is a paired difference (`estimates.difference`).
- All interventions are looked at after the same few replications. Then only those go on that may still lead: the
  leader of each ranking, and whatever the runs can neither order with it nor call the same (`sequential`). The rest
  keeps the estimate of the runs that it has. One's own candidates go on as long as any other does.
- The rankings are those of all interventions and of those that change only the process; of pairs, also those without
  the best single intervention.
- The best of many estimates is best partly by luck (the winner's curse). So what is recommended, and of a pair its
  better half, is estimated again on replications that had no say in the order.
- Pairs are all pairs among the best intervention of each subject, so many of each kind as `_PAIRED` says. An
  intervention that helps only in a pair is not found.
- Where every run ends in consensus nothing is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import NamedTuple

import numpy as np

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

_PAIRED = {"process": 4, "setting": 1, "people": 2, "rule": 1}  # subjects of each kind that are paired
_BEST_PAIRS = 5  # best pairs that are shown, besides the leading ones of some kinds
_FEWEST_FRESH = 500  # fresh replications, unless fewer are asked for in all; else half of those


class Effect(NamedTuple):
    """The effect of an intervention on the chance of consensus, the share agreed, and depth (0 if nothing was agreed).

    beyond: of a pair, how much more it changes the chance of consensus than the better one of its two; else None.
    fresh: its change of the chance of consensus on replications that had no say in the order; None if not estimated.
    Where it is, `beyond` is on the same replications.
    """

    intervention: Intervention
    consensus: Estimate
    consensus_change: Estimate
    share_change: Estimate
    depth_overall: Estimate
    depth_overall_change: Estimate
    beyond: Estimate | None = None
    fresh: Estimate | None = None


class Leader(NamedTuple):
    """The first of a ranking, and the rivals that cannot be told apart from it."""

    effect: Effect
    rivals: tuple[Intervention, ...]


class LineEffect(NamedTuple):
    """An end of a red line, and the share of the failed runs without a zone on its issue that have one without it."""

    line: LineEnd
    opens: Estimate


class Effects(NamedTuple):
    """Single changes and pairs, the best first.

    replications: of the scenario as it is, and the most of any other. fresh: how many others there are. line_ends: the
    ends of red lines that close zones, those that close most first. tried: pairs. leaders: of the singles, of the
    pairs, and, if the best single is in the best pair, of those without it; each the first, and unless that changes
    only the process, the first that does. lowering: single changes that measurably lower the chance of consensus.
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
    pairs: tuple[Effect, ...] = ()
    tried: int = 0
    leaders: tuple[tuple[Leader, ...], ...] = ()
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


_Trials = list[_Trial]
_Pool = Callable[[Intervention], bool]  # whether an intervention is in a ranking


class _Contest(NamedTuple):
    """A ranking so far: its leader, then the rivals not measurably worse. unknown: those of unknown order with it."""

    standing: _Trials
    unknown: _Trials


def why(  # noqa: PLR0913 - all but the first by their names
    scenario: Scenario,
    *,
    try_: Mapping[str, Changes] | None = None,
    replications: int = 1000,
    exactly: bool = False,
    seed: int = 0,
    threads: int | None = None,
) -> Generator[Step | Interim[Effects], None, Effects]:
    """Say what failure lacks, and try every intervention of the catalogue and the pairs of the best.

    try_: candidates of one's own, by label, as `--set` takes them. replications: the most of any; exactly: as many of
    all. A step is a scenario that has been run, counted in runs; after the first look comes what is known by then.
    Raises NegsimError for a candidate that cannot be made or changes nothing.
    """
    own = candidates(scenario, try_ or {})
    looks = sequential.looks(replications, exactly=exactly)
    search = _Search(scenario, partial(run, seed=seed, threads=threads), looks)
    if not failed_runs(search.base).any():
        return search.answer([])
    pools: list[_Pool] = [lambda _: True, lambda one: one.kind == "process"]
    singles = yield from search.race(search.alone, [*own, *catalogue(scenario)], pools)
    best = singles[0].standing[0].intervention
    pools += [lambda one: best not in one.parts, lambda one: best not in one.parts and one.kind == "process"]
    pairs = yield from search.race(
        search.pairs, list(paired([one.intervention for one in _ranked(search.alone)])), pools
    )
    rankings = [_leading(singles), _leading(pairs[:2])]
    if rankings[1] and best in rankings[1][0].standing[0].intervention.parts:
        rankings.append(_leading(pairs[2:]))
    yield from search.again([contest.standing[0].intervention for ranking in rankings for contest in ranking])
    return search.answer(rankings)


class _Search:
    """The runs of a scenario as it is (`base`), and the trials of what would change it.

    alone, pairs: trials by name. fresh: which fresh replications end in consensus, by name, "" for the scenario.
    """

    def __init__(self, scenario: Scenario, runs_of: Callable[..., Runs], looks: Sequence[int]) -> None:
        self.scenario, self.runs_of, self.looks = scenario, runs_of, looks
        self.base = runs_of(scenario, replications=looks[-1])
        self.reached = self.base.is_outcome(Outcome.CONSENSUS)
        self.done = len(self.base)
        self.alone: dict[str, _Trial] = {}
        self.pairs: dict[str, _Trial] = {}
        self.fresh: dict[str, Floats] = {}
        self.fresh_replications = min(looks[-1], max(_FEWEST_FRESH, looks[-1] // 2))

    def race(
        self, trials: dict[str, _Trial], interventions: Sequence[Intervention], pools: Sequence[_Pool]
    ) -> Generator[Step | Interim[Effects], None, list[_Contest]]:
        """Try all at the first look, and at the next what may still lead; return the contest of each pool."""
        playing = interventions
        rankings = [[one for one in interventions if pool(one)] for pool in pools]
        for look in self.looks:
            yield from self._extend(trials, playing, look)
            contests = [_contest([trials[one.name] for one in ranking], len(self.looks)) for ranking in rankings]
            if look == self.looks[0] and trials is self.alone:
                yield Interim(self.answer([_leading(contests)]))
            if not any(contest.unknown for contest in contests):
                break
            rankings = [[trial.intervention for trial in contest.standing] for contest in contests]
            open_ = [trial for one in contests if one.unknown for trial in (one.standing[0], *one.unknown)]
            going = {trial.intervention.name for trial in open_}
            playing = [one for one in interventions if one.is_own or one.name in going]
        return contests

    def _extend(
        self, trials: dict[str, _Trial], interventions: Sequence[Intervention], look: int
    ) -> Generator[Step, None, None]:
        """Run each up to a look."""
        firsts = [len(trials[one.name].consensus) if one.name in trials else 0 for one in interventions]
        total = self.done + sum(look - first for first in firsts)
        for one, first in zip(interventions, firsts, strict=True):
            runs = self.runs_of(one.of(self.scenario), first=first, replications=look - first)
            columns = (runs.column("share_agreed"), runs.column("depth_overall"), runs.by_issue("zone_end"))
            reached = runs.is_outcome(Outcome.CONSENSUS)
            trial = _Trial(one, reached, reached - self.reached[first:look], *columns)
            trials[one.name] = trials[one.name].joined(trial) if first else trial
            self.done += look - first
            yield self.done, total, f"runs, up to the look at {look:,} replications"

    def again(self, recommended: Iterable[Intervention]) -> Generator[Step, None, None]:
        """Run the scenario, what is recommended and the better halves of pairs on replications not used so far."""
        halves = [half.intervention for one in recommended if (half := self._better_half(one)) is not None]
        asked = {"": self.scenario} | {one.name: one.of(self.scenario) for one in (*recommended, *halves)}
        total = self.done + len(asked) * self.fresh_replications
        for name, scenario in asked.items():
            runs = self.runs_of(scenario, first=len(self.base), replications=self.fresh_replications)
            self.fresh[name] = runs.is_outcome(Outcome.CONSENSUS)
            self.done += self.fresh_replications
            yield self.done, total, "runs, fresh replications"

    def _better_half(self, intervention: Intervention) -> _Trial | None:
        """Return the better one of a pair; None for a single intervention."""
        return max((self.alone[part.name] for part in intervention.parts), key=lambda one: one.score, default=None)

    def answer(self, rankings: Sequence[Sequence[_Contest]]) -> Effects:
        """Return what the runs say so far. rankings: the contests whose leaders are recommended."""
        at, (singles, pairs) = sequential.level(len(self.looks)), map(_ranked, (self.alone, self.pairs))
        leaders = {contest.standing[0].intervention.name for ranking in rankings for contest in ranking}
        pairs = [pair for n, pair in enumerate(pairs) if n < _BEST_PAIRS or pair.intervention.name in leaders]
        effects = {trial.intervention.name: self._effect(trial, at) for trial in (*singles, *pairs)}
        harm = sequential.orders([trial.change for trial in singles], len(self.looks), reach=1.0)
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
            pairs=tuple(effects[trial.intervention.name] for trial in pairs),
            tried=len(self.pairs),
            leaders=tuple(
                tuple(
                    Leader(effects[first.intervention.name], tuple(rival.intervention for rival in rivals))
                    for first, *rivals in (contest.standing for contest in ranking)
                )
                for ranking in rankings
            ),
            lowering=tuple(one.intervention for one, order in zip(singles, harm, strict=True) if order is Order.LESS),
        )

    def _effect(self, trial: _Trial, at: float) -> Effect:
        """Estimate the effect of an intervention, with intervals at a level."""
        n, fresh, half = (
            len(trial.consensus),
            self.fresh.get(trial.intervention.name),
            self._better_half(trial.intervention),
        )
        share_agreed, depth = (self.base.column(name)[:n] for name in ("share_agreed", "depth_overall"))
        beyond = None
        if half is not None and fresh is not None:
            beyond = difference(fresh, self.fresh[half.intervention.name])
        elif half is not None:
            both = min(n, len(half.consensus))
            beyond = difference(trial.consensus[:both], half.consensus[:both], at)
        return Effect(
            trial.intervention,
            consensus=share(trial.consensus, at),
            consensus_change=difference(trial.consensus, self.reached[:n], at),
            share_change=difference(trial.share_agreed, share_agreed, at),
            depth_overall=estimated("depth_overall", trial.depth_overall, at),
            depth_overall_change=difference(trial.depth_overall, depth, at),
            beyond=beyond,
            fresh=None if fresh is None else difference(fresh, self.fresh[""]),
        )


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
    """Return the contest of all interventions, and that of the process if another one leads it."""
    held = [contest for contest in contests if contest.standing]
    return [one for n, one in enumerate(held) if n == 0 or one.standing[0] is not held[0].standing[0]]


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
