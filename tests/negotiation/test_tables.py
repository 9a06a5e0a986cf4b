"""Records are declared once: numpy, mypy and the pages have the same columns; the log has one kind of event a move."""

import math
import subprocess
import sys
from dataclasses import fields as fields_of
from pathlib import Path

import numpy as np
import pytest

from cases import case, columns, contested
from negsim.negotiation import measures, tables
from negsim.negotiation.floor import begin, go_on, play, start
from negsim.negotiation.log import HAPPENINGS, Happening, events
from negsim.negotiation.runs import Negotiation, watch
from negsim.negotiation.tables import EventRow, Move, Record, allocate_choice, fields, record_type
from negsim.randomness import stream

ROOT = Path(__file__).parents[2]
RECORDS = [
    record
    for module in (tables, measures)
    for record in vars(module).values()
    if isinstance(record, type) and issubclass(record, Record) and fields(record)
]
READ = """
from negsim.negotiation.tables import State


def read(state: State) -> float:
    return state.clock[0].minute + state.opinions[0, 1].position


def misread(state: State) -> float:
    return state.clock[0].minute + state.opinions[0, 1].postion
"""


@pytest.mark.slow
def test_a_misspelt_column_is_an_error_of_mypy_and_no_other_is(tmp_path):
    file = tmp_path / "read.py"
    file.write_text(READ, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml"), str(file)],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    errors = [line.partition("read.py:")[2] for line in done.stdout.splitlines() if ": error: " in line]
    assert done.returncode == 1, done.stdout
    assert {error.partition(":")[0] for error in errors} == {"10"}, done.stdout
    assert '"OpinionRow" has no attribute "postion"' in done.stdout


def test_a_record_is_an_aligned_table_of_its_columns():
    kinds = {"float": np.float64, "int": np.int64, "bool": np.bool_}
    types = {
        record: {name: np.dtype(kinds[kind]) for name, kind in record.__annotations__.items()} for record in RECORDS
    }
    tables = {record: record_type(record) for record in RECORDS}
    assert {record: {name: made[name] for name in made.names} for record, made in tables.items()} == types
    assert [record for record, made in tables.items() if made.names != tuple(fields(record))] == []
    assert [record for record, made in tables.items() if not made.isalignedstruct] == []


def test_every_column_of_a_record_has_a_meaning():
    columns = {(record, name): field for record in RECORDS for name, field in fields(record).items()}
    assert [at for at, field in columns.items() if not field.meaning] == []


def test_every_kind_of_event_reads_columns_of_the_log():
    for move, kind in HAPPENINGS.items():
        assert kind.move == move
        assert {field.name for field in fields_of(kind)} <= set(fields(EventRow))


def test_every_column_of_the_log_is_of_some_kind_of_event():
    used = {field.name for kind in HAPPENINGS.values() for field in fields_of(kind)}
    assert {*used, "move"} == set(fields(EventRow))


def test_an_event_says_what_its_columns_hold_and_the_others_are_blank():
    seen = watch(contested(), seed=3).events
    own = {field.name for field in fields_of(Happening)}
    kinds = set()
    for row, event in zip(seen, events(seen), strict=True):
        kinds.add(event.move)
        used = {field.name for field in fields_of(event)}
        for name in fields(EventRow):
            if name in used:
                assert row[name] == getattr(event, name) or np.isnan(row[name])
            elif name != "move" and name not in own:
                assert row[name] in {-1, False} or np.isnan(row[name])
    assert {Move.SPEAK, Move.READ, Move.BLOCK, Move.OPEN_SESSION, Move.EVENING} <= kinds


def test_a_log_of_just_enough_rows_has_every_event():
    whole = watch(case(), seed=1).events
    for rows in (1, len(whole) - 1, len(whole)):
        assert str(watch(case(), seed=1, log_rows=rows).events.tolist()) == str(whole.tolist())  # where NaN is NaN


def test_a_state_that_begins_again_is_as_good_as_new():
    room, choice = contested((2, 2), 2), allocate_choice(4, 2)
    used, new = play(room, stream(1, 0), 2000), begin(room, stream(1, 1), 2000)
    used.stream[1] = 1
    start(room, used)
    for name, column in columns(new).items():
        np.testing.assert_array_equal(columns(used)[name], column, err_msg=name)
    for state in (used, new):
        go_on(room, state, choice, math.inf)
    logged = new.clock[0].logged
    assert str(used.log[:logged].tolist()) == str(new.log[:logged].tolist())


def test_rows_that_python_reads_have_attributes():
    run = Negotiation(case(), seed=1, log_rows=9)
    run.finish_turn()
    assert run.state.clock[0].turn == run.state.clock["turn"][0] == 1
    run.state.delegates[0].present = False
    assert not run.state.delegates["present"][0]
