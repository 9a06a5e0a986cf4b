"""The registry of measures: every reader has what is declared there, and one declaration and one line add a measure."""

import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import negsim
from cases import CODES, case, contested, rows
from negsim.negotiation.formats import ChairStyle
from negsim.negotiation.measures import (
    DELEGATE_MEASURES,
    ENDINGS,
    GROUP_MEASURES,
    ISSUE_MEASURES,
    MEASURES,
    SERIES,
    lookup,
    matrix,
)
from negsim.negotiation.runs import Negotiation, replicate, replicate_recorded
from negsim.negotiation.tables import Move, Pen, Response, Row
from negsim.negotiation.text import count_change, write
from negsim.report.reference import measures_page
from negsim.study.schema import NUMERIC_MEASURES, OUTCOME_NAMES

PACKAGE = Path(negsim.__file__).parent
SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
TABLES = (MEASURES, ISSUE_MEASURES, GROUP_MEASURES, DELEGATE_MEASURES, SERIES, ENDINGS)
ADDED = "talkativeness"
DECLARATION = f"""
    {ADDED}: float = _measure(
        "level", "how much people talk", "statements a delegate and minute", default=True
    )
"""
LINE = f"    row.{ADDED} = 0.25\n"
LOOK = f"""
import matplotlib
matplotlib.use("Agg")
import negsim
from negsim.report.odd import measure_table
from negsim.page.facts import check_page_measures
from negsim.report.plots.figures import measure_axis
from negsim.report.words import measure_name
from negsim.report.reference import list_measures
from matplotlib.figure import Figure

runs = negsim.run({str(SMALL)!r}, replications=1, threads=1)
print("table", runs.frame()["{ADDED}"].tolist())
axes = Figure().subplots()
measure_axis(axes.yaxis, "{ADDED}")
print("axis", axes.get_ylabel())
print("list", "{ADDED}" in list_measures())
print("odd", "| `{ADDED}` | statements a delegate and minute |" in measure_table())
print("page", check_page_measures(["{ADDED}"]) == ("{ADDED}",))
"""


def test_a_measure_is_one_declaration_and_one_line(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "negsim", ignore=shutil.ignore_patterns("__pycache__"))
    for module, line, after in (
        ("measures", DECLARATION, "\n\nclass IssueRow(Record):"),
        ("tally", LINE, "    row.delegates_left, row.climate = "),
    ):
        file = tmp_path / "negsim" / "negotiation" / f"{module}.py"
        text = file.read_text(encoding="utf-8")
        assert text.count(after) == 1
        file.write_text(text.replace(after, line + after), encoding="utf-8")
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", LOOK], env=environment, cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert not told.stderr
    assert told.stdout.splitlines() == [
        "table [0.25]",
        "axis how much people talk",
        "list True",
        "odd True",
        "page True",
    ]


@pytest.fixture(scope="module")
def results():
    return replicate_recorded(contested(), 3, 0, 12, np.arange(0.0, 900.0, 100.0))


def test_every_number_of_a_run_is_on_the_scale_that_is_declared(results):
    tables, series = results
    for table, measures in (
        (tables.runs, MEASURES), (tables.issues, ISSUE_MEASURES), (tables.groups, GROUP_MEASURES),
        (tables.delegates, DELEGATE_MEASURES), (series, SERIES),
    ):  # fmt: skip
        assert table.dtype.names == tuple(measures)
        for name, measure in measures.items():
            values = table[name][~np.isnan(table[name])]
            assert ((values >= measure.low - 1e-12) & (values <= measure.high + 1e-12)).all(), name
            assert not measure.is_whole or (values == values.round()).all(), name


def test_a_table_is_also_a_matrix_of_the_same_numbers():
    results = replicate(contested(), 3, 0, 2)
    assert matrix(results.runs).shape == (2, len(MEASURES))
    assert matrix(results.issues).shape == (*results.issues.shape, len(ISSUE_MEASURES))
    for k, name in enumerate(MEASURES):
        np.testing.assert_array_equal(matrix(results.runs)[:, k], results.runs[name])
    assert np.shares_memory(matrix(results.runs), results.runs)


def test_every_measure_says_what_it_is():
    for measures in TABLES:
        for name, measure in measures.items():
            assert measure.name == name
            assert measure.label
            assert measure.definition
            assert measure.low < measure.high
    assert set(ENDINGS) == set(OUTCOME_NAMES)
    assert tuple(MEASURES)[1:] == NUMERIC_MEASURES


def test_a_column_is_looked_up_in_the_table_that_it_is_of():
    assert lookup("satisfaction.business") == GROUP_MEASURES["satisfaction"]
    assert lookup("zone_end.outcomes") == ISSUE_MEASURES["zone_end"]
    assert lookup("zone_end") == MEASURES["zone_end"]
    assert lookup("brackets") == SERIES["brackets"]
    for column in ("nothing", "nothing.outcomes", "drawn.groups"):
        with pytest.raises(KeyError):
            lookup(column)


