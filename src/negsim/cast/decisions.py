"""Decision rules by the names that scenarios use, the strictest first, wherever they are listed.

A scenario may also give numbers of its own (`decision_rule: {accept: 0.6}`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from negsim.negotiation.acceptance import MAJORITY, RuleRow
from negsim.negotiation.measures import MEASURES, ROUGH_SHARE, TOLERATED_BLOCKS


@dataclass(frozen=True, kw_only=True)
class NamedRule:
    """A decision rule.

    label: its name with its usual number. meaning: when a text passes, in a sentence. row: its numbers. key: how a
    scenario writes a number of its own for `column` of the row, "" if it cannot. measure: of the runs that would pass
    under it, "" if there is none. corner: its corner of the classroom in lesson 3, likewise.
    note: one more sentence, for the glossary. synonyms: names by which people look for it, which scenarios do not know.
    """

    name: str
    label: str
    meaning: str
    row: RuleRow
    key: str = ""
    column: str = ""
    measure: str = ""
    corner: str = ""
    note: str = ""
    synonyms: tuple[str, ...] = ()


def _counted(name: str, measure: str, meaning: str, row: RuleRow, **more: Any) -> NamedRule:  # noqa: ANN401 - a field
    """Make a rule that has a measure, which names it."""
    return NamedRule(name=name, label=MEASURES[measure].short, meaning=meaning, row=row, measure=measure, **more)


DECISION_RULES: dict[str, NamedRule] = {
    rule.name: rule
    for rule in (
        _counted(
            "no_formal_objection",
            "would_no_formal_objection",
            "A text passes if nobody blocks it.",
            RuleRow(blocks=0),
            corner="nobody blocks",
            note="This is the usual meaning of consensus in UN bodies.",
            synonyms=("consensus", "full_consensus", "unanimity"),
        ),
        _counted(
            "consensus_minus",
            "would_consensus_minus_1",
            "A text passes if at most k delegates block it.",
            RuleRow(blocks=TOLERATED_BLOCKS),
            key="k",
            column="blocks",
            corner="one may block",
        ),
        _counted(
            "rough_consensus",
            "would_rough_consensus",
            "A text passes if at least this share of those who take sides accepts it, whoever blocks.",
            RuleRow(accept=ROUGH_SHARE),
            key="share",
            column="accept",
            corner="three quarters",
            note="In the IETF, rough consensus is a judgement of the chair and not a share (RFC 7282).",
        ),
        _counted(
            "majority_per_group",
            "would_majority_per_group",
            "A text passes if in every group more than half of those who take sides accept it.",
            RuleRow(group_accept=MAJORITY),
            corner="most of each group",
        ),
    )
}
