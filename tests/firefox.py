"""Debian's Firefox without a window, driven by its own protocol (WebDriver BiDi) over a websocket."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from patience import LIMIT
from studio_server import FIREFOX

_SETTINGS = {
    "network.proxy.type": 1,  # whatever leaves the machine goes to a port where nobody listens: there is no network
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "app.normandy.enabled": False,
    "messaging-system.rsexperimentloader.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
}


class FirefoxTab:
    """A tab of Firefox.

    said: errors and warnings of the console, and errors that nobody caught; one fails the next `run`.
    """

    def __init__(self, line: ClientConnection) -> None:
        self._line, self._numbers = line, itertools.count(1)
        self.said: list[str] = []
        self._call("session.new", capabilities={})
        self._tab = self._call("browsingContext.create", type="tab")["context"]
        self._call("session.subscribe", events=["log.entryAdded"], contexts=[self._tab])

    def open(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        self._call("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def size(self, width: int, height: int) -> None:
        """Set the size of the page."""
        viewport = {"width": width, "height": height}
        self._call("browsingContext.setViewport", context=self._tab, viewport=viewport)

    def run(self, script: str) -> Any:
        """Evaluate an expression, wait for what it promises, and return that: whatever JSON can say."""
        expression = f"Promise.resolve({script}).then((value) => JSON.stringify(value ?? null))"
        answer = self._call("script.evaluate", expression=expression, target={"context": self._tab}, awaitPromise=True)
        if answer["type"] == "exception":
            raise AssertionError(answer["exceptionDetails"]["text"])
        assert self.said == []
        return json.loads(answer["result"]["value"])

    def _call(self, method: str, **params: object) -> Any:
        number = next(self._numbers)
        self._line.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._line.recv(timeout=LIMIT))
            if message.get("method") == "log.entryAdded" and message["params"]["level"] in {"error", "warn"}:
                self.said.append(message["params"]["text"])
            if message.get("id") == number:
                assert message["type"] == "success", message
                return message["result"]


@contextmanager
def firefox(folder: Path) -> Iterator[FirefoxTab]:
    """A tab of a Firefox of its own, without network. folder: an empty one, for its profile."""
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _SETTINGS.items())
    (folder / "user.js").write_text("\n".join(lines))
    command = [FIREFOX, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as browser:
        try:
            assert browser.stderr is not None
            address = next(
                found[1] for line in browser.stderr if (found := re.search(r"BiDi listening on (ws://\S+)", line))
            )
            with connect(f"{address}/session", max_size=None) as line:
                yield FirefoxTab(line)
        finally:
            browser.kill()
            browser.stderr.close()
