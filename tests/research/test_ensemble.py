"""The plausible ensemble: the sampler on a known posterior, the targets of a parameter set, patterns over members."""

import numpy as np
import pytest

from negsim.errors import FailedError
from negsim.report.progress import followed
from negsim.scenario.ensembles import members
from research import ensemble, patterns
from research.calibration import CALIBRATED, DEFAULTS, TARGETS, ranges
from research.ensemble import Judgement, chain, judge, stops
from research.reports import holdings_report, plausible_report

LOW, HIGH = ranges()


def share_of_range(values):
    return (np.array(values) - LOW) / (HIGH - LOW)


def test_the_prior_covers_every_range_evenly():
    points = share_of_range(ensemble.prior(50))
    for column in points.T:
        assert sorted((column * 50).astype(int)) == list(range(50))


def test_chains_are_uniform_in_the_region_that_meets_the_targets():
    """Met is what lies within a fifth of the range of the default of the first parameter; the others are free."""
    middle = share_of_range(DEFAULTS)[0]

    def inside(values):
        return abs(share_of_range(values)[0] - middle) < 0.2

    walks = [stops(list(chain(c, draws=3000, inside=inside)), draws=3000, burn_in=100, thin=1) for c in range(2)]
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
    assert stops(visits, draws=10, burn_in=0, thin=1) == [DEFAULTS] * 10


def test_a_chain_does_not_depend_on_the_others():
    first = [visit.values for visit in chain(3, draws=5, inside=lambda _: True)]
    assert first == [visit.values for visit in chain(3, draws=5, inside=lambda _: True)]
    assert first != [visit.values for visit in chain(4, draws=5, inside=lambda _: True)]


def test_sets_far_away_do_not_meet_the_targets():
    assert ensemble.meets(tuple(members("plausible")[0].values()))
    assert not ensemble.meets(tuple(HIGH[:1]) + tuple(LOW[1:2]) + DEFAULTS[2:], replications=20)


def test_the_defaults_meet_every_target():
    judgement = judge(DEFAULTS, replications=400, seed=3)
    assert judgement.holds
    assert len(judgement.means) == len(TARGETS)
    assert judgement.moving >= ensemble.LEAST_MOVING


def test_members_are_different_sets_that_passed():
    sets = [(float(i // 2),) * 6 for i in range(10)]
    screening = [Judgement(values, {}, 4, holds=True, clear=values[0] != 3.0) for values in sets]
    chosen = ensemble.members(sets, screening, count=3)
    assert len(set(chosen)) == 3
    assert (3.0,) * 6 not in chosen
    assert len(ensemble.members(sets, screening)) == 4


def test_patterns_are_judged_member_by_member(monkeypatch):
    monkeypatch.setattr(patterns, "members", lambda _: (dict(zip(CALIBRATED, DEFAULTS, strict=True)),) * 2)
    monkeypatch.setattr(patterns, "PATTERNS", patterns.PATTERNS[:2])
    holdings = followed(patterns.holdings("plausible", replications=8))
    assert {one.standing for one in holdings} == {"calibrated", "emergent"}
    assert all(one.share.observations == 2 and one.share.value in (0.0, 1.0) for one in holdings)
    assert "rolling_text" in followed(holdings_report("plausible", 8, 1))


def test_an_ensemble_that_nothing_enters_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(ensemble, "CHAINS", 1)
    monkeypatch.setattr(ensemble, "members", lambda *_: [])
    monkeypatch.setitem(ensemble.chain.__kwdefaults__, "draws", 1)
    monkeypatch.setitem(ensemble.stops.__kwdefaults__, "draws", 1)
    with pytest.raises(FailedError, match="no set passes"):
        followed(plausible_report(tmp_path / "ensembles", replications=2))
    assert not list(tmp_path.iterdir())
