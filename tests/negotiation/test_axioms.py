"""The axioms of docs/axioms.md in small: no room breaks them, and the checks notice rooms that would."""

from pathlib import Path

import numpy as np
import pytest

from negsim.negotiation.runs import Negotiation
from negsim.negotiation.tables import Outcome, Response
from negsim.scenario.lowering import lower
from research import axioms
from research.axioms import AXIOMS, READINGS, SEED, Scale

pytestmark = pytest.mark.slow  # thousands of runs

FEW = Scale(runs=300, watched=2)
DRAFTS = ("rolling_text", "chair_text", "package_deal", "drafting_group", "convergence_mapping")


def failures(findings):
    return [(one.room, one.measure, str(one.estimate)) for one in findings if one.verdict == "fails"]


def seeded_runs(numbers, **process):
    """Runs of seeded rooms before their first turn."""
    for number in numbers:
        data = axioms.seeded_room(number)
        data["process"] |= process
        yield Negotiation(lower(axioms.made(data)), seed=SEED, replication=number)


def readings_of(runs):
    """The runs at each of their readings."""
    for run in runs:
        while run.outcome == Outcome.RUNNING:
            if run.pending.move in READINGS:
                yield run
            run.finish_turn()


def test_where_all_want_the_status_quo_nothing_else_is_adopted():
    assert failures(axioms.unanimous_status_quo(Scale(runs=100))) == []


def test_nobody_accepts_what_costs_it_more_than_no_deal_seems_to_and_its_share():
    assert failures(axioms.individual_rationality(Scale(watched=1))) == []


def test_nobody_accepts_more_in_a_seeded_room_either():
    counts = [axioms.beyond_bounds(run) for run in readings_of(seeded_runs(range(30)))]
    accepting, beyond = np.sum(counts, axis=0)
    assert accepting > 500
    assert beyond == 0


def test_an_acceptance_beyond_the_bound_is_noticed():
    beyond = 0
    for run in readings_of(seeded_runs(range(6))):
        run.choice.response[:] = Response.ACCEPT
        beyond += axioms.beyond_bounds(run)[1]
        run.choice.response[:] = Response.BLOCK
    assert beyond > 0


def test_nobody_objects_to_a_precise_text_at_its_own_ideal():
    assert failures(axioms.own_ideal(Scale(watched=1))) == []


def test_agreements_lie_between_the_status_quo_and_the_ideals_of_those_with_power():
    distances = [
        distance
        for methodology in DRAFTS
        for run in seeded_runs(range(25), methodology=methodology, decision_rule="no_formal_objection")
        for distance in axioms.agreements(run)
    ]
    assert len(distances) > 50
    assert max(distances) <= axioms.ROUNDING


def test_no_deal_is_signed_that_nobody_prefers():
    assert failures(axioms.keepers_and_reformers(Scale(runs=50))) == []


@pytest.mark.parametrize(
    "findings",
    [
        axioms.order,
        *(
            pytest.param(one, marks=pytest.mark.deep)
            for one in (axioms.partition, axioms.null_players, axioms.days, axioms.mirror, axioms.twice_the_seats)
        ),
    ],
)
def test_what_should_not_matter_does_not(findings):
    assert failures(findings(FEW)) == []


def test_names_of_groups_move_nobody_and_no_trust():
    case = lower(axioms.load(axioms.SECOND))
    other = axioms.divided(case)
    was = [int(np.flatnonzero(case.seats["address"] == address)[0]) for address in other.seats["address"]]
    assert sorted(was) == list(range(len(case.seats)))
    assert np.array_equal(other.trust_mean, case.trust_mean[np.ix_(was, was)])
    assert len(other.group_size) == len(case.group_size) + 1
    for caucus in set(case.seats["caucus"].tolist()):
        assert len(set(other.seats["group"][other.seats["caucus"] == caucus].tolist())) == 1


def test_an_issue_twice_at_twice_the_hours_keeps_the_share_agreed():
    shares = [one for one in axioms.clones(FEW) if one.measure == "share agreed"]
    assert len(shares) == 3
    assert failures(shares) == []


def test_an_issue_on_which_all_want_what_is_takes_nothing_but_its_time_where_nothing_is_dropped():
    fair = [one for one in axioms.harmony(FEW) if one.room.endswith("all at 0.1, hours in proportion")]
    fair = [one for one in fair if not one.room.startswith(axioms.ROOM)]
    assert len(fair) == 2
    assert failures(fair) == []


def test_units_of_time_change_no_run():
    assert failures(axioms.units_of_time(FEW)) == []


def test_a_red_line_that_no_text_comes_near_changes_no_run_and_one_that_binds_serves_its_holder():
    assert failures(axioms.red_lines(Scale(runs=300, watched=25))) == []


@pytest.mark.parametrize("methodology", DRAFTS)
def test_a_room_without_draws_of_position_is_mirrored_run_by_run(methodology):
    positions = {"a": (0.15, 0.3), "b": (0.55, 0.8), "c": (0.42, 0.25)}

    def room(turn):
        groups = {
            name: {"seats": 3, "position": {"one": turn(x), "two": turn(y)}, "red_lines": {}}
            for name, (x, y) in positions.items()
        }
        return axioms.small_room(
            groups, {"one": turn(0.1), "two": turn(0.2)}, trust=0.5, methodology=methodology, days=2
        )

    cases = [lower(axioms.made(room(turn))) for turn in (lambda x: x, lambda x: 1.0 - x)]
    same = 0
    for r in range(20):
        one, other = (Negotiation(case, seed=SEED, replication=r) for case in cases)
        for run in (one, other):
            for _ in run.turns():
                pass
        texts = one.state.paragraphs["text"], 1.0 - other.state.paragraphs["text"]
        same += one.outcome == other.outcome and np.allclose(*texts, atol=1e-6, equal_nan=True)
    assert same >= 19  # of two texts as near, the lower is taken


def test_the_page_of_the_docs_has_every_axiom():
    page = (Path(__file__).parents[2] / "docs" / "axioms.md").read_text(encoding="utf-8")
    assert [one.law for one in AXIOMS if one.law not in page] == []
