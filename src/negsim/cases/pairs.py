"""Pairs files: two attempts of one body at the same matter, as coded cases, and which came first.

- An attempt is a case: a built-in name, or a file beside the pairs file. A chain of attempts is several pairs.
- Success is adoption: consensus, or a vote where the rule allows one.
- The type says what happened (S success, F failure) and has to agree with the outcomes of the cases.
- All mistakes are raised together, each with its place, including those of the case files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Annotated, NamedTuple

from pydantic import Field

from negsim.cases.form import CodedCase
from negsim.cases.library import load_case
from negsim.errors import Problem, ScenarioError, literal
from negsim.scenario.library import builtin_cases, read_as, text_in
from negsim.scenario.validate import problem_at, raise_all
from negsim.scenario.values import Label, Name, Part, RequiredText, Switch, choice, whole
from negsim.scenario.yaml import Document, FileKind, Path, parse

_PAIRS_FILE = FileKind("pairs file", "pairs: 1")
TYPES = {"FS": "failure, then success", "SF": "success, then failure", "FF": "failure, then failure"}
CONFOUNDING = ("low", "medium", "high")
_ADOPTED = ("consensus", "vote")
_POSITIONS = ("issues", "groups", "seats", "sides", "distance")  # what is no process


class PairEntry(Part):
    """A pair, as written."""

    title: Label = ""
    type: Annotated[str, choice("type", tuple(TYPES))]
    first: RequiredText
    second: RequiredText
    confounding: Annotated[str, choice("confounding", CONFOUNDING)]
    noise: Switch = False
    another_chair: Switch | None = None
    text_carried_over: Switch = False
    note: Label = ""


class PairsFile(Part):
    """A pairs file, as written."""

    pairs: Annotated[int, whole(1, 1)]
    title: Label = ""
    weak: Label = ""
    attempts: Annotated[dict[Name, PairEntry], Field(min_length=1)]


class MatchedPair(NamedTuple):
    """Two attempts.

    noise: the process is the same in both, so that no difference is expected. text_carried_over: the second attempt
    takes up the text that a failed first one leaves.
    """

    name: str
    title: str
    type: str
    first: CodedCase
    second: CodedCase
    confounding: str
    noise: bool
    another_chair: bool | None
    text_carried_over: bool = False

    @property
    def differences(self) -> list[str]:
        """The facts and codes that differ between the attempts."""
        one, other = self.first, self.second
        facts = [name for name in one.facts if one.facts[name].known != other.facts[name].known]
        return facts + [name for name in one.codes if one.codes[name].known != other.codes[name].known]

    @property
    def moved_positions(self) -> list[str]:
        """Differences between the attempts that are not about process."""
        return [name for name in self.differences if name in _POSITIONS]


class MatchedPairs(NamedTuple):
    """The pairs of a file, and their weaknesses."""

    title: str
    weak: str
    pairs: tuple[MatchedPair, ...]


def load_pairs(file: str | FilePath) -> MatchedPairs:
    """Load the pairs in a file. Raises `ScenarioError` with every problem and its place."""
    path, name = FilePath(file), str(file)
    document = parse(text_in(path, name, _PAIRS_FILE), name, _PAIRS_FILE)
    missing = f"is not a pairs file; one starts with `{_PAIRS_FILE.start}`"
    written = read_as(document, _PAIRS_FILE, PairsFile, missing)
    cases = _cases(document, written, path.parent)
    pairs = tuple(_pair(name, entry, cases) for name, entry in written.attempts.items())
    raise_all(document, [problem_at(document, at, message) for at, message in _faults(pairs)])
    return MatchedPairs(written.title, written.weak, pairs)


def _cases(document: Document, written: PairsFile, folder: FilePath) -> dict[str, CodedCase]:
    cases: dict[str, CodedCase] = {}
    named: dict[str, str] = {}
    problems: dict[str, list[Problem]] = {}
    for name, entry in written.attempts.items():
        for side in ("first", "second"):
            source = getattr(entry, side)
            if source in cases or source in problems:
                continue
            at = ("attempts", name, side)
            try:
                cases[source] = load_case(source if source in builtin_cases() else folder / source)
            except ScenarioError as error:
                where = problem_at(document, at, f"{literal(source)} cannot be used; see below")
                problems[source] = [where, *error.problems]
                continue
            if (other := named.setdefault(cases[source].name, source)) != source:
                same = f"{literal(source)} has the name of {literal(other)}; give each file a name of its own"
                problems[source] = [problem_at(document, at, same)]
    if problems:
        raise ScenarioError([problem for of_case in problems.values() for problem in of_case])
    return cases


def _pair(name: str, entry: PairEntry, cases: dict[str, CodedCase]) -> MatchedPair:
    first, second = cases[entry.first], cases[entry.second]
    title = entry.title or name.replace("_", " ")
    about = entry.confounding, entry.noise, entry.another_chair, entry.text_carried_over
    return MatchedPair(name, title, entry.type, first, second, *about)


def _faults(pairs: tuple[MatchedPair, ...]) -> Iterator[tuple[Path, str]]:
    seen: dict[frozenset[str], str] = {}
    for pair in pairs:
        at = ("attempts", pair.name)
        faults = [*_faults_of(pair)]
        yield from (((*at, key), message) for key, message in faults)
        codes = [case.outcome.code for case in (pair.first, pair.second) if case.outcome]
        if not faults and "".join("S" if code in _ADOPTED else "F" for code in codes) != pair.type:
            ends = " and ".join(codes)
            yield (*at, "type"), f"{pair.type} is {TYPES[pair.type]}, and the outcomes are {ends}"
        both = frozenset({pair.first.name, pair.second.name})
        if both in seen:
            yield at, f"has the attempts of {literal(seen[both])}; leave one out"
        seen.setdefault(both, pair.name)


def _faults_of(pair: MatchedPair) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with either attempt: the key, and the message."""
    if pair.first.name == pair.second.name:
        yield "second", f"{literal(pair.second.name)} is the first attempt too"
    if pair.text_carried_over and "issues" in pair.differences:
        yield "text_carried_over", "the attempts have other issues, so that no text can be taken up; leave it out"
    for key, case in (("first", pair.first), ("second", pair.second)):
        if case.outcome is None:
            yield key, f"{literal(case.name)} has no outcome; write what happened into its file"
        elif case.outcome.code == "vote" and case.codes["decision_rule"].known in {"full_consensus", "rough_consensus"}:
            yield key, f"{literal(case.name)} ended by a vote, and its decision_rule allows none"
