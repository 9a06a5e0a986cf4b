"""The vocabulary of scenario files: people and what they want, the process, its events, what is left uncertain.

- A `Scenario` is resolved: words are numbers, shorthands are spelt out, every issue has a salience. None means that the
  value comes from elsewhere (openness from the parameters, a delegate's voice from its group).
- Meetings and the days of a meeting count from 1; an event names a meeting and a day that exist. The shares of an
  agenda are shares of the meeting's floor minutes and sum to 1.
- A key of `uncertain` is a path as `--set` takes it, knobs included; `seats`, `parameters` and other names cover what
  no single path can say. A distribution says what is unknown and prefers no value to another.
"""

# Annotations are evaluated as they stand: pydantic needs them all, and would compile each again if they were texts.

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from enum import IntEnum
from functools import cache, partial
from itertools import cycle, islice, pairwise, takewhile
from math import isnan
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, get_args

import pydantic
from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import CoreSchema, to_jsonable_python

from negsim import plugins
from negsim.cast.aspects import Aspect
from negsim.cast.decisions import DECISION_RULES, NamedRule
from negsim.cast.expressions import MOST_LETTERS_OF_EXPRESSION, ExpressionError, parse
from negsim.cast.formats import FORMATS, IDLE_FORMAT, IDLE_LABEL, SessionFormat
from negsim.cast.knobs import AS_WRITTEN
from negsim.cast.measures import KINDS, TAKEN, OwnMeasure, own_measure
from negsim.cast.methodologies import METHODOLOGIES, OPENING_FORMAT, part_of
from negsim.cast.methodologies import label_of as label_of_own
from negsim.cast.moves import TABLE_MOVES
from negsim.cast.palette import GROUP_COLOURS, SPARE_COLOURS, Colour
from negsim.errors import MOST_NAMES, NegsimError, did_you_mean, literal, nearest
from negsim.negotiation.acceptance import ANY_NUMBER, MAJORITY, PRECISION, RuleRow
from negsim.negotiation.formats import CHAIR_S_OWN, Format
from negsim.negotiation.formats import columns as format_columns
from negsim.negotiation.measures import ENDINGS, GROUP_MEASURES, ISSUE_MEASURES, MEASURES
from negsim.negotiation.parameters import Parameters
from negsim.negotiation.tables import Move, Pen
from negsim.scenario import values
from negsim.scenario.ensembles import ENSEMBLE_NAME
from negsim.scenario.keys import Bearing
from negsim.scenario.values import Json, Kind, Label, Name, OneOf, Part, ProperName, RequiredText, Switch, fault
from negsim.scenario.words import CODEBOOK, parameter_scales
from negsim.scenario.yaml import Plain, to_yaml

# What a file may hold at most.
MOST_ISSUES = 32
MOST_GROUPS = 31
MOST_SEATS = 2000  # fewer than SEATS_PER_GROUP
_MOST_METHODOLOGIES = 100
_MOST_FORMATS = 50
_MOST_OWN_MEASURES = 50
_MOST_STATEMENTS = 1000  # before a closing move
MOST_MEETINGS = 100
MOST_DAYS = 60  # of a meeting
MOST_DAYS_IN_ALL = 1000
_MOST_BREAKS = 12  # a day
_MOST_MOTIONS = 3  # each doubles the futures of the process
MOST_DAYS_BETWEEN = 3650
_MOST_VALUES = 1000
_MOST_UNCERTAIN = 200
_MOST_LETTERS_OF_STORY = 6000
_MOST_LETTERS_OF_BRIEF = 2000  # each of its texts
_MOST_LETTERS_TO_SAY = 300  # of an argument, and of a place between the ends of an issue
_MOST_LETTERS_OF_EMBLEM = 4
_MOST_ARGUMENTS = 5
_MOST_PLACES_BETWEEN = 9

DAYS_BETWEEN = 30.0  # where a file says nothing
_TOLERANCE = 1e-6  # of a sum of shares


def _pair(value: Plain, info: ValidationInfo) -> str:
    """Read who trusts whom: `a->b`, each a group or a delegate of the file; without spaces around the arrow."""
    sides = [side.strip() for side in value.split("->")] if isinstance(value, str) else []
    if len(sides) != 2:
        raise fault(f'{literal(value)} is not a pair; write "who trusts->who is trusted"')
    return "->".join(values.refers("group", "delegate").read(side, info) for side in sides)


def _meeting_ref(*, followed: bool = False) -> Kind:
    """Accept a meeting of the process, by number from 1 or by name. followed: whether another has to follow it."""

    def read(value: Plain, info: ValidationInfo) -> int:
        names = values.names_in(info).meeting
        if isinstance(value, str) and names:
            if value not in names:
                raise fault(f"unknown meeting {literal(value)}{did_you_mean(value, names)}")
            value = names.index(value) + 1
        number: int = values.whole(1, MOST_MEETINGS).read(value)
        if names and number > len(names):
            raise fault(f"there is no meeting {number}; the process has {len(names)}")
        if names and followed and number == len(names):
            raise fault(f"no meeting follows meeting {number}")
        return number

    return Kind(read, {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}, in_file=True)


def _day(value: Plain, info: ValidationInfo) -> int:
    """Read a day of the meeting that the same event names, from 1; within the meeting if that is known."""
    number: int = values.whole(1, MOST_DAYS).read(value)
    meeting, days = info.data.get("meeting"), values.names_in(info).days
    has = days[meeting - 1] if isinstance(meeting, int) and meeting <= len(days) else None
    if has is not None and number > has:
        raise fault(f"there is no day {number}; meeting {meeting} has {has}")
    return number


_IssueName = Annotated[str, values.refers("issue")]
_GroupName = Annotated[str, values.refers("group")]
_PairName = Annotated[str, Kind(_pair, {"type": "string", "pattern": "->"}, in_file=True)]
_MeetingNumber = Annotated[int, _meeting_ref()]
_DayNumber = Annotated[int, Kind(_day, {"type": "integer", "minimum": 1}, in_file=True)]
_Place = Annotated[float, values.coded("position")]
_Spread = Annotated[float, values.coded("spread")]
_Weight = Annotated[float, values.coded("salience")]
_Trusting = Annotated[float, values.coded("trust")]
_Share = Annotated[float, values.coded("share")]


def _format_name(value: Plain, info: ValidationInfo) -> str:
    """Read the name of a session format: a built-in one, one of the file's section `formats`, one of a plug-in."""
    own = values.names_in(info).format
    if isinstance(value, str) and (value in FORMATS or own is None or value in own):
        return value
    if isinstance(value, str) and plugins.find(SessionFormat, value, taken=FORMATS):
        return value
    names = [*FORMATS, *(own or ()), *plugins.known(SessionFormat, taken=FORMATS)]
    hint = did_you_mean(value, names) if isinstance(value, str) else f"; one of: {', '.join(names)}"
    raise fault(f"unknown format {literal(value)}{plugins.or_load_one(hint)}")


_FORMAT_NAME = Kind(_format_name, {"anyOf": [{"enum": list(FORMATS)}, values.NAME_JSON]}, in_file=True)
_HUES = tuple(colour.name.lower() for colour in GROUP_COLOURS)


class Position(Part):
    """A seat's place on an issue: a mean, and how far seats differ from it."""

    shorthand: ClassVar[list[Json]] = [
        values.coded("position").json,
        {
            "type": "array",
            "prefixItems": [values.coded("position").json, values.coded("spread").json],
            "minItems": 2,
            "maxItems": 2,
        },
    ]
    mean: _Place
    spread: _Spread = 0.0

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Read a number or word as the mean, and two in a list as mean and spread."""
        if isinstance(value, list) and len(value) == 2:
            return {"mean": value[0], "spread": value[1]}
        if values.is_number(value) or isinstance(value, str):
            return {"mean": value}
        what = f"a list of {len(value)}" if isinstance(value, list) else literal(value)
        raise fault(f"{what} is not a position; write a number, a word, or mean and spread, as in [0.5, 0.1]")


_OR_NONE = pydantic.BeforeValidator(lambda value: None if value == "none" else value)
_End = Annotated[_Place | None, _OR_NONE]


class RedLine(Part):
    """The text that a seat never accepts, whatever the goodwill: below `min` or above `max`; `none`: no red line."""

    shorthand: ClassVar[list[Json]] = [{"const": "none"}]
    min: _End | None = None
    max: _End | None = None
    spread: _Spread = 0.02
    spread_by: Annotated[Literal["seat", "group"], values.choice("unit", ("seat", "group"))] = "seat"

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Read `none` as a red line without ends, which takes the place of another one."""
        return {"min": None, "max": None} if value in {None, "none"} else super().spell_out(value)

    @property
    def is_none(self) -> bool:
        """Whether it has no end."""
        return self.min is None and self.max is None

    @model_validator(mode="after")
    def _refuses_some(self) -> Self:
        if self.is_none and not {"min", "max"} <= self.model_fields_set:
            raise fault("a red line needs min, max or both; write none to remove it")
        if self.min is not None and self.max is not None and self.max < self.min:
            raise fault(f"min {self.min:g} is above max {self.max:g}; every text would be refused")
        return self


