"""Retrodiction: documented cases, and matched pairs of them, predicted from their codes beside rules without a model.

- A case is predicted with parameters that never saw an outcome of its family, and all cases with the same seed, so that
  the prediction of one does not depend on the others.
- A prediction is three shares that sum to 1, in the order of `OUTCOME_CATEGORIES`. Nothing is predicted with certainty:
  `shares` adds half a run to each category.
- A rule without a model sees a case as a `Precedent`, and learns from cases of other families only.
- The model's shares are also pooled with the base rate, by a weight that is learned from cases of other families.
- Lower scores are better. Cases of a family hang together, so intervals are percentiles of bootstrap samples of the
  families; differences are paired by case.
- Matched pairs ask whether the second attempt at a matter is likelier to succeed than the first. Success is adoption:
  consensus, or a vote where the rule allows one. Both attempts are run with the same seed, so that what they share is
  drawn alike. A pair rises where the whole interval of the difference is above 0; rules that need no model answer rise,
  no rise, or nothing where they know too little.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from negsim.cases import CodedCase, neighbours, scenario_of
from negsim.cases.pairs import MatchedPair
from negsim.negotiation.runs import text_left
from negsim.negotiation.tables import Floats, Ints, Outcome
from negsim.scenario import Scenario, with_changes
from negsim.scenario.ensembles import calibrated_on
from negsim.scenario.sampling import Sampler
from negsim.scenario.schema import PARAMETERS_KEY, UNCERTAIN_KEY
from negsim.study.estimates import Estimate, by_percentiles, difference, share
from negsim.study.runner import Step, run

OUTCOME_CATEGORIES = ("none", "partial", "consensus")
CATEGORY_OF = {
    Outcome.CONSENSUS: 2,
    Outcome.PARTIAL: 1,
    Outcome.VOTE: 1,
    Outcome.CHAIR_REPORT: 0,
    Outcome.NONE: 0,
    Outcome.WALKOUT: 0,
}
CONSENSUS_CATEGORY = OUTCOME_CATEGORIES.index("consensus")
_SAMPLES, _SAMPLE_SEED = 10_000, 2026


def category(outcome: str) -> int:
    """Return the category of an outcome by its name, such as `chair_report`.

    >>> OUTCOME_CATEGORIES[category("chair_report")]
    'none'
    """
    return CATEGORY_OF[Outcome[outcome.upper()]]


def counts(outcomes: Sequence[int] | Floats | Ints) -> Floats:
    """Count the outcomes (their numbers) in each category (3)."""
    categories = [CATEGORY_OF[Outcome(int(outcome))] for outcome in outcomes]
    return np.bincount(categories, minlength=len(OUTCOME_CATEGORIES)).astype(float)


def shares(hits: Floats) -> Floats:
    """Turn counts by category into a prediction, half a run added to each (3)."""
    return np.asarray((hits + 0.5) / (hits.sum() + 0.5 * len(hits)))


def ranked_probability(prediction: Floats, happened: int) -> float:
    """Halve the sum of squared differences of cumulated shares (Epstein 1969, doi 10.1175/1520-0450(1969)008).

    >>> ranked_probability(np.array([0.0, 0.5, 0.5]), 2)
    0.125
    """
    cumulated = np.cumsum(prediction)[:-1]
    return float(((cumulated - (np.arange(len(cumulated)) >= happened)) ** 2).sum() / 2)


def brier(prediction: Floats, happened: int) -> float:
    """Square the error of the share of consensus (Brier 1950)."""
    return float((prediction[CONSENSUS_CATEGORY] - (happened == CONSENSUS_CATEGORY)) ** 2)


def log_score(prediction: Floats, happened: int) -> float:
    """Return minus the natural logarithm of the share predicted for what happened (Good 1952)."""
    return float(-np.log(prediction[happened]))


SCORES = {"ranked_probability": ranked_probability, "brier": brier, "log": log_score}
MAIN_SCORE = "ranked_probability"


def over_families(values: Floats, families: Sequence[str]) -> Estimate:
    """Average over cases with the 95 % interval of bootstrap samples of families, NaN of one family.

    values, families: one a case.
    """
    sums, sizes = _by_family(values, families)
    draws = _SAMPLES if len(sums) > 1 else 0
    chosen = np.random.default_rng(_SAMPLE_SEED).integers(len(sums), size=(draws, len(sums)))
    return by_percentiles(float(values.mean()), sums[chosen].sum(axis=1) / sizes[chosen].sum(axis=1), len(values))


def standard_error(values: Floats, families: Sequence[str]) -> float:
    """Compute the standard error of a mean over cases clustered by family; NaN for one family.

    With G families the root of G / (G - 1) times the sum of squares of their summed deviations, over the number of
    cases (Liang & Zeger 1986, doi 10.1093/biomet/73.1.13).
    """
    sums, sizes = _by_family(values - values.mean(), families)
    if len(sums) < 2:
        return math.nan
    return math.sqrt(len(sums) / (len(sums) - 1) * float((sums**2).sum())) / float(sizes.sum())


def _by_family(values: Floats, families: Sequence[str]) -> tuple[Floats, Floats]:
    """Return the sum of values and the number of cases of each family (G,), (G,)."""
    _, family = np.unique(np.array(list(families)), return_inverse=True)
    sums: Floats = np.bincount(family, weights=values).astype(float)
    sizes: Floats = np.bincount(family).astype(float)
    return sums, sizes


def area_under_curve(chance: Floats, reached: Floats) -> float:
    """Return how often a case that reached consensus had the higher chance of it, ties counting half; NaN of one kind.

    The area under the receiver operating characteristic (Hanley & McNeil 1982, doi 10.1148/radiology.143.1.7063747).

    >>> area_under_curve(np.array([0.9, 0.5, 0.5]), np.array([1.0, 1.0, 0.0]))
    0.75
    """
    there, not_there = chance[reached > 0], chance[reached == 0]
    if not len(there) or not len(not_there):
        return math.nan
    less = np.sign(there[:, None] - not_there[None, :])
    return float((less + 1).mean() / 2)


def area_over_families(chance: Floats, reached: Floats, families: Sequence[str]) -> Estimate:
    """Compute the area under the curve with the 95 % interval of bootstrap samples of families with both kinds."""
    names, family = np.unique(np.array(list(families)), return_inverse=True)
    rng, areas = np.random.default_rng(_SAMPLE_SEED), []
    for chosen in rng.integers(len(names), size=(_SAMPLES // 10 if len(names) > 1 else 0, len(names))):
        cases = np.concatenate([np.flatnonzero(family == one) for one in chosen])
        areas.append(area_under_curve(chance[cases], reached[cases]))
    return by_percentiles(area_under_curve(chance, reached), np.array(areas), len(chance))


_ALMOST_CERTAIN = 0.98  # of "always consensus"
# Of the logistic rule's coefficients, on standardised days (Gelman et al. 2008, doi 10.1214/08-AOAS191).
_PRIOR_SD = 2.5


class Precedent(NamedTuple):
    """A case as rules see it: days in all (NaN: unknown), the way to record dissent, and what happened."""

    name: str
    family: str
    days: float
    dissent_record: str  # "": unknown
    happened: int


_Rule = Callable[[Precedent, Sequence[Precedent]], Floats]


def others(case: Precedent, cases: Sequence[Precedent]) -> list[Precedent]:
    """Return the cases of other families."""
    return [other for other in cases if other.family != case.family]


def base_rate(case: Precedent, precedents: Sequence[Precedent]) -> Floats:  # noqa: ARG001 - every rule is called alike
    """Predict from how all precedents ended."""
    return shares(
        np.bincount([other.happened for other in precedents], minlength=len(OUTCOME_CATEGORIES)).astype(float)
    )


def _always_consensus(case: Precedent, precedents: Sequence[Precedent]) -> Floats:  # noqa: ARG001
    prediction = np.full(len(OUTCOME_CATEGORIES), (1 - _ALMOST_CERTAIN) / (len(OUTCOME_CATEGORIES) - 1))
    prediction[CONSENSUS_CATEGORY] = _ALMOST_CERTAIN
    return prediction


def number_of_days(case: Precedent, precedents: Sequence[Precedent]) -> Floats:
    """Predict consensus by a logistic rule on the log of the days; the base rate divides the rest."""
    rest = base_rate(case, precedents)
    logs = np.array([math.log(other.days) for other in precedents])
    centre, spread = (np.nanmean(logs), np.nanstd(logs)) if np.isfinite(logs).any() else (0.0, 1.0)
    standard = np.nan_to_num((logs - centre) / (spread or 1.0))
    ended = np.array([other.happened == CONSENSUS_CATEGORY for other in precedents], float)

    def unlikely(weights: Floats) -> float:
        p = expit(weights[0] + weights[1] * standard)
        fit = -float(np.sum(ended * np.log(p) + (1 - ended) * np.log1p(-p)))
        return fit + float(weights @ weights) / (2 * _PRIOR_SD**2)

    weights = minimize(unlikely, np.zeros(2)).x
    own = 0.0 if math.isnan(case.days) else (math.log(case.days) - centre) / (spread or 1.0)
    p = float(expit(weights[0] + weights[1] * own))
    prediction: Floats = rest * (1 - p) / (1 - rest[CONSENSUS_CATEGORY])
    prediction[CONSENSUS_CATEGORY] = p
    return prediction


def recorded_dissent(case: Precedent, precedents: Sequence[Precedent]) -> Floats:
    """Predict from how those precedents ended that record dissent in the same way."""
    return base_rate(case, [other for other in precedents if other.dissent_record == case.dissent_record])


FORECAST_RULES: dict[str, _Rule] = {
    "base rate": base_rate,
    "always consensus": _always_consensus,
    "number of days": number_of_days,
    "recorded dissent": recorded_dissent,
}


_WEIGHTS = np.linspace(0.0, 1.0, 101)  # of the base rate in a pool
USUAL_WEIGHT = 0.5  # where no case of another family is scored; 89 cases teach .52 to .60 (research/docs/validation.md)


def _pooled(model: Floats, base: Floats, weight: float | Floats) -> Floats:
    """Mix linearly (1 - weight) model + weight base (Stone 1961, doi 10.1214/aoms/1177704873)."""
    return np.asarray((1.0 - weight) * model + weight * base)


def weight_of_the_base(model: Floats, base: Floats, happened: Sequence[int]) -> float:
    """Find the weight whose pool has the lowest mean log score over C cases; model, base: (C,3)."""
    if not len(happened):
        return USUAL_WEIGHT
    rows, ends = np.arange(len(happened)), np.array(happened)
    chances = _pooled(model[rows, ends][:, None], base[rows, ends][:, None], _WEIGHTS[None, :])
    return float(_WEIGHTS[np.argmin(-np.log(chances).mean(axis=0))])


def pools(model: Floats, precedents: Sequence[Precedent], learned_from: Sequence[Precedent]) -> tuple[Floats, Floats]:
    """Pool the predictions of C cases (C,3), with the weight of each (C); none is learned from a case's own family."""
    rows, weights = [], []
    for n, case in enumerate(precedents):
        elsewhere = others(case, learned_from)
        there = [i for i, other in enumerate(precedents) if other.family != case.family]
        base = np.array([base_rate(precedents[i], others(precedents[i], elsewhere)) for i in there])
        weight = weight_of_the_base(model[there], base, [precedents[i].happened for i in there])
        weights.append(weight)
        rows.append(_pooled(model[n], base_rate(case, elsewhere), weight))
    return np.array(rows), np.array(weights)


