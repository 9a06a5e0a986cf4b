"""The tally of a run: the kernels that fill the tables of `measures`, at the end of a run and at its moments."""

from __future__ import annotations

import math

import numpy as np

from negsim.kernel import allocating, entry, kernel
from negsim.negotiation.acceptance import count_present, forgone, zone_exists
from negsim.negotiation.beliefs import distances, share
from negsim.negotiation.closing import text_value
from negsim.negotiation.indices import categorise, esteban_ray, spread, tastle_wierman, van_der_eijk
from negsim.negotiation.measures import (
    ROUGH_SHARE,
    TOLERATED_BLOCKS,
    DelegateResultRow,
    GroupRow,
    IssueRow,
    Results,
    RunRow,
    SeriesRow,
)
from negsim.negotiation.score import red_lines_signed, score
from negsim.negotiation.sorting import sort
from negsim.negotiation.tables import (
    Case,
    Floats,
    Outcome,
    State,
    Status,
    Table,
    WhyOpen,
    closed_paragraphs,
    is_closed,
)
from negsim.negotiation.trust import isolation, trust_levels

_SHORTEST_REACH = 0.05  # of the scale: least distance from the status quo that ambition is measured by
_ALPHA = 1.3  # of Esteban & Ray, the middle of its range


@kernel
def depth_of(case: Case, state: State) -> tuple[float, float, float]:
    """Compute depth, mean ambition and mean precision of the agreed paragraphs; NaN if there are none.

    ambition = min(1, |y - q| / max(|x-bar - q|, .05)) against the mean first position x-bar.
    """
    issues, n = state.paragraphs.shape[0], state.delegates.shape[0]
    ambition, precision, both, agreed = 0.0, 0.0, 0.0, 0
    for k in range(issues):
        if is_closed(state, k):
            mean = 0.0
            for i in range(n):
                mean += state.opinions[k, i].first_position / n
            quo = case.status_quo[k]
            reach = min(1.0, abs(state.paragraphs[k].text - quo) / max(abs(mean - quo), _SHORTEST_REACH))
            ambition += reach
            precision += state.paragraphs[k].precision
            both += reach * state.paragraphs[k].precision
            agreed += 1
    if agreed == 0:
        return math.nan, math.nan, math.nan
    return both / agreed * (agreed / issues), ambition / agreed, precision / agreed


@kernel
def blocking_number(state: State) -> int:
    """Find the smallest k for which consensus minus k would have succeeded; everybody if a paragraph was never read."""
    most = 0
    for k in range(state.paragraphs.shape[0]):
        most = max(most, state.paragraphs[k].fewest_blockers)
    return most


@allocating
def gini(values: Floats) -> float:
    """Compute the Gini coefficient of non-negative values: 0 if all are equal."""
    n = values.shape[0]
    ordered, total, weighted = np.empty(n), 0.0, 0.0
    for i in range(n):
        ordered[i] = values[i]
    sort(ordered, n)
    for rank in range(n):
        total += ordered[rank]
        weighted += (2 * (rank + 1) - n - 1) * ordered[rank]
    return weighted / (n * total) if total > 0.0 else 0.0


@kernel
def result_value(case: Case, state: State, i: int) -> float:
    """Value the result for i, 0..1: the text if it was adopted, no deal if not; never below 0."""
    outcome = state.clock[0].outcome
    if outcome == Outcome.CONSENSUS or outcome == Outcome.PARTIAL or outcome == Outcome.VOTE:
        return max(0.0, text_value(case, state, i, outcome != Outcome.VOTE))
    value = 0.0
    for k in range(state.paragraphs.shape[0]):
        value += state.opinions[k, i].salience * (1.0 - forgone(case, state, i, k))
    return value


