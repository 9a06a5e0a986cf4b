"""Read YAML text into plain values, each with its place, and follow paths into them; the only user of PyYAML.

- Values follow the YAML 1.2 core schema: `NO`, `yes` and `2011-03-25` are texts; `1e-3`, `0o17` and `010` are numbers
  (0.001, 15, 10); only true and false are flags. Numbers are finite and short.
- Every space is read as a plain one, a no-break space before a colon too: names that look alike are the same name.
- Only dicts, lists, texts, numbers, flags and None are constructed. Size, depth and aliases are bounded.
- Reading goes on after a problem wherever it can, so that all problems of a file are reported at once.
- A long text is read by libyaml if PyYAML has it, which is ten times as fast. Texts that it refuses, and texts with one
  of the few letters that it reads differently, are left to PyYAML's own reader: a file means the same everywhere.
- A path, as `basis`, `--set` and messages write it (`process.meetings.Geneva.days`), has keys as its steps; items of a
  list go by number from 0, or by their `name`. A name may hold dots; the longest name that fits is taken.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import yaml

from negsim.errors import Mark, Problem, ScenarioError, did_you_mean, literal, printable

Plain = Any  # a scalar, a list of plain data, or a dict of it with texts as keys
Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """Write a path as messages, `basis` and `--set` do."""
    return ".".join(str(part) for part in path)


_NO_TEXTS: dict[str, bool | None] = {
    **dict.fromkeys(("null", "Null", "NULL", "~", "")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_MOST_DIGITS = 40


def scalar(text: str) -> str | int | float | bool | None:
    """Return the value of a plain scalar in the YAML 1.2 core schema; `ValueError` says what cannot be held.

    >>> [scalar(text) for text in ("NO", "1e-3", "0o17", "true", "~", "2011-03-25")]
    ['NO', 0.001, 15, True, None, '2011-03-25']
    """
    if text in _NO_TEXTS:
        return _NO_TEXTS[text]
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a finite number")
    if _INTEGER.fullmatch(text) or FLOAT.fullmatch(text):
        return _number(text)
    return text


def _number(text: str) -> int | float:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"{text[:12]}... has more than {_MOST_DIGITS} digits")
    if _INTEGER.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return number


MOST_BYTES = 2**20
MOST_DEPTH = 40
_MOST_ALIASES = 100
MOST_VALUES = 100_000  # aliases spelt out

_PLAIN_SPACES = dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")  # Unicode's others

_LIBYAML: Any = getattr(yaml, "CSafeLoader", None)
_LONG_TEXT = 2**15  # letters, which PyYAML's own reader takes a quarter of a second for
_READ_OTHERWISE = re.compile("[\t?!\ufeff]")  # by libyaml: it takes some that PyYAML refuses, or counts other columns

_Event = Any  # one of PyYAML's events; its stubs do not say what they hold

_TAG = "tag:yaml.org,2002:"
_CORE = ("null", "bool", "int", "float", "str", "map", "seq")


class FileKind(NamedTuple):
    """The kind of file expected, for messages: its name, and how one starts."""

    name: str
    start: str


SCENARIO_FILE = FileKind("scenario", "format: 1")


class Document(NamedTuple):
    """One text, read: its plain value, the place of every key and value, and the problems with it."""

    name: str
    data: Plain
    values: dict[Path, Mark]
    keys: dict[Path, Mark]
    problems: list[Problem]


def parse(text: str, name: str, form: FileKind = SCENARIO_FILE) -> Document:
    """Parse a text into a document; raises `ScenarioError` only if nothing sensible can be read on."""
    text = text.translate(_PLAIN_SPACES)
    if len(text) > _LONG_TEXT and _LIBYAML is not None and not _READ_OTHERWISE.search(text):
        with suppress(yaml.YAMLError, ValueError, OverflowError):
            return _Reader(name, form).document(text, _LIBYAML)
    reader = _Reader(name, form)
    try:
        return reader.document(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        unclosed = error.context == "while scanning a quoted scalar"
        raise reader.stop(error.context_mark if unclosed else error.problem_mark, _explain(error)) from None
    except yaml.reader.ReaderError as error:
        before, code = text[: error.position], error.character
        where = Mark(name, before.count("\n") + 1, error.position - before.rfind("\n"))
        code = code if isinstance(code, int) else ord(code)
        raise reader.stop(where, f"the character U+{code:04X} cannot stand in a scenario; remove it") from None
    except (ValueError, OverflowError):  # PyYAML on escapes such as "\UFFFFFFFF"
        raise reader.stop(None, "this escape stands for no character") from None


def decode(raw: bytes, name: str, form: FileKind = SCENARIO_FILE) -> str:
    """Decode the bytes of a file: UTF-8, with or without a byte order mark."""
    whole = Mark(name)
    if len(raw) > MOST_BYTES:
        raise ScenarioError([Problem(whole, "", f"larger than {MOST_BYTES // 2**20} MiB; not a {form.name}")])
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScenarioError([Problem(whole, "", "is UTF-16; save it as UTF-8")])
    if b"\0" in raw:
        raise ScenarioError([Problem(whole, "", f"is binary; a {form.name} is a text file")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise ScenarioError([Problem(Mark(name, line, 1), "", message)]) from None


def to_yaml(data: Plain) -> str:
    """Write plain data as YAML that reads back to the same data."""
    return yaml.dump(data, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110)


def flow(data: Plain) -> str:
    """Write plain data on one line of YAML.

    >>> flow([{"rolling_text": 0.5}]), flow("NO"), flow("chair_text"), flow(2)
    ('[{rolling_text: 0.5}]', "'NO'", 'chair_text', '2')
    """
    text = yaml.dump(data, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=2**20, default_flow_style=True)
    return text.removesuffix("...\n").strip()


class _Reader:
    """One pass over the events of a YAML text."""

    def __init__(self, name: str, form: FileKind) -> None:
        self.name = name
        self.form = form
        self.values: dict[Path, Mark] = {}
        self.keys: dict[Path, Mark] = {}
        self.problems: list[Problem] = []
        self.anchors: dict[str, tuple[Plain, int]] = {}
        self.aliases = 0
        self.count = 0
        self.events: Iterator[_Event] = iter(())

    def document(self, text: str, loader: Any) -> Document:
        self.events = yaml.parse(text, Loader=loader)
        next(self.events)
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            raise self.stop(None, f"the file is empty; a {self.form.name} starts with `{self.form.start}`")
        data = self.value(next(self.events), ())
        next(self.events)
        after = next(self.events)
        if isinstance(after, yaml.DocumentStartEvent):
            self.problem(after.start_mark, (), f"a second document starts here; a {self.form.name} is one document")
        return Document(self.name, data, self.values, self.keys, self.problems)

    def value(self, event: _Event, path: Path) -> Plain:
        if len(path) > MOST_DEPTH:
            raise self.stop(event.start_mark, f"nested more than {MOST_DEPTH} deep; not a {self.form.name}")
        self.values.setdefault(path, self.mark(event.start_mark))
        self.counted(event, 1)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, path)
        before = self.count
        data = self.content(event, path)
        if event.anchor is not None:
            self.anchors[event.anchor] = data, self.count - before + 1
        return data

    def content(self, event: _Event, path: Path) -> Plain:
        """Read the value itself, and check its tag."""
        tag = (event.tag or "").removeprefix(_TAG)
        if tag not in ("", "!", *_CORE):
            self.problem(event.start_mark, path, f"the tag {event.tag.replace(_TAG, '!!')} is not allowed; remove it")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path)
        return self.scalar(event, path, plain=tag != "str" and (event.implicit[0] or tag in _CORE))

    def scalar(self, event: _Event, path: Path, *, plain: bool) -> Plain:
        text = event.value.translate(_PLAIN_SPACES)  # an escape may stand for another
        try:
            text.encode()
            return scalar(text) if plain else text
        except UnicodeEncodeError:
            self.problem(event.start_mark, path, f"{printable(event.value)} holds half a character; write it whole")
        except ValueError as error:
            self.problem(event.start_mark, path, str(error))
        return None

    def sequence(self, path: Path) -> list[Plain]:
        items: list[Plain] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, (*path, len(items))))
        return items

    def mapping(self, path: Path) -> dict[str, Plain]:
        """Read the keys and values up to the end of this mapping; of a key given twice, the first counts."""
        result: dict[str, Plain] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key, unusable = self.key(event, path)
            here = (*path, key)
            if not unusable and key in result:
                unusable = f"given twice; the first is on line {self.keys[here].line}"
            if unusable:
                self.problem(event.start_mark, here, unusable)
            self.keys.setdefault(here, self.mark(event.start_mark))
            value = self.value(next(self.events), here)
            if not unusable:
                result[key] = value
        return result

    def key(self, event: _Event, path: Path) -> tuple[str, str]:
        """Read a key, and return what makes it unusable if anything does."""
        if not isinstance(event, yaml.ScalarEvent):
            self.value(event, (*path, "?"))
            return "?", "a key has to be a text"
        if event.value == "<<" and event.implicit[0]:
            return "<<", "merge keys (<<) are not part of YAML 1.2; write the keys out"
        if isinstance(key := self.content(event, path), str):
            if event.anchor is not None:
                self.anchors[event.anchor] = key, 1
            return key, ""
        return event.value, "this key is not a text; put it in quotes" if event.value else "a key is missing here"

    def alias(self, event: _Event, path: Path) -> Plain:
        """Return the value of an anchor, counted as often as it is used."""
        self.aliases += 1
        if self.aliases > _MOST_ALIASES:
            raise self.stop(event.start_mark, f"more than {_MOST_ALIASES} aliases; not a {self.form.name}")
        if event.anchor not in self.anchors:
            self.problem(event.start_mark, path, f"*{event.anchor} has no anchor &{event.anchor} before it")
            return None
        data, size = self.anchors[event.anchor]
        self.counted(event, size)
        return data

    def counted(self, event: _Event, size: int) -> None:
        """Keep count of the values, aliases spelt out."""
        self.count += size
        if self.count > MOST_VALUES:
            raise self.stop(event.start_mark, f"more than {MOST_VALUES} values; not a {self.form.name}")

    def mark(self, mark: Any) -> Mark:
        """Return PyYAML's place, counted from 1."""
        return Mark(self.name, mark.line + 1, mark.column + 1)

    def problem(self, mark: Any, path: Path, message: str) -> None:
        self.problems.append(Problem(self.mark(mark), dotted(path), message))

    def stop(self, mark: Any, message: str) -> ScenarioError:
        where = Mark(self.name) if mark is None else mark if isinstance(mark, Mark) else self.mark(mark)
        return ScenarioError(sorted([*self.problems, Problem(where, "", message)]))


