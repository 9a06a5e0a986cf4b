"""Why: what failure lacks, the catalogue, the search for what would help, and the command."""

from functools import partial, reduce
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from answers import finished, negsim, table_of
from negsim.cast.methodologies import METHODOLOGIES
from negsim.errors import NegsimError
from negsim.files import MARKER
from negsim.negotiation.tables import Outcome, WhyOpen
from negsim.report import explanations
from negsim.scenario import dump_yaml, load, with_changes
from negsim.scenario.lowering import group_names
from negsim.scenario.sampling import sample
from negsim.scenario.yaml import value_at
from negsim.study import catalogue as catalogue_module
from negsim.study import interventions, runner, sequential
from negsim.study.catalogue import INTERVENTION_KINDS, candidates, catalogue
from negsim.study.estimates import Estimate, difference, share
from negsim.study.failure import Failure, failure
from negsim.study.runner import run
from negsim.study.sequential import Interim, level
from negsim.study.table import estimated

DATA = Path(__file__).parents[1] / "data"
SMALL, FULL, PLASTICS, LOCKED = (str(DATA / f"{name}.yaml") for name in ("small", "full", "plastics", "locked"))


def estimate(*numbers, runs=20):
    return Estimate(*numbers, runs)


def an_effect(intervention, change, **more):
    return interventions.Effect(intervention, {"consensus": change}, {"consensus": change}, **more)


def test_the_advice_names_the_runs_that_showed_nothing_and_prefers_fresh_ones():
    nothing, some = Estimate(0.0, -0.1, 0.1, 20, 0), estimate(0.3, 0.2, 0.4)
    first = next(iter(catalogue(load(SMALL))))
    assert "(no change in any of 20 runs)" in explanations._with_effect(an_effect(first, nothing), "consensus")
    assert "(+30 points [+20, +40])" in explanations._with_effect(an_effect(first, nothing, fresh=some), "consensus")


# ------------------------------------------------------------------------------------------------ changes


@pytest.mark.parametrize("name", ["cstd_wgigf_2011", "cstd_wgigf_2012", "classroom", "netmundial_2014", SMALL, FULL])
def test_every_single_change_fits_any_scenario_and_changes_it(name):
    scenario = load(name)
    every = catalogue(scenario)
    assert len(every) > 15
    assert len({one.name for one in every}) == len(every)
    for intervention in every:
        assert intervention.of(scenario).process != scenario.process or intervention.kind in {"setting", "people"}


@pytest.mark.parametrize(
    ("change", "there", "gone"),
    [
        ("process.chair.responsiveness=low", "chair: high responsiveness", ""),
        ("process.chair.responsiveness=high", "", "chair: high responsiveness"),
        ("process.chair.conservatism=low", "", "chair: low conservatism"),
        ("context.tension=high", "tension: medium", "tension: low"),
        ("trust.across=medium", "trust across groups: high", "trust across groups: medium"),
        (
            "uncertain={process.meetings.0.evenings: {one_of: [caucus, mixed]}}",
            "one more meeting",
            "no caucus in the evenings",
        ),
    ],
)
def test_a_change_is_offered_where_it_makes_things_better_by_a_step(change, there, gone):
    names = {one.name for one in catalogue(load("classroom", changes=[change]))}
    assert not there or there in names
    assert gone not in names


@pytest.mark.deep
@pytest.mark.parametrize("name", ["cases/gge17", "cases/ccwg_ws1"])
def test_every_single_change_fits_every_draw_of_a_case_whose_days_are_not_known(name):
    scenario = load(name)
    named = {one.name: one for one in catalogue(scenario)}
    assert not {"one more meeting", "one more day in each meeting", "no caucus in the evenings"} & set(named)
    for intervention in named.values():
        changed = intervention.of(scenario)
        assert all(sample(changed, 3, r).process.meetings for r in range(3))


def test_every_pair_of_changes_of_different_subjects_can_be_made():
    scenario = load(SMALL)
    for one, other in combinations(catalogue(scenario), 2):
        if one.subjects & other.subjects:
            with pytest.raises(ValueError, match="exclude each other"):
                one.and_(other)
        else:
            both = one.and_(other)
            assert both.parts == tuple(sorted((one, other), key=lambda part: part.name))
            assert both.of(scenario).process.meetings == other.and_(one).of(scenario).process.meetings


