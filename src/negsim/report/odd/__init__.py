"""The ODD description of a scenario and the model, and the table of parameters, as Markdown for a paper.

- Seven sections in the order of the protocol (Grimm et al. 2020, doi 10.18564/jasss.4259), all eleven concepts.
- The sentences are in `odd.md.j2`, which cites the rules of docs/rules.md by number; numbers and tables come from the
  code. Names, kinds, meanings and units are those of the records, enums and measures of the model, so that a table in a
  paper cannot differ from the code.
- `references.csv` has the literature that the basis of a parameter names: a source gives a sign or an order of
  magnitude; turning it into a number of the model is judgement, and the parameter's standing says so. `draws.csv`
  says what each draw decides.
- The same scenario gives the same text; docs/conf.py makes that of the focal case for the documentation.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Annotated, get_origin, get_type_hints

from negsim.cast.formats import format_table
from negsim.cast.moves import TABLE_MOVES
from negsim.negotiation import formats, tables
from negsim.negotiation.formats import ChairStyle
from negsim.negotiation.measures import GROUP_MEASURES, ISSUE_MEASURES, MEASURES
from negsim.negotiation.parameters import Parameters, about
from negsim.negotiation.tables import Field, Move, Record, Row, fields, record_type
from negsim.randomness import Decision
from negsim.report.markdown import bullets, cell_text, code, grid, in_markdown
from negsim.report.templates import Templates
from negsim.report.uncertain import choice, days_in_all_are_drawn, seats_of, sizes, subjects, timetable_is_drawn
from negsim.report.words import (
    counted,
    intersession_words,
    listed,
    percent,
    policies_in,
    text_at_the_start,
    voting_weight,
)
from negsim.scenario import Scenario
from negsim.scenario.lowering import DAY_BEFORE, PlanEntry, entries, floor_minutes, own_habit, seat_names, seats
from negsim.scenario.schema import OWN_HABITS, Delegate, Position
from negsim.scenario.values import Part
from negsim.scenario.words import parameter_scales

_FOLDER = Path(__file__).parent
_TEMPLATES = Templates(_FOLDER, escapes={"md": str})  # values are Markdown already
_KINDS = {"f": "number", "i": "whole number", "b": "yes or no"}
ENTITIES: dict[str, type[Record]] = {  # heading, and the record that declares its variables
    "Delegate": tables.DelegateRow,
    "Caucus at a reading": tables.CaucusRow,
    "Opinion of a delegate on an issue": tables.OpinionRow,
    "Paragraph of the text, one an issue": tables.ParagraphRow,
    "Best amendment to a paragraph": tables.AmendmentRow,
    "Moves of a delegate": tables.MoverRow,
    "Moves of a delegate on an issue": tables.EntryRow,
    "Proposal": tables.ProposalRow,
    "The process": tables.ClockRow,
    "Seat (given, never changed)": tables.SeatRow,
    "Stance of a seat on an issue (given)": tables.StanceRow,
    "Setting of the process (given)": tables.SettingRow,
    "Break (given)": tables.BreakRow,
    "What the decision rule asks of a group (given)": tables.ConsentRow,
    "Text on an issue at the start (given)": tables.TextRow,
}


def odd(scenario: Scenario, name: str, changes: Sequence[str] = ()) -> str:
    """Write the ODD description of the model as this scenario uses it.

    name: of the scenario on the command line. changes: the `--set` changes that made it.
    """
    scenario = in_markdown(scenario)
    context, open_, held = scenario.context, subjects(scenario), policies_in(scenario)
    chair = ChairStyle(*(getattr(scenario.process.chair, field) for field in ChairStyle._fields))
    camps, groups = scenario.camps.values(), scenario.groups.values()
    return _TEMPLATES.fill(
        "odd.md.j2",
        title=scenario.title,
        description=" ".join(scenario.description.split()),
        command=" ".join(["negsim describe odd", name, *(f"--set '{change}'" for change in changes)]),
        size=sizes(scenario),
        minutes=_minutes(scenario),
        drawn=listed(open_) if open_ else "",
        policies=f" Policies decide in place of the model for {listed(held)}." if held else "",
        timetable_is_drawn=timetable_is_drawn(scenario),
        groups=counted(len(groups), "group"),
        group_sizes=listed([f"{group.label} ({group.seats})" for group in groups]),
        camps=listed([camp.label for camp in camps]) if camps else "none",
        tension=choice(scenario, "context.tension") or cell_text(context.tension),
        linkage=_linkage(scenario),
        model=_model_tables(scenario, chair),
        scenario=_scenario_tables(scenario),
    ).text


def parameters() -> str:
    """Write the table of all behavioural parameters, with the literature that their bases name."""
    model = {"parameters": _parameter_table(), "references": _references()}
    return _TEMPLATES.fill("parameters.md.j2", model=model).text


def _minutes(scenario: Scenario) -> str:
    """Give the floor time: in all, or per day if the days are drawn."""
    meetings = scenario.process.meetings
    if days_in_all_are_drawn(scenario):
        of_a_day = {floor_minutes(scenario, meeting) for meeting in meetings}
        return f", {of_a_day.pop():g} minutes of floor time a day" if len(of_a_day) == 1 else ""
    total = sum(floor_minutes(scenario, meeting) * meeting.days for meeting in meetings)
    return f", {total:g} minutes of floor time"


def _linkage(scenario: Scenario) -> dict[str, str] | None:
    linkage = scenario.context.linkage
    if linkage is None:
        return None
    spillover = "as tension has it" if linkage.spillover is None else cell_text(linkage.spillover)
    return {"theme": linkage.theme, "weight": cell_text(linkage.weight), "spillover": spillover}


def _model_tables(scenario: Scenario, chair: ChairStyle) -> dict[str, str]:
    """Write the tables that are the same for every scenario, but for its chair and its parameters."""
    header, *targets = _csv("targets")  # of the calibration
    draws = dict(_csv("draws"))
    return {
        "targets": grid(header, targets),
        "state": _state_tables(),
        "moves": grid(["move", "what happens"], [[code(move.name.lower()), move.meaning] for move in Move]),
        "formats": grid(
            ["format", "what it is"], [[code(name), form.meaning] for name, form in scenario.session_formats.items()]
        ),
        "format_numbers": _format_numbers(scenario, chair),
        "format_columns": bullets(f"`{name}`: {field.meaning}" for name, field in formats.columns().items()),
        "draws": grid(
            ["decision", draws["decision"]], [[code(d.name.lower()), draws[d.name.lower()]] for d in Decision]
        ),
        "measures": measure_table(),
        "issue_measures": ", ".join(map(code, ISSUE_MEASURES)),
        "group_measures": ", ".join(map(code, GROUP_MEASURES)),
        "parameters": _parameter_table(scenario.parameters.model_dump()),
        "references": _references(),
    }


def _csv(name: str) -> Iterator[list[str]]:
    return csv.reader((_FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines())


def _meaning(field: Field) -> str:
    """Explain a column: its meaning, the names of its codes, and its unit."""
    codes = f" ({' / '.join(map(_spaced, field.codes.__members__)).lower()})" if field.codes else ""
    return f"{field.meaning}{codes}{f'; {field.unit}' if field.unit else ''}"


def _state_tables() -> str:
    """Tabulate every state variable by entity, with its kind and its meaning and unit."""
    parts = [f"**{heading}**\n\n{_columns(record)}" for heading, record in ENTITIES.items()]
    arrays = {
        name: hint.__metadata__[0]
        for name, hint in get_type_hints(tables.State, include_extras=True).items()
        if get_origin(hint) is Annotated
    }
    relations = grid(
        ["variable", "shape and meaning"], [[code(name), _meaning(array)] for name, array in arrays.items()]
    )
    return "\n\n".join([*parts, f"**Relations and records (tables)**\n\n{relations}"])


def _columns(record: type[Record]) -> str:
    kinds = record_type(record)
    rows = [[code(name), _KINDS[kinds[name].kind], _meaning(field)] for name, field in fields(record).items()]
    return grid(["variable", "kind", "meaning, unit"], rows)


def _format_numbers(scenario: Scenario, chair: ChairStyle) -> str:
    """Tabulate each session format as its row of numbers, with a chair's own numbers."""
    columns, table = formats.columns(), format_table(scenario.session_formats, chair)
    rows = [
        [code(name), *(_number(field.codes, table[column][f].item()) for column, field in columns.items())]
        for f, name in enumerate(scenario.session_formats)
    ]
    return grid(["format", *map(_spaced, columns)], rows)


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _number(codes: type[IntEnum] | None, value: float) -> str:
    return _spaced(codes(int(value)).name.lower()) if codes else cell_text(float(value))


