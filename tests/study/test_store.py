"""The store: an interrupt is one whatever the database makes of it, a folder's name is only a name."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from answers import negsim
from negsim.errors import NegsimError
from negsim.report.comparisons import cells_text
from negsim.study import store
from negsim.study.results import results
from sweeps import PLAIN, study_of, swept, unpacked

LONG = "SELECT count(*) FROM range(100000) a, range(100000) b WHERE hash(a.range + b.range) % 7 = 0"


@contextmanager
def interrupt_soon():
    """^C after a moment, heard however the tests were started."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    soon = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    soon.start()
    try:
        yield
    finally:
        soon.cancel()
        soon.join()
        signal.signal(signal.SIGINT, before)


def test_an_interrupt_stops_a_query():
    with pytest.raises(KeyboardInterrupt), interrupt_soon(), store.connect() as database:
        database.execute(LONG).df()


def test_an_interrupt_leaves_no_part_of_a_part(tmp_path):
    columns = {f"c{number}": np.random.default_rng(number).random(500_000) for number in range(20)}
    with pytest.raises(KeyboardInterrupt), interrupt_soon():
        _write_for_ever(tmp_path, columns)
    assert not list(tmp_path.glob(f"{store.TEMPORARY}*"))


def _write_for_ever(folder, columns):
    while True:
        store.write_part(folder, "000-000000", "study", columns)


def test_a_query_in_another_thread_leaves_interrupts_alone():
    answers = []
    before = signal.getsignal(signal.SIGINT)
    asking = threading.Thread(target=lambda: answers.append(_hears_while_asking()))
    asking.start()
    asking.join()
    assert answers == [before]


def _hears_while_asking():
    with store.connect():
        return signal.getsignal(signal.SIGINT)


def test_what_a_query_of_the_user_sets_holds_for_nothing_else(tmp_path):
    found = swept(study_of(replications=2), tmp_path / "r")
    found.sql("CREATE TABLE mine AS SELECT 1; SET GLOBAL threads = 4")
    assert found.sql("SELECT current_setting('threads') AS threads")["threads"].tolist() == [1]
    with pytest.raises(NegsimError, match="mine does not exist"):
        found.sql("SELECT * FROM mine")
    with store.connect() as database:
        assert database.execute("SELECT current_setting('threads')").fetchone() == (1,)


def test_threads_that_write_and_read_at_once_see_their_own_rows(tmp_path):
    def there_and_back(number):
        (folder := tmp_path / str(number)).mkdir()
        part = store.write_part(folder, "000-000000", "study", {"cell": np.full(100, number)})
        return store.rows_of([part], "SELECT DISTINCT cell FROM runs")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(there_and_back, range(40))) == [[(number,)] for number in range(40)]


COLUMNS = ("cell=1/x", "replication=3/x", "seed=1/x", "share_agreed=0.25/x", "meetings.count=2/x", "outcome=none/x",
           "new=col/x")  # fmt: skip
PATTERNS = ("a?", "a*b", "q[1]", "*\\")
OTHERS = ("**", "[!a]", "it's", "file:x", "~", "{a,b}", "a\\b", "ü %s\n")
STOPPING = {"main": "share_agreed", "stop": {"half_width": 0.05, "every": 20}, "replications": 60}
STUDIES = {"plain": study_of(), "stopping": study_of(**STOPPING, series={"every": 60})}


def matched(name):
    """A name that a pattern matches; itself where it is none."""
    return re.sub(r"\[!?(.)\]|\*\\?|\?", lambda found: "b" if found[0][:2] == "[!" else found[1] or "x", name)


@pytest.fixture(scope="module")
def plainly(tmp_path_factory):
    """The results of both studies in folders with plain names."""
    room = tmp_path_factory.mktemp("plainly")
    return {study: swept(STUDIES[study], room / study) for study in STUDIES}


@pytest.fixture(scope="module")
def plain_answers(plainly, tmp_path_factory):
    """Everything that is read of them."""
    return {study: answers(found, tmp_path_factory.mktemp("answers") / study) for study, found in plainly.items()}


def bytes_in(folder):
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != store.LOCK_FILE)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def answers(found, room):
    """Everything that is read of results, in a form that can be compared."""
    room.mkdir(exist_ok=True)
    for kind in ("csv", "parquet"):
        for table in ("runs", "series") if found.series_parts else ("runs",):
            found.export(room / f"{table}.{kind}", kind, table)
    counted = found.sql(
        "SELECT cell, count(*) AS n, min(replication) AS first, max(seed) AS seed FROM runs GROUP BY ALL"
    )
    summary = found.summary(["share_agreed", "depth"])
    return {
        **bytes_in(room),
        "runs": len(found),
        "frame": found.frame().to_csv(),
        "summary": summary.to_csv(),
        "counted": counted.sort_values("cell").to_csv(),
        "curve": found.curve("meetings.count", "depth", by=["chair"]).to_csv(),
        "row": repr(found.row(57)),
        "cells": cells_text(summary, ["meetings.count", "chair"], ["share_agreed", "depth"]),
        "details": found.details,
    }


