"""The claims as a page of Markdown that takes ten minutes to read, the failures first, and the experiments as a list.

- Conclusions on a claim are drawn above the smallest effect and under the delegates' veto; the other yardstick, the
  group veto and the share of plausible members are given beside them.
- Why: the mechanism, and the runs behind the sentence: the same contrast with a rule taken out.
- An experiment is written as it can be run: with the changes as `--set` takes them; long ones stand below the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from negsim.report.markdown import bullets, code, grid
from negsim.scenario.schema import PARAMETERS_KEY, UNCERTAIN_KEY
from research import claims
from research.calibration import FIRST, Changes, Report, collect
from research.claims import EXPERIMENTS, EXTRAS, Answer, Claim, End, Experiment, Extras, Share, end_of
from research.contrasts import Contrast, Verdict, number, smallest_effect
from research.patterns import PATTERNS, Pattern
from research.rules import CLAIM_RULES

UNCHANGED = "unchanged"
LONG = 70  # letters of a set of changes that still fits a cell
FEW = 2  # paths that a cell names
NEARLY_ALL = 0.9  # of the members: a verdict that holds in so many does not depend on the parameters
TITLES: dict[End, str] = {
    "does not hold": "What does not hold",
    "inconclusive": "What these runs cannot tell",
    "disputed": "Where the literature disagrees with the essay, and the model with one of them",
    "holds": "What holds",
    "not run": "What the model cannot run",
}
YARDSTICKS: dict[str, Callable[[Answer], Verdict]] = {
    "each delegate may block, sign alone": lambda answer: answer.essay.sign_alone,
    "each delegate may block, above the smallest effect": lambda answer: answer.essay.above,
    "each group may block, sign alone": lambda answer: answer.under_group_veto.sign_alone,
    "each group may block, above the smallest effect": lambda answer: answer.under_group_veto.above,
}
ABOVE, GROUP_ABOVE = (YARDSTICKS[f"each {who} may block, above the smallest effect"] for who in ("delegate", "group"))

Names = dict[Changes, str]  # letters for changes, or sets of them, that are too long for a cell
Shares = Mapping[tuple[int, int], Share]


class Results(NamedTuple):
    """The contents of the page. shares: over the members of an ensemble, by claim and place; empty if none is named.

    goodwill: that of the group veto, None if it was not run. command: how the page was made.
    """

    answers: Sequence[Answer]
    extras: Extras | None
    shares: Shares
    goodwill: float | None
    replications: int
    command: str

    @property
    def by_claim(self) -> list[list[Answer]]:
        """The answers of each claim, in order."""
        return [list(own) for _, own in groupby(self.answers, lambda answer: answer.claim.number)]

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
    more = claims.extras(replications=scale.replications, seed=scale.seed, always=always)
    return page(Results(collected, more, shares, goodwill, scale.replications, command(scale, ensemble, over)))


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
    """Write the page: totals, the claims that do not hold, the others, then every experiment."""
    asked = results.extras.asked if results.extras else ()
    names = long_changes([answer.experiment for answer in results.answers] + [extra.experiment for extra, _ in asked])
    return _document(
        [
            "# Claims",
            (
                "What an account of the first phase says held it back, claim by claim, and what the model makes of it."
                f" Made by `{results.command}`; [the protocol](evidence_protocol.md) was written before the runs."
            ),
            _how_to_read(results),
            _totals(results),
            *_parts(results),
            "## Every experiment",
            grid(_header(results), (row(answer, results, names) for answer in results.answers)),
            *_extras(results.extras, names),
            *_notes(names),
        ]
    )


def _how_to_read(results: Results) -> str:
    group_veto = ""
    if results.goodwill is not None:
        group_veto = (
            " *Each group may block*: a group objects where half of its members or more do; goodwill is"
            f" {results.goodwill:g}, at which as much is agreed as where each delegate may block."
        )
    return (
        f"Every number is a mean over {results.replications} paired runs with its interval at 95 %. A claim *holds* if"
        " all that tests it lies wholly beyond the smallest effect of interest (.02 of a share or chance, .01 of a"
        " scale) on the side that the essay says. It *does not hold* if one test lies wholly beyond it on the other"
        " side, or within it on both: no effect worth naming. Otherwise it is *inconclusive*. Where the literature"
        " expects another sign than the essay, no result is a failure: the claim is *disputed*."
        f"{group_veto} None of this is a confirmation: the corrected tests were chosen after the results of older"
        " rules were known. *Assumed* marks what a rule of the model builds in."
    )


def _totals(results: Results) -> str:
    rows: list[list[object]] = []
    for name, verdict_on in YARDSTICKS.items():
        if results.goodwill is not None or "group" not in name:
            ends = [end_of(answers, verdict_on) for answers in results.by_claim]
            rows.append([name, *map(ends.count, TITLES)])
    return grid([f"of {len(results.by_claim)} claims", *TITLES], rows)


def _parts(results: Results) -> Iterator[str]:
    for end, title in TITLES.items():
        ended_so = [answers for answers in results.by_claim if end_of(answers, ABOVE) == end]
        if not ended_so:
            continue
        yield f"## {title}"
        if end == "holds":
            header = ["no.", "the essay", "the model", "what carries it", "how sure"]
            yield grid(header, (_held(answers, results) for answers in ended_so))
        else:
            for answers in ended_so:
                yield f"### {answers[0].claim.number}. {answers[0].claim.text}"
                yield bullets(_told(answers, results))


def _held(answers: Sequence[Answer], results: Results) -> list[object]:
    claim, own = answers[0].claim, [answer for answer in answers if answer.is_asked]
    return [claim.number, claim.text, "; ".join(map(_effect, own)), carriers(own), sureness(own, results)]


def _told(answers: Sequence[Answer], results: Results) -> Iterator[str]:
    claim, own = answers[0].claim, [answer for answer in answers if answer.is_asked]
    yield f"*The model*: {'; '.join(map(_effect, own))}." if own else "*The model* cannot run it."
    yield " ".join([f"*Why*: {claim.mechanism}.", *(_runs(answer) for answer in own if answer.without)])
    if own:
        yield f"*How sure*: {sureness(own, results)}."


def _effect(answer: Answer) -> str:
    """Describe an experiment's result in words: change, number, verdict on the essay's sign, standing."""
    contrast, estimate = answer.experiment.contrast, answer.estimate
    assert estimate is not None  # noqa: S101 - asked only of what was run
    verdicts = answer.essay
    by_sign = "" if verdicts.above == verdicts.sign_alone else f" (by sign alone: {verdicts.sign_alone})"
    literature = ""
    if answer.experiment.is_disputed:
        literature = f", where the literature expects {contrast.literature} ({contrast.source})"
    standing = "" if answer.experiment.standing == "emergent" else f", {answer.experiment.standing}"
    return f"{in_short(answer.experiment)} {number(estimate)}, {verdicts.above}{by_sign}{literature}{standing}"


def in_short(experiment: Experiment) -> str:
    """Name the measure and what changes, without the values."""
    measure, paths = code(experiment.contrast.measure), experiment.switch
    more = f" and {len(paths) - FEW} more" if len(paths) > FEW else ""
    return f"{measure} by {', '.join(map(code, paths[:FEW]))}{more}" if paths else measure


def _runs(answer: Answer) -> str:
    """List the runs behind a sentence: the same contrast with each rule taken out."""
    least = smallest_effect(answer.experiment.contrast.measure)
    parts = (
        f"without {rule} ({CLAIM_RULES[rule].change}) {number(left)}{_left(answer, rule)}"
        for rule, left in answer.without.items()
    )
    return f"{in_short(answer.experiment)}: {'; '.join(parts)} (smallest effect {least:g})."


def _left(answer: Answer, rule: str) -> str:
    if answer.essay.above != "holds":
        return ""
    return ", the effect disappears" if rule in answer.carriers else ", the effect remains"


def carriers(own: Sequence[Answer]) -> str:
    """Name the rules that carry a claim: without any of them it no longer holds."""
    names = list(dict.fromkeys(rule for answer in own for rule in answer.carriers))
    built_in = [answer for answer in own if answer.experiment.standing == "assumed" and not answer.experiment.rules]
    if names:
        return ", ".join(names)
    return "the rule that the test changes" if built_in else "no single rule of those taken out"


def sureness(own: Sequence[Answer], results: Results) -> str:
    """Say how far a verdict depends on the rule of objection and on the parameters.

    *Firm*: the same end where each group may block, and in nine members of ten; *fragile*: neither.
    """
    end, elsewhere = end_of(own, ABOVE), end_of(own, GROUP_ABOVE)
    doubts = [f"where each group may block: {elsewhere}"] if elsewhere not in {end, "not run"} else []
    agreement = _agreement(own, results)
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


def _header(results: Results) -> list[str]:
    group = ["each group may block"] if results.goodwill is not None else []
    shares = ["members (sign, above)"] if results.shares else []
    return [
        "no.", "experiment", "smallest effect", "estimate", "essay", "sign alone", "above", "literature", "above",
        *group, *shares, "standing",
    ]  # fmt: skip


def row(answer: Answer, results: Results, names: Names) -> list[object]:
    """Write one experiment as a row of the table."""
    experiment, contrast = answer.experiment, answer.experiment.contrast
    group = [_under_group_veto(answer)] if results.goodwill is not None else []
    share = results.share(answer)
    members = [f"{share.sign_alone:.0%}, {share.above:.0%}" if share else ""] if results.shares else []
    return [
        answer.claim.number,
        description(experiment, names),
        f"{smallest_effect(contrast.measure):g}",
        _number(answer, results.replications),
        contrast.expected,
        answer.essay.sign_alone,
        answer.essay.above,
        sign_and_source(experiment),
        answer.literature.above,
        *group,
        *members,
        standing(experiment),
    ]


def _under_group_veto(answer: Answer) -> str:
    if answer.group_veto is None:
        return "not asked: it changes the rule" if answer.experiment.changes_the_rule else ""
    return f"{number(answer.group_veto)} {answer.under_group_veto.above}"


def _number(answer: Answer, replications: int) -> str:
    if answer.estimate is None:
        return f"not in the model: {', '.join(answer.experiment.missing)}"
    partial = f", n = {answer.estimate.observations}" if answer.estimate.observations < replications else ""
    return f"{number(answer.estimate)}{partial}"


def sign_and_source(experiment: Experiment) -> str:
    """Return the literature's sign with its source; `none` if nothing was found."""
    contrast = experiment.contrast
    return f"{contrast.literature} ({contrast.source})" if contrast.literature else "none"


