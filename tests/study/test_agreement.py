import math
from pathlib import Path

import numpy as np
import pytest

from answers import negsim
from negsim.cases import builtin_cases, load_case, loads_case
from negsim.errors import NegsimError
from negsim.report.comparisons import agreement_text
from negsim.study.agreement import _alpha as agreement_of
from negsim.study.agreement import agreement, pairs_of

CASES = Path(__file__).parents[2] / "scenarios" / "cases"


def pair(n, first, second):
    return tuple(_coded(n, codes) for codes in (first, second))


def _coded(n, codes):
    entries = "".join(f"  {name}: {{code: {word}, quote: q, confidence: low}}\n" for name, word in codes.items())
    return loads_case(f"case: 1\ntitle: Case {n}\ncodes:\n{entries}", f"case_{n}")


def alpha_of(code, first, second, **options):
    pairs = [pair(n, {code: one}, {code: other}) for n, (one, other) in enumerate(zip(first, second, strict=True))]
    found = agreement(pairs, resamples=200, **options)
    return next(one for one in found.codes if one.code == code)


def test_coders_who_agree_have_alpha_one():
    found = agreement([(load_case(name),) * 2 for name in builtin_cases()], resamples=50)
    assert found.overall.value == pytest.approx(1)
    assert found.differences == []
    assert all(math.isnan(code.alpha.value) or code.alpha.value == pytest.approx(1) for code in found.codes)


def test_nominal_alpha_is_the_textbook_one():
    # Krippendorff (2011), Computing Krippendorff's alpha-reliability, example A: two observers, binary, alpha .095
    first = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    second = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    words = ("none", "provided")
    found = alpha_of("dissent_record", [words[i] for i in first], [words[i] for i in second])
    assert found.alpha.value == pytest.approx(0.095, abs=5e-4)
    assert (found.alpha.observations, found.equal, found.missing) == (10, 6, 0)


@pytest.mark.parametrize(("ordered", "alpha"), [(False, 0.743), (True, 0.815)])
def test_alpha_with_missing_answers_is_the_textbook_one(ordered, alpha):
    # Krippendorff (2011), Computing Krippendorff's alpha-reliability, example C: four observers, five values
    rows = ("12332141 2...", "123322412 5.3", ".33323422 51.", "123324412 51.")
    units = np.array([[math.nan if word == "." else float(word) for word in row.replace(" ", "")] for row in rows])
    assert agreement_of(units, ordered) == pytest.approx(alpha, abs=5e-4)


def test_ordinal_alpha_forgives_a_step_more_than_two():
    first = ["low", "medium", "high", "low", "medium", "high"]
    near = alpha_of("tension", first, ["medium", "medium", "high", "low", "medium", "high"])
    far = alpha_of("tension", first, ["high", "medium", "high", "low", "medium", "high"])
    assert far.alpha.value < near.alpha.value < 1


def test_the_interval_holds_the_estimate_and_follows_the_seed():
    first = ["low", "medium", "high", "low", "medium", "high", "low", "high"]
    second = ["low", "medium", "medium", "low", "high", "high", "low", "high"]
    one, same, other = (alpha_of("trust", first, second, seed=seed).alpha for seed in (1, 1, 2))
    assert one.low <= one.value <= one.high
    assert one == same != other


def test_what_one_left_unknown_is_missing_and_counted():
    found = alpha_of("trust", ["low", "unknown", "high", "medium"], ["low", "high", "high", "medium"])
    assert (found.alpha.observations, found.missing) == (3, 1)
    assert found.alpha.value == pytest.approx(1)


def test_a_single_answer_of_both_counts_in_the_interval_of_all():
    found = agreement(
        [pair(1, {"trust": "low"}, {"trust": "high"}), pair(2, {"trust": "unknown"}, {"trust": "unknown"})],
        resamples=50,
    )
    assert found.overall[:4] == (0.0, -0.5, 0.0, 1)  # of one case, and of twice the same


def test_differences_name_case_and_question():
    found = agreement([pair(1, {"trust": "low"}, {"trust": "high", "tension": "low"})], resamples=10)
    assert [(one.question, one.first, one.second) for one in found.differences] == [
        ("tension", None, "low"),
        ("trust", "low", "high"),
    ]
    assert math.isnan(next(code.alpha.value for code in found.codes if code.code == "tension"))


def test_files_are_matched_by_name(tmp_path):
    (tmp_path / "wgig.yaml").write_text((CASES / "wgig.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "own.yaml").write_text("case: 1\ntitle: Own\n", encoding="utf-8")
    pairs, alone = pairs_of(CASES, tmp_path)
    assert [first.name for first, _ in pairs] == ["wgig"]
    assert "own.yaml" in alone
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NegsimError, match="no case file of the same name"):
        pairs_of(CASES, empty)


def test_agree_prints_a_table():
    done = negsim("case", "agree", CASES / "wgig.yaml", CASES / "wgigf1.yaml")
    assert done.exit_code == 0
    assert "in all" in done.stdout
    assert "answers that differ" in done.stdout


def test_one_case_has_no_interval_and_several_have():
    cases = [load_case(CASES / f"{name}.yaml") for name in ("wgig", "wgigf1", "wcit12")]
    first, second = cases[:2]
    alone = agreement([(first, second)])
    assert math.isfinite(alone.overall.value)
    assert math.isnan(alone.overall.low)
    assert all(math.isnan(code.alpha.low) for code in alone.codes)
    assert "one case has no intervals" in agreement_text(alone)
    assert math.isfinite(agreement([(first, second), (second, first), (cases[2], first)]).overall.low)
