"""What a process is: how it decides, who chairs, which meetings, what happens on which day.

Rules that hold here
- Meetings count from 1, days of a meeting from 1.
- Limits: 100 meetings, 60 days a meeting, 24 hours a day.
- An agenda's shares are shares of the meeting's floor minutes and sum to 1.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator, model_serializer, model_validator

from negsim.errors import shown
from negsim.negotiation.formats import FORMATS
from negsim.scenario.events import Event
from negsim.scenario.methodology import AS_WRITTEN, METHODOLOGIES
from negsim.scenario.parts import IssueName, OneOf, Part, ProperName, Share, Switch
from negsim.scenario.plain import Plain
from negsim.scenario.values import Choice, Coded, Json, Number, Whole, fault

MOST_MEETINGS = 100
MOST_DAYS = 60
MOST_MOTIONS = 3  # each doubles the futures of the process
DAYS_BETWEEN = 30.0  # where a file says nothing
TOLERANCE = 1e-6

Adoption = Literal["everything", "separable"]
RULES = ("no_formal_objection", "rough_consensus", "consensus_minus", "majority_per_group")

Hours = Annotated[float, Number(0.1, 24)]
Method = Annotated[str, Choice("methodology", (AS_WRITTEN, *METHODOLOGIES))]


class NoFormalObjection(Part):
    """Consensus is what no one who may block objects to."""


class RoughConsensus(Part):
    """Consensus is what at least this share of the room does not object to."""

    share: Annotated[float, Number(0.5, 1)] = 0.75


class ConsensusMinus(Part):
    """Consensus is what at most k delegates block."""

    k: Annotated[int, Whole(1, 1999)] = 1


class MajorityPerGroup(Part):
    """Consensus is what a majority of every group accepts."""


class DecisionRule(OneOf):
    """How the room decides."""

    what: ClassVar[str] = "decision rule"
    shorthand: ClassVar[list[Json]] = [{"enum": list(RULES)}]
    no_formal_objection: NoFormalObjection | None = None
    rough_consensus: RoughConsensus | None = None
    consensus_minus: ConsensusMinus | None = None
    majority_per_group: MajorityPerGroup | None = None


class FallbackVote(Part):
    """A vote where consensus fails."""

    share: Annotated[float, Number(0.5, 1)] = 0.667


class Chair(Part):
    """How the chair works."""

    conservatism: Annotated[float, Coded("conservatism")] = 0.6
    precision: Annotated[float, Coded("precision")] = 0.5
    coverage: Annotated[float, Coded("coverage")] = 0.8
    responsiveness: Annotated[float, Coded("responsiveness")] = 0.15
    pressure: Annotated[float, Coded("pressure")] = 0.0


class Informal(Part):
    """What `mixed` means for an evening."""

    mixed_share: Share = 0.6
    table_size: Annotated[int, Whole(2, 100)] = 8
    quality: Annotated[float, Coded("quality")] = 1.0


class AgendaItem(Part):
    """A session format with its share of the meeting's minutes, and the issues it is about (None: all)."""

    shorthand: ClassVar[list[Json]] = [
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "propertyNames": {"enum": list(FORMATS)},
            "additionalProperties": Coded("share").json(),
        }
    ]
    format: Annotated[str, Choice("format", tuple(FORMATS))]
    share: Share
    issues: tuple[IssueName, ...] | None = None

    @classmethod
    def is_short(cls, value: Plain) -> bool:
        """`{questionnaire: 0.5}` is short for format and share."""
        return isinstance(value, dict) and not set(value) & set(cls.model_fields)

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """The only key is the format."""
        if isinstance(value, dict) and len(value) == 1:
            ((name, share),) = value.items()
            return {"format": name, "share": share}
        raise fault(f"{shown(value)} is not an agenda item; write a format and its share, as in `- questionnaire: 0.5`")


