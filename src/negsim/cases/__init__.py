"""Real cases as facts and codes, and the codebook that turns them into scenarios; `load` reads a scenario or a case."""

from negsim.cases.form import CodedCase
from negsim.cases.library import (
    builtin_cases,
    case_in,
    load,
    load_case,
    loads,
    loads_case,
    names,
    text_of,
    unsourced,
)
from negsim.cases.translation import neighbours, perturbed, scenario_of

__all__ = [
    "CodedCase",
    "builtin_cases",
    "case_in",
    "load",
    "load_case",
    "loads",
    "loads_case",
    "names",
    "neighbours",
    "perturbed",
    "scenario_of",
    "text_of",
    "unsourced",
]
