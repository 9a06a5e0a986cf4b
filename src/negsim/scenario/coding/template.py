"""A case file written out, with the questions as comments: what a coder starts from.

Rules that hold here
- What is written loads and runs at once; whatever is `unknown` is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent, wrap

from negsim.scenario.coding.priors import FACTS
from negsim.scenario.coding.table import QUESTIONS
from negsim.scenario.loading import to_yaml
from negsim.scenario.plain import Plain

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
