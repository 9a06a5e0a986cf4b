"""Explaining: hybrids of two scenarios, Shapley shares and their laws, single changes, and the two commands."""

import math
import re
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pytest

from answers import finished, negsim
from negsim.cast.aspects import Aspect
from negsim.errors import NegsimError
from negsim.files import MARKER
from negsim.report import explanations
from negsim.report.explanations import at_length
from negsim.report.words import change_text
from negsim.scenario import load, with_changes
from negsim.scenario.keys import marks
from negsim.scenario.schema import Context, Delegate, Event, Group, Meeting, Process, Scenario, Trust
from negsim.study import explain as explain_module
from negsim.study.catalogue import candidates
from negsim.study.estimates import Estimate
from negsim.study.explain import differing, explain, hybrid, interactions, shapley, shared_out
from negsim.study.runner import run

DATA = Path(__file__).parents[1] / "data"
SMALL, FULL, PLASTICS = (str(DATA / f"{name}.yaml") for name in ("small", "full", "plastics"))
EVERYTHING = [
    "meetings.count=1", "process.meetings.0.days=3", "process.chair.pressure=1", "groups.states.position.scope=0.9",
    "context.linkage.weight=0.5", "parameters.hope=0.3", "process.record_dissent=false", "context.tension=0",
    "process.moves.pens=true",
    "informal.mixed_evenings=1", "methodology=rolling_text", "process.events=[]",
    "process.text={scope: {value: 0.5}}", "issues.scope.status_quo=0.5", "groups.states.red_lines={}",
    "groups.firms.salience.money=3", "groups.firms.voice=3", "trust.across=high", "groups.states.seats=7",
    "camps.reform.line.scope=0.2", "delegates=[{name: Norland, group: states}, {name: New, group: firms}]",
    "trust.pairs={}",
]  # fmt: skip


def explained(first, second, **options):
    return finished(explain((first, second), **options))


@pytest.fixture(scope="module")
def focal():
    return load("cstd_wgigf_2011"), load("cstd_wgigf_2012")


def test_two_aspects_are_shared_out_as_by_hand():
    # one replication a column: v() = 0, v(a) = 1, v(b) = 2, v(ab) = 5; and v() = 1, v(a) = 1, v(b) = 0, v(ab) = 0
    values = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 0.0], [5.0, 0.0]])
    # by hand, the first column: a gets half of 1 - 0 and of 5 - 2, b half of 2 - 0 and of 5 - 1
    assert shapley(values).tolist() == [[2.0, 0.0], [3.0, -1.0]]
    assert interactions(values)[0, 1].tolist() == [2.0, 0.0]
    change = shared_out("minutes", values, ("a", "b"))
    a, b = change.shares
    assert (a.shapley.value, a.added.value, a.left_out.value) == (1.0, 0.5, 1.5)
    assert (b.shapley.value, b.added.value, b.left_out.value) == (1.0, 0.5, 1.5)
    assert (change.before.value, change.after.value, change.change.value) == (0.5, 2.5, 2.0)


def test_shares_are_means_over_all_orders_and_add_up():
    values = np.random.default_rng(1).normal(size=(16, 3))
    wanted = np.zeros((4, 3))
    orders = list(permutations(range(4)))
    for order in orders:
        mask = 0
        for player in order:
            wanted[player] += (values[mask | 1 << player] - values[mask]) / len(orders)
            mask |= 1 << player
    assert shapley(values) == pytest.approx(wanted, abs=1e-12)
    assert shapley(values).sum(axis=0) == pytest.approx(values[-1] - values[0], abs=1e-12)


def test_an_aspect_that_does_nothing_gets_nothing_and_equals_get_the_same():
    worth = {mask: float((mask & 1) + (mask >> 1 & 1)) ** 2 for mask in range(8)}  # of how many of the first two are in
    values = np.array([[worth[mask]] for mask in range(8)])
    assert shapley(values)[:, 0] == pytest.approx([2.0, 2.0, 0.0])
    assert interactions(values)[0, 1] == pytest.approx([2.0])
    assert interactions(values)[0, 2] == pytest.approx([0.0])


def test_shares_of_the_focal_pair_add_up_and_rest_on_the_same_replications(focal):
    found = explained(*focal, replications=6, seed=3)
    assert found.parts == (
        "meetings and days", "methodology", "chair", "linkage and scope", "informal contact", "conduct",
    )  # fmt: skip
    assert [change.measure for change in found.changes] == list(explain_module.USUAL_MEASURES)
    runs = [run(scenario, replications=6, seed=3) for scenario in focal]
    for change in found.changes:
        whole = runs[1].column(change.measure).mean() - runs[0].column(change.measure).mean()
        assert change.change.value == pytest.approx(whole, abs=1e-9)
        assert sum(one.shapley.value for one in change.shares) == pytest.approx(whole, abs=1e-9)
    alone = run(hybrid(*focal, ["chair"], found.parts), replications=6, seed=3)
    chair = next(one for one in found.changes[1].shares if one.part == "chair")
    assert chair.added.value == pytest.approx(np.mean(alone.column("share_agreed") - runs[0].column("share_agreed")))


