"""Lesson 5: real cases coded without knowing which they are or how they ended, and how far coders agree.

Rules that hold here
- Cases are chosen, not written: those with the most codes that quote a source, one a family, none of the family that
  the scenario belongs to.
- Students see quotes and options, no titles, codes or outcomes; a quote may still give a body away, and the sheet says
  so.
- The alphas of the answer key are of the reference coding and a second coder made of it: one code a case moved a step.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import ascii_uppercase
from tempfile import TemporaryDirectory
from typing import NamedTuple

from negsim.classroom.topic import Topic
from negsim.scenario import builtin_cases
from negsim.scenario.coding import CodedCase, load_case, perturbed
from negsim.scenario.coding.table import QUESTIONS
from negsim.scenario.coding.template import case_text
from negsim.scenario.plain import Plain
from negsim.study.agreement import agreement, pairs_of
from negsim.tell.agreement import agreement_text

CODES = ("tension", "trust", "decision_rule", "informal_contact", "dissent_record")  # that a class codes
CASES = 4
NO_QUOTE = "nothing is said"
OUTCOME = "\n# What happened"  # where the part of a case file begins that a coder must not fill in


def chosen(topic: Topic) -> dict[str, CodedCase]:
    """The cases by the letters that students see: of different families, and first of all of different ends."""
    cases = [load_case(name) for name in builtin_cases()]
    strange = [case for case in cases if case.name not in topic.source and case.family not in topic.source]
    ranked = sorted(strange, key=lambda case: (-len(_quoted(case)), case.name))
    picked: list[CodedCase] = []
    for new in (_ended, lambda _: ""):
        for case in ranked:
            families, ends = {one.family for one in picked}, {new(one) for one in picked}
            if len(picked) < CASES and case.family not in families and (new(case) not in ends or not new(case)):
                picked.append(case)
    return dict(zip(ascii_uppercase, sorted(picked, key=lambda case: case.name), strict=False))


def _ended(case: CodedCase) -> str:
    return case.outcome.code if case.outcome else "not coded"


def _quoted(case: CodedCase) -> list[str]:
    """The codes whose answer is known and quotes something."""
    return [name for name in CODES if case.codes[name].known is not None and case.codes[name].quote]


class Blind(NamedTuple):
    """What the sheets of the lesson need."""

    questions: dict[str, str]  # what each code asks
    options: list[tuple[str, str, str]]  # code, word, when it applies
    cases: dict[str, CodedCase]  # by letter
    quotes: dict[str, list[tuple[str, str]]]  # codes with what the sources say, by letter
    words: dict[str, list[str]]  # of one coder, by code, in the order of the cases
    agreement: str  # what `negsim agree` prints
    lab: str
    files: dict[str, str]


def blind(topic: Topic) -> Blind:
    """The material of the lesson."""
    cases = chosen(topic)
    files = {
        f"{folder}/case_{letter.lower()}.yaml": text
        for letter, case in cases.items()
        for folder, text in _files(letter, case)
    }
    return Blind(
        questions={_spaced(name): QUESTIONS[name].asks for name in CODES},
        options=[(_spaced(name), option.word, option.when) for name in CODES for option in QUESTIONS[name].options],
        cases=cases,
        quotes={
            letter: [(_spaced(name), case.codes[name].quote or NO_QUOTE) for name in CODES]
            for letter, case in cases.items()
        },
        words={_spaced(name): [str(case.codes[name].known or "unknown") for case in cases.values()] for name in CODES},
        agreement=_agreement(topic, files),
        lab=topic.link("lab"),
        files=files,
    )


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _files(letter: str, case: CodedCase) -> Iterator[tuple[str, str]]:
    """The text of a case's file by folder: to fill in, of the reference, and as a second coder might have coded it."""
    words = {name: case.codes[name].known for name in CODES}
    moved = _second(case)
    empty = case_text(_case(f"Case {letter}", case, dict.fromkeys(CODES, "unknown")), comments=True)
    yield "blank", f"{empty.split(OUTCOME)[0].rstrip()}\n"
    yield "reference", case_text(_case(f"Case {letter}: {case.title}", case, words), comments=False)
    yield "second_coder", case_text(_case(f"Case {letter}", case, words | moved), comments=False)


def _second(case: CodedCase) -> dict[str, Plain]:
    """One code moved one step: the first that can move, beginning at a place that depends on the case's name."""
    ordered = [name for name in CODES if QUESTIONS[name].ordered]
    start = sum(map(ord, case.name)) % len(ordered)
    for name in (*ordered[start:], *ordered[:start]):
        for step in (1, -1):
            changed = perturbed(case, name, step)
            if changed is not None:
                return {name: changed.codes[name].known}
    return {}


def _case(title: str, case: CodedCase, words: dict[str, Plain]) -> dict[str, Plain]:
    """A case file's data with the codes that a class codes, each with its quote."""
    codes: dict[str, Plain] = {}
    for name, word in words.items():
        quote = case.codes[name].quote
        known = {"code": "unknown" if word is None else word}
        codes[name] = known | ({"quote": quote} if quote else {"quote": NO_QUOTE}) | {"confidence": "medium"}
    return {"case": 1, "title": title, "codes": codes}


def _agreement(topic: Topic, files: dict[str, str]) -> str:
    """What `negsim agree` prints for the two folders of the pack."""
    with TemporaryDirectory() as place:
        for name, text in files.items():
            file = Path(place) / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        pairs, _ = pairs_of(Path(place) / "reference", Path(place) / "second_coder")
        return agreement_text(agreement(pairs, seed=topic.seed))
