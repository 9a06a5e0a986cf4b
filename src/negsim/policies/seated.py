"""Negotiations with policies in seats: whom a turn asks, how an answer is checked, and many runs of that.

- Compiled code makes the turns that ask no policy; the others cost what the policy costs.
- All answers to a turn are checked before any of them is taken, so a bad one leaves the negotiation where it was.
- A class is made anew for each seat of each run, and an object is copied for each of many runs. What a policy draws
  comes from a generator whose seed is an address: the seed, the replication and the seat. So a run is the same alone,
  in any chunk of many, and in any process.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from negsim import plugins
from negsim.cast.codes import CLOSED_STATUSES
from negsim.errors import Mark, NegsimError, Problem, ScenarioError, did_you_mean, errors_about, literal, nearest
from negsim.negotiation.acceptance import PRECISION
from negsim.negotiation.formats import format_of
from negsim.negotiation.measures import Results, SeriesRow
from negsim.negotiation.moves import QUESTIONS_A_DAY, may_be_asked_for, may_write_first
from negsim.negotiation.proposals import next_proposal
from negsim.negotiation.runs import LOG_ROWS, Negotiation, Trace, snapshot, trace_of, trust_between
from negsim.negotiation.tables import (
    AMENDS,
    ASKS,
    DRAFTS,
    MOVES,
    OFFERS,
    PROPOSES,
    RESPONDS,
    SHOWS,
    SPEAKS,
    TAKES_PEN,
    Case,
    CrossTable,
    Floats,
    Ints,
    Move,
    Outcome,
    Pen,
    Response,
    State,
    Status,
    Turn,
)
from negsim.negotiation.text import may_draft
from negsim.policies.brief import brief_of, in_words
from negsim.policies.questions import question_of
from negsim.policies.views import CorridorAnswer, Numbers, Paragraph, RoomView, View
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower, seat_names
from negsim.scenario.sampling import paths_drawn, sample
from negsim.scenario.schema import NO_POLICY, PENS_WITHOUT_SEAT, POLICIES_KEY

_METHODS = {  # of a delegate's policy
    "speak": SPEAKS,
    "propose": PROPOSES,
    "respond": RESPONDS,
    "amend": AMENDS,
    "offer": OFFERS,
    "ask": ASKS,
    "show": SHOWS,
    "ask_for_pen": TAKES_PEN,
    "move": MOVES,
}
_HOOKS = {asks: name for name, asks in _METHODS.items()}  # of what a turn asks of all: the method that decides
_PEN_METHODS = {"draft": DRAFTS}
_PENS = {name: Pen[name.upper()] for name in PENS_WITHOUT_SEAT}
_SLIP_LIKENESS = 0.8  # likeness of names from which on one is taken for a slip of the other
_BEYOND_SEATS = 2**32  # where the addresses of those without a seat begin
RESPONSES = {"accept": Response.ACCEPT, "object": Response.OBJECT, "block": Response.BLOCK}
_REPORTS = (Move.ADOPT, Move.RENEW)  # whose text is all that is agreed
_Arrays = TypeVar("_Arrays", bound=tuple[Any, ...])  # a named tuple of them


class _Answer(NamedTuple):
    """A checked answer: a column of the choice, an entry of it, and the value."""

    column: str
    entry: int | tuple[int, int]
    value: float


def _write(run: Negotiation, answers: Iterable[_Answer]) -> None:
    for column, entry, value in answers:
        getattr(run.choice, column)[entry] = value


_Tables = tuple[Case, list[str]]  # those of a scenario in which nothing is left open, and the names of its seats


def _tables_of(scenario: Scenario) -> _Tables:
    return lower(scenario), seat_names(scenario)


class SeatedNegotiation:
    """A negotiation under way, with people's names for the contents of its arrays, and its policies.

    policies: by a delegate's name, a group's (for all its seats that are not named), `"chair"` or `"facilitator"`: an
    object, a class, or the name of one in a plug-in such as `"mine:Spoiler"`. They come before those of the scenario.
    tables: of the scenario, if they have been made. Raises NegsimError for an unknown seat and anything but a policy.
    """

    def __init__(  # noqa: PLR0913 - the last two are for many runs and for minutes
        self,
        scenario: Scenario,
        policies: Mapping[str, object],
        *,
        seed: int,
        replication: int,
        log_rows: int = 0,
        tables: _Tables | None = None,
    ) -> None:
        check_held(policies)
        self.scenario = sample(scenario, seed, replication)
        case, self.names = tables or _tables_of(self.scenario)  # of the delegates, by seat
        self.run = Negotiation(case, seed=seed, replication=replication, log_rows=log_rows)
        self.issues = list(scenario.issues)
        self.address = seed, replication
        self._made: list[list[_Answer]] = []  # the answers to each turn that `finish_turn` has made
        self._generators: dict[int, np.random.Generator] = {}
        self._views: list[weakref.ref[RoomView]] = []
        held = dict(self._held(self.scenario.policies | dict(policies)))
        self.policies = {holder: policy for holder, policy in held.items() if policy is not None}  # by seat, or `Pen`
        self._first_beliefs: dict[int, Floats] = {}  # by seat: K,N, when its policy took it
        self.corridor_answers: dict[int, dict[str, CorridorAnswer]] = {}  # by seat: by name, what each said last
        for seat in (holder for holder in self.policies if holder >= 0):
            self._first_belief(seat)

    def finish_turn(self) -> None:
        """Make the turn that is due. Raises NegsimError, and changes nothing, if a policy's answer is invalid."""
        answers = self._take_answers()
        self._hear_answers()
        self.run.finish_turn()
        self._made.append(answers)

    def go_on(self, minute: float = math.inf) -> None:
        """Make all turns until the clock has come to a minute, or to the end. Raises NegsimError as `finish_turn`."""
        asked = self._asked()
        self.run.go_on(asked, minute)
        while self.run.outcome == Outcome.RUNNING and self.run.minute < minute:
            self._take_answers()
            self._hear_answers()
            self.run.follow()
            self.run.go_on(asked, minute)

    def answers(self) -> list[_Answer]:
        """Ask the policies concerned about the turn that is due and check their answers; none is taken yet."""
        return list(self._answers(self.run.pending))

    def _take_answers(self) -> list[_Answer]:
        answers = self.answers()
        _write(self.run, answers)
        for held in self._views:
            if (view := held()) is not None:
                view.fill()
        self._views.clear()
        return answers

    def _hear_answers(self) -> None:
        """Keep what those whom seats ask in the corridor are about to say; they tell the truth."""
        if self.run.pending.move != Move.ASK:
            return
        state = self.run.state
        for seat, asked in enumerate(self.run.choice.whom.tolist()):
            for j in asked:
                if j >= 0 and j != seat and state.delegates["present"][[seat, j]].all():
                    salience = self.numbers(j, "salience")
                    answer = CorridorAnswer(
                        self.numbers(j, "position"), self.red_lines(j), max(salience, key=lambda issue: salience[issue])
                    )
                    self.corridor_answers.setdefault(seat, {})[self.names[j]] = answer

    def trace(self, *, log_rows: int = LOG_ROWS) -> Trace:
        """Return the course of the turns that `finish_turn` has made: they are made again with the same answers."""
        seed, replication = self.address
        run = Negotiation(self.run.case, seed=seed, replication=replication, log_rows=log_rows)
        trust_start, snapshots = trust_between(run.case, run.state), [snapshot(run)]
        for answers in self._made:
            _write(run, answers)
            run.finish_turn()
            snapshots.append(snapshot(run))
        logged = int(run.state.clock["logged"][0])
        return trace_of(run, snapshots, trust_start) if logged <= log_rows else self.trace(log_rows=logged)

    def _asked(self) -> Ints:
        """Return what each seat, the chair and the facilitator are asked for, as `floor.go_on_to` takes it."""
        asked = np.zeros(len(self.names) + len(_PENS), np.int64)
        for holder, policy in self.policies.items():
            methods = _METHODS if holder >= 0 else _PEN_METHODS
            at = holder if holder >= 0 else len(self.names) + Pen.CHAIR - holder
            asked[at] = sum(what for method, what in methods.items() if hasattr(policy, method))
        return asked

    # Who holds what.

    def _held(self, policies: Mapping[str, object]) -> Iterator[tuple[int, object]]:
        """Yield who holds each seat, None for nobody: groups come first, so that what others have replaces theirs."""
        for name in sorted(policies, key=lambda name: name not in self.scenario.groups):
            what = _policy_of(name, policies[name]) if is_policy(policies[name]) else None
            yield from ((holder, None if what is None else _made(name, what)) for holder in self._holders(name))

    def _holders(self, name: str) -> list[int]:
        if name in _PENS:
            return [_PENS[name]]
        if name in self.scenario.groups:
            return np.flatnonzero(self.run.state.delegates["group"] == list(self.scenario.groups).index(name)).tolist()
        return [self.seat(name)]

    def seat(self, name: str) -> int:
        """Return the number of a delegate's seat. Raises NegsimError for an unknown name."""
        if name not in self.names:
            match = nearest(name, [*self.names, *self.scenario.groups, *_PENS])
            raise NegsimError(f"{literal(name)} has no seat here{did_you_mean(name, [match] if match else self.names)}")
        return self.names.index(name)

    def name_of(self, holder: int) -> str:
        """Return the name of who decides: a seat's, the chair's or the facilitator's."""
        return self.names[holder] if holder >= 0 else Pen(holder).name.lower()

    def generator(self, holder: int) -> np.random.Generator:
        """Return the generator of a seat's policy for this run."""
        if holder not in self._generators:
            seat = int(self.run.case.seats["address"][holder]) if holder >= 0 else _BEYOND_SEATS - holder
            self._generators[holder] = np.random.default_rng([*self.address, seat])
        return self._generators[holder]

    # The contents of the arrays, by name.

    def group(self, seat: int) -> str:
        """Return the name of a seat's group."""
        return list(self.scenario.groups)[int(self.run.state.delegates["group"][seat])]

    def camp(self, seat: int) -> str | None:
        """Return the name of a seat's camp, None for none."""
        number = int(self.run.state.delegates["camp"][seat])
        return None if number < 0 else list(self.scenario.camps)[number]

    def numbers(self, seat: int, column: str) -> dict[str, float]:
        """Return one column of a delegate's views, by issue."""
        values: list[float] = self.run.state.views[column][seat].tolist()
        return dict(zip(self.issues, values, strict=True))

    def red_lines(self, seat: int) -> dict[str, tuple[float, float]]:
        """Return the lowest and the highest text that a delegate can accept, by issue; infinite without a line."""
        low, high = self.numbers(seat, "red_low"), self.numbers(seat, "red_high")
        return {issue: (low[issue], high[issue]) for issue in self.issues}

    def shown(self, seat: int) -> int:
        """Return the seat to which a delegate has shown its secret, -1 for none."""
        return int(self.run.state.movers["shown"][seat])

    def secret(self, seat: int) -> str | None:
        """Return the issue on which a delegate knows something that it has shown nobody yet; None for none."""
        issue = int(self.run.case.seats["secret_issue"][seat])
        return self.issues[issue] if issue >= 0 and self.shown(seat) < 0 else None

    def others(self, seat: int) -> list[tuple[str, int]]:
        """List the other delegates with their seats."""
        return [(name, j) for j, name in enumerate(self.names) if j != seat]

    def belief(self, seat: int, about: int) -> dict[str, float]:
        """Return where a delegate believes another stands, by issue."""
        if about == seat:
            return self.numbers(seat, "position")
        return dict(zip(self.issues, self.run.state.belief[:, about, seat].tolist(), strict=True))

    def learnt(self, seat: int, about: int) -> dict[str, float]:
        """Return how far a delegate's beliefs about another have moved since its policy took the seat, by issue."""
        moved = self.run.state.belief[:, about, seat] - self._first_belief(seat)[:, about]
        return dict(zip(self.issues, moved.tolist(), strict=True))

    def _first_belief(self, seat: int) -> Floats:
        """Return the beliefs that a delegate had when its policy took the seat (K,N)."""
        if seat not in self._first_beliefs:
            self._first_beliefs[seat] = self.run.state.belief[:, :, seat].copy()
        return self._first_beliefs[seat]

    def agreed(self) -> list[str]:
        """List the issues whose text is agreed."""
        return self._with_status(*CLOSED_STATUSES)

    def _with_status(self, *statuses: Status) -> list[str]:
        has_one = np.isin(self.run.state.paragraphs["status"], statuses)
        return [issue for issue, has in zip(self.issues, has_one, strict=True) if has]

    def text(self) -> dict[str, Paragraph]:
        """Return the current text, by issue; issues without text are left out."""
        rows = dict(zip(self.issues, self.run.state.paragraphs, strict=True))
        return {
            issue: Paragraph(float(row["text"]), float(row["precision"]), self._pen(row["pen"]))
            for issue, row in rows.items()
            if not math.isnan(row["text"])
        }

    def _pen(self, pen: int) -> str | None:
        return None if pen == Pen.NOBODY else self.name_of(int(pen))

    @property
    def deadline(self) -> float:
        """The minute at which the mandate ends."""
        return float(self.run.case.plan["deadline"][self._row])

    @property
    def _row(self) -> int:
        return int(self.run.state.clock["row"][0])

    # What a turn is about.

    def issue_of(self, turn: Turn) -> str | None:
        """Return the issue of a turn about one; None for any other."""
        return None if turn.issue < 0 or turn.move in {Move.READ_PACKAGE, Move.READ_OFFER} else self.issues[turn.issue]

    def issues_of(self, turn: Turn) -> list[str]:
        """List the issues that a decision is about."""
        if turn.move == Move.DRAFT:
            case, state = self.run.case, self.run.state
            return [issue for k, issue in enumerate(self.issues) if may_draft(case, state, k)]
        if turn.move in {Move.OFFER, Move.READ_OFFER, Move.TAKE_PEN}:
            return self._issues_of_move(turn)
        if turn.move == Move.SUBMIT:
            done = self._with_status(*CLOSED_STATUSES)
            return [issue for issue in self.issues if issue not in done]
        if turn.move == Move.READ_PACKAGE or turn.move in _REPORTS:
            return list(self.text_before(turn))
        return [issue] if (issue := self.issue_of(turn)) is not None else []

    def _issues_of_move(self, turn: Turn) -> list[str]:
        """List the issues that an offer may ask for, that an offer is about, or whose first text may be written."""
        case, state = self.run.case, self.run.state
        if turn.move == Move.OFFER:
            return [issue for m, issue in enumerate(self.issues) if may_be_asked_for(case, state, turn.issue, m)]
        if turn.move == Move.READ_OFFER:
            return [self.issues[turn.issue], self.issues[int(state.movers["offer_issue"][turn.who])]]
        return [issue for k, issue in enumerate(self.issues) if may_write_first(case, state, k)]

    def text_before(self, turn: Turn) -> dict[str, Paragraph]:
        """Return the text that a turn is about."""
        if turn.move == Move.DISCUSS:
            return {self.issues[turn.issue]: self._proposal(turn.issue)}
        text = self.text()
        if turn.move == Move.READ_AMENDMENT:
            return self._moved(turn, turn.issue, self.run.state.entries["amendment"][turn.issue, turn.who])
        if turn.move == Move.READ_OFFER:
            mover, stays = self.run.state.movers[turn.who], self.issues[turn.issue]
            return {stays: text[stays]} | self._moved(turn, int(mover["offer_issue"]), mover["offer"])
        if turn.move == Move.DRAFT:
            return text
        if turn.move == Move.READ_PACKAGE or turn.move in _REPORTS:
            status = self.run.state.paragraphs["status"]
            put = np.isin(status, CLOSED_STATUSES)
            if turn.move == Move.READ_PACKAGE:
                put = self.run.case.plan_issues[self._row] & ~put
            return {issue: text[issue] for k, issue in enumerate(self.issues) if put[k] and issue in text}
        return {issue: paragraph for issue, paragraph in text.items() if issue == self.issue_of(turn)}

    def _moved(self, turn: Turn, k: int, place: float) -> dict[str, Paragraph]:
        """Return the text on an issue that an amendment or an offer puts to the room."""
        precision = max(float(self.run.state.paragraphs["precision"][k]), PRECISION)
        return {self.issues[k]: Paragraph(float(place), precision, self.names[turn.who])}

    def _proposal(self, k: int) -> Paragraph:
        """Return the proposal under discussion on an issue, as the room reads it."""
        p = next_proposal(self.run.state, k)
        sponsor = self.run.state.proposals["sponsor"][p]
        precision = self.run.case.formats["precision"][format_of(self.run.case, self.run.state)]
        return Paragraph(float(self.run.state.proposed[p, k]), float(precision), self._pen(sponsor))

    def brief(self, holder: int, view: RoomView, *, heard: bool) -> str:
        """Write what a delegate, or the chair, knows and is asked; unless heard, before anything has happened."""
        question, state = question_of(self, view), self.run.state if heard else self._opening
        brief = brief_of(self, holder, state) if holder >= 0 else None
        return in_words(brief, question if heard else question.unheard)

    @cached_property
    def _opening(self) -> State:
        """The state before the first turn."""
        seed, replication = self.address
        return Negotiation(self.run.case, seed=seed, replication=replication).state

    # Asking, and checking the answers.

    def _answers(self, turn: Turn) -> Iterator[_Answer]:
        """Yield the decisions of the policies concerned in place of the rules, checked."""
        if turn.move == Move.DRAFT:
            pen = int(self.run.case.formats["pen"][format_of(self.run.case, self.run.state)])
            if hasattr(self.policies.get(pen), "draft"):
                yield from self._placed(turn, pen, "draft", self.issues_of(turn))
        elif turn.move == Move.SPEAK and self._is_ready(turn.who, "speak"):
            default = float(self.run.choice.values[turn.issue])
            place = self._ask(turn, turn.who, "speak", default)
            if place is not None:
                yield _Answer("values", turn.issue, _place(place, f"{self.names[turn.who]}: speak answered"))
        elif turn.move in {Move.TABLE, Move.SUBMIT} and self._is_ready(turn.who, "propose"):
            yield from self._placed(turn, turn.who, "propose", self.issues)
        else:
            method = _HOOKS.get(Move(turn.move).asks, "")
            answered = self._responded if method == "respond" else self._moves
            for seat in self.policies:
                if seat >= 0 and method and self._is_ready(seat, method) and self._is_present(seat):
                    yield from answered(seat, turn)

    def _is_present(self, seat: int) -> bool:
        return bool(self.run.state.delegates["present"][seat])

    def _is_ready(self, seat: int, method: str) -> bool:
        return hasattr(self.policies.get(seat), method)

    def _ask(self, turn: Turn, holder: int, method: str, default: float | Numbers | str | None) -> Any:  # noqa: ANN401
        policy = self.policies[holder]
        view = View(self, holder, turn, default) if holder >= 0 else RoomView(self, holder, turn, default)
        self._views.append(weakref.ref(view))
        with plugins.guarded(lambda: _plugin_of(policy), f"{method} of {self.name_of(holder)}"):
            return getattr(policy, method)(view)

    def _placed(self, turn: Turn, holder: int, method: str, issues: list[str]) -> Iterator[_Answer]:
        """Yield what a policy proposes or drafts. issues: those on which it may."""
        what, thing = f"{self.name_of(holder)}: {method} answered", {"propose": "proposal"}.get(method, method)
        default = dict(zip(self.issues, self.run.choice.values.tolist(), strict=True))
        places = self._ask(turn, holder, method, {key: at for key, at in default.items() if not math.isnan(at)})
        if places is None:
            return
        if not isinstance(places, Mapping) or not (places or method == "draft"):
            raise NegsimError(f"{what} {literal(places)}; a {thing} maps one issue or more to positions")
        for issue in places:
            if issue not in self.issues:
                raise NegsimError(f"{what} on {literal(issue)}; no such issue{did_you_mean(str(issue), self.issues)}")
            if issue not in issues:
                now = ", ".join(issues) or "none"
                raise NegsimError(f"{what} on {issue}; a draft is possible now on `view.issues`: {now}")
        for k, issue in enumerate(self.issues):
            yield _Answer("values", k, _place(places[issue], f"{what} on {issue}") if issue in places else math.nan)

    def _moves(self, seat: int, turn: Turn) -> Iterator[_Answer]:
        if not self._may_move(seat, turn):
            return
        method, choice = _HOOKS[Move(turn.move).asks], self.run.choice
        what = f"{self.names[seat]}: {method} answered"
        place, about = float(choice.place[seat]), int(choice.about[seat])
        default: float | Numbers | str | None = None if math.isnan(place) else place
        if turn.move == Move.OFFER and about >= 0:
            default = {self.issues[about]: place}
        if turn.move == Move.CALL and about >= 0:
            default = True
        answer = self._ask(turn, seat, method, default)
        if answer is None:
            return
        if turn.move == Move.AMEND:
            yield _Answer("place", seat, _place(answer, what))
        elif turn.move == Move.CALL:
            if not isinstance(answer, bool | np.bool_):
                raise NegsimError(f"{what} {literal(answer)}; it may answer true, to move, false or None")
            yield _Answer("about", seat, int(self.run.case.setting["motions"][0]) if answer else -1)
        elif turn.move == Move.ASK:
            yield from self._asked_whom(seat, answer, what)
        elif turn.move == Move.SHOW:
            yield _Answer("about", seat, self._another(seat, answer, what))
        else:
            yield from self._placed_elsewhere(seat, turn, answer, what)

    def _may_move(self, seat: int, turn: Turn) -> bool:
        """Return whether there is anything that a seat could offer or show."""
        if turn.move == Move.SHOW:
            return self.secret(seat) is not None
        return turn.move != Move.OFFER or bool(self.issues_of(turn))

    def _asked_whom(self, seat: int, answer: object, what: str) -> Iterator[_Answer]:
        names = [answer] if isinstance(answer, str) else answer
        if not isinstance(names, Collection) or len(names) > QUESTIONS_A_DAY:
            raise NegsimError(f"{what} {literal(answer)}; it may name up to {QUESTIONS_A_DAY} delegates")
        for question, name in enumerate(names):
            yield _Answer("whom", (seat, question), self._another(seat, name, what))

    def _another(self, seat: int, name: object, what: str) -> int:
        """Return the seat of another delegate. Raises NegsimError for anything else."""
        other = self.seat(name) if isinstance(name, str) else -1
        if other < 0 or other == seat:
            raise NegsimError(f"{what} {literal(name)}; it may name another delegate")
        return other

    def _placed_elsewhere(self, seat: int, turn: Turn, answer: object, what: str) -> Iterator[_Answer]:
        """Yield what an offer asks for, or a first text: one issue and its place."""
        pair = [*answer.items()] if isinstance(answer, Mapping) else [answer]
        if len(pair) != 1 or not isinstance(pair[0], tuple | list) or len(pair[0]) != 2:
            raise NegsimError(f"{what} {literal(answer)}; it may answer an issue with a position, or None")
        (issue, place), allowed = pair[0], self.issues_of(turn)
        if issue not in self.issues:
            raise NegsimError(f"{what} on {literal(issue)}; no such issue{did_you_mean(str(issue), self.issues)}")
        if issue not in allowed:
            now = ", ".join(allowed) or "none"
            raise NegsimError(f"{what} on {issue}; possible now are `view.issues`: {now}")
        yield _Answer("about", seat, self.issues.index(issue))
        yield _Answer("place", seat, _place(place, f"{what} on {issue}"))

    def _responded(self, seat: int, turn: Turn) -> Iterator[_Answer]:
        default = Response(int(self.run.choice.response[seat])).name.lower()
        answer = self._ask(turn, seat, "respond", default)
        if answer is None:
            return
        if not isinstance(answer, str) or answer not in RESPONSES:
            choice = ", ".join(literal(name) for name in RESPONSES)
            raise NegsimError(f"{self.names[seat]}: respond answered {literal(answer)}; it may answer {choice} or None")
        yield _Answer("response", seat, RESPONSES[answer])


