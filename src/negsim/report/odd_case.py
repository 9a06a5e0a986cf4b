"""The tables of an ODD description that depend on the scenario: who sits there, what they want, when they meet.

Rules that hold here
- Numbers are those of the scenario as resolved and changed; nothing is said twice or left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from negsim.negotiation.tables import Row
from negsim.report.markdown import bullets, code, grid, said
from negsim.report.uncertain import choice, days_are_certain, seats_of, subjects, timetable_is_drawn
from negsim.report.uncertain import sizes as uncertain_sizes
from negsim.report.words import counted, listed, percent
from negsim.scenario import Scenario
from negsim.scenario.lowering import Entry, entries, floor_minutes, seat_names, seats
from negsim.scenario.schema import Delegate
from negsim.scenario.values import Part


def sizes(scenario: Scenario) -> str:
    """How many there are of everything, and how long it lasts."""
    size, open_ = uncertain_sizes(scenario), subjects(scenario)
    told = f"Here: {size.delegates} in {size.groups}, {size.issues}, {size.meetings} of {size.days} in all"
    also = f" Drawn anew for every run: {listed(open_)}." if open_ else ""
    return f"{told}{_minutes(scenario)}.{also}"


def _minutes(scenario: Scenario) -> str:
    """The floor time: in all, or where the days are drawn, of a day."""
    meetings = scenario.process.meetings
    if days_are_certain(scenario):
        return (
            f", {sum(floor_minutes(scenario, meeting) * meeting.days for meeting in meetings):g} minutes of floor time"
        )
    of_a_day = {floor_minutes(scenario, meeting) for meeting in meetings}
    return f", {of_a_day.pop():g} minutes of floor time a day" if len(of_a_day) == 1 else ""


# ------------------------------------------------------------------------------------------------- when


def timetable(scenario: Scenario) -> str:
    """The rows of the plan, in their order."""
    room, names = seats(scenario), seat_names(scenario)
    rows = [_row(scenario, entry, names) for entry in entries(scenario, room)]
    table = grid(["from minute", "meeting", "day", "what", "minutes", "how"], rows)
    if not timetable_is_drawn(scenario):
        return table
    return f"As it is written; what is drawn of it differs from run to run.\n\n{table}"


def _row(scenario: Scenario, entry: Entry, names: list[str]) -> list[object]:
    session = entry.kind is Row.SESSION
    what = code(entry.format or "") if session else entry.kind.name.lower().replace("_", " ")
    meeting = scenario.process.meetings[entry.meeting].name
    return [entry.starts, meeting, entry.day + 1, what, entry.minutes if session else None, _how(entry, names)]


def _how(entry: Entry, names: list[str]) -> str:
    """What more is to be said about a row of the plan."""
    who, *dinners = (said([names[i] for i in seats]) for seats in (entry.seats, *entry.dinners))
    if entry.kind is Row.EVENING:
        rest = "in caucus" if entry.caucus else "alone"
        told = [f"{percent(entry.mixed_share)} at mixed tables (quality {said(entry.quality)}), the others {rest}"]
        return "; ".join(told + [f"dinner of {guests}" for guests in dinners])
    if entry.kind is Row.GAP:
        return counted(entry.days, "day")
    if entry.kind is Row.MOTION and entry.change is not None:
        return f"by {entry.change.by}: go on with {entry.change.to}"
    parts = [
        who,
        said(entry.values or {}),
        f"issues {said(entry.issues)}" if entry.issues else "",
        f"closed, frankness {said(entry.frankness)}" if entry.frankness > 0.0 else "",
        f"strength {said(entry.quality)}" if entry.kind is Row.REAFFIRM else "",
        "with a debriefing" if entry.kind is Row.RENEWAL and entry.quality > 0.0 else "",
    ]
    return "; ".join(part for part in parts if part)


# -------------------------------------------------------------------------------------------------- who


def issues(scenario: Scenario) -> str:
    """The issues, their ends, the status quo."""
    rows = [
        [code(name), issue.label, issue.low, issue.high, issue.status_quo, "core" if issue.core else None]
        for name, issue in scenario.issues.items()
    ]
    return grid(["issue", "label", "0 means", "1 means", "status quo", ""], rows)


def groups(scenario: Scenario) -> str:
    """The groups, their positions (mean ± spread) and the weights of the issues."""
    usual = scenario.parameters.openness
    who = [
        [
            code(name), group.label, seats_of(scenario, name), usual if group.openness is None else group.openness,
            group.voice, group.may_block, group.outside_option,
        ]
        for name, group in scenario.groups.items()
    ]  # fmt: skip
    names = list(scenario.issues)
    stances = [
        [code(name), *(f"{said(group.position[k].mean)} ± {said(group.position[k].spread)}" for k in names)]
        for name, group in scenario.groups.items()
    ]
    weights = [[code(name), *(group.salience[k] for k in names)] for name, group in scenario.groups.items()]
    lines = [
        [code(name), code(k), line.min, line.max, line.spread]
        for name, group in scenario.groups.items()
        for k, line in group.red_lines.items()
    ]
    return "\n\n".join(
        [
            grid(["group", "label", "seats", "openness", "voice", "may block", "outside option"], who),
            "Position, mean ± standard deviation:",
            grid(["group", *map(code, names)], stances),
            "Weight of the issues, relative:",
            grid(["group", *map(code, names)], weights),
            *(["Red lines:", grid(["group", "issue", "min", "max", "spread"], lines)] if lines else []),
        ]
    )


def delegates(scenario: Scenario) -> str:
    """Named delegates and where they differ from their group."""
    return bullets(f"{who.name} ({code(who.group)}): {_own(who) or 'as the group'}" for who in scenario.delegates)


def _own(who: Delegate) -> str:
    """What a named delegate says for itself."""
    parts = {name: getattr(who, name) for name in type(who).model_fields if name not in {"name", "group"}}
    stances = {key: f"{said(at.mean)} ± {said(at.spread)}" for key, at in parts.pop("position").items()}
    lines = {key: said(_told(line)) for key, line in parts.pop("red_lines").items()}
    own = {"position": stances, "red lines": lines} | parts
    return "; ".join(
        f"{name.replace('_', ' ')} {said(value)}" for name, value in own.items() if value not in (None, {})
    )


def relations(scenario: Scenario) -> str:
    """Trust at the start, camps and the linked theme."""
    trust, context = scenario.trust, scenario.context
    rows: list[list[object]] = [
        ["within groups", choice(scenario, "trust.within") or trust.within],
        ["across groups", choice(scenario, "trust.across") or trust.across],
        *([f"{pair}", level] for pair, level in trust.pairs.items()),
        ["standard deviation from pair to pair", trust.spread],
        *([f"in the chair ({group})", level] for group, level in trust.chair.items()),
    ]  # fmt: skip
    tension = (
        f"Tension is {choice(scenario, 'context.tension') or said(context.tension)}: it scales trust across groups by "
        "1 - 0.4 tension and, where spillover is not given, sets it to `spillover_max` times tension."
    )
    camps = [
        [
            code(name),
            camp.label,
            said(camp.share),
            said(camp.line),
            said({k: _told(v) for k, v in camp.red_lines.items()}),
        ]
        for name, camp in scenario.camps.items()
    ]
    parts = [grid(["trust", "mean"], rows), tension]
    if context.linkage is not None:
        linked = context.linkage
        given = "as tension has it" if linked.spillover is None else said(linked.spillover)
        parts.append(f"Linked theme: {linked.theme}; weight {said(linked.weight)}, spillover {given}.")
    if camps:
        parts.append(grid(["camp", "label", "share of the seats of", "line", "red lines"], camps))
    return "\n\n".join(parts)


def settings(scenario: Scenario) -> str:
    """The rules of the house and how the chair works."""
    process, context = scenario.process, scenario.context
    rule = process.decision_rule
    kind = " ".join([rule.kind.replace("_", " "), said(_told(getattr(rule, rule.kind)))]).strip()
    rows: list[tuple[str, str, object]] = [
        ("process.decision_rule", "decision rule", kind),
        ("process.record_dissent", "dissent may be recorded", process.record_dissent),
        ("process.adoption", "adoption", process.adoption),
        ("process.fallback_vote", "fallback vote", _told(process.fallback_vote) if process.fallback_vote else "none"),
        ("process.chair_reports", "the chair reports if the room does not agree", process.chair_reports),
        *((f"process.chair.{name}", f"chair: {name}", level) for name, level in _told(process.chair).items()),
        *(
            (f"process.informal.{name}", f"informal: {name.replace('_', ' ')}", level)
            for name, level in _told(process.informal).items()
        ),
        ("process.hours", "hours a day", process.hours),
        ("process.procedure_loss", "share of the day lost to procedure", process.procedure_loss),
        ("context.stakes", "stakes", context.stakes),
        ("context.salience_spread", "standard deviation of the log of the weights", context.salience_spread),
    ]
    return grid(["setting", "value"], [[name, choice(scenario, path) or value] for path, name, value in rows])


def _told(part: Part) -> dict[str, object]:
    return {name: value for name, value in part.model_dump(mode="json").items() if value is not None}


# ------------------------------------------------------------------------------------------- where from


def uncertain(scenario: Scenario) -> str:
    """What the scenario leaves open, drawn anew for every replication; "" nothing."""
    rows = [[code(path), said(_told(how))] for path, how in scenario.uncertain.items()]
    return f"Drawn anew for every replication:\n\n{grid(['path', 'distribution'], rows)}" if rows else ""


def basis(scenario: Scenario) -> str:
    """Where the numbers come from, by path, and the sources."""
    reasons = [[code(path), reason] for path, reason in scenario.basis.items()]
    return "\n\n".join([grid(["numbers", "basis"], reasons), bullets(_sources(scenario))])


def _sources(scenario: Scenario) -> Iterator[str]:
    for name, source in scenario.sources.items():
        yield f"{code(name)}: {source.text}{f' <{source.url}>' if source.url else ''}"
