"""Kernels: rules written in Python, compiled together as one program.

- A kernel is a plain function. Other kernels call it, and so may Python, where it then runs uncompiled.
- An entry is a kernel that the program offers to Python. The program is compiled once from its entries and found again
  by the *content* of the sources: an edit anywhere in the model makes another program, another place or Python does not.
- A wheel brings the program of its platform. Elsewhere another process compiles it with numba and it is kept in the
  user's cache; a folder that cannot be written means no cache and one line on stderr.
- With NUMBA_DISABLE_JIT=1 entries run as plain Python too; NUMBA_BOUNDSCHECK=1 makes a program that checks every index.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from negsim.errors import NegsimError

Function = TypeVar("Function", bound=Callable[..., Any])

UNCOMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}
BOUNDS = os.environ.get("NUMBA_BOUNDSCHECK", "0") not in {"", "0"}
SHIPPED = "_program"  # the file in a wheel, before its digest

ENTRIES: dict[str, Callable[..., Any]] = {}
SAMPLES: dict[str, tuple[Any, ...]] = {}  # groups of tables that go by reference, and small tuples that go by value

_HERE = Path(__file__).parent
_KEPT_DAYS = 30


def kernel(function: Function) -> Function:
    """A rule that the program contains. It must not make arrays: then nothing counts references."""
    vars(function)["allocates"] = False
    return function


def allocating(function: Function) -> Function:
    """A kernel that makes arrays."""
    vars(function)["allocates"] = True
    return function


def sample(tables: tuple[Any, ...]) -> None:
    """Show what a named tuple looks like that entries take: a group of tables, or a few whole numbers."""
    SAMPLES[type(tables).__name__] = tables


def entry(function: Function) -> Function:
    """A kernel that Python calls in its compiled form, free of Python's global lock.

    Its annotations say what it takes: int, float, bool, np.uint64, arrays of one dimension, or a tuple with a `sample`.
    """
    name, kinds = function.__name__, [kind for key, kind in function.__annotations__.items() if key != "return"]
    ENTRIES[name] = function
    if UNCOMPILED:
        return function
    compiled: Callable[..., Any] | None = None

    @wraps(function)
    def call(*arguments: Any) -> Any:  # noqa: ANN401 - as the function says
        nonlocal compiled
        if compiled is None:
            compiled = program()(name, function, kinds)
        return compiled(*arguments)

    return cast("Function", call)


# Calling compiled code: numba's convention is a place for the result, a place for an error, then the arguments, with
# tuples and arrays taken apart.

_NUMBERS = {"int": ctypes.c_int64, "float": ctypes.c_double, "bool": ctypes.c_uint8, "np.uint64": ctypes.c_uint64}
_ARRAYS = {"Floats": np.float64, "Ints": np.int64, "Stream": np.uint64}
_WORDS_OF_VECTOR = 7


def _descriptor(array: np.ndarray[Any, Any]) -> list[int]:
    """An array as numba describes it: two owners, elements, bytes of one, place, lengths, strides."""
    return [0, 0, array.size, array.itemsize, array.ctypes.data, *array.shape, *array.strides]


_addresses: dict[tuple[int, ...], tuple[Any, list[Any]]] = {}


def _reference(tables: tuple[Any, ...]) -> int:
    """The address of the descriptors of a group of tables, kept as long as its arrays live."""
    key = tuple(map(id, tables))
    found = _addresses.get(key)
    if found is None:
        for array, like in zip(tables, SAMPLES[type(tables).__name__], strict=True):
            if array.dtype != like.dtype or array.ndim != like.ndim or not array.flags.c_contiguous:
                raise TypeError(
                    f"{type(tables).__name__}: an array of {array.dtype}, {array.ndim}-dimensional, is not as in {like.dtype}"
                )
        words = np.array([word for array in tables for word in _descriptor(array)], np.int64)
        gone = [weakref.ref(array, lambda _: _addresses.pop(key, None)) for array in tables]
        found = _addresses[key] = words, gone
    return int(found[0].ctypes.data)


def _caller(address: int, function: Callable[..., Any], kinds: list[str]) -> Callable[..., Any]:
    """A Python function that calls the compiled one at an address."""
    types: list[Any] = []
    for kind in kinds:
        if kind in _NUMBERS:
            types.append(_NUMBERS[kind])
        elif kind in _ARRAYS:
            types += [ctypes.c_int64] * _WORDS_OF_VECTOR
        elif isinstance(SAMPLES[kind][0], int):
            types += [ctypes.c_int64] * len(SAMPLES[kind])
        else:
            types.append(ctypes.c_int64)
    native = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, *types)(address)
    give = _giver(function)
    by_value = {kind for kind in kinds if kind in SAMPLES and isinstance(SAMPLES[kind][0], int)}

    def call(*arguments: Any) -> Any:  # noqa: ANN401 - as the function says
        words: list[Any] = []
        for kind, argument in zip(kinds, arguments, strict=True):
            if kind in _NUMBERS:
                words.append(argument)
            elif kind in _ARRAYS:
                words += _descriptor(np.ascontiguousarray(argument, _ARRAYS[kind]))
            elif kind in by_value:
                words += argument
            else:
                words.append(_reference(argument))
        result, error = (ctypes.c_double * 8)(), ctypes.c_void_p()
        if native(ctypes.byref(result), ctypes.byref(error), *words):
            raise IndexError(f"{function.__name__}: an index is out of bounds")
        return give(result)

    return call


def _giver(function: Callable[..., Any]) -> Callable[[Any], Any]:
    """What reads the result of a kernel from its place, eight words long."""
    kind = function.__annotations__["return"]
    if kind in SAMPLES:
        make, length = type(SAMPLES[kind]), len(SAMPLES[kind])
        return lambda result: make(*(ctypes.c_int64 * length).from_buffer(result))
    if kind.startswith("tuple[float"):
        length = kind.count(",") + 1
        return lambda result: tuple(result[:length])
    return {"None": lambda _: None, "float": lambda result: result[0], "bool": lambda result: bytes(result)[0] == 1}[
        kind
    ]


# The program: shipped, kept, or compiled now.

Offers = Callable[[str, Callable[..., Any], list[str]], Callable[..., Any]]
_lock = threading.Lock()


def program() -> Offers:
    """What gives the compiled form of an entry; compiles the program if it is nowhere to be found."""
    with _lock:
        return _program()


@cache
def _program() -> Offers:
    shipped = _HERE / f"{SHIPPED}-{digest()}.so"
    if shipped.exists() and not BOUNDS:
        library = ctypes.CDLL(str(shipped))
        return lambda name, function, kinds: _caller(
            ctypes.cast(library[name], ctypes.c_void_p).value or 0, function, kinds
        )
    code = _kept()
    if code is None:
        code = compile_program()
        _keep(code)
    find = _linked(code)
    return lambda name, function, kinds: _caller(find(name), function, kinds)


def _linked(code: bytes) -> Callable[[str], int]:
    """Put an object file into memory; what gives the address of a symbol."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return lambda name: engine.get_function_address(name)


