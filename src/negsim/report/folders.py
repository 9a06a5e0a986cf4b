"""Folders that commands write: all or nothing, and nobody else's.

Rules that hold here
- A folder is written beside its place and renamed into it; an interrupted command leaves nothing behind.
- Only a folder that is new, empty or negsim's own is replaced: everything in it is named by its `MARKER`.
- The marker also says which command wrote it; another command does not replace it. Older ones say nothing of it.
- Pictures are added to any folder, but replace none that the marker does not name.

Texts and tables into files, all of it or nothing.

Rules that hold here
- A file appears under its name when it is whole; what was there before stays until then.
- A link stays one: what it leads to is written. A device or a pipe is written into as it is.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from negsim.errors import NegsimError, shown

MARKER = ".negsim"  # names what was written into a folder, an entry a line, and by which command
WRITTEN_BY = "# written by negsim "


def check_free(folder: Path, command: str) -> None:
    """Raise NegsimError unless the folder is new, empty or written by this command."""
    _check_name(folder)
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise NegsimError(f"{folder}: is not a folder; name a new one")
    if Path.cwd().is_relative_to(folder.resolve()):
        raise NegsimError(f"{folder}: is where you are; name a new folder")
    there = {entry.name for entry in folder.iterdir()} if folder.exists() else set()
    said = _said(folder)
    if strange := sorted(there - {MARKER, *said} if said else there):
        raise NegsimError(f"{folder}: holds other things ({strange[0]}); name a new or an empty folder")
    wrote = _by(said)
    if wrote and wrote != command:
        raise NegsimError(f"{folder}: holds results of {wrote}; name another folder")


def _said(folder: Path) -> list[str]:
    """The lines of a folder's marker, none if it has none."""
    marker = folder / MARKER
    return marker.read_text(encoding="utf-8", errors="replace").splitlines() if marker.is_file() else []


def _by(said: list[str]) -> str:
    """The command that a marker names, empty if it names none."""
    return next((line.removeprefix(WRITTEN_BY) for line in said if line.startswith(WRITTEN_BY)), "")


def _mark(folder: Path, names: Iterable[str], command: str) -> None:
    """Say in a folder what was written into it, and by which command."""
    lines = [*sorted(names), f"{WRITTEN_BY}{command}"]
    (folder / MARKER).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _check_name(folder: Path) -> None:
    """Raise NegsimError for a name that no folder can have: too long, or through a link to itself or a file."""
    try:
        folder.lstat()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise NegsimError(f"{shown(str(folder))}: can be no folder ({error.strerror}); name another") from None


@contextmanager
def written_whole(folder: Path, command: str) -> Iterator[Path]:
    """A folder to write into, which takes the place of `folder` at the end, or vanishes if that is not reached.

    command: which one writes it. Raises NegsimError if the folder holds other things, or what another one wrote.
    """
    check_free(folder, command)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as room:
        part = Path(room) / "new"
        part.mkdir()
        yield part
        _mark(part, [entry.name for entry in part.iterdir()], command)
        _put(part, folder, Path(f"{room}-old"))


def _put(part: Path, folder: Path, aside: Path) -> None:
    """Put a folder in its place; what was there goes aside, and back if anything comes between."""
    try:
        if folder.exists():
            folder.rename(aside)
        part.rename(folder)
    finally:
        if aside.exists():
            aside.rename(part if folder.exists() else folder)


@contextmanager
def pictures_added_to(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    """A folder to draw into, whose files are put into `folder` at the end, or vanish if that is not reached.

    names: of the files. Raises NegsimError if one of that name is there which negsim did not write.
    """
    if folder.exists() and not folder.is_dir():
        raise NegsimError(f"{folder}: is not a folder")
    said, names = _said(folder), set(names)
    if strange := sorted(name for name in names.difference(said) if (folder / name).exists()):
        raise NegsimError(f"{folder / strange[0]}: is there and no picture of negsim's; name another folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as room:
        yield Path(room)
        folder.mkdir(exist_ok=True)
        held = {line for line in said if not line.startswith(WRITTEN_BY)}
        _mark(folder, held | names, _by(said) or "plot")
        for name in sorted(names):
            (Path(room) / name).replace(folder / name)


def check_file(file: Path, suffixes: Sequence[str]) -> None:
    """Raise NegsimError unless a file of such a kind can be written there."""
    if file.is_dir():
        raise NegsimError(f"{file}: is a folder; name a file, such as {file / f'report{suffixes[0]}'}")
    if not file.parent.is_dir():
        raise NegsimError(f"{file.parent}: no such folder; create it first")
    if file.suffix.lower() not in suffixes:
        raise NegsimError(f"{shown(str(file))}: has to end in {' or '.join(suffixes)}")


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """Where to write, beside a file; it becomes the file when the block ends well, and is gone when it does not."""
    if file.exists() and not file.is_file():
        yield file
        return
    real = Path(os.path.realpath(file))
    part = real.with_name(f".{os.getpid()}-{real.name}")
    try:
        yield part
        part.replace(real)
    finally:
        part.unlink(missing_ok=True)


def write_whole(file: Path, text: str) -> None:
    """Write a text as UTF-8."""
    with whole(file) as part:
        part.write_text(text, encoding="utf-8")


def write_table(file: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as CSV."""
    with whole(file) as part, part.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
