"""The program: kept, damaged, made again; what it takes; and numba's own way beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from types import FunctionType

import llvmlite.binding as llvm
import numpy as np
import pytest

from cases import case
from negsim import kernel
from negsim.errors import NegsimError
from negsim.kernel import allocating, apart
from negsim.negotiation import runs, tables
from negsim.negotiation.beliefs import distances
from negsim.negotiation.floor import begin
from negsim.negotiation.influence import hear
from negsim.negotiation.trust import sum_trust
from negsim.randomness import stream, uniform
from patience import LIMIT

SYMBOL = np.dtype([("name", "<u4"), ("kind", "<u2"), ("section", "<u2"), ("value", "<u8"), ("size", "<u8")])  # of ELF
compiled = pytest.mark.skipif(kernel.UNCOMPILED, reason="there is no program")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "negsim"


def test_what_is_kept_is_found_again(cache):
    place = kernel._place()
    assert kernel.kept(place) is None
    kernel.keep(place, b"code")
    assert kernel.kept(place) == b"code"
    assert [path.name for path in cache.iterdir()] == [f"program-{kernel.digest()}.o"]


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("content", [b"", b"damaged", bytes(32) + b"code"])
def test_a_damaged_program_is_not_believed(content):
    place = kernel._place()
    kernel.keep(place, b"code")
    place.write_bytes(content)
    assert kernel.kept(place) is None
    kernel.keep(place, b"code")
    assert kernel.kept(place) == b"code"


def test_what_nobody_used_for_a_month_is_removed(cache):
    kernel.keep(kernel._place(), b"code")
    (cache / "0123456789abcdef").mkdir()
    (cache / "0123456789abcdef" / "kernel.nbc").touch()
    (cache / "program-old.o").touch()
    (cache / "program-new.o").touch()
    for name in ("0123456789abcdef", "program-old.o"):
        os.utime(cache / name, (0, 0))
    kernel.keep(kernel._place(), b"code")
    assert {path.name for path in cache.iterdir()} == {f"program-{kernel.digest()}.o", "program-new.o"}


def test_without_numba_the_error_says_what_to_install(monkeypatch):
    def missing(_):
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "version", missing)
    with pytest.raises(NegsimError, match=r"pip install 'numba==0.68.\*'"):
        kernel._numba_fits.__wrapped__()


@compiled
def test_tables_of_another_shape_are_refused():
    state = tables.allocate(kernel.SAMPLES["Case"], 0)
    for wrong in (state.trust[0], state.trust.astype(np.float32), np.zeros((2, 4))[:, ::2]):
        with pytest.raises(TypeError, match="a State has another array here"):
            distances(state._replace(trust=wrong))


@compiled
def test_a_reference_goes_when_its_tables_go():
    state = tables.allocate(kernel.SAMPLES["Case"], 0)
    distances(state)
    before = len(kernel._references)
    del state
    assert len(kernel._references) == before - 1


def test_threads_that_meet_tables_together_get_one_reference(monkeypatch):
    """The words that a thread works with must not go because another thread has made the same."""
    state, met = tables.allocate(kernel.SAMPLES["Case"], 0), threading.Barrier(2)
    sorted_out = kernel._descriptor

    def together(array):
        if array is state.delegates:
            met.wait(timeout=LIMIT)
        return sorted_out(array)

    monkeypatch.setattr(kernel, "_descriptor", together)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: kernel._reference(state), range(2))
    assert first == second == kernel._reference(state)


def test_what_an_unaliased_kernel_changes_is_given_to_it_once(monkeypatch):
    calls = []

    def checked(function):
        def call(*arguments):
            arrays = [one for one in arguments if isinstance(one, np.ndarray)]
            before = [one.tobytes() for one in arrays]
            function(*arguments)
            changed = [one for one, old in zip(arrays, before, strict=True) if one.tobytes() != old]
            assert [sum(np.shares_memory(one, other) for other in arrays) for one in changed] == [1] * len(changed)
            calls.append((function, len(changed)))

        return call

    modules = [module for name, module in sys.modules.items() if name.startswith("negsim.negotiation.")]
    rules = {one for module in modules for one in vars(module).values() if isinstance(one, FunctionType)}
    promised = {rule for rule in rules if "unaliased" in vars(rule)}
    for function in promised:
        monkeypatch.setattr(sys.modules[function.__module__], function.__name__, checked(function))
    room = case((3, 2))
    state = begin(room, stream(7, 0), 0)
    hear(room, state, 1, 0, 0.9, 0.0, 0.0)
    sum_trust(state)
    assert {function for function, changed in calls if changed > 0} == promised != set()


@compiled
def test_a_kernel_outside_the_model_calls_its_rules():
    @allocating
    def mean(here: Stream, n: int) -> float:  # noqa: F821 - a name that entries know
        numbers, total = np.empty(n), 0.0
        for i in range(n):
            numbers[i] = uniform(here, 1, 0, 0, 0, i, 0)
        for i in range(n):
            total += numbers[i]
        return total / n

    (compiled_mean,) = apart(mean)
    assert compiled_mean(stream(1, 2), 100) == mean(stream(1, 2), 100)


PLAINLY = """
import sys
import numpy as np
from negsim import kernel
kernel.NUMBA = "0.0"
kernel.kept = lambda _: None
from negsim.negotiation import runs, tables
from negsim.negotiation.beliefs import distances
from negsim.randomness import stream, uniform
state = tables.allocate(kernel.SAMPLES["Case"], 0)
state.belief[:] = 0.25
print(uniform(stream(1, 2), 1, 0, 0, 0, 5, 0), distances(state))  # the second makes arrays and calls other kernels
"""


@pytest.mark.deep
@compiled
def test_another_numba_compiles_in_its_own_way_to_the_same(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PLAINLY],
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    state = tables.allocate(kernel.SAMPLES["Case"], 0)
    state.belief[:] = 0.25
    assert done.stdout == f"{uniform(stream(1, 2), 1, 0, 0, 0, 5, 0)} {distances(state)}\n"
    assert "takes minutes to compile" in done.stderr
    assert list((tmp_path / "negsim").glob("numba-*"))


def test_entries_are_called_with_what_they_take():
    assert set(kernel.ENTRIES) >= {"start", "next_turn", "choose", "follow", "measure", runs.run_each.__name__}
    known = {
        *kernel._NUMBERS,
        *kernel._ARRAYS,
        *kernel.SAMPLES,
        "None",
        "tuple[float, float]",
        "tuple[float, float, float]",
    }
    assert {kind for function in kernel.ENTRIES.values() for kind in function.__annotations__.values()} <= known


def wanted(code):
    """The names that an object file (ELF, 64 bits) takes from elsewhere."""
    sections = {section.name(): section.data() for section in llvm.ObjectFileRef.from_data(code).sections()}
    names, symbols = sections[b".strtab"], np.frombuffer(sections[b".symtab"], SYMBOL)
    return {names[at:].partition(b"\0")[0].decode() for at in symbols["name"][symbols["section"] == 0]} - {""}


@compiled
@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other object files")
def test_the_program_takes_nothing_but_memory_from_elsewhere():
    names = wanted(kernel.object_file())
    assert {"malloc", "free"} <= names <= {"malloc", "free", "memset", "memcpy", "memmove"}
