"""Lesson 2: four days and three evenings to spend, scored on seeds that nobody has seen.

Rules that hold here
- Cards that are compared are run on the class's seed; only some of them are run again on the unseen one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from negsim.scenario.loading import flow, to_yaml
from negsim.tell.captions import with_interval as share_with_interval
from negsim.tell.classroom.budgets import (
    DAYS,
    EVENINGS,
    METHODS,
    SPLITS,
    UNSEEN,
    Budget,
    Score,
    budgets,
    card_text,
    scored,
    study_text,
)
from negsim.tell.classroom.course import Course
from negsim.tell.classroom.sheets import Lesson, Step
from negsim.tell.page import Blank, Commands, Fold, Grid, Items, Section
from negsim.tell.study_words import with_interval
from negsim.tell.words import counted, format_name, listed, signed

MUCH = 0.05  # share of issues
AHEAD = 0.1  # of a score


def budget(course: Course) -> Lesson:
    """The lesson."""
    return Lesson(
        folder="2_budget",
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
        key=[*_key(course)],
        files={"budgets.yaml": study_text(course), "card.yaml": card_text(course.scenario)},
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


# ------------------------------------------------------------------------------------------- answer key


def _key(course: Course) -> Iterator[Section]:
    found = [scored(course.scenario, plan, replications=course.replications, seed=course.seed) for plan in budgets()]
    ranked = sorted(found, key=lambda one: -one.score)
    best = _best_by_method(ranked)
    again = {
        one.budget.name: scored(
            course.scenario, one.budget, replications=course.replications, seed=course.seed + UNSEEN
        )
        for one in [*best, ranked[-1]]
    }
    about = (
        f"{len(METHODS)} methodologies, {len(SPLITS)} ways to divide {DAYS} days, with and without {EVENINGS} mixed"
        f" evenings: {len(found)} cards of {course.replications} runs on the class's seed {course.seed}. The best of"
        f" each methodology and the worst of all are run again on seed {course.seed + UNSEEN}. The score is issues"
        " agreed times depth."
    )
    table = Grid(
        ["card", "issues agreed", "depth", "score", "score on unseen seeds"],
        [_row(one, again[one.budget.name]) for one in [*best, ranked[-1]]],
    )
    yield Section(
        "The best card of each methodology, and the worst of all",
        [about, table, Commands(_commands(course, best[0].budget))],
    )
    yield Section("How to read it", [Items(list(_reading(found, ranked, again)))])
    yield Section(
        "The best card, written out",
        [
            Fold(
                "Under process: meetings in card.yaml, or as a team’s entry in budgets.yaml",
                to_yaml(best[0].budget.meetings()),
            )
        ],
    )


def _best_by_method(ranked: list[Score]) -> list[Score]:
    """The best card of every methodology, the best of all first."""
    best: dict[str, Score] = {}
    for one in ranked:
        best.setdefault(one.budget.method, one)
    return list(best.values())


def _row(one: Score, again: Score) -> list[str]:
    agreed, depth = share_with_interval(one.agreed), with_interval("depth", one.depth)
    return [one.budget.name, agreed, depth, f"{one.score:.2f}", f"{again.score:.2f}"]


def _commands(course: Course, plan: Budget) -> list[str]:
    changes = [f"{path}={flow(value)}" for path, value in plan.changes().items()]
    return [course.run_command(changes), course.run_command(changes, seed=course.seed + UNSEEN)]


def _reading(found: list[Score], ranked: list[Score], again: dict[str, Score]) -> Iterator[str]:
    """What the scores say."""
    best = ranked[0]
    yield (
        f"The best card on the class's seed is “{best.budget.name}”, {best.score:.2f}; the worst scores"
        f" {ranked[-1].score:.2f}."
    )
    shifts = [score.score - _named(found, name).score for name, score in again.items()]
    yield (
        f"From the class's seed to the unseen one the {len(shifts)} scores change by {signed(float(np.mean(shifts)))}"
        f" on average; {sum(shift < 0.0 for shift in shifts)} of them fall. A card that was chosen for its score on"
        " some runs owes a part of it to luck in those runs; the fewer they are, the larger the part. That is why the"
        " final score comes from others."
    )
    for what, key in (
        ("methodology", _by_method),
        ("way to divide the days", _by_split),
        ("use of the evenings", _by_evenings),
    ):
        means = _means(found, key)
        order = sorted(means, key=lambda name: -means[name])
        told = listed([f"{name} {means[name]:.2f}" for name in order])
        yield f"Mean score by {what}: {told}."
    deepest = max(found, key=lambda one: np.nan_to_num(one.depth.value))
    most = max(found, key=lambda one: one.agreed.value)
    if most.agreed.value - deepest.agreed.value > MUCH:
        yield (
            f"Most is agreed with “{most.budget.name}”, the deepest with “{deepest.budget.name}”: two aims, two cards."
        )
    first, second = _best_by_method(ranked)[:2]
    lead, name = first.score - second.score, format_name(first.budget.method)
    if lead > AHEAD:
        yield (
            f"“{name.capitalize()}” leads the next methodology by {lead:.2f}: play a second round in which it is not"
            " for sale."
        )
    yield (
        "Ask what the model leaves out that would make the best method worse in a real room, and what it would cost"
        " there."
    )


def _named(found: list[Score], name: str) -> Score:
    return next(one for one in found if one.budget.name == name)


def _by_method(plan: Budget) -> str:
    return format_name(plan.method)


def _by_split(plan: Budget) -> str:
    return next(name for name, days in SPLITS.items() if days == plan.split)


def _by_evenings(plan: Budget) -> str:
    return "three mixed evenings" if plan.mixed else "own caucus every evening"


def _means(found: list[Score], key: Callable[[Budget], str]) -> dict[str, float]:
    groups: dict[str, list[float]] = {}
    for one in found:
        groups.setdefault(key(one.budget), []).append(one.score)
    return {name: float(np.mean(scores)) for name, scores in groups.items()}
