"""Retrodiction: scores by hand, rules that learn from other families only, a validation end to end."""

import math
from dataclasses import replace

import numpy as np
import pytest

from answers import negsim, table_of
from negsim.cases import builtin_cases, load_case, scenario_of
from negsim.negotiation.tables import Outcome
from negsim.report.progress import followed
from negsim.report.validation import account
from negsim.study import validation
from negsim.study.validation import (
    MODEL_RULE,
    OFF_RULE,
    POOLED_RULE,
    Precedent,
    area_under_curve,
    brier,
    category,
    ensemble_for,
    log_score,
    over_families,
    pools,
    ranked_probability,
    shares,
    standard_error,
    validate,
    weight_of_the_base,
)

CASES = [load_case(name) for name in builtin_cases()]
FEW = [case for case in CASES if case.name in {"wgigf1", "wgigf2", "gge15", "gge17", "wcit12"}]


@pytest.fixture(scope="module")
def few():
    return followed(validate(FEW, CASES, replications=12))


@pytest.fixture
def _quick(monkeypatch):
    monkeypatch.setitem(validate.__kwdefaults__, "replications", 4)


def precedent(name="x", family="f", days=5.0, dissent="none", happened=2):
    return Precedent(name, family, days, dissent, happened)


@pytest.mark.parametrize(
    ("prediction", "happened", "score"),
    [
        ((0, 0, 1), 2, 0.0),
        ((1, 0, 0), 2, 1.0),
        ((0, 1, 0), 2, 0.5),
        ((0.5, 0, 0.5), 0, 0.25),
        ((0.2, 0.3, 0.5), 1, 0.145),
    ],
)
def test_the_ranked_probability_score_by_hand(prediction, happened, score):
    assert ranked_probability(np.array(prediction, float), happened) == pytest.approx(score)


def test_the_ranked_probability_score_is_proper():
    truth = np.array([0.2, 0.3, 0.5])

    def expected(prediction):
        return sum(p * ranked_probability(prediction, c) for c, p in enumerate(truth))

    rng = np.random.default_rng(1)
    assert all(expected(truth) <= expected(other) for other in rng.dirichlet(np.ones(3), 200))


def test_brier_and_log_scores_by_hand():
    prediction = np.array([0.1, 0.2, 0.7])
    assert brier(prediction, 2) == pytest.approx(0.09)
    assert brier(prediction, 1) == pytest.approx(0.49)
    assert log_score(prediction, 1) == pytest.approx(-math.log(0.2))


def test_intervals_are_those_of_the_bootstrap_of_families():
    assert over_families(np.array([0.0, 1.0]), ["f", "g"])[:3] == (0.5, 0.0, 1.0)
    values = np.array([0.0, 0.0, 0.0, 1.0])
    alone, together = over_families(values, "abcd"), over_families(values, "aaab")
    assert alone.value == together.value == 0.25
    assert together.high - together.low > alone.high - alone.low


def test_the_standard_error_by_hand():
    values = np.array([0.0, 1.0, 2.0, 3.0])
    assert standard_error(values, "abcd") == pytest.approx(values.std(ddof=1) / 2)
    assert standard_error(values, "aabb") == pytest.approx(math.sqrt(2 * (2**2 + 2**2)) / 4)


def test_likelier_and_less_likely_cases_are_told_apart_or_not():
    reached = np.array([1.0, 1.0, 0.0, 0.0])
    assert area_under_curve(np.array([0.9, 0.8, 0.2, 0.1]), reached) == 1.0
    assert area_under_curve(np.array([0.5, 0.5, 0.5, 0.5]), reached) == 0.5
    assert area_under_curve(np.array([0.1, 0.2, 0.8, 0.9]), reached) == 0.0
    assert np.isnan(area_under_curve(np.array([0.1, 0.2]), np.ones(2)))
    two, one = (validation.area_over_families(np.array([0.9, 0.3, 0.5, 0.1]), reached, f) for f in ("abab", "aaaa"))
    assert two.low <= two.value < two.high
    assert np.isnan(one.low)
    area = validation.area_over_families(np.array([0.9, 0.3, 0.5, 0.1]), reached, "abcd")
    assert area.low <= area.value == 0.75 <= area.high


def test_a_model_that_is_too_sure_is_pooled_with_the_base_rate():
    sure, base = np.tile([0.01, 0.01, 0.98], (4, 1)), np.tile([0.4, 0.1, 0.5], (4, 1))
    assert weight_of_the_base(sure, base, [2, 2, 2, 2]) == 0.0
    assert weight_of_the_base(sure, base, [0, 0, 2, 0]) == 1.0
    assert 0.0 < weight_of_the_base(sure, base, [2, 2, 2, 0]) < 1.0


def test_the_pool_of_a_case_learns_nothing_from_its_family():
    model = np.array([[0.01, 0.01, 0.98], [0.01, 0.01, 0.98], [0.3, 0.3, 0.4]])

    def of_the_last(happened):
        cases = [
            precedent("a", "f", happened=0),
            precedent("b", "g", happened=2),
            precedent("c", "h", happened=happened),
        ]
        mixed, weights = pools(model, cases, cases)
        return mixed[2].tolist(), weights[2], weights[0]

    assert of_the_last(0)[:2] == of_the_last(2)[:2]
    assert of_the_last(0)[2] != of_the_last(2)[2]


