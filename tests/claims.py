"""Sentences that claim something, and arrays in which what they say is not so.

A row of `CLAIMS` is a sentence, its null and the function that says of one draw of it whether the sentence is said. It
may be in at most `MOST[1000]` of 1,000 draws; the tests try 20 and, deep, 200.

    .venv/bin/python tests/claims.py docs/designs.md      (writes the table; two minutes)
"""

import re
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
import pandas as pd

from answers import finished
from negsim.negotiation.measures import RUN_ROW
from negsim.report import explanations
from negsim.report import robust as robust_report
from negsim.report.explanations import at_length
from negsim.report.markdown import grid
from negsim.report.plots.sensitivity import sensitivity_picture
from negsim.scenario import load
from negsim.study import discover, fit, interventions, robust, sensitivity, sequential
from negsim.study.catalogue import Intervention
from negsim.study.compare import compare
from negsim.study.estimates import difference
from negsim.study.explain import shared_out
from negsim.study.runner import Runs
from negsim.study.worlds import World

DRAWS, SEED = 1000, 2013
MOST = {20: 4, 200: 17, DRAWS: 64}  # of draws: a rate of 5 % passes these in at most one of fifty trials
TOWN = load("classroom")  # the scenario of runs and worlds whose numbers are made up
BEGIN, END = "<!-- claims -->", "<!-- /claims -->"


# ------------------------------------------------------------------------------------------------ fit and discover


def near(rng):
    """The nearest tenth of 200 cells is anyhow, as an observation that says nothing gives it, with six parameters."""
    weights = np.zeros(200)
    weights[rng.choice(200, 20, replace=False)] = 1.0
    return rng.random((200, 6)), weights


def belongs_together(rng, seed):
    return bool(fit.correlated(*near(rng), seed))


def is_constrained(rng, seed):
    values, weights = near(rng)
    return any(fit._moved(pd.Series(column), weights, seed) <= 0.05 / 6 for column in values.T)


def is_where(rng, _):
    """Three factors of 120 cells with five runs each."""
    columns = {name: rng.random(120) for name in "abc"}
    hits = rng.binomial(5, 0.5, 120) / 5.0
    cells = rng.permutation(120)
    halves = np.sort(cells[::2]), np.sort(cells[1::2])
    old = {name: column[halves[0]] for name, column in columns.items()}
    path, chosen, _ = discover._searched(old, hits[halves[0]], None)
    return bool(discover.measurable_box(columns, hits, halves, path[chosen]))


# ------------------------------------------------------------------------------------------------ compare and explain


def changed(rng, _):
    """Sixty pairs of runs."""
    move = rng.random(60)
    before = np.where(move < 0.15, 0.0, np.where(move < 0.3, 1.0, rng.integers(0, 2, 60)))
    return difference(np.where(move < 0.3, 1.0 - before, before), before).excludes_zero


def are_enough(rng, _, *, gain=0.0):
    """A hundred runs of two alternatives, of which the second has so much more."""
    alternatives = {}
    for name, chance in (("a", 0.3), ("b", 0.3 + gain)):
        runs = np.zeros(100, RUN_ROW)
        runs["outcome"] = np.where(rng.random(100) < chance, 1, 3)
        runs["share_agreed"] = rng.random(100) + gain
        alternatives[name] = Runs(TOWN, 0, 0, SimpleNamespace(runs=runs))
    return any((one.enough or 10**9) <= 100 for one in compare(alternatives, ["consensus", "share_agreed"]))


def three_parts(rng):
    """Three parts, each of which does its share by itself, with luck of every hybrid's own."""
    values = np.array([0.3 * mask.bit_count() + 0.3 * rng.standard_normal(60) for mask in range(8)])
    return at_length(shared_out("depth_overall", values, ("a", "b", "c")), "A", "B")


def needs_the_others(rng, _):
    return bool(re.search("the others:|make up for", three_parts(rng)))


def each_other(rng, _):
    return "each other" in three_parts(rng)


# ------------------------------------------------------------------------------------------------ sensitivity

FACTORS = "vwyz"


def saltelli(rng, seed, of_levels):
    """The caption of four factors over a design of 64 points with the cells of pairs."""
    a, b = rng.random((2, 64, 4))
    mixed = [np.where(np.arange(4) == n, other, one) for one, other in ((a, b), (b, a)) for n in range(4)]
    values = of_levels(rng, np.concatenate([a, b, *mixed]))
    return caption_of(sensitivity._sobol_indices(FACTORS, values, 64, seed))


