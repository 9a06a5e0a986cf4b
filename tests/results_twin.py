"""A plain, slow, obvious twin of the answers of a study, written from docs/studies.md: lists of dictionaries and loops.

A row is a run: its cell, its replication and the measures that it has; a measure that does not apply is left out of it.
The twin shares nothing with `negsim.study`; of scipy it takes the quantile of Student's distribution.
"""

import math
from functools import cache
from statistics import NormalDist, fmean, pstdev, pvariance, stdev, variance
from typing import NamedTuple

from scipy import stats

MISSES = 0.05  # share of intervals that may miss
MOST = 10**9  # replications that anybody might run
NAN = math.nan


class Interval(NamedTuple):
    """A number, the ends of its interval at 95 %, and how many observations it rests on."""

    value: float
    low: float
    high: float
    observations: int


def student(freedom):
    """Half of the interval of Student's distribution."""
    return quantile_of_student(freedom, 1.0 - MISSES / 2.0)


def normal():
    """Half of the interval of the normal distribution."""
    return NormalDist().inv_cdf(1.0 - MISSES / 2.0)


@cache
def quantile_of_student(freedom, at):
    """The quantile of Student's distribution."""
    return float(stats.t.ppf(at, freedom))


# --------------------------------------------------------------------------------------- one set of values


def mean(values):
    """The mean and Student's interval, mean +- t s / sqrt(n); no interval of one value or of infinite ones."""
    n = len(values)
    if n == 0:
        return Interval(NAN, NAN, NAN, 0)
    if n == 1 or any(math.isinf(value) for value in values):
        return Interval(sum(values) / n, NAN, NAN, n)
    half = student(n - 1) * stdev(values) / math.sqrt(n)
    return Interval(fmean(values), fmean(values) - half, fmean(values) + half, n)


def share(values):
    """The share of ones and Wilson's interval: all shares x for which (p - x)^2 <= z^2 x (1 - x) / n."""
    n = len(values)
    ones = sum(value == 1.0 for value in values)
    p, z = ones / n, normal()
    # (1 + z^2/n) x^2 - (2 p + z^2/n) x + p^2 = 0
    a, b, c = 1.0 + z * z / n, 2.0 * p + z * z / n, p * p
    root = math.sqrt(max(0.0, b * b - 4.0 * a * c))
    return Interval(p, (b - root) / (2.0 * a), (b + root) / (2.0 * a), n)


def within(interval, ends):
    """The interval ends where the scale does."""
    low, high = (end if math.isnan(end) else min(ends[1], max(ends[0], end)) for end in (interval.low, interval.high))
    return interval._replace(low=low, high=high)


class Scale(NamedTuple):
    """Of a measure: its ends, and whether a run either has it or not."""

    low: float
    high: float
    is_flag: bool


def estimate(values, scale):
    """Of one measure over the runs of one cell."""
    return share(values) if scale.is_flag else within(mean(values), (scale.low, scale.high))


def quantile(values, at):
    """The value at this share of the way through the sorted ones, in a straight line between neighbours."""
    if not values:
        return NAN
    ordered = sorted(values)
    place = at * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


# ------------------------------------------------------------------------------------- the table of a study


def values_of(rows, cell, measure):
    return [row[measure] for row in rows if row["cell"] == cell and measure in row]


def by_cell(rows, cells, measure, scale):
    """The estimate of every cell; of a cell without the measure there is none."""
    found = []
    for number in range(len(cells)):
        values = values_of(rows, number, measure)
        found.append(estimate(values, scale) if values else Interval(NAN, NAN, NAN, 0))
    return found


def curve(rows, cells, measure, scale, names, where=()):
    """Every point of a curve, by the levels of these factors."""
    points = {}
    for number, cell in enumerate(cells):
        if all(cell[name] == level for name, level in dict(where).items()):
            points.setdefault(tuple(cell[name] for name in names), []).append(number)
    return {levels: point(rows, numbers, measure, scale) for levels, numbers in points.items()}


