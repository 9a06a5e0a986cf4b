"""A page followed by copy and paste: `.venv/bin/python tests/follow.py docs/gallery.md FOLDER` fills the folder.

- A block that begins with a comment such as `# study.yaml` is saved as the file of that name.
- The lines of a shell block are run one after the other, `negsim` and `python` by this interpreter.
- A block of text below them is what they print as their results; `...` stands for anything. Where the numbers of a page
  are stale (`make stale`), it is not compared.

In the current folder, `.`, it prints the results. `--write` puts what is printed now into the blocks of text, to be
read before it is committed; `--shown` runs only what has such a block.
"""

import argparse
import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from pathlib import Path

from markdown_it import MarkdownIt

from negsim.report.age import is_stale

ROOT = Path(__file__).parents[1]
PROGRAMS = {name: [sys.executable, *words] for name, words in {"negsim": ["-m", "negsim"], "python": []}.items()}
GAP = "..."


def blocks_of(text: str) -> Iterator[tuple[str, str]]:
    """The language and the content of each block of a page."""
    for token in MarkdownIt().parse(text):
        if token.type == "fence":
            yield token.info, token.content


def file_of(content: str) -> str | None:
    """The name of the file that a block is, if it is one."""
    named = re.match(r"# (\w+\.(py|yaml))\n", content)
    return named[1] if named else None


def follow(
    text: str, folder: Path, environment: Mapping[str, str] = os.environ, *, compared: bool = True, aloud: bool = False
) -> list[tuple[str, str]]:
    """Do in a folder what a page says; return what it shows and what was printed, for each block of text.

    Fails where a command does, or prints something else than the page shows. aloud: whether to print it, too.
    """
    printed, results = "", []
    for language, content in blocks_of(text):
        if name := file_of(content):
            (folder / name).write_text(content, encoding="utf-8")
        elif language == "sh":
            printed = "".join(run(line, folder, environment) for line in content.replace("\\\n", "").splitlines())
            if aloud:
                print(printed, end="")  # noqa: T201 - a script, too
        elif language == "text":
            assert not compared or shows(content, printed), (
                f"the page shows\n{content}\nand this was printed\n{printed}"
            )
            results.append((content, printed))
    return results


def run(line: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run a line in a folder; return its results."""
    program, *words = shlex.split(line, comments=True)
    command = [*PROGRAMS.get(program, [program]), *words]
    done = subprocess.run(command, cwd=folder, env=environment, check=False, text=True, capture_output=True)
    assert done.returncode == 0, f"{line}\n{done.stderr}"
    return done.stdout


def shows(want: str, printed: str) -> bool:
    """Whether a block of text is what was printed, but for blanks at the ends of lines."""
    return doctest.OutputChecker().check_output(trimmed(want), trimmed(printed), doctest.ELLIPSIS)


def trimmed(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def renewed(shown: str, printed: str) -> str:
    """A block of text with the lines that are printed now: between gaps, as many as before, those most like them."""
    lines, start, new = trimmed(printed).splitlines(), 0, []
    pieces = [(is_gap, list(piece)) for is_gap, piece in groupby(shown.splitlines(), GAP.__eq__)]
    for number, (is_gap, piece) in enumerate(pieces):
        if is_gap:
            new += piece
            continue
        last, size = number == len(pieces) - 1, len(piece)
        starts = range(start, max(start, len(lines) - size) + 1) if number else [0]
        likeness = {
            at: SequenceMatcher(None, "\n".join(piece), "\n".join(lines[at : at + size])).ratio() for at in starts
        }
        start = max(likeness, key=likeness.__getitem__)
        new += lines[start:] if last else lines[start : start + size]
        start += size
    return trimmed("\n".join(new))


def shown_alone(text: str) -> str:
    """Of a page, the shell blocks that have a block of text below them, with it."""
    pairs = pairwise(blocks_of(text))
    return "".join(
        f"```sh\n{one}```\n\n```text\n{two}```\n\n" for (_, one), (language, two) in pairs if language == "text"
    )


def write(page: Path, folder: Path, *, only_shown: bool) -> None:
    """Put what is printed now into the blocks of text of a page. Fails where that cannot be done by the lines."""
    text = page.read_text(encoding="utf-8")
    for shown, printed in follow(shown_alone(text) if only_shown else text, folder, compared=False):
        new = shown if shows(shown, printed) else renewed(shown, printed)
        assert shows(new, printed), f"{page}: write this by hand:\n{printed}"
        text = text.replace(f"```text\n{shown}```", f"```text\n{new}```")
    page.write_text(text, encoding="utf-8")


def main() -> None:
    """Follow a page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("folder", type=Path, help="emptied first; not if it is the current one, .")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--shown", action="store_true")
    asked = parser.parse_args()
    text, is_here = asked.page.read_text(encoding="utf-8"), asked.folder == Path()
    if not is_here:
        shutil.rmtree(asked.folder, ignore_errors=True)
        asked.folder.mkdir(parents=True)
    if asked.write:
        write(asked.page, asked.folder, only_shown=asked.shown)
    else:
        compared = not is_stale(asked.page.resolve().relative_to(ROOT).as_posix())
        follow(text, asked.folder, compared=compared, aloud=is_here)


if __name__ == "__main__":
    main()
