"""The strategies of the library: each does what its name says."""

from pathlib import Path
from statistics import mean
from types import SimpleNamespace

import numpy as np
import pytest

from negsim import plugins
from negsim.errors import NegsimError
from negsim.negotiation.tables import Move
from negsim.policies import Paragraph, SeatedNegotiation
from negsim.policies.strategies import (
    Asker,
    BridgeBuilder,
    CaucusFollower,
    Conceding,
    Hardball,
    Novice,
    Spoiler,
    TitForTat,
    Tough,
    Trader,
)
from negsim.policies.views import KnownAnswers
from negsim.scenario import load
from negsim.study.runner import run

ROOT = Path(__file__).parents[2]
ROLLING = load(ROOT / "tests" / "data" / "small.yaml", changes=["methodology=rolling_text", "meetings.count=1"])
ROOMS = [load(ROOT / "tests" / "data" / "full.yaml"), load("classroom"), load("storm")]
ALL = (Spoiler, Tough, Conceding, TitForTat, BridgeBuilder, CaucusFollower, Hardball, Novice, Asker, Trader)
ISSUES = ("here", "there")


def watched(policy):
    """A policy that keeps each decision: the view, and the answer."""
    kept = []

    class Watched(policy):
        pass

    for method in ("speak", "propose", "respond"):
        if hasattr(policy, method):

            def answer(self, view, method=method):
                kept.append((view, getattr(policy, method)(self, view)))
                return kept[-1][1]

            setattr(Watched, method, answer)
    return Watched, kept


def decisions(policy, seeds=range(6), rooms=ROOMS[:1]):
    """All that a policy in the first seat decides."""
    cls, kept = watched(policy)
    for scenario in rooms:
        for seed in seeds:
            SeatedNegotiation(scenario, {scenario.delegates[0].name: cls}, seed=seed, replication=0).go_on()
    return kept


def seen(**known):
    """A view of somebody who wants .2 on both issues, in a room of two others who seem to stand at .6 and .8."""
    usual = {
        "name": "Me", "group": "ours", "groups": {"Me": "ours", "Ann": "ours", "Bob": "theirs"}, "issue": "here",
        "issues": ("here",), "position": dict.fromkeys(ISSUES, 0.2), "instructions": dict.fromkeys(ISSUES, 0.2),
        "salience": dict.fromkeys(ISSUES, 0.5), "red_lines": dict.fromkeys(ISSUES, (-np.inf, np.inf)),
        "belief": {"Ann": dict.fromkeys(ISSUES, 0.6), "Bob": dict.fromkeys(ISSUES, 0.8)},
        "learnt": {"Ann": dict.fromkeys(ISSUES, 0.0), "Bob": dict.fromkeys(ISSUES, 0.0)},
        "status_quo": dict.fromkeys(ISSUES, 0.9), "brackets": {}, "answers": {},
        "known_answers": {issue: {"Ann": KnownAnswers(), "Bob": KnownAnswers()} for issue in ISSUES},
        "minute": 0.0, "minutes_left": 100.0, "default": "accept", "shortfall": 0.0,
        "text": {"here": Paragraph(0.5, 0.7, "chair")},
    }  # fmt: skip
    return SimpleNamespace(**usual | known)


def test_strategies_have_names_without_being_loaded(monkeypatch):
    monkeypatch.setattr(plugins, "_loaded", {})
    named = load("classroom", changes=['policies.Mayor="strategies:Tough"'])
    plain = run(load("classroom"), replications=5, policies={"Mayor": Tough})
    assert run(named, replications=5).results.runs.tobytes() == plain.results.runs.tobytes()
    with pytest.raises(NegsimError, match='has no "Tuogh"; did you mean "Tough"'):
        run(load("classroom"), replications=1, policies={"Mayor": "strategies:Tuogh"})


@pytest.mark.parametrize("strategy", ALL)
def test_a_strategy_plays_to_the_end_and_signs_no_text_over_its_red_line(strategy):
    kept = decisions(strategy, seeds=range(3), rooms=ROOMS)
    read = [(view, answer) for view, answer in kept if view.move in {Move.READ, Move.READ_PACKAGE, Move.DISCUSS}]
    over = [answer for view, answer in read if view.shortfall == np.inf]
    assert read
    assert "accept" not in over


def test_some_text_over_a_red_line_is_read():
    assert any(view.shortfall == np.inf for view, _ in decisions(Novice, seeds=range(3), rooms=ROOMS))


