"""Views: what a delegate, or the chair, may know when it has to decide.

- A view is of one turn. It is read from the state when it is asked, and filled in when the turn is made if somebody
  still holds it: so it costs what a policy looks at, and never changes.
- Nothing in it can be written to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from functools import cached_property
from math import inf, isnan
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from negsim.cast.moves import TURNS
from negsim.errors import NegsimError, no_attribute
from negsim.negotiation.tables import Floats, Move, Turn
from negsim.scenario.lowering import group_labels

if TYPE_CHECKING:
    from negsim.policies.seated import SeatedNegotiation

_T = TypeVar("_T")
Numbers = Mapping[str, float]  # by issue
Number = float | Floats  # of one delegate, or of many at once
_ANSWER_COLUMNS = ["refused_below", "refused_above", "accepted_low", "accepted_high", "blocks"]  # of opinions


class Paragraph(NamedTuple):
    """A text before the room: its place on its issue, its precision, and who holds the pen (None: not known)."""

    value: float  # 0..1
    precision: float  # 0..1
    pen: str | None  # a delegate, "chair", "facilitator" or "group"


class CorridorAnswer(NamedTuple):
    """The truth that a delegate told when it was asked in the corridor."""

    position: Numbers  # where it stood, by issue
    red_lines: Mapping[str, tuple[float, float]]  # the lowest and the highest text that it can ever accept, by issue
    priority: str  # the issue that counts most for it


class KnownAnswers(NamedTuple):
    """What the room knows of somebody's answers on an issue: places 0..1, infinite where it knows none."""

    refused_below: Number = -inf  # text here and below
    refused_above: Number = inf  # text here and above
    accepted_low: Number = inf
    accepted_high: Number = -inf
    brackets: Number = 0  # at readings of the paragraph
    may_block: Number = True


class RoomView:
    """Everything that everybody in the room sees when a decision is due; what the policy of a chair is shown."""

    name: str
    """Who decides, which is a delegate, `"chair"` or `"facilitator"`."""

    move: Move
    """What the turn is, such as `Move.READ`; `view.move.meaning` says it in words."""

    default: float | Numbers | str | None
    """What happens where the policy answers None: a position, positions by issue, `"accept"` or `"object"`, True for a
    motion that is moved; or None."""

    minute: float
    """Floor time spent since the process began."""

    def __init__(self, room: SeatedNegotiation, holder: int, turn: Turn, default: float | Numbers | str | None) -> None:
        vars(self).update(
            _room=room,
            _holder=holder,
            _turn=turn,
            name=room.name_of(holder),
            move=Move(turn.move),
            default=MappingProxyType(default) if isinstance(default, dict) else default,
            minute=room.run.minute,
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.name} at minute {self.minute:.0f}: {self.move.name}>"

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - there is none
        no_attribute(self, name, f"the view of {vars(self).get('name')}")

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to {name!r}: a view cannot be written to")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete {name!r}: a view cannot be written to")

    @property
    def run(self) -> tuple[int, int]:
        """The seed and the number of the replication."""
        return self._room.address

    @cached_property
    def issues(self) -> tuple[str, ...]:
        """The issues that the decision is about, such as all those of a package; none for a motion."""
        return tuple(self._room.issues_of(self._turn))

    @cached_property
    def issue(self) -> str | None:
        """The issue, if the turn is about one; None for a package, an offer, a report, a draft or a motion."""
        return self._room.issue_of(self._turn)

    @cached_property
    def text(self) -> Mapping[str, Paragraph]:
        """The text that is read, or that stands on the issue under discussion, by issue."""
        return MappingProxyType(self._room.text_before(self._turn))

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """The group of each delegate, both by their names in the scenario."""
        return MappingProxyType({name: self._room.group(seat) for seat, name in enumerate(self._room.names)})

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What briefs call each issue and each group, by their names in the scenario."""
        scenario = self._room.scenario
        issues = {name: issue.label for name, issue in scenario.issues.items()}
        return MappingProxyType(issues | group_labels(scenario))

    @cached_property
    def status_quo(self) -> Numbers:
        """What stays where nothing is agreed, by issue."""
        return MappingProxyType({name: issue.status_quo for name, issue in self._room.scenario.issues.items()})

    @cached_property
    def minutes_left(self) -> float:
        """Floor time until the mandate ends."""
        return max(0.0, self._room.deadline - self.minute)

    @cached_property
    def agreed(self) -> tuple[str, ...]:
        """The issues whose text is agreed."""
        return tuple(self._room.agreed())

    @cached_property
    def brackets(self) -> Mapping[str, tuple[str, ...]]:
        """The delegates who block the text, by issue; issues without brackets are left out."""
        held, names = self._room.run.state.opinions["bracket"], self._room.names
        who = (tuple(names[seat] for seat in np.flatnonzero(row).tolist()) for row in held)
        return MappingProxyType({issue: those for issue, those in zip(self._room.issues, who, strict=True) if those})

    @cached_property
    def known_answers(self) -> Mapping[str, Mapping[str, KnownAnswers]]:
        """What the room knows of each delegate's answers to texts, by issue and name."""
        room = self._room
        may, answered = room.run.case.seats["may_block"].tolist(), np.asarray(room.run.state.opinions)[_ANSWER_COLUMNS]
        known = {issue: map(KnownAnswers._make, zip(*zip(*row, strict=True), may, strict=True))
                 for issue, row in zip(room.issues, answered.tolist(), strict=True)}  # fmt: skip
        return _frozen({issue: dict(zip(room.names, rows, strict=True)) for issue, rows in known.items()})

    @cached_property
    def statements(self) -> Mapping[str, Numbers]:
        """The position that each delegate stated last, by delegate and issue; left out where it said nothing."""
        stated = {name: self._room.numbers(seat, "statement") for seat, name in enumerate(self._room.names)}
        said = {name: {issue: at for issue, at in row.items() if not isnan(at)} for name, row in stated.items()}
        return _frozen({name: row for name, row in said.items() if row})

    @property
    def rng(self) -> np.random.Generator:
        """A generator of random numbers for this policy, which belongs to the seed, the replication and the seat."""
        return self._room.generator(self._holder)

    def brief(self, *, heard: bool = True) -> str:
        """Write what is known and what is asked in words: for a delegate, what a student in its seat reads.

        heard: without it, the brief is that of the beginning, and the question has nothing of what came of the room.
        """
        if "_is_over" in vars(self):
            raise NegsimError("a brief is written while the decision is due; keep the text, not the view")
        return self._room.brief(self._holder, self, heard=heard)

    def fill(self) -> None:
        """Read everything that was not looked at yet, before the turn is made."""
        for name in _LAZY[type(self)]:
            getattr(self, name)
        vars(self)["_is_over"] = True

    if TYPE_CHECKING:
        _room: SeatedNegotiation
        _holder: int
        _turn: Turn


