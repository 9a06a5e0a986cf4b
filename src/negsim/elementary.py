"""Exponential, logarithm and power by arithmetic alone, so that their bits are the same on every machine.

- Each step is one operation of IEEE 754 on doubles (+, -, x, /), and scaling by powers of two is exact: no library is
  called, and nothing depends on a processor. The same in plain Python and compiled.
- Algorithms and coefficients are those of fdlibm (Sun Microsystems 1993: e_exp.c, e_log.c, e_pow.c). Where fdlibm cuts
  a number to its upper 21 bits by its representation, here it is rounded to them (Dekker 1971, doi 10.1007/BF01397083).
- Errors: below one unit in the last place (ulp) for each of the three. tests/test_elementary.py compares them with
  exact values.
"""

from __future__ import annotations

import math

from negsim.kernel import kernel

_LN2 = 6.93147180559945286227e-01
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # their sum is ln 2 to 85 bits
_UPPER = 2.0**32 + 1.0  # what `_upper` multiplies with
_FAR, _TO_FAR, _FROM_FAR = 1_000, 2.0**1000, 2.0**-1000  # scaling up to here is exact
_WIDE, _FROM_WIDE = 2.0**32, 2.0**-32  # 32 halvings at once


@kernel
def exp(x: float) -> float:
    """e^x, below 1 ulp: e^x = 2^k e^r with |r| <= ln 2 / 2, and e^r by a rational function of r (fdlibm, e_exp.c)."""
    if math.isnan(x):
        return x
    if x > 7.09782712893383973096e02:
        return math.inf
    if x < -7.45133219101941108420e02:
        return 0.0
    k = int(1.44269504088896338700 * x + (0.5 if x > 0.0 else -0.5))
    high, low = x - k * _LN2_HIGH, k * _LN2_LOW
    r = high - low
    c = _odd_part(r)
    return _scaled(1.0 - ((low - (r * c) / (2.0 - c)) - high), k)


@kernel
def log(x: float) -> float:
    """The natural logarithm of x, below 1 ulp; -inf at 0, nan below it (fdlibm, e_log.c).

    ln x = k ln 2 + ln(1 + f) with sqrt(1/2) <= 1 + f <= sqrt(2), and ln(1 + f) by a series in s = f / (2 + f).
    """
    if math.isnan(x) or x < 0.0:
        return math.nan
    if x == 0.0:
        return -math.inf
    if x == math.inf:
        return x
    m, k = _parts(x)
    if m > 1.4142135623730951:
        m, k = 0.5 * m, k + 1
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
    """x^y for x >= 0, below 1 ulp; nan below 0. The limits are those of C's pow (fdlibm, e_pow.c)."""
    if y == 0.0 or x == 1.0:
        return 1.0
    if math.isnan(x) or math.isnan(y) or x < 0.0:
        return math.nan
    if not 0.0 < x < math.inf or abs(y) >= 18446744073709551616.0:  # 2^64: such powers are 0 or infinite
        return math.inf if (x > 1.0) == (y > 0.0) else 0.0
    high, low = _log2(x)
    y_high = _upper(y)
    low = (y - y_high) * high + y * low
    high = y_high * high
    z = high + low
    if z >= 1024.0 and (z > 1024.0 or low + 8.0085662595372944372e-17 > z - high):
        return math.inf
    if z <= -1075.0 and (z < -1075.0 or low <= z - high):
        return 0.0
    return _exp2(high, low)


@kernel
def _log2(x: float) -> tuple[float, float]:
    """The binary logarithm of a positive x in two parts, of which the first has 21 bits."""
    m, k = _parts(x)
    base, base_high, base_low = 1.0, 0.0, 0.0  # m is compared with this, and the parts of its logarithm
    if m >= 1.7320508075688772:
        m, k = 0.5 * m, k + 1
    elif m >= 1.224744871391589:
        base, base_high, base_low = 1.5, 5.84962487220764160156e-01, 1.35003920212974897128e-08
    u, v = m - base, 1.0 / (m + base)
    s = u * v
    s_high = _upper(s)
    t_high = _upper(m + base)
    t_low = m - (t_high - base)
    s_low = v * ((u - s_high * t_high) - s_high * t_low)
    z = s * s
    rest = (
        z * z
        * (
            5.99999999999994648725e-01 + z * (4.28571428578550184252e-01 + z * (3.33333329818377432918e-01
            + z * (2.72728123808534006489e-01 + z * (2.30660745775561754067e-01 + z * 2.06975017800338417784e-01))))
        )
    ) + s_low * (s_high + s)  # fmt: skip
    z = s_high * s_high
    t_high = _upper(3.0 + z + rest)
    t_low = rest - ((t_high - 3.0) - z)
    u = s_high * t_high
    v = s_low * t_high + t_low * s
    high = _upper(u + v)
    low = v - (high - u)
    z_high = 9.61796700954437255859e-01 * high  # 2 / (3 ln 2), in two parts
    z_low = -7.02846165095275826516e-09 * high + low * 9.61796693925975554329e-01 + base_low
    high = _upper(((z_high + z_low) + base_high) + k)
    return high, z_low - (((high - k) - base_high) - z_high)


@kernel
def _exp2(high: float, low: float) -> float:
    """2^(high + low), for a sum whose power a double can hold."""
    z = high + low
    k = int(z + (0.5 if z > 0.0 else -0.5))
    high = high - k
    t = _upper(high + low)
    u = t * 6.93147182464599609375e-01  # ln 2, in two parts
    v = (low - (t - high)) * _LN2 + t * -1.90465429995776804525e-09
    r = u + v
    w = v - (r - u)
    c = _odd_part(r)
    return _scaled(1.0 - (((r * c) / (c - 2.0) - (w + r * w)) - r), k)


@kernel
def _odd_part(r: float) -> float:
    """c(r) = r - r^2 P(r^2), of which e^r = 1 + r + r c / (2 - c); P is Remez's polynomial (fdlibm)."""
    t = r * r
    return r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
        )
    )


@kernel
def _upper(x: float) -> float:
    """The upper 21 bits of x, rounded: products of two such numbers are exact."""
    large = x * _UPPER
    return large - (large - x)


@kernel
def _parts(x: float) -> tuple[float, int]:
    """m in [1, 2) and k, of which x = m 2^k; x is positive and finite."""
    k = 0
    while x >= _WIDE:
        x, k = x * _FROM_WIDE, k + 32
    while x < _FROM_WIDE:
        x, k = x * _WIDE, k - 32
    while x >= 2.0:
        x, k = 0.5 * x, k + 1
    while x < 1.0:
        x, k = 2.0 * x, k - 1
    return x, k


@kernel
def _scaled(x: float, k: int) -> float:
    """x 2^k for x about 1, rounded once if it is below the normal numbers."""
    if k < -_FAR:
        return x * _power_of_2(k + _FAR) * _FROM_FAR
    if k > _FAR:
        return x * _power_of_2(k - _FAR) * _TO_FAR
    return x * _power_of_2(k)


@kernel
def _power_of_2(k: int) -> float:
    """2^k by squaring, for |k| <= 1000."""
    factor, square, left = 1.0, 2.0 if k > 0 else 0.5, abs(k)
    while left > 0:
        if left % 2 == 1:
            factor *= square
        square, left = square * square, left // 2
    return factor
