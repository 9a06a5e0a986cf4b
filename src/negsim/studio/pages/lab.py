"""The lab: three knobs, a curve that grows, the variant before, and guesses that come first.

Rules that hold here
- Runs are made in a worker thread, a chunk at a time, and few at once; the page stays usable.
- A knob that is turned ends the growing at once; until the variant runs, what is drawn is said to be the one before.
- For as long as a guess is due, nothing that is known of the variant asked about is on the page.
- The knobs, the page's address and the ways to the other pages say what is run.

What the lab tells of two variants, as a table.

Rules that hold here
- Every text is escaped by `svg.tag` and its kin.
- Shares are in per cent and their differences in points, as guesses of them are; the other measures are numbers.
- A difference is that of the two numbers beside it, over the pairs of runs that have the measure.

The two knobs of the lab that are turned.

Rules that hold here
- A hand is ahead of the server: a knob turns in the browser at once, and then tells.

The drawer of the lab: everything but the three knobs.

Rules that hold here
- A field changes one path of the scenario, as `--set` does; what is not listed can be written as such a change.
- What the drawer says is added to the three knobs as they stand.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from typing import NamedTuple

from fastapi import Request
from nicegui import ui

from negsim.errors import NegsimError
from negsim.report.words import RULES, change, number, with_interval
from negsim.studio.curves import curve_picture
from negsim.studio.lab import AXES, MEASURES, Curve, Level, Pairs, knob_levels, pairs_of, with_knob
from negsim.studio.links import MOST_SEED, Variant, check_changes, number_of, query, scenario_names
from negsim.studio.pages.guessing import GuessPanel
from negsim.studio.pages.knobs import (
    COPY,
    MOST_KNOB_MEETINGS,
    copy_link,
    description,
    methods,
    open_questions,
    sampled_knobs,
)
from negsim.studio.pages.moments import SIDEWAYS
from negsim.studio.pages.shell import (
    PATIENCE,
    BusyError,
    button,
    dressed,
    heading,
    in_worker,
    page,
    set_address,
    with_variant,
)
from negsim.studio.svg import tag
from negsim.study.estimates import Estimate

UNDER_RULES = "The same ends under every decision rule: share of runs that satisfy it"
WIDTHS = ("34%", "20%", "20%", "26%")  # of the columns


def comparison(now: Curve, before: Curve | None) -> str:
    """Every measure of the variant now, of the one before, and the difference on the same replications."""
    heads = ["", f"now (● {now.here.done} runs)"]
    if before is not None:
        both = min(now.here.done, before.here.done)
        heads = ["", "now (●)", "before (■)", f"difference, same seeds ({both} pairs of runs)"]
    own = {measure: label for measure, label in MEASURES.items() if measure not in RULES}
    wide = [f"width: {width}" for width in WIDTHS]
    rows = [
        tag("tr", *(tag("th", escape(head), style=style) for head, style in zip(heads, wide, strict=False))),
        *(_comparison_row(now, before, measure, label) for measure, label in own.items()),
        tag("tr", tag("th", escape(UNDER_RULES), colspan=len(heads))),
        *(_comparison_row(now, before, measure, rule) for measure, rule in RULES.items()),
    ]
    what = "" if before is None else tag("p", escape(f"before: {description(before.variant)}"), class_="small soft")
    return tag("table", *rows, class_="plain") + what


def _comparison_row(now: Curve, before: Curve | None, measure: str, label: str) -> str:
    name = escape(label.capitalize())
    if before is None:
        return tag("tr", tag("td", name), tag("td", _estimate_cell(measure, now.here.estimate(measure))))
    pairs = pairs_of(now.here, before.here, measure)
    having = f" (pairs of runs that have it: {pairs.gap.observations})"
    name += tag("span", escape(having), class_="soft small") if pairs.some else ""
    cells = [
        name,
        _estimate_cell(measure, pairs.now),
        _estimate_cell(measure, pairs.before),
        _difference_cell(measure, pairs.gap),
    ]
    return tag("tr", *(tag("td", cell) for cell in cells))


def _estimate_cell(measure: str, e: Estimate) -> str:
    if math.isnan(e.value):
        return "–"
    value = number(measure, e.value)
    return escape(value) + tag("span", escape(with_interval(measure, e).removeprefix(value)), class_="soft small")


def _difference_cell(measure: str, e: Estimate) -> str:
    if math.isnan(e.value) or math.isnan(e.low):
        return "–"
    return tag("b" if e.low > 0.0 or e.high < 0.0 else "span", escape(change(measure, e)))


def verdict(measure: str, now: Curve, before: Curve | None, expected: float | None) -> str:
    """What was found, what was expected, and how it differs from before, in sentences."""
    found = now.here.estimate(measure)
    if math.isnan(found.value):
        return ""
    told = f"{MEASURES[measure].capitalize()}: {with_interval(measure, found)}, in brackets its 95 % interval."
    if expected is not None:
        told += f" You expected {number(measure, expected)}."
    pairs = pairs_of(now.here, before.here, measure) if before is not None else None
    return told if pairs is None or math.isnan(pairs.gap.low) else f"{told} {_against(measure, pairs)}"


def _against(measure: str, pairs: Pairs) -> str:
    """How a measure differs from before, and whether that may be chance."""
    gap = pairs.gap
    now = f"Over the {gap.observations} pairs of runs that have it, {number(measure, pairs.now.value)}"
    inside = gap.low <= 0.0 <= gap.high
    chance = "inside these brackets, so it may be chance" if inside else "outside these brackets, so it is not chance"
    return f"{now if pairs.some else 'That'} is {change(measure, gap)} against before. No difference, 0, lies {chance}."


class Dial(NamedTuple):
    """A knob that is turned: what it is called, where it usually stands, and what a level counts on it."""

    name: str
    usual: range
    scale: int

    def place(self, level: Level | None) -> int:
        """Where a level is on it."""
        return round(float(level or 0) * self.scale)


DIALS = {
    "meetings": Dial("Meetings", range(1, MOST_KNOB_MEETINGS + 1), 1),
    "evenings": Dial("Evenings mixed, %", range(0, 101, 25), 100),
}


class Knob(ui.knob):
    """A knob that turns at once, and tells the server; NiceGUI's own turns when the server has answered."""

    LOOPBACK = False


