"""Compiled loops over the rules that are measured, so that calls from Python do not count."""

from __future__ import annotations

from negsim.kernel import allocating, apart, kernel
from negsim.negotiation import floor  # noqa: F401 - it shows what the tables look like
from negsim.negotiation.acceptance import Reading, package_shortfalls, respond, settle, shortfalls, zone_exists
from negsim.negotiation.beliefs import distances, imagine
from negsim.negotiation.influence import concession, hear, statement
from negsim.negotiation.informal import spend_evening
from negsim.negotiation.population import draw_positions, draw_red_lines, draw_salience, draw_trust
from negsim.negotiation.tables import Case, Choice, Floats, Pen, Response, State, Turn
from negsim.negotiation.text import least_refused, note_answers
from negsim.negotiation.trust import SOME_EVIDENCE, fade, room_gains, trust_levels
from negsim.negotiation.turns import give_floor, notice

VISIT = 20  # statements on an issue before the next one, as in a questionnaire
TEXT = Reading(issue=0, value=0.4, precision=0.7, pen=Pen.CHAIR.value, known=True, t=0.5, pressure=0.1)
BLOCKING = 3  # of so many delegates one blocks what fails


@kernel
def statements(case: Case, state: State, said: Floats, frankness: float) -> None:
    """Let every delegate speak in turn, issue by issue; said: one position for each statement."""
    n, issues = state.delegates.shape[0], state.opinions.shape[0]
    for turn in range(said.shape[0]):
        hear(case, state, turn % n, (turn // VISIT) % issues, said[turn], frankness, 0.0)


@kernel
def floors(case: Case, state: State, t: float, times: int) -> None:
    """Give the floor to whoever asks first, who decides what to say and will ask again."""
    n, issues = state.delegates.shape[0], state.opinions.shape[0]
    for turn in range(times):
        k, who = turn % issues, 0
        for i in range(n):
            if state.delegates[i].wish < state.delegates[who].wish:
                who = i
        state.opinions[k, who].statement = statement(case, state, who, k, concession(case, t), 0.0)
        give_floor(case, state, who)


@kernel
def readings(case: Case, state: State, choice: Choice, value: Floats) -> int:
    """Read texts like `TEXT`, issue by issue, and count the blocks; value: one for each reading.

    The room does not know the author of every other text.
    """
    blockers, issues = 0, state.opinions.shape[0]
    for turn in range(value.shape[0]):
        k = turn % issues
        reading = Reading(k, value[turn], TEXT.precision, TEXT.pen, turn % 2 == 0, TEXT.t, TEXT.pressure)
        shortfalls(case, state, reading, choice.latitude, choice.shortfall)
        respond(state, choice.shortfall, choice.response)
        blockers += settle(case, state, choice.shortfall, choice.response).blockers
    return blockers


@kernel
def block(choice: Choice, turn: int) -> None:
    """Let other delegates block in every turn."""
    for i in range(choice.response.shape[0]):
        choice.response[i] = Response.BLOCK if (i + turn) % BLOCKING == 0 else Response.ACCEPT


@allocating
def revisions(case: Case, state: State, choice: Choice, value: Floats) -> None:
    """Block texts, issue by issue, note who blocks, and go on with what fewest refuse; value: what is wanted."""
    for turn in range(value.shape[0]):
        block(choice, turn)
        k, text = turn % state.opinions.shape[0], state.paragraphs.text
        note_answers(case, state, k, text[k], choice, concession(case, TEXT.t), case.parameters[0].fade)
        text[k] = least_refused(state, k, value[turn])


@kernel
def closings(case: Case, state: State, times: int) -> None:
    """Let trust grow as when paragraphs are closed."""
    for _ in range(times):
        room_gains(state, case.parameters[0].trust_gain * SOME_EVIDENCE)


@kernel
def packages(case: Case, state: State, choice: Choice, times: int) -> None:
    """Let the whole room weigh packages."""
    for _ in range(times):
        package_shortfalls(case, state, TEXT.pressure, TEXT.t, choice.shortfall)


@kernel
def draws(case: Case, state: State, times: int) -> None:
    """Draw everything that a set-up needs."""
    for _ in range(times):
        draw_positions(case, state, state.stream)
        draw_red_lines(case, state, state.stream)
        draw_salience(case, state, state.stream)
        draw_trust(case, state)


@allocating
def first_beliefs(case: Case, state: State, times: int) -> None:
    """Form first beliefs."""
    for _ in range(times):
        imagine(case, state)


@kernel
def standings(state: State, found: Floats, times: int) -> None:
    """Write distances, and trust within and across groups, into found[:4]."""
    for _ in range(times):
        found[0], found[1] = distances(state)
        found[2], found[3], _chair = trust_levels(state)


@kernel
def evenings(case: Case, state: State, choice: Choice, times: int) -> None:
    """Spend evenings, each that of the clock's row."""
    for _ in range(times):
        spend_evening(case, state, choice.dinner)


@allocating
def mappings(case: Case, state: State, turn: Turn, times: int) -> None:
    """Look for an overlap in the statements, again and again."""
    for _ in range(times):
        notice(case, state, turn)


@kernel
def gaps(case: Case, state: State, days: float, times: int) -> None:
    """Pass gaps between meetings."""
    for _ in range(times):
        fade(case, state, days)


@kernel
def zones(case: Case, state: State, times: int) -> int:
    """Look for zones of agreement on every issue; return how many there are."""
    found = 0
    for _ in range(times):
        for k in range(state.paragraphs.shape[0]):
            found += 1 if zone_exists(case, state, k) else 0
    return found


statements, readings, revisions, closings, packages, floors = apart(
    statements, readings, revisions, closings, packages, floors
)
draws, first_beliefs, standings, evenings, mappings, gaps, zones = apart(
    draws, first_beliefs, standings, evenings, mappings, gaps, zones
)