def morris(rng, seed, of_levels):
    """The same of effects along ten trajectories."""
    values = of_levels(rng, sensitivity.shares_of("morris", 4, 10, seed))
    return caption_of(sensitivity._morris_indices(FACTORS, values, 10, seed))


def caption_of(indices):
    return sensitivity_picture(indices, "depth").caption


def added_up(rng, levels, weights=(1.0, 1.0, 1.0, 1.0)):
    """Four factors that add up, with the noise of few runs."""
    return levels @ weights + 0.2 * rng.standard_normal(len(levels))


def counts_most(rng, seed, *, design=saltelli, of_levels=added_up):
    """Some other factor is not said to be as strong as the strongest."""
    beside = re.search("; (.*) cannot be told apart from it", design(rng, seed, of_levels))
    return beside is None or len(re.findall(rf"\b[{FACTORS}]\b", beside[1])) < 3


def only_together(rng, seed, *, of_levels=added_up):
    return "Only together" in saltelli(rng, seed, of_levels)


# ------------------------------------------------------------------------------------------------ robust

SEVEN = [Intervention(name, frozenset({name}), {}) for name in "ABCDEFG"]


def robustness(rng, seed, *, kind="draws", effects=(0.0,) * 7):
    """Changes in thirty worlds of sixty runs, about which four inputs say nothing."""
    worlds = [World(f"{w}", TOWN, {f"groups.{n}.x": float(rng.random()) for n in range(4)}) for w in range(30)]
    chances = rng.uniform(0.1, 0.4, (1, 30, 1)) + np.array([0.0, *effects]).reshape(-1, 1, 1)
    values = (rng.random((8, 30, 60)) < chances).astype(float)
    trials = robust._Trials(worlds, None, "consensus", 60)
    return robust_report._advice(robust._answer(trials, SEVEN, values, kind, seed))


def helps(text):
    by_chance = r"(0|\d+ \(as chance would\))"
    return not re.search(f"helps in {by_chance} and hurts in {by_chance}[.]", text)


def is_better(text):
    """Some change is said to be best more often, less far behind, or better somewhere."""
    is_first = "best more often than “.”, “.”, “.” and 3 others cannot be told" not in re.sub("“[A-G]”", "“.”", text)
    return is_first or "nothing more" not in text or bool(re.search("regret|hangs on|After the step", text))


def is_robust(rng, seed, *, kind="draws"):
    text = robustness(rng, seed, kind=kind)
    return helps(text) or is_better(text)


def ranks(rng, seed):
    return is_better(robustness(rng, seed, effects=(0.3,) * 7))


# ------------------------------------------------------------------------------------------------ why

FOURTEEN = [
    Intervention(path, frozenset({path}), {path: 0})
    for path in (
        "meetings.count", "methodology", "process.chair.pressure", "informal.mixed_evenings", "context.tension",
        "context.linkage", "trust.across", "trust.within", "groups.a.salience", "groups.b.red_lines", "groups.a.seats",
        "groups.b.position", "process.decision_rule", "process.record_dissent",
    )
]  # fmt: skip


class Replications(NamedTuple):
    """Runs of a scenario that is only a name."""

    values: np.ndarray
    seed: int = 0
    own_measures: tuple[str, ...] = ()

    def __len__(self):
        return len(self.values)

    def column(self, _):
        return self.values

    def by_issue(self, _):
        return np.zeros((len(self.values), 1))


def advice(rng, *, effect, best=0.0, issues=0):
    """What `why` says while it goes on and at the end, of changes that raise a chance of .2; the first by more.

    issues: of which a share is agreed, each by that chance; with none, the chance is that of consensus.
    """
    measure, shape = ("share_agreed", (500, issues)) if issues else ("consensus", (500, 1))
    common, made = rng.random(shape), {}

    def runs_of(name, *, first=0, replications):
        if name not in made:
            own = np.where(rng.random((500, 1)) < 0.5, common, rng.random(shape))
            chance = 0.2 + (name != "") * effect + (name == FOURTEEN[0].name) * best
            made[name] = (own < chance).mean(axis=1)
        return Replications(made[name][first : first + replications])

    with ExitStack() as held:
        for where, name, value in (
            (Intervention, "of", lambda one, _: one.name),
            (interventions, "failure", lambda _: None),
            (interventions, "_line_effects", lambda *_: []),
            (interventions, "MOST_PARTS", 3),
            (explanations, "_MOST_NAMED", len(FOURTEEN)),
        ):
            held.enter_context(patch.object(where, name, value))
        search = interventions._Search("", runs_of, sequential.looks(250), measure, 0.5)
        contests = finished(search.race(FOURTEEN), steps := [])
        early = next(step.answer for step in steps if isinstance(step, sequential.Interim))
        pools = [one for one in FOURTEEN if one.kind == "process"], FOURTEEN
        bundles = [finished(search.bundle(pool)) for pool in pools]
        finished(search.again([one.standing[0].intervention for one in contests], bundles))
        return explanations.early_effects_text(early), explanations._advice(search.answer(contests, bundles))


