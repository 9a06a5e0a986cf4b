"""The look of pictures: type, ink, colours, and the few marks that all of them share.

- Nothing is configured at import and no global state is touched: figures are made without pyplot, inside `context()`.
- Colours are safe for the colour-blind (Okabe & Ito 2008; Tol 2021) and mean one thing: a group has the colour of its
  place in the file, a format or methodology the colour of its name, an issue that of its place on the agenda.
- A picture has the width of the `FigureLook` in force, a page's unless another is chosen. It is laid out for that
  width, and its type has the same size at any.
- A name is text, never mathematics: `$` is a dollar. A long one is shortened (`short_labels`, `wrapped`).
"""

from __future__ import annotations

import math
import textwrap
import warnings
from base64 import b64encode
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import cache, partial, wraps
from html import escape
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import IO, Any, NamedTuple, ParamSpec

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names
from matplotlib.image import AxesImage
from matplotlib.text import Text

from negsim import __version__
from negsim.cast.methodologies import colour_of
from negsim.cast.palette import GROUP_COLOURS, SPARE_COLOURS, Colour
from negsim.errors import NegsimError, did_you_mean, encodable, literal
from negsim.files import whole_file, write_text
from negsim.negotiation.tables import Floats
from negsim.report.looks import INCH, PAGE_WIDTH, STYLES, FigureLook, PictureFiles, check_form, checked_look
from negsim.report.plots.grey import DASHES, GREYS, LUMINANCE, Dash, greyed
from negsim.report.words import glued, reworded, shortened
from negsim.scenario import Scenario

_P = ParamSpec("_P")

_FIGURE_HEIGHT = 3.6
_USUAL_DOTS = 200  # an inch
_WIDEST_COLUMN = 5.0  # inches
_FEWEST_LETTERS = 8  # of a line
LETTERS_AN_INCH = 15
_LEGEND_MARGIN, _HANDLE_LETTERS = 0.7, 5  # inches beside a legend, and the room of a label's mark in letters
_LETTERS_UPWARDS = 9  # of a label up an axis, an inch of the figure
_DASHED_HANDLE = 3.4  # letters of a legend in which dashes can be seen on both sides of a mark
_LABEL_DISTANCE = 0.03  # points nearer than this share of both axes, on a page, have one label
_USER_SETTINGS = ("font.", "pdf.", "ps.", "svg.fonttype")  # of matplotlib, that a picture takes from its user
INK, PALE_INK, FAINT_INK, PAPER, _BLACK = Colour.FIGURE_INK, Colour.PALE, Colour.FAINT, Colour.PAPER, Colour.BLACK


_SETTINGS: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 8,
    "axes.edgecolor": PALE_INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.direction": "out",
    "ytick.direction": "out",
    "text.color": INK,
    "text.parse_math": False,
    "text.hinting": "no_hinting",  # a third of the time that letters take; SVG and PDF have none either
    "lines.linewidth": 1.6,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "legend.handlelength": 1.2,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "path",
    "svg.hashsalt": "negsim",
    "hatch.linewidth": 0.6,
}
_MORE_LETTERS = (  # fonts that have those which DejaVu Sans lacks, as systems install them
    *("Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans JP", "Noto Sans SC", "Noto Sans", "Noto Sans Devanagari"),
    *("Hiragino Sans", "PingFang SC", "Yu Gothic", "Microsoft YaHei", "WenQuanYi Zen Hei", "Arial Unicode MS"),
)
NO_FONT = (
    "no installed font has every letter of the names in these pictures; boxes stand for the others."
    " Install a font that has them, such as Noto Sans CJK, or change the labels"
)
_LABEL_LETTERS, _END_LETTERS = 34, 56  # of a label, and of an end of a scale
_MOST_LINES = 4  # of a name
_CAPTION_LETTERS = 200  # of a caption where it stands for its picture
_COMPRESSION = 3  # of a PNG: takes a quarter less time than 6, for files larger by a twentieth
_DOTS_IN_A_CELL = 100  # per inch, of a screen that has a dot to a pixel


_look: ContextVar[FigureLook] = ContextVar("look", default=STYLES["paper"])


@contextmanager
def looking(look: FigureLook | None) -> Iterator[None]:
    """Make pictures in a look for as long as the block lasts; None leaves the one in force.

    Raises NegsimError for one that cannot be had.
    """
    token = _look.set(_look.get() if look is None else checked_look(look))
    try:
        yield
    finally:
        _look.reset(token)


