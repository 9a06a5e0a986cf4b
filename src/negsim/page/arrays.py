"""The arrays of a page: every column of the tables of every case that its knobs can make, lowered beforehand.

- A column has tables. A table says, by the knobs that the column depends on (and by the replication, where something is
  drawn), which content the column has. A content is stored once. The browser copies it; it computes no input.
- Knobs whose effects meet in one column are turned together only if their levels were lowered together: those of the
  timetable (meetings, methodology, evenings; meetings, corridors; both with the days held). Two others that meet in a
  column clash, and so do two whose effects do not add up when they are tried together.
- Of the settings of the timetable only its tables are lowered, once for all draws that change nothing in it.
- A table that is blank in every case is not stored, only which tables it is as long as.
"""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negsim.cast.knobs import CORRIDORS, DAYS, EVENINGS, MEETINGS, METHODOLOGY, Level
from negsim.errors import ScenarioError
from negsim.kernel import interface
from negsim.negotiation.tables import Case
from negsim.page.knobs import DAYS_HELD, PageKnob
from negsim.page.shapes import shapes
from negsim.scenario import Scenario, with_changes
from negsim.scenario.changes import with_draws
from negsim.scenario.lowering import Timetable, lower, timetable
from negsim.scenario.sampling import Sampler, parted
from negsim.scenario.yaml import Plain

DRAWS = 200  # replications that are lowered beforehand where something is drawn
_TOGETHER = (
    (MEETINGS.name, METHODOLOGY.name, EVENINGS.name, DAYS_HELD),
    (MEETINGS.name, CORRIDORS.name, DAYS_HELD),
    (DAYS.name,),
)
_SEATS_OF_PLAN = "plan_seats"
_BLANK = {_SEATS_OF_PLAN: ("plan", "seats")}  # its rows and columns are the rows of these; blank without events
_OF_NO_PLAN = (  # first steps of paths that change no timetable
    *("groups", "delegates", "trust", "context", "camps", "issues", "parameters", "seats", "process.record_dissent"),
    *("process.decision_rule", "process.fallback_vote", "process.adoption", "process.chair", "process.chair_reports"),
)
_MISSING = 2**32 - 1  # instead of a content: the scenario cannot have these levels
_NO_LEVELS: Mapping[str, Level] = {}
_Column = tuple[str, str]  # array, column ("" where it has none)
_Content = tuple[tuple[int, ...], bytes]  # shape of the array, bytes of the column
Setting = Mapping[str, int]  # the number of its level, by the name of a knob; a knob that is left out is as written


class _Table(NamedTuple):
    """The contents of a column by the levels of some knobs, and by replication. ids: (levels ..., draws)."""

    by: tuple[str, ...]
    ids: NDArray[np.uint32]

    def at(self, setting: Setting, written: Mapping[str, int], draw: int) -> int:
        """Return the number of the content at a setting."""
        place = tuple(setting.get(name, written[name]) for name in self.by)
        return int(self.ids[*place, draw % self.ids.shape[-1]])


class PageArrays(NamedTuple):
    """The arrays of a page. data: compressed, for the browser. draws: replications that it holds, 0 for any."""

    data: bytes
    clashes: frozenset[frozenset[str]]  # pairs of knobs that cannot be turned together
    draws: int


