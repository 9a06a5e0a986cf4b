"""Interventions in many worlds: the worlds, the numbers against a script, what reverses a ranking, and the command."""

from pathlib import Path

import numpy as np
import pytest

import negsim as package
from answers import finished, negsim, table_of
from negsim.cases import case_in
from negsim.errors import NegsimError
from negsim.report import robust as report
from negsim.report.plots import numbers
from negsim.report.plots.study import study_pictures
from negsim.scenario import load, with_changes
from negsim.scenario.sampling import sample
from negsim.study import robust, worlds
from negsim.study.catalogue import interventions_of
from negsim.study.estimates import difference, share
from negsim.study.schema import loads_study
from sweeps import swept

DATA = Path(__file__).parents[1] / "data"
SMALL, FLOORS = (str(DATA / f"{name}.yaml") for name in ("small", "floors"))
CHANGES = {
    "no floor": ["groups.ambition.red_lines={}"],
    "package": ["methodology=package_deal"],
    "trust": ["trust.across=high"],
}


@pytest.fixture(scope="module")
def forty():
    """Three changes of the treaty on floors in forty worlds of twenty runs."""
    return finished(robust.robust(load(FLOORS), try_=CHANGES, replications=20, seed=3))


def test_the_treaty_on_floors_fails_nine_times_in_ten():
    assert 0.05 < package.run(FLOORS, replications=200, threads=1).is_outcome("consensus").mean() < 0.2


def test_robust_equals_a_script_over_the_same_worlds(forty):
    base, gains, best, helps, regret = [], [], [], [], []
    scenario = package.load(FLOORS)
    for w in range(40):
        world = package.sample(scenario, 3, w)

        def reached(changes, world=world, w=w):
            runs = package.run(package.with_changes(world, changes), replications=20, seed=3, first=20 * w, threads=1)
            return runs.is_outcome("consensus")

        plain = reached([])
        changed = [reached(changes) for changes in CHANGES.values()]
        gain = [one.mean() - plain.mean() for one in changed]
        base.append(plain.mean())
        gains.append(gain)
        best.append([one == max(gain) and one > 0 for one in gain])
        helps.append([difference(one, plain).low > 0 for one in changed])
        halves = [[0, *((one - plain)[part].mean() for one in changed)] for part in (slice(10), slice(10, None))]
        regret.append([
            np.mean([other[int(np.argmax(one))] - other[j + 1] for one, other in (halves, halves[::-1])])
            for j in range(3)
        ])  # fmt: skip
    order = sorted(range(3), key=lambda j: (-sum(row[j] for row in best), -np.mean([row[j] for row in gains])))
    assert forty.base.tolist() == pytest.approx(base)
    assert [one.intervention.name for one in forty.effects] == [list(CHANGES)[j] for j in order]
    for j, one in zip(order, forty.effects, strict=True):
        assert one.gain.tolist() == pytest.approx([row[j] for row in gains])
        assert one.is_best.tolist() == [row[j] for row in best]
        assert one.helps.tolist() == [row[j] for row in helps]
        assert one.regret.tolist() == pytest.approx([row[j] for row in regret])
        assert one.gains == pytest.approx(np.quantile([row[j] for row in gains], (0.1, 0.5, 0.9)))


def test_the_table_holds_what_the_script_computes(forty):
    header, rows = report.robust_table(forty)
    first = dict(zip(header, next(rows), strict=True))
    assert [first[name] for name in ("best", "best_low", "best_high")] == list(share(forty.effects[0].is_best)[:3])
    assert (first["change"], first["worlds"], first["runs"]) == (forty.effects[0].intervention.name, 40, 20)
    header, rows = report.worlds_table(forty)
    every = [dict(zip(header, row, strict=True)) for row in rows]
    assert len(every) == 120
    assert every[0]["trust.across"] == sample(load(FLOORS), 3, 0).trust.across


def test_a_step_changes_one_value_up_or_down_and_is_held():
    steps = list(worlds.stepped_worlds(load(SMALL)))
    names = {one.name for one in steps}
    assert len(names) == len(steps) > 20
    for one in steps:
        (path,) = one.inputs
        assert one.scenario == with_changes(load(SMALL), one.inputs)
        assert sum(other.inputs.keys() == one.inputs.keys() for other in steps) <= 2, path


