"""The look of pictures: their width, their greys, what their files say of themselves, their captions."""

import re
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import imread
from matplotlib.legend import Legend
from PIL import Image

from answers import negsim
from fitting import assert_apart, assert_fits, assert_on_a_page
from negsim.negotiation.tables import Outcome
from negsim.report import plots
from negsim.report.looks import STYLES, FigureLook
from negsim.report.plots import figures, style
from negsim.report.plots.discover import discovery_picture
from negsim.report.plots.explain import effects_pictures, explanation_pictures
from negsim.report.plots.fit import fit_picture
from negsim.report.plots.numbers import Curves, FactorPair, Layout, LevelLine, names_of_cells
from negsim.report.plots.run import trust_before_and_after
from negsim.report.plots.runs import outcome_bars, run_pictures
from negsim.report.plots.study import study_pictures
from negsim.report.plots.style import looking
from negsim.scenario import load, loads
from negsim.study.catalogue import Intervention
from negsim.study.discover import discover
from negsim.study.estimates import Estimate, Survival
from negsim.study.explain import Change, Explanation, Share
from negsim.study.failure import Failure
from negsim.study.fit import fit
from negsim.study.interventions import Bundle, Effect, Effects
from negsim.study.runner import rerun, run, typical_run, watch
from negsim.study.schema import Factor
from sweeps import SMALL, study_of, swept

OTHER_WIDTHS = (STYLES["slides"].width, 180.0)
WIDTHS = [85.0, *(pytest.param(width, marks=pytest.mark.deep) for width in OTHER_WIDTHS)]  # millimetres
SAMPLED = f"""
scenario: {SMALL}
vary: {{meetings.count: [1, 2, 3], methodology: [chair_text, rolling_text], trust.across: {{between: [0.1, 0.9]}}}}
design: latin_hypercube
points: 60
replications: 10
"""


@pytest.fixture(scope="module")
def draws():
    """Every picture of a run and of runs, of two scenarios: with many groups, and with red lines."""
    made = {}
    for name in ("cstd_wgigf_2011", "netmundial_2014"):
        scenario = load(name)
        one, runs = rerun(scenario, 0, 1), run(scenario, replications=20)
        of_one = {key: partial(picture.draw, one.scenario, one.trace) for key, picture in plots.RUN_PICTURES.items()}
        of_many = {
            "outcomes": partial(plots.outcome_shares, {name: runs}),
            "who_blocked": partial(plots.who_blocked, runs),
            "minutes": partial(plots.minutes_spent, {name: runs}),
        }
        made |= {f"{name} {key}": draw for key, draw in (of_one | of_many).items()}
    return made


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    return swept(study_of(SAMPLED), tmp_path_factory.mktemp("sampled") / "r")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_picture_of_runs_fits_its_width_and_can_be_read(draws, width):
    for draw in draws.values():
        with looking(FigureLook(width=width)):
            assert_fits(style.figure_of(draw()), width)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_discovery_and_a_fit_are_drawn_for_their_width(sampled, width):
    found, fitted = discover(sampled, density=0.5), fit(sampled, {"share_agreed": 0.5})
    with looking(FigureLook(width=width)):
        assert_fits(discovery_picture(found, sampled).draw(), width)
        assert_fits(fit_picture(fitted).draw(), width)


RIVER = Path(__file__).with_name("river.yaml").read_text(encoding="utf-8")
FAR = "{release: 0.9, data: 0.9, irrigation: 0.9}"


@pytest.fixture(scope="module")
def river():
    """Every picture of a run and of runs of a small scenario with long names."""
    scenario = loads(RIVER)
    runs = run(scenario, replications=20)
    return {name: picture.draw for name, picture in run_pictures(runs, typical_run(runs), name="A river").items()}


