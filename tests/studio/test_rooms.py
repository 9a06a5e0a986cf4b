"""Rooms of a class: codes, people, the teacher, the clock."""

from __future__ import annotations

import asyncio

import pytest

from negsim.studio import limits
from negsim.studio.debrief import opening_of
from negsim.studio.limits import RefusedError
from negsim.studio.links import Variant
from negsim.studio.rooms import CODE_LENGTH, CODE_LETTERS, Rooms, Stage, keys_in
from studio_cases import CLASSROOM, HOSTILE, open_in, seated


def test_codes_cannot_be_guessed_and_tries_are_counted():
    rooms = Rooms()
    opened = open_in(rooms, CLASSROOM, "teacher", 0.0)
    assert len(opened.code) == CODE_LENGTH
    assert set(opened.code) <= set(CODE_LETTERS)
    assert len(CODE_LETTERS) ** CODE_LENGTH > 10**11
    assert rooms.find(f" {opened.code[:4].lower()}-{opened.code[4:]}", "a", 0.0) is opened
    for _ in range(int(limits.TRY_RATE[1])):
        with pytest.raises(RefusedError, match="no room"):
            rooms.find("WRONG", "a", 0.0)
    with pytest.raises(RefusedError, match="too many wrong codes"):
        rooms.find("WRONG", "a", 0.0)
    for _ in range(20):
        assert rooms.find(opened.code, "a", 0.0) is opened  # a class may share the address


def test_a_class_joins_whatever_a_stranger_at_its_address_tries():
    rooms = Rooms()
    opened = open_in(rooms, CLASSROOM, "teacher", 0.0)
    for n in range(70):
        with pytest.raises(RefusedError):
            rooms.find("WRONG", "school", 0.0)
        if n < 20:
            rooms.join(opened.code, f"P{n}", "school", 0.0)
    assert rooms.join(opened.code, "Ana", "school", 0.0)


def test_right_codes_and_those_of_closed_rooms_are_no_wrong_tries():
    rooms = Rooms()
    opened, closed = (open_in(rooms, CLASSROOM, "teacher", 0.0) for _ in range(2))
    rooms.close(closed, 0.0)
    for _ in range(2 * int(limits.TRY_RATE[1])):
        assert rooms.find(opened.code, "school", 0.0) is opened
        with pytest.raises(RefusedError, match="this room was closed"):
            rooms.find(closed.code, "school", 0.0)


@pytest.mark.parametrize("why", ["closed", "idle"])
def test_in_a_closed_room_people_are_told_so_and_nothing_is_taken(why):
    rooms = Rooms()
    room = open_in(rooms, CLASSROOM, "teacher", 0.0)
    ana = seated(room)
    assert room.game.waiting() == [0]
    assert room.reason_gone(ana) == ""
    version, now = room.version, 4 * 3600.0
    if why == "closed":
        rooms.close(room, now)
    else:
        rooms.close_idle(now)
    assert room.reason_gone(ana) == "this room was closed"
    assert room.version > version
    acts = [
        lambda: room.answer(ana, None, room.game.turn, ana.seat, now),
        lambda: room.take(ana, 1, now),
        lambda: room.raise_hand(ana, now),
        lambda: room.assign(ana.number, 1, now),
        lambda: room.join("Ben", now),
    ]
    for act in acts:
        with pytest.raises(RefusedError, match="this room was closed"):
            act()
    room.start(now)
    assert room.stage is Stage.CLOSED


def test_who_was_removed_is_told_so(room, ana, ben):
    room.remove(ana.number, 0.0)
    assert "removed you" in room.reason_gone(ana)
    assert room.reason_gone(ben) == ""
    with pytest.raises(RefusedError, match="removed you"):
        room.take(ana, 1, 0.0)


