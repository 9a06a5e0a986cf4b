"""Every kind of file gone wrong, given to the command that reads such a file first; every other command gets a few.

The answer is exit code 2 and sentences with the file's name: no traceback, no result on the screen, nothing left.
A reader turns a kind of file into data: one command stands for each, and gets every file gone wrong. The other commands
call the same readers; a file with a typo, one that cannot be read and one that is not there show that they do.
"""

import os
import shutil
from pathlib import Path

import pytest
from typer.main import get_command

from answers import answer
from negsim.scenario import text_of
from research.__main__ import app
from sweeps import study_of, swept

TESTS = Path(__file__).parents[1]
RESEARCH = get_command(app)
GOOD = text_of("classroom")
CASE = text_of("cases/wgig")
INVALID = {path.name: path.read_bytes() for path in sorted((TESTS / "invalid").glob("*.yaml"))}
MOST_LETTERS = 40_000  # of an answer

READERS = {  # what reads a kind of file, `python -m research facts` included
    "a scenario": "check {}",
    "a coded case": "case agree {} cases/wgig",
    "a study": "study sweep {} --out out",
    "pairs": "case validate --pairs {} --out out",
    "facts": "research facts {} --out out",
    "a table": "case import {} --out out",
    "a game": "classroom collect {} --out out.html",
}
OTHERS = (
    "show {} --resolved",
    "show {} --set meetings.count=2",
    "run {} --out out",
    "run {} --json",
    "run {} --parameters plausible --out out",
    "transcript {} --out out",
    "plot {} --out out",
    "compare {} meetings.count=2 --out out",
    "compare classroom {} --out out",
    "why {} --out out",
    "robust {} --out out",
    "explain {} meetings.count=2 --out out",
    "explain classroom {} --out out",
    "report {} --out out.html",
    "page {} --out out.html",
    "describe odd {} --out out",
    "case solutions {} --out out",
    "classroom lessons {} --out out",
    "case validate {} --out out",
    "case validate cases/wgig {} --out out",
    "case agree cases/wgig {}",
    "research facts {} --id x --out out/",
    "check study.yaml",  # which names the file
    "study sweep study.yaml --out out",
    "check pairs.yaml",
    "case validate --pairs pairs.yaml --out out",
)
OF_RESULTS = (  # the first stands for the reader
    "study export {} --series --out out.csv",
    "study export {} --out out.csv",
    "study cells {} --out out",
    "study plot {} --out out",
    "study report {} --out out.html",
    "study sensitivity {} --out out",
    "study rerun {} --row 0 --out out",
    "study check {}",
    "study merge {} --out out",
)


def mapping(depth):
    return "{a: " * depth + "1" + "}" * depth


