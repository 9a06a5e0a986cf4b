"""Reference solutions beside what runs agree on, as text a person reads and as rows for whoever computes on.

Rules that hold here
- Every number that varies comes with its interval at 95 %.
- Solutions are told issue by issue, and at the end by what they cost: so one sees what was left on the table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from negsim.negotiation.case import Floats
from negsim.study.effects import Estimate, mean, share
from negsim.study.reference import EXCHANGE, RESULT, STATUS_QUO, Solved
from negsim.tell.tables import Table

WIDTH = 11  # of a column
SHARE = 17  # of a column of shares
VARIES = 1e-9  # a half-width that is more than rounding
MEANINGS = {
    "compromise": "mean of the positions, weighted by power and salience",
    "median": "their median, with the same weights",
    "Nash": "largest product of gains over the status quo",
    EXCHANGE: "compromise after pairs have swapped votes on two issues",
    RESULT: "mean text where the runs agree",
    "could be in": "a text would have passed at the start, were everybody to concede what they ever will",
}
WORDS = {"voice": "power is voice", "equal": "equal power"}


def solutions_text(solved: Solved) -> str:
    """What `negsim solutions` prints."""
    runs, issues = solved.runs, list(solved.runs.scenario.issues)
    width = max(len(name) for name in (*issues, "agreed in"))
    names, terms = list(solved.places), f"{solved.terms.loss} losses, {WORDS[solved.terms.power]}"
    heading = " " * (width + 2) + "".join(f"{name:>{WIDTH}}" for name in names)
    heading += f"  {'agreed in':<{SHARE}}could be in"
    lines = [
        runs.scenario.title,
        f"{len(runs):,} replications, seed {runs.seed}; {terms}; means with half-widths at 95 %",
        "",
        *(f"{name:<12}{meaning}" for name, meaning in MEANINGS.items()),
        "",
        heading,
    ]
    for k, issue in enumerate(issues):
        found = [mean(solved.places[name][:, k]) for name in names]
        shares = (_percent(share(hits)) for hits in (solved.agreed[:, k], runs.by_issue("zone_start")[:, k]))
        lines += _rows(issue, found, width, "  " + "".join(f"{told:<{SHARE}}" for told in shares))
    lines += ["", "mean loss of a delegate, weighted by salience (runs: the status quo where they do not agree)"]
    lines += _rows("loss", [mean(solved.costs[name]) for name in names], width, "")
    if not np.isnan(solved.packages).any():
        lines += ["", _package(solved)]
    if np.isnan(solved.places[EXCHANGE]).any():
        lines += ["", f"{EXCHANGE}: too many delegates to look at every exchange"]
    return "\n".join(line.rstrip() for line in lines)


def _package(solved: Solved) -> str:
    """Whether there was a package to agree on."""
    return f"a package that nobody alone would block existed at the start in {_percent(share(solved.packages))}"


def _rows(name: str, found: list[Estimate], width: int, end: str) -> Iterator[str]:
    """A line of means, and where anything varies one of half-widths."""
    yield f"{name:<{width + 2}}" + "".join(f"{_number(one.value):>{WIDTH}}" for one in found) + end
    halves = [(one.high - one.low) / 2.0 for one in found]
    if any(half > VARIES for half in halves):
        yield " " * (width + 2) + "".join(f"{_half(half):>{WIDTH}}" for half in halves)


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value + 0.0:.3f}"


def _half(half: float) -> str:
    return f"±{half:.3f}" if half > VARIES else ""


def _percent(found: Estimate) -> str:
    return f"{100 * found.value:.0f} % [{100 * found.low:.0f}, {100 * found.high:.0f}]"


def solutions_table(solved: Solved) -> Table:
    """One row an issue and solution: the place; and one a solution and what it costs, the issue left empty."""
    header = ["issue", "solution", "value", "low", "high", "runs", "agreed", "agreed_low", "agreed_high"]
    return header, _table_rows(solved)


def _table_rows(solved: Solved) -> Iterator[list[object]]:
    for k, issue in enumerate(solved.runs.scenario.issues):
        agreed = share(solved.agreed[:, k])
        for name, places in solved.places.items():
            found = _certain(places[:, k]) if name == STATUS_QUO else _known(places[:, k])
            yield [issue, name, *found, *(agreed[:3] if name == RESULT else ("", "", ""))]
    for name, costs in solved.costs.items():
        yield ["", f"loss of {name}", *_known(costs), "", "", ""]


def _certain(values: Floats) -> tuple[object, ...]:
    """What is the same for every population, without an interval; what is not, as an estimate."""
    return (float(values[0]), "", "", len(values)) if np.ptp(values) == 0.0 else _known(values)


def _known(values: Floats) -> tuple[object, ...]:
    """An estimate, with empty cells for what there is none of."""
    return tuple("" if math.isnan(number) else number for number in mean(values))
