"""The classroom pack: made of any scenario, true to its commands, harmless, and kept for the focal case."""

from __future__ import annotations

import csv
import json
import re
import shlex
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from typer.testing import CliRunner

from negsim.cases import builtin_cases, load, load_case, loads, loads_case
from negsim.classroom import (
    budget_key,
    budgets,
    eyes,
    guesses,
    links,
    offers,
    pack_of,
    rescue,
    roles,
    rules,
    rules_key,
    sheets,
    write_pack,
)
from negsim.classroom.accounts import remedies, witnesses_of
from negsim.classroom.blind import CODES, chosen
from negsim.classroom.course import AS_WRITTEN, LAB_RUNS, Course
from negsim.classroom.looks import guests_of, host_of, view_of
from negsim.classroom.pack import LESSONS, MINUTES, REPLICATIONS, SEED
from negsim.classroom.room import at_both_ends, misperceptions, room_of
from negsim.classroom.tally import tallies
from negsim.classroom.witnesses import witnesses
from negsim.classroom.witnesses_key import apart
from negsim.cli import app
from negsim.errors import NegsimError
from negsim.files import MARKER
from negsim.negotiation.measures import MEASURES
from negsim.negotiation.runs import watch
from negsim.report.pages import blocks
from negsim.report.progress import followed
from negsim.report.words import on_scale
from negsim.scenario import dump_yaml, with_changes
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import drawn
from negsim.study.agreement import agreement, pairs_of
from negsim.study.design import cells_of
from negsim.study.estimates import Estimate
from negsim.study.schema import loads_study, scenario_of

TEACHING = Path(__file__).parent.parent / "docs" / "teaching"
FOCAL, SMALL = "cstd_wgigf_2011", "classroom"
HOSTILE = '<script>alert(1)</script> [x](javascript:alert(2)) `{eval}` $a$ *b* "c"'


@pytest.fixture(scope="module")
def focal():
    return followed(pack_of(load(FOCAL), FOCAL))


@pytest.fixture(scope="module")
def small():
    return followed(pack_of(load(SMALL), SMALL, replications=20))


@pytest.fixture(scope="module")
def course():
    return Course(SMALL, load(SMALL), SEED, 20)