def width() -> float:
    """Return the width of a picture, in inches."""
    return _look.get().width / INCH


def dots(usual: int = _USUAL_DOTS) -> int:
    """Return the dots an inch of a PNG. usual: where the look leaves them open."""
    dpi = _look.get().dpi
    return usual if dpi is None else dpi


def letters_beside(letters: int) -> int:
    """Return how many letters a line beside the axes may have in a picture of this width; on a page, as many as given.

    >>> letters_beside(24)
    24
    """
    return max(_FEWEST_LETTERS, round(letters * math.sqrt(min(1.0, width() / PAGE_WIDTH))))


def beside(most: int) -> int:
    """Return how many names or panels have room side by side; on a page, at most as many as given.

    >>> beside(4)
    4
    """
    return max(1, min(most, round(most * width() / PAGE_WIDTH)))


def name_rows(ax: Axes, names: Sequence[str], letters: int) -> None:
    """Name rows beside the axes, the first on top. letters: of a line of a name, on a page."""
    ax.set_yticks(range(len(names)), [wrapped(name, letters_beside(letters)) for name in names])
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)


def name_bars(ax: Axes, names: Sequence[str], places: Sequence[float]) -> None:
    """Write names at their places beside the axes, or in a narrow picture within them."""
    ax.tick_params(axis="y", length=0)
    if not is_narrow():
        ax.set_yticks(places, names)
        return
    ax.set_yticks([])
    for name, place in zip(names, places, strict=True):
        write_over(ax, place, name)


def write_over(ax: Axes, place: float, text: str, *, ink: str = INK) -> None:
    """Write a text at the left of the axes, over the grid and the bars. place: on the vertical axis."""
    patch = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.5}
    at = ax.get_yaxis_transform()  # along the axis in shares of it, up the axis by its numbers
    ax.text(0.01, place, text, transform=at, va="center", linespacing=1.0, bbox=patch, color=ink, zorder=4)


