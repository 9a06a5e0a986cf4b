"""The lab: curves that grow, differences, knobs, and its page."""

from __future__ import annotations

import asyncio
import math
import re
from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import AsyncMock

import numpy as np
import pytest

pytest.importorskip("nicegui")
import negsim
from negsim.cast.knobs import KNOBS_BY_NAME
from negsim.errors import ScenarioError
from negsim.report.words import RULE_LABELS
from negsim.scenario import text_of
from negsim.studio.curves import curve_picture
from negsim.studio.lab import (
    LAB_CHUNK,
    LAB_MEASURES,
    Guesses,
    VariantRuns,
    estimate_so_far,
    guess_of,
    pairs_of,
    setting_of,
    settings_along,
    turned,
)
from negsim.studio.limits import RefusedError
from negsim.studio.links import Variant, query, variant_of
from negsim.studio.pages import lab as lab_page
from negsim.studio.pages import shell
from negsim.studio.pages.variants import methods
from negsim.studio.rooms import Rooms, cookie_name
from negsim.study.estimates import share
from negsim.study.runner import run
from patience import LIMIT, soon
from studio_cases import CLASSROOM, SETTING, asked, curve_of, grow, inside, label_of, open_in


def test_a_curve_grows_to_the_runs_of_the_command_line():
    curve = curve_of(replace(CLASSROOM, turned=(("methodology", "rolling_text"),)), "meetings")
    progress = []
    while curve.behind.due():
        grow(curve)
        progress.append(curve.progress)
    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    runs = run(negsim.load("classroom", changes=["meetings.count=3", "methodology=rolling_text"]), replications=400)
    assert np.array_equal(curve.points[3].values("depth"), runs.column("depth"), equal_nan=True)
    assert curve.level_here == 1
    assert curve.here.estimate("consensus").value == curve.points[1].estimate("consensus").value


def test_more_runs_change_none_that_are_there():
    series = VariantRuns(setting_of(CLASSROOM))
    grow(series)
    first = series.values("satisfaction")
    grow(series)
    assert np.array_equal(series.values("satisfaction")[: len(first)], first)


def test_differences_are_paired_and_narrower_than_apart():
    now, before = (
        VariantRuns(setting_of(replace(CLASSROOM, turned=(("informal.mixed_evenings", 1.0),)))),
        VariantRuns(setting_of(CLASSROOM)),
    )
    grow(now, before, times=5)
    pairs = pairs_of(now, before, "trust_across_end")
    assert pairs.gap.low > 0.0
    assert pairs.gap.observations == 200
    assert (pairs.now, pairs.before) == (now.estimate("trust_across_end"), before.estimate("trust_across_end"))
    assert pairs.gap.value == pytest.approx(pairs.now.value - pairs.before.value)
    assert pairs_of(VariantRuns(setting_of(CLASSROOM)), before, "depth").gap.observations == 0
    assert math.isnan(estimate_so_far("consensus", np.empty(0)).value)


def test_a_measure_that_some_runs_lack_is_compared_over_the_pairs_that_have_it():
    now, before = VariantRuns(setting_of(Variant(turned=(("meetings.count", 4),)))), VariantRuns(setting_of(Variant()))
    grow(now, before, times=5)
    pairs = pairs_of(now, before, "depth")
    assert pairs.has_gaps
    assert 2 < pairs.gap.observations < pairs.runs == 200
    assert {pairs.now.observations, pairs.before.observations} == {pairs.gap.observations}
    assert pairs.gap.value == pytest.approx(pairs.now.value - pairs.before.value)
    curves = (curve_of(Variant(turned=(("meetings.count", 4),)), "evenings"), curve_of(Variant(), "evenings"))
    for curve, series in zip(curves, (now, before), strict=True):
        curve.here = series
    assert f"pairs of runs that have it: {pairs.gap.observations}" in lab_page.comparison(*curves)
    assert f"Over the {pairs.gap.observations} pairs of runs that have it" in lab_page.verdict("depth", *curves, None)
    assert "pairs of runs that have it" not in lab_page.verdict("consensus", *curves, None)


