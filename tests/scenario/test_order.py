"""The order of issues is that of the file, an agenda can say another, and the page on scenarios says what it does."""

import re
from pathlib import Path

import pytest

from negsim.negotiation.runs import watch
from negsim.negotiation.tables import Move
from negsim.scenario import load
from negsim.scenario.lowering import lower
from negsim.study.runner import run
from odd import odd


def first_read(room):
    """The number of the issue that is read first."""
    events = watch(lower(room)).events
    return int(events["issue"][events["move"] == Move.READ][0])


def test_issues_are_read_in_the_order_of_the_file_unless_the_agenda_says_another():
    assert first_read(odd(issues=3)) == 0
    agenda = [{"format": "chair_text", "share": 0.3, "issues": ["issue_2"]}, {"format": "chair_text", "share": 0.7}]
    assert first_read(odd(issues=3, meetings=[{"name": "Geneva", "days": 1, "agenda": agenda}])) == 2


def test_reversing_the_focal_file_does_what_the_page_says():
    page = (Path(__file__).parents[2] / "scenarios" / "README.md").read_text(encoding="utf-8")
    ((as_written, turned),) = re.findall(r"\| `cstd_wgigf_2011` \| ([\d.]+) % [^|]*\| ([\d.]+) %", page)
    base = load("cstd_wgigf_2011")
    other = base.model_copy(update={"issues": dict(reversed(base.issues.items()))})
    agreed = [run(room, replications=2000, seed=1).column("share_agreed").mean() for room in (base, other)]
    assert agreed == pytest.approx([float(as_written) / 100, float(turned) / 100], abs=0.0006)
