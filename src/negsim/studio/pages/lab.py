"""The lab: knobs, a curve that grows, the variant before, and guesses that come first.

- Workers make the runs, a chunk at a time and few at once; the page stays usable.
- Turning a knob stops the growing at once. Until the new variant runs, the curve on screen is labelled "before".
- As long as a guess is due, nothing about the result of its variant is on the page. A guess also goes to the class's
  room, if the visitor gives its code, under the name with which this browser joined. One guess reveals all measures of
  a variant, so the panel asks for no second one.
- The knobs, the page's address and the links to the other pages always agree with what runs.
- Shares and guesses of them are in per cent, their differences in percentage points; the other measures are numbers.
- A difference is that of the two numbers beside it, over the pairs of runs that have the measure.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import NamedTuple

from fastapi import Request
from markupsafe import Markup
from nicegui import ui

from negsim.cast.knobs import KNOBS_BY_NAME, METHODOLOGY, Level
from negsim.cast.studio import MORE_SETTINGS
from negsim.errors import NegsimError
from negsim.report.words import (
    RULE_LABELS,
    capital,
    change_text,
    estimate_text,
    is_share,
    number_text,
    value_and_interval,
)
from negsim.studio import lab
from negsim.studio.curves import Guessing, curve_pictures
from negsim.studio.limits import MOST_CODE, MOST_NAME, MOST_REASON
from negsim.studio.links import Variant, VariantReading, query, read
from negsim.studio.pages import shell, variants
from negsim.studio.rooms import ROOMS, SharedRoom, keys_in
from negsim.studio.work import WORKS, Arguments, BusyError, Visit
from negsim.study.estimates import Estimate

_WIDTHS = ("34%", "20%", "20%", "26%")  # of the columns of the comparison
_SECONDS_TO_RUN = 0.5  # seconds without a touch after which the runs of a variant begin
_SECONDS_BETWEEN_PICTURES = 0.25  # seconds between pictures of a growing curve
_NEXT_RADIO = """(event) => {
    const way = {ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1}[event.key];
    if (!way) return;
    event.preventDefault();
    const all = [...event.currentTarget.querySelectorAll("[role=radio]")];
    const next = all.at((all.indexOf(event.target) + way) % all.length);
    next.click();
    next.focus();
}"""


class _Dial(NamedTuple):
    """A knob: its name, its usual places, and the number of its units in a level."""

    name: str
    usual: range
    scale: int

    @property
    def varying(self) -> int:
        """The place of a number that is drawn for every run: one step before the first."""
        return self.usual.start - self.usual.step

    def place(self, level: Level | None) -> int:
        """Return the place of a level; None: drawn."""
        return self.varying if level is None else round(float(level) * self.scale)

    def level(self, place: float) -> Level | None:
        """Return the level at a place."""
        place = round(place)
        return None if place == self.varying else place if self.scale == 1 else place / self.scale


_SCALES = {"count": 1, "share": 100}
DIALS = {
    name: _Dial(
        knob.dial,
        range(0, 101, 25) if knob.words.unit == "share" else range(1, knob.dial_most + 1),
        _SCALES[knob.words.unit],
    )
    for name, knob in KNOBS_BY_NAME.items()
    if knob.dial and knob.levels
}


class GuessPanel:
    """A visitor's guess of a variant, before its runs are on screen; hidden until a guess is due."""

    def __init__(self, address: str, cookies: Mapping[str, str], committed: Callable[[], None]) -> None:
        self.address, self.cookies, self.committed = address, cookies, committed
        self.guesses = lab.Guesses()
        self.room: SharedRoom | None = None
        self.about: tuple[lab.VariantFacts, str] | None = None  # what the panel asks for
        self._runs: set[str] = set()  # that were guessed, under any name
        self.panel = ui.element("div").classes("card ask")
        self.panel.set_visibility(False)
        with self.panel:
            shell.heading("Predict first")
            self.question = ui.label()
            with shell.bar():
                self.expected = shell.dressed(ui.number("Your guess", step=1))
                self.who = shell.dressed(ui.input("Your name").props(f"maxlength={MOST_NAME}"))
                self.code = shell.dressed(ui.input("Room code, if any").props(f"maxlength={MOST_CODE}"))
                because = ui.input("Because …").props(f"maxlength={MOST_REASON}")
                self.reason = shell.dressed(because, "Because").classes("grow")
                shell.button("Guess, then see", self._commit, icon="lock")
            self.refusal = shell.Alert()

    def guess(self, variant: Variant, measure: str) -> lab.Guess | None:
        """Return the visitor's last guess, or None."""
        guesses = self.guesses.of(variant, measure)
        return guesses[-1] if guesses else None

    def ask(self, setting: lab.VariantFacts, measure: str, along: str, *, wanted: bool) -> bool:
        """Ask for a guess, if one is wanted and the same runs have none; return whether it asks.

        along: the knob on the axis, by which the question names the point.
        """
        due = wanted and setting.runs not in self._runs
        self.panel.set_visibility(due)
        if wanted:
            if self.about != (setting, measure):
                self.expected.error = None
            self.about = (setting, measure)
            self.expected.suffix = "%" if is_share(measure) else None
            what = f"{lab.LAB_MEASURES[measure].capitalize()}: {setting.span(measure)}"
            asking = f"what do you expect for {setting.place(along)}?"
            self.question.text = f"{variants.description(setting.variant)}: {asking} {what}."
        return due

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
        if is_share(measure) and 0.0 < value < 0.01:
            self.expected.error = f"{100 * value:g} is less than 1 per cent; for a half, write 50"
            return
        try:
            guess = lab.guess_of(self.who.value or "", setting, measure, value, self.reason.value or "")
        except NegsimError as error:
            self.expected.error = str(error)
            return
        with self.refusal.refusals():
            self._keep(guess)
            self._runs.add(setting.runs)
            self.committed()

    def _keep(self, guess: lab.Guess) -> None:
        """Keep a guess here, and with those of the class if there is a code."""
        if code := str(self.code.value or ""):
            now, keys = time.monotonic(), keys_in(self.cookies, code)
            self.room = ROOMS.find(code, self.address, now)
            guess = self.room.guess(guess, now, address=self.address, keys=keys)
        self.guesses.commit(guess)


