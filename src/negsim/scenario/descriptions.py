"""What each key of scenario and study files means: sentences that an editor shows beside the key, from the JSON Schema.

They stand apart from `schema` because no run reads them. A key that says it in its own declaration is not listed.
"""

from __future__ import annotations

from collections.abc import Mapping

from negsim.cast.moves import TABLE_MOVES
from negsim.scenario.values import Json

DESCRIPTIONS: dict[str, dict[str, str]] = {  # by part of a scenario, by key
    "Scenario": {
        "format": "version of this language: 1",
        "title": "what the scenario is called, in reports and pictures",
        "description": "what happened, in a few sentences",
        "story": "what everybody who plays it is told first, in paragraphs",
        "sources": "documents that numbers come from, by a short name",
        "basis": "where numbers come from, by path: a source's name, or coding:, derived:, assumption:",
        "issues": "the questions on the table, by name, in the order in which they come up",
        "groups": "the stakeholder groups with their seats and positions, by name",
        "delegates": "seats with a name of their own; the rest of them is their group's",
        "trust": "how much delegates trust each other and the chair at the start",
        "camps": "delegates who agree on a theme elsewhere, by name",
        "context": "tension, and a theme elsewhere that is linked to this one",
        "parameters": "behavioural parameters that differ from their defaults",
        "methodologies": "methodologies of the scenario's own, by name: agendas of its meetings",
        "process": "the timetable and the rules of the house",
        "uncertain": "values that each run draws anew, by path",
        "formats": "session formats of the scenario's own, by name",
        "measures": "measures of the scenario's own, by name: expressions over the columns of runs",
    },
    "Issue": {
        "label": "the question as people call it",
        "low": "what 0 on its scale means",
        "high": "what 1 on its scale means",
        "between": "what places between them mean, at equal distances: with three, .25, .5 and .75",
        "core": "whether it is a core issue, which nobody sells in a package",
    },
    "Group": {
        "label": "the group's name for readers",
        "seats": "how many delegates it has",
        "position": "where its seats stand on each issue: a mean and how far seats differ",
        "red_lines": "text that its seats never accept, by issue",
        "salience": "how much each issue matters to it, as relative weights; 1 where nothing is said",
        "openness": "how easily its seats are persuaded; left out: the parameter's",
        "may_block": "whether its seats may block a text, or only speak",
        "outside_option": "what leaving without agreement is worth to it; left out: nobody leaves",
    },
    "Delegate": {
        "name": "the delegate's name",
        "brief": "what a person who plays the delegate reads, and nobody else",
        "position": "where the delegate stands, on issues where that differs from the group",
        "red_lines": "text that the delegate never accepts, by issue, where that differs from the group",
        "salience": "how much issues matter to the delegate, where that differs from the group",
        "openness": "how easily the delegate is persuaded; left out: as the group",
        "voice": "how often the delegate asks for the floor; left out: as the group",
        "may_block": "whether the delegate may block a text; left out: as the group",
        "outside_option": "what leaving is worth to the delegate; none: never leaves; left out: as the group",
        "camp": "the camp it belongs to, or none; left out: drawn from the camp's share of the group",
    },
    "WrittenBrief": {
        "emblem": "a sign or two letters by which the delegate is known",
        "who": "who the delegate is, in paragraphs",
        "wants": "what the delegate wants, and why",
        "arguments": "sentences to say aloud",
        "never": "what the delegate must not sign",
        "secret": "what only the delegate knows",
        "friend": "who is a friend, and why",
        "foe": "who is a foe, and why",
    },
    "RedLine": {
        "min": "text below this place is never acceptable",
        "max": "text above this place is never acceptable",
    },
    "Camp": {
        "label": "the camp's name for readers",
        "share": "share of each group's seats that belong to it",
        "line": "the place on issues towards which it pulls its members",
        "red_lines": "text that no member accepts, by issue",
    },
    "Trust": {
        "chair": "trust in the chair: one number, or one a group with `default` for the others",
        "pairs": "trust of one group or delegate in another, as in business->government",
    },
    "Context": {"linkage": "a theme elsewhere that pulls positions here"},
    "Linkage": {
        "theme": "what the theme is called",
        "spillover": "how much quarrels there cost trust here; left out: the parameter's most, times tension",
    },
    "Process": {
        "decision_rule": "when a text passes: a rule by its name, or numbers of a rule of your own",
        "record_dissent": "whether a paragraph may close with dissent on record",
        "adoption": "everything: nothing is agreed until everything is; separable: paragraphs stand by themselves, and"
        " one that has had its share of the time may be dropped",
        "fallback_vote": "a vote where the room does not agree; none or left out: no vote",
        "chair_reports": "whether the chair reports in the chair's own name where the room does not agree",
        "moves": "moves of the table: amendments, questions, offers and others; left out: none",
        "chair": "how the chair works",
        "hours": "hours of meeting a day, procedure included",
        "procedure_loss": "share of the day that procedure takes",
        "informal": "what a mixed evening is, and talk at breaks",
        "intersession": "what people do in the days between two meetings",
        "methodology": "a methodology that replaces the agendas of all meetings; left out: they stay",
        "text": "text on the table when the process begins, by issue",
        "meetings": "the meetings in their order",
        "events": "what happens on certain days",
    },
    "Moves": {name: move.meaning for name, move in TABLE_MOVES.items()}
    | {"initiative": "chance that a seat of the model makes a move by itself when it could; at 0 it only answers"},
    "Meeting": {
        "name": "what the meeting is called, such as its city",
        "after_days": "days since the meeting before",
        "intersession": "what people do in the days before it, in place of all that the process says; left out: that",
        "days": "how many days it lasts",
        "hours": "hours of meeting a day; left out: the process's",
        "agenda": "session formats with their shares of the meeting's floor time, in order; they sum to 1",
        "evenings": "one plan for all evenings, or one a day: none, caucus, mixed, or a mapping with mixed_share",
    },
    "AgendaItem": {
        "format": "the session format",
        "issues": "the issues it is about; left out: all",
    },
    "Evening": {
        "mixed_share": "share of the delegates at mixed tables; left out: what mixed means in this process",
        "rest": "how the others spend it: caucus, or none",
    },
    "Informal": {"table_size": "people at a mixed table"},
    "OwnMethodology": {
        "about": "what it is, in a sentence",
        "only": "agenda of the only meeting; left out: as the middle ones",
        "first": "agenda of the first of several meetings; left out: as the middle ones",
        "middle": "agenda of the meetings between",
        "last": "agenda of the last of several meetings; left out: as the middle ones",
    },
    "OwnFormat": {
        "label": "its name for readers",
        "meaning": "what it is, in a sentence",
        "colour": "its colour in pictures, by name; left out: one that is free",
    },
    "MeasureExpression": {
        "expression": "columns, numbers, + - * / and brackets, min(...), max(...), comparisons",
        "label": "its name for readers",
        "meaning": "its definition, in a sentence",
        "kind": "flag, share, level, count, time or number: how it is averaged and shown",
        "unit": "its unit",
        "low": "the lower end of its scale; left out: none",
        "high": "the upper end of its scale; left out: none",
    },
    "DecisionRule": {
        "no_formal_objection": "passes if nobody blocks",
        "consensus_minus": "passes if at most k delegates block",
        "rough_consensus": "passes if at least this share of those present has no objection",
        "majority_per_group": "passes if more than half of every group has no objection",
        "own": "passes if all these conditions hold",
    },
    "ConsensusMinus": {"k": "how many may block"},
    "RoughConsensus": {"share": "least share of those present without objection"},
    "FallbackVote": {"share": "share of the votes that adopts a text"},
    "VotingWeight": {"each": "weight of each seat's vote"},
    "Event": {
        "submission": "a proposal sent in before a day begins",
        "reaffirm": "a delegate or a camp reaffirms its line on the linked theme",
        "change_methodology": "other agendas from a day on",
        "retreat": "days together between two meetings",
        "closed_session": "a day behind closed doors",
        "targeted_dinner": "an evening at which some delegates share a table",
        "renewal": "the mandate ends and may be renewed",
    },
    "Submission": {
        "position": "what it proposes, by issue; left out: the sponsor's own blend",
    },
    "ChangeMethodology": {
        "to": "the methodology from then on",
        "by": "who moves it: a group or delegate, by a motion; or the chair, who decides",
    },
    "Retreat": {"after_meeting": "the meeting after which it takes place", "days": "how many days"},
    "TargetedDinner": {"guests": "delegates and groups, each group's at a table of its own"},
    "Renewal": {
        "after_meeting": "the meeting with which the mandate ends",
        "debrief": "whether the room looks back before the new mandate begins",
    },
    "Source": {
        "text": "the reference",
        "url": "where it can be read",
        "insider": "how its author took part in the process, if so",
    },
    "Uncertain": {
        "one_of": "one of these values",
        "integers": "a whole number from the first to the second",
        "uniform": "a number between the first and the second",
        "split": "for seats: so many in all, dealt to the groups at random",
        "either": "one of these sets of changes, made together",
        "ensemble": "for parameters: the members of a sample, in turn",
    },
}
STUDY_DESCRIPTIONS: dict[str, dict[str, str]] = {  # the same for study files
    "Study": {
        "title": "what the study is called",
        "question": "what it asks",
        "scenario": "the name of a built-in scenario, or a file beside the study",
        "changes": "paths and values that hold in every cell",
        "vary": "factors: values of a path, a range {between: [low, high]}, or levels by name",
        "cells": "instead of vary: a list of cells, each a mapping of paths to values",
        "design": "which cells are run: factorial crosses all levels, the others sample",
        "points": "points of a sampled design; the base sample of saltelli, the trajectories of morris",
        "second_order": "of saltelli: indices of pairs too, from nearly twice the cells",
        "replications": "runs of a cell, at most",
        "seed": "of all draws, and of sampled designs",
        "main": "the measure that is looked at first: an outcome such as consensus, or a measure",
        "measures": "measures to keep: all, or a list of names",
        "detail": "whether to keep columns by issue, by group, by both and by format",
        "stop": "the rule that ends a cell once its interval is narrow enough",
        "series": "rows by floor time",
    },
    "Stop": {
        "half_width": "of the interval at 95 %: a time with its unit, such as 30 min; a share as 0.02 or 2 %",
        "every": "replications between two looks",
    },
    "Series": {"every": "minutes of floor time between two rows"},
}
UNITS: dict[str, dict[str, str]] = {  # of numbers that have one, by part of a scenario, by key
    "Group": {"seats": "delegates"},
    "Habits": {
        "temper": "value units",
        "climate": "value units",
        "climate_by_issue": "value units",
        "closeness": "scale units",
        "reconsideration": "a gap",
        "package_tolerance": "value units",
        "attribution_span": "proposals",
        "patience": "readings a day",
        "caucus_pull": "an evening",
        "contact_gain": "an evening",
        "noticing_rate": "a minute",
        "trust_half_life": "days",
        "fade": "scale units a reading",
        "package_minutes": "minutes an issue",
        "walkout": "a day",
        "statement": "minutes",
    },
    "Informal": {
        "mixed_share": "share",
        "table_size": "delegates",
        "breaks": "a day",
        "break_minutes": "minutes",
    },
    "Intersession": {"circulate": "days"},
    "Meeting": {"after_days": "days", "days": "days", "hours": "hours a day"},
    "OwnFormat": {"minutes": "minutes"},
    "Position": {"mean": "scale units", "spread": "scale units"},
    "Process": {"hours": "hours a day", "procedure_loss": "share", "opening": "share"},
    "RedLine": {"min": "scale units", "max": "scale units", "spread": "scale units"},
    "Retreat": {"days": "days"},
}
_OF_EVENTS = {  # keys that mean the same in every event
    "meeting": "the meeting, by its number from 1 or its name",
    "day": "the day of the meeting, from 1",
}


def describe(schema: Json, top: str, sentences: Mapping[str, Mapping[str, str]]) -> None:
    """Give each key of a JSON Schema its sentence, unless its declaration has one. top: the name of the whole."""
    for name, part in {top: schema, **schema.get("$defs", {})}.items():
        own = {**_OF_EVENTS, **sentences.get(name, {})}
        for kind in (part, *part.get("anyOf", ())):
            for key, about in kind.get("properties", {}).items():
                if "description" not in about and key in own:
                    about["description"] = own[key]
