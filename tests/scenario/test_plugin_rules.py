"""Decision rules of plug-ins: known by their names, and written out as numbers."""

import json

import pytest

from negsim import plugins
from negsim.errors import NegsimError
from negsim.scenario import load, loads
from negsim.scenario.lowering import lower

COUNCIL = """
from negsim.cast.decisions import NamedRule
from negsim.negotiation.acceptance import MAJORITY, RuleRow

council = NamedRule(
    name="council", label="qualified majority", meaning="A text passes with 55 % of states and 65 % of people.",
    row=RuleRow(accept=0.55, weight_accept=0.65, minority=4), key="population", column="weight_accept",
)
chambers = NamedRule(
    name="chambers", label="all chambers", meaning="A text passes with a majority of every group and one block.",
    row=RuleRow(group_accept=MAJORITY, group_blocks=1, blocks=3),
)
"""


@pytest.fixture(autouse=True)
def council(load_plugin):
    return load_plugin(COUNCIL)


def decided(rule):
    return load("classroom", changes=[f"process.decision_rule={rule}"])


@pytest.mark.parametrize("rule", ["council", "{council: {population: 0.72}}", "chambers"])
def test_a_rule_of_a_plugin_is_written_out_and_needs_the_plugin_no_more(rule, monkeypatch):
    scenario = decided(rule)
    monkeypatch.setattr(plugins, "_loaded", {})
    assert loads(json.dumps(scenario.resolved())) == scenario


def test_a_rule_of_a_plugin_is_its_row():
    setting = lower(decided("council")).setting[0]
    assert (setting.accept, setting.weight_accept, setting.minority) == (0.55, 0.65, 4)
    assert lower(decided("{council: {population: 0.72}}")).setting[0].weight_accept == 0.72
    case = lower(decided("chambers"))
    assert case.setting[0].blocks == 3
    assert (case.consent["accept"] > 0.5).all()
    assert (case.consent["blocks"] == 1).all()


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("counsil", 'unknown decision rule "counsil"; did you mean "council"'),
        ("{council: {populaton: 0.7}}", "cannot be written so; the only key is population"),
        ("{chambers: {share: 0.7}}", "cannot be written so; it has no keys"),
        ("{council: {population: 72}}", "72 is out of range"),
    ],
)
def test_a_mistake_in_the_name_of_a_rule_is_told(rule, message):
    with pytest.raises(NegsimError, match=message):
        decided(rule)


def test_a_rule_of_a_plugin_cannot_have_the_name_of_one_of_the_model(load_plugin):
    load_plugin(COUNCIL.replace('"council"', '"rough_consensus"'))
    with pytest.raises(NegsimError, match="is a name that negsim has itself"):
        decided("chambers")
