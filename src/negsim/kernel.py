"""Kernels: rules written in Python, compiled together as one program.

- A kernel is a plain function. Other kernels call it, and so may Python, where it then runs uncompiled.
- An entry is a kernel that the program offers to Python. The program is found by the *content* of the sources: an edit
  anywhere in the model makes another program, another place or another Python does not.
- A wheel contains the program of its platform, and one for browsers. Elsewhere numba compiles it, in a process of its
  own, and it is kept in the user's cache, as is what numba made of each rule, so that an edit costs what it changes;
  if the folder cannot be written there is no cache, and one line on stderr.
- Rules of one's own (`negsim.rules`) make another program. Without numba they run as plain Python.
- With NUMBA_DISABLE_JIT=1 entries run as plain Python too; NUMBA_BOUNDSCHECK=1 makes a program that checks every index.
"""

from __future__ import annotations

import ast
import ctypes
import hashlib
import inspect
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from functools import cache, wraps
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TypeVar, cast

import numpy as np

from negsim import platforms
from negsim.errors import NegsimError
from negsim.platforms import HERE, OWN, PLATFORMS

_Function = TypeVar("_Function", bound=Callable[..., Any])

NUMBA = "0.68"  # the minor version whose internals `compiler` knows
UNCOMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}
BOUNDS = os.environ.get("NUMBA_BOUNDSCHECK", "0") not in {"", "0"}

ENTRIES: dict[str, Callable[..., Any]] = {}
SAMPLES: dict[str, tuple[Any, ...]] = {}
own_rules: Any = None  # of this process: `rules.OwnRules`

_HERE = Path(__file__).parent
SOURCES = [
    *sorted((_HERE / "negotiation").glob("*.py")),
    *(_HERE / f"{one}.py" for one in ("compiler", "elementary", "kernel", "platforms", "randomness")),
]
_MARKS = {"allocating", "entry", "inlined", "kernel", "unaliased"}
_UNUSED_DAYS = 30  # after which a program in the cache is removed


def kernel(function: _Function) -> _Function:
    """Mark a rule that the program contains. It makes no arrays, so that no references need to be counted."""
    vars(function)["allocates"] = False
    return function


def allocating(function: _Function) -> _Function:
    """Mark a kernel that makes arrays."""
    vars(function)["allocates"] = True
    return function


def inlined(function: _Function) -> _Function:
    """Make a kernel stand in place of each of its calls, where parts of what it computes are known or stay the same."""
    vars(function)["inlined"] = True
    return kernel(function)


def unaliased(function: _Function) -> _Function:
    """Make a kernel stand in place of its calls, none of which gives it an array that another one of them overlaps.

    Only arrays that it just reads may be the same. So a loop may take several numbers at once.
    """
    vars(function)["unaliased"] = True
    return inlined(function)


def sample(example: tuple[Any, ...]) -> None:
    """Register an example of a named tuple that entries take: of arrays (passed by reference) or of whole numbers."""
    SAMPLES[type(example).__name__] = example


def entry(function: _Function) -> _Function:
    """Offer a kernel to Python in its compiled form, free of Python's global lock.

    Its annotations say what it takes: int, float, bool, arrays of one dimension, or a tuple with a `sample`.
    """
    ENTRIES[function.__name__] = function
    if UNCOMPILED:
        return function
    compiled: Callable[..., Any] | None = None

    @wraps(function)
    def call(*arguments: Any) -> Any:  # noqa: ANN401 - as the function says
        nonlocal compiled
        if compiled is None:
            with _lock:
                compiled = _program()(function)
        return compiled(*arguments)

    return cast("_Function", call)


def is_kernel(statement: ast.AST) -> bool:
    """Return whether a statement of a source defines a kernel, by its decorators."""
    marks = statement.decorator_list if isinstance(statement, ast.FunctionDef) else []
    return any(isinstance(mark, ast.Name) and mark.id in _MARKS for mark in marks)


def take_place(
    functions: Mapping[Callable[..., Any], Callable[..., Any]], rules: object, apart_from: ModuleType
) -> None:
    """Put functions in the place of kernels, wherever a module of the package names them, but for one.

    rules: what they come from, with its `source`; it goes to a process that compiles, and can be pickled. Raises
    NegsimError after the program was first called.
    """
    global own_rules  # noqa: PLW0603 - of the process
    if _program.cache_info().currsize:
        raise NegsimError("the model was run before it got these rules; load them first, in another process")
    modules = [one for name, one in sys.modules.items() if name.startswith("negsim.") and one is not apart_from]
    for module in modules:
        for name, value in [*vars(module).items()]:
            if isinstance(value, FunctionType) and value in functions:
                setattr(module, name, functions[value])
    own_rules = rules
    digest.cache_clear()


