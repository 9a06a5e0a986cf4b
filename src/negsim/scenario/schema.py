"""What a scenario says: the people, what they trust and want, and the setting. `process` has the timetable.

Rules that hold here
- A `Scenario` is resolved: words are numbers, shorthands are spelt out, every issue has a salience. What is None
  is drawn (a named delegate's position) or taken from elsewhere (openness from the parameters).
- Limits: 32 issues, 31 groups, 2047 seats a group, 2000 seats in all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, create_model, field_validator

from negsim.errors import NegsimError, did_you_mean, nearest, shown
from negsim.negotiation.parameters import Parameters
from negsim.scenario.codebook import CODEBOOK, parameter_scales
from negsim.scenario.parts import (
    GroupName,
    IssueName,
    Label,
    Name,
    PairName,
    Part,
    Place,
    Position,
    ProperName,
    RedLine,
    Said,
    Share,
    Switch,
    Trusting,
    Weight,
)
from negsim.scenario.plain import Plain
from negsim.scenario.process import Process
from negsim.scenario.references import Refers, names_in
from negsim.scenario.uncertain import MOST_UNCERTAIN, Uncertain
from negsim.scenario.values import Coded, Json, Kind, Whole, fault, is_number

MOST_ISSUES = 32
MOST_GROUPS = 31
MOST_SEATS_A_GROUP = 2047
MOST_SEATS = 2000


class Source(Part):
    """Where numbers come from."""

    shorthand: ClassVar[list[Json]] = [{"type": "string"}]
    text: Said
    url: Said | None = None

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """A bare text is the reference itself."""
        return {"text": value}


class Issue(Part):
    """One question on the table, between two labelled ends (0 and 1)."""

    label: Said
    low: Said
    high: Said
    status_quo: Place
    core: Switch = False


@dataclass(frozen=True)
class OutsideOption(Kind):
    """The value of leaving the table, or `none`."""

    none: Literal["none"] | None = None

    def read(self, value: Plain) -> float | str | None:
        """The value, or what stands for none."""
        if value == "none":
            return self.none
        if isinstance(value, str) and nearest(value, ("none", *CODEBOOK["outside_option"].words)) == "none":
            raise fault(f"{shown(value)} is not a number or a word for it{did_you_mean(value, ['none'])}")
        return Coded("outside_option").read(value)

    def json(self) -> Json:
        """A number, a word of the codebook or `none`."""
        return {"anyOf": [Coded("outside_option").json(), {"const": "none"}]}


class Group(Part):
    """A stakeholder group: so many seats, drawn around common positions."""

    label: Label = ""
    seats: Annotated[int, Whole(1, MOST_SEATS_A_GROUP)]
    position: dict[IssueName, Position]
    red_lines: dict[IssueName, RedLine] = Field(default_factory=dict)
    salience: dict[IssueName, Weight] = Field(default_factory=dict, validate_default=True)
    openness: Annotated[float, Coded("openness")] | None = None  # None: the parameter's
    voice: Annotated[float, Coded("voice")] = 1.0
    may_block: Switch = True
    outside_option: Annotated[float, OutsideOption()] | None = None

    @field_validator("position")
    @classmethod
    def _on_every_issue(cls, position: dict[str, Position], info: ValidationInfo) -> dict[str, Position]:
        names = names_in(info).issue or ()
        if missing := [name for name in names if name not in position]:
            raise fault(f"says nothing on {', '.join(missing)}; every issue needs a position")
        return position

    @field_validator("salience")
    @classmethod
    def _of_every_issue(cls, salience: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        names = names_in(info).issue or tuple(salience)
        full = {name: salience.get(name, 1.0) for name in names}
        if full and not any(full.values()):
            raise fault("every issue has weight 0; one at least has to matter")
        return full


class Delegate(Part):
    """A named seat; what is not said is its group's."""

    name: ProperName
    group: GroupName
    position: dict[IssueName, Position] = Field(default_factory=dict)
    red_lines: dict[IssueName, RedLine] = Field(default_factory=dict)
    salience: dict[IssueName, Weight] = Field(default_factory=dict)
    openness: Annotated[float, Coded("openness")] | None = None
    voice: Annotated[float, Coded("voice")] | None = None
    may_block: Switch | None = None
    outside_option: Annotated[float | Literal["none"], OutsideOption("none")] | None = (
        None  # "none": none, whatever the group's
    )
    camp: Annotated[str, Refers(("camp",), ("none",))] | None = None  # None: drawn from the camp's share