_RedLines = Annotated[
    dict[_IssueName, RedLine],
    pydantic.AfterValidator(lambda lines: {issue: line for issue, line in lines.items() if not line.is_none}),
]


class Submission(Part):
    """A proposal sent in before a day begins; without `position` it is the sponsor's own blend."""

    by: Annotated[str, values.refers("delegate", "group")]
    meeting: _MeetingNumber
    day: _DayNumber = 1
    position: dict[_IssueName, _Place] = Field(default_factory=dict)


class Reaffirm(Part):
    """A delegate or a camp reaffirms its line on the linked theme."""

    by: Annotated[str, values.refers("delegate", "camp")]
    meeting: _MeetingNumber
    day: _DayNumber = 1
    strength: Annotated[float, values.coded("strength")] = 1.0


class ChangeMethodology(Part):
    """A change of agendas to another methodology's from this day on: the chair decides it, anyone else moves it."""

    meeting: _MeetingNumber
    day: _DayNumber = 1
    to: Annotated[str, values.refers("methodology", also=tuple(METHODOLOGIES))]
    by: Annotated[str, values.refers("group", "delegate", also=("chair",))] = "chair"


class Retreat(Part):
    """Days together between meetings, everybody at mixed tables."""

    after_meeting: Annotated[int, _meeting_ref(followed=True)]
    days: Annotated[int, values.whole(1, 30)] = 1
    quality: Annotated[float, values.coded("quality")] = 1.0


class ClosedSession(Part):
    """A day behind closed doors, on which private positions show."""

    meeting: _MeetingNumber
    day: _DayNumber = 1
    frankness: Annotated[float, values.coded("frankness")] = 0.7


class TargetedDinner(Part):
    """An evening at which the guests share a table, or several if there are too many for one."""

    meeting: _MeetingNumber
    day: _DayNumber = 1
    guests: Annotated[tuple[Annotated[str, values.refers("delegate", "group")], ...], Field(min_length=1)]


class Renewal(Part):
    """The mandate ends here; if it failed and the room asks for another, the next meeting opens it."""

    after_meeting: _MeetingNumber
    debrief: Switch = True
    clean_slate: Switch = Field(
        default=False, description="whether it begins with empty paper; else it goes on from the old text"
    )


class Event(OneOf):
    """Something that happens on a day, or after a meeting."""

    what: ClassVar[str] = "event"
    submission: Annotated[Submission | None, Aspect.CONDUCT] = None
    reaffirm: Annotated[Reaffirm | None, Aspect.CONDUCT] = None
    change_methodology: Annotated[ChangeMethodology | None, Aspect.METHODOLOGY] = None
    retreat: Annotated[Retreat | None, Aspect.INFORMAL] = None
    closed_session: Annotated[ClosedSession | None, Aspect.INFORMAL] = None
    targeted_dinner: Annotated[TargetedDinner | None, Aspect.INFORMAL] = None
    renewal: Annotated[Renewal | None, Aspect.MEETINGS] = None

    @property
    def what_happens(self) -> Part:
        """The event itself, whatever its kind."""
        happens: Part = getattr(self, self.kind)
        return happens


_Adoption = Literal["everything", "separable"]

_Hours = Annotated[float, values.number(0.005, 24)]


# What a scenario may write for the number of a rule, by the column of the rule's row.
_RULE_NUMBERS = {
    "accept": Annotated[float, values.number(0.5, 1)],
    "blocks": Annotated[int, values.whole(1, MOST_SEATS - 1)],
    "weight_accept": Annotated[float, values.number(0.5, 1)],
}


def _rule_part(rule: NamedRule) -> type[Part]:
    """Return the part of a scenario that names a rule, with the number that it may set."""
    fields: dict[str, Any] = (
        {rule.key: (_RULE_NUMBERS[rule.column], getattr(rule.row, rule.column))} if rule.key else {}
    )
    name = "".join(word.capitalize() for word in rule.name.split("_"))
    return pydantic.create_model(name, __base__=Part, __doc__=rule.meaning, __module__=__name__, **fields)


_RULE_PARTS = {name: _rule_part(rule) for name, rule in DECISION_RULES.items()}
globals().update({part.__name__: part for part in _RULE_PARTS.values()})  # another process looks for them by name


_MORE_THAN_HALF = "majority"  # the word for it


def _least_share(value: Plain) -> float:
    return MAJORITY if value == _MORE_THAN_HALF else float(values.in_range(value, 0, 1, (_MORE_THAN_HALF,)))


def _written_share(share: float) -> float | str:
    return _MORE_THAN_HALF if share == MAJORITY else share


_LEAST_SHARE = Kind(
    _least_share, {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"const": _MORE_THAN_HALF}]}
)
_BLOCKS = values.whole(0, MOST_SEATS - 1)
_Accepting = Annotated[float, _LEAST_SHARE, pydantic.PlainSerializer(_written_share)]
_Blocking = Annotated[int, _BLOCKS]
_EVERY = "default"  # the groups that have no number of their own
_GroupOrEvery = Annotated[str, values.refers("group", also=(_EVERY,))]


def _by_group(usual: Json) -> pydantic.BeforeValidator:
    """Read a mapping from groups to values; a bare value holds in every group. usual: for groups it leaves out."""
    return pydantic.BeforeValidator(lambda value: usual | value if isinstance(value, dict) else {_EVERY: value})


def _by_group_schema(kind: Kind) -> pydantic.WithJsonSchema:
    return pydantic.WithJsonSchema({"anyOf": [kind.json, {"type": "object", "additionalProperties": kind.json}]})


class OwnRule(Part):
    """A decision rule in numbers: a text passes if all given conditions hold. Those who left the room do not count.

    Whoever objects, but not by more than blocking would cost, stands aside and takes no side; a share of 1 is of all.

    Who may block and whose vote weighs how much stand at `groups` and `delegates` (`may_block`, `voting_weight`); what
    happens without agreement at `fallback_vote`.
    """

    accept: _Accepting = Field(0.0, description="least share who accept, of those who take sides")
    accept_by_group: Annotated[dict[_GroupOrEvery, _Accepting], _by_group({}), _by_group_schema(_LEAST_SHARE)] = Field(
        default_factory=dict, description="the same within every group, or within those named; `default`: the others"
    )
    accept_by_weight: _Accepting = Field(0.0, description="the same of their voting weight")
    minority: Annotated[int, values.whole(2, MOST_SEATS - 1)] | None = Field(
        None, description="fewest who can stop a text by `accept` or `accept_by_weight`; left out: any"
    )
    blocks: _Blocking | None = Field(None, description="most delegates who may block; left out: any number")
    blocks_by_group: Annotated[dict[_GroupOrEvery, _Blocking], _by_group({}), _by_group_schema(_BLOCKS)] = Field(
        default_factory=dict, description="the same within every group, or within those named; `default`: the others"
    )

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        shares = (self.accept, self.accept_by_weight)
        if not any((*shares, *self.accept_by_group.values(), self.blocks is not None, self.blocks_by_group)):
            conditions = [name for name in OwnRule.model_fields if name != "minority"]
            raise fault(f"lets every text pass; give a number to one of {', '.join(conditions)}")
        if self.minority is not None and not any(shares):
            raise fault("minority is about shares of the room; give accept, accept_by_weight or both as well")
        return self


