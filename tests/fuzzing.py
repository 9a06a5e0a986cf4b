"""Files that went wrong: valid ones changed at random in structure, in values or in their text, the same for a seed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from negsim.scenario.yaml import parse, to_yaml

ODD = (
    None, True, False, 0, -1, 1, 2, 3, 41, 2047, 2**31, 2**63, 2**64, -(2**63), 0.0, -0.0, 0.5, 1.0, 1.5,
    5e-324, 1e-300, 1e-9,
    1e9, 1e300, -1e300, "", " ", "low", "high", "very_high", "none", "all", "NO", "unknown", "a.b", "0",
    "1e3", "$x$ and $y$",
    "a\x1b[31mb", "a\x00b"[:1], "\u202eb", "é", "e\u0301", "名", "\U0001f600", "x" * 300, "x" * 5000,
    "../../etc/passwd", "/dev/zero",
    "{{ 7 * 7 }}", "%s%n", "=1+1", "' OR 1=1 --", "a\nb", "\t", [], {}, [[]], [{}], {"": 1}, {"a": {}},
    [0.5, 0.1], [0, 1, 2],
    {"min": 0.9, "max": 0.1}, {"uniform": [0, 1]}, {"choice": [1, 2]},
)  # fmt: skip
RAW = (  # what no value of Python's writes
    ".nan", ".inf", "-.inf", "1e400", "1_000", "0x7fffffffffffffffff", "0o17", "010", "9" * 39, "9" * 60,
    "2011-03-25", "12:30:45",
    "2011-03-25T10:00:00Z", "yes", "~", "!!float 1", "!!python/object:os.system x", "!!binary aGk=",
    "!!set {a, b}", "&a [*a]",
    "&a {b: *b}", "*nobody", "&a 0.5", "{<<: {a: 1}}", "? [a]", '"\\UFFFFFFFF"', '"\\x07"', '"\\ud800"',
    "'unclosed", "[" * 60 + "]" * 60,
    "{a: " * 39 + "1" + "}" * 39, "|\n  block", "@x", "`x`", "%x", "- x", "a: b: c", "{a: 1, a: 2}",
)  # fmt: skip
LETTERS = "\x00\x07\x1b\x7f\x85\u2028\u202e\ufeff\ufffe\t\r#:-[]{}&*!|>'\"%@`,? 0.-eE"
_PLACE = "RAWRAW{}RAWRAW"

Plain = Any
Slot = tuple[Plain, Any]  # a dict or list, and the key or number of one of its values


def seeded(example: str) -> Random:
    """The random numbers of an example."""
    return Random(example)  # noqa: S311 - the same files for a seed, no secrets


def _slots(data: Plain) -> Iterator[Slot]:
    """Every value in a tree, by what holds it."""
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield data, key
        yield from _slots(value)


def _put(holder: Plain, key: Any, value: Plain) -> None:
    holder[key] = copy.deepcopy(value)


def _delete(random: Random, slots: list[Slot]) -> None:
    holder, key = random.choice(slots)
    del holder[key]


def _duplicate(random: Random, slots: list[Slot]) -> None:
    holder, key = random.choice(slots)
    if isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        holder[f"{key}_2"] = copy.deepcopy(holder[key])


def _swap(random: Random, slots: list[Slot]) -> None:
    """Two values change places, or one is put where the other is."""
    (one, at), (other, there) = random.sample(slots, 2)
    first, second = copy.deepcopy(one[at]), copy.deepcopy(other[there])
    _put(one, at, second)
    if random.random() < 0.5 and there in (other if isinstance(other, dict) else range(len(other))):
        _put(other, there, first)


def _replace(random: Random, slots: list[Slot]) -> None:
    holder, key = random.choice(slots)
    _put(holder, key, random.choice(ODD))


def _number(random: Random, slots: list[Slot]) -> None:
    """A number becomes another that may still be allowed."""
    numbers = [(holder, key) for holder, key in slots if type(holder[key]) in {int, float}]
    holder, key = random.choice(numbers or slots)
    near = (0, 1, 2, 0.0, 1.0, 0.5, 1e-12, 5e-324, 0.999999999, 1 + 1e-12, 3, 7, 20)
    value = holder[key] if numbers else 1
    _put(holder, key, random.choice((*near, value * 2, value / 3, -value, value + 1, value * 10)))


def _rename(random: Random, slots: list[Slot]) -> None:
    holder, key = random.choice([slot for slot in slots if isinstance(slot[0], dict)] or slots)
    if isinstance(holder, dict):
        other = random.choice([slot[1] for slot in slots if isinstance(slot[0], dict)])
        holder[random.choice((other, other, f"{key}x", str(key).upper(), "", "a.b", "é", "1"))] = holder.pop(key)


def _nest(random: Random, slots: list[Slot]) -> None:
    holder, key = random.choice(slots)
    _put(holder, key, random.choice(([holder[key]], {"value": holder[key]}, {key: holder[key]}, [holder[key]] * 3)))


def _raw(random: Random, slots: list[Slot]) -> None:
    holder, key = random.choice(slots)
    holder[key] = _PLACE.format(random.randrange(len(RAW)))


def _alike(random: Random, slots: list[Slot]) -> None:
    """A value becomes what another of the same name is."""
    holder, key = random.choice(slots)
    _put(holder, key, random.choice([other[there] for other, there in slots if there == key]))


GENTLE = (_number, _alike, _alike)  # often still allowed
STRUCTURAL: tuple[Callable[[Random, list[Slot]], None], ...] = (
    _delete, _duplicate, _swap, _swap, _replace, _replace, _number, _number, _number, _rename, _nest, _raw,
)  # fmt: skip


def changed_tree(random: Random, data: Plain) -> Plain:
    """A tree with one to three changes."""
    data = copy.deepcopy(data)
    kinds = random.choice((GENTLE, STRUCTURAL))
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        slots = list(_slots(data))
        if len(slots) < 2:
            break
        random.choice(kinds)(random, slots)
    return data


def _written(text: str) -> str:
    """A text with what stands for raw YAML replaced by it."""
    for number, raw in enumerate(RAW):
        text = text.replace(_PLACE.format(number), raw)
    return text


def changed_text(random: Random, text: str) -> str:
    """A text with lines or letters lost, doubled, swapped, put in, or cut off."""
    lines = text.splitlines(keepends=True)
    n, m = random.randrange(len(lines)), random.randrange(len(lines))
    at = random.randrange(len(text))
    match random.randrange(7):
        case 0:
            del lines[n]
        case 1:
            lines.insert(m, lines[n])
        case 2:
            lines[n], lines[m] = lines[m], lines[n]
        case 3:
            lines[n] = " " * random.randrange(1, 5) + lines[n]
        case 4:
            return text[:at]
        case 5:
            return text[:at] + random.choice(LETTERS) * random.choice((1, 1, 3)) + text[at:]
        case _:
            return text[:at] + random.choice(LETTERS) + text[at + 1 :]
    return "".join(lines)


def changed_yaml(random: Random, text: str) -> bytes:
    """A YAML file gone wrong."""
    if random.random() < 0.2:
        return changed_text(random, text).encode(errors="surrogatepass")
    return _written(to_yaml(changed_tree(random, parse(text, "whole").data))).encode(errors="surrogatepass")


def changed_json(random: Random, text: str) -> bytes:
    """A JSON file gone wrong."""
    if random.random() < 0.3:
        return changed_text(random, text).encode(errors="surrogatepass")
    return json.dumps(changed_tree(random, json.loads(text))).encode()
