"""Results that somebody made by hand, with the right digests: one sentence that names the file and the place."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from answers import negsim
from negsim.errors import NegsimError
from negsim.study import store
from negsim.study.results import results
from negsim.study.sweep import opened
from sweeps import PLAIN, study_of, swept, unpacked

STUDY = study_of(replications=4, detail=True, series={"every": 300})
PARTS = {  # what a part says instead, and what is said of it
    "a column less": ("* EXCLUDE consensus", 'has no column "consensus"'),
    "a column of a measure more": ("*, 1 AS depth_low", 'has a column "depth_low"'),
    "text for a detail": ("* REPLACE ('high' AS \"text.scope\")", '"text.scope" is a column of texts'),
    "a list for a number": ("* REPLACE ([1] AS depth)", '"depth" is a column of things'),
    "cell 99": ("* REPLACE (99 AS cell)", "cell is 99, not a whole number from 0 to 3"),
    "no cell": ("* REPLACE (NULL::INTEGER AS cell)", "cell is nothing, not a whole number from 0 to 3"),
    "another seed": ("* REPLACE (8 AS seed)", "seed is 8, not 7"),
    "an outcome of a terminal": ("* REPLACE (chr(27) AS outcome)", 'outcome is "\\u001b", not one of consensus'),
    "more than once": ("* REPLACE (5 AS consensus)", "consensus is 5, not from 0 to 1"),
}
COMMANDS = {
    "cells": "study cells {}",
    "report": "study report {} --out r.html",
    "sensitivity": "study sensitivity {}",
    "sweep": "study sweep study.yaml --out {}",
}


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    """A folder of results as a sweep writes them, before it packs them."""
    return unpacked(swept(STUDY, tmp_path_factory.mktemp("honest") / "r").folder)


@pytest.fixture
def forged(honest, tmp_path, monkeypatch):
    """A copy to write into, in the current folder."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(honest, "r"))


def forge(folder, columns, inner=store.PARTS_FOLDER):
    """Write the first part of a folder again with other columns, its digest made anew; its path."""
    part = min((folder / inner).glob("*.parquet"))
    with duckdb.connect() as database:
        written = f"COPY (SELECT {columns} FROM read_parquet('{part}')) TO '{folder}/made' (FORMAT parquet)"  # noqa: S608 - our own words
        database.execute(written)
    (folder / "made").replace(part)
    sign(folder)
    return min((folder / inner).glob("*.parquet"))


def sign(folder):
    """Give every part the name that goes with its bytes, and the manifest their names."""
    manifest = json.loads((folder / store.MANIFEST_FILE).read_text())
    manifest["identity"] = store.identity_of(manifest["identifies"])
    parts = [part for inner in (store.PARTS_FOLDER, store.SERIES_FOLDER) for part in (folder / inner).glob("*.parquet")]
    names = {part: part.name[: -len(".parquet") - store.DIGEST_DIGITS - 1] for part in parts}
    digests = {part: store._digest(part, name, manifest["identity"]) for part, name in names.items()}
    signed = [part.rename(part.with_name(f"{name}-{digests[part]}.parquet")) for part, name in names.items()]
    manifest["complete"] = sorted(part.name for part in signed)
    (folder / store.MANIFEST_FILE).write_text(json.dumps(manifest))


@pytest.mark.parametrize("what", PARTS)
def test_a_part_that_does_not_hold_what_its_study_keeps_is_named_with_the_place(what, forged):
    columns, message = PARTS[what]
    part = forge(forged, columns)
    with pytest.raises(NegsimError) as error:
        results(forged)
    assert str(error.value).startswith(f"{part}: {message}")
    with pytest.raises(NegsimError, match="remove the file and sweep again"), opened(STUDY, forged):
        pass


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("* EXCLUDE brackets", 'has no column "brackets"'),
        ("* REPLACE (-1 AS minute)", "minute is -1, not a minute, from 0"),
        ("* REPLACE (99 AS cell)", "cell is 99"),
    ],
)
def test_a_part_of_a_time_series_is_held_against_its_study_too(columns, message, forged):
    part = forge(forged, columns, store.SERIES_FOLDER)
    with pytest.raises(NegsimError) as error:
        results(forged)
    assert str(error.value).startswith(f"{part}: {message}")


def test_what_a_sweep_writes_holds(honest):
    assert len(results(honest)) == 16


def forge_manifest(folder, change):
    """Change a manifest, and sign the folder again."""
    manifest = json.loads((folder / store.MANIFEST_FILE).read_text())
    change(manifest)
    (folder / store.MANIFEST_FILE).write_text(json.dumps(manifest))
    sign(folder)


def with_a_part(folder):
    part = forge(folder, "* REPLACE (99 AS cell)")
    return f"{part}: cell is 99"


def with_a_title(folder):
    forge_manifest(folder, lambda manifest: manifest.update(title="\x1b[31m"))
    return f'{folder / store.MANIFEST_FILE}: title: "\\u001b[31m" holds characters that cannot be printed; remove them'


@pytest.mark.parametrize("forge_it", [with_a_part, with_a_title])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_reads_results_says_it_in_a_sentence(command, forge_it, forged):
    Path("study.yaml").write_text(f"{PLAIN.replace('40', '4')}detail: true\nseries: {{every: 300 min}}\n")
    sentence = forge_it(forged)
    done = negsim(*COMMANDS[command].format(forged).split())
    if command == "sweep" and forge_it is with_a_title:  # it gives the folder the title of its own study
        assert (done.exit_code, results(forged).study.title) == (0, "")
        return
    assert (done.exit_code, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(sentence)
