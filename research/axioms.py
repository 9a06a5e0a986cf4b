"""The axioms of the model: what would be absurd if it failed, each measured on rooms made for it (docs/axioms.md).

- An axiom yields findings: a room, a number with its interval, and the range in which the number has to lie.
- Two sides of a comparison run on the same replications, under the same draws.
- What follows from the rules by construction is counted and must be 0. What holds on average is estimated: it holds if
  the interval lies in the range, fails if the interval lies outside, and is open if it crosses an end.
"""

from __future__ import annotations

import importlib.util
import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from negsim.files import write_table
from negsim.negotiation.floor import choose
from negsim.negotiation.formats import format_of
from negsim.negotiation.proposals import next_proposal
from negsim.negotiation.runs import Negotiation
from negsim.negotiation.tables import Case, Floats, Move, Outcome, Response, is_closed, is_open
from negsim.report.markdown import bullets, code, grid
from negsim.scenario import Scenario, load, loads, with_changes
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import sample
from negsim.study.estimates import Estimate, difference, mean, share
from negsim.study.runner import Runs
from research.calibration import Alter, Report, collect
from research.contrasts import run_altered

Data = dict[str, Any]  # a resolved scenario as plain data
Verdict = Literal["holds", "open", "fails"]

FIRST, SECOND, WGIG, ROOM, NETMUNDIAL = (
    "cstd_wgigf_2011",
    "cstd_wgigf_2012",
    "wgig_2005",
    "classroom",
    "netmundial_2014",
)
SEED = 35
RUNS, WATCHED = 5000, 300  # of the page
NEAR = 0.01  # of the scale: a text nearer to another is the same
ROUNDING = 1e-9
NEVER = (0.0, 0.0, True)  # the range of a count that has to be 0
MOST_RUNS = 1000  # of rooms in which every run counts
TRUSTS = (0.2, 0.35, 0.5, 0.7)  # across groups and in the chair
DIVIDED = (  # where the reformers stand, by which method, at which trust
    (0.4, "rolling_text", 0.5),
    (0.5, "chair_text", 0.5),
    (0.7, "chair_text", 0.7),
    (0.6, "package_deal", 0.7),
)
MOST_WEIGHED = 20  # runs in which all pairs of delegate and issue are weighed by the twin
ROOMS = 100  # seeded rooms, however few runs are watched


class Scale(NamedTuple):
    """The size of the computation.

    runs: of a room, or of either side of a comparison; watched: runs that are followed turn by turn. members: an
    ensemble of which each replication takes a member; None for the default parameters.
    """

    runs: int = RUNS
    watched: int = WATCHED
    members: str | None = None


class Finding(NamedTuple):
    """A number measured in one room, and the range (low, high) in which it should lie; NaN where nothing is asked."""

    room: str
    measure: str
    estimate: Estimate
    low: float = math.nan
    high: float = math.nan
    counted: bool = False  # each run counts: the number itself has to lie in the range, not its interval

    @property
    def verdict(self) -> Verdict:
        """Whether the number lies in the range."""
        one = self.estimate
        if math.isnan(self.low):
            return "holds"
        if self.counted or math.isnan(one.low):
            return "holds" if self.low <= one.value <= self.high else "fails"
        if self.low <= one.low and one.high <= self.high:
            return "holds"
        return "fails" if one.low > self.high or one.high < self.low else "open"


# ------------------------------------------------------------------------------------------------ rooms


@cache
def _written(name: str) -> str:
    return load(name).model_dump_json()


def data_of(name: str, *changes: str) -> Data:
    """Return a built-in scenario under changes, resolved, as plain data to edit."""
    text = load(name, changes=changes).model_dump_json() if changes else _written(name)
    data: Data = json.loads(text)
    return data | {"basis": {}}


def made(data: Data) -> Scenario:
    """Return the scenario that plain data describe."""
    return loads(json.dumps(_without_none(data)), "axiom")


def _without_none(data: Any) -> Any:  # noqa: ANN401 - any part of plain data
    if isinstance(data, dict):
        return {key: _without_none(value) for key, value in data.items() if value is not None}
    return [_without_none(value) for value in data] if isinstance(data, list) else data


def small_room(
    groups: dict[str, Data], issues: dict[str, float], *, trust: float, methodology: str = "rolling_text", days: int = 4
) -> Data:
    """Describe a room in the scenario language, without tension. issues: the status quo of each."""
    return {
        "format": 1,
        "title": "A room of the axioms",
        "issues": {
            name: {"label": name, "low": "none", "high": "all", "status_quo": quo} for name, quo in issues.items()
        },
        "groups": groups,
        "trust": {"across": trust, "chair": {"default": trust}},
        "context": {"tension": 0.0},
        "process": {"methodology": methodology, "meetings": [{"days": days}]},
    }


def runs_of(scenario: Scenario, scale: Scale, *, seed: int = SEED, alter: Alter = lambda case: case) -> Runs:
    """Run a scenario on the replications of the axioms, with altered tables."""
    if scale.members is not None:
        scenario = with_changes(scenario, [f"uncertain.parameters={scale.members}"])
    return run_altered(alter, scenario, replications=scale.runs, seed=seed)


def _consensus(runs: Runs) -> Floats:
    return runs.is_outcome(Outcome.CONSENSUS)


def _adopted(runs: Runs) -> Floats:
    return np.maximum(_consensus(runs), runs.is_outcome(Outcome.PARTIAL))


# ------------------------------------------------------------------------------------------------ unanimous status quo


