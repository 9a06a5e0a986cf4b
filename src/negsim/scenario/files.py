"""Files that people write: where they are, and the text in them.

Rules that hold here
- The installed package's own files come first, then those of the checkout it runs from.
- A name is a name: it cannot lead out of the folder.
"""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path as FilePath

from negsim.errors import Mark, NegsimError, Problem, ScenarioError, did_you_mean, shown
from negsim.scenario.loading import MOST_BYTES, SCENARIO, Form, decode

CASES = "cases"  # the folder of coded cases, and how their names start


def names() -> list[str]:
    """The built-in scenarios."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def builtin_cases() -> list[str]:
    """The built-in coded cases, such as `cases/wgig`."""
    return sorted(f"{CASES}/{path.stem}" for path in (folder() / CASES).glob("*.yaml"))


def folder() -> FilePath:
    """The folder of the built-in scenarios."""
    package = FilePath(str(resources.files("negsim")))
    installed = package / "_scenarios"
    return installed if installed.is_dir() else package.parent.parent / "scenarios"


def locate(source: str | FilePath) -> FilePath:
    """The file of a built-in name or of a path; raises `ScenarioError` for a name there is not."""
    if not isinstance(source, str | FilePath):
        raise NegsimError(f"{shown(source)}: a scenario is asked for by its name or its file")
    if isinstance(source, FilePath) or re.search(r"\.ya?ml$", source):
        return FilePath(source)
    if source in builtin_cases() or source in names():
        return folder() / f"{source}.yaml"
    if source.startswith(f"{CASES}/") and not is_there(FilePath(source)):
        hint = did_you_mean(source, builtin_cases())
        raise ScenarioError([Problem(Mark(source), "", f"no case of that name{hint}")])
    if re.search(r"[/\\]", source):
        return FilePath(source)
    case = f"{CASES}/{source}"
    hint = f"; did you mean {shown(case)}?" if case in builtin_cases() else did_you_mean(source, names())
    raise ScenarioError([Problem(Mark(source), "", f"no scenario of that name{hint}")])


def shown_as(source: str | FilePath, path: FilePath) -> str:
    """What problems call a file."""
    return str(source) if path == FilePath(source) else path.name


def text_of(source: str | FilePath) -> str:
    """The text of a scenario, as its author wrote it."""
    path = locate(source)
    return text_in(path, shown_as(source, path))


def text_in(path: FilePath, name: str, form: Form = SCENARIO) -> str:
    """The text in a file that may be anything; name: what problems call it."""
    return decode(_bytes(path), name, form)


def is_there(path: FilePath) -> bool:
    """Whether there is such a file."""
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long
        return False


def _bytes(path: FilePath) -> bytes:
    """The bytes of a file, no more than needed to see that it is too large."""
    try:
        if path.is_dir():
            raise ScenarioError([Problem(Mark(str(path)), "", "is not a file but a folder; name a file in it")])
        if path.exists() and not path.is_file():
            raise ScenarioError([Problem(Mark(str(path)), "", "is not a file")])
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise ScenarioError([Problem(Mark(str(path)), "", "no such file")]) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name is no file name"
        raise ScenarioError([Problem(Mark(str(path)), "", f"cannot be read ({why})")]) from None
