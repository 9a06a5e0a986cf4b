"""The end page of a class, with elements for node and games that no model plays."""

import pytest

from node import SCRIPTS, answer, beginning, needs_node

pytestmark = needs_node
ISSUES = [{"name": "a", "label": "Access", "status_quo": 0.5, "low": "none", "high": "all"}]
FACTS = {
    "issues": ISSUES, "statuses": [{"code": 0, "label": "open", "colour": "#000000", "glyph": "o"}],
    "outcomes": [{"name": "consensus", "code": 1}], "knobs": [], "guesses": [], "most": 5, "play": {"red_line_cost": 9},
}  # fmt: skip
START = beginning(SCRIPTS / "compare.mjs")


def journal(table, score=50.0, **changed):
    base = {"table": table, "seat": "Ana", "seed": 1, "replication": 0, "levels": [], "answers": [], "result": {}}
    return base | {"score": score} | changed


def told(script, *journals, **changed):
    """What a script answers about the end page of some journals."""
    facts = FACTS | {"journals": list(journals)} | changed
    return answer(f"{START}\nfor (const one of facts.journals) one.turning = async () => [];\n{script}", facts=facts)


HEADLINE = """
await compare(root, {facts, model});
answer([
  root.all((one) => one.getAttribute("class") === "headline")[0].textContent,
  root.all((one) => one.getAttribute("class") === "legend")[0].children.map(({textContent}) => textContent),
  root.all((one) => one.getAttribute("class") === "by-model").length,
  root.all(({name}) => name === "td").at(-9).textContent,
]);
"""


def test_tables_with_the_same_draws_are_compared_under_them():
    words = "The same Ana, the same people, the same draws of chance: 40 to 60 of 100."
    found = told(HEADLINE, journal("One", 60.0), journal("Two", 40.0))
    assert found == [words, ["Ana (dashed: the model, 10)"], 2, "Ana"]


@pytest.mark.parametrize(
    ("changed", "seat"), [({"seed": 2}, "Ana, seed 2"), ({"replication": 3}, "Ana, seed 1, replication 3")]
)
def test_tables_with_other_draws_have_a_model_of_their_own(changed, seat):
    line, models, marks, second = told(HEADLINE, journal("One", 60.0), journal("Two", 40.0, **changed))
    assert line == "Under different draws of chance: 40 to 60 of 100."
    own = [10, 10 * changed.get("seed", 1)]
    assert models == [f"{name} (dashed: the model, {n})" for name, n in zip(["Ana, seed 1", seat], own, strict=True)]
    assert (marks, second) == (2, seat)


def test_a_knob_that_was_dealt_has_its_words():
    knob = {"name": "m", "label": "form of the talks", "written": 0, "levels": [
        {"value": "x", "label": "floor", "set": "m=x"}, {"value": "y", "label": "chair's text", "set": "m=y"},
    ]}  # fmt: skip
    _, models, _, seat = told(HEADLINE, journal("One"), journal("Two", levels=["m=y"]), knobs=[knob])
    assert seat == "Ana, form of the talks: chair's text"
    assert models[1].startswith(seat)


def test_a_shared_table_has_a_row_for_each_seat_and_its_texts_once():
    script = """
    await compare(root, {facts, model});
    const names = root.all((one) => one.getAttribute("class") === "strong").map(({textContent}) => textContent);
    const small = root.all((one) => one.getAttribute("class") === "small").map(({textContent}) => textContent);
    const lives = root.all((one) => one.getAttribute("class") === "lives")[0];
    const heads = lives.all(({name}) => name === "th").map((one) => one.textContent);
    answer([names.filter((one) => one.includes("Table")), small, heads]);
    """
    seats = [journal(f"Table 1, {seat}", score, seat=seat, shared="Table 1", people=name)
             for seat, score, name in (("Ana", 60.0, "Uma"), ("Ben", 40.0, "Vera"))]  # fmt: skip
    names, small, heads = told(script, *seats, journal("Table 2", 20.0))
    assert names == ["Table 1", "Table 1", "Table 2"]
    assert small[:4:2] == ["Ana: Uma", "Ben: Vera"]
    assert heads == ["Table", "Access", "Table 1", "Table 2: 20"]


def test_games_that_are_left_out_are_said_with_the_reason():
    script = (
        "await compare(root, {facts, model}); answer(root.textContent.includes('Left out: Table 3: it is forged'));"
    )
    assert told(script, journal("One"), refused=["Table 3: it is forged"])


def test_a_game_that_breaks_is_forgotten_by_the_model():
    script = """
    for (const one of facts.journals) one.turning = async () => { throw new Error("no memory"); };
    await compare(root, {facts, model});
    await rest();
    answer([log, listed()]);
    """
    log, text = told(script, journal("One", breaks=True), journal("Two", 40.0, seed=2))
    assert log == ["end One", "end Two", "end Two"]
    assert text == "no memory"


def test_a_paragraph_that_lost_its_text_ends_without_a_place():
    """A renewal may empty the paper."""
    script = """
    await compare(root, {facts, model});
    const labels = root.all((one) => one.getAttribute("class") === "life").map((one) => one.getAttribute("aria-label"));
    answer([labels, root.all((one) => one.getAttribute("cy") === "NaN").length]);
    """
    assert told(script, journal("One", last="NaN")) == [["Access at One: open, without a text"] * 2, 0]


def test_tables_stand_among_ways_to_play_their_seat_once_those_are_known():
    ways = [["asks", 80.0, 60.0, 95.0], ["accepts", 40.0, -9.0, 70.0]]
    shown = """
    await compare(root, {facts, model});
    const part = root.with("id", "compare-luck").parent;
    const rows = root.all((one) => ["luck-row", "score-row deal-0"].includes(one.getAttribute("class")));
    answer([part.hidden, part.all(({name}) => name === "h3").map(({textContent}) => textContent),
      rows.filter((one) => part.all((each) => each === one).length).map(({textContent}) => textContent)]);
    """
    hidden, deals, rows = told(shown, journal("Reds", 55.0, luck=ways), journal("Blues", 20.0, seat="Ben", luck=ways))
    assert (hidden, deals) == (False, ["Ana", "Ben"])
    assert rows == [
        "asks80 (60 to 95)", "Reds55", "accepts40 (−9 to 70)", "asks80 (60 to 95)", "accepts40 (−9 to 70)", "Blues20",
    ]  # fmt: skip
    assert told(shown, journal("Reds"))[0] is True