class View(RoomView):
    """Everything that a delegate knows when it has to decide. Positions, trust and salience are 0..1."""

    @cached_property
    def group(self) -> str:
        """The delegate's group, by its name in the scenario."""
        return self._room.group(self._holder)

    @cached_property
    def camp(self) -> str | None:
        """The delegate's camp, None for none."""
        return self._room.camp(self._holder)

    @cached_property
    def may_block(self) -> bool:
        """Whether its objection can stop consensus."""
        return bool(self._room.run.case.seats["may_block"][self._holder])

    @cached_property
    def position(self) -> Numbers:
        """Where it stands, by issue."""
        return MappingProxyType(self._room.numbers(self._holder, "position"))

    @cached_property
    def instructions(self) -> Numbers:
        """What its instructions say, by issue."""
        return MappingProxyType(self._room.numbers(self._holder, "instructions"))

    @cached_property
    def salience(self) -> Numbers:
        """How much each issue counts for it; the weights sum to 1."""
        return MappingProxyType(self._room.numbers(self._holder, "salience"))

    @cached_property
    def red_lines(self) -> Mapping[str, tuple[float, float]]:
        """The lowest and the highest text that it can ever accept, by issue; infinite without a line."""
        return MappingProxyType(self._room.red_lines(self._holder))

    @cached_property
    def chair_trust(self) -> float:
        """Its trust in the chair."""
        return float(self._room.run.state.delegates["chair_trust"][self._holder])

    @cached_property
    def trust(self) -> Numbers:
        """Its trust in each other delegate, by name."""
        held = self._room.run.state.trust[:, self._holder].tolist()
        return MappingProxyType({name: held[j] for name, j in self._room.others(self._holder)})

    @cached_property
    def belief(self) -> Mapping[str, Numbers]:
        """Where it believes each other delegate to stand, by name and issue."""
        return _frozen({name: self._room.belief(self._holder, j) for name, j in self._room.others(self._holder)})

    @cached_property
    def learnt(self) -> Mapping[str, Numbers]:
        """How far its beliefs have moved since the policy took the seat, by name and issue."""
        return _frozen({name: self._room.learnt(self._holder, j) for name, j in self._room.others(self._holder)})

    @cached_property
    def answers(self) -> Mapping[str, CorridorAnswer]:
        """The last answers of those whom it asked in the corridor, by name."""
        answers, shown = dict(self._room.corridor_answers.get(self._holder, {})), self._room.shown(self._holder)
        if shown >= 0 and (name := self._room.names[shown]) in answers:  # its line has moved, and it says so
            answers[name] = answers[name]._replace(red_lines=self._room.red_lines(shown))
        return MappingProxyType(answers)

    @cached_property
    def secret(self) -> str | None:
        """The issue on which it knows something that it has shown nobody yet; None for none."""
        return self._room.secret(self._holder)

    @cached_property
    def brackets_used(self) -> tuple[str, ...]:
        """The issues on which it has stopped the room alone, in a process with the lone bracket."""
        used = self._room.run.state.entries["bracket_used"][:, self._holder].tolist()
        return tuple(issue for issue, one in zip(self._room.issues, used, strict=True) if one)

    @cached_property
    def shortfall(self) -> float | None:
        """Value units by which the text read falls short for it by the rules, infinite over a red line; else None."""
        is_read = self.move == Move.RENEW or "argument" in TURNS[self.move].decides
        return float(self._room.run.choice.shortfall[self._holder]) if is_read else None


def _frozen(table: Mapping[str, Mapping[str, _T]]) -> Mapping[str, Mapping[str, _T]]:
    return MappingProxyType({name: MappingProxyType(row) for name, row in table.items()})


_LAZY = {
    kind: [name for base in kind.__mro__ for name, value in vars(base).items() if isinstance(value, cached_property)]
    for kind in (RoomView, View)
}
