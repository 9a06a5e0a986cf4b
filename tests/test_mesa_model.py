"""The Mesa window: the same bits as the compiled run, agents that read the state, policies that sit in seats."""

import inspect
import math
from pathlib import Path

import mesa
import numpy as np
import pytest

from negsim.errors import NegsimError
from negsim.mesa_model import TURN_SERIES, DelegateAgent, NegotiationModel
from negsim.negotiation.floor import play
from negsim.negotiation.measures import MEASURES
from negsim.negotiation.tables import Move, Outcome
from negsim.negotiation.trust import trust_levels
from negsim.randomness import stream
from negsim.scenario import load
from negsim.scenario.lowering import lower
from negsim.study.runner import run

DATA = Path(__file__).parent / "data"
SMALL, FULL = DATA / "small.yaml", DATA / "full.yaml"
ROLLING = ["methodology=rolling_text", "meetings.count=1"]
AGREEABLE = load(SMALL, changes=ROLLING)
APART = ["groups.states.position.scope=0.05", "groups.firms.position.scope=0.95", "trust.across=0.1"]
CONTESTED = load(SMALL, changes=[*ROLLING, *APART, "parameters.goodwill=0.3"])


def finish(model):
    while model.running:
        model.step()
    return model


def copied(state):
    return [table.copy() for table in state]


def columns(table):
    return [table[name] for name in table.dtype.names] if table.dtype.names else [table]


def same(left, right):
    """Whether two lists of tables hold the same bits; what lies between columns is no table's."""
    pairs = [pair for a, b in zip(left, right, strict=True) for pair in zip(columns(a), columns(b), strict=True)]
    return all(a.tobytes() == b.tobytes() for a, b in pairs)


@pytest.mark.parametrize("source", [SMALL, FULL])
@pytest.mark.parametrize("seed", [0, 2**64 - 1])
def test_same_seed_same_bits_as_the_compiled_run(source, seed):
    scenario = load(source)
    model = finish(NegotiationModel(scenario, rng=seed, replication=3))
    assert same(model.negotiation.state, play(lower(scenario), stream(seed, 3), 0))
    runs = run(scenario, replications=1, first=3, seed=seed)
    assert same(model.room.run.measured(), runs.results)
    np.testing.assert_array_equal(list(model.measured().values()), runs.results.runs[0].tolist())
    assert list(model.measured()) == list(MEASURES)


class Recorder:
    """It keeps what it is shown and decides nothing."""

    def __init__(self):
        self.views = []

    def speak(self, view):
        self.views.append(view)

    propose = respond = speak


def test_a_generator_gives_one_seed():
    rng = np.random.default_rng(8)
    first, second = NegotiationModel(SMALL, rng=rng), NegotiationModel(SMALL, rng=rng)
    assert first.seed != second.seed
    assert first.seed == NegotiationModel(SMALL, rng=np.random.default_rng(8)).seed


def test_without_a_seed_one_is_drawn_and_kept():
    first, second = NegotiationModel(SMALL), NegotiationModel(SMALL, rng=None)
    assert first.seed != second.seed
    again = NegotiationModel(SMALL, rng=first.seed)
    assert same(first.negotiation.state, again.negotiation.state)


def batch(model=NegotiationModel, **numbers):
    """The rows of three runs of each set of numbers, as this version of Mesa is asked for them."""
    batch_run = pytest.importorskip("mesa.batchrunner", reason="Mesa 4 has no batches").batch_run
    thrice = {"rng": [None] * 3} if "rng" in inspect.signature(batch_run).parameters else {"iterations": 3}
    return batch_run(model, {"source": str(SMALL)} | numbers, max_steps=100_000, display_progress=False, **thrice)


