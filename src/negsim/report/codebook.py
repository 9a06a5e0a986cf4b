"""The codebook of cases as a page, made from the table that translates cases and from the words of scenarios."""

from __future__ import annotations

from collections.abc import Iterator

from negsim.cases.codebook import FACTS, OTHERWISE, QUESTIONS, Option, Question
from negsim.report.markdown import code, fill, grid
from negsim.scenario.words import CODEBOOK
from negsim.scenario.yaml import flow


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
        "draws": ", ".join(map(code, question.when_unknown)),
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
