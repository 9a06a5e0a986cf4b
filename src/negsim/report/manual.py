"""The pages and experiments that every copy of negsim carries, which `negsim doc` lists, prints and copies.

A wheel has them beside its modules; a checkout has them in `docs` and `experiments`. `pyproject.toml` puts those of
`PAGES` and all how-tos into the wheel; the page on scenarios stands beside these.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from negsim.errors import NegsimError, did_you_mean
from negsim.files import whole_folder
from negsim.report.age import dated
from negsim.scenario.library import folder

PAGES = ("tutorial", "studies", "designs", "explaining", "coding", "python", "rules", "glossary")
_EXPERIMENTS = "experiments/"  # begins their names


def manual() -> dict[str, Path]:
    """Return the files of all pages by their names: pages, how-tos, then the accounts of experiments."""
    docs, experiments = folder("docs"), folder("experiments")
    pages = {"scenarios": folder() / "README.md"} | {name: docs / f"{name}.md" for name in PAGES}
    pages |= {f"howto/{path.stem}": path for path in sorted((docs / "howto").glob("*.md"))}
    return pages | {f"{_EXPERIMENTS}{path.parent.name}": path for path in sorted(experiments.glob("*/README.md"))}


def titles() -> Mapping[str, str]:
    """Return the title of each page by its name."""
    return {name: path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ") for name, path in manual().items()}


def page(name: str) -> str:
    """Return a page as Markdown, which says so if its numbers are stale. Raises NegsimError for an unknown name."""
    file = _file(name)
    path = file.relative_to(folder().parent).as_posix().lstrip("_")  # in the repository
    return dated(path, file.read_text(encoding="utf-8"))


def copy_experiment(name: str, out: Path) -> list[Path]:
    """Copy the files of an experiment into a folder; return their paths.

    Raises NegsimError for the name of another page, and for a folder that holds other things.
    """
    if not name.startswith(_EXPERIMENTS):
        raise NegsimError(f"{name}: only an experiment has files to copy, such as {_EXPERIMENTS}evenings")
    source = _file(name).parent
    with whole_folder(out, "doc") as part:
        files = [Path(shutil.copy(path, part)).name for path in sorted(source.iterdir()) if path.is_file()]
    return [out / file for file in files]


def _file(name: str) -> Path:
    pages = manual()
    if name not in pages:
        hint = did_you_mean(name, list(pages)) or "; `negsim doc` lists all"
        raise NegsimError(f'there is no page "{name}"{hint}')
    return pages[name]
