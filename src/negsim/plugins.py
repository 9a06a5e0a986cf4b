"""Plug-ins: Python files, or installed packages, with formats, rules, measures and policies of one's own.

- A plug-in is loaded because the command line (`--plugin mine.py`) or a program (`plugins.load("mine.py")`) names it,
  or because an installed package declares it as an entry point of the group `negsim.plugins`. Names in scenarios,
  studies and manifests are looked up among those; no such file causes the import of another.
- Whatever stands at the top of a plug-in is known: records such as `SessionFormat` by their own `name`, anything else
  as `"mine:Spoiler"`, the plug-in and the object.
- A plug-in is one file. Pickling it carries its source, so that another process has it before whatever follows.
- Entry points are loaded at the first name that is not known otherwise. A server that reads strangers' files calls
  `shut`.
"""

from __future__ import annotations

import hashlib
import linecache
import re
import threading
import traceback
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module, util
from pathlib import Path
from sys import modules
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, TypeVar

from negsim.errors import NegsimError, did_you_mean, literal

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "negsim.plugins"  # of entry points
_OWN = {"strategies": "negsim.policies.strategies"}  # negsim's own, known without being loaded: name and module
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_DIGEST_DIGITS = 16
_Record = TypeVar("_Record")


@dataclass(frozen=True, eq=False)
class Plugin:
    """A plug-in that was loaded.

    name: the file's without `.py`, or the entry point's. file: where it was read, for messages. package: the module
    that its entry point names, "" for a file.
    """

    name: str
    file: str
    source: str = field(repr=False)
    module: ModuleType = field(repr=False)
    package: str = ""

    @property
    def digest(self) -> str:
        """The digest of its source."""
        return digest_of(self.source)

    @property
    def objects(self) -> dict[str, object]:
        """Its public objects by name; of the classes and functions those that it defines itself."""
        return {name: value for name, value in vars(self.module).items() if name[0] != "_" and self._is_own(value)}

    def _is_own(self, value: object) -> bool:
        if isinstance(value, type | FunctionType):
            return value.__module__ == self.module.__name__
        return not isinstance(value, ModuleType)

    def records(self, kind: type[_Record]) -> dict[str, _Record]:
        """Return its records of a kind, each by its `name`. Raises NegsimError if two have one name."""
        found: dict[str, _Record] = {}
        for value in self.objects.values():
            if isinstance(value, kind):
                name = str(getattr(value, "name", ""))
                if found.setdefault(name, value) is not value:
                    raise NegsimError(f"{self.file}: has two records with the name {literal(name)}; rename one")
        return found

    def __reduce__(self) -> tuple[object, ...]:
        """Travel as source."""
        return _again, (self.name, self.file, self.source, self.package)


def digest_of(source: str) -> str:
    """Return the digest by which a manifest knows a source."""
    return hashlib.sha256(source.encode(errors="surrogatepass")).hexdigest()[:_DIGEST_DIGITS]


_loaded: dict[str, Plugin] = {}
_lock = threading.RLock()
_is_shut = False
_has_looked = False  # whether the entry points are loaded


def load(file: str | Path) -> Plugin:
    """Load a plug-in from a Python file; one that was edited since is loaded again.

    Raises NegsimError if there is no such file, it cannot be run, or another plug-in has its name.
    """
    path = Path(file)
    if path.suffix != ".py" or not _NAME.fullmatch(path.stem):
        right = "a plug-in is a Python file with a name of letters, digits and _, such as mine.py"
        raise NegsimError(f"{literal(str(file))}: is not a plug-in; {right}")
    try:
        source = util.decode_source(path.read_bytes())
    except OSError as error:
        raise NegsimError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (SyntaxError, UnicodeDecodeError) as error:
        raise NegsimError(f"{path}: is not a Python file ({error})") from None
    with _lock:
        before = _loaded.get(path.stem)
        if before is not None and Path(before.file).resolve() != path.resolve():
            raise NegsimError(f"{path}: the plug-in {before.file} has the same name; rename one of the files")
        return _again(path.stem, str(path), source)


def _again(name: str, file: str, source: str, package: str = "") -> Plugin:
    """Return a plug-in with this source, loaded now unless it is already."""
    with _lock:
        before = _loaded.get(name)
        if before is None or before.source != source:
            before = _of_package(name, package) if package else _of_source(name, file, source)
            if package and before.source != source:
                raise NegsimError(f"the plug-in {name} is installed here in another version; install the same one")
            _loaded[name] = before
        return before


def _of_source(name: str, file: str, source: str) -> Plugin:
    """Run the source of a plug-in as a module of its own."""
    module = ModuleType(f"{__name__}.{name}")
    module.__file__ = file
    before = modules.get(module.__name__)
    modules[module.__name__] = module  # dataclasses and pickles look for it there
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file  # for tracebacks
    try:
        exec(compile(source, file, "exec"), vars(module))  # noqa: S102 - what a plug-in is for
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever goes wrong in it
        if before is None:
            del modules[module.__name__]
        else:
            modules[module.__name__] = before
        raise NegsimError(f"{_place(file, error)}: the plug-in cannot be loaded ({_what(error)})") from None
    return Plugin(name, file, source, module)


