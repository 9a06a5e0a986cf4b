"""exp, log and power beside exact values: how far off, how monotone, and the same compiled and as plain Python.

mpmath gives the exact values. It is too slow for a million of them, so the long doubles of numpy look at all points
first, where a processor has them, and mpmath at those where they see the largest errors.
"""

from __future__ import annotations

import math
import re
from itertools import product
from pathlib import Path

import mpmath
import numpy as np
import pytest

import negsim
from negsim.elementary import exp, log, power, round_down
from negsim.kernel import apart, kernel
from negsim.randomness import Floats

MILLION = 1_000_000
LOOKED_AT = 1_000  # points that mpmath sees: those where errors seem largest, and as many others
HAS_LONG = np.finfo(np.longdouble).nmant >= 63
TINY, LEAST, MOST = math.ulp(0.0), 2.2250738585072014e-308, 1.7976931348623157e308


@kernel
def exps(x: Floats, out: Floats) -> None:
    for n in range(x.shape[0]):
        out[n] = exp(x[n])


@kernel
def logs(x: Floats, out: Floats) -> None:
    for n in range(x.shape[0]):
        out[n] = log(x[n])


@kernel
def powers(x: Floats, y: Floats, out: Floats) -> None:
    for n in range(x.shape[0]):
        out[n] = power(x[n], y[n])


PLAIN = {"exp": exps, "log": logs, "power": powers}
EXACT = {"exp": (np.exp, mpmath.exp), "log": (np.log, mpmath.log), "power": (np.power, mpmath.power)}


@pytest.fixture(scope="module")
def compiled():
    """The three in their compiled form, over arrays."""
    return dict(zip(PLAIN, apart(*PLAIN.values()), strict=True))


def magnitudes(dice, count, lowest, highest):
    """Positive numbers of all magnitudes between two powers of two."""
    return np.ldexp(dice.uniform(1.0, 2.0, count), dice.integers(lowest, highest, count))


