"""Lessons 5 and 6, with students as judges: of real cases, and of the objections of one run.

Lesson 5 has cases coded without knowing which they are or how they ended, and measures how far coders agree.

- The cases are those with the most codes that quote a source: one from each family, none from the scenario's own.
- Students see quotes and options, but no titles, codes or outcomes. A quote may still give a body away, as the
  worksheet says.
- The answer key compares the reference coding with a second one that differs by one step of one code in each case.

Lesson 6 has the objections judged by four decision rules, by hand first, then by the model.

- Objections are those of the run itself, read before a turn is made; watching changes nothing.
- The best reading of a paragraph is the one with the fewest objections, the first of equals.
- A rule is named after what it counts. No body decides by these counts; the slides say how some do.
"""

from __future__ import annotations

from string import ascii_uppercase
from typing import NamedTuple

import numpy as np

from negsim.cases import CodedCase, builtin_cases, load_case, loads_case, perturbed
from negsim.cases.codebook import QUESTIONS
from negsim.cases.start import case_text
from negsim.cast.decisions import DECISION_RULES
from negsim.classroom.topic import Sheets, Topic, extremes
from negsim.negotiation.acceptance import RuleRow
from negsim.negotiation.runs import Negotiation
from negsim.negotiation.tables import Ints, Move, Response
from negsim.report.comparisons import agreement_text
from negsim.report.pages.setting import DECISION_BY
from negsim.report.uncertain import subjects
from negsim.report.words import OUTCOME_LABELS, group_names, issue_names, passes_if, percent
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import sample
from negsim.scenario.yaml import Plain
from negsim.study.agreement import agreement
from negsim.study.estimates import Estimate
from negsim.study.runner import TypicalRun, rerun

CLASS_CODES = ("tension", "trust", "decision_rule", "informal_contact", "dissent_record")  # that a class codes
_CASES = 4
_NO_QUOTE = "the sources say nothing"


def choose_cases(topic: Topic) -> dict[str, CodedCase]:
    """Choose cases by the letters that students see: of different families, if possible with different ends."""
    cases = [load_case(name) for name in builtin_cases()]
    strange = [case for case in cases if case.name not in topic.source and case.family not in topic.source]
    candidates = sorted(strange, key=lambda case: (-_quotes(case), case.name))
    picks: list[CodedCase] = []
    for must_end_differently in (True, False):
        for case in candidates:
            families, ends = {one.family for one in picks}, {_ending(one) for one in picks}
            is_other = case.family not in families and not (must_end_differently and _ending(case) in ends)
            if is_other and len(picks) < _CASES:
                picks.append(case)
    return dict(zip(ascii_uppercase, sorted(picks, key=lambda case: case.name), strict=False))


def _ending(case: CodedCase) -> str:
    return case.outcome.code if case.outcome else "not coded"


def _quotes(case: CodedCase) -> int:
    """Count the codes that have an answer other than unknown, and a quote."""
    return sum(case.codes[name].known is not None and bool(case.codes[name].quote) for name in CLASS_CODES)


def blind(topic: Topic) -> Sheets:
    """Return the material of the lesson."""
    cases = choose_cases(topic)
    texts = {f"case_{letter.lower()}": _texts(letter, case) for letter, case in cases.items()}
    pairs = [(loads_case(own["reference"], name), loads_case(own["second_coder"], name)) for name, own in texts.items()]
    return {
        "questions": {_label(name): QUESTIONS[name].asks for name in CLASS_CODES},  # what each code asks
        "options": [  # code, word, when it applies
            (_label(name), option.word, option.when) for name in CLASS_CODES for option in QUESTIONS[name].options
        ],
        "cases": cases,  # by letter
        "quotes": {  # codes with what the sources say, by letter
            letter: [(_label(name), case.codes[name].quote or _NO_QUOTE) for name in CLASS_CODES]
            for letter, case in cases.items()
        },
        "words": {  # of one coder, by code, in the order of the cases
            _label(name): [str(case.codes[name].known or "unknown") for case in cases.values()] for name in CLASS_CODES
        },
        "agreement": agreement_text(agreement(pairs, seed=topic.seed)),  # what `negsim case agree` prints
        "lab": topic.link("lab"),
        "files": {f"{folder}/{name}.yaml": text for name, own in texts.items() for folder, text in own.items()},
    }


