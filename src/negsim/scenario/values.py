"""The kinds of value a scenario file is made of, each with a plain message for anything else, and `Part`.

- A value is read once and becomes what the model uses: a word becomes its number. A message says what is wrong and
  what would be right.
- Some values depend on the rest of the file: names of its issues, groups, delegates, camps, meetings and days. These
  `Names` travel as pydantic's validation context; without them any name will do.
- A part of a scenario is frozen and has known keys: an unknown key is a mistake. A shorthand (a bare number for a
  position, a bare word for an evening) becomes the full form before it is checked.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import chain
from typing import Annotated, Any, ClassVar, NamedTuple, TypeGuard

import pydantic
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from negsim.errors import did_you_mean, literal
from negsim.scenario.words import CODEBOOK, Scale
from negsim.scenario.yaml import FLOAT, Plain

Json = dict[str, Any]

RESERVED_NAMES = ("chair", "default", "facilitator", "none")


def fault(message: str, *at: str | int) -> PydanticCustomError:
    """Make the error that refuses a value, with the message a person will read. at: steps to the wrong part."""
    return PydanticCustomError("scenario", "{text}", {"text": message, "at": at})


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of value.

    read: gives what the model uses, or a `fault`. json: the JSON Schema of allowed values, for files that have one.
    in_file: whether a value is checked against the rest of the file: `read` then also gets a `ValidationInfo`, whose
    context is `Names`. scale: of a number that has words.
    """

    read: Callable[..., Plain]
    json: Json = field(default_factory=dict)
    in_file: bool = False
    scale: Scale | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: pydantic.GetCoreSchemaHandler) -> CoreSchema:
        """Give pydantic one function as its view."""
        if self.in_file:
            return core_schema.with_info_plain_validator_function(self.read)
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: pydantic.GetJsonSchemaHandler) -> Json:
        """Extend the schema that pydantic has for editors."""
        return deepcopy(self.json)


def is_number(value: Plain) -> TypeGuard[float]:
    """Return whether a value is a number (true and false are not)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def in_range(value: Plain, low: float, high: float, words: Iterable[str] = ()) -> Plain:
    """Check that a value is a number within limits; words: other words that might have been written."""
    if is_number(value) and low <= value <= high:
        return value
    limits = " to ".join(str(limit) if isinstance(limit, int) else f"{limit:g}" for limit in (low, high))
    if not is_number(value):
        unquoted = isinstance(value, str) and FLOAT.fullmatch(value)
        also = f", or {', '.join(words)}" if words else ""
        hint = f"write {value} without quotes" if unquoted else f"write a number from {limits}{also}"
        raise fault(f"{literal(value)} is not a number; {hint}")
    raise fault(f"{literal(value)} is out of range; write a number from {limits}")


def coded(scale: str | Scale) -> Kind:
    """Accept a number on a scale, or one of the scale's words. scale: a scale, or the name of one in the codebook."""
    _, low, high, words = meaning = CODEBOOK[scale] if isinstance(scale, str) else scale

    def read(value: Plain) -> float:
        if isinstance(value, str) and value in words:
            return words[value].number
        if isinstance(value, str) and not FLOAT.fullmatch(value):
            raise fault(f"{literal(value)} is not a number or a word for it{did_you_mean(value, words)}")
        return float(in_range(value, low, high, words))

    limits = {"type": "number", "minimum": low, "maximum": high}
    return Kind(read, {"anyOf": [limits, {"enum": list(words)}], "description": meaning.meaning}, scale=meaning)


def number(low: float, high: float) -> Kind:
    """Accept a number within limits."""
    return Kind(lambda value: float(in_range(value, low, high)), {"type": "number", "minimum": low, "maximum": high})


def whole(low: int, high: int) -> Kind:
    """Accept a whole number within limits."""

    def read(value: Plain) -> int:
        number = in_range(value, low, high)
        if number != int(number):
            raise fault(f"{literal(value)} is not a whole number; write one from {low} to {high}")
        return int(number)

    return Kind(read, {"type": "integer", "minimum": low, "maximum": high})


