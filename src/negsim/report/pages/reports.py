"""Reports: a scenario or a study as one HTML file that opens by itself, prints, and says how to make it again.

- A report of a scenario has its setting, how the runs ended, and a typical run from inside. That of a study has its
  question, its factors, its pictures and cells, and two runs from inside.
- A report is a function of what it reports on: no date, no path of this machine, the same bytes every time.
- Every number has its interval; every sentence about a result is made from its numbers.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from shlex import join

import numpy as np
from markupsafe import Markup

from negsim import __version__, rules
from negsim.errors import FailedError
from negsim.negotiation.measures import DEFAULT_MEASURES
from negsim.negotiation.tables import Outcome
from negsim.report import uncertain, words
from negsim.report.looks import FigureLook
from negsim.report.minutes import transcript
from negsim.report.minutes.reasons import reasons
from negsim.report.pages.blocks import Grid
from negsim.report.pages.page import render
from negsim.report.pages.setting import caveats, setting, sources, uncertainty
from negsim.report.plots import runs as plots
from negsim.report.plots.numbers import LevelLine, cell_line, most_runs
from negsim.report.plots.run import pictures_of
from negsim.report.plots.study import study_pictures
from negsim.report.plots.style import Picture
from negsim.scenario import dump_yaml
from negsim.scenario.meanings import factor_name
from negsim.scenario.yaml import to_yaml
from negsim.study import schema
from negsim.study.again import run_again
from negsim.study.estimates import Estimate
from negsim.study.results import StudyResults
from negsim.study.runner import Runs, TypicalRun, estimates, open_issues, typical_replication, typical_run
from negsim.study.table import own_names

_FILE_NAME = "scenario.yaml"  # what a scenario without a name is saved as
_PER_RUN = ("share_agreed", "depth", "depth_overall", "blocking_number", "readings", "passable_readings",
           "closable_issues", "no_zone", "satisfaction", "satisfaction_gap")  # fmt: skip
_MOST_CELLS = 120  # rows of the table of a study
_MOST_LEVELS = 12  # of a factor, named one by one
_FOLDER = "RESULTS"  # what commands call the folder of the study
_STUDY_COMMANDS = (
    f"negsim study sweep study.yaml --out {_FOLDER}",
    f"negsim study report {_FOLDER}",
    f"negsim study plot {_FOLDER}",
)
_RUN_SHOWN = ("paragraphs", "distances", "trust", "positions")
_MOST_ITEMS = 24  # of an extract of minutes

_Estimates = Mapping[str, Estimate]


def report_of_runs(
    runs: Runs,
    *,
    source: str = "",
    changes: Sequence[str] = (),
    look: FigureLook | None = None,
    live: Markup | None = None,
) -> str:
    """Report on runs of one scenario as HTML.

    source: the name or file that the scenario was loaded from ("": not known), changes: the `--set` changes that made
    it of that; both only for the command that makes the report again. look: of the pictures, None for the one in force.
    live: a frame in which readers can run the model.
    """
    scenario, numbers = runs.scenario, estimates(runs)
    return render(
        "scenario",
        scenario.title,
        look=look,
        caveats=[*caveats(scenario), uncertainty(scenario)],
        description=" ".join(scenario.description.split()),
        size=uncertain.sizes(scenario),
        runs=words.counted(len(runs), "run"),
        luck=uncertain.luck(scenario),
        changes=changes,
        live=live,
        cards=_cards(numbers),
        setting=setting(scenario),
        pictures=_pictures(runs),
        outcomes=_outcomes(numbers),
        rules=Grid(
            ["the same objections, judged by", "share of runs that would pass"],
            [[words.RULE_LABELS[name], words.estimate_text(numbers[name], name)] for name in schema.RULE_MEASURES],
        ),
        measures=Grid(
            ["mean per run", "with its interval"],
            [[words.measure_name(name), _measure_text(name, numbers)] for name in (*_PER_RUN, *runs.own_measures)],
        ),
        before_and_after=Grid(
            ["trust and distance (0 to 1)", "before", "after"],
            [
                [words.measure_name(name), *(_measure_text(f"{name}_{when}", numbers) for when in ("start", "end"))]
                for name in words.BEFORE_AND_AFTER
            ],
        ),
        issues=_issues(runs),
        groups=_groups(runs),
        open_issues=_open(runs),
        typical=_inside(typical_run(runs)),
        saved_as="" if source else _FILE_NAME,
        commands=list(_commands(runs, source, changes)),
        seed=runs.seed,
        first=runs.first,
        last=runs.first + len(runs) - 1,
        versions=_versions(),
        yaml=dump_yaml(scenario),
        sources=sources(scenario),
    )


def _cards(numbers: _Estimates) -> list[tuple[str, str]]:
    consensus, agreed, depth = numbers["consensus"], numbers["share_agreed"], numbers["depth"]
    some = words.some_runs(depth, consensus.observations)
    where = f" in the {some} that agree on something" if some else ""
    return [
        (
            words.percent(consensus.value),
            f"of {consensus.observations:,} runs reach consensus {words.interval_text(consensus, 'consensus')}",
        ),
        (
            words.percent(agreed.value),
            f"of the issues are agreed in a run {words.interval_text(agreed, 'share_agreed')}",
        ),
        (
            words.number_text(depth.value),
            f"is the depth of what is agreed{where}: {words.SCALE_OF_DEPTH}",
        ),
    ]


def _pictures(runs: Runs) -> dict[str, Picture]:
    named, every = {"all runs": runs}, {"all": runs}
    return {
        "outcomes": Picture(partial(plots.outcome_shares, named), plots.about_outcomes(every)),
        "minutes": Picture(partial(plots.minutes_spent, named), plots.about_minutes(every)),
        "blocked": Picture(partial(plots.who_blocked, runs), plots.about_who_blocked(runs)),
    }


def _outcomes(numbers: _Estimates) -> Grid:
    """Tabulate how often each outcome occurred; those that never did are left out, except consensus."""
    ends = [name for name in schema.OUTCOME_NAMES if numbers[name].value > 0.0 or name == "consensus"]
    rows = [[words.OUTCOME_LABELS[Outcome[name.upper()]], words.estimate_text(numbers[name], name)] for name in ends]
    return Grid(["how it ended", "share of runs"], rows)


def _measure_text(name: str, numbers: _Estimates) -> str:
    """Write a measure with its interval, and the number of runs to which it applies if not all."""
    estimate, text = numbers[name], words.estimate_text(numbers[name], name)
    if not estimate.observations:
        return "–"
    some = words.some_runs(estimate, numbers["consensus"].observations)
    return f"{text} in {some}" if some else text


def _issues(runs: Runs) -> Grid:
    """Tabulate what became of each issue: agreed, with a zone of agreement, and how often it was read."""
    shares = {"agreed": runs.by_issue("agreed").mean(axis=0), "zone at the end": runs.by_issue("zone_end").mean(axis=0)}
    readings = runs.by_issue("readings").mean(axis=0)
    rows = [
        [issue, *(words.percent(float(share[k])) for share in shares.values()), f"{readings[k]:.1f}"]
        for k, issue in enumerate(words.issue_names(runs.scenario))
    ]
    return Grid(["issue", *shares, "readings a run"], rows)


def _groups(runs: Runs) -> Grid:
    """Tabulate each group's part in blocking: how often its members did, and the zones that its red lines closed."""
    blocks = runs.results.blocks.sum(axis=2).mean(axis=0)
    alone, closed = (runs.by_group(name).mean(axis=0) for name in ("pivotal", "zones_closed"))
    rows = [
        [group, *(words.number_text(float(column[g])) for column in (blocks, alone, closed))]
        for g, group in enumerate(words.group_names(runs.scenario))
    ]
    return Grid(["group, a run", "blocks", "readings blocked alone", "zones closed by its red lines"], rows)