def point(rows, numbers, measure, scale):
    """A measure over cells: their average by replication, over the replications in which all of them have it.

    The interval is Student's, unless an outcome is alike in all cells of every replication.
    """
    if len(numbers) == 1:
        return estimate(values_of(rows, numbers[0], measure), scale)
    averages = []
    for replication in sorted({row["replication"] for row in rows}):
        here = [row for row in rows if row["cell"] in numbers and row["replication"] == replication]
        having = [row[measure] for row in here if measure in row]
        if len(having) == len(numbers):
            averages.append(sum(having) / len(having))
    if scale.is_flag and averages and all(average in {0.0, 1.0} for average in averages):
        return share(averages)
    return within(mean(averages), (scale.low, scale.high))


def paired(rows, cells, measure, names, where=()):
    """Half the interval of each point for comparing it with the others, by the levels of these factors.

    Each value loses the mean of its replication over the points; their spread grows by P / (P - 1); half of that. There
    are two more replications, one each way, in which every two points differ: by 1 of zeros and ones, else by the
    largest difference in any. No interval of other numbers where fewer than 20 replications differ.
    """
    points = {}
    for number, cell in enumerate(cells):
        if all(cell[name] == level for name, level in dict(where).items()):
            points.setdefault(tuple(cell[name] for name in names), []).append(number)
    made = [{row["replication"] for row in rows if row["cell"] == number} for few in points.values() for number in few]
    there = sorted(set.intersection(*made))
    table = []  # a row a replication
    for replication in there:
        line = []
        for few in points.values():
            here = [row for row in rows if row["cell"] in few and row["replication"] == replication]
            having = [row[measure] for row in here if measure in row]
            line.append(sum(having) / len(having) if len(having) == len(few) else NAN)
        table.append(line)
    if len(points) < 2 or len(there) < 2 or not all(math.isfinite(value) for line in table for value in line):
        return dict.fromkeys(points, NAN)
    are_flags = all(value in {0.0, 1.0} for line in table for value in line)
    gaps = [max(line) - min(line) for line in table]
    if not are_flags and sum(gap > 0.0 for gap in gaps) < 20:
        return dict.fromkeys(points, NAN)
    reach = 1.0 if are_flags else max(gaps)
    more = reach * math.sqrt((len(points) - 1) / len(points) / 2)
    widths = {}
    for n, levels in enumerate(points):
        freed = [line[n] - fmean(line) for line in table] + [more, -more]
        spread = pvariance(freed) * len(points) / (len(points) - 1)
        quantile = normal() if are_flags else student(len(there) - 1)
        widths[levels] = quantile * math.sqrt(spread / len(freed) / 2)
    return widths


def rows_until_the_stop(rows, measure, scale, *, half_width, looks):
    """The runs that a stop rule leaves: of each cell those up to the first look that finds the interval that narrow.

    The interval of a mean counts from 20 runs on that differ from the most common value.
    """
    kept = []
    for cell in sorted({row["cell"] for row in rows}):
        own = sorted((row for row in rows if row["cell"] == cell), key=lambda row: row["replication"])
        for look in looks:
            seen = own[:look]
            values = values_of(seen, cell, measure)
            found = estimate(values, scale)
            all_values = [row.get(measure) for row in seen]
            varying = len(seen) - max(map(all_values.count, all_values))
            if (scale.is_flag or varying >= 20) and (found.high - found.low) / 2.0 <= half_width:
                break
        kept += seen
    return kept


# --------------------------------------------------------------------------------------------- comparisons


class Comparison(NamedTuple):
    """A measure of a changed scenario beside that of the base."""

    base: Interval
    changed: Interval
    paired: Interval
    unpaired: Interval
    enough: int | None
    enough_unpaired: int | None
    narrower: float


