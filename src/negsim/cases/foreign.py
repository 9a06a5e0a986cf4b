"""Read the files of neighbouring systems: *decide*, the exchange model's program, and KTAB.

- Positions are on negsim's scale (0..1), salience is a weight within an actor, power is in the file's own unit. An
  actor without a position is silent on a question; a question that an actor does not mention has weight 0.
- Nothing is repaired: a cell is a number within its limits, or a problem that says what would be right. Problems are
  collected, so that all bad rows of a file are reported at once.

decide (foarsitter/decide-exchange-model):

- A row says its kind in its first column: #A actor, #P issue, #M a place on an issue and what it means, #D an actor's
  position, salience and power on an issue, #O a title, #/ a comment. Rows come in any order.
- Columns are separated by tabs, semicolons or commas, as in the first row, and may be quoted with ' or "; a quoted one
  may go on over several lines.
- Positions lie between the lowest and the highest #M of the issue (0 and 100 without any), salience and power
  between 0 and 1, as in decide's own reader (decide/data/types.py).

KTAB, the KAPSARC Toolkit for Behavioral Analysis: CSV of one or more dimensions, or XML that says the same:

- Line one of a CSV is name, description, number of actors, number of dimensions; line two names the columns; then one
  row an actor: name, description, influence, and a position and a salience for each dimension (smpread.cpp).
- XML is a Scenario with Dimensions and Actors (smpSchema.xsd). It is read by expat and not trusted: a document type is
  refused, and with it every entity that it declares. Depth is bounded as for scenario files.
- Positions and saliences lie between 0 and 100. An empty position is an actor silent on that dimension; KTAB itself
  takes it for 0.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from negsim.errors import Mark, Problem, ScenarioError, did_you_mean, literal
from negsim.scenario.values import RESERVED_NAMES, listed
from negsim.scenario.yaml import MOST_DEPTH, FileKind

_LINE_END = re.compile(r"\r\n?|\n")
_NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d{1,3})?", re.ASCII)
_MOST_DIGITS = 40
in_note = partial(listed, most=5)  # names


class _Cell(NamedTuple):
    """A text and its place in the file."""

    text: str
    where: Mark


_Row = list[_Cell]


class _Faults:
    """Everything that is wrong with a file."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def at(self, where: Mark, what: str, message: str) -> None:
        """Keep a problem. what: the column or element it is about, may be empty."""
        self.problems.append(Problem(where, what, message))

    def number(self, cell: _Cell, what: str, low: float, high: float) -> float | None:
        """Read the number in a cell; None, and a problem, for anything else and for a number out of range."""
        problem = _problem(cell.text, low, high)
        if problem:
            self.at(cell.where, what, problem)
        return None if problem else float(cell.text)

    def raise_all(self) -> None:
        """Raise `ScenarioError` if there was any problem, in the order of the file."""
        if self.problems:
            raise ScenarioError(sorted(dict.fromkeys(self.problems), key=lambda problem: problem.where))


def _problem(text: str, low: float, high: float) -> str:
    """Return why a text is not a number within limits, "" if it is one."""
    limits = f"write a number from {low:g} to {high:g}"
    if not text:
        return f"is empty; {limits}"
    if not _NUMBER.fullmatch(text) or len(text) > _MOST_DIGITS:
        comma = "," in text and _NUMBER.fullmatch(text.replace(",", "."))
        return f"{literal(text)} is not a number; {'write a point, not a comma' if comma else limits}"
    return "" if low <= float(text) <= high else f"{text} is out of range; {limits}"


def _not_empty(text: str, file: str, form: FileKind) -> None:
    """Raise `ScenarioError` for a file without content."""
    if not text.strip():
        raise ScenarioError([Problem(Mark(file), "", f"is empty; a {form.name} starts with {form.start}")])


def _rows_of(text: str, file: str, separator: str, quote: str) -> Iterator[_Row]:
    """Yield the rows of separated values that are not blank; cells are stripped, empty ones at the end dropped."""
    text = _LINE_END.sub("\n", text)
    lines = [0, *(end.end() for end in re.finditer("\n", text))]  # where each starts
    row: _Row = []
    for at, value, is_last in _split(text, separator, quote):
        line = bisect_right(lines, at)
        row.append(_Cell(value.strip(), Mark(file, line, at - lines[line - 1] + 1)))
        if is_last:
            while row and not row[-1].text:
                row.pop()
            if row:
                yield row
            row = []


