"""Every picture by name: of one run, of many runs, of several panels, of a whole study.

>>> from negsim.tell import plots
>>> list(plots.RUN_PICTURES)
['paragraphs', 'positions', 'brackets', 'distances', 'trust']
"""

from negsim.tell.figures import RUN_PICTURES, trust_before_and_after
from negsim.tell.figures import positions as positions_by_issue
from negsim.tell.run_plots import brackets, distances, life_of_paragraphs, positions, trust
from negsim.tell.study_pictures import study_pictures
from negsim.tell.study_plots import minutes_spent, outcome_shares, single_changes, who_blocked
from negsim.tell.style import save, style

__all__ = [
    "RUN_PICTURES",
    "brackets",
    "distances",
    "life_of_paragraphs",
    "minutes_spent",
    "outcome_shares",
    "positions",
    "positions_by_issue",
    "save",
    "single_changes",
    "study_pictures",
    "style",
    "trust",
    "trust_before_and_after",
    "who_blocked",
]
