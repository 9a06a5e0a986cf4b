"""Pictures and accounts of odd rooms: strange names, many groups and issues, things that do not apply."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from negsim.cast.palette import group_colours
from negsim.classroom import charts
from negsim.negotiation.runs import watch
from negsim.page import PageSource, page
from negsim.page.html import facts_of
from negsim.report import plots
from negsim.report.plots.style import NO_FONT, figure_of, paint
from negsim.report.summary import summary
from negsim.scenario.lowering import lower
from negsim.scenario.schema import MOST_GROUPS
from negsim.study.runner import run
from odd import LONG, odd

DOLLARS = {"issue": r"Fees $\frac$ due {}", "group": "US$ 5 to US$ 10 {}", "low": "US$ 5 to US$ 10"}


def pictures(room, replications=2):
    """Every picture that `negsim plot` draws, by name."""
    trace, runs = watch(lower(room)), run(room, replications=replications)
    drawn = {name: picture.draw(room, trace) for name, picture in plots.RUN_PICTURES.items()} | {
        "outcomes": plots.outcome_shares({"a": runs}),
        "minutes": plots.minutes_spent({"a": runs}),
        "who_blocked": plots.who_blocked(runs),
    }
    return {name: figure_of(picture) for name, picture in drawn.items()}


def words_of(figure):
    """The words of a figure that has been painted, on one line each, and whether each is inside it."""
    texts = [text for text in figure.findobj(Text) if text.get_visible() and re.search("[^0-9.−]", text.get_text())]
    box = figure.bbox.padded(6.0)
    inside = {}
    for text in texts:
        extent = text.get_window_extent()
        inside[" ".join(text.get_text().split())] = box.x0 <= extent.x0 and extent.x1 <= box.x1 and extent.y1 <= box.y1
    return inside


@pytest.mark.deep
@pytest.mark.parametrize("parts", [DOLLARS, {"hours": 0.1, "procedure_loss": 0.9}, {"groups": 1}, {"seats": 1}])
def test_every_picture_of_an_odd_room_can_be_painted(parts, tmp_path):
    for name, figure in pictures(odd(**parts)).items():
        paint(figure, tmp_path / f"{name}.png")
        assert not [text for text in words_of(figure) if re.search(r"\bnan\b", text)], name


def test_a_dollar_is_a_dollar_also_on_axes_of_another_style(tmp_path):
    room = odd(**DOLLARS)
    ax = Figure().add_subplot()
    plots.positions(room, watch(lower(room)), issue="issue_0", ax=ax)
    figure = ax.figure
    figure.savefig(tmp_path / "a.png")
    assert "US$ 5 to US$ 10" in words_of(figure)
    assert not [text for text in figure.findobj(Text) if "$" in text.get_text() and text.get_parse_math()]


def test_long_names_are_shortened_and_stay_within_the_picture(tmp_path):
    room = odd(group=LONG * 2 + "{}", issue=LONG * 2 + "{}", low=LONG, high=LONG)
    for name, figure in pictures(room).items():
        paint(figure, tmp_path / f"{name}.png")
        outside = [text for text, inside in words_of(figure).items() if not inside]
        assert not outside, (name, outside)
        assert max(map(len, words_of(figure))) < 90, name


def test_the_names_of_32_issues_in_brackets_fit_beside_them(tmp_path):
    room = odd(issues=32, groups=4, red_lines=True, issue=LONG + "{}", hours=12, meetings=[
        {"name": "Geneva", "days": 4, "agenda": [{"chair_text": 1}]},
    ])  # fmt: skip
    trace = watch(lower(room))
    had = np.flatnonzero(trace.brackets.any(axis=0))
    assert len(had) > 12
    ax = plots.brackets(room, trace)
    paint(ax, tmp_path / "a.png")
    names = [text for text in words_of(figure_of(ax)) if text.startswith("A name")]
    assert len(names) == len(had)
    assert all(words_of(figure_of(ax)).values())


@pytest.mark.deep
def test_every_group_of_a_large_room_has_the_colour_of_its_place_wherever_it_is_drawn():
    room = odd(groups=MOST_GROUPS, seats=1)
    inks = list(group_colours(list(room.groups)).values())
    assert len(set(inks)) == 16
    html = page(PageSource(room, "odd"), runs=1)
    assert [group["colour"] for group in facts_of(html)["groups"]] == inks
    drawn = [charts.Line(n / 40, f"Person {n}", is_low=False, group=name) for n, name in enumerate(room.groups)]
    chart = charts.red_lines(room, dict.fromkeys(room.issues, drawn))
    assert {line.get_color() for line in chart.lines} >= set(inks)


def test_letters_that_no_font_has_are_one_clear_sentence(tmp_path):
    room = odd(group="\U00013000 {}")  # a hieroglyph
    with pytest.warns(UserWarning, match="no installed font") as caught:
        plots.save(pictures(room)["trust"], tmp_path / "a.png")
    assert [str(one.message) for one in caught] == [NO_FONT]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plots.save(pictures(odd())["trust"], tmp_path / "b.png")


@pytest.mark.parametrize("parts", [{"groups": 1}, {"seats": 1}, {"hours": 0.1, "procedure_loss": 0.9}])
def test_what_does_not_apply_is_a_word_in_the_account_of_a_run(parts):
    text = summary(run(odd(**parts), replications=3))
    assert "n/a" in text
    assert not re.search(r"\bnan\b", text)
