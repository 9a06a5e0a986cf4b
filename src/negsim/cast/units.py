"""Values of measures as people write them, with their units: what is printed can be typed back.

- Tables, expressions and Python count times in minutes and shares from 0 to 1 (`column`); screens show hours and per
  cent. So a time that is written has its unit, and a share above 1 its %.
- A count may have its unit, in the plural as screens have it, or in the singular: `4.07 delegates`, `1 issue`.
- A value lies on the scale of its measure; a width is above 0 and no longer than that scale.
"""

from __future__ import annotations

import math
import re

from negsim.cast.measures import lookup
from negsim.errors import NegsimError, literal

HOUR = 60.0  # minutes
_MINUTES = {"min": 1.0, "minute": 1.0, "minutes": 1.0, "h": HOUR, "hour": HOUR, "hours": HOUR}  # of each unit
_HUNDREDTHS = {"%", "point", "points"}
_WRITTEN = re.compile(r"([-+−]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([a-z%]*)", re.IGNORECASE)
_DIGITS = 12  # of a number that is written


def is_share(measure: str) -> bool:
    """Return whether a measure is shown in per cent: a share of issues, of people or of runs."""
    return bool(measure) and lookup(measure).kind in {"flag", "share"}


def is_time(measure: str) -> bool:
    """Return whether a measure is counted in minutes and shown in hours."""
    return bool(measure) and lookup(measure).kind == "time"


def is_measured(name: str) -> bool:
    """Return whether a name is that of a measure that is known by now."""
    try:
        lookup(name)
    except KeyError:
        return False
    return True


def value_text(value: float, measure: str = "") -> str:
    """Write a value of a measure with its unit, so that `read_value` gives it back.

    >>> value_text(300.0, "minutes"), value_text(0.67, "share_agreed"), value_text(0.321, "depth")
    ('5 h', '67 %', '0.321')
    """
    if is_time(measure):
        return f"{_plain(value / HOUR)} h"
    return f"{_plain(100.0 * value)} %" if is_share(measure) else _plain(value)


def _plain(number: float) -> str:
    return f"{number:.{_DIGITS}g}"


def read_value(written: object, measure: str, *, is_width: bool = False, in_column: bool = False) -> float:
    """Read a value of a measure, or a width on its scale, as its column has it. Raises NegsimError that says why not.

    in_column: whether a number without a unit is as the column has it.

    >>> read_value("5 h", "minutes"), read_value("300min", "minutes"), read_value("67%", "share_agreed")
    (300.0, 300.0, 0.67)
    >>> read_value("4.07 delegates", "blocking_number")
    4.07
    """
    number, unit = _parts(written)
    example = f"write one such as {example_of(measure, is_width=is_width)}"
    if number is None:
        raise NegsimError(f"{literal(written)} is not a value of {measure}; {example}")
    if is_time(measure) and not (in_column and not unit):
        if unit not in _MINUTES:
            raise NegsimError(f"{literal(written)} has no unit of time; write {_both(number)}")
        number *= _MINUTES[unit]
    elif is_share(measure) and unit in _HUNDREDTHS:
        number = float(_plain(number / 100.0))
    elif unit and unit not in _counted(measure):
        raise NegsimError(f"{literal(written)}: {measure} has no such unit; {example}")
    _check(written, number, measure, is_width=is_width)
    return number


def _counted(measure: str) -> set[str]:
    """Return the unit of a count, in the plural and in the singular; of other measures none."""
    record = lookup(measure)
    return {record.unit, record.unit.removesuffix("s")} if record.kind == "count" else set()


def is_written(text: str) -> bool:
    """Return whether a text is a number, with or without a unit."""
    return _parts(text)[0] is not None


def read_share(written: object) -> float:
    """Read a share, from 0 to 1 or with its %. Raises NegsimError.

    >>> read_share("90 %"), read_share("0.9")
    (0.9, 0.9)
    """
    return read_value(written, "consensus")


def _parts(written: object) -> tuple[float | None, str]:
    """Split what is written into a number, None if it has none, and its unit."""
    if isinstance(written, int | float) and not isinstance(written, bool):
        return (float(written), "") if math.isfinite(written) else (None, "")
    match = _WRITTEN.fullmatch(written.strip()) if isinstance(written, str) else None
    return (float(match[1].replace("−", "-")), match[2].lower()) if match else (None, "")


def _both(number: float) -> str:
    """Write both readings of a time without a unit.

    >>> _both(300.0), _both(0.5)
    ('300 min (5 h) or 300 h', '0.5 min (0.00833 h) or 0.5 h')
    """
    return f"{_plain(number)} min ({number / HOUR:.3g} h) or {_plain(number)} h"


def _check(written: object, number: float, measure: str, *, is_width: bool) -> None:
    """Raise NegsimError for what is not on the scale of a measure, or too wide for it."""
    scale = lookup(measure)
    low, high = (0.0, scale.high - scale.low) if is_width else (scale.low, scale.high)
    if low <= number <= high and not (is_width and number == 0.0):
        return
    if is_share(measure) and 1.0 < number <= 100.0 and "%" not in str(written):
        raise NegsimError(f"{literal(written)} is not from 0 to 1; write {_plain(number)} % ({_plain(number / 100.0)})")
    least = f"above {value_text(low, measure)}" if is_width else f"from {value_text(low, measure)}"
    if is_width or math.isfinite(low):
        limits = f"{least} to {value_text(high, measure)}" if math.isfinite(high) else f"{least} on"
    else:
        limits = f"up to {value_text(high, measure)}"
    what = "is not a width on the scale" if is_width else "is not on the scale"
    raise NegsimError(f"{literal(written)} {what} of {measure}: {limits}")


def example_of(measure: str, *, is_width: bool = False) -> str:
    """Return a value, or a width, that can be written: of a time with its unit."""
    if is_time(measure):
        return "30 min" if is_width else "5 h"
    if is_share(measure):
        return "0.02 or 2 %" if is_width else "0.4 or 40 %"
    return ("0.02" if is_width else "0.4") if lookup(measure).high == 1.0 else "4"
