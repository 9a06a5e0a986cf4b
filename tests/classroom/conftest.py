"""Packs of the classroom, made once: few runs, since no law below needs many."""

from contextlib import contextmanager

import pytest

from negsim.classroom import pack, people, written
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


@contextmanager
def quick():
    """Openings are watched a few times, and pages are not made, for as long as the block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "OPENING_DRAWS", 4)
        patch.setattr(pack, "page_steps", no_page)
        patch.setattr(written, "DEALS", 3)
        yield


@pytest.fixture(scope="module", autouse=True)
def _quick():
    """Tests of other rooms, which may come after these, have all openings and real pages."""
    with quick():
        yield


def made(name):
    with quick():
        return followed(pack_of(load(name), name, replications=RUNS))


@pytest.fixture(scope="session")
def focal():
    return made(FOCAL)


@pytest.fixture(scope="session")
def stormy():
    return made(STORM)


@pytest.fixture(scope="session")
def small():
    return made(SMALL)


@pytest.fixture(scope="session")
def small_topic():
    return Topic(SMALL, load(SMALL), PACK_SEED, RUNS)


@pytest.fixture(scope="session")
def focal_topic():
    return Topic(FOCAL, load(FOCAL), PACK_SEED, RUNS)
