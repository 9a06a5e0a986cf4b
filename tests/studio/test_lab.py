"""The lab: the page that a link gets, guesses, and what the server does for it."""

from __future__ import annotations

import gzip
import math
import re
from dataclasses import replace

import pytest

pytest.importorskip("nicegui")
from negsim.cast.knobs import DAYS, KNOBS, MEETINGS
from negsim.page import LabKnobs, PageSource
from negsim.page.arrays import Lowering
from negsim.page.html import facts_of
from negsim.page.knobs import FEWER_LEVELS, knobs_of
from negsim.scenario import load, text_of, with_changes
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import Sampler
from negsim.studio import limits, server
from negsim.studio.guesses import Guess, Guesses, guess_of
from negsim.studio.lab import lab_page, missing_levels, page_variant
from negsim.studio.limits import RefusedError
from negsim.studio.links import Variant, query, variant_of
from negsim.studio.pages import lab
from negsim.studio.rooms import Rooms, cookie_name
from studio_cases import CLASSROOM, HOSTILE, open_in, sent

PAGES = (("/room", "The room"), ("/lab", "The lab"))
SMALL = CLASSROOM.scenario()
GUESS = Guess(who="Ana", variant=CLASSROOM, measure="consensus", expected=0.4, reason="a hunch")


def html(variant, along="meetings"):
    """The page of a link."""
    base = page_variant(variant, along)
    also = missing_levels(variant, along, lab_page(base, (), PAGES))
    return gzip.decompress(lab_page(base, also, PAGES).html).decode()


def knob(facts, name):
    return next(each for each in facts["knobs"] if each["name"] == name)


def values(facts, name):
    return [level["value"] for level in knob(facts, name)["levels"]]


def test_one_page_serves_all_places_of_the_knobs():
    places = [(), (("meetings.count", 4),), (("methodology", "rolling_text"), ("informal.mixed_evenings", 0.5))]
    links = [replace(CLASSROOM, turned=turned, replication=n) for n, turned in enumerate(places)]
    assert {page_variant(link, along) for link in links for along in ("meetings", "methodology")} == {CLASSROOM}
    page = lab_page(CLASSROOM, (), PAGES)
    assert [missing_levels(link, "meetings", page) for link in links] == [()] * 3


def test_a_level_beyond_the_usual_ones_is_on_the_page_of_its_link():
    facts = facts_of(html(replace(CLASSROOM, turned=(("meetings.count", 15), ("informal.mixed_evenings", 0.3)))))
    assert values(facts, "meetings") == [1, 2, 3, 4, 5, 6, 7, 8, 15]
    assert 0.3 in values(facts, "evenings")
    assert facts["studio"]["fixed"] == {}


def test_the_page_has_every_knob_of_the_links_and_the_runs_of_the_lessons():
    facts = facts_of(html(CLASSROOM))
    assert {each["path"]: each["key"] for each in facts["knobs"]} == {path: each.key for path, each in KNOBS.items()}
    assert facts["runs"] == 400
    assert "consensus" in (measures := [measure["name"] for measure in facts["measures"]])
    assert "would_rough_consensus" in measures


def test_the_days_in_all_fix_what_they_share_tables_with_and_a_link_keeps_both():
    link = replace(CLASSROOM, turned=(("meetings.count", 3), ("meetings.days_in_all", 8)))
    facts = facts_of(html(link, "days"))
    assert facts["studio"]["fixed"] == {"m": 3}
    assert min(values(facts, "days")) == 3  # no fewer days than meetings
    assert 8 in values(facts, "days")
    assert "meetings" in knob(facts, "days")["clashes"]
    assert facts_of(html(link, "meetings"))["studio"]["fixed"] == {"d": 8}
    assert variant_of(query(link)) == link


@pytest.mark.parametrize("name", ["cstd_wgigf_2011", "cases/ccwg_ws1"])
@pytest.mark.parametrize(
    ("fixed", "along", "level"),
    [("informal.mixed_evenings=0.5", DAYS, 12), ("meetings.days_in_all=12", MEETINGS, 5)],
)
def test_a_level_that_is_fixed_and_one_that_is_turned_are_made_together(name, fixed, along, level):
    path, value = fixed.split("=")
    turned = {path: float(value) if "." in value else int(value)}
    scenario = load(name) if "/" not in name else Variant(name=name).base()
    source = PageSource(with_changes(scenario, turned), name, (fixed,), 0, unturned=scenario, fixed=turned)
    knobs = knobs_of(source.scenario, thin=FEWER_LEVELS, lab=LabKnobs(((along.path, level),)))
    lowering = Lowering(scenario, knobs, 0, fixed=turned)
    at = next(n for n, each in enumerate(next(k for k in knobs if k.name == along.name).levels) if each.value == level)
    both = with_changes(scenario, {**turned, along.path: level})
    for replication in (0, 3) if scenario.uncertain else (0,):
        case = next(Sampler(both, 0).cases(replication, 1))[0] if scenario.uncertain else lower(both)
        made = lowering.case({along.name: at}, replication)
        assert [table.tobytes() for table in made] == [table.tobytes() for table in case]
        timetable = lowering._timetable({along.name: at}, replication)._asdict()
        del timetable["plan_seats"]  # blank, and as wide as there are seats
        assert all(table.tobytes() == getattr(case, each).tobytes() for each, table in timetable.items())


