"""The levels of a page, what clashes, what is refused, and how modules become one script."""

import numpy as np
import pytest
from typer.testing import CliRunner

from answers import finished
from negsim.cast.knobs import KNOBS
from negsim.cli.commands import app
from negsim.errors import NegsimError
from negsim.page import PageSource, page
from negsim.page.arrays import Lowering, _trimmed
from negsim.page.html import framed, html
from negsim.page.joiner import joined
from negsim.page.knobs import held_days, knobs_of
from negsim.scenario import load, with_changes
from negsim.scenario.yaml import flow
from node import SCRIPTS, answer, needs_node


def levels_of(scenario, *own, **more):
    return {knob.name: [level.value for level in knob.levels] for knob in knobs_of(scenario, own, **more)}


def arrays_of(scenario, *own):
    return finished(Lowering(scenario, knobs_of(scenario, own), 0).steps())


def clashes(scenario, *own):
    return {frozenset(pair) for pair in arrays_of(scenario, *own).clashes}


def test_a_column_has_a_content_of_each_replication_if_they_differ_at_any_level():
    table = _trimmed(["meetings"], np.array([[0, 0], [0, 1]], np.uint32))
    assert [table.at({"meetings": 1}, {"meetings": 0}, draw) for draw in range(2)] == [0, 1]


def test_a_knob_has_its_scenario_as_written_in_place():
    levels = levels_of(load("classroom"), "context.tension=0..1", "process.informal.breaks=0..12")
    assert levels["meetings"] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert levels["context.tension"] == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]


def test_a_knob_of_the_author_takes_the_place_of_a_usual_one():
    levels = levels_of(load("classroom"), "meetings.count=2..4", "methodology=[rolling_text]")
    assert levels["meetings"] == [1, 2, 3, 4]  # 1 as written
    assert levels["methodology"] == [None, "rolling_text"]
    assert list(levels) == [knob.name for knob in KNOBS.values() if knob.on_page]


def test_the_initiative_can_be_turned_only_where_moves_are_on_or_can_be_switched_on():
    own, room = "process.moves.initiative=0..1", load("classroom")
    with pytest.raises(NegsimError, match="no move of the table is on"):
        knobs_of(room, [own])
    assert "process.moves.initiative" in levels_of(room, own, "process.moves.offers={without: false, with: true}")
    assert "process.moves.initiative" in levels_of(with_changes(room, ["process.moves.offers=true"]), own)
    drawn = with_changes(room, ["uncertain={process.moves.offers: {one_of: [true, false]}}"])
    assert "process.moves.initiative" in levels_of(drawn, own)


def test_levels_may_be_words_and_lists_where_the_scenario_has_a_rule_or_an_agenda():
    own = (
        "process.decision_rule=[no_formal_objection, majority_per_group]",
        "methodology=[[{rolling_text: 1}], straw_poll]",
    )
    levels = levels_of(load("classroom"), *own)
    assert levels["process.decision_rule"] == ["no_formal_objection", "majority_per_group"]
    assert levels["methodology"] == [None, [{"rolling_text": 1}], "straw_poll"]
    assert "rolling text 100 %" in page(PageSource(load("classroom"), "classroom"), knobs=own, runs=2)


def test_levels_may_have_names_of_their_own():
    dinner = [{"targeted_dinner": {"meeting": 1, "day": 1, "guests": ["business", "government"]}}]
    knobs = knobs_of(load("classroom"), ["process.events={a dinner: " + flow(dinner) + ", the end: []}"])
    levels = {level.plain: level.value for level in knobs[-1].levels if not level.written}
    assert levels == {"a dinner": dinner}  # without events is as written
    text = page(PageSource(load("classroom"), "classroom"), knobs=["process.chair.pressure={calm: none}"], runs=2)
    assert '"value":"calm","label":"calm","phrase":"calm"' in text


@needs_node
def test_an_address_names_levels_by_their_values_and_leaves_out_what_does_not_fit():
    read = ["#meetings=3&evenings=0.5&measure=depth", "#meetings=9&methodology=x&measure=x", "#meetings=1",
            "#process.events=dinner+%26+talk&along=evenings"]  # fmt: skip
    assert answer(SCRIPTS / "addresses.mjs", read=read) == [
        [{"meetings": 2, "evenings": 1}, "meetings", "depth", "measure=depth&meetings=3&evenings=0.5"],
        [{}, "meetings", "consensus", ""],
        [{}, "meetings", "consensus", ""],
        [{"process.events": 1}, "evenings", "consensus", "along=evenings&process.events=dinner+%26+talk"],
    ]


@needs_node
def test_in_a_page_with_a_game_the_other_words_of_an_address_stay_and_it_leads_to_the_experiment():
    read = ["#seat=Ann+Lee&seed=7&meetings=3", "#measure=depth&evenings=0"]
    assert [written for *_, written in answer(SCRIPTS / "addresses.mjs", play=True, read=read)] == [
        "seat=Ann+Lee&seed=7&along=meetings&meetings=3",
        "along=meetings&measure=depth",
    ]


