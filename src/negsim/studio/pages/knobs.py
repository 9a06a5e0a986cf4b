"""The variant on screen: its description, the bar that changes it, links to it and a report about it.

- A change opens another link, so that the page always shows what its link says.
- The report is that of the command line; the studio only asks for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from nicegui import ui

from negsim.errors import NegsimError
from negsim.report import uncertain
from negsim.report.words import corridors, counted, evenings, format_name, listed
from negsim.scenario import Scenario
from negsim.scenario.methodologies import AS_WRITTEN, METHODOLOGIES, REFERENCE_MODELS
from negsim.studio.lab import CORRIDORS
from negsim.studio.links import (
    MOST_REPLICATION,
    MOST_SEED,
    Reading,
    Variant,
    check_changes,
    command,
    file_of,
    methodology_or_none,
    number_of,
    query,
    read,
    report_of,
    scenario_names,
)
from negsim.studio.pages.shell import button, copy, in_worker

COPY = "Copy link: it reproduces this exactly"
MORE_CHANGES = "Advanced: other changes"
MORE_CHANGES_NAME = f"{MORE_CHANGES}, one per line, written as for --set"
MOST_KNOB_MEETINGS = 12
EVENINGS = {None: "as written", 0.0: "no evening mixed", 0.25: "a quarter mixed", 0.5: "half mixed",
            0.75: "three quarters mixed", 1.0: "all evenings mixed"}  # fmt: skip


def description(variant: Variant) -> str:
    """A variant in a sentence."""
    parts = [variant.label()]
    parts += [counted(variant.meetings, "meeting")] if variant.meetings else []
    parts += [f"{counted(variant.days, 'day')} in all"] if variant.days else []
    parts += [format_name(variant.methodology)] if variant.methodology else []
    parts += [evenings(variant.evenings)] if variant.evenings is not None else []
    parts += [corridors(variant.corridors)] if variant.corridors is not None else []
    parts += list(variant.changes)
    return f"{', '.join(parts)} · seed {variant.seed}" + (f", run {variant.replication}" if variant.replication else "")


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """The title of every built-in scenario, with the name that links and commands use."""
    return {name: f"{Variant(name=name).base().title} · {name}" for name in scenario_names()}


def sizes(scenario: Scenario) -> str:
    """Seats, issues and meetings of a scenario; ranges where they differ from run to run."""
    seats = uncertain.range_text(uncertain.seats(scenario), "seat")
    return f"{seats}, {counted(len(scenario.issues), 'issue')}, {uncertain.sizes(scenario).meetings}"


def open_questions(scenario: Scenario) -> str:
    """What a scenario leaves open, in a sentence; "" if nothing."""
    open_ones = uncertain.subjects(scenario)
    return f"The sources do not say; drawn at random for every run: {listed(open_ones)}." if open_ones else ""


def methods(chosen: str | None = None, *, own: Sequence[str] = (), references: bool = True) -> dict[str | None, str]:
    """The methodologies to choose from, the current one among them.

    own: those that the scenario defines. references: include models of opinion dynamics, which are not procedures.
    """
    left_out = {AS_WRITTEN, *(() if references else REFERENCE_MODELS)} - {chosen}
    every = dict.fromkeys([*own, *METHODOLOGIES, *([] if chosen is None else [chosen])])
    names = [name for name in every if name not in left_out]
    return {None: "as written"} | {name: format_name(name) for name in names}


def meeting_counts(chosen: int | None = None) -> dict[int | None, str]:
    """The numbers of meetings to choose from, the current one among them."""
    usual = range(1, MOST_KNOB_MEETINGS + 1)
    return {None: "as written"} | {n: str(n) for n in usual} | ({} if chosen is None else {chosen: str(chosen)})


def evening_shares(chosen: float | None = None) -> dict[float | None, str]:
    """The shares of mixed evenings to choose from, the current one among them."""
    return EVENINGS if chosen in EVENINGS else EVENINGS | {chosen: evenings(chosen)}


def corridor_shares(chosen: float | None = None) -> dict[float | None, str]:
    """The shares of corridor talk across groups to choose from, the current one among them."""
    shares = sorted({*CORRIDORS, *(() if chosen is None else (chosen,))})
    return {None: "as written", **{share: corridors(share) for share in shares}}


class Chooser:
    """Fields for all that a variant holds."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self._secret_seed = ""  # that counts where the field is left empty; "" for none

    def build(self) -> None:
        """The fields, with the values of the variant."""
        names = ({"": "own scenario"} if self.variant.text else {}) | titles()
        own = "" if self.variant.text else self.variant.name
        with ui.element("div").classes("fields"):
            self._build_fields(names, own)

    def _build_fields(self, names: dict[str, str], own: str) -> None:
        self.name = _field(ui.select(names, value=own, label="Scenario"), "Scenario")
        self.meetings = _field(
            ui.select(meeting_counts(self.variant.meetings), value=self.variant.meetings, label="Number of meetings"),
            "Number of meetings",
        )
        self.method = _field(
            ui.select(methods(self.variant.methodology), value=self.variant.methodology, label="Methodology"),
            "Methodology",
        )
        shares = evening_shares(self.variant.evenings)
        self.evenings = _field(
            ui.select(shares, value=self.variant.evenings, label="Informal contact"), "Informal contact"
        )
        talk = corridor_shares(self.variant.corridors)
        self.corridors = _field(ui.select(talk, value=self.variant.corridors, label="Corridor talk"), "Corridor talk")
        more = ui.textarea(MORE_CHANGES, value="\n".join(self.variant.changes))
        self.changes = _field(more.props("rows=2"), MORE_CHANGES_NAME)
        self.seed = _field(ui.input("Seed", value=str(self.variant.seed)), "Seed")
        self.run = _field(ui.input("Run number", value=str(self.variant.replication)), "Run number")

    def hide_seed(self) -> None:
        """Leave the seed empty; then it is drawn in secret."""
        self.seed.value = ""
        self.seed.props('label="Seed (empty: a secret one)"')
        self._secret_seed = str(secrets.randbits(63))

    async def chosen(self) -> tuple[Variant, Reading]:
        """The variant in the fields, read by a worker. Raises `NegsimError` for values that make none."""
        changes = tuple(line.strip() for line in (self.changes.value or "").splitlines() if line.strip())
        check_changes(changes)
        new = replace(
            self.variant,
            name=self.name.value or self.variant.name,
            text=self.variant.text if not self.name.value else "",
            meetings=self.meetings.value,
            methodology=methodology_or_none(self.method.value or ""),
            evenings=self.evenings.value,
            corridors=self.corridors.value,
            changes=changes,
            seed=number_of(self.seed.value or self._secret_seed, MOST_SEED),
            replication=number_of(str(self.run.value or ""), MOST_REPLICATION),
        )
        return new, await in_worker(read, new, is_long=new.is_long)


