"""A text into a file, all of it or nothing.

Rules that hold here
- A file appears under its name when it is whole; what was there before stays until then.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
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


def write_whole(file: Path, text: str) -> None:
    """Write a text as UTF-8, beside its place and then into it."""
    with tempfile.TemporaryDirectory(prefix=f".{file.name}-", dir=file.parent) as room:
        part = Path(room) / file.name
        part.write_text(text, encoding="utf-8")
        part.replace(file)