class _DecisionRule(OneOf):
    """The room's way to decide: a rule by its name, or `own` numbers, whose keys may stand here without `own`."""

    if TYPE_CHECKING:
        own: OwnRule

    what: ClassVar[str] = "decision rule"
    shorthand: ClassVar[list[Json]] = [{"enum": list(DECISION_RULES)}]

    @classmethod
    def is_short(cls, value: Json) -> bool:
        """Treat a mapping without the name of a rule as a shorthand, too."""
        return super().is_short(value) or cls.model_fields.keys().isdisjoint(value)

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Read bare numbers as the room's own rule."""
        for rule in DECISION_RULES.values():
            if isinstance(value, str) and value in rule.synonyms:
                raise fault(f"unknown {cls.what} {literal(value)}; did you mean {literal(rule.name)}?")
        keys = list(islice(value, MOST_NAMES)) if isinstance(value, dict) else []
        name = value if isinstance(value, str) else str(keys[0]) if len(keys) == 1 else None
        if name in cls.model_fields:
            return super().spell_out(value)
        if name is not None and (found := plugins.find(NamedRule, name, taken=DECISION_RULES)):
            return {"own": _rule_written_out(*found, value[name] if isinstance(value, dict) else None)}
        if isinstance(value, str):
            known = (*cls.model_fields, *plugins.known(NamedRule, taken=DECISION_RULES))
            raise fault(f"unknown {cls.what} {literal(value)}{plugins.or_load_one(did_you_mean(value, known))}")
        if not set(keys) & set(cls.model_fields) and any(nearest(str(key), OwnRule.model_fields) for key in keys):
            return {"own": value}
        names, numbers = (", ".join(kind.model_fields) for kind in (cls, OwnRule))
        choice = f"write one of {names}, and only one, or numbers of a rule of your own: {numbers}"
        if len(keys) == 1:
            raise fault(f"unknown key; {choice}", str(keys[0]))
        raise fault(choice)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: pydantic.GetJsonSchemaHandler) -> Json:
        """Allow a name, a mapping with the rule as its key, or the numbers alone."""
        whole = super().__get_pydantic_json_schema__(schema, handler)
        keys = handler.resolve_ref_schema(whole["anyOf"][-1])["properties"]
        numbers = [kind for kind in keys["own"]["anyOf"] if "$ref" in kind]
        return {"anyOf": [*cls.shorthand, *numbers, whole["anyOf"][-1]]}

    def numbers(self, group: str) -> RuleRow:
        """Return the conditions of the rule for the room and a group."""
        if self.kind == "own":
            return _own_numbers(self.own, group)
        rule, part = DECISION_RULES[self.kind], getattr(self, self.kind)
        return rule.row._replace(**{rule.column: getattr(part, rule.key)}) if rule.key else rule.row


_OWN_KEYS = {  # of `OwnRule`, by the column of a rule's row
    "accept": "accept",
    "blocks": "blocks",
    "group_accept": "accept_by_group",
    "group_blocks": "blocks_by_group",
    "weight_accept": "accept_by_weight",
    "minority": "minority",
}


def _rule_written_out(plugin: plugins.Plugin, rule: NamedRule, numbers: Plain) -> Plain:
    """Return a plug-in's rule in numbers, which need no plug-in. numbers: the one that it lets a scenario set."""
    row = rule.row._asdict()
    if numbers:
        if not rule.key or not isinstance(numbers, dict) or [*numbers] != [rule.key]:
            right = f"the only key is {rule.key}" if rule.key else "it has no keys"
            raise fault(f"{literal(rule.name)} of {plugin.file} cannot be written so; {right}", rule.name)
        row[rule.column] = numbers[rule.key]
    usual = RuleRow()._asdict()
    return {_OWN_KEYS[column]: number for column, number in row.items() if number != usual[column]}


def plugins_of_rules_in(plain: object) -> list[plugins.Plugin]:
    """Return the plug-ins whose decision rules plain data name. Raises NegsimError."""
    theirs = plugins.known(NamedRule, taken=DECISION_RULES)
    names = _texts(plain) if theirs else set()
    return list(dict.fromkeys(plugin for name, (plugin, _) in theirs.items() if name in names))


def _own_numbers(own: OwnRule, group: str) -> RuleRow:
    """Return the conditions of a scenario's own rule for the room and a group."""
    accept, blocks, every = own.accept_by_group, own.blocks_by_group, RuleRow()
    return RuleRow(
        accept=own.accept,
        blocks=ANY_NUMBER if own.blocks is None else own.blocks,
        group_accept=accept.get(group, accept.get(_EVERY, every.group_accept)),
        group_blocks=blocks.get(group, blocks.get(_EVERY, every.group_blocks)),
        weight_accept=own.accept_by_weight,
        minority=every.minority if own.minority is None else own.minority,
    )


if TYPE_CHECKING:

    class DecisionRule(_DecisionRule):
        """The room's way to decide: a rule by its name, or `own` numbers, whose keys may stand here without `own`."""

else:
    DecisionRule = pydantic.create_model(
        "DecisionRule",
        __base__=_DecisionRule,
        __doc__=_DecisionRule.__doc__,
        __module__=__name__,
        **{name: (part | None, None) for name, part in _RULE_PARTS.items()},
        own=(OwnRule | None, None),
    )


class FallbackVote(Part):
    """A vote if consensus fails."""

    share: Annotated[float, values.number(0.5, 1)] = 0.667


class Moves(Part):
    """The moves of the table; all of them off unless the process switches them on."""

    amendments: Switch = False
    lone_bracket: Switch = False
    questions: Switch = False
    secrets: Switch = False
    offers: Switch = False
    pens: Switch = False
    motions: Switch = False
    initiative: _Share = 0.0

    @property
    def names(self) -> list[str]:
        """The names of those that are on."""
        return [name for name in TABLE_MOVES if getattr(self, name)]


class Chair(Part):
    """The chair's way of working."""

    conservatism: Annotated[float, values.coded("conservatism")] = 0.6
    precision: Annotated[float, values.coded("precision")] = 0.5
    coverage: Annotated[float, values.coded("coverage")] = 0.8
    responsiveness: Annotated[float, values.coded("responsiveness")] = 0.15
    pressure: Annotated[float, values.coded("pressure")] = 0.0


class Informal(Part):
    """The meaning of `mixed` for an evening, and the use of breaks."""

    mixed_share: _Share = 0.6
    table_size: Annotated[int, values.whole(2, 100)] = 8
    quality: Annotated[float, values.coded("quality")] = 1.0
    corridors: _Share = Field(
        default=0.0,
        description="Chance that one talks to somebody of another group at a break, not of the own caucus; "
        "at 0 breaks are left out altogether.",
    )
    breaks: Annotated[int, values.whole(0, _MOST_BREAKS)] = Field(default=3, description="Breaks a day.")
    break_minutes: Annotated[float, values.number(1, 120)] = Field(
        default=20.0, description="How long one talks at a break; 120 minutes are an evening's worth."
    )
    disclosure: _Share | None = Field(
        None,
        description="chance, at full trust, that one shows its secret to whom it talks at a table or a break; "
        "left out: the parameter's",
    )


_CHAIR_S = "chair"  # written for a number that the scenario's chair has


def _or_chair_s(scale: str) -> Kind:
    """Accept a number on a scale, or the word for what the chair of the scenario does."""
    kind = values.coded(scale)
    return Kind(
        lambda value: value if value == _CHAIR_S else kind.read(value), {"anyOf": [kind.json, {"const": _CHAIR_S}]}
    )


_CLOSING_MOVES = (
    Move.NOTHING, Move.READ, Move.READ_PACKAGE, Move.DISCUSS, Move.NOTICE, Move.DRAFT_IN_GROUP, Move.POLL,
)  # fmt: skip


def _words(codes: Iterable[IntEnum]) -> tuple[str, ...]:
    return tuple(code.name.lower() for code in codes)


_FORMAT_KINDS: dict[str, tuple[type, Kind]] = {  # how a scenario writes the numbers of a format
    "closing": (str, values.choice("closing move", _words(_CLOSING_MOVES))),
    "statements": (int, values.whole(0, _MOST_STATEMENTS)),
    "frankness": (float, values.coded("frankness")),
    "tabling": (bool, values.FLAG),
    "drafts": (bool, values.FLAG),
    "pen": (str, values.choice("pen-holder", _words(Pen))),
    "conservatism": (Any, _or_chair_s("conservatism")),
    "coverage": (Any, _or_chair_s("coverage")),
    "precision": (Any, _or_chair_s("precision")),
    "precision_step": (float, values.number(0, 1)),
    "step": (Any, _or_chair_s("responsiveness")),
    "memory": (bool, values.FLAG),
    "noticing": (float, values.number(0, 100)),
    "pressure": (float, values.number(0, 1)),
    "minutes": (float, values.number(0, 600)),
}


