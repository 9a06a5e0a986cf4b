"""The numbers of the lessons, and what their sheets say of them."""

from __future__ import annotations

import json
import re
import shlex

import numpy as np
import pytest

from answers import negsim, table_of
from negsim.cast.knobs import UNCHANGED_LEVEL
from negsim.classroom import budget, judgements, trials, written
from negsim.classroom.pack import LESSONS, PACK_SEED, common_of, lesson_of
from negsim.classroom.people import at_both_ends, host_of, misperceptions, observer_of, opening_of, outlook
from negsim.classroom.topic import Topic
from negsim.classroom.trials import politics_to_blame, process_to_blame, remedies, telling
from negsim.negotiation.measures import MEASURES
from negsim.negotiation.runs import watch
from negsim.negotiation.tables import Outcome
from negsim.policies import SeatedNegotiation
from negsim.scenario import load
from negsim.scenario.lowering import lower, seat_names
from negsim.scenario.sampling import sample
from negsim.study.estimates import Estimate

FOCAL, SMALL = "cstd_wgigf_2011", "classroom"


def printed_by(*words):
    """What a command prints that succeeds."""
    result = negsim(*words)
    assert result.exit_code == 0, result.output
    return result.output


ONE_DAY = "process.meetings.0.days=1"  # so that nothing follows the evening


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
    assert list(small_with(ONE_DAY).distinct(settings)) == ["one more"]
    assert "twice as many meetings and days" not in small["1_rescue/key.md"]
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
    assert "rolling text, mixed evenings" in remedies(Topic(SMALL, scenario, PACK_SEED, 20))


def test_a_misperception_is_the_mean_error_about_other_groups():
    case = lower(load(SMALL))
    state = watch(case, seed=3).state
    group, n = case.seats["group"], len(case.seats)
    errors = [
        abs(state.belief[k, j, 0] - state.opinions[k, j]["position"])
        for j in range(n)
        for k in range(len(state.opinions))
        if group[j] != group[0]
    ]
    assert misperceptions(case, state)[0] == pytest.approx(np.mean(errors))


# 1 One change


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
        return trials.depth_of(small_with(), {name: name for name in found})

    assert kind((1, 1, 1), (0.1, 0.2, 0.3)) == ("alike", [UNCHANGED_LEVEL, "a", "b"], ["b"])
    assert kind((0.1, 0.901, 0.899), (0.1, 0.3, 0.3)) == ("both", ["a", "b"], ["a", "b"])
    assert kind((0.1, 0.9, 0.9), (0.3, 0.1, 0.2)) == ("apart", ["a", "b"], [UNCHANGED_LEVEL])
    assert kind((0.1, 0.9, 0.9), (0.3, 0.1, 0.2), gap=-0.05).kind == "unclear"


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("alike", "equally frequent"),
        ("both", "both come with"),
        ("apart", "not depth"),
        ("unclear", "not differ measurably"),
    ],
)
def test_the_key_says_how_depth_and_consensus_relate(kind, says, small_topic):
    numbers = trials.rescue(small_topic)
    key = sheets_of(
        "1_rescue", small_topic, numbers | {"depth": trials.Depth(kind, [UNCHANGED_LEVEL], [UNCHANGED_LEVEL])}
    )
    assert says in key["key.md"]
    assert (
        "depth"
        not in sheets_of("1_rescue", small_topic, numbers | {"depth": None})["key.md"].split("## How")[1].split("##")[0]
    )


def test_numbers_of_a_key_are_those_its_command_prints(small, tmp_path):
    key = small["1_rescue/key.md"]
    table = compared(command_of(key, "compare"), tmp_path / "table.csv")
    found, line = row_of(table, "consensus", "a rolling text"), line_of(key, "a rolling text")
    assert f"| {100 * float(found['changed']):.0f} % [" in line
    assert says_gap(line, float(found["paired"]))


# 2 The chair's budget