def test_a_rule_sees_other_families_only():
    own, other = precedent("a", "f", happened=0), precedent("b", "g", happened=2)
    assert validation.others(own, [own, precedent("c", "f"), other]) == [other]
    assert validation.base_rate(own, [other]).tolist() == pytest.approx([0.5 / 2.5, 0.5 / 2.5, 1.5 / 2.5])


def test_recorded_dissent_looks_at_like_cases_only():
    like, unlike = precedent(dissent="provided", happened=2), precedent(dissent="none", happened=0)
    assert validation.recorded_dissent(like, [like, unlike])[2] == pytest.approx(0.6)
    assert validation.recorded_dissent(unlike, [like, unlike])[0] == pytest.approx(0.6)


def test_days_that_tell_are_learned_and_unknown_ones_are_average():
    cases = [precedent(days=d, happened=2 if d > 5 else 0) for d in (1.0, 2.0, 3.0, 10.0, 20.0, 30.0)]
    chances = [validation.number_of_days(precedent(days=d), cases)[2] for d in (1.0, math.nan, 30.0)]
    assert chances[0] < 0.2 < chances[1] < 0.8 < chances[2]
    for d in (1.0, math.nan):
        assert validation.number_of_days(precedent(days=d), cases).sum() == pytest.approx(1.0)


def test_the_calibrated_family_is_predicted_with_the_prior():
    assert {case.name: ensemble_for(case) for case in FEW} == {
        "wgigf1": "prior", "wgigf2": "prior", "gge15": "plausible", "gge17": "plausible", "wcit12": "plausible",
    }  # fmt: skip


def test_a_prediction_does_not_see_the_outcome(few):
    case = next(case for case in CASES if case.name == "gge17")
    assert scenario_of(replace(case, outcome=None)) == scenario_of(case)
    again = validation.predicted(validation.under(replace(case, outcome=None), "plausible"), replications=12)
    place = [one.name for one in few.cases].index("gge17")
    assert few.predictions[MODEL_RULE][place].tolist() == again.tolist()


def test_every_forecaster_gives_shares(few):
    assert {MODEL_RULE, POOLED_RULE, OFF_RULE, *validation.FORECAST_RULES} <= set(few.predictions)
    for table in few.predictions.values():
        assert table.sum(axis=1) == pytest.approx(np.ones(len(FEW)))
        assert (table > 0).all()


def test_a_model_that_sees_how_each_case_ends_is_beaten_by_few_permutations_and_a_perfect_one_often(few):
    sharp = np.full((len(FEW), 3), 0.01)
    sharp[np.arange(len(FEW)), few.happened] = 0.98
    seer = replace(few, predictions=few.predictions | {MODEL_RULE: sharp})
    same = few.happened
    chance = math.prod(math.factorial(same.count(c)) for c in set(same)) / math.factorial(len(same))
    assert seer.rank_among_permutations() == pytest.approx(chance, abs=0.02)
    assert seer.chance_of_a_perfect_model() > 0.95


def test_the_account_names_every_case_and_rival(few):
    text = "\n".join(account(few))
    assert all(name in text for name in (*few.forecasters, *(case.name for case in FEW)))
    assert "retrodiction" in text.lower()
    assert "Mean chance of consensus" in text
    assert "area under the curve" in text
    assert f"w {few.weights.min():.2f}" in text


@pytest.mark.usefixtures("_quick")
def test_the_command_takes_files_from_anywhere(tmp_path):
    text = negsim("show", "cases/gge17").stdout
    (tmp_path / "elsewhere.yaml").write_text(text.replace("family: un_cyber", "family: other"), encoding="utf-8")
    done = negsim("case", "validate", tmp_path, "--no-steps", "--out", tmp_path / "found")
    assert done.exit_code == 0, done.stderr
    assert "elsewhere" in done.stdout
    assert {row["case"] for row in table_of(tmp_path / "found" / "predictions.csv")} == {"elsewhere"}
    assert (tmp_path / "found" / "predictions.png").stat().st_size > 10_000


@pytest.mark.usefixtures("_quick")
def test_a_folder_leaves_out_what_has_no_outcome_and_says_so(tmp_path):
    text = negsim("show", "cases/gge17").stdout
    (tmp_path / "known.yml").write_text(text, encoding="utf-8")
    (tmp_path / "open.yaml").write_text("case: 1\ntitle: Not over yet\n", encoding="utf-8")
    done = negsim("case", "validate", tmp_path, "--no-steps")
    assert done.exit_code == 0, done.stderr
    assert f"{tmp_path / 'open.yaml'}: has no outcome; it is left out" in done.stderr
    assert "Retrodiction of 1 case" in done.stdout
    (tmp_path / "known.yml").unlink()
    none = negsim("case", "validate", tmp_path)
    assert (none.exit_code, "open: has no outcome" in none.stderr) == (2, True)


def test_a_forecast_learns_from_cases_of_other_families_alone():
    case = next(case for case in CASES if case.name == "gge17")
    consensus = np.full(9, float(Outcome.CONSENSUS))
    raw, mixed = validation.forecast(case, consensus, CASES)
    ends = [category(other.outcome.code) for other in CASES if other.family != "un_cyber"]
    base = shares(np.bincount(ends, minlength=3).astype(float))
    assert raw.tolist() == pytest.approx([0.5 / 10.5, 0.5 / 10.5, 9.5 / 10.5])
    assert mixed.tolist() == pytest.approx(((raw + base) / 2).tolist())