def _open(runs: Runs) -> Grid:
    """Tabulate why issues stayed open."""
    rows = [[why.meaning, words.estimate_text(estimate, "no_zone")] for why, estimate in open_issues(runs).items()]
    return Grid(["issues that stayed open, a run", ""], rows)


def _commands(runs: Runs, source: str, changes: Sequence[str]) -> Iterator[str]:
    """Yield the commands that give the report, the numbers and the typical run."""
    name = [source or _FILE_NAME, *(part for change in changes if source for part in words.change_option(change))]
    name += ["--rules", own.plugin.file] if (own := rules.own()) else []
    seed = ["--seed", str(runs.seed)]
    many = [*name, "--replications", str(len(runs)), *seed]
    yield join(["negsim", "report", *many])
    yield join(["negsim", "run", *many])
    yield join(["negsim", "transcript", *name, *seed, "--replication", str(typical_replication(runs))])


def report_of_study(results: StudyResults, look: FigureLook | None = None) -> str:
    """Report on a study as HTML. look: of the pictures, None for the one in force.

    Raises NegsimError for results from which a picture or a cell cannot be made.
    """
    rules.check_same(results.manifest["identifies"].get("own_rules"), results.folder)
    study, scenario, main = results.study, results.scenario, results.study.main
    versions_then = results.manifest.get("versions", {})
    behind = words.agendas_behind(results)
    cards = _study_cards(results)
    try:
        typical_runs = list(_typical_runs(results))
    except FailedError:
        typical_runs = None  # this machine or version does not give the numbers of the table
    usual = (*DEFAULT_MEASURES, *own_names(study))
    columns = [main, *(name for name in usual if name in results.measures and name != main)]
    return render(
        "study",
        study.title or f"A study of {scenario.title}",
        look=look,
        caveats=caveats(scenario),
        question=" ".join(study.question.split()),
        scenario_title=scenario.title,
        cells=words.counted(len(results.cells), "setting"),
        most_runs=words.counted(most_runs(results), "run"),
        all_runs=f"{len(results):,}",
        seed=study.seed,
        description=" ".join(scenario.description.split()),
        cards=cards,
        are_chosen=len(results.cells) > len(cards),
        factors=_factors(results),
        agendas=Grid(["level", "what the meetings do (share of floor time)"], list(behind.items())),
        changes=[f"{path} = {value}" for path, value in study.changes.items()],
        pictures=study_pictures(results).values(),
        measures=_table(results, {name: words.measure_name(name) for name in columns}),
        rules=_table(results, words.RULE_LABELS),
        typical_runs=typical_runs,
        setting=setting(scenario),
        commands=_STUDY_COMMANDS,
        versions=_versions(),
        swept_with=", ".join(f"{name} {version}" for name, version in versions_then.items()),
        study_yaml=to_yaml(study.resolved()),
        scenario_yaml=dump_yaml(scenario),
        sources=sources(scenario),
    )


