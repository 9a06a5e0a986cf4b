"""Limits on what strangers may ask of the studio: how large, how many, how often, how much at the same time.

- Every limit is a number with a name. A request beyond it is refused in a sentence, before any work is done.
- The size of a scenario is that of the largest one that `uncertain` may draw.
- Time is an argument, so that tests need not wait.
- All limits of the studio are here, but for those of a link, which sheets keep too: `cast.studio`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping

from negsim.cast.knobs import KNOBS
from negsim.errors import NegsimError
from negsim.games import MOST_JOURNAL_BYTES
from negsim.policies.seated import has_policies
from negsim.scenario import Scenario
from negsim.scenario.keys import Bearing, is_at_or_around, marks
from negsim.scenario.lowering import floor_minutes
from negsim.scenario.sampling import largest
from negsim.scenario.yaml import MOST_BYTES

MOST_CHANGES = 24  # in a link
MOST_COUNT = 1000  # of a knob that counts; its own limit is that of `scenario.changes`
MOST_SEED, MOST_REPLICATION = 2**64 - 1, 2**32 - 1
MOST_FORM_ROWS = 120  # sources and groups of a case in the form
MOST_ANSWER = 1_000  # letters of one of its fields
MOST_FORM_TEXT = 200_000  # letters of a case file that it opens
FORECAST_RUNS = 200  # of a case that is being coded
MOST_NAME = 40  # letters of a person's name
MOST_CODE = 12  # letters of the code of a class, as it is typed
MOST_BODY = MOST_BYTES + 1_024  # bytes of a request
MOST_FORM = 20_000  # bytes of a form
MOST_PROBLEMS_ON_PAGE = 200
_MOST_SEATS = 200  # of a negotiation on a page
_MOST_LABEL = 300  # letters; a group's stands beside each of its seats
_MOST_CELLS = 6_000_000  # (seats x issues + groups²) x minutes of floor time of one run
WORK_PLACES = 4  # for jobs at the same time, half of them for one address
WORK_SECONDS = 60.0  # of a processor that a job may take
STRETCH = 10  # times as long may it take on a machine that has other things to do
PAGE_SECONDS = 5.0  # that a page waits for its work, its turn too, before it opens and waits there
MOST_WAITING = 80  # jobs of one address, which may be that of a whole class
MOST_CACHE = 64 * 2**20  # bytes of results kept for those who ask again
MOST_MEMORY = 1536 * 2**20  # bytes that a worker may ask for beyond those it started with
WORN_BYTES = 32 * 2**20  # bytes of memory beyond those it started with after which a worker makes way for a fresh one
MOST_MEMBERS = 400  # people in a class at parallel tables
MOST_AT_SEAT = 8  # people in a seat of one of its tables
MOST_SEATS_OF_TABLE = 200  # of people
MOST_ANSWER_SECONDS = 3_600  # that an answer at a shared table may take
MOST_ANSWER_ROWS = 120  # of an answer at a shared table
NEWS_SECONDS = 20.0  # that the question of a page at a shared table waits for news
MOST_KEPT, MOST_REPLIES = 4_000, 1_000  # letters that a page keeps with an answer; such answers of a seat
MOST_DEALT_SEED = 2**53 - 1  # of a class, whose pages have it as a number
MOST_DEALT = 16  # lists of seats, or settings of knobs, that the tables take in turn
MOST_ATTEMPTS = 20  # games of a table
MOST_TABLE = 2_000_000  # letters of the games of a table, after which it sends no more of them
MOST_TRIES, RETRY_SECONDS = 6, 20.0  # to play a game of a class again, where the studio cannot; seconds between two
MOST_SIGN = 2 * MOST_JOURNAL_BYTES + 1_000  # bytes that a page of a class sends at once: a journal, as text in JSON
MOST_MINUTES = 600  # of a phase of a class
COOKIE_SECONDS = 12 * 3600  # that a browser stays the teacher's
# Rates: how many a second, and how many at once.
TRY_RATE = 1.0, 60.0  # wrong codes from one address, which may be that of a whole class
CLASS_JOIN_RATE = 2.0, 120.0  # of a class from one address, which may be that of a whole class
SIGN_RATE = 2.0, 20.0  # of life, of one page of a class; it sends one every few seconds, and one with every answer
TURN_RATE = 10.0, 100.0  # of one page at a shared table: questions what is new, and answers to turns
TABLE_BYTES = 20_000.0, 500_000.0  # of journals, from one table of a class, and to one of its people
MESSAGE_RATE = 100.0, 1_000.0  # of open pages, from one address, which may be that of a whole class
BYTE_RATE = 2_000_000.0, 32_000_000.0  # bytes of messages from one address
WORD_RATE = 0.1, 10.0  # wrong ones of a teacher's, from one address
PAGE_RATE = 10.0, 120.0  # asked for from one address
MOST_CONNECTIONS = 8_000  # fewer where the system allows fewer files; half of them from one address
HEAD_SECONDS, BODY_SECONDS = 10.0, 60.0  # for the head of a request to be there, and for its body
READ_SECONDS = 60.0  # for enough of an answer to be read that more of it can be sent
MOST_LINE = 500  # letters of a line of the log
_MOST_BUCKETS = 4_096


class RefusedError(NegsimError):
    """A request beyond a limit, or one that the studio does not allow."""


class Rate:
    """`at_once` events or bytes, then `a_second` more each second, for every key (a token bucket each)."""

    def __init__(self, a_second: float, at_once: float) -> None:
        self.a_second, self.at_once = a_second, at_once
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key: tokens left, and when

    def allows(self, key: str, now: float, count: float = 1.0) -> bool:
        """Return whether one more, or `count` more, are allowed now; if so, count them."""
        left, then = self._left.pop(key, (self.at_once, now))
        left = min(self.at_once, left + max(0.0, now - then) * self.a_second)  # a clock may be set back
        allowed = left >= count
        self._left[key] = (left - count if allowed else left, now)
        while len(self._left) > _MOST_BUCKETS:
            self._left.popitem(last=False)
        return allowed


def minutes_of(scenario: Scenario) -> float:
    """Add up the minutes of floor time of the whole process."""
    return sum(floor_minutes(scenario, meeting) * meeting.days for meeting in scenario.process.meetings)


def _cells_of(scenario: Scenario) -> float:
    """Count the cells a page keeps of one run: of delegates by issues and of groups by groups, every turn."""
    tables = scenario.seat_count * len(scenario.issues) + len(scenario.groups) ** 2
    statement = float(scenario.parameters.model_dump()["statement"]) / scenario.process.tempo
    return tables * minutes_of(scenario) * 3.0 / statement


def _bears_on_size(path: str) -> bool:
    """Say whether a change of a path may make a scenario larger."""
    return KNOBS[path].bears_on_size if path in KNOBS else any(is_at_or_around(path, key) for key in _SIZES)


_LABELS = {"label", "low", "high", "name", "theme", "meaning"}
_SIZES = [path for path, mark in marks(Scenario) if mark is Bearing.SIZE]


def check_size(scenario: Scenario) -> Scenario:
    """Return the scenario if a page can show any run of it turn by turn.

    Raises `RefusedError` if it is too large, or names policies: no file that comes here has a plug-in with it.
    """
    if has_policies(scenario, {}):
        raise RefusedError("this scenario names policies, which work on the command line and in Python, but not here")
    longest = max(map(len, _labels(scenario.model_dump())), default=0)
    if longest > _MOST_LABEL:
        raise RefusedError(f"a label of {longest} letters is too long for this page; it shows at most {_MOST_LABEL}")
    most = largest(scenario, _cells_of, bears=_bears_on_size)
    seats, minutes = most.seat_count, minutes_of(most)
    which = " that it may draw" if scenario.uncertain else ""
    if seats > _MOST_SEATS:
        raise RefusedError(f"{seats} seats{which} are too many for this page; it shows at most {_MOST_SEATS}")
    if _cells_of(most) > _MOST_CELLS:
        raise RefusedError(
            f"{seats} delegates in {len(most.groups)} groups over {len(most.issues)} issues and {minutes / 60:.0f}"
            f" hours of floor time{which} are too much for this page; try fewer or shorter meetings"
        )
    return scenario


def _labels(part: object) -> Iterator[str]:
    """Yield every text in a part of a scenario that stands beside each seat, mark or line of a page."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            if isinstance(value, str):
                yield from (value,) if key in _LABELS else ()
            else:
                yield from _labels(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _labels(value)
