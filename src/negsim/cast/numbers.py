"""The numbers of the cast that results follow from; its words and its colours are not among them."""

from __future__ import annotations

from negsim.cast.decisions import DECISION_RULES
from negsim.cast.formats import FORMATS
from negsim.cast.methodologies import METHODOLOGIES, Methodology

_MOST_MEETINGS = 4  # meetings: a first, two in the middle, a last


def numbers() -> list[object]:
    """Return them as plain lists, with the names by which scenarios call them."""
    return [
        [(name, [float(number) for number in each.row]) for name, each in FORMATS.items()],
        [(name, _agendas(each)) for name, each in METHODOLOGIES.items()],
        [
            (name, [float(number) for number in each.row], each.key, each.column)
            for name, each in DECISION_RULES.items()
        ],
    ]


def _agendas(methodology: Methodology) -> list[object]:
    return [methodology.agenda(meeting, count) for count in range(1, _MOST_MEETINGS + 1) for meeting in range(count)]