class LabView:
    """The page of one visitor."""

    def __init__(self, setting: lab.VariantFacts, request: Request) -> None:
        self.setting = setting
        along, measure = (request.query_params.get(key, "") for key in ("along", "measure"))
        self.along = along if along in KNOBS_BY_NAME else "meetings"
        self.measure = measure if measure in lab.LAB_MEASURES else "consensus"
        self.now: lab.Curve | None = None
        self.before: lab.Curve | None = None
        self.places: dict[str, float] = {}  # to which knobs were turned that is not taken yet
        self.turning = asyncio.Lock()  # one turn after the other, each from where the last one led
        self.touched = -_SECONDS_TO_RUN  # when a knob last turned
        self.attempt = 0  # to run; a newer one ends the older
        self.client = ui.context.client
        self.client.on_delete(self._end)
        with ui.element("div").classes("thirds"):
            with ui.element("div"):
                self._build_knobs()
            with ui.element("div"):
                self.guessing = GuessPanel(shell.address_of(request), request.cookies, self.show)
                self._build_curve()
                self._build_comparison()
        self.soon = ui.timer(_SECONDS_TO_RUN / 2, self._begin, active=False)
        ui.timer(0.05, self._begin, once=True)

    @property
    def variant(self) -> Variant:
        """The variant that is on screen, or runs next."""
        return self.setting.variant

    @property
    def _method(self) -> str | None:
        """The methodology that the variant sets, None if it keeps that of the scenario."""
        method = self.variant.levels.get(METHODOLOGY.path)
        return None if method is None else str(method)

    def _build_knobs(self) -> None:
        with shell.card():
            shell.heading("Knobs")
            with shell.bar().style("justify-content: space-around"):
                self.knobs = {knob: _knob(dial, partial(self._turn, knob)) for knob, dial in DIALS.items()}
            self.sampled = ui.label().classes("small soft")
            ui.label(METHODOLOGY.dial).style("font-weight: 600")
            self.choice = ui.radio(
                variants.methods(self._method, own=self.setting.own, references=False),
                value=self._method,
            )
            self.choice.props('dense aria-label="Methodology"').classes("small").on("keydown", js_handler=_NEXT_RADIO)
            self.choice.on_value_change(lambda event: self._choose(event.value))
            self.agendas = ui.label().classes("small soft")
        self._set_knobs()
        with ui.expansion(MORE_SETTINGS, icon="tune").classes("card").style("width: 100%"):
            variants.MoreSettings(self.variant, self._change)

    def _build_curve(self) -> None:
        with shell.card():
            with shell.bar():
                measures = ui.select(lab.LAB_MEASURES, value=self.measure, label="Measure")
                measures.on_value_change(lambda e: self._choose_measure(e.value))
                shell.dressed(measures).classes("grow")
                knobs = {name: knob.words.label for name, knob in KNOBS_BY_NAME.items()}
                along = ui.select(knobs, value=self.along, label="Curve along")
                along.on_value_change(lambda e: self._choose_axis(e.value))
                shell.dressed(along).classes("grow")
                self.first = ui.switch("Predict first", on_change=self.show).props('aria-label="Predict first"')
                shell.button("Copy link", self._copy, icon="link", name=variants.COPY_LINK, look=shell.SMALL_BUTTON)
            self.progress = ui.label().classes("small soft").props('role="status" aria-live="polite"')
            self.bar = ui.linear_progress(0.0, show_value=False).props('aria-label="runs made"').style("height: 5px")
            self.picture = shell.Html(name="the curve").classes("curve")

    def _build_comparison(self) -> None:
        with shell.card():
            shell.heading("Now and before, on the same seeds")
            self.verdict = ui.label().classes("big").props('role="status" aria-live="polite"')
            self.table = shell.Html()
            with shell.bar():
                shell.download_button("Guesses as CSV", "guesses.csv", self.guessing.guesses.csv)
                ui.label("In that file, shares run from 0 to 1.").classes("small soft")

    async def _turn(self, knob: str, place: float) -> None:
        """Take the place to which a visitor turned a knob, unless it has been turned on meanwhile."""
        self.places[knob] = place
        async with self.turning:
            if self.places.get(knob) != place:
                return
            del self.places[knob]
            dial = DIALS[knob]
            if round(place) != dial.place(self.setting.levels[knob]):
                await self._take(lab.turned, self.variant, knob, dial.level(place))

    async def _choose(self, methodology: str | None) -> None:
        async with self.turning:
            if methodology != self._method:
                await self._take(lab.turned, self.variant, METHODOLOGY.name, methodology)

    async def _change(self, change: Callable[[Variant], Variant]) -> str:
        """Change the variant to which the turns so far lead; return why that cannot be done, "" if it is."""
        async with self.turning:
            variant = change(self.variant)
            if (variant.name, variant.text) == (self.variant.name, self.variant.text):
                return await self._take(lab.setting_of, variant)
        try:
            await shell.in_worker(read, variant, is_long=variant.is_long)
            ui.navigate.to(f"/lab?{query(variant)}")
        except NegsimError as error:
            return str(error)
        return ""

    def _set_knobs(self) -> None:
        """Put the knobs where the variant has them, even beyond their usual ends; leave one that has been turned since.

        A number that was drawn stays in reach.
        """
        for knob, level in self.setting.levels.items():
            if knob in DIALS and knob not in self.places:
                place = DIALS[knob].place(level)
                self.knobs[knob].props["min"] = min(place, self.knobs[knob].props["min"])
                self.knobs[knob].props["max"] = max(place, DIALS[knob].usual[-1])
                self.knobs[knob].value = place
        self.choice.value = self._method
        self.agendas.text = capital(self.setting.agendas)
        self.sampled.text = self.setting.sampled

    async def _take(self, reading: Callable[[*Arguments], lab.VariantFacts], *arguments: *Arguments) -> str:
        """Take another variant, read by a worker, and run it soon; return why it cannot run, which changes nothing."""
        try:
            setting = await shell.in_worker(reading, *arguments, is_long=self.variant.is_long)
            query(setting.variant)
        except NegsimError as error:
            ui.notify(str(error), type="negative", timeout=8000)
            self._set_knobs()
            return str(error)
        if setting.variant != self.variant:
            self.setting, self.touched = setting, time.monotonic()
            self._set_knobs()
            self._run_soon()
        return ""

    def _choose_measure(self, measure: str) -> None:
        self.measure = measure
        self._set_address()
        self.show()

    def _choose_axis(self, along: str) -> None:
        self.along = along
        self._run_soon()

    def _run_soon(self) -> None:
        """Stop the runs, and start those of the variant as it is once nobody has touched a knob for a moment."""
        self.attempt += 1
        self.soon.active = True
        self._set_address()
        self.show()

    @property
    def _looked_at(self) -> str:
        """The part that the page adds to its link."""
        return f"&along={self.along}&measure={self.measure}"

    def _set_address(self) -> None:
        """Keep the page's address and the links to the other pages up to date."""
        shell.set_address("/lab", query(self.variant), self._looked_at)

    async def _copy(self) -> None:
        async with self.turning:  # so that the turns so far are taken
            pass
        await variants.copy_link("/lab", self.variant, self._looked_at)

    async def _begin(self) -> None:
        """Run the variant as it is now, once nobody has touched a knob for a moment."""
        if time.monotonic() - self.touched < _SECONDS_TO_RUN:
            return
        self.soon.active = False
        self.attempt += 1
        mine = self.attempt
        try:
            now, before = await self._curve(self.setting), await self._curve(self._compared_with())
        except BusyError:
            self.soon.active = True
            return
        except NegsimError as error:
            self.progress.text = str(error)
            ui.notify(str(error), type="negative", timeout=8000)
            return
        if mine == self.attempt:
            self.now, self.before = now, before
            await self._grow(mine)

    async def _curve(self, setting: lab.VariantFacts | None) -> lab.Curve | None:
        """Return the curve of a variant along the knob on the axis; None stays None."""
        if setting is None:
            return None
        is_long = self.variant.is_long
        points = await shell.in_worker(lab.settings_along, setting.variant, self.along, is_long=is_long)
        return lab.Curve(setting, self.along, points)

    def _compared_with(self) -> lab.VariantFacts | None:
        """Return the variant to compare with: the one before this, if it ran on the same seed."""
        if self.now is None:
            return None
        if self.now.variant == self.variant:
            return self.before.setting if self.before else None
        return self.now.setting if self.now.variant.seed == self.variant.seed else None

    def _end(self) -> None:
        """Stop the runs of a visitor who has gone."""
        self.attempt += 1

    async def _grow(self, mine: int) -> None:
        """Grow the curves to their end, or until a newer attempt; only while the visitor is connected."""
        painted, grew = -_SECONDS_BETWEEN_PICTURES, True
        while grew and mine == self.attempt:
            if not self.client.has_socket_connection:
                await asyncio.sleep(_SECONDS_BETWEEN_PICTURES)
                continue
            if time.monotonic() - painted > _SECONDS_BETWEEN_PICTURES:
                painted = time.monotonic()
                self.show()
            try:
                grew = await self._chunk()
            except BusyError:
                await asyncio.sleep(1.0)
            except NegsimError as error:
                ui.notify(str(error), type="negative", timeout=8000)
                return
        if mine == self.attempt:
            self.show()

    async def _chunk(self) -> bool:
        """Run a chunk of the curve that lags behind; False if all runs are made.

        Visitors who look at the same variant share its runs, and one of them asks for each chunk.
        """
        curves = [curve for curve in (self.now, self.before) if curve is not None]
        series = min(curves, key=lambda curve: curve.progress).behind
        due = series.due()
        if due is None:
            return False
        if series.is_growing:
            await asyncio.sleep(_SECONDS_BETWEEN_PICTURES)
            return True
        series.is_growing = True
        try:
            series.add(due[1], await shell.in_worker(lab.chunk_of, *due, is_long=self.variant.is_long, keep=False))
        finally:
            series.is_growing = False
        return True

    def show(self) -> None:
        """Show the results so far; until the variant runs, those of the one before."""
        due = self.guessing.ask(self.setting, self.measure, self.along, wanted=bool(self.first.value))
        current = self.now is not None and (self.now.variant, self.now.along) == (self.variant, self.along)
        guess = self.guessing.guess(self.variant, self.measure) if current else None
        expected = guess.expected if guess else None
        hidden = self.setting if due else None
        if current:
            now, before = self.now, self.before
        else:  # the curve of the variant that ran last, if it is not this one
            now, before = None, self.now if self.now is not None and self.now.variant != self.variant else None
        self.picture.show(curve_pictures(now, before, self.measure, Guessing(expected, hidden)))
        self._show_progress(now, before)
        if now is None or due:
            self.verdict.text = ""
            self.table.show(Markup())
            return
        here = now.here
        if guess is not None and here.done >= here.most:
            self.guessing.reveal(self.variant, self.measure, here.estimate(self.measure).value)
        self.verdict.text = verdict(self.measure, now, before, expected)
        self.table.show(comparison(now, before))

    def _show_progress(self, now: lab.Curve | None, before: lab.Curve | None) -> None:
        """Show what runs and its progress. now: None if it has not begun."""
        if now is None:
            self.progress.text, self.bar.value = f"Next: {variants.description(self.variant)}", 0.0
            return
        progress = min(curve.progress for curve in (now, before) if curve is not None)
        runs = sum(series.done for series in now.all_series)
        points = f"{len(now.all_series)} points of up to {now.here.most} runs"
        self.progress.text = f"{variants.description(self.variant)} · {points}, {runs} runs in all"
        self.progress.text += "" if progress >= 1.0 else ", more to come"
        self.bar.value = progress


