"""The addresses of the studio: where it listens, who can reach it there, and which proxy may speak for visitors.

Nothing heavy is imported, so that the command can report a port in use at once.
"""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from negsim.errors import FailedError, NegsimError, literal

LOOPBACK = "127.0.0.1"  # the host of a studio that only this machine reaches
EVERYWHERE = "0.0.0.0"  # noqa: S104 - the host of a studio that all of this machine's addresses reach
_USUAL_PORTS = {"http": 80, "https": 443}  # that an origin leaves out


class Proxy(NamedTuple):
    """The reverse proxy in front: on this machine, or at one further address."""

    further: str = ""

    def is_at(self, address: str) -> bool:
        """Return whether a connection from an address is the proxy's."""
        return is_loopback(address) or address == self.further


def address_in(text: str) -> str:
    """Return the canonical spelling of an address, "" for what is not one.

    >>> address_in("2001:DB8::1"), address_in("192.0.2.7:81"), address_in("fe80::1%x")
    ('2001:db8::1', '', '')
    """
    try:
        return "" if "%" in text else str(ip_address(text))
    except ValueError:
        return ""


def check_free(host: str, port: int) -> None:
    """Raise `FailedError` if something listens there already, `NegsimError` if the host is not an address."""
    if not host.strip():  # it would mean every address of the machine
        raise NegsimError("the address is empty; name one, such as 127.0.0.1")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (socket.gaierror, UnicodeError):
            raise NegsimError(f"{literal(host)} is not an address; name one, such as 127.0.0.1") from None
        except OSError as error:
            raise FailedError(
                f"port {port} of {host} cannot be used ({error.strerror}); another studio may be open:"
                f" try --port {port + 1}"
            ) from None


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_of(text: str | None, origin: str | None) -> Proxy | None:
    """Return the place of the proxy, None without an origin. text: its address, None if it is on this machine.

    Raises `NegsimError`.
    """
    if text is None:
        return None if origin is None else Proxy()
    if origin is None:
        raise NegsimError("--proxy needs --origin, the address at which visitors find the proxy")
    if not address_in(text.strip()):
        raise NegsimError(f"{literal(text)} is not an address; write that of the proxy, such as 192.168.1.2")
    return Proxy(address_in(text.strip()))


def who_can_reach(host: str, port: int, origin: str | None) -> list[str]:
    """Say who can reach a studio, where, and what to consider, a line each.

    >>> who_can_reach("127.0.0.1", 8321, None)
    ['the studio is at http://127.0.0.1:8321 until Ctrl-C']
    """
    lines = [f"the studio is at {' and '.join(addresses_at(host, port, origin))} until Ctrl-C"]
    if not is_loopback(host):
        lines.append(
            "everybody who reaches this computer over the network can open its pages and make it calculate, and anybody"
            " who listens on it can read codes; use --host only on a network that you trust, or a proxy with TLS"
        )
    elif origin:
        lines.append(f"everybody who reaches {origin} can open its pages and make this computer calculate")
    return lines


def addresses_at(host: str, port: int, origin: str | None) -> list[str]:
    """Return the addresses at which a studio can be reached."""
    everywhere = host in {EVERYWHERE, "::"}
    hosts = _own_addresses() if everywhere else [host]
    urls = [f"http://{f'[{address}]' if ':' in address else address}:{port}" for address in hosts]
    return [*urls, *([origin] if origin else [])]


def address_for_others(host: str, port: int, origin: str | None) -> str:
    """Return the address under which others reach a studio: the proxy's, or this machine's own on its network.

    >>> address_for_others("192.168.1.20", 8321, None), address_for_others("127.0.0.1", 8321, "https://class.example")
    ('http://192.168.1.20:8321', 'https://class.example')
    """
    addresses = addresses_at(host, port, origin)
    return origin or next((one for one in addresses if not is_loopback(urlsplit(one).hostname or "")), addresses[0])


def _own_addresses() -> list[str]:
    """Return the addresses of this machine that others may use; 127.0.0.1 too."""
    addresses = ["127.0.0.1"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing: it chooses the address with which others are reached
        addresses.append(str(probe.getsockname()[0]))
    with suppress(OSError):
        addresses += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return list(dict.fromkeys(addresses))


def origin_of(text: str) -> str:
    """Write an origin as browsers do: scheme, host, and any unusual port. Raises `NegsimError`.

    >>> origin_of("https://Class.example:443/"), origin_of("http://class.example:8080")
    ('https://class.example', 'http://class.example:8080')
    """
    try:
        parts = urlsplit(text.strip().lower())
        name, port = parts.hostname or "", parts.port
    except ValueError:
        name = ""
    if not re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:.]+", name) or parts.scheme not in _USUAL_PORTS:
        raise NegsimError(f"{literal(text)} is not an origin; write it like https://class.example")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise NegsimError(f"{literal(text)} is more than an origin; write the scheme and the host only")
    host = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{host}" + ("" if port in (None, _USUAL_PORTS[parts.scheme]) else f":{port}")
