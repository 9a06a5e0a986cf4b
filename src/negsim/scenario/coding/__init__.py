"""Real cases as facts and codes, and the codebook that makes scenarios of them."""

from negsim.scenario.coding.casefiles import facts_problem, is_case, is_facts, load_case, loads_case, read_case
from negsim.scenario.coding.form import CodedCase, Conditions
from negsim.scenario.coding.perturb import neighbours, perturbed
from negsim.scenario.coding.translate import scenario_data, scenario_of
from negsim.scenario.files import builtin_cases

__all__ = [
    "CodedCase",
    "Conditions",
    "builtin_cases",
    "facts_problem",
    "is_case",
    "is_facts",
    "load_case",
    "loads_case",
    "neighbours",
    "perturbed",
    "read_case",
    "scenario_data",
    "scenario_of",
]
