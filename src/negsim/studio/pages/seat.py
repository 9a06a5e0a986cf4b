"""A person's seat: the brief, the question, the room, and the debriefing at the end.

- The page shows what the room holds. A reload, or another device with the same cookie, shows the same.
- It looks for changes many times a second, so that everybody sees a move at once.
- An answer belongs to the question on screen. One that comes too late is refused, and the page says so.
- A chair that somebody takes disturbs nobody who is typing: every chair stays in its place on the list.
- Whoever sits down takes the chair chosen in this browser: the press names it, whatever has reached the server.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import compress

from markupsafe import Markup
from nicegui import ui

from negsim.cast.palette import Colour
from negsim.errors import NegsimError
from negsim.negotiation.score import PASSED_OVER_COST, RED_LINE_COST
from negsim.policies.brief import Brief, DelegatePlace, brief_of, story_of
from negsim.policies.questions import (
    FLOOR_QUESTION,
    MOTION_QUESTION,
    READING_QUESTION,
    SUBMISSION_QUESTION,
    SeatQuestion,
)
from negsim.report.plots.style import INK, PAPER
from negsim.report.words import OUTCOME_LABELS, issue_names
from negsim.studio.debrief import Debrief, Result, debrief_of
from negsim.studio.game import EVENING_QUESTION, Game, Reply
from negsim.studio.names import BADGE
from negsim.studio.pages import moments, shell
from negsim.studio.pictures import SOFT, Cast, GroupMark, cast_of, marked, room_picture, shape, tag
from negsim.studio.rooms import Person, SharedRoom, Stage, spaced

SECONDS_BETWEEN_LOOKS = 0.1  # seconds between looks for a change
_LATEST_LINES = 12  # lines of the minutes
_ACTS = {
    "accept": "Accept",
    "object": "Object",
    "block": "Put it in brackets",
    "planned": "Keep to the plan",
    "dine": "Give a dinner",
}
_MOTION_ACTS = {"accept": "Back it", "object": "Vote against it"}
_KEEPS = "Once you have read the brief of a chair, only your teacher can give you another."
_SCALE_WIDE = 420.0
_TO_QUESTION = "document.querySelector('.ask h2').focus()"
_AFTER_ANSWER = (
    f"if (document.activeElement.matches('body, .ask *')) {_TO_QUESTION}"  # the button may be gone, or not yet
)
_TO_SEAT = """setTimeout(() => {{
  const room = document.querySelector(".wide"), seat = room?.querySelector('[data-seat="{seat}"]');
  if (seat) room.scrollLeft += seat.getBoundingClientRect().x - room.getBoundingClientRect().x - room.clientWidth / 2;
}})"""
_FILTER_AGAIN = """setTimeout(() => {{
  const field = getElement({id}), chosen = field?.$attrs["model-value"]?.label ?? "";
  const typed = field?.$el.querySelector("input[type=search]")?.value ?? "";
  if (typed !== chosen) field.filteredOptions = field.findFilteredOptions();
}})"""
_CHOICE = "window.chairs?.[{id}]"  # of this browser, in the field with this number
_KEEP_CHOICE = "(option) => {{ window.chairs = {{[{id}]: option?.value}}; }}"


class SeatView:
    """The page of one person."""

    def __init__(self, room: SharedRoom, person: Person) -> None:
        self.room, self.person, self.game = room, person, room.game
        self.version: tuple[object, ...] = ()  # of the room and the seat on screen
        self.brief_key: tuple[int | None, int] = None, -1  # seat and turn of the brief on screen
        self.seat_in_view: int | None = None  # in the middle of the picture
        self.is_due = False  # whether the seat has a question to answer
        self.question_key: tuple[object, ...] = ()  # of what the card shows
        self.question_place: tuple[int, int | None] = -1, None  # turn and seat of the question on screen
        self.cast = cast_of(room.game.scenario)
        self.refusal = ""
        self.chairs: _Chairs | None = None  # while the person chooses one
        self.client = ui.context.client
        with shell.page("Your seat", "/table", scenario=self.game.scenario):
            self.notice = shell.Alert().classes("card big")
            self.notice.set_visibility(False)
            with shell.bar():
                shell.heading(self.game.scenario.title, 1)
                ui.label(f"room {spaced(self.room.code)}").classes("chip")
                self.stage = ui.label().classes("chip").props('role="status"')
                self.turn = ui.label().classes("chip").props('aria-label="turn"')
                ui.link("Not you?", f"/table?code={self.room.code}").classes("small")
                self.leave = shell.button("Leave my seat", self._ask_to_leave, icon="logout", look="flat dense")
            with ui.element("div").classes("columns"):
                with ui.element("div"):
                    self._build_card()
                    with shell.card():
                        self.time = moments.TimeBar()
                        self.picture = shell.Html(name="the room")
                        self.badge = ui.label(f"{BADGE} marks your teacher. Nobody else can have this sign.")
                        self.badge.classes("small soft")
                        self.lines = shell.Html().props('aria-live="polite" role="log" tabindex="0"')
                        self.lines.classes("scroll short")
                with ui.element("div"):
                    self.brief = shell.Html().classes("card")
            self._build_strip()
        self.timer = ui.timer(SECONDS_BETWEEN_LOOKS, self.look)
        self.look()

    def _build_card(self) -> None:
        """Build the card of the question. Its heading stays, to keep the focus, and so does half an answer."""
        with ui.element("div").classes("card ask") as self.question:
            with ui.element("h2").props("tabindex=-1"):
                self.title = ui.label()
            self.substitution = ui.label().classes("warm")
            self.pause = ui.label("The negotiation is paused. What you have begun to answer stays.")
            self.body = ui.element("div")
            self.problem = shell.Alert()

    def _build_strip(self) -> None:
        """Build a strip that shows an open question wherever the page is scrolled."""
        with ui.element("div").classes("strip") as self.strip:
            self.news = ui.label().classes("grow")
            self.seconds = ui.label().props('role="timer"')
            to = ui.button("Go to the question").props("no-caps unelevated dense color=white text-color=black")
            to.on("click", js_handler=f"() => {_TO_QUESTION}")

    def look(self) -> None:
        """Show what has changed since the last look."""
        now = time.monotonic()
        if why := self.room.reason_gone(self.person):
            self._end(why)
            return
        if self.client.has_socket_connection:
            self.room.note_sign(self.person, now)
        self._show_due(now)
        self._scroll_to_seat()
        version = (self.room.version, self.person.seat)
        if version == self.version:
            return
        self.version = version
        self._show_room()
        self._show_question()

    def _end(self, why: str) -> None:
        """Say for good why this person is no longer in the room; a debriefing stays on screen."""
        self.timer.deactivate()
        self.notice.text = f"{why.capitalize()}."
        self.notice.set_visibility(True)
        for element in (self.stage, self.turn, self.leave, self.strip):
            element.set_visibility(False)
        self.question.set_visibility(self.game.is_over)

    def _show_due(self, now: float) -> None:
        """Show that the seat has to answer, and how long it has, wherever the page is scrolled."""
        seat, left = self.person.seat, self.room.seconds_left(now)
        due = self.room.stage is Stage.RUNNING and seat in self.game.waiting()
        self.stage.text = "you decide" if due else self.room.stage.value
        self.strip.set_visibility(due)
        if due and seat is not None:
            self.news.text = f"You decide: {self.game.questions[seat].title}"
            self.seconds.text = "" if left is None else f"{left:.0f} s"
        if due != self.is_due:
            self.is_due = due
            ui.page_title(f"{'You decide' if due else 'Your seat'} · negsim studio")

    def _show_room(self) -> None:
        seat = self.person.seat
        frame = self.game.recording.frames[-1]
        self.turn.text = f"turn {self.game.turn}"
        self.time.show(self.game.scenario, frame, f"turn {self.game.turn}")
        self.picture.show(room_picture(frame, self.cast, eyes=seat, people=self.room.players()))
        self.badge.set_visibility(any(name.startswith(BADGE) for name in self.room.players().values()))
        self.lines.show(moments.latest_minutes(self.room.lines(), _LATEST_LINES))
        if (brief := (seat, self.game.turn)) == self.brief_key:
            return
        self.brief_key = brief
        if seat is None:
            outcome = OUTCOME_LABELS[self.game.negotiation.run.outcome] if self.game.is_over else ""
            story = story_of(self.game.scenario.story)
            self.brief.show(shell.render("introduction", outcome=outcome, story=story))
        else:
            self.brief.show(brief_card(brief_of(self.game.negotiation, seat), self.cast))

    def _scroll_to_seat(self) -> None:
        """Put one's own seat in the middle of what a phone shows of the picture."""
        seat = self.person.seat
        if seat != self.seat_in_view and self.client.has_socket_connection:
            self.seat_in_view = seat
            self.client.run_javascript(_TO_SEAT.format(seat=seat))

    def _show_question(self) -> None:
        """Show the question; its card is built again only for another one."""
        seat = self.person.seat
        question = self.game.questions.get(seat) if seat is not None else None
        paused = self.room.stage is Stage.PAUSED
        self.pause.set_visibility(paused)
        self.body.set_visibility(not paused)
        self._show_substitution()
        free = self.room.rules.free and seat is None
        begun = seat is not None and self.room.stage is not Stage.WAITING  # else a chair half chosen would be lost
        answered, hand = seat in self.game.replies, seat in self.game.hands
        key = (begun, seat, self.game.turn if question else None, answered, free, hand, self.game.is_over)
        if key != self.question_key:
            self.question_key, self.question_place = key, (self.game.turn, seat)
            self._build_question(question)
        if self.chairs is not None:
            self.chairs.show(self.room.players())

    def _show_substitution(self) -> None:
        """Say what the model answered for this person, if it did."""
        text = "" if self.person.seat is None else self.room.substitutions.get(self.person.seat, "")
        self.substitution.text = text
        self.substitution.set_visibility(bool(text) and not self.game.is_over)

    def _build_question(self, question: SeatQuestion | None) -> None:
        seat = self.person.seat
        self.leave.set_visibility(seat is not None and not self.game.is_over)
        self.chairs = None
        self.body.clear()
        with self.body:
            if self.game.is_over:
                self.title.text = "The negotiation is over."
                if seat is not None:
                    shell.Html(debrief_card(debrief_of(self.game, self.room.model, seat), self.game))
            elif seat is None:
                self._build_choice()
            elif self.room.stage is Stage.WAITING:
                self.title.text = f"You play {self.cast.names[seat]}. The negotiation is {self.room.stage.value}."
                ui.label("Read your brief in the meantime.")
            elif question is not None and seat not in self.game.replies:
                self.title.text = question.title
                QuestionForm(question, self.game, seat, self._reply)
                if self.room.rules.patience:
                    more = partial(self.room.more_time, self.person)
                    shell.button("More time", lambda: self._try(more), icon="more_time", look="flat")
            else:
                self._build_waiting(seat)
        self.problem.text, self.refusal = self.refusal, ""

    def _build_choice(self) -> None:
        self.title.text = "Take a chair"
        if not self.room.rules.free:
            ui.label("Your teacher hands out the seats. Wait a moment.")
            return
        ui.label(_KEEPS)
        self.chairs = chairs = _Chairs(self.cast)
        shell.button(
            "Sit down", lambda seat: self._try(partial(self._sit, chairs.choice(seat))), icon="event_seat",
            tells=_CHOICE.format(id=chairs.field.id),
        )  # fmt: skip

    def _sit(self, seat: int | None, now: float) -> None:
        if seat is None:
            raise NegsimError("choose a chair first")
        self.room.take(self.person, int(seat), now)

    def _ask_to_leave(self) -> None:
        rest = "From then on the model plays it, and somebody else may take it. You stay in the room."
        leave = partial(self._try, partial(self.room.leave, self.person))
        shell.confirm("Leave your seat?", rest, _KEEPS, yes=("Leave it", leave), no="Stay", icon="logout")

    def _build_waiting(self, seat: int) -> None:
        if seat not in self.game.replies:
            self.title.text = "The others have the floor."
        elif seat in self.room.substitutions:
            self.title.text = "The others are still thinking."
        else:
            self.title.text = "Your answer is in; the others are still thinking."
        if seat in self.game.hands:
            ui.label("You have asked for the floor and speak next.")
            return
        raise_hand = partial(self.room.raise_hand, self.person)
        shell.button("Ask for the floor", lambda: self._try(raise_hand), icon="pan_tool")

    def _reply(self, reply: Reply | None) -> None:
        late = self.question_place != (self.game.turn, self.person.seat)
        self._try(lambda now: self.room.answer(self.person, reply, *self.question_place, now))
        if late:
            self.refusal = self.problem.text  # to read beside the next question

    def _try(self, act: Callable[[float], None]) -> None:
        try:
            act(time.monotonic())
        except NegsimError as error:
            self.problem.text = error.sentence()
            return
        self.look()
        if self.client.has_socket_connection:
            self.client.run_javascript(_AFTER_ANSWER)


