"""A corpus of invalid files, each with the exact messages it is answered with."""

from pathlib import Path

import pytest

from negsim.cases import load
from negsim.errors import ScenarioError

CORPUS = sorted((Path(__file__).parents[1] / "invalid").glob("*.yaml"))


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_an_invalid_file_is_answered_with_its_messages(file, monkeypatch):
    monkeypatch.chdir(file.parent)
    with pytest.raises(ScenarioError) as told:
        load(file.name)
    assert str(told.value) + "\n" == file.with_suffix(".expected").read_text(encoding="utf-8")


def test_the_corpus_is_complete():
    assert len(CORPUS) >= 70
    assert {file.stem for file in CORPUS} == {file.stem for file in CORPUS[0].parent.glob("*.expected")}
