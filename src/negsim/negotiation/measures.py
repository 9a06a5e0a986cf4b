"""What a run reports: one row of numbers, and tables by issue, group and format (section 7).

Rules that hold here
- `MEASURES` names the columns; a share of issues is 0..1, a count is a count, NaN means "does not apply".
- depth = ambition x precision x coverage, given that something was agreed.
- A paragraph without agreement is a *missed agreement* where a zone of agreement existed at the end, else there was
  no zone; *false convergence* is an overlap noticed where there was none.
- Other decision rules are judged on the same objections: met if some reading of every paragraph satisfies them, in
  the last mandate where there were several.

Consensus and polarisation of positions: Tastle-Wierman, van der Eijk, Esteban-Ray, spread.

Rules that hold here
- Functions of shares over ordered categories, or of positions on the scale 0..1; nothing of the model enters.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from negsim.kernel import allocating, kernel
from negsim.negotiation.acceptance import count_present, zone_exists
from negsim.negotiation.beliefs import distances
from negsim.negotiation.closing import text_value
from negsim.negotiation.tables import Case, Floats, Outcome, State, Status, is_closed, open_paragraphs
from negsim.negotiation.trust import trust_levels

CATEGORIES = 7


@kernel
def tastle_wierman(shares: Floats) -> float:
    """Cns = 1 + sum_k p_k log2(1 - |X_k - mu| / d): 1 all alike, 0 half at either end.

    shares: frequencies or counts of ordered categories. Tastle & Wierman 2007, doi 10.1016/j.ijar.2006.06.024.

    >>> import numpy as np
    >>> round(float(tastle_wierman(np.array([30.0, 40, 210, 130, 530, 50, 10]))), 7)
    0.7256876
    """
    total, mean = 0.0, 0.0
    for c in range(shares.shape[0]):
        total += shares[c]
        mean += shares[c] * c
    mean /= total
    width = shares.shape[0] - 1.0
    consensus = 1.0
    for c in range(shares.shape[0]):
        near = 1.0 - abs(c - mean) / width
        if shares[c] > 0.0 and near > 0.0:
            consensus += shares[c] / total * math.log(near) / math.log(2.0)
    return consensus


@kernel
def layer_agreement(pattern: Floats) -> float:
    """Van der Eijk's A of one layer, a pattern of zeros and ones: U (1 - (S - 1) / (K - 1))."""
    categories, filled = pattern.shape[0], 0
    for c in range(categories):
        filled += 1 if pattern[c] > 0.0 else 0
    unimodal, bimodal = 0.0, 0.0
    for a in range(categories):
        for b in range(a + 1, categories):
            for c in range(b + 1, categories):
                x, y, z = pattern[a] > 0.0, pattern[b] > 0.0, pattern[c] > 0.0
                if x and not y and z:
                    bimodal += 1.0
                elif (x and y and not z) or (not x and y and z):
                    unimodal += 1.0
    if filled == categories:
        return 0.0
    if unimodal + bimodal == 0.0:
        unimodality = 1.0
    else:
        unimodality = ((categories - 2.0) * unimodal - (categories - 1.0) * bimodal) / (
            (categories - 2.0) * (unimodal + bimodal)
        )
    return unimodality * (1.0 - (filled - 1.0) / (categories - 1.0))


@allocating
def van_der_eijk(shares: Floats) -> float:
    """Agreement A in -1..1: the mean over layers, weighted by the cases in each.

    shares: frequencies or counts of ordered categories. Van der Eijk 2001, doi 10.1023/A:1010374114305.

    >>> import numpy as np
    >>> round(float(van_der_eijk(np.array([30.0, 40, 210, 130, 530, 50, 10]))), 7)
    0.6113333
    """
    rest = shares.copy()
    total = 0.0
    for c in range(rest.shape[0]):
        total += rest[c]
    agreement, least = 0.0, 1.0
    while least > 0.0:
        least, filled = 0.0, 0
        for c in range(rest.shape[0]):
            if rest[c] > 1e-12:
                filled += 1
                least = rest[c] if filled == 1 else min(least, rest[c])
        if least > 0.0:
            pattern = np.zeros(rest.shape[0])
            for c in range(rest.shape[0]):
                pattern[c] = 1.0 if rest[c] > 1e-12 else 0.0
            agreement += filled * least / total * layer_agreement(pattern)
            for c in range(rest.shape[0]):
                rest[c] = rest[c] - least if rest[c] > 1e-12 else 0.0
    return agreement


