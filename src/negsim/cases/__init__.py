"""Real cases as facts and codes, and the codebook that turns them into scenarios."""

from negsim.cases.form import CodedCase
from negsim.cases.library import case_in, load_case, loads_case
from negsim.cases.translation import neighbours, perturbed, scenario_of
from negsim.scenario.library import builtin_cases

__all__ = [
    "CodedCase",
    "builtin_cases",
    "case_in",
    "load_case",
    "loads_case",
    "neighbours",
    "perturbed",
    "scenario_of",
]
