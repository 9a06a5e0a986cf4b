"""The built-in scenarios."""

import re
import subprocess
import sys
from collections import Counter

import pytest

from negsim.scenario import dump_yaml, load, loads, names, unsourced

CASES = ("classroom", "cstd_wgigf_2011", "cstd_wgigf_2012", "netmundial_2014", "register", "storm", "wgig_2005")
PLAYED = ("register", "storm")


def test_the_built_in_cases_are_found():
    assert set(CASES) <= set(names())


def test_every_number_of_a_built_in_case_has_its_source():
    assert {name: paths for name in CASES if (paths := unsourced(name))} == {}


def test_a_resolved_case_reads_back_equal():
    assert [name for name in CASES if loads(dump_yaml(load(name))) != load(name)] == []


@pytest.mark.parametrize("name", PLAYED)
def test_the_seats_of_a_play_case_have_briefs_with_every_part(name):
    played = load(name)
    assert played.story
    assert {len(issue.places) for issue in played.issues.values()} == {5}
    assert {len(issue.amounts) for issue in played.issues.values()} == {5}
    assert len(played.delegates) == played.seat_count == 14
    lacking = [one.name for one in played.delegates if one.brief is None or not all(dict(one.brief).values())]
    assert lacking == []
    assert {len(one.brief.arguments) for one in played.delegates} == {3}
    assert len({one.brief.emblem for one in played.delegates}) == 14


@pytest.mark.parametrize("name", PLAYED)
def test_the_friend_and_the_foe_of_a_brief_are_pairs_of_trust(name):
    played = load(name)
    friends = {f"{one.name}->{one.brief.friend.partition('.')[0]}" for one in played.delegates}
    foes = {f"{one.name}->{one.brief.foe.partition('.')[0]}" for one in played.delegates}
    pairs = played.trust.pairs
    assert pairs.keys() == friends | foes
    assert min(pairs[friend] for friend in friends) > max(pairs[foe] for foe in foes)


@pytest.mark.parametrize("name", PLAYED)
def test_a_brief_leaves_the_numbers_to_the_deal(name):
    briefs = {one.name: f"{one.brief.wants}{one.brief.never}{one.brief.secret}" for one in load(name).delegates}
    assert [who for who, text in briefs.items() if re.search(r"\.\d", text)] == []


@pytest.mark.parametrize("name", PLAYED)
def test_everybody_in_a_play_case_knows_something_and_each_issue_has_four_or_five_who_do(name):
    played = load(name)
    assert {len(one.secret) for one in played.delegates} == {1}
    assert {4, 5} == set(Counter(issue for one in played.delegates for issue in one.secret).values())


@pytest.mark.parametrize("name", PLAYED)
def test_each_issue_of_a_play_case_has_a_text_that_crosses_no_red_line(name):
    played = load(name)
    for issue in played.issues:
        lines = [one.red_lines[issue] for one in played.delegates if issue in one.red_lines]
        assert max(line.min or 0.0 for line in lines) < min(1.0 if line.max is None else line.max for line in lines)


def test_both_phases_have_the_same_people():
    first, second = load("cstd_wgigf_2011"), load("cstd_wgigf_2012")
    for part in ("issues", "groups", "delegates", "trust", "camps"):
        assert getattr(first, part) == getattr(second, part)
    assert first.process != second.process


def test_the_room_of_scenarios_loads_a_case_by_itself():
    code = "from negsim.scenario import load, names; assert names(); load('cases/wgig')"
    subprocess.run([sys.executable, "-c", code], check=True)
