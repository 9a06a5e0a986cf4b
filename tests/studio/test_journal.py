"""The journal of a class: what is kept, what a damaged one still gives, and what a full disk does."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path
from random import Random

import pytest

from negsim.errors import FailedError, NegsimError
from negsim.studio import journal
from negsim.studio.journal import Journals, read_entries
from negsim.studio.opening import new_class, open_class
from negsim.studio.overview import all_journals, overview
from negsim.studio.phases import Phase
from negsim.studio.tables import ClassCase, Deal

FAULTS, FULL_DISKS = 150, 50
CASE = ClassCase(name="town", title="A town", scenario="s", rules="r", seats=["Ana"], knobs={})
RESULT = {"outcome": "consensus", "score": 70.0, "turns": 9, "digest": "d"}


def opened(journals):
    return open_class(CASE, Deal(seats=[["Ana"]]), "WWWWWWWW", journals)


def state_of(one):
    """All that a class is, but for the signs of life, what it lost and whether it is kept."""
    seen = {name: value for name, value in overview(one, 500.0).items() if name not in {"losses", "unkept"}}
    people = [{name: value for name, value in person.items() if name != "away"} for person in seen["people"]]
    seen |= {"people": people, "journals": all_journals(one), "keys": [person.key for person in one.people]}
    return json.loads(json.dumps(seen))  # a copy, since games grow


def live(one, *, each=lambda: None):
    """Let a class happen, and do something after each thing."""
    people = [one.join(one.code, f"Person {chr(65 + n)}", "10.0.0.1", 0.0) for n in range(4)]
    each()
    one.open_phase(Phase.GUESS, 3.0, 0.0)
    for person in people:
        one.guess(person, 0.5)
        each()
    one.open_phase(Phase.PLAY, 20.0, 1.0)
    writer = one._numbered(one.tables[0].seats[0].writes)
    for count in range(1, 6):
        one.take(writer, game(one, one.table(writer.table), count, result=RESULT if count == 5 else None), 2.0)
        each()
    one.judge(one.tables[0], one.tables[0].attempts[0], "")
    one.let_count(1, 1, counts=False)
    one.give_time(None, 2.0)
    each()


def game(one, table, count, *, result):
    rows = [[turn, "response", 0, 0.0] for turn in range(count)]
    return one.dealt_game(table) | {
        "attempt": 1, "rows": rows, "answers": [[row[0], 9000, "accept", 0, None] for row in rows], "guess": None,
        "result": result,
    }  # fmt: skip


class Lived:
    """A class that happened once: its journal's lines, and its state after each of them."""

    def __init__(self, folder):
        self.one = opened(journals := Journals(folder))
        self.states = {}

        def note():
            self.states[len(read_entries(self.file).lines)] = state_of(self.one)

        self.file = self.one.journal.file
        note()
        live(self.one, each=note)
        journals._lock.release()
        self.content = self.file.read_bytes()
        self.lines = read_entries(self.file).lines


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    return Lived(tmp_path_factory.mktemp("lived") / "class")


def folder_with(folder, name, content):
    Journals(folder)._lock.release()
    (folder / name).write_bytes(content)
    return folder


# A folder is the studio's alone, and what is not the studio's stays.


def test_only_the_user_may_read_what_is_kept(tmp_path):
    one = opened(Journals(tmp_path / "class"))
    assert one.journal.file.stat().st_mode & 0o077 == 0
    assert one.journal.file.parent.stat().st_mode & 0o077 == 0


def test_a_folder_with_other_things_is_refused_and_stays_as_it_is(tmp_path):
    file = tmp_path / "tweets.jsonl"
    file.write_text('{"a":1}\n')
    with pytest.raises(NegsimError, match=r"holds other things \(tweets.jsonl\); name a new or an empty folder"):
        Journals(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert file.read_text() == '{"a":1}\n'


def test_what_is_put_into_a_folder_of_journals_stays_there(tmp_path):
    one = opened(journals := Journals(tmp_path))
    strange = {"tweets.jsonl": "mine", "notes.journal": "mine", "ABCDEFGH.jsonl": "mine"}
    for name, text in strange.items():
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (0.0, 0.0))
    journals._lock.release()
    assert opened(Journals(tmp_path)).code == one.code
    assert {name: (tmp_path / name).read_text() for name in strange} == strange


def test_a_folder_of_another_command_is_refused(tmp_path):
    (tmp_path / ".negsim").write_text("# written by negsim report\n")
    with pytest.raises(NegsimError, match="holds results of report; name another folder"):
        Journals(tmp_path)


def test_a_second_studio_on_a_folder_is_refused_until_the_first_has_ended(tmp_path):
    first = Journals(tmp_path)
    with pytest.raises(NegsimError, match="another studio keeps its journals in this folder; end it, or") as refusal:
        Journals(tmp_path)
    assert not isinstance(refusal.value, FailedError)  # so the command ends with 2
    first._lock.release()
    Journals(tmp_path)


def test_a_class_that_ends_is_moved_aside_whole_and_not_opened_again(tmp_path):
    one = opened(journals := Journals(tmp_path))
    live(one)
    content = one.journal.file.read_bytes()
    one.journal.put_aside()
    other = new_class(CASE, one.deal, one.word, journals, keys=one.keys)
    assert (tmp_path / f"{one.code}-ended.journal").read_bytes() == content
    assert other.code != one.code
    assert opened(journals).code == other.code
    assert opened(journals).keys == one.keys