def test_days_in_all_fit_the_most_meetings_that_are_drawn():
    knobs = knobs_of(Variant(name="cases/ccwg_ws1").scenario(), thin=FEWER_LEVELS, lab=LabKnobs())  # 1 to 8 meetings
    days = next(each for each in knobs if each.name == "days")
    assert min(level.value for level in days.levels if not level.written) == 8
    assert days.levels[days.written].value is None  # drawn
    assert next(each for each in knobs if each.name == "evenings").levels[-2] == (0.75, True, "")  # in every draw


def test_the_lab_offers_the_scenario_s_own_methodologies_and_says_what_they_do():
    variant = Variant(text=text_of("classroom") + "\nmethodologies: {polls: [straw_poll: 1]}\n")
    facts = facts_of(html(variant))
    level = next(level for level in knob(facts, "methodology")["levels"] if level["value"] == "polls")
    assert level["about"] == "Every meeting: straw poll 100 %."
    assert facts["command"].startswith("negsim run scenario.yaml")
    assert facts["studio"]["own"] == "own scenario"


def test_the_drawer_has_what_a_link_changes_and_the_rest_as_text():
    changes = ("context.tension=high", "process.hours=5", "parameters.goodwill=0.33")
    studio = facts_of(html(replace(CLASSROOM, changes=changes, seed=7)))["studio"]
    fields = {each["path"]: each for each in studio["fields"]}
    assert fields["context.tension"]["value"] == "high"
    assert fields["parameters.goodwill"]["value"] == "0.33"
    assert (studio["more"], studio["seed"]) == ("process.hours=5", "7")
    assert variant_of(studio["link"]) == replace(CLASSROOM, changes=changes, seed=7)


def test_a_hostile_text_stays_a_text_and_the_page_may_speak_to_its_server_alone():
    text = text_of("classroom").replace("title: ", f"title: </script>{HOSTILE} ", 1)
    page = html(Variant(text=text))
    assert HOSTILE not in page
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    assert "default-src 'none'; connect-src 'self';" in policy
    assert "unsafe-inline" not in policy


def test_no_route_of_the_studio_makes_runs_for_the_lab():
    routes = [*server._PAGES, *server._FORMS, *server._ANSWERS]
    assert [route for route in routes if route.startswith("/lab")] == ["/lab", "/lab/guess", "/lab/check"]


def test_other_settings_are_refused_in_the_sentence_of_the_command_line():
    def said(link):
        return sent(lab.check, link).body.decode()

    assert said("s=classroom&m=4&along=days&c=context.tension%3Dhigh") == ""
    assert "there is no such path" in said("s=classroom&c=nonsense%3D1")
    assert "No such built-in scenario" in said("s=nothing")
    assert "too many for this page" in said("s=cstd_wgigf_2011&c=groups.government.seats%3D300")


@pytest.fixture
def rooms(monkeypatch):
    rooms = Rooms()
    monkeypatch.setattr(lab, "ROOMS", rooms)
    return rooms


def test_a_guess_goes_to_the_desk_under_the_name_that_its_browser_joined_with_and_its_result_follows(rooms):
    room = open_in(rooms, CLASSROOM, "teacher", 0.0)
    ana = room.join("Ana", 0.0)
    form = {"code": f"{room.code[:4]}-{room.code[4:]}", "who": "Ben", "measure": "consensus", "guess": "0.4",
            "reason": HOSTILE, "link": "s=classroom&m=3&seed=0"}  # fmt: skip
    cookie = f"{cookie_name(room.code)}_1={ana.token}; other=x"

    def said(**more):
        return sent(lab.guess, form=form | more, cookie=cookie).body.decode()

    assert said() == ""
    assert [(guess.who, guess.expected, guess.variant.levels) for guess in room.guesses.all] == [
        ("Ana", 0.4, {"meetings.count": 3})
    ]
    assert "a guess is final" in said(guess="0.9")
    for bad in ("x", "nan", "inf", "1e308"):
        said(found=bad)
    assert math.isnan(room.guesses.all[0].result)
    assert said(found="0.75") == ""
    assert said(found="0.1") == ""  # the first result stays
    assert [guess.result for guess in room.guesses.all] == [0.75]
    assert "No room has this code" in said(code="WRONG234")
    assert "0 to 100 per cent" in said(guess="nan", link="s=classroom")
    assert "No such measure" in said(measure="x", link="s=classroom")


