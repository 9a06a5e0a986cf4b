"""Time series: a row is how the run stood when the clock reached its minute, and recording changes nothing."""

import numpy as np

from cases import contested
from negsim.negotiation.beliefs import distances
from negsim.negotiation.indices import spread
from negsim.negotiation.measures import SERIES, matrix
from negsim.negotiation.runs import Negotiation, replicate, replicate_recorded, trust_between, watch
from negsim.negotiation.tables import Outcome, closed_paragraphs
from negsim.negotiation.trust import trust_levels

MINUTES = np.array([0.0, 45.0, 200.0, np.inf])


def test_recording_changes_nothing():
    room = contested()
    recorded, _ = replicate_recorded(room, 5, 2, 3, MINUTES)
    for one, other in zip(recorded, replicate(room, 5, 2, 3), strict=True):
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes()


def test_a_row_is_the_state_after_the_first_turn_that_reaches_its_minute():
    room = contested()
    _, rows = replicate_recorded(room, 5, 2, 1, MINUTES)
    run = Negotiation(room, seed=5, replication=2)
    for minute, row in zip(MINUTES, matrix(rows)[0], strict=True):
        while run.outcome == Outcome.RUNNING and run.minute < minute:
            run.finish_turn()
        state, clock, issues = run.state, run.state.clock[0], len(run.state.paragraphs)
        wanted = {
            "share_agreed": closed_paragraphs(state) / issues,
            "brackets": state.views["bracket"].sum(),
            "readings": clock["readings"],
            "proposals_tabled": clock["tabled"],
            "spread": np.mean([spread(np.ascontiguousarray(x)) for x in state.opinions["position"]]),
        }
        wanted |= dict(zip(("trust_within", "trust_across", "trust_chair"), trust_levels(state), strict=True))
        wanted |= dict(zip(("perceived_distance", "real_distance"), distances(state), strict=True))
        np.testing.assert_allclose(row, [wanted[name] for name in SERIES], atol=1e-12)


def test_a_trace_is_how_the_run_stood_before_the_first_turn_and_after_each():
    room = contested((2, 2), 2)
    seen, run = watch(room, seed=5), Negotiation(room, seed=5)
    start = trust_between(room, run.state)
    for t in range(len(seen.minute)):
        state = run.state
        stood = (run.minute, room.plan[state.clock[0].row].meeting, *distances(state))
        assert (seen.minute[t], seen.meeting[t], seen.perceived_distance[t], seen.real_distance[t]) == stood
        assert (seen.position[t] == state.views["position"]).all()
        assert (seen.status[t] == state.paragraphs["status"]).all()
        np.testing.assert_array_equal(seen.text[t], state.paragraphs["text"])
        assert (seen.brackets[t] == state.opinions["bracket"].sum(axis=1)).all()
        run.finish_turn()
    assert run.outcome == seen.state.clock["outcome"][0] != Outcome.RUNNING
    np.testing.assert_array_equal(seen.trust_start, start)
    np.testing.assert_array_equal(seen.trust_end, trust_between(room, run.state))
    for one, other in zip(seen.results, run.measured(), strict=True):
        assert one.tobytes() == other.tobytes()
