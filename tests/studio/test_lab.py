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

import negsim
from negsim.cases.library import text_of
from negsim.errors import ScenarioError
from negsim.report.words import RULES
from negsim.studio.curves import curve_picture
from negsim.studio.lab import (
    CHUNK,
    MEASURES,
    Series,
    curve_of,
    estimate_so_far,
    pairs_of,
    setting_of,
    settings_along,
    turned,
)
from negsim.studio.links import Variant, options_of, query, variant_of
from negsim.studio.pages.knobs import methods
from negsim.study.estimates import share
from negsim.study.runner import run
from studio_cases import CLASSROOM, SETTING, inside, label_of


def test_a_curve_grows_to_the_runs_of_the_command_line():
    curve = curve_of(replace(CLASSROOM, methodology="rolling_text"), "meetings")
    progress = list(curve.growing())
    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    runs = run(negsim.load("classroom", changes=["meetings.count=3", "methodology=rolling_text"]), replications=400)
    assert np.array_equal(curve.points[3].values("depth"), runs.column("depth"), equal_nan=True)
    assert curve.level_here == 1
    assert curve.here.estimate("consensus").value == curve.points[1].estimate("consensus").value


def test_more_runs_change_none_that_are_there():
    series = Series(setting_of(CLASSROOM))
    series.grow()
    first = series.values("satisfaction")
    series.grow()
    assert np.array_equal(series.values("satisfaction")[: len(first)], first)


def test_differences_are_paired_and_narrower_than_apart():
    now, before = Series(setting_of(replace(CLASSROOM, evenings=1.0))), Series(setting_of(CLASSROOM))
    for _ in range(5):
        now.grow()
        before.grow()
    pairs = pairs_of(now, before, "trust_across_end")
    assert pairs.gap.low > 0.0
    assert pairs.gap.observations == 200
    assert (pairs.now, pairs.before) == (now.estimate("trust_across_end"), before.estimate("trust_across_end"))
    assert pairs.gap.value == pytest.approx(pairs.now.value - pairs.before.value)
    assert pairs_of(Series(setting_of(CLASSROOM)), before, "depth").gap.observations == 0
    assert math.isnan(estimate_so_far("consensus", np.empty(0)).value)


def test_a_measure_that_some_runs_lack_is_compared_over_the_pairs_that_have_it():
    now, before = Series(setting_of(Variant(meetings=4))), Series(setting_of(Variant()))
    for _ in range(5):
        now.grow()
        before.grow()
    pairs = pairs_of(now, before, "depth")
    assert pairs.has_gaps
    assert 2 < pairs.gap.observations < pairs.runs == 200
    assert {pairs.now.observations, pairs.before.observations} == {pairs.gap.observations}
    assert pairs.gap.value == pytest.approx(pairs.now.value - pairs.before.value)
    curves = (curve_of(Variant(meetings=4), "evenings"), curve_of(Variant(), "evenings"))
    for curve, series in zip(curves, (now, before), strict=True):
        curve.here = series
    page = pytest.importorskip("negsim.studio.pages.lab")
    assert f"pairs of runs that have it: {pairs.gap.observations}" in page.comparison(*curves)
    assert f"Over the {pairs.gap.observations} pairs of runs that have it" in page.verdict("depth", *curves, None)
    assert "pairs of runs that have it" not in page.verdict("consensus", *curves, None)


def test_question_and_answer_are_in_the_same_unit():
    page = pytest.importorskip("negsim.studio.pages.lab")
    before, now = curve_of(CLASSROOM, "evenings"), curve_of(replace(CLASSROOM, meetings=4), "evenings")
    before.here.grow()
    now.here.grow()
    for measure, span, sentence in (
        ("consensus", "0 to 100 per cent", r": \d+ % .* guessed 50 %\. That is [+−]?\d+ points .* against before"),
        ("depth", "from 0 to 1", r": 0\.\d\d .* guessed 0\.50\."),
        ("missed_agreements", "issues, 0 to 3", r": \d\.\d\d .* guessed 0\.50\. That is [+−]\d\.\d\d .* against"),
    ):
        assert page._span(SETTING, measure).endswith(span)
        assert re.search(sentence, page.verdict(measure, now, before, 0.5))
        unit = " %" if "%" in sentence else "0."
        assert unit in label_of(curve_picture(now, before, measure))
    assert "-" not in page.verdict("missed_agreements", now, before, 0.5)


