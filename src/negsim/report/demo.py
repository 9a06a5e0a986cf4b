"""The demonstration: why the working group of 2011 ended with no report, and what would have changed that.

What the demonstration runs: the two phases, one change at a time, the three-factor study, one run of each phase.

Rules that hold here
- Everything comes from `SEED`: two demonstrations of as many replications have the same material.

The page of the demonstration.

Rules that hold here
- Every number on it comes from the material; the sentences around them say what is shown, not what was found.

The pictures of the demonstration, each with its caption.

Rules that hold here
- A picture has a name, by which its files and its place on the page are found.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from functools import partial
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from negsim import __version__
from negsim.cases import load
from negsim.files import whole_folder, write_table
from negsim.negotiation.tables import Outcome
from negsim.report.minutes import reasons, transcript
from negsim.report.pages.blocks import Block, Card, Cards, Commands, Figure, Grid, Items, Links, Section, page
from negsim.report.plots import captions, runs
from negsim.report.plots.captions import estimate_at
from negsim.report.plots.cells import cell_line
from negsim.report.plots.numbers import effect
from negsim.report.plots.study import curves_of, time_of
from negsim.report.plots.style import Picture, figure_of, save
from negsim.report.tables import change_table, effect_table, estimate_table, estimates, run_table
from negsim.report.typical import TypicalRun, typical_run
from negsim.report.words import OUTCOMES, cell_name, interval_text, measure_name, percent, phrase
from negsim.scenario import dump_yaml
from negsim.scenario.yaml import Plain
from negsim.study.design import cells_of
from negsim.study.estimates import Estimate
from negsim.study.evidence import LEVERS_2011, LEVERS_2012, Lever, levers
from negsim.study.results import StudyResults, results
from negsim.study.runner import Runs, Step, run, workers
from negsim.study.schema import Cell, Study, Value
from negsim.study.sweep import opened

SEED = 2011
FOCAL = "cstd_wgigf_2011"
PHASES = {FOCAL: "first phase, 2011", "cstd_wgigf_2012": "second phase, 2011–12"}
CHANGES = {FOCAL: LEVERS_2011, "cstd_wgigf_2012": LEVERS_2012}
TITLE = "Meetings, methodology and informal contact"  # of the study
FACTORS: dict[str, Plain] = {
    "meetings.count": list(range(1, 9)),
    "methodology": ["chair_text", "rolling_text", "convergence_mapping"],
    "informal.mixed_evenings": [0, 0.5, 1],
}
EFFECTS: tuple[tuple[str, Value, Value], ...] = (  # factor, level, base level
    ("meetings.count", 8, 1),
    ("methodology", "rolling_text", "chair_text"),
    ("methodology", "convergence_mapping", "chair_text"),
    ("informal.mixed_evenings", 1, 0),
)
TIMES = 5  # as many runs of the two phases as of a cell of the study


class Material(NamedTuple):
    """All that the demonstration shows; phases by the names of their scenarios."""

    phases: dict[str, Runs]
    told: dict[str, TypicalRun]
    changes: dict[str, list[Lever]]
    study: StudyResults

    def named(self) -> dict[str, Runs]:
        """The runs of the phases by what to call them."""
        return {PHASES[name]: runs for name, runs in self.phases.items()}

    def effects(self) -> dict[str, Estimate]:
        """What each factor of the study does to the share of consensus, by what to call it."""
        return {
            f"{phrase(factor, level)} instead of {phrase(factor, base)}": effect(
                self.study, "consensus", factor, (base, level)
            )
            for factor, level, base in EFFECTS
        }


def study_of(replications: int) -> Study:
    """The study of the demonstration; experiments/three_factors has it as a file."""
    return Study(title=TITLE, scenario=FOCAL, vary=FACTORS, replications=replications, seed=SEED)


def steps() -> int:
    """How many steps `gathered` takes; a cell of the study is one."""
    return len(cells_of(study_of(1))) + len(PHASES) + sum(1 + len(changes) for changes in CHANGES.values())


def gathered(folder: Path, replications: int, threads: int | None, total: int) -> Generator[Step, None, Material]:
    """Run everything, the study into a results folder; `total` is what steps are counted against."""
    study = yield from _swept(study_of(replications), folder, threads, total)
    material = Material({}, {}, {name: [] for name in PHASES}, study)
    for done, text in enumerate(_runs(material, TIMES * replications, threads), start=len(study.cells) + 1):
        yield done, total, text
    return material


def _swept(study: Study, folder: Path, threads: int | None, total: int) -> Generator[Step, None, StudyResults]:
    with opened(study, folder) as sweep, workers(count=threads) as found:
        for done, runs, _ in sweep.steps(found):
            yield done * len(sweep.cells) // runs, total, f"{done:,} of {runs:,} runs of the study"
    return results(folder)


def _runs(material: Material, replications: int, threads: int | None) -> Iterator[str]:
    """Add phases and changes to the material, and say what has been added."""
    for name in PHASES:
        runs = run(load(name), replications=replications, seed=SEED, threads=threads)
        material.phases[name] = runs
        material.told[name] = typical_run(runs)
        yield name
    for name, changes in CHANGES.items():
        for lever in levers(name, changes, replications=replications, seed=SEED):
            material.changes[name].append(lever)
            yield f"{name}: {lever.lever}"


PAGE_TITLE = "Why the 2011 working group ended with no report, and what would have changed that"
PER_RUN = ("consensus", "share_agreed", "depth", "blocking_number", "missed_agreements", "no_zone", "zone_start",
           "readings", "trials", "proposals_tabled", "proposals_discussed", "trust_across_start",
           "trust_across_end")  # fmt: skip
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
    return page(PAGE_TITLE, [_lead(material), _cards(material)], sections)


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
            f"of {share.observations:,} runs of the {PHASES[name]} reach consensus {interval_text(share, 'consensus')}",
        )
        for name, share in found.items()
    ]
    cells = material.study.cells
    chance = cell_line(material.study, "consensus")
    best = int(chance.value.argmax())
    what = f"in the best of {len(cells)} cells of the study: {cell_name(cells[best])}"
    share = estimate_at(chance, best)
    return Cards([*cards, Card(percent(share.value), f"{what} {interval_text(share, 'consensus')}")])


def _phases(material: Material) -> Grid:
    """Measures of the two phases side by side."""
    found = [estimates(runs) for runs in material.phases.values()]
    rows = [[measure_name(name), *(_number(each[name]) for each in found)] for name in PER_RUN]
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


CURVES = ("consensus", "share_agreed")
LONGEST: Cell = {"meetings.count": 8, "informal.mixed_evenings": 0.5}  # where time to consensus is seen


def pictures(material: Material) -> dict[str, Picture]:
    """Every picture by name."""
    shown = dict(_of_many(material))
    for name, told in material.told.items():
        shown |= {f"{name}_{picture}": drawn for picture, drawn in _of_one(told)}
    return shown


def _of_many(material: Material) -> Iterator[tuple[str, Picture]]:
    """Pictures of the phases and of the study."""
    phases, first = material.named(), material.phases[FOCAL]
    yield "outcomes", Picture(lambda: figure_of(runs.outcome_shares(phases)), captions.outcome_shares(phases))
    yield "single_changes", _changes(material)
    yield "minutes", Picture(lambda: figure_of(runs.minutes_spent(phases)), captions.minutes_spent(phases))
    yield "who_blocked", Picture(lambda: figure_of(runs.who_blocked(first)), captions.who_blocked(first))
    yield from ((measure, curves_of(material.study, measure)) for measure in CURVES)
    yield "time_to_consensus", time_of(material.study, LONGEST)


def _changes(material: Material) -> Picture:
    first, second = material.changes.values()
    told = " ".join(captions.single_changes(PHASES[name], found) for name, found in material.changes.items())
    about = "Each row changes one thing to what it was in the other phase; lines are 95 % intervals."
    return Picture(lambda: runs.single_changes_of_both(first, second), f"One change at a time. {told} {about}")


def _of_one(told: TypicalRun) -> Iterator[tuple[str, Picture]]:
    """Pictures of one run."""
    for name, draw in runs.RUN_PICTURES.items():
        caption = captions.RUN_CAPTIONS[name](told.scenario, told.trace)
        yield name, Picture(partial(draw, told.scenario, told.trace), caption)


STUDY = "study"
KINDS = (".png", ".svg")
PICTURES = 7 + 5 * len(PHASES)


def write_demo(folder: Path, *, replications: int = 200, threads: int | None = None) -> Generator[Step, None, Path]:
    """Run everything and write tables, pictures, transcripts and a page into a folder; the page's path at the end.

    replications: runs of a cell of the study; the two phases get five times as many. Raises NegsimError if the folder
    holds other things.
    """
    total = steps() + PICTURES
    with whole_folder(folder, "demo") as part:
        material = yield from gathered(part / STUDY, replications, threads, total)
        shown = pictures(material)
        files = _write_tables(part, material) | _write_texts(part, material)
        yield from _write_pictures(part, shown, total)
        text = demo_page(material, shown, files, f"{folder.name}/{STUDY}")
        (part / "index.html").write_text(text, encoding="utf-8")
    return folder / "index.html"


def _write_pictures(part: Path, shown: dict[str, Picture], total: int) -> Generator[Step, None, None]:
    (part / "pictures").mkdir()
    for done, (name, picture) in enumerate(shown.items(), start=total - len(shown) + 1):
        drawn = picture.draw()
        for kind in KINDS:
            save(drawn, part / "pictures" / f"{name}{kind}")
        yield done, total, f"pictures/{name}"


def _write_tables(part: Path, material: Material) -> dict[str, str]:
    """The tables, and what each holds."""
    (part / "tables").mkdir()
    whole = (
        ("phases", "both phases: every outcome and measure with its interval", estimate_table(material.phases)),
        (
            "phase_runs",
            "both phases: one row a run",
            run_table([({"scenario": name}, runs) for name, runs in material.phases.items()]),
        ),
        ("single_changes", "one change at a time: estimates and paired changes", change_table(material.changes)),
        ("effects", "the study: what each factor changes on average", effect_table(material.effects())),
    )
    for name, _, (header, rows) in whole:
        write_table(part / "tables" / f"{name}.csv", header, rows)
    material.study.summary().to_csv(part / "tables" / "cells.csv", index=False)
    material.study.export(part / "tables" / "runs.csv", "csv")
    return {f"tables/{name}.csv": what for name, what, _ in whole} | {
        "tables/cells.csv": "the study: one row a cell, every estimate with its interval",
        "tables/runs.csv": "the study: one row a run",
        f"{STUDY}/manifest.json": "the study: what it is; its folder holds the results",
    }


def _write_texts(part: Path, material: Material) -> dict[str, str]:
    """Transcripts and scenarios, and what each holds."""
    files = {}
    for name, told in material.told.items():
        (part / f"{name}_transcript.txt").write_text(transcript(told.scenario, told.trace), encoding="utf-8")
        (part / f"{name}.yaml").write_text(dump_yaml(told.scenario), encoding="utf-8")
        files[f"{name}_transcript.txt"] = f"one run of the {PHASES[name]}, told as the minutes of its meetings"
        files[f"{name}.yaml"] = f"the scenario of the {PHASES[name]}, everything said"
    return files
