"""negsim: a simulator of multistakeholder negotiation.

Names are loaded when they are first used, so that `import negsim` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "Scenario": "negsim.scenario",
    "load": "negsim.notebook.scenarios",
    "loads": "negsim.notebook.scenarios",
    "names": "negsim.scenario",
    "with_changes": "negsim.notebook.scenarios",
    "sample": "negsim.notebook.scenarios",
    "lower": "negsim.scenario.lowering",
    "run": "negsim.notebook.runs",
    "Runs": "negsim.study.runner",
    "Study": "negsim.study.schema",
    "load_study": "negsim.study.schema",
    "loads_study": "negsim.study.schema",
    "sweep": "negsim.notebook.studies",
    "results": "negsim.notebook.studies",
    "study_pictures": "negsim.report.plots.study",
    "compare": "negsim.notebook.answers",
    "why": "negsim.notebook.answers",
    "robust": "negsim.notebook.answers",
    "explain": "negsim.notebook.answers",
    "sensitivity": "negsim.notebook.answers",
    "discover": "negsim.notebook.answers",
    "fit": "negsim.notebook.answers",
    "measure": "negsim.cast.measures",
    "watch": "negsim.notebook.runs",
    "transcript": "negsim.notebook.pages",
    "plot": "negsim.notebook.pages",
    "FigureLook": "negsim.report.looks",
    "write_report": "negsim.notebook.pages",
    "measures": "negsim.notebook.pages",
    "NegotiationModel": "negsim.mesa_model",
    "NegsimError": "negsim.errors",
    "ScenarioError": "negsim.errors",
    "plugins": "",  # a module itself
    "rules": "",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'negsim' has no attribute {name!r}")
    home = _HOMES[name]
    return getattr(import_module(home), name) if home else import_module(f"negsim.{name}")


def __dir__() -> list[str]:
    return sorted(__all__)
