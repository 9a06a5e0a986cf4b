"""Folders that are not what they say, each refused with its row; and one folder made of several."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

import negsim as package
from answers import negsim
from negsim import plugins
from negsim.errors import FailedError, NegsimError
from negsim.study import store
from negsim.study.merging import check_folder, merge
from negsim.study.results import results
from negsim.study.runner import workers
from negsim.study.sweep import opened
from sweeps import begin, study_of, swept

SOME = study_of(replications=12)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return swept(SOME, tmp_path_factory.mktemp("whole") / "r")


def forged(whole, folder, query, table="parts"):
    """A copy of a folder whose rows are what a query of `runs` gives, under right digests."""
    shutil.copytree(whole.folder, folder)
    (part,) = (folder / table).glob("*.parquet")
    manifest = json.loads((folder / store.MANIFEST_FILE).read_text())
    name, identity = part.name.rpartition("-")[0], manifest["identity"]

    def write(path):
        with duckdb.connect() as database:
            database.read_parquet(str(part)).create_view("runs")
            database.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, KV_METADATA {{identity: '{identity}'}})")

    new = store._named(folder / table, write, name.partition("-to-")[0], identity)
    part.unlink()
    manifest["complete"] = [new.name if one == part.name else one for one in manifest["complete"]]
    (folder / store.MANIFEST_FILE).write_text(json.dumps(manifest))
    return folder


FORGED = {
    "doubled rows": (
        "SELECT * FROM runs UNION ALL SELECT * FROM runs WHERE replication = 3",
        "cell 0, replication 3: is there 2 times",
    ),
    "missing rows": (
        "SELECT * FROM runs WHERE NOT (cell = 1 AND replication IN (4, 9))",
        "cell 1, replication 4: is missing; the cell has 10 of at most 12 replications",
    ),
    "reversed cells": (
        "SELECT * REPLACE (3 - cell AS cell) FROM runs",
        "cell 0, replication 0: meetings.count is 2; the cell has 1",
    ),
    "a measure out of range": (
        "SELECT * REPLACE (if(cell = 2 AND replication = 5, 9, depth) AS depth) FROM runs",
        "cell 2, replication 5: depth is 9; it lies between 0 and 1",
    ),
    "factors against the design": (
        "SELECT * REPLACE (if(cell = 3 AND replication = 7, 'as it was', chair) AS chair) FROM runs",
        'cell 3, replication 7: chair is "as it was"; the cell has "pressing"',
    ),
    "an outcome against its column": (
        "SELECT * REPLACE (if(cell = 1 AND replication = 2, 1 - consensus, consensus) AS consensus) FROM runs",
        "cell 1, replication 2: the outcome is ",
    ),
    "a time below 0": (
        "SELECT * REPLACE (if(cell = 1 AND replication = 2, -5, minutes) AS minutes) FROM runs",
        "cell 1, replication 2: minutes is -5; it lies between 0 and inf",
    ),
    "a count beyond all": (
        "SELECT * REPLACE (if(cell = 0 AND replication = 1, 1e300, readings) AS readings) FROM runs",
        "cell 0, replication 1: readings is 1e+300",
    ),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_folder_is_refused_with_the_row(whole, tmp_path, kind):
    query, said = FORGED[kind]
    folder = forged(whole, tmp_path / "forged", query)
    results(folder, partial=True)  # its digests are right
    with pytest.raises(NegsimError) as error:
        check_folder(folder)
    assert str(error.value).startswith(f"{folder}: {said}")
    with pytest.raises(NegsimError) as error:
        merge([whole.folder, folder], tmp_path / "out")
    assert str(error.value).startswith(f"{folder}: {said}")
    assert not (tmp_path / "out").exists()
    done = negsim("study", "check", str(folder))
    assert (done.exit_code, done.stdout, said in done.stderr) == (2, "", True)


def test_parts_of_another_seed_are_refused(whole, tmp_path):
    folder = forged(whole, tmp_path / "forged", "SELECT * REPLACE (8::UBIGINT AS seed) FROM runs")
    with pytest.raises(NegsimError, match="seed is 8, not 7"):
        check_folder(folder)
    other = swept(study_of(replications=12, seed=8), tmp_path / "other")
    with pytest.raises(NegsimError, match=r"holds parts of another study than .* \(seed is 7 there, 8 here\)"):
        merge([whole.folder, other.folder], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_number_within_its_range_is_found_by_making_runs_again(whole, tmp_path):
    folder = forged(whole, tmp_path / "forged", "SELECT * REPLACE (minutes + 1 AS minutes) FROM runs")
    with pytest.raises(FailedError, match="has another minutes"):
        check_folder(folder)


def test_a_cell_that_does_not_end_by_the_stop_rule_is_refused(tmp_path):
    stopped = swept(study_of(replications=40, stop={"half_width": 0.2, "every": 10}), tmp_path / "r")
    counts = stopped.frame().groupby("cell").size()
    assert check_folder(stopped.folder).again == 8
    cell = int(counts[counts == 20].index[0])
    for query, said in {
        "SELECT * FROM runs WHERE NOT (cell = CELL AND replication >= 10)":
            f"cell {cell}, replication 10: `stop` goes on with the cell before it; the cell has 10 replications",
        "SELECT * FROM runs UNION ALL SELECT * REPLACE (replication + 20 AS replication) FROM runs WHERE cell = CELL":
            f"cell {cell}, replication 20: `stop` ends the cell before it; the cell has 40 replications",
    }.items():  # fmt: skip
        folder = forged(stopped, tmp_path / str(len(query)), query.replace("CELL", str(cell)))
        with pytest.raises(NegsimError, match=said):
            check_folder(folder)


def test_a_time_series_is_that_of_the_runs_that_are_made_again(tmp_path):
    found = swept(study_of(replications=2, series={"every": 60}), tmp_path / "r")
    assert package.results(found.folder).check().again == 8
    later = "SELECT * REPLACE (trust_within + 1e-9 AS trust_within) FROM runs"
    with pytest.raises(FailedError, match="has another trust_within in its time series"):
        check_folder(forged(found, tmp_path / "forged", later, "series"))


def test_rows_are_checked_once_when_a_folder_is_packed(tmp_path):
    begin(SOME, tmp_path / "r")
    (part, *_) = sorted((tmp_path / "r" / "parts").glob("*.parquet"))
    identity = json.loads((tmp_path / "r" / store.MANIFEST_FILE).read_text())["identity"]

    def write(path):
        with duckdb.connect() as database:
            database.read_parquet(str(copy)).create_view("runs")
            doubled = "SELECT * REPLACE (0 AS replication) FROM runs"
            database.execute(f"COPY ({doubled}) TO '{path}' (FORMAT parquet, KV_METADATA {{identity: '{identity}'}})")

    copy = part.rename(tmp_path / "copy.parquet")
    store._named(part.parent, write, part.name.rpartition("-")[0], identity)
    with (
        pytest.raises(NegsimError, match=r"cell 0, replication 0: is there .* times"),
        opened(SOME, tmp_path / "r") as one,
        workers(count=1) as found,
    ):
        for _ in one.steps(found):
            pass
    assert not list((tmp_path / "r" / "parts").glob("*-to-*"))


def test_a_sound_folder_passes_and_says_what_was_done(whole):
    checked = check_folder(whole.folder)
    assert (checked.again, checked.why_not) == (8, "")
    done = negsim("study", "check", str(whole.folder))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[1] == "made again: 8 runs, with the same numbers to the last bit"


ASKING = """
from negsim.policies import Program