def negsim(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_pack_of_the_focal_case_is_what_the_command_writes_now(focal):
    kept = {
        str(file.relative_to(TEACHING)): file for file in TEACHING.rglob("*") if file.is_file() and file.name != MARKER
    }
    again = "run: negsim classroom cstd_wgigf_2011 --out docs/teaching"
    assert set(kept) == set(focal), again
    assert [name for name, text in focal.items() if kept[name].read_text(encoding="utf-8") != text] == [], again


def test_the_same_scenario_and_seed_write_the_same_files(small):
    assert followed(pack_of(load(SMALL), SMALL, replications=20)) == small


def test_six_lessons_of_fifty_minutes_have_all_their_sheets(focal):
    folders = sorted({name.split("/")[0] for name in focal if name[0].isdigit()})
    assert len(folders) == len(LESSONS) == 6
    for folder in folders:
        assert {
            f"{folder}/{name}" for name in ("lesson.md", "slides.md", "slides.html", "worksheet.md", "key.md")
        } <= set(focal)
        lesson = focal[f"{folder}/lesson.md"]
        assert f"## Plan ({MINUTES} minutes)" in lesson
        for heading in ("What students can do afterwards", "Before class", "In the studio", "Rubric"):
            assert f"## {heading}" in lesson


def test_whose_account_it_is_and_that_it_is_a_model_are_said_in_front(focal):
    for name, text in focal.items():
        if name.endswith(".md") or name == "handouts.html":
            top = text[:6000] if name.endswith(".html") else text[:900]
            assert "A model, not a forecast." in top, name
            assert "One insider’s account." in top, name


@pytest.mark.parametrize("name", ["netmundial_2014", "wgig_2005", "cases/gge17"])
def test_any_scenario_makes_a_pack(name, monkeypatch):
    monkeypatch.setattr(budgets, "METHODS", ("chair_text", "rolling_text"))
    pack = followed(pack_of(load(name), name, replications=20))
    assert len({file.split("/")[0] for file in pack if file[0].isdigit()}) == 6
    assert len([file for file in pack if file.startswith("roles/")]) == len(load(name).groups)


def test_the_eyes_are_those_of_whoever_misjudges_most():
    assert host_of(room_of(load(FOCAL), SEED)) == "India"
    room = room_of(load(SMALL), SEED)
    assert host_of(room) == max(room.named, key=lambda name: room.misperception[room.named[name]])
    nobody = load(SMALL).model_copy(update={"delegates": ()})
    room = room_of(nobody, SEED)
    assert host_of(room) == max(room.members, key=lambda name: room.misperception[room.members[name]].mean())


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


def test_a_tally_judges_as_the_model_does():
    scenario, agreed = load(FOCAL), 0
    for replication in range(6):
        found = tallies(scenario, SEED, replication)
        run = watch(lower(scenario), seed=SEED, replication=replication)
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


def test_depth_is_set_against_consensus_only_where_they_part(monkeypatch):
    def told(shares, depths):
        found = dict(zip((AS_WRITTEN, "a", "b"), zip(shares, depths, strict=True), strict=True))
        monkeypatch.setattr(
            Course,
            "estimate",
            lambda _, measure, changes=(): Estimate(found[changes or AS_WRITTEN][measure == "depth"], 0.0, 1.0, 20),
        )
        return next(rescue._depth(Course(SMALL, load(SMALL), SEED, 20), {name: name for name in found}))

    monkeypatch.setattr(Course, "gap", lambda *_: Estimate(0.1, 0.05, 0.15, 20))
    assert "all of them; agreements are deepest with “b” (depth 0.30" in told((1, 1, 1), (0.1, 0.2, 0.3))
    assert "come with “a” (depth 0.30 [0.00, 1.00]) and “b”" in told((0.1, 0.901, 0.899), (0.1, 0.3, 0.3))
    assert told((0.1, 0.9, 0.9), (0.3, 0.1, 0.2)).startswith("Consensus is not depth: most consensus comes with “a”")
    monkeypatch.setattr(Course, "gap", lambda *_: Estimate(0.1, -0.05, 0.25, 20))
    assert told((0.1, 0.9, 0.9), (0.3, 0.1, 0.2)).endswith(": no measurable difference of depth.")


def test_depths_of_a_key_are_those_its_command_prints(focal):
    key = focal["1_rescue/key.md"]
    row = next(line for line in key.splitlines() if line.startswith("| a rolling text |"))
    command = next(line for line in key.splitlines() if line.startswith("negsim run") and "rolling" in line)
    depth, interval = row.split(" | ")[4].split(" ", 1)
    told = next(line for line in negsim(*shlex.split(command)[1:]).output.splitlines() if "depth of what" in line)
    assert f" {depth} " in told
    assert f" {interval} " in told


def test_who_agrees_is_not_rescued():
    changes = ["process.decision_rule=majority_per_group", "basis={}"]
    agreed = rescue.rescue(Course(SMALL, load(SMALL, changes=changes), SEED, 20))
    assert agreed.title == "Change Town hall"
    assert agreed.plan[0].how.endswith("Say: “No sources. A model, not a forecast.”")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("process.decision_rule=no_formal_objection", "no formal objection"),
        ("process.decision_rule={rough_consensus: {share: 0.8}}", "rough consensus (80 % of the room do not object)"),
        ("process.decision_rule={consensus_minus: {k: 3}}", "consensus minus 3 (so many delegates may block in vain)"),
        ("process.decision_rule=majority_per_group", "a majority of every group"),
        (
            "uncertain={process.decision_rule: {one_of: [consensus_minus, no_formal_objection]}}",
            "drawn anew for every run",
        ),
    ],
)
def test_the_rule_of_a_scenario_is_told_with_its_number(change, told):
    assert rules.rule_of(load(SMALL, changes=[change])) == told