def _label(name: str) -> str:
    return name.replace("_", " ")


def _texts(letter: str, case: CodedCase) -> dict[str, str]:
    """Write a case's file by folder: to fill in, the reference, and as a second coder might code it."""
    words = {name: case.codes[name].known for name in CLASS_CODES}
    second = _second(case)
    empty = case_text(_case(f"Case {letter}", case, dict.fromkeys(CLASS_CODES, "unknown")), comments=True)
    to_fill_in, _, _ = empty.partition("\n# What happened")  # which a coder must not know
    return {
        "blank": f"{to_fill_in.rstrip()}\n",
        "reference": case_text(_case(f"Case {letter}: {case.title}", case, words), comments=False),
        "second_coder": case_text(_case(f"Case {letter}", case, words | second), comments=False),
    }


def _second(case: CodedCase) -> dict[str, Plain]:
    """Move one code one step: the first that can move, beginning at a place that depends on the case's name."""
    ordered = [name for name in CLASS_CODES if QUESTIONS[name].ordered]
    start = sum(map(ord, case.name)) % len(ordered)
    for name in (*ordered[start:], *ordered[:start]):
        for step in (1, -1):
            changed = perturbed(case, name, step)
            if changed is not None:
                return {name: changed.codes[name].known}
    return {}


def _case(title: str, case: CodedCase, words: dict[str, Plain]) -> dict[str, Plain]:
    """Return a case file's data with the codes that a class codes, each with its quote."""
    codes: dict[str, Plain] = {}
    for name, word in words.items():
        quote = case.codes[name].quote
        answer = {"code": "unknown" if word is None else word}
        codes[name] = answer | {"quote": quote or _NO_QUOTE, "confidence": "medium"}
    return {"case": 1, "title": title, "codes": codes}


_CORNERS = [rule for rule in DECISION_RULES.values() if rule.corner]  # rules with a corner of the classroom
_MEASURES = ("consensus", "share_agreed", "depth", "satisfaction_gap")
_REPLICATIONS_SEARCHED = 40  # replications
_READ = (Move.READ, Move.READ_PACKAGE, Move.DISCUSS)
_EVENTS = 20_000  # rows of the log


class _GroupObjections(NamedTuple):
    """One reading of a paragraph: objections by group (G), seats by group (G), and the number of blockers."""

    objections: Ints
    seats: Ints
    blockers: int

    @property
    def verdicts(self) -> dict[str, bool]:
        """The verdict of each rule: true if the reading passes."""
        return {rule.name: self._passes(rule.row) for rule in _CORNERS}

    def _passes(self, row: RuleRow) -> bool:
        content = self.seats - self.objections
        in_every_group = bool((content >= row.group_accept * self.seats).all())
        return content.sum() >= row.accept * self.seats.sum() and self.blockers <= row.blocks and in_every_group


def best_readings(scenario: Scenario, seed: int, replication: int) -> dict[int, _GroupObjections]:
    """Return the best reading of every issue that a replication reads, by the issue's number."""
    case = lower(sample(scenario, seed, replication))
    run = Negotiation(case, seed=seed, replication=replication, log_rows=_EVENTS)
    groups, best = case.seats["group"], dict[int, _GroupObjections]()
    while run.outcome == 0:
        move, logged = run.pending.move, int(run.state.clock["logged"][0])
        objects, present = run.choice.response != Response.ACCEPT, run.state.delegates["present"].copy()
        run.finish_turn()
        if move not in _READ:
            continue
        count = len(case.group_size)
        seats = np.bincount(groups[present], minlength=count)
        objections = np.bincount(groups[present & objects], minlength=count)
        events = run.state.log[logged : int(run.state.clock["logged"][0])]
        rows = events[events["move"] == Move.READ]
        for k, blockers in zip(rows["issue"], rows["blockers"], strict=True):
            tally = _GroupObjections(objections, seats, int(blockers))
            if int(k) not in best or tally.objections.sum() < best[int(k)].objections.sum():
                best[int(k)] = tally
    return best