def test_a_room_that_was_never_used_makes_way_for_a_new_one():
    rooms = Rooms()
    used, begun, *unused = (open_in(rooms, CLASSROOM, f"address {n}", 0.0) for n in range(40))
    used.join("Ana", 0.0)
    begun.start(0.0)
    with pytest.raises(RefusedError, match="40 rooms"):
        open_in(rooms, CLASSROOM, "y", 14 * 60.0)
    assert open_in(rooms, CLASSROOM, "y", 16 * 60.0)
    assert {used.code, begun.code} < set(rooms.open_rooms)
    with pytest.raises(RefusedError, match="this room was closed"):
        rooms.find(unused[0].code, "x", 16 * 60.0)


def test_a_class_behind_one_address_joins_at_once_and_one_browser_fills_no_room():
    rooms = Rooms()
    first, second = (open_in(rooms, CLASSROOM, "teacher", 0.0) for _ in range(2))
    for room in (first, second):
        for n in range(40):
            rooms.join(room.code, f"P{n}", "school", 0.0)
    keys = []
    for name in ("Ana", "Ben", "Cem"):
        keys.append(rooms.join(first.code, name, "home", 0.0, keys)[1].token)
    assert rooms.join(first.code, "ana", "home", 0.0, keys)[1].token == keys[0]
    with pytest.raises(RefusedError, match="3 people have joined from this browser"):
        rooms.join(first.code, "Dora", "home", 0.0, keys)
    for n in range(40, 48):
        rooms.join(second.code, f"P{n}", "school", 0.0)
    with pytest.raises(RefusedError, match="too many people are joining"):
        rooms.join(second.code, "P48", "school", 0.0)
    assert rooms.join(second.code, "P48", "school", 5.0)


def test_nobody_waits_for_a_seat_whose_person_has_gone(room, ana, ben):
    room.take(ana, 0, 0.0)
    room.conduct(pace=0.4, patience=0.0)  # as long as it takes
    room.start(0.0)

    def until_asked(seat, now):
        while seat not in room.game.waiting():
            now += 0.5
            room.note_sign(ben, now)
            room.tick(now)
        return now

    now = until_asked(0, 0.0)
    turn = room.game.turn
    for later in (10.0, 100.0):  # nobody else plays: the room waits
        room.tick(now + later)
        assert (room.game.waiting(), room.game.turn) == ([0], turn)
    room.take(ben, 1, now)
    room.note_sign(ana, now + 10.0)
    room.note_sign(ben, now + 20.0)
    room.tick(now + 20.0)
    assert (room.game.waiting(), room.game.turn) == ([0], turn)  # away, but not for long
    room.note_sign(ben, now + 26.0)
    room.tick(now + 26.0)
    assert room.game.turn == turn + 1
    now = until_asked(1, now + 26.0)
    room.answer(ben, None, room.game.turn, ben.seat, now)
    room.note_sign(ana, now + 10.0)  # she is back
    now = until_asked(0, now)
    room.tick(now + 1.0)
    assert 0 in room.game.waiting()


def test_who_leaves_a_seat_makes_it_free_and_may_sit_down_again(room, ana, ben):
    room.take(ana, 4, 0.0)
    room.leave(ana, 0.0)
    assert ana.seat is None
    assert not room.game.negotiation.policies
    room.take(ben, 4, 0.0)
    room.leave(ben, 0.0)
    room.take(ana, 4, 0.0)
    room.stage = Stage.OVER
    with pytest.raises(RefusedError, match="over"):
        room.leave(ana, 0.0)
    assert ana.seat == 4


def test_who_has_read_a_brief_gets_another_chair_from_the_teacher_only(room, ana):
    room.take(ana, 4, 0.0)
    with pytest.raises(RefusedError, match="you have read the brief of"):
        room.take(ana, 5, 0.0)
    room.leave(ana, 0.0)
    with pytest.raises(RefusedError, match="only your teacher"):
        room.take(ana, 5, 0.0)
    room.assign(ana.number, 5, 0.0)
    with pytest.raises(RefusedError, match="only your teacher"):
        room.take(ana, 4, 0.0)
    assert ana.seat == 5


