"""Policies in studies: the same bits whoever works, another study where they differ, and a folder that says which."""

import json
import shutil
from pathlib import Path

import pytest

from negsim import plugins
from negsim.errors import NegsimError
from negsim.policies.identity import identity_of_policies
from negsim.report.outputs import write_rerun
from negsim.report.progress import sweep
from negsim.scenario import load
from negsim.study.results import results
from negsim.study.runner import run, workers
from negsim.study.schema import loads_study
from negsim.study.sweep import opened
from sweeps import unpacked

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
MINE = """
class Dicer:
    def speak(self, view):
        return view.rng.random()

    def respond(self, view):
        return view.rng.choice(["accept", "block"]).item()


class Stater:
    def __init__(self, place=0.5):
        self.place = place

    def speak(self, view):
        return self.place
"""
STUDY = f"""
scenario: {SMALL}
vary:
  policies.Norland: [none, "mine:Dicer"]
  meetings.count: [1, 2]
replications: 20
seed: 7
detail: true
series: {{every: 60 min}}
"""


@pytest.fixture(autouse=True)
def mine(load_plugin):
    return load_plugin(MINE)


def parts(folder):
    return {path.name for path in folder.rglob("*.parquet")}


def test_a_study_that_varies_a_policy_is_the_runs_it_names(tmp_path):
    found = sweep(loads_study(STUDY), tmp_path / "results", count=1)
    frame = found.frame()
    for cell, rows in frame.groupby("cell"):
        level = found.cells[cell]
        changes = [f"meetings.count={level['meetings.count']}"]
        policies = {"Norland": level["policies.Norland"]}
        alone = run(load(SMALL, changes=changes), replications=20, seed=7, policies=policies)
        assert rows["share_agreed"].tolist() == alone.column("share_agreed").tolist()
        assert rows["readings"].tolist() == alone.column("readings").tolist()
    last = found.series().groupby(["cell", "replication"])["share_agreed"].last()
    assert last.tolist() == frame["share_agreed"].tolist()


@pytest.mark.deep
@pytest.mark.slow
def test_processes_give_the_same_parts_after_an_interruption(tmp_path):
    study, other = loads_study(STUDY), {"firms": "mine:Stater"}
    sweep(study, tmp_path / "threads", policies=other, count=1)
    shutil.copytree(tmp_path / "threads", tmp_path / "loose")
    with opened(study, tmp_path / "processes", policies=other) as sweeping, workers("processes", count=2) as found:
        steps = sweeping.steps(found)
        next(steps)
        next(steps)
    assert parts(tmp_path / "processes") < parts(unpacked(tmp_path / "loose"))
    sweep(study, tmp_path / "processes", policies=other, executor="processes", count=2)
    assert parts(tmp_path / "processes") == parts(tmp_path / "threads")


def test_a_folder_says_which_policies_it_had(tmp_path, mine):
    study = loads_study(STUDY)
    found = sweep(study, tmp_path / "a", count=1)
    identifies = json.loads((tmp_path / "a" / "manifest.json").read_text())["identifies"]
    assert identifies["plugins"] == {"mine": mine.digest}
    assert "policies" not in identifies
    assert write_rerun(found, 65, tmp_path / "again")
    Path(mine.file).write_text(MINE + "\n# another\n", encoding="utf-8")
    plugins.load(mine.file)
    with pytest.raises(NegsimError, match=r"holds another study \(the plug-ins differ\)"):
        sweep(study, tmp_path / "a")
    with pytest.raises(NegsimError, match="was begun with another version of the plug-in mine"):
        write_rerun(found, 65, tmp_path / "other")
    plugins._loaded.clear()
    with pytest.raises(NegsimError, match=r"^the plug-in mine is not loaded"):
        sweep(study, tmp_path / "a")
    assert len(results(tmp_path / "a")) == 80
    with pytest.raises(NegsimError, match="the plug-in mine is not loaded"):
        write_rerun(found, 65, tmp_path / "twice")


@pytest.mark.parametrize(
    "uncertain",
    [
        "{policies.Norland: {one_of: ['mine:Dicer', none]}}",
        "{policies: {one_of: [{Norland: 'mine:Dicer'}, {}]}}",
        "{north: {either: [{policies.Norland: 'mine:Dicer'}, {policies.Norland: none}]}}",
    ],
)
def test_policies_that_are_drawn_identify_a_study(mine, uncertain):
    scenario = load(SMALL, changes=[f"uncertain={uncertain}"])
    assert identity_of_policies([scenario], {}) == {"plugins": {"mine": mine.digest}}


def test_what_cannot_go_to_a_process_is_refused_in_a_sentence(tmp_path):
    class Here:
        def speak(self, _):
            """Nothing."""

    with pytest.raises(
        NegsimError, match=r"^Norland: this policy cannot go to another process \(.*put it into a plug-in"
    ):
        sweep(loads_study(STUDY), tmp_path / "a", policies={"Norland": Here()}, executor="processes")


def test_a_study_with_a_policy_that_is_not_there_is_refused_before_it_runs(tmp_path):
    with pytest.raises(NegsimError, match=r'policies.Norland: .*has no "Dice"; did you mean "Dicer"\?'):
        sweep(loads_study(STUDY.replace("mine:Dicer", "mine:Dice")), tmp_path / "a")
    assert not (tmp_path / "a").exists() or not parts(tmp_path / "a")
