"""A link that reproduces exactly what is on screen: scenario, knobs, seed.

Rules that hold here
- A setting is all that a page needs; it has no state elsewhere. The same link gives the same bits.
- The scenario of a setting is read once and remembered: to ask for it again costs nothing, on the event loop too.
- A link names built-in scenarios only, or carries its own text; it can never name a file.
- What is too long or malformed is refused before it is unpacked.
"""

from __future__ import annotations

import base64
import binascii
import shlex
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from negsim.cases import load, loads
from negsim.classroom.links import KNOBS, packed
from negsim.errors import shown
from negsim.scenario import Scenario, builtin_cases, names, with_changes
from negsim.scenario.methodologies import AS_WRITTEN
from negsim.scenario.yaml import MOST_BYTES, flow
from negsim.studio.limits import MOST_CHANGE, MOST_CHANGES, MOST_LINK, RefusedError, check_size

FIRST = "cstd_wgigf_2011"
OWN = "own scenario"
FILE = "scenario.yaml"  # what a scenario of one's own is called when it is downloaded
MOST_SEED = 2**64 - 1
MOST_REPLICATION = 2**32 - 1
KEYS = ("s", "y", *KNOBS.values(), "c", "seed", "r")
PAGES_KEYS = ("t", "code", "along", "measure")  # what pages add for themselves


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One negotiation: a scenario, its three knobs (None: as written), other changes, and which run."""

    name: str = FIRST  # a built-in scenario; ignored where there is a text
    text: str = ""  # a scenario of one's own, as YAML
    meetings: int | None = None
    methodology: str | None = None
    evenings: float | None = None  # share of mixed ones
    changes: tuple[str, ...] = ()  # such as "process.chair.pressure=0"
    seed: int = 0
    replication: int = 0

    def base(self) -> Scenario:
        """The scenario as written. Raises `ScenarioError` with located problems."""
        return _written("" if self.text else self.name, self.text)

    def scenario(self) -> Scenario:
        """The scenario with everything changed. Raises `ScenarioError`, or `RefusedError` for one that is too large."""
        return _changed(replace(self, seed=0, replication=0))

    def called(self) -> str:
        """What to call the scenario."""
        return OWN if self.text else self.name

    def with_knobs(self, knobs: Mapping[str, Any]) -> Setting:
        """The setting with other values."""
        return replace(self, **knobs)


@lru_cache(maxsize=32)
def _written(name: str, text: str) -> Scenario:
    """A scenario as written: the text, or a built-in one."""
    if text:
        return loads(text, FILE)
    if name not in known():
        raise RefusedError(f"there is no built-in scenario {shown(name)}")
    return load(name)


@lru_cache(maxsize=64)
def _changed(setting: Setting) -> Scenario:
    """The scenario of a setting, whichever of its runs is meant."""
    knobs = {
        "meetings.count": setting.meetings,
        "methodology": setting.methodology,
        "informal.mixed_evenings": setting.evenings,
    }
    turned = [f"{knob}={flow(value)}" for knob, value in knobs.items() if value is not None]
    return check_size(with_changes(setting.base(), [*setting.changes, *turned]))


def known() -> list[str]:
    """The scenarios that a link may name."""
    return [*names(), *builtin_cases()]


def commands(setting: Setting) -> list[str]:
    """What to add to `negsim run NAME` for the same setting."""
    told = [f"--set {change}" for change in setting.changes]
    told += [f"--set meetings.count={setting.meetings}"] if setting.meetings is not None else []
    told += [f"--set methodology={setting.methodology}"] if setting.methodology is not None else []
    told += [f"--set informal.mixed_evenings={setting.evenings:g}"] if setting.evenings is not None else []
    return [*told, f"--seed {setting.seed}"]


def command(setting: Setting, *, one_run: bool = False) -> str:
    """What to type for the same setting. one_run: for the run that is on screen, else for many."""
    told = ["negsim", "transcript" if one_run else "run", FILE if setting.text else setting.name]
    told += [part for option in commands(setting) for part in option.split(" ", 1)]
    return shlex.join([*told, "--replication", str(setting.replication)] if one_run else told)


# ------------------------------------------------------------------------------------------------ writing


def query(setting: Setting) -> str:
    """The query of a link to a setting. Raises `RefusedError` where a text is too long for a link."""
    pairs: list[tuple[str, str]] = [("y", packed(setting.text))] if setting.text else [("s", setting.name)]
    pairs += [(KNOBS["meetings.count"], str(setting.meetings))] if setting.meetings is not None else []
    pairs += [(KNOBS["methodology"], setting.methodology)] if setting.methodology is not None else []
    pairs += [(KNOBS["informal.mixed_evenings"], f"{setting.evenings:g}")] if setting.evenings is not None else []
    pairs += [("c", change) for change in setting.changes]
    pairs += [("seed", str(setting.seed))]
    pairs += [("r", str(setting.replication))] if setting.replication else []
    try:
        text = urlencode(pairs)
    except UnicodeEncodeError:
        raise RefusedError("half a character cannot stand in a link; write it whole") from None
    if len(text) > MOST_LINK:
        raise RefusedError("this scenario is too long for a link; download it, and send the file")
    return text


# ------------------------------------------------------------------------------------------------ reading


def setting_of(text: str) -> Setting:
    """The setting in the query of a link. Raises `RefusedError` for one that is too long or malformed."""
    if len(text) > MOST_LINK:
        raise RefusedError(f"this link is longer than {MOST_LINK} letters; it was not made here")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=64, errors="strict")
    except ValueError:
        raise RefusedError("this link is malformed; copy it again, whole") from None
    said: dict[str, str] = {}
    changes = []
    for key, value in pairs:
        if key == "c":
            changes.append(value)
        elif key in said or key not in (*KEYS, *PAGES_KEYS):
            raise RefusedError(f"this link is malformed: {shown(key)} {'twice' if key in said else 'is not known'}")
        else:
            said[key] = value
    return _setting(said, changes)


def _setting(said: dict[str, str], changes: list[str]) -> Setting:
    check_changes(changes)
    if "y" in said and "s" in said:
        raise RefusedError("this link is malformed: it names a scenario and carries another")
    if said.get("s", FIRST) not in known():
        raise RefusedError(f"there is no built-in scenario {shown(said['s'])}")
    return Setting(
        name=said.get("s", FIRST),
        text=unpacked(said["y"]) if "y" in said else "",
        meetings=_whole(said, "m", 100),
        methodology=said.get("w"),
        evenings=_share(said, "e"),
        changes=tuple(changes),
        seed=_whole(said, "seed", MOST_SEED) or 0,
        replication=_whole(said, "r", MOST_REPLICATION) or 0,
    )


def unpacked(text: str) -> str:
    """The text in a link; no more of it is unpacked than a scenario may have."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        reader = zlib.decompressobj()
        plain = reader.decompress(raw, MOST_BYTES + 1)
        if len(plain) > MOST_BYTES or not reader.eof or reader.unused_data:
            raise RefusedError("the scenario in this link is too large, or cut off")
        return one_newline(plain.decode())
    except (binascii.Error, zlib.error, ValueError):
        raise RefusedError("the scenario in this link cannot be read; copy the link again, whole") from None


