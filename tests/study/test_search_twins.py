"""Fits, boxes and intervals of sensitivity beside plain, slow twins: loops over lists, written from docs/studies.md."""

import math
from itertools import combinations
from statistics import fmean, pstdev, stdev

import numpy as np
import pytest
from scipy import stats

from negsim.study import fit as fitting
from negsim.study import sensitivity
from negsim.study.discover import discover
from negsim.study.fit import fit
from results_twin import mean, quantile, student, welch
from sweeps import BOX_STUDY, made_up

STUDY = BOX_STUDY.replace("points: 400", "points: 60").replace("replications: 20", "replications: 10") + "seed: 4\n"
STUDY = STUDY.replace("[share_agreed]", "[share_agreed, depth]")
NUMBERS, WORDS = ("trust.across", "context.tension", "meetings.count"), "methodology"
NAMES = (*NUMBERS, WORDS)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Agreement follows trust and tension together, depth the methodology, and consensus trust and meetings."""

    def agreed(cell, rng):
        return round((cell["trust.across"] + cell["context.tension"]) / 2 + 0.05 * rng.standard_normal(), 2)

    def depth(cell, rng):
        return ("chair_text", "rolling_text", "straw_poll").index(cell["methodology"]) / 3.0 + rng.random() / 3.0

    def reached(cell, rng):
        return rng.random() < (0.9 if cell["trust.across"] > 0.5 and cell["meetings.count"] > 2 else 0.1)

    folder = tmp_path_factory.mktemp("twins")
    return made_up(STUDY, folder, share_agreed=agreed, depth=depth, consensus=reached)


def rows_of(found):
    return sorted(found.frame().to_dict("records"), key=lambda row: (row["cell"], row["replication"]))


def accepted_of(rows, observed, share):
    """The runs no farther than the last that is accepted; far is the farthest measure, in standard deviations."""

    def far(row):
        away = []
        for name, value in observed.items():
            if name == "consensus":
                away.append(0.0 if row[name] == value else math.inf)
            else:
                away.append(abs(row[name] - value) / pstdev(other[name] for other in rows))
        return max(away)

    distances = [far(row) for row in rows]
    limit = sorted(distances)[max(50, math.ceil(share * len(rows))) - 1]
    return [distance <= limit for distance in distances]


def weights_of(rows, accepted, cells):
    """The share of the runs of each cell that is accepted."""
    return [fmean(is_in for row, is_in in zip(rows, accepted, strict=True) if row["cell"] == cell) for cell in cells]


def moved(values, weights, order):
    """The largest distance between the distribution of values and that with weights; words in their order."""
    places = [order.index(value) for value in values]
    gaps = []
    for end in set(places):
        inside = [place <= end for place in places]
        accepted = sum(weight for weight, is_in in zip(weights, inside, strict=True) if is_in)
        gaps.append(abs(accepted / sum(weights) - fmean(inside)))
    return max(gaps)


def correlation(one, other, weights):
    """The correlation of two lists with weights."""
    whole = sum(weights)

    def average(values):
        return sum(weight * value for weight, value in zip(weights, values, strict=True)) / whole

    one, other = ([value - average(values) for value in values] for values in (one, other))
    products = [a * b for a, b in zip(one, other, strict=True)]
    return average(products) / math.sqrt(average([a * a for a in one]) * average([b * b for b in other]))


def permuted(weights, times, seed):
    rng = np.random.default_rng(seed)
    return [rng.permutation(weights).tolist() for _ in range(times)]


@pytest.mark.parametrize("observed", [{"share_agreed": 0.5}, {"share_agreed": 0.8, "depth": 0.5, "consensus": 1}])
def test_a_fit_is_that_of_its_twin(found, observed, monkeypatch):
    monkeypatch.setattr(fitting, "_PERMUTATIONS", 99)
    result, rows, cells = fit(found, observed, share=0.1), rows_of(found), range(60)
    accepted = accepted_of(rows, observed, 0.1)
    inside = [row for row, is_in in zip(rows, accepted, strict=True) if is_in]
    assert (result.runs, result.accepted) == (600, len(inside))
    for name, value in observed.items():
        assert result.reach[name] == max(abs(row[name] - value) for row in inside)
        spread = pstdev(row[name] for row in rows)
        assert (name in result.far) == (abs(fmean(row[name] for row in inside) - value) > 0.5 * spread)
    weights = weights_of(rows, accepted, cells)
    for one in result.parameters:
        values = [found.cells[cell][one.name] for cell in cells]
        order = list(dict.fromkeys(values)) if one.name == WORDS else sorted(set(values))
        seen = moved(values, weights, order) - 1e-9  # equal distances are sums of other parts
        as_far = [moved(values, some, order) >= seen for some in permuted(weights, 99, 4)]
        assert one.p == pytest.approx((1 + sum(as_far)) / 100)
        assert one.is_constrained == (one.p <= 0.05 / 4)
        if one.name == WORDS:
            shares = {level: [fmean(row[WORDS] == level for row in some) for some in (rows, inside)] for level in order}
            assert {level: pytest.approx(both) for level, *both in one.levels} == shares
        else:
            for part, some in ((one.before, rows), (one.after, inside)):
                assert part == pytest.approx(
                    [quantile([row[one.name] for row in some], at) for at in (0.025, 0.5, 0.975)]
                )
    for pair, wanted in zip(result.together, together_of(found, weights), strict=True):
        assert (*pair[:2], pytest.approx(pair[2])) == wanted
    chosen = [inside[n * len(inside) // 100]["cell"] for n in range(100)]
    assert [member["trust.across"] for member in result.members] == [found.cells[c]["trust.across"] for c in chosen]


def together_of(found, weights):
    """The pairs of numbers whose correlation changes more with weights than that of any pair with permuted ones."""
    columns = {name: [cell[name] for cell in found.cells] for name in NUMBERS}
    before = {pair: correlation(*map(columns.get, pair), [1.0] * 60) for pair in combinations(NUMBERS, 2)}

    def change(pair, some):
        return abs(correlation(*map(columns.get, pair), some) - before[pair])

    largest = sorted(max(change(pair, some) for pair in before) for some in permuted(weights, 99, 4))
    limit = max(0.3, largest[math.ceil(0.95 * 98)])
    pairs = [(*pair, correlation(*map(columns.get, pair), weights)) for pair in before if change(pair, weights) > limit]
    return sorted(pairs, key=lambda pair: -abs(pair[2]))


def is_inside(cell, box, *, without=None):
    """Whether a cell is in a box: between both ends of a factor, or one of its levels."""
    return all(
        cell[name] in limit if isinstance(limit, set) else limit[0] <= cell[name] <= limit[1]
        for name, limit in box.items()
        if name != without
    )


def peels(cells, inside, name):
    """What is left of a box after each step off a factor: a twentieth of its cells at either end, or a level."""
    if name == WORDS:
        return [[n for n in inside if cells[n][name] != level] for level in sorted({cells[n][name] for n in inside})]
    values = sorted(cells[n][name] for n in inside)
    bottom, top = edge(values), -edge([-value for value in reversed(values)])
    return [[n for n in inside if cells[n][name] <= top], [n for n in inside if cells[n][name] >= bottom]]


def edge(values):
    """The middle of the two sorted values around a twentieth of the way, or of the next two that differ."""
    low, high = (end((len(values) - 1) * 0.05) for end in (math.floor, math.ceil))
    while high < len(values) - 1 and values[low] == values[high]:
        high += 1
    return (values[low] + values[high]) / 2


def path_of(cells, hits, every):
    """The boxes from all cells on, each the step that gains most for each cell that it loses."""
    path, limited = [every], set()
    while True:
        inside, best = path[-1], (0.0, False, None, None)
        now = fmean(hits[n] for n in inside)
        for name in NAMES:
            for rest in peels(cells, inside, name):
                if 0.05 * len(every) <= len(rest) < len(inside):
                    gain = (fmean(hits[n] for n in rest) - now) / (len(inside) - len(rest))
                    if (gain, name in limited) > best[:2]:
                        best = gain, name in limited, name, rest
        if best[0] <= 0.0:
            return path
        limited.add(best[2])
        path.append(best[3])


def box_of(cells, every, inside):
    """The limits that keep the other cells out, in the middle between the last inside and the next outside."""
    box = {}
    for name in NAMES:
        values, rest = ({cells[n][name] for n in some} for some in (every, inside))
        if name == WORDS:
            if rest != values:
                box[name] = rest
            continue
        below, beyond = ([value for value in values if is_out(value)] for is_out in (
            lambda value, rest=rest: value < min(rest), lambda value, rest=rest: value > max(rest)))  # fmt: skip
        low = (max(below) + min(rest)) / 2 if below else -math.inf
        high = (min(beyond) + max(rest)) / 2 if beyond else math.inf
        if below or beyond:
            box[name] = low, high
    return box


def gain(hits, inside, outside):
    """The lower end of how much more frequent hits are inside; a box without cells on a side gains nothing."""
    inside, outside = ([hits[n] for n in some] for some in (inside, outside))
    if min(len(inside), len(outside)) < 2 or len(set(inside + outside)) == 1:
        return -math.inf
    return welch(inside, outside, are_flags=False, fewest=1).low


def needed(cells, hits, box, every):
    """The box without limits, the least useful first, that keep out nothing measurably worse."""
    while box:
        inside = [n for n in every if is_inside(cells[n], box)]
        gains = {}
        for name in box:
            out = [n for n in every if is_inside(cells[n], box, without=name) and n not in inside]
            gains[name] = gain(hits, inside, out)
        weakest = min(gains, key=gains.get)
        if gains[weakest] > 0.0:
            return box
        box = {name: limit for name, limit in box.items() if name != weakest}
    return box


def test_a_box_is_that_of_its_twin(found):
    result, cells = discover(found, density=0.8), found.cells
    hits = {n: fmean(row["consensus"] for row in rows_of(found) if row["cell"] == n) for n in range(60)}
    shuffled = np.random.default_rng(4).permutation(60).tolist()
    old, new = sorted(shuffled[::2]), sorted(shuffled[1::2])
    path = path_of(cells, hits, old)

    def step(inside):
        some = [hits[n] for n in inside]
        return sum(some) / sum(hits[n] for n in old), fmean(some), len(some) / len(old)

    assert [tuple(one) for one in result.path] == [pytest.approx(step(inside)) for inside in path]
    dense = [inside for inside in path if step(inside)[1] >= 0.8]
    chosen = max(dense, key=step)
    assert result.reached
    assert result.path[result.chosen] == pytest.approx(step(chosen))
    box = needed(cells, hits, box_of(cells, old, chosen), old)
    inside, outside = ([n for n in new if is_inside(cells[n], box) is there] for there in (True, False))
    assert gain(hits, inside, outside) > 0.0
    limits = {
        one.factor: set(one.levels)
        or (-math.inf if one.low is None else one.low, math.inf if one.high is None else one.high)
        for one in result.limits
    }
    assert limits == box
    assert result.inside == tuple(n for n in range(60) if is_inside(cells[n], box))
    assert result.mass == len(inside) / len(new)
    for part, some in ((result.density, inside), (result.elsewhere, outside), (result.overall, new)):
        assert part[:4] == pytest.approx(mean([hits[n] for n in some]))
    for one in result.limits:
        out = [n for n in new if is_inside(cells[n], box, without=one.factor) and n not in inside]
        assert one.outside[:4] == pytest.approx(mean([hits[n] for n in out]), nan_ok=True)
    assert result.coverage.value == pytest.approx(sum(hits[n] for n in inside) / sum(hits[n] for n in new))


def sobol(values, factors, rows):
    """First-order, total and pair indices of these points, each a sum; values: by block and point."""
    a, b, *mixed = [[block[n] for n in rows] for block in values]
    centre, variance = fmean(a + b), pstdev(a + b) ** 2
    a, b, *mixed = [[value - centre for value in block] for block in (a, b, *mixed)]
    ab, ba = mixed[:factors], mixed[factors:]
    first = [fmean(y * (z - x) for x, y, z in zip(a, b, one, strict=True)) / variance for one in ab]
    total = [fmean((x - z) ** 2 for x, z in zip(a, one, strict=True)) / 2.0 / variance for one in ab]
    pairs = [
        fmean(p * q - x * y for p, q, x, y in zip(ba[i], ab[j], a, b, strict=True)) / variance - first[i] - first[j]
        for i, j in combinations(range(factors), 2)
    ]
    return [*(part for both in zip(first, total, strict=True) for part in both), *pairs]


def test_sobol_indices_and_their_intervals_are_those_of_their_twin(monkeypatch):
    monkeypatch.setattr(sensitivity, "_RESAMPLES", 99)
    values = np.random.default_rng(2).random((8, 16)) + np.linspace(0.0, 1.0, 16)
    found = sensitivity._sobol_indices("xyz", values.ravel(), 16, 7)
    rng = np.random.default_rng(7)
    samples = [sobol(values.tolist(), 3, rng.integers(0, 16, 16).tolist()) for _ in range(99)]
    for n, (one, wanted) in enumerate(zip(found, sobol(values.tolist(), 3, range(16)), strict=True)):
        some = [sample[n] for sample in samples]
        assert one.estimate == pytest.approx((wanted, quantile(some, 0.025), quantile(some, 0.975), 16, None))
    a, b, *ab = values[:5]
    theirs = stats.sobol_indices(func={"f_A": a[None], "f_B": b[None], "f_AB": np.array(ab)[:, None]}, n=16)
    assert [one.estimate.value for one in found[:6:2]] == pytest.approx(theirs.first_order.ravel())
    assert [one.estimate.value for one in found[1:6:2]] == pytest.approx(theirs.total_order.ravel())


def test_resampled_points_that_are_all_alike_have_no_index():
    found = sensitivity._sobol_indices("xy", np.repeat([1.0, 0.0], [1, 23]), 4, 0)
    assert all(one.estimate.low <= one.estimate.high for one in found)


def test_elementary_effects_and_their_intervals_are_those_of_their_twin():
    shares = sensitivity.shares_of("morris", 2, 30, 5)
    values = shares[:, 0] * (1.0 + shares[:, 1]) + 0.1 * np.random.default_rng(5).random(90)
    found = {(one.factor, one.name): one.estimate for one in sensitivity._morris_indices("xy", values, 30, 5)}
    effects = {"x": [], "y": []}
    for n in (n for n in range(90) if n % 3):  # a trajectory: three points, from each to the next one factor moves
        steps = (shares[n] - shares[n - 1]).tolist()
        for name, size in zip("xy", steps, strict=True):
            if size:
                effects[name].append((values[n] - values[n - 1]) / size)
    for name, some in effects.items():
        half, sizes = student(29) * stdev(some) / math.sqrt(30), [abs(effect) for effect in some]
        assert found[name, "mu"][:3] == pytest.approx((fmean(some), fmean(some) - half, fmean(some) + half))
        assert found[name, "sigma"].value == pytest.approx(stdev(some))
        size = found[name, "mu_star"]
        assert size.value == pytest.approx(fmean(sizes))
        assert size.high - size.value == pytest.approx(1.96 * pstdev(sizes) / math.sqrt(30), rel=0.1)  # a bootstrap
