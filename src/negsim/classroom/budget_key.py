"""The answer key of lesson 2: which cards score best, on seen and unseen seeds, and what to read in that.

Rules that hold here
- Cards that are compared are run on the class's seed; only some of them are run again on the unseen one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from negsim.classroom.budgets import (
    CARD,
    DAYS,
    EVENINGS,
    FOLDER,
    METHODS,
    SPLITS,
    UNSEEN,
    Budget,
    Score,
    budgets,
    draws_spent,
    scored,
)
from negsim.classroom.course import Course
from negsim.classroom.shown import highest, lowest, two_digits
from negsim.report.pages.blocks import Block, Commands, Fold, Grid, Items, Section
from negsim.report.words import estimate_text, format_name, listed, signed
from negsim.scenario.yaml import flow, to_yaml

MUCH = 0.05  # share of issues
AHEAD = 0.1  # of a score


def budget_key(course: Course) -> Iterator[Section]:
    """The sections of the key."""
    found = [scored(course.scenario, plan, replications=course.replications, seed=course.seed) for plan in budgets()]
    ranked = sorted(found, key=lambda one: -one.score)
    best = _best_by_method(ranked)
    shown = [*best, *([ranked[-1]] if ranked[-1] not in best else [])]
    again = {
        one.budget.name: scored(
            course.scenario, one.budget, replications=course.replications, seed=course.seed + UNSEEN
        )
        for one in shown
    }
    about = (
        f"{len(METHODS)} methodologies, {len(SPLITS)} ways to divide {DAYS} days, with and without {EVENINGS} mixed"
        f" evenings: {len(found)} cards of {course.replications} runs on the class's seed {course.seed}. The best of"
        f" each methodology and the worst of all are run again on seed {course.seed + UNSEEN}. The score is issues"
        " agreed times depth."
    )
    table = Grid(
        ["card", "issues agreed", "depth", "score", "score on unseen seeds"],
        [_row(one, again[one.budget.name]) for one in shown],
    )
    yield Section(
        "The best card of each methodology, and the worst of all",
        [about, table, *_again(course, [one.budget for one in shown])],
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
    agreed, depth = estimate_text(one.agreed, "consensus"), estimate_text(one.depth, "depth")
    return [one.budget.name, agreed, depth, f"{one.score:.2f}", f"{again.score:.2f}"]


def _again(course: Course, plans: list[Budget]) -> Iterator[Block]:
    """What computes the table again."""
    yield "Two commands a row, on the class's seed and on the unseen one; the score is issues agreed times depth."
    yield Commands([command for plan in plans for command in commands_of(course, plan)])


def commands_of(course: Course, plan: Budget) -> list[str]:
    """What runs a card on the seed of the class and on the unseen one."""
    changes = [f"{path}={flow(value)}" for path, value in plan.changes().items()]
    source = f"{FOLDER}/{CARD}" if draws_spent(course.scenario) else course.called
    return [course.run_command(changes, seed=seed, source=source) for seed in (course.seed, course.seed + UNSEEN)]


def _reading(found: list[Score], ranked: list[Score], again: dict[str, Score]) -> Iterator[str]:
    """What the scores say."""
    yield _best_and_worst({one.budget.name: one.score for one in found})
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
        yield f"Mean score of the {len(found)} cards by {what}: {told}."
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


def _best_and_worst(scores: dict[str, float]) -> str:
    """Which cards score most and least on the class's seed. scores: by card."""
    best, worst = highest(scores, two_digits), lowest(scores, two_digits)
    if best == worst:
        return (
            f"All {len(scores)} cards score {scores[best[0]]:.2f} on the class's seed: no card is better than another"
            " here, and their order above says nothing."
        )
    told = listed([f"“{name}”" for name in best], most=2)
    return (
        f"The best score on the class's seed is that of {told}, {scores[best[0]]:.2f}; the worst is"
        f" {scores[worst[0]]:.2f}."
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
