"""A knob is one record and one function: nothing else in the package spells its path."""

import re

import pytest

from negsim.cast.aspects import Aspect
from negsim.cast.knobs import KNOBS
from negsim.scenario import Scenario, load, with_changes
from negsim.scenario.keys import Bearing, marks
from sources import PACKAGE, texts

RECORDS = PACKAGE / "cast" / "knobs.py"


def test_no_file_but_its_record_spells_the_path_of_a_knob():
    path = re.compile("|".join(rf"(?<![\w.]){re.escape(path)}(?![\w.]*\w)" for path in KNOBS if "." in path))
    files = [file for file in PACKAGE.rglob("*") if file.suffix in {".py", ".j2"} and file != RECORDS]
    assert len(files) > 150
    assert [
        f"{file.relative_to(PACKAGE)}: {found}"
        for file in files
        for text in texts(file)
        for found in path.findall(text)
    ] == []


def test_names_paths_and_keys_of_knobs_differ():
    for of in ("name", "path", "key"):
        assert len({getattr(knob, of) for knob in KNOBS.values()}) == len(KNOBS)
    assert not {knob.key for knob in KNOBS.values()} & {"s", "y", "c", "r", "t", "seed", "code", "along", "measure"}


@pytest.mark.parametrize("knob", [knob for knob in KNOBS.values() if knob.levels], ids=lambda knob: knob.name)
def test_a_knob_reads_the_level_that_it_is_set_to(knob):
    scenario = load("cstd_wgigf_2011")
    for level in knob.levels[1:4]:
        assert knob.reads(with_changes(scenario, {knob.path: level})) == pytest.approx(level, abs=0.13)


def test_every_key_that_can_change_a_run_has_one_aspect():
    aspects = [path for path, mark in marks(Scenario) if isinstance(mark, Aspect)]
    assert len(aspects) == len(set(aspects))
    above = {path.rpartition(".")[0] for path in aspects}
    for section in ("process", "trust", "context", "process.meetings.*", "process.events.*"):
        assert section in above
    words = {"format", "title", "description", "story", "population", "sources", "basis", "uncertain", "measures"}
    assert {path.split(".")[0] for path in aspects} == set(Scenario.model_fields) - words


def test_what_bears_on_size_is_known():
    assert {path for path, mark in marks(Scenario) if mark is Bearing.SIZE} == {
        "groups.*.seats", "parameters.statement", "process.hours", "process.tempo", "process.procedure_loss",
        "process.meetings.*.days", "process.meetings.*.hours",
    }  # fmt: skip
