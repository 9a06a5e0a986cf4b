"""Random numbers with an address instead of a position.

- A number is a pure function of (seed, replication, decision, meeting, turn, issue, who, whom). Nothing is consumed,
  so a changed knob, an added seat or another chunk of replications leaves every other draw unchanged.
- The generator is Philox-4x32-10 (Salmon, Moraes, Dror & Shaw 2011, doi 10.1145/2063384.2063405), in masked
  `np.uint64` only: the same bits compiled and uncompiled.
- `who` and `whom` are seat codes: group code * 2048 + number in the group.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TypeGuard, cast

import numpy as np
from numpy.typing import NDArray

from negsim.elementary import log
from negsim.errors import NegsimError, literal
from negsim.kernel import entry, inlined, kernel

SEATS_PER_GROUP = 2048
NONE = cast("int", np.int64(0))  # a part of an address that a draw does not have: no literal, of which numba compiles
# a function anew

_LOW32 = np.uint64(0xFFFFFFFF)
_SHIFT32 = np.uint64(32)
_SHIFT16 = np.uint64(16)
_SHIFT12 = np.uint64(12)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)


class Decision(IntEnum):
    """The decision that a draw is for. A number is never reused for another purpose; append, do not renumber."""

    POSITION = 1
    SALIENCE = 2
    TEMPER = 3
    RED_LINE = 4
    TRUSTING = 5
    TRUSTED = 6
    CHAIR_TRUST = 7
    CAMP = 8
    FLOOR = 9
    TABLING = 10
    COVERAGE = 13
    STEP = 14
    NOTICING = 15
    DRAFTERS = 17
    ATTENDANCE = 18
    TABLE = 19
    MOTION = 20
    WALKOUT = 21
    UNCERTAIN = 23
    ACROSS = 24
    COMPANY = 25
    CLIMATE = 26
    AMENDING = 27
    OFFERING = 29
    MOVING = 31
    BACKING = 32
    CLIMATE_OF_ISSUE = 33
    DEAL = 34
    LOCK = 35
    ORDER = 36
    FINDING = 37
    DISCLOSING = 38


Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Stream = NDArray[np.uint64]  # 2; the part of an address that a whole run shares: the 64-bit seed, the replication


def stream(seed: int, replication: int) -> Stream:
    """Return the stream of one replication.

    Raises NegsimError for a seed outside 0..2**64-1 or a replication outside 0..2**32-1.
    """
    for name, number, bits in (("seed", seed, 64), ("replication", replication, 32)):
        if not is_whole(number) or not 0 <= number < 2**bits:
            raise NegsimError(f"{name} is {literal(number)}; it must be a whole number from 0 to 2**{bits} - 1")
    return np.array([seed, replication], dtype=np.uint64)


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value is a whole number of Python's or numpy's (true and false are not)."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


@inlined
def philox(
    counter_0: np.uint64,
    counter_1: np.uint64,
    counter_2: np.uint64,
    counter_3: np.uint64,
    key_0: np.uint64,
    key_1: np.uint64,
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return the four 32-bit words (as uint64) of Philox-4x32-10 for a counter of four words and a key of two."""
    for _ in range(10):
        product_0 = _MULTIPLIER_0 * counter_0
        product_1 = _MULTIPLIER_1 * counter_2
        counter_0 = (product_1 >> _SHIFT32) ^ counter_1 ^ key_0
        counter_1 = product_1 & _LOW32
        counter_2 = (product_0 >> _SHIFT32) ^ counter_3 ^ key_1
        counter_3 = product_0 & _LOW32
        key_0 = (key_0 + _WEYL_0) & _LOW32
        key_1 = (key_1 + _WEYL_1) & _LOW32
    return counter_0, counter_1, counter_2, counter_3


@entry
@inlined
def uniform(stream: Stream, decision: int, meeting: int, turn: int, issue: int, who: int, whom: int) -> float:
    """Draw a uniform number strictly inside (0, 1): u = ((64 bits >> 12) + .5) * 2**-52."""
    word_1 = ((np.uint64(decision) << _SHIFT16) | np.uint64(meeting)) & _LOW32
    word_2 = ((np.uint64(turn) << _SHIFT16) | np.uint64(issue)) & _LOW32
    word_3 = ((np.uint64(who) << _SHIFT16) | np.uint64(whom)) & _LOW32
    high, low, _, _ = philox(stream[1], word_1, word_2, word_3, stream[0] & _LOW32, stream[0] >> _SHIFT32)
    bits = ((high << _SHIFT32) | low) >> _SHIFT12
    return (float(bits) + 0.5) * 2.220446049250313e-16


@entry
@kernel
def uniforms(stream: Stream, decision: int, turn: Ints, who: Ints, whom: Ints, out: Floats) -> None:
    """Draw the uniform numbers of a decision at many addresses without meeting or issue, into `out`."""
    for n in range(out.shape[0]):
        out[n] = uniform(stream, decision, 0, turn[n], 0, who[n], whom[n])


@kernel
def _ratio(
    x: float, a0: float, a1: float, a2: float, a3: float, a4: float, a5: float, a6: float, a7: float,
    b1: float, b2: float, b3: float, b4: float, b5: float, b6: float, b7: float,
) -> float:  # fmt: skip
    """Divide two polynomials of degree 7, the second with constant term 1."""
    above = ((((((a7 * x + a6) * x + a5) * x + a4) * x + a3) * x + a2) * x + a1) * x + a0
    below = ((((((b7 * x + b6) * x + b5) * x + b4) * x + b3) * x + b2) * x + b1) * x + 1.0
    return above / below


@inlined
def normal_quantile(u: float) -> float:
    """Invert the standard normal distribution function at u in (0, 1).

    Wichura 1988, algorithm AS 241 (PPND16), relative accuracy about 1e-16; doi 10.2307/2347330.
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _ratio(
            r,
            3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
            4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
            4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
            3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
        )  # fmt: skip
    tail = u if q < 0.0 else 1.0 - u
    r = math.sqrt(-log(tail))
    if r <= 5.0:
        size = _ratio(
            r - 1.6,
            1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
            1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
            2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
            1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
        )  # fmt: skip
    else:
        size = _ratio(
            r - 5.0,
            6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
            2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
            5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
            1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
        )  # fmt: skip
    return -size if q < 0.0 else size


@kernel
def normal(stream: Stream, decision: int, meeting: int, turn: int, issue: int, who: int, whom: int) -> float:
    """Draw a standard normal number: the quantile of one addressed uniform, so one draw each and no rejection."""
    return normal_quantile(uniform(stream, decision, meeting, turn, issue, who, whom))
