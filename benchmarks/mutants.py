"""Put small defects (mutants) into a copy of negsim, one at a time, to see whether the tests notice.

    .venv/bin/python benchmarks/mutants.py --count 80            (--part study; --seed N)
    .venv/bin/python benchmarks/mutants.py --only "clip: return" tests/negotiation/test_edges.py
    .venv/bin/python benchmarks/mutants.py --defects             the plausible defects of `defects.txt`, in all rooms
    .venv/bin/python benchmarks/mutants.py --kinds axes pairing  of these kinds only

There are five kinds of mutants:

- `signs`: a comparison turned or its boundary moved, another operation of arithmetic or logic, another number, `min`
  for `max`, a statement left out.
- `arguments`: two adjacent arguments by position change places, where the function or the record of the package that is
  called annotates both parameters alike.
- `variables`: a name becomes the next one of its type among the parameters and locals that the function has by then.
  Types are annotations, those of constants, counters of `range` and `shape`, and what a function of the package
  returns.
- `pairing`: what belongs together by its place no longer does. Of two arrays in an operation the second is turned
  round; of `x[i]` and `y[i]` in an operation the second becomes `y[i - 1]`; the last argument of `zip` is turned round;
  the last of several keys of `groupby`, or of `on` in a merge, is dropped.
- `axes`: `axis=0` for `axis=1`, `x[j, i]` for `x[i, j]`, a table without its `.T`.

Of JavaScript (`--part web`) there are `signs`, and `arguments` of one type; `mutants.mjs` finds them.

The sample is drawn by its seed, from every module in proportion to what can be changed there; or it is all whose line,
as it is printed, has the words of `--only`. Only tests that run its line are tried on a mutant, the quickest first and
for a minute at most; the first that fails or takes far too long kills it. The model runs uncompiled, so that a mutant
needs no compiling; numpy checks every index, and all tests have to pass before any mutant. First printed are the
branches of the model that no test runs, at most one in twenty.

The checkout is copied first and never changed. Survivors are printed as `file: function: line -> line`, with their line
number. A survivor that no test can kill, because it computes the same, has its line in `equivalent_mutants.txt` with a
reason after `#`; it does not count.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from bisect import bisect, bisect_left
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.etree import ElementTree as ET

ROOT = Path(__file__).parents[1]
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.txt")
DEFECTS = Path(__file__).with_name("defects.txt")
LEFT_OUT = shutil.ignore_patterns(".*", "node_modules", "results", "build", "dist", "demo", "_build", "__pycache__")
SOON = 2.0  # seconds of the quickest tests, with which a mutant begins: most end here, and need few files imported
ENOUGH = 60.0  # seconds of tests that a mutant meets: what only slower ones notice survives
SLOW = 3.0  # times what a mutant's tests usually take, after which it is taken to hang
_OWN_NODE = Path(sys.executable).with_name("node")  # of the environment
NODE = str(_OWN_NODE) if _OWN_NODE.exists() else "node"
GRACE = 60.0  # seconds, and so many more: on a busy machine a slow start is no hang
LONGEST = 1200.0  # seconds for the tests of a defect
NO_TESTS = 5  # pytest's exit code
MEMORY = 8 * 2**30  # bytes of address space for a run of tests


REFUSALS = "tests/cli/test_refusals.py"  # what bad input is answered with, whichever room reads it
QUICK = "not (slow or browser or deep)"
IN_NODE = "not (browser or firefox or deep)"  # what is slow beside Python's tests is quick in node


class Part(NamedTuple):
    """A part of the package, with its tests."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]
    compiled: bool = True
    marks: str = QUICK  # of the tests that are tried
    covered: int = 0  # per cent of its branches that the tests have to run

    @property
    def in_node(self) -> bool:
        """Whether it is JavaScript."""
        return self.sources[0].endswith(".js")