def test_plain_words_say_whether_a_difference_may_be_chance():
    page = pytest.importorskip("negsim.studio.pages.lab")
    before, now = curve_of(CLASSROOM, "evenings"), curve_of(replace(CLASSROOM, meetings=4), "evenings")
    for _ in range(4):
        before.here.grow()
        now.here.grow()
    assert "The interval does not include zero: chance alone is an unlikely explanation." in page.verdict(
        "missed_agreements", now, before, None
    )
    assert "The interval includes zero: this may be chance." in page.verdict("consensus", before, before, None)


def test_the_lab_shows_the_outcome_of_the_same_runs_under_other_rules():
    series = Series(setting_of(CLASSROOM))
    series.grow()
    runs = run(CLASSROOM.scenario(), replications=40)
    curve = curve_of(CLASSROOM, "evenings")
    curve.here = series
    table = pytest.importorskip("negsim.studio.pages.lab").comparison(curve, None)
    for measure, rule in RULES.items():
        assert series.estimate(measure) == share(runs.column(measure))
        assert rule in MEASURES[measure]
        assert rule.capitalize() in table.replace("&nbsp;", " ")


def test_turning_a_knob_back_restores_the_variant():
    moved = turned(replace(CLASSROOM, changes=("context.tension=high",)), "meetings", 4).variant
    assert (moved.meetings, moved.changes) == (4, ("context.tension=high",))
    assert turned(moved, "meetings", 1).variant == replace(moved, meetings=None)
    assert turned(moved, "methodology", None).variant == moved
    with pytest.raises(ScenarioError, match="nothing"):
        turned(replace(CLASSROOM, changes=("nothing=1",)), "meetings", 1)
    assert setting_of(CLASSROOM).runs == setting_of(replace(CLASSROOM, meetings=1)).runs
    assert setting_of(CLASSROOM).runs != setting_of(replace(CLASSROOM, meetings=2)).runs
    assert setting_of(CLASSROOM).runs != setting_of(replace(CLASSROOM, meetings=1, seed=1)).runs


@pytest.fixture
def lab(page, monkeypatch):  # noqa: ARG001 - built on it
    """A lab in which the classroom has begun to run."""
    pages = pytest.importorskip("negsim.studio.pages.lab")
    monkeypatch.setattr(pages, "set_address", lambda *_: None)
    view = pages.LabView(SETTING, "10.0.0.1", {})
    view.build()
    view.client = SimpleNamespace(has_socket_connection=True)
    view.now = curve_of(CLASSROOM, view.along)
    view.now.grow()
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


@pytest.mark.parametrize("change", [lambda lab: lab._change(replace(CLASSROOM, meetings=3)),
                                    lambda lab: lab._look(along="evenings")])  # fmt: skip
def test_a_knob_that_is_turned_ends_the_growing_and_lets_the_new_curve_begin(page, lab, change):
    async def grow():
        with page:
            await lab._grow(lab.attempt)

    async def turn():
        growing = asyncio.create_task(grow())
        await asyncio.sleep(0.05)
        if asyncio.iscoroutine(changing := change(lab)):
            with page:
                await changing
        done = sum(series.done for series in lab.now.all_series)
        await asyncio.wait_for(growing, 20.0)
        assert sum(series.done for series in lab.now.all_series) <= done + CHUNK
        assert lab.soon.active
        lab.touched = -1.0
        lab._grow = AsyncMock()
        await lab._begin()

    inside(page, turn())
    assert (lab.now.variant, lab.now.along) == (lab.variant, lab.along)
    assert lab.before is None or lab.before.along == lab.along
    lab.show()
    assert not lab.progress.text.startswith("Next")


def test_the_lab_offers_the_scenario_s_own_methodologies_and_says_what_they_do():
    text = text_of("classroom") + "\nmethodologies: {polls: [straw_poll: 1]}\n"
    variant = Variant(text=text)
    assert setting_of(variant).own == ("polls",)
    assert "polls" in settings_along(variant, "methodology")
    polls = turned(variant, "methodology", "polls")
    assert polls.agendas == "every meeting: straw poll 100 %"
    assert "polls" in methods(None, own=polls.own)
    assert "polls" in methods("polls")


def test_a_curve_along_the_days_leaves_the_meetings_as_they_are():
    points = settings_along(replace(CLASSROOM, meetings=3), "days")
    assert min(points) == 3  # no fewer days than meetings
    for level, setting in points.items():
        meetings = setting.variant.scenario().process.meetings
        assert (len(meetings), sum(meeting.days for meeting in meetings)) == (3, level)
    link = query(points[8].variant)
    assert "d=8" in link
    assert variant_of(link) == points[8].variant
    assert "--set meetings.days_in_all=8" in options_of(points[8].variant)
