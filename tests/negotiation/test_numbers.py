"""Every number of a run, worked out anew from its definition in docs/measures.md, its last state and its log."""

import numpy as np
import pytest

from cases import contested
from negsim.negotiation.acceptance import zone_exists
from negsim.negotiation.floor import begin
from negsim.negotiation.indices import van_der_eijk
from negsim.negotiation.runs import watch
from negsim.negotiation.tables import Move, Outcome, Status
from negsim.randomness import stream

CLOSED = (Status.AGREED, Status.DISSENT)
APART = {"separable": True, "record_dissent": True}
LOW, HIGH = np.full((4, 3), -np.inf), np.full((4, 3), np.inf)
LOW[:2, 0], HIGH[2:, 0] = 0.8, 0.2  # the groups will never agree on the first issue
LEAVING = {"outside_option": [0.95, 0.95, np.nan] * 2}
ROOMS = {  # by how one of its first runs ends
    Outcome.CONSENSUS: contested((2, 2), setting=APART, parameters={"goodwill": 0.6}),
    Outcome.PARTIAL: contested(
        (2, 2), setting=APART, parameters={"goodwill": 2.0}, stances={"red_low": LOW, "red_high": HIGH}
    ),
    Outcome.CHAIR_REPORT: contested((3, 2, 2), parameters={"goodwill": 0.0}),
    Outcome.VOTE: contested((3, 2), setting={"vote_share": 0.4}, parameters={"goodwill": 0.1}),
    Outcome.WALKOUT: contested((3, 3), seats=LEAVING, parameters={"goodwill": 0.0, "walkout": 5.0}),
}


def mean(values):
    """NaN of nothing."""
    return float(np.mean(values)) if np.size(values) else np.nan


def satisfaction(room, state):
    """What the result is worth to each (N): the loss of rule 5.5 without its weight."""
    p, x, q = room.parameters[0], state.views["position"], room.status_quo
    agreed, text = np.isin(state.paragraphs["status"], CLOSED), state.paragraphs["text"]
    outcome = state.clock["outcome"][0]
    adopted = {Outcome.CONSENSUS: agreed, Outcome.PARTIAL: agreed, Outcome.VOTE: ~np.isnan(text)}
    counts = adopted.get(outcome, np.zeros(len(text), bool))
    y, vague = np.where(counts, text, q), np.where(counts, 1.0 - state.paragraphs["precision"], 0.0)
    loss = abs(y - x) * (1.0 - p.ambiguity * vague) + p.dilution * vague * abs(x - q)
    return np.maximum(0.0, (state.views["salience"] * (1.0 - loss)).sum(axis=1))


def dispersion(x):
    """Of positions (N) in seven categories: Tastle-Wierman, van der Eijk, Esteban-Ray."""
    counts, places = np.histogram(x, bins=7, range=(0.0, 1.0))[0].astype(float), np.arange(7) / 6.0
    shares = counts / len(x)
    some = shares > 0.0
    consensus = 1.0 + (shares[some] * np.log2(1.0 - abs(places - shares @ places)[some])).sum()
    apart = shares[:, None] ** 2.3 * shares * abs(places[:, None] - places)
    return consensus, van_der_eijk(counts), 2.0**2.3 * apart.sum()


def levels(state):
    """Distances and trust, among those present."""
    here, group, x = state.delegates["present"], state.delegates["group"], state.opinions["position"]
    pair = here[:, None] & here & ~np.eye(len(here), dtype=bool)  # about, holder
    across, within = pair & (group[:, None] != group), pair & (group[:, None] == group)
    return {
        "perceived_distance": mean(abs(x[:, None, :] - state.belief)[:, across]),
        "real_distance": mean(abs(x[:, None, :] - x[:, :, None])[:, across]),
        "trust_within": mean(state.trust[within]),
        "trust_across": mean(state.trust[across]),
        "trust_chair": mean(state.delegates["chair_trust"][here]),
    }


def run_numbers(room, start, state, zones):
    """The columns of a run that follow from how it began and ended."""
    texts, x, first = state.paragraphs, state.views["position"], state.views["first_position"]
    agreed, worth, q = np.isin(texts["status"], CLOSED), satisfaction(room, state), room.status_quo
    ambition = np.minimum(1.0, abs(texts["text"] - q) / np.maximum(abs(first.mean(axis=0) - q), 0.05))[agreed]
    precision = texts["precision"][agreed]
    by_group = [worth[state.delegates["group"] == g].mean() for g in range(len(room.group_size))]
    failed = texts["failed"].sum()
    shortfalls = texts["shortfall"][~np.isnan(texts["shortfall"])]
    at_the_start = {f"{name}_start": value for name, value in levels(start).items()}
    at_the_end = {f"{name}_end": value for name, value in levels(state).items()}
    kinds = ("consensus_tastle_wierman", "agreement_van_der_eijk", "polarisation_esteban_ray")
    return at_the_start | at_the_end | {
        "outcome": state.clock["outcome"][0],
        "share_agreed": agreed.mean(),
        "share_dissent": (texts["status"] == Status.DISSENT).mean(),
        "depth": mean(ambition * precision) * agreed.mean(),
        "depth_overall": (ambition * precision).sum() / len(texts),
        "ambition": mean(ambition),
        "precision": mean(precision),
        "blocking_number": texts["fewest_blockers"].max(),
        "worst_shortfall": shortfalls.max() if len(shortfalls) else np.nan,
        "readings": texts["readings"].sum(),
        "passable_readings": texts["passable"].sum() / failed if failed else np.nan,
        "closable_issues": (zones & ~agreed).sum(),
        "no_zone": (~zones & ~agreed).sum(),
        "false_convergence": texts["false_convergence"].sum(),
        "zone_start": np.mean([zone_exists(room, start, k) for k in range(len(texts))]),
        "zone_end": zones.mean(),
        "minutes": state.minutes.sum(),
        "last_closed": texts["closed_at"].max(),  # NaN if one is
        "satisfaction": worth.mean(),
        "satisfaction_inequality": abs(worth[:, None] - worth).mean() / (2.0 * worth.mean()),
        "satisfaction_gap": max(by_group) - min(by_group),
        "concession": abs(x - first).mean(),
        "spread": x.std(axis=0).mean(),
        "delegates_left": (~state.delegates["present"]).sum(),
        "would_no_formal_objection": (texts["fewest_blockers"] == 0).all(),
        "would_rough_consensus": (texts["content"] >= 0.75).all(),
        "would_consensus_minus_1": (texts["fewest_blockers"] <= 1).all(),
        "would_majority_per_group": texts["majority_met"].all(),
    } | dict(zip(kinds, np.mean([dispersion(column) for column in x.T], axis=0), strict=True))  # fmt: skip


