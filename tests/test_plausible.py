"""The plausible ensemble: the sampler on a known posterior, the targets of a parameter set, patterns over members."""

import numpy as np
import pytest

from negsim.negotiation.parameters import Parameters
from negsim.study import members as over_members
from negsim.study import plausible
from negsim.study.evidence import CALIBRATED, TARGETS, ranges
from negsim.study.plausible import Particle, Verdict, away, judge
from negsim.tell.ensembles import _shares

LOW, HIGH = ranges()
DEFAULTS = tuple(getattr(Parameters(), name) for name in CALIBRATED)


def finished(steps):
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value


def share_of_range(values):
    return (np.array(values) - LOW) / (HIGH - LOW)


def test_the_prior_covers_every_range_evenly():
    points = share_of_range(plausible.prior(50))
    for column in points.T:
        assert sorted((column * 50).astype(int)) == list(range(50))


def test_the_sampler_finds_a_region_and_is_uniform_in_it(monkeypatch):
    """The targets are met where the first parameter lies in the upper fifth of its range: the rest stays uniform."""

    def distance(values, *, most, replications, seed):  # noqa: ARG001
        outside = max(0.0, 0.8 - share_of_range(values)[0])
        return outside if outside <= most else np.inf

    monkeypatch.setattr(plausible, "away", distance)
    generations = list(plausible.generations(first=400, particles=150))
    assert [particle.distance for particle in generations[-1]] == [0.0] * 150
    distances = [generation[-1].distance for generation in generations]
    assert distances == sorted(distances, reverse=True)
    values = share_of_range([particle.values for particle in generations[-1]])
    weights = np.array([particle.weight for particle in generations[-1]])
    assert weights.sum() == pytest.approx(1.0)
    assert values.min() >= 0.0
    assert values.max() <= 1.0
    effective = 1 / (weights**2).sum()
    assert effective > 40
    means = weights @ values
    assert abs(means[0] - 0.9) < 4 * 0.2 / np.sqrt(12 * effective)
    for mean in means[1:]:
        assert abs(mean - 0.5) < 4 / np.sqrt(12 * effective)


def test_a_set_far_away_is_given_up_early():
    hopeless = tuple(HIGH[:1]) + tuple(LOW[1:2]) + DEFAULTS[2:]
    assert away(hopeless, most=0.01, replications=20, seed=1) == np.inf
    assert np.isfinite(away(hopeless, most=np.inf, replications=20, seed=1))


def test_the_defaults_meet_every_target():
    verdict = judge(DEFAULTS, replications=400, seed=3)
    assert verdict.holds
    assert len(verdict.observed) == len(TARGETS)
    assert verdict.moving >= plausible.LEAST_MOVING


def test_members_are_particles_that_passed():
    last = [Particle(1, (float(i),) * 6, 0.0, 0.1) for i in range(10)]
    screened = [Verdict(particle.values, (), 4, i % 2 == 0) for i, particle in enumerate(last)]
    chosen = plausible.members(last, screened, count=3)
    assert len(set(chosen)) == 3
    assert all(values[0] % 2 == 0 for values in chosen)
    assert len(plausible.members(last, screened, count=100)) == 5


def test_patterns_are_judged_member_by_member(monkeypatch):
    monkeypatch.setattr(over_members, "members", lambda _: (dict(zip(CALIBRATED, DEFAULTS, strict=True)),) * 2)
    monkeypatch.setattr(over_members, "PATTERNS", over_members.PATTERNS[:2])
    found = finished(over_members.holdings("plausible", replications=8))
    assert {one.standing for one in found} == {"calibrated", "emergent"}
    assert all(one.share.observations == 2 and one.share.value in (0.0, 1.0) for one in found)
    assert any("rolling_text" in line for line in _shares("plausible", 8, found))
