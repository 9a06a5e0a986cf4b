"""Talk on stderr while the model is compiled."""

import io
import re
import time

import pytest

from negsim.report import progress
from negsim.report.progress import Forecast, compiling


class Terminal(io.StringIO):
    def isatty(self):
        return True


def worked(seconds):
    """Work for some seconds of processor time."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(progress, "TICK", 0.02)
    monkeypatch.setattr(progress, "LONG_TICK", 0.02)


def test_a_slower_machine_is_noticed_by_what_it_has_done():
    forecast = Forecast({"a": 10.0, "b": 10.0, "c": 10.0})
    assert forecast.left(0.0) == 30.0
    forecast.begin("a", 1, 3, 0.0)
    forecast.begin("b", 2, 3, 20.0)
    assert forecast.left(20.0) == 40.0


def test_a_part_that_takes_too_long_is_never_nearly_done_and_slows_the_rest():
    forecast = Forecast({"a": 10.0, "b": 10.0})
    forecast.begin("a", 1, 2, 0.0)
    assert forecast.left(40.0) == 40.0 / 8 + 4 * 10.0


def test_parts_without_a_measurement_count_as_the_mean():
    forecast = Forecast({"a": 10.0, "b": 20.0})
    forecast.begin("new", 1, 3, 0.0)
    assert forecast.left(0.0) == 15.0 + 2 * 15.0
    assert Forecast({}).left(0.0) == 0.0


@pytest.mark.usefixtures("quick")
def test_plain_lines_tell_the_beginning_how_far_it_is_and_the_end(capsys):
    with compiling({"rules": 100.0, "floor": 60.0}) as began:
        began("rules", 1, 2)
        worked(0.1)
    first, *middle, last = capsys.readouterr().err.splitlines()
    assert first == "negsim: compiling the model, which is kept for later runs; about 2:40 on an idle machine"
    assert middle
    assert all(
        re.fullmatch(r"negsim: compiling rules \(1 of 2\), 0:00 so far, about \d+:\d\d left", line) for line in middle
    )
    assert last == "negsim: the model is ready after 0:00"


@pytest.mark.usefixtures("quick")
def test_a_terminal_has_one_line_that_is_wiped_away(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", "40")
    with compiling({"rules": 100.0}) as began:
        began("rules", 1, 1)
        worked(0.1)
    _, over, last, nothing = screen.getvalue().replace("\r" + " " * 39 + "\r", "\n", 1).split("\n")
    states = over.split("\r")[1:]
    assert states
    assert {len(state) for state in states} == {39}
    assert last.startswith("negsim: the model is ready")
    assert nothing == ""


def test_a_compilation_apart_says_why(capsys):
    with compiling({"rules": 5.0}, apart="NUMBA_BOUNDSCHECK"):
        pass
    assert capsys.readouterr().err.startswith("negsim: compiling the model apart, because of NUMBA_BOUNDSCHECK; a few")


@pytest.mark.usefixtures("quick")
def test_an_interrupt_ends_the_line_and_says_nothing_more(capsys):
    with pytest.raises(KeyboardInterrupt), compiling({"rules": 100.0}):
        raise KeyboardInterrupt
    assert "ready" not in capsys.readouterr().err
