"""Join plain JavaScript modules into one script, since a page that is opened from a folder can load no other file.

Every module becomes a function that returns what it exports, called once, after the modules that it imports. So names
of two modules never clash, and the modules stay plain files that a browser or node loads as they are.

A module imports `{names}` from relative paths, each import a statement of its own, and exports functions, classes and
constants where it declares them. Nothing else is understood, and so it is refused: no default, no star, no list of
exports, no export of a `let`. The types in its comments are for checks; a page does not carry them.
"""

from __future__ import annotations

import re
from pathlib import Path

from negsim.errors import NegsimError

_IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"(\.{1,2}/[^"]+\.js)";[ \t]*$', flags=re.MULTILINE)
_EXPORT = re.compile(r"^export\s+((?:async\s+)?function\*?|class|const)\s+([\w$]+)", flags=re.MULTILINE)
_TAG = r"@(?:extends|param|returns|template|type)\b"
_TYPES = re.compile(rf"/\*\*((?:(?!\*/|{_TAG}).)*){_TAG}.*?\*/([ \t]*\n?[ \t]*)", flags=re.DOTALL)
_LEFT_OVER = re.compile(r"^\s*(import\b|export\b).*$", flags=re.MULTILINE)


def joined(entry: Path) -> str:
    """Return the script of a module and of all modules that it imports.

    Raises NegsimError for an import or an export that the joiner does not know, and for modules that import each other
    in a circle.
    """
    names: dict[Path, str] = {}  # of the functions, in the order in which they are called
    parts: list[str] = []
    _join(entry.resolve(), names, parts, ())
    return '"use strict";\n' + "\n".join(parts)


def _join(path: Path, names: dict[Path, str], parts: list[str], above: tuple[Path, ...]) -> None:
    """Add a module, after those that it imports."""
    if path in above:
        raise NegsimError(f"{path.name}: imports itself, by way of {', '.join(one.name for one in above)}")
    text = _TYPES.sub(_untyped, path.read_text(encoding="utf-8"))
    inner = {match[2]: (path.parent / match[2]).resolve() for match in _IMPORT.finditer(text)}
    for other in inner.values():
        if other not in names:
            _join(other, names, parts, (*above, path))
    exported = [match[2] for match in _EXPORT.finditer(text)]
    text = _IMPORT.sub(lambda match: _taken(match[1], names[inner[match[2]]]), text)
    text = _EXPORT.sub(r"\1 \2", text)
    if left := _LEFT_OVER.search(text):
        raise NegsimError(f"{path.name}: cannot be joined: {left[0].strip()}")
    names[path] = f"module_{len(names)}"
    parts.append(f"const {names[path]} = (() => {{ // {path.name}\n{text}\nreturn {{{', '.join(exported)}}};\n}})();")


def _untyped(comment: re.Match[str]) -> str:
    """Return a comment without its types, and nothing of one that says no more."""
    words = comment[1].rstrip(" *\n")
    return f"/**{words} */{comment[2]}" if words else ""


def _taken(imports: str, module: str) -> str:
    """Return the statement that takes names out of a module that stands above."""
    taken = ", ".join(" ".join(one.split()).replace(" as ", ": ") for one in imports.split(",") if one.strip())
    return f"const {{{taken}}} = {module};"