@needs_node
def test_a_curve_over_meetings_has_a_companion_with_the_days_held_where_nothing_else_turns_the_days():
    companion = [[0, {"evenings": 2, "held": 1}], [1, {"evenings": 2, "meetings": 1, "held": 1}]]
    assert answer(SCRIPTS / "held.mjs") == [companion, [], [], []]


def held_in(scenario, *own, fixed=()):
    held = held_days(scenario, knobs_of(scenario, own), fixed=fixed)
    return held and (held.knob.levels[1].value, held.meetings)


def test_days_are_held_for_as_many_meetings_as_there_are_days():
    scenario = load("cstd_wgigf_2011")
    days = sum(meeting.days for meeting in scenario.process.meetings)
    assert held_in(scenario) == (days, tuple(range(days)))
    assert held_in(scenario, "meetings.count=[1, 3, 20]") == (days, (0, 1, 2))  # 2 as written


def test_no_days_are_held_that_are_fixed_drawn_or_too_few():
    scenario = load("cstd_wgigf_2011")
    assert held_in(scenario, fixed=("meetings.days_in_all",)) is None
    assert held_in(with_changes(scenario, ["uncertain={meetings.days_in_all: {one_of: [4, 6]}}"])) is None
    assert held_in(with_changes(scenario, ["meetings.count=1", "meetings.days_in_all=1"])) is None


def test_knobs_that_meet_in_a_column_clash_and_others_do_not():
    found = clashes(load("classroom"), "trust.across=0.2..0.6", "context.tension=0..1", "parameters.goodwill=0..1")
    assert found == {frozenset({"trust.across", "context.tension"})}


def test_knobs_whose_effects_do_not_add_up_clash_though_each_alone_changes_nothing_in_common():
    calm = with_changes(load("cstd_wgigf_2011"), {"context.tension": 0.0})
    found = clashes(calm, "parameters.spillover_max=0..0.3", "context.tension=0..1")
    assert found == {frozenset({"parameters.spillover_max", "context.tension"})}


def test_a_knob_of_the_timetable_clashes_with_the_usual_ones():
    found = clashes(load("classroom"), "process.opening=0..1")
    assert {frozenset({"process.opening", name}) for name in ("meetings", "methodology")} <= found


def test_the_same_scenario_makes_the_same_page():
    assert arrays_of(load("classroom")).data == arrays_of(load("classroom")).data


@pytest.mark.deep
@pytest.mark.slow
def test_a_report_with_a_live_part_holds_the_page_as_a_frame(tmp_path):
    words = ["report", "classroom", "--replications", "10", "--out", str(tmp_path / "report.html"), "--live"]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert "<iframe" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_nothing_that_a_scenario_says_ends_its_block_or_its_frame():
    hostile = "</script><script>alert(1)</script>\"'"
    text = html({"title": hostile}, program=b"", arrays=b"", curves="")
    assert text.count("<script") == 5  # facts, worker, program, arrays, the page's own
    assert text.count("</script>") == 5
    assert "@CURVES@</h1>" in html({"title": "@CURVES@"}, program=b"", arrays=b"", curves="<svg></svg>")
    assert framed(text).count('"') == 4


def written(folder, **modules):
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / "main.js"


MAIN = """
import { twice as double, Box } from "./math.js";
import {
  one,
} from "./one.js";
answer(new Box(double(one)).value);
"""
MATH = """
import { one } from "./one.js";
const two = one + one;
export function twice(x) { return two * x; }
export class Box { constructor(value) { this.value = value; } }
"""


@needs_node
def test_modules_are_joined_in_the_order_in_which_they_need_each_other(tmp_path):
    main = written(tmp_path, main=MAIN, math=MATH, one="export const one = 1;")
    assert answer(joined(main)) == 2


TYPED = """
/** Double a number. @param {number} x */
const twice = (x) => 2 * x;
/**
 * Say nothing.
 * @template T @param {T} x
 */
const same = (x) => /** @type {T} */ (x);
/** @type {number} */
const one = 1;
"""
UNTYPED = """
/** Double a number. */
const twice = (x) => 2 * x;
/**
 * Say nothing. */
const same = (x) => (x);
const one = 1;
"""


def test_a_page_carries_no_types(tmp_path):
    assert UNTYPED in joined(written(tmp_path, main=TYPED))


@pytest.mark.parametrize(
    "text",
    [
        "export default 1;",
        'import * as all from "./one.js";',
        "export { a };",
        "export let a = 1;",
        'import "./one.js";',
    ],
)
def test_a_module_that_the_joiner_does_not_understand_is_refused(text, tmp_path):
    with pytest.raises(NegsimError, match="cannot be joined"):
        joined(written(tmp_path, main=text, one="export const one = 1;"))
