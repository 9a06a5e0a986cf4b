"""Lesson 3: the answers of one run, judged by four decision rules, by hand first, then by the model.

- Answers are those of the run itself, counted before a turn is made; watching changes nothing.
- The best reading of a paragraph is the one with the largest share of acceptances among those who take sides, the first
  of equals.
- A rule is named after what it counts. No body decides by these counts; the slides say how some do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negsim.cast.decisions import DECISION_RULES
from negsim.classroom.topic import Sheets, Topic, extremes
from negsim.negotiation.acceptance import RuleRow, has_share, settle
from negsim.negotiation.runs import LOG_ROWS, Negotiation
from negsim.negotiation.tables import Flags, Ints, Move, Response
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


class _Sides(NamedTuple):
    """One reading of a paragraph: seats that accept, that say no and that are there, by group (G); how many block."""

    yes: Ints
    no: Ints
    seats: Ints
    blockers: int

    @property
    def share(self) -> float:
        """The share who accept of those who take sides."""
        return float(self.yes.sum() / max(1, self.yes.sum() + self.no.sum()))

    @property
    def verdicts(self) -> dict[str, bool]:
        """The verdict of each rule: true if the reading passes."""
        return {rule.name: self._passes(rule.row) for rule in _CORNERS}

    def _passes(self, row: RuleRow) -> bool:
        of_groups = zip(self.yes.tolist(), self.no.tolist(), self.seats.tolist(), strict=True)
        of_room = has_share(row.accept, self.yes.sum(), self.no.sum(), self.seats.sum())
        in_every_group = all(has_share(row.group_accept, *of_group) for of_group in of_groups)
        return of_room and in_every_group and self.blockers <= row.blocks


def best_readings(scenario: Scenario, seed: int, replication: int) -> dict[int, _Sides]:
    """Return the best reading of every issue that a replication reads, by the issue's number."""
    case = lower(sample(scenario, seed, replication))
    run = Negotiation(case, seed=seed, replication=replication, log_rows=LOG_ROWS)
    best: dict[int, _Sides] = {}
    while run.outcome == 0:
        move, logged = run.pending.move, int(run.state.clock["logged"][0])
        sides = _sides(run) if move in _READ else None
        run.finish_turn()
        if sides is None:
            continue
        events = run.state.log[logged : int(run.state.clock["logged"][0])]
        rows = events[events["move"] == Move.READ]
        for k, blockers in zip(rows["issue"], rows["blockers"], strict=True):
            reading = _Sides(*sides, int(blockers))
            if int(k) not in best or reading.share > best[int(k)].share:
                best[int(k)] = reading
    return best


def _sides(run: Negotiation) -> tuple[Ints, Ints, Ints]:
    """Count by group the seats that accept the text which is read next, that say no to it, and that are there (G)."""
    case, state, present = run.case, run.state, run.state.delegates["present"]
    response, shortfall = run.choice.response.copy(), run.choice.shortfall.copy()
    settle(case, state, shortfall, response)
    insists = shortfall > state.caucuses["cost"][case.seats["caucus"]]
    accepts = response == Response.ACCEPT
    says_no = ~accepts & (insists | (response == Response.BLOCK))

    def by_group(who: Flags) -> Ints:
        return np.bincount(case.seats["group"][present & who], minlength=len(case.group_size))

    return by_group(accepts), by_group(says_no), by_group(present)


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
    paragraphs = [_paragraph(names[k], reading) for k, reading in sorted(best.items())]
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


def _by_hand(topic: Topic) -> tuple[TypicalRun, dict[int, _Sides]]:
    """Choose the run that students judge by hand: among the first, the one on which the rules differ most."""
    runs = {
        r: best_readings(topic.scenario, topic.seed, r) for r in range(min(_REPLICATIONS_SEARCHED, topic.replications))
    }
    best = max(runs, key=lambda r: _spread(runs[r]))
    return rerun(topic.scenario, topic.seed, best), runs[best]


def _spread(run: dict[int, _Sides]) -> tuple[int, int]:
    """Count the different verdicts that the rules give, and the paragraphs."""
    return len({tuple(reading.verdicts.values()) for reading in run.values()}), len(run)


def _paragraph(name: str, reading: _Sides) -> Sheets:
    """Describe a paragraph at its best reading."""
    sides = zip(reading.yes.tolist(), reading.no.tolist(), reading.seats.tolist(), strict=True)
    return {
        "name": name,
        "sides": [(yes, no, seats - yes - no) for yes, no, seats in sides],  # by group: yes, no, aside
        "blockers": reading.blockers,
        "passes": {rule.corner: reading.verdicts[rule.name] for rule in _CORNERS},
    }


def _under(rule: str) -> tuple[str, ...]:
    return (f"process.decision_rule={rule}",)


def rule_of(scenario: Scenario) -> str:
    """Say when a text passes in a scenario, "" if every run draws its own rule."""
    return "" if DECISION_BY in subjects(scenario) else passes_if(scenario)
