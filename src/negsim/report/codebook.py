"""The codebook of cases as a page, from its table.

Rules that hold here
- Every number on the page is read from the table or from the scenario language; nothing is said twice by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

from negsim.cases.codebook import FACTS, OTHERWISE, QUESTIONS, Option, Question
from negsim.scenario.words import CODEBOOK
from negsim.scenario.yaml import flow

_HEAD = """\
# The codebook of cases

How a case file (facts and codes of a real process) becomes a scenario. `negsim case codebook` writes this page from
the table that does the translation (`negsim.cases.codebook`); a test keeps the two the same. The codebook is
deterministic, the same for every case, and blind: it is handed facts and codes, never the outcome, the depth, or
whether a way out was used. [Coding a case](coding.md) says how to fill a case file in.

What is not known is drawn anew for every replication, every value listed being equally likely. A number in a draw is
no estimate: it says how wide our ignorance is.

## Facts

| fact | what it is | what it becomes | where it is not known |
|---|---|---|---|
"""
_CODES = """
## Codes

A code is one word. Its order below is the order of one-step changes: `low` has `medium` next to it. Codes that rank
nothing (nominal) have an order too, which only says what is changed to what.
"""


def codebook_page() -> str:
    """The page, as Markdown."""
    rows = (f"| `{name}` | {rule.is_} | {rule.becomes} | {rule.unknown} |\n" for name, rule in FACTS.items())
    codes = (_code(name, question) for name, question in QUESTIONS.items())
    return "".join([_HEAD, *rows, _CODES, *codes, "\n## Everything else\n\n", OTHERWISE, "\n"])


def _code(name: str, question: Question) -> str:
    kind = "ordered" if question.ordered else "nominal"
    drawn = ", ".join(f"`{word}`" for word in question.drawn)
    rows = (
        f"| `{option.word}` | {option.when} | {'; '.join(_sets(option))} | {option.reason} |\n"
        for option in question.options
    )
    head = "| code | when | sets | why |\n|---|---|---|---|\n"
    return (
        f"\n### {name} ({kind})\n\n{question.asks}\n\n{head}{''.join(rows)}"
        f"\nNot known: one of {drawn} ({question.why_drawn}).\n"
    )


def _sets(option: Option) -> Iterator[str]:
    for path, value in option.sets.items():
        scale = CODEBOOK.get(path.rsplit(".", maxsplit=1)[-1]) or (
            CODEBOOK["trust"] if path == "trust.across" else None
        )
        number = (
            f" ({scale.words[value].number:g})" if scale and isinstance(value, str) and value in scale.words else ""
        )
        yield f"`{path}={'none' if value is None else flow(value)}`{number}"
