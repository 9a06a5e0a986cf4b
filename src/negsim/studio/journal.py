"""What happens in a room, a line for each thing, on disk as it comes; so a room goes on after the server was ended.

- A run follows from its variant and from what people did, so that is all that has to be kept.
- The files hold people's secrets. Only the user who runs the studio may read them.
- A line that was cut off is left out; what is written down after the next start has lines of its own.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from negsim.errors import FailedError

Entry = dict[str, Any]
LIFE = 24 * 3600.0  # seconds that a journal is kept after its last line


class Journal:
    """The journal of one room; without a file, nothing is kept."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file

    def note(self, what: str, **how: object) -> None:
        """Write down one thing."""
        if self.file is not None:
            self._write(self.file, json.dumps({"what": what, **how}, separators=(",", ":")))

    def _write(self, file: Path, line: str) -> None:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as stream:
            stream.write(f"{line}\n")

    def entries(self) -> Iterator[Entry]:
        """What was written down, in order."""
        if self.file is not None:
            text = self.file.read_text(encoding="ascii")
            if not text.endswith("\n"):
                self._write(self.file, "")  # so that what comes next has a line of its own
            for line in text.splitlines():
                with suppress(ValueError):
                    yield json.loads(line)

    def drop(self) -> None:
        """Forget everything."""
        if self.file is not None:
            self.file.unlink(missing_ok=True)
            self.file = None


class Journals:
    """The journals of a studio, one file for each room. Without a folder, nothing is kept."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        if folder is not None:
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise FailedError(f"{folder}: rooms cannot be kept here ({error.strerror})") from None

    def of(self, code: str) -> Journal:
        """The journal of a room."""
        return Journal(None if self.folder is None else self.folder / f"{code}.jsonl")

    def all(self) -> Iterator[Journal]:
        """The journals of rooms that were open when the server ended; old ones are deleted."""
        for file in [] if self.folder is None else sorted(self.folder.glob("*.jsonl")):
            with suppress(OSError):
                if time.time() - file.stat().st_mtime < LIFE:
                    yield Journal(file)
                else:
                    file.unlink()


def usual_folder(port: int) -> Path:
    """Where the rooms of a studio on a port are kept, if the user names no folder."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state")
    return base / "negsim" / "rooms" / str(port)
