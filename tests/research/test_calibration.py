"""The calibration: its search, its targets and their margins."""

import csv
from pathlib import Path

import numpy as np
import pytest

from negsim.negotiation.parameters import Parameters
from negsim.scenario import load
from negsim.scenario.lowering import lower
from negsim.study import runner
from research import calibration
from research.calibration import PROCESSES, SEARCHED, Target

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_defaults_meet_every_target():
    """On replications that were not used to choose."""
    assert [check.target for check in calibration.check(replications=500) if not check.holds] == []


def test_the_odd_description_lists_the_targets():
    text = (ROOT / "src/negsim/report/odd/targets.csv").read_text(encoding="utf-8")
    rows = [[target.process, f"`{target.measure}`", target.range] for target in calibration.TARGETS]
    assert list(csv.reader(text.splitlines())) == [["process", "measure", "wanted"], *rows]


def test_no_parameter_with_a_source_is_at_an_end_of_its_range():
    low, high = calibration.ranges(calibration.SOURCED)
    defaults = [Parameters._field_defaults[name] for name in calibration.SOURCED]
    assert ((low < defaults) & (defaults < high)).all()


@pytest.mark.slow
def test_a_search_is_the_same_search_again_and_prefers_what_meets_the_targets(monkeypatch):
    monkeypatch.setattr(calibration, "ROUND", 2)
    trail = list(calibration.search(points=5, replications=3))
    monkeypatch.setattr(runner, "default_threads", lambda: 1)
    again = list(calibration.search(points=5, replications=3))
    assert [point.values for point in trail] == [point.values for point in again]
    np.testing.assert_array_equal([point.means for point in trail], [point.means for point in again])
    assert [point.stage for point in trail] == ["start", *["hypercube"] * 3, "climb"]
    assert calibration.best(trail).distance == min(point.distance for point in trail)
    low, high = calibration.ranges()
    assert all((low <= np.array(point.values)).all() and (np.array(point.values) <= high).all() for point in trail)


def test_a_target_keeps_a_margin_clear_at_ends_that_are_not_ends_of_the_scale():
    target = Target("p", "m", 0.2, 0.9)
    assert target.clear == pytest.approx((0.235, 0.865))
    assert target.distance(0.2) == pytest.approx(0.035)
    assert target.holds(0.2)
    assert Target("p", "m", 0.0, 0.4).clear == pytest.approx((0.0, 0.38))
    assert Target("p", "m", 0.7, 1.0).clear == pytest.approx((0.715, 1.0))
    assert target.distance(float("nan")) == pytest.approx(0.7)


def test_every_target_has_its_process_and_the_protocol_its_range():
    text = (ROOT / "research" / "docs" / "evidence_protocol.md").read_text(encoding="utf-8")
    for target in SEARCHED:
        load(PROCESSES[target.process][0], changes=PROCESSES[target.process][1])
        low, high = (f"{end:.4f}".rstrip("0").rstrip(".").removeprefix("0") or "0" for end in target.clear)
        assert f"| {low} - {high} |" in text, target


def test_incompatible_mandates_differ_from_the_real_ones_in_three_positions_only():
    cases = [
        lower(
            load(
                *PROCESSES[f"{which} mandates, thirteen days"][:1],
                changes=PROCESSES[f"{which} mandates, thirteen days"][1],
            )
        )
        for which in ("real", "incompatible")
    ]
    assert cases[0].plan.tobytes() == cases[1].plan.tobytes()
    differ = cases[0].stances["position"] != cases[1].stances["position"]
    assert not differ[:, 1:].any()
    assert differ[:, 0].sum() == 22 + 5 + 5 - 1  # all but India, who has a position of its own
    assert int(cases[0].plan["meeting"].max()) + 1 == 4
