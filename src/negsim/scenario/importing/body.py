"""What the neighbours' files have in common: questions, and actors with positions, salience and power.

Rules that hold here
- Positions are on negsim's scale (0..1), salience is a weight within an actor, power is in the file's own unit.
- A stance without position is an actor that is silent on a question; a question it does not name at all has weight 0.
"""

from __future__ import annotations

from typing import NamedTuple

SILENT = 0.0  # weight of a question that an actor does not mention


class Question(NamedTuple):
    """An issue of the file. name: as other rows refer to it."""

    name: str
    label: str
    low: str
    high: str


class Stance(NamedTuple):
    """One actor on one question: place 0..1 (None: silent), and weight >= 0."""

    position: float | None
    salience: float


class Actor(NamedTuple):
    """Somebody at the table. stances: by the name of the question. power: >= 0, in the file's unit."""

    name: str
    label: str
    power: float
    stances: dict[str, Stance]

    def on(self, question: Question) -> Stance:
        """Where it stands on a question."""
        return self.stances.get(question.name, Stance(None, SILENT))


class Body(NamedTuple):
    """A file that was read. notes: what in it has no place in a scenario."""

    title: str
    description: str
    source: str
    questions: list[Question]
    actors: list[Actor]
    notes: list[str]
