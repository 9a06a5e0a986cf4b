"""The gate and the release: what runs, what is not run again, and where they stop."""

import re
from pathlib import Path

import pytest

from benchmarks import lanes

TABLE = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text("utf-8")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of their own for logs, and a tree that says what it is."""
    monkeypatch.setattr(lanes, "PLACE", tmp_path)
    monkeypatch.setattr(lanes, "digest", lambda: "tree")
    return tmp_path


def held(steps, **how):
    return {step: outcome.held for step, outcome in lanes.outcomes(steps, **how).items()}


def test_contributing_says_of_every_step_its_lane():
    rows = re.findall(r"^\| `([\w-]+)` \| (gate|release) \|", TABLE, re.MULTILINE)
    listed = {re.sub("^mutants-.*", "mutants-PART", step): "release" for step in lanes.RELEASE}
    assert dict(rows) == listed | dict.fromkeys(lanes.GATE, "gate")


def test_a_gate_stops_at_the_first_failure_and_says_how_to_repeat_it(place, capsys):
    steps = {"one": "echo is fine", "two": "echo is not; exit 3", "three": f"touch {place}/three"}
    assert held(steps, at_once=1, goes_on=False) == {"one": True, "two": False}
    assert not (place / "three").exists()
    printed = capsys.readouterr().out
    assert "is fine" in printed
    assert "== two: FAILED; to repeat it alone: echo is not; exit 3" in printed


def test_what_runs_beside_a_failure_is_stopped(place):
    steps = {"slow": f"sleep 600; touch {place}/slow", "bad": "false"}
    assert held(steps, at_once=2, goes_on=False) == {"bad": False}
    assert not (place / "slow").exists()


def test_a_release_goes_on(place):
    steps = {"one": "false", "two": f"touch {place}/two"}
    assert held(steps, at_once=1, goes_on=True) == {"one": False, "two": True}
    assert (place / "two").exists()


def test_what_has_passed_on_this_tree_is_not_run_again_and_what_has_failed_is(place, monkeypatch):
    steps = {"one": f"echo >>{place}/one", "two": f"echo >>{place}/two; false"}
    for _ in range(2):
        assert held(steps, at_once=1, goes_on=True) == {"one": True, "two": False}
    assert [(place / step).read_text() for step in steps] == ["\n", "\n\n"]
    monkeypatch.setattr(lanes, "digest", lambda: "another tree")
    assert held(steps, at_once=1, goes_on=True) == {"one": True, "two": False}
    assert (place / "one").read_text() == "\n\n"


def test_a_step_during_which_the_tree_has_changed_has_not_passed_on_it(place, monkeypatch):
    trees = iter(["before", "after", "after", "after"])
    monkeypatch.setattr(lanes, "digest", lambda: next(trees))
    for _ in range(2):
        assert held({"one": f"echo >>{place}/one"}, at_once=1, goes_on=True) == {"one": True}
    assert (place / "one").read_text() == "\n\n"


def test_the_digest_sees_every_letter_of_every_file_and_no_file_that_git_ignores(tmp_path, monkeypatch):
    monkeypatch.setattr(lanes, "ROOT", tmp_path)
    lanes.subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("ignored\n")
    before = lanes.digest()
    (tmp_path / "ignored").write_text("anything")
    assert lanes.digest() == before
    (tmp_path / "new").write_text("a")
    first = lanes.digest()
    (tmp_path / "new").write_text("b")
    assert len({before, first, lanes.digest()}) == 3


@pytest.mark.parametrize(("only", "chosen"), [("attack,waits", ["attack", "waits"]), ("test", ["test"])])
@pytest.mark.usefixtures("place")
def test_a_release_takes_some_steps(monkeypatch, capsys, only, chosen):
    monkeypatch.setattr(lanes, "RELEASE", dict.fromkeys(lanes.RELEASE, "true") | {"waits": "false"})
    monkeypatch.setattr("sys.argv", ["lanes.py", "release", "--only", only])
    assert lanes.main() == ("waits" in chosen)
    table = capsys.readouterr().out.rpartition("step ")[2].splitlines()[1:]
    assert [line.split()[:2] for line in table] == [[step, "NO" if step == "waits" else "yes"] for step in chosen]


def test_the_beginning_of_a_name_takes_all_that_have_it_and_no_step_is_refused(monkeypatch, capsys):
    assert set(lanes._named("mutants")) == {step for step in lanes.RELEASE if step.startswith("mutants-")}
    monkeypatch.setattr("sys.argv", ["lanes.py", "release", "--only", "attack,wait"])
    assert lanes.main() == 2
    assert "no such step: wait; there are test, check" in capsys.readouterr().err