# A class is the same after a restart, up to the first break of its journal.


def test_no_clock_decides_over_a_journal(lived, tmp_path, monkeypatch):
    folder_with(tmp_path, lived.file.name, lived.content)
    for days in (-400.0, -1.1, 1.1, 400.0):
        then = lived.file.stat().st_mtime + days * 24 * 3600.0
        os.utime(tmp_path / lived.file.name, (then, then))
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda then=then: then)
            again = opened(journals := Journals(tmp_path))
        assert state_of(again) == state_of(lived.one)
        journals._lock.release()


def fault_in(content, chance):
    """A content with a fault, and how it came about."""
    at = chance.randrange(len(content))
    return chance.choice([
        content[:at],
        content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :],
        content[:at] + content[at + chance.randrange(1, 200) :],
        content[:at] + content[max(0, at - chance.randrange(1, 200)) :],
        content[:at] + b"\0" * chance.randrange(1, 100) + content[at:],
    ])  # fmt: skip


def test_no_fault_of_a_journal_opens_another_class_and_the_desk_says_what_was_lost(lived, tmp_path):
    wrong = []
    for seed in range(FAULTS):
        content = fault_in(lived.content, Random(seed))  # noqa: S311 - no secret
        folder = folder_with(tmp_path / str(seed), lived.file.name, content)
        good = len(read_entries(folder / lived.file.name).lines)
        if not good:
            with pytest.raises(NegsimError, match="the beginning of this journal of a class is damaged"):
                opened(Journals(folder))
            continue
        again = opened(Journals(folder))
        if good in lived.states and state_of(again) != lived.states[good]:
            wrong.append((seed, "another class"))
        was_cut = lived.content.startswith(content)
        if bool(again.losses) == was_cut and content != lived.content:
            wrong.append((seed, again.losses))
        if not was_cut and content not in [file.read_bytes() for file in folder.glob("*-damaged-*.journal")]:
            wrong.append((seed, "the damaged journal is gone"))
    assert wrong == []


def test_an_entry_that_cannot_be_done_again_is_a_break(lived, tmp_path):
    folder_with(tmp_path, lived.file.name, lived.content)
    contents = read_entries(tmp_path / lived.file.name)
    journal.Journal(tmp_path / lived.file.name, contents.lines).note("sit", number=99, table=99)
    again = opened(Journals(tmp_path))
    assert "damaged" in again.losses[0]
    assert state_of(again) == state_of(lived.one)


def test_lines_of_another_journal_are_a_break(lived, tmp_path):
    other = opened(Journals(tmp_path / "other"))
    live(other)
    lines = [*lived.lines[:4], *read_entries(other.journal.file).lines[4:]]
    folder_with(tmp_path / "mixed", lived.file.name, b"".join(lines))
    assert len(read_entries(tmp_path / "mixed" / lived.file.name).lines) == 4


# A full disk does not stop a class.


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


def test_a_class_goes_on_when_the_disk_is_full_and_the_desk_says_that_nothing_is_kept(lived, tmp_path, monkeypatch):
    for seed in range(FULL_DISKS):
        left = Random(seed).randrange(len(lived.lines[0]), len(lived.content) - 1)  # noqa: S311 - no secret
        disk = FullDisk(left, is_read_only=seed % 5 == 0)
        one = opened(journals := Journals(tmp_path / str(seed)))
        before = one.journal.file.read_bytes()
        with monkeypatch.context() as patch:
            patch.setattr(journal, "os", disk)
            if disk.is_read_only:
                patch.setattr(Path, "chmod", refuse)
            live(one)
        assert len(one.people) == 4
        if disk.left > 0:  # the journal was shorter than the last one
            continue
        assert one.journal.failure == os.strerror(errno.ENOSPC)
        contents = read_entries(one.journal.file)
        assert b"".join(contents.lines).startswith(before)
        assert disk.is_read_only or b"".join(contents.lines) == one.journal.file.read_bytes()
        journals._lock.release()
        again = opened(Journals(tmp_path / str(seed)))
        assert [person.name for person in again.people] == [person.name for person in one.people[: len(again.people)]]
        assert disk.is_read_only or "could not be kept any more" in again.losses[0]


def test_a_journal_that_somebody_deleted_is_not_begun_again_in_the_middle(tmp_path):
    one = opened(Journals(tmp_path))
    one.journal.file.unlink()
    one.close_door(lets_in=False)
    assert not one.journal.file.exists()
    assert overview(one, 0.0)["unkept"] == "No such file or directory"


def test_a_line_says_its_number_and_its_digest(tmp_path):
    kept = journal.Journal(tmp_path / "ABCDEFGH.journal")
    kept.note("one", a=1)
    kept.note("two", b=[0.1])
    one, two = (tmp_path / "ABCDEFGH.journal").read_bytes().splitlines()
    assert (one.split(b" ")[0], two.split(b" ")[0]) == (b"0", b"1")
    assert json.loads(one.split(b" ", 2)[2]) == {"what": "one", "a": 1}
    assert read_entries(tmp_path / "ABCDEFGH.journal").entries[1] == {"what": "two", "b": [0.1]}
