"""The private brief of a seat: what a delegate may know of itself, and what it believes about the others, in words.

A student in the studio, a policy and a program read the same sentences.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negsim.negotiation.score import FAILED_TEXT_COST, PASSED_OVER_COST, RED_LINE_COST
from negsim.negotiation.tables import Case, State
from negsim.policies.questions import SeatQuestion
from negsim.scenario import Scenario
from negsim.scenario.lowering import group_names
from negsim.scenario.lowering import seats as seats_of
from negsim.scenario.schema import Issue, WrittenBrief
from negsim.sentences import line_of, place_on, sentence

if TYPE_CHECKING:
    from negsim.policies.seated import SeatedNegotiation

_MATTERS_MOST, _MATTERS_LESS = 1.1, 0.9  # times the weight of an ordinary issue


class Interest(NamedTuple):
    """A delegate's wish and red lines on an issue."""

    issue: Issue
    instructions: float
    weight: float  # what the issue counts for, 1 the average
    red_low: float  # 0 or below for none
    red_high: float  # 1 or above for none

    @property
    def wish(self) -> str:
        """What it wants, and how much it matters."""
        label, text = self.issue.label, place_on(self.issue, self.instructions)
        words = [sentence("brief.want.amount" if self.issue.amounts else "brief.want", issue=label, text=text)]
        if self.weight > _MATTERS_MOST:
            words.append(sentence("brief.matters.most"))
        elif self.weight < _MATTERS_LESS:
            words.append(sentence("brief.matters.less"))
        return " ".join(words)

    @property
    def line(self) -> str:
        """What it never signs, "" for none."""
        line = line_of(self.issue, self.red_low, self.red_high)
        return line and sentence("brief.line", issue=self.issue.label, line=line)


class _BriefPart(NamedTuple):
    """A part of what an author tells a player."""

    heading: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it in one paragraph."""
        return f"{self.heading}: {' '.join(self.paragraphs)}"


def story_of(story: str) -> tuple[_BriefPart, ...]:
    """Return the story of a scenario as a part, in its paragraphs; none for an empty one."""
    return _with_text((sentence("brief.story"), _paragraphs(story)))


def in_sentences(interests: Sequence[Interest]) -> dict[str, list[str]]:
    """Say what a seat wants and never signs, by the part of the brief that it belongs to; first: what matters most."""
    lines = [one.line for one in interests if one.line]
    first = max(interests, key=lambda one: one.weight)
    return {
        "first": [first.wish], "wants": [one.wish for one in interests], "never": lines or [sentence("brief.no_line")],
    }  # fmt: skip


def parts_of(written: WrittenBrief | None, interests: Sequence[Interest]) -> tuple[_BriefPart, ...]:
    """Return the parts of a brief that have text: the author's words, if there are any, and what was drawn."""
    written, drawn = written or WrittenBrief.model_construct(who=""), in_sentences(interests)
    return _with_text(
        (sentence("brief.who"), _paragraphs(written.who)),
        (sentence("brief.wants"), (*_paragraphs(written.wants), *drawn["wants"])),
        (sentence("brief.arguments"), tuple(f"“{saying}”" for saying in written.arguments)),
        (sentence("brief.never"), (*_paragraphs(written.never), *drawn["never"])),
        (sentence("brief.secret"), _paragraphs(written.secret)),
        (sentence("brief.friend"), _paragraphs(written.friend)),
        (sentence("brief.foe"), _paragraphs(written.foe)),
    )  # fmt: skip


def _with_text(*parts: tuple[str, tuple[str, ...]]) -> tuple[_BriefPart, ...]:
    return tuple(_BriefPart(*part) for part in parts if part[1])


def _paragraphs(text: str) -> tuple[str, ...]:
    r"""Divide a text at its blank lines.

    >>> _paragraphs("One\nline.\n\nTwo.\n"), _paragraphs("")
    (('One line.', 'Two.'), ())
    """
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip())