def test_gaps_of_a_key_are_those_its_command_prints(focal):
    key = focal["6_rules/key.md"]
    command = next(line for line in key.splitlines() if line.startswith("negsim run") and "rough" in line)
    gap = json.loads(negsim(*shlex.split(command)[1:], "--json").output)["measures"]["satisfaction_gap"]
    assert f"| {gap['mean']:.2f} [{gap['low']:.2f}, {gap['high']:.2f}] |" in key


def test_all_rules_that_are_shown_alike_are_named(focal):
    assert "satisfy IETF most often (30 %) and UN and ICANN least (4 %)" in focal["6_rules/key.md"]
    assert rules_key._same(dict.fromkeys(("UN", "ICANN", "IETF", "majority"), 0.0)).endswith(
        "as often: in 0 % of runs."
    )
    assert list(rules_key._depths({"UN": 0.301, "IETF": 0.299})) == [
        "What is agreed is equally deep with UN and IETF (0.30)."
    ]
    assert list(rules_key._depths({"IETF": 0.3})) == ["Something is agreed under IETF alone (0.30 deep)."]
    assert not list(rules_key._depths({}))


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
    both = witnesses_of(Course(SMALL, load(SMALL, changes=changes), SEED, 20))
    assert " ".join(both[0].changes) == first
    assert " ".join(both[1].changes).startswith(second)
    assert ("milder" in both[0].means) == ("tension" in first)
    assert ("nothing is changed" in both[0].means) == (not first)
    assert ("deeper" in both[1].means) == ("tension" in second)


@pytest.mark.parametrize("rule", ["no_formal_objection", "majority_per_group"])
def test_invented_witnesses_were_not_there_and_tell_of_no_failure_that_is_none(rule):
    course = Course(SMALL, load(SMALL, changes=[f"process.decision_rule={rule}"]), SEED, 20)
    lesson = witnesses(course)
    sheet = sheets.as_markdown(lesson.about, [*lesson.prepare, *(step.how for step in lesson.plan)], lesson.slides)
    for real in ("insiders", "whole accounts", "both were there", "as the real room did"):
        assert real not in sheet
    key = sheets.as_markdown("", [], lesson.key)
    assert ("little that a remedy could add" in key) == course.agrees
    assert ("we would have had a text" in sheet) != course.agrees


def test_insiders_were_there(focal):
    lesson, slides = focal["4_witnesses/lesson.md"], focal["4_witnesses/slides.md"]
    assert "Two insiders’ accounts" in lesson
    assert "both were there" in lesson
    assert "Both settings may fail as the real room did." in slides


def test_a_remedy_is_a_test_only_if_it_tells_the_witnesses_apart():
    none, some = Estimate(0.0, 0.0, 0.0, 20), Estimate(-0.301, -0.4, -0.2, 20)
    assert list(apart({"a": none, "b": none}, 20)) == [
        "No remedy tells the two rooms apart in 20 runs: none of these is a test, so look for another one."
    ]
    most = next(apart({"a": none, "b": some, "c": some._replace(value=-0.299)}, 20))
    assert most.startswith("They part most on “b”: −30 points [−40, −20] and “c”: −30 points")


def test_numbers_of_a_key_are_those_its_command_prints(focal, tmp_path):
    key = focal["1_rescue/key.md"]
    command = next(line for line in key.splitlines() if line.startswith("negsim compare"))
    out = tmp_path / "table.csv"
    result = negsim(*shlex.split(command)[1:], "--out", out)
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as file:
        rows = {(row["measure"], row["alternative"]): row for row in csv.DictReader(file)}
    told = next(line for line in key.splitlines() if line.startswith("| a rolling text |"))
    found = rows["consensus", "a_rolling_text"]
    assert f"| {100 * float(found['changed']):.0f} % [" in told
    assert f"{100 * float(found['paired']):+.0f} points" in told