def _study_cards(results: StudyResults) -> list[tuple[str, str]]:
    main, label = results.study.main, words.measure_name(results.study.main)
    line = cell_line(results, main)
    return [
        (_cell(main, line, cell), f"{which} {label}: {words.cell_name(results.cells[cell])}")
        for which, cell in _ends(results).items()
    ]


def _ends(results: StudyResults) -> dict[str, int]:
    """Return the cells in which the main measure is lowest and highest; none if it applies nowhere."""
    values = results.estimates(results.study.main)[:, 0]
    cells = np.flatnonzero(~np.isnan(values))
    if not len(cells):
        return {}
    low, high = (int(cells[place(values[cells])]) for place in (np.argmin, np.argmax))
    return {"lowest": low, "highest": high} if low != high else {"the only": low}


def _cell(measure: str, line: LevelLine, cell: int) -> str:
    return "–" if np.isnan(line.value[cell]) else words.estimate_text(line.at(cell), measure)


def _factors(results: StudyResults) -> Grid:
    rows = []
    for factor in results.factors:
        levels = [words.level_name(factor.name, value) for value in factor.values]
        between = f"{levels[0]} to {levels[-1]}, sampled" if factor.span else ", ".join(levels[:_MOST_LEVELS])
        rest = f" and {len(levels) - _MOST_LEVELS} more" if len(levels) > _MOST_LEVELS and not factor.span else ""
        rows.append([factor_name(factor.name), factor.name, between + rest])
    return Grid(["factor", "as the study writes it", "levels"], rows)


def _table(results: StudyResults, measures: dict[str, str]) -> Grid:
    """Tabulate measures with intervals, a row a cell. measures: their labels."""
    lines = {measure: cell_line(results, measure) for measure in measures}
    names = words.cell_names(results.cells)[:_MOST_CELLS]
    rows = [[name, *(_cell(m, line, cell) for m, line in lines.items())] for cell, name in enumerate(names)]
    left = len(results.cells) - len(names)
    remark = f"{words.counted(left, 'cell')} more; `negsim study cells {_FOLDER}` prints all." if left else ""
    return Grid(["cell", *measures.values()], rows, remark)


def _typical_runs(results: StudyResults) -> Iterator[dict[str, object]]:
    """Yield a typical run of the cells with the lowest and the highest of the main measure, as `run_again` makes it."""
    name = words.measure_name(results.study.main)
    ends = {} if results.given_policies else _ends(results)
    for which, cell in ends.items():
        rows = results.sql("SELECT * FROM runs WHERE cell = ? ORDER BY replication", [cell])
        usual = rows[rows["outcome"] == rows["outcome"].mode()[0]]  # of which the first is run again
        one = run_again(results, {str(name): column.iloc[0] for name, column in usual.items()})
        inside = _inside(one, ["paragraphs"])
        heading = "A typical run" if which == "the only" else f"A typical run where the {name} is {which}"
        yield {"heading": heading, "cell": words.cell_name(results.cells[cell]), **inside}


def _inside(run: TypicalRun, pictures: Sequence[str] = _RUN_SHOWN) -> dict[str, object]:
    """Return a run from inside, as the templates show it. pictures: names of those over the clock."""
    seen = run.scenario, run.trace
    verdict, *items = reasons(*seen)
    text = transcript(*seen)
    return {
        "replication": run.replication,
        "outcome": words.OUTCOME_LABELS[run.outcome],
        "pictures": list(pictures_of(*seen).only(*pictures).values()),
        "verdict": verdict,
        "reasons": items,
        "extract": _extract(text),
        "transcript": text,
    }


def _extract(minutes: str) -> str:
    """Return the last day with a reading, or else the last day; the middle of a long day is left out and counted."""
    days = re.findall(r"^### .*?(?=^##|\Z)", minutes, flags=re.MULTILINE | re.DOTALL)
    day = next((day for day in reversed(days) if "Reading 1 of" in day), days[-1])
    heading, *items = re.split(r"\n(?=- )", day.strip())
    left = len(items) - _MOST_ITEMS
    if left > 0:
        half = _MOST_ITEMS // 2
        items = [*items[:half], f"- … {words.counted(left, 'item')} left out …", *items[-half:]]
    return "\n".join([heading, *items])


def _versions() -> str:
    numbers = {"negsim": __version__, "Python": platform.python_version(), "numpy": np.__version__}
    return ", ".join(f"{name} {version}" for name, version in numbers.items())