def unanimous_room(trust: float, text: float) -> Data:
    """Describe the people of 2012 if all want the status quo, with another text on the table."""
    data = data_of(SECOND, "meetings.count=1", "process.meetings.0.days=4", "methodology=rolling_text")
    issues = data["issues"]
    for group in data["groups"].values():
        group["position"] = {k: {"mean": issues[k]["status_quo"], "spread": 0.0} for k in issues}
    data["delegates"] = [each | {"position": {}, "camp": None} for each in data["delegates"]]
    data["camps"] = {}
    data["context"] |= {"tension": 0.0, "linkage": None}
    data["trust"] |= {"across": trust, "chair": {"default": trust}}
    data["process"]["text"] = {k: {"value": text, "precision": 1.0, "pen": "chair"} for k in issues}
    return data


def one_seat_room(trust: float, text: float) -> Data:
    """Describe twelve groups of one seat that all want the status quo, with another text on the table."""
    issues = {"one": 0.1, "two": 0.1, "three": 0.1}
    position = dict.fromkeys(issues, 0.1)
    data = small_room({f"g{n}": {"seats": 1, "position": position} for n in range(12)}, issues, trust=trust)
    data["process"]["text"] = {k: {"value": text, "precision": 1.0, "pen": "chair"} for k in issues}
    return data


def unanimous_status_quo(scale: Scale) -> Iterator[Finding]:
    """Count the runs that agree on a text that everybody thinks worse than the status quo."""
    for name, room, texts in (
        ("the 42 seats of 2012", unanimous_room, (0.9,)),
        ("twelve groups of one seat", one_seat_room, (0.9, 0.2)),
    ):
        for text in texts:
            for trust in TRUSTS:
                runs = runs_of(made(room(trust, text)), scale._replace(runs=min(scale.runs, MOST_RUNS)))
                harm = (runs.by_issue("agreed") == 1.0) & (np.abs(runs.by_issue("text") - 0.1) > NEAR)
                agreed = harm.any(axis=1).astype(float)
                where = f"{name}, text at {text:g}, trust {trust:g}"
                yield Finding(where, "runs that adopt harm", share(_adopted(runs) * agreed), *NEVER)
                yield Finding(where, "runs that agree harm before the report is put to the room", share(agreed))


# ------------------------------------------------------------------------------------------------ keepers and reformers


def divided_room(ideal: float, trust: float, methodology: str) -> Data:
    """Describe ten keepers of the status quo and ten reformers who meet on one issue."""
    groups = {
        "keepers": {"seats": 10, "position": {"change": 0.1}},
        "reformers": {"seats": 10, "position": {"change": ideal}},
    }
    return small_room(groups, {"change": 0.1}, trust=trust, methodology=methodology)


class Deal(NamedTuple):
    """A text on one issue that a run adopts, by what delegates want at the end and wanted at the start."""

    text: float
    worse: float  # share of delegates to whom it costs more than the status quo, by what they want now
    worse_at_first: float  # the same, by what they wanted at the start


def deal_of(run: Negotiation) -> Deal | None:
    """Play a run on one issue to its end; None if it adopts nothing."""
    for _ in run.turns():
        pass
    if run.outcome not in (Outcome.CONSENSUS, Outcome.PARTIAL):
        return None
    text, views = run.state.paragraphs[0], run.state.views
    now, first = (
        _costs_more(run.case, text.text, text.precision, views[x][:, 0]) for x in ("position", "first_position")
    )
    return Deal(float(text.text), now, first)


def _costs_more(case: Case, y: float, v: float, x: Floats) -> float:
    """Return the share of delegates at x (N) to whom text y of precision v costs more than the status quo (5.5)."""
    p, without = case.parameters[0], np.abs(x - case.status_quo[0])
    lost = np.abs(y - x) * (1.0 - p.ambiguity * (1.0 - v)) + p.dilution * (1.0 - v) * without
    return float(np.mean(lost > without + ROUNDING))


def keepers_and_reformers(scale: Scale) -> Iterator[Finding]:
    """Let ten who want what is and ten who want another text negotiate, with nothing to trade."""
    few = scale._replace(watched=min(scale.runs, MOST_RUNS))
    for ideal, methodology, trust in DIVIDED:
        where = f"{methodology}, reformers at {ideal:g}, trust {trust:g}"
        room = divided_room(ideal, trust, methodology)
        ends = [deal_of(run) for run in watched(made(room), few)]
        deals = [end for end in ends if end is not None]
        texts, worse, at_first = (
            (np.array(column) for column in zip(*deals, strict=True)) if deals else [np.empty(0)] * 3
        )
        yield Finding(where, "runs with a deal that nobody prefers", _count_of(worse == 1.0, len(ends)), *NEVER)
        yield Finding(where, "consensus", _share(len(deals), len(ends)))
        yield Finding(where, "text adopted", mean(texts))
        yield Finding(where, "worse off than without a deal, by what they want then", mean(worse))
        yield Finding(where, "the same by what they wanted at first", mean(at_first))
        deaf = [deal_of(run) for run in watched(made(room | {"parameters": {"persuasion": 0.0}}), few)]
        yield Finding(
            where, "consensus if nobody is persuaded", _share(sum(end is not None for end in deaf), len(deaf))
        )


def _count_of(flags: Floats, runs: int) -> Estimate:
    return _share(int(np.sum(flags)), runs)


# ------------------------------------------------------------------------------------------------ null players


ENDS = {"at the mean": None, "at the low end": 0.0, "at the high end": 1.0}
ONLOOKERS = 20


