"""The built-in cases, the calibration and the patterns."""

import math
from pathlib import Path

import numpy as np
import pytest

from negsim.cases import load, loads, unsourced
from negsim.negotiation.parameters import Parameters, about
from negsim.report.demo import study_of
from negsim.report.findings import levers_report, patterns_report
from negsim.report.progress import followed
from negsim.scenario import dump_yaml, names
from negsim.study import evidence
from negsim.study.estimates import Estimate, difference, mean, share, survival
from negsim.study.patterns import agrees
from negsim.study.schema import load_study

CASES = ("classroom", "cstd_wgigf_2011", "cstd_wgigf_2012", "netmundial_2014", "wgig_2005")
STUDY = Path(__file__).parent.parent / "experiments" / "three_factors" / "study.yaml"


def test_the_built_in_cases_are_found():
    assert set(CASES) <= set(names())


@pytest.mark.parametrize("name", CASES)
def test_every_number_of_a_built_in_case_has_its_source(name):
    assert unsourced(name) == []


@pytest.mark.parametrize("name", CASES)
def test_a_resolved_case_reads_back_equal(name):
    case = load(name)
    assert loads(dump_yaml(case)) == case


def test_both_phases_have_the_same_people():
    first, second = load("cstd_wgigf_2011"), load("cstd_wgigf_2012")
    for part in ("issues", "groups", "delegates", "trust", "camps"):
        assert getattr(first, part) == getattr(second, part)
    assert first.process != second.process


def test_defaults_lie_in_their_ranges():
    for name, known in about().items():
        assert known.low <= Parameters._field_defaults[name] <= known.high


def test_the_calibrated_parameters_say_so():
    assert {name for name, known in about().items() if known.standing == "calibrated"} == set(evidence.CALIBRATED)


@pytest.mark.slow
def test_the_defaults_meet_every_target_on_replications_not_used_to_choose():
    checks = evidence.check(replications=1500)
    assert [check.target for check in checks if not check.holds] == []


@pytest.mark.slow
def test_a_search_is_the_same_search_again_and_prefers_what_meets_the_targets():
    trail = list(evidence.search(hypercube=3, climb=2, replications=5))
    assert trail == list(evidence.search(hypercube=3, climb=2, replications=5))
    assert evidence.chosen(trail).distance == min(point.distance for point in trail)
    low, high = evidence.ranges()
    assert all((low <= np.array(point.values)).all() and (np.array(point.values) <= high).all() for point in trail)


def test_the_study_file_says_what_the_demonstration_runs():
    file, shown = load_study(STUDY), study_of(200)
    assert shown == file.model_copy(update={"title": shown.title, "question": shown.question})


@pytest.mark.slow
def test_reports_name_every_contrast_and_lever(tmp_path):
    text = followed(patterns_report(20, 1, tmp_path / "patterns.csv"))
    assert "emergent" in text
    assert "calibrated" in text
    assert len((tmp_path / "patterns.csv").read_text(encoding="utf-8").splitlines()) == text.count("expected") + 1
    levers = followed(levers_report(20, 1, tmp_path / "levers.csv"))
    assert all(name in levers for name in evidence.LEVERS_2011)


def test_a_pattern_holds_only_if_its_whole_interval_lies_on_the_expected_side():
    assert agrees(Estimate(0.2, 0.1, 0.3, 9), "+")
    assert not agrees(Estimate(0.2, -0.1, 0.5, 9), "+")
    assert agrees(Estimate(-0.2, -0.3, -0.1, 9), "-")
    assert agrees(Estimate(0.0, 0.0, 0.0, 9), "0")
    assert not agrees(Estimate(0.2, 0.1, 0.3, 9), "0")


def test_estimates_against_known_values():
    one = share(np.array([1.0] * 15 + [0.0] * 5))
    assert (one.low, one.high) == pytest.approx((0.531, 0.888), abs=1e-3)  # Wilson 1927, 15 of 20
    two = mean(np.array([1.0, 2.0, 3.0, math.nan]))
    assert two.value == 2.0
    assert two.high == pytest.approx(2.0 + 4.302653 / math.sqrt(3.0), abs=1e-5)
    assert mean(np.array([1.0, math.inf]))[0] == math.inf
    assert difference(np.array([2.0, 3.0]), np.array([1.0, 2.0])).value == 1.0
    with pytest.raises(ValueError, match="not pairs"):
        difference(np.ones(2), np.ones(3))


def test_survival_is_kaplan_and_meiers():
    found = survival(np.array([1, 2, 2, 3, 4, 5.0]), np.array([1, 1, 0, 0, 1, 0]), np.arange(6))
    assert found.hours.tolist() == [0, 1, 2, 3, 4, 5]
    assert found.left == pytest.approx([1, 5 / 6, 5 / 6 * 4 / 5, 2 / 3, 2 / 3 * 1 / 2, 1 / 3])
    log = np.log(-np.log(5 / 6))  # Greenwood's interval on the log-log scale after the first
    half = 1.959964 * np.sqrt(1 / (6 * 5)) / abs(np.log(5 / 6))
    assert (found.low[1], found.high[1]) == pytest.approx((np.exp(-np.exp(log + half)), np.exp(-np.exp(log - half))))


def test_runs_that_share_their_draws_do_not_narrow_the_interval_of_survival():
    draws = np.random.default_rng(1)
    hours, ended, numbers = draws.exponential(10.0, 300), draws.integers(0, 2, 300), np.arange(300)
    once = survival(hours, ended, numbers)
    pooled = survival(np.repeat(hours, 4), np.repeat(ended, 4), np.repeat(numbers, 4))
    assert pooled.hours == pytest.approx(once.hours)
    assert pooled.left == pytest.approx(once.left)
    middle = np.flatnonzero((once.left > 0.2) & (once.left < 0.8))
    assert (pooled.high - pooled.low)[middle].mean() == pytest.approx((once.high - once.low)[middle].mean(), rel=0.1)


@pytest.mark.parametrize(("ended", "left"), [([0, 0], [1, 1, 1]), ([1, 1], [1, 0.5, 0])])
def test_survival_may_end_with_all_or_none(ended, left):
    assert survival(np.array([1.0, 2.0]), np.array(ended), np.arange(2)).left.tolist() == left
