"""The locks: one on top of the other in one environment, and from whatever index the user has."""

import re

import pytest

from licences import LOCKS


def pins(lock):
    """Package, version and marker of every line of a lock."""
    return set(re.findall(r"(?m)^([\w.-]+==[^\\\n]+?) *\\?$", LOCKS[lock].read_text()))


def test_developers_install_on_top_of_the_core():
    assert len(pins("core")) > 40
    assert {pin.partition(" ;")[0] for pin in pins("core")} <= {pin.partition(" ;")[0] for pin in pins("developers")}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index(lock):
    assert not re.search(r"://|^ *-(-|i |f )(?!hash)", LOCKS[lock].read_text(), re.MULTILINE)
