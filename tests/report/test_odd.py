"""The ODD description and the table of parameters."""

import re
from pathlib import Path

import pytest

from answers import negsim
from negsim.cast.formats import FORMATS
from negsim.negotiation.measures import MEASURES
from negsim.negotiation.parameters import Parameters
from negsim.negotiation.tables import Move, fields
from negsim.randomness import Decision
from negsim.report import odd as page
from negsim.report.odd import odd, parameters
from negsim.scenario import load, names
from negsim.scenario.schema import OWN_HABITS

PACKAGE = Path(page.__file__).parents[2]
FOCAL = "cstd_wgigf_2011"
CONCEPTS_OF_THE_PROTOCOL = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction",
    "Stochasticity", "Collectives", "Observation",
)  # fmt: skip


@pytest.fixture(scope="module")
def focal():
    return odd(load(FOCAL), FOCAL)


def test_the_sections_and_concepts_are_the_protocol_s(focal):
    assert re.findall(r"^## (.*)$", focal, re.MULTILINE) == [
        "1 Purpose and patterns", "2 Entities, state variables, and scales", "3 Process overview and scheduling",
        "4 Design concepts", "5 Initialization", "6 Input data", "7 Submodels",
    ]  # fmt: skip
    concepts = focal[focal.index("## 4 Design concepts") : focal.index("## 5 Initialization")]
    assert tuple(re.findall(r"^### (.*)$", concepts, re.MULTILINE)) == CONCEPTS_OF_THE_PROTOCOL


def test_everything_declared_is_described(focal):
    variables = [name for record in page.ENTITIES.values() for name in fields(record)]
    moves = [move.name.lower() for move in Move]
    draws = [decision.name.lower() for decision in Decision]
    for name in (*variables, *moves, *draws, *MEASURES, *FORMATS, *Parameters._fields):
        assert f"| `{name}` | " in focal


@pytest.mark.parametrize("name", names())
def test_a_scenario_is_described_whole(name):
    scenario = load(name)
    text = odd(scenario, name)
    said = [
        *(issue.label for issue in scenario.issues.values()),
        *(group.label for group in scenario.groups.values()),
        *(camp.label for camp in scenario.camps.values()),
        *(delegate.name for delegate in scenario.delegates),
        *(meeting.name for meeting in scenario.process.meetings),
        *(item.format for meeting in scenario.process.meetings for item in meeting.agenda),
        *(source.text for source in scenario.sources.values()),
        *(path.replace("|", "\\|") for path in scenario.basis),
    ]
    assert [part for part in said if part not in text] == []


def test_what_is_drawn_is_never_told_as_fixed():
    open_ = (
        "uncertain={process.decision_rule: {one_of: [no_formal_objection, majority_per_group]},"
        " trust.across: {uniform: [0.2, 0.6]}, context.tension: {one_of: [0, 1]}}"
    )
    text = odd(load(FOCAL, changes=[open_]), FOCAL, [open_])
    assert "| decision rule | no formal objection or majority per group (drawn) |" in text
    assert "| across groups | 0.2 to 0.6 (drawn) |" in text
    assert "Tension is 0 to 1 (drawn): it scales" in text


def test_every_parameter_is_read_somewhere():
    rules = "".join(file.read_text(encoding="utf-8") for file in (PACKAGE / "negotiation").glob("*.py"))
    rules += (PACKAGE / "scenario" / "lowering.py").read_text(encoding="utf-8")
    unread = [name for name in Parameters._fields if not re.search(rf"\b(?:p|parameters(?:\[0\])?)\.{name}\b", rules)]
    assert set(unread) == {*OWN_HABITS}  # which are columns of seats
    assert all(re.search(rf"\bseats\[\w+\]\.{name}\b", rules) for name in OWN_HABITS)


def test_the_commands_write_to_the_screen_or_to_a_file(tmp_path, focal):
    assert negsim("describe", "odd", FOCAL).stdout == focal
    told = negsim("describe", "odd", FOCAL, "--set", "meetings.count=1", "--out", tmp_path / "odd.md")
    assert not told.stdout
    assert "1 meeting of 2 days" in (tmp_path / "odd.md").read_text(encoding="utf-8")
    assert negsim("describe", "parameters").stdout == parameters()


def test_every_kind_of_event_is_in_the_plan():
    events = (
        "process.events=[{submission: {by: India, meeting: 1, position: {outcomes: 0.9}}},"
        "{retreat: {after_meeting: 1}}, {reaffirm: {by: India, meeting: 1, strength: 2}},"
        "{closed_session: {meeting: 1, day: 2, frankness: 0.6}},"
        "{targeted_dinner: {meeting: 1, day: 2, guests: [India, Egypt]}}, {renewal: {after_meeting: 1}},"
        "{change_methodology: {meeting: 2, to: rolling_text, by: civil_society}}]"
    )
    text = odd(load(FOCAL, changes=[events]), FOCAL)
    for told in (
        "| submission |  | India; outcomes: 0.9 |", "| reaffirm |  | India; strength 2 |", "closed, frankness 0.6",
        "dinner of India, Egypt", "| renewal |  | with a debriefing; with the old text |",
        "| 100 % at mixed tables (quality 1)",
        "by civil_society: go on with rolling_text", "| gap |  | 25 days; ",
    ):  # fmt: skip
        assert told in text
