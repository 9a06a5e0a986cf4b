"""The command `negsim studio` and how the server starts."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from negsim.cli import classroom as commands
from negsim.errors import FailedError, NegsimError
from negsim.signals import Stopped
from negsim.studio.addresses import Proxy, check_free, is_loopback, who_can_reach
from negsim.studio.codes import spaced


def test_without_the_extra_the_command_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "starlette", None)
    with pytest.raises(NegsimError, match=r"pip install segno starlette uvicorn"):
        commands.studio(browser=False)


def test_a_port_in_use_is_told_before_anything_is_loaded():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(FailedError, match=rf"port {port} of 127.0.0.1 cannot be used.*try --port {port + 1}"):
            check_free("127.0.0.1", port)


@pytest.fixture
def begun(monkeypatch):
    """What the command does: what it makes ready, and how it starts the server."""
    app, order = pytest.importorskip("negsim.studio.server"), []
    monkeypatch.setattr(commands, "make_ready", lambda: order.append("ready"))
    monkeypatch.setattr(app, "start", lambda **named: order.append(named))
    return order


def test_the_kernels_are_there_before_anybody_can_ask(begun):
    commands.studio(port=1, host="127.0.0.1", browser=False, rooms=Path("x"), origin="https://Class.example/")
    assert begun == [
        "ready",
        {
            "host": "127.0.0.1", "port": 1, "page": "", "origin": "https://class.example", "proxy": Proxy(),
            "tables": None,
        },
    ]  # fmt: skip
    commands.studio(port=1, browser=True)
    assert begun[-1]["page"] == "http://127.0.0.1:1"


def test_a_class_opens_its_desk_with_a_link_that_works_once(begun, tmp_path, capsys):
    commands.studio(class_="classroom", host="127.0.0.1", port=1, browser=True, rooms=tmp_path / "mine")
    page, tables = begun[-1]["page"], begun[-1]["tables"]
    tables._journals._lock.release()
    said = capsys.readouterr().err
    assert page.startswith("http://127.0.0.1:1/desk#once=")
    assert page not in said  # the browser follows one link, whoever reads the terminal another
    assert len(re.findall("/desk#once=", said)) == 1
    assert spaced(tables.one.word) in said
    assert tables.one.word not in page
    assert tables.folder == tmp_path / "mine-class"


def test_an_interrupt_says_where_a_class_is_kept(monkeypatch, tmp_path):
    app = pytest.importorskip("negsim.studio.server")
    monkeypatch.setattr(commands, "make_ready", lambda: None)
    monkeypatch.setattr(app, "start", Mock(side_effect=Stopped(2)))
    with pytest.raises(Stopped) as end:
        commands.studio(port=1, browser=False)
    assert end.value.args == ("the studio has ended",)
    with pytest.raises(Stopped) as end:
        commands.studio(class_="classroom", host="127.0.0.1", port=1, browser=False, rooms=tmp_path / "x")
    (said,) = end.value.args
    assert said == f"the studio has ended; {tmp_path / 'x'}-class keeps its class: the same command continues it"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20"])  # noqa: S104 - nothing listens
def test_who_can_reach_the_studio_is_said_where_others_can(host):
    first, second = who_can_reach(host, 8321, None)
    assert "0.0.0.0" not in first  # noqa: S104
    assert re.search(r"http://\d+\.\d+\.\d+\.\d+:8321", first)
    assert "everybody who reaches this computer" in second
    assert is_loopback("127.0.0.9")
    assert not is_loopback(host)


def test_what_a_request_says_of_its_address_is_not_believed(monkeypatch):
    app = pytest.importorskip("negsim.studio.server")
    given = {}
    monkeypatch.setattr(app, "check_free", lambda *_: None)
    monkeypatch.setattr(app.uvicorn, "Config", lambda *_, **named: given.update(named))
    monkeypatch.setattr(app, "_Server", Mock())
    app.start(port=1, origin="https://class.example")
    assert (given["proxy_headers"], given["server_header"], given["access_log"]) == (False, False, False)
    assert given["ws"] == "none"


def test_the_server_loads_nothing_of_other_servers():
    code = (
        "import sys, negsim.studio.server;"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & set(sys.argv[1:])))"
    )
    others = ["nicegui", "fastapi", "socketio", "engineio", "aiohttp", "httpx", "multipart", "websockets", "wsproto"]
    done = subprocess.run([sys.executable, "-c", code, *others], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
