"""The engine that fills in the templates of reports, pages, lessons and the studio.

- A value is text. It is escaped where a template prints it and nowhere else, by the kind of file that the template
  makes: `page.html.j2` makes HTML. Only `Markup` stays unchanged. The text of a template is trusted.
- A name that a template misspells is an error, with file and line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from csv import writer
from html import escape
from io import StringIO
from pathlib import Path
from traceback import walk_tb
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from jinja2.runtime import Context
from markupsafe import Markup

from negsim.errors import NegsimError
from negsim.files import plain_cell
from negsim.report.markdown import verbatim
from negsim.report.words import counted, listed

_INTERVAL = re.compile(r" \[([-−+\d.,]+), ([-−+\d.,]+)\]")
_FENCE_OR_GAP = re.compile(r"^(`{3,}).*?^\1$|\n{3,}", flags=re.MULTILINE | re.DOTALL)


def html_text(text: str) -> str:
    """Write text as HTML, with numbers kept together with their per cent signs and intervals.

    >>> html_text("4 % [2, 6] <b>")
    '4&nbsp;%&nbsp;[2,&nbsp;6] &lt;b&gt;'
    """
    return _INTERVAL.sub(r"&nbsp;[\1,&nbsp;\2]", escape(text)).replace(" %", "&nbsp;%")


def _csv_cell(text: str) -> str:
    """Write a cell of a CSV file that no spreadsheet takes for a formula."""
    row = StringIO()
    writer(row, lineterminator="\n").writerow([plain_cell(text)])
    return row.getvalue().removesuffix("\n") if text else ""


_ESCAPES: Mapping[str, Callable[[str], str]] = {  # by the kind of file that a template makes
    "html": html_text,
    "md": verbatim,
    "csv": _csv_cell,
}


class Sheet(NamedTuple):
    """The text that a template makes, with the title and the summary that it sets at its top."""

    text: str
    title: str = ""
    about: str = ""


class Templates:
    """The templates of a folder.

    filters: those beyond `counted` and `listed`. escapes: the function that escapes a text, by the kind of file.
    """

    def __init__(
        self,
        folder: Path,
        *,
        filters: Mapping[str, Callable[..., object]] | None = None,
        escapes: Mapping[str, Callable[[str], str]] = _ESCAPES,
    ) -> None:
        self.folder, self.filters, self._escapes = folder, dict(filters or {}), escapes
        self._engine = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=self._printed,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._engine.filters |= {"counted": counted, "listed": listed} | self.filters

    def fill(self, template: str, /, **values: object) -> Sheet:
        """Fill in a template. Raises `NegsimError` with file and line where it is wrong or misspells a name."""
        try:
            module = self._engine.get_template(template).make_module(values)
        except TemplateError as error:
            raise NegsimError(f"{_place(error, template)}: {error.message}") from None
        text = str(module)
        if _kind(template) != "html":  # one empty line between its parts, code apart, and one end of line at its end
            text = _FENCE_OR_GAP.sub(lambda match: match[0] if match[1] else "\n\n", text).strip("\n") + "\n"
        return Sheet(text, getattr(module, "title", ""), getattr(module, "about", ""))

    @pass_context
    def _printed(self, context: Context, value: object) -> Markup:
        """Escape a value for the file of its template."""
        return value if isinstance(value, Markup) else Markup(self._escapes[_kind(context.name or "")](str(value)))  # noqa: S704


def _kind(template: str) -> str:
    return template.removesuffix(".j2").rpartition(".")[2]


def _place(error: TemplateError, template: str) -> str:
    """Return the place of an error in the templates, as file:line."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.name or template}:{error.lineno}"
    for frame, line in reversed(list(walk_tb(error.__traceback__))):
        source = frame.f_globals.get("__jinja_template__")
        if source is not None:
            return f"{source.name}:{source.get_corresponding_lineno(line)}"
    return template
