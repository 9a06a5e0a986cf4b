"""Reference solutions: closed forms, what they are the best of, and the command."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answers import negsim, table_of
from negsim.report.comparisons import solutions_text
from negsim.report.progress import followed
from negsim.scenario import load
from negsim.study import solutions
from negsim.study.runner import run
from negsim.study.solutions import (
    ActorTable,
    Terms,
    compromise,
    exchange,
    losses,
    median,
    nash,
    people,
    room_of,
    solve_steps,
)

DATA = Path(__file__).parents[1] / "data"
SMALL = str(DATA / "small.yaml")
THREE = ActorTable(np.array([[0.2], [0.4], [0.9]]), np.ones((3, 1)), np.ones(3))


def drawn_room(seed, actors=6, issues=3):
    draws = np.random.default_rng(seed)
    salience = draws.dirichlet(np.ones(issues), actors)
    return ActorTable(draws.random((actors, issues)), salience, draws.uniform(0.5, 2.0, actors))


def test_compromise_by_hand():
    room = ActorTable(np.array([[0.0, 1.0], [1.0, 0.5]]), np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([1.0, 2.0]))
    assert compromise(room) == pytest.approx([0.5, 1.25 / 2.0])  # (.5*0 + .5*1) / 1 and (.5*1 + 1.5*.5) / 2


def test_median_by_hand():
    places = np.array([[0.1], [0.2], [0.6], [0.9]])
    assert median(ActorTable(places, np.ones((4, 1)), np.ones(4))) == pytest.approx(
        [0.4]
    )  # halfway: the weights split evenly
    assert median(ActorTable(places, np.ones((4, 1)), np.array([1.0, 1.0, 1.0, 4.0]))) == pytest.approx([0.9])
    assert median(ActorTable(places, np.array([[1.0], [0.0], [1.0], [1.0]]), np.ones(4))) == pytest.approx([0.6])


@pytest.mark.parametrize(
    ("loss", "no_deal", "expected"),
    [("absolute", 1000.0, 0.4), ("absolute", 1.0, 0.4), ("quadratic", 1000.0, 0.5000), ("quadratic", 1.0, 0.5114)],
)
def test_nash_far_from_disagreement_is_median_or_mean(loss, no_deal, expected):
    found = nash(THREE, np.array([0.3]), loss, no_deal=np.full(3, no_deal))
    assert found == pytest.approx([expected], abs=5e-5)


@given(st.integers(0, 10_000))
def test_nash_far_from_disagreement_is_the_weighted_mean_of_each_issue(seed):
    room = drawn_room(seed)
    far = np.full(6, 1e4)
    assert nash(room, np.full(3, 0.5), "quadratic", no_deal=far) == pytest.approx(compromise(room), abs=1e-3)


def test_nash_from_a_status_quo_by_hand():
    # gains .3 - y, y - .1, y - .1 between .2 and .4: the product is largest at .7 / 3
    assert nash(THREE, np.array([0.1])) == pytest.approx([0.7 / 3.0], abs=1e-5)


@pytest.mark.parametrize("loss", ["absolute", "quadratic"])
def test_where_nobody_gains_without_anothers_loss_the_status_quo_stays(loss):
    assert nash(THREE, np.array([0.5]), loss) == pytest.approx([0.5], abs=0.0)
    at_home = ActorTable(np.array([[0.5, 0.5], [0.9, 0.9]]), np.full((2, 2), 0.5), np.ones(2))
    assert nash(at_home, np.array([0.5, 0.5]), loss) == pytest.approx([0.5, 0.5], abs=1e-4)


@pytest.mark.parametrize("loss", ["absolute", "quadratic"])
@pytest.mark.parametrize("seed", range(4))
def test_nash_is_the_best_of_a_fine_grid(loss, seed):
    room = drawn_room(seed, actors=4, issues=2)
    status_quo = np.random.default_rng(seed + 100).uniform(-0.1, 0.2, 2)
    no_deal = losses(room, status_quo, loss)

    def product(at):
        gains = no_deal - losses(room, at, loss)
        return room.power @ np.log(gains) if np.all(gains > 0.0) else -np.inf

    steps = np.linspace(-0.1, 1.0, 111)
    best = max(product(np.array([one, two])) for one in steps for two in steps)
    found = nash(room, status_quo, loss)
    assert np.all(no_deal - losses(room, found, loss) >= -1e-6)
    if best > -np.inf:
        assert product(found) >= best - 1e-6


def test_nash_has_nowhere_to_begin_where_no_deal_is_better():
    with pytest.raises(ValueError, match="better than the status quo"):
        nash(THREE, np.array([0.0]), no_deal=np.full(3, 0.1))


def test_two_actors_who_care_for_different_issues_exchange_them():
    # outcome (.2, .8); each gives all: .8*.2 - .2*.2 = .12 for both
    room = ActorTable(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[0.8, 0.2], [0.2, 0.8]]), np.ones(2))
    assert compromise(room) == pytest.approx([0.2, 0.8])
    assert exchange(room) == pytest.approx([0.0, 1.0])
    assert losses(room, compromise(room)) - losses(room, exchange(room)) == pytest.approx([0.12, 0.12])


def test_an_exchange_is_at_the_rate_of_equal_gains():
    # weights 1.2 and .3 on the first, .8 and .7 on the second: outcome (.2, .7/1.5). The second actor gives the first
    # issue whole, .2; the first gives .2 * (.6 + .3) / (.4 + .7) of the second. Both gain .6*.2 - .4*.163636.
    room = ActorTable(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[0.6, 0.4], [0.3, 0.7]]), np.array([2.0, 1.0]))
    given_back = 0.2 * 0.9 / 1.1
    assert exchange(room) == pytest.approx([0.0, 0.7 / 1.5 + given_back])
    gain = 0.6 * 0.2 - 0.4 * given_back
    assert losses(room, compromise(room)) - losses(room, exchange(room)) == pytest.approx([gain, gain])


@pytest.mark.parametrize(
    "room",
    [
        ActorTable(np.array([[0.0, 0.0], [1.0, 1.0]]), np.full((2, 2), 0.5), np.ones(2)),  # the same relative salience
        ActorTable(
            np.array([[0.0, 0.5], [1.0, 0.5]]), np.array([[0.8, 0.2], [0.2, 0.8]]), np.ones(2)
        ),  # one issue apart
        THREE,  # one issue
    ],
)
def test_who_has_nothing_to_exchange_stays_with_the_compromise(room):
    assert exchange(room) == pytest.approx(compromise(room))


@given(st.integers(0, 10_000))
def test_solutions_do_not_depend_on_the_order_of_the_actors(seed):
    room = drawn_room(seed)
    turned = ActorTable(room.positions[::-1], room.salience[::-1], room.power[::-1])
    for solution in (compromise, median, exchange):
        assert solution(turned) == pytest.approx(solution(room), abs=1e-9)


def test_too_many_exchanges_are_refused(monkeypatch):
    monkeypatch.setattr(solutions, "MOST_EXCHANGES", 3)
    with pytest.raises(ValueError, match="at most 3 are looked at"):
        exchange(drawn_room(1))


@given(st.integers(0, 10_000))
def test_the_median_is_the_best_for_absolute_losses_and_the_mean_for_quadratic_ones(seed):
    room = drawn_room(seed)
    elsewhere = np.random.default_rng(seed).random((20, 3))
    for solution, loss in ((median, "absolute"), (compromise, "quadratic")):
        best = room.power @ losses(room, solution(room), loss)
        assert all(room.power @ losses(room, at, loss) >= best - 1e-12 for at in elsewhere)


def solved(scenario, **options):
    return followed(solve_steps(scenario, Terms(**options), replications=6, seed=3))


def test_the_people_are_those_of_the_runs():
    scenario = load(SMALL)
    rooms = [room_of(*one, "voice") for one in people(scenario, 6, 3)]
    assert len(rooms) == 6
    assert [room.positions[4, 0] for room in rooms] == pytest.approx([0.7] * 6)  # a firm: no spread
    assert len({room.positions[1, 0] for room in rooms}) == 6  # a state: drawn
    again = [room_of(*one, "voice") for one in people(scenario, 6, 3)]
    assert all(np.array_equal(one.positions, other.positions) for one, other in zip(rooms, again, strict=True))


def test_power_is_voice_or_equal():
    scenario = load(SMALL, changes=["groups.firms.voice=3"])
    for power, expected in (("voice", [1, 1, 1, 3, 3]), ("equal", [1, 1, 1, 1, 1])):
        [one] = people(scenario, 1, 0)
        assert room_of(*one, power).power.tolist() == expected


def test_solutions_stand_beside_the_runs():
    scenario = load(SMALL)
    found, runs = solved(scenario), run(scenario, replications=6, seed=3)
    assert list(found.places) == ["status quo", "compromise", "median", "Nash", "exchange", "runs"]
    assert np.array_equal(found.agreed, runs.by_issue("agreed"))
    agreed = found.agreed > 0
    assert np.array_equal(found.places["runs"][agreed], runs.by_issue("text")[agreed])
    assert np.isnan(found.places["runs"][~agreed]).all()
    assert np.all(found.costs["median"] <= found.costs["status quo"])
    assert (found.places["status quo"] == 0.2).all()


def test_the_command_prints_every_solution_and_writes_a_table(tmp_path):
    out = tmp_path / "table.csv"
    done = negsim(
        "case", "solutions", SMALL, "--replications", "4", "--seed", "2", "--loss", "quadratic", "--out", str(out)
    )
    assert done.exit_code == 0
    assert done.stdout.startswith("Two groups\n4 replications, seed 2; quadratic losses, power is voice;")
    for word in ("status quo", "compromise", "median", "Nash", "exchange", "runs", "agreed in", "scope", "loss"):
        assert word in done.stdout
    assert done.stderr == f"written: {out}\n"
    rows = table_of(out)
    assert [row["solution"] for row in rows[:6]] == ["status quo", "compromise", "median", "Nash", "exchange", "runs"]
    assert {row["issue"] for row in rows} == {"scope", ""}
    assert all(0.0 <= float(row["value"]) <= 1.0 for row in rows if row["value"])


def test_a_package_is_looked_for_in_every_room():
    red = ["groups.states.red_lines={scope: {max: 0.3}}", "groups.firms.red_lines={scope: {min: 0.6}}"]
    for changes, share in ([], 1.0), (red, 0.0):
        found = solved(load(SMALL, changes=changes))
        assert found.packages.tolist() == [share] * 6
        assert f"existed at the start in {100 * share:.0f} %" in solutions_text(found)
        assert "could be in" in solutions_text(found)


@given(seats=st.integers(2, 12), issues=st.integers(1, 4), seed=st.integers(0, 10**6))
def test_exchanges_are_counted_as_they_are_found(seats, issues, seed):
    draw = np.random.default_rng(seed)
    room = ActorTable(draw.random((seats, issues)), draw.choice([0.0, 0.2, 0.5, 1.0], (seats, issues)), np.ones(seats))
    room = room._replace(salience=room.salience + (room.salience.sum(axis=0) == 0.0))
    outcome = compromise(room)
    first, _ = solutions._possible(room, outcome)
    assert solutions._number_of_exchanges(np.sign(room.positions - outcome), room.salience) == len(first.who)