def _as_written(row: Format) -> Json:
    """Return the numbers of a format as a scenario writes them."""
    plain: Json = {}
    for name, number in row._asdict().items():
        kind, codes = _FORMAT_KINDS[name][0], format_columns()[name].codes
        if codes is not None:
            plain[name] = codes(number).name.lower()
        elif isinstance(number, float) and isnan(number):
            plain[name] = _CHAIR_S
        else:
            plain[name] = bool(number) if kind is bool else number
    return plain


class _OwnFormat(Part):
    """A session format in numbers: how often people speak at a visit to an issue, the move that closes it, the text."""

    label: Label = ""
    meaning: Label = ""
    colour: Annotated[str, values.choice("colour", _HUES)] | None = None

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        row = self.row
        if row.statements == 0 and row.closing == Move.NOTHING:
            raise fault("nobody says anything and nothing follows; give it statements, or a closing move")
        if row.statements == 0 and row.closing == Move.NOTICE and row.minutes < 1:
            raise fault("a notice without statements takes no time; give it statements, or a minute or more", "minutes")
        return self

    @property
    def row(self) -> Format:
        """Its numbers."""
        return Format(**{name: self._number(name, field.codes) for name, field in format_columns().items()})

    def _number(self, name: str, codes: type[IntEnum] | None) -> Any:  # noqa: ANN401 - a whole number or another
        written = getattr(self, name)
        if codes is not None:
            return codes[written.upper()]
        return CHAIR_S_OWN if written == _CHAIR_S else int(written) if isinstance(written, bool) else written

    def named(self, name: str, spare: Colour) -> SessionFormat:
        """Return it as session formats are known elsewhere. spare: its colour if it has none."""
        colour = Colour[self.colour.upper()] if self.colour else spare
        label = self.label or label_of_own(name)
        return SessionFormat(name=name, label=label, meaning=self.meaning or label, row=self.row, colour=colour)


if TYPE_CHECKING:

    class OwnFormat(_OwnFormat):
        """A session format in numbers."""

else:
    OwnFormat = pydantic.create_model(
        "OwnFormat",
        __base__=_OwnFormat,
        __doc__=_OwnFormat.__doc__,
        __module__=__name__,
        **{
            name: (Annotated[*kind], Field(_as_written(Format())[name], description=format_columns()[name].meaning))
            for name, kind in _FORMAT_KINDS.items()
        },
    )


def _new_name(taken: Collection[str], what: str) -> Kind:
    """Accept a name for something that only this scenario has. taken: the names of what there is already."""

    def read(value: Plain) -> str:
        name = values.read_name(value)
        if name in taken:
            raise fault(f"{literal(name)} is the name of {what}; choose another")
        return name

    return Kind(read, values.NAME_JSON)


_OwnFormats = dict[Annotated[str, _new_name({IDLE_FORMAT, *FORMATS}, "a built-in format")], OwnFormat]


def plugin_formats_in(plain: object) -> dict[str, OwnFormat]:
    """Return the session formats of plug-ins that plain data name, as a scenario writes them. Raises NegsimError."""
    theirs = plugins.known(SessionFormat, taken=FORMATS)
    names = _texts(plain) if theirs else set()
    return {name: _written_out(*found) for name, found in theirs.items() if name in names}


def _texts(plain: object) -> set[str]:
    """Return all keys and texts of plain data."""
    if isinstance(plain, dict):
        return set(plain).union(*map(_texts, plain.values()))
    if isinstance(plain, list | tuple):
        return set().union(*map(_texts, plain))
    return {plain} if isinstance(plain, str) else set()


def _written_out(plugin: plugins.Plugin, form: SessionFormat) -> OwnFormat:
    """Return a plug-in's format as a scenario writes it. Raises NegsimError for what a scenario cannot have."""
    words = {"label": form.label, "meaning": form.meaning, "colour": Colour(form.colour).name.lower()}
    try:
        read: _OwnFormats = pydantic.TypeAdapter(_OwnFormats).validate_python(
            {form.name: words | _as_written(form.row)}
        )
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"][:2])) or form.name
        raise NegsimError(f"{plugin.file}: the format {where}: {first['msg']}") from None
    return read[form.name]


class AgendaItem(Part):
    """A session format with its share of the meeting's minutes, and the issues it is about (None: all).

    Within an item, issues come up in the order of the file; for another order, give each its own item.
    """

    shorthand: ClassVar[list[Json]] = [
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "propertyNames": _FORMAT_NAME.json,
            "additionalProperties": values.coded("share").json,
        }
    ]
    format: Annotated[str, _FORMAT_NAME]
    share: _Share
    issues: tuple[_IssueName, ...] | None = None

    @classmethod
    def is_short(cls, value: Json) -> bool:
        """Treat `{questionnaire: 0.5}` as short for format and share."""
        return cls.model_fields.keys().isdisjoint(value)

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Read the only key as the format."""
        if isinstance(value, dict) and len(value) == 1:
            ((name, share),) = value.items()
            return {"format": name, "share": share}
        raise fault(
            f"{literal(value)} is not an agenda item; write a format and its share, as in `- questionnaire: 0.5`"
        )


def _shares_sum_to_one(agenda: tuple[AgendaItem, ...]) -> tuple[AgendaItem, ...]:
    total = sum(item.share for item in agenda)
    if abs(total - 1) > _TOLERANCE:
        raise fault(f"the shares sum to {total:.6g}; they have to sum to 1")
    return agenda


_Agenda = Annotated[tuple[AgendaItem, ...], pydantic.AfterValidator(_shares_sum_to_one)]


class OwnMethodology(Part):
    """A scenario's own methodology: the agendas of the only meeting, or of the first, middle and last ones.

    A part that is left out is like `middle`. An agenda alone stands for a methodology whose meetings are all alike.
    """

    shorthand: ClassVar[list[Json]] = [{"type": "array"}]  # of agenda items: see `schema_json`
    about: Label = ""
    only: _Agenda | None = None
    first: _Agenda | None = None
    middle: _Agenda
    last: _Agenda | None = None

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Read an agenda as that of every meeting."""
        return {"middle": value} if isinstance(value, list) else super().spell_out(value)

    def agenda(self, meeting: int, meetings: int) -> tuple[AgendaItem, ...]:
        """Return the agenda of a meeting, counted from 0, of `meetings`."""
        agenda: tuple[AgendaItem, ...] | None = getattr(self, part_of(meeting, meetings))
        return self.middle if agenda is None else agenda


@cache
def built_in_agenda(methodology: str, meeting: int, meetings: int) -> tuple[AgendaItem, ...]:
    """Return the agenda of a meeting under a built-in methodology."""
    agenda = METHODOLOGIES[methodology].agenda(meeting, meetings)
    return tuple(AgendaItem(format=format_, share=share) for format_, share in agenda)


def _with_opening(agenda: tuple[AgendaItem, ...], opening: float | None) -> tuple[AgendaItem, ...]:
    """Open a first meeting with questions for this share of its agenda (None: unchanged).

    The rest keeps its proportions. An agenda of nothing but questions is not changed.
    """
    questions = tuple(takewhile(lambda item: item.format == OPENING_FORMAT, agenda))
    before, rest = sum(item.share for item in questions), agenda[len(questions) :]
    if opening is None or not any(item.share for item in rest) or abs(before - opening) <= _TOLERANCE:
        return agenda
    first = _scaled(questions, opening / before) if before else (AgendaItem(format=OPENING_FORMAT, share=opening),)
    return tuple(item for item in (*first, *_scaled(rest, (1.0 - opening) / (1.0 - before))) if item.share)


def _scaled(items: tuple[AgendaItem, ...], factor: float) -> tuple[AgendaItem, ...]:
    return tuple(item.model_copy(update={"share": round(item.share * factor, 9)}) for item in items)