def with_onlookers(name: str, place: float | None, *, liked: bool) -> Data:
    """Add silent onlookers to a scenario, who may not block. place: on each issue; None: at the mean of the room."""
    data = data_of(name)
    groups = data["groups"]
    position = {
        k: {
            "mean": place
            if place is not None
            else float(
                np.average(
                    [g["position"][k]["mean"] for g in groups.values()], weights=[g["seats"] for g in groups.values()]
                )
            ),
            "spread": 0.0,
        }
        for k in data["issues"]
    }
    data["groups"] = groups | {
        "onlookers": {"label": "Onlookers", "seats": ONLOOKERS, "position": position, "voice": 0.01, "may_block": False}
    }
    if liked:
        data["trust"]["pairs"] |= {f"{g}->onlookers": 0.9 for g in groups}
    return data


def null_players(scale: Scale) -> Iterator[Finding]:
    """Add twenty who say nothing and have no say; compare the share of issues agreed."""
    for name in (FIRST, SECOND, WGIG, ROOM):
        base = runs_of(load(name), scale).column("share_agreed")
        for where, place in ENDS.items():
            for liked in (False, True):
                more = runs_of(made(with_onlookers(name, place, liked=liked)), scale).column("share_agreed")
                what = f"{name}, {where}, {'liked' if liked else 'not liked'}"
                yield Finding(what, "share agreed, with less without", difference(more, base), -0.02, 0.02)


# ------------------------------------------------------------------------------------------------ names and numbers


def with_seats_in_order(case: Case, order: Sequence[int], group: Sequence[int]) -> Case:
    """Return a case with its seats in another order and other groups, everybody's draws unchanged.

    order: N, seats of the case. group: N, the new group of each place; the group's rule and camps come from the group
    in which the seat has been.
    """
    at, groups = np.array(order), np.array(group)
    seats = case.seats[at]
    was = np.array([int(seats["group"][np.flatnonzero(groups == g)[0]]) for g in range(groups.max() + 1)])
    seats["group"] = groups
    return case._replace(
        seats=seats,
        stances=case.stances[at],
        group_size=np.bincount(groups),
        trust_mean=np.ascontiguousarray(case.trust_mean[np.ix_(at, at)]),
        camp_share=np.ascontiguousarray(case.camp_share[was]),
        consent=case.consent[was],
        plan_seats=np.ascontiguousarray(case.plan_seats[:, at]),
    )