def text(*, blank: bool = False, most: int | None = None) -> Kind:
    """Accept a text for people to read; empty only if `blank`. most: letters that it may have; None: any number."""

    def read(value: Plain) -> str:
        if value is None:
            raise fault("is empty; write a text")
        if not isinstance(value, str):
            quoted = f'; put it in quotes: "{value}"' if is_number(value) or isinstance(value, bool) else ""
            raise fault(f"{literal(value)} is not a text{quoted}")
        if not value.strip() and not blank:
            raise fault("is empty; write a text")
        if not value.replace("\n", "").isprintable():
            raise fault(f"{literal(value)} holds characters that cannot be printed; remove them")
        if most is not None and len(value) > most:
            raise fault(f"{literal(value)} has {len(value)} letters; write at most {most}")
        return value

    limits = ({} if blank else {"minLength": 1}) | ({} if most is None else {"maxLength": most})
    return Kind(read, {"type": "string"} | limits)


def choice(what: str, words: tuple[str, ...]) -> Kind:
    """Accept one of a few words."""

    def read(value: Plain) -> str:
        if isinstance(value, str) and value in words:
            return value
        hint = did_you_mean(value, words) if isinstance(value, str) else f"; one of: {', '.join(words)}"
        raise fault(f"unknown {what} {literal(value)}{hint}")

    return Kind(read, {"enum": list(words)})


def _flag(value: Plain) -> bool:
    if not isinstance(value, bool):
        raise fault(f"{literal(value)} is neither true nor false")
    return value


NAME_JSON: Json = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
_MOST_LETTERS_OF_A_NAME = 60
_NAME = re.compile(rf"[a-z][a-z0-9_]{{0,{_MOST_LETTERS_OF_A_NAME - 1}}}")
_UNACCENTED = str.maketrans({"æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ı": "i", "ł": "l", "œ": "oe"})


