"""The claims of the essay, one by one: the experiments that test each, and their results.

- Claims are numbered 1 to 38 as in the model's description. Each has at least one experiment, chosen for what the claim
  says and written down before it was run; nobody searched for a setting at which a claim holds.
- An experiment changes the first phase, unless it says otherwise, on common random numbers. It has two expected signs:
  the essay's, and the literature's with its source. If they differ no result is a failure (`contrasts.differ`).
- *Assumed*: a rule builds in the sign of the change's first effect; the measure comes later and may still fail.
  *Calibrated*: a target of the calibration says so. *Emergent*: neither.
- A claim whose rule the model has lost keeps its place: it is told by what stays, or does not hold (`Claim.lost`).
- `rules` names the rules that may carry an effect: each is taken out of both sides of the contrast, and the effect goes
  or stays.
- Every experiment is run twice more: with as many days on either side, if its change adds some, and in a mute room,
  where nothing that is said or seen moves a position, a belief or trust.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from negsim.negotiation.parameters import about
from negsim.scenario import load
from negsim.scenario.ensembles import members
from negsim.study.estimates import Estimate
from negsim.study.runner import Step
from research.calibration import FIRST, SEARCH_SEED, Changes, average
from research.contrasts import Bench, Contrast, Sign, Verdict, Verdicts, by_both, changes_of, differ, values_of
from research.rules import CLAIM_RULES, Rule

Standing = Literal["assumed", "calibrated", "emergent"]

CAUCUS, MIXED = "informal.mixed_evenings=0", "informal.mixed_evenings=1"
NO_PRESSURE = "process.chair.pressure=none"
SUBMITTED, REAFFIRMED = "submission: {by: India, meeting: 2, day: 1}", "reaffirm: {by: India, meeting: 2, day: 2}"
NON_STATE = ("business", "technical_community", "civil_society")
OTHERS = (*NON_STATE, "intergovernmental")
REVIEWED = ("methodology=tabled_proposals",)  # proposals are discussed one by one
AGENDA = "process.meetings.1.agenda"
LAST = "agenda: [questionnaire: 0.5, tabled_proposals: 0.15, chair_text: 0.35]"
GROUP_VETO = "process.decision_rule=majority_per_group"
DAYS_IN_ALL = "meetings.days_in_all"
MUTE = Rule(
    "mute room",
    "nothing that is said or seen moves a position, a belief or trust",
    dict.fromkeys(
        (
            "persuasion", "learning", "frank_learning", "contact_gain", "trust_gain", "trust_loss", "caucus_pull",
            "disclosure",
        ),
        0.0,
    ),
)  # fmt: skip


class Experiment(NamedTuple):
    """A contrast that tests a claim, the standing of its outcome, and the rules that may carry it."""

    contrast: Contrast
    standing: Standing
    rules: tuple[str, ...] = ()

    @property
    def switch(self) -> tuple[str, ...]:
        """The paths that differ between base and changed, as `--set` takes them, in the order of the changes."""
        base, changed = self.contrast.base, self.contrast.changed
        differ = [change for change in (*base, *changed) if (change in base) != (change in changed)]
        return tuple(dict.fromkeys(change.partition("=")[0] for change in differ))

    @property
    def changes_the_rule(self) -> bool:
        """True if it changes the decision rule itself, so that it cannot be run under another."""
        return "process.decision_rule" in self.switch

    @property
    def is_disputed(self) -> bool:
        """True if the literature disagrees with the essay."""
        return differ(self.contrast.expected, self.contrast.literature)

    @property
    def with_days_held(self) -> Contrast | None:
        """The contrast with as many days on either side; None if they are the same.

        As many as without the change; if its meetings are more than these, a day for each.
        """
        contrast = self.contrast
        before, after = (load(contrast.scenario, changes=side) for side in (contrast.base, contrast.changed))
        days = sum(meeting.days for meeting in before.process.meetings)
        if days == sum(meeting.days for meeting in after.process.meetings):
            return None
        held = f"{DAYS_IN_ALL}={max(days, len(after.process.meetings))}"
        return contrast._replace(base=(*contrast.base, held), changed=(*contrast.changed, held))

    def literature(self, sign: Sign, source: str) -> Experiment:
        """Return the experiment with what the literature expects."""
        return self._replace(contrast=self.contrast._replace(literature=sign, source=source))

    def carried_by(self, *rules: str) -> Experiment:
        """Return the experiment with the rules that may carry it."""
        return self._replace(rules=rules)


class Claim(NamedTuple):
    """A sentence of the essay in a few words, the mechanism that represents it, and the experiments.

    lost: the part of it that no rule of the model represents any more; "" for none.
    """

    number: int
    text: str
    mechanism: str
    experiments: tuple[Experiment, ...]
    lost: str = ""


def _effect(
    *changes: str, measure: str = "share_agreed", expected: Sign = "+", standing: Standing = "emergent",
    base: Changes = (),
) -> Experiment:  # fmt: skip
    """Contrast the first phase with and without these changes, on top of `base`, whose paths they replace."""
    paths = {change.partition("=")[0] for change in changes}
    rest = tuple(change for change in base if change.partition("=")[0] not in paths)
    return Experiment(Contrast("", measure, base, (*rest, *changes), expected), standing)


def _level(*, measure: str, standing: Standing = "emergent", base: Changes = ()) -> Experiment:
    """Measure under `base` alone."""
    return Experiment(Contrast("", measure, base, base, "+"), standing)


def _events(*more: str, reaffirmed: str = REAFFIRMED) -> str:
    """List the events of the first phase and some more; reaffirmed: "" for none."""
    events = (SUBMITTED, *((reaffirmed,) if reaffirmed else ()), *more)
    return f"process.events=[{', '.join(f'{{{event}}}' for event in events)}]"


def _reaffirmed(strength: float) -> str:
    return _events(reaffirmed=f"reaffirm: {{by: India, meeting: 2, day: 2, strength: {strength:g}}}")


def _motion(by: str) -> str:
    return _events(f"change_methodology: {{meeting: 2, day: 1, to: rolling_text, by: {by}}}")


def _every_day(event: str, *more: str) -> tuple[str, ...]:
    """List an event on each of the four days."""
    keys = ", ".join(more)
    return tuple(f"{event}: {{meeting: {m}, day: {d}, {keys}}}" for m in (1, 2) for d in (1, 2))


CLOSED = _events(*_every_day("closed_session", "frankness: 0.7"))
DINNERS = _events(*_every_day("targeted_dinner", f"guests: [India, {', '.join(NON_STATE)}]"))
UNTAUGHT = ("parameters.frank_learning=0",)
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
GOODWILL = about()["goodwill"]
LOW_GOODWILL, HIGH_GOODWILL = (f"parameters.goodwill={end:g}" for end in (GOODWILL.low, GOODWILL.high))
RARE, OFTEN = "parameters.tabling_rate=0.1", "parameters.tabling_rate=0.6"
PRECISE = ("process.chair.precision=high", "process.chair.coverage=high")
CENTRAL, MIDDLE = "process.chair.conservatism=0", "process.chair.conservatism=0.4"
RESPONSIVE = "process.chair.responsiveness=high"

KONG = "Kong, Dirks & Ferrin 2014"
SCHMOOZING = "Moore et al. 1999, Nadler 2004: a short exchange keeps impasse away"
ONE_TEXT = "one text: Klein et al. 2003; Ehtamo et al. 1999"
LINKAGE = "Putnam 1988: linkage as a shadow narrows what can be ratified"
LIKING = "Galinsky et al. 2008: liking alone need not help; Nadler 2004: it does"
SPOKEN = "Keltner & Robinson 1993; Lees & Cikara 2020"

CLAIMS = (
    Claim(1, "Too few meetings", "floor time; what happens between meetings", (
        _effect("meetings.count=5").carried_by("aspiration", "reconsideration"),
        _effect("meetings.count=5", measure="consensus").carried_by("aspiration", "reconsideration"),
    )),
    Claim(2, "Time was lost on question after question", "a questionnaire teaches a little and closes nothing", (
        _effect(f"{AGENDA}=[tabled_proposals: 0.15, chair_text: 0.85]").carried_by("pressure", "learning"),
    )),
    Claim(3, "A better method would have helped by itself", "session formats, at equal minutes", (
        _effect("methodology=rolling_text").literature("+", ONE_TEXT).carried_by("pressure", "memory", "devaluation"),
        _effect("methodology=wgigf_2012").literature("+", f"{ONE_TEXT}; Thompson 1995")
        .carried_by("pressure", "memory", "noticing"),
    )),
    Claim(4, "The method could not repair itself: a motion on procedure was not taken up", "procedural motion", (
        _effect(_motion("civil_society"), expected="0"),
        _effect(_motion("chair")).literature("+", ONE_TEXT).carried_by("pressure", "memory"),
    )),
    Claim(5, "Conflicts elsewhere made convergence difficult", "tension lowers trust, spillover raises bottom lines", (
        _effect("context.tension=none", standing="assumed")
        .literature("+", "Karagözoğlu & Kocher 2019: tension raises disagreement")
        .carried_by("devaluation", "credit"),
        _effect("context.linkage.spillover=none", standing="assumed").literature("+", LINKAGE),
    )),
    Claim(6, "Goodwill of nearly all, and yet failure", "giving here for what is gained elsewhere", (
        _level(measure="failure_beyond_half", base=(HIGH_GOODWILL,), standing="calibrated"),
        _effect(HIGH_GOODWILL, base=(LOW_GOODWILL,), standing="assumed")
        .literature("+", "Beersma & De Dreu 2002: egoistic motives and unanimity do worst"),
    )),
    Claim(7, "Actors followed wider strategies", "linkage pulls instructions to the camp's line", (
        _effect("context.linkage.weight=none").literature("+", LINKAGE)
        .carried_by("credit", "persuasion", "reconsideration"),
    )),
    Claim(8, "Mistrust injured the group", "directed trust", (
        _effect("trust.across=high", standing="assumed").literature("+", KONG)
        .carried_by("devaluation", "credit"),
    )),
    Claim(9, "Rapprochements were too brief and rare", "one mixed evening of four, then four", (
        _effect("informal.mixed_evenings=0.25", base=(CAUCUS,), measure="consensus", expected="0")
        .literature("+", SCHMOOZING),
        _effect(MIXED, base=("informal.mixed_evenings=0.25",), measure="consensus")
        .literature("+", SCHMOOZING).carried_by("contact", "learning"),
    )),
    Claim(10, "Most differences were not irreconcilable, given frank dialogue", "zone of agreement; frankness", (
        _level(measure="unused_zone", standing="calibrated").literature("+", "Thompson & Hrebec 1996: lose-lose"),
        _effect(CLOSED).literature("+", "Susskind, Chayes & Martinez 1996").carried_by("learning", "credit"),
    )),
    Claim(11, "Divisions ran inside the blocs", "spread within a group", (
        _effect(*(f"groups.government.position.{issue}.spread=low"
                  for issue in ("outcomes", "modalities", "funding", "participation", "links")))
        .literature("+", "Druckman 1994: initial distance").carried_by("credit", "cost of blocking"),
    )),
    Claim(12, "Blaming only the others hides divisions", "none", (), "blame of others after a meeting that fails"),
    Claim(13, "Corridor complaints instead of dialogue", "corridors, where somebody of another group is heard out", (
        _effect("informal.corridors=1", base=("informal.corridors=0",))
        .literature("+", "Susskind, Chayes & Martinez 1996").carried_by("contact", "learning"),
    )),
    Claim(14, "Evening strategy meetings made the task harder", "a caucus pulls inwards; mixed tables bring contact", (
        _effect(*ALONE).literature("±", "Schkade et al. 2007: polarise; Druckman 1968, Flache & Mäs 2008: hardly harm")
        .carried_by("caucus"),
        _effect(MIXED, base=(CAUCUS,)).literature("+", "Druckman 1968: studying the other side beats caucuses")
        .carried_by("contact", "learning", "caucus"),
    )),
    Claim(15, "A full early proposal was never discussed", "a queue is served only where the agenda gives time", (
        _effect(f"{AGENDA}=[proposal_review: 0.5, tabled_proposals: 0.15, chair_text: 0.35]")
        .carried_by("devaluation"),
    )),
    Claim(16, "The proposer was on trial, not the proposal", "devaluation by distrust of the pen-holder", (
        _effect("parameters.devaluation=0", base=REVIEWED, standing="assumed")
        .literature("+", "Ross & Stillinger; Maoz et al. 2002"),
    )),
    Claim(17, "Proposing drew the criticism", "none", (),
          "what a sponsor loses by proposing, and the chill that follows"),
    Claim(18, "Others asked governments to engage, and were not open when they did", "openness; trust in governments", (
        _effect(*(f"groups.{group}.openness=high" for group in NON_STATE)).carried_by("persuasion"),
        _effect(*(f"trust.pairs.{group}->government=high" for group in NON_STATE), base=REVIEWED, standing="assumed")
        .literature("+", KONG).carried_by("devaluation", "credit"),
    )),
    Claim(19, "Reaffirming the linked position backfired", "it costs trust across camps", (
        _effect(_reaffirmed(0), base=(_reaffirmed(2),), standing="assumed").carried_by("devaluation", "credit"),
    )),
    Claim(20, "Isolation entrenches", "who is distrusted closes its ears", (
        _effect("parameters.isolation_closing=0", standing="assumed")
        .literature("+", "reactance meta-analyses: anger closes to persuasion"),
        _effect(*(f"trust.pairs.{group}->India=none" for group in OTHERS), expected="-", standing="assumed")
        .literature("-", "reactance meta-analyses").carried_by("isolation", "devaluation"),
    )),
    Claim(21, "Talking to the disliked side pays, even without understanding", "dinners with it that teach nothing", (
        _effect(DINNERS, base=UNTAUGHT).literature("±", LIKING).carried_by("contact"),
        _effect(DINNERS, base=UNTAUGHT, measure="satisfaction of civil_society")
        .literature("±", LIKING).carried_by("contact"),
    )),
    Claim(22, "Proposals kept popping up, none was analysed", "arrivals exceed the slots", (
        _effect(OFTEN, base=(*REVIEWED, RARE), measure="review_success", expected="-"),
        _effect(OFTEN, base=(*REVIEWED, RARE), expected="-").carried_by("devaluation"),
    )),
    Claim(23, "Nobody knew any more who proposed what", "none", (), "whose proposal it was being forgotten"),
    Claim(24, "Convergence was there and never identified", "noticing, eight times likelier with a facilitator", (
        _level(measure="closable_issues").literature("+", "Thompson & Hastie 1990"),
        _level(measure="passable_beyond_half"),
        _effect(f"{AGENDA}=[questionnaire: 0.5, convergence_mapping: 0.15, chair_text: 0.35]")
        .literature("+", "Thompson 1995; Lu, Yuan & McLeod 2012").carried_by("noticing", "learning"),
    )),
    Claim(25, "The chair's text was shallow and partial", "low precision, partial coverage", (
        _effect(*PRECISE).literature("-", "PTA duration 2018: more ambition, later agreement").carried_by("dilution"),
        _effect(*PRECISE, measure="depth", standing="assumed"),
    )),
    Claim(26, "It was near the status quo", "the draft blends the status quo and what was said", (
        _effect(CENTRAL, measure="ambition", standing="assumed"),
    )),
    Claim(27, "So consensus on it was very difficult", "the draft blends the status quo and what was said", (
        _effect(MIDDLE, base=("process.chair.conservatism=0.6",)).carried_by("pressure", "credit", "dilution"),
    )),
    Claim(28, "Every change became a bracket", "brackets and the time they cost; what the chair makes of them", (
        _effect("process.decision_rule=rough_consensus", standing="assumed")
        .literature("+", "Buchanan & Tullock: fewer have to agree"),
        _effect(RESPONSIVE).literature("+", "Tallberg 2010: brokerage; Ehtamo et al. 1999")
        .carried_by("credit", "cost of blocking", "caucuses", "pressure"),
    )),
    Claim(29, "Time is running out: the pressure was counterproductive", "pressure helps, as far as one trusts", (
        _effect(NO_PRESSURE).literature("+", "Carnevale & Lawler 1986, where trust is low; not so where it is high")
        .carried_by("pressure"),
    )),
    Claim(30, "After the failure all asked for renewal, a common goal", "renewal vote, hope of renewal", (
        _level(measure="renewal_beyond_half"),
        _effect("parameters.hope=0", standing="assumed").literature("+", "Yildiz 2004: optimists hold out")
        .carried_by("credit", "cost of blocking", "caucuses"),
    ), "trust that a common goal brings"),
    Claim(31, "A frank analysis of the failure would help a renewed mandate", "debriefing corrects beliefs", (
        _effect(DEBRIEFED, base=RENEWED, standing="assumed").literature("+", SPOKEN)
        .carried_by("credit", "hope", "learning"),
    )),
    Claim(32, "A dinner across groups brings understanding", "contact corrects beliefs", (
        _effect(MIXED, base=(CAUCUS,), measure="excess_end", expected="-", standing="assumed")
        .literature("-", "Lees & Cikara 2020").carried_by("learning"),
    )),
    Claim(33, "Views still not shared, yet readier to seek convergence", "contact raises trust and moves no position", (
        _effect(*TABLES_ONLY, base=ALONE, measure="alikeness", expected="0", standing="assumed"),
        _effect(*TABLES_ONLY, base=ALONE).literature("+", SCHMOOZING).carried_by("contact", "learning"),
    )),
    Claim(34, "Some differences only seem hard", "beliefs exaggerate the distance to out-groups", (
        _level(measure="excess_start", standing="assumed").literature("+", "Robinson et al. 1995"),
        _effect("parameters.exaggeration=0", standing="assumed").literature("+", SPOKEN)
        .carried_by("credit", "hope"),
    )),
    Claim(35, "Fears and interests were never open; do they all want the same?", "posturing", (
        _effect("parameters.posturing=0", standing="assumed")
        .literature("+", "Moore et al. 1999: disclosure").carried_by("credit", "hope", "learning"),
    ), "seeing others as more alike than they are"),
    Claim(36, "One can agree to disagree; one's own regime is harder", "recorded dissent", (
        _effect("process.record_dissent=true", standing="assumed")
        .literature("+", "Buchanan & Tullock: fewer have to agree"),
    ), "stakes, by which one's own regime is harder"),
    Claim(37, "Trust is never finished", "slow gain, fast loss", (
        _effect("parameters.trust_loss=0.04", standing="assumed").literature("+", "Slovic 1993"),
    ), "fading of trust between meetings"),
    Claim(38, "The remedy: open dialogue across groups, at shared tables", "mixed evenings", (
        _effect(MIXED, base=(CAUCUS,)).literature("+", f"Fishkin et al. 2021; {SCHMOOZING}")
        .carried_by("contact", "learning"),
        _effect(MIXED, base=(CAUCUS,), measure="consensus").literature("+", f"Fishkin et al. 2021; {SCHMOOZING}")
        .carried_by("contact", "learning"),
    )),
)  # fmt: skip
EXPERIMENTS = tuple((claim, experiment) for claim in CLAIMS for experiment in claim.experiments)

HALVINGS = 9  # of the range in which the goodwill of the group veto is looked for


class Answer(NamedTuple):
    """The result of an experiment of a claim.

    group_veto: the same where a group objects as a whole; None where the experiment changes the rule itself. days_held:
    the same with as many days on either side; None where they are the same anyway. mute: the same in a mute room.
    without: the same with each rule taken out that may carry it, by its name.
    """

    claim: Claim
    experiment: Experiment
    estimate: Estimate
    group_veto: Estimate | None = None
    days_held: Estimate | None = None
    mute: Estimate | None = None
    without: Mapping[str, Estimate] = {}

    @property
    def essay(self) -> Verdicts:
        """The verdicts on the essay's sign."""
        return self.on_essay(self.estimate)

    @property
    def literature(self) -> Verdicts:
        """The verdicts on the literature's sign."""
        return self._on(self.experiment.contrast.literature, self.estimate)

    def on_essay(self, estimate: Estimate | None) -> Verdicts:
        """Return the verdicts on the essay's sign of another estimate of the same effect; "" of none."""
        return self._on(self.experiment.contrast.expected, estimate)

    def _on(self, sign: Sign, estimate: Estimate | None) -> Verdicts:
        if estimate is None:
            return Verdicts("", "")
        return by_both(estimate, sign, self.experiment.contrast.measure)

    @property
    def carriers(self) -> tuple[str, ...]:
        """The rules without which an effect above the smallest effect no longer holds."""
        if self.essay.above != "holds":
            return ()
        return tuple(rule for rule, left in self.without.items() if self.on_essay(left).above != "holds")


