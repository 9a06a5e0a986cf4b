"""A corpus of invalid files, each with the exact messages it is answered with."""

from pathlib import Path

from negsim.errors import ScenarioError
from negsim.scenario import load

CORPUS = sorted((Path(__file__).parents[1] / "invalid").glob("*.yaml"))


def test_every_invalid_file_is_answered_with_its_messages(monkeypatch):
    monkeypatch.chdir(CORPUS[0].parent)
    expected = {file.name: file.with_suffix(".expected").read_text(encoding="utf-8") for file in CORPUS}
    assert {name: messages(name) for name in expected} == expected


def messages(name):
    """What a file is answered with; "" if it can be read."""
    try:
        load(name)
    except ScenarioError as error:
        return f"{error}\n"
    return ""


def test_the_corpus_is_complete():
    assert len(CORPUS) >= 70
    assert {file.stem for file in CORPUS} == {file.stem for file in CORPUS[0].parent.glob("*.expected")}
