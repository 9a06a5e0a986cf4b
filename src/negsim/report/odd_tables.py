"""The tables of an ODD description that are the same for every scenario, made from the declarations of the model.

Rules that hold here
- Names, kinds and remarks come from the sources; `MEANT` says what an entry means where its source leaves it to the
  name, and a test keeps it to entries that exist and say nothing themselves.

What the sources say about their own declarations: the comment beside a column, the docstring of a rule.

Rules that hold here
- A table in a paper is made from the declaration that the model runs on, so the two cannot differ.

The literature that the basis of a parameter names, in full.

Rules that hold here
- A source gives a sign or an order of size; how that becomes a number of the model is judgement, and the parameter's
  standing says so.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import dropwhile, takewhile
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from negsim import negotiation, scenario
from negsim.negotiation import formats, measures, tables
from negsim.negotiation.formats import FORMATS, Chair, Format
from negsim.negotiation.parameters import Parameters, about
from negsim.negotiation.tables import Move, Pen
from negsim.randomness import Decision
from negsim.report.markdown import bullets, code, grid, said
from negsim.scenario.methodologies import METHODOLOGIES
from negsim.scenario.words import parameter_scales

_ENTRY = re.compile(r'^ {4}"?(\w+)"?(?: =|=|:|,)[^#]*?(?:  # (.*))?$')
_FORMAT = re.compile(r'^ {4}"(\w+)": ')
_ABOVE = re.compile(r"^ {4}# (.*)$")


def remarks(module: ModuleType, opening: str) -> dict[str, str]:
    """Every entry of the declaration that opens so, with the comment beside it ("" none).

    opening: how its first line starts, such as `DELEGATE = ` or `class State`. Raises KeyError if no line does.

    >>> from negsim.negotiation import case
    >>> remarks(case, "STANCE = ")["position"]
    'mean, 0..1'
    """
    found = (_ENTRY.match(line) for line in _lines(module, opening))
    return {entry[1]: entry[2] or "" for entry in found if entry}


def remarks_above(module: ModuleType, opening: str) -> dict[str, str]:
    """Every keyed entry of the declaration that opens so, with the comment in the line above it ("" none)."""
    found, above = dict[str, str](), ""
    for line in _lines(module, opening):
        if entry := _FORMAT.match(line):
            found[entry[1]] = above
        remark = _ABOVE.match(line)
        above = remark[1] if remark else ""
    return found


def _lines(module: ModuleType, opening: str) -> Iterator[str]:
    """The lines of a declaration after its first, up to its end or its first method."""
    lines = dropwhile(lambda line: not line.startswith(opening), inspect.getsource(module).splitlines())
    if next(lines, None) is None:
        raise KeyError(f"no line of {module.__name__} starts with {opening!r}")
    return takewhile(lambda line: not line or (line.startswith("    ") and not line.startswith("    @")), lines)


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
ENTITIES = {  # heading, and where its variables are declared
    "Delegate": (tables, "DELEGATE"),
    "Opinion of a delegate on an issue": (tables, "OPINION"),
    "Paragraph of the text, one an issue": (tables, "PARAGRAPH"),
    "Proposal": (tables, "PROPOSAL"),
    "The process": (tables, "CLOCK"),
    "Seat (given, never changed)": (tables, "SEAT"),
    "Stance of a seat on an issue (given)": (tables, "STANCE"),
    "Setting of the process (given)": (tables, "SETTING"),
}
MEANT = {
    "group": "number of the stakeholder group",
    "openness": "0..1, how far the delegate may be moved at all",
    "chair_trust": "trust in the chair, 0..1",
    "chair_trust_base": "what trust in the chair fades towards, 0..1",
    "position": "private ideal point between the labelled ends, 0..1",
    "instructions": "what anchors the position, 0..1",
    "red_low": "text below is never acceptable",
    "red_high": "text above is never acceptable",
    "precision": "how much the text pins down, 0..1",
    "sponsor": "the delegate who tabled it",
    "in_session": "whether the floor is open",
    "may_block": "whether the delegate's objection can stop consensus",
    "depth": "ambition x precision of the agreed paragraphs x share agreed; NaN where none is",
    "ambition": "min(1, |text - status quo| / max(|mean first position - status quo|, .05)), of agreed paragraphs",
    "consensus_tastle_wierman": "consensus of positions (Tastle & Wierman)",
    "agreement_van_der_eijk": "agreement A of positions (van der Eijk)",
    "polarisation_esteban_ray": "polarisation of positions (Esteban & Ray)",
    "fewest_blockers": "fewest who blocked at a reading",
    "readings": "readings of paragraphs so far",
    "discussed": "slots in which a proposal was discussed",
    "trials": "slots in which a sponsor was put on trial",
    "proposals_tabled": "proposals tabled",
    "proposals_discussed": "slots in which a proposal was discussed",
    "delegates_left": "delegates who walked out",
    "open_session": "a session begins with its first issue",
    "close_session": "a session ends; what is left of its time is lost",
    "evening": "an evening is spent; who sees more outside may leave",
    "submit": "a proposal arrives in writing",
    "reaffirm": "the line of a camp is restated",
    "close_meeting": "a meeting ends; ignored sponsors resent it, and if nothing was closed the others are blamed",
    "perceived_distance_start": "mean |own position - believed position| across groups",
    "real_distance_start": "mean |own position - position| across groups",
    "perceived_distance_end": "the same at the end",
    "real_distance_end": "the same at the end",
    "zone_end": "share of issues with a zone of agreement at the end",
    "trust_across": "mean trust across groups, 0..1, at the start",
    "trust_chair": "mean trust in the chair, 0..1, at the start",
    "trust_within_start": "mean trust within groups, 0..1, at the start",
    "trust_within_end": "the same at the end",
    "trust_across_start": "mean trust across groups, 0..1, at the start",
    "trust_across_end": "the same at the end",
    "trust_chair_start": "mean trust in the chair, 0..1, at the start",
    "trust_chair_end": "the same at the end",
    "renewal_support": "share of delegates who ask for another mandate, NaN not asked",
    "renewals": "mandates renewed",
    "would_no_formal_objection": "1 if no formal objection would have been met by the same objections",
    "would_rough_consensus": "1 if rough consensus (75 %) would have been",
    "would_consensus_minus_1": "1 if consensus minus one would have been",
    "would_majority_per_group": "1 if a majority of every group would have been",
    "pen": "who holds the pen",
}  # fmt: skip
MEANT_IN = {  # what stands before a remark that only gives the unit
    "DELEGATE.camp": "camp",
    "DELEGATE.spillover": "what the other camps in the room add to the bottom line",
    "OPINION.first_position": "position",
    "OPINION.salience": "weight of the issue",
    "OPINION.weight": "what a loss on the issue counts",
    "OPINION.temper": "how far the delegate is in a mood to accept, drawn once a run",
    "PARAGRAPH.text": "where the text stands, 0..1",
    "PARAGRAPH.zone_start": "whether a zone of agreement existed at the start",
    "PARAGRAPH.closed_at": "when it was agreed",
    "PROPOSAL.tabled_at": "when it was tabled",
    "CLOCK.session_ends": "when the session ends",
    "CLOCK.row": "row",
    "CLOCK.turn": "number of the turn",
    "CLOCK.issue": "issue",
    "CLOCK.tabled": "number of",
    "CLOCK.renewed": "number of",
    "CLOCK.renewal_support": "who asks for renewal",
    "CLOCK.perceived_distance": "mean |own position - believed position|",
    "CLOCK.real_distance": "mean |own position - position| across groups, at the start",
    "CLOCK.trust_within": "mean trust within groups",
    "SETTING.pressure": "how loudly the clock is invoked",
}  # fmt: skip
_ENUM = re.compile(r"moves\.(\w+)")
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


def meaning(name: str, remark: str, table: str = "") -> str:
    """What an entry of a table means: its source's remark, ours, or its name in words."""
    before = MEANT_IN.get(f"{table}.{name}", "")
    if not remark:
        return before or MEANT.get(name, _spaced(name))
    told = _ENUM.sub(lambda found: " / ".join(map(_spaced, getattr(tables, found[1]).__members__)).lower(), remark)
    if not before:
        return told
    return f"{before} {told}" if before.endswith(" of") or told.startswith(("of ", "on ")) else f"{before}; {told}"


