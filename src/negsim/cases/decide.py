"""Input files of *decide*, the exchange model's program (foarsitter/decide-exchange-model).

- A row says its kind in its first column: #A actor, #P issue, #M a place on an issue and what it means, #D an actor's
  position, salience and power on an issue, #O a title, #/ a comment. Rows come in any order.
- Columns are separated by tabs, semicolons or commas, as in the first row, and may be quoted with ' or ".
- Positions lie between the lowest and the highest #M of the issue (0 and 100 without any), salience and power
  between 0 and 1, as in decide's own reader (decide/data/types.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from negsim.cases.foreign import (
    NUMBER,
    Actor,
    Body,
    Cell,
    Faults,
    Question,
    Row,
    Stance,
    columns,
    listed,
    not_empty,
    rows_of,
    twice,
)
from negsim.errors import Mark, Problem, ScenarioError, did_you_mean, literal
from negsim.scenario.yaml import Form

FORM = Form("decide file", "rows #A and #P")
HINTED = 200  # problems; to look for more names that were meant would take too long
USUAL_SCALE = ((0.0, ""), (100.0, ""))


class Kind(NamedTuple):
    """A kind of row: how many columns it has, the first included, and which."""

    least: int
    most: int
    columns: str


KINDS = {
    "#A": Kind(2, 4, "#A, name, full name, comment"),
    "#P": Kind(2, 4, "#P, name, full name, comment"),
    "#M": Kind(3, 4, "#M, issue, position, meaning"),
    "#D": Kind(6, 7, "#D, actor, issue, position, salience, power, comment"),
    "#O": Kind(1, 1000, "#O, title"),
    "#/": Kind(1, 1000, "#/, comment"),
}
_FIRST = re.compile(r"""[ ]*(["']?)#.\1[ ]*([\t;,])""")


class Datum(NamedTuple):
    """What a #D row says of an actor on an issue."""

    position: float
    salience: float
    power: float


Data = dict[str, dict[str, Datum]]  # by actor and issue
Places = dict[str, list[tuple[float, str]]]  # by issue: positions that have a meaning


def read(text: str, file: str) -> Body:
    """The body of a decide file; raises `ScenarioError` with every bad row."""
    not_empty(text, file, FORM)
    faults, rows = Faults(), _sorted(text, file)
    actors, issues = _names(rows["#A"], "actor", faults), _names(rows["#P"], "issue", faults)
    for names, kind, what in ((actors, "#A", "actors"), (issues, "#P", "issues")):
        if not names:
            faults.at(Mark(file), "", f"has no {what}; write a row {KINDS[kind].columns} for each")
    places = _places(rows["#M"], issues, faults)
    data = _data(rows["#D"], (actors, issues), places, faults)
    if not rows["#D"]:
        faults.at(Mark(file), "", f"has no positions; write a row {KINDS['#D'].columns} for each actor and issue")
    faults.problems += rows.faults.problems
    faults.raise_all()
    return Body(
        title=" ".join(cell.text for cell in rows["#O"][0][1:]) if rows["#O"] else Path(file).stem,
        description="\n".join(" ".join(cell.text for cell in row[1:]) for row in rows["#O"][1:]),
        source="input file of decide, the exchange model's program (foarsitter/decide-exchange-model)",
        questions=[_question(name, label, places.get(name)) for name, label in issues.items()],
        actors=[_actor(name, label, data.get(name, {})) for name, label in actors.items()],
        notes=[*_notes(rows, data)],
    )


class _Rows(dict[str, list[Row]]):
    """Good rows by their kind, and what is wrong with the others."""

    def __init__(self) -> None:
        super().__init__({kind: [] for kind in KINDS})
        self.faults = Faults()


def _sorted(text: str, file: str) -> _Rows:
    first = next((match for line in text.split("\n") if (match := _FIRST.match(line))), None)
    quote, separator = ("'" if first and first[1] == "'" else '"'), (first[2] if first else "\t")
    rows, faults, strange = _Rows(), Faults(), 0
    for row in rows_of(text, file, separator, quote):
        kind = row[0].text
        known = KINDS.get(kind)
        if known is None:
            strange += 1
            faults.at(row[0].where, "", f"{literal(kind)} is not a kind of row; one of {', '.join(KINDS)}")
        elif not known.least <= len(row) <= known.most:
            faults.at(row[-1].where, kind, f"has {columns(row)}; write {known.columns}")
        else:
            rows[kind].append(row)
    if len(faults.problems) == strange and not any(rows.values()):
        raise ScenarioError([Problem(Mark(file), "", f"holds no row of a {FORM.name}; they start with #A, #P or #D")])
    rows.faults = faults
    return rows


def _names(rows: list[Row], what: str, faults: Faults) -> dict[str, str]:
    """Names with their labels, in the order of the file."""
    seen: dict[str, Mark] = {}
    good = [row for row in rows if not twice(seen, row[1], what, faults)]
    return {row[1].text: (row[2].text if len(row) > 2 else "") or row[1].text for row in good}


def _known(cell: Cell, names: dict[str, str], what: str, faults: Faults) -> bool:
    if cell.text in names:
        return True
    hint = did_you_mean(cell.text, names) if len(faults.problems) < HINTED else ""
    faults.at(cell.where, what, f"unknown {what} {literal(cell.text)}{hint}")
    return False


def _places(rows: list[Row], issues: dict[str, str], faults: Faults) -> Places:
    """What #M rows say of each issue, from low to high."""
    places: Places = {}
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
        if len(places.get(row[1].text, USUAL_SCALE)) == 1:
            faults.at(row[1].where, "issue", f"{literal(row[1].text)} has one #M row; write its low and its high end")
    return {name: sorted(ends) for name, ends in places.items() if len(ends) > 1}


def _data(rows: list[Row], names: tuple[dict[str, str], dict[str, str]], places: Places, faults: Faults) -> Data:
    """What #D rows say, by actor and then by issue."""
    data: Data = {}
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        actor, issue = row[1].text, row[2].text
        known = [_known(row[1], names[0], "actor", faults), _known(row[2], names[1], "issue", faults)]
        datum = _datum(row, places.get(issue, USUAL_SCALE), faults)
        if (actor, issue) in seen:
            before = f"the first is on line {seen[actor, issue]}; remove one"
            faults.at(row[1].where, "", f"{literal(actor)} on {literal(issue)} is given twice; {before}")
        elif all(known) and datum is not None:
            data.setdefault(actor, {})[issue] = datum
        seen.setdefault((actor, issue), row[0].where.line)
    return data


def _datum(row: Row, scale: Sequence[tuple[float, str]], faults: Faults) -> Datum | None:
    low, high = scale[0][0], scale[-1][0]
    position = faults.number(row[3], "position", low, high)
    salience, power = faults.number(row[4], "salience", 0, 1), faults.number(row[5], "power", 0, 1)
    if len(row) == 7 and NUMBER.fullmatch(row[6].text):  # more likely a column too many than a comment
        faults.at(row[6].where, "comment", f"{row[6].text} is a number; write {KINDS['#D'].columns}")
    if position is None or salience is None or power is None:
        return None
    return Datum((position - low) / (high - low), salience, power)


def _question(name: str, label: str, places: list[tuple[float, str]] | None) -> Question:
    ends = [f"{value:g}: {meaning}" if meaning else f"{value:g}" for value, meaning in places or USUAL_SCALE]
    return Question(name, label, ends[0], ends[-1])


def _actor(name: str, label: str, stances: dict[str, Datum]) -> Actor:
    power = sum(datum.power for datum in stances.values()) / max(1, len(stances))
    return Actor(name, label, power, {one: Stance(datum.position, datum.salience) for one, datum in stances.items()})


def _notes(rows: _Rows, data: Data) -> Iterator[str]:
    """What of a file has no place in a scenario."""
    if several := [who for who, stances in data.items() if len({datum.power for datum in stances.values()}) > 1]:
        yield f"power that differs from issue to issue ({listed(several)}); its mean over the issues is taken"
    places = Counter(row[1].text for row in rows["#M"])
    if inner := [issue for issue, count in places.items() if count > 2]:
        yield f"the meanings of places between the ends (#M) of {listed(inner)}"
    remarks = [row for kind in ("#A", "#P", "#D") for row in rows[kind] if len(row) == KINDS[kind].most]
    count = len(rows["#/"]) + sum(row[-1].text not in {row[1].text, row[2].text} for row in remarks)
    if count:
        yield f"comments ({count})"
