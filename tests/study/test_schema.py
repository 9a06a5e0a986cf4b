"""Study files: what they say, and how a bad one is answered."""

from pathlib import Path

import pytest

from negsim.errors import NegsimError, ScenarioError
from negsim.scenario import load
from negsim.study.design import cells_of
from negsim.study.schema import Factor, Range, Sampled, Study, load_study, loads_study, scenario_of
from sweeps import PLAIN, SMALL, study_of

HEAD = f"scenario: {SMALL}\n"
EXPERIMENTS = sorted((Path(__file__).parents[2] / "experiments").glob("*/study.yaml"))


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
