"""A scenario's setting on a page: who, about what, when, under which rules, with which knobs; and on whose word.

- Everything is read from the scenario; a number that has a word is shown with it.
- A page always says that it is a model. Whose account a scenario rests on is counted in its own `basis`, never assumed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from operator import attrgetter
from typing import Any

from negsim.cast.knobs import EVENINGS, KNOBS, MEETINGS, METHODOLOGY
from negsim.cast.moves import TABLE_MOVES
from negsim.cast.paths import NAMED_PATHS
from negsim.report.pages.blocks import Grid, Note
from negsim.report.uncertain import choice, seats_of, subjects
from negsim.report.words import (
    agenda_text,
    counted,
    decision_rules,
    full_columns,
    intersession_words,
    listed,
    percent,
    phrase,
    text_at_the_start,
    voting_weight,
)
from negsim.scenario import Scenario
from negsim.scenario.schema import DecisionRule, Evening, Event, Meeting
from negsim.scenario.words import CODEBOOK
from negsim.scenario.yaml import flow

NOT_A_FORECAST = "A model, not a forecast."
_MODEL_TEXT = (
    "Everything below follows from written assumptions about people and procedure. It can show what would follow if"
    " they held, and compare one setting with another; it cannot say what will happen in a real room."
)
_LEANING_SHARE = 1 / 3  # of the notes that cite anybody: a scenario in which more cite one source leans on it
_INVENTED = "invented"  # what a scenario calls the source of numbers that are made up
_FEW_EVENINGS = 4  # that are listed one by one
DECISION_BY = "the decision rule"


def setting(scenario: Scenario) -> dict[str, Grid | list[str]]:
    """Return the values that `setting.html.j2` prints."""
    return {
        "groups": who(scenario),
        "issues": issues(scenario),
        "meetings": meetings(scenario),
        "rules": list(rules(scenario)),
        "knobs": knobs(scenario),
    }


def who(scenario: Scenario) -> Grid:
    """Tabulate the groups: their seats, caucuses and named delegates, and whether they may block."""
    rows = []
    for name, group in scenario.groups.items():
        named = [delegate.name for delegate in scenario.delegates if delegate.group == name]
        blocks = "may block" if group.may_block else "may speak, not block"
        lines = [scenario.issues[issue].label for issue in group.red_lines]
        parts = ", ".join(f"{caucus} {size}" for caucus, size in group.caucuses.items())
        people = listed(named) if named else ""
        weight = voting_weight(group)
        rows.append([group.label, seats_of(scenario, name), parts, people, blocks, weight, "; ".join(lines)])
    heads = ["group", "seats", "caucuses", "named seats", "objections", "voting weight", "red lines on"]
    heads, *rows = full_columns(heads, rows)
    return Grid(heads, rows)


def issues(scenario: Scenario) -> Grid:
    """Tabulate the issues with the ends of their scales."""
    rows = [
        [issue.label + (" (core)" if issue.core else ""), issue.low, issue.high, f"{issue.status_quo:.2f}"]
        for issue in scenario.issues.values()
    ]
    heads = ["issue", "0 means", "1 means", "status quo"]
    if scenario.process.text:
        heads.append("text at the start")
        rows = [[*row, text_at_the_start(scenario, name)] for row, name in zip(rows, scenario.issues, strict=True)]
    return Grid(heads, rows)


def meetings(scenario: Scenario) -> Grid:
    """Tabulate the timetable."""
    spent = [choice(scenario, path) for path in (METHODOLOGY.path, EVENINGS.path)]
    rows = [
        [
            meeting.name,
            f"{meeting.after_days:g} days later" if m else "first",
            "; ".join(intersession_words(meeting.intersession or scenario.process.intersession)) if m else "",
            choice(scenario, f"process.meetings.{m}.days") or str(meeting.days),
            spent[0] or agenda_text(meeting.agenda, scenario.session_formats),
            f"share at mixed tables {spent[1]}" if spent[1] else evenings(scenario, meeting),
        ]
        for m, meeting in enumerate(scenario.process.meetings)
    ]
    number = choice(scenario, MEETINGS.path)
    caption = f"How many meetings: {number}; further ones are like the last." if number else ""
    heads = ["meeting", "when", "in the days before", "days", "agenda (share of floor time)", "evenings"]
    heads, *rows = full_columns(heads, rows)
    return Grid(heads, rows, caption)


def evenings(scenario: Scenario, meeting: Meeting) -> str:
    """Describe how a meeting's evenings are spent; in a long meeting, equal ones are counted."""
    words = [_evening_in_words(scenario, evening) for evening in meeting.evenings]
    if len(set(words)) == 1 or len(words) <= _FEW_EVENINGS:
        return words[0] if len(set(words)) == 1 else ", ".join(words)
    return ", ".join(f"{word} ({counted(number, 'evening')})" for word, number in Counter(words).items())


def _evening_in_words(scenario: Scenario, evening: Evening) -> str:
    mixed = scenario.process.informal.mixed_share if evening.mixed_share is None else evening.mixed_share
    rest = "own caucus" if evening.rest == "caucus" else "free"
    return f"{percent(mixed)} at mixed tables" if mixed > 0.0 else rest


