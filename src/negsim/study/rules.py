"""Whether results follow from the same rules: digests of the sources, of the kernels, and of the tables of cells.

- Sources that are the same byte for byte are the same rules. Of others, the kernels have to do the same and the cells
  have to become the same tables; `sweep` then makes rows that are there again.
- Of a kernel only what it does counts: it is read as a syntax tree, alike in every version of Python.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

from negsim.kernel import is_kernel
from negsim.scenario import Scenario
from negsim.scenario.sampling import Sampler

_PACKAGE = Path(str(resources.files("negsim")))
_KERNELS = ("elementary.py", "randomness.py", "negotiation/*.py")
_SOURCES = (
    "*.py", "cases/*.py", "cast/*.py", "ensembles/*.csv", "negotiation/*.py", "policies/*.py", "scenario/*.py",
    "study/own.py", "study/sweep.py", "study/table.py", "study/work.py",
)  # fmt: skip
_FIRST_DRAWS = 3


@cache
def sources_digest(package: Path = _PACKAGE) -> str:
    """Return the digest of all sources from which numbers follow. package: where negsim's sources are."""
    return _digest(source.name.encode() + source.read_bytes() for source in _found(package, _SOURCES))


@cache
def kernels_digest(package: Path = _PACKAGE) -> str:
    """Return the digest of what the kernels do, and of the numbers and tables beside them.

    Comments, docstrings and other texts, the layout of the code, imports and functions that Python runs do not count.
    """
    trees = ((source.name, _plain(ast.parse(source.read_bytes()))) for source in _found(package, _KERNELS))
    return _digest(repr(tree).encode() for tree in trees)


def tables_digest(scenarios: Iterable[Scenario], seed: int) -> str:
    """Return the digest of the tables of scenarios, in their first draws."""
    cases = (case for scenario in scenarios for case, *_ in Sampler(scenario, seed).cases(0, _FIRST_DRAWS))
    return _digest(part for case in cases for name, table in case._asdict().items() for part in _columns(name, table))


def _columns(name: str, table: np.ndarray) -> Iterator[bytes]:
    """Yield the columns of a table, or an array, each after its name, type and shape; not what lies between columns."""
    for column in table.dtype.names or [""]:
        values = table[column] if column else table
        yield f"{name}.{column} {values.dtype} {values.shape}".encode() + values.tobytes()


def _found(package: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted(path for pattern in patterns for path in package.glob(pattern))


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()[:16]


def _is_beside(node: object) -> bool:
    """Return whether no kernel takes notice of a statement: a text, an import, or a function that is no kernel."""
    if isinstance(node, ast.FunctionDef):
        return not is_kernel(node)
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, ast.Import | ast.ImportFrom)


def _plain(node: object) -> object:
    """Turn a syntax tree into nested lists without texts and empty fields, since newer versions of Python add some."""
    if isinstance(node, list):
        return [_plain(one) for one in node if not _is_beside(one)]
    if not isinstance(node, ast.AST):
        return node
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return ast.Constant.__name__
    fields = ((name, getattr(node, name, None)) for name in node._fields)
    return [
        type(node).__name__,
        *((name, _plain(value)) for name, value in fields if value is not None and value != []),
    ]
