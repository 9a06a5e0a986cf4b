"""A person's seat: the brief, the question, the room, and at the end the reckoning.

Rules that hold here
- The page shows what the room holds; a reload, or another device with the same cookie, shows the same.
- It looks for changes many times a second, so that a move is seen by all at once.
- An answer is one to the question on screen: what comes after the time ran out is refused, and told so.

What a seat is told, as HTML: the brief, the latest minutes, the reckoning.

Rules that hold here
- Every text is escaped by `svg.tag` and its kin.

The form of a question: what there is to know, and the ways to answer.

Rules that hold here
- A form knows nothing of the room; it hands an answer on as it was made.

The chairs of a room, to choose one from.

Rules that hold here
- A chair that is taken meanwhile changes nothing of what somebody is typing: every chair stays where it is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from html import escape

from nicegui import ui

from negsim.errors import NegsimError
from negsim.policies import Room
from negsim.report.plots.style import INK, PAPER
from negsim.report.words import OUTCOMES, counted, listed
from negsim.studio.debrief import Brief, Reckoning, Result, Stance, brief, reckon, seats_by_group
from negsim.studio.game import Game
from negsim.studio.pages import moments
from negsim.studio.pages.moments import legend, minutes_line, paragraph
from negsim.studio.pages.shell import Scale, button, dressed, heading, page, searchable
from negsim.studio.pictures import Cast, cast_of, room_picture
from negsim.studio.questions import EVENING, FLOOR, MOTION, READING, SUBMISSION, Question, Reply
from negsim.studio.rooms import Person, SharedRoom, Stage
from negsim.studio.svg import SOFT, Mark, marked, shape, tag

SCALE_WIDE = 420.0


HOW = (
    "Take a chair. You get a private brief: what your delegate wants, and what it believes of the others.",
    "When your delegate has the floor, a text is read, or an evening comes, you decide.",
    "The model plays all the others, and you too where you do not answer.",
    "At the end you see what the result is worth to your delegate, and what the model would have got.",
)


def introduction(game: Game) -> str:
    """What somebody without a seat is told."""
    if game.is_over:
        return tag("h2", escape(f"Outcome: {OUTCOMES[game.negotiation.run.outcome]}")) + paragraph(
            "You have come after the end. There are no chairs to take any more; the drawing and the minutes tell what"
            " happened."
        )
    return tag("h2", "How it goes") + "".join(map(paragraph, HOW))


def latest_minutes(room: SharedRoom, count: int) -> str:
    """The last lines of the minutes, the newest first."""
    lines = room.lines()[-count:]
    if not lines:
        return paragraph("Nothing has been said yet.", "soft")
    newest = lines[-1].frame
    return tag("div", *(minutes_line(line, latest=line.frame == newest) for line in reversed(lines)), class_="lines")


# ------------------------------------------------------------------------------------------------- the brief


def brief_page(brief: Brief, cast: Cast) -> str:
    """The private brief."""
    parts = [tag("h2", escape(f"Your brief: {brief.name} ({brief.group})"))]
    camp = f" You belong to the camp {brief.camp.replace('_', ' ')}." if brief.camp else ""
    voice = "Your objection can stop consensus." if brief.may_block else "You may speak, not block."
    parts.append(paragraph(f"{voice}{camp} Only you see this."))
    parts.append(legend(cast, "black: you; the groups: where you believe them to be; dashed: the status quo"))
    parts += [_stance(stance, cast) for stance in brief.stances]
    known = [pair for pair in zip(brief.groups, brief.trust, strict=True) if not math.isnan(pair[1])]
    levels = [f"{group} {trust:.2f}" for group, trust in known]
    parts.append(paragraph(f"You trust (0 to 1): {'; '.join(levels)}; the chair {brief.chair_trust:.2f}."))
    return "".join(parts)


def _stance(stance: Stance, cast: Cast) -> str:
    heavy = "matters most" if stance.weight > 1.3 else "matters less" if stance.weight < 0.75 else "matters"
    red = _red(stance)
    text = (
        f"You stand at {stance.position:.2f}; your instructions say {stance.instructions:.2f}. It {heavy} to you.{red}"
    )
    head = tag("b", escape(stance.issue))
    scale = _scale(stance, cast.marks), scale_ends(stance.low, stance.high)
    return tag("div", head, *scale, paragraph(text, "small"), style="margin: 6px 0 10px")


def _red(stance: Stance) -> str:
    low = f" Below {stance.red_low:.2f} you can never accept it." if stance.red_low > 0.0 else ""
    return low + (f" Above {stance.red_high:.2f} you can never accept it." if stance.red_high < 1.0 else "")


def scale_ends(low: str, high: str) -> str:
    """What the two ends of a scale mean, each below its own."""
    return tag("div", tag("span", escape(f"0 {low}")), tag("span", escape(f"1 {high}")), class_="ends small soft")


def _scale(stance: Stance, marks: list[Mark]) -> str:
    """One's own place, and where one believes the groups to be."""

    def x(value: float) -> float:
        return 12.0 + value * (SCALE_WIDE - 24.0)

    parts = [
        tag("line", x1=x(0.0), y1=26.0, x2=x(1.0), y2=26.0, stroke=SOFT, stroke_width=2.0),
        tag("line", x1=x(stance.status_quo), y1=16.0, x2=x(stance.status_quo), y2=36.0, stroke=SOFT, stroke_width=2.0,
            stroke_dasharray="3 2"),
        shape(-4, x(stance.position), 26.0, 9.0, fill=INK, stroke=PAPER),
    ]  # fmt: skip
    for lower, (mark, value) in enumerate(zip(marks, stance.believed, strict=True)):
        if not math.isnan(value):
            parts.append(marked(mark, x(value), 10.0 if lower % 2 else 42.0, 7.5))
    for low, high in ((0.0, stance.red_low), (stance.red_high, 1.0)):
        if high > low and 0.0 <= low <= 1.0 and 0.0 <= high <= 1.0:
            parts.append(
                tag("rect", x=x(low), y=22.0, width=x(high) - x(low), height=8.0, fill="#c0392b", opacity=0.45)
            )
    told = f"{stance.issue}: you {stance.position:.2f}; believed: " + ", ".join(
        f"{mark.label} {value:.2f}" for mark, value in zip(marks, stance.believed, strict=True) if not math.isnan(value)
    )
    return tag("svg", *parts, viewBox=f"0 0 {SCALE_WIDE:g} 52", role="img", aria_label=told, class_="picture")


