"""Reference solutions: the predictions of simpler theories from the positions that delegates start from.

Shapes: N actors or delegates, K issues, R replications. positions: N,K on a scale; salience: N,K weights >= 0; power:
N weights > 0.

- A solution is a pure function of arrays and gives one place on each issue (K). Compromise and exchange weigh an
  actor on an issue by power times salience, as does the median. Losses add up over issues, weighted by salience: the
  distance to the solution (`absolute`) or its square.
- The package zone asks whether some package of all that is open could pass, in which losses on one issue may be made
  good on another, but for core issues: a linear programme. As in the zone of `negotiation.acceptance`, F = 1, there is
  no pressure, trust in the pen-holder is 1, the others are where they really are, and the text has precision
  `PRECISION`. |y - x| is convex, so "no shortfall above the cost" is linear, with one slack variable for each delegate
  and issue; a core issue that is accepted by itself is a bound on its text.
- Replication r has the people of run r under the same seed, linkage included, before anybody has spoken. The result
  of a run is its agreed text, and the status quo on what stayed open, as if all agreed paragraphs were adopted.
- The cost of a solution is the mean of the delegates' losses, whatever their power.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from itertools import combinations, permutations
from typing import Literal, NamedTuple

import numpy as np

from negsim.negotiation.acceptance import PRECISION, accept_at_most, credit, demands, half_width, mood, real_centres
from negsim.negotiation.floor import begin
from negsim.negotiation.tables import Case, Floats, Ints, State, is_closed, is_open
from negsim.randomness import stream
from negsim.scenario import Scenario
from negsim.scenario.sampling import Sampler
from negsim.study.runner import Runs, Step, run_steps

_Loss = Literal["absolute", "quadratic"]
_FINEST = 1e-7  # how near the Nash solution is approached, in units of loss
_STATUS_QUO_DISTANCE = 1e-5  # a solution this near to the status quo is the status quo
_LEAST_GAIN = 1e-9  # a gain smaller than this is none
MOST_EXCHANGES = 200_000  # possible at once; each takes a few numbers to look at, again and again


class ActorTable(NamedTuple):
    """The positions of actors. positions, salience: N,K; power: N."""

    positions: Floats
    salience: Floats
    power: Floats


def compromise(room: ActorTable) -> Floats:
    """Average the positions, weighted by power and salience (K): sum c s x / sum c s.

    The compromise model of Van den Bos (1991, Dutch EC policy making) and Achen (2006, in Thomson et al., The European
    Union Decides), near to the Nash solution far from disagreement. An issue that matters to nobody has the plain mean.

    >>> import numpy as np
    >>> compromise(ActorTable(np.array([[0.0], [1.0]]), np.ones((2, 1)), np.array([1.0, 3.0])))
    array([0.75])
    """
    return np.asarray(np.average(room.positions, axis=0, weights=_weights(room)))


def median(room: ActorTable) -> Floats:
    """Take the median of the positions, weighted by power and salience (K); halfway where the weights split evenly.

    The median voter's position (Black 1948, doi 10.1086/256633), with votes weighted by what actors put into them.

    >>> import numpy as np
    >>> median(ActorTable(np.array([[0.2], [0.4], [0.9]]), np.ones((3, 1)), np.ones(3)))
    array([0.4])
    """
    columns = zip(room.positions.T, _weights(room).T, strict=True)
    return np.array([_weighted_median(places, weights) for places, weights in columns])


def _weighted_median(places: Floats, weights: Floats) -> float:
    order = np.argsort(places, kind="stable")
    places, weights = places[order][weights[order] > 0.0], weights[order][weights[order] > 0.0]
    reached, half = np.cumsum(weights), weights.sum() / 2.0
    below = np.searchsorted(reached, half * (1.0 - 1e-12))
    above = np.searchsorted(reached, half * (1.0 + 1e-12))
    return float(places[below] + places[min(above, len(places) - 1)]) / 2.0


def _weights(room: ActorTable) -> Floats:
    """Multiply power by salience (N,K); take power alone on an issue that matters to nobody."""
    salience = np.where(room.salience.sum(axis=0) > 0.0, room.salience, 1.0)
    return np.asarray(room.power[:, None] * salience)


def losses(room: ActorTable, at: Floats, loss: _Loss = "absolute") -> Floats:
    """Compute each actor's loss at a place (N): sum over issues of salience times distance, or its square. at: K."""
    distance = np.abs(at - room.positions)
    return np.asarray((room.salience * (distance if loss == "absolute" else distance * distance)).sum(axis=1))


def nash(room: ActorTable, status_quo: Floats, loss: _Loss = "absolute", *, no_deal: Floats | None = None) -> Floats:
    """Find the Nash bargaining solution (K): the largest product of gains over disagreement, to the power of power.

    max over y of sum_i c_i log(d_i - loss_i(y)) (Nash 1950, doi 10.2307/1907266). status_quo: K, where disagreement
    leaves everybody, and where the search begins. no_deal: N, losses d there; those at the status quo unless given.
    A slack that shrinks to zero is added to the gains. So whoever has nothing to gain anywhere at least loses nothing,
    and where nobody gains without another's loss the solution is the status quo. Far from disagreement it is
    the mean for quadratic losses and the median for absolute ones (a solution anywhere between two medians).
    Raises ValueError for a `no_deal` that is better than the status quo.
    """
    from scipy import optimize  # noqa: PLC0415 - slow to import, and tables of results import this module

    outside = losses(room, status_quo, loss) if no_deal is None else no_deal
    if np.any(losses(room, status_quo, loss) > outside + _LEAST_GAIN):
        raise ValueError("no_deal is better than the status quo for somebody; the search has nowhere to begin")
    at, slack = np.asarray(status_quo, np.float64), 1.0
    while slack > _FINEST:
        slack *= 0.1
        worst = float(np.min(outside - losses(room, at, loss)))
        if worst < -slack / 2.0:  # back towards the status quo: gains are concave, so that a share of the way will do
            at = status_quo + (at - status_quo) * slack / (-2.0 * worst)
        value, curvature = _slack_product(room, outside, loss, slack)
        solution = optimize.minimize(
            value,
            at,
            jac=True,
            hess=curvature,
            method="trust-exact",
            options={"gtol": 1e-10, "initial_trust_radius": 0.1, "max_trust_radius": 1.0, "maxiter": 200},
        )
        at = solution.x
    return np.asarray(at if np.max(np.abs(at - status_quo)) > _STATUS_QUO_DISTANCE else status_quo)


def _rounded(room: ActorTable, at: Floats, loss: _Loss, slack: float) -> tuple[Floats, Floats, Floats]:
    """Compute losses (N) with their slopes and curvatures (N,K each); the kink of a distance is rounded off."""
    gap = at - room.positions
    if loss == "quadratic":
        return (room.salience * gap * gap).sum(axis=1), 2.0 * room.salience * gap, 2.0 * room.salience
    width = 0.1 * slack
    far = np.sqrt(gap * gap + width * width)
    return (room.salience * (far - width)).sum(axis=1), room.salience * gap / far, room.salience * width**2 / far**3


def _slack_product(
    room: ActorTable, no_deal: Floats, loss: _Loss, slack: float
) -> tuple[Callable[[Floats], tuple[float, Floats]], Callable[[Floats], Floats]]:
    """Compute minus the log of the product with its slope (K), and its second derivatives (K,K), of a place (K)."""
    share = room.power / room.power.sum()

    def value(at: Floats) -> tuple[float, Floats]:
        lost, slope, _ = _rounded(room, at, loss, slack)
        gain = no_deal - lost + slack
        if np.any(gain <= 0.0):
            return np.inf, np.zeros_like(at)
        return -float(share @ np.log(gain)), np.asarray((share / gain) @ slope)

    def curvature(at: Floats) -> Floats:
        lost, slope, bend = _rounded(room, at, loss, slack)
        gain = no_deal - lost + slack
        steep = slope * (np.sqrt(share) / gain)[:, None]
        return np.asarray(steep.T @ steep + np.diag((share / gain) @ bend))

    return value, curvature


class _Moves(NamedTuple):
    """One half of M possible exchanges: who moves its vote on which issue, and towards what."""

    who: Ints
    issue: Ints
    way: Floats  # 1 up, -1 down
    goal: Floats  # the partner's position
    share: Floats  # by how much of such a move the outcome moves
    own: Floats  # salience of the issue to who moves
    other: Floats  # and to the partner


def exchange(room: ActorTable) -> Floats:
    """Find the compromise after logrolling: pairs of actors have swapped voting positions on pairs of issues (K).

    Stokman & Van Oosten (1994, in Bueno de Mesquita & Stokman, European Community Decision Making), with equal gains
    as in the program *decide*. Two actors on opposite sides of the compromise on both of two issues, i caring
    relatively more for p and j for q, exchange: j moves on p towards i and i on q towards j, so far that both gain
    the same, s_ip dp - s_iq dq = s_jq dq - s_jp dp, no vote beyond the partner's position and no outcome either. The
    exchange with the largest gain comes first, once each. Others may lose by it (van Assen, Stokman & van Oosten
    2003, doi 10.1177/1043463103015001072). Raises ValueError where too many exchanges are possible.
    """
    votes, outcome = room.positions.copy(), compromise(room)
    on_p, on_q = _possible(room, outcome)
    rate = (on_p.own + on_p.other) / (on_q.own + on_q.other)  # the outcome on q moves so much more than that on p
    worth = on_p.other - rate * on_q.own  # of a move on p, to either
    while len(worth):
        far = np.minimum(_reach(on_p, votes, outcome), _reach(on_q, votes, outcome) / rate)
        best = int(np.argmax(far * worth))
        if far[best] * worth[best] <= _LEAST_GAIN:
            break
        for moves, by in ((on_p, far[best]), (on_q, far[best] * rate[best])):
            who, issue, step = moves.who[best], moves.issue[best], moves.way[best] * by
            outcome[issue] += step
            votes[who, issue] += step / moves.share[best]
        worth[best] = 0.0
    return outcome


def _possible(room: ActorTable, outcome: Floats) -> tuple[_Moves, _Moves]:
    """List exchanges between pairs on opposite sides of two issues that weigh them differently; each once."""
    side, s = np.sign(room.positions - outcome), room.salience
    if (number := _number_of_exchanges(side, s)) > MOST_EXCHANGES:
        raise ValueError(f"{number:,} exchanges are possible; at most {MOST_EXCHANGES:,} are looked at")
    i, j = np.triu_indices(len(side), 1)
    apart, cares = side[i] * side[j] < 0.0, (s[i] > 0.0) & (s[j] > 0.0)
    blocks = []
    for p, q in permutations(range(side.shape[1]), 2):
        more = s[i, p] * s[j, q] > s[j, p] * s[i, q]
        at = np.flatnonzero(apart[:, p] & apart[:, q] & cares[:, p] & cares[:, q] & more)
        blocks.append(np.array([i[at], j[at], np.full(len(at), p), np.full(len(at), q)]))
    pairs = np.concatenate(blocks, axis=1) if blocks else np.empty((4, 0), np.int64)
    one, two, on_p, on_q = pairs
    return _towards(room, side, (two, one), on_p), _towards(room, side, (one, two), on_q)


def _number_of_exchanges(side: Floats, salience: Floats) -> int:
    """Count the possible exchanges without looking at every pair of actors. side: N,K of -1, 0 and 1.

    On two issues, everybody of one corner can exchange with everybody of the opposite one, unless both weigh the issues
    alike.
    """
    number = 0
    for p, q in combinations(range(side.shape[1]), 2):
        cares = (salience[:, p] > 0.0) & (salience[:, q] > 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            weighs = np.round(np.log(salience[:, p]) - np.log(salience[:, q]), 12) + 0.0
        for way in (1.0, -1.0):
            here = weighs[cares & (side[:, p] == 1.0) & (side[:, q] == way)]
            there = weighs[cares & (side[:, p] == -1.0) & (side[:, q] == -way)]
            kinds, often = np.unique(here, return_counts=True)
            others, how_often = np.unique(there, return_counts=True)
            _, one, other = np.intersect1d(kinds, others, assume_unique=True, return_indices=True)
            number += len(here) * len(there) - int(often[one] @ how_often[other])
    return number


def _towards(room: ActorTable, side: Floats, pair: tuple[Ints, Ints], issue: Ints) -> _Moves:
    """Move the vote of the first of each pair towards the second."""
    who, to = pair
    weights, s = _weights(room), room.salience
    share = weights[who, issue] / weights.sum(axis=0)[issue]
    return _Moves(who, issue, side[to, issue], room.positions[to, issue], share, s[who, issue], s[to, issue])


def _reach(moves: _Moves, votes: Floats, outcome: Floats) -> Floats:
    """Return how far each could move the outcome (M); zero or less if it is already there."""
    by_vote = moves.way * (moves.goal - votes[moves.who, moves.issue]) * moves.share
    return np.minimum(by_vote, moves.way * (moves.goal - outcome[moves.issue]))


def package_zone(case: Case, state: State, *, cost: float = 0.0) -> Floats | None:
    """Find a package (K, 0..1) that falls short for nobody who may block by more than `cost`; None if there is none.

    It is of all issues that are open; agreed text stays as it is.
    cost: value units, on average over the issues; 0 asks for a package that no one objects to, the cost of blocking for
    one that no one alone would block.
    """
    from scipy import optimize, sparse  # noqa: PLC0415 - as in `nash`

    issues = np.array([k for k in range(len(case.status_quo)) if is_open(state, k)], np.int64)
    closed = np.array([is_closed(state, k) for k in range(len(case.status_quo))])
    package = np.where(closed, state.paragraphs["text"], case.status_quo)
    deciding = np.flatnonzero(state.delegates["present"] & case.seats["may_block"])
    if not deciding.size or not issues.size:
        return package
    real = real_centres(state)
    low, high = _package_bounds(case, state, deciding, real, cost)
    if (low > high).any():
        return None
    views, p, vague = state.opinions[issues].T[deciding], case.parameters[0], 1.0 - PRECISION
    near = views["weight"] * (1.0 - p.ambiguity * vague)  # loss per unit of distance
    fixed = views["weight"] * p.dilution * vague * np.abs(views["position"] - case.status_quo[issues])  # of vagueness
    accepted = np.array([_package_latitude(case, state, i, issues.tolist(), real) for i in deciding.tolist()])
    room = accepted + (cost - fixed).sum(axis=1)
    x, same = views["position"].ravel(), sparse.eye_array(len(deciding) * len(issues))
    places = sparse.kron(np.ones((len(deciding), 1)), sparse.eye_array(len(issues)))  # once for every delegate
    sums = sparse.block_diag([sparse.csr_array(row[None]) for row in near])
    # sum_k w a u_dk <= room_d, with u_dk >= |y_k - x_dk|
    constraints = sparse.block_array([[places, -same], [-places, -same], [None, sums]], format="csr")
    limits = np.concatenate([x, -x, room])
    bounds = [*zip(low[issues], high[issues], strict=True), *[(0.0, 1.0)] * len(x)]
    solution = optimize.linprog(np.zeros(len(bounds)), A_ub=constraints, b_ub=limits, bounds=bounds, method="highs")
    if solution.status != 0:
        return None
    package[issues] = solution.x[: len(issues)]
    return package


def _package_latitude(case: Case, state: State, i: int, issues: list[int], real: Floats) -> float:
    """Return the largest loss on a package of these issues that i will ever accept. real: K, of `real_centres`."""
    gives = case.seats[i].goodwill * credit(case, state, i, sum(1 << k for k in issues), 1.0, real)
    asked = max(0.0, demands(case, state, i, 1.0, 1.0, 1.0, 0.0))
    without = sum(mood(case, state, i, k, float(real[k])) for k in issues)
    return float(max(0.0, max(0.0, without) + len(issues) * (gives - asked)))


def _package_bounds(case: Case, state: State, deciding: Ints, real: Floats, cost: float) -> tuple[Floats, Floats]:
    """Return the lowest and the highest text (K each) over no red line; on a core issue, one that all accept by itself.

    Of those who decide. Within 0..1; the lowest is above the highest where there is no such text. real: K.
    """
    low = np.clip(state.views["red_low"][deciding].max(axis=0, initial=0.0), 0.0, None)
    high = np.clip(state.views["red_high"][deciding].min(axis=0, initial=1.0), None, 1.0)
    accepted = np.empty(len(state.delegates))
    for k in range(len(case.status_quo)):
        if case.core[k] and is_open(state, k):
            accept_at_most(case, state, k, real, accepted)
            for i in deciding.tolist():
                x, far = state.views["position"][i, k], half_width(case, state, i, k, PRECISION, accepted[i] + cost)
                low[k], high[k] = max(low[k], x - far), min(high[k], x + far)
        elif not is_open(state, k):  # it is not up for a package
            low[k], high[k] = 0.0, 1.0
    return low, high


_Power = Literal["voice", "equal"]
STATUS_QUO_SOLUTION, RUNS_SOLUTION, EXCHANGE_SOLUTION = "status quo", "runs", "exchange"
MEDIAN_VOTER = "median voter"
_MOST_STANCES = 4_000  # delegates times issues of a package that is looked for


class Terms(NamedTuple):
    """The cost of a distance, and the weight of a delegate.

    power: `voice` is how often one asks for the floor, into which an import puts the power of actors; `equal` is 1.
    """

    loss: _Loss = "absolute"
    power: _Power = "voice"


class Solved(NamedTuple):
    """Every solution on every population. places: by solution R,K, NaN where there is none; costs: by solution R.

    packages: R; 1 where the people could have had a package that nobody alone would block, else 0; NaN not asked,
    because the room is too large.
    """

    runs: Runs
    places: dict[str, Floats]
    costs: dict[str, Floats]
    agreed: Floats  # R,K; 1 where a run agreed on an issue, else 0
    packages: Floats
    terms: Terms


def people(scenario: Scenario, replications: int, seed: int) -> Iterator[tuple[Case, State]]:
    """Yield the people of each replication before anybody has spoken."""
    for case, first, count in Sampler(scenario, seed).cases(0, replications):
        for replication in range(first, first + count):
            yield case, begin(case, stream(seed, replication), 0)


class _Crossing(NamedTuple):
    """An issue on which no text is within all red lines. share: of the draws. floor, ceiling: who is in the way."""

    issue: str
    share: float
    floor: str
    ceiling: str


def crossings(scenario: Scenario, *, draws: int = 200, seed: int = 0) -> list[_Crossing]:
    """Find the issues on which the highest floor of those who may block is above their lowest ceiling in most draws."""
    ends: list[tuple[Floats, Floats, Ints]] = []
    for case, state in people(scenario, draws, seed):
        views = state.views[np.flatnonzero(case.seats["may_block"])]
        if not len(views):
            return []
        who = case.seats["group"][np.flatnonzero(case.seats["may_block"])]
        low, high = views["red_low"], views["red_high"]
        ends.append((low.max(axis=0), high.min(axis=0), np.array([who[low.argmax(axis=0)], who[high.argmin(axis=0)]])))
    lows, highs, groups = (np.array(some) for some in zip(*ends, strict=True))
    crossed, names = lows > highs, list(scenario.groups)
    found = []
    for k, issue in enumerate(scenario.issues):
        if crossed[:, k].mean() > 0.5:
            floor, ceiling = (names[int(np.bincount(groups[crossed[:, k], end, k]).argmax())] for end in (0, 1))
            found.append(_Crossing(issue, float(crossed[:, k].mean()), floor, ceiling))
    return found


def room_of(case: Case, state: State, power: _Power) -> ActorTable:
    """Return the people in the form that solutions take."""
    weights = case.seats["voice"] if power == "voice" else np.ones(len(case.seats))
    return ActorTable(
        state.views["first_position"].copy(), _own_salience(case, state), np.asarray(weights, np.float64).copy()
    )


def _own_salience(case: Case, state: State) -> Floats:
    """Return how much issues matter to each (N,K), without the part that all issues share alike in the model (5.5)."""
    salience, sigma = state.views["salience"], float(case.parameters["salience_weight"][0])
    if sigma == 0.0:
        return np.array(salience)
    return np.asarray(np.maximum(0.0, (salience - (1.0 - sigma) / salience.shape[1]) / sigma).round(12))


def _has_package(case: Case, state: State) -> float:
    """Return 1 if there is a package that nobody alone would block, else 0; NaN for a room too large to search."""
    if len(state.delegates) * len(state.paragraphs) > _MOST_STANCES:
        return np.nan
    return float(package_zone(case, state, cost=float(case.parameters[0].block_cost)) is not None)


def _solve(room: ActorTable, status_quo: Floats, loss: _Loss) -> dict[str, Floats]:
    """Compute every solution by its name (K each); NaN for an exchange among too many."""
    places = {
        STATUS_QUO_SOLUTION: status_quo,
        "compromise": compromise(room),
        "median": median(room),
        "Nash": nash(room, status_quo, loss),
    }
    try:
        return places | {EXCHANGE_SOLUTION: exchange(room)}
    except ValueError:
        return places | {EXCHANGE_SOLUTION: np.full_like(status_quo, np.nan)}


def solve_steps(
    scenario: Scenario, terms: Terms, *, replications: int, seed: int = 0, threads: int | None = None
) -> Generator[Step, None, Solved]:
    """Run a scenario and solve for the people of each replication, some replications a step."""
    runs = yield from run_steps(scenario, replications=replications, seed=seed, threads=threads)
    agreed, text = runs.by_issue("agreed"), runs.by_issue("text")
    solved: list[dict[str, Floats]] = []
    costs: list[dict[str, float]] = []
    packages: list[float] = []
    for r, (case, state) in enumerate(people(scenario, replications, seed)):
        room, status_quo = room_of(case, state, terms.power), case.status_quo
        packages.append(_has_package(case, state))
        places = _solve(room, status_quo, terms.loss)
        result = np.where(agreed[r] > 0.0, text[r], status_quo)
        ends = places | {RUNS_SOLUTION: result}
        costs.append({name: float(losses(room, at, terms.loss).mean()) for name, at in ends.items()})
        solved.append(places | {RUNS_SOLUTION: np.where(agreed[r] > 0.0, text[r], np.nan)})
        yield r + 1, replications, "solutions"
    return Solved(
        runs,
        {name: np.array([places[name] for places in solved]) for name in solved[0]},
        {name: np.array([cost[name] for cost in costs]) for name in costs[0]},
        agreed,
        np.array(packages),
        terms,
    )


class Distances(NamedTuple):
    """How far solutions are from what happened on one issue, 0..1. distances: by solution; NaN where there is none."""

    title: str
    issue: str
    outcome: float
    distances: dict[str, float]


def scores(solved: Solved) -> list[Distances]:
    """Compute the mean distance between each solution and what happened, for every issue of which that is known.

    Of the runs: their agreed text, and the status quo where they did not agree. The median voter counts once whoever
    has a position and any interest in the issue.
    """
    scenario = solved.runs.scenario
    rooms = (room_of(*one, "equal") for one in people(scenario, len(solved.runs), solved.runs.seed))
    voters = [median(room._replace(salience=np.where(room.salience > 0.0, 1.0, 0.0))) for room in rooms]
    places = solved.places | {MEDIAN_VOTER: np.array(voters)}
    places[RUNS_SOLUTION] = np.where(solved.agreed > 0.0, places[RUNS_SOLUTION], places[STATUS_QUO_SOLUTION])
    return [
        Distances(scenario.title, name, issue.outcome, {
            solution: float(np.abs(at[:, k] - issue.outcome).mean()) for solution, at in places.items()
        })
        for k, (name, issue) in enumerate(scenario.issues.items())
        if issue.outcome is not None
    ]  # fmt: skip
