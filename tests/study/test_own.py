"""Measures of one's own: expressions of scenarios and functions of plug-ins, in runs and in studies."""

import json
from importlib.util import find_spec

import numpy as np
import pytest

import negsim
from negsim import kernel, plugins
from negsim.cast import measures
from negsim.cast.measures import lookup
from negsim.errors import NegsimError
from negsim.negotiation.tables import Move
from negsim.report.outputs import run_table, write_rerun
from negsim.report.summary import as_data, summary
from negsim.scenario import load
from negsim.study import own
from negsim.study.compare import compare
from negsim.study.runner import rerun

PLUGIN = '''
from __future__ import annotations

import negsim
from negsim.kernel import kernel
from negsim.negotiation.log import Verdict
from negsim.negotiation.tables import Case, State


@negsim.measure(label="readings that failed", kind="count", unit="readings")
def failed(run):
    """readings at which the text did not pass"""
    return sum(isinstance(event, Verdict) and not event.passed for event in run.happenings)


@negsim.measure(kind="level")
@kernel
def least_trust(case: Case, state: State) -> float:
    least = 1.0
    for i in range(state.trust.shape[0]):
        for j in range(state.trust.shape[0]):
            if i != j and state.trust[i, j] < least:
                least = state.trust[i, j]
    return least


twice = negsim.measure("2 * depth_overall", name="twice")
'''
EARLY = "{expression: consensus * (minutes < 240), kind: flag, label: consensus within four hours}"
CHANGES = [f"measures.early={EARLY}"]


@pytest.fixture(autouse=True)
def no_measures(monkeypatch):
    monkeypatch.setattr(measures, "_declared", {})


@pytest.fixture
def plugin(load_plugin):
    return load_plugin(PLUGIN)


def study_of(text=""):
    return negsim.loads_study(
        f"scenario: classroom\nchanges: {{measures.early: {EARLY}}}\nreplications: 30\n"
        f"vary: {{methodology: [as_written, rolling_text]}}\n{text}"
    )


def test_an_expression_is_computed_from_the_columns_of_the_runs():
    runs = negsim.run(load("classroom", changes=CHANGES), replications=40)
    consensus, minutes = runs.column("consensus"), runs.column("minutes")
    assert np.array_equal(runs.column("early"), consensus * (minutes < 240))
    assert np.array_equal(runs.frame()["early"], runs.column("early"))
    assert lookup("early").label == "consensus within four hours"


@pytest.mark.parametrize(
    "column", ["agreed.logs", "satisfaction.business", "minutes.questionnaire", "blocks.business.logs"]
)
def test_an_expression_reads_columns_by_issue_group_and_format(column):
    runs = negsim.run(load("classroom", changes={"measures.x": column}), replications=10)
    assert np.array_equal(runs.column("x"), runs.frame()[column].astype(float))


@pytest.mark.usefixtures("plugin")
def test_a_function_sees_the_state_and_the_log_of_each_run():
    scenario = load("classroom")
    runs = negsim.run(scenario, replications=12, seed=3, first=5)
    traces = [rerun(scenario, 3, replication).trace for replication in range(5, 17)]
    failed = [int(((t.events["move"] == Move.READ) & ~t.events["passed"]).sum()) for t in traces]
    others = ~np.eye(scenario.seat_count, dtype=bool)
    assert runs.column("failed").tolist() == failed
    assert runs.column("least_trust").tolist() == [t.state.trust[others].min() for t in traces]
    assert np.array_equal(runs.column("twice"), 2 * runs.column("depth_overall"))


@pytest.mark.usefixtures("plugin")
def test_measures_of_ones_own_are_known_wherever_those_of_the_model_are():
    runs = negsim.run(load("classroom", changes=CHANGES), replications=20)
    names = ["failed", "least_trust", "twice", "early"]
    assert list(runs.own_measures) == names
    assert "MEASURES OF YOUR OWN" in summary(runs)
    assert "consensus within four hours" in summary(runs)
    assert set(names) <= set(as_data(runs, "x")["measures"])
    header, rows = run_table([({}, runs)])
    assert header[-4:] == names
    assert [row[-4] for row in rows] == runs.column("failed").tolist()
    other = negsim.run(load("classroom", changes=[*CHANGES, "methodology=rolling_text"]), replications=20)
    assert [one.measure for one in compare({"a": runs, "b": other}, ["early", "failed"])] == ["early", "failed"]