def test_the_page_on_measures_has_a_row_for_each():
    page = measures_page()
    assert {name for table in TABLES for name in table if f"| `{name}` | " not in page} == set()


def sessions(*formats, **changes):
    """A day of sessions of an hour, with a chair who leaves no issue out."""
    day = [{"kind": Row.SESSION, "minutes": 60.0, "format": CODES[name]} for name in formats]
    return Negotiation(
        case(timetable=rows([*day, {"kind": Row.END}]), chair=ChairStyle(coverage=1.0), **changes), seed=1
    )


def finished(run):
    for _ in run.turns():
        pass
    return run.measured()


def test_a_text_turns_back_when_it_moves_against_its_last_move():
    run = sessions("rolling_text")
    for value in (0.4, 0.5, 0.6, 0.55, 0.55, 0.6):  # moves +, +, -, none, +
        run.state.paragraphs[0].text = value
        count_change(run.state, 0)
    write(run.state, 0, 0.2, 0.5, Pen.CHAIR.value)
    for value in (0.2, 0.3, 0.1):  # a new draft, then + and -
        run.state.paragraphs[0].text = value
        count_change(run.state, 0)
    for value in (0.2, 0.3, 0.4):  # + and + on the other issue
        run.state.paragraphs[1].text = value
        count_change(run.state, 1)
    measured = run.measured()
    assert measured.issues["reversals"][0].tolist() == [3 / 6, 0.0]
    assert measured.runs["reversals"][0] == 3 / 8


def test_without_text_the_whole_clock_goes_by():
    measured = finished(sessions("questionnaire"))
    assert measured.runs["first_text"][0] == 1.0
    assert np.isnan(measured.issues["first_text"]).all()


@pytest.mark.parametrize(
    ("minutes", "share"),
    [([30.0], 0.25), ([90.0, 30.0], 0.25), ([90.0, math.nan, 30.0], 0.75), ([math.nan, math.nan, 30.0], 1.0)],
)
def test_half_of_the_issues_have_to_have_text(minutes, share):
    run = sessions("questionnaire", "questionnaire", issues=len(minutes))
    run.state.paragraphs["first_text"] = minutes
    assert run.measured().runs["first_text"][0] == share


def with_red_lines(low, high):
    """Two groups of three that would agree on anything but for red lines: text from `low` and up to `high` (N)."""
    stances = {"red_low": np.array(low)[:, None], "red_high": np.array(high)[:, None], "spread": 0.0}
    quiet = dict.fromkeys(("temper", "climate", "climate_by_issue"), 0.0)
    return sessions("questionnaire", issues=1, means=(0.5, 0.5), stances=stances, parameters=quiet)


NO_LINE = [math.inf] * 3


@pytest.mark.parametrize(
    ("low", "high", "closed"),
    [
        ([0.6] * 3, [0.4] * 3, [1.0, 1.0]),  # either group would open the zone
        ([0.6, 0.0, 0.0], [0.4] * 3, [1.0, 1.0]),  # one delegate is enough
        ([0.3] * 3, [0.4] * 3, [0.0, 0.0]),  # there is a zone
        ([1.1] * 3, NO_LINE, [1.0, 0.0]),  # no text at all would do for the first group
    ],
)
def test_red_lines_close_the_zone_that_would_be_there_without_them(low, high, closed):
    run = with_red_lines([*low, *[-math.inf] * 3], [*NO_LINE, *high])
    before = run.state.opinions.copy()
    assert run.measured().groups["zones_closed"][0].tolist() == closed
    assert np.array_equal(run.state.opinions["red_low"], before["red_low"])
    assert np.array_equal(run.state.opinions["red_high"], before["red_high"])


def test_blocks_and_blocks_alone_are_counted_by_delegate():
    run, answers = sessions("chair_text"), iter([(0,), (0, 4), (4,)])
    while run.outcome == 0:
        if run.pending.move == Move.READ:
            blockers = list(next(answers, ()))
            run.choice.response[:], run.choice.shortfall[:] = Response.ACCEPT, -1.0
            run.choice.response[blockers], run.choice.shortfall[blockers] = Response.BLOCK, 1.0
        run.finish_turn()
    measured = run.measured()
    assert measured.delegates["blocks"][0].tolist() == [2.0, 0.0, 0.0, 0.0, 2.0, 0.0]
    assert measured.delegates["pivotal"][0].tolist() == [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
    assert measured.delegates["blocks"][0].sum() == measured.blocks[0].sum()
    assert measured.delegates["pivotal"][0].sum() == measured.groups["pivotal"][0].sum()