def is_policy(held: object) -> bool:
    """Return whether this is a policy, or the name of one, and not the word for none."""
    return not (held is None or (isinstance(held, str) and held == NO_POLICY))


def is_of_policies(path: str) -> bool:
    """Return whether a path of a scenario is that of the section `policies`, or lies in it."""
    return path.partition(".")[0] == POLICIES_KEY


def _policy_of(name: str, held: object) -> object:
    """Return the policy that a name such as `"mine:Spoiler"` stands for, of an object a copy; any other value is one.

    name: of the seat, for messages. Raises NegsimError if no such plug-in is loaded, or it has no such object.
    """
    if not isinstance(held, str):
        return held
    with errors_about(f"{POLICIES_KEY}.{name}"):
        return deepcopy(plugins.lookup(held)[1])


def _made(name: str, held: object) -> object:
    """Return the policy for a seat: of a class, or a function without arguments, a new one.

    Raises NegsimError if it has none of the methods, or a misspelt one.
    """
    methods = _PEN_METHODS if name in _PENS else _METHODS
    if isinstance(held, type) or (callable(held) and not any(hasattr(held, method) for method in methods)):
        held = _called(name, held)
    if (slip := _slip(type(held), tuple(methods))) is not None:  # type: ignore[arg-type]  # a class is hashable
        own, meant = slip
        raise NegsimError(f"{name}: a policy has no method {literal(own)}; did you mean {literal(meant)}?")
    if not any(callable(getattr(held, method, None)) for method in methods):
        some = "the method draft" if name in _PENS else f"at least one of the methods {', '.join(methods)}"
        raise NegsimError(f"{name}: a policy has {some}; this one has none")
    return held


