"""A page followed by copy and paste: `.venv/bin/python tests/follow.py docs/gallery.md FOLDER` fills the folder.

- A block that begins with a comment such as `# study.yaml` is saved as the file of that name.
- The lines of a shell block are run one after the other, `negsim` and `python` by this interpreter.
- A block of text below them is what they print as their results; `...` stands for anything.
"""

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from markdown_it import MarkdownIt

PROGRAMS = {"negsim": ["-m", "negsim"], "python": []}


def blocks_of(text: str) -> Iterator[tuple[str, str]]:
    """The language and the content of each block of a page."""
    for token in MarkdownIt().parse(text):
        if token.type == "fence":
            yield token.info, token.content


def file_of(content: str) -> str | None:
    """The name of the file that a block is, if it is one."""
    named = re.match(r"# (\w+\.(py|yaml))\n", content)
    return named[1] if named else None


def follow(text: str, folder: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Do in a folder what a page says. Fails where a command does, or prints something else than the page shows."""
    printed = ""
    for language, content in blocks_of(text):
        if name := file_of(content):
            (folder / name).write_text(content, encoding="utf-8")
        elif language == "sh":
            printed = "".join(run(line, folder, environment) for line in content.replace("\\\n", "").splitlines())
        elif language == "text":
            assert shows(content, printed), f"the page shows\n{content}\nand this was printed\n{printed}"


def run(line: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a line in a folder; return its results."""
    program, *words = shlex.split(line, comments=True)
    command = [sys.executable, *PROGRAMS[program], *words]
    done = subprocess.run(command, cwd=folder, env=environment, check=False, text=True, capture_output=True)
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    return done.stdout


def shows(want: str, printed: str) -> bool:
    """Whether a block of text is what was printed, but for blanks at the ends of lines."""
    return doctest.OutputChecker().check_output(trimmed(want), trimmed(printed), doctest.ELLIPSIS)


def trimmed(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


if __name__ == "__main__":
    page, into = map(Path, sys.argv[1:])
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    follow(page.read_text(encoding="utf-8"), into)
