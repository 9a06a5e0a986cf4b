"""The way of a page to the desk of a class, with a desk that answers as a test wants."""

import json

import pytest

from node import answer, module, needs_node

pytestmark = needs_node
WINDOW = json.dumps(f"{__file__.rpartition('/')[0]}/window.mjs")


def test_a_page_that_is_moved_to_another_table_forgets_the_game_of_the_old_one():
    """It asks the desk with nothing in hand, and hears of the new table together with its game."""
    script = f"""
    import {{enter}} from {module("desk.js")};
    const game = (table) => ({{table, attempt: 1, rows: [], answers: [], result: null}}), asked = [], heard = [];
    let at = 1;
    globalThis.location = {{hash: "#key=k"}};
    globalThis.document = globalThis;
    globalThis.addEventListener = globalThis.setInterval = globalThis.setTimeout = () => null;
    globalThis.fetch = async (path, {{body}}) => {{
      const {{have, journal: sent}} = JSON.parse(body);
      asked.push([at, have, Boolean(sent)]);
      const deal = {{table: `Table ${{at}}`, seat: "Ana", seed: 1, replication: 0, levels: {{}}, code: "A"}};
      const journal = at === 2 && have[0] === 0 ? game("Table 2") : null;
      return {{json: async () => ({{phase: "play", writes: true, attempt: 1, deal, journal}})}};
    }};
    const changed = () => heard.push([desk.deal.table, desk.journal?.table]);
    const desk = await enter({{facts: {{}}, root: {{replaceChildren: () => null}}, changed}});
    await desk.send(game("Table 1"));
    at = 2;
    await desk.send({{...game("Table 1"), rows: [[0, "response", 0, 1]], answers: [[]], result: {{}}}});
    answer([asked, heard]);
    """
    asked, heard = answer(script)
    assert asked == [
        [1, [0, 0, 0, 0], False], [1, [1, 0, 0, 0], True], [2, [1, 1, 1, 1], True], [2, [0, 0, 0, 0], False],
    ]  # fmt: skip
    assert heard == [["Table 2", "Table 2"]]


def test_an_answer_that_was_overtaken_turns_no_page_back():
    """Several questions may be under way; each is given up after a time."""
    script = f"""
    import {{enter}} from {module("desk.js")};
    const deal = {{table: "Table 1", seat: "Ana", seed: 1, replication: 0, levels: {{}}, code: "A"}};
    const waiting = [], heard = [], signals = [];
    globalThis.location = {{hash: "#key=k"}};
    globalThis.document = globalThis;
    globalThis.addEventListener = globalThis.setInterval = globalThis.setTimeout = () => null;
    globalThis.fetch = (path, {{signal}}) => {{
      signals.push(signal instanceof AbortSignal);
      return new Promise((resolve, reject) => {{
        const give = (phase) => resolve({{json: async () => ({{phase, says: "", deal}})}});
        waiting.push({{give, fail: () => reject(new Error())}});
      }});
    }};
    const changed = () => heard.push(desk.phase);
    const entering = enter({{facts: {{}}, root: {{replaceChildren: () => null}}, changed}});
    waiting[0].give("play");
    const desk = await entering;
    const game = {{attempt: 1, rows: [], answers: [], result: null}};
    const sent = [1, 2, 3, 4].map(() => desk.send(game));
    waiting[3].give("debrief");
    await sent[2];
    waiting[1].give("play");
    waiting[2].fail();
    waiting[4].fail();
    await Promise.all(sent);
    answer([heard, desk.phase, new Set(signals).has(false)]);
    """
    assert answer(script) == [["debrief"], "debrief", False]


