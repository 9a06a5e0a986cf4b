"""Lesson 6: the objections of one run judged by four decision rules, by hand first, then by the model.

- Objections are those of the run itself, read before a turn is made; watching changes nothing.
- The best reading of a paragraph is the one with the fewest objections, the first of equals.
- A rule is called by what it counts. No body decides by these counts; the slides say how some do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negsim.classroom.topic import Sheets, Topic, extremes
from negsim.negotiation.measures import ROUGH_SHARE
from negsim.negotiation.runs import Negotiation
from negsim.negotiation.tables import Ints, Move, Response
from negsim.report.pages.setting import DECISION
from negsim.report.uncertain import subjects
from negsim.report.words import OUTCOMES, RULES, group_names, issue_names, passes_if, percent
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import sample
from negsim.study.estimates import Estimate
from negsim.study.runner import TypicalRun, rerun

CORNERS = {  # by rule: its corner of the classroom, and its measure
    "no_formal_objection": ("nobody blocks", "would_no_formal_objection"),
    "consensus_minus": ("one may block", "would_consensus_minus_1"),
    "rough_consensus": ("three quarters", "would_rough_consensus"),
    "majority_per_group": ("most of each group", "would_majority_per_group"),
}
MEASURES = ("consensus", "share_agreed", "depth", "satisfaction_gap")
SEARCHED = 40  # replications
READ = (Move.READ, Move.READ_PACKAGE, Move.DISCUSS)
EVENTS = 20_000  # rows of the log


class GroupObjections(NamedTuple):
    """One reading of a paragraph: objections by group (G), seats by group (G), how many of them block."""

    objections: Ints
    seats: Ints
    blockers: int

    @property
    def verdicts(self) -> dict[str, bool]:
        """Whether the reading passes, rule by rule."""
        objectors, present = int(self.objections.sum()), int(self.seats.sum())
        return {
            "no_formal_objection": self.blockers == 0,
            "consensus_minus": self.blockers <= 1,
            "rough_consensus": present - objectors >= ROUGH_SHARE * present,
            "majority_per_group": bool((2 * (self.seats - self.objections) > self.seats)[self.seats > 0].all()),
        }


def best_readings(scenario: Scenario, seed: int, replication: int) -> dict[int, GroupObjections]:
    """The best reading of every issue that a replication reads, by the issue's number."""
    case = lower(sample(scenario, seed, replication))
    run = Negotiation(case, seed=seed, replication=replication, log_rows=EVENTS)
    groups, best = case.seats["group"], dict[int, GroupObjections]()
    while run.outcome == 0:
        turn, logged = run.pending, int(run.state.clock["logged"][0])
        objects = run.choice.response != Response.ACCEPT if turn.move in READ else np.zeros(len(groups), bool)
        present = run.state.delegates["present"].copy()
        run.finish_turn()
        if turn.move not in READ:
            continue
        count = len(case.group_size)
        seats = np.bincount(groups[present], minlength=count)
        objections = np.bincount(groups[present & objects], minlength=count)
        events = run.state.log[logged : int(run.state.clock["logged"][0])]
        rows = events[events["move"] == Move.READ]
        for k, blockers in zip(rows["issue"], rows["blockers"], strict=True):
            tally = GroupObjections(objections, seats, int(blockers))
            if int(k) not in best or tally.objections.sum() < best[int(k)].objections.sum():
                best[int(k)] = tally
    return best


class Life(NamedTuple):
    """A rule: how often the same objections satisfy it, and what comes of a process under it."""

    corner: str
    rule: str  # as `--set` takes it
    measure: str  # the rule in words
    same: Estimate
    under: dict[str, Estimate]  # by measure


def rules(topic: Topic) -> Sheets:
    """The numbers of the lesson."""
    run, best = by_hand(topic)
    names = issue_names(run.scenario)
    paragraphs = [_paragraph(names[k], tally) for k, tally in sorted(best.items())]
    every = len(best) == len(names)
    lives = [
        Life(
            corner,
            _under(rule)[0],
            RULES[measure],
            topic.estimate(measure),
            {under: topic.estimate(under, _under(rule)) for under in MEASURES},
        )
        for rule, (corner, measure) in CORNERS.items()
    ]
    depths = {life.corner: depth.value for life in lives if (depth := life.under["depth"]).observations}
    return {
        "rule": rule_of(topic.scenario),  # of the scenario: when a text passes, "" if it is drawn
        "groups": group_names(run.scenario),
        "corners": [corner for corner, _ in CORNERS.values()],
        "issues": len(topic.scenario.issues),
        "paragraphs": paragraphs,  # that were read
        "unread": [name for k, name in enumerate(names) if k not in best],
        "passes": [  # corners whose rule passes every paragraph
            corner for corner, _ in CORNERS.values() if every and all(one["passes"][corner] for one in paragraphs)
        ],
        "replication": run.replication,
        "outcome": OUTCOMES[run.outcome],
        "transcript": topic.transcript_command(run.replication),
        "lives": lives,
        "same": extremes({life.corner: life.same.value for life in lives}, percent),
        "depths": extremes(depths) if depths else None,  # of the corners under whose rule anything is agreed
        "commands": [topic.run_command(), *(topic.run_command(_under(rule)) for rule in CORNERS)],
        "lab": topic.link("lab"),
        "labs": {corner: topic.link("lab", _under(rule)) for rule, (corner, _) in CORNERS.items()},  # links by corner
    }


def by_hand(topic: Topic) -> tuple[TypicalRun, dict[int, GroupObjections]]:
    """The run that students judge by hand: among the first, the one on which the rules differ most."""
    runs = {r: best_readings(topic.scenario, topic.seed, r) for r in range(min(SEARCHED, topic.replications))}
    best = max(runs, key=lambda r: _spread(runs[r]))
    return rerun(topic.scenario, topic.seed, best), runs[best]


def _spread(run: dict[int, GroupObjections]) -> tuple[int, int]:
    """How many different verdicts the rules give, and over how many paragraphs."""
    return len({tuple(tally.verdicts.values()) for tally in run.values()}), len(run)


def _paragraph(name: str, tally: GroupObjections) -> Sheets:
    """A paragraph at its best reading."""
    return {
        "name": name,
        "objections": list(zip(tally.objections.tolist(), tally.seats.tolist(), strict=True)),  # of the seats, by group
        "blockers": tally.blockers,
        "passes": {corner: tally.verdicts[rule] for rule, (corner, _) in CORNERS.items()},
    }


def _under(rule: str) -> tuple[str, ...]:
    return (f"process.decision_rule={rule}",)


def rule_of(scenario: Scenario) -> str:
    """When a text passes in a scenario, "" if every run draws its own rule."""
    return "" if DECISION in subjects(scenario) else passes_if(scenario)
