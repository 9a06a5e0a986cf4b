"""A validation as text, as tables and as pictures: predictions, scores, and the effect of a step in the codes.

- It is called retrodiction, and its limits are printed below its results.
- Every score is shown beside those of the rivals, with intervals over families at 95 %.
- The raw prediction and the one pooled with the base rate are shown side by side.
- What happened is a word beside the prediction, never a colour alone.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from negsim.cases import CodedCase
from negsim.cases.pairs import CONFOUNDING, TYPES, MatchedPairs
from negsim.cast.codes import OUTCOMES
from negsim.cast.palette import Colour
from negsim.files import Table, whole_folder, write_table, write_text
from negsim.negotiation.tables import Outcome
from negsim.report.plots import style
from negsim.report.plots.runs import stack
from negsim.report.words import capital, counted, listed
from negsim.scenario.ensembles import calibrated_on
from negsim.study import validation
from negsim.study.estimates import Estimate, share
from negsim.study.runner import Step
from negsim.study.validation import (
    CONSENSUS_CATEGORY,
    MAIN_SCORE,
    MODEL_RULE,
    OUTCOME_CATEGORIES,
    POOLED_RULE,
    SCORES,
    VALIDATION_SEED,
    Compared,
    Validation,
)

_INKS = [OUTCOMES[end].colour for end in (Outcome.NONE, Outcome.PARTIAL, Outcome.CONSENSUS)]
_BINS = 3
_MODEL_INK, _RIVAL_INK = Colour.BLUE, Colour.GREY


@style.styled
def _predictions(result: Validation, *, ax: Axes | None = None) -> Axes:
    """Plot the prediction for every case as a bar, with its outcome beside it."""
    ax = style.axes_or_new(ax, height=1.1 + 0.27 * len(result.cases))
    table = result.predictions[MODEL_RULE]
    order = np.lexsort((table[:, CONSENSUS_CATEGORY], np.array(result.happened)))[::-1]
    parts = zip(table[order].T, _INKS, strict=True)
    stack(ax, dict(zip(OUTCOME_CATEGORIES, parts, strict=True)), note="{:.0%}", height=0.7)
    for row, case in enumerate(order):
        name = OUTCOME_CATEGORIES[result.happened[case]]
        ax.annotate(name, (1.0, row), xytext=(6, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(order)), [result.cases[case].name for case in order])
    ax.set_xlim(0.0, 1.0)
    style.percent_axis(ax.xaxis)
    ax.set_xlabel("share of replications; on the right what happened")
    return ax


@style.styled
def _calibration(result: Validation, *, ax: Axes | None = None) -> Axes:
    """Plot the predicted chance of consensus against the share of cases that reached it, in thirds of the range."""
    ax = style.axes_or_new(ax, share=0.58, height=3.8)
    chance, reached = result.predictions[MODEL_RULE][:, CONSENSUS_CATEGORY], result.reached
    ax.plot([0, 1], [0, 1], color=style.PALE_INK, linewidth=0.8, linestyle=(0, (3, 3)))
    places = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    for place in np.unique(places):
        inside = places == place
        frequency, centre = share(reached[inside]), chance[inside].mean()
        ax.vlines(centre, frequency.low, frequency.high, color=style.INK, linewidth=1.2)
        ax.plot(centre, frequency.value, "o", color=_MODEL_INK, markersize=6)
        ax.annotate(
            counted(int(inside.sum()), "case"), (centre, frequency.value), xytext=(7, 5),
            textcoords="offset points", fontsize="small",
        )  # fmt: skip
    ax.plot(chance, reached * 1.06 - 0.03, "|", color=style.PALE_INK, markersize=6)
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.06, 1.06)
    for axis in (ax.xaxis, ax.yaxis):
        style.percent_axis(axis)
    ax.set_xlabel("predicted chance of consensus")
    ax.set_ylabel("share of cases that reached it")
    return ax


@style.styled
def _scores(result: Validation, *, ax: Axes | None = None) -> Axes:
    """Plot the main score of the model and of every rival, with intervals over families; lower is better."""
    names = result.forecasters
    ax = style.axes_or_new(ax, height=1.0 + 0.3 * len(names))
    for row, name in enumerate(names):
        score = result.over_cases(result.scores(name, MAIN_SCORE))
        ink = _MODEL_INK if name == MODEL_RULE else _RIVAL_INK
        ax.plot([score.low, score.high], [row, row], color=ink, linewidth=1.6 if name == MODEL_RULE else 1.2)
        ax.plot(score.value, row, "o", color=ink, markersize=5)
    style.name_rows(ax, names, letters=40)
    ax.set_xlim(left=0.0)
    ax.grid(axis="x", color=style.FAINT_INK, linewidth=0.6)
    ax.set_xlabel("ranked probability score (0 is perfect; mean over cases)")
    return ax


_CAVEATS = (
    "Outcomes were known to whoever coded the cases: this is retrodiction. Cases are few and were not drawn at "
    "random, families are fewer, and the scores of one family's cases hang together."
)
SCORE_NAMES = {"ranked_probability": "ranked probability", "brier": "Brier", "log": "log"}
_NAME = 27
_FEWEST_CASES = 10  # cases, of which bootstrap intervals are plainly too narrow


def validation_report(
    cases: Sequence[CodedCase], background: Sequence[CodedCase], *, out: Path | None = None, neighbourhood: bool = True
) -> Generator[Step, None, str]:
    """Validate, write tables and pictures into a folder if one is given, and return the account."""
    result = yield from validation.validate(cases, background, neighbourhood=neighbourhood)
    return write_validation(result, out)


def write_validation(result: Validation, out: Path | None, *, weak: str = "") -> str:
    """Write the account of a validation; text, tables and pictures also go into a folder, if one is given.

    weak: the weaknesses of these cases, printed below their scores.
    """
    text = "\n".join([*account(result), *([weak] if weak else [])])
    if out is not None:
        with whole_folder(out, "case validate") as part:
            write_table(part / "predictions.csv", *_prediction_table(result))
            write_table(part / "scores.csv", *_score_table(result))
            steps = ([name, *one] for name, moved in result.moved.items() for one in moved)
            write_table(part / "one_step_off.csv", ["case", "code", "step", "consensus", MAIN_SCORE], steps)
            write_text(part / "validation.txt", text + "\n")
            for draw in (_predictions, _calibration, _scores):
                style.save(draw(result), part / f"{draw.__name__.removeprefix('_')}.png")
    return text


def account(result: Validation) -> Iterator[str]:
    """Yield the account line by line."""
    families = len({case.family for case in result.precedents})
    of_families = "one family" if families == 1 else f"{families} families"
    yield f"Retrodiction of {counted(len(result.cases), 'case')} of {of_families}"
    each = f"{result.replications} replications a case, seed {VALIDATION_SEED}"
    yield f"{each}; facts that are unknown and parameters are drawn for each."
    if result.moved:
        runs = result.neighbour_replications
        most = 100 * validation.shares(np.array([0.0, 0.0, runs]))[-1]
        yield f"One code a step off: {runs} replications, of which all with consensus are {most:.0f} %."
    ensemble = validation.PLAUSIBLE_ENSEMBLE
    yield f"Parameters: the {ensemble} ensemble; for the family {_family()}, which calibrated it, the prior."
    yield ""
    heading = f"{'predicted':<20}{'none':>7}{'partial':>9}{'consensus':>11}{'pooled':>8}   {'happened':<10}{'score':>6}"
    yield heading + ("   one code a step off" if result.moved else "")
    yield from _case_rows(result)
    yield ""
    yield from _pool(result)
    yield ""
    yield f"{'mean over cases':<{_NAME}}" + "".join(f"{SCORE_NAMES[score]:^22}" for score in SCORES)
    for forecaster in result.forecasters:
        cells = "".join(
            f"{_with_interval(result.over_cases(result.scores(forecaster, score))):^22}" for score in SCORES
        )
        yield f"  {forecaster:<{_NAME - 2}}{cells}".rstrip()
    yield ""
    yield f"The model's {SCORE_NAMES[MAIN_SCORE]} score minus a rival's, paired by case (below 0 the model is better)"
    for forecaster in result.forecasters[1:]:
        difference = result.difference(forecaster)
        yield f"  {forecaster:<{_NAME - 2}}{_with_interval(difference, '+.3f')}  {_verdict(difference)}"
    if 1 < families < _FEWEST_CASES:
        yield "Intervals are over families; from so few they are narrower than they should be."
    yield from _whole(result)
    yield ""
    yield _CAVEATS


def _pool(result: Validation) -> Iterator[str]:
    """Yield the pool and its weight, and how the chances of consensus fit the outcomes."""
    low, high = result.weights.min(), result.weights.max()
    weight = f"{low:.2f}" if low == high else f"{low:.2f} to {high:.2f}"
    families = len(set(result.families))
    learned = (
        "learned from the cases of other families" if families > 1 else "that of the built-in cases, not learned here"
    )
    yield f"pooled: the chance of consensus in (1 - w) model + w base rate; w {weight}, {learned}."
    raw, pool = (float(result.predictions[name][:, CONSENSUS_CATEGORY].mean()) for name in (MODEL_RULE, POOLED_RULE))
    happened = f"{result.reached.mean():.2f}"
    yield f"Mean chance of consensus {raw:.2f}, pooled {pool:.2f}; consensus in {happened} of the cases."
    area = result.discrimination(MODEL_RULE)
    if not np.isnan(area.value):
        what = "A case of consensus has a higher chance of it than one without (area under the curve, .5 is a coin)"
        yield f"{what}: {_with_interval(area)}"


def _family() -> str:
    return listed(calibrated_on(validation.PLAUSIBLE_ENSEMBLE))


def _case_rows(result: Validation) -> Iterator[str]:
    pooled = result.predictions[POOLED_RULE][:, CONSENSUS_CATEGORY]
    for case, precedent, p, pool, score in zip(
        result.cases, result.precedents, result.predictions[MODEL_RULE], pooled, result.scores(MODEL_RULE), strict=True
    ):
        happened = OUTCOME_CATEGORIES[precedent.happened]
        row = f"  {case.name:<18}{p[0]:>7.0%}{p[1]:>9.0%}{p[2]:>11.0%}{pool:>8.0%}   {happened:<10}{score:>6.3f}"
        moved = [chance for _, _, chance, _ in result.moved.get(case.name, [])]
        yield row + (f"   consensus {min(moved):.0%} .. {max(moved):.0%}" if moved else "")


def _with_interval(estimate: Estimate, form: str = ".3f") -> str:
    interval = "" if np.isnan(estimate.low) else f" [{estimate.low:{form}}, {estimate.high:{form}}]"
    return f"{estimate.value:{form}}{interval}"


def _verdict(difference: Estimate) -> str:
    if np.isnan(difference.low):
        return "one family decides nothing"
    if difference.high < 0.0:
        return "the model is better"
    return "the rival is better" if difference.low > 0.0 else "no clear difference"


def _whole(result: Validation) -> Iterator[str]:
    """Yield what needs several cases: confusion, permutations, a perfect model, steps in the codes."""
    likeliest = result.predictions[MODEL_RULE].argmax(axis=1)
    hits = int((likeliest == np.array(result.happened)).sum())
    yield ""
    yield f"The likeliest category happened in {hits} of {len(result.cases)} cases:"
    yield f"  {'happened':<12}" + "".join(f"{'predicted ' + name:>21}" for name in OUTCOME_CATEGORIES)
    for c, name in enumerate(OUTCOME_CATEGORIES):
        row = [int(((likeliest == p) & (np.array(result.happened) == c)).sum()) for p in range(len(OUTCOME_CATEGORIES))]
        yield f"  {name:<12}" + "".join(f"{number:>21}" for number in row)
    outside = [n for n, case in enumerate(result.cases) if not validation.in_sample(case)]
    if 0 < len(outside) < len(result.precedents):
        less = result.scores(MODEL_RULE) - result.scores("base rate")
        gain = validation.over_families(less[outside], [result.families[n] for n in outside])
        yield f"Without the family {_family()}, minus the base rate: {_with_interval(gain, '+.3f')}  {_verdict(gain)}"
    if len(result.cases) > 1:
        deals, wins = result.rank_among_permutations(), result.chance_of_a_perfect_model()
        yield f"Predictions dealt to cases at random score as well or better in {deals:.1%} of deals."
        yield f"If these predictions were the true chances, they would beat the base rate in {wins:.0%} of histories."
    if any(result.moved.values()):  # a case without a known code has no neighbour
        means = [float(np.mean([score for *_, score in moved])) for moved in result.moved.values() if moved]
        yield f"With one code of every case a step off, the mean score is {np.mean(means):.3f}."


def _prediction_table(result: Validation) -> Table:
    """List one row per case and forecaster."""
    header = ["case", "family", "happened", "forecaster", *OUTCOME_CATEGORIES, *SCORES]
    return header, (
        [
            of.name, of.family, OUTCOME_CATEGORIES[of.happened], forecaster, *chances,
            *(score(chances, of.happened) for score in SCORES.values()),
        ]
        for forecaster, predictions in result.predictions.items()
        for of, chances in zip(result.precedents, predictions, strict=True)
    )  # fmt: skip


def _score_table(result: Validation) -> Table:
    """List one row per forecaster and score: the mean, its interval, and the model's score less it."""
    less = ["model_less", "model_less_low", "model_less_high"]
    rows = []
    for forecaster, score in product(result.forecasters, SCORES):
        values = result.scores(forecaster, score)
        own, difference = result.over_cases(values), result.difference(forecaster, score)
        error = validation.standard_error(values, result.families)
        rows.append([forecaster, score, *own[:3], *difference[:3], own.observations, error])
    return ["forecaster", "score", "mean", "low", "high", *less, "cases", "standard_error"], iter(rows)


