"""A link holds exactly what is on screen: a scenario, its knobs, other changes, the seed and the run.

- A page needs nothing but a variant and keeps no state elsewhere. The same link gives the same bits.
- A scenario may take seconds to read, so a page has a worker read it; a worker remembers the last ones.
- A link names a built-in scenario or carries a text of its own; it cannot name a file.
- A link that is malformed is refused before anything is unpacked; one that is too long does not come past the door.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar
from urllib.parse import parse_qsl

from negsim.cases import builtin_cases
from negsim.cast.knobs import KNOBS, Knob, Level
from negsim.cast.studio import MOST_CHANGE, MOST_LINK, link_query
from negsim.errors import literal
from negsim.scenario import Scenario, load, loads, names, with_changes
from negsim.scenario.yaml import MOST_BYTES, flow
from negsim.studio import limits
from negsim.studio.limits import RefusedError

_Number = TypeVar("_Number", int, float)
_FIRST = "cstd_wgigf_2011"
OWN_SCENARIO = "own scenario"
OWN_FILE = "scenario.yaml"  # the name of an own scenario when downloaded
_KEYS = ("s", "y", *(knob.key for knob in KNOBS.values()), "c", "seed", "r")
_PAGES_KEYS = ("t", "code", "along", "measure")  # keys that single pages add


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A scenario, its knobs, other changes, and one run of it."""

    name: str = _FIRST  # a built-in scenario; ignored where there is a text
    text: str = ""  # an own scenario, as YAML
    turned: tuple[tuple[str, Level], ...] = ()  # the path of each knob that is not as written, and its level
    changes: tuple[str, ...] = ()  # such as "process.chair.pressure=0"
    seed: int = 0
    replication: int = 0

    @property
    def levels(self) -> dict[str, Level]:
        """The levels of the knobs that are not as written, by path."""
        return dict(self.turned)

    def base(self) -> Scenario:
        """Return the scenario as written. Raises `ScenarioError` with located problems."""
        return _written("" if self.text else self.name, self.text)

    def scenario(self) -> Scenario:
        """Return the scenario with all changes. Raises `ScenarioError`, or `RefusedError` if it is too large."""
        return _changed(replace(self, seed=0, replication=0))

    def all_changes(self) -> list[str]:
        """Return the changes and the knobs, as for `--set`."""
        return [*self.changes, *(f"{path}={_text(level)}" for path, level in self.levels.items())]

    def label(self) -> str:
        """Return the scenario's name for people."""
        return OWN_SCENARIO if self.text else self.name


def in_order(levels: Mapping[str, Level | None]) -> tuple[tuple[str, Level], ...]:
    """Put levels by path into the order of the knobs, without those that are None."""
    return tuple((path, level) for path in KNOBS if (level := levels.get(path)) is not None)


def _text(level: Level) -> str:
    """Write a level with all its digits, and a whole number without a point."""
    return str(int(level)) if isinstance(level, float) and level.is_integer() else str(level)


@lru_cache(maxsize=32)
def _written(name: str, text: str) -> Scenario:
    if text:
        return loads(text, OWN_FILE)
    if name not in scenario_names():
        raise RefusedError(f"no such built-in scenario: {literal(name)}")
    return load(name)


@lru_cache(maxsize=32)
def _changed(variant: Variant) -> Scenario:
    """Return the scenario of a variant; all its runs share it."""
    turned = [f"{path}={flow(level)}" for path, level in variant.levels.items()]
    return limits.check_size(with_changes(variant.base(), [*variant.changes, *turned]))


def scenario_names() -> list[str]:
    """List the scenarios that a link may name: built-in ones and coded cases."""
    return [*names(), *builtin_cases()]


def query(variant: Variant) -> str:
    """Return the query of a link to a variant. Raises `RefusedError` if its text is too long for a link."""
    knobs = [(KNOBS[path].key, _text(level)) for path, level in variant.levels.items()]
    changes = [*knobs, *(("c", change) for change in variant.changes)]
    text = link_query(variant.name, variant.text, changes, (variant.seed, variant.replication))
    if len(text) > MOST_LINK:
        raise RefusedError("this scenario is too long for a link; download it, and send the file")
    return text


def variant_of(text: str) -> Variant:
    """Return the variant in the query of a link, whose length the door bounds. Raises `RefusedError` for a bad one."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=64, errors="strict")
    except ValueError:
        raise RefusedError("this link is malformed; copy the whole link again") from None
    values: dict[str, str] = {}
    changes = []
    for key, value in pairs:
        if key == "c":
            changes.append(value)
        elif key in values or key not in (*_KEYS, *_PAGES_KEYS):
            why = "appears twice" if key in values else "is not a key"
            raise RefusedError(f"this link is malformed: {literal(key)} {why}")
        else:
            values[key] = value
    return _variant(values, changes)


def _variant(values: dict[str, str], changes: list[str]) -> Variant:
    if len(changes) > limits.MOST_CHANGES or any(len(change) > MOST_CHANGE for change in changes):
        raise RefusedError(f"too many changes; at most {limits.MOST_CHANGES} of {MOST_CHANGE} letters")
    if "y" in values and "s" in values:
        raise RefusedError("this link is malformed: it names a scenario and carries another")
    if values.get("s", _FIRST) not in scenario_names():
        raise RefusedError(f"no such built-in scenario: {literal(values['s'])}")
    return Variant(
        name=values.get("s", _FIRST),
        text=unpack(values["y"]) if "y" in values else "",
        turned=in_order({path: _level(values, knob) for path, knob in KNOBS.items()}),
        changes=tuple(changes),
        seed=_number(values, "seed", int, limits.MOST_SEED) or 0,
        replication=_number(values, "r", int, limits.MOST_REPLICATION) or 0,
    )


def _level(values: dict[str, str], knob: Knob) -> Level | None:
    """Return the level of a knob in a link, None where the link has none."""
    if knob.words.unit == "count":
        return _number(values, knob.key, int, limits.MOST_COUNT)
    return _number(values, knob.key, float, 1) if knob.words.unit == "share" else values.get(knob.key)


def _number(values: dict[str, str], key: str, kind: type[_Number], most: int) -> _Number | None:
    """Return a number in a link, None where the link has none. Raises `RefusedError` for one that is not 0..most."""
    if key not in values:
        return None
    with suppress(ValueError):
        if values[key].isascii() and 0 <= (value := kind(values[key])) <= most:
            return value
    raise RefusedError(f"this link is malformed: {key} is {literal(values[key])}, not a number 0..{most}")


def unpack(text: str) -> str:
    """Unpack the text in a link, up to the size that a scenario may have. Raises `RefusedError`."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        reader = zlib.decompressobj()
        plain = reader.decompress(raw, MOST_BYTES + 1)
        if len(plain) > MOST_BYTES or not reader.eof or reader.unused_data:
            raise RefusedError("the scenario in this link is too large, or cut off")
        return one_newline(plain.decode())
    except (binascii.Error, zlib.error, ValueError):
        raise RefusedError("the scenario in this link is damaged; copy the whole link again") from None


def one_newline(text: str) -> str:
    """Make all lines of a text end in one character, as the editor counts them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
