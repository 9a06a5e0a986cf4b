"""What is uncertain: drawn by address, put in like any change, the same in every face."""

from pathlib import Path

import numpy as np
import pytest

from negsim.cases import builtin_cases
from negsim.errors import NegsimError
from negsim.negotiation.measures import matrix
from negsim.negotiation.parameters import Parameters
from negsim.negotiation.runs import replicate, watch
from negsim.negotiation.tables import Case
from negsim.scenario import dump_yaml, load, loads, text_of, with_changes
from negsim.scenario.ensembles import members
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import Sampler, _dealt, check, paths_drawn, sample
from negsim.scenario.validate import read
from negsim.scenario.yaml import Document, parse, to_yaml
from negsim.study.runner import run

SMALL = (Path(__file__).parents[1] / "data" / "small.yaml").read_text(encoding="utf-8")
OPEN = """
uncertain:
  trust.across: {uniform: [0.2, 0.6]}
  meetings.count: {integers: [1, 4]}
  methodology: {one_of: [rolling_text, straw_poll]}
  seats: {split: 12}
  shape: {either: [{context.tension: low, trust.within: high}, {context.tension: high, trust.within: low}]}
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
    pairs = set(draws(opened(), lambda one: (one.context.tension, one.trust.within), 50))
    assert pairs == {(0.2, 0.7), (0.8, 0.35)}


def test_a_split_keeps_the_total_and_a_seat_for_each():
    sizes = draws(opened(), lambda one: tuple(group.seats for group in one.groups.values()), 200)
    assert {sum(size) for size in sizes} == {12}
    assert min(min(size) for size in sizes) >= 1
    assert len(set(sizes)) > 5


def test_one_more_uncertain_value_moves_no_other_draw():
    less = opened("\nuncertain: {trust.across: {uniform: [0.2, 0.6]}}\n")
    assert draws(less, lambda one: one.trust.across, 20) == draws(opened(), lambda one: one.trust.across, 20)


def test_what_a_person_sets_counts_whatever_is_drawn():
    changes = ("meetings.count=3", "trust.across=0.55", "trust.within=0.9", "methodology=rolling_text")
    certain = sample(with_changes(opened(), changes), 1, 2)
    assert len(certain.process.meetings) == 3
    assert (certain.trust.across, certain.trust.within) == (0.55, 0.9)
    agenda = [[item.format for item in meeting.agenda] for meeting in certain.process.meetings]
    assert agenda == [["questionnaire", "rolling_text"], ["rolling_text"], ["rolling_text"]]


def test_chunks_and_threads_draw_the_same():
    scenario = opened()
    whole = matrix(run(scenario, replications=30, seed=9, threads=1).results.runs)
    parts = [run(scenario, replications=15, seed=9, first=first, threads=2) for first in (0, 15)]
    np.testing.assert_array_equal(whole, np.concatenate([matrix(part.results.runs) for part in parts]))
    alone = watch(lower(sample(scenario, 9, 17)), seed=9, replication=17).results.runs
    np.testing.assert_array_equal(whole[17], matrix(alone)[0])


def test_lowering_what_is_uncertain_is_refused():
    with pytest.raises(NegsimError, match=r"still uncertain: .*trust\.across.*; `negsim\.sample\("):
        lower(opened())


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


def same_bits(one, other):
    tables = zip(Case._fields, one, other, strict=True)
    return [name for name, a, b in tables if (a.dtype, a.shape, a.tobytes()) != (b.dtype, b.shape, b.tobytes())]


def check_tables(scenario, count=25, seed=11):
    """Every replication has the tables of its sample, in one piece and in several."""
    whole = [case for case, _, of in Sampler(scenario, seed).cases(0, count) for _ in range(of)]
    last = [case for case, _, of in Sampler(scenario, seed).cases(count - 5, 5) for _ in range(of)]
    for r, one in enumerate(whole):
        assert same_bits(one, lower(sample(scenario, seed, r))) == [], r
        assert all(table.flags.c_contiguous for table in one)
    assert not any(same_bits(*both) for both in zip(whole[-5:], last, strict=True))


def test_the_tables_of_a_coded_case_are_those_of_its_samples():
    for name in builtin_cases():
        check_tables(load(name))


@pytest.mark.parametrize("name", ["cases/wgigf1", "cases/wgig", "cases/wcit12"])
def test_the_tables_are_those_of_the_samples_however_much_is_unknown(name, tmp_path):
    for facts in (["meetings", "days", "total_days", "gaps"], ["groups", "sides", "seats"], ["issues", "span"]):
        data = parse(text_of(name), name).data
        data["facts"] |= dict.fromkeys(facts, "unknown")
        data["codes"] |= dict.fromkeys(list(data["codes"])[len(facts) :], "unknown")
        file = tmp_path / "case.yaml"
        file.write_text(to_yaml(data), encoding="utf-8")
        scenario = load(file)
        assert scenario.uncertain
        check_tables(scenario)


FULL = load(Path(__file__).parents[1] / "data" / "full.yaml")


DRAWN = parse(Path(__file__).with_name("drawn.yaml").read_text(encoding="utf-8"), "drawn.yaml").data


def uncertain(scenario, drawn):
    document = Document("open", scenario.resolved() | {"uncertain": drawn}, {}, {}, [])
    return check(read(document), document)


def without_camps(scenario):
    data = scenario.resolved()
    data["camps"], data["basis"] = {}, {}
    data["delegates"] = [delegate | {"camp": None} for delegate in data["delegates"]]
    data["process"]["events"] = [event for event in data["process"]["events"] if "reaffirm" not in event]
    return loads(to_yaml(data))


CAMPLESS = without_camps(FULL)
DIVIDED = load(Path(__file__).parents[1] / "data" / "caucuses.yaml")


@pytest.mark.parametrize(
    ("scenario", "drawn"),
    [(FULL, ("parts", "seats")), (CAMPLESS, ("seats", "whole")), (DIVIDED, ("caucuses",))],
    ids=["full", "without camps", "with caucuses"],
)
def test_whatever_is_drawn_has_the_tables_of_its_samples(scenario, drawn):
    for key, how in [one for part in drawn for one in DRAWN[part].items()]:
        check_tables(uncertain(scenario, {key: how}), 12)


@pytest.mark.parametrize(("point", "more"), [(0.25, (2, 6)), (0.9, (7, 1)), (0.0, (0, 8))])
def test_a_split_deals_what_is_free_by_the_gaps_between_its_points(point, more):
    """Each group its gap, in the order of the groups, on top of the seats of its named delegates."""
    named = [delegate.group for delegate in CAMPLESS.delegates]
    least = [max(1, named.count(group)) for group in CAMPLESS.groups]
    dealt = tuple(seats + extra for seats, extra in zip(least, more, strict=True))
    assert _dealt(CAMPLESS, sum(least) + 8, [point]) == dealt


# --------------------------------------------------------------------------------------------- bad input


def test_the_paths_of_what_is_drawn_are_those_of_every_way():
    either = "context.tension: {uniform: [0, 1]}, ways: {either: [{meetings.count: 1}, {process.hours: 3}]}"
    scenario = loads(f"{SMALL}uncertain: {{{either}}}\n")
    assert list(paths_drawn(scenario)) == ["context.tension", "meetings.count", "process.hours"]
