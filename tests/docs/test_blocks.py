"""The pages run: every Python block, and every line that a reader types into a shell.

- A page runs block by block in an empty copy of the checkout, in this process; its Python blocks share one namespace.
- `OTHERWISE` is all that does not run as it is written. What no row of it names runs as it stands.
- `BEFORE` is what a page tells its reader to write before a line.
- A block that begins with a comment such as `# mine.py` is the file of that name.
- A row of either table that fits nothing fails, and so does a block in a language that nobody knows.
"""

import re
import shlex
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from string import Template
from typing import NamedTuple

import pytest
from markdown_it import MarkdownIt
from matplotlib.figure import Figure

from answers import NEGSIM, answer
from follow import file_of
from negsim.classroom import pack, people
from negsim.cli.options import BAD_INPUT
from negsim.report.progress import followed
from negsim.report.validation import pairs_report
from negsim.scenario import load
from negsim.scenario.yaml import parse, to_yaml
from negsim.study.validation import validate

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGES = [
    *("README.md", "CONTRIBUTING.md", "scenarios/README.md", "benchmarks/README.md"),
    *(
        str(page.relative_to(ROOT))
        for pages in (
            "docs/*.md",
            "docs/howto/*.md",
            "docs/notebooks/*.md",
            "docs/api/*.md",
            "research/docs/*.md",
            "experiments/**/README.md",
        )
        for page in sorted(ROOT.glob(pages))
    ),
]
CELL = "{code-cell}"  # of a notebook
SHELL, PYTHON = {"sh", "bash"}, {"python", CELL}
FOCAL = "cstd_wgigf_2011"
FEW = 4


MAKE_PACK = pack.pack_of  # tests put its one result in its place


class Row(NamedTuple):
    """What does not run as a page has it: where the pattern fits, what stands in its place, and why."""

    pattern: str
    instead: str
    reason: str


PARSED = "its words are parsed, and nothing runs"
LEFT = "another program's, left alone"
REFUSED = "runs, and is refused as bad input"
COMPILED = "compiled, and nothing runs"
OTHERWISE = (
    Row(
        r"negsim (run|plot|report|compare|why|explain) .*", rf"\g<0> --replications {FEW}", "a minute or more together"
    ),
    Row(
        r"negsim case solutions deu .*",
        rf"negsim case solutions deu/d00032.yaml --score --replications {FEW}",
        "a minute",
    ),
    Row(r"negsim case solutions .*", rf"\g<0> --replications {FEW}", "seconds"),
    Row(r"negsim classroom lessons .*", r"\g<0> --replications 20", "half a minute; 20 are the fewest it takes"),
    Row(r"(?<!hypercube )--points \d+", "--points 4", "a quarter of a million runs"),
    Row(r"hypercube --points \d+", "hypercube --points 150", "the fewest runs from which anything is learnt"),
    Row(r"negsim studio.*", PARSED, "serves until Ctrl-C"),
    Row(r"negsim study sweep .* --executor dask .*", PARSED, "needs a scheduler; tests/study/test_sweep.py starts one"),
    Row(r"^(make|(\.venv/bin/)?pip|dask) .*", LEFT, "installs packages or starts servers"),
    Row(r"^(\.venv/bin/)?python (?!-m zipfile).*", LEFT, "minutes to an hour; these programs have tests of their own"),
    Row(r"negsim case import .*/broken.csv .*", REFUSED, "the page shows what is wrong with the file"),
    Row(r"from dask_jobqueue .*", COMPILED, "needs SLURM"),
    Row(r"replications=\d+", "replications=30", "up to 64 settings of 1,000 runs"),
)
FEWER = (  # where no option of a command says how many runs it makes
    (vars(people), "OPENING_DRAWS", FEW),
    (validate.__kwdefaults__, "replications", FEW),
    (pairs_report.__kwdefaults__, "replications", FEW),
)


class Block(NamedTuple):
    """A fenced block of a page, with the number of its first line."""

    page: str
    first: int
    language: str
    text: str


class Line(NamedTuple):
    """A command of a page, in one piece and without its comment; where it stands."""

    page: str
    number: int
    text: str


def blocks_of(page: str, text: str) -> list[Block]:
    return [
        Block(page, token.map[0] + 2, token.info.split(" ")[0], token.content)
        for token in MarkdownIt().parse(text)
        if token.type == "fence"
    ]