def test_scores_of_a_key_are_those_its_commands_print(focal, tmp_path):
    key = focal["2_budget/key.md"]
    cards = key.split("## How to read it")[0]
    rows = [line.split(" | ") for line in cards.splitlines() if line.startswith("| ")][2:]
    for seed, column in ((PACK_SEED, 2), (PACK_SEED + budget.FRESH_SEED_STEP, 3)):
        table = compared(command_of(key, "compare", f"--seed {seed}"), tmp_path / "table.csv")
        scores = [float(row["changed"]) for row in table if row["measure"] == budget.SCORE]
        assert [row[column].split()[0] for row in rows] == [f"{score:.2f}" for score in scores]
        assert len(scores) > 4


def test_a_run_that_agrees_on_nothing_counts_in_the_score(focal_topic):
    card = budget.cards()[0]
    depth = focal_topic.runs(card.changes).column("depth")
    assert np.isnan(depth).any()
    assert budget.score_of(focal_topic, card).score.value == pytest.approx(np.nan_to_num(depth).mean())


def test_cards_are_all_that_the_budget_buys():
    cards = budget.cards()
    assert len(set(cards)) == len(cards) == 9 * len(budget.BUDGET_METHODOLOGIES)
    assert all(card.price == 2 * card.meetings + 4 * card.evenings <= budget.BUDGET for card in cards)
    assert max(card.price for card in cards) == budget.BUDGET


@pytest.mark.parametrize("name", [SMALL, FOCAL, "cases/gge17"])
def test_a_card_holds_in_every_run(name):
    card = budget.Card(3, "rolling_text", 0.5)
    for replication in range(5):
        process = sample(load(name, changes=list(card.changes)), PACK_SEED, replication).process
        assert len(process.meetings) == 3
        assert process.meetings[1].agenda[0].format == "rolling_text"
        evenings = [evening for meeting in process.meetings for evening in meeting.evenings]
        assert sum(evening.mixed_share != 0 for evening in evenings) == pytest.approx(len(evenings) / 2, abs=0.6)


def test_the_best_card_is_scored_with_days_of_its_own_and_with_the_days_held(focal_topic):
    numbers = budget._with_days_held(focal_topic, budget.Card(2, "rolling_text", 0.5))
    assert list(numbers["rows"]) == ["1 meeting", "2 meetings", "3 meetings", "4 meetings"]
    assert numbers["days"] == 4
    as_written = numbers["rows"]["2 meetings"]
    assert as_written[0] == as_written[1]  # two meetings of two days are what the scenario has
    assert numbers["rows"]["4 meetings"][0] != numbers["rows"]["4 meetings"][1]
    drawn = load(SMALL, changes=["uncertain={process.meetings.0.days: {integers: [1, 3]}}"])
    assert budget._with_days_held(Topic(SMALL, drawn, PACK_SEED, 5), budget.cards()[0])["rows"] == {}


# 3 Eyes and a dinner


def test_the_eyes_are_those_of_whoever_misjudges_most():
    assert host_of(opening_of(load(FOCAL), PACK_SEED, draws=2)) == "India"
    opening = opening_of(load(SMALL), PACK_SEED)
    assert host_of(opening) == max(opening.delegates, key=lambda name: opening.misperception[opening.delegates[name]])
    nobody = load(SMALL).model_copy(update={"delegates": ()})
    opening = opening_of(nobody, PACK_SEED)
    assert host_of(opening) == max(
        opening.members, key=lambda name: opening.misperception[opening.members[name]].mean()
    )


