"""Retrodiction: documented cases predicted from their codes, beside rules that need no model.

Rules that hold here
- The protocol is docs/validation_protocol.md; what is done here is what it says, and nothing was changed after the
  first prediction.
- A family that calibrated the model is predicted with parameters that never saw it.
- Every prediction has the same seed, so a case is predicted alike in whatever company it is.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import numpy as np

from negsim.negotiation.case import Floats
from negsim.scenario import Scenario, with_changes
from negsim.scenario.coding import CodedCase, neighbours, scenario_of
from negsim.scenario.uncertain import PARAMETERS, UNCERTAIN
from negsim.study import rivals
from negsim.study.effects import Estimate
from negsim.study.rivals import Known
from negsim.study.runner import Step, run
from negsim.study.scores import CONSENSUS, MAIN, SAMPLES, SCORES, category, counts, over_cases, shares

SEED, RUNS, NEIGHBOUR_RUNS = 2026, 500, 100
CALIBRATED_ON = "cstd"  # the family whose outcomes chose the plausible parameters
MODEL, IN_SAMPLE, OFF, PERMUTED = "model", "model, plausible for all", "mechanisms off", "codes permuted"
WITHOUT = dict.fromkeys(
    (
        "parameters.exaggeration", "parameters.stereotyping", "parameters.devaluation",
        "parameters.isolation_closing", "parameters.isolation_hardening", "parameters.self_serving_blame",
        "parameters.trial", "parameters.chill", "parameters.caucus_pull", "parameters.caucus_shift",
        "parameters.gossip_pull", "parameters.gossip_chill", "parameters.contact_gain", "parameters.spillover_max",
        "process.chair.pressure",
    ),
    0.0,
)  # fmt: skip


@dataclass(frozen=True)
class Validation:
    """What was predicted, and what happened. C cases in order.

    predictions: by forecaster, C,3. moved: by case, (code, step, P(consensus), main score) of every one-step neighbour.
    """

    cases: tuple[CodedCase, ...]
    known: tuple[Known, ...]
    happened: tuple[int, ...]
    learned_from: tuple[Known, ...]
    predictions: dict[str, Floats] = field(default_factory=dict)
    moved: dict[str, list[tuple[str, int, float, float]]] = field(default_factory=dict)

    def scores(self, forecaster: str, score: str = MAIN) -> Floats:
        """A score of every case (C)."""
        if forecaster == PERMUTED:
            return self._permuted(score)
        rows = zip(self.predictions[forecaster], self.happened, strict=True)
        return np.array([SCORES[score](prediction, happened) for prediction, happened in rows])

    def difference(self, forecaster: str, score: str = MAIN) -> Estimate:
        """The model's score less a forecaster's, paired by case; below 0 the model is better."""
        return over_cases(self.scores(MODEL, score) - self.scores(forecaster, score))

    @property
    def forecasters(self) -> list[str]:
        """The model first, then its rivals."""
        return [*self.predictions, *([PERMUTED] if len(self.cases) > 1 else [])]

    def _permuted(self, score: str) -> Floats:
        """The mean score of the predictions made for the other cases (C)."""
        table = self._table(score)
        np.fill_diagonal(table, np.nan)
        means: Floats = np.nanmean(table, axis=0)
        return means

    def _table(self, score: str = MAIN) -> Floats:
        """The score of the prediction for case i where case j happened (C,C)."""
        return np.array([[SCORES[score](p, happened) for happened in self.happened] for p in self.predictions[MODEL]])

    def rank_among_permutations(self) -> float:
        """The share of random permutations of the predictions with a main score as low as the model's, or lower."""
        table, rng = self._table(), np.random.default_rng(SEED)
        cases = np.arange(len(self.cases))
        permuted = [table[rng.permutation(cases), cases].mean() for _ in range(SAMPLES)]
        return float(np.mean(np.array(permuted) <= table.diagonal().mean() + 1e-12))

    def chance_of_a_perfect_model(self) -> float:
        """How often a model that knows the true chances would have a lower main score than the base rate.

        Outcomes of these cases are drawn from the model's own predictions; the base rate is learned anew each time.
        """
        rng, won = np.random.default_rng(SEED), 0
        reach = self.predictions[MODEL].cumsum(axis=1)
        elsewhere = [other for other in self.learned_from if other.name not in {case.name for case in self.known}]
        for _ in range(SAMPLES):
            drawn = [int(c) for c in (rng.random((len(self.known), 1)) > reach).sum(axis=1)]
            imagined = [case._replace(happened=min(c, CONSENSUS)) for case, c in zip(self.known, drawn, strict=True)]
            learned = [*elsewhere, *imagined]
            score = SCORES[MAIN]
            ours = sum(score(p, case.happened) for p, case in zip(self.predictions[MODEL], imagined, strict=True))
            theirs = sum(
                score(rivals.base_rate(case, rivals.others(case, learned)), case.happened) for case in imagined
            )
            won += ours < theirs
        return won / SAMPLES


