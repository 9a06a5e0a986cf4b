"""The way of a page to the desk of a class, with a desk that answers as a test wants."""

from node import ELEMENTS, answer, module, needs_node

pytestmark = needs_node


def test_a_page_that_is_moved_to_another_table_forgets_the_game_of_the_old_one():
    """It asks the desk with nothing in hand, and hears of the new table together with its game."""
    script = f"""
    import {{enter}} from {module("desk.js")};
    const game = (team) => ({{team, attempt: 1, rows: [], answers: [], result: null}}), asked = [], heard = [];
    let at = 1;
    globalThis.location = {{hash: "#key=k"}};
    globalThis.document = globalThis;
    globalThis.addEventListener = globalThis.setInterval = globalThis.setTimeout = () => null;
    globalThis.fetch = async (path, {{body}}) => {{
      const {{have, journal: sent}} = JSON.parse(body);
      asked.push([at, have, Boolean(sent)]);
      const deal = {{team: `Table ${{at}}`, seat: "Ana", seed: 1, replication: 0, levels: {{}}, code: "A"}};
      const journal = at === 2 && have[0] === 0 ? game("Table 2") : null;
      return {{json: async () => ({{phase: "play", writes: true, attempt: 1, deal, journal}})}};
    }};
    const changed = () => heard.push([desk.deal.team, desk.journal?.team]);
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
    const deal = {{team: "Table 1", seat: "Ana", seed: 1, replication: 0, levels: {{}}, code: "A"}};
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


def test_an_alert_that_stays_is_not_read_out_again():
    script = f"""
    import {{newDocument}} from {ELEMENTS};
    import {{enter}} from {module("desk.js")};
    const deal = {{team: "Table 1", seat: "Ana", people: ["Ana"]}}, root = newDocument();
    const said = {{phase: "play", says: "Play.", left: null, verdict: "it is another one", deal}};
    globalThis.location = {{hash: "#key=k"}};
    globalThis.addEventListener = globalThis.setInterval = globalThis.setTimeout = () => null;
    globalThis.fetch = async () => ({{json: async () => said}});
    const desk = await enter({{facts: {{}}, root: root.getElementById("door"), changed: () => null}});
    const strip = root.getElementById("strip");
    desk.mount(strip);
    const [alert] = strip.all((one) => one.getAttribute("role") === "alert"), texts = [];
    for (const verdict of ["it is another one", "it is another one", ""]) {{
      said.verdict = verdict;
      await desk.send({{attempt: 1, rows: [], answers: [], result: null}});
      texts.push([alert.textContent, alert.hidden, alert.writes]);
    }}
    answer(texts);
    """
    text = "This game does not count: it is another one"
    assert answer(script) == [[text, False, 1], [text, False, 1], ["", True, 2]]
