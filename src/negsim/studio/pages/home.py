"""The first page: three doors, and lists of the scenarios; and what addresses without a page say."""

from __future__ import annotations

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from negsim.cases import builtin_cases
from negsim.studio.checks import sizes
from negsim.studio.links import Variant, scenario_names
from negsim.studio.pages.answers import html, send_message, send_page


@lru_cache(maxsize=1)
def all_scenarios() -> list[tuple[str, str, str]]:
    """List name, title and sizes of the built-in scenarios and the coded cases; read once."""
    scenarios = {name: Variant(name=name).base() for name in scenario_names()}
    return [(name, scenario.title, sizes(scenario)) for name, scenario in scenarios.items()]


@lru_cache(maxsize=1)
def _home() -> str:
    cases = set(builtin_cases())
    story = " ".join(Variant(name="storm").base().description.split())
    written, coded = ([row for row in all_scenarios() if (row[0] in cases) is of] for of in (False, True))
    return html("Welcome", "/", story=story, written=written, coded=coded)


async def show_home(request: Request) -> Response:  # noqa: ARG001 - a route
    """Send the first page."""
    return send_page(_home())


async def show_teaching(request: Request) -> Response:  # noqa: ARG001 - a route
    """Say how a class begins."""
    return send_page(html("Teach a class", "/teach"))


async def show_missing(request: Request, error: Exception) -> Response:  # noqa: ARG001 - a handler
    """Say that there is no page."""
    return send_message("There is no page at this address", status=404)