def test_a_form_is_bounded(rooms):
    assert not rooms.open_rooms
    assert "too long" in sent(lab.guess, form={"code": "A" * 30_000}).body.decode()


def test_the_export_has_a_guess_unchanged():
    guesses = Guesses()
    guesses.commit(guess_of(GUESS, SMALL))
    with pytest.raises(RefusedError, match="a guess is final"):
        guesses.commit(guess_of(replace(GUESS, who=" Ana ", expected=0.9), SMALL))
    guesses.commit(guess_of(replace(GUESS, who='=HYPERLINK("http://x")', expected=0.2, reason="+1"), SMALL))
    guesses.reveal(replace(GUESS, result=0.158))
    table = guesses.csv().splitlines()
    assert table[0].startswith("who,scenario,meetings")
    assert table[1] == f"Ana,classroom,{'as written,' * 5},0,consensus,0.4,0.158,0.242,a hunch"
    assert table[2].startswith("\"'=HYPERLINK")
    assert table[2].endswith(",,,'+1")


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, 1.01, 1.5])
def test_a_guess_is_a_number_in_range(value):
    with pytest.raises(RefusedError, match="0 to 100 per cent"):
        guess_of(replace(GUESS, expected=value), SMALL)


def test_a_guess_of_a_count_has_its_span():
    count = replace(GUESS, measure="closable_issues", expected=3.0)
    assert guess_of(count, SMALL).expected == 3.0
    with pytest.raises(RefusedError, match="number of issues from 0 to 3"):
        guess_of(replace(count, expected=3.5), SMALL)


def test_nameless_guesses_do_not_block_one_another(room):
    for expected in (0.2, 0.9):
        room.guess(guess_of(replace(GUESS, who="", expected=expected), SMALL), 0.0, address="school")
    assert [guess.expected for guess in room.guesses.all] == [0.2, 0.9]


def test_a_guess_carries_the_name_with_which_its_person_joined_and_their_number_is_limited(room, ana, ben):
    def guess(who, number, now, keys=()):
        wanted = guess_of(replace(GUESS, who=who, variant=replace(CLASSROOM, seed=number)), SMALL)
        room.guess(wanted, now, address="school", keys=keys)
        return room.guesses.all[-1].who

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


@pytest.mark.parametrize("who", ["★ The teacher", "THE TEACHER", "Ána", "ana", "Аnа"])
def test_a_stranger_guesses_under_nobodys_name(room, ana, who):
    stranger = guess_of(replace(GUESS, who=who), SMALL)
    with pytest.raises(RefusedError):
        room.guess(stranger, 0.0, address="school")
    room.guess(guess_of(GUESS, SMALL), 0.0, address="school", keys=[ana.token])
    assert [guess.who for guess in room.guesses.all] == ["Ana"]


def test_the_guess_of_a_stranger_keeps_nobody_from_guessing_who_joins_under_its_name(room):
    stranger, own = guess_of(GUESS, SMALL), guess_of(replace(GUESS, expected=0.7), SMALL)
    room.guess(stranger, 0.0, address="away")
    keys = [room.join("Ana", 1.0).token]
    room.guess(own, 2.0, address="school", keys=keys)
    room.find_result(replace(own, result=0.5), 3.0, keys=keys)
    assert [(guess.expected, guess.result) for guess in room.guesses.all if guess.is_known] == [(0.7, 0.5)]
    with pytest.raises(RefusedError, match="guessed this already"):
        room.guess(own, 9.0, address="school", keys=keys)


def test_a_class_guesses_about_few_own_scenarios_none_of_them_long(room):
    def guess(text):
        own = replace(GUESS, who="", variant=Variant(text=text))
        room.guess(guess_of(own, SMALL), 0.0, address="school")

    with pytest.raises(RefusedError, match="at most 65,536 letters"):
        guess("#" * (limits.MOST_GUESSED_TEXT + 1))
    for number in range(limits.MOST_GUESSED_TEXTS):
        guess(f"# {number}")
    with pytest.raises(RefusedError, match="about 20 scenarios"):
        guess("# another")
    guess("# 0")
    assert room.guesses.all[0].variant.text is room.guesses.all[-1].variant.text


def test_a_class_has_a_limited_number_of_guesses(room):
    room.guesses.all.extend(replace(GUESS, who=f"P{n}") for n in range(2_000))
    with pytest.raises(RefusedError):
        room.guess(replace(GUESS, who="one more"), 0.0, address="school")
