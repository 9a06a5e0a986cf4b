"""The numbers of the lessons, and what their sheets say of them."""

from __future__ import annotations

import json
import re
import shlex

import numpy as np
import pytest

from answers import negsim, table_of
from negsim.cast.knobs import UNCHANGED_LEVEL
from negsim.classroom import budget, judgements, skill, trials, written
from negsim.classroom.pack import LESSONS, PACK_SEED, common_of, lesson_of
from negsim.classroom.topic import Topic
from negsim.negotiation.measures import MEASURES
from negsim.negotiation.runs import watch
from negsim.negotiation.score import score
from negsim.policies import SeatedNegotiation
from negsim.scenario import load
from negsim.scenario.lowering import lower, seat_names
from negsim.sentences import named, place_on
from negsim.study.estimates import Estimate
from negsim.study.runner import run

FOCAL, SMALL = "cstd_wgigf_2011", "classroom"


def printed_by(*words):
    """What a command prints that succeeds."""
    result = negsim(*words)
    assert result.exit_code == 0, result.output
    return result.output


def small_with(*changes, runs=20):
    return Topic(SMALL, load(SMALL, changes=list(changes)), PACK_SEED, runs)


def says_gap(line, gap):
    """Whether a row of a key has this difference of two shares."""
    if gap == 0.0:
        return "no change in any of 20 runs" in line or "| 0 points [" in line
    return f"{100 * gap:+.0f} point".replace("-", "−") in line


def sheets_of(folder, subject, numbers):
    lesson = lesson_of(common_of(subject), list(LESSONS).index(folder) + 1, folder, numbers)
    return {name: sheet.text for name, sheet in lesson.sheets.items()}


def command_of(key, *words):
    return next(
        shlex.split(line)[1:]
        for line in key.splitlines()
        if line.startswith("negsim ") and all(w in line for w in words)
    )


def compared(command, out):
    printed_by(*command, "--out", out)
    return table_of(out)


def row_of(table, measure, alternative):
    """The row of a comparison."""
    return next(row for row in table if (row["measure"], row["alternative"]) == (measure, alternative))


def line_of(key, name):
    """The line of a key on an alternative."""
    return next(line for line in key.splitlines() if line.startswith(f"| {name} |"))


# What all lessons share


def test_what_changes_no_run_is_not_on_the_menu(small_topic, small):
    settings = {
        "one more": ("meetings.count=2",),
        "twice as many": ("meetings.count=2",),
        "an evening after the end": ("informal.mixed_evenings=1",),
    }
    assert list(small_with("process.meetings.0.days=1").distinct(settings)) == ["one more"]
    assert "twice as many meetings and days" not in small["1_curve/key.md"]
    assert small_topic.distinct({"nothing": ()}) == {"nothing": ()}


@pytest.mark.parametrize(
    "drawn_", ["meetings.count: {integers: [1, 3]}", "ours: {either: [{process.meetings.0.days: 3}]}"]
)
def test_meetings_are_not_added_to_a_number_that_is_drawn(drawn_):
    scenario = load(SMALL, changes=[f"uncertain={{{drawn_}}}"])
    assert trials.more_meetings(load(SMALL)) == {
        "one more meeting, with its days": ("meetings.count=2",),
        "twice as many meetings and days": ("meetings.count=2",),
    }
    assert not trials.more_meetings(scenario)
    assert not budget.has_budget(scenario)
    assert budget.has_budget(load(SMALL))


# 1 The curve


