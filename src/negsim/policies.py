"""Policies in seats: what a delegate may know when it has to decide, and the answers of policies in its place.

- A policy answers for its seat in the middle beat; if it answers None the delegate decides by the rules of the model.
- A policy sees what its delegate may know: itself, its beliefs about others, the text before the room. Nothing it
  sees can be written to.
- All answers to a turn are checked before any of them is taken, so a bad one leaves the negotiation where it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from negsim.errors import NegsimError, did_you_mean, literal, nearest
from negsim.negotiation.proposals import next_proposal
from negsim.negotiation.runs import Negotiation
from negsim.negotiation.tables import Move, Pen, Response, Status, Turn
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower, seat_names
from negsim.scenario.sampling import sample

_METHODS = ("speak", "propose", "respond")
_SLIP_LIKENESS = 0.8  # likeness of names from which on one is taken for a slip of the other
RESPONSES = {"accept": Response.ACCEPT, "object": Response.OBJECT, "block": Response.BLOCK}
_READINGS = (Move.READ, Move.DISCUSS, Move.READ_PACKAGE, Move.ADOPT)
CLOSED_STATUSES = (Status.AGREED, Status.DISSENT)

_Numbers = Mapping[str, float]  # by issue
_Tables = TypeVar("_Tables", bound=tuple[Any, ...])  # a named tuple of arrays


class Paragraph(NamedTuple):
    """A text before the room: its place on its issue, its precision, and who holds the pen (None: not known)."""

    value: float  # 0..1
    precision: float  # 0..1
    pen: str | None  # a delegate, "chair", "facilitator" or "group"


@dataclass(frozen=True, kw_only=True)
class View:
    """A delegate's knowledge when it has to decide. Positions, trust and salience are 0..1."""

    name: str
    group: str
    camp: str | None
    move: Move  # what the turn is
    issue: str | None  # under discussion; None for a package, a report, a motion
    minute: float  # of floor time spent
    minutes_left: float  # until the mandate ends
    position: _Numbers
    instructions: _Numbers
    salience: _Numbers
    red_lines: Mapping[str, tuple[float, float]]  # text below the first or above the second is never acceptable
    chair_trust: float
    trust: Mapping[str, float]  # in each other delegate
    belief: Mapping[str, _Numbers]  # where each other delegate is thought to stand
    text: Mapping[str, Paragraph]  # by issue: what is being read, or what stands on the issue under discussion
    shortfall: float | None  # value units by which the text read falls short, by the rules of the model
    default: float | _Numbers | str  # what the delegate does where the policy answers None


class _Answer(NamedTuple):
    """A checked answer: a column of the choice, an entry of it, and the value."""

    column: str
    entry: int
    value: float


