"""The pages of a class, and what they say to the desk: JSON in plain requests.

    GET  /play              the page in which every table plays: the same bytes for everybody, packed once
    POST /class/join        a name and the code of the class: a key
    POST /class/sign        a sign of life, and the journal of a table if it has grown: what the page has to know
    POST /class/table       what a page of a shared table has, and its answer to a turn: what is new, once something is
    GET  /desk              the teacher's desk
    POST /class/enter       the teacher's word, or the secret of a link that works once: the teacher's cookie
    POST /class/desk        something to do: what the desk shows
    GET  /class/end         the end page, with all tables side by side
    POST /class/luck        what the end page shows beside its tables, once the studio has played it
    GET  /class/moves.csv   every move of every table
    GET  /projector         what the class sees on the wall
    POST /class/wall        the secret of the projector: what the wall shows

- A shared table's turns are made here; a turn takes milliseconds. Nothing else is computed. A finished game of
  another table is played again by a worker, one after the other.
- A page asks every few seconds; at a shared table its question waits until there is news. So a phone that dropped out
  comes back by itself, with what it had.
- A secret comes in the body of a request or in a cookie, never in an address that is sent; all are compared in constant
  time. The teacher's word is in no answer. The teacher's cookie does everything, the projector's secret only looks.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import lru_cache

import segno
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from negsim.cast.palette import style_sheet
from negsim.classroom.collecting import moves_text
from negsim.classroom.skill import Way, luck_beside, telling_seed
from negsim.errors import NegsimError
from negsim.games import play_again, read_journal
from negsim.page import PageSource, page
from negsim.page.html import document, facts_of, served
from negsim.page.joiner import joined
from negsim.replay import AnswerRow
from negsim.scenario import Scenario
from negsim.scenario.lowering import seat_names
from negsim.scenario.sampling import sample
from negsim.studio import limits
from negsim.studio.classes import StrangerError, TableClass
from negsim.studio.codes import new_secret, same_secret, spaced, tidy_code
from negsim.studio.journal import Journals
from negsim.studio.limits import Rate, RefusedError
from negsim.studio.opening import new_class, open_class
from negsim.studio.overview import (
    SeatDeal,
    all_journals,
    end_journals,
    left_out,
    overview,
    page_answer,
    seat_deals,
    table_news,
)
from negsim.studio.pages.answers import SCREENS, address_of, body_of, may_pack, send_json, send_packed
from negsim.studio.phases import PHASE_WORDS, Phase
from negsim.studio.shared import SeatReply
from negsim.studio.tables import ClassCase, Deal
from negsim.studio.work import WORKS, Visit

_COOKIE, _WALL_COOKIE = "negsim_desk", "negsim_wall"  # of a browser that is the teacher's, and of a projector
_SHOWN = ("title", "code", "phase", "left", "says", "dealt")  # what the wall shows of a class
_SHOWN_OF_TABLE = ("number", "name", "answers", "finished", "checking")  # and of a table
_MOST_LETTERS = {"code": limits.MOST_CODE, "name": limits.MOST_NAME}  # letters of what a page asks for
_PHASES = [{"name": one.value, "label": words.label, "minutes": words.minutes} for one, words in PHASE_WORDS.items()]
_LOOK = 1.0  # seconds from one look at the clock of a shared table to the next


class _Message(BaseModel):
    """What a page sends; nothing else is taken."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Join(_Message):
    code: str = Field(max_length=40)
    name: str = Field(max_length=200)


class _Sign(_Message):
    key: str = Field(max_length=64)
    have: tuple[int, int, int, int] = (0, 0, 0, 0)  # how far the game goes that the page knows
    journal: str | None = None  # as JSON
    guess: float | None = Field(default=None, ge=0.0, le=1.0)
    takes_over: bool = False
    asks: bool = False  # for more time


class _Reply(_Message):
    """A sheet that was answered."""

    milliseconds: int = Field(ge=0, le=2**53)
    act: str = Field(max_length=40)
    adviser: bool
    kept: str = Field(max_length=limits.MOST_KEPT)  # what it decides for later turns; nothing here reads it


class _TurnAnswer(_Message):
    """What a seat answers to a turn."""

    turn: int = Field(ge=0)
    rows: list[tuple[str, int, float | None]] = Field(max_length=limits.MOST_ANSWER_ROWS)
    reply: _Reply | None = None


