"""What commands share towards a person: the types of their options and their exit codes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negsim.errors import NegsimError

UNDER = "uncertain.parameters"  # the path of the ensemble
FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130


def place(file: Path | None) -> Path | None:
    """Where to write, refused before any work is done if no file can be there."""
    if file is not None and file.is_dir():
        raise NegsimError(f"{file}: is a folder; name a file")
    if file is not None and not file.parent.is_dir():
        raise NegsimError(f"{file.parent}: is no folder; make it first")
    return file


def own(folder: Path | None) -> Path | None:
    """Where to write, refused before any work is done unless the folder is new, empty or negsim's own."""
    from negsim.tell.folders import check_free

    if folder is not None:
        check_free(folder)
    return folder


def _known(measures: list[str]) -> list[str]:
    """Measures, refused before any work is done if one of them is none."""
    from negsim.study.schema import check_measures

    check_measures(measures)
    return measures


Name = Annotated[str, typer.Argument(metavar="NAME", help="A built-in scenario or a file.", show_default=False)]
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