class QuestionForm:
    """The form of a question to a seat. reply: called with the answer; None leaves it to the delegate."""

    def __init__(self, question: SeatQuestion, game: Game, seat: int, reply: Callable[[Reply | None], None]) -> None:
        self.question, self.game, self.seat, self.reply = question, game, seat, reply
        for sentence in self.question.facts:
            if sentence:
                ui.label(sentence)
        ui.label(self.question.default).classes("soft")
        ways = {
            FLOOR_QUESTION: self._ask_floor,
            SUBMISSION_QUESTION: self._ask_floor,
            EVENING_QUESTION: self._ask_evening,
            READING_QUESTION: self._ask_reading,
        }
        ways.get(self.question.kind, self._ask_plainly)()
        with ui.element("div").style("margin-top: 12px"):
            shell.button("As my delegate would", lambda: self.reply(None), icon="smart_toy", look="outline")

    def _ask_plainly(self) -> None:
        texts = _ACTS | (_MOTION_ACTS if self.question.kind == MOTION_QUESTION else {})
        with shell.bar():
            for act in self.question.acts:
                shell.button(texts[act], lambda act=act: self.reply(Reply(act=act))).classes("choice")

    def _ask_reading(self) -> None:
        self._ask_plainly()
        if self.question.issue is None or self.question.place is None or "block" not in self.question.acts:
            return
        ui.label("Or bracket it and argue for another text: where should it stand?").style("font-weight: 600")
        place = self._place(self.question.place, self.question.issue, "text")
        shell.button("Bracket and argue for this text", lambda: self.reply(Reply(act="block", place=place.chosen)))

    def _ask_floor(self) -> None:
        if "speak" in self.question.acts and self.question.issue is not None:
            place = self._place(self.question.place or 0.0, self.question.issue, "what you say")
            shell.button("Say it", lambda: self.reply(Reply(act="speak", place=place.chosen)), icon="campaign")
        if "table" in self.question.acts:
            self._ask_proposal()

    def _ask_proposal(self) -> None:
        """Show a switch and a scale for every issue; moving the scale puts the issue into the proposal."""
        fields: dict[str, tuple[ui.switch, shell.ScaleSlider]] = {}
        only = "speak" not in self.question.acts
        with ui.expansion("Table a proposal", icon="description", value=only).style("width: 100%"):
            for name, issue in self.game.scenario.issues.items():
                on = ui.switch(issue.label, value=name in self.question.places)
                on.props["aria-label"] = f"propose on {issue.label}"
                place = self._place(self.question.places.get(name, issue.status_quo), name, "proposal")
                place.on_turn = lambda _, on=on: on.set_value(True)
                fields[name] = on, place

            def table() -> None:
                places = {name: place.chosen for name, (on, place) in fields.items() if on.value}
                self.reply(Reply(act="table", places=places))

            shell.button("Table it", table, icon="description")

    def _ask_evening(self) -> None:
        names = self.game.negotiation.names
        others = {seat: name for seat, name in enumerate(names) if seat != self.seat}
        label = f"Guests, at most {self.question.guests}"
        guests = shell.searchable(shell.Choices(others, label=label, with_input=True))
        shell.dressed(guests, "Guests").props(f"use-chips max-values={self.question.guests}").style("width: 100%")

        def dine() -> None:
            self.reply(Reply(act="dine", guests=tuple(guests.value or ())))

        with shell.bar():
            shell.button(_ACTS["dine"], dine, icon="restaurant")
            shell.button(_ACTS["planned"], lambda: self.reply(Reply(act="planned")))

    def _place(self, value: float, issue: str, what: str) -> shell.ScaleSlider:
        """Make a scale between the ends of an issue. what: the number that it sets."""
        about = self.game.scenario.issues[issue]
        name = f"{what} on {about.label}, from 0, {about.low}, to 1, {about.high}"
        with ui.element("div").style("width: 100%"):
            with shell.bar():
                scale = shell.ScaleSlider(round(value, 2), name=name).classes("grow")
                scale.number = ui.label(f"{value:.2f}").style("font-weight: 700")
            with ui.element("div").classes("ends small soft"):
                for end in (f"0 {about.low}", f"1 {about.high}"):
                    with ui.element("span"):
                        ui.label(end)
        return scale


