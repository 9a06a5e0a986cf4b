"""The protocol of the validation, on fewer replications."""

import csv

import pytest

from negsim.cases import builtin_cases, load_case
from negsim.report.progress import followed
from negsim.study.validation import MODEL, in_sample
from research.validation import IN_SAMPLE, protocol_report


@pytest.mark.slow
def test_the_protocol_covers_every_built_in_case_and_scores_the_model_in_sample_too(tmp_path):
    text = followed(protocol_report(tmp_path / "out", replications=4, neighbourhood=False))
    cases = [load_case(name) for name in builtin_cases()]
    assert f"Retrodiction of {len(cases)} cases of 8 families" in text
    assert "Without the family cstd" in text
    with (tmp_path / "out" / "predictions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    both = [{row["case"]: row["consensus"] for row in rows if row["forecaster"] == name} for name in (MODEL, IN_SAMPLE)]
    assert set(both[0]) == {case.name for case in cases}
    assert all(both[0][case.name] == both[1][case.name] for case in cases if not in_sample(case))
    assert len(list((tmp_path / "out").glob("*.png"))) == 3