def test_no_bound_of_a_key_is_shown_as_zero_unless_it_is(focal, small):
    for pack in (focal, small):
        for name, text in pack.items():
            if name.endswith("key.md"):
                assert not re.search(r"points \[(0, \+|−[\d.]+, 0\])", text), name


def test_differences_of_a_key_are_those_its_command_prints(focal, tmp_path):
    key = focal["4_witnesses/key.md"]
    commands = [line for line in key.splitlines() if line.startswith("negsim compare")]
    rows = [line for line in key.splitlines() if line.count("%") == 2 and line.startswith("|")]
    assert len(commands) == len(rows) > 3
    out = tmp_path / "table.csv"
    assert negsim(*shlex.split(commands[1])[1:], "--out", out).exit_code == 0
    with out.open(encoding="utf-8", newline="") as file:
        (found,) = csv.DictReader(file)
    assert f"| {100 * float(found['base']):.0f} % [" in rows[1]
    assert f"| {100 * float(found['changed']):.0f} % [" in rows[1]
    assert f"{100 * float(found['paired']):+.0f} points".replace("-", "−") in rows[1]


def test_the_alphas_of_a_key_are_those_its_command_prints(focal, tmp_path, monkeypatch):
    write_pack(tmp_path / "pack", focal)
    monkeypatch.chdir(tmp_path / "pack" / "5_blind")
    key = focal["5_blind/key.md"]
    command = next(line for line in key.splitlines() if line.startswith("negsim agree"))
    assert negsim(*shlex.split(command)[1:]).output.rstrip() in key


def test_the_eyes_of_the_key_are_those_of_the_linked_room(focal):
    playback_of = pytest.importorskip("negsim.studio.playback").playback_of
    studio = pytest.importorskip("negsim.studio.links")
    playback = playback_of(studio.Setting(name=FOCAL, seed=SEED))
    view = view_of(Course(FOCAL, load(FOCAL), SEED, 20))
    members = view.linked.members["business"]
    for moment, seen in zip((0, playback.last), at_both_ends(load(FOCAL), SEED, view.seat), strict=True):
        eyes = playback.eyes(moment, view.seat)
        assert eyes.name == view.looker == "India"
        assert np.abs(eyes.belief - eyes.true).mean(axis=1) == pytest.approx(seen.off)
        assert eyes.trust[members] == pytest.approx(seen.trust[members])
        others = np.abs(np.array([eyes.belief, eyes.true])[:, eyes.others] - eyes.true[view.seat])
        assert others.mean(axis=(1, 2)) == pytest.approx([seen.believed, seen.true])
    start = playback.eyes(0, view.seat)
    believed, true = (table[members].mean(axis=0) for table in (start.belief, start.true))
    key = focal["3_eyes/key.md"].split("## The room that the link opens")[1]
    row = next(line for line in key.splitlines() if line.startswith("| Business | "))
    told = re.findall(r"([\d.]+) \(([\d.]+)\)", row)
    assert told == [(f"{b:.2f}", f"{t:.2f}") for b, t in zip(believed, true, strict=True)]


def test_the_dinners_are_run_as_often_as_in_the_lab(focal):
    lab = pytest.importorskip("negsim.studio.lab")
    assert lab.REPLICATIONS == LAB_RUNS
    command = next(line for line in focal["3_eyes/key.md"].splitlines() if line.startswith("negsim compare"))
    assert f"--replications {LAB_RUNS} --seed {SEED}" in command


def test_a_dinner_can_be_pasted_into_the_lab(focal):
    limits = pytest.importorskip("negsim.studio.limits")
    lines = [line for line in focal["3_eyes/dinners.txt"].splitlines() if "=" in line]
    assert len(lines) == 4
    for line in lines:
        assert len(line) <= limits.MOST_CHANGE
        assert with_changes(load(FOCAL), [line]) != load(FOCAL)


