"""A plugin of pytest for `mutants.py`: coverage notes beside each line which test runs it, or fixtures of which file.

A fixture may serve all tests of its file, so what it runs counts as run by all of them.
"""

from __future__ import annotations

from collections.abc import Generator

import coverage
import pytest


def _name(item: pytest.Item) -> str:
    """What pytest's XML calls the function of a test: its module, its class and its name."""
    return item.nodeid.partition("[")[0].replace(".py::", ".").replace("::", ".").replace("/", ".")


def _switch(context: str) -> None:
    running = coverage.Coverage.current()
    if running is not None:
        running.switch_context(context)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """The fixtures of a test are its file's."""
    _switch(item.nodeid.partition("::")[0].removesuffix(".py").replace("/", "."))
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """The test itself, and what it imports for the first time."""
    _switch(_name(item))
    return (yield)
