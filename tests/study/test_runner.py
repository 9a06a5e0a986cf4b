"""Runs of a scenario in Python: their columns by name, and requests that are none."""

import re
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from negsim.errors import NegsimError, ScenarioError
from negsim.negotiation.measures import matrix
from negsim.scenario import load
from negsim.scenario.lowering import lower
from negsim.study import runner
from negsim.study.runner import measure_of, open_issues, run, run_case, run_steps, watch, workers
from patience import LIMIT
from sweeps import study_of, swept

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"


@pytest.fixture(scope="module")
def runs():
    return run(load(SMALL), replications=40, seed=7)


def test_an_issue_that_is_not_agreed_is_open_for_one_reason_and_leaves_no_consensus():
    runs = run(load("classroom"), replications=60, seed=3)
    agreed, why = (runs.by_issue(name) for name in ("agreed", "why_open"))
    assert (agreed == 0.0).any()
    assert (np.isnan(why) == (agreed > 0.0)).all()
    assert not runs.is_outcome("consensus")[(agreed == 0.0).any(axis=1)].any()
    for reason, number in open_issues(runs).items():
        assert number.value == pytest.approx((why == reason).sum(axis=1).mean())


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda runs: runs.is_outcome("consensu"), 'unknown outcome "consensu"; did you mean "consensus"?'),
        (lambda runs: runs.is_outcome(7), "unknown outcome 7; one of: consensus, partial"),
        (lambda runs: runs.column("dept"), 'unknown measure "dept"; did you mean "depth"?'),
        (lambda runs: runs.column(None), "unknown measure nothing; "),
        (lambda runs: runs.by_issue("agred"), 'unknown measure by issue "agred"; did you mean "agreed"?'),
        (
            lambda runs: runs.by_group("zone"),
            'unknown measure by group "zone"; one of: satisfaction, score, concession',
        ),
        (lambda runs: measure_of(runs, "outcome"), 'unknown measure "outcome"'),
    ],
)
def test_an_unknown_name_is_told_with_what_it_may_have_meant(runs, ask, told):
    with pytest.raises(NegsimError, match=f"^{re.escape(told)}"):
        ask(runs)


def test_the_table_of_runs_is_that_of_a_study_with_detail(tmp_path):
    found = swept(study_of(detail=True, replications=5), tmp_path / "r")
    of_cells = found.frame().drop(columns=["cell", "meetings.count", "chair"])
    for cell in range(len(found.cells)):
        frame = run(found.scenario_of(cell), replications=5, seed=7).frame()
        wanted = of_cells[found.frame(["cell"])["cell"] == cell].reset_index(drop=True)
        pd.testing.assert_frame_equal(frame, wanted)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"seed": -1}, "seed is -1; it must be a whole number from 0 to 2**64 - 1"),
        ({"seed": 1.5}, "seed is 1.5; it must be a whole number"),
        ({"seed": None}, "seed is nothing; it must be a whole number"),
        ({"replications": 0}, "replications is 0; it must be a whole number, at least 1"),
        ({"threads": 0}, "threads is 0; it must be a whole number, at least 1"),
    ],
)
def test_a_number_out_of_range_is_told(asked, told):
    for ways in (run, lambda *a, **k: list(run_steps(*a, **k))):
        with pytest.raises(NegsimError, match=f"^{re.escape(told)}"):
            ways(load(SMALL), **({"replications": 3} | asked))


def test_a_scenario_may_be_run_by_its_name_or_its_file(runs):
    for scenario in (SMALL, str(SMALL)):
        again = run(scenario, replications=40, seed=7)
        np.testing.assert_array_equal(matrix(again.results.runs), matrix(runs.results.runs))
        seen = watch(scenario, seed=7, replication=5)
        np.testing.assert_array_equal(matrix(seen.results.runs)[0], matrix(runs.results.runs)[5])
    with pytest.raises(ScenarioError, match='did you mean "classroom"'):
        run("clasroom")


def test_steps_count_the_runs_that_are_done(monkeypatch, runs):
    monkeypatch.setattr(runner, "_brief", lambda _: 15)
    steps = run_steps(SMALL, replications=40, seed=7, threads=1)
    assert [next(steps) for _ in range(3)] == [(15, 40, "runs"), (30, 40, "runs"), (40, 40, "runs")]
    with pytest.raises(StopIteration) as end:
        next(steps)
    np.testing.assert_array_equal(matrix(end.value.value.results.runs), matrix(runs.results.runs))


def test_threads_at_work_are_not_waited_for():
    late = threading.Event()
    with workers(count=1) as team:
        task = team.executor.submit(late.wait, LIMIT)
    assert not task.done()
    late.set()


def test_watching_draws_what_is_uncertain():
    scenario = load("cstd_wgigf_2011", changes=["uncertain.parameters=plausible"])
    wanted = run(scenario, replications=1, seed=3, first=4).results.runs
    np.testing.assert_array_equal(matrix(watch(scenario, seed=3, replication=4).results.runs), matrix(wanted))


def test_blocks_are_known_by_the_name_of_the_delegate():
    runs = run("cstd_wgigf_2011", replications=6, seed=3)
    assert runs.by_delegate("blocks").shape == (6, len(runs.delegates)) == (6, 42)
    assert "India" in runs.delegates
    assert runs.by_delegate("blocks").sum() == runs.results.blocks.sum() > 0
    with pytest.raises(NegsimError, match='unknown measure by delegate "block"; did you mean "blocks"'):
        runs.by_delegate("block")


def test_delegates_whose_seats_are_drawn_have_no_columns():
    drawn = run("cases/gge15", replications=6, seed=3)  # rooms of other sizes, in one table
    assert drawn.results.delegates["blocks"].sum() == drawn.results.blocks.sum() > 0
    with pytest.raises(NegsimError, match="seats are drawn"):
        drawn.by_delegate("blocks")


def test_a_case_whose_seats_do_not_stand_by_group_is_refused():
    case = lower(load(SMALL))
    assert len(run_case(case, replications=2).runs) == 2
    apart, short, beyond = case.seats.copy(), case.group_size.copy(), case.seats.copy()
    apart["group"] = apart["group"][::-1]
    short[0] -= 1
    beyond["group"][-1] = len(case.group_size)
    for wrong in (case._replace(seats=apart), case._replace(group_size=short), case._replace(seats=beyond)):
        with pytest.raises(NegsimError, match="the seats of each group must stand together"):
            run_case(wrong, replications=2)
