"""Edit a scenario: the file itself, its errors line by line, download and upload, and on to the other pages.

- The errors are those of the command line, with the same places; a click on one leads to its line.
- Lines end in one character, as the editor counts them, whatever comes in.
- An upload is bounded before it is read, is read as text only, and cannot name a file.
"""

from __future__ import annotations

import time
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
from negsim.studio.limits import SHORT_TEXT, UPLOAD_RATE, Rate, RefusedError, minutes_of
from negsim.studio.links import OWN_FILE, Variant, VariantReading, one_newline, query, read, read_text
from negsim.studio.pages import shell
from negsim.studio.pages.draft import Draft, Faults
from negsim.studio.pages.variants import open_questions, sizes, titles
from negsim.studio.work import WORKS, Visit

_WAYS = (
    ("Watch it", "/room", "groups"),
    ("Try it in the lab", "/lab", "science"),
    ("Sit at its table", "/table", "event_seat"),
)
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


class EditView:
    """The page of one visitor, who writes a scenario."""

    def __init__(self, variant: Variant, address: str) -> None:
        self.variant, self.address = variant, address
        self.draft: Draft
        self.original = one_newline(variant.text or text_of(variant.name))  # before the visitor changed it
        with ui.element("div").classes("columns"):
            with shell.card():
                self._build_bar()
                self.editor = ui.codemirror(self.original, language="YAML", theme="githubLight", line_wrapping=True)
                self.editor.on_value_change(lambda event: self.draft.touch(lambda: one_newline(str(event.value))))
                self.editor.style("height: 66vh; font-size: 14px; width: 100%")
                ui.timer(0.0, lambda: ui.run_javascript(_NAME.format(id=self.editor.id)), once=True)
                leave = "Press Escape, then Tab, to leave the editor. Your text is checked as you type."
                ui.label(leave).classes("small soft")
            with ui.element("div"):
                with shell.card():
                    self.draft = Draft("/edit", self.original, faults=self._faults, check=self._check)
                with shell.card():
                    self._build_ways()
        self.draft.replace(self.original)

    def _build_bar(self) -> None:
        with shell.bar().style("margin-bottom: 8px"):
            start = ui.select(titles(), label="Start from", with_input=True)
            start.on_value_change(lambda event: self._replace(Variant(name=event.value)))
            shell.dressed(start, "Start from a built-in scenario").classes("grow")
            shell.download_button(
                "Download", OWN_FILE, lambda: self.draft.text.encode(errors="replace"), look="outline"
            )
            self.uploads = ui.upload(auto_upload=True, max_file_size=MOST_BYTES, on_upload=self._upload)
            self.uploads.on_rejected(lambda: self._refuse(_TOO_LARGE))
            self.uploads.props('accept=".yaml,.yml,text/plain"').style("display: none")
            shell.button("Upload", lambda: self.uploads.run_method("pickFiles"), icon="upload", look="outline")

    def _build_ways(self) -> None:
        shell.heading("Take it elsewhere")
        travels = "The other pages open what you wrote. It travels in the link; nothing is stored here."
        ui.label(travels).classes("small")
        with shell.bar():
            self.draft.ways = [shell.button(text, partial(self._go, to), icon=icon) for text, to, icon in _WAYS]
        self.refusal = shell.Alert()

    async def _check(self) -> None:
        """Show what is wrong with the text, or what it is."""
        is_long = len(self.draft.text) > SHORT_TEXT
        if (scenario := await self.draft.reading(read_text, is_long=is_long)) is not None:
            length = "" if timetable_is_drawn(scenario) else f", {duration(minutes_of(scenario))} of floor time"
            about = f"“{scenario.title}”: {sizes(scenario)}{length}"
            self.draft.accept(f"{about}. No problems. {open_questions(scenario)}", self._variant())

    def _faults(self, error: ScenarioError) -> Faults:
        heading = f"This is not a scenario yet: {counted(error.count, 'problem')}."
        return heading, ((str(problem), self._to_line(problem)) for problem in error.problems)

    def _to_line(self, problem: Problem) -> str:
        """Return the script that puts the cursor at a problem."""
        line, column = max(1, problem.where.line), max(1, problem.where.column)
        return _TO_LINE.format(id=self.editor.id, line=line, column=column)

    def _variant(self) -> Variant:
        """Return the variant with the text in the editor."""
        text = self.draft.text
        same = not self.variant.text and text == one_newline(text_of(self.variant.name))
        return self.variant if same else replace(self.variant, text=text)

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
            self._refuse(error.sentence())
        else:
            self._replace(replace(self.variant, text=one_newline(text)))
        self.uploads.reset()

    def _refuse(self, why: str) -> None:
        self.refusal.text = why
        ui.notify(why, type="negative")

    def _replace(self, variant: Variant) -> None:
        """Replace the text by another scenario, after a question if the visitor has changed it."""
        if self.draft.text == self.original:
            self._load(variant)
            return
        rest = "It is not stored anywhere; download it first if you want to keep it."
        shell.confirm(
            "Replace what you wrote?", rest, yes=("Replace it", lambda: self._load(variant)), no="Keep what I wrote"
        )

    def _load(self, variant: Variant) -> None:
        self.variant = variant
        self.original = self.editor.value = one_newline(variant.text or text_of(variant.name))
        self.draft.replace(self.original)
        self.refusal.text = ""

    async def _go(self, target: str) -> None:
        variant = self._variant()
        try:
            await shell.in_worker(read, variant, is_long=variant.is_long)
            self.draft.go(target, variant)
        except NegsimError as error:
            self._refuse(error.sentence())


async def prepare(visit: Visit, variant: Variant) -> VariantReading:
    """Read the scenario from which a page starts."""
    return await WORKS.do(visit, read, variant, is_long=variant.is_long)


def show_edit(request: Request, variant: Variant, reading: VariantReading) -> None:
    """Show the page of the variant in a link."""
    with shell.page("Edit", "/edit", link=query(variant), scenario=reading.scenario):
        shell.heading("Edit a scenario", 1)
        EditView(variant, shell.address_of(request))
