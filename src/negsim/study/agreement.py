"""Measure how far two coders of the same cases agree: Krippendorff's alpha, code by code and overall.

- Alpha is 1 - observed / expected disagreement (Krippendorff 2019, Content Analysis, ch. 12): ordinal for codes that
  are ordered, nominal for the others. 1 is full agreement, 0 what chance would give.
- A unit is a case that both have coded; what either left unknown counts as missing.
- Where all answers are the same alpha is not defined: without variation nothing separates skill from chance.
- The interval resamples cases, all their codes together; one case has none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from negsim.cases import CodedCase, builtin_cases, load_case
from negsim.cases.codebook import FACTS, QUESTIONS
from negsim.errors import NegsimError
from negsim.scenario.library import CASES_FOLDER
from negsim.scenario.yaml import Plain
from negsim.study.estimates import NO_ESTIMATE, Estimate, by_percentiles

_RESAMPLES = 1000

_Pair = tuple[CodedCase, CodedCase]


class Reliability(NamedTuple):
    """Agreement on one code. alpha: NaN where it is not defined, its observations the units both have coded.

    equal: units with the same answer. missing: cases that one of the two left unknown, or both.
    """

    code: str
    ordered: bool
    alpha: Estimate
    equal: int
    missing: int


class _Difference(NamedTuple):
    """One answer that the coders do not share; None: not known."""

    case: str
    question: str
    first: Plain
    second: Plain


class Agreement(NamedTuple):
    """The agreement of two coders. overall: the mean alpha of the codes, weighted by their units."""

    cases: list[str]
    codes: list[Reliability]
    overall: Estimate
    differences: list[_Difference]


def pairs_of(first: str | Path, second: str | Path) -> tuple[list[_Pair], list[str]]:
    """Match the cases that both have coded, and name those that only one has.

    first, second: two case files or names of built-in cases, or two folders of files, matched by file name.
    Raises NegsimError without a pair, `ScenarioError` for a wrong file.
    """
    sources = [str(first), str(second)]
    folders = [Path(source) for source in sources if _is_folder(source)]
    if len(folders) == 1:
        raise NegsimError(f"{first} and {second}: give two files, or two folders")
    if not folders:
        return [(load_case(sources[0]), load_case(sources[1]))], []
    files = [{file.name: file for file in sorted(folder.glob("*.y*ml"))} for folder in folders]
    both = [name for name in files[0] if name in files[1]]
    if not both:
        raise NegsimError(f"{first} and {second}: no case file of the same name in both")
    alone = sorted(set(files[0]) ^ set(files[1]))
    return [(load_case(files[0][name]), load_case(files[1][name])) for name in both], alone


def _is_folder(source: str) -> bool:
    """Return whether a source is a folder. Raises NegsimError unless it is one, a file or the name of a case."""
    if source in builtin_cases():
        return False
    if not Path(source).exists() and not source.startswith(f"{CASES_FOLDER}/"):
        raise NegsimError(f"{source}: there is no such file or folder")
    return Path(source).is_dir()


def differently_titled(pairs: Sequence[_Pair]) -> list[_Pair]:
    """Find the pairs in which neither title begins with the other: they may not be the same case."""
    different = []
    for pair in pairs:
        shorter, longer = sorted((" ".join(case.title.lower().split()) for case in pair), key=len)
        if not longer.startswith(shorter):
            different.append(pair)
    return different


def agreement(pairs: Sequence[_Pair], *, resamples: int = _RESAMPLES, seed: int = 0) -> Agreement:
    """Compute how far the coders of these cases agree. seed: of the bootstrap."""
    chosen = np.random.default_rng(seed).integers(0, len(pairs), (resamples if len(pairs) > 1 else 0, len(pairs)))
    codes, samples = [], []
    for name, question in QUESTIONS.items():
        units = _answers(pairs, name)
        both = ~np.isnan(units).any(axis=0)
        alpha = _alpha(units, question.ordered)
        again = np.full(len(chosen), math.nan)
        if not math.isnan(alpha):
            again = np.array([_alpha(units[:, rows], question.ordered) for rows in chosen])
        samples.append(again)
        equal, missing = int((units[0, both] == units[1, both]).sum()), int((~both).sum())
        codes.append(Reliability(name, question.ordered, by_percentiles(alpha, again, int(both.sum())), equal, missing))
    return Agreement(
        [first.name for first, _ in pairs], codes, _overall(codes, np.array(samples)), list(_differences(pairs))
    )


def _answers(pairs: Sequence[_Pair], name: str) -> np.ndarray:
    """Return the answers as numbers (2 coders, cases), NaN where not known."""
    table = [[pair[coder].codes[name].known for pair in pairs] for coder in (0, 1)]
    words = list(QUESTIONS[name].words)
    if name == "methodology":  # a list of them is an answer of its own
        words = sorted({answer for row in table for answer in row if answer is not None})
    return np.array([[math.nan if answer is None else words.index(answer) for answer in row] for row in table], float)


def _alpha(units: np.ndarray, ordered: bool) -> float:  # noqa: FBT001
    """Compute Krippendorff's alpha of answers (coders, cases), NaN where not known; NaN where it is not defined."""
    values = np.unique(units[~np.isnan(units)])
    answers = (units.T[:, :, None] == values).sum(axis=1, dtype=float)  # cases, values: by how many coders
    coders = answers.sum(axis=1, keepdims=True)
    answers, coders = answers[coders[:, 0] > 1], coders[coders[:, 0] > 1]
    counts = answers.sum(axis=0)
    if np.count_nonzero(counts) < 2:
        return math.nan
    pairs = (answers / (coders - 1)).T @ answers - np.diag((answers / (coders - 1)).sum(axis=0))  # values, values
    middles = np.cumsum(counts) - counts / 2  # ranks: all answers from one to the other, half of either end's
    distances = (middles[:, None] - middles) ** 2 if ordered else 1.0 - np.eye(len(values))
    observed, expected = (pairs * distances).sum(), (np.outer(counts, counts) * distances).sum()
    return float(1.0 - (counts.sum() - 1.0) * observed / expected)


def _overall(codes: Sequence[Reliability], samples: np.ndarray) -> Estimate:
    """Return the mean of the alphas that are defined, weighted by their units. samples: resampled alphas (codes, R)."""
    alphas = np.array([code.alpha.value for code in codes])
    weight = np.array([0.0 if math.isnan(code.alpha.value) else code.alpha.observations for code in codes])
    if not weight.any():
        return NO_ESTIMATE
    defined = np.where(np.isnan(samples), 0.0, weight[:, None])
    total = defined.sum(axis=0)
    means = np.divide(np.nansum(samples * defined, axis=0), total, out=np.full(len(total), math.nan), where=total > 0)
    return by_percentiles(float(np.nansum(weight * alphas) / weight.sum()), means, int(weight.sum()))


def _differences(pairs: Sequence[_Pair]) -> list[_Difference]:
    """List the differences case by case, codes before facts; issues, which people word differently, are left out."""
    differences = []
    for first, second in pairs:
        answers = [(name, first.codes[name].known, second.codes[name].known) for name in QUESTIONS]
        answers += [(name, first.facts[name].known, second.facts[name].known) for name in FACTS if name != "issues"]
        differences += [_Difference(first.name, name, one, other) for name, one, other in answers if one != other]
    return differences
