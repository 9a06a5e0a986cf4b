"""Journals of rooms: what is kept, what a fault costs, and that the desk says so."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import time
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from random import Random

import pytest

from negsim.errors import FailedError, NegsimError
from negsim.negotiation.runs import LOG_ROWS
from negsim.replay import AnswerRow, replay, rows_of
from negsim.studio import journal, rooms
from negsim.studio.debrief import OpeningBaseline
from negsim.studio.game import Game, Reply
from negsim.studio.guesses import Guess
from negsim.studio.journal import read_entries
from negsim.studio.limits import RefusedError
from negsim.studio.links import Variant
from negsim.studio.recording import negotiation_of
from negsim.studio.rooms import Rooms, Stage, usual_folder
from studio_cases import CLASSROOM, open_in, same_state
from test_replay import bits

NOW = 1_000.0
TURNS = 14  # of the room that faults befall
FAULTS, FULL_DISKS = 150, 50


def opened(folder):
    """A studio that holds a folder."""
    studio = Rooms()
    studio.keep_in(folder)
    return studio


def started_again(before, folder):
    """A studio on the folder of another, which was ended."""
    if before is not None:
        before.journals.let_go()
    studio = opened(folder)
    studio.restore(NOW)
    return studio


def the_room(studio):
    """The only room of a studio."""
    (room,) = studio.open_rooms.values()
    return room


def play_on(room, people, turns, seen=None):
    """Have people answer, ask for the floor and be answered for. seen: to put the bits of every turn into."""
    now = 0.0
    while room.game.turn < turns and not room.game.is_over:
        now += 1.0
        for person in people:
            room.note_sign(person, now)
            if person.seat in room.game.waiting() and room.game.turn % 3:
                question = room.game.questions[person.seat]
                reply = Reply(act=question.acts[0], place=0.25) if question.kind == "floor" else None
                room.answer(person, reply, room.game.turn, person.seat, now)
            elif room.game.turn % 4 == 0:
                with suppress(NegsimError):
                    room.raise_hand(person, now)
        before = room.game.turn
        room.tick(now)
        if seen is not None and room.game.turn > before:
            seen[room.game.turn] = bits(room.game.negotiation)


def begun(studio, *, variant=CLASSROOM, pace=0.4):
    """A room in which two people play and one was removed, and these two."""
    room = open_in(studio, variant, "school", 0.0)
    ana, ben, cem = (room.join(name, 0.0) for name in ("Ana", "Ben", "Cem"))
    room.take(ana, 1, 0.0)
    room.take(ben, 4, 0.0)
    room.remove(cem.number, 0.0)
    guess = Guess(who="", variant=CLASSROOM, measure="consensus", expected=0.4, reason="a hunch")
    room.guess(guess, 0.0, address="school", keys=[ana.token])
    room.find_result(replace(guess, result=0.3), 0.0, keys=[ana.token])
    room.conduct(pace=pace, patience=5.0)
    room.start(0.0)
    return room, [ana, ben]


@pytest.mark.parametrize("turns", [12, 1_000])
def test_a_room_goes_on_where_it_was_after_the_server_was_killed(tmp_path, turns):
    studio = opened(tmp_path)
    room, people = begun(studio, pace=0.0)
    play_on(room, people, turns)
    with room.journal.file.open("a") as file:
        file.write('77 abc {"what":"tu')  # the line during which the server was killed

    after = started_again(studio, tmp_path)
    again = after.find(room.code, "school", NOW)
    assert same_state(again.game.negotiation.run.state, room.game.negotiation.run.state)
    assert (again.stage, again.game.turn, again.rules) == (room.stage, room.game.turn, room.rules)
    assert again.is_teacher(room.teacher)
    assert [(p.name, p.seat, p.token) for p in again.people] == [(p.name, p.seat, p.token) for p in room.people]
    assert again.guesses.csv() == room.guesses.csv()
    assert again.substitutions == room.substitutions
    assert repr(again.model) == repr(room.model)  # no text is NaN, which equals nothing
    last = f"This room goes on from turn {room.game.turn}, the last in its journal."
    assert (again.notices(), again.returned) == ([], f"The studio was started again. {last}")
    with pytest.raises(RefusedError, match="removed you"):
        after.join(again.code, "Cem", "school", NOW)
    room.journal.file = None  # its server has ended
    one, two = (next(iter(each.people)) for each in (room, again))
    for each, person in ((room, one), (again, two)):  # and both go on alike
        each.stop_waiting(2_000.0)
        each.note_sign(person, 2_000.0)
        each.tick(2_000.0)
    assert same_state(again.game.negotiation.run.state, room.game.negotiation.run.state)
    later = started_again(after, tmp_path)  # it ended once more
    twice = later.find(room.code, "school", 3_000.0)
    assert same_state(twice.game.negotiation.run.state, room.game.negotiation.run.state)
    assert twice.substitutions == room.substitutions
    file = twice.journal.file
    later.close(twice, 3_000.0)
    assert not file.exists()


def test_the_answers_in_a_journal_play_the_game_again_by_themselves(tmp_path):
    room, people = begun(opened(tmp_path), pace=0.0)
    play_on(room, people, 1_000)
    first, *entries = read_entries(room.journal.file).entries
    assert (first["seed"], first["scenario"]) == (room.variant.seed, room.game.scenario.resolved())
    rows = [row for entry in entries if entry["what"] == "turn" for row in rows_of(entry["rows"])]
    again = negotiation_of(room.variant, log_rows=LOG_ROWS)
    assert sum(1 for _ in replay(again, rows)) == room.game.turn
    assert bits(again) == bits(room.game.negotiation)
    answers = [AnswerRow(*row) for entry in entries if entry["what"] == "answer" for row in entry["rows"]]
    assert answers == [row for row in rows if row.column != "hand"]


def test_only_the_user_may_read_what_is_kept(tmp_path):
    room = open_in(opened(tmp_path / "rooms"), CLASSROOM, "x", 0.0)
    assert room.journal.file.stat().st_mode & 0o077 == 0
    assert room.journal.file.parent.stat().st_mode & 0o077 == 0


# A folder is the studio's alone, and what is not the studio's stays.


def test_a_folder_with_other_things_is_refused_and_stays_as_it_is(tmp_path):
    file = tmp_path / "tweets.jsonl"
    file.write_text('{"a":1}\n')
    with pytest.raises(NegsimError, match=r"holds other things \(tweets.jsonl\); name a new or an empty folder"):
        Rooms().keep_in(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert file.read_text() == '{"a":1}\n'


def test_what_is_put_into_a_folder_of_rooms_stays_there(tmp_path):
    studio = opened(tmp_path)
    strange = {"tweets.jsonl": "mine", "notes.journal": "mine", "ABCDEFGH.jsonl": "mine", "ABCDEFGH.journal": "x\n"}
    for name, text in strange.items():
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (0.0, 0.0))
    after = started_again(studio, tmp_path)
    after.close_idle(1e9)
    assert {name: (tmp_path / name).read_text() for name in strange} == strange


def test_a_folder_of_another_command_is_refused(tmp_path):
    (tmp_path / ".negsim").write_text("# written by negsim report\n")
    with pytest.raises(NegsimError, match="holds results of report; name another folder"):
        Rooms().keep_in(tmp_path)


def test_a_second_studio_on_a_folder_is_refused_until_the_first_has_ended(tmp_path):
    first = opened(tmp_path)
    with pytest.raises(
        NegsimError, match="another studio keeps its journals in this folder; end it, or name"
    ) as refusal:
        Rooms().keep_in(tmp_path)
    assert not isinstance(refusal.value, FailedError)  # so the command ends with 2
    first.journals.let_go()
    Rooms().keep_in(tmp_path)


def test_studios_at_different_addresses_or_ports_keep_their_rooms_apart():
    folders = [usual_folder(host, port) for host in ("127.0.0.1", "127.0.0.2", "::1") for port in (1, 2)]
    assert len(set(folders)) == len(folders)
    assert not any(set(folder.name) & set(':/\\*?"<>|') for folder in folders)


def test_a_file_that_has_the_name_of_a_new_journal_is_left_alone(tmp_path, monkeypatch):
    studio = opened(tmp_path)
    monkeypatch.setattr(rooms, "new_code", lambda: "ABCDEFGH")
    (tmp_path / "ABCDEFGH.journal").write_text("mine")
    room = open_in(studio, CLASSROOM, "x", 0.0)
    assert "no longer kept (File exists)" in room.notices()[0]
    studio.close(room, 0.0)
    assert (tmp_path / "ABCDEFGH.journal").read_text() == "mine"
    assert (tmp_path / "ABCDEFGH.journal").stat().st_mode & 0o200


# A room is the same negotiation after a restart, or it is refused.


def test_a_room_goes_on_with_its_own_scenario_when_the_file_has_changed(tmp_path, monkeypatch):
    studio = opened(tmp_path)
    room, people = begun(studio)
    play_on(room, people, 5)
    other = Variant(name="cstd_wgigf_2011").scenario()
    monkeypatch.setattr(Variant, "scenario", lambda _: other)
    again = the_room(started_again(studio, tmp_path))
    assert same_state(again.game.negotiation.run.state, room.game.negotiation.run.state)
    assert again.game.scenario == room.game.scenario
    assert repr(again.model) == repr(room.model)  # no text is NaN, which equals nothing


def test_a_room_of_other_rules_is_refused_in_a_sentence_and_kept_for_them(tmp_path, monkeypatch, caplog):
    studio = opened(tmp_path)
    room, people = begun(studio)
    play_on(room, people, 5)
    before = room.journal.file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(rooms, "rules_of_play", lambda: "other")
        after = started_again(studio, tmp_path)
        with pytest.raises(
            RefusedError, match="began under other rules than this version of negsim has; start the ver"
        ):
            after.join(room.code, "Dora", "x", NOW)
    assert not after.open_rooms
    assert "began under other rules" in caplog.text
    assert room.journal.file.read_bytes() == before
    assert the_room(started_again(after, tmp_path)).game.turn == 5


def test_no_clock_decides_over_a_journal(tmp_path, monkeypatch):
    studio = opened(tmp_path)
    room, people = begun(studio)
    play_on(room, people, 5)
    day = 24 * 3600.0
    for days in (-400.0, -1.1, 1.1, 400.0):
        then = room.journal.file.stat().st_mtime + days * day
        os.utime(room.journal.file, (then, then))
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda then=then: then)
            studio = started_again(studio, tmp_path)
        assert the_room(studio).game.turn == 5


# Two hundred faults.


class Played:
    """A room that was played once: its journal, and its bits at every turn."""

    def __init__(self, folder):
        studio = opened(folder)
        self.room, people = begun(studio)
        self.bits = {0: bits(self.room.game.negotiation)}
        play_on(self.room, people, TURNS, self.bits)
        studio.journals.let_go()
        self.code, self.name = self.room.code, self.room.journal.file.name
        self.content = self.room.journal.file.read_bytes()
        self.lines = self.content.splitlines(keepends=True)

    def turns_in(self, count):
        """How many turns the first lines of the journal have."""
        return sum(b'"what":"turn"' in line for line in self.lines[:count])


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    return Played(tmp_path_factory.mktemp("played"))


@pytest.fixture
def quick(played, monkeypatch):
    """Rooms open without the run that the end is compared with, which is always the same one here."""
    monkeypatch.setattr(
        rooms, "opening_of", lambda variant, scenario: OpeningBaseline(Game(variant, scenario), played.room.model)
    )


def place_in(chance, lines):
    """The number of a byte; that of the first line, which is as long as the others together, in one of four cases."""
    return chance.randrange(*chance.choice([(0, len(lines[0])), *[(len(lines[0]), sum(map(len, lines)))] * 3]))


def flipped(chance, lines):
    content = bytearray(b"".join(lines))
    content[place_in(chance, lines)] ^= 1 << chance.randrange(8)
    return bytes(content)


def cut(chance, lines):
    return b"".join(lines)[: place_in(chance, lines)]


def without_a_line(chance, lines):
    number = chance.randrange(len(lines))
    return b"".join(lines[:number] + lines[number + 1 :])


def swapped(chance, lines):
    one, other = sorted(chance.sample(range(len(lines)), 2))
    lines = list(lines)
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def twice(chance, lines):
    number = chance.randrange(len(lines))
    return b"".join(lines[: number + 1] + lines[number:])


def overwritten(chance, lines):
    """As a file system may leave it: a block of zeros."""
    content = bytearray(b"".join(lines))
    at = place_in(chance, lines)
    content[at : at + 200] = bytes(len(content[at : at + 200]))
    return bytes(content)


KINDS = (flipped, cut, without_a_line, swapped, twice, overwritten)


def faulty_folder(folder, played, content):
    """A folder of rooms with a faulty journal and somebody's file."""
    opened(folder).journals.let_go()
    (folder / played.name).write_bytes(content)
    (folder / "mine.txt").write_text("mine")


