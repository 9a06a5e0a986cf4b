"""The facts of a page: everything that it says in words, as plain data for its scripts.

Texts of a scenario are data here and stay text in the browser. What the model computes is not here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields as dataclass_fields
from itertools import chain
from shlex import join
from typing import Any, NamedTuple

from negsim import __version__, plugins, sentences
from negsim.cast.codes import OUTCOMES, PENS, STATUSES
from negsim.cast.knobs import AS_WRITTEN, KNOBS, MEETINGS, METHODOLOGY, Level
from negsim.cast.measures import lookup
from negsim.cast.methodologies import METHODOLOGIES
from negsim.cast.moves import TURNS
from negsim.cast.palette import group_colours
from negsim.errors import NegsimError, did_you_mean
from negsim.files import FORMULA
from negsim.games import MOST_JOURNAL_BYTES, digest_of
from negsim.kernel import digest
from negsim.negotiation.acceptance import PRECISION, TEXTS
from negsim.negotiation.log import HAPPENINGS
from negsim.negotiation.measures import DEFAULT_MEASURES, ENDINGS, MEASURES
from negsim.negotiation.moves import QUESTIONS_A_DAY
from negsim.negotiation.runs import LOG_ROWS
from negsim.negotiation.score import FAILED_TEXT_COST, PASSED_OVER_COST, RED_LINE_COST
from negsim.negotiation.tables import Move, Pen, Row
from negsim.page.arrays import PageArrays
from negsim.page.knobs import HeldDays, PageKnob, PageLevel
from negsim.platforms import WASM
from negsim.policies.forecast import WEIGHTS
from negsim.randomness import SEATS_PER_GROUP
from negsim.report import uncertain, words
from negsim.report.pages.setting import evenings, rules
from negsim.report.words import RULE_LABELS, change_option, listed
from negsim.scenario import Scenario, with_changes
from negsim.scenario.lowering import DAY_BEFORE, group_names, issue_names, seat_names, seats
from negsim.scenario.meanings import factor_name
from negsim.scenario.sampling import sample
from negsim.scenario.values import is_number

_LARGEST_EXACT = 2**53  # whole numbers below are numbers in JavaScript
_MOST_RUNS = 1_000_000  # that a page offers of a certain scenario
_USUAL_MEASURES = (*DEFAULT_MEASURES, *RULE_LABELS)
_Facts = dict[str, Any]


class PageSource(NamedTuple):
    """The source of a page: the scenario, its name for commands, the changes made to it, and the seed of its runs.

    seat, replication: what the page plays; "" for the first seat, None if it is not for playing.
    is_class: whether it is that of a class, at whose tables several people may play.
    unturned: the scenario without those changes that are levels of knobs. fixed: these, by path; they are made together
    with those of the page's knobs, since their order matters.
    """

    scenario: Scenario
    name: str
    changes: Sequence[str] = ()
    seed: int = 0
    seat: str | None = None
    replication: int = 0
    unturned: Scenario | None = None  # None: no level is fixed
    fixed: Mapping[str, Level] = {}
    is_class: bool = False


def check_page_measures(names: Sequence[str]) -> tuple[str, ...]:
    """Return the measures of a page: those named, or the usual ones. Raises NegsimError for one that it cannot have."""
    for name in names:
        if name not in ENDINGS and name not in MEASURES:
            why = "unknown measure, or one that a page cannot show"
            raise NegsimError(f'"{name}": {why}{did_you_mean(name, [*ENDINGS, *MEASURES])}')
    return tuple(dict.fromkeys(names)) or _USUAL_MEASURES


def facts(
    source: PageSource, knobs: Sequence[PageKnob], arrays: PageArrays, *, measures: Sequence[str], runs: int
) -> _Facts:
    """Return the facts of a page, but for those of `held_facts`. runs: of a point of a curve to begin with."""
    scenario = sample(source.scenario, source.seed, source.replication)
    most = arrays.draws or _MOST_RUNS
    return {
        "title": scenario.title,
        "name": source.name,
        "description": " ".join(scenario.description.split()),
        "story": scenario.story,
        "seed": source.seed if source.seed < _LARGEST_EXACT else str(source.seed),
        "runs": min(runs, most),
        "most": most,
        "drawn": _drawn(source.scenario),
        "issues": _issues(scenario),
        "groups": _groups(scenario),
        "seats": _seats(scenario),
        "seats_per_group": SEATS_PER_GROUP,
        "meetings": _meetings(scenario),
        "decision": words.decision_rules(scenario)["decision_rule"],
        "rules": list(rules(scenario)),
        "formats": [
            {"label": each.label, "colour": each.colour, "meaning": each.meaning, "pen": each.row.pen}
            for each in scenario.session_formats.values()
        ],
        "knobs": [_knob(source.scenario, knob, arrays) for knob in knobs],
        "measures": [_measure(name) for name in measures],
        "outcomes": [
            {"code": code.value, "name": code.name.lower(), "label": ending.label, "colour": ending.colour}
            for code, ending in OUTCOMES.items()
        ],
        "statuses": [
            {"code": code, "name": code.name.lower(), "label": one.label, "glyph": one.glyph, "colour": one.colour}
            for code, one in STATUSES.items()
        ],
        "moves": {str(move.value): move.name for move in Move},
        "turns": {Move(move).name: words._asdict() for move, words in TURNS.items()},
        "pens": {str(pen.value): PENS[pen] for pen in Pen},
        "happenings": {move.name: [one.name for one in dataclass_fields(kind)] for move, kind in HAPPENINGS.items()},
        "dinners": list(_dinners(scenario)),
        "motions": list(_motions(scenario)),
        "meeting_end": Row.MEETING_END.value,
        "day_before": DAY_BEFORE,
        "share_of_day": 1.0 - scenario.process.procedure_loss,
        "theme": scenario.context.linkage.theme if scenario.context.linkage else "",
        "sentences": dict(sentences.patterns()),
        "log_rows": LOG_ROWS,
        "formula": FORMULA,
        "command": _command(source),
        "notes": list(_notes(arrays)),
        "version": __version__,
    } | ({} if source.seat is None else {"play": _play(source)})  # fmt: skip


def _play(source: PageSource) -> _Facts:
    """Return what a game needs: who plays which run, and what its journal says of the scenario and the rules."""
    return {
        "seat": source.seat,
        "replication": source.replication,
        "is_class": source.is_class,
        "changes": list(source.changes),
        "scenario": digest_of(source.scenario),
        "rules": digest(WASM),
        "most_bytes": MOST_JOURNAL_BYTES,
        "texts": TEXTS,
        "precision": PRECISION,
        "questions": QUESTIONS_A_DAY,
        "red_line_cost": RED_LINE_COST,
        "passed_over_cost": PASSED_OVER_COST,
        "forecast": WEIGHTS._asdict(),
        "failed_text_cost": FAILED_TEXT_COST,
        "session": Row.SESSION.value,
        "end": Row.END.value,
    }


def _command(source: PageSource) -> str:
    """Return the beginning of the commands that make the same runs."""
    changes = chain.from_iterable(map(change_option, source.changes))
    files = (("--plugin", plugin.file) for plugin in plugins.loaded() if not plugin.package)
    return join(["negsim", "run", source.name, *changes, *chain.from_iterable(files)])


def _drawn(scenario: Scenario) -> str:
    """Say what differs from run to run, "" if nothing."""
    subjects = uncertain.subjects(scenario)
    return f"Not known, and drawn anew for every run: {listed(subjects)}." if subjects else ""


def _notes(arrays: PageArrays) -> Sequence[str]:
    """Say what the page leaves out."""
    if not arrays.draws:
        return []
    most = f"What is not known was drawn beforehand for {arrays.draws} runs, so that a point has at most that many"
    return [f"{most}; the knobs have fewer levels than usual."]


def _issues(scenario: Scenario) -> list[_Facts]:
    return [
        {"name": name, "label": label, "low": issue.low, "high": issue.high, "status_quo": issue.status_quo,
         "places": list(issue.places), "amounts": list(issue.amounts), "unit": issue.unit}
        for (name, issue), label in zip(scenario.issues.items(), issue_names(scenario), strict=True)
    ]  # fmt: skip


def _groups(scenario: Scenario) -> list[_Facts]:
    colours = group_colours(list(scenario.groups))
    named = {name: [one.name for one in scenario.delegates if one.group == name] for name in scenario.groups}
    return [
        {"label": label, "text": group.label, "colour": colours[name], "named": named[name],
         "caucuses": [caucus for caucus, size in group.caucuses.items() if size > 1]}
        for (name, group), label in zip(scenario.groups.items(), group_names(scenario), strict=True)
    ]  # fmt: skip


def _seats(scenario: Scenario) -> list[_Facts]:
    room, names, groups = seats(scenario), seat_names(scenario), list(scenario.groups)
    return [
        {
            "name": names[i],
            "group": groups.index(seat.group),
            "brief": None
            if seat.named is None or seat.named.brief is None
            else seat.named.brief.model_dump(mode="json"),
        }
        for i, seat in enumerate(room)
    ]


def _meetings(scenario: Scenario) -> list[_Facts]:
    formats = list(scenario.session_formats)
    return [
        {
            "label": meeting.name,
            "days": meeting.days,
            "after_days": meeting.after_days if m else 0,
            "agenda": [[formats.index(item.format), item.share] for item in meeting.agenda],
            "evenings": evenings(scenario, meeting),
        }
        for m, meeting in enumerate(scenario.process.meetings)
    ]


def _dinners(scenario: Scenario) -> Iterator[_Facts]:
    """Yield the dinners by invitation, with the names of their guests; meetings and days from 0."""
    labels = {name: group.label for name, group in scenario.groups.items()}
    for event in scenario.process.events:
        if dinner := event.targeted_dinner:
            guests = [labels.get(guest, guest) for guest in dinner.guests]
            yield {"meeting": dinner.meeting - 1, "day": dinner.day - 1, "guests": guests}


def _motions(scenario: Scenario) -> Iterator[_Facts]:
    """Yield the motions for another methodology; meetings and days from 0."""
    for event in scenario.process.events:
        if change := event.change_methodology:
            to = words.format_name(change.to)
            yield {"meeting": change.meeting - 1, "day": change.day - 1, "to": to, "chair": change.by == "chair"}


def _knob(scenario: Scenario, knob: PageKnob, arrays: PageArrays) -> _Facts:
    known, is_of_numbers = KNOBS.get(knob.path), all(is_number(level.value) for level in knob.levels)
    clashes = [other for pair in arrays.clashes if knob.name in pair for other in pair if other != knob.name]
    return {
        "name": knob.name,
        "path": knob.path,
        "key": known.key if known else "",
        "label": known.words.label if known else factor_name(knob.path),
        "unit": known.words.unit if known else "number" if is_of_numbers else "name",
        "written": knob.written,
        "drawn": uncertain.choice(scenario, knob.path),
        "clashes": sorted(clashes),
        "levels": [_level(scenario, knob, level) for level in knob.levels],
    }


def held_facts(scenario: Scenario, held: HeldDays | None, arrays: PageArrays) -> _Facts:
    """Return the facts of the knob that holds the days: its level, along which knob it does, and where that fits."""
    if held is None:
        return {"held": None}
    about = {"level": 1, "along": MEETINGS.name, "fits": list(held.meetings)}
    return {"held": _knob(scenario, held.knob, arrays) | about}


def _level(scenario: Scenario, knob: PageKnob, level: PageLevel) -> _Facts:
    return {
        "value": level.plain,
        "label": level.name or words.level_name(knob.path, level.plain),
        "phrase": level.name or words.phrase(knob.path, level.plain),
        "set": level.change(knob.path),
        "about": _about(scenario, level.value) if knob.path == METHODOLOGY.path else "",
    }


def _about(scenario: Scenario, methodology: Any) -> str:  # noqa: ANN401 - a level
    """Describe a methodology in a sentence."""
    if isinstance(methodology, str) and methodology in METHODOLOGIES:
        return METHODOLOGIES[methodology].about
    if isinstance(methodology, list):  # an agenda
        scenario, methodology = with_changes(scenario, {METHODOLOGY.path: methodology}), AS_WRITTEN
    return words.capital(f"{words.agendas_of(scenario, methodology or AS_WRITTEN)}.")


def _measure(name: str) -> Mapping[str, object]:
    about = lookup(name)
    return {
        "name": name,
        "label": words.measure_name(name),
        "kind": about.kind,
        "unit": about.unit,
        "low": about.low if math.isfinite(about.low) else None,
        "high": about.high if math.isfinite(about.high) else None,
        "definition": about.definition,
    }