PARTS = {
    "engine": Part(
        ("src/negsim/kernel.py", "src/negsim/compiler.py", "src/negsim/platforms.py"),
        ("tests/test_kernel.py", "tests/test_platforms.py"),
        compiled=False,
    ),
    "model": Part(
        ("src/negsim/negotiation/*.py", "src/negsim/randomness.py", "src/negsim/elementary.py"),
        (
            "tests/test_randomness.py",
            "tests/test_elementary.py",
            "tests/negotiation",
            "--ignore=tests/negotiation/test_same_bits.py",
        ),
        compiled=False,
        covered=95,
    ),
    "language": Part(("src/negsim/scenario/*.py",), ("tests/scenario", "tests/test_fuzz.py", REFUSALS)),
    "cast": Part(("src/negsim/cast/*.py",), ("tests/cast", "tests/scenario", REFUSALS)),
    "cases": Part(
        ("src/negsim/cases/*.py",), ("tests/cases", "tests/research", "tests/scenario/test_yaml.py", REFUSALS)
    ),
    "study": Part(("src/negsim/study/*.py",), ("tests/study", REFUSALS)),
    "files": Part(
        ("src/negsim/files.py", "src/negsim/errors.py", "src/negsim/signals.py"),
        ("tests/cli", "tests/report/test_folders.py", "tests/test_signals.py", "tests/scenario"),
    ),
    "commands": Part(("src/negsim/cli/*.py",), ("tests/cli", "tests/cases", "tests/report", "tests/study")),
    "report": Part(("src/negsim/report/**/*.py",), ("tests/report", REFUSALS)),
    "classroom": Part(("src/negsim/classroom/*.py",), ("tests/classroom",)),
    "notebook": Part(("src/negsim/notebook/*.py",), ("tests/notebook",)),
    "studio": Part(("src/negsim/studio/**/*.py",), ("tests/studio",)),
    "page": Part(("src/negsim/page/*.py",), ("tests/page", REFUSALS)),
    "web": Part(("src/negsim/page/web/*.js",), ("tests/page",), marks=IN_NODE),
    "desk": Part(("src/negsim/studio/web/*.js",), ("tests/studio",), marks="not deep"),
    "plug-ins": Part(
        ("src/negsim/plugins.py", "src/negsim/rules.py", "src/negsim/sentences.py"),
        ("tests/test_plugins.py", "tests/test_rules.py", "tests/test_sentences.py", "tests/scenario", "tests/policies"),
    ),
    "games": Part(
        ("src/negsim/policies/*.py", "src/negsim/games.py", "src/negsim/replay.py", "src/negsim/mesa_model.py"),
        ("tests/policies", "tests/test_games.py", "tests/test_replay.py", "tests/test_mesa_model.py"),
    ),
}


class Defect(NamedTuple):
    """A plausible defect: a text of a file of the package becomes another one."""

    words: str  # what goes wrong
    file: str  # below src/negsim
    old: str
    new: str
    notice: str  # the test that fails, or the step of CI that does

    @property
    def part(self) -> Part:
        """The part of the package that it is in, with the doctests of its file."""
        file = f"src/negsim/{self.file}"
        part = next(part for part in PARTS.values() if any(_fits(file, source) for source in part.sources))
        doctests = (file,) if file.endswith(".py") else ()
        return part._replace(tests=(*doctests, *part.tests))


def _fits(file: str, pattern: str) -> bool:
    begin, _, end = pattern.partition("*")
    return file.startswith(begin) and file.endswith(end.removeprefix("*/*"))


def defects(text: str) -> list[Defect]:
    """Read defects, as `defects.txt` says that they are written."""
    found = []
    for block in text.split("\n\n"):
        words, *lines = [line for line in block.splitlines() if not line.startswith("#")] or [""]
        if words:
            old, new, notice = (
                "\n".join(line[2:] for line in lines if line.startswith(sign)) for sign in ("-", "+", "=")
            )
            found.append(Defect(words, lines[0], old, new, notice))
    return found


# Declarations, whose numbers are data, and what only takes part in compiling.
SPARED = {"parameters.py", "program.py", "log.py", "formats.py"}
SPARED_FUNCTIONS = {"_sample"}


# ------------------------------------------------------------------------------------------- changes

TURNED = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,), ast.Mod: (ast.Mult,), ast.Pow: (ast.Mult,),
    ast.And: (ast.Or,), ast.Or: (ast.And,),
}  # fmt: skip
SWAPPED = {"min": "max", "max": "min"}
ARRAYS = {"Floats", "Ints", "np.ndarray", "pd.Series"}  # annotations of what is subtracted place by place
ENDLESS = {"count", "cycle", "repeat"}  # which `zip` takes and nobody can turn round


class Mutant(NamedTuple):
    """A change of a piece of a file: the bytes from `start` to `end` become `text`."""

    kind: str
    file: Path
    function: str
    line: int
    last: int  # lines of the statement, for the tests that run it
    start: int
    end: int
    text: str

    def source(self, before: bytes) -> bytes:
        """Return the file with the change."""
        return before[: self.start] + self.text.encode() + before[self.end :]

    def says(self, before: bytes) -> str:
        """Return the change in a line that does not depend on its place in the file."""
        begin, end = before.rfind(b"\n", 0, self.start) + 1, before.find(b"\n", self.end)
        head, tail = before[begin : self.start].decode(), before[self.end : end].decode()
        old = before[self.start : self.end].decode()
        lines = [" ".join(f"{head}{middle}{tail}".split()) for middle in (old, self.text)]
        return f"{self.file.as_posix().removeprefix('src/negsim/')}: {self.function}: {' -> '.join(lines)}"