class _KnobElement(ui.knob):
    """A knob that turns in the browser at once; NiceGUI's own waits for the server."""

    LOOPBACK = False


def _knob(dial: _Dial, on_turn: Callable[[float], Awaitable[None]]) -> _KnobElement:
    """Make a knob with its name. on_turn: called with every new place."""
    usual = dial.usual
    with ui.element("div").style("text-align: center"):
        knob = _KnobElement(usual.start, min=usual.start, max=usual[-1], step=usual.step, size="104px")
        knob.props('font-size="26px" thickness=0.18 track-color="grey-4"')
        knob.props["aria-label"] = dial.name
        knob.on_value_change(lambda event: on_turn(float(event.value)))
        with knob:
            ui.label().bind_text_from(knob, "value", lambda place: "drawn" if place == dial.varying else f"{place:g}")
        ui.label(dial.name).style("font-weight: 600")
    return knob


class _ComparisonRow(NamedTuple):
    """A measure in the table of the variant now and the one before."""

    label: str
    estimates: list[tuple[str, str]]  # a value and its interval for each variant
    difference: str = ""
    excludes_zero: bool = False  # whether the interval of the difference does
    pairs: int = 0  # of runs that have the measure; 0 if all have


def comparison(now: lab.Curve, before: lab.Curve | None) -> Markup:
    """Compare every measure of the variant now with the one before, on the same replications."""
    columns = ["", f"now (● {now.here.done} runs)"]
    if before is not None:
        both = min(now.here.done, before.here.done)
        columns = ["", "now (●)", "before (■)", f"difference, same seeds ({both} pairs of runs)"]
    return shell.render(
        "comparison",
        headings=list(zip(columns, _WIDTHS, strict=False)),
        rows=[
            _row(now, before, measure, label)
            for measure, label in lab.LAB_MEASURES.items()
            if measure not in RULE_LABELS
        ],
        rules=[_row(now, before, measure, rule) for measure, rule in RULE_LABELS.items()],
        before="" if before is None else variants.description(before.variant),
    )


