"""Pictures of the room, of evenings, positions and trust."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from negsim.cast.palette import GROUP_COLOURS
from negsim.negotiation.tables import Move
from negsim.report.plots.style import ink_on
from negsim.studio import pictures
from negsim.studio.game import Game
from negsim.studio.links import Variant
from negsim.studio.recording import Playback, eyes_of
from studio_cases import HOSTILE, label_of


@pytest.mark.parametrize("name", ["classroom", "wgig_2005"])
def test_pictures_are_well_formed_and_name_everybody(name):
    playback = Playback(Variant(name=name, turned=(("informal.mixed_evenings", 1.0),), seed=1))  # with an evening
    cast = pictures.cast_of(playback.scenario)
    evening = next(n for n, frame in enumerate(playback.frames) if frame.turn.move == Move.EVENING)
    for moment in (0, evening, playback.last):
        frame = playback.frames[moment]
        eyes = eyes_of(playback.variant, moment, 1)
        svg = pictures.room_picture(frame, cast, eyes=1, people={2: HOSTILE})
        for picture in (
            svg,
            pictures.positions_picture(frame, cast, eyes=eyes),
            pictures.trust_picture(frame.trust, playback.frames[0].trust, cast),
            pictures.lives_picture(playback.lives, cast, moment),
        ):
            assert label_of(picture)
            assert "<img" not in picture
        assert len(re.findall(r"data-seat", svg)) == len(cast.names)


def test_lines_lead_from_a_speaker_to_those_whom_the_statement_moved():
    playback = Playback(Variant(name="classroom"))
    cast = pictures.cast_of(playback.scenario)
    spoken = [n for n, frame in enumerate(playback.frames) if frame.turn.move == Move.SPEAK]
    for moment in spoken:
        frame, before = playback.frames[moment], playback.frames[moment - 1]
        moved = np.abs(frame.position - before.position)[:, frame.turn.issue] > pictures._LEAST_MOVE
        moved[frame.turn.who] = False
        assert pictures.room_picture(frame, cast, before=before).count("<path") == moved.sum()
    assert "<path" not in pictures.room_picture(frame, cast)


def test_a_mark_has_one_key_in_every_picture_of_a_run(playback):
    cast = pictures.cast_of(playback.scenario)

    def keys(frame):
        both = pictures.room_picture(frame, cast) + pictures.positions_picture(frame, cast)
        found = re.findall(r'data-slide="([^"]+)"', both)
        assert len(set(found)) == len(found)
        return {key for key in found if not key.startswith(("text", "bar"))}  # which come with the text

    delegates = len(cast.names) * (1 + len(cast.issues))
    assert {len(keys(frame)) for frame in (playback.frames[n] for n in range(0, playback.last, 40))} == {delegates}


def test_the_life_of_a_paragraph_is_drawn_up_to_the_moment(playback):
    cast = pictures.cast_of(playback.scenario)
    widths = []
    for moment in (0, playback.first_text, playback.last):
        picture = ET.fromstring(pictures.lives_picture(playback.lives, cast, moment))  # noqa: S314 - of our own making
        bars = [bar for bar in picture.iter() if bar.tag.endswith("rect")]
        widths.append(max((float(bar.get("x")) + float(bar.get("width")) for bar in bars), default=0.0))
    assert widths[0] == 0.0 < widths[1] < widths[2]


def test_every_guess_is_a_mark_of_the_histogram_with_its_name():
    guesses = [("Ana", 0.0), (HOSTILE, 0.4), ("Ben", 0.41), ("Eva", 1.0)]
    svg = pictures.guesses_picture(guesses, 1.0, lambda guess: f"{guess:.0%}")
    marks = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}circle")  # noqa: S314 - of our own making
    places = [(mark.get("cx"), mark.get("cy")) for mark in marks]
    assert len(set(places)) == len(guesses)
    assert len({x for x, _ in places}) == 3  # two stand above one another
    assert f"{HOSTILE} 40%" in label_of(svg)


def test_caucuses_of_a_group_meet_in_circles_of_their_own():
    text = (Path(__file__).parents[1] / "data" / "caucuses.yaml").read_text(encoding="utf-8")
    playback = Playback(Variant(text=text))
    evening = next(frame for frame in playback.frames if frame.turn.move == Move.EVENING)
    svg = pictures.room_picture(evening, pictures.cast_of(playback.scenario))
    captions = {"North", "South", "Islands", "Firms", "Unions"}
    assert captions <= set(re.findall(r">([^<>]+)</text>", svg))


def test_groups_differ_by_letter_and_shape_too(playback):
    marks = pictures.cast_of(playback.scenario).marks
    for trait in ("colour", "sides", "letter"):
        assert len({getattr(mark, trait) for mark in marks}) == len(marks)


def test_names_stay_in_the_picture_and_off_one_another_and_tell_who_plays():
    game = Game(Variant(name="cstd_wgigf_2012"))
    cast = pictures.cast_of(game.scenario)
    people = {seat: f"Student {seat}" for seat in range(0, len(cast.names), 2)}
    picture = ET.fromstring(pictures.room_picture(game.recording.frames[0], cast, people=people))  # noqa: S314 - of our own making
    names = [text for text in picture.iter() if text.tag.endswith("text") and text.get("paint-order")]
    boxes = [(float(name.get("x")), float(name.get("y")), pictures.LETTER * len(name.text) / 2) for name in names]
    assert f"{pictures.shortened(cast.names[0], 16)}: Student 0" in {name.text for name in names}
    assert all(
        x - half >= 0.0 and x + half <= pictures.TABLE_WIDTH and 0.0 < y < pictures.TABLE_HEIGHT for x, y, half in boxes
    )
    pairs = [(one, other) for n, one in enumerate(boxes) for other in boxes[:n]]
    hidden = [abs(a[0] - b[0]) < a[2] + b[2] and abs(a[1] - b[1]) < pictures.LINE_HIGH for a, b in pairs]
    assert not any(hidden)


def test_a_name_that_is_in_the_way_moves_aside_before_it_moves_onto_a_seat():
    placed = [(450.0, 500.0, 40.0)]
    assert pictures._free(placed, 400.0, 500.0, 40.0) == (352.0, 500.0)
    assert pictures._free([], 400.0, 500.0, 40.0) == (400.0, 500.0)


def test_places_around_the_table_keep_apart():
    for count in (2, 12, 42, 80, 200):
        where = np.array(pictures.seat_places(count))
        gaps = np.hypot(*(where[:, None] - where[None]).transpose(2, 0, 1)) + 1000 * np.eye(count)
        assert gaps.min() > pictures.SEAT_RADIUS
        assert (where > 0).all()
        assert (where < [pictures.TABLE_WIDTH, pictures.TABLE_HEIGHT]).all()


def test_letters_stand_out_from_what_they_are_written_on():
    for colour in (*GROUP_COLOURS, "#5683a2"):
        channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        light = 0.2126 * r + 0.7152 * g + 0.0722 * b
        ratio = 1.05 / (light + 0.05) if ink_on(colour) == "#ffffff" else (light + 0.05) / 0.05
        assert ratio >= 4.5, colour


def test_only_small_elements_are_kept():
    large, kept = "x" * 1000, pictures._kept.cache_info().currsize
    assert pictures.tag("title", large) == f"<title>{large}</title>"
    assert pictures._kept.cache_info().currsize == kept


def test_a_text_that_reads_like_an_element_is_escaped_even_after_that_element():
    element = pictures.tag("text", "a")
    assert pictures.tag("g", element) == "<g><text>a</text></g>"
    assert pictures.tag("g", str(element)) == "<g>&lt;text&gt;a&lt;/text&gt;</g>"
