"""What commands share towards a person: the types of their options and their exit codes."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from negsim.errors import NegsimError, ScenarioError

WRITTEN = ("out", "table", "picture")  # options that name what a command writes
UNDER = "uncertain.parameters"  # the path of the ensemble
PICTURES = ("png", "svg", "pdf")  # formats of pictures
FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130


def place(file: Path | None) -> Path | None:
    """Where to write, refused before any work is done if no file can be there."""
    from negsim.files import check_file

    if file is not None:
        check_file(file)
    return file


def own(context: typer.Context, folder: Path | None) -> Path | None:
    """Where to write, refused before any work is done unless the folder is new, empty or the command's own."""
    from negsim.files import check_folder

    if folder is not None:
        check_folder(folder, context.info_name or "")
    return folder


Source = TypeVar("Source", bound=str | Path | list[str])


def apart(context: typer.Context, source: Source) -> Source:
    """What is read, refused if the command is to write over it; options are known before arguments are."""
    check_apart(context, [word for text in source for word in words_of(text)] if isinstance(source, list) else [source])
    return source


def check_apart(context: typer.Context, sources: Sequence[str | Path]) -> None:
    """Raise NegsimError if the command is to write over one of the sources."""
    files = [option.name for option in context.command.params if option.name in WRITTEN and option.metavar == "FILE"]
    written = [Path(str(file)) for name in files if (file := context.params.get(name or "")) is not None]
    for file in written:
        if any(_is_read(file, source) or _is_held(file, source) for source in sources):
            raise NegsimError(f"{file}: is what {context.info_name} reads; name another file")


def _is_read(file: Path, source: str | Path) -> bool:
    """Whether a file is the one of that source."""
    from negsim.scenario.library import is_there, locate

    try:
        return is_there(file) and file.samefile(locate(source))
    except (ScenarioError, OSError, ValueError):  # no file at all
        return False


def _is_held(file: Path, source: str | Path) -> bool:
    """Whether a file is one of those that a results folder consists of, or is to lie among them."""
    if not is_folder(str(source)):
        return False
    from negsim.study.store import MANIFEST, PARTS, SERIES

    held = [path for name in (MANIFEST, PARTS, SERIES) if (path := Path(source) / name).exists()]
    return any(path.samefile(one) for path in (file, file.parent) if path.exists() for one in held)


def is_folder(name: str) -> bool:
    """Whether a name is that of a folder, and not of a built-in scenario or case."""
    from negsim.scenario.library import builtin_cases, names

    try:
        return name not in {*names(), *builtin_cases()} and Path(name).is_dir()
    except OSError:  # such as a name that is too long
        return False


def check_as_it_is(context: typer.Context, folder: str, *ours: str) -> None:
    """Raise NegsimError for options other than ours: nothing can be changed of a study that was run."""
    sources = {option.opts[0]: context.get_parameter_source(option.name or "") for option in context.command.params}
    given = [name for name, source in sources.items() if name not in ours and source and source.name == "COMMANDLINE"]
    if given:
        raise NegsimError(
            f"{folder}: is a study that was run; {context.info_name} takes it as it is, without {' and '.join(given)}"
        )


def words_of(text: str) -> list[str]:
    """The words of `NAME PATH=VALUE ...`, quotes resolved. Raises NegsimError for a quote that does not end."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise NegsimError(f"{text}: is not understood ({error})") from None


def source_and_changes(words: list[str]) -> tuple[str | None, list[str]]:
    """The scenario that words name, None where they are changes alone, and the changes."""
    from negsim.scenario.library import is_there

    if "=" in words[0] and not is_there(Path(words[0])):
        return None, words
    return words[0], words[1:]


def _known(measures: list[str]) -> list[str]:
    """Measures, refused before any work is done if one of them is none."""
    from negsim.study.schema import check_measures

    check_measures(measures)
    return measures


def _drawn_as(form: str) -> str:
    """A format of pictures, refused before any work is done if it is none."""
    if form not in PICTURES:
        raise NegsimError(f'cannot draw "{form}"; the formats are {", ".join(PICTURES[:-1])} and {PICTURES[-1]}')
    return form


Name = Annotated[
    str,
    typer.Argument(metavar="NAME", callback=apart, help="A built-in scenario or a file.", show_default=False),
]
Changes = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        default_factory=list,
        show_default=False,
        help="Change the scenario, such as meetings.count=5; may be repeated.",
    ),
]
Ensemble = Annotated[
    str | None,
    typer.Option(
        "--parameters",
        metavar="ENSEMBLE",
        show_default=False,
        help="Take parameters from an ensemble, a member a run: plausible or prior.",
    ),
]
Measures = Annotated[
    list[str],
    typer.Option(
        "--measure",
        metavar="NAME",
        default_factory=list,
        show_default=False,
        callback=_known,
        help="A measure; may be repeated.",
    ),
]
Seed = Annotated[int, typer.Option(min=0, max=2**64 - 1, metavar="N", help="Seed of all draws.")]
Replications = Annotated[int, typer.Option(min=1, max=1_000_000, metavar="N", help="How many runs.")]
Replication = Annotated[int, typer.Option(min=0, max=2**32 - 1, metavar="N", help="Which run, counted from 0.")]
Threads = Annotated[
    int | None, typer.Option(min=1, max=1024, metavar="N", show_default=False, help="Threads (default: one a core).")
]
PictureFormat = Annotated[
    str, typer.Option("--format", metavar="|".join(PICTURES), callback=_drawn_as, help="Of the pictures.")
]
Folder = Annotated[Path, typer.Option(metavar="FOLDER", callback=own, help="Where to write.")]
Tables = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", show_default=False, callback=own, help="Write text, tables and scenarios here."),
]
File = Annotated[
    Path | None,
    typer.Option(metavar="FILE", show_default=False, callback=place, help="Write to a file instead of the screen."),
]


def under(ensemble: str | None, changes: list[str]) -> list[str]:
    """The changes, with the parameters drawn from an ensemble if one is asked for."""
    return changes if ensemble is None else [*changes, f"{UNDER}={ensemble}"]
