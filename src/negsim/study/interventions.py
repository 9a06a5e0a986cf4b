"""Find the intervention, and the pair of them, that would most raise the chance of consensus, and what failure lacks.

- The catalogue fits any scenario. An intervention is written as `--set` takes it, except that an event is added to the
  scenario's own. *process*: what a chair and a secretariat decide (time, methodology, the chair's habits, evenings).
  *setting*: what they cannot choose (trust, tension, linkage). *rule*: what counts as consensus; a lower bar is not
  agreement.
- Interventions on one subject, such as two methodologies, exclude each other. Those that would change nothing are
  left out. Days are changed after evenings, so that each day has an evening.
- The best of many estimates is biased upwards (the winner's curse). So interventions are ranked on replications 0 .. R
  - 1 and estimated on replications R .. 2R - 1, which had no say in the ranking. The order is that of the ranking.
- Every scenario runs the same replications: an effect is the mean of paired differences, with Student's interval.
- Pairs are all pairs among the best intervention of each subject: at most `_LEAVING` subjects that leave the rule as it
  is, and `_LOWERING` of the rule. An intervention that helps only in a pair is not found.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import combinations, count
from typing import Literal, NamedTuple, get_args

from negsim.cast.decisions import DECISION_RULES
from negsim.cast.knobs import EVENINGS, MEETINGS, METHODOLOGY
from negsim.cast.methodologies import METHODOLOGIES
from negsim.negotiation.tables import Floats, Outcome
from negsim.scenario import Scenario, with_changes
from negsim.scenario.sampling import days_are_drawn, paths_drawn
from negsim.scenario.schema import MOST_DAYS, MOST_DAYS_IN_ALL, MOST_MEETINGS
from negsim.scenario.words import levels, number
from negsim.scenario.yaml import Plain
from negsim.study.estimates import NO_ESTIMATE, Estimate, difference, mean, ratio, share
from negsim.study.runner import Runs, Step, run
from negsim.study.table import estimated

_Kind = Literal["process", "setting", "rule"]
INTERVENTION_KINDS: tuple[_Kind, ...] = get_args(_Kind)  # the weightier the later


class Intervention(NamedTuple):
    """A named set of changes, or two such sets made together.

    name: with methodologies as `--set` takes them; no two of a catalogue have the same. subjects: what it is about.
    changes: paths and values. events: to be added to the process. parts: the two, of a pair.
    """

    name: str
    kind: _Kind
    subjects: frozenset[str]
    changes: dict[str, Plain]
    events: tuple[Plain, ...] = ()
    parts: tuple[Intervention, ...] = ()

    def of(self, scenario: Scenario) -> Scenario:
        """Return the scenario with this intervention made."""
        added = {"process.events": [*scenario.resolved()["process"]["events"], *self.events]} if self.events else {}
        last = dict(sorted((self.changes | added).items(), key=lambda change: change[0].endswith(".days")))
        return with_changes(scenario, last)

    def and_(self, other: Intervention) -> Intervention:
        """Combine two interventions; the pair has the weightier kind. Raises ValueError if they exclude each other."""
        if self.subjects & other.subjects:
            raise ValueError(f"{self.name} and {other.name} exclude each other")
        return Intervention(
            f"{self.name} + {other.name}",
            max(self.kind, other.kind, key=INTERVENTION_KINDS.index),
            self.subjects | other.subjects,
            self.changes | other.changes,
            self.events + other.events,
            (self, other),
        )


def catalogue(scenario: Scenario) -> list[Intervention]:
    """List every intervention that changes this scenario; none adds days or names a meeting where these are drawn."""
    base = _without_basis(scenario)
    every = (*_evenings(scenario), *_time(scenario), *_methods(), *_chair(scenario), *_setting(scenario), *_rules())
    return [intervention for intervention in every if _without_basis(intervention.of(scenario)) != base]


def _without_basis(scenario: Scenario) -> Plain:
    """Return a scenario's content without its basis."""
    return scenario.resolved() | {"basis": None}


def _sets_evenings(path: str) -> bool:
    whole = path in {EVENINGS.path, "process.meetings"}
    return whole or (path.startswith("process.meetings.") and path.endswith(".evenings"))


def _one(name: str, subject: str, changes: dict[str, Plain], kind: _Kind = "process", *events: Plain) -> Intervention:
    return Intervention(name, kind, frozenset([subject]), changes, events)


def _evenings(scenario: Scenario) -> Iterator[Intervention]:
    """Yield other ways to spend the evenings, and days away from the floor."""
    for name, mixed in (("half of the evenings mixed", 0.5), ("all evenings mixed", 1)):
        yield _one(name, "evenings", {EVENINGS.path: mixed})
    if days_are_drawn(scenario):
        return
    if not any(map(_sets_evenings, paths_drawn(scenario))):
        free: dict[str, Plain] = {
            f"process.meetings.{m}.evenings": [
                {"mixed_share": evening.mixed_share, "rest": "none"} for evening in meeting.evenings
            ]
            for m, meeting in enumerate(scenario.process.meetings)
        }
        yield _one("no caucus in the evenings", "evenings", free)
    last = len(scenario.process.meetings)
    if last > 1:
        away = {"retreat": {"after_meeting": last - 1, "days": 2, "quality": "high"}}
        yield _one("two days' retreat before the last meeting", "retreat", {}, "process", away)
    closed = {"closed_session": {"meeting": last, "day": 1}}
    yield _one("a closed first day of the last meeting", "closed session", {}, "process", closed)


