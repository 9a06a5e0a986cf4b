"""Commands on real cases: code-case, codebook, agree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negsim.cli.options import File
from negsim.errors import NegsimError
from negsim.report.progress import say

commands = typer.Typer()

Coder = Annotated[
    str, typer.Argument(metavar="FILE", help="A case file or name, or a folder of them.", show_default=False)
]


@commands.command("code-case")
def code_case(
    facts: Annotated[
        Path | None, typer.Argument(metavar="[FACTS]", help="A facts file to start from.", show_default=False)
    ] = None,
    *,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Of a case that starts empty.", show_default=False)
    ] = None,
    case_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Which case of the facts file.", show_default=False)
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Where to write; FOLDER/, or of several cases, a folder.", show_default=False
        ),
    ] = None,
) -> None:
    """Start a case file: empty, or from a facts file.

    What is mechanical is filled in, the rest is `unknown`, and the file loads and runs at once.
    """
    from negsim.cases.template import from_facts, from_title

    if facts is None and title is None:
        raise NegsimError("code-case needs a facts file or --title")
    if facts is not None and title is not None:
        raise NegsimError("--title is for a case that starts empty; leave it or the facts file out")
    if facts is None and case_id is not None:
        raise NegsimError("--id chooses a case of a facts file; leave it or --title out")
    texts = from_title(title) if title is not None else from_facts(facts or Path(), case_id, say)
    _write(texts, out)


def _write(texts: dict[str, str], out: str | None) -> None:
    """Case files to the screen, a file, or (several, or by its slash) a folder; nothing is written over."""
    from negsim.files import write_text

    if len(texts) > 1 and out is None:
        listed = ", ".join(texts)
        raise NegsimError(f"there are {len(texts)} cases ({listed}); choose one with --id, or give a folder with --out")
    if out is None:
        print(*texts.values(), sep="", end="")
        return
    place = Path(out)
    alone = len(texts) == 1 and not place.is_dir() and not out.endswith("/")
    if not alone and place.exists() and not place.is_dir():
        raise NegsimError(f"{out}: is not a folder")
    files = {(place if alone else place / f"{name}.yaml"): text for name, text in texts.items()}
    if taken := [str(file) for file in files if file.exists()]:
        raise NegsimError(f"{', '.join(taken)}: already there; a coded case is not written over")
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, text)
        say(f"written: {file}")


@commands.command()
def codebook(*, out: File = None) -> None:
    """Print the codebook: what facts and codes of a case become, and why."""
    from negsim.files import write_text
    from negsim.report.codebook import codebook_page

    if out is None:
        print(codebook_page(), end="")
        return
    write_text(out, codebook_page())
    say(f"written: {out}")


@commands.command()
def agree(
    first: Coder, second: Coder, *, seed: Annotated[int, typer.Option(min=0, metavar="N", help="Of the bootstrap.")] = 0
) -> None:
    """Say how far two coders of the same cases agree: Krippendorff's alpha."""
    from negsim.report.comparisons import agreement_text
    from negsim.study.agreement import agreement, differently_titled, pairs_of

    pairs, alone = pairs_of(first, second)
    for name in alone:
        say(f"{name}: coded by one of the two only; left out")
    for one, other in differently_titled(pairs):
        say(f'{one.name} is "{one.title}", {other.name} "{other.title}"; are they one case?')
    print(agreement_text(agreement(pairs, seed=seed)))
