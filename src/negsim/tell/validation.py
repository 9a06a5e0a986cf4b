"""The validation as text and as tables: predictions, scores, what a step in the codes would change.

Rules that hold here
- It is called retrodiction, and what it cannot say stands below what it says.
- Every score stands beside those of the rivals, with intervals over cases.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import numpy as np

from negsim.scenario.coding import CodedCase
from negsim.study.effects import Estimate
from negsim.study.runner import Step
from negsim.study.scores import CATEGORIES, MAIN, SCORES, over_cases, shares
from negsim.study.validation import CALIBRATED_ON, MODEL, NEIGHBOUR_RUNS, RUNS, SEED, Validation, validate
from negsim.tell.files import write_table
from negsim.tell.folders import written_whole
from negsim.tell.style import save
from negsim.tell.validation_plots import PICTURES
from negsim.tell.words import counted

CAVEATS = (
    "Outcomes were known to whoever coded the cases: this is retrodiction. Cases are few and were not drawn at "
    "random, families are fewer, and the scores of one family's cases hang together."
)
SCORE_NAMES = {"ranked_probability": "ranked probability", "brier": "Brier", "log": "log"}
NAME = 27
FEW = 10  # cases, of which bootstrap intervals are plainly too narrow


def validation_report(
    cases: Sequence[CodedCase], background: Sequence[CodedCase], *, out: Path | None = None, neighbourhood: bool = True
) -> Generator[Step, None, str]:
    """Validate, write tables and pictures into a folder if one is given, and return the account."""
    result = yield from validate(cases, background, neighbourhood=neighbourhood)
    text = "\n".join(account(result))
    if out is not None:
        with written_whole(out, "validate") as part:
            write_table(part / "predictions.csv", *prediction_table(result))
            write_table(part / "scores.csv", *score_table(result))
            write_table(part / "one_step_off.csv", *step_table(result))
            (part / "validation.txt").write_text(text + "\n", encoding="utf-8")
            for name, draw in PICTURES.items():
                save(draw(result), part / f"{name}.png")
    return text


def account(result: Validation) -> Iterator[str]:
    """What came out, line by line."""
    families = len({case.family for case in result.known})
    of_families = "one family" if families == 1 else f"{families} families"
    yield f"Retrodiction of {counted(len(result.cases), 'case')} of {of_families}"
    yield f"{RUNS} replications a case, seed {SEED}; facts that are unknown and parameters are drawn for each."
    if result.moved:
        most = 100 * shares(np.array([0.0, 0.0, NEIGHBOUR_RUNS]))[-1]
        yield f"One code a step off: {NEIGHBOUR_RUNS} replications, of which all with consensus are {most:.0f} %."
    yield f"Parameters: the plausible ensemble; for the family {CALIBRATED_ON}, which calibrated it, the prior."
    yield ""
    heading = f"{'predicted':<20}{'none':>7}{'partial':>9}{'consensus':>11}   {'happened':<10}{'score':>6}"
    yield heading + ("   one code a step off" if result.moved else "")
    yield from _case_rows(result)
    yield ""
    yield f"{'mean over cases':<{NAME}}" + "".join(f"{SCORE_NAMES[score]:^22}" for score in SCORES)
    for forecaster in result.forecasters:
        cells = "".join(f"{_bracketed(over_cases(result.scores(forecaster, score))):^22}" for score in SCORES)
        yield f"  {forecaster:<{NAME - 2}}{cells}".rstrip()
    yield ""
    yield f"The model's {SCORE_NAMES[MAIN]} score less a rival's, paired by case (below 0 the model is better)"
    for forecaster in result.forecasters[1:]:
        difference = result.difference(forecaster)
        yield f"  {forecaster:<{NAME - 2}}{_signed(difference)}  {_verdict(difference)}"
    if 1 < len(result.cases) < FEW:
        yield "Intervals from so few cases are narrower than they should be."
    yield from _whole(result)
    yield ""
    yield CAVEATS


def _case_rows(result: Validation) -> Iterator[str]:
    for case, known, p, score in zip(
        result.cases, result.known, result.predictions[MODEL], result.scores(MODEL), strict=True
    ):
        row = f"  {case.name:<18}{p[0]:>7.0%}{p[1]:>9.0%}{p[2]:>11.0%}   {CATEGORIES[known.happened]:<10}{score:>6.3f}"
        moved = [chance for _, _, chance, _ in result.moved.get(case.name, [])]
        yield row + (f"   consensus {min(moved):.0%} .. {max(moved):.0%}" if moved else "")


def _bracketed(estimate: Estimate) -> str:
    interval = "" if np.isnan(estimate.low) else f" [{estimate.low:.3f}, {estimate.high:.3f}]"
    return f"{estimate.value:.3f}{interval}"


def _signed(estimate: Estimate) -> str:
    interval = "" if np.isnan(estimate.low) else f" [{estimate.low:+.3f}, {estimate.high:+.3f}]"
    return f"{estimate.value:+.3f}{interval}"


def _verdict(difference: Estimate) -> str:
    if np.isnan(difference.low):
        return "one case decides nothing"
    if difference.high < 0.0:
        return "the model is better"
    return "the rival is better" if difference.low > 0.0 else "not told apart"


def _whole(result: Validation) -> Iterator[str]:
    """What needs several cases: confusion, permutations, a perfect model, steps in the codes."""
    likeliest = result.predictions[MODEL].argmax(axis=1)
    hits = int((likeliest == np.array(result.happened)).sum())
    yield ""
    yield f"The likeliest category happened in {hits} of {len(result.cases)} cases:"
    yield f"  {'happened':<12}" + "".join(f"{'said ' + name:>16}" for name in CATEGORIES)
    for c, name in enumerate(CATEGORIES):
        row = [int(((likeliest == said) & (np.array(result.happened) == c)).sum()) for said in range(len(CATEGORIES))]
        yield f"  {name:<12}" + "".join(f"{number:>16}" for number in row)
    outside = [n for n, known in enumerate(result.known) if known.family != CALIBRATED_ON]
    if 0 < len(outside) < len(result.known):
        gain = over_cases((result.scores(MODEL) - result.scores("base rate"))[outside])
        yield f"Without the family {CALIBRATED_ON}, less the base rate: {_signed(gain)}  {_verdict(gain)}"
    if len(result.cases) > 1:
        deals, won = result.rank_among_permutations(), result.chance_of_a_perfect_model()
        yield f"Predictions dealt to cases at random score as well or better in {deals:.1%} of deals."
        yield f"If these predictions were the true chances, they would beat the base rate in {won:.0%} of histories."
    if any(result.moved.values()):  # a case without a known code has no neighbour
        means = [float(np.mean([score for *_, score in moved])) for moved in result.moved.values() if moved]
        yield f"With one code of every case a step off, the mean score is {np.mean(means):.3f}."


# ---------------------------------------------------------------------------------------------- tables

Table = tuple[list[str], Iterator[list[object]]]


def prediction_table(result: Validation) -> Table:
    """One row a case and forecaster."""
    header = ["case", "family", "happened", "forecaster", *CATEGORIES, *SCORES]

    def rows() -> Iterator[list[object]]:
        for forecaster, predictions in result.predictions.items():
            for known, p in zip(result.known, predictions, strict=True):
                scores = [score(p, known.happened) for score in SCORES.values()]
                yield [known.name, known.family, CATEGORIES[known.happened], forecaster, *p, *scores]

    return header, rows()


def score_table(result: Validation) -> Table:
    """One row a forecaster and score: mean, interval, the model's less it."""
    header = ["forecaster", "score", "mean", "low", "high", "model_less", "model_less_low", "model_less_high", "cases"]

    def rows() -> Iterator[list[object]]:
        for forecaster in result.forecasters:
            for score in SCORES:
                own, less = over_cases(result.scores(forecaster, score)), result.difference(forecaster, score)
                yield [forecaster, score, *own[:3], *less[:3], own.observations]

    return header, rows()


def step_table(result: Validation) -> Table:
    """One row a case, code and step: what would have been predicted."""
    header = ["case", "code", "step", "consensus", MAIN]
    rows = ([name, *one] for name, moved in result.moved.items() for one in moved)
    return header, rows