VALIDATION_SEED, VALIDATION_RUNS = 2026, 500
_FEWER_TIMES = 5  # times fewer replications for a case with a code one step off
PLAUSIBLE_ENSEMBLE = "plausible"  # the ensemble, for cases whose outcomes it did not see
MODEL_RULE, POOLED_RULE, OFF_RULE, _PERMUTED_RULE = "model", "model, pooled", "mechanisms off", "codes permuted"
_MECHANISMS_OFF = dict.fromkeys(
    (
        "parameters.exaggeration", "parameters.devaluation", "parameters.isolation_closing",
        "parameters.caucus_pull", "parameters.contact_gain",
        "parameters.spillover_max", "process.chair.pressure",
    ),
    0.0,
)  # fmt: skip


@dataclass(frozen=True)
class Validation:
    """Predictions and outcomes of C cases, in order.

    learned_from: the cases that rules learn from. replications: of a prediction. predictions: by forecaster, C,3.
    weights: of the base rate in the pooled prediction, by case (C).
    moved: by case, (code, step, P(consensus), main score) of every one-step neighbour.
    """

    cases: tuple[CodedCase, ...]
    precedents: tuple[Precedent, ...]
    learned_from: tuple[Precedent, ...]
    replications: int
    predictions: dict[str, Floats]
    weights: Floats
    moved: dict[str, list[tuple[str, int, float, float]]]

    def scores(self, forecaster: str, score: str = MAIN_SCORE) -> Floats:
        """Score every case (C)."""
        if forecaster == _PERMUTED_RULE:
            return self._permuted(score)
        rows = zip(self.predictions[forecaster], self.happened, strict=True)
        return np.array([SCORES[score](prediction, happened) for prediction, happened in rows])

    def difference(self, forecaster: str, score: str = MAIN_SCORE) -> Estimate:
        """Estimate the model's score less a forecaster's, paired by case; below 0 the model is better."""
        return self.over_cases(self.scores(MODEL_RULE, score) - self.scores(forecaster, score))

    @property
    def happened(self) -> list[int]:
        """The category in which every case ended (C)."""
        return [case.happened for case in self.precedents]

    @property
    def families(self) -> list[str]:
        """The family of every case (C)."""
        return [case.family for case in self.precedents]

    @property
    def reached(self) -> Floats:
        """1 where a case reached consensus, else 0 (C)."""
        return np.array([float(happened == CONSENSUS_CATEGORY) for happened in self.happened])

    def over_cases(self, values: Floats) -> Estimate:
        """Average values (C) with the interval of bootstrap samples of families."""
        return over_families(values, self.families)

    def discrimination(self, forecaster: str) -> Estimate:
        """Measure how well a forecaster separates cases that reached consensus from others: area under the curve.

        It says nothing about a pool or the base rate: what is learned without a family is worse where it did well.
        """
        return area_over_families(self.predictions[forecaster][:, CONSENSUS_CATEGORY], self.reached, self.families)

    @property
    def neighbour_replications(self) -> int:
        """Replications of a prediction with one code a step off."""
        return _fewer(self.replications)

    @property
    def forecasters(self) -> list[str]:
        """The model first, then its rivals."""
        return [*self.predictions, *([_PERMUTED_RULE] if len(self.cases) > 1 else [])]

    def _permuted(self, score: str) -> Floats:
        """Average the scores of the predictions made for the other cases (C)."""
        table = self._table(score)
        np.fill_diagonal(table, np.nan)
        return np.asarray(np.nanmean(table, axis=0))

    def _table(self, score: str = MAIN_SCORE) -> Floats:
        """Score the prediction for case i as if case j had happened (C,C)."""
        return np.array(
            [[SCORES[score](p, happened) for happened in self.happened] for p in self.predictions[MODEL_RULE]]
        )

    def rank_among_permutations(self) -> float:
        """Return the share of random permutations of the predictions whose main score is no higher than the model's."""
        table, rng = self._table(), np.random.default_rng(VALIDATION_SEED)
        cases = np.arange(len(self.cases))
        permuted = [table[rng.permutation(cases), cases].mean() for _ in range(_SAMPLES)]
        return float(np.mean(np.array(permuted) <= table.diagonal().mean() + 1e-12))

    def chance_of_a_perfect_model(self) -> float:
        """Return how often a model that knows the true chances would have a lower main score than the base rate.

        Outcomes of these cases are drawn from the model's own predictions; the base rate is learned anew each time.
        """
        rng, won = np.random.default_rng(VALIDATION_SEED), 0
        reach = self.predictions[MODEL_RULE].cumsum(axis=1)
        elsewhere = [other for other in self.learned_from if other.name not in {case.name for case in self.precedents}]
        for _ in range(_SAMPLES):
            ends = [int(c) for c in (rng.random((len(self.precedents), 1)) > reach).sum(axis=1)]
            imagined = [
                case._replace(happened=min(c, CONSENSUS_CATEGORY))
                for case, c in zip(self.precedents, ends, strict=True)
            ]
            learned, score = [*elsewhere, *imagined], SCORES[MAIN_SCORE]
            ours = sum(score(p, case.happened) for p, case in zip(self.predictions[MODEL_RULE], imagined, strict=True))
            theirs = sum(score(base_rate(case, others(case, learned)), case.happened) for case in imagined)
            won += ours < theirs
        return won / _SAMPLES


