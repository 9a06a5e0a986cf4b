"""The lab: three knobs, a curve that grows, the setting before, and guesses that come first.

Rules that hold here
- Runs are made in a worker thread, a chunk at a time, and few at once; the page stays usable.
- The curve of now is hidden for as long as a guess is due.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from fastapi import Request
from nicegui import ui

from negsim.errors import NegsimError
from negsim.studio.curves import outcome_curve
from negsim.studio.lab import AXES, MEASURES, Curve, mixed_share
from negsim.studio.links import Setting, query
from negsim.studio.pages.drawer import Drawer
from negsim.studio.pages.guessing import GuessPanel
from negsim.studio.pages.knobs import COPY, copy_link, described, methods
from negsim.studio.pages.lab_told import compared, verdict
from negsim.studio.pages.shell import PATIENCE, button, heading, named, page, with_setting
from negsim.studio.pages.work import worked

SOON = 0.5  # seconds after a knob was touched until its runs begin
BETWEEN = 0.25  # seconds between drawings of a growing curve


class LabView:
    """What one visitor tries out."""

    def __init__(self, setting: Setting, address: str) -> None:
        self.setting = setting
        self.along, self.measure = "meetings", "consensus"
        self.now: Curve | None = None
        self.before: Curve | None = None
        self.guessing = GuessPanel(address, self.show)
        self.touched = -SOON  # when a knob was last turned
        self.attempt = 0  # of running; a newer one ends the older

    # ------------------------------------------------------------------------------------------- the elements

    def build(self) -> None:
        """The page's elements."""
        with ui.element("div").classes("thirds"):
            with ui.element("div"):
                self._build_knobs()
            with ui.element("div"):
                self.guessing.build()
                self._build_curve()
                self._build_comparison()
        self.soon = ui.timer(SOON / 2, self._begin, active=False)
        ui.timer(0.05, self._begin, once=True)

    def _build_knobs(self) -> None:
        scenario = self.setting.scenario()
        with ui.element("div").classes("card"):
            heading("Three knobs")
            with ui.element("div").classes("bar").style("justify-content: space-around"):
                _knob("Meetings", len(scenario.process.meetings), range(1, 13), partial(self._turn, "meetings"))
                mixed = round(100 * mixed_share(scenario))
                _knob("Evenings mixed, %", mixed, range(0, 101, 25), partial(self._turn, "evenings"))
            ui.label("Methodology").style("font-weight: 600")
            choice = ui.radio(methods(references=False), value=self.setting.methodology)
            choice.props('dense aria-label="Methodology"').classes("small")
            choice.on_value_change(lambda event: self._turn("methodology", event.value))
        with ui.expansion("The drawer with the rest", icon="tune").classes("card").style("width: 100%"):
            Drawer(self.setting, self._take).build()

    def _build_curve(self) -> None:
        with ui.element("div").classes("card"):
            with ui.element("div").classes("bar"):
                measures = ui.select(MEASURES, value=self.measure, label="Measure")
                named(measures, "Measure").classes("grow").on_value_change(lambda e: self._look(measure=e.value))
                knobs = {name: axis.label for name, axis in AXES.items()}
                along = ui.select(knobs, value=self.along, label="Curve along")
                named(along, "Curve along").classes("grow").on_value_change(lambda e: self._look(along=e.value))
                self.first = ui.switch("Predict first", on_change=self.show).props('aria-label="Predict first"')
                link = button("Copy link", self._copy, icon="link", name=COPY)
                link.props("outline dense")
            self.told = ui.label().classes("small soft").props('role="status" aria-live="polite"')
            self.bar = ui.linear_progress(0.0, show_value=False).props('aria-label="runs made"').style("height: 5px")
            self.drawing = ui.html(sanitize=False).classes("curve")

    def _build_comparison(self) -> None:
        with ui.element("div").classes("card"):
            heading("Now and before, on the same seeds")
            self.verdict = ui.label().classes("big").props('role="status" aria-live="polite"')
            self.table = ui.html(sanitize=False)
            button("Guesses as CSV", self._export, icon="download").props("outline dense")

    # ------------------------------------------------------------------------------------------ what is turned

    def _turn(self, knob: str, value: object) -> None:
        """A knob was turned; to where the scenario has it by itself is no change."""
        scenario = self.setting.scenario()
        stands: object = self.setting.methodology
        if knob == "evenings":
            value, stands = float(str(value)) / 100.0, mixed_share(scenario)
        elif knob == "meetings":
            value, stands = int(float(str(value))), len(scenario.process.meetings)
        if value != stands:
            self._take(self.setting.with_knobs({knob: value}))

    def _take(self, setting: Setting) -> None:
        """Another setting, to be run soon."""
        if setting == self.setting:
            return
        if (setting.name, setting.text) != (self.setting.name, self.setting.text):
            ui.navigate.to(f"/lab?{query(setting)}")
            return
        self.setting, self.touched = setting, time.monotonic()
        if self.first.value:
            self.show()  # a guess is about what comes next, at once
        self.told.text = f"Next: {described(setting)}"
        self.soon.active = True

    def _look(self, *, measure: str | None = None, along: str | None = None) -> None:
        """Another measure, or another knob along the axis."""
        self.measure = measure or self.measure
        if along and along != self.along:
            self.along = along
            self.before = Curve(self.before.setting, along) if self.before else None
            self.now = Curve(self.now.setting, along) if self.now else None
            self.soon.active = True
        self.show()

    def _copy(self) -> None:
        copy_link("/lab", self.setting, f"&along={self.along}&measure={self.measure}")

    def _export(self) -> None:
        ui.download.content(self.guessing.guesses.csv(), "guesses.csv")

    # ------------------------------------------------------------------------------------------------- running

    async def _begin(self) -> None:
        """Run the setting as it is now, once nobody has touched a knob for a moment."""
        if time.monotonic() - self.touched < SOON:
            return
        self.soon.active = False
        self.attempt += 1
        mine = self.attempt
        try:
            curve = await worked(Curve, self.setting, self.along)
        except NegsimError as error:
            ui.notify(str(error), type="negative", timeout=8000)
            return
        if mine != self.attempt:
            return
        if self.now is not None and self.now.setting != self.setting:
            self.before = self.now
        self.now = curve
        await self._grow(mine)

    async def _grow(self, mine: int) -> None:
        """Let the curves grow to their end, or until there is something newer to run."""
        drawn, grew = -BETWEEN, True
        while grew and mine == self.attempt:
            if time.monotonic() - drawn > BETWEEN:
                drawn = time.monotonic()
                self.show()
            grew = await worked(self._chunk)
        if mine == self.attempt:
            self.show()

    def _chunk(self) -> bool:
        """The next chunk of the curve that lags behind."""
        curves = [curve for curve in (self.now, self.before) if curve is not None]
        return bool(curves) and min(curves, key=lambda curve: curve.progress).grow()

    # ------------------------------------------------------------------------------------------------- showing

    def show(self) -> None:
        """Draw what there is."""
        due = bool(self.first.value) and self.guessing.ask(self.setting, self.measure)
        if not due:
            self.guessing.hide()
        guess = self.guessing.guess(self.setting, self.measure)
        expected = guess.expected if guess else None
        self.drawing.content = outcome_curve(self.now, self.before, self.measure, guess=expected, hidden=due)
        progress = min([curve.progress for curve in (self.now, self.before) if curve is not None], default=0.0)
        self.bar.value = progress
        runs = sum(series.done for series in self.now.all_series) if self.now else 0
        self.told.text = f"{described(self.setting)} · {runs} runs" + ("" if progress >= 1.0 else ", more are coming")
        if self.now is None or due:
            self.verdict.text, self.table.content = "", ""
            return
        here = self.now.here
        if guess is not None and here.done >= here.most:
            self.guessing.reveal(self.setting, self.measure, here.estimate(self.measure).value)
        self.verdict.text = verdict(self.measure, self.now, self.before, expected)
        self.table.content = compared(self.now, self.before)


class Knob(ui.knob):
    """A knob that turns at once, and tells the server; NiceGUI's own turns when the server has answered."""

    LOOPBACK = False


def _knob(name: str, value: float, levels: range, turn: Callable[[float], None]) -> None:
    with ui.element("div").style("text-align: center"):
        knob = Knob(value, min=levels.start, max=levels[-1], step=levels.step, show_value=True, size="104px")
        knob.props('font-size="26px" thickness=0.18 track-color="grey-4"')
        knob.props["aria-label"] = name
        knob.on_value_change(lambda event: turn(float(event.value)))
        ui.label(name).style("font-weight: 600")


async def show_lab(request: Request, setting: Setting) -> None:
    """The page."""
    address = request.client.host if request.client else ""
    with page("The lab", "/lab", link=query(setting)):
        heading(setting.scenario().title, 1)
        view = LabView(setting, address)
        along, measure = (request.query_params.get(key, "") for key in ("along", "measure"))
        view.along = along if along in AXES else view.along
        view.measure = measure if measure in MEASURES else view.measure
        view.build()


def register() -> None:
    """Put the page where it belongs."""
    ui.page("/lab", response_timeout=PATIENCE)(with_setting("/lab", show_lab))