def test_who_was_removed_stays_out_by_name_and_by_browser_and_a_closed_door_lets_nobody_in(room, ana):
    room.remove(ana.number, 0.0)
    for name, keys in (("Ana", []), ("ANA", []), ("Аna", []), ("Somebody", [ana.token])):
        with pytest.raises(RefusedError, match="removed you"):
            room.join(name, 0.0, keys=keys)
    room.conduct(lets_in=False)
    with pytest.raises(RefusedError, match="to new people"):
        room.join("Ben", 0.0)
    assert room.join("The teacher", 0.0, keys=[room.teacher])
    room.conduct(lets_in=True)
    assert room.join("Ben", 0.0)


def test_one_address_has_so_many_rooms_open():
    rooms = Rooms()
    opened = [open_in(rooms, CLASSROOM, "x", 30.0 * n) for n in range(8)]
    with pytest.raises(RefusedError, match="8 rooms are open from your address"):
        open_in(rooms, CLASSROOM, "x", 300.0)
    assert [open_in(rooms, CLASSROOM, "127.0.0.1", 300.0 + 30.0 * n) for n in range(9)]
    rooms.close(opened[0], 300.0)
    assert open_in(rooms, CLASSROOM, "x", 300.0)


def test_a_teacher_knows_the_word_and_a_stranger_cannot_try_many():
    rooms = Rooms()
    rooms.check_word("", "x", 0.0)
    rooms.word = "ABCDEFGH"
    rooms.check_word("abcd-efgh", "x", 0.0)
    for _ in range(10):
        with pytest.raises(RefusedError, match="not the teacher's word"):
            rooms.check_word("WRONG", "x", 0.0)
    with pytest.raises(RefusedError, match="too many wrong words"):
        rooms.check_word("WRONG", "x", 0.0)
    rooms.check_word("ABCDEFGH", "x", 0.0)


def test_a_way_into_a_new_room_is_good_once():
    rooms = Rooms()
    ticket = rooms.open_room(opening_of(CLASSROOM), "x", 0.0)
    assert rooms.take_ticket(ticket) is next(iter(rooms.open_rooms.values()))
    for again in (ticket, ""):
        with pytest.raises(RefusedError, match="used up"):
            rooms.take_ticket(again)


def test_a_room_that_closes_leaves_no_way_in():
    rooms = Rooms()
    ticket, other = (rooms.open_room(opening_of(CLASSROOM), "x", 0.0) for _ in range(2))
    rooms.close(rooms._tickets[ticket], 0.0)
    assert list(rooms._tickets) == [other]
    with pytest.raises(RefusedError, match="used up"):
        rooms.take_ticket(ticket)


def test_a_room_that_nobody_came_back_to_after_a_restart_makes_way_for_a_new_one(tmp_path):
    rooms = Rooms()
    rooms.keep_in(tmp_path)
    deserted, used = (open_in(rooms, CLASSROOM, "x", 0.0) for _ in range(2))
    for room in (deserted, used):
        room.join("Ana", 0.0)
    rooms.journals.let_go()
    after = Rooms()
    after.keep_in(tmp_path)
    after.restore(0.0)
    back = after.find(used.code, "x", 0.0)
    back.note_sign(back.people.numbered(1), 10.0)
    after.close_unused(14 * 60.0)
    assert set(after.open_rooms) == {deserted.code, used.code}
    after.close_unused(16 * 60.0)
    assert set(after.open_rooms) == {used.code}


def test_rooms_are_few_and_idle_ones_are_closed():
    rooms = Rooms()
    first = open_in(rooms, CLASSROOM, "x", 0.0)
    for n in range(39):
        open_in(rooms, CLASSROOM, f"address {n}", 1.0)
    with pytest.raises(RefusedError, match="40 rooms"):
        open_in(rooms, CLASSROOM, "y", 2.0)
    assert open_in(rooms, CLASSROOM, "y", 4 * 3600.0)
    with pytest.raises(RefusedError):
        rooms.find(first.code, "x", 4 * 3600.0)