# ---------------------------------------------------------------------------------------------- the reckoning


def result_page(reckoning: Reckoning, game: Game) -> str:
    """The reckoning."""
    mine, model = reckoning.mine, reckoning.model
    better = "better" if reckoning.gain > 0.05 else "worse" if reckoning.gain < -0.05 else "as well"
    than = f"{abs(reckoning.gain):.1f} {better} than" if better != "as well" else "the same as"
    parts = [
        tag("h2", escape(f"How {reckoning.name} did")),
        tag("p", tag("span", f"{mine.value:.0f}", class_="code"), tag("span", " of 100", class_="soft")),
        paragraph(f"The result is worth {mine.value:.1f} of 100 to your delegate: {than} with the model in all chairs,"
                  f" and {mine.value - reckoning.status_quo:+.1f} against no report at all.", "big"),
        _beside(mine, model),
        *_voted(mine, model),
        *_missed(reckoning),
        paragraph(_done(reckoning)),
        _texts(mine, model, game),
        paragraph("One run is one draw: sit down again, or ask the lab what happens on average.", "soft small"),
    ]  # fmt: skip
    return "".join(parts)


def _done(reckoning: Reckoning) -> str:
    """What the seat did."""
    alone = f" ({reckoning.alone} of them alone)" if reckoning.alone else ""
    held = (
        f"held brackets at {counted(reckoning.blocked, 'reading')}{alone}" if reckoning.blocked else "held no bracket"
    )
    dinners = counted(reckoning.dinners, "dinner")
    spoke = f"spoke {counted(reckoning.spoken, 'time')}" if reckoning.spoken else "did not speak"
    return f"You {spoke}, {held} and gave {dinners}."


