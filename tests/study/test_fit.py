"""Fits: planted values lie inside the ensemble, the text names what is not constrained, and an ensemble can be run."""

import numpy as np
import pytest

from answers import negsim, table_of
from negsim.errors import NegsimError
from negsim.report.discoveries import fit_text
from negsim.scenario import load
from negsim.scenario.ensembles import read_change
from negsim.scenario.sampling import draws, sample
from negsim.study.fit import fit
from negsim.study.schema import loads_study
from sweeps import SMALL, made_up, swept

STUDY = f"""
scenario: {SMALL}
vary:
  trust.across: {{between: [0, 1]}}
  context.tension: {{between: [0, 1]}}
  process.chair.pressure: {{between: [0, 1]}}
  methodology: [chair_text, rolling_text, straw_poll]
design: latin_hypercube
points: 300
replications: 20
measures: [share_agreed, depth]
"""
TRUST, LEVEL = 0.3, "rolling_text"  # planted


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory):
    """Runs whose share agreed follows trust, and whose depth follows the methodology; nothing follows the chair."""
    deep = {"chair_text": 0.2, "rolling_text": 0.5, "straw_poll": 0.8}
    return made_up(
        STUDY,
        tmp_path_factory.mktemp("synthetic"),
        share_agreed=lambda cell, rng: cell["trust.across"] + 0.05 * rng.standard_normal(),
        depth=lambda cell, rng: deep[cell["methodology"]] + 0.05 * rng.standard_normal(),
        consensus=lambda _, rng: rng.random() < 0.5,
    )


def test_planted_values_lie_inside_the_ensemble_and_the_rest_is_not_constrained(synthetic):
    found = fit(synthetic, {"share_agreed": TRUST, "depth": 0.5, "consensus": 1})
    moved = {one.name: one for one in found.parameters if one.is_constrained}
    assert set(moved) == {"trust.across", "methodology"}
    low, middle, high = moved["trust.across"].after
    assert low < TRUST < high
    assert middle == pytest.approx(TRUST, abs=0.05)
    assert high - low < 0.4
    assert max(moved["methodology"].levels, key=lambda level: level[2])[0] == LEVEL
    assert np.mean([member["methodology"] == LEVEL for member in found.members]) > 0.9
    text = fit_text(found)
    assert "The data alone do not constrain tension and chair pressure." in text
    assert not found.far


def test_two_values_of_which_only_the_sum_is_seen_are_said_to_make_up_for_each_other(tmp_path):
    sums = made_up(STUDY, tmp_path, share_agreed=lambda cell, _: (cell["trust.across"] + cell["context.tension"]) / 2)
    found = fit(sums, {"share_agreed": 0.5})
    assert [pair[:2] for pair in found.together] == [("trust.across", "context.tension")]
    assert found.together[0][2] < -0.9
    assert "the two make up for each other" in fit_text(found)


@pytest.mark.parametrize(
    ("observed", "share", "why"),
    [
        ({}, 0.02, "nothing was observed"),
        ({"share_agred": 1}, 0.02, 'did you mean "share_agreed"'),
        ({"consensus": 0.5}, 0.02, "consensus was observed to be 0.5; write 0 or 1"),
        ({"depth": float("nan")}, 0.02, "write a number"),
        ({"depth": "0.5"}, 0.02, 'depth was observed to be "0.5"; write a number'),
        ({"share_agreed": 40}, 0.02, "share_agreed was observed to be 40; write a number from 0 to 1"),
        ({"depth": 0.5}, 1.5, "1.5 is not a share of the runs"),
    ],
)
def test_a_bad_observation_is_refused(synthetic, observed, share, why):
    with pytest.raises(NegsimError, match=why):
        fit(synthetic, observed, share=share)


def test_an_ensemble_that_was_written_draws_the_members_that_were_found(synthetic, tmp_path):
    found, file = fit(synthetic, {"share_agreed": TRUST}), tmp_path / "fitted.csv"
    found.write(file)
    scenario = load(str(SMALL), changes=[read_change(file)])
    assert scenario == load(str(SMALL), changes=[found.change])
    for replication in range(5):
        drawn = draws(scenario, 1, replication)["fitted"]
        assert drawn in found.members
        assert sample(scenario, 1, replication).trust.across == drawn["trust.across"]


@pytest.mark.deep
def test_draws_are_fitted_as_factors_are(tmp_path):
    study = loads_study(f"""
scenario: {SMALL}
changes: {{uncertain: {{trust.across: {{uniform: [0.05, 0.95]}}, context.tension: {{one_of: [low, high]}}}}}}
vary: {{process.chair.pressure: [0.1]}}
replications: 800
""")
    found = fit(swept(study, tmp_path / "r"), {"trust_across_end": 0.8})
    moved = {one.name for one in found.parameters if one.is_constrained}
    assert "drawn.trust.across" in moved
    assert all(set(member) == {"trust.across", "context.tension", "process.chair.pressure"} for member in found.members)


@pytest.mark.parametrize(("cells", "replications"), [(60, 9), (10, 50)])
def test_a_value_that_few_replications_draw_is_named_as_hardly_sampled(tmp_path, cells, replications):
    study = loads_study(f"""
scenario: {SMALL}
changes: {{uncertain: {{trust.across: {{uniform: [0.05, 0.95]}}}}}}
vary: {{process.chair.pressure: {{between: [0.1, 0.9]}}}}
design: latin_hypercube
points: {cells}
replications: {replications}
""")
    found = fit(swept(study, tmp_path / "r"), {"share_agreed": 0.5})
    assert len(set(found.values["drawn.trust.across"][0])) == replications
    assert found.hardly_sampled == (["drawn.trust.across"] if replications == 9 else [])
    said = "All cells share the draws of trust across groups, one for each replication: 9 values."
    assert (said in fit_text(found).replace("\n", " ")) is (replications == 9)


@pytest.mark.parametrize(
    "levels",
    [
        "uncertain.parameters: [plausible, prior]",
        "uncertain: [{trust.across: {uniform: [0.1, 0.5]}}, {trust.across: {uniform: [0.5, 0.9]}}]",
        "habits: {calibrated: {uncertain: {parameters: plausible}}, any: {uncertain: {parameters: prior}}}",
    ],
)
def test_values_that_cells_draw_differently_are_not_fitted(levels, tmp_path):
    """The same replication has another member of each ensemble: its number is no quantity, nor of the replication."""
    varied = made_up(f"scenario: {SMALL}\nvary: {{{levels}}}\nreplications: 300\n", tmp_path)
    name = levels.partition(":")[0]
    with pytest.raises(NegsimError, match=f"varies {name}, so that cells draw their values from different"):
        fit(varied, {"share_agreed": 0})


def test_the_command_writes_what_the_data_tell_the_ensemble_and_a_picture(synthetic, tmp_path):
    files = ("--out", str(tmp_path / "e.csv"), "--picture", str(tmp_path / "e.png"))
    done = negsim("study", "fit", str(synthetic.folder), "--observed", f"share_agreed={TRUST}", *files)
    assert done.exit_code == 0, done.output
    assert "come nearest to what was observed: share of issues agreed 30 %" in done.stdout
    assert len(table_of(tmp_path / "e.csv")) == 100
    assert negsim("study", "fit", str(synthetic.folder), "--observed", "share_agreed").exit_code == 2
    ran = negsim("run", str(SMALL), "--parameters", str(tmp_path / "e.csv"), "--replications", "10")
    assert f"changed: uncertain.fitted={tmp_path / 'e.csv'}" in ran.stdout