def test_one_address_cannot_open_rooms_all_the_time():
    rooms = Rooms()
    for _ in range(6):
        open_in(rooms, CLASSROOM, "x", 0.0)
    with pytest.raises(RefusedError, match="too many rooms"):
        open_in(rooms, CLASSROOM, "x", 0.0)


def test_a_token_brings_back_to_the_seat_and_nothing_else_does(room, ana, ben):
    room.take(ana, 4, 0.0)
    assert room.people.holding([ana.token]) == [ana]
    assert room.people.holding([ana.token])[0].seat == 4
    assert room.people.holding([""]) == []
    assert room.people.holding([ana.token[:-1]]) == []
    assert not room.is_teacher(ben.token)
    assert room.is_teacher(room.teacher)
    assert len(ana.token) >= 32
    assert ana.token not in repr(ana)


def test_names_are_one_printable_line_and_taken_once(room):
    person = room.join(f"  Ana\n\x00{HOSTILE}" + "x" * 100, 0.0)
    assert "\n" not in person.name
    assert len(person.name) <= 40
    with pytest.raises(RefusedError, match="here already"):
        room.join(person.name.upper(), 0.0)
    with pytest.raises(RefusedError, match="write your name"):
        room.join(" \t ", 0.0)


def test_a_room_holds_so_many_people(room):
    for n in range(60):
        room.join(f"P{n}", 0.0)
    with pytest.raises(RefusedError, match="full"):
        room.join("one more", 0.0)


def test_the_teacher_starts_pauses_hands_out_seats_and_removes(room, ana):
    room.conduct(free=False)
    with pytest.raises(RefusedError, match="teacher hands out"):
        room.take(ana, 4, 0.0)
    room.assign(ana.number, 4, 0.0)
    assert room.players() == {4: "Ana"}
    room.tick(1.0)
    assert room.game.turn == 0
    room.start(1.0)
    room.tick(2.0)
    assert room.game.turn == 1
    room.pause(2.0)
    room.tick(9.0)
    assert room.game.turn == 1
    with pytest.raises(RefusedError, match="paused"):
        room.answer(ana, None, room.game.turn, ana.seat, 9.0)
    room.remove(ana.number, 9.0)
    assert not room.game.negotiation.policies
    assert room.people.holding([ana.token]) == []
    with pytest.raises(RefusedError):
        room.remove(ana.number, 9.0)


def test_a_seat_is_waited_for_and_then_played_by_the_model(room):
    ana = seated(room, patience=30.0)
    turn = room.game.turn
    assert room.game.waiting() == [0]
    assert room.seconds_left(10.0) == 20.0
    room.note_sign(ana, 29.0)
    room.tick(29.0)
    assert room.game.turn == turn
    room.tick(30.0)
    assert room.game.turn > turn
    room.conduct(patience=0.0)
    assert room.seconds_left(0.0) is None
    now = 31.0
    while room.stage is not Stage.OVER:
        now += 1.0
        room.stop_waiting(now)
        room.tick(now)
    assert room.game.is_over


def test_who_is_asked_gets_as_much_time_again_once_for_a_question(room):
    ana, ben = seated(room, patience=30.0), room.join("Ben", 0.0)
    with pytest.raises(RefusedError, match="nothing is asked of you"):
        room.more_time(ben, 10.0)
    room.more_time(ana, 10.0)
    assert room.seconds_left(10.0) == 50.0
    with pytest.raises(RefusedError, match="you have had more time"):
        room.more_time(ana, 20.0)
    turn = room.game.turn
    room.note_sign(ana, 59.0)
    room.tick(59.0)
    assert room.game.turn == turn
    now = 60.0
    room.tick(now)
    while ana.seat not in room.game.waiting():
        now += 1.0
        room.tick(now)
    room.more_time(ana, now)  # another question
    room.conduct(patience=0.0)
    with pytest.raises(RefusedError, match="as long as it takes"):
        room.more_time(ana, now + 9.0)