def rules(scenario: Scenario) -> Iterator[str]:
    """Describe how the room decides, and what hangs over it."""
    process, context = scenario.process, scenario.context
    open_ = subjects(scenario)
    for field, rule in decision_rules(scenario).items():
        is_drawn = DECISION_BY in open_ and field in {"decision_rule", "fallback_vote"}
        if not is_drawn and not choice(scenario, f"process.{field}"):
            yield rule
    if process.evening_before:
        yield f"An evening before the first meeting: {_evening_in_words(scenario, process.evening_before)}."
    if process.tempo != 1.0:
        yield f"People speak, write and read {process.tempo:g} times as fast as in a plenary."
    if process.moves.names:
        labels = [TABLE_MOVES[name].label for name in process.moves.names]
        yield f"Moves of the table: {listed(labels)}."
    if process.chair_reports:
        yield "Where nothing is agreed, the chair may send a report of his or her own."
    if context.linkage:
        yield f"A theme elsewhere pulls on positions here: {context.linkage.theme}."
    for event in process.events:
        yield f"Event: {_event_in_words(event)}."
    if open_:
        yield f"Drawn anew for every run: {listed(open_)}."


def _event_in_words(event: Event) -> str:
    """Describe an event: what, when and by whom, without defaults.

    >>> _event_in_words(Event.model_validate({"renewal": {"after_meeting": 2}}))
    'renewal (after meeting 2)'
    """
    fields = event.what_happens.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    parts = [
        f"{key.replace('_', ' ')} {value if isinstance(value, str) else flow(value)}" for key, value in fields.items()
    ]
    return f"{event.kind.replace('_', ' ')} ({', '.join(parts)})"


def knobs(scenario: Scenario) -> Grid:
    """Tabulate what `--set` can change, with current values."""
    levels = {path: knob.reads(scenario) for path, knob in KNOBS.items()}
    now = {path: "as the agendas above" if level is None else phrase(path, level) for path, level in levels.items()}
    rows = [(path, knob.meaning, now[path]) for path, knob in KNOBS.items()]
    rows += [(path, named.meaning, _value(scenario, path)) for path, named in NAMED_PATHS.items() if named.meaning]
    return Grid(
        ["--set", "what it is", "here"], [[path, what, choice(scenario, path) or here] for path, what, here in rows]
    )


def _value(scenario: Scenario, path: str) -> str:
    """Say where a named path stands: a number with its word, yes or no, the name of a rule."""
    value: Any = attrgetter(path)(scenario)
    if isinstance(value, DecisionRule):
        return "drawn" if DECISION_BY in subjects(scenario) else value.kind.replace("_", " ")
    return ("no", "yes")[value] if isinstance(value, bool) else _with_word(NAMED_PATHS[path].scale, float(value))


def _with_word(scale: str, number: float) -> str:
    """Write a number with its word in scenario files, if it has one.

    >>> _with_word("tension", 0.8), _with_word("tension", 0.123)
    ('0.8 (high)', '0.123')
    """
    words = CODEBOOK[scale].words
    word = next((name for name, meaning in words.items() if abs(meaning.number - number) < 1e-9), "")
    return f"{number:g} ({word.replace('_', ' ')})" if word else f"{number:g}"


def caveats(scenario: Scenario) -> list[Note]:
    """Return the notes to read first about a scenario: whose account it is, if any, and that it is a model."""
    return [*_account(scenario), Note(NOT_A_FORECAST, _MODEL_TEXT)]


def uncertainty(scenario: Scenario) -> Note:
    """Return the note on what the intervals of runs hold, and what they leave out."""
    if not (named := subjects(scenario)):
        what = "The intervals hold at the numbers of the file; how far these could be wrong is not in them."
        return Note("Nothing uncertain was declared.", what)
    what = f"Each run draws {listed(named)} anew, so that every number is a mean over these draws."
    return Note("Some of it is uncertain.", what)


def caveat(scenario: Scenario) -> str:
    """Return the headings of `caveats`, as one line."""
    return " ".join(note.heading for note in caveats(scenario))


def _account(scenario: Scenario) -> list[Note]:
    """Return the note on the source that a scenario leans on, if there is one."""
    if not scenario.basis:
        return [Note("No sources.", "This scenario does not say where its numbers come from.")]
    cited = [
        [key for key in scenario.sources if re.search(rf"\b{re.escape(key)}\b", text)]
        for text in scenario.basis.values()
    ]
    citations, notes = Counter(chain.from_iterable(cited)), sum(map(bool, cited))
    most = max(scenario.sources, key=lambda key: citations[key], default=None)
    if most is None or citations[most] <= _LEANING_SHARE * notes:
        return []
    if most == _INVENTED:
        return [Note("An invented scenario.", f"{scenario.sources[most].text.rstrip('.')}.")]
    who = scenario.sources[most].insider
    heading = "One insider’s account." if who else "One main source."
    source = scenario.sources[most].text + (f" ({who})" if who else "")
    count = f"{citations[most]} of the {counted(notes, 'note')} on where its numbers come from"
    also = " Another witness might have coded the same room otherwise." if who else ""
    return [Note(heading, f"{count} ({percent(citations[most] / notes)}) rest on: {source}.{also}")]


def sources(scenario: Scenario) -> list[str]:
    """List the sources that the scenario names."""
    return [f"{source.text} {source.url or ''}".rstrip() for source in scenario.sources.values()]
