"""The calibration, and the reports on levers and patterns."""

import csv
from importlib import resources

import numpy as np
import pytest

from negsim.negotiation.parameters import Parameters, about
from negsim.report.progress import followed
from negsim.study.estimates import Estimate
from research import calibration
from research.levers import LEVERS_2011
from research.patterns import agrees, catalogue
from research.reports import levers_report, patterns_report


def test_defaults_lie_in_their_ranges():
    for name, known in about().items():
        assert known.low <= Parameters._field_defaults[name] <= known.high


def test_the_package_lists_the_targets_and_patterns():
    text = (resources.files("negsim") / "report" / "odd" / "patterns.csv").read_text(encoding="utf-8")
    remedy = "run: python -m research patterns --list --out src/negsim/report/odd/patterns.csv"
    assert [tuple(row) for row in csv.reader(text.splitlines())][1:] == catalogue(), remedy


def test_the_calibrated_parameters_say_so():
    assert {name for name, known in about().items() if known.standing == "calibrated"} == set(calibration.CALIBRATED)


@pytest.mark.slow
def test_the_defaults_meet_every_target_on_replications_not_used_to_choose():
    checks = calibration.check(replications=1500)
    assert [check.target for check in checks if not check.holds] == []


@pytest.mark.slow
def test_a_search_is_the_same_search_again_and_prefers_what_meets_the_targets():
    trail = list(calibration.search(hypercube=3, climb=2, replications=5))
    assert trail == list(calibration.search(hypercube=3, climb=2, replications=5))
    assert calibration.best(trail).distance == min(point.distance for point in trail)
    low, high = calibration.ranges()
    assert all((low <= np.array(point.values)).all() and (np.array(point.values) <= high).all() for point in trail)


@pytest.mark.slow
def test_reports_name_every_contrast_and_lever(tmp_path):
    text = followed(patterns_report(20, 1, tmp_path / "patterns.csv"))
    assert "emergent" in text
    assert "calibrated" in text
    assert len((tmp_path / "patterns.csv").read_text(encoding="utf-8").splitlines()) == text.count("expected") + 1
    levers = followed(levers_report(20, 1, tmp_path / "levers.csv"))
    assert all(name in levers for name in LEVERS_2011)


def test_a_pattern_holds_only_if_its_whole_interval_lies_on_the_expected_side():
    assert agrees(Estimate(0.2, 0.1, 0.3, 9), "+")
    assert not agrees(Estimate(0.2, -0.1, 0.5, 9), "+")
    assert agrees(Estimate(-0.2, -0.3, -0.1, 9), "-")
    assert agrees(Estimate(0.0, 0.0, 0.0, 9), "0")
    assert not agrees(Estimate(0.2, 0.1, 0.3, 9), "0")