def test_a_study_keeps_them_and_is_read_without_the_plugin(plugin, tmp_path, monkeypatch):
    study = study_of("main: failed\n")
    ran = negsim.sweep(study, tmp_path / "results")
    frame = ran.frame()
    for cell in (0, 1):
        runs = negsim.run(ran.scenario_of(cell), replications=30)
        for name in ("failed", "least_trust", "twice", "early"):
            assert np.array_equal(frame[frame["cell"] == cell][name], runs.column(name))
    identifies = json.loads((tmp_path / "results" / "manifest.json").read_text())["identifies"]
    assert identifies["plugins"] == {"mine": plugin.digest}
    assert identifies["measures"]["failed"]["plugin"] == "mine"
    monkeypatch.setattr(plugins, "_loaded", {})
    monkeypatch.setattr(measures, "_declared", {})
    results = negsim.results(tmp_path / "results")
    assert results.frame().equals(frame)
    assert lookup("failed").label == "readings that failed"
    assert results.curve("methodology")["value"].tolist() == results.means("failed").tolist()
    assert "failed" in results.summary()
    assert write_rerun(results, 3, tmp_path / "rerun")
    with pytest.raises(NegsimError, match="the plug-in mine is not loaded"):
        negsim.sweep(study, tmp_path / "results")


@pytest.mark.usefixtures("plugin")
def test_another_plugin_of_that_name_makes_another_study(load_plugin, tmp_path):
    negsim.sweep(study_of("measures: [failed]\n"), tmp_path / "results")
    load_plugin(PLUGIN.replace("not event.passed", "event.passed"))
    with pytest.raises(NegsimError, match="the plug-ins differ"):
        negsim.sweep(study_of("measures: [failed]\n"), tmp_path / "results")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def x(run):\n    return 2.0", "the measure x is 2 in replication 0; a flag is 0 or 1"),
        ("def x(run):\n    return 1 / 0", r"mine\.py:4: the measure x fails \(ZeroDivisionError"),
        ("def x(run):\n    return 'a lot'", r"the measure x fails \(ValueError"),
        ("def x(run):\n    run.state.trust[0, 0] = 1\n    return 0", r"mine\.py:4: the measure x fails .*read-only"),
        ("def x(run):\n    return run.measure('dept')", "the measure x fails"),
    ],
)
def test_a_function_that_fails_is_an_error_that_names_its_line(load_plugin, source, message):
    load_plugin(f"import negsim\n@negsim.measure(kind='flag')\n{source}\n")
    with pytest.raises(NegsimError, match=message):
        negsim.run("classroom", replications=3).column("x")


@pytest.mark.skipif(kernel.UNCOMPILED or find_spec("numba") is None, reason="nothing is compiled")
@pytest.mark.usefixtures("plugin")
def test_a_kernel_gives_the_same_bits_compiled_and_as_plain_python(monkeypatch):
    compiled = negsim.run("classroom", replications=20).column("least_trust")
    monkeypatch.setattr(own, "_compiled_once", lambda function: function)
    assert np.array_equal(negsim.run("classroom", replications=20).column("least_trust"), compiled)


def test_a_function_of_a_run_with_policies_sees_that_run(load_plugin):
    load_plugin(PLUGIN + "\n\nclass Blocker:\n    def respond(self, view):\n        return 'block'\n")
    scenario = load("classroom", changes={"policies": {"business": "mine:Blocker"}})
    runs, without = (negsim.run(one, replications=4) for one in (scenario, "classroom"))
    traces = [rerun(scenario, 0, replication).trace for replication in range(4)]
    failed = [int(((t.events["move"] == Move.READ) & ~t.events["passed"]).sum()) for t in traces]
    assert runs.column("failed").tolist() == failed
    assert runs.column("failed").tolist() != without.column("failed").tolist()
