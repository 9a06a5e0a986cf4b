"""The knowledge and the result of a seat: the private brief, and the debriefing at the end.

- A brief holds what the delegate may know: itself, and what it believes about the others.
- After a vote, every paragraph with a text counts as agreed, in brackets or not, unless it was dropped; otherwise the
  closed ones do.
- What is agreed is adopted with the report, or not at all.
- The debriefing compares with the same replication with the model in every seat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple

import numpy as np

from negsim.cast.codes import CLOSED_STATUSES
from negsim.negotiation.score import red_lines_signed, score
from negsim.negotiation.tables import Flags, Outcome, Status
from negsim.policies import SeatedNegotiation
from negsim.report.minutes.reasons import at_readings
from negsim.report.words import OUTCOME_LABELS, issue_names
from negsim.scenario.schema import Scenario
from negsim.studio.game import Game
from negsim.studio.links import Variant
from negsim.studio.recording import Recording, record

_ADOPTED = {Outcome.CONSENSUS, Outcome.PARTIAL, Outcome.VOTE}


@dataclass(frozen=True, kw_only=True)
class Result:
    """The result of a run for one seat.

    Scores go by the instructions of the start: 0 is no deal, 100 the best that could be agreed.
    """

    outcome: str
    score: float
    group: float  # of its group, on average
    table: float  # of the group that is worst off
    red_lines: tuple[str, ...]  # labels of the issues on which it signed a text over its red line
    passed_over: int  # times that the room passed over its lone bracket
    depth: float  # 0..100; NaN where nothing was agreed
    texts: tuple[float, ...]  # K; the agreed text of each issue, NaN none
    dropped: tuple[bool, ...]  # K; whether the room left the issue out of the report
    adopted: bool  # whether the agreed texts became the result
    voted: bool = False  # by a vote


@dataclass(frozen=True, kw_only=True)
class Debrief:
    """The result of a seat, and the model's in the same replication."""

    name: str
    mine: Result
    model: Result  # all seats played by the model
    closable: tuple[str, ...]  # labels of open issues that full concession would close
    hopeless: tuple[str, ...]  # labels of open issues that it would not
    at_readings: Mapping[str, str]  # by label of an issue: what would have passed at its readings, in sentences
    spoken: int
    blocked: int  # readings at which the seat held a bracket
    alone: int  # of these, those at which nobody else did
    dinners: int


class OpeningBaseline(NamedTuple):
    """The start of a room: the game, and the results of the same replication with the model in every seat."""

    game: Game
    model: tuple[Result, ...]  # by seat


def opening_of(variant: Variant, scenario: Scenario | None = None) -> OpeningBaseline:
    """Open the game of a variant, with the model's results. scenario: as for `Game`."""
    return OpeningBaseline(Game(variant, scenario), tuple(results_of(record(variant, scenario))))


def debrief_of(game: Game, model: Sequence[Result], seat: int) -> Debrief:
    """Write the debriefing of a seat after the end. model: results by seat, with the model in every seat."""
    negotiation, state = game.negotiation, game.negotiation.run.state
    issues, had_zone = issue_names(negotiation.scenario), negotiation.run.measured().issues["zone_end"][0] > 0
    is_open, log = ~_agreed(negotiation), game.recording.trace().events
    return Debrief(
        name=negotiation.names[seat],
        mine=results_of(game.recording)[seat],
        model=model[seat],
        closable=tuple(compress(issues, is_open & had_zone)),
        hopeless=tuple(compress(issues, is_open & ~had_zone)),
        at_readings={
            issue: text for k, issue in enumerate(issues) if (text := " ".join(at_readings(log, state, k, every=True)))
        },
        spoken=int(state.delegates["spoken"][seat]),
        blocked=int(state.views["blocks"][seat].sum()),
        alone=int(state.delegates["pivotal"][seat]),
        dinners=game.dinners[seat],
    )


def results_of(recording: Recording) -> list[Result]:
    """Return the result of a finished run for each seat."""
    negotiation = recording.negotiation
    case, state = negotiation.run.case, negotiation.run.state
    seats, group = range(len(negotiation.names)), state.delegates["group"]
    scores = np.array([score(case, state, i, recording.best[i]) for i in seats])
    by_group = [float(np.mean(scores[group == g])) for g in range(len(case.group_size))]
    outcome = Outcome(int(state.clock["outcome"][0]))
    depth = 100.0 * float(negotiation.run.measured().runs["depth"][0])
    texts, issues = np.where(_agreed(negotiation), state.paragraphs["text"], np.nan), issue_names(negotiation.scenario)
    over = (texts < state.views["red_low"]) | (texts > state.views["red_high"])
    return [
        Result(
            outcome=OUTCOME_LABELS[outcome],
            score=float(scores[seat]),
            group=by_group[group[seat]],
            table=min(by_group),
            red_lines=tuple(compress(issues, over[seat])) if red_lines_signed(state, seat) else (),
            passed_over=int(state.entries["passed_over"][:, seat].sum()),
            depth=depth,
            texts=tuple(texts.tolist()),
            dropped=tuple((state.paragraphs["status"] == Status.DROPPED).tolist()),
            adopted=outcome in _ADOPTED,
            voted=outcome == Outcome.VOTE,
        )
        for seat in seats
    ]


def _agreed(negotiation: SeatedNegotiation) -> Flags:
    """Return whether each paragraph of a finished run was agreed (K)."""
    paragraphs = negotiation.run.state.paragraphs
    if negotiation.run.outcome == Outcome.VOTE:
        return np.asarray(~np.isnan(paragraphs["text"]) & (paragraphs["status"] != Status.DROPPED))
    return np.isin(paragraphs["status"], CLOSED_STATUSES)
