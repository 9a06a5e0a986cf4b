"""Readers of pages in Debian's Chromium, opened from a folder, without a network."""

from __future__ import annotations

import pytest

from page_reader import SIZES


@pytest.fixture
def reader(blank):
    """A maker of readers without a network, whose complaints, and requests of anything but the file, fail the test."""

    def opened(path, fragment="", *, size=SIZES[1], before="", **options):
        width, height = size
        viewport = {"width": width, "height": height}
        tab = blank(own="file:|blob:|data:", viewport=viewport, offline=True, **options)
        if before:
            tab.add_init_script(before)
        tab.goto(path.as_uri() + fragment)
        return tab

    return opened