def predicted(scenario: Scenario, *, replications: int = RUNS) -> Floats:
    """How the runs of a scenario end, by category (3)."""
    return shares(counts(run(scenario, replications=replications, seed=SEED).column("outcome")))


def under(case: CodedCase, ensemble: str, changes: dict[str, float] | None = None) -> Scenario:
    """The scenario of a case, parameters drawn from an ensemble."""
    return with_changes(scenario_of(case), {f"{UNCERTAIN}.{PARAMETERS}": ensemble} | (changes or {}))


def ensemble_for(case: CodedCase) -> str:
    """Parameters that did not see the outcomes of a case's family."""
    return "prior" if case.family == CALIBRATED_ON else "plausible"


def known_of(case: CodedCase) -> Known:
    """What rules without a model may see of a case. Raises ValueError if its outcome is not said."""
    if case.outcome is None:
        raise ValueError(f"{case.name} has no outcome")
    dissent = case.codes["dissent_record"].known
    return Known(case.name, case.family, days_of(case), str(dissent or ""), category(case.outcome.code))


def days_of(case: CodedCase) -> float:
    """Days in all; NaN where they are not known."""
    facts = {name: fact.known for name, fact in case.facts.items()}
    days, meetings = facts["days"], facts["meetings"]
    if isinstance(days, tuple):
        return float(sum(days))
    if days is not None and meetings is not None:
        return float(days * meetings)
    return float(facts["total_days"] or np.nan)


def validate(
    cases: Sequence[CodedCase], background: Sequence[CodedCase] = (), *, neighbourhood: bool = True
) -> Generator[Step, None, Validation]:
    """Predict cases, case by case, and whatever else the protocol asks for.

    background: cases that rules may learn from besides the others. Raises ValueError for a case without an outcome.
    """
    known = tuple(known_of(case) for case in cases)
    learned = {case.name: known_of(case) for case in background} | {case.name: case for case in known}
    result = Validation(tuple(cases), known, tuple(case.happened for case in known), tuple(learned.values()))
    rows: dict[str, list[Floats]] = {MODEL: [], IN_SAMPLE: [], OFF: []}
    for n, case in enumerate(cases):
        ensemble = ensemble_for(case)
        rows[MODEL].append(predicted(under(case, ensemble)))
        rows[IN_SAMPLE].append(rows[MODEL][-1] if ensemble == "plausible" else predicted(under(case, "plausible")))
        rows[OFF].append(predicted(under(case, ensemble, WITHOUT)))
        if neighbourhood:
            result.moved[case.name] = list(_moved(case, known[n].happened))
        yield n + 1, len(cases), case.name
    for name, rule in rivals.RULES.items():
        rows[name] = [rule(case, rivals.others(case, result.learned_from)) for case in known]
    result.predictions.update({name: np.array(row) for name, row in rows.items()})
    return result


def _moved(case: CodedCase, happened: int) -> Generator[tuple[str, int, float, float]]:
    """What would have been predicted had one code been a step off."""
    for name, step, other in neighbours(case):
        prediction = predicted(under(other, ensemble_for(case)), replications=NEIGHBOUR_RUNS)
        yield name, step, float(prediction[CONSENSUS]), SCORES[MAIN](prediction, happened)