def _split(text: str, separator: str, quote: str) -> Iterator[tuple[int, str, bool]]:
    r"""Yield the values of a text, each with where it starts and whether it is the last of its row.

    >>> list(_split("'#D'|'it''s'|  5\n'two\nlines'|", "|", "'"))
    [(0, '#D', False), (5, "it's", False), (15, '5', True), (17, 'two\nlines', False), (29, '', True)]
    """
    quoted = rf"{quote}([^{quote}]*(?:{quote}{quote}[^{quote}]*)*){quote}[ ]*(?=[{separator}\n]|\Z)"
    value = re.compile(rf"([ ]*)(?:{quoted}|([^{separator}\n]*))")
    at = 0
    while at <= len(text):
        match = value.match(text, at)
        assert match is not None  # noqa: S101 - the second half matches anything
        _, inner, bare = match.groups()
        content = inner.replace(quote * 2, quote) if bare is None else _unquoted(bare.strip(), quote)
        at = match.end() + 1
        yield match.end(1), content, text[at - 1 : at] != separator


def _unquoted(text: str, quote: str) -> str:
    """Remove the quotes around a text in which they were not doubled."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == quote else text


def _twice(seen: dict[str, Mark], cell: _Cell, what: str, faults: _Faults) -> bool:
    """Return whether a name was given before, which is a problem; keep it if not."""
    if not cell.text:
        faults.at(cell.where, what, "is empty; write a name")
    elif cell.text in seen:
        first = seen[cell.text].line
        faults.at(cell.where, what, f"{literal(cell.text)} is given twice; the first is on line {first}; remove one")
    else:
        seen[cell.text] = cell.where
        return False
    return True


def _columns(row: _Row) -> str:
    """Return the number of columns of a row, in words."""
    return f"{len(row)} column{'s' * (len(row) != 1)}"


def free(name: str, taken: Container[str], joint: str) -> str:
    """Return the name, followed by a number from 2 if it is taken or has a meaning of its own."""
    number, tried = 1, name
    while tried in taken or tried in RESERVED_NAMES:
        number += 1
        tried = f"{name}{joint}{number}"
    return tried


SILENT_WEIGHT = 0.0  # weight of a question that an actor does not mention


class ForeignIssue(NamedTuple):
    """An issue of the file. name: the one that other rows use."""

    name: str
    label: str
    low: str
    high: str


class _Stance(NamedTuple):
    """One actor on one question: place 0..1 (None: silent), and weight >= 0."""

    position: float | None
    salience: float


class Actor(NamedTuple):
    """Somebody at the table. stances: by the name of the question. power: >= 0, in the file's unit."""

    name: str
    label: str
    power: float
    stances: dict[str, _Stance]

    def on(self, question: ForeignIssue) -> _Stance:
        """Return the actor's stance on a question."""
        return self.stances.get(question.name, _Stance(None, SILENT_WEIGHT))


class ForeignBody(NamedTuple):
    """A file that was read. notes: what in it has no place in a scenario."""

    title: str
    description: str
    source: str
    questions: list[ForeignIssue]
    actors: list[Actor]
    notes: list[str]


DECIDE = FileKind("decide file", "rows #A and #P")
_MOST_HINTS = 200  # problems; to look for more names that were meant would take too long
_USUAL_SCALE = ((0.0, ""), (100.0, ""))


class _RowKind(NamedTuple):
    """A kind of row: its columns, the first included, and their number."""

    least: int
    most: int
    columns: str


_KINDS = {
    "#A": _RowKind(2, 4, "#A, name, full name, comment"),
    "#P": _RowKind(2, 4, "#P, name, full name, comment"),
    "#M": _RowKind(3, 4, "#M, issue, position, meaning"),
    "#D": _RowKind(6, 7, "#D, actor, issue, position, salience, power, comment"),
    "#O": _RowKind(1, 1000, "#O, title"),
    "#/": _RowKind(1, 1000, "#/, comment"),
}
_FIRST = re.compile(r"""[ ]*(["']?)#.\1[ ]*([\t;,])""")