End = Literal["does not hold", "inconclusive", "disputed", "holds", "not run"]


def end_of(claim: Claim, answers: Sequence[Answer], verdict_on: Callable[[Answer], Verdict]) -> End:
    """Conclude on a claim; answers: those of its experiments. verdict_on: the verdict by one yardstick and rule.

    It *does not hold* if a part of it has lost its rule, or if an experiment on whose sign the literature agrees is
    opposite or has no effect worth naming; else it is *inconclusive* if one of them is; else it is *disputed* if one on
    whose sign the literature differs goes against the essay's; else it *holds*.
    """
    every = {on for answer in answers if (on := verdict_on(answer))}
    agreed = {on for answer in answers if not answer.experiment.is_disputed and (on := verdict_on(answer))}
    if claim.lost or agreed & {"opposite", "no effect worth naming"}:
        return "does not hold"
    if not every:
        return "not run"
    if "inconclusive" in agreed:
        return "inconclusive"
    return "holds" if every == {"holds"} else "disputed"


_IN_SECOND_FORM: dict[End, tuple[int, ...]] = {
    "holds": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 18, 22, 25, 26, 27, 29, 30, 31, 33, 34, 38),
    "does not hold": (12, 13, 15, 17, 19, 20, 32, 35, 36, 37),
    "inconclusive": (24, 28),
    "disputed": (14, 21, 23),
}
# how each claim ended in the second form of the model, above the smallest effect
IN_SECOND_FORM: dict[int, End] = {number: end for end, numbers in _IN_SECOND_FORM.items() for number in numbers}