# The program: in the wheel, kept, or compiled now.

# Another process takes the rules of this one, then compiles.
_COMPILE_OWN = """
import pickle, sys
from negsim.negotiation.program import main
from negsim.rules import check_in_use
with open(sys.argv[3], "rb") as file:
    check_in_use(pickle.load(file))
main()
"""
_Offer = Callable[[Callable[..., Any]], Callable[..., Any]]
_lock = threading.Lock()


@cache
def digest(platform: str = OWN) -> str:
    """Compute the digest of the program's sources, and of the platform and options that make it another program."""
    content = hashlib.sha256(f"{platform} {BOUNDS}".encode())
    for source in SOURCES:
        content.update(source.read_bytes())
    if own_rules is not None:
        content.update(own_rules.source.encode(errors="surrogatepass"))
    return content.hexdigest()[:16]


def shipped(platform: str = OWN) -> Path:
    """Return the path of a platform's program in a wheel."""
    return _HERE / f"_program-{digest(platform)}{PLATFORMS[platform].suffix if platform in PLATFORMS else ''}"


def in_cache(name: str) -> Path:
    """Return the path of a file or folder in the user's cache for negsim (XDG_CACHE_HOME, else ~/.cache)."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "negsim" / name


def must_compile() -> bool:
    """Return whether the first call of an entry has to wait for the program to be compiled.

    False if numba compiles in its own way, as it goes. Raises NegsimError without numba.
    """
    return not (UNCOMPILED or _library() or _is_plain()) and kept(_place()) is None and _numba_fits()


@cache
def _library() -> ctypes.CDLL | None:
    """Load the program of the wheel; None if there is none, or one that this system does not load."""
    for platform in (OWN, HERE):
        with suppress(OSError):
            return ctypes.CDLL(str(shipped(platform)))
    return None


@cache
def _program() -> _Offer:
    """Return the function that gives the compiled form of an entry."""
    if (library := _library()) is not None:
        return lambda function: _caller(ctypes.cast(library[function.__name__], ctypes.c_void_p).value or 0, function)
    if _is_plain():
        sys.stderr.write(
            f"negsim: the rules run as plain Python, a few thousand times slower; pip install 'numba=={NUMBA}.*'\n"
        )
        return lambda function: function
    if kept(_place()) is None and not _numba_fits():
        return _plainly
    engine = _linked(object_file())
    return lambda function: _caller(engine.get_function_address(function.__name__), function)


def object_file() -> bytes:
    """Return the program as an object file: the one that is kept, or else compiled now."""
    if (code := kept(_place())) is not None:
        return code
    sys.stderr.write("negsim: compiling the model, once for this version; it takes half a minute or so\n")
    return _drained(compiling())


def program_file(platform: str) -> bytes:
    """Return the program as a file for a platform: the one of the wheel, one that is kept, or else made now.

    Raises NegsimError if that takes numba or ziglang, and they are missing.
    """
    with suppress(OSError):
        return shipped(platform).read_bytes()
    target = PLATFORMS[platform]
    place = _place(platform, target.suffix)
    if (program := kept(place)) is None:
        platforms.check_linker(platform)
        if not _numba_fits():
            raise NegsimError(f"only numba {NUMBA} compiles the model for {platform}: pip install 'numba=={NUMBA}.*'")
        sys.stderr.write(f"negsim: compiling the model for {platform}, once for this version\n")
        program = platforms.link(_drained(compiling(platform)), platform)
        keep(place, program)
    return program


def compiling(platform: str = OWN) -> Generator[tuple[int, int, str], None, bytes]:
    """Compile the program in another process; yield per cent done, 100, and what it does; return an object file.

    The object file of `OWN` is kept. Raises NegsimError if the program cannot be compiled.
    """
    path, start = os.pathsep.join([str(_HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="negsim-") as folder:
        target = Path(folder) / "program.o"
        command = [sys.executable, "-m", "negsim.negotiation.program", str(target), platform]
        if own_rules is not None:
            (Path(folder) / "rules").write_bytes(pickle.dumps(own_rules))
            command = [sys.executable, "-c", _COMPILE_OWN, *command[-2:], str(Path(folder) / "rules")]
        environment = os.environ | {"PYTHONPATH": path, "NUMBA_DISABLE_JIT": "0"}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        ) as child:
            try:
                for line in child.stdout or ():
                    yield int(line), 100, f"per cent of the model compiled after {time.monotonic() - start:.0f} s"
                complaint = (child.stderr.read() if child.stderr else "").strip().splitlines()
            except BaseException:  # an interrupt does not wait for the rest
                child.kill()
                raise
        if child.returncode or not target.exists():
            what = complaint[-1] if complaint else child.returncode
            hint = (
                "" if own_rules is None else "; NUMBA_DISABLE_JIT=1 before the command runs the rules as plain Python"
            )
            raise NegsimError(f"the model cannot be compiled ({what}){hint}")
        code = target.read_bytes()
    if platform == OWN:
        keep(_place(), code)
    return code


def _drained(steps: Generator[object, None, bytes]) -> bytes:
    """Run a generator to its end and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return bytes(end.value)


