"""The first page: what this is, where to go, what it is not.

Rules that hold here
- The caveat comes before the choice.
"""

from __future__ import annotations

from nicegui import ui

from negsim.scenario import names
from negsim.studio.limits import seats_of
from negsim.studio.links import Setting, query
from negsim.studio.pages.shell import CAVEAT, heading, page

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
CARDS = "display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 14px"


def show_home() -> None:
    """The page."""
    with page("Welcome", "/"):
        heading("Who can agree, on what, by which process?", 1)
        with ui.element("div").classes("card").style("border-left: 6px solid #E69F00"):
            ui.label(CAVEAT).style("font-weight: 700")
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
        heading("Built-in scenarios")
        with ui.element("table").classes("plain card"):
            for name in names():
                scenario = Setting(name=name).scenario()
                with ui.element("tr"):
                    with ui.element("td"):
                        ui.label(scenario.title)
                    with ui.element("td"):
                        ui.label(f"{seats_of(scenario)} seats, {len(scenario.issues)} issues,"
                                 f" {len(scenario.process.meetings)} meetings")  # fmt: skip
                    for target, label in (("/room", "watch"), ("/lab", "try"), ("/edit", "read")):
                        with ui.element("td"):
                            link = ui.link(label, f"{target}?{query(Setting(name=name))}")
                            link.props(f'aria-label="{label}: {name}"')


def register() -> None:
    """Put the page where it belongs."""
    ui.page("/")(show_home)