def matched_goodwill(replications: int = 1000) -> float:
    """Find the goodwill at which the first phase agrees as often under the group veto as under the delegates'.

    The two rules are not equally easy to meet, and near the floor or the ceiling no help could show. The value is found
    by halving the range from 0 to 1, on the replications of the search; no claim is looked at.
    """

    def agreed(*changes: str) -> float:
        return average(values_of(Bench(replications, SEARCH_SEED).runs(FIRST, changes), "share_agreed"))

    wanted, low, high = agreed(), 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if agreed(GROUP_VETO, f"parameters.goodwill={middle:.6f}") < wanted:
            low = middle
        else:
            high = middle
    return round((low + high) / 2, 4)


def answers(
    *, replications: int = 4000, seed: int = 0, always: Changes = (), goodwill: float | None = None
) -> Iterator[Answer]:
    """Run every experiment of every claim, in order, with the rules that may carry it taken out.

    always: changes that hold in every run. goodwill: that of the group veto; None: the group veto is left out.
    """
    bench = Bench(replications, seed, always)
    group = None if goodwill is None else Bench(replications, seed, (*always, *group_veto(goodwill)))
    mute = Bench(replications, seed, always, MUTE.out_of)
    without = {name: Bench(replications, seed, always, rule.out_of) for name, rule in CLAIM_RULES.items()}
    for claim, experiment in EXPERIMENTS:
        contrast, held = experiment.contrast, experiment.with_days_held
        yield Answer(
            claim,
            experiment,
            bench.contrast(contrast),
            None if group is None or experiment.changes_the_rule else group.contrast(contrast),
            None if held is None else bench.contrast(held),
            mute.contrast(contrast),
            {name: without[name].contrast(contrast) for name in experiment.rules},
        )