def _beside(mine: Result, model: Result) -> str:
    rows = [
        ("It ended with", mine.outcome, model.outcome),
        ("Worth to your delegate", f"{mine.value:.1f}", f"{model.value:.1f}"),
        ("Worth to your group", f"{mine.group:.1f}", f"{model.group:.1f}"),
        ("Worth to the room", f"{mine.everybody:.1f}", f"{model.everybody:.1f}"),
        ("Depth of what was agreed, of 100", _depth(mine), _depth(model)),
    ]
    head = tag("tr", *(tag("th", escape(name)) for name in ("", "this room", "the model in all chairs")))
    return tag("table", head, *(tag("tr", *(tag("td", escape(cell)) for cell in row)) for row in rows), class_="plain")


def _depth(result: Result) -> str:
    return "–" if math.isnan(result.depth) else f"{result.depth:.0f}{_unless(result)}"


def _unless(result: Result) -> str:
    """What is added to what was agreed where that is not the result."""
    return "" if result.adopted else " (agreed, not adopted)"


def _voted(mine: Result, model: Result) -> Iterator[str]:
    """What a vote makes of brackets, where one was taken."""
    where = [name for name, result in (("this room", mine), ("the room of the model", model)) if result.voted]
    if where:
        yield paragraph(
            f"In {' and '.join(where)} no consensus was found and a vote was taken: every paragraph that has a text is"
            " adopted, in brackets or not."
        )


def _missed(reckoning: Reckoning) -> Iterator[str]:
    if reckoning.missed:
        where = (
            f"Missed: on {listed(list(reckoning.missed))} a text existed at the end that the room would have let pass,"
        )
        yield paragraph(f"{where} and nobody found it.", "warm")
    if reckoning.hopeless:
        yield paragraph(f"On {listed(list(reckoning.hopeless))} no text existed that the room would have let pass.")
    if not reckoning.mine.adopted and not any(math.isnan(text) for text in reckoning.mine.texts):
        yield paragraph("Every paragraph was agreed, and still the report was not adopted.", "warm")


def _texts(mine: Result, model: Result, game: Game) -> str:
    head = tag("tr", *(tag("th", escape(name)) for name in ("The text on …", "this room", "the model")))
    rows = [
        tag("tr", tag("td", escape(issue.label)), tag("td", _text(mine, k)), tag("td", _text(model, k)))
        for k, issue in enumerate(game.scenario.issues.values())
    ]
    return tag("table", head, *rows, class_="plain")


def _text(result: Result, k: int) -> str:
    return "nothing" if math.isnan(result.texts[k]) else f"{result.texts[k]:.2f}{_unless(result)}"


WORDS = {
    "accept": "Accept",
    "object": "Object",
    "block": "Put it in brackets",
    "planned": "Keep to the plan",
    "dine": "Give a dinner",
}
BACKED = {"accept": "Back it", "object": "Vote against it"}


