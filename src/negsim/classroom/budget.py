"""Lesson 2: four days and three evenings to spend, scored on seeds that nobody has seen."""

from __future__ import annotations

from collections.abc import Iterator

from negsim.classroom.budget_key import budget_key
from negsim.classroom.budgets import CARD, DAYS, EVENINGS, FOLDER, UNSEEN, card_text, study_text
from negsim.classroom.course import Course
from negsim.classroom.sheets import Lesson, Step
from negsim.tell.page import Blank, Grid, Items, Section
from negsim.tell.words import counted


def budget(course: Course) -> Lesson:
    """The lesson."""
    return Lesson(
        folder=FOLDER,
        title="The chair's budget",
        about="Four days and three evenings to spend, scored on seeds that nobody has seen by agreement times depth.",
        outcomes=[
            "Trade the goods of a chair against each other: days together, time to digest, methods, evenings.",
            "See that more agreement and deeper agreement can pull apart, and choose what to aim at.",
            "Know why a plan is judged on runs that were not used to choose it.",
        ],
        prepare=[
            "Print the worksheet, one a team of three or four. Copy budgets.yaml; give card.yaml to the teams.",
            f"Choose a seed in secret for the final score (the answer key uses {course.seed + UNSEEN}).",
            (
                "Type every team's card into budgets.yaml while they finish (two minutes a team), then run the two"
                " commands."
            ),
        ],
        plan=[
            Step(5, "The purse", "Slides 1 to 3: what may be spent, what a day and an evening can do."),
            Step(5, "The score", "Slide 4: agreement times depth. Why not agreement alone?"),
            Step(
                15,
                "Plan and try",
                (
                    "Teams draw up a card and may try pieces of it in the lab, on the class's seed; or all: upload"
                    " card.yaml in the editor, change what stands under process: meetings, then “Try it in the lab”."
                ),
            ),
            Step(5, "Hand in", "Cards are final. Each team writes the score that it expects."),
            Step(5, "Score", "The teacher runs all cards on the secret seed and writes scores on the board."),
            Step(15, "Debrief", "What did the best cards share? Who was best on the class's seed and is not now? Why?"),
        ],
        opens=[
            (course.link("lab"), "The lab: try methodology, meetings and evenings one by one"),
            (course.link("edit"), "The editor: upload card.yaml there and write a whole card under process: meetings"),
        ],
        slides=[*_slides()],
        worksheet=[*_worksheet()],
        rubric=Grid(
            ["what is judged", "0", "1", "2"],
            [
                ["The card", "over budget or empty", "within budget", "within budget, each choice with a purpose"],
                ["The forecast", "none", "a number", "a number and why it could be wrong"],
                [
                    "The debrief",
                    "tells the score",
                    "compares with another card",
                    "explains the difference by a mechanism",
                ],
                [
                    "Seen and unseen",
                    "no difference noticed",
                    "says scores changed",
                    "says why choosing on a seed flatters",
                ],
            ],
        ),
        key=[*budget_key(course)],
        files={"budgets.yaml": study_text(course), CARD: card_text(course.scenario)},
        guesses=[("our own card", "", "score (issues agreed x depth, 0 to 1)")],
    )


def _slides() -> Iterator[Section]:
    yield Section(
        "You are the chair",
        [
            f"You have {counted(DAYS, 'day')} of meetings and {counted(EVENINGS, 'evening')} to spend.",
            Items(
                [
                    "Days: one meeting of four, two of two, three and one, or four of one. Meetings are a month apart.",
                    "Floor time: for each meeting, formats with their shares of the time.",
                    (
                        "Evenings: on at most three of the four you set mixed tables; on the others each group meets"
                        " alone."
                    ),
                    "card.yaml is the scenario with an example of a card in it, and no events: change that one.",
                ]
            ),
        ],
    )
    yield Section(
        "What formats do",
        [
            Grid(
                ["format", "what it does"],
                [
                    ["questionnaire", "everybody states a position; nothing can close"],
                    [
                        "tabled_proposals, proposal_review",
                        "proposals are tabled; then read one by one under their sponsors' names",
                    ],
                    ["chair_text", "the chair's own text, near the status quo, bracketed by the floor"],
                    ["rolling_text", "one text that moves towards those who block, losing precision"],
                    ["convergence_mapping", "a facilitator notices overlaps and writes them down"],
                    ["drafting_group", "a small mixed group drafts a paragraph, the plenary reads it"],
                    ["package_deal", "issues are traded and read as one package"],
                    ["straw_poll", "a secret poll shows where the middle is"],
                ],
            )
        ],
    )
    yield Section(
        "The score",
        [
            "score = issues agreed × depth",
            Items(
                [
                    "issues agreed: the mean share of issues agreed in a run",
                    "depth: how far what was agreed is from the status quo, in how clear words, over how much (0 to 1)",
                    "Scored on runs that you have not seen: other people of the same kinds, other luck.",
                ]
            ),
        ],
    )


def _worksheet() -> Iterator[Section]:
    rows = [[f"day {day}", "", "", ""] for day in range(1, DAYS + 1)]
    yield Section(
        "Our card",
        [
            (
                "Team: …………………………………………………………  Mark where one meeting ends and the next begins. Shares of a meeting sum"
                " to 1."
            ),
            Grid(["", "meeting number", "formats and shares", "evening: caucus or mixed (at most 3)"], rows),
            (
                "To try it whole: upload card.yaml in the studio’s editor and change the lines from meetings: down to"
                " events: [], nothing else. The example there shows how a card is written."
            ),
        ],
    )
    yield Section("What each choice is for", ["Days:", Blank(1), "Formats:", Blank(2), "Evenings:", Blank(1)])
    yield Section(
        "Before the score",
        [Grid(["", "we expect", "it was"], [["issues agreed", "", ""], ["depth", "", ""], ["score", "", ""]])],
    )
    yield Section("Afterwards", ["The best card differs from ours in:", Blank(2), "It helped because:", Blank(2)])
