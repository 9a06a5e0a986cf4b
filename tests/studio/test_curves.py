"""The picture of the outcome curve."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from negsim.cast.knobs import KNOBS_BY_NAME
from negsim.studio.curves import CURVE_WIDTH, NARROW_WIDTH, NO_GUESS, Guessing, curve_picture, curve_pictures
from negsim.studio.lab import level_name, setting_of, turned
from negsim.studio.links import Variant
from studio_cases import CLASSROOM, SETTING, curve_of, grow, label_of


def test_a_curve_reaches_where_its_variant_stands_and_stays_inside_its_picture():
    assert setting_of(Variant(name="cases/ntia_apps")).levels["meetings"] == 16
    assert setting_of(replace(CLASSROOM, turned=(("informal.mixed_evenings", 0.3),))).levels["evenings"] == 0.3
    assert setting_of(replace(CLASSROOM, changes=("meetings.count=15",))).levels["meetings"] == 15
    for along, level in (("meetings", 40), ("evenings", 0.3), ("corridors", 0.3), ("methodology", "deffuant")):
        curve = curve_of(CLASSROOM.with_level(KNOBS_BY_NAME[along].path, level), along)
        assert curve.level_here == level
        assert curve.points[curve.level_here] is curve.here
        grow(*curve.all_series)
        svg = curve_picture(curve, curve_of(CLASSROOM, along), "consensus", Guessing(1.0))
        assert f">{level_name(along, level)}</text>" in svg
        places = [float(place) for place in re.findall(r'[ c]x[12]?="([-\d.]+)"', svg)]
        assert min(places) >= 0.0
        assert max(places) <= 840.0
        assert "guess<" in svg


def test_an_axis_has_the_levels_of_its_curves_and_no_others():
    curve = curve_of(Variant(name="cstd_wgigf_2011"), "days")  # 2 meetings do not fit into 1 day
    svg = curve_picture(curve, None, "consensus")
    assert {label for label in ("1", "4", "20") if f">{label}</text>" in svg} == {"4", "20"}
    crowded = curve_of(replace(CLASSROOM, changes=("meetings.count=21",)), "days")
    assert list(crowded.points) == [42]
    assert ">42</text>" in curve_picture(crowded, None, "consensus")


def test_the_methodology_as_written_has_a_place_of_its_own():
    before, now = (
        curve_of(CLASSROOM.with_level("methodology", name), "methodology") for name in (None, "rolling_text")
    )
    assert (before.level_here, now.level_here) == ("as_written", "rolling_text")
    assert before.points["as_written"] is before.here is now.points["as_written"]
    grow(before.here)
    svg = curve_picture(now, before, "consensus")
    assert re.search(r">as written</text>", svg)
    assert re.search(r'r="12"[^>]*stroke="#D55E00"', svg)  # a ring where the variant before stands


def test_runs_that_draw_their_number_stand_beside_the_curve_and_not_on_it():
    now, before = (
        curve_of(Variant(name="cases/ccwg_ws1").with_level("informal.mixed_evenings", mixed), "meetings")
        for mixed in (None, 1.0)
    )
    grow(now.here, now.points[1], now.points[8], before.here, before.points[1])
    svg = curve_picture(now, before, "consensus")
    assert f"now: as written: {now.here.estimate('consensus').value:.0%}".replace("%", " %") in label_of(svg)
    line = re.search(r'<polyline points="([^"]+)"', svg)[1]
    ring = re.search(r'cx="([\d.]+)"[^>]*r="12"', svg)[1]
    assert len(line.split()) == 2
    assert all(float(point.split(",")[0]) > float(ring) + 50 for point in line.split())
    shares = curve_picture(curve_of(Variant(name="cases/icg"), "evenings"), None, "consensus", wide=NARROW_WIDTH)
    for boxes in ([*boxes_of(svg)], [*boxes_of(shares)]):
        assert not [one for n, one in enumerate(boxes) for other in boxes[:n] if overlap(one, other)]


def test_no_label_of_a_curve_lies_on_another():
    for along, measure, wide in (
        ("meetings", "consensus", CURVE_WIDTH),
        ("meetings", "would_majority_per_group", NARROW_WIDTH),
        ("methodology", "closable_issues", CURVE_WIDTH),
    ):
        curve = curve_of(CLASSROOM, along)
        grow(*curve.all_series)
        value = curve.here.estimate(measure).value
        for guess in (0.0, value, value + 0.1, 1.0):
            svg = curve_picture(curve, curve_of(CLASSROOM, along), measure, Guessing(guess), wide=wide)
            boxes = [*boxes_of(svg)]
            assert all(0.0 <= left < right <= wide for left, right, *_ in boxes)
            for n, one in enumerate(boxes):
                assert not [other for other in boxes[:n] if overlap(one, other)], one


def test_along_numbers_a_page_has_a_picture_for_phones_too():
    curves = [curve_of(CLASSROOM, along) for along in ("days", "methodology")]
    both, one = (curve_pictures(curve, None, "consensus", NO_GUESS) for curve in curves)
    assert re.findall(r'class="(broad|phone)"><svg viewBox="0 0 (\d+)', both) == [("broad", "860"), ("phone", "430")]
    assert one == curve_picture(curves[1], None, "consensus")


def boxes_of(svg):
    """Where the texts of a picture are, as far as can be said without a browser: ends of lines and of letters."""
    for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):  # noqa: S314 - of our own making
        x, y, size = (float(text.get(name)) for name in ("x", "y", "font-size"))
        width = 0.55 * size * len(text.text)
        left = x - width * {"start": 0.0, "middle": 0.5, "end": 1.0}[text.get("text-anchor")]
        yield left, left + width, y - 0.72 * size, y


def overlap(one, other):
    """Whether two boxes do."""
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


@pytest.mark.parametrize("evenings", [None, 1.0])
def test_where_the_variant_stands_the_curve_has_its_number(evenings):
    variant = Variant(name="cstd_wgigf_2012").with_level("informal.mixed_evenings", evenings)
    curve = curve_of(variant, "evenings")
    assert curve.level_here == 1.0
    assert curve.points[1.0] is curve.here
    assert (
        turned(variant, "evenings", 1.0).variant.levels["informal.mixed_evenings"] == 1.0
    )  # as written some sit at mixed tables, not all
    assert turned(CLASSROOM, "meetings", 1).variant == CLASSROOM


def test_the_variant_before_tells_nothing_of_what_is_to_be_guessed():
    asked = setting_of(replace(CLASSROOM, turned=(("meetings.count", 3),)))
    along, across = curve_of(CLASSROOM, "meetings"), curve_of(CLASSROOM, "evenings")
    for curve in (along, across):
        while curve.progress < 0.1:
            grow(curve)
    hidden = curve_picture(None, along, "consensus", Guessing(hidden=asked))
    assert "3: " in label_of(curve_picture(None, along, "consensus"))
    assert "before" not in hidden
    assert not re.search(r"\d %", label_of(hidden))
    assert "before" in label_of(curve_picture(None, across, "consensus", Guessing(hidden=asked)))
    assert "now" not in label_of(curve_picture(along, None, "consensus", Guessing(hidden=SETTING)))


def test_a_curve_hides_what_has_to_be_guessed_first():
    curve = curve_of(CLASSROOM, "methodology")
    grow(curve, times=12)
    shown, hidden = (curve_picture(curve, None, "consensus", Guessing(0.4, asked)) for asked in (None, SETTING))
    assert label_of(shown) != label_of(hidden)
    assert "Guess first" in hidden
    place = re.search(r'<line x1="([\d.]+)"[^>]*stroke="#b0006d"', hidden)[1]
    assert re.search(rf'<text x="{place}"[^>]*>as written<', hidden)
    assert "now:" not in hidden
    assert "★" in shown
    for measure in ("depth", "closable_issues"):
        assert label_of(curve_picture(curve, curve, measure))
    assert label_of(curve_picture(None, None, "consensus"))
