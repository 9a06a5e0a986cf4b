"""Study files: what they say, and how a bad one is answered."""

from pathlib import Path

import pytest

from negsim.errors import NegsimError, ScenarioError
from negsim.scenario import load
from negsim.study.design import cells_of
from negsim.study.schema import (
    Factor,
    Range,
    Sampled,
    Study,
    load_study,
    loads_study,
    scenario_of,
)
from sweeps import PLAIN, SMALL, study_of

HEAD = f"scenario: {SMALL}\n"
EXPERIMENTS = sorted((Path(__file__).parents[2] / "experiments").glob("*/study.yaml"))

BAD = {
    "": "s.yaml: the file is empty; a study starts with `scenario: NAME`",
    "[]": "s.yaml:1:1: a list is not a study; a study is a mapping that starts with `scenario: NAME`",
    "scenari: x": 's.yaml:1:1: scenari: unknown key; did you mean "scenario"?',
    "scenario: clasroom": 's.yaml:1:11: scenario: clasroom: no scenario of that name; did you mean "classroom"?',
    HEAD + "vary:\n  meetings.cont: [1]": (
        's.yaml:3:19: vary.meetings.cont.0: meetings.cont=1: there is no such path; did you mean "meetings.count"?'
    ),
    HEAD + "vary:\n  methodology: [chair_text, rolling_txt]": (
        's.yaml:3:29: vary.methodology.1: methodology=rolling_txt: unknown methodology "rolling_txt"; '
        'did you mean "rolling_text"?'
    ),
    HEAD + 'vary:\n  process.adoption: ["a; b"]': (
        's.yaml:3:22: vary.process.adoption.0: process.adoption=a; b: unknown adoption "a; b"; '
        "one of: everything, separable"
    ),
    HEAD + "vary: {process.hours: {between: [2, 99]}}\ndesign: sobol\npoints: 8": (
        "s.yaml:2:37: vary.process.hours.between.1: process.hours=99.0: 99.0 is out of range; "
        "write a number from 0.1 to 24"
    ),
    HEAD + "vary: {process.hours: {between: [2, 9]}}": (
        "s.yaml:2:23: vary.process.hours: a range in a factorial design; list its values, or name a design such as "
        "latin_hypercube (`design:`, or --design of the sweep)"
    ),
    HEAD + "vary: {process.hours: {between: [9, 2]}}": (
        "s.yaml:2:23: vary.process.hours: `between` goes from 9 to 2; write the lower number first"
    ),
    **dict.fromkeys(
        [HEAD + f"vary: {{process.hours: {{between: {ends}}}}}" for ends in ("[2]", "[2, 4, 6]", "[2, many]", "4")],
        "s.yaml:2:23: vary.process.hours: `between` takes two numbers: [low, high]",
    ),
    HEAD + "vary: {process.hours: {between: [2, 9], hole: true}}": (
        's.yaml:2:23: vary.process.hours: unknown key "hole" beside `between`; it may have `whole: true`'
    ),
    HEAD + "vary: {process.hours: {between: [2, 9.5], whole: true}}": (
        "s.yaml:2:23: vary.process.hours: `between` goes from 2 to 9.5; whole numbers need whole ends"
    ),
    HEAD + "vary: {chair: {calm: {process.chair.pressur: 0}}}": (
        's.yaml:2:22: vary.chair.calm: process.chair.pressur=0: unknown key; did you mean "pressure"?'
    ),
    HEAD + "vary: {outcome: {a: {}}}": (
        's.yaml:2:7: vary: "outcome" is a column of every table; give the factor another name'
    ),
    HEAD + "vary: {Depth: {a: {}}}": (
        's.yaml:2:7: vary: "Depth" is a column of every table; give the factor another name'
    ),
    HEAD + "detail: true\nvary: {agreed.logs: {a: {}}}": (
        's.yaml:2:9: detail: adds a column "agreed.logs"; give the factor of this name another'
    ),
    HEAD + "vary: {a: {x: {}}, A: {y: {}}}": (
        's.yaml:2:7: vary: "A" is the name of two factors, but for capital letters; tables need another'
    ),
    HEAD + 'vary: {"a\\nb": {x: {}}}': (
        's.yaml:2:7: vary: "a\\nb" is not a name of a factor; write a path, or a name of your own'
    ),
    HEAD + "vary: {size: {'1': {meetings.count: 2}, '1.0': {}}}": "s.yaml:2:14: vary.size: names 1.0 twice",
    HEAD + "vary: {process.chair.pressure: [0, 1], process.chair: [{pressure: 0.5}]}": (
        "s.yaml:2:55: vary.process.chair: process.chair would undo what process.chair.pressure sets; write it before"
    ),
    HEAD + "cells: [{'': 5}]": ('s.yaml:2:8: cells: "" is not a name of a factor; write a path, or a name of your own'),
    HEAD + "changes: {'': 5}": (
        "s.yaml:2:10: changes: =5: is not a change; write path=value, as in process.chair.pressure=0"
    ),
    HEAD + "vary: {meetings.count: []}": "s.yaml:2:24: vary.meetings.count: has 0 values; from 1 to 1000",
    HEAD + "vary: {meetings.count: [1, 2, 1]}": "s.yaml:2:24: vary.meetings.count: names 1 twice",
    HEAD + "vary: {meetings.count: 3}": (
        "s.yaml:2:24: vary.meetings.count: 3 is not what can be varied; write a list of values, "
        "{between: [low, high]}, or levels by name"
    ),
    HEAD + "vary: {meetings.count: [1]}\ncells: [{meetings.count: 1}]": (
        "s.yaml:3:8: cells: is given beside `vary`; keep one"
    ),
    HEAD + "cells: [{meetings.count: 1}, {metings.count: 2}]": (
        's.yaml:2:46: cells.1.metings.count: metings.count=2: there is no such path; did you mean "meetings.count"?'
    ),
    HEAD + "design: sobol\nvary: {meetings.count: [1, 2]}\npoints: 100": (
        "s.yaml:4:9: points: 100 is not a power of two, which a Sobol' sequence needs; write 128"
    ),
    HEAD + "design: morris\nvary: {meetings.count: [1, 2]}": (
        "s.yaml:2:9: design: a morris design needs `points`, how many it takes"
    ),
    HEAD + "points: 3": (
        "s.yaml:2:9: points: a factorial design has none; they are for latin_hypercube, sobol, saltelli, morris"
    ),
    HEAD + "design: sobol\npoints: 4": "s.yaml:2:9: design: a sobol design needs factors to vary; write `vary`",
    HEAD + "changes: {process.hours: 99}\nvary: {meetings.count: [1]}": (
        "s.yaml:2:10: changes: process.hours=99: 99 is out of range; write a number from 0.1 to 24"
    ),
    HEAD + "seed: -1": "s.yaml:2:7: seed: -1 is out of range; write a number from 0 to 18446744073709551615",
    HEAD + "main: consenus": 's.yaml:2:7: main: unknown measure "consenus"; did you mean "consensus"?',
    HEAD + "measures: [dept]": 's.yaml:2:11: measures: unknown measure "dept"; did you mean "depth"?',
    HEAD + "stop: {half_with: 1}": 's.yaml:2:8: stop.half_with: unknown key; did you mean "half_width"?',
    HEAD + "series: {every: 0}": "s.yaml:2:17: series.every: 0 is out of range; write a number from 1 to 100000",
    HEAD + "series: {every: 60}": ("s.yaml:2:17: series.every: 60 has no unit of time; write 60 min (1 h) or 60 h"),
    HEAD + "series: {every: 2000 h}": (
        "s.yaml:2:17: series.every: 120000.0 is out of range; write a number from 1 to 100000"
    ),
    HEAD + "a: &a [*a]": "s.yaml:2:8: a.0: *a has no anchor &a before it",
}


