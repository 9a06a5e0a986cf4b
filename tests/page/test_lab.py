"""The lab of a page, with elements for node and the program of the page: what its curves and its sentences say."""

import pytest

from negsim.negotiation.runs import replicate
from negsim.page import PageSource, page
from negsim.report.words import percent
from negsim.scenario import load
from negsim.scenario.lowering import issue_names, lower
from node import ELEMENTS, answer, blocks_of, module, needs_node

pytestmark = [needs_node, pytest.mark.slow]
LAB = f"""
import {{newDocument}} from {ELEMENTS};
import {{start}} from {module("engine.js")};
import {{Runs}} from {module("growth.js")};
import {{Lab}} from {module("lab.js")};
const root = newDocument(), box = root.getElementById("outcomes"), isA = (one) => one.name === "button";
const kind = Object.getPrototypeOf(box);
kind.focus = () => null;
Object.defineProperty(kind, "lastChild", {{get() {{ return this.children.at(-1); }}}});
const isBar = (one) => one.getAttribute("class") === "agenda";
box.querySelectorAll = (names) => box.all((one) => isA(one) || (names !== "button" && isBar(one)));
globalThis.ResizeObserver = class {{ observe() {{}} }};
globalThis.innerHeight = 800;
const facts = JSON.parse(given.facts), engine = await start(given.program, given.arrays, facts);
const values = async (setting, {{first, count}}) => engine.values(setting, first, count);
const runs = new Runs({{values, workers: 1}}, {{grown: () => null, failed: (error) => {{ throw error; }}}});
const state = {{axis: facts.knobs[0], measure: facts.measures[0], setting: given.setting, pins: [], runs: 30}};
const lab = new Lab({{facts, runs, change: () => null, open: () => null}});
runs.want(Lab.settings(state, facts), state.runs);
while (runs.progress < 1) await new Promise((resolve) => setTimeout(resolve));
lab.show(state);
root.getElementById("skip").tell("click");
lab.show(state);
const text = (id) => root.getElementById(id).textContent, {{hidden}} = root.getElementById("held");
"""


def shown(name, script, setting=(), **more):
    scenario = load(name, **more)
    parts = blocks_of(page(PageSource(scenario, name), runs=20))
    return scenario, answer(LAB + script, setting=dict(setting), **parts)


CURVES = """
answer([lab.curves.map(({name, kind, points}) => [name, kind, points]), hidden, text("held"), text("curves")]);
"""


def test_beside_a_curve_over_meetings_stands_the_same_with_the_days_held():
    """At the meetings as written both are the same point; it has none for more meetings than days."""
    scenario, (curves, hidden, note, legend) = shown("cstd_wgigf_2011", CURVES)
    days = sum(meeting.days for meeting in scenario.process.meetings)
    (own, _, points), (name, kind, held) = curves
    assert (name, kind, own) == (f"{days} days in all", "held", "as written")
    assert [point["level"] for point in held] == list(range(days))
    written = len(scenario.process.meetings) - 1
    assert held[written] == points[written]
    assert held != points[:days]
    assert not hidden
    assert f"divides {days} days in all among them" in note
    assert legend == f"as written{days} days in all: as written"


def test_a_companion_keeps_what_else_is_turned():
    _, (curves, *_) = shown("cstd_wgigf_2011", CURVES, {"evenings": 4})
    assert [kind for _, kind, _ in curves] == ["written", "now", "held"]
    _, now, held = (points for *_, points in curves)
    assert held[1] == now[1]  # 2 meetings, as written


ISSUES = """
const lines = root.getElementById("by-issue").all(({name}) => name === "li");
answer([lines.map((one) => one.textContent), root.getElementById("by-issue").hidden]);
"""


def test_what_became_of_each_paragraph_is_said_as_shares_of_the_runs():
    changes = ["process.adoption=separable"]
    scenario, (lines, hidden) = shown("storm", ISSUES, changes=changes)
    issues = replicate(lower(scenario), 0, 0, 30).issues
    agreed, dropped = (issues[name].mean(axis=0) for name in ("agreed", "dropped"))
    assert not hidden
    assert dropped.any()
    for line, label, kept, left in zip(lines, issue_names(scenario), agreed, dropped, strict=True):
        more = f", dropped in {percent(left)}" if left else ""
        assert line == f"{label}: agreed in {percent(kept)} of runs{more}"


def test_chunks_are_taken_in_the_order_of_their_runs_whatever_worker_made_them_first():
    """Four chunks are out at once for two workers; the last to be asked for come first, and the runs are the same."""
    script = f"""
    import {{Runs}} from {module("growth.js")};
    const out = [], sizes = [];
    const values = (levels, {{first, count}}) => new Promise((resolve) => {{
      const outcome = Float64Array.from({{length: count}}, (_, n) => first + n);
      out.push(() => resolve({{outcome}}));
    }});
    const grown = () => sizes.push(runs.of({{}}).done);
    const runs = new Runs({{values, workers: 2}}, {{grown, failed: (error) => {{ throw error; }}}});
    runs.want([{{}}], 300);
    const most = [];
    while (runs.progress < 1) {{
      most.push(out.length);
      out.pop()();
      await new Promise((resolve) => setTimeout(resolve));
    }}
    answer([Math.max(...most), sizes, [...runs.of({{}}).values.outcome]]);
    """
    most, sizes, values = answer(script)
    assert most == 4
    assert sizes == sorted(sizes)
    assert sizes[0] == 0  # the first chunk was the last to come
    assert values == list(range(300))


def test_no_chunk_is_asked_for_while_nobody_sees_the_page():
    script = f"""
    import {{Runs}} from {module("growth.js")};
    let seen = null, asked = 0;
    globalThis.document = {{hidden: true, addEventListener: (_, look) => {{ seen = look; }}}};
    const values = async (levels, {{count}}) => {{ asked++; return {{outcome: new Float64Array(count)}}; }};
    const runs = new Runs({{values, workers: 2}}, {{grown: () => null, failed: (error) => {{ throw error; }}}});
    const later = () => new Promise((resolve) => setTimeout(resolve));
    runs.want([{{}}], 50);
    await later();
    const before = asked;
    document.hidden = false;
    seen();
    await later();
    answer([before, asked, runs.progress]);
    """
    assert answer(script) == [0, 2, 1]


def test_runs_go_to_the_worker_with_least_to_do_and_games_to_the_first():
    script = f"""
    import {{Model}} from {module("model.js")};
    Object.defineProperty(globalThis, "navigator", {{value: {{hardwareConcurrency: 3}}}});
    const asked = [];
    const worker = (name) => ({{name, postMessage: ({{id, ask}}) => asked.push([name, ask, id])}});
    const names = ["second", "third"], first = worker("first");
    const start = async () => worker(names.shift());
    const model = new Model({{knobs: [], held: null}}, first, start);
    model.values({{}}, {{count: 1}});
    await new Promise((resolve) => setTimeout(resolve));
    for (let n = 0; n < 3; n++) model.values({{}}, {{count: 1}});
    model.run({{}}, 0);
    answer([model.workers, asked.map(([name, ask]) => `${{name}} ${{ask}}`)]);
    """
    count, asked = answer(script)
    assert count == 3
    assert asked == ["first values", "second values", "third values", "first values", "first run"]
