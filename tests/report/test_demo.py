"""The demonstration: what the report commands write, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from answers import table_of
from negsim.files import MARKER
from negsim.report import demo
from negsim.report.demo import DAYS_FOLDER, FIRST_PHASE, SECOND_PHASE, STUDY_FOLDER, study_of, study_of_days, write_demo
from negsim.report.pages.reports import report_of_runs, report_of_study
from negsim.report.plots.study import study_pictures
from negsim.report.progress import followed
from negsim.scenario import load
from negsim.study.results import results
from negsim.study.runner import run
from negsim.study.schema import load_study

FILE = Path(__file__).parents[2] / "experiments" / "three_factors" / "study.yaml"
ALL_FACTORS = demo.DEMO_FACTORS
FACTORS = {
    "meetings.count": [1, 8],
    "methodology": ["wgigf_2011", "rolling_text", "convergence_mapping"],
    "informal.mixed_evenings": [0, 0.5, 1],
}


@pytest.fixture(scope="module", autouse=True)
def _few_cells():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "DEMO_FACTORS", FACTORS)
        patch.setattr(demo, "_DAYS_FACTORS", demo._DAYS_FACTORS | {"meetings.count": [1, 8]})
        yield


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A small demonstration and the steps it took."""
    folder = tmp_path_factory.mktemp("demo") / "shown"
    return folder, list(write_demo(folder, replications=2, threads=1))


@pytest.fixture(scope="module")
def rewritten(tmp_path_factory):
    """The same demonstration by two threads, in place of an older one."""
    folder = tmp_path_factory.mktemp("again") / "shown"
    folder.mkdir()
    (folder / MARKER).write_text("old.txt\n", encoding="utf-8")
    (folder / "old.txt").touch()
    pages = followed(write_demo(folder, replications=2, threads=2))
    assert pages == [folder / f"{name}.html" for name in (FIRST_PHASE, SECOND_PHASE, STUDY_FOLDER, DAYS_FOLDER)]
    return folder


def test_a_folder_holds_reports_tables_pictures_and_results(written):
    folder, _ = written
    assert {file.name for file in folder.iterdir()} == {
        MARKER, f"{FIRST_PHASE}.html", f"{SECOND_PHASE}.html", "study.html", "days.html", "tables", "pictures",
        STUDY_FOLDER, DAYS_FOLDER,
    }  # fmt: skip
    assert {file.name for file in (folder / "tables").iterdir()} == {"cells.csv", "runs.csv"}
    assert {file.stem for file in (folder / "pictures").iterdir()} == set(
        study_pictures(results(folder / STUDY_FOLDER))
    )


@pytest.mark.deep
def test_the_reports_are_those_of_the_commands(written):
    folder, _ = written
    for name in (FIRST_PHASE, SECOND_PHASE):
        page = report_of_runs(run(load(name), replications=10, seed=demo.DEMO_SEED), source=name)
        assert (folder / f"{name}.html").read_text(encoding="utf-8") == page
    for name in (STUDY_FOLDER, DAYS_FOLDER):
        assert (folder / f"{name}.html").read_text(encoding="utf-8") == report_of_study(results(folder / name))


def test_more_meetings_stand_beside_the_same_meetings_with_the_days_held(written):
    study = results(written[0] / DAYS_FOLDER)
    assert study.study == study_of_days(2)
    days = {
        (cell["meetings.count"], cell["days"]): sum(m.days for m in study.scenario_of(n).process.meetings)
        for n, cell in enumerate(study.cells)
    }
    assert days == {
        (1, "two days a meeting"): 2, (8, "two days a meeting"): 16, (1, "8 days in all"): 8, (8, "8 days in all"): 8,
    }  # fmt: skip
    assert "Where the days in all are held, more meetings are shorter ones" in study_pictures(study)["curves"].caption
    of_three = study_pictures(results(written[0] / STUDY_FOLDER))["curves"].caption
    assert "Each meeting brings its own days, so more meetings are more days too." in of_three


def test_tables_have_a_row_a_cell_and_a_row_a_run(written):
    tables = written[0] / "tables"
    cells, runs = table_of(tables / "cells.csv"), table_of(tables / "runs.csv")
    assert len(cells) == 2 * 3 * 3
    assert len(runs) == 2 * len(cells)
    first = [run for run in runs if all(run[name] == cells[0][name] for name in FACTORS)]
    assert first
    share = sum(float(run["share_agreed"]) for run in first) / len(first)
    assert float(cells[0]["share_agreed"]) == pytest.approx(share)
    assert {run["replication"] for run in runs} == {"0", "1"}


def test_the_study_can_be_asked_where_the_demonstration_was_written(written):
    folder, _ = written
    study = results(folder / STUDY_FOLDER)
    assert study.study == study_of(2)
    assert [float(row["consensus"]) for row in table_of(folder / "tables" / "cells.csv")] == study.summary()[
        "consensus"
    ].to_list()
    for number, written_row in enumerate(table_of(folder / "tables" / "runs.csv")):
        row = study.row(number)
        assert [written_row[name] for name in ("cell", "replication", "outcome")] == [
            str(row[name]) for name in ("cell", "replication", "outcome")
        ]
    assert str(folder.parent) not in (folder / STUDY_FOLDER / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.deep
@pytest.mark.parametrize("until", ["runs", "pictures"])
def test_an_interrupted_demonstration_leaves_nothing(tmp_path, until):
    running = write_demo(tmp_path / "demo", replications=1, threads=1)
    while next(running)[2] != until:
        assert list(tmp_path.iterdir())
    running.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.deep
def test_the_same_seed_writes_the_same_tables_and_pictures(written, rewritten):
    folder, _ = written
    for file in folder.rglob("*"):
        if file.suffix in {".csv", ".html", ".parquet", ".svg", ".txt"}:
            assert file.read_bytes() == (rewritten / file.relative_to(folder)).read_bytes(), file.name


def test_the_study_file_is_the_study_of_the_demonstration(monkeypatch):
    monkeypatch.setattr(demo, "DEMO_FACTORS", ALL_FACTORS)
    file, study = load_study(FILE), study_of(200)
    assert study == file.model_copy(update={"title": study.title, "question": study.question})
