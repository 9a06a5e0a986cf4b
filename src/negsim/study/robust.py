"""Interventions in many worlds: whether what helps most goes on to do so where what is uncertain is otherwise.

- Every intervention is run in every world on the replications of the world, of which no two worlds share any:
  interventions are paired in a world, and the noise of one world says nothing about another.
- One is best in a world where no other has a larger gain and it has some; ties count for all. It helps or hurts where
  the paired interval of its gain excludes zero.
- The best of a world by its runs is best partly by luck. So for regret the best is chosen on one half of the runs, and
  its lead measured on the other half, once each way.
- What reverses the ranking is asked of all inputs at once: the largest correlation of any input, by rank, with which of
  two is better, the first intervention or one that is best somewhere, against that of shuffled worlds (Westfall &
  Young 1993).
  Where worlds are steps, it is the worlds where another is measurably better, all worlds together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negsim.errors import NegsimError, ScenarioError
from negsim.negotiation.tables import Floats
from negsim.scenario import Scenario
from negsim.scenario.changes import Changes, with_changes
from negsim.scenario.sampling import certain_part
from negsim.scenario.schema import PARAMETERS_KEY, UNCERTAIN_KEY
from negsim.scenario.values import is_number
from negsim.scenario.yaml import Plain
from negsim.study import sequential
from negsim.study.catalogue import Intervention, candidates, catalogue, interventions_of
from negsim.study.estimates import LEVEL, Estimate, difference, reach_of
from negsim.study.runner import Runs, Step, check_count, numbers_of, run
from negsim.study.schema import check_measures
from negsim.study.sequential import Order
from negsim.study.worlds import World, drawn_worlds, stepped_worlds

if TYPE_CHECKING:
    from negsim.study.results import StudyResults  # which loads the database

_WORLDS = 40  # that are drawn, unless another number is asked for
_WORLD_KINDS = ("draws", "steps")
RUNS_OF_A_WORLD = {"draws": 250, "steps": 100}  # with each intervention
_MOST_TRIED = 7  # of the catalogue
_SCREENING_WORLDS, _SCREENING_RUNS = 20, 10  # in which what is tried is chosen, and runs in each
_PERMUTATIONS = 1999
_MEASURABLE = 1.0 - LEVEL
CLAIMS = 3  # that an answer makes: which inputs reverse the ranking, in which worlds, and how many are helped or hurt


class WorldEffects(NamedTuple):
    """The effects of an intervention in all worlds (W each).

    gain: mean change of the measure. is_best, helps, hurts: 1 in such a world. regret: how far its gain is behind the
    best of the world, doing nothing among them.
    """

    intervention: Intervention
    gain: Floats
    is_best: Floats
    helps: Floats
    hurts: Floats
    regret: Floats

    @property
    def gains(self) -> tuple[float, float, float]:
        """The gain at 10, 50 and 90 % of the worlds."""
        return middle(self.gain)


class Reversal(NamedTuple):
    """What reverses the ranking: of drawn worlds an input, of steps a world.

    chance: that shuffled worlds would show as much at any input; of a step NaN. first, rival: which of two is better
    hangs on it. low, high: by half of the worlds, those with smaller values of the input and those with larger
    ones: in how many `first` is better than `rival`, and in how many it is worse. None of what is not a number.
    """

    name: str
    chance: float
    first: Intervention
    rival: Intervention
    gap: Estimate | None = None
    middle: float = math.nan
    low: tuple[int, int] | None = None
    high: tuple[int, int] | None = None


class Robustness(NamedTuple):
    """Interventions in worlds, that which is best in most of them first.

    base: the measure without any (W). rivals: those that are not best in measurably fewer worlds than the first.
    choosing: the gain of choosing the best in each world, on other runs than those it is chosen on (W). better: in how
    many worlds another is measurably better than the first.
    """

    measure: str
    kind: str
    replications: int
    seed: int
    worlds: tuple[World, ...]
    base: Floats
    effects: tuple[WorldEffects, ...]
    rivals: tuple[Intervention, ...]
    choosing: Floats
    reversals: tuple[Reversal, ...]
    better: int


def middle(values: Floats) -> tuple[float, float, float]:
    """Return the values at 10, 50 and 90 %."""
    low, half, high = np.quantile(values, (0.1, 0.5, 0.9)).tolist()
    return low, half, high


def world_kind(scenario: Scenario, kind: str | None) -> str:
    """Return the kind of worlds to make: draws where something is uncertain, else steps. Raises NegsimError."""
    if kind is None:
        return "draws" if scenario.uncertain else "steps"
    if kind not in _WORLD_KINDS:
        raise NegsimError(f'there are no worlds by "{kind}"; one of: {", ".join(_WORLD_KINDS)}')
    if kind == "draws" and not scenario.uncertain:
        raise NegsimError(
            f"nothing is uncertain in the scenario, so no world can be drawn; declare it under `{UNCERTAIN_KEY}`, draw"
            " parameters, or ask for worlds by steps"
        )
    return kind


def worlds_of(
    scenario: Scenario, kind: str, *, count: int, seed: int, steps: Iterable[World] | None = None
) -> list[World]:
    """Make the worlds of a scenario. steps: those of a coded case, in the place of the scenario's own.

    Raises NegsimError if there are none.
    """
    if kind == "draws":
        check_count("worlds", count)
        return list(drawn_worlds(scenario, seed, count))
    worlds = list(stepped_worlds(scenario) if steps is None else steps)
    if not worlds:
        raise NegsimError("the scenario has no coded value that could be a step up or down")
    return worlds


def robust(  # noqa: PLR0913 - all but the first by their names
    scenario: Scenario,
    *,
    try_: Mapping[str, Changes] | None = None,
    measure: str = "consensus",
    kind: str | None = None,
    worlds: int | None = None,
    replications: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    steps: Iterable[World] | None = None,
) -> Generator[Step, None, Robustness]:
    """Run interventions in worlds: those of one's own (`try_`), or the best of the catalogue.

    kind: `draws` or `steps`; None as `world_kind` says. worlds: how many draws, None for `_WORLDS`. replications: of
    each in each world. steps: as in `worlds_of`. A step counts runs. Raises NegsimError for those that cannot be made,
    for a number of steps, and as `worlds_of` does.
    """
    check_measures([measure], scenario.measures)
    kind = world_kind(scenario, kind)
    if kind == "steps" and worlds is not None:
        raise NegsimError(f"worlds is {worlds}; a number is for draws: by steps each coded value makes its worlds")
    replications = RUNS_OF_A_WORLD[kind] if replications is None else replications
    if replications < 2:
        raise NegsimError(f"replications is {replications}; a world needs two runs or more, for its halves")
    every = worlds_of(scenario, kind, count=_WORLDS if worlds is None else worlds, seed=seed, steps=steps)
    own = candidates(scenario, try_ or {})
    trials = _Trials(every, partial(run, seed=seed, threads=threads), measure, replications)
    interventions = own or (yield from trials.chosen(scenario))
    values = yield from trials.made(interventions)
    return _answer(trials, interventions, values, kind, seed)


def base_by_world(
    worlds: Sequence[World], measure: str, *, replications: int, seed: int, threads: int | None = None
) -> Generator[Step, None, Floats]:
    """Run each world as it is, on the replications that `robust` gives it; return the measure's means (W)."""
    trials = _Trials(worlds, partial(run, seed=seed, threads=threads), measure, replications)
    values = yield from trials.made([])
    means: Floats = values[0].mean(axis=1)
    return means


