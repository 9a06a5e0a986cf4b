"""Odd but valid scenarios: what a room may be at its edges, written as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from negsim.cases import loads
from negsim.scenario import Scenario

PLACES = (0.2, 0.5, 0.8)
LONG = "A name of many words that goes on and on because somebody copied a whole paragraph of the mandate into it "


def odd_text(
    *,
    groups: int = 2,
    seats: int = 2,
    issues: int = 2,
    title: str = "Odd",
    group: str = "Group {}",
    issue: str = "Issue {}",
    low: str = "none",
    high: str = "all",
    red_lines: bool = False,
    **process: Any,
) -> str:
    """A scenario file. group, issue: labels, with the number in them; red_lines: whether every
    issue is beyond that of somebody; process: replaces its parts."""
    names = [f"issue_{k}" for k in range(issues)]
    room = {
        "format": 1,
        "title": title,
        "issues": {
            name: {"label": issue.format(k), "low": low, "high": high, "status_quo": 0.1}
            for k, name in enumerate(names)
        },
        "groups": {
            f"group_{g}": {
                "label": group.format(g),
                "seats": seats,
                "position": {name: [PLACES[(g + k) % 3], 0.1] for k, name in enumerate(names)},
            }
            | ({"red_lines": {name: {"min": 0.9} for name in names[g % 2 :: 2]}} if red_lines else {})
            for g in range(groups)
        },
        "process": {
            "decision_rule": "no_formal_objection",
            "hours": 6,
            "meetings": [{"name": "Geneva", "days": 1, "agenda": [{"questionnaire": 0.3}, {"chair_text": 0.7}]}],
        }
        | process,
    }
    return yaml.safe_dump(room, allow_unicode=True, sort_keys=False)


def odd(**parts: Any) -> Scenario:
    """The scenario of such a file."""
    return loads(odd_text(**parts))


def odd_file(path: Path, **parts: Any) -> Path:
    """The file of such a scenario."""
    path.write_text(odd_text(**parts), encoding="utf-8")
    return path