def test_an_aspect_that_no_run_feels_gets_exactly_nothing():
    first, second = load(SMALL), load(SMALL, changes=["process.chair.pressure=1", "parameters.walkout=0.9"])
    found = explained(first, second, replications=20, measures=["share_agreed"])  # nobody there could leave
    shares = {one.part: one.shapley for one in found.changes[0].shares}
    assert (shares["parameters"].value, shares["parameters"].changed) == (0.0, 0)


def test_measures_of_one_s_own_are_explained_and_are_no_difference():
    early = {"measures.early": {"expression": "consensus * (minutes < 240)", "kind": "flag", "label": "early"}}
    first, second = load(SMALL, changes=early), load(SMALL, changes=["process.chair.pressure=1", "meetings.count=1"])
    assert differing(first, second) == differing(load(SMALL), second)
    (change,) = explained(first, second, replications=4, measures=["early"]).changes
    assert sum(one.shapley.value for one in change.shares) == pytest.approx(change.change.value)
    with pytest.raises(NegsimError, match="x: changes nothing in this scenario"):
        candidates(load(SMALL), {"x": early})


def test_no_mark_of_an_aspect_goes_unheard():
    heard = ("process.meetings.*.", "process.events.*.", "groups.*.", "delegates.*.")
    marked = {path for path, mark in marks(Scenario) if isinstance(mark, Aspect)}
    assert marked
    assert [path for path in marked if "*" in path and not path.startswith(heard)] == []
    assert [(one, other) for one in marked for other in marked if other.startswith(f"{one}.")] == []


def test_every_part_of_a_scenario_belongs_to_one_aspect():
    sections = [path.partition(".") for path in explain_module.ASPECT_OF_PATH]
    for section, part, but in (
        ("process", Process, {"meetings", "events"}), ("context", Context, set()), ("trust", Trust, set()),
    ):  # fmt: skip
        assert {rest for name, _, rest in sections if name == section} == set(part.model_fields) - but
    whole = {name for name, _, rest in sections if not rest}
    parted = {
        "process",
        "context",
        "trust",
        "groups",
        "delegates",
        "population",
        "uncertain",
        "measures",
        *explain_module.TEXT_KEYS,
    }
    assert whole == set(Scenario.model_fields) - parted
    assert set(explain_module.MEETING_ASPECTS) == set(Meeting.model_fields)
    assert set(explain_module.EVENT_ASPECTS) == set(Event.model_fields)
    assert set(explain_module.GROUP_ASPECTS) == set(Group.model_fields) - {"label"}
    assert set(explain_module.DELEGATE_ASPECTS) == set(Delegate.model_fields) - {"brief"}


def test_the_ends_of_the_hybrids_are_the_two_scenarios(focal):
    for first, second in (focal, (load(FULL), load(FULL, changes=EVERYTHING))):
        aspects = differing(first, second)
        assert hybrid(first, second, [], aspects) == first
        assert hybrid(first, second, aspects, aspects) == second


def test_every_hybrid_of_two_very_different_scenarios_can_be_read():
    first, second = load(FULL), load(FULL, changes=EVERYTHING)
    aspects = differing(first, second)
    assert aspects == explain_module.ASPECTS
    for size in (1, 2, len(aspects) - 1):
        for taken in combinations(aspects, size):
            mixed = hybrid(first, second, taken, aspects)
            for key, aspect in (("position", "positions"), ("red_lines", "red lines"), ("seats", "seats")):
                of = second if aspect in taken else first
                assert getattr(mixed.groups["states"], key) == getattr(of.groups["states"], key)


def test_a_delegate_without_a_seat_stays_out_of_the_hybrid_and_so_does_their_caucus():
    first = load(SMALL, changes=["groups.states.seats=2"])
    group = next(iter(first.groups))
    names = [f"Delegate {n}" for n in range(4)]
    many = {
        f"groups.{group}.seats": 4,
        f"groups.{group}.caucuses": {"North": 3, "South": 1},
        "delegates": [
            {"name": name, "group": group, "caucus": "North" if n < 3 else "South"} for n, name in enumerate(names)
        ],
    }
    second = with_changes(first, many)
    aspects = differing(first, second)
    assert aspects == ("seats", "named delegates")
    alone = hybrid(first, second, ["named delegates"], aspects)
    assert [(delegate.name, delegate.caucus) for delegate in alone.delegates] == [(name, None) for name in names[:2]]
    assert len(hybrid(first, second, ["seats"], aspects).delegates) == len(first.delegates)


