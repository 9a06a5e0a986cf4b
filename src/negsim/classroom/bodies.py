"""The bodies whose decision rules lesson 6 compares.

Rules that hold here
- Which body stands for which rule is a teaching label; what the model counts is said beside it.
"""

BODIES = {  # rule: the body it stands for, what it means there, what the model counts, its measure
    "no_formal_objection": (
        "UN", "consensus is adoption without formal objection", "nobody who may block does",
        "would_no_formal_objection",
    ),
    "consensus_minus": (
        "ICANN", "consensus: only a small minority disagrees", "at most one delegate blocks", "would_consensus_minus_1",
    ),
    "rough_consensus": (
        "IETF", "rough consensus: objections are answered, not counted (RFC 7282); never a vote",
        "at least 75 % of the room does not object", "would_rough_consensus",
    ),
    "majority_per_group": (
        "majority", "more than half", "more than half of every group does not object", "would_majority_per_group",
    ),
}  # fmt: skip
