"""Packs: the parts of a study end to end in one Parquet file, so that a study that is complete has few files.

    PAR1  (name, size, part)...  footer  its length  PAR1

- A part is a Parquet file itself, and is kept in a pack byte by byte. The pack's own footer lists the rows of all
  parts, which must have the same columns; readers look only where the footer tells them to.
- So a pack that is damaged can be taken apart, and only what is damaged in it is lost.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

_MAGIC = b"PAR1"  # at both ends of a file, after the four bytes of the footer's length
_HEAD = re.compile(rb"\npart ([\w.-]{20,60}) (\d{12})\n")
# What says where in the file something is: paths of fields in a row group (parquet.thrift), by their numbers.
_OFFSETS = {(5,), (1, 2), (1, 4), (1, 6), (1, 3, 9), (1, 3, 10), (1, 3, 11), (1, 3, 14)}
_WHOLE_NUMBERS, _BINARY, _LISTS, _STRUCT = (4, 5, 6), 8, (9, 10), 12  # kinds in Thrift's compact protocol
_OTHER_SIZES = {3: 1, 7: 8}  # of a byte and a double; a flag is in its kind
_LONG_LIST = 15  # in the head of a list: its size is in a number of its own


class _Footer:
    """A footer that is copied value by value to `out`. move: what is added to its offsets."""

    def __init__(self, part: bytes) -> None:
        self.footer, self.at, self.move = part[-8 - int.from_bytes(part[-8:-4], "little") : -8], 0, 0
        self.out = bytearray()
        for _ in ("version", "columns"):
            self.value(self.take(1) & 15)

    def take(self, count: int) -> int:
        """Copy some bytes; return the first."""
        self.out += self.footer[self.at : self.at + count]
        self.at += count
        return self.footer[self.at - count]

    def number(self, path: tuple[int, ...] = ()) -> int:
        """Copy a number, an offset moved unless it is 0; return it as it was."""
        value = shift = 0
        while (byte := self.footer[self.at]) & 128:
            value, shift, self.at = value | (byte & 127) << shift, shift + 7, self.at + 1
        value, self.at = value | byte << shift, self.at + 1
        self.out += _number(value + 2 * self.move if value and path in _OFFSETS else value)  # the last bit is the sign
        return value

    def list_head(self) -> tuple[int, int]:
        """Copy the head of a list; return its size and the kind of its values."""
        head = self.take(1)
        return (head >> 4 if head >> 4 < _LONG_LIST else self.number()), head & 15

    def value(self, kind: int, path: tuple[int, ...] = ()) -> None:
        """Copy a value of a kind. path: the numbers of the fields that lead to it."""
        if kind in _WHOLE_NUMBERS:
            self.number(path)
        elif kind == _STRUCT:
            field = 0
            while head := self.take(1):
                field = field + (head >> 4) if head >> 4 else self.number() >> 1
                self.value(head & 15, (*path, field))
        elif kind in _LISTS:
            size, kind = self.list_head()
            for _ in range(size):
                self.value(kind, path)
        elif size := self.number() if kind == _BINARY else _OTHER_SIZES.get(kind, 0):
            self.take(size)


def _number(value: int) -> bytes:
    """Write a number as Thrift does: seven bits a byte, the last ones first."""
    return bytes([value & 127 | 128]) + _number(value >> 7) if value >> 7 else bytes([value])


def columns(part: Path) -> bytes:
    """Return what a part says of its columns."""
    return bytes(_Footer(part.read_bytes()).out)


def write(pack: Path, parts: Sequence[Path]) -> None:
    """Write a pack of parts that have the same columns."""
    rows, groups, of_groups = 0, 0, bytearray()
    with pack.open("wb") as file:
        file.write(_MAGIC)
        for path in parts:
            part = path.read_bytes()
            footer = _Footer(part)
            before = bytes(footer.out)
            file.write(b"\npart %s %012d\n" % (path.name.encode(), len(part)))
            footer.move = file.tell()
            file.write(part)
            footer.take(1)
            rows += footer.number() >> 1
            footer.take(1)
            size, kind = footer.list_head()
            groups, footer.out = groups + size, of_groups
            for _ in range(size):
                footer.value(kind)
        heads = b"\x16" + _number(2 * rows) + b"\x19" + bytes([_LONG_LIST << 4 | _STRUCT]) + _number(groups)
        whole = before + heads + of_groups + footer.footer[footer.at :]
        file.write(whole + len(whole).to_bytes(4, "little") + _MAGIC)


def pieces(pack: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the parts that can be found in a pack, sound or not: the file of each, and what reads its bytes."""
    if pack.stat().st_size == 0:
        return
    with pack.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = 0
        while head := _HEAD.search(content, at):
            at = head.end() + int(head[2])
            yield head[1].decode(), partial(content.__getitem__, slice(head.end(), at))
            if not _HEAD.match(content, at):  # it is the last one, or its size or the next head is damaged
                at = head.end()
