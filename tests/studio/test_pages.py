"""The pages: what they say, and what they ask before something is lost."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from hashlib import sha256
from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest

pytest.importorskip("nicegui")
from markupsafe import Markup
from nicegui import core

from negsim.errors import Mark, Problem, ScenarioError
from negsim.negotiation.tables import Outcome
from negsim.policies import SeatedNegotiation
from negsim.scenario import text_of
from negsim.studio import links
from negsim.studio.links import Variant, variant_of
from negsim.studio.pages import draft, edit, shell, table, variants, watch
from negsim.studio.recording import Ends, Playback
from negsim.studio.rooms import Rooms
from studio_cases import CLASSROOM, asked, inside, open_in


def verdict_of(page, monkeypatch, variant):
    """What the editor says of a scenario."""
    monkeypatch.setattr(shell, "set_address", lambda *_: None)
    view = edit.EditView(variant, "10.0.0.1")
    inside(page, view._check())
    return view.draft.verdict.text


def test_a_link_says_which_moment_is_looked_at_by_whom_and_beside_which_panel(playback):
    for look in (watch.Look(), watch.Look(40), watch.Look(7, 3, "Trust"), watch.Look(7, None, "Why")):
        assert watch.look_in(look.text(), playback) == look
    for strange in ("", "x", "-1", "4.999.Trust.x", "٣", "..", "0.-1.<b>"):
        assert watch.look_in(strange, playback)[1:] == (None, "Positions")
    assert watch.look_in("", playback).moment == playback.first_text > 0
    assert watch.look_in("0", playback).moment == 0
    assert watch.look_in("99999", playback).moment == playback.last


def test_a_run_that_ends_as_few_do_is_called_one_and_leads_to_a_usual_one(page, playback):
    outcome = playback.outcome
    other = next(each for each in Outcome if each != outcome)
    usual = f"/room?{links.query(replace(playback.variant, replication=1))}"
    for ends, said, ways in (
        (Ends((outcome, other, other), 1), "One run of many: 1 of 3 ends as this one does.", {usual}),
        (Ends((other, outcome, outcome), 1), "One run of many: 2 of 3 end as this one does.", set()),
        (Ends(), "", set()),
    ):
        before = len(page.elements)
        watch.show_ends(playback, ends)
        new = [*page.elements.values()][before:]
        assert [element.text for element in new if isinstance(element, watch.ui.label)] == [said]
        assert {str(element.props["href"]) for element in new if "href" in element.props} == ways


@pytest.mark.parametrize("view", [lambda: watch.RunView(Playback(CLASSROOM), watch.Look()),
                                  lambda: table.Desk(open_in(Rooms(), CLASSROOM, "x", 0.0))])  # fmt: skip
def test_what_the_marks_of_the_room_mean_stands_beside_them(page, view):
    view()
    told = " ".join(str(element.props.get("innerHTML", "")) for element in page.elements.values())
    for mark, meaning in (
        ("○", "text not read yet"),
        ("✓*", "agreed with dissent recorded"),
        ("[2]", "two paragraphs"),
    ):
        assert re.search(f"{re.escape(mark)}[^;.]*{meaning}", told)
    for label in ("Civil society", "Town hall"):
        assert f"</svg> {label}</span>" in told


def test_reports_of_different_variants_have_different_names():
    changed = [replace(CLASSROOM, changes=(f"context.tension={n}" + "0" * 150,)) for n in (1, 2)]
    own = [Variant(text=text_of("classroom") + "#" * n) for n in (1, 2)]
    others = [
        CLASSROOM,
        replace(CLASSROOM, seed=1),
        replace(CLASSROOM, turned=(("meetings.count", 2),)),
        Variant(name="cases/wgig"),
    ]
    names = [links.file_of(variant) for variant in [*others, *changed, *own]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[\w.=-]{,120}\.html", name) for name in names)
    assert names[2] == "classroom_meetings.count=2_seed-0.html"


def test_what_was_written_is_not_replaced_without_a_question(page, monkeypatch):
    monkeypatch.setattr(edit.ui, "run_javascript", lambda _: None)
    view = edit.EditView(CLASSROOM, "10.0.0.1")
    view._replace(Variant(name="wgig_2005"))
    assert view.draft.text == text_of("wgig_2005")
    view.editor.value = "mine"
    view._replace(CLASSROOM)
    assert view.draft.text == "mine"
    assert any(getattr(element, "text", "") == "Replace what you wrote?" for element in page.elements.values())


def test_what_the_source_leaves_unknown_is_said_to_be_drawn(page, monkeypatch):
    case = Variant(name="cases/icg")
    assert variants.open_questions(case.scenario()).startswith(
        "The sources do not say; drawn at random for every run: seats, pos"
    )
    assert variants.open_questions(CLASSROOM.scenario()) == ""
    assert ("cases/icg", case.base().title, "17 to 41 seats, 3 issues, 1 to 8 meetings") in variants.all_scenarios()
    verdict = verdict_of(page, monkeypatch, case)
    assert "17 to 41 seats, 3 issues, 1 to 8 meetings. No problems. The sources do not say" in verdict


def test_scenarios_are_listed_by_their_titles_and_one_meeting_is_one():
    assert variants.titles()["cases/wgig"] == "Working Group on Internet Governance (WGIG) · cases/wgig"
    assert [name for name, *_ in variants.all_scenarios()] == links.scenario_names()
    assert {name: told for name, _, told in variants.all_scenarios()}["classroom"].endswith(", 1 meeting")


def test_a_length_is_told_the_same_way_on_every_page(page, monkeypatch):
    assert ", 1 meeting, 5 h 24 of floor time. No problems." in verdict_of(page, monkeypatch, CLASSROOM)


def test_what_is_uploaded_with_other_line_ends_can_be_edited(page):
    crlf = text_of("classroom").replace("\n", "\r\n")
    view = edit.EditView(Variant(text=crlf), "10.0.0.1")
    assert "\r" not in view.draft.text
    upload = SimpleNamespace(file=SimpleNamespace(size=lambda: len(crlf), read=AsyncMock(return_value=crlf.encode())))
    inside(page, view._upload(upload))
    assert view.editor.value == view.draft.text == text_of("classroom")


def test_what_was_written_stands_in_the_address_or_is_asked_for(page, monkeypatch):
    addresses, scripts = [], []
    monkeypatch.setattr(shell, "set_address", lambda _, link: addresses.append(variant_of(link).text))
    monkeypatch.setattr(edit.ui, "run_javascript", scripts.append)
    view = edit.EditView(CLASSROOM, "10.0.0.1")

    def write(text):
        view.editor.value = text
        view.draft.last_change = 0.0
        inside(page, view._check())

    mine = text_of("classroom") + "# mine\n"
    write(mine)
    assert addresses[-1] == mine
    assert scripts[-2:] == [draft._ASK_BEFORE_LEAVING, draft._ASK_NO_MORE]
    noise = "".join(sha256(str(n).encode()).hexdigest() for n in range(1000))
    for text in (mine + f"# {noise}\n", "format: 1\n"):  # too long for a link, and no scenario
        write(text)
        assert addresses[-1] == mine
        assert scripts[-1] == draft._ASK_BEFORE_LEAVING
    write(mine + "#\n")
    assert addresses[-1] == mine + "#\n"
    assert scripts[-1] == draft._ASK_NO_MORE


def test_of_many_problems_some_are_shown_and_the_others_counted(page):
    error = ScenarioError([Problem(Mark("x", n), "", f"problem {n}") for n in range(1, 1001)])
    view = edit.EditView(CLASSROOM, "10.0.0.1")
    cut = error.cut(200)  # as it comes from a worker
    assert (len(cut.problems), cut.count) == (200, 1000)
    view.draft.say_problems(cut)
    shell.refusal_page(cut, "/room")
    told = [str(getattr(element, "text", "")) for element in page.elements.values()]
    assert sum(": problem " in text for text in told) == 2 * 200
    assert told.count("and 800 more") == 2
    assert "1000 problems" in view.draft.verdict.text


def test_a_code_in_a_link_keeps_all_its_letters(page):
    table.show_ways(asked("code=abcd-efgh"))
    assert any('value="ABCDEFGH"' in str(element.props.get("innerHTML")) for element in page.elements.values())


def test_the_way_in_leads_back_to_the_rooms_of_a_browser(page, monkeypatch):
    rooms = Rooms()
    monkeypatch.setattr(table, "ROOMS", rooms)
    room, other = open_in(rooms, CLASSROOM, "x", 0.0), open_in(rooms, CLASSROOM, "x", 0.0)
    ana = room.join("Ana", 0.0)
    other.join("Ben", 0.0)
    keys = f"negsim_{room.code}={room.teacher}; negsim_{room.code}_1={ana.token}; negsim_{other.code}_1=wrong"
    table.show_ways(asked(cookie=keys))
    ways = {str(element.props["href"]) for element in page.elements.values() if "href" in element.props}
    assert {f"/table/{room.code}", f"/table/{room.code}/1"} <= ways
    assert not any(other.code in way for way in ways)


def test_a_room_is_played_on_a_secret_seed_unless_its_link_names_one(page, monkeypatch):
    choosers = []
    monkeypatch.setattr(table, "Chooser", lambda variant: choosers.append(variants.Chooser(variant)) or choosers[-1])
    monkeypatch.setattr(shell, "in_worker", AsyncMock())
    for link in ("s=classroom", "s=classroom", "s=classroom&seed=0"):
        table.show_ways(asked(link))
    one, other, named = (inside(page, chooser.chosen())[0].seed for chooser in choosers)
    assert named == 0
    assert len({0, one, other}) == 3
    assert not any(str(one) in str(element.props) for element in page.elements.values())


def test_a_room_is_opened_once_however_often_its_button_is_pressed(page, monkeypatch):
    """Until it is refused; two presses may reach the server at once."""
    rooms = Rooms()
    monkeypatch.setattr(table, "ROOMS", rooms)
    monkeypatch.setattr(table.ui, "run_javascript", lambda _: None)
    monkeypatch.setattr(shell, "in_worker", AsyncMock(side_effect=lambda act, *given, **_: act(*given)))
    table.show_ways(asked("s=classroom"))
    labels = {getattr(element, "text", ""): element for element in page.elements.values()}
    seed = next(element for element in page.elements.values() if str(element.props.get("label")).startswith("Seed"))

    async def press_twice():
        monkeypatch.setattr(core, "loop", asyncio.get_running_loop())
        before = asyncio.all_tasks()
        for _ in range(2):
            listener = next(iter(labels["Open a room"]._event_listeners))
            page.handle_event({"id": labels["Open a room"].id, "listener_id": listener, "args": {}})
        await asyncio.gather(*asyncio.all_tasks() - before)

    seed.value = "x"
    inside(page, press_twice())
    assert not rooms.open_rooms
    seed.value = ""
    inside(page, press_twice())
    assert len(rooms.open_rooms) == 1


def test_a_table_that_is_stopped_before_its_run_is_there_never_moves(page, monkeypatch):
    moving = variants._MovingTable()
    run = [variants._Moment(news, Markup()) for news in ("One.", "Two.")]
    monkeypatch.setattr(shell, "in_worker", AsyncMock(side_effect=lambda *_, **__: moving._stop() or run))
    inside(page, moving._begin())
    assert (moving.news.text, moving.timer.active) == ("One.", False)


def test_a_room_reads_no_view_it_may_not_write_to():
    room = SeatedNegotiation(CLASSROOM.scenario(), {}, seed=0, replication=0)
    assert room.answers() == []


def test_a_page_whose_work_is_long_says_how_many_are_before_it_and_works_only_while_it_is_open(page, monkeypatch):
    done, reloads = [], []
    monkeypatch.setattr(shell.ui.navigate, "reload", lambda: reloads.append(True))

    async def prepare(visit):
        visit.before = 3
        shown.append(visit)
        await free.wait()
        visit.before = None
        done.append(visit.address)

    async def visits():
        shell.waiting_page("/room", prepare, "10.0.0.1")
        assert not shown  # nobody has opened it yet
        turn = next(element for element in page.elements.values() if isinstance(element, shell.WorkProgress))
        first = asyncio.create_task(page.connect_handlers[-1]())
        await asyncio.sleep(0)
        turn._show()
        assert turn.text == "3 before you."
        page.disconnect_handlers[-1]()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert not done
        free.set()
        await page.connect_handlers[-1]()

    shown, free = [], asyncio.Event()
    inside(page, visits())
    assert (done, reloads) == (["10.0.0.1"], [True])