def test_question_and_answer_are_in_the_same_unit():
    before, now = (
        curve_of(CLASSROOM, "evenings"),
        curve_of(replace(CLASSROOM, turned=(("meetings.count", 4),)), "evenings"),
    )
    grow(before.here, now.here)
    for measure, span, sentence in (
        ("consensus", "0 to 100 per cent", r": \d+ % .* guessed 50 %\. That is [+−]?\d+ points .* against before"),
        ("depth", "from 0 to 1", r": 0\.\d\d .* guessed 0\.50\."),
        ("closable_issues", "issues, 0 to 3", r": \d\.\d\d .* guessed 0\.50\. That is [+−]\d\.\d\d .* against"),
    ):
        assert SETTING.span(measure).endswith(span)
        assert re.search(sentence, lab_page.verdict(measure, now, before, 0.5))
        unit = " %" if "%" in sentence else "0."
        assert unit in label_of(curve_picture(now, before, measure))
    assert "-" not in lab_page.verdict("closable_issues", now, before, 0.5)


def test_plain_words_say_whether_a_difference_may_be_chance():
    before, now = (
        curve_of(CLASSROOM, "evenings"),
        curve_of(replace(CLASSROOM, turned=(("meetings.count", 4),)), "evenings"),
    )
    grow(before.here, now.here, times=4)
    assert "The interval does not include zero: chance alone is an unlikely explanation." in lab_page.verdict(
        "closable_issues", now, before, None
    )
    assert "The interval includes zero: this may be chance." in lab_page.verdict("consensus", before, before, None)


def test_the_lab_shows_the_outcome_of_the_same_runs_under_other_rules():
    series = VariantRuns(setting_of(CLASSROOM))
    grow(series)
    runs = run(CLASSROOM.scenario(), replications=40)
    curve = curve_of(CLASSROOM, "evenings")
    curve.here = series
    table = lab_page.comparison(curve, None)
    for measure, rule in RULE_LABELS.items():
        assert series.estimate(measure) == share(runs.column(measure))
        assert rule in LAB_MEASURES[measure]
        assert rule.capitalize() in table.replace("&nbsp;", " ")


def test_turning_a_knob_back_restores_the_variant():
    moved = turned(replace(CLASSROOM, changes=("context.tension=high",)), "meetings", 4).variant
    assert (moved.levels["meetings.count"], moved.changes) == (4, ("context.tension=high",))
    assert turned(moved, "meetings", 1).variant == moved.with_level("meetings.count", None)
    assert turned(moved, "methodology", None).variant == moved
    with pytest.raises(ScenarioError, match="nothing"):
        turned(replace(CLASSROOM, changes=("nothing=1",)), "meetings", 1)
    assert setting_of(CLASSROOM).runs == setting_of(replace(CLASSROOM, turned=(("meetings.count", 1),))).runs
    assert setting_of(CLASSROOM).runs != setting_of(replace(CLASSROOM, turned=(("meetings.count", 2),))).runs
    assert setting_of(CLASSROOM).runs != setting_of(replace(CLASSROOM, turned=(("meetings.count", 1),), seed=1)).runs


@pytest.fixture
def lab(page, monkeypatch):  # noqa: ARG001 - built on it
    """A lab in which the classroom has begun to run."""
    monkeypatch.setattr(shell, "set_address", lambda *_: None)
    view = lab_page.LabView(SETTING, asked())
    view.client = SimpleNamespace(has_socket_connection=True)
    view.now = curve_of(CLASSROOM, view.along)
    grow(view.now)
    view.show()
    return view


def test_the_lab_names_the_variant_of_its_runs(lab):
    assert re.search(r"seed 0 · 8 points of up to 400 runs, \d+ runs in all, more to come$", lab.progress.text)


def test_until_a_new_variant_runs_nothing_of_the_old_one_stands_under_its_name(page, lab):
    assert lab.verdict.text
    assert lab.progress.text.startswith("classroom")
    inside(page, lab._choose("rolling_text"))
    assert lab.progress.text.startswith("Next: classroom, rolling text")
    assert (lab.verdict.text, lab.table.content) == ("", "")
    assert "now:" not in lab.picture.content
    assert "before:" in lab.picture.content


