"""Small cases made by hand, for tests of the model that need no scenario file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from negsim.cast.formats import FORMATS, format_table
from negsim.cast.moves import TABLE_MOVES
from negsim.negotiation.acceptance import ANY_NUMBER
from negsim.negotiation.formats import ChairStyle
from negsim.negotiation.parameters import Parameters
from negsim.negotiation.parameters import table as parameter_table
from negsim.negotiation.tables import (
    BREAK_ROW,
    CONSENT_ROW,
    DEAL_ROW,
    PLAN_ROW,
    SEAT_ROW,
    SETTING_ROW,
    STANCE_ROW,
    TEXT_ROW,
    Case,
    Pen,
    Row,
    blank,
    fill,
)
from negsim.randomness import SEATS_PER_GROUP

CODES = {name: code for code, name in enumerate(FORMATS)}


def rows(entries: Sequence[dict[str, Any]]) -> Any:
    """A plan from its rows, each with the columns that matter; the clock is laid over all that do not say `starts`."""
    table = np.zeros(len(entries), PLAN_ROW)
    for number, entry in enumerate(entries):
        usual = {"format": -1, "quality": 1.0, "otherwise": -1, "clean_slate": True, "circulate": np.nan}
        for name, value in (usual | entry).items():
            table[number][name] = value
    table["starts"] = np.concatenate(([0.0], np.cumsum(table["minutes"])[:-1]))
    table["deadline"] = table["minutes"].sum()
    for number, entry in enumerate(entries):
        for name in {"starts", "mandate_start", "deadline"} & set(entry):
            table[number][name] = entry[name]
    return table


def plan(
    days: Sequence[Sequence[tuple[str, float]]] = ((("rolling_text", 288.0),),),
    *,
    mixed: float = 0.0,
    caucus: bool = True,
) -> Any:
    """One meeting; each day a sequence of (format, minutes), then an evening."""
    entries: list[dict[str, Any]] = []
    for day, sessions in enumerate(days):
        entries += [{"kind": Row.SESSION, "day": day, "minutes": m, "format": CODES[name]} for name, m in sessions]
        entries.append({"kind": Row.EVENING, "day": day, "mixed_share": mixed, "caucus": caucus})
    last = len(days) - 1
    return rows([*entries, {"kind": Row.MEETING_END, "day": last}, {"kind": Row.END, "day": last}])


def meetings(sessions: Sequence[tuple[str, float]], gap: dict[str, Any], *, count: int = 3) -> Any:
    """Meetings of one day each with sessions of (format, minutes); gap: what happens in the 20 days between them."""
    entries: list[dict[str, Any]] = []
    for meeting in range(count):
        if meeting > 0:
            entries.append({"kind": Row.GAP, "meeting": meeting, "days": 20.0} | gap)
        entries += [
            {"kind": Row.SESSION, "meeting": meeting, "minutes": minutes, "format": CODES[name]}
            for name, minutes in sessions
        ]
        entries.append({"kind": Row.EVENING, "meeting": meeting, "mixed_share": 0.4, "caucus": True})
        entries.append({"kind": Row.MEETING_END, "meeting": meeting})
    return rows([*entries, {"kind": Row.END, "meeting": count - 1}])


def breaks(minutes: Sequence[float], *, across: float = 0.5, dose: float = 1.0) -> Any:
    """Breaks of one day that are due at these minutes."""
    number = np.arange(len(minutes))
    return fill(
        BREAK_ROW, len(minutes), meeting=0, day=0, number=number, minute=np.array(minutes), across=across, dose=dose
    )


def case(
    sizes: Sequence[int] = (3, 3),
    issues: int = 2,
    *,
    means: Sequence[float] | None = None,
    timetable: Any = None,
    seats: dict[str, Any] | None = None,
    stances: dict[str, Any] | None = None,
    setting: dict[str, Any] | None = None,
    consent: dict[str, Any] | None = None,
    text: dict[str, Any] | None = None,
    parameters: dict[str, float] | None = None,
    chair: ChairStyle | None = None,
    **changes: Any,
) -> Case:
    """Groups of the given sizes, mean positions spread over the scale; any column or table may be replaced."""
    n, groups = sum(sizes), len(sizes)
    group = np.repeat(np.arange(groups), sizes)
    number = np.concatenate([np.arange(size) for size in sizes])
    centres = np.linspace(0.3, 0.7, groups) if means is None else np.array(means)
    habits = Parameters()._replace(**(parameters or {}))
    own = ("aspiration", "concession_exponent", "goodwill")  # habits that a seat may have of its own
    columns = {
        "group": group,
        "caucus": group,
        "address": group * SEATS_PER_GROUP + number,
        "openness": 0.7,
        "voice": 1.0,
        "may_block": True,
        "voting_weight": 1.0,
        "no_deal": np.nan,
        "outside_option": np.nan,
        **{name: getattr(habits, name) for name in own},
        "chair_trust": 0.5,
        "camp": -1,
        "secret_issue": -1,
        "secret": 0.0,
    } | (seats or {})
    views = {
        "position": centres[group][:, None],
        "spread": 0.15,
        "salience": 1.0,
        "red_low": -np.inf,
        "red_high": np.inf,
        "red_spread": 0.0,
        "red_shared": False,
    } | (stances or {})
    rules = {
        "salience_spread": 0.3,
        "trust_spread": 0.1,
        "linkage": 0.0,
        "spillover": 0.0,
        "table_size": 8,
        "pressure": 0.0,
        "accept": 0.0,
        "blocks": 0,
        "weight_accept": 0.0,
        "minority": 0,
        "record_dissent": False,
        "separable": False,
        "vote_share": np.nan,
        "chair_reports": True,
        "has_moves": any((setting or {}).get(name, -1) not in {-1, False} for name in TABLE_MOVES),
        **dict.fromkeys(TABLE_MOVES, False),
        "motions": -1,
        "initiative": 0.0,
        "disclosure": 0.0,
        "dealt": False,
        "locked_low": np.nan,
        "locked_high": np.nan,
    } | (setting or {})
    asked = {"accept": 0.0, "blocks": ANY_NUMBER} | (consent or {})
    written = {"value": np.nan, "precision": 0.0, "agreed": False, "pen": Pen.NOBODY} | (text or {})
    table = plan() if timetable is None else timetable
    whole = Case(
        seats=fill(SEAT_ROW, n, **columns),
        stances=fill(STANCE_ROW, (n, issues), **views),
        group_size=np.array(sizes),
        status_quo=np.full(issues, 0.1),
        deal=blank(issues, DEAL_ROW),
        core=np.zeros(issues, np.bool_),
        trust_mean=np.where(group[:, None] == group[None, :], 0.7, 0.4),
        camp_share=np.zeros((groups, 0)),
        camp_line=np.zeros((0, issues)),
        camp_red_low=np.zeros((0, issues)),
        camp_red_high=np.zeros((0, issues)),
        setting=fill(SETTING_ROW, 1, **rules),
        consent=fill(CONSENT_ROW, groups, **asked),
        text=fill(TEXT_ROW, issues, **written),
        plan=table,
        plan_issues=np.ones((len(table), issues), np.bool_),
        plan_seats=np.zeros((len(table), n), np.int64),
        plan_values=np.full((len(table), issues), np.nan),
        breaks=breaks(()),
        formats=format_table(FORMATS, chair or ChairStyle()),
        parameters=parameter_table(habits),
    )
    return whole._replace(**changes)


ALL_FORMATS = (
    (("questionnaire", 90.0), ("tabled_proposals", 90.0), ("proposal_review", 120.0)),
    (("chair_text", 60.0), ("straw_poll", 60.0), ("rolling_text", 60.0)),
    (("convergence_mapping", 120.0), ("drafting_group", 90.0), ("package_deal", 60.0)),
)


def contested(sizes: Sequence[int] = (4, 3, 2), issues: int = 3, **changes: Any) -> Case:
    """Four days through every format, with mixed evenings, hard to agree in; as in `case`, anything may be replaced."""
    usual: dict[str, Any] = {
        "timetable": plan(ALL_FORMATS, mixed=0.5),
        "stances": {"spread": 0.25},
        "setting": {"pressure": 0.6},
        "parameters": {"goodwill": 0.2, "temper": 0.02, "aspiration": 0.15, "block_cost": 0.03},
    }
    merged = {
        name: value | changes.pop(name, {}) if isinstance(value, dict) else changes.pop(name, value)
        for name, value in usual.items()
    }
    return case(sizes, issues, **merged, **changes)


def beliefs(state):
    """What each believes of each, its own position of itself (K,N,N; issue, about, holder)."""
    known, seats = state.belief.copy(), np.arange(len(state.delegates))
    assert np.isnan(known[:, seats, seats]).all()
    known[:, seats, seats] = state.opinions["position"]
    return known


def columns(tables: Any) -> dict[str, Any]:
    """The columns of a state or of results as plain arrays; the bytes between the columns of a table mean nothing.

    Without the log and its length, which only a watched run has, the counts of the last reading by caucus, which a look
    for a zone of agreement uses too, and the concession that was computed last.
    """
    found = {}
    for field in tables._fields:
        table = getattr(tables, field)
        for name in table.dtype.names or ("",):
            found[f"{field}.{name}" if name else field] = table[name] if name else table
    passing = ("log", "clock.logged", "clock.conced", "caucuses")
    return {name: column for name, column in found.items() if not name.startswith(passing)}
