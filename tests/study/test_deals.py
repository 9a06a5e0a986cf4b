"""A seat over deals: the same deals for everybody, one seat at a time."""

import json

import numpy as np
import pytest

from negsim.classroom.skill import AcceptAll
from negsim.errors import NegsimError
from negsim.negotiation.score import score
from negsim.policies import Program, SeatedNegotiation
from negsim.report.deals import deals_table
from negsim.scenario import load
from negsim.study.deals import SeatGames, over_deals
from negsim.study.estimates import difference, mean

STORM = load("storm")
SEATS = ["Hanna Kowal", "Greta Holm"]
SOME_USERS = load("storm", changes=["uncertain={groups.civil_society.seats: {one_of: [3, 6]}}"])


@pytest.mark.parametrize("policy", [None, AcceptAll(), "strategies:Asker"])
def test_each_game_is_that_of_its_seed_with_one_seat_held(policy):
    games = over_deals(STORM, SEATS, policy, range(7, 10))
    for d, seed in enumerate(range(7, 10)):
        for s, seat in enumerate(SEATS):
            room = SeatedNegotiation(STORM, {} if policy is None else {seat: policy}, seed=seed, replication=0)
            room.go_on()
            i, state = room.seat(seat), room.run.state
            assert games.scores[d, s] == score(room.run.case, state, i, state.movers["best"][i])
    assert games.scores.shape == games.agreed.shape == (3, 2)
    assert len(np.unique(games.scores[:, 0])) == 3  # each seed has a deal of its own


def test_refused_replies_are_counted_game_by_game_and_left_to_the_delegate(tmp_path):
    def ask(question):
        return json.dumps({"place": 7} if question["move"] == "amend" else {})

    program = Program(ask, replies=tmp_path / "replies.jsonl")
    first, second = (over_deals(STORM, SEATS[:1], program, [seed]) for seed in (7, 8))
    plain = over_deals(STORM, SEATS[:1], None, [7, 8])
    assert np.concatenate([first.scores, second.scores]).tolist() == plain.scores.tolist()
    lines = [json.loads(line) for line in program.replies.read_text(encoding="utf-8").splitlines()]
    for seed, games in ((7, first), (8, second)):
        own = [line["question"]["move"] for line in lines if line["seed"] == seed]
        assert (games.decisions, games.refused) == (len(own), own.count("amend"))
    assert (plain.decisions, plain.refused) == (0, 0)


def test_the_table_has_means_and_paired_differences_by_deal():
    draw = np.random.default_rng(5)
    luck = draw.normal(50.0, 20.0, (40, 2))
    games = {
        "one": SeatGames(luck, np.zeros((40, 2))),
        "other": SeatGames(luck - 10.0 + draw.normal(0.0, 2.0, (40, 2)), np.ones((40, 2)), 300, 3),
    }
    own, less = (
        mean(games["other"].scores.mean(axis=1)),
        difference(*(games[n].scores.mean(axis=1) for n in ("other", "one"))),
    )
    assert less.high - less.low < (own.high - own.low) / 3  # pairs share their luck
    header, _, one, other = deals_table(games, ["one"]).splitlines()
    assert header == "| in the seat | points | more than one | consensus, % | replies refused |"
    assert one.endswith("|  | 0 |  |")
    points = [f"{each.value:.1f} [{each.low:.1f}, {each.high:.1f}]".replace("-", "−") for each in (own, less)]
    assert other == f"| other | {points[0]} | {points[1]} | 100 | 3 of 300 |"


@pytest.mark.parametrize(
    ("scenario", "seats", "deals", "message"),
    [
        (STORM, ["Greta Hol"], [1], '^"Greta Hol" has no seat here; did you mean "Greta Holm"?'),
        (SOME_USERS, ["Users 6"], [1, 2], '^"Users 6" has no seat here'),  # the second deal has three users
        (STORM, [], [1], "^no seat or no deal"),
        (STORM, SEATS, [], "^no seat or no deal"),
        (load("classroom"), ["Librarian"], [1], "has no score"),
    ],
)
def test_what_cannot_be_played_or_scored_is_said_in_a_sentence(scenario, seats, deals, message):
    with pytest.raises(NegsimError, match=message):
        over_deals(scenario, seats, None, deals)
