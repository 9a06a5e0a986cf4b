"""A case: everything the model needs to run, as tables. `scenario.lowering` makes it; the kernels only read it.

Shapes: N delegates, K issues, G groups, C camps, S rows of the plan, F formats. Delegates are ordered by group, then
by number in the group; named delegates are the first of their group. NaN means "none" or "not said".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negsim.negotiation.records import Table, record_type

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SEAT = record_type(
    group=int,  # 0..G-1, the order of the groups in the file
    address=int,  # group * 2048 + number in the group: the address of the delegate's draws
    openness=float,  # 0..1
    voice=float,  # > 0, relative rate of asking for the floor
    may_block=bool,
    outside_option=float,  # 0..1 value, NaN none
    chair_trust=float,  # mean trust in the chair, 0..1
    camp=int,  # camp where the file fixes it, -1 none, -2 to be drawn from camp_share
)
STANCE = record_type(
    position=float,  # mean, 0..1
    spread=float,  # standard deviation of the position, 0 for a seat whose position is given
    salience=float,  # >= 0, relative weight; a delegate's need not sum to 1
    red_low=float,  # text below is never acceptable; -inf none
    red_high=float,  # text above is never acceptable; +inf none
    red_spread=float,  # standard deviation of both
)
SETTING = record_type(
    stakes=float,  # multiplies the loss of every paragraph
    salience_spread=float,  # standard deviation of the log of the weights
    trust_spread=float,  # standard deviation of a pair's trust (half of the variance from each side)
    linkage=float,  # lambda: weight of the camp's line in the instructions, 0..1
    spillover=float,  # what a room wholly of other camps adds to a bottom line, value units
    table_size=int,  # seats at a mixed table
    pressure=float,  # the chair's, 0..1
    rule=int,  # acceptance.RULES: 0 no_formal_objection, 1 rough_consensus, 2 consensus_minus, 3 majority_per_group
    rule_share=float,  # rough consensus: least share without objection
    rule_k=int,  # consensus minus k: blockers tolerated
    record_dissent=bool,  # dissent may be recorded instead of blocking
    separable=bool,  # paragraphs stand alone; else nothing is agreed until everything is
    vote_share=float,  # fallback vote: least share in favour; NaN no vote
    chair_reports=bool,  # the chair reports where the room does not agree
)
PLAN_ROW = record_type(
    kind=int,  # moves.Row; the last row of every future (a contested motion makes two) is END
    meeting=int,  # 0..; a gap belongs to the meeting it leads to
    day=int,  # 0.. within the meeting
    starts=float,  # minutes of floor time scheduled before this row
    minutes=float,  # floor time of a session, 0 for other rows
    format=int,  # sessions: row of the format table, else -1
    frankness=float,  # sessions: least frankness (closed sessions raise it), 0 none
    mandate_start=float,  # minute at which the mandate that this row belongs to began
    deadline=float,  # minute at which it ends
    days=float,  # gaps: days that pass
    mixed_share=float,  # evenings: share of delegates at mixed tables
    caucus=bool,  # evenings: the others meet in their groups
    quality=float,  # evenings: quality of contact; reaffirm: strength; renewal: 1 if debriefed
    otherwise=int,  # motions: the row to go on with if the motion fails, else -1
)


class Case(NamedTuple):
    """One scenario as tables."""

    seats: Table  # N of SEAT
    stances: Table  # N,K of STANCE
    group_size: Ints  # G
    status_quo: Floats  # K; 0..1
    trust_mean: Floats  # N,N; [holder i, about j], 0..1, tension included; the diagonal is ignored (T_ii = 1)
    camp_share: Floats  # G,C; chance that a seat of the group is of the camp (rows sum to at most 1)
    camp_line: Floats  # C,K; 0..1, NaN where the camp has no line
    camp_red_low: Floats  # C,K; text below is never acceptable to the camp; -inf none
    camp_red_high: Floats  # C,K; text above is never acceptable to the camp; +inf none
    setting: Table  # 1 of SETTING
    plan: Table  # S of PLAN_ROW
    plan_issues: Flags  # S,K; sessions: issues on the agenda
    plan_seats: Ints  # S,N; 1 for those whose submission, reaffirmation or motion it is (nobody's: the chair's);
    # evenings: the number of the dinner that a seat goes to, 0 none
    plan_values: Floats  # S,K; submissions: the proposal, NaN where silent (all NaN: the sponsor's own blend)
    formats: Table  # F of formats.FORMAT
    parameters: Table  # 1 of parameters.PARAMETERS