@kernel
def esteban_ray(shares: Floats, alpha: float) -> float:
    """Polarisation P = sum_i sum_j p_i^(1 + alpha) p_j |y_i - y_j|, categories spread over 0..1, alpha in 1..1.6.

    Esteban & Ray 1994, doi 10.2307/2951734. Scaled by 2^(1 + alpha): two equal camps at the ends give 1... times 1.
    """
    total = 0.0
    for c in range(shares.shape[0]):
        total += shares[c]
    width, polarisation = shares.shape[0] - 1.0, 0.0
    for a in range(shares.shape[0]):
        weight = math.pow(shares[a] / total, 1.0 + alpha)
        for b in range(shares.shape[0]):
            polarisation += weight * shares[b] / total * abs(a - b) / width
    return polarisation * math.pow(2.0, 1.0 + alpha)


@allocating
def categorise(positions: Floats) -> Floats:
    """Counts of positions (0..1) in seven equal categories."""
    counts = np.zeros(CATEGORIES)
    for i in range(positions.shape[0]):
        counts[min(CATEGORIES - 1, int(positions[i] * CATEGORIES))] += 1.0
    return counts


@kernel
def spread(positions: Floats) -> float:
    """Standard deviation of positions."""
    n, mean, total = positions.shape[0], 0.0, 0.0
    for i in range(n):
        mean += positions[i] / n
    for i in range(n):
        total += (positions[i] - mean) * (positions[i] - mean) / n
    return math.sqrt(total)


MEASURES = (
    "outcome",  # moves.Outcome
    "share_agreed",  # of issues, ad referendum or with dissent recorded
    "share_dissent",  # of issues closed with dissent recorded
    "depth",
    "ambition",
    "precision",
    "blocking_number",  # smallest k for which consensus minus k succeeds
    "worst_shortfall",  # value units, over paragraphs at their last reading, crossed red lines apart; NaN none read
    "readings",
    "missed_agreements",  # issues
    "no_zone",  # issues
    "false_convergence",  # issues
    "zone_start",  # share of issues with a zone of agreement at the start
    "zone_end",
    "minutes",  # of floor time used
    "last_closed",  # minute at which the last paragraph closed, NaN if some never did
    "satisfaction",  # mean value of the result to a delegate, 0..1
    "satisfaction_inequality",  # Gini coefficient over delegates
    "satisfaction_gap",  # best-off group minus worst-off group
    "concession",  # mean distance moved from the first position
    "spread",  # standard deviation of positions, mean over issues
    "consensus_tastle_wierman",
    "agreement_van_der_eijk",
    "polarisation_esteban_ray",
    "perceived_distance_start",
    "perceived_distance_end",
    "real_distance_start",
    "real_distance_end",
    "trust_within_start",
    "trust_within_end",
    "trust_across_start",
    "trust_across_end",
    "trust_chair_start",
    "trust_chair_end",
    "renewal_support",
    "renewals",
    "proposals_tabled",
    "proposals_discussed",
    "trials",
    "delegates_left",
    "would_no_formal_objection",
    "would_rough_consensus",
    "would_consensus_minus_1",
    "would_majority_per_group",
)
ISSUE_MEASURES = ("agreed", "closed_at", "readings", "fewest_blockers", "shortfall", "zone_start", "zone_end", "text")
GROUP_MEASURES = ("satisfaction", "concession", "wording", "pivotal", "trust_received", "left")
ROUGH_SHARE = 0.75  # share without objection for `would_rough_consensus` (Diamond et al. 2014)
ALPHA = 1.3  # of Esteban & Ray, the middle of its range


class Results(NamedTuple):
    """Tables over R replications; G groups, K issues, F formats."""

    runs: Floats  # R, len(MEASURES)
    issues: Floats  # R,K, len(ISSUE_MEASURES)
    groups: Floats  # R,G, len(GROUP_MEASURES)
    blocks: Floats  # R,G,K; readings at which members of the group blocked, summed over members
    minutes: Floats  # R, F + 1; floor time by format, the last entry idle


@allocating
def allocate_results(case: Case, replications: int) -> Results:
    """Empty tables."""
    k, g, f = case.plan_issues.shape[1], case.group_size.shape[0], case.formats.shape[0]
    return Results(
        np.full((replications, len(MEASURES)), np.nan),
        np.full((replications, k, len(ISSUE_MEASURES)), np.nan),
        np.zeros((replications, g, len(GROUP_MEASURES))),
        np.zeros((replications, g, k)),
        np.zeros((replications, f + 1)),
    )


