"""Errors, worded so that a user can put them right.

- A problem has a place (file, line, column), a path into the scenario, and a sentence: what is wrong, with the
  value, and what would be right.
- All problems of a file are collected and raised together, in the order of the file.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from importlib import import_module
from itertools import islice
from shlex import join
from typing import Any, NamedTuple, Never

MOST_LETTERS = 60  # of a value in a message
MOST_NAMES = 200  # looked through for a suggestion
_LEAST_LIKENESS = 0.65  # share of its letters that a word has in common with what it is most likely meant to be
_MOST_NAMES_PRINTED = 24  # names that a message lists
_MOST_PROBLEMS = 100  # of a file that are printed
MOST_SUGGESTIONS = 200  # of a file that are looked for: each takes as long as a hundred other checks


class NegsimError(Exception):
    """An error in the user's input or request; its text is meant to be shown unchanged."""

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows in place of a traceback: in a cell, the message is enough."""
        return [f"{type(self).__name__}: {harmless(str(self))}"]

    def sentence(self) -> str:
        """Return the text as pages show it: with a full stop, and a capital unless it begins with a name from a file.

        >>> NegsimError("this message is too large").sentence(), NegsimError("process.seats: unknown key").sentence()
        ('This message is too large.', 'process.seats: unknown key.')
        """
        text = str(self)
        begins = text[:1].upper() if text.split(maxsplit=1)[0].isalpha() else text[:1]
        return f"{begins}{text[1:].removesuffix('.')}."


class FailedError(NegsimError):
    """A failure of a request in which nothing was wrong, such as on a full disk."""


class UnwritableError(FailedError):
    """A place that cannot be written to, as the user named it. reason: why, in the words of the system."""

    def __init__(self, place: object, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{place}: cannot be written ({reason})")


@contextmanager
def errors_about(what: str) -> Iterator[None]:
    """Begin the sentence of each error in the block with what it is about."""
    try:
        yield
    except NegsimError as error:
        raise NegsimError(f"{what}: {error}") from None


def optional(module: str, who: str, extra: str) -> Any:  # noqa: ANN401 - a module of a package without types
    """Import a module of an optional package. who: needs it, as a message begins. extra: the extra that installs it.

    Raises NegsimError if it is missing.

    >>> optional("no_such_package.part", "the studio", "studio")
    Traceback (most recent call last):
    negsim.errors.NegsimError: the studio needs no_such_package; install it with: pip install segno starlette uvicorn
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        if (error.name or "").partition(".")[0] != package:
            raise
        raise NegsimError(f"{who} needs {package}; install it with: pip install {_packages(extra)}") from None


def _packages(extra: str) -> str:
    """List the packages of an extra as a shell takes them: an index need not have negsim itself."""
    from importlib import metadata  # noqa: PLC0415 - slow to import, and needed for this message alone

    lines = (line.partition(";") for line in metadata.requires("negsim") or ())
    return join(package.strip() for package, _, marker in lines if re.search(rf"extra == .{extra}\b", marker))


