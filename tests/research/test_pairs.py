"""The matched pairs of research/: 39 attempts, of which only the process differs."""

from pathlib import Path

import research
from negsim.cases.pairs import load_pairs
from negsim.scenario import load, unsourced
from negsim.study.validation import CONTROLS_TEST, MAIN_TEST, NOISE_TEST, SEEN_TEST, which_test

ROOT = Path(research.__file__).parent
PAIRS = load_pairs(ROOT / "pairs.yaml").pairs
CONTEXT = {"tension", "trust", "distance", "outside_option", "adoption", "issues", "groups", "seats", "sides"}


def test_there_are_39_attempts_beside_the_built_in_ones_and_each_is_a_scenario():
    files = sorted((ROOT / "pairs").glob("*.yaml"))
    assert len(files) == 39
    for file in files:
        load(file)
        assert unsourced(file) == []
    named = {case.name for pair in PAIRS for case in (pair.first, pair.second)}
    assert named == {file.stem for file in files} | {"wgigf1", "wgigf2", "gge17"}


def test_the_tests_hold_the_pairs_that_the_protocol_names():
    tests = {
        name: sorted(pair.name for pair in PAIRS if which_test(pair) == name)
        for name in (MAIN_TEST, NOISE_TEST, SEEN_TEST)
    }
    assert tests[MAIN_TEST] == ["article6", "biosafety", "bwc", "icann_igo", "ilo_fishing", "small_arms", "unff"]
    assert (tests[NOISE_TEST], tests[SEEN_TEST]) == (["cpd_1", "csd_1"], ["wgigf"])
    assert sorted(pair.name for pair in PAIRS if which_test(pair) == CONTROLS_TEST) == [
        "cpd_2",
        "cpd_3",
        "csd_2",
        "plastics",
    ]


def test_only_the_process_differs_between_attempts():
    for pair in PAIRS:
        if which_test(pair) != SEEN_TEST:
            assert not CONTEXT & set(pair.differences), pair.name


def test_every_code_of_an_attempt_quotes_its_dossier():
    for pair in PAIRS:
        for case in (pair.first, pair.second):
            if case.name not in {"wgigf1", "wgigf2", "gge17"}:
                assert all(code.quote for code in case.codes.values() if code.known is not None), case.name