def raises(rng, _, *, effect=0.0, issues=0):
    early, final = advice(rng, effect=effect, issues=issues)
    return "most is" in early or bool(re.search("most is| it is |reach| lower", final))


def is_not_the_best(rng, _, *, issues=0):
    """One change is better than the others by a hair."""
    return not all(FOURTEEN[0].name in text for text in advice(rng, effect=0.3, best=1e-9, issues=issues))


def is_enough(rng, _, *, effect=0.299, issues=0):
    """What reaches a threshold but for a thousandth is said to reach it."""
    return bool(re.search("is enough to reach|together reach", advice(rng, effect=effect, issues=issues)[1]))


class Claim(NamedTuple):
    """A sentence, where nothing is so, and whether it is said of a draw of that."""

    sentence: str
    null: str
    is_said: Callable[[np.random.Generator, int], bool]


CLAIMS = (
    Claim("`fit`: what they say about ... belongs together", "six parameters, an observation that says nothing",
          belongs_together),
    Claim("`fit`: a parameter is constrained", "the same", is_constrained),
    Claim("`discover`: a box", "three factors, as many hits everywhere", is_where),
    Claim("`compare`, `explain`: an effect", "as many of 60 pairs of runs rise as fall", changed),
    Claim("`compare`: these runs would have been enough", "two alternatives that are alike",
          are_enough),
    Claim("`explain`: ... needs the others, the others make up for ...", "three parts that each do their share",
          needs_the_others),
    Claim("`explain`: ... help, or replace, each other most", "the same", each_other),
    Claim("`sensitivity`: depends most on ... (total indices)", "four factors that count for the same", counts_most),
    Claim("`sensitivity`: depends most on ... (elementary effects)", "the same", partial(counts_most, design=morris)),
    Claim("`sensitivity`: only together, ... explain", "four factors that add up", only_together),
    Claim("`robust`: any change helps or hurts, is best, less far behind, or better by some input",
          "seven changes that do nothing", is_robust),
    Claim("`robust`: the same by steps", "the same", partial(is_robust, kind="steps")),
    Claim("`robust`: any change is best, less far behind, or better by some input", "seven changes that do the same",
          ranks),
    Claim("`why`: anything raises or lowers the chance of consensus, alone or together",
          "fourteen changes that do nothing", raises),
    Claim("`why`: the best is another than those that ... names", "fourteen changes, one better by a hair",
          is_not_the_best),
    Claim("`why`: ... is enough, or together reach", "all just below the threshold", is_enough),
    Claim("`why` of a share of five issues: anything raises or lowers it", "fourteen changes that do nothing",
          partial(raises, issues=5)),
    Claim("`why` of a share of five issues: the best is another than those that ... names",
          "fourteen changes, one better by a hair", partial(is_not_the_best, issues=5)),
    Claim("`why` of a share of five issues: ... is enough, or together reach", "all just below the threshold",
          partial(is_enough, issues=5)),
)  # fmt: skip


def says(claim, draws):
    """Of which of so many nulls the sentence is said, with fewer resamples than a fit and a study take."""
    rng = np.random.default_rng(SEED)
    with patch.object(fit, "_PERMUTATIONS", 239), patch.object(sensitivity, "_RESAMPLES", 199):
        return np.array([claim.is_said(rng, n) for n in range(draws)])


def main():
    """Write the table of false alarms into a page."""
    page = Path(sys.argv[1])
    rows = [[claim.sentence, claim.null, f"{says(claim, DRAWS).sum()}"] for claim in CLAIMS]
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    table = grid(["sentence", "where nothing is so", "false of 1,000"], rows)
    page.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
