"""The guesses of a class: what somebody expects of a variant, before the lab shows its runs."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field, replace

from negsim.cast.knobs import KNOBS, MEETINGS, UNCHANGED_LEVEL
from negsim.cast.measures import lookup
from negsim.errors import literal
from negsim.files import csv_text
from negsim.negotiation.measures import DEFAULT_MEASURES
from negsim.report.words import RULE_LABELS, is_share
from negsim.scenario import Scenario
from negsim.scenario.values import one_line
from negsim.studio.limits import MOST_GUESSED_TEXT, MOST_GUESSED_TEXTS, MOST_NAME, MOST_REASON, RefusedError
from negsim.studio.links import Variant

NAMELESS = "anonymous"


@dataclass(frozen=True, kw_only=True)
class Guess:
    """Somebody's expectation of a variant."""

    who: str
    variant: Variant
    measure: str
    expected: float  # in units of the measure
    reason: str = ""
    result: float = math.nan  # of all runs, once the page of the person has made them
    is_known: bool = False  # whether it is of somebody who has joined the room


def guess_of(guess: Guess, scenario: Scenario) -> Guess:
    """Check and tidy a guess about a scenario. Raises `RefusedError` with the range that it may have."""
    if guess.measure not in {*DEFAULT_MEASURES, *RULE_LABELS}:
        raise RefusedError(f"no such measure: {literal(guess.measure)}")
    for value in (guess.expected, *([] if math.isnan(guess.result) else [guess.result])):
        if not 0.0 <= value <= _highest(guess.measure, scenario):
            raise RefusedError(_span(guess.measure, scenario))
    return replace(
        guess, who=one_line(guess.who, most=MOST_NAME) or NAMELESS, reason=one_line(guess.reason, most=MOST_REASON)
    )


def _highest(measure: str, scenario: Scenario) -> int:
    """Return the highest possible value of a measure: all issues, all delegates, or the end of its scale."""
    meaning = lookup(measure)
    if meaning.kind == "count":
        return len(scenario.issues) if meaning.unit == "issues" else scenario.seat_count
    return round(meaning.high)


def _span(measure: str, scenario: Scenario) -> str:
    """Describe the range of a guess of a measure, in the unit that visitors see."""
    if is_share(measure):
        return "a guess is a number from 0 to 100 per cent"
    unit = f" of {lookup(measure).unit}" if lookup(measure).kind == "count" else ""
    return f"a guess is a number{unit} from 0 to {_highest(measure, scenario)}"


@dataclass
class Guesses:
    """The guesses of a class."""

    all: list[Guess] = field(default_factory=list)

    def check_text(self, text: str) -> None:
        """Raise `RefusedError` for an own scenario beyond the few, none of them long, that a class guesses about."""
        texts = {guess.variant.text for guess in self.all}
        if text in texts:
            return
        if len(text) > MOST_GUESSED_TEXT:
            raise RefusedError(f"a scenario to guess about has at most {MOST_GUESSED_TEXT:,} letters")
        if len(texts) >= MOST_GUESSED_TEXTS:
            raise RefusedError(f"this room has guesses about {MOST_GUESSED_TEXTS} scenarios; use one of those")

    def commit(self, guess: Guess) -> None:
        """Keep a guess. Raises `RefusedError` for a second guess under one name of one measure and variant.

        The guess of somebody who has not joined keeps nobody from guessing who joins under that name.
        """
        if guess.who != NAMELESS and any(_key(other) == _key(guess) for other in self.all):
            raise RefusedError("you have guessed this already; a guess is final")
        text = sys.intern(guess.variant.text)  # which many guesses share
        self.all.append(replace(guess, variant=replace(guess.variant, text=text)))

    def reveal(self, guess: Guess) -> bool:
        """Write a result beside the same guess, unless it has one; return whether it is there and had none."""
        same = (*_key(guess), guess.expected)
        for n, other in enumerate(self.all if not math.isnan(guess.result) else ()):
            if (*_key(other), other.expected) == same and math.isnan(other.result):
                self.all[n] = replace(other, result=guess.result)
                return True
        return False

    def csv(self) -> str:
        """Write the guesses as CSV in which no spreadsheet reads a cell as a formula."""
        knobs = [path.rpartition(".")[2] if path != MEETINGS.path else "meetings" for path in KNOBS]
        header = ["who", "scenario", *knobs, "changes", "seed", "measure", "guess", "found", "error", "reason"]
        return csv_text(header, map(_row, self.all))


def _key(guess: Guess) -> tuple[str, bool, Variant, str]:
    return guess.who, guess.is_known, guess.variant, guess.measure


def _row(guess: Guess) -> list[object]:
    variant = guess.variant
    error = guess.expected - guess.result
    result = ["", ""] if math.isnan(error) else [round(guess.result, 4), round(error, 4)]
    return [
        guess.who, variant.label(), *(variant.levels.get(path, UNCHANGED_LEVEL) for path in KNOBS),
        "; ".join(variant.changes), variant.seed, guess.measure, round(guess.expected, 4), *result, guess.reason,
    ]  # fmt: skip
