"""Packs of the classroom, made once: few runs, since no law below needs many."""

import pytest

from negsim.classroom import people, topic
from negsim.classroom.pack import PACK_SEED, pack_of
from negsim.classroom.topic import Topic
from negsim.report.progress import followed
from negsim.scenario import load

FOCAL, SMALL = "cstd_wgigf_2011", "classroom"
RUNS = 20


@pytest.fixture(scope="session", autouse=True)
def _few_runs():
    """Lesson 3 makes as many runs as the lab, and watches as many draws; here both are few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(topic, "LAB_RUNS", RUNS)
        patch.setattr(people, "OPENING_DRAWS", 4)
        yield


@pytest.fixture(scope="session")
def focal():
    return followed(pack_of(load(FOCAL), FOCAL, replications=RUNS))


@pytest.fixture(scope="session")
def small():
    return followed(pack_of(load(SMALL), SMALL, replications=RUNS))


@pytest.fixture(scope="session")
def small_topic():
    return Topic(SMALL, load(SMALL), PACK_SEED, RUNS)


@pytest.fixture(scope="session")
def focal_topic():
    return Topic(FOCAL, load(FOCAL), PACK_SEED, RUNS)
