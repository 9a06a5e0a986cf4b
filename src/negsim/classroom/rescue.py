"""Lesson 1: one change to the process, guessed before it is seen.

Rules that hold here
- Every setting on the menu changes something in this scenario; the reading of the answers is made from the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from negsim.classroom.course import AS_WRITTEN, Course, Settings, numbered
from negsim.classroom.offers import calm, listening, methods, more_meetings
from negsim.classroom.sheets import Guess, Lesson, Step
from negsim.classroom.shown import highest, in_points, two_digits
from negsim.report.minutes import reasons
from negsim.report.pages.blocks import Blank, Commands, Grid, Items, Section
from negsim.report.pages.provenance import caveat
from negsim.report.pages.setting import meetings, who
from negsim.report.typical import typical_run
from negsim.report.words import OUTCOMES, counted, estimate_text, listed, percent
from negsim.study.estimates import Estimate


def menu(course: Course) -> dict[str, tuple[str, ...]]:
    """The single changes that are on offer for a scenario."""
    scenario = course.scenario
    settings = {
        **more_meetings(scenario),
        **methods(scenario),
        "every other evening mixed": ("informal.mixed_evenings=0.5",),
        "every evening mixed": ("informal.mixed_evenings=1",),
        "no pressure by the chair": ("process.chair.pressure=none",),
        **listening(scenario),
        **calm(scenario),
        "dissent may be recorded": ("process.record_dissent=true",),
    }
    if scenario.context.linkage:
        settings["the linked theme kept out"] = ("context.linkage=null",)
    return course.fitting(settings)


def rescue(course: Course) -> Lesson:
    """The lesson."""
    settings, place = menu(course), course.scenario.process.meetings[-1].name
    agrees = course.agrees
    task = (
        f"The process that ends in {place} mostly agrees already. Choose one change and find out what it would break,"
        " or what would make the agreement deeper."
        if agrees
        else f"The process that ends in {place} mostly fails. You may change one thing. What would you change?"
    )
    return Lesson(
        folder="1_rescue",
        title=f"{'Change' if agrees else 'Rescue'} {place}",
        about="One change to the process: commit a guess, run it, explain what happened.",
        outcomes=[
            "Tell a cause in the process (time, method, evenings) from one in the politics (tension, linked themes).",
            "Commit to a quantitative guess before seeing an answer, and compare the two honestly.",
            "Read a share of runs with its interval, and say when a difference is none to speak of.",
            "Explain a surprise by a mechanism: time, brackets, trust, or what people believe of each other.",
        ],
        prepare=[
            "Print the worksheet, one a pair. Open the lab once and run the scenario as it was.",
            "Share guesses.csv as a sheet all can write into, or collect guesses on paper.",
        ],
        plan=[
            Step(5, "The story", f"Slides 1 to 3. Who sat there, how it ended. Say: “{caveat(course.scenario)}”"),
            Step(8, "The menu", "Slide 4. Pairs read the menu; clear up words (see the words in the teacher's guide)."),
            Step(7, "Commit", "Each pair chooses one change and writes a guess and a reason. No computer yet."),
            Step(12, "Run", "Pairs turn their one knob in the lab, on the same seed, and note what they see."),
            Step(13, "Explain", "The largest miss and the best hit explain. Then slide 6: consensus is not depth."),
            Step(5, "Exit ticket", "One sentence each: what would I have to see in real minutes to believe this?"),
        ],
        opens=[
            (course.link("lab"), "The lab with the process as it was: turn one knob, see both curves"),
            (course.link("room", replication=typical_run(course.runs()).replication), "A typical run in the room"),
        ],
        slides=[*_slides(course, settings, task)],
        worksheet=[*_worksheet(settings, task)],
        rubric=Grid(
            ["what is judged", "0", "1", "2"],
            [
                ["The guess", "none, or after the run", "a number", "a number with a range and a reason"],
                ["The reading", "one number quoted", "difference with its interval", "and says if it is one at all"],
                [
                    "The explanation",
                    "restates the number",
                    "names a mechanism",
                    "names it and what would show it in minutes",
                ],
                [
                    "The limits",
                    "takes it for a forecast",
                    "says it is a model",
                    "names an assumption that could turn it",
                ],
            ],
        ),
        key=[*_key(course, settings)],
        files={},
        guesses=[guess for name, change in numbered(settings) for guess in _asked(name, change)],
    )


def _asked(name: str, change: str) -> Iterator[Guess]:
    yield name, change, "consensus (share of runs, %)"


def _slides(course: Course, settings: dict[str, tuple[str, ...]], task: str) -> Iterator[Section]:
    scenario, base = course.scenario, typical_run(course.runs())
    about = " ".join(scenario.description.split()) or scenario.title
    yield Section("What happened there", [about, who(scenario)])
    yield Section("How the time was spent", [meetings(scenario)])
    yield Section("Your task", [task, Items(list(settings))])
    yield Section(
        "Before you run it",
        [
            "Write down, as a pair, and do not change it afterwards:",
            Items(
                [
                    "your one change",
                    "in how many of a hundred runs will there be consensus? a number, and a range you would bet on",
                    "why: through which mechanism?",
                ]
            ),
        ],
    )
    yield Section(
        "Afterwards",
        [
            Items(
                [
                    "Consensus: the share of runs in which the report is adopted.",
                    "Issues agreed: how much of it. Depth: how far from the status quo, in how clear words.",
                    "A change can win one and lose another. Which one did you want?",
                ]
            ),
            f"In a typical run as it was: {OUTCOMES[base.outcome]}.",
        ],
    )


def _worksheet(settings: dict[str, tuple[str, ...]], task: str) -> Iterator[Section]:
    yield Section("Task", [task])
    yield Section("The menu", [Grid(["change", "knob in the lab, or --set"], [[*row] for row in numbered(settings)])])
    yield Section(
        "Before",
        [
            Grid(
                ["", "our answer"],
                [["our one change", ""], ["consensus, of 100 runs", ""], ["we would bet on: from … to …", ""]],
            ),
            "Because (mechanism):",
            Blank(2),
        ],
    )
    yield Section(
        "After",
        [
            Grid(
                ["", "as it was", "with our change", "difference and its interval"],
                [["consensus", "", "", ""], ["issues agreed", "", "", ""], ["depth", "", "", ""]],
            ),
            "We were right or wrong because:",
            Blank(3),
            "What we would look for in real minutes to believe it:",
            Blank(2),
        ],
    )


# ------------------------------------------------------------------------------------------- answer key


def _key(course: Course, settings: dict[str, tuple[str, ...]]) -> Iterator[Section]:
    yield Section(
        "The numbers",
        [
            course.answers(settings),
            course.commands(settings),
            (
                "Depth is that of the runs that agreed something. The command above compares those that did both as it"
                " was and with a change; the depths of the table are printed by:"
            ),
            Commands([course.run_command(changes) for changes in [(), *settings.values()]]),
        ],
    )
    yield Section("How to read them", [Items(list(reading(course, settings)))])
    told = typical_run(course.runs())
    verdict, *items = reasons(told.scenario, told.trace)
    yield Section(
        "Why it ended as it did, as it was",
        [
            f"Replication {told.replication}, the first that ended as most did: {OUTCOMES[told.outcome]}.",
            verdict,
            Items(items),
            Commands([f"negsim transcript {course.called} --seed {course.seed} --replication {told.replication}"]),
        ],
    )


def reading(course: Course, settings: Settings) -> Iterator[str]:
    """What the numbers say, in sentences."""
    base = course.estimate("consensus")
    yield f"As it was, {estimate_text(base, 'consensus')} of {counted(len(course.runs()), 'run')} reach consensus."
    consensus = course.comparisons(settings, ["consensus"])
    moved = sorted((one for one in consensus if one.paired.excludes_zero), key=lambda one: -abs(one.paired.value))
    if moved:
        most = moved[0]
        yield (
            f"The largest change is that of “{most.setting}”: {in_points(most.paired)}, to"
            f" {percent(most.changed.value)}."
        )
    still = [f"“{one.setting}”" for one in consensus if not one.paired.excludes_zero]
    if still:
        yield f"No measurable change of consensus: {listed(still)} (the interval of the difference holds zero)."
    worse = [f"“{one.setting}” ({in_points(one.paired)})" for one in moved if one.paired.value < 0.0]
    if worse:
        yield f"Measurably worse: {listed(worse)}. Ask the pairs that chose it what they had expected."
    yield from _depth(course, {AS_WRITTEN: (), **settings})


def _depth(course: Course, settings: Settings) -> Iterator[str]:
    """Where the most consensus and the deepest agreement part company."""
    consensus = {name: course.estimate("consensus", changes).value for name, changes in settings.items()}
    found = {name: course.estimate("depth", changes) for name, changes in settings.items()}
    depths = {name: depth.value for name, depth in found.items() if depth.observations}
    if not depths:
        return
    likely, deepest = highest(consensus, percent), highest(depths, two_digits)
    both = [name for name in likely if name in deepest]
    if len(likely) == len(settings):
        yield f"Consensus is as frequent with all of them; agreements are deepest with {_quoted(deepest, found)}."
    elif both:
        yield f"Both the most consensus and the deepest agreements come with {_quoted(both, found)}."
    else:
        told = (
            f"most consensus comes with {_quoted(likely, found)}, the deepest agreements with {_quoted(deepest, found)}"
        )
        part = course.gap("depth", settings[deepest[0]], settings[likely[0]]).excludes_zero
        yield f"Consensus is not depth: {told}." if part else f"M{told[1:]}: no measurable difference of depth."


def _quoted(names: Sequence[str], depths: Mapping[str, Estimate]) -> str:
    """Settings with the depth of what is agreed under each."""
    return listed(
        [
            f"“{name}” (depth {estimate_text(depths[name], 'depth') if depths[name].observations else 'none'})"
            for name in names
        ]
    )
