"""What each key of scenario and study files means: sentences that an editor shows beside the key, from the JSON Schema.

They stand in `descriptions.json`, apart from `schema`, because no run reads them. A key that says it in its own
declaration is not listed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from negsim.cast.moves import TABLE_MOVES
from negsim.scenario.values import Json

_SENTENCES = json.loads(Path(__file__).with_name("descriptions.json").read_text(encoding="utf-8"))
DESCRIPTIONS: dict[str, dict[str, str]] = _SENTENCES["scenario"]  # by part of a scenario, by key
DESCRIPTIONS["Moves"] |= {name: move.meaning for name, move in TABLE_MOVES.items()}
STUDY_DESCRIPTIONS: dict[str, dict[str, str]] = _SENTENCES["study"]  # the same for study files
UNITS: dict[str, dict[str, str]] = _SENTENCES["units"]  # of numbers that have one, by part of a scenario, by key
_OF_EVENTS = {  # keys that mean the same in every event
    "meeting": "the meeting, by its number from 1 or its name",
    "day": "the day of the meeting, from 1",
}


def describe(schema: Json, top: str, sentences: Mapping[str, Mapping[str, str]]) -> None:
    """Give each key of a JSON Schema its sentence, unless its declaration has one. top: the name of the whole."""
    for name, part in {top: schema, **schema.get("$defs", {})}.items():
        own = {**_OF_EVENTS, **sentences.get(name, {})}
        for kind in (part, *part.get("anyOf", ())):
            for key, about in kind.get("properties", {}).items():
                if "description" not in about and key in own:
                    about["description"] = own[key]
