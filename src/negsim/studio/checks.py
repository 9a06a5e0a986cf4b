"""What a text that a visitor writes is: a scenario in a sentence, or the places of its problems."""

from __future__ import annotations

from dataclasses import replace

from negsim.report import uncertain
from negsim.report.minutes.story import duration
from negsim.report.pages.setting import caveat
from negsim.report.words import counted, listed
from negsim.scenario import Scenario, loads, text_of
from negsim.scenario.yaml import decode
from negsim.studio.limits import RefusedError, check_size, minutes_of
from negsim.studio.links import OWN_FILE, Variant, one_newline, query


def check_text(variant: Variant, raw: bytes) -> dict[str, str]:
    """Read a text that was made from a variant. Raises `ScenarioError`, or `RefusedError` for a large one.

    Returns its heading, its caveat, and the query with which other pages open it ("" if none can: the note says why).
    """
    text = one_newline(decode(raw, OWN_FILE))
    scenario = check_size(loads(text, OWN_FILE))
    is_built_in = not variant.text and text == one_newline(text_of(variant.name))
    link, note = link_of(variant if is_built_in else replace(variant, text=text))
    length = "" if uncertain.timetable_is_drawn(scenario) else f", {duration(minutes_of(scenario))} of floor time"
    about = f"“{scenario.title}”: {sizes(scenario)}{length}. No problems. {_open_questions(scenario)}"
    return {"heading": about.strip(), "caveat": caveat(scenario), "link": link, "note": note}


def link_of(variant: Variant) -> tuple[str, str]:
    """Return the query of a link to a variant, "" if none can carry it, and a sentence on why."""
    try:
        return query(variant), ""
    except RefusedError as error:
        return "", error.sentence()


def sizes(scenario: Scenario) -> str:
    """Describe the seats, issues and meetings of a scenario; as ranges if they differ from run to run."""
    seats = uncertain.range_text(uncertain.seats(scenario), "seat")
    return f"{seats}, {counted(len(scenario.issues), 'issue')}, {uncertain.sizes(scenario).meetings}"


def _open_questions(scenario: Scenario) -> str:
    """Say what a scenario leaves open; "" if nothing."""
    open_ones = uncertain.subjects(scenario)
    return f"The sources do not say; drawn at random for every run: {listed(open_ones)}." if open_ones else ""
