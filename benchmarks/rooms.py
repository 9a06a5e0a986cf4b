"""The rooms to measure: the focal case, larger, or with more issues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from negsim.negotiation.tables import Case
from negsim.scenario import Scenario, load, loads
from negsim.scenario.library import document
from negsim.scenario.lowering import lower
from negsim.scenario.yaml import to_yaml

FOCAL = "cstd_wgigf_2011"
DELEGATES = 42  # of the focal case
SEED = 2011


def focal() -> Scenario:
    """Load the focal case unchanged."""
    return load(FOCAL)


def room(delegates: int) -> Case:
    """Return the focal case with this many delegates, in the same shares by group."""
    groups = focal().groups
    seats = {name: max(1, round(group.seats * delegates / DELEGATES)) for name, group in groups.items()}
    seats["government"] += delegates - sum(seats.values())
    return lower(load(FOCAL, changes=[f"groups.{name}.seats={count}" for name, count in seats.items()]))


def agenda(issues: int) -> Case:
    """Return the focal case with this many issues, each a copy of one of its own, in turn."""
    data: dict[str, Any] = dict(document(FOCAL).data)
    own = list(data["issues"])
    copies = {f"{own[n % len(own)]}_{n}": own[n % len(own)] for n in range(issues)}
    people = {name: _copied(group, copies) for name, group in data["groups"].items()}
    changed = {
        "issues": _by_issue(data["issues"], copies),
        "groups": people,
        "delegates": [_copied(delegate, copies) for delegate in data["delegates"]],
        "camps": {name: _copied(camp, copies) for name, camp in data["camps"].items()},
        "basis": {},  # it names the issues
    }
    return lower(loads(to_yaml(data | changed)))


def _copied(part: Mapping[str, Any], copies: Mapping[str, str]) -> dict[str, Any]:
    """Spread what a group, delegate or camp says by issue over the copies."""
    spread = {name: _by_issue(part[name], copies) for name in ("position", "salience", "line") if name in part}
    return {**part, **spread}


def _by_issue(values: Mapping[str, Any], copies: Mapping[str, str]) -> dict[str, Any]:
    return {copy: values[own] for copy, own in copies.items() if own in values}
