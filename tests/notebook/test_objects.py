"""The objects of `negsim`: each is a plain one with verbs, and a verb says what its command says."""

import copy
import pickle
import subprocess
import sys
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import negsim
from answers import answer
from negsim import scenario as plain
from negsim.errors import NegsimError
from negsim.notebook.runs import NotebookRuns
from negsim.notebook.scenarios import NotebookScenario
from negsim.notebook.studies import NotebookResults
from negsim.report.plots.style import Picture, Pictures
from negsim.study import runner

DATA = Path(__file__).parents[1] / "data"
SMALL, FULL = DATA / "small.yaml", DATA / "full.yaml"


@pytest.fixture(scope="module")
def scenario():
    return negsim.load(FULL)


@pytest.fixture(scope="module")
def runs(scenario):
    return scenario.run(60, seed=3)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    study = negsim.loads_study("scenario: classroom\nvary: {meetings.count: [1, 2]}\nreplications: 10\n")
    return negsim.sweep(study, tmp_path_factory.mktemp("study") / "results")


def same(left, right):
    return all(one.tobytes() == other.tobytes() for one, other in zip(left, right, strict=True))


def test_a_loaded_scenario_is_the_plain_one_with_verbs(scenario):
    other = plain.load(FULL)
    assert isinstance(scenario, plain.Scenario)
    assert scenario == other == scenario
    assert scenario != plain.load(SMALL) != scenario
    assert type(scenario.plain) is plain.Scenario
    assert plain.dump_yaml(scenario) == plain.dump_yaml(other)
    assert type(plain.load(FULL)) is plain.Scenario


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))])  # noqa: S301
def test_an_object_can_be_kept_and_sent(scenario, runs, again):
    compared = scenario.compare({"same": []}, ["depth"], replications=4)
    for one in (scenario, runs, compared, runs.watch(0), runs.trust(0)):
        assert type(again(one)) is type(one)
        assert repr(again(one)) == repr(one)
    assert again(scenario) == scenario


def test_what_is_made_of_an_object_has_verbs_too(scenario, runs, found):
    text = plain.dump_yaml(scenario)
    made = [negsim.loads(text), scenario.with_changes({"trust.across": 0.3}), negsim.sample(scenario, 0, 1)]
    assert {type(one) for one in made} == {NotebookScenario}
    assert type(runs.scenario) is NotebookScenario
    assert type(negsim.run(plain.load(SMALL), replications=2)) is NotebookRuns
    assert type(negsim.results(found.folder)) is type(found) is NotebookResults


def test_a_verb_gives_the_bits_of_the_room_below(scenario, runs):
    below = runner.run(plain.load(FULL), replications=60, seed=3)
    assert same(runs.results, below.results)
    assert same(scenario.run(9, seed=3, first=20).results.runs, below.results.runs[20:29])
    assert same(negsim.watch(scenario, seed=3, replication=5).state, runner.watch(FULL, seed=3, replication=5).state)
    assert same(negsim.watch(negsim.lower(scenario), seed=3).state, runner.watch(FULL, seed=3).state)


def test_functions_take_plain_objects_and_objects(scenario, runs):
    below = runner.run(plain.load(FULL), replications=60, seed=3)
    assert negsim.compare({"one": below, "other": runs}, ["depth"]).frame()["paired"].tolist() == [0.0]
    beside = negsim.compare(
        {"as it is": runs, "longer": ["meetings.count=2"], "other": SMALL, "one": below}, ["minutes"]
    )
    longer = scenario.with_changes({"meetings.count": 2}).run(60, seed=3)
    assert negsim.compare({"as it is": runs, "longer": longer}, ["minutes"])[0] == beside[0]
    assert [one.alternative for one in beside] == ["longer", "other", "one"]
    assert list(negsim.plot(below)) == list(negsim.plot(runs)) == list(runs.plot())
    trace = runner.watch(scenario, seed=3, replication=7)
    assert (
        negsim.transcript(plain.load(FULL), trace) == runs.transcript(7) == scenario.transcript(seed=3, replication=7)
    )


@pytest.mark.parametrize(
    ("code", "spared"),
    [
        ("import negsim", {"numpy", "pydantic", "negsim.scenario"}),
        ("import negsim; negsim.load('classroom').run(2)", {"pandas", "matplotlib", "mesa", "duckdb", "IPython"}),
        ("import negsim; negsim.load('classroom').run(2).summary()", {"pandas", "matplotlib", "mesa", "duckdb"}),
    ],
)
def test_a_verb_loads_nothing_that_it_does_not_need(code, spared):
    code = f"{code}; import sys; print(sorted({spared} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", str(SMALL), "--replications", "30"], lambda it: it.run(30).summary()),
        (["measures"], lambda _: negsim.measures()),
        (["measures", "depth"], lambda _: negsim.measures("depth")),
        (["transcript", str(SMALL), "--seed", "4"], lambda it: it.transcript(seed=4)),
    ],
)
def test_a_verb_says_what_its_command_prints(words, said):
    assert said(negsim.load(SMALL)).strip() == answer(words).out.strip()


