"""A text that a visitor writes: what is wrong with it, or what it is, and the address that carries it.

- A worker reads the text, one reading after the other, once the visitor has stopped typing for a moment.
- A click on a problem leads to its place.
- The page's address and the links to the other pages carry the text as soon as it can be used and fits into a link;
  until then the browser asks before the visitor loses it.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from itertools import islice

from markupsafe import Markup
from nicegui import ui

from negsim.errors import NegsimError, ScenarioError
from negsim.studio.limits import MOST_PROBLEMS_ON_PAGE, RefusedError
from negsim.studio.links import Variant, query
from negsim.studio.pages import shell
from negsim.studio.work import BusyError, Result

_PAUSE = 0.5  # seconds without a key after which a text is read
_LOOK = 0.2  # seconds between two looks at whether that is due
_ASK_BEFORE_LEAVING = "window.onbeforeunload = (event) => { event.preventDefault(); event.returnValue = true; };"
_ASK_NO_MORE = "window.onbeforeunload = null;"

# A heading; the words of each problem, and the script that leads to its place.
Faults = tuple[str, Iterable[tuple[str, str]]]


class Draft:
    """The text of one visitor, and the place where the page says what it is.

    here: the address of the page. faults: puts the problems of a text into words. check: called again and again, awaits
    `reading`, and says what came of it with `accept`.
    """

    def __init__(
        self,
        here: str,
        text: str,
        *,
        faults: Callable[[ScenarioError], Faults],
        check: Callable[[], Awaitable[None]],
    ) -> None:
        self._write: Callable[[], str] | None = None  # of a text that nobody has asked for since it changed
        self._text, self.last_change = text, 0.0
        self.ways: list[ui.button] = []  # to other pages, which take a text that can be used
        self._here, self._faults, self._read = here, faults, ""
        self._is_due, self._is_in_address = True, True
        self.verdict = ui.label().props('role="status" aria-live="polite"')
        self._problems, self._result = ui.element("div"), shell.Html()
        ui.timer(_LOOK, check)

    @property
    def text(self) -> str:
        """The text as it is now."""
        if self._write is not None:
            self._text, self._write = self._write(), None
        return self._text

    def touch(self, write: Callable[[], str]) -> None:
        """Take a text that has changed. write: writes it, once it is asked for, not at every key."""
        self._write, self.last_change, self._is_due = write, time.monotonic(), True
        self._keep("")

    def replace(self, text: str) -> None:
        """Take another text, which is to be read at once."""
        self._text, self._write, self.last_change, self._is_due = text, None, 0.0, True
        self._say("Reading…", look="big soft")

    async def reading(self, read: Callable[[str], Result], *, is_long: bool) -> Result | None:
        """Let a worker read the text, if that is due. Return None if it is not, or after saying what is wrong."""
        if not self._is_due or time.monotonic() - self.last_change < _PAUSE:
            return None
        self._is_due, self._read = False, self.text
        try:
            return await shell.in_worker(read, self.text, is_long=is_long, keep=False)
        except ScenarioError as error:
            self.say_problems(error)
        except BusyError as error:
            self._say(error.sentence())
            self._is_due, self.last_change = True, time.monotonic() + 1.0
        except NegsimError as error:
            self._say(error.sentence())
        return None

    def accept(self, verdict: str, variant: Variant, result: Markup = Markup()) -> None:  # noqa: B008 - cannot change
        """Say what the text that was read is. variant: the current text, as a link carries it."""
        self._say(verdict, look="big", result=result)
        if self._read == self.text:
            with suppress(RefusedError):  # it is too long for a link
                self._keep(query(variant))

    def go(self, target: str, variant: Variant) -> None:
        """Open another page with the text. Raises `RefusedError` if it is too long for a link."""
        link = query(variant)
        self._keep(link)
        ui.navigate.to(f"{target}?{link}")

    def say_problems(self, error: ScenarioError) -> None:
        """Say what is wrong."""
        heading, faults = self._faults(error)
        lines = list(islice(faults, MOST_PROBLEMS_ON_PAGE))
        self._say(heading, look="big bad" if lines else "big soft")
        with self._problems:
            for words, script in lines:
                with ui.element("button").classes("problem").props('type="button"') as line:
                    ui.label(words)
                line.on("click", js_handler=f"() => {{ {script} }}")
            ui.label(shell.and_more(error.count))

    def _say(self, text: str, *, look: str = "big bad", result: Markup = Markup()) -> None:  # noqa: B008
        self._problems.clear()
        self.verdict.text = text
        self.verdict.classes(replace=look)
        self._result.show(result)
        for way in self.ways:
            way.set_enabled(look == "big")

    def _keep(self, link: str) -> None:
        """Put the text into the address; without a link, let the browser ask before the visitor leaves."""
        if link:
            shell.set_address(self._here, link)
        if self._is_in_address != bool(link):
            self._is_in_address = bool(link)
            ui.run_javascript(_ASK_NO_MORE if link else _ASK_BEFORE_LEAVING)
