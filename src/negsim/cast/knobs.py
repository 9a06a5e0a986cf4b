"""The knobs: each changes a whole process with one number or word.

- A knob is applied by the function `set_` with its name in `scenario.changes`, in the order of `KNOBS`, after all other
  changes. Studies, captions, links, the lab and reports read the rest of its record.
- Nothing heavy is imported: the help of every command waits for this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from negsim.cast.aspects import Aspect

Level = int | float | str

AS_WRITTEN = "as_written"  # the methodology of a scenario that keeps its own agendas
UNCHANGED_LEVEL = "as written"  # what a level is called that leaves the scenario as it is


@dataclass(frozen=True, kw_only=True)
class LevelWords:
    """The words for a factor and its levels.

    label: the label of an axis. phrase: the phrase for a level if the axis is not named beside it. phrases: the levels
    with a phrase of their own. unit: what a level is, a number of things, a share, or a name.
    """

    label: str
    unit: Literal["count", "share", "name"]
    phrase: str = "{}"
    phrases: Mapping[Level, str] = field(default_factory=dict)

    def put(self, level: Level, text: str) -> str:
        """Return the phrase of a level. text: what the axis calls it."""
        return self.phrases.get(level, self.phrase.format(text))


@dataclass(frozen=True, kw_only=True)
class Knob:
    """A knob.

    name: the name of its function, and of the lab's axis in a link. path: its name for `--set` and studies. key: the
    key of its level in a link. words: the words for its levels. meaning: what it sets. levels: the points of a curve
    along it; if it has names, those of the formats that the lab offers. reads: returns its level in a scenario, None if
    no level says it. aspect: what it belongs to. drawn: its name if every run draws it. bears_on_size: whether it may
    make a run larger. on_page: whether a page that runs the model has it without being asked.
    """

    name: str
    path: str
    key: str
    words: LevelWords
    meaning: str
    levels: tuple[Level, ...] = ()
    reads: Callable[[Any], Level | None]
    aspect: Aspect
    drawn: str
    bears_on_size: bool = False
    on_page: bool = True

    def change(self, level: object) -> str:
        """Write a change as `--set` takes it.

        >>> MEETINGS.change(5)
        'meetings.count=5'
        """
        return f"{self.path}={level}"


def _mixed_share(scenario: Any) -> float:  # noqa: ANN401 - a scenario, which stands above the cast
    """Return the share of the evenings with mixed tables, to a per cent."""
    usual = scenario.process.informal.mixed_share
    nights = [night for meeting in scenario.process.meetings for night in meeting.evenings]
    mixed = [usual if night.mixed_share is None else night.mixed_share for night in nights]
    number: float = round(sum(share > 0.0 for share in mixed) / max(1, len(mixed)), 2)
    return number


_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)

MEETINGS = Knob(
    name="meetings",
    path="meetings.count",
    key="m",
    words=LevelWords(label="number of meetings", unit="count", phrase="{} meetings", phrases={1: "1 meeting"}),
    meaning="how many meetings",
    levels=(1, 2, 3, 4, 5, 6, 7, 8),
    reads=lambda scenario: len(scenario.process.meetings),
    aspect=Aspect.MEETINGS,
    drawn="the number of meetings",
    bears_on_size=True,
)
DAYS = Knob(
    name="days",
    path="meetings.days_in_all",
    key="d",
    words=LevelWords(label="days in all", unit="count", phrase="{} days in all", phrases={1: "1 day in all"}),
    meaning="how many days in all, divided among the meetings",
    levels=(1, 2, 3, 4, 6, 8, 10, 12, 16, 20),
    reads=lambda scenario: sum(meeting.days for meeting in scenario.process.meetings),
    aspect=Aspect.MEETINGS,
    drawn="the days in all",
    bears_on_size=True,
    on_page=False,
)
METHODOLOGY = Knob(
    name="methodology",
    path="methodology",
    key="w",
    words=LevelWords(label="methodology", unit="name"),
    meaning="how floor time is spent",
    reads=lambda _: None,
    aspect=Aspect.METHODOLOGY,
    drawn="methodology",
)
EVENINGS = Knob(
    name="evenings",
    path="informal.mixed_evenings",
    key="e",
    words=LevelWords(
        label="share of mixed evenings",
        unit="share",
        phrase="{} mixed evenings",
        phrases={0: "no mixed evenings", 1: "all evenings mixed"},
    ),
    meaning="share of evenings at mixed tables",
    levels=_SHARES,
    reads=_mixed_share,
    aspect=Aspect.INFORMAL,
    drawn="mixed evenings",
)
CORRIDORS = Knob(
    name="corridors",
    path="informal.corridors",
    key="o",
    words=LevelWords(
        label="share of corridor talk across groups",
        unit="share",
        phrase="{} of corridor talk across groups",
        phrases={0: "no corridor talk"},
    ),
    meaning="share of the talk at breaks that goes across groups",
    levels=_SHARES,
    reads=lambda scenario: scenario.process.informal.corridors,
    aspect=Aspect.INFORMAL,
    drawn="corridor talk",
)
KNOBS: dict[str, Knob] = {knob.path: knob for knob in list(globals().values()) if isinstance(knob, Knob)}  # all above

OPENING_PATH = "process.opening"  # an ordinary path, which studies vary as they vary knobs
LEVEL_WORDS: dict[str, LevelWords] = {path: knob.words for path, knob in KNOBS.items()} | {
    OPENING_PATH: LevelWords(
        label="share of the first meeting that opens with questions",
        unit="share",
        phrase="{} of the first meeting opens with questions",
    )
}