JOIN = f"""
import {{newWindow}} from {WINDOW};
import {{enter}} from {module("desk.js")};
const root = newWindow({{hash: "#code=ab-c"}}), [door, strip] = ["door", "strip"].map((id) => root.getElementById(id));
const asked = [], later = setTimeout, deal = {{table: "Reds", seat: "Ana", people: ["Ana", "Ben"], writer: "Ben"}};
let waits = given.waits ?? 0; // for a table
globalThis.setTimeout = (act) => (waits-- > 0 ? later(act) : null);
globalThis.setInterval = () => null;
globalThis.fetch = async (path, {{body}}) => {{
  asked.push([path, JSON.parse(body)]);
  const content = given.answers.length > 1 ? given.answers.shift() : given.answers[0];
  return {{json: async () => ({{...content, ...("deal" in content ? {{deal}} : {{}})}})}};
}};
const facts = {{title: "Storm", desk: {{most: {{code: 9, name: 9}}}}}};
const entered = enter({{facts, root: door, changed: () => null}});
const rest = () => new Promise((resolve) => later(resolve, 3));
await rest();
const [code, name] = door.querySelectorAll("input"), press = () => door.querySelector("form").tell("submit");
const first = [code.value, document.activeElement === name];
name.value = "Ana";
press();
await rest();
const refusal = [door.querySelector(".problem").textContent, door.querySelector(".problem").hidden];
press();
const desk = await entered;
desk.mount(strip);
const part = (kind) => strip.querySelector(`.${{kind}}`);
"""


def test_who_joins_with_a_name_is_kept_by_the_key_and_waits_for_a_table():
    script = f"""{JOIN}
    answer({{first, refusal, asked: asked.map(([path, {{code, name, key}}]) => [path, code ?? key, name ?? null]),
      hash: location.hash, kept: localStorage.getItem("negsim desk ABC"), isNew: desk.isNew, all: desk.tellsAll,
      strip: [part("desk-table").textContent, part("desk-phase").textContent, part("desk-clock").textContent]}});
    """
    joins, sits = {"phase": "join", "says": "Wait."}, {"phase": "play", "says": "Play.", "left": 65, "deal": 1}
    said = answer(script, waits=1, answers=[{"problem": "No such class."}, {"key": "k1"}, joins, sits])
    assert said["first"] == ["ABC", True]
    assert said["refusal"] == ["No such class.", False]
    assert [one[0] for one in said["asked"][:3]] == ["/class/join", "/class/join", "/class/sign"]
    assert said["asked"][1] == ["/class/join", "ABC", "Ana"]
    assert said["asked"][2][1] == "k1"
    assert [said["hash"], said["kept"], said["isNew"], said["all"]] == ["#key=k1", "k1", True, False]
    assert said["strip"] == ["Reds: Ana, Ben", "Play. Ben answers for your table.", "1:05"]


@pytest.mark.parametrize(
    ("more", "seen"),
    [
        ({"phase": "play", "left": 65}, ["Play. Ben answers for your table.", True, False, False, True, False]),
        ({"phase": "play", "left": None, "writes": True}, ["Play.", True, True, True, True, False]),
        ({"phase": "play", "left": 5, "finished": True}, ["Play.", True, True, False, True, False]),
        ({"phase": "guess"}, ["Play.", True, True, True, False, False]),
        ({"phase": "guess", "guess": 0.25}, ["Play. Your guess is 25 of 100.", True, True, True, True, False]),
        ({"phase": "debrief"}, ["Play.", True, True, True, True, True]),
        ({"phase": "read", "problem": "Too late."}, ["Play.", False, True, True, True, False]),
    ],
)
def test_the_strip_shows_what_a_table_may_do_in_a_phase(more, seen):
    """The phase; no trouble; no time to ask for; no pen to take over; no guess to give; whether answers are told."""
    script = f"""{JOIN}
    const [time, over] = part("desk-buttons").children;
    answer([part("desk-phase").textContent, strip.querySelector(".problem").hidden, time.hidden, over.hidden,
      part("desk-guess").hidden, desk.tellsAll]);
    """
    sits = {"says": "Play.", "deal": 1} | more
    assert answer(script, answers=[{"problem": "No."}, {"key": "k1"}, sits]) == seen


def test_what_the_strip_is_asked_for_goes_to_the_desk():
    script = f"""{JOIN}
    const [time, over] = part("desk-buttons").children, slider = strip.querySelector("input");
    asked.length = 0;
    time.click();
    over.click();
    slider.value = "30";
    slider.tell("input");
    strip.querySelector(".main").click();
    await rest();
    const wishes = asked.map(([, {{asks, takes_over, guess}}]) => [asks, takes_over, guess]);
    answer([wishes, strip.querySelector("output").textContent]);
    """
    sits = {"phase": "play", "says": "Play.", "deal": 1}
    asked = [[True, None, None], [None, True, None], [None, None, 0.3]]
    assert answer(script, answers=[{"problem": "No."}, {"key": "k1"}, sits]) == [asked, "30"]
