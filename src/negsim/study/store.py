"""A results folder: parts as Parquet files, a manifest, a lock. The only user of DuckDB.

    study.yaml, scenario.yaml, columns.csv, README.md   what `archive` writes
    manifest.json   the study, its resolved scenario, cells, cut, versions, its identity; when complete, every part
    parts/          LAYER-NUMBER-DIGEST.parquet, one row a run; of a complete study packed: FIRST-to-LAST-DIGEST.parquet
    series/         the same for time series, one row a run and minute, where the study asks for them

- A file is written whole under another name, then renamed; what a killed sweep leaves is removed by the next one.
- A part's name carries a digest of its bytes and of the study's identity: a truncated, altered or foreign part does
  not match its name, and nor does such a pack, of which the sound parts are kept. No clock is read and no file date is
  trusted.
- One sweep at a time: the lock is the operating system's and ends with the process that holds it.
- A folder's name is only a name: `reading` finds neither columns (`cell=5`) nor patterns (`a*`) in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
import filelock

from negsim import signals
from negsim.errors import NegsimError, UnwritableError, literal, printable
from negsim.files import FORMULA, check_entries, plain_cell, unfinished, writing
from negsim.scenario.values import Json
from negsim.study import packs
from negsim.study.table import Columns, quoted
from negsim.study.work import FEWEST_RUNS

if TYPE_CHECKING:
    import pandas as pd

STUDY_FILE, ARCHIVED_SCENARIO, CODEBOOK_FILE, README_FILE = "study.yaml", "scenario.yaml", "columns.csv", "README.md"
MANIFEST_FILE, LOCK_FILE, PARTS_FOLDER, SERIES_FOLDER = "manifest.json", ".lock", "parts", "series"
_FILES = (MANIFEST_FILE, LOCK_FILE, STUDY_FILE, ARCHIVED_SCENARIO, CODEBOOK_FILE, README_FILE)
# Words of a study that do not make it this one: its scenario is kept whole.
LABEL_KEYS = ("title", "question", "scenario")
TEMPORARY = ".unfinished-"
_PACKED = "-to-"  # in the name of a pack
_PART = re.compile(r"(\d{3,}-\d{6,}(?:-to-\d{3,}-\d{6,})?)-([0-9a-f]{20})\.parquet")
DIGEST_DIGITS = 20  # of the digest in a part's name
_PARQUET = "(FORMAT parquet, COMPRESSION snappy)"
_VECTORS_AT_ONCE = 50  # of 2,048 rows
LAYOUT = 1
_OF_RULES = {"name", "digest"}  # what a manifest keeps of rules of one's own
Refused = duckdb.Error


class _StoredParts(NamedTuple):
    """Parts in a folder: files by the names of the sound parts in them, and files of other kinds."""

    sound: dict[str, Path]
    spare: list[Path]  # sound parts that a pack has, too
    damaged: list[Path]  # that are not what their names say
    foreign: list[Path]  # sound, of other studies

    def only(self, files: Collection[str]) -> _StoredParts:
        """Keep only the sound parts whose files have these names."""
        return self._replace(sound={name: path for name, path in self.sound.items() if path.name in files})


def _new_database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={"threads": 1})


@cache
def _database(_process: int) -> duckdb.DuckDBPyConnection:
    """Return the database of a process, because opening one takes longer than writing a part."""
    return _new_database()


@contextmanager
def connect(*, apart: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """Connect to a database in memory, with one thread: sums have one order, and so the same bits.

    A signal stops the current statement and surfaces as an interrupt, not as an error of the database. apart: use a
    database of its own, for statements that others wrote and files that may be damaged.
    """
    opened = _new_database() if apart else _database(os.getpid()).cursor()
    with opened as database, signals.deferred(database.interrupt):
        yield database


def identity_of(content: Mapping[str, object]) -> str:
    """Return the digest of what makes a study this study and no other.

    >>> identity_of({"seed": 7, "replications": 40}) == identity_of({"replications": 40, "seed": 7})
    True
    """
    return hashlib.sha256(json.dumps(content, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _write(
    folder: Path, write: Callable[[Path], object], name: Callable[[Path], str], place: Path | None = None
) -> Path:
    """Let `write` fill a file in a folder, then give it the name that `name` makes from its content; return its path.

    A file of that name stays until then. place: what to name in an error, if not the folder. Raises UnwritableError
    where nothing can be written.
    """
    try:
        with unfinished(folder, f"{TEMPORARY}{os.getpid()}") as part:
            write(part)
            with part.open("rb") as file:
                os.fsync(file.fileno())
            return part.replace(folder / name(part))
    except (OSError, duckdb.IOException) as error:
        raise UnwritableError(place or folder, _reason(error)) from None


def _reason(error: Exception) -> str:
    number = re.search(r'"errno":"(\d+)"', str(error))  # as DuckDB says it
    return os.strerror(int(number[1])) if number else str(getattr(error, "strerror", None) or error).splitlines()[0]


def write_manifest(folder: Path, content: Json) -> None:
    """Write the manifest of a results folder."""
    write_text(folder, MANIFEST_FILE, json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n")


def write_text(folder: Path, name: str, text: str) -> None:
    """Write a text into a results folder, under a name."""
    _write_bytes(folder, name, text.encode())


def _write_bytes(folder: Path, name: str, content: bytes) -> Path:
    return _write(folder, lambda unfinished: unfinished.write_bytes(content), lambda _: name)


def write_part(folder: Path, name: str, identity: str, columns: Columns) -> Path:
    """Write a part into a folder of parts and return its path."""

    def write(unfinished: Path) -> None:
        import pandas as pd  # noqa: PLC0415 - slow to load, and a finished study is opened without it

        typed = {
            name: pd.array(some, dtype="string") if some.dtype == object else some for name, some in columns.items()
        }
        with connect() as database:
            database.register("part", pd.DataFrame(typed, copy=False))  # texts are texts though none is given
            form = _PARQUET.replace(")", f", KV_METADATA {{identity: '{identity}'}})")
            database.execute(f"COPY (SELECT * FROM part) TO {_sql(unfinished)} {form}")

    return _named(folder, write, name, identity)


def _named(folder: Path, write: Callable[[Path], object], name: str, identity: str) -> Path:
    """Let `write` fill a file whose name is to carry the digest of its bytes, and return its path."""
    return _write(folder, write, lambda unfinished: f"{name}-{_digest(unfinished, name, identity)}.parquet")


def is_pack(part: Path) -> bool:
    """Return whether a file holds several parts."""
    return _PACKED in part.name


def pack(folder: Path, identity: str, parts: Mapping[str, Path]) -> dict[str, Path]:
    """Write the parts in a folder that are files of their own into packs, one if all have the same columns.

    parts: files by the names of the parts in them; so is what is returned. The files stay.
    """
    packed = dict(parts)
    loose = [(name, path) for name, path in sorted(parts.items()) if not is_pack(path)]
    for _, alike in groupby(loose, key=lambda one: packs.columns(one[1])):
        names, paths = zip(*alike, strict=True)
        write = partial(packs.write, parts=paths)
        packed |= dict.fromkeys(names, _named(folder, write, f"{names[0]}{_PACKED}{names[-1]}", identity))
    return packed


def copy_parts(folder: Path, out: Path, identity: str) -> None:
    """Copy the sound parts of a results folder into another, each as a file of its own, packed or not."""
    for inner in (PARTS_FOLDER, SERIES_FOLDER):
        for path in sorted({*find_parts(folder / inner, identity).sound.values()}):
            pieces = packs.pieces(path) if is_pack(path) else [(path.name, path.read_bytes)]
            for name, read in pieces:
                _write_bytes(out / inner, name, read())


def take_sound(damaged: Path, identity: str) -> dict[str, Path]:
    """Write the sound parts in a damaged pack as files of their own, and remove it; return the files by name."""
    folder, sound = damaged.parent, dict[str, Path]()
    for file, read in packs.pieces(damaged):
        part, named = read(), _PART.fullmatch(file)
        if named is not None and _digest_of(hashlib.sha256(part), f"{folder.name}/{named[1]}", identity) == named[2]:
            sound[named[1]] = _write_bytes(folder, file, part)
    damaged.unlink()
    return sound


def _sql(path: Path) -> str:
    """Return a path in SQL."""
    name = _name(path).replace("'", "''")
    return f"'{name}'"


def plain_column(name: str, kind: str) -> str:
    """Return a column in SQL with no cell or head that a spreadsheet reads as a formula, as `plain_cell` does."""
    column = quoted(name)
    value = f"CASE WHEN regexp_matches({column}, '{FORMULA}') THEN chr(39) || {column} ELSE {column} END"
    return f"{value if kind == 'VARCHAR' else column} AS {quoted(str(plain_cell(name)))}"


def _name(path: Path) -> str:
    """Return the whole name of a path in UTF-8, as DuckDB wants it in every locale. Raises NegsimError if it has none.

    A whole name starts with its root, so that `~` and `file:` stand for nothing else in it.
    """
    try:
        return os.fsencode(path.absolute()).decode()
    except UnicodeError:
        raise NegsimError(f"{printable(str(path))}: the name is not UTF-8; rename it or name another folder") from None


def _digest(path: Path, name: str, identity: str) -> str:
    with path.open("rb") as file:
        return _digest_of(hashlib.file_digest(file, "sha256"), f"{path.parent.name}/{name}", identity)


def _digest_of(content: hashlib._Hash, place: str, identity: str) -> str:
    content.update(f"{place} {identity}".encode())
    return content.hexdigest()[:DIGEST_DIGITS]


def find_parts(folder: Path, identity: str) -> _StoredParts:
    """Find the parts in a folder of parts, reading each file through and comparing it with its name.

    Raises NegsimError for a file whose name is not that of a part.
    """
    sound, packed = dict[str, Path](), dict[str, Path]()
    damaged, foreign = [], []
    for path in sorted(path for path in folder.glob("*.parquet") if not path.name.startswith(TEMPORARY)):
        named = _PART.fullmatch(path.name)
        if named is None or not path.is_file():
            raise NegsimError(f"{path}: is not a part of a study; move it elsewhere")
        if _digest(path, named[1], identity) == named[2]:
            if is_pack(path):
                packed |= {name[: -DIGEST_DIGITS - len("-.parquet")]: path for name, _ in packs.pieces(path)}
            else:
                sound[named[1]] = path
        elif _digest(path, named[1], _identity_within(path)) == named[2]:
            foreign.append(path)
        else:
            damaged.append(path)
    return _StoredParts(sound | packed, [sound[name] for name in sound.keys() & packed], damaged, foreign)


def _identity_within(path: Path) -> str:
    """Return the identity of the study to which a part says it belongs, "" if it does not say."""
    query = f"SELECT decode(value) AS identity FROM parquet_kv_metadata({_sql(path)}) WHERE decode(key) = 'identity'"
    try:
        with connect(apart=True) as database:
            row = database.execute(query).fetchone()
    except duckdb.Error:
        return ""
    return str(row[0]) if row else ""


def find_all_parts(folder: Path, identity: str) -> tuple[_StoredParts, _StoredParts]:
    """Find the parts of a folder, with runs and with series. Raises NegsimError for a sound one of another study."""
    runs, series = (find_parts(folder / inner, identity) for inner in (PARTS_FOLDER, SERIES_FOLDER))
    for path in (*runs.foreign, *series.foreign):
        raise NegsimError(f"{path}: is a sound part of another study; move it back to where it belongs")
    return runs, series


@contextmanager
def reading(*, apart: bool = False, **tables: Sequence[Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database with tables by name, each the rows of its parts in order; leave out tables without parts.

    The parts of a table lie in one folder. apart: as for `connect`.
    """
    with ExitStack() as stack:
        database = stack.enter_context(connect(apart=apart))
        for name, parts in tables.items():
            if parts:
                database.execute(f"CREATE TEMP VIEW {name} AS {stack.enter_context(_rows(parts))}")
        yield database