@pytest.mark.parametrize("width", WIDTHS)
def test_no_name_covers_another_however_long(river, width):
    for name, draw in river.items():
        with looking(FigureLook(width=width)):
            figure = draw()
            assert_fits(figure, width)
            assert_apart(figure, name)
            assert_on_a_page(figure)


@pytest.mark.deep
@pytest.mark.parametrize("width", WIDTHS)
def test_the_names_of_eight_groups_stand_apart_below_their_trust(width):
    many = "".join(
        f"  g{n}: {{label: States of basin {n} and its lakes, seats: 1, position: {FAR}}}\n" for n in range(3)
    )
    scenario = loads(RIVER.replace("delegates:", f"{many}delegates:"))
    trace = watch(scenario, seed=0, replication=0)
    with looking(FigureLook(width=width)):
        figure = trust_before_and_after(scenario, trace)
        assert_fits(figure, width)
        assert_apart(figure)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pictures_of_a_study_keep_to_a_page(tmp_path_factory, width):
    vary = {"meetings.count": [1, 2, 3], "informal.mixed_evenings": [0, 1]}
    found = swept(study_of(vary=vary, replications=8), tmp_path_factory.mktemp("page") / "r")
    with looking(FigureLook(width=width)):
        for name, picture in study_pictures(found).items():
            figure = picture.draw()
            assert_fits(figure, width)
            assert_apart(figure, name)
            assert_on_a_page(figure)


GONE = Survival(*np.array([[0.0, 9.0], [1.0, 0.5], [0.9, 0.4], [1.0, 0.6]]))  # half, after nine hours
OPENING = Factor.of("process.opening", [0, 0.5, 1])  # the share of the first meeting that opens with questions
COUNT = Factor.of("meetings.count", [1, 2])
METHODS = Factor.of("methodology", ["chair_text", "rolling_text"])

WAYS = Factor(
    "the way in which the chair works, from the first day to the last",
    {f"questions and then the text of the chair, read paragraph by paragraph, {n} times": {} for n in range(2)},
)


def curves_of(x, lines, panels=None):
    """Curves of the same numbers at each level of three factors."""
    numbers = np.linspace(0.2, 0.6, len(x.values))
    line = LevelLine(x.values, numbers, numbers - 0.1, numbers + 0.1)
    of_panel = dict.fromkeys(lines.values, line)
    panels_of = [None] if panels is None else panels.values
    return Curves("consensus", Layout(x, lines, panels), dict.fromkeys(panels_of, of_panel), 10)


@pytest.mark.deep
@pytest.mark.parametrize("width", WIDTHS)
def test_a_factor_with_a_long_name_has_room(width):
    pairs = [FactorPair(curves_of(*two), Estimate(0.1, 0.0, 0.2, 9)) for two in ((COUNT, OPENING), (OPENING, METHODS))]
    with looking(FigureLook(width=width)):
        drawn = {
            "panels": figures.curves(curves_of(COUNT, METHODS, OPENING)),
            "rows": figures.heat_maps(curves_of(COUNT, OPENING, METHODS)),
            "pairs": figures.interactions(pairs),
            "time": figures.time_to_consensus({0: GONE, 1: GONE}, OPENING),
            "ends": figures.curves(curves_of(COUNT, WAYS, None)),
        }
        for name, figure in drawn.items():
            assert_fits(figure, width)
            assert_apart(figure, name)


def test_cells_are_named_by_what_differs():
    alike = {"meetings.count": 2, "trust.across": 0.5, "methodology": "rolling_text", "context.stakes": 0.4}
    cells = [alike | {"context.tension": tension} for tension in (0.2, 0.8)]
    factors = [Factor.of(name, list(dict.fromkeys(cell[name] for cell in cells))) for name in cells[0]]
    assert names_of_cells(SimpleNamespace(factors=factors, cells=cells)) == ["tension 0.2", "tension 0.8"]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_number_is_written_in_a_bar_only_if_it_has_room(width):
    ends = Outcome.CONSENSUS, Outcome.CHAIR_REPORT
    shares = {f"{n} meetings": dict(zip(ends, (1.0 - n / 100, n / 100), strict=True)) for n in (3, 5, 9, 12, 24)}
    with looking(FigureLook(width=width)):
        ax = outcome_bars(shares)
        FigureCanvasAgg(style.figure_of(ax)).draw()
        bars = [bar for bars in ax.containers for bar in bars]
        for bar, text in zip(bars, ax.texts, strict=True):
            assert text.get_window_extent().width < bar.get_window_extent().width or not text.get_text()
    assert sum(bool(text.get_text()) for text in ax.texts) > len(shares)