def test_the_eyes_of_the_key_are_those_of_the_linked_room(focal, focal_topic):
    scenario = sample(load(FOCAL), PACK_SEED, 0)
    run = SeatedNegotiation(scenario, {}, seed=PACK_SEED, replication=0)
    view = observer_of(focal_topic)
    members = view.single.members["business"]
    start, seen_by_moment = None, at_both_ends(load(FOCAL), PACK_SEED, view)[:2]
    for is_end, seen in enumerate(seen_by_moment):
        while is_end and run.run.outcome == Outcome.RUNNING:
            run.finish_turn()
        seat, positions = outlook(run.run.state, view.seat), run.run.state.views["position"]
        start = start or (seat.belief.copy(), positions.copy())
        assert seat_names(scenario)[seat.seat] == view.looker == "India"
        assert np.abs(seat.belief - positions).mean(axis=1) == pytest.approx(seen.off)
        assert seat.trust[members] == pytest.approx(seen.trust[members])
        assert (seat.seems, seat.true) == pytest.approx((seen.seems, seen.true))
    believed, true = (table[members].mean(axis=0) for table in start)
    key = focal["3_eyes/key.md"].split("## Run 0 on the page")[1]
    row = next(line for line in key.splitlines() if line.startswith("| Business | "))
    cells = re.findall(r"([\d.]+) \(([\d.]+)\)", row)
    assert cells == [(f"{b:.2f}", f"{t:.2f}") for b, t in zip(believed, true, strict=True)]


def test_dinners_of_a_key_do_what_its_command_prints(small, tmp_path):
    key = small["3_eyes/key.md"]
    found = row_of(compared(command_of(key, "compare"), tmp_path / "table.csv"), "share_agreed", "dinner with Business")
    assert f"| {100 * float(found['changed']):.0f} % [" in line_of(key, "dinner with Business")


# 4 Two witnesses


@pytest.mark.parametrize(
    ("changes", "first", "second"),
    [
        ((), "context.tension=low", "context.tension=high process.chair.pressure=none"),
        (("context.tension=none",), "trust.across=medium", "context.tension=low process.chair.pressure=none"),
        (("context.tension=none", "trust.across=very_high"), "", "context.tension=low process.chair.pressure=none"),
        (
            ("context.tension=1", "process.chair.pressure=0"),
            "context.tension=high",
            "process.chair.responsiveness=high",
        ),
        (("uncertain={context.tension: {one_of: [none, high]}}",), "context.tension=none", "context.tension=1"),
    ],
)
def test_witnesses_are_coded_a_step_from_the_scenario(changes, first, second):
    subject = small_with(*changes)
    process, politics = process_to_blame(subject), politics_to_blame(subject)
    assert " ".join(process.changes) == first
    assert " ".join(politics.changes).startswith(second)
    assert (process.means == "milder") == ("tension" in first)
    assert (process.means == "nothing") == (not first)
    assert (politics.means in {"both", "quarrel"}) == ("tension" in second)


NONE, SOME = Estimate(0.0, 0.0, 0.0, 20), Estimate(-0.301, -0.4, -0.2, 20)
GAPS = {"a": NONE, "b": SOME, "c": SOME._replace(value=-0.299)}


def test_a_remedy_is_a_test_only_if_it_tells_the_witnesses_apart():
    assert telling({"a": NONE, "b": NONE}) == {}
    assert list(telling(GAPS)) == ["b", "c"]


def test_differences_of_a_key_are_those_its_command_prints(small, tmp_path):
    key = small["4_witnesses/key.md"]
    commands = [line for line in key.splitlines() if line.startswith("negsim compare")]
    rows = [line for line in key.splitlines() if line.count("%") == 2 and line.startswith("|")]
    assert len(commands) == len(rows) > 3
    (found,) = compared(shlex.split(commands[1])[1:], tmp_path / "table.csv")
    assert f"| {100 * float(found['base']):.0f} % [" in rows[1]
    assert f"| {100 * float(found['changed']):.0f} % [" in rows[1]
    assert says_gap(rows[1], float(found["paired"]))


# 5 Four rules


