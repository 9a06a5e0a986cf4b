"""Reports: a scenario or a study as one HTML file that opens by itself, prints, and says how to make it again.

- A report is a function of what it reports on: no date, no path of this machine, the same bytes every time.
- Every number has its interval; every sentence about a result is made from its numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from shlex import join

from negsim.negotiation.tables import Outcome
from negsim.report import uncertain
from negsim.report.pages.blocks import Card, Cards, Commands, Embedded, Fold, Grid, embedded, render
from negsim.report.pages.provenance import caveats, sources, versions
from negsim.report.pages.run import run_blocks
from negsim.report.pages.setting import setting
from negsim.report.pages.study import report_of_study
from negsim.report.plots import runs as plots
from negsim.report.plots.style import Picture, figure_of
from negsim.report.tables import estimates
from negsim.report.words import (
    OUTCOMES,
    RULES,
    counted,
    estimate_text,
    interval_text,
    issue_names,
    measure_name,
    number_text,
    percent,
)
from negsim.scenario import Scenario, dump_yaml
from negsim.study.estimates import Estimate
from negsim.study.runner import Runs, run, typical_replication, typical_run
from negsim.study.schema import OUTCOMES as ENDS
from negsim.study.schema import RULES as WOULD

__all__ = ["report_of_runs", "report_of_scenario", "report_of_study"]

SAVED = "scenario.yaml"  # what a scenario without a name is saved as
PER_RUN = ("share_agreed", "depth", "blocking_number", "readings", "missed_agreements", "no_zone", "satisfaction",
           "satisfaction_gap")  # fmt: skip
BEFORE_AND_AFTER = ("trust_within", "trust_across", "trust_chair", "perceived_distance", "real_distance")

Estimates = Mapping[str, Estimate]


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
    """Runs of one scenario as HTML; source and changes as for `report_of_scenario`."""
    scenario, numbers = runs.scenario, estimates(runs)
    return render(
        "scenario",
        scenario.title,
        caveats=caveats(scenario),
        description=" ".join(scenario.description.split()),
        size=uncertain.sizes(scenario),
        runs=counted(len(runs), "run"),
        luck=uncertain.luck(scenario),
        changes=Commands(changes),
        cards=_cards(numbers),
        setting=setting(scenario),
        pictures=_pictures(runs),
        outcomes=_outcomes(numbers),
        rules=Grid(
            ["the same objections, judged by", "share of runs that would pass"],
            [[RULES[name], estimate_text(numbers[name], name)] for name in WOULD],
        ),
        measures=Grid(
            ["mean per run", "with its interval"],
            [[measure_name(name), measure_text(name, numbers)] for name in PER_RUN],
        ),
        before_and_after=Grid(
            ["trust and distance (0 to 1)", "before", "after"],
            [
                [measure_name(name), *(measure_text(f"{name}_{when}", numbers) for when in ("start", "end"))]
                for name in BEFORE_AND_AFTER
            ],
        ),
        issues=_issues(runs),
        typical=run_blocks(typical_run(runs)),
        saved_as="" if source else SAVED,
        commands=Commands(list(commands(runs, source, changes))),
        seed=runs.seed,
        first=runs.first,
        last=runs.first + len(runs) - 1,
        versions=versions(),
        yaml=Fold("The scenario in full (YAML)", dump_yaml(scenario)),
        sources=sources(scenario),
    )


def _cards(numbers: Estimates) -> Cards:
    consensus, agreed, depth = numbers["consensus"], numbers["share_agreed"], numbers["depth"]
    return Cards(
        [
            Card(
                percent(consensus.value),
                f"of {consensus.observations:,} runs reach consensus {interval_text(consensus, 'consensus')}",
            ),
            Card(percent(agreed.value), f"of the issues are agreed in a run {interval_text(agreed, 'share_agreed')}"),
            Card(
                number_text(depth.value),
                "is the depth of what is agreed: 0 nothing new, 1 all that the room hoped for, in clear words",
            ),
        ]
    )


def _pictures(runs: Runs) -> dict[str, Embedded]:
    """The pictures of many runs, by name."""
    named, every = {"all runs": runs}, {"all": runs}
    pictures = {
        "outcomes": Picture(lambda: figure_of(plots.outcome_shares(named)), plots.about_outcomes(every)),
        "minutes": Picture(lambda: figure_of(plots.minutes_spent(named)), plots.about_minutes(every)),
        "blocked": Picture(lambda: figure_of(plots.who_blocked(runs)), plots.about_who_blocked(runs)),
    }
    return {name: embedded(picture) for name, picture in pictures.items()}


def _outcomes(numbers: Estimates) -> Grid:
    """How often each outcome came; those that never did are left out, except consensus."""
    ends = [name for name in ENDS if numbers[name].value > 0.0 or name == "consensus"]
    rows = [[OUTCOMES[Outcome[name.upper()]], estimate_text(numbers[name], name)] for name in ends]
    return Grid(["how it ended", "share of runs"], rows)


def measure_text(name: str, numbers: Estimates) -> str:
    """A measure, none of which can be negative, with its interval."""
    estimate = numbers[name]
    return estimate_text(estimate._replace(low=max(0.0, estimate.low)), name) if estimate.observations else "–"


def _issues(runs: Runs) -> Grid:
    """What became of every issue."""
    agreed, zone = runs.by_issue("agreed").mean(axis=0), runs.by_issue("zone_end").mean(axis=0)
    readings = runs.by_issue("readings").mean(axis=0)
    rows = [
        [issue, percent(float(agreed[k])), percent(float(zone[k])), f"{readings[k]:.1f}"]
        for k, issue in enumerate(issue_names(runs.scenario))
    ]
    return Grid(["issue", "agreed", "could be agreed", "readings a run"], rows)


def commands(runs: Runs, source: str, changes: Sequence[str]) -> Iterator[str]:
    """What to type to get the report, the numbers and the typical run."""
    name = [source or SAVED, *(part for change in changes if source for part in ("--set", change))]
    seed = ["--seed", str(runs.seed)]
    many = [*name, "--replications", str(len(runs)), *seed]
    yield join(["negsim", "report", *many])
    yield join(["negsim", "run", *many])
    yield join(["negsim", "transcript", *name, *seed, "--replication", str(typical_replication(runs))])
