"""The choice of a scenario: the first page, which lists all scenarios, and the variant on screen.

A variant has a description, fields and a bar that change it, links to it and a report about it.

- A change opens another link, so that the page always shows what its link says.
- The report is that of the command line; the studio only asks for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, NamedTuple

from markupsafe import Markup
from nicegui import ui

from negsim.cases import builtin_cases
from negsim.cast.knobs import AS_WRITTEN, KNOBS, METHODOLOGY, UNCHANGED_LEVEL, Knob, Level
from negsim.cast.methodologies import METHODOLOGIES
from negsim.cast.studio import MORE_CHANGES
from negsim.errors import NegsimError
from negsim.report import uncertain
from negsim.report.words import capital, counted, format_name, listed, phrase
from negsim.scenario import Scenario
from negsim.studio import limits, links
from negsim.studio.links import Variant
from negsim.studio.pages import shell
from negsim.studio.pages.play import PLAY
from negsim.studio.pictures import cast_of, room_picture
from negsim.studio.recording import Playback

_COPY_LINK = "Copy link: it reproduces this exactly"
_MORE_CHANGES_NAME = f"{MORE_CHANGES}, one per line, written as for --set"
_OPENING = Variant(name="storm")  # the run on the first page
_SECONDS_AN_EVENT = 2.0
_DOORS = (
    (PLAY, "Play", "Take a seat at their table. The model plays everybody else, and every move shows what it did."),
    ("/lab?s=storm", "Experiment", "Change how they meet and talk, guess first, and see how hundreds of tables end."),
    ("/table?s=storm", "Teach", "Open a room for your class: a code, seats, briefs, guesses, and a debriefing."),
)
_WAYS = (
    ("/room?s=storm", "Watch a negotiation turn by turn"),
    ("/case", "Code a real case"),
    ("/edit?s=storm", "Edit a scenario"),
)
_CAVEAT = (
    "Positions, trust and habits in the scenarios come from what participants wrote, and from assumptions that they"
    " name. What follows from them in a model can show that a mechanism is enough to produce an outcome; it cannot say"
    " what will happen."
)
_WRITTEN = (
    "Written by hand; the file says where each number comes from, or that it is assumed. The model's parameters were"
    " calibrated on the two phases of the CSTD group."
)
_CODED = (
    "Facts and one-word codes from documents; a codebook turns them into numbers, the same way for every case and"
    " without its outcome. What the sources leave unknown is drawn at random for every run; a range says from what."
    " A process that is in both lists was read twice, by hand and by the codebook; seats, issues and ends differ."
)


def description(variant: Variant) -> str:
    """Describe a variant in a sentence."""
    parts = [variant.label()]
    parts += [phrase(path, level) for path, level in variant.levels.items()]
    parts += list(variant.changes)
    return f"{', '.join(parts)} · seed {variant.seed}" + (f", run {variant.replication}" if variant.replication else "")


@lru_cache(maxsize=1)
def all_scenarios() -> list[tuple[str, str, str]]:
    """List name, title and sizes of the built-in scenarios and the coded cases; read once."""
    scenarios = {name: Variant(name=name).base() for name in links.scenario_names()}
    return [(name, scenario.title, sizes(scenario)) for name, scenario in scenarios.items()]


def titles() -> dict[str, str]:
    """Return the title of every built-in scenario, with its name in links and commands."""
    return {name: f"{title} · {name}" for name, title, _ in all_scenarios()}


def sizes(scenario: Scenario) -> str:
    """Describe the seats, issues and meetings of a scenario; as ranges if they differ from run to run."""
    seats = uncertain.range_text(uncertain.seats(scenario), "seat")
    return f"{seats}, {counted(len(scenario.issues), 'issue')}, {uncertain.sizes(scenario).meetings}"


def open_questions(scenario: Scenario) -> str:
    """Say what a scenario leaves open; "" if nothing."""
    open_ones = uncertain.subjects(scenario)
    return f"The sources do not say; drawn at random for every run: {listed(open_ones)}." if open_ones else ""


def methods(chosen: str | None = None) -> dict[str | None, str]:
    """List the methodologies to choose from, the current one among them."""
    every = dict.fromkeys([*METHODOLOGIES, *([] if chosen is None else [chosen])])
    return {None: UNCHANGED_LEVEL} | {name: format_name(name) for name in every if name not in {AS_WRITTEN} - {chosen}}


class Chooser:
    """Fields for all parts of a variant, each with the current value among its choices."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self._secret_seed = ""  # that counts where the field is left empty; "" for none
        now = variant
        with ui.element("div").classes("fields"):
            self.name = _scenario_field(now, titles())
            self.knobs = {path: _knob_field(knob, now.levels.get(path)) for path, knob in KNOBS.items() if knob.on_page}
            more = ui.textarea(MORE_CHANGES, value="\n".join(now.changes))
            self.changes = _field(more.props("rows=2"), _MORE_CHANGES_NAME)
            self.seed = _field(ui.input("Seed", value=str(now.seed)))
            self.run = _field(ui.input("Run number", value=str(now.replication)))

    def hide_seed(self) -> None:
        """Leave the seed empty; then it is drawn in secret."""
        self.seed.value = ""
        self.seed.props('label="Seed (empty: a secret one)"')
        self._secret_seed = str(secrets.randbits(63))

    async def chosen(self) -> tuple[Variant, links.VariantReading]:
        """Return the variant in the fields, read by a worker. Raises `NegsimError` for values that do not make one."""
        turned = {path: field.value for path, field in self.knobs.items() if field.value not in {None, AS_WRITTEN}}
        kept = {path: level for path, level in self.variant.levels.items() if path not in self.knobs}
        new = replace(
            _with_scenario(self.variant, self.name.value),
            turned=links.in_order(kept | turned),
            changes=links.changes_in(self.changes.value or ""),
            seed=links.number_of(self.seed.value or self._secret_seed, limits.MOST_SEED),
            replication=links.number_of(str(self.run.value or ""), limits.MOST_REPLICATION),
        )
        return new, await shell.in_worker(links.read, new, is_long=new.is_long)


