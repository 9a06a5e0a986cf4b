"""The source distribution: what a wheel is made from, and nothing that happens to lie beside it."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from negsim.report.manual import PAGES

ROOT = Path(__file__).parent.parent
ALONE = {"pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", ".gitignore"}


@pytest.fixture
def checkout(tmp_path):
    """A copy of what is distributed."""
    copy = tmp_path / "checkout"
    for folder in ("src", "scenarios", "experiments", "docs/howto"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ALONE | {f"docs/{page}.md" for page in PAGES}:
        shutil.copy(ROOT / name, copy / name)
    return copy


def names_in_sdist(checkout):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(checkout.parent)]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    [archive] = checkout.parent.glob("*.tar.gz")
    with tarfile.open(archive) as held:
        return {member.name.partition("/")[2] for member in held.getmembers() if member.isfile()} - {"PKG-INFO"}


def test_a_stray_file_is_not_distributed(checkout):
    there = {path.relative_to(checkout).as_posix() for path in checkout.rglob("*") if path.is_file()}
    for stray in ("secret.env", "notes/private.txt", "tests/data/people.yaml"):
        (checkout / stray).parent.mkdir(parents=True, exist_ok=True)
        (checkout / stray).write_text("not for everybody")
    assert names_in_sdist(checkout) == there
