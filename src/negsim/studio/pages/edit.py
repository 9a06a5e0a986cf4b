"""Edit a scenario: the file itself, its errors line by line, download and upload, and on to the other pages.

- The errors are those of the command line, with the same places; a click on one leads to its line.
- A worker reads the text, one reading after the other, once the visitor has stopped typing for a moment.
- Lines end in one character, as the editor counts them, whatever comes in.
- The page's address and the links to the other pages carry the text as soon as it is a scenario that fits into a link;
  until then the browser asks before the visitor loses it.
- An upload is bounded before it is read, is read as text only, and cannot name a file.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from functools import partial

from fastapi import Request
from nicegui import events, ui

from negsim.errors import NegsimError, Problem, ScenarioError
from negsim.report.minutes.story import duration
from negsim.report.uncertain import timetable_is_drawn
from negsim.report.words import counted
from negsim.scenario import text_of
from negsim.scenario.yaml import MOST_BYTES, decode
from negsim.studio.limits import MOST_PROBLEMS_ON_PAGE, SHORT_TEXT, UPLOAD_RATE, Rate, RefusedError, minutes_of
from negsim.studio.links import OWN_FILE, Variant, VariantReading, one_newline, query, read, read_text
from negsim.studio.pages import shell
from negsim.studio.pages.variants import open_questions, sizes, titles
from negsim.studio.work import WORKS, BusyError, Visit

_WAYS = (
    ("Watch it", "/room", "groups"),
    ("Try it in the lab", "/lab", "science"),
    ("Sit at its table", "/table", "event_seat"),
)
_SECONDS_TO_CHECK = 0.4  # seconds without a key after which a text is checked
_TOO_LARGE = "larger than 1 MiB, or not a text file: this cannot be a scenario"
_UPLOADS = Rate(*UPLOAD_RATE)
_TO_LINE = """
const view = getElement({id}).editor;
const line = view.state.doc.line(Math.min({line}, view.state.doc.lines));
const at = Math.min(line.from + {column} - 1, line.to);
view.dispatch({{selection: {{anchor: at, head: line.to}}, scrollIntoView: true}});
view.focus();
"""
_NAME = """
const content = getElement({id}).editor.contentDOM;
content.setAttribute("aria-label", "the scenario as YAML");
content.tabIndex = 0;
"""
ASK_BEFORE_LEAVING = "window.onbeforeunload = (event) => { event.preventDefault(); event.returnValue = true; };"
ASK_NO_MORE = "window.onbeforeunload = null;"


class EditView:
    """The page of one visitor, who writes a scenario."""

    def __init__(self, variant: Variant, address: str) -> None:
        self.variant, self.address = variant, address
        self.text = one_newline(variant.text or text_of(variant.name))
        self.original = self.text  # before the visitor changed it
        self.is_in_address = True  # whether the address carries the text
        self.touched, self.due = 0.0, True  # when the text last changed, and whether it waits for a check
        with ui.element("div").classes("columns"):
            with shell.card():
                self._build_bar()
                self.editor = ui.codemirror(self.text, language="YAML", theme="githubLight", line_wrapping=True)
                self.editor.on_value_change(self._on_change)
                self.editor.style("height: 66vh; font-size: 14px; width: 100%")
                ui.timer(0.0, lambda: ui.run_javascript(_NAME.format(id=self.editor.id)), once=True)
                leave = "Press Escape, then Tab, to leave the editor. Your text is checked as you type."
                ui.label(leave).classes("small soft")
            with ui.element("div"):
                with shell.card():
                    self.verdict = ui.label().classes("big").props('role="status" aria-live="polite"')
                    self.problems = ui.element("div")
                with shell.card():
                    self._build_ways()
        self._wait()
        ui.timer(_SECONDS_TO_CHECK / 2, self._check)

    def _build_bar(self) -> None:
        with shell.bar().style("margin-bottom: 8px"):
            start = ui.select(titles(), label="Start from", with_input=True)
            start.on_value_change(lambda event: self._replace(Variant(name=event.value)))
            shell.dressed(start, "Start from a built-in scenario").classes("grow")
            shell.download_button("Download", OWN_FILE, lambda: self.text.encode(errors="replace"), look="outline")
            self.uploads = ui.upload(auto_upload=True, max_file_size=MOST_BYTES, on_upload=self._upload)
            self.uploads.on_rejected(lambda: self._refuse(_TOO_LARGE))
            self.uploads.props('accept=".yaml,.yml,text/plain"').style("display: none")
            shell.button("Upload", lambda: self.uploads.run_method("pickFiles"), icon="upload", look="outline")

    def _build_ways(self) -> None:
        shell.heading("Take it elsewhere")
        travels = "The other pages open what you wrote. It travels in the link; nothing is stored here."
        ui.label(travels).classes("small")
        with shell.bar():
            self.ways = [shell.button(text, partial(self._go, to), icon=icon) for text, to, icon in _WAYS]
        self.refusal = shell.Alert()

    def _on_change(self, event: events.ValueChangeEventArguments[str]) -> None:
        self.text, self.touched = one_newline(str(event.value)), time.monotonic()
        self.due = True
        self._keep("")

    async def _check(self) -> None:
        """Check the text and show its errors, or what it is; called again and again, one check at a time."""
        if not self.due or time.monotonic() - self.touched < _SECONDS_TO_CHECK:
            return
        self.due = False
        text = self.text
        try:
            scenario = await shell.in_worker(read_text, text, is_long=len(text) > SHORT_TEXT, keep=False)
        except ScenarioError as error:
            self._say_problems(error)
        except BusyError as error:
            self._say(str(error), good=False)
            self.due, self.touched = True, time.monotonic() + 1.0
        except NegsimError as error:
            self._say(str(error), good=False)
        else:
            length = "" if timetable_is_drawn(scenario) else f", {duration(minutes_of(scenario))} of floor time"
            about = f"“{scenario.title}”: {sizes(scenario)}{length}"
            self._say(f"{about}. No problems. {open_questions(scenario)}", good=True)
            if text == self.text:
                with suppress(RefusedError):  # it is too long for a link
                    self._keep(query(self._variant()))

    def _say_problems(self, error: ScenarioError) -> None:
        count = counted(len(error.problems), "problem")
        self._say(f"This is not a scenario yet: {count}.", good=False)
        with self.problems:
            for problem in error.problems[:MOST_PROBLEMS_ON_PAGE]:
                with ui.element("button").classes("problem").props('type="button"') as line:
                    ui.label(str(problem))
                line.on("click", partial(self._go_to, problem))
            ui.label(shell.and_more(len(error.problems)))

    def _variant(self) -> Variant:
        """Return the variant with the text in the editor."""
        same = not self.variant.text and self.text == one_newline(text_of(self.variant.name))
        return self.variant if same else replace(self.variant, text=self.text)

    def _keep(self, link: str) -> None:
        """Put the text into the address; without a link, let the browser ask before the visitor leaves."""
        if link:
            shell.set_address("/edit", link)
        if self.is_in_address != bool(link):
            self.is_in_address = bool(link)
            ui.run_javascript(ASK_NO_MORE if link else ASK_BEFORE_LEAVING)

    def _say(self, text: str, *, good: bool) -> None:
        self.problems.clear()
        self.verdict.text = text
        self.verdict.classes(replace="big" if good else "big bad")
        for way in self.ways:
            way.set_enabled(good)

    def _wait(self) -> None:
        self._say("Reading…", good=False)
        self.verdict.classes(replace="big soft")

    def _go_to(self, problem: Problem) -> None:
        """Put the cursor at a problem."""
        place = {"id": self.editor.id, "line": max(1, problem.where.line), "column": max(1, problem.where.column)}
        ui.run_javascript(_TO_LINE.format(**place))

    async def _upload(self, event: events.UploadEventArguments) -> None:
        try:
            if not _UPLOADS.allows(self.address, time.monotonic()):
                raise RefusedError("too many uploads at once; wait a few seconds")
            if event.file.size() > MOST_BYTES:
                raise RefusedError(_TOO_LARGE)
            text = decode(await event.file.read(), OWN_FILE)
        except ScenarioError as error:
            self._refuse(error.problems[0].message)
        except NegsimError as error:
            self._refuse(str(error))
        else:
            self._replace(replace(self.variant, text=one_newline(text)))
        self.uploads.reset()

    def _refuse(self, why: str) -> None:
        self.refusal.text = why
        ui.notify(why, type="negative")

    def _replace(self, variant: Variant) -> None:
        """Replace the text by another scenario, after a question if the visitor has changed it."""
        if self.text == self.original:
            self._load(variant)
            return
        rest = "It is not stored anywhere; download it first if you want to keep it."
        shell.confirm(
            "Replace what you wrote?", rest, yes=("Replace it", lambda: self._load(variant)), no="Keep what I wrote"
        )

    def _load(self, variant: Variant) -> None:
        self.variant = variant
        self.text = self.original = self.editor.value = one_newline(variant.text or text_of(variant.name))
        self.touched, self.due = 0.0, True
        self.refusal.text = ""
        self._wait()

    async def _go(self, target: str) -> None:
        variant = self._variant()
        try:
            await shell.in_worker(read, variant, is_long=variant.is_long)
            link = query(variant)
            self._keep(link)
            ui.navigate.to(f"{target}?{link}")
        except NegsimError as error:
            self._refuse(str(error))


async def prepare(visit: Visit, variant: Variant) -> VariantReading:
    """Read the scenario from which a page starts."""
    return await WORKS.do(visit, read, variant, is_long=variant.is_long)


def show_edit(request: Request, variant: Variant, reading: VariantReading) -> None:
    """Show the page of the variant in a link."""
    with shell.page("Edit", "/edit", link=query(variant), scenario=reading.scenario):
        shell.heading("Edit a scenario", 1)
        EditView(variant, shell.address_of(request))