class Form:
    """The form of a question that is put to a seat. reply: what is done with an answer; None: as the delegate would."""

    def __init__(self, asked: Question, game: Game, seat: int, reply: Callable[[Reply | None], None]) -> None:
        self.asked, self.game, self.seat, self.reply = asked, game, seat, reply

    def build(self) -> None:
        """The form."""
        for sentence in self.asked.told:
            if sentence:
                ui.label(sentence)
        ui.label(self.asked.default_told).classes("soft")
        ways = {FLOOR: self._ask_floor, SUBMISSION: self._ask_floor, EVENING: self._ask_evening,
                READING: self._ask_reading}  # fmt: skip
        ways.get(self.asked.kind, self._ask_plainly)()
        with ui.element("div").style("margin-top: 12px"):
            button("As my delegate would", lambda: self.reply(None), icon="smart_toy").props("outline")

    def _ask_plainly(self) -> None:
        words = WORDS | (BACKED if self.asked.kind == MOTION else {})
        with ui.element("div").classes("bar"):
            for act in self.asked.acts:
                button(words[act], lambda act=act: self.reply(Reply(act=act))).classes("choice")

    def _ask_reading(self) -> None:
        self._ask_plainly()
        if self.asked.issue is None or self.asked.place is None or "block" not in self.asked.acts:
            return
        ui.label("Or bracket it and argue for an amendment: where should the text stand?").style("font-weight: 600")
        place = self._place(self.asked.place, self.asked.issue, "amendment")
        button("Bracket with this amendment", lambda: self.reply(Reply(act="block", place=place.chosen)))

    def _ask_floor(self) -> None:
        if "speak" in self.asked.acts and self.asked.issue is not None:
            said = self._place(self.asked.place or 0.0, self.asked.issue, "what you say")
            button("Say it", lambda: self.reply(Reply(act="speak", place=said.chosen)), icon="campaign")
        if "table" in self.asked.acts:
            self._ask_proposal()

    def _ask_proposal(self) -> None:
        """Where every issue that is switched on should stand; to move one switches it on."""
        fields: dict[str, tuple[ui.switch, Scale]] = {}
        only = "speak" not in self.asked.acts
        with ui.expansion("Table a proposal", icon="description", value=only).style("width: 100%"):
            for name, issue in self.game.scenario.issues.items():
                on = ui.switch(issue.label, value=name in self.asked.places)
                on.props["aria-label"] = f"propose on {issue.label}"
                place = self._place(self.asked.places.get(name, issue.status_quo), name, "proposal")
                place.turned = lambda _, on=on: on.set_value(True)
                fields[name] = on, place

            def table() -> None:
                places = {name: place.chosen for name, (on, place) in fields.items() if on.value}
                self.reply(Reply(act="table", places=places))

            button("Table it", table, icon="description")

    def _ask_evening(self) -> None:
        names = self.game.negotiation.names
        others = {seat: name for seat, name in enumerate(names) if seat != self.seat}
        label = f"Guests, at most {self.asked.guests}"
        guests = searchable(ui.select(others, label=label, multiple=True, with_input=True))
        dressed(guests, "Guests").props(f"use-chips max-values={self.asked.guests}").style("width: 100%")

        def dine() -> None:
            self.reply(Reply(act="dine", guests=tuple(guests.value or ())))

        with ui.element("div").classes("bar"):
            button(WORDS["dine"], dine, icon="restaurant")
            button(WORDS["planned"], lambda: self.reply(Reply(act="planned")))

    def _place(self, value: float, issue: str, what: str) -> Scale:
        """A scale between the ends of an issue."""
        about = self.game.scenario.issues[issue]
        name = f"{what} on {about.label}, from 0, {about.low}, to 1, {about.high}"
        with ui.element("div").style("width: 100%"):
            with ui.element("div").classes("bar"):
                scale = Scale(round(value, 2), name=name).classes("grow")
                scale.beside(ui.label(f"{value:.2f}").style("font-weight: 700"))
            ui.html(scale_ends(about.low, about.high), sanitize=False)
        return scale


AGAIN = """setTimeout(() => {{
  const field = getElement({id}), chosen = field?.$attrs["model-value"]?.label ?? "";
  const typed = field?.$el.querySelector("input[type=search]")?.value ?? "";
  if (typed !== chosen) field.filteredOptions = field.findFilteredOptions();
}})"""


