"""The tables of an ODD description that are the same for every scenario, made from the declarations of the model.

Names, kinds, meanings and units are those of the records, enums and measures that the model runs on, so that a table
in a paper cannot differ from the code. `references.csv` has the literature that the basis of a parameter names: a
source gives a sign or an order of size; how that becomes a number of the model is judgement, and the parameter's
standing says so.
"""

from __future__ import annotations

import csv
import inspect
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from importlib import import_module, resources
from typing import Annotated, get_origin, get_type_hints

from negsim.negotiation import formats, tables
from negsim.negotiation.formats import FORMATS, Chair
from negsim.negotiation.measures import GROUP_MEASURES, ISSUE_MEASURES, MEASURES
from negsim.negotiation.parameters import Parameters, about
from negsim.negotiation.tables import Field, Move, Record, fields, record_type
from negsim.randomness import Decision
from negsim.report.markdown import bullets, cell_text, code, grid
from negsim.scenario.words import parameter_scales

KINDS = {"f": "number", "i": "whole number", "b": "yes or no"}
ENTITIES: dict[str, type[Record]] = {  # heading, and the record that declares its variables
    "Delegate": tables.DelegateRow,
    "Caucus at a reading": tables.CaucusRow,
    "Opinion of a delegate on an issue": tables.OpinionRow,
    "Paragraph of the text, one an issue": tables.ParagraphRow,
    "Proposal": tables.ProposalRow,
    "The process": tables.ClockRow,
    "Seat (given, never changed)": tables.SeatRow,
    "Stance of a seat on an issue (given)": tables.StanceRow,
    "Setting of the process (given)": tables.SettingRow,
    "Break (given)": tables.BreakRow,
    "What the decision rule asks of a group (given)": tables.ConsentRow,
    "Text on an issue at the start (given)": tables.TextRow,
}
DRAWS = {
    Decision.POSITION: "normal, clipped to 0..1: position of a delegate on an issue",
    Decision.SALIENCE: "lognormal factor: weight of an issue to a delegate",
    Decision.TEMPER: "normal: temper of a delegate on an issue, once a run",
    Decision.RED_LINE: "normal: red line of a delegate on an issue",
    Decision.TRUSTING: "normal: how trusting a delegate is",
    Decision.TRUSTED: "normal: how far others trust a delegate",
    Decision.CHAIR_TRUST: "normal, clipped to 0..1: trust in the chair",
    Decision.CAMP: "which camp, if any, a delegate belongs to",
    Decision.FLOOR: "exponential: when a delegate next asks for the floor",
    Decision.TABLING: "whether one given the floor tables a proposal",
    Decision.ATTRIBUTION: "whether the room keeps who tabled a proposal",
    Decision.TRIAL: "whether a sponsor is put on trial",
    Decision.COVERAGE: "whether the chair's draft has a paragraph on an issue",
    Decision.STEP: "uniform factor 0..2 on how far a text is moved after a failed reading",
    Decision.NOTICING: "whether an overlap is noticed",
    Decision.PERSONAL: "whether an objection is taken personally",
    Decision.DRAFTERS: "who sits in a drafting group",
    Decision.ATTENDANCE: "who spends an evening at mixed tables",
    Decision.TABLE: "who sits at which table",
    Decision.MOTION: "whether a delegate backs a procedural motion",
    Decision.WALKOUT: "whether a group leaves",
    Decision.ENCOUNTER: "who meets whom in the reference format deffuant",
    Decision.UNCERTAIN: "what a scenario leaves open",
    Decision.ACROSS: "whether a delegate seeks company in other groups at a break",
    Decision.COMPANY: "whom a delegate talks to at a break",
    Decision.CLIMATE: "normal: the climate, once a run for everybody and every issue",
}


def rules(names: str) -> str:
    """A list of rules with what their docstrings say. names: `module.function` of negsim.negotiation, with spaces."""
    return bullets(map(_rule, names.split()))


def _rule(name: str) -> str:
    module, function = name.split(".")
    text = " ".join(_docstring(getattr(import_module(f"negsim.negotiation.{module}"), function)).split())
    return f"`{function}`: {text.replace('*', chr(92) + '*')}"


def about_module(name: str) -> str:
    """What a module of negsim.negotiation says it is."""
    text = _docstring(import_module(f"negsim.negotiation.{name}")).split("\n\n")[0]
    return f"{' '.join(text.split())} (`negotiation.{name}`)"