def test_the_best_card_can_be_written_into_the_card_file(focal):
    text, key = focal["2_budget/card.yaml"], focal["2_budget/key.md"]
    best = re.search(r"^- name: .*?(?=^```)", key, flags=re.DOTALL | re.MULTILINE)
    lines = "".join(f"  {line}\n" for line in best[0].splitlines())
    edited, count = re.subn(
        r"(?<=^  meetings:\n).*?(?=^  events: \[\])", lambda _: lines, text, flags=re.DOTALL | re.MULTILINE
    )
    assert count == 1
    scenario = loads(edited, "card.yaml")
    assert [meeting.name for meeting in scenario.process.meetings] == ["Meeting 1"]
    assert not scenario.process.events
    command = next(line for line in key.splitlines() if line.startswith("negsim run"))
    words = shlex.split(command)
    again = with_changes(load(FOCAL), [words[n + 1] for n, word in enumerate(words) if word == "--set"])
    assert scenario.model_dump(exclude={"basis"}) == again.model_dump(exclude={"basis"})
    for name in (SMALL, "netmundial_2014", "cases/gge17"):
        assert not {"meetings.count", "methodology"} & set(loads(budgets.card_text(load(name)), name).uncertain)


def test_every_row_of_the_cards_has_its_commands(focal):
    key = focal["2_budget/key.md"]
    rows = [line for line in key.splitlines() if line.startswith("| ")][2:]
    commands = [line for line in key.splitlines() if line.startswith("negsim run")]
    assert len(commands) == 2 * len(rows) > 10
    assert {command.split("--seed ")[1] for command in commands} == {str(SEED), str(SEED + budgets.UNSEEN)}


def test_no_card_is_called_better_than_those_shown_alike():
    assert "no card is better" in budget_key._best_and_worst({"a": 0.001, "b": 0.0})
    told = "that of “a” and “c”, 0.30; the worst is 0.10."
    assert budget_key._best_and_worst({"a": 0.301, "b": 0.1, "c": 0.299}).endswith(told)


def test_what_a_card_spends_is_drawn_no_more(tmp_path):
    name = "cases/cwg_iana"
    course, plan = Course(name, load(name), SEED, 20), budgets.EXAMPLES["Example B"]
    for replication in range(5):
        process = drawn(budgets.with_card(course.scenario, plan), SEED, replication).process
        assert [meeting.days for meeting in process.meetings] == [3, 1]
        assert process.meetings[1].agenda[0].format == "rolling_text"
        assert [evening.mixed_share is None for evening in process.meetings[0].evenings] == [True, True, False]
    (tmp_path / budgets.CARD).write_text(budgets.card_text(course.scenario), encoding="utf-8")
    study = loads_study(budgets.study_text(course), beside=tmp_path)
    cell = next(cell for cell in cells_of(study) if cell["team"] == "Example B")
    again = drawn(scenario_of(study, load(study.scenario), cell), SEED, 3)
    assert again.process.meetings == drawn(budgets.with_card(course.scenario, plan), SEED, 3).process.meetings
    assert "2_budget/card.yaml" in budget_key.commands_of(course, plan)[0]


def test_draws_made_together_keep_what_no_card_says():
    ours = [{"meetings.count": 2, "context.tension": "low"}, {"meetings.count": 3}]
    open_ = {"ours": {"either": ours}, "times": {"either": [{"meetings.count": 2}]}, "methodology": {"one_of": ["a"]}}
    scenario = with_changes(load(SMALL), {"uncertain": open_})
    left = budgets.with_card(scenario, budgets.EXAMPLES["Example A"]).uncertain
    assert {key: how.either for key, how in left.items()} == {"ours": ({"context.tension": "low"}, budgets.NO_EVENTS)}


