"""What a person writes: a scenario as a YAML file, read strictly, resolved, changed, lowered to arrays."""

from negsim.scenario.changes import with_changes
from negsim.scenario.schema import Scenario, dump_yaml, schema_json

__all__ = ["Scenario", "dump_yaml", "schema_json", "with_changes"]