def test_a_table_is_that_of_the_command(tmp_path):
    scenario = negsim.load(SMALL)
    answer(["compare", str(SMALL), "meetings.count=2", "--replications", "20", "--out", str(tmp_path / "table.csv")])
    table = scenario.compare({"meetings.count=2": ["meetings.count=2"]}, replications=20).frame()
    pd.testing.assert_frame_equal(table.fillna(np.nan), pd.read_csv(tmp_path / "table.csv"), check_dtype=False)


def test_pictures_are_drawn_when_they_are_shown(runs, tmp_path):
    drawn = []
    pictures = Pictures({name: Picture(lambda name=name: drawn.append(name), "") for name in ("one", "two")})
    assert drawn == []
    assert repr(pictures.only("two")) == "<Pictures: two>"
    assert drawn == []
    trust = runs.plot("trust")
    assert trust["trust"]._repr_png_()[0].startswith(b"\x89PNG")
    assert "data:image/png;base64," in trust._repr_html_()
    assert [path.name for path in trust.save(tmp_path / "new", "svg")] == ["trust.svg"]


def test_what_a_person_wrote_is_no_html():
    wild = negsim.load(SMALL, changes=['title="<script>alert(1)</script>"', 'issues.scope.label="<b>"'])
    for one in (wild, wild.groups, wild.watch(), wild.run(4), wild.run(4).summary(), wild.watch().transcript()):
        assert "<script>" not in one._repr_html_()
        assert "<b>" not in one._repr_html_()


def test_a_course_and_groups_show_themselves_as_tables():
    scenario = negsim.load(FULL)
    shown = scenario.watch()._repr_html_()
    assert all(issue.label in shown for issue in scenario.issues.values())
    assert "agreed" in shown or "open" in shown
    groups = scenario.groups._repr_html_()
    assert "from 0.1 to 0.75" in groups  # the red line of the states on the scope
    assert repr(scenario.groups).startswith("<Groups")
    assert scenario.groups == scenario.plain.groups


def test_a_misspelt_attribute_gets_a_suggestion(runs, found):
    for one, wrong, meant in (
        (runs, "colum", "column"),
        (runs.watch(5), "minit", "minute"),
        (negsim.load(SMALL), "isues", "issues"),
        (found, "sumary", "summary"),
    ):
        with pytest.raises(AttributeError, match=f'has no "{wrong}"; did you mean "{meant}"'):
            getattr(one, wrong)
        assert not hasattr(one, "_no_such_thing")


def test_a_box_and_a_fit_sum_themselves_up(tmp_path):
    study = """
scenario: classroom
changes: {{process.adoption: everything}}
vary: {{trust.across: {{between: [0.1, 0.9]}}, {}}}
design: latin_hypercube
points: 60
replications: 10
"""
    of_box, of_fit = "process.hours: {between: [2, 10]}", "parameters.goodwill: {between: [0.2, 1]}"
    found = [negsim.sweep(negsim.loads_study(study.format(one)), tmp_path / one[:9]) for one in (of_box, of_fit)]
    for one, title in ((found[0].discover("consensus"), "Discovery"), (found[1].fit({"share_agreed": 0.5}), "Fit")):
        assert repr(one).startswith(f"<{title} of ")
        assert len(repr(one)) <= 2_000
        assert one.summary() in unescape(one._repr_html_())
        assert len(one.frame()) == len(one.limits if title == "Discovery" else one.members)
        assert next(iter(one.plot().values()))._repr_png_()[0].startswith(b"\x89PNG")


def test_trust_is_a_matrix_a_list_of_ties_and_a_graph(runs):
    trust, state = runs.trust(5), runner.watch(FULL, seed=3, replication=5).state
    matrix, ties, graph = trust.frame(), trust.edges(), trust.graph()
    assert matrix.loc["Norland", "St. Ann"] == state.trust[1, 0]
    assert np.isnan(np.diag(matrix)).all()
    assert len(ties) == graph.number_of_edges() == len(matrix) * (len(matrix) - 1)
    assert graph.edges["Norland", "St. Ann"]["trust"] == matrix.loc["Norland", "St. Ann"]
    assert graph.nodes["Norland"]["group"] == "states"
    of_states = ties[ties["holder"].isin(runs.delegates[:5]) & ties["about"].isin(runs.delegates[5:])]
    assert trust.by_group().loc["states", "firms"] == pytest.approx(of_states["trust"].mean())