class Evening(Part):
    """An evening's plan: a share at mixed tables (None: the informal default), and how the `rest` spend it."""

    WORDS: ClassVar[dict[str, Json]] = {
        "none": {"mixed_share": 0.0, "rest": "none"},
        "caucus": {"mixed_share": 0.0, "rest": "caucus"},
        "mixed": {"mixed_share": None, "rest": "caucus"},
    }
    WORD: ClassVar = values.choice("evening", tuple(WORDS))
    shorthand: ClassVar[list[Json]] = [WORD.json]
    mixed_share: _Share | None = None
    rest: Annotated[str, values.choice("rest of an evening", ("caucus", "none"))] = "caucus"

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Read one of three words."""
        return cls.WORDS[cls.WORD.read(value)]

    @pydantic.model_serializer(mode="plain")
    def _as_word(self) -> str | Json:
        plain = {"mixed_share": self.mixed_share, "rest": self.rest}
        return next((word for word, meaning in self.WORDS.items() if meaning == plain), plain)


class Intersession(Part):
    """The things that people do in the days between two meetings."""

    reconsider: Switch = Field(
        default=True,
        description="capitals reconsider: instructions move towards where their delegates have come to stand",
    )
    record: Switch = Field(
        default=False,
        description="a record goes round (a compilation, minutes): beliefs move towards what was last said",
    )
    consult: Switch = Field(
        default=False,
        description="the pen-holder consults everybody, as openly as each trusts it, and redrafts its own text",
    )
    circulate: Annotated[float, values.number(0, MOST_DAYS_BETWEEN)] | None = Field(
        None,
        description="days before the meeting by which drafts must be out (translation, printing): capitals reconsider"
        " only towards what was out in time; left out: no such day",
    )


class Meeting(Part):
    """A few days in one place."""

    name: Annotated[ProperName, Aspect.MEETINGS] = ""  # Process gives each a name and a gap
    after_days: Annotated[float, values.number(0, MOST_DAYS_BETWEEN), Aspect.MEETINGS] = 0.0  # since the meeting before
    intersession: Annotated[Intersession | None, Aspect.MEETINGS] = None  # in the days before it; None: the process's
    days: Annotated[int, values.whole(1, MOST_DAYS), Aspect.MEETINGS, Bearing.SIZE]
    # of floor time a day, procedure included; None: the process's
    hours: Annotated[_Hours | None, Aspect.MEETINGS, Bearing.SIZE] = None
    agenda: Annotated[_Agenda, Aspect.METHODOLOGY]
    evenings: Annotated[tuple[Evening, ...], Aspect.INFORMAL] = Field(default=(), validate_default=True)

    @field_validator("evenings", mode="before")
    @classmethod
    def _one_a_day(cls, value: Plain, info: ValidationInfo) -> Plain:
        days = info.data.get("days")
        if days is None:
            return ["caucus"]
        if isinstance(value, list) and len(value) != days:
            raise fault(f"lists {len(value)} for {days} days; write one word for all, or one a day")
        return value if isinstance(value, list) else ["caucus" if value is None or value == () else value] * days


_TextStatus = Literal["open", "agreed"]


class CarriedText(Part):
    """Text on an issue that is on the table when the process begins."""

    value: _Place
    precision: Annotated[float, values.coded("precision")] = PRECISION
    status: Annotated[_TextStatus, values.choice("status of a text", get_args(_TextStatus))] = Field(
        "open",
        description="open: to be read; agreed: closed before the process, weighed with the whole report at the end",
    )
    pen: Annotated[str, values.refers("delegate", "group", also=("chair", "none"))] = Field(
        "chair",
        description="whose text it is: the chair's, nobody's (none), a delegate's, or a group's (its first seat's)",
    )


class Process(Part):
    """The timetable and the rules of the house."""

    decision_rule: Annotated[DecisionRule, Aspect.RULE] = DecisionRule.model_validate({next(iter(DECISION_RULES)): {}})
    record_dissent: Annotated[Switch, Aspect.RULE] = False
    adoption: Annotated[_Adoption, values.choice("adoption", get_args(_Adoption)), Aspect.RULE] = "everything"
    fallback_vote: Annotated[FallbackVote | None, _OR_NONE, Aspect.RULE] = None
    chair_reports: Annotated[Switch, Aspect.RULE] = True
    moves: Annotated[Moves, Aspect.MOVES] = Moves()
    chair: Annotated[Chair, Aspect.CHAIR] = Chair()
    hours: Annotated[_Hours, Aspect.MEETINGS, Bearing.SIZE] = 6.0
    tempo: Annotated[float, values.number(0.05, 100), Aspect.MEETINGS, Bearing.SIZE] = Field(
        1.0,
        description="how many times as fast as in a plenary people speak, write and read: "
        "every fixed number of minutes is divided by it",
    )
    procedure_loss: Annotated[float, values.number(0, 0.9), Aspect.MEETINGS, Bearing.SIZE] = 0.2  # share of the day
    informal: Annotated[Informal, Aspect.INFORMAL] = Informal()
    evening_before: Annotated[Evening | None, _OR_NONE, Aspect.INFORMAL] = Field(
        None, description="how people spend an evening together before the first meeting; left out: there is none"
    )
    intersession: Annotated[Intersession, Aspect.MEETINGS] = Intersession()
    methodology: Annotated[
        Annotated[str, values.refers("methodology", also=(AS_WRITTEN, *METHODOLOGIES))] | None, Aspect.METHODOLOGY
    ] = None
    opening: Annotated[_Share | None, Aspect.METHODOLOGY] = Field(
        default=None,
        description="share of the first meeting that opens with questions; left out: as the agendas have it",
    )
    text: Annotated[dict[_IssueName, CarriedText], Aspect.TEXT] = Field(default_factory=dict)
    meetings: Annotated[tuple[Meeting, ...], Field(min_length=1, max_length=MOST_MEETINGS)]
    events: tuple[Event, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _laid_out(cls, value: Plain, info: ValidationInfo) -> Plain:
        """Give meetings a name, a gap and, if a methodology is named, their agendas."""
        if not (isinstance(value, dict) and isinstance(value.get("meetings"), list)):
            return value
        methodology, own = value.get("methodology"), values.names_in(info).methodology or {}
        is_named = isinstance(methodology, str) and methodology in {*METHODOLOGIES, *own}
        meetings = [
            {"name": f"Meeting {m + 1}", "after_days": DAYS_BETWEEN if m else 0.0} | meeting
            if isinstance(meeting, dict)
            else meeting
            for m, meeting in enumerate(value["meetings"])
        ]
        if not is_named:
            return value | {"meetings": meetings}
        return value | {"meetings": lay_out(meetings, str(methodology), own, info.context), "methodology": None}

    @field_validator("methodology")
    @classmethod
    def _no_change(cls, methodology: str | None) -> None:
        """Reset the methodology to `as_written` after laying out: no change."""

    @field_validator("meetings")
    @classmethod
    def _opened(cls, meetings: tuple[Meeting, ...], info: ValidationInfo) -> tuple[Meeting, ...]:
        first = meetings[0]
        return (
            first.model_copy(update={"agenda": _with_opening(first.agenda, info.data.get("opening"))}),
            *meetings[1:],
        )

    @field_validator("events")
    @classmethod
    def _few_motions(cls, events: tuple[Event, ...]) -> tuple[Event, ...]:
        motions = [event for event in events if event.change_methodology and event.change_methodology.by != "chair"]
        if len(motions) > _MOST_MOTIONS:
            raise fault(f"holds {len(motions)} motions to change the methodology; at most {_MOST_MOTIONS}")
        return events


def lay_out(
    meetings: list[Plain], methodology: str, own: Mapping[str, Plain], names: values.Names | None = None
) -> list[Plain]:
    """Return the meetings (as written) with the agendas of a methodology. own: the scenario's, as written.

    A methodology that is refused elsewhere may give any agendas.
    """
    agenda: Callable[[int, int], tuple[AgendaItem, ...]]
    agenda = partial(built_in_agenda, methodology if methodology in METHODOLOGIES else OPENING_FORMAT)
    if methodology in own:
        with suppress(pydantic.ValidationError):
            agenda = OwnMethodology.model_validate(own[methodology], context=names).agenda
    plain = to_jsonable_python([agenda(m, len(meetings)) for m in range(len(meetings))])
    return [
        meeting | {"agenda": items} if isinstance(meeting, dict) else meeting
        for meeting, items in zip(meetings, plain, strict=True)
    ]


UNCERTAIN_KEY = "uncertain"  # the section
PARAMETERS_KEY, SEATS_KEY = "parameters", "seats"  # its keys that are no paths


def _ends(*, whole: bool) -> Kind:
    """Accept a range: two numbers, perhaps whole ones, the lower one first."""
    kind = "whole numbers" if whole else "numbers"

    def read(value: Plain) -> tuple[Any, ...]:
        fits = isinstance(value, list | tuple) and len(value) == 2 and all(values.is_number(end) for end in value)
        if not fits or value[0] > value[1] or (whole and any(end != int(end) for end in value)):
            raise fault(f"{literal(value)} is not a range; write two {kind}, the lower one first, as in [2, 6]")
        return tuple(int(end) for end in value) if whole else tuple(float(end) for end in value)

    items = {"type": "integer" if whole else "number"}
    return Kind(read, {"type": "array", "items": items, "minItems": 2, "maxItems": 2})


def _together(value: Plain) -> dict[str, Plain]:
    """Read changes that are made together: a mapping from paths to values."""
    if not isinstance(value, dict) or not value or not all(isinstance(path, str) for path in value):
        raise fault(
            f"{literal(value)} is not a set of changes; write paths and their values, as in {{trust.across: low}}"
        )
    return value


_Value = Annotated[Any, Kind(lambda value: value, {})]  # whatever may be written at a path; read when it is put there
_Together = Annotated[dict[str, Any], Kind(_together, {"type": "object", "minProperties": 1})]
_Values = Annotated[tuple[_Value, ...], Field(min_length=1, max_length=_MOST_VALUES)]


class Uncertain(OneOf):
    """A distribution of a value: each possibility is equally likely."""

    what: ClassVar[str] = "distribution"
    shorthand: ClassVar[list[Json]] = [{"type": "string"}]
    one_of: _Values | None = None
    integers: Annotated[tuple[int, ...], _ends(whole=True)] | None = None
    uniform: Annotated[tuple[float, ...], _ends(whole=False)] | None = None
    # of `seats`: so many in all, dealt to the groups at random
    split: Annotated[int, values.whole(2, MOST_SEATS)] | None = None
    either: Annotated[tuple[_Together, ...], Field(min_length=1, max_length=_MOST_VALUES)] | None = None
    ensemble: Annotated[str, ENSEMBLE_NAME] | None = None  # of `parameters`: the members of a sample, in turn

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Read a bare word as the name of an ensemble."""
        if isinstance(value, str):
            return {"ensemble": value}
        if isinstance(value, dict):
            return super().spell_out(value)
        raise fault(
            f"{literal(value)} is not a distribution; write one of {', '.join(cls.model_fields)}, "
            "as in {one_of: [low, high]}"
        )


