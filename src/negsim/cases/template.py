"""Case files to start coding from: empty, with the questions as comments, or filled from a facts file.

Every text made here has been read back: it loads and runs at once, and whatever is `unknown` is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path as FilePath
from textwrap import indent, wrap

from negsim.cases.codebook import FACTS, QUESTIONS
from negsim.cases.facts import FACTS_FILE, ids_in, oddities, slug, started
from negsim.cases.library import loads_case
from negsim.errors import NegsimError
from negsim.scenario.library import text_in
from negsim.scenario.yaml import Plain, parse, to_yaml

WIDTH = 108
_HEAD = """\
# A case: facts and codes of a real process, as it was before its end was known. `negsim check FILE` finds mistakes,
# `negsim run FILE` runs it, docs/coding.md says how to code one in an hour. Leave `unknown` what no source says: it
# is drawn. An answer looks like this:
#   tension: {code: high, source: report, quote: "what it says", confidence: medium}     # high, medium or low
#   days: {value: [2, 3], source: [report, minutes], confidence: high}
"""
_SOURCES = "# Where it says so: name: {text: Author (year). Title, url: ...}\n"
_OUTCOME = """\
# What happened; the codebook never sees it. consensus, partial, chair_report, none, walkout or vote.
# outcome: {code: consensus, depth: what was agreed, source: report}
"""


def blank(title: str) -> dict[str, Plain]:
    """A case of which nothing is known, as plain data of a case file."""
    return {
        "case": 1,
        "title": title,
        "family": "",
        "years": "",
        "sources": {},
        "facts": dict.fromkeys(FACTS, "unknown"),
        "codes": {name: {"code": "unknown"} for name in QUESTIONS},
    }


def case_text(data: dict[str, Plain], *, comments: bool = True) -> str:
    """A case file. data: as `blank` and `facts.started` give it. comments: with the questions and their options."""
    lines = [_HEAD] if comments else []
    for key, value in data.items():
        if key == "facts":
            lines += ["\nfacts:\n", *_facts(value, comments=comments)]
        elif key == "codes":
            lines += ["\ncodes:\n", *_codes(value, comments=comments)]
        elif key == "sources":
            lines += ["\n", _SOURCES if comments else "", to_yaml({key: value})]
        else:
            lines += ["\n" if key == "outcome" else "", to_yaml({key: value})]
    if comments and "outcome" not in data:
        lines += ["\n", _OUTCOME]
    return "".join(lines)


def _facts(facts: dict[str, Plain], *, comments: bool) -> Iterator[str]:
    for name, entry in facts.items():
        if comments:
            yield from _comment(FACTS[name].is_)
        yield indent(to_yaml({name: entry}), "  ")


def _codes(codes: dict[str, Plain], *, comments: bool) -> Iterator[str]:
    for name, entry in codes.items():
        if comments:
            yield "\n"
            yield from _comment(QUESTIONS[name].asks)
            for option in QUESTIONS[name].options:
                yield from _comment(f"  {option.word}: {option.when}")
        yield indent(to_yaml({name: entry}), "  ")


def _comment(text: str) -> Iterator[str]:
    within = len(text) - len(text.lstrip())
    return (f"  # {' ' * within}{line}\n" for line in wrap(text.strip(), WIDTH))


def from_title(title: str) -> dict[str, str]:
    """An empty case file, by its name."""
    cleaned = " ".join("".join(letter if letter.isprintable() else " " for letter in title).split())
    if not cleaned:
        raise NegsimError("the title is empty; write what the process is called")
    return {slug(cleaned, "case"): _read_back(case_text(blank(cleaned)))}


def from_facts(file: FilePath, case_id: str | None, say: Callable[[str], None]) -> dict[str, str]:
    """Case files of one or all cases of a facts file, by id. say: gets what had to be left unknown.

    Raises `ScenarioError` if the file is not a facts file or has no such case.
    """
    document = parse(text_in(file, str(file), FACTS_FILE), str(file), FACTS_FILE)
    texts: dict[str, str] = {}
    for problem in oddities(document):
        say(str(problem))
    for name in ids_in(document) if case_id is None else [case_id]:
        case = started(document, name)
        for problem in case.left:
            say(str(problem))
        texts[case.id] = _read_back(case_text(case.data))
    return texts


def _read_back(text: str) -> str:
    loads_case(text)
    return text