def test_ends_of_red_lines_of_one_group_are_lifted_together():
    scenario = load(FULL)
    named = {one.name: one for one in catalogue(scenario)}
    lower, upper, money = (
        named[f"states: no {end} red line on {issue}"]
        for end, issue in (("lower", "scope"), ("upper", "scope"), ("upper", "money"))
    )
    assert lower.and_(money).of(scenario).groups["states"].red_lines.keys() == {"scope"}
    assert lower.and_(money).of(scenario).groups["states"].red_lines["scope"].min is None
    assert upper.and_(lower).of(scenario).groups["states"].red_lines.keys() == {"money"}
    assert lower.and_(upper).and_(money).of(scenario).groups["states"].red_lines == {}
    own = candidates(scenario, {"bare": {"groups.states.red_lines": {}}})[0]
    assert own.excludes(lower)


def trials_of(**chances):
    """Trials of the catalogue whose 400 runs reach consensus this often, the same runs first."""
    named = {one.name.replace(" ", "_"): one for one in catalogue(load(SMALL))}
    return [
        interventions._Trial(named[name], *[reached] * 5, np.zeros((400, 1)))
        for name, chance in chances.items()
        for reached in [np.where(np.arange(400) < 400 * chance, 1.0, 0.0)]
    ]


def test_a_rival_stays_until_it_is_measurably_worse_and_is_unknown_until_the_difference_is_known():
    ordered = partial(sequential.orders, looks=4, reach=1.0)
    contest = interventions._contest(
        trials_of(one_more_meeting=0.6, one_more_day_in_each_meeting=0.59, dissent_may_be_recorded=0.4), ordered
    )
    names = [[one.intervention.name for one in some] for some in contest]
    assert names == [["one more meeting", "one more day in each meeting"], []]
    swapped = trials_of(one_more_meeting=0.5, one_more_day_in_each_meeting=0.5)
    swapped[1] = swapped[1]._replace(value=swapped[1].value[::-1])  # all runs differ, half each way
    assert [len(some) for some in interventions._contest(swapped, ordered)] == [2, 1]


def watched_runs(monkeypatch):
    """The (first, replications) that `why` asks for, in order, in a list that grows."""
    asked = []

    def watched(scenario, **options):
        asked.append((options.get("first", 0), options["replications"]))
        return run(scenario, **options)

    monkeypatch.setattr(interventions, "run", watched)
    return asked


@pytest.mark.usefixtures("pairs_at_most")
def test_a_search_looks_at_fixed_counts_and_recommends_by_fresh_replications(monkeypatch):
    asked, steps, scenario = watched_runs(monkeypatch), [], load("cstd_wgigf_2011")
    found = finished(interventions.why(scenario, replications=300, seed=1), steps)
    (interim,) = [step for step in steps if isinstance(step, Interim)]
    steps = [step for step in steps if step is not interim]
    assert steps[-1][0] == steps[-1][1] == sum(count for _, count in asked)
    assert {(0, 300), (0, 100), (100, 150), (250, 50), (300, 300)} <= set(asked)
    for effects in (found.singles, interim.answer.singles):
        shown = [effect.change.value for effect in effects]
        assert shown == sorted(shown, reverse=True)
    assert {one.change.observations for one in found.singles} <= {100, 250, 300}
    assert {one.change.observations for one in interim.answer.singles} == {100}
    base = run(scenario, replications=300, seed=1)
    assert found.base["consensus"].value == base.is_outcome(Outcome.CONSENSUS).mean()
    fresh_base = run(scenario, replications=300, seed=1, first=300).is_outcome(Outcome.CONSENSUS)
    leaders = {leader.effect.intervention.name: leader.effect for leader in found.leaders}
    assert [one.intervention.kind for one in leaders.values()].count("process") == 1
    best = {kind: max(one.change.value for one in found.singles if one.intervention.kind == kind)
            for kind in INTERVENTION_KINDS}  # fmt: skip
    assert {one.intervention.kind: one.change.value for one in leaders.values()} == best
    at = level(1, len(leaders.keys() | {one.effect.intervention.name for one in found.bundles}))
    for name, effect in leaders.items():
        reached = run(effect.intervention.of(scenario), replications=300, seed=1, first=300).is_outcome("consensus")
        assert effect.fresh == difference(reached, fresh_base, at), name
    fresh = {one.intervention.name for one in found.singles if one.fresh is not None}
    of_bundles = {
        part.name for one in found.bundles for part in (one.effect.intervention, *one.effect.intervention.parts)
    }
    assert leaders.keys() <= fresh <= leaders.keys() | of_bundles


