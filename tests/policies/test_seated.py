"""Policies in seats: whom a turn asks, what comes of the answers, and the same bits however a run is made."""

import pickle
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from negsim import plugins
from negsim.errors import NegsimError
from negsim.negotiation.runs import LOG_ROWS
from negsim.negotiation.runs import watch as watch_rules
from negsim.negotiation.tables import Move, Outcome
from negsim.policies import SeatedNegotiation
from negsim.policies.views import View
from negsim.report.minutes import transcript
from negsim.scenario import load, loads
from negsim.scenario.lowering import lower, seat_names
from negsim.scenario.schema import dump_yaml
from negsim.study.runner import run, run_steps, typical_run, watch

DATA = Path(__file__).parents[1] / "data"
SMALL, FULL = load(DATA / "small.yaml"), load(DATA / "full.yaml")
CHAIRED = load(DATA / "full.yaml", changes=["methodology=chair_text"])
PACKAGE = load(DATA / "full.yaml", changes=["methodology=package_deal"])
ROOMS = {"small": SMALL, "full": FULL, "chair's text": CHAIRED, "package": PACKAGE}
MINE = '''
class Blocker:
    """It blocks every text."""

    def respond(self, view):
        return "block"


class Middle:
    def draft(self, view):
        return dict.fromkeys(view.issues, 0.5)
'''


class Quiet:
    """It leaves everything to the rules."""

    def speak(self, view):
        """Nothing of its own."""

    propose = respond = draft = speak


class Echo:
    """It answers what would be done by default."""

    def speak(self, view):
        return dict(view.default) if not isinstance(view.default, str | float) else view.default

    propose = respond = draft = speak


class Dicer:
    """It throws dice."""

    def speak(self, view):
        return view.rng.random()

    def respond(self, view):
        return view.rng.choice(["accept", "object", "block"]).item()


class Blocker:
    """It blocks every text that it is asked about."""

    def respond(self, _):
        return "block"


class Counter:
    """It remembers how often it was asked."""

    made: ClassVar = []

    def __init__(self):
        self.asked = 0
        self.made.append(self)

    def speak(self, _):
        self.asked += 1


@pytest.fixture
def mine(load_plugin):
    return load_plugin(MINE)


def tables(runs):
    return b"".join(table.tobytes() for table in runs.results)


def everybody(scenario):
    return [*seat_names(scenario), "chair", "facilitator"]


def play(scenario, policies, turn_by_turn, replication=0):
    room = SeatedNegotiation(scenario, policies, seed=1, replication=replication)
    if turn_by_turn:
        while room.run.outcome == Outcome.RUNNING:
            room.finish_turn()
    else:
        room.go_on()
    return room


@pytest.mark.parametrize("scenario", ROOMS.values(), ids=ROOMS)
@pytest.mark.parametrize("policy", [Quiet, Echo])
def test_one_who_decides_nothing_changes_no_bit(scenario, policy):
    plain = run(scenario, replications=4, seed=1)
    assert tables(run(scenario, replications=4, seed=1, policies=dict.fromkeys(everybody(scenario), policy))) == tables(
        plain
    )


@pytest.mark.parametrize("scenario", ROOMS.values(), ids=ROOMS)
def test_going_on_and_turn_by_turn_give_the_same_bits(scenario):
    for replication in range(3):
        one, other = (play(scenario, {"Norland": Dicer}, turns, replication) for turns in (True, False))
        pairs = zip(one.run.state, other.run.state, strict=True)
        names = [name for name, (a, b) in zip(one.run.state._fields, pairs, strict=True) if a.tobytes() != b.tobytes()]
        assert set(names) <= {"caucuses"}  # work space


def test_a_run_is_the_same_alone_and_in_any_chunk():
    policies = {"Norland": Dicer, "firms": Dicer}
    whole = run(SMALL, replications=6, seed=3, policies=policies)
    parts = [run(SMALL, replications=2, first=first, seed=3, policies=policies) for first in (0, 2, 4)]
    assert tables(whole) != tables(run(SMALL, replications=6, seed=3))
    for name in whole.results._fields:
        joined = np.concatenate([getattr(part.results, name) for part in parts])
        assert getattr(whole.results, name).tobytes() == joined.tobytes()
    *_, (done, total, _) = steps = list(run_steps(SMALL, replications=6, seed=3, policies=policies))
    assert (done, total) == (6, 6)
    assert steps


def test_two_seats_and_two_runs_draw_different_numbers():
    drawn = []

    class Drawer:
        def speak(self, view):
            drawn.append((view.run, view.name, view.rng.random()))

    run(SMALL, replications=3, seed=5, policies={"states": Drawer})
    first = {}
    for address, name, number in drawn:
        first.setdefault((address, name), number)
    assert len(first) > 3
    assert len(set(first.values())) == len(first)


