"""The protocol of the validation, on fewer replications."""

import re

import numpy as np
import pytest

from answers import table_of
from negsim.cases import builtin_cases, load_case
from negsim.report.progress import followed
from negsim.scenario import load
from negsim.study.validation import FORECAST_RULES, MODEL_RULE, Validation, in_sample, others, precedent_of
from research import rival
from research.validation import (
    CODED,
    IN_SAMPLE,
    SETS,
    by_adoption,
    case_table,
    coded,
    coded_open,
    pool_report,
    protocol_report,
    with_rivals,
)


@pytest.mark.slow
def test_the_protocol_covers_every_built_in_case_and_scores_the_model_in_sample_too(tmp_path):
    text = followed(protocol_report(tmp_path / "out", replications=4, neighbourhood=False))
    cases = [load_case(name) for name in builtin_cases()]
    assert f"Retrodiction of {len(cases)} cases of 8 families" in text
    assert "Without the family cstd" in text
    rows = table_of(tmp_path / "out" / "predictions.csv")
    both = [
        {row["case"]: row["consensus"] for row in rows if row["forecaster"] == name} for name in (MODEL_RULE, IN_SAMPLE)
    ]
    assert set(both[0]) == {case.name for case in cases}
    assert all(both[0][case.name] == both[1][case.name] for case in cases if not in_sample(case))
    assert len(list((tmp_path / "out").glob("*.png"))) == 3


def test_the_74_are_cases_with_outcomes_of_which_the_codebook_makes_scenarios():
    files = sorted(CODED.glob("*.yaml"))
    assert len(files) == 74
    for file in files:
        load(file)
    ends = [case.outcome.code for case in coded()]
    assert (ends.count("consensus"), ends.count("partial")) == (47, 17)


def test_codes_that_may_follow_the_outcome_are_taken_out_and_no_others():
    for case, other in zip(coded(), coded_open(), strict=True):
        changed = {name for name in case.codes if case.codes[name].known != other.codes[name].known}
        assert changed == {name for name in ("distance", "trust") if case.codes[name].known is not None}


@pytest.mark.parametrize("name", ["coded", "coded_open"])
def test_what_is_weak_about_the_74_stands_below_their_scores(name, monkeypatch):
    chosen = SETS[name]
    monkeypatch.setitem(SETS, name, chosen._replace(cases=lambda: chosen.cases()[:2]))
    text = followed(protocol_report(name=name, replications=2, neighbourhood=False))
    assert "**Not blind.**" in text
    assert "standard errors go by family" in text


def test_the_pool_of_both_sets_is_scored_on_each_beside_the_base_rate(monkeypatch):
    for name in ("built_in", "coded"):
        chosen = SETS[name]
        monkeypatch.setitem(SETS, name, chosen._replace(cases=lambda chosen=chosen: chosen.cases()[:3]))
    lines = followed(pool_report(replications=4)).splitlines()
    assert lines[0].startswith("w ")
    tables = [lines[2:6], lines[7:11]]
    assert [table[0].split("  ")[0] for table in tables] == [SETS[name].title for name in ("built_in", "coded")]
    for table in tables:
        rows = [[float(part.split(" [")[0]) for part in re.split(r"\s{2,}", row.strip())[1:]] for row in table[1:]]
        assert rows[2] == pytest.approx(np.subtract(rows[0], rows[1]), abs=0.02)


def validation_of(cases, chance):
    """A validation whose model gives every case the same chance of consensus, and `partial` the rest."""
    of = tuple(precedent_of(case) for case in cases)
    model = np.tile([0.01, 0.99 - chance, chance], (len(cases), 1))
    base = np.array([FORECAST_RULES["base rate"](case, others(case, of)) for case in of])
    return Validation(tuple(cases), of, of, 9, {MODEL_RULE: model, "base rate": base}, np.zeros(len(cases)), {})


def test_the_table_of_cases_counts_calls_and_failures_and_sets_shares_beside_what_happened():
    result = with_rivals(validation_of(coded(), 0.96))
    assert {rival.RIVAL, rival.SUM} <= set(result.predictions)
    assert all(table.sum(axis=1) == pytest.approx(np.ones(74)) for table in result.predictions.values())
    lines = list(case_table(result))
    assert [line.split("  ")[0] for line in lines[1:5]] == [MODEL_RULE, rival.RIVAL, rival.SUM, "base rate"]
    assert lines[1].endswith("74 (27)")
    assert "0.500" in lines[1]  # its area: it tells no cases apart
    groups = by_adoption(result)
    assert sorted(n for cases in groups.values() for n in cases) == list(range(74))

    happened = [line.split()[1:] for line in lines if line.startswith("  happened")]
    parts = groups["bodies that adopt in parts"]
    ends = np.bincount(np.array(result.happened)[parts], minlength=3) / len(parts)
    assert happened[0] == [f"{share:.2f}" for share in ends]
