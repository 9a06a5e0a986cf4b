"""A scenario written out, and the vocabulary as a JSON Schema for editors."""

from __future__ import annotations

import json

from negsim.scenario.loading import to_yaml
from negsim.scenario.schema import Scenario


def dump_yaml(scenario: Scenario) -> str:
    """The resolved scenario as YAML: `loads` reads it back to an equal one."""
    return to_yaml(scenario.resolved())


def schema_json() -> str:
    """The JSON Schema of a scenario file, for editors that complete and check YAML."""
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
    meeting = schema["$defs"]["Meeting"]
    meeting["required"] = ["days"]  # an agenda may come from the methodology
    evenings = meeting["properties"]["evenings"]
    meeting["properties"]["evenings"] = {"anyOf": [evenings["items"], evenings]}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