_Data = dict[str, dict[str, tuple[_Stance, float]]]  # by actor and issue: a stance, and the power there
_Places = dict[str, list[tuple[float, str]]]  # by issue: positions that have a meaning


def read_decide(text: str, file: str) -> ForeignBody:
    """Read the body of a decide file; raises `ScenarioError` with every bad row."""
    _not_empty(text, file, DECIDE)
    faults = _Faults()
    rows = _sorted(text, file, faults)
    actors, issues = _names(rows["#A"], "actor", faults), _names(rows["#P"], "issue", faults)
    for names, kind, what in ((actors, "#A", "actors"), (issues, "#P", "issues")):
        if not names:
            faults.at(Mark(file), "", f"has no {what}; write a row {_KINDS[kind].columns} for each")
    places = _places(rows["#M"], issues, faults)
    data = _data(rows["#D"], (actors, issues), places, faults)
    if not rows["#D"]:
        faults.at(Mark(file), "", f"has no positions; write a row {_KINDS['#D'].columns} for each actor and issue")
    faults.raise_all()
    return ForeignBody(
        title=" ".join(cell.text for cell in rows["#O"][0][1:]) if rows["#O"] else Path(file).stem,
        description="\n".join(" ".join(cell.text for cell in row[1:]) for row in rows["#O"][1:]),
        source="input file of decide, the exchange model's program (foarsitter/decide-exchange-model)",
        questions=[_question(name, label, places.get(name)) for name, label in issues.items()],
        actors=[_decide_actor(name, label, data.get(name, {})) for name, label in actors.items()],
        notes=list(_decide_notes(rows, data)),
    )


def _sorted(text: str, file: str, faults: _Faults) -> dict[str, list[_Row]]:
    """Sort good rows by their kind."""
    first = next((match for line in _LINE_END.split(text) if (match := _FIRST.match(line))), None)
    quote, separator = ("'" if first and first[1] == "'" else '"'), (first[2] if first else "\t")
    rows: dict[str, list[_Row]] = {kind: [] for kind in _KINDS}
    strange = 0
    for row in _rows_of(text, file, separator, quote):
        kind = row[0].text
        form = _KINDS.get(kind)
        if form is None:
            strange += 1
            faults.at(row[0].where, "", f"{literal(kind)} is not a kind of row; one of {', '.join(_KINDS)}")
        elif not form.least <= len(row) <= form.most:
            faults.at(row[-1].where, kind, f"has {_columns(row)}; write {form.columns}")
        else:
            rows[kind].append(row)
    if len(faults.problems) == strange and not any(rows.values()):
        raise ScenarioError([Problem(Mark(file), "", f"holds no row of a {DECIDE.name}; they start with #A, #P or #D")])
    return rows


def _names(rows: list[_Row], what: str, faults: _Faults) -> dict[str, str]:
    seen: dict[str, Mark] = {}
    good = [row for row in rows if not _twice(seen, row[1], what, faults)]
    return {row[1].text: (row[2].text if len(row) > 2 else "") or row[1].text for row in good}


def _known(cell: _Cell, names: dict[str, str], what: str, faults: _Faults) -> bool:
    if cell.text in names:
        return True
    hint = did_you_mean(cell.text, names) if len(faults.problems) < _MOST_HINTS else ""
    faults.at(cell.where, what, f"unknown {what} {literal(cell.text)}{hint}")
    return False


def _places(rows: list[_Row], issues: dict[str, str], faults: _Faults) -> _Places:
    """Collect the #M rows of each issue, from low to high."""
    places: _Places = {}
    for row in rows:
        value = faults.number(row[2], "position", -1e9, 1e9)
        if not _known(row[1], issues, "issue", faults) or value is None:
            continue
        here = places.setdefault(row[1].text, [])
        if any(value == other for other, _ in here):
            faults.at(row[2].where, "position", f"{value:g} is given twice for {literal(row[1].text)}; remove one")
        else:
            here.append((value, row[3].text if len(row) > 3 else ""))
    for row in rows:
        if len(places.get(row[1].text, _USUAL_SCALE)) == 1:
            faults.at(row[1].where, "issue", f"{literal(row[1].text)} has one #M row; write its low and its high end")
    return {name: sorted(ends) for name, ends in places.items() if len(ends) > 1}


