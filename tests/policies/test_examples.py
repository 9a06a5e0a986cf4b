"""The policies of `examples/`: each does what its name says."""

from pathlib import Path
from statistics import mean

import pytest

from negsim import plugins
from negsim.negotiation.tables import Move
from negsim.policies import SeatedNegotiation
from negsim.scenario import load
from negsim.study.runner import run

ROOT = Path(__file__).parents[2]
ROLLING = load(ROOT / "tests" / "data" / "small.yaml", changes=["methodology=rolling_text", "meetings.count=1"])


@pytest.fixture
def examples(monkeypatch):
    monkeypatch.setattr(plugins, "_loaded", {})
    return plugins.load(ROOT / "examples" / "policies.py").objects


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


def decisions(policy, seeds=range(6)):
    """All that a policy in the first seat decides."""
    cls, kept = watched(policy)
    for seed in seeds:
        room = SeatedNegotiation(
            load(ROOT / "tests" / "data" / "full.yaml"), {"Norland": cls}, seed=seed, replication=0
        )
        room.go_on()
    return kept


def test_a_spoiler_lets_nothing_pass(examples):
    assert run(ROLLING, replications=20).column("consensus").sum() > 0
    assert run(ROLLING, replications=20, policies={"Norland": examples["Spoiler"]}).column("share_agreed").sum() == 0.0


def test_a_bridge_builder_says_what_lies_halfway(examples):
    kept = decisions(examples["BridgeBuilder"])
    for view, answer in kept:
        if view.move == Move.SPEAK:
            others = mean(row[view.issue] for row in view.belief.values())
            assert min(others, view.position[view.issue]) <= answer <= max(others, view.position[view.issue])
        elif view.move == Move.READ:
            near = abs(view.text[view.issue].value - view.position[view.issue]) < examples["BridgeBuilder"].near
            assert answer in {"accept" if near else None, None}
    assert {answer for view, answer in kept if view.move == Move.READ} >= {"accept"}


def test_a_tough_one_concedes_late(examples):
    kept = decisions(examples["Tough"])
    early = [(view, answer) for view, answer in kept if examples["Tough"]().is_early(view)]
    late = [(view, answer) for view, answer in kept if not examples["Tough"]().is_early(view)]
    assert {answer for view, answer in early if view.move == Move.SPEAK} <= {
        place for view, _ in early for place in view.instructions.values()
    }
    assert "accept" not in [answer for _, answer in early]
    assert "block" in [answer for _, answer in early]
    assert late
    assert "block" not in [answer for _, answer in late]