# Each is no file of any kind, whoever reads it.
HOSTILE = {
    "empty": b"",
    "spaces": b" \n\t\n",
    "nothing": b"~\n",
    "a number": b"1\n",
    "a list": b"- 1\n- [2]\n",
    "a word": b"format\n",
    "zeros": b"\0" * 4096,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 16,
    "latin letters": GOOD.replace("title: ", "title: Z\xfcrich ", 1).encode("latin-1", "replace"),
    "sixteen bits": GOOD.encode("utf-16"),
    "a surrogate": b'format: 1\ntitle: "\xed\xa0\x80"\n',
    "terminal colours": b"format: 1\n\x1b[31mtitle: x\x07\n",
    "letters that turn": "format: 1\n\u202etitle: x\n".encode(),
    "markup": b"<script>alert(1)</script>\n",
    "no end of a quote": b"format: 1\ntitle: 'x\n",
    "a tab": b"format: 1\n\ttitle: x\n",
    "two documents": f"{GOOD}\n---\n{GOOD}".encode(),
    "twice a key": f"{GOOD}\ntitle: again\n".encode(),
    "a command": b"format: !!python/object/apply:os.system ['touch out']\n",
    "a plug-in": b"format: !!python/name:negsim.cli.app\n",
    "a set": b"format: !!set {a, b}\n",
    "an alias of itself": b"format: &a [*a]\n",
    "an alias of nothing": b"format: *a\n",
    "aliases upon aliases": "\n".join(
        ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]
    ).encode(),
    "deep": f"format: {mapping(5_000)}\n".encode(),
    "deep lists": b"[" * 100_000,
    "wide": b"format: 1\n" + b"".join(b"k%d: {}\n" % n for n in range(2_000)),
    "large": b"format: 1\ntitle: " + b"x" * 2**21,
    "many digits": b"format: " + b"9" * 5_000 + b"\n",
    "another form": b"format: 999\npairs: 999\ncase: 999\n",
    "numbers that are none": GOOD.replace("status_quo: ", "status_quo: .nan #", 1).encode(),
    "half written": GOOD.encode()[: len(GOOD) // 2].rstrip() + b" {",
    "half a case": CASE.encode()[: len(CASE) // 2].rstrip() + b" {",
    "too many seats": f"{GOOD}\nuncertain:\n  seats: {{split: 100000}}\n".encode(),
    "another's file": f"{GOOD}\npopulation: ../../../../etc/passwd\n".encode(),
    "a device's": f"{GOOD}\npopulation: /dev/zero\n".encode(),
}


STUDIES = {
    "a typo": "scenario: classroom\nvari: {meetings.count: [1, 2]}\n",
    "no levels": "scenario: classroom\nvary: {meetings.count: []}\n",
    "a level that is none": "scenario: classroom\nvary: {meetings.count: [1, many]}\n",
    "a level out of range": "scenario: classroom\nvary: {trust.within: [0.5, 1.5]}\n",
    "a factor that is none": "scenario: classroom\nvary: {meetings.cuont: [1, 2]}\n",
    "no scenario": "vary: {meetings.count: [1, 2]}\n",
    "a scenario that is none": "scenario: clasroom\nvary: {meetings.count: [1, 2]}\n",
    "a number of runs": "scenario: classroom\nvary: {meetings.count: [1, 2]}\nreplications: 1e30\n",
    "a design that is none": "scenario: classroom\nvary: {meetings.count: [1, 2]}\ndesign: all\n",
    "half written": "scenario: classroom\nvary: {meetings.count: [1, 2",
}


def pair(kind, first):
    entry = f"{{type: {kind}, first: {first}, second: cases/wgig, confounding: low}}"
    return f"pairs: 1\nattempts: {{a: {entry}}}\n"


PAIRS_FILES = {
    "a typo": "pairs: 1\natempts: {}\n",
    "none": "pairs: 1\nattempts: {}\n",
    "a case that is none": pair("FS", "gone.yaml"),
    "a type that is none": pair("XX", "cases/wsis_tunis"),
    "a case twice": pair("SS", "cases/wgig"),
    "a way out": pair("FS", "/etc/passwd"),
    "half written": pair("FS", "cases/wsis_tunis")[:60],
}
TABLES = {
    "bad rows": (TESTS / "data" / "neighbours" / "broken.csv").read_bytes(),
    "half a table": (TESTS / "data" / "neighbours" / "wide.csv").read_bytes()[:75],
    "a table of another kind": b"One,, 2, 1,\nActor,Influence,Position,Salience\na,1,2,3\n",
}


PLACES = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a loop": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("gone.yaml"),
    "nothing": lambda _: None,
}


def names_in(folder):
    return sorted(str(path) for path in folder.rglob("*"))


def faults_of(words, folder, names):
    """What is wrong with the answer to a bad file in a folder; "" if nothing. names: how a sentence on it may begin."""
    before = names_in(folder)
    first, *others = words.split()
    of_research = first == "research"
    code, out, err, error = answer(others, RESEARCH) if of_research else answer([first, *others])
    lines = err.splitlines()
    wrong = {
        f"raised {error!r}": error is not None,
        f"exit code {code}": code != 2,
        "printed a result": out != "",
        "does not name the file": not any(line.startswith(names) for line in lines),
        "a traceback": "Traceback" in err,
        "letters that steer": not all(line.isprintable() for line in lines),
        "a long answer": len(err) > MOST_LETTERS,
        "left something": names_in(folder) != before,
    }
    faults = ", ".join(name for name, is_so in wrong.items() if is_so)
    return [f"{words}: {faults}: {err[:300]}"] if faults else []


def all_faults(words, folder, files):
    """The faults of a command's answers to files (name, content), each in the place of the one before."""
    place = folder / "bad.yaml"
    for name, content in files:
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        yield from (f"{name}: {fault}" for fault in faults_of(words.replace("{}", place.name), folder, NAMES))


NAMES = ("bad.yaml", "people", "study.yaml", "pairs.yaml", "gone.yaml", "/etc/passwd", "cases/wgig and bad.yaml")


@pytest.fixture
def here(here):
    """The current folder, with a study and pairs that name a bad file there."""
    (here / "study.yaml").write_text("scenario: bad.yaml\nvary: {meetings.count: [1, 2]}\nreplications: 2\n")
    (here / "pairs.yaml").write_text(pair("FS", "bad.yaml"))
    return here


GONE_WRONG = {  # besides files of no kind
    "a scenario": (INVALID, STUDIES, PAIRS_FILES),  # `check` takes any of these
    "a study": (STUDIES,),
    "pairs": (PAIRS_FILES,),
    "a table": (TABLES,),
}
A_FEW = (("a typo", INVALID["typo_top.yaml"]), ("no end of a quote", HOSTILE["no end of a quote"]))