_engines: list[Any] = []  # that hold the code in memory, as long as the process lives


def _linked(code: bytes) -> Any:  # noqa: ANN401 - llvmlite has no types
    """Link an object file in memory, ready to be called."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - a shipped program needs none of it

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _engines.append(engine)
    return engine


def _place(platform: str = OWN, suffix: str = ".o") -> Path:
    """Return where the cache has the program for a platform."""
    return in_cache(f"program-{digest(platform)}{suffix}")


def kept(place: Path) -> bytes | None:
    """Read a file of the cache; None if it is missing or damaged."""
    with suppress(OSError):
        content = place.read_bytes()
        if content[:32] == hashlib.sha256(content[32:]).digest():
            with suppress(OSError):
                os.utime(place)
            return content[32:]
    return None


def keep(place: Path, code: bytes) -> None:
    """Keep a file in the cache, and remove those that nobody has used for a month."""
    folder, long_ago = place.parent, time.time() - _UNUSED_DAYS * 86400
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".program-", delete=False) as file:
            file.write(hashlib.sha256(code).digest() + code)
        Path(file.name).replace(place)
        unused = [path for path in folder.iterdir() if path.stat().st_mtime < long_ago]
    except OSError as problem:
        sys.stderr.write(f"negsim: the compiled model is not kept: {problem}\n")
        return
    for path in unused:
        shutil.rmtree(path, ignore_errors=True)
        path.unlink(missing_ok=True)


def _is_plain() -> bool:
    """Return whether rules of one's own run as plain Python, for want of numba."""
    return own_rules is not None and find_spec("numba") is None


@cache
def _numba_fits() -> bool:
    """Return whether `compiler` knows the internals of the installed numba; if not, say so once.

    Raises NegsimError if there is none.
    """
    from importlib import metadata  # noqa: PLC0415 - a program that is kept needs none of it

    try:
        version = metadata.version("numba")
    except metadata.PackageNotFoundError:
        raise NegsimError(
            f"the model has to be compiled here, which takes numba {NUMBA}: pip install 'numba=={NUMBA}.*'"
        ) from None
    if version.rpartition(".")[0] == NUMBA:
        return True
    sys.stderr.write(f"negsim: with numba {version} the model takes minutes to compile; {NUMBA} takes seconds\n")
    return False