_RUNS_BEHIND_A_CURVE = 100  # of each cell in each world


def cells_over_worlds(
    results: StudyResults, count: int, *, parameters: str | None = None
) -> Generator[Step, None, Floats]:
    """Run the cells of a study in the worlds that its scenario draws; return the main measure's means (C,W).

    The same worlds for every cell. Means of few runs scatter more than the worlds do, so those of a cell are drawn
    together by the share of their variance that is noise. parameters: an ensemble to draw too. Raises NegsimError where
    nothing is uncertain.
    """
    study, means = results.study, []
    for c in range(len(results.cells)):
        scenario = results.scenario_of(c)
        if parameters is not None:
            scenario = with_changes(scenario, {f"{UNCERTAIN_KEY}.{PARAMETERS_KEY}": parameters})
        every = worlds_of(scenario, world_kind(scenario, "draws"), count=count, seed=study.seed)
        trials = _Trials(every, partial(run, seed=study.seed), study.main, _RUNS_BEHIND_A_CURVE)
        values = yield from _counted_on(trials.made([]), c, len(results.cells))
        means.append(_without_noise(values[0]))
    return np.array(means)


def _counted_on(steps: Generator[Step, None, Floats], part: int, parts: int) -> Generator[Step, None, Floats]:
    """Count the steps of one of several equal parts among those of all."""
    while True:
        try:
            done, total, what = next(steps)
        except StopIteration as end:
            values: Floats = end.value
            return values
        yield part * total + done, parts * total, what


