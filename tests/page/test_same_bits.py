"""What a page computes is what Python computes: every table bit by bit, every sentence, every number of a command."""

import base64
import json
import shlex
from contextlib import suppress
from math import isnan
from pathlib import Path
from random import Random
from statistics import fmean

import numpy as np
import pytest
from typer.testing import CliRunner

from negsim import plugins
from negsim.cast.moves import TABLE_MOVES
from negsim.cli.commands import app
from negsim.errors import ScenarioError
from negsim.negotiation.runs import replicate, watch
from negsim.negotiation.tables import Move
from negsim.page import PageSource, page
from negsim.page import arrays as page_arrays
from negsim.page.knobs import knobs_of
from negsim.report.minutes.reasons import reasons
from negsim.report.minutes.story import WRITERS, Clock, Story, move_of, passages
from negsim.scenario import load, loads, with_changes
from negsim.scenario.lowering import DAY_BEFORE, lower
from negsim.scenario.sampling import Sampler, sample
from node import answer, blocks_of, module, needs_node
from odd import ROOMS

pytestmark = [needs_node, pytest.mark.slow]
CASES = Path(__file__).parents[2] / "research" / "cases"
SEED = 2**63 + 11  # needs all 64 bits
OWN = ("context.tension=0..1", "process.chair.pressure=[0, 0.5]")
ENGINE = f"""
import {{start}} from {module("engine.js")};
const facts = JSON.parse(given.facts);
const engine = await start(given.program, given.arrays, facts);
"""
TABLES = """
const hex = (bytes) => Buffer.from(bytes).toString("base64");
answer(given.settings.map(([setting, first, count]) => engine.measured(setting, first, count, (room) =>
    Object.fromEntries(facts.tables.map((name) => [name, hex(room.program.bytes(room.groups.Results, name))])))));
"""
TABLE_NAMES = ("runs", "issues", "groups", "delegates", "blocks", "minutes")


def made(scenario, name, own=()):
    text = page(PageSource(scenario, name, (), SEED), knobs=own, runs=20)
    return blocks_of(text), knobs_of(scenario, own, thin=int(page_arrays.is_drawn(scenario)))


@pytest.fixture(scope="module")
def classroom():
    return load("classroom"), *made(load("classroom"), "classroom", OWN)


def changes_of(knobs, setting):
    return {knob.path: knob.levels[setting[knob.name]].value for knob in knobs
            if setting.get(knob.name, knob.written) != knob.written}  # fmt: skip


def some_settings(knobs, seed, count):
    choose = Random(seed)  # noqa: S311 - settings to try
    return [{knob.name: choose.randrange(len(knob.levels)) for knob in knobs} for _ in range(count)]


def bits(tables, name, results):
    """Return the numbers of a table as whole numbers, any NaN as the same."""
    values = np.asarray(getattr(results, name)).tobytes() if tables is None else tables
    numbers = np.frombuffer(values, np.float64).copy()
    numbers[np.isnan(numbers)] = np.nan
    return numbers.tobytes()


def unequal(parts, wanted):
    """Return which tables differ between node and Python. wanted: setting, first, count, results of Python."""
    facts = json.loads(parts["facts"]) | {"tables": TABLE_NAMES}
    given = parts | {"facts": json.dumps(facts)}
    got = answer(ENGINE + TABLES, settings=[row[:3] for row in wanted], **given)
    return [
        (setting, first, name)
        for tables, (setting, first, _, results) in zip(got, wanted, strict=True)
        for name in TABLE_NAMES
        if bits(base64.b64decode(tables[name]), name, None) != bits(None, name, results)
    ]


def test_every_bit_at_any_setting_of_a_certain_scenario(classroom):
    scenario, parts, knobs = classroom
    wanted = [
        (setting, first, 7, replicate(lower(with_changes(scenario, changes_of(knobs, setting))), SEED, first, 7))
        for first, setting in enumerate([{}, *some_settings(knobs, 1, 12)])
    ]
    assert unequal(parts, wanted) == []


@pytest.mark.deep
@pytest.mark.parametrize("name", ["cstd_wgigf_2011", "wgig_2005"])
def test_every_bit_of_a_real_process(name):
    scenario = load(name)
    parts, knobs = made(scenario, name, ("trust.across=0.2..0.6",))
    wanted = [
        (setting, 3, 4, replicate(lower(with_changes(scenario, changes_of(knobs, setting))), SEED, 3, 4))
        for setting in [{}, *some_settings(knobs, 2, 4)]
    ]
    assert unequal(parts, wanted) == []


def test_every_bit_of_runs_with_the_days_held():
    """Whatever else is turned with the number of meetings: other knobs of the timetable, and the breaks."""
    scenario = load("cstd_wgigf_2011")
    parts, knobs = made(scenario, "cstd_wgigf_2011")
    held, wanted = json.loads(parts["facts"])["held"], []
    for turned, at in zip([{}, *some_settings(knobs, 9, 7)], [*held["fits"] * 2], strict=True):
        setting = turned | {"meetings": at}
        changes = changes_of(knobs, setting) | {held["path"]: held["levels"][held["level"]]["value"]}
        case = lower(with_changes(scenario, changes))
        wanted.append((setting | {"held": held["level"]}, 2, 3, replicate(case, SEED, 2, 3)))
    assert unequal(parts, wanted) == []