def complaints_about(folder, played, content):
    """What is wrong with how a studio opens a faulty journal."""
    lines, studio = content.splitlines(keepends=True), started_again(None, folder)
    good = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(lines, played.lines, strict=False)))
    if (folder / "mine.txt").read_text() != "mine":
        yield "somebody's file was changed"
    if good:
        yield from complaints_about_room(studio, folder, played, content, good)
        return
    with pytest.raises(
        RefusedError, match="cannot be opened again: the beginning of its journal is missing or damaged"
    ):
        studio.find(played.code, "x", NOW)
    if (folder / played.name).read_bytes() != content:
        yield "a journal that was refused was changed"


def complaints_about_room(studio, folder, played, content, good):
    """The same for a journal with so many good lines, one at least."""
    room, turn = the_room(studio), played.turns_in(good)
    is_damaged = b"\n" in b"".join(content.splitlines(keepends=True)[good:])
    damage = [rooms.DAMAGED_JOURNAL.format(turn=turn)]
    back = f"The studio was started again. This room goes on from turn {turn}, the last in its journal."
    if room.game.turn != turn or bits(room.game.negotiation) != played.bits[turn]:
        yield "another negotiation"
    if (room.notices(), room.returned) != ((damage, "") if is_damaged else ([], back)):
        yield f"the desk says {room.notices()} {room.returned}"
    if is_damaged and [path.read_bytes() for path in folder.glob("*-damaged-*")] != [content]:
        yield "the damaged journal was not kept"
    if is_damaged and room.stage is Stage.RUNNING:
        yield "a room that lost something runs on by itself"
    room.conduct(pace=0.0)
    contents = read_entries(folder / played.name)
    if contents.lines[:good] != played.lines[:good] or contents.is_damaged or contents.entries[-1]["what"] != "conduct":
        yield "the journal that goes on is not sound"
    again = the_room(started_again(studio, folder))
    if bits(again.game.negotiation) != played.bits[turn] or again.notices() != (damage if is_damaged else []):
        yield "not the same after another restart"