def measure_table() -> str:
    """Tabulate the measures of a run."""
    return grid(["measure of a run", "meaning, unit"], [[code(name), _meaning(of)] for name, of in MEASURES.items()])


def _parameter_table(values: Mapping[str, float] | None = None) -> str:
    """Tabulate every behavioural parameter; values: those of a scenario, shown beside the defaults if they differ."""
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


def _references() -> str:
    bases = " ".join(of.basis for of in about().values())
    return bullets(full for short, full in literature().items() if short in bases)


def literature() -> dict[str, str]:
    """Return full references by the names that bases use."""
    return dict(list(_csv("references"))[1:])


def _scenario_tables(scenario: Scenario) -> dict[str, str]:
    """Write the tables that depend on the scenario, as resolved and changed, by function name; some are ""."""
    tables = (
        _timetable, _issues, _groups, _positions, _weights, _red_lines, _delegates, _trust, _camps, _settings,
        _uncertain, _basis, _sources,
    )  # fmt: skip
    return {table.__name__.removeprefix("_"): table(scenario) for table in tables}


def _timetable(scenario: Scenario) -> str:
    names = seat_names(scenario)
    rows = [_plan_row(scenario, entry, names) for entry in entries(scenario, seats(scenario))]
    return grid(["from minute", "meeting", "day", "what", "minutes", "how"], rows)