def standing(experiment: Experiment) -> str:
    """Return the standing of an experiment, and if it no longer counts the reason."""
    reason = experiment.contrast.replaced
    return f"replaced: {reason}" if reason else experiment.standing


def experiments_page() -> str:
    """List the experiments as written down before any run: signs, smallest effects, rules that may carry them."""
    names = long_changes([experiment for _, experiment in EXPERIMENTS] + [extra.experiment for extra in EXTRAS])
    header = ["no.", "claim", "experiment", "essay", "literature", "smallest effect", "standing", "may be carried by"]
    rules = (f"*{name}* ({rule.what}): {rule.change}" for name, rule in CLAIM_RULES.items())
    return _document(
        [
            "# Experiments",
            (
                "What is run for the claims and the patterns, as it was written down before any run. Made by `python"
                " -m research claims --list`; no number on this page is a result. What the columns mean, and why"
                " experiments were replaced, stands in [the protocol](evidence_protocol.md)."
            ),
            "## Claims",
            grid(header, (_listed(claim, experiment, names) for claim, experiment in EXPERIMENTS)),
            "## Claims 24, 28 and 30 once more",
            grid(
                ["no.", "question", "run"],
                ((extra.claim, extra.question, description(extra.experiment, names)) for extra in EXTRAS),
            ),
            *_notes(names),
            "## Rules that are taken out",
            bullets(rules),
            "## Patterns",
            grid(
                ["pattern", "contrast", "expected", "literature", "smallest effect", "standing"],
                (_listed_pattern(pattern, contrast) for pattern in PATTERNS for contrast in pattern.contrasts),
            ),
        ]
    )


