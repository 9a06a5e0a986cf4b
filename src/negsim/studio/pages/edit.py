"""The editor: the text of a scenario, which is checked as it is written.

- The errors are those of the command line, with the same places; a click on one leads to its line.
- A text travels in the link, and in messages to be checked; nothing is stored.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from negsim.errors import NegsimError, Problem
from negsim.report.words import counted
from negsim.scenario import text_of
from negsim.scenario.yaml import MOST_BYTES
from negsim.studio.checks import check_text
from negsim.studio.links import one_newline, variant_of
from negsim.studio.pages.answers import body_of, html, send_faults, send_json, send_page, send_refusal, work_for
from negsim.studio.pages.home import all_scenarios


async def show_edit(request: Request) -> Response:
    """Send the editor with the text of the scenario in the link, whatever is wrong with that."""
    try:
        variant = await asyncio.to_thread(variant_of, request.url.query)
        text = variant.text or one_newline(text_of(variant.name))
    except NegsimError as error:
        return send_refusal(error)
    return send_page(html("Edit", "/edit", script="edit", text=text, scenarios=all_scenarios(), most=MOST_BYTES))


async def check(request: Request) -> Response:
    """Say what a text is that was made from the variant in the query, or what is wrong with it."""
    try:
        raw = await body_of(request, MOST_BYTES)
        variant = await asyncio.to_thread(variant_of, request.url.query)
        answer = await work_for(request, check_text, variant, raw)
    except NegsimError as error:
        return send_faults(error, lambda n: f"This is not a scenario yet: {counted(n, 'problem')}.", _fault)
    return send_json({"problems": [], "is_good": True, **answer})


def _fault(problem: Problem) -> dict[str, object]:
    return {"words": str(problem), "at": [max(1, problem.where.line), max(1, problem.where.column)]}