class _Chairs:
    """A field to choose a free chair."""

    def __init__(self, cast: Cast) -> None:
        groups = (cast.marks[group].label for group in cast.group)
        self.names = {
            seat: f"{name} ({group})" for seat, (name, group) in enumerate(zip(cast.names, groups, strict=True))
        }
        self.players: dict[int, str] = {}
        self.field = shell.searchable(ui.select(dict(self.names), label="Whose chair", with_input=True))
        shell.dressed(self.field).style("width: 100%")
        self.field.on("update:model-value", js_handler=_KEEP_CHOICE.format(id=self.field.id))

    def choice(self, seat: object) -> int | None:
        """Return the chair that a press of the button names; without one, the chair known to the server."""
        return seat if isinstance(seat, int) and seat in self.names else self.field.value

    def show(self, players: Mapping[int, str]) -> None:
        """Show who sits where, disable those chairs, and filter again by what the person is typing."""
        if players == self.players:
            return
        self.players = dict(players)
        self.field.props[":option-disable"] = f"(chair) => {sorted(players)}.includes(chair.value)"
        self.field.set_options(
            {seat: f"{name}: {players[seat]}" if seat in players else name for seat, name in self.names.items()}
        )
        if self.field.client.has_socket_connection:
            self.field.client.run_javascript(_FILTER_AGAIN.format(id=self.field.id))


