"""The program for other platforms: where it is found, what it takes, and the same bits in a module of WebAssembly."""

import ctypes
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from benchmarks import anywhere
from negsim import kernel, load
from negsim.negotiation import runs
from negsim.negotiation.beliefs import distances
from negsim.negotiation.informal import places, seat_evening, seating
from negsim.negotiation.runs import Negotiation
from negsim.negotiation.tables import Move, Outcome
from negsim.platforms import HERE, OWN, PLATFORMS
from negsim.scenario.lowering import lower

compiled = pytest.mark.skipif(kernel.UNCOMPILED or kernel.BOUNDS, reason="there is no usual program")
in_node = pytest.mark.skipif(shutil.which(anywhere.NODE) is None, reason="needs node")

TURNS = Path(__file__).parent / "turns.mjs"
FACE = """
const module = new WebAssembly.Module(require("fs").readFileSync(process.argv[1]));
const names = (list) => list.map(({name}) => name).join(" ");
console.log(names(WebAssembly.Module.imports(module)) + "|" + names(WebAssembly.Module.exports(module)));
"""


def test_every_platform_has_a_program_of_its_own():
    assert len({kernel.digest(platform) for platform in PLATFORMS}) == len(PLATFORMS)
    assert [kernel.shipped(platform).suffix for platform in PLATFORMS] == [one.suffix for one in PLATFORMS.values()]
    assert kernel.digest() == kernel.digest(OWN)


@compiled
@pytest.mark.deep
@pytest.mark.skipif(OWN == HERE, reason="needs a processor that runs both programs")
def test_the_programs_for_older_and_newer_processors_have_the_same_bits(monkeypatch):
    """Of every table of results, in rooms with and without moves, as many runs as fill both ways of a loop."""

    def tables(platform):
        code = kernel._drained(kernel.compiling(platform))
        address = kernel._linked(code).get_function_address("run_each")
        monkeypatch.setattr(runs, "run_each", kernel._caller(address, runs.run_each))
        names = ["classroom", "cstd_wgigf_2011", "storm", "netmundial_2014"]
        found = [runs.replicate(lower(load(name)), 5, 0, 20) for name in names]
        monkeypatch.undo()
        return [[table.tobytes() for table in one] for one in found]

    older, newer = tables(HERE), tables(OWN)
    assert older == newer


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A file in the place of a wheel's program."""
    monkeypatch.setattr(kernel, "shipped", lambda _=HERE: tmp_path / "program.so")
    kernel._library.cache_clear()
    yield tmp_path / "program.so"
    kernel._library.cache_clear()


@compiled
@pytest.mark.parametrize("loads", [True, False])
def test_a_program_is_compiled_where_this_system_does_not_load_that_of_the_wheel(loads, shipped, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    shipped.write_bytes(b"of another system")
    if loads:
        monkeypatch.setattr(ctypes, "CDLL", lambda path: path)
    assert kernel.must_compile() is not loads


def test_a_process_that_runs_plain_python_can_have_the_program_compiled(monkeypatch, tmp_path):
    environments = []

    def start(*_, env, **__):
        environments.append(env)
        raise InterruptedError

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    monkeypatch.setattr(kernel.subprocess, "Popen", start)
    with pytest.raises(InterruptedError):
        next(kernel.compiling())
    assert [one["NUMBA_DISABLE_JIT"] for one in environments] == ["0"]


@pytest.fixture(scope="module")
def module(tmp_path_factory):
    """The module of WebAssembly and its description, as files."""
    return anywhere.module_files(tmp_path_factory.mktemp("module"))


@compiled
@in_node
def test_the_module_takes_nothing_and_offers_every_entry(module):
    command = [anywhere.NODE, "-e", FACE, str(module[0])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imports, exports = done.stdout.strip().split("|")
    assert imports == ""
    assert set(exports.split()) >= {*kernel.ENTRIES, "malloc", "free", "memory"}


@compiled
@in_node
@pytest.mark.parametrize("name", ["classroom", "cstd_wgigf_2012", "cases/wgig"])
def test_the_module_gives_the_same_bits(name, tmp_path):
    dumps = anywhere.write_dumps([name], 20, tmp_path / "dumps")
    (answer,) = anywhere.in_node(dumps, tmp_path)
    assert answer.different == 0
    assert answer.values > 1000


@compiled
@in_node
def test_a_dump_that_differs_is_noticed(tmp_path):
    (file,) = anywhere.write_dumps(["classroom"], 2, tmp_path / "dumps")
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(content)
    (answer,) = anywhere.in_node([file], tmp_path)
    assert answer.different == 1


@compiled
@in_node
def test_the_module_goes_turn_by_turn_as_python_does(module, tmp_path):
    """Groups, numbers by value, arrays that come back, and what entries return: all of program.js."""
    case = lower(load("classroom", changes=["informal.mixed_evenings=0.5"]))
    (tmp_path / "dump").write_bytes(anywhere.dump(case, 1))
    command = [anywhere.NODE, str(TURNS), *map(str, module), str(tmp_path / "dump"), str(int(Move.EVENING))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == course(Negotiation(case, seed=anywhere.SEED))


def course(run):
    """The turns of a run, the tables of its evenings and the distances at the end."""
    turns, evenings, table = [], [], np.zeros(len(run.case.seats), np.int64)
    while run.outcome == Outcome.RUNNING:
        if run.pending.move == Move.EVENING:
            seat_evening(run.case, run.state, run.choice, table)
            evenings.append(table.tolist())
        turns.append([int(number) for number in run.finish_turn()])
    return {"turns": turns, "evenings": evenings, "distances": list(distances(run.state))}


def test_an_evening_seats_those_together_who_dine_together():
    run = Negotiation(lower(load("classroom", changes=["informal.mixed_evenings=0.5"])), seed=5)
    table, evenings = np.zeros(len(run.case.seats), np.int64), 0
    while run.outcome == Outcome.RUNNING:
        if run.pending.move == Move.EVENING:
            seat_evening(run.case, run.state, run.choice, table)
            dinner, mixed = places(run.case, run.state, run.choice.dinner)
            order, count = seating(run.case, run.state, mixed)
            assert not dinner.any()
            assert (table > 0).tolist() == mixed.tolist()
            assert table[order].tolist() == [1 + place % count for place in range(len(order))]
            evenings += len(order) > 0
        run.finish_turn()
    assert evenings > 0
