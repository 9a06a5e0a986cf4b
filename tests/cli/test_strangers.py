"""A file of somebody else's names a module, a path or a plug-in: nothing is imported, and every command refuses it."""

import json
import sys

import pytest

from answers import answer
from negsim import plugins
from negsim.cli.options import BAD_INPUT
from negsim.study import store
from sweeps import study_of, swept

TRAP = "from pathlib import Path\nPath(__file__).with_suffix('.sprung').touch()\n"
RUNS = ("run", "transcript", "plot", "report", "why", "robust")  # with a scenario and nothing else
NAMES = {  # what a scenario says
    "a policy of a plug-in": 'policies={government: "trap:Spoiler"}',
    "a policy of a module": 'policies={government: "os:system"}',
    "a policy of a path": 'policies={government: "./trap.py:Spoiler"}',
    "a policy with a dot": 'policies={government: "os.path:join"}',
    "a format": "methodology=[trap: 1]",
    "a format of a plug-in": 'methodology=[{"trap:circle": 1}]',
    "a rule": "process.decision_rule=trap",
    "a rule of a plug-in": "process.decision_rule='trap:weighted'",
    "an expression that imports": "measures={x: \"__import__('trap')\"}",
    "an expression that calls": "measures={x: \"open('trap.sprung', 'w')\"}",
    "a measure of a plug-in": 'measures={x: "trap:x"}',
}


@pytest.fixture(autouse=True)
def trap(here, no_plugins, monkeypatch):  # noqa: ARG001 - it is the only one
    """A folder with a file that must not be imported, though it would be found."""
    monkeypatch.syspath_prepend(here)
    (here / "trap.py").write_text(TRAP, encoding="utf-8")
    yield
    assert not (here / "trap.sprung").exists()
    assert "trap" not in sys.modules
    assert plugins.loaded() == ()


def refused(*words):
    done = answer(list(words))
    assert (done.code, done.error, done.out) == (BAD_INPUT, None, ""), f"{words}\n{done}"
    assert done.err.strip()
    assert "Traceback" not in done.err


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_that_names_it_is_refused(name, tmp_path):
    show = answer(["show", "classroom", "--resolved"])
    path, _, value = NAMES[name].partition("=")
    (tmp_path / "scenario.yaml").write_text(show.out, encoding="utf-8")
    (tmp_path / "study.yaml").write_text(
        f"scenario: classroom\nreplications: 16\nchanges:\n  {path}: {value}\n", encoding="utf-8"
    )
    for command in RUNS:
        few = () if command == "transcript" else ("--replications", "20")
        refused(command, "scenario.yaml", "--set", NAMES[name], *few)
    refused("compare", "scenario.yaml", "meetings.count=2", "--set", NAMES[name], "--replications", "20")
    refused("explain", "scenario.yaml", "meetings.count=2", "--set", NAMES[name], "--replications", "20")
    refused("study", "sweep", "study.yaml", "--out", "results")


@pytest.mark.parametrize(
    "text", ["main: trap", "measures: [trap]", 'main: "trap:x"', "vary: {process.decision_rule: [trap]}"]
)
def test_a_study_that_names_it_is_refused(text, tmp_path):
    (tmp_path / "study.yaml").write_text(f"scenario: classroom\nreplications: 16\n{text}\n", encoding="utf-8")
    refused("check", "study.yaml")
    refused("study", "sweep", "study.yaml", "--out", "results")


def test_a_manifest_that_names_it_is_refused(tmp_path):
    swept(study_of(replications=16), tmp_path / "results")
    file = tmp_path / "results" / store.MANIFEST_FILE
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["identifies"]["plugins"] = {"trap": "0" * 16}
    manifest["identity"] = store.identity_of(manifest["identifies"])
    file.write_text(json.dumps(manifest), encoding="utf-8")
    (tmp_path / "study.yaml").write_text("scenario: classroom\nreplications: 16\n", encoding="utf-8")
    refused("study", "sweep", "study.yaml", "--out", "results")
    refused("study", "cells", "results")