def brief_card(brief: Brief, cast: Cast) -> Markup:
    """Show the private brief."""
    legend = moments.legend(cast, "black: you; the groups: where you believe them to be; dashed: the status quo")
    stances = [(stance, _scale(stance, cast.marks)) for stance in brief.stances]
    return shell.render("brief", brief=brief, legend=legend, stances=stances)


def _scale(stance: DelegatePlace, marks: list[GroupMark]) -> Markup:
    """Draw one's own position, the red lines, and where one believes the groups to be."""

    def x(value: float) -> float:
        return 12.0 + value * (_SCALE_WIDE - 24.0)

    quo = x(stance.issue.status_quo)
    parts = [
        tag("line", x1=x(0.0), y1=26.0, x2=x(1.0), y2=26.0, stroke=SOFT, stroke_width=2.0),
        tag("line", x1=quo, y1=16.0, x2=quo, y2=36.0, stroke=SOFT, stroke_width=2.0, stroke_dasharray="3 2"),
        shape(-4, x(stance.position), 26.0, 9.0, fill=INK, stroke=PAPER),
    ]  # fmt: skip
    for lower, (mark, value) in enumerate(zip(marks, stance.believed, strict=True)):
        if not math.isnan(value):
            parts.append(marked(mark, x(value), 10.0 if lower % 2 else 42.0, 7.5))
    for low, high in ((0.0, stance.red_low), (stance.red_high, 1.0)):
        if high > low and 0.0 <= low <= 1.0 and 0.0 <= high <= 1.0:
            parts.append(
                tag("rect", x=x(low), y=22.0, width=x(high) - x(low), height=8.0, fill=Colour.RED, opacity=0.45)
            )
    label = f"{stance.issue.label}: you {stance.position:.2f}; believed: " + ", ".join(
        f"{mark.label} {value:.2f}" for mark, value in zip(marks, stance.believed, strict=True) if not math.isnan(value)
    )
    return tag("svg", *parts, viewBox=f"0 0 {_SCALE_WIDE:g} 52", role="img", aria_label=label, class_="picture")


