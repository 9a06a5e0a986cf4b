"""Shared by all pages: the frame with its navigation, the way into a page, controls, HTML, and work for a page.

- Type is readable on a projector (1280 x 720) and on a phone. Every control has a name for screen readers.
- Every page repeats the report's front matter about the scenario on screen: whose account it is, and that it is a
  model.
- HTML reaches a page through `Html`, which takes nothing but `Markup`: templates and `svg.tag` escape every text.
- A slider is the browser's own range input, because that has a name and a value for screen readers and takes every key.
  It runs ahead of the server: its value stays in the browser and the server never writes it back while it moves.
- A visitor's actions reach the server in their order, however slow the network: a press comes after all that was chosen
  and turned before it, so that its action may read the fields of the page.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

from fastapi import Request, Response
from markupsafe import Markup
from nicegui import ElementFilter, events, ui

from negsim.cast.palette import Colour, style_sheet
from negsim.errors import NegsimError, ScenarioError
from negsim.report.pages.setting import NOT_A_FORECAST, caveat
from negsim.report.templates import Templates
from negsim.scenario import Scenario
from negsim.studio.limits import MOST_FORM, MOST_PROBLEMS_ON_PAGE, RefusedError
from negsim.studio.links import Variant, query, variant_of
from negsim.studio.work import WORKS, Arguments, LongError, Result, Visit

_LOOK = Path(__file__).parent / "look.css"
_TEMPLATES = Templates(Path(__file__).parents[1] / "templates")
_SECONDS_BETWEEN_PROGRESS = 0.3  # seconds between looks at where work stands
_NO_MARKUP = Markup()
SMALL_BUTTON = "outline dense"  # look of a button beside others
NAVIGATION = (("/room", "The room"), ("/lab", "The lab"), ("/table", "A seat"), ("/edit", "Edit"))
_TO_CLIPBOARD = """
const link = new URL({link}, location.origin).href;
return (navigator.clipboard?.writeText(link) ?? Promise.reject()).then(() => [link, true], () => [link, false]);
"""
# NiceGUI lets an event wait by itself for the socket to open, and for the next moment at which a slider may speak: one
# that comes later overtakes it. Here those of a socket that opens wait in line, and a click is preceded by all others.
_IN_ORDER = """
{
  const early = [];
  let socket, isOpen = false;
  Object.defineProperty(window, "socket", {
    get: () => socket,
    set: (made) => {
      const emit = made.emit.bind(made);
      made.emit = (...words) => (isOpen || words[0] !== "event" ? emit(...words) : early.push(words));
      socket = made;
    },
  });
  Object.defineProperty(window, "did_handshake", {
    get: () => true,
    set: (done) => {
      isOpen = done;
      if (done) early.splice(0).forEach((words) => socket.emit(...words));
    },
  });
  document.addEventListener("click", () => {
    for (const [listener, speak] of waitingCallbacks) {
      waitingCallbacks.set(listener, null);
      speak?.();
    }
  }, true);
}
"""
_SLIDE = """
{
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let places = new Map();
  const slide = () => {
    const marks = [...document.querySelectorAll("[data-slide]")];
    const now = new Map(marks.map((mark) => [mark.dataset.slide, [Number(mark.dataset.x), Number(mark.dataset.y)]]));
    for (const mark of calm.matches ? [] : marks) {
      const [x, y] = now.get(mark.dataset.slide), [a, b] = places.get(mark.dataset.slide) ?? [x, y];
      const from = {transform: `translate(${a - x}px, ${b - y}px)`};
      if (a !== x || b !== y) mark.animate([from, {transform: "none"}], {duration: 300, easing: "ease-out"});
    }
    places = now;
  };
  new MutationObserver(slide).observe(document.body, {childList: true, subtree: true});
}
"""
_TO_NUMBER = "(event) => { element.props.value = event.target.value; emit(Number(event.target.value)); }"
_TAKE_FIRST = """(event) => {{
  const field = getElement({id}), choice = field.$refs.qRef, typed = event.target.value.toLowerCase();
  const fits = (option) => option.label.toLowerCase().includes(typed) && !choice.isOptionDisabled(option);
  if (typed && choice.getOptionIndex() < 0) choice.setOptionIndex(field.filteredOptions.findIndex(fits));
}}"""


@contextmanager
def page(title: str, here: str, *, link: str = "", scenario: Scenario | None = None) -> Iterator[None]:
    """Show a page in its frame: build the content inside.

    link: the query with which the other pages open. scenario: the one on screen, None if there is none.
    """
    ui.page_title(f"{title} · negsim studio")
    ui.add_css(style_sheet(_LOOK.read_text(encoding="utf-8")))
    ui.add_head_html(f"<script>{_IN_ORDER}</script>")
    ui.colors(
        primary=Colour.ACCENT, secondary=Colour.SOFT, accent=Colour.ACCENT, positive=Colour.GOOD, negative=Colour.BAD
    )
    with ui.element("header").classes("head"):
        with ui.element("nav").classes("bar").props('aria-label="pages"'):
            ui.link("to the content", "#content").classes("skip")
            ui.link("negsim", "/").style("font-weight: 700").props('aria-label="first page of the negsim studio"')
            for target, name in NAVIGATION:
                way = ui.link(name, f"{target}?{link}" if link and target != "/table" else target)
                if target == here:
                    way.classes("here").props('aria-current="page"')
        ui.label(NOT_A_FORECAST if scenario is None else caveat(scenario)).classes("caveat")
    with ui.element("div").classes("page").props('id="content" tabindex="-1"'):
        yield


def slide_marks() -> None:
    """Let marks of pictures slide to their new places, unless the visitor's system asks for little motion."""
    ui.add_head_html(f"<script>addEventListener('DOMContentLoaded', () => {_SLIDE})</script>")


