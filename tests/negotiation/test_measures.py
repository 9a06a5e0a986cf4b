"""The registry of measures: every reader has what is declared there, and one declaration and one line add a measure."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import negsim
from cases import contested
from negsim.cli import app
from negsim.negotiation.measures import (
    DEFAULT,
    ENDINGS,
    GROUP_MEASURES,
    ISSUE_MEASURES,
    MEASURES,
    SERIES,
    lookup,
    matrix,
)
from negsim.negotiation.runs import replicate, replicate_recorded
from negsim.report.reference import measures_page
from negsim.report.words import measure_name
from negsim.study.schema import NUMBERS, OUTCOMES

PACKAGE = Path(negsim.__file__).parent
DOCS = Path(__file__).parents[2] / "docs"
SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
TABLES = (MEASURES, ISSUE_MEASURES, GROUP_MEASURES, SERIES, ENDINGS)
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
from negsim.report.odd.model import measure_table
from negsim.report.plots.curves import measure_axis
from negsim.report.words import measure_name
from negsim.report.reference import list_measures
from negsim.studio.lab import MEASURES
from matplotlib.figure import Figure

runs = negsim.run({str(SMALL)!r}, replications=1, threads=1)
print("table", runs.frame()["{ADDED}"].tolist())
axes = Figure().subplots()
measure_axis(axes.yaxis, "{ADDED}")
print("axis", axes.get_ylabel())
print("list", "{ADDED}" in list_measures())
print("odd", "| `{ADDED}` | statements a delegate and minute |" in measure_table())
print("studio", MEASURES["{ADDED}"])
"""


def test_a_measure_is_one_declaration_and_one_line(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "negsim", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "negsim" / "negotiation" / "measures.py"
    text = file.read_text(encoding="utf-8")
    before, after = "\n\nclass IssueRow(Record):", "    row.delegates_left = "
    assert text.count(before) == text.count(after) == 1
    text = text.replace(before, DECLARATION + before).replace(after, LINE + after)
    file.write_text(text, encoding="utf-8")
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
        "studio how much people talk",
    ]


@pytest.fixture(scope="module")
def results():
    return replicate_recorded(contested(), 3, 0, 12, np.arange(0.0, 900.0, 100.0))


def test_every_number_of_a_run_is_on_the_scale_that_is_declared(results):
    tables, series = results
    for table, measures in (
        (tables.runs, MEASURES), (tables.issues, ISSUE_MEASURES), (tables.groups, GROUP_MEASURES), (series, SERIES),
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
    assert set(ENDINGS) == set(OUTCOMES)
    assert tuple(MEASURES)[1:] == NUMBERS


def test_labels_tell_the_measures_of_a_run_apart():
    labels = [measure_name(name) for name in (*ENDINGS, *MEASURES)]
    assert len(set(labels)) == len(labels)


def test_the_default_selection_is_of_numbers_of_a_run():
    assert set(DEFAULT) <= {*NUMBERS, *OUTCOMES}
    assert [name for name, measure in {**ENDINGS, **MEASURES}.items() if measure.default] == list(DEFAULT)


def test_a_column_is_looked_up_in_the_table_that_it_is_of():
    assert lookup("satisfaction.business") == GROUP_MEASURES["satisfaction"]
    assert lookup("zone_end.outcomes") == ISSUE_MEASURES["zone_end"]
    assert lookup("zone_end") == MEASURES["zone_end"]
    assert lookup("brackets") == SERIES["brackets"]
    for column in ("nothing", "nothing.outcomes", "drawn.groups"):
        with pytest.raises(KeyError):
            lookup(column)


def test_the_command_prints_the_registry_or_one_measure():
    listed = CliRunner().invoke(app, ["measures"]).stdout
    assert all(f" {name} " in listed for measures in TABLES for name in measures)
    assert "ambition x precision" in CliRunner().invoke(app, ["measures", "depth"]).stdout
    assert "by issue" in CliRunner().invoke(app, ["measures", "agreed.outcomes"]).stdout
    assert CliRunner().invoke(app, ["measures", "dept"]).exit_code == 2


def test_the_page_on_measures_is_what_the_command_writes_now():
    page = (DOCS / "measures.md").read_text(encoding="utf-8")
    assert page == measures_page(), "run: negsim measures --out docs/measures.md"


def test_a_named_measure_is_what_is_written(tmp_path):
    file = tmp_path / "depth.txt"
    done = CliRunner().invoke(app, ["measures", "depth", "--out", str(file)])
    assert done.exit_code == 0
    assert file.read_text(encoding="utf-8").startswith("depth (of a run)\n")