def lines_of(block: Block) -> Iterator[Line]:
    """The commands of a shell block; a backslash at the end of a line joins the next to it."""
    rows = deque(enumerate(block.text.splitlines(), block.first))
    while rows:
        number, text = rows.popleft()
        while text.endswith("\\"):
            text = text.removesuffix("\\") + rows.popleft()[1]
        if words := shlex.split(text, comments=True):
            yield Line(block.page, number, shlex.join(words))


def page_text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


BLOCKS = {page: blocks_of(page, page_text(page)) for page in PAGES}
LINES = [line for page in PAGES for block in BLOCKS[page] if block.language in SHELL for line in lines_of(block)]


@cache
def small(text: str) -> str:
    """The text of a study with the first and the last level of every factor, and few runs of a cell."""
    study = parse(text, "study.yaml").data
    return to_yaml(
        study
        | {"vary": {name: ends(levels) for name, levels in study["vary"].items()}, "replications": FEW, "stop": None}
    )


def ends(levels):
    """The first and the last level of a factor."""
    if isinstance(levels, dict):
        return {name: levels[name] for name in ends(list(levels))}
    return [levels[0], levels[-1]]


def study_of_the_page(page: str = "docs/studies.md") -> None:
    (text, *_) = (block.text for block in BLOCKS[page] if block.language == "yaml")
    Path("study.yaml").write_text(small(text), encoding="utf-8")


def outcome() -> None:
    with Path("mycase.yaml").open("a", encoding="utf-8") as file:
        file.write('outcome: {code: partial, quote: "two of five parts"}\n')


def two_coders() -> None:
    (case,) = (block.text for block in BLOCKS["docs/howto/case.md"] if block.language == "yaml")
    for coder in ("mine", "theirs"):
        Path(coder).mkdir()
        Path(coder, "mycase.yaml").write_text(case, encoding="utf-8")


def pairs() -> None:
    (text,) = (block.text for block in BLOCKS["docs/coding.md"] if block.text.startswith("pairs:"))
    Path("pairs.yaml").write_text(text, encoding="utf-8")
    shutil.copy("research/pairs/bs_cartagena99.yaml", "cartagena.yaml")
    shutil.copy("research/pairs/bs_montreal00.yaml", "montreal.yaml")


def three_factors() -> None:
    run_negsim("negsim study sweep experiments/three_factors/study.yaml --out results/three_factors")


BEFORE: dict[tuple[str, str], Callable[[], None]] = {  # by page and the beginning of a line
    ("README.md", "negsim case validate mycase.yaml"): outcome,
    ("docs/coding.md", "negsim case agree mine/ theirs/"): two_coders,
    ("docs/coding.md", "negsim check pairs.yaml"): pairs,
    ("docs/howto/cluster.md", "negsim study sweep study.yaml"): study_of_the_page,
    ("docs/reports.md", "negsim study report results/three_factors"): three_factors,
    ("docs/studies.md", "negsim study sweep study.yaml --out results/meetings"): study_of_the_page,
}


def otherwise(text: str) -> tuple[str, str | None]:
    """A text as it runs; PARSED, LEFT or COMPILED where it does not."""
    for row in OTHERWISE:
        if re.search(row.pattern, text):
            if row.instead in {PARSED, LEFT, REFUSED, COMPILED}:
                return text, row.instead
            text = re.sub(row.pattern, row.instead, text)
    return text, None


def run_negsim(text: str, code: int = 0) -> None:
    """Run a command, whose output may go into a file. Fails unless it ends with that exit code."""
    words = shlex.split(text)[1:]
    words, into = (words[:-2], words[-1]) if ">" in words else (words, None)
    done = answer(words)
    assert (done.code or 0, done.error) == (code, None), f"{text}\n{done.err}"
    if into:
        Path(into).write_text(done.out, encoding="utf-8")


def parse_only(text: str) -> None:
    """Read the words of a command as it does, checks of its options included, without running it."""
    command, (name, *words) = NEGSIM, shlex.split(text)
    while hasattr(command, "commands"):
        name, *words = words
        command = command.commands[name]
    command.make_context(name, words)


def begins(line: Line, page: str, start: str) -> bool:
    return line.page == page and line.text.startswith(start)


