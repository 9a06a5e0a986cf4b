"""A page that the studio serves, with elements for node."""

from node import ELEMENTS, answer, module, needs_node

pytestmark = needs_node


def test_the_result_of_a_guess_goes_to_the_room_that_has_the_guess():
    """A reader may write another code meanwhile."""
    script = f"""
    import {{newDocument}} from {ELEMENTS};
    import {{Studio}} from {module("studio.js")};
    const root = newDocument(), sent = [], made = {{done: 0}};
    document.body = root;
    document.querySelector = () => root.getElementById("header");
    globalThis.location = {{pathname: "/lab", search: ""}};
    globalThis.history = {{replaceState: () => null}};
    globalThis.fetch = async (path, {{body}}) => {{
      sent.push([body.get("code"), body.get("guess"), body.get("found")]);
      return {{text: async () => ""}};
    }};
    const runs = {{runs: 2, of: () => made}}, {{facts}} = given, [axis] = facts.knobs, [measure] = facts.measures;
    const page = new Studio({{facts, runs}}), code = root.getElementById("guess-code");
    root.getElementById("guess-who").value = root.getElementById("guess-reason").value = "";
    code.value = "FIRST";
    await page.take({{axis, measure, setting: {{}}, values: [0.25]}});
    code.value = "OTHER";
    Object.assign(made, {{done: 2, values: {{depth: new Float64Array([0.5, 1])}}}});
    page.grown();
    page.show({{axis, measure, setting: {{days: 0}}}});
    const ways = root.all((one) => one.getAttribute("data-to")).map((one) => one.href ?? one.getAttribute("href"));
    answer([sent, root.getElementById("header").textContent, ways]);
    """
    knob = {
        "name": "days",
        "key": "d",
        "written": 0,
        "clashes": [],
        "levels": [{"value": 1, "label": "1", "phrase": "1 day"}],
    }
    studio = {
        "about": "Storm, as written.", "fixed": {}, "link": "s=storm",
        "pages": [["/lab", "Lab"], ["/runs", "Runs"], ["/table", "Table"]], "caveat": "",
        "most": {}, "scenarios": [], "own": "", "name": "storm", "fields": [], "seed": 0, "more": "", "more_label": "",
    }  # fmt: skip
    facts = {"studio": studio, "knobs": [knob], "measures": [{"name": "depth"}], "runs": 2}
    sent, header, ways = answer(script, facts=facts)
    assert sent == [["FIRST", "0.25", None], ["FIRST", "0.25", "0.75"]]
    assert header == "Storm, as written."
    assert ways == ["/lab", "/runs?s=storm&d=1", "/table"]  # to the other pages, with the levels of this one
