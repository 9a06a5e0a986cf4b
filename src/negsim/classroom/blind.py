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

from negsim.classroom.course import Course
from negsim.classroom.sheets import Lesson, Step
from negsim.scenario import builtin_cases
from negsim.scenario.coding import CodedCase, load_case, perturbed
from negsim.scenario.coding.table import QUESTIONS
from negsim.scenario.coding.template import case_text
from negsim.scenario.plain import Plain
from negsim.study.agreement import agreement, pairs_of
from negsim.tell.agreement import agreement_text
from negsim.tell.page import Blank, Block, Commands, Fold, Grid, Items, Part, Section

CODES = ("tension", "trust", "decision_rule", "informal_contact", "dissent_record")  # that a class codes
CASES = 4
OUTCOME = "\n# What happened"  # where the part of a case file begins that a coder must not fill in


def chosen(course: Course) -> dict[str, CodedCase]:
    """The cases by the letters that students see: of different families, and first of all of different ends."""
    cases = [load_case(name) for name in builtin_cases()]
    strange = [case for case in cases if case.name not in course.source and case.family not in course.source]
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


def blind(course: Course) -> Lesson:
    """The lesson."""
    cases = chosen(course)
    files = {
        f"{folder}/case_{letter.lower()}.yaml": text
        for letter, case in cases.items()
        for folder, text in _files(letter, case)
    }
    return Lesson(
        folder="5_blind",
        title="Code a case blind",
        about="Real cases coded from quotes alone; how far the class agrees, as Krippendorff’s alpha.",
        outcomes=[
            "Code from evidence: the sentence first, then the word.",
            "Explain why a coder should not know how a case ended.",
            "Read Krippendorff’s alpha: what 1, 0 and less than 0 mean, and what a wide interval says.",
        ],
        prepare=[
            (
                "Print the worksheet, one each. A coder is a student with a computer and a text editor, or two who"
                " share one and code together. Copy the folder blank/ once for every coder: coder1/, coder2/, …"
            ),
            "The folders reference/ and second_coder/ are for you; they name codes and, in reference/, the cases.",
        ],
        plan=[
            Step(5, "Why blind?", "Slides 1 and 2: who knows the end sees its causes everywhere."),
            Step(
                23,
                "Code",
                (
                    "Slide 3. Each coder reads the quotes of a case, chooses a word for each code, says how sure, and"
                    " types both into the own copy of its file; the quotes stay. No talk with other coders."
                ),
            ),
            Step(
                7,
                "Alpha",
                (
                    "Slide 4. Collect the folders on the teacher’s computer; negsim agree coder1 coder2, where they"
                    " are; write the alphas on the board."
                ),
            ),
            Step(
                10,
                "Differences",
                "Go through the answers that differ: which quote, read how? Change nothing afterwards.",
            ),
            Step(5, "Which was which", "Reveal cases and outcomes. Would you have coded otherwise had you known?"),
        ],
        opens=[(course.link("lab"), "The lab, for those who are done: what does one step of tension change?")],
        slides=[*_slides()],
        worksheet=[*_worksheet(cases)],
        rubric=Grid(
            ["what is judged", "0", "1", "2"],
            [
                [
                    "Evidence",
                    "words without quotes",
                    "a quote for most words",
                    "a quote for each, and “unknown” where none",
                ],
                ["Confidence", "all the same", "differs", "differs with the evidence"],
                ["Alpha", "quoted as a mark", "said what it is", "and what its interval and the number of units mean"],
                [
                    "Differences",
                    "“one of us was wrong”",
                    "finds the sentence",
                    "and proposes a clearer rule for the codebook",
                ],
            ],
        ),
        key=[*_key(course, cases, files)],
        files=files,
        guesses=[("our alpha with another pair", "", "Krippendorff’s alpha, in all (-1 to 1)")],
    )


def _files(letter: str, case: CodedCase) -> Iterator[tuple[str, str]]:
    """The file of a case to fill in, with the reference's words, and as a second coder might have filled it in."""
    words = {name: case.codes[name].known for name in CODES}
    moved = _second(case)
    empty = case_text(_case(f"Case {letter}", case, dict.fromkeys(CODES, "unknown")), comments=True)
    yield "blank", f"{empty.split(OUTCOME)[0].rstrip()}\n"
    yield "reference", case_text(_case(f"Case {letter}: {case.title}", case, words), comments=False)
    yield "second_coder", case_text(_case(f"Case {letter}", case, words | moved), comments=False)


