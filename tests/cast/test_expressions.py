"""Expressions over columns: what they compute, and what is refused."""

import math
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negsim.cast.expressions import ExpressionError, parse

COLUMNS = {"a": np.array([1.0, 2.0, math.nan, 0.0]), "b.c": np.array([4.0, 0.0, 1.0, 0.0])}


def value(text):
    return parse(text).evaluate(COLUMNS.__getitem__)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("8 - 3 - 2", 3.0),
        ("8 / 4 / 2", 1.0),
        ("-2 * -3", 6.0),
        ("--2", 2.0),
        ("1 < 2", 1.0),
        ("1 + 1 >= 3", 0.0),
        ("(1 < 2) == (3 > 2)", 1.0),
        ("1 != 1", 0.0),
        ("min(3, 1, 2) + max(1, 2)", 3.0),
        ("max(2)", 2.0),
        ("1.5e1 + .5", 15.5),
    ],
)
def test_an_expression_means_what_it_means_in_arithmetic(text, expected):
    assert float(value(text)) == expected


def test_what_does_not_apply_goes_through_everything():
    assert np.array_equal(value("a + b.c"), [5.0, 2.0, math.nan, 0.0], equal_nan=True)
    assert np.array_equal(value("a < b.c"), [1.0, 0.0, math.nan, 0.0], equal_nan=True)
    assert np.array_equal(value("min(a, b.c)"), [1.0, 0.0, math.nan, 0.0], equal_nan=True)
    assert np.array_equal(value("a / b.c"), [0.25, math.nan, math.nan, math.nan], equal_nan=True)
    assert np.isnan(value("1e300 * 1e300"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "its end stands where a number or a column is expected"),
        ("1 2", '"2" at letter 3 stands where an operator or the end is expected'),
        ("eval('1')", '"\\(" at letter 5'),
        ("a[0]", r'"\[" at letter 2 has no meaning here'),
        ("lambda: a", '":" at letter 7 has no meaning here'),
        ("1 < 2 < 3", "compares twice, at letter 7"),
        ("min(1", '"\\)" is expected'),
        ("1e999", "is too large"),
        ("a = 1", '"=" at letter 3'),
        ("-" * 500 + "1", "more than 20"),
        ("\u0661", "has no meaning here"),
    ],
)
def test_anything_else_is_refused_at_its_place(text, message):
    with pytest.raises(ExpressionError, match=message):
        parse(text)


@given(st.text(alphabet="ab.c01 +-*/<>=!(),minax", max_size=40))
def test_any_text_is_an_expression_or_refused(text):
    with suppress(ExpressionError):
        parse(text)