class Signature(NamedTuple):
    """The annotations of parameters passed by position and of the result, "" for none."""

    parameters: tuple[str, ...]
    returns: str


Signatures = dict[str, Signature]
Types = dict[str, tuple[str, int]]  # by name: the type, and the line that first gives it to the name


def _signatures(tree: ast.Module) -> Signatures:
    """Return the signatures of the functions, methods and records of a file; of several with one name the last."""
    found: Signatures = {}
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in classes:
        fields = tuple(_text(one.annotation) for one in node.body if isinstance(one, ast.AnnAssign))
        found[node.name] = Signature(fields, node.name)
    for node in (one for body in (tree, *classes) for one in body.body):
        if isinstance(node, ast.FunctionDef):
            given = [one for one in (*node.args.posonlyargs, *node.args.args) if one.arg not in {"self", "cls"}]
            found[node.name] = Signature(tuple(_text(one.annotation) for one in given), _text(node.returns))
    return found


def _text(node: ast.expr | None) -> str:
    return "" if node is None else ast.unparse(node)


@cache
def signatures_of(module: str) -> Signatures:
    """Return the signatures of a module of the package; none for any other."""
    file = ROOT / "src" / f"{module.replace('.', '/')}.py"
    return _signatures(ast.parse(file.read_bytes())) if file.is_file() else {}