_PAIR_CAVEATS = (
    "Pairs are looked for because a failure was followed by a success, outcomes were known to whoever coded them, and "
    "what is not coded changed too: base rates cannot be read off them."
)
_PAIR_NAME = 18


def pairs_report(
    pairs: MatchedPairs, *, out: Path | None = None, replications: int = validation.VALIDATION_RUNS
) -> Generator[Step, None, str]:
    """Run the pairs, write text, table and picture into a folder if one is given, and return the account."""
    results = yield from validation.compare_pairs(pairs.pairs, replications=replications)
    text = "\n".join(_pairs_account(pairs, results, replications))
    if out is not None:
        with whole_folder(out, "case validate") as part:
            write_table(part / "pairs.csv", *_pair_table(results))
            write_text(part / "pairs.txt", text + "\n")
            style.save(_pair_changes(results), part / "pairs.png")
    return text


def _pairs_account(pairs: MatchedPairs, results: Sequence[Compared], replications: int) -> Iterator[str]:
    """Yield the account line by line."""
    yield f"{pairs.title or 'Matched pairs'}: {counted(len(results), 'pair')}"
    yield "Success is adoption: consensus, or a vote where the rule allows one."
    yield f"{replications} replications of each attempt, seed {VALIDATION_SEED}."
    yield "A pair rises where the whole 95 % interval of second minus first is above 0."
    for test, meaning in validation.PAIR_TESTS.items():
        inside = [result for result in results if result.test == test]
        if inside:
            yield ""
            yield f"{capital(test)}: {meaning}"
            numbers = f"{'first':>6}{'second':>8}   second minus first"
            yield f"  {'pair':<{_PAIR_NAME}}{'type':<6}{'confounding':<13}{numbers}"
            for result in inside:
                yield from _pair_rows(result)
    yield ""
    yield from _beside_rules(results)
    if strange := [result.pair for result in results if result.pair.moved_positions]:
        yield ""
        for pair in strange:
            yield f"{pair.name}: {listed(pair.moved_positions)} differ too; they are not part of the process."
    yield ""
    yield _PAIR_CAVEATS
    if pairs.weak:
        yield pairs.weak.strip()