def test_what_became_of_each_issue_is_what_python_counts():
    scenario = load("storm")
    parts, _ = made(scenario, "storm")
    (values,) = answer(ENGINE + VALUES, settings=[{}], **parts)
    issues = replicate(lower(scenario), SEED, 0, 30).issues
    for k in range(len(scenario.issues)):
        assert values[f"agreed {k}"] == issues["agreed"][:, k].tolist()
    assert 0 < issues["agreed"].sum() < issues["agreed"].size


@pytest.mark.parametrize("name", ["gri_g4", "ethics"])
def test_every_bit_of_a_case_whose_codes_are_drawn(name, monkeypatch):
    monkeypatch.setattr(page_arrays, "DRAWS", 3)
    scenario = load(CASES / f"{name}.yaml")
    parts, knobs = made(scenario, name)
    assert json.loads(parts["facts"])["most"] == 3
    wanted = []
    for setting in [{}, *some_settings(knobs, 3, 4)]:
        sampler = Sampler(with_changes(scenario, changes_of(knobs, setting)), SEED)
        with suppress(ScenarioError):  # what is drawn may not fit two levels together
            wanted += [(setting, r, 1, replicate(case, SEED, r, 1)) for case, r, _ in sampler.cases(0, 3)]
    assert len(wanted) > 6
    assert unequal(parts, wanted) == []


COMMANDS = f"""
import {{Model}} from {module("model.js")};
const model = new Model(facts, {{}});
answer([model.command(given.setting, {{runs: 30}}), model.command(given.setting, {{replication: 4}})]);
"""
VALUES = """
answer(given.settings.map((setting) => Object.fromEntries(
    Object.entries(engine.values(setting, 0, 30)).map(([name, values]) => [name, [...values]]))));
"""


def test_the_printed_command_gives_the_numbers_of_the_page(classroom):
    _, parts, _ = classroom
    setting = {"meetings": 2, "methodology": 3, "context.tension": 0}
    run, minutes = answer(ENGINE + COMMANDS, setting=setting, **parts)
    (values,) = answer(ENGINE + VALUES, settings=[setting], **parts)
    printed = json.loads(CliRunner().invoke(app, [*shlex.split(run)[1:], "--json"]).stdout)
    assert printed["seed"] == SEED
    known = {name: [value for value in map(float, column) if not isnan(value)] for name, column in values.items()}
    names = {measure["name"] for measure in json.loads(parts["facts"])["measures"]}
    means = {name: fmean(column) for name, column in known.items() if column and name in names}
    shown = {name: one["share"] for name, one in printed["outcomes"].items()}
    shown |= {name: one["mean"] for name, one in printed["measures"].items()}
    assert {name: shown[name] for name in means} == pytest.approx(means, rel=1e-12)
    told = CliRunner().invoke(app, shlex.split(minutes)[1:]).stdout
    (course,) = answer(ENGINE + RUNS, runs=[[setting, 4]], **parts)
    assert " ".join(course["verdict"][0].split()) in " ".join(told.split())


PLUGIN = """
from negsim.cast.formats import SessionFormat
from negsim.cast.palette import Colour
from negsim.negotiation.formats import Format
from negsim.negotiation.tables import Move, Pen
fish_bowl = SessionFormat(
    name="fish_bowl", label="fish bowl", meaning="a few talk", colour=Colour.PURPLE,
    row=Format(statements=5, frankness=0.4, closing=Move.READ, drafts=1, pen=Pen.CHAIR, precision=0.7, step=0.3),
)
"""


def test_a_format_of_a_plugin_comes_into_the_page_and_its_command(load_plugin, monkeypatch):
    load_plugin(PLUGIN)
    changes = ["methodology=[fish_bowl: 1]"]
    parts = blocks_of(page(PageSource(load("classroom", changes=changes), "classroom", changes, SEED), runs=20))
    run, _ = answer(ENGINE + COMMANDS, setting={}, **parts)
    (values,) = answer(ENGINE + VALUES, settings=[{}], **parts)
    monkeypatch.setattr(plugins, "_loaded", {})
    printed = json.loads(CliRunner().invoke(app, [*shlex.split(run)[1:], "--json"]).stdout)
    assert printed["outcomes"]["consensus"]["share"] == pytest.approx(fmean(values["consensus"]), rel=1e-12)


RUNS = """
answer(given.runs.map(([setting, replication]) => {
    const {events, verdict, blocked, outcome} = engine.run(setting, replication);
    return {events, verdict, blocked, outcome};
}));
"""