def read_name(value: Plain) -> str:
    """Read the name of an issue, group, camp or source: a word that other parts of the file refer to."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise fault(f"{literal(value)} is not a name; use lowercase letters, digits and _, starting with a letter")
    if value in RESERVED_NAMES:
        raise fault(f"{literal(value)} has a meaning of its own; choose another name")
    return value


def key_of(text: str, usual: str) -> str:
    """Make such a name from a text, with room for a number after it. usual: a beginning, if the text cannot be one.

    >>> key_of("EU (incl Norway)", "actor"), key_of("Équité, Łódź", "issue"), key_of("2020", "issue")
    ('eu_incl_norway', 'equite_lodz', 'issue_2020')
    >>> key_of("None", "group"), key_of("安全", "issue")
    ('group_none', 'issue')
    """
    letters = unicodedata.normalize("NFKD", text).casefold().translate(_UNACCENTED)  # accents behind their letters
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[: _MOST_LETTERS_OF_A_NAME - 10].strip("_")
    if word[:1].isalpha() and word not in RESERVED_NAMES:
        return word
    return f"{usual}_{word}".strip("_")[:_MOST_LETTERS_OF_A_NAME]


def _proper(value: Plain) -> str:
    """Read the name of a delegate or a meeting, written as people write it: one printable line."""
    if not isinstance(value, str):
        raise fault(f"{literal(value)} is not a name{'; put it in quotes' if value is not None else ''}")
    plain = value.isprintable() and value == value.strip() and "->" not in value
    if not plain or not 0 < len(value) <= 80 or value in RESERVED_NAMES:
        raise fault(f"{literal(value)} is not a name; use one short line of text")
    return value


def one_line(text: str, *, most: int | None = None) -> str:
    r"""Return a text without letters that cannot be printed or double spaces, cut to `most` letters.

    >>> one_line(" one\n\n line\t"), one_line("too long", most=4)
    ('one line', 'too')
    """
    some = text if most is None else text[: 4 * most]  # a stranger's may be very long
    return " ".join("".join(letter if letter.isprintable() else " " for letter in some).split())[:most].strip()


def listed(words: Iterable[str], *, most: int = 99) -> str:
    """List words as a sentence does; beyond `most` the rest are counted.

    >>> listed(["A"]), listed(["A", "B", "C"]), listed(["A", "B", "C", "D"], most=2)
    ('A', 'A, B and C', 'A, B and 2 others')
    """
    items = list(words)
    if len(items) > most + 1:
        items = [*items[:most], f"{len(items) - most} others"]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else "no one"


def distinct(names: Sequence[str]) -> list[str]:
    """Make names distinct: those that occur more than once get their number too.

    >>> distinct(["Fees", "Logs", "Fees"])
    ['Fees (1)', 'Logs', 'Fees (3)']
    """
    counts = Counter(names)
    return [f"{name} ({n})" if counts[name] > 1 else name for n, name in enumerate(names, start=1)]


class Names(NamedTuple):
    """The names that a file defines, for other parts of it to refer to; None if the file gets them wrong."""

    issue: Mapping[str, object] | None = None
    group: Mapping[str, object] | None = None
    delegate: Mapping[str, object] | None = None
    camp: Mapping[str, object] | None = None
    meeting: tuple[str, ...] | None = None
    methodology: Mapping[str, Plain] | None = None  # the file's own, with what they say
    format: Mapping[str, object] | None = None
    measure: Mapping[str, object] | None = None  # of a study's scenario
    days: tuple[int | None, ...] = ()  # of each meeting


def names_in(info: pydantic.ValidationInfo) -> Names:
    """Return the names of the file that is being read."""
    return info.context if isinstance(info.context, Names) else Names()


def refers(*kinds: str, also: tuple[str, ...] = ()) -> Kind:
    """Accept a name that the file defines elsewhere, of one of these kinds, or one of a few other words."""
    what = " or ".join(kinds)

    def read(value: Plain, info: pydantic.ValidationInfo) -> str:
        if not isinstance(value, str):
            raise fault(f"{literal(value)} is not the name of a {what}")
        defined = [getattr(names_in(info), kind) for kind in kinds]
        if None in defined or any(value in names for names in (also, *defined)):
            return value
        hint = did_you_mean(value, chain(also, *defined)) if also or any(defined) else "; the file has none"
        raise fault(f"unknown {what} {literal(value)}{hint}")

    name = {"type": "string", "description": f"name of a {what}"}
    return Kind(read, {"anyOf": [{"enum": list(also)}, name]} if also else name, in_file=True)


Label = Annotated[str, text(blank=True)]
RequiredText = Annotated[str, text()]
Name = Annotated[str, Kind(read_name, NAME_JSON)]
ProperName = Annotated[str, Kind(_proper, {"type": "string", "minLength": 1, "maxLength": 80})]
FLAG = Kind(_flag, {"type": "boolean"})
Switch = Annotated[bool, FLAG]


class Part(pydantic.BaseModel):
    """A frozen mapping with known keys, and perhaps shorter ways to write it."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")
    shorthand: ClassVar[list[Json]] = []

    @pydantic.model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, value: Plain) -> Plain:
        is_full = isinstance(value, cls) or (isinstance(value, dict) and not cls.is_short(value))
        return value if is_full else cls.spell_out(value)

    @classmethod
    def is_short(cls, value: Json) -> bool:  # noqa: ARG003
        """Return whether a mapping is itself a shorthand."""
        return False

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Return the mapping that a shorthand stands for; raise a `fault` if it is not one."""
        raise fault(f"{literal(value)} is not a mapping; its keys are {', '.join(cls.model_fields)}")

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: pydantic.GetJsonSchemaHandler) -> Json:
        """Allow the mapping, or one of its shorthands."""
        own = handler(schema)
        if not cls.shorthand:
            return own
        return {"anyOf": [*cls.shorthand, own]}


class OneOf(Part):
    """A mapping with a single key that says what it is: `{submission: {...}}`."""

    what: ClassVar[str]

    @classmethod
    def is_short(cls, value: Json) -> bool:
        """Treat anything but one known key as a shorthand, so that its message can help."""
        return len(value) != 1 or None in value.values()

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Read a bare word as a kind without details."""
        if isinstance(value, str):
            if value not in cls.model_fields:
                raise fault(f"unknown {cls.what} {literal(value)}{did_you_mean(value, cls.model_fields)}")
            return {value: {}}
        if isinstance(value, dict) and len(value) == 1:
            return {key: {} for key in value}
        raise fault(f"write one of {', '.join(cls.model_fields)}, and only one")

    @property
    def kind(self) -> str:
        """The only key that it has."""
        return next(name for name, value in self if value is not None)

    @pydantic.model_serializer(mode="wrap")
    def _only_what_it_is(self, handler: pydantic.SerializerFunctionWrapHandler) -> Json:
        return {key: value for key, value in handler(self).items() if value is not None}
