"""The desk of a class and the projector, with elements for node and a studio that answers as a test wants."""

from __future__ import annotations

from pathlib import Path

import pytest

import negsim.studio
from node import ELEMENTS, answer, beginning, module, needs_node

pytestmark = needs_node
WEB = Path(negsim.studio.__file__).parent / "web"


def state(**changed):
    """Return what the studio says of a class."""
    return {
        "phase": "join", "phases": [{"name": "join", "label": "Join", "minutes": None}], "most_minutes": 99,
        "title": "Storm", "says": "Come in.", "left": None, "code": "ABCD", "address": "here", "link": "here", "qr": [],
        "people": [], "tables": [], "dealt": False, "losses": [], "unkept": "", "lets_in": True, "knobs": {},
        "seats": ["Ana"], "deal": {"seats": [["Ana"]], "levels": [{}], "people": 2, "seed": 1, "replication": 0},
        "drawn": None, "is_telling": True, "most_at_seat": 8, "groups": [{"label": "Users", "seats": ["Ana"]}],
        "answer_seconds": 120.0, "most_seconds": 3600, "look": "x", "outcomes": {"no_text": "no text"},
    } | changed  # fmt: skip


DESK = beginning(Path(__file__).with_name("desk.mjs"))


def test_a_desk_whose_studio_was_down_at_first_keeps_asking():
    script = """
    const before = seen();
    await look();
    answer([before, seen(), asked]);
    """
    found = answer(DESK + script, hash="", answers=[None, state()])
    assert found == [["problem"], ["view"], [["/class/desk", {}]] * 2]


OUTSIDE = {"problem": "this browser is not the teacher's", "over": False, "door": True}


def test_a_browser_that_is_not_the_teachers_gets_the_door_and_asks_no_more_until_the_word_was_typed():
    script = """
    const before = seen();
    await look();
    const asks = asked.length;
    const type = async (word) => {
      document.getElementById("word").value = word;
      document.getElementById("door").tell("submit");
      await rest();
    };
    await type("old");
    const after = seen();
    await type("new");
    answer([before, asks, after, seen(), asked.slice(1), document.getElementById("word").value]);
    """
    wrong = {"problem": "this is not the teacher's word", "over": False, "door": False}
    found = answer(DESK + script, hash="", answers=[OUTSIDE, wrong, {"is_in": True}, state()])
    posted = [["/class/enter", {"word": "old"}], ["/class/enter", {"word": "new"}], ["/class/desk", {}]]
    assert found == [["door"], 1, ["door", "problem"], ["view"], posted, ""]


def test_a_link_that_works_once_leaves_the_address_and_a_second_time_leads_to_the_door():
    script = "answer([seen(), asked]);"
    found = answer(DESK + script, hash="#once=abc", answers=[{"is_in": True}, state()])
    assert found[0] == ["view"]
    assert found[1][:2] == ["/desk", ["/class/enter", {"once": "abc"}]]
    used = {"problem": "this link was followed already", "over": False, "door": False}
    assert answer(DESK + script, hash="#once=abc", answers=[used])[0] == ["door", "problem"]


def test_the_projector_shows_its_secret_to_the_wall_alone():
    found = answer(DESK + "answer([seen(), asked]);", hash="#look=abc", path="/projector", answers=[state()])
    assert found == [["view"], [["/class/wall", {"look": "abc"}]]]


def test_a_tile_has_points_with_a_minus_and_words_for_what_was_dealt():
    table = {
        "number": 1, "name": "Table 1", "seats": [{"name": "Ana", "writes": 0, "people": []}], "shared": False,
        "waits": [], "levels": {}, "adviser": 0, "idle": None, "finished": True,
        "checking": False, "stuck": False, "asks": False, "answers": 3, "notes": [], "games": [],
        "result": {"score": -12.4, "outcome": "no_text"},
    }  # fmt: skip
    script = f"""
    import {{newDocument}} from {ELEMENTS};
    import {{Board}} from {module("board.js", WEB)};
    const root = newDocument();
    new Board(root, {{phases: given.state.phases}}).show(given.state);
    answer(root.all((one) => one.getAttribute("class") === "score")[0].textContent);
    """
    assert answer(script, state=state(tables=[table], dealt=True)) == "−12"
    knobs = {"methodology": {"label": "form of the talks", "levels": ["floor", "chair's text"]}}
    words = "answer(root.all((one) => one.getAttribute('class') === 'soft').map((one) => one.textContent));"
    dealt = state(tables=[table | {"levels": {"methodology": 1}}], dealt=True, knobs=knobs)
    assert "Ana, form of the talks: chair's text" in answer(script.rpartition("answer(")[0] + words, state=dealt)