@pytest.mark.parametrize("kind", READERS)
def test_every_file_gone_wrong_is_refused_by_its_reader(kind, here):
    shutil.copytree(TESTS / "invalid" / "people", here / "people")
    files = [one for some in (HOSTILE, *GONE_WRONG.get(kind, ())) for one in some.items()]
    assert [*all_faults(READERS[kind], here, files)] == []


@pytest.mark.parametrize("kind", READERS)
def test_what_is_no_file_is_refused_by_every_reader(kind, here):
    assert [fault for place in PLACES for fault in faults_of_place(READERS[kind], here, place)] == []


def test_every_other_command_refuses_what_its_reader_refuses(here):
    assert [fault for words in OTHERS for fault in all_faults(words, here, A_FEW)] == []
    assert [fault for words in OTHERS for fault in faults_of_place(words, here, "nothing")] == []


def faults_of_place(words, folder, place):
    """The faults of a command's answer to what is no file, which then goes."""
    bad = folder / "bad.yaml"
    bad.unlink(missing_ok=True)
    PLACES[place](bad)
    faults = faults_of(words.replace("{}", bad.name), folder, NAMES)
    if bad.is_dir() and not bad.is_symlink():
        bad.rmdir()
    else:
        bad.unlink(missing_ok=True)
    return [f"{place}: {fault}" for fault in faults]


@pytest.fixture(scope="module")
def whole_results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "results"
    swept(study_of(replications=4), folder)
    return folder


def manifest_of(folder, content):
    (folder / "manifest.json").write_text(content)


def part_of(folder):
    return next((folder / "parts").glob("*.parquet"))


DAMAGE = {
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "an empty manifest": lambda folder: manifest_of(folder, ""),
    "a manifest of nothing": lambda folder: manifest_of(folder, "{}"),
    "a null": lambda folder: manifest_of(folder, "null"),
    "half a manifest": lambda folder: manifest_of(folder, (folder / "manifest.json").read_text()[:400]),
    "deep": lambda folder: manifest_of(folder, "[" * 100_000),
    "another format": lambda folder: manifest_of(
        folder, (folder / "manifest.json").read_text().replace('"format": 1', '"format": 2')
    ),
    "a folder": lambda folder: ((folder / "manifest.json").unlink(), (folder / "manifest.json").mkdir()),
    "no parts": lambda folder: shutil.rmtree(folder / "parts"),
    "a part missing": lambda folder: part_of(folder).unlink(),
    "a part empty": lambda folder: part_of(folder).write_bytes(b""),
    "half a part": lambda folder: part_of(folder).write_bytes(part_of(folder).read_bytes()[:500]),
    "a byte changed": lambda folder: part_of(folder).write_bytes(part_of(folder).read_bytes()[:-9] + b"!" * 9),
    "an empty folder": lambda folder: (shutil.rmtree(folder), folder.mkdir()),
    "a file": lambda folder: (shutil.rmtree(folder), folder.touch()),
    "nothing": shutil.rmtree,
}


def test_every_results_folder_gone_wrong_is_refused_by_its_reader(whole_results, here):
    assert [fault for damage in DAMAGE for fault in faults_of_damage(OF_RESULTS[0], damage, whole_results, here)] == []


@pytest.mark.parametrize("damage", ["no manifest", "a byte changed", "nothing"])
def test_every_other_command_refuses_a_results_folder_that_its_reader_refuses(damage, whole_results, here):
    assert [fault for words in OF_RESULTS for fault in faults_of_damage(words, damage, whole_results, here)] == []


def faults_of_damage(words, damage, whole, folder):
    """The faults of a command's answer to a copy of whole results that was damaged, which then goes."""
    bad = folder / "bad"
    shutil.copytree(whole, bad)
    DAMAGE[damage](bad)
    faults = faults_of(words.replace("{}", bad.name), folder, ("bad",))
    if bad.is_dir():
        shutil.rmtree(bad)
    else:
        bad.unlink(missing_ok=True)
    return [f"{damage}: {fault}" for fault in faults]


def test_what_a_file_gone_wrong_holds_is_shown_harmlessly(here):
    for name, content in (HOSTILE | INVALID).items():
        (here / "bad.yaml").write_bytes(content)
        code, out, err, error = answer(["show", "bad.yaml"])
        assert (code, error) in {(0, None), (2, None)}, name
        assert (out != "") is (code == 0), name
        assert all(line.replace("\t", "").isprintable() for line in [*out.split("\n"), *err.split("\n")]), name