def ask(question):
    return "{}"

spoiler = Program(ask, replies="REPLIES")
"""


def test_a_run_is_not_made_again_where_a_program_would_be_asked(tmp_path, load_plugin):
    (tmp_path / "replies").write_text("")
    load_plugin(ASKING.replace("REPLIES", str(tmp_path / "replies")))
    study = study_of(replications=2, vary={"policies.Norland": ["none", "mine:spoiler"]})
    found = swept(study, tmp_path / "r", count=1)
    assert check_folder(found.folder).why_not == ""  # every reply was kept
    plugins.named("mine").objects["spoiler"]._kept.clear()
    checked = check_folder(found.folder)
    assert "replies" in checked.why_not
    done = negsim("study", "check", str(found.folder))
    assert (done.exit_code, "the others were not checked" in done.stdout) == (0, True)


def test_parts_of_one_study_from_two_folders_are_the_study(whole, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    begin(SOME, here, steps=2)
    begin(SOME, there, steps=3)
    (part,) = (here / "parts").iterdir()
    (there / "parts" / part.name).unlink()
    some = package.results(here, partial=True).merge(results(there, partial=True), folder=tmp_path / "some")
    assert [len(results(folder, partial=True).parts) for folder in (here, there)] == [1, 1]
    assert len(some) == sum(len(results(folder, partial=True)) for folder in (here, there)) < len(whole)
    done = negsim("study", "merge", str(here), str(there), str(whole.folder), "--out", str(tmp_path / "out"))
    assert done.exit_code == 0
    assert done.stdout == f"{tmp_path / 'out'}: 48 of at most 48 runs\n"
    assert done.stderr.endswith(f"`negsim study sweep {tmp_path / 'out'}` packs the parts\n")
    assert results(tmp_path / "out", partial=True).extent == "Not yet packed: 48 of at most 48 runs"
    assert some.extent.startswith("Unfinished: ")
    assert swept(SOME, tmp_path / "out").frame().equals(whole.frame())
    assert [path.name for path in results(tmp_path / "out").parts] == [path.name for path in whole.parts]


def test_a_merge_refuses_what_differs_and_a_folder_in_use(whole, tmp_path):
    changed = "SELECT * REPLACE (if(cell = 1 AND replication = 5, minutes + 1, minutes) AS minutes) FROM runs"
    folder = forged(whole, tmp_path / "forged", changed)
    with pytest.raises(NegsimError, match="cell 1, replication 5: differs from the same run in"):
        merge([whole.folder, folder], tmp_path / "out")
    with pytest.raises(NegsimError, match="holds other things"):
        merge([whole.folder], Path(folder))
