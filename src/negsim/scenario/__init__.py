"""Scenarios as people write them: YAML files, read strictly, resolved, changed, and lowered to arrays."""

from negsim.scenario.changes import with_changes
from negsim.scenario.schema import Scenario, dump_yaml, schema_json

__all__ = ["Scenario", "dump_yaml", "schema_json", "with_changes"]