class _AtTable(_Message):
    key: str = Field(max_length=64)
    have: int = Field(default=-1, ge=-1)  # turns that the page has; -1: none
    replies: int = Field(default=0, ge=0)  # of its seat, likewise
    heard: str = Field(default="", max_length=limits.MOST_KEPT)  # the mark of the last news that it has
    answer: _TurnAnswer | None = None


class _Act(_Message):
    """Something that the teacher does; without a `phase` and so on, only a look."""

    phase: Phase | None = Field(default=None, strict=False)
    minutes: float | None = Field(default=None, gt=0.0, le=limits.MOST_MINUTES)
    deal: Deal | None = None
    more: int | None = None  # minutes more for a table; 0: for all
    door: bool | None = None  # whether new people may join
    seat: tuple[int, int] | None = None  # a person, and a table
    chair: str | None = Field(default=None, max_length=200)  # the seat there, None for the one with the fewest people
    seconds: float | None = Field(default=None, ge=0.0, le=limits.MOST_ANSWER_SECONDS)  # for an answer at shared tables
    remove: int | None = None
    game: tuple[int, int, bool] | None = None  # a table, an attempt, and whether it counts
    again: str | None = Field(default=None, max_length=40)  # the code of this class: end it, and begin another


class _Enter(_Message):
    """The way of a teacher to the desk."""

    word: str = Field(default="", max_length=40)
    once: str = Field(default="", max_length=64)


class _Look(_Message):
    """The look of a projector."""

    look: str = Field(max_length=64)


class _OutsideError(RefusedError):
    """A wish of a browser that is not the teacher's."""


def _answered(
    ask: Callable[[ClassServer, Request], Awaitable[Mapping[str, object] | Response]],
) -> Callable[[ClassServer, Request], Awaitable[Response]]:
    """Make a method answer with what it returns, or with what is wrong in a sentence."""

    async def answer(self: ClassServer, request: Request) -> Response:
        try:
            result = await ask(self, request)
        except ValidationError:
            problem = "This message is not one that the pages of the class send. Load the page again."
            return send_json({"problem": problem}, 400)
        except NegsimError as error:
            kind = {"over": isinstance(error, StrangerError), "door": isinstance(error, _OutsideError)}
            return send_json({"problem": error.sentence(), **kind}, 403)
        return result if isinstance(result, Response) else send_json(result)

    return answer


