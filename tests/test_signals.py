"""What ends a command from outside: one sentence, the exit code that shells expect, nothing left behind, no hang."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from interrupts import is_pending
from negsim import signals
from patience import LIMIT, until

NEGSIM = ("-m", "negsim")
ENDS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
STUDY = "scenario: classroom\nvary: {{meetings.count: [1, 2]}}\nreplications: {}\nseed: 7\n"


def begin(*words, cwd, env=None, program=NEGSIM):
    """A command in a process group of its own, as a terminal begins one, that hears all signals."""

    def hear_all() -> None:
        for number in ENDS:
            signal.signal(number, signal.SIG_DFL)

    return subprocess.Popen(
        [sys.executable, *program, *words], cwd=cwd, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, preexec_fn=hear_all,  # noqa: PLW1509 - no thread of ours runs here
    )  # fmt: skip


def ended(process):
    """Exit code and the lines on stderr of a process that ends."""
    _, text = process.communicate(timeout=LIMIT)
    assert "Traceback" not in text, text
    return process.returncode, text.splitlines()


@pytest.mark.usefixtures("handlers")
def test_the_first_signal_raises_and_later_ones_do_not():
    for number, code in ENDS.items():
        signals.hear()
        with pytest.raises(signals.Stopped) as end:
            signal.raise_signal(number)
        assert signals.exit_code(end.value) == code
        signal.raise_signal(number)
        assert signals.was_heard()


@pytest.mark.usefixtures("handlers")
def test_an_ignored_signal_stays_ignored():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signals.hear()
    signal.raise_signal(signal.SIGHUP)
    assert not signals.was_heard()


@pytest.mark.usefixtures("handlers")
def test_a_deferred_signal_comes_after_the_block():
    signals.hear()
    seen = []

    def work():
        with signals.deferred(lambda: seen.append("stop")):
            signal.raise_signal(signal.SIGTERM)
            seen.append("still here")

    with pytest.raises(signals.Stopped):
        work()
    assert seen == ["stop", "still here"]


@pytest.mark.deep
def test_a_process_begun_within_a_block_does_not_hear_an_interrupt():
    with signals.not_inherited():
        process = subprocess.Popen(
            [sys.executable, "-c", "print(1, flush=True); input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(b"\n", timeout=LIMIT)
    assert process.returncode == 0


class Interrupted:
    """What is interrupted while it is taken away."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)


def interrupted_while_it_waits():
    Interrupted()
    until(lambda: False)


@pytest.mark.usefixtures("handlers")
def test_an_interrupt_in_a_destructor_is_not_lost(capfd):
    signals.hear()
    with pytest.raises(signals.Stopped):
        interrupted_while_it_waits()
    assert capfd.readouterr() == ("", "")


@pytest.mark.deep
@pytest.mark.usefixtures("handlers")
def test_an_interrupt_comes_again_only_when_something_can_catch_it(capfd, monkeypatch):
    start = threading.Thread.start

    def start_slowly(thread):
        start(thread)
        for _ in range(3_000_000):  # the other thread has its turns
            pass

    monkeypatch.setattr(threading.Thread, "start", start_slowly)
    test_an_interrupt_in_a_destructor_is_not_lost(capfd)


DEEP_ENDS = [
    "end = signals.ignore; signals.ignore = lambda: (stop(), end())",
    "commands.main = lambda: type('Last', (), {'__del__': lambda _: stop()})() and None",
]
AT_THE_VERY_END = "import atexit; atexit.register(stop)"


@pytest.mark.parametrize(
    "interrupted", [AT_THE_VERY_END, *(pytest.param(one, marks=pytest.mark.deep) for one in DEEP_ENDS)]
)
def test_an_interrupt_between_the_end_of_a_command_and_that_of_its_process_is_no_traceback(interrupted):
    code = (
        "import os, signal, sys; from negsim import signals; from negsim.cli import commands, main;"
        f"stop = lambda: os.kill(os.getpid(), signal.SIGINT); sys.argv = ['negsim', '--version']; {interrupted}; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    allowed = [(0, "")] if interrupted == AT_THE_VERY_END else [(0, ""), (130, f"{signals.SENTENCE}\n")]
    assert (done.returncode, done.stderr) in allowed


ENDLESS_RUNS = """
import threading
from pathlib import Path
from negsim.study import runner

def replicate(*_):
    Path("running").touch()
    threading.Event().wait()

runner.replicate = replicate
from negsim.cli import main
main()
"""


def test_an_interrupt_does_not_wait_for_long_runs(tmp_path):
    process = begin("run", "classroom", "--out", "out", cwd=tmp_path, program=("-c", ENDLESS_RUNS))
    until((tmp_path / "running").exists)
    process.send_signal(signal.SIGINT)
    assert ended(process) == (130, [signals.SENTENCE])
    assert [path.name for path in tmp_path.iterdir()] == ["running"]


def sweeping(folder, *words, replications=200_000):
    """A sweep of worker processes that has written a part."""
    (folder / "study.yaml").write_text(STUDY.format(replications))
    process = begin("study", "sweep", "study.yaml", "--out", "r", *words, cwd=folder)
    until(lambda: list(folder.glob("r/parts/*.parquet")) or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    return process


def children(process):
    """The numbers of the processes that a process has begun, by their commands."""
    begun = [
        number for one in Path(f"/proc/{process.pid}/task").glob("*/children") for number in one.read_text().split()
    ]
    return {int(number): Path(f"/proc/{number}/cmdline").read_text() for number in begun}


def workers(process):
    """The numbers of the worker processes of a process."""
    numbers = [number for number, command in children(process).items() if "spawn_main" in command]
    assert numbers
    return numbers


PROCESSES = ("--executor", "processes", "--workers", "2")


def test_a_killed_worker_process_is_a_sentence(tmp_path):
    process = sweeping(tmp_path, *PROCESSES)
    os.kill(workers(process)[0], signal.SIGKILL)
    code, lines = ended(process)
    assert (code, lines[-1]) == (1, "a worker ended before its work was done; sweep again to continue")


def is_at_work(number):
    """Whether a process is there and has not ended; nobody may have asked how it ended."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_nothing_outlives_a_killed_sweep_in_worker_processes(tmp_path):
    process = sweeping(tmp_path, *PROCESSES)
    begun = [*children(process)]
    assert set(workers(process)) < set(begun)
    process.kill()
    process.wait()
    try:
        until(lambda: not any(map(is_at_work, begun)))
    finally:
        for number in filter(is_at_work, begun):
            os.kill(number, signal.SIGKILL)
        process.communicate()


@pytest.mark.deep
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("number", ENDS)
def test_a_signal_to_a_terminal_with_worker_processes_is_a_sentence(number, times, tmp_path):
    process = sweeping(tmp_path, *PROCESSES)
    begun = workers(process)
    for _ in range(times):
        os.killpg(process.pid, number)
        until(lambda: not is_pending(process, number))
    code, lines = ended(process)
    sentence = "interrupted; r keeps the finished runs: run the same command again to continue"
    assert code == ENDS[number]
    assert [line for line in lines if " runs, " not in line] == [sentence]
    assert not list(tmp_path.rglob(".unfinished-*"))
    until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in begun))
