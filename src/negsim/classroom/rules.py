"""Lesson 6: the same objections judged by four decision rules, by hand first, then by the model."""

from __future__ import annotations

from collections.abc import Iterator

from negsim.classroom.bodies import BODIES
from negsim.classroom.course import Course
from negsim.classroom.rules_key import rules_key
from negsim.classroom.sheets import Lesson, Step
from negsim.classroom.tally import Tally, tallies
from negsim.report.pages.blocks import Blank, Grid, Items, Section
from negsim.report.pages.setting import DECISION
from negsim.report.typical import TypicalRun, rerun
from negsim.report.uncertain import subjects
from negsim.report.words import RULES, counted, group_names, issue_names, listed, percent
from negsim.scenario import Scenario

SEARCHED = 40  # replications


def rules(course: Course) -> Lesson:
    """The lesson."""
    run, found = by_hand(course)
    return Lesson(
        folder="6_rules",
        title="Same objections, four rules",
        about=(
            "One run’s objections judged by the rules of the UN, ICANN, the IETF and a majority; then life under each."
        ),
        outcomes=[
            "Apply four decision rules to the same objections, and tell an objection from a block.",
            "Explain why “consensus” is not one thing, and whom each rule protects.",
            "Distinguish two questions: what would another rule have made of this, and what would people do under it?",
        ],
        prepare=[
            "Print the worksheet, one each. Put four corners in the room: UN, ICANN, IETF, majority.",
            "Have the answer key’s first table ready to show.",
        ],
        plan=[
            Step(5, "Four words called consensus", "Slides 1 to 3."),
            Step(
                15,
                "By hand",
                "Each student applies the four rules to the objections on the worksheet; compare in pairs.",
            ),
            Step(5, "Guess", "In how many of 100 runs would each rule be satisfied? Stand in the corner of your bet."),
            Step(
                10,
                "Run",
                (
                    "The lab: in the last rows of its table, the same ends under every rule; then change the rule"
                    " itself (the drawer, or the links below) and look at consensus."
                ),
            ),
            Step(
                10,
                "Debrief",
                "Slide 4. Whom does each rule overrule? What happens to depth? Would people speak differently?",
            ),
            Step(5, "Exit ticket", "Which rule would you want if you were the smallest group? And the largest?"),
        ],
        opens=[
            (course.link("lab"), "The lab as it was: the last rows of its table judge the same ends by every rule"),
            *(
                (course.link("lab", [f"process.decision_rule={rule}"]), f"The lab under the rule {body[0]}")
                for rule, body in BODIES.items()
            ),
        ],
        slides=[*_slides(course)],
        worksheet=[*_worksheet(course, run, found)],
        rubric=Grid(
            ["what is judged", "0", "1", "2"],
            [
                ["By hand", "two rules or fewer right", "three right", "all four, objections told from blocks"],
                ["Whom it protects", "no answer", "names a group", "and the price somebody else pays"],
                ["Two questions", "mixes them up", "tells them apart", "and says why behaviour might change"],
                [
                    "Real bodies",
                    "takes the label for the body",
                    "names one difference",
                    "and what the model would need for it",
                ],
            ],
        ),
        key=[*rules_key(course, run, found)],
        files={},
        guesses=[
            (body[0], f"process.decision_rule={rule}", "runs satisfied by the same objections (%)")
            for rule, body in BODIES.items()
        ],
    )


def by_hand(course: Course) -> tuple[TypicalRun, dict[int, Tally]]:
    """The run whose objections are judged by hand: of the first, the one on which the rules differ most."""
    found = {r: tallies(course.scenario, course.seed, r) for r in range(min(SEARCHED, course.replications))}
    best = max(found, key=lambda r: _telling(found[r]))
    return rerun(course.scenario, course.seed, best), found[best]


def _telling(found: dict[int, Tally]) -> tuple[int, int]:
    """How many different verdicts the rules give, and over how many paragraphs."""
    return len({tuple(tally.verdicts.values()) for tally in found.values()}), len(found)


def _slides(course: Course) -> Iterator[Section]:
    yield Section(
        "Four words called consensus",
        [
            Grid(
                ["", "what it means there", "what the model counts"],
                [[body[0], body[1], body[2]] for body in BODIES.values()],
            )
        ],
    )
    yield Section(
        "Objecting is not blocking",
        [
            Items(
                [
                    "To object: the text is less than one can accept.",
                    "To stand aside: one objects, and lets it pass.",
                    "To block: one objects and insists. A lone blocker pays a price for it; in company it is cheap.",
                ]
            ),
            f"In this scenario the rule is: {rule_of(course.scenario)}.",
        ],
    )
    yield Section(
        "Two questions",
        [
            Items(
                [
                    "What would another rule have made of these very objections?",
                    "What would people do if they had known that another rule holds?",
                ]
            ),
            (
                "The first is arithmetic. For the second the process has to be run again, and even then these people do"
                " not learn to bluff."
            ),
        ],
    )


def rule_of(scenario: Scenario) -> str:
    """The decision rule of a scenario in words, with its number."""
    if DECISION in subjects(scenario):
        return "drawn anew for every run"
    rule = scenario.process.decision_rule
    if rule.rough_consensus:
        return f"rough consensus ({percent(rule.rough_consensus.share)} of the room do not object)"
    if rule.consensus_minus:
        return f"consensus minus {rule.consensus_minus.k} (so many delegates may block in vain)"
    return RULES[f"would_{rule.kind}"]


def _worksheet(course: Course, run: TypicalRun, found: dict[int, Tally]) -> Iterator[Section]:
    yield Section(
        "The objections",
        [
            (
                f"One run of {counted(len(course.scenario.issues), 'paragraph')}, at the reading of each paragraph with"
                " the fewest objections. In each group’s column: objections of seats present."
            ),
            _objections(run, found),
            _unread(run, found),
        ],
    )
    yield Section("The rules", [Items([f"{body[0]}: {body[2]}." for body in BODIES.values()])])
    names = issue_names(run.scenario)
    yield Section(
        "By hand: does the paragraph pass? (yes or no)",
        [
            Grid(
                ["paragraph", *(body[0] for body in BODIES.values())],
                [[names[k], "", "", "", ""] for k in sorted(found)],
            ),
            "Under which rules would every paragraph have passed?",
            Blank(1),
        ],
    )
    yield Section(
        "Guess, then look: of 100 runs, how many would satisfy the rule?",
        [
            Grid(
                ["", "our guess", "the same objections", "run under the rule"],
                [[f"{body[0]}: {RULES[body[3]]}", "", "", ""] for body in BODIES.values()],
            ),
            (
                "The same objections: the last rows of the lab’s table, the same ends under every decision rule. Run"
                " under the rule: consensus in the lab once the decision rule is changed, and depth below it. A share"
                " of 0.26 is 26 of 100."
            ),
            "Who is overruled under each rule, and what does that do to depth?",
            Blank(3),
        ],
    )


def _objections(run: TypicalRun, found: dict[int, Tally]) -> Grid:
    """A row a paragraph that was read."""
    names = issue_names(run.scenario)
    rows = [
        [names[k], *(f"{o} of {n}" for o, n in zip(tally.objections, tally.seats, strict=True)), str(tally.blockers)]
        for k, tally in sorted(found.items())
    ]
    return Grid(["paragraph", *group_names(run.scenario), "of them block"], rows)


def _unread(run: TypicalRun, found: dict[int, Tally]) -> str:
    silent = [name for k, name in enumerate(issue_names(run.scenario)) if k not in found]
    return f"Never read, so passed under no rule: {listed(silent)}." if silent else "Every paragraph was read."
