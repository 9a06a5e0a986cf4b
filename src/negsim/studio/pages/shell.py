"""What all pages share: the head with the way to the other pages, the look, and how a refusal is shown.

Rules that hold here
- Type is readable on a projector (1280 x 720) and on a phone; a control has a name for screen readers.
- The caveat is on every page.

A slider that everybody can use: the browser's own, with its name and its number beside it.

Rules that hold here
- It is a native range input, because that has a name and a value for screen readers and takes every key.
- A hand is ahead of the server: where it moves the input is kept in the browser, and never written back to it.

Work that takes a while: in a worker thread, and only so much at the same time.

Rules that hold here
- The event loop, and with it every page, stays free; whoever comes when all places are taken waits for one.
- Places are given address by address in turn, so that one who asks for much holds up those at other addresses by one
  job at most. So many may wait for one address, and the next is refused.
- It is the address that counts, not the page: pages cost nothing, and who opens forty is still one. A whole class may
  share an address; so many may wait for it that a class fits, and what its pages do again and again is short.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from importlib import resources
from typing import ParamSpec, TypeVar

from fastapi import Request
from nicegui import ElementFilter, events, ui

from negsim.errors import NegsimError, ScenarioError
from negsim.studio.limits import MOST_CURVES, MOST_WAITING, RefusedError
from negsim.studio.links import Variant, query, variant_of

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class BusyError(RefusedError):
    """Too much waits for an address already."""


class Places:
    """The places of those who work, and who waits for one. All of it happens on one event loop."""

    def __init__(self, free: int, most: int) -> None:
        self.free, self.most = free, most  # places, jobs that may wait for one address
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()  # whose turn is next, first

    @asynccontextmanager
    async def place(self, address: str) -> AsyncIterator[None]:
        """A place for as long as the block lasts. Raises `BusyError`."""
        if self.free:
            self.free -= 1
        else:
            await self._wait(address)
        try:
            yield
        finally:
            self._leave()

    async def _wait(self, address: str) -> None:
        queue = self._waiting.setdefault(address, deque())
        if sum(not turn.done() for turn in queue) >= self.most:
            raise BusyError("too much is under way for your address; wait a few seconds and try again")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the place was given just now
                self._leave()
            raise

    def _leave(self) -> None:
        """Give a place to who is next; to nobody where nobody waits."""
        while self._waiting:
            address, queue = self._waiting.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._waiting[address] = queue
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1


PLACES = Places(MOST_CURVES, MOST_WAITING)


async def in_worker(make: Callable[Arguments, Result], *given: Arguments.args, **named: Arguments.kwargs) -> Result:
    """What a function makes of what it is given, for the page that asks. Raises `BusyError`."""
    return await in_worker_for(_address(), make, *given, **named)


async def in_worker_for(
    address: str, make: Callable[Arguments, Result], *given: Arguments.args, **named: Arguments.kwargs
) -> Result:
    """What a function makes of what it is given, for who asks from an address. Raises `BusyError`."""
    async with PLACES.place(address):
        return await asyncio.to_thread(make, *given, **named)


def _address() -> str:
    """The address that the page was asked for from."""
    request = ui.context.client.request
    return request.client.host if request.client else ""


CAVEAT = "One insider's account, a model, not a forecast."
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
def page(title: str, here: str, *, link: str = "") -> Iterator[None]:
    """A page with its head; what is built inside is its content. link: the query that the other pages open with."""
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
        ui.label(CAVEAT).classes("caveat")
    with ui.element("div").classes("page").props('id="content" tabindex="-1"'):
        yield


def refusal_page(error: NegsimError, here: str, *, again: str = "") -> None:
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


def with_variant(here: str, show: Callable[[Request, Variant], Awaitable[None]]) -> Callable[[Request], object]:
    """A page of a variant: the link is read and its scenario tried before anything is built."""

    async def shown(request: Request) -> None:
        try:
            variant = variant_of(request.url.query)
            await in_worker(variant.scenario)
            query(variant)
            await show(request, variant)
        except NegsimError as error:
            refusal_page(error, here)

    shown.__annotations__["request"] = Request  # FastAPI reads it, and knows no names of this module
    return shown


def set_address(here: str, link: str, more: str = "") -> None:
    """Let the page's address and the ways to the other pages say a variant as it is. more: what the page adds."""
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
        field = dressed(ui.input(value=whole), "the link").props("readonly autofocus").style("width: 100%")
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


def dressed(field: Field, name: str) -> Field:
    """A field in the studio's dress, with its name for screen readers."""
    field.props("outlined dense options-dense")
    field.props["aria-label"] = name
    return field


def searchable(field: ui.select) -> ui.select:
    """A field to choose in by typing: Enter takes the first that has what is typed, unless another is marked."""
    return field.on("keydown.enter", js_handler=TAKE_FIRST.format(id=field.id))


def button(text: str, act: Callable[..., object], *, icon: str | None = None, name: str = "") -> ui.button:
    """A button with its name for screen readers."""
    made = ui.button(text, on_click=act, icon=icon).props("no-caps unelevated")
    made.props["aria-label"] = name or text
    return made.tooltip(name) if name and name != text else made


TO_NUMBER = "(event) => { element.props.value = event.target.value; emit(Number(event.target.value)); }"


class Scale(ui.element):
    """A number between two ends, chosen by hand."""

    def __init__(
        self,
        value: float,
        *,
        name: str,
        most: float = 1.0,
        step: float = 0.01,
        turned: Callable[[float], None] | None = None,
    ) -> None:
        super().__init__("input")
        self.chosen, self.turned = value, turned
        self.most = most
        self.number: ui.label | None = None
        self.props(f"type=range min=0 max={most:g} step={step:g} value={value:g}")
        self.props["aria-label"] = name
        self.classes("scale")
        self.on("input", self._on_input, js_handler=TO_NUMBER, throttle=0.08)

    def show(self, value: float) -> None:
        """Put it elsewhere, without calling anybody."""
        if value != self.chosen:
            self.chosen = value
            self.props(f"value={value:g}")

    def beside(self, number: ui.label) -> None:
        """The label that tells the number."""
        self.number = number

    def _on_input(self, event: events.GenericEventArguments) -> None:
        try:
            value = min(self.most, max(0.0, float(event.args)))
        except (TypeError, ValueError):
            return
        self.chosen = value
        with self.props.suspend_updates():
            self.props["value"] = value
        if self.number is not None:
            self.number.text = f"{value:.2f}"
        if self.turned is not None:
            self.turned(value)