def _field(field: Any, name: str) -> Any:  # noqa: ANN401 - any of NiceGUI's inputs
    return field.props(f'outlined dense aria-label="{name}"').style("width: 100%; margin-bottom: 8px")


def variant_bar(target: str, variant: Variant, more: Callable[[], str], note: str) -> None:
    """What is on screen, with buttons to change it, take another run, copy its link or get a report.

    more: what the page adds to the link now. note: what the scenario leaves open, "" for nothing.
    """
    with ui.element("div").classes("bar").style("margin-bottom: 8px"):
        ui.label(description(variant)).classes("chip").props('aria-label="on screen"')
        dialog = _dialog(target, variant)
        button("Change", dialog.open, icon="tune", name="Change the scenario, its knobs or the run").props(
            "outline dense"
        )
        link = f"{target}?{query(replace(variant, replication=variant.replication + 1))}"
        again = button("Another run", lambda: ui.navigate.to(link), icon="casino", name="Another run of the same")
        again.props("outline dense")
        copying = button("Copy link", lambda: copy_link(target, variant, more()), icon="link", name=COPY)
        copying.props("outline dense")
        report_button(variant)
    if note:
        ui.label(note).classes("soft small")


async def copy_link(target: str, variant: Variant, more: str) -> None:
    """Copy the link to what is on screen, and show the command that does the same. more: what the page adds."""
    typed = command(variant, one_run=target == "/room")
    await copy(f"{target}?{query(variant)}{more}", also=f"On the command line: {typed}")


def _dialog(target: str, variant: Variant) -> ui.dialog:
    with ui.dialog() as dialog, ui.card().style("min-width: min(30rem, 92vw)"):
        ui.label("Change what is on screen").classes("big")
        chooser = Chooser(variant)
        chooser.build()
        problem = ui.label().classes("bad").props('role="alert"')

        async def take() -> None:
            try:
                new, _ = await chooser.chosen()
                link = query(new)
            except NegsimError as error:
                problem.text = str(error)
                return
            ui.navigate.to(f"{target}?{link}")

        with ui.element("div").classes("bar"):
            button("Show it", take)
            button("Cancel", dialog.close).props("flat")
    return dialog


def report_button(variant: Variant) -> None:
    """A button that downloads the report on a variant, one HTML file."""

    async def make() -> None:
        ui.notify("Making the report. This can take a minute.")
        try:
            page = await in_worker(report_of, variant, is_long=True, keep=False)
        except NegsimError as error:
            ui.notify(str(error), type="negative")
            return
        ui.download.content(page, file_of(variant))

    button("Report", make, icon="description", name="Report: one HTML file about this").props("outline dense")