@lru_cache(maxsize=64)
def _slip(kind: type, methods: tuple[str, ...]) -> tuple[str, str] | None:
    """Return a method of a class whose name is a slip of one that a policy may have, and that one; None for none."""
    for own in dir(kind):
        near = [] if own in methods else get_close_matches(own.lower(), methods, n=1, cutoff=_SLIP_LIKENESS)
        if near and not hasattr(kind, near[0]) and callable(getattr(kind, own)):
            return own, near[0]
    return None


def _called(name: str, make: Callable[[], object]) -> object:
    with plugins.guarded(lambda: _plugin_of(make), f"the policy for {name}"):
        try:
            return make()
        except TypeError as error:
            what = getattr(make, "__name__", "this")
            raise NegsimError(f"{name}: {what} cannot be made without arguments ({error}); give an object") from None


def _plugin_of(policy: object) -> plugins.Plugin | None:
    """Return the plug-in that defines a class or a function, the class of an object, or the function of a program."""
    modules = {getattr(part, "__module__", "") for part in (policy, getattr(policy, "put_question", None))}
    return next((plugin for plugin in plugins.loaded() if plugin.module.__name__ in modules), None)


def _place(value: object, what: str) -> float:
    """Check a place on an issue's scale. Raises NegsimError unless it is a number in 0..1."""
    if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
        place = float(value)
        if 0.0 <= place <= 1.0:
            return place
    raise NegsimError(f"{what} {literal(value)}; a position is a number 0..1")


