"""Files of neighbouring systems as scenarios: *decide*, the exchange model's program, and KTAB.

Rules that hold here
- Every bad row is named, with its place, and then nothing comes out.
- What comes out is a valid scenario; what of the file is not in it is said.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from negsim.errors import Mark, Problem, ScenarioError, did_you_mean, shown
from negsim.scenario.files import text_in
from negsim.scenario.importing import decide, ktab
from negsim.scenario.importing.body import Actor, Body
from negsim.scenario.importing.notes import notes_on, without_the_mute
from negsim.scenario.importing.writing import Setting, names_of, scenario_text
from negsim.scenario.library import loads
from negsim.scenario.loading import Form
from negsim.scenario.schema import MOST_ISSUES, MOST_SEATS, Scenario


class System(NamedTuple):
    """A system whose files can be read."""

    form: Form
    read: Callable[[str, str], Body]


SYSTEMS = {"decide": System(decide.FORM, decide.read), "ktab": System(ktab.FORM, ktab.read)}


class Imported(NamedTuple):
    """A scenario and its text, and what has to be said about it, a line each."""

    scenario: Scenario
    text: str
    notes: list[str]


def imported(file: str | Path, system: str, *, meetings: int = 3, status_quo: float = 0.0) -> Imported:
    """The scenario in a file of a neighbouring system.

    system: `decide` or `ktab`. meetings: how many, of three days. status_quo: of every issue, 0..1.
    Raises `ScenarioError` with every bad row; ValueError for a system that is none.
    """
    if system not in SYSTEMS:
        raise ValueError(f"{shown(system)} is not a system{did_you_mean(system, SYSTEMS)}")
    form, read = SYSTEMS[system]
    setting = Setting(meetings, status_quo)
    body, left_out = without_the_mute(read(text_in(Path(file), str(file), form), str(file)))
    _check(body, str(file))
    text = scenario_text(body, str(file), setting)
    notes = [*left_out, *notes_on(body, names_of(body, str(file)), setting)]
    return Imported(loads(text, f"{file}, imported"), text, notes)


def _check(body: Body, file: str) -> None:
    """Raise `ScenarioError` for a body that no scenario can hold."""
    said = []
    actors, issues = len(body.actors), len(body.questions)
    if actors < 2:
        said.append(f"has {actors} actor{'s' * (actors != 1)} with a position; a negotiation needs at least 2")
    if actors > MOST_SEATS:
        said.append(f"has {actors} actors; at most {MOST_SEATS}")
    if not 0 < issues <= MOST_ISSUES:
        said.append(f"has {issues} issues with a position; write 1 to {MOST_ISSUES}")
    said += [f"{shown(who.name)} gives no issue any salience; one at least has to matter" for who in _idle(body)]
    if said:
        raise ScenarioError([Problem(Mark(file), "", message) for message in said])


def _idle(body: Body) -> list[Actor]:
    return [who for who in body.actors if not any(who.on(one).salience > 0.0 for one in body.questions)]
