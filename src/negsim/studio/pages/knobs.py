"""The bar that says which negotiation is on screen, and changes it.

Rules that hold here
- A change opens another link; what is on screen is always what the link says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from nicegui import ui

from negsim.errors import NegsimError
from negsim.report import uncertain
from negsim.report.words import counted, evenings, format_name, listed
from negsim.scenario import Scenario
from negsim.scenario.methodologies import AS_WRITTEN, METHODOLOGIES, REFERENCE_MODELS
from negsim.studio.links import (
    MOST_REPLICATION,
    MOST_SEED,
    Setting,
    check_changes,
    command,
    known,
    methodology_or_none,
    number_of,
    query,
)
from negsim.studio.pages.reports import report_button
from negsim.studio.pages.shell import button, copy

COPY = "Copy a link that reproduces this exactly"
MOST_KNOB_MEETINGS = 12
EVENINGS = {None: "as written", 0.0: "no evening mixed", 0.25: "a quarter mixed", 0.5: "half mixed",
            0.75: "three quarters mixed", 1.0: "all evenings mixed"}  # fmt: skip


def described(setting: Setting) -> str:
    """A setting in a sentence."""
    told = [setting.called()]
    told += [counted(setting.meetings, "meeting")] if setting.meetings else []
    told += [format_name(setting.methodology)] if setting.methodology else []
    told += [evenings(setting.evenings)] if setting.evenings is not None else []
    told += list(setting.changes)
    return f"{', '.join(told)} · seed {setting.seed}" + (f", run {setting.replication}" if setting.replication else "")


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """The built-in scenarios to choose from: what they are called, and the name that links and commands have."""
    return {name: f"{Setting(name=name).base().title} · {name}" for name in known()}


def sizes(scenario: Scenario) -> str:
    """Seats, issues and meetings of a scenario; ranges where they are drawn."""
    seats = uncertain.range_text(uncertain.seats(scenario), "seat")
    return f"{seats}, {counted(len(scenario.issues), 'issue')}, {uncertain.sizes(scenario).meetings}"


def unknown(scenario: Scenario) -> str:
    """What the source of a scenario leaves open, in a sentence; "" where that is nothing."""
    open_ones = uncertain.subjects(scenario)
    return f"Unknown in the source: drawn anew for each run are {listed(open_ones)}." if open_ones else ""


def drawn_knobs(scenario: Scenario) -> str:
    """Which of the knobs that are turned stand for what is drawn anew for each run."""
    drawn = {"the number of meetings": uncertain.sizes(scenario).meetings, "evenings": "mixed evenings"}
    told = [words for subject, words in drawn.items() if subject in uncertain.subjects(scenario)]
    return f"As coded, drawn anew for each run: {listed(told)}. A knob that is turned fixes its number." if told else ""


def methods(chosen: str | None = None, *, references: bool = True) -> dict[str | None, str]:
    """The methodologies to choose from; the models of opinion dynamics among them are references, not procedures."""
    left_out = {AS_WRITTEN, *(() if references else REFERENCE_MODELS)} - {chosen}
    shown = [name for name in METHODOLOGIES if name not in left_out]
    return {None: "as written"} | {name: format_name(name) for name in shown}


def meeting_counts(chosen: int | None = None) -> dict[int | None, str]:
    """The numbers of meetings to choose from; the one that is chosen is among them."""
    usual = range(1, MOST_KNOB_MEETINGS + 1)
    return {None: "as written"} | {n: str(n) for n in usual} | ({} if chosen is None else {chosen: str(chosen)})


def evening_shares(chosen: float | None = None) -> dict[float | None, str]:
    """The shares of mixed evenings to choose from; the one that is chosen is among them."""
    return EVENINGS if chosen in EVENINGS else EVENINGS | {chosen: evenings(chosen)}


class Chooser:
    """The fields of a setting, in a dialog or on a page."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def build(self) -> None:
        """The fields."""
        names = ({"": "own scenario"} if self.setting.text else {}) | titles()
        own = "" if self.setting.text else self.setting.name
        with ui.element("div").classes("fields"):
            self._build_fields(names, own)

    def _build_fields(self, names: dict[str, str], own: str) -> None:
        self.name = _field(ui.select(names, value=own, label="Scenario"), "Scenario")
        self.meetings = _field(
            ui.select(meeting_counts(self.setting.meetings), value=self.setting.meetings, label="Number of meetings"),
            "Number of meetings",
        )
        self.method = _field(ui.select(methods(), value=self.setting.methodology, label="Methodology"), "Methodology")
        shares = evening_shares(self.setting.evenings)
        self.evenings = _field(
            ui.select(shares, value=self.setting.evenings, label="Informal contact"), "Informal contact"
        )
        more = ui.textarea("Other changes, one a line, as for --set", value="\n".join(self.setting.changes))
        self.changes = _field(more.props("rows=2"), "Other changes, one a line")
        self.seed = _field(ui.input("Seed", value=str(self.setting.seed)), "Seed")
        self.run = _field(ui.input("Which run under that seed", value=str(self.setting.replication)), "Which run")

    def chosen(self) -> Setting:
        """The setting that the fields say. Raises `NegsimError` for one there is not."""
        changes = tuple(line.strip() for line in (self.changes.value or "").splitlines() if line.strip())
        check_changes(changes)
        new = replace(
            self.setting,
            name=self.name.value or self.setting.name,
            text=self.setting.text if not self.name.value else "",
            meetings=self.meetings.value,
            methodology=methodology_or_none(self.method.value or ""),
            evenings=self.evenings.value,
            changes=changes,
            seed=number_of(str(self.seed.value or ""), MOST_SEED),
            replication=number_of(str(self.run.value or ""), MOST_REPLICATION),
        )
        new.scenario()
        return new


