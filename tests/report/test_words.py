"""The laws of the numbers that people read."""

import math

import pytest

from negsim.report.words import change_text
from negsim.study.estimates import Estimate


def points(value, low, high, runs=1000):
    return change_text(Estimate(value / 100, low / 100, high / 100, runs), "consensus")


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (3.0, 2.6, 4.4, "+3 points [+3, +4]"),
        (1.0, 0.001, 1.999, "+1 point [+0, +2]"),
        (-1.0, -1.999, -0.001, "−1 point [−2, −0]"),
        (3.0, -0.001, 6.0, "+3 points [0, +6]"),
        (2.9, 1.538, 4.262, "+3 points [+2, +4]"),
        (-10.0, -12.0, -8.0, "−10 points [−12, −8]"),
        (-0.04, -0.46, 0.38, "0.0 points [−0.5, +0.4]"),
        (0.0012, 0.0003, 0.0021, "+0.001 points [+0.000, +0.002]"),
    ],
)
def test_a_change_has_the_digits_that_its_interval_supports_however_near_to_zero_an_end_is(value, low, high, text):
    assert points(value, low, high) == text


def test_a_change_without_a_width_has_the_digits_that_show_it():
    assert points(0.0004, math.nan, math.nan) == "+0.0004 points"