_WORDS = (
    ("'\\t' that cannot start", "a tab; indent with spaces"),
    ("that cannot start any token", "a text cannot start with this character; put it in quotes"),
    ("mapping values are not allowed", "a colon out of place; indent the line, or put a text with a colon in quotes"),
    ("could not find expected ':'", "a key without a colon, or a text that goes on; check the line before"),
    ("expected ',' or ']'", "the list that was opened with [ is not closed, or a comma is missing"),
    ("expected ',' or '}'", "the mapping that was opened with { is not closed, or a comma is missing"),
    ("expected <block end>", "this line is not aligned with the lines above it"),
    ("sequence entries are not allowed", "a list item out of place; put it on a line of its own"),
    ("block sequence entries", "a list item out of place; put it on a line of its own"),
    ("unexpected end of stream", "the quote that opens here is not closed"),
    ("document separator", "the quote that opens here is not closed"),
    ("unknown escape character", "an unknown escape; write \\\\ for a backslash, or use single quotes"),
    ("escape sequence", "an unfinished escape; write \\\\ for a backslash, or use single quotes"),
    ("expected alphabetic or numeric", "* and & start an alias or an anchor; put a text that starts so in quotes"),
    ("undefined tag handle", "a tag is not allowed; remove it"),
    ("expected the node content", "a value is missing here"),
    ("expected '<document start>'", "this does not belong to the document above it"),
)  # fmt: skip


