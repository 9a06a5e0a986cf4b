"""The estimates of a page are those of a study."""

from __future__ import annotations

import json

import numpy as np
import pytest

from negsim.study.estimates import difference, mean, share, student
from node import answer, module, needs_node

pytestmark = needs_node
MEASURES = {"flag": {"kind": "flag", "low": 0, "high": 1}, "number": {"kind": "number", "low": None, "high": None}}


def answered(question: str) -> object:
    """What node answers to an expression in which `page` has the estimates."""
    return answer(f"import * as page from {module('estimates.js')};\nanswer({question});")


def array(values: np.ndarray) -> str:
    return f"Float64Array.of({', '.join('NaN' if np.isnan(value) else repr(float(value)) for value in values)})"


def test_half_an_interval_of_student_is_python_s():
    degrees = [1, 2, 5, 10, 39, 199, 249, 250, 999, 100_000]
    found = answered(f"{degrees}.map(page.student)")
    assert found == pytest.approx([student(float(freedom)) for freedom in degrees], rel=1e-9)


def test_the_mean_of_a_measure_has_the_interval_of_a_study():
    draws = np.random.default_rng(1)
    values = draws.normal(3.0, 2.0, 40)
    values[[3, 17]] = np.nan
    flags = (draws.random(60) < 0.3).astype(float)
    for kind, sample, expected in (
        ("number", values, mean(values)), ("flag", flags, share(flags)),
        ("flag", np.zeros(9), share(np.zeros(9))), ("flag", np.ones(9), share(np.ones(9))),
    ):  # fmt: skip
        found = answered(f"Object.values(page.estimate({json.dumps(MEASURES[kind])}, {array(sample)}))")
        assert found[:4] == pytest.approx(expected[:4], rel=1e-9, abs=1e-15)


def test_a_difference_is_paired_run_by_run():
    draws = np.random.default_rng(2)
    now, before = draws.normal(size=50), draws.normal(size=50)
    before[4] = np.nan
    ones, zeros = np.ones(3), np.array([0.0, 0.0, 1.0])
    rare = np.where(np.arange(50) < 19, now, before)
    for after, earlier in ((now, before), (ones, zeros), (zeros, zeros), (rare, before), (np.array([]), np.array([]))):
        found = answered(f"Object.values(page.difference({array(after)}, {array(earlier)}))")
        expected = difference(after, earlier)
        assert [float(part) for part in found[:4]] == pytest.approx(expected[:4], rel=1e-9, nan_ok=True)
        assert found[4] == expected.changed
