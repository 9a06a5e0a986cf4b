"""The room: one run, turn by turn or at a pace, and through the eyes of each delegate.

- The page shows a moment of a finished run; moving about changes nothing.
- Without a moment in its link it opens at the first text, since nothing is on the table before.
- A mark slides from where the last moment had it, unless the visitor's system asks for little motion.
- Every control works from the keyboard: the buttons, and six keys for stepping. A focused control keeps the keys
  that it uses itself.
- The page's address says the moment, whose eyes and which panel, as soon as the visitor stops moving about.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from fastapi import Request
from markupsafe import Markup
from nicegui import background_tasks, events, ui

from negsim.classroom.people import Outlook
from negsim.errors import NegsimError
from negsim.scenario.lowering import seat_names
from negsim.studio.links import Variant, VariantReading, query, read
from negsim.studio.pages import moments, shell
from negsim.studio.pages.variants import description, open_questions, variant_buttons
from negsim.studio.pictures import cast_of, positions_picture, room_picture, trust_picture
from negsim.studio.recording import Ends, Playback, ends_of, eyes_of
from negsim.studio.work import WORKS, Visit

_PANELS = ("Positions", "Text", "Trust", "Minutes", "Why")
_SECONDS_TO_ADDRESS = 0.5  # seconds between looks at whether the address is up to date
_STEPS = (  # a button's text, icon and name, and the key that does the same; the first is what to press
    ("Play", "play_arrow", "Play or pause (space)", " "),
    ("Start", "first_page", "Start: back to the beginning (Home)", "Home"),
    ("Back", "chevron_left", "Back one turn (left arrow)", "ArrowLeft"),
    ("Step", "chevron_right", "Step one turn on (right arrow)", "ArrowRight"),
    ("Event", "skip_next", "Event: to the next one (n)", "n"),
    ("End", "last_page", "End: to the last turn (End)", "End"),
)
_NORMAL_PACE = 0.5
_PACES = {1.4: "slow", _NORMAL_PACE: "normal", 0.15: "fast"}  # seconds a turn
_MARKS = "black bar: the text; dashed: the status quo; small marks: delegates; large: the mean of a group"
_BELIEVED = "filled: where they stand; hollow: where the delegate believes them to stand; "
_KEEP_KEYS = '(event) => { if (event.target.getAttribute("role") === "tab") event.stopPropagation(); }'
_LOSE_FOCUS = "(event) => { if (event.detail) document.activeElement.blur(); }"  # a tab after a click, not after a key
_FORWARD_KEYS = """(event) => {
    const own = {range: /^(Arrow|Home|End|Page)/, button: /^( |Enter)$/}[event.target.type];
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (own && !own.test(event.key) && plain && /^(Arrow(Left|Right)|Home|End|n| )$/.test(event.key)) {
        event.preventDefault();
        emit(event.key);
    }
}"""
_TO_MIDDLE = """setTimeout(() => {
    const room = document.querySelector(".wide");
    if (room) room.scrollLeft = (room.scrollWidth - room.clientWidth) / 2;
})"""
_TO_SEAT = '(event) => { const seat = event.target.closest("[data-seat]"); if (seat) emit(seat.dataset.seat); }'


class Look(NamedTuple):
    """A visitor's view: a moment, through whose eyes, and the panel beside the room."""

    moment: int = 0
    eyes: int | None = None
    tab: str = _PANELS[0]

    def text(self) -> str:
        """Return the look as the value of `t` in a link.

        >>> Look(40).text(), Look(40, 3, "Trust").text(), Look(40, tab="Why").text()
        ('40', '40.3.Trust', '40..Why')
        """
        eyes = "" if self.eyes is None else self.eyes
        return f"{self.moment}.{eyes}.{self.tab}" if self[1:] != Look()[1:] else str(self.moment)


