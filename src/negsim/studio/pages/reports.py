"""The button for a report, where this installation can make one.

Rules that hold here
- The report is that of the command line; here it is only asked for.
"""

from __future__ import annotations

import re
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec

from nicegui import ui

from negsim.errors import NegsimError
from negsim.studio.links import Setting, commands
from negsim.studio.pages.shell import button
from negsim.studio.pages.work import worked

MOST_LETTERS = 100  # of a file's name; a longer one, or one without a name of its own, is marked by its content
MODULE = "negsim.report.pages.scenario"


def report_button(setting: Setting) -> None:
    """A button that makes the report of a setting and hands it over as one HTML file."""
    if find_spec(MODULE) is None:
        return

    async def make() -> None:
        ui.notify("The report is being made; this takes a few seconds.")
        try:
            page = await worked(_report, setting)
        except NegsimError as error:
            ui.notify(str(error), type="negative")
            return
        ui.download.content(page, file_of(setting))

    button("Report", make, icon="description", name="One HTML file about this setting").props("outline dense")


def file_of(setting: Setting) -> str:
    """What the report of a setting is called: after its scenario, what is changed in it, and its seed.

    >>> file_of(Setting(name="classroom", meetings=2, seed=7))
    'classroom_meetings.count=2_seed-7.html'
    """
    text = "_".join([setting.called(), *(part.removeprefix("--set ").lstrip("-") for part in commands(setting))])
    name = re.sub(r"[^\w.=-]+", "-", text)
    mark = sha256(repr(setting).encode(errors="replace")).hexdigest()[:8]
    return f"{name[:MOST_LETTERS]}-{mark}.html" if setting.text or len(name) > MOST_LETTERS else f"{name}.html"


def _report(setting: Setting) -> str:
    changes = [change for change in commands(setting) if change.startswith("--set ")]
    page: str = import_module(MODULE).report_of_scenario(
        setting.scenario(),
        seed=setting.seed,
        source="" if setting.text else setting.name,
        changes=[change.removeprefix("--set ") for change in changes],
    )
    return page
