"""Real cases as facts and codes, and the codebook that makes scenarios of them; `load` reads a scenario or a case."""

from negsim.cases.form import CodedCase, Conditions
from negsim.cases.library import (
    builtin_cases,
    case_in,
    is_case,
    load,
    load_case,
    loads,
    loads_case,
    names,
    read_case,
    text_of,
    unsourced,
)
from negsim.cases.translation import neighbours, perturbed, scenario_data, scenario_of

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
    "names",
    "neighbours",
    "perturbed",
    "read_case",
    "scenario_data",
    "scenario_of",
    "text_of",
    "unsourced",
]
