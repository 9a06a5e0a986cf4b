"""A results folder: parts as Parquet files, a manifest, a lock. The only user of DuckDB.

    manifest.json   the study, its resolved scenario, cells, cut, versions, its identity; when complete, every part
    parts/          LAYER-NUMBER-DIGEST.parquet, one row a run
    series/         the same for time series, one row a run and minute, where the study asks for them

Rules that hold here
- A file is written whole under another name, then renamed; what a killed sweep leaves is removed by the next one.
- A part's name carries a digest of its bytes and of the study's identity: a truncated, altered or foreign part does
  not answer to its name. No clock is read and no date of a file is trusted.
- One sweep at a time: the lock is the operating system's and ends with the process that holds it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import duckdb
import filelock
import pandas as pd

from negsim.errors import FailedError, NegsimError, shown
from negsim.files import check_entries, unfinished
from negsim.scenario.values import Json
from negsim.study.work import Columns

MANIFEST, LOCK, PARTS, SERIES = "manifest.json", ".lock", "parts", "series"
CALLED = ("title", "question", "scenario")  # words of a study that do not make it this one: its scenario is kept whole
TEMPORARY = ".unfinished-"
_PART = re.compile(r"(\d{3,}-\d{6,})-([0-9a-f]{20})\.parquet")
DIGITS = 20  # of the digest in a part's name
PARQUET = "(FORMAT parquet, COMPRESSION zstd)"
FORMAT = 1
Refused = duckdb.Error


class Found(NamedTuple):
    """Parts in a folder: sound ones by name, and the paths of files that are not what their names say."""

    sound: dict[str, Path]
    damaged: list[Path]


@contextmanager
def connect() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, with one thread: sums have one order, and so the same bits.

    ^C stops what it is doing and is an interrupt after it, and no error of the database's.
    """
    with duckdb.connect(":memory:", config={"threads": 1}) as database, _heard_after(database.interrupt):
        yield database


@contextmanager
def _heard_after(stop: Callable[[], object]) -> Iterator[None]:
    """Where ^C is heard: answer it with `stop`, and let it do what it does only at the end."""
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or usual is None:
        yield
        return
    heard = threading.Event()

    def hear(*_: object) -> None:
        heard.set()
        stop()

    signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        if heard.is_set():
            signal.raise_signal(signal.SIGINT)


def identity_of(content: Mapping[str, object]) -> str:
    """The digest of what makes a study this study and no other."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, allow_nan=False).encode()).hexdigest()


RULES = ("randomness.py", "negotiation/*.py", "scenario/**/*.py", "ensembles/*.csv")


def rules_digest() -> str:
    """The digest of the sources from which results follow: the model, and how a scenario becomes its tables."""
    package, digest = Path(str(resources.files("negsim"))), hashlib.sha256()
    for source in sorted(path for pattern in RULES for path in package.glob(pattern)):
        digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()[:16]


# -------------------------------------------------------------------------------------------------- files


def _write(folder: Path, write: Callable[[Path], object], name: Callable[[Path], str]) -> Path:
    """Let `write` fill a file in a folder, then give it the name that `name` makes from its content; its path.

    A file of that name stays until then. Raises FailedError where nothing can be written.
    """
    try:
        with unfinished(folder, f"{TEMPORARY}{os.getpid()}") as part:
            write(part)
            with part.open("rb") as file:
                os.fsync(file.fileno())
            return part.replace(folder / name(part))
    except (OSError, duckdb.IOException) as error:
        raise FailedError(f"{folder}: cannot be written to ({_reason(error)})") from None


def _reason(error: Exception) -> str:
    number = re.search(r'"errno":"(\d+)"', str(error))  # as DuckDB says it
    return os.strerror(int(number[1])) if number else str(getattr(error, "strerror", None) or error).splitlines()[0]


def write_manifest(folder: Path, content: Json) -> None:
    """Write the manifest of a results folder."""
    text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    _write(folder, lambda unfinished: unfinished.write_text(text, encoding="utf-8"), lambda _: MANIFEST)


def write_part(folder: Path, name: str, identity: str, columns: Columns) -> Path:
    """Write a part into a folder of parts; its path."""

    def write(unfinished: Path) -> None:
        with connect() as database:
            database.register("part", pd.DataFrame(columns, copy=False))
            database.execute(f"COPY (SELECT * FROM part) TO '{_quoted(unfinished)}' {PARQUET}")

    return _write(folder, write, lambda unfinished: f"{name}-{_digest(unfinished, name, identity)}.parquet")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _digest(path: Path, name: str, identity: str) -> str:
    """Of the bytes of a part, of what it is called and where it lies, and of the study."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(f"{path.parent.name}/{name} {identity}".encode())
    return digest.hexdigest()[:DIGITS]


