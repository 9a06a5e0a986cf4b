"""Texts and tables into files, all of it or nothing.

Rules that hold here
- A file appears under its name when it is whole; what was there before stays until then.
- A link stays one: what it leads to is written. A device or a pipe is written into as it is.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from negsim.errors import NegsimError, shown


def check_file(file: Path, suffixes: Sequence[str]) -> None:
    """Raise NegsimError unless a file of such a kind can be written there."""
    if file.is_dir():
        raise NegsimError(f"{file}: is a folder; name a file, such as {file / f'report{suffixes[0]}'}")
    if not file.parent.is_dir():
        raise NegsimError(f"{file.parent}: is no folder; make it first")
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