@pytest.mark.parametrize(
    ("changes", "aspects"),
    [
        (["title=Another name", "issues.scope.label=Other"], ()),
        (["process.chair.pressure=1"], ("chair",)),
        (["trust.chair.default=0.9"], ("chair",)),
        (["meetings.count=5"], ("meetings and days",)),
        (["process.meetings.0.days=3"], ("meetings and days",)),
        (["process.meetings.0.name=Elsewhere"], ()),
        (["meetings.count=5", "methodology=rolling_text"], ("meetings and days", "methodology")),
        (["context.linkage={theme: trade}", "context.tension=high"], ("linkage and scope", "tension")),
        (["process.events=[]"], ("meetings and days", "informal contact")),
        (["process.moves={pens: true, initiative: 0.5}"], ("moves of the table",)),
        (["process.adoption=separable", "trust.across=high"], ("decision rule", "trust")),
    ],
)
def test_only_what_could_change_a_run_differs(changes, aspects):
    assert differing(load(SMALL), load(SMALL, changes=changes)) == aspects


def test_agendas_and_evenings_are_laid_over_the_meetings_of_the_other(focal):
    aspects = differing(*focal)
    longer = hybrid(*focal, ["meetings and days"], aspects)
    assert [[item.format for item in meeting.agenda] for meeting in longer.process.meetings] == [
        ["questionnaire"], *[["questionnaire", "tabled_proposals", "chair_text"]] * 2,
    ]  # fmt: skip
    assert [len(meeting.evenings) for meeting in longer.process.meetings] == [3, 3, 3]
    assert [event.what_happens.meeting for event in longer.process.events] == [3, 3]
    shorter = hybrid(*focal, ["methodology", "informal contact"], aspects)
    assert [meeting.agenda for meeting in shorter.process.meetings] == [
        focal[1].process.meetings[0].agenda, focal[1].process.meetings[2].agenda,
    ]  # fmt: skip
    assert {evening.mixed_share for meeting in shorter.process.meetings for evening in meeting.evenings} == {0.25}


def test_events_go_with_their_meetings_or_are_left_out():
    first, second = load(FULL), load(FULL, changes=["meetings.count=1", "process.meetings.0.days=1"])
    taken = hybrid(first, second, ["meetings and days"], ("meetings and days", "informal contact", "conduct"))
    kinds = [event.kind for event in taken.process.events]
    assert "retreat" not in kinds  # there is no second meeting to wait for
    assert "renewal" not in kinds  # it comes with the meetings, and those of the second have none after the first
    assert {event.what_happens.meeting for event in taken.process.events} == {1}
    assert {event.what_happens.day for event in taken.process.events} == {1}


def test_scope_is_what_is_on_the_floor_at_the_time():
    narrow = "[{format: questionnaire, share: 0.5, issues: [money]}, {format: chair_text, share: 0.5, issues: [scope]}]"
    first = load(FULL, changes=["methodology=[rolling_text: 0.4, straw_poll: 0.6]"])
    second = load(FULL, changes=[f"methodology={narrow}"])
    assert differing(first, second) == ("methodology", "linkage and scope")
    agenda = hybrid(first, second, ["linkage and scope"], differing(first, second)).process.meetings[0].agenda
    assert [(item.format, item.issues) for item in agenda] == [("rolling_text", ("money",)), ("straw_poll", ("scope",))]


THREE = [
    "groups.like_minded.red_lines.production.max=0.6",
    "groups.developing.salience.finance=low",
    "groups.ambition.position.production=0.6",
]


def test_three_changes_of_people_are_shared_out_in_three_rows_by_aspect_and_by_change():
    first = load(PLASTICS)
    by_aspect = explained(first, with_changes(first, THREE), replications=20)
    assert by_aspect.parts == ("positions", "red lines", "salience")
    by_change = explained(first, THREE, replications=20)
    assert by_change.parts == tuple(THREE)
    for one, other in zip(by_aspect.changes, by_change.changes, strict=True):
        shares = {share.part: share.shapley.value for share in other.shares}
        assert one.change == other.change
        assert [share.shapley.value for share in one.shares] == pytest.approx([shares[THREE[i]] for i in (2, 0, 1)])


