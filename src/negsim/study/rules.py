"""The digest of the rules that results follow from: other rules make another study, and another game.

- Only what the code does counts: it is read as a syntax tree. Of the cast only the numbers count.
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

from negsim.cast.aspects import Aspect
from negsim.cast.decisions import DECISION_RULES
from negsim.cast.formats import FORMATS
from negsim.cast.methodologies import METHODOLOGIES, Methodology

_MOST_MEETINGS = 4  # meetings: a first, two in the middle, a last
_RULES = ("elementary.py", "randomness.py", "negotiation/*.py", "scenario/*.py", "cases/*.py", "ensembles/*.csv")


@cache
def rules_digest(package: Path | None = None, *, also: tuple[str, ...] = ()) -> str:
    """Return the digest of what results follow from: the model, and how a scenario becomes its tables.

    Comments, docstrings, the layout of the code and the aspects of keys do not count. package: where negsim's sources
    are. also: further sources, for what follows from more.
    """
    package, digest = package or Path(str(resources.files("negsim"))), hashlib.sha256(repr(_numbers()).encode())
    for source in sorted(path for pattern in (*_RULES, *also) for path in package.glob(pattern)):
        content = source.read_bytes()
        digest.update(source.name.encode() + (_code(content) if source.suffix == ".py" else content))
    return digest.hexdigest()[:16]


def _code(source: bytes) -> bytes:
    """Reduce a module to what it does: a syntax tree without docstrings, written alike by every version of Python."""
    return repr(_plain(ast.parse(source))).encode()


def _numbers() -> list[object]:
    """Return the numbers of the cast as plain lists, with the names by which scenarios call them."""
    return [
        [(name, [float(number) for number in each.row]) for name, each in FORMATS.items()],
        [(name, _agendas(each)) for name, each in METHODOLOGIES.items()],
        [
            (name, [float(number) for number in each.row], each.key, each.column)
            for name, each in DECISION_RULES.items()
        ],
    ]


def _agendas(methodology: Methodology) -> list[object]:
    return [methodology.agenda(meeting, count) for count in range(1, _MOST_MEETINGS + 1) for meeting in range(count)]


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _plain(node: object) -> object:
    """Turn a syntax tree into nested lists without the empty fields, since newer versions of Python add some."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, ast.AST):
        return node
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == Aspect.__name__:
        return Aspect.__name__
    written: list[object] = [type(node).__name__]
    for name in node._fields:
        value = getattr(node, name, None)
        if name == "body" and isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            value = node.body[1:]
        if value is not None and value != []:
            written.append((name, _plain(value)))
    return written