def _row(now: lab.Curve, before: lab.Curve | None, measure: str, label: str) -> _ComparisonRow:
    if before is None:
        return _ComparisonRow(label.capitalize(), [_parts(measure, now.here.estimate(measure))])
    pairs = lab.pairs_of(now.here, before.here, measure)
    exists = not math.isnan(pairs.gap.value) and not math.isnan(pairs.gap.low)
    return _ComparisonRow(
        label=label.capitalize(),
        estimates=[_parts(measure, pairs.now), _parts(measure, pairs.before)],
        difference=change_text(pairs.gap, measure) if exists else "–",
        excludes_zero=pairs.gap.excludes_zero,
        pairs=pairs.gap.observations if pairs.has_gaps else 0,
    )


def _parts(measure: str, estimate: Estimate) -> tuple[str, str]:
    """Write a value and its interval as text."""
    return ("–", "") if math.isnan(estimate.value) else value_and_interval(estimate, measure)


def verdict(measure: str, now: lab.Curve, before: lab.Curve | None, guess: float | None) -> str:
    """Describe the result, the guess, and the difference from before."""
    result = now.here.estimate(measure)
    if math.isnan(result.value):
        return ""
    label = lab.LAB_MEASURES[measure].capitalize()
    text = f"{label}: {estimate_text(result, measure)}, with its 95 % interval in brackets."
    if guess is not None:
        text += f" You guessed {number_text(guess, measure)}."
    pairs = lab.pairs_of(now.here, before.here, measure) if before is not None else None
    return text if pairs is None or math.isnan(pairs.gap.low) else f"{text} {_against(measure, pairs)}"