@pytest.mark.usefixtures("quick")
def test_no_fault_of_a_journal_opens_another_negotiation_and_the_desk_says_what_was_lost(played, tmp_path):
    complaints = []
    for seed in range(FAULTS):
        chance, kind = Random(seed), KINDS[seed % len(KINDS)]  # noqa: S311 - no secret
        content = kind(chance, played.lines)
        folder = tmp_path / str(seed)
        faulty_folder(folder, played, content)
        if content != played.content:
            complaints += [(seed, kind.__name__, wrong) for wrong in complaints_about(folder, played, content)]
    assert complaints == []


@pytest.mark.usefixtures("quick")
def test_an_entry_that_cannot_be_done_again_is_a_break(played, tmp_path):
    studio = started_again(None, _with_line(played, tmp_path, what="answer", seat=9, rows=[]))
    room = the_room(studio)
    assert room.notices()[0].startswith(f"The journal of this room was damaged after turn {TURNS}.")
    assert bits(room.game.negotiation) == played.bits[TURNS]


@pytest.mark.usefixtures("quick")
def test_a_turn_with_other_rows_than_the_answers_is_a_break(played, tmp_path):
    folder = _with_line(played, tmp_path, what="turn", rows=[[TURNS, "hand", 3, 1.0]])
    room = the_room(started_again(None, folder))
    assert room.notices()[0].startswith(f"The journal of this room was damaged after turn {TURNS}.")