def test_a_trace_is_the_run_that_was_counted():
    counted = run(FULL, replications=3, seed=2, policies={"Norland": Dicer})
    trace = watch(FULL, seed=2, replication=2, policies={"Norland": Dicer})
    assert trace.results.runs.tobytes() == counted.results.runs[2:].tobytes()
    plain = watch_rules(lower(FULL), seed=2, replication=2, log_rows=LOG_ROWS)
    quiet = watch(FULL, seed=2, replication=2, policies={"Norland": Quiet})
    assert quiet.events.tobytes() == plain.events.tobytes()
    assert quiet.position.tobytes() == plain.position.tobytes()


def test_a_class_is_made_for_each_seat_of_each_run():
    Counter.made.clear()
    run(SMALL, replications=3, policies={"states": Counter})
    assert len(Counter.made) == 3 * SMALL.groups["states"].seats
    assert all(one.asked for one in Counter.made[:3])


def test_a_named_seat_comes_before_its_group_and_none_is_nobody():
    room = SeatedNegotiation(SMALL, {"Norland": Quiet, "states": Echo, "firms": None}, seed=0, replication=0)
    assert [type(room.policies.get(seat)).__name__ for seat in range(5)] == [
        "Quiet",
        "Echo",
        "Echo",
        "NoneType",
        "NoneType",
    ]


def test_the_chair_needs_a_draft_and_no_answer_of_a_delegate():
    with pytest.raises(NegsimError, match=r"^chair: a policy has the method draft; this one has none$"):
        run(SMALL, replications=1, policies={"chair": Blocker})
    with pytest.raises(NegsimError, match=r'^chair: a policy has no method "drafts"; did you mean "draft"\?$'):
        run(SMALL, replications=1, policies={"chair": type("Chair", (), {"drafts": lambda *_: None})})


def test_a_spoiler_of_one_issue_meets_it_in_paragraphs_packages_and_reports():
    class Spoiler:
        def respond(self, view):
            return "block" if "scope" in view.issues else None

    for scenario in (load(DATA / "small.yaml", changes=["methodology=rolling_text"]), PACKAGE):
        ends = run(scenario, replications=10, policies={"states": Spoiler, "firms": Spoiler})
        assert ends.column("consensus").sum() == 0.0
        assert ends.by_issue("agreed")[:, 0].sum() == 0.0


def test_a_kept_view_shows_the_moment_of_its_decision():
    class Keeper:
        def __init__(self, looks):
            self.looks, self.kept = looks, []

        def speak(self, view):
            self.kept.append(view)
            if self.looks:
                view.belief["Firms 1"]["scope"]

    looking, keeping = Keeper(looks=True), Keeper(looks=False)
    for keeper in (looking, keeping):
        play(SMALL, {"Norland": keeper}, turn_by_turn=True)
    seen, kept = ([view.belief["Firms 1"]["scope"] for view in keeper.kept] for keeper in (looking, keeping))
    assert len(set(seen)) > 1
    assert kept == seen
    with pytest.raises(NegsimError, match="while the decision is due"):
        keeping.kept[0].brief()


def test_what_a_view_does_not_have_is_refused_with_the_name_that_was_meant():
    room = SeatedNegotiation(SMALL, {}, seed=1, replication=0)
    view = View(room, 0, room.run.pending, None)
    for wrong, meant in (("mintue", "minute"), ("beliefs", "belief"), ("nane", "name")):
        with pytest.raises(AttributeError, match=f'^the view of {view.name} has no "{wrong}"; did you mean "{meant}"'):
            getattr(view, wrong)


def test_no_time_is_left_after_the_deadline():
    room = SeatedNegotiation(SMALL, {}, seed=1, replication=0)
    room.run.state.clock["minute"] = room.deadline + 1.0
    assert View(room, 0, room.run.pending, None).minutes_left == 0.0


def test_only_who_still_has_a_secret_is_asked_to_whom_to_show_it():
    class Shower:
        def __init__(self):
            self.secrets = []

        def show(self, view):
            self.secrets.append(view.secret)
            return next(iter(view.belief))

    storm = load("storm")
    for seat, delegate in enumerate(storm.delegates):
        shower = Shower()
        room = SeatedNegotiation(storm, {delegate.name: shower}, seed=3, replication=0)
        room.go_on()
        assert shower.secrets == list(delegate.secret)
        assert (room.shown(seat) >= 0) == bool(delegate.secret)


@pytest.mark.parametrize("answer", [3, ["Mei Tan"], "Greta Holm"])
def test_a_secret_is_shown_to_one_other_delegate(answer):
    policy = type("Odd", (), {"show": lambda *_: answer})
    with pytest.raises(NegsimError, match=r"^Greta Holm: show answered .*; it may name another delegate$"):
        SeatedNegotiation(load("storm"), {"Greta Holm": policy}, seed=3, replication=0).go_on()


