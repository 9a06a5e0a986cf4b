"""The account of many runs of one scenario: how it ended, what was agreed, what blocked, and why.

- Plain text without colour, of at most 80 columns unless the terminal has more; every number has its interval, or says
  what it counts.
"""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from negsim.cast.units import HOUR
from negsim.negotiation.tables import Outcome
from negsim.report import words
from negsim.report.uncertain import distributions, sizes
from negsim.report.words import value_and_interval
from negsim.study.estimates import Estimate
from negsim.study.runner import Runs, estimates, open_issues
from negsim.study.schema import OUTCOME_NAMES as ENDS

if TYPE_CHECKING:
    from negsim.cases import CodedCase

_WIDTH = 80
_NAME = 34  # letters of the first column
_LABEL = 40  # letters of the longest label of a measure
_NUMBER, _INTERVAL = 6, 14  # letters of a number and of its interval
_BAR = 20  # letters of a full bar
_NOTES_ON_ZONES = (
    "zone: some text would pass if everybody had conceded all they ever would",
    "passable: some text would have passed at that moment, as things stood",
    "false convergence: a zone was seen that did not exist",
)

_Estimates = dict[str, Estimate]
_Rows = Iterator[Sequence[str]]


def summary(runs: Runs, *, changes: Sequence[str] = (), width: int = _WIDTH) -> str:
    """Write the account that `negsim run` prints.

    runs: R runs of one scenario. changes: the `--set` changes that made it, to be named. width: columns, 80 at least;
    if there are more, names are cut less.
    """
    numbers, issues = estimates(runs), len(runs.scenario.issues)
    hours = runs.results.minutes.mean(axis=0).sum() / HOUR
    parts = [
        "\n".join(_heading(runs, changes)),
        _part("HOW IT ENDED", _ends(numbers)),
        _part("WHAT WAS AGREED", _agreed(runs, numbers), notes=_notes_on_the_agreed(runs), letters=_LABEL),
        _what_blocked(runs, numbers, max(0, width - _WIDTH)),
        _part(
            f"WHY ISSUES STAYED OPEN (of {words.counted(issues, 'issue')} a run)",
            _why_open(runs, numbers),
            notes=_NOTES_ON_ZONES,
            letters=_LABEL,
        ),
        _part(f"WHERE THE TIME WENT ({hours:.1f} hours of floor time a run)", _time(runs)),
        _part("TRUST AND DISTANCE (0 to 1)", _people(numbers), numbers=3),
        *_own(runs, numbers),
        _part(
            "UNDER OTHER RULES, the same objections would have let every issue pass",
            _rules(numbers),
            notes=_stricter(numbers),
        ),
        *_renewal(numbers),
    ]
    return "\n\n".join(parts) + "\n"


def as_data(runs: Runs, name: str) -> dict[str, object]:
    """Return outcomes and measures with their intervals, as plain data; None for what is infinite or does not apply.

    `outcomes`: every outcome by name to share, low, high (Wilson). `measures`: every measure but the outcome to mean,
    low, high (Student; Wilson for shares of runs).
    """
    numbers = estimates(runs)
    return {
        "scenario": name,
        "seed": runs.seed,
        "replications": len(runs),
        "outcomes": {key: _plain("share", numbers[key]) for key in numbers if key in ENDS},
        "measures": {key: _plain("mean", numbers[key]) for key in numbers if key not in ENDS},
    }


def as_json(runs: Runs, name: str) -> str:
    """Return `as_data` as one JSON object."""
    return json.dumps(as_data(runs, name), indent=2, allow_nan=False, ensure_ascii=False)


def _plain(name: str, estimate: Estimate) -> dict[str, float | None]:
    """Return an estimate and its interval for JSON, which has neither NaN nor infinity.

    >>> _plain("mean", Estimate(math.inf, math.nan, 0.5, 20))
    {'mean': None, 'low': None, 'high': 0.5}
    """
    parts = {name: estimate.value, "low": estimate.low, "high": estimate.high}
    return {key: value if math.isfinite(value) else None for key, value in parts.items()}


def _part(heading: str, rows: _Rows, *, numbers: int = 1, notes: Iterable[str] = (), letters: int = _NAME - 2) -> str:
    """Write a heading with its table, and notes below it.

    numbers: the number of columns that hold a number alone. letters: of a name at most.
    """
    cells = [[f"  {words.shortened(name, letters)}", *rest] for name, *rest in rows]
    least = (_NAME, *[_NUMBER] * numbers, _INTERVAL if numbers == 1 else 0)
    return "\n".join(
        [heading, *words.columns(cells, right=range(1, numbers + 1), least=least), *(f"  {n}" for n in notes)]
    )


def _bar(share: float) -> str:
    return "█" * round(share * _BAR)


