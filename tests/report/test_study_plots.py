"""Pictures of a study: which design gets which, and that they show what the results say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from fitting import assert_fits
from negsim.report.pages.reports import report_of_study
from negsim.report.plots import figures, numbers
from negsim.report.plots.numbers import LevelLine, curve_layout, curves, map_layout, varied
from negsim.report.plots.study import about_frontier, study_pictures
from negsim.report.plots.style import FigureLook, Picture, looking
from negsim.report.words import NO_BREAK
from negsim.scenario.meanings import factor_name
from negsim.study.results import StudyResults, results
from negsim.study.schema import Study, loads_study
from negsim.study.sensitivity import sensitivity
from sweeps import begin, study_of, swept

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
COUNT, METHOD, MIXED = "meetings.count", "methodology", "informal.mixed_evenings"
STUDIES = {
    "number": "vary: {meetings.count: [3, 1, 2]}",
    "word": "vary: {chair: {as it was: {}, strong: {process.chair.pressure: none}}}",
    "number and word": "vary: {methodology: [chair_text, rolling_text], meetings.count: [1, 2, 3]}",
    "numbers": "vary: {context.tension: [0, 1], meetings.count: [1, 3]}\nseries: {every: 200 min}",
    "three": "vary: {meetings.count: [1, 2, 3], informal.mixed_evenings: [0, 1],"
    " methodology: [chair_text, rolling_text]}",
    "four": "vary: {a: {x: {}, y: {context.tension: 1}}, meetings.count: [1, 3], informal.mixed_evenings: [0, 1],"
    " methodology: [chair_text, rolling_text]}\nmeasures: [share_agreed]",
    "hypercube": "vary: {meetings.count: {between: [1, 20], whole: true}, context.tension: {between: [0, 1]},"
    " methodology: [chair_text, rolling_text]}\ndesign: latin_hypercube\npoints: 40",
    "saltelli": "vary: {meetings.count: {between: [1, 6], whole: true}, context.tension: {between: [0, 1]}}"
    "\ndesign: saltelli\npoints: 8\nmain: minutes",
    "nowhere agreed": "vary: {context.tension: {between: [0, 1]}, parameters.goodwill: {between: [0.5, 1]}}"
    "\ndesign: saltelli\npoints: 2\nchanges: {methodology: questionnaire}\nmain: depth",
    "words and numbers": "vary: {process.chair.pressure: [0.5, none, high]}\nseries: {every: 200 min}",
    "cells": "cells: [{methodology: chair_text}, {methodology: rolling_text, meetings.count: 3}, {meetings.count: 1}]",
    "no agreement": "vary: {meetings.count: [1, 2]}\nchanges: {methodology: questionnaire}\nmain: depth",
    "nothing varied": "series: {every: 200 min}",
}
FEW = {"outcomes", "frontier", "time_to_consensus"}
PICTURES = {
    "number": {"curves", "measures", *FEW},
    "word": {"dots", "measures", *FEW},
    "number and word": {"curves", "measures", *FEW},
    "numbers": {"curves", "heat_maps", "measures", "over_time", *FEW},
    "three": {"curves", "heat_maps", "measures", "interactions", *FEW},
    "four": {"curves", "heat_maps", "measures", "interactions"},
    "hypercube": {"against_factors", "frontier"},
    "saltelli": {"against_factors", "sensitivity", "frontier"},
    "nowhere agreed": {"against_factors", "outcomes", "time_to_consensus"},
    "words and numbers": {"dots", "measures", "over_time", *FEW},
    "cells": {"dots", "measures", *FEW},
    "no agreement": {"curves", "measures", "outcomes", "time_to_consensus"},
    "nothing varied": {"outcomes", "time_to_consensus", "over_time"},
}


def study(name: str) -> Study:
    return loads_study(f"scenario: {SMALL}\nreplications: 6\nseed: 3\n{STUDIES[name]}\n")


@dataclass
class Shelf:
    """Results and pictures of the studies, each run when it is first asked for."""

    folder: Path
    studies: dict[str, StudyResults]
    by_name: dict[str, dict[str, Picture]]

    def pictures(self, name: str) -> dict[str, Picture]:
        if name not in self.by_name:
            self.by_name[name] = study_pictures(self[name])
        return self.by_name[name]

    def __getitem__(self, name: str) -> StudyResults:
        if name not in self.studies:
            self.studies[name] = swept(study(name), self.folder / name)
        return self.studies[name]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return Shelf(tmp_path_factory.mktemp("studies"), {}, {})


@pytest.mark.parametrize("name", STUDIES)
def test_a_design_gets_the_pictures_that_belong_to_it(name, shelf):
    pictures = shelf.pictures(name)
    assert set(pictures) == PICTURES[name]
    for picture in pictures.values():
        assert picture.caption.endswith(".")
        assert "nan" not in picture.caption


@pytest.mark.deep
@pytest.mark.parametrize("width", [85.0, 182.88])  # millimetres
@pytest.mark.parametrize("name", STUDIES)
def test_pictures_fit_the_page_and_change_no_setting(name, width, shelf):
    before = dict(mpl.rcParams)
    for picture in shelf.pictures(name).values():
        with looking(FigureLook(width=width)):
            figure = picture.draw()
        assert_fits(figure, width)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("name", ["three", "saltelli"])
def test_an_unfinished_study_has_pictures_of_what_there_is(name, tmp_path):
    begin(study(name), tmp_path)
    unfinished = results(tmp_path, partial=True)
    assert 0 < len(unfinished) < 6 * len(unfinished.cells)
    for picture in study_pictures(unfinished).values():
        picture.draw()


def test_meetings_go_along_x_methodology_makes_the_lines_and_a_third_factor_the_panels(shelf):
    layout = curve_layout(varied(shelf["three"]))
    assert [layout.x.name, layout.lines.name, layout.panels.name] == [COUNT, METHOD, MIXED]
    layout = map_layout(varied(shelf["three"]))
    assert [layout.x.name, layout.lines.name, layout.panels.name] == [COUNT, MIXED, METHOD]
    assert [factor.name for factor in curve_layout(varied(shelf["four"])).rest] == [METHOD]


def test_curves_show_the_numbers_of_the_results(shelf):
    asked = shelf["number and word"]
    table = asked.curve(COUNT, "consensus", by=[METHOD]).sort_values([METHOD, COUNT], kind="stable")
    (ax,) = shelf.pictures("number and word")["curves"].draw().axes
    assert [line.get_xdata().tolist() for line in ax.lines] == [[1, 2, 3]] * 2
    bands = zip(ax.collections[::2], ax.collections[1::2], strict=True)
    for line, (pale, dark), method in zip(ax.lines, bands, ("chair_text", "rolling_text"), strict=True):
        rows = table[table[METHOD] == method]
        assert line.get_ydata() == pytest.approx(rows["value"])
        edge = pale.get_paths()[0].vertices[:, 1]
        assert (edge.min(), edge.max()) == pytest.approx((rows["low"].min(), rows["high"].max()))
        edge = dark.get_paths()[0].vertices[:, 1]
        ends = (rows["value"] - rows["paired"]).clip(0.0, 1.0), (rows["value"] + rows["paired"]).clip(0.0, 1.0)
        assert (edge.min(), edge.max()) == pytest.approx((ends[0].min(), ends[1].max()))


def test_minutes_appear_as_hours(shelf):
    asked = shelf["number"]
    (line,) = curves(asked, curve_layout(varied(asked)), "minutes").lines
    assert line.value * 60 == pytest.approx(asked.curve(COUNT, "minutes").sort_values(COUNT)["value"])


def test_heat_maps_show_the_means_of_the_cells(shelf):
    asked = shelf["three"]
    *maps, _ = shelf.pictures("three")["heat_maps"].draw().axes
    frame = asked.frame([COUNT, MIXED, METHOD, "consensus"])
    for ax, method in zip(maps, ("chair_text", "rolling_text"), strict=True):
        means = frame[frame[METHOD] == method].pivot_table("consensus", MIXED, COUNT).to_numpy()
        assert np.asarray(ax.images[0].get_array()) == pytest.approx(means)
        noted = [float(text.get_text()) for text in ax.texts]
        assert noted == pytest.approx(100 * means.ravel(), abs=0.5)


def test_what_has_no_place_is_averaged_replication_by_replication(shelf):
    asked = shelf["four"]
    layout = curve_layout(varied(asked))
    data = curves(asked, layout, "share_agreed")
    frame = asked.frame(["a", COUNT, MIXED, "replication", "share_agreed"])
    for panel, lines in data.panels.items():
        for level, line in lines.items():
            rows = frame[(frame[MIXED] == panel) & (frame["a"] == level)]
            each = rows.pivot_table("share_agreed", COUNT, "replication")
            assert line.value == pytest.approx(each.mean(axis=1))


def test_an_interaction_is_a_difference_of_differences_over_the_same_replications(shelf):
    asked = shelf["three"]
    both = [factor for factor in asked.factors if factor.name != MIXED]
    wide = asked.frame().pivot_table("share_agreed", "replication", [METHOD, COUNT])
    gains = {method: wide[method, 3] - wide[method, 1] for method in ("chair_text", "rolling_text")}
    estimate = numbers.interaction(asked, "share_agreed", both, asked.values("share_agreed"))
    differences = gains["rolling_text"] - gains["chair_text"]
    assert (estimate.value, estimate.changed) == (pytest.approx(differences.mean()), np.count_nonzero(differences))
    assert -2.0 <= estimate.low < estimate.value < estimate.high <= 2.0  # no run of these agrees in part


def test_every_pair_of_factors_has_its_panel(shelf):
    asked = shelf["four"]
    assert len(list(numbers.pairs(asked, "share_agreed"))) == 6
    axes = shelf.pictures("four")["interactions"].draw().axes
    assert len(axes) == 6
    assert {ax.get_title(loc="left") for ax in axes} == {"by a", "by methodology", "by share of mixed evenings"}


def test_depth_does_not_apply_where_nothing_was_agreed(shelf):
    (ax,) = shelf.pictures("no agreement")["curves"].draw().axes
    assert np.isnan(ax.lines[0].get_ydata()).all()
    assert "does not apply" in [text.get_text() for text in ax.texts]


def test_the_bars_of_a_cell_add_up(shelf):
    shares = numbers.ended(shelf["cells"])
    assert list(shares) == ["chair's text", "rolling text, 3 meetings", "1 meeting"]
    assert [sum(ended.values()) for ended in shares.values()] == pytest.approx([1.0] * 3)


def test_captions_count_the_runs_that_were_made(tmp_path):
    early = "vary: {meetings.count: [1, 3]}\nreplications: 30\nstop: {half_width: 1, every: 10}"
    asked = swept(loads_study(f"scenario: {SMALL}\n{early}\n"), tmp_path)
    pictures = study_pictures(asked)
    assert len(asked) == 20
    assert "up to 10 replications a point" in pictures["curves"].caption
    assert "up to 10 a bar" in pictures["outcomes"].caption
    assert numbers.by_cell(asked, "consensus").replications == 10
    assert "of up to 10 runs each, 20 runs in all" in report_of_study(asked)


def test_there_is_a_bar_for_every_cell(shelf):
    (ax,) = figures.outcomes(numbers.ended(shelf["number"])).axes
    assert [label.get_text().replace(NO_BREAK, " ") for label in ax.get_yticklabels()] == [
        "3 meetings",
        "1 meeting",
        "2 meetings",
    ]


def test_no_mean_of_shares_has_a_band_beyond_what_a_share_can_be(shelf, monkeypatch):
    asked, nearly = shelf["hypercube"], np.where(np.arange(40) % 4, 1.0, 0.6)
    monkeypatch.setattr(StudyResults, "means", lambda *_: nearly)
    assert max(numbers.cloud(asked, factor, nearly).means.high.max() for factor in asked.factors) > 1.0
    for measure, end in (("share_agreed", 1.0), ("consensus", 1.0), ("readings", np.inf)):
        highs = np.concatenate([one.means.high for one in numbers.clouds(asked, measure)])
        assert highs.max() == 1.0 if end == 1.0 else highs.max() > 1.0


def test_no_cell_beats_one_of_the_frontier_in_both(shelf):
    frontier = numbers.frontier(shelf["three"])
    chance, depth = frontier.chance.value, frontier.depth.value
    for n in range(len(frontier.cells)):
        beaten = ((chance >= chance[n]) & (depth > depth[n])) | ((chance > chance[n]) & (depth >= depth[n]))
        assert (n in frontier.best) != beaten.any()
    assert (np.diff(chance[frontier.best]) >= 0).all()
    assert (np.diff(depth[frontier.best]) <= 0).all()


def test_a_caption_counts_the_cells_that_equal_the_best_within_their_intervals(shelf):
    def line(values, half):
        return LevelLine((0, 1, 2), *(np.array(values) + shift for shift in (0.0, -half, half)))

    frontier = numbers.Frontier([0, 1, 2], line([0.5, 0.45, 0.1], 0.1), line([0.3, 0.29, 0.28], 0.1), [0])
    assert numbers.equals(frontier, 0) == {1}
    caption = about_frontier(frontier, ["a", "b", "c"])
    assert "the deepest and the most likely is a (" in caption
    assert "; 1 other is equal to it within their intervals)." in caption
    figure = figures.trade_off(frontier, shelf["number"])
    assert figure.get_supxlabel().startswith("no other cell is better in both:\n1  3")
    assert figure.get_supxlabel().endswith("1 other equal to it within their intervals")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["1", "2", "3"]  # and no line
    sure = frontier._replace(chance=line([0.5, 0.45, 0.1], 0.01))
    assert numbers.equals(sure, 0) == set()
    assert "equal" not in about_frontier(sure, ["a", "b", "c"])


def test_under_a_stop_rule_what_happens_over_time_is_of_the_replications_that_all_cells_have(tmp_path):
    stop = {"stop": {"half_width": 0.22, "every": 10}, "series": {"every": 120}}
    asked = swept(study_of(**stop), tmp_path / "r")
    factor, frame, series = asked.factors[0], asked.frame(), asked.series()
    assert len(set(frame.groupby("cell").size())) > 1
    courses, survivals = numbers.courses(asked, factor), numbers.survivals(asked, numbers.longest(asked, factor))
    for level, course in courses.items():
        runs = frame[frame[factor.name] == level]
        whole = set.intersection(*(set(cell["replication"]) for _, cell in runs.groupby("cell")))
        assert course.replications == len(whole)
        rows = series[(series[factor.name] == level) & series["replication"].isin(whole)]
        wide = rows.pivot_table(index="minute", columns=["cell", "replication"], values="share_agreed").ffill()
        assert course.lines["share_agreed"].value == pytest.approx(wide.mean(axis=1).to_numpy())
        assert survivals[level].left[-1] == pytest.approx(1 - runs[runs["replication"].isin(whole)]["consensus"].mean())


def kept(results, cells, where):
    """Of cells by level, those that are at some levels of other factors."""
    return {level: [n for n in here if where.items() <= results.cells[n].items()] for level, here in cells.items()}


def test_time_to_consensus_ends_with_the_share_of_runs_that_reach_it(shelf):
    asked = shelf["three"]
    longest = kept(asked, numbers.longest(asked, asked.factors[2]), {COUNT: 3, MIXED: 1})
    frame = asked.frame()
    for level, one in numbers.survivals(asked, longest).items():
        rows = frame[(frame[COUNT] == 3) & (frame[MIXED] == 1) & (frame[METHOD] == level)]
        assert one.hours[-1] == pytest.approx(rows["minutes"].max() / 60)
        assert one.left[-1] == pytest.approx(1 - rows["consensus"].mean())


def test_the_caption_of_a_sensitivity_names_the_strongest_factor(shelf):
    indices = sensitivity(shelf["saltelli"])
    strongest = max((one for one in indices if one.name == "total_order"), key=lambda one: one.estimate.value)
    caption = shelf.pictures("saltelli")["sensitivity"].caption
    assert f"most on {factor_name(strongest.factor)}, alone (first order)" in caption