class Evening(Part):
    """How an evening is spent: a share at mixed tables (None: the informal default), the rest as `rest` says."""

    WORDS: ClassVar[dict[str, Json]] = {
        "none": {"mixed_share": 0.0, "rest": "none"},
        "caucus": {"mixed_share": 0.0, "rest": "caucus"},
        "mixed": {"mixed_share": None, "rest": "caucus"},
    }
    shorthand: ClassVar[list[Json]] = [{"enum": list(WORDS)}]
    mixed_share: Share | None = None
    rest: Annotated[str, Choice("rest of an evening", ("caucus", "none"))] = "caucus"

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """One of three words."""
        return cls.WORDS[Choice("evening", tuple(cls.WORDS)).read(value)]

    @model_serializer(mode="plain")
    def _as_word(self) -> str | Json:
        said = {"mixed_share": self.mixed_share, "rest": self.rest}
        return next((word for word, meaning in self.WORDS.items() if meaning == said), said)


class Meeting(Part):
    """A few days in one place."""

    name: ProperName = ""  # Process gives each a name and a gap
    after_days: Annotated[float, Number(0, 3650)] = 0.0  # since the meeting before
    days: Annotated[int, Whole(1, MOST_DAYS)]
    hours: Hours | None = None  # of floor time a day, procedure included; None: the process's
    agenda: tuple[AgendaItem, ...]
    evenings: tuple[Evening, ...] = Field(default=(), validate_default=True)

    @field_validator("agenda")
    @classmethod
    def _shares_sum_to_one(cls, agenda: tuple[AgendaItem, ...]) -> tuple[AgendaItem, ...]:
        total = sum(item.share for item in agenda)
        if abs(total - 1) > TOLERANCE:
            raise fault(f"the shares sum to {total:.6g}; they have to sum to 1")
        return agenda

    @field_validator("evenings", mode="before")
    @classmethod
    def _one_a_day(cls, value: Plain, info: ValidationInfo) -> Plain:
        days = info.data.get("days")
        if days is None:
            return ["caucus"]
        if isinstance(value, list) and len(value) != days:
            raise fault(f"lists {len(value)} for {days} days; write one word for all, or one a day")
        return value if isinstance(value, list) else [value or "caucus"] * days


class Process(Part):
    """The timetable and the rules of the house."""

    decision_rule: DecisionRule = DecisionRule(no_formal_objection=NoFormalObjection())
    record_dissent: Switch = False
    adoption: Annotated[Adoption, Choice("adoption", get_args(Adoption))] = "everything"
    fallback_vote: FallbackVote | None = None
    chair_reports: Switch = True
    chair: Chair = Chair()
    hours: Hours = 6.0
    procedure_loss: Annotated[float, Number(0, 0.9)] = 0.2  # share of the day
    informal: Informal = Informal()
    methodology: Method | None = None
    meetings: Annotated[tuple[Meeting, ...], Field(min_length=1, max_length=MOST_MEETINGS)]
    events: tuple[Event, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _laid_out(cls, value: Plain) -> Plain:
        """Meetings get a name, a gap and, where a methodology is named, their agendas."""
        if not (isinstance(value, dict) and isinstance(value.get("meetings"), list)):
            return value
        methodology = value.get("methodology")
        known = isinstance(methodology, str) and methodology in METHODOLOGIES
        meetings = [
            _usual(m) | meeting if isinstance(meeting, dict) else meeting for m, meeting in enumerate(value["meetings"])
        ]
        if not known:
            return value | {"meetings": meetings}
        return value | {"meetings": lay_out(meetings, str(methodology)), "methodology": None}

    @field_validator("methodology")
    @classmethod
    def _no_change(cls, methodology: str | None) -> None:
        """What is left after laying out is `as_written`: no change."""

    @field_validator("events")
    @classmethod
    def _few_motions(cls, events: tuple[Event, ...]) -> tuple[Event, ...]:
        motions = [event for event in events if event.change_methodology and event.change_methodology.by != "chair"]
        if len(motions) > MOST_MOTIONS:
            raise fault(f"holds {len(motions)} motions to change the methodology; at most {MOST_MOTIONS}")
        return events


def lay_out(meetings: list[Plain], methodology: str) -> list[Plain]:
    """The meetings (as written) with the agendas of a methodology."""
    agenda = METHODOLOGIES[methodology]
    return [
        meeting | {"agenda": [{name: share} for name, share in agenda(m, len(meetings))]}
        if isinstance(meeting, dict)
        else meeting
        for m, meeting in enumerate(meetings)
    ]


def _usual(m: int) -> Json:
    return {"name": f"Meeting {m + 1}", "after_days": DAYS_BETWEEN if m else 0.0}
