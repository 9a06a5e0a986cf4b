"""The claims of the essay, one by one: the experiment that tests each, and whether it holds.

- Claims are numbered 1 to 38 as in the model's description. Each has at least one experiment, chosen for what the claim
  says and written down before it was run; nobody searched for a setting at which a claim holds.
- An experiment changes the first phase, unless it says otherwise, on common random numbers.
- *Assumed*: a rule puts in the sign of what the change does first; the measure comes later and may still fail.
  *Calibrated*: a target of the calibration says so. *Emergent*: neither.
- Where the literature disagrees on the sign (meetings, pressure, caucuses, attribution, linkage, dinners), the expected
  sign is the essay's and the net effect is a result.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from negsim.study.estimates import Estimate
from research.calibration import Changes
from research.patterns import CAUCUS, MIXED, Bench, Contrast, Side, Standing, agrees

SUBMITTED, REAFFIRMED = "submission: {by: India, meeting: 2, day: 1}", "reaffirm: {by: India, meeting: 2, day: 2}"
NON_STATE = ("business", "technical_community", "civil_society")
OTHERS = (*NON_STATE, "intergovernmental")
REVIEWED = ("methodology=tabled_proposals",)  # proposals are discussed one by one
AGENDA = "process.meetings.1.agenda"
LAST = "agenda: [questionnaire: 0.5, tabled_proposals: 0.15, chair_text: 0.35]"


class Experiment(NamedTuple):
    """A contrast that tests a claim, and how its outcome stands."""

    contrast: Contrast
    standing: Standing

    @property
    def switch(self) -> tuple[str, ...]:
        """The paths that differ between base and changed, as `--set` takes them, in the order of the changes."""
        base, changed = self.contrast.base, self.contrast.changed
        differ = [change for change in (*base, *changed) if (change in base) != (change in changed)]
        return tuple(dict.fromkeys(change.partition("=")[0] for change in differ))


class Claim(NamedTuple):
    """What the essay says in a few words, the mechanism that stands for it, and the experiments."""

    number: int
    text: str
    mechanism: str
    experiments: tuple[Experiment, ...]


class Answer(NamedTuple):
    """The result of an experiment of a claim."""

    claim: Claim
    experiment: Experiment
    estimate: Estimate
    holds: bool


def _effect(
    *changes: str, measure: str = "share_agreed", expected: Side = "+", standing: Standing = "emergent",
    base: Changes = (),
) -> Experiment:  # fmt: skip
    """The first phase with these changes less without, both on top of `base`, whose paths they replace."""
    paths = {change.partition("=")[0] for change in changes}
    rest = tuple(change for change in base if change.partition("=")[0] not in paths)
    return Experiment(Contrast("", measure, base, (*rest, *changes), expected), standing)


def _level(*, measure: str, expected: Side = "+", standing: Standing = "emergent", base: Changes = ()) -> Experiment:
    """The measure itself, under `base` alone."""
    return Experiment(Contrast("", measure, base, base, expected), standing)


def _events(*more: str, reaffirmed: bool = True) -> str:
    """The events of the first phase and some more."""
    events = (SUBMITTED, *((REAFFIRMED,) if reaffirmed else ()), *more)
    return f"process.events=[{', '.join(f'{{{event}}}' for event in events)}]"


def _motion(by: str) -> str:
    return _events(f"change_methodology: {{meeting: 2, day: 1, to: rolling_text, by: {by}}}")


def _every_day(event: str, *more: str) -> tuple[str, ...]:
    """An event on each of the four days."""
    keys = ", ".join(more)
    return tuple(f"{event}: {{meeting: {m}, day: {d}, {keys}}}" for m in (1, 2) for d in (1, 2))


CLOSED = _events(*_every_day("closed_session", "frankness: 0.7"))
DINNERS = _events(*_every_day("targeted_dinner", f"guests: [India, {', '.join(NON_STATE)}]"))
EVENINGS = "process.meetings.{}.evenings"
ALONE = (f"{EVENINGS.format(0)}=none", f"{EVENINGS.format(1)}=none")
TABLES_ONLY = tuple(f"{EVENINGS.format(m)}={{mixed_share: 0.6, rest: none}}" for m in (0, 1))
FOUR_MEETINGS = (
    "process.meetings=[{name: Montreux, days: 2, agenda: [questionnaire: 1]}, "
    f"{{name: Geneva, after_days: 26, days: 2, {LAST}}}, {{name: Third, after_days: 180, days: 2, {LAST}}}, "
    f"{{name: Fourth, after_days: 26, days: 2, {LAST}}}]"
)
RENEWED = (FOUR_MEETINGS, _events("renewal: {after_meeting: 2, debrief: false}"))
DEBRIEFED = _events("renewal: {after_meeting: 2, debrief: true}")

CLAIMS = (
    Claim(1, "Too few meetings", "clock budget", (
        _effect("meetings.count=5"), _effect("meetings.count=5", measure="consensus"),
    )),
    Claim(2, "Time was lost on question after question", "a questionnaire teaches a little and closes nothing", (
        _effect(f"{AGENDA}=[tabled_proposals: 0.15, chair_text: 0.85]"),
    )),
    Claim(3, "A better method would have helped by itself", "session formats, at equal minutes", (
        _effect("methodology=rolling_text"), _effect("methodology=wgigf_2012"),
    )),
    Claim(4, "The method could not repair itself: a motion on procedure was not taken up", "procedural motion", (
        _effect(_motion("civil_society"), expected="0"), _effect(_motion("chair")),
    )),
    Claim(5, "Conflicts elsewhere made convergence difficult", "tension lowers trust, spillover raises bottom lines", (
        _effect("context.tension=none", standing="assumed"),
        _effect("context.linkage.spillover=none", standing="assumed"),
    )),
    Claim(6, "Goodwill of nearly all, and yet failure", "common interest in agreeing, scaled by trust", (
        _level(measure="failure_beyond_half", base=("parameters.goodwill=0.9",), standing="calibrated"),
        _effect("parameters.goodwill=0.9", base=("parameters.goodwill=0.3",), standing="assumed"),
    )),
    Claim(7, "Actors followed wider strategies", "linkage pulls instructions to the camp's line", (
        _effect("context.linkage.weight=none"),
    )),
    Claim(8, "Mistrust injured the group", "directed trust", (
        _effect("trust.across=high", standing="assumed"),
    )),
    Claim(9, "Rapprochements were too brief and rare", "one mixed evening of four, then four", (
        _effect("informal.mixed_evenings=0.25", base=(CAUCUS,), measure="consensus", expected="0"),
        _effect(MIXED, base=("informal.mixed_evenings=0.25",), measure="consensus"),
    )),
    Claim(10, "Most differences were not irreconcilable, given frank dialogue", "zone of agreement; frankness", (
        _level(measure="unused_zone", standing="calibrated"), _effect(CLOSED),
    )),
    Claim(11, "Divisions ran inside the blocs", "spread within a group", (
        _effect(*(f"groups.government.position.{issue}.spread=low"
                  for issue in ("outcomes", "modalities", "funding", "participation", "links"))),
    )),
    Claim(12, "Blaming only the others hides divisions", "self-serving blame after a meeting that closes nothing", (
        _effect("parameters.self_serving_blame=0", standing="assumed"),
    )),
    Claim(13, "Corridor complaints instead of dialogue", "gossip pulls and chills trust in outsiders", (
        _effect("parameters.gossip_pull=0", "parameters.gossip_chill=0", standing="assumed"),
    )),
    Claim(14, "Evening strategy meetings made the task harder", "caucus: inward pull, shift away, gossip", (
        _effect(*ALONE),
    )),
    Claim(15, "A full early proposal was never discussed", "a queue is served only where the agenda gives time", (
        _effect(f"{AGENDA}=[questionnaire: 0.35, proposal_review: 0.15, tabled_proposals: 0.15, chair_text: 0.35]"),
    )),
    Claim(16, "The proposer was on trial, not the proposal", "devaluation by distrust of the pen-holder; trials", (
        _effect("parameters.devaluation=0", "parameters.trial=0", base=REVIEWED, standing="assumed"),
    )),
    Claim(17, "Proposing drew the criticism", "a trial chills later tabling", (
        _effect("parameters.chill=0", base=REVIEWED, measure="proposals_discussed", standing="assumed"),
        _effect("parameters.chill=0", base=REVIEWED),
    )),
    Claim(18, "Others asked governments to engage, and were not open when they did", "openness; trust in governments", (
        _effect(*(f"groups.{group}.openness=high" for group in NON_STATE)),
        _effect(*(f"trust.pairs.{group}->government=high" for group in NON_STATE), base=REVIEWED, standing="assumed"),
    )),
    Claim(19, "Reaffirming the linked position backfired", "it costs trust across camps", (
        _effect(_events(reaffirmed=False), standing="assumed"),
    )),
    Claim(20, "Isolation entrenches", "received distrust closes ears and raises bottom lines", (
        _effect("parameters.isolation_closing=0", "parameters.isolation_hardening=0", standing="assumed"),
        _effect(*(f"trust.pairs.{group}->India=none" for group in OTHERS), expected="-", standing="assumed"),
    )),
    Claim(21, "Talking to the disliked side pays, even without understanding", "dinners with it that teach nothing", (
        _effect(DINNERS, base=("parameters.frank_learning=0",)),
        _effect(DINNERS, base=("parameters.frank_learning=0",), measure="satisfaction of business"),
    )),
    Claim(22, "Proposals kept popping up, none was analysed", "arrivals exceed the slots", (
        _effect("parameters.tabling_rate=0.6", base=(*REVIEWED, "parameters.tabling_rate=0.1"),
                measure="review_success", expected="-"),
        _effect("parameters.tabling_rate=0.6", base=(*REVIEWED, "parameters.tabling_rate=0.1"), expected="-"),
    )),
    Claim(23, "Nobody knew any more who proposed what", "attribution of a few open proposals is remembered", (
        _effect("parameters.attribution_span=2", base=("parameters.attribution_span=1000",), expected="-"),
        _effect("parameters.attribution_span=2", base=(*REVIEWED, "parameters.attribution_span=1000"), expected="-"),
    )),
    Claim(24, "Convergence was there and never identified", "noticing, eight times likelier with a facilitator", (
        _level(measure="missed_agreements"),
        _effect(f"{AGENDA}=[questionnaire: 0.5, convergence_mapping: 0.15, chair_text: 0.35]"),
    )),
    Claim(25, "The chair's text was shallow and partial", "low precision, partial coverage", (
        _effect("process.chair.precision=high", "process.chair.coverage=high"),
        _effect("process.chair.precision=high", "process.chair.coverage=high", measure="depth", standing="assumed"),
    )),
    Claim(26, "It was near the status quo", "the draft blends the status quo and what was said", (
        _effect("process.chair.conservatism=0", measure="ambition", standing="assumed"),
    )),
    Claim(27, "So consensus on it was very difficult", "the draft blends the status quo and what was said", (
        _effect("process.chair.conservatism=0"),
    )),
    Claim(28, "Every change became a bracket", "brackets and the time they cost; what the chair makes of them", (
        _effect("process.decision_rule=rough_consensus", standing="assumed"),
        _effect("process.chair.responsiveness=high"),
    )),
    Claim(29, "Time is running out: the pressure was counterproductive", "pressure helps with trust, harms without", (
        _effect("process.chair.pressure=none"),
    )),
    Claim(30, "After the failure all asked for renewal, a common goal", "renewal vote, common goal, hope of renewal", (
        _level(measure="renewal_beyond_half"),
        _effect("parameters.common_goal=0.05", base=("parameters.common_goal=0", *RENEWED), standing="assumed"),
        _effect("parameters.hope=0", standing="assumed"),
    )),
    Claim(31, "A frank analysis of the failure would help a renewed mandate", "debriefing corrects beliefs", (
        _effect(DEBRIEFED, base=RENEWED),
    )),
    Claim(32, "A dinner across groups brings understanding", "contact corrects beliefs", (
        _effect(MIXED, base=(CAUCUS,), measure="excess_end", expected="-", standing="assumed"),
    )),
    Claim(33, "Views still not shared, yet readier to seek convergence", "contact raises trust and moves no position", (
        _effect(*TABLES_ONLY, base=ALONE, measure="alikeness", expected="0", standing="assumed"),
        _effect(*TABLES_ONLY, base=ALONE),
    )),
    Claim(34, "Some differences only seem hard", "beliefs exaggerate the distance to out-groups", (
        _level(measure="excess_start", standing="assumed"), _effect("parameters.exaggeration=0"),
    )),
    Claim(35, "Fears and interests were never open; do they all want the same?", "stereotyping; posturing", (
        _effect("parameters.stereotyping=0"), _effect("parameters.posturing=0"),
    )),
    Claim(36, "One can agree to disagree; one's own regime is harder", "recorded dissent; stakes", (
        _effect("process.record_dissent=true", standing="assumed"), _effect("context.stakes=high", expected="-"),
    )),
    Claim(37, "Trust is never finished", "slow gain, fast loss, fading towards its base", (
        _effect("process.meetings.1.after_days=720", base=("process.meetings.1.after_days=26", MIXED), expected="-",
                standing="assumed"),
        _effect("parameters.trust_half_life=30", base=("parameters.trust_half_life=1000", MIXED), expected="-",
                standing="assumed"),
        _effect("parameters.trust_loss=0.04", standing="assumed"),
    )),
    Claim(38, "The remedy: open dialogue across groups, at shared tables", "mixed evenings", (
        _effect(MIXED, base=(CAUCUS,)), _effect(MIXED, base=(CAUCUS,), measure="consensus"),
    )),
)  # fmt: skip


def answers(*, replications: int = 1000, seed: int = 0, always: Changes = ()) -> Iterator[Answer]:
    """Every experiment of every claim, in order. always: changes that hold in every run."""
    bench = Bench(replications, seed, always)
    for claim in CLAIMS:
        for experiment in claim.experiments:
            estimate = bench.contrast(experiment.contrast)
            yield Answer(claim, experiment, estimate, agrees(estimate, experiment.contrast.expected))
