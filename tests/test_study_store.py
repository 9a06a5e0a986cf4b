"""The store, where it is interrupted: ^C is an interrupt, whatever the database makes of it."""

import os
import signal
import threading
from contextlib import contextmanager

import numpy as np
import pytest

from negsim.study import store

LONG = "SELECT count(*) FROM range(100000) a, range(100000) b WHERE hash(a.range + b.range) % 7 = 0"


@contextmanager
def interrupt_soon():
    """^C after a moment, heard however the tests were started."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    soon = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    soon.start()
    try:
        yield
    finally:
        soon.cancel()
        soon.join()
        signal.signal(signal.SIGINT, before)


def test_an_interrupt_stops_a_query():
    with pytest.raises(KeyboardInterrupt), interrupt_soon(), store.connect() as database:
        database.execute(LONG).df()


def test_a_query_leaves_the_handler_as_it_was():
    before = signal.getsignal(signal.SIGINT)
    with store.connect() as database:
        database.execute("SELECT 1").df()
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_leaves_no_part_of_a_part(tmp_path):
    columns = {f"c{number}": np.random.default_rng(number).random(500_000) for number in range(20)}
    with pytest.raises(KeyboardInterrupt), interrupt_soon():
        _write_for_ever(tmp_path, columns)
    assert not list(tmp_path.glob(f"{store.TEMPORARY}*"))


def _write_for_ever(folder, columns):
    while True:
        store.write_part(folder, "000-000000", "study", columns)


def test_a_query_in_another_thread_leaves_interrupts_alone():
    answers = []
    before = signal.getsignal(signal.SIGINT)
    asking = threading.Thread(target=lambda: answers.append(_hears_while_asking()))
    asking.start()
    asking.join()
    assert answers == [before]


def _hears_while_asking():
    with store.connect():
        return signal.getsignal(signal.SIGINT)
