"""The one decorator through which negsim compiles: `kernel`, `allocating`, `inlined`.

- Compiled code is cached under a folder named after the *sources* it was made from, their place and their time, so an
  edit anywhere in the model, another installation, a bounds-checked run and an optimised run never share a cached file
  (numba itself looks at one file only), and a folder that has the kernels has them for this installation.
- A folder that cannot be written means no cache and one line on stderr, never a failure at import.
- A cached file that is damaged is made again, and one that finds no room on the disk is done without.
- With NUMBA_DISABLE_JIT=1 the same functions run as plain Python.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

Function = TypeVar("Function", bound=Callable[..., object])

_HERE = Path(__file__).parent


def cache_home() -> Path:
    """The user's cache folder for negsim (XDG_CACHE_HOME, else ~/.cache)."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "negsim"


@cache
def cache_folder() -> Path | None:
    """Where compiled kernels of exactly these sources are kept; None where nothing can be written."""
    digest = hashlib.sha256(f"{numba.__version__} {sys.version} {numba.config.BOUNDSCHECK} {numba.config.OPT}".encode())
    for source in sorted([*(_HERE / "negotiation").glob("*.py"), _HERE / "randomness.py", _HERE / "kernel.py"]):
        digest.update(f"{source} {source.stat().st_mtime_ns}".encode() + source.read_bytes())
    folder = cache_home() / digest.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        sys.stderr.write(f"negsim: compiled kernels are not kept: {problem}\n")
        return None
    return folder


class _Kept(FunctionCache):  # type: ignore[misc] # numba has no types
    """Compiled code of a function on disk, which may be damaged or full."""

    def load_overload(self, sig: object, target_context: object) -> object:
        """What is kept for a signature; None, so that it is compiled, where it cannot be read."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # noqa: BLE001 - damaged bytes make pickle raise anything
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: object, data: object) -> None:
        """Keep what was compiled for a signature, if there is room."""
        with suppress(OSError):
            super().save_overload(sig, data)


def _compile(function: Function, *, inline: str = "never", allocates: bool = False) -> Function:
    if numba.config.DISABLE_JIT:
        return function
    folder = cache_folder()
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = "" if folder is None else str(folder)
    try:
        compiled: Any = numba.njit(nogil=True, inline=inline, error_model="numpy", _nrt=allocates)(function)
        if folder is not None:
            compiled._cache = _Kept(function)  # noqa: SLF001 - numba's own cache fails with what it finds
    finally:
        numba.config.CACHE_DIR = before
    return cast("Function", compiled)


def kernel(function: Function) -> Function:
    """A rule compiled on first use, cached, and free of Python's global lock. It must not make arrays.

    Without arrays of its own a kernel needs no reference counts; counting those of a whole state at every call made
    the floor five times slower.
    """
    return _compile(function)


def allocating(function: Function) -> Function:
    """A kernel that makes arrays."""
    return _compile(function, allocates=True)


def inlined(function: Function) -> Function:
    """A small rule called once per delegate, written into its caller."""
    return _compile(function, inline="always")
