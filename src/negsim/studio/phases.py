"""The phases of a class, which its teacher opens, and the words for them on each screen."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Phase(Enum):
    """A phase of a class, which its teacher opens."""

    JOIN = "join"
    BRIEF = "brief"
    GUESS = "guess"
    PLAY = "play"
    DEBRIEF = "debrief"


class _PhaseWords(NamedTuple):
    """The words for a phase: on the desk's button, on the projector, on the pages."""

    label: str
    wall: str
    phone: str
    minutes: int | None = None  # what fifty minutes allow for it; None: no clock


PHASE_WORDS = {
    Phase.JOIN: _PhaseWords(
        "Join",
        "Scan the code, or type the address. Write your name.",
        "Your teacher deals the tables in a moment.",
    ),
    Phase.BRIEF: _PhaseWords(
        "Brief",
        "Read who you are, what you want, and what you must not sign.",
        "Read your brief. The game opens soon.",
        minutes=8,
    ),
    Phase.GUESS: _PhaseWords(
        "Guess",
        "Guess first: how often would this room agree without you?",
        "Guess first, each of you on your own.",
        minutes=3,
    ),
    Phase.PLAY: _PhaseWords(
        "Play",
        "Play. One phone answers for each seat; talk before it does.",
        "Talk before you answer.",
        minutes=22,
    ),
    Phase.DEBRIEF: _PhaseWords(
        "Debrief",
        "How did the tables do with the same people?",
        "The game is over. Look at the projector.",
    ),
}
FINISHED = "Your table has finished. Other tables still play."  # on the phones of that table
