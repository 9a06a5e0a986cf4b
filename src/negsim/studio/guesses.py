"""Guesses: what people expect of a variant before they see its runs.

- A guess is final, and made before its result is on the page.
- The number of guesses is limited: for each person, and for each address of those who have not joined a room.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from dataclasses import dataclass, field, replace

from negsim.errors import literal
from negsim.files import plain_cell
from negsim.negotiation.measures import lookup
from negsim.studio import limits
from negsim.studio.lab import MEASURES, Setting, is_counted
from negsim.studio.limits import MOST_REASON, Rate, RefusedError, one_line
from negsim.studio.links import Variant

NAMELESS = "anonymous"
NO_MORE = "this room has as many guesses as it can hold"


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What somebody expects of a variant."""

    who: str
    variant: Variant
    measure: str
    expected: float  # in units of the measure
    reason: str = ""
    result: float = math.nan  # once all runs are made

    @property
    def error(self) -> float:
        """The guess minus the result."""
        return self.expected - self.result


def guess_of(who: str, setting: Setting, measure: str, expected: float, reason: str) -> Guess:
    """A guess, checked. Raises `RefusedError` with the range that it may have."""
    if measure not in MEASURES:
        raise RefusedError(f"no such measure: {literal(measure)}")
    most = setting.highest(measure)
    if not 0.0 <= expected <= most:
        raise RefusedError(
            f"a number of {lookup(measure).unit}, 0 to {most}"
            if is_counted(measure)
            else "a number from 0 to 100 per cent"
        )
    return Guess(
        who=one_line(who) or NAMELESS, variant=setting.variant, measure=measure, expected=expected,
        reason=one_line(reason, MOST_REASON),
    )  # fmt: skip


@dataclass
class Guesses:
    """The guesses of a class, or of one person."""

    all: list[Guess] = field(default_factory=list)

    def commit(self, guess: Guess) -> None:
        """Keep a guess. Raises `RefusedError` for a second guess by the same name of the same measure and variant."""
        if guess.who != NAMELESS and self.of(guess.who, guess.variant, guess.measure) is not None:
            raise RefusedError("you have guessed this already; a guess is final")
        self.all.append(guess)

    def of(self, who: str, variant: Variant, measure: str) -> Guess | None:
        """Somebody's guess, or None."""
        wanted = (one_line(who) or NAMELESS, variant, measure)
        return next((guess for guess in self.all if (guess.who, guess.variant, guess.measure) == wanted), None)

    def reveal(self, variant: Variant, measure: str, result: float) -> None:
        """Write the result beside the guesses of it."""
        self.all = [
            replace(guess, result=result) if (guess.variant, guess.measure) == (variant, measure) else guess
            for guess in self.all
        ]

    def csv(self) -> str:
        """The guesses as CSV. No spreadsheet reads a cell of it as a formula."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["who", "scenario", "meetings", "days_in_all", "methodology", "mixed_evenings", "corridors",
                         "changes", "seed", "measure", "guess", "found", "error", "reason"])  # fmt: skip
        for guess in self.all:
            writer.writerow([plain_cell(value) for value in _row(guess)])
        return out.getvalue()


class Allowance:
    """How many guesses each key may still make."""

    def __init__(self, rate: Rate, most: int) -> None:
        self.rate, self.most = rate, most
        self._made: Counter[str] = Counter()

    def count(self, key: str, now: float) -> None:
        """Count one more guess. Raises `RefusedError`."""
        if self._made[key] >= self.most:
            raise RefusedError(NO_MORE)
        if not self.rate.allows(key, now):
            raise RefusedError("too many guesses at once; wait a few seconds")
        self._made[key] += 1


def own_guesses() -> Allowance:
    """The allowance of each person in a room."""
    return Allowance(Rate(limits.GUESSES_A_SECOND, limits.GUESSES_AT_ONCE), limits.MOST_OWN_GUESSES)


def strange_guesses() -> Allowance:
    """The allowance of each address of those who have not joined."""
    rate = Rate(limits.STRANGE_GUESSES_A_SECOND, limits.STRANGE_GUESSES_AT_ONCE)
    return Allowance(rate, limits.MOST_STRANGE_GUESSES)


def _row(guess: Guess) -> list[object]:
    variant = guess.variant
    is_final = not math.isnan(guess.result)
    return [
        guess.who, variant.label(), *map(_or_as_written, (variant.meetings, variant.days, variant.methodology)),
        *map(_or_as_written, (variant.evenings, variant.corridors)),
        "; ".join(variant.changes), variant.seed, guess.measure, round(guess.expected, 4),
        round(guess.result, 4) if is_final else "", round(guess.error, 4) if is_final else "", guess.reason,
    ]  # fmt: skip


def _or_as_written(value: object) -> object:
    return "as written" if value is None else value
