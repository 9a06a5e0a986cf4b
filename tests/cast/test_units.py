"""What is printed of a measure can be typed back, wherever a command or a study takes a value of one."""

import math
import re

import pytest

from answers import negsim
from negsim.cast.measures import lookup
from negsim.cast.units import read_share, read_value, value_text
from negsim.errors import NegsimError
from negsim.negotiation.measures import ENDINGS, MEASURES
from negsim.report.comparisons import comparison_text
from negsim.report.discoveries import hit_name
from negsim.report.explanations import _bundle_lines
from negsim.scenario import load
from negsim.study.compare import compare
from negsim.study.estimates import Estimate
from negsim.study.interventions import checked_threshold
from negsim.study.runner import run
from negsim.study.schema import Study, loads_study
from sweeps import SMALL, made_up

KNOWN = [name for name in (*ENDINGS, *MEASURES) if lookup(name).kind != "code"]
SHARES = (0.0, 0.004, 1 / 3, 0.67, 1.0)


def values_of(name):
    """Values on the scale of a measure, odd ones among them."""
    low, high = lookup(name).low, lookup(name).high
    if math.isinf(high):
        return (max(low, 0.0), 0.5, 7.0, 97.3, 12_345.678)
    return tuple(low + (high - low) * share for share in SHARES)


def widths_of(name):
    low, high = lookup(name).low, lookup(name).high
    return (0.004, 0.25, 1.0) if math.isinf(high) else tuple((high - low) * share for share in (0.004, 0.25, 1.0))


def in_one_unit(name, value):
    """What a screen shows, without a blank before its unit, as one may type it."""
    return value_text(value, name).replace(" ", "")


def test_what_is_printed_of_a_measure_can_be_typed_back():
    for name in KNOWN:
        for value in values_of(name):
            for text in (value_text(value, name), in_one_unit(name, value)):
                assert read_value(text, name) == pytest.approx(value, rel=1e-11, abs=1e-15), (name, text)
        for width in widths_of(name):
            found = read_value(value_text(width, name), name, is_width=True)
            assert found == pytest.approx(width, rel=1e-11), name


def test_a_count_is_typed_back_with_its_own_unit_alone():
    counts = [name for name in KNOWN if lookup(name).kind == "count"]
    assert len({lookup(name).unit for name in counts}) > 2
    for name in counts:
        unit = lookup(name).unit
        assert read_value(f"4.07 {unit}", name) == 4.07
        assert read_value(f"1 {unit.removesuffix('s')}", name, is_width=True) == 1.0
        with pytest.raises(NegsimError, match="has no such unit"):
            read_value("4 days", name)


def test_every_option_of_a_study_and_of_a_sentence_is_printed_with_its_unit():
    """`stop.half_width`, `--half-width`, `--above`, `--threshold` of every measure read as what was asked for."""
    runs = {name: run(load(SMALL), replications=2, seed=seed) for name, seed in (("a", 0), ("b", 0))}
    for name in KNOWN:
        width = widths_of(name)[1]
        study = Study(scenario=str(SMALL), main=name, stop={"half_width": width})
        written = study.resolved()["stop"]["half_width"]
        again = loads_study(f"scenario: {SMALL}\nmain: {name}\nstop: {{half_width: {written}}}")
        assert again.half_width == pytest.approx(width, rel=1e-11), name
        text = comparison_text(list(compare(runs, [name], half_width=width)), "a", runs["a"], half_width=width)
        shown = re.search("for a half-width of (.*), paired", text)[1]
        assert read_value(shown, name, is_width=True) == pytest.approx(width, rel=1e-11), name
        above = values_of(name)[3]
        sought = type("Box", (), {"measure": name, "above": above})
        assert read_value(hit_name(sought).rpartition(" at least ")[2], name) == pytest.approx(above, rel=1e-11), name
        base = {name: Estimate(-1.0, -1.0, -1.0, 2)}
        lifted = type("Effects", (), {"measure": name, "threshold": above, "base": base, "tried": 0, "bundles": ()})
        reach = next(_bundle_lines(lifted)).rpartition(" to ")[2].removesuffix("; 0 bundles tried")
        assert read_value(reach, name) == pytest.approx(checked_threshold(above, name), rel=1e-11), name


