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
from node import answer, blocks_of, module, needs_node

pytestmark = [needs_node, pytest.mark.slow]
HERE = __file__.rpartition("/")[0]
MOVES = "process.moves={amendments: true, lone_bracket: true, questions: true, offers: true, pens: true, motions: true}"
START = f"""
import {{opened, until}} from {json.dumps(HERE + "/window.mjs")};
import {{named, played}} from {json.dumps(HERE + "/player.mjs")};
const facts = JSON.parse(given.facts);
"""
GAME = f"""{START}
import {{shortName}} from {module("playfaces.js")};
const root = await opened("playalone.js", given), host = root.getElementById("game");
const key = ["negsim.play", facts.name, facts.play.scenario, facts.play.rules].join(".");
const kept = () => JSON.parse(localStorage.getItem(key));
const short = (reply) => reply && Object.fromEntries(
  Object.entries(reply).map(([name, what]) => [name, name === "whom" ? what.map(shortName) : what]));
"""
PLAY = f"""{GAME}
(await until(() => named(host, "Play now"))).click();
await until(() => host.querySelector(".sheet"));
const brief = host.querySelector("details.yours").textContent, heading = document.activeElement.textContent;
const replies = await played(host, facts, given.player);
await until(() => host.querySelector(".turned")?.children.length > 1);
const {{journal}} = kept(), texts = (selector) => host.querySelectorAll(selector).map(({{textContent}}) => textContent);
named(host, "Copy a link").click();
await until(() => texts(".buttons span").includes("Copied."));
answer([replies, journal.answers.map((one) => short(one[4])), journal, host.querySelector(".debrief").textContent,
  globalThis.window.copied.split("#")[1], [brief, heading]]);
"""
BROKEN = f"""{GAME}
const hears = globalThis.self.onmessage;
let breaks = 2;
globalThis.self.onmessage = ({{data}}) => {{
  if (data.ask !== "answer" || breaks-- <= 0) return hears({{data}});
  return globalThis.self.postMessage({{id: data.id, error: new Error("It broke.")}});
}};
(await until(() => named(host, "Play now"))).click();
const title = (await until(() => host.querySelector(".sheet"))).children[0].textContent, seen = [];
const troubles = () => host.querySelectorAll(".problem").map((one) => one.textContent);
for (let n = 0; n < 2; n++) {{
  host.querySelector(".answers .main").click();
  await until(() => breaks === 1 - n && troubles().length && !host.querySelector(".answers .main").disabled);
  seen.push([troubles(), host.querySelector("h1").textContent === title]);
}}
host.querySelector(".answers .main").click();
await until(() => host.querySelector(".came"));
answer([seen, kept().journal.answers.length]);
"""
LINK = f"""{GAME}
await until(() => host.querySelector(".turned")?.children.length > 1);
answer([host.querySelector(".debrief").textContent, kept()]);
"""


def parts_of(name, *changes):
    scenario = load(name, changes=list(changes))
    return scenario, blocks_of(page(PageSource(scenario, name, (), 3, ""), runs=20))


@pytest.fixture(scope="module", params=[("storm", MOVES, 1), ("storm", MOVES, 2), ("cstd_wgigf_2012", "", 3)])
def game(request):
    """A game that was played by the page's buttons, with the blocks of its page."""
    name, changes, player = request.param
    scenario, parts = parts_of(name, *filter(None, [changes]))
    return scenario, parts, answer(PLAY, player=player, **parts)


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
    shown, kept = answer(LINK, hash=f"#{link}", **parts)
    assert shown.partition("Take it with you")[0] == end.partition("Take it with you")[0]
    assert kept is None


def test_a_sheet_has_the_brief_of_its_seat_and_the_keyboard_on_its_question(game):
    _, parts, (_, _, journal, *_, (brief, heading)) = game
    [seat] = [seat for seat in json.loads(parts["facts"])["seats"] if seat["name"] == journal["seat"]]
    assert brief.startswith(f"Your brief: {seat['name']}")
    assert seat["brief"] is None or seat["brief"]["friend"] in brief
    assert heading.endswith("?") or heading.startswith("The ")


def test_an_answer_that_breaks_can_be_given_again():
    _, parts = parts_of("classroom")
    seen, answers = answer(BROKEN, **parts)
    assert seen == [[["It broke."], True]] * 2
    assert answers == 1


EXPERIMENT = f"""{START}
const root = await opened("main.js", given), byId = (id) => root.getElementById(id);
const text = (id) => byId(id).textContent, chosen = (id, value, name = "change") => {{
  const element = byId(id);
  element.value = String(value);
  element.tell(name);
}};
const soon = () => new Promise((resolve) => setTimeout(resolve, 5)), [first, second] = facts.knobs;
const done = async () => {{
  await soon();
  await until(() => byId("progress").hidden && byId("here-words").textContent);
  await soon();
}};
const rows = () => byId("table").querySelectorAll("tr").map((row) => row.children.map((cell) => cell.textContent));
await until(() => text("question"));
const sizes = byId("runs").children.map((one) => one.textContent);
const asks = text("question"), heads = text("task"), hides = byId("here").hidden;
byId("skip").click();
await done();
const people = byId("scales").children.length;
const written = [rows(), text("here-words"), text("curves"), location.hash];
const outcomes = byId("outcomes").querySelectorAll("button").map((one) => one.textContent);
chosen(`knob-${{first.name}}`, first.written ? 0 : 1, "input");
await done();
const now = [rows()[0], text("curves"), location.hash, text("command")];
byId("pin").click();
byId("reset").click();
await done();
const pinned = [rows()[0], text("curves"), location.hash];
byId("curves").querySelector(".drop").click();
chosen("measure", 1);
await done();
const dropped = [rows()[0], text("question"), location.hash];
chosen("axis", 1);
await soon();
const turned = [text("question"), location.hash, byId("guessing").hidden];
chosen("axis", 0);
await done();
byId("outcomes").querySelectorAll("button")[0].click();
await until(() => text("run-title"));
const stops = [], place = () => [Number(byId("moment").value), text("when"), byId("latest").children.length];
for (const id of ["next", "next", "next", "previous"]) {{
  byId(id).click();
  stops.push(place());
}}
const lines = byId("minutes").querySelectorAll("li"), title = text("run-title"), command = text("run-command");
lines.at(-1).children[0].click();
const last = place();
const trust = byId("trust").querySelectorAll("td").map((cell) => cell.textContent),
  scales = byId("run-scales").children.length;
chosen("people-eyes-choice", 2);
await until(() => byId("scales").querySelector(".believed"));
const brief = text("brief"), seen = byId("run-eyes-choice").value;
await soon();
const mark = byId("scales").querySelectorAll(".member").at(-1);
mark.click();
await until(() => text("brief") !== brief);
answer({{people, sizes, asks, heads, hides, written, outcomes, now, pinned, dropped, turned, stops, last, title,
  command, trust, scales, minutes: lines.length, brief, seen, after: text("brief"), mark: mark.textContent}});
"""


def curves(head):
    """Return the names of the curves of a table but for the one with the days held."""
    return [name for name in head[1:] if "days in all" not in name]


@pytest.fixture(scope="module")
def experiment():
    scenario = load("storm")
    parts = blocks_of(page(PageSource(scenario, "storm", (), 3), runs=30))
    facts = json.loads(parts["facts"])
    return scenario, facts, answer(EXPERIMENT, **parts)


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