CHANGES = {"one more meeting": 0.3, "no caucus in the evenings at all, and the chair does not press anybody": -0.2}


def a_change(measure, before, after, **parts):
    """A change between two scenarios, made up."""
    ends = (Estimate(value, value - 0.1, value + 0.1, 9) for value in (before, after, after - before))
    shares = (Share(name, *[Estimate(value, value - 0.1, value + 0.1, 9)] * 3) for name, value in parts.items())
    return Change(measure, *ends, tuple(shares), ())


def some_effects():
    """Effects of changes, made up: on their own and of a bundle."""
    none = Estimate(0.0, 0.0, 0.0, 9)
    made = [
        Effect(
            Intervention(name, frozenset({"process"}), {"meetings.count": 3}),
            {"consensus": none}, {"consensus": Estimate(change, change - 0.1, change + 0.1, 9)},
        )
        for name, change in CHANGES.items()
    ]  # fmt: skip
    failure = Failure(*[none] * 6, (), (), {})
    some = Estimate(0.4, 0.3, 0.5, 100)
    together = made[0].intervention._replace(parts=(made[0].intervention, made[1].intervention))
    bundle = Bundle(made[0]._replace(intervention=together), some, (some, none), is_enough=True, is_process=True)
    base = {"consensus": some}
    return Effects("consensus", 0.5, 100, 0, 50, base, failure, singles=(*made,) * 7, bundles=(bundle,), tried=9)


@pytest.mark.deep
@pytest.mark.parametrize("width", WIDTHS)
def test_an_explanation_and_what_would_help_can_be_read_at_any_width(width):
    names = "The working group, first phase", "The working group, second phase"
    parts = {"meetings and days": 0.7, "methodology": 0.35, "red_lines": -0.3}
    changes = (a_change("consensus", 0.2, 0.95, **parts), a_change("depth", 0.3, 0.9, **parts))
    explanation = Explanation(tuple(parts), 9, 9, 0, changes)
    pictures = explanation_pictures(explanation, names=names) | effects_pictures(some_effects(), "A village")
    with looking(FigureLook(width=width)):
        for picture in pictures.values():
            figure = picture.draw()
            assert_fits(figure, width)
            assert_apart(figure)


@pytest.mark.deep
@pytest.mark.parametrize("width", WIDTHS)
def test_many_effects_keep_to_a_page_and_the_smallest_are_counted(width):
    few = some_effects()
    many = few._replace(singles=few.singles * 5)
    with looking(FigureLook(width=width)):
        figure = effects_pictures(many, "A village")["tornado"].draw()
        assert_fits(figure, width)
        assert_apart(figure)
        assert_on_a_page(figure)
    assert "smaller effects not shown" in figure.axes[0].get_xlabel().replace("\n", " ")


@pytest.mark.deep
@pytest.mark.parametrize("width", WIDTHS)
def test_the_legends_of_interactions_have_room(tmp_path_factory, width):
    vary = {"meetings.count": [1, 3], "informal.mixed_evenings": [0, 1], "methodology": ["wgigf_2011", "rolling_text"]}
    found = swept(study_of(vary=vary, replications=4), tmp_path_factory.mktemp("interactions") / "r")
    with looking(FigureLook(width=width)):
        figure = study_pictures(found)["interactions"].draw()
        assert_fits(figure, width)
        edge = figure.get_size_inches()[0] * figure.dpi
        for legend in figure.findobj(Legend):
            box = legend.get_window_extent()
            assert 0.0 <= box.x0 <= box.x1 <= edge


