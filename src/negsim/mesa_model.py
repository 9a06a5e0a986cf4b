"""The Mesa window: one negotiation as a Mesa model, its delegates as Mesa agents. The only module that imports Mesa.

- A step makes one turn with the same kernels as every other face: same seed, same bits. Agents keep nothing; their
  properties read the state.
- Only `step` changes a negotiation. What the window hands out refuses to be written to, since the rules keep sums of
  the tables that a write from outside would leave behind.
- Finished means finished: a step after the end changes nothing but Mesa's own count of calls, `steps`.
- No argument is called `scenario` and none are `**kwargs`: Mesa 3.5 passes an object of its own to either.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import mesa
import numpy as np

from negsim.cast.codes import CLOSED_STATUSES
from negsim.errors import NegsimError, literal
from negsim.negotiation.beliefs import distances
from negsim.negotiation.measures import MEASURES
from negsim.negotiation.runs import Negotiation, Trace
from negsim.negotiation.tables import Case, Choice, Floats, Outcome, State, Turn
from negsim.negotiation.tally import depth_of
from negsim.negotiation.trust import trust_levels
from negsim.policies import Paragraph, SeatedNegotiation, View, read_only
from negsim.randomness import is_whole
from negsim.scenario import Scenario
from negsim.scenario.library import as_scenario

__all__ = ["TURN_SERIES", "DelegateAgent", "NegotiationModel", "Paragraph", "View"]

TURN_SERIES = (  # what the data collector keeps of every turn
    "seed",  # by which the run can be made again, whoever drew it
    "minute",
    "meeting",
    "share_agreed",
    "brackets",
    "perceived_distance",
    "real_distance",
    "trust_within",
    "trust_across",
    "outcome",  # in a word, `running` until the end
    "consensus",
    "depth",
)
_MOST_SEED = 2**64 - 1

_Value = TypeVar("_Value")


class _ReadOnlyMapping(Mapping[str, _Value]):
    """A mapping from issues that refuses to be written to; a copy of the state, equal to a dictionary of its items."""

    def __init__(self, values: Mapping[str, _Value]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> _Value:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)


class _NegotiationWindow(NamedTuple):
    """The tables of a negotiation under way, which refuse to be written to."""

    case: Case
    state: State
    choice: Choice

    def __repr__(self) -> str:
        return f"<Negotiation: {self.state}>"


class DelegateAgent(mesa.Agent):
    """One delegate: a window on one seat of the negotiation. Positions, trust and salience are 0..1."""

    def __init__(self, model: NegotiationModel, seat: int) -> None:
        super().__init__(model)
        self.seat = seat  # 0..N-1, the place in the arrays

    def __repr__(self) -> str:
        return f"<Delegate {self.name}: {self.group}, seat {self.seat}>"

    @property
    def name(self) -> str:
        """The delegate's name, or its group's and its number in the group."""
        return self._room.names[self.seat]

    @property
    def group(self) -> str:
        """The stakeholder group, by its name in the scenario."""
        return self._room.group(self.seat)

    @property
    def camp(self) -> str | None:
        """The camp on the linked theme, None for none."""
        return self._room.camp(self.seat)

    @property
    def present(self) -> bool:
        """False once the delegate has walked out."""
        return bool(self._run.state.delegates["present"][self.seat])

    @property
    def chair_trust(self) -> float:
        """Trust in the chair."""
        return float(self._run.state.delegates["chair_trust"][self.seat])

    @property
    def spoken(self) -> int:
        """Statements made."""
        return int(self._run.state.delegates["spoken"][self.seat])

    @property
    def position(self) -> Mapping[str, float]:
        """The delegate's position, by issue."""
        return self._numbers("position")

    @property
    def instructions(self) -> Mapping[str, float]:
        """The anchor of the position, by issue."""
        return self._numbers("instructions")

    @property
    def salience(self) -> Mapping[str, float]:
        """Weight of each issue; the weights sum to 1."""
        return self._numbers("salience")

    @property
    def statements(self) -> Mapping[str, float]:
        """The position last stated, by issue; NaN where none was."""
        return self._numbers("statement")

    @property
    def red_lines(self) -> Mapping[str, tuple[float, float]]:
        """The lowest and the highest text that the delegate can accept, by issue; infinite where it has no line."""
        return _ReadOnlyMapping(self._room.red_lines(self.seat))

    @property
    def blocking(self) -> list[str]:
        """The issues on which the delegate has a bracket in the text."""
        return [issue for issue, held in self._numbers("bracket").items() if held]

    @property
    def trust_row(self) -> Floats:
        """Trust in every delegate, by seat (N)."""
        row: Floats = self._run.state.trust[:, self.seat].copy()
        row.flags.writeable = False
        return row

    def trust(self, other: DelegateAgent | str) -> float:
        """Return trust in another delegate. Raises NegsimError for an unknown name."""
        return float(self._run.state.trust[self._seat_of(other), self.seat])

    def belief(self, other: DelegateAgent | str) -> Mapping[str, float]:
        """Return where this delegate believes another stands, by issue. Raises NegsimError for an unknown name."""
        return _ReadOnlyMapping(self._room.belief(self.seat, self._seat_of(other)))

    def step(self) -> None:
        """Refuse: delegates take turns by the rules of the floor. Raises NegsimError."""
        raise NegsimError(f"{self.name} cannot step alone: `model.step()` makes the turn that is due")

    def remove(self) -> None:
        """Refuse: a delegate leaves the room by the rules, and keeps its seat. Raises NegsimError."""
        raise NegsimError(
            f"{self.name} cannot be removed: delegates leave by the rules, and `present` is then False; to run without"
            f" one, change the scenario, such as groups.{self.group}.seats"
        )

    def _numbers(self, column: str) -> Mapping[str, float]:
        return _ReadOnlyMapping(self._room.numbers(self.seat, column))

    @property
    def _room(self) -> SeatedNegotiation:
        room: SeatedNegotiation = self.model.room
        return room

    @property
    def _run(self) -> Negotiation:
        return self._room.run

    def _seat_of(self, other: DelegateAgent | str) -> int:
        return other.seat if isinstance(other, DelegateAgent) else self._room.seat(other)


