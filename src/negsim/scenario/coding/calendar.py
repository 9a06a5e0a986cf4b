"""When the body meets and how it spends its time: meetings, days, gaps, agendas, evenings.

Rules that hold here
- Minutes come from meetings and days alone; a methodology and informal contact spend them.
- What depends on a number of meetings or days that is drawn is a knob among the draws, since knobs are turned last.
"""

from __future__ import annotations

from typing import NamedTuple

from negsim.scenario.coding.form import Conditions
from negsim.scenario.coding.priors import DAYS_OF_A_MEETING, MEETINGS, MOST_DRAWN_MEETINGS
from negsim.scenario.coding.table import EVENINGS, METHODOLOGY, QUESTIONS
from negsim.scenario.knobs import turn_mixed_evenings
from negsim.scenario.methodology import METHODOLOGIES
from negsim.scenario.plain import Plain
from negsim.scenario.process import DAYS_BETWEEN, MOST_DAYS

Uncertain = dict[str, Plain]
COUNT = "meetings.count"


class Times(NamedTuple):
    """Days of each meeting to write, and what of them is uncertain."""

    days: list[int]
    uncertain: Uncertain


def meetings_of(conditions: Conditions) -> tuple[list[Plain], Uncertain]:
    """The meetings to write, and what of them is uncertain."""
    facts = {name: fact.known for name, fact in conditions.facts.items()}
    times = _times(facts)
    methods: tuple[str, ...] | None = conditions.codes["methodology"].known
    contact = conditions.codes["informal_contact"].known
    agendas = agendas_of(methods or QUESTIONS["methodology"].drawn[:1], len(times.days))
    gaps = _gaps(facts, times)
    meetings: list[Plain] = [
        {"name": f"Meeting {m + 1}", "after_days": gap, "days": days, "agenda": agenda, "evenings": ["caucus"] * days}
        for m, (gap, days, agenda) in enumerate(zip(gaps, times.days, agendas, strict=True))
    ]
    turn_mixed_evenings({"meetings": meetings}, _share(contact or "none"))
    return meetings, times.uncertain | _spent(methods, contact, times)


def _spent(methods: tuple[str, ...] | None, contact: str | None, times: Times) -> Uncertain:
    """What is drawn, or has to be said after a draw, of agendas and evenings."""
    asked = QUESTIONS["informal_contact"]
    drawn: Uncertain = {}
    if methods is None:
        drawn[METHODOLOGY] = {"one_of": list(QUESTIONS["methodology"].drawn)}
    elif _count_is_drawn(times):
        drawn[METHODOLOGY] = {"one_of": [methods[0] if len(methods) == 1 else agendas_of(methods, 1)[0]]}
    if contact is None or times.uncertain:
        drawn[EVENINGS] = {"one_of": [_share(word) for word in (asked.drawn if contact is None else (contact,))]}
    return drawn


def _share(contact: str) -> float:
    return float(QUESTIONS["informal_contact"].option(contact).sets[EVENINGS])


def _count_is_drawn(times: Times) -> bool:
    return any(COUNT in (key, *_first(how)) for key, how in times.uncertain.items())


def _first(distribution: Plain) -> dict[str, Plain]:
    ways = distribution.get("either", [{}])
    return dict(ways[0])


# ------------------------------------------------------------------------------------------------- days


def _times(facts: dict[str, Plain]) -> Times:
    days, total = facts["days"], facts["total_days"]
    count = facts["meetings"] or (len(days) if isinstance(days, tuple) else None)
    if count is None and isinstance(days, int) and total is not None:
        count = max(1, round(total / days))
    if count is not None:
        return _known_count(count, days, total)
    if isinstance(days, int):
        return Times([days], {COUNT: {"integers": [1, _most(facts)]}})
    if total is None:
        days_drawn = {"process.meetings.0.days": {"integers": list(DAYS_OF_A_MEETING)}}
        return Times([3], days_drawn | {COUNT: {"integers": [MEETINGS[0], _most(facts)]}})
    counts = [k for k in range(1, max(_most(facts), -(-total // MOST_DAYS)) + 1) if k <= total <= k * MOST_DAYS]
    ways = [{"process.meetings.0.days": max(1, round(total / k)), COUNT: k} for k in counts]
    return Times([ways[0]["process.meetings.0.days"]], {"meetings": {"either": ways}})


def _known_count(count: int, days: Plain, total: int | None) -> Times:
    if days is not None:
        return Times(list(days) if isinstance(days, tuple) else [days] * count, {})
    if total is not None:
        least, more = divmod(max(total, count), count)
        return Times([min(least + (m < more), MOST_DAYS) for m in range(count)], {})
    low, high = DAYS_OF_A_MEETING
    ways = [{f"process.meetings.{m}.days": each for m in range(count)} for each in range(low, high + 1)]
    return Times([(low + high) // 2] * count, {"days": {"either": ways}})


def _most(facts: dict[str, Plain]) -> int:
    """The most meetings that may be drawn: one a month where the span is known."""
    if facts["span"] is None:
        return MEETINGS[1]
    return min(max(1, int(facts["span"] / DAYS_BETWEEN) + 1), MOST_DRAWN_MEETINGS)


def _gaps(facts: dict[str, Plain], times: Times) -> list[float]:
    """Days before each meeting, 0 before the first."""
    later = len(times.days) - 1
    if facts["gaps"] is not None:
        return [0.0, *facts["gaps"]]
    if facts["span"] is None or not later:
        return [0.0] + [DAYS_BETWEEN] * later
    return [0.0] + [max(0.0, round(_between(facts, times) / later, 1))] * later


def _between(facts: dict[str, Plain], times: Times) -> float:
    """Days that the span leaves between meetings; below 0 where it does not hold them."""
    return float(facts["span"] - sum(days - 1 for days in times.days))


def crowded(conditions: Conditions) -> str:
    """A remark where the span does not hold the days of the meetings, "" where it does."""
    facts = {name: fact.known for name, fact in conditions.facts.items()}
    times = _times(facts)
    if facts["gaps"] is not None or facts["span"] is None or times.uncertain or _between(facts, times) >= 0.0:
        return ""
    return f"; a span of {facts['span']} days does not hold {sum(times.days)} days of meetings: none between them"


# --------------------------------------------------------------------------------------------- agendas


def agendas_of(methods: tuple[str, ...], meetings: int) -> list[Plain]:
    """The agenda of each meeting: methodologies follow each other, each for the same share of the process.

    >>> agendas_of(("questionnaire", "straw_poll"), 1)
    [[{'questionnaire': 0.5}, {'straw_poll': 0.25}, {'rolling_text': 0.25}]]
    """
    return [_agenda(methods, m, meetings) for m in range(meetings)]


def _agenda(methods: tuple[str, ...], m: int, meetings: int) -> list[dict[str, float]]:
    items: list[tuple[str, float]] = []
    for i, name in enumerate(methods):
        start, end = max(m / meetings, i / len(methods)), min((m + 1) / meetings, (i + 1) / len(methods))
        weight = round((end - start) * meetings, 9)
        items += [(format_, share * weight) for format_, share in METHODOLOGIES[name](m, meetings) if weight > 0]
    return [{format_: round(share, 9)} for format_, share in items]