@pytest.mark.parametrize(
    ("written", "measure", "width", "why"),
    [
        ("300", "minutes", False, r'"300" has no unit of time; write 300 min \(5 h\) or 300 h'),
        (0.5, "minutes", True, r"0.5 has no unit of time; write 0.5 min \(0.00833 h\) or 0.5 h"),
        ("300 %", "minutes", False, '"300 %" has no unit of time; write'),
        ("67", "share_agreed", False, r'"67" is not from 0 to 1; write 67 % \(0.67\)'),
        (5, "consensus", True, r"5 is not from 0 to 1; write 5 % \(0.05\)"),
        ("150 %", "consensus", False, '"150 %" is not on the scale of consensus: from 0 % to 100 %'),
        ("0 %", "consensus", True, '"0 %" is not a width on the scale of consensus: above 0 % to 100 %'),
        ("-1 h", "minutes", False, '"-1 h" is not on the scale of minutes: from 0 h on'),
        ("2 h", "depth", False, '"2 h": depth has no such unit; write one such as 0.4'),
        ("much", "readings", False, '"much" is not a value of readings; write one such as 4'),
        (math.nan, "depth", False, "nan is not a value of depth"),
        (True, "depth", False, "true is not a value of depth"),
    ],
)  # fmt: skip
def test_a_value_without_its_unit_or_off_its_scale_is_refused_with_what_to_write(written, measure, width, why):
    with pytest.raises(NegsimError, match=f"^{why}"):
        read_value(written, measure, is_width=width)


def test_a_share_is_a_part_of_one_or_has_its_sign():
    assert (read_share("90%"), read_share(".9"), read_share("1")) == (0.9, 0.9, 1.0)
    with pytest.raises(NegsimError, match="write 90 %"):
        read_share("90")


def test_python_counts_times_in_minutes_as_the_column_does():
    study = Study(scenario=str(SMALL), main="minutes", stop={"half_width": 30.0})
    assert study.half_width == 30.0
    assert study.resolved()["stop"]["half_width"] == "0.5 h"
    assert (
        Study(scenario=str(SMALL), series={"every": 90}).series
        == loads_study(f"scenario: {SMALL}\nseries: {{every: 1.5 h}}").series
    )


MINUTES = f"""
scenario: {SMALL}
vary: {{trust.across: {{between: [0, 1]}}, context.tension: {{between: [0, 1]}}}}
design: latin_hypercube
points: 80
replications: 10
measures: [minutes]
"""


@pytest.fixture(scope="module")
def timed(tmp_path_factory):
    """Runs that take longer with more trust: from 2 to 8 hours."""
    return made_up(MINUTES, tmp_path_factory.mktemp("timed"), minutes=lambda cell, _: 120 + 360 * cell["trust.across"])


@pytest.mark.parametrize("written", ["5h", "300 min", "5 hours"])
def test_what_was_observed_and_what_is_sought_are_printed_as_they_can_be_typed(timed, written):
    fitted = negsim("study", "fit", timed.folder, "--observed", f"minutes={written}")
    found = negsim("study", "discover", timed.folder, "--measure", "minutes", "--above", written, "--density", "90%")
    assert "what was observed: floor time used 5 h, at most " in fitted.stdout
    assert found.stdout.startswith("Floor time used at least 5 h in ")
    assert "of the runs where trust across groups is at least 0.4" in found.stdout


@pytest.mark.parametrize(
    "words", [("fit", "--observed", "minutes=300"), ("discover", "--measure", "minutes", "--above", "300")]
)
def test_a_time_without_a_unit_is_refused_with_both_readings(timed, words):
    command, *options = words
    done = negsim("study", command, timed.folder, *options)
    assert done.exit_code == 2
    assert '"300" has no unit of time; write 300 min (5 h) or 300 h' in done.stderr
