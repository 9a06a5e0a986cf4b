"""Read tables of actors and issues, as Thomson et al. and the exchange model's program *decide* share theirs.

- A table has a row for each actor and issue (long), for each issue with columns of each actor (wide), or *decide*'s
  rows, which say their kind in the first column. `_COLUMNS` lists the names that a column may have.
- Positions become 0..1. Salience and capability keep the file's unit, as only their ratios matter. An actor without a
  position is silent on an issue; where its salience is missing too, the issue has weight 0 for it.
- Nothing is repaired: a cell is a number within its limits, or a problem that says what would be right. Problems are
  collected, so that all bad rows of a file are reported at once.
- Columns are separated by tabs, semicolons or commas, as in the first row, and may be quoted with ' or "; a quoted one
  may go on over several lines.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from negsim.errors import Mark, Problem, ScenarioError, did_you_mean, literal
from negsim.scenario.values import RESERVED_NAMES, listed
from negsim.scenario.yaml import FileKind

TABLE = FileKind("table", "a row that names its columns: issue, actor, position, salience, capability")
SILENT_WEIGHT = 0.0  # weight of an issue that an actor does not mention
_COLUMNS = {  # what a column may be called; small letters, words joined by _
    "negotiation": ("negotiation", "proposal", "prnr", "case"),
    "title": ("title", "prname"),
    "issue": ("issue", "isnr"),
    "actor": ("actor", "stakeholder"),
    "position": ("position", "pos"),
    "salience": ("salience", "sal"),
    "capability": ("capability", "power", "influence"),
    "reference": ("reference_point", "reference", "rp", "status_quo"),
    "outcome": ("outcome", "out"),
}
_PREFIXES = (("position_", "salience_", "capability_"), ("p", "s", "c"))  # before an actor's name; the latter as in DEU
_DECIDE = {  # kinds of row: the columns after the kind, and how many there have to be
    "#A": ("actor, full name, comment", 1),
    "#P": ("issue, full name, comment", 1),
    "#M": ("issue, position, meaning", 2),
    "#D": ("actor, issue, position, salience, power, comment", 5),
    "#O": ("title", 0),
    "#/": ("comment", 0),
}
_MISSING = {"", ".", "na", "n/a", "nan"}
_SENTINEL = "999"  # a missing value too, where no position can be so high
_BEYOND = 1e9
_MOST_DIGITS = 40
_MOST_HINTS = 200  # problems; to look for more names that were meant would take too long
_LINE_END = re.compile(r"\r\n?|\n")
_NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d{1,3})?", re.ASCII)
in_note = partial(listed, most=5)  # names


class _Cell(NamedTuple):
    """A text and its place in the file."""

    text: str
    where: Mark


_Row = list[_Cell]


class _Record(NamedTuple):
    """What a table says of one actor on one issue. issue, actor: names; others may be missing."""

    negotiation: str
    title: str
    issue: _Cell
    actor: _Cell
    numbers: dict[str, _Cell]


class Stance(NamedTuple):
    """One actor on one issue: place 0..1 (None: silent), and weight >= 0."""

    position: float | None
    salience: float


class TableIssue(NamedTuple):
    """An issue. name: the one that rows use. reference, outcome: 0..1, where nothing changes and what happened."""

    name: str
    label: str
    low: str
    high: str
    reference: float | None = None
    outcome: float | None = None


class Actor(NamedTuple):
    """Somebody at the table. stances: by the name of the issue. power: >= 0, in the file's unit."""

    name: str
    label: str
    power: float
    stances: dict[str, Stance]

    def on(self, issue: TableIssue) -> Stance:
        """Return the actor's stance on an issue."""
        return self.stances.get(issue.name, Stance(None, SILENT_WEIGHT))

    @property
    def weight(self) -> float:
        """Its power times its salience over all issues."""
        return self.power * sum(stance.salience for stance in self.stances.values())


class Controversy(NamedTuple):
    """A negotiation that was read. notes: what of it has no place in a scenario."""

    name: str
    title: str
    issues: list[TableIssue]
    actors: list[Actor]
    notes: list[str]


class _Labels(NamedTuple):
    """What *decide*'s rows say of names: full names, and by issue the places that have a meaning, from low to high."""

    actors: dict[str, str]
    issues: dict[str, str]
    places: dict[str, list[tuple[float, str]]]