class _Life(NamedTuple):
    """A rule: how often the same objections satisfy it, and the effect on a process."""

    corner: str
    rule: str  # as `--set` takes it
    measure: str  # the rule in words
    same: Estimate
    under: dict[str, Estimate]  # by measure


def rules(topic: Topic) -> Sheets:
    """Compute the numbers of the lesson."""
    run, best = _by_hand(topic)
    names = issue_names(run.scenario)
    paragraphs = [_paragraph(names[k], tally) for k, tally in sorted(best.items())]
    every = len(best) == len(names)
    lives = [
        _Life(
            rule.corner,
            _under(rule.name)[0],
            rule.label,
            topic.estimate(rule.measure),
            {under: topic.estimate(under, _under(rule.name)) for under in _MEASURES},
        )
        for rule in _CORNERS
    ]
    depths = {life.corner: depth.value for life in lives if (depth := life.under["depth"]).observations}
    return {
        "rule": rule_of(topic.scenario),  # of the scenario: when a text passes, "" if it is drawn
        "groups": group_names(run.scenario),
        "corners": [rule.corner for rule in _CORNERS],
        "issues": len(topic.scenario.issues),
        "paragraphs": paragraphs,  # that were read
        "unread": [name for k, name in enumerate(names) if k not in best],
        "passes": [  # corners whose rule passes every paragraph
            rule.corner for rule in _CORNERS if every and all(one["passes"][rule.corner] for one in paragraphs)
        ],
        "replication": run.replication,
        "outcome": OUTCOME_LABELS[run.outcome],
        "transcript": topic.transcript_command(run.replication),
        "lives": lives,
        "same": extremes({life.corner: life.same.value for life in lives}, percent),
        "depths": extremes(depths) if depths else None,  # of the corners under whose rule anything is agreed
        "commands": [topic.run_command(), *(topic.run_command(_under(rule.name)) for rule in _CORNERS)],
        "lab": topic.link("lab"),
        "labs": {rule.corner: topic.link("lab", _under(rule.name)) for rule in _CORNERS},  # links by corner
    }


def _by_hand(topic: Topic) -> tuple[TypicalRun, dict[int, _GroupObjections]]:
    """Choose the run that students judge by hand: among the first, the one on which the rules differ most."""
    runs = {
        r: best_readings(topic.scenario, topic.seed, r) for r in range(min(_REPLICATIONS_SEARCHED, topic.replications))
    }
    best = max(runs, key=lambda r: _spread(runs[r]))
    return rerun(topic.scenario, topic.seed, best), runs[best]


def _spread(run: dict[int, _GroupObjections]) -> tuple[int, int]:
    """Count the different verdicts that the rules give, and the paragraphs."""
    return len({tuple(tally.verdicts.values()) for tally in run.values()}), len(run)


def _paragraph(name: str, tally: _GroupObjections) -> Sheets:
    """Describe a paragraph at its best reading."""
    return {
        "name": name,
        "objections": list(zip(tally.objections.tolist(), tally.seats.tolist(), strict=True)),  # of the seats, by group
        "blockers": tally.blockers,
        "passes": {rule.corner: tally.verdicts[rule.name] for rule in _CORNERS},
    }


def _under(rule: str) -> tuple[str, ...]:
    return (f"process.decision_rule={rule}",)


def rule_of(scenario: Scenario) -> str:
    """Say when a text passes in a scenario, "" if every run draws its own rule."""
    return "" if DECISION_BY in subjects(scenario) else passes_if(scenario)