@kernel
def _measure_issues(case: Case, state: State, row: Table[IssueRow]) -> int:
    """Fill the rows of one run by issue (K); return how many have a zone of agreement at the end."""
    zones = 0
    for k in range(state.paragraphs.shape[0]):
        zone = zone_exists(case, state, k)
        zones += 1 if zone else 0
        row[k].agreed = 1.0 if is_closed(state, k) else 0.0
        row[k].closed_at = state.paragraphs[k].closed_at
        row[k].readings = state.paragraphs[k].readings
        row[k].first_text = state.paragraphs[k].first_text
        row[k].reversals = share(state.paragraphs[k].reversals, state.paragraphs[k].changes)
        row[k].fewest_blockers = state.paragraphs[k].fewest_blockers
        row[k].shortfall = state.paragraphs[k].shortfall
        row[k].zone_start = 1.0 if state.paragraphs[k].zone_start else 0.0
        row[k].zone_end = 1.0 if zone else 0.0
        row[k].why_open = why_open(state, k)
        row[k].text = state.paragraphs[k].text
    return zones


@kernel
def why_open(state: State, k: int) -> float:
    """Return the `WhyOpen` of the paragraph on k; NaN if it was agreed."""
    paragraph = state.paragraphs[k]
    if is_closed(state, k):
        return math.nan
    if paragraph.readings == 0:
        return float(WhyOpen.NEVER_READ.value)
    if paragraph.failed == 0:
        return float(WhyOpen.NOT_ASKED.value)
    return float(WhyOpen.PASSABLE.value if paragraph.passable > 0 else WhyOpen.NEVER_PASSABLE.value)