class _Faults:
    """Everything that is wrong with a file. most: of a position."""

    def __init__(self, low: float, high: float) -> None:
        self.problems: list[Problem] = []
        self.scale = [(low, ""), (high, "")]
        self.missing = _MISSING if high >= float(_SENTINEL) else _MISSING | {_SENTINEL}

    def at(self, where: Mark, what: str, message: str) -> None:
        """Keep a problem. what: the column it is about, may be empty."""
        self.problems.append(Problem(where, what, message))

    def number(self, cell: _Cell, what: str, low: float, high: float) -> float | None:
        """Read the number in a cell; None, and a problem, for anything else and for a number out of range."""
        limits = (
            f"write a number of at least {low:g}" if high == _BEYOND else f"write a number from {low:g} to {high:g}"
        )
        text, why = cell.text, ""
        if not text:
            why = f"is empty; {limits}"
        elif not _NUMBER.fullmatch(text) or len(text) > _MOST_DIGITS:
            comma = "," in text and _NUMBER.fullmatch(text.replace(",", "."))
            why = f"{literal(text)} is not a number; {'write a point, not a comma' if comma else limits}"
        elif not low <= float(text) <= high:
            why = f"{text} is out of range; {limits}"
        if why:
            self.at(cell.where, what, why)
        return None if why else float(text)

    def is_missing(self, cell: _Cell | None) -> bool:
        """Return whether there is no number in a cell."""
        return cell is None or cell.text.casefold() in self.missing

    def known(self, cell: _Cell, names: dict[str, str], what: str) -> bool:
        """Return whether a name was declared; a problem if not. Where nothing was declared any name will do."""
        if not names or cell.text in names:
            return True
        hint = did_you_mean(cell.text, names) if len(self.problems) < _MOST_HINTS else ""
        self.at(cell.where, what, f"unknown {what} {literal(cell.text)}{hint}")
        return False

    def raise_all(self) -> None:
        """Raise `ScenarioError` if there was any problem, in the order of the file."""
        if self.problems:
            raise ScenarioError(sorted(dict.fromkeys(self.problems), key=lambda problem: problem.where))


def free(name: str, taken: Container[str], joint: str) -> str:
    """Return the name, followed by a number from 2 if it is taken or has a meaning of its own."""
    number, tried = 1, name
    while tried in taken or tried in RESERVED_NAMES:
        number += 1
        tried = f"{name}{joint}{number}"
    return tried


def read_table(text: str, file: str, low: float = 0.0, high: float = 100.0) -> list[Controversy]:
    """Read the negotiations in a table; raises `ScenarioError` with every bad row. low, high: ends of positions."""
    rows = list(_rows_of(text, file))
    if not rows:
        raise ScenarioError([Problem(Mark(file), "", f"is empty; a {TABLE.name} starts with {TABLE.start}")])
    faults = _Faults(low, high)
    labels, notes = _Labels({}, {}, {}), list[str]()
    if rows[0][0].text.startswith("#"):
        by_kind = _by_kind(rows, faults)
        labels, notes = _labels(by_kind, faults), list(_decide_notes(by_kind))
        records = list(_decide_records(by_kind, Path(file).stem))
    else:
        records = list(_records(rows, Path(file).stem, faults))
    if not records and not faults.problems:
        faults.at(Mark(file), "", "has no positions; write a row for each actor and issue")
    found = [
        _negotiation([one for one in records if one.negotiation == name], labels, faults)
        for name in dict.fromkeys(one.negotiation for one in records)
    ]
    faults.raise_all()
    return [one._replace(notes=[*notes, *one.notes]) for one in found]


def _rows_of(text: str, file: str) -> Iterator[_Row]:
    """Yield the rows of separated values that are not blank; cells are stripped, empty ones at the end dropped."""
    text = _LINE_END.sub("\n", text.removeprefix("\ufeff"))
    first = text.lstrip("\n").partition("\n")[0]
    quote, separator = "'" if first.lstrip().startswith("'") else '"', max("\t;,", key=first.count)
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


