"""The button for a report, where this installation can make one.

Rules that hold here
- The report is that of the command line; here it is only asked for.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from nicegui import ui

from negsim.errors import NegsimError
from negsim.studio.links import Setting, commands
from negsim.studio.pages.shell import button
from negsim.studio.pages.work import worked

MODULE = "negsim.tell.html_report"


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
        ui.download.content(page, f"{setting.called().replace('/', '_').replace(' ', '_')}.html")

    button("Report", make, icon="description", name="One HTML file about this setting").props("outline dense")


def _report(setting: Setting) -> str:
    changes = [change for change in commands(setting) if change.startswith("--set ")]
    page: str = import_module(MODULE).report_of_scenario(
        setting.scenario(),
        seed=setting.seed,
        source="" if setting.text else setting.name,
        changes=[change.removeprefix("--set ") for change in changes],
    )
    return page
