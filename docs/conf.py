"""Sphinx: the pages beside this file, in MyST Markdown; notebooks run at every build."""

import logging
import re
import shutil
from html import escape
from importlib.metadata import version as version_of
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from negsim.report.age import dated, stale
from negsim.report.odd import odd, parameters
from negsim.report.reference import codebook_page, measures_page, methodologies_page
from negsim.scenario import load

project = "negsim"
author = "negsim developers"
copyright = "2026, negsim developers"
version = release = version_of("negsim")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.mathjax", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "made"]
default_role = "code"  # of a docstring's single backticks

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

nb_execution_mode = "force"
nb_execution_in_temp = True  # what a notebook writes does not stay
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_output_stderr = "error"
nb_merge_streams = True
logging.getLogger("traitlets").setLevel(logging.WARNING)  # of which notebook is executed

html_theme = "furo"
html_title = "negsim"
html_static_path = ["_static"]
html_css_files = ["wide.css"]

# The pages of the paper and of the experiments stand elsewhere and are copied beside these; links lead to the copies.
HERE = Path(__file__).parent
COPIES = {"paper": "research/docs", "experiments": "experiments"}
for copy, original in COPIES.items():
    shutil.rmtree(HERE / copy, ignore_errors=True)
    shutil.copytree(HERE.parent / original, HERE / copy)

# Pages of reference that are made from the declarations in the code.
MADE = {
    "codebook": codebook_page,
    "measures": measures_page,
    "methodologies": methodologies_page,
    "odd": lambda: odd(load("cstd_wgigf_2011"), "cstd_wgigf_2011"),
    "parameters": parameters,
}
for page, text in MADE.items():
    (HERE / f"{page}.md").write_text(text(), encoding="utf-8")

LESSON_PAGE = re.compile(r"\[([^]]*)\]\(<([./]*(?:page|final)\.html[^>]*)>\)")  # a link of a lesson that turns knobs
# A link to a curve of a page that runs the model: `live.md#classroom&meetings=3`. One that begins a paragraph has the
# page below it.
CURVE = re.compile(r"\[([^]]*)\]\(([./]*)live\.md#(\w+)&?([^)]*)\)")
FIGURE = re.compile(rf"(?<=\n\n){CURVE.pattern}.*(?:\n.+)*")


stale_rows = [row.page for row in stale()]  # a page says so, and is read anew when these change


def setup(app: Sphinx) -> None:
    app.add_config_value("stale_rows", [], "env")
    app.connect("source-read", links)
    app.connect("env-get-outdated", notebooks)
    app.connect("autodoc-process-signature", short_types)
    app.connect("doctree-read", without_blanks)
    app.connect("build-finished", live_pages)


def links(_: Sphinx, page: str, source: list[str]) -> None:
    """Say if a page is stale, point links to where pages are on the site, and show the pages that run the model."""
    folder, _, name = page.partition("/")
    text = dated(f"{COPIES[folder]}/{name}.md" if folder in COPIES else f"docs/{page}.md", source[0])
    if page.startswith("experiments/"):  # one folder deeper than its original
        text = text.replace("../research/docs/", "../paper/").replace("../docs/", "../")
    else:
        for copy, original in COPIES.items():
            text = text.replace(f"](../{original}/", f"]({copy}/")
    text = LESSON_PAGE.sub(r'<a href="\2">\1</a>', text)
    text = FIGURE.sub(lambda link: f"{link[0]}\n\n{frame(link)}", text)
    source[0] = CURVE.sub(lambda link: f'<a href="{address(link)}">{link[1]}</a>', text)


def frame(link: re.Match[str]) -> str:
    return f'<iframe class="live" title="{link[1]}" src="{address(link)}" loading="lazy"></iframe>'


def address(link: re.Match[str]) -> str:
    """Return the address of a curve, for an attribute."""
    _, up, page, setting = link.groups()
    return escape(f"{up}live/{page}.html#{setting}".rstrip("#"))


def notebooks(_: Sphinx, environment: BuildEnvironment, *__: object) -> list[str]:
    """Read notebooks anew, whose pages may be as old as they are: what they show changes with the model."""
    return [page for page in environment.found_docs if page.startswith("notebooks/")]


def short_types(*given: object) -> object:
    """Leave out of a signature what an annotated type says beside the type, and all that a file gives as keys."""
    *_, thing, _, signature, returned = given
    if hasattr(thing, "model_fields"):
        return "", returned
    return signature and (re.sub(r"Annotated\[(\w+), Field\(.*?\)\]", r"\1", signature), returned)


def without_blanks(_: Sphinx, page: nodes.document) -> None:
    """Leave out the line of progress that a cell of a notebook has wiped away."""
    for block in list(page.findall(nodes.literal_block)):
        if not block.astext().strip():
            block.parent.remove(block)


def live_pages(app: Sphinx, problem: Exception | None) -> None:
    """Put the pages that run the model beside those that link to them; `live.md` and lessons make them."""
    if problem is None and app.builder.format == "html":
        shutil.copytree(HERE / "made" / "live", Path(app.outdir) / "live", dirs_exist_ok=True)
        for page in HERE.glob("teaching/*/*.html"):
            shutil.copy(page, Path(app.outdir) / page.relative_to(HERE))
