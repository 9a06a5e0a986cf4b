"""What people expect of a setting, before they see it.

Rules that hold here
- A guess is committed before anything is shown, and is never changed.
- So many guesses, and so many at once, are taken of one person, or from one address of those who have not joined.
- A spreadsheet takes no cell of the exported table for a formula.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from dataclasses import dataclass, field, replace

from negsim.negotiation.measures import lookup
from negsim.studio import limits
from negsim.studio.lab import MEASURES, is_counted, most_of
from negsim.studio.limits import MOST_REASON, Rate, RefusedError, one_line
from negsim.studio.links import Setting

NAMELESS = "anonymous"
NO_MORE = "no more guesses can be kept in this room"


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What somebody expects of a setting, committed before it is shown."""

    who: str
    setting: Setting
    measure: str
    expected: float  # in units of the measure
    reason: str = ""
    found: float = math.nan  # once it is known

    @property
    def error(self) -> float:
        """How far the guess is from what was found."""
        return self.expected - self.found


def guess_of(who: str, setting: Setting, measure: str, expected: float, reason: str) -> Guess:
    """A guess, checked. Raises `RefusedError`."""
    if measure not in MEASURES:
        raise RefusedError("there is no such measure")
    most = most_of(setting, measure)
    if not 0.0 <= expected <= most:
        raise RefusedError(
            f"a number of {lookup(measure).unit}, 0 to {most}"
            if is_counted(measure)
            else "a number from 0 to 100 per cent"
        )
    return Guess(
        who=one_line(who) or NAMELESS, setting=setting, measure=measure, expected=expected,
        reason=one_line(reason, MOST_REASON),
    )  # fmt: skip


@dataclass
class Guesses:
    """The guesses of a class, or of one person."""

    all: list[Guess] = field(default_factory=list)

    def commit(self, guess: Guess) -> None:
        """Keep a guess. Raises `RefusedError` for a second one of the same name on the same thing."""
        if guess.who != NAMELESS and self.of(guess.who, guess.setting, guess.measure) is not None:
            raise RefusedError("you have guessed this already; a guess is not changed")
        self.all.append(guess)

    def of(self, who: str, setting: Setting, measure: str) -> Guess | None:
        """What somebody guessed, None nothing."""
        same = (one_line(who) or NAMELESS, setting, measure)
        return next((guess for guess in self.all if (guess.who, guess.setting, guess.measure) == same), None)

    def reveal(self, setting: Setting, measure: str, found: float) -> None:
        """Write what was found beside what was guessed."""
        self.all = [
            replace(guess, found=found) if (guess.setting, guess.measure) == (setting, measure) else guess
            for guess in self.all
        ]

    def csv(self) -> str:
        """The guesses as a table; a spreadsheet takes no cell of it for a formula."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["who", "scenario", "meetings", "methodology", "mixed_evenings", "changes", "seed", "measure",
                         "guess", "found", "error", "reason"])  # fmt: skip
        for guess in self.all:
            writer.writerow([plain_cell(value) for value in _row(guess)])
        return out.getvalue()


class Allowance:
    """How many guesses may still be made, for every key."""

    def __init__(self, rate: Rate, most: int) -> None:
        self.rate, self.most = rate, most
        self._made: Counter[str] = Counter()

    def count(self, key: str, now: float) -> None:
        """Count one more. Raises `RefusedError`."""
        if self._made[key] >= self.most:
            raise RefusedError(NO_MORE)
        if not self.rate.allows(key, now):
            raise RefusedError("too many guesses at once; wait a few seconds")
        self._made[key] += 1


def own_guesses() -> Allowance:
    """What each person in a room may guess."""
    return Allowance(Rate(limits.GUESSES_A_SECOND, limits.GUESSES_AT_ONCE), limits.MOST_OWN_GUESSES)


def strange_guesses() -> Allowance:
    """What those who have not joined may guess, by address."""
    rate = Rate(limits.STRANGE_GUESSES_A_SECOND, limits.STRANGE_GUESSES_AT_ONCE)
    return Allowance(rate, limits.MOST_STRANGE_GUESSES)


def _row(guess: Guess) -> list[object]:
    setting = guess.setting
    known = not math.isnan(guess.found)
    return [
        guess.who, setting.called(), _given(setting.meetings), _given(setting.methodology), _given(setting.evenings),
        "; ".join(setting.changes), setting.seed, guess.measure, round(guess.expected, 4),
        round(guess.found, 4) if known else "", round(guess.error, 4) if known else "", guess.reason,
    ]  # fmt: skip


def _given(value: object) -> object:
    return "as written" if value is None else value


def plain_cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula.

    >>> plain_cell("=1+1"), plain_cell(-0.5)
    ("'=1+1", -0.5)
    """
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
