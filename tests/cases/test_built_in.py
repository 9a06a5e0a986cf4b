"""The built-in scenarios."""

import subprocess
import sys

from negsim.scenario import dump_yaml, load, loads, names, unsourced

CASES = ("classroom", "cstd_wgigf_2011", "cstd_wgigf_2012", "netmundial_2014", "storm", "wgig_2005")


def test_the_built_in_cases_are_found():
    assert set(CASES) <= set(names())


def test_every_number_of_a_built_in_case_has_its_source():
    assert {name: paths for name in CASES if (paths := unsourced(name))} == {}


def test_a_resolved_case_reads_back_equal():
    assert [name for name in CASES if loads(dump_yaml(load(name))) != load(name)] == []


def test_the_seats_of_the_storm_have_briefs_with_every_part():
    storm = load("storm")
    assert storm.story
    assert {len(issue.places) for issue in storm.issues.values()} == {5}
    assert len(storm.delegates) == storm.seat_count == 14
    lacking = [one.name for one in storm.delegates if one.brief is None or not all(dict(one.brief).values())]
    assert lacking == []
    assert {len(one.brief.arguments) for one in storm.delegates} == {3}
    assert len({one.brief.emblem for one in storm.delegates}) == 14


def test_the_briefs_of_the_storm_name_friends_and_foes_who_are_in_the_room_and_their_red_lines():
    storm = load("storm")
    names = {one.name for one in storm.delegates}
    for one in storm.delegates:
        for text in (one.brief.friend, one.brief.foe):
            assert any(text.startswith(f"{name}.") for name in names - {one.name}), (one.name, text)
        ends = [end for line in one.red_lines.values() for end in (line.min, line.max) if end is not None]
        assert all(f"{end:.2f}".lstrip("0") in one.brief.never for end in ends)
        assert bool(ends) == ("In numbers" in one.brief.never)


def test_each_issue_of_the_storm_has_a_text_that_crosses_no_red_line():
    storm = load("storm")
    for issue in storm.issues:
        lines = [one.red_lines[issue] for one in storm.delegates if issue in one.red_lines]
        assert max(line.min or 0.0 for line in lines) < min(1.0 if line.max is None else line.max for line in lines)


def test_both_phases_have_the_same_people():
    first, second = load("cstd_wgigf_2011"), load("cstd_wgigf_2012")
    for part in ("issues", "groups", "delegates", "trust", "camps"):
        assert getattr(first, part) == getattr(second, part)
    assert first.process != second.process


def test_the_room_of_scenarios_loads_a_case_by_itself():
    code = "from negsim.scenario import load, names; assert names(); load('cases/wgig')"
    subprocess.run([sys.executable, "-c", code], check=True)
