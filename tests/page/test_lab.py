"""The lab of a page, with elements for node and the program of the page: what its curves and its sentences say."""

from functools import cache

import pytest

from negsim.negotiation.runs import replicate
from negsim.report.words import percent
from negsim.scenario import load
from negsim.scenario.lowering import issue_names, lower
from node import SCRIPTS, answer, beginning, needs_node, parts_of

pytestmark = [needs_node, pytest.mark.slow]
LAB = beginning(SCRIPTS / "lab.mjs")


@cache
def made(name, *changes):
    """A scenario and the blocks of its page."""
    scenario = load(name, changes=changes)
    return scenario, parts_of(scenario, name, seat=None)


def shown(name, script, setting=(), changes=()):
    scenario, parts = made(name, *changes)
    return scenario, answer(LAB + script, setting=dict(setting), **parts)


CURVES = """
answer([lab.curves.map(({name, kind, points}) => [name, kind, points]), hidden, text("held"), text("curves")]);
"""


def test_beside_a_curve_over_meetings_stands_the_same_with_the_days_held():
    """At the meetings as written both are the same point; it has none for more meetings than days."""
    scenario, (curves, hidden, note, legend) = shown("cstd_wgigf_2011", CURVES)
    days = sum(meeting.days for meeting in scenario.process.meetings)
    (own, _, points), (name, kind, held) = curves
    assert (name, kind, own) == (f"{days} days in all", "held", "as written")
    assert [point["level"] for point in held] == list(range(days))
    written = len(scenario.process.meetings) - 1
    assert held[written] == points[written]
    assert held != points[:days]
    assert not hidden
    assert f"divides {days} days in all among them" in note
    assert legend == f"as written{days} days in all: as written"


def test_a_companion_keeps_what_else_is_turned():
    _, (curves, *_) = shown("cstd_wgigf_2011", CURVES, {"evenings": 4})
    assert [kind for _, kind, _ in curves] == ["written", "now", "held"]
    _, now, held = (points for *_, points in curves)
    assert held[1] == now[1]  # 2 meetings, as written


ISSUES = """
const lines = root.getElementById("by-issue").all(({name}) => name === "li");
answer([lines.map((one) => one.textContent), root.getElementById("by-issue").hidden]);
"""


def test_what_became_of_each_paragraph_is_said_as_shares_of_the_runs():
    scenario, (lines, hidden) = shown("storm", ISSUES)
    agreed = replicate(lower(scenario), 0, 0, 30).issues["agreed"].mean(axis=0)
    assert not hidden
    for line, label, kept in zip(lines, issue_names(scenario), agreed, strict=True):
        assert line == f"{label}: agreed in {percent(kept)} of runs"


def test_chunks_are_taken_in_the_order_of_their_runs_whatever_worker_made_them_first():
    """Four chunks are out at once for two workers; the last to be asked for come first, and the runs are the same."""
    most, sizes, values = answer(SCRIPTS / "chunks.mjs")
    assert most == 4
    assert sizes == sorted(sizes)
    assert sizes[0] == 0  # the first chunk was the last to come
    assert values == list(range(300))


def test_chunks_grow_where_runs_are_quick_and_shrink_where_they_are_slow():
    """Two chunks are out at once, the first of 10 runs and the second of 40, of 1,000 in all."""
    quick, slow = (answer(SCRIPTS / "sizes.mjs", milliseconds=milliseconds) for milliseconds in (0.1, 100))
    assert quick[:2] == slow[:2] == [10, 40]
    assert max(quick) * 0.1 > 10  # milliseconds: a chunk is long enough for what it costs the page
    assert max(slow[4:]) * 100 <= 400  # after those that were asked for before the first answer
    assert sum(quick) == sum(slow) == 1000


def test_no_chunk_is_asked_for_while_nobody_sees_the_page():
    assert answer(SCRIPTS / "unseen.mjs") == [0, 2, 1]


def test_runs_go_to_the_worker_with_least_to_do_and_games_to_the_first():
    count, asked = answer(SCRIPTS / "workers.mjs")
    assert count == 3
    assert asked == ["first values", "second values", "third values", "first values", "first run"]