@cache
def digest() -> str:
    """Of the sources of the program and what else makes it another one."""
    content = hashlib.sha256(f"{sys.platform} {np.dtype(np.intp).itemsize} {BOUNDS}".encode())
    for source in sorted(
        [
            *(_HERE / "negotiation").glob("*.py"),
            *(_HERE / f"{name}.py" for name in ("compiler", "kernel", "randomness")),
        ]
    ):
        content.update(source.read_bytes())
    return content.hexdigest()[:16]


def cache_home() -> Path:
    """The user's cache folder for negsim (XDG_CACHE_HOME, else ~/.cache)."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "negsim"


def _file() -> Path:
    return cache_home() / f"program-{digest()}.o"


def must_compile() -> bool:
    """Whether the first entry that is called will have to wait for the program to be compiled."""
    return not UNCOMPILED and not (_HERE / f"{SHIPPED}-{digest()}.so").exists() and _kept() is None


def _kept() -> bytes | None:
    """The program in the cache; None if it is not there or damaged."""
    with suppress(OSError):
        content = _file().read_bytes()
        if content[:32] == hashlib.sha256(content[32:]).digest():
            os.utime(_file())
            return content[32:]
    return None


def _keep(code: bytes) -> None:
    """Keep a program, and remove those that nobody has used for a month."""
    folder = cache_home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".program-", delete=False) as file:
            file.write(hashlib.sha256(code).digest() + code)
        Path(file.name).replace(_file())
    except OSError as problem:
        sys.stderr.write(f"negsim: the compiled program is not kept: {problem}\n")
        return
    for other in folder.glob("program-*.o"):
        with suppress(OSError):
            if other.stat().st_mtime < time.time() - _KEPT_DAYS * 86400:
                other.unlink()


def compile_program(report: Callable[[float], None] | None = None) -> bytes:
    """Compile the program in another process. report: called with the share that is done, 0..1.

    Raises NegsimError if it cannot be compiled.
    """
    with tempfile.TemporaryDirectory(prefix="negsim-") as folder:
        target = Path(folder) / "program.o"
        path = os.pathsep.join([str(_HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
        command = [sys.executable, "-m", "negsim.negotiation.program", str(target)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path}
        ) as child:
            for line in child.stdout or ():
                (report or on_progress)(float(line))
            complaint = (child.stderr.read() if child.stderr else "").strip().splitlines()
        if child.returncode or not target.exists():
            raise NegsimError(f"the rules cannot be compiled: {complaint[-1] if complaint else child.returncode}")
        return target.read_bytes()


def on_progress(_share: float) -> None:
    """What is told how far compiling is, where nobody else asks; a command line puts its own here."""