def _place(file: str, error: BaseException) -> str:
    """Return the place in a plug-in's file that an error comes from: `mine.py:12`."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == file else (lines or [None])[-1]
    return file if line is None else f"{file}:{line}"


def _what(error: BaseException) -> str:
    """Return an error in one line: its message, after its type unless that says the same."""
    if isinstance(error, SyntaxError):
        return error.msg
    return str(error) if isinstance(error, NegsimError) else f"{type(error).__name__}: {error}"


@contextmanager
def guarded(find: Callable[[], Plugin | None], what: str) -> Iterator[None]:
    """Raise what goes wrong in a part of a plug-in as NegsimError with its place; as it is if it is in no plug-in.

    find: the plug-in, called when something goes wrong. what: the part, such as `the measure x`.
    """
    try:
        yield
    except NegsimError:
        raise
    except Exception as error:
        if (plugin := find()) is None:
            raise
        raise NegsimError(f"{_place(plugin.file, error)}: {what} fails ({_what(error)})") from None


def _of_package(name: str, package: str) -> Plugin:
    try:
        module = import_module(package)
        file = str(module.__file__)
        return Plugin(name, file, util.decode_source(Path(file).read_bytes()), module, package)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever goes wrong in it
        raise NegsimError(f"the plug-in {name} ({package}) cannot be loaded ({_what(error)})") from None


def shut() -> None:
    """Know no plug-ins from now on, in this process: for a server that reads strangers' files."""
    global _is_shut  # noqa: PLW0603 - of the process
    _is_shut = True
    _loaded.clear()


def loaded() -> tuple[Plugin, ...]:
    """Return the plug-ins loaded so far."""
    return tuple(_loaded.values())


def _installed() -> Iterator[Plugin]:
    """Load the entry points, if that was not done before; yield those that are new."""
    global _has_looked  # noqa: PLW0603 - of the process
    with _lock:
        if _is_shut or _has_looked:
            return
        _has_looked = True
        for point in _entry_points():
            if point.name not in _loaded:
                plugin = _loaded[point.name] = _of_package(point.name, point.module)
                yield plugin


def _entry_points() -> list[EntryPoint]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow to import, and most names are known

    return sorted(entry_points(group=GROUP), key=lambda point: point.name)


def known(
    kind: type[_Record], *, taken: Container[str] = (), installed: bool = False
) -> dict[str, tuple[Plugin, _Record]]:
    """Return the records of a kind with their plug-ins, by name.

    taken: names that negsim has itself. installed: whether to load entry points, too. Raises NegsimError if a name is
    taken, or is that of two records.
    """
    if installed:
        list(_installed())
    found: dict[str, tuple[Plugin, _Record]] = {}
    for plugin in loaded():
        for name, record in plugin.records(kind).items():
            if name in taken or name in found:
                whose = f"is also in {found[name][0].file}" if name in found else "is a name that negsim has itself"
                raise NegsimError(f"{plugin.file}: {literal(name)} {whose}; choose another")
            found[name] = plugin, record
    return found


def find(kind: type[_Record], name: str, *, taken: Container[str] = ()) -> tuple[Plugin, _Record] | None:
    """Find a record of a kind by its name, among the plug-ins that are loaded and then among the installed ones."""
    return known(kind, taken=taken).get(name) or known(kind, taken=taken, installed=True).get(name)


def lookup(name: str) -> tuple[Plugin, object]:
    """Find the object that a name such as `"mine:Spoiler"` stands for, with its plug-in. Raises NegsimError."""
    which, colon, what = name.partition(":")
    if not colon or not _NAME.fullmatch(which) or not what:
        raise NegsimError(f'{literal(name)} does not name an object of a plug-in; write it as in "mine:Spoiler"')
    plugin = named(which)
    if what not in plugin.objects:
        raise NegsimError(f"{plugin.file} has no {literal(what)}{did_you_mean(what, plugin.objects)}")
    return plugin, plugin.objects[what]


def named(name: str) -> Plugin:
    """Return the plug-in of a name. Raises NegsimError that says how to load one."""
    if name not in _loaded and name in _OWN and not _is_shut:
        with _lock:
            _loaded.setdefault(name, _of_package(name, _OWN[name]))
    if name not in _loaded:
        list(_installed())
    if name not in _loaded:
        raise NegsimError(missing(name))
    return _loaded[name]


def or_load_one(hint: str) -> str:
    """Add to the hint about an unknown name, unless it guesses one, that a plug-in not loaded may have the name."""
    return hint if _is_shut or "did you mean" in hint else f"{hint}; if a plug-in has it, add --plugin FILE.py"


def missing(name: str) -> str:
    """Write the message for a plug-in that is not loaded."""
    if _is_shut:
        return f"needs the plug-in {literal(name)}; plug-ins work on the command line and in Python, not here"
    if not _NAME.fullmatch(name):
        return f"{literal(name)} is not the name of a plug-in"
    return f'the plug-in {name} is not loaded; add --plugin {name}.py (in Python: negsim.plugins.load("{name}.py"))'
