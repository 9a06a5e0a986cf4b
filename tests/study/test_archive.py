"""A results folder that travels: it says what it holds, and goes on wherever it is."""

import re
import shutil

import pandas as pd
import pytest

from answers import negsim, table_of
from leaves import leaves
from negsim.report.plots.study import study_pictures
from negsim.scenario import load
from negsim.scenario.meanings import meaning_of
from negsim.scenario.values import is_number
from negsim.study import archive
from negsim.study.results import results
from negsim.study.runner import workers
from negsim.study.schema import load_study, loads_study
from negsim.study.sweep import opened
from sweeps import PLAIN, SMALL, begin, csv_of, swept

STUDIES = {
    "levels by name": PLAIN,
    "a sampled design": f"""
scenario: {SMALL}
vary: {{trust.across: {{between: [0.1, 0.9]}}, meetings.count: {{between: [1, 3], whole: true}}}}
design: saltelli
points: 2
second_order: true
replications: 3
""",
    "cells, a stop rule and a series": f"""
title: "Two: cells"
question: Does it stop?
scenario: {SMALL}
changes: {{uncertain: {{trust.across: {{uniform: [0.2, 0.8]}}}}}}
cells: [{{meetings.count: 1}}, {{meetings.count: 2, methodology: [rolling_text: 1]}}]
replications: 60
stop: {{half_width: 0.2, every: 20}}
series: {{every: 120 min}}
detail: true
""",
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    home = tmp_path_factory.mktemp("archives")
    return {name: swept(loads_study(text), home / f"r{n}").folder for n, (name, text) in enumerate(STUDIES.items())}


@pytest.mark.parametrize("name", STUDIES)
def test_the_study_in_a_folder_is_the_one_that_was_run(name, folders):
    folder = folders[name]
    with opened(load_study(folder / "study.yaml"), folder) as sweep, workers() as found:
        assert {*sweep.parts.values()} == {*results(folder).parts}
        assert [step[0] == step[1] for step in sweep.steps(found)][-1]


@pytest.mark.parametrize("name", STUDIES)
def test_every_column_is_in_the_codebook(name, folders):
    found = results(folders[name])
    rows = table_of(found.folder / "columns.csv")
    for table in ("runs", "series") if found.series_parts else ("runs",):
        assert [row["column"] for row in rows if row["table"] == table] == found.columns(table)
    assert all(row["label"] and row["definition"] for row in rows)


def test_a_folder_goes_on_in_another_place(tmp_path, monkeypatch):
    whole = swept(loads_study(PLAIN), tmp_path / "whole")
    begin(loads_study(PLAIN), tmp_path / "begun")
    shutil.make_archive(str(tmp_path / "begun"), "zip", tmp_path / "begun")
    away = tmp_path / "away"
    shutil.unpack_archive(tmp_path / "begun.zip", away)
    monkeypatch.chdir(away)
    done = negsim("study", "sweep", ".")
    assert done.exit_code == 0, done.output
    assert csv_of(results(away), tmp_path / "a.csv") == csv_of(whole, tmp_path / "b.csv")
    readme = (away / "README.md").read_text(encoding="utf-8")
    assert "160 runs of 4 settings" in readme
    assert "To run any of it again" not in readme
    for command in ("cells .", "plot . --out figures --only curves", "export . --out r.csv", "rerun . --row 0"):
        done = negsim("study", *command.split())
        assert done.exit_code == 0, done.output


def test_a_file_for_stata_has_labels(folders, tmp_path):
    found = results(folders["cells, a stop rule and a series"])
    for table in ("runs", "series"):
        archive.export(found, tmp_path / f"{table}.dta", "dta", table)
        with pd.io.stata.StataReader(tmp_path / f"{table}.dta") as reader:
            labels, rows = reader.variable_labels(), reader.read()
        assert all(labels.values())
        frame = found.frame() if table == "runs" else found.series()
        assert len(rows) == len(frame)
        filled = [name for name in found.columns(table) if frame[name].notna().any()]
        assert list(rows) == [name.replace(".", "_")[:32] for name in filled]
    assert labels["minute"] == "floor time (minutes)"
    assert set(pd.read_stata(tmp_path / "runs.dta")["outcome"]) == set(found.frame()["outcome"])


def test_every_number_of_a_scenario_has_a_meaning():
    everything = load("cstd_wgigf_2011").resolved()
    numbers = [path for path, value in leaves(everything) if is_number(value)]
    paths = [".".join(map(str, path)) for path in numbers if path[0] not in {"format", "basis", "sources"}]
    assert len(paths) > 100
    assert [path for path in paths if not meaning_of(path).sentence] == []
    assert meaning_of("parameters.tempre").sentence == meaning_of("trust.acros").sentence == ""


def test_an_unfinished_study_can_be_looked_at_and_says_so(tmp_path):
    begin(loads_study(PLAIN), tmp_path / "r")
    folder = str(tmp_path / "r")
    for command in (["cells", folder], ["plot", folder, "--out", str(tmp_path / "p"), "--captions"]):
        assert negsim("study", *command).exit_code == 2
        done = negsim("study", *command, "--partial")
        assert done.exit_code == 0, done.output
        assert re.search(r"Unfinished: \d+ of at most 160 runs; `negsim study sweep", done.stderr)
    captions = list((tmp_path / "p").glob("*.txt"))
    assert captions
    assert all(file.read_text(encoding="utf-8").startswith("Unfinished: ") for file in captions)
    pictures = study_pictures(results(tmp_path / "r", partial=True))
    assert all("Unfinished" in picture.draw().get_supxlabel() for picture in pictures.values())
    swept(loads_study(PLAIN), tmp_path / "r")
    assert not any("Unfinished" in one.caption for one in study_pictures(results(tmp_path / "r")).values())