class Finder(ast.NodeVisitor):
    """All mutants of a file."""

    def __init__(self, file: Path, source: bytes) -> None:
        self.file, self.found = file, list[Mutant]()
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.function, self.statement, self.types = "", ast.stmt(), Types()
        tree = ast.parse(source)
        self.own = _signatures(tree)
        imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        pairs = [(node.module or "", name) for node in imports for name in node.names]
        self.imported = {name.asname or name.name: (module, name.name) for module, name in pairs}
        self.visit(tree)

    def change(self, node: ast.expr | ast.stmt, new: ast.AST | str, kind: str = "signs") -> None:
        """Add a mutant with `new` in the place of `node`."""
        text = new if isinstance(new, str) else ast.unparse(ast.fix_missing_locations(new))
        start = self.starts[node.lineno - 1] + node.col_offset
        end = self.starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        lines = self.statement.lineno, node.end_lineno or node.lineno
        self.found.append(Mutant(kind, self.file, self.function or "module", *lines, start, end, text))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Visit only the body: annotations and decorators are not rules."""
        if node.name in SPARED_FUNCTIONS:
            return
        before = self.function, self.types
        self.function, self.types = f"{self.function}.{node.name}".lstrip("."), self.types | self.types_in(node)
        for statement in node.body:
            self.visit(statement)
        self.function, self.types = before

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Visit only the methods: fields are declarations."""
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                self.visit(statement)

    def visit(self, node: ast.AST) -> None:
        """Add the node's own changes, then those within; outside functions only numbers with a name."""
        if isinstance(node, ast.stmt):
            self.statement = node
        is_rule = bool(self.function) or isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        named = isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        if is_rule or named or isinstance(node, ast.Constant):
            methods = [getattr(self, f"{way}_{type(node).__name__}", None) for way in ("change", "mix")]
            for method in filter(None, methods if self.function else ()):
                method(node)
            if isinstance(node, ast.Constant) and not self.function:
                self.change_Constant(node)
            super().visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Change nothing: messages are not rules."""

    def visit_Raise(self, node: ast.Raise) -> None:
        """Change nothing, for the same reason."""

    def visit_keyword(self, node: ast.keyword) -> None:
        """Visit the value; `strict=True` of a zip is a check of the code by itself, as an assertion is."""
        if node.arg != "strict":
            self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Visit the value."""
        if node.value is not None and self.function:
            self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Leave a number that is an index by itself: another is out of bounds, or another column."""
        self.visit(node.value)
        if not isinstance(node.slice, ast.Constant):
            self.visit(node.slice)

    def change_Compare(self, node: ast.Compare) -> None:  # noqa: N802
        """Exchange the comparison."""
        for n, operator in enumerate(node.ops):
            for other in TURNED[type(operator)]:
                operators = [*node.ops[:n], other(), *node.ops[n + 1 :]]
                self.change(node, ast.Compare(node.left, operators, node.comparators))

    def change_BinOp(self, node: ast.BinOp) -> None:  # noqa: N802
        """Exchange the operation, unless it is one on texts or types."""
        texts = any(
            isinstance(side, ast.Constant | ast.JoinedStr) and not _is_number(side) for side in (node.left, node.right)
        )
        for other in () if texts else TURNED.get(type(node.op), ()):
            self.change(node, f"({ast.unparse(ast.BinOp(node.left, other(), node.right))})")

    def change_BoolOp(self, node: ast.BoolOp) -> None:  # noqa: N802
        """Exchange `and` and `or`."""
        self.change(node, f"({ast.unparse(ast.BoolOp(TURNED[type(node.op)][0](), node.values))})")

    def change_UnaryOp(self, node: ast.UnaryOp) -> None:  # noqa: N802
        """Remove the operator."""
        if isinstance(node.op, ast.Not | ast.USub):
            self.change(node, f"({ast.unparse(node.operand)})")

    def change_Constant(self, node: ast.Constant) -> None:  # noqa: N802
        """Add one, double it, or turn the truth value round."""
        if isinstance(node.value, bool):
            self.change(node, str(not node.value))
        elif _is_number(node):
            doubles = isinstance(node.value, float) and node.value != 0.0
            self.change(node, repr(node.value * 2 if doubles else node.value + 1))

    def change_Call(self, node: ast.Call) -> None:  # noqa: N802
        """Exchange `min` and `max`."""
        if isinstance(node.func, ast.Name) and node.func.id in SWAPPED:
            self.change(node.func, SWAPPED[node.func.id])

    def change_AugAssign(self, node: ast.AugAssign) -> None:  # noqa: N802
        """Turn the operation round, or drop the statement."""
        for other in TURNED.get(type(node.op), ()):
            self.change(node, ast.AugAssign(node.target, other(), node.value))
        self.change(node, "pass")

    def change_Assign(self, node: ast.Assign) -> None:  # noqa: N802
        """Drop the assignment; a plain name is kept, for nothing else would work without it."""
        if not any(isinstance(target, ast.Name) or _holds_names(target) for target in node.targets):
            self.change(node, "pass")

    def change_Expr(self, node: ast.Expr) -> None:  # noqa: N802
        """Drop the statement."""
        if isinstance(node.value, ast.Call):
            self.change(node, "pass")

    def change_Continue(self, node: ast.Continue) -> None:  # noqa: N802
        """Drop the statement."""
        self.change(node, "pass")

    change_Break = change_Continue  # noqa: N815

    # ------------------------------------------------------------------------- one thing for another

    def signature_of(self, called: ast.expr) -> Signature:
        """Return the signature of a function or record of the package: of this file, or imported from another."""
        signatures, name = Signatures(), _text(called)
        of, _, attribute = name.partition(".")
        if of in {"self", "cls"} or name in self.own:
            signatures, name = self.own, attribute or name
        elif of in self.imported:
            module, original = self.imported[of]
            module, name = (f"{module}.{original}", attribute) if attribute else (module, original)
            signatures = signatures_of(module)
        return signatures.get(name, Signature((), ""))

    def types_in(self, function: ast.FunctionDef) -> Types:
        """Return the types of a function's parameters and locals, as far as they are known."""
        given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        types: Types = {one.arg: (_text(one.annotation), 0) for one in given if one.annotation is not None}
        for node in _statements(function):
            for name, kind in self.typed(node):
                if isinstance(name, ast.Name) and kind:
                    types.setdefault(name.id, (kind, node.end_lineno if isinstance(node, ast.Assign) else node.lineno))
        return types

    def typed(self, node: ast.stmt) -> Iterator[tuple[ast.expr, str]]:
        """Yield the targets to which a statement gives a type, with the types."""
        if isinstance(node, ast.AnnAssign):
            yield node.target, _text(node.annotation)
        elif isinstance(node, ast.For):
            yield node.target, "int" if _text(node.iter).startswith("range(") else ""
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            names, value = _several(node.targets[0]), node.value
            if len(names) > 1 and isinstance(value, ast.Attribute) and value.attr == "shape":
                yield from ((name, "int") for name in names)
            elif len(names) == len(_several(value)):
                yield from zip(names, map(self.type_of, _several(value)), strict=True)

    def type_of(self, value: ast.expr) -> str:
        """Return the type of a constant, or of the result of a function of the package; "" if unknown."""
        if isinstance(value, ast.Constant):
            return type(value.value).__name__
        return self.signature_of(value.func).returns if isinstance(value, ast.Call) else ""

    def is_array(self, node: ast.expr) -> bool:
        """Return whether the node is the name of an array."""
        return isinstance(node, ast.Name) and self.types.get(node.id, ("", 0))[0] in ARRAYS

    def mix_Name(self, node: ast.Name) -> None:  # noqa: N802
        """Take another variable of its type."""
        kind = self.types.get(node.id, ("", 0))[0]
        alike = [name for name, (other, line) in self.types.items() if other == kind and line < node.lineno]
        if kind and isinstance(node.ctx, ast.Load) and {*alike} - {node.id}:
            at = alike.index(node.id) if node.id in alike else -1
            self.change(node, alike[(at + 1) % len(alike)], "variables")

    def mix_Call(self, node: ast.Call) -> None:  # noqa: N802
        """Exchange two arguments; reverse the last of several sequences; drop a key; change the axis."""
        parameters = self.signature_of(node.func).parameters
        are_plain = not any(isinstance(one, ast.Starred) for one in node.args)
        for n, (one, other) in enumerate(pairwise(node.args) if are_plain else ()):
            is_same = n + 1 < len(parameters) and parameters[n] == parameters[n + 1] != ""
            if is_same and _text(one) != _text(other):
                arguments = [*node.args[:n], other, one, *node.args[n + 2 :]]
                self.change(node, ast.Call(node.func, arguments, node.keywords), "arguments")
        if _text(node.func) == "zip" and len(node.args) > 1 and are_plain and not _is_endless(node.args[-1]):
            self.change(node.args[-1], f"[*{ast.unparse(node.args[-1])}][::-1]", "pairing")
        grouped = [*node.args[:1]] if _text(node.func).endswith(".groupby") else []
        for keys in (*grouped, *(word.value for word in node.keywords if word.arg == "on")):
            if isinstance(keys, ast.List) and len(keys.elts) > 1:
                self.change(keys, ast.List(keys.elts[:-1]), "pairing")
        for word in node.keywords:
            if word.arg == "axis" and _text(word.value) in {"0", "1"}:
                self.change(word.value, "1" if _text(word.value) == "0" else "0", "axes")

    def mix_BinOp(self, node: ast.BinOp) -> None:  # noqa: N802
        """Pair an array, or a place of one, with another place of the other operand."""
        if self.is_array(node.left) and self.is_array(node.right) and _text(node.left) != _text(node.right):
            self.change(node.right, f"{ast.unparse(node.right)}[::-1]", "pairing")
        one, other = _place(node.left), _place(node.right)
        is_same = one is not None and other is not None and one.id == other.id
        if is_same and self.types.get(other.id, ("", 0))[0] == "int" and _text(node.left) != _text(node.right):
            self.change(other, f"{other.id} - 1", "pairing")

    def mix_Subscript(self, node: ast.Subscript) -> None:  # noqa: N802
        """Exchange two indices of a table; not of a type."""
        places = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
        is_type = isinstance(node.value, ast.Name) and (node.value.id in vars(builtins) or node.value.id[0].isupper())
        for n, (one, other) in enumerate(pairwise(places)):
            if isinstance(one, ast.Name) and isinstance(other, ast.Name) and one.id != other.id and not is_type:
                swapped = ast.Tuple([*places[:n], other, one, *places[n + 2 :]])
                self.change(node, ast.Subscript(node.value, swapped), "axes")

    def mix_Attribute(self, node: ast.Attribute) -> None:  # noqa: N802
        """Drop the transposition of a table."""
        if node.attr == "T":
            self.change(node, node.value, "axes")