@pytest.mark.parametrize(
    ("leave", "why"),
    [
        (lambda room: room.tick(30.0), "you did not answer in time"),
        (lambda room: room.stop_waiting(1.0), "your teacher did not wait"),
        (lambda room: (room.note_sign(list(room.people)[1], 20.0), room.tick(20.0)), "you were away"),
    ],
)
def test_what_the_model_answers_for_a_person_is_told_as_the_models(room, leave, why, ana, ben):
    room.take(ana, 1, 0.0)
    room.take(ben, 0, 0.0)
    room.conduct(pace=0.4, patience=30.0)
    room.start(0.0)
    room.tick(0.0)
    assert room.game.waiting() == [1]
    asked = room.game.questions[1]
    leave(room)
    assert room.substitutions[1].startswith(f"The model answered for you, because {why}. {asked.title}: Your delegate")
    assert "chose to" in room.substitutions[1]
    now = 40.0
    while 1 not in room.game.waiting():
        now += 1.0
        room.stop_waiting(now)
        room.tick(now)
    room.answer(ana, None, room.game.turn, 1, now)
    assert 1 not in room.substitutions


def test_an_answer_to_a_turn_that_has_passed_is_refused(room):
    ana = seated(room)
    with pytest.raises(RefusedError, match="too late"):
        room.answer(ana, None, room.game.turn - 1, ana.seat, 1.0)
    room.answer(ana, None, room.game.turn, ana.seat, 1.0)
    assert room.game.waiting() == []


def test_an_answer_is_refused_to_who_was_given_another_seat_meanwhile(room):
    ana = seated(room)
    room.assign(ana.number, 1, 0.5)
    with pytest.raises(RefusedError, match="another seat"):
        room.answer(ana, None, room.game.turn, 0, 1.0)
    assert room.game.replies == {}


def test_moves_are_limited_by_person(room, ana, ben):
    for _ in range(6):
        room.take(ana, 0, 0.0)
        room.leave(ana, 0.0)
    with pytest.raises(RefusedError, match="not so fast"):
        room.take(ana, 0, 0.0)
    room.take(ben, 1, 0.0)
    room.take(ana, 0, 1.0)


def test_two_people_never_hold_one_seat(room, ana, ben):
    room.take(ana, 4, 0.0)
    with pytest.raises(RefusedError, match="is taken already"):
        room.take(ben, 4, 0.0)
    assert ben.seat is None
    room.assign(ana.number, 5, 0.0)
    room.take(ben, 4, 0.0)
    assert set(room.game.negotiation.policies) == {4, 5}


def test_a_dropped_person_is_away_and_back_at_once(room, ana):
    assert not room.is_away(ana, 5.0)
    assert room.is_away(ana, 7.0)
    version = room.version
    room.note_sign(ana, 8.0)
    assert not room.is_away(ana, 8.0)
    assert room.version == version + 1


def test_a_browser_holds_the_secrets_of_its_own_room_only():
    cookies = {"negsim_ABCDEFGH": "teacher", "negsim_ABCDEFGH_2": "ana", "negsim_ABCDEFGJ_2": "ben", "x": "y"}
    assert keys_in(cookies, "abcd-efgh") == ["teacher", "ana"]


def test_a_large_room_makes_few_turns_a_tick_and_others_have_theirs_between():
    rooms = Rooms()
    large = open_in(rooms, Variant(changes=("groups.government.seats=140",)), "x", 0.0)
    small = open_in(rooms, CLASSROOM, "x", 0.0)
    order = []
    for room in (large, small):
        room.conduct(pace=0.0)
        room.start(0.0)

    async def ticked():
        ticking = asyncio.create_task(rooms.tick(lambda: 1.0))
        await asyncio.sleep(0)
        order.append((large.game.turn, small.game.turn))
        await ticking

    asyncio.run(ticked())
    assert 0 < large.game.turn < 20 < small.game.turn
    assert order[0][1] == 0