def _data(rows: list[_Row], names: tuple[dict[str, str], dict[str, str]], places: _Places, faults: _Faults) -> _Data:
    """Collect the #D rows by actor and then by issue."""
    data: _Data = {}
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        actor, issue = row[1].text, row[2].text
        known = [_known(row[1], names[0], "actor", faults), _known(row[2], names[1], "issue", faults)]
        datum = _datum(row, places.get(issue, _USUAL_SCALE), faults)
        if (actor, issue) in seen:
            before = f"the first is on line {seen[actor, issue]}; remove one"
            faults.at(row[1].where, "", f"{literal(actor)} on {literal(issue)} is given twice; {before}")
        elif all(known) and datum is not None:
            data.setdefault(actor, {})[issue] = datum
        seen.setdefault((actor, issue), row[0].where.line)
    return data


def _datum(row: _Row, scale: Sequence[tuple[float, str]], faults: _Faults) -> tuple[_Stance, float] | None:
    low, high = scale[0][0], scale[-1][0]
    position = faults.number(row[3], "position", low, high)
    salience, power = faults.number(row[4], "salience", 0, 1), faults.number(row[5], "power", 0, 1)
    if len(row) == 7 and _NUMBER.fullmatch(row[6].text):  # more likely a column too many than a comment
        faults.at(row[6].where, "comment", f"{row[6].text} is a number; write {_KINDS['#D'].columns}")
    if position is None or salience is None or power is None:
        return None
    return _Stance((position - low) / (high - low), salience), power


def _question(name: str, label: str, places: list[tuple[float, str]] | None) -> ForeignIssue:
    ends = [f"{value:g}: {meaning}" if meaning else f"{value:g}" for value, meaning in places or _USUAL_SCALE]
    return ForeignIssue(name, label, ends[0], ends[-1])


def _decide_actor(name: str, label: str, data: dict[str, tuple[_Stance, float]]) -> Actor:
    power = sum(power for _, power in data.values()) / max(1, len(data))
    return Actor(name, label, power, {issue: stance for issue, (stance, _) in data.items()})


def _decide_notes(rows: dict[str, list[_Row]], data: _Data) -> Iterator[str]:
    """Note the parts of a file that have no place in a scenario."""
    if several := [who for who, own in data.items() if len({power for _, power in own.values()}) > 1]:
        yield f"power that differs from issue to issue ({in_note(several)}); its mean over the issues is taken"
    places = Counter(row[1].text for row in rows["#M"])
    if inner := [issue for issue, count in places.items() if count > 2]:
        yield f"the meanings of places between the ends (#M) of {in_note(inner)}"
    remarks = [row for kind in ("#A", "#P", "#D") for row in rows[kind] if len(row) == _KINDS[kind].most]
    count = len(rows["#/"]) + sum(row[-1].text not in {row[1].text, row[2].text} for row in remarks)
    if count:
        yield f"comments ({count})"


KTAB = FileKind("KTAB file", "its name, description and sizes, or <Scenario>")
_SOURCE = "input file of the KAPSARC Toolkit for Behavioral Analysis (KAPSARC/KTAB)"
_MOST_POWER = 1e8
_FULL_SCALE = 100.0
_COLUMNS = "name, description, influence, and position and salience of each dimension"
_HEAD = "name, description, number of actors, number of dimensions"
_POSITION = re.compile(r"\s*\b(position|pstn)\s*$", re.IGNORECASE)


def read_ktab(text: str, file: str) -> ForeignBody:
    """Read the body of a KTAB file; raises `ScenarioError` with every bad row."""
    _not_empty(text, file, KTAB)
    faults = _Faults()
    body = _from_xml(text, file, faults) if text.lstrip().startswith("<") else _from_csv(text, file, faults)
    faults.raise_all()
    return body