class NegotiationModel(mesa.Model):
    """One negotiation, a turn a step.

    source: a built-in name, a path or a Scenario. rng: the seed, an integer 0..2**64 - 1; a Generator draws one, None
    draws a fresh one; `seed` keeps it, and so does every row. replication: which run under that seed. policies: by
    the name of a delegate, of a group (for all its seats), `"chair"` or `"facilitator"`: an object, a class, which is
    made for each seat, or the name of one in a plug-in, such as `"mine:Spoiler"`. positions: whether the data collector
    keeps every delegate's name, group and positions, too.

    The data collector keeps a row after each turn, even where `step` of a subclass asks it again. So does another one
    that a subclass puts in its place.

    A policy has any of these methods, the last one for the chair and the facilitator. Each is shown a `View`, or a
    `RoomView`; where it answers None, the rules decide.

    - `speak(view) -> float | None`: the position stated on `view.issue`
    - `propose(view) -> mapping from issue to position | None`: the proposal tabled
    - `respond(view) -> "accept" | "object" | "block" | None`: to a text (an objection blocks where it falls short by
      more than blocking costs), or to a procedural motion (anything but "accept" is against)
    - `draft(view) -> mapping from issue to position | None`: the text handed out, on any of `view.issues`

    Raises NegsimError for a seed or replication out of range, an unknown seat, a policy without methods, and (from
    `step`) for an invalid answer; the turn is then still due.
    """

    def __init__(
        self,
        source: Scenario | str | Path,
        *,
        rng: int | np.random.Generator | None = None,
        replication: int = 0,
        policies: Mapping[str, object] | None = None,
        positions: bool = False,
    ) -> None:
        seed = _seed(rng)
        super().__init__(rng=seed)
        self.running: bool = True
        self.seed = seed
        self.replication = replication
        self.room = SeatedNegotiation(as_scenario(source), policies or {}, seed=seed, replication=replication)
        run = self.room.run
        self.negotiation = _NegotiationWindow(read_only(run.case), read_only(run.state), read_only(run.choice))
        self._depth = b"", math.nan  # of a text
        self.turns = 0  # made; Mesa's own `steps` counts calls
        self.delegates = [DelegateAgent(self, seat) for seat in range(len(self.room.names))]
        of_delegates: dict[str, object] = {"name": "name", "group": "group"}
        of_delegates |= {issue: partial(_position, issue=issue) for issue in self.room.issues}
        of_model: dict[str, object] = {name: name for name in TURN_SERIES} | {"outcome": _outcome_word}
        self.datacollector = mesa.DataCollector(of_model, of_delegates if positions else {})

    def __repr__(self) -> str:
        which = f"replication {self.replication} under seed {self.seed}"
        return f"<NegotiationModel of {literal(self.room.scenario.title)}: {which}, {self.turns} turns made>"

    def step(self) -> None:
        """Make the turn that is due; do nothing after the end."""
        try:
            if self.running:
                self.room.finish_turn()
                self.turns += 1
                self.running = self.outcome == Outcome.RUNNING
                self.datacollector.collect(self)
        except BaseException:
            self._keep_stepping()
            raise

    def _keep_stepping(self) -> None:
        """Schedule the steps again: from Mesa 3.5 on none follows one that raised."""
        if hasattr(self, "schedule_recurring"):
            from mesa.time import Schedule  # noqa: PLC0415 - not in Mesa 3.3

            self.schedule_recurring(self._step_again, Schedule(interval=1.0, start=self.time + 1.0))

    def _step_again(self) -> None:
        if hasattr(self, "steps"):  # not in Mesa 4
            self.steps += 1
        type(self).step(self)

    @property
    def datacollector(self) -> mesa.DataCollector:
        """The data collector. Any that is put here keeps a row after each turn."""
        return self._datacollector

    @datacollector.setter
    def datacollector(self, collector: mesa.DataCollector) -> None:
        collector.collect = _RowATurn(collector)
        self._datacollector = collector

    @property
    def pending(self) -> Turn:
        """The turn that is due: a move, an issue and a seat (-1 for none)."""
        return self.room.run.pending

    @property
    def outcome(self) -> Outcome:
        """The outcome; RUNNING until the end."""
        return self.room.run.outcome

    @property
    def minute(self) -> float:
        """Floor time spent."""
        return self.room.run.minute

    @property
    def meeting(self) -> int:
        """The meeting under way, from 0."""
        return int(self.negotiation.case.plan["meeting"][self.negotiation.state.clock["row"][0]])

    @property
    def text(self) -> Mapping[str, Paragraph]:
        """The current text, by issue; issues without text are left out."""
        return _ReadOnlyMapping(self.room.text())

    @property
    def consensus(self) -> bool:
        """True once the negotiation has ended in consensus."""
        return self.outcome == Outcome.CONSENSUS

    @property
    def depth(self) -> float:
        """The depth of what is agreed so far; NaN where nothing is."""
        case, state = self.room.run.case, self.room.run.state
        text = b"".join(state.paragraphs[column].tobytes() for column in ("status", "text", "precision"))
        if self._depth[0] != text:  # which most turns leave alone
            self._depth = text, float(depth_of(case, state)[0])
        return self._depth[1]

    @property
    def share_agreed(self) -> float:
        """Share of the issues that are closed."""
        return float(np.isin(self.negotiation.state.paragraphs["status"], CLOSED_STATUSES).mean())

    @property
    def brackets(self) -> int:
        """Brackets that stand in the text."""
        return int(self.negotiation.state.views["bracket"].sum())

    @property
    def perceived_distance(self) -> float:
        """The mean distance that delegates of different groups believe to be between them."""
        return float(distances(self.room.run.state)[0])

    @property
    def real_distance(self) -> float:
        """The mean distance between delegates of different groups."""
        return float(distances(self.room.run.state)[1])

    @property
    def trust_within(self) -> float:
        """Mean trust among delegates of the same group."""
        return float(trust_levels(self.room.run.state)[0])

    @property
    def trust_across(self) -> float:
        """Mean trust among delegates of different groups."""
        return float(trust_levels(self.room.run.state)[1])

    def trace(self) -> Trace:
        """Return the course of the turns made so far; `transcript` takes it, or the model itself."""
        return read_only(self.room.trace())

    def measured(self) -> dict[str, float]:
        """Return the measures of the run so far, by name; NaN for what does not apply."""
        return dict(zip(MEASURES, self.room.run.measured().runs[0].tolist(), strict=True))