def told(scenario, case, replication):
    """Return the times and lines of a run's minutes, the sentences that come from the catalogue, and the outcome."""
    trace = watch(case, seed=SEED, replication=replication)
    story, clock = Story(scenario, trace), Clock(scenario)
    lines = []
    for passage in passages(trace.events):
        text = WRITERS[move_of(passage)](story, passage).replace("**", "")
        lines.append((clock.time(story.begins(passage), passage[0].meeting, passage[0].day), text))
    verdict = reasons(scenario, trace)[: 1 + len(scenario.issues)]
    return lines, verdict, int(trace.results.runs["outcome"][0])


def assert_told_alike(scenario, parts, knobs, settings, replications=(0, 1, 2)):
    asked = [[setting, r] for setting in settings for r in replications]
    for (setting, r), got in zip(asked, answer(ENGINE + RUNS, runs=asked, **parts), strict=True):
        changed = sample(with_changes(scenario, changes_of(knobs, setting)), SEED, r)
        lines, verdict, outcome = told(changed, lower(changed), r)
        assert [event["text"] for event in got["events"]] == [text for _, text in lines]
        times = [(event["time"], time) for event, (time, _) in zip(got["events"], lines, strict=True) if event["time"]]
        assert [one for one, _ in times] == [other for _, other in times]
        assert (got["verdict"], got["outcome"]) == (verdict, outcome)
        assert 1 <= len(got["blocked"].split()) <= 20


def test_moves_at_the_table_are_told_as_in_the_minutes():
    moves = dict.fromkeys(TABLE_MOVES, True) | {"initiative": 1.0}
    scenario = with_changes(load("classroom"), {f"process.moves.{name}": value for name, value in moves.items()})
    parts, knobs = made(scenario, "classroom")
    assert_told_alike(scenario, parts, knobs, [{}, *some_settings(knobs, 6, 4)])


def test_a_run_is_told_as_in_its_minutes(classroom):
    scenario, parts, knobs = classroom
    assert_told_alike(scenario, parts, knobs, [{}, *some_settings(knobs, 4, 10)])


def replication_with(scenario, *moves):
    """Return the first replication whose log has all these moves; a law about something rare looks for it."""
    case = lower(scenario)
    return next(r for r in range(200) if {*moves} <= {*watch(case, seed=SEED, replication=r).events["move"].tolist()})


def test_the_time_between_meetings_is_told_as_in_the_minutes():
    """Drafts go out in time before the second meeting, and too late before the third."""
    changes = ["process.intersession={record: true, consult: true, circulate: 10}",
               "process.meetings.The depot + 2.after_days=5"]  # fmt: skip
    scenario = with_changes(load("storm", changes=["meetings.count=3"]), changes)
    parts, knobs = made(scenario, "storm")
    found = replication_with(scenario, Move.RECORD, Move.CONSULT, Move.CIRCULATE, Move.RECONSIDER)
    assert_told_alike(scenario, parts, knobs, [{}], (found, 0, 1))


def test_secrets_of_an_evening_before_and_of_breaks_are_told_as_in_the_minutes():
    changes = ["process.evening_before=mixed", "process.informal.disclosure=1", "informal.corridors=1"]
    scenario = load("storm", changes=changes)
    parts, knobs = made(scenario, "storm")
    assert json.loads(parts["facts"])["day_before"] == DAY_BEFORE
    events = watch(lower(scenario), seed=SEED).events
    days = events["day"][events["move"] == Move.SECRET]
    assert DAY_BEFORE in days
    assert len({*days.tolist()}) > 1
    assert_told_alike(scenario, parts, knobs, [{}], [0])


def test_a_text_that_the_room_finds_is_told_as_in_the_minutes():
    scenario = load("storm", changes=["methodology=rolling_text"])
    parts, knobs = made(scenario, "storm")
    found = next(r for r in range(200) if watch(lower(scenario), seed=SEED, replication=r).events["found"].any())
    assert_told_alike(scenario, parts, knobs, [{}], [found])


ODD = ("events of every kind", "motions to change everything", "camps and a theme")


@pytest.mark.deep
@pytest.mark.parametrize("name", ["cstd_wgigf_2011", "netmundial_2014", *ODD])
def test_a_run_of_a_real_process_or_an_odd_one_is_told_as_in_its_minutes(name):
    scenario = loads(ROOMS[name], "room.yaml") if name in ODD else load(name)
    parts, knobs = made(scenario, "room.yaml" if name in ODD else name)
    assert_told_alike(scenario, parts, knobs, [{}, *some_settings(knobs, 5, 3)], (0, 5))


def test_stepping_through_a_run_changes_none_of_its_bits(classroom):
    scenario, parts, _ = classroom
    script = """
    const {text, minute, position, perceived, turns} = engine.run({}, 2);
    answer({text: [...text], minute: [...minute], position: [...position], perceived: [...perceived], turns});
    """
    got = answer(ENGINE + script, **parts)
    trace = watch(lower(scenario), seed=SEED, replication=2)
    assert got["minute"] == trace.minute.tolist()
    assert np.array(got["text"], float).tobytes() == trace.text.tobytes()
    assert np.array(got["position"], float).tobytes() == trace.position.tobytes()
    assert np.array(got["perceived"], float).tobytes() == trace.perceived_distance.tobytes()
    assert len(got["turns"]) == len(trace.minute) - 1
