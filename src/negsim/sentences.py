"""Write the sentences that a page in a browser shows too, from patterns that Python and JavaScript fill in alike.

- `sentences.json` has the patterns by key. A slot such as `{who}` takes text or a whole number.
- A slot may name one of four functions: `{n|plural bracket}` writes a number with its noun (`person/people` where an s
  is not enough), `{names|list}` writes a list of texts, `{text|place}` says where a place on the scale of an issue lies
  ("at 13 hours (0.40)"), `{text|amount}` names it ("13 hours (0.40)", or "0.40" where the issue has no amounts).
- A pattern holds nothing else. The caller chooses the pattern that fits, and writes numbers with decimals as text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from numbers import Real
from pathlib import Path
from typing import NamedTuple, cast

from negsim.scenario.schema import Issue
from negsim.scenario.values import listed

SLOT = re.compile(r"\{(\w+)(?:\|(\w+)(?: ([^{}|]+))?)?\}")  # a name, a function, what the function is told
_MIDDLE = 0.05  # of the scale: nearer than this to .5 counts as halfway
_QUARTER = 0.25  # of the scale: nearer than this to an end is near it
_END_DISTANCE = 0.08  # of the scale: nearer than this to an end counts as that end
_PLACE_DISTANCE = 0.03  # of the scale: nearer than this to a place that has words counts as that place
_WHOLE_FROM = 10.0  # amounts from here on need no decimals

NO_VALUE = "n/a"  # does not apply, such as the depth of what was agreed where nothing was


class Place(NamedTuple):
    """A place between the labelled ends of a scale, from 0 to 1; NaN where there is no text."""

    low: str
    high: str
    value: float
    between: tuple[str, ...] = ()  # words for places at equal distances
    amounts: tuple[float, ...] = ()  # of the places with words, the ends included
    unit: str = ""  # of the amounts; with a slash before the plural


_Filling = str | float | Sequence[str] | Place


@cache
def patterns() -> Mapping[str, str]:
    """Return the catalogue."""
    return cast("dict[str, str]", json.loads(Path(__file__).with_name("sentences.json").read_text(encoding="utf-8")))


def slots_of(pattern: str) -> set[str]:
    """Return the names of the slots of a pattern."""
    return {match[1] for match in SLOT.finditer(pattern)}


def sentence(key: str, **fillings: _Filling) -> str:
    """Fill in a pattern. Raises TypeError unless every slot gets a filling of its kind, and nothing else is given.

    >>> sentence("reading.lifted", n=2, who="Ann and Bob")
    '2 brackets lifted: Ann and Bob.'
    """
    pattern = patterns()[key]
    if slots_of(pattern) != fillings.keys():
        raise TypeError(f"{key} takes {sorted(slots_of(pattern))}, not {sorted(fillings)}")
    return SLOT.sub(lambda slot: _filled(fillings[slot[1]], slot[2], slot[3]), pattern)


def _filled(filling: _Filling, function: str | None, forms: str | None) -> str:
    if function is None and isinstance(filling, str | Real):
        return str(filling)
    if function == "plural" and isinstance(filling, Real) and forms is not None:
        return counted(float(filling), *forms.split("/"))
    if function == "list" and isinstance(filling, list | tuple):
        return listed(filling)
    if function == "place" and isinstance(filling, Place):
        return place(filling)
    if function == "amount" and isinstance(filling, str | Place):
        return filling if isinstance(filling, str) else named(filling)
    raise TypeError(f"{filling!r} is not for a slot of the kind {function}")


def counted(number: float, thing: str, things: str = "") -> str:
    """Write a number with its noun.

    >>> counted(1, "bracket"), counted(2.5, "day"), counted(0, "delegate"), counted(1_000_000, "run")
    ('1 bracket', '2.5 days', 'no delegates', '1000000 runs')
    """
    plural = things or f"{thing}s"
    return f"1 {thing}" if number == 1 else f"{number:.12g} {plural}" if number else f"no {plural}"


def place(at: Place) -> str:
    """Describe a place between the ends of a scale, in words and as a number."""
    if math.isnan(at.value):
        return sentence("place.none")
    number, shown = f"{at.value:.2f}", round(at.value, 2)
    if at.amounts:
        nth, ends = round(shown * (len(at.amounts) - 1), 9), (at.low, *at.between, at.high)
        is_there = nth == int(nth)
        there = sentence("place.word", end=ends[int(nth)]) if is_there else sentence("place.amount", amount=amount(at))
        return sentence("place.number", words=there, number=number)
    if at.between:
        words, steps = (at.low, *at.between, at.high), len(at.between) + 1
        nearest = int(shown * steps + 0.5)
        is_there = round(abs(shown - nearest / steps), 2) < _PLACE_DISTANCE
        return sentence("place.at" if is_there else "place.near", end=words[nearest], number=number)
    if round(abs(shown - 0.5), 2) < _MIDDLE:
        return sentence("place.halfway", low=at.low, high=at.high, number=number)
    end, other = (at.high, at.low) if shown > 0.5 else (at.low, at.high)
    distance = round(min(shown, 1.0 - shown), 2)
    if distance > _QUARTER:
        return sentence("place.closer", end=end, other=other, number=number)
    return sentence("place.at" if distance < _END_DISTANCE else "place.near", end=end, number=number)


def named(at: Place) -> str:
    """Name a place by its amount, where the issue has amounts, and its number."""
    number = f"{at.value:.2f}"
    return sentence("place.number", words=amount(at), number=number) if at.amounts else number


def line_of(issue: Issue, low: float, high: float) -> str:
    """Say what somebody never signs on an issue, "" for a seat that signs everything.

    low, high: the red lines; 0 and 1 or beyond for none. One with more than two digits is rounded to the safe side.
    """
    rises = issue.amounts[:1] < issue.amounts[-1:]
    lines = []
    if low > 0.0:
        lines.append((math.ceil(round(100.0 * low, 6)) / 100.0, "below", "less" if rises else "more"))
    if high < 1.0:
        lines.append((math.floor(round(100.0 * high, 6)) / 100.0, "above", "more" if rises else "less"))
    return " or ".join(
        sentence("line.amount", side=side, amount=amount(place_on(issue, line)), end=end, number=f"{line:.2f}")
        if issue.amounts
        else sentence("line", end=end, number=f"{line:.2f}")
        for line, end, side in lines
    )


def amount(at: Place) -> str:
    """Write the amount at a place, on the straight line between those at both sides of it, with two digits or more.

    >>> amount(Place("slow", "quick", 0.4, ("a day", "a shift"), (72, 24, 1, 0), "hour/hours"))
    '19 hours'
    >>> [amount(Place("none", "half", value, (), (0, 4), "chair/chairs")) for value in (0.05, 0.25, 0.46)]
    ['0.2 chairs', '1 chair', '1.8 chairs']
    """
    nth = round(at.value, 2) * (len(at.amounts) - 1)
    n = min(int(nth), len(at.amounts) - 2)
    much = at.amounts[n] + (nth - n) * (at.amounts[n + 1] - at.amounts[n])
    text = f"{much:.{0 if much >= _WHOLE_FROM else 1 if much >= 1.0 else 2}f}"
    number = text.rstrip("0").rstrip(".") if "." in text else text
    one, _, more = at.unit.partition("/")
    return f"{number} {one if number == '1' or not more else more}".strip()


def on_scale(issue: Issue, value: float) -> str:
    """Describe the place of a text between the labelled ends of an issue, in words and as a number."""
    return place(place_on(issue, value))


def place_on(issue: Issue, value: float) -> Place:
    """Return the place of a text between the labelled ends of an issue."""
    return Place(issue.low, issue.high, value, issue.between, issue.amounts, issue.unit)


def signed(value: float, digits: int = 2) -> str:
    """Write a number with its sign, without one if it rounds to zero.

    >>> signed(0.123), signed(-0.5), signed(-0.001)
    ('+0.12', '−0.50', '0.00')
    >>> signed(math.nan)
    'n/a'
    """
    if math.isnan(value):
        return NO_VALUE
    text = f"{value:+.{digits}f}"
    return text.replace("-", "−") if any(digit in text for digit in "123456789") else text[1:]