def _ktab_actor(row: _Row, pairs: list[tuple[_Cell, _Cell]], questions: list[ForeignIssue], faults: _Faults) -> Actor:
    """Read an actor. row: name, description, power. pairs: position and salience by dimension."""
    power = faults.number(row[2], "power", 0, _MOST_POWER)
    stances = {}
    for question, (place, weight) in zip(questions, pairs, strict=True):
        where = f"{question.label} position", f"{question.label} salience"
        position = faults.number(place, where[0], 0, _FULL_SCALE) if place.text else None
        salience = faults.number(weight, where[1], 0, _FULL_SCALE)
        stances[question.name] = _Stance(
            None if position is None else position / _FULL_SCALE, (salience or 0.0) / _FULL_SCALE
        )
    return Actor(row[0].text, row[1].text or row[0].text, power or 0.0, stances)


def _questions(labels: list[str]) -> list[ForeignIssue]:
    names: dict[str, ForeignIssue] = {}
    for number, label in enumerate(labels, 1):
        name = free(label or f"Dimension {number}", names, " ")
        names[name] = ForeignIssue(name, name, "0", "100")
    return [*names.values()]


def _from_csv(text: str, file: str, faults: _Faults) -> ForeignBody:
    head, *rows = list(_rows_of(text, file, ",", '"')) or [[_Cell("", Mark(file, 1, 1))]]
    actors, dimensions = _sizes(head, faults)
    faults.raise_all()
    wanted = 3 + 2 * dimensions
    if not rows or len(rows[0]) != wanted:
        where = rows[0][-1].where if rows else Mark(file)
        faults.at(where, "", f"line two names {wanted} columns: {_COLUMNS}")
        faults.raise_all()
    titles, *people = rows
    questions = _questions([_POSITION.sub("", cell.text) for cell in titles[3::2]])
    if len(people) != actors:
        faults.at(head[2].where, "number of actors", f"says {actors}; the file has {len(people)} rows of actors")
    return ForeignBody(
        title=head[0].text or Path(file).stem,
        description=head[1].text.replace("$$", ","),
        source=_SOURCE,
        questions=questions,
        actors=list(_people(people, questions, faults)),
        notes=[],
    )


def _people(rows: list[_Row], questions: list[ForeignIssue], faults: _Faults) -> Iterator[Actor]:
    wanted, seen = 3 + 2 * len(questions), dict[str, Mark]()
    for row in rows:
        if len(row) not in {wanted, wanted - 1}:  # without the last, which is empty then
            faults.at(row[-1].where, literal(row[0].text), f"has {_columns(row)}; write {wanted}: {_COLUMNS}")
        elif not _twice(seen, row[0], "actor", faults):
            full = [*row, _Cell("", row[-1].where)]
            yield _ktab_actor(full, list(zip(full[3::2], full[4::2], strict=False)), questions, faults)


def _sizes(head: _Row, faults: _Faults) -> tuple[int, int]:
    if len(head) != 4:
        faults.at(head[-1].where, "", f"has {_columns(head)}; line one is {_HEAD}, with commas between them")
        return 0, 0
    sizes = []
    for cell, what in ((head[2], "actors"), (head[3], "dimensions")):
        number = faults.number(cell, f"number of {what}", 1, 10_000)
        if number is not None and number != int(number):
            faults.at(cell.where, f"number of {what}", f"{cell.text} is not a whole number; count the {what}")
        sizes.append(int(number or 0))
    return sizes[0], sizes[1]