def points(name, count=MILLION):
    """Arguments of all kinds, seeded: of the size that rules use, of all sizes, near the ends, below the normal."""
    dice = np.random.default_rng(2011)
    each = count // 4
    if name == "exp":
        near = dice.choice([-1.0, 1.0], each) * magnitudes(dice, each, -60, 1)
        ends = np.concatenate([dice.uniform(709.7, 709.7827, each // 2), dice.uniform(-745.13, -708.3, each // 2)])
        return (np.concatenate([dice.uniform(-745.0, 709.7, each), dice.uniform(-5.0, 1.0, each), near, ends]),)
    if name == "log":
        below = dice.integers(1, 2**52, each).astype(float) * TINY
        return (
            np.concatenate(
                [dice.random(each), magnitudes(dice, each, -1022, 1024), dice.uniform(0.5, 2.0, each), below]
            ),
        )
    x = np.concatenate([dice.random(2 * each), magnitudes(dice, each, -1074, 1024), dice.uniform(0.5, 2.0, each)])
    y = dice.uniform(0.0, 5.0, 4 * each)
    y[each:] = dice.uniform(-1074.0, 1023.9, 3 * each) / np.log2(x[each:])
    return x, np.where(np.isfinite(y), y, 1.0)


def filled(function, arguments):
    out = np.empty_like(arguments[0])
    function(*arguments, out)
    return out


def ulps_off(got, exact):
    """How many units in the last place a double is off an exact value."""
    return float(abs(mpmath.mpf(got) - exact) / mpmath.mpf(math.ulp(got)))


def least_sure(name, arguments, values):
    """Which values look as if they were off most, and some others, as their numbers; and how far off each looks."""
    some = np.random.default_rng(2012).choice(values.size, LOOKED_AT, replace=False)
    if not HAS_LONG:
        return some, None
    long = EXACT[name][0](*(argument.astype(np.longdouble) for argument in arguments))
    seem = np.asarray(np.abs(values - long) / np.spacing(np.abs(values)), float) / allowed(name, arguments)
    assert seem.max() < 1.0
    return np.concatenate([np.argsort(seem)[-LOOKED_AT:], some]), seem


def allowed(name, arguments):
    """How many units in the last place the docstrings allow."""
    if name != "power":
        return np.ones_like(arguments[0])
    x, y = arguments
    return 1.0 + 3.0 * np.abs(y * np.log(x))


@pytest.mark.deep
@pytest.mark.slow
@pytest.mark.parametrize("name", PLAIN)
def test_each_is_as_near_to_a_million_exact_values_as_it_says(compiled, name):
    arguments = points(name)
    values = filled(compiled[name], arguments)
    numbers, seem = least_sure(name, arguments, values)
    most = allowed(name, arguments)
    with mpmath.workprec(200):
        for n in numbers:
            exact = EXACT[name][1](*(mpmath.mpf(float(each[n])) for each in arguments))
            off = ulps_off(float(values[n]), exact) / most[n]
            assert off < 1.0
            assert seem is None or abs(off - seem[n]) < 0.01


@pytest.mark.slow
@pytest.mark.parametrize("name", ["exp", "log"])
def test_the_next_number_has_no_smaller_value(compiled, name):
    (x,) = points(name)
    assert (filled(compiled[name], (np.nextafter(x, math.inf),)) >= filled(compiled[name], (x,))).all()


@pytest.mark.slow
def test_a_power_goes_one_way_with_its_base_and_with_its_exponent(compiled):
    x, y = points("power")
    values = filled(compiled["power"], (x, y))
    by_base = filled(compiled["power"], (np.nextafter(x, math.inf), y)) - values
    by_exponent = filled(compiled["power"], (x, np.nextafter(y, math.inf))) - values
    assert (np.where(y > 0.0, by_base, -by_base) >= 0.0).all()
    assert (np.where(x > 1.0, by_exponent, -by_exponent) >= 0.0).all()


@pytest.mark.parametrize("name", PLAIN)
def test_plain_python_has_the_same_bits(compiled, name):
    arguments = points(name, 20_000)
    assert filled(PLAIN[name], arguments).tobytes() == filled(compiled[name], arguments).tobytes()


@pytest.mark.parametrize(
    ("x", "value"),
    [
        (0.0, 1.0), (-0.0, 1.0), (TINY, 1.0), (math.inf, math.inf), (-math.inf, 0.0), (710.0, math.inf), (-746.0, 0.0),
        (709.782712893384, MOST), (-745.1332191019411, TINY), (-708.3964185322641, LEAST),
    ],
)  # fmt: skip
def test_exp_at_its_ends(x, value):
    assert exp(x) == pytest.approx(value, rel=1e-12, abs=0.0)


@pytest.mark.parametrize(
    ("x", "value"),
    [
        (1.0, 0.0), (0.0, -math.inf), (-0.0, -math.inf), (math.inf, math.inf), (TINY, -744.4400719213812),
        (LEAST, -708.3964185322641), (MOST, 709.782712893384), (math.nextafter(1.0, 2.0), 2.220446049250313e-16),
    ],
)  # fmt: skip
def test_log_at_its_ends(x, value):
    assert log(x) == pytest.approx(value, rel=1e-15, abs=0.0)


def test_the_limits_of_power_are_those_of_c():
    bases = (0.0, TINY, LEAST, 0.25, 0.75, 1.0, 1.5, 4.0, MOST, math.inf, math.nan)
    sizes = (0.0, TINY, 0.5, 1.0, 2.0, 1e19, 1e308, math.inf)
    wrong = []
    for x, y in product(bases, (*sizes, *(-size for size in sizes), math.nan)):
        try:
            value = math.pow(x, y)
        except (OverflowError, ValueError):  # Python refuses what C answers with infinity
            value = math.inf
        if power(x, y) != pytest.approx(value, rel=1e-12, abs=0.0, nan_ok=True):
            wrong.append((x, y, power(x, y), value))
    assert not wrong


def test_kernels_take_nothing_else_from_math():
    """What a library computes has other last bits elsewhere."""
    source = Path(negsim.__file__).parent
    files = [*(source / "negotiation").glob("*.py"), source / "randomness.py", source / "elementary.py"]
    names = {name for file in files for name in re.findall(r"\bmath\.(\w+)", file.read_text(encoding="utf-8"))}
    assert names <= {"sqrt", "isnan", "inf", "nan"}


@pytest.mark.parametrize("x", [0.0, TINY, 0.5, 1.0, math.nextafter(3.0, 0.0), 3.0, 1e15 + 0.5, 2.0**62])
def test_a_number_is_rounded_down_as_it_should_be(x):
    for number in (x, -x):
        assert round_down(number) == math.floor(number)
        assert -round_down(-number) == math.ceil(number)
