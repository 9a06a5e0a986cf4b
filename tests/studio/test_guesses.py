"""Guesses: what is kept, what is refused, what is exported."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from negsim.studio.guesses import Guesses, guess_of
from negsim.studio.lab import setting_of
from negsim.studio.limits import RefusedError
from negsim.studio.rooms import Rooms, cookie_name
from studio_cases import CLASSROOM, SETTING, open_in


def test_the_export_has_a_guess_unchanged():
    guesses = Guesses()
    guesses.commit(guess_of("Ana", SETTING, "consensus", 0.4, "a hunch"))
    with pytest.raises(RefusedError, match="a guess is final"):
        guesses.commit(guess_of(" Ana ", SETTING, "consensus", 0.9, "a better one"))
    guesses.commit(guess_of('=HYPERLINK("http://x")', SETTING, "consensus", 0.2, "+1"))
    guesses.reveal(CLASSROOM, "consensus", 0.158)
    table = guesses.csv().splitlines()
    assert table[0].startswith("who,scenario,meetings")
    assert table[1] == f"Ana,classroom,{'as written,' * 5},0,consensus,0.4,0.158,0.242,a hunch"
    assert table[2].startswith("\"'=HYPERLINK")
    assert table[2].endswith(",'+1")


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, 1.01, 1.5])
def test_a_guess_is_a_number_in_range(value):
    with pytest.raises(RefusedError, match="0 to 100 per cent"):
        guess_of("Ana", SETTING, "consensus", value, "")


def test_a_guess_of_a_count_has_its_span():
    assert guess_of("Ana", SETTING, "missed_agreements", 3.0, "").expected == 3.0
    with pytest.raises(RefusedError, match="issues, 0 to 3"):
        guess_of("Ana", SETTING, "missed_agreements", 3.5, "")


def test_nameless_guesses_do_not_block_one_another(room):
    for expected in (0.2, 0.9):
        room.guess(guess_of("", SETTING, "consensus", expected, ""), 0.0, address="school")
    assert [guess.expected for guess in room.guesses.all] == [0.2, 0.9]


def test_a_guess_carries_the_name_with_which_its_person_joined_and_their_number_is_limited(room):
    ana, ben = room.join("Ana", 0.0), room.join("Ben", 0.0)

    def guess(who, number, now, keys=()):
        wanted = guess_of(who, setting_of(replace(CLASSROOM, seed=number)), "consensus", 0.5, "")
        return room.guess(wanted, now, address="school", keys=keys).who

    assert guess("The teacher", 0, 0.0, [ana.token]) == "Ana"
    assert guess("Ana", 1, 0.0, [ana.token, ben.token]) == "Ana"
    assert guess("", 2, 0.0, [ana.token, ben.token]) == "Ben"
    assert guess("Cem", 3, 0.0) == "Cem"
    with pytest.raises(RefusedError, match="too many guesses at once"):
        [guess("", number, 0.0, [ana.token]) for number in range(10, 20)]
    for number in range(40):  # a class that has not joined
        guess("", number, 0.0)
    with pytest.raises(RefusedError, match="as many guesses as it can hold"):
        [guess("", number, 100.0 * number, [ana.token]) for number in range(20, 90)]
    assert guess("", 90, 9000.0, [ben.token]) == "Ben"


@pytest.mark.usefixtures("page")
def test_the_panel_guesses_under_the_name_that_its_browser_joined_with(monkeypatch):
    lab = pytest.importorskip("negsim.studio.pages.lab")
    rooms = Rooms()
    monkeypatch.setattr(lab, "ROOMS", rooms)
    room = open_in(rooms, CLASSROOM, "teacher", 0.0)
    ana = room.join("Ana", 0.0)
    panel = lab.GuessPanel("school", {f"{cookie_name(room.code)}_1": ana.token, "other": "x"}, lambda: None)
    panel.build()
    assert panel.ask(SETTING, "consensus")
    panel.expected.value, panel.who.value, panel.code.value = 40, "Ben", f"{room.code[:4]}-{room.code[4:]}"
    panel._commit()
    assert [guess.who for guess in room.guesses.all] == ["Ana"]
    assert panel.guess(CLASSROOM, "consensus").expected == 0.4


def test_a_class_has_a_limited_number_of_guesses(room):
    for n in range(2_000):
        room.guesses.all.append(guess_of(f"P{n}", SETTING, "depth", 0.1, ""))
    with pytest.raises(RefusedError):
        room.guess(guess_of("one more", SETTING, "depth", 0.1, ""), 0.0, address="school")