class ClassServer:
    """The pages of one class at a time."""

    def __init__(self, name: str, scenario: Scenario, journals: Journals, *, word: str, address: str) -> None:
        """Make the page and open the class. address: where students find the studio. Raises NegsimError."""
        text = page(PageSource(scenario, name, seat=seat_names(sample(scenario, 0, 0))[0], is_class=True))
        facts = facts_of(text)
        self.address, self._journals, self.folder = address, journals, journals.folder
        self._scenario = scenario
        self._news = asyncio.Event()  # of shared tables, for which pages wait
        self._page = gzip.compress(served(text, desk={"most": _MOST_LETTERS}).encode(), 9, mtime=0)
        self._end_page = text
        seat = facts["play"]["seat"]
        drawn = (facts["seed"], facts["most"]) if facts["drawn"] else None
        seed = drawn[0] if drawn else telling_seed(scenario, seat)
        self._usual = Deal(seats=[[seat]], seed=seed or 0)
        self.case = ClassCase(
            name=name, title=facts["title"], **{key: facts["play"][key] for key in ("changes", "scenario", "rules")},
            seats=[seat["name"] for seat in facts["seats"]],
            knobs={
                knob["name"]: ["" if n == knob["written"] else level["set"] for n, level in enumerate(knob["levels"])]
                for knob in facts["knobs"]
            },
            drawn=drawn,
        )  # fmt: skip
        self._desk = {  # what the desk shows of every class on the case
            "seats": self.case.seats, "drawn": drawn, "phases": _PHASES, "most_minutes": limits.MOST_MINUTES,
            "most_at_seat": limits.MOST_AT_SEAT, "most_seconds": limits.MOST_ANSWER_SECONDS,
            "is_telling": seed is not None,  # whether the seed of the desk was chosen for what it tells
            "groups": [
                {"label": group["text"], "seats": [seat["name"] for seat in facts["seats"] if seat["group"] == g]}
                for g, group in enumerate(facts["groups"])
            ],
            "knobs": {
                knob["name"]: {"label": knob["label"], "levels": [level["label"] for level in knob["levels"]]}
                for knob in facts["knobs"]
            },
            "outcomes": {one["name"]: one["label"] for one in facts["outcomes"]},
        }  # fmt: skip
        self.one: TableClass = open_class(self.case, self._usual, word, journals, scenario=scenario)
        self._words = Rate(*limits.WORD_RATE)
        self._luck: dict[SeatDeal, list[Way]] = {}  # what luck does beside the deals of the class
        self._links: set[str] = set()  # the secrets of links to the desk that nobody has followed

    def desk_link(self, own: str) -> str:
        """Return a link to the desk that works once. own: the teacher's address of the studio."""
        self._links.add(secret := new_secret())
        return f"{own}/desk#once={secret}"

    def words(self, own: str) -> list[str]:
        """Say where everybody goes, and what else the address is good for, a line each. own: the teacher's address."""
        return [
            f"the desk of the class is at {self.desk_link(own)} (a link that works once)",
            f"or at {own}/desk with the teacher's word {spaced(self.one.word)}",
            f"students scan the QR code on the projector, or open {self.address} and type {spaced(self.one.code)}",
            f"for lessons whose links lead here: negsim classroom lessons {self.case.name} --address {self.address}",
        ]

    @property
    def routes(self) -> list[Route]:
        """The address and the answer of each page and message."""
        answers: dict[str, dict[str, Callable[[Request], Awaitable[Response]]]] = {
            "GET": {
                "/": self.lead, "/play": self.play, "/desk": self.desk, "/projector": self.desk,
                "/class/end": self.end, "/class/moves.csv": self.moves,
            },
            "POST": {
                "/class/join": self.join, "/class/sign": self.sign, "/class/table": self.table,
                "/class/enter": self.enter, "/class/desk": self.act, "/class/wall": self.look,
                "/class/luck": self.luck,
            },
        }  # fmt: skip
        return [Route(path, each, methods=[how]) for how, paths in answers.items() for path, each in paths.items()]

    # ------------------------------------------------------------------------------------- of students

    async def lead(self, request: Request) -> Response:  # noqa: ARG002 - a route
        """Lead whoever types the bare address to the page of the class."""
        return RedirectResponse("/play")

    async def play(self, request: Request) -> Response:
        """Send the page."""
        return send_packed(request, self._page)

    @_answered
    async def join(self, request: Request) -> Mapping[str, object]:
        """Let somebody in."""
        message = _Join.model_validate_json(await body_of(request, limits.MOST_FORM))
        person = self.one.join(message.code, message.name, address_of(request), time.time())
        return {"key": person.key, "name": person.name}

    @_answered
    async def sign(self, request: Request) -> Mapping[str, object]:
        """Note a sign of life, and whatever comes with it. A refused journal does not keep the rest from the page."""
        message = _Sign.model_validate_json(await body_of(request, limits.MOST_SIGN))
        now, problem = time.time(), ""
        person = self.one.sign(message.key, now)
        try:
            if message.guess is not None:
                self.one.guess(person, message.guess)
            if message.takes_over:
                self.one.take_over(person)
            if message.asks:
                self.one.ask_for_time(person)
            if message.journal is not None and self.one.expects(person, now, len(message.journal)):
                read_journal(message.journal, "this game")
                self.one.take(person, json.loads(message.journal), now)
        except NegsimError as error:
            problem = error.sentence()
        return {**page_answer(self.one, person, message.have, now), "problem": problem}

    @_answered
    async def table(self, request: Request) -> Response:
        """Take a page's answer at a shared table, and send what is new there, as soon as something is.

        A refused answer does not keep the news from the page.
        """
        message = _AtTable.model_validate_json(await body_of(request, limits.MOST_FORM))
        one, until, problem = self.one, time.time() + limits.NEWS_SECONDS, ""
        person = one.sign(message.key, time.time(), is_turn=True)
        try:
            if (answer := message.answer) is not None:
                rows = [
                    AnswerRow(answer.turn, column, entry, math.nan if value is None else value)
                    for column, entry, value in answer.rows
                ]
                reply = None if answer.reply is None else SeatReply(answer.turn, *answer.reply.model_dump().values())
                one.answer_turn(person, answer.turn, rows, reply, time.time())
                self._wake()
        except NegsimError as error:
            problem = error.sentence()
        while True:
            now = time.time()
            if person not in one.people:
                one.member(message.key)  # says why not
            one.stay(person, now)
            if one.tick(now):
                self._wake()
            mark = one.mark_of(person, now)
            if problem or mark != message.heard or now > until or one is not self.one:
                news = table_news(one, person, message.have, message.replies, now)
                return send_json({**news, "mark": mark, "problem": problem}, packed=may_pack(request))
            await self._wait()

    async def _wait(self) -> None:
        """Wait for news of shared tables, or for a moment."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), _LOOK)

    def _wake(self) -> None:
        """Let all who wait for news of shared tables look."""
        self._news.set()
        self._news = asyncio.Event()

    # ------------------------------------------------------------------------------------- of the teacher

    async def desk(self, request: Request) -> Response:
        """Send the page of the desk or of the projector, which asks for everything else with its secret."""
        return send_packed(request, _desk_page())

    @_answered
    async def enter(self, request: Request) -> Response:
        """Make a browser the teacher's, for the word or for a link that nobody has followed."""
        message = _Enter.model_validate_json(await body_of(request, limits.MOST_FORM))
        if message.once:
            if message.once not in self._links:
                raise RefusedError("this link was followed already; type the teacher's word")
            self._links.discard(message.once)
        elif not self.one.is_teacher(message.word):
            if not self._words.allows(address_of(request), time.monotonic()):
                raise RefusedError("too many wrong words from this address; wait a minute")
            where = "you find it in the window in which the studio was started"
            raise RefusedError(f"that is not the teacher's word; {where}")
        response = send_json({"is_in": True})
        self._set_cookie(request, response, _COOKIE, self.one.keys.desk)
        return response

    @_answered
    async def act(self, request: Request) -> Response:
        """Do what the teacher wants, and return what the desk shows."""
        message = _Act.model_validate_json(await body_of(request, limits.MOST_FORM))
        self._check_teacher(request)
        now = time.time()
        self._do(message, now)
        response = send_json({**overview(self.one, now), **self._way_in(), "look": self.one.keys.wall, **self._desk})
        self._set_cookie(request, response, _COOKIE, self.one.keys.desk)
        return response

    @_answered
    async def look(self, request: Request) -> Response:
        """Return what the wall shows, nothing that the class may not see; and a cookie, which opens the end page."""
        message = _Look.model_validate_json(await body_of(request, limits.MOST_FORM))
        if not same_secret(self.one.keys.wall, message.look):
            raise RefusedError("this is an old address of the projector; open it again at the desk")
        state = overview(self.one, time.time())
        response = send_json({
            **{name: state[name] for name in _SHOWN}, **self._way_in(),
            "people": [{name: one[name] for name in ("number", "name", "table")} for one in state["people"]],
            "tables": [{name: table[name] for name in _SHOWN_OF_TABLE} for table in state["tables"]],
        })  # fmt: skip
        self._set_cookie(request, response, _WALL_COOKIE, self.one.keys.wall)
        return response

    def _set_cookie(self, request: Request, response: Response, name: str, secret: str) -> None:
        secure = request.headers.get("origin", "").startswith("https://")  # as behind a proxy
        response.set_cookie(
            name, secret, max_age=limits.COOKIE_SECONDS, httponly=True, samesite="strict", secure=secure, path="/class"
        )

    def _way_in(self) -> Mapping[str, object]:
        """Return how students find the class."""
        address = f"{self.address}/play#code={self.one.code}"
        return {"address": self.address.partition("://")[2], "link": address, "qr": _qr_code(address)}

    def _begin_again(self, code: str) -> None:
        """End the class with a code, and begin another. Raises `RefusedError`."""
        if not same_secret(self.one.code, tidy_code(code)):
            raise RefusedError("that class has ended already")
        self.one.journal.put_aside()
        self.one = new_class(
            self.case, self._usual, self.one.word, self._journals, keys=self.one.keys, scenario=self._scenario
        )

    def _do(self, message: _Act, now: float) -> None:
        """Do what a message of the desk says. Raises `RefusedError`."""
        if message.again is not None:
            self._begin_again(message.again)
        if message.deal is not None:
            self.one.change_deal(message.deal)
        if message.phase is not None:
            self.one.open_phase(message.phase, message.minutes, now)
        if message.more is not None and message.minutes is not None:
            self.one.give_time(message.more or None, message.minutes)
        if message.door is not None:
            self.one.close_door(lets_in=message.door)
        if message.seat is not None:
            self.one.move(*message.seat, message.chair)
        if message.remove is not None:
            self.one.remove(message.remove)
        if message.game is not None:
            self.one.let_count(*message.game)
        if message.seconds is not None:
            self.one.set_pace(message.seconds)
        self._wake()

    def _check_teacher(self, request: Request) -> None:
        """Raise `RefusedError` unless a request comes from a browser that is the teacher's."""
        if not _holds(request, _COOKIE, self.one.keys.desk):
            raise _OutsideError("this browser is not the teacher's; type the teacher's word")

    @_answered
    async def end(self, request: Request) -> Response:
        """Send the end page: to the teacher, and to the projector once the class debriefs."""
        self._check_end(request)
        guesses = [person.guess for person in self.one.people if person.guess is not None]
        games = {"journals": end_journals(self.one, self._luck), "refused": left_out(self.one)}
        return HTMLResponse(served(self._end_page, **games, guesses=guesses))

    @_answered
    async def luck(self, request: Request) -> Mapping[str, object]:
        """Say what luck does beside the games of the end page, by table, and whether that is all."""
        self._check_end(request)
        luck = {game["table"]: game["luck"] for game in end_journals(self.one, self._luck)}
        return {"luck": luck, "is_all": all(deal in self._luck for deal in seat_deals(self.one))}

    def _check_end(self, request: Request) -> None:
        """Raise `RefusedError` unless a browser may see the end page: the teacher's, or the debriefing's projector."""
        if self.one.phase is not Phase.DEBRIEF or not _holds(request, _WALL_COOKIE, self.one.keys.wall):
            self._check_teacher(request)

    @_answered
    async def moves(self, request: Request) -> Response:
        """Send every move of every table as CSV."""
        self._check_teacher(request)
        name = f'attachment; filename="moves-{self.one.code}.csv"'
        games = all_journals(self.one)
        text = await WORKS.do(Visit("the class"), moves_text, games, self._scenario)
        return Response(text, media_type="text/csv", headers={"content-disposition": name})

    # ------------------------------------------------------------------------------------- what workers play

    async def weigh_luck(self) -> None:
        """While the class plays, let a worker play its seats in five ways beside the same deal, one after the other."""
        for deal in seat_deals(self.one) if self.one.has_opened else ():
            if deal not in self._luck:
                self._luck[deal] = await WORKS.do(Visit("the class"), luck_beside, self._scenario, *deal)

    async def check_games(self) -> None:
        """Play finished games again that were not yet, each by a worker, and note what comes of it.

        What a worker refuses is the studio's trouble, not the game's: it is tried again.
        """
        one = self.one
        for table, attempt in list(one.unchecked(time.time())):
            why = ""
            try:
                await WORKS.do(Visit("the class"), _check_game, json.dumps(attempt.journal()), self._scenario)
            except RefusedError as error:
                one.put_off(attempt, str(error), time.time())
                continue
            except NegsimError as error:
                why = str(error).removeprefix("its journal: ")
            if one is self.one:
                one.judge(table, attempt, why)


def _holds(request: Request, name: str, secret: str) -> bool:
    """Return whether a request comes from a browser that holds a secret."""
    return same_secret(secret, request.cookies.get(name, ""))


def _check_game(journal: str, scenario: Scenario) -> None:
    """Play a journal again. Raises NegsimError if its game does not end as it says."""
    play_again(read_journal(journal, "its journal"), scenario, "its journal")


@lru_cache(maxsize=2)
def _qr_code(text: str) -> list[str]:
    """Return the rows of a QR code, in 0 and 1."""
    return ["".join("01"[module > 0] for module in row) for row in segno.make(text, micro=False).matrix]


@lru_cache(maxsize=1)
def _desk_page() -> bytes:
    style = style_sheet((SCREENS / "desk.css").read_text(encoding="utf-8"), dark=True)
    body = (SCREENS / "desk.html").read_text(encoding="utf-8")
    rights = {"connect-src": "'self'", "frame-src": "'self'", "img-src": "data:"}
    return gzip.compress(
        document("The desk", body, script=joined(SCREENS / "desk.js"), style=style, rights=rights).encode(), 9
    )
