"""What cannot be written or read is called by the name that was asked for; `check` knows every kind of file."""

from __future__ import annotations

import resource
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from answers import answer, negsim
from negsim.cli import options
from negsim.errors import FailedError
from negsim.files import whole_file, whole_folder
from negsim.scenario import text_of
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
        ("plot {} --only zebra", 'unknown picture "zebra"; one of: paragraphs, positions, brackets'),
        ("plot {} --out pictures", "pictures/trust.png: exists and was not written by negsim; name another folder"),
        ("study plot results --out taken", "taken: is not a folder"),
        ("report {} --out /proc/out.html", "/proc/out.html: cannot be written"),
        ("report {} --live --plugin mine.py --set policies.states=mine:Mute", "policies decide for seats"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_run(words, says, here, monkeypatch):
    (here / "taken").touch()
    (here / "pictures").mkdir()
    (here / "pictures" / "trust.png").touch()
    (here / "mine.py").write_text("class Mute:\n    def position(self, issue):\n        return 0.5\n")
    monkeypatch.setattr(runner, "_in_chunks", None)
    done = answer(shlex.split(words.format(SMALL)))
    assert (done.error, says in done.err) == (None, True), (done.error, done.err)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("plot {} --only zebra", 'unknown picture "zebra"'),
        ("study sweep study.yaml --out r --executor wrong", "unknown executor 'wrong'; one of: threads"),
        ("study sweep study.yaml --out taken", "taken: is not a folder"),
        ("page {} --seat mayor", "--seat: goes with --play"),
    ],
)
def test_what_cannot_be_done_is_said_before_the_model_is_compiled(words, says, here, monkeypatch):
    (here / "taken").touch()
    (here / "study.yaml").write_text(STUDY)
    monkeypatch.setattr(options, "make_ready", None)
    done = answer(shlex.split(words.format(SMALL)))
    assert (done.error, says in done.err) == (None, True), (done.error, done.err)


FILES = {
    "study.yaml": STUDY,
    "mine.yaml": text_of("classroom"),
    "case.yaml": text_of("cases/wgig"),
    "pairs.yaml": "pairs: 1\nattempts: {}\n",
}


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "what_it_is", "command"),
    [
        ("run study.yaml", "study.yaml:1:1: is a study, not a scenario", "study sweep"),
        ("run pairs.yaml", "pairs.yaml:1:1: is a pairs file, not a scenario", "case validate --pairs"),
        ("study sweep mine.yaml --out out", "mine.yaml:1:1: is a scenario, not a study", "run"),
        ("study sweep case.yaml --out out", "case.yaml:2:1: is a case, not a study", "run"),
        ("study sweep classroom --out out", "classroom:1:1: is a scenario, not a study", "run"),
        ("case validate study.yaml", "study.yaml:1:1: is a study, not a case", "study sweep"),
        ("case validate --pairs mine.yaml", "mine.yaml:1:1: is a scenario, not a pairs file", "run"),
    ],
)
def test_a_file_of_another_kind_is_answered_with_one_sentence_that_names_its_command(words, what_it_is, command):
    for name, text in FILES.items():
        Path(name).write_text(text)
    done = negsim(*words.split())
    assert (done.exit_code, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(f"{what_it_is}; ")
    assert f"`negsim {command}`" in line


def test_check_knows_study_files(tmp_path):
    study = tmp_path / "study.yaml"
    study.write_text(STUDY)
    assert negsim("check", study, SMALL, "cases/wgig").stdout == f"{study}: fine\n{SMALL}: fine\ncases/wgig: fine\n"
    study.write_text(STUDY.replace("replications", "replicas"))
    done = negsim("check", study)
    assert (done.exit_code, f'{study}:3:1: replicas: unknown key; did you mean "replications"?' in done.stderr) == (
        2,
        True,
    )
    study.write_text(STUDY.replace("meetings.count", "meetings.cuont"))
    assert negsim("check", study).exit_code == 2
