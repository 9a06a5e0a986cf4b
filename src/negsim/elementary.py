"""Exponential, logarithm and power by arithmetic alone, so that their bits are the same on every machine.

- Each step is one operation of IEEE 754 on doubles (+, -, x, /). Scaling by powers of two is exact, by the way in which
  a double is represented. No library is called, and nothing depends on a processor: compiled or not, the bits are
  the same.
- exp and log use the reductions and coefficients of fdlibm (Sun Microsystems 1993: e_exp.c, e_log.c). They are off by
  less than one unit in the last place (ulp), and never fall where the function rises.
- tests/test_elementary.py compares them with exact values.
"""

from __future__ import annotations

import math

import numpy as np

from negsim.kernel import kernel

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # ln 2 in two parts: 32 bits, and the rest
_LEAST, _TO_NORMAL = 2.0**-1022, 2.0**54  # the least normal number, and what lifts smaller ones above it
_TO_FAR, _FROM_FAR = 2.0**1000, 2.0**-1000
_DIGITS, _ONE = 2**52 - 1, 1023 << 52  # of a double: the bits of its fraction, and those of 1.0


@kernel
def exp(x: float) -> float:
    """Compute e^x, less than 1 ulp off; 0 and infinity where a double cannot hold it.

    e^x = 2^k e^r with |r| <= ln 2 / 2 and e^r = 1 + r + r c / (2 - c), where c = r - r^2 P(r^2).
    """
    if math.isnan(x):
        return x
    if x > 7.09782712893383973096e02:
        return math.inf
    if x < -7.45133219101941108420e02:
        return 0.0
    k = int(1.44269504088896338700 * x + (0.5 if x > 0.0 else -0.5))
    high, low = x - k * _LN2_HIGH, k * _LN2_LOW
    r = high - low
    t = r * r
    w = t * t
    c = r - t * (
        (1.66666666666666019037e-01 + t * -2.77777777770155933842e-03)
        + w * ((6.61375632143793436117e-05 + t * -1.65339022054652515390e-06) + w * 4.13813679705723846039e-08)
    )
    return _scaled(1.0 - ((low - (r * c) / (2.0 - c)) - high), k)


@kernel
def log(x: float) -> float:
    """Compute the natural logarithm of x, less than 1 ulp off; -inf at 0, nan below it.

    ln x = k ln 2 + ln(1 + f) with sqrt(1/2) <= 1 + f <= sqrt(2); ln(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)), where
    s = f / (2 + f).
    """
    if not 0.0 < x < math.inf:
        return -math.inf if x == 0.0 else (x if x > 0.0 else math.nan)
    m, k = _parts(x)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + (even + odd)) + k * _LN2_LOW)) - f)


@kernel
def power(x: float, y: float) -> float:
    """Compute x^y = e^(y ln x) for x >= 0, less than 1 + 3 |y ln x| ulp off; nan below 0, 1 for y = 0 and for x = 1."""
    if y == 0.0 or x == 1.0:
        return 1.0
    return exp(y * log(x))


@kernel
def round_down(x: float) -> float:
    """Return the largest whole number up to x, for |x| < 2^63; -round_down(-x) is the smallest one from x on."""
    whole = float(int(x))
    return whole - 1.0 if whole > x else whole


@kernel
def _parts(x: float) -> tuple[float, int]:
    """Split x = m 2^k into m, from sqrt(1/2) to sqrt(2), and k; x is positive and finite."""
    small = 54 if x < _LEAST else 0  # below the normal numbers
    bits = int(np.float64(x * _TO_NORMAL if small > 0 else x).view(np.int64))
    m, k = float(np.int64(bits & _DIGITS | _ONE).view(np.float64)), (bits >> 52) - 1023 - small
    return (0.5 * m, k + 1) if m > 1.4142135623730951 else (m, k)


@kernel
def _scaled(x: float, k: int) -> float:
    """Return x 2^k for x about 1 and k from -1075 to 1024, rounded at most once."""
    if k < -1000:
        return x * _power_of_2(k + 1000) * _FROM_FAR
    if k > 1000:
        return x * _power_of_2(k - 1000) * _TO_FAR
    return x * _power_of_2(k)


@kernel
def _power_of_2(k: int) -> float:
    """Return 2^k for |k| <= 1000, by its representation."""
    return float(np.int64((k + 1023) << 52).view(np.float64))
