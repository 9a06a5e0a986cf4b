"""Lesson 3: the objections of one run, judged by four decision rules, by hand first, then by the model.

- Objections are those of the run itself, read before a turn is made; watching changes nothing.
- The best reading of a paragraph is the one with the fewest objections, the first of equals.
- A rule is named after what it counts. No body decides by these counts; the slides say how some do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negsim.cast.decisions import DECISION_RULES
from negsim.classroom.topic import Sheets, Topic, extremes
from negsim.negotiation.acceptance import RuleRow
from negsim.negotiation.runs import LOG_ROWS, Negotiation
from negsim.negotiation.tables import Ints, Move, Response
from negsim.report.pages.setting import DECISION_BY
from negsim.report.uncertain import subjects
from negsim.report.words import OUTCOME_LABELS, group_names, issue_names, passes_if, percent
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import sample
from negsim.study.estimates import Estimate
from negsim.study.runner import TypicalRun, rerun

_CORNERS = [rule for rule in DECISION_RULES.values() if rule.corner]  # rules with a corner of the classroom
_MEASURES = ("consensus", "share_agreed", "depth", "satisfaction_gap")
_REPLICATIONS_SEARCHED = 40  # replications
_READ = (Move.READ, Move.READ_PACKAGE, Move.DISCUSS)


class _GroupObjections(NamedTuple):
    """One reading of a paragraph: objections by group (G), seats by group (G), and the number of blockers."""

    objections: Ints
    seats: Ints
    blockers: int

    @property
    def verdicts(self) -> dict[str, bool]:
        """The verdict of each rule: true if the reading passes."""
        return {rule.name: self._passes(rule.row) for rule in _CORNERS}

    def _passes(self, row: RuleRow) -> bool:
        content = self.seats - self.objections
        in_every_group = bool((content >= row.group_accept * self.seats).all())
        return content.sum() >= row.accept * self.seats.sum() and self.blockers <= row.blocks and in_every_group


def best_readings(scenario: Scenario, seed: int, replication: int) -> dict[int, _GroupObjections]:
    """Return the best reading of every issue that a replication reads, by the issue's number."""
    case = lower(sample(scenario, seed, replication))
    run = Negotiation(case, seed=seed, replication=replication, log_rows=LOG_ROWS)
    groups, best = case.seats["group"], dict[int, _GroupObjections]()
    while run.outcome == 0:
        move, logged = run.pending.move, int(run.state.clock["logged"][0])
        objects, present = run.choice.response != Response.ACCEPT, run.state.delegates["present"].copy()
        run.finish_turn()
        if move not in _READ:
            continue
        count = len(case.group_size)
        seats = np.bincount(groups[present], minlength=count)
        objections = np.bincount(groups[present & objects], minlength=count)
        events = run.state.log[logged : int(run.state.clock["logged"][0])]
        rows = events[events["move"] == Move.READ]
        for k, blockers in zip(rows["issue"], rows["blockers"], strict=True):
            tally = _GroupObjections(objections, seats, int(blockers))
            if int(k) not in best or tally.objections.sum() < best[int(k)].objections.sum():
                best[int(k)] = tally
    return best


class _Life(NamedTuple):
    """A rule: how often the same objections satisfy it, and the effect on a process."""

    corner: str
    rule: str  # as `--set` takes it
    measure: str  # the rule in words
    same: Estimate
    under: dict[str, Estimate]  # by measure


def rules(topic: Topic) -> Sheets:
    """Compute the numbers of the lesson."""
    run, best = _by_hand(topic)
    names = issue_names(run.scenario)
    paragraphs = [_paragraph(names[k], tally) for k, tally in sorted(best.items())]
    every = len(best) == len(names)
    lives = [
        _Life(
            rule.corner,
            _under(rule.name)[0],
            rule.label,
            topic.estimate(rule.measure),
            {under: topic.estimate(under, _under(rule.name)) for under in _MEASURES},
        )
        for rule in _CORNERS
    ]
    depths = {life.corner: depth.value for life in lives if (depth := life.under["depth"]).observations}
    return {
        "rule": rule_of(topic.scenario),  # of the scenario: when a text passes, "" if it is drawn
        "groups": group_names(run.scenario),
        "corners": [rule.corner for rule in _CORNERS],
        "issues": len(topic.scenario.issues),
        "paragraphs": paragraphs,  # that were read
        "unread": [name for k, name in enumerate(names) if k not in best],
        "passes": [  # corners whose rule passes every paragraph
            rule.corner for rule in _CORNERS if every and all(one["passes"][rule.corner] for one in paragraphs)
        ],
        "replication": run.replication,
        "outcome": OUTCOME_LABELS[run.outcome],
        "transcript": topic.transcript_command(run.replication),
        "lives": lives,
        "same": extremes({life.corner: life.same.value for life in lives}, percent),
        "depths": extremes(depths) if depths else None,  # of the corners under whose rule anything is agreed
        "commands": [topic.run_command(), *(topic.run_command(_under(rule.name)) for rule in _CORNERS)],
        "lab": topic.link("lab"),
        "page": topic.page_link(),
        "links": {rule.corner: topic.page_link(_under(rule.name)) for rule in _CORNERS},  # by corner
    }


def _by_hand(topic: Topic) -> tuple[TypicalRun, dict[int, _GroupObjections]]:
    """Choose the run that students judge by hand: among the first, the one on which the rules differ most."""
    runs = {
        r: best_readings(topic.scenario, topic.seed, r) for r in range(min(_REPLICATIONS_SEARCHED, topic.replications))
    }
    best = max(runs, key=lambda r: _spread(runs[r]))
    return rerun(topic.scenario, topic.seed, best), runs[best]


def _spread(run: dict[int, _GroupObjections]) -> tuple[int, int]:
    """Count the different verdicts that the rules give, and the paragraphs."""
    return len({tuple(tally.verdicts.values()) for tally in run.values()}), len(run)


def _paragraph(name: str, tally: _GroupObjections) -> Sheets:
    """Describe a paragraph at its best reading."""
    return {
        "name": name,
        "objections": list(zip(tally.objections.tolist(), tally.seats.tolist(), strict=True)),  # of the seats, by group
        "blockers": tally.blockers,
        "passes": {rule.corner: tally.verdicts[rule.name] for rule in _CORNERS},
    }


def _under(rule: str) -> tuple[str, ...]:
    return (f"process.decision_rule={rule}",)


def rule_of(scenario: Scenario) -> str:
    """Say when a text passes in a scenario, "" if every run draws its own rule."""
    return "" if DECISION_BY in subjects(scenario) else passes_if(scenario)