@pytest.mark.parametrize(
    ("path", "ends"),
    [
        ("trust.across", {0.15, 0.5}),  # the words on both sides of 0.35
        ("groups.ambition.red_lines.cap.min", {0.3, 0.5}),  # a tenth of the scale
        ("groups.ambition.seats", {3, 5}),  # one seat at least
        ("parameters.goodwill", set()),  # the default, which the file does not set
    ],
)
def test_steps_go_to_the_next_word_by_a_tenth_or_by_one_seat(path, ends):
    certain = load(FLOORS, changes=["uncertain={}"])
    assert {one.inputs[path] for one in worlds.stepped_worlds(certain) if path in one.inputs} == ends


def test_a_parameter_of_the_file_goes_to_the_ends_of_its_range_and_what_is_drawn_makes_no_step():
    scenario = load(FLOORS, changes=["parameters.goodwill=0.33"])
    inputs = [path for one in worlds.stepped_worlds(scenario) for path in one.inputs]
    assert inputs.count("parameters.goodwill") == 2
    assert set(load(FLOORS).uncertain).isdisjoint(inputs)


def test_a_coded_case_goes_to_the_next_options_of_its_codes():
    steps = list(robust.worlds_of(load("cases/gge15"), "steps", count=1, seed=0, steps=worlds.coded_worlds(_case())))
    assert all(len(one.inputs) == 1 for one in steps)
    assert {name for one in steps for name in one.inputs} <= set(_case().codes)
    assert all(one.scenario != load("cases/gge15") for one in steps)


def _case():
    return case_in("cases/gge15")


def test_parameters_of_an_ensemble_are_inputs_each():
    scenario = load(SMALL, changes=["uncertain.parameters=plausible"])
    first, second = worlds.drawn_worlds(scenario, 0, 2)
    assert len(first.inputs) > 5
    assert all(path.startswith("parameters.") for path in first.inputs)
    assert first.inputs != second.inputs


SOME = interventions_of(load(SMALL))


def effects_of(gains):
    """Effects that gain so much (J,W), without runs behind them."""
    best = (gains == gains.max(axis=0)).astype(float)
    none = np.zeros_like(gains)
    return [
        robust.WorldEffects(SOME[j], gains[j], best[j], none[j], none[j], none[j]) for j in range(len(gains))
    ]  # fmt: skip


def some_worlds(inputs):
    """Worlds with so many inputs (inputs, W), without scenarios."""
    return [
        worlds.World("", None, {f"x{n}": float(value) for n, value in enumerate(column)})
        for column in np.asarray(inputs).T
    ]


def test_the_input_that_reverses_a_ranking_is_named_with_both_halves():
    x, other = np.random.default_rng(6).uniform(size=(2, 40))
    effects = effects_of(np.array([0.2 + 0 * x, 0.4 * x]))
    (found,) = robust.inputs_that_reverse(some_worlds([other, x]), effects)
    assert found.name == "x1"
    assert found.low[0] + found.low[1] == found.high[0] + found.high[1] == 20
    assert found.low[0] > 15
    assert found.high[1] > 15


def test_where_one_leads_everywhere_nothing_reverses():
    x = np.linspace(0.0, 1.0, 40)
    assert robust.inputs_that_reverse(some_worlds([x]), effects_of(np.array([1.0 + x, x]))) == []


def test_a_first_place_is_claimed_only_where_a_sign_test_tells_it():
    gains = np.zeros((2, 40))
    gains[0, :24] = gains[1, 24:] = 1.0
    assert len(robust.rivals(effects_of(gains))) == 1
    gains[0, 24:32], gains[1, 24:32] = 1.0, 0.0
    assert robust.rivals(effects_of(gains)) == []


