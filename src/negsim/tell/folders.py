"""Folders that commands write: all or nothing, and nobody else's.

Rules that hold here
- A folder is written beside its place and renamed into it; an interrupted command leaves nothing behind.
- Only a folder that is new, empty or a command's own is replaced; its own it knows by a marker, or by what is in it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from negsim.errors import NegsimError


def check_place(folder: Path) -> None:
    """Raise NegsimError unless a folder could stand here."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise NegsimError(f"{folder}: is not a folder; name a new one")
    if Path.cwd().is_relative_to(folder.resolve()):
        raise NegsimError(f"{folder}: is where you are; name a new folder")


def check_own(folder: Path, marker: str, what: str) -> None:
    """Raise NegsimError unless the folder is new, empty or one with the marker; what: such a folder is."""
    check_place(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / marker).is_file():
        raise NegsimError(f"{folder}: holds other things than a {what}; name a new or an empty folder")


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """A folder to write into, which takes the place of `folder` at the end, or vanishes if that is not reached."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as room:
        part = Path(room) / "new"
        part.mkdir()
        yield part
        if folder.exists():
            folder.rename(Path(room) / "old")
        part.rename(folder)


@contextmanager
def added_to(folder: Path) -> Iterator[Path]:
    """A folder to write into, whose files are put into `folder` at the end, or vanish if that is not reached."""
    if folder.exists() and not folder.is_dir():
        raise NegsimError(f"{folder}: is not a folder")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".part-", dir=folder) as room:
        yield Path(room)
        for file in sorted(Path(room).iterdir()):
            file.replace(folder / file.name)