class Chairs:
    """A field to choose a chair in; those that are taken cannot be chosen."""

    def __init__(self, room: Room) -> None:
        self.names = {
            seat: f"{room.names[seat]} ({group})"
            for group, members in seats_by_group(room).items() for seat in members
        }  # fmt: skip
        self.taken: dict[int, str] = {}
        self.field = searchable(ui.select(dict(self.names), label="Whose chair", with_input=True))
        dressed(self.field, "Whose chair").style("width: 100%")

    def show(self, taken: Mapping[int, str]) -> None:
        """Say who sits where, and filter again by what is typed."""
        if taken == self.taken:
            return
        self.taken = dict(taken)
        places = [place for place, seat in enumerate(self.names) if seat in taken]
        self.field.props[":option-disable"] = f"(chair) => {places}.includes(chair.value)"
        self.field.set_options(
            {seat: name + (f": {taken[seat]}" if seat in taken else "") for seat, name in self.names.items()}
        )
        if self.field.client.has_socket_connection:
            self.field.client.run_javascript(AGAIN.format(id=self.field.id))


LOOK = 0.1  # seconds between looks for a change
LATEST = 12  # lines of the minutes that are shown
WIDE = 'tabindex="0" role="group" aria-label="the room, to be moved sideways on a phone"'
TO_QUESTION = "document.querySelector('.ask h2').focus()"
AFTER_ANSWER = (
    f"if (document.activeElement.matches('body, .ask *')) {TO_QUESTION}"  # the button may be gone, or not yet
)
TO_SEAT = """setTimeout(() => {{
  const room = document.querySelector(".wide"), seat = room?.querySelector('[data-seat="{seat}"]');
  if (seat) room.scrollLeft += seat.getBoundingClientRect().x - room.getBoundingClientRect().x - room.clientWidth / 2;
}})"""


