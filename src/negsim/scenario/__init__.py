"""What a person writes: a case as a YAML file, read strictly, resolved, changed, lowered to arrays."""

from negsim.scenario.changes import with_changes
from negsim.scenario.export import dump_yaml, schema_json
from negsim.scenario.files import builtin_cases, names, text_of
from negsim.scenario.library import load, loads, unsourced
from negsim.scenario.schema import Scenario

__all__ = [
    "Scenario",
    "builtin_cases",
    "dump_yaml",
    "load",
    "loads",
    "names",
    "schema_json",
    "text_of",
    "unsourced",
    "with_changes",
]