@pytest.mark.parametrize(("away", "asks"), [([True, True], True), ([True, False], False), ([], False)])
def test_a_phase_that_nobody_would_see_opens_only_after_a_question(away, asks):
    """A class that nobody has joined is refused by the studio."""
    script = f"""
    import {{newDocument}} from {ELEMENTS};
    import {{Board}} from {module("board.js", WEB)};
    const root = newDocument(), acts = [], asked = [];
    let says = false;
    globalThis.confirm = (question) => (asked.push(question), says);
    const board = new Board(root, {{phases: given.state.phases, act: ({{phase}}) => acts.push(phase)}});
    board.minutes.reportValidity = board.deal.isReady = () => true;
    board.deal.value = () => ({{}});
    board.show(given.state);
    const play = root.all(({{textContent, name}}) => name === "button" && textContent === "Play")[0];
    play.click();
    says = true;
    play.click();
    answer([asked.filter((one) => one.startsWith("Everybody is away")).length, acts]);
    """
    people = [
        {"number": n, "name": f"P{n}", "table": None, "seat": "", "guess": None, "away": one}
        for n, one in enumerate(away)
    ]
    phases = [{"name": name, "label": name.title(), "minutes": None} for name in ("join", "play")]
    found = answer(script, state=state(people=people, phases=phases))
    assert found == ([2, ["play"]] if asks else [0, ["play", "play"]])


def test_the_form_shows_the_deal_in_words_and_gives_it_back():
    seats = ["Ana", "Ben", "Chloe"]
    groups = [{"label": "Users", "seats": ["Ana", "Ben"]}, {"label": "Makers", "seats": ["Chloe"]}]
    script = f"""
    import {{newDocument}} from {ELEMENTS};
    import {{Dealing}} from {module("dealing.js", WEB)};
    newDocument();
    let fields = {{}};
    globalThis.FormData = class {{
      get = (name) => fields[name] ?? null;
      getAll = (name) => fields[name] ?? [];
      has = (name) => name in fields;
    }};
    const dealing = new Dealing(), shown = [];
    for (const [deal, given_] of given.deals) {{
      fields = {{people: "1", ...given_}};
      dealing.show({{...given.state, deal: {{...given.state.deal, seats: deal}}}});
      shown.push([["same", "groups", "hand"].filter((name) => !dealing[name].hidden), dealing.value().seats]);
    }}
    answer(shown);
    """
    deals = [
        ([["Ana"]], {"mode": "same", "seat0": "Ben", "seat1": "Ana"}),
        ([["Ana", "Chloe"]], {"mode": "groups", "group0": "Ben", "group1": "Chloe"}),
        ([["Ana", "Ben"]], {"mode": "hand", "chair": ["Ben", "Ana"]}),
        ([seats], {"mode": "all"}),
    ]
    assert answer(script, deals=deals, state=state(seats=seats, groups=groups)) == [
        [["same"], [["Ben"], ["Ana"]]], [["groups"], [["Ben", "Chloe"]]], [["hand"], [["Ben", "Ana"]]], [[], [seats]],
    ]  # fmt: skip


def test_the_board_says_who_sits_where_and_whom_a_table_waits_for():
    seats = [{"name": name, "writes": n, "people": [n]} for n, name in enumerate(["Ana", "Ben"], 1)]
    table = {
        "number": 1, "name": "Table 1", "seats": seats, "shared": True, "waits": ["Ben"], "levels": {}, "adviser": 0,
        "idle": 0.0, "finished": False, "checking": False, "stuck": False, "asks": False, "answers": 3, "notes": [],
        "result": None, "games": [],
    }  # fmt: skip
    people = [
        {"number": n, "name": name, "table": 1, "seat": seat, "guess": None, "away": False}
        for n, (name, seat) in enumerate([("Dora", "Ana"), ("Emil", "Ben")], 1)
    ]
    script = f"""
    import {{newDocument}} from {ELEMENTS};
    import {{Board}} from {module("board.js", WEB)};
    const root = newDocument();
    new Board(root, {{phases: given.state.phases}}).show(given.state);
    answer(root.all((one) => one.getAttribute("class")?.startsWith("tile"))[0].textContent);
    """
    said = answer(script, state=state(tables=[table], people=people, dealt=True, phase="play"))
    assert said == "Table 1AnaDora ✎BenEmil ✎waits for Ben3 answers"