def divided(case: Case) -> Case:
    """Divide the first group in two by name: half of its caucuses, or of its seats where it is one caucus."""
    first = [i for i, seat in enumerate(case.seats) if seat.group == 0]
    caucuses = sorted({int(case.seats[i].caucus) for i in first})
    if len(caucuses) > 1:
        some = [i for i in first if case.seats[i].caucus in caucuses[: len(caucuses) // 2]]
    else:
        some = first[: len(first) // 2]
    rest = [i for i in first if i not in some]
    others = [i for i in range(len(case.seats)) if i not in first]
    group = [0] * len(some) + [1] * len(rest) + [int(case.seats[i].group) + 1 for i in others]
    return with_seats_in_order(case, some + rest + others, group)


def partition(scale: Scale) -> Iterator[Finding]:
    """Call half of the governments by another name: the same people, trust and caucuses."""
    for name in (FIRST, SECOND, ROOM):
        base, other = runs_of(load(name), scale), runs_of(load(name), scale, alter=divided)
        change = difference(other.column("share_agreed"), base.column("share_agreed"))
        yield Finding(name, "share agreed", change, -0.04, 0.04)
        yield Finding(name, "consensus", difference(_consensus(other), _consensus(base)))


def in_reverse(case: Case) -> Case:
    """Reverse the order of groups, and that of seats in each."""
    order = list(range(len(case.seats)))[::-1]
    last = len(case.group_size) - 1
    return with_seats_in_order(case, order, [last - int(case.seats[i].group) for i in order])


def order(scale: Scale) -> Iterator[Finding]:
    """List groups and seats in the reverse order."""
    for name in (FIRST, SECOND, ROOM):
        base, other = runs_of(load(name), scale), runs_of(load(name), scale, alter=in_reverse)
        change = difference(other.column("share_agreed"), base.column("share_agreed"))
        yield Finding(name, "share agreed", change, -0.02, 0.02)


def twice_the_seats(scale: Scale) -> Iterator[Finding]:
    """Give every group twice the seats."""
    for name, measure in ((SECOND, "consensus"), (FIRST, "share_agreed"), (ROOM, "share_agreed")):
        scenario = load(name)
        twice = [f"groups.{g}.seats={2 * group.seats}" for g, group in scenario.groups.items()]
        base, other = runs_of(scenario, scale), runs_of(with_changes(scenario, twice), scale)
        change = difference(other.column(measure), base.column(measure))
        yield Finding(name, measure, change, -0.1, 1.0)


# ------------------------------------------------------------------------------------------------ issues and time


def with_clones(name: str) -> Data:
    """Put every issue on the agenda twice, and double the hours of a day."""
    data = data_of(name)
    copies = {k: f"{k}_again" for k in data["issues"]}

    def cloned(values: dict[str, Any]) -> dict[str, Any]:
        return values | {copies[k]: value for k, value in values.items()}

    data["issues"] = cloned(data["issues"])
    for copy in copies.values():
        data["issues"][copy] = data["issues"][copy] | {"label": data["issues"][copy]["label"] + " (again)"}
    for one in (*data["groups"].values(), *data["delegates"]):
        for part in ("position", "red_lines", "salience"):
            one[part] = cloned(one[part])
    for camp in data["camps"].values():
        for part in ("line", "red_lines"):
            camp[part] = cloned(camp[part])
    data["process"]["hours"] *= 2.0
    return data


def clones(scale: Scale) -> Iterator[Finding]:
    """Double every issue and the hours."""
    for name in (SECOND, ROOM, FIRST):
        base, other = runs_of(load(name), scale), runs_of(made(with_clones(name)), scale)
        change = difference(other.column("share_agreed"), base.column("share_agreed"))
        yield Finding(name, "share agreed", change, -0.05, 0.05)
        yield Finding(name, "consensus", difference(_consensus(other), _consensus(base)), -0.05, 0.05)
        one, two = (_under_one_climate(data) for data in (data_of(name), with_clones(name)))
        change = difference(_consensus(runs_of(made(two), scale)), _consensus(runs_of(made(one), scale)))
        yield Finding(name, "consensus, if no climate is of one issue", change)


def _under_one_climate(data: Data) -> Data:
    """Give all issues the same climate."""
    return data | {"parameters": data["parameters"] | {"climate_by_issue": 0.0}}


def with_harmony(name: str, ideal: float, *, longer: bool) -> Data:
    """Add an issue on which everybody wants the same. longer: with its share of time, hours grow as the agenda does."""
    data = data_of(name)
    before = len(data["issues"])
    data["issues"]["harmony"] = {"label": "Harmony", "low": "none", "high": "all", "status_quo": 0.1}
    for group in data["groups"].values():
        group["position"]["harmony"] = {"mean": ideal, "spread": 0.0}
        group["salience"]["harmony"] = 1.0
    if longer:
        data["process"]["hours"] *= (before + 1) / before
    return data


def harmony(scale: Scale) -> Iterator[Finding]:
    """Add an issue on which all agree, with its share of time or without; compare the share agreed of the others."""
    for name in (SECOND, FIRST, ROOM):
        base = runs_of(load(name), scale).column("share_agreed")
        for ideal in (0.1, 0.6):
            for longer in (True, False):
                scenario = made(with_harmony(name, ideal, longer=longer))
                others = runs_of(scenario, scale).by_issue("agreed")[:, :-1].mean(axis=1)
                where = f"{name}, all at {ideal:g}, {'hours in proportion' if longer else 'the same hours'}"
                yield Finding(where, "share agreed of the others", difference(others, base), -0.02, 0.02)


QUIET = ("process.intersession.reconsider=false",)


def in_meetings(name: str, methodology: str, meetings: int, days: int = 4) -> Data:
    """Lay a scenario's negotiation out over meetings of equal length, with no days between them and no evenings."""
    data = data_of(name, *QUIET)
    one = data["process"]["meetings"][0] | {"days": days // meetings, "evenings": "none", "after_days": 0.0}
    data["process"] |= {
        "meetings": [one | {"name": f"Meeting {m + 1}", "agenda": [{methodology: 1.0}]} for m in range(meetings)],
        "events": [],
    }
    return data


def days(scale: Scale) -> Iterator[Finding]:
    """Divide four days among more meetings, with nothing between them."""
    for methodology in ("rolling_text", "chair_text", "convergence_mapping", "package_deal"):
        base = runs_of(made(in_meetings(FIRST, methodology, 1)), scale).column("share_agreed")
        for meetings in (2, 4):
            other = runs_of(made(in_meetings(FIRST, methodology, meetings)), scale).column("share_agreed")
            what = f"{FIRST}, {methodology}, {meetings} meetings"
            yield Finding(what, "share agreed, less one meeting", difference(other, base), -0.02, 0.02)


def mirrored(name: str) -> Data:
    """Turn every scale around."""
    data = data_of(name)

    def turned(values: dict[str, Any]) -> dict[str, Any]:
        return {k: 1.0 - v if isinstance(v, float) else v | {"mean": 1.0 - v["mean"]} for k, v in values.items()}

    def limits(lines: dict[str, Any]) -> dict[str, Any]:
        ends = {k: (line.get("min"), line.get("max")) for k, line in lines.items()}
        return {
            k: lines[k] | {"min": None if high is None else 1.0 - high, "max": None if low is None else 1.0 - low}
            for k, (low, high) in ends.items()
        }

    for issue in data["issues"].values():
        issue["status_quo"] = 1.0 - issue["status_quo"]
    for one in (*data["groups"].values(), *data["delegates"]):
        one["position"], one["red_lines"] = turned(one["position"]), limits(one["red_lines"])
    for camp in data["camps"].values():
        camp["line"], camp["red_lines"] = turned(camp["line"]), limits(camp["red_lines"])
    for text in data["process"]["text"].values():
        text["value"] = 1.0 - text["value"]
    for event in data["process"]["events"]:
        if "submission" in event:
            event["submission"]["position"] = turned(event["submission"].get("position") or {})
    return data


def mirror(scale: Scale) -> Iterator[Finding]:
    """Turn every scale around."""
    for name in (FIRST, SECOND, ROOM):
        base, other = runs_of(load(name), scale), runs_of(made(mirrored(name)), scale)
        change = difference(other.column("share_agreed"), base.column("share_agreed"))
        yield Finding(name, "share agreed", change, -0.02, 0.02)


def units_of_time(scale: Scale) -> Iterator[Finding]:
    """Double the hours and all that takes time, in formats without noticing."""
    twice = ("process.tempo=0.5", "process.hours=12")
    for methodology in ("rolling_text", "chair_text", "package_deal"):
        changes = (f"methodology={methodology}", "process.chair.pressure=none")
        base, other = (runs_of(load(SECOND, changes=(*changes, *more)), scale) for more in ((), twice))
        differ = (base.by_issue("agreed") != other.by_issue("agreed")).any(axis=1)
        yield Finding(f"{SECOND}, {methodology}", "runs that differ", share(differ.astype(float)), *NEVER)


# ------------------------------------------------------------------------------------------------ readings, one by one

FIVE = (FIRST, SECOND, WGIG, NETMUNDIAL, ROOM)
READINGS = (Move.READ, Move.DISCUSS, Move.READ_PACKAGE)


def seeded_room(seed: int) -> Data:
    """Describe a small room drawn at random: groups, issues, rule, method, trust."""
    rng = np.random.default_rng(seed)
    issues = {f"issue{k}": round(float(rng.uniform(0.0, 1.0)), 2) for k in range(rng.integers(1, 5))}
    groups = {
        f"group{g}": {
            "seats": int(rng.integers(1, 7)),
            "position": {k: {"mean": round(float(rng.uniform(0.0, 1.0)), 2), "spread": 0.12} for k in issues},
            "salience": {k: round(float(rng.uniform(0.3, 3.0)), 2) for k in issues},
        }
        for g in range(rng.integers(2, 5))
    }
    methodology = str(
        rng.choice(["rolling_text", "chair_text", "package_deal", "convergence_mapping", "drafting_group"])
    )
    data = small_room(groups, issues, trust=round(float(rng.uniform(0.1, 0.9)), 2), methodology=methodology, days=2)
    rules = ("no_formal_objection", "rough_consensus", "majority_per_group", {"consensus_minus": {"k": 1}})
    data["process"] |= {
        "decision_rule": rules[rng.integers(len(rules))],
        "adoption": str(rng.choice(["everything", "separable"])),
    }
    return data


def watched(scenario: Scenario, scale: Scale) -> Iterator[Negotiation]:
    """Yield runs of a scenario before their first turn."""
    if scale.members is not None:
        scenario = with_changes(scenario, [f"uncertain.parameters={scale.members}"])
    for r in range(scale.watched):
        yield Negotiation(lower(sample(scenario, SEED, r)), seed=SEED, replication=r)


@cache
def twin() -> Any:  # noqa: ANN401 - a module of the tests, without types
    """Load the plain twin of the tests: the same rules, written a second time."""
    path = Path(__file__).parents[1] / "tests" / "twin.py"
    spec = importlib.util.spec_from_file_location("axioms_twin", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def as_twin(run: Negotiation) -> Any:  # noqa: ANN401 - a room of the twin
    """Put the state of a run into a room of the twin."""
    plain, case, state = twin(), run.case, run.state
    room = plain.Room.__new__(plain.Room)
    room.case, room.p, room.setting = case, plain.by_name(case.parameters[0]), plain.by_name(case.setting[0])
    room.consent = [plain.by_name(rule) for rule in case.consent]
    room.issues, room.quo = range(len(case.status_quo)), case.status_quo.tolist()
    room.row, room.minute = int(state.clock["row"][0]), run.minute
    room.taken_up = None if state.clock["format"][0] < 0 else int(state.clock["format"][0])
    room.climate = state.paragraphs["climate"].tolist()
    room.delegates = [plain.Delegate(seat, number) for number, seat in enumerate(case.seats)]
    views, own = state.views, state.delegates
    for i, d in enumerate(room.delegates):
        d.present = bool(own["present"][i])
        for column in ("spillover", "temper", "chair_trust"):
            setattr(d, column, float(own[column][i]))
        for column in ("position", "salience", "weight"):
            setattr(d, column, views[column][i].tolist())
        d.red = list(zip(views["red_low"][i].tolist(), views["red_high"][i].tolist(), strict=True))
        d.trust = dict(zip(room.delegates, state.trust[:, i].tolist(), strict=True))
        believed = state.belief[:, :, i].T.tolist()  # by the other, by issue
        d.belief = dict(zip(room.delegates, believed, strict=True)) | {d: list(d.position)}
    room.paragraphs = [plain.Paragraph() for _ in room.issues]
    for k, (paragraph, row) in enumerate(zip(room.paragraphs, state.paragraphs, strict=True)):
        paragraph.text = None if math.isnan(row["text"]) else float(row["text"])
        paragraph.precision, paragraph.status = float(row["precision"]), int(row["status"])
        paragraph.pen = room.delegates[row["pen"]] if row["pen"] >= 0 else plain.Pen(int(row["pen"]))
        paragraph.drafters = [d for i, d in enumerate(room.delegates) if views["drafter"][i, k]]
    power = room.powers()
    room.powers = lambda: power
    return room


def text_read(run: Negotiation) -> list[tuple[int, float, float]]:
    """List what the pending reading is about: issue, place and precision of each text."""
    state, k = run.state, run.pending.issue
    if run.pending.move == Move.DISCUSS:
        p = next_proposal(state, k)
        return [(k, float(state.proposed[p, k]), float(run.case.formats["precision"][format_of(run.case, state)]))]
    if run.pending.move == Move.READ:
        issues = [k]
    else:
        on_agenda = run.case.plan_issues[state.clock["row"][0]]
        issues = [m for m in range(len(on_agenda)) if on_agenda[m] and is_open(state, m)]
    texts = [(m, float(state.paragraphs["text"][m]), float(state.paragraphs["precision"][m])) for m in issues]
    return [text for text in texts if not math.isnan(text[1])]


def beyond_bounds(run: Negotiation) -> tuple[int, int]:
    """Count who accepts the text that is due to be read, and those of them to whom it costs more than it may.

    More than no deal seems to cost and, on top, the delegate's share of what it gains elsewhere.
    """
    accepting = [
        i
        for i, answer in enumerate(run.choice.response)
        if answer == Response.ACCEPT and run.state.delegates[i].present
    ]
    room, texts, beyond = as_twin(run), text_read(run), 0
    inside = {k for k, *_ in texts}
    for i in accepting:
        d = room.delegates[i]
        lost = sum(room.loss(d, k, y, v) for k, y, v in texts)
        seems = max(0.0, sum(room.mood(d, k) for k in inside))
        if lost <= seems + ROUNDING:
            continue
        sells = len(inside) > 1 or not room.case.core[texts[0][0]]
        gives = len(inside) * d.goodwill * room.credit(d, inside, room.trust_in_others(d)) if sells else 0.0
        beyond += lost > seems + gives + ROUNDING
    return len(accepting), beyond


def below_no_deal(run: Negotiation, conceded: float) -> tuple[int, int, int]:
    """Count the pairs of delegate and issue, and those that would accept less than no deal, and less than it seems."""
    room, below, seeming, pairs = as_twin(run), 0, 0, 0
    for d in room.delegates:
        for k in room.issues:
            accepts = room.latitude(d, k, d.chair_trust, conceded, 0.0)
            pairs += 1
            below += accepts > room.no_deal(d, k) + ROUNDING
            seeming += accepts > max(0.0, room.mood(d, k)) + ROUNDING
    return pairs, below, seeming


def weighed(run: Negotiation) -> Counter[str]:
    """Count who accepts what is put to the room at the pending turn, and who should not, by the twin."""
    if run.pending.move in READINGS:
        accepting, beyond = beyond_bounds(run)
        return Counter(accepted=accepting, beyond=beyond)
    if run.pending.move != Move.ADOPT:
        return Counter()
    room = as_twin(run)
    closed = [k for k in room.issues if room.paragraphs[k].closed]
    signing = [i for i, answer in enumerate(run.choice.response) if answer == Response.ACCEPT and closed]
    harmed = [i for i in signing if room.report_shortfall(room.delegates[i], closed) > ROUNDING]
    return Counter(signed=len(signing), harmed=len(harmed))


def individual_rationality(scale: Scale) -> Iterator[Finding]:
    """Recompute by the plain twin, at every reading, whether anybody accepts what costs it more than it may."""
    for name in FIVE:
        total: Counter[str] = Counter()
        for run in watched(load(name), scale):
            while run.outcome == Outcome.RUNNING:
                total += weighed(run)
                run.finish_turn()
        yield Finding(name, "acceptances beyond the bound", _share(total["beyond"], total["accepted"]), *NEVER)
        yield Finding(
            name, "reports signed that are worse than no deal", _share(total["harmed"], total["signed"]), *NEVER
        )
        for conceded, when in ((0.0, "at the start"), (1.0, "with all demands given up")):
            few = watched(load(name), scale._replace(watched=min(scale.watched, MOST_WEIGHED)))
            pairs, below, seeming = (
                sum(column) for column in zip(*(below_no_deal(run, conceded) for run in few), strict=True)
            )
            yield Finding(name, f"pairs that would accept less than no deal, {when}", _share(below, pairs))
            yield Finding(name, f"pairs that would accept less than no deal seems, {when}", _share(seeming, pairs))


def _share(part: int, whole: int) -> Estimate:
    return share(np.repeat([1.0, 0.0], [part, whole - part]))


def objections_at_own_ideal(run: Negotiation) -> tuple[int, int]:
    """Put a precise text at each delegate's ideal in place of the text due to be read; count all, and who objects."""
    state, k = run.state, run.pending.issue
    before = float(state.paragraphs[k].text), float(state.paragraphs[k].precision)
    number = objecting = 0
    for i in range(len(state.delegates)):
        if state.delegates[i].present:
            state.paragraphs["text"][k], state.paragraphs["precision"][k] = state.views["position"][i, k], 1.0
            choose(run.case, state, run.pending, run.choice)
            number += 1
            objecting += run.choice.shortfall[i] > ROUNDING
    state.paragraphs["text"][k], state.paragraphs["precision"][k] = before
    choose(run.case, state, run.pending, run.choice)
    return number, objecting


def own_ideal(scale: Scale) -> Iterator[Finding]:
    """Read a precise text at everybody's own ideal."""
    for name in FIVE:
        asked = objecting = 0
        for run in watched(load(name), scale):
            while run.outcome == Outcome.RUNNING:
                if run.pending.move == Move.READ:
                    more, wrong = objections_at_own_ideal(run)
                    asked, objecting = asked + more, objecting + wrong
                run.finish_turn()
        yield Finding(name, "objections at the own ideal", _share(objecting, asked), *NEVER)


def agreements(run: Negotiation) -> Iterator[float]:
    """Go through a run; yield for each text that is agreed how far it lies outside the span of those with power.

    The span is that of the status quo and of all ideals up to then: a text written yesterday need not follow who moved.
    """
    low, high = run.case.status_quo.copy(), run.case.status_quo.copy()
    while run.outcome == Outcome.RUNNING:
        state = run.state
        closed = [is_closed(state, k) for k in range(len(state.paragraphs))]
        for ideals in state.views["position"][state.delegates["power"] > 0.0]:
            low, high = np.minimum(low, ideals), np.maximum(high, ideals)
        run.finish_turn()
        for k, was in enumerate(closed):
            if is_closed(state, k) and not was:
                text = float(state.paragraphs["text"][k])
                yield max(0.0, float(low[k]) - text, text - float(high[k]))


def span(scale: Scale) -> Iterator[Finding]:
    """Look at every agreement: does it lie between the status quo and the ideals of those with power?"""
    rooms = [(name, load(name), scale) for name in FIVE]
    rooms += [("seeded rooms", made(seeded_room(seed)), scale._replace(watched=4)) for seed in range(ROOMS)]
    outside: dict[str, list[float]] = {}
    for name, scenario, own in rooms:
        for run in watched(scenario, own):
            outside.setdefault(name, []).extend(agreements(run))
    for name, distances in outside.items():
        beyond = np.array(distances)
        yield Finding(name, "agreements outside the span", share((beyond > ROUNDING).astype(float)), *NEVER)
        if beyond.max(initial=0.0) > 0.0:
            yield Finding(name, "distance from it of those", mean(beyond[beyond > ROUNDING]))


# ------------------------------------------------------------------------------------------------ red lines


def with_lines(name: str, group: str, **ends: float) -> Scenario:
    """Draw a red line of a group on the first issue, in place of any that it has there."""
    scenario = load(name)
    issue = next(iter(scenario.issues))
    line = ", ".join(f"{end}: {value}" for end, value in {**ends, "spread": 0.0}.items())
    return with_changes(scenario, [f"groups.{group}.red_lines={{{issue}: {{{line}}}}}"])


def texts_on_table(scenario: Scenario, scale: Scale) -> tuple[float, float]:
    """Return the lowest and the highest text on the first issue that is read or lies on the table after a turn."""
    seen = [y for run in watched(scenario, scale) for y in _seen_on_first(run)]
    return min(seen), max(seen)


def _seen_on_first(run: Negotiation) -> Iterator[float]:
    while run.outcome == Outcome.RUNNING:
        if run.pending.move in READINGS:
            yield from (y for k, y, _ in text_read(run) if k == 0)
        run.finish_turn()
        written = float(run.state.paragraphs["text"][0])
        if not math.isnan(written):
            yield written


def red_lines(scale: Scale) -> Iterator[Finding]:
    """Draw red lines that no text comes near, and lines that bind."""
    group = "business"
    for name in (FIRST, SECOND, ROOM):
        scenario = load(name, changes=[f"groups.{group}.red_lines={{}}"])
        low, high = texts_on_table(scenario, scale)
        few = scale._replace(runs=scale.watched)
        base = runs_of(scenario, few)
        far = runs_of(with_lines(name, group, max=min(1.0, high + 0.001), min=max(0.0, low - 0.001)), few)
        same = np.ones(few.runs)
        for column in ("agreed", "text", "closed_at", "readings"):
            pair = base.by_issue(column), far.by_issue(column)
            same *= np.all((pair[0] == pair[1]) | (np.isnan(pair[0]) & np.isnan(pair[1])), axis=1)
        yield Finding(name, "runs that a line changes which no text comes near", share(1.0 - same), *NEVER)
    yield from _binding(scale, group)


def _binding(scale: Scale, group: str) -> Iterator[Finding]:
    base = runs_of(load(SECOND), scale)
    g = list(base.scenario.groups).index(group)
    for line in (0.45, 0.4, 0.35, 0.3, 0.25, 0.2):
        bound = runs_of(with_lines(SECOND, group, max=line), scale)
        both = _consensus(base) * _consensus(bound) == 1.0
        gain = np.where(both, bound.by_group("satisfaction")[:, g] - base.by_group("satisfaction")[:, g], math.nan)
        text = np.where(both, bound.by_issue("text")[:, 0] - base.by_issue("text")[:, 0], math.nan)
        where = f"{SECOND}, business accepts nothing above {line:g}"
        yield Finding(where, "what agreement is worth to it", mean(gain), -0.005, 1.0)
        yield Finding(where, "text on the issue", mean(text), -1.0, NEAR)
        yield Finding(where, "consensus", difference(_consensus(bound), _consensus(base)))


# ------------------------------------------------------------------------------------------------ the page


class Axiom(NamedTuple):
    """An axiom: its law, its findings, and what the second form of the model did (its referee's numbers)."""

    law: str
    second_form: str
    findings: Callable[[Scale], Iterator[Finding]]


AXIOMS = (
    Axiom(
        "Where all want the status quo, nothing else is adopted",
        ".10 to 1.00 of runs adopted harm",
        unanimous_status_quo,
    ),
    Axiom(
        "Nobody accepts what costs it more than no deal seems to, plus its share of what it gains elsewhere",
        "fails; .55 to .69 of pairs accepted less than no deal",
        individual_rationality,
    ),
    Axiom("Nobody objects to a precise text at its own ideal", ".024 objected", own_ideal),
    Axiom("Agreements lie between the status quo and the ideals of those with power", "fails", span),
    Axiom(
        "Keepers of the status quo and reformers with nothing to trade sign no deal that nobody prefers",
        "9 % of agreements preferred by nobody; consensus .64 to 1.00",
        keepers_and_reformers,
    ),
    Axiom("Null players change nothing", "+.18 to +.46", null_players),
    Axiom("Names of groups change nothing", "+.13 to +.24", partition),
    Axiom("Twice the seats cost little", "-.25", twice_the_seats),
    Axiom("Every issue twice, at twice the hours, is the same", "holds (2012)", clones),
    Axiom("An issue on which all agree changes nothing about the others", "+.01 to +.02", harmony),
    Axiom("Days count, not how they are divided, if nothing happens between meetings", "holds", days),
    Axiom("Turning all scales around changes nothing", "holds", mirror),
    Axiom("The order of groups and seats changes nothing", "holds", order),
    Axiom("Units of time change nothing", "holds", units_of_time),
    Axiom("A red line that no text comes near changes nothing; one that binds serves its holder", "holds", red_lines),
)


class Row(NamedTuple):
    """An axiom and its findings: at the defaults, and over the members of an ensemble (empty without one)."""

    axiom: Axiom
    findings: list[Finding]
    over: list[Finding]


def verdict(findings: Sequence[Finding]) -> Verdict:
    """Return the worst verdict: one failure fails an axiom."""
    verdicts = {one.verdict for one in findings}
    return "fails" if "fails" in verdicts else "open" if "open" in verdicts else "holds"


def worst(findings: Sequence[Finding]) -> Finding:
    """Return the finding that comes nearest to leaving its range, or lies farthest outside; all counts of one thing."""

    def outside(one: Finding) -> float:
        has_ends = not one.counted and not math.isnan(one.estimate.low)
        low, high = one.estimate[1:3] if has_ends else (one.estimate.value,) * 2
        return max(one.low - low, high - one.high)

    one = max((each for each in findings if not math.isnan(each.low)), key=outside)
    if not one.counted:
        return one
    alike = [_counted(each) for each in findings if each.measure == one.measure]
    hits, number = (sum(column) for column in zip(*alike, strict=True))
    return one._replace(room="all rooms", estimate=_share(hits, number))


def _counted(one: Finding) -> tuple[int, int]:
    """Return how often a thing was counted, of how many times."""
    number = one.estimate.observations
    return (round(one.estimate.value * number), number) if number else (0, 0)


def rows(scale: Scale) -> Iterator[Row]:
    """Yield a row an axiom."""
    for axiom in AXIOMS:
        plain = list(axiom.findings(scale._replace(members=None)))
        yield Row(axiom, plain, [] if scale.members is None else list(axiom.findings(scale)))


def report(scale: Scale, numbers: Path | None = None) -> Report:
    """Measure every axiom and return the page; with `numbers` also write every number into that file."""
    results = yield from collect(rows(scale), len(AXIOMS), lambda row: row.axiom.law)
    if numbers is not None:
        columns = ["axiom", "room", "measured", "value", "low", "high", "observations", "range", "verdict"]
        write_table(numbers, ["parameters", *columns], _every_number(results, scale))
    return markdown(results, scale)


def markdown(results: Sequence[Row], scale: Scale) -> str:
    """Write the page: what does not hold, and the table of axioms."""
    command = f"python -m research axioms --replications {scale.runs} --watched {scale.watched}"
    command += "" if scale.members is None else f" --members {scale.members}"
    columns = ["axiom", "measured", "second form", "now (the worst)", "in", "runs", "range"]
    over = [] if scale.members is None else [f"over {scale.members}"]
    parts = [
        "# Axioms",
        (
            "Laws that a model of negotiation should obey whatever its parameters, each measured in rooms made to break"
            " it. Comparisons are paired: both sides run on the same replications. A number that is an average *holds*"
            " if its interval (95 %) lies inside the range, *fails* if it lies outside, and is *open* if it crosses an"
            f" end; where the range is 0, a single run is enough to fail. {code(command)} writes this page."
        ),
        "## What does not hold",
        bullets(_complaints(results)) or "Nothing on this page fails or is open.",
        "## The axioms",
        grid([*columns, "verdict", *over], (_summary(row) for row in results)),
        (
            "The plain twin of the tests recomputes, from the state at each reading, what every delegate may accept."
            f" Every number is in {code('research/docs/axioms.csv')}; those without a range are no axioms and show what"
            " stands beside them."
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _complaints(results: Sequence[Row]) -> Iterator[str]:
    """Say of each axiom that does not hold how many of its numbers fail or are open; the table has the worst."""
    for row in results:
        both = ((row.findings, ""), (row.over, "with the ensemble "))
        said = [where + counts for found, where in both if (counts := _fail_or_open(found))]
        if said:
            yield f"**{row.axiom.law}**: {'; '.join(said)}"


def _fail_or_open(findings: Sequence[Finding]) -> str:
    """Count the numbers with a range that fail or are open; nothing is said where none does."""
    asked = [one for one in findings if not math.isnan(one.low)]
    failing, open_ = (sum(one.verdict == what for one in asked) for what in ("fails", "open"))
    return f"{failing} of {len(asked)} numbers fail and {open_} are open" if failing or open_ else ""


def _summary(row: Row) -> list[object]:
    one, over = worst(row.findings), row.over
    cells = [
        row.axiom.law, one.measure, row.axiom.second_form, _number(one), one.room, one.estimate.observations,
        _range(one), verdict(row.findings),
    ]  # fmt: skip
    return [*cells, *([f"{_number(worst(over))}, {verdict(over)}"] if over else [])]


def _every_number(results: Sequence[Row], scale: Scale) -> Iterator[list[object]]:
    for row in results:
        for parameters, findings in (("defaults", row.findings), (scale.members, row.over)):
            for one in findings:
                said = "" if math.isnan(one.low) else one.verdict
                yield [parameters, row.axiom.law, one.room, one.measure, *one.estimate[:4], _range(one), said]


def _number(one: Finding) -> str:
    """Write a value with its interval, or how often a thing was counted."""
    if one.counted:
        return "{} of {}".format(*_counted(one))
    value, low, high = one.estimate[:3]
    return f"{value:.3f}" if math.isnan(low) else f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _range(one: Finding) -> str:
    """Write a range: what it leaves open below or above is not written."""
    if math.isnan(one.low):
        return ""
    if one.low == one.high:
        return f"{one.low:g}"
    if one.high >= 1.0:
        return f"{one.low:g} or more"
    return f"{one.high:g} or less" if one.low <= -1.0 else f"{one.low:g} to {one.high:g}"
