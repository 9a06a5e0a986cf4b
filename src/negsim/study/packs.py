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

_MAGIC, _TAIL = b"PAR1", 8  # at both ends; bytes of the length and the magic
_HEAD = re.compile(rb"\npart ([\w.-]{20,60}) (\d{12})\n")
# What says where in the file something is: paths of fields in a row group (parquet.thrift), by their numbers.
_OFFSETS = {(5,), (1, 2), (1, 4), (1, 6), (1, 3, 9), (1, 3, 10), (1, 3, 11), (1, 3, 14)}
_WHOLE_NUMBERS, _BINARY, _LISTS, _STRUCT = (4, 5, 6), 8, (9, 10), 12  # kinds in Thrift's compact protocol
_OTHER_SIZES = {3: 1, 7: 8}  # of a byte and a double; a flag is in its kind
_LONG = 15  # in the head of a list: its size is in a number of its own
_SEVEN_BITS = 127


class _Copy:
    """A footer that is copied value by value. move: what is added to offsets."""

    def __init__(self, footer: bytes) -> None:
        self.footer, self.move, self.at, self.out = footer, 0, 0, bytearray()

    def take(self, count: int) -> bytes:
        """Copy some bytes."""
        taken = self.footer[self.at : self.at + count]
        self.at += count
        self.out += taken
        return taken

    def number(self, path: tuple[int, ...] = ()) -> int:
        """Copy a number, an offset moved, unless it is 0; return it as it was."""
        value = shift = 0
        while (byte := self.footer[self.at]) > _SEVEN_BITS:
            value |= (byte & _SEVEN_BITS) << shift
            shift += 7
            self.at += 1
        self.at += 1
        value |= byte << shift
        self.out += _number(value + 2 * self.move if value and path in _OFFSETS else value)  # the last bit is the sign
        return value

    def list_head(self) -> tuple[int, int]:
        """Copy the head of a list; return its size and the kind of its values."""
        head = self.take(1)[0]
        return (head >> 4 if head >> 4 < _LONG else self.number()), head & 15

    def value(self, kind: int, path: tuple[int, ...] = ()) -> None:
        """Copy a value of a kind. path: the numbers of the fields that lead to it."""
        if kind in _WHOLE_NUMBERS:
            self.number(path)
        elif kind == _BINARY:
            self.take(self.number())
        elif kind in _LISTS:
            size, kind = self.list_head()
            for _ in range(size):
                self.value(kind, path)
        elif kind == _STRUCT:
            field = 0
            while head := self.take(1)[0]:
                field = field + (head >> 4) if head >> 4 else self.number() >> 1
                self.value(head & 15, (*path, field))
        else:
            self.take(_OTHER_SIZES.get(kind, 0))


def _number(value: int) -> bytes:
    """Write a number as Thrift does."""
    written = bytearray()
    while value > _SEVEN_BITS:
        written.append(value & _SEVEN_BITS | 128)
        value >>= 7
    return bytes((*written, value))


def _copied_columns(part: Path) -> _Copy:
    """Copy the footer of a part as far as its columns, which come first."""
    with part.open("rb") as file:
        file.seek(-_TAIL, 2)
        size = int.from_bytes(file.read(4), "little")
        file.seek(-_TAIL - size, 2)
        copy = _Copy(file.read(size))
    for _ in ("version", "schema"):
        copy.value(copy.take(1)[0] & 15)
    return copy


def columns(part: Path) -> bytes:
    """Return what the footer of a part says of its columns."""
    return bytes(_copied_columns(part).out)


def write(pack: Path, parts: Sequence[Path]) -> None:
    """Write a pack of parts that have the same columns."""
    rows, groups, of_groups = 0, 0, bytearray()
    with pack.open("wb") as file:
        file.write(_MAGIC)
        for path in parts:
            part, copy = path.read_bytes(), _copied_columns(path)
            before = bytes(copy.out)
            file.write(b"\npart %s %012d\n" % (path.name.encode(), len(part)))
            copy.move = file.tell()
            file.write(part)
            copy.take(1)
            rows += copy.number() >> 1
            copy.take(1)
            size, kind = copy.list_head()
            groups += size
            copy.out = of_groups
            for _ in range(size):
                copy.value(kind)
        after = copy.footer[copy.at :]
        heads = b"\x16" + _number(2 * rows) + b"\x19" + bytes([_LONG << 4 | _STRUCT]) + _number(groups)
        footer = before + heads + of_groups + after
        file.write(footer + len(footer).to_bytes(4, "little") + _MAGIC)


def pieces(pack: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the parts that can be found in a pack, sound or not: the file of each, and what reads its bytes."""
    if pack.stat().st_size == 0:
        return
    with pack.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = 0
        while head := _HEAD.search(content, at):
            at = head.end() + int(head[2])
            yield head[1].decode(), partial(_cut, content, head.end(), at)
            if not _HEAD.match(content, at):  # it is the last one, or its size or the next head is damaged
                at = head.end()


def _cut(content: mmap.mmap, start: int, end: int) -> bytes:
    return content[start:end]