def _listed(claim: Claim, experiment: Experiment, names: Names) -> list[object]:
    contrast = experiment.contrast
    first = experiment is claim.experiments[0]
    return [
        claim.number,
        f"{claim.text}: {claim.mechanism}" if first else "",
        description(experiment, names),
        contrast.expected,
        sign_and_source(experiment),
        f"{smallest_effect(contrast.measure):g}",
        standing(experiment),
        ", ".join(experiment.rules),
    ]


def _listed_pattern(pattern: Pattern, contrast: Contrast) -> list[object]:
    experiment = Experiment(contrast, pattern.standing)
    return [
        pattern.name if contrast is pattern.contrasts[0] else "",
        f"{contrast.label} ({code(contrast.measure)})",
        contrast.expected or "none",
        sign_and_source(experiment),
        f"{smallest_effect(contrast.measure):g}",
        standing(experiment),
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


def _extras(more: Extras | None, names: Names) -> Iterator[str]:
    if more is None:
        return
    yield "## The chair's conservatism, the whole curve"
    yield "Share of issues agreed in the first phase (claim 27):"
    yield grid(["conservatism", "share agreed"], ((f"{level:g}", str(estimate)) for level, estimate in more.curve))
    yield "## Claims 24, 28 and 30 once more"
    yield grid(
        ["no.", "question", "run", "estimate"],
        ((x.claim, x.question, description(x.experiment, names), number(estimate)) for x, estimate in more.asked),
    )