def test_changes_of_one_s_own_are_checked():
    first = load(SMALL)
    with pytest.raises(NegsimError, match="give two changes or more"):
        explained(first, ["trust.across=low", "trust.across=low"])
    with pytest.raises(NegsimError, match="unknown key; did you mean"):
        explained(first, ["trust.acros=low", "trust.within=low"], replications=2)
    with pytest.raises(NegsimError, match=r"some changes cannot be made without the others: .*Nowhere"):
        explained(
            load(FULL),
            [
                "delegates=[{name: Nowhere, group: firms}]",
                "process.events=[]",
                "trust.pairs={}",
                "delegates.Nowhere.voice=2",
            ],
        )


def test_words_say_what_carries_what_needs_others_and_what_cannot_be_told():
    r = np.random.default_rng(2)
    worth = {mask: 4.0 * (mask & 3 == 3) + 1.0 * (mask >> 2 & 1) for mask in range(16)}  # a and b only together
    values = np.array([worth[mask] + 0.01 * r.normal(size=50) for mask in range(16)])
    text = at_length(shared_out("depth", values, ("a", "b", "c", "d")), "A", "B")
    assert re.search(r"Most of it comes with [ab] \([^)]*\) and [ab] \([^)]*\), the rest with c ", text)
    assert "D has no detectable share of it." in text
    assert re.search("(A and b|B and a) need the others: added to A alone, each does less than half of its share", text)
    assert "Of all pairs, a and b help each other most" in text
    still = at_length(shared_out("depth", 0.0 * values, ("a", "b", "c", "d")), "A", "B")
    assert still.endswith("no change in any of 50 runs.")
    noise = np.array([0.01 * r.normal(size=50) for _ in range(16)])
    assert "; no change was detected." in at_length(shared_out("depth", noise, ("a", "b", "c", "d")), "A", "B")


def estimate(*numbers, runs=20):
    return Estimate(*numbers, runs)


def a_change(measure, change, **aspects):
    """A change of a measure in which every aspect does the same at either end."""
    level = estimate(0.5, 0.4, 0.6)
    shares = tuple(explain_module.Share(name, found, found, found) for name, found in aspects.items())
    return explain_module.Change(measure, level, level, change, shares, ())


def test_of_shares_that_cannot_be_told_apart_each_stands_once_and_none_is_missing():
    wide, narrow, middle = estimate(20, 10, 30), estimate(9.5, 9.4, 9.6), estimate(9, 7, 11)
    text = explanations.shortly(a_change("readings", estimate(38, 30, 46), a=wide, b=narrow, c=middle))
    carried = text.partition(". ")[2]
    assert [carried.count(f"{aspect} (") for aspect in "abc"] == [1, 1, 1]
    assert carried.startswith("Most of it comes with a (")


def test_what_no_run_shows_is_told_with_the_number_of_runs():
    nothing, some = Estimate(0.0, -0.1, 0.1, 20, 0), Estimate(-0.25, math.nan, math.nan, 20, 7)
    assert change_text(nothing, "depth") == "no change in any of 20 runs"
    assert change_text(some, "share_agreed") == "−25 points, changed in 7 of 20 runs"
    told = explanations.shortly(a_change("consensus", nothing, a=nothing))
    assert told == "share of runs with consensus: no change in any of 20 runs."


def test_no_interval_of_a_share_passes_what_is_possible():
    found = explanations.as_shown(a_change("consensus", estimate(0.9, 0.7, 1.2), a=estimate(-0.9, -1.3, -0.5)))
    assert found.change[:3] == (0.9, 0.7, 1.0)
    assert found.shares[0].shapley[:3] == (-0.9, -1.0, -0.5)
    counted = explanations.as_shown(a_change("blocking_number", estimate(3.0, -1.0, 7.0), a=estimate(3.0, -1.0, 7.0)))
    assert counted.change[:3] == (3.0, -1.0, 7.0)


OTHER = "process.chair.pressure=1 trust.within=1"


@pytest.fixture(scope="module")
def explanation(tmp_path_factory):
    """A folder that the command has written, and what it printed."""
    folder = tmp_path_factory.mktemp("explain")
    done = negsim("explain", SMALL, OTHER, "--replications", 4, "--seed", 7, "--out", folder, "--format", "svg")
    assert done.exit_code == 0, done.output
    return folder, done.stdout


def test_explain_writes_tables_pictures_and_both_scenarios(explanation):
    folder, _ = explanation
    assert {file.name for file in folder.iterdir()} == {
        "explanation.csv", "interactions.csv", "explanation.txt", "waterfall_consensus.svg",
        "waterfall_share_agreed.svg", "tornado.svg", "first.yaml", "second.yaml", MARKER,
    }  # fmt: skip
    assert load(folder / "second.yaml") == load(SMALL, changes=OTHER.split())