SOME = [("plain", "cell=1/x"), ("stopping", "a*b")]
EVERY = {"plain": (*COLUMNS, *PATTERNS, *OTHERS), "stopping": (*COLUMNS, *PATTERNS)}
REST = [one for study in EVERY for name in EVERY[study] if (one := (study, name)) not in SOME]


@pytest.mark.parametrize(("study", "name"), [*SOME, *(pytest.param(*one, marks=pytest.mark.deep) for one in REST)])
def test_the_name_of_a_results_folder_is_only_a_name(study, name, plainly, plain_answers, tmp_path, monkeypatch):
    plain = plainly[study]
    monkeypatch.chdir(tmp_path)  # so that the name is the whole path
    if matched(name) != name:
        shutil.copytree(plain.folder, matched(name))
    found = swept(STUDIES[study], Path(name))
    assert bytes_in(found.folder) == bytes_in(plain.folder)
    assert answers(found, tmp_path / "here") == plain_answers[study]


def test_a_part_that_the_manifest_does_not_name_is_not_read(plainly, tmp_path):
    folder = unpacked(shutil.copytree(plainly["stopping"].folder, tmp_path / "r"))
    manifest = json.loads((folder / store.MANIFEST_FILE).read_text())
    late = next(path.name for path in results(folder).parts if path.name.startswith("002-"))
    manifest["complete"].remove(late)
    (folder / store.MANIFEST_FILE).write_text(json.dumps(manifest))
    assert late not in {path.name for path in results(folder).parts}
    assert len(results(folder)) < len(plainly["stopping"])


LETTERS = st.characters(exclude_characters="/\0", exclude_categories=["Cs"])
NAMES = st.text(st.one_of(st.sampled_from("*?[]!\\=':~{}."), LETTERS), min_size=1, max_size=40)


@pytest.mark.deep
@given(name=NAMES.filter(lambda name: name not in {".", ".."}))
@example(name="cell=7")
@example(name="a?")
@example(name="a*b")
@example(name="q[1]")
@example(name="[!a]")
@example(name="*\\")
def test_a_part_under_any_name_is_read_back_and_no_other(name, tmp_path_factory):
    room = tmp_path_factory.mktemp("names")
    parts = []
    for folder in sorted({name, matched(name), re.sub(r"[*?[\]!\\]", "x", name)}):
        (room / folder).mkdir()
        part = store.write_part(room / folder, "000-000000", "study", {"cell": np.array([len(parts)])})
        parts.append(part.replace(part.with_name("000.parquet")))  # of one name, so that a pattern would find them all
    for value, part in enumerate(parts):
        assert store.rows_of([part], "SELECT cell FROM runs") == [(value,)]
        store.export([part], "", part.with_name("t.csv"), "csv")
        assert part.with_name("t.csv").read_text() == f"cell\n{value}\n"


def negsim_in(folder, *words, **environment):
    """What a command leaves that is called in a folder: exit code, stdout, stderr."""
    called, environment = [sys.executable, "-m", "negsim", *words], os.environ | environment
    done = subprocess.run(called, cwd=folder, capture_output=True, env=environment, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


BAD_NAME = os.fsdecode(b"b\xff")


@pytest.fixture
def refusing(here):
    """A folder that holds a study, its results and, under a name that is not UTF-8, a copy of them."""
    Path("study.yaml").write_text(PLAIN)
    swept(study_of(replications=2), Path("r"))
    shutil.copytree("r", f"{BAD_NAME}/r")
    return here


@pytest.mark.parametrize(
    "words",
    [
        "study sweep study.yaml --out {}/new",
        "demo --out {}2",
        "study export {}/r --out t.csv",
        "study export r --out {}/t.csv",
        "study rerun {}/r --row 1",
    ],
)
def test_results_whose_name_is_not_utf_8_are_refused_and_nothing_is_written(words, refusing):
    before = set(refusing.rglob("*"))
    done = negsim(*(word.format(BAD_NAME) for word in words.split()))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "the name is not UTF-8; rename it or name another folder" in done.stderr
    assert set(refusing.rglob("*")) == before


@pytest.mark.deep
def test_a_name_that_is_utf_8_is_one_in_any_locale(refusing):
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code, _, talk = negsim_in(refusing, "study", "sweep", "study.yaml", "--out", "ü", **ascii_only)
    assert code == 0, talk
    assert len(results("ü")) == 160
