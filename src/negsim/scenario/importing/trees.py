"""XML as a tree with places, read by expat and trusted with nothing.

Rules that hold here
- A document type is refused, and with it every entity of its own: none is expanded, nothing outside is opened.
- Depth is bounded as that of scenario files is; size is by whoever reads the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from negsim.errors import Mark, Problem, ScenarioError
from negsim.scenario.importing.cells import Cell
from negsim.scenario.loading import MOST_DEPTH


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

    def said(self, name: str) -> str:
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