def _in_chair(value: Plain) -> Plain:
    """Trust in the chair as a mapping from group to trust, with a `default` for the others."""
    return {"default": 0.5} | value if isinstance(value, dict) else {"default": value}


ChairTrust = Annotated[
    dict[Annotated[str, Refers(("group",), ("default",))], Trusting],
    BeforeValidator(_in_chair),
    WithJsonSchema(
        {"anyOf": [Coded("trust").json(), {"type": "object", "additionalProperties": Coded("trust").json()}]}
    ),
]


class Trust(Part):
    """How far delegates trust each other at the start, and the chair."""

    within: Trusting = 0.7
    across: Trusting = 0.5
    spread: Annotated[float, Coded("trust_spread")] = 0.1
    chair: ChairTrust = Field(default_factory=lambda: {"default": 0.5})
    pairs: dict[PairName, Trusting] = Field(default_factory=dict)


class Camp(Part):
    """Those who agree on a theme elsewhere that is linked to this one."""

    label: Label = ""
    share: dict[GroupName, Share] = Field(default_factory=dict)
    line: dict[IssueName, Place] = Field(default_factory=dict)
    red_lines: dict[IssueName, RedLine] = Field(default_factory=dict)  # of all in the camp, without spread


class Linkage(Part):
    """A theme elsewhere that pulls positions here."""

    theme: Said
    weight: Annotated[float, Coded("linkage")] = 0.3
    spillover: Annotated[float, Coded("spillover")] | None = None  # None: the parameter's most, times tension


class Context(Part):
    """The setting of the process."""

    tension: Annotated[float, Coded("tension")] = 0.0
    stakes: Annotated[float, Coded("stakes")] = 1.0
    salience_spread: Annotated[float, Coded("salience_spread")] = 0.3
    linkage: Linkage | None = None


if TYPE_CHECKING:

    class Habits(Part):
        """The behavioural parameters that a scenario itself reads; at run time, all of them."""

        openness: float = 0.0
        spillover_max: float = 0.0
else:  # one field a parameter, so that each has its scale, its words and its suggestions
    Habits = create_model(
        "Habits",
        __base__=Part,
        __doc__="The behavioural parameters.",
        **{
            name: (Annotated[float, Coded(name, scale)], Parameters._field_defaults[name])
            for name, scale in parameter_scales().items()
        },
    )


class Format(Kind):
    """The version of the scenario language."""

    def read(self, value: Plain) -> int:
        """The number 1."""
        if not is_number(value) or value != 1:
            raise fault(f"{shown(value)} is not a format this version reads; write 1")
        return 1

    def json(self) -> Json:
        """The number 1."""
        return {"const": 1}


class Scenario(Part):
    """One case, ready to be run, studied or written out."""

    format: Annotated[int, Format()]
    title: Said
    description: Label = ""
    population: None = Field(default=None, exclude=True)  # a file merged before this is read
    sources: dict[Name, Source] = Field(default_factory=dict)
    basis: dict[str, Said] = Field(default_factory=dict)
    issues: Annotated[dict[Name, Issue], Field(min_length=1, max_length=MOST_ISSUES)]
    groups: Annotated[dict[Name, Group], Field(min_length=1, max_length=MOST_GROUPS)]
    delegates: tuple[Delegate, ...] = ()
    trust: Trust = Trust()
    camps: dict[Name, Camp] = Field(default_factory=dict)
    context: Context = Context()
    parameters: Habits = Habits()
    process: Process
    uncertain: Annotated[dict[Said, Uncertain], Field(max_length=MOST_UNCERTAIN)] = Field(default_factory=dict)

    @field_validator("groups", "camps")
    @classmethod
    def _labelled(cls, parts: dict[str, Any]) -> dict[str, Any]:
        return {name: part.model_copy(update={"label": part.label or _label(name)}) for name, part in parts.items()}

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield from (("title", self.title), ("issues", [*self.issues]), ("groups", [*self.groups]))

    def resolved(self) -> dict[str, Any]:
        """Everything, said explicitly, as plain data: what `loads` reads back to an equal scenario."""
        return self.model_dump(mode="json")


def check_scenario(value: object) -> None:
    """Raise NegsimError for what is no scenario, such as the name of one."""
    if not isinstance(value, Scenario):
        raise NegsimError(f"{shown(value)}: is no Scenario; `load` gives that of a name or a file")


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()