def columns_of(labels: Sequence[str], most: int) -> int:
    """Return how many labels of a legend have room side by side, at most as many as given.

    >>> columns_of(["chair's text", "rolling text"], 4), columns_of(["questions, then chair's text"] * 3, 2)
    (2, 2)
    """
    longest = max((len(line) for label in labels for line in label.split("\n")), default=0)
    return max(1, min(most, letters_across() // (longest + _HANDLE_LETTERS), len(labels)))


def letters_across() -> int:
    """Return how many letters a line of a legend has room for."""
    return int((width() - _LEGEND_MARGIN) * LETTERS_AN_INCH)


def label_below(ax: Axes, label: str) -> None:
    """Name the axis along the bottom. In a narrow picture the label ends where the axis does, so that it has room."""
    text = wrapped(label, letters_beside(80))
    place: dict[str, Any] = {"x": 1.0, "horizontalalignment": "right"} if is_narrow() else {}
    ax.set_xlabel(text, **place)


def colour_bar(image: ScalarMappable, axes: Sequence[Axes], label: str) -> None:
    """Explain the colours of cells beside the axes, or in a narrow picture below them."""
    place = {"location": "bottom", "pad": 0.03, "aspect": 30} if is_narrow() else {"pad": 0.02}
    bar = axes[0].figure.colorbar(image, ax=list(axes), shrink=0.8, **place)
    bar.outline.set_visible(False)
    letters = 34 if is_narrow() else min(34, int(_LETTERS_UPWARDS * figure_of(axes[0]).get_figheight()))
    bar.set_label(wrapped(label, letters))


def number_points(ax: Axes, places: Floats) -> None:
    """Number points (P,2), the first with 1; those that lie on each other have one label."""
    spans = np.array([np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())])
    near = _LABEL_DISTANCE * max(1.0, PAGE_WIDTH / width()) * spans
    labels: list[tuple[Floats, list[int]]] = []  # places and the numbers at them
    for n, place in enumerate(places, start=1):
        there = next((those for at, those in labels if (np.abs(place - at) < near).all()), None)
        if there is None:
            labels.append((place, [n]))
        else:
            there.append(n)
    for place, those in labels:
        in_a_row = len(those) > 2 and those[-1] - those[0] == len(those) - 1
        text = f"{those[0]} to {those[-1]}" if in_a_row else ", ".join(map(str, those))
        ax.annotate(text, tuple(place), xytext=(5, 5), textcoords="offset points", fontweight="bold", fontsize="small")


def is_narrow() -> bool:
    """Return whether a picture has no room for names beside its axes: a column's."""
    return width() < _WIDEST_COLUMN


@contextmanager
def context() -> Iterator[None]:
    """Use negsim's style for as long as the block lasts; what the user has set of type and files stays."""
    own = {key: mpl.rcParams[key] for key in mpl.rcParams if key.startswith(_USER_SETTINGS)}
    own = {key: value for key, value in own.items() if value != mpl.rcParamsDefault[key]}
    with mpl.rc_context():
        # `rcdefaults` would read every style that matplotlib brings, and check all its settings again.
        settings: dict[Any, Any] = mpl.rcParams
        dict.update(settings, {key: value for key, value in mpl.rcParamsDefault.items() if key != "backend"})
        settings.update(_SETTINGS)
        settings["font.sans-serif"] = ["DejaVu Sans", *_more_fonts()]
        settings.update(own)
        if font := _look.get().font:
            settings["font.family"] = [font, "sans-serif"]
        if _look.get().grey:  # whose lines differ by their dashes
            settings["legend.handlelength"] = _DASHED_HANDLE
        yield


@cache
def _more_fonts() -> list[str]:
    return [name for name in _MORE_LETTERS if name in get_font_names()]


def sheet(height: float = _FIGURE_HEIGHT) -> Figure:
    """Make an empty figure as wide as pictures are. height: inches."""
    return Figure(figsize=(width(), height), layout="constrained")


def styled(draw: Callable[_P, Axes]) -> Callable[_P, Axes]:
    """Give a picture negsim's look if it makes its own axes; on given axes, their maker's style holds."""

    @wraps(draw)
    def draw_in_style(*args: _P.args, **kwargs: _P.kwargs) -> Axes:
        with nullcontext() if kwargs.get("ax") is not None else context():
            axes = draw(*args, **kwargs)
            if mpl.rcParams["text.parse_math"]:  # on axes of another style
                for text in axes.findobj(Text):
                    text.set_parse_math(False)
        return axes

    return draw_in_style


def axes_or_new(ax: Axes | None, *, share: float = 1.0, height: float = _FIGURE_HEIGHT) -> Axes:
    """Return the axes given, or those of a new figure. share: of the width of a page that it needs. height: inches."""
    if ax is not None:
        return ax
    return Figure(figsize=(min(width(), share * PAGE_WIDTH), height), layout="constrained").add_subplot()


def save(picture: Axes | Figure, path: Path, *, caption: str = "", command: str = "") -> Path:
    """Write a picture, as a file of the kind its suffix says; writing one picture twice gives the same bytes.

    caption, command: what it shows, and what made it; the file has both inside, with the version of negsim.
    """
    maker = f"negsim {__version__}"
    metadata: dict[str, dict[str, str | None]] = {
        ".svg": {"Date": None, "Creator": maker, "Description": caption, "Source": command},
        ".pdf": {"CreationDate": None, "Creator": maker, "Subject": caption, "Keywords": command},
        ".png": {"Software": maker, "Description": caption, "Source": command},
    }
    about = {key: text and encodable(text) for key, text in metadata.get(path.suffix, {}).items() if text != ""}
    with whole_file(path) as part:
        paint(picture, part, dpi=dots(), metadata=about)
    return path


_LATEX = str.maketrans(
    {letter: f"\\{letter}" for letter in "&%$#_{}"}
    | {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "→": r"$\to$",
        "×": r"$\times$",
        "μ": r"$\mu$",
        "σ": r"$\sigma$",
    }
)


def _in_latex(text: str) -> str:
    r"""Write a text for LaTeX.

    >>> print(_in_latex("from 32 % → 76 % of R&D"))
    from 32\,\% $\to$ 76\,\% of R\&D
    """
    return text.translate(_LATEX).replace(r" \%", r"\,\%")


def paint(picture: Axes | Figure, file: Path | IO[bytes], **options: Any) -> None:  # noqa: ANN401 - as matplotlib's
    """Write a picture as `Figure.savefig` does, in negsim's style; a warning where letters are missing."""
    figure = figure_of(picture)
    if _look.get().grey:
        greyed(figure)
    with context(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if options.get("format", getattr(file, "suffix", "")) in {"png", ".png"}:
            _write_png(figure, file, options.get("dpi", figure.dpi), options.get("metadata", {}))
        else:
            figure.savefig(file, **options)
    missing = [one for one in caught if str(one.message).startswith("Glyph ")]
    for one in caught:
        if one not in missing:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    if missing:
        warnings.warn(NO_FONT, stacklevel=2)


def _write_png(figure: Figure, file: Path | IO[bytes], dpi: float, metadata: Mapping[str, str | None]) -> None:
    """Write a figure as PNG. `savefig` would draw all of it twice, to lay it out.

    dpi: dots per inch. metadata: texts in the file, by key.
    """
    canvas, usual = figure.canvas, figure.dpi
    drawn: Any = FigureCanvasAgg(figure)
    try:
        figure.set_dpi(dpi)
        drawn.print_png(file, metadata=metadata, pil_kwargs={"compress_level": _COMPRESSION})
    finally:
        figure.set_dpi(usual)
        figure.set_canvas(canvas)


def empty(ax: Axes, why: str) -> Axes:
    """Make axes that show nothing, and say why."""
    ax.set_yticks([])
    ax.text(0.5, 0.5, why, transform=ax.transAxes, ha="center", va="center", backgroundcolor=PAPER)
    return ax


def with_note(draw: Callable[[], Axes | Figure], note: str) -> Figure:
    """Add a line below a picture."""
    figure = figure_of(draw())
    figure.supxlabel(wrapped(note, beside(130)), x=0.01, horizontalalignment="left", fontsize=7.5, color=Colour.GREY)
    return figure


def figure_of(picture: Axes | Figure) -> Figure:
    """Return the figure on which a picture is drawn."""
    figure = picture if isinstance(picture, Figure) else picture.get_figure(root=True)
    assert figure is not None  # noqa: S101 - axes are made in a figure
    return figure


def dashes(names: Sequence[str]) -> dict[str, Dash]:
    """Choose a line style for every name, a new one each time that `group_colours` begins again.

    >>> list(dashes("abcdefghijklmnopq").values())[-2:]
    ['-', '--']
    """
    return {name: DASHES[n // len(GROUP_COLOURS) % len(DASHES)] for n, name in enumerate(names)}


def method_colours(names: Sequence[str]) -> dict[str, str]:
    """Choose a colour for every format or methodology by its name; unknown ones take what is left."""
    spare = cycle(SPARE_COLOURS)
    return {name: colour_of(name) or next(spare) for name in names}


def wrapped(text: str, letters: int = 24, *, lines: int = _MOST_LINES) -> str:
    r"""Wrap a label to at most `lines` lines of about `letters` letters; an ellipsis replaces the rest.

    A line is longer if that keeps a word whole; much longer words are broken.

    >>> wrapped("Keeping of logs", 10), wrapped("Keeping of the logs of all", 10, lines=2)
    ('Keeping of\nlogs', 'Keeping of\nthe logs …')
    """
    text = glued(text)
    whole = [len(word) for word in text.split(" ") if len(word) <= 1.5 * letters]
    return "\n".join(textwrap.wrap(text, max([letters, *whole]), max_lines=lines, placeholder=" …"))


def short_labels(scenario: Scenario) -> Scenario:
    """Return a scenario with labels that fit into pictures."""
    label, end = partial(shortened, letters=_LABEL_LETTERS), partial(shortened, letters=_END_LETTERS)
    issues = {
        name: reworded(reworded(issue, label, "label"), end, "low", "high") for name, issue in scenario.issues.items()
    }
    groups = {name: reworded(group, label, "label") for name, group in scenario.groups.items()}
    return scenario.model_copy(update={"issues": issues, "groups": groups})


def percent_axis(axis: Axis, symbol: str = " %") -> None:
    """Write shares along an axis in per cent, each with as many digits as it needs and no more."""
    axis.set_major_formatter(  # + 0.0: no -0
        lambda share, _: f"{round(100.0 * share, 6) + 0.0:g}{symbol}".replace("-", "−")
    )


def spread_out(places: Sequence[float], *, least: float) -> Floats:
    """Move places as little as needed to lie at least `least` apart, between 0 and 1 if there is room.

    >>> spread_out([0.5, 0.5, 1.0], least=0.5).tolist()
    [0.0, 0.5, 1.0]
    """
    order = np.argsort(places, kind="stable")
    starts = np.asarray(places, dtype=float)[order] - least * np.arange(len(places))
    blocks: list[tuple[float, int]] = []  # mean and size: places that have to move together
    for place in starts:
        blocks.append((float(place), 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, n), (b, m) = blocks[-2], blocks[-1]
            blocks[-2:] = [((a * n + b * m) / (n + m), n + m)]
    level = np.concatenate([np.full(size, mean) for mean, size in blocks]) if blocks else np.empty(0)
    level = np.clip(level, 0.0, max(0.0, 1.0 - least * (len(places) - 1)))
    moved = np.empty(len(places))
    moved[order] = level + least * np.arange(len(places))
    return moved


def label_ends(ax: Axes, ends: Iterable[tuple[str, float, str]], *, least: float = 0.08) -> Floats:
    """Name lines to the right of the axes, each at the height where its line ends, moved apart if they would collide.

    ends: of each line its name, its last value and its colour. least: smallest distance of two names, as a share of the
    axis. Returns their heights.
    """
    bottom, top = ax.get_ylim()
    finite = [line for line in ends if not np.isnan(line[1])]
    places = spread_out([(end - bottom) / (top - bottom) for _, end, _ in finite], least=least)
    for (name, _, ink), place in zip(finite, places, strict=True):
        ax.annotate(
            name, (1.0, place), xycoords="axes fraction", xytext=(5, 0), textcoords="offset points",
            va="center", color=darker(ink), annotation_clip=False,
        )  # fmt: skip
    return places


def darker(colour: str) -> str:
    """Return a colour dark enough to be read as type."""
    red, green, blue = to_rgb(colour)
    return to_hex((0.8 * red, 0.8 * green, 0.8 * blue))


def ink_on(colour: tuple[float, float, float, float] | str) -> str:
    """Choose black or white, whichever contrasts more with a colour, by the luminance of WCAG 2.2: at least 4.5 to 1.

    >>> ink_on("#009E73"), ink_on("#D55E00"), ink_on("#0072B2")
    ('#000000', '#000000', '#ffffff')
    """
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour))
    luminance = LUMINANCE[0] * red + LUMINANCE[1] * green + LUMINANCE[2] * blue
    return PAPER if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else _BLACK


def shades() -> Colormap:
    """Return the colours of numbers: pale for the least in greys, dark in colours."""
    return GREYS if _look.get().grey else mpl.colormaps["cividis"]


def heat_map(  # noqa: PLR0913 - all but the first three by their names
    ax: Axes,
    values: Floats,
    notes: Sequence[Sequence[str]],
    *,
    high: float,
    low: float = 0.0,
    size: float | None = None,
) -> AxesImage:
    """Draw a matrix as coloured cells, from `low` to `high`, with a note in each; NaN stays blank.

    size: of the notes, in points.
    """
    image = ax.imshow(np.ma.masked_invalid(values), cmap=shades(), vmin=low, vmax=high, aspect="auto")
    for r, row in enumerate(notes):
        for c, note in enumerate(row):
            shade = image.to_rgba(values[r : r + 1, c : c + 1])[0, 0]
            ink = ink_on(tuple(shade)) if np.isfinite(values[r, c]) else INK
            ax.text(c, r, note, ha="center", va="center", color=ink, fontsize=size, clip_on=True)
    rows, columns = (np.arange(number + 1) - 0.5 for number in values.shape)
    ax.hlines(rows, columns[0], columns[-1], color=PAPER, linewidth=1.5)
    ax.vlines(columns, rows[0], rows[-1], color=PAPER, linewidth=1.5)
    ax.tick_params(which="both", length=0)
    ax.spines[:].set_visible(False)
    return image


class Picture(NamedTuple):
    """A picture to be drawn, and its caption. A cell of a notebook shows it.

    look: in which it is drawn, None for the one in force.
    """

    drawing: Callable[[], Axes | Figure]
    caption: str
    look: FigureLook | None = None

    def __repr__(self) -> str:
        return f"<Picture: {shortened(self.caption, _CAPTION_LETTERS)}>"

    def draw(self, look: FigureLook | None = None) -> Figure:
        """Draw the picture as a figure. look: such as `FigureLook(width=85)` for a journal's column."""
        with looking(look or self.look):
            figure = figure_of(self.drawing())
            return greyed(figure) if _look.get().grey else figure

    def save(self, path: str | Path, look: FigureLook | None = None, *, command: str = "") -> Path:
        """Write the picture as a file of the kind its suffix says (.png, .svg, .pdf); return its path.

        command: what made it; the file keeps that, as it keeps the caption.
        """
        with looking(look or self.look):
            return save(self.drawing(), Path(path), caption=self.caption, command=command)

    def write(self, path: Path, form: PictureFiles) -> None:
        """Write the picture in a form, with its captions beside it, for LaTeX and as text, if that asks for them."""
        self.save(path, self.look or form.look, command=form.command)
        for file in map(path.with_name, form.names(path.stem)[1:]):
            latex = f"\\caption{{{_in_latex(self.caption)}}}\n\\label{{fig:{file.stem}}}"
            write_text(file, f"{latex if file.suffix == '.tex' else self.caption}\n")

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return the picture as PNG, and the width at which a notebook shows it."""
        file = BytesIO()
        with looking(self.look):
            figure = figure_of(self.drawing())
            paint(figure, file, format="png", dpi=dots(), metadata={"Software": None})
        return file.getvalue(), {"width": round(_DOTS_IN_A_CELL * figure.get_figwidth())}


def chosen_pictures(names: Sequence[str], known: Iterable[str]) -> Sequence[str]:
    """Return the names of the pictures that are chosen, all without any. Raises NegsimError for an unknown one."""
    known = list(known)
    for name in names:
        if not isinstance(name, str):
            raise NegsimError(f'{literal(name)}: name pictures one by one, as in `plot("trust", "positions")`')
        if name not in known:
            raise NegsimError(f"unknown picture {literal(name)}{did_you_mean(name, known)}")
    return names or known


class Pictures(dict[str, Picture]):
    """Pictures by name. A cell of a notebook shows them all, each with its caption."""

    def __repr__(self) -> str:
        return f"<Pictures: {shortened(', '.join(self), _CAPTION_LETTERS)}>"

    def only(self, *names: str) -> Pictures:
        """Return the pictures of these names, all without any. Raises NegsimError for an unknown name."""
        return Pictures({name: self[name] for name in chosen_pictures(names, self)})

    def in_look(self, look: FigureLook | None) -> Pictures:
        """Return the pictures in a look, such as `FigureLook(width=85)`; None leaves them as they are.

        Raises NegsimError for one that cannot be had.
        """
        if look is None:
            return self
        checked = checked_look(look)
        return Pictures({name: picture._replace(look=checked) for name, picture in self.items()})

    def save(
        self, folder: str | Path, form: str = "png", look: FigureLook | None = None, *, captions: bool = False
    ) -> list[Path]:
        """Write every picture into a folder, as NAME.png or in another form (svg, pdf); return the paths.

        captions: whether to write the captions beside them, as NAME.txt and, for LaTeX, NAME.tex.
        """
        self.in_look(look).write(Path(folder), PictureFiles(check_form(form), captions=captions))
        return [Path(folder) / f"{name}.{form}" for name in self]

    def with_note(self, note: str) -> Pictures:
        """Return the pictures with a line below each."""
        return Pictures(
            {name: one._replace(drawing=partial(with_note, one.drawing, note)) for name, one in self.items()}
        )

    def write(self, folder: Path, form: PictureFiles) -> None:
        """Write every picture into a folder in a form, each in its own look if it has one."""
        for _ in self.steps(folder, form):
            pass

    def steps(self, folder: Path, form: PictureFiles) -> Generator[tuple[int, int, str], None, None]:
        """Write every picture as `write` does, one a step."""
        folder.mkdir(parents=True, exist_ok=True)
        for n, (name, picture) in enumerate(self.items(), start=1):
            picture.write(folder / f"{name}.{form.form}", form)
            yield n, len(self), "pictures"

    def _repr_html_(self) -> str:
        """Return a gallery as HTML that needs no other file."""
        return "\n".join(_framed(name, picture) for name, picture in self.items())


def _framed(name: str, picture: Picture) -> str:
    """Write a picture and its caption as HTML."""
    png, size = picture._repr_png_()
    source = f"data:image/png;base64,{b64encode(png).decode()}"
    image = f'<img alt="{escape(name)}" width="{size["width"]}" src="{source}">'
    return f"<figure>{image}<figcaption>{escape(picture.caption)}</figcaption></figure>"
