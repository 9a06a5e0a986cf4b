"""The two accounts of lesson 4, coded as settings, and what might have helped.

Rules that hold here
- Quotes are of sources that the scenario names; where it has no two insiders, the accounts are invented and say so.
"""

from __future__ import annotations

from typing import NamedTuple

from negsim.tell.classroom.course import Course


class Witness(NamedTuple):
    """An account: whose, what they say, and the changes that code it."""

    name: str
    says: tuple[str, ...]
    changes: tuple[str, ...]


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
    accounts = next((told for keys, told in ACCOUNTS.items() if set(keys) <= set(course.scenario.sources)), INVENTED)
    linked = course.scenario.context.linkage is not None
    process = ("context.tension=medium", *(("context.linkage.weight=low",) if linked else ()))
    politics = (
        "context.tension=1", *(("context.linkage.weight=high",) if linked else ()), "process.chair.pressure=medium",
    )  # fmt: skip
    (first, tells), (second, replies) = accounts
    return Witness(first, tells, process), Witness(second, replies, politics)


def remedies(course: Course) -> dict[str, tuple[str, ...]]:
    """What might have helped."""
    count = len(course.scenario.process.meetings)
    settings = {
        "twice as many meetings": (f"meetings.count={2 * count}",),
        "a rolling text": ("methodology=rolling_text",),
        "every other evening mixed": ("informal.mixed_evenings=0.5",),
        "more meetings, rolling text, mixed evenings": (
            f"meetings.count={2 * count}", "methodology=rolling_text", "informal.mixed_evenings=0.5",
        ),
    }  # fmt: skip
    return course.fitting(settings)
