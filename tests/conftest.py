"""What every test finds set up: helpers beside the tests, and examples that are the same on every machine."""

import os
import re
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

sys.path.insert(0, str(Path(__file__).parent))  # `cases` and `twin`, however pytest is started

from negsim import plugins, signals
from negsim.report.age import is_stale
from patience import LIMIT_MS
from studio_server import CHROMIUM, FIREFOX, NGINX, QUIETLY

NO_CLOCK = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}  # a busy machine is no finding
settings.register_profile("negsim", derandomize=True, **NO_CLOCK)
settings.register_profile("first_failure", settings.get_profile("negsim"), phases=[Phase.explicit, Phase.generate])
settings.load_profile("negsim")

LOCAL = r"(http|ws|blob:http)://127\.0\.0\.1:|data:"  # requests to a studio of the tests
MUST = "NEGSIM_BROWSER"  # set where a missing browser or proxy is a failure
NEEDS = {  # of tests so marked
    "browser": ("Debian's chromium", CHROMIUM),
    "firefox": ("Debian's firefox-esr", FIREFOX),
    "nginx": ("Debian's nginx", NGINX),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with files that take long, so that processes which share the tests, a file at a time, end together.

    Leave out the examples of pages with stale numbers, and tests that need a browser or a proxy where there is none.
    """
    _leave_out([item for item in items if is_stale(_page_of(item))], items)
    browser, slow = ({item.path for item in items if item.get_closest_marker(mark)} for mark in ("browser", "slow"))
    items.sort(key=lambda item: (item.path not in browser, item.path not in slow))
    for mark, (what, program) in NEEDS.items():
        unseen = [item for item in items if item.get_closest_marker(mark)]
        if unseen and not Path(program).exists() and not os.environ.get(MUST):
            _leave_out(unseen, items)
            sys.stderr.write(f"{len(unseen)} tests need {what} and are left out\n")


def _leave_out(some: list[pytest.Item], items: list[pytest.Item]) -> None:
    if some:
        items[:] = [item for item in items if item not in set(some)]
        some[0].config.hook.pytest_deselected(items=some)


def _page_of(item: pytest.Item) -> str:
    """The file of a test, as the evidence names pages."""
    return item.path.relative_to(item.config.rootpath).as_posix()


@pytest.fixture(autouse=True, scope="module")
def _plugins():
    """Open again after a file of tests what a studio shuts for its whole process, and forget what the file loaded."""
    was_shut, before = plugins._is_shut, dict(plugins._loaded)
    yield
    plugins._is_shut = was_shut
    plugins._loaded.clear()
    plugins._loaded.update(before)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, which is the test's own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_plugins(monkeypatch):
    """Begin as a process does that has loaded no plug-in and has none installed."""
    monkeypatch.setattr(plugins, "_loaded", {})
    monkeypatch.setattr(plugins, "_entry_points", list)


@pytest.fixture
def load_plugin(no_plugins, tmp_path):  # noqa: ARG001 - it is the only one
    """Load a plug-in from its source, as `mine`."""

    def load(source):
        (tmp_path / "mine.py").write_text(source, encoding="utf-8")
        return plugins.load(tmp_path / "mine.py")

    return load


@pytest.fixture
def handlers():
    """The test may set handlers of signals, as the command does: those of before come back.

    It begins with none ignored; a shell has its jobs in the background ignore ^C.
    """
    before = {number: signal.signal(number, signal.SIG_DFL) for number in signals.ENDING}
    hook = sys.unraisablehook
    yield
    sys.unraisablehook = hook
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="module")
def chromium():
    """Debian's Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    playwright.expect.set_options(timeout=LIMIT_MS)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=QUIETLY, timeout=LIMIT_MS)
        yield browser
        browser.close()


@pytest.fixture
def blank(chromium):
    """A maker of empty tabs in contexts of their own, whose complaints and strange requests fail the test.

    own: the requests that a page may make. complaint: those that it may have. options: of the context.
    """
    contexts, wrong = [], []

    def opened(*, own=LOCAL, complaint=None, **options):
        context = chromium.new_context(**options)
        context.set_default_timeout(LIMIT_MS)
        contexts.append(context)
        tab = context.new_page()

        def listen(said):
            if said.type in {"error", "warning"} and (complaint is None or not re.search(complaint, said.text)):
                wrong.append(said.text)

        tab.on("console", listen)
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("request", lambda request: re.match(own, request.url) or wrong.append(request.url))
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []
