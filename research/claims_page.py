"""The claims as a page of Markdown: one table, a paragraph for each that does not hold, and the experiments as a list.

- Conclusions on a claim are drawn above the smallest effect and under the delegates' veto; the other yardstick, the
  group veto and the share of plausible members are given beside them.
- Beside each stands what it was in the second form, what it is with as many days on either side, and in a mute room.
- Why: the mechanism, and the runs behind the sentence: the same contrast with a rule taken out.
- An experiment is written as it can be run: with the changes as `--set` takes them; long ones stand below the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from negsim.report.markdown import bullets, code, grid
from negsim.report.words import listed
from negsim.scenario.schema import PARAMETERS_KEY, UNCERTAIN_KEY
from research import claims
from research.calibration import FIRST, Changes, Report, collect
from research.claims import CLAIMS, EXPERIMENTS, IN_SECOND_FORM, MUTE, Answer, Claim, End, Experiment, Share, end_of
from research.contrasts import Contrast, Verdict, number, smallest_effect
from research.rules import CLAIM_RULES

UNCHANGED = "unchanged"
LONG = 70  # letters of a set of changes that still fits a cell
MOST_NAMED_PATHS = 2  # in a sentence
NEARLY_ALL = 0.9  # of the members: a verdict that holds in so many does not depend on the parameters
ENDS: tuple[End, ...] = ("does not hold", "inconclusive", "disputed", "holds")
YARDSTICKS: dict[str, Callable[[Answer], Verdict]] = {
    "each delegate may block, sign alone": lambda answer: answer.essay.sign_alone,
    "each delegate may block, above the smallest effect": lambda answer: answer.essay.above,
    "each group may block, sign alone": lambda answer: answer.on_essay(answer.group_veto).sign_alone,
    "each group may block, above the smallest effect": lambda answer: answer.on_essay(answer.group_veto).above,
    "as many days on either side": lambda answer: answer.on_essay(answer.days_held or answer.estimate).above,
    "in a mute room": lambda answer: answer.on_essay(answer.mute).above,
}
ABOVE, GROUP_ABOVE, DAYS_HELD, IN_MUTE_ROOM = (
    YARDSTICKS[name]
    for name in (
        "each delegate may block, above the smallest effect", "each group may block, above the smallest effect",
        "as many days on either side", "in a mute room",
    )
)  # fmt: skip

Names = dict[Changes, str]  # letters for changes, or sets of them, that are too long for a cell
Shares = Mapping[tuple[int, int], Share]


class Told(NamedTuple):
    """A claim and the answers of its experiments; none if the model has lost its rule."""

    claim: Claim
    answers: Sequence[Answer]

    def end(self, verdict_on: Callable[[Answer], Verdict] = ABOVE) -> End:
        """Conclude on the claim."""
        return end_of(self.claim, self.answers, verdict_on)


class Results(NamedTuple):
    """The contents of the page. shares: over the members of an ensemble, by claim and place; empty if none is named.

    goodwill: that of the group veto, None if it was not run. command: how the page was made.
    """

    answers: Sequence[Answer]
    shares: Shares
    goodwill: float | None
    replications: int
    command: str

    @property
    def by_claim(self) -> list[Told]:
        """Every claim with its answers, in order."""
        own = {number: list(own) for number, own in groupby(self.answers, lambda answer: answer.claim.number)}
        return [Told(claim, own.get(claim.number, ())) for claim in CLAIMS if claim.lost or claim.number in own]

    def share(self, answer: Answer) -> Share | None:
        """Return the share of members in which an experiment holds."""
        return self.shares.get((answer.claim.number, answer.claim.experiments.index(answer.experiment)))


class Scale(NamedTuple):
    """The amount to run: replications of an experiment and of a member, the seed, and whether under the group veto.

    every: run every n-th member of the ensemble.
    """

    replications: int = 4000
    member_replications: int = 500
    seed: int = 0
    group_veto: bool = True
    every: int = 1


def claims_report(scale: Scale, ensemble: str | None = None, over: str | None = None) -> Report:
    """Run every experiment and return the page.

    ensemble: draw parameters from it, a member a replication. over: also say in which share of its members each holds.
    """
    always = (f"{UNCERTAIN_KEY}.{PARAMETERS_KEY}={ensemble}",) if ensemble else ()
    goodwill = claims.matched_goodwill(max(1, scale.replications // 4)) if scale.group_veto else None
    steps = claims.answers(replications=scale.replications, seed=scale.seed, always=always, goodwill=goodwill)
    collected = yield from collect(steps, len(EXPERIMENTS), lambda answer: f"claim {answer.claim.number}")
    shares: Shares = {}
    if over is not None:
        shares = yield from claims.over_members(
            over, every=scale.every, replications=scale.member_replications, seed=scale.seed
        )
    return page(Results(collected, shares, goodwill, scale.replications, command(scale, ensemble, over)))


def command(scale: Scale, ensemble: str | None, over: str | None) -> str:
    """Write the command that makes the page."""
    parts = [f"python -m research claims --replications {scale.replications} --seed {scale.seed}"]
    parts += [f"--parameters {ensemble}"] if ensemble else []
    parts += [f"--members {over} --member-replications {scale.member_replications}"] if over else []
    parts += [f"--every {scale.every}"] if over and scale.every > 1 else []
    return " ".join([*parts, *([] if scale.group_veto else ["--no-group-veto"])])


def _document(parts: Iterable[str]) -> str:
    """Join parts with an empty line between them, and one end of line at the end."""
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def page(results: Results) -> str:
    """Write the page: totals, a table of all claims, and a paragraph for each that does not hold."""
    header = ["no.", "the essay", "its cause in the model", "it was", "it is", "with days held", "in a mute room"]
    return _document(
        [
            "# Claims",
            (
                "What an account of the first phase says held it back, claim by claim, and what the model makes of it."
                f" Made by `{results.command}`; [the protocol](evidence_protocol.md) was written before the runs, and"
                " [the list](experiments.md) has every experiment as it can be run."
            ),
            _how_to_read(results),
            _totals(results),
            "## The claims",
            grid([*header, "how sure"], (row(told, results) for told in results.by_claim)),
            *_failures(results),
        ]
    )


def _how_to_read(results: Results) -> str:
    group_veto = ""
    if results.goodwill is not None:
        group_veto = (
            " *Each group may block*: a group objects where half of its members or more do; goodwill is"
            f" {results.goodwill:g}, at which as much is agreed as where each delegate may block."
        )
    muted = listed([code(name) for name in MUTE.parameters])
    return (
        f"Every number is a mean over {results.replications} paired runs, in brackets its interval at 95 %. A claim"
        " *holds* if all that tests it lies wholly beyond the smallest effect of interest (.02 of a share or chance,"
        " .01 of a scale) on the side that the essay says. It *does not hold* if one test lies wholly beyond it on the"
        " other side, or within it on both, or if the model has lost a rule that the claim needs. Otherwise it is"
        " *inconclusive*. Where the literature expects another sign than the essay, no result is a failure: the claim"
        " is *disputed*. *It was*: in the second form. *With days held*: the same where both sides have as many days;"
        " *same* where they have anyway. *In a mute room*: the same where nothing that is said or seen moves a"
        f" position, a belief or trust ({muted} at 0): what is left is minutes, drafts and rules.{group_veto} None of"
        " this is a confirmation: the tests were chosen after the results of older rules were known. *Assumed* marks"
        " what a rule of the model builds in."
    )


def _totals(results: Results) -> str:
    told = results.by_claim
    rows: list[list[object]] = [
        ["in the second form", *map([IN_SECOND_FORM[t.claim.number] for t in told].count, ENDS)]
    ]
    for name, verdict_on in YARDSTICKS.items():
        if results.goodwill is not None or "group" not in name:
            rows.append([name, *map([one.end(verdict_on) for one in told].count, ENDS)])
    return grid([f"of {len(told)} claims", *ENDS], rows)


def row(told: Told, results: Results) -> list[object]:
    """Write a claim as a row of the table."""
    claim, answers = told
    held = (
        f"{told.end(DAYS_HELD)}: {_values(answers, 'days_held')}" if any(one.days_held for one in answers) else "same"
    )
    mute = f"{told.end(IN_MUTE_ROOM)}: {_values(answers, 'mute')}" if answers else ""
    return [
        claim.number,
        claim.text,
        "; ".join([claim.mechanism, *([f"carried by {carried}"] if (carried := carriers(answers)) else [])]),
        IN_SECOND_FORM[claim.number],
        ": ".join([told.end(), *(["; ".join(map(_effect, answers))] if answers else [])]),
        held if answers else "",
        mute,
        sureness(told, results),
    ]


def _values(answers: Sequence[Answer], which: str) -> str:
    """List another estimate of each effect, without its interval; that of the effect itself where there is none."""
    return "; ".join(f"{(getattr(answer, which) or answer.estimate).value:+.3f}" for answer in answers)


def _failures(results: Results) -> Iterator[str]:
    failed = [told for told in results.by_claim if told.end() != "holds"]
    if failed:
        yield "## What does not hold, and why"
    for told in failed:
        yield f"**{told.claim.number}. {told.claim.text}: {told.end()}.** {' '.join(_told(told))}"


def _told(told: Told) -> Iterator[str]:
    """Yield a sentence an experiment: the effect, the verdict, and what is left of it without each rule."""
    for answer in told.answers:
        left = "; ".join(f"without {rule} {number(estimate)}" for rule, estimate in answer.without.items())
        sentence = f"{in_short(answer.experiment)} {_effect(answer)}, {_judged(answer)}"
        yield f"{sentence}; {left}." if left else f"{sentence}."
    if told.claim.lost:
        yield f"The model has no rule any more for {told.claim.lost}."


def _effect(answer: Answer) -> str:
    standing = "" if answer.experiment.standing == "emergent" else f" ({answer.experiment.standing})"
    return f"{number(answer.estimate)}{standing}"


def _judged(answer: Answer) -> str:
    """Return the verdict on the essay's sign in words."""
    contrast, verdicts = answer.experiment.contrast, answer.essay
    by_sign = "" if verdicts.above == verdicts.sign_alone else f" (by sign alone: {verdicts.sign_alone})"
    literature = ""
    if answer.experiment.is_disputed:
        literature = f", where the literature expects {contrast.literature} ({contrast.source})"
    return f"{verdicts.above}{by_sign}{literature}"


def in_short(experiment: Experiment) -> str:
    """Name the measure and what changes, without the values."""
    measure, paths = code(experiment.contrast.measure), experiment.switch
    more = f" and {len(paths) - MOST_NAMED_PATHS} more" if len(paths) > MOST_NAMED_PATHS else ""
    return f"{measure} by {', '.join(map(code, paths[:MOST_NAMED_PATHS]))}{more}" if paths else measure


def carriers(own: Sequence[Answer]) -> str:
    """Name the rules that carry a claim: without any of them it no longer holds; "" if none does."""
    return ", ".join(dict.fromkeys(rule for answer in own for rule in answer.carriers))


def sureness(told: Told, results: Results) -> str:
    """Say how far a verdict depends on the rule of objection and on the parameters.

    *Firm*: the same end where each group may block, and in nine members of ten; *fragile*: neither.
    """
    if not told.answers:
        return ""
    elsewhere, agreement = told.end(GROUP_ABOVE), _agreement(told.answers, results)
    asked = any(answer.group_veto for answer in told.answers)
    doubts = [f"where each group may block: {elsewhere}"] if asked and elsewhere != told.end() else []
    if agreement is not None and agreement < NEARLY_ALL:
        doubts.append(f"the same in {agreement:.0%} of the members")
    word = ("firm", "depends", "fragile")[len(doubts)]
    return f"{word}: {'; '.join(doubts)}" if doubts else word


def _agreement(own: Sequence[Answer], results: Results) -> float | None:
    """Return the least share of members, over the experiments, that agrees on whether it holds; None if none ran."""
    same = [
        share.above if answer.essay.above == "holds" else 1.0 - share.above
        for answer in own
        if (share := results.share(answer)) is not None and answer.experiment.contrast.expected not in {"", "±"}
    ]
    return min(same) if same else None


def sign_and_source(contrast: Contrast) -> str:
    """Return the literature's sign with its source; `none` if nothing was found."""
    return f"{contrast.literature} ({contrast.source})" if contrast.literature else "none"


def experiments_page() -> str:
    """List the experiments as written down before any run: signs, smallest effects, rules that may carry them."""
    names = long_changes([experiment for _, experiment in EXPERIMENTS])
    header = ["no.", "claim", "experiment", "essay", "literature", "smallest effect", "standing", "may be carried by"]
    rules = (f"*{name}* ({rule.what}): {rule.change}" for name, rule in CLAIM_RULES.items())
    return _document(
        [
            "# Experiments",
            (
                "What is run for the claims, as it was written down before any run. Made by `python"
                " -m research claims --list`; no number on this page is a result. What the columns mean stands in [the"
                f" protocol](evidence_protocol.md). The model has no rule any more for {'; nor for '.join(_lost())}:"
                " that part of a claim is not run, and does not hold."
            ),
            "## Claims",
            grid(header, (_listed(claim, experiment, names) for claim, experiment in EXPERIMENTS)),
            *_notes(names),
            "## Rules that are taken out",
            bullets(rules),
        ]
    )