@pytest.mark.usefixtures("pairs_at_most")
def test_exactly_so_many_replications_are_made_of_all(monkeypatch):
    asked = watched_runs(monkeypatch)
    found = finished(interventions.why(load(SMALL), replications=150, exactly=True))
    assert (0, 150) in asked
    assert {first for first, _ in asked} <= {0, 60, 150}
    assert {one.change.observations for one in found.singles} == {150}


@pytest.mark.usefixtures("pairs_at_most")
def test_the_same_seed_says_the_same_whatever_the_threads_and_chunks(monkeypatch):
    def said(threads):
        return explanations.effects_text(
            finished(interventions.why(load(SMALL), replications=250, threads=threads)), "s"
        )

    text = said(1)
    monkeypatch.setattr(runner, "_REPLICATIONS_AT_ONCE", 7)
    monkeypatch.setattr(runner, "_BRIEF_WORK", 1)
    assert said(2) == text


def test_what_cannot_be_told_apart_from_the_leader_is_named():
    one, other, *more = (trial.intervention for trial in trials_of(
        one_more_meeting=0.6, dissent_may_be_recorded=0.5, one_more_day_in_each_meeting=0.5,
        half_of_the_evenings_mixed=0.5, two_more_days_in_each_meeting=0.5, all_evenings_mixed=0.5,
    ))  # fmt: skip
    some = estimate(0.3, 0.2, 0.4)
    told = interventions.Leader(an_effect(one, some), ())
    assert explanations._best("The one", told, "consensus").endswith(
        "most is “one more meeting” (+30 points [+20, +40])."
    )
    named = explanations._best("The one", told._replace(rivals=(other,)), "consensus")
    assert named.endswith("[+20, +40]), from which “dissent may be recorded” cannot be told apart.")
    many = explanations._best("The one", told._replace(rivals=(other, *more)), "consensus")
    assert "and 2 others cannot be told apart" in many


@pytest.fixture
def pairs_at_most(monkeypatch):
    """Let bundles have two parts at most, since the search for larger ones has tests of its own."""
    monkeypatch.setattr(interventions, "MOST_PARTS", 2)


ALIKE = {  # a room that wants one text, has it on paper, and needs few to agree to it
    "groups.states.position.scope": [0.6, 0],
    "groups.firms.position.scope": 0.6,
    "process.text": {"scope": {"value": 0.6, "precision": 1}},
    "process.decision_rule": {"accept": 0.2},
    "methodology": "rolling_text",
}


def test_where_every_run_agrees_nothing_is_tried():
    steps = []
    found = finished(interventions.why(load(SMALL, changes=ALIKE), replications=3), steps)
    assert (steps, found.singles, found.bundles) == ([], (), ())
    assert explanations.effects_text(found, "small") == (
        "Each of 3 runs of small ends in consensus: there is no failure to explain."
    )


# --------------------------------------------------------------------------------------------- people who stay away


def test_where_the_scenario_reaches_the_threshold_no_bundle_is_sought(monkeypatch):
    monkeypatch.setattr(interventions, "catalogue", lambda scenario: list(catalogue(scenario))[:3])
    asked = partial(interventions.why, load(SMALL), measure="share_agreed", replications=40)
    low, high = (finished(asked(threshold=threshold)) for threshold in (0.01, 1.0))
    assert (low.bundles, low.tried) == ((), 0)
    assert high.bundles
    assert [one.intervention for one in low.singles] == [one.intervention for one in high.singles]
    text = explanations.effects_text(low, "small")
    assert "no changes together: the share of issues agreed is at 1 % or more as it is" in text
    assert "in a bundle" not in text
    assert " enough to reach" not in text


def test_each_end_of_each_red_line_is_lifted_alone():
    scenario = load(FULL)
    lifted = {one.name: one.of(scenario) for one in catalogue(scenario) if one.line is not None}
    assert set(lifted) == {
        "states: no lower red line on scope",
        "states: no upper red line on scope",
        "states: no upper red line on money",
        "St. Ann: no lower red line on scope",
    }
    lines = lifted["states: no lower red line on scope"].groups["states"].red_lines
    assert (lines["scope"].min, lines["scope"].max) == (None, scenario.groups["states"].red_lines["scope"].max)
    assert lines["money"] == scenario.groups["states"].red_lines["money"]
    assert lifted["states: no upper red line on money"].groups["states"].red_lines.keys() == {"scope"}
    assert lifted["St. Ann: no lower red line on scope"].delegates[1].red_lines == {}