def _records(rows: list[_Row], stem: str, faults: _Faults) -> Iterator[_Record]:
    """Yield a record for each actor and issue of a long or wide table."""
    names = [re.sub(r"[\W_]+", "_", cell.text.casefold()).strip("_") for cell in rows[0]]
    columns = {what: names.index(name) for what, some in _COLUMNS.items() for name in some[::-1] if name in names}
    wide = next((people for before in _PREFIXES if (people := _people(names, before))), {})
    needed = ["issue"] if wide else ["issue", "actor", "position", "salience"]
    if absent := [what for what in needed if what not in columns]:
        also = " (a KTAB file has to be written so)" if len(rows[0]) == 4 and rows[0][-1].text.isdigit() else ""
        faults.at(rows[0][0].where, "", f"has no column {listed(absent)}; a table starts with {TABLE.start}{also}")
        return
    for row in rows[1:]:
        if len(row) > len(names):
            faults.at(row[-1].where, "", f"has {len(row)} columns; the first row names {len(names)}")
            continue
        full = [*row, *[_Cell("", row[-1].where)] * (len(names) - len(row))]
        own = {what: full[at] for what, at in columns.items()}
        name = own["negotiation"].text if "negotiation" in own else stem
        title = own["title"].text if "title" in own else ""
        for who, places in wide.items() or [("", {})]:
            actor = _Cell(who, full[0].where) if wide else own["actor"]
            yield _Record(name, title, own["issue"], actor, own | {what: full[at] for what, at in places.items()})


def _people(names: list[str], before: tuple[str, str, str]) -> dict[str, dict[str, int]]:
    """Return by actor the columns of a wide table. before: an actor's name in a column of each kind."""
    whats = ("position", "salience", "capability")
    every = [name.removeprefix(before[0]) for name in names if name.startswith(before[0])]
    return {
        who: {what: names.index(start + who) for what, start in zip(whats, before, strict=True) if start + who in names}
        for who in every
        if who and before[1] + who in names
    }


def _negotiation(records: list[_Record], labels: _Labels, faults: _Faults) -> Controversy:
    issues = {name: _issue(name, labels, faults) for name in labels.issues}
    stances: dict[str, dict[str, Stance]] = {name: {} for name in labels.actors}
    powers: dict[str, list[float]] = {}
    seen: dict[tuple[str, str], int] = {}
    for record in records:
        issue, actor, numbers = record.issue, record.actor, record.numbers
        for cell, what in ((issue, "issue"), (actor, "actor")):
            if not cell.text:
                faults.at(cell.where, what, "is empty; write a name")
        if (actor.text, issue.text) in seen:
            before = f"the first is on line {seen[actor.text, issue.text]}; remove one"
            faults.at(actor.where, "", f"{literal(actor.text)} on {literal(issue.text)} is given twice; {before}")
            continue
        seen[actor.text, issue.text] = actor.where.line
        faults.known(actor, labels.actors, "actor")
        faults.known(issue, labels.issues, "issue")
        issues[issue.text] = _with_ends(issues.get(issue.text) or _issue(issue.text, labels, faults), record, faults)
        scale = labels.places.get(issue.text, faults.scale)
        stance, power = _stance(numbers, scale[0][0], scale[-1][0], faults)
        stances.setdefault(actor.text, {})[issue.text] = stance
        powers.setdefault(actor.text, []).append(power)
    several = [who for who, own in powers.items() if len(set(own)) > 1]
    notes = [f"power that differs from issue to issue ({in_note(several)}); its mean is taken"] if several else []
    means = {who: sum(own) / len(own) for who, own in powers.items()}
    actors = [Actor(who, labels.actors.get(who, who), means.get(who, 0.0), own) for who, own in stances.items()]
    first = records[0]
    return Controversy(first.negotiation, first.title or first.negotiation, [*issues.values()], actors, notes)


def _stance(numbers: dict[str, _Cell], low: float, high: float, faults: _Faults) -> tuple[Stance, float]:
    """Read a stance, and the power there (1 in a table without)."""
    position, salience, power = (numbers.get(what) for what in ("position", "salience", "capability"))
    place = weight = None
    if position is not None and not faults.is_missing(position):
        place = faults.number(position, "position", low, high)
    if salience is not None and not faults.is_missing(salience):
        weight = faults.number(salience, "salience", 0, 100)
    strength = 1.0 if power is None else faults.number(power, "capability", 0, _BEYOND)
    scaled = None if place is None else (place - low) / (high - low)
    return Stance(scaled, SILENT_WEIGHT if weight is None else weight), strength or 0.0