@pytest.mark.parametrize("change", [lambda lab: lab._change(lambda _: CLASSROOM.with_level("meetings.count", 3)),
                                    lambda lab: lab._choose_axis("evenings")])  # fmt: skip
def test_a_knob_that_is_turned_ends_the_growing_and_lets_the_new_curve_begin(page, lab, change):
    async def grow():
        with page:
            await lab._grow(lab.attempt)

    async def turn():
        before = sum(series.done for series in lab.now.all_series)
        growing = asyncio.create_task(grow())
        await soon(lambda: sum(series.done for series in lab.now.all_series) > before)
        if asyncio.iscoroutine(changing := change(lab)):
            with page:
                await changing
        done = sum(series.done for series in lab.now.all_series)
        await asyncio.wait_for(growing, LIMIT)
        assert sum(series.done for series in lab.now.all_series) <= done + LAB_CHUNK
        assert lab.soon.active
        lab.touched = -1.0
        lab._grow = AsyncMock()
        await lab._begin()

    inside(page, turn())
    assert (lab.now.variant, lab.now.along) == (lab.variant, lab.along)
    assert lab.before is None or lab.before.along == lab.along
    lab.show()
    assert not lab.progress.text.startswith("Next")


def test_a_knob_that_is_turned_on_while_its_last_turn_is_read_stays_where_it_is(page, lab, monkeypatch):
    shown = []

    async def turn(release):
        async def late(reading, *arguments, **_):
            await release.wait()
            shown.append(lab.knobs["evenings"].value)
            return reading(*arguments)

        monkeypatch.setattr(shell, "in_worker", late)
        turns = []
        for place in (25, 50):
            with page:
                lab.knobs["evenings"].value = place  # as the browser does
                turns.append(asyncio.create_task(lab._turn("evenings", place)))
            await asyncio.sleep(0)
        release.set()
        await asyncio.gather(*turns)

    inside(page, turn(asyncio.Event()))
    assert lab.setting.levels["evenings"] == 0.5
    assert shown == [50, 50]
    assert lab.places == {}


def test_settings_are_applied_to_what_the_turns_before_them_lead_to(page, lab, monkeypatch):
    async def turn_and_apply(release):
        async def late(reading, *arguments, **_):
            await release.wait()
            return reading(*arguments)

        monkeypatch.setattr(shell, "in_worker", late)
        with page:
            turning = asyncio.create_task(lab._turn("evenings", 50))
            await asyncio.sleep(0)
            applying = asyncio.create_task(lab._change(lambda variant: replace(variant, seed=7)))
        await asyncio.sleep(0)
        release.set()
        await asyncio.gather(turning, applying)

    inside(page, turn_and_apply(asyncio.Event()))
    assert (lab.variant.levels["informal.mixed_evenings"], lab.variant.seed) == (0.5, 7)


def test_the_lab_offers_the_scenario_s_own_methodologies_and_says_what_they_do():
    text = text_of("classroom") + "\nmethodologies: {polls: [straw_poll: 1]}\n"
    variant = Variant(text=text)
    assert setting_of(variant).own == ("polls",)
    assert "polls" in settings_along(variant, "methodology")
    polls = turned(variant, "methodology", "polls")
    assert polls.agendas == "every meeting: straw poll 100 %"
    assert "polls" in methods(None, own=polls.own)
    assert "polls" in methods("polls")


def test_a_number_that_is_drawn_for_every_run_is_none_of_the_levels_of_its_knob():
    case = Variant(name="cases/ccwg_ws1")  # 1 to 8 meetings
    for along, fixed in (("meetings", 1), ("days", 8)):
        points = settings_along(case, along)
        assert points["as_written"] == setting_of(case)
        assert points[fixed] == turned(case, along, fixed)
        assert points[fixed].runs != points["as_written"].runs
        assert "as_written" not in settings_along(case.with_level(KNOBS_BY_NAME[along].path, fixed), along)
    assert setting_of(case).levels["evenings"] == 0.75
    assert "as_written" in settings_along(Variant(name="cases/icg"), "evenings")


