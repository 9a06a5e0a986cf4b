"""The demonstration: written whole or not at all, and true to its tables."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from negsim.cases import load
from negsim.errors import NegsimError
from negsim.files import MARKER
from negsim.report import demo
from negsim.report.demo import (
    CHANGES,
    FOCAL,
    PHASES,
    PICTURES,
    REPORTS,
    STUDY,
    best_cell,
    changes_of,
    study_of,
    write_demo,
)
from negsim.report.progress import followed
from negsim.study.interventions import catalogue
from negsim.study.results import results
from negsim.study.runner import run
from negsim.study.schema import load_study

FILE = Path(__file__).parents[2] / "experiments" / "three_factors" / "study.yaml"
ALL_FACTORS = demo.FACTORS
FACTORS = {
    "meetings.count": [1, 8],
    "methodology": ["wgigf_2011", "rolling_text", "convergence_mapping"],
    "informal.mixed_evenings": [0, 0.5, 1],
}


@pytest.fixture(scope="module", autouse=True)
def _few_cells():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "FACTORS", FACTORS)
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
    assert followed(write_demo(folder, replications=2, threads=2)) == folder / "index.html"
    return folder


def rows(file):
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_a_folder_holds_pages_tables_and_pictures(written):
    folder, _ = written
    assert {file.name for file in folder.iterdir()} == {
        MARKER, "index.html", "tables", "pictures", "study", *REPORTS,
    }  # fmt: skip
    names = {"phases", "phase_runs", "single_changes", "cells", "runs", "effects"}
    assert {file.stem for file in (folder / "tables").iterdir()} == names
    assert {file.name for file in (folder / "pictures").iterdir()} == {
        f"{name}{kind}" for name in PICTURES for kind in (".png", ".svg")
    }


def test_steps_count_up_to_the_total(written):
    _, seen = written
    counts = [done for done, _, _ in seen]
    assert counts == sorted(counts)
    assert {total for _, total, _ in seen} == {counts[-1]}


def test_tables_have_a_row_a_cell_and_a_row_a_run(written):
    tables = written[0] / "tables"
    cells, runs = rows(tables / "cells.csv"), rows(tables / "runs.csv")
    assert len(cells) == 2 * 3 * 3
    assert len(runs) == 2 * len(cells)
    first = [run for run in runs if all(run[name] == cells[0][name] for name in FACTORS)]
    assert first
    share = sum(float(run["share_agreed"]) for run in first) / len(first)
    assert float(cells[0]["share_agreed"]) == pytest.approx(share)
    assert {run["replication"] for run in runs} == {"0", "1"}
    assert len(rows(tables / "phases.csv")) == len(PHASES)


def test_the_study_can_be_asked_where_the_demonstration_was_written(written):
    folder, _ = written
    study = results(folder / STUDY)
    assert study.study == study_of(2)
    assert [float(row["consensus"]) for row in rows(folder / "tables" / "cells.csv")] == study.summary()[
        "consensus"
    ].to_list()
    for number, written_row in enumerate(rows(folder / "tables" / "runs.csv")):
        row = study.row(number)
        assert [written_row[name] for name in ("cell", "replication", "outcome")] == [
            str(row[name]) for name in ("cell", "replication", "outcome")
        ]
    assert str(folder.parent) not in (folder / STUDY / "manifest.json").read_text(encoding="utf-8")
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert all(f"negsim study {verb} shown/study" in page for verb in ("cells", "plot", "rerun"))


def test_every_change_is_one_of_the_catalogue():
    assert {intervention.name for intervention in catalogue(load(FOCAL))} >= set(CHANGES)
    assert len(changes_of(load(FOCAL))) == len(CHANGES)


def test_changes_are_compared_with_the_phase_itself(written):
    table = rows(written[0] / "tables" / "single_changes.csv")
    phases = {row["scenario"]: row for row in rows(written[0] / "tables" / "phases.csv")}
    assert table[0]["change"] == "unchanged"
    assert table[0]["consensus"] == phases[FOCAL]["consensus"]


def test_every_link_and_picture_of_the_page_is_there(written):
    folder, _ = written
    page = (folder / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert len(links) > len(PICTURES) + len(REPORTS)
    assert all((folder / link).is_file() for link in links)
    assert all(link.split(":")[0] not in {"http", "https", "file"} for link in links)


def test_the_page_has_the_numbers_of_its_tables(written):
    folder, _ = written
    page = (folder / "index.html").read_text(encoding="utf-8")
    for phase in rows(folder / "tables" / "phases.csv"):
        assert f"<b>{100 * float(phase['consensus']):.0f}&nbsp;%</b>" in page


def test_the_best_cell_is_shown_on_draws_by_which_it_was_not_chosen(written):
    folder, _ = written
    study = results(folder / STUDY)
    fresh = run(study.scenario_of(best_cell(study)), replications=10, seed=demo.SEED, first=2)
    page = (folder / "index.html").read_text(encoding="utf-8")
    share = f"{100 * fresh.column('consensus').mean():.0f}&nbsp;%"
    assert f"<b>{share}</b><span>of 10 fresh runs of the best of {len(study.cells)} cells of the study" in page


def test_an_older_demonstration_is_replaced_whole(written, rewritten):
    names = {file.relative_to(written[0]) for file in written[0].rglob("*")}
    assert {file.relative_to(rewritten) for file in rewritten.rglob("*")} == names


@pytest.mark.parametrize("until", [" runs of the study", "cstd_wgigf_2012", "pictures/outcomes"])
def test_an_interrupted_demonstration_leaves_nothing(tmp_path, until):
    running = write_demo(tmp_path / "demo", replications=1, threads=1)
    while until not in next(running)[2]:
        assert list(tmp_path.iterdir())
    running.close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(NegsimError, match="holds other things"):
        next(write_demo(tmp_path))
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_refused(tmp_path):
    (tmp_path / "demo").touch()
    with pytest.raises(NegsimError, match="is not a folder"):
        next(write_demo(tmp_path / "demo"))


def test_the_same_seed_writes_the_same_tables_and_pictures(written, rewritten):
    folder, _ = written
    for file in folder.rglob("*"):
        if file.suffix in {".csv", ".html", ".parquet", ".svg", ".txt"}:
            assert file.read_bytes() == (rewritten / file.relative_to(folder)).read_bytes(), file.name


def test_the_study_file_is_the_study_of_the_demonstration(monkeypatch):
    monkeypatch.setattr(demo, "FACTORS", ALL_FACTORS)
    file, study = load_study(FILE), study_of(200)
    assert study == file.model_copy(update={"title": study.title, "question": study.question})