def last_line(text):
    """The last line of what a bad study is answered with."""
    with pytest.raises(ScenarioError) as error:
        loads_study(text, "s.yaml")
    return str(error.value).splitlines()[-1]


def test_a_bad_study_is_answered_with_the_place_and_what_would_be_right():
    assert {text: last_line(text) for text in BAD} == BAD


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(ScenarioError) as told:
        loads_study("scenario: classroom\nreplications: 0\nseed: x\nvary: {a: 1}\nsed: 2\n", "s.yaml")
    assert [problem.where.line for problem in told.value.problems] == [2, 3, 4, 5]


def test_a_study_finds_a_scenario_beside_it(tmp_path):
    (tmp_path / "room.yaml").write_text(SMALL.read_text())
    (tmp_path / "study.yaml").write_text("scenario: room.yaml\nvary: {meetings.count: [1]}\n")
    assert load(load_study(tmp_path / "study.yaml").scenario).title == "Two groups"
    with pytest.raises(ScenarioError, match="no such file"):
        load_study(tmp_path / "none.yaml")


@pytest.mark.parametrize("file", EXPERIMENTS, ids=lambda file: file.parent.name)
def test_every_experiment_is_a_study_with_a_question(file):
    study = load_study(file)
    assert study.question.endswith("?")
    assert cells_of(study)
    readme = (file.parent / "README.md").read_text()
    assert f"negsim study sweep experiments/{file.parent.name}/study.yaml" in readme
    assert (file.parent / "figure.png").exists()


# ------------------------------------------------------------------------------------------------ designs


