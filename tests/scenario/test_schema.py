"""The JSON Schema for editors, and the vocabulary it is made from."""

import json
import pickle
from copy import deepcopy
from pathlib import Path

import pytest

from negsim.cast.decisions import DECISION_RULES
from negsim.cast.formats import FORMATS
from negsim.cast.methodologies import METHODOLOGIES
from negsim.errors import ScenarioError
from negsim.scenario import load, loads, schema_json
from negsim.scenario.descriptions import DESCRIPTIONS, STUDY_DESCRIPTIONS
from negsim.scenario.yaml import parse, to_yaml, value_at
from negsim.study.runner import run
from negsim.study.schema import study_schema_json

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SCHEMA = json.loads(schema_json())


def test_the_schema_beside_the_scenarios_is_current():
    assert (SCENARIOS / "schema.json").read_text(encoding="utf-8") == schema_json()


def steps(data, path=()):
    """The paths of all keys in plain data."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        if isinstance(data, dict):
            yield (*path, key)
        yield from steps(value, (*path, key))


def test_the_ten_lines_to_begin_with_run_and_have_no_key_that_is_not_needed():
    text = (SCENARIOS / "README.md").read_text(encoding="utf-8").split("```yaml\n")[1].partition("```")[0]
    assert len(text.splitlines()) == 10
    assert len(run(loads(text), replications=2)) == 2
    data = parse(text, "mine.yaml").data
    for *above, key in {*steps(data)} - {("groups", name) for name in data["groups"]}:
        left = deepcopy(data)
        del value_at(left, above)[key]
        with pytest.raises(ScenarioError):
            loads(to_yaml(left))


def test_every_part_refuses_unknown_keys():
    for name, part in SCHEMA["$defs"].items():
        whole = part["anyOf"][-1] if "anyOf" in part else part
        assert whole["additionalProperties"] is False, name


def test_every_methodology_spends_all_of_every_meeting_on_known_formats():
    agendas = {
        (name, m, meetings): methodology.agenda(m, meetings)
        for name, methodology in METHODOLOGIES.items()
        for meetings in range(1, 9)
        for m in range(meetings)
    }
    shares = {which: sum(share for _, share in agenda) for which, agenda in agendas.items()}
    assert {which: share for which, share in shares.items() if share != pytest.approx(1)} == {}
    assert {format_ for agenda in agendas.values() for format_, _ in agenda} <= set(FORMATS)


def test_scenarios_can_be_sent_to_another_process():
    for rule in DECISION_RULES:
        scenario = load("classroom", changes=[f"process.decision_rule={rule}"])
        assert pickle.loads(pickle.dumps(scenario)) == scenario  # noqa: S301 - made here


@pytest.mark.parametrize(
    ("text", "top", "sentences"),
    [(schema_json(), "Scenario", DESCRIPTIONS), (study_schema_json(), "Study", STUDY_DESCRIPTIONS)],
)
def test_every_key_says_what_it_means_and_every_sentence_has_a_key(text, top, sentences):
    schema = json.loads(text)
    keys = {}
    for name, part in {top: schema, **schema["$defs"]}.items():
        for kind in (part, *part.get("anyOf", ())):
            keys |= {(name, key): about for key, about in kind.get("properties", {}).items()}
    assert [key for key, about in keys.items() if not about.get("description")] == []
    assert {(name, key) for name, own in sentences.items() for key in own} <= set(keys)