def one_newline(text: str) -> str:
    """A text whose lines all end as an editor counts them, in one character."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_changes(changes: Sequence[str]) -> None:
    """Raise `RefusedError` for more changes, or longer ones, than a link may have."""
    if len(changes) > MOST_CHANGES or any(len(change) > MOST_CHANGE for change in changes):
        raise RefusedError(f"too many changes; at most {MOST_CHANGES} of {MOST_CHANGE} letters")


def number_of(text: str, most: int) -> int:
    """The whole number that somebody typed for a seed or a run; 0 for nothing. Raises `RefusedError`."""
    text = text.strip() or "0"
    if not (text.isascii() and text.isdigit()) or len(text) > 20 or int(text) > most:
        raise RefusedError(f"a seed or a run is a whole number from 0 to {most}")
    return int(text)


def _whole(said: dict[str, str], key: str, most: int) -> int | None:
    if key not in said:
        return None
    value = said[key]
    if not (value.isascii() and value.isdigit()) or len(value) > 20 or int(value) > most:
        raise RefusedError(f"this link is malformed: {key} is {shown(value)}, not a number 0..{most}")
    return int(value)


def _share(said: dict[str, str], key: str) -> float | None:
    if key not in said:
        return None
    try:
        value = float(said[key])
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise RefusedError(f"this link is malformed: {key} is {shown(said[key])}, not a share 0..1")
    return value


def methodology_or_none(name: str) -> str | None:
    """A methodology that changes something."""
    return None if name in ("", AS_WRITTEN) else name
