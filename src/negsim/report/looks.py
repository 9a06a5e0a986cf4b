"""The forms in which pictures are made and written: width, resolution, type, colours, kinds of files.

The command line checks them before anything is run, so matplotlib is loaded only where a font is named.
"""

from __future__ import annotations

from numbers import Real
from pathlib import Path
from typing import NamedTuple

from negsim.errors import NegsimError, did_you_mean, literal

INCH = 25.4  # millimetres
PAGE_WIDTH, PAGE_HEIGHT = 7.2, 9.5  # inches: of the text of a page
PICTURE_KINDS, _CAPTION_KINDS = ("png", "svg", "pdf"), ("txt", "tex")  # of files
_NARROWEST, _WIDEST = 60, 400  # millimetres
_FEWEST_DOTS, _MOST_DOTS = 50, 1200  # an inch
_FAMILIES = ("serif", "sans-serif", "monospace")


class FigureLook(NamedTuple):
    """The form in which pictures are made.

    width: millimetres; a column of a journal has about 85, its page 180. dpi: dots an inch of a PNG; None: 200, on the
    page of a report fewer. font: a family of type that is installed, "" for negsim's own. grey: whether to do without
    colours.
    """

    width: float = PAGE_WIDTH * INCH
    dpi: int | None = None
    font: str = ""
    grey: bool = False

    def check(self) -> FigureLook:
        """Return the look. Raises NegsimError for a width or a resolution out of range, or a font that is not there."""
        if not all(isinstance(number, Real) for number in (self.width, self.dpi or 0)):
            raise NegsimError("the width and the dpi of a look are numbers, as in FigureLook(width=85, dpi=300)")
        if not _NARROWEST <= self.width <= _WIDEST:
            raise NegsimError(f"a width of {self.width:g} mm is out of range; write {_NARROWEST} to {_WIDEST}")
        if self.dpi is not None and not _FEWEST_DOTS <= self.dpi <= _MOST_DOTS:
            raise NegsimError(f"{self.dpi} dots an inch are out of range; write {_FEWEST_DOTS} to {_MOST_DOTS}")
        if self.font and self.font not in (there := [*_FAMILIES, *_installed_fonts()]):
            hint = did_you_mean(self.font, there)
            raise NegsimError(f"{literal(self.font)} is not installed{hint or '; name one that is, or serif'}")
        return self


def checked_look(look: object) -> FigureLook:
    """Return a look that can be had. Raises NegsimError for anything else."""
    if not isinstance(look, FigureLook):
        raise NegsimError(f"{literal(look)}: is not a look, such as FigureLook(width=85)")
    return look.check()


def check_form(form: str) -> str:
    """Return a form of pictures. Raises NegsimError for an unknown one."""
    if form not in PICTURE_KINDS:
        *some, last = PICTURE_KINDS
        raise NegsimError(f"cannot draw {literal(form)}; the formats are {', '.join(some)} and {last}")
    return form


STYLES = {"paper": FigureLook(), "slides": FigureLook(width=160.0, dpi=305)}  # slides: 1920 dots, and larger type


def _installed_fonts() -> list[str]:
    from matplotlib.font_manager import get_font_names  # noqa: PLC0415 - as the module says

    return get_font_names()


def is_caption(file: Path) -> bool:
    """Return whether a file is a caption for LaTeX, such as `PictureFiles` has them written."""
    return file.suffix == ".tex" and file.is_file() and file.read_bytes().startswith(b"\\caption{")


class PictureFiles(NamedTuple):
    """The form in which pictures are written.

    form: png, svg or pdf. look: None for the one in force. captions: whether to write those beside the pictures, as
    text and for LaTeX. command: what makes them, which their files keep.
    """

    form: str = "png"
    look: FigureLook | None = None
    captions: bool = False
    command: str = ""

    def names(self, picture: str) -> list[str]:
        """List the files of a picture.

        >>> PictureFiles("pdf", captions=True).names("trust")
        ['trust.pdf', 'trust.txt', 'trust.tex']
        """
        return [f"{picture}.{kind}" for kind in (self.form, *(_CAPTION_KINDS if self.captions else ()))]
