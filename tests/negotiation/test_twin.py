"""The plain twin of `twin.py` and the kernels: the same turns, and the same people and text at the end."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import ALL_FORMATS, beliefs, case, contested, plan
from generated import cases
from negsim.cases import load
from negsim.kernel import UNCOMPILED
from negsim.negotiation.acceptance import ANY_NUMBER, MAJORITY
from negsim.negotiation.runs import Negotiation, replicate
from negsim.scenario import names, with_changes
from negsim.scenario.lowering import lower
from twin import Delegate, Room

FULL = Path(__file__).parents[1] / "data" / "full.yaml"
SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
CLOSE = {"rtol": 0.0, "atol": 1e-9}
RULES = (
    {},
    {"setting": {"accept": 0.6, "blocks": ANY_NUMBER}},
    {"setting": {"blocks": 1}},
    {"setting": {"blocks": ANY_NUMBER}, "consent": {"accept": MAJORITY}},
    {"setting": {"accept": 0.5, "blocks": 2}, "consent": {"accept": [0.6, 0.0, 0.4], "blocks": [0, ANY_NUMBER, 1]}},
    {"setting": {"record_dissent": True}},
)
METHODOLOGIES = ("chair_text", "rolling_text", "convergence_mapping")
FEW = settings(max_examples=10 if UNCOMPILED else 40)


def number_of(who):
    return -1 if who is None else who.number


def pen_of(text):
    return text.pen.number if isinstance(text.pen, Delegate) else int(text.pen)


def check_people(state, room):
    for name in ("position", "instructions", "first_position", "salience", "weight", "temper"):
        ours = [
            getattr(d, name.removesuffix("_position") if name.startswith("first") else name) for d in room.delegates
        ]
        np.testing.assert_allclose(state.views[name], np.array(ours), **CLOSE, err_msg=name)
    said = [[np.nan if y is None else y for y in d.said] for d in room.delegates]
    np.testing.assert_allclose(state.views["statement"], np.array(said), **CLOSE)
    np.testing.assert_allclose(state.trust.T, [list(d.trust.values()) for d in room.delegates], **CLOSE)
    belief = np.array([[d.belief[other] for other in room.delegates] for d in room.delegates])  # holder, about, issue
    np.testing.assert_allclose(beliefs(state), belief.transpose(2, 1, 0), **CLOSE)
    np.testing.assert_allclose(state.delegates["chair_trust"], [d.chair_trust for d in room.delegates], **CLOSE)
    assert state.delegates["present"].tolist() == [d.present for d in room.delegates]


def check_text(state, room):
    texts = room.paragraphs
    np.testing.assert_allclose(state.paragraphs["text"], [np.nan if t.text is None else t.text for t in texts], **CLOSE)
    assert state.paragraphs["status"].tolist() == [int(t.status) for t in texts]
    assert state.paragraphs["pen"].tolist() == [pen_of(t) for t in texts]
    assert state.paragraphs["known"].tolist() == [t.known for t in texts]
    np.testing.assert_allclose(state.paragraphs["precision"], [t.precision for t in texts], **CLOSE)
    brackets = [[d in t.brackets for t in texts] for d in room.delegates]
    assert state.views["bracket"].tolist() == brackets


def check_run(table, seed=0, replication=0):
    run, room = Negotiation(table, seed=seed, replication=replication), Room(table, seed, replication)
    check_people(run.state, room)
    for kernel_s, twin_s in itertools.zip_longest(run.turns(), room.play()):
        assert kernel_s is not None
        assert twin_s is not None
        move, issue, who = twin_s
        assert kernel_s == (move, -1 if issue is None else issue, number_of(who))
        assert run.minute == pytest.approx(room.minute, abs=1e-9)
    check_people(run.state, room)
    check_text(run.state, room)
    assert run.outcome == room.outcome
    assert run.state.clock["renewed"][0] == room.renewed
    assert run.state.clock["tabled"][0] == len(room.proposals)
    assert [bool(known) for known in run.state.proposals["attributed"][: len(room.proposals)]] == [
        proposal.attributed for proposal in room.proposals
    ]


@pytest.mark.parametrize("replication", range(4))
def test_a_small_negotiation_is_its_twin(replication):
    check_run(case(), 1, replication)


@pytest.mark.parametrize("replication", range(6))
def test_a_contested_negotiation_through_every_format_is_its_twin(replication):
    check_run(contested(), 2011, replication)


@pytest.mark.parametrize("name", sorted({name for day in ALL_FORMATS for name, _ in day}))
def test_every_format_is_its_twin(name):
    room = contested(timetable=plan([[("tabled_proposals", 60.0), (name, 200.0)]] * 2, mixed=0.4))
    for replication in range(2):
        check_run(room, 7, replication)


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("separable", [True, False])
def test_every_decision_rule_is_its_twin(rule, separable):
    setting = {"pressure": 0.6, "separable": separable, "vote_share": 0.55} | rule.get("setting", {})
    for replication in range(2):
        check_run(contested(**(rule | {"setting": setting})), 3, replication)


@pytest.mark.parametrize("pen", ["chair", "none", "Norland", "firms"])
@pytest.mark.parametrize("status", ["open", "agreed"])
def test_text_at_the_start_is_its_twin(pen, status):
    text = (
        f"process.text={{money: {{value: 0.6, precision: 0.6, status: {status}, pen: {pen}}}, scope: {{value: 0.2}}}}"
    )
    table = lower(with_changes(load(FULL), [text, "process.events.8.renewal.clean_slate=false"]))
    for replication in range(2):
        check_run(table, 5, replication)


@pytest.mark.parametrize("clean_slate", [True, False])
def test_a_renewed_mandate_is_its_twin(clean_slate):
    events = f"process.events=[renewal: {{after_meeting: 1, clean_slate: {str(clean_slate).lower()}}}]"
    changes = [events, "parameters.goodwill=0.3", "parameters.block_cost=0", "process.decision_rule={accept: 0.9}"]
    rooms = [
        lower(with_changes(load(FULL), [*changes, f"methodology={name}"])) for name in ("rolling_text", "chair_text")
    ]
    renewed = 0
    for room in rooms:
        for replication in range(3):
            check_run(room, 5, replication)
        renewed += replicate(room, 5, 0, 3).runs["renewals"].sum()
    assert renewed > 0


@pytest.mark.parametrize("change", ["", *(f"methodology={name}" for name in METHODOLOGIES)])
def test_a_scenario_with_every_event_is_its_twin(change):
    table = lower(with_changes(load(FULL), [change] if change else []))
    for replication in range(4):
        check_run(table, 5, replication)


def test_a_negotiation_that_sponsors_walk_out_of_is_its_twin():
    change = [
        "groups.firms.outside_option=0.99",
        "parameters.walkout=1",
        "trust.across=0.1",
        "process.meetings.1.agenda=[proposal_review: 1]",
        "process.events=[submission: {by: firms, meeting: 1}, submission: {by: states, meeting: 1}]",
    ]
    table = lower(with_changes(load(SMALL), change))
    left = [len(run.state.delegates) - run.state.delegates["present"].sum() for run in map(finished(table), range(12))]
    assert 0 < sum(map(bool, left)) < 12
    for replication in range(12):
        check_run(table, 5, replication)


def finished(table):
    def run(replication):
        run = Negotiation(table, seed=5, replication=replication)
        for _ in run.turns():
            pass
        return run

    return run


def test_a_scenario_with_two_mandates_is_its_twin():
    for replication in range(4):
        check_run(lower(with_changes(load(SMALL), ["meetings.count=4"])), 5, replication)


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_a_built_in_scenario_is_its_twin(name):
    check_run(lower(load(name)), 2**63, 1)


@FEW
@given(cases(), st.integers(0, 2**20))
def test_any_negotiation_is_its_twin(table, seed):
    check_run(table, seed, 3)
