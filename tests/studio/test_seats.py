"""The pages of a seat and of the teacher's desk."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip("nicegui")
from nicegui import ui

from negsim.policies.questions import SeatQuestion
from negsim.report.words import OUTCOME_LABELS
from negsim.studio.debrief import debrief_of
from negsim.studio.game import Game
from negsim.studio.pages import seat, shell, table
from negsim.studio.rooms import Stage
from studio_cases import CLASSROOM, HOSTILE, played, seated


@pytest.fixture
def view(page, room):  # noqa: ARG001 - built on it
    """The page of Ana, the mayor, in a room that has begun and asks her."""
    return seat.SeatView(room, seated(room, patience=30.0))


def test_a_click_that_comes_too_late_is_no_answer_to_a_question_never_seen(room, view):
    room.note_sign(view.person, 31.0)
    room.tick(31.0)
    assert room.game.waiting() == [0]
    view._reply(None)
    assert room.game.replies == {}
    view.look()
    assert view.problem.text == "Too late: the room has moved on."
    view._reply(None)
    assert room.game.waiting() == []


@pytest.mark.usefixtures("page")
def test_who_chooses_a_chair_is_not_disturbed_by_others_who_sit_down(room, ana, ben):
    view = seat.SeatView(room, ana)
    field = view.chairs.field
    field.value = 4
    room.take(ben, 1, 0.0)
    view.look()
    assert view.chairs.field is field
    assert field.value == 4
    assert list(field.options) == list(range(12))
    assert field.options[1] == "Town hall 2 (Town hall): Ben"
    assert "[1].includes" in field.props[":option-disable"]


@pytest.mark.usefixtures("page")
def test_a_chair_that_was_chosen_stays_chosen_when_the_negotiation_begins(room, ana):
    view = seat.SeatView(room, ana)
    field, field.value = view.chairs.field, 4
    room.start(0.0)
    view.look()
    assert view.chairs.field is field
    assert field.value == 4


@pytest.mark.usefixtures("page")
def test_a_press_takes_the_chair_that_it_tells_of_whatever_has_reached_the_server(room, ana):
    chairs = seat.SeatView(room, ana).chairs
    for strange in (None, {}, "4", 99, -1, [4]):
        assert chairs.choice(strange) is None
    assert chairs.choice(4) == 4
    chairs.field.value = 3
    assert chairs.choice(4) == 4
    assert chairs.choice(None) == 3


def test_what_is_half_answered_outlives_a_pause(view):
    built = list(view.body.descendants())
    view.room.pause(1.0)
    view.look()
    assert view.pause.visible
    assert not view.body.visible
    view.room.start(2.0)
    view.look()
    assert not view.pause.visible
    assert view.body.visible
    assert list(view.body.descendants()) == built


def test_a_seat_that_is_asked_is_told_so_beside_the_page_and_the_seconds_are_no_news(view):
    assert view.strip.visible
    assert view.news.text == f"You decide: {view.title.text}"
    assert view.stage.text == "you decide"
    assert view.seconds.props["role"] == "timer"
    assert view.client.title.startswith("You decide")
    view._reply(None)
    assert not view.strip.visible
    assert view.client.title.startswith("Your seat")


def test_what_the_model_answered_is_not_shown_as_ones_own(view):
    view.room.stop_waiting(1.0)
    view.look()
    assert view.substitution.visible
    assert view.substitution.text.startswith("The model answered for you")
    assert view.title.text == "The others are still thinking."


@pytest.mark.usefixtures("page")
def test_to_move_an_issue_of_a_proposal_proposes_on_it():
    question = SeatQuestion(kind="submission", title="", facts=(), acts=("table",), default="", places={"logs": 0.5})
    given = []
    with ui.element() as form:
        seat.QuestionForm(question, Game(CLASSROOM), 0, given.append)
    places = [element for element in form.descendants() if isinstance(element, shell.ScaleSlider)]
    ons = [element for element in form.descendants() if isinstance(element, ui.switch)]
    assert [on.value for on in ons] == [True, False, False]
    places[1]._on_input(SimpleNamespace(args=0.25))
    assert [on.value for on in ons] == [True, True, False]


@pytest.mark.usefixtures("page")
def test_who_comes_after_the_end_is_offered_no_chair(room):
    outcome = played(room.game, lambda *_: None).negotiation.run.outcome
    room.stage = Stage.OVER
    view = seat.SeatView(room, room.join("Ana", 0.0))
    assert view.title.text == "The negotiation is over."
    assert f"Outcome: {OUTCOME_LABELS[outcome]}" in view.brief.content
    assert "Take a chair" not in view.brief.content


def test_the_desk_says_what_is_kept_of_the_room(page, room):  # noqa: ARG001 - built on it
    desk = table.Desk(room)
    assert not desk.notices.visible
    assert not desk.returned.visible
    room.journal.stop(OSError(28, "No space left on device"))
    room.returned = "The studio was started again."
    room.conduct(pace=0.0)
    desk.look()
    assert desk.notices.visible
    assert "This room is no longer kept (No space left on device). The class can play on" in desk.notices.text
    assert (desk.returned.visible, desk.returned.text) == (True, room.returned)


def test_who_sits_with_the_teacher_reads_what_the_badge_means(page, room):  # noqa: ARG001 - built on it
    view = seat.SeatView(room, seated(room))
    assert not view.badge.visible
    teacher = room.join("Somebody", 0.0, keys=[room.teacher])
    room.take(teacher, 1, 0.0)
    view.look()
    assert view.badge.visible
    assert "★ Somebody" in view.picture.content


def test_the_desk_goes_on_after_a_pause_and_tells_the_end(page, room):  # noqa: ARG001 - built on it
    room.take(room.join(f"Ana {HOSTILE}", 0.0), 0, 0.0)
    desk = table.Desk(room)
    for act, label in ((room.start, "Pause"), (room.pause, "Go on"), (room.start, "Pause")):
        act(0.0)
        desk.look()
        assert (desk.go.text, desk.go.props["aria-label"]) == (label, label)
    assert not desk.end.visible
    outcome = played(room.game, lambda *_: None).negotiation.run.outcome
    room.stage = Stage.OVER
    room.conduct()
    desk.look()
    assert not any(element.visible for element in (desk.go, desk.hurry, desk.chair))
    told = desk.end.content
    assert f"Outcome: {OUTCOME_LABELS[outcome]}" in told
    assert f" of {len(room.game.scenario.issues)} paragraphs w" in told
    assert HOSTILE not in told
    assert f"{debrief_of(room.game, room.model, 0).mine.score:.0f}" in told
