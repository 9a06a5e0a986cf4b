"""The text of a case file, and an empty one to start coding from, with the questions as comments.

Every empty file is read back before it is returned: it loads and runs at once, and whatever is `unknown` is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent, wrap

from negsim.cases.codebook import FACTS, QUESTIONS
from negsim.cases.library import loads_case
from negsim.errors import NegsimError
from negsim.scenario.values import one_line
from negsim.scenario.yaml import Plain, to_yaml

_WIDTH = 108
_HEAD = """\
# A case: facts and codes of a real process, as it was before its end was known. `negsim check FILE` finds mistakes,
# `negsim run FILE` runs it, `negsim doc howto/case` says how to code one. Leave `unknown` what no source says: it
# is drawn. An answer looks like this:
#   tension: {code: high, source: report, quote: "what it says", confidence: medium}     # high, medium or low
#   days: {value: [2, 3], source: [report, minutes], confidence: high}
"""
_SOURCES = "# Where it says so: name: {text: Author (year). Title, url: ...}\n"
_OUTCOME = """\
# What happened; the codebook never sees it. consensus, partial, chair_report, none, walkout or vote.
# outcome: {code: consensus, depth: what was agreed, source: report}
"""


def _blank(title: str) -> dict[str, Plain]:
    """Return a case with nothing known, as plain data of a case file."""
    return {
        "case": 1,
        "title": title,
        "family": "",
        "years": "",
        "sources": {},
        "facts": dict.fromkeys(FACTS, "unknown"),
        "codes": {name: {"code": "unknown"} for name in QUESTIONS},
    }


def case_text(data: dict[str, Plain]) -> str:
    """Write a case file, with the questions and options. data: as `_blank` gives it, with more of it known."""
    lines = [_HEAD]
    for key, value in data.items():
        if key in {"facts", "codes"}:
            lines.append(f"\n{key}:\n")
            for name, entry in value.items():
                lines += [*_questions(name), indent(to_yaml({name: entry}), "  ")]
        else:
            apart = "\n" if key in {"sources", "outcome"} else ""
            lines += [apart, _SOURCES if key == "sources" else "", to_yaml({key: value})]
    if "outcome" not in data:
        lines += ["\n", _OUTCOME]
    return "".join(lines)


def _questions(name: str) -> Iterator[str]:
    """Write comments: what a fact is, or what a code asks, with its options."""
    if name in FACTS:
        yield from _comment(FACTS[name].is_)
        return
    yield "\n"
    yield from _comment(QUESTIONS[name].asks)
    for option in QUESTIONS[name].options:
        yield from _comment(f"{option.word}: {option.when}", within="  ")


def _comment(text: str, within: str = "") -> Iterator[str]:
    return (f"  # {within}{line}\n" for line in wrap(text, _WIDTH))


def from_title(title: str) -> str:
    """Write an empty case file."""
    if not one_line(title):
        raise NegsimError("the title is empty; write what the process is called")
    text = case_text(_blank(one_line(title)))
    loads_case(text)
    return text
