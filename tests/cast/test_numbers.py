"""The numbers of the cast make another study; its words and colours do not."""

from dataclasses import replace

import pytest

from negsim.cast.decisions import DECISION_RULES
from negsim.cast.formats import FORMATS
from negsim.cast.methodologies import METHODOLOGIES
from negsim.cast.palette import Colour
from negsim.study.rules import rules_digest

digest = rules_digest.__wrapped__  # not from the cache: the cast changes


def test_words_and_colours_are_no_rules(monkeypatch):
    before = digest()
    form = FORMATS["rolling_text"]
    monkeypatch.setitem(FORMATS, "rolling_text", replace(form, label="x", meaning="y", lesson="z", colour=Colour.RED))
    monkeypatch.setitem(METHODOLOGIES, "chair_text", METHODOLOGIES["chair_text"]._replace(about="x", source="y"))
    rule = DECISION_RULES["rough_consensus"]
    monkeypatch.setitem(DECISION_RULES, "rough_consensus", replace(rule, label="x", meaning="y", corner="z"))
    assert digest() == before


@pytest.mark.parametrize(
    "what", ["format", *(pytest.param(what, marks=pytest.mark.deep) for what in ("methodology", "rule", "new format"))]
)
def test_numbers_are_rules(what, monkeypatch):
    before, form, rule = digest(), FORMATS["rolling_text"], DECISION_RULES["rough_consensus"]
    if what == "format":
        monkeypatch.setitem(FORMATS, "rolling_text", replace(form, row=form.row._replace(step=0.31)))
    elif what == "methodology":
        other = METHODOLOGIES["chair_text"]._replace(last=(("straw_poll", 1.0),))
        monkeypatch.setitem(METHODOLOGIES, "chair_text", other)
    elif what == "rule":
        monkeypatch.setitem(DECISION_RULES, "rough_consensus", replace(rule, row=rule.row._replace(accept=0.8)))
    else:
        monkeypatch.setitem(FORMATS, "fish_bowl", replace(form, name="fish_bowl"))
    assert digest() != before