class Lowering:
    """The cases of a scenario at every level of its knobs, as contents of columns."""

    def __init__(
        self, scenario: Scenario, knobs: Sequence[PageKnob], seed: int, *, fixed: Mapping[str, Level] = _NO_LEVELS
    ) -> None:
        self.scenario, self.seed, self.fixed = scenario, seed, fixed
        self.knobs = {knob.name: knob for knob in knobs}
        self.written = {knob.name: knob.written for knob in knobs}
        self.draws = DRAWS if is_drawn(scenario) else 0
        self._blank = {} if scenario.process.events else _BLANK
        self._contents: dict[_Content, int] = {}
        self._tables: dict[_Column, list[_Table]] = {}
        self._sampler = lru_cache(4)(lambda setting: Sampler(with_changes(scenario, self.changes(dict(setting))), seed))
        self._certain = parted(scenario, seed, 0)[0]
        self._turned = lru_cache(1)(lambda setting: with_draws(self._certain, self.changes(dict(setting))))

    def steps(self) -> Generator[tuple[int, int, str], None, PageArrays]:
        """Lower everything; yield how many settings are done, of how many, and what they are."""
        together = [tuple(name for name in names if name in self.knobs) for names in _TOGETHER]
        together = [names for names in together if names]
        alone = [(name,) for name in self.knobs if not any(name in names for names in together)]
        groups = [(), *together, *alone]
        total, done = sum(len(list(self._settings(names))) for names in groups), 0
        for names in groups:
            for _ in self._lower(names, timetable=names in together):
                done += 1
                yield done, total, "settings lowered"
        pairs = map(frozenset, itertools.combinations(self.knobs, 2))
        clashes = frozenset(pair for pair in pairs if self._clash(*sorted(pair)))
        return PageArrays(self._packed(), clashes, self.draws)

    def case(self, setting: Setting, replication: int) -> Case:
        """Lower the case of one replication. Raises ScenarioError if the scenario cannot have these levels."""
        if self.draws:
            return next(self._sampler(tuple(sorted(setting.items()))).cases(replication, 1))[0]
        return lower(_changed(self.scenario, self.changes(setting)))

    def _timetable(self, setting: Setting, replication: int) -> Timetable:
        """Lower the timetable of that case; no other draws are put in than those that may change it.

        Raises ValueError if the scenario cannot have these levels.
        """
        turned, scenario = self.changes(setting), self._turned(tuple(setting.items()))
        return timetable(with_draws(scenario, {**self._drawn[replication], **turned}) if self.draws else scenario)

    def changes(self, setting: Setting) -> dict[str, object]:
        """Return the changes that make a setting, by path."""
        turned = {name: at for name, at in setting.items() if at != self.written[name]}
        levels = {self.knobs[name].path: self.knobs[name].levels[at].value for name, at in turned.items()}
        return {**self.fixed, **levels}

    def content(self, column: _Column, setting: Setting, draw: int) -> int | None:
        """Return the number of a column's content at a setting; None if knobs clash in it."""
        tables = self._tables[column]
        turned = {name for name, at in setting.items() if at != self.written[name]}
        meet = {name for table in tables for name in table.by} & turned
        fitting = next((table for table in tables if meet <= set(table.by)), None)
        return None if fitting is None else fitting.at(setting, self.written, draw)

    def _settings(self, names: Sequence[str]) -> Iterator[dict[str, int]]:
        for places in itertools.product(*(range(len(self.knobs[name].levels)) for name in names)):
            yield dict(zip(names, places, strict=True))

    def _lower(self, names: tuple[str, ...], *, timetable: bool) -> Iterator[None]:
        """Lower the product of the levels of some knobs; timetable: only the tables of the timetable."""
        numbers: dict[_Column, list[list[int]]] = {}
        for setting in self._settings(names):
            row = self._row(setting, timetable=timetable)
            for column, ids in row.items():
                numbers.setdefault(column, []).append(ids)
            yield
        lengths = [len(self.knobs[name].levels) for name in names]
        for column, listed in numbers.items():
            table = _trimmed(names, np.array(listed, np.uint32).reshape(*lengths, -1))
            others = self._tables.setdefault(column, [])
            if not any(set(table.by) <= set(other.by) for other in others):
                others.append(table)

    def _row(self, setting: Setting, *, timetable: bool) -> dict[_Column, list[int]]:
        """Return the contents of all columns at a setting, by replication."""
        keys = self._timetable_keys(setting) if timetable else map(str, range(self.draws or 1))
        known: dict[str, dict[_Column, int]] = {}
        rows = []
        for draw, key in enumerate(keys):
            if key not in known:
                known[key] = self._numbered(setting, draw, timetable=timetable)
            rows.append(known[key])
        return {column: [row[column] for row in rows] for column in rows[0]}

    def _timetable_keys(self, setting: Setting) -> list[str]:
        """Return what each replication draws that may change the timetable: the same text, the same timetable."""
        turned = self.changes(setting)
        return [str({key: value for key, value in drawn.items() if key not in turned}) for drawn in self._drawn]

    @cached_property
    def _drawn(self) -> list[dict[str, Plain]]:
        """What each replication draws that may change the timetable, by path."""
        drawn = (parted(self.scenario, self.seed, draw)[1] for draw in range(self.draws or 1))
        return [
            {path: value for path, value in each.items() if not (self._blank and path.startswith(_OF_NO_PLAN))}
            for each in drawn
        ]

    def _numbered(self, setting: Setting, draw: int, *, timetable: bool) -> dict[_Column, int]:
        """Lower one case, keep the contents of its columns, and return their numbers."""

        def kept(column: _Column) -> bool:
            return column[0] not in self._blank and (not timetable or column[0] in Timetable._fields)

        try:
            columns = columns_of(self._timetable(setting, draw) if timetable else self.case(setting, draw))
        except (ScenarioError, ValueError):
            return dict.fromkeys(filter(kept, self._tables), _MISSING)
        return {
            column: self._contents.setdefault(content, len(self._contents))
            for column, content in columns.items()
            if kept(column)
        }

    def _clash(self, one: str, other: str) -> bool:
        """Return whether two knobs cannot be turned together: at the ends of both, their effects do not add up."""
        if any(one in names and other in names for names in _TOGETHER):
            return False
        ends = ((0, len(self.knobs[name].levels) - 1) for name in (one, other))
        for places in itertools.product(*ends):
            setting = dict(zip((one, other), places, strict=True))
            try:
                columns = columns_of(self.case(setting, 0))
            except ScenarioError:
                return True
            for column in self._tables:
                held = self.content(column, setting, 0)
                if held is None or held != self._contents.get(columns[column]):
                    return True
        return False

    def _packed(self) -> bytes:
        """Return everything as compressed bytes: the length of a header, the header (JSON), numbers, contents."""
        described = {
            column: [{"by": table.by, "lengths": table.ids.shape} for table in tables]
            for column, tables in self._tables.items()
        }
        ids = b"".join(table.ids.tobytes() for tables in self._tables.values() for table in tables)
        header = {
            "interface": interface(),
            "shapes": shapes(),
            "blank": self._blank,
            "written": self.written,
            "draws": self.draws,
            "columns": [[*column, tables] for column, tables in described.items()],
            "contents": [(*shape, len(content)) for shape, content in self._contents],
        }
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        whole = len(text).to_bytes(8, "little") + text + ids + b"".join(content for _, content in self._contents)
        return gzip.compress(whole, 9, mtime=0)


