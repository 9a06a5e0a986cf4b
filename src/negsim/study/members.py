"""The patterns over an ensemble: for what share of its members each holds.

Rules that hold here
- Every member is judged by itself, on the same replications as every other, which no calibration saw.
- A calibrated target holds for a member if its estimate lies in the range; a pattern by the rule of `patterns.agrees`.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

import numpy as np

from negsim.scenario.ensembles import members
from negsim.study.estimates import Estimate, share
from negsim.study.evidence import CALIBRATED, CHECK_SEED, TARGETS
from negsim.study.patterns import PATTERNS, Bench, Standing, agrees
from negsim.study.plausible import LEAST_MOVING, judge
from negsim.study.runner import Step


class Holding(NamedTuple):
    """A pattern's contrast, and the share of members for which it holds."""

    pattern: str
    standing: Standing
    label: str
    expected: str
    share: Estimate


def holdings(ensemble: str, *, replications: int = 200, seed: int = CHECK_SEED) -> Generator[Step, None, list[Holding]]:
    """Every target and pattern over the members of an ensemble. Raises KeyError if it lacks a calibrated parameter."""
    known = members(ensemble)
    held: dict[tuple[str, Standing, str, str], list[float]] = {}
    for n, member in enumerate(known):
        verdict = judge(tuple(member[name] for name in CALIBRATED), replications=replications, seed=seed)
        for target, value in zip(TARGETS, verdict.observed, strict=True):
            label = f"{target.measure} in {target.low:g} .. {target.high:g}"
            key: tuple[str, Standing, str, str] = (target.process, "calibrated", label, "in range")
            held.setdefault(key, []).append(float(target.low <= value <= target.high))
        moving: tuple[str, Standing, str, str]
        moving = ("single changes that move the first phase", "calibrated", "share agreed", f"{LEAST_MOVING} or more")
        held.setdefault(moving, []).append(float(verdict.moving >= LEAST_MOVING))
        bench = Bench(replications, seed, tuple(f"parameters.{name}={value!r}" for name, value in member.items()))
        for pattern in PATTERNS:
            for contrast in pattern.contrasts:
                holds = agrees(bench.contrast(contrast), contrast.expected)
                key = (pattern.name, pattern.standing, contrast.label, contrast.expected)
                held.setdefault(key, []).append(float(holds))
        yield n + 1, len(known), "members"
    return [Holding(*key, share(np.array(values))) for key, values in held.items()]