def read_only(tables: _Arrays) -> _Arrays:
    """Return a named tuple of arrays, or of such tuples, as views on the same memory that refuse to be written to."""
    return type(tables)(*(read_only(part) if isinstance(part, tuple) else _unwritable(part) for part in tables))


def _unwritable(table: NDArray[Any]) -> NDArray[Any]:
    view = table.view()
    view.flags.writeable = False
    return view


# Many runs, and one with its trace.


def check_held(policies: object) -> None:
    """Raise NegsimError for anything but a mapping from who holds a seat to a policy."""
    if not isinstance(policies, Mapping):
        raise NegsimError(f"{literal(policies)}: policies are a mapping from who holds a seat to a policy")


def has_policies(scenario: Scenario, policies: Mapping[str, object]) -> bool:
    """Return whether a policy may hold a seat in runs of a scenario. Raises NegsimError for anything but a mapping."""
    check_held(policies)
    return any(map(is_of_policies, paths_drawn(scenario))) or any(
        map(is_policy, (scenario.policies | dict(policies)).values())
    )


def check_names(scenario: Scenario, source: str) -> None:
    """Raise ScenarioError unless plug-ins have the policies that a scenario names. source: where it is from."""
    problems = []
    for name, held in scenario.policies.items():
        try:
            _policy_of(name, held if is_policy(held) else None)
        except NegsimError as error:
            problems.append(Problem(Mark(source), "", str(error)))
    if problems:
        raise ScenarioError(problems)