def compare(base, changed, measure, scale, half_width=None):
    """Over the pairs of runs that both have the measure, base and changed each in the order of replications."""
    both = [(one, other) for one, other in zip(base, changed, strict=True) if measure in one and measure in other]
    before, after = [one[measure] for one, _ in both], [other[measure] for _, other in both]
    gains = [other - one for one, other in zip(before, after, strict=True)]
    are_flags = all(value in {0.0, 1.0} for value in before + after)
    ends = (-1.0, 1.0) if are_flags else (-math.inf, math.inf)
    paired, unpaired = within(of_pairs(gains, are_flags), ends), within(welch(after, before, are_flags), ends)
    wanted = NAN if half_width is None else half_width
    spread = stdev(gains) if len(gains) > 1 else NAN
    spread_apart = math.sqrt(variance(after) + variance(before)) if len(gains) > 1 else NAN
    width = unpaired.high - unpaired.low
    return Comparison(
        estimate(before, scale),
        estimate(after, scale),
        paired,
        unpaired,
        runs_for(printed(enough(spread, wanted), gains, are_flags), len(both), len(base)),
        runs_for(enough(spread_apart, wanted), len(both), len(base)),
        1.0 - (paired.high - paired.low) / width if width > 0.0 else NAN,
    )


def of_pairs(gains, are_flags):
    """The mean of differences, as if one more lay at each end: of zeros and ones at -1 and 1 (Bonett & Price 2012).

    Of other numbers at the largest seen, with Student's quantile; no interval where fewer than 20 are not 0.
    """
    n = len(gains)
    if n == 0:
        return Interval(NAN, NAN, NAN, 0)
    if any(map(math.isinf, gains)) or (not are_flags and sum(gain != 0.0 for gain in gains) < 20):
        return Interval(sum(gains) / n, NAN, NAN, n)
    reach = 1.0 if are_flags else max(map(abs, gains))
    more = [*gains, -reach, reach]
    half = (normal() if are_flags else student(n - 1)) * pstdev(more) / math.sqrt(n + 2)
    return Interval(fmean(gains), fmean(more) - half, fmean(more) + half, n)


def welch(after, before, are_flags, fewest=20):
    """The difference of the means of independent samples, each with one more at each end of what both hold.

    Of zeros and ones that is Agresti and Caffo's (2000), else Welch's (1947); none where fewer than so many differ from
    the most common value.
    """
    n, both = len(after), after + before
    if n < 2:
        return Interval(NAN, NAN, NAN, n)
    value = fmean(after) - fmean(before)
    if any(map(math.isinf, both)) or (not are_flags and len(both) - max(map(both.count, both)) < fewest):
        return Interval(value, NAN, NAN, n)
    ends = [0.0, 1.0] if are_flags else [min(both), max(both)]
    after, before = after + ends, before + ends
    one, other = pvariance(after) / (n + 2), pvariance(before) / (n + 2)
    freedom = (one + other) ** 2 / (one**2 / (n - 1) + other**2 / (n - 1))
    half = (normal() if are_flags else student(freedom)) * math.sqrt(one + other)
    centre = fmean(after) - fmean(before)
    return Interval(value, centre - half, centre + half, n)


def enough(deviation, half_width):
    """The fewest observations whose mean has an interval of at most this half-width; None where none would do."""

    def is_enough(n):
        return student(n - 1) * deviation / math.sqrt(n) <= half_width

    if math.isnan(deviation) or math.isnan(half_width) or half_width <= 0.0 or not is_enough(MOST):
        return None
    low, high = 1, MOST  # of two that lie around it the first is too few, the second is enough
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def printed(pairs, gains, are_flags):
    """At least so many that 20 are expected to differ, where the interval of other than zeros and ones needs them."""
    differ = sum(gain != 0.0 for gain in gains)
    if pairs is None or are_flags:
        return pairs
    return max(pairs, math.ceil(20 / (differ / len(gains)))) if differ else None


def runs_for(pairs, having, runs):
    """Of how many runs so many pairs are to be expected, where so many of the runs had one."""
    return None if pairs is None else math.ceil(pairs * runs / having)
