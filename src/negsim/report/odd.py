"""The ODD description of a scenario and the model, and the table of parameters, as Markdown for a paper.

Rules that hold here
- Seven sections in the order of the protocol (Grimm et al. 2020, doi 10.18564/jasss.4259), all eleven concepts.
- The same scenario gives the same text; docs/odd.md and docs/parameters.md are such texts, and tests compare them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from typing import Any

from negsim.negotiation.formats import Chair
from negsim.report import odd_case, odd_tables, odd_text
from negsim.report.markdown import bullets, document, grid
from negsim.report.odd_tables import docstring, first_paragraph
from negsim.report.words import counted, listed
from negsim.scenario import Scenario

Rule = Callable[..., Any]
PATTERNS = resources.files("negsim") / "report" / "patterns.csv"  # what the model is judged by, with its standing


def odd(scenario: Scenario, name: str, changes: Sequence[str] = ()) -> str:
    """The ODD description of the model as this scenario uses it.

    name: what the scenario is called on the command line. changes: the `--set` changes that made it.
    """
    command = " ".join(["negsim describe odd", name, *(f"--set '{change}'" for change in changes)])
    return document(
        [
            f"# ODD: {scenario.title}",
            f"{odd_text.PROTOCOL} Made by `{command}`; the tables come from the code.",
            "## 1 Purpose and patterns",
            *_purpose(scenario),
            "## 2 Entities, state variables, and scales",
            *_entities(scenario),
            "## 3 Process overview and scheduling",
            *_schedule(scenario),
            "## 4 Design concepts",
            *_concepts(scenario),
            "## 5 Initialization",
            *_initialization(scenario),
            "## 6 Input data",
            odd_text.INPUT,
            "## 7 Submodels",
            *_submodels(scenario),
        ]
    )


def parameters() -> str:
    """The table of all behavioural parameters, with the literature that their bases name."""
    return document(
        [
            "# Parameters",
            f"{odd_text.CALIBRATION} Made from the code by `negsim describe parameters`.",
            odd_tables.parameter_table(),
            "## Sources",
            "Where a basis names literature:",
            odd_tables.references(),
        ]
    )


def _purpose(scenario: Scenario) -> Iterator[str]:
    yield odd_text.PURPOSE
    yield f"This scenario: {scenario.title}. {' '.join(scenario.description.split())}".strip()
    yield odd_text.PATTERNS
    header, *rows = csv.reader(PATTERNS.read_text(encoding="utf-8").splitlines())
    yield grid(header, rows)


def _entities(scenario: Scenario) -> Iterator[str]:
    yield (
        "Delegates sit in stakeholder groups and negotiate a text of one paragraph an issue; proposals wait in a "
        "queue; a chair, a facilitator or a drafting group may hold the pen but has no state of its own."
    )
    yield odd_case.sizes(scenario)
    yield odd_text.SCALES
    yield odd_tables.state_tables()


def _schedule(scenario: Scenario) -> Iterator[str]:
    yield odd_text.SCHEDULE
    yield odd_tables.move_table()
    yield "The plan of this scenario:"
    yield odd_case.timetable(scenario)
    chair = scenario.process.chair
    yield odd_tables.format_tables(Chair(*(getattr(chair, name) for name in Chair._fields)))


def _concepts(scenario: Scenario) -> Iterator[str]:
    more = {
        "Stochasticity": odd_tables.draw_table(),
        "Collectives": _collectives(scenario),
        "Observation": odd_tables.measure_tables(),
    }
    for concept, text in odd_text.CONCEPTS.items():
        yield f"### {concept}"
        yield text
        yield more.get(concept, "")


def _collectives(scenario: Scenario) -> str:
    """Who they are here."""
    groups = listed([f"{group.label} ({group.seats})" for group in scenario.groups.values()])
    camps = listed([camp.label for camp in scenario.camps.values()]) if scenario.camps else "none"
    return f"Here the {counted(len(scenario.groups), 'group')} are {groups}; camps: {camps}."


def _initialization(scenario: Scenario) -> Iterator[str]:
    yield (
        "A run starts with empty text, no proposals and the clock at 0. People are drawn from the numbers below, each "
        "draw at an address of its own:"
    )
    yield bullets(map(_rule, odd_text.DRAWN))
    for heading, table in (
        ("Issues", odd_case.issues), ("Groups", odd_case.groups), ("Named delegates", odd_case.delegates),
        ("Trust, camps, linkage", odd_case.relations), ("Rules of the house", odd_case.settings),
        ("What is uncertain", odd_case.uncertain), ("Where the numbers come from", odd_case.basis),
    ):  # fmt: skip
        if text := table(scenario):
            yield f"### {heading}"
            yield text


def _submodels(scenario: Scenario) -> Iterator[str]:
    yield odd_text.TAUGHT
    for heading, (module, rules) in odd_text.SUBMODELS.items():
        yield f"### {heading}"
        yield f"{first_paragraph(module)} (`{module.__name__.removeprefix('negsim.')}`)"
        yield bullets(map(_rule, rules))
    yield "### Parameters"
    yield odd_text.CALIBRATION
    yield odd_tables.parameter_table(scenario.parameters.model_dump())
    yield odd_tables.references()


def _rule(rule: Rule) -> str:
    """A rule's name and what its docstring says."""
    return f"`{rule.__name__}`: {docstring(rule).replace('*', chr(92) + '*')}"
