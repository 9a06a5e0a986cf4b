"""From a scenario to the tables the model runs on: the only bridge between what a person writes and `negotiation`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from negsim.errors import NegsimError
from negsim.negotiation import formats as sessions
from negsim.negotiation import parameters as habits
from negsim.negotiation.case import SETTING, Case
from negsim.negotiation.formats import FORMATS, Chair, Format
from negsim.negotiation.records import Table, fill
from negsim.scenario.process import RULES
from negsim.scenario.schema import Scenario, check_scenario
from negsim.scenario.seats import (
    camp_lines,
    camp_red_lines,
    camp_shares,
    seat_table,
    seats,
    spillover,
    stance_table,
    trust_mean,
)
from negsim.scenario.timetable import concerned, entries, on_agenda, plan_table, proposed


def lower(scenario: Scenario, *, formats: Mapping[str, Format] = FORMATS) -> Case:
    """The case of a scenario; formats from outside are rows added to `FORMATS`.

    Raises NegsimError where something is still uncertain; `drawing.drawn` gives the scenario of a replication.
    """
    check_scenario(scenario)
    if scenario.uncertain:
        which = ", ".join(scenario.uncertain)
        raise NegsimError(
            f"{which} are uncertain; `drawn(scenario, seed, replication)` is the scenario of a replication"
        )
    room, issues = seats(scenario), list(scenario.issues)
    rows = entries(scenario, room)
    camp_red_low, camp_red_high = camp_red_lines(scenario)
    return Case(
        seats=seat_table(scenario, room),
        stances=stance_table(scenario, room),
        group_size=np.array([group.seats for group in scenario.groups.values()], np.int64),
        status_quo=np.array([issue.status_quo for issue in scenario.issues.values()]),
        trust_mean=trust_mean(scenario, room),
        camp_share=camp_shares(scenario, room),
        camp_line=camp_lines(scenario),
        camp_red_low=camp_red_low,
        camp_red_high=camp_red_high,
        setting=_setting(scenario),
        plan=plan_table(rows, list(formats)),
        plan_issues=on_agenda(rows, issues),
        plan_seats=concerned(rows, len(room)),
        plan_values=proposed(rows, issues),
        formats=sessions.table(dict(formats), Chair(**scenario.process.chair.model_dump())),
        parameters=habits.table(habits.Parameters(**scenario.parameters.model_dump())),
    )


def _setting(scenario: Scenario) -> Table:
    """What holds for the whole process (1 of SETTING)."""
    context, process = scenario.context, scenario.process
    return fill(
        SETTING,
        1,
        stakes=context.stakes,
        salience_spread=context.salience_spread,
        trust_spread=scenario.trust.spread,
        linkage=context.linkage.weight if context.linkage else 0.0,
        spillover=spillover(scenario),
        table_size=process.informal.table_size,
        pressure=process.chair.pressure,
        **_decision(scenario),
    )


def _decision(scenario: Scenario) -> dict[str, Any]:
    """How the room decides."""
    process = scenario.process
    rough, minus = process.decision_rule.rough_consensus, process.decision_rule.consensus_minus
    return {
        "rule": RULES.index(process.decision_rule.kind),
        "rule_share": rough.share if rough else 1.0,
        "rule_k": minus.k if minus else 0,
        "record_dissent": process.record_dissent,
        "separable": process.adoption == "separable",
        "vote_share": process.fallback_vote.share if process.fallback_vote else math.nan,
        "chair_reports": process.chair_reports,
    }