def find_parts(folder: Path, identity: str) -> Found:
    """The parts in a folder of parts, each file read through and compared with its name.

    Raises NegsimError for what is called as no part is.
    """
    sound: dict[str, Path] = {}
    damaged = []
    for path in sorted(path for path in folder.glob("*.parquet") if not path.name.startswith(TEMPORARY)):
        named = _PART.fullmatch(path.name)
        if named is None or not path.is_file():
            raise NegsimError(f"{path}: is not a part of a study; move it elsewhere")
        if _digest(path, named[1], identity) == named[2]:
            sound[named[1]] = path
        else:
            damaged.append(path)
    return Found(sound, damaged)


def view(database: duckdb.DuckDBPyConnection, name: str, parts: Iterable[Path]) -> None:
    """Let a name stand for the rows of parts, in their order."""
    files = ", ".join(f"'{_quoted(path)}'" for path in sorted(parts))
    database.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{files}], union_by_name = true)")


def query(parts: Iterable[Path], sql: str, values: Sequence[object] = ()) -> pd.DataFrame:
    """What a query of `runs` gives, over the rows of parts."""
    with connect() as database:
        view(database, "runs", parts)
        return database.execute(sql, values).df()


def export(parts: Iterable[Path], order: str, path: Path, kind: str) -> None:
    """Write the rows of parts, in an order or as they come, as one file of a kind; whole or not at all."""
    form = {"csv": "(FORMAT csv, HEADER)", "parquet": PARQUET}[kind]

    def write(unfinished: Path) -> None:
        with connect() as database:
            view(database, "rows", parts)
            database.execute(f"COPY (SELECT * FROM rows {order}) TO '{_quoted(unfinished)}' {form}")

    _write(path.parent, write, lambda _: path.name)


# ----------------------------------------------------------------------------------------------- folders


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder against other sweeps. Raises NegsimError if another holds it or it holds other things."""
    check_results_folder(folder)
    try:
        for inner in (PARTS, SERIES):
            (folder / inner).mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / LOCK, timeout=0):
            for path in folder.rglob(f"{TEMPORARY}*"):
                path.unlink()
            yield
    except filelock.Timeout:
        raise NegsimError(f"{folder}: another sweep is at work in this folder; wait for it, or name another") from None


def check_results_folder(folder: Path) -> None:
    """Raise NegsimError unless the folder is new, empty or a results folder."""
    own, is_results = {MANIFEST, LOCK, PARTS, SERIES}, (folder / MANIFEST).exists()
    check_entries(folder, lambda name: is_results or name in own or name.startswith(TEMPORARY))


def read_manifest(folder: Path) -> Json:
    """The manifest of a results folder. Raises NegsimError if there is none, or it is damaged."""
    path = folder / MANIFEST
    if path.exists() and not path.is_file():
        raise NegsimError(_damaged(path))
    try:
        content: Json = json.loads(path.read_bytes())
        identity = identity_of(content["identifies"])
    except FileNotFoundError:
        raise NegsimError(f"{folder}: is no results folder (it has no {MANIFEST})") from None
    except OSError as error:
        raise NegsimError(f"{path}: cannot be read ({_reason(error)})") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NegsimError(_damaged(path)) from None
    if (form := content.get("format")) != FORMAT:
        raise NegsimError(f"{path}: is of format {shown(form)}, and this negsim reads {FORMAT}; name another folder")
    if identity != content.get("identity") or not _is_whole(content):
        raise NegsimError(_damaged(path))
    return content


def _is_whole(content: Json) -> bool:
    """Whether a manifest has what its identity does not cover."""
    complete, versions = content.get("complete", []), content.get("versions")
    return (
        all(isinstance(content.get(name), str) for name in CALLED)
        and isinstance(complete, list)
        and all(isinstance(name, str) for name in complete)
        and isinstance(versions, dict)
    )


def _damaged(path: Path) -> str:
    return f"{path}: is damaged; remove it and sweep again with the same study, which keeps the parts that are sound"
