"""Session formats: what their records say of their numbers."""

import pytest

from negsim.cast.formats import FORMATS
from negsim.cast.methodologies import METHODOLOGIES
from negsim.cast.palette import GROUP_COLOURS
from negsim.scenario import load
from negsim.study.runner import run


@pytest.mark.parametrize("noticing", [0, 8])
def test_a_format_can_close_a_paragraph_by_notice_only_if_something_is_noticed(noticing):
    talk = {"closing": "notice", "statements": 6, "frankness": 0.5, "noticing": noticing, "pen": "facilitator"}
    scenario = load("classroom", changes={"formats.talk": talk, "methodology": [{"talk": 1}]})
    agreed = run(scenario, replications=50).column("share_agreed")
    assert scenario.session_formats["talk"].closes_nothing == (noticing == 0) == (agreed.max() == 0.0)


def test_no_two_formats_or_methodologies_have_the_same_colour():
    colours = [each.colour for each in (*FORMATS.values(), *METHODOLOGIES.values()) if each.colour is not None]
    free = [colour.name for colour in GROUP_COLOURS if colour not in colours]
    assert [colour.name for colour in colours if colours.count(colour) > 1] == [], f"free colours: {', '.join(free)}"