class Brief(NamedTuple):
    """A delegate's knowledge of itself and beliefs about the others."""

    name: str
    emblem: str  # "" for none
    story: tuple[_BriefPart, ...]  # what everybody is told; none without
    told: tuple[_BriefPart, ...]  # what the author tells this seat alone
    group: str
    may_block: bool
    score: str  # what it gets points for, "" without a score
    camp: str  # what it is called, "" for none
    scales: tuple[tuple[Issue, tuple[float, ...]], ...]  # with the mean belief about each group; NaN for nobody else
    trust: Mapping[str, float]  # mean trust in each group
    chair_trust: float

    @property
    def title(self) -> str:
        """The heading."""
        return sentence("brief.title", name=self.name, group=self.group)

    @property
    def rights(self) -> str:
        """What its objection is worth, and its camp."""
        objection = sentence("brief.may_block") if self.may_block else sentence("brief.may_not_block")
        camp = [sentence("brief.camp", camp=self.camp)] if self.camp else []
        return " ".join([objection, *camp, sentence("brief.private")])

    @property
    def trust_text(self) -> str:
        """Whom it trusts how much."""
        return sentence("brief.trust", levels=_levels(self.trust), chair=f"{self.chair_trust:.2f}")

    def lines(self) -> Iterator[str]:
        """Yield the brief in words, a paragraph each."""
        yield self.title
        yield from (part.text for part in (*self.story, *self.told))
        yield self.rights
        if self.score:
            yield self.score
        for issue, groups in self.scales:
            ends = sentence("brief.issue", issue=issue.label, low=issue.low, high=issue.high)
            levels = _levels(dict(zip(self.trust, groups, strict=True)))
            believed = f" {sentence('brief.believed', levels=levels)}" if levels else ""
            yield f"{ends}{believed}"
        yield self.trust_text


def _levels(levels: Mapping[str, float]) -> str:
    """Write a number for each group; groups without one are left out."""
    return "; ".join(f"{group} {level:.2f}" for group, level in levels.items() if not math.isnan(level))


def interests_of(scenario: Scenario, state: State, seat: int) -> list[Interest]:
    """Return what a seat wants and never signs, issue by issue, as it was drawn."""
    return [
        Interest(
            issue,
            float(row["first_position"]),
            float(row["salience"]) * len(scenario.issues),
            float(row["red_low"]),
            float(row["red_high"]),
        )
        for issue, row in zip(scenario.issues.values(), state.views[seat], strict=True)
    ]


def brief_of(room: SeatedNegotiation, seat: int, state: State | None = None) -> Brief:
    """Write the brief of a seat, by default at this moment."""
    state = room.run.state if state is None else state
    group, own = state.delegates["group"], np.arange(len(room.names)) == seat
    members = [(group == g) & ~own for g in range(len(room.scenario.groups))]
    trust = tuple(float(state.trust[who, seat].mean()) if who.any() else math.nan for who in members)
    scales = [
        (issue, tuple(float(state.belief[k, who, seat].mean()) if who.any() else math.nan for who in members))
        for k, issue in enumerate(room.scenario.issues.values())
    ]
    groups, camp = group_names(room.scenario), room.camp(seat)
    named = seats_of(room.scenario)[seat].named
    written = None if named is None else named.brief
    return Brief(
        name=room.names[seat],
        emblem="" if written is None else written.emblem,
        story=story_of(room.scenario.story),
        told=parts_of(written, interests_of(room.scenario, state, seat)),
        group=groups[int(group[seat])],
        may_block=bool(room.run.case.seats["may_block"][seat]),
        score=_score(room.run.case) if room.run.case.setting["has_moves"][0] else "",
        camp=room.scenario.camps[camp].label if camp else "",
        scales=tuple(scales),
        trust=dict(zip(groups, trust, strict=True)),
        chair_trust=float(state.delegates["chair_trust"][seat]),
    )


def _score(case: Case) -> str:
    """Say what a seat gets and loses points for (rule 5.15)."""
    words = [sentence("brief.score", red_line=f"{RED_LINE_COST:g}", failed=f"{FAILED_TEXT_COST:g}")]
    if case.setting["lone_bracket"][0]:
        words.append(sentence("brief.score.alone", cost=f"{PASSED_OVER_COST:g}"))
    return " ".join(words)


def in_words(brief: Brief | None, question: SeatQuestion) -> str:
    """Write a brief, if there is one, and a question, a paragraph each."""
    paragraphs = [] if brief is None else list(brief.lines())
    facts = " ".join(fact for fact in (*question.facts, *question.rules) if fact)
    asked = (sentence("brief.question", title=question.title), facts, question.default)
    return "\n\n".join([*paragraphs, *(part for part in asked if part)])
