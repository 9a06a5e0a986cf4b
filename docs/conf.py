"""Sphinx: the pages beside this file, in MyST Markdown."""

from importlib.metadata import version as version_of

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
