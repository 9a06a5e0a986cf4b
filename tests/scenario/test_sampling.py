"""What is uncertain: drawn by address, put in like any change, the same in every face."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from negsim.cases import load, loads
from negsim.cli import app
from negsim.errors import NegsimError, ScenarioError
from negsim.negotiation.measures import matrix
from negsim.negotiation.parameters import Parameters, about
from negsim.negotiation.runs import replicate, watch
from negsim.report.progress import sweep
from negsim.scenario import dump_yaml, with_changes
from negsim.scenario.ensembles import members
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import Sampler, sample
from negsim.study.runner import run
from negsim.study.schema import loads_study

SMALL = (Path(__file__).parents[1] / "data" / "small.yaml").read_text(encoding="utf-8")
FIRMS = "{seats: 2, position: {scope: 0.7}}"
OPEN = """
uncertain:
  trust.across: {uniform: [0.2, 0.6]}
  meetings.count: {integers: [1, 4]}
  methodology: {one_of: [rolling_text, straw_poll]}
  seats: {split: 12}
  shape: {either: [{context.tension: low, context.stakes: high}, {context.tension: high, context.stakes: low}]}
"""


def opened(text=OPEN):
    return loads(SMALL + text)


def draws(scenario, get, count=400, seed=5):
    return [get(sample(scenario, seed, r)) for r in range(count)]


def test_a_drawn_scenario_is_certain_and_differs_by_replication():
    scenario = opened()
    some = [sample(scenario, 1, r) for r in range(20)]
    assert all(not one.uncertain for one in some)
    assert len({dump_yaml(one) for one in some}) > 10
    assert sample(scenario, 1, 3) == some[3]
    assert sample(scenario, 2, 3) != some[3]


def test_every_value_of_a_distribution_is_equally_likely():
    scenario, count = opened(), 400
    meetings = draws(scenario, lambda one: len(one.process.meetings))
    assert set(meetings) == {1, 2, 3, 4}
    for m in range(1, 5):
        assert abs(meetings.count(m) / count - 0.25) < 4 * np.sqrt(0.25 * 0.75 / count)
    trust = draws(scenario, lambda one: one.trust.across)
    assert min(trust) >= 0.2
    assert max(trust) <= 0.6
    assert abs(np.mean(trust) - 0.4) < 4 * 0.4 / np.sqrt(12 * count)


def test_values_drawn_together_stay_together():
    pairs = set(draws(opened(), lambda one: (one.context.tension, one.context.stakes), 50))
    assert pairs == {(0.2, 1.4), (0.8, 0.7)}


def test_a_split_keeps_the_total_and_a_seat_for_each():
    sizes = draws(opened(), lambda one: tuple(group.seats for group in one.groups.values()), 200)
    assert {sum(size) for size in sizes} == {12}
    assert min(min(size) for size in sizes) >= 1
    assert len(set(sizes)) > 5


def test_one_more_uncertain_value_moves_no_other_draw():
    less = opened("\nuncertain: {trust.across: {uniform: [0.2, 0.6]}}\n")
    assert draws(less, lambda one: one.trust.across, 20) == draws(opened(), lambda one: one.trust.across, 20)


def test_what_a_person_sets_counts_whatever_is_drawn():
    changes = ("meetings.count=3", "trust.across=0.55", "context.stakes=1.1", "methodology=rolling_text")
    certain = sample(with_changes(opened(), changes), 1, 2)
    assert len(certain.process.meetings) == 3
    assert (certain.trust.across, certain.context.stakes) == (0.55, 1.1)
    agenda = [[item.format for item in meeting.agenda] for meeting in certain.process.meetings]
    assert agenda == [["questionnaire", "rolling_text"], ["rolling_text"], ["rolling_text"]]


def test_uncertain_scenarios_go_through_yaml():
    assert loads(dump_yaml(opened())) == opened()


def test_chunks_and_threads_draw_the_same():
    scenario = opened()
    whole = matrix(run(scenario, replications=30, seed=9, threads=1).results.runs)
    parts = [run(scenario, replications=15, seed=9, first=first, threads=2) for first in (0, 15)]
    np.testing.assert_array_equal(whole, np.concatenate([matrix(part.results.runs) for part in parts]))
    alone = watch(lower(sample(scenario, 9, 17)), seed=9, replication=17).results.runs
    np.testing.assert_array_equal(whole[17], matrix(alone)[0])


def test_a_sweep_draws_the_same(tmp_path):
    file = tmp_path / "open.yaml"
    file.write_text(SMALL + OPEN, encoding="utf-8")
    study = loads_study(f"scenario: {file}\nvary: {{context.tension: [low]}}\nreplications: 12\nseed: 9\n")
    found = sweep(study, tmp_path / "results").frame()
    runs = run(load(file, changes=["context.tension=low"]), replications=12, seed=9)
    np.testing.assert_array_equal(found["share_agreed"], runs.column("share_agreed"))


def test_lowering_what_is_uncertain_is_refused():
    with pytest.raises(NegsimError, match=r"trust\.across.* are uncertain; `drawn\("):
        lower(opened())


# ------------------------------------------------------------------------------------------- ensembles


def test_a_replication_takes_its_member():
    scenario = load("cstd_wgigf_2011", changes=["uncertain.parameters=plausible"])
    known = members("plausible")
    for r in (0, 1, len(known)):
        parameters = sample(scenario, 3, r).parameters.model_dump()
        assert {name: parameters[name] for name in known[0]} == known[r % len(known)]
    tables = list(Sampler(scenario, 3).cases(0, 3))
    slow = [lower(sample(scenario, 3, r)) for r in range(3)]
    for (case, first, count), other in zip(tables, slow, strict=True):
        one, same = (replicate(room, 3, first, count).runs for room in (case, other))
        np.testing.assert_array_equal(matrix(one), matrix(same))


def test_a_parameter_that_is_set_is_not_drawn():
    one = load("cstd_wgigf_2011", changes=["uncertain.parameters=plausible", "parameters.goodwill=0.5"])
    assert sample(one, 3, 4).parameters.goodwill == 0.5
    default = Parameters().goodwill
    again = load("cstd_wgigf_2011", changes=["uncertain.parameters=plausible", f"parameters.goodwill={default}"])
    assert sample(again, 3, 4).parameters.goodwill == default
    assert sample(again, 3, 4).parameters.hope == members("plausible")[4]["hope"]


def test_members_lie_in_the_ranges():
    for name in ("plausible", "prior"):
        for member in members(name):
            assert all(about()[key].low <= value <= about()[key].high for key, value in member.items())


def test_the_command_line_runs_over_an_ensemble():
    few = ["run", "cstd_wgigf_2011", "--replications", "4", "--parameters"]
    told = CliRunner().invoke(app, [*few, "plausible"])
    assert told.exit_code == 0
    assert "drawn anew for every replication: parameters" in told.stdout
    refused = CliRunner().invoke(app, [*few, "plausable"])
    assert refused.exit_code == 2
    assert 'did you mean "plausible"?' in refused.stderr


# --------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("trust.across: {one_of: [0.2, hihg]}", '"hihg" is not a number or a word for it; did you mean "high"?'),
        ("trust.across: {uniform: [0.6, 0.2]}", "is not a range"),
        ("trust.across: {uniform: [0.6, 2]}", "out of range"),
        ("trust.acros: {one_of: [0.2]}", 'unknown key; did you mean "across"?'),
        ("meetings.count: {integers: [0, 2]}", "0 is not a number of meetings"),
        ("meetings.count: {integers: [1, 2.5]}", "is not a range"),
        ("trust.across: {one_of: []}", "is empty"),
        ("trust.across: {one_off: [1]}", 'unknown key; did you mean "one_of"?'),
        ("trust.across: 0.4", "is not a distribution"),
        ("seats: {split: 1000000}", "out of range"),
        ("seats: {one_of: [12]}", "there is no such path"),
        ("trust.across: {split: 12}", "split is for seats"),
        ("trust.across: plausible", "an ensemble is for parameters"),
        ("shape: {either: [{trust.across: 7}]}", "out of range"),
        ("shape: {either: [low]}", "is not a set of changes"),
        ("shape: {either: [{uncertain.parameters: plausible}]}", "what is drawn has to be certain"),
        ("uncertain: {one_of: [{parameters: plausible}]}", "what is drawn has to be certain"),
        ("groups.states.seats: {uniform: [3, 5]}", "is not a whole number"),
        ("groups: {one_of: [{firms: {seats: 2}}]}", "groups.firms.position: is missing"),
        (f"groups: {{one_of: [{{firms: {FIRMS}, states: {FIRMS}}}]}}", "other groups cannot be drawn"),
    ],
)
def test_bad_distributions_are_told_with_their_place(written, message):
    with pytest.raises(ScenarioError) as error:
        opened(f"\nuncertain:\n  {written}\n")
    problem = error.value.problems[0]
    assert message in problem.message
    assert problem.path.startswith("uncertain")
    assert problem.where.line == SMALL.count("\n") + 3
