"""The plausible ensemble: history matching on a known region, and the targets of a parameter set."""

import numpy as np
import pytest

from negsim.negotiation.parameters import Parameters
from negsim.report.progress import followed
from research import calibration, ensemble
from research.calibration import CALIBRATED, SEARCHED, TARGETS, Point, ranges
from research.ensemble import VARIED, Judgement, candidates, emulator, judge, mixture, outside, plausible_report, waves

LOW, HIGH = ranges(VARIED)
DEFAULTS = tuple(Parameters._field_defaults[name] for name in VARIED)


def share_of_range(values):
    return (np.array(values) - LOW) / (HIGH - LOW)


def test_the_prior_covers_every_range_evenly():
    points = share_of_range(ensemble.prior(50))
    for column in points.T:
        assert sorted((column * 50).astype(int)) == list(range(50))


def in_a_band(points, width=0.15):
    """Points whose targets are all met where the first parameter lies near the middle of its range, whatever the rest.

    The mean of a target is its middle there, and leaves its range outside.
    """
    for values in points:
        off = (share_of_range(values)[0] - 0.5) / width
        means = []
        for target in SEARCHED:
            low, high = target.clear
            low, high = max(low, 0.02), min(high, 0.98)
            logit = np.log(np.array([low, high]) / (1 - np.array([low, high])))
            end = logit[1] if target.high < 1.0 else logit[0]
            other = logit[0] if target.high < 1.0 else logit[1]
            middle = (end + other) / 2
            means.append(1 / (1 + np.exp(-(middle + off**2 * (end - middle)))))
        distance = sum(target.distance(mean) for target, mean in zip(SEARCHED, means, strict=True))
        yield Point("", tuple(map(float, values)), tuple(means), 0.0 if abs(off) < 1 else max(distance, 1e-6))


def test_the_emulator_recovers_what_is_quadratic():
    trail = list(in_a_band(ensemble.prior(240)))
    emulates = emulator(trail)
    others = list(in_a_band(ensemble.prior(50, seed=9)))
    near = [point for point in others if abs(share_of_range(point.values)[0] - 0.5) < 0.15]
    assert near
    assert (emulates.misses(np.array([point.values for point in near])) <= ensemble.ERRORS).all()
    assert emulates.errors.shape == (len(SEARCHED),)


@pytest.mark.deep
def test_waves_close_in_on_the_region_and_leave_the_rest_free():
    trail = list(waves(points=240, wave=200, run=in_a_band))
    met = {stage: np.mean([p.meets for p in trail if p.stage == stage]) for stage in ("wave 0", "wave 3")}
    assert met["wave 3"] > 2 * met["wave 0"]
    kept = share_of_range(candidates(trail))
    assert (abs(kept[:, 0] - 0.5) <= 0.15).all()
    for column in kept[:, 1:].T:
        assert abs(column.mean() - 0.5) < 0.1
        assert abs(column.std() - 1 / np.sqrt(12)) < 0.06


@pytest.mark.slow
def test_the_defaults_meet_every_target():
    judgement = judge(DEFAULTS, replications=400, seed=3)
    assert judgement.holds
    assert len(judgement.means) == len(TARGETS)
    assert judgement.moving >= ensemble.LEAST_MOVING


def test_members_are_sets_that_passed():
    screening = [Judgement((float(i),) * len(VARIED), {}, 4, holds=True, clear=i != 3) for i in range(5)]
    chosen = ensemble.members(screening, count=3)
    assert len(set(chosen)) == 3
    assert (3.0,) * len(VARIED) not in chosen
    assert len(ensemble.members(screening)) == 4


def test_a_point_lies_in_the_hull_of_others_or_not():
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert mixture(np.array([0.3, 0.3]), corners) == pytest.approx([0.4, 0.3, 0.3])
    assert mixture(np.array([0.6, 0.6]), corners) is None


def test_members_hold_the_defaults_between_them_and_what_they_leave_outside_is_named():
    rng = np.random.default_rng(3)
    points = np.array(ensemble.prior(300))
    points[:, ensemble.SEARCHED_AT] = calibration.DEFAULTS + rng.normal(0.0, 0.001, (300, len(CALIBRATED)))
    screening = [Judgement(tuple(point), {}, 4, holds=True, clear=True) for point in points]
    chosen = ensemble.members(screening, count=100)
    assert len(set(chosen)) == 100
    assert outside(chosen) == []
    lowest = [tuple(LOW[n] if n == 0 else value for n, value in enumerate(point)) for point in chosen]
    assert outside(lowest) == [VARIED[0]]
    assert set(outside(ensemble.prior(20))) >= set(CALIBRATED)


@pytest.mark.slow
@pytest.mark.deep
def test_an_ensemble_has_every_parameter(tmp_path, monkeypatch):
    monkeypatch.setattr(ensemble, "candidates", lambda trail: [point.values for point in trail[:3]])
    monkeypatch.setattr(ensemble, "members", lambda screening: [one.values for one in screening])
    text = followed(plausible_report(tmp_path / "ensembles", points=2, replications=2))
    assert "3 members" in text
    for name in ("plausible", "prior"):
        header = (tmp_path / "ensembles" / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == list(VARIED)
