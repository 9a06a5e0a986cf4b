"""The room and the lab: the page that a link gets, and what the server does for it."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace

import pytest

pytest.importorskip("starlette")
from negsim.cast.knobs import DAYS, KNOBS, MEETINGS
from negsim.page import LabKnobs, PageSource
from negsim.page.arrays import Lowering
from negsim.page.html import facts_of
from negsim.page.knobs import FEWER_LEVELS, knobs_of
from negsim.scenario import load, text_of, with_changes
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import Sampler
from negsim.studio import server
from negsim.studio.lab import lab_page, missing_levels, page_variant
from negsim.studio.links import Variant, query, variant_of
from negsim.studio.pages.answers import NAVIGATION as PAGES
from studio_cases import CLASSROOM, HOSTILE, Browser


def html(variant, along="meetings"):
    """The page of a link."""
    base = page_variant(variant, along)
    also = missing_levels(variant, base, lab_page(base, (), PAGES))
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
    assert [missing_levels(link, page_variant(link, "meetings"), page) for link in links] == [()] * 3


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
    ("fixed", "along", "level"), [("informal.mixed_evenings=0.5", DAYS, 12), ("meetings.days_in_all=12", MEETINGS, 5)]
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


def test_other_settings_are_refused_in_the_sentence_of_the_command_line():
    browser = Browser(server.application())

    def said(link):
        return browser.get(f"/lab/check?{link}").text

    assert said("s=classroom&m=4&along=days&c=context.tension%3Dhigh") == ""
    assert "there is no such path" in said("s=classroom&c=nonsense%3D1")
    assert "No such built-in scenario" in said("s=nothing")
    assert "too many for this page" in said("s=cstd_wgigf_2011&c=groups.government.seats%3D300")


def test_the_room_and_the_lab_are_one_page_whose_address_says_which():
    browser = Browser(server.application())
    room, lab = (
        browser.get(f"/{name}?s=classroom&m=3&r=7&seed=0", **{"accept-encoding": "gzip"}) for name in ("room", "lab")
    )
    assert room.content == lab.content
    assert facts_of(room.text)["studio"]["pages"] == [list(page) for page in PAGES]
    plain = browser.get("/room?s=classroom&m=3&r=7&seed=0")
    assert "content-encoding" not in plain.headers
    assert plain.content.decode() == room.text
