"""Markdown made by the code: what a scenario says stays text."""

from __future__ import annotations

from markdown_it import MarkdownIt

import negsim
from negsim.report.minutes import transcript
from negsim.report.odd import odd
from studio_cases import HOSTILE

LINK = "[click](javascript:alert(1))"


def hostile():
    """A scenario whose texts are markup, and a run of it."""
    scenario = negsim.load("classroom")
    mark = f"{HOSTILE} {LINK} **b**"
    issues = {
        name: issue.model_copy(update={"label": mark, "low": mark, "high": mark})
        for name, issue in scenario.issues.items()
    }
    groups = {name: group.model_copy(update={"label": mark}) for name, group in scenario.groups.items()}
    update = {"title": f"# {mark}", "description": f"- {mark}", "issues": issues, "groups": groups}
    scenario = scenario.model_copy(update=update)
    return scenario, negsim.watch(negsim.lower(scenario))


def test_markup_in_a_scenario_is_text_in_its_transcript_and_its_odd():
    scenario, trace = hostile()
    for text in (transcript(scenario, trace), odd(scenario, "mine.yaml")):
        html = MarkdownIt("commonmark").enable("table").render(text)
        assert "<img" not in html
        assert "javascript:" not in "".join(part.split(">")[0] for part in html.split("<a ")[1:])
        assert "<strong>b</strong>" not in html
        assert "&lt;img" in html