def _time(scenario: Scenario) -> Iterator[Intervention]:
    """Yield more days, and one more meeting."""
    if days_are_drawn(scenario):
        return
    days = [meeting.days for meeting in scenario.process.meetings]
    for more, name in ((1, "one more day in each meeting"), (2, "two more days in each meeting")):
        longer = {f"process.meetings.{m}.days": had + more for m, had in enumerate(days)}
        if max(longer.values()) <= MOST_DAYS and sum(longer.values()) + max(longer.values()) <= MOST_DAYS_IN_ALL:
            yield _one(name, "days", dict(longer))
    if len(days) < MOST_MEETINGS and sum(days) + days[-1] <= MOST_DAYS_IN_ALL:
        yield _one("one more meeting", "meetings", {MEETINGS.path: len(days) + 1})


def _methods() -> Iterator[Intervention]:
    for name, methodology in METHODOLOGIES.items():
        if not methodology.is_reference:
            yield _one(f"methodology: {name}", "methodology", {METHODOLOGY.path: name})


def _chair(scenario: Scenario) -> Iterator[Intervention]:
    """Yield changes of the chair: no pressure, more responsiveness, less conservatism, full coverage."""
    chair = scenario.process.chair
    yield _one("chair: no pressure", "pressure", {"process.chair.pressure": "none"})
    if chair.responsiveness < number("responsiveness", "high"):
        yield _one("chair: high responsiveness", "responsiveness", {"process.chair.responsiveness": "high"})
    if chair.conservatism > number("conservatism", "low"):
        yield _one("chair: low conservatism", "conservatism", {"process.chair.conservatism": "low"})
    yield _one("chair: a paragraph on every issue", "coverage", {"process.chair.coverage": 1})


def _setting(scenario: Scenario) -> Iterator[Intervention]:
    """Yield a quieter world: no theme elsewhere, less tension, more trust."""
    context = scenario.context
    if context.linkage is not None:
        apart = {"context.linkage.weight": "none", "context.linkage.spillover": "none"}
        yield _one("no linkage", "linkage", apart, "setting")
    if lower := [word for word, level in levels("tension") if level < context.tension]:
        yield _one(f"tension: {lower[-1].replace('_', ' ')}", "tension", {"context.tension": lower[-1]}, "setting")
    if higher := [word for word, level in levels("trust") if level > scenario.trust.across]:
        yield _one(
            f"trust across groups: {higher[0].replace('_', ' ')}", "trust", {"trust.across": higher[0]}, "setting"
        )


def _rules() -> Iterator[Intervention]:
    """Yield other rules about what counts as consensus."""
    yield _one("dissent may be recorded", "dissent", {"process.record_dissent": True}, "rule")
    yield _one("paragraphs adopted one by one", "adoption", {"process.adoption": "separable"}, "rule")
    for rule in list(DECISION_RULES.values())[1:]:  # all but the strictest
        number = {rule.key: getattr(rule.row, rule.column)} if rule.key else {}
        yield _one(rule.label, "decision rule", {"process.decision_rule": {rule.name: number}}, "rule")


_Score = tuple[float, float, int, float]

_LEAVING, _LOWERING = 6, 2  # subjects that are paired
_BEST_PAIRS = 5  # best pairs that are estimated, besides the best of some kinds


class Effect(NamedTuple):
    """The effect of an intervention on the chance of consensus, the share agreed, and depth (0 if nothing was agreed).

    beyond: of a pair, how much more it changes the chance of consensus than the better one of its two; else None.
    """

    intervention: Intervention
    consensus: Estimate
    consensus_change: Estimate
    share_change: Estimate
    depth_overall: Estimate
    depth_overall_change: Estimate
    beyond: Estimate | None = None


class Failure(NamedTuple):
    """The shortcomings of the runs without consensus.

    failed: share of runs. closable, no_zone: open paragraphs per failed run on which some text would pass, or would not
    pass, at the end had everybody conceded all they ever would. closable_share: the closable of all open ones.
    all_closable: share of the failed runs in which every open paragraph is. passable: share of the failed readings, a
    mean over these runs, at which another text would have passed as things stood.
    """

    failed: Estimate
    closable: Estimate
    no_zone: Estimate
    closable_share: Estimate
    all_closable: Estimate
    passable: Estimate


class Effects(NamedTuple):
    """Single changes and pairs, in the order of the ranking."""

    replications: int
    seed: int
    consensus: Estimate
    share_agreed: Estimate
    depth_overall: Estimate
    failure: Failure
    singles: tuple[Effect, ...]
    pairs: tuple[Effect, ...]
    tried: int  # pairs


