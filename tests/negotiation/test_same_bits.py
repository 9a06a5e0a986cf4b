"""The same bits: compiled or not, in any chunks and threads, whoever drives; and one change has one effect."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import bits
from cases import CODES, beliefs, case, columns, contested, plan, rows
from negsim.kernel import UNCOMPILED
from negsim.negotiation.floor import begin, play
from negsim.negotiation.runs import Negotiation, replicate, replicate_recorded, watch
from negsim.negotiation.tables import DRAFTS, PROPOSES, RESPONDS, SPEAKS, Move, Outcome, Row, State
from negsim.randomness import stream
from negsim.scenario import load, with_changes
from negsim.scenario.lowering import lower
from negsim.study.runner import chunks, run_case

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
SEED = 2011
LOTS = 12 if UNCOMPILED else 520  # replications: three chunks where they cost nothing


def same_bits(one, other):
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


def differences(one, other):
    """Names of the columns of two states or results that are not the same bits."""
    others = columns(other)
    return [name for name, column in columns(one).items() if not same_bits(column, others[name])]


def test_compiled_and_uncompiled_runs_are_the_same_bits(tmp_path):
    switched = "0" if UNCOMPILED else "1"
    file = tmp_path / "tables.npz"
    subprocess.run(
        [sys.executable, bits.__file__, str(file)], env=os.environ | {"NUMBA_DISABLE_JIT": switched}, check=True
    )
    here = bits.tables()
    with np.load(file) as there:
        assert set(there) == set(here)
        assert [name for name, table in here.items() if not same_bits(table, there[name])] == []


def test_chunks_cover_every_replication_once():
    covered = [r for first, count in chunks(17, 1234, 100) for r in range(first, first + count)]
    assert covered == list(range(17, 17 + 1234))


@pytest.mark.parametrize("methodology", ["as_written", "chair_text", "package_deal", "tabled_proposals"])
def test_going_on_stops_at_each_decision_of_those_asked_and_changes_no_bit(methodology):
    room = lower(load(SMALL.with_name("full.yaml"), changes=[f"methodology={methodology}"]))
    seats, responses = (
        len(room.seats),
        {Move.READ, Move.DISCUSS, Move.READ_PACKAGE, Move.ADOPT, Move.RENEW, Move.MOTION},
    )
    asked = np.zeros(seats + 2, np.int64)
    asked[0], asked[seats] = SPEAKS + PROPOSES + RESPONDS, DRAFTS
    due = []
    plain, quick = (Negotiation(room, seed=SEED) for _ in range(2))
    for turn, minute in iter(lambda: (plain.pending, plain.minute), None):
        if plain.outcome != Outcome.RUNNING:
            break
        held = turn.move in {Move.SPEAK, Move.TABLE, Move.SUBMIT} and turn.who == 0
        if held or turn.move == Move.DRAFT or (turn.move in responses and plain.state.delegates["present"][0]):
            due.append((turn, minute))
        plain.finish_turn()
    stops = []
    quick.go_on(asked)
    while quick.outcome == Outcome.RUNNING:
        stops.append((quick.pending, quick.minute))
        quick.follow()
        quick.go_on(asked)
    assert stops == due
    assert set(differences(plain.state, quick.state)) <= {"caucuses"}


def test_going_on_stops_at_a_minute_and_at_the_end():
    room, nobody = contested(), np.zeros(len(contested().seats) + 2, np.int64)
    run = Negotiation(room, seed=SEED)
    run.go_on(nobody, 100.0)
    _, rows = replicate_recorded(room, SEED, 0, 1, np.array([100.0, np.inf]))
    assert run.minute >= 100.0
    assert same_bits(run.moment(), rows[:, :1])
    run.go_on(nobody)
    assert run.outcome != Outcome.RUNNING
    assert differences(run.measured(), replicate(room, SEED, 0, 1)) == []


def test_one_and_two_threads_give_the_same_bits():
    room = contested()
    one, two = (run_case(room, replications=LOTS, seed=SEED, first=9, threads=threads) for threads in (1, 2))
    assert differences(one, two) == []


def test_watching_a_run_changes_nothing():
    for room in (case(), contested()):
        for replication in range(3):
            seen = watch(room, seed=SEED, replication=replication)
            assert differences(seen.state, play(room, stream(SEED, replication), 0)) == []
            assert differences(seen.results, replicate(room, SEED, replication, 1)) == []


DRAWN = ("position", "instructions", "first_position", "salience", "weight", "red_low", "red_high")
OWN = ("temper", "chair_trust", "wish", "camp")


def people(state: State, seats):
    """Everything that was drawn for these seats and between them."""
    seats = list(seats)
    views = {name: state.views[name][seats] for name in DRAWN}
    own = {name: state.delegates[name][seats] for name in OWN}
    return views | own | {"trust": state.trust[np.ix_(seats, seats)]}


def changed(one, other):
    return {name for name in one if not same_bits(np.ascontiguousarray(one[name]), np.ascontiguousarray(other[name]))}


def crowd(sizes=(4, 3), **changes):
    """A room in which everything is drawn."""
    return contested(sizes, 2, stances={"red_low": 0.05, "red_spread": 0.02, **changes.pop("stances", {})}, **changes)


def moved_seat(mean):
    centres = np.repeat([0.3, 0.7], (4, 3))[:, None] + np.zeros((7, 2))
    centres[1, 0] = mean
    return crowd(stances={"position": centres})


def test_another_mean_moves_one_position_and_nothing_else_that_is_drawn():
    before, after = (begin(moved_seat(mean), stream(SEED, 4), 0) for mean in (0.3, 0.45))
    others = [i for i in range(7) if i != 1]
    assert changed(people(before, others), people(after, others)) == set()
    assert changed(people(before, [1]), people(after, [1])) == {"position", "instructions", "first_position"}
    assert before.views["position"][1, 1] == after.views["position"][1, 1]


def test_another_mean_moves_beliefs_only_where_it_is_believed():
    before, after = (beliefs(begin(moved_seat(mean), stream(SEED, 4), 0)) for mean in (0.3, 0.45))
    k, about, holder = np.nonzero(before != after)
    assert set(k) == {0}
    # Everybody sees it alone elsewhere, and it sees the other group anew.
    assert {(j, i) for j, i in zip(about, holder, strict=True) if i != 1} == {(1, i) for i in (0, 2, 3, 4, 5, 6)}
    assert set(about[holder == 1]) == {1, 4, 5, 6}


# Habits under which nobody learns and no trust changes, and two meetings that do not ask for proposals.
STILL = ("contact_gain", "frank_learning", "learning", "posturing", "reconsideration", "trust_gain", "trust_loss")
DAYS = (
    (("questionnaire", 60.0), ("chair_text", 90.0)),
    (("rolling_text", 200.0),),
    (("drafting_group", 60.0), ("straw_poll", 60.0), ("package_deal", 90.0)),
)


def agenda(extra=None, before=0, **changes):
    """Two meetings, of two days and of one, as entries; one more row may be put before one of those."""
    entries = []
    for day, sessions in enumerate(DAYS):
        where = {"meeting": day // 2, "day": day % 2}
        entries += [where | {"kind": Row.SESSION, "format": CODES[name], "minutes": m} for name, m in sessions]
        entries.append(where | {"kind": Row.EVENING, "mixed_share": 0.5, "caucus": False})
        if day > 0:
            entries.append(where | {"kind": Row.MEETING_END})
    entries.append({"kind": Row.END, "meeting": 1})
    if changes:
        entries[before] = entries[before] | changes
    if extra is not None:
        at = entries[before]
        entries.insert(before, {"meeting": at["meeting"], "day": at.get("day", 0)} | extra)
    return entries


def quietly(entries, named=None):
    """A run through these entries in a room where talk has no effect; named: the row whose seats 1 and 5 are named."""
    habits = dict.fromkeys(STILL, 0.0) | {"goodwill": 0.4, "climate": 0.1}
    seats = np.zeros((len(entries), 9), np.int64)
    if named is not None:
        seats[named, [1, 5]] = 1
    return watch(contested(timetable=rows(entries), plan_seats=seats, parameters=habits), seed=SEED)


EVENTS = {
    "submission": {"kind": Row.SUBMISSION},
    "reaffirmation": {"kind": Row.REAFFIRM, "quality": 0.0},
    "motion of those present": {"kind": Row.MOTION},
    "no days": {"kind": Row.GAP},
    "a record that teaches nobody": {"kind": Row.GAP, "record": True},
    "capitals that stay where they are": {"kind": Row.GAP, "reconsider": True, "circulate": 0.0},
}
OF_PROPOSALS = {"waiting", "proposed", "opinions.statement", "clock.tabled"}


@pytest.mark.parametrize("before", [0, 1, 3, 4, 7, 9])
@pytest.mark.parametrize("event", EVENTS)
def test_an_event_more_leaves_every_other_draw_alone(event, before):
    """Where an event changes nobody, nothing else of a run is other than without it."""
    without, one_more = quietly(agenda()), quietly(agenda(EVENTS[event], before), before)
    allowed = OF_PROPOSALS if event == "submission" else set()
    changed = {name for name in differences(without.state, one_more.state) if not name.startswith("proposals.")}
    assert changed <= allowed | {"clock.row"}
    of_the_event = {Move.TABLE, Move.REAFFIRM, Move.MOTION, Move.GAP, Move.RECORD, Move.CIRCULATE, Move.RECONSIDER}
    kept, others = (trace.events[~np.isin(trace.events["move"], list(of_the_event))] for trace in (without, one_more))
    assert str(kept.tolist()) == str(others.tolist())
    assert len(one_more.events) > len(without.events)
    assert {Move.READ, Move.SPEAK, Move.DRAFT_IN_GROUP, Move.POLL} <= set(without.events["move"])


def test_no_share_of_corridor_talk_means_no_breaks():
    scenario = load(SMALL)
    assert len(lower(scenario).breaks) == 0
    assert len(lower(with_changes(scenario, ["process.informal.breaks=9"])).breaks) == 0
    assert len(lower(with_changes(scenario, ["informal.corridors=0.1"])).breaks) == 12
    assert len(lower(with_changes(scenario, ["informal.corridors=0.1", "process.informal.breaks=0"])).breaks) == 0


LATER = ("hope", "goodwill", "aspiration", "ambiguity", "dilution", "block_cost", "devaluation")  # move the zone too


@pytest.mark.parametrize(
    "change",
    [
        {"setting": {"pressure": 0.1}},
        {"setting": {"blocks": 3, "separable": True, "record_dissent": True}},
        {"timetable": plan([[("chair_text", 30.0)]], mixed=1.0)},
        {"seats": {"may_block": False}},
        *({"parameters": {name: 0.11}} for name in ("persuasion", "posturing", "learning", "trust_loss", *LATER)),
    ],
    ids=str,
)
def test_a_knob_leaves_the_population_alone(change):
    before, after = begin(crowd(), stream(SEED, 4), 0), begin(crowd(**change), stream(SEED, 4), 0)
    assert [name for name in differences(before, after) if not name.endswith("zone_start")] == []


@pytest.mark.parametrize(
    "change",
    ["meetings.count=3", "methodology=convergence_mapping", "informal.mixed_evenings=1", "informal.corridors=1"],
)
def test_the_knobs_leave_the_population_alone(change):
    scenario = load(SMALL)
    before, after = (begin(lower(with_changes(scenario, changes)), stream(SEED, 4), 0) for changes in ([], [change]))
    assert differences(before, after) == []


def test_a_knob_changes_nothing_before_it_works():
    """Evenings spent otherwise: the first day is the same, turn by turn."""
    first, second = (
        Negotiation(contested(timetable=plan([[("questionnaire", 90.0)]] * 2, mixed=mixed)), seed=SEED)
        for mixed in (0.0, 1.0)
    )
    while first.pending.move != Move.EVENING:
        assert first.pending == second.pending
        assert differences(first.state, second.state) == []
        first.finish_turn()
        second.finish_turn()
    first.finish_turn()
    second.finish_turn()
    assert differences(first.state, second.state) != []