def _heading(runs: Runs, changes: Sequence[str]) -> Iterator[str]:
    """Yield which scenario, who sits in it, how long it lasts, and how often it was run."""
    scenario = runs.scenario
    yield from textwrap.wrap(scenario.title, _WIDTH)
    size = sizes(scenario)
    yield f"{size.delegates} in {size.groups}, {size.issues}, {size.meetings} of {size.days} in all"
    yield f"{words.counted(len(runs), 'replication')}, seed {runs.seed}; intervals are at 95 %"
    for change in changes:
        yield f"changed: {change}"
    if held := words.policies_in(scenario, runs.policies):
        yield from textwrap.wrap(f"policies hold: {', '.join(held)}", _WIDTH)
    if keys := distributions(scenario):
        yield from textwrap.wrap(f"drawn anew for every replication: {', '.join(keys)}", _WIDTH)


def _ends(numbers: _Estimates) -> _Rows:
    """Yield how the runs ended; outcomes that never happened are left out, except consensus."""
    shares = {name: numbers[name] for name in ENDS if numbers[name].value > 0.0 or name == "consensus"}
    for name, share in sorted(shares.items(), key=lambda item: -item[1].value):
        yield words.OUTCOME_LABELS[Outcome[name.upper()]], *value_and_interval(share, name), _bar(share.value)


def _measures(numbers: _Estimates, notes: Mapping[str, str]) -> _Rows:
    """Yield measures by their usual labels, each with its note."""
    for name, note in notes.items():
        yield words.measure_name(name), *value_and_interval(numbers[name], name), note


def _agreed(runs: Runs, numbers: _Estimates) -> _Rows:
    """List how much was agreed, how deep it is, and how many stood in the way."""
    some = words.some_runs(numbers["depth"], len(runs))
    notes = {
        "share_agreed": f"of {len(runs.scenario.issues)}",
        "share_dissent": "",
        "depth": some,
        "depth_overall": "",
        "blocking_number": "delegates",
    }
    if numbers["share_dissent"].value == 0.0:
        del notes["share_dissent"]
    if not some:
        del notes["depth_overall"]
    return _measures(numbers, notes)


def _notes_on_the_agreed(runs: Runs) -> Iterator[str]:
    yield f"depth: {words.SCALE_OF_DEPTH}"
    is_unread = (runs.by_issue("readings") == 0.0).any()
    unread = "; a text never read counts as vetoed by all" if is_unread else ""
    yield f"blocking number: vetoes to overrule{unread}"


def _what_blocked(runs: Runs, numbers: _Estimates, spare: int) -> str:
    """Tabulate what blocked each issue. spare: columns beyond the usual, half of them for the names of issues."""
    letters = _NAME - 2 + spare // 2
    longest = min(letters, max(map(len, words.issue_names(runs.scenario))))
    shares = {"agreed": "agreed", "zone": "zone_end"}
    columns = {name: list(map(words.percent, runs.by_issue(of).mean(axis=0))) for name, of in shares.items()}
    columns["fewest"] = _fewest_blockers(runs)
    rows = _blocked(runs, columns, _WIDTH + spare - max(_NAME, longest + 2) - len(columns) * (_NUMBER + 2) - 2)
    notes = _notes_on_blocks(runs, numbers)
    return _part("WHAT BLOCKED", rows, numbers=len(columns), notes=notes, letters=letters)


def _blocked(runs: Runs, columns: Mapping[str, Sequence[str]], letters: int) -> _Rows:
    """Yield the numbers of each issue, and who blocked it most. letters: of the blockers' names."""
    yield "", *columns, "most blocks by"
    for k, issue in enumerate(words.issue_names(runs.scenario)):
        yield issue, *(column[k] for column in columns.values()), words.shortened(_most_blocks(runs, k), letters)


def _notes_on_blocks(runs: Runs, numbers: _Estimates) -> Iterator[str]:
    alone = float(runs.by_group("pivotal").sum(axis=1).mean())
    yield "zone: full concession would close it; fewest: blockers at the best reading"
    yield f"readings a run: {numbers['readings'].value:.0f}; blocked by one delegate alone: {alone:.1f}"
    yield words.shortened(f"zones closed by red lines, a run: {_zones_closed(runs)}", _WIDTH - 2)


def _fewest_blockers(runs: Runs) -> list[str]:
    """Average the blockers at the best reading of each issue over the runs that read it."""
    fewest, was_read = runs.by_issue("fewest_blockers"), runs.by_issue("readings") > 0.0
    read = [fewest[was_read[:, k], k] for k in range(fewest.shape[1])]
    return [f"{column.mean():.1f}" if len(column) else "unread" for column in read]


def _most_blocks(runs: Runs, k: int) -> str:
    """Name the group whose members blocked an issue most, and its share of all blocks."""
    blocks = runs.results.blocks[:, :, k].sum(axis=0)
    if not blocks.any():
        return "no one"
    most = int(np.argmax(blocks))
    return f"{words.percent(float(blocks[most] / blocks.sum()))} {words.group_names(runs.scenario)[most]}"


