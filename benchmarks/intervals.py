"""Count how often printed intervals hold the truth, and how often `enough` runs tell a difference.

    .venv/bin/python benchmarks/intervals.py                      (--only coverage power --draws 20000)
    .venv/bin/python benchmarks/intervals.py --page docs/designs.md

- Coverage: samples drawn from known distributions go into the functions that make the printed intervals, one by one. A
  row says in what share of the samples that print an interval it holds the truth, and what share prints none.
- Where fewer than one sample in ten prints an interval, those that do are the extreme ones, and no coverage is
  given. `--all` gives it.
- Power: for pairs of real runs, 12,000 of each scenario and change, `enough` runs are drawn 2,000 times; the share of
  these samples whose interval excludes zero. It should be 80 %.
- `--page` writes both tables between the marks of a page.

Coverage takes five minutes of one core, power about two.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from negsim.negotiation.tables import Floats
from negsim.report.markdown import grid
from negsim.scenario import load
from negsim.study.estimates import FEWEST_CHANGED, Estimate, comparison_widths, difference, independent, ratio, varying
from negsim.study.explain import shared_out
from negsim.study.power import telling_pairs
from negsim.study.runner import measure_of, run
from negsim.study.schema import Study
from negsim.study.sequential import is_narrow, level, looks_of
from negsim.study.table import estimated

DRAWS, LEAST, FEWEST_PRINTED = 20_000, 0.925, 0.1
SIZES = (10, 20, 30, 50, 100)
PAIRS, RESAMPLES, POWERS = 12_000, 2_000, (0.77, 0.85)
BEGIN, END = "<!-- intervals -->", "<!-- /intervals -->"

_Rng = np.random.Generator
_Draw = Callable[[_Rng, int], tuple[Estimate, float]]  # one sample of so many: its estimate, and the truth


class Row(NamedTuple):
    """What is estimated, how, and from what; a draw of it."""

    what: str
    method: str
    values: str
    draw: _Draw
    least: int = 0  # runs that it takes


CHANCES = {"rare": 0.05, "frequent": 0.5, "always": 1.0}


def _flags(rng: _Rng, n: int, *, rise: float, fall: float, base: float = 0.4) -> tuple[Floats, Floats, float]:
    """Draw pairs of zeros and ones: changed, base, and the difference of their chances."""
    move = rng.random(n)
    before = np.where(move < rise, 0.0, np.where(move < rise + fall, 1.0, rng.random(n) < base))
    after = np.where(move < rise, 1.0, np.where(move < rise + fall, 0.0, before))
    return after, before, rise - fall


def _bounded(rng: _Rng, n: int, *, chance: float, kind: str) -> tuple[Floats, Floats, float]:
    """Draw pairs of numbers from 0 to 1, of which so many differ."""
    gaps, mean = {
        "alike": (lambda: np.full(n, 0.25), 0.25),
        "even": (lambda: rng.uniform(0.0, 0.5, n), 0.25),
        "skewed": (lambda: 0.5 * rng.beta(1.0, 3.0, n), 0.125),
        "both ways": (lambda: rng.uniform(-0.2, 0.5, n), 0.15),
    }[kind]
    before = rng.uniform(0.2, 0.5, n)
    return before + np.where(rng.random(n) < chance, gaps(), 0.0), before, chance * mean


def _paired(
    make: Callable[..., tuple[Floats, Floats, float]], rng: _Rng, n: int, **how: object
) -> tuple[Estimate, float]:
    after, before, truth = make(rng, n, **how)
    return difference(after, before), truth


def _apart(rng: _Rng, n: int, *, first: float, second: float, bounded: bool) -> tuple[Estimate, float]:
    """Draw two independent samples of zeros and others, so many of which are not 0."""
    size = (lambda: rng.uniform(0.2, 1.0, n)) if bounded else (lambda: np.ones(n))
    after, before = (np.where(rng.random(n) < chance, size(), 0.0) for chance in (second, first))
    return independent(after, before), (second - first) * (0.6 if bounded else 1.0)


def _compared(rng: _Rng, n: int, *, rise: float, fall: float) -> tuple[Estimate, float]:
    """Draw the two points of a curve; their intervals do not overlap where the sum of the widths is passed."""
    after, before, truth = _flags(rng, n, rise=rise, fall=fall)
    value, half = float(np.mean(after - before)), float(comparison_widths(np.column_stack([after, before])).sum())
    return Estimate(value, value - half, value + half, n), truth


def _of_many(rng: _Rng, n: int, *, points: int) -> tuple[Estimate, float]:
    """Draw two of so many alike points of a curve, which share a half of their luck."""
    values = (rng.random((n, 1)) + rng.random((n, points)) < 0.8).astype(float)
    value, half = float(np.mean(values[:, 0] - values[:, 1])), float(comparison_widths(values)[:2].sum())
    return Estimate(value, value - half, value + half, n), 0.0


def _share_of_change(rng: _Rng, n: int, *, chance: float) -> tuple[Estimate, float]:
    """Draw a game of three parts over zeros and ones, one of which counts in so many replications."""
    counts, luck = rng.random(n) < chance, rng.random(n) < 0.3
    values = np.array([(counts & bool(mask & 1)) | (luck & (mask & 6 == 6)) for mask in range(8)]).astype(float)
    return shared_out("consensus", values, ("a", "b", "c")).shares[0].shapley, chance * (0.7 + 0.3 * 2.0 / 3.0)


def _part(rng: _Rng, n: int, *, chance: float) -> tuple[Estimate, float]:
    whole = rng.integers(1, 4, n).astype(float)
    return ratio(rng.binomial(whole.astype(int), chance).astype(float), whole), chance


def _stopped(rng: _Rng, n: int, *, main: str, chance: float) -> tuple[Estimate, float]:
    """Draw a cell that ends by the rule of a study, at its looks up to n."""
    study, flags = _study(main, n), main == "consensus"
    values = np.where(rng.random(n) < chance, 1.0 if flags else rng.integers(1, 6, n) / 5.0, 0.0)
    at = level(len(looks_of(study)))
    for look in looks_of(study):
        found = estimated(study.main, values[:look], at)
        if is_narrow(study, found, varying(values[:look])):
            break
    if not flags and varying(values[:look]) < FEWEST_CHANGED:
        found = found._replace(low=np.nan, high=np.nan)
    return found, chance * (1.0 if flags else 0.6)


def rows() -> Iterator[Row]:
    """Yield what is estimated, by each method."""
    for name, chance in CHANCES.items():
        pure = f"{name}: {chance:.0%} of pairs rise"
        if chance < 1.0:
            yield Row("paired, 0 and 1", "Bonett & Price", pure, partial(_paired, _flags, rise=chance, fall=0.0))
        mixed = {"rise": 0.6 * chance, "fall": 0.4 * chance}
        yield Row("paired, 0 and 1", "Bonett & Price", f"{name}: {mixed['rise']:.0%} rise, {mixed['fall']:.0%} fall",
                  partial(_paired, _flags, **mixed))  # fmt: skip
    for name, chance in CHANCES.items():
        for kind in ("alike", "even", "skewed", "both ways"):
            yield Row("paired, bounded", "one more at each end, Student", f"{name}: {chance:.0%} change, {kind}",
                      partial(_paired, _bounded, chance=chance, kind=kind))  # fmt: skip
    for first, second in ((0.02, 0.05), (0.05, 0.3), (0.5, 0.5), (0.4, 0.9)):
        values = f"{first:.0%} and {second:.0%}"
        yield Row("unpaired, 0 and 1", "Agresti & Caffo", values,
                  partial(_apart, first=first, second=second, bounded=False))  # fmt: skip
        yield Row("unpaired, bounded", "one more at each end, Welch", f"{values} not 0",
                  partial(_apart, first=first, second=second, bounded=True))  # fmt: skip
    for rise, fall in ((0.05, 0.0), (0.4, 0.1)):
        yield Row("two points of a curve, 0 and 1", "Cousineau & Morey, one more each way",
                  f"{rise:.0%} rise, {fall:.0%} fall", partial(_compared, rise=rise, fall=fall))  # fmt: skip
    yield Row(
        "two of 60 points, 0 and 1", "Cousineau & Morey, one more each way", "alike", partial(_of_many, points=60)
    )
    for chance in (0.05, 0.5):
        yield Row("Shapley share, 0 and 1", "one more at each end", f"counts in {chance:.0%}",
                  partial(_share_of_change, chance=chance))  # fmt: skip
        yield Row("a ratio of sums", "Cochran, one more at each end", f"{chance:.0%}", partial(_part, chance=chance))

    for main, name, method in (("consensus", "0 and 1", "Wilson"), ("share_agreed", "bounded", "Student")):
        for chance in (0.05, 0.5):
            draw = partial(_stopped, main=main, chance=chance)
            yield Row(f"stopped, {name}", f"{method}, looks paid for", f"{chance:.0%}", draw, least=20)


@cache
def _study(main: str, n: int) -> Study:
    """Return a study whose cells stop at 10 runs or a double of them, n at most."""
    stop = {"half_width": 0.12, "every": 10}
    return Study.model_validate({"scenario": "classroom", "main": main, "replications": n, "stop": stop})


def covered(row: Row, n: int, draws: int) -> tuple[float, float]:
    """Return the share of printed intervals that hold the truth, and the share of samples that print none."""
    rng = np.random.default_rng(2012)
    held = printed = 0
    for _ in range(draws):
        estimate, truth = row.draw(rng, n)
        if not np.isnan(estimate.low):
            printed += 1
            held += estimate.low - 1e-9 <= truth <= estimate.high + 1e-9
    return held / printed if printed else np.nan, 1.0 - printed / draws


def coverage(draws: int, *, every: bool) -> Iterator[list[str]]:
    """Yield the header of the table of coverage, then a row a method and distribution, two columns a size."""
    yield ["what", "method", "truth", *(part for n in SIZES for part in (f"{n} runs", "none"))]
    for row in rows():
        parts = []
        for n in SIZES:
            if n < row.least:
                parts += ["", ""]
                continue
            holds, none = covered(row, n, draws)
            is_shown = every or none <= 1.0 - FEWEST_PRINTED
            failed = " FAILS" if is_shown and holds < LEAST else ""
            parts += [f"{100 * holds:.1f}{failed}" if is_shown and not np.isnan(holds) else "", f"{100 * none:.0f}"]
        yield [row.what, row.method, row.values, *parts]


COMPARED = {
    "classroom": ["process.chair.pressure=high", "trust.chair=0.45", "informal.mixed_evenings=1", "meetings.count=2"],
    "storm": ["context.tension=high", "trust.across=low"],
}
MEASURES = ("consensus", "share_agreed", "depth_overall", "trust_across_end", "minutes")


def power() -> Iterator[list[str]]:
    """Yield the header of the table of power, then a row a scenario, change and measure."""
    yield ["scenario and change", "measure", "difference", "enough", "excludes zero"]
    for name, changes in COMPARED.items():
        base = run(load(name), replications=PAIRS, seed=5)
        for change in changes:
            changed = run(load(name, changes=[change]), replications=PAIRS, seed=5)
            for measure in MEASURES:
                before, after = measure_of(base, measure), measure_of(changed, measure)
                n, gap = telling_pairs(after, before), float(np.mean(after - before))
                if n is None or not FEWEST_CHANGED < n <= PAIRS // 4:  # 20 are the fewest that print
                    continue
                rng, told = np.random.default_rng(n), 0
                for _ in range(RESAMPLES):
                    some = rng.integers(0, PAIRS, n)
                    told += difference(after[some], before[some]).excludes_zero
                failed = "" if POWERS[0] <= told / RESAMPLES <= POWERS[1] else " FAILS"
                yield [f"{name}, {change}", measure, f"{gap:+.3f}", f"{n:,}", f"{told / RESAMPLES:.3f}{failed}"]


def _written(table: Iterator[list[str]]) -> str:
    lines = []
    for line in table:
        print("  ".join(line), file=sys.stderr, flush=True)
        lines.append(line)
    return grid(lines[0], lines[1:])


def main() -> None:
    """Print the tables, or write them into a page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="*", choices=("coverage", "power"), default=("coverage", "power"))
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--all", action="store_true", help="also where fewer than one sample in ten prints")
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()
    made = {"coverage": lambda: coverage(asked.draws, every=asked.all), "power": power}
    tables = "\n\n".join(_written(made[part]()) for part in asked.only)
    if asked.page is None:
        print(tables)
    else:
        before, _, rest = asked.page.read_text(encoding="utf-8").partition(BEGIN)
        text = f"{before}{BEGIN}\n\n{tables}\n\n{END}{rest.partition(END)[2]}"
        asked.page.write_text(text, encoding="utf-8")
    if "FAILS" in tables:
        sys.exit(1)


if __name__ == "__main__":
    main()
