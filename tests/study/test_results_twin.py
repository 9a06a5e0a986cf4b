"""What a study answers, and what comparisons say, beside the plain twin of `results_twin.py`, over odd tables."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

import results_twin as twin
from negsim.negotiation.measures import RUN_ROW
from negsim.negotiation.tables import Outcome
from negsim.scenario import load
from negsim.study.compare import compare
from negsim.study.results import results
from negsim.study.runner import Runs, run, workers
from negsim.study.schema import loads_study
from negsim.study.sweep import opened
from negsim.study.work import Done
from results_twin import Scale
from sweeps import PLAIN, SMALL, swept

NAN, INFINITE = math.nan, math.inf
CLOSE = {"rel": 1e-9, "abs": 1e-9, "nan_ok": True}
SCALES = {
    "consensus": Scale(0.0, 1.0, is_flag=True),
    "would_rough_consensus": Scale(0.0, 1.0, is_flag=True),
    "share_agreed": Scale(0.0, 1.0, is_flag=False),
    "depth": Scale(0.0, 1.0, is_flag=False),
    "worst_shortfall": Scale(-INFINITE, INFINITE, is_flag=False),
    "readings": Scale(0.0, INFINITE, is_flag=False),
}
MEASURES = "measures: [share_agreed, depth, worst_shortfall, readings]"
THREE = PLAIN.replace("vary:", f"{MEASURES}\nvary:\n  process.hours: [4, 6]")
CURVES = [  # one cell a point, several, and several of some of the cells
    (("meetings.count", "process.hours", "chair"), {}),
    (("process.hours", "meetings.count"), {}),
    (("chair",), {"meetings.count": 2}),
]


def made_up(kind, seed=0, cells=8, replications=14):
    """The measures of so many runs of every cell (C,R each), odd in some way; NaN where one does not apply."""
    rng = np.random.default_rng(seed)
    replications = {"one replication": 1, "two replications": 2}.get(kind, replications)
    shape = cells, replications
    common, leaning = rng.random((1, replications)), rng.random((cells, 1))
    table = {
        "outcome": rng.choice([1, 3, 4], shape),
        "would_rough_consensus": (rng.random(shape) < leaning).astype(float),
        "share_agreed": np.clip(0.5 * common + 0.5 * rng.random(shape) * leaning, 0.0, 1.0),
        "depth": np.clip(common + rng.normal(0.0, 0.3, shape), 0.0, 1.0),
        "worst_shortfall": rng.normal(leaning, 0.2, shape) * np.where(np.arange(cells) % 2, 1.0, 10.0)[:, None],
        "readings": rng.integers(0, 90, shape).astype(float),
    }
    if kind in ODD:
        ODD[kind](table)
    return table


def with_holes(table):
    """Some cells lack a measure in some replications, each in others."""
    for cell in range(0, len(table["depth"]), 3):
        table["depth"][cell, cell % 4 :: 4] = NAN


def with_an_empty_cell(table):
    table["depth"][3] = table["worst_shortfall"][0] = NAN


def never_together(table):
    table["depth"][::2, ::2] = table["depth"][1::2, 1::2] = NAN


def with_nothing(table):
    """No cell has a measure, and the cells are alike in how runs end."""
    table["depth"][:] = NAN
    for name in ("outcome", "would_rough_consensus"):
        table[name][:] = table[name][0]


def with_ones_and_zeros(table):
    """The base has ones and zeros by chance, in what is no share: the other cells have more."""
    table["readings"][0] = np.arange(table["readings"].shape[1]) % 2


def constant(table):
    for name, value in {"outcome": 1, "would_rough_consensus": 1, "depth": 1, "worst_shortfall": 0.3}.items():
        table[name][:] = value


ODD = {
    "holes": with_holes,
    "an empty cell": with_an_empty_cell,
    "never together": never_together,
    "nothing": with_nothing,
    "constant": constant,
    "two replications": with_ones_and_zeros,
}
KINDS = ("plain", *ODD, "one replication")


def simulated(table):
    """What a worker does with a part, where the runs of it are made up."""

    def do(task):
        cell, replication = np.array(
            [(piece.cell, piece.first + n) for piece in task.part.pieces for n in range(piece.runs)]
        ).T
        columns = {"cell": cell.astype(np.int32), "replication": replication}
        columns["outcome"] = table["outcome"][cell, replication].astype(np.int8)
        columns["consensus"] = (columns["outcome"] == Outcome.CONSENSUS).astype(np.int8)
        usual = np.zeros(table["outcome"].shape)
        return Done(columns | {name: table.get(name, usual)[cell, replication] for name in task.measures}, None)

    return do


def rows_of(table):
    """The rows of the twin: a run each, without what does not apply."""
    rows = []
    for cell, replication in np.ndindex(*table["outcome"].shape):
        row = {name: float(values[cell, replication]) for name, values in table.items()}
        ending = row.pop("outcome")
        row["consensus"] = float(ending == Outcome.CONSENSUS)
        known = {name: value for name, value in row.items() if not math.isnan(value)}
        rows.append({"cell": cell, "replication": replication} | known)
    return rows


def answered(table, folder, **changes):
    """The results of a study whose runs are made up."""
    study = loads_study(THREE)
    data = study.resolved() | {"replications": table["outcome"].shape[1]} | changes
    with opened(type(study).model_validate(data), folder) as sweep, workers(count=1) as found:
        for _ in sweep.steps(found, simulated(table)):
            pass
    return results(folder)


def check(found, rows):
    """All that is answered about every measure is what the twin answers."""
    for measure in ("consensus", "would_rough_consensus", "depth", "worst_shortfall"):
        scale = SCALES[measure]
        cells = twin.by_cell(rows, found.cells, measure, scale)
        np.testing.assert_allclose(found.estimates(measure), [one[:3] for one in cells], rtol=1e-9, atol=1e-9)
        for names, where in CURVES:
            check_curve(found, rows, measure, names, where)


def check_curve(found, rows, measure, names, where):
    *by, x = names
    points = twin.curve(rows, found.cells, measure, SCALES[measure], names, where)
    curve = found.curve(x, measure, by=by, where=where)
    assert [tuple(row) for row in curve[[*names]].itertuples(index=False)] == list(points)
    widths = twin.paired(rows, found.cells, measure, names, where)
    for point, levels in zip(curve.itertuples(index=False), points, strict=True):
        assert tuple(point)[-5:] == pytest.approx((*points[levels], widths[levels]), **CLOSE), (measure, point)


@pytest.mark.parametrize("kind", KINDS)
def test_the_answers_about_a_table_are_those_of_its_twin(kind, tmp_path):
    table = made_up(kind)
    found, rows = answered(table, tmp_path / "r"), rows_of(table)
    check(found, rows)
    means = twin.by_cell(rows, found.cells, "depth", SCALES["depth"])
    np.testing.assert_allclose(found.means("depth"), [one.value for one in means], rtol=1e-9)


def test_a_summary_is_that_of_its_twin(tmp_path):
    table = made_up("holes", seed=3)
    found, rows = answered(table, tmp_path / "r"), rows_of(table)
    summary = found.summary(["depth", "readings"], quantiles=[0.1, 0.5])
    for name in ("depth", "readings"):
        values = [twin.values_of(rows, cell, name) for cell in range(8)]
        for at, column in ((0.1, f"{name}_q10"), (0.5, f"{name}_q50")):
            wanted = [twin.quantile(own, at) for own in values]
            np.testing.assert_allclose(summary[column], wanted, rtol=1e-12)
        np.testing.assert_allclose(summary[name], [twin.mean(own).value for own in values], rtol=1e-12)


@pytest.mark.parametrize(
    ("main", "kind", "half_width"),
    [("share_agreed", "plain", 0.08), ("depth", "holes", 0.15), ("consensus", "plain", 0.181),
     ("worst_shortfall", "an empty cell", 0.5)],
)  # fmt: skip
def test_a_stopped_study_has_the_rows_of_its_twin(main, kind, half_width, tmp_path, monkeypatch):
    """Every cell ends at its own look, a point of several cells is over the replications of all, and looks are paid."""
    table, looks = made_up(kind, seed=5, replications=75), [10, 20, 40, 75]
    found = answered(table, tmp_path / "r", main=main, stop={"half_width": half_width, "every": 10})
    monkeypatch.setattr(twin, "MISSES", 0.05 / len(looks))
    rows = twin.rows_until_the_stop(rows_of(table), main, SCALES[main], half_width=half_width, looks=looks)
    there = found.frame(["cell", "replication"]).to_numpy().tolist()
    assert there == [[row["cell"], row["replication"]] for row in rows]
    assert len(there) < 75 * len(found.cells)
    check_curve(found, rows, main, *CURVES[1])


@pytest.fixture(scope="module")
def real():
    """The runs of the cells of a small study, each run by itself."""
    changes = [[f"meetings.count={count}", f"process.chair.pressure={p}"] for count in (1, 2) for p in (0.5, 0.9)]
    return [run(load(SMALL, changes=some), replications=40, seed=7) for some in changes]


def real_rows(runs, cell=0):
    numbers = {measure: runs.column(measure).tolist() for measure in SCALES}
    known = [{name: own[n] for name, own in numbers.items() if not math.isnan(own[n])} for n in range(len(runs))]
    return [{"cell": cell, "replication": n} | row for n, row in enumerate(known)]


def test_the_answers_of_a_small_study_are_those_of_its_twin(tmp_path):
    found = swept(loads_study(PLAIN), tmp_path / "r")
    runs = [run(found.scenario_of(cell), replications=40, seed=7) for cell in range(4)]
    rows = [row for cell, own in enumerate(runs) for row in real_rows(own, cell)]
    for measure in SCALES:
        for names in (("meetings.count",), ("chair", "meetings.count")):
            check_curve(found, rows, measure, names, {})


def made_up_runs(scenario, table, cell):
    """Runs of which only the numbers are made up."""
    runs = np.zeros(table["outcome"].shape[1], RUN_ROW)
    for name, values in table.items():
        runs[name] = values[cell]
    return Runs(scenario, 0, 0, SimpleNamespace(runs=runs))


def check_comparison(one, wanted):
    for name in ("base", "changed", "paired", "unpaired"):
        assert getattr(one, name)[:4] == pytest.approx(tuple(getattr(wanted, name)), **CLOSE), (one.measure, name)
    assert one.narrower == pytest.approx(wanted.narrower, **CLOSE)


COMPARED = [name for name in SCALES if name != "worst_shortfall"]


@pytest.mark.parametrize("half_width", [None, 0.07])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "nothing"])
def test_a_comparison_is_that_of_its_twin(kind, half_width):
    table, scenario = made_up(kind, seed=1, replications=60), load(SMALL)
    rows = rows_of(table)
    own = [[row for row in rows if row["cell"] == cell] for cell in range(4)]
    alternatives = {str(cell): made_up_runs(scenario, table, cell) for cell in range(4)}
    for one in compare(alternatives, COMPARED, half_width=half_width):
        scale, changed = SCALES[one.measure], own[int(one.alternative)]
        wanted = twin.compare(own[0], changed, one.measure, scale, half_width)
        check_comparison(one, wanted)
        if half_width is not None:
            assert (one.enough, one.enough_unpaired) == (wanted.enough, wanted.enough_unpaired), one.measure


def test_a_comparison_of_real_runs_is_that_of_its_twin(real):
    for one in compare({str(n): runs for n, runs in enumerate(real)}, list(SCALES)):
        changed = real_rows(real[int(one.alternative)])
        check_comparison(one, twin.compare(real_rows(real[0]), changed, one.measure, SCALES[one.measure]))