def test_a_factorial_has_every_combination_the_last_factor_fastest():
    cells = cells_of(study_of())
    assert [tuple(cell.values()) for cell in cells] == [
        (1, "as it was"), (1, "pressing"), (2, "as it was"), (2, "pressing"),
    ]  # fmt: skip
    assert study_of().changes_of(cells[3]) == {"meetings.count": 2, "process.chair.pressure": 0.9}


def test_listed_cells_are_kept_in_order_and_what_they_leave_out_is_as_written():
    study = loads_study(HEAD + "cells: [{meetings.count: 3}, {methodology: rolling_text, meetings.count: 1}]")
    assert cells_of(study) == [
        {"meetings.count": 3, "methodology": None}, {"meetings.count": 1, "methodology": "rolling_text"},
    ]  # fmt: skip
    assert study.changes_of(cells_of(study)[0]) == {"meetings.count": 3}


SAMPLED = """
vary:
  meetings.count: {between: [1, 4], whole: true}
  process.hours: {between: [2, 6]}
  methodology: [chair_text, rolling_text, straw_poll]
  chair: {calm: {}, pressing: {process.chair.pressure: 1}}
"""


def sampled(design, points):
    return loads_study(HEAD + SAMPLED, sampled=Sampled(design, points))


def test_a_latin_hypercube_has_one_point_in_every_slice():
    cells = cells_of(sampled("latin_hypercube", 24))
    assert sorted(int((cell["process.hours"] - 2) / 4 * 24) for cell in cells) == list(range(24))
    for name, levels in (
        ("meetings.count", {1, 2, 3, 4}),
        ("methodology", {"chair_text", "rolling_text", "straw_poll"}),
    ):
        values = [cell[name] for cell in cells]
        assert {values.count(level) for level in levels} == {24 // len(levels)}


@pytest.mark.parametrize(("design", "count"), [("sobol", 16), ("saltelli", 16 * 6), ("morris", 16 * 5)])
def test_sampled_designs_are_as_large_as_they_say_and_stay_within_the_ranges(design, count):
    cells = cells_of(sampled(design, 16))
    assert len(cells) == count
    assert all(1 <= cell["meetings.count"] <= 4 and isinstance(cell["meetings.count"], int) for cell in cells)
    assert all(2 <= cell["process.hours"] <= 6 for cell in cells)
    assert cells == cells_of(sampled(design, 16))
    other = sampled(design, 16).model_copy(update={"seed": 1})
    assert cells != cells_of(other)


def test_a_step_of_a_morris_trajectory_changes_one_factor():
    cells = cells_of(sampled("morris", 8))
    for start in range(0, len(cells), 5):
        steps = zip(cells[start : start + 4], cells[start + 1 : start + 5], strict=True)
        assert all(sum(a[name] != b[name] for name in a) <= 1 for a, b in steps)


def test_a_study_that_is_too_large_is_refused_before_it_is_spelt_out():
    many = {f"p{n}": list(range(1000)) for n in range(8)}
    study = study_of().model_copy(update={"vary": many})
    del study.__dict__["factors"]
    with pytest.raises(NegsimError, match="at most 200000 cells"):
        cells_of(study)


def test_what_holds_in_every_cell_and_what_varies_are_applied_together_knobs_in_their_order():
    """One meeting under a chair's text is not the first of two: the methodology is laid over the meetings there are."""
    study = loads_study(HEAD + "changes: {methodology: chair_text}\nvary: {meetings.count: [1, 3]}")
    for cell in cells_of(study):
        asked = [f"meetings.count={cell['meetings.count']}", "methodology=chair_text"]
        assert scenario_of(study, load(SMALL), cell).process == load(SMALL, changes=asked).process


def test_a_range_of_whole_numbers_gives_each_the_same_share():
    factor = Factor("meetings.count", span=Range(1, 4, whole=True))
    assert factor.values == (1, 4)
    assert [factor.at(n / 8) for n in range(8)] == [1, 1, 2, 2, 3, 3, 4, 4]
    assert factor.at(1.0) == 4


def test_a_study_made_in_python_is_refused_in_the_words_of_a_file():
    with pytest.raises(ScenarioError) as caught:
        Study(replications="many", vari={}, vary={"x": 3}, stop={"half_width": "x"})
    assert str(caught.value).splitlines() == [
        "Study: scenario: is missing",
        "Study: vary.x: 3 is not what can be varied; write a list of values, {between: [low, high]}, or levels by name",
        'Study: replications: "many" is not a number; write a number from 1 to 10000000',
        'Study: stop.half_width: "x" is not a number; write a number from 1e-06 to 1e+06',
        'Study: vari: unknown key; did you mean "vary"?',
    ]
    with pytest.raises(ScenarioError, match="Study: design: a sobol design needs factors to vary"):
        Study(scenario="classroom", design="sobol", points=8)


def test_a_study_says_the_same_when_read_back():
    study = loads_study(PLAIN)
    assert type(study).model_validate(study.resolved()) == study