def _explain(error: yaml.MarkedYAMLError) -> str:
    """Explain PyYAML's complaint in words for someone who has not written a parser."""
    complaint = error.problem or ""
    return next((ours for theirs, ours in _WORDS if theirs in complaint), f"not valid YAML ({complaint})")


class _Writer(yaml.SafeDumper):
    """PyYAML's writer, with texts quoted wherever YAML 1.1 or 1.2 would read something else."""

    def ignore_aliases(self, data: Plain) -> bool:  # noqa: ARG002
        return True


def _represent_text(writer: _Writer, text: str) -> Plain:
    try:
        plain = scalar(text) == text
    except ValueError:
        plain = False
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain and text != "<<" else "'")


_Writer.add_representer(str, _represent_text)


_MOST_PARTS = 80  # of a name with dots in it


def follow(data: Plain, text: str) -> tuple[Path, str]:
    """Follow a path as far as it leads into the data; return that part, and the rest.

    >>> follow({"a": [{"name": "St. Ann", "b": 1}]}, "a.St. Ann.b.c")
    (('a', 0, 'b'), 'c')
    """
    path: Path = ()
    left = text.split(".")
    while left:
        key, used = _step(data, left)
        if key is None:
            break
        path, data, left = (*path, key), data[key], left[used:]
    return path, ".".join(left)


def as_list(value: Plain) -> list[Plain]:
    """Return a list as it is, one value as a list of it, nothing as an empty one."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def value_at(data: Plain, path: Path) -> Plain:
    """Return the value at a path."""
    for step in path:
        data = data[step]
    return data


def no_such_step(data: Plain, path: Path, left: str) -> str:
    """Explain why a path does not lead on, with the nearest step that would."""
    here, step = value_at(data, path), left.split(".", maxsplit=1)[0]
    after = f" after {dotted(path)}" if path else ""
    return f"there is no {literal(step)}{after}{did_you_mean(step, _steps(here))}"


def _step(data: Plain, left: list[str]) -> tuple[str | int | None, int]:
    for used in range(min(len(left), _MOST_PARTS), 0, -1):
        key = _key(data, ".".join(left[:used]))
        if key is not None:
            return key, used
    return None, 0


def _key(data: Plain, name: str) -> str | int | None:
    if isinstance(data, dict):
        return name if name in data else None
    if not isinstance(data, list):
        return None
    if name.isdecimal() and len(name) < 6:
        return int(name) if int(name) < len(data) else None
    return next((i for i, item in enumerate(data) if isinstance(item, dict) and item.get("name") == name), None)


def _steps(data: Plain) -> Iterable[str]:
    if isinstance(data, dict):
        return data
    if not isinstance(data, list):
        return ()
    return (str(item["name"]) if isinstance(item, dict) and "name" in item else str(i) for i, item in enumerate(data))