def _without_noise(values: Floats) -> Floats:
    """Return the means of worlds (W) without the spread that comes of few runs. values: W,R."""
    means = values.mean(axis=1)
    noise, spread = values.var(axis=1, ddof=1).mean() / values.shape[1], means.var(ddof=1) if len(means) > 1 else 0.0
    kept = math.sqrt(max(0.0, 1.0 - noise / spread)) if spread > 0.0 else 0.0
    shrunk: Floats = means.mean() + kept * (means - means.mean())
    return shrunk


class _Trials:
    """The runs of interventions in worlds, made one after the other."""

    def __init__(self, worlds: Sequence[World], runs_of: Callable[..., Runs], measure: str, replications: int) -> None:
        self.worlds, self.runs_of, self.measure, self.replications = worlds, runs_of, measure, replications

    def made(self, interventions: Sequence[Intervention]) -> Generator[Step, None, Floats]:
        """Run the worlds as they are and with each intervention; return the measure (J + 1, W, R)."""
        shape = (len(interventions) + 1, len(self.worlds), self.replications)
        values: Floats = np.empty(shape)
        for w, world in enumerate(self.worlds):
            first = w * self.replications
            values[:, w] = [
                numbers_of(self.runs_of(one, first=first, replications=self.replications), self.measure)
                for one in (world.scenario, *_with(interventions, world.scenario))
            ]
            yield (w + 1) * shape[0] * shape[2], values.size, "runs"
        return values

    def chosen(self, scenario: Scenario) -> Generator[Step, None, list[Intervention]]:
        """Choose from the catalogue: the best of each subject by its mean gain over some of the worlds.

        Their replications come after those of all worlds. A lower bar is not more agreement, so rules are left out.
        """
        every = [one for one in catalogue(certain_part(scenario)) if one.kind != "rule"]
        gains, steps = np.zeros((len(every), 2)), max(1, len(self.worlds) // _SCREENING_WORLDS)
        some = list(self.worlds)[::steps][:_SCREENING_WORLDS]
        for w, world in enumerate(some):
            first = len(self.worlds) * self.replications + w * _SCREENING_RUNS
            scenarios = (world.scenario, *_with(every, world.scenario))
            runs = [self.runs_of(one, first=first, replications=_SCREENING_RUNS) for one in scenarios]
            means = np.array(
                [[np.mean(numbers_of(one, name)) for name in (self.measure, "share_agreed")] for one in runs]
            )
            gains += means[1:] - means[0]
            yield (
                (w + 1) * len(runs) * _SCREENING_RUNS,
                len(some) * len(runs) * _SCREENING_RUNS,
                "runs, to choose what is tried",
            )
        best: dict[frozenset[str], Intervention] = {}
        for n in sorted(range(len(every)), key=lambda n: (-gains[n, 0], -gains[n, 1])):
            best.setdefault(every[n].subjects, every[n])
        return list(best.values())[:_MOST_TRIED]


def _with(interventions: Sequence[Intervention], scenario: Scenario) -> Iterator[Scenario]:
    """Yield a scenario with each intervention, as the catalogue has it for this scenario."""
    of_here = {} if all(one.is_own for one in interventions) else {one.name: one for one in interventions_of(scenario)}
    for intervention in interventions:
        try:
            yield of_here.get(intervention.name, intervention).of(scenario)
        except ScenarioError:
            yield scenario  # what cannot be made in a world changes nothing there


def _answer(trials: _Trials, interventions: Sequence[Intervention], values: Floats, kind: str, seed: int) -> Robustness:
    """Return what the runs say. values: the measure without and with each intervention (J + 1, W, R)."""
    base, changes = values[0], values[1:] - values[0]
    gain = changes.mean(axis=2)
    is_best = ((gain == gain.max(axis=0)) & (gain > 0.0)).astype(float)
    intervals = [[difference(one, zero) for one, zero in zip(changed, base, strict=True)] for changed in values[1:]]
    helps = np.array([[one.low > 0.0 for one in row] for row in intervals], dtype=float)
    hurts = np.array([[one.high < 0.0 for one in row] for row in intervals], dtype=float)
    regret, choosing = _from_halves(changes)
    order = sorted(range(len(interventions)), key=lambda j: (-is_best[j].sum(), -gain[j].mean()))
    effects = tuple(WorldEffects(interventions[j], gain[j], is_best[j], helps[j], hurts[j], regret[j]) for j in order)
    better = _worlds_that_reverse(trials.worlds, effects, values[1:][order])
    reversals = better if kind == "steps" else inputs_that_reverse(trials.worlds, effects, seed=seed)
    return Robustness(
        trials.measure, kind, trials.replications, seed, tuple(trials.worlds), base.mean(axis=1), effects,
        tuple(one.intervention for one in rivals(effects)), choosing, tuple(reversals), len(better),
    )  # fmt: skip


def _from_halves(changes: Floats) -> tuple[Floats, Floats]:
    """Return the regret of each (J,W), and the gain of the best (W), chosen on one half and measured on the other.

    changes: of the measure with each (J,W,R).
    """
    middle_run = changes.shape[2] // 2
    halves = [part.mean(axis=2) for part in (changes[:, :, :middle_run], changes[:, :, middle_run:])]
    regret, choosing = np.zeros(changes.shape[:2]), np.zeros(changes.shape[1])
    for one, other in (halves, halves[::-1]):
        with_nothing = np.vstack([one, np.zeros(one.shape[1])]), np.vstack([other, np.zeros(other.shape[1])])
        best = with_nothing[1][with_nothing[0].argmax(axis=0), np.arange(one.shape[1])]
        regret += (best - other) / 2
        choosing += best / 2
    return regret, choosing


def rivals(effects: Sequence[WorldEffects]) -> list[WorldEffects]:
    """Return those that are best in no measurably fewer worlds than the first.

    A sign test of the worlds in which only one of two is best, over all pairs together (Bonferroni).
    """
    pairs = max(1, math.comb(len(effects), 2))
    first, *others = effects
    return [one for one in others if not _is_more(first.is_best, one.is_best, _MEASURABLE / pairs)]


def _is_more(first: Floats, other: Floats, chance: float) -> bool:
    """Return whether the first is measurably more often 1 where only one of two is, by the exact test of both sides."""
    more, less = int((first > other).sum()), int((first < other).sum())
    n = more + less
    tail = sum(math.comb(n, k) for k in range(max(more, less), n + 1)) / 2**n
    return more > less and 2.0 * tail <= chance


def inputs_that_reverse(worlds: Sequence[World], effects: Sequence[WorldEffects], *, seed: int = 0) -> list[Reversal]:
    """Return the inputs of drawn worlds that measurably reverse the ranking, the surest first."""
    names, columns = _columns(worlds)
    first = effects[0]
    beaten = [one for one in effects[1:] if one.is_best.any()]
    if not len(columns) or not beaten:
        return []
    leads = _standardised(np.array([np.sign(first.gain - one.gain) for one in beaten]))
    inputs = _standardised(np.array([_ranks(column) for column in columns]))
    in_order = np.tile(np.arange(len(worlds)), (_PERMUTATIONS, 1))
    shuffled = np.random.default_rng(seed).permuted(in_order, axis=1)  # the leads of a world stay together
    # columns of inputs, leads x permutations
    by_chance = np.abs(inputs @ leads[:, shuffled].reshape(-1, len(worlds)).T)
    most = by_chance.max(axis=0).reshape(len(beaten), _PERMUTATIONS).max(axis=0)
    found = np.abs(inputs @ leads.T)  # columns of inputs, leads
    reversals: dict[str, Reversal] = {}
    for c, j in sorted(np.ndindex(found.shape), key=lambda at: -found[at]):
        chance = float((1 + (most >= found[c, j] - 1e-12).sum()) / (1 + _PERMUTATIONS))
        if chance > _MEASURABLE / CLAIMS:
            break
        if names[c] not in reversals:
            reversals[names[c]] = _reversal(names[c], worlds, (first, beaten[j]), chance)
    return list(reversals.values())


def _columns(worlds: Sequence[World]) -> tuple[list[str], list[Floats]]:
    """Return the inputs as numbers (W each), and the path of each: what is not a number has a column for each value."""
    names: list[str] = []
    columns: list[Floats] = []
    for path in dict.fromkeys(path for world in worlds for path in world.inputs):
        values = [world.inputs.get(path) for world in worlds]
        if all(map(is_number, values)):
            kinds = [np.array(values, dtype=float)]
        else:
            kinds = [np.array([value == one for value in values], dtype=float) for one in _different(values)]
        varied = [column for column in kinds if np.ptp(column) > 0.0]
        names += [path] * len(varied)
        columns += varied
    return names, columns


def _different(values: Sequence[Plain]) -> list[Plain]:
    return [value for n, value in enumerate(values) if value not in values[:n]]


def _ranks(values: Floats) -> Floats:
    """Return the ranks of values, equal ones with their mean."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return ranks


def _standardised(rows: Floats) -> Floats:
    """Return rows with mean 0 and length 1, so that the product of two is their correlation; 0 without spread."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    standardised: Floats = centred / np.where(length > 0.0, length, 1.0)
    return standardised


def _reversal(name: str, worlds: Sequence[World], pair: tuple[WorldEffects, WorldEffects], chance: float) -> Reversal:
    first, rival = pair
    reversal = Reversal(name, chance, first.intervention, rival.intervention)
    values = [world.inputs.get(name) for world in worlds]
    if not all(map(is_number, values)):
        return reversal
    numbers, lead = np.array(values, dtype=float), first.gain - rival.gain
    half = float(np.median(numbers))
    counts = [
        (int((lead[part] > 0.0).sum()), int((lead[part] < 0.0).sum())) for part in (numbers <= half, numbers > half)
    ]
    return reversal._replace(middle=half, low=counts[0], high=counts[1])


def _worlds_that_reverse(worlds: Sequence[World], effects: Sequence[WorldEffects], values: Floats) -> list[Reversal]:
    """Return the worlds in which another intervention is measurably better than the first, all together.

    values: the measure with each (J,W,R).
    """
    pairs = [(j, w) for j in range(1, len(effects)) for w in range(len(worlds))]
    if not pairs:
        return []
    orders = sequential.orders([values[j, w] - values[0, w] for j, w in pairs], CLAIMS, reach=reach_of(values))
    found = [pair for pair, order in zip(pairs, orders, strict=True) if order is Order.MORE]
    best = {w: max((j for j, other in found if other == w), key=lambda j: effects[j].gain[w]) for _, w in found}
    return [
        Reversal(
            worlds[w].name, math.nan, effects[0].intervention, effects[j].intervention,
            difference(values[j, w], values[0, w]),
        )
        for w, j in sorted(best.items())
    ]  # fmt: skip
