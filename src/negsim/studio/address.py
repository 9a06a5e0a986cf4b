"""Where the studio listens, and under which name a proxy hands it on.

Rules that hold here
- Nothing heavy is imported: a port in use is told at once.
"""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

from negsim.errors import FailedError, NegsimError, shown

USUAL = {"http": 80, "https": 443}  # ports that an origin leaves out


def check_free(host: str, port: int) -> None:
    """Raise `FailedError` where something listens already, `NegsimError` for what is no address."""
    if not host.strip():  # which would be every address there is
        raise NegsimError("an empty text is no address; name one, such as 127.0.0.1")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (socket.gaierror, UnicodeError):
            raise NegsimError(f"{shown(host)} is no address; name one, such as 127.0.0.1") from None
        except OSError as error:
            raise FailedError(
                f"port {port} of {host} cannot be used ({error.strerror}); another studio may be open:"
                f" try --port {port + 1}"
            ) from None


def origin_of(text: str) -> str:
    """An origin as browsers write it: scheme and host, and a port that is not the usual one. Raises `NegsimError`.

    >>> origin_of("https://Class.example:443/"), origin_of("http://class.example:8080")
    ('https://class.example', 'http://class.example:8080')
    """
    try:
        parts = urlsplit(text.strip().lower())
        name, port = parts.hostname or "", parts.port
    except ValueError:
        name = ""
    if not re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:.]+", name) or parts.scheme not in USUAL:
        raise NegsimError(f"{shown(text)} is no origin; write it as https://class.example")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise NegsimError(f"{shown(text)} says more than an origin; leave away what stands beside scheme and host")
    host = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{host}" + ("" if port in (None, USUAL[parts.scheme]) else f":{port}")