def _changed(scenario: Scenario, changes: Mapping[str, Plain]) -> Scenario:
    """Change a certain scenario. Raises ScenarioError for what does not fit."""
    try:
        return with_draws(scenario, changes)
    except ValueError:
        return with_changes(scenario, changes)  # which says what does not fit


def is_drawn(scenario: Scenario) -> bool:
    """Return whether runs of a scenario differ in what they start from."""
    return any(len(how.one_of or how.either or "many") > 1 for how in scenario.uncertain.values())


def columns_of(case: Case | Timetable) -> dict[_Column, _Content]:
    """Return the columns of the tables of a case, each as the shape of its table and its bytes, side by side."""
    columns: dict[_Column, _Content] = {}
    for array, table in case._asdict().items():
        for name in table.dtype.names or ("",):
            columns[array, name] = (table.shape, (table[name] if name else table).tobytes())
    return columns


def _trimmed(names: Sequence[str], ids: NDArray[np.uint32]) -> _Table:
    """Make a table by the knobs alone that make a difference."""
    by: list[str] = []
    for axis, name in reversed(list(enumerate(names))):
        if (ids == ids.take([0], axis=axis)).all():
            ids = np.take(ids, 0, axis=axis)
        else:
            by.insert(0, name)
    return _Table(tuple(by), ids[..., :1] if (ids == ids[..., :1]).all() else ids)
