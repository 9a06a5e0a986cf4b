"""Put a page together: one HTML file that needs no server, no network and no other file.

- Its policy lets run the script whose hash it names, the worker that this makes of a block of the page, and the
  compiled program; nothing else. No text of a scenario can become a script, and nothing leaves the browser.
- What a scenario says stands in a block of data, and in the title, escaped.
- Facts can be added to a finished page. One that a server gives out may speak to that server, and to nobody else.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from gzip import compress
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from markupsafe import Markup

from negsim.cast.palette import style_sheet
from negsim.page.joiner import joined

WEB = Path(__file__).parent / "web"


def html(facts: Mapping[str, Any], *, program: bytes, arrays: bytes, curves: str) -> str:
    """Return the page; with `play` among its facts it opens on the game, with `is_class` there on that of a class.

    program, arrays: compressed. curves: what a browser without WebAssembly shows, as SVG.
    """
    is_game = "play" in facts
    is_class = is_game and facts["play"]["is_class"]
    entry = "playclass.js" if is_class else "playalone.js" if is_game else "main.js"
    script, worker = _safe(joined(WEB / entry)), joined(WEB / ("classworker.js" if is_class else "worker.js"))
    style = style_sheet(_text("page.css") + (_text("play.css") + _text("class.css") if is_game else ""), dark=True)
    body = _text("play.html").replace("@EXPERIMENT@", _text("page.html")) if is_game else _text("page.html")
    words = {"@TITLE@": escape(facts["title"]), "@CURVES@": curves}
    body = re.sub("@(TITLE|CURVES)@", lambda word: words[word[0]], body)  # at once: a title may be called @CURVES@
    blocks = [
        _block("facts", "application/json", json.dumps(facts, ensure_ascii=False, separators=(",", ":"))),
        _block("worker", "text/plain", b64encode(compress(worker.encode(), 9, mtime=0)).decode()),
        _block("program", "text/plain", b64encode(program).decode()),
        _block("arrays", "text/plain", b64encode(arrays).decode()),
    ]
    rights = {"script-src": "'wasm-unsafe-eval'", "worker-src": "blob:", "img-src": "data: blob:"}
    return document(facts["title"], "\n".join([body, *blocks]), script=script, style=style, rights=rights)


def document(title: str, body: str, *, script: str, style: str, rights: Mapping[str, str]) -> str:
    """Return an HTML file that runs one script of ours and may do nothing beyond. rights: directives of its policy."""
    allowed = {
        "script-src": "",
        "style-src": f"'{_hash(style)}'",
        "base-uri": "'none'",
        "form-action": "'none'",
        **rights,
    }
    allowed["script-src"] = f"'{_hash(_safe(script))}' {allowed['script-src']}".strip()
    policy = "; ".join(["default-src 'none'", *(f"{name} {sources}" for name, sources in allowed.items())])
    return "\n".join([
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<link rel="icon" href="data:,">',
        f"<title>{escape(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        body,
        f"<script>{script}</script>",
        "</body>",
        "</html>",
        "",
    ])  # fmt: skip


def facts_of(page: str) -> dict[str, Any]:
    """Return the facts of a finished page."""
    facts: dict[str, Any] = json.loads(_facts_block(page)[0])
    return facts


def with_facts(page: str, **more: object) -> str:
    """Return a finished page with more facts, which its scripts find under these names."""
    block = _facts_block(page)
    facts = json.dumps(json.loads(block[0]) | more, separators=(",", ":"))
    return page[: block.start()] + _in_script(facts) + page[block.end() :]


def _facts_block(page: str) -> re.Match[str]:
    found = re.search('(?<=<script type="application/json" id="facts">).*?(?=</script>)', page)
    if found is None:
        raise AssertionError("this is not a page that runs the model")
    return found


def served(page: str, **more: object) -> str:
    """Return a finished page as a server gives it out: its scripts may speak to that server.

    more: facts about the server, such as `desk`.
    """
    return with_facts(page.replace("default-src 'none';", "default-src 'none'; connect-src 'self';", 1), **more)


def framed(page: str) -> Markup:
    """Return a page as a frame within another one, which it shares neither scripts nor style with."""
    return Markup(f'<iframe title="The model, to be run here" srcdoc="{escape(page)}"></iframe>')  # noqa: S704 - escaped


def _text(name: str) -> str:
    """Return a file of the page."""
    return (WEB / name).read_text(encoding="utf-8")


def _block(name: str, kind: str, text: str) -> str:
    """Return a block of data, which no browser runs."""
    text = _in_script(text) if kind == "application/json" else text
    return f'<script type="{kind}" id="{name}">{text}</script>'


def _in_script(facts: str) -> str:
    """Return JSON in which no sign can end the element of a script."""
    return facts.replace("<", "\\u003c")


def _safe(script: str) -> str:
    """Return a script of ours, after a look at whether it would end its own element."""
    if "</script" in script.lower() or "<!--" in script:
        raise AssertionError("a module holds the end of a script element")
    return script


def _hash(text: str) -> str:
    """Return the hash by which a policy names a script or a style sheet."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
