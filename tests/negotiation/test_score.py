"""The score of a seat (rule 5.15)."""

import numpy as np
import pytest

from cases import case, contested, plan
from negsim.negotiation.acceptance import PRECISION
from negsim.negotiation.runs import Negotiation, replicate
from negsim.negotiation.score import red_lines_signed, score, weigh_best
from negsim.negotiation.tables import Outcome, Status

EASY = {"stances": {"spread": 0.0}, "parameters": {"climate": 0.0, "temper": 0.0}}


def room_of(**changes):
    """A room at its start and what the best texts are worth."""
    run = Negotiation(case((2, 2), 2, **(EASY | changes)))
    best = np.empty(4)
    weigh_best(run.case, run.state, best)
    return run, best


def end(run, outcome, places=(), precision=PRECISION):
    """End the run with these texts agreed."""
    for k, place in enumerate(places):
        run.state.paragraphs["text"][k], run.state.paragraphs["precision"][k] = place, precision
        run.state.paragraphs["status"][k] = Status.AGREED
    run.state.clock["outcome"] = outcome


@pytest.mark.parametrize("outcome", [Outcome.NONE, Outcome.CHAIR_REPORT, Outcome.WALKOUT])
def test_no_deal_scores_nothing_whatever_was_agreed_on_the_way(outcome):
    run, best = room_of()
    end(run, outcome, (0.5, 0.5))
    assert [score(run.case, run.state, i, best[i]) for i in range(4)] == [0.0] * 4


def test_instructions_of_the_start_count_and_not_where_a_delegate_or_its_capital_has_come_round_to():
    run, best = room_of()
    end(run, Outcome.CONSENSUS, (0.4, 0.4))
    before = score(run.case, run.state, 0, best[0])
    run.state.opinions["position"][:, 0] = run.state.opinions["instructions"][:, 0] = 0.4
    assert score(run.case, run.state, 0, best[0]) == before
    run.state.opinions["first_position"][:, 0] = 0.4
    assert score(run.case, run.state, 0, best[0]) > before


def test_a_text_counts_once_it_is_adopted_and_one_left_open_as_no_deal():
    run, best = room_of()
    end(run, Outcome.PARTIAL, (0.4, 0.4))
    both = score(run.case, run.state, 0, best[0])
    run.state.paragraphs["status"][1] = Status.BRACKETED
    one = score(run.case, run.state, 0, best[0])
    assert 0.0 < one < both
    run.state.clock["outcome"] = Outcome.VOTE  # which adopts what stands in brackets too
    assert score(run.case, run.state, 0, best[0]) == both


def test_a_red_line_signed_costs_forty_and_one_outvoted_or_left_behind_nothing():
    run, best = room_of()
    end(run, Outcome.CONSENSUS, (0.4, 0.4))
    clean = score(run.case, run.state, 0, best[0])
    run.state.opinions["red_low"][:, 0] = 0.41, 0.40
    assert red_lines_signed(run.state, 0) == 1
    assert score(run.case, run.state, 0, best[0]) == clean - 40.0
    run.state.opinions["red_high"][1, 0] = 0.39
    assert score(run.case, run.state, 0, best[0]) == clean - 80.0
    run.state.clock["outcome"] = Outcome.VOTE
    assert red_lines_signed(run.state, 0) == 0
    run.state.clock["outcome"], run.state.delegates["present"][[0, 1]] = Outcome.PARTIAL, False
    run.state.opinions["red_low"][:, 2] = 0.41
    assert [red_lines_signed(run.state, i) for i in range(4)] == [0, 0, 2, 0]


def test_a_bracket_passed_over_costs_fifteen():
    run, best = room_of()
    end(run, Outcome.NONE)
    run.state.entries["passed_over"][:, 1] = 2, 1
    assert score(run.case, run.state, 1, best[1]) == -45.0
    assert score(run.case, run.state, 2, best[2]) == 0.0


def test_scores_stand_in_the_tables_of_a_process_with_moves_and_nowhere_else():
    days = plan([[("rolling_text", 240.0)]])
    with_moves = replicate(contested(timetable=days, setting={"has_moves": True}), 1, 0, 3)
    without = replicate(contested(timetable=days), 1, 0, 3)
    scores, groups = with_moves.delegates["score"], with_moves.groups["score"]
    assert np.allclose(groups[:, 0], scores[:, :4].mean(axis=1))
    assert np.array_equal(with_moves.runs["table_score"], groups.min(axis=1))
    for table, column in ((without.delegates, "score"), (without.groups, "score"), (without.runs, "table_score")):
        assert np.isnan(table[column]).all()
    assert np.array_equal(with_moves.runs["satisfaction"], without.runs["satisfaction"])
