"""Pruning of the cache; how files and folders are written stands in `report/test_folders.py` and `cli/test_cli.py`."""

import os
import time

import pytest

from negsim.files import DAY, NEWEST, prune


@pytest.fixture
def kept(tmp_path):
    """A function that makes a folder of compiled kernels, by its number and the days since its last use."""

    def make(number, days):
        folder = tmp_path / f"{number:016x}"
        folder.mkdir()
        (folder / "rules.nbc").write_bytes(b"code")
        used = time.time() - days * DAY
        os.utime(folder, (used, used))
        return folder

    return make


def test_the_newest_caches_stay_and_older_ones_go(kept, tmp_path):
    newest = [kept(number, 2 + number) for number in range(NEWEST)]
    older = [kept(NEWEST + number, 10 + number) for number in range(3)]
    assert sorted(prune(tmp_path, None)) == older
    assert sorted(tmp_path.iterdir()) == newest


def test_what_was_used_today_stays_however_many_there_are(kept, tmp_path):
    for number in range(3 * NEWEST):
        kept(number, 0.5)
    assert prune(tmp_path, None) == []


def test_a_cache_that_nobody_used_for_weeks_goes_unless_this_process_uses_it(kept, tmp_path):
    own, old = kept(1, 40), kept(2, 40)
    assert prune(tmp_path, own) == [old]
    assert [path.name for path in tmp_path.iterdir()] == [own.name]


def test_other_things_in_the_cache_are_left_alone(kept, tmp_path):
    strange = tmp_path / "lessons"
    strange.mkdir()
    os.utime(strange, (0, 0))
    gone = kept(1, 40)
    assert prune(tmp_path, None) == [gone]
    assert list(tmp_path.iterdir()) == [strange]
    assert prune(tmp_path / "nowhere", None) == []


def test_a_cache_that_is_used_while_it_is_removed_stays(kept, tmp_path, monkeypatch):
    old, rename = kept(1, 40), os.rename

    def used_first(self, target):
        os.utime(self)
        rename(self, target)
        return target

    monkeypatch.setattr(type(old), "rename", used_first)
    assert prune(tmp_path, None) == []
    assert (old / "rules.nbc").read_bytes() == b"code"
