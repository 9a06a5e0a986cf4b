"""The protocol of the validation, on fewer replications."""

import re

import numpy as np
import pytest

from answers import table_of
from negsim.cases import builtin_cases, load_case
from negsim.report.progress import followed
from negsim.scenario import load
from negsim.study.validation import MODEL_RULE, in_sample
from research.validation import CODED, IN_SAMPLE, SETS, coded, coded_open, pool_report, protocol_report


@pytest.mark.deep
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
