"""Rules taken out one at a time: a rule changes what it names and no more."""

import numpy as np
import pytest

from negsim.cases import load_case
from negsim.errors import FailedError
from negsim.negotiation.parameters import Parameters
from negsim.scenario import load
from negsim.study.runner import run_case
from research import rules
from research.calibration import FIRST, case_of
from research.contrasts import Contrast, run_altered
from research.rules import ALL_RULES, CLAIM_RULES, TABLE, Rule, in_edited_model, predicted_cases, write_edited
from sweeps import SMALL

CASE = case_of(FIRST, ())
RUNNABLE = [rule for rule in (*TABLE, *CLAIM_RULES.values()) if not rule.reason and not rule.edits]
EDITED = [rule for rule in TABLE if rule.edits]


def test_a_rule_taken_out_changes_what_it_names_and_nothing_else():
    assert {rule.name: wrong for rule in RUNNABLE if (wrong := wrongly_changed(rule))} == {}


def wrongly_changed(rule):
    """What taking a rule out changes in the tables, by table, where that is not what the rule names."""
    allowed = {"parameters": set(rule.parameters), "formats": set(rule.formats), "plan": set(rule.plan)}
    different = {name: changed(*tables) for name, *tables in zip(CASE._fields, CASE, rule.out_of(CASE), strict=True)}
    return {
        name: columns
        for name, columns in different.items()
        if columns and columns != allowed.get(name) and not (name == "seats" and columns == {"caucus"})
    }


def changed(before, after):
    """The columns in which two tables differ; of an array without columns, whether it does."""
    if before.dtype.names is None:
        return not np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
    return {column for column in before.dtype.names if before[column].tobytes() != after[column].tobytes()}


def test_all_rules_are_the_runs_themselves():
    runs = run_altered(ALL_RULES.out_of, load(FIRST), replications=6, seed=3)
    plain = run_case(CASE, replications=6, seed=3)
    assert runs.results.runs.tobytes() == plain.runs.tobytes()


def test_every_edit_of_the_sources_applies_and_leaves_python(tmp_path):
    texts = []
    for rule in EDITED:
        sources = write_edited(rule.edits, tmp_path / rule.name) / "negsim" / "negotiation"
        texts += [(edit, (sources / f"{edit.source}.py").read_text(encoding="utf-8")) for edit in rule.edits]
    assert [edit for edit, text in texts if edit.new not in text] == []
    for edit, text in texts:
        compile(text, edit.source, "exec")


@pytest.mark.deep
@pytest.mark.slow
def test_an_edited_model_runs_by_its_own_rules(monkeypatch):
    """A firm that leaves keeps the others from consensus, but where the rule is taken out."""
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")  # the edited model need not be compiled for so few runs
    leaving = ("groups.firms.outside_option=0.95", "parameters.walkout=1", "meetings.count=3")
    ends = Contrast("", "consensus", leaving, leaving, "", scenario=str(SMALL))
    here = rules.effect_of(ALL_RULES, ends, 4)
    assert in_edited_model((), rules.effect_of, ALL_RULES, ends, 4) == here
    assert in_edited_model(rules.FALLBACK.edits, rules.effect_of, ALL_RULES, ends, 4).value > here.value
    with pytest.raises(FailedError, match=r"the edited model failed: .* no scenario of that name"):
        in_edited_model((), load, "no_such")


def test_parameters_and_columns_of_rules_are_those_of_the_model():
    """Every rule of the table can be taken out, or says why not; those of the claims can."""
    rules = (*TABLE, *CLAIM_RULES.values())
    assert all(name in Parameters._fields for rule in rules for name in rule.parameters)
    assert all(name in CASE.formats.dtype.names for rule in rules for name in rule.formats)
    assert all(name in CASE.plan.dtype.names for rule in rules for name in rule.plan)
    assert all(bool(rule.change) != bool(rule.reason) for rule in rules if rule is not ALL_RULES)
    assert not any(rule.reason or rule.edits for rule in CLAIM_RULES.values())


@pytest.mark.slow
def test_drawn_cases_are_predicted_without_a_rule():
    scores = predicted_cases(Rule("calm", "no climate", {"temper": 0.0}), 4, [load_case("cases/wgig")])
    assert 0.0 < scores.consensus < 1.0
    assert scores.sure_and_failed <= scores.sure <= 1
