"""Compiled kernels on disk: what happens when they cannot be read or kept."""

import pytest
from numba.core.caching import IndexDataCacheFile

from negsim import kernel


def double(number):
    return 2 * number


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(kernel, "cache_folder", lambda: tmp_path)
    return tmp_path


@pytest.mark.parametrize("bytes_there", [b"", b"damaged", b"\x80\x05K\x01."])
@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
def test_a_damaged_cache_is_made_again(suffix, bytes_there, folder):
    assert kernel.kernel(double)(1) == 2
    (kept,) = folder.rglob(f"*.{suffix}")
    kept.write_bytes(bytes_there)
    assert kernel.kernel(double)(1) == 2
    sound = kernel.kernel(double)
    assert sound(1) == 2
    assert sum(sound.stats.cache_hits.values()) == 1


def test_a_full_disk_means_no_cache(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "_save_data", full)
    assert kernel.kernel(double)(1) == 2
    assert not list(folder.rglob("*.nbc"))