def test_what_was_watched_cannot_be_written_to(runs):
    trace = runs.watch(5)
    for array in (trace.state.trust, trace.position, trace.state.delegates["present"], trace.results.runs):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = array


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda it: it.run(4).plot("trsut"), 'unknown picture "trsut"; did you mean "trust"?'),
        (lambda it: it.compare(["meetings.count=2"]), "a list: alternatives are a mapping from names, such as"),
        (lambda it: negsim.watch(negsim.lower(it)).transcript(), "this run is of bare tables, which have no names"),
        (lambda it: it.compare({"as it is": ["meetings.count=2"]}), '"as it is" is what the scenario itself is called'),
        (lambda _: negsim.sweep({"scenario": "classroom"}, "results"), "a mapping: name the file of a study"),
        (lambda it: it.compare({"less": ["meetings.cuont=2"]}), "cuont"),
        (lambda it: negsim.compare({"a": it.run(4), "b": 5}), "b: is 5, not the runs that `run` gives"),
        (lambda _: negsim.measures("dpeth"), 'did you mean "depth"?'),
        (lambda it: it.run(10**30), "it must be a whole number from 0 to 2**32 - 1"),
        (lambda it: it.run(4).by_issue(["agreed"]), "unknown measure by issue a list"),
        (lambda it: negsim.compare({"a": it.run(4), "b": []}, 5), "5: measures are a list, as in [5]"),
        (lambda it: negsim.transcript("classroom", negsim.watch(it)), '"classroom": is not a Scenario'),
        (lambda it: it.run(4).plot(["trust", "outcomes"]), "a list: name pictures one by one"),
        (lambda it: it.run(4).plot(look=negsim.FigureLook(width="85")), "the width and the dpi of a look are numbers"),
        (lambda it: negsim.NegotiationModel(it, policies="mine:Spoiler"), '"mine:Spoiler": policies are a mapping'),
        (lambda _: negsim.loads_study(Path("study.yaml")), "study.yaml: is not the text of a study"),
        (lambda it: it.write_page("page.html", measures="depth"), '"depth": measures are a list'),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_mistake_is_a_sentence(ask, said):
    with pytest.raises(NegsimError) as caught:
        ask(negsim.load(SMALL))
    assert said in str(caught.value)
    assert caught.value._render_traceback_() == [f"{type(caught.value).__name__}: {caught.value}"]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda it: it.summary(quantiles=0.9), "0.9: quantiles are a list, as in [0.9]"),
        (lambda it: it.summary(["depth"], quantiles=[float("nan")]), "nan is not a quantile"),
        (lambda it: it.values("depth", {"meetings.count": [1, 2]}), "a list is not a level of meetings.count"),
        (lambda it: it.scenario_of("1"), 'has no cell "1"; it has 2, counted from 0'),
        (lambda it: it.discover("depth", above="high"), 'above is "high"; write a number, such as 0.5'),
        (lambda it: it.discover(density="high"), 'density is "high"; it is a share of the runs from 0 to 1'),
        (lambda it: it.fit({"depth": 0.5}, share="some"), '"some" is not a share of the runs to accept'),
        (lambda it: negsim.sensitivity(str(it.folder)), "is not the results of a study; `results` opens a folder"),
        (lambda _: negsim.fit("results", {"depth": 0.5}), '"results": is not the results of a study'),
    ],
)
def test_a_mistake_about_results_is_a_sentence(found, ask, said):
    with pytest.raises(NegsimError) as caught:
        ask(found)
    assert said in str(caught.value)


def test_a_function_names_itself_where_an_argument_is_wrong():
    for ask, wrong in ((lambda: negsim.why("storm", treshold=0.4), "'treshold'"), (negsim.fit, "'results'")):
        with pytest.raises(TypeError, match=rf"^(why|fit)\(\) .*{wrong}$"):
            ask()


def test_what_a_comparison_is_to_say_is_checked_before_anything_is_run(monkeypatch):
    monkeypatch.setattr(NotebookScenario, "run", None)
    scenario = negsim.load(SMALL)
    for wrong in ({"half_width": 0.0}, {"measures": "depth"}, {"measures": ["dpeth"]}):
        with pytest.raises(NegsimError):
            scenario.compare({"same": []}, **wrong)


def test_a_comparison_without_named_measures_has_the_usual_ones():
    scenario = negsim.load(SMALL)
    assert scenario.compare({"same": []}, None, replications=4) == scenario.compare({"same": []}, replications=4)


def test_what_is_compared_runs_on_the_replications_of_the_first():
    later = negsim.load(SMALL).run(4, first=20)
    [row] = negsim.compare({"as written": later, "again": []}, ["minutes"])
    assert (row.paired.value, row.base.observations) == (0.0, 4)
