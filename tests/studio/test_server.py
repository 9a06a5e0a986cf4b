"""The command `negsim studio` and how the server starts."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from negsim.cli import classroom as commands
from negsim.errors import FailedError, NegsimError
from negsim.signals import Stopped
from negsim.studio.gate import Proxy, check_free, is_loopback, who_can_reach
from studio_cases import asked


def test_without_the_extra_the_command_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "nicegui", None)
    with pytest.raises(NegsimError, match=r"pip install 'nicegui>=3'"):
        commands.studio(browser=False)


def test_a_port_in_use_is_told_before_anything_is_loaded():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(FailedError, match=rf"port {port} of 127.0.0.1 cannot be used.*try --port {port + 1}"):
            check_free("127.0.0.1", port)


def test_the_kernels_are_there_before_anybody_can_ask(monkeypatch, capsys):
    app = pytest.importorskip("negsim.studio.server")
    order = []
    monkeypatch.setattr(commands, "make_ready", lambda: order.append("ready"))
    monkeypatch.setattr(app, "start", lambda **named: order.append(named))
    commands.studio(port=1, host="127.0.0.1", browser=False, rooms=Path("x"), origin="https://Class.example/")
    assert order[0] == "ready"
    word = order[1].pop("word")
    assert order[1:] == [
        {
            "host": "127.0.0.1",
            "port": 1,
            "browser": False,
            "origin": "https://class.example",
            "proxy": Proxy(),
            "rooms": Path("x"),
            "tables": None,
        }
    ]
    assert re.search(f"a teacher writes this word: {word[:4]}-{word[4:]}", capsys.readouterr().err)
    commands.studio(port=1, host="127.0.0.1", browser=False)
    assert order[-1]["word"] == ""
    assert order[-1]["rooms"].parts[-2:] == ("rooms", "127.0.0.1_1")


def test_an_interrupt_says_where_the_rooms_are_kept(monkeypatch, tmp_path):
    app = pytest.importorskip("negsim.studio.server")
    monkeypatch.setattr(commands, "make_ready", lambda: None)
    monkeypatch.setattr(app, "start", Mock(side_effect=Stopped(2)))
    with pytest.raises(Stopped) as end:
        commands.studio(port=1, browser=False, rooms=tmp_path)
    (said,) = end.value.args
    assert said == f"the studio has ended; {tmp_path} keeps its open rooms: the same command continues them"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20"])  # noqa: S104 - nothing listens
def test_who_can_reach_the_studio_is_said_where_others_can(host):
    first, second, third = who_can_reach(host, 8321, None, "ABCDEFGH")
    assert "0.0.0.0" not in first  # noqa: S104
    assert re.search(r"http://\d+\.\d+\.\d+\.\d+:8321", first)
    assert "everybody who reaches this computer" in second
    assert third.endswith("ABCD-EFGH")
    assert is_loopback("127.0.0.9")
    assert not is_loopback(host)


def test_what_a_request_says_of_its_address_is_not_believed(monkeypatch):
    app = pytest.importorskip("negsim.studio.server")
    said = {}
    monkeypatch.setattr(app, "_PAGES", {})
    monkeypatch.setattr(app, "_FORMS", {})
    monkeypatch.setattr(app, "_ANSWERS", {})
    monkeypatch.setattr(app, "check_free", lambda *_: None)
    monkeypatch.setattr(app, "app", SimpleNamespace(add_middleware=lambda *_, **given: said.update(given),
                                                    exception_handler=lambda _: callable,
                                                    on_startup=callable, on_shutdown=callable, on_connect=callable,
                                                    timer=lambda *_: None,
                                                    config=SimpleNamespace(socket_io_js_transports=[])))  # fmt: skip
    monkeypatch.setattr(app.ui, "run", lambda **given: said.update(given))
    app.start(port=1, origin="https://class.example")
    assert said["proxy_headers"] is False
    assert (said["ws_per_message_deflate"], said["ws_max_size"]) == (False, 1_000_000)
    assert said["origin"] == "https://class.example"
    assert app.app.config.socket_io_js_transports == ["websocket"]


def test_an_address_without_a_page_has_one_that_leads_back_and_a_missing_file_has_none(monkeypatch):
    app = pytest.importorskip("negsim.studio.server")
    monkeypatch.setattr(app.Client, "build_response", lambda client, _, code: (code, [*client.elements.values()]))
    request, error = asked(), app.HTTPException(404)
    code, elements = asyncio.run(app._answer_missing(request, error))
    assert code == 404
    assert "There is no page at this address" in {getattr(element, "text", "") for element in elements}
    assert {"/", "/room", "/table"} <= {element.props.get("href") for element in elements}
    request.scope["endpoint"] = callable
    assert asyncio.run(app._answer_missing(request, error)).body == b'{"detail":"Not Found"}'
