"""What the files of neighbouring systems have in common: questions, actors with a stance on each, cells, names, XML.

- Positions are on negsim's scale (0..1), salience is a weight within an actor, power is in the file's own unit. An
  actor without a position is silent on a question; a question that an actor does not mention has weight 0.
- Nothing is repaired: a cell is a number within its limits, or a problem that says what would be right. Problems are
  collected, so that every bad row of a file is named at once.
- Names stay as they are wherever a scenario may use them; a changed name stays recognisable, is reported, and is
  unique.
- XML is read by expat and trusted with nothing: a document type is refused, and with it every entity of its own.
  Depth is bounded as it is for scenario files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from negsim.errors import Mark, Problem, ScenarioError, literal
from negsim.scenario.values import RESERVED
from negsim.scenario.yaml import MOST_DEPTH, Form

NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d{1,3})?", re.ASCII)
_MOST_DIGITS = 40


class Cell(NamedTuple):
    """A text and where it stands."""

    text: str
    where: Mark


Row = list[Cell]


class Faults:
    """Everything that is wrong with a file."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def at(self, where: Mark, what: str, message: str) -> None:
        """Keep a problem. what: the column or element it is about, may be empty."""
        self.problems.append(Problem(where, what, message))

    def number(self, cell: Cell, what: str, low: float, high: float) -> float | None:
        """The number in a cell; None, and a problem, for anything else and for what is out of range."""
        problem = _problem(cell.text, low, high)
        if problem:
            self.at(cell.where, what, problem)
        return None if problem else float(cell.text)

    def raise_all(self) -> None:
        """Raise `ScenarioError` if there was any problem, in the order of the file."""
        if self.problems:
            raise ScenarioError(sorted(dict.fromkeys(self.problems), key=lambda problem: problem.where))


def _problem(text: str, low: float, high: float) -> str:
    """What keeps a text from being a number within limits, empty if nothing does."""
    limits = f"write a number from {low:g} to {high:g}"
    if not text:
        return f"is empty; {limits}"
    if not NUMBER.fullmatch(text) or len(text) > _MOST_DIGITS:
        comma = NUMBER.fullmatch(text.replace(",", "."))
        return f"{literal(text)} is not a number; {'write a point for the comma' if comma else limits}"
    return "" if low <= float(text) <= high else f"{text} is out of range; {limits}"


def not_empty(text: str, file: str, form: Form) -> None:
    """Raise `ScenarioError` for a file without content."""
    if not text.strip():
        raise ScenarioError([Problem(Mark(file), "", f"is empty; a {form.name} starts with {form.start}")])


def rows_of(text: str, file: str, separator: str, quote: str) -> Iterator[Row]:
    """The rows of separated values that are not blank; a cell's text is stripped, empty cells at the end are gone."""
    for number, line in enumerate(text.split("\n"), 1):
        row = [Cell(value.strip(), Mark(file, number, column)) for column, value in _split(line, separator, quote)]
        while row and not row[-1].text:
            row.pop()
        if row:
            yield row


def _split(line: str, separator: str, quote: str) -> Iterator[tuple[int, str]]:
    """The values of a line, each with the column (from 1) at which it starts.

    >>> list(_split("'#D'|'it''s'|  5|", "|", "'"))
    [(1, '#D'), (6, "it's"), (16, '5'), (18, '')]
    """
    quoted = rf"{quote}((?:[^{quote}]|{quote}{quote})*){quote}[ ]*(?={separator}|$)"
    value = re.compile(rf"([ ]*)(?:{quoted}|([^{separator}]*))")
    line, at = line.rstrip("\r"), 0
    while at <= len(line):
        match = value.match(line, at)
        assert match is not None  # noqa: S101 - the second half matches anything
        _, inner, bare = match.groups()
        yield match.end(1) + 1, inner.replace(quote * 2, quote) if bare is None else _unquoted(bare.strip(), quote)
        at = match.end() + 1


