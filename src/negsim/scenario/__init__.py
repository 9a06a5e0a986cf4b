"""Scenarios as people write them: YAML files, read strictly, resolved, changed, and lowered to arrays."""

from negsim.scenario.changes import with_changes
from negsim.scenario.library import load, loads, names, text_of, unsourced
from negsim.scenario.schema import Scenario, dump_yaml, schema_json

__all__ = ["Scenario", "dump_yaml", "load", "loads", "names", "schema_json", "text_of", "unsourced", "with_changes"]