def _lost() -> list[str]:
    return [f"{claim.lost} (claim {claim.number})" for claim in CLAIMS if claim.lost]


def _listed(claim: Claim, experiment: Experiment, names: Names) -> list[object]:
    contrast = experiment.contrast
    first = experiment is claim.experiments[0]
    return [
        claim.number,
        f"{claim.text}: {claim.mechanism}" if first else "",
        description(experiment, names),
        contrast.expected,
        sign_and_source(contrast),
        f"{smallest_effect(contrast.measure):g}",
        experiment.standing,
        ", ".join(experiment.rules),
    ]


def description(experiment: Experiment, names: Names) -> str:
    """Name the measure, and the changes under which it is compared."""
    contrast = experiment.contrast
    both, before, after = (_joined(changes, names) for changes in _sides(contrast))
    where = f", {contrast.scenario}" if contrast.scenario != FIRST else ""
    under = f", {'both ' if after else ''}with {both}" if both else ""
    change = f"{before or UNCHANGED} → {after}" if after else UNCHANGED if not both else ""
    return f"{code(contrast.measure)}{where}: {change}{under}".replace(": , with", ": with")


def _sides(contrast: Contrast) -> tuple[Changes, Changes, Changes]:
    """Split the changes: those of both sides, then those of the base alone, and those of the other."""
    base, changed = contrast.base, contrast.changed
    return (
        tuple(change for change in base if change in changed),
        tuple(change for change in base if change not in changed),
        tuple(change for change in changed if change not in base),
    )


def _joined(changes: Changes, names: Names) -> str:
    return ", ".join(names.get(part) or ", ".join(map(code, part)) for part in _split(changes))


def _split(changes: Changes) -> Iterator[Changes]:
    """Yield the short changes together, then each long one by itself."""
    short = tuple(change for change in changes if len(change) <= LONG)
    if short:
        yield short
    yield from ((change,) for change in changes if len(change) > LONG)


def long_changes(experiments: Sequence[Experiment]) -> Names:
    """Give a letter to every change or set of changes that is too long for a cell."""
    sets: dict[Changes, None] = {}
    for experiment in experiments:
        for side in _sides(experiment.contrast):
            sets |= {part: None for part in _split(side) if sum(map(len, part)) > LONG}
    return {part: f"[{chr(ord('a') + i)}]" for i, part in enumerate(sets)}


def _notes(names: Names) -> Iterator[str]:
    if names:
        yield "Changes too long for the table:"
        yield bullets(f"{name} {', '.join(map(code, changes))}" for changes, name in names.items())