def _zones_closed(runs: Runs) -> str:
    """Name the groups whose red lines left issues without a zone of agreement at the end, most often first."""
    closed = runs.by_group("zones_closed").mean(axis=0)
    names = words.group_names(runs.scenario)
    who = [f"{words.number_text(float(closed[g]))} {names[g]}" for g in np.argsort(-closed, kind="stable") if closed[g]]
    return words.listed(who) if who else "none"


def _why_open(runs: Runs, numbers: _Estimates) -> _Rows:
    """Yield whether full concession would have closed the issues, and what their readings could have agreed."""
    if numbers["share_agreed"].value == 1.0:
        yield ("none did",)
    else:
        yield from _measures(numbers, {"closable_issues": "issues", "no_zone": "issues"})
        for why, estimate in open_issues(runs).items():
            yield why.meaning, *value_and_interval(estimate, "no_zone"), "issues"
    if numbers["passable_readings"].observations:
        some = words.some_runs(numbers["passable_readings"], len(runs))
        yield from _measures(numbers, {"passable_readings": some})
    yield from _measures(numbers, {"false_convergence": "issues", "zone_start": "", "zone_end": ""})


def _time(runs: Runs) -> _Rows:
    minutes = runs.results.minutes.mean(axis=0)
    for name, spent in sorted(words.by_format(runs.scenario, minutes).items(), key=lambda item: -item[1]):
        if spent > 0.0:
            share = spent / float(minutes.sum())
            yield (
                words.format_name(name, runs.scenario.session_formats),
                words.percent(share),
                f"{spent / HOUR:.1f} h",
                _bar(share),
            )


def _people(numbers: _Estimates) -> _Rows:
    yield "", "before", "after", "change"
    for measure in words.BEFORE_AND_AFTER:
        before, after = (numbers[f"{measure}_{when}"].value for when in ("start", "end"))
        yield words.measure_name(measure), *map(words.number_text, (before, after)), words.signed(after - before)


def _rules(numbers: _Estimates) -> _Rows:
    for measure, name in words.RULE_LABELS.items():
        yield name, *value_and_interval(numbers[measure], measure), _bar(numbers[measure].value)


def _stricter(numbers: _Estimates) -> Iterator[str]:
    """Explain how a rule of shares can pass less often than one that a single block stops."""
    strictest, *others = (numbers[measure].value for measure in words.RULE_LABELS)
    if min(others, default=strictest) < strictest:
        yield "a share counts whoever says no, also those who may not block"


def _own(runs: Runs, numbers: _Estimates) -> Iterator[str]:
    """Yield the part with the measures that the model does not have, if there are any."""
    if own := runs.own_measures:
        yield _part("MEASURES OF YOUR OWN", _measures(numbers, {name: each.unit for name, each in own.items()}))


def _renewal(numbers: _Estimates) -> Iterator[str]:
    support = numbers["renewal_support"]
    if support.observations:
        runs = f"in {words.counted(support.observations, 'run')} without consensus"
        yield f"{words.percent(support.value)} of delegates, {runs}, want the mandate renewed"


def forecast_rows(case: CodedCase, runs: Runs) -> list[tuple[str, float, float]]:
    """Forecast the end of a coded case from its runs: for each category its outcomes, the share pooled, and raw."""
    from negsim.cases import builtin_cases, load_case  # noqa: PLC0415 - most scenarios are no cases
    from negsim.study.validation import CATEGORY_OF, forecast  # noqa: PLC0415 - loads scipy

    raw, pooled = forecast(case, runs.column("outcome"), [load_case(name) for name in builtin_cases()])
    return [
        (
            ", ".join(words.OUTCOME_LABELS[outcome] for outcome, its in CATEGORY_OF.items() if its == category),
            float(pooled[category]),
            float(raw[category]),
        )
        for category in dict.fromkeys(CATEGORY_OF.values())
    ]


def forecast_text(case: CodedCase, runs: Runs) -> str:
    """Write the forecast from the runs of a coded case that `negsim run` prints below them: pooled, and raw."""
    from negsim.study.validation import USUAL_WEIGHT  # noqa: PLC0415 - loads scipy

    rows = [[f"  {ends}", words.percent(pooled), words.percent(raw)] for ends, pooled, raw in forecast_rows(case, runs)]
    lines = words.columns([["", "pooled", "raw"], *rows], right={1, 2}, least=(_NAME,))
    heading = "FORECAST, pooled with the base rate, because a simulator alone is overconfident"
    note = f"  {words.percent(USUAL_WEIGHT)} of its weight is how the built-in cases of other families ended"
    return "\n".join([heading, *lines, note]) + "\n"