def why(
    scenario: Scenario, *, replications: int = 1000, seed: int = 0, threads: int | None = None
) -> Generator[Step, None, Effects]:
    """Try every intervention of the catalogue and the pairs of the best; a step is a scenario that has been run."""
    singles = catalogue(scenario)
    total = 2 * len(singles) + math.comb(_LEAVING + _LOWERING, 2) + _BEST_PAIRS + 3
    done = count(1)
    scores: dict[str, _Score] = {}

    def run_from(first: int, intervention: Intervention | None = None) -> Runs:
        changed = intervention.of(scenario) if intervention else scenario
        return run(changed, replications=replications, seed=seed, first=first, threads=threads)

    def scored(interventions: Iterable[Intervention], what: str) -> Generator[Step, None, list[Intervention]]:
        for intervention in interventions:
            scores[intervention.name] = _score(intervention, run_from(0, intervention))
            yield next(done), total, what
        return sorted(interventions, key=lambda intervention: scores[intervention.name], reverse=True)

    ranked = yield from scored(singles, "single changes")
    pairs = list(paired(ranked))
    best = _pairs_to_estimate((yield from scored(pairs, "pairs")), ranked)
    base = run_from(replications)
    reached: dict[str, Floats] = {}
    estimates = []
    for intervention in (*ranked, *best):  # the two of a pair come before it
        runs = run_from(replications, intervention)
        reached[intervention.name] = runs.is_outcome(Outcome.CONSENSUS)
        estimates.append(_effect(intervention, base, runs, [reached[part.name] for part in intervention.parts]))
        yield next(done), total, "fresh replications"
    return Effects(
        replications,
        seed,
        consensus=share(base.is_outcome(Outcome.CONSENSUS)),
        share_agreed=mean(base.column("share_agreed")),
        depth_overall=mean(base.column("depth_overall")),
        failure=failure(base),
        singles=tuple(estimates[: len(singles)]),
        pairs=tuple(estimates[len(singles) :]),
        tried=len(pairs),
    )


def _score(intervention: Intervention, runs: Runs) -> _Score:
    """Return the ranking key of an intervention: chance of consensus, share agreed, process before rule, depth."""
    return (
        float(runs.is_outcome(Outcome.CONSENSUS).mean()),
        float(runs.column("share_agreed").mean()),
        -INTERVENTION_KINDS.index(intervention.kind),
        float(runs.column("depth_overall").mean()),
    )


def paired(ranked: Sequence[Intervention]) -> Iterator[Intervention]:
    """List the pairs to try, of interventions given best first; only the best one of each subject is paired."""
    firsts: dict[frozenset[str], Intervention] = {}
    for intervention in ranked:
        firsts.setdefault(intervention.subjects, intervention)
    rules = [intervention for intervention in firsts.values() if intervention.kind == "rule"][:_LOWERING]
    others = [intervention for intervention in firsts.values() if intervention.kind != "rule"][:_LEAVING]
    return (one.and_(other) for one, other in combinations([*others, *rules], 2))


def _pairs_to_estimate(ranked: Sequence[Intervention], singles: Sequence[Intervention]) -> list[Intervention]:
    """Choose the best pairs, the best without the best single intervention, and the best process-only one of each."""
    without = [pair for pair in ranked if singles[0] not in pair.parts]
    alone = [next((pair for pair in pairs if pair.kind == "process"), None) for pairs in (ranked, without)]
    names = {pair.name for pair in (*ranked[:_BEST_PAIRS], *without[:1], *alone) if pair is not None}
    return [pair for pair in ranked if pair.name in names]


def _effect(intervention: Intervention, base: Runs, changed: Runs, parts: Sequence[Floats]) -> Effect:
    """Estimate the effect of an intervention. parts: of a pair, which runs reach consensus under either (R each)."""
    consensus = changed.is_outcome(Outcome.CONSENSUS)
    better = max(parts, key=lambda reached: float(reached.mean()), default=None)
    return Effect(
        intervention,
        consensus=share(consensus),
        consensus_change=difference(consensus, base.is_outcome(Outcome.CONSENSUS)),
        share_change=difference(changed.column("share_agreed"), base.column("share_agreed")),
        depth_overall=mean(changed.column("depth_overall")),
        depth_overall_change=difference(changed.column("depth_overall"), base.column("depth_overall")),
        beyond=None if better is None else difference(consensus, better),
    )


def failure(runs: Runs) -> Failure:
    """Estimate what the runs without consensus lacked: concession, a zone of agreement, another text when they read."""
    failed = runs.is_outcome(Outcome.CONSENSUS) == 0.0
    closable, none = runs.column("closable_issues")[failed], runs.column("no_zone")[failed]
    passable = runs.column("passable_readings")[failed]
    return Failure(
        failed=share(failed.astype(float)),
        closable=estimated("closable_issues", closable),
        no_zone=estimated("no_zone", none),
        closable_share=ratio(closable, closable + none),
        all_closable=share((none == 0.0).astype(float)) if failed.any() else NO_ESTIMATE,
        passable=estimated("passable_readings", passable),
    )
