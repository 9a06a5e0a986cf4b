"""Links hold exactly what is on screen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import negsim
from negsim.cast.knobs import KNOBS
from negsim.cast.studio import packed
from negsim.errors import ScenarioError
from negsim.negotiation.measures import matrix
from negsim.scenario import text_of
from negsim.studio import links
from negsim.studio.limits import RefusedError
from negsim.studio.links import Variant, in_order, query, unpack, variant_of
from negsim.study.runner import run

LEVELS = {
    "count": st.integers(1, 1000),
    "name": st.sampled_from(["rolling_text", "chair_text"]),
    "share": st.just(0.0) | st.floats(0.001, 1.0),
}
VARIANTS = st.builds(
    Variant,
    name=st.sampled_from(["classroom", "cstd_wgigf_2011", "cases/wgig"]),
    turned=st.fixed_dictionaries({path: st.none() | LEVELS[knob.words.unit] for path, knob in KNOBS.items()}).map(
        in_order
    ),
    changes=st.lists(st.sampled_from(["process.chair.pressure=0", "context.tension=high"]), unique=True).map(tuple),
    seed=st.integers(0, 2**64 - 1),
    replication=st.integers(0, 2**32 - 1),
)


@given(VARIANTS)
def test_a_link_says_exactly_the_variant(variant):
    assert variant_of(query(variant)) == variant


def test_a_link_carries_a_scenario_of_ones_own():
    variant = Variant(turned=(("meetings.count", 2),), text=text_of("wgig_2005") + "# Ünïcode\n", seed=9)
    again = variant_of(query(variant))
    assert again.text == variant.text
    assert again.scenario() == variant.scenario()
    assert len(query(variant)) < 5_000


def test_a_link_gives_the_run_of_the_command_line():
    variant = variant_of("s=cstd_wgigf_2011&m=3&w=rolling_text&e=0.5&o=0.25&c=process.chair.pressure%3D0&seed=5")
    same = negsim.load(
        "cstd_wgigf_2011",
        changes=[
            "process.chair.pressure=0",
            "meetings.count=3",
            "methodology=rolling_text",
            "informal.mixed_evenings=0.5",
            "informal.corridors=0.25",
        ],
    )
    one, other = (run(scenario, replications=5, seed=5).results.runs for scenario in (variant.scenario(), same))
    assert np.array_equal(matrix(one), matrix(other), equal_nan=True)


def test_a_scenario_is_read_once_for_all_the_runs_of_its_variant(monkeypatch):
    read = []
    monkeypatch.setattr(links, "load", lambda name: read.append(name) or negsim.load(name))
    links._written.cache_clear()
    links._changed.cache_clear()
    one = Variant(name="wgig_2005", turned=(("meetings.count", 2),)).scenario()
    assert Variant(name="wgig_2005", turned=(("meetings.count", 2),), seed=5, replication=7).scenario() is one
    assert Variant(name="wgig_2005", turned=(("meetings.count", 3),)).scenario() != one
    assert read == ["wgig_2005"]


@pytest.mark.parametrize(
    "text",
    [
        "s=../../etc/passwd",
        "s=classroom.yaml",
        "s=nothing",
        "who=me",
        "m=1e3",
        "m=٣",
        "e=nan",
        "y=!!!",
        "s=classroom&y=AAAA",
        "c=" + "x" * 201,
        "x" * 20_000,
        "a;b",
    ],
)
def test_a_link_that_is_malformed_is_refused(text):
    with pytest.raises(RefusedError):
        variant_of(text)


def test_a_small_link_cannot_unpack_to_a_large_text():
    with pytest.raises(RefusedError, match="too large"):
        unpack(packed(" " * (2**20 + 1)))
    assert len(unpack(packed("x" * 2**20))) == 2**20


def test_a_scenario_in_a_link_can_name_no_file(tmp_path):
    people = tmp_path / "people.yaml"
    people.write_text("issues: {}")
    for name in (str(people), "../populations/cstd_wgigf.yaml", "people.yaml"):
        with pytest.raises(ScenarioError, match="unknown population"):
            Variant(text=f"format: 1\ntitle: x\npopulation: {name}\nprocess: {{}}\n").scenario()


def test_errors_in_a_link_have_their_place():
    text = text_of("classroom").replace("seats: 4", "seets: 4")
    with pytest.raises(
        ScenarioError, match=r"scenario.yaml:\d+:\d+: groups.government.seets: unknown key; did you mean"
    ):
        Variant(text=text).scenario()


def test_a_link_has_so_many_changes_and_no_more():
    with pytest.raises(RefusedError, match="at most 24 of 200 letters"):
        variant_of("&".join(["c=a"] * 25))