def missing_page() -> None:
    """Show a page at an address that has none."""
    with page("No such page", ""), card():
        heading("There is no page at this address", 1)
        ui.link("Back to the first page", "/")


def refusal_page(error: NegsimError, here: str, *, title: str = "This page cannot open", again: str = "") -> None:
    """Show what is wrong. again: the text of the link back to the page itself, "" for no such link."""
    with page("Not possible", here), card():
        heading(title, 1)
        if isinstance(error, ScenarioError):
            for problem in error.problems[:MOST_PROBLEMS_ON_PAGE]:
                Alert(str(problem))
            ui.label(and_more(error.count))
        else:
            Alert(error.sentence())
        with bar():
            if again:
                ui.link(again, here)
            ui.link("Back to the first page", "/")


def and_more(count: int) -> str:
    """Say how many problems there are beyond those on the page.

    >>> and_more(3), and_more(60_005)
    ('', 'and 59805 more')
    """
    return f"and {count - MOST_PROBLEMS_ON_PAGE} more" if count > MOST_PROBLEMS_ON_PAGE else ""


def variant_in(request: Request) -> Variant:
    """Return the variant in a page's link, if the page can link to it again."""
    variant = variant_of(request.url.query)
    query(variant)
    return variant


_Prepared = TypeVar("_Prepared")


def with_variant(
    here: str,
    prepare: Callable[[Visit, Any], Awaitable[_Prepared]],
    show: Callable[[Request, Any, _Prepared], Response | None],
    *,
    read: Callable[[Request], object] = variant_in,
) -> Callable[[Request], object]:
    """Make a page that shows the variant in its link, or what is wrong with it, or that it takes longer.

    read: reads the link. prepare: lets workers do all that the page needs. show: builds the page, or answers with one
    that is finished. Short work is done before the page is sent; long work begins once the page is open in a browser,
    and ends if nobody waits for it any more.
    """

    async def answer(request: Request) -> Response | None:
        visit = Visit(address_of(request), is_patient=False)
        try:
            link = await asyncio.to_thread(read, request)
            prepared = await prepare(visit, link)
        except LongError:
            waiting_page(here, lambda visit: prepare(visit, link), visit.address)
        except NegsimError as error:
            refusal_page(error, here)
        else:
            return show(request, link, prepared)
        return None

    answer.__annotations__["request"] = Request  # FastAPI reads it, and knows no names of this module
    return answer


async def form(request: Request) -> dict[str, str]:
    """Read the form in a request. Raises `RefusedError`."""
    body = await request.body()
    if len(body) > MOST_FORM:
        raise RefusedError("this form is too long")
    try:
        return {key: values[0] for key, values in parse_qs(body.decode("ascii"), max_num_fields=8).items()}
    except (UnicodeDecodeError, ValueError):
        raise RefusedError("this form is malformed") from None


