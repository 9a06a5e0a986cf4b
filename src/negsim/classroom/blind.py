"""Lesson 5: real cases coded without knowing which they are or how they ended, and how far coders agree.

- The cases are those with the most codes that quote a source: one from each family, none from the scenario's own.
- Students see quotes and options, but no titles, codes or outcomes. A quote may still give a body away, as the
  worksheet says.
- The answer key compares the reference coding with a second one that differs by one step of one code in each case.
"""

from __future__ import annotations

from string import ascii_uppercase

from negsim.cases import CodedCase, builtin_cases, load_case, loads_case, perturbed
from negsim.cases.codebook import QUESTIONS
from negsim.cases.start import case_text
from negsim.classroom.topic import Sheets, Topic
from negsim.report.comparisons import agreement_text
from negsim.scenario.yaml import Plain
from negsim.study.agreement import agreement

CODES = ("tension", "trust", "decision_rule", "informal_contact", "dissent_record")  # that a class codes
CASES = 4
NO_QUOTE = "the sources say nothing"
OUTCOME = "\n# What happened"  # where the part of a case file begins that a coder must not fill in


def choose_cases(topic: Topic) -> dict[str, CodedCase]:
    """The cases by the letters that students see: of different families, and as far as possible with different ends."""
    cases = [load_case(name) for name in builtin_cases()]
    strange = [case for case in cases if case.name not in topic.source and case.family not in topic.source]
    candidates = sorted(strange, key=lambda case: (-len(_with_quote(case)), case.name))
    picks: list[CodedCase] = []
    for new in (_ending, lambda _: ""):
        for case in candidates:
            families, ends = {one.family for one in picks}, {new(one) for one in picks}
            if len(picks) < CASES and case.family not in families and (new(case) not in ends or not new(case)):
                picks.append(case)
    return dict(zip(ascii_uppercase, sorted(picks, key=lambda case: case.name), strict=False))


def _ending(case: CodedCase) -> str:
    return case.outcome.code if case.outcome else "not coded"


def _with_quote(case: CodedCase) -> list[str]:
    """The codes with an answer other than unknown, and a quote."""
    return [name for name in CODES if case.codes[name].known is not None and case.codes[name].quote]


def blind(topic: Topic) -> Sheets:
    """The material of the lesson."""
    cases = choose_cases(topic)
    texts = {f"case_{letter.lower()}": _texts(letter, case) for letter, case in cases.items()}
    pairs = [(loads_case(own["reference"], name), loads_case(own["second_coder"], name)) for name, own in texts.items()]
    return {
        "questions": {_label(name): QUESTIONS[name].asks for name in CODES},  # what each code asks
        "options": [  # code, word, when it applies
            (_label(name), option.word, option.when) for name in CODES for option in QUESTIONS[name].options
        ],
        "cases": cases,  # by letter
        "quotes": {  # codes with what the sources say, by letter
            letter: [(_label(name), case.codes[name].quote or NO_QUOTE) for name in CODES]
            for letter, case in cases.items()
        },
        "words": {  # of one coder, by code, in the order of the cases
            _label(name): [str(case.codes[name].known or "unknown") for case in cases.values()] for name in CODES
        },
        "agreement": agreement_text(agreement(pairs, seed=topic.seed)),  # what `negsim case agree` prints
        "lab": topic.link("lab"),
        "files": {f"{folder}/{name}.yaml": text for name, own in texts.items() for folder, text in own.items()},
    }


def _label(name: str) -> str:
    return name.replace("_", " ")


def _texts(letter: str, case: CodedCase) -> dict[str, str]:
    """The text of a case's file by folder: to fill in, the reference, and as a second coder might code it."""
    words = {name: case.codes[name].known for name in CODES}
    second = _second(case)
    empty = case_text(_case(f"Case {letter}", case, dict.fromkeys(CODES, "unknown")), comments=True)
    return {
        "blank": f"{empty.split(OUTCOME)[0].rstrip()}\n",
        "reference": case_text(_case(f"Case {letter}: {case.title}", case, words), comments=False),
        "second_coder": case_text(_case(f"Case {letter}", case, words | second), comments=False),
    }


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
        answer = {"code": "unknown" if word is None else word}
        codes[name] = answer | {"quote": quote or NO_QUOTE, "confidence": "medium"}
    return {"case": 1, "title": title, "codes": codes}