def debrief_card(debrief: Debrief, game: Game) -> Markup:
    """Show how the seat did, beside the model in every seat."""
    mine, model = both = debrief.mine, debrief.model
    comparison = [
        ("Outcome", mine.outcome, model.outcome),
        ("Score of your delegate", f"{mine.score:.0f}", f"{model.score:.0f}"),
        ("Score of your group", f"{mine.group:.0f}", f"{model.group:.0f}"),
        ("Score of the table: of the group that is worst off", f"{mine.table:.0f}", f"{model.table:.0f}"),
        ("Depth of what was agreed, of 100", *(_agreed(result, result.depth, ".0f", "–") for result in both)),
    ]
    texts = [
        (issue.label, *(_agreed(result, result.texts[k], ".2f", _nothing(result, k)) for result in both))
        for k, issue in enumerate(game.scenario.issues.values())
    ]
    return shell.render(
        "debrief", debrief=debrief, comparison=comparison, texts=texts, costs=(RED_LINE_COST, PASSED_OVER_COST),
        dropped=[*compress(issue_names(game.scenario), mine.dropped)],
        votes=[name for name, result in (("this room", mine), ("the room of the model", model)) if result.voted],
        agreed_not_adopted=not mine.adopted and not any(math.isnan(text) for text in mine.texts),
    )  # fmt: skip


def _nothing(result: Result, k: int) -> str:
    """Return what stands in place of a text on issue k."""
    return "nothing: it was dropped" if result.dropped[k] else "nothing"


def _agreed(result: Result, value: float, form: str, nothing: str) -> str:
    """Write a number of what was agreed, with a note if that is not the result."""
    return nothing if math.isnan(value) else f"{value:{form}}{'' if result.adopted else ' (agreed, not adopted)'}"