class _RowATurn:
    """A collector's `collect`, which keeps one row a turn: a further call at the same turn changes nothing."""

    def __init__(self, collector: mesa.DataCollector) -> None:
        self._collector, self._turn = collector, 0

    def __call__(self, model: NegotiationModel) -> None:
        if model.turns == self._turn:
            return
        self._turn = model.turns
        type(self._collector).collect(self._collector, model)
        if not hasattr(self._collector, "_collection_steps"):  # Mesa 3.3 counts rows of the model, to find the agents'
            agents = self._collector._agent_records  # noqa: SLF001 - Mesa offers no other way
            agents.update({model.turns - 1: agents.pop(model.steps)} if model.steps in agents else {})


def _position(delegate: DelegateAgent, *, issue: str) -> float:
    return delegate.position[issue]


def _outcome_word(model: NegotiationModel) -> str:
    return model.outcome.name.lower()


def _seed(rng: object) -> int:
    """Return the seed that `rng` stands for. Raises NegsimError for anything but 0..2**64 - 1, a Generator or None."""
    if rng is None:
        rng = np.random.default_rng()
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(0, _MOST_SEED, dtype=np.uint64, endpoint=True))
    if is_whole(rng) and 0 <= rng <= _MOST_SEED:
        return int(rng)
    raise NegsimError(f"rng is {literal(rng)}; it has to be an integer 0..2**64 - 1, a numpy Generator or None")
