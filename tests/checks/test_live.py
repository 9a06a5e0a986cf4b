"""Links to curves: each names a page that `docs/live.md` makes, with knobs, levels and a measure of that page."""

import re
import shlex
from argparse import ArgumentParser
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from follow import blocks_of
from negsim.page.facts import check_page_measures
from negsim.page.knobs import knobs_of
from negsim.scenario import load

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "docs" / "live.md"
PAGES = [
    page
    for pages in ("docs/*.md", "docs/howto/*.md", "docs/notebooks/*.md", "experiments/**/*.md")
    for page in ROOT.glob(pages)
]
CURVE = re.compile(r"\]\(([./]*live\.md)#([^)]*)\)")
OPTIONS = ArgumentParser()
OPTIONS.add_argument("scenario")
OPTIONS.add_argument("--out")
OPTIONS.add_argument("--knob", action="append", default=[])
OPTIONS.add_argument("--measure", action="append", default=[])
OPTIONS.add_argument("--play", action="store_true")


@pytest.fixture(scope="module")
def offered():
    """What each page of the gallery offers: the levels of its knobs as addresses have them, and its measures."""
    text = next(content for language, content in blocks_of(GALLERY.read_text("utf-8")) if language == "sh")
    commands = [shlex.split(line)[2:] for line in text.replace("\\\n", "").splitlines()]
    pages = {}
    for made, _ in map(OPTIONS.parse_known_args, commands):
        knobs = [] if made.play else knobs_of(load(made.scenario), made.knob)
        levels = {knob.name: {str(level.plain).removesuffix(".0") for level in knob.levels} for knob in knobs}
        pages[Path(made.out).stem] = levels, check_page_measures(made.measure)
    return pages


def faults(page, setting, offered):
    """What of a link is not there."""
    levels, measures = offered.get(page, ({}, ()))
    wanted = dict(parse_qsl(setting, strict_parsing=bool(setting)))
    allowed = {**levels, "along": levels, "measure": measures}
    return [f"{name}={level}" for name, level in wanted.items() if level not in allowed.get(name, ())] + (
        [] if page in offered else [page]
    )


def test_a_link_to_a_curve_opens_that_curve(offered):
    links = [(file, *link) for file in PAGES for link in CURVE.findall(file.read_text("utf-8"))]
    assert links
    wrong = {}
    for file, target, curve in links:
        page, _, setting = curve.partition("&")
        lost = [] if (file.parent / target).resolve() == GALLERY else [target]
        if found := lost + faults(page, setting, offered):
            wrong[f"{file.relative_to(ROOT)}: {curve}"] = found
    assert not wrong


@pytest.mark.parametrize(
    ("page", "setting", "lost"),
    [
        ("classrom", "", ["classrom"]),
        ("storm_play", "meetings=2", ["meetings=2"]),
        ("classroom", "meetings=30", ["meetings=30"]),
        ("classroom", "along=tension&measure=depht", ["along=tension", "measure=depht"]),
        ("classroom", "along=evenings&evenings=1&measure=depth&methodology=rolling_text", []),
    ],
)
def test_what_a_page_does_not_have_is_found(offered, page, setting, lost):
    assert faults(page, setting, offered) == lost
