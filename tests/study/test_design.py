"""Sensitivity as it is told: what cannot be is remarked, and a method brings its own design."""

from types import SimpleNamespace

import numpy as np
import pytest

from negsim.errors import NegsimError
from negsim.report.comparisons import sensitivity_text
from negsim.study.estimates import Estimate
from negsim.study.schema import USUAL_POINTS, Sampled, loads_study
from negsim.study.sensitivity import Index, doubts, sensitivity

RANGE = "scenario: classroom\nvary: {context.tension: {between: [0.1, 0.9]}}\nreplications: 2\n"
REMARK = "too few points (16), or hardly any variance"


def shares(*estimates):
    names = ("first_order", "total_order")
    return [Index("a", name, Estimate(*found, 16)) for name, found in zip(names, estimates, strict=True)]


@pytest.mark.parametrize(
    ("estimate", "told"),
    [((4.1, 3.9, 4.3), True), ((0.5, -0.2, 1.1), True), ((0.9, 0.6, 1.2), False), ((1.01, 0.99, 1.03), False)],
)
def test_an_index_that_cannot_be_is_remarked_and_kept(estimate, told):
    found = shares(estimate, estimate)
    beyond = "the interval of what a explains alone passes 1, which no share can: take more points"
    assert (beyond in doubts(found)) is (estimate[2] > 1.0)
    assert any(REMARK in doubt for doubt in doubts(found)) is told
    text = sensitivity_text(found, "saltelli", "depth")
    assert (REMARK in text) is told
    assert f"{estimate[0]:.2f} [{estimate[1]:.2f}, {estimate[2]:.2f}]" in text


def test_the_strongest_factor_stands_alone_where_no_other_is_as_strong():
    other = [one._replace(factor="b") for one in shares((0.1, 0.05, 0.15), (0.1, 0.05, 0.15))]
    found = [*shares((0.8, 0.7, 0.9), (0.9, 0.8, 1.0)), *other]
    assert "depends most on a.\n" in sensitivity_text(found, "saltelli", "depth") + "\n"


def test_factors_have_the_names_of_the_other_screens_where_these_differ():
    paths = ("trust.across", "groups.firms.red_lines.scope.max", "process.chair.pressure")
    found = [one._replace(factor=path) for path in paths for one in shares((0.8, 0.7, 0.9), (0.9, 0.8, 1.0))]
    text = sensitivity_text(found, "saltelli", "depth")
    assert all(name in text for name in ("trust across groups ", "firms: upper red line on scope ", "chair pressure "))
    assert not any(path in text for path in paths)
    alike = [one._replace(factor=one.factor.replace("trust.across", "chair.pressure")) for one in found]
    assert "process.chair.pressure" in sensitivity_text(alike, "saltelli", "depth")


def test_the_interval_of_a_total_order_may_pass_one():
    assert not any(doubts(shares((0.9, 0.8, 1.0), (0.9, 0.7, 1.02))))


def test_a_factor_cannot_explain_more_alone_than_with_its_interactions():
    found = shares((0.6, 0.5, 0.7), (0.5, 0.4, 0.6))
    (doubt,) = doubts(found)
    assert doubt in sensitivity_text(found, "saltelli", "depth")
    assert "a seems to explain more alone (0.60) than with its interactions (0.50)" in doubt
    assert not any(doubts(shares((0.6, 0.5, 0.7), (0.6, 0.5, 0.7))))


def test_a_mean_of_sizes_is_not_below_0():
    study = loads_study(RANGE, sampled=Sampled("morris", 4))  # four steps, of which one is felt
    means = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
    _, size, spread = sensitivity(SimpleNamespace(study=study, folder="r", means=lambda _: means), "depth")
    assert (size.name, spread.name) == ("mu_star", "sigma")
    assert size.estimate.low == 0.0 < size.estimate.value < size.estimate.high
    assert size.estimate.observations == 4
    assert np.isnan(spread.estimate[1:3]).all()


def test_a_method_brings_the_design_that_a_study_does_not_have():
    with pytest.raises(NegsimError, match="a range in a factorial design"):
        loads_study(RANGE)
    assert loads_study(RANGE, sampled=Sampled("saltelli", 8)).points == 8
    study = loads_study(RANGE, sampled=Sampled("morris"))
    assert (study.design, study.points) == ("morris", USUAL_POINTS)
    study = loads_study(f"{RANGE}design: sobol\npoints: 16\n", sampled=Sampled(points=32))
    assert (study.design, study.points) == ("sobol", 32)
    written = f"{RANGE}design: sobol\npoints: 16\n"
    assert loads_study(written, sampled=Sampled("saltelli")).points == 16