def test_an_absent_delegate_leaves_with_seat_trust_and_events_and_a_camp_with_its_line():
    scenario = load(FULL)
    room = {one.name: one.of(scenario) for one in catalogue(scenario) if one.name.endswith("absent")}
    assert set(room) == {
        "Norland absent",
        "St. Ann absent",
        "NO & Co. absent",
        "camp reform absent",
        "camp order absent",
    }
    without = room["Norland absent"]
    assert [delegate.name for delegate in without.delegates] == ["St. Ann", "NO & Co."]
    assert without.groups["states"].seats == scenario.groups["states"].seats - 1
    assert set(without.trust.pairs) == {"firms->states"}
    assert "Norland" not in str(without.process.events)
    assert "reform" not in room["camp reform absent"].camps
    assert room["camp reform absent"].delegates[0].camp == "none"
    assert [event.reaffirm.by for event in room["camp reform absent"].process.events if event.reaffirm] == ["order"]


def test_an_absence_can_be_paired_with_an_event_and_excludes_what_it_takes_away():
    scenario = load(FULL)
    named = {one.name: one for one in catalogue(scenario)}
    absent, retreat = named["Norland absent"], named["two days' retreat before the last meeting"]
    both = absent.and_(retreat).of(scenario)
    assert "Norland" not in str(both.process.events)
    assert [event.kind for event in both.process.events].count("retreat") == 2
    with pytest.raises(ValueError, match="exclude each other"):
        absent.and_(named["St. Ann absent"])
    with pytest.raises(ValueError, match="exclude each other"):
        absent.and_(named["St. Ann: no lower red line on scope"])


@pytest.mark.parametrize(
    ("path", "kept"),
    [("groups.states.red_lines.scope.min", 2), ("groups.states.red_lines", 1), ("groups", 1), ("seats", 4)],
)
def test_nobody_is_lifted_or_absent_where_the_draw_would_undo_it(path, kept):
    how = {"split": 8} if path == "seats" else {"one_of": [value_at(load(FULL).resolved(), tuple(path.split(".")))]}
    scenario = load(FULL, changes={"uncertain": {path: how}})
    people = catalogue(scenario)
    assert sum(one.line is not None for one in people) == kept
    assert path != "seats" or not any(one.name == "Norland absent" for one in people)


def test_a_red_line_is_lifted_beside_one_that_is_drawn():
    """Each run without it has the drawn one, and is the run without it where the drawn one is written."""
    path = "groups.states.red_lines.scope.min"
    drawn = load(FULL, changes={"uncertain": {path: {"uniform": [0.1, 0.3]}}})
    (one,) = (one for one in catalogue(drawn) if one.line is not None and one.line.owner == "states")
    assert (one.name, one.changes) == ("states: no upper red line on money", {"groups.states.red_lines.money": "none"})
    for replication in range(3):
        certain = sample(drawn, 1, replication)
        lines = sample(one.of(drawn), 1, replication).groups["states"].red_lines
        assert lines == {"scope": certain.groups["states"].red_lines["scope"]}
        assert 0.1 < lines["scope"].min < 0.3


def test_candidates_of_one_s_own_have_the_kind_of_what_they_change():
    own = candidates(load(FULL), {
        "people": ["groups.states.red_lines={}", "trust.across=high"], "rule": {"process.record_dissent": False},
        "process": ["meetings.count=4", "process.moves.pens=true"], "setting": ["context.tension=none"],
    })  # fmt: skip
    assert [one.kind for one in own] == [one.name for one in own]
    retreat, line = "{retreat: {after_meeting: 1}}", "{reaffirm: {by: Norland, meeting: 1, day: 1}}"
    events = {"process": [f"process.events=[{retreat}]"], "people": [f"process.events=[{retreat}, {line}]"]}
    assert [one.kind for one in candidates(load(FULL), events)] == [*events]
    assert all(one.is_own for one in own)


@pytest.mark.parametrize(
    ("try_", "says"),
    [
        ({"x": ["trust.acros=low"]}, 'x: trust.acros=low: trust.acros: unknown key; did you mean "across"'),
        ({"x": ["title=Other"]}, "x: changes nothing in this scenario"),
        ({"camp order absent": ["trust.across=high"]}, "camp order absent: a change of the catalogue has this name"),
        (["trust.across=high"], "candidates stand by label"),
    ],
)
def test_candidates_that_cannot_be_tried_are_refused(try_, says):
    with pytest.raises(NegsimError, match=says):
        candidates(load(FULL), try_)


