"""Real cases as facts and codes, and the codebook that makes scenarios of them; `load` reads a scenario or a case."""

from negsim.cases.form import CodedCase, Conditions
from negsim.cases.library import case_in, is_case, load, load_case, loads, loads_case, read_case, unsourced
from negsim.cases.translation import neighbours, perturbed, scenario_data, scenario_of
from negsim.scenario.library import builtin_cases

__all__ = [
    "CodedCase",
    "Conditions",
    "builtin_cases",
    "case_in",
    "is_case",
    "load",
    "load_case",
    "loads",
    "loads_case",
    "neighbours",
    "perturbed",
    "read_case",
    "scenario_data",
    "scenario_of",
    "unsourced",
]
