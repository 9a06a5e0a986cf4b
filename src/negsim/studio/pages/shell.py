"""What all pages share: the head with the way to the other pages, the look, and how a refusal is shown.

Rules that hold here
- Type is readable on a projector (1280 x 720) and on a phone; a control has a name for screen readers.
- On every page stands that it is a model, and on that of a scenario whose account it is, counted in its own basis.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import resources
from typing import TypeVar

from fastapi import Request
from nicegui import ElementFilter, ui

from negsim.errors import NegsimError, ScenarioError
from negsim.report.pages.provenance import MODEL, caveat
from negsim.scenario import Scenario
from negsim.studio.links import Setting, query, setting_of
from negsim.studio.pages.work import worked

PATIENCE = 60.0  # seconds that a page may take to be made
TO_CLIPBOARD = """
const link = new URL({link}, location.origin).href;
return (navigator.clipboard?.writeText(link) ?? Promise.reject()).then(() => [link, true], () => [link, false]);
"""
TAKE_FIRST = """(event) => {{
  const field = getElement({id}), choice = field.$refs.qRef, typed = event.target.value.toLowerCase();
  const fits = (option) => option.label.toLowerCase().includes(typed) && !choice.isOptionDisabled(option);
  if (typed && choice.getOptionIndex() < 0) choice.setOptionIndex(field.filteredOptions.findIndex(fits));
}}"""
MOST_PROBLEMS = 200  # that are shown
PAGES = (("/room", "The room"), ("/lab", "The lab"), ("/table", "A seat"), ("/edit", "Edit"))


@lru_cache(maxsize=1)
def look() -> str:
    """The style sheet."""
    return (resources.files("negsim.studio.pages") / "look.css").read_text(encoding="utf-8")


@contextmanager
def page(title: str, here: str, *, link: str = "", scenario: Scenario | None = None) -> Iterator[None]:
    """A page with its head; what is built inside is its content.

    link: the query that the other pages open with. scenario: the one that the page shows, for its caveat.
    """
    ui.page_title(f"{title} · negsim studio")
    ui.add_css(look())
    ui.colors(primary="#0072B2", secondary="#525b68", accent="#0072B2", positive="#00785a", negative="#9b1c00")
    with ui.element("header").classes("head"):
        with ui.element("nav").classes("bar").props('aria-label="pages"'):
            ui.link("to the content", "#content").classes("skip")
            ui.link("negsim", "/").style("font-weight: 700").props('aria-label="first page of the negsim studio"')
            for target, name in PAGES:
                shown = ui.link(name, f"{target}?{link}" if link and target != "/table" else target)
                if target == here:
                    shown.classes("here").props('aria-current="page"')
        ui.label(MODEL if scenario is None else caveat(scenario)).classes("caveat")
    with ui.element("div").classes("page").props('id="content" tabindex="-1"'):
        yield


def refused(error: NegsimError, here: str, *, again: str = "") -> None:
    """A page that says why there is nothing to be seen. again: what to call the way back to the page itself."""
    with page("Not possible", here), ui.element("div").classes("card"):
        ui.html("<h1>This cannot be shown</h1>", sanitize=False)
        problems = error.problems if isinstance(error, ScenarioError) else [error]
        for problem in problems[:MOST_PROBLEMS]:
            ui.label(str(problem)).classes("bad").props('role="alert"')
        ui.label(and_more(len(problems)))
        with ui.element("div").classes("bar"):
            if again:
                ui.link(again, here)
            ui.link("Back to the first page", "/")


def and_more(count: int) -> str:
    """How many problems there are beyond those that are shown.

    >>> and_more(3), and_more(60_005)
    ('', 'and 59805 more')
    """
    return f"and {count - MOST_PROBLEMS} more" if count > MOST_PROBLEMS else ""


def with_setting(here: str, show: Callable[[Request, Setting], Awaitable[None]]) -> Callable[[Request], object]:
    """A page of a setting: the link is read and its scenario tried before anything is built."""

    async def shown(request: Request) -> None:
        try:
            setting = setting_of(request.url.query)
            await worked(setting.scenario)
            query(setting)
            await show(request, setting)
        except NegsimError as error:
            refused(error, here)

    shown.__annotations__["request"] = Request  # FastAPI reads it, and knows no names of this module
    return shown


def set_address(here: str, link: str, more: str = "") -> None:
    """Let the page's address and the ways to the other pages say a setting as it is. more: what the page adds."""
    ui.navigate.history.replace(f"{here}?{link}{more}")
    for way in ElementFilter(kind=ui.link):
        target, mark, _ = str(way.props["href"]).partition("?")
        if mark:
            way.props["href"] = f"{target}?{link}"


async def copy(link: str, *, also: str = "") -> None:
    """Put a link of this studio where it can be pasted, or show it to be copied by hand. also: said along with it."""
    whole, copied = await ui.run_javascript(TO_CLIPBOARD.format(link=json.dumps(link)), timeout=10.0)
    if copied:
        ui.notify(f"The link is copied. {also}", timeout=9000, close_button="close", multi_line=True)
        return
    with ui.dialog(value=True) as dialog, ui.card().style("width: min(40rem, 92vw)"):
        ui.label("Copy this link").classes("big")
        field = named(ui.input(value=whole), "the link").props("readonly autofocus").style("width: 100%")
        ui.label("This browser lets no page copy by itself here: press Ctrl+C, or hold the link and choose Copy.")
        ui.label(also).classes("mono")
        button("Done", dialog.close)
    dialog.on("show", lambda: field.run_method("select"))
    dialog.on("hide", dialog.delete)


def heading(text: str, level: int = 2) -> ui.element:
    """A heading."""
    with ui.element(f"h{level}") as made:
        ui.label(text).style("display: inline")
    return made


Field = TypeVar("Field", bound=ui.element)


def named(field: Field, name: str) -> Field:
    """A field in the studio's dress, with its name for screen readers."""
    field.props("outlined dense options-dense")
    field.props["aria-label"] = name
    return field


def searched(field: ui.select) -> ui.select:
    """A field to choose in by typing: Enter takes the first that has what is typed, unless another is marked."""
    return field.on("keydown.enter", js_handler=TAKE_FIRST.format(id=field.id))


def button(text: str, act: Callable[..., object], *, icon: str | None = None, name: str = "") -> ui.button:
    """A button with its name for screen readers."""
    made = ui.button(text, on_click=act, icon=icon).props("no-caps unelevated")
    made.props["aria-label"] = name or text
    return made.tooltip(name) if name and name != text else made
