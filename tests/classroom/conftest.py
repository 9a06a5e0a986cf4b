"""Packs of the classroom, made once: few runs, since no law below needs many."""

import pytest

from negsim.classroom import pack, people
from negsim.classroom.pack import PACK_SEED, pack_of
from negsim.classroom.topic import Topic
from negsim.report.progress import followed
from negsim.scenario import load

FOCAL, SMALL, STORM = "cstd_wgigf_2011", "classroom", "storm"
RUNS = 20


def no_page(source, **_asked):
    """In place of the page of a scenario, which takes seconds."""
    yield 1, 1, "pages"
    return f"<!doctype html><title>{source.name} {source.seed}</title>"


@pytest.fixture(scope="session", autouse=True)
def _quick():
    """Openings are watched a few times, and pages are not made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "OPENING_DRAWS", 4)
        patch.setattr(pack, "page_steps", no_page)
        yield


@pytest.fixture(scope="session")
def focal():
    return followed(pack_of(load(FOCAL), FOCAL, replications=RUNS))


@pytest.fixture(scope="session")
def stormy():
    return followed(pack_of(load(STORM), STORM, replications=RUNS))


@pytest.fixture(scope="session")
def small():
    return followed(pack_of(load(SMALL), SMALL, replications=RUNS))


@pytest.fixture(scope="session")
def small_topic():
    return Topic(SMALL, load(SMALL), PACK_SEED, RUNS)


@pytest.fixture(scope="session")
def focal_topic():
    return Topic(FOCAL, load(FOCAL), PACK_SEED, RUNS)
