"""What holds in every negotiation, whoever sits in it and whatever is on the plan."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import beliefs, case, columns, contested
from generated import cases
from negsim.kernel import UNCOMPILED
from negsim.negotiation.acceptance import PRECISION, TEXTS, loss, zone_exists
from negsim.negotiation.floor import begin, choose, follow, next_turn, play
from negsim.negotiation.measures import MEASURES, allocate_results
from negsim.negotiation.tables import Move, Outcome, Response, Status, allocate_choice
from negsim.negotiation.tally import measure
from negsim.randomness import stream

MANY = settings(max_examples=10 if UNCOMPILED else 40)
CLOSE = 1e-9
MOVING = {Move.SPEAK, Move.READ, Move.DISCUSS, Move.READ_PACKAGE, Move.AVERAGE, Move.ENCOUNTER, Move.GATHER}
CLOSED = (Status.AGREED, Status.DISSENT)
CLOSING = {Move.READ, Move.DISCUSS, Move.READ_PACKAGE, Move.READ_AMENDMENT, Move.READ_OFFER}


def within_unit(*tables):
    for table in tables:
        numbers = table[~np.isnan(table)]
        assert (numbers >= -1e-12).all()
        assert (numbers <= 1.0 + 1e-12).all()


def check_ranges(state):
    within_unit(state.views["position"], beliefs(state), state.trust, state.trust_base, state.paragraphs["text"])
    within_unit(
        state.delegates["chair_trust"],
        state.paragraphs["precision"],
        state.views["instructions"],
        state.views["statement"],
    )
    np.testing.assert_allclose(state.views["salience"].sum(axis=1), 1.0, atol=1e-12)
    assert (state.trust.diagonal() == 1.0).all()


def check_running_sums(state):
    """Of those in the room; nobody asks what the sums of the others are."""
    here, group = state.delegates["present"], state.delegates["group"]
    across = (group[:, None] != group[None, :])[np.ix_(here, here)]  # [about, holder]
    trust, own, views = state.trust[np.ix_(here, here)], state.delegates[here], state.views[here]
    assert (own["out_count"] == across.sum(axis=0)).all()
    np.testing.assert_allclose(own["trust_out"], (trust * across).sum(axis=0), rtol=0, atol=CLOSE)
    np.testing.assert_allclose(own["trust_received"], (trust * across).sum(axis=1), rtol=0, atol=CLOSE)
    home = ~across & ~np.eye(len(own), dtype=bool)
    np.testing.assert_allclose(own["trust_home"], (trust * home).sum(axis=0), rtol=0, atol=CLOSE)
    for k in range(len(state.paragraphs)):
        belief = beliefs(state)[k][np.ix_(here, here)]
        np.testing.assert_allclose(views["believed_out"][:, k], (belief * across).sum(axis=0), rtol=0, atol=CLOSE)
        np.testing.assert_allclose(
            views["believed_squares"][:, k], (belief**2 * across).sum(axis=0), rtol=0, atol=CLOSE
        )
        np.testing.assert_allclose(views["believed_room"][:, k], belief.sum(axis=0), rtol=0, atol=CLOSE)


def check_clock(room, state):
    clock, row = state.clock[0], room.plan[state.clock["row"][0]]
    assert state.minutes.sum() == pytest.approx(clock["minute"], abs=1e-6)
    if clock["in_session"]:
        assert clock["minute"] <= clock["session_ends"] + CLOSE
        assert clock["session_ends"] == pytest.approx(row["starts"] + row["minutes"], abs=CLOSE)


def check_brackets(room, state):
    may = room.seats["may_block"] & state.delegates["present"]
    assert not state.views["bracket"][~may].any()
    closed = np.isin(state.paragraphs["status"], CLOSED)
    assert not state.views["bracket"][:, closed].any()
    empty = state.paragraphs["status"] == Status.EMPTY
    assert (np.isnan(state.paragraphs["text"]) == empty).all()


def check_refusals(room, state):
    """Refusals are of texts or amendments; none is known where there is no text; softening takes them off the scale."""
    below, above = state.opinions["refused_below"], state.opinions["refused_above"]
    assert ((below <= 1.0) & (above >= 0.0)).all()
    unread = (Status.EMPTY,) if room.setting["amendments"][0] else (Status.EMPTY, Status.OPEN)
    new = np.isin(state.paragraphs["status"], unread)
    assert (below[new] == -math.inf).all()
    assert (above[new] == math.inf).all()


def check_answers(room, state, choice):
    """Blockers are among those who object, and those among the present; only some may block."""
    blockers, objectors = choice.response == Response.BLOCK, choice.response != Response.ACCEPT
    assert not (blockers & ~objectors).any()
    assert not (objectors & ~state.delegates["present"]).any()
    assert not (blockers & ~room.seats["may_block"]).any()


def crosses(state, k, text):
    return state.delegates["present"] & ((text < state.views["red_low"][:, k]) | (text > state.views["red_high"][:, k]))


def meddle(rng, state, choice):
    """Somebody at the table decides otherwise."""
    here = state.delegates["present"] & (rng.random(len(choice.response)) < 0.2)
    choice.response[here] = rng.integers(0, 3, here.sum())


def walk(room, seed, *, rng=None):
    """Play a case turn by turn, and check what has to hold after each."""
    state, choice = begin(room, stream(seed, 0), 0), allocate_choice(*room.stances.shape)
    check_ranges(state)
    minutes, climate = 0.0, state.clock["climate"][0]
    while state.clock["outcome"][0] == Outcome.RUNNING:
        turn, row = next_turn(room, state), room.plan[state.clock["row"][0]]
        choose(room, state, turn, choice)
        reads = turn.move in {Move.READ, Move.READ_PACKAGE}
        if rng is not None and (reads or turn.move in {Move.DISCUSS, Move.ADOPT, Move.MOTION}):
            meddle(rng, state, choice)
        position, status = state.views["position"].copy(), state.paragraphs["status"].copy()
        text, turns = state.paragraphs["text"].copy(), state.clock["turn"][0]
        follow(room, state, turn, choice)
        if turn.move == Move.CLOSE_MEETING:
            assert state.clock["turn"][0] == 0
        elif turn.move != Move.ADOPT:
            assert state.clock["turn"][0] == turns + (Move.SPEAK <= turn.move <= Move.CLOSE_SESSION)
        assert state.clock["climate"][0] == climate
        assert state.clock["minute"][0] >= minutes - CLOSE
        minutes = state.clock["minute"][0]
        if reads:
            check_answers(room, state, choice)
        if turn.move not in MOVING and not (turn.move == Move.EVENING and row["caucus"]):
            assert (state.views["position"] == position).all()
        closed = np.isin(status, CLOSED)
        if turn.move != Move.RENEW or not row["clean_slate"]:
            assert (state.paragraphs["status"][closed] == status[closed]).all()
            assert (state.paragraphs["text"][closed] == text[closed]).all()
        newly = np.isin(state.paragraphs["status"], CLOSED) & ~closed
        for k in np.flatnonzero(newly):
            assert turn.move in CLOSING
            if rng is None and room.setting[0].blocks == 0:
                assert not (crosses(state, k, state.paragraphs["text"][k]) & room.seats["may_block"]).any()
        check_ranges(state)
        check_running_sums(state)
        check_clock(room, state)
        check_brackets(room, state)
        check_refusals(room, state)
    assert state.clock["warnings"][0] <= 3
    return state, choice


def snapshot(state):
    return {name: np.ascontiguousarray(column).tobytes() for name, column in columns(state).items()}


RANGES = {
    "outcome": (1, 6), "depth": (0, 1), "ambition": (0, 1), "precision": (0, 1), "share_agreed": (0, 1),
    "first_text": (0, 1), "reversals": (0, 1), "passable_readings": (0, 1),
    "share_dissent": (0, 1), "zone_start": (0, 1), "zone_end": (0, 1), "satisfaction": (0, 1),
    "spread": (0, 0.5), "concession": (0, 1), "consensus_tastle_wierman": (0, 1), "agreement_van_der_eijk": (-1, 1),
    "polarisation_esteban_ray": (0, 1), "renewal_support": (0, 1), "perceived_distance_start": (0, 1),
    "perceived_distance_end": (0, 1), "real_distance_start": (0, 1), "real_distance_end": (0, 1),
    "trust_within_start": (0, 1), "trust_within_end": (0, 1), "trust_across_start": (0, 1), "trust_across_end": (0, 1),
    "trust_chair_start": (0, 1), "trust_chair_end": (0, 1), "would_no_formal_objection": (0, 1),
    "would_rough_consensus": (0, 1), "would_consensus_minus_1": (0, 1), "would_majority_per_group": (0, 1),
}  # fmt: skip
PAIRS = ("trust_within", "trust_across", "trust_chair", "perceived_distance", "real_distance")
MAY_BE_NOTHING = {"worst_shortfall", "depth", "ambition", "precision", "last_closed", "renewal_support", "reversals"}
MAY_BE_NOTHING |= {"passable_readings", "table_score"}
MAY_BE_NOTHING |= {f"{name}_{when}" for name in PAIRS for when in ("start", "end")}


def check_measures(room, state):
    results = allocate_results(room, 1)
    measure(room, state, results, 0)
    row = dict(zip(MEASURES, results.runs[0].tolist(), strict=True))
    issues, n = len(state.paragraphs), len(state.delegates)
    for name, value in row.items():
        low, high = RANGES.get(name, (-math.inf, math.inf))
        assert name in MAY_BE_NOTHING or not math.isnan(value), name
        assert math.isnan(value) or low - 1e-12 <= value <= high + 1e-12, (name, value)
    assert row["closable_issues"] + row["no_zone"] + issues * row["share_agreed"] == pytest.approx(issues)
    assert 0 <= row["blocking_number"] <= n
    assert row["minutes"] == pytest.approx(results.minutes[0].sum(), abs=1e-6)
    assert (row["outcome"] == Outcome.CONSENSUS) <= (row["share_agreed"] == 1.0)
    if row["outcome"] == Outcome.CONSENSUS:
        assert state.delegates["present"][room.seats["may_block"]].all()
    assert row["would_no_formal_objection"] <= row["would_consensus_minus_1"]
    assert row["delegates_left"] == results.groups["left"][0].sum()
    assert math.isnan(row["table_score"]) == (not room.setting[0]["has_moves"])
    assert math.isnan(row["last_closed"]) == (row["share_agreed"] < 1.0)
    for name in ("trust_across_start", "perceived_distance_start", "real_distance_start"):
        assert math.isnan(row[name]) == (len(room.group_size) == 1), name
    assert math.isnan(row["trust_within_start"]) == (room.group_size.max() == 1)
    assert math.isnan(row["trust_chair_end"]) == (row["delegates_left"] == n)


@MANY
@given(cases(), st.integers(0, 2**64 - 1))
def test_every_negotiation_keeps_the_rules(room, seed):
    state, choice = walk(room, seed)
    check_measures(room, state)
    before = snapshot(state)
    for _ in range(3):
        turn = next_turn(room, state)
        assert turn == (Move.NOTHING, -1, -1)
        choose(room, state, turn, choice)
        follow(room, state, turn, choice)
    assert snapshot(state) == before


@MANY
@given(cases(), st.integers(0, 2**32))
def test_whatever_people_decide_the_rules_are_kept(room, seed):
    state, _ = walk(room, seed, rng=np.random.default_rng(seed))
    check_measures(room, state)


@pytest.mark.parametrize("replication", range(3))
def test_a_long_contested_negotiation_keeps_the_rules(replication):
    room = contested()
    state, _ = walk(room, replication)
    check_measures(room, state)


@MANY
@given(cases())
def test_turn_by_turn_and_at_once_are_the_same(room):
    state, _ = walk(room, 5)
    assert snapshot(state) == snapshot(play(room, stream(5, 0), 0))


@MANY
@given(st.integers(0, 2**20), st.floats(0.02, 0.5))
def test_a_red_line_clash_is_never_agreed_by_consensus(seed, width):
    """Two camps whose red lines exclude each other."""
    low, high = np.full((8, 2), -np.inf), np.full((8, 2), np.inf)
    low[:4, 0], high[4:, 0] = 0.5 + width / 2, 0.5 - width / 2
    room = contested(
        (4, 4), 2, stances={"red_low": low, "red_high": high, "red_spread": 0.0}, parameters={"goodwill": 0.9}
    )
    state = play(room, stream(seed, 0), 0)
    assert state.paragraphs["status"][0] not in CLOSED
    assert state.clock["outcome"][0] != Outcome.CONSENSUS
    assert not state.paragraphs["zone_start"][0]


@MANY
@given(cases(), st.integers(0, 1000))
def test_a_plan_is_never_overspent(room, seed):
    state = play(room, stream(seed, 0), 0)
    scheduled = [room.plan["minutes"][room.plan["format"] == f].sum() for f in range(len(room.formats))]
    assert (state.minutes[:-1] <= np.array(scheduled) + 1e-6).all()
    assert state.clock["minute"][0] <= room.plan["deadline"].max() + 1e-6


# ----------------------------------------------------------------------------------- the zone of agreement


def most_accepted(room, state, k):
    """The largest loss on k that each will ever accept (N): rules 5.6 and 5.7, with the others where they are."""
    p, seats, views = room.parameters[0], room.seats, state.views
    x, here = views["position"][:, k], state.delegates["present"]
    group, w = seats["group"], views["weight"][:, k]
    accepted = np.empty(len(x))
    for i in range(len(x)):
        out = here & (group != group[i])
        some = out.any()
        trust = state.trust[out, i].mean() if some else 1.0
        received = state.trust[i, out].mean() if some else 1.0
        ground = max(0.0, 1.0 - np.sqrt(((x[i] - x[out]) ** 2).mean()) / p.reach) if some else 1.0
        stay, renewed = abs(room.status_quo[k] - x[i]), abs(x[here].mean() - x[i])
        no_deal = (1.0 - p.hope) * stay + p.hope * renewed
        if not math.isnan(seats["outside_option"][i]):
            no_deal = min(no_deal, 1.0 - seats["outside_option"][i])
        rest = p.goodwill * trust * ground - p.isolation_hardening * (1.0 - received) + views["temper"][i, k]

        rest -= state.delegates["spillover"][i] + state.clock["climate"][0]
        accepted[i] = w[i] * no_deal + (rest / room.setting[0].stakes if rest > 0.0 else rest)
    return accepted


def passing_texts(room, state, k, ease):
    """The texts of the grid that pass the rule of the process; `ease` is taken off every shortfall."""
    here, seats, rule = state.delegates["present"], room.seats, room.setting[0]
    accepted, texts, caucus = most_accepted(room, state, k), [], seats["caucus"]
    for number in range(51):
        y = number / 50
        f = np.array([loss(room, state, i, k, y, PRECISION) for i in range(len(here))]) - accepted - ease
        f[(y < state.views["red_low"][:, k]) | (y > state.views["red_high"][:, k])] = math.inf
        objects = here & (f > 0.0)
        peers = (caucus[:, None] == caucus[None, :]) & here[None, :] & ~np.eye(len(here), dtype=bool)
        backing = (peers & objects[None, :]).sum(axis=1) / np.maximum(1, peers.sum(axis=1))
        relief = room.parameters[0].dissent_relief if rule.record_dissent else 0.0
        blocks = objects & seats["may_block"] & (f > room.parameters[0].block_cost * (1.0 - backing) + relief)
        asked = [(here, rule.blocks, 0.0)]
        asked += [(here & (seats["group"] == g), of.blocks, of.accept) for g, of in enumerate(room.consent)]
        weight = seats["voting_weight"]
        shares = (here & ~objects).sum() >= rule.accept * here.sum()
        shares &= weight[here & ~objects].sum() >= (rule.weight_accept - 1e-12) * weight[here].sum()
        if (shares or (here & objects).sum() < rule.minority) and all(
            (who & ~objects).sum() >= least * who.sum() and (who & blocks).sum() <= most for who, most, least in asked
        ):
            texts.append(y)
    return texts


@MANY
@given(cases(), st.integers(0, 2**32))
def test_the_zone_of_agreement_is_that_of_brute_force(room, seed):
    assert TEXTS == 51
    state = begin(room, stream(seed, 0), 0)
    for k in range(len(state.paragraphs)):
        exact = bool(state.paragraphs["zone_start"][k])
        assert exact == zone_exists(room, state, k)
        if passing_texts(room, state, k, -1e-9):
            assert exact
        if exact:
            assert passing_texts(room, state, k, 1e-9)


@MANY
@given(cases(), st.integers(0, 2**32), st.floats(0.0, 0.3))
def test_more_latitude_never_removes_a_zone(room, seed, more):
    state = begin(room, stream(seed, 0), 0)
    for k in range(len(state.paragraphs)):
        before = zone_exists(room, state, k)
        state.views["temper"][:, k] += more
        assert zone_exists(room, state, k) >= before


@MANY
@given(cases(), st.integers(0, 2**32))
def test_dearer_blocking_and_fewer_red_lines_never_remove_a_zone(room, seed):
    state = begin(room, stream(seed, 0), 0)
    dearer = room._replace(parameters=room.parameters.copy())
    dearer.parameters["block_cost"] += 0.05
    for k in range(len(state.paragraphs)):
        before = zone_exists(room, state, k)
        assert zone_exists(dearer, state, k) >= before
        state.views["red_low"][:, k], state.views["red_high"][:, k] = -math.inf, math.inf
        assert zone_exists(room, state, k) >= before


def test_like_minded_people_have_a_zone_and_incompatible_mandates_have_none():
    calm = {"temper": 0.0, "climate": 0.0}
    near = case((3, 3), stances={"position": 0.5, "spread": 0.1}, parameters=calm)
    far = case((3, 3), means=[0.0, 1.0], stances={"spread": 0.1}, status_quo=np.array([0.5, 0.5]), parameters=calm)
    for replication in range(20):
        assert begin(near, stream(0, replication), 0).paragraphs["zone_start"].all()
        assert not begin(far, stream(0, replication), 0).paragraphs["zone_start"].any()
