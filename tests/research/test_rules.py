"""Rules taken out one at a time: a rule changes what it names and no more."""

import numpy as np
import pytest

from negsim.cases import load, load_case
from negsim.negotiation.parameters import Parameters
from research import rules
from research.calibration import FIRST, SEARCHED, case_of
from research.rules import ALL_RULES, CLAIM_RULES, TABLE, Rule, markdown, predicted_cases, run_without

CASE = case_of(FIRST, ())
RUNNABLE = [rule for rule in (*TABLE, *CLAIM_RULES.values()) if rule.can_be_run]


@pytest.mark.parametrize("rule", RUNNABLE, ids=lambda rule: rule.name)
def test_a_rule_taken_out_changes_what_it_names_and_nothing_else(rule):
    without = rule.out_of(CASE)
    for name in CASE._fields:
        before, after = getattr(CASE, name), getattr(without, name)
        if before.dtype.names is None:
            assert np.array_equal(before, after, equal_nan=before.dtype.kind == "f"), name
            continue
        changed = {column for column in before.dtype.names if before[column].tobytes() != after[column].tobytes()}
        allowed = {"parameters": set(rule.parameters), "formats": set(rule.formats), "seats": {"caucus"}}
        assert changed <= allowed.get(name, set())
        if name in {"parameters", "formats"}:
            assert changed == allowed[name] or not changed


def test_all_rules_are_the_runs_themselves():
    runs = run_without(ALL_RULES, load(FIRST), replications=6, seed=3)
    plain = rules.run_case(CASE, replications=6, seed=3)
    assert runs.results.runs.tobytes() == plain.runs.tobytes()


def test_a_rule_that_this_form_does_not_have_is_named_and_never_run():
    rule = Rule("ghost", "nothing", {"ghost": 1.0}, {"spirit": 1})
    assert rule.missing == ["ghost", "spirit"]
    assert not rule.can_be_run
    with pytest.raises(KeyError, match="has no ghost, spirit"):
        rule.out_of(CASE)


def test_parameters_of_rules_are_of_the_second_form():
    """Every rule of the table can be taken out, or says why not."""
    assert all(rule.can_be_run or rule.reason for rule in TABLE)
    assert all(rule.can_be_run for rule in CLAIM_RULES.values())
    assert all(name in Parameters._fields for rule in TABLE for name in rule.parameters)


@pytest.mark.slow
def test_drawn_cases_are_predicted_without_a_rule():
    scores = predicted_cases(Rule("calm", "no climate", {"temper": 0.0}), 4, [load_case("cases/wgig")])
    assert 0.0 < scores.consensus < 1.0
    assert scores.sure_and_failed <= scores.sure <= 1


@pytest.mark.slow
def test_the_table_has_a_row_a_rule(monkeypatch):
    monkeypatch.setattr(rules, "TIMED", 2)
    monkeypatch.setattr(rules, "TABLE", (ALL_RULES, rules.GOSSIP, TABLE[4]))
    monkeypatch.setattr(rules, "builtin_cases", lambda: ["cases/wgig"])
    steps = rules.rows(replications=3, case_replications=2)
    done = []
    while True:
        try:
            done.append(next(steps))
        except StopIteration as end:
            table = end.value
            break
    assert (
        [step[2] for step in done] == [row.rule.name for row in table] == ["all rules", "R3 gossip", "R4 unknown pen"]
    )
    assert set(table[0].means) == set(SEARCHED)
    assert min(table[0].speed) > 0.0
    page = markdown(table, 3, 2)
    assert page.count("\n| ") == 4
    assert "the trial's row" in page
