"""Write files and folders completely or not at all, and never over somebody else's work.

- A file or a folder is written into a temporary folder beside its place and then renamed; an interrupted command leaves
  nothing behind, and the previous version stays until the new one is complete.
- A writer locks its temporary folder. Nobody locks what a killed command left, and the next one for the same place
  removes it.
- A link stays a link: the file that it leads to is replaced. A device or a pipe is written into.
- A folder is replaced only if it is new, empty or negsim's own: `MARKER` in it names every entry, and the command that
  wrote them. Another command does not replace it.
- Pictures can be added to any folder, but they replace only pictures that its marker names.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from negsim import signals
from negsim.errors import MOST_LETTERS, NegsimError, UnwritableError, encodable, literal

if sys.platform != "win32":
    import fcntl

MARKER = ".negsim"  # names what negsim wrote into a folder, an entry a line, and the command
HELD = ".negsim-writes"  # in a temporary folder: locked while the process that writes into it lives
_WRITTEN_BY = "# written by negsim "

Table = tuple[list[str], Iterator[list[object]]]  # header and rows, as `write_table` takes them


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Raise UnwritableError, with the place that was asked for, if something in the block cannot be written."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, UnwritableError) as error:
        reason = error.reason if isinstance(error, UnwritableError) else error.strerror or str(error)
        raise UnwritableError(encodable(str(place)), reason) from None


@contextmanager
def unfinished(folder: Path, name: str) -> Iterator[Path]:
    """Provide a path in a folder to write a file to; the file is removed at the end unless it was renamed."""
    path = folder / name
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def whole_file(file: Path) -> Iterator[Path]:
    """Provide a path for the content of a file, which takes the file's place when the block ends without an error."""
    with writing(file):
        if file.exists() and not file.is_file():
            yield file
            return
        real = Path(os.path.realpath(file))
        with _beside(real) as temporary:
            part = temporary / real.name
            yield part
            part.replace(real)


def write_text(file: Path, text: str) -> None:
    """Write a text as UTF-8; what UTF-8 cannot hold, as in some names of files, becomes escapes."""
    with whole_file(file) as part:
        part.write_text(text, encoding="utf-8", errors="backslashreplace")


