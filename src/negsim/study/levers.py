"""Single changes that fit any scenario: of its process, of its setting, of its rule.

Rules that hold here
- A single change is written as `--set` takes it, save for an event, which is added to those there are.
- *process*: what a chair and a secretariat decide (time, methodology, the chair's habits, evenings). *setting*: what
  they find (trust, tension, linkage). *rule*: what counts as consensus; a lower bar is not the same as agreement.
- Changes of one subject exclude each other, such as two methodologies. What would change nothing is left out.
- A change of days is made after one of evenings, so that there is an evening a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from negsim.scenario import Scenario, with_changes
from negsim.scenario.codebook import CODEBOOK, number
from negsim.scenario.drawing import paths_drawn
from negsim.scenario.methodology import METHODOLOGIES, REFERENCE_MODELS
from negsim.scenario.plain import Plain
from negsim.scenario.process import MOST_DAYS, MOST_MEETINGS

Kind = Literal["process", "setting", "rule"]
KINDS: tuple[Kind, ...] = ("process", "setting", "rule")
MOST_DAYS_IN_ALL = 1000


class Turn(NamedTuple):
    """One change, or two made together.

    subjects: what it is about. changes: paths and values. events: to be added to the process. parts: the names of the
    two, none for a single change.
    """

    name: str
    kind: Kind
    subjects: frozenset[str]
    changes: dict[str, Plain]
    events: tuple[Plain, ...] = ()
    parts: tuple[str, ...] = ()

    def of(self, scenario: Scenario) -> Scenario:
        """The scenario so changed."""
        added = {"process.events": [*scenario.resolved()["process"]["events"], *self.events]} if self.events else {}
        last = dict(sorted((self.changes | added).items(), key=lambda change: change[0].endswith(".days")))
        return with_changes(scenario, last)

    def and_(self, other: Turn) -> Turn:
        """Both made together, of the weightier kind. Raises ValueError where they exclude each other."""
        if self.subjects & other.subjects:
            raise ValueError(f"{self.name} and {other.name} exclude each other")
        return Turn(
            f"{self.name} + {other.name}",
            max(self.kind, other.kind, key=KINDS.index),
            self.subjects | other.subjects,
            self.changes | other.changes,
            self.events + other.events,
            (self.name, other.name),
        )


def catalogue(scenario: Scenario) -> list[Turn]:
    """Every single change that changes this scenario, but for those that count on what is drawn for every run."""
    base = _said(scenario)
    every = (*_evenings(scenario), *_time(scenario), *_methods(), *_chair(scenario), *_setting(scenario), *_rules())
    return [turn for turn in every if _said(turn.of(scenario)) != base]


def _said(scenario: Scenario) -> Plain:
    """What a scenario says, reasons apart."""
    return scenario.resolved() | {"basis": None}


def _times_are_drawn(scenario: Scenario) -> bool:
    """Whether runs differ in their meetings or days, so that there is no fixed number to add to, and no last one."""
    return any(path == "meetings.count" or _ends(path, "days") for path in paths_drawn(scenario))


def _evenings_are_drawn(scenario: Scenario) -> bool:
    """Whether runs differ in their evenings."""
    return any(path == "informal.mixed_evenings" or _ends(path, "evenings") for path in paths_drawn(scenario))


def _ends(path: str, last: str) -> bool:
    return path == "process.meetings" or (path.startswith("process.meetings.") and path.endswith(f".{last}"))


def _one(name: str, subject: str, changes: dict[str, Plain], kind: Kind = "process", *events: Plain) -> Turn:
    return Turn(name, kind, frozenset([subject]), changes, events)


def _evenings(scenario: Scenario) -> Iterator[Turn]:
    """How evenings are spent, and days off the floor."""
    for name, share in (("half of the evenings mixed", 0.5), ("all evenings mixed", 1)):
        yield _one(name, "evenings", {"informal.mixed_evenings": share})
    free = {
        f"process.meetings.{m}.evenings": [
            {"mixed_share": evening.mixed_share, "rest": "none"} for evening in meeting.evenings
        ]
        for m, meeting in enumerate(scenario.process.meetings)
    }
    if not _times_are_drawn(scenario) and not _evenings_are_drawn(scenario):
        yield _one("no caucus in the evenings", "evenings", free)
    if _times_are_drawn(scenario):
        return
    last = len(scenario.process.meetings)
    if last > 1:
        away = {"retreat": {"after_meeting": last - 1, "days": 2, "quality": "high"}}
        yield _one("two days' retreat before the last meeting", "retreat", {}, "process", away)
    closed = {"closed_session": {"meeting": last, "day": 1}}
    yield _one("a closed first day of the last meeting", "closed session", {}, "process", closed)


def _time(scenario: Scenario) -> Iterator[Turn]:
    """More days, one more meeting."""
    if _times_are_drawn(scenario):
        return
    days = [meeting.days for meeting in scenario.process.meetings]
    for more, name in ((1, "a day more a meeting"), (2, "two days more a meeting")):
        longer = {f"process.meetings.{m}.days": had + more for m, had in enumerate(days)}
        if max(longer.values()) <= MOST_DAYS and sum(longer.values()) + max(longer.values()) <= MOST_DAYS_IN_ALL:
            yield _one(name, "days", dict(longer))
    if len(days) < MOST_MEETINGS and sum(days) + days[-1] <= MOST_DAYS_IN_ALL:
        yield _one("one more meeting", "meetings", {"meetings.count": len(days) + 1})


def _methods() -> Iterator[Turn]:
    """Every methodology that is a procedure."""
    for name in METHODOLOGIES:
        if name not in REFERENCE_MODELS:
            yield _one(f"methodology: {name.replace('_', ' ')}", "methodology", {"methodology": name})


def _chair(scenario: Scenario) -> Iterator[Turn]:
    """A chair who does not press, listens more, keeps less of what is, leaves nothing out."""
    chair = scenario.process.chair
    yield _one("chair: no pressure", "pressure", {"process.chair.pressure": "none"})
    if chair.responsiveness < number("responsiveness", "high"):
        yield _one("chair: high responsiveness", "responsiveness", {"process.chair.responsiveness": "high"})
    if chair.conservatism > number("conservatism", "low"):
        yield _one("chair: low conservatism", "conservatism", {"process.chair.conservatism": "low"})
    yield _one("chair: a paragraph on every issue", "coverage", {"process.chair.coverage": 1})


def _setting(scenario: Scenario) -> Iterator[Turn]:
    """A quieter world: no theme elsewhere, less tension, more trust."""
    context = scenario.context
    if context.linkage is not None:
        apart = {"context.linkage.weight": "none", "context.linkage.spillover": "none"}
        yield _one("no linkage", "linkage", apart, "setting")
    if lower := [word for word, level in _levels("tension") if level < context.tension]:
        yield _one(f"tension: {lower[-1].replace('_', ' ')}", "tension", {"context.tension": lower[-1]}, "setting")
    if higher := [word for word, level in _levels("trust") if level > scenario.trust.across]:
        yield _one(
            f"trust across groups: {higher[0].replace('_', ' ')}", "trust", {"trust.across": higher[0]}, "setting"
        )


def _levels(scale: str) -> list[tuple[str, float]]:
    """The words of a scale with their numbers, in order."""
    words = {word: meaning.number for word, meaning in CODEBOOK[scale].words.items()}
    return sorted(words.items(), key=lambda item: item[1])


def _rules() -> Iterator[Turn]:
    """What counts as consensus, otherwise."""
    yield _one("dissent may be recorded", "dissent", {"process.record_dissent": True}, "rule")
    yield _one("paragraphs adopted one by one", "adoption", {"process.adoption": "separable"}, "rule")
    for name, rule in (
        ("rough consensus (75 %)", {"rough_consensus": {"share": 0.75}}),
        ("consensus minus one", {"consensus_minus": {"k": 1}}),
        ("a majority of every group", {"majority_per_group": {}}),
    ):
        yield _one(name, "decision rule", {"process.decision_rule": rule}, "rule")
