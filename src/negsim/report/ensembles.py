"""The plausible ensemble, made and checked: its files, and an account.

Rules that hold here
- One command makes the whole trail: every step, the screening, the members, the check on fresh replications.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import numpy as np

from negsim.files import whole_folder, write_table
from negsim.negotiation.tables import Floats
from negsim.report.words import counted
from negsim.study import plausible
from negsim.study.evidence import CALIBRATED, CHECK_SEED, TARGETS, ranges
from negsim.study.members import Holding, holdings
from negsim.study.plausible import Values, Verdict, Visit
from negsim.study.runner import Step

DIGITS = 4
Told = Generator[Step, None, str]


def plausible_report(folder: Path) -> Told:
    """Sample the ensemble into a folder: plausible.csv, prior.csv and the trail; and check it on fresh replications."""
    trail: list[Visit] = []
    for number in range(plausible.CHAINS):
        for visit in plausible.chain(number):
            trail.append(visit)
            yield number * plausible.DRAWS + visit.draw, plausible.CHAINS * plausible.DRAWS, "draws"
    chains = [[visit for visit in trail if visit.chain == number] for number in range(plausible.CHAINS)]
    sets = [values for visits in chains for values in plausible.kept(visits)]
    screened = yield from _judged(sets, "screened", plausible.SCREEN_RUNS, plausible.SCREEN_SEED)
    chosen = plausible.members(sets, screened)
    checked = yield from _judged(chosen, "checked", plausible.CHECK_RUNS, CHECK_SEED)
    with whole_folder(folder, "plausible") as part:
        write_table(part / "plausible.csv", list(CALIBRATED), _members(chosen))
        write_table(part / "prior.csv", list(CALIBRATED), _members(plausible.prior(plausible.MEMBERS)))
        write_table(part / "plausible_trail.csv", *_trail(trail))
    return "\n".join(_account(trail, screened, chosen, checked))


def _judged(sets: Sequence[Values], what: str, runs: int, seed: int) -> Generator[Step, None, list[Verdict]]:
    found: dict[Values, Verdict] = {}
    for n, one in enumerate(sets):
        if one not in found:
            found[one] = plausible.judge(one, replications=runs, seed=seed)
        yield n + 1, len(sets), f"parameter sets {what}"
    return [found[one] for one in sets]


def _members(values: Sequence[Values]) -> Iterator[list[object]]:
    for one in values:
        yield [round(float(value), DIGITS) for value in one]


def _trail(trail: Sequence[Visit]) -> tuple[list[str], Iterator[list[object]]]:
    def rows() -> Iterator[list[object]]:
        for visit in trail:
            values = (round(float(value), DIGITS) for value in visit.values)
            yield [visit.chain, visit.draw, *values, int(visit.met)]

    return ["chain", "draw", *CALIBRATED, "met"], rows()


def _account(
    trail: Sequence[Visit], screened: Sequence[Verdict], chosen: Sequence[Values], checked: Sequence[Verdict]
) -> Iterator[str]:
    yield f"{plausible.CHAINS} chains of {plausible.DRAWS} draws, {len(trail)} parameter sets tried; scale reduction:"
    yield "  " + ", ".join(f"{name} {r:.2f}" for name, r in zip(CALIBRATED, _scale_reduction(trail), strict=True))
    passed = sum(verdict.clear for verdict in screened)
    fresh = f"on {plausible.SCREEN_RUNS} other replications"
    yield f"{passed} of {len(screened)} sets kept meet every target, with a margin, {fresh}"
    yield f"{len(chosen)} members, drawn of those; on {plausible.CHECK_RUNS} replications never used to choose:"
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


def _scale_reduction(trail: Sequence[Visit]) -> Floats:
    """How much wider all chains are than each of them, by parameter: 1 once they agree (Gelman & Rubin 1992)."""
    chains = [plausible.kept([visit for visit in trail if visit.chain == c]) for c in range(plausible.CHAINS)]
    walks = np.array(chains)  # chains, kept steps, parameters
    length = walks.shape[1]
    within, between = walks.var(axis=1, ddof=1).mean(axis=0), walks.mean(axis=1).var(axis=0, ddof=1)
    reduction: Floats = np.sqrt((length - 1) / length + between / within)
    return reduction


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
    yield f"{counted(replications, 'replication')} a cell and member, which no calibration saw"
    heading = ""
    for one in found:
        if one.pattern != heading:
            heading = one.pattern
            yield f"{heading} ({one.standing})"
        yield f"  {one.share.value:>5.0%}  {one.label}; expected {one.expected}"
