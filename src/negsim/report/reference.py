"""Pages of reference made from declarations: the measures of a run, and the codebook of cases.

`negsim measures` and docs/measures.md read the registry of measures; `negsim case codebook` reads the table that
translates cases and the words of scenarios.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from negsim.cases.codebook import FACTS, OTHERWISE, QUESTIONS, Option, Question
from negsim.errors import NegsimError, did_you_mean, literal
from negsim.negotiation.measures import (
    DELEGATE_MEASURES,
    ENDINGS,
    GROUP_MEASURES,
    ISSUE_MEASURES,
    MEASURES,
    OTHER_MEASURES,
    SERIES,
    Measure,
)
from negsim.report.markdown import code, document, fill, grid
from negsim.report.words import format_name, percent
from negsim.scenario.methodologies import METHODOLOGIES, OPENING, PARTS, Agenda
from negsim.scenario.words import CODEBOOK
from negsim.scenario.yaml import flow

OWN_METHODOLOGIES = """```yaml
methodologies:
  polls: [straw_poll: 0.5, rolling_text: 0.5]
  ours:
    about: Questions first, then one text, then polls to finish it.
    first: [questionnaire: 1]
    middle: [rolling_text: 1]
    last: [rolling_text: 0.7, straw_poll: 0.3]
```"""
KINDS = {
    "code": "a word",
    "flag": "yes or no",
    "share": "a share, shown in per cent",
    "level": "a place on a scale",
    "count": "a whole number",
    "time": "minutes, shown in hours",
    "number": "a number",
}
TABLES: Mapping[str, tuple[str, str, Mapping[str, Measure]]] = {  # heading: how its columns are named, what they are
    "How a run ends": (
        "OUTCOME",
        "A study keeps the outcome as a word; the name of an outcome stands for the share of runs that end so.",
        ENDINGS,
    ),
    "Of a run": ("NAME", "One number a run: the columns of runs.csv and of a study.", MEASURES),
    "By issue": (
        "NAME.ISSUE",
        "One number a run and issue: the columns of issues.csv, and of a study with `detail: true`.",
        ISSUE_MEASURES,
    ),
    "By group": (
        "NAME.GROUP",
        "One number a run and group: the columns of groups.csv, and of a study with `detail: true`.",
        GROUP_MEASURES,
    ),
    "By delegate": (
        "NAME",
        "One number a run and delegate: the columns of delegates.csv, which is written where no seats are drawn.",
        DELEGATE_MEASURES,
    ),
    "By group and issue, and by format": (
        "blocks.GROUP.ISSUE, minutes.FORMAT",
        "Columns of a study with `detail: true`.",
        OTHER_MEASURES,
    ),
    "Over time": ("NAME", "One number a run and minute: the columns of a study with `series`.", SERIES),
}
WIDTH = 25  # letters of the longest name, and a space


def list_measures() -> str:
    """Every measure by table: its name and its label; a star marks those that are shown unless you ask for others."""
    parts = []
    for heading, (columns, _, measures) in TABLES.items():
        rows = [f"{'*' if of.default else ' '} {name:<{WIDTH}} {of.label}" for name, of in measures.items()]
        parts.append("\n".join([f"{heading.upper()} ({columns})", *rows]))
    return "\n\n".join([*parts, "* shown unless you ask for others"]) + "\n"


def describe_measure(name: str) -> str:
    """Everything that is known of a measure, in each table that has it. Raises NegsimError for an unknown name."""
    stem = name.partition(".")[0]
    entries = [(heading, *entry) for heading, entry in TABLES.items() if stem in entry[2]]
    if not entries:
        names = dict.fromkeys(other for _, _, measures in TABLES.values() for other in measures)
        raise NegsimError(f"unknown measure {literal(name)}{did_you_mean(stem, list(names))}")
    return "\n".join(_described(heading, measures[stem]) for heading, _, _, measures in entries)


def _described(heading: str, measure: Measure) -> str:
    lines = {
        "what": measure.label,
        "meaning": measure.definition,
        "kind": KINDS[measure.kind],
        "unit": measure.unit or "none",
        "range": _range(measure),
        "default": "yes" if measure.default else "no",
    }
    return f"{measure.name} ({heading.lower()})\n" + "".join(f"  {what:<8} {text}\n" for what, text in lines.items())


def _range(measure: Measure) -> str:
    low = "any" if math.isinf(measure.low) else f"{measure.low:g}"
    if math.isinf(measure.high):
        return low if low == "any" else f"{low} and more"
    return f"{low} to {measure.high:g}"


def measures_page() -> str:
    """The page docs/measures.md."""
    parts = [
        "# Measures",
        (
            "What a run reports. Made from the code by `negsim measures --out docs/measures.md`; `negsim measures NAME`"
            " prints one of them. Commands show those marked *default* unless you ask for others."
        ),
    ]
    for heading, (columns, text, measures) in TABLES.items():
        rows = [
            [code(name), of.label, of.definition, KINDS[of.kind], of.unit, _range(of), "default" if of.default else ""]
            for name, of in measures.items()
        ]
        parts += [
            f"## {heading}",
            f"{text} Columns: {', '.join(map(code, columns.split(', ')))}.",
            grid(["measure", "label", "meaning", "kind", "unit", "range", ""], rows),
        ]
    return document(parts)


def methodologies_page() -> str:
    """The page docs/methodologies.md."""
    parts = [
        "# Methodologies",
        (
            "How a process divides the floor time of its meetings among session formats. Made from the code by"
            " `negsim describe methodologies --out docs/methodologies.md`. `--set methodology=NAME` replaces the"
            " agendas of a scenario, at equal minutes."
        ),
        grid(
            ["methodology", "what happens", "what it is for", "who works that way"],
            [[code(name), of.about, of.use, of.source] for name, of in METHODOLOGIES.items()],
        ),
        "## What each meeting does",
        "Shares of the floor time of a meeting, in their order. *Only* is a process of one meeting.",
        grid(
            ["methodology", *PARTS],
            [[code(name), *(_shares(getattr(of, part)) for part in PARTS)] for name, of in METHODOLOGIES.items()],
        ),
        "## What the names say",
        (
            "A methodology that is called after a format gives that format the floor in every meeting, by itself or"
            " with the format that finishes its text. Four of them begin with a round of questions:"
            f" {percent(OPENING)} of the first meeting. `wgigf_2011` and `wgigf_2012` have the agendas of the two"
            " phases of that group."
        ),
        (
            "`process.opening` is the share of the first meeting that opens with questions, under any methodology and"
            " with agendas of your own; what follows keeps its proportions. It is a path like any other: `--set"
            " methodology=chair_text --set process.opening=0.5`, or a factor of a study. With 0 the first meeting opens"
            " with work on text. A meeting of nothing but questions stays as it is."
        ),
        "## Your own",
        (
            "A scenario may define others. A part that is left out is like `middle`; an agenda alone is that of every"
            " meeting. They can be used wherever a methodology is named: `--set methodology=ours`, a"
            " `change_methodology` event, a study, the lab."
        ),
        OWN_METHODOLOGIES,
    ]
    return document(parts)


def _shares(agenda: Agenda) -> str:
    return ", ".join(f"{format_name(format_)} {percent(share)}" for format_, share in agenda)


def codebook_page() -> str:
    """The page, as Markdown."""
    facts = ([code(name), rule.is_, rule.becomes, rule.unknown] for name, rule in FACTS.items())
    return fill(
        "codebook.md.j2",
        facts=grid(["fact", "what it is", "what it becomes", "where it is not known"], facts),
        codes=[_about(name, question) for name, question in QUESTIONS.items()],
        otherwise=OTHERWISE,
    )


def _about(name: str, question: Question) -> dict[str, str]:
    options = ([code(option.word), option.when, "; ".join(_sets(option)), option.reason] for option in question.options)
    return {
        "name": name,
        "kind": "ordered" if question.ordered else "nominal",
        "question": question.asks,
        "options": grid(["code", "when", "sets", "why"], options),
        "draws": "one of " * (len(question.when_unknown) > 1) + ", ".join(map(code, question.when_unknown)),
        "why": question.why_drawn,
    }


def _sets(option: Option) -> Iterator[str]:
    for path, value in option.sets.items():
        scale = CODEBOOK.get(path.rsplit(".", maxsplit=1)[-1]) or (
            CODEBOOK["trust"] if path == "trust.across" else None
        )
        number = (
            f" ({scale.words[value].number:g})" if scale and isinstance(value, str) and value in scale.words else ""
        )
        yield f"`{path}={'none' if value is None else flow(value)}`{number}"