def test_learning_is_the_change_of_a_belief():
    views, before = [], SeatedNegotiation(SMALL, {}, seed=1, replication=0).belief(0, 3)

    class Keeper:
        def respond(self, view):
            views.append(view)

    play(SMALL, {"Norland": Keeper}, turn_by_turn=True)
    last = views[-1]
    assert last.learnt["Firms 1"]["scope"] == last.belief["Firms 1"]["scope"] - before["scope"]
    assert last.learnt["Firms 1"]["scope"] != 0.0


def test_a_brief_has_what_the_delegate_knows_and_is_asked():
    briefs = {}

    class Reader:
        def speak(self, view):
            briefs.setdefault(view.move, view.brief())

        propose = respond = draft = speak

    for scenario in ROOMS.values():
        run(scenario, replications=3, policies={"Norland": Reader, "chair": Reader})
    assert {Move.SPEAK, Move.READ, Move.READ_PACKAGE, Move.ADOPT, Move.DRAFT} <= briefs.keys()
    assert all("Your brief: Norland" in text for move, text in briefs.items() if move != Move.DRAFT)
    assert all("you want it" in text for move, text in briefs.items() if move != Move.DRAFT)
    assert "The room reads the paragraph" in briefs[Move.READ]
    assert "You hold the pen" in briefs[Move.DRAFT]


def test_a_written_brief_is_read_by_its_seat_alone():
    briefs = {}

    class Reader:
        def respond(self, view):
            briefs[view.name] = view.brief()

    run(FULL, replications=1, policies={"Norland": Reader, "St. Ann": Reader})
    ours, theirs = briefs["St. Ann"], briefs["Norland"]
    assert "What happened: The <i>water</i> rose. Nobody *moved*." in ours
    assert "What happened" in theirs
    assert "Who you are: You speak for an island, <b>and</b> for [nobody](else). You came by boat." in ours
    assert "What you can say aloud: “*We* drown first.” “low”" in ours
    assert "What only you know: You have 2 votes & a promise." in ours
    assert "2 votes" not in theirs
    assert "Who you are" not in theirs


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (0.5, r"^chair: draft answered 0.5; a draft maps one issue or more to positions$"),
        ({"scope": 2}, r"^chair: draft answered on scope 2; a position is a number 0..1$"),
        ({"scoop": 0.2}, r'^chair: draft answered on "scoop"; no such issue; did you mean "scope"\?$'),
    ],
)
def test_a_bad_draft_is_refused(answer, message):
    chair = type("Chair", (), {"draft": lambda *_: answer})
    with pytest.raises(NegsimError, match=message):
        run(CHAIRED, replications=1, policies={"chair": chair})


@pytest.mark.usefixtures("mine")
def test_a_scenario_names_a_policy_of_a_loaded_plugin():
    scenario = load(DATA / "small.yaml", changes=['policies.Norland="mine:Blocker"'])
    plain = run(SMALL, replications=5, policies={"Norland": Blocker})
    for runs in (run(scenario, replications=5), run(SMALL, replications=5, policies={"Norland": "mine:Blocker"})):
        assert tables(runs) == tables(plain)
    assert loads(dump_yaml(scenario)) == scenario
    typical = typical_run(run(scenario, replications=5))
    assert "Norland" in transcript(typical.scenario, typical.trace)


@pytest.mark.usefixtures("mine")
def test_a_policy_may_be_uncertain():
    either = "uncertain={policies.Norland: {one_of: ['mine:Blocker', none]}}"
    scenario = load(DATA / "small.yaml", changes=["methodology=rolling_text", either])
    base = load(DATA / "small.yaml", changes=["methodology=rolling_text"])
    runs, with_it, without = (
        run(scenario, replications=12, seed=4),
        run(base, replications=12, seed=4, policies={"Norland": "mine:Blocker"}),
        run(base, replications=12, seed=4),
    )
    drawn = runs.frame()["drawn.policies.Norland"]
    assert set(drawn) == {"mine:Blocker", "none"}
    for r, name in enumerate(drawn):
        same = with_it if name == "mine:Blocker" else without
        assert runs.results.runs[r].tobytes() == same.results.runs[r].tobytes()


@pytest.mark.usefixtures("mine")
def test_the_chair_of_a_file_drafts():
    scenario = load(DATA / "full.yaml", changes=["methodology=chair_text", 'policies.chair="mine:Middle"'])
    trace = watch(scenario, seed=2)
    assert {event.place for event in trace.events if event.move == Move.DRAFT} == {0.5}


def test_a_policy_travels_to_a_process(mine):
    task = pickle.dumps((plugins.loaded(), mine.objects["Blocker"]))
    with ProcessPoolExecutor(1) as pool:
        assert pool.submit(_name_of, task).result() == "Blocker"


def _name_of(task):
    return pickle.loads(task)[1].__name__  # noqa: S301 - made above