@pytest.mark.usefixtures("quick")
def test_what_an_entry_did_before_it_failed_is_undone(played, tmp_path, monkeypatch):
    advance = Game.advance

    def fail_at_ten(game):
        done = advance(game)
        assert game.turn < 10
        return done

    faulty_folder(tmp_path, played, played.content)
    monkeypatch.setattr(Game, "advance", fail_at_ten)
    room = the_room(started_again(None, tmp_path))
    assert room.notices()[0].startswith("The journal of this room was damaged after turn 9.")
    assert bits(room.game.negotiation) == played.bits[9]


def test_lines_of_another_journal_are_a_break(tmp_path):
    files = [tmp_path / "ABCDEFGH.journal", tmp_path / "ABCDEFGJ.journal"]
    for seed, file in enumerate(files):
        kept = journal.Journal(file)
        kept.note("room", seed=seed)
        kept.note("turn", rows=[])
        kept.note("turn", rows=[])
    one, other = (read_entries(file).lines for file in files)
    files[0].write_bytes(b"".join([one[0], *other[1:]]))
    assert read_entries(files[0]).lines == one[:1]
    assert read_entries(files[0]).is_damaged


@pytest.mark.usefixtures("quick")
def test_a_copy_of_a_journal_is_no_second_room(played, tmp_path):
    faulty_folder(tmp_path, played, played.content)
    (tmp_path / "ABCDEFGH.journal").write_bytes(played.content)
    studio = started_again(None, tmp_path)
    assert the_room(studio).code == played.code
    with pytest.raises(RefusedError, match="cannot be opened again"):
        studio.find("ABCDEFGH", "x", NOW)