class SeatedNegotiation:
    """A negotiation under way, with people's names for the contents of its arrays, and its policies."""

    def __init__(
        self, scenario: Scenario, policies: Mapping[str, object], *, seed: int, replication: int, log_rows: int = 0
    ) -> None:
        self.scenario = sample(scenario, seed, replication)
        self.run = Negotiation(lower(self.scenario), seed=seed, replication=replication, log_rows=log_rows)
        self.issues = list(scenario.issues)
        self.names = seat_names(scenario)  # of the delegates, by seat
        self.policies = {self.seat(name): _policy(name, held) for name, held in policies.items()}

    def finish_turn(self) -> None:
        """Make the turn that is due. Raises NegsimError, and changes nothing, if a policy's answer is invalid."""
        for column, entry, value in self.answers():
            getattr(self.run.choice, column)[entry] = value
        self.run.finish_turn()

    def answers(self) -> list[_Answer]:
        """Ask the policies concerned about the turn that is due and check their answers; none is taken yet."""
        return list(self._answers(self.run.pending))

    def seat(self, name: str) -> int:
        """Return the number of a delegate's seat. Raises NegsimError for an unknown name."""
        if name not in self.names:
            match = nearest(name, self.names)
            raise NegsimError(f"{literal(name)} has no seat here{did_you_mean(name, [match] if match else self.names)}")
        return self.names.index(name)

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

    def belief(self, seat: int, about: int) -> dict[str, float]:
        """Return where a delegate believes another stands, by issue."""
        if about == seat:
            return self.numbers(seat, "position")
        return dict(zip(self.issues, self.run.state.belief[:, about, seat].tolist(), strict=True))

    def text(self) -> dict[str, Paragraph]:
        """Return the current text, by issue; issues without text are left out."""
        rows = dict(zip(self.issues, self.run.state.paragraphs, strict=True))
        return {
            issue: Paragraph(float(row["text"]), float(row["precision"]), self._pen(row["pen"], known=row["known"]))
            for issue, row in rows.items()
            if not math.isnan(row["text"])
        }

    def _pen(self, pen: int, *, known: bool) -> str | None:
        if not known or pen == Pen.NOBODY:
            return None
        return self.names[pen] if pen >= 0 else Pen(pen).name.lower()

    def _answers(self, turn: Turn) -> Iterator[_Answer]:
        """Yield the decisions of the policies concerned in place of the rules, checked."""
        held = self.policies.get(turn.who)
        if turn.move == Move.SPEAK and hasattr(held, "speak"):
            yield from self._spoken(held, turn)
        elif turn.move in {Move.TABLE, Move.SUBMIT} and hasattr(held, "propose"):
            yield from self._proposed(held, turn)
        elif turn.move in {*_READINGS, Move.MOTION}:
            for seat, policy in self.policies.items():
                if hasattr(policy, "respond") and self.run.state.delegates["present"][seat]:
                    yield from self._responded(policy, seat, turn)

    def _spoken(self, policy: Any, turn: Turn) -> Iterator[_Answer]:  # noqa: ANN401 - anything with that method
        place = policy.speak(self._view(turn, turn.who, float(self.run.choice.values[turn.issue])))
        if place is not None:
            yield _Answer("values", turn.issue, _place(place, f"{self.names[turn.who]}: speak answered"))

    def _proposed(self, policy: Any, turn: Turn) -> Iterator[_Answer]:  # noqa: ANN401 - anything with that method
        what = f"{self.names[turn.who]}: propose answered"
        default = dict(zip(self.issues, self.run.choice.values.tolist(), strict=True))
        stated = {issue: value for issue, value in default.items() if not math.isnan(value)}
        tabled = policy.propose(self._view(turn, turn.who, stated))
        if tabled is None:
            return
        if not isinstance(tabled, Mapping) or not tabled:
            raise NegsimError(f"{what} {literal(tabled)}; a proposal maps one issue or more to positions")
        for issue in tabled:
            if issue not in self.issues:
                raise NegsimError(f"{what} on {literal(issue)}; no such issue{did_you_mean(str(issue), self.issues)}")
        for k, issue in enumerate(self.issues):
            yield _Answer("values", k, _place(tabled[issue], f"{what} on {issue}") if issue in tabled else math.nan)

    def _responded(self, policy: Any, seat: int, turn: Turn) -> Iterator[_Answer]:  # noqa: ANN401 - as above
        default = Response(int(self.run.choice.response[seat])).name.lower()
        answer = policy.respond(self._view(turn, seat, default))
        if answer is None:
            return
        if not isinstance(answer, str) or answer not in RESPONSES:
            choice = ", ".join(literal(name) for name in RESPONSES)
            raise NegsimError(f"{self.names[seat]}: respond answered {literal(answer)}; it may answer {choice} or None")
        yield _Answer("response", seat, RESPONSES[answer])

    def _view(self, turn: Turn, seat: int, default: float | _Numbers | str) -> View:
        """Return the view that the delegate in a seat has of a turn."""
        others = {name: j for j, name in enumerate(self.names) if j != seat}
        ends = float(self.run.case.plan["deadline"][self._row])
        trust = self.run.state.trust[:, seat].tolist()
        return View(
            name=self.names[seat],
            group=self.group(seat),
            camp=self.camp(seat),
            move=Move(turn.move),
            issue=self._issue(turn),
            minute=self.run.minute,
            minutes_left=max(0.0, ends - self.run.minute),
            position=MappingProxyType(self.numbers(seat, "position")),
            instructions=MappingProxyType(self.numbers(seat, "instructions")),
            salience=MappingProxyType(self.numbers(seat, "salience")),
            red_lines=MappingProxyType(self.red_lines(seat)),
            chair_trust=float(self.run.state.delegates["chair_trust"][seat]),
            trust=MappingProxyType({name: trust[j] for name, j in others.items()}),
            belief=MappingProxyType({name: MappingProxyType(self.belief(seat, j)) for name, j in others.items()}),
            text=MappingProxyType(self._before_the_room(turn)),
            shortfall=float(self.run.choice.shortfall[seat]) if turn.move in _READINGS else None,
            default=MappingProxyType(default) if isinstance(default, dict) else default,
        )

    def _issue(self, turn: Turn) -> str | None:
        return None if turn.issue < 0 or turn.move == Move.READ_PACKAGE else self.issues[turn.issue]

    def _before_the_room(self, turn: Turn) -> dict[str, Paragraph]:
        """Return the text that a turn is about."""
        if turn.move == Move.DISCUSS:
            return {self.issues[turn.issue]: self._proposal(turn.issue)}
        text = self.text()
        if turn.move in {Move.READ_PACKAGE, Move.ADOPT}:
            put = np.isin(self.run.state.paragraphs["status"], CLOSED_STATUSES)
            if turn.move == Move.READ_PACKAGE:
                put |= self.run.case.plan_issues[self._row]
            return {issue: text[issue] for k, issue in enumerate(self.issues) if put[k] and issue in text}
        return {issue: paragraph for issue, paragraph in text.items() if issue == self._issue(turn)}

    def _proposal(self, k: int) -> Paragraph:
        """Return the proposal under discussion on an issue, as the room reads it."""
        p = next_proposal(self.run.state, k)
        row = self.run.state.proposals[p]
        precision = self.run.case.formats["precision"][self.run.case.plan["format"][self._row]]
        pen = self._pen(row["sponsor"], known=row["attributed"])
        return Paragraph(float(self.run.state.proposed[p, k]), float(precision), pen)

    @property
    def _row(self) -> int:
        return int(self.run.state.clock["row"][0])


def read_only(tables: _Tables) -> _Tables:
    """Return a named tuple of arrays as views on the same memory that refuse to be written to."""
    views: list[NDArray[Any]] = [table.view() for table in tables]
    for view in views:
        view.flags.writeable = False
    return type(tables)(*views)


def _policy(name: str, held: object) -> object:
    """Check the policy for a seat. Raises NegsimError if it has none of the methods, or a misspelt one."""
    for own in dir(held):
        near = [] if own in _METHODS else get_close_matches(own.lower(), _METHODS, n=1, cutoff=_SLIP_LIKENESS)
        if near and not hasattr(held, near[0]) and callable(getattr(held, own)):
            raise NegsimError(f"{name}: a policy has no method {literal(own)}; did you mean {literal(near[0])}?")
    if not any(callable(getattr(held, method, None)) for method in _METHODS):
        raise NegsimError(f"{name}: a policy has at least one of the methods {', '.join(_METHODS)}; this one has none")
    return held


def _place(value: object, what: str) -> float:
    """Check a place on an issue's scale. Raises NegsimError unless it is a number in 0..1."""
    if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
        place = float(value)
        if 0.0 <= place <= 1.0:
            return place
    raise NegsimError(f"{what} {literal(value)}; a position is a number 0..1")