def _field(field: Any, name: str) -> Any:  # noqa: ANN401 - any of NiceGUI's inputs
    return field.props(f'outlined dense aria-label="{name}"').style("width: 100%; margin-bottom: 8px")


def setting_bar(target: str, setting: Setting, shown: Callable[[], str]) -> None:
    """What is on screen, and what to do with it: change it, take another run, take the link or a report away.

    shown: what the page adds to the link for what is on screen now.
    """
    with ui.element("div").classes("bar").style("margin-bottom: 8px"):
        ui.label(described(setting)).classes("chip").props('aria-label="the setting on screen"')
        dialog = _dialog(target, setting)
        button("Change", dialog.open, icon="tune", name="Change the setting").props("outline dense")
        link = f"{target}?{query(replace(setting, replication=setting.replication + 1))}"
        again = button(
            "Another run", lambda: ui.navigate.to(link), icon="casino", name="Another run of the same setting"
        )
        again.props("outline dense")
        taken = button("Copy link", lambda: copy_link(target, setting, shown()), icon="link", name=COPY)
        taken.props("outline dense")
        report_button(setting)
    if left_open := unknown(setting.scenario()):
        ui.label(left_open).classes("soft small")


async def copy_link(target: str, setting: Setting, shown: str) -> None:
    """Put the link to what is on screen where it can be pasted, and tell the same for the command line."""
    typed = command(setting, one_run=target == "/room")
    await copy(f"{target}?{query(setting)}{shown}", also=f"On the command line: {typed}")


def _dialog(target: str, setting: Setting) -> ui.dialog:
    with ui.dialog() as dialog, ui.card().style("min-width: min(30rem, 92vw)"):
        ui.label("Change the setting").classes("big")
        chooser = Chooser(setting)
        chooser.build()
        problem = ui.label().classes("bad").props('role="alert"')

        def take() -> None:
            try:
                new = chooser.chosen()
                link = query(new)
            except NegsimError as error:
                problem.text = str(error)
                return
            ui.navigate.to(f"{target}?{link}")

        with ui.element("div").classes("bar"):
            button("Show it", take)
            button("Cancel", dialog.close).props("flat")
    return dialog