def state_tables() -> str:
    """Every state variable by entity, with its kind and its meaning and unit."""
    parts = [f"**{heading}**\n\n{_columns(*declared)}" for heading, declared in ENTITIES.items()]
    shared = remarks(tables, "class State")
    relations = [[code(name), shared[name]] for name in ("trust", "trust_base", "belief", "proposed", "waiting")]
    return "\n\n".join(
        [*parts, f"**Relations and records (tables)**\n\n{grid(['variable', 'shape and meaning'], relations)}"]
    )


def _columns(module: Any, name: str) -> str:  # noqa: ANN401 - a module
    table = getattr(module, name)
    said_of = remarks(module, f"{name} = ")
    rows = [[code(column), KINDS[table[column].kind], meaning(column, said_of[column], name)] for column in table.names]
    return grid(["variable", "kind", "meaning, unit"], rows)


def move_table() -> str:
    """Every move a turn can be."""
    told = remarks(tables, "class Move")
    return grid(
        ["move", "what happens"],
        [[code(move.name.lower()), meaning(move.name.lower(), told[move.name])] for move in Move],
    )


def format_tables(chair: Chair) -> str:
    """What each session format is, and its row of numbers, a chair's own numbers put in."""
    above, columns = remarks_above(formats, "FORMATS"), remarks(formats, "class Format")
    about_each = [[code(name), above[name] or METHODOLOGIES[name].about] for name in FORMATS]
    legend = [f"`{name}`: {meaning(name, remark)}" for name, remark in columns.items()]
    table = formats.table(FORMATS, chair)
    rows = [
        [code(name), *(_number(column, table[column][f].item()) for column in Format._fields)]
        for f, name in enumerate(FORMATS)
    ]
    return "\n\n".join(
        [
            grid(["format", "what it is"], about_each),
            "A format as a row of numbers; where it leaves them to the chair, the numbers of this scenario's chair:",
            grid(["format", *map(_spaced, Format._fields)], rows),
            bullets(legend),
        ]
    )


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _number(column: str, value: float) -> str:
    if column == "closing":
        return Move(int(value)).name.lower().replace("_", " ")
    if column == "pen":
        return Pen(int(value)).name.lower()
    return said(float(value))