def test_a_scenario_in_a_file_is_called_by_the_name_it_has_in_the_pack(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(dump_yaml(load(SMALL)), encoding="utf-8")
    pack = followed(pack_of(load(file), str(file), replications=20))
    assert not [name for name, text in pack.items() if "mine.yaml" in text]
    commands = [
        line
        for text in pack.values()
        for line in text.splitlines()
        if re.match(r"negsim (run|compare|transcript)", line)
    ]
    assert commands
    assert all("scenario.yaml" in line for line in commands)
    assert "in the folder of this pack" in pack["README.md"]


def test_what_changes_no_run_is_not_on_the_menu(course, small):
    settings = {
        "one more": ("meetings.count=2",),
        "twice as many": ("meetings.count=2",),
        "an evening after the end": ("informal.mixed_evenings=1",),
    }
    assert list(course.fitting(settings)) == ["one more"]
    for name in ("twice as many meetings", "every evening mixed"):
        assert name not in small["1_rescue/key.md"]
    assert course.fitting({"nothing": ()}) == {"nothing": ()}
    for name in ("lesson", "key"):
        assert "does any dinner change what happens" in small[f"3_eyes/{name}.md"]


@pytest.mark.parametrize(
    "drawn_", ["meetings.count: {integers: [1, 3]}", "ours: {either: [{process.meetings.0.days: 2}]}"]
)
def test_meetings_are_not_added_to_a_number_that_is_drawn(drawn_):
    scenario = load(SMALL, changes=[f"uncertain={{{drawn_}}}"])
    assert offers.more_meetings(load(SMALL)) == {
        "one more meeting": ("meetings.count=2",),
        "twice as many meetings": ("meetings.count=2",),
    }
    assert not offers.more_meetings(scenario)
    assert "rolling text, mixed evenings" in remedies(Course(SMALL, scenario, SEED, 20))


@pytest.mark.parametrize(("tension", "changes"), [("high", "low"), ("low", "none"), (0.1, "none"), ("none", "")])
def test_calm_politics_are_calmer_than_here(tension, changes):
    found = offers.calm(load(SMALL, changes=[f"context.tension={tension}"]))
    assert found == ({"calm politics": (f"context.tension={changes}",)} if changes else {})


def test_what_a_process_has_already_is_not_offered():
    rolling = load(SMALL, changes=["methodology=[{rolling_text: 1}]", "process.chair.responsiveness=0.5"])
    assert list(offers.methods(rolling)) == ["convergence mapping", "proposals reviewed one by one"]
    assert len(offers.methods(load(SMALL))) == 3
    assert not offers.listening(rolling)
    assert offers.listening(load(SMALL))


def test_only_groups_with_a_dinner_are_guests(course):
    view = view_of(course)
    alone = view._replace(dinners=dict([next(iter(view.dinners.items()))]))
    guest = course.scenario.groups[guests_of(course.scenario, alone)[0]].label
    sheet = sheets.as_markdown("", [], list(eyes._worksheet(course.scenario, alone)))
    assert f"Our guest: {guest}." in sheet
    assert "We choose it" not in sheet
    slides = sheets.as_markdown("", [], list(eyes._slides(course.scenario, alone)))
    assert f"on the first evening, with {guest}." in slides
    assert "Whom do you invite?" not in slides
    assert "Which guest" not in eyes._debrief([guest])
    assert "Which guest" in eyes._debrief([guest, "others"])


def test_numbers_of_a_role_sheet_are_told_to_be_means(focal):
    sheet = focal["roles/government.md"]
    assert "means over 40 draws of the room; where a delegate stands differs from run to run" in sheet
    assert "privately, on average" in sheet


@pytest.mark.parametrize(
    ("value", "how"), [(0.549, "towards"), (0.55, "towards"), (0.45, "towards"), (0.5449, "halfway"), (0.92, "near")]
)
def test_a_place_is_judged_as_it_is_shown(value, how):
    assert on_scale(load(SMALL).issues["logs"], value).startswith(how)


def test_every_command_of_the_pack_is_understood(small):
    commands = {
        line
        for text in small.values()
        for line in text.splitlines()
        if re.match(r"negsim (run|compare|transcript)", line)
    }
    assert len(commands) > 12
    for command in sorted(commands):
        words = shlex.split(command)[1:]
        changes = [words[n + 1] for n, word in enumerate(words) if word == "--set"]
        if words[0] == "compare":
            for one in words[1 : words.index("--measure")]:
                parts = shlex.split(one.split(": ", 1)[-1])
                with_changes(load(SMALL), parts[parts[0] == SMALL :])
        else:
            load(words[1], changes=changes)


def test_a_class_of_budgets_is_a_study(focal, tmp_path):
    (tmp_path / "2_budget").mkdir()
    study = loads_study(focal["2_budget/budgets.yaml"])
    assert study.seed == SEED + budgets.UNSEEN
    assert [factor.name for factor in study.factors] == ["team"]
    for plan in budgets.budgets():
        assert sum(plan.split) == budgets.DAYS
        assert len(plan.mixed) <= budgets.EVENINGS
        scenario = with_changes(load(FOCAL), plan.changes())
        assert sum(meeting.days for meeting in scenario.process.meetings) == budgets.DAYS


def test_cases_are_coded_blind(focal):
    cases = chosen(Course(FOCAL, load(FOCAL), SEED, 20))
    assert len(cases) == len({case.family for case in cases.values()}) == 4
    assert not [case for case in cases.values() if case.family == "cstd"]
    assert len({case.outcome.code for case in cases.values()}) >= 3
    for letter, case in cases.items():
        blank = focal[f"5_blind/blank/case_{letter.lower()}.yaml"]
        coded = loads_case(blank)
        assert {name for name in CODES if coded.codes[name].known is not None} == set()
        assert coded.outcome is None
        assert "outcome" not in blank
        for text in (blank, focal["5_blind/worksheet.md"], focal["5_blind/slides.md"]):
            assert case.title not in text
        reference = loads_case(focal[f"5_blind/reference/case_{letter.lower()}.yaml"])
        real = load_case(f"cases/{case.name}")
        assert all(reference.codes[name].known == real.codes[name].known for name in CODES)


def test_the_guide_asks_for_the_computers_that_lesson_5_needs(focal):
    assert "5 needs a computer with a text editor for every coder" in focal["README.md"]
    assert "A coder is a student with a computer" in focal["5_blind/lesson.md"]


def test_the_guide_promises_of_numbers_what_is_true(focal):
    assert "move within their intervals" not in focal["README.md"]
    assert "tables of beliefs in lesson 3, mean scores in lesson 2" in focal["README.md"]


def test_the_alpha_of_the_key_is_that_of_its_files(focal, tmp_path):
    write_pack(tmp_path / "pack", focal)
    folder = tmp_path / "pack" / "5_blind"
    pairs, alone = pairs_of(folder / "reference", folder / "second_coder")
    assert not alone
    found = agreement(pairs, seed=SEED)
    assert len(found.differences) == 4
    assert f"in all              {found.overall.value:.2f}" in focal["5_blind/key.md"]


def test_a_role_sheet_holds_no_secret_of_others(course):
    room = room_of(course.scenario, SEED)
    text = sheets.as_markdown(*roles.role(course.scenario, room, "business"))
    assert "no text above" not in text  # a red line of civil society only
    own = sheets.as_markdown(*roles.role(course.scenario, room, "civil_society"))
    assert "no text above 0.40 on Keeping of logs" in own
    assert "Librarian" not in text
    believed = room.believed("business", "civil_society")
    assert f"| Civil society | {believed[0]:.2f} |" in text


def test_guesses_are_a_sheet_with_empty_columns(focal):
    rows = list(csv.DictReader(StringIO(focal["guesses.csv"])))
    assert tuple(rows[0]) == guesses.COLUMNS
    assert {row["lesson"][0] for row in rows} == set("123456")
    assert not any(row[name] for row in rows for name in ("student", "guess", "low", "high", "because"))
    assert guesses.harmless("=1+1") == "'=1+1"


def test_links_lead_into_the_studio(focal):
    spelt = pytest.importorskip("negsim.studio.links")
    found = set(re.findall(r"<(http://[^>]*)>", "".join(text for name, text in focal.items() if name.endswith(".md"))))
    studio = {link for link in found if link.startswith(links.STUDIO)}
    assert len(studio) > 8
    for link in studio:
        parts = urlsplit(link)
        assert parts.path in {"/lab", "/room", "/edit"}
        setting = spelt.setting_of(parts.query)
        assert setting.name == FOCAL
        assert setting.seed == SEED
        setting.scenario()


def test_links_between_files_lead_to_files(small):
    for name, text in small.items():
        if name.endswith(".md"):
            for target in re.findall(r"\]\(<([^>:]*)>\)", text):
                assert str(Path(name).parent / target) in small, (name, target)


def test_slides_and_handouts_need_nothing_from_elsewhere(focal):
    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            assert tag not in {"script", "link", "iframe", "img"}
            assert all(name not in {"src", "onload", "onerror", "onclick"} for name, _ in attrs)

    for name, text in focal.items():
        if name.endswith(".html"):
            Tags().feed(text)
            assert "http" not in re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL)