def dial_of(dial: Dial, turn: Callable[[float], None]) -> Knob:
    """A knob with its name; turn: is called with where it was turned to."""
    usual = dial.usual
    with ui.element("div").style("text-align: center"):
        knob = Knob(usual.start, min=usual.start, max=usual[-1], step=usual.step, show_value=True, size="104px")
        knob.props('font-size="26px" thickness=0.18 track-color="grey-4"')
        knob.props["aria-label"] = dial.name
        knob.on_value_change(lambda event: turn(float(event.value)))
        ui.label(dial.name).style("font-weight: 600")
    return knob


WORDS = ("as written", "none", "low", "medium", "high")
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "process.chair.pressure": ("The chair's pressure", WORDS),
    "process.chair.responsiveness": ("The chair moves towards brackets", ("as written", "low", "medium", "high")),
    "process.chair.conservatism": ("The chair holds on to the status quo", ("as written", "low", "medium", "high")),
    "context.tension": ("Tension in the room", WORDS),
    "parameters.goodwill": ("Goodwill for any agreement", ("as written", "low", "medium", "high")),
    "parameters.hope": ("Hope of a renewed mandate", ("as written", "low", "medium", "high")),
    "process.record_dissent": ("Dissent may be recorded", ("as written", "true", "false")),
    "process.adoption": ("What is agreed", ("as written", "everything", "separable")),
    "process.decision_rule": (
        "Decision rule",
        ("as written", "no_formal_objection", "rough_consensus", "consensus_minus", "majority_per_group"),
    ),
}