def _second(case: CodedCase) -> dict[str, Plain]:
    """One code moved one step: the first that can be, beginning at a place that depends on the case's name."""
    ordered = [name for name in CODES if QUESTIONS[name].ordered]
    start = sum(map(ord, case.name)) % len(ordered)
    for name in (*ordered[start:], *ordered[:start]):
        for step in (1, -1):
            changed = perturbed(case, name, step)
            if changed is not None:
                return {name: changed.codes[name].known}
    return {}


def _case(title: str, case: CodedCase, words: dict[str, Plain]) -> dict[str, Plain]:
    """A case file's data with only the codes that are asked, each with its quote."""
    codes: dict[str, Plain] = {}
    for name, word in words.items():
        quote = case.codes[name].quote
        known = {"code": "unknown" if word is None else word}
        codes[name] = known | ({"quote": quote} if quote else {"quote": "nothing is said"}) | {"confidence": "medium"}
    return {"case": 1, "title": title, "codes": codes}


def _slides() -> Iterator[Section]:
    yield Section(
        "Why blind?",
        [
            Items(
                [
                    "Who knows that talks failed finds mistrust in every sentence.",
                    "A model that is tested on cases whose coders knew the end is tested on the end.",
                    "So: quotes without names, words without outcomes, two coders who do not talk.",
                ]
            )
        ],
    )
    yield Section(
        "The sentence first, then the word",
        [Grid(["code", "asks"], [[name.replace("_", " "), QUESTIONS[name].asks] for name in CODES])],
    )
    yield Section(
        "Krippendorff’s alpha",
        [
            "alpha = 1 − observed disagreement ÷ disagreement expected by chance",
            Items(
                [
                    "1: the coders agree. 0: as by chance. Below 0: they contradict each other.",
                    "Ordered codes (low, medium, high): near misses count less than far ones.",
                    "Few units, wide interval: four cases say little about a coder, much about a sentence.",
                ]
            ),
        ],
    )


def _worksheet(cases: dict[str, CodedCase]) -> Iterator[Section]:
    about = "If a quote gives the case away, say so in the margin, and code only what the quote says."
    yield Section("Options", [about, *_options()])
    for letter, case in cases.items():
        rows = [[name.replace("_", " "), case.codes[name].quote or "nothing is said", "", ""] for name in CODES]
        yield Section(
            f"Case {letter}", [Grid(["code", "what the sources say", "our word, or unknown", "how sure"], rows)]
        )
    yield Section("Afterwards", ["Where we differed from the other coder, on which sentence, and why:", Blank(3)])


def _options() -> Iterator[Block]:
    rows = [[name.replace("_", " "), option.word, option.when] for name in CODES for option in QUESTIONS[name].options]
    yield Grid(["code", "word", "when"], rows)


# ------------------------------------------------------------------------------------------- answer key


def _key(course: Course, cases: dict[str, CodedCase], files: dict[str, str]) -> Iterator[Section]:
    rows = [
        [f"Case {letter}", case.title, case.years, case.outcome.code.replace("_", " ") if case.outcome else "not coded",
         case.outcome.depth if case.outcome else ""]
        for letter, case in cases.items()
    ]  # fmt: skip
    yield Section("Which is which", [Grid(["", "case", "years", "how it ended", "depth"], rows)])
    yield Section(
        "One coder’s words",
        [
            "Coded by one coder who knew the dossier. They are a reference to talk about, not the truth.",
            Grid(
                ["code", *(f"Case {letter}" for letter in cases)],
                [
                    [name.replace("_", " "), *(str(case.codes[name].known or "unknown") for case in cases.values())]
                    for name in CODES
                ],
            ),
        ],
    )
    yield Section(
        "What alpha looks like",
        [
            (
                "second_coder/ is made from the reference with one code of each case moved one step; a pair of students"
                " who differ once a case will see numbers like these. Rows with “no answer of both” are of codes that"
                " nobody was asked; they do not count in the total."
            ),
            "In the folder of this lesson:",
            Commands([f"negsim agree reference second_coder --seed {course.seed}"]),
            Fold("It prints", _agreement(course, files)),
            Part("For a whole class"),
            (
                "Run it for every two coders who did not talk, and for each coder against reference/. The median of the"
                " first is how clear the codebook is; of the second, how near the class is to one experienced coder."
            ),
        ],
    )


def _agreement(course: Course, files: dict[str, str]) -> str:
    """What `negsim agree` prints for the two folders of the pack."""
    with TemporaryDirectory() as room:
        for name, text in files.items():
            file = Path(room) / name
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        pairs, _ = pairs_of(Path(room) / "reference", Path(room) / "second_coder")
        return agreement_text(agreement(pairs, seed=course.seed))