@allocating
def _share_before_text(case: Case, state: State) -> float:
    """Return the share of the mandate's floor time gone when half of the issues had text; 1 if they never had."""
    issues, row = state.paragraphs.shape[0], case.plan[state.clock[0].row]
    first, written = np.empty(issues), 0
    for k in range(issues):
        if not math.isnan(state.paragraphs[k].first_text):
            first[written] = state.paragraphs[k].first_text
            written += 1
    if 2 * written < issues or row.deadline <= row.mandate_start:
        return 1.0
    sort(first, written)
    return float((first[(issues - 1) // 2] - row.mandate_start) / (row.deadline - row.mandate_start))


@allocating
def _measure_red_lines(case: Case, state: State, by_issue: Table[IssueRow], row: Table[GroupRow]) -> None:
    """Count by group (G) the red lines that closed the zones empty at the end; the state is left unchanged."""
    n = state.delegates.shape[0]
    low, high = np.empty(n), np.empty(n)
    for k in range(state.paragraphs.shape[0]):
        if by_issue[k].zone_end == 0.0:
            for g in range(row.shape[0]):
                row[g].zones_closed += 1.0 if closes_zone(case, state, k, g, low, high) else 0.0


@kernel
def closes_zone(case: Case, state: State, k: int, g: int, low: Floats, high: Floats) -> bool:
    """Return whether k would have a zone of agreement without the red lines of group g; low, high: N, to save them."""
    has_lines = False
    for i in range(low.shape[0]):
        low[i], high[i] = state.opinions[k, i].red_low, state.opinions[k, i].red_high
        if case.seats[i].group == g and (low[i] > -math.inf or high[i] < math.inf):
            has_lines = True
            state.opinions[k, i].red_low, state.opinions[k, i].red_high = -math.inf, math.inf
    opened = has_lines and zone_exists(case, state, k)
    for i in range(low.shape[0]):
        state.opinions[k, i].red_low, state.opinions[k, i].red_high = low[i], high[i]
    return opened


@kernel
def _measure_groups(case: Case, state: State, satisfaction: Floats, row: Table[GroupRow], blocks: Floats) -> None:
    """Fill the rows of one run by group (G), and its blocks (G,K)."""
    issues, n = state.opinions.shape
    for i in range(n):
        g = case.seats[i].group
        size = case.group_size[g]
        row[g].satisfaction += satisfaction[i] / size
        for k in range(issues):
            row[g].concession += abs(state.opinions[k, i].position - state.opinions[k, i].first_position) / (
                size * issues
            )
            blocks[g, k] += state.opinions[k, i].blocks
        row[g].pivotal += state.delegates[i].pivotal
        row[g].trust_received += (1.0 - isolation(state, i)) / size
        row[g].left += 0.0 if state.delegates[i].present else 1.0
    for k in range(issues):
        if is_closed(state, k):
            row[nearest_group(case, state, k)].wording += 1.0


@kernel
def _measure_delegates(case: Case, state: State, row: Table[DelegateResultRow]) -> None:
    """Fill the rows of one run by delegate (N)."""
    for i in range(row.shape[0]):
        row[i].pivotal = state.delegates[i].pivotal
        row[i].score = score(case, state, i, state.movers[i].best)
        row[i].red_lines_signed = red_lines_signed(state, i)
        for k in range(state.paragraphs.shape[0]):
            row[i].blocks += state.opinions[k, i].blocks
            row[i].passed_over += state.entries[k, i].passed_over


@allocating
def nearest_group(case: Case, state: State, k: int) -> int:
    """Return the group whose mean first position is nearest to the text on k: whose wording survived."""
    means, nearest = np.zeros(case.group_size.shape[0]), 0
    for i in range(state.delegates.shape[0]):
        means[case.seats[i].group] += state.opinions[k, i].first_position / case.group_size[case.seats[i].group]
    for g in range(means.shape[0]):
        if abs(means[g] - state.paragraphs[k].text) < abs(means[nearest] - state.paragraphs[k].text):
            nearest = g
    return nearest


@entry
@allocating
def measure(case: Case, state: State, results: Results, r: int) -> None:
    """Fill row r of every table from a finished negotiation."""
    n = state.delegates.shape[0]
    zones = _measure_issues(case, state, results.issues[r])
    row, satisfaction = results.runs[r], np.empty(n)
    for i in range(n):
        satisfaction[i] = result_value(case, state, i)
        row.satisfaction += satisfaction[i]
    row.satisfaction /= n
    _measure_groups(case, state, satisfaction, results.groups[r], results.blocks[r])
    _measure_red_lines(case, state, results.issues[r], results.groups[r])
    _measure_delegates(case, state, results.delegates[r])
    for i in range(n):
        g = case.seats[i].group
        results.groups[r, g].score += results.delegates[r, i].score / case.group_size[g]
    for form in range(state.minutes.shape[0]):
        results.minutes[r, form] = state.minutes[form]
    _measure_agreement(case, state, zones, results.issues[r], row)
    best, worst, row.table_score = -math.inf, math.inf, math.inf
    for g in range(results.groups.shape[1]):
        row.table_score = min(results.groups[r, g].score, row.table_score)
        best, worst = max(best, results.groups[r, g].satisfaction), min(worst, results.groups[r, g].satisfaction)
    row.satisfaction_inequality, row.satisfaction_gap = gini(satisfaction), best - worst
    _measure_people(state, row)
    measure_rules(state, row)


@kernel
def _measure_agreement(case: Case, state: State, zones: int, by_issue: Table[IssueRow], row: RunRow) -> None:
    """Measure what was agreed, how deep it is, what could have been agreed, and when."""
    issues, clock = state.paragraphs.shape[0], state.clock[0]
    missing = issues - closed_paragraphs(state)
    dissent, closable, false, starts, worst, last = 0, 0, 0, 0, -math.inf, 0.0
    passable, failed, reversals, changes, parked = 0, 0, 0, 0, 0
    for k in range(issues):
        text = state.paragraphs[k]
        dissent += 1 if text.status == Status.DISSENT else 0
        closable += 1 if by_issue[k].zone_end > 0.0 and not is_closed(state, k) else 0
        false += 1 if text.false_convergence else 0
        starts += 1 if text.zone_start else 0
        worst = worst if math.isnan(text.shortfall) else max(worst, text.shortfall)
        last = last if math.isnan(text.closed_at) else max(last, text.closed_at)
        passable, failed = passable + text.passable, failed + text.failed
        reversals, changes = reversals + text.reversals, changes + text.changes
        parked += 1 if text.parked > 0 else 0
    row.outcome, row.share_agreed, row.share_dissent = clock.outcome, (issues - missing) / issues, dissent / issues
    row.depth, row.ambition, row.precision = depth_of(case, state)
    row.depth_overall = 0.0 if math.isnan(row.depth) else row.depth
    row.blocking_number, row.readings = blocking_number(state), clock.readings
    row.worst_shortfall = worst if worst > -math.inf else math.nan
    row.closable_issues, row.no_zone, row.false_convergence = closable, missing - closable, false
    row.passable_readings, row.reversals = share(passable, failed), share(reversals, changes)
    row.zone_start, row.zone_end, row.minutes = starts / issues, zones / issues, clock.minute
    row.last_closed = last if missing == 0 else math.nan
    row.first_text, row.statement_minutes = _share_before_text(case, state), clock.statement_minutes
    row.parked_paragraphs = parked


@allocating
def _measure_people(state: State, row: RunRow) -> None:
    """Measure positions, distances, trust, renewal, proposals, exits."""
    issues, n = state.opinions.shape
    x = np.empty(n)
    for k in range(issues):
        for i in range(n):
            x[i] = state.opinions[k, i].position
            row.concession += abs(x[i] - state.opinions[k, i].first_position) / (n * issues)
        counts = categorise(x)
        row.spread += spread(x) / issues
        row.consensus_tastle_wierman += tastle_wierman(counts) / issues
        row.agreement_van_der_eijk += van_der_eijk(counts) / issues
        row.polarisation_esteban_ray += esteban_ray(counts, _ALPHA) / issues
    clock = state.clock[0]
    row.perceived_distance_start, row.real_distance_start = clock.perceived_distance, clock.real_distance
    row.perceived_distance_end, row.real_distance_end = distances(state)
    row.trust_within_start, row.trust_across_start = clock.trust_within, clock.trust_across
    row.trust_chair_start = clock.trust_chair
    row.trust_within_end, row.trust_across_end, row.trust_chair_end = trust_levels(state)
    row.renewal_support, row.renewals = clock.renewal_support, clock.renewed
    row.proposals_tabled, row.proposals_discussed = clock.tabled, clock.discussed
    row.delegates_left, row.climate = n - count_present(state), clock.climate


@kernel
def measure_rules(state: State, row: RunRow) -> None:
    """Measure whether other decision rules would have been satisfied by the same objections."""
    content, majority = 1.0, True
    for k in range(state.paragraphs.shape[0]):
        content = min(content, state.paragraphs[k].content)
        majority = majority and state.paragraphs[k].majority_met
    blockers = blocking_number(state)
    row.would_no_formal_objection = 1.0 if blockers == 0 else 0.0
    row.would_rough_consensus = 1.0 if content >= ROUGH_SHARE else 0.0
    row.would_consensus_minus_1 = 1.0 if blockers <= TOLERATED_BLOCKS else 0.0
    row.would_majority_per_group = 1.0 if majority else 0.0


@allocating
def measure_moment(state: State, row: SeriesRow) -> None:
    """Fill one row of the series with the current state."""
    issues, n = state.opinions.shape
    x, brackets, apart = np.empty(n), 0, 0.0
    for k in range(issues):
        for i in range(n):
            x[i] = state.opinions[k, i].position
            brackets += 1 if state.opinions[k, i].bracket else 0
        apart += spread(x) / issues
    clock = state.clock[0]
    row.share_agreed, row.brackets, row.readings = closed_paragraphs(state) / issues, brackets, clock.readings
    row.proposals_tabled = clock.tabled
    row.trust_within, row.trust_across, row.trust_chair = trust_levels(state)
    row.perceived_distance, row.real_distance = distances(state)
    row.spread = apart
