"""Folders that commands write: all or nothing, and nobody else's.

Rules that hold here
- A folder is written beside its place and renamed into it; an interrupted command leaves nothing behind.
- Only a folder that is new, empty or negsim's own is replaced: everything in it is named by its `MARKER`.
- The marker also says which command wrote it; another command does not replace it. Older ones say nothing of it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
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
    marker = folder / MARKER
    said = marker.read_text(encoding="utf-8", errors="replace") if marker.is_file() else ""
    if strange := sorted(there - {MARKER, *said.splitlines()} if said else there):
        raise NegsimError(f"{folder}: holds other things ({strange[0]}); name a new or an empty folder")
    wrote = re.search(rf"^{WRITTEN_BY}(\S+)$", said, re.MULTILINE)
    if wrote and wrote[1] != command:
        raise NegsimError(f"{folder}: holds results of {wrote[1]}; name another folder")


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
        lines = [*sorted(entry.name for entry in part.iterdir()), f"{WRITTEN_BY}{command}"]
        (part / MARKER).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
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
def pictures_added_to(folder: Path) -> Iterator[Path]:
    """A folder to draw into, whose files are put into `folder` at the end, or vanish if that is not reached."""
    if folder.exists() and not folder.is_dir():
        raise NegsimError(f"{folder}: is not a folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as room:
        yield Path(room)
        folder.mkdir(exist_ok=True)
        for file in sorted(Path(room).iterdir()):
            file.replace(folder / file.name)