def group_numbers(room, state):
    """The columns of a run by group, but for the zones that red lines close."""
    texts, x, first = state.paragraphs, state.views["position"], state.views["first_position"]
    group, here, worth = state.delegates["group"], state.delegates["present"], satisfaction(room, state)
    own, seat = [group == g for g in range(len(room.group_size))], np.arange(len(group))
    agreed = np.flatnonzero(np.isin(texts["status"], CLOSED))
    nearest = [np.argmin([abs(first[mine, k].mean() - texts["text"][k]) for mine in own]) for k in agreed]
    return {
        "satisfaction": [worth[mine].mean() for mine in own],
        "concession": [abs(x - first)[mine].mean() for mine in own],
        "wording": [nearest.count(g) for g in range(len(own))],
        "pivotal": [state.delegates["pivotal"][mine].sum() for mine in own],
        "trust_received": [np.mean([mean(state.trust[i, here & (seat != i)]) for i in seat[mine]]) for mine in own],
        "left": [(mine & ~here).sum() for mine in own],
    }


def logged_numbers(room, seen):
    """The columns of a run that count what its log tells."""
    told = seen.events
    kinds = {move: told[told["move"] == move] for move in Move}
    readings = kinds[Move.READ]
    return {
        "statement_minutes": room.parameters[0].statement * len(kinds[Move.SPEAK]),
        "proposals_tabled": len(kinds[Move.TABLE]),
        "proposals_discussed": len(kinds[Move.DISCUSS]),
        "parked_paragraphs": len(set(readings["issue"][readings["parked"]].tolist())),
        "renewals": kinds[Move.RENEW]["passed"].sum(),
    }


@pytest.fixture(scope="module", params=ROOMS, ids=lambda outcome: outcome.name)
def ended(request):
    """A case, the state with which one of its runs began, and what was seen of that run."""
    room = ROOMS[request.param]
    for replication in range(1, 50):
        seen = watch(room, replication=replication)
        if seen.state.clock["outcome"][0] == request.param:
            return room, begin(room, stream(0, replication), 0), seen
    raise AssertionError("no run ends so")


def same(table, numbers):
    for name, value in numbers.items():
        np.testing.assert_allclose(table[name][0], value, rtol=0, atol=1e-12, err_msg=name)


def test_the_numbers_of_a_run_are_their_definitions(ended):
    room, start, seen = ended
    zones = np.array([zone_exists(room, seen.state, k) for k in range(len(seen.state.paragraphs))])
    same(seen.results.runs, run_numbers(room, start, seen.state, zones))
    same(seen.results.runs, logged_numbers(room, seen))


def test_the_numbers_of_a_group_are_their_definitions(ended):
    room, _, seen = ended
    same(seen.results.groups, group_numbers(room, seen.state))


def test_the_numbers_of_an_issue_are_those_of_its_paragraph(ended):
    _, start, seen = ended
    texts = seen.state.paragraphs
    with np.errstate(invalid="ignore"):
        own = {"reversals": texts["reversals"] / texts["changes"], "zone_start": start.paragraphs["zone_start"]}
    own |= {"agreed": np.isin(texts["status"], CLOSED)}
    names = ("closed_at", "readings", "first_text", "fewest_blockers", "shortfall", "text")
    same(seen.results.issues, own | {name: texts[name] for name in names})


def test_blocks_are_those_that_the_log_tells(ended):
    room, _, seen = ended
    blocks = seen.events[seen.events["move"] == Move.BLOCK]
    by_seat = np.zeros(seen.state.views.shape)
    np.add.at(by_seat, (blocks["who"], blocks["issue"]), 1)
    alone = np.bincount(blocks["who"][blocks["blockers"] == 1], minlength=len(by_seat))
    same(seen.results.delegates, {"blocks": by_seat.sum(axis=1), "pivotal": alone})
    group = seen.state.delegates["group"]
    by_group = [by_seat[group == g].sum(axis=0) for g in range(len(room.group_size))]
    assert seen.results.blocks[0].tolist() == np.array(by_group).tolist()