@pytest.mark.parametrize("positions", [False, True])
def test_a_row_of_a_batch_is_the_end_of_a_run_and_names_its_seed(positions):
    rows = batch(replication=range(2), positions=positions)
    assert len({row["seed"] for row in rows}) == 6
    for row in rows:
        model = finish(NegotiationModel(SMALL, rng=row["seed"], replication=row["replication"]))
        there = {"minute": model.minute, "outcome": model.outcome.name.lower(), "depth": model.measured()["depth"]}
        assert {name: row[name] for name in there} == pytest.approx(there, nan_ok=True)
        assert row["consensus"] == (row["outcome"] == "consensus")
        (seat,) = [delegate for delegate in model.delegates if delegate.name == row.get("name")] or [None]
        assert seat is None or row["scope"] == seat.position["scope"]
    assert len(rows) == 6 * (len(NegotiationModel(SMALL).delegates) if positions else 1)


class Collecting(NegotiationModel):
    """It collects in its step, as Mesa's own examples do."""

    def step(self):
        super().step()
        self.datacollector.collect(self)


class Reporting(NegotiationModel):
    """It has a collector of its own, which it also asks before the first turn."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.datacollector = mesa.DataCollector({"ended": lambda model: model.outcome.name})
        self.datacollector.collect(self)


class Both(Reporting, Collecting):
    """It does both."""


@pytest.mark.parametrize("kind", [NegotiationModel, Collecting, Reporting, Both])
def test_a_turn_is_a_row_whoever_collects(kind):
    model = kind(SMALL, rng=0)
    for _ in range(10):
        model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) == 10
    finish(model).step()
    assert len(model.datacollector.get_model_vars_dataframe()) == model.turns


@pytest.mark.parametrize("rng", [-1, 2**64, 0.5, True, "1"])
def test_any_other_rng_is_refused(rng):
    with pytest.raises(NegsimError, match=r"^rng is .*2\*\*64"):
        NegotiationModel(SMALL, rng=rng)


def test_finished_means_finished():
    model = finish(NegotiationModel(AGREEABLE, rng=0))
    assert model.outcome == Outcome.CONSENSUS
    assert model.pending.move == Move.NOTHING
    before, turns, seen = copied(model.negotiation.state), model.turns, len(model.datacollector.model_vars["minute"])
    for _ in range(3):
        model.step()
    assert same(before, model.negotiation.state)
    assert (model.turns, model.running) == (turns, False)
    assert len(model.datacollector.model_vars["minute"]) == seen


def test_a_step_is_a_turn():
    model = NegotiationModel(SMALL, rng=0)
    assert (model.turns, model.running, model.outcome) == (0, True, Outcome.RUNNING)
    assert model.pending.move == Move.OPEN_SESSION
    model.step()
    assert model.turns == 1
    assert model.pending.move == Move.SPEAK
    model.step()
    assert model.minute == 3.0


def test_series_are_collected_after_every_turn():
    model = NegotiationModel(FULL, rng=1)
    assert model.datacollector.get_model_vars_dataframe().empty
    levels, depths = [], []
    while model.running:
        model.step()
        levels.append(trust_levels(model.negotiation.state)[:2])
        depths.append(model.measured()["depth"])
    table = model.datacollector.get_model_vars_dataframe()
    assert list(table.columns) == list(TURN_SERIES)
    assert len(table) == model.turns
    assert table["minute"].is_monotonic_increasing
    assert table["meeting"].max() <= 2
    assert table["share_agreed"].iloc[-1] == model.measured()["share_agreed"]
    assert table["real_distance"].iloc[-1] == model.measured()["real_distance_end"]
    assert table["perceived_distance"].iloc[-1] == model.measured()["perceived_distance_end"]
    assert table[["trust_within", "trust_across"]].to_numpy().tolist() == [list(level) for level in levels]
    np.testing.assert_array_equal(table["depth"], depths)
    assert table["outcome"].tolist()[:-1] == ["running"] * (model.turns - 1)
    assert table["outcome"].iloc[-1] == model.outcome.name.lower()
    assert model.datacollector.agent_reporters == {}


def test_delegates_are_a_mesa_agent_set():
    model = NegotiationModel(FULL, rng=0)
    firms = model.agents.select(lambda delegate: delegate.group == "firms")
    assert {delegate.name for delegate in firms} == {"NO & Co.", "Companies 2", "Companies 3"}
    assert model.agents.agg("chair_trust", np.mean) == pytest.approx(model.measured()["trust_chair_start"])
    assert {name: len(group) for name, group in model.agents.groupby("group")} == {"states": 5, "firms": 3}
    assert list(model.agents.get("seat")) == list(range(8))
    assert all(isinstance(delegate, DelegateAgent) for delegate in model.agents)


def test_delegates_read_the_state():
    model = NegotiationModel(FULL, rng=2)
    norland, saint, *_ = model.delegates
    assert (norland.name, norland.group, norland.camp, saint.camp) == ("Norland", "states", "reform", None)
    for _ in range(30):
        model.step()
    state = model.negotiation.state
    assert norland.position == {"scope": state.views["position"][0, 0], "money": state.views["position"][0, 1]}
    assert norland.instructions["money"] == state.views["instructions"][0, 1]
    assert sum(norland.salience.values()) == pytest.approx(1.0)
    assert norland.trust(saint) == norland.trust("St. Ann") == state.trust[1, 0] == norland.trust_row[1]
    assert (
        norland.belief(saint)
        == norland.belief("St. Ann")
        == {"scope": state.belief[0, 1, 0], "money": state.belief[1, 1, 0]}
    )
    assert norland.chair_trust == state.delegates["chair_trust"][0]
    assert norland.spoken == state.delegates["spoken"][0] > 0
    assert not math.isnan(norland.statements["scope"])
    assert norland.red_lines["money"][0] == -math.inf
    assert norland.present
    with pytest.raises(AttributeError):
        norland.position = {}
    with pytest.raises(NegsimError, match=r'"Norlnd" has no seat here; did you mean "Norland"\?'):
        saint.trust("Norlnd")


@pytest.mark.parametrize("ask", [DelegateAgent.step, DelegateAgent.remove])
def test_a_delegate_neither_steps_nor_leaves_by_mesa_s_hand(ask):
    model = NegotiationModel(FULL, rng=0)
    with pytest.raises(NegsimError, match=r"^Norland cannot"):
        ask(model.delegates[0])
    assert len(model.agents) == len(model.delegates)


def test_brackets_are_the_issues_that_delegates_block():
    model, seen = NegotiationModel(CONTESTED, rng=0), 0
    while model.running:
        model.step()
        assert model.brackets == sum(len(delegate.blocking) for delegate in model.agents)
        seen = max(seen, model.brackets)
    assert seen > 0


class Loud:
    """It says 1 whatever it thinks."""

    def speak(self, _):
        return 1


def test_one_who_accepts_everything_removes_a_block():
    class Meek:
        def respond(self, _):
            return "accept"

    model = finish(NegotiationModel(CONTESTED, rng=0))
    assert model.outcome != Outcome.CONSENSUS
    everyone = finish(NegotiationModel(CONTESTED, rng=0, policies=dict.fromkeys(model.room.names, Meek())))
    assert everyone.outcome == Outcome.CONSENSUS


def test_what_one_says_is_believed():
    plain, loud = NegotiationModel(SMALL, rng=1), NegotiationModel(SMALL, rng=1, policies={"Norland": Loud()})
    while plain.pending[::2] != (Move.SPEAK, 0):
        plain.step()
        loud.step()
    assert same(plain.negotiation.state, loud.negotiation.state)
    plain.step()
    loud.step()
    assert loud.delegates[0].statements == {"scope": 1.0}
    for before, after in zip(plain.delegates[1:], loud.delegates[1:], strict=True):
        assert after.belief("Norland")["scope"] > before.belief("Norland")["scope"]


def test_a_view_is_what_the_delegate_may_know():
    recorder = Recorder()
    for seed in range(4):
        check_views(NegotiationModel(FULL, rng=seed, policies={"Norland": recorder}), recorder)
    assert {view.move for view in recorder.views} >= {Move.SPEAK, Move.READ, Move.SUBMIT, Move.ADOPT}


def check_views(model, recorder):
    """What the first delegate is shown is what it may know at the turn that is due."""
    while model.running:
        known = len(recorder.views)
        norland, minute = model.delegates[0], model.minute
        own = (norland.position, norland.instructions, norland.salience, norland.red_lines, norland.chair_trust)
        text, pending, shortfalls = model.text, model.pending, model.negotiation.choice.shortfall.copy()
        trust, belief = norland.trust("NO & Co."), norland.belief("St. Ann")
        model.step()
        for view in recorder.views[known:]:
            assert (view.name, view.group, view.camp) == ("Norland", "states", "reform")
            assert (view.position, view.instructions, view.salience, view.red_lines, view.chair_trust) == own
            assert (view.minute, view.move) == (minute, pending.move)
            assert view.trust["NO & Co."] == trust
            assert view.belief["St. Ann"] == belief
            assert "Norland" not in view.trust
            assert view.minutes_left >= 0.0
            if view.move == Move.READ:
                assert view.text == {view.issue: text[view.issue]}
                assert view.shortfall == shortfalls[0]
                assert view.default == ("object" if view.shortfall > 0.0 else "accept")
            elif view.move == Move.SPEAK:
                assert view.shortfall is None
                assert norland.statements[view.issue] == view.default


def test_a_package_is_seen_whole():
    recorder = Recorder()
    scenario = load(FULL, changes=["methodology=package_deal"])
    finish(NegotiationModel(scenario, rng=1, policies={"St. Ann": recorder}))
    seen = [view for view in recorder.views if view.move == Move.READ_PACKAGE]
    assert seen
    assert {view.issue for view in seen} == {None}
    assert {pen for view in seen for *_, pen in view.text.values()} == {"chair"}


@pytest.mark.parametrize(
    ("method", "answer", "told"),
    [
        ("speak", 1.5, "Norland: speak answered 1.5; a position is a number 0..1"),
        ("speak", "high", 'Norland: speak answered "high"; a position is a number 0..1'),
        ("propose", {}, "Norland: propose answered a mapping; a proposal maps one issue or more to positions"),
        ("propose", {"scope": -0.1}, "Norland: propose answered on scope -0.1; a position is a number 0..1"),
        ("respond", "yes", 'Norland: respond answered "yes"; it may answer "accept", "object", "block" or None'),
    ],
)
def test_a_bad_answer_is_told_and_changes_nothing(method, answer, told):
    policy = type("Policy", (), {method: lambda *_: answer})()
    model = NegotiationModel(FULL, rng=4, policies={"Norland": policy})
    with pytest.raises(NegsimError) as caught:  # noqa: PT012 - the turn at which it happens is not known
        while model.running:
            before = copied([*model.negotiation.state, *model.negotiation.choice])
            turns, pending, seen = model.turns, model.pending, len(model.datacollector.model_vars["minute"])
            model.step()
    assert str(caught.value) == told
    assert same(before, [*model.negotiation.state, *model.negotiation.choice])
    assert (model.turns, model.pending, model.running) == (turns, pending, True)
    assert len(model.datacollector.model_vars["minute"]) == seen


def test_a_policy_needs_a_seat_and_a_method():
    with pytest.raises(NegsimError, match=r'^"Nordland" has no seat here; did you mean "Norland"\?$'):
        NegotiationModel(SMALL, rng=0, policies={"Nordland": Loud()})
    with pytest.raises(
        NegsimError, match=r"^Norland: a policy has at least one of the methods speak, propose, respond"
    ):
        NegotiationModel(SMALL, rng=0, policies={"Norland": object()})


@pytest.mark.parametrize("name", ["_repsond", "reset", "response", "weigh"])
def test_a_policy_may_have_methods_of_its_own(name):
    policy = type("Policy", (Loud,), {"respond": lambda *_: None, name: lambda *_: None})()
    assert NegotiationModel(SMALL, rng=0, policies={"Norland": policy}).room.policies == {0: policy}


def test_one_who_has_left_is_not_asked():
    changes = ["groups.firms.outside_option=1", "parameters.walkout=1", "parameters.block_cost=0"]
    recorder, walked = Recorder(), 0
    for seed in range(6):
        model = NegotiationModel(load(SMALL, changes=changes), rng=seed, policies={"Firms 1": recorder})
        while model.running:
            gone, known = not model.delegates[3].present, len(recorder.views)
            model.step()
            walked += gone
            assert not gone or len(recorder.views) == known
    assert walked
