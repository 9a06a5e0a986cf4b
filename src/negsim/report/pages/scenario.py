"""Reports: a scenario or a study as one HTML file that opens by itself, prints, and says how to make it again.

Rules that hold here
- A report is a function of what it reports on: no date, no path of this machine, the same bytes every time.
- Every number comes with its interval; every sentence about a result is made from its numbers.
- All that a scenario or a study says is text (`page` escapes it), whoever wrote it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from shlex import join

from negsim.negotiation.tables import Outcome
from negsim.report import uncertain
from negsim.report.pages import run as one_run
from negsim.report.pages import setting
from negsim.report.pages.blocks import (
    Block,
    Card,
    Cards,
    Commands,
    Fold,
    Grid,
    Part,
    Section,
    embedded,
    front,
    page,
    short_labels,
    sources,
    versions,
)
from negsim.report.pages.study import report_of_study
from negsim.report.plots import captions
from negsim.report.plots import runs as runs_plots
from negsim.report.plots.style import Picture, figure_of
from negsim.report.tables import estimates
from negsim.report.typical import typical, typical_number
from negsim.report.words import (
    OUTCOMES,
    RULES,
    counted,
    interval,
    issue_names,
    measure_name,
    percent,
    share_with_interval,
    with_interval,
)
from negsim.scenario import Scenario, dump_yaml
from negsim.study.estimates import Estimate
from negsim.study.runner import Runs, run
from negsim.study.schema import OUTCOMES as ENDS
from negsim.study.schema import RULES as WOULD

__all__ = ["report_of_runs", "report_of_scenario", "report_of_study"]

SAVED = "scenario.yaml"  # what a scenario without a name is saved as
PER_RUN = ("share_agreed", "depth", "blocking_number", "readings", "missed_agreements", "no_zone", "satisfaction",
           "satisfaction_gap")  # fmt: skip
BEFORE_AND_AFTER = ("trust_within", "trust_across", "trust_chair", "perceived_distance", "real_distance")


def report_of_scenario(
    scenario: Scenario,
    *,
    replications: int = 200,
    seed: int = 0,
    source: str = "",
    changes: Sequence[str] = (),
) -> str:
    """A scenario run many times, as HTML.

    source: the name or file that it was loaded from ("": not known), changes: the `--set` changes that made it of
    that; both only for the command that makes the report again. Raises ValueError for fewer than one replication.
    """
    runs = run(scenario, replications=replications, seed=seed)
    return report_of_runs(runs, source=source, changes=changes)


def report_of_runs(runs: Runs, *, source: str = "", changes: Sequence[str] = ()) -> str:
    """Runs of one scenario that are there already, as HTML; source and changes as for `report_of_scenario`."""
    scenario, found, told = runs.scenario, estimates(runs), typical(runs)
    sections = [
        Section("The setting", setting.setting(scenario)),
        Section("How it ends", [*_ends(runs, found)]),
        Section("What blocked", [*_blocked(runs)]),
        Section("A typical run from inside", [one_run.which(told, runs.seed), *one_run.pictures(told)]),
        Section("Why that run ended so", one_run.why(told)),
        Section("From its minutes", one_run.minutes(told)),
        Section("Made again", [*_again(runs, source, changes)]),
    ]
    return page(scenario.title, [*front(scenario), *_lead(runs, changes), _cards(found)], sections)


def _lead(runs: Runs, changes: Sequence[str]) -> Iterator[Block]:
    """What it is about, the question, how often it was run."""
    scenario = runs.scenario
    if scenario.description:
        yield " ".join(scenario.description.split())
    size = uncertain.sizes(scenario)
    yield (
        f"The question: {size.delegates} in {size.groups} negotiate {size.issues} in {size.meetings} of {size.days} in"
        " all. How does that end, how deep is what they agree, and what stands in the way?"
        f" The answer is that of {counted(len(runs), 'run')} {uncertain.luck(scenario)}; numbers in brackets are"
        " intervals at 95 %."
    )
    if changes:
        yield "Changed from the scenario as it was written:"
        yield Commands(list(changes))


def _cards(found: dict[str, Estimate]) -> Cards:
    """The numbers to begin with."""
    consensus, agreed, depth = found["consensus"], found["share_agreed"], found["depth"]
    deep = "–" if math.isnan(depth.value) else f"{depth.value:.2f}"
    return Cards(
        [
            Card(percent(consensus.value), f"of {consensus.observations:,} runs reach consensus"
                 f" {interval(consensus)}"),
            Card(percent(agreed.value), f"of the issues are agreed in a run {interval(agreed)}"),
            Card(deep, "is the depth of what is agreed: 0 nothing new, 1 all that the room hoped for, in clear words"),
        ]
    )  # fmt: skip


def _ends(runs: Runs, found: dict[str, Estimate]) -> Iterator[Block]:
    """Outcomes, other rules, measures, time."""
    named = {"all runs": runs}
    caption = captions.outcome_shares({"all": runs})
    yield embedded(Picture(lambda: figure_of(runs_plots.outcome_shares(named)), caption))
    seen = [name for name in ENDS if found[name].value > 0.0 or name == "consensus"]
    rows = [[OUTCOMES[Outcome[name.upper()]], share_with_interval(found[name])] for name in seen]
    yield Grid(["how it ended", "share of runs"], rows)
    yield Part("Under every decision rule")
    would = [[RULES[name], share_with_interval(found[name])] for name in WOULD]
    about = (
        "A rule is satisfied by a run if the objections at some reading of every paragraph satisfy it. The objections"
        " are the same for all rules; people do not learn that another rule would hold."
    )
    yield Grid(["the same objections, judged by", "share of runs that would pass"], would, about)
    yield Part("Measures")
    yield Grid(["mean per run", "with its interval"], [[measure_name(name), shown(name, found)] for name in PER_RUN])
    changes = [
        [measure_name(name), *(shown(f"{name}_{when}", found) for when in ("start", "end"))]
        for name in BEFORE_AND_AFTER
    ]
    yield Grid(["trust and distance (0 to 1)", "before", "after"], changes)
    yield embedded(Picture(lambda: figure_of(runs_plots.minutes_spent(named)), captions.minutes_spent({"all": runs})))


def shown(measure: str, found: Mapping[str, Estimate]) -> str:
    """A measure, none of which can be negative, with its interval."""
    estimate = found[measure]
    return with_interval(measure, estimate._replace(low=max(0.0, estimate.low))) if estimate.observations else "–"


def _blocked(runs: Runs) -> Iterator[Block]:
    """Who blocked what, and what became of every issue."""
    shown = replace(runs, scenario=short_labels(runs.scenario))
    yield embedded(Picture(lambda: figure_of(runs_plots.who_blocked(shown)), captions.who_blocked(runs)))
    agreed, zone = runs.by_issue("agreed").mean(axis=0), runs.by_issue("zone_end").mean(axis=0)
    readings = runs.by_issue("readings").mean(axis=0)
    rows = [
        [issue, percent(float(agreed[k])), percent(float(zone[k])), f"{readings[k]:.1f}"]
        for k, issue in enumerate(issue_names(runs.scenario))
    ]
    about = "Could be agreed: a text existed at the end that the room would have let pass."
    yield Grid(["issue", "agreed", "could be agreed", "readings a run"], rows, about)


# ------------------------------------------------------------------------------------------- made again


def _again(runs: Runs, source: str, changes: Sequence[str]) -> Iterator[Block]:
    """The command, the seed, the versions, the scenario with everything said, its sources."""
    if not source:
        yield f"Save the scenario below as {SAVED}; this makes the report again:"
    yield Commands(list(commands(runs, source, changes)))
    yield from versions(f"seed {runs.seed}, replications {runs.first} to {runs.first + len(runs) - 1}")
    yield Fold("The scenario with everything said (YAML)", dump_yaml(runs.scenario))
    yield from sources(runs.scenario)


def commands(runs: Runs, source: str, changes: Sequence[str]) -> Iterator[str]:
    """What to type to get the report, the numbers and the run that is told."""
    room = [source or SAVED, *(part for change in changes if source for part in ("--set", change))]
    seed = ["--seed", str(runs.seed)]
    many = [*room, "--replications", str(len(runs)), *seed]
    yield join(["negsim", "report", *many])
    yield join(["negsim", "run", *many])
    yield join(["negsim", "transcript", *room, *seed, "--replication", str(typical_number(runs))])
