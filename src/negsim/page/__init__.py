"""A page that runs the model: one HTML file with a scenario, its knobs and the program itself.

- `page` makes it. It needs no server, no network and no other file, and gives the bits that `negsim run` gives.
- What a page runs on is lowered beforehand, at every level of every knob (`arrays`); its scripts only copy bytes. The
  modules of the page are in `web`; `joiner` makes one script of them.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from gzip import compress

from negsim import rules
from negsim.errors import NegsimError, did_you_mean, literal, nearest
from negsim.kernel import program_file
from negsim.page.arrays import DRAWS, Lowering, is_drawn
from negsim.page.curve import curve_picture, curve_points
from negsim.page.facts import PageSource, check_page_measures, facts, held_facts
from negsim.page.html import framed, html
from negsim.page.knobs import ALL_LEVELS, FEWER_LEVELS, FEWEST_LEVELS, LabKnobs, PageKnob, held_days, knobs_of
from negsim.platforms import WASM
from negsim.policies.seated import has_policies, is_of_policies
from negsim.scenario.lowering import seat_names
from negsim.scenario.sampling import sample

__all__ = ["LabKnobs", "PageSource", "framed", "page", "page_steps"]
_USUAL_RUNS = 200  # of a point of a curve
_MOST_BYTES, _MOST_BYTES_DRAWN = 550_000, 1_000_000  # of a page
Steps = Generator[tuple[int, int, str], None, str]


def page_steps(
    source: PageSource,
    *,
    knobs: Sequence[str] = (),
    measures: Sequence[str] = (),
    runs: int = _USUAL_RUNS,
    lab: LabKnobs | None = None,
) -> Steps:
    """Make the page of a scenario; yield how far it is, and return it as HTML.

    knobs: those of the author, such as `context.tension=0..1`. measures: by name; the usual ones if none. runs: of a
    point of a curve. lab: the knobs of a page in the lab, for which nothing is run. Raises NegsimError for what a page
    cannot hold.
    """
    _check(source, knobs)
    source = _with_seat(source)
    measures = check_page_measures(measures)
    drawn = is_drawn(source.scenario)
    text = ""
    for thin in (FEWER_LEVELS, FEWEST_LEVELS) if drawn else (ALL_LEVELS, FEWER_LEVELS, FEWEST_LEVELS):
        turned = knobs_of(source.scenario, knobs, thin=thin, lab=lab)
        scenario = source.unturned or source.scenario
        held = held_days(source.scenario, turned, fixed=source.fixed)
        lowered = turned if held is None else (*turned, held.knob)
        arrays = yield from Lowering(scenario, lowered, source.seed, fixed=source.fixed).steps()
        said = facts(source, turned, arrays, measures=measures, runs=runs)
        said |= held_facts(source.scenario, held, arrays)
        curves = "" if lab is not None else (yield from _curves(source, turned, measures[0], said["runs"]))
        text = html(said, program=compress(program_file(WASM), 9, mtime=0), arrays=arrays.data, curves=curves)
        if len(text.encode()) <= (_MOST_BYTES_DRAWN if drawn else _MOST_BYTES):
            return text
    raise NegsimError(
        f"the page would have {len(text.encode()) / 1000:,.0f} kB, more than a page may have "
        f"({(_MOST_BYTES_DRAWN if drawn else _MOST_BYTES) // 1000:,} kB); name fewer knobs, or draw less"
    )


def page(
    source: PageSource,
    *,
    knobs: Sequence[str] = (),
    measures: Sequence[str] = (),
    runs: int = _USUAL_RUNS,
    lab: LabKnobs | None = None,
) -> str:
    """Make the page of a scenario as HTML; see `page_steps`."""
    steps = page_steps(source, knobs=knobs, measures=measures, runs=runs, lab=lab)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return str(end.value)


def _with_seat(source: PageSource) -> PageSource:
    """Return the source with the seat that its page plays, the first if none is named; raise NegsimError for none."""
    if source.seat is None:
        return source
    names = seat_names(sample(source.scenario, source.seed, source.replication))
    if source.seat and source.seat not in names:
        match = nearest(source.seat, names)
        known = [match] if match else names
        raise NegsimError(f"{source.name}: {literal(source.seat)} has no seat here{did_you_mean(source.seat, known)}")
    return source._replace(seat=source.seat or names[0])


def _check(source: PageSource, knobs: Sequence[str]) -> None:
    """Raise NegsimError for what runs elsewhere than in the program of the model."""
    turned = (knob.partition("=")[0].strip() for knob in knobs)
    if has_policies(source.scenario, {}) or any(map(is_of_policies, turned)):
        raise NegsimError(f"{source.name}: policies decide for seats, and a page runs the rules of the model alone")
    if (own := rules.own()) is not None:
        raise NegsimError(f"{own.plugin.file}: a page runs the model's own program; make it without rules of your own")
    if source.replication >= DRAWS and is_drawn(source.scenario):
        why = "what is not known is drawn beforehand"
        raise NegsimError(f"{source.name}: {why}, for replications 0 to {DRAWS - 1} only, not {source.replication}")


def _curves(source: PageSource, knobs: Sequence[PageKnob], measure: str, runs: int) -> Steps:
    """Run the curve along the first knob, and draw it."""
    if not knobs:
        return ""
    points = []
    for point in curve_points(source.scenario, knobs[0], measure, seed=source.seed, runs=runs):
        points.append(point)
        yield len(points), len(knobs[0].levels), "points of the curve"
    return curve_picture(points, knobs[0], measure)