# --------------------------------------------------------------------------------------------- what only helps together


def some_of_the_catalogue():
    """Each end of a red line of the treaty with four locks, and four changes of other kinds."""
    scenario = load(LOCKED)
    named = {one.name: one for one in catalogue(scenario)}
    others = (
        "one more meeting",
        "trust across groups: very high",
        "dissent may be recorded",
        "rough consensus (75 %)",
    )
    return scenario, [*(one for one in named.values() if one.line is not None), *(named[name] for name in others)]


def bundles_of(interventions_, size):
    """Every bundle of a size that can be made."""
    for some in combinations(interventions_, size):
        if not any(one.excludes(other) for one, other in combinations(some, 2)):
            yield reduce(catalogue_module.Intervention.and_, some) if size > 1 else some[0]


def reached(scenario, intervention, runs):
    return run(intervention.of(scenario), replications=runs, threads=1).is_outcome(Outcome.CONSENSUS).mean()


def test_no_single_change_and_no_pair_opens_four_locks_and_four_changes_do():
    scenario, some = some_of_the_catalogue()
    assert not any(reached(scenario, one, 4) for size in (1, 2) for one in bundles_of(some, size))
    lifts = [one for one in some if one.line is not None]
    assert not any(reached(scenario, one, 4) for one in bundles_of(lifts, 3))
    enough = {one.name for one in bundles_of(lifts, 4) if reached(scenario, one, 20) >= 0.5}
    assert len(enough) > 1
    assert all(len({part.split(" on ")[1] for part in name.split(" + ")}) == 4 for name in enough)


def test_why_finds_the_fewest_changes_that_open_four_locks(monkeypatch):
    scenario, some = some_of_the_catalogue()
    monkeypatch.setattr(interventions, "catalogue", lambda _: some)
    found = finished(interventions.why(scenario, replications=60, seed=2))
    (alone, every) = found.bundles
    assert (alone.is_process, alone.is_enough, every.is_process, every.is_enough) == (True, False, False, True)
    parts = every.effect.intervention.parts
    assert sorted(part.line.issue for part in parts) == ["cap", "fund", "review", "trade"]
    assert every.reached.value >= found.threshold > max(part.value for part in every.without)
    fresh = run(every.effect.intervention.of(scenario), replications=60, seed=2, first=60)
    assert every.reached == share(fresh.is_outcome(Outcome.CONSENSUS))
    text = explanations.effects_text(found, "locked")
    assert "process alone: none that was tried helps" in text
    assert "of every kind, 4 together reach 50 %" in " ".join(text.split())
    assert "Nothing that is in the hands of the process helps" in " ".join(text.split())


def test_a_bundle_leaves_out_what_it_can_do_without():
    scenario, some = some_of_the_catalogue()
    search = interventions._Search(scenario, partial(run, seed=0), (40,), "consensus", 0.5)
    lifts = [one for one in some if one.line is not None and one.name.startswith("north")]
    idle = next(one for one in some if one.name == "one more meeting")
    bundle = finished(search._pruned(reduce(catalogue_module.Intervention.and_, [*lifts, idle])))
    assert {part.name for part in bundle.parts} == {one.name for one in lifts}


# ------------------------------------------------------------------------------------------------ another measure


def mean_of(measure, scenario, intervention, runs):
    return run(intervention.of(scenario), replications=runs, threads=1).column(measure).mean()


def test_why_finds_the_fewest_changes_that_lift_the_share_agreed_over_a_threshold(monkeypatch):
    scenario, some = some_of_the_catalogue()
    assert not any(
        mean_of("share_agreed", scenario, one, 4) >= 0.6 for size in (1, 2) for one in bundles_of(some, size)
    )
    enough = {one.name for one in bundles_of(some, 3) if mean_of("share_agreed", scenario, one, 20) >= 0.6}
    monkeypatch.setattr(interventions, "catalogue", lambda _: some)
    found = finished(interventions.why(scenario, measure="share_agreed", threshold=0.6, replications=60, seed=2))
    alone, every = found.bundles
    bundle = every.effect.intervention
    assert (alone.is_enough, every.is_enough, bundle.name in enough) == (False, True, True)
    fresh = run(bundle.of(scenario), replications=60, seed=2, first=60)
    assert every.reached == estimated("share_agreed", fresh.column("share_agreed"))
    assert every.reached.value >= 0.6 > max(part.value for part in every.without)
    assert every.effect.values["consensus"].value == 0.0
    text = " ".join(explanations.effects_text(found, "locked").split())
    assert "that lift the share of issues agreed to 60 %" in text
    assert "of every kind, 3 together reach 60 %" in text


