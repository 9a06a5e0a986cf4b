"""The tables of an ODD description that are the same for every scenario, made from the declarations of the model.

Names, kinds, meanings and units are those of the records, enums and measures that the model runs on, so that a table
in a paper cannot differ from the code. `REFERENCES` has the literature that the basis of a parameter names, in full: a
source gives a sign or an order of size; how that becomes a number of the model is judgement, and the parameter's
standing says so.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Annotated, Any, get_origin, get_type_hints

from negsim.negotiation import formats, tables
from negsim.negotiation.formats import FORMATS, Chair
from negsim.negotiation.measures import GROUP_MEASURES, ISSUE_MEASURES, MEASURES
from negsim.negotiation.parameters import Parameters, about
from negsim.negotiation.tables import Field, Move, Record, fields, record_type
from negsim.randomness import Decision
from negsim.report.markdown import bullets, code, grid, said
from negsim.scenario.words import parameter_scales


def docstring(thing: Any) -> str:  # noqa: ANN401 - a module, a function or a compiled one
    """What a module, a function or a compiled function says it is, as one paragraph."""
    return " ".join((inspect.getdoc(thing) or "").split())


def first_paragraph(thing: Any) -> str:  # noqa: ANN401
    """The first paragraph of a docstring, as one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


REFERENCES = {
    "Acar-Burkay et al. 2020": "Acar-Burkay, S., et al. (2020). Group Decision and Negotiation: relational capital of "
    "negotiators over seven months.",
    "Burt & Knez 1995": "Burt, R. S., & Knez, M. (1995). Kinds of third-party effects on trust. Rationality and "
    "Society 7(3), 255-292. doi 10.1177/1043463195007003003",
    "Carnevale & Lawler 1986": "Carnevale, P. J. D., & Lawler, E. J. (1986). Time pressure and the development of "
    "integrative agreements in bilateral negotiations. Journal of Conflict Resolution 30(4), 636-659. "
    "doi 10.1177/0022002786030004003",
    "Cowan 2001": "Cowan, N. (2001). The magical number 4 in short-term memory. Behavioral and Brain Sciences 24(1), "
    "87-114. doi 10.1017/S0140525X01003922",
    "Dunbar": "Dunbar, R., quoted in the New York Times (2010): closeness falls by about 15 % a year without meeting.",
    "Gaertner et al. 1990": "Gaertner, S. L., Mann, J. A., Dovidio, J. F., Murrell, A. J., & Pomare, M. (1990). How "
    "does cooperation reduce intergroup bias? Journal of Personality and Social Psychology 59(4), 692-704. "
    "doi 10.1037/0022-3514.59.4.692",
    "Lees & Cikara 2020": "Lees, J., & Cikara, M. (2020). Inaccurate group meta-perceptions drive negative out-group "
    "attributions in competitive contexts. Nature Human Behaviour 4, 279-286. doi 10.1038/s41562-019-0766-4",
    "Lu et al. 2012": "Lu, L., Yuan, Y. C., & McLeod, P. L. (2012). Twenty-five years of hidden profiles in group "
    "decision making: a meta-analysis. Personality and Social Psychology Review 16(1), 54-75. "
    "doi 10.1177/1088868311417243",
    "More in Common 2019": "More in Common (2019). The perception gap: how false impressions are pulling Americans "
    "apart.",
    "NegMAS": "NegMAS, a platform for automated negotiation: its time-based aspiration curves 1 - t^e (linear e = 1, "
    "boulware e = 4), read in its source.",
    "Paluck et al. 2019": "Paluck, E. L., Green, S. A., & Green, D. P. (2019). The contact hypothesis re-evaluated. "
    "Behavioural Public Policy 3(2), 129-158. doi 10.1017/bpp.2018.25",
    "Pettigrew & Tropp 2006": "Pettigrew, T. F., & Tropp, L. R. (2006). A meta-analytic test of intergroup contact "
    "theory. Journal of Personality and Social Psychology 90(5), 751-783. doi 10.1037/0022-3514.90.5.751",
    "Robinson et al. 1995": "Robinson, R. J., Keltner, D., Ward, A., & Ross, L. (1995). Actual versus assumed "
    "differences in construal. Journal of Personality and Social Psychology 68(3), 404-417. "
    "doi 10.1037/0022-3514.68.3.404",
    "Ross & Stillinger": "Ross, L., & Stillinger, C. (1991). Barriers to conflict resolution. Negotiation Journal "
    "7(4), 389-404.",
    "Schkade et al. 2007": "Schkade, D., Sunstein, C. R., & Hastie, R. (2007). What happened on Deliberation Day? "
    "California Law Review 95(3), 915-940.",
    "Slovic 1993": "Slovic, P. (1993). Perceived risk, trust, and democracy. Risk Analysis 13(6), 675-682. "
    "doi 10.1111/j.1539-6924.1993.tb01329.x",
    "Stuhlmacher et al. 1998": "Stuhlmacher, A. F., Gillespie, T. L., & Champagne, M. V. (1998). The impact of time "
    "pressure in negotiation: a meta-analysis. International Journal of Conflict Management 9(2), 97-116. "
    "doi 10.1108/eb022805",
    "Thompson & Hastie 1990": "Thompson, L., & Hastie, R. (1990). Social perception in negotiation. Organizational "
    "Behavior and Human Decision Processes 47(1), 98-123. doi 10.1016/0749-5978(90)90048-E",
}


