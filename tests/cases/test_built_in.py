"""The built-in scenarios."""

import subprocess
import sys

from negsim.scenario import dump_yaml, load, loads, names, unsourced

CASES = ("classroom", "cstd_wgigf_2011", "cstd_wgigf_2012", "netmundial_2014", "wgig_2005")


def test_the_built_in_cases_are_found():
    assert set(CASES) <= set(names())


def test_every_number_of_a_built_in_case_has_its_source():
    assert {name: paths for name in CASES if (paths := unsourced(name))} == {}


def test_a_resolved_case_reads_back_equal():
    assert [name for name in CASES if loads(dump_yaml(load(name))) != load(name)] == []


def test_both_phases_have_the_same_people():
    first, second = load("cstd_wgigf_2011"), load("cstd_wgigf_2012")
    for part in ("issues", "groups", "delegates", "trust", "camps"):
        assert getattr(first, part) == getattr(second, part)
    assert first.process != second.process


def test_the_room_of_scenarios_loads_a_case_by_itself():
    code = "from negsim.scenario import load, names; assert names(); load('cases/wgig')"
    subprocess.run([sys.executable, "-c", code], check=True)
