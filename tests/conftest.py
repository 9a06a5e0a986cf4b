"""What every test finds set up: helpers beside the tests, and examples that are the same on every machine."""

import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, settings

sys.path.insert(0, str(Path(__file__).parent))  # `cases` and `twin`, however pytest is started

from negsim import signals
from studio_server import CHROMIUM

settings.register_profile("negsim", deadline=None, derandomize=True)
settings.register_profile("first_failure", settings.get_profile("negsim"), phases=[Phase.explicit, Phase.generate])
settings.load_profile("negsim")

MUST = "NEGSIM_BROWSER"  # set where a missing browser is a failure


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the browser's tests out where there is no Chromium, and say so."""
    if Path(CHROMIUM).exists() or os.environ.get(MUST):
        return
    browser = [item for item in items if item.get_closest_marker("browser")]
    if browser:
        items[:] = [item for item in items if item not in browser]
        config.hook.pytest_deselected(items=browser)
        sys.stderr.write(f"{len(browser)} tests need Debian's chromium and are left out\n")


@pytest.fixture
def handlers():
    """The test may set handlers of signals, as the command does: those of before come back.

    It begins with none ignored; a shell has its jobs in the background ignore ^C.
    """
    before = {number: signal.signal(number, signal.SIG_DFL) for number in signals.ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
