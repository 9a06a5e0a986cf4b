"""Compiled loops over the rules that are measured, so that a call from Python does not count."""

from __future__ import annotations

from negsim.kernel import allocating, apart, kernel
from negsim.negotiation.acceptance import Reading, respond, settle, shortfalls
from negsim.negotiation.influence import encounter, gather, hear
from negsim.negotiation.tables import Case, Choice, Floats, Ints, Pen, State
from negsim.randomness import Stream

VISIT = 20  # statements on an issue before the next one, as in a questionnaire
TEXT = Reading(issue=0, value=0.4, precision=0.7, pen=Pen.CHAIR.value, known=True, t=0.5, pressure=0.1)
TURNS = 65536  # that an address can hold


@kernel
def statements(case: Case, state: State, said: Floats) -> None:
    """Statements of every delegate in turn, issue by issue; said: one position for each statement."""
    n, issues = state.delegates.shape[0], state.opinions.shape[0]
    for turn in range(said.shape[0]):
        hear(case, state, turn % n, (turn // VISIT) % issues, said[turn], 0.0, 0.0)


@kernel
def readings(case: Case, state: State, choice: Choice, value: Floats) -> int:
    """Readings of texts like `TEXT`, issue by issue, and how many blocked; value: one for each reading."""
    blockers, issues = 0, state.opinions.shape[0]
    for turn in range(value.shape[0]):
        k = turn % issues
        reading = Reading(k, value[turn], TEXT.precision, TEXT.pen, TEXT.known, TEXT.t, TEXT.pressure)
        shortfalls(case, state, reading, choice.shortfall)
        respond(state, choice.shortfall, choice.response)
        blockers += settle(case, state, choice.shortfall, choice.response).blockers
    return blockers


@kernel
def encounters(position: Floats, stream: Stream, times: int, bound: float) -> None:
    """So many encounters of Deffuant's model, halfway."""
    for turn in range(times):
        encounter(position, stream, 0, turn % TURNS, turn // TURNS, bound, 0.5)


@allocating
def means_one_kept(position: Floats, kept: Ints, bound: float) -> None:
    """Hegselmann and Krause's means of all delegates, again and again; each time only one of them moves."""
    for who in kept:
        position[who] = gather(position, bound)[who]


statements, readings, encounters, means_one_kept = apart(statements, readings, encounters, means_one_kept)
