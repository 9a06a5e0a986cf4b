"""Speak HTTP to a studio from an address of this machine, without a package for it."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

SECONDS = 600.0  # for an answer


class Answer(NamedTuple):
    """An answer of the studio. cookies: those that it sets, as they are sent back."""

    status: int
    body: bytes
    cookies: str


async def ask(
    address: str, path: str, message: object = None, *, source: str = "127.0.0.1", cookies: str = ""
) -> Answer:
    """Ask for a page, or post a message: bytes, or JSON. Raises OSError where the connection ends before an answer."""
    where = urlsplit(address)
    body = b"" if message is None else message if isinstance(message, bytes) else json.dumps(message).encode()
    head = [
        f"{'GET' if message is None else 'POST'} {path} HTTP/1.0", f"Host: {where.netloc}", f"Cookie: {cookies}",
        f"Content-Length: {len(body)}", "", "",
    ]  # fmt: skip
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection(where.hostname, where.port, local_addr=(source, 0))
        try:
            writer.write("\r\n".join(head).encode() + body)
            answer = await reader.read()
        finally:
            writer.close()
    if not answer:
        raise ConnectionResetError
    top, _, rest = answer.partition(b"\r\n\r\n")
    lines = top.decode("latin-1").split("\r\n")
    kept = [
        line.partition(":")[2].partition(";")[0].strip() for line in lines if line.lower().startswith("set-cookie:")
    ]
    return Answer(int(lines[0].split(" ")[1]), rest, "; ".join(kept))


async def answer_to(address: str, path: str, message: object, *, source: str = "127.0.0.1", cookies: str = "") -> Any:  # noqa: ANN401
    """Return the JSON with which the studio answers a message."""
    return json.loads((await ask(address, path, message, source=source, cookies=cookies)).body)