def test_depth_is_set_against_consensus_only_where_they_part(monkeypatch):
    def kind(shares, depths, gap=0.05):
        found = dict(zip((UNCHANGED_LEVEL, "a", "b"), zip(shares, depths, strict=True), strict=True))
        monkeypatch.setattr(
            Topic,
            "estimate",
            lambda _, measure, changes=(): Estimate(
                found[changes or UNCHANGED_LEVEL][measure == "depth"], 0.0, 1.0, 20
            ),
        )
        monkeypatch.setattr(Topic, "gap", lambda *_: Estimate(0.1, gap, 0.15, 20))
        return trials.depth_of(small_with(), {name: name for name in found}, "consensus")

    assert kind((1, 1, 1), (0.1, 0.2, 0.3)) == ("alike", [UNCHANGED_LEVEL, "a", "b"], ["b"])
    assert kind((0.1, 0.901, 0.899), (0.1, 0.3, 0.3)) == ("both", ["a", "b"], ["a", "b"])
    assert kind((0.1, 0.9, 0.9), (0.3, 0.1, 0.2)) == ("apart", ["a", "b"], [UNCHANGED_LEVEL])
    assert kind((0.1, 0.9, 0.9), (0.3, 0.1, 0.2), gap=-0.05).kind == "unclear"


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("alike", "is the same in all"),
        ("both", "both come with"),
        ("apart", "not deeper agreement"),
        ("unclear", "not differ measurably"),
    ],
)
def test_the_key_says_how_depth_and_consensus_relate(kind, says, small_topic):
    numbers = trials.curve(small_topic)
    key = sheets_of(
        "1_curve", small_topic, numbers | {"depth": trials.Depth(kind, [UNCHANGED_LEVEL], [UNCHANGED_LEVEL])}
    )
    assert says in key["key.md"]
    assert (
        "depth"
        not in sheets_of("1_curve", small_topic, numbers | {"depth": None})["key.md"].split("## How")[1].split("##")[0]
    )


@pytest.mark.parametrize("name", [SMALL, "storm"])
def test_nothing_that_students_see_before_the_guess_depends_on_how_often_they_agree(name):
    subject = Topic(name, load(name), PACK_SEED, 20)
    usual = trials.curve(subject)
    other = trials.curve(Topic(name, load(name, changes=["process.meetings.0.hours=1"]), PACK_SEED, 20))
    assert usual["base"].estimates != other["base"].estimates
    one, two = (sheets_of("1_curve", subject, usual | {key: some[key] for key in ("base", "example", "depth")})
                for some in (usual, other))  # fmt: skip
    assert one["worksheet.md"] == two["worksheet.md"]
    before, after = ([each["slides.md"].partition("## Afterwards")[n] for each in (one, two)] for n in (0, 2))
    assert before[0] == before[1]
    assert after[0] != after[1]


def test_the_lesson_is_about_what_is_agreed_where_the_answer_is_dealt(stormy, small):
    assert trials.measure_for(load("storm")) == "share_agreed"
    assert trials.measure_for(load(SMALL)) == "consensus"
    assert "how much of the report" in stormy["1_curve/worksheet.md"]
    assert "in how many of 100 runs" in small["1_curve/worksheet.md"]


def test_numbers_of_a_key_are_those_its_command_prints(small, tmp_path):
    key = small["1_curve/key.md"]
    table = compared(command_of(key, "compare"), tmp_path / "table.csv")
    found, line = row_of(table, "consensus", "a rolling text"), line_of(key, "a rolling text")
    assert f"| {100 * float(found['changed']):.0f} % [" in line
    assert says_gap(line, float(found["paired"]))


# 2 The budget of time


