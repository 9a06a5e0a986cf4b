"""Rules of one's own: a Python file whose functions take the place of kernels of the model.

    from negsim.negotiation.trust import shift
    from negsim.rules import replaces

    @replaces("trust.gain")
    def gain(state, j, i, amount):
        shift(state, j, i, 0.5 * amount * (1.0 - state.trust[j, i]))

- A process has one set of rules for all that it runs, from `--rules mine.py` or `rules.load("mine.py")` on. Two sets
  are compared as two studies.
- A replacement takes what the kernel takes, and may do what a kernel may do (docs/compiling.md). Whatever calls the
  kernel calls the replacement, except for the file itself, which may import the original by name and call it.
- The file is a plug-in too: the formats, rules, measures and policies at its top are known.
"""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast

from negsim import kernel, plugins
from negsim.errors import FailedError, NegsimError, did_you_mean, literal
from negsim.negotiation import runs
from negsim.plugins import Plugin

_Function = TypeVar("_Function", bound=Callable[..., Any])

_MARK = "replaces"  # what a replacement carries: the kernel whose place it takes
_ROOMS = (runs.__package__, "negsim.elementary", "negsim.randomness")  # where the kernels of the model are
_lock = threading.RLock()


@dataclass(frozen=True, eq=False)
class OwnRules:
    """Rules of one's own. kernels: those that they replace, by name, in order. Pickling them carries their source."""

    plugin: Plugin
    kernels: tuple[str, ...]

    @property
    def source(self) -> str:
        """The text of the file."""
        return self.plugin.source

    @property
    def identity(self) -> dict[str, str]:
        """The name and the digest by which a results folder knows them."""
        return {"name": self.plugin.name, "digest": self.plugin.digest}

    def __reduce__(self) -> tuple[object, ...]:
        """Travel as a plug-in, whose rules another process takes if it can; `check_in_use` says whether it did."""
        return _arrive, (self.plugin,)


def replaces(name: str) -> Callable[[_Function], _Function]:
    """Mark a function that takes the place of a kernel: `@replaces("trust.gain")`.

    It has the kernel's parameters, by name and in order; their types are known and need not be written. One that makes
    arrays is `kernel.allocating` as well. Raises NegsimError if there is no such kernel, or it takes something else.
    """
    original = _kernel(name)

    def mark(function: _Function) -> _Function:
        right, given = (", ".join(inspect.signature(one).parameters) for one in (original, function))
        if given != right:
            raise NegsimError(f"{name} takes ({right}), and the function in its place takes ({given})")
        function.__annotations__ = dict(original.__annotations__)
        vars(function).update({**vars(original), **vars(function), _MARK: original})
        return function

    return mark


def load(file: str | Path) -> OwnRules:
    """Give this process the rules of a file.

    Raises NegsimError if the file cannot be loaded, replaces nothing, or comes too late: after other rules, or after
    the model was run.
    """
    return _adopt(plugins.load(file))


def own() -> OwnRules | None:
    """Return the rules of one's own that this process has, if any."""
    return cast("OwnRules | None", kernel.own_rules)


def check_taken(plugin: Plugin) -> None:
    """Raise NegsimError if a plug-in has rules that this process does not have: only `load` gives it some."""
    here = own()
    if any(_replacements(plugin)) and (here is None or here.plugin.source != plugin.source):
        raise NegsimError(f"{plugin.file}: replaces rules of the model; load it with --rules, not with --plugin")


def check_none(what: str) -> None:
    """Raise NegsimError if this process has rules of one's own. what: runs the model as it is, as a message begins."""
    if (there := own()) is not None:
        raise NegsimError(f"{what} runs the rules of the model, not those of {there.plugin.file}")


def check_same(identity: dict[str, str] | None, folder: Path) -> None:
    """Raise NegsimError unless results were made with the rules that this process has. identity: of the rules."""
    here = own()
    if identity != (None if here is None else here.identity):
        raise NegsimError(f"{folder}: {difference(identity)}")


def check_in_use(rules: OwnRules | None) -> None:
    """Raise FailedError unless this process, such as a worker, has these rules. rules: None for the model's own."""
    if rules is not own():
        raise FailedError("a worker runs the model under other rules than the study; start the workers again")


def difference(identity: dict[str, str] | None) -> str:
    """Say which rules results were made with, and how to have the same. identity: None for the model's own."""
    if identity is None:
        return "was begun with the rules of the model; leave --rules out"
    file = f"{identity['name']}.py"
    other = " as it was then; it was edited since" if (here := own()) and here.plugin.name == identity["name"] else ""
    return f"was begun with the rules of {file}; add --rules {file}{other}"


def _adopt(plugin: Plugin) -> OwnRules:
    """Give this process the rules of a plug-in, unless it has them."""
    with _lock:
        before = own()
        if before is not None and before.source == plugin.source:
            return before
        if before is not None:
            raise NegsimError(f"{plugin.file}: the rules of {before.plugin.file} are in use; start another process")
        by_name: dict[str, Callable[..., Any]] = {}
        for name, function in _replacements(plugin):
            if name in by_name:
                raise NegsimError(f"{plugin.file}: replaces {name} twice; keep one of the two functions")
            by_name[name] = function
        if not by_name:
            right = 'put @replaces("trust.gain"), say, on a function'
            raise NegsimError(f"{plugin.file}: replaces no rule of the model; {right}")
        rules = OwnRules(plugin, tuple(by_name))
        plain = kernel.UNCOMPILED or find_spec("numba") is None
        guard = partial(plugins.guarded, lambda: plugin)
        functions = {
            vars(one)[_MARK]: guard(f"the rule in the place of {name}")(one) if plain else one
            for name, one in by_name.items()
        }
        kernel.take_place(functions, rules, apart_from=plugin.module)
        return rules


def _arrive(plugin: Plugin) -> OwnRules:
    """Give this process the rules of a plug-in from another, if it can."""
    try:
        return _adopt(plugin)
    except NegsimError:
        return OwnRules(plugin, ())


def _replacements(plugin: Plugin) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the functions of a plug-in that replace a kernel, each after the kernel's name."""
    for value in plugin.objects.values():
        if isinstance(value, FunctionType) and _MARK in vars(value):
            yield _name(vars(value)[_MARK]), value


def _name(function: Callable[..., Any]) -> str:
    """Return the name of a kernel, such as `trust.gain`: its module and its own."""
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def _kernel(name: str) -> FunctionType:
    """Return the kernel of a name. Raises NegsimError if there is none, or Python calls it too."""
    room, _, function = name.partition(".")
    modules = {one.rpartition(".")[2]: module for one, module in sys.modules.items() if one.startswith(_ROOMS)}
    if room not in modules:
        raise NegsimError(f"no module {literal(room)} of the model has kernels{did_you_mean(room, modules)}")
    functions = {called: value for called, value in vars(modules[room]).items() if isinstance(value, FunctionType)}
    originals: dict[str, FunctionType] = {called: vars(value).get(_MARK, value) for called, value in functions.items()}
    there = {
        called: value
        for called, value in originals.items()
        if "allocates" in vars(value) and value.__module__ == modules[room].__name__
    }
    if function not in there:
        raise NegsimError(f"{room} has no kernel {literal(function)}{did_you_mean(function, there)}")
    if function in kernel.ENTRIES:
        raise NegsimError(f"{name} is called by Python as well; replace the kernels that it calls")
    return there[function]