def _issue(name: str, labels: _Labels, faults: _Faults) -> TableIssue:
    places = labels.places.get(name, faults.scale)
    ends = [f"{value:g}: {meaning}" if meaning else f"{value:g}" for value, meaning in places]
    return TableIssue(name, labels.issues.get(name, name), ends[0], ends[-1])


def _with_ends(issue: TableIssue, record: _Record, faults: _Faults) -> TableIssue:
    """Add an issue's reference point and outcome, which every row of a long table repeats."""
    (low, _), (high, _) = faults.scale
    for what in ("reference", "outcome"):
        cell = record.numbers.get(what)
        if cell is None or faults.is_missing(cell):
            continue
        number = faults.number(cell, what, low, high)
        scaled, before = None if number is None else (number - low) / (high - low), getattr(issue, what)
        if None not in {before, scaled} and before != scaled:
            faults.at(cell.where, what, f"{cell.text} differs from an earlier row on {literal(issue.name)}")
        issue = issue._replace(reference=scaled) if what == "reference" else issue._replace(outcome=scaled)
    return issue


def _by_kind(rows: list[_Row], faults: _Faults) -> dict[str, list[_Row]]:
    """Sort *decide*'s good rows by their kind."""
    sorted_rows: dict[str, list[_Row]] = {kind: [] for kind in _DECIDE}
    for row in rows:
        columns, least = _DECIDE.get(row[0].text, ("", 0))
        most = columns.count(",") + 1 if least else 1000
        if not columns:
            faults.at(row[0].where, "", f"{literal(row[0].text)} is not a kind of row; one of {', '.join(_DECIDE)}")
        elif not least <= len(row) - 1 <= most:
            has = f"has {len(row)} column{'s' * (len(row) != 1)}"
            faults.at(row[-1].where, row[0].text, f"{has}; write {row[0].text}, {columns}")
        else:
            sorted_rows[row[0].text].append(row)
    return sorted_rows


def _labels(rows: dict[str, list[_Row]], faults: _Faults) -> _Labels:
    actors, issues = _names(rows["#A"], "actor", faults), _names(rows["#P"], "issue", faults)
    places: dict[str, list[tuple[float, str]]] = {}
    for row in rows["#M"]:
        value = faults.number(row[2], "position", -_BEYOND, _BEYOND)
        if faults.known(row[1], issues, "issue") and value is not None:
            places.setdefault(row[1].text, []).append((value, row[3].text if len(row) > 3 else ""))
    for row in rows["#M"]:
        if len({value for value, _ in places.get(row[1].text, faults.scale)}) == 1:
            faults.at(row[1].where, "issue", f"{literal(row[1].text)} has one #M row; write its low and its high end")
            places.pop(row[1].text)
    return _Labels(actors, issues, {name: sorted(some) for name, some in places.items()})


def _names(rows: list[_Row], what: str, faults: _Faults) -> dict[str, str]:
    names: dict[str, str] = {}
    for row in rows:
        if row[1].text in names:
            faults.at(row[1].where, what, f"{literal(row[1].text)} is given twice; remove one")
        names[row[1].text] = (row[2].text if len(row) > 2 else "") or row[1].text
    return names


def _decide_records(rows: dict[str, list[_Row]], stem: str) -> Iterator[_Record]:
    title = " ".join(cell.text for cell in rows["#O"][0][1:]) if rows["#O"] else stem
    for row in rows["#D"]:
        yield _Record(
            stem, title, row[2], row[1], dict(zip(("position", "salience", "capability"), row[3:], strict=False))
        )


def _decide_notes(rows: dict[str, list[_Row]]) -> Iterator[str]:
    """Note what of a file of *decide* has no place in a scenario."""
    counts = [row[1].text for row in rows["#M"]]
    if inner := [name for name in dict.fromkeys(counts) if counts.count(name) > 2]:
        yield f"the meanings of places between the ends (#M) of {in_note(inner)}"
    remarks = [row for kind, most in (("#A", 4), ("#P", 4), ("#D", 7)) for row in rows[kind] if len(row) == most]
    count = len(rows["#/"]) + sum(row[-1].text not in {row[1].text, row[2].text} for row in remarks)
    if count:
        yield f"comments ({count})"
