"""The rival without a model: a ridge logit on thirteen codes of a case, and its sum with the model.

- What the codes tell by themselves a simulation has to beat; what it adds to them is what the sum gains over the rival.
- Codes are places in the codebook's order, from 0 to 1, and 1 or 0 for a rule that a body has or lacks. One that is not
  known is at the middle, and a number (of days, groups, issues) at the mean of the other cases.
- A case is forecast by what the cases of other families teach, the sum by these and by the model's forecasts of them.
- The penalty is chosen beforehand and not tuned: C = .1 on standardised columns, the intercept free.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp

from negsim.cases import CodedCase
from negsim.cases.codebook import QUESTIONS
from negsim.negotiation.tables import Floats, Ints
from negsim.study.validation import CONSENSUS_CATEGORY, OUTCOME_CATEGORIES, precedent_of, shares

RIVAL, SUM = "codes alone", "codes and model"
STRENGTH = 0.1  # C: of the likelihood beside the penalty
MIDDLE = 0.5  # of a code that is not known
CODES = (
    "log of days", "groups", "issues", "tension", "trust", "distance", "outside option", "informal contact",
    "full consensus", "vote", "separable", "dissent record", "refusals",
)  # fmt: skip


def codes_of(case: CodedCase) -> Floats:
    """Return the codes of a case in the order of `CODES`; NaN for a number that is not known."""
    facts, days = case.conditions.known_facts, precedent_of(case).days
    rule = case.codes["decision_rule"].known

    def size(name: str) -> float:
        return float(len(facts[name])) if facts[name] else math.nan

    def place(name: str) -> float:
        word, words = case.codes[name].known, QUESTIONS[name].words
        return MIDDLE if word is None else words.index(word) / (len(words) - 1)

    def is_rule(*words: str) -> float:
        return MIDDLE if rule is None else float(rule in words)

    return np.array(
        [
            math.log(days), size("groups"), size("issues"), place("tension"), place("trust"), place("distance"),
            place("outside_option"), place("informal_contact"), is_rule("full_consensus"),
            is_rule("consensus_or_vote", "majority"), place("adoption"), place("dissent_record"), place("refusals"),
        ]
    )  # fmt: skip


def forecasts(codes: Floats, happened: Sequence[int], families: Sequence[str], model: Floats | None = None) -> Floats:
    """Forecast each of C cases (C,3) from those of other families.

    codes: C,codes. happened: the category of each. model: the model's forecasts (C,3), whose log odds of consensus join
    the codes; None: the codes alone.
    """
    columns = codes if model is None else np.column_stack([codes, _log_odds(model[:, CONSENSUS_CATEGORY])])
    ends, family = np.array(happened), np.array(list(families))
    return np.array(
        [forecast(columns[family != own], ends[family != own], row) for row, own in zip(columns, family, strict=True)]
    )


def _log_odds(chance: Floats) -> Floats:
    return np.asarray(np.log(chance) - np.log1p(-chance))


def forecast(columns: Floats, ends: Ints, own: Floats) -> Floats:
    """Forecast a case (3) by a ridge logit on others; base shares where nothing can be learnt.

    columns: C,codes of the others, own: codes of the case; NaN is the mean of the others. ends: the category of each. A
    category that none of them ended in keeps its base share.
    """
    base = shares(np.bincount(ends, minlength=len(OUTCOME_CATEGORIES)).astype(float))
    seen = np.unique(ends)
    if len(seen) < 2:
        return base
    known = ~np.isnan(columns)
    centre = np.where(known, columns, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0))
    filled = np.where(known, columns, centre)
    spread = filled.std(axis=0)
    scale = np.where(spread > 0.0, spread, 1.0)
    weights = _fitted((filled - centre) / scale, np.searchsorted(seen, ends).astype(np.int64), len(seen))
    row = np.append(np.where(np.isnan(own), 0.0, (own - centre) / scale), 1.0) @ weights
    prediction = base.copy()
    prediction[seen] = np.exp(row - logsumexp(row)) * base[seen].sum()
    return prediction


def _fitted(columns: Floats, ends: Ints, categories: int) -> Floats:
    """Fit weights (codes + 1, categories), the intercepts last: least C (- log likelihood) + |weights|^2 / 2."""
    x = np.column_stack([columns, np.ones(len(columns))])
    reached = np.eye(categories)[ends]
    penalty = np.append(np.ones(columns.shape[1]), 0.0)[:, None]

    def cost(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(x.shape[1], categories)
        logits = x @ weights
        logs = logits - logsumexp(logits, axis=1, keepdims=True)
        slope = STRENGTH * x.T @ (np.exp(logs) - reached) + penalty * weights
        return float(-STRENGTH * (reached * logs).sum() + (penalty * weights**2).sum() / 2.0), slope.ravel()

    start = np.zeros(x.shape[1] * categories)
    best = minimize(cost, start, jac=True, method="L-BFGS-B", options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 10_000})
    fitted: Floats = best.x.reshape(x.shape[1], categories)
    return fitted
