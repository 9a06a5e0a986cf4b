"""A format, a knob, a decision rule and a colour are each one record, and the whole package knows them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sources import PACKAGE

ROOT = Path(__file__).parents[2]

FORMAT = """    SessionFormat(
        name="fish_bowl", label="fish bowl", meaning="an inner circle speaks, the others listen", lesson="a few speak",
        row=Format(closing=Move.NOTICE, statements=4, noticing=2.0, pen=Pen.FACILITATOR), colour=Colour.LIME,
        in_lab=True,
    ),
"""
RULE = """        NamedRule(
            name="two_thirds", label="two thirds", meaning="A text passes if two thirds have no objection to it.",
            row=RuleRow(accept=0.66),
        ),
"""
KNOB = """BREAKS = Knob(
    name="breaks",
    path="breaks.a_day",
    key="b",
    words=LevelWords(label="breaks a day", unit="count", phrase="{} breaks a day", phrases={1: "1 break a day"}),
    meaning="how many breaks a day has",
    levels=(0, 1, 2, 3),
    reads=lambda scenario: scenario.process.informal.breaks,
    aspect=Aspect.INFORMAL,
    drawn="breaks",
)
"""
FUNCTION = '''def set_breaks(data: Data, count: Plain) -> None:
    """Set the number of breaks a day."""
    data["process"]["informal"] |= {"breaks": count}


'''
ADDITIONS = {  # by file: the line before which something is added
    "cast/palette.py": ('    VIOLET = "', '    LIME = "#a0c000"\n'),
    "cast/formats.py": ('    SessionFormat(\n        name="straw_poll"', FORMAT),
    "cast/decisions.py": ('        _counted(\n            "majority_per_group"', RULE),
    "cast/knobs.py": ("KNOBS: dict[str, Knob]", KNOB),
    "scenario/changes.py": ("def _check_share(", FUNCTION),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the package with the additions, and the scenarios beside it."""
    root = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "scenarios", root / "scenarios")
    package = shutil.copytree(PACKAGE, root / "src" / "negsim", ignore=shutil.ignore_patterns("__pycache__"))
    for name, (before, addition) in ADDITIONS.items():
        text = (package / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, name
        (package / name).write_text(text.replace(before, addition + before), encoding="utf-8")
    return root


def python(root, *arguments):
    """What another interpreter prints that has the package of a folder."""
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False, cwd=root
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_addition_is_one_record_and_everything_finds_it(copy):
    assert python(copy, str(Path(__file__).parent / "additions.py"), "study") == "missing: nothing\n"


def test_a_file_may_use_the_additions_at_once(copy):
    scenario = (ROOT / "scenarios" / "classroom.yaml").read_text(encoding="utf-8")
    file = copy / "mine.yaml"
    file.write_text(scenario.replace("no_formal_objection", "two_thirds"), encoding="utf-8")
    assert "two_thirds" in file.read_text(encoding="utf-8")
    python(copy, "-m", "negsim", "check", str(file))


def test_no_edit_of_the_cast_compiles_the_model_again(copy):
    program = ["-c", "from negsim.kernel import digest; print(digest())"]
    assert python(copy, *program) == python(ROOT, *program)