@contextmanager
def _answering(parts: Sequence[Path], query: str, values: Sequence[object]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Answer a query of `runs`, which begins with SELECT, over parts; a view would open each of them twice."""
    with _rows(parts) as rows, connect() as database:
        yield database.execute(f"WITH runs AS NOT MATERIALIZED ({rows}) {query}", values)


@contextmanager
def _rows(parts: Sequence[Path]) -> Iterator[str]:
    """Provide the query of the rows of parts, in order."""
    with _without_patterns(parts[0].parent) as folder:
        files = ", ".join(_sql(folder / path.name) for path in sorted({*parts}))
        yield f"SELECT * FROM read_parquet([{files}], union_by_name = true, hive_partitioning = false)"


@contextmanager
def _without_patterns(folder: Path) -> Iterator[Path]:
    """Provide a folder under a name in which DuckDB finds no pattern: its own, or that of a link to it.

    DuckDB knows no escape that works for every name, and no way to read a file without looking for patterns.
    """
    if not re.search(r"[*?[]", str(folder.absolute())):
        yield folder
        return
    with TemporaryDirectory() as temporary:
        link = Path(temporary) / "parts"
        link.symlink_to(folder.absolute())
        yield link


def rows_of(parts: Iterable[Path], query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Return the rows that a query of `runs` gives over parts."""
    with _answering([*parts], query, values) as answer:
        return answer.fetchall()


def gives(parts: Iterable[Path], which: str, columns: Columns) -> bool:
    """Return whether some rows of parts, in an order, are those of columns. which: what follows WHERE, in SQL."""
    import pandas as pd  # noqa: PLC0415

    with reading(runs=[*parts]) as database:
        stored = database.execute(f"SELECT * FROM runs WHERE {which}").df()
    made = pd.DataFrame(columns).reindex(index=stored.index, columns=stored.columns)  # parts may have columns of others
    return {*columns} <= {*stored} and bool(((stored == made) | (stored.isna() & made.isna())).all(axis=None))


def columns_of(parts: Sequence[Path], query: str, values: Sequence[object] = ()) -> Iterator[pd.DataFrame]:
    """Yield what a query of `runs` gives over parts, some rows at a time, in the order in which they are stored."""
    with _answering(parts, query, values) as answer:
        while len(some := answer.fetch_df_chunk(_VECTORS_AT_ONCE)):
            yield some


_NUMBERS = "TINYINT UTINYINT SMALLINT USMALLINT INTEGER UINTEGER BIGINT UBIGINT FLOAT DOUBLE"
_KINDS = {"BOOLEAN": "flag", "VARCHAR": "text"} | dict.fromkeys(_NUMBERS.split(), "number")


def kinds(parts: Sequence[Path]) -> dict[Path, dict[str, str]]:
    """Return the columns of every part, each by its kind: `number`, `flag`, `text` or `thing`.

    The parts lie in one folder. Raises NegsimError for a part that is not a table.
    """
    if not parts:
        return {}
    columns = "SELECT parse_filename(file_name), name, duckdb_type FROM parquet_schema([{}])"
    by_file: dict[str, dict[str, str]] = {}
    with _without_patterns(parts[0].parent) as folder, connect(apart=True) as database:
        try:
            rows = database.execute(columns.format(", ".join(_sql(folder / part.name) for part in parts))).fetchall()
        except duckdb.Error as error:
            if len(parts) == 1:
                raise NegsimError(f"{parts[0]}: is not a table of runs ({str(error).splitlines()[0]})") from None
            rows = []
    if not rows:
        return {part: kinds([part])[part] for part in parts}
    for file, name, of in rows:
        by_file.setdefault(file, {})[name] = _KINDS.get(str(of), "thing")
    return {part: dict(list(by_file[part.name].items())[1:]) for part in parts}  # the first stands for the table itself


def unsound(parts: Sequence[Path], conditions: Mapping[str, str]) -> list[str]:
    """Name the conditions that some row of parts does not meet; a condition that is NULL counts as met."""
    if not parts:
        return []
    holds = ", ".join(f"bool_and({condition})" for condition in conditions.values())
    with reading(runs=parts) as database:
        row = database.execute(f"SELECT {holds} FROM runs").fetchone() or ()
    return [name for name, hold in zip(conditions, row, strict=True) if hold is False]


def first_unsound(part: Path, name: str, condition: str) -> tuple[object] | None:
    """Return the value of a column in the first row of a part that does not meet a condition."""
    with reading(runs=[part]) as database:
        return database.execute(f"SELECT {quoted(name)} FROM runs WHERE NOT ({condition}) LIMIT 1").fetchone()


def export(parts: Sequence[Path], order: str, path: Path, kind: str) -> None:
    """Write the rows of parts, in an order or as they come, as one file of a kind; whole or not at all."""
    _name(path.parent)
    form = {"csv": "(FORMAT csv, HEADER)", "parquet": _PARQUET}[kind]

    def write(unfinished: Path) -> None:
        with reading(rows=parts) as database:
            columns = [(name, of) for name, of, *_ in database.execute("DESCRIBE rows").fetchall()]
            filled = _filled(database, columns)
            chosen = ", ".join(
                plain_column(name, of) if kind == "csv" else quoted(name) for name, of in columns if name in filled
            )
            database.execute(f"COPY (SELECT {chosen} FROM rows {order}) TO {_sql(unfinished)} {form}")

    _write(path.parent, write, lambda _: path.name, path)


def _filled(database: duckdb.DuckDBPyConnection, columns: Sequence[tuple[str, str]]) -> set[str]:
    """Return the names of the columns that have a value in some row, or of all where there are no rows."""
    floats = {"DOUBLE", "FLOAT"}
    counts = (
        f"count(nullif({quoted(name)}, 'nan'))" if of in floats else f"count({quoted(name)})" for name, of in columns
    )
    total, *some = database.execute(f"SELECT count(*), {', '.join(counts)} FROM rows").fetchone() or (0,)
    return {name for (name, _), number in zip(columns, some, strict=True) if number or not total}


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder against other sweeps. Raises NegsimError if another holds it or it holds other things."""
    check_results_folder(folder)
    for inner in (PARTS_FOLDER, SERIES_FOLDER):
        if (path := folder / inner).exists() and not path.is_dir():
            raise NegsimError(f"{path}: is a file, where the parts of a study are kept; move it elsewhere")
    if (path := folder / LOCK_FILE).is_dir():
        raise NegsimError(f"{path}: is a folder, where a sweep keeps a file; move it elsewhere")
    try:
        with writing(folder):
            for inner in (PARTS_FOLDER, SERIES_FOLDER):
                (folder / inner).mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / LOCK_FILE, timeout=0):
            for path in folder.rglob(f"{TEMPORARY}*"):
                if path.is_dir() and not path.is_symlink():
                    raise NegsimError(f"{path}: is a folder, where a sweep keeps a file; move it elsewhere")
                path.unlink()
            yield
    except filelock.Timeout:
        raise NegsimError(f"{folder}: another sweep is at work in this folder; wait for it, or name another") from None


def check_results_folder(folder: Path) -> None:
    """Raise NegsimError unless the folder is new, empty or a results folder, and its name is UTF-8."""
    _name(folder)
    own, is_results = {*_FILES, PARTS_FOLDER, SERIES_FOLDER}, (folder / MANIFEST_FILE).exists()
    check_entries(folder, lambda name: is_results or name in own or name.startswith(TEMPORARY))


def read_manifest(folder: Path) -> Json:
    """Read the manifest of a results folder.

    Raises NegsimError if there is none, it is damaged, or the name of the folder is not UTF-8.
    """
    _name(folder)
    path = folder / MANIFEST_FILE
    if path.exists() and not path.is_file():
        raise NegsimError(_damaged(path))
    try:
        content: Json = json.loads(path.read_bytes())
        identity = identity_of(content["identifies"])
    except FileNotFoundError:
        raise NegsimError(f"{folder}: is not a results folder (it has no {MANIFEST_FILE})") from None
    except NotADirectoryError:
        how = "`negsim study sweep` a study, or unpack an archive, and name the folder"
        raise NegsimError(f"{folder}: is a file; {how}") from None
    except OSError as error:
        raise NegsimError(f"{path}: cannot be read ({_reason(error)})") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NegsimError(_damaged(path)) from None
    if (form := content.get("format")) != LAYOUT:
        raise NegsimError(f"{path}: is of format {literal(form)}, and this negsim reads {LAYOUT}; name another folder")
    if identity != content.get("identity") or not _is_whole(content) or not _identifies(content["identifies"]):
        raise NegsimError(_damaged(path))
    return content


def _is_whole(content: Json) -> bool:
    """Return whether a manifest has the fields that its identity does not cover."""
    complete, versions = content.get("complete", []), content.get("versions")
    return (
        all(isinstance(content.get(name), str) for name in LABEL_KEYS)
        and isinstance(complete, list)
        and all(isinstance(name, str) for name in complete)
        and isinstance(versions, dict)
    )


def _identifies(what: object) -> bool:
    """Return whether the identifying content of a manifest is well formed; its readers check study and scenario."""
    parts = {"study": dict, "scenario": dict, "cells": list, "cut": dict, "rules": str}
    if not isinstance(what, dict) or not all(isinstance(what.get(name), kind) for name, kind in parts.items()):
        return False
    plugins, measures = what.get("plugins", {}), what.get("measures", {})
    if not isinstance(plugins, dict) or not all(isinstance(digest, str) for digest in plugins.values()):
        return False
    if not isinstance(measures, dict) or not all(isinstance(each, dict) for each in measures.values()):
        return False
    own = what.get("own_rules")
    if own is not None and not (isinstance(own, dict) and {*map(type, own.values())} == {str} and {*own} == _OF_RULES):
        return False
    cells, cut = what["cells"], what["cut"]
    numbers = {"cells": len(cells), "replications": what["study"].get("replications")}
    fewest = {"layer": 1, "part": FEWEST_RUNS}
    return (
        all(isinstance(cell, list) and not any(isinstance(value, dict | list) for value in cell) for cell in cells)
        and cut.keys() == numbers.keys() | fewest.keys()
        and all(type(number) is int for number in cut.values())
        and all(cut[name] == number for name, number in numbers.items())
        and all(cut[name] >= least for name, least in fewest.items())
    )


def _damaged(path: Path) -> str:
    return f"{path}: is damaged; remove it and sweep again with the same study, which keeps the parts that are sound"
