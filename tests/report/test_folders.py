"""Files and folders that commands write: what becomes of what was there before."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from negsim import cli
from negsim.errors import NegsimError, UnwritableError
from negsim.files import MARKER, add_pictures, check_folder, whole_folder, write_table, write_text, writing
from sweeps import SMALL


def test_a_pipe_and_a_device_are_written_into_and_stay_what_they_are(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDWR)  # so that no writer waits for a reader
    write_text(pipe, "said\n")
    write_table(pipe, ["a"], [[1]])
    assert os.read(reading, 100) == b"said\na\r\n1\r\n"
    os.close(reading)
    device = tmp_path / "device"
    device.symlink_to(os.devnull)
    write_text(device, "said")
    assert pipe.is_fifo()
    assert device.is_char_device()
    assert {path.name for path in tmp_path.iterdir()} == {"pipe", "device"}


def test_what_a_link_leads_to_is_written(tmp_path):
    (tmp_path / "there").mkdir()
    real, link, ahead = tmp_path / "there" / "real.txt", tmp_path / "link.txt", tmp_path / "ahead.txt"
    real.write_text("old", encoding="utf-8")
    link.symlink_to(real)
    ahead.symlink_to(tmp_path / "there" / "new.txt")
    write_text(link, "new")
    write_text(ahead, "new")
    assert link.is_symlink()
    assert ahead.is_symlink()
    assert [path.read_text(encoding="utf-8") for path in (real, ahead)] == ["new", "new"]
    assert len(list((tmp_path / "there").iterdir())) == 2


@pytest.mark.parametrize("moves", [1, 2])
def test_an_interrupt_while_a_folder_takes_its_place_loses_nothing(moves, tmp_path, monkeypatch):
    folder, done, rename = tmp_path / "out", [], Path.rename
    with whole_folder(folder, "run") as part:
        (part / "old.txt").write_text("old", encoding="utf-8")

    def interrupted(path, target):
        done.append(rename(path, target))
        if len(done) == moves:
            raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), whole_folder(folder, "run") as part:
        (part / "new.txt").write_text("new", encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert {path.name for path in folder.iterdir()} == {MARKER, "old.txt" if moves == 1 else "new.txt"}


def test_pictures_replace_those_drawn_before_and_nobody_else_s(tmp_path):
    (tmp_path / "mine.png").write_text("mine", encoding="utf-8")
    for said in ("first", "second"):
        with add_pictures(tmp_path, ["trust.png"]) as part:
            (part / "trust.png").write_text(said, encoding="utf-8")
    with pytest.raises(NegsimError, match=r"mine\.png: exists"), add_pictures(tmp_path, ["mine.png"]):
        pass
    assert (tmp_path / "trust.png").read_text(encoding="utf-8") == "second"
    assert (tmp_path / "mine.png").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / MARKER).read_text(encoding="utf-8") == "trust.png\n# written by negsim plot\n"


def test_pictures_added_to_results_leave_them_their_command_s(tmp_path):
    folder = tmp_path / "out"
    with whole_folder(folder, "run") as part:
        (part / "summary.txt").touch()
    with add_pictures(folder, ["trust.png"]) as part:
        (part / "trust.png").touch()
    check_folder(folder, "run")
    for begin in (check_folder, lambda *those: whole_folder(*those).__enter__()):
        with pytest.raises(NegsimError, match="holds results of run; name another folder"):
            begin(folder, "why")


BAD_NAME = os.fsdecode(b"z\xff")  # not UTF-8


@pytest.mark.deep
@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize(
    "words",
    [
        "run {}.yaml --replications 5 --out {}",
        "report {}.yaml --replications 5 --out {}.html",
        "plot {}.yaml --replications 5 --only outcomes --out {}",
        "plot {}.yaml --replications 5 --only outcomes --format pdf --out {}",
        "explain {}.yaml meetings.count=1 --replications 5 --out {}",
        "why {}.yaml --replications 5 --out {}",
        "transcript {}.yaml --out {}.txt",
        "describe odd {}.yaml --out {}.md",
        "compare {}.yaml meetings.count=1 --replications 5 --out {}.csv",
        "case solutions {}.yaml --replications 5 --out {}.csv",
    ],
)
def test_a_name_that_is_not_utf_8_is_written_with_escapes(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copy(SMALL, f"{BAD_NAME}.yaml")
    for _ in range(2):  # again, over what is there
        monkeypatch.setattr(sys, "argv", ["negsim", *(word.format(BAD_NAME) for word in words.split())])
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert end.value.code == 0, capsys.readouterr().err


def test_a_place_inside_another_that_cannot_be_written_is_called_by_the_outer_one(tmp_path):
    with pytest.raises(UnwritableError, match=r"^the report: cannot be written \(full\)$"), writing(Path("the report")):
        raise UnwritableError(tmp_path, "full")
