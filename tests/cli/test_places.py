"""What cannot be written or read is called by the name that was asked for; `check` knows every kind of file."""

from __future__ import annotations

import resource
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from answers import answer, negsim
from negsim.errors import FailedError
from negsim.files import whole_file, whole_folder
from negsim.study import runner

DATA = Path(__file__).parents[1] / "data"
SMALL = str(DATA / "small.yaml")
STUDY = "scenario: classroom\nvary: {meetings.count: [1, 2]}\nreplications: 4\nseed: 7\n"


def small_disk() -> None:
    """A process that can write files of a hundred bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("run {} --replications 2 --out out", "out"),
        ("transcript {} --out out.md", "out.md"),
        *(
            pytest.param(*one, marks=pytest.mark.deep)
            for one in (
                ("plot {} --replications 2 --only trust --out out", "out"),
                ("report {} --replications 2 --out out.html", "out.html"),
                ("compare {} meetings.count=2 --replications 2 --out out.csv", "out.csv"),
                ("describe odd {} --out out.md", "out.md"),
                ("study export results --out out.csv", "out.csv"),
                ("study sweep study.yaml --out out", "out"),
            )
        ),
    ],
)
def test_a_full_disk_is_told_by_the_name_that_was_asked_for(words, place, tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY)
    if "export" in words:
        assert negsim("study", "sweep", tmp_path / "study.yaml", "--out", tmp_path / "results").exit_code == 0
    done = subprocess.run(
        [sys.executable, "-m", "negsim", *words.format(SMALL).split()], cwd=tmp_path, capture_output=True, text=True,
        check=False, preexec_fn=small_disk,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert done.stderr.splitlines()[-1] == f"{place}: cannot be written (File too large)"
    assert not (tmp_path / place).is_file()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("write", [lambda path: whole_folder(path, "run"), whole_file])
def test_a_place_that_takes_nothing_is_named_and_not_a_temporary_one(write, monkeypatch, tmp_path):
    def read_only(*_, **__):
        raise OSError(30, "Read-only file system", str(tmp_path / ".out-r7cjcc34"))

    monkeypatch.setattr("tempfile.mkdtemp", read_only)
    monkeypatch.setattr(Path, "replace", read_only)
    with pytest.raises(FailedError) as failed, write(tmp_path / "out"):
        pass
    assert str(failed.value) == f"{tmp_path / 'out'}: cannot be written (Read-only file system)"


@pytest.mark.parametrize("words", ["run {} --replications 2", "plot {} --replications 2", "study sweep study.yaml"])
def test_a_dangling_link_is_called_one(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("study.yaml").write_text(STUDY)
    Path("out").symlink_to("nowhere")
    done = negsim(*words.format(SMALL).split(), "--out", "out")
    assert done.exit_code == 2
    assert "out: is " in done.stderr
    assert "File exists" not in done.stderr
    assert not Path("nowhere").exists()


@pytest.mark.parametrize(("name", "what"), [("parts", "is a file, where"), (".lock", "is a folder, where")])
def test_what_stands_where_a_sweep_writes_is_named(name, what, tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "parts").touch() if name == "parts" else (tmp_path / "r" / ".lock").mkdir()
    done = negsim("study", "sweep", tmp_path / "study.yaml", "--out", tmp_path / "r")
    assert done.exit_code == 2
    assert f"{tmp_path / 'r' / name}: {what}" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("report {} --out /proc/out.html", "/proc/out.html: cannot be written"),
        ("report {} --live --plugin mine.py --set policies.states=mine:Mute", "policies decide for seats"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_run(words, says, here, monkeypatch):
    (here / "mine.py").write_text("class Mute:\n    def position(self, issue):\n        return 0.5\n")
    monkeypatch.setattr(runner, "_in_chunks", None)
    done = answer(shlex.split(words.format(SMALL)))
    assert (done.error, says in done.err) == (None, True), (done.error, done.err)


def test_check_knows_study_files(tmp_path):
    study = tmp_path / "study.yaml"
    study.write_text(STUDY)
    assert negsim("check", study, SMALL, "cases/wgig").stdout == f"{study}: fine\n{SMALL}: fine\ncases/wgig: fine\n"