@kernel
def depth_of(case: Case, state: State) -> tuple[float, float, float]:
    """Depth, mean ambition and mean precision of the agreed paragraphs; NaN if none is.

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
            reach = min(1.0, abs(state.paragraphs[k].text - quo) / max(abs(mean - quo), 0.05))
            ambition += reach
            precision += state.paragraphs[k].precision
            both += reach * state.paragraphs[k].precision
            agreed += 1
    if agreed == 0:
        return math.nan, math.nan, math.nan
    return both / agreed * (agreed / issues), ambition / agreed, precision / agreed


@kernel
def blocking_number(state: State) -> int:
    """Smallest k for which consensus minus k would have succeeded; everybody where a paragraph was never read."""
    most = 0
    for k in range(state.paragraphs.shape[0]):
        most = max(most, state.paragraphs[k].fewest_blockers)
    return most


@allocating
def gini(values: Floats) -> float:
    """Gini coefficient of non-negative values: 0 all alike."""
    ordered, n = np.sort(values), values.shape[0]
    total, weighted = 0.0, 0.0
    for rank in range(n):
        total += ordered[rank]
        weighted += (2 * (rank + 1) - n - 1) * ordered[rank]
    return weighted / (n * total) if total > 0.0 else 0.0


@kernel
def result_value(case: Case, state: State, i: int) -> float:
    """What the result is worth to i, 0..1: the text where it was adopted, the status quo where not; never below 0."""
    outcome = state.clock[0].outcome
    if outcome == Outcome.CONSENSUS or outcome == Outcome.PARTIAL or outcome == Outcome.VOTE:
        return max(0.0, text_value(case, state, i, outcome != Outcome.VOTE))
    value = 0.0
    for k in range(state.paragraphs.shape[0]):
        value += state.opinions[k, i].salience * (1.0 - abs(case.status_quo[k] - state.opinions[k, i].position))
    return value


@allocating
def measure_issues(case: Case, state: State, row: Floats) -> int:
    """One row of the table by issue (K, len(ISSUE_MEASURES)); how many have a zone of agreement at the end."""
    zones = 0
    for k in range(state.paragraphs.shape[0]):
        zone = zone_exists(case, state, k)
        zones += 1 if zone else 0
        row[k, 0] = 1.0 if is_closed(state, k) else 0.0
        row[k, 1] = state.paragraphs[k].closed_at
        row[k, 2] = state.paragraphs[k].readings
        row[k, 3] = state.paragraphs[k].fewest_blockers
        row[k, 4] = state.paragraphs[k].shortfall
        row[k, 5] = 1.0 if state.paragraphs[k].zone_start else 0.0
        row[k, 6] = 1.0 if zone else 0.0
        row[k, 7] = state.paragraphs[k].text
    return zones


@allocating
def measure_groups(case: Case, state: State, satisfaction: Floats, row: Floats, blocks: Floats) -> None:
    """One row of the tables by group (G, len(GROUP_MEASURES)) and of blocks (G,K)."""
    issues, n = state.opinions.shape
    for i in range(n):
        g = case.seats[i].group
        size = case.group_size[g]
        row[g, 0] += satisfaction[i] / size
        for k in range(issues):
            row[g, 1] += abs(state.opinions[k, i].position - state.opinions[k, i].first_position) / (size * issues)
            blocks[g, k] += state.opinions[k, i].blocks
        row[g, 3] += state.delegates[i].pivotal
        row[g, 4] += state.delegates[i].trust_received / (max(1.0, state.delegates[i].out_count) * size)
        row[g, 5] += 0.0 if state.delegates[i].present else 1.0
    for k in range(issues):
        if is_closed(state, k):
            row[nearest_group(case, state, k), 2] += 1.0


@allocating
def nearest_group(case: Case, state: State, k: int) -> int:
    """The group whose mean first position is nearest to the text on k: whose wording survived."""
    means = np.zeros(case.group_size.shape[0])
    for i in range(state.delegates.shape[0]):
        means[case.seats[i].group] += state.opinions[k, i].first_position / case.group_size[case.seats[i].group]
    nearest = 0
    for g in range(means.shape[0]):
        if abs(means[g] - state.paragraphs[k].text) < abs(means[nearest] - state.paragraphs[k].text):
            nearest = g
    return nearest


@allocating
def measure(case: Case, state: State, results: Results, r: int) -> None:
    """Fill row r of every table from a finished negotiation."""
    n = state.delegates.shape[0]
    zones = measure_issues(case, state, results.issues[r])
    satisfaction = np.empty(n)
    for i in range(n):
        satisfaction[i] = result_value(case, state, i)
    measure_groups(case, state, satisfaction, results.groups[r], results.blocks[r])
    results.minutes[r, :] = state.minutes
    row = results.runs[r]
    measure_agreement(case, state, zones, results.issues[r], row)
    best, worst = -math.inf, math.inf
    for g in range(results.groups.shape[1]):
        best, worst = max(best, results.groups[r, g, 0]), min(worst, results.groups[r, g, 0])
    row[16], row[17], row[18] = mean_of(satisfaction), gini(satisfaction), best - worst
    measure_people(state, row)
    measure_rules(state, row)


@kernel
def mean_of(values: Floats) -> float:
    """The mean, added up in order."""
    total = 0.0
    for i in range(values.shape[0]):
        total += values[i]
    return total / max(1, values.shape[0])


@kernel
def measure_agreement(case: Case, state: State, zones: int, by_issue: Floats, row: Floats) -> None:
    """Columns 0 to 15: what was agreed, how deep, what was missed, when."""
    issues, missing = state.paragraphs.shape[0], open_paragraphs(state)
    dissent, missed, false, starts, worst, last = 0, 0, 0, 0, -math.inf, 0.0
    for k in range(issues):
        dissent += 1 if state.paragraphs[k].status == Status.DISSENT else 0
        missed += 1 if by_issue[k, 6] > 0.0 and not is_closed(state, k) else 0
        false += 1 if state.paragraphs[k].false_convergence else 0
        starts += 1 if state.paragraphs[k].zone_start else 0
        if not math.isnan(state.paragraphs[k].shortfall):
            worst = max(worst, state.paragraphs[k].shortfall)
        last = last if math.isnan(state.paragraphs[k].closed_at) else max(last, state.paragraphs[k].closed_at)
    row[0], row[1], row[2] = state.clock[0].outcome, (issues - missing) / issues, dissent / issues
    row[3], row[4], row[5] = depth_of(case, state)
    row[6], row[7], row[8] = blocking_number(state), worst if worst > -math.inf else math.nan, state.clock[0].readings
    row[9], row[10], row[11] = missed, missing - missed, false
    row[12], row[13], row[14] = starts / issues, zones / issues, state.clock[0].minute
    row[15] = last if missing == 0 else math.nan


@allocating
def measure_people(state: State, row: Floats) -> None:
    """Columns 19 to 39: positions, distances, trust, renewal, proposals, exits."""
    issues, n = state.opinions.shape
    row[19:24] = 0.0
    x = np.empty(n)
    for k in range(issues):
        for i in range(n):
            x[i] = state.opinions[k, i].position
        counts = categorise(x)
        for i in range(n):
            row[19] += abs(x[i] - state.opinions[k, i].first_position) / (n * issues)
        row[20] += spread(x) / issues
        row[21] += tastle_wierman(counts) / issues
        row[22] += van_der_eijk(counts) / issues
        row[23] += esteban_ray(counts, ALPHA) / issues
    clock = state.clock[0]
    row[24], row[26] = clock.perceived_distance, clock.real_distance
    row[25], row[27] = distances(state)
    row[28], row[30], row[32] = clock.trust_within, clock.trust_across, clock.trust_chair
    row[29], row[31], row[33] = trust_levels(state)
    row[34], row[35] = clock.renewal_support, clock.renewed
    row[36], row[37], row[38] = clock.tabled, clock.discussed, clock.trials
    row[39] = n - count_present(state)


@kernel
def measure_rules(state: State, row: Floats) -> None:
    """Columns 40 to 43: whether other decision rules would have been satisfied by the same objections."""
    content, majority = 1.0, True
    for k in range(state.paragraphs.shape[0]):
        content = min(content, state.paragraphs[k].content)
        majority = majority and state.paragraphs[k].majority_met
    blockers = blocking_number(state)
    row[40] = 1.0 if blockers == 0 else 0.0
    row[41] = 1.0 if content >= ROUGH_SHARE else 0.0
    row[42] = 1.0 if blockers <= 1 else 0.0
    row[43] = 1.0 if majority else 0.0