def look_in(text: str, playback: Playback) -> Look:
    """Read the look in the value of `t`; whatever does not exist in the run falls back to the look that opens."""
    turn, eyes, tab = [*text.split(".", 2), "", ""][:3]
    seat, moment = _number(eyes), _number(turn)
    return Look(
        playback.first_text if moment is None else min(playback.last, moment),
        seat if seat is not None and seat < len(seat_names(playback.scenario)) else None,
        tab if tab in _PANELS else _PANELS[0],
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None


class RunView:
    """The page of one visitor."""

    def __init__(self, playback: Playback, look: Look) -> None:
        self.playback = playback
        self.moment, self.eyes, self.tab = look
        self.address = look  # in the page's address
        self.cast = cast_of(playback.scenario)
        self.is_looking = False  # whether a worker works out what is seen through somebody's eyes
        self.client = ui.context.client
        self.client.on_delete(self._forget)
        with ui.element("div").classes("columns"):
            with ui.element("div"):
                self._build_room()
            with shell.card().classes("beside"):
                self._build_panels()
        self.timer = ui.timer(_NORMAL_PACE, self._tick, active=False)
        ui.timer(_SECONDS_TO_ADDRESS, self._update_address)
        ui.keyboard(on_key=self._on_key, ignore=["input", "select", "button", "textarea"])
        self.show()

    def _forget(self) -> None:
        """Release the run when the page is gone; the rest of a page may stay for long."""
        del self.playback

    def _build_room(self) -> None:
        with ui.element("div").classes("card stage"):
            self.time = moments.TimeBar(has_bar=False)
            steps = ui.element("div").classes("steps").props('role="group" aria-label="stepping through the run"')
            steps.on("keydown", lambda event: self.press(str(event.args)), js_handler=_FORWARD_KEYS)
            with steps:
                self.slider = shell.ScaleSlider(self.moment, name="turn of the run", most=self.playback.last, step=1)
                self.slider.on_turn = lambda turn: self.go(int(turn))
                with shell.bar().classes("tight"):
                    self._build_steps()
            self.now = ui.label().classes("now").props('role="status" aria-live="polite" tabindex="0"')
            self.picture = shell.Html(name="the room")
            self.picture.on("click", lambda event: self.look(int(event.args)), js_handler=_TO_SEAT)
            shell.Html(moments.legend(self.cast, moments.ROOM_MARKS))

    def _build_steps(self) -> None:
        for text, icon, name, key in _STEPS:
            look = "" if text == "Play" else shell.SMALL_BUTTON
            step = shell.button(text, partial(self.press, key), icon=icon, name=name, look=look)
            if text == "Play":
                self.play = step
            else:
                step.classes("iconic rare" if text in {"Start", "End"} else "iconic")
        pace = ui.select(_PACES, value=_NORMAL_PACE, on_change=self._on_pace)
        shell.dressed(pace, "pace").style("width: 7rem")

    def _build_panels(self) -> None:
        with ui.tabs().props("dense align=left no-caps") as tabs:
            for name in _PANELS:
                ui.tab(name)
        names = {None: "everyone, as it really is"} | dict(enumerate(self.cast.names))
        through = "See the room through the eyes of"
        self.chooser = shell.searchable(ui.select(names, value=self.eyes, with_input=True, label=through))
        self.chooser.on_value_change(lambda event: self.look(event.value))
        self.chooser.props("dense outlined").style("width: 100%").props["aria-label"] = through
        self.belief = ui.label().classes("warm")
        with ui.tab_panels(tabs, value=self.tab, animated=False).classes("scroll").style("width: 100%"):
            self.panels: dict[str, shell.Html] = {}
            for name in _PANELS:
                with ui.tab_panel(name):
                    self.panels[name] = shell.Html(name=name)
        tabs.on("keydown", js_handler=_KEEP_KEYS)
        tabs.on("click", js_handler=_LOSE_FOCUS)
        tabs.value = self.tab
        tabs.on_value_change(self._on_tab)

    @property
    def current_look(self) -> Look:
        """The current view."""
        return Look(self.moment, self.eyes, self.tab)

    def _update_address(self) -> None:
        """Put the current view into the page's address; browsers do not allow that at every turn."""
        if self.address != self.current_look:
            self.address = self.current_look
            shell.set_address("/room", query(self.playback.variant), f"&t={self.address.text()}")

    def go(self, moment: int) -> None:
        """Show another moment."""
        moment = min(self.playback.last, max(0, moment))
        if moment != self.moment:
            self.moment = moment
            self.show()

    def look(self, seat: int | None) -> None:
        """See the room through a delegate's eyes, or as it is."""
        if seat != self.eyes and (seat is None or 0 <= seat < len(self.cast.names)):
            self.eyes = seat
            self.chooser.value = seat
            self.show()

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
        self.timer.interval = event.value

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
                if self.moment == self.playback.last:
                    self.go(0)
                self._playing(not self.timer.active)
            case "Home":
                self.go(0)
            case "End":
                self.go(self.playback.last)
            case "n":
                self.go(self.playback.next_event(self.moment))

    def show(self) -> None:
        """Show the moment."""
        frame = self.playback.frames[self.moment]
        before = self.playback.frames[self.moment - 1] if self.moment else None
        self.time.show(self.playback.scenario, frame, f"turn {self.moment} of {self.playback.last}")
        self.now.text = moments.latest_news(self.playback, self.moment)
        self.picture.show(room_picture(frame, self.cast, eyes=self.eyes, before=before))
        self.slider.show(self.moment)
        if self.eyes is None:
            self._show_panel(None)
        elif not self.is_looking:
            self.is_looking = True
            background_tasks.create(self._see())
        if self.tab == "Minutes":
            ui.run_javascript('document.querySelector(".lines .latest")?.scrollIntoView({block: "nearest"})')

    async def _see(self) -> None:
        """Show a delegate's view; moments that have passed meanwhile are left out."""
        try:
            with self.client:
                while (look := self.current_look).eyes is not None:
                    eyes = await shell.in_worker(eyes_of, self.playback.variant, look.moment, look.eyes)
                    if (look.moment, look.eyes) == (self.moment, self.eyes):
                        self._show_panel(eyes)
                        break
        except NegsimError as error:
            self.belief.text = error.sentence()
        finally:
            self.is_looking = False

    def _show_panel(self, eyes: Outlook | None) -> None:
        """Show the panel beside the room. eyes: the view of a delegate, if one is chosen."""
        self.belief.text = ""
        if eyes is not None:
            thinks = f"{self.cast.names[eyes.seat]} thinks the other groups are {eyes.seems:.2f} away on average"
            self.belief.text = f"{thinks}; in fact they are {eyes.true:.2f} away."
        self.panels[self.tab].show(self._panel(self.tab, eyes))

    def _panel(self, tab: str, eyes: Outlook | None) -> Markup:
        frame = self.playback.frames[self.moment]
        match tab:
            case "Text":
                return moments.text_table(frame, self.cast)
            case "Positions":
                marks = moments.legend(None, _BELIEVED + _MARKS if eyes else _MARKS)
                return positions_picture(frame, self.cast, eyes=eyes) + marks
            case "Trust":
                start = self.playback.frames[0].trust
                return moments.trust_notes(frame, self.cast, eyes) + trust_picture(frame.trust, start, self.cast)
            case "Minutes":
                return moments.minutes_so_far(self.playback, self.moment)
            case _:
                return moments.explanation(self.playback, self.cast, self.moment)


async def prepare(visit: Visit, variant: Variant) -> tuple[VariantReading, Playback, Ends]:
    """Read the scenario and the run that a page shows, and the ends of others like it."""
    reading = await WORKS.do(visit, read, variant, is_long=variant.is_long)
    playback = await WORKS.do(visit, Playback, variant, is_long=reading.is_long)
    return reading, playback, await WORKS.do(visit, ends_of, replace(variant, replication=0), is_long=reading.is_long)


def show_run(request: Request, variant: Variant, prepared: tuple[VariantReading, Playback, Ends]) -> None:
    """Show the page of the variant in a link."""
    reading, playback, ends = prepared
    with shell.page("The room", "/room", link=query(variant), scenario=playback.scenario):
        shell.slide_marks()
        with shell.bar().classes("titled"):
            shell.heading(playback.scenario.title, 1, grows=True)
            variant_buttons("/room", variant, lambda: f"&t={view.current_look.text()}")
        with shell.bar().classes("small soft"):
            ui.label(description(variant)).props('aria-label="on screen"')
            show_ends(playback, ends)
            ui.label(open_questions(reading.scenario))
        view = RunView(playback, look_in(request.query_params.get("t", ""), playback))
        ui.run_javascript(_TO_MIDDLE)  # of the picture, for a phone


def show_ends(playback: Playback, ends: Ends) -> None:
    """Say how many runs end as this one does, without saying how; link to a usual one if it is not."""
    ui.label(moments.how_usual(playback.outcome, ends))
    if ends.outcomes and playback.outcome != ends.outcomes[ends.typical]:
        usual = replace(playback.variant, replication=ends.typical)
        ui.link("Watch one with the most common outcome", f"/room?{query(usual)}")
