"""The plausible ensemble: the sampler on a known posterior, the targets of a parameter set, patterns over members."""

import numpy as np

from negsim.negotiation.parameters import Parameters
from negsim.report.ensembles import _shares
from negsim.scenario.ensembles import members
from negsim.study import members as over_members
from negsim.study import plausible
from negsim.study.evidence import CALIBRATED, TARGETS, ranges
from negsim.study.plausible import Verdict, chain, judge, kept

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


def test_chains_are_uniform_in_the_region_that_meets_the_targets():
    """Met is what lies within a fifth of the range of the default of the first parameter; the others are free."""
    middle = share_of_range(DEFAULTS)[0]

    def inside(values):
        return abs(share_of_range(values)[0] - middle) < 0.2

    walks = [kept(list(chain(c, draws=3000, inside=inside)), draws=3000, burn_in=100, thin=1) for c in range(2)]
    values = share_of_range([one for walk in walks for one in walk])
    assert values.min() >= 0.0
    assert values.max() <= 1.0
    low, high = max(0.0, middle - 0.2), middle + 0.2
    assert abs(values[:, 0].mean() - (low + high) / 2) < 0.04
    assert abs(values[:, 0].std() - (high - low) / np.sqrt(12)) < 0.02
    for column in values[:, 1:].T:
        assert abs(column.mean() - 0.5) < 0.1
        assert abs(column.std() - 1 / np.sqrt(12)) < 0.06


def test_a_chain_that_meets_nothing_stays_where_it_is():
    visits = list(chain(0, draws=10, inside=lambda _: False))
    assert not any(visit.met for visit in visits)
    assert kept(visits, draws=10, burn_in=0, thin=1) == [DEFAULTS] * 10


def test_a_chain_does_not_depend_on_the_others():
    first = [visit.values for visit in chain(3, draws=5, inside=lambda _: True)]
    assert first == [visit.values for visit in chain(3, draws=5, inside=lambda _: True)]
    assert first != [visit.values for visit in chain(4, draws=5, inside=lambda _: True)]


def test_sets_far_away_do_not_meet_the_targets():
    assert plausible.meets(tuple(members("plausible")[0].values()))
    assert not plausible.meets(tuple(HIGH[:1]) + tuple(LOW[1:2]) + DEFAULTS[2:], replications=20)


def test_the_defaults_meet_every_target():
    verdict = judge(DEFAULTS, replications=400, seed=3)
    assert verdict.holds
    assert len(verdict.observed) == len(TARGETS)
    assert verdict.moving >= plausible.LEAST_MOVING


def test_members_are_different_sets_that_passed():
    sets = [(float(i // 2),) * 6 for i in range(10)]
    screened = [Verdict(values, (), 4, holds=True, clear=values[0] != 3.0) for values in sets]
    chosen = plausible.members(sets, screened, count=3)
    assert len(set(chosen)) == 3
    assert (3.0,) * 6 not in chosen
    assert len(plausible.members(sets, screened)) == 4


def test_patterns_are_judged_member_by_member(monkeypatch):
    monkeypatch.setattr(over_members, "members", lambda _: (dict(zip(CALIBRATED, DEFAULTS, strict=True)),) * 2)
    monkeypatch.setattr(over_members, "PATTERNS", over_members.PATTERNS[:2])
    found = finished(over_members.holdings("plausible", replications=8))
    assert {one.standing for one in found} == {"calibrated", "emergent"}
    assert all(one.share.observations == 2 and one.share.value in (0.0, 1.0) for one in found)
    assert any("rolling_text" in line for line in _shares("plausible", 8, found))
