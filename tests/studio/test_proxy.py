"""The studio behind nginx, set up as docs/studio.md has it: `negsim studio --class SCENARIO --origin https://class.example`.

TLS would end at the proxy, so that visitors here speak plainly to it, and say what browsers would.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from patience import LIMIT, until
from studio_server import NGINX, free_port, limited, studio_process

pytest.importorskip("starlette")
pytestmark = [pytest.mark.nginx, pytest.mark.slow]
SITE = "https://class.example"
SETTING = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors; worker_rlimit_nofile 1024;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; server_name class.example; {location} }}
}}
"""
FLOODER, HONEST, TEACHER = "127.0.0.2", "127.0.0.3", "127.0.0.4"


def listens(port):
    """Whether something listens at a port of this machine."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


@contextmanager
def nginx(folder, inner):
    """The port of an nginx before a studio, set up as docs/studio.md says."""
    docs = (Path(__file__).parents[2] / "docs/studio.md").read_text()
    location = re.search(r"```nginx\n(.*?)```", docs, re.DOTALL)[1].replace("http://127.0.0.1:8321", inner)
    port = free_port()
    setting = folder / "nginx.conf"
    setting.write_text(SETTING.format(folder=folder, port=port, location=location))
    with subprocess.Popen([NGINX, "-c", setting, "-p", folder, "-e", folder / "errors"]) as running:
        try:
            until(lambda: running.poll() is not None or listens(port))
            yield port
        finally:
            running.terminate()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The port of a class behind nginx, and the file with what the studio says."""
    folder = tmp_path_factory.mktemp("nginx")
    said = folder / "said"
    options = ("--class", "classroom", "--origin", SITE, "--rooms", str(folder / "rooms"))
    program = limited(PAGE_RATE=(0.0, 200.0))  # no more pages come with time, so that no slow machine keeps below
    with (
        studio_process(*options, before=f"exec 2>'{said}'", program=program) as (inner, _),
        nginx(folder, inner) as port,
    ):
        yield port, said


class Visitor:
    """A browser at an address of this machine. origin: of its page."""

    def __init__(self, port, address, origin=SITE):
        self.port, self.address, self.origin, self.cookies = port, address, origin, {}
        self.set = ""

    def ask(self, path, message=None, **headers):
        """The status of an answer, and its text."""
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        usual = {"Host": "class.example", "Cookie": kept, "Connection": "close"}
        if message is not None:
            usual |= {"Origin": self.origin, "Content-Type": "application/json"}
        body = None if message is None else json.dumps(message)
        source = (self.address, 0)
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=LIMIT, source_address=source)) as connection:
            connection.request("GET" if message is None else "POST", path, body, usual | headers)
            answer = connection.getresponse()
            self.set = answer.headers.get("Set-Cookie", "")
            self.cookies |= {name: each.value for name, each in SimpleCookie(self.set).items()}
            return answer.status, answer.read().decode()


def test_a_class_meets_behind_a_proxy_with_tls(site):
    port, said = site
    words = said.read_text()
    once = re.search(rf"{SITE}/desk#once=(\S+)", words)[1]
    teacher, student = Visitor(port, TEACHER), Visitor(port, HONEST)
    assert teacher.ask("/class/desk", {})[0] == 403
    assert teacher.ask("/class/enter", {"once": once})[0] == 200
    assert {"secure", "httponly", "samesite=strict"} <= {part.strip().lower() for part in teacher.set.split(";")}
    state = json.loads(teacher.ask("/class/desk", {})[1])
    assert state["link"].startswith(f"{SITE}/play#code=")
    assert student.ask("/play")[0] == 200
    status, answer = student.ask("/class/join", {"code": state["code"], "name": "Ana"})
    assert (status, json.loads(answer)["name"]) == (200, "Ana")
    foreign = Visitor(port, HONEST, origin="https://evil.example")
    assert foreign.ask("/class/join", {"code": state["code"], "name": "Eve"})[0] == 403
    assert student.ask("/play", Host="evil.example")[0] in {200, 421}  # nginx has one server, which names the host anew
    lines = [line for line in said.read_text().splitlines() if not (line.startswith("negsim: ") and line.isprintable())]
    assert lines == []


@pytest.mark.deep
def test_behind_a_proxy_a_flood_of_one_student_shuts_out_nobody_else(site):
    port, _ = site
    student, statuses = Visitor(port, FLOODER), set()
    for n in range(400):
        claimed = {"X-Forwarded-For": f"198.51.100.{n % 250}", "Forwarded": f"for=198.51.100.{n % 250}"}
        statuses.add(student.ask("/nothing", **claimed)[0])
        if 429 in statuses:
            break
    assert statuses == {404, 429}
    assert Visitor(port, HONEST).ask("/play")[0] == 200