def _from_xml(text: str, file: str, faults: _Faults) -> ForeignBody:
    root = _tree(text, file)
    if root.name != "Scenario":
        faults.at(root.where, "", f"<{root.name}> is not KTAB's; a {KTAB.name} is a <Scenario>")
        faults.raise_all()
    people = [actor for group in root.all("Actors") for actor in group.all("Actor")]
    if not people:
        faults.at(root.where, "Actors", "has no actors; write an <Actor> for each")
    names = [name.cell.text for group in root.all("Dimensions") for name in group.all("dName")]
    questions = _questions(names or [""] * max((len(_inside(who, "Position", "dCoord")) for who in people), default=0))
    if not questions:
        faults.at(root.where, "Dimensions", "has no dimensions; write a <dName> for each")
    seen: dict[str, Mark] = {}
    actors = []
    for who in people:
        row = [_only(who, name, faults) for name in ("name", "description", "capability")]
        pairs = _pairs(who, len(questions), faults)
        if not _twice(seen, row[0], "name", faults) and pairs is not None:
            actors.append(_ktab_actor(row, pairs, questions, faults))
    title = root.child_text("name") or Path(file).stem
    return ForeignBody(title, root.child_text("desc"), _SOURCE, questions, actors, _ktab_notes(root))


def _only(node: _Node, name: str, faults: _Faults) -> _Cell:
    nodes = node.all(name)
    if len(nodes) != 1:
        faults.at(node.where, node.name, f"has {len(nodes)} <{name}>; write one")
    return nodes[0].cell if nodes else _Cell("", node.where)


def _inside(node: _Node, outer: str, inner: str) -> list[_Cell]:
    return [item.cell for group in node.all(outer) for item in group.all(inner)]


def _pairs(who: _Node, dimensions: int, faults: _Faults) -> list[tuple[_Cell, _Cell]] | None:
    """Pair position and salience by dimension; None, and problems, unless there is one of each for every dimension."""
    places, weights = _inside(who, "Position", "dCoord"), _inside(who, "Salience", "dSal")
    for nodes, what in ((places, "dCoord"), (weights, "dSal")):
        if len(nodes) != dimensions:
            wanted = f"write one for each of {dimensions} dimensions"
            faults.at(who.where, "Actor", f"{literal(who.child_text('name'))} has {len(nodes)} <{what}>; {wanted}")
    return list(zip(places, weights, strict=True)) if len(places) == len(weights) == dimensions else None


def _ktab_notes(root: _Node) -> list[str]:
    notes = []
    if parameters := [child.name for group in root.all("ModelParameters") for child in group.children]:
        notes.append(f"KTAB's model parameters ({', '.join(parameters)})")
    if pairs := [pair for group in root.all("IdealAdjustment") for pair in group.all("iaPair")]:
        notes.append(f"the affinity between actors (IdealAdjustment; pairs: {len(pairs)})")
    if root.child_text("prngSeed"):
        notes.append("the seed; negsim takes one on the command line")
    return notes


@dataclass
class _Node:
    """An element: its name, where it starts, its text without that of its children, and its children."""

    name: str
    where: Mark
    text: str = ""
    children: list[_Node] = field(default_factory=list)

    def all(self, name: str) -> list[_Node]:
        """Return the children with that name."""
        return [child for child in self.children if child.name == name]

    def child_text(self, name: str) -> str:
        """Return the text of the first child with that name, empty if there is none."""
        return next((child.cell.text for child in self.all(name)), "")

    @property
    def cell(self) -> _Cell:
        """Its text, as a cell of a table."""
        return _Cell(" ".join(self.text.split()), self.where)


def _tree(text: str, file: str) -> _Node:
    """Parse a document; raises `ScenarioError` unless it is well-formed and has only elements."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    document = _Node("", Mark(file))
    open_ = [document]

    def here() -> Mark:
        return Mark(file, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)

    def start(name: str, _: object) -> None:
        if len(open_) > MOST_DEPTH:
            raise ScenarioError([Problem(here(), "", f"nested more than {MOST_DEPTH} deep; not a KTAB file")])
        open_.append(_Node(name, here()))
        open_[-2].children.append(open_[-1])

    def say(text: str) -> None:
        open_[-1].text += text

    def refuse(*_: object) -> None:  # it could define entities
        raise ScenarioError([Problem(here(), "", "a document type (<!DOCTYPE ...>) is not allowed; remove it")])

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: open_.pop()
    parser.CharacterDataHandler = say
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text, True)  # noqa: FBT003 - expat takes it so
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code) or "cannot be read"
        where = Mark(file, error.lineno, error.offset + 1)
        raise ScenarioError([Problem(where, "", f"not well-formed XML ({why})")]) from None
    return document.children[0]