def _pair_rows(result: Compared) -> Iterator[str]:
    pair, change = result.pair, result.change
    moved = _with_interval(change, "+.2f")
    verdict = "rises" if result.rises else "falls" if change.high < 0.0 else "no clear change"
    ends = f"{result.first.value:>6.0%}{result.second.value:>8.0%}"
    yield f"  {pair.name:<{_PAIR_NAME}}{pair.type:<6}{pair.confounding:<13}{ends}   {moved}  {verdict}"
    if result.with_text is not None:
        yield f"  {'  with the text of the first':<{_PAIR_NAME + 33}}   {_with_interval(result.with_text, '+.2f')}"


def _beside_rules(results: Sequence[Compared]) -> Iterator[str]:
    """Yield how many pairs rise in the main test and among the controls, by the model and by rules without one."""
    tests = validation.MAIN_TEST, validation.CONTROLS_TEST
    main, controls = (validation.answers(results, test) for test in tests)
    yield f"{'pairs that rise':<{_PAIR_NAME}}{'main test (should)':<30}controls (should not)"
    for name in main:
        yield f"  {name:<{_PAIR_NAME - 2}}{_rising(main[name]):<30}{_rising(controls[name])}"


def _rising(rising: list[bool]) -> str:
    if not rising:
        return "none known"
    rate = share(np.array(rising, float))
    return f"{sum(rising)} of {len(rising)} [{rate.low:.2f}, {rate.high:.2f}]"


