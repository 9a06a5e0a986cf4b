"""The panel for guesses: what a visitor expects of a variant, before its runs are on screen.

- The curve appears only once a guess is made. A guess also goes to the class's room, if the visitor gives its code,
  under the name with which this browser joined.
- One guess reveals all measures of a variant, so the panel asks for no second one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping

from nicegui import ui

from negsim.errors import NegsimError
from negsim.negotiation.measures import lookup
from negsim.report.words import is_share
from negsim.studio.guesses import Guess, Guesses, guess_of
from negsim.studio.lab import MEASURES, Setting, is_counted
from negsim.studio.links import Variant
from negsim.studio.pages.knobs import description
from negsim.studio.pages.shell import button, dressed, heading
from negsim.studio.rooms import ROOMS, SharedRoom, keys_in


def span(setting: Setting, measure: str) -> str:
    """The range of a guess of a measure, in the unit that visitors type."""
    if is_share(measure):
        return "a number from 0 to 100 per cent"
    most = setting.highest(measure)
    return f"a number of {lookup(measure).unit}, 0 to {most}" if is_counted(measure) else f"a number from 0 to {most}"


class GuessPanel:
    """One visitor's guesses."""

    def __init__(self, address: str, cookies: Mapping[str, str], committed: Callable[[], None]) -> None:
        self.address, self.cookies, self.committed = address, cookies, committed
        self.guesses = Guesses()
        self.room: SharedRoom | None = None
        self.about: tuple[Setting, str] | None = None  # what the panel asks for
        self._own: dict[tuple[Variant, str], str] = {}  # the name under which each guess was made
        self._runs: set[str] = set()  # that were guessed, under any name

    def build(self) -> None:
        """The panel's elements, hidden until a guess is due."""
        self.panel = ui.element("div").classes("card ask")
        self.panel.set_visibility(False)
        with self.panel:
            heading("Predict first")
            self.question = ui.label()
            with ui.element("div").classes("bar"):
                self.expected = dressed(ui.number("Your guess", step=1), "Your guess")
                self.who = dressed(ui.input("Your name").props("maxlength=40"), "Your name")
                self.code = dressed(ui.input("Class code, if you have one").props("maxlength=12"), "Class code")
                self.reason = dressed(ui.input("Because …").props("maxlength=280"), "Because").classes("grow")
                button("Guess, then see", self._commit, icon="lock")
            self.refusal = ui.label().classes("bad").props('role="alert"')

    def guess(self, variant: Variant, measure: str) -> Guess | None:
        """The visitor's guess, or None."""
        name = self._own.get((variant, measure))
        return None if name is None else self.guesses.of(name, variant, measure)

    def ask(self, setting: Setting, measure: str) -> bool:
        """Ask for a guess unless there is one of the same runs; whether it asks."""
        due = setting.runs not in self._runs
        if self.about != (setting, measure):
            self.expected.error = None
        self.about = (setting, measure)
        self.panel.set_visibility(due)
        what = f"{MEASURES[measure].capitalize()}: {span(setting, measure)}"
        self.question.text = f"{description(setting.variant)}: what do you expect? {what}."
        return due

    def hide(self) -> None:
        """Hide the panel."""
        self.panel.set_visibility(False)

    def reveal(self, variant: Variant, measure: str, result: float) -> None:
        """Write the result beside the guesses."""
        self.guesses.reveal(variant, measure, result)
        if self.room is not None:
            self.room.guesses.reveal(variant, measure, result)

    def _commit(self) -> None:
        if self.about is None:
            return
        setting, measure = self.about
        value = math.nan if self.expected.value is None else self.expected.value
        value /= 100.0 if is_share(measure) else 1.0
        self.expected.error, self.refusal.text = None, ""
        try:
            guess = guess_of(self.who.value or "", setting, measure, value, self.reason.value or "")
        except NegsimError:
            self.expected.error = span(setting, measure)
            return
        try:
            self._keep(guess)
        except NegsimError as error:
            self.refusal.text = str(error)
            return
        self._runs.add(setting.runs)
        self.committed()

    def _keep(self, guess: Guess) -> None:
        """Keep a guess here, and with those of the class if there is a code."""
        if code := str(self.code.value or ""):
            now, keys = time.monotonic(), keys_in(self.cookies, code)
            self.room = ROOMS.find(code, self.address, now)
            guess = self.room.guess(guess, now, address=self.address, keys=keys)
        self.guesses.commit(guess)
        self._own[guess.variant, guess.measure] = guess.who
