"""What strangers may ask of the studio: how large, how many, how often.

Rules that hold here
- Every limit is a number with a name; what is beyond it is refused in a sentence, before any work is done.
- Time is an argument, so that limits can be tested without waiting.
"""

from __future__ import annotations

import math
from collections import OrderedDict

from negsim.errors import NegsimError
from negsim.scenario import Scenario
from negsim.scenario.lowering import floor_minutes
from negsim.scenario.yaml import MOST_BYTES

MOST_LINK = 16_384  # letters of a link's query
MOST_CHANGES = 24  # in a link
MOST_CHANGE = 200  # letters of one
MOST_NAME = 40  # letters of a person's name
MOST_REASON = 280  # letters a guess may be explained with
MOST_BODY = 2 * MOST_BYTES  # bytes of a request
MOST_SEATS = 200  # of a negotiation that is shown or played here
MOST_CELLS = 6_000_000  # seats x issues x minutes of floor time of one run
MOST_WORK = 60_000_000  # seats x replications x days of floor of one curve
MOST_ROOMS = 40
MOST_CLOSED = 400  # codes of closed rooms that are remembered
MOST_PEOPLE = 60  # in a room
MOST_OF_A_BROWSER = 3  # people in a room
MOST_GUESSES = 2_000  # kept in a room
MOST_OWN_GUESSES = 60  # of one person
MOST_STRANGE_GUESSES = 1_000  # from one address, of those who have not joined; a class may share it
MOST_CURVES = 2  # drawn at the same time; the machine has few cores
MOST_WAITING = 80  # jobs for one address, which may be that of a whole class
IDLE = 3 * 3600.0  # seconds after which a room nobody uses is closed
UNUSED = 15 * 60.0  # seconds after which a room that nobody joined and that never began makes way for a new one
MOVES_A_SECOND, MOVES_AT_ONCE = 4.0, 12.0
TRIES_A_SECOND, TRIES_AT_ONCE = 1.0, 60.0  # wrong codes from one address, which may be that of a whole class
JOINS_A_SECOND, JOINS_AT_ONCE = 0.2, 48.0  # of one room from one address, which may be that of a whole class
GUESSES_A_SECOND, GUESSES_AT_ONCE = 0.2, 6.0  # of one person
STRANGE_GUESSES_A_SECOND, STRANGE_GUESSES_AT_ONCE = 2.0, 60.0  # from one address, of those who have not joined
UPLOADS_A_SECOND, UPLOADS_AT_ONCE = 0.5, 6.0
ROOMS_A_SECOND, ROOMS_AT_ONCE = 0.1, 6.0
PAGES_A_SECOND, PAGES_AT_ONCE = 10.0, 120.0  # asked for from one address
MESSAGES_A_SECOND, MESSAGES_AT_ONCE = 40.0, 400.0  # on one socket
MOST_BUCKETS = 4_096


class RefusedError(NegsimError):
    """A request that goes beyond a limit."""


class Rate:
    """So many at once, and so many a second after that, for every key (a token bucket each)."""

    def __init__(self, a_second: float, at_once: float) -> None:
        self.a_second, self.at_once = a_second, at_once
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key: what was left, and when

    def allows(self, key: str, now: float) -> bool:
        """Whether one more is allowed now; if so it is counted."""
        left, then = self._left.pop(key, (self.at_once, now))
        left = min(self.at_once, left + (now - then) * self.a_second)
        allowed = left >= 1.0
        self._left[key] = (left - 1.0 if allowed else left, now)
        while len(self._left) > MOST_BUCKETS:
            self._left.popitem(last=False)
        return allowed

    def is_spent(self, key: str, now: float) -> bool:
        """Whether nothing would be allowed now; nothing is counted."""
        left, then = self._left.get(key, (self.at_once, now))
        return left + (now - then) * self.a_second < 1.0


def seats_of(scenario: Scenario) -> int:
    """How many delegates sit in a scenario."""
    return sum(group.seats for group in scenario.groups.values())


def minutes_of(scenario: Scenario) -> float:
    """Minutes of floor time of the whole process."""
    return sum(floor_minutes(scenario, meeting) * meeting.days for meeting in scenario.process.meetings)


def check_size(scenario: Scenario) -> Scenario:
    """The scenario, if it is small enough to be shown turn by turn."""
    seats, minutes = seats_of(scenario), minutes_of(scenario)
    if seats > MOST_SEATS:
        raise RefusedError(f"{seats} seats are too many for this page; it shows at most {MOST_SEATS}")
    cells = seats * len(scenario.issues) * minutes * 3.0 / scenario_statement(scenario)
    if cells > MOST_CELLS:
        raise RefusedError(
            f"{seats} delegates over {len(scenario.issues)} issues and {minutes / 60:.0f} hours of floor time are too"
            " much for this page; fewer or shorter meetings would do"
        )
    return scenario


def scenario_statement(scenario: Scenario) -> float:
    """Minutes that a statement takes in a scenario."""
    return float(scenario.parameters.model_dump().get("statement", 3.0))


def affordable(scenario: Scenario, replications: int) -> int:
    """How many replications of a scenario one point of a curve may have."""
    days = max(1.0, minutes_of(scenario) / 288.0) * 3.0 / scenario_statement(scenario)
    most = MOST_WORK / 12 / (seats_of(scenario) * math.sqrt(seats_of(scenario)) * days)
    if most < 20:
        raise RefusedError("this negotiation is too large to be run hundreds of times here; use `negsim run`")
    return min(replications, int(most))


def one_line(text: str, most: int = MOST_NAME) -> str:
    """What a person typed, as one printable line of bounded length."""
    tidy = " ".join("".join(letter if letter.isprintable() else " " for letter in text[: 4 * most]).split())
    return tidy[:most].strip()
