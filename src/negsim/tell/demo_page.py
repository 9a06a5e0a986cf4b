"""The page of the demonstration.

Rules that hold here
- Every number on it comes from the material; the sentences around them say what is shown, not what was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from shlex import quote

from negsim import __version__
from negsim.negotiation.moves import Outcome
from negsim.study.effects import Estimate
from negsim.tell import captions
from negsim.tell.demo_material import FOCAL, PHASES, SEED, Material
from negsim.tell.page import Block, Card, Cards, Commands, Figure, Grid, Items, Links, Section, page
from negsim.tell.picture import Picture
from negsim.tell.reasons import reasons
from negsim.tell.study_captions import estimate_at
from negsim.tell.study_cells import cell_line
from negsim.tell.study_words import cell_name
from negsim.tell.tables import estimates
from negsim.tell.words import OUTCOMES, interval, percent

TITLE = "Why the 2011 working group ended with no report, and what would have changed that"
MEASURES = {
    "consensus": "share of runs with consensus",
    "share_agreed": "share of paragraphs agreed",
    "depth": "depth of what was agreed (0 to 1)",
    "blocking_number": "blocking number (all seats where a paragraph was never read)",
    "missed_agreements": "missed agreements (paragraphs)",
    "no_zone": "paragraphs without a zone of agreement",
    "zone_start": "share of paragraphs with a zone of agreement at the start",
    "readings": "readings",
    "trials": "sponsors put on trial",
    "proposals_tabled": "proposals tabled",
    "proposals_discussed": "discussions of proposals",
    "trust_across_start": "trust across groups at the start",
    "trust_across_end": "trust across groups at the end",
}
ONE_RUN = ("paragraphs", "brackets", "positions", "distances", "trust")


def demo_page(material: Material, shown: Mapping[str, Picture], files: Mapping[str, str], study: str) -> str:
    """The page as HTML. shown: pictures by name. files: other files with what they hold. study: its results folder."""

    def figures(*names: str) -> list[Figure]:
        return [Figure(f"pictures/{name}", shown[name].caption) for name in names]

    effects = captions.main_effects(material.effects())
    sections = [
        Section("How the two phases ended", [*figures("outcomes"), _phases(material)]),
        Section("What one change does", [*figures("single_changes")]),
        Section(
            "Meetings, method and informal contact",
            [effects, *figures("consensus", "share_agreed", "time_to_consensus")],
        ),
        Section("Time and blocking", [*figures("minutes", "who_blocked")]),
        *(_one_run(material, name, figures(*(f"{name}_{picture}" for picture in ONE_RUN))) for name in PHASES),
        Section("Ask the study more", [*_asking(study)]),
        Section("Files", [_about(material), Links(list(files.items()))]),
    ]
    return page(TITLE, [_lead(material), _cards(material)], sections)


def _lead(material: Material) -> str:
    scenario, study = material.phases[FOCAL].scenario, material.study
    return (
        f"The same {sum(group.seats for group in scenario.groups.values())} people negotiate the same"
        f" {len(scenario.issues)} paragraphs in two processes: as in the first phase of the CSTD working group on"
        f" improvements to the IGF (2011), and as in the second (2011–12). Then the first process is changed in the"
        f" number of its meetings, its methodology and its evenings: {len(study.cells)} combinations of"
        f" {study.study.replications:,} runs each. Every number on this page was computed by the run that wrote it."
    )


def _cards(material: Material) -> Cards:
    """The numbers to begin with."""
    found = {name: estimates(runs)["consensus"] for name, runs in material.phases.items()}
    cards = [
        Card(
            percent(share.value),
            f"of {share.observations:,} runs of the {PHASES[name]} reach consensus {interval(share)}",
        )
        for name, share in found.items()
    ]
    cells = material.study.cells
    chance = cell_line(material.study, "consensus")
    best = int(chance.value.argmax())
    what = f"in the best of {len(cells)} cells of the study: {cell_name(cells[best])}"
    share = estimate_at(chance, best)
    return Cards([*cards, Card(percent(share.value), f"{what} {interval(share)}")])


def _phases(material: Material) -> Grid:
    """Measures of the two phases side by side."""
    found = [estimates(runs) for runs in material.phases.values()]
    rows = [[what, *(_number(each[name]) for each in found)] for name, what in MEASURES.items()]
    return Grid(["mean per run, 95 % interval", *PHASES.values()], rows)


def _number(estimate: Estimate) -> str:
    if not estimate.observations:
        return "–"
    digits = 1 if abs(estimate.value) >= 10.0 else 2
    value, low, high = (f"{number:z.{digits}f}" for number in estimate[:3])
    return f"{value} [{low}, {high}]"


def _one_run(material: Material, name: str, figures: list[Figure]) -> Section:
    """One run from inside: pictures, and why it ended so."""
    told = material.told[name]
    outcome = OUTCOMES[Outcome(int(told.trace.state.clock["outcome"][0]))]
    lead = (
        f"Replication {told.replication}, the first that ended as most did: {outcome}."
        f" {name}_transcript.txt tells it whole."
    )
    verdict, *why = reasons(told.scenario, told.trace)
    heading = f"One run from inside: {PHASES[name]}"
    return Section(heading, [lead, *figures, f"Why it ended so. {verdict}", Items(why)])


def _asking(study: str) -> Iterator[Block]:
    """The commands by which the study answers more."""
    yield (
        f"{study} holds the results of the study. These say every cell with its intervals, draw what fits the design,"
        " and run row N of tables/runs.csv again (the first is 0): that very run, with transcript and pictures."
    )
    folder = quote(study)
    yield Commands([f"negsim cells {folder}", f"negsim plot {folder}", f"negsim rerun {folder} --row N"])


def _about(material: Material) -> str:
    runs, study = material.phases[FOCAL], material.study.study
    return (
        f"negsim {__version__}, seed {SEED}; {len(runs):,} runs of each phase and of each single change,"
        f" {study.replications:,} of each cell of the study."
        " All cells use the same replications (common random numbers)."
    )
