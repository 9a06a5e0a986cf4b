"""The claims as a page of Markdown, one row for each experiment.

- A claim holds if all its experiments do. What does not hold is listed, not explained away.
- An experiment is written as it can be run: with the changes as `--set` takes them; long ones stand below the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from negsim.report.markdown import bullets, code, document, grid
from negsim.scenario.schema import PARAMETERS, UNCERTAIN
from negsim.study.estimates import Estimate
from negsim.study.remedies import UNCHANGED
from research.calibration import FIRST, Changes
from research.claims import CLAIMS, Answer, Experiment, answers
from research.reports import Report, collect, number

LONG = 70  # letters of a set of changes that still fits a cell
FEW = 2  # paths that a cell names
HEADER = ("no.", "claim", "mechanism and switch", "experiment", "estimate", "expected", "verdict", "standing")

Names = dict[Changes, str]  # letters for changes, or sets of them, that are too long for a cell


def claims_report(replications: int, seed: int, ensemble: str | None = None) -> Report:
    """Run every experiment and return the page; parameters from an ensemble, if one is named."""
    always = (f"{UNCERTAIN}.{PARAMETERS}={ensemble}",) if ensemble else ()
    total = sum(len(claim.experiments) for claim in CLAIMS)
    steps = answers(replications=replications, seed=seed, always=always)
    results = yield from collect(steps, total, lambda answer: f"claim {answer.claim.number}")
    return page(results, replications, seed, ensemble)


def page(results: Sequence[Answer], replications: int, seed: int, ensemble: str | None = None) -> str:
    """The page of experiments and their results."""
    over = f" --parameters {ensemble}" if ensemble else ""
    names = long_changes(results)
    return document(
        [
            "# Claims",
            (
                "What the account of the first phase claims, claim by claim, and what the model makes of it. Made by "
                f"`python -m research claims --replications {replications} --seed {seed}{over}`."
            ),
            _how_to_read(replications),
            grid(HEADER, (row(answer, replications, names) for answer in results)),
            *_notes(names),
            "## What does not hold",
            _summary(results),
            bullets(_failures(results, names)),
        ]
    )


def _how_to_read(replications: int) -> str:
    return (
        f"An experiment runs `{FIRST}` with the changes of its row, on {replications} replications. The estimate is the"
        " mean paired difference (common random numbers) with its interval at 95 %, or the measure itself where nothing"
        " changes. *Expected* is the side of zero where the whole interval should lie by the claim; 0 asks that it is"
        " not above zero. *Assumed*: a rule puts in the sign of the first step, and the measure, which comes later, may"
        " still fail. *Calibrated*: a target of the calibration says so. *Emergent*: neither. n is the number of runs"
        " in which the measure exists, if not in all."
    )


def row(answer: Answer, replications: int, names: Names) -> list[object]:
    """One experiment as a row; the first of a claim also has the claim and its mechanism."""
    claim, experiment, estimate, holds = answer
    first = experiment is claim.experiments[0]
    switch = _switch(experiment)
    return [
        claim.number,
        claim.text if first else "",
        f"{claim.mechanism}: {switch}" if first and switch else claim.mechanism if first else switch,
        description(experiment, names),
        _number(estimate, replications),
        experiment.contrast.expected,
        verdict(estimate, experiment.contrast.expected, holds=holds),
        experiment.standing,
    ]


def _switch(experiment: Experiment) -> str:
    paths = experiment.switch
    more = f" and {len(paths) - FEW} more" if len(paths) > FEW else ""
    return f"{', '.join(map(code, paths[:FEW]))}{more}"


def description(experiment: Experiment, names: Names) -> str:
    """The measure, and the changes under which it is compared."""
    contrast = experiment.contrast
    both = tuple(change for change in contrast.base if change in contrast.changed)
    before = _joined(tuple(change for change in contrast.base if change not in both), names) or UNCHANGED
    after = _joined(tuple(change for change in contrast.changed if change not in both), names)
    where = f", {contrast.scenario}" if contrast.scenario != FIRST else ""
    under = f", {'both ' if after else ''}with {_joined(both, names)}" if both else ""
    change = f"{before} → {after}" if after else UNCHANGED if not both else ""
    return f"{code(contrast.measure)}{where}: {change}{under}".replace(": , with", ": with")


def _joined(changes: Changes, names: Names) -> str:
    return ", ".join(names.get(part) or ", ".join(map(code, part)) for part in _parts(changes))


def _parts(changes: Changes) -> Iterator[Changes]:
    """The short changes together, then each long one by itself."""
    short = tuple(change for change in changes if len(change) <= LONG)
    if short:
        yield short
    yield from ((change,) for change in changes if len(change) > LONG)


def long_changes(results: Sequence[Answer]) -> Names:
    """A letter for every change or set of changes that is too long for a cell."""
    sets: dict[Changes, None] = {}
    for answer in results:
        base, changed = answer.experiment.contrast.base, answer.experiment.contrast.changed
        both = tuple(change for change in base if change in changed)
        for side in (both, *(tuple(change for change in side if change not in both) for side in (base, changed))):
            sets |= {part: None for part in _parts(side) if sum(map(len, part)) > LONG}
    return {part: f"[{chr(ord('a') + i)}]" for i, part in enumerate(sets)}


def _notes(names: Names) -> Iterator[str]:
    if names:
        yield "Changes too long for the table:"
        yield bullets(f"{name} {', '.join(map(code, changes))}" for changes, name in names.items())


def _number(estimate: Estimate, replications: int) -> str:
    partial = f", n = {estimate.observations}" if estimate.observations < replications else ""
    return f"{number(estimate)}{partial}"


def verdict(estimate: Estimate, expected: str, *, holds: bool) -> str:
    """Whether it holds and, if not, in what way.

    >>> verdict(Estimate(-0.2, -0.3, -0.1, 9), "+", holds=False)
    '**does not hold**: opposite sign'
    """
    if holds:
        return "holds"
    opposite = {"+": estimate.high < 0.0, "-": estimate.low > 0.0}.get(expected)
    why = "above zero" if opposite is None else "opposite sign" if opposite else "no clear sign"
    return f"**does not hold**: {why}"


def _summary(results: Sequence[Answer]) -> str:
    wrong = {answer.claim.number for answer in results if not answer.holds}
    every = {answer.claim.number for answer in results}
    held = sum(answer.holds for answer in results)
    return (
        f"{held} of {len(results)} experiments hold; of {len(every)} claims {len(every - wrong)} hold in all their "
        f"experiments. Those that do not:{'' if wrong else ' none.'}"
    )


def _failures(results: Sequence[Answer], names: Names) -> Iterator[str]:
    for answer in results:
        if not answer.holds:
            contrast = answer.experiment.contrast
            how = verdict(answer.estimate, contrast.expected, holds=False).partition(": ")[2]
            yield (
                f"{answer.claim.number}, {answer.claim.text}: {description(answer.experiment, names)}: "
                f"{number(answer.estimate)}, expected {contrast.expected}: {how} ({answer.experiment.standing})"
            )
