"""The panel for guesses: what is expected of a setting, committed before it is shown.

Rules that hold here
- Only who has committed a guess sees the curve; the guesses of a class go to its room as well, there under the name
  that this browser joined with.
- A guess on one measure shows them all: no other is asked of the same setting afterwards.
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
from negsim.studio.lab import MEASURES, is_counted, most_of, same_runs
from negsim.studio.links import Setting
from negsim.studio.pages.knobs import described
from negsim.studio.pages.shell import button, heading, named
from negsim.studio.registry import ROOMS, keys_in
from negsim.studio.rooms import SharedRoom


def span(setting: Setting, measure: str) -> str:
    """What a guess of a measure may be, in the unit that it is told in."""
    if is_share(measure):
        return "a number from 0 to 100 per cent"
    most = most_of(setting, measure)
    return f"a number of {lookup(measure).unit}, 0 to {most}" if is_counted(measure) else f"a number from 0 to {most}"


class GuessPanel:
    """One visitor's guesses."""

    def __init__(self, address: str, cookies: Mapping[str, str], committed: Callable[[], None]) -> None:
        self.address, self.cookies, self.committed = address, cookies, committed
        self.guesses = Guesses()
        self.room: SharedRoom | None = None
        self.about: tuple[Setting, str] | None = None
        self._own: dict[tuple[Setting, str], str] = {}  # under which name a guess was committed

    def build(self) -> None:
        """The panel's elements, not to be seen until a guess is due."""
        self.panel = ui.element("div").classes("card ask")
        self.panel.set_visibility(False)
        with self.panel:
            heading("Predict first")
            self.asked = ui.label()
            with ui.element("div").classes("bar"):
                self.expected = named(ui.number("Your guess", step=1), "Your guess")
                self.who = named(ui.input("Your name").props("maxlength=40"), "Your name")
                self.code = named(ui.input("Class code, if you have one").props("maxlength=12"), "Class code")
                self.reason = named(ui.input("Because …").props("maxlength=280"), "Because").classes("grow")
                button("Commit, then see", self._commit, icon="lock")
            self.refusal = ui.label().classes("bad").props('role="alert"')

    def guess(self, setting: Setting, measure: str) -> Guess | None:
        """What was guessed of a setting."""
        name = self._own.get((setting, measure))
        return None if name is None else self.guesses.of(name, setting, measure)

    def ask(self, setting: Setting, measure: str) -> bool:
        """Ask for a guess of a setting that none was committed of; whether that is so."""
        due = not any(same_runs(setting, known) for known, _ in self._own)
        if self.about != (setting, measure):
            self.expected.error = None
        self.about = (setting, measure)
        self.panel.set_visibility(due)
        what = f"{MEASURES[measure].capitalize()}: {span(setting, measure)}"
        self.asked.text = f"{described(setting)}: what do you expect? {what}."
        return due

    def hide(self) -> None:
        """Ask nothing."""
        self.panel.set_visibility(False)

    def reveal(self, setting: Setting, measure: str, found: float) -> None:
        """Write beside the guesses what was found."""
        self.guesses.reveal(setting, measure, found)
        if self.room is not None:
            self.room.guesses.reveal(setting, measure, found)

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
        self.committed()

    def _keep(self, guess: Guess) -> None:
        """Put a guess with those of the class, if there is one, and with one's own."""
        if code := str(self.code.value or ""):
            now, keys = time.monotonic(), keys_in(self.cookies, code)
            self.room = ROOMS.find(code, self.address, now, keys)
            guess = self.room.guess(guess, now, address=self.address, keys=keys)
        self.guesses.commit(guess)
        self._own[guess.setting, guess.measure] = guess.who
