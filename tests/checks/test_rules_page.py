"""docs/rules.md, docs/glossary.md and scenarios/README.md against the code."""

import inspect
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import cast_pages
from negsim import negotiation, randomness
from negsim.cast.decisions import DECISION_RULES
from negsim.cast.formats import FORMATS
from negsim.negotiation.parameters import Parameters
from negsim.negotiation.tables import Outcome
from negsim.randomness import Decision
from negsim.scenario.schema import Event

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "rules.md").read_text(encoding="utf-8")
ROOMS = {
    "tables", "formats", "population", "beliefs", "trust", "influence", "proposals", "informal",
    "acceptance", "text", "turns", "closing", "floor", "measures", "tally", "indices", "runs", "score", "moves",
    "intersession", "randomness",
}  # fmt: skip
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
LANGUAGE = (DOCS.parent / "scenarios" / "README.md").read_text(encoding="utf-8")
MODULES = [
    randomness, *(import_module(f"{negotiation.__name__}.{m.name}") for m in iter_modules(negotiation.__path__))
]  # fmt: skip


def table(head: str) -> list[list[str]]:
    """The rows of the table whose first row begins with `head`."""
    rows = PAGE[PAGE.index(f"| {head} |") :].split("\n\n")[0].splitlines()
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_every_rule_has_its_heading():
    assert re.findall(r"^### (5\.\d+) ", PAGE, re.MULTILINE) == [f"5.{n}" for n in range(1, 20)]


def test_every_function_that_is_cited_exists():
    names = {
        (module.__name__.rpartition(".")[2], name)
        for module in MODULES
        for name, thing in inspect.getmembers(module)
        if getattr(thing, "__module__", module.__name__) == module.__name__
    }
    cited = {pair for pair in re.findall(r"`([a-z]+)\.([A-Za-z_]+)`", PAGE) if pair[0] in ROOMS}
    keys = {
        ("trust", "spread"),
        ("informal", "corridors"),
        ("informal", "breaks"),
        ("informal", "disclosure"),
    }  # of scenario files
    assert cited - names == keys
    assert len(cited) > 100


def test_every_parameter_has_its_place_in_a_rule():
    named = re.findall(r"(?:`|\\texttt\{)([a-z_]+)(?:`|\})", PAGE.replace("\\_", "_"))
    assert set(Parameters._fields) - set(named) == set()


def test_every_draw_has_its_address():
    assert {name.strip(" `") for row in table("decision") for name in row[0].split(",")} == {
        decision.name.lower() for decision in Decision
    }


def test_outcomes_and_events_are_all_there():
    assert {row[0] for row in table("outcome")} == {o.name.lower() for o in Outcome} - {"running"}
    assert {row[0] for row in table("event | what it does")} == set(Event.model_fields)


def test_what_pages_say_of_the_cast_is_current():  # else: .venv/bin/python tests/cast_pages.py
    assert cast_pages.rules_page(PAGE) == PAGE
    assert cast_pages.glossary(GLOSSARY) == GLOSSARY
    assert cast_pages.language_page(LANGUAGE) == LANGUAGE


def test_the_glossary_is_in_order_and_has_every_format_outcome_and_status():
    terms = re.findall(r"^\*\*(.+?)\*\*.*\n: ", GLOSSARY, re.MULTILINE)
    assert terms == sorted(terms, key=lambda term: re.sub(r"[^a-z ]", "", term.lower()))
    codes = {*FORMATS, *(o.name.lower() for o in Outcome), *DECISION_RULES, "ad referendum"} - {"running"}
    assert {code for code in codes if f"`{code}`" not in GLOSSARY and f"**{code}**" not in GLOSSARY} == set()
