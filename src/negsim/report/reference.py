"""Pages of reference made from declarations: the measures of a run, the methodologies, and the codebook of cases.

`negsim measures` and the page on measures read the registry of measures; `negsim case codebook` reads the table that
translates cases and the words of scenarios. The sentences are in templates.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from negsim.cases.codebook import FACTS, QUESTIONS, WHEN_NOT_CODED, Option, Question
from negsim.cast.measures import plugin_measures
from negsim.cast.methodologies import MEETING_PARTS, METHODOLOGIES, QUESTION_SHARE
from negsim.errors import NegsimError, did_you_mean, literal
from negsim.negotiation import measures as registry
from negsim.report.markdown import code, grid
from negsim.report.templates import Templates
from negsim.report.words import MEETING_OF, agenda_text, percent
from negsim.scenario.schema import built_in_agenda
from negsim.scenario.words import CODEBOOK
from negsim.scenario.yaml import flow

_TEMPLATES = Templates(Path(__file__).parent, escapes={"md": str})  # values are Markdown already
_KINDS = {
    "code": "a word, or its number",
    "flag": "yes or no",
    "share": "a share, shown in per cent",
    "level": "a place on a scale",
    "count": "a whole number",
    "time": "minutes, shown in hours",
    "number": "a number",
}
# By heading: how the columns are named, and what they are.
_TABLES: Mapping[str, tuple[str, str, Mapping[str, registry.Measure]]] = {
    "How a run ends": (
        "OUTCOME",
        "A study keeps the outcome as a word; the name of an outcome stands for the share of runs that end so.",
        registry.ENDINGS,
    ),
    "Of a run": ("NAME", "One number a run: the columns of runs.csv and of a study.", registry.MEASURES),
    "By issue": (
        "NAME.ISSUE",
        "One number a run and issue: the columns of issues.csv, and of a study with `detail: true`.",
        registry.ISSUE_MEASURES,
    ),
    "By group": (
        "NAME.GROUP",
        "One number a run and group: the columns of groups.csv, and of a study with `detail: true`.",
        registry.GROUP_MEASURES,
    ),
    "By delegate": (
        "NAME",
        "One number a run and delegate: the columns of delegates.csv, which is written where no seats are drawn.",
        registry.DELEGATE_MEASURES,
    ),
    "By group and issue, and by format": (
        "blocks.GROUP.ISSUE, minutes.FORMAT",
        "Columns of a study with `detail: true`.",
        registry.OTHER_MEASURES,
    ),
    "Over time": ("NAME", "One number a run and minute: the columns of a study with `series`.", registry.SERIES),
}
_WIDTH = 25  # letters of the longest name, and a space


def _tables() -> dict[str, tuple[str, str, Mapping[str, registry.Measure]]]:
    """Return the tables of measures, with one for those of plug-ins if any is loaded."""
    own = plugin_measures()
    return {**_TABLES, **({"Of your own": ("NAME", "One number a run.", own)} if own else {})}


def list_measures() -> str:
    """List every measure by table: its name and its label; a star marks those that commands show by default."""
    parts = []
    for heading, (columns, _, measures) in _tables().items():
        rows = [f"{'*' if of.default else ' '} {name:<{_WIDTH}} {of.label}" for name, of in measures.items()]
        parts.append("\n".join([f"{heading.upper()} ({columns})", *rows]))
    return "\n\n".join([*parts, "* shown unless you ask for others"]) + "\n"


def describe_measure(name: str) -> str:
    """Describe a measure in each table that has it. Raises NegsimError for an unknown name."""
    stem = name.partition(".")[0]
    tables = _tables()
    entries = [(heading, *entry) for heading, entry in tables.items() if stem in entry[2]]
    if not entries:
        names = dict.fromkeys(other for _, _, measures in tables.values() for other in measures)
        hint = did_you_mean(stem, list(names)) or "; `negsim measures` lists them"
        raise NegsimError(f"unknown measure {literal(name)}{hint}")
    return "\n".join(_described(heading, measures[stem]) for heading, _, _, measures in entries)


def _described(heading: str, measure: registry.Measure) -> str:
    lines = {
        "what": measure.label,
        "meaning": measure.definition,
        "kind": _KINDS[measure.kind],
        "unit": measure.unit or "none",
        "range": _range(measure),
        "default": "yes" if measure.default else "no",
    }
    return f"{measure.name} ({heading.lower()})\n" + "".join(f"  {what:<8} {text}\n" for what, text in lines.items())


def _range(measure: registry.Measure) -> str:
    low = "any" if math.isinf(measure.low) else f"{measure.low:g}"
    if math.isinf(measure.high):
        return low if low == "any" else f"{low} and more"
    return f"{low} to {measure.high:g}"


def measures_page() -> str:
    """Write the page on measures of the documentation."""
    heads = ["measure", "label", "meaning", "kind", "unit", "range", ""]
    tables = []
    for heading, (columns, text, measures) in _TABLES.items():
        rows = [
            [code(name), of.label, of.definition, _KINDS[of.kind], of.unit, _range(of), "default" if of.default else ""]
            for name, of in measures.items()
        ]
        names = ", ".join(map(code, columns.split(", ")))
        tables.append({"heading": heading, "text": text, "columns": names, "measures": grid(heads, rows)})
    return _TEMPLATES.fill("measures.md.j2", tables=tables).text


def methodologies_page() -> str:
    """Write the page on methodologies of the documentation."""
    about = [[code(name), of.about, of.use, of.source] for name, of in METHODOLOGIES.items()]
    agendas = [
        [code(name), *(agenda_text(built_in_agenda(name, *MEETING_OF[part])) for part in MEETING_PARTS)]
        for name in METHODOLOGIES
    ]
    return _TEMPLATES.fill(
        "methodologies.md.j2",
        methodologies=grid(["methodology", "what happens", "what it is for", "who works that way"], about),
        agendas=grid(["methodology", *MEETING_PARTS], agendas),
        opening=percent(QUESTION_SHARE),
    ).text


def codebook_page() -> str:
    """Write the codebook as a page of Markdown."""
    facts = ([code(name), rule.is_, rule.becomes, rule.unknown] for name, rule in FACTS.items())
    return _TEMPLATES.fill(
        "codebook.md.j2",
        facts=grid(["fact", "what it is", "what it becomes", "where it is not known"], facts),
        codes=[_about(name, question) for name, question in QUESTIONS.items()],
        otherwise=WHEN_NOT_CODED,
    ).text


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
        name = "trust" if path == "trust.across" else path.rpartition(".")[2]
        words = CODEBOOK[name].words if name in CODEBOOK else {}
        number = f" ({words[value].number:g})" if isinstance(value, str) and value in words else ""
        yield f"`{path}={'none' if value is None else flow(value)}`{number}"
