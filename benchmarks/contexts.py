"""A pytest plugin for `mutants.py`: coverage records beside each line which test runs it, or which file's fixtures.

A fixture may serve all tests of its file, so what it runs counts as run by all of them. What a test runs in node is
counted by V8, in a folder of the test's name, where `MUTANTS_NODE` names one for all of them.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import coverage
import pytest


def _name(item: pytest.Item) -> str:
    """Return the name of a test's function in pytest's XML: its module, its class and its name."""
    return item.nodeid.partition("[")[0].replace(".py::", ".").replace("::", ".").replace("/", ".")


def _switch(context: str) -> None:
    running = coverage.Coverage.current()
    if running is not None:
        running.switch_context(context)
    if folder := os.environ.get("MUTANTS_NODE"):
        os.environ["NODE_V8_COVERAGE"] = f"{folder}/{context}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Attribute the fixtures of a test to its file."""
    _switch(item.nodeid.partition("::")[0].removesuffix(".py").replace("/", "."))
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Attribute to the test its own code, and what it imports for the first time."""
    _switch(_name(item))
    return (yield)