def test_scores_of_a_key_are_those_its_commands_print(focal, tmp_path):
    key = focal["2_budget/key.md"]
    rows = [line.split(" | ") for line in key.split("## How to read it")[0].splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 6
    for seed, column in ((PACK_SEED, 3), (PACK_SEED + budget.FRESH_SEED_STEP, 5)):
        table = compared(command_of(key, "compare", f"--seed {seed}"), tmp_path / "table.csv")
        scores = {row["alternative"]: float(row["changed"]) for row in table if row["measure"] == budget.SCORE}
        for row in rows:
            assert row[column].split()[0] == f"{scores[row[0].removeprefix('| ')]:.2f}"


def test_a_run_that_agrees_on_nothing_counts_in_the_score(focal_topic):
    plan = next(plan for plan in budget.plans(focal_topic.scenario) if plan.price > 0)
    depth = focal_topic.runs(plan.changes).column("depth")
    assert np.isnan(depth).any()
    (row,) = [row for row in budget.budget(focal_topic)["rows"] if row.plan == plan]
    assert row.seen.value == pytest.approx(np.nan_to_num(depth).mean())


@pytest.mark.parametrize("name", [SMALL, FOCAL, "storm"])
def test_a_plan_changes_meetings_or_days_or_both_and_the_budget_pays_it(name):
    before = load(name).process.meetings
    days_before = sum(meeting.days for meeting in before)
    curves = {}
    for plan in budget.plans(load(name)):
        after = load(name, changes=list(plan.changes)).process.meetings
        meetings, days = len(after) - len(before), sum(meeting.days for meeting in after) - days_before
        assert plan.price == 2 * meetings + days <= budget.BUDGET
        curves.setdefault(plan.curve, set()).add((meetings, days))
    held, apart, both = curves.values()
    assert {days for _, days in held} == {0}
    assert {meetings for meetings, _ in apart} == {0}
    assert all((meetings > 0) == (days > 0) for meetings, days in both)
    assert max(days for _, days in apart) == budget.BUDGET


# 3 Four rules


def test_a_reading_is_judged_as_the_model_does():
    scenario, agreed = load(FOCAL), 0
    for replication in range(6):
        found = judgements.best_readings(scenario, PACK_SEED, replication)
        run = watch(lower(scenario), seed=PACK_SEED, replication=replication)
        paragraphs, row = run.state.paragraphs, dict(zip(MEASURES, run.results.runs[0], strict=True))
        for k, reading in found.items():
            assert reading.share == pytest.approx(paragraphs["content"][k])
            assert reading.blockers >= paragraphs["fewest_blockers"][k]
        if len(found) == len(scenario.issues):
            agreed += 1
            assert all(reading.verdicts["rough_consensus"] for reading in found.values()) == bool(
                row["would_rough_consensus"]
            )
    assert agreed


def test_gaps_of_a_key_are_those_its_command_prints(small):
    key = small["3_rules/key.md"]
    gap = json.loads(printed_by(*command_of(key, "run", "rough"), "--json"))["measures"]["satisfaction_gap"]
    assert f"| {gap['mean']:.2f} [{gap['low']:.2f}, {gap['high']:.2f}] |" in key


# By hand


@pytest.mark.deep
@pytest.mark.slow
def test_the_moral_of_the_storm_is_what_sixty_deals_say(monkeypatch):
    """Asking and showing pay, a number learnt by heart does not, accepting everything costs."""
    monkeypatch.setattr(written, "DEALS", 60)
    ways = written.storm(Topic("storm", load("storm"), PACK_SEED, 2))
    more = {name: way.more for name, way in ways["ways"].items()}
    assert more[written.THINKING].low > 0.0
    assert more["writes the middle every time"].value < 0.0
    assert more["accepts everything"].high < 0.0
    accepting, thinking = ways["rooms"].values()
    assert accepting["consensus"].value > thinking["consensus"].value
    assert accepting["score"].high < thinking["score"].low


def test_means_of_the_key_are_those_of_games_played_one_by_one(storm_numbers):
    scenario, scores = load("storm"), []
    for seed in range(storm_numbers["deals"]):
        for name in storm_numbers["first"]:
            room = SeatedNegotiation(scenario, {name: skill.AcceptAll()}, seed=seed, replication=0)
            room.go_on()
            seat = seat_names(scenario).index(name)
            scores.append(score(room.run.case, room.run.state, seat, room.run.state.movers["best"][seat]))
    assert len({seat.split()[-1] for seat in storm_numbers["first"]}) == len(scenario.groups) == 4
    assert storm_numbers["ways"]["accepts everything"].score.value == pytest.approx(np.mean(scores))


def test_ways_beside_a_deal_are_runs_of_it_with_other_luck():
    scenario, seat = load("storm"), "Greta Holm"
    rows = skill.luck_beside(scenario, ["meetings.count=2"], seat, 7, 3)
    assert [name for name, *_ in rows] == list(skill.WAYS)
    alone = run(load("storm", changes=["meetings.count=2"]), replications=skill.GAMES, seed=7).results.delegates[
        "score"
    ]
    scores = alone.reshape(skill.GAMES, -1)[:, seat_names(scenario).index(seat)]
    assert rows[1][1:] == pytest.approx((scores.mean(), *np.percentile(scores, (10, 90))))
    assert skill.luck_beside(load(SMALL), [], "Librarian", 7, 3) == []  # which has no score


def test_what_everybody_could_sign_is_between_the_red_lines(storm_numbers):
    """Of the game that is played, whose sheets and page have these lines."""
    scenario, state = load("storm"), watch(lower(load("storm")), seed=written.GAME_SEED).state
    for k, (zone, issue) in enumerate(zip(storm_numbers["zones"].values(), scenario.issues.values(), strict=True)):
        low, high = state.views["red_low"][:, k].max(), state.views["red_high"][:, k].min()
        assert zone["ends"] == [named(place_on(issue, float(end))) for end in (low, high)]
        assert zone["is_closed"] == (low > high)
        assert len(zone["whose"]) == 2
    lines = [line for delegate in scenario.delegates for line in delegate.red_lines.values()]
    assert len(lines) == 12  # as the key says


def test_the_key_of_the_storm_names_seats_that_have_what_it_says():
    briefs = {delegate.name.split()[-1]: delegate.brief.secret for delegate in load("storm").delegates}
    for name, words in {
        "Weil": "the judge said yes", "Aziz": "one card", "Reis": "ninety a month", "Kowal": "a widow",
        "Diallo": "in a letter", "Sandu": "It will lend", "Brandt": "a fifth less", "Prior": "dry field",
        "Lindt": "dry", "Osman": "has no vote", "Holm": "one more", "Haddad": "one chair fewer",
        "Tan": "no change for ten years", "Okafor": "drawing",
    }.items():  # fmt: skip
        assert words in " ".join(briefs[name].split()), name


def test_effects_of_a_lesson_by_hand_are_those_its_command_prints(focal, tmp_path):
    key, name = focal["focal/key.md"], "rolling text in every session"
    found = row_of(compared(command_of(key, "compare"), tmp_path / "table.csv"), "consensus", name)
    assert says_gap(line_of(key, name), float(found["paired"]))


def test_a_chart_is_the_one_that_the_command_beside_it_draws(focal, tmp_path):
    words = command_of(focal["focal/key.md"], "plot")
    printed_by(*words, "--out", str(tmp_path / "plots"))
    drawn = (tmp_path / "plots" / "outcomes.svg").read_text(encoding="utf-8")
    assert paths_of(drawn) == paths_of(focal["focal/outcomes.svg"])


def paths_of(text):
    """What an SVG draws, without what it says of itself."""
    return re.findall(r'<(?:path|use) [^>]*?(?:d|x)="([^"]*)"', text)


def test_the_key_of_the_focal_case_claims_what_holds(focal_numbers):
    moves = focal_numbers["moves"]
    single = {name: gap.value for name, gap in moves.items() if name != "all four"}
    assert focal_numbers["most"] == max(single, key=single.get)
    assert focal_numbers["least"] == min(single, key=single.get)
    assert moves["all four"].value > max(single.values())
    depot, here = focal_numbers["rooms"].values()  # the reason of the key
    assert depot.readings > here.readings + 0.5
    assert depot.hours < here.hours


@pytest.fixture(scope="module")
def storm_numbers():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(written, "DEALS", 3)
        return written.storm(Topic("storm", load("storm"), PACK_SEED, 20))


@pytest.fixture(scope="module")
def focal_numbers(focal_topic):
    return written.focal(focal_topic)