class Drawer:
    """The fields; current: tells the variant that they change, take: is called with the variant they say."""

    def __init__(self, current: Callable[[], Variant], take: Callable[[Variant], None]) -> None:
        self.current, self.take = current, take
        self.fields: dict[str, ui.select] = {}

    def build(self) -> None:
        """The fields."""
        variant = self.current()
        said = dict(change.split("=", 1) for change in variant.changes if "=" in change)
        names = ({"": "own scenario"} if variant.text else {}) | {name: name for name in scenario_names()}
        self.name = ui.select(names, value="" if variant.text else variant.name, label="Scenario")
        self._dress(self.name, "Scenario")
        for path, (label, choices) in FIELDS.items():
            value = said.pop(path, "as written")
            options = list(choices) if value in choices else [*choices, value]
            self.fields[path] = ui.select(options, value=value, label=label)
            self._dress(self.fields[path], label)
        self.seed = ui.input("Seed", value=str(variant.seed))
        self._dress(self.seed, "Seed")
        self.more = ui.textarea("Other changes, one a line, as for --set",
                                value="\n".join(f"{path}={value}" for path, value in said.items()))  # fmt: skip
        self._dress(self.more, "Other changes, one a line")
        button("Take these", self._take)
        self.refusal = ui.label().classes("bad small").props('role="alert"').style("white-space: pre-line")

    @staticmethod
    def _dress(field: ui.select | ui.input | ui.textarea, label: str) -> None:
        field.props(f'outlined dense aria-label="{label}"').style("width: 100%; margin-bottom: 6px")

    def _take(self) -> None:
        try:
            variant = self._said()
            variant.scenario()
        except NegsimError as error:
            self.refusal.text = str(error)
            return
        self.refusal.text = ""
        self.take(variant)

    def _said(self) -> Variant:
        changes = [f"{path}={field.value}" for path, field in self.fields.items() if field.value != "as written"]
        changes += [line.strip() for line in str(self.more.value or "").splitlines() if line.strip()]
        check_changes(changes)
        seed = number_of(str(self.seed.value or ""), MOST_SEED)
        name, current = str(self.name.value), self.current()
        return replace(
            current, name=name or current.name, text="" if name else current.text, seed=seed,
            changes=tuple(changes),
        )  # fmt: skip


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

    def __init__(self, variant: Variant, address: str, cookies: Mapping[str, str]) -> None:
        self.variant = variant
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
            self.choice = ui.radio(methods(self.variant.methodology, references=False), value=self.variant.methodology)
            self.choice.props('dense aria-label="Methodology"').classes("small").on("keydown", js_handler=NEXT_RADIO)
            self.choice.on_value_change(lambda event: self._take(with_knob(self.variant, "methodology", event.value)))
        self._set_knobs()
        with ui.expansion("The drawer with the rest", icon="tune").classes("card").style("width: 100%"):
            Drawer(lambda: self.variant, self._take).build()

    def _build_curve(self) -> None:
        with ui.element("div").classes("card"):
            with ui.element("div").classes("bar"):
                measures = ui.select(MEASURES, value=self.measure, label="Measure")
                dressed(measures, "Measure").classes("grow").on_value_change(lambda e: self._look(measure=e.value))
                knobs = {name: axis.label for name, axis in AXES.items()}
                along = ui.select(knobs, value=self.along, label="Curve along")
                dressed(along, "Curve along").classes("grow").on_value_change(lambda e: self._look(along=e.value))
                self.first = ui.switch("Predict first", on_change=self.show).props('aria-label="Predict first"')
                link = button("Copy link", self._copy, icon="link", name=COPY)
                link.props("outline dense")
            self.told = ui.label().classes("small soft").props('role="status" aria-live="polite"')
            self.bar = ui.linear_progress(0.0, show_value=False).props('aria-label="runs made"').style("height: 5px")
            self.picture = ui.html(sanitize=False).classes("curve wide").props(SIDEWAYS.format("the curve"))

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
        if round(place) != dial.place(knob_levels(self.variant)[knob]):
            level = round(place) if dial.scale == 1 else round(place) / dial.scale
            self._take(with_knob(self.variant, knob, level))

    def _set_knobs(self) -> None:
        """Let the knobs stand where the variant has them, beyond their usual ends too."""
        for knob, level in knob_levels(self.variant).items():
            if knob in DIALS:
                place = DIALS[knob].place(level)
                self.knobs[knob].props["max"] = max(place, DIALS[knob].usual[-1])
                self.knobs[knob].value = place
        self.choice.value = self.variant.methodology
        self.left_open.text = sampled_knobs(self.variant.scenario())

    def _take(self, variant: Variant) -> None:
        """Another variant, to be run soon; one that cannot be run changes nothing."""
        if variant == self.variant:
            return
        try:
            variant.scenario()
            link = query(variant)
        except NegsimError as error:
            ui.notify(str(error), type="negative", timeout=8000)
            self._set_knobs()
            return
        if (variant.name, variant.text) != (self.variant.name, self.variant.text):
            ui.navigate.to(f"/lab?{link}")
            return
        self.variant, self.touched = variant, time.monotonic()
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
        """Let the page's address and the ways to the other pages say the variant as it is."""
        set_address("/lab", query(self.variant), self._looked_at)

    async def _copy(self) -> None:
        await copy_link("/lab", self.variant, self._looked_at)

    def _export(self) -> None:
        ui.download.content(self.guessing.guesses.csv(), "guesses.csv")

    # ------------------------------------------------------------------------------------------------- running

    async def _begin(self) -> None:
        """Run the variant as it is now, once nobody has touched a knob for a moment."""
        if time.monotonic() - self.touched < SOON:
            return
        self.soon.active = False
        self.attempt += 1
        mine = self.attempt
        try:
            curves = await in_worker(_curves, [self.variant, self._compared_with()], self.along)
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

    def _compared_with(self) -> Variant | None:
        """The variant before this one, if it ran on the same seeds."""
        if self.now is None:
            return None
        if self.now.variant == self.variant:
            return self.before.variant if self.before else None
        return self.now.variant if self.now.variant.seed == self.variant.seed else None

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
                grew = await in_worker(self._chunk)
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
        """Draw what there is; until the variant runs that is still the one before it."""
        due = bool(self.first.value) and self.guessing.ask(self.variant, self.measure)
        if not due:
            self.guessing.hide()
        current = self.now is not None and (self.now.variant, self.now.along) == (self.variant, self.along)
        guess = self.guessing.guess(self.variant, self.measure) if current else None
        expected = guess.expected if guess else None
        asked = self.variant if due else None
        now, before = (self.now, self.before) if current else (None, self._the_one_before())
        self.picture.content = curve_picture(now, before, self.measure, guess=expected, asked=asked)
        self._tell_progress(now, before)
        if now is None or due:
            self.verdict.text, self.table.content = "", ""
            return
        here = now.here
        if guess is not None and here.done >= here.most:
            self.guessing.reveal(self.variant, self.measure, here.estimate(self.measure).value)
        self.verdict.text = verdict(self.measure, now, before, expected)
        self.table.content = comparison(now, before)

    def _the_one_before(self) -> Curve | None:
        """The curve of another variant that was run last."""
        return self.now if self.now is not None and self.now.variant != self.variant else None

    def _tell_progress(self, now: Curve | None, before: Curve | None) -> None:
        """Say what is run and how far that is; now: None where it has not begun."""
        if now is None:
            self.told.text, self.bar.value = f"Next: {description(self.variant)}", 0.0
            return
        progress = min(curve.progress for curve in (now, before) if curve is not None)
        runs = sum(series.done for series in now.all_series)
        points = f"{len(now.all_series)} points of up to {now.here.most} runs"
        self.told.text = f"{description(self.variant)} · {points}, in all {runs} runs"
        self.told.text += "" if progress >= 1.0 else ", more are coming"
        self.bar.value = progress


def _curves(variants: Sequence[Variant | None], along: str) -> list[Curve | None]:
    """The curves of settings."""
    return [None if variant is None else Curve(variant, along) for variant in variants]


async def show_lab(request: Request, variant: Variant) -> None:
    """The page."""
    address = request.client.host if request.client else ""
    with page("The lab", "/lab", link=query(variant)):
        scenario = variant.scenario()
        heading(scenario.title, 1)
        ui.label(open_questions(scenario)).classes("soft small")
        view = LabView(variant, address, request.cookies)
        along, measure = (request.query_params.get(key, "") for key in ("along", "measure"))
        view.along = along if along in AXES else view.along
        view.measure = measure if measure in MEASURES else view.measure
        view.build()


def register() -> None:
    """Put the page where it belongs."""
    ui.page("/lab", response_timeout=PATIENCE)(with_variant("/lab", show_lab))
