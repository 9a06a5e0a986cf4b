"""The room: one negotiation, turn by turn or at a pace, and through the eyes of each delegate.

Rules that hold here
- What is on screen is a moment of a finished run; moving about changes nothing.
- Every control works from the keyboard: the buttons, and six keys for stepping; those that a focused control uses
  itself are its own.
- The page's address says the moment, whose eyes and which panel, as soon as nobody moves about.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from fastapi import Request
from nicegui import events, ui

from negsim.scenario.lowering import seat_names
from negsim.studio.drawing import cast_of, room
from negsim.studio.links import Setting, query
from negsim.studio.pages import told
from negsim.studio.pages.knobs import setting_bar, titles
from negsim.studio.pages.scale import Scale
from negsim.studio.pages.shell import PATIENCE, button, heading, named, page, searched, set_address, with_setting
from negsim.studio.pages.work import worked
from negsim.studio.playback import Eyes, Playback, misperception, playback_of
from negsim.studio.strips import strips, trust_between

PANELS = ("Text", "Positions", "Trust", "Minutes", "Why")
SOON = 0.5  # seconds after which the address says what is on screen
PACES = {1.4: "slowly", 0.5: "at a pace", 0.15: "fast"}  # seconds a turn
MARKS = "black bar: the text; dashed: the status quo; small marks: delegates; large: the mean of a group"
LEGEND = (
    "A mark is a delegate, its letter the group; [2] beside it: it has put two paragraphs in brackets. On the table:"
    " – no text, ○ text not read yet, [ ] in brackets and by how many, ✓ agreed, ✓* agreed with dissent recorded;"
    " the box is the text, the dashed line the status quo."
)
BELIEVED = "filled: where they stand; hollow: where they are believed to stand; "
TABS_OWN = '(event) => { if (event.target.getAttribute("role") === "tab") event.stopPropagation(); }'
LET_GO = "(event) => { if (event.detail) document.activeElement.blur(); }"  # of a tab that was clicked, not typed at
PASSED_ON = """(event) => {
    const own = {range: /^(Arrow|Home|End|Page)/, button: /^( |Enter)$/}[event.target.type];
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (own && !own.test(event.key) && plain && /^(Arrow(Left|Right)|Home|End|n| )$/.test(event.key)) {
        event.preventDefault();
        emit(event.key);
    }
}"""
TO_SEAT = '(event) => { const seat = event.target.closest("[data-seat]"); if (seat) emit(seat.dataset.seat); }'


class Look(NamedTuple):
    """What of a run is looked at: the moment, whose view is taken, and the panel beside the room."""

    moment: int = 0
    eyes: int | None = None
    tab: str = PANELS[0]

    def said(self) -> str:
        """It as a link says it.

        >>> Look(40).said(), Look(40, 3, "Trust").said(), Look(40, tab="Why").said()
        ('40', '40.3.Trust', '40..Why')
        """
        eyes = "" if self.eyes is None else self.eyes
        return f"{self.moment}.{eyes}.{self.tab}" if self[1:] != Look()[1:] else str(self.moment)


def look_of(text: str, playback: Playback) -> Look:
    """What a link says is to be looked at; for what there is not, what is looked at first."""
    turn, eyes, tab = [*text.split(".", 2), "", ""][:3]
    seat = _number(eyes)
    return Look(
        min(playback.last, _number(turn) or 0),
        seat if seat is not None and seat < len(seat_names(playback.scenario)) else None,
        tab if tab in PANELS else PANELS[0],
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None


class RoomView:
    """What one visitor looks at."""

    def __init__(self, playback: Playback, look: Look) -> None:
        self.playback = playback
        self.moment, self.eyes, self.tab = look
        self.kept = look  # by the page's address
        self.cast = cast_of(playback.scenario)
        self.pace = 0.5

    def build(self) -> None:
        """The page's elements."""
        with ui.element("div").classes("columns"):
            with ui.element("div"):
                self._build_room()
            with ui.element("div").classes("card"):
                self._build_panels()
        self.timer = ui.timer(self.pace, self._tick, active=False)
        ui.timer(SOON, self._keep)
        ui.keyboard(on_key=self._on_key, ignore=["input", "select", "button", "textarea"])
        self.show()

    def _build_room(self) -> None:
        steps = ui.element("div").classes("card bar tight").props('role="group" aria-label="stepping through the run"')
        steps.on("keydown", lambda event: self.press(str(event.args)), js_handler=PASSED_ON)
        with steps:
            button("Start", lambda: self.go(0), icon="first_page", name="Back to the start (Home)")
            button("Back", lambda: self.go(self.moment - 1), icon="chevron_left", name="One turn back (left arrow)")
            self.play = button("Play", self.toggle, icon="play_arrow", name="Play or pause (space)")
            button("Step", lambda: self.go(self.moment + 1), icon="chevron_right", name="One turn on (right arrow)")
            button("Event", self.jump, icon="skip_next", name="To the next event (n)")
            button("End", lambda: self.go(self.playback.last), icon="last_page", name="To the end (End)")
            pace = ui.select(PACES, value=self.pace, on_change=self._on_pace)
            named(pace, "pace").style("width: 8.4rem")
            self.slider = Scale(
                self.moment,
                name="turn of the run",
                most=self.playback.last,
                step=1,
                turned=lambda turn: self.go(int(turn)),
            ).classes("grow")
        with ui.element("div").classes("card stage"):
            self.where = ui.label().classes("soft small")
            self.meter = ui.html(sanitize=False).props('aria-hidden="true"')
            self.now = ui.label().classes("now").props('role="status" aria-live="polite" tabindex="0"')
            self.drawing = ui.html(sanitize=False).classes("wide").props(told.SIDEWAYS.format("the room"))
            self.drawing.on("click", lambda event: self.look(int(event.args)), js_handler=TO_SEAT)
            ui.html(told.key(self.cast, LEGEND), sanitize=False)

    def _build_panels(self) -> None:
        with ui.tabs().props("dense align=left no-caps") as tabs:
            for name in PANELS:
                ui.tab(name)
        names = {None: "nobody's eyes: the room as it is"} | dict(enumerate(self.cast.names))
        self.chooser = searched(ui.select(names, value=self.eyes, with_input=True,
                                          label="See the room through the eyes of",
                                          on_change=lambda event: self.look(event.value))).classes("grow")  # fmt: skip
        self.chooser.props('dense outlined aria-label="See the room through the eyes of"').style("width: 100%")
        self.seen = ui.label().classes("warm")
        with ui.tab_panels(tabs, value=self.tab, animated=False).classes("scroll").style("width: 100%"):
            self.panels = {}
            for name in PANELS:
                with ui.tab_panel(name):
                    self.panels[name] = ui.html(sanitize=False).classes("wide").props(told.SIDEWAYS.format(name))
        tabs.on("keydown", js_handler=TABS_OWN)
        tabs.on("click", js_handler=LET_GO)
        tabs.value = self.tab
        tabs.on_value_change(self._on_tab)

    @property
    def looked_at(self) -> Look:
        """What is on screen."""
        return Look(self.moment, self.eyes, self.tab)

    def _keep(self) -> None:
        """Let the page's address say what is on screen; not at every turn, which browsers take ill."""
        if self.kept != self.looked_at:
            self.kept = self.looked_at
            set_address("/room", query(self.playback.setting), f"&t={self.kept.said()}")

    # ------------------------------------------------------------------------------------------- moving about

    def go(self, moment: int) -> None:
        """Show another moment."""
        moment = min(self.playback.last, max(0, moment))
        if moment != self.moment:
            self.moment = moment
            self.show()

    def jump(self) -> None:
        """Show the next event."""
        self.go(self.playback.next_event(self.moment))

    def look(self, seat: int | None) -> None:
        """Take a delegate's view, or none."""
        if seat != self.eyes and (seat is None or 0 <= seat < len(self.cast.names)):
            self.eyes = seat
            self.chooser.value = seat
            self.show()

    def toggle(self) -> None:
        """Play, or pause."""
        if self.moment == self.playback.last:
            self.go(0)
        self._playing(not self.timer.active)

    def _playing(self, playing: bool) -> None:  # noqa: FBT001 - a state, not an option
        self.timer.active = playing
        self.play.text = "Pause" if playing else "Play"
        self.play.props(f"icon={'pause' if playing else 'play_arrow'}")
        self.now.props(f"aria-live={'off' if playing else 'polite'}")

    def _tick(self) -> None:
        self.go(self.moment + 1)
        if self.moment == self.playback.last:
            self._playing(playing=False)

    def _on_pace(self, event: events.ValueChangeEventArguments[float]) -> None:
        self.pace = self.timer.interval = event.value

    def _on_tab(self, event: events.ValueChangeEventArguments[Any]) -> None:
        self.tab = str(event.value)
        self.show()

    def _on_key(self, event: events.KeyEventArguments) -> None:
        if not event.action.keydown or event.modifiers.ctrl or event.modifiers.alt or event.modifiers.meta:
            return
        self.press(event.key.name)

    def press(self, key: str) -> None:
        """Do what a key stands for."""
        match key:
            case "ArrowRight":
                self.go(self.moment + 1)
            case "ArrowLeft":
                self.go(self.moment - 1)
            case " ":
                self.toggle()
            case "Home":
                self.go(0)
            case "End":
                self.go(self.playback.last)
            case "n":
                self.jump()

    # ------------------------------------------------------------------------------------------------ showing

    def show(self) -> None:
        """Draw the moment."""
        frame = self.playback.frames[self.moment]
        self.where.text = told.where(self.playback.scenario, frame, f"turn {self.moment} of {self.playback.last}")
        self.meter.content = told.meter(self.playback.scenario, frame)
        self.now.text = told.now(self.playback, self.moment)
        self.drawing.content = room(frame, self.cast, eyes=self.eyes)
        self.slider.show(self.moment)
        eyes = None if self.eyes is None else self.playback.eyes(self.moment, self.eyes)
        if eyes is None:
            self.seen.text = ""
        else:
            believed, true = misperception(eyes)
            self.seen.text = (
                f"{eyes.name} believes the other groups to be {believed:.2f} away on average; they are {true:.2f} away."
            )
        self.panels[self.tab].content = self._panel(self.tab, eyes)
        if self.tab == "Minutes":
            ui.run_javascript('document.querySelector(".lines .latest")?.scrollIntoView({block: "nearest"})')

    def _panel(self, tab: str, eyes: Eyes | None) -> str:
        frame = self.playback.frames[self.moment]
        match tab:
            case "Text":
                return told.text(frame, self.cast)
            case "Positions":
                return told.key(self.cast, BELIEVED + MARKS if eyes else MARKS) + strips(frame, self.cast, eyes=eyes)
            case "Trust":
                return told.trust(frame, self.cast, eyes) + trust_between(frame.trust, self.cast)
            case "Minutes":
                return told.minutes(self.playback.scenario, self.playback.lines, self.moment)
            case _:
                return told.why(self.playback, self.moment)


async def show_room(request: Request, setting: Setting) -> None:
    """The page."""
    playback = await worked(playback_of, setting)
    await worked(titles)  # read once, and remembered
    view = RoomView(playback, look_of(request.query_params.get("t", ""), playback))
    with page("The room", "/room", link=query(setting), scenario=playback.scenario):
        with ui.element("div").classes("bar"):
            heading(playback.scenario.title, 1)
            setting_bar("/room", setting, lambda: f"&t={view.looked_at.said()}")
        view.build()


def register() -> None:
    """Put the page where it belongs."""
    ui.page("/room", response_timeout=PATIENCE)(with_setting("/room", show_room))