def _pair_table(results: Sequence[Compared]) -> Table:
    """List one row per pair."""
    ends = ["first", "first_case", "second", "second_case"]
    header = ["pair", "test", "type", "confounding", *ends, "change", "low", "high", "differences", "change_with_text"]
    rows: Iterator[list[object]] = (
        [
            result.pair.name, result.test, result.pair.type, result.pair.confounding, result.first.value,
            result.pair.first.name, result.second.value, result.pair.second.name, *result.change[:3],
            " ".join(result.pair.differences), result.with_text.value if result.with_text else None,
        ]
        for result in results
    )  # fmt: skip
    return header, rows


@style.styled
def _pair_changes(results: Sequence[Compared], *, ax: Axes | None = None) -> Axes:
    """Plot the chance of adoption of the first attempt and of the second, a row each, test by test."""
    tests = list(validation.PAIR_TESTS)
    ordered = sorted(results, key=lambda one: (tests.index(one.test), CONFOUNDING.index(one.pair.confounding)))
    ax = style.axes_or_new(ax, height=1.2 + 0.3 * len(ordered))
    for row, result in enumerate(ordered):
        first, second = result.first.value, result.second.value
        ax.plot([first, second], [row, row], color=style.PALE_INK, linewidth=2)
        ax.plot(first, row, "o", markerfacecolor="white", color=Colour.BLUE, markersize=6, label="first" * (not row))
        ax.plot(second, row, "o", color=Colour.BLUE, markersize=6, label="second" * (not row))
        what = f"{result.test}; {TYPES[result.pair.type]}"
        ax.annotate(what, (1.0, row), xytext=(10, 0), textcoords="offset points", va="center", fontsize="small")
    style.name_rows(ax, [result.pair.name for result in ordered], letters=40)
    ax.set_xlim(-0.02, 1.02)
    style.percent_axis(ax.xaxis)
    ax.set_xlabel("chance of adoption")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax
