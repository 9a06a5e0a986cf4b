"""The plausible ensemble, made and checked: its files, and an account.

Rules that hold here
- One command makes the whole trail: every generation, the screening, the members, the check on fresh replications.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import numpy as np

from negsim.study import plausible
from negsim.study.evidence import CALIBRATED, CHECK_SEED, TARGETS, ranges
from negsim.study.members import Holding, holdings
from negsim.study.plausible import Particle, Values, Verdict
from negsim.study.runner import Step, write_table
from negsim.tell.results import added_to

DIGITS = 4
Told = Generator[Step, None, str]


def plausible_report(folder: Path) -> Told:
    """Sample the ensemble into a folder: plausible.csv, prior.csv and the trail; and check it on fresh replications."""
    trail: list[list[Particle]] = []
    for generation in plausible.generations():
        trail.append(generation)
        yield (
            len(trail),
            plausible.MOST_GENERATIONS,
            f"generation {len(trail) - 1}, within {generation[-1].distance:.3f}",
        )
    screened = yield from _judged([particle.values for particle in trail[-1]], "screened", plausible.SCREEN_SEED)
    chosen = plausible.members(trail[-1], screened)
    checked = yield from _judged(chosen, "checked", CHECK_SEED)
    prior = [tuple(values) for values in plausible.prior(plausible.PRIOR)[: plausible.MEMBERS]]
    with added_to(folder) as part:
        write_table(part / "plausible.csv", list(CALIBRATED), _members(chosen))
        write_table(part / "prior.csv", list(CALIBRATED), _members(prior))
        write_table(part / "plausible_trail.csv", *_trail(trail))
    return "\n".join(_account(trail, screened, chosen, checked))


def _judged(values: Sequence[Values], what: str, seed: int) -> Generator[Step, None, list[Verdict]]:
    found = []
    for n, one in enumerate(values):
        found.append(plausible.judge(one, replications=plausible.SCREEN_RUNS, seed=seed))
        yield n + 1, len(values), f"parameter sets {what}"
    return found


def _members(values: Sequence[Values]) -> Iterator[list[object]]:
    for one in values:
        yield [round(float(value), DIGITS) for value in one]


def _trail(trail: Sequence[Sequence[Particle]]) -> tuple[list[str], Iterator[list[object]]]:
    header = ["generation", *CALIBRATED, "distance", "weight"]

    def rows() -> Iterator[list[object]]:
        for particle in (one for generation in trail for one in generation):
            values = [round(float(value), DIGITS) for value in particle.values]
            yield [particle.generation, *values, round(particle.distance, 6), round(particle.weight, 6)]

    return header, rows()


def _account(
    trail: Sequence[Sequence[Particle]],
    screened: Sequence[Verdict],
    chosen: Sequence[Values],
    checked: Sequence[Verdict],
) -> Iterator[str]:
    yield f"{'generation':<12}{'within':>8}{'nearest':>9}"
    for generation in trail:
        yield f"{generation[0].generation:<12}{generation[-1].distance:>8.3f}{generation[0].distance:>9.3f}"
    passed = sum(verdict.holds for verdict in screened)
    yield f"{passed} of the last {len(screened)} meet every target on {plausible.SCREEN_RUNS} other replications"
    yield f"{len(chosen)} members, drawn by weight; on replications never used to choose:"
    for t, target in enumerate(TARGETS):
        values = np.array([verdict.observed[t] for verdict in checked])
        held = np.mean((target.low <= values) & (values <= target.high))
        spread = f"{values.min():.3f} .. {values.max():.3f}"
        yield f"  {target.process}: {target.measure} {spread}, wanted {target.low:g} .. {target.high:g}: {held:.0%}"
    held = np.mean([verdict.holds for verdict in checked])
    yield f"  all, and {plausible.LEAST_MOVING} single changes or more move the first phase: {held:.0%} of the members"
    low, high = ranges()
    table = np.array(chosen)
    yield f"{'parameter':<22}{'prior':>16}{'plausible: mean':>18}{'5 % .. 95 %':>20}"
    for p, name in enumerate(CALIBRATED):
        ends = np.quantile(table[:, p], (0.05, 0.95))
        prior = f"{low[p]:g} .. {high[p]:g}"
        yield f"  {name:<20}{prior:>16}{table[:, p].mean():>18.3f}{f'{ends[0]:.3f} .. {ends[1]:.3f}':>20}"


def holdings_report(ensemble: str, replications: int, seed: int, out: Path | None = None) -> Told:
    """Every pattern, and the share of an ensemble's members for which it holds."""
    found = yield from holdings(ensemble, replications=replications, seed=seed)
    if out is not None:
        header = ["pattern", "standing", "contrast", "expected", "share", "low", "high", "members"]
        write_table(out, header, ([*one[:4], *one.share] for one in found))
    return "\n".join(_shares(ensemble, replications, found))


def _shares(ensemble: str, replications: int, found: Sequence[Holding]) -> Iterator[str]:
    members = found[0].share.observations
    yield f"share of the {members} members of `{ensemble}` for which a pattern holds"
    yield f"{replications} replications a cell and member, which no calibration saw"
    heading = ""
    for one in found:
        if one.pattern != heading:
            heading = one.pattern
            yield f"{heading} ({one.standing})"
        yield f"  {one.share.value:>5.0%}  {one.label}; expected {one.expected}"