def test_a_spoiler_lets_nothing_pass():
    assert run(ROLLING, replications=20).column("consensus").sum() > 0
    assert run(ROLLING, replications=20, policies={"Norland": Spoiler}).column("share_agreed").sum() == 0.0


def test_a_bridge_builder_says_what_lies_halfway():
    kept = decisions(BridgeBuilder)
    for view, answer in kept:
        if view.move == Move.SPEAK:
            others = mean(row[view.issue] for row in view.belief.values())
            assert min(others, view.position[view.issue]) <= answer <= max(others, view.position[view.issue])
        elif view.move == Move.READ:
            near = abs(view.text[view.issue].value - view.position[view.issue]) < BridgeBuilder.near
            assert answer in {"accept" if near else None, None}
    assert {answer for view, answer in kept if view.move == Move.READ} >= {"accept"}


def test_a_conceder_begins_with_its_wish_ends_with_the_others_and_hurries_at_first():
    asks = [Conceding().speak(seen(minute=minute, minutes_left=100.0 - minute)) for minute in (0.0, 10.0, 50.0, 100.0)]
    assert asks[0] == 0.2
    assert asks[-1] == pytest.approx(0.7)
    assert asks == sorted(asks)
    assert (asks[1] - asks[0]) / 10 > (asks[2] - asks[1]) / 40 > (asks[3] - asks[2]) / 50


def test_a_conceder_accepts_what_it_asks_for_and_not_more():
    for value, answer in ((0.4, "accept"), (0.69, None)):
        view = seen(minute=50.0, minutes_left=50.0, text={"here": Paragraph(value, 0.7, "chair")})
        assert Conceding().respond(view) == answer
        assert (abs(value - 0.2) <= abs(Conceding().demand(view, "here") - 0.2)) == (answer == "accept")


def test_tit_for_tat_concedes_first_and_then_what_the_others_concede():
    still, moved = seen(), seen(learnt={"Ann": {"here": -0.1}, "Bob": {"here": -0.3}})
    assert TitForTat().speak(still) == pytest.approx(0.2 + TitForTat.opening)
    assert TitForTat().speak(moved) == pytest.approx(0.2 + TitForTat.opening + 0.2)
    away = seen(learnt={"Ann": {"here": 0.1}, "Bob": {"here": 0.1}})
    assert TitForTat().speak(away) == pytest.approx(0.2 + TitForTat.opening)


def test_tit_for_tat_objects_until_the_others_have_come_as_far():
    assert TitForTat().respond(seen()) == "object"
    assert TitForTat().respond(seen(learnt={"Ann": {"here": -0.1}, "Bob": {"here": -0.3}})) == "accept"


def test_a_novice_splits_the_difference_within_its_red_lines():
    assert Novice().amend(seen()) == pytest.approx((0.2 + 0.7) / 2)
    assert Novice().amend(seen(red_lines={"here": (0.0, 0.3)})) == 0.3


def test_an_asker_asks_those_with_brackets_first_and_nobody_twice():
    assert Asker().ask(seen(brackets={"here": ("Ann",)})) == ["Ann", "Bob"]
    assert Asker().ask(seen()) == ["Bob", "Ann"]
    told = SimpleNamespace(position={}, red_lines={}, priority="here")
    assert Asker().ask(seen(answers={"Bob": told})) == ["Ann"]


def test_a_bridge_builder_closes_the_list_of_speakers_once_half_the_time_has_brought_nothing():
    early, late = seen(agreed=()), seen(minute=100.0, agreed=())
    assert (BridgeBuilder().move(early), BridgeBuilder().move(late)) == (False, True)
    assert not BridgeBuilder().move(seen(minute=100.0, agreed=("there",)))


def test_a_trader_offers_what_gains_on_both_together():
    issue, place = Trader().offer(seen(issues=("there",)))
    assert issue == "there"
    assert 0.0 <= place <= 1.0
    lines = {"here": (0.0, 0.3), "there": (0.0, 1.0)}
    assert Trader().offer(seen(issues=("there",), red_lines=lines)) is None
    assert Trader().offer(seen(issues=())) is None


def test_the_page_on_strategies_says_what_each_does():
    page = (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8")
    rows = [f"| `strategies:{one.__name__}` | {one.__doc__.splitlines()[0].rstrip('.:')} |" for one in ALL]
    assert [row for row in rows if row not in page] == []
