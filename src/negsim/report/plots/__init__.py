"""Every picture by name: of one run, of many runs, of several panels. Those of a study are in `plots.study`.

>>> from negsim.report import plots
>>> list(plots.RUN_PICTURES)
['paragraphs', 'positions', 'brackets', 'distances', 'trust']
"""

from __future__ import annotations

from negsim.report.plots.run import (
    RUN_PICTURES,
    brackets,
    distances,
    life_of_paragraphs,
    positions,
    positions_by_issue,
    trust,
    trust_before_and_after,
)
from negsim.report.plots.runs import PICTURES, about_one, minutes_spent, outcome_shares, run_pictures, who_blocked
from negsim.report.plots.style import chosen_pictures, save, with_note

__all__ = [
    "PICTURES", "RUN_PICTURES", "about_one", "brackets", "chosen_pictures", "distances", "life_of_paragraphs",
    "minutes_spent", "outcome_shares", "positions", "positions_by_issue", "run_pictures", "save", "trust",
    "trust_before_and_after", "who_blocked", "with_note",
]  # fmt: skip
