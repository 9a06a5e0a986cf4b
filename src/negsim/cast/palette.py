"""The palette: every colour of pictures, pages and the studio, declared once.

- A colour is a line. What is drawn from Python uses the member, a style sheet `var(--its-name)`; see `style_sheet`.
- A second name for a colour says what it is used for, such as `ACCENT`.
- `GROUP_COLOURS` are safe for the colour-blind (Okabe & Ito 2008; Tol 2021). A scenario's groups take them in its
  order; other things take the last of them, `SPARE_COLOURS`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import cycle


class Colour(StrEnum):
    """A colour by its name, as `#rrggbb`."""

    __repr__ = str.__repr__

    # Okabe & Ito; the last is their yellow, darkened
    BLUE = "#0072B2"
    VERMILION = "#D55E00"
    GREEN = "#009E73"
    PINK = "#CC79A7"
    ORANGE = "#E69F00"
    SKY = "#56B4E9"
    OLIVE = "#B8A800"

    # Tol, muted
    INDIGO = "#332288"
    ROSE = "#CC6677"
    TEAL = "#44AA99"
    SAND = "#DDCC77"
    CYAN = "#88CCEE"
    WINE = "#882255"
    FOREST = "#117733"
    PURPLE = "#AA4499"
    MOSS = "#999933"

    # further hues
    VIOLET = "#66457A"
    MAGENTA = "#b0006d"
    RUST = "#7a2b00"
    BROWN = "#8B4513"
    AMBER = "#8a5a00"
    BRICK = "#9b1c00"
    JADE = "#00785a"
    NAVY = "#005f96"
    PALE_BLUE = "#a6cee8"
    LIGHT_BLUE = "#88C4E8"

    # from black to white
    BLACK = "#000000"
    INK = "#1d2129"
    FIGURE_INK = "#222222"
    CHARCOAL = "#444444"
    SOFT = "#525b68"
    GREY = "#555555"
    BORDER = "#8b95a1"
    PALE = "#9a9a9a"
    SILVER = "#bdbdbd"
    LINE = "#d5dae0"
    MIST = "#dfe6ee"
    FAINT = "#e6e6e6"
    ASH = "#eeeeee"
    TABLE = "#eef1f4"
    NOTE = "#eef4f9"
    FOG = "#f2f2f2"
    PAGE = "#f7f7f5"
    WHITE = "#ffffff"

    # of a page in the dark
    COAL = "#14171c"
    SLATE = "#1f242c"
    IRON = "#2c343f"

    # by use, on pages and in the studio; pictures name the colours themselves
    ACCENT = BLUE
    FOCUS = ORANGE
    HERE = SKY
    WARM = AMBER
    BAD = BRICK
    GOOD = JADE
    LINK = NAVY
    PAPER = WHITE


SPARE_COLOURS = (
    Colour.INDIGO, Colour.ROSE, Colour.TEAL, Colour.SAND, Colour.CYAN, Colour.WINE, Colour.FOREST, Colour.PURPLE,
    Colour.MOSS,
)  # fmt: skip
GROUP_COLOURS = (
    Colour.BLUE, Colour.VERMILION, Colour.GREEN, Colour.PINK, Colour.ORANGE, Colour.SKY, Colour.OLIVE, *SPARE_COLOURS,
)  # fmt: skip


def group_colours(names: Sequence[str], colours: Sequence[Colour] = GROUP_COLOURS) -> dict[str, Colour]:
    """Return a colour for every group, or for whatever else has a place in a list, by its place.

    >>> [colour.name for colour in group_colours(["government", "business"]).values()]
    ['BLUE', 'VERMILION']
    """
    return dict(zip(names, cycle(colours), strict=False))


# Where a reader's machine is set to dark, a page has these in the place of the colours with the names on the left.
DARK_COLOURS = {
    "page": Colour.COAL,
    "paper": Colour.SLATE,
    "table": Colour.IRON,
    "note": Colour.IRON,
    "line": Colour.IRON,
    "ink": Colour.MIST,
    "soft": Colour.SILVER,
    "accent": Colour.SKY,
    "link": Colour.SKY,
    "bad": Colour.ROSE,
    "magenta": Colour.PINK,
    "rust": Colour.ORANGE,
    "violet": Colour.SAND,
    "jade": Colour.TEAL,
    "warm": Colour.ORANGE,
}


def mixed(one: Colour, other: Colour, share: float) -> str:
    """Return a mix of two colours. share: of the first.

    >>> mixed(Colour.WHITE, Colour.BLACK, 0.2)
    '#333333'
    """
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes(round(share * a + (1.0 - share) * b) for a, b in pairs).hex()


def style_sheet(css: str, *, dark: bool = False) -> str:
    """Return a style sheet with the colours that it uses declared at its top. dark: also those of a page in the dark.

    Raises KeyError for a variable that names no colour.

    >>> print(style_sheet("a { color: var(--ink); }"))
    :root { --ink: #1d2129; }
    a { color: var(--ink); }
    """
    names = dict.fromkeys(re.findall(r"var\(--([a-z-]+)\)", css))
    declared = _root({name: Colour[name.replace("-", "_").upper()] for name in names})
    if dark:
        at_night = _root({name: DARK_COLOURS[name] for name in names if name in DARK_COLOURS})
        declared += f"@media (prefers-color-scheme: dark) {{ {at_night.strip()} }}\n"
    return declared + css


def _root(colours: Mapping[str, Colour]) -> str:
    return f":root {{ {' '.join(f'--{name}: {colour.value};' for name, colour in colours.items())} }}\n"