def test_bars_of_a_count_stand_side_by_side(sampled):
    figure = fit_picture(fit(sampled, {"share_agreed": 0.5})).draw()
    [ax] = [ax for ax in figure.axes if ax.get_title(loc="left").startswith("number of meetings")]
    before, _ = ax.patches
    assert before.get_data().edges.tolist() == [0.5, 1.5, 2.5, 3.5]


@pytest.mark.deep
def test_no_colour_is_left_in_greys(draws, sampled, tmp_path):
    with looking(FigureLook(grey=True)):
        found, fitted = discover(sampled, density=0.5), fit(sampled, {"share_agreed": 0.5})
        pictures = draws | {name: picture.draw for name, picture in study_pictures(sampled).items()}
        pictures |= {"discovery": discovery_picture(found, sampled).draw, "fit": fit_picture(fitted).draw}
        for name, draw in pictures.items():
            pixels = imread(style.save(draw(), tmp_path / f"{name}.png"))[..., :3]
            assert np.ptp(pixels, axis=2).max() < 0.02, name


def test_lines_survive_grey(tmp_path):
    found = swept(study_of(vary={"meetings.count": [1, 2, 3], "methodology": ["chair_text", "rolling_text"]}), tmp_path)
    with looking(FigureLook(grey=True)):
        figure = study_pictures(found)["curves"].draw()
        style.save(figure, tmp_path / "curves.png")
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 3]
    looks = {(line.get_linestyle(), line.get_marker(), line.get_color()) for line in lines}
    assert len(lines) == len(looks) == 2
    assert len({line.get_linestyle() for line in lines}) == 2


def test_a_file_says_what_made_it(draws, tmp_path):
    draw = draws["cstd_wgigf_2011 distances"]
    about = {"caption": "Distances; 95 %.", "command": "negsim plot cstd_wgigf_2011 --seed 0 --replication 1"}
    with Image.open(style.save(draw(), tmp_path / "a.png", **about)) as image:
        assert image.info["Software"].startswith("negsim 0.")
        assert (image.info["Description"], image.info["Source"]) == tuple(about.values())
    for form in ("svg", "pdf"):
        content = style.save(draw(), tmp_path / f"a.{form}", **about).read_bytes()
        assert b"negsim 0." in content
        assert about["command"].encode() in content
        assert content == style.save(draw(), tmp_path / f"b.{form}", **about).read_bytes()


def test_the_command_lays_out_for_a_column_and_writes_captions(tmp_path):
    options = ["--only", "outcomes", "--width", "85.0", "--dpi", "300", "--grey", "--captions"]
    done = negsim("plot", str(SMALL), "--replications", "20", "--out", str(tmp_path / "p"), *options)
    assert done.exit_code == 0, done.output
    with Image.open(tmp_path / "p" / "outcomes.png") as image:
        assert image.width == int(85 / 25.4 * 300)
        made = " ".join(["negsim", "plot", str(SMALL), "--seed", "0", "--replications", "20", *options])
        assert re.fullmatch(rf"{re.escape(made)} --replication \d+", image.info["Source"])
    caption = (tmp_path / "p" / "outcomes.txt").read_text(encoding="utf-8")
    assert caption.startswith("How it ended.")
    in_latex = (tmp_path / "p" / "outcomes.tex").read_text(encoding="utf-8")
    assert in_latex.startswith("\\caption{How it ended.")
    assert in_latex.endswith("\\label{fig:outcomes}\n")
    assert "95\\,\\%" in in_latex
    again = negsim("plot", str(SMALL), "--replications", "20", "--out", str(tmp_path / "p"), *options)
    assert again.exit_code == 0, again.output