def _with_line(played, folder, **entry):
    """A folder with the journal and one more entry, in a sound line."""
    faulty_folder(folder, played, played.content)
    contents = read_entries(folder / played.name)
    journal.Journal(folder / played.name, contents.lines).note(**entry)
    return folder


class FullDisk:
    """The operating system with a disk that takes so many bytes more; with `is_read_only` it then changes nothing."""

    def __init__(self, left, *, is_read_only=False):
        self.left, self.is_read_only = left, is_read_only

    def __getattr__(self, name):
        return getattr(os, name)

    def write(self, descriptor, content):
        if self.left <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = os.write(descriptor, content[: self.left])
        self.left -= written
        return written

    def ftruncate(self, descriptor, length):
        if self.is_read_only:
            refuse()
        os.ftruncate(descriptor, length)


def refuse(*_):
    """Change nothing, as a disk that became read-only."""
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def class_on(disk, studio, played, monkeypatch):
    """A room that is played on a disk, and the bits of every turn."""
    seen = {}
    with monkeypatch.context() as patch:
        patch.setattr(journal, "os", disk)
        if disk.is_read_only:
            patch.setattr(Path, "chmod", refuse)
        room, people = begun(studio, variant=played.room.variant)
        play_on(room, people, TURNS, seen)
        room.join("Dora", 50.0)
    return room, seen