def test_a_step_that_reverses_the_ranking_is_named_and_noise_is_not():
    values = np.zeros((2, 30, 40))
    values[0] = np.random.default_rng(1).integers(0, 2, size=(30, 40))
    values[1] = np.random.default_rng(2).integers(0, 2, size=(30, 40))
    steps = [worlds.World(f"step {w}", None, {}) for w in range(30)]
    assert robust._worlds_that_reverse(steps, effects_of(values.mean(axis=2)), values) == []
    values[0, 7], values[1, 7] = 0.0, 1.0
    (found,) = robust._worlds_that_reverse(steps, effects_of(values.mean(axis=2)), values)
    assert (found.name, found.gap.value) == ("step 7", 1.0)


def test_worlds_stand_beside_the_curves_of_a_study(tmp_path):
    vary = "{meetings.count: [1, 2], methodology: [rolling_text, chair_text]}"
    spec = loads_study(f"scenario: {SMALL}\nvary: {vary}\nreplications: 4\n")
    found = swept(spec, tmp_path / "r")
    means = finished(robust.cells_over_worlds(found, 3, parameters="plausible"))
    assert means.shape == (4, 3)
    layout = numbers.curve_layout(numbers.varied(found))
    data = numbers.over_worlds(numbers.curves(found, layout, "consensus"), found, means)
    for line_level, line in data.panels[None].items():
        for level, ends in zip(line.levels, line.worlds.T, strict=True):
            (cell,) = [c for c, cell in enumerate(found.cells) if [*cell.values()] == [level, line_level]]
            assert ends.tolist() == pytest.approx(np.quantile(means[cell], (0.1, 0.9)))
    assert "dotted, 10 to 90 % of 3 draws of what is uncertain" in study_pictures(found, means)["curves"].caption
    with pytest.raises(NegsimError, match="nothing is uncertain in the scenario"):
        finished(robust.cells_over_worlds(found, 3))


def test_the_spread_of_worlds_leaves_out_that_of_few_runs():
    noise = np.random.default_rng(8)
    chances = noise.uniform(0.2, 0.8, size=(400, 1))
    runs = (noise.uniform(size=(400, 20)) < chances).astype(float)
    assert robust._without_noise(runs).std() == pytest.approx(chances.std(), rel=0.1)
    assert runs.mean(axis=1).std() > 1.1 * chances.std()
    alike = (noise.uniform(size=(400, 20)) < 0.5).astype(float)
    assert robust._without_noise(alike).std() < 0.04


def test_the_command_writes_what_it_prints(tmp_path):
    tries = [word for label, (change,) in CHANGES.items() for word in ("--try", f"{label}={change}")]
    few = ("--worlds", 6, "--replications", 4)
    done = negsim("robust", FLOORS, *tries, *few, "--out", tmp_path / "out", "--width", 85, "--format", "pdf")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "robust.txt").read_text("utf-8") == done.stdout
    assert {row["change"] for row in table_of(tmp_path / "out" / "robust.csv")} == set(CHANGES)
    assert len(table_of(tmp_path / "out" / "worlds.csv")) == 18
    assert (tmp_path / "out" / "robust.pdf").exists()


def test_a_notebook_has_the_same_answer():
    found = package.load(FLOORS).robust(try_=CHANGES, worlds=4, replications=4)
    assert repr(found) == '<Robustness of "A treaty on floors": 3 changes in 4 worlds>'
    assert list(found.frame()["change"]) == [one.intervention.name for one in found.effects]
    assert len(found.worlds_frame()) == 12
    assert list(found.plot()) == ["robust"]
    assert found.summary() == report.robust_text(found, "A treaty on floors")


def test_the_catalogue_gives_the_best_of_each_subject_and_no_rule():
    steps = robust.robust(
        load(SMALL, changes=["uncertain={trust.across: {uniform: [0.2, 0.5]}}"]), worlds=3, replications=2
    )
    found = finished(steps)
    assert len(found.effects) == 7
    assert len({one.intervention.subjects for one in found.effects}) == 7
    assert "rule" not in {one.intervention.kind for one in found.effects}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"kind": "draws"}, "nothing is uncertain in the scenario"),
        ({"replications": 1}, "a world needs two runs or more"),
        ({"measure": "depth", "replications": 2}, "depth is not a number in every run"),
    ],
)
def test_what_cannot_be_asked_is_refused(options, says):
    with pytest.raises(NegsimError, match=says):
        finished(robust.robust(load(SMALL), try_={"more": ["trust.across=0.9"]}, **options))
