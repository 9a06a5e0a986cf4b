"""Every command that takes a scenario, given odd but valid ones (`odd.ROOMS`).

It ends well, or with exit code 2 and a sentence of `REFUSALS`. Nothing that it prints or writes for people holds
`nan`, `inf` or `None`. The suite tries a sample that has each command and each scenario; `NEGSIM_ZOO=all` tries each
command with each scenario, which takes ten minutes or more.
"""

import json
import os
import re
import shutil
from itertools import cycle
from pathlib import Path
from random import Random

import pytest

from answers import answer
from odd import LARGE, ROOMS

DATA = Path(__file__).parents[1] / "data"
FEW = "--replications 4"
COMMANDS = (  # the quick ones first: the sample has more of them, and all large scenarios
    "check {}",
    "show {} --resolved",
    "show {} --set meetings.count=2",
    "transcript {} --out out.md",
    "describe odd {} --out out.md",
    "case agree {} {}",
    f"run {{}} {FEW} --json --parameters plausible",
    f"run {{}} {FEW} --out out",
    f"compare {{}} meetings.count=2 {FEW} --out out.csv",
    f"compare classroom {{}} {FEW}",
    "study sweep study.yaml --out results",
    "study export results --out out.csv",
    "study export results --series --out out.csv",
    "study cells results --out out.csv",
    f"case solutions {{}} {FEW} --out out.csv",
    "case validate {} --no-steps --out out",
    f"explain {{}} trust.across=0.11 {FEW} --out out",
    f"why {{}} {FEW} --out out",
    "robust {} --replications 2 --by steps --try trust.across=0.11 --try informal.mixed_evenings=1 --out out",
    "study sensitivity results --out out.csv --picture out.png",
    f"report {{}} {FEW} --out out.html",
    f"plot {{}} {FEW} --out out",
    "classroom lessons {} --replications 20 --out out",
    "study rerun results --row 1 --out out",
    "study plot results --out out",
    "study report results --out out.html",
)
SWEEP = "study sweep study.yaml --out results"
STUDY = """scenario: room.yaml
vary: {meetings.count: [1, 2], trust.across: [0.2, 0.8]}
replications: 4
series: {every: 60 min}
"""
REFUSALS = {
    "case agree": r"room.yaml:\d+:1: is a scenario, not a case; ",
    "case validate": r"room.yaml:\d+:1: is a scenario, not a case; |room: has no outcome, ",
    "classroom lessons": r"room.yaml: has only one group; ",
    "study sensitivity": r"results: consensus is [01] in every cell; nothing varies",
}
FOR_PEOPLE = {".md", ".html", ".txt"}
NO_WORD = re.compile(r"(?<![\w./-])(nan|NaN|None(?! of |\. )|-?inf|Infinity)(?![\w-])")  # but "None of them" is English
APART = re.compile(  # pictures, the ODD's tables of what arrays hold, scripts and definitions of pages
    r"base64,[\w+/=]+|(?m:^\| `\w+` \|.*$)|(?s:<script[ >].*?</script>)"
)


FELL = {
    (f"report {{}} {FEW} --out out.html", "one group"),
    ("classroom lessons {} --replications 20 --out out", "one group"),
}


def sample():
    """Pairs of a command and a scenario: each of both at least once, and the pairs that fell before."""
    rooms = Random(20).sample([*ROOMS], len(ROOMS))  # noqa: S311 - no secret
    return [*zip(cycle(COMMANDS), sorted(rooms, key=lambda room: room not in LARGE), strict=False), *sorted(FELL)]


WHOLE = os.environ.get("NEGSIM_ZOO") == "all"
CELLS = [(words, room) for room in ROOMS for words in COMMANDS] if WHOLE else sample()
CELLS = [
    pytest.param(*cell, marks=() if cell in FELL or n % 5 == 0 else pytest.mark.deep) for n, cell in enumerate(CELLS)
]


@pytest.fixture
def here(here):
    """The current folder, with a study of `room.yaml` and the people that a scenario may name."""
    (here / "study.yaml").write_text(STUDY)
    shutil.copy(DATA / "people.yaml", here)
    return here


def no_number(word):
    raise ValueError(f"{word} is not JSON")


@pytest.mark.filterwarnings("ignore:no installed font")
@pytest.mark.parametrize(("words", "room"), CELLS)
def test_a_command_ends_well_with_an_odd_scenario(words, room, here):
    (here / "room.yaml").write_text(ROOMS[room], "utf-8")
    if "results" in words and words != SWEEP:
        design = " --design morris --points 2" if "sensitivity" in words else ""
        assert answer(f"{SWEEP}{design}".split()).code == 0
    before = {*here.rglob("*")}
    done = answer(words.replace("{}", "room.yaml").split())
    written = [path for path in here.rglob("*") if path not in before]
    assert done.error is None
    assert all(line.isprintable() for line in (done.out + done.err).split("\n"))
    if done.code:
        refusal = next(sentence for command, sentence in REFUSALS.items() if words.startswith(command))
        assert (done.code, done.out, written) == (2, "", [])
        assert re.match(refusal, done.err)
    texts = {path.name: path.read_text("utf-8") for path in written if path.suffix in FOR_PEOPLE}
    for name, text in {"stdout": done.out, "stderr": done.err, **texts}.items():
        assert not NO_WORD.search(APART.sub("", text)), name
        assert "<script>alert(" not in text or not name.endswith((".md", ".html")), name
    for text in [path.read_text("utf-8") for path in written if path.suffix == ".json"]:
        json.loads(text, parse_constant=no_number)


def test_the_sample_has_every_command_and_every_odd_scenario():
    commands, rooms = zip(*sample(), strict=True)
    assert {*commands} == {*COMMANDS}
    assert {*rooms} == {*ROOMS}
