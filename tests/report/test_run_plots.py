"""Pictures: what they draw, what they name, that nothing global changes."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes

from negsim.cast.codes import OUTCOMES, STATUSES
from negsim.cast.palette import GROUP_COLOURS, group_colours
from negsim.negotiation.measures import allocate_results
from negsim.negotiation.runs import watch
from negsim.negotiation.tables import Outcome, Status
from negsim.report import plots
from negsim.report.plots import style
from negsim.report.plots.run import openings
from negsim.report.plots.style import darker, spread_out
from negsim.scenario import load, loads
from negsim.scenario.lowering import lower
from negsim.study.runner import Runs, run

SCENARIO = load("cstd_wgigf_2011")
GROUPS = [group.label for group in SCENARIO.groups.values()]
ISSUES = [issue.label for issue in SCENARIO.issues.values()]


@pytest.fixture(scope="module")
def trace():
    return watch(lower(SCENARIO), seed=2011)


@pytest.fixture(scope="module")
def runs():
    return {"one": run(SCENARIO, replications=3, seed=1), "other": run(SCENARIO, replications=2, seed=2)}


def texts(ax: Axes) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.texts]


def labels(ticks) -> list[str]:
    return [tick.get_text().replace("\n", " ") for tick in ticks]


def test_a_paragraph_has_the_colour_of_its_status_at_every_moment(trace):
    ax = plots.life_of_paragraphs(SCENARIO, trace)
    assert labels(ax.get_yticklabels()) == ISSUES
    shown = [bar for bar in ax.collections if len(bar.get_facecolor())]
    bars = [(bar.get_paths()[0].get_extents(), bar.get_facecolor()[0]) for bar in shown]
    t = len(trace.minute) // 2
    while trace.minute[t] == trace.minute[t + 1]:
        t += 1
    hour = trace.minute[t] / 60 + 1e-6
    for k in range(len(ISSUES)):
        (colour,) = [c for box, c in bars if box.x0 <= hour < box.x1 and box.y0 < k < box.y1 and box.width > 0]
        assert mpl.colors.same_color(colour, STATUSES[Status(int(trace.status[t, k]))].colour)


def test_meetings_are_marked_and_named(trace):
    ax = plots.life_of_paragraphs(SCENARIO, trace)
    assert [text for text in texts(ax) if text in {"Montreux", "Geneva"}] == ["Montreux", "Geneva"]
    assert ax.get_xlabel() == "floor time (hours)"
    assert openings(SCENARIO).tolist() == pytest.approx([0.0, 9.6, 19.2])


def test_delegates_whose_names_begin_alike_are_told_apart_in_their_own_colours():
    named = {"Permanent Mission of Brazil": "government", "Permanent Mission of India": "business"}
    delegates = [f"{{name: {name}, group: {group}}}" for name, group in named.items()]
    scenario = load("cstd_wgigf_2012", changes=[f"delegates=[{', '.join(delegates)}]"])
    ax = plots.positions(scenario, watch(lower(scenario), seed=1), issue=next(iter(scenario.issues)))
    inks = group_colours(list(scenario.groups))
    colours = {text.get_text().replace("\n", " "): text.get_color() for text in ax.texts}
    assert {name: colours[name] for name in named} == {name: darker(inks[group]) for name, group in named.items()}


def test_positions_show_every_delegate_in_the_colour_of_its_group_and_the_text(trace):
    ax = plots.positions(SCENARIO, trace, issue="funding")
    seats = [group.seats for group in SCENARIO.groups.values()]
    drawn = [line.get_color() for line in ax.lines if line.get_linewidth() < 0.8 and line.get_alpha()]
    assert drawn == [ink for ink, n in zip(GROUP_COLOURS, seats, strict=False) for _ in range(n)]
    assert "the text" in [line.get_label() for line in ax.lines]
    assert labels(ax.get_yticklabels()) == ["voluntary contributions only", "status quo", "regular budget of the UN"]


def test_brackets_are_stacked_to_their_sum(trace):
    ax = plots.brackets(SCENARIO, trace)
    top = max(patch.get_paths()[0].vertices[:, 1].max() for patch in ax.collections)
    assert top == trace.brackets.sum(axis=1).max()
    assert [text.get_text().replace("\n", " ") for text in ax.get_legend().get_texts()] == [
        issue for issue, ever in zip(ISSUES, trace.brackets.any(axis=0), strict=True) if ever
    ][::-1]


def test_trust_is_noted_before_and_after(trace):
    figure = plots.trust_before_and_after(SCENARIO, trace)
    before, after = figure.axes[:2]
    assert texts(before)[1] == f"{trace.trust_start[0, 1]:.2f}"
    assert texts(after)[1].split()[0] == f"{trace.trust_end[0, 1]:.2f}"
    assert labels(before.get_yticklabels()) == GROUPS


def test_who_blocked_notes_the_mean_over_runs(runs):
    ax = plots.who_blocked(runs["one"])
    assert texts(ax) == [f"{n:.1f}" for n in runs["one"].results.blocks.mean(axis=0).ravel()]
    assert labels(ax.get_xticklabels()) == ISSUES


def test_minutes_add_up_to_the_mean_floor_time(runs):
    ax = plots.minutes_spent(runs)
    longest = max(bar.get_x() + bar.get_width() for bar in ax.patches)
    floor = max(some.results.minutes.sum(axis=1).mean() / 60 for some in runs.values())
    assert longest == pytest.approx(floor, abs=0.1)  # what is too short to be seen is left out
    assert labels(ax.get_yticklabels()) == ["one", "other"]


def ended(*outcomes: Outcome) -> Runs:
    """Runs that ended so."""
    results = allocate_results(lower(SCENARIO), len(outcomes))
    results.runs["outcome"] = outcomes
    return Runs(SCENARIO, 0, 0, results)


def test_outcome_shares_fill_the_bar_and_leave_out_what_never_happened():
    half = ended(Outcome.CONSENSUS, Outcome.NONE)
    ax = plots.outcome_shares({"half": half, "the same": half})
    widths = {bar.get_facecolor(): bar.get_width() for bar in ax.patches}
    assert widths == {mpl.colors.to_rgba(OUTCOMES[end].colour): 0.5 for end in (Outcome.CONSENSUS, Outcome.NONE)}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["consensus", "no report"]


@pytest.mark.parametrize("name", plots.RUN_PICTURES)
def test_every_picture_of_a_run_can_be_written_and_changes_no_setting(name, trace, tmp_path):
    before = dict(mpl.rcParams)
    figures = [plots.RUN_PICTURES[name].draw(SCENARIO, trace) for _ in range(2)]
    first, again = (plots.save(figure, tmp_path / f"{n}.svg").read_bytes() for n, figure in enumerate(figures))
    assert first == again
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("places", [[0.5, 0.5, 0.5], [0.0, 0.99, 1.0], [1.0, 0.2, 0.21], []])
def test_labels_are_moved_apart_and_stay_on_the_page_in_their_order(places):
    moved = spread_out(places, least=0.1)
    assert (np.diff(np.sort(moved)) >= 0.1 - 1e-9).all()
    assert ((moved >= -1e-9) & (moved <= 1 + 1e-9)).all()
    assert np.argsort(moved, kind="stable").tolist() == np.argsort(places, kind="stable").tolist()


@pytest.mark.deep
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", plots.RUN_PICTURES)
def test_a_room_of_many_groups_can_be_drawn(name, tmp_path):
    groups = "".join(
        f"  g{n}: {{label: 'Group {n} with a long name', seats: 1, position: {{tax: 0.5}}}}\n" for n in range(31)
    )
    scenario = loads(
        "format: 1\ntitle: Many\nissues: {tax: {label: A tax, low: none, high: high, status_quo: 0.1}}\n"
        f"groups:\n{groups}process: {{meetings: [{{name: Oslo, days: 1, agenda: [rolling_text: 1]}}]}}\n"
    )
    figure = style.figure_of(plots.RUN_PICTURES[name].draw(scenario, watch(lower(scenario), seed=1)))
    plots.save(figure, tmp_path / "p.png")
    dashes = {
        line.get_linestyle() for ax in figure.axes for line in ax.get_lines() if line.get_label().startswith("Group")
    }
    assert name != "positions" or len(dashes) > 1