def test_what_is_hostile_is_shown_as_text(tmp_path):
    text = dump_yaml(load(SMALL)).replace("Public Wi-Fi in a small town (classroom)", "TITLE")
    for name in ("Town hall", "Keeping of logs", "none kept"):
        text = text.replace(name, "TITLE")
    quoted = '"' + HOSTILE.replace('"', '\\"') + '"'
    file = tmp_path / "hostile.yaml"
    file.write_text(re.sub(r"(: |- )TITLE\n", lambda match: f"{match[1]}{quoted}\n", text), encoding="utf-8")
    scenario = load(file)
    assert scenario.title == HOSTILE
    for name, sheet in followed(pack_of(scenario, str(file), replications=20)).items():
        if name.endswith((".md", ".html")):
            outside = re.sub(r"^```.*?^```$", "", sheet, flags=re.DOTALL | re.MULTILINE)
            assert "<script" not in outside, name
            assert name.endswith(".html") or "](javascript" not in outside.replace("\\](", ""), name


def test_a_pack_is_written_whole_and_only_where_it_may(small, tmp_path):
    folder = tmp_path / "pack"
    assert write_pack(folder, small).read_text(encoding="utf-8") == small["README.md"]
    *held, command = (folder / MARKER).read_text(encoding="utf-8").splitlines()
    assert set(held) == {name.split("/")[0] for name in small}
    assert command == "# written by negsim classroom"
    write_pack(folder, {"README.md": "new"})
    assert sorted(file.name for file in folder.iterdir()) == [MARKER, "README.md"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(NegsimError, match="holds other things"):
        write_pack(other, small)
    assert [file.name for file in other.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nosuch"], "no scenario of that name"),
        ([SMALL, "--out", "."], "is the current folder"),
        ([SMALL, "--replications", "1"], "20"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(arguments, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = negsim("classroom", *arguments)
    assert result.exit_code == 2
    assert told in result.output
    assert "Traceback" not in result.output
    assert not list(tmp_path.iterdir())


def test_the_command_says_what_makes_the_pack_again(focal):
    command = f"negsim classroom {FOCAL} --seed {SEED} --replications {REPLICATIONS} --out FOLDER"
    assert command in focal["README.md"]
    assert builtin_cases()


def test_every_block_has_a_form_in_markdown():
    assert set(sheets.MARKDOWN) == set(blocks.Block.__args__) - {blocks.Figure, blocks.Embedded}


@pytest.mark.parametrize("text", ["# a", "- b", "1. c", "a|b", "~~x~~", "[a]: b", "<b>", "a\nb", "_x_", "==="])
def test_text_stays_text_in_markdown(text):
    shown = sheets.plain(text)
    assert "\n" not in shown
    assert not re.match(r"[-#+=]|\d+\. ", shown)
    assert "<" not in shown