def write_table(file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as CSV, with its texts treated as by `write_text` and `plain_cell`."""
    with whole_file(file) as part, part.open("w", newline="", encoding="utf-8", errors="backslashreplace") as stream:
        _write_rows(stream, header, rows)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as `write_table` writes it."""
    stream = io.StringIO(newline="")
    _write_rows(stream, header, rows)
    return stream.getvalue()


def _write_rows(stream: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    writer = csv.writer(stream)
    writer.writerow(map(plain_cell, header))
    writer.writerows([plain_cell(value) for value in row] for row in rows)


def check_file(file: Path, suffixes: Sequence[str] = ()) -> None:
    """Raise NegsimError unless a file can be written there. suffixes: those allowed; none allows any."""
    _check_name(file, "file")
    if file.is_dir():
        example = f", such as {file / f'report{suffixes[0]}'}" if suffixes else ""
        raise NegsimError(f"{file}: is a folder; name a file{example}")
    _check_link(file, Path(os.path.realpath(file)).parent)
    if not file.parent.is_dir():
        raise NegsimError(f"{file.parent}: no such folder; create it first")
    if suffixes and file.suffix.lower() not in suffixes:
        raise NegsimError(f"{literal(str(file))}: has to end in {' or '.join(suffixes)}")
    if file.is_file() or not file.exists():
        _check_writable(file, Path(os.path.realpath(file)))


def check_folder(folder: Path, command: str) -> None:
    """Raise NegsimError unless the folder is new, empty or written by this command."""
    _check_name(folder)
    if folder.is_symlink():
        raise NegsimError(f"{folder}: is not a folder; name a new one")
    if Path.cwd().is_relative_to(folder.resolve()):
        what = "is" if folder.resolve() == Path.cwd() else "holds"
        raise NegsimError(f"{folder}: {what} the current folder; name a new one")
    entries, writer = _marker(folder)
    own = {MARKER, *entries} if entries or writer else set()
    check_entries(folder, own.__contains__)
    if writer and writer != command:
        raise NegsimError(f"{folder}: holds results of {writer}; name another folder")
    _check_writable(folder, folder)


def check_pictures(folder: Path, names: Iterable[str] = ()) -> None:
    """Raise NegsimError unless pictures can be added to a folder. names: of their files."""
    _check_name(folder)
    _check_link(folder, folder)
    if folder.exists() and not folder.is_dir():
        raise NegsimError(f"{folder}: is not a folder")
    entries, _ = _marker(folder)
    if strange := sorted(name for name in set(names) - entries if (folder / name).exists()):
        raise NegsimError(f"{folder / strange[0]}: exists and was not written by negsim; name another folder")
    _check_writable(folder, folder)


def claim_folder(folder: Path, command: str, *, is_own: Callable[[str], bool]) -> None:
    """Make and mark a folder for a command to keep things in while it runs; a new one is private to the user.

    is_own: whether a name may be there before the marker. Its marker names the command and no entries: whatever else is
    put there later is left alone. Raises NegsimError unless the folder is new, empty or marked by this command.
    """
    _check_name(folder)
    with writing(folder):
        _, writer = _marker(folder)
        if writer and writer != command:
            raise NegsimError(f"{folder}: holds results of {writer}; name another folder")
        if not writer:
            check_entries(folder, is_own)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _mark(folder, [], command)


def check_entries(folder: Path, is_own: Callable[[str], bool]) -> None:
    """Raise NegsimError unless a folder is new or empty, or all names in it are the writer's own."""
    _check_link(folder, folder)
    if folder.exists() and not folder.is_dir():
        raise NegsimError(f"{folder}: is not a folder; name a new one")
    names = sorted(entry.name for entry in folder.iterdir()) if folder.exists() else []
    strange = next((name for name in names if not is_own(name)), None)
    if strange is not None:
        raise NegsimError(f"{folder}: holds other things ({strange}); name a new or an empty folder")


def _check_link(link: Path, needed: Path) -> None:
    """Raise NegsimError for a link that leads through something that does not exist."""
    if link.is_symlink() and not needed.exists():
        raise NegsimError(f"{link}: is a link to {link.readlink()}, which does not exist; create it, or name another")


def _check_name(place: Path, what: str = "folder") -> None:
    """Raise NegsimError for a name that nothing can have: too long, or through a link to itself or a file."""
    try:
        place.lstat()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise NegsimError(f"{literal(str(place))}: cannot be a {what} ({error.strerror}); name another") from None


def _check_writable(place: Path, real: Path) -> None:
    """Raise UnwritableError unless files can be made beside the real place, or where its folder will be."""
    with writing(place), tempfile.TemporaryFile(dir=next(folder for folder in real.parents if folder.is_dir())):
        pass


@contextmanager
def whole_folder(folder: Path, command: str) -> Iterator[Path]:
    """Provide a folder to write into, which takes the place of `folder` when the block ends without an error.

    command: the one that writes it. Raises NegsimError if the folder holds other things, or results of another command.
    """
    check_folder(folder, command)
    with writing(folder), _beside_new(folder) as temporary:
        part = temporary / "new"
        part.mkdir()
        yield part
        _mark(part, [entry.name for entry in part.iterdir()], command)
        _swap(part, folder, Path(f"{temporary}-old"))


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """Provide a temporary folder beside a place, locked until the block ends; no signal interrupts its removal."""
    begin = f".{place.name[:MOST_LETTERS]}-"
    _remove_left(place.parent, begin)
    temporary = tempfile.TemporaryDirectory(prefix=begin, dir=place.parent)
    try:
        with _held(Path(temporary.name)):
            yield Path(temporary.name)
    finally:
        with signals.deferred():
            temporary.cleanup()


def _beside_new(folder: Path) -> AbstractContextManager[Path]:
    """Provide a temporary folder beside one whose parent may not exist yet."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return _beside(folder)


@contextmanager
def _held(temporary: Path) -> Iterator[None]:
    """Lock a temporary folder, if the system can; the lock ends with this process, whatever ends it."""
    with (temporary / f"{HELD}-soon").open("wb") as file:
        if _lock(file):  # before it has its name, so that nobody takes it for a lock without a holder
            (temporary / f"{HELD}-soon").replace(temporary / HELD)
        yield


def _remove_left(folder: Path, begin: str) -> None:
    """Remove the temporary folders that nobody locks any more. begin: of their names."""
    with suppress(OSError):  # a folder may be one to write into and not to read
        for left in [entry for entry in folder.iterdir() if entry.name.startswith(begin)]:
            lock = left / HELD
            if left.is_symlink() or lock.is_symlink() or not lock.is_file():
                continue
            with suppress(OSError), lock.open("rb") as file:
                if _lock(file):
                    shutil.rmtree(left)


def _lock(file: BinaryIO) -> bool:
    """Lock a file if nobody has; return whether that was possible."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _swap(part: Path, folder: Path, aside: Path) -> None:
    """Put a folder in its place; the old one is moved aside, and comes back if anything goes wrong in between."""
    try:
        if folder.exists():
            folder.rename(aside)
        part.rename(folder)
    finally:
        if aside.exists():
            aside.rename(part if folder.exists() else folder)


@contextmanager
def add_pictures(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    """Provide a folder for pictures, which are moved to `folder` when the block ends without an error.

    names: of the files. Raises NegsimError if a file of that name exists that negsim did not write.
    """
    names = set(names)
    check_pictures(folder, names)
    entries, writer = _marker(folder)
    with writing(folder), _beside_new(folder) as temporary:
        yield temporary
        folder.mkdir(exist_ok=True)
        _mark(folder, entries | names, writer or "plot")
        for name in sorted(names):
            (temporary / name).replace(folder / name)


def _marker(folder: Path) -> tuple[set[str], str]:
    """Return the entries that a folder's marker names, and the command that wrote them; nothing without a marker."""
    marker = folder / MARKER
    lines = os.fsdecode(marker.read_bytes()).splitlines() if marker.is_file() else []
    entries = {line for line in lines if not line.startswith(_WRITTEN_BY)}
    return entries, next((line.removeprefix(_WRITTEN_BY) for line in lines if line not in entries), "")


def _mark(folder: Path, names: Iterable[str], command: str) -> None:
    lines = [*sorted(names), f"{_WRITTEN_BY}{command}"]
    (folder / MARKER).write_bytes(os.fsencode("".join(f"{line}\n" for line in lines)))


_BLANK = (  # letters that show nothing, which some spreadsheets drop: white space, controls, formats, fillers
    r"\x00-\x20\x7f-\xa0\xad"
    "\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f"
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_SIGNS = (  # plain, wide, small, raised and lowered
    r"=+\-@"
    "\uff1d\ufe66\u207c\u208c\u2a75\u2a76\uff0b\ufe62\u207a\u208a\ufb29\uff0d\ufe63\u207b\u208b\u2212\uff20\ufe6b"
)
FORMULA = rf"^([\t\r\n]|[{_BLANK}]*[{_SIGNS}])"  # as Python and DuckDB both read it
_formula = re.compile(FORMULA)


def plain_cell(value: object) -> object:
    """Return a value for a CSV file that no spreadsheet reads as a formula; NaN, which does not apply, is empty.

    >>> plain_cell("=1+1"), plain_cell(-0.5), plain_cell(math.nan)
    ("'=1+1", -0.5, '')
    """
    if isinstance(value, float) and math.isnan(value):
        return ""
    return f"'{value}" if isinstance(value, str) and _formula.match(value) else value