def _fewer(replications: int) -> int:
    return max(1, replications // _FEWER_TIMES)


def predicted(scenario: Scenario, *, replications: int = VALIDATION_RUNS) -> Floats:
    """Predict how the runs of a scenario end, by category (3)."""
    return shares(counts(run(scenario, replications=replications, seed=VALIDATION_SEED).column("outcome")))


def forecast(case: CodedCase, outcomes: Floats, background: Sequence[CodedCase]) -> tuple[Floats, Floats]:
    """Predict how the runs of a case end by category, raw and pooled by the usual weight, (3), (3).

    outcomes: one a run. background: cases; those of other families give the base rate.
    """
    raw = shares(counts(outcomes))
    learned = [precedent_of(other) for other in background if other.family != case.family]
    return raw, _pooled(raw, base_rate(Precedent(case.name, case.family, math.nan, "", 0), learned), USUAL_WEIGHT)


def under(case: CodedCase, ensemble: str, changes: dict[str, float] | None = None) -> Scenario:
    """Return the scenario of a case, parameters drawn from an ensemble."""
    return with_changes(scenario_of(case), {f"{UNCERTAIN_KEY}.{PARAMETERS_KEY}": ensemble} | (changes or {}))


def in_sample(case: CodedCase) -> bool:
    """Return whether the outcomes of a case's family were used to choose the plausible parameters."""
    return case.family in calibrated_on(PLAUSIBLE_ENSEMBLE)


def ensemble_for(case: CodedCase) -> str:
    """Choose parameters that never saw the outcomes of a case's family."""
    return "prior" if in_sample(case) else PLAUSIBLE_ENSEMBLE


Variant = Callable[[CodedCase], Scenario]  # a way to predict a case by the model
MODEL_VARIANTS: dict[str, Variant] = {
    MODEL_RULE: lambda case: under(case, ensemble_for(case)),
    OFF_RULE: lambda case: under(case, ensemble_for(case), _MECHANISMS_OFF),
}


def precedent_of(case: CodedCase) -> Precedent:
    """Return what rules without a model may see of a case. Raises ValueError if it has no outcome."""
    if case.outcome is None:
        raise ValueError(f"{case.name} has no outcome")
    dissent = case.codes["dissent_record"].known
    return Precedent(case.name, case.family, _days_of(case), str(dissent or ""), category(case.outcome.code))


def _days_of(case: CodedCase) -> float:
    """Return the days in all; NaN if they are unknown."""
    facts = case.conditions.known_facts
    days, meetings = facts["days"], facts["meetings"]
    if isinstance(days, tuple):
        return float(sum(days))
    if days is not None and meetings is not None:
        return float(days * meetings)
    return float(facts["total_days"] or np.nan)


def validate(
    cases: Sequence[CodedCase],
    background: Sequence[CodedCase] = (),
    *,
    variants: Mapping[str, Variant] = MODEL_VARIANTS,
    replications: int = VALIDATION_RUNS,
    neighbourhood: bool = True,
) -> Generator[Step, None, Validation]:
    """Predict cases by every variant of the model and by every rule; a step is a case.

    background: cases that rules may learn from besides the others. variants: `MODEL_RULE` among them. neighbourhood:
    also predict every case with each code one step off. Raises ValueError for a case without an outcome.
    """
    precedents = tuple(precedent_of(case) for case in cases)
    learned = {case.name: precedent_of(case) for case in background} | {case.name: case for case in precedents}
    learned_from = tuple(learned.values())
    rows: dict[str, list[Floats]] = {name: [] for name in (MODEL_RULE, POOLED_RULE, *variants)}
    moved = {}
    for n, (case, precedent) in enumerate(zip(cases, precedents, strict=True), start=1):
        for name, variant in variants.items():
            rows[name].append(predicted(variant(case), replications=replications))
        if neighbourhood:
            moved[case.name] = list(_moved(case, precedent.happened, _fewer(replications)))
        yield n, len(cases), case.name
    for name, rule in FORECAST_RULES.items():
        rows[name] = [rule(case, others(case, learned_from)) for case in precedents]
    mixed, weights = pools(np.array(rows[MODEL_RULE]), precedents, learned_from)
    rows[POOLED_RULE] = list(mixed)
    predictions = {name: np.array(row) for name, row in rows.items()}
    return Validation(tuple(cases), precedents, learned_from, replications, predictions, weights, moved)


def _moved(case: CodedCase, happened: int, replications: int) -> Iterator[tuple[str, int, float, float]]:
    for name, step, other in neighbours(case):
        prediction = predicted(MODEL_VARIANTS[MODEL_RULE](other), replications=replications)
        yield name, step, float(prediction[CONSENSUS_CATEGORY]), SCORES[MAIN_SCORE](prediction, happened)


ADOPTION = (int(Outcome.CONSENSUS), int(Outcome.VOTE))
MAIN_TEST, CONTROLS_TEST, NOISE_TEST, SEEN_TEST, CONFOUNDED_TEST = (
    "main test", "controls", "noise test", "in sample", "high confounding",
)  # fmt: skip
PAIR_TESTS = {
    MAIN_TEST: "fail-then-success pairs of low and medium confounding: they should rise",
    CONTROLS_TEST: "success-then-failure and fail-then-fail pairs: they should not rise",
    NOISE_TEST: "pairs with the same process twice: no difference can be foreseen, and neither attempt should be sure",
    SEEN_TEST: "pairs whose outcomes chose the plausible parameters; run with the prior, and counted nowhere",
    CONFOUNDED_TEST: "pairs where much else changed: reported separately, and evidence for nothing",
}


def which_test(pair: MatchedPair) -> str:
    """Return the test to which a pair belongs."""
    if in_sample(pair.first) or in_sample(pair.second):
        return SEEN_TEST
    if pair.confounding == "high":
        return CONFOUNDED_TEST
    if pair.noise:
        return NOISE_TEST
    return MAIN_TEST if pair.type == "FS" else CONTROLS_TEST


class Compared(NamedTuple):
    """A pair and the model's answer: the chance of adoption of each attempt, and by how much it rises.

    with_text: by how much it rises where the second attempt takes up the text of a failed first one.
    """

    pair: MatchedPair
    first: Estimate
    second: Estimate
    change: Estimate
    with_text: Estimate | None = None

    @property
    def test(self) -> str:
        """The test that the pair belongs to."""
        return which_test(self.pair)

    @property
    def rises(self) -> bool:
        """True if the whole interval of the change is above 0."""
        return self.change.low > 0.0


def compared(pair: MatchedPair, adopted: dict[str, Floats]) -> Compared:
    """Compare the two attempts of a pair in the model. adopted: by case, whether each replication was adopted (R)."""
    first, second = adopted[pair.first.name], adopted[pair.second.name]
    return Compared(pair, share(first), share(second), difference(second, first))


def compare_pairs(
    pairs: Sequence[MatchedPair], *, replications: int = VALIDATION_RUNS
) -> Generator[Step, None, list[Compared]]:
    """Run every attempt once; a step is an attempt."""
    cases = {case.name: case for pair in pairs for case in (pair.first, pair.second)}
    adopted: dict[str, Floats] = {}
    for n, case in enumerate(cases.values(), 1):
        ends = run(MODEL_VARIANTS[MODEL_RULE](case), replications=replications, seed=VALIDATION_SEED).column("outcome")
        adopted[case.name] = np.isin(ends, ADOPTION).astype(float)
        yield n, len(cases), case.name
    results = []
    for pair in pairs:
        result = compared(pair, adopted)
        if pair.text_carried_over:
            with_text = _adopted_with_text(pair, replications)
            result = result._replace(with_text=difference(with_text, adopted[pair.first.name]))
        results.append(result)
    return results


def _adopted_with_text(pair: MatchedPair, replications: int) -> Floats:
    """Return whether the second attempt is adopted, starting from the text that a failed first one left (R)."""
    first, second = (Sampler(MODEL_VARIANTS[MODEL_RULE](case), VALIDATION_SEED) for case in (pair.first, pair.second))
    ends = list[int]()
    for (before, r, _), (after, _, _) in zip(first.cases(0, replications), second.cases(0, replications), strict=True):
        outcome, text = text_left(before, VALIDATION_SEED, r)
        ends.append(text_left(after if outcome in ADOPTION else after._replace(text=text), VALIDATION_SEED, r)[0])
    return np.isin(ends, ADOPTION).astype(float)


def _more_days(pair: MatchedPair) -> bool | None:
    first, second = _days_of(pair.first), _days_of(pair.second)
    return None if math.isnan(first) or math.isnan(second) else second > first


# What the second attempt has by which it is likelier to succeed; None: unknown.
_PAIR_RULES: dict[str, Callable[[MatchedPair], bool | None]] = {
    "more days": _more_days,
    "another chair": lambda pair: pair.another_chair,
    "always up": lambda _: True,
}


def answers(results: Sequence[Compared], test: str) -> dict[str, list[bool]]:
    """Return, by the model and by each rule, whether the pairs of a test rise; leave out pairs a rule cannot judge."""
    inside = [result for result in results if result.test == test]
    ruled = {name: [rule(result.pair) for result in inside] for name, rule in _PAIR_RULES.items()}
    by_rule = {name: [answer for answer in of_rule if answer is not None] for name, of_rule in ruled.items()}
    return {"model": [result.rises for result in inside]} | by_rule