class SeatView:
    """What one person sees."""

    def __init__(self, room: SharedRoom, person: Person) -> None:
        self.room, self.person = room, person
        self.shown: tuple[object, ...] = ()
        self.seat_shown: int | None = None  # in the middle of the drawing
        self.is_asked = False
        self.asked: tuple[object, ...] = ()
        self.asked_turn = -1  # the turn of the question on screen
        self.asked_seat: int | None = None  # and the seat it was put to
        self.cast = cast_of(room.game.scenario)
        self.refusal = ""
        self.chairs: Chairs | None = None  # while they are chosen from

    def build(self) -> None:
        """The page."""
        self.client = ui.context.client
        with page("Your seat", "/table"):
            self.notice = ui.label().classes("card big bad").props('role="alert"')
            self.notice.set_visibility(False)
            with ui.element("div").classes("bar"):
                heading(self.room.game.scenario.title, 1)
                ui.label(f"room {self.room.code[:4]}-{self.room.code[4:]}").classes("chip")
                self.stage = ui.label().classes("chip").props('role="status"')
                self.turn = ui.label().classes("chip").props('aria-label="turn"')
                ui.link("I am somebody else", f"/table?code={self.room.code}").classes("small")
                self.leave = button("Leave my seat", self._ask_to_leave, icon="logout").props("flat dense")
            with ui.element("div").classes("columns"):
                with ui.element("div"):
                    self._build_card()
                    with ui.element("div").classes("card"):
                        self.where = ui.label().classes("small soft")
                        self.meter = ui.html(sanitize=False).props('aria-hidden="true"')
                        ui.label("◂ Move the room sideways to see all of it ▸").classes("small soft narrow")
                        self.picture = ui.html(sanitize=False).classes("wide").props(WIDE)
                        self.lines = ui.html(sanitize=False).props('aria-live="polite" role="log" tabindex="0"')
                        self.lines.classes("scroll short")
                with ui.element("div"):
                    self.brief = ui.html(sanitize=False).classes("card")
            self._build_strip()
        self.timer = ui.timer(LOOK, self.look)
        self.look()

    def _build_card(self) -> None:
        """What is asked; its heading stays, so that the focus can rest on it, and so does what is half answered."""
        with ui.element("div").classes("card ask") as self.question:
            with ui.element("h2").props("tabindex=-1"):
                self.title = ui.label()
            self.stood_in = ui.label().classes("warm")
            self.held = ui.label("The negotiation is paused. What you have begun to answer stays as it is.")
            self.body = ui.element("div")
            self.problem = ui.label().classes("bad").props('role="alert"')

    def _build_strip(self) -> None:
        """What is seen of a question wherever the page has been moved to."""
        with ui.element("div").classes("strip") as self.strip:
            self.news = ui.label().classes("grow")
            self.seconds = ui.label().props('role="timer"')
            to = ui.button("To the question").props("no-caps unelevated dense color=white text-color=black")
            to.on("click", js_handler=f"() => {TO_QUESTION}")

    # ------------------------------------------------------------------------------------------------ looking

    def look(self) -> None:
        """Show what has changed since the last look."""
        now = time.monotonic()
        if why := self.room.gone(self.person):
            self._leave(why)
            return
        if self.client.has_socket_connection:
            self.room.seen(self.person, now)
        self._tell_asked(now)
        self._show_seat()
        key = (self.room.version, self.person.seat)
        if key == self.shown:
            return
        self.shown = key
        self._show_room()
        self._show_question()

    def _leave(self, why: str) -> None:
        """Say for good why this seat is no longer in the room; what is reckoned already stays to be read."""
        self.timer.deactivate()
        self.notice.text = f"{why.capitalize()}."
        self.notice.set_visibility(True)
        for element in (self.stage, self.turn, self.leave, self.strip):
            element.set_visibility(False)
        self.question.set_visibility(self.room.game.is_over)

    def _tell_asked(self, now: float) -> None:
        """Say that the seat is asked, and how long there is to answer, wherever the page has been moved to."""
        game, seat, left = self.room.game, self.person.seat, self.room.left(now)
        asked = self.room.stage is Stage.RUNNING and seat in game.waiting()
        self.stage.text = "you are asked" if asked else self.room.stage.value
        self.strip.set_visibility(asked)
        if asked and seat is not None:
            self.news.text = f"You are asked: {game.questions[seat].title}"
            self.seconds.text = "" if left is None else f"{left:.0f} s"
        if asked != self.is_asked:
            self.is_asked = asked
            ui.page_title(f"{'You are asked' if asked else 'Your seat'} · negsim studio")

    def _show_room(self) -> None:
        game, seat = self.room.game, self.person.seat
        frame = game.recording.frames[-1]
        self.turn.text = f"turn {game.turn}"
        self.where.text = moments.clock_line(game.scenario, frame, f"turn {game.turn}")
        self.meter.content = moments.meter(game.scenario, frame)
        self.picture.content = room_picture(frame, self.cast, eyes=seat, people=self.room.players())
        self.lines.content = latest_minutes(self.room, LATEST)
        if seat is None:
            self.brief.content = introduction(game)
        else:
            self.brief.content = brief_page(brief(game.negotiation, seat), self.cast)

    def _show_seat(self) -> None:
        """Put one's own seat in the middle of what a phone shows of the drawing."""
        seat = self.person.seat
        if seat != self.seat_shown and self.client.has_socket_connection:
            self.seat_shown = seat
            self.client.run_javascript(TO_SEAT.format(seat=seat))

    def _show_question(self) -> None:
        """The question, built anew only when it is another."""
        game, seat = self.room.game, self.person.seat
        asked = game.questions.get(seat) if seat is not None else None
        paused = self.room.stage is Stage.PAUSED
        self.held.set_visibility(paused)
        self.body.set_visibility(not paused)
        self._tell_stood_in()
        free = self.room.free_choice and seat is None
        begun, answered, hand = self.room.stage is not Stage.WAITING, seat in game.given, seat in game.hands
        key = (begun, seat, game.turn if asked else None, answered, free, hand, game.is_over)
        if key != self.asked:
            self.asked, self.asked_turn, self.asked_seat = key, game.turn, seat
            self._build_question(asked)
        if self.chairs is not None:
            self.chairs.show(self.room.players())

    def _tell_stood_in(self) -> None:
        told_so = "" if self.person.seat is None else self.room.stood_in.get(self.person.seat, "")
        self.stood_in.text = told_so
        self.stood_in.set_visibility(bool(told_so) and not self.room.game.is_over)

    # ----------------------------------------------------------------------------------------------- building

    def _build_question(self, asked: Question | None) -> None:
        game, seat = self.room.game, self.person.seat
        self.leave.set_visibility(seat is not None and not game.is_over)
        self.chairs = None
        self.body.clear()
        with self.body:
            if game.is_over:
                self._build_end()
            elif seat is None:
                self._build_choice()
            elif self.room.stage is Stage.WAITING:
                self.title.text = (
                    f"You play {game.negotiation.names[seat]}. The negotiation is {self.room.stage.value}."
                )
                ui.label("Read your brief in the meantime.")
            elif asked is not None and seat not in game.given:
                self.title.text = asked.title
                Form(asked, game, seat, self._reply).build()
            else:
                self._build_waiting(seat)
        self.problem.text, self.refusal = self.refusal, ""

    def _build_end(self) -> None:
        game, seat = self.room.game, self.person.seat
        self.title.text = "The negotiation is over."
        if seat is not None:
            ui.html(result_page(reckon(game, seat), game), sanitize=False)

    def _build_choice(self) -> None:
        self.title.text = "Take a chair"
        if not self.room.free_choice:
            ui.label("Your teacher hands out the seats. Wait a moment.")
            return
        self.chairs = chairs = Chairs(self.room.game.negotiation)
        button("Sit down", lambda: self._try(lambda now: self._sit(chairs.field.value, now)), icon="event_seat")

    def _sit(self, seat: int | None, now: float) -> None:
        if seat is None:
            raise NegsimError("choose a chair first")
        self.room.take(self.person, int(seat), now)

    def _ask_to_leave(self) -> None:
        with ui.dialog(value=True) as dialog, ui.card():
            ui.label("Leave your seat?").classes("big")
            ui.label("The model plays it from now on, and somebody else may take it. You stay in the room.")
            with ui.element("div").classes("bar"):
                button("Leave it", lambda: self._leave_seat(dialog), icon="logout")
                button("Stay", dialog.close).props("outline")
        dialog.on("hide", dialog.delete)

    def _leave_seat(self, dialog: ui.dialog) -> None:
        dialog.close()
        self._try(lambda now: self.room.leave(self.person, now))

    def _build_waiting(self, seat: int) -> None:
        answered = seat in self.room.game.given
        mine = (
            "The others are still thinking."
            if seat in self.room.stood_in
            else "Your answer is in; the others are still thinking."
        )
        self.title.text = mine if answered else "The others have the floor."
        if seat in self.room.game.hands:
            ui.label("You have asked for the floor: it comes at the next statement.")
            return
        button("Ask for the floor", lambda: self._try(self._raise_hand), icon="pan_tool")

    def _raise_hand(self, now: float) -> None:
        self.room.raise_hand(self.person, now)

    # ---------------------------------------------------------------------------------------------- answering

    def _reply(self, reply: Reply | None) -> None:
        turn, seat = self.asked_turn, self.asked_seat
        late = (turn, seat) != (self.room.game.turn, self.person.seat)
        self._try(lambda now: self.room.answer(self.person, reply, turn, seat, now))
        if late:
            self.refusal = self.problem.text  # to be read beside what comes next

    def _try(self, act: Callable[[float], None]) -> None:
        try:
            act(time.monotonic())
        except NegsimError as error:
            self.problem.text = str(error)
            return
        self.look()
        if self.client.has_socket_connection:
            self.client.run_javascript(AFTER_ANSWER)