def _plan_row(scenario: Scenario, entry: PlanEntry, names: list[str]) -> list[object]:
    session = entry.kind is Row.SESSION
    what = code(entry.format or "") if session else _spaced(entry.kind.name.lower())
    meeting = scenario.process.meetings[entry.meeting].name
    day = "before" if entry.day == DAY_BEFORE else entry.day + 1
    return [entry.starts, meeting, day, what, entry.minutes if session else None, _how(entry, names)]


def _how(entry: PlanEntry, names: list[str]) -> str:
    who, *dinners = (cell_text([names[i] for i in seats]) for seats in (entry.seats, *entry.dinners))
    if entry.kind is Row.EVENING:
        rest = "in caucus" if entry.caucus else "alone"
        mixed = f"{percent(entry.mixed_share)} at mixed tables (quality {cell_text(entry.quality)}), the others {rest}"
        return "; ".join([mixed, *(f"dinner of {guests}" for guests in dinners)])
    if entry.kind is Row.GAP:
        return "; ".join([counted(entry.days, "day"), *intersession_words(entry)])
    if entry.kind is Row.MOTION and entry.change is not None:
        return f"by {entry.change.by}: go on with {entry.change.to}"
    parts = [
        who,
        cell_text(entry.values or {}),
        f"issues {cell_text(entry.issues)}" if entry.issues else "",
        f"closed, frankness {cell_text(entry.frankness)}" if entry.frankness > 0.0 else "",
        f"strength {cell_text(entry.quality)}" if entry.kind is Row.REAFFIRM else "",
        "with a debriefing" if entry.kind is Row.RENEWAL and entry.quality > 0.0 else "",
        f"with {'empty paper' if entry.clean_slate else 'the old text'}" if entry.kind is Row.RENEWAL else "",
    ]
    return "; ".join(part for part in parts if part)


def _issues(scenario: Scenario) -> str:
    rows = [
        [code(name), issue.label, issue.low, issue.high, issue.status_quo, "core" if issue.core else None]
        for name, issue in scenario.issues.items()
    ]
    table = grid(["issue", "label", "0 means", "1 means", "status quo", ""], rows)
    texts = [f"{code(name)}: {text_at_the_start(scenario, name)}." for name in scenario.process.text]
    return f"{table}\n\nText at the start:\n\n{bullets(texts)}" if texts else table


def _groups(scenario: Scenario) -> str:
    """Tabulate the groups with their values that hold on all issues."""
    rows = [
        [
            code(name), group.label, seats_of(scenario, name),
            *(own_habit(scenario, group, habit) for habit in OWN_HABITS),
            group.voice, group.may_block, voting_weight(group), group.no_deal, group.outside_option,
        ]
        for name, group in scenario.groups.items()
    ]  # fmt: skip
    habits = map(_spaced, OWN_HABITS)
    header = ["group", "label", "seats", *habits, "voice", "may block", "voting weight", "no deal", "outside option"]
    table = grid(header, rows)
    divided = [
        f"{code(name)}: {listed([f'{caucus} ({size})' for caucus, size in group.caucuses.items()])}"
        for name, group in scenario.groups.items()
        if group.caucuses
    ]
    return f"{table}\n\nCaucuses inside groups, with their seats:\n\n{bullets(divided)}" if divided else table


def _positions(scenario: Scenario) -> str:
    rows = [
        [code(name), *(_stance(group.position[issue]) for issue in scenario.issues)]
        for name, group in scenario.groups.items()
    ]
    return grid(["group", *map(code, scenario.issues)], rows)