class Mark(NamedTuple):
    """A place in a text: line and column count from 1; line 0 means the text as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Format as `file:line:column`, which editors understand."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Problem(NamedTuple):
    """One problem: where, on which path, and what would be right."""

    where: Mark
    path: str
    message: str

    def __str__(self) -> str:
        """Format as `file:line:col: path: message`, without the path if there is none."""
        return ": ".join(printable(part) for part in (str(self.where), self.path, self.message) if part)


class ScenarioError(NegsimError):
    """A scenario that cannot be used, with all its problems, or the first of them and their count.

    >>> print(ScenarioError([Problem(Mark("a.yaml", 8, 5), "groups.business.seets", "unknown key")]))
    a.yaml:8:5: groups.business.seets: unknown key
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        self.count = len(self.problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Print one line a problem; of very many, the first."""
        more = self.count - _MOST_PROBLEMS
        lines = [*map(str, self.problems[:_MOST_PROBLEMS]), *([f"and {more} more problems"] if more > 0 else [])]
        return "\n".join(lines)

    def cut(self, most: int) -> ScenarioError:
        """Return the error with its first problems only, and the count of all."""
        error = ScenarioError(self.problems[:most])
        error.count = self.count
        return error

    def sentence(self) -> str:
        """Return the lines, each of which names its place."""
        return str(self)


_suggestions_left: ContextVar[Iterator[int]] = ContextVar("_suggestions_left")


@contextmanager
def few_suggestions() -> Iterator[None]:
    """Let `did_you_mean` search for suggestions only a few times in the block; afterwards it only names the choice."""
    token = _suggestions_left.set(iter(range(MOST_SUGGESTIONS)))
    try:
        yield
    finally:
        _suggestions_left.reset(token)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known name that a word is most likely meant to be, if any is near: the only one with it, or the likest.

    >>> nearest("saudi", ["Saudi Arabia", "South Africa"]), nearest("Sout Africa", ["Saudi Arabia", "South Africa"])
    ('Saudi Arabia', 'South Africa')
    """
    lowered = {name.lower(): name for name in reversed(list(islice(known, MOST_NAMES)))}
    word = word[:MOST_LETTERS].lower()
    near = get_close_matches(word, lowered, n=1, cutoff=_LEAST_LIKENESS)
    if not near and len(having := [name for name in lowered if word in name.split(" ")]) == 1:
        near = having
    return lowered[near[0]] if near else None


def no_attribute(owner: object, name: str, what: str | None = None) -> Never:
    """Refuse an attribute that an object does not have, with the name that was meant; for its `__getattr__`.

    what: what the sentence calls the object, by default its class.
    """
    if name[:1] == "_":
        raise AttributeError(name)
    known = [one for one in (*dir(type(owner)), *vars(owner)) if one[0] != "_"]
    raise AttributeError(f"{what or type(owner).__name__} has no {literal(name)}{did_you_mean(name, known)}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a suggestion to end a message with, or the choice if it is short, or nothing.

    >>> did_you_mean("seets", ["seats", "position"])
    '; did you mean "seats"?'
    >>> did_you_mean("zebra", ["seats", "voice"]), did_you_mean("zebra", ["seats"])
    ('; one of: seats, voice', '; one of: seats')
    """
    choice = list(islice(known, MOST_NAMES))
    left = _suggestions_left.get(None)
    match = nearest(word, choice) if left is None or next(left, None) is not None else None
    if match is not None:
        return f"; did you mean {literal(match)}?"
    return f"; one of: {', '.join(choice)}" if 0 < len(choice) <= _MOST_NAMES_PRINTED else ""


def literal(value: object) -> str:
    """Return a value as a message shows it: texts in quotes, long ones shortened, collections only named.

    >>> literal("low"), literal(0.5), literal(None), literal([1])
    ('"low"', '0.5', 'nothing', 'a list')
    >>> literal(range(10**70))
    'range(0, 100000000000000000000000000000000000000000000000000...'
    """
    if isinstance(value, str):
        return json.dumps(value if len(value) <= MOST_LETTERS else value[:MOST_LETTERS] + "...", ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, dict | list | tuple):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = " ".join(str(value).split())
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}..."


def encodable(text: str) -> str:
    r"""Make a text that UTF-8 can hold, with escapes for the parts of a path that are not text.

    >>> encodable("b\udcff.yaml")
    'b\\udcff.yaml'
    """
    return text.encode(errors="backslashreplace").decode()


def harmless(text: str) -> str:
    r"""Escape whatever could control a terminal in a text of several lines.

    >>> harmless("a\tb\n\x1b[31mc")
    'a\tb\n\\x1b[31mc'
    """
    steers = {letter for letter in set(text) - {"\n", "\t"} if unicodedata.category(letter) in {"Cc", "Cf"}}
    return "".join(letter.encode("unicode_escape").decode() if letter in steers else letter for letter in text)


def printable(text: str) -> str:
    """Put a text on one line, with escapes for what cannot be printed."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
