"""The transcript: true to the log, in its order, and in words."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from negsim import sentences
from negsim.negotiation.runs import watch
from negsim.negotiation.tables import Move
from negsim.report.minutes import transcript
from negsim.report.minutes.reasons import reasons
from negsim.report.minutes.story import Clock, Story, passages
from negsim.report.words import issue_names, passes_if
from negsim.scenario import load
from negsim.scenario.lowering import lower, seat_names

DATA = Path(__file__).parents[1] / "data"
CASES = {
    "first": ("cstd_wgigf_2011", ()),
    "second": ("cstd_wgigf_2012", ()),
    "reviewed": ("cstd_wgigf_2011", ("methodology=tabled_proposals",)),
    "drafted": ("cstd_wgigf_2011", ("methodology=drafting_group",)),
    "polled": ("cstd_wgigf_2011", ("methodology=straw_poll",)),
    "package": ("cstd_wgigf_2011", ("methodology=package_deal",)),
    "between": (
        "cstd_wgigf_2012",
        (
            "process.intersession={record: true, consult: true, circulate: 42}",
            "methodology=chair_text",
            "process.opening=0",
            "trust.across=0.2",
        ),
    ),
    "in parts": ("cstd_wgigf_2011", ("process.adoption=separable",)),
    "everything": (DATA / "full.yaml", ()),
    "small": (DATA / "small.yaml", ()),
    "divided": (DATA / "caucuses.yaml", ("informal.corridors=0.2",)),
    "corridors": ("cstd_wgigf_2011", ("informal.corridors=0.5",)),
}


class Case:
    """A scenario, one run of it, and its transcript on one line."""

    def __init__(self, source, changes, seed=2011) -> None:
        self.scenario = load(source, changes=changes)
        self.trace = watch(lower(self.scenario), seed=seed)
        self.text = transcript(self.scenario, self.trace)
        self.line = " ".join(self.text.split())
        self.events = self.trace.events

    def rows(self, move: Move):
        return self.events[self.events["move"] == move]

    def measure(self, name: str) -> float:
        return float(self.trace.results.runs[name][0])


@pytest.fixture(scope="module", params=CASES)
def case(request):
    return Case(*CASES[request.param])


@pytest.fixture(scope="module")
def first():
    return Case(*CASES["first"])


def test_every_event_is_told_once_and_in_order(case):
    told = [event for passage in passages(case.events) for event in passage]
    assert [event.move for event in told] == case.events["move"].tolist()
    assert [event.minute for event in told] == case.events["minute"].tolist()


def test_every_reading_is_told_with_as_many_blockers_as_the_log_has(case):
    room = case.rows(Move.READ)
    told = re.findall(r"Reading \d+ of “.*?”, .*?, (?:takes [^:]*|in the same package): (.*?)(?:\.|;)", case.line)
    assert len(told) == len(room)
    for words, event, before in zip(told, room, [None, *room], strict=False):
        if event.passed:
            assert words.startswith("**agreed")
        elif before is not None and before.minute == event.minute:
            assert words == "the same delegates put it in brackets"
        elif event.blockers == 1:
            assert "alone blocks" in words
        else:
            assert words.startswith(f"{event.blockers} delegates put it in brackets")


def test_times_never_run_backwards_within_a_day(case):
    for day in re.split(r"^### ", case.text, flags=re.MULTILINE)[1:]:
        times = re.findall(r"^- (\d\d:\d\d) ", day, flags=re.MULTILINE)
        assert times == sorted(times)


def test_meetings_and_days_are_headings(first):
    headings = re.findall(r"^#+ .*$", first.text, flags=re.MULTILINE)
    assert headings[3:9] == [
        "## Montreux (meeting 1 of 2, 2 days)", "### Day 1", "### Day 2",
        "## Geneva (meeting 2 of 2, 2 days)", "### Day 1", "### Day 2",
    ]  # fmt: skip
    assert headings[-2:] == ["## Outcome", "## Why it ended this way"]


def test_the_reasons_name_every_paragraph_and_whether_full_concession_would_close_it(case):
    verdict, *rest = reasons(case.scenario, case.trace)
    issues = issue_names(case.scenario)
    paragraphs = [next(line for line in rest if line.startswith(f"“{issue}” was ")) for issue in issues]
    closable = sum(
        "If everybody had conceded all they ever would, some text would have passed" in line for line in paragraphs
    )
    assert closable == case.measure("closable_issues")
    assert sum("no zone of agreement existed at the end" in line for line in paragraphs) == case.measure("no_zone")
    assert f"of {len(issues)} paragraph" in verdict


def test_the_minutes_say_what_would_have_passed_instead(case):
    log = case.rows(Move.READ)
    told = [row for row in log if not np.isnan(row["passable"])]
    minutes = case.line.split("## Outcome")[0]
    assert minutes.count(" would have passed; the room read ") == len(told)
    for row in told:
        low, high, passable, place = (
            f"{row[name]:.2f}" for name in ("passable_low", "passable_high", "passable", "place")
        )
        which = passable if row["passable_low"] == row["passable_high"] else f"Any text from {low} to {high}"
        assert row["passable_low"] <= row["passable"] <= row["passable_high"]
        if passable != place:
            assert f"{which} would have passed; the room read {place}." in minutes


def test_the_reasons_count_the_readings_with_a_text_that_would_have_passed(case):
    _, *rest = reasons(case.scenario, case.trace)
    paragraphs, log = case.trace.state.paragraphs, case.rows(Move.READ)
    others = case.events[case.events["move"] != Move.BLOCK]  # a reading comes right after its proposal, but for blocks
    before = np.concatenate([[Move.NOTHING], others["move"][:-1]])
    proposed = before[others["move"] == Move.READ] == Move.DISCUSS
    for k, issue in enumerate(issue_names(case.scenario)):
        said = next(line for line in rest if line.startswith(f"“{issue}” was "))
        failed, passable = int(paragraphs["failed"][k]), int(paragraphs["passable"][k])
        if "was not agreed" in said and failed:
            where = np.flatnonzero(~np.isnan(log["passable"][log["issue"] == k]) & ~proposed[log["issue"] == k])
            assert (f"At {passable} of {failed} failed reading" in said) == (passable > 0)
            none = f"At none of its {failed} failed" if failed > 1 else "At its failed reading no other text"
            assert (none in said) == (passable == 0)
            assert passable == 0 or f"Reading {where[-1] + 1}: " in said


def test_the_reasons_name_who_blocked_alone(case):
    names, log = seat_names(case.scenario), case.rows(Move.BLOCK)
    closed = case.trace.results.issues["agreed"][0] > 0
    for event in log[log["blockers"] == 1]:
        k = int(event["issue"])
        if not closed[k]:
            assert re.search(rf"{re.escape(names[int(event['who'])])} \(\d+ readings?\)", case.line.split("## Why")[1])


def test_lifted_brackets_are_those_that_stood_at_the_reading_before():
    case = Case(*CASES["second"])
    before: dict[int, set[int]] = {}
    lifted = 0
    blockers: set[int] = set()
    for event in case.events:
        k = int(event["issue"])
        if event["move"] == Move.BLOCK:
            blockers.add(int(event["who"]))
        elif event["move"] == Move.READ:
            lifted += len(before.get(k, set()) - blockers)
            before[k], blockers = set() if event["passed"] else blockers, set()
        elif event["move"] in {Move.NOTICE, Move.DRAFT}:
            before[k] = set()
    assert lifted > 0
    assert sum(map(int, re.findall(r"(\d+) brackets? lifted", case.line))) == lifted


def test_the_text_a_reading_begins_with_is_the_one_the_trace_has(first):
    story = Story(first.scenario, first.trace)
    drafts = {int(event["issue"]): float(event["place"]) for event in first.rows(Move.DRAFT)}
    for k, value in drafts.items():
        place = sentences.place(story.place(k, value))
        assert f"“{story.issues[k]}”: {place}" in first.line
        if first.trace.results.issues["readings"][0, k] > 0:
            assert f"Reading 1 of “{story.issues[k]}”, {place}, takes " in first.line


def test_a_day_of_six_hours_runs_from_ten_to_one_and_from_three_to_six(first):
    clock = Clock(first.scenario)
    floor = clock.floor[0]
    assert [clock.time(share * floor, 0, 0) for share in (0.0, 0.25, 0.5, 0.5 + 1e-6, 0.75, 1.0)] == [
        "10:00", "11:30", "13:00", "15:00", "16:30", "18:00",
    ]  # fmt: skip
    assert clock.time(clock.opened[1] + floor, 1, 1) == "10:00"


def test_breaks_say_who_hears_whom_out():
    few = " ".join(Case(DATA / "caucuses.yaml", ("informal.corridors=0.2",)).text.split())
    assert re.search(r"In the corridors, \S+ hears .* out and .* hears .* out\.", few)
    many = " ".join(Case("cstd_wgigf_2011", ("informal.corridors=0.5",)).text.split())
    assert re.search(
        r"In the corridors, \d+ from Governments, .* hear somebody of another group out; India hears", many
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("no_formal_objection", "no delegate blocks it"),
        ("rough_consensus", "at least 75 % of those present who take sides accept"),
        ("consensus_minus", "at most 1 delegate blocks it"),
        ("majority_per_group", "more than half of every group who take sides accept"),
        (
            "{accept: 1, blocks_by_group: 2}",
            "all of those present accept and at most 2 delegates of any one group block it",
        ),
        (
            "{accept: 0.55, accept_by_weight: 0.65, minority: 4, blocks: 5}",
            (
                "either fewer than 4 delegates say no, or at least 55 % of those present who take sides accept and "
                "those who accept have at least 65 % of the voting weight of those who take sides and at most 5 "
                "delegates block it"
            ),
        ),
        (
            "{accept_by_weight: majority}",
            "those who accept have more than half of the voting weight of those who take sides",
        ),
        (
            "{blocks: 3, accept_by_group: {firms: 0.5, default: majority}, blocks_by_group: {states: 0}}",
            (
                "at most 3 delegates block it, more than half of States who take sides accept, no delegate of States "
                "blocks it and at least 50 % of Companies who take sides accept"
            ),
        ),
    ],
)
def test_the_rule_of_the_room_is_told_from_its_numbers(rule, words):
    assert passes_if(load(DATA / "full.yaml", changes=[f"process.decision_rule={rule}"])) == words


def test_the_minutes_show_the_text_that_was_on_the_table():
    """Who reads them learns what was there before anybody drafted anything, and that it was read as it stood."""
    written = "process.text={scope: {value: 0.62, pen: Norland}, money: {value: 0.3, precision: 0.5, status: agreed}}"
    case = Case(DATA / "full.yaml", (written,))
    money = case.scenario.issues["money"]
    few = f"closer to “{money.low}” than to “{money.high}”"
    assert "The text on the table: near “half of it” (0.62), precision 0.70, of Norland, open." in case.line
    assert f"The text on the table: {few} (0.30), precision 0.50, the chair's, agreed beforehand." in case.line
    assert f"of “{issue_names(case.scenario)[1]}”" not in case.line  # never read
    assert "The text on the table" not in Case(DATA / "full.yaml", ()).line


@pytest.mark.parametrize("rule", ["no_formal_objection", "{blocks: 30}"])
def test_the_verdict_counts_what_stayed_open(rule):
    """In a room that agrees on all or nothing, "all" and "it" stand for numbers."""
    case = Case(DATA / "small.yaml", (f"process.decision_rule={rule}",))
    verdict = reasons(case.scenario, case.trace)[0]
    closable, none = int(case.measure("closable_issues")), int(case.measure("no_zone"))
    still = len(case.scenario.issues) - round(case.measure("share_agreed") * len(case.scenario.issues))
    assert ("not agreed; " in verdict) == (still > 0)
    assert ("if everybody had conceded all" in verdict, "no zone of agreement" in verdict) == (closable > 0, none > 0)
    assert still == closable + none


@pytest.mark.parametrize(("value", "is_rejected"), [(0.99, True), (0.5, False)])
def test_a_report_that_fails_with_every_paragraph_agreed_is_among_the_reasons(value, is_rejected):
    text = f"{{scope: {{value: {value}, precision: 0.5, status: agreed}}}}"
    case = Case(DATA / "small.yaml", (f"process.text={text}",))
    assert case.measure("share_agreed") == 1.0
    blockers = int(case.rows(Move.ADOPT)["blockers"][-1]) if is_rejected else 0
    wanted = f"The report as a whole was not adopted: {blockers} delegate{'' if blockers == 1 else 's'} blocked it."
    rest = reasons(case.scenario, case.trace)[1:]
    assert (wanted in rest) is is_rejected
    assert any("report" in line for line in rest) is is_rejected
    assert not any("floor time, no one" in line for line in rest)


TELLING = (  # of a secret, for certain
    "parameters.disclosure=1", "trust.across=1", "trust.spread=0", "context.tension=0", "trust.pairs={}",
    "groups.firms.red_lines={scope: {min: 0.4}}", "groups.states.red_lines={scope: {max: 0.9}}",
)  # fmt: skip
NORLAND = "delegates=[{name: Norland, group: states, secret: {scope: 0.1}}]"
SHOWN = r" {} Norland shows [^.]+ what only they know about “[^”]+”, and the red line of [^.]+ moves\."


def test_an_evening_before_the_first_meeting_has_a_heading_of_its_own_and_no_time():
    case = Case(DATA / "small.yaml", ("process.evening_before=mixed",))
    first = case.text.split("### Day 1")[0].split("## ")[-1]
    assert first.splitlines()[0] == "The evening before"
    assert first.split("\n\n")[1].startswith("- Evening: ")
    assert "evening before" not in Case(DATA / "small.yaml", ()).text


def test_a_secret_that_is_told_at_a_table_is_a_part_of_the_evening():
    case = Case(DATA / "small.yaml", (*TELLING, NORLAND, "process.evening_before={mixed_share: 1}"))
    evening = case.line.split("### Day 1")[0]
    assert re.search(r"Evening: All sit at mixed tables\." + SHOWN.format("At a table"), evening)
    assert case.line.count("shows") == len(case.rows(Move.SECRET)) == 1


def test_a_secret_that_is_told_in_a_corridor_is_a_part_of_the_break():
    case = Case(DATA / "small.yaml", (*TELLING, NORLAND, "informal.corridors=1", "informal.mixed_evenings=0"))
    assert re.search(r"In the corridors, .*?\." + SHOWN.format("In the corridor"), case.line)
    assert case.line.count("shows") == len(case.rows(Move.SECRET)) == 1


def test_the_minutes_say_where_the_room_finds_a_text(case):
    log = case.rows(Move.READ)
    assert case.line.count("The room finds such a text: it is now") == log["found"].sum()


def test_some_rooms_find_texts():
    assert any(Case(*CASES[name]).rows(Move.READ)["found"].any() for name in ("first", "second"))
