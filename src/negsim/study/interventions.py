"""Find the interventions that most raise a measure, the smallest bundle of them, and what failure lacks.

- The measure is the chance of consensus, unless another is asked for. More of it counts as better, as in `robust`.
- Every scenario runs the same replications: an effect is a paired difference (`estimates.difference`).
- All single interventions are looked at after the same few replications. Then only those go on that may still lead:
  the leader of all and that of each kind, and whatever the runs can neither order with it nor call the same
  (`sequential`). The rest keeps the estimate of the runs that it has. One's own candidates go on as long as any does.
- A bundle grows from single interventions, one more at a time. Of each size the search keeps the best by the measure,
  by issues agreed and by zones of agreement (a beam), so that it climbs where no run ends in consensus yet. It stops at
  the first size that reaches the threshold in more runs than those by which it was chosen, and leaves out what it can
  do without. So it goes through bundles of the process alone, then through those of every kind.
- The best of many estimates is best partly by luck (the winner's curse). So what is recommended, and a bundle without
  each of its parts, is estimated again on replications that had no say in the search. The effects of all that is
  recommended hold together at 95 %.
- Where the measure is the highest there is in every run, as where all end in consensus, nothing is tried. Where the
  scenario reaches the threshold as it is, no bundle is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce
from typing import NamedTuple

import numpy as np

from negsim.cast.measures import lookup
from negsim.cast.units import example_of, is_share, read_value, value_text
from negsim.errors import NegsimError, ScenarioError
from negsim.negotiation.tables import Floats
from negsim.scenario import Scenario
from negsim.scenario.changes import Changes
from negsim.study import sequential
from negsim.study.catalogue import INTERVENTION_KINDS, Intervention, LineEnd, candidates, catalogue
from negsim.study.estimates import Estimate, difference, reach_of, share
from negsim.study.failure import Failure, failed_runs, failure
from negsim.study.runner import Runs, Step, numbers_of, run
from negsim.study.schema import check_measures
from negsim.study.sequential import Interim, Order
from negsim.study.table import estimated

_Score = tuple[float, float, int, float]

BESIDE = ("consensus", "share_agreed", "depth_overall")  # measures that are estimated, too
_USUAL_THRESHOLD = 0.5  # of shares: what a bundle is to reach, unless something else is asked for
MOST_PARTS = 5  # of a bundle
_BEAM = 3  # bundles that are kept of each size by each of the criteria
_BUNDLE_RUNS, _REACHED_RUNS = 60, 500  # replications that rank bundles, and those that say whether one is enough
_FEWEST_FRESH = 500  # fresh replications, unless fewer are asked for in all; else half of those


class Effect(NamedTuple):
    """The effect of an intervention.

    values, changes: by measure, that which is to be raised first, then those of `BESIDE`. fresh: its change of the
    measure on replications that had no say in the search; None if not estimated.
    """

    intervention: Intervention
    values: Mapping[str, Estimate]
    changes: Mapping[str, Estimate]
    fresh: Estimate | None = None

    @property
    def change(self) -> Estimate:
        """The change of the measure that is to be raised."""
        return next(iter(self.changes.values()))


class Leader(NamedTuple):
    """The first of a ranking, and the rivals that cannot be told apart from it."""

    effect: Effect
    rivals: tuple[Intervention, ...]


class Bundle(NamedTuple):
    """The smallest bundle found, a single intervention among them, or the best if none reaches the threshold.

    reached: the measure on fresh replications. without: the same without each of its parts, of two or more.
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

    measure: that is to be raised. replications: of the scenario as it is, and the most of any other. fresh: how many
    others there are. base: the scenario as it is, by measure. line_ends: the ends of red lines that close zones, those
    that close most first. leaders: the best single change, then the best of each kind that is another. bundles: of the
    process alone, and of every kind if that is another; tried: how many in the search for them. threshold: that they
    are to reach. lowering: single changes that measurably lower the measure.
    """

    measure: str
    threshold: float
    replications: int
    seed: int
    fresh: int
    base: Mapping[str, Estimate]
    failure: Failure
    line_ends: tuple[LineEffect, ...] = ()
    singles: tuple[Effect, ...] = ()
    leaders: tuple[Leader, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    tried: int = 0
    lowering: tuple[Intervention, ...] = ()


class _Trial(NamedTuple):
    """An intervention and what its runs gave: the measure, those of `BESIDE` (R each), zones at the end (R,K).

    change: of the measure, from the scenario as it is.
    """

    intervention: Intervention
    value: Floats
    change: Floats
    consensus: Floats
    share_agreed: Floats
    depth_overall: Floats
    zones: Floats

    @property
    def score(self) -> _Score:
        """The ranking key: change of the measure, share agreed, process before rule, depth."""
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
        """Return by how much its measure is higher, replication by replication, on those that both have."""
        both = min(len(self.value), len(other.value))
        return self.value[:both] - other.value[:both]

    def cut(self, runs: int) -> _Trial:
        """Return the trial with its first replications alone."""
        return _Trial(self.intervention, *(part[:runs] for part in self[1:]))


_Trials = list[_Trial]
_CRITERIA: tuple[Callable[[_Trial], float], ...] = (
    lambda one: float(one.value.mean()),
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
    measure: str = "consensus",
    threshold: float | None = None,
    replications: int = 1000,
    exactly: bool = False,
    seed: int = 0,
    threads: int | None = None,
) -> Generator[Step | Interim[Effects], None, Effects]:
    """Say what failure lacks, try every intervention of the catalogue, and find the smallest bundle that is enough.

    try_: candidates of one's own, by label, as `--set` takes them. measure: that is to be raised. threshold: what a
    bundle is to reach, in the unit of the measure's column; None as `checked_threshold` says. replications: the most of
    any; exactly: as many of all single ones. A step is a scenario that has been run, counted in runs; after the first
    look comes what is known by then. Raises NegsimError for a candidate that cannot be made or changes nothing, for a
    measure that not every run has, and for a threshold that is not on its scale.
    """
    check_measures([measure], scenario.measures)
    threshold = checked_threshold(threshold, measure)
    own = candidates(scenario, try_ or {})
    looks = sequential.looks(replications, exactly=exactly)
    search = _Search(scenario, partial(run, seed=seed, threads=threads), looks, measure, threshold)
    if (search.value >= lookup(measure).high).all():
        return search.answer([])
    every = [*own, *catalogue(scenario)]
    contests = yield from search.race(every)
    found: list[Intervention | None] = []
    if search.value.mean() < search.threshold:
        found.append((yield from search.bundle([one for one in every if one.kind == "process"])))
        found.append((yield from search.bundle(every)))
    yield from search.again([contest.standing[0].intervention for contest in contests], found)
    return search.answer(contests, found)


def checked_threshold(threshold: float | None, measure: str) -> float:
    """Return what a bundle is to reach, one half of a share if nothing is said. Raises NegsimError off the scale."""
    if threshold is None and not is_share(measure):
        raise NegsimError(f"say what {measure} is to reach, by a threshold such as {example_of(measure)}")
    value = _USUAL_THRESHOLD if threshold is None else read_value(threshold, measure, in_column=True)
    if value <= lookup(measure).low:
        raise NegsimError(f"every run reaches a threshold of {value_text(value, measure)}; write a higher one")
    return value


class _Search:
    """The runs of a scenario as it is (`base`), and the trials of what would raise its measure.

    value: the measure in these runs. alone, together: trials by name. fresh: the measure in fresh replications, by
    name, "" for the scenario.
    """

    def __init__(
        self, scenario: Scenario, runs_of: Callable[..., Runs], looks: Sequence[int], measure: str, threshold: float
    ) -> None:
        self.scenario, self.runs_of, self.looks = scenario, runs_of, looks
        self.measure, self.threshold = measure, threshold
        self.base = runs_of(scenario, replications=looks[-1])
        self.value = numbers_of(self.base, measure)
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
            contests = [_contest([self.alone[one.name] for one in ranking], self._orders) for ranking in rankings]
            if look == self.looks[0]:
                yield Interim(self.answer(_leading(contests)))
            if not any(contest.unknown for contest in contests):
                break
            rankings = [[trial.intervention for trial in contest.standing] for contest in contests]
            open_ = [trial for one in contests if one.unknown for trial in (one.standing[0], *one.unknown)]
            going = {trial.intervention.name for trial in open_}
            playing = [one for one in interventions if one.is_own or one.name in going]
        return _leading(contests)

    def _orders(self, differences: Sequence[Floats]) -> list[Order]:
        """Order pairs of single changes by the measure."""
        reach = reach_of(self.value, *(trial.value for trial in self.alone.values()))
        zone = sequential.zone_of(self.measure)
        return sequential.orders(differences, len(self.looks), reach=reach, zone=zone)

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
        if intervention.name not in trials or len(trials[intervention.name].value) < at_first:
            yield from self._extend(trials, [intervention], at_first)
        if intervention.name not in trials:
            return False
        halfway = (lookup(self.measure).low + self.threshold) / 2
        if trials[intervention.name].value[:at_first].mean() < halfway:
            return False  # far from it
        if len(trials[intervention.name].value) < look:
            yield from self._extend(trials, [intervention], look)
        return bool(trials[intervention.name].value.mean() >= self.threshold)

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
        firsts = [len(trials[one.name].value) if one.name in trials else 0 for one in interventions]
        total = self.done + sum(look - first for first in firsts)
        for one, first in zip(interventions, firsts, strict=True):
            try:
                runs = self.runs_of(one.of(self.scenario), first=first, replications=look - first)
            except ScenarioError:
                if not one.parts:
                    raise
                continue
            value, (consensus, agreed, depth) = numbers_of(runs, self.measure), map(runs.column, BESIDE)
            change, zones = value - self.value[first:look], runs.by_issue("zone_end")
            trial = _Trial(one, value, change, consensus, agreed, depth, zones)
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
            self.fresh[name] = numbers_of(runs, self.measure)
            self.done += self.fresh_replications
            yield self.done, total, "runs, fresh replications"

    def answer(self, contests: Sequence[_Contest], bundles: Sequence[Intervention | None] = ()) -> Effects:
        """Return what the runs say so far. contests: whose leaders are recommended. bundles: of process, of all."""
        singles = _ranked(self.alone)
        at = sequential.level(len(self.looks), 1 if self.fresh else len(singles))  # the best of all goes by these alone
        effects = {trial.intervention.name: self._effect(trial, at) for trial in singles}
        harm = self._orders([trial.change for trial in singles])
        different = [one for n, one in enumerate(bundles) if one is not None and one not in bundles[:n]]
        return Effects(
            self.measure,
            self.threshold,
            len(self.base),
            self.base.seed,
            self.fresh_replications,
            base={name: estimated(name, values) for name, values in self._before().items()},
            failure=failure(self.base),
            line_ends=tuple(_line_effects(singles, self.base)),
            singles=tuple(effects[trial.intervention.name] for trial in singles),
            leaders=tuple(
                Leader(effects[first.intervention.name], tuple(rival.intervention for rival in rivals))
                for first, *rivals in (contest.standing for contest in contests)
            ),
            bundles=tuple(self._bundle(one, at, is_process=one is bundles[0]) for one in different),
            tried=len(self.together),
            lowering=tuple(one.intervention for one, order in zip(singles, harm, strict=True) if order is Order.LESS),
        )

    def _bundle(self, intervention: Intervention, at: float, *, is_process: bool) -> Bundle:
        trial = (self.together if intervention.parts else self.alone)[intervention.name]
        return Bundle(
            self._effect(trial, at),
            estimated(self.measure, self.fresh[intervention.name]),
            tuple(estimated(self.measure, self.fresh[smaller.name]) for smaller in _without_each(intervention)),
            bool(trial.value.mean() >= self.threshold),
            is_process,
        )

    def _effect(self, trial: _Trial, at: float) -> Effect:
        """Estimate the effect of an intervention, with intervals at a level."""
        n, fresh = len(trial.value), self.fresh.get(trial.intervention.name)
        before, after = self._before(), self._by_measure(trial)
        return Effect(
            trial.intervention,
            values={name: estimated(name, values, at) for name, values in after.items()},
            changes={name: difference(values, before[name][:n], at) for name, values in after.items()},
            fresh=None if fresh is None else difference(fresh, self.fresh[""], sequential.level(1, self.recommended)),
        )

    def _before(self) -> dict[str, Floats]:
        """Return the measures of the scenario as it is."""
        return {self.measure: self.value} | {name: self.base.column(name) for name in BESIDE}

    def _by_measure(self, trial: _Trial) -> dict[str, Floats]:
        """Return the measures of a trial."""
        beside = trial.consensus, trial.share_agreed, trial.depth_overall
        return {self.measure: trial.value} | dict(zip(BESIDE, beside, strict=True))


def _merits(trial: _Trial) -> tuple[float, ...]:
    """Return the key by which the best bundle is chosen: the measure, then issues agreed, zones, and fewer parts."""
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


def _contest(trials: Sequence[_Trial], ordered: Callable[[Sequence[Floats]], list[Order]]) -> _Contest:
    """Rank trials: the best leads, and those measurably worse are out. ordered: the orders of pairs of effects."""
    leader = max(trials, key=lambda one: one.score, default=None)
    others = [one for one in trials if one is not leader]
    if leader is None or not others:
        return _Contest(list(trials), [])
    orders = ordered([one.beyond(leader) for one in others])
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