class DealtRange(Part):
    """The range of a number that is dealt, in the grammar of `uncertain`."""

    uniform: Annotated[tuple[float, ...], _ends(whole=False)]

    @field_validator("uniform")
    @classmethod
    def _on_the_scale(cls, ends: tuple[float, ...]) -> tuple[float, ...]:
        if max(map(abs, ends)) > 1.0:
            raise fault(f"from {ends[0]:g} to {ends[1]:g} is longer than the scale, which is from 0 to 1")
        return ends


class Dealt(Part):
    """The answer of a play case, drawn once for each seed and the same in all its replications (rule 5.19)."""

    position: dict[_IssueName, DealtRange] = Field(default_factory=dict)
    red_lines: dict[_IssueName, DealtRange] = Field(default_factory=dict)
    locked: DealtRange | None = None


class Source(Part):
    """A source of numbers; `insider` says how its author took part in the process."""

    shorthand: ClassVar[list[Json]] = [{"type": "string"}]
    text: RequiredText
    url: RequiredText | None = None
    insider: RequiredText | None = None

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Read a bare text as the reference itself."""
        return {"text": value}


_Saying = Annotated[str, values.text(most=_MOST_LETTERS_TO_SAY)]
_Amount = Annotated[float, values.number(0, 1_000_000_000)]


class Issue(Part):
    """One question on the table, between two labelled ends (0 and 1). Issues come up in the order of the file."""

    label: RequiredText
    low: RequiredText
    high: RequiredText
    between: Annotated[tuple[_Saying, ...], Field(max_length=_MOST_PLACES_BETWEEN)] = ()
    amounts: Annotated[tuple[_Amount, ...], Field(max_length=_MOST_PLACES_BETWEEN + 2)] = ()
    unit: Label = ""
    status_quo: _Place
    core: Switch = False
    outcome: _Place | None = None

    @field_validator("amounts")
    @classmethod
    def _rise_or_fall(cls, amounts: tuple[float, ...], info: ValidationInfo) -> tuple[float, ...]:
        labelled = len(info.data.get("between", amounts[2:])) + 2  # a fault of those between is reported there
        if amounts and len(amounts) != labelled:
            raise fault(f"lists {len(amounts)} for {labelled} places with words: low, those between, and high")
        if len({one < other for one, other in pairwise(amounts)}) > 1 or len({*amounts}) < len(amounts):
            raise fault("has to rise all along the scale, or fall all along it")
        return amounts

    @field_validator("unit")
    @classmethod
    def _with_amounts(cls, unit: str, info: ValidationInfo) -> str:
        if unit and info.data.get("amounts") == ():
            raise fault("is the unit of amounts, of which there are none; list amounts, or leave it out")
        return unit

    @property
    def places(self) -> tuple[str, ...]:
        """What the places from 0 to 1 mean that have words, at equal distances: the ends, and those between them."""
        return self.low, *self.between, self.high


_Votes = values.number(0, 10_000_000_000)


class VotingWeight(OneOf):
    """The weight of votes where the decision rule weighs them (`accept_by_weight`): of each seat, or of all."""

    what: ClassVar[str] = "voting weight"
    shorthand: ClassVar[list[Json]] = [_Votes.json]
    each: Annotated[float, _Votes] | None = None
    together: Annotated[float, _Votes] | None = Field(None, description="shared out equally among the seats")

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Read a number as the weight of each seat."""
        if isinstance(value, dict):
            return super().spell_out(value)
        return {"each": value}


def _or_none(name: str, none: Literal["none"] | None = None) -> Kind:
    """Accept a number on a scale of the codebook, or `none`. none: the model's value for that word."""
    scale = values.coded(name)

    def read(value: Plain) -> float | str | None:
        if value == "none":
            return none
        words = CODEBOOK[name].words
        if isinstance(value, str) and value not in words and nearest(value, ("none", *words)) == "none":
            raise fault(f"{literal(value)} is not a number or a word for it{did_you_mean(value, ['none'])}")
        return float(scale.read(value))

    return Kind(read, {"anyOf": [scale.json, {"const": "none"}]}, scale=scale.scale)


_Openness = Annotated[Annotated[float, values.coded("openness")] | None, Aspect.DISPOSITIONS]
_Aspiration = Annotated[Annotated[float, values.coded(parameter_scales()["aspiration"])] | None, Aspect.DISPOSITIONS]
_ConcessionExponent = Annotated[
    Annotated[float, values.coded(parameter_scales()["concession_exponent"])] | None, Aspect.DISPOSITIONS
]
_Goodwill = Annotated[Annotated[float, values.coded(parameter_scales()["goodwill"])] | None, Aspect.DISPOSITIONS]
OWN_HABITS = ("openness", "aspiration", "concession_exponent", "goodwill")  # parameters that a seat may have of its own