def _knob_field(knob: Knob, level: Level | None) -> ui.select:
    """Build a field to choose a level of a knob."""
    if knob is METHODOLOGY:
        return _choice(capital(knob.words.label), methods(None if level is None else str(level)), level)
    levels = knob.levels if knob.words.unit == "share" else range(1, knob.most_offered + 1)
    text = str if knob.words.unit == "count" else partial(phrase, knob.path)
    options = {None: UNCHANGED_LEVEL} | {each: text(each) for each in levels}
    return _choice(capital(knob.words.label), options, level, text)


def _with_scenario(variant: Variant, name: str) -> Variant:
    """Return the variant with the scenario that somebody chose; "" for its own text."""
    return replace(variant, name=name, text="") if name else variant


def _scenario_field(variant: Variant, names: dict[str, str]) -> ui.select:
    own = {"": links.OWN_SCENARIO} if variant.text else {}
    return _choice("Scenario", own | names, "" if variant.text else variant.name)


def _choice(label: str, options: dict[Any, str], value: object, text: Callable[[Any], str] = str) -> ui.select:
    """Make a field to choose an option, or the current value. text: names that value if it is not an option."""
    options = options if value in options else options | {value: text(value)}
    return _field(ui.select(options, value=value, label=label))


def _field(field: shell.Field, name: str = "") -> shell.Field:
    """Make a field below the others. name: for screen readers, if it is not the label."""
    return shell.dressed(field, name, look="outlined dense").style("width: 100%; margin-bottom: 8px")


def variant_buttons(target: str, variant: Variant, more: Callable[[], str]) -> None:
    """Show buttons to change the variant on screen, take another run, copy its link or get a report.

    more: the page's current addition to the link.
    """
    link = f"{target}?{links.query(replace(variant, replication=variant.replication + 1))}"
    for text, act, icon, name in (
        ("Change", _dialog(target, variant).open, "tune", "Change the scenario, its knobs or the run"),
        ("Another run", lambda: ui.navigate.to(link), "casino", "Another run of the same"),
        ("Copy link", lambda: copy_link(target, variant, more()), "link", _COPY_LINK),
        ("Report", lambda: _report(variant), "description", "Report: one HTML file about this"),
    ):
        shell.button(text, act, icon=icon, name=name, look="flat dense").classes("iconic")


async def copy_link(target: str, variant: Variant, more: str) -> None:
    """Copy the link to what is on screen, and show the command that does the same. more: what the page adds."""
    typed = links.command(variant, one_run=target == "/room")
    await shell.copy(f"{target}?{links.query(variant)}{more}", also=f"On the command line: {typed}")


