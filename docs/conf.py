"""Sphinx: the pages beside this file, in MyST Markdown."""

import shutil
from importlib.metadata import version as version_of
from pathlib import Path

from sphinx.application import Sphinx

project = "negsim"
author = "negsim developers"
copyright = "2026, negsim developers"
version = release = version_of("negsim")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
default_role = "code"  # of a docstring's single backticks

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "negsim"
html_static_path = ["_static"]
html_css_files = ["wide.css"]

# The pages of the paper stand in `research/docs`. They are copied beside these pages, at the same depth, so that their
# links to pages of negsim hold in either place; a link from here into that folder leads to the copy.
HERE = Path(__file__).parent
PAPER = "../research/docs/"
shutil.rmtree(HERE / "paper", ignore_errors=True)
shutil.copytree(HERE / PAPER, HERE / "paper")


def setup(app: Sphinx) -> None:
    app.connect("source-read", into_the_copy)


def into_the_copy(_: Sphinx, page: str, source: list[str]) -> None:  # noqa: ARG001
    source[0] = source[0].replace(f"]({PAPER}", "](paper/")
