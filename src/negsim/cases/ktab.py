"""Input files of the KAPSARC Toolkit for Behavioral Analysis, KTAB: CSV of one or more dimensions, and XML.

- Line one of a CSV is name, description, number of actors, number of dimensions; line two names the columns; then one
  row an actor: name, description, influence, and a position and a salience for each dimension (smpread.cpp).
- XML is a Scenario with Dimensions and Actors (smpSchema.xsd); both kinds hold the same.
- Positions and saliences lie between 0 and 100. An empty position is an actor silent on that dimension; KTAB itself
  takes it for 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from negsim.cases.foreign import (
    Actor,
    Body,
    Cell,
    Faults,
    Node,
    Question,
    Row,
    Stance,
    columns,
    free,
    not_empty,
    rows_of,
    tree,
    twice,
)
from negsim.errors import Mark, literal
from negsim.scenario.yaml import Form

FORM = Form("KTAB file", "its name, description and sizes, or <Scenario>")
SOURCE = "input file of the KAPSARC Toolkit for Behavioral Analysis (KAPSARC/KTAB)"
MOST_POWER = 1e8
FULL = 100.0
COLUMNS = "name, description, influence, and position and salience of each dimension"
HEAD = "name, description, number of actors, number of dimensions"
_POSITION = re.compile(r"\s*\b(position|pstn)\s*$", re.IGNORECASE)


def read(text: str, file: str) -> Body:
    """The body of a KTAB file; raises `ScenarioError` with every bad row."""
    not_empty(text, file, FORM)
    faults = Faults()
    body = _from_xml(text, file, faults) if text.lstrip().startswith("<") else _from_csv(text, file, faults)
    faults.raise_all()
    return body


def _actor(row: Row, pairs: list[tuple[Cell, Cell]], questions: list[Question], faults: Faults) -> Actor:
    """An actor. row: name, description, power. pairs: position and salience by dimension."""
    power = faults.number(row[2], "power", 0, MOST_POWER)
    stances = {}
    for question, (place, weight) in zip(questions, pairs, strict=True):
        where = f"{question.label} position", f"{question.label} salience"
        position = faults.number(place, where[0], 0, FULL) if place.text else None
        salience = faults.number(weight, where[1], 0, FULL)
        stances[question.name] = Stance(None if position is None else position / FULL, (salience or 0.0) / FULL)
    return Actor(row[0].text, row[1].text or row[0].text, power or 0.0, stances)


def _questions(labels: list[str]) -> list[Question]:
    questions: list[Question] = []
    for number, label in enumerate(labels, 1):
        name = free(label or f"Dimension {number}", [one.name for one in questions], " ")
        questions.append(Question(name, name, "0", "100"))
    return questions


def _from_csv(text: str, file: str, faults: Faults) -> Body:
    head, *rows = list(rows_of(text, file, ",", '"')) or [[Cell("", Mark(file, 1, 1))]]
    actors, dimensions = _sizes(head, faults)
    faults.raise_all()
    wanted = 3 + 2 * dimensions
    if not rows or len(rows[0]) != wanted:
        where = rows[0][-1].where if rows else Mark(file)
        faults.at(where, "", f"line two names {wanted} columns: {COLUMNS}")
        faults.raise_all()
    titles, *people = rows
    questions = _questions([_POSITION.sub("", cell.text) for cell in titles[3::2]])
    if len(people) != actors:
        faults.at(head[2].where, "number of actors", f"says {actors}; the file has {len(people)} rows of actors")
    return Body(
        title=head[0].text or Path(file).stem,
        description=head[1].text.replace("$$", ","),
        source=SOURCE,
        questions=questions,
        actors=list(_people(people, questions, faults)),
        notes=[],
    )


def _people(rows: list[Row], questions: list[Question], faults: Faults) -> Iterator[Actor]:
    wanted, seen = 3 + 2 * len(questions), dict[str, Mark]()
    for row in rows:
        if len(row) not in {wanted, wanted - 1}:  # without the last, which is empty then
            faults.at(row[-1].where, literal(row[0].text), f"has {columns(row)}; write {wanted}: {COLUMNS}")
        elif not twice(seen, row[0], "actor", faults):
            full = [*row, Cell("", row[-1].where)]
            yield _actor(full, list(zip(full[3::2], full[4::2], strict=False)), questions, faults)


def _sizes(head: Row, faults: Faults) -> tuple[int, int]:
    """How many actors and dimensions line one says."""
    if len(head) != 4:
        faults.at(head[-1].where, "", f"has {columns(head)}; line one is {HEAD}")
        return 0, 0
    sizes = []
    for cell, what in ((head[2], "actors"), (head[3], "dimensions")):
        number = faults.number(cell, f"number of {what}", 1, 10_000)
        if number is not None and number != int(number):
            faults.at(cell.where, f"number of {what}", f"{cell.text} is not a whole number; count the {what}")
        sizes.append(int(number or 0))
    return sizes[0], sizes[1]


def _from_xml(text: str, file: str, faults: Faults) -> Body:
    root = tree(text, file)
    if root.name != "Scenario":
        faults.at(root.where, "", f"<{root.name}> is not KTAB's; a {FORM.name} is a <Scenario>")
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
        if not twice(seen, row[0], "name", faults) and pairs is not None:
            actors.append(_actor(row, pairs, questions, faults))
    title = root.child_text("name") or Path(file).stem
    return Body(title, root.child_text("desc"), SOURCE, questions, actors, _notes(root))


def _only(node: Node, name: str, faults: Faults) -> Cell:
    """The cell of the one child of that name."""
    nodes = node.all(name)
    if len(nodes) != 1:
        faults.at(node.where, node.name, f"has {len(nodes)} <{name}>; write one")
    return nodes[0].cell if nodes else Cell("", node.where)


def _inside(node: Node, outer: str, inner: str) -> list[Cell]:
    return [item.cell for group in node.all(outer) for item in group.all(inner)]


def _pairs(who: Node, dimensions: int, faults: Faults) -> list[tuple[Cell, Cell]] | None:
    """Position and salience by dimension; None, and problems, where their numbers are not that of the dimensions."""
    places, weights = _inside(who, "Position", "dCoord"), _inside(who, "Salience", "dSal")
    for nodes, what in ((places, "dCoord"), (weights, "dSal")):
        if len(nodes) != dimensions:
            name = literal(who.child_text("name"))
            faults.at(
                who.where, "Actor", f"{name} has {len(nodes)} <{what}>; write one for each of {dimensions} dimensions"
            )
    return list(zip(places, weights, strict=True)) if len(places) == len(weights) == dimensions else None


def _notes(root: Node) -> list[str]:
    notes = []
    if parameters := [child.name for group in root.all("ModelParameters") for child in group.children]:
        notes.append(f"KTAB's model parameters ({', '.join(parameters)})")
    if pairs := [pair for group in root.all("IdealAdjustment") for pair in group.all("iaPair")]:
        notes.append(f"the affinity between actors (IdealAdjustment; pairs: {len(pairs)})")
    if root.child_text("prngSeed"):
        notes.append("the seed; negsim takes one on the command line")
    return notes