KINDS = {"f": "number", "i": "whole number", "b": "yes or no"}
ENTITIES: dict[str, type[Record]] = {  # heading, and the record that declares its variables
    "Delegate": tables.DelegateRow,
    "Opinion of a delegate on an issue": tables.OpinionRow,
    "Paragraph of the text, one an issue": tables.ParagraphRow,
    "Proposal": tables.ProposalRow,
    "The process": tables.ClockRow,
    "Seat (given, never changed)": tables.SeatRow,
    "Stance of a seat on an issue (given)": tables.StanceRow,
    "Setting of the process (given)": tables.SettingRow,
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
}


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


def format_tables(chair: Chair) -> str:
    """What each session format is, and its row of numbers, a chair's own numbers put in."""
    about_each = [[code(name), form.meaning] for name, form in FORMATS.items()]
    columns, table = formats.columns(), formats.table(FORMATS, chair)
    rows = [
        [code(name), *(_number(field.codes, table[column][f].item()) for column, field in columns.items())]
        for f, name in enumerate(FORMATS)
    ]
    return "\n\n".join(
        [
            grid(["format", "what it is"], about_each),
            "A format as a row of numbers; where it leaves them to the chair, the numbers of this scenario's chair:",
            grid(["format", *map(_spaced, columns)], rows),
            bullets(f"`{name}`: {field.meaning}" for name, field in columns.items()),
        ]
    )


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _number(codes: type[IntEnum] | None, value: float) -> str:
    return _spaced(codes(int(value)).name.lower()) if codes else said(float(value))


def measure_tables() -> str:
    """What a run reports: its own row, and tables by issue and by group."""
    others = (
        f"By issue: {_listed(ISSUE_MEASURES)}. By group: {_listed(GROUP_MEASURES)}. By format: "
        f"minutes of floor time. Besides: a time series and an event log that can be told as minutes of the meetings."
    )
    rows = [[code(name), meaning(measure)] for name, measure in MEASURES.items()]
    return f"{grid(['measure of a run', 'meaning, unit'], rows)}\n\n{others}"


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
            f"{said(known.low)} - {said(known.high)}",
            f"{said(float(scales[name].low))} - {said(float(scales[name].high))}",
            known.basis,
            known.standing,
        ]
        for name, known in about().items()
    ]
    header = ["parameter", "default", "here", "plausible range", "a file may write", "basis", "standing"]
    return grid(header, rows)


def references() -> str:
    """The literature that the bases of the parameters name."""
    bases = " ".join(known.basis for known in about().values())
    return bullets(full for short, full in REFERENCES.items() if short in bases)
