"""Influence: the effect of a statement on those who hear it (rules 5.2, 5.3).

- Positions are anchored to instructions: A_i in 5.3 is how far a delegate may be moved at all.
- Nobody is pushed away (Takács, Flache & Mäs 2016): distrust closes ears, it does not repel.
- With frozen trust and speakers at random, positions settle where those of Friedkin & Johnsen (1990, doi
  10.1080/0022250X.1990.9990069) do; with A = 1 where those of DeGroot (1974) do.
"""

from __future__ import annotations

from negsim.elementary import power
from negsim.kernel import kernel
from negsim.negotiation.beliefs import centre, clip, correct, correct_in_room
from negsim.negotiation.tables import Case, OpinionRow, State
from negsim.negotiation.trust import gain


@kernel
def concession(case: Case, state: State, i: int, t: float) -> float:
    """Compute F = t^concession_exponent, the share of its demands that i has given up at time t (5.2).

    The last answer is kept: most have the same exponent.
    """
    clock, exponent = state.clock[0], case.seats[i].concession_exponent
    if clock.conceding_at != t or clock.conceding_exponent != exponent:
        clock.conceding_at, clock.conceding_exponent, clock.conceded = t, exponent, power(t, exponent)
    return float(clock.conceded)


@kernel
def statement(case: Case, state: State, j: int, k: int, t: float, frankness: float) -> float:
    """Return y_jk = x_jk + posturing (1 - F)(1 - frankness)(x_jk - c_jk), clipped (5.2)."""
    x = state.opinions[k, j].position
    show = case.parameters[0].posturing * (1.0 - concession(case, state, j, t)) * (1.0 - frankness)
    return clip(x + show * (x - centre(state, k, j)))


@kernel
def hold_to_instructions(mind: OpinionRow, slack: float) -> None:
    """Hold a position on a core issue within `slack` of the instructions (5.3)."""
    mind.position = min(max(mind.position, mind.instructions - slack), mind.instructions + slack)


@kernel
def hear(case: Case, state: State, j: int, k: int, place: float, frankness: float, pressure: float) -> None:
    """Let everybody hear j say `place` on k (5.3).

    b_ij += learning (1 - P/2)(y - b_ij) and x_i += persuasion T_ij (A_i y + (1 - A_i) a_i - x_i). Frank talk teaches
    at the rate `frank_learning`. Nobody is talked round on a core issue.
    """
    p = case.parameters[0]
    learning = (p.learning + frankness * (p.frank_learning - p.learning)) * (1.0 - 0.5 * pressure)
    delegates, opinions, trust = state.delegates, state.opinions, state.trust
    everybody, closing, persuasion, bound = state.clock[0].power, p.isolation_closing, p.persuasion, case.core[k]
    opinions[k, j].statement = place
    correct_in_room(state, k, j, learning, place, False)
    for i in range(delegates.shape[0]):
        if i == j or not delegates[i].present:
            continue
        own, mind = delegates[i], opinions[k, i]
        others = everybody - own.power
        isolated = 0.0 if others <= 0.0 else 1.0 - own.trusted / others
        a = own.openness * (1.0 - closing * isolated)
        mind.position += persuasion * trust[j, i] * (a * place + (1.0 - a) * mind.instructions - mind.position)
        if bound:
            hold_to_instructions(mind, p.slack)


@kernel
def hear_in_group(case: Case, state: State, j: int, k: int, frankness: float) -> None:
    """Let the drafting group on k hear j frankly: members learn and gain trust; the room hears nothing."""
    p = case.parameters[0]
    for i in range(state.delegates.shape[0]):
        if i != j and state.opinions[k, i].drafter and state.delegates[i].present:
            correct(state, k, j, i, p.frank_learning * frankness, state.opinions[k, j].position)
            gain(state, j, i, p.trust_gain * frankness)
