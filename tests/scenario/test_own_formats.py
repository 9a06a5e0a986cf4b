"""Session formats of a scenario's own, and of plug-ins."""

import numpy as np
import pytest

import negsim
from negsim import plugins
from negsim.cast.formats import FORMATS
from negsim.cast.palette import Colour
from negsim.errors import NegsimError, ScenarioError
from negsim.negotiation.formats import Format
from negsim.report.plots.runs import about_minutes
from negsim.report.words import by_format
from negsim.scenario import dump_yaml, load, loads
from negsim.scenario.schema import _CLOSING_MOVES, _FORMAT_KINDS, OwnFormat, _as_written
from negsim.study.sweep import check_study

PLUGIN = """
from negsim.cast.formats import SessionFormat
from negsim.cast.palette import Colour
from negsim.negotiation.formats import CHAIR_S_OWN, Format
from negsim.negotiation.tables import Move, Pen
fish_bowl = SessionFormat(
    name="{name}", label="fish bowl", meaning="a few talk", colour=Colour.PURPLE,
    row=Format({numbers}),
)
"""
NUMBERS = "statements=5, frankness=0.4, closing=Move.READ, drafts=1, pen=Pen.CHAIR, precision=CHAIR_S_OWN, step=0.3"
WRITTEN = "{statements: 5, frankness: 0.4, closing: read, drafts: true, pen: chair, precision: chair, step: 0.3}"
USED = ["methodology=[fish_bowl: 1]"]
pytestmark = pytest.mark.usefixtures("no_plugins")


def plugin(folder, name="fish_bowl", numbers=NUMBERS):
    file = folder / "mine.py"
    file.write_text(PLUGIN.format(name=name, numbers=numbers), encoding="utf-8")
    return plugins.load(file)


def test_every_number_of_a_format_can_be_written():
    assert tuple(_FORMAT_KINDS) == Format._fields
    assert {name for name in OwnFormat.model_fields if name not in _FORMAT_KINDS} == {"label", "meaning", "colour"}


@pytest.mark.parametrize("name", FORMATS)
def test_a_built_in_format_written_as_ones_own_gives_the_same_bits(name):
    form = FORMATS[name]
    assert form.row.closing in _CLOSING_MOVES
    own = load("classroom", changes={"formats.mine": _as_written(form.row), "methodology": [{"mine": 1.0}]})
    built_in = load("classroom", changes={"methodology": [{name: 1.0}]})
    runs, others = (negsim.run(scenario, replications=20).results for scenario in (own, built_in))
    assert np.array_equal(runs.runs.tobytes(), others.runs.tobytes())
    assert np.array_equal(runs.minutes[:, len(FORMATS)], others.minutes[:, list(FORMATS).index(name)])


def test_a_format_of_a_plugin_is_written_into_the_scenario_that_names_it(tmp_path, monkeypatch):
    plugin(tmp_path)
    scenario = load("classroom", changes=USED)
    assert load("classroom").formats == {}
    assert load("classroom", changes=["uncertain.methodology={one_of: [as_written, [fish_bowl: 1]]}"]).formats
    written = dump_yaml(scenario)
    monkeypatch.setattr(plugins, "_loaded", {})
    assert loads(written) == scenario
    own = load("classroom", changes=[f"formats.fish_bowl={WRITTEN}", *USED])
    ran = [negsim.run(one, replications=20).results.runs.tobytes() for one in (scenario, own)]
    assert ran[0] == ran[1]
    with pytest.raises(ScenarioError, match=r'unknown format "fish_bowl".*; if a plug-in has it, add --plugin FILE.py'):
        load("classroom", changes=USED)


def test_a_format_has_its_label_and_its_colour(tmp_path):
    plugin(tmp_path)
    scenario = load("classroom", changes=["formats.second={statements: 7}", "methodology=[fish_bowl: .5, second: .5]"])
    fish_bowl, second = list(scenario.session_formats.values())[-2:]
    assert (fish_bowl.label, fish_bowl.colour, second.label) == ("fish bowl", Colour.PURPLE, "second")
    runs = negsim.run(scenario, replications=5)
    spent = by_format(scenario, runs.results.minutes[0])
    assert spent["fish_bowl"] > 0
    assert "fish bowl" in about_minutes({"a": runs, "b": negsim.run("classroom", replications=5)})
    assert "fish bowl" in negsim.transcript(scenario, negsim.watch(scenario))


def test_cells_with_other_formats_keep_the_minutes_of_each(tmp_path):
    agenda = "process.meetings: [{name: A, days: 2, agenda: [questionnaire: 0.5, NAME: 0.5]}]"
    levels = "\n".join(
        f"    {name}: {{formats: {{{name}: {{statements: {n}}}}}, {agenda.replace('NAME', name)}}}"
        for n, name in enumerate(("one", "two"), start=1)
    )
    study = negsim.loads_study(f"scenario: classroom\nvary:\n  format:\n{levels}\nreplications: 20\ndetail: true\n")
    frame = negsim.sweep(study, tmp_path / "results").frame()
    for name in ("one", "two"):
        assert (frame[f"minutes.{name}"][frame["format"] == name] > 0).all()
        assert frame[f"minutes.{name}"][frame["format"] != name].isna().all()


def test_a_study_is_read_without_the_plugin_of_its_formats(tmp_path, monkeypatch):
    plugin(tmp_path)
    study = negsim.loads_study(
        "scenario: classroom\nvary: {methodology: [as_written, [fish_bowl: 1]]}\nreplications: 20\ndetail: true\n"
    )
    ran = negsim.sweep(study, tmp_path / "results")
    monkeypatch.setattr(plugins, "_loaded", {})
    results = negsim.results(tmp_path / "results")
    assert results.frame().equals(ran.frame())
    assert results.scenario_of(1).formats.keys() == {"fish_bowl"}
    assert results.frame(["minutes.fish_bowl"])["minutes.fish_bowl"].iloc[-1] > 0
    with pytest.raises(NegsimError, match="unknown format"):
        check_study(study)
