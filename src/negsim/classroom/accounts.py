"""The two accounts of lesson 4, coded as settings, and what might have helped.

Rules that hold here
- Quotes are of sources that the scenario names; where it has no two insiders, the accounts are invented and say so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from negsim.classroom.course import Course
from negsim.classroom.levels import above, below
from negsim.classroom.offers import methods, more_meetings
from negsim.scenario import Scenario

REMEDIES = {  # by what they are called together
    "twice as many meetings": "more meetings",
    "a rolling text": "rolling text",
    "every other evening mixed": "mixed evenings",
}
EVENINGS = ("informal.mixed_evenings=0.5",)
AGREED = (  # where most runs agree
    (
        "First witness (invented)",
        (
            "“It took longer than it had to. We were not that far apart; the way we worked made it hard.”",
            "“With another method and one more meeting the text would have said more.”",
        ),
    ),
    (
        "Second witness (invented)",
        (
            "“The chair did what a chair can do. What made it hard came from outside the room.”",
            "“Give us ten more days and we would have spent them the same way.”",
        ),
    ),
)
POLITICS = ("context.tension", "context.linkage.weight")
Account = tuple[str, tuple[str, ...]]  # whose, and what they say
Coding = tuple[tuple[str, ...], str]  # changes, and what they say


class Witness(NamedTuple):
    """An account: whose, what they say, the changes that code it, and what those say."""

    name: str
    says: tuple[str, ...]
    changes: tuple[str, ...]
    means: str


ACCOUNTS = {  # by the sources of a scenario: whose account, and what it says
    ("maciel2011", "esterhuysen2011"): (
        (
            "First witness: M. Maciel, civil society (2011)",
            (
                "“More meetings and a more efficient methodology could have made much difference.”",
                (
                    "“Most of these differences were not irreconcilable, if there had been a frank dialogue and attempt"
                    " to reach a middle ground.”"
                ),
                "“We lost precious hours on the last day of our meeting …”",
            ),
        ),
        (
            "Second witness: A. Esterhuysen (March 2011)",
            (
                (
                    "“If we had a very strong chair, more time, and good process, we might have achieved a result. But"
                    " we might also not have.”"
                ),
            ),
        ),
    )
}
INVENTED = (
    (
        "First witness (invented)",
        (
            "“We were not that far apart. We ran out of time, and the way we worked could not close anything.”",
            "“With another method and one more meeting we would have had a text.”",
        ),
    ),
    (
        "Second witness (invented)",
        (
            "“The chair did what a chair can do. It was never about the text: the quarrel came from outside the room.”",
            "“Give us ten more days and we would have spent them the same way.”",
        ),
    ),
)


def witnesses_of(course: Course) -> tuple[Witness, Witness]:
    """The two accounts of a scenario, coded: the process was to blame, or the politics around it."""
    (first, tells), (second, replies) = _told(course) or (AGREED if course.agrees else INVENTED)
    return Witness(first, tells, *_process_to_blame(course)), Witness(second, replies, *_politics_to_blame(course))


def are_invented(course: Course) -> bool:
    """Whether nobody said what the witnesses say."""
    return _told(course) is None


def _told(course: Course) -> tuple[Account, Account] | None:
    """What two insiders among the sources of a scenario said, if there are two."""
    return next((told for keys, told in ACCOUNTS.items() if set(keys) <= set(course.scenario.sources)), None)


def _process_to_blame(course: Course) -> Coding:
    """The politics a step milder than the scenario has them; more trust where they are as mild as can be."""
    if milder := _steps(below, course, POLITICS):
        return milder, "the politics were milder than the scenario has them"
    if closer := _steps(above, course, ["trust.across"]):
        return closer, "the groups trusted each other more than the scenario has it"
    return (), "the scenario has the politics as mild as can be, so that nothing is changed"


def _politics_to_blame(course: Course) -> Coding:
    """The politics a step worse, and a chair who presses less, or moves more where no chair presses."""
    worse = _steps(above, course, POLITICS)
    chair = _steps(below, course, ["process.chair.pressure"])
    chair = chair or _steps(above, course, ["process.chair.responsiveness"])
    told = [
        *(["the chair did better than the scenario has it"] if chair else []),
        *(["the quarrel was deeper"] if worse else []),
    ]
    return (*worse, *chair), ", and ".join(told) or "the scenario has it so, so that nothing is changed"


def _steps(step: Callable[[Scenario, str], str], course: Course, paths: Sequence[str]) -> tuple[str, ...]:
    """The changes of some paths by a step, of those that can be."""
    linked = course.scenario.context.linkage is not None
    found = (step(course.scenario, path) for path in paths if linked or not path.startswith("context.linkage"))
    return tuple(change for change in found if change)


def remedies(course: Course) -> dict[str, tuple[str, ...]]:
    """What might have helped."""
    offered = {**more_meetings(course.scenario), **methods(course.scenario), "every other evening mixed": EVENINGS}
    settings = {name: offered[name] for name in REMEDIES if name in offered}
    together = ", ".join(REMEDIES[name] for name in settings)
    return course.fitting(settings | {together: tuple(change for changes in settings.values() for change in changes)})