def measure_tables() -> str:
    """What a run reports: its own row, and tables by issue and by group."""
    told = remarks(measures, "MEASURES = ")
    rows = [[code(name), meaning(name, told[name])] for name in measures.MEASURES]
    others = (
        f"By issue: {_listed(measures.ISSUE_MEASURES)}. By group: {_listed(measures.GROUP_MEASURES)}. By format: "
        f"minutes of floor time. Besides: a time series and an event log that can be told as minutes of the meetings."
    )
    return f"{grid(['measure of a run', 'meaning, unit'], rows)}\n\n{others}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(code, names))


def draw_table() -> str:
    """What is drawn at random."""
    return grid(
        ["decision", "what it decides"],
        [[code(d.name.lower()), DRAWS.get(d, _spaced(d.name.lower()))] for d in Decision],
    )


# ------------------------------------------------------------------------------------------- parameters


def parameter_table(values: dict[str, float] | None = None) -> str:
    """Every behavioural parameter; values: those of a scenario, to stand beside the defaults where they differ."""
    defaults, scales, readers = Parameters._field_defaults, parameter_scales(), _readers()
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
            ", ".join(readers[name]),
        ]
        for name, known in about().items()
    ]
    header = ["parameter", "default", "here", "plausible range", "a file may write", "basis", "standing", "read by"]
    return grid(header, rows)


def _readers() -> dict[str, list[str]]:
    """The modules whose rules read a parameter."""
    sources = {module.__name__: inspect.getsource(module) for module in _modules()}
    return {
        name: [
            module.removeprefix("negsim.").removeprefix("negotiation.")
            for module, source in sources.items()
            if re.search(rf"\b(?:p|parameters|parameters\[0\])\.{name}\b", source)
        ]
        for name in Parameters._fields
    }


def _modules() -> Iterator[Any]:
    for package in (negotiation, scenario):
        for found in iter_modules(package.__path__):
            yield import_module(f"{package.__name__}.{found.name}")


def references() -> str:
    """The literature that the bases of the parameters name."""
    bases = " ".join(known.basis for known in about().values())
    return bullets(full for short, full in REFERENCES.items() if short in bases)
