"""The journals of classes: a folder that one studio holds, in it a file for each, a line for each thing.

    .negsim                       marks the folder as the studio's
    .lock                         the operating system's; it ends with the process that holds it
    CODE.journal                  a class: number, digest and content of each thing that happened
    CODE-ended.journal            a class that was over when its teacher began another
    CODE-damaged-DIGEST.journal   a journal as it was before it was repaired

- Other files in the folder are neither read nor changed. No journal is deleted: one is moved aside when another class
  begins, and only then.
- A line's digest covers its own bytes and the digest of the line before. A journal is good up to the first line that
  does not match its digest.
- A line is written before anybody sees its effect. So a last line that was cut off lost nothing that anybody saw.
- If a line cannot be written, nothing more ever is: the journal ends with the last whole line, and its file is made
  read-only, which takes no space, so that whoever opens it again knows that more happened.
- Only the user can read a journal: it has the secrets of people.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import filelock

from negsim.errors import NegsimError
from negsim.files import MARKER, claim_folder, unfinished, writing

_COMMAND, _LOCK = "studio", ".lock"
_NAME = re.compile(r"([A-Z2-9]+)\.journal")
_DIGITS = 16  # of a digest
_PRIVATE, _READ_ONLY = 0o600, 0o400
_AS_IT_IS = getattr(os, "O_BINARY", 0)  # on Windows; else a line's end would be two letters there
Entry = dict[str, Any]  # of a journal
_logger = logging.getLogger(__name__)


class _Contents(NamedTuple):
    """The contents of a journal's file."""

    lines: list[bytes]  # the good ones, each with its end
    entries: list[Entry]  # what they say
    is_damaged: bool  # whether more followed that is not a line which was cut off
    is_stopped: bool  # whether more happened that could not be written


def read_entries(file: Path) -> _Contents:
    """Read a journal's file up to the first line that does not match its digest. Raises OSError."""
    content, is_stopped = file.read_bytes(), not file.stat().st_mode & 0o200
    lines: list[bytes] = []
    entries: list[Entry] = []
    digest, at = "", 0
    while (end := content.find(b"\n", at) + 1) > 0:
        line = content[at:end]
        body = line[:-1].partition(b" ")[2].partition(b" ")[2]
        if line != _line(len(lines), digest, body):
            break
        digest, at = _digest(len(lines), digest, body), end
        lines.append(line)
        entries.append(json.loads(body))
    return _Contents(lines, entries, b"\n" in content[at:], is_stopped)


def _digest(number: int, before: str, body: bytes) -> str:
    return hashlib.sha256(f"{number} {before} ".encode() + body).hexdigest()[:_DIGITS]


def _line(number: int, before: str, body: bytes) -> bytes:
    """Write a line. before: the digest of the line before."""
    return f"{number} {_digest(number, before, body)} ".encode() + body + b"\n"


class Journal:
    """The journal of one class; without a file, nothing is kept."""

    def __init__(self, file: Path | None = None, lines: Sequence[bytes] = ()) -> None:
        self.file = file
        self.failure = ""  # why it can no longer be written, in the words of the system
        self._count, self._digest = len(lines), lines[-1].split(b" ")[1].decode() if lines else ""

    def note(self, what: str, **how: object) -> None:
        """Write down one thing, if nothing was left out before."""
        if self.file is None or self.failure:
            return
        body = json.dumps({"what": what, **how}, separators=(",", ":")).encode()
        try:
            self._append(self.file, _line(self._count, self._digest, body))
        except FileExistsError as error:
            self.stop(error)
            self.file = None  # it is another's
        except OSError as error:
            self.stop(error)
        else:
            self._digest = _digest(self._count, self._digest, body)
            self._count += 1

    def _append(self, file: Path, line: bytes) -> None:
        """Write a line whole, or leave the file as it is. Only the first line makes the file. Raises OSError."""
        make = 0 if self._count else os.O_CREAT | os.O_EXCL
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | make | _AS_IT_IS, _PRIVATE)
        try:
            before = os.lseek(descriptor, 0, os.SEEK_END)
            try:
                _write(descriptor, line)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(descriptor, before)
                raise
        finally:
            os.close(descriptor)

    def stop(self, error: OSError) -> None:
        """Write nothing more, and mark one's own file as stopped."""
        self.failure = error.strerror or str(error)
        _logger.warning("a journal is no longer kept: %s: %s", self.file, self.failure)
        if self.file is not None and not isinstance(error, FileExistsError):
            with suppress(OSError):
                self.file.chmod(_READ_ONLY)

    def put_aside(self) -> None:
        """Write nothing more, and keep the file under a name that is not opened again."""
        if self.file is not None:
            try:
                self.file.replace(self.file.with_name(f"{self.file.stem}-ended.journal"))
            except OSError as error:
                _logger.warning("the journal of a class that has ended stays: %s: %s", self.file, error.strerror)
            self.file = None


def _write(descriptor: int, content: bytes) -> None:
    """Write all of it. Raises OSError."""
    while content:
        content = content[os.write(descriptor, content) :]


def resumed(file: Path, contents: _Contents, count: int) -> Journal:
    """Resume a journal after its first `count` lines; if more followed, keep the old file beside it.

    If that cannot be written the file is left unchanged, and the journal is one that has stopped.
    """
    journal = Journal(file, lines := contents.lines[:count])
    try:
        content, good = file.read_bytes(), b"".join(lines)
        if contents.is_damaged or count < len(contents.lines):
            digest = hashlib.sha256(content).hexdigest()[:_DIGITS]
            _write_private(file.with_name(f"{file.stem}-damaged-{digest}.journal"), content)
        if content != good:
            _write_private(file, good)
        file.chmod(_PRIVATE)
    except OSError as error:
        journal.stop(error)
    return journal


def _write_private(file: Path, content: bytes) -> None:
    """Write a whole file that only the user can read, or leave it as it is. Raises OSError."""
    with unfinished(file.parent, f"{file.name}.new") as part:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _AS_IT_IS, _PRIVATE)
        try:
            _write(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        part.replace(file)


class Journals:
    """A folder of journals, locked against other studios until the process ends or releases it."""

    def __init__(self, folder: Path) -> None:
        """Lock a folder. Raises NegsimError if it holds other things or another studio has it."""
        claim_folder(folder, _COMMAND, is_own={MARKER, _LOCK}.__contains__)
        self.folder, self._lock = folder, filelock.FileLock(folder / _LOCK, timeout=0, mode=_PRIVATE)
        with writing(folder):
            try:
                self._lock.acquire()
            except filelock.Timeout:
                which = "end it, or name another folder with --rooms"
                raise NegsimError(f"{folder}: another studio keeps its journals in this folder; {which}") from None

    def new(self, code: str) -> Journal:
        """Make a journal for a class with a code."""
        return Journal(self.folder / f"{code}.journal")

    def files(self) -> Iterator[tuple[str, Path]]:
        """Yield the codes and files of what was open when a studio ended."""
        for file in sorted(self.folder.iterdir()):
            if (name := _NAME.fullmatch(file.name)) and file.is_file():
                yield name[1], file


def usual_folder(host: str, port: int) -> Path:
    """Return the folder beside which a class is kept at an address and port, unless the user names one."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state")
    return base / "negsim" / "rooms" / f"{re.sub(r'[^a-z0-9.-]', '_', host.lower())}_{port}"