@pytest.mark.usefixtures("pairs_at_most")
@pytest.mark.parametrize(("measure", "threshold"), [("minutes", 600.0), ("depth_overall", 0.9), ("walkout", 1.0)])
def test_effects_and_their_order_are_those_of_the_measure(monkeypatch, measure, threshold):
    scenario = load(SMALL)
    some = [one for one in catalogue(scenario) if one.kind != "people"][::4]
    monkeypatch.setattr(interventions, "catalogue", lambda _: some)
    found = finished(interventions.why(scenario, measure=measure, threshold=threshold, replications=60, exactly=True))

    def ran(of, first=0):
        return run(of, replications=60, first=first)

    base, fresh = ran(scenario), ran(scenario, first=60).column(measure)
    for one in found.singles:
        changed = ran(one.intervention.of(scenario))
        at = one.change == difference(changed.column(measure), base.column(measure))
        assert at, one.intervention.name
        assert one.changes["consensus"] == difference(changed.column("consensus"), base.column("consensus"))
        assert one.values[measure] == estimated(measure, changed.column(measure))
    values = [one.change.value for one in found.singles]
    assert values == sorted(values, reverse=True)
    first = found.leaders[0].effect
    changed = ran(first.intervention.of(scenario), first=60).column(measure)
    recommended = len({one.effect.intervention.name for one in (*found.leaders, *found.bundles)})
    assert first.fresh == difference(changed, fresh, level(1, recommended))
    harmful = {one.name for one in found.lowering}
    assert harmful <= {one.intervention.name for one in found.singles if one.change.value < 0.0}


def test_where_all_agree_another_measure_may_still_be_raised():
    alike = load(SMALL, changes=ALIKE)
    found = finished(interventions.why(alike, measure="minutes", threshold=1e6, replications=3))
    text = explanations.effects_text(found, "small")
    assert text.startswith("small: each of 3 runs ends in consensus\n")
    assert found.singles
    assert "what would raise the floor time used (hours), best first" in text
    highest = finished(interventions.why(alike, measure="share_agreed", replications=3))
    assert explanations.effects_text(highest, "small") == (
        "Each of 3 runs of small has the highest value of share_agreed: nothing can raise it."
    )


@pytest.mark.parametrize(
    ("measure", "threshold", "says"),
    [
        ("consensus", 50, r"50 is not from 0 to 1; write 50 % \(0.5\)"),
        ("share_agreed", 1.2, "1.2 is not from 0 to 1"),
        ("minutes", 0.0, "every run reaches a threshold of 0 h"),
        ("depth_overall", 40, "40 is not on the scale of depth_overall: from 0 to 1"),
        ("depth", 0.4, "depth is not a number in every run; choose one that is, such as `depth_overall`"),
    ],
)
def test_a_threshold_is_on_the_scale_of_a_measure_that_every_run_has(measure, threshold, says):
    with pytest.raises(NegsimError, match=says):
        finished(interventions.why(load(SMALL), measure=measure, threshold=threshold, replications=3))


# ---------------------------------------------------------------------------------------- a zone that red lines close


