"""The tables of an ODD description that depend on the scenario: who sits there, what they want, when they meet.

Numbers are those of the scenario as resolved and changed.
"""

from __future__ import annotations

from negsim.negotiation.tables import Row
from negsim.report.markdown import bullets, cell_text, code, grid
from negsim.report.uncertain import choice, seats_of
from negsim.report.words import counted, listed, percent, text_at_the_start
from negsim.scenario import Scenario
from negsim.scenario.lowering import Entry, entries, seat_names, seats
from negsim.scenario.schema import Delegate
from negsim.scenario.values import Part, Position


def all_tables(scenario: Scenario) -> dict[str, str]:
    """The tables by the names that the template has for them; "" for one that would have no rows."""
    return {
        "timetable": timetable(scenario),
        "issues": issues(scenario),
        "groups": groups(scenario),
        "positions": positions(scenario),
        "weights": weights(scenario),
        "red_lines": red_lines(scenario),
        "delegates": delegates(scenario),
        "trust": trust(scenario),
        "camps": camps(scenario),
        "settings": settings(scenario),
        "uncertain": uncertain(scenario),
        "basis": basis(scenario),
        "sources": sources(scenario),
    }


def timetable(scenario: Scenario) -> str:
    """The rows of the plan, in their order."""
    names = seat_names(scenario)
    rows = [_row(scenario, entry, names) for entry in entries(scenario, seats(scenario))]
    return grid(["from minute", "meeting", "day", "what", "minutes", "how"], rows)


def _row(scenario: Scenario, entry: Entry, names: list[str]) -> list[object]:
    session = entry.kind is Row.SESSION
    what = code(entry.format or "") if session else entry.kind.name.lower().replace("_", " ")
    meeting = scenario.process.meetings[entry.meeting].name
    return [entry.starts, meeting, entry.day + 1, what, entry.minutes if session else None, _how(entry, names)]


def _how(entry: Entry, names: list[str]) -> str:
    """The details of a row of the plan."""
    who, *dinners = (cell_text([names[i] for i in seats]) for seats in (entry.seats, *entry.dinners))
    if entry.kind is Row.EVENING:
        rest = "in caucus" if entry.caucus else "alone"
        mixed = f"{percent(entry.mixed_share)} at mixed tables (quality {cell_text(entry.quality)}), the others {rest}"
        return "; ".join([mixed, *(f"dinner of {guests}" for guests in dinners)])
    if entry.kind is Row.GAP:
        return counted(entry.days, "day")
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


def issues(scenario: Scenario) -> str:
    """The issues, their ends, the status quo."""
    rows = [
        [code(name), issue.label, issue.low, issue.high, issue.status_quo, "core" if issue.core else None]
        for name, issue in scenario.issues.items()
    ]
    table = grid(["issue", "label", "0 means", "1 means", "status quo", ""], rows)
    texts = [f"{code(name)}: {text_at_the_start(scenario, name)}." for name in scenario.process.text]
    return f"{table}\n\nText at the start:\n\n{bullets(texts)}" if texts else table


def groups(scenario: Scenario) -> str:
    """The groups with what is the same on all issues."""
    usual = scenario.parameters.openness
    rows = [
        [
            code(name), group.label, seats_of(scenario, name), usual if group.openness is None else group.openness,
            group.voice, group.may_block, group.outside_option,
        ]
        for name, group in scenario.groups.items()
    ]  # fmt: skip
    table = grid(["group", "label", "seats", "openness", "voice", "may block", "outside option"], rows)
    divided = [
        f"{code(name)}: {listed([f'{caucus} ({size})' for caucus, size in group.caucuses.items()])}"
        for name, group in scenario.groups.items()
        if group.caucuses
    ]
    return f"{table}\n\nCaucuses inside groups, with their seats:\n\n{bullets(divided)}" if divided else table


def positions(scenario: Scenario) -> str:
    """The positions of the groups: mean ± standard deviation."""
    rows = [
        [code(name), *(_stance(group.position[issue]) for issue in scenario.issues)]
        for name, group in scenario.groups.items()
    ]
    return grid(["group", *map(code, scenario.issues)], rows)


def _stance(position: Position) -> str:
    return f"{cell_text(position.mean)} ± {cell_text(position.spread)}"


def weights(scenario: Scenario) -> str:
    """The weights of the issues to the groups."""
    rows = [
        [code(name), *(group.salience[issue] for issue in scenario.issues)] for name, group in scenario.groups.items()
    ]
    return grid(["group", *map(code, scenario.issues)], rows)


