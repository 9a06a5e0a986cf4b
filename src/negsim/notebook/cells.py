"""Texts and tables as the cells of a notebook show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from html import escape
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from negsim.errors import literal
from negsim.files import Table

if TYPE_CHECKING:
    import pandas as pd

_Kind = TypeVar("_Kind")
_Given = TypeVar("_Given")
_Answer = TypeVar("_Answer")
_Options = ParamSpec("_Options")

_REST_LETTERS = 300  # of a short form, beside kind and title
_MOST_LETTERS_SHOWN = 1_900  # of a text where it stands for itself; `print` shows it whole


class Text(str):
    """A text that a cell shows as it reads. A prompt shows its beginning, and `print` shows it whole."""

    __slots__ = ()

    def __repr__(self) -> str:
        return beginning(str(self))

    def _repr_html_(self) -> str:
        return as_html(str(self))


def summary_html(self: Any) -> str:  # noqa: ANN401 - whatever has a summary
    """Show an answer as its summary reads; for its `_repr_html_`."""
    return as_html(self.summary())


def as_function(
    verb: Callable[Concatenate[_Kind, _Options], _Answer], read: Callable[[_Given], _Kind]
) -> Callable[Concatenate[_Given, _Options], _Answer]:
    """Return a verb as a function of whatever `read` turns into its object."""
    its, own = signature(read), signature(verb)
    shape = own.replace(parameters=[*its.parameters.values(), *list(own.parameters.values())[1:]])

    @wraps(verb)
    def function(*args: Any, **options: Any) -> _Answer:  # noqa: ANN401 - those of the shape
        try:
            call = shape.bind(*args, **options)
        except TypeError as error:
            raise TypeError(f"{verb.__name__}() {error}") from None
        return verb(read(call.args[0]), *call.args[1:], **call.kwargs)

    vars(function)["__signature__"] = shape
    return function


def beginning(text: str) -> str:
    """Return a text, or of a long one the lines that fit, and how to see the rest."""
    if len(text) <= _MOST_LETTERS_SHOWN:
        return text
    lines = text[:_MOST_LETTERS_SHOWN].rpartition("\n")[0] or text[:_MOST_LETTERS_SHOWN]
    return f"{lines}\n... (`print` shows all {len(text):,} letters)"


def as_html(text: str) -> str:
    """Return a plain text as HTML, in which its columns stand below each other and no line is broken."""
    return f'<pre style="font-family: monospace; white-space: pre; overflow-x: auto">{escape(text)}</pre>'


def grid(table: pd.DataFrame, *, index: bool = True) -> str:
    """Return a table as HTML. index: whether its rows have names."""
    html: str = table.to_html(index=index, border=0, na_rep="")
    return html


def frame_of(table: Table) -> pd.DataFrame:
    """Return rows that are meant for a file as a pandas table."""
    import pandas as pd

    header, rows = table
    return pd.DataFrame(list(rows), columns=header)


def with_verbs(kind: type[_Kind], plain: Any, **more: object) -> _Kind:  # noqa: ANN401 - a dataclass that `kind` extends
    """Return an object of a kind with the fields of the plain one. more: fields that the kind has beside them."""
    return kind(**{part.name: getattr(plain, part.name) for part in fields(plain) if part.init} | more)


def in_brackets(kind: str, title: str, rest: str) -> str:
    """Return the short form of an object.

    >>> in_brackets("Runs", "A village", "replications 0 to 9 under seed 0")
    '<Runs of "A village": replications 0 to 9 under seed 0>'
    """
    return f"<{kind} of {literal(title)}: {rest if len(rest) <= _REST_LETTERS else f'{rest[:_REST_LETTERS]}...'}>"
