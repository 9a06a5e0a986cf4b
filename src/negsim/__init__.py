"""negsim: a simulator of multistakeholder negotiation.

Names are loaded when they are first used, so that `import negsim` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "Scenario": "negsim.scenario",
    "load": "negsim.scenario",
    "loads": "negsim.scenario",
    "names": "negsim.scenario",
    "with_changes": "negsim.scenario",
    "sample": "negsim.scenario.sampling",
    "lower": "negsim.scenario.lowering",
    "run": "negsim.study.runner",
    "Runs": "negsim.study.runner",
    "Study": "negsim.study.schema",
    "load_study": "negsim.study.schema",
    "loads_study": "negsim.study.schema",
    "sweep": "negsim.report.progress",
    "results": "negsim.study.results",
    "study_pictures": "negsim.report.plots.study",
    "compare": "negsim.study.compare",
    "sensitivity": "negsim.study.sensitivity",
    "discover": "negsim.study.discover",
    "fit": "negsim.study.fit",
    "watch": "negsim.study.runner",
    "transcript": "negsim.report.minutes",
    "NegotiationModel": "negsim.mesa_model",
    "NegsimError": "negsim.errors",
    "ScenarioError": "negsim.errors",
    "plugins": "",  # a module itself
    "rules": "",
}
__all__ = list(_HOMES)
ROOMS_WITH_FORMS = ("negsim.cases",)  # that enter forms of files into those which `negsim.scenario.load` reads


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'negsim' has no attribute {name!r}")
    home = _HOMES[name]
    return getattr(import_module(home), name) if home else import_module(f"negsim.{name}")


def __dir__() -> list[str]:
    return sorted(__all__)
