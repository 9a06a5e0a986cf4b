"""The lab: three knobs, a curve that grows, the setting before, and guesses that come first.

Rules that hold here
- Runs are made in a worker thread, a chunk at a time, and few at once; the page stays usable.
- A knob that is turned ends the growing at once; until the setting runs, what is drawn is said to be the one before.
- For as long as a guess is due, nothing that is known of the setting asked about is on the page.
- The knobs, the page's address and the ways to the other pages say what is run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from functools import partial

from fastapi import Request
from nicegui import ui

from negsim.errors import NegsimError
from negsim.studio.curves import outcome_curve
from negsim.studio.lab import AXES, MEASURES, Curve, standing, turned
from negsim.studio.links import Setting, query
from negsim.studio.pages.dials import DIALS, dial_of
from negsim.studio.pages.drawer import Drawer
from negsim.studio.pages.guessing import GuessPanel
from negsim.studio.pages.knobs import COPY, copy_link, described, drawn_knobs, methods, unknown
from negsim.studio.pages.lab_told import compared, verdict
from negsim.studio.pages.shell import PATIENCE, button, heading, named, page, set_address, with_setting
from negsim.studio.pages.told import SIDEWAYS
from negsim.studio.pages.work import BusyError, worked

SOON = 0.5  # seconds after a knob was touched until its runs begin
BETWEEN = 0.25  # seconds between drawings of a growing curve
NEXT_RADIO = """(event) => {
    const way = {ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1}[event.key];
    if (!way) return;
    event.preventDefault();
    const all = [...event.currentTarget.querySelectorAll("[role=radio]")];
    const next = all.at((all.indexOf(event.target) + way) % all.length);
    next.click();
    next.focus();
}"""


class LabView:
    """What one visitor tries out."""

    def __init__(self, setting: Setting, address: str, cookies: Mapping[str, str]) -> None:
        self.setting = setting
        self.along, self.measure = "meetings", "consensus"
        self.now: Curve | None = None
        self.before: Curve | None = None
        self.guessing = GuessPanel(address, cookies, self.show)
        self.touched = -SOON  # when a knob was last turned
        self.attempt = 0  # of running; a newer one ends the older
        self.client = ui.context.client
        self.client.on_delete(self._end)

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
        with ui.element("div").classes("card"):
            heading("Three knobs")
            with ui.element("div").classes("bar").style("justify-content: space-around"):
                self.knobs = {knob: dial_of(dial, partial(self._dial, knob)) for knob, dial in DIALS.items()}
            self.left_open = ui.label().classes("small soft")
            ui.label("Methodology").style("font-weight: 600")
            self.choice = ui.radio(methods(self.setting.methodology, references=False), value=self.setting.methodology)
            self.choice.props('dense aria-label="Methodology"').classes("small").on("keydown", js_handler=NEXT_RADIO)
            self.choice.on_value_change(lambda event: self._take(turned(self.setting, "methodology", event.value)))
        self._set_knobs()
        with ui.expansion("The drawer with the rest", icon="tune").classes("card").style("width: 100%"):
            Drawer(lambda: self.setting, self._take).build()

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
            self.drawing = ui.html(sanitize=False).classes("curve wide").props(SIDEWAYS.format("the curve"))

    def _build_comparison(self) -> None:
        with ui.element("div").classes("card"):
            heading("Now and before, on the same seeds")
            self.verdict = ui.label().classes("big").props('role="status" aria-live="polite"')
            self.table = ui.html(sanitize=False)
            with ui.element("div").classes("bar"):
                button("Guesses as CSV", self._export, icon="download").props("outline dense")
                ui.label("In that file shares go from 0 to 1.").classes("small soft")

    # ------------------------------------------------------------------------------------------ what is turned

    def _dial(self, knob: str, place: float) -> None:
        """A dial was turned."""
        dial = DIALS[knob]
        if round(place) != dial.place(standing(self.setting)[knob]):
            level = round(place) if dial.scale == 1 else round(place) / dial.scale
            self._take(turned(self.setting, knob, level))

    def _set_knobs(self) -> None:
        """Let the knobs stand where the setting has them, beyond their usual ends too."""
        for knob, level in standing(self.setting).items():
            if knob in DIALS:
                place = DIALS[knob].place(level)
                self.knobs[knob].props["max"] = max(place, DIALS[knob].usual[-1])
                self.knobs[knob].value = place
        self.choice.value = self.setting.methodology
        self.left_open.text = drawn_knobs(self.setting.scenario())

    def _take(self, setting: Setting) -> None:
        """Another setting, to be run soon; one that cannot be run changes nothing."""
        if setting == self.setting:
            return
        try:
            setting.scenario()
            link = query(setting)
        except NegsimError as error:
            ui.notify(str(error), type="negative", timeout=8000)
            self._set_knobs()
            return
        if (setting.name, setting.text) != (self.setting.name, self.setting.text):
            ui.navigate.to(f"/lab?{link}")
            return
        self.setting, self.touched = setting, time.monotonic()
        self._set_knobs()
        self._run_soon()

    def _look(self, *, measure: str | None = None, along: str | None = None) -> None:
        """Another measure, or another knob along the axis."""
        self.measure = measure or self.measure
        if along and along != self.along:
            self.along = along
            self._run_soon()
            return
        self._set_address()
        self.show()

    def _run_soon(self) -> None:
        """End what runs, and run what is chosen now once nobody has touched a knob for a moment."""
        self.attempt += 1
        self.soon.active = True
        self._set_address()
        self.show()

    @property
    def _looked_at(self) -> str:
        """What the page adds to its link."""
        return f"&along={self.along}&measure={self.measure}"

    def _set_address(self) -> None:
        """Let the page's address and the ways to the other pages say the setting as it is."""
        set_address("/lab", query(self.setting), self._looked_at)

    async def _copy(self) -> None:
        await copy_link("/lab", self.setting, self._looked_at)

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
            curves = await worked(_curves, [self.setting, self._compared_with()], self.along)
        except BusyError:
            self.soon.active = True
            return
        except NegsimError as error:
            self.told.text = str(error)
            ui.notify(str(error), type="negative", timeout=8000)
            return
        if mine == self.attempt:
            self.now, self.before = curves
            await self._grow(mine)

    def _compared_with(self) -> Setting | None:
        """The setting before this one, if it ran on the same seeds."""
        if self.now is None:
            return None
        if self.now.setting == self.setting:
            return self.before.setting if self.before else None
        return self.now.setting if self.now.setting.seed == self.setting.seed else None

    def _end(self) -> None:
        """The visitor has gone: nothing more is run."""
        self.attempt += 1

    async def _grow(self, mine: int) -> None:
        """Let the curves grow to their end, or until there is something newer to run; only while somebody looks."""
        drawn, grew = -BETWEEN, True
        while grew and mine == self.attempt:
            if not self.client.has_socket_connection:
                await asyncio.sleep(BETWEEN)
                continue
            if time.monotonic() - drawn > BETWEEN:
                drawn = time.monotonic()
                self.show()
            try:
                grew = await worked(self._chunk)
            except BusyError:
                await asyncio.sleep(1.0)
        if mine == self.attempt:
            self.show()

    def _chunk(self) -> bool:
        """The next chunk of the curve that lags behind."""
        curves = [curve for curve in (self.now, self.before) if curve is not None]
        return bool(curves) and min(curves, key=lambda curve: curve.progress).grow()

    # ------------------------------------------------------------------------------------------------- showing

    def show(self) -> None:
        """Draw what there is; until the setting runs that is still the one before it."""
        due = bool(self.first.value) and self.guessing.ask(self.setting, self.measure)
        if not due:
            self.guessing.hide()
        current = self.now is not None and (self.now.setting, self.now.along) == (self.setting, self.along)
        guess = self.guessing.guess(self.setting, self.measure) if current else None
        expected = guess.expected if guess else None
        asked = self.setting if due else None
        now, before = (self.now, self.before) if current else (None, self._the_one_before())
        self.drawing.content = outcome_curve(now, before, self.measure, guess=expected, asked=asked)
        self._tell_progress(now, before)
        if now is None or due:
            self.verdict.text, self.table.content = "", ""
            return
        here = now.here
        if guess is not None and here.done >= here.most:
            self.guessing.reveal(self.setting, self.measure, here.estimate(self.measure).value)
        self.verdict.text = verdict(self.measure, now, before, expected)
        self.table.content = compared(now, before)

    def _the_one_before(self) -> Curve | None:
        """The curve of another setting that was run last."""
        return self.now if self.now is not None and self.now.setting != self.setting else None

    def _tell_progress(self, now: Curve | None, before: Curve | None) -> None:
        """Say what is run and how far that is; now: None where it has not begun."""
        if now is None:
            self.told.text, self.bar.value = f"Next: {described(self.setting)}", 0.0
            return
        progress = min(curve.progress for curve in (now, before) if curve is not None)
        runs = sum(series.done for series in now.all_series)
        points = f"{len(now.all_series)} points of up to {now.here.most} runs"
        self.told.text = f"{described(self.setting)} · {points}, in all {runs} runs"
        self.told.text += "" if progress >= 1.0 else ", more are coming"
        self.bar.value = progress


def _curves(settings: Sequence[Setting | None], along: str) -> list[Curve | None]:
    """The curves of settings."""
    return [None if setting is None else Curve(setting, along) for setting in settings]


async def show_lab(request: Request, setting: Setting) -> None:
    """The page."""
    address = request.client.host if request.client else ""
    scenario = setting.scenario()
    with page("The lab", "/lab", link=query(setting), scenario=scenario):
        heading(scenario.title, 1)
        ui.label(unknown(scenario)).classes("soft small")
        view = LabView(setting, address, request.cookies)
        along, measure = (request.query_params.get(key, "") for key in ("along", "measure"))
        view.along = along if along in AXES else view.along
        view.measure = measure if measure in MEASURES else view.measure
        view.build()


def register() -> None:
    """Put the page where it belongs."""
    ui.page("/lab", response_timeout=PATIENCE)(with_setting("/lab", show_lab))
