"""The answer key of lesson 6: what four rules make of the same objections, and of a process under each."""

from __future__ import annotations

from collections.abc import Iterator

from negsim.classroom.bodies import BODIES
from negsim.classroom.course import Course
from negsim.classroom.shown import highest, lowest, two_digits
from negsim.classroom.tally import Tally
from negsim.report.pages.blocks import Commands, Grid, Items, Section
from negsim.report.typical import TypicalRun
from negsim.report.words import OUTCOMES, estimate_text, issue_names, listed, percent

MEASURES = ("consensus", "share_agreed", "depth", "satisfaction_gap")
UNDER_IT = ("issues agreed", "depth", "gap between groups")  # the measures but the first, in a table's head


def rules_key(course: Course, run: TypicalRun, found: dict[int, Tally]) -> Iterator[Section]:
    """The sections of the key."""
    names = issue_names(run.scenario)
    yield Section(
        "By hand",
        [
            f"Replication {run.replication} under seed {course.seed} ({OUTCOMES[run.outcome]}).",
            Grid(
                ["paragraph", *(body[0] for body in BODIES.values())],
                [
                    [names[k], *("yes" if tally.verdicts[rule] else "no" for rule in BODIES)]
                    for k, tally in sorted(found.items())
                ],
            ),
            _whole(run, found),
            Commands([f"negsim transcript {course.called} --seed {course.seed} --replication {run.replication}"]),
        ],
    )
    rows = [
        [
            body[0],
            estimate_text(course.estimate(body[3]), "consensus"),
            *(estimate_text(course.estimate(m, _under(rule)), m) for m in MEASURES),
        ]
        for rule, body in BODIES.items()
    ]
    header = ["rule", "same objections would pass", "under the rule: consensus", *UNDER_IT]
    yield Section(
        "The same objections, and life under each rule",
        [
            Grid(
                header, rows, "Gap between groups: what the result is worth to the best-off group minus the worst-off."
            ),
            Commands([course.run_command(), *(course.run_command(_under(rule)) for rule in BODIES)]),
            (
                "The first command prints the second column, each of the others a row. With --json they print all"
                " intervals, those of would_… (the same objections) and satisfaction_gap (the gap between groups) too."
            ),
        ],
    )
    yield Section("How to read it", [Items(list(_reading(course)))])


def _whole(run: TypicalRun, found: dict[int, Tally]) -> str:
    """Which rules every paragraph satisfies at its best reading."""
    every = len(found) == len(run.scenario.issues)
    passed = [body[0] for rule, body in BODIES.items() if every and all(t.verdicts[rule] for t in found.values())]
    return (
        f"Every paragraph passes under: {listed(passed)}."
        if passed
        else "Under none of them does every paragraph pass."
    )


def _under(rule: str) -> tuple[str, ...]:
    return (f"process.decision_rule={rule}",)


def _reading(course: Course) -> Iterator[str]:
    """What the numbers say."""
    yield _same({body[0]: course.estimate(body[3]).value for body in BODIES.values()})
    depths = {body[0]: course.estimate("depth", _under(rule)) for rule, body in BODIES.items()}
    yield from _depths({name: depth.value for name, depth in depths.items() if depth.observations})
    yield (
        "Run under another rule, a paragraph that passes early leaves time for the others; that is why the last columns"
        " are not the first one. The people do not change their minds about objecting; in a real body they might."
    )


def _same(shares: dict[str, float]) -> str:
    """Which rules the same objections satisfy most often, and least. shares: of runs, by body."""
    most, least = highest(shares, percent), lowest(shares, percent)
    if most == least:
        return f"The same objections satisfy all four as often: in {percent(shares[most[0]])} of runs."
    return (
        f"The same objections satisfy {listed(most)} most often ({percent(shares[most[0]])}) and {listed(least)} least"
        f" ({percent(shares[least[0]])})."
    )


def _depths(depths: dict[str, float]) -> Iterator[str]:
    """With which rules agreement is deepest, and shallowest. depths: by body, of those under which there is any."""
    if len(depths) < 2:
        yield from (f"Something is agreed under {name} alone ({depth:.2f} deep)." for name, depth in depths.items())
        return
    deepest, shallowest = highest(depths, two_digits), lowest(depths, two_digits)
    if deepest == shallowest:
        yield f"What is agreed is equally deep with {listed(deepest)} ({depths[deepest[0]]:.2f})."
        return
    yield (
        f"What is agreed under each rule is deepest with {listed(deepest)} ({depths[deepest[0]]:.2f}) and shallowest"
        f" with {listed(shallowest)} ({depths[shallowest[0]]:.2f})."
    )