def complaints_on(disk, folder, played, monkeypatch):
    """What is wrong with a class on a disk that may become full, and with how its room is opened again."""
    studio = opened(folder)
    room, seen = class_on(disk, studio, played, monkeypatch)
    if seen != {turn: digest for turn, digest in played.bits.items() if turn}:
        yield "the class did not play on"
    unkept = "This room is no longer kept (No space left on device). The class can play on, but"
    is_full = disk.left <= 0
    if is_full != any(notice.startswith(unkept) for notice in room.notices()):
        yield f"the desk says {room.notices()}"
    contents, content = read_entries(room.journal.file), room.journal.file.read_bytes()
    after = started_again(studio, folder)
    if not disk.is_read_only and b"".join(contents.lines) != content:
        yield "half a line was left"
    if contents.lines:
        yield from complaints_after(the_room(after), contents, played, is_full=is_full and not disk.is_read_only)
        return
    with pytest.raises(RefusedError, match="the beginning of its journal is missing"):
        after.find(room.code, "x", NOW)


def complaints_after(room, contents, played, *, is_full):
    """What is wrong with a room opened again. is_full: whether its journal could be marked as ending too early."""
    turn = sum(entry["what"] == "turn" for entry in contents.entries)
    if room.game.turn != turn or bits(room.game.negotiation) != played.bits[turn]:
        yield "another negotiation"
    stopped = f"This room could not be kept after turn {turn}. What came later is lost; the room goes on from there."
    if (stopped in room.notices()) != is_full or (f"goes on from turn {turn}," in room.returned) == is_full:
        yield f"the desk says {room.notices()} {room.returned}"
    if is_full and room.stage is Stage.RUNNING:
        yield "a room that lost something runs on by itself"


@pytest.mark.usefixtures("quick")
def test_a_class_plays_on_when_the_disk_is_full_and_the_desk_says_that_nothing_is_kept(played, tmp_path, monkeypatch):
    complaints = []
    for seed in range(FULL_DISKS):
        left = place_in(Random(seed), [*played.lines, b" " * 500])  # noqa: S311 - no secret
        disk = FullDisk(left, is_read_only=seed % 5 == 0)
        complaints += [(seed, wrong) for wrong in complaints_on(disk, tmp_path / str(seed), played, monkeypatch)]
    assert complaints == []


def test_after_a_write_that_failed_nothing_more_is_written_even_if_there_is_room_again(tmp_path, monkeypatch):
    room, people = begun(opened(tmp_path))
    before = room.journal.file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(journal, "os", FullDisk(10))
        play_on(room, people, 2)
    play_on(room, people, 4)
    assert room.journal.file.read_bytes() == before


def test_a_room_that_failed_is_paused_on_a_full_disk_too(tmp_path, monkeypatch):
    studio = opened(tmp_path)
    room, _ = begun(studio)
    monkeypatch.setattr(journal, "os", FullDisk(0))
    monkeypatch.setattr(room.game, "advance", lambda: 1 / 0)
    asyncio.run(studio.tick(lambda: 1.0))
    assert room.stage is Stage.PAUSED
    assert "no longer kept" in room.notices()[-1]


def test_a_journal_that_somebody_deleted_is_not_begun_again_in_the_middle(tmp_path):
    room, people = begun(opened(tmp_path))
    room.journal.file.unlink()
    play_on(room, people, 2)
    assert not room.journal.file.exists()
    assert "no longer kept (No such file or directory)" in room.notices()[-1]


def test_a_line_says_its_number_and_its_digest(tmp_path):
    kept = journal.Journal(tmp_path / "ABCDEFGH.journal")
    kept.note("one", a=1)
    kept.note("two", b=[0.1])
    one, two = (tmp_path / "ABCDEFGH.journal").read_bytes().splitlines()
    assert (one.split(b" ")[0], two.split(b" ")[0]) == (b"0", b"1")
    assert json.loads(one.split(b" ", 2)[2]) == {"what": "one", "a": 1}
    assert read_entries(tmp_path / "ABCDEFGH.journal").entries[1] == {"what": "two", "b": [0.1]}