def _dialog(target: str, variant: Variant) -> ui.dialog:
    with shell.dialog_named("Change what is on screen") as dialog, ui.card().style("min-width: min(30rem, 92vw)"):
        ui.label("Change what is on screen").classes("big")
        chooser = Chooser(variant)
        problem = shell.Alert()

        async def take() -> None:
            with problem.refusals():
                new, _ = await chooser.chosen()
                ui.navigate.to(f"{target}?{links.query(new)}")

        with shell.bar():
            shell.button("Show it", take)
            shell.button("Cancel", dialog.close, look="flat")
    return dialog


async def _report(variant: Variant) -> None:
    """Make the report on a variant in a worker, and download it."""
    ui.notify("Making the report. This can take a minute.")
    try:
        page = await shell.in_worker(links.report_of, variant, is_long=True, keep=False)
    except NegsimError as error:
        ui.notify(error.sentence(), type="negative")
        return
    ui.download.content(page, links.file_of(variant))


class _Moment(NamedTuple):
    """A moment of the run on the first page: the first sentence on what happens, and the room."""

    news: str
    picture: Markup


def _opening_run() -> list[_Moment]:
    """Return the events of the run that the first page shows."""
    playback = Playback(_OPENING)
    cast = cast_of(playback.scenario)
    moments = [0, *playback.events]
    news = {line.frame: line.text.partition(". ")[0].removesuffix(".") + "." for line in reversed(playback.lines)}
    return [_Moment(news.get(moment, ""), room_picture(playback.frames[moment], cast)) for moment in moments]


class _MovingTable:
    """The table of the first page: a run, event by event, until it is over or the visitor stops it."""

    def __init__(self) -> None:
        self.run: Sequence[_Moment] = []
        self.moment = 0
        self.picture = shell.Html().classes("moving")
        with shell.bar():
            self.stop = shell.button("Stop", self._stop, icon="pause", look=shell.SMALL_BUTTON)
            self.news = ui.label().classes("small grow")
        self.timer = ui.timer(_SECONDS_AN_EVENT, self._go_on, active=False)
        ui.timer(0.0, self._begin, once=True)

    async def _begin(self) -> None:
        """Fetch the run once the page is open: the doors wait for nothing."""
        with suppress(NegsimError):
            self.run = await shell.in_worker(_opening_run, is_long=True)
            self._show()
            self.timer.active = self.stop.visible  # unless somebody has stopped it already

    def _show(self) -> None:
        moment = self.run[self.moment]
        self.picture.show(moment.picture)
        self.news.text = moment.news

    def _go_on(self) -> None:
        if self.moment + 1 < len(self.run):
            self.moment += 1
            self._show()
        else:
            self._stop()

    def _stop(self) -> None:
        self.timer.deactivate()
        self.stop.set_visibility(False)


def show_home() -> None:
    """Show the first page: a sentence of story, its table moving, and three doors."""
    with shell.page("Welcome", "/"):
        shell.slide_marks()
        with ui.element("div").classes("columns home"):
            with ui.element("div"):
                shell.heading("Who can agree, on what, by which process?", 1)
                ui.label(" ".join(_OPENING.base().description.split())).classes("big lead")
                for target, name, what in _DOORS:
                    with ui.link(target=target).classes("card door"):
                        ui.label(name).classes("door-name")
                        ui.label(what)
                with shell.bar():
                    for target, name in _WAYS:
                        ui.link(name, target)
            with shell.card():
                _MovingTable()
        cases = set(builtin_cases())
        _list_scenarios("Scenarios", _WRITTEN, [each for each in all_scenarios() if each[0] not in cases])
        with ui.element("details"):
            with ui.element("summary"):
                ui.label("Coded cases").style("display: inline")
            _list_scenarios("Coded cases", _CODED, [each for each in all_scenarios() if each[0] in cases])
        ui.label(_CAVEAT).classes("small soft")


def _list_scenarios(title: str, note: str, scenarios: Sequence[tuple[str, str, str]]) -> None:
    shell.heading(title)
    ui.label(note).classes("small soft").style("max-width: 60rem; margin-bottom: 6px")
    with ui.element("table").classes("plain card stacked"):
        for name, *cells in scenarios:
            with ui.element("tr"):
                for text in cells:
                    with ui.element("td"):
                        ui.label(text)
                for target, label in (("/room", "watch"), ("/lab", "try"), ("/edit", "read")):
                    with ui.element("td"):
                        link = ui.link(label, f"{target}?{links.query(Variant(name=name))}")
                        link.props(f'aria-label="{label}: {name}"')