def _against(measure: str, pairs: lab.PairedRuns) -> str:
    """Describe the difference from before, and say whether it may be chance."""
    what = f"Over the {pairs.gap.observations} pairs of runs that have it, {number_text(pairs.now.value, measure)}"
    if pairs.gap.excludes_zero:
        chance = "The interval does not include zero: chance alone is an unlikely explanation."
    else:
        chance = "The interval includes zero: this may be chance."
    return f"{what if pairs.has_gaps else 'That'} is {change_text(pairs.gap, measure)} against before. {chance}"


async def prepare(visit: Visit, variant: Variant) -> tuple[VariantReading, lab.VariantFacts]:
    """Read the scenario that a page shows, and its setting."""
    reading = await WORKS.do(visit, read, variant, is_long=variant.is_long)
    return reading, await WORKS.do(visit, lab.setting_of, variant, is_long=variant.is_long)


def show_lab(request: Request, variant: Variant, prepared: tuple[VariantReading, lab.VariantFacts]) -> None:
    """Show the page of the variant in a link."""
    reading, setting = prepared
    with shell.page("The lab", "/lab", link=query(variant), scenario=reading.scenario):
        shell.heading(reading.scenario.title, 1)
        ui.label(variants.open_questions(reading.scenario)).classes("soft small")
        LabView(setting, request)