def test_the_dial_of_a_drawn_number_says_so_and_its_first_place_can_be_chosen(page, monkeypatch):
    monkeypatch.setattr(shell, "set_address", lambda *_: None)
    view = lab_page.LabView(setting_of(Variant(name="cases/ccwg_ws1")), asked())
    text = view.knobs["meetings"].default_slot.children[0]
    assert text.text == "drawn"
    for place, level, said in ((1, 1, "1"), (0, None, "drawn")):
        view.knobs["meetings"].value = place  # as the browser does
        inside(page, view._turn("meetings", place))
        assert (view.variant.levels.get("meetings.count"), text.text) == (level, said)


def test_a_curve_along_the_days_leaves_the_meetings_as_they_are():
    points = settings_along(replace(CLASSROOM, turned=(("meetings.count", 3),)), "days")
    assert min(points) == 3  # no fewer days than meetings
    for level, setting in points.items():
        meetings = setting.variant.scenario().process.meetings
        assert (len(meetings), sum(meeting.days for meeting in meetings)) == (3, level)
    link = query(points[8].variant)
    assert "d=8" in link
    assert variant_of(link) == points[8].variant
    assert "meetings.days_in_all=8" in points[8].variant.all_changes()


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
    assert guess_of("Ana", SETTING, "closable_issues", 3.0, "").expected == 3.0
    with pytest.raises(RefusedError, match="issues, 0 to 3"):
        guess_of("Ana", SETTING, "closable_issues", 3.5, "")


def test_nameless_guesses_do_not_block_one_another(room):
    for expected in (0.2, 0.9):
        room.guess(guess_of("", SETTING, "consensus", expected, ""), 0.0, address="school")
    assert [guess.expected for guess in room.guesses.all] == [0.2, 0.9]


def test_a_guess_carries_the_name_with_which_its_person_joined_and_their_number_is_limited(room, ana, ben):
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
    rooms = Rooms()
    monkeypatch.setattr(lab_page, "ROOMS", rooms)
    room = open_in(rooms, CLASSROOM, "teacher", 0.0)
    ana = room.join("Ana", 0.0)
    panel = lab_page.GuessPanel("school", {f"{cookie_name(room.code)}_1": ana.token, "other": "x"}, lambda: None)
    assert panel.ask(SETTING, "consensus", "meetings", wanted=True)
    panel.expected.value, panel.who.value, panel.code.value = 40, "Ben", f"{room.code[:4]}-{room.code[4:]}"
    panel._commit()
    assert [guess.who for guess in room.guesses.all] == ["Ana"]
    assert panel.guess(CLASSROOM, "consensus").expected == 0.4


@pytest.mark.usefixtures("page")
def test_the_question_names_its_point_and_its_unit():
    panel = lab_page.GuessPanel("school", {}, lambda: None)
    for setting, measure, along, said, unit in (
        (SETTING, "consensus", "meetings", "for 1 meeting? Share of runs with consensus: a number", "%"),
        (SETTING, "depth", "methodology", "for the scenario as written? Depth of what was agreed", None),
        (turned(CLASSROOM, "evenings", 0.5), "consensus", "evenings", "for 50 % mixed evenings? Share", "%"),
    ):
        assert panel.ask(setting, measure, along, wanted=True)
        assert f"what do you expect {said}" in panel.question.text
        assert panel.expected.suffix == unit
    for typed, problem in ((0.4, "0.4 is less than 1 per cent"), (-1, "0 to 100 per cent"), (40, None)):
        panel.expected.value = typed
        panel._commit()
        assert problem is None or problem in panel.expected.error
    assert [guess.expected for guess in panel.guesses.all] == [0.4]


def test_a_class_has_a_limited_number_of_guesses(room):
    for n in range(2_000):
        room.guesses.all.append(guess_of(f"P{n}", SETTING, "depth", 0.1, ""))
    with pytest.raises(RefusedError):
        room.guess(guess_of("one more", SETTING, "depth", 0.1, ""), 0.0, address="school")
