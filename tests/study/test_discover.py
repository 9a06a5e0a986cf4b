"""Discovery: a planted box is found again, nothing is found in noise, and the search is that of the EMA workbench."""

import csv
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from answers import negsim
from negsim.errors import NegsimError
from negsim.report.discoveries import discovery_text
from negsim.report.plots.discover import discovery_picture
from negsim.study.discover import discover, hit_shares, peeled
from sweeps import BOX_STUDY, made_up

DATA = Path(__file__).parent / "bryant_lempert_2010.csv"  # of Bryant & Lempert 2010, as the EMA workbench 2.5.3 has it
# The boxes that the EMA workbench 3.0.0 finds there, peeling a tenth at a time, unpasted
THEIRS = DATA.with_name("bryant_lempert_boxes.csv")


def in_box(cell):
    return cell["trust.across"] > 0.6 and cell["meetings.count"] >= 3 and cell["methodology"] != "chair_text"


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """Consensus in nine of ten runs inside a box and in one of ten elsewhere."""

    def chance(cell, rng):
        return rng.random() < (0.9 if in_box(cell) else 0.1)

    return made_up(BOX_STUDY, tmp_path_factory.mktemp("planted"), consensus=chance, share_agreed=lambda *_: 0.5)


def test_the_box_of_bryant_and_lempert_is_that_of_the_ema_workbench():
    with DATA.open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    table = np.array(rows, float)
    columns, hits = dict(zip(names[:-1], table.T, strict=False)), table[:, -1]
    ours = [(hits[kept].sum() / hits.sum(), hits[kept].mean(), kept.mean()) for kept in peeled(columns, hits, 0.1)]
    assert np.array(ours) == pytest.approx(np.loadtxt(THEIRS, delimiter=",", skiprows=1), abs=1e-6)


def test_a_planted_box_is_found_again(planted):
    found = discover(planted, density=0.8)
    limits = {limit.factor: limit for limit in found.limits}
    assert set(limits) == {"trust.across", "meetings.count", "methodology"}
    assert limits["trust.across"].low == pytest.approx(0.6, abs=0.05)
    assert 2 < limits["meetings.count"].low < 4
    assert limits["methodology"].levels == ("rolling_text", "straw_poll")
    inside = [in_box(cell) for cell in planted.cells]
    agree = np.mean([n in found.inside for n, there in enumerate(inside) if there])
    assert agree > 0.8
    assert found.density.low < 0.9 < found.density.high + 0.05
    assert found.elsewhere.value < 0.3
    assert all(limit.outside.high < found.density.low for limit in found.limits)
    assert found.reached


def test_a_discovery_says_what_was_found_and_on_how_many_cells(planted):
    text = discovery_text(discover(planted, density=0.8), planted.factors)
    first = text.splitlines()[0]
    assert first.startswith("Consensus in ")
    assert "trust across groups is at least 0." in first
    assert "number of meetings is 3 or more" in first
    assert "methodology is rolling text or straw poll" in first
    assert first.endswith("Found on half of 400 cells, estimated on the other half; intervals at 95 %.")


def test_a_number_is_a_hit_from_a_place_on(planted):
    with pytest.raises(NegsimError, match="share_agreed is a number; say from where on it is a hit"):
        discover(planted, "share_agreed")
    with pytest.raises(NegsimError, match="is as often a hit in every cell"):
        discover(planted, "share_agreed", above=0.4)
    assert set(hit_shares(planted, "share_agreed", 0.5)) == {1.0}
    assert set(hit_shares(planted, "share_agreed", 0.51)) == {0.0}


def test_the_picture_has_the_way_of_the_search_and_the_cells(planted):
    figure = discovery_picture(discover(planted), planted).draw()
    FigureCanvasAgg(figure).draw()
    path, cells = figure.axes[:2]
    assert path.get_title(loc="left").startswith("The search")
    assert {cells.get_xlabel(), cells.get_ylabel()} <= {"trust across groups", "number of meetings", "methodology"}


def test_the_command_writes_sentence_table_and_picture(planted, tmp_path):
    table, picture = tmp_path / "box.csv", tmp_path / "box.png"
    done = negsim(
        "study", "discover", str(planted.folder), "--density", "0.8", "--out", str(table), "--picture", str(picture)
    )
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Consensus in ")
    assert (
        table.read_text(encoding="utf-8").splitlines()[0] == "factor,low,high,levels,outside,outside_low,outside_high"
    )
    assert picture.stat().st_size > 10_000