def _stance(position: Position) -> str:
    return f"{cell_text(position.mean)} ± {cell_text(position.spread)}"


def _weights(scenario: Scenario) -> str:
    rows = [
        [code(name), *(group.salience[issue] for issue in scenario.issues)] for name, group in scenario.groups.items()
    ]
    return grid(["group", *map(code, scenario.issues)], rows)


def _red_lines(scenario: Scenario) -> str:
    rows = [
        [code(name), code(issue), line.min, line.max, line.spread]
        for name, group in scenario.groups.items()
        for issue, line in group.red_lines.items()
    ]
    return grid(["group", "issue", "min", "max", "spread"], rows)


def _delegates(scenario: Scenario) -> str:
    return bullets(f"{who.name} ({code(who.group)}): {_own(who) or 'as the group'}" for who in scenario.delegates)


def _own(who: Delegate) -> str:
    parts = {name: getattr(who, name) for name in type(who).model_fields if name not in {"name", "group"}}
    stances = {key: _stance(position) for key, position in parts.pop("position").items()}
    lines = {key: cell_text(_fields(line)) for key, line in parts.pop("red_lines").items()}
    own = {"position": stances, "red lines": lines} | parts
    return "; ".join(f"{_spaced(name)} {cell_text(value)}" for name, value in own.items() if value not in (None, {}))


def _trust(scenario: Scenario) -> str:
    levels = scenario.trust
    rows: list[list[object]] = [
        ["within groups", choice(scenario, "trust.within") or levels.within],
        ["across groups", choice(scenario, "trust.across") or levels.across],
        *([pair, level] for pair, level in levels.pairs.items()),
        ["standard deviation from pair to pair", levels.spread],
        *([f"in the chair ({group})", level] for group, level in levels.chair.items()),
    ]
    return grid(["trust", "mean"], rows)


def _camps(scenario: Scenario) -> str:
    rows = [
        [
            code(name), camp.label, cell_text(camp.share), cell_text(camp.line),
            cell_text({issue: _fields(line) for issue, line in camp.red_lines.items()}),
        ]
        for name, camp in scenario.camps.items()
    ]  # fmt: skip
    return grid(["camp", "label", "share of the seats of", "line", "red lines"], rows)


def _settings(scenario: Scenario) -> str:
    """Tabulate the rules of the house and the chair's way of working."""
    process, context = scenario.process, scenario.context
    rule = process.decision_rule
    kind = " ".join([_spaced(rule.kind), cell_text(_fields(getattr(rule, rule.kind)))]).strip()
    rows: list[tuple[str, str, object]] = [
        ("process.decision_rule", "decision rule", kind),
        ("process.record_dissent", "dissent may be recorded", process.record_dissent),
        ("process.adoption", "adoption", process.adoption),
        ("process.fallback_vote", "fallback vote", _fields(process.fallback_vote) if process.fallback_vote else "none"),
        ("process.chair_reports", "the chair reports if the room does not agree", process.chair_reports),
        *(
            (f"process.moves.{name}", f"move: {one.label}", getattr(process.moves, name))
            for name, one in TABLE_MOVES.items()
        ),
        ("process.moves.initiative", "moves: initiative of the model's delegates", process.moves.initiative),
        *((f"process.chair.{name}", f"chair: {name}", level) for name, level in _fields(process.chair).items()),
        *(
            (f"process.informal.{name}", f"informal: {_spaced(name)}", level)
            for name, level in _fields(process.informal).items()
        ),
        ("process.hours", "hours a day", process.hours),
        ("process.tempo", "times as fast as in a plenary", process.tempo),
        ("process.procedure_loss", "share of the day lost to procedure", process.procedure_loss),
        ("context.salience_spread", "standard deviation of the log of the weights", context.salience_spread),
    ]
    return grid(["setting", "value"], [[name, choice(scenario, path) or value] for path, name, value in rows])


def _fields(part: Part) -> dict[str, object]:
    return {name: value for name, value in part.model_dump(mode="json").items() if value is not None}


def _uncertain(scenario: Scenario) -> str:
    rows = [[code(path), cell_text(_fields(how))] for path, how in scenario.uncertain.items()]
    return grid(["path", "distribution"], rows)


def _basis(scenario: Scenario) -> str:
    rows = [[code(path), reason] for path, reason in scenario.basis.items()]
    return grid(["numbers", "basis"], rows)


def _sources(scenario: Scenario) -> str:
    sources = scenario.sources.items()
    return bullets(f"{code(name)}: {of.text}{f' <{of.url}>' if of.url else ''}" for name, of in sources)
