"""What a spreadsheet may take for a formula, in whatever dress, and what a killed command leaves."""

import csv
import json
import subprocess
import sys
import unicodedata
from itertools import product
from pathlib import Path

import pytest

from negsim import files
from negsim.files import HELD, plain_cell, write_table
from negsim.study.store import connect, plain_column

LETTERS = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
SIGNS = [letter for letter in LETTERS if unicodedata.normalize("NFKC", letter)[0] in "=+-@"]
BLANK = [letter for letter in LETTERS if unicodedata.category(letter) in {"Zs", "Zl", "Zp", "Cc", "Cf"}]
FILLERS = list("\u034f\u115f\u1160\u2800\u3164\ufe0f\uffa0")  # which show nothing either
DRESSED = [
    *(f"{sign}1+1" for sign in SIGNS),
    *(f"{letter}=1+1" for letter in (*BLANK, *FILLERS)),
    *(f"{first}{second}＝1" for first, second in product(" \t\n\r\xa0\ufeff\u200b", repeat=2)),
    *("\u2212" + "1", "\ttext", "\rtext", "\ntext"),
]
PLAIN = ["", "a=1", "a -b", "1+1", "(=1)", "'=1", "é=1", "名=1", "\xa0", " a=1", "a\n=1"]


def test_a_formula_in_any_dress_is_a_text():
    assert [text for text in DRESSED if plain_cell(text) != f"'{text}"] == []


def test_what_no_spreadsheet_reads_as_a_formula_stays_as_it_is():
    assert [text for text in PLAIN if plain_cell(text) != text] == []
    assert [plain_cell(value) for value in (-1, -0.5, None, True)] == [-1, -0.5, None, True]


def test_the_database_takes_the_same_texts_for_formulas():
    with connect() as database:
        query = f"SELECT {plain_column('it', 'VARCHAR')} FROM (SELECT unnest(?) AS it)"  # noqa: S608 - no text of others
        answers = [row[0] for row in database.execute(query, [[*DRESSED, *PLAIN]]).fetchall()]
    assert answers == [plain_cell(text) for text in (*DRESSED, *PLAIN)]


@pytest.mark.parametrize("name", ["=cmd", "\uff1dcmd"])
def test_the_head_of_a_table_holds_no_formula(name, tmp_path):
    write_table(tmp_path / "t.csv", [name], [[1]])
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == [f"'{name}"]


KILLED = """
import json, os, signal, sys
from pathlib import Path
from negsim import files
how, words, end = sys.argv[1:]
with getattr(files, how)(Path("p"), *json.loads(words)) as part:
    (part / "a.png" if part.is_dir() else part).write_text("half")
    if end == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    print("at work", flush=True)
    sys.stdin.read()
"""
WRITERS = {"whole_file": [], "whole_folder": ["run"], "add_pictures": [["a.png"]]}


def begin(writer, end):
    """A process that writes in the current folder, killed in the middle or at work until its input ends."""
    words = [sys.executable, "-c", KILLED, writer, json.dumps(WRITERS[writer]), end]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def write_again(writer):
    with getattr(files, writer)(Path("p"), *WRITERS[writer]) as part:
        (part / "a.png" if part.is_dir() else part).write_text("whole")


def hidden():
    return [path.name for path in Path().iterdir() if path.name.startswith(".")]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("writer", WRITERS)
def test_what_a_killed_writer_left_goes_with_the_next_one(writer):
    begin(writer, "killed").communicate()
    assert len(hidden()) == 1
    write_again(writer)
    assert hidden() == []


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("writer", WRITERS)
def test_what_a_living_writer_has_stays(writer):
    with begin(writer, "at work") as process:
        process.stdout.readline()
        [name] = hidden()
        write_again(writer)
        assert hidden() == [name]
        process.communicate()
    assert (process.returncode, hidden()) == (0, [])


@pytest.mark.usefixtures("here")
def test_nobody_else_s_folder_goes_however_it_is_called():
    Path("elsewhere").mkdir()
    Path("elsewhere", HELD).touch()
    Path(".p-mine").mkdir()
    Path(".p-abcdefgh-old").mkdir()
    Path(".p-file").touch()
    Path(".p-link").symlink_to("elsewhere")
    Path(".q-abcdefgh").mkdir()
    Path(".q-abcdefgh", HELD).touch()
    before = sorted(Path().rglob("*"))
    write_again("add_pictures")
    assert [path for path in before if not path.exists()] == []