def _plainly(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile an entry in numba's own way."""
    import numba  # noqa: PLC0415 - where it is needed at all
    from numba.extending import typeof_impl  # noqa: PLC0415

    @cache
    def rule(function: Callable[..., Any]) -> Any:  # noqa: ANN401 - numba has no types
        options = {"cache": True, "boundscheck": BOUNDS, "_nrt": vars(function)["allocates"]}
        return numba.njit(function, nogil=True, error_model="numpy", **options)

    def kind(function: Callable[..., Any], _: object) -> Any:  # noqa: ANN401
        function = inspect.unwrap(function)
        return numba.types.Dispatcher(rule(function)) if "allocates" in vars(function) else None

    numba.config.CACHE_DIR = str(in_cache(f"numba-program-{digest()}"))
    typeof_impl.register(FunctionType, kind)
    return cast("Callable[..., Any]", rule(function))


def apart(*functions: _Function) -> list[_Function]:
    """Compile kernels outside the model as a program of their own: for loops around its rules.

    They are annotated as entries are, and they are compiled here and now, which takes numba.
    """
    if UNCOMPILED:
        return list(functions)
    from negsim.compiler import compile_program as compile_here  # noqa: PLC0415 - numba is slow to import

    entries = {function.__name__: function for function in functions}
    engine = _linked(platforms.emit_object(compile_here(entries, SAMPLES, bounds=BOUNDS), OWN))
    return [
        cast("_Function", _caller(engine.get_function_address(name), function)) for name, function in entries.items()
    ]


# Calling an entry: numba's convention is a place for the result, a place for an error, then the arguments, with arrays
# and small tuples taken apart.

_NUMBERS: dict[str, Any] = {"int": ctypes.c_int64, "float": ctypes.c_double, "bool": ctypes.c_uint8}
_ARRAYS: dict[str, Any] = {"Floats": np.float64, "Ints": np.int64, "Stream": np.uint64}
_WORDS = 7  # that describe an array of one dimension

_references: dict[tuple[int, ...], tuple[int, Any]] = {}


def _descriptor(array: np.ndarray[Any, Any]) -> list[int]:
    """Describe an array as numba does: two owners, elements, bytes of one, place, lengths, strides."""
    return [0, 0, array.size, array.itemsize, array.ctypes.data, *array.shape, *array.strides]


def _reference(tables: tuple[Any, ...]) -> int:
    """Return the address of the descriptors of a group of tables, kept as long as its arrays live.

    If several threads meet the tables first, all get what the first of them has kept. Raises TypeError if they do
    not look like the sample.
    """
    key = tuple(map(id, tables))
    if key not in _references:
        name = type(tables).__name__
        for array, like in zip(tables, SAMPLES[name], strict=True):
            if array.dtype != like.dtype or array.ndim != like.ndim or not array.flags.c_contiguous:
                raise TypeError(f"a {name} has another array here: {array.ndim} dimensions of {array.dtype}")
        words = np.array([word for array in tables for word in _descriptor(array)], np.int64)
        gone = [weakref.ref(array, lambda _: _references.pop(key, None)) for array in tables]
        _references.setdefault(key, (words.ctypes.data, (words, gone)))
    return _references[key][0]


def _caller(address: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a Python function that calls the compiled one at an address."""
    kinds = [function.__annotations__[name] for name in inspect.signature(function).parameters]
    by_value = {name for name, example in SAMPLES.items() if isinstance(example[0], int)}
    types: list[Any] = []
    for kind in kinds:
        if kind in _ARRAYS:
            types += [ctypes.c_int64] * _WORDS
        elif kind in by_value:
            types += [ctypes.c_int64] * len(SAMPLES[kind])
        else:
            types.append(_NUMBERS.get(kind, ctypes.c_int64))
    native = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, *types)(address)
    result_of = _reader(function.__annotations__["return"])

    def call(*arguments: Any) -> Any:  # noqa: ANN401 - as the function says
        words: list[Any] = []
        arrays = []  # whose memory has to stay
        for kind, argument in zip(kinds, arguments, strict=True):
            if kind in _NUMBERS:
                words.append(argument)
            elif kind in _ARRAYS:
                arrays.append(np.ascontiguousarray(argument, _ARRAYS[kind]))
                words += _descriptor(arrays[-1])
            elif kind in by_value:
                words += argument
            else:
                words.append(_reference(argument))
        result, error = (ctypes.c_double * 8)(), ctypes.c_void_p()
        if native(ctypes.byref(result), ctypes.byref(error), *words):
            raise IndexError(f"{function.__name__}: an index is out of bounds")
        return result_of(result)

    return call


def _reader(kind: str) -> Callable[[Any], Any]:
    """Return a function that reads the result of an entry from its place, by its annotation."""
    if kind in SAMPLES:
        make, length = type(SAMPLES[kind]), len(SAMPLES[kind])
        return lambda result: make(*(ctypes.c_int64 * length).from_buffer(result))
    if kind.startswith("tuple[float"):
        length = kind.count(",") + 1
        return lambda result: tuple(result[:length])
    return {
        "None": lambda _: None,
        "int": lambda result: ctypes.c_int64.from_buffer(result).value,
        "float": lambda result: result[0],
        "bool": lambda result: bytes(result)[0] == 1,
    }[kind]


# What a caller in another language has to know.


def interface() -> dict[str, Any]:
    """Describe the program for callers in other languages, as JSON: its entries, and the groups of tables they take.

    entries: by name, the kinds of arguments and of the result. tables: by kind, name, bytes of an item and columns
    (name, type, offset; empty for plain numbers) of each array. numbers: by kind, the names of whole numbers that go
    one by one.
    """
    kinds = {name: function.__annotations__ for name, function in ENTRIES.items()}
    return {
        "entries": {name: {"takes": [*of.values()][:-1], "returns": of["return"]} for name, of in kinds.items()},
        "tables": {
            name: [_array(*one) for one in zip(example._fields, example, strict=True)]  # type: ignore[attr-defined]
            for name, example in SAMPLES.items()
            if isinstance(example[0], np.ndarray)
        },
        "numbers": {
            name: list(example._fields)  # type: ignore[attr-defined]
            for name, example in SAMPLES.items()
            if not isinstance(example[0], np.ndarray)
        },
    }


def _array(name: str, array: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Describe an array of a group."""
    columns = [[one, of.str, at] for one, (of, at, *_) in (array.dtype.fields or {}).items()]
    return {
        "name": name,
        "dimensions": array.ndim,
        "itemsize": array.itemsize,
        "type": array.dtype.str,
        "columns": columns,
    }