class Group(Part):
    """A stakeholder group: a number of seats, drawn around common positions."""

    label: Label = ""
    seats: Annotated[int, values.whole(1, MOST_SEATS), Aspect.SEATS, Bearing.SIZE]
    caucuses: Annotated[dict[ProperName, Annotated[int, values.whole(0, MOST_SEATS)]], Aspect.SEATS] = Field(
        default_factory=dict,
        description="The caucuses inside the group with their seats, which sum to the group's; "
        "without them the group is one caucus.",
    )
    position: Annotated[dict[_IssueName, Position], Aspect.POSITIONS]
    red_lines: Annotated[_RedLines, Aspect.RED_LINES] = Field(default_factory=dict)
    salience: Annotated[dict[_IssueName, _Weight], Aspect.SALIENCE] = Field(default_factory=dict, validate_default=True)
    # None: the parameter's
    openness: _Openness = None
    aspiration: _Aspiration = None
    concession_exponent: _ConcessionExponent = None
    goodwill: _Goodwill = None
    voice: Annotated[float, values.coded("voice"), Aspect.DISPOSITIONS] = 1.0
    may_block: Annotated[Switch, Aspect.RULE] = True
    voting_weight: Annotated[VotingWeight, Aspect.RULE] = Field(
        VotingWeight(each=1.0), description="weight of each seat's vote, or of all `together`"
    )
    no_deal: Annotated[Annotated[float, _or_none("no_deal")] | None, Aspect.DISPOSITIONS] = None
    outside_option: Annotated[Annotated[float, _or_none("outside_option")] | None, Aspect.DISPOSITIONS] = None

    @field_validator("position")
    @classmethod
    def _on_every_issue(cls, position: dict[str, Position], info: ValidationInfo) -> dict[str, Position]:
        names = values.names_in(info).issue or ()
        if missing := [name for name in names if name not in position]:
            raise fault(f"says nothing on {', '.join(missing)}; every issue needs a position")
        return position

    @field_validator("salience")
    @classmethod
    def _of_every_issue(cls, salience: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        names = values.names_in(info).issue or tuple(salience)
        full = {name: salience.get(name, 1.0) for name in names}
        if full and not any(full.values()):
            raise fault("every issue has weight 0; at least one has to matter")
        return full


_Telling = Annotated[str, values.text(blank=True, most=_MOST_LETTERS_OF_BRIEF)]


class WrittenBrief(Part):
    """The brief that a person plays from, in the author's words: nobody else reads it, and it changes no run."""

    emblem: Annotated[str, values.text(blank=True, most=_MOST_LETTERS_OF_EMBLEM)] = ""
    who: Annotated[str, values.text(most=_MOST_LETTERS_OF_BRIEF)]
    wants: _Telling = ""
    arguments: Annotated[tuple[_Saying, ...], Field(max_length=_MOST_ARGUMENTS)] = ()
    never: _Telling = ""
    secret: _Telling = ""
    friend: _Telling = ""
    foe: _Telling = ""


class Delegate(Part):
    """A named seat; its group's values hold for everything it leaves out."""

    name: Annotated[ProperName, Aspect.DELEGATES]
    group: Annotated[_GroupName, Aspect.DELEGATES]
    brief: WrittenBrief | None = None
    position: Annotated[dict[_IssueName, Position], Aspect.POSITIONS] = Field(default_factory=dict)
    red_lines: Annotated[dict[_IssueName, RedLine], Aspect.RED_LINES] = Field(default_factory=dict)
    salience: Annotated[dict[_IssueName, _Weight], Aspect.SALIENCE] = Field(default_factory=dict)
    secret: Annotated[dict[_IssueName, _Share], Field(max_length=1), Aspect.MOVES] = Field(
        default_factory=dict,
        description="how far what only the delegate knows moves the red line on the issue of whoever is shown it",
    )
    openness: _Openness = None
    aspiration: _Aspiration = None
    concession_exponent: _ConcessionExponent = None
    goodwill: _Goodwill = None
    voice: Annotated[Annotated[float, values.coded("voice")] | None, Aspect.DISPOSITIONS] = None
    may_block: Annotated[Switch | None, Aspect.RULE] = None
    voting_weight: Annotated[Annotated[float, _Votes] | None, Aspect.RULE] = Field(
        None, description="weight of the delegate's vote"
    )
    # "none": none, whatever the group's
    no_deal: Annotated[Annotated[float | Literal["none"], _or_none("no_deal", "none")] | None, Aspect.DISPOSITIONS] = (
        None
    )
    outside_option: Annotated[
        Annotated[float | Literal["none"], _or_none("outside_option", "none")] | None, Aspect.DISPOSITIONS
    ] = None
    # None: drawn from the camp's share
    camp: Annotated[Annotated[str, values.refers("camp", also=("none",))] | None, Aspect.CAMPS] = None
    caucus: Annotated[ProperName | None, Aspect.SEATS] = Field(
        default=None,
        description="The caucus of its group that the delegate sits in; without it, the first with a free seat.",
    )


_IN_CHAIR: Json = {_EVERY: 0.5}
_ChairTrust = Annotated[dict[_GroupOrEvery, _Trusting], _by_group(_IN_CHAIR), _by_group_schema(values.coded("trust"))]


class Trust(Part):
    """Delegates' trust in each other at the start, and in the chair."""

    within: Annotated[_Trusting, Aspect.TRUST] = 0.7
    across: Annotated[_Trusting, Aspect.TRUST] = 0.5
    spread: Annotated[float, values.coded("trust_spread"), Aspect.TRUST] = 0.1
    chair: Annotated[_ChairTrust, Aspect.CHAIR] = Field(default_factory=_IN_CHAIR.copy)
    pairs: Annotated[dict[_PairName, _Trusting], Aspect.TRUST] = Field(default_factory=dict)


class Camp(Part):
    """Delegates who agree on a theme elsewhere that is linked to this one."""

    label: Label = ""
    share: dict[_GroupName, _Share] = Field(default_factory=dict)
    line: dict[_IssueName, _Place] = Field(default_factory=dict)
    red_lines: _RedLines = Field(default_factory=dict)  # of all in the camp, without spread


class Linkage(Part):
    """A theme elsewhere that pulls positions here."""

    theme: RequiredText
    weight: Annotated[float, values.coded("linkage")] = 0.3
    spillover: Annotated[float, values.coded("spillover")] | None = None  # None: the parameter's most, times tension


class Context(Part):
    """The setting of the process."""

    tension: Annotated[float, values.coded("tension"), Aspect.TENSION] = 0.0
    salience_spread: Annotated[float, values.coded("salience_spread"), Aspect.TENSION] = 0.3
    linkage: Annotated[Linkage | None, Aspect.LINKAGE] = None


if TYPE_CHECKING:

    class Habits(Part):
        """The behavioural parameters that a scenario itself reads; at run time, all of them."""

        openness: float = 0.0
        disclosure: float = 0.0
        climate: float = 0.0
        climate_by_issue: float = 0.0
        spillover_max: float = 0.0
else:  # one field a parameter, so that each has its scale, its words and its suggestions
    Habits = pydantic.create_model(
        "Habits",
        __base__=Part,
        __doc__="The behavioural parameters.",
        **{
            name: (
                Annotated[float, values.coded(scale), *([Bearing.SIZE] if name == "statement" else [])],
                Parameters._field_defaults[name],
            )
            for name, scale in parameter_scales().items()
        },
    )


POLICIES_KEY = "policies"  # the section
NO_POLICY = "none"
PENS_WITHOUT_SEAT = ("chair", "facilitator")  # who may hold the pen without a seat
_POLICY_NAME = r"[A-Za-z][A-Za-z0-9_]*:[A-Za-z_][A-Za-z0-9_]*"


def _policy(value: Plain) -> str:
    """Read the name of a policy in a plug-in, or `none`."""
    if value is None:
        return NO_POLICY
    if not isinstance(value, str) or (value != NO_POLICY and not re.fullmatch(_POLICY_NAME, value, re.ASCII)):
        raise fault(f'{literal(value)} does not name a policy; write a plug-in and its class, as in "mine:Spoiler"')
    return value


def _expression(value: Plain, info: ValidationInfo) -> str:
    """Read an expression over the columns of a table of runs of this file."""
    text: str = values.text().read(value)
    try:
        columns = parse(text).columns
    except ExpressionError as error:
        raise fault(f"{literal(text)} cannot be read: {error}") from None
    names = values.names_in(info)
    for column in columns:
        known = _columns_like(column, names)
        if known is not None and column not in known:
            raise fault(f"unknown column {literal(column)}{did_you_mean(column, known)}")
    return text


def _columns_like(column: str, names: values.Names) -> list[str] | None:
    """Return the columns that may be meant by one: of a run, or by issue, group or format; None if any may be."""
    stem, dot, _ = column.partition(".")
    own = {stem: of for stem, of in MEASURES.items() if of.kind != "code"}
    if not dot:
        return [*ENDINGS, *own]
    issues, groups, formats = (None if of is None else list(of) for of in (names.issue, names.group, names.format))
    if issues is None or groups is None or formats is None:
        return None
    inner = {stem: issues for stem, of in ISSUE_MEASURES.items() if of.kind != "code"}
    inner |= dict.fromkeys(GROUP_MEASURES, groups)
    inner["minutes"] = [*FORMATS, *formats, IDLE_FORMAT]
    inner["blocks"] = [f"{group}.{issue}" for group in groups for issue in issues]
    return [f"{stem}.{name}" for name in inner[stem]] if stem in inner else [f"{stem}.NAME" for stem in inner]


class MeasureExpression(Part):
    """A measure of the scenario's own: an expression over columns of the table of runs, such as `agreed.fees`.

    It has columns, numbers, + - * / and brackets, `min(...)` and `max(...)`, and comparisons, which are 1 or 0.
    """

    shorthand: ClassVar[list[Json]] = [{"type": "string", "minLength": 1}]
    expression: Annotated[
        str, Kind(_expression, {"type": "string", "maxLength": MOST_LETTERS_OF_EXPRESSION}, in_file=True)
    ]
    label: Label = ""
    meaning: Label = ""
    kind: Annotated[str, values.choice("kind of measure", KINDS)] = "number"
    unit: Label = ""
    low: Annotated[float, values.number(-1e9, 1e9)] | None = None
    high: Annotated[float, values.number(-1e9, 1e9)] | None = None

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Read a bare text as the expression."""
        return {"expression": value} if isinstance(value, str) else super().spell_out(value)

    @model_validator(mode="after")
    def _has_a_scale(self) -> Self:
        try:
            self.named("it")
        except NegsimError as error:
            raise fault(str(error)) from None
        return self

    def named(self, name: str) -> OwnMeasure:
        """Return it as measures are known elsewhere."""
        return own_measure(name, **self.model_dump())


_MeasureExpressions = dict[Annotated[str, _new_name(TAKEN, "a column already")], MeasureExpression]


def read_measures(plain: Plain) -> dict[str, OwnMeasure]:
    """Read measures of one's own written as in a scenario. Raises NegsimError for what is not one."""
    try:
        read: _MeasureExpressions = pydantic.TypeAdapter(_MeasureExpressions).validate_python(plain)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        raise NegsimError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    return {name: each.named(name) for name, each in read.items()}


def _format(value: Plain) -> int:
    """Read the version of the scenario language."""
    if not values.is_number(value) or value != 1:
        raise fault(f"{literal(value)} is not a format this version reads; write 1")
    return 1


FormatNumber = Annotated[int, Kind(_format, {"const": 1})]
_STORY: Any = {
    "story": True,
    "issues": {"__all__": {"between", "amounts", "unit", "outcome"}},
    "delegates": {"__all__": {"brief"}},
}


class Scenario(Part):
    """One case, ready to be run, studied or written out."""

    format: FormatNumber
    title: RequiredText
    description: Label = ""
    story: Annotated[str, values.text(blank=True, most=_MOST_LETTERS_OF_STORY)] = ""
    population: None = Field(default=None, exclude=True)  # a file merged before this is read
    sources: dict[Name, Source] = Field(default_factory=dict)
    basis: dict[str, RequiredText] = Field(default_factory=dict)
    issues: Annotated[dict[Name, Issue], Field(min_length=1, max_length=MOST_ISSUES), Aspect.ISSUES]
    groups: Annotated[dict[Name, Group], Field(min_length=1, max_length=MOST_GROUPS)]
    delegates: tuple[Delegate, ...] = ()
    trust: Trust = Trust()
    camps: Annotated[dict[Name, Camp], Aspect.CAMPS] = Field(default_factory=dict)
    context: Context = Context()
    parameters: Annotated[Habits, Aspect.PARAMETERS] = Habits()
    methodologies: Annotated[
        dict[Annotated[str, _new_name({AS_WRITTEN, *METHODOLOGIES}, "a built-in methodology")], OwnMethodology],
        Field(max_length=_MOST_METHODOLOGIES),
        Aspect.METHODOLOGY,
    ] = Field(default_factory=dict)
    process: Process
    policies: Annotated[
        dict[
            RequiredText,
            Annotated[str, Kind(_policy, {"type": ["string", "null"], "pattern": f"^({_POLICY_NAME}|none)$"})],
        ],
        Aspect.CONDUCT,
    ] = Field(
        default_factory=dict,
        description="who holds a seat in place of the model: by a delegate, a group (all its seats), chair or "
        "facilitator, the class of a plug-in that the command loads, as in mine:Spoiler; none for nobody",
    )
    uncertain: Annotated[dict[RequiredText, Uncertain], Field(max_length=_MOST_UNCERTAIN)] = Field(default_factory=dict)
    dealt: Annotated[Dealt | None, Aspect.POSITIONS] = None
    formats: Annotated[
        _OwnFormats,
        Field(max_length=_MOST_FORMATS, validate_default=True),
        Aspect.METHODOLOGY,
    ] = Field(default_factory=dict)
    measures: Annotated[_MeasureExpressions, Field(max_length=_MOST_OWN_MEASURES)] = Field(default_factory=dict)

    @field_validator("formats")
    @classmethod
    def _with_those_of_plugins(cls, own: dict[str, OwnFormat], info: ValidationInfo) -> dict[str, OwnFormat]:
        """Write out the formats of plug-ins that the scenario names, so that it can be read without them."""
        if plugins.known(SessionFormat).keys() <= own.keys():
            return own
        named = ("methodologies", "process", "uncertain")
        return plugin_formats_in([to_jsonable_python(info.data.get(section)) for section in named]) | own

    @field_validator("formats")
    @classmethod
    def _with_labels_of_their_own(cls, own: dict[str, OwnFormat]) -> dict[str, OwnFormat]:
        if not own:
            return own  # many draws pass here
        taken = {form.label: name for name, form in FORMATS.items()} | {IDLE_LABEL: IDLE_FORMAT}
        for name, form in own.items():
            label = form.label or label_of_own(name)
            if label in taken:
                raise fault(f"{literal(label)} is the label of {taken[label]}; choose another", name, "label")
            taken[label] = name
        return own

    @field_validator("groups", "camps")
    @classmethod
    def _labelled(cls, parts: dict[str, Any]) -> dict[str, Any]:
        return {
            name: part if part.label else part.model_copy(update={"label": label_of(name)})
            for name, part in parts.items()
        }

    @property
    def session_formats(self) -> dict[str, SessionFormat]:
        """The session formats that its agendas may name; the number of one is its place here."""
        own = zip(self.formats.items(), cycle(SPARE_COLOURS))
        return FORMATS | {name: each.named(name, spare) for (name, each), spare in own}

    @property
    def own_measures(self) -> dict[str, OwnMeasure]:
        """The measures that only it has."""
        return {name: each.named(name) for name, each in self.measures.items()}

    @property
    def seat_count(self) -> int:
        """The number of delegates."""
        return sum(group.seats for group in self.groups.values())

    def agenda_under(self, methodology: str, meeting: int, meetings: int) -> tuple[AgendaItem, ...]:
        """Return the agenda of a meeting, counted from 0, of `meetings`, under a methodology of that name."""
        own = self.methodologies.get(methodology)
        agenda = own.agenda(meeting, meetings) if own else built_in_agenda(methodology, meeting, meetings)
        return agenda if meeting else _with_opening(agenda, self.process.opening)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        yield from (("title", self.title), ("issues", [*self.issues]), ("groups", [*self.groups]))

    def resolved(self, *, story: bool = True) -> dict[str, Any]:
        """Return everything, said explicitly, as plain data: `loads` reads it back to an equal scenario.

        story: whether to include what changes no run: it, briefs, words between the ends of issues, what happened.
        """
        return self.model_dump(mode="json", exclude=None if story else _STORY)


def check_scenario(value: object) -> None:
    """Raise NegsimError for anything but a scenario, such as the name of one."""
    if not isinstance(value, Scenario):
        raise NegsimError(f"{literal(value)}: is not a Scenario; `load` reads one from a name or a file")


def label_of(name: str) -> str:
    """Make a label from a name."""
    return name.replace("_", " ").capitalize()


def dump_yaml(scenario: Scenario) -> str:
    """Write the resolved scenario as YAML: `loads` reads it back to an equal one."""
    return to_yaml(scenario.resolved())


def schema_json() -> str:
    """Return the JSON Schema of a scenario file, for editors that complete and check YAML."""
    from negsim.scenario.descriptions import DESCRIPTIONS, describe  # noqa: PLC0415 - no run reads them

    schema = Scenario.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "negsim scenario"
    schema["properties"]["population"] = {
        "type": ["string", "null"],
        "description": "file with issues, groups, delegates, trust and camps that several scenarios share",
    }
    people = ["issues", "groups"]
    schema["required"] = [name for name in schema["required"] if name not in people]
    schema["anyOf"] = [{"required": ["population"]}, {"required": people}]
    schema["$defs"]["Process"]["properties"]["fallback_vote"]["anyOf"].append({"const": "none"})
    meeting = schema["$defs"]["Meeting"]
    meeting["required"] = ["days"]  # an agenda may come from the methodology
    agenda, mapping = schema["$defs"]["OwnMethodology"]["anyOf"]
    agenda |= {"items": mapping["properties"]["middle"]["items"]}
    evenings = meeting["properties"]["evenings"]
    meeting["properties"]["evenings"] = {"anyOf": [evenings["items"], evenings]}
    describe(schema, "Scenario", DESCRIPTIONS)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
