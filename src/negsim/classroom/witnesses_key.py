"""The answer key of lesson 4: a coding of each witness, and on which remedies the two rooms part."""

from __future__ import annotations

from collections.abc import Iterator

from negsim.classroom.accounts import Witness, remedies
from negsim.classroom.course import AS_WRITTEN, Course
from negsim.classroom.shown import highest, in_points
from negsim.report.pages.blocks import Commands, Grid, Items, Part, Section
from negsim.report.words import estimate_text, listed, percent
from negsim.study.estimates import Estimate


def witnesses_key(course: Course, both: tuple[Witness, Witness]) -> Iterator[Section]:
    """The sections of the key."""
    yield Section(
        "One possible coding of each",
        [
            (
                "Not the only one; judge a coding by its sentences and reasons. Here the first witness blames the"
                f" process ({both[0].means}), the second the politics ({both[1].means})."
            ),
            *_cautions(course),
            Grid(
                ["witness", "changes to the scenario"], [[witness.name, " ".join(witness.changes)] for witness in both]
            ),
        ],
    )
    found = {
        name: [_consensus(course, witness, changes) for witness in both] for name, changes in _tests(course).items()
    }
    rows = [
        [name, *(estimate_text(estimate, "consensus") for estimate in estimates)] for name, estimates in found.items()
    ]
    yield Section(
        "The same remedies in both rooms",
        [
            Part("Consensus"),
            Grid(["", "first witness’s room", "second witness’s room", "second minus first"],
                 [[*row, in_points(_gap(course, both, _tests(course)[row[0]]))] for row in rows]),
            "A command a row: both rooms, and the second minus the first on the same runs.",
            Commands([_command(course, both, changes) for changes in _tests(course).values()]),
        ],
    )  # fmt: skip
    yield Section("How to read it", [Items(list(_reading(course, both)))])


def _cautions(course: Course) -> Iterator[str]:
    """What a coding of real people leaves out, and what a room that agrees can show."""
    if course.agrees:
        yield (
            f"As it was, {percent(course.estimate('consensus').value)} of runs reach consensus: there is little that a"
            " remedy could add to that. Look at depth in the lab too, or teach this lesson with a scenario that mostly"
            " fails."
        )
    if {"maciel2011", "esterhuysen2011"} <= set(course.scenario.sources):
        yield (
            "The first witness names the political themes too, as the second of her three issues, and the second"
            " witness names time and process: a pair that codes these is right as well. What sets the two apart is how"
            " sure they are that a better process would have been enough."
        )


def _tests(course: Course) -> dict[str, tuple[str, ...]]:
    return {AS_WRITTEN: ()} | remedies(course)


def _consensus(course: Course, witness: Witness, changes: tuple[str, ...]) -> Estimate:
    return course.estimate("consensus", (*witness.changes, *changes))


def _gap(course: Course, both: tuple[Witness, Witness], changes: tuple[str, ...]) -> Estimate:
    """The second witness's consensus minus the first's, on the same replications."""
    first, second = ((*witness.changes, *changes) for witness in both)
    return course.gap("consensus", second, first)


def _command(course: Course, both: tuple[Witness, Witness], changes: tuple[str, ...]) -> str:
    """What to type to compare the two rooms under the same changes."""
    rooms = zip(("first", "second"), both, strict=True)
    return course.pair_command("consensus", {name: (*witness.changes, *changes) for name, witness in rooms})


def _reading(course: Course, both: tuple[Witness, Witness]) -> Iterator[str]:
    """Where the two rooms agree, and where they part."""
    gaps = {name: _gap(course, both, changes) for name, changes in _tests(course).items()}
    first, second = (_consensus(course, witness, ()) for witness in both)
    same = "do not differ measurably" if not gaps[AS_WRITTEN].excludes_zero else "differ"
    yield (
        f"With the process as it was, the two rooms {same}: {percent(first.value)} of runs with consensus in the first,"
        f" {percent(second.value)} in the second."
    )
    yield from apart({name: gaps[name] for name in remedies(course)}, len(course.runs()))


def apart(gaps: dict[str, Estimate], runs: int) -> Iterator[str]:
    """Which remedies tell the rooms apart most. gaps: second minus first, by remedy."""
    sizes = {name: abs(gap.value) for name, gap in gaps.items() if gap.excludes_zero}
    if not sizes:
        yield f"No remedy tells the two rooms apart in {runs} runs: none of these is a test, so look for another one."
        return
    told = listed([f"“{name}”: {in_points(gaps[name])}" for name in highest(sizes, percent)])
    yield f"They part most on {told} (second minus first). That is the test worth making."
    yield (
        "A real process with that remedy and the same people would tell: look for one before you look at the model"
        " again."
    )
