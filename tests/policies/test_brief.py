"""The brief of a seat says what was drawn, to the digit."""

import re

import pytest

from negsim.classroom.people import opening_of, player_of
from negsim.negotiation.floor import begin
from negsim.negotiation.score import FAILED_TEXT_COST, PASSED_OVER_COST, RED_LINE_COST
from negsim.policies import SeatedNegotiation
from negsim.policies.brief import brief_of, interests_of
from negsim.randomness import stream
from negsim.scenario import load
from negsim.scenario.lowering import lower
from negsim.sentences import line_of, sentence

DEALS = 1000
ENDS = {"below": "red_low", "above": "red_high"}
FRACTIONS = re.compile(r"\b(half|quarters?|thirds|fifths?|hours?|a day)\b")
NO_LINE = sentence("brief.no_line")


@pytest.fixture(scope="module")
def storm():
    return load("storm")


def test_the_line_that_is_printed_is_the_line_of_the_state_in_a_thousand_deals(storm):
    case = lower(storm)
    deals = set()
    for seed in range(DEALS):
        state = begin(case, stream(seed, 0), 0)
        for seat, row in enumerate(state.views):
            stances = interests_of(storm, state, seat)
            for k, stance in enumerate(stances):
                printed = dict.fromkeys(("red_low", "red_high"), None)
                for end, number in re.findall(r"(below|above) (\d\.\d\d)\)", stance.line):
                    printed[ENDS[end]] = float(number)
                lines = {name: float(row[name][k]) for name in printed}
                assert printed == {name: line if 0.0 < line < 1.0 else None for name, line in lines.items()}
        deals.add(tuple(state.views["red_low"].ravel()))
    assert len(deals) == DEALS


@pytest.mark.parametrize("seed", [0, 7, 185])
def test_brief_and_sheet_say_the_same_of_every_seat(storm, seed):
    room, opening = SeatedNegotiation(storm, {}, seed=seed, replication=2), opening_of(storm, seed)
    for seat, delegate in enumerate(storm.delegates):
        assert list(brief_of(room, seat).told) == player_of(storm, opening, delegate)["parts"][1:]


def test_what_an_author_says_of_a_wish_or_a_line_holds_no_number_that_a_deal_can_contradict(storm):
    for delegate in storm.delegates:
        told = [delegate.brief.wants, delegate.brief.never, *delegate.brief.arguments, delegate.brief.secret]
        assert not re.search(r"\d", " ".join(told)), delegate.name
        assert not FRACTIONS.search(delegate.brief.never), delegate.name


def test_who_has_no_red_line_reads_so(storm):
    room = SeatedNegotiation(storm, {}, seed=3, replication=0)
    without = [name for seat, name in enumerate(room.names) if NO_LINE in "\n".join(brief_of(room, seat).lines())]
    assert without == [delegate.name for delegate in storm.delegates if not delegate.red_lines]


def test_a_friend_is_trusted_and_a_foe_is_not(storm):
    for delegate in storm.delegates:
        for told, least, most in ((delegate.brief.friend, 0.6, 1.0), (delegate.brief.foe, 0.0, 0.3)):
            (other,) = [one.name for one in storm.delegates if told.startswith(f"{one.name}.")]
            assert least <= storm.trust.pairs[f"{delegate.name}->{other}"] <= most


def test_the_score_is_explained_where_there_is_one_with_what_it_costs():
    def said(scenario):
        room = SeatedNegotiation(scenario, {}, seed=3, replication=0)
        return brief_of(room, 0).score

    alone = f"costs {PASSED_OVER_COST:g}."
    assert said(load("classroom")) == ""
    assert f"costs you {RED_LINE_COST:g} points, each of your amendments that fails {FAILED_TEXT_COST:g}." in said(
        load("storm")
    )
    assert not said(load("storm")).endswith(alone)
    assert said(load("storm", changes=["process.moves.lone_bracket=true"])).endswith(alone)


@pytest.mark.parametrize(
    ("amounts", "red", "line"),
    [
        ((72, 24, 6, 1, 0), (0.43, 1.0), "more than 11 hours (below 0.43)"),
        ((72, 24, 6, 1, 0), (-1.0, 0.25), "less than 24 hours (above 0.25)"),
        ((0, 25, 50, 75, 100), (0.5803, 0.7396), "less than 59 hours (below 0.59) or more than 73 hours (above 0.73)"),
        ((), (0.3703, 2.0), "a text below 0.38"),
        ((0, 4), (0.0, 1.0), ""),
    ],
)
def test_a_line_is_said_in_words_and_number_and_never_looser_than_it_is(storm, amounts, red, line):
    issue = storm.issues["access"].model_copy(update={"amounts": tuple(map(float, amounts))})
    assert line_of(issue, *red) == line
