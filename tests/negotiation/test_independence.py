"""The people of a replication: what is drawn of each is drawn by itself."""

import numpy as np

from cases import case
from independence import hanging_together
from negsim.kernel import UNCOMPILED
from negsim.negotiation.floor import begin
from negsim.randomness import stream

NARROW = 0.005  # spreads at which nothing meets the ends of a scale
SHARES = np.full((2, 1), 0.5)
ROOM = case(
    (3, 2),
    2,
    seats={"camp": -2},
    stances={"spread": NARROW, "red_low": 0.2, "red_spread": NARROW},
    setting={"trust_spread": NARROW, "salience_spread": NARROW},
    parameters={"temper": 1.0, "climate": 1.0, "climate_by_issue": 1.0},
    camp_share=SHARES,
    camp_line=np.full((1, 2), np.nan),
    camp_red_low=np.full((1, 2), -np.inf),
    camp_red_high=np.full((1, 2), np.inf),
)


def drawn(state):
    """What was drawn of the people of a state, by name; of salience and trust the differences of two."""
    shared = state.clock["climate"][0]
    found = {"climate": [shared], "climate of an issue": state.paragraphs["climate"] - shared}
    for name in ("position", "red_low"):
        found[name] = state.views[name].ravel()
    found["salience"] = np.log(state.views["salience"][:, 1] / state.views["salience"][:, 0])
    for name in ("temper", "chair_trust", "wish", "camp"):
        found[name] = state.delegates[name]
    trust = state.trust.T - ROOM.trust_mean  # of i in j: i's trustingness and j's trustworthiness
    found["trusting"] = [trust[0, 4] - trust[1, 4], trust[2, 4] - trust[3, 4]]
    found["trusted"] = [trust[4, 0] - trust[4, 1], trust[4, 2] - trust[4, 3]]
    return found


def test_the_draws_of_the_people_are_independent():
    """All pairs of positions, tempers, red lines, weights, trust, camps, first wishes and climates."""
    replications = 100 if UNCOMPILED else 2000
    people = [drawn(begin(ROOM, stream(2011, r), 0)) for r in range(replications)]
    names = [f"{name} {n}" for name, values in people[0].items() for n in range(len(values))]
    draws = np.array([np.concatenate(list(one.values())) for one in people])
    assert [(names[one], names[other]) for one, other in hanging_together(draws)] == []
    assert len(names) == 52