def _unquoted(text: str, quote: str) -> str:
    """A text without the quotes around it, where one within it was not doubled."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == quote else text


def twice(seen: dict[str, Mark], cell: Cell, what: str, faults: Faults) -> bool:
    """Whether a name was given before, which is a problem; if not it is kept."""
    if not cell.text:
        faults.at(cell.where, what, "is empty; write a name")
    elif cell.text in seen:
        first = seen[cell.text].line
        faults.at(cell.where, what, f"{literal(cell.text)} is given twice; the first is on line {first}; remove one")
    else:
        seen[cell.text] = cell.where
        return False
    return True


def columns(row: Row) -> str:
    """How many columns a row has, in words."""
    return f"{len(row)} column{'s' * (len(row) != 1)}"


def listed(words: Iterable[str]) -> str:
    """Words with commas between them, the last ones only counted.

    >>> listed("abc"), listed("abcdefgh")
    ('a, b, c', 'a, b, c, d, e and 3 more')
    """
    names = list(words)
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"


SILENT = 0.0  # weight of a question that an actor does not mention


class Question(NamedTuple):
    """An issue of the file. name: as other rows refer to it."""

    name: str
    label: str
    low: str
    high: str


class Stance(NamedTuple):
    """One actor on one question: place 0..1 (None: silent), and weight >= 0."""

    position: float | None
    salience: float


class Actor(NamedTuple):
    """Somebody at the table. stances: by the name of the question. power: >= 0, in the file's unit."""

    name: str
    label: str
    power: float
    stances: dict[str, Stance]

    def on(self, question: Question) -> Stance:
        """Where it stands on a question."""
        return self.stances.get(question.name, Stance(None, SILENT))


class Body(NamedTuple):
    """A file that was read. notes: what in it has no place in a scenario."""

    title: str
    description: str
    source: str
    questions: list[Question]
    actors: list[Actor]
    notes: list[str]


LONGEST_KEY, LONGEST_NAME = 60, 80


def key(text: str, taken: Container[str], usual: str) -> str:
    """A key for a text: small letters, digits and _, starting with a letter. usual: what to start from otherwise.

    >>> key("EU (incl Norway)", (), "actor"), key("2020", (), "issue"), key("Équité", ("equite",), "issue")
    ('eu_incl_norway', 'issue_2020', 'equite_2')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: LONGEST_KEY - 10].strip("_")
    return free(word if word[:1].isalpha() else f"{usual}_{word}".strip("_"), taken, "_")


def proper(text: str, taken: Container[str]) -> str:
    """A delegate's name for a text: one printable line.

    >>> proper("A -> B", ()), proper("USA", ("USA",)), proper("none", ())
    ('A to B', 'USA 2', 'none 2')
    """
    return free(one_line(text.replace("->", " to "))[: LONGEST_NAME - 10].strip() or "Actor", taken, " ")


def one_line(text: str) -> str:
    """A text without letters that cannot be printed, and without double spaces."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def free(name: str, taken: Container[str], joint: str) -> str:
    """The name, with a number from 2 behind it if it is taken or has a meaning of its own."""
    number, tried = 1, name
    while tried in taken or tried in RESERVED:
        number += 1
        tried = f"{name}{joint}{number}"
    return tried


@dataclass
class Node:
    """An element: its name, where it starts, its text without that of its children, and these."""

    name: str
    where: Mark
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, name: str) -> list[Node]:
        """The children of that name."""
        return [child for child in self.children if child.name == name]

    def child_text(self, name: str) -> str:
        """The text of the first child of that name, empty if there is none."""
        return next((child.cell.text for child in self.all(name)), "")

    @property
    def cell(self) -> Cell:
        """Its text, as a cell of a table."""
        return Cell(" ".join(self.text.split()), self.where)


def tree(text: str, file: str) -> Node:
    """The root of a document; raises `ScenarioError` where it is not well-formed or wants more than elements."""
    reader = _Reader(file)
    try:
        reader.parser.Parse(text, True)  # noqa: FBT003 - expat takes it so
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code) or "cannot be read"
        raise reader.stop(Mark(file, error.lineno, error.offset + 1), f"not well-formed XML ({why})") from None
    return reader.root.children[0]


class _Reader:
    """One pass over a document."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root = Node("", Mark(file))
        self.open = [self.root]
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.say
        self.parser.StartDoctypeDeclHandler = self.refuse

    def here(self) -> Mark:
        """Where the parser is."""
        return Mark(self.file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        """An element begins."""
        if len(self.open) > MOST_DEPTH:
            raise self.stop(self.here(), f"nested more than {MOST_DEPTH} deep; not a KTAB file")
        node = Node(name, self.here())
        self.open[-1].children.append(node)
        self.open.append(node)

    def end(self, name: str) -> None:  # noqa: ARG002
        """It ends."""
        self.open.pop()

    def say(self, text: str) -> None:
        """Text within it."""
        self.open[-1].text += text

    def refuse(self, *_: object) -> None:
        """A document type could define entities."""
        raise self.stop(self.here(), "a document type (<!DOCTYPE ...>) is not allowed; remove it")

    def stop(self, where: Mark, message: str) -> ScenarioError:
        """The error to raise."""
        return ScenarioError([Problem(where, "", message)])