KINDS = ("signs", "arguments", "variables", "pairing", "axes")


def _statements(block: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements in a block and in the blocks within; not those of a function or class within."""
    for node in ast.iter_child_nodes(block):
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, ast.stmt | ast.ExceptHandler) and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from _statements(node)


def _several(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _is_endless(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _text(node.func).rpartition(".")[2] in ENDLESS


def _place(node: ast.expr) -> ast.Name | None:
    """Return the name of the last index of a table, or of its column: `i` of `x[k, i].position`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    if not isinstance(node, ast.Subscript):
        return None
    last = _several(node.slice)[-1]
    return last if isinstance(last, ast.Name) else None


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _holds_names(target: ast.expr) -> bool:
    return isinstance(target, ast.Tuple | ast.List) and any(isinstance(one, ast.Name) for one in target.elts)


def mutants_of(part: Part) -> list[Mutant]:
    """Find all mutants of a part, by file."""
    files = [file for pattern in part.sources for file in sorted(ROOT.glob(pattern)) if file.name not in SPARED]
    if part.in_node:
        return [mutant for found in found_by_node(files) for mutant in found]
    return [mutant for file in files for mutant in Finder(file.relative_to(ROOT), file.read_bytes()).found]


def found_by_node(files: list[Path]) -> list[list[Mutant]]:
    """Let TypeScript find the mutants of files, by file."""
    script, types = Path(__file__).with_suffix(".mjs"), ROOT / "src/negsim/page/web/types.d.ts"
    words = [NODE, str(script), str(types), *map(str, files)]
    found = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    names = [file.relative_to(ROOT) if file.is_relative_to(ROOT) else file for file in files]
    return [[Mutant(file=file, **one) for one in each] for file, each in zip(names, found, strict=True)]


def sampled(mutants: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """Sample `count` mutants, spread over the files like all of them: every n-th, each file in an order of its own."""
    by_file = defaultdict[Path, list[Mutant]](list)
    for mutant in mutants:
        by_file[mutant.file].append(mutant)
    random, ordered = Random(seed), list[Mutant]()  # noqa: S311 - the same for a seed, no secret
    for file in sorted(by_file):
        ordered += random.sample(by_file[file], len(by_file[file]))
    count = min(count, len(ordered))
    return [ordered[n * len(ordered) // count] for n in range(count)]


# --------------------------------------------------------------------------------------------- tests


class Tests(NamedTuple):
    """The tests, or files whose fixtures, run each line; the seconds that each test takes."""

    by_line: dict[tuple[Path, int], set[str]]
    seconds: dict[str, float]

    def of(self, mutant: Mutant) -> list[str]:
        """Return the quickest tests that run what a mutant changes, in order; of all if it runs at import."""
        lines = range(mutant.line, mutant.last + 1)
        named = set[str]().union(*(self.by_line.get((mutant.file, line), set()) for line in lines))
        everywhere = "" in named or mutant.function == "module"  # which may be imported late, by some test
        met = [name for name in self.seconds if everywhere or named & {name, name.rpartition(".")[0]}]
        met.sort(key=lambda name: (self.seconds[name], name))
        spent = list(accumulate(self.seconds[name] for name in met))
        return met[: max(1, bisect(spent, ENOUGH))]


def _bound_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _run(copy: Path, part: Part, words: list[str], *, limit: float | None = None, keeps: bool = False) -> int | None:
    """Run a Python in the copy; return its exit code, None if it took too long. keeps: whether to leave byte code."""
    environment = (
        os.environ
        | {
            "PYTHONPATH": str(copy / "src"),
            "PYTHONDONTWRITEBYTECODE": "" if keeps else "1",
            "NUMBA_DISABLE_JIT": "0" if part.compiled else "1",
        }
        | ({"MUTANTS_NODE": str(copy / NODE_LINES)} if keeps and part.in_node else {})
    )
    process = subprocess.Popen(
        [sys.executable, *words], cwd=copy, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
        preexec_fn=None if part.in_node else _bound_memory,  # noqa: PLW1509 - no threads here; node reserves more
    )  # fmt: skip
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


NODE_LINES = "mutants.node"  # a folder; in it one for each test, of what it ran in node
PYTEST = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=first_failure"]


def measured(copy: Path, part: Part) -> Tests:
    """Measure what the tests of a part run, and for how long; name those that fail unchanged.

    Exits with 1 if those of the model do, where numpy checks every index; of other parts they are left out.
    """
    settings, data, times = (copy / name for name in ("mutants.ini", ".coverage", "mutants.xml"))
    settings.write_text(f"[run]\nsource = {copy / 'src'}\nbranch = True\n[report]\nexclude_also = if TYPE_CHECKING:\n")
    words = ["-m", "coverage", "run", f"--rcfile={settings}", *PYTEST, "-p", "benchmarks.contexts"]
    words += ["-m", part.marks]
    code = _run(copy, part, [*words, f"--junit-xml={times}", *part.tests], keeps=True)
    if code not in {0, 1}:
        sys.exit(f"the tests cannot be run (exit code {code})")
    seconds, failed = defaultdict[str, float](float), set[str]()
    for case in ET.parse(times).iter("testcase"):  # noqa: S314 - pytest wrote it
        function = f"{case.attrib['classname']}.{case.attrib['name'].partition('[')[0]}"
        seconds[function] += float(case.attrib["time"])
        if _has_failed(case):
            failed.add(function)
    for function in sorted(failed):
        print(f"fails without any mutant: {function}", flush=True)
        del seconds[function]
    if failed and part.covered:  # compiled, a test may pass with an index that is outside its array
        sys.exit(1)
    names = [_node(copy, function) for function in seconds]
    if _run(copy, part, [*PYTEST, "--collect-only", *names]) != 0:  # else no test would count as a failed one
        sys.exit("pytest does not find the tests by their names")
    return Tests(_lines_in_node(copy) if part.in_node else _lines(copy, data), dict(seconds))


def cover(copy: Path, part: Part) -> None:
    """Print which branches of a part its tests do not run; exit with 1 where they run too few."""
    words = ["report", "--show-missing", "--skip-covered", f"--fail-under={part.covered}"]
    words += [f"--rcfile={copy / 'mutants.ini'}", f"--include={','.join(part.sources)}"]
    if subprocess.run([sys.executable, "-m", "coverage", *words], cwd=copy, check=False).returncode:
        sys.exit(1)


def _has_failed(case: ET.Element) -> bool:
    return any(case.find(what) is not None for what in ("failure", "error"))


def _lines(copy: Path, data: Path) -> dict[tuple[Path, int], set[str]]:
    """Return the tests by file and line, from coverage's data."""
    lines = defaultdict[tuple[Path, int], set[str]](set)
    joined = "arc join file on file.id = file_id join context on context.id = context_id"
    query = f"select distinct path, tono, context from {joined} where tono > 0"  # noqa: S608 - no word from outside
    with sqlite3.connect(data) as held:
        for path, line, context in held.execute(query):
            lines[Path(path).relative_to(copy), line].add(context)
    return lines


def _lines_in_node(copy: Path) -> dict[tuple[Path, int], set[str]]:
    """Return the tests by file and line, from what V8 counted in each: a later range, within, overrules an earlier."""
    lines = defaultdict[tuple[Path, int], set[str]](set)
    for data in (copy / NODE_LINES).glob("*/*.json"):
        for script in json.loads(data.read_bytes())["result"]:
            file = Path(script["url"].removeprefix("file://"))
            if not (file.is_relative_to(copy) and file.is_file()):
                continue  # a script of the test, or of node
            starts = _starts(file.read_text("utf-8"))
            counts = dict.fromkeys(range(len(starts)), 0)
            for one in (each for function in script["functions"] for each in function["ranges"]):
                within = range(bisect_left(starts, one["startOffset"]), bisect_left(starts, one["endOffset"]))
                counts |= dict.fromkeys(within, one["count"])
            for line, count in counts.items():
                if count:
                    lines[file.relative_to(copy), line + 1].add(data.parent.name)
    return lines


def _starts(text: str) -> list[int]:
    """Return where the lines of a text begin, past their indentation."""
    rows = text.split("\n")
    ends = accumulate((len(row) + 1 for row in rows), initial=0)
    return [end + len(row) - len(row.lstrip()) for end, row in zip(ends, rows, strict=False)]


def _node(copy: Path, function: str) -> str:
    """Return pytest's name of a test or doctest: `tests.study.test_store.f` is in tests/study/test_store.py."""
    words = function.split(".")
    end = next(n for n in range(1, len(words)) if Path(copy, *words[:n]).with_suffix(".py").is_file())
    return f"{Path(*words[:end])}.py::{'.'.join(words[end:])}"


def survives(copy: Path, part: Part, mutant: Mutant, tests: Tests) -> bool:
    """Return whether all tests that run a mutant pass with it."""
    names = tests.of(mutant)
    first = bisect(list(accumulate(tests.seconds[name] for name in names)), SOON)
    file = copy / mutant.file
    before, times = file.read_bytes(), file.stat()
    file.write_bytes(mutant.source(before))
    try:
        return all(_pass(copy, part, some, tests) for some in (names[:first], names[first:]) if some)
    finally:
        file.write_bytes(before)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # its byte code is still that of the file


def _pass(copy: Path, part: Part, functions: list[str], tests: Tests) -> bool:
    """Return whether these tests pass, in time."""
    words = [*PYTEST, "-x", "-m", part.marks, *(_node(copy, name) for name in functions)]
    return _run(copy, part, words, limit=GRACE + SLOW * sum(tests.seconds[name] for name in functions)) == 0


def first_failure(copy: Path, part: Part, *tests: str) -> str:
    """Return pytest's name of the first of some tests that fails in the copy; "" if all pass."""
    times = copy / "mutants.xml"
    code = _run(copy, part, [*PYTEST, "-x", "-m", part.marks, f"--junit-xml={times}", *tests], limit=LONGEST)
    if code in {0, NO_TESTS}:
        return ""
    cases = () if code is None else ET.parse(times).iter("testcase")  # noqa: S314 - pytest wrote it
    failed = [case.attrib for case in cases if _has_failed(case)]
    return _node(copy, f"{failed[0]['classname']}.{failed[0]['name'].partition('[')[0]}") if failed else f"exit {code}"


def notices(copy: Path, defect: Defect) -> str:
    """Return the test that fails with a defect: the one that is known, else the first of its part; "" if none."""
    file, part = copy / "src/negsim" / defect.file, defect.part
    before = file.read_text("utf-8")
    if before.count(defect.old) != 1:
        return ""
    file.write_text(before.replace(defect.old, defect.new), "utf-8")
    try:
        known = defect.notice if defect.notice.startswith(("tests/", "src/")) else ""
        if known and first_failure(copy, part._replace(marks=""), known):
            return known
        return first_failure(copy, part, *part.tests)
    finally:
        file.write_text(before, "utf-8")


# ------------------------------------------------------------------------------------------- results


def known_equivalent() -> set[str]:
    """Return the changes that compute the same, as their lines describe them."""
    lines = EQUIVALENT.read_text("utf-8").splitlines() if EQUIVALENT.exists() else []
    return {line.partition("  # ")[0].strip() for line in lines if line.strip() and not line.startswith("#")}


def results(copy: Path, part: Part, mutants: list[Mutant]) -> Iterator[tuple[Mutant, bool]]:
    """Yield each mutant, and whether it survives."""
    tests = measured(copy, part)
    if part.covered:
        cover(copy, part)
    for mutant in mutants:
        yield mutant, survives(copy, part, mutant, tests)


def chosen(part: Part, asked: argparse.Namespace) -> list[Mutant]:
    """Choose the mutants to try: a sample, or those asked for; none that is known to be equivalent."""
    whole, equivalent = [one for one in mutants_of(part) if one.kind in asked.kinds], known_equivalent()
    lines = {mutant: mutant.says((ROOT / mutant.file).read_bytes()) for mutant in whole}
    some = whole if asked.only else sampled(whole, asked.count, asked.seed)
    return [mutant for mutant in some if asked.only in lines[mutant] and lines[mutant] not in equivalent]


@contextmanager
def copied() -> Iterator[Path]:
    """Provide a copy of the checkout for as long as the block lasts."""
    with TemporaryDirectory(prefix="negsim-mutants-") as folder:
        copy = Path(folder).resolve() / "copy"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT, symlinks=True)
        yield copy


def score(name: str, asked: argparse.Namespace) -> float:
    """Try mutants of a part, print the survivors and their number; return the share that was killed."""
    part, began, killed = PARTS[name], time.monotonic(), 0
    part = part._replace(tests=tuple(asked.tests), covered=0) if asked.tests else part
    if not (mutants := chosen(part, asked)):
        sys.exit(f"no mutant of these kinds has {asked.only!r} in its line" if asked.only else "no mutants to try")
    with copied() as copy:
        for n, (mutant, alive) in enumerate(results(copy, part, mutants), 1):
            killed += not alive
            sys.stderr.write(f"\r{n} of {len(mutants)}, {n - killed} survive" if sys.stderr.isatty() else "")
            if alive:
                print(f"survives at line {mutant.line}: {mutant.says((ROOT / mutant.file).read_bytes())}", flush=True)
    minutes, share = (time.monotonic() - began) / 60, killed / max(1, len(mutants))
    print(f"{name}: {killed} of {len(mutants)} killed, {share:.1%} ({minutes:.1f} minutes)")
    return share


def all_noticed(only: str) -> bool:
    """Put in one defect after the other and print the test that notices each.

    Returns whether all are noticed, but those that a later step of CI notices. only: of a file's name, or of the words.
    """
    known = defects(DEFECTS.read_text("utf-8"))
    noticed = []
    with copied() as copy:
        for defect in (one for one in known if only in one.file or only in one.words):
            test = notices(copy, defect)
            noticed.append(test or (defect.notice and not defect.notice.startswith(("tests/", "src/"))))
            print(f"{defect.words}\n{defect.file}\n= {test or defect.notice or 'NOT NOTICED'}\n", flush=True)
    return all(noticed)


def main() -> None:
    """Print survivors and scores; exit with 1 where a score is less than asked for, or a defect is not noticed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tests", nargs="*", help="default: those that are there for the part")
    parser.add_argument("--part", choices=PARTS, action="append", help="default: the model")
    parser.add_argument("--count", type=int, default=80, help="of mutants in each part")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--only", default="", metavar="WORDS", help="all mutants in whose line these stand")
    parser.add_argument("--defects", action="store_true", help="those of defects.txt, instead of mutants")
    parser.add_argument("--least", type=float, default=0.0, help="share that has to be killed")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the tests end and the copy goes, as after ^C
    if asked.defects:
        sys.exit(not all_noticed(asked.only))
    scores = [score(part, asked) for part in asked.part or ["model"]]
    if min(scores) < asked.least:
        sys.exit(1)


if __name__ == "__main__":
    main()
