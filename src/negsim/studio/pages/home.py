"""The first page: what the studio is, where to go, and the scenarios."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from negsim.cases import builtin_cases
from negsim.report.pages.setting import MODEL
from negsim.studio.links import Variant, query
from negsim.studio.pages import shell
from negsim.studio.pages.variants import all_scenarios

ROOM = "Watch one negotiation turn by turn: who speaks, what is in brackets, how each delegate misreads the others."
LAB = "Turn four knobs, guess first, and see how hundreds of negotiations end: before and after, on the same seeds."
TABLE = "Play one delegate, alone or with your class, and see whether you do better than the computer would have."
EDIT = "Change the file itself. Errors appear line by line, and the other pages open what you wrote."
WAYS = (
    ("/room", "The room", ROOM),
    ("/lab", "The lab", LAB),
    ("/table", "A seat at the table", TABLE),
    ("/edit", "Edit a scenario", EDIT),
)
SCENARIOS = (
    "Written by hand; the file says where each number comes from, or that it is assumed. The model's parameters were"
    " calibrated on the two phases of the CSTD group."
)
CASES = (
    "Facts and one-word codes from documents; a codebook turns them into numbers, the same way for every case and"
    " without its outcome. What the sources leave unknown is drawn at random for every run; a range says from what."
    " A process that is in both lists was read twice, by hand and by the codebook; seats, issues and ends differ."
)
CARDS = "display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 14px"


def show_home() -> None:
    """The first page."""
    with shell.page("Welcome", "/"):
        shell.heading("Who can agree, on what, by which process?", 1)
        with shell.card().style("border-left: 6px solid #E69F00"):
            ui.label(MODEL).style("font-weight: 700")
            ui.label(
                "Positions, trust and habits in the scenarios come from what participants wrote, and from assumptions"
                " that the files name. You see what follows from them in a model. That can show that a mechanism is"
                " enough to produce an outcome; it cannot say what will happen."
            )
        with ui.element("div").style(CARDS):
            for target, name, what in WAYS:
                with shell.card():
                    with ui.element("h2"):
                        ui.link(name, target)
                    ui.label(what)
        cases = set(builtin_cases())
        _build_list("Built-in scenarios", SCENARIOS, [each for each in all_scenarios() if each[0] not in cases])
        _build_list("Coded cases", CASES, [each for each in all_scenarios() if each[0] in cases])


def _build_list(title: str, note: str, scenarios: Sequence[tuple[str, str, str]]) -> None:
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
                        link = ui.link(label, f"{target}?{query(Variant(name=name))}")
                        link.props(f'aria-label="{label}: {name}"')
