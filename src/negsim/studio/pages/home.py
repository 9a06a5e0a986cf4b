"""The first page: what this is, where to go, what it is not.

Rules that hold here
- The caveat comes before the choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from nicegui import ui

from negsim.report.pages.provenance import MODEL
from negsim.scenario import builtin_cases
from negsim.studio.links import Setting, known, query
from negsim.studio.pages.knobs import sizes
from negsim.studio.pages.shell import PATIENCE, heading, page
from negsim.studio.pages.work import worked

ROOM = "Watch one negotiation turn by turn: who speaks, what is in brackets, how each delegate misreads the others."
LAB = "Turn three knobs, guess first, and see hundreds of negotiations end: before and after, on the same seeds."
TABLE = "Take a delegate's chair, alone or with a class, and be reckoned up against the model in your own chair."
EDIT = "Change the file itself, with errors told line by line, and take it to the other pages."
WAYS = (
    ("/room", "The room", ROOM),
    ("/lab", "The lab", LAB),
    ("/table", "A seat at the table", TABLE),
    ("/edit", "Edit a scenario", EDIT),
)
CASES = "What the sources of a case leave unknown is drawn anew for each run: ranges above say what may be drawn."
CARDS = "display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 14px"


@lru_cache(maxsize=1)
def listed_scenarios() -> list[tuple[str, str, str]]:
    """The built-in scenarios and the coded cases: name, title, sizes."""
    scenarios = {name: Setting(name=name).base() for name in known()}
    return [(name, scenario.title, sizes(scenario)) for name, scenario in scenarios.items()]


async def show_home() -> None:
    """The page."""
    scenarios = await worked(listed_scenarios)  # read once, and remembered
    with page("Welcome", "/"):
        heading("Who can agree, on what, by which process?", 1)
        with ui.element("div").classes("card").style("border-left: 6px solid #E69F00"):
            ui.label(MODEL).style("font-weight: 700")
            ui.label(
                "Positions, trust and habits in the scenarios are coded from what participants wrote down, and from"
                " assumptions that their files name. What you see is what follows from them in a model. It can show"
                " that a mechanism suffices; it cannot say what will happen."
            )
        with ui.element("div").style(CARDS):
            for target, name, what in WAYS:
                with ui.element("div").classes("card"):
                    with ui.element("h2"):
                        ui.link(name, target)
                    ui.label(what)
        cases = set(builtin_cases())
        _build_list("Built-in scenarios", [each for each in scenarios if each[0] not in cases])
        _build_list("Coded cases", [each for each in scenarios if each[0] in cases])
        ui.label(CASES).classes("small soft")


def _build_list(title: str, scenarios: Sequence[tuple[str, str, str]]) -> None:
    heading(title)
    with ui.element("table").classes("plain card stacked"):
        for name, *told in scenarios:
            with ui.element("tr"):
                for text in told:
                    with ui.element("td"):
                        ui.label(text)
                for target, label in (("/room", "watch"), ("/lab", "try"), ("/edit", "read")):
                    with ui.element("td"):
                        link = ui.link(label, f"{target}?{query(Setting(name=name))}")
                        link.props(f'aria-label="{label}: {name}"')


def register() -> None:
    """Put the page where it belongs."""
    ui.page("/", response_timeout=PATIENCE)(show_home)
