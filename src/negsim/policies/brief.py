"""The private brief of a seat: what a delegate may know of itself, and what it believes about the others, in words.

A student in the studio, a policy and a program read the same sentences.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negsim.policies.questions import SeatQuestion
from negsim.scenario.lowering import group_names
from negsim.scenario.lowering import seats as seats_of
from negsim.scenario.schema import Issue, WrittenBrief
from negsim.sentences import sentence

if TYPE_CHECKING:
    from negsim.policies.seated import SeatedNegotiation

_MATTERS_MOST, _MATTERS_LESS = 1.3, 0.75  # times the weight of an ordinary issue


class _DelegatePlace(NamedTuple):
    """A delegate's place on an issue."""

    issue: Issue
    position: float
    instructions: float
    weight: float  # salience, 1 the average
    red_low: float
    red_high: float
    believed: tuple[float, ...]  # mean belief about each group, itself left out; NaN nobody

    @property
    def text(self) -> str:
        """Where it stands, how much it matters, and what it can never accept."""
        place, instructions = f"{self.position:.2f}", f"{self.instructions:.2f}"
        parts = [sentence("brief.place", place=place, instructions=instructions)]
        if self.weight > _MATTERS_MOST:
            parts.append(sentence("brief.matters.most"))
        elif self.weight < _MATTERS_LESS:
            parts.append(sentence("brief.matters.less"))
        else:
            parts.append(sentence("brief.matters"))
        if self.red_low > 0.0:
            parts.append(sentence("brief.red_low", line=f"{self.red_low:.2f}"))
        if self.red_high < 1.0:
            parts.append(sentence("brief.red_high", line=f"{self.red_high:.2f}"))
        return " ".join(parts)


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


def parts_of(written: WrittenBrief | None) -> tuple[_BriefPart, ...]:
    """Return the parts of a written brief that have text; none for None."""
    return () if written is None else _with_text(
        (sentence("brief.who"), _paragraphs(written.who)),
        (sentence("brief.wants"), _paragraphs(written.wants)),
        (sentence("brief.arguments"), tuple(f"“{saying}”" for saying in written.arguments)),
        (sentence("brief.never"), _paragraphs(written.never)),
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
    camp: str  # what it is called, "" for none
    stances: tuple[_DelegatePlace, ...]
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
        for stance in self.stances:
            ends = sentence("brief.issue", issue=stance.issue.label, low=stance.issue.low, high=stance.issue.high)
            levels = _levels(dict(zip(self.trust, stance.believed, strict=True)))
            believed = f" {sentence('brief.believed', levels=levels)}" if levels else ""
            yield f"{ends} {stance.text}{believed}"
        yield self.trust_text


def _levels(levels: Mapping[str, float]) -> str:
    """Write a number for each group; groups without one are left out."""
    return "; ".join(f"{group} {level:.2f}" for group, level in levels.items() if not math.isnan(level))


def brief_of(room: SeatedNegotiation, seat: int) -> Brief:
    """Write the brief of a seat at this moment."""
    state = room.run.state
    group, own = state.delegates["group"], np.arange(len(room.names)) == seat
    members = [(group == g) & ~own for g in range(len(room.scenario.groups))]
    trust = tuple(float(state.trust[who, seat].mean()) if who.any() else math.nan for who in members)
    stances = []
    for k, issue in enumerate(room.scenario.issues.values()):
        row = state.views[seat, k]
        position, instructions, salience, red_low, red_high = (
            float(row[name]) for name in ("position", "instructions", "salience", "red_low", "red_high")
        )
        believed = tuple(float(state.belief[k, who, seat].mean()) if who.any() else math.nan for who in members)
        weight = salience * len(room.issues)
        stances.append(_DelegatePlace(issue, position, instructions, weight, red_low, red_high, believed))
    groups, camp = group_names(room.scenario), room.camp(seat)
    named = seats_of(room.scenario)[seat].named
    written = None if named is None else named.brief
    return Brief(
        name=room.names[seat],
        emblem="" if written is None else written.emblem,
        story=story_of(room.scenario.story),
        told=parts_of(written),
        group=groups[int(group[seat])],
        may_block=bool(room.run.case.seats["may_block"][seat]),
        camp=room.scenario.camps[camp].label if camp else "",
        stances=tuple(stances),
        trust=dict(zip(groups, trust, strict=True)),
        chair_trust=float(state.delegates["chair_trust"][seat]),
    )


def in_words(brief: Brief | None, question: SeatQuestion) -> str:
    """Write a brief, if there is one, and a question, a paragraph each."""
    paragraphs = [] if brief is None else list(brief.lines())
    facts = " ".join(fact for fact in question.facts if fact)
    return "\n\n".join([*paragraphs, sentence("brief.question", title=question.title), facts, question.default])
