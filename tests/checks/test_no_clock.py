"""No test measures time, and none sleeps for a while and hopes: `patience` is the one place that waits."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
NO_TESTS = ("patience.py", "studio_pictures.py")  # the one place; pictures for the documentation, made when asked for
CLOCK = re.compile(
    r"\btime\.(sleep|monotonic|perf_counter|process_time|thread_time|time)(_ns)?\b|\bfrom time import\b"
    r"|\basyncio\.sleep\((?!0\))"  # which lets the other tasks go on
    r"|\bwait_for_timeout\((?!LOOK\))"  # between two looks of `until`
    r"|\bITIMER_REAL\b|\bwait(\(|, )[\d.]"
)


def found(text):
    return [line.strip() for line in text.splitlines() if CLOCK.search(line)]


def test_no_test_reads_a_clock_or_sleeps():
    seen = {path: found(path.read_text()) for path in TESTS.rglob("*.py") if path.name not in NO_TESTS}
    assert len(seen) > 50
    del seen[Path(__file__)]
    assert {path.name: lines for path, lines in seen.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "time.sleep(0.5)",
        "await asyncio.sleep(0.1)",
        "assert time.monotonic() - begun < 0.3",
        "begun = time.perf_counter_ns()",
        "from time import sleep",
        "job(time.sleep, 0.7)",
        "page.wait_for_timeout(600)",
        "signal.setitimer(signal.ITIMER_REAL, 20.0)",
        "late.wait(10.0)",
        "executor.submit(late.wait, 10.0)",
    ],
)
def test_a_clock_is_noticed(line):
    assert found(f"def test_x():\n    {line}") == [line]


@pytest.mark.parametrize("line", ["asyncio.sleep(0)", "page.wait_for_timeout(LOOK)", "minute.is_monotonic_increasing"])
def test_what_lets_others_go_on_is_no_sleep(line):
    assert found(line) == []