def test_a_tally_judges_as_the_model_does():
    scenario, agreed = load(FOCAL), 0
    for replication in range(6):
        found = judgements.best_readings(scenario, PACK_SEED, replication)
        run = watch(lower(scenario), seed=PACK_SEED, replication=replication)
        paragraphs, row = run.state.paragraphs, dict(zip(MEASURES, run.results.runs[0], strict=True))
        for k, tally in found.items():
            content = 1.0 - tally.objections.sum() / tally.seats.sum()
            assert content == pytest.approx(paragraphs["content"][k])
            assert tally.blockers >= paragraphs["fewest_blockers"][k]
        if len(found) == len(scenario.issues):
            agreed += 1
            assert all(tally.verdicts["rough_consensus"] for tally in found.values()) == bool(
                row["would_rough_consensus"]
            )
    assert agreed


def test_gaps_of_a_key_are_those_its_command_prints(small):
    key = small["5_rules/key.md"]
    gap = json.loads(printed_by(*command_of(key, "run", "rough"), "--json"))["measures"]["satisfaction_gap"]
    assert f"| {gap['mean']:.2f} [{gap['low']:.2f}, {gap['high']:.2f}] |" in key


# By hand


def test_the_seat_and_the_seed_of_the_game_let_thinking_pay(storm_numbers):
    scores = dict(storm_numbers["scores"])
    thinks = scores.pop("asks first, then writes")
    assert thinks > max(80, max(scores.values()) + 30)


def test_what_everybody_could_sign_is_between_the_red_lines(storm_numbers):
    scenario, zones = load("storm"), written.signable(load("storm"))
    assert zones == {"access": (0.36, 0.42), "site": (0.58, 0.74), "board": (0.34, 0.44)}
    assert list(storm_numbers["zones"].values()) == list(zones.values())
    lines = [line for delegate in scenario.delegates for line in delegate.red_lines.values()]
    assert len(lines) == 12  # as the key says


def test_the_key_of_the_storm_names_seats_that_have_what_it_says():
    briefs = {delegate.name.split()[-1]: delegate.brief.secret for delegate in load("storm").delegates}
    for name, words in {
        "Weil": "five hours", "Aziz": "one card", "Reis": "ninety a month", "Diallo": "two thirds",
        "Brandt": "a fifth less", "Prior": "dry field", "Osman": "has no vote",
    }.items():  # fmt: skip
        assert words in " ".join(briefs[name].split()), name


def test_scores_of_the_key_are_those_its_commands_write(storm_numbers, tmp_path):
    for score, command in zip(storm_numbers["scores"].values(), storm_numbers["score_commands"], strict=True):
        words = shlex.split(command)[1:-1]
        printed_by(*words, str(tmp_path / "game"))
        table = table_of(tmp_path / "game" / "delegates.csv")
        (row,) = [row for row in table if row["delegate"] == written.GAME_SEAT]
        assert float(row["score"]) == pytest.approx(score)


@pytest.mark.parametrize("folder", ["storm", "focal"])
def test_effects_of_a_lesson_by_hand_are_those_its_command_prints(folder, stormy, focal, tmp_path):
    key = {"storm": stormy, "focal": focal}[folder][f"{folder}/key.md"]
    name = "rolling text in every session"
    found = row_of(compared(command_of(key, "compare"), tmp_path / "table.csv"), "consensus", name)
    assert says_gap(line_of(key, name), float(found["paired"]))


def test_a_chart_is_the_one_that_the_command_beside_it_draws(focal, tmp_path):
    words = command_of(focal["focal/slides.md"], "plot")
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
    depot, here = focal_numbers["rooms"].values()  # the two reasons of the key
    assert depot.readings > here.readings + 0.5
    assert depot.hours < here.hours
    assert depot.passable.value > here.passable.value + 0.1


@pytest.fixture(scope="module")
def storm_numbers():
    return written.storm(Topic("storm", load("storm"), PACK_SEED, 20))


@pytest.fixture(scope="module")
def focal_numbers(focal_topic):
    return written.focal(focal_topic)
