"""A whole page in node, with its worker: what its buttons and its fields do."""

import json
import shlex

import numpy as np
import pytest

from negsim.games import digest_of_end, play_again, read_journal
from negsim.negotiation.runs import replicate, watch
from negsim.negotiation.tables import Outcome
from negsim.page import PageSource, page
from negsim.report.words import capital
from negsim.scenario import load
from negsim.scenario.lowering import lower
from node import SCRIPTS, answer, blocks_of, needs_node, parts_of

pytestmark = [needs_node, pytest.mark.slow]
MOVES = "process.moves={amendments: true, lone_bracket: true, questions: true, offers: true, pens: true, motions: true}"


GAMES = [("storm", MOVES, 1), ("cstd_wgigf_2012", "", 3), pytest.param(("storm", MOVES, 2), marks=pytest.mark.deep)]


@pytest.fixture(scope="module", params=GAMES)
def game(request):
    """A game that was played by the page's buttons, with the blocks of its page."""
    name, changes, player = request.param
    scenario = load(name, changes=[changes] if changes else [])
    parts = parts_of(scenario, name, 3)
    return scenario, parts, answer(SCRIPTS / "play.mjs", player=player, **parts)


def test_what_the_sheets_showed_is_in_the_journal(game):
    _, _, (replies, kept, journal, *_) = game
    assert len(replies) > 3
    assert kept == replies
    assert [bool(asked) for _, _, _, asked, _ in journal["answers"]] == [reply is None for reply in replies]


def test_a_game_played_by_its_buttons_is_replayed_to_the_same_bits(game):
    scenario, _, (_, _, journal, end, *_) = game
    played = play_again(read_journal(json.dumps(journal)), scenario)
    assert digest_of_end(played.room.run.state) == journal["result"]["digest"]
    assert f"{round(journal['result']['score'])} of 100".replace("-", "−") in end


def test_a_link_to_a_game_shows_its_end_again_and_keeps_nothing(game):
    _, parts, (*_, end, link, _) = game
    shown, kept = answer(SCRIPTS / "link.mjs", hash=f"#{link}", **parts)
    assert shown.partition("Take it with you")[0] == end.partition("Take it with you")[0]
    assert kept is None


def test_a_sheet_has_the_brief_of_its_seat_and_the_keyboard_on_its_question(game):
    _, parts, (_, _, journal, *_, (brief, heading)) = game
    [seat] = [seat for seat in json.loads(parts["facts"])["seats"] if seat["name"] == journal["seat"]]
    assert brief.startswith(f"Your brief: {seat['name']}")
    assert seat["brief"] is None or seat["brief"]["friend"] in brief
    assert heading.endswith("?") or heading.startswith("The ")


def test_an_answer_that_breaks_can_be_given_again():
    seen, answers = answer(SCRIPTS / "broken.mjs", **parts_of(load("classroom"), "classroom", 3))
    assert seen == [[["It broke."], True]] * 2
    assert answers == 1


def curves(head):
    """Return the names of the curves of a table but for the one with the days held."""
    return [name for name in head[1:] if "days in all" not in name]


@pytest.fixture(scope="module")
def experiment():
    scenario = load("storm")
    parts = blocks_of(page(PageSource(scenario, "storm", (), 3), runs=30))
    facts = json.loads(parts["facts"])
    return scenario, facts, answer(SCRIPTS / "experiment.mjs", **parts)


def test_a_page_asks_first_and_then_shows_the_runs_as_they_are_counted(experiment):
    scenario, facts, said = experiment
    results = replicate(lower(scenario), 3, 0, 30).runs
    (measure, _), (knob, _) = facts["measures"][:2], facts["knobs"][:2]
    assert said["people"] == len(facts["issues"])
    assert said["sizes"] == ["30", "100", "200", "500", "1000"]
    assert said["asks"].endswith(f"along the {knob['label']}: what do you expect?")
    assert said["hides"]
    (head, *rows), words, legend, _ = said["written"]
    assert [head[0], *curves(head)] == [capital(knob["label"]), "as written"]
    assert [row[0] for row in rows] == [level["label"] for level in knob["levels"]]
    assert measure["name"] == "consensus"
    mean = float(np.mean(results["outcome"] == Outcome.CONSENSUS))
    assert legend.startswith("as written")
    assert rows[knob["written"]][1].startswith(f"{round(100 * mean)} % [")
    assert words.startswith("As written: ")
    assert words.endswith("30 runs.")
    counts = {end["label"]: int((results["outcome"] == end["code"]).sum()) for end in facts["outcomes"]}
    assert said["outcomes"] == [f"{label}: {count}" for label, count in counts.items() if count]


def test_knobs_pins_and_choices_are_in_the_table_and_in_the_address(experiment):
    _, facts, said = experiment
    knob, other = facts["knobs"][:2]
    level = knob["levels"][0 if knob["written"] else 1]
    assert curves(said["now"][0]) == ["as written"]  # a knob along its own curve moves the mark, not the curve
    assert f"{knob['name']}={level['value']}" in said["now"][2]
    assert shlex.join(["--set", level["set"]]) in said["now"][3]
    assert curves(said["pinned"][0]) == ["A", "as written"]
    assert knob["name"] not in said["pinned"][2]
    assert curves(said["dropped"][0]) == ["as written"]
    assert facts["measures"][1]["label"] in said["dropped"][1].lower()
    assert f"measure={facts['measures'][1]['name']}" in said["dropped"][2]
    assert said["turned"][0].endswith(f"along the {other['label']}: what do you expect?")
    assert f"along={other['name']}" in said["turned"][1]
    assert not said["turned"][2]


def test_a_run_is_opened_and_gone_through_event_by_event(experiment):
    _, facts, said = experiment
    moments = [moment for moment, *_ in said["stops"]]
    assert moments[0] < moments[1] < moments[2]
    assert moments[3] == moments[1]
    assert all(when.startswith(facts["meetings"][0]["label"]) for _, when, _ in said["stops"])
    assert said["last"][0] > moments[2]
    assert said["last"][2] == 3
    assert said["minutes"] > 20
    assert said["title"].startswith("Run ")
    assert said["command"].startswith("negsim transcript storm --replication ")
    assert said["scales"] == len(facts["issues"])


def test_the_trust_of_a_group_stands_in_its_row(experiment):
    scenario, facts, said = experiment
    case = lower(scenario)
    trust = watch(case, seed=3, replication=int(said["title"].split()[1].rstrip(":"))).state.trust
    np.fill_diagonal(trust, np.nan)
    groups = [case.seats["group"] == g for g in range(len(facts["groups"]))]
    means = [np.nanmean(trust[np.ix_(about, holder)]) for holder in groups for about in groups]
    assert said["trust"] == ["", *(f"{mean:.2f}" for mean in means)]