def red_lines(scenario: Scenario) -> str:
    """The red lines of the groups, "" if they have none."""
    rows = [
        [code(name), code(issue), line.min, line.max, line.spread]
        for name, group in scenario.groups.items()
        for issue, line in group.red_lines.items()
    ]
    return grid(["group", "issue", "min", "max", "spread"], rows) if rows else ""


def delegates(scenario: Scenario) -> str:
    """Named delegates and how they differ from their group, "" if there are none."""
    return bullets(f"{who.name} ({code(who.group)}): {_own(who) or 'as the group'}" for who in scenario.delegates)


def _own(who: Delegate) -> str:
    """How a named delegate differs from its group."""
    parts = {name: getattr(who, name) for name in type(who).model_fields if name not in {"name", "group"}}
    stances = {key: _stance(position) for key, position in parts.pop("position").items()}
    lines = {key: cell_text(_fields(line)) for key, line in parts.pop("red_lines").items()}
    own = {"position": stances, "red lines": lines} | parts
    return "; ".join(
        f"{name.replace('_', ' ')} {cell_text(value)}" for name, value in own.items() if value not in (None, {})
    )


def trust(scenario: Scenario) -> str:
    """Trust at the start."""
    levels = scenario.trust
    rows: list[list[object]] = [
        ["within groups", choice(scenario, "trust.within") or levels.within],
        ["across groups", choice(scenario, "trust.across") or levels.across],
        *([f"{pair}", level] for pair, level in levels.pairs.items()),
        ["standard deviation from pair to pair", levels.spread],
        *([f"in the chair ({group})", level] for group, level in levels.chair.items()),
    ]
    return grid(["trust", "mean"], rows)


def camps(scenario: Scenario) -> str:
    """The camps on the linked theme, "" if there are none."""
    rows = [
        [
            code(name), camp.label, cell_text(camp.share), cell_text(camp.line),
            cell_text({issue: _fields(line) for issue, line in camp.red_lines.items()}),
        ]
        for name, camp in scenario.camps.items()
    ]  # fmt: skip
    return grid(["camp", "label", "share of the seats of", "line", "red lines"], rows) if rows else ""


def settings(scenario: Scenario) -> str:
    """The rules of the house and how the chair works."""
    process, context = scenario.process, scenario.context
    rule = process.decision_rule
    kind = " ".join([rule.kind.replace("_", " "), cell_text(_fields(getattr(rule, rule.kind)))]).strip()
    rows: list[tuple[str, str, object]] = [
        ("process.decision_rule", "decision rule", kind),
        ("process.record_dissent", "dissent may be recorded", process.record_dissent),
        ("process.adoption", "adoption", process.adoption),
        ("process.fallback_vote", "fallback vote", _fields(process.fallback_vote) if process.fallback_vote else "none"),
        ("process.chair_reports", "the chair reports if the room does not agree", process.chair_reports),
        *((f"process.chair.{name}", f"chair: {name}", level) for name, level in _fields(process.chair).items()),
        *(
            (f"process.informal.{name}", f"informal: {name.replace('_', ' ')}", level)
            for name, level in _fields(process.informal).items()
        ),
        ("process.hours", "hours a day", process.hours),
        ("process.procedure_loss", "share of the day lost to procedure", process.procedure_loss),
        ("context.stakes", "stakes", context.stakes),
        ("context.salience_spread", "standard deviation of the log of the weights", context.salience_spread),
    ]
    return grid(["setting", "value"], [[name, choice(scenario, path) or value] for path, name, value in rows])


def _fields(part: Part) -> dict[str, object]:
    return {name: value for name, value in part.model_dump(mode="json").items() if value is not None}


def uncertain(scenario: Scenario) -> str:
    """What the scenario leaves open, "" if nothing."""
    rows = [[code(path), cell_text(_fields(how))] for path, how in scenario.uncertain.items()]
    return grid(["path", "distribution"], rows) if rows else ""


def basis(scenario: Scenario) -> str:
    """Where the numbers come from, by path, "" if the scenario does not say."""
    rows = [[code(path), reason] for path, reason in scenario.basis.items()]
    return grid(["numbers", "basis"], rows) if rows else ""


def sources(scenario: Scenario) -> str:
    """The sources, "" if the scenario names none."""
    sources = scenario.sources.items()
    return bullets(f"{code(name)}: {of.text}{f' <{of.url}>' if of.url else ''}" for name, of in sources)
