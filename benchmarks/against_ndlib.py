"""Compare Deffuant's and Hegselmann and Krause's models with those of NDlib 6 on a complete graph.

NDlib's `AlgorithmicBiasModel` without bias (gamma 0) is Deffuant's model. An iteration is N encounters: a random
delegate meets another one, drawn with equal chances, and both go to the middle if they are nearer than epsilon. Ours
is N calls of `influence.encounter`.

Its `HKModel` draws N delegates an iteration and takes for each the mean of all neighbours nearer than epsilon, but
moves only the one it drew last (the assignment stands outside the loop in NDlib 6.0.1). The work is N means an
iteration, one of them kept. Ours is one call of `influence.gather`, which is N means, and the same one kept. NDlib's
neighbours do not include the delegate itself; an edge from everybody to itself makes them, as in the paper.

Checked: from the same first opinions, every opinion at the end, within 1e-9. For Hegselmann and Krause both sides draw
from numpy's generator, for the check from the same seed. Deffuant's encounters come from each side's own generator
when timed; for the check NDlib is given the numbers that ours draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import networkx as nx
import numpy as np
from loops import TURNS, encounters, means_one_kept
from ndlib.models import ModelConfig
from ndlib.models.DiffusionModel import DiffusionModel
from ndlib.models.opinions import AlgorithmicBiasModel, HKModel
from rooms import SEED
from table import Row, Target, times_as_fast
from timing import best

from negsim.negotiation.tables import Floats
from negsim.randomness import Decision, stream, uniform

SIZES = (42, 300)
ROUNDS = 20  # iterations of NDlib
BOUND = 0.3
WITHIN = 1e-9
TARGET = Target(least=100)


def rows() -> Iterator[Row]:
    """Both models at every size."""
    for n in SIZES:
        yield deffuant(n)
    for n in SIZES:
        yield hegselmann_krause(n)


def deffuant(n: int) -> Row:
    """Compare N encounters an iteration."""
    first, address = np.random.default_rng(SEED).random(n), stream(SEED, 0)
    peer = configured(AlgorithmicBiasModel(nx.complete_graph(n)), gamma=0.0)

    def ours() -> Floats:
        position = first.copy()
        encounters(position, address, ROUNDS * n, BOUND)
        return position

    with the_draws_of_ours(n):
        theirs = iterated(peer, first)
    same = np.allclose(ours(), theirs, rtol=0.0, atol=WITHIN)
    seconds = best([ours, lambda: iterated(peer, first)])
    return times_as_fast(f"Deffuant, {n} delegates; NDlib", *seconds, same=same, target=TARGET)


def hegselmann_krause(n: int) -> Row:
    """Compare N means an iteration, one of them kept."""
    first, generator = np.random.default_rng(SEED).random(n), np.random.RandomState(SEED)
    graph = nx.complete_graph(n)
    graph.add_edges_from((i, i) for i in range(n))
    peer = configured(HKModel(graph))

    def ours() -> Floats:
        position, drawn = first.copy(), generator.randint(0, n, (ROUNDS, n))
        means_one_kept(position, drawn[:, -1], BOUND)
        return position

    np.random.seed(SEED)  # noqa: NPY002 - NDlib draws from this one
    same = np.allclose(ours(), iterated(peer, first), rtol=0.0, atol=WITHIN)
    seconds = best([ours, lambda: iterated(peer, first)])
    return times_as_fast(f"Hegselmann-Krause, {n} delegates; NDlib", *seconds, same=same, target=TARGET)


def configured(model: DiffusionModel, **parameters: float) -> DiffusionModel:
    """Configure a model of NDlib with the bound and the other parameters."""
    configuration = ModelConfig.Configuration()
    for name, value in {"epsilon": BOUND, **parameters}.items():
        configuration.add_model_parameter(name, value)
    model.set_initial_status(configuration)
    return model


def iterated(model: DiffusionModel, first: Floats) -> Floats:
    """Return opinions (N) after `ROUNDS` iterations from the first; the very first iteration of NDlib does nothing."""
    model.status, model.actual_iteration = dict(enumerate(first.tolist())), 1
    if isinstance(model, AlgorithmicBiasModel):
        model.sts = first.astype(object)  # it keeps them twice
    for _ in range(ROUNDS):
        model.iteration(node_status=False)
    return np.array(list(model.status.values()))


def the_draws_of_ours(n: int) -> patch:
    """Make numpy's generator, while the patch lasts, draw what `influence.encounter` draws: who, then whom."""
    address = stream(SEED, 0)

    def draw(whom: int) -> Iterator[float]:
        for turn in range(ROUNDS * n):
            yield uniform(address, Decision.ENCOUNTER.value, 0, turn % TURNS, turn // TURNS, 0, whom)

    who = (int(u * n) for u in draw(0))
    return patch.multiple(np.random, randint=lambda *_: next(who), random_sample=draw(1).__next__)
