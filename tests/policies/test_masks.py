"""What a seat may know of a negotiation: no byte depends on another's secret, and every column is classed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from negsim import load
from negsim.negotiation.floor import choose
from negsim.negotiation.tables import EventRow, Move, Outcome, allocate_choice, fields
from negsim.policies import SeatedNegotiation, masks
from negsim.policies.masks import NOBODY, ROOM, SEAT, Mask, columns_of, masked_events, who_knows, whole_of
from negsim.studio.shared import SharedTable

NAMES = ("storm", "classroom", "cstd_wgigf_2011", "cstd_wgigf_2012", "netmundial_2014")
TURNS = 300
READINGS = {
    Move.READ, Move.DISCUSS, Move.READ_PACKAGE, Move.ADOPT, Move.READ_AMENDMENT, Move.READ_OFFER,
}  # fmt: skip


def room_of(name, seed=5):
    return SeatedNegotiation(load(name), {}, seed=seed, replication=0, log_rows=2_000)


def overwritten(tables, case, seat, generator):
    """Put random numbers where the seat may not look; return how many bytes of them differ."""
    changed = 0
    for name, table in tables._asdict().items():
        if name == "log":
            continue
        for column in table.dtype.names or ("",):
            knows = who_knows(type(tables).__name__, name, column)
            if knows is ROOM or (name, column) == ("clock", "logged"):  # which says how long the log is
                continue
            values = table[column] if column else table
            hidden = np.ones(table.shape, np.bool_)
            if knows is SEAT:
                hidden[masks._rows_of(name, table, case, seat)] = False
            noise = generator.integers(0, 2, table.shape) if values.dtype.kind != "f" else generator.random(table.shape)
            values[hidden] = noise.astype(values.dtype)[hidden]
            changed += int(hidden.sum())
    return changed


def as_known(tables, case, seat):
    """Tables as the page of a seat has them: what it may not know is blank."""
    known = type(tables)(*map(masks.blank_of, tables))
    for name, table in tables._asdict().items():
        if masks._is_sent(name):
            flags = masks._flags_of(type(tables).__name__, name, table, case, seat).ravel()
            into, whole = (one.reshape(-1).view(np.uint8).reshape(-1) for one in (getattr(known, name), table))
            into[flags] = whole[flags]
    return known


def test_what_a_delegate_thinks_and_was_given_is_its_own():
    own = {"opinions": "position instructions weight red_low red_high", "delegates": "openness camp spillover"}
    columns = [(table, column) for table, names in own.items() for column in names.split()]
    assert {who_knows("State", *one) for one in [*columns, ("trust", ""), ("belief", "")]} == {SEAT}


def test_every_column_is_classed_and_no_rule_is_of_a_column_that_is_not():
    room = room_of("storm")
    columns = {
        (type(tables).__name__, table, column)
        for tables in (room.run.case, room.run.state)
        for table, column in columns_of(tables)
    } | {("Event", "log", column) for column in fields(EventRow)}
    known = masks.rules()
    assert [one for one in columns if one not in known and (*one[:2], "*") not in known] == []
    assert [one for one in known if one[2] != "*" and one not in columns] == []
    assert all(why for _, why in known.values())


def test_a_column_without_a_rule_is_nobodys():
    assert who_knows("State", "delegates", "secret_plan") is NOBODY


@pytest.mark.parametrize("name", NAMES)
def test_no_byte_depends_on_anothers_secret(name):
    """Of a state at each of up to 300 turns, and of the case, with all that is hidden from a seat replaced."""
    room, generator, turns = room_of(name), np.random.default_rng(3), 0
    seats = generator.permutation(len(room.names))[:3]
    while room.run.outcome == Outcome.RUNNING and turns < TURNS:
        if turns % 5 == 0:
            for seat in seats.tolist():
                for tables in (room.run.state, room.run.case):
                    mask, copy = Mask(tables, room.run.case, seat), type(tables)(*(one.copy() for one in tables))
                    before = mask.of(whole_of(copy))
                    assert overwritten(copy, room.run.case, seat, generator) > 0
                    assert (mask.of(whole_of(copy)) == before).all()
        room.finish_turn()
        turns += 1


@pytest.mark.parametrize("name", NAMES)
def test_a_page_finds_the_decisions_of_its_seat_in_what_it_may_know(name):
    """But for motions, on which the delegate draws: the server says what it would answer."""
    room, generator = room_of(name), np.random.default_rng(8)
    run, tried = room.run, 0
    while run.outcome == Outcome.RUNNING:
        turn, speaks = run.pending, run.pending.move in {Move.SPEAK, Move.TABLE, Move.SUBMIT}
        if speaks or turn.move in READINGS:
            seat = turn.who if speaks else int(generator.integers(len(room.names)))
            case, state = (as_known(tables, run.case, seat) for tables in (run.case, run.state))
            choice = allocate_choice(*case.stances.shape)
            choose(case, state, turn, choice)
            said = slice(turn.issue, turn.issue + 1) if turn.move == Move.SPEAK else slice(None)
            for column, at in (("values", said),) if speaks else (("response", seat), ("shortfall", seat)):
                np.testing.assert_array_equal(getattr(choice, column)[at], getattr(run.choice, column)[at])
            tried += 1
        room.finish_turn()
    assert tried > 10


def test_events_tell_nothing_that_is_anothers():
    room = room_of("storm")
    while room.run.outcome == Outcome.RUNNING:
        room.finish_turn()
    log = room.run.state.log[: int(room.run.state.clock["logged"][0])]
    log[0].move, log[0].who, log[0].whom = Move.ASIDE.value, 2, 3
    log[1].move, log[1].who, log[1].whom = Move.QUESTION.value, 1, 2
    seen = masked_events(log, 1)
    assert len(seen) == len(log) - 1
    assert np.isnan(seen["position"]).all()
    assert np.isnan(seen["passable"]).all()
    assert np.isnan(seen["shortfall"]).all()


@pytest.mark.parametrize("name", ["storm", "cstd_wgigf_2011"])
def test_what_the_server_says_beside_the_bytes_is_declared(name):
    """All that a page gets is the same where others' numbers are others, but for how they see its seat."""
    scenario, generator = load(name), np.random.default_rng(4)
    names = room_of(name).names[::4]
    table = SharedTable(scenario, names, seed=4, replication=0)
    table.take_seats(names)
    table.go_on()
    for turn in range(100):
        for one in table.waits_for():
            table.take(one, [])
        if turn % 10 == 0 and not table.is_over:
            before, run = table.news(names[1], -1)["whole"], table.room.run
            kept = [one.copy() for one in run.state]
            overwritten(run.state, run.case, table.numbers[names[1]], generator)
            table._news[table.numbers[names[1]]]._state = table._news[table.numbers[names[1]]]._state_mask.of(
                whole_of(run.state)
            )
            after = table.news(names[1], -1)["whole"]
            for one, was in zip(run.state, kept, strict=True):
                one[...] = was
            assert [key for key in before if before[key] != after[key]] == ["seen"]
            json.dumps(after, allow_nan=False)