def run_line(line: Line, variables: dict[str, str]) -> None:
    for (page, start), write in BEFORE.items():
        if begins(line, page, start):
            write()
    text, how = otherwise(line.text)
    words = [Template(word).safe_substitute(variables) for word in shlex.split(text)]
    if how is PARSED:
        parse_only(text)
    elif how is LEFT:
        pass
    elif "--rules" in words:  # a process has one set of rules
        subprocess.run([sys.executable, "-m", *words], check=True, capture_output=True)
    elif words[0] == "negsim":
        run_negsim(shlex.join(words), BAD_INPUT if how is REFUSED else 0)
    elif re.fullmatch(r"\w+=.*", words[0]):
        variables.update([words[0].split("=", 1)])
    else:
        subprocess.run([sys.executable if words[0] == "python" else words[0], *words[1:]], check=True)


def run_python(block: Block, names: dict[str, object]) -> None:
    text, how = otherwise(block.text)
    program = compile("\n" * (block.first - 1) + text, ROOT / block.page, "exec")
    if how is not COMPILED:
        exec(program, names)  # noqa: S102 - the page is ours


def run_block(block: Block, names: dict[str, object]) -> None:
    if name := file_of(block.text):
        Path(name).write_text(block.text, encoding="utf-8")
    elif block.language in PYTHON:
        run_python(block, names)
    elif block.language in SHELL:
        variables: dict[str, str] = {}
        for line in lines_of(block):
            try:
                run_line(line, variables)
            except Exception as error:
                error.add_note(f"{line.page}:{line.number}: {line.text}")
                raise


@pytest.fixture(scope="module", autouse=True)
def _fewer():
    """Few runs everywhere; a picture is made and composed, and an empty one painted, as painting takes longest."""
    paint = Figure.savefig
    with pytest.MonkeyPatch.context() as patch:
        for names, name, value in FEWER:
            patch.setitem(names, name, value)
        patch.setattr(Figure, "savefig", lambda _, file, **options: paint(Figure(figsize=(1, 1)), file, **options))
        yield


@pytest.fixture(scope="module")
def lessons(_fewer):
    """The lessons of the focal case, by file."""
    return followed(MAKE_PACK(load(FOCAL), FOCAL, replications=20))


@pytest.fixture
def checkout(tmp_path, monkeypatch, request):
    """A folder with what pages read of a checkout, its studies small. Lessons are made once for all pages."""
    for name in ("scenarios", "research", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    for study in ROOT.glob("experiments/*/*.yaml"):
        copy = tmp_path / study.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(small(study.read_text(encoding="utf-8")), encoding="utf-8")
    monkeypatch.setattr(pack, "pack_of", lambda *_, **__: at_once(request.getfixturevalue("lessons")))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def at_once(result):
    """A piece of work of no steps, with its result."""
    yield from ()
    return result


def runs(block: Block) -> bool:
    return file_of(block.text) is not None or (block.language in SHELL | PYTHON and not block.text.startswith(">>>"))


FIRST = {"docs/howto/measure.md"}  # the others are for deep tests


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=() if page in FIRST else pytest.mark.deep)
        for page in PAGES
        if any(map(runs, BLOCKS[page]))
    ],
)
def test_what_a_page_says_runs(page):
    names: dict[str, object] = {"__name__": page}
    for block in filter(runs, BLOCKS[page]):
        run_block(block, names)


@pytest.mark.deep
def test_what_the_lessons_say_runs(lessons, checkout, monkeypatch):
    pack.write_pack(checkout / "lessons", lessons)
    for name, text in lessons.items():
        monkeypatch.chdir((checkout / "lessons" / name).parent if name.startswith("5_") else checkout / "lessons")
        for block in filter(runs, blocks_of(f"lessons/{name}", text if name.endswith(".md") else "")):
            run_block(block, {})


def test_only_the_page_that_is_a_doctest_has_prompts():
    assert {page for page in PAGES for block in BLOCKS[page] if block.text.startswith(">>>")} == {"docs/python.md"}


def test_every_row_fits_something():
    programs = [block.text for page in PAGES for block in BLOCKS[page] if block.language in PYTHON]
    texts = [line.text for line in LINES] + programs
    assert [row for row in OTHERWISE if not any(re.search(row.pattern, text) for text in texts)] == []
    assert [(page, start) for page, start in BEFORE if not any(begins(line, page, start) for line in LINES)] == []
