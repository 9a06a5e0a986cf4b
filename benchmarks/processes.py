"""Other processes to measure: by their answers line by line, or by the processor seconds that they take."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self, TypeVar

Result = TypeVar("Result")


class Peer:
    """A Python process that answers every line with a line."""

    def __init__(self, *words: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *words], cwd=cwd, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def ask(self, *words: object) -> None:
        """Send a line."""
        print(*words, file=self.process.stdin, flush=True)

    def answer(self) -> str:
        """Return the next line that it sends."""
        return self.process.stdout.readline()

    def __exit__(self, *_: object) -> None:
        self.process.communicate()


def weigh(work: Callable[[], Result]) -> tuple[float, Result]:
    """Measure the processor seconds of the processes that a work starts and waits for; return them and its result."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, result
