"""Sphinx: the pages beside this file, in MyST Markdown; notebooks run at every build."""

import logging
import re
import shutil
from importlib.metadata import version as version_of
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

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

# The pages of the paper stand in `research/docs`. They are copied beside these pages, at the same depth, so that their
# links to pages of negsim hold in either place; a link from here into that folder leads to the copy.
HERE = Path(__file__).parent
LESSON_PAGE = re.compile(r"\[([^]]*)\]\(<([./]*(?:page|final)\.html[^>]*)>\)")  # a link of a lesson that turns knobs
PAPER = "../research/docs/"
shutil.rmtree(HERE / "paper", ignore_errors=True)
shutil.copytree(HERE / PAPER, HERE / "paper")


def setup(app: Sphinx) -> None:
    app.connect("source-read", into_the_copy)
    app.connect("env-get-outdated", notebooks)
    app.connect("autodoc-process-signature", short_types)
    app.connect("doctree-read", without_blanks)
    app.connect("build-finished", live_pages)


def into_the_copy(_: Sphinx, page: str, source: list[str]) -> None:  # noqa: ARG001
    source[0] = source[0].replace(f"]({PAPER}", "](paper/")
    source[0] = LESSON_PAGE.sub(r'<a href="\2">\1</a>', source[0])


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