def packed_page(request: Request, content: bytes) -> Response:
    """Send a packed page; unpacked to the rare client that does not unpack."""
    headers = {"cache-control": "no-cache", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(content, media_type="text/html", headers=headers | {"content-encoding": "gzip"})
    return Response(gzip.decompress(content), media_type="text/html", headers=headers)


def address_of(request: Request) -> str:
    """Return the address of a request's visitor, as the gate knows it."""
    return request.client.host if request.client else ""


class WorkProgress(ui.label):
    """The progress of the work of a visit, in words, for as long as there is some."""

    def __init__(self) -> None:
        super().__init__()
        self.props('role="status" aria-live="polite"').classes("soft")
        self.visit: Visit | None = None
        ui.timer(_SECONDS_BETWEEN_PROGRESS, self._show)

    def _show(self) -> None:
        self.text = self.visit.words() if self.visit is not None else ""


def waiting_page(here: str, prepare: Callable[[Visit], Awaitable[object]], address: str) -> None:
    """Show a page whose work is done while it is open, and which then becomes the page that was asked for."""
    with page("One moment", here), card():
        heading("One moment", 1)
        ui.label("This is large, so it takes its turn behind the work of others. The page opens by itself.")
        turn = WorkProgress()
        problem = Alert()
        ui.link("Back to the first page", "/")

    errands: list[asyncio.Task[None] | None] = []

    async def work() -> None:
        errands.append(asyncio.current_task())
        turn.visit = Visit(address)
        try:
            with suppress(ScenarioError):  # the answer is kept, and the page itself says what is wrong
                await prepare(turn.visit)
            ui.navigate.reload()
        except NegsimError as error:
            problem.text, turn.visit = error.sentence(), None

    ui.context.client.on_disconnect(lambda: [errand.cancel() for errand in errands if errand] and None)
    ui.context.client.on_connect(work)


def set_address(here: str, link: str, more: str = "") -> None:
    """Put a variant into the page's address and into the links to the other pages. more: what this page adds."""
    ui.navigate.history.replace(f"{here}?{link}{more}")
    for way in ElementFilter(kind=ui.link):
        target, mark, _ = str(way.props["href"]).partition("?")
        if mark:
            way.props["href"] = f"{target}?{link}"


async def copy(link: str, *, also: str = "") -> None:
    """Copy a link of this studio, or show it for the visitor to copy. also: a sentence to go with it."""
    whole, copied = await ui.run_javascript(_TO_CLIPBOARD.format(link=json.dumps(link)), timeout=10.0)
    if copied:
        ui.notify(f"Link copied. {also}", timeout=9000, close_button="close", multi_line=True)
        return
    with dialog_named("Copy this link", is_open=True) as dialog, ui.card().style("width: min(40rem, 92vw)"):
        ui.label("Copy this link").classes("big")
        field = dressed(ui.input(value=whole), "the link").props("readonly autofocus").style("width: 100%")
        ui.label("This browser does not let a page copy: press Ctrl+C, or hold the link and choose Copy.")
        ui.label(also).classes("mono")
        button("Done", dialog.close)
    dialog.on("show", lambda: field.run_method("select"))
    dialog.on("hide", dialog.delete)


async def in_worker(
    function: Callable[[*Arguments], Result],
    *arguments: *Arguments,
    is_long: bool = False,
    keep: bool = True,
    turn: WorkProgress | None = None,
) -> Result:
    """Let a worker call a function for the page that asks, and return its result. turn: where to show the progress."""
    visit = Visit(address_of(ui.context.client.request))
    if turn is not None:
        turn.visit = visit
    try:
        return await WORKS.do(visit, function, *arguments, is_long=is_long, keep=keep)
    finally:
        if turn is not None:
            turn.visit = None


def render(template: str, **values: object) -> Markup:
    """Render one of the studio's templates as HTML; texts among the values are escaped."""
    return Markup(_TEMPLATES.fill(f"{template}.html.j2", **values).text.removesuffix("\n"))  # noqa: S704 - escaped by the template


class Html(ui.html):
    """A place for HTML that is escaped by construction. name: of its content, for phones that must scroll sideways."""

    def __init__(self, content: Markup = _NO_MARKUP, *, name: str = "") -> None:
        super().__init__(content, sanitize=False)
        if name:
            self.classes("wide").props(f'tabindex="0" role="group" aria-label="{name}; scroll sideways on a phone"')

    def show(self, content: Markup) -> None:
        """Put other HTML in its place."""
        self.set_content(content)


def heading(text: str, level: int = 2, *, grows: bool = False) -> None:
    """Write a heading of a level. grows: in a bar, as wide as there is room."""
    with ui.element(f"h{level}").classes("grow" if grows else ""):
        ui.label(text).style("display: inline")


def card() -> ui.element:
    """Frame things that belong together."""
    return ui.element("div").classes("card")


def bar() -> ui.element:
    """Put things in a row."""
    return ui.element("div").classes("bar")


class Alert(ui.label):
    """A place for errors, which screen readers read at once."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.classes("bad").props('role="alert"')

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Show here what is refused in the block, and nothing of what was refused before."""
        self.text = ""
        try:
            yield
        except NegsimError as error:
            self.text = error.sentence()


Field = TypeVar("Field", bound=ui.element)


def dressed(field: Field, name: str = "", *, look: str = "outlined dense options-dense") -> Field:
    """Give an input the studio's style. name: for screen readers, if it is not the label. look: of Quasar."""
    field.props(look)
    field.props["aria-label"] = name or field.props["label"]
    return field


class Choices(ui.select):
    """A select of several options, each once, however often a visitor's browser sends it."""

    def __init__(self, options: list[Any] | dict[Any, str], **more: Any) -> None:  # noqa: ANN401 - as NiceGUI has them
        super().__init__(options, multiple=True, **more)

    def _event_args_to_value(self, e: events.GenericEventArguments) -> list[Any]:
        e.args = e.args and e.args[: len(self.options)]
        return list(dict.fromkeys(super()._event_args_to_value(e)))


def searchable(field: ui.select) -> ui.select:
    """Make a select in which one may type: Enter takes the first match, unless another option is marked."""
    return field.on("keydown.enter", js_handler=_TAKE_FIRST.format(id=field.id))


def button(  # noqa: PLR0913 - each has a default
    text: str, act: Callable[..., object], *, icon: str | None = None, name: str = "", look: str = "", tells: str = ""
) -> ui.button:
    """Make a button. name: for screen readers and the tooltip, if it says more than the text. look: of Quasar.

    tells: what the browser passes to `act`, in JavaScript; whatever a visitor's browser may pass instead comes too.
    """
    element = ui.button(text, icon=icon).props(f"no-caps unelevated {look}")
    if tells:
        element.on("click", lambda event: act(event.args), js_handler=f"() => emit({tells})")
    else:
        element.on_click(act)
    element.props["aria-label"] = name or text
    return element.tooltip(name) if name and name != text else element


def download_button(text: str, file: str, content: Callable[[], str | bytes], *, look: str = SMALL_BUTTON) -> ui.button:
    """Make a button that downloads a file of a name. content: of the file, asked for when it is pressed."""
    return button(text, lambda: ui.download.content(content(), file), icon="download", look=look)


def dialog_named(name: str, *, is_open: bool = False) -> ui.dialog:
    """Make a dialog with a name for screen readers."""
    dialog = ui.dialog(value=is_open)
    dialog.props["aria-label"] = name
    return dialog


def confirm(
    question: str, *notes: str, yes: tuple[str, Callable[[], object]], no: str, icon: str | None = None
) -> None:
    """Ask before something that cannot be undone. yes: a text, and the action. no: the other text."""
    with dialog_named(question, is_open=True) as dialog, ui.card():
        ui.label(question).classes("big")
        for note in notes:
            ui.label(note)
        with bar():
            button(yes[0], dialog.close, icon=icon).on_click(yes[1])
            button(no, dialog.close, look="outline")
    dialog.on("hide", dialog.delete)


class ScaleSlider(ui.element):
    """A slider for a number from 0 to `most`."""

    def __init__(self, value: float, *, name: str, most: float = 1.0, step: float = 0.01) -> None:
        super().__init__("input")
        self.chosen, self.most = value, most
        self.number: ui.label | None = None  # that shows the number beside it
        self.on_turn: Callable[[float], None] | None = None  # called with every number that the visitor chooses
        self.props(f"type=range min=0 max={most:g} step={step:g} value={value:g}")
        self.props["aria-label"] = name
        self.classes("scale")
        self.on("input", self._on_input, js_handler=_TO_NUMBER, throttle=0.08)

    def show(self, value: float) -> None:
        """Move the slider without calling `on_turn`."""
        if value != self.chosen:
            self.chosen = value
            self.props(f"value={value:g}")

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
        if self.on_turn is not None:
            self.on_turn(value)
