"""The demonstration: why the working group of 2011 ended with no report, and what would have changed that."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from negsim.scenario import dump_yaml
from negsim.study.runner import Step
from negsim.tell.demo_material import PHASES, Material, gathered, steps
from negsim.tell.demo_page import demo_page
from negsim.tell.demo_pictures import pictures
from negsim.tell.files import write_table
from negsim.tell.folders import written_whole
from negsim.tell.picture import Picture
from negsim.tell.style import save
from negsim.tell.tables import change_table, effect_table, estimate_table, run_table
from negsim.tell.transcript import transcript

STUDY = "study"
KINDS = (".png", ".svg")
PICTURES = 7 + 5 * len(PHASES)


def write_demo(folder: Path, *, replications: int = 200, threads: int | None = None) -> Generator[Step, None, Path]:
    """Run everything and write tables, pictures, transcripts and a page into a folder; the page's path at the end.

    replications: runs of a cell of the study; the two phases get five times as many. Raises NegsimError if the folder
    holds other things.
    """
    total = steps() + PICTURES
    with written_whole(folder, "demo") as part:
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