@pytest.fixture(scope="module")
def plastics():
    """What `why` finds in the case that `tests/data/plastics.yaml` writes down, without bundles."""
    softer = {"softer": ["groups.like_minded.red_lines.production.max=0.6"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(interventions, "MOST_PARTS", 1)
        return finished(interventions.why(load(PLASTICS), try_=softer, replications=200, seed=4))


def test_the_first_five_lines_name_issue_red_lines_and_delegates(plastics):
    lines = explanations.effects_text(plastics, "plastics").splitlines()
    assert lines[5] == ""
    first = "\n".join(lines[:5])
    for what in (
        "production",
        "the upper red line of Like-minded Group at 0.40 (Petrolia;",
        "the lower red line of Ambition Coalition at 0.50 (Fjordland;",
    ):
        assert what in first
    assert "no zone of agreement at the end" in lines[1]
    assert "production has no zone in 100 %, closed by" in lines[2]
    assert "blocked alone" in lines[3]
    assert "the red lines lie 0.10 apart" in lines[4]


def test_the_red_lines_named_are_those_of_groups_that_close_zones(plastics):
    runs = run(load(PLASTICS), replications=200, seed=4)
    closed = dict(zip(runs.scenario.groups, runs.by_group("zones_closed").mean(axis=0), strict=True))
    assert {one.line.owner for one in plastics.line_ends} == {name for name, zones in closed.items() if zones}
    assert set(plastics.failure.zones_closed) == {one.line.label for one in plastics.line_ends}


@pytest.mark.usefixtures("pairs_at_most")
def test_groups_close_zones_where_their_red_lines_are_drawn_and_cannot_be_lifted():
    drawn = {"groups.like_minded.red_lines.production.max": {"one_of": [0.4, 0.41]}}
    found = finished(interventions.why(load(PLASTICS, changes={"uncertain": drawn}), replications=4))
    assert {one.line.owner for one in found.line_ends} == {"ambition"}
    none = found._replace(line_ends=())
    assert explanations._closing(none).startswith("zones closed per failed run, by those of ")


@pytest.mark.usefixtures("pairs_at_most")
def test_lines_that_close_no_zone_alone_are_named_against_the_one_that_does():
    people = {
        "groups.like_minded.red_lines.production.max": 0.4,
        "groups.developing.red_lines.production": {"max": 0.42},
    }
    found = finished(interventions.why(load(PLASTICS, changes=people), replications=4))
    assert {one.line.owner for one in found.line_ends} == {"ambition"}
    against = (
        "against the upper red line of Like-minded Group at 0.40 and the upper red line of Developing Countries at 0.42"
    )
    assert explanations._closing(found).endswith(against)
    assert explanations._apart(found).endswith("the red lines lie 0.10 apart")


def test_the_strongest_lever_of_an_enumeration_by_hand_leads_the_table(plastics):
    scenario = load(PLASTICS)
    by_hand = [
        f"groups.{group}.red_lines={{}}" for group in ("ambition", "like_minded", "developing")
    ] + [
        *(f"methodology={name}" for name in METHODOLOGIES), "meetings.count=4", "informal.mixed_evenings=0.5",
        "process.chair.responsiveness=high", "process.chair.conservatism=low", "process.chair.coverage=1",
        "context.linkage.weight=0", "context.tension=low", "trust.across=high", "process.record_dissent=true",
        "process.adoption=separable", "process.decision_rule=consensus_minus", "process.decision_rule=rough_consensus",
        "process.decision_rule=majority_per_group", "camps={}", "delegates.Archipelago.red_lines={}",
    ]  # fmt: skip
    chances = {}
    for change in by_hand:
        extra = ["delegates.Petrolia.camp=none"] if change == "camps={}" else []
        runs = run(with_changes(scenario, [*extra, change]), replications=200, seed=4)
        chances[change] = float(runs.is_outcome(Outcome.CONSENSUS).mean())
    strongest = max(chances.values())
    first = plastics.singles[0]
    assert first.intervention.name.endswith(("no upper red line on production", "no lower red line on production"))
    assert first.values["consensus"].low <= strongest <= first.values["consensus"].high
    own = next(one for one in plastics.singles if one.intervention.is_own)
    assert f"Your “softer” ({explanations._change(own.change, 'consensus')}) is number" in explanations._advice(
        plastics
    )


def test_failure_is_told_apart_by_what_would_have_closed_it():
    runs = run(load("cstd_wgigf_2011"), replications=40)
    found = failure(runs)
    failed = runs.is_outcome(Outcome.CONSENSUS) == 0.0
    closable, none = runs.column("closable_issues")[failed].sum(), runs.column("no_zone")[failed].sum()
    assert found.closable_share.value == pytest.approx(closable / (closable + none))
    assert found.passable.value == pytest.approx(np.nanmean(runs.column("passable_readings")[failed]))
    assert found.failed.value == pytest.approx(failed.mean())


def test_what_failed_runs_lacked_is_counted_issue_by_issue_and_delegate_by_delegate():
    runs = run(load("cstd_wgigf_2011"), replications=40)
    found = failure(runs)
    failed = runs.is_outcome(Outcome.CONSENSUS) == 0.0
    is_open = failed[:, None] & (runs.by_issue("agreed") == 0.0)
    shares = dict(zip(runs.scenario.issues, is_open.sum(axis=0) / failed.sum(), strict=True))
    assert {one.issue: one.open.value for one in found.issues} == {
        issue: share for issue, share in shares.items() if share
    }
    assert [one.open.value for one in found.issues] == sorted(shares.values(), reverse=True)
    worst = found.issues[0]
    k = list(runs.scenario.issues).index(worst.issue)
    rows = is_open[:, k]
    assert worst.no_zone.value == np.mean(runs.by_issue("zone_end")[rows, k] == 0.0)
    assert {why: part.value for why, part in worst.reasons.items()} == {
        why: part for why in WhyOpen if (part := np.mean(runs.by_issue("why_open")[rows, k] == why))
    }
    assert worst.fewest_blockers.value == pytest.approx(
        runs.by_issue("fewest_blockers")[rows & (runs.by_issue("readings")[:, k] > 0.0), k].mean()
    )
    alone = dict(zip(runs.delegates, runs.by_delegate("pivotal")[failed].mean(axis=0), strict=True))
    assert found.blockers[0].alone.value == max(alone.values())
    assert {one.name: one.alone.value for one in found.blockers if one.alone.value} == {
        name: readings for name, readings in alone.items() if readings
    }
    assert {one.name: one.group for one in found.blockers if one.group} == {
        "India": "Governments",
        "Egypt": "Governments",
    }


def test_groups_stand_for_delegates_where_the_seats_are_drawn():
    apart = {"groups.firms.red_lines": {"scope": {"min": 0.8}}, "groups.states.red_lines": {"scope": {"max": 0.3}}}
    drawn = {"uncertain": {"groups.states.seats": {"integers": [3, 4]}}}
    runs = run(load(FULL, changes=apart | drawn), replications=20)
    found = failure(runs)
    failed = runs.is_outcome(Outcome.CONSENSUS) == 0.0
    assert failed.any()
    blocks = dict(zip(group_names(runs.scenario), runs.results.blocks[failed].sum(axis=2).mean(axis=0), strict=True))
    assert {one.name: one.blocks.value for one in found.blockers} == {name: n for name, n in blocks.items() if n}


# ------------------------------------------------------------------------------------------------ command


@pytest.fixture(scope="module")
def advice(tmp_path_factory):
    """A folder that the command has written, and what it printed."""
    folder = tmp_path_factory.mktemp("why")
    own = "--try", "less haste=process.hours=8 trust.across=high", "--try", "trust.within=1"
    done = negsim("why", PLASTICS, "--replications", 2, *own, "--out", folder, "--format", "pdf")
    assert done.exit_code == 0, done.output
    return folder, done.stdout


def test_why_writes_tables_a_picture_and_the_scenario(advice):
    folder, _ = advice
    assert {file.name for file in folder.iterdir()} == {
        "why.csv", "failure.csv", "why.txt", "tornado.pdf", "scenario.yaml", MARKER,
    }  # fmt: skip
    of_all = [row["what"] for row in table_of(folder / "failure.csv") if not row["of"]]
    assert of_all == [name for name in Failure._fields if name not in {"issues", "blockers", "zones_closed"}]


def test_why_tries_every_kind_of_change(advice):
    rows = table_of(advice[0] / "why.csv")
    assert {row["kind"] for row in rows} == {"process", "setting", "people", "rule"}
    assert {row["change"]: row["kind"] for row in rows if row["own"] == "True"} == {
        "less haste": "setting",
        "trust.within=1": "setting",
    }
    assert {explanations.change_name(one) for one in catalogue(load(PLASTICS)) if one.line} <= {
        row["change"] for row in rows
    }


def test_why_says_on_which_replications_it_ranks_and_estimates(advice):
    assert "on replications 0 to 1, seed 0; fresh replications: 2 to 3" in advice[1]


def test_why_stops_where_every_run_agrees(tmp_path):
    file = tmp_path / "alike.yaml"
    file.write_text(dump_yaml(load(SMALL, changes=ALIKE)), encoding="utf-8")
    tmp_path = tmp_path / "why"
    done = negsim("why", file, "--replications", 2, "--out", tmp_path)
    assert (done.exit_code, done.stdout.count("\n")) == (0, 1)
    assert not list(tmp_path.glob("tornado*"))
    assert table_of(tmp_path / "why.csv") == []


@pytest.mark.usefixtures("pairs_at_most")
def test_why_writes_the_measure_it_was_asked_for(tmp_path):
    asked = "--measure", "minutes", "--threshold", "100h", "--replications", "2", "--out", tmp_path / "why"
    done = negsim("why", SMALL, *asked)
    assert done.exit_code == 0, done.output
    assert "that lift the floor time used (hours) to 100 h" in done.stdout
    row = table_of(tmp_path / "why" / "why.csv")[0]
    values = [name for name in row if f"{name}_change" in row]
    assert values == ["minutes", "consensus", "share_agreed", "depth_overall"]
