"""One palette: no other file of the package says what a colour looks like."""

import re

import pytest

from negsim.cast.palette import DARK_COLOURS, GROUP_COLOURS, Colour, style_sheet
from sources import PACKAGE, texts

HEX = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b(?=[\s;\"'!]|$)")


def test_no_file_but_the_palette_spells_a_colour():
    files = [file for file in PACKAGE.rglob("*") if file.suffix in {".py", ".css", ".j2", ".js"}]
    assert len(files) > 150
    assert [
        f"{file.relative_to(PACKAGE)}: {colour}"
        for file in files
        if file != PACKAGE / "cast" / "palette.py"
        for text in texts(file)
        for colour in HEX.findall(text)
    ] == []


def test_a_colour_stands_in_the_palette_once():
    assert len({colour.value.lower() for colour in Colour}) == len(Colour)
    assert all(re.fullmatch("#[0-9a-fA-F]{6}", colour) for colour in Colour)
    assert len(set(GROUP_COLOURS)) == len(GROUP_COLOURS)


def test_a_style_sheet_may_only_use_colours_of_the_palette():
    sheets = [style_sheet(file.read_text(encoding="utf-8")) for file in PACKAGE.rglob("*.css")]
    assert sum(f"--accent: {Colour.ACCENT.value}" in sheet for sheet in sheets) >= 3
    with pytest.raises(KeyError):
        style_sheet("a { color: var(--mauve); }")


def test_a_page_in_the_dark_declares_other_colours_for_the_same_names():
    sheet = style_sheet("a { color: var(--accent); fill: var(--black); }", dark=True)
    assert f"dark) {{ :root {{ --accent: {DARK_COLOURS['accent'].value}; }} }}" in sheet
    assert all(Colour[name.upper()] is not colour for name, colour in DARK_COLOURS.items())