def check_policies(scenario: Scenario, policies: Mapping[str, object]) -> None:
    """Raise NegsimError unless the policies of a scenario can be made and have a seat; of one that draws, given ones.

    A draw that cannot is an error of its run.
    """
    if has_policies(scenario, policies):
        SeatedNegotiation(scenario, deepcopy(dict(policies)), seed=0, replication=0)


def replicate(
    scenario: Scenario, policies: Mapping[str, object], seed: int, first: int, count: int
) -> Iterator[Results]:
    """Measure replications first .. first + count - 1 of a scenario with policies, each by itself."""
    for room in rooms(scenario, policies, seed, range(first, first + count)):
        room.go_on()
        yield room.run.measured()


def rooms(
    scenario: Scenario, policies: Mapping[str, object], seed: int, replications: Iterable[int], *, log_rows: int = 0
) -> Iterator[SeatedNegotiation]:
    """Open the negotiation of each replication, with policies of its own."""
    tables = None if scenario.uncertain else _tables_of(scenario)
    for r in replications:
        yield SeatedNegotiation(scenario, _copied(policies), seed=seed, replication=r, log_rows=log_rows, tables=tables)


def record_series(room: SeatedNegotiation, minutes: Floats) -> CrossTable[SeriesRow]:
    """Make all turns, and return the row of the series at each minute (1,T)."""
    moments: list[Any] = []
    for minute in minutes.tolist():
        room.go_on(minute)
        moments.append(room.run.moment())
    room.go_on()
    return cast("CrossTable[SeriesRow]", np.concatenate(moments, axis=1))


def watch(scenario: Scenario, policies: Mapping[str, object], *, seed: int = 0, replication: int = 0) -> Trace:
    """Run one replication with policies to its end and return its course."""
    (room,) = rooms(scenario, policies, seed, [replication])
    while room.run.outcome == Outcome.RUNNING:
        room.finish_turn()
    return room.trace()


def _copied(policies: Mapping[str, object]) -> dict[str, object]:
    """Copy the policies that are objects, so that no run knows of another."""
    try:
        return deepcopy(dict(policies))
    except Exception as error:
        raise NegsimError(f"a policy cannot be copied for each run ({error}); give its class") from error