def group_veto(goodwill: float) -> Changes:
    """Return the changes that make a group object as a whole if half of its members or more object."""
    return GROUP_VETO, f"parameters.goodwill={goodwill:g}"


class Share(NamedTuple):
    """The share of an ensemble's members in which an experiment holds, by each yardstick."""

    sign_alone: float
    above: float


def over_members(
    ensemble: str, *, every: int = 1, replications: int = 500, seed: int = 0
) -> Generator[Step, None, dict[tuple[int, int], Share]]:
    """Find the share of an ensemble's members, every `every`-th, in which each experiment holds; a step is a member.

    Keys are the claim's number and the experiment's place in it.
    """
    sets = members(ensemble)[::every]
    held: dict[tuple[int, int], list[list[bool]]] = {}
    for n, member in enumerate(sets):
        bench = Bench(replications, seed, changes_of(member))
        for claim, experiment in EXPERIMENTS:
            contrast = experiment.contrast
            verdicts = by_both(bench.contrast(contrast), contrast.expected, contrast.measure)
            holds = [verdict == "holds" for verdict in verdicts]
            held.setdefault((claim.number, claim.experiments.index(experiment)), []).append(holds)
        yield n + 1, len(sets), "members"
    return {key: Share(*np.mean(rows, axis=0).tolist()) for key, rows in held.items()}
