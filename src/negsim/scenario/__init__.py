"""What a person writes: a scenario as a YAML file, read strictly, resolved, changed, lowered to arrays."""

from negsim.scenario.changes import with_changes
from negsim.scenario.library import builtin_cases, dump_yaml, names, schema_json, text_of
from negsim.scenario.schema import Scenario

__all__ = [
    "Scenario",
    "builtin_cases",
    "dump_yaml",
    "names",
    "schema_json",
    "text_of",
    "with_changes",
]
