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
    answer(sent);
    """
    knob = {"name": "days", "key": "d", "written": 0, "clashes": [], "levels": [{"value": 1, "label": "1"}]}
    studio = {
        "about": "", "fixed": {}, "link": "s=storm", "pages": [], "caveat": "", "most": {}, "scenarios": [], "own": "",
        "name": "storm", "fields": [], "seed": 0, "more": "", "more_label": "",
    }  # fmt: skip
    facts = {"studio": studio, "knobs": [knob], "measures": [{"name": "depth"}], "runs": 2}
    assert answer(script, facts=facts) == [["FIRST", "0.25", None], ["FIRST", "0.25", "0.75"]]
