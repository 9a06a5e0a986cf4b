"""Expressions over the columns of a table of runs: a small language with a parser of its own.

    comparison = sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
    sum        = product {("+" | "-") product}
    product    = factor {("*" | "/") factor}
    factor     = "-" factor | number | column | ("min" | "max") "(" comparison {"," comparison} ")" | "(" comparison ")"

- A comparison is 1 where it holds and 0 where it does not.
- NaN stands for "does not apply" and goes through every operation, and so does what has no finite value: 1 / 0.
- Nothing is looked up but columns, and nothing is called but `min` and `max`. Length and depth are limited.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from negsim.errors import literal
from negsim.negotiation.tables import Floats

MOST_LETTERS_OF_EXPRESSION = 1000
_MOST_DEPTH = 20  # of brackets and signs within each other

_TOKEN = re.compile(
    r"(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*(?:\.\w+)*)"
    r"|(?P<sign><=|>=|==|!=|[-+*/<>(),]))",
    re.ASCII,
)
_COMPARISONS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_SUMS: dict[str, Callable[[Floats, Floats], Floats]] = {"+": operator.add, "-": operator.sub}
_PRODUCTS: dict[str, Callable[[Floats, Floats], Floats]] = {"*": operator.mul, "/": operator.truediv}
_CHOICES: dict[str, Callable[[Floats, Floats], Floats]] = {"min": np.minimum, "max": np.maximum}
_OPERATIONS = _COMPARISONS | _SUMS | _PRODUCTS | _CHOICES


class ExpressionError(ValueError):
    """An expression that cannot be read, with the reason as its text."""


class Expression(NamedTuple):
    """An expression that was read: its steps put numbers and columns on a stack and combine the two on top."""

    steps: tuple[float | tuple[str, str], ...]  # numbers, ("column", name) and ("operation", sign)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names, each once."""
        named = [step[1] for step in self.steps if isinstance(step, tuple) and step[0] == "column"]
        return tuple(dict.fromkeys(named))

    def evaluate(self, column: Callable[[str], Floats]) -> Floats:
        """Compute it for every run (R). column: gives a column (R) by its name.

        >>> columns = {"depth": np.array([0.2, 0.6, np.nan]), "consensus": np.array([0.0, 1.0, 0.0])}
        >>> parse("max(depth, 0.5) * 2 + consensus").evaluate(columns.__getitem__).tolist()
        [1.0, 2.2, nan]
        >>> parse("1 / consensus > 0").evaluate(columns.__getitem__).tolist()
        [nan, 1.0, nan]
        """
        stack: list[Floats] = []
        for step in self.steps:
            if isinstance(step, float):
                stack.append(np.array(step))
            elif step[0] == "column":
                stack.append(np.asarray(column(step[1]), float))
            else:
                right, left = stack.pop(), stack.pop()
                stack.append(_combined(step[1], left, right))
        return stack[0]


def _combined(sign: str, left: Floats, right: Floats) -> Floats:
    """Combine two columns, or numbers; NaN where one of them is, or where the result is not finite."""
    with np.errstate(all="ignore"):
        result = np.asarray(_OPERATIONS[sign](left, right), float)
    return np.where(np.isnan(left) | np.isnan(right) | ~np.isfinite(result), np.nan, result)


def parse(text: str) -> Expression:
    """Read an expression. Raises ExpressionError that says where it goes wrong."""
    if len(text) > MOST_LETTERS_OF_EXPRESSION:
        raise ExpressionError(f"has {len(text)} letters; at most {MOST_LETTERS_OF_EXPRESSION}")
    return Expression(tuple(_Parser(text).whole()))


class _Parser:
    """A reader of one expression, a token at a time."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0
        self._kind, self._token = "", ""
        self._go_on()

    def _go_on(self) -> None:
        """Read the next token; its kind is "" at the end."""
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        self._start = self._at
        match = _TOKEN.match(self._text, self._at)
        if match is None and self._at < len(self._text):
            raise ExpressionError(f"{literal(self._text[self._at])} at letter {self._at + 1} has no meaning here")
        self._kind = (match.lastgroup or "") if match else ""
        self._token = match[self._kind] if match else ""
        self._at = match.end() if match else self._at

    def _take(self, *signs: str) -> str:
        """Return the next token if it is one of these signs, and go on; else nothing."""
        token = self._token
        if self._kind != "sign" or token not in signs:
            return ""
        self._go_on()
        return token

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise self._unexpected(literal(sign))

    def _unexpected(self, wanted: str) -> ExpressionError:
        there = f"{literal(self._token)} at letter {self._start + 1}" if self._kind else "its end"
        return ExpressionError(f"{there} stands where {wanted} is expected")

    def whole(self) -> Iterator[float | tuple[str, str]]:
        """Yield the steps of the whole text."""
        yield from self._comparison()
        if self._kind:
            raise self._unexpected("an operator or the end")

    def _comparison(self) -> Iterator[float | tuple[str, str]]:
        yield from self._sum()
        if sign := self._take(*_COMPARISONS):
            yield from self._sum()
            yield "operation", sign
            if self._token in _COMPARISONS:
                raise ExpressionError(f"compares twice, at letter {self._start + 1}; put one comparison in brackets")

    def _sum(self) -> Iterator[float | tuple[str, str]]:
        yield from self._product()
        while sign := self._take(*_SUMS):
            yield from self._product()
            yield "operation", sign

    def _product(self) -> Iterator[float | tuple[str, str]]:
        yield from self._factor()
        while sign := self._take(*_PRODUCTS):
            yield from self._factor()
            yield "operation", sign

    def _factor(self) -> Iterator[float | tuple[str, str]]:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise ExpressionError(f"has more than {_MOST_DEPTH} brackets or signs within each other")
        kind, token = self._kind, self._token
        if self._take("-"):
            yield 0.0
            yield from self._factor()
            yield "operation", "-"
        elif self._take("("):
            yield from self._comparison()
            self._need(")")
        elif kind == "number":
            self._go_on()
            yield self._number(token)
        elif kind == "name":
            self._go_on()
            yield from self._choice(token) if token in _CHOICES else [("column", token)]
        else:
            raise self._unexpected("a number or a column")
        self._depth -= 1

    def _choice(self, name: str) -> Iterator[float | tuple[str, str]]:
        self._need("(")
        yield from self._comparison()
        while self._take(","):
            yield from self._comparison()
            yield "operation", name
        self._need(")")

    def _number(self, token: str) -> float:
        if not np.isfinite(number := float(token)):
            raise ExpressionError(f"{token} is too large")
        return number