def _docstring(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def pattern_table() -> str:
    """The patterns by which the model is judged, each with its standing."""
    header, *rows = _csv("patterns")
    return grid(header, rows)


def _csv(name: str) -> Iterator[list[str]]:
    file = resources.files("negsim") / "report" / "odd" / f"{name}.csv"
    return csv.reader(file.read_text(encoding="utf-8").splitlines())


def meaning(field: Field) -> str:
    """What a column means: the codes it holds by their names, and its unit."""
    codes = f" ({' / '.join(map(_spaced, field.codes.__members__)).lower()})" if field.codes else ""
    return f"{field.meaning}{codes}{f'; {field.unit}' if field.unit else ''}"


def state_tables() -> str:
    """Every state variable by entity, with its kind and its meaning and unit."""
    parts = [f"**{heading}**\n\n{_columns(record)}" for heading, record in ENTITIES.items()]
    arrays = {
        name: hint.__metadata__[0]
        for name, hint in get_type_hints(tables.State, include_extras=True).items()
        if get_origin(hint) is Annotated
    }
    relations = grid(
        ["variable", "shape and meaning"], [[code(name), meaning(array)] for name, array in arrays.items()]
    )
    return "\n\n".join([*parts, f"**Relations and records (tables)**\n\n{relations}"])


def _columns(record: type[Record]) -> str:
    kinds = record_type(record)
    rows = [[code(name), KINDS[kinds[name].kind], meaning(field)] for name, field in fields(record).items()]
    return grid(["variable", "kind", "meaning, unit"], rows)


def move_table() -> str:
    """Every move a turn can be, and what is logged besides."""
    return grid(["move", "what happens"], [[code(move.name.lower()), move.meaning] for move in Move])


def format_table() -> str:
    """What each session format is."""
    return grid(["format", "what it is"], [[code(name), form.meaning] for name, form in FORMATS.items()])


def format_numbers(chair: Chair) -> str:
    """Each session format as its row of numbers, with a chair's own numbers."""
    columns, table = formats.columns(), formats.table(FORMATS, chair)
    rows = [
        [code(name), *(_number(field.codes, table[column][f].item()) for column, field in columns.items())]
        for f, name in enumerate(FORMATS)
    ]
    return grid(["format", *map(_spaced, columns)], rows)


def format_columns() -> str:
    """What the numbers of a format mean."""
    return bullets(f"`{name}`: {field.meaning}" for name, field in formats.columns().items())


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _number(codes: type[IntEnum] | None, value: float) -> str:
    return _spaced(codes(int(value)).name.lower()) if codes else cell_text(float(value))


def measure_table() -> str:
    """What is measured of a run."""
    return grid(["measure of a run", "meaning, unit"], [[code(name), meaning(of)] for name, of in MEASURES.items()])


def issue_measures() -> str:
    """The names of what is measured of every issue."""
    return _listed(ISSUE_MEASURES)


def group_measures() -> str:
    """The names of what is measured of every group."""
    return _listed(GROUP_MEASURES)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(code, names))


def draw_table() -> str:
    """What is drawn at random."""
    return grid(
        ["decision", "what it decides"],
        [[code(d.name.lower()), DRAWS.get(d, _spaced(d.name.lower()))] for d in Decision],
    )


def parameter_table(values: Mapping[str, float] | None = None) -> str:
    """Every behavioural parameter; values: those of a scenario, to stand beside the defaults where they differ."""
    defaults, scales = Parameters._field_defaults, parameter_scales()
    changed = values or defaults
    rows = [
        [
            code(name),
            float(defaults[name]),
            float(changed[name]) if changed[name] != defaults[name] else None,
            f"{cell_text(of.low)} - {cell_text(of.high)}",
            f"{cell_text(float(scales[name].low))} - {cell_text(float(scales[name].high))}",
            of.basis,
            of.standing,
        ]
        for name, of in about().items()
    ]
    header = ["parameter", "default", "here", "plausible range", "a file may write", "basis", "standing"]
    return grid(header, rows)


def references() -> str:
    """The literature that the bases of the parameters name."""
    bases = " ".join(of.basis for of in about().values())
    return bullets(full for short, full in literature().items() if short in bases)


def literature() -> dict[str, str]:
    """Full references by how a basis names them."""
    return dict(list(_csv("references"))[1:])
