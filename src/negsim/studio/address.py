"""Where the studio listens.

Rules that hold here
- Nothing heavy is imported: a port in use is told at once.
"""

from __future__ import annotations

import socket

from negsim.errors import FailedError


def check_free(host: str, port: int) -> None:
    """Raise `FailedError` where something listens already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise FailedError(
                f"port {port} of {host} cannot be used ({error.strerror}); another studio may be open:"
                f" try --port {port + 1}"
            ) from None
