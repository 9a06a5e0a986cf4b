"""The scenario file that somebody begins with: it runs, and a comment says what each part is."""

from __future__ import annotations

from importlib import resources
from string import Template

from negsim.scenario.values import one_line
from negsim.scenario.yaml import flow


def new_scenario(title: str) -> str:
    """Write a scenario file with a title, for its author to change."""
    template = (resources.files("negsim.scenario") / "new.yaml").read_text(encoding="utf-8")
    return Template(template).substitute(title=flow(one_line(title) or "A scenario"))
