"""The registry of measures: what a run reports, the meaning of each number, and the kernels that fill the tables.

A measure is one annotated line of a record below: its type, its label, its kind, its unit, its range, its definition.
The order of the lines is the order of the columns. Tables, axes, captions, pages, the studio, ODD and docs/measures.md
read these lines; a new measure is one of them and the line of a kernel that writes it.

Tables have a row a run (`_RunRow`), a run and issue (`_IssueRow`), a run and group (`_GroupRow`), a run and delegate
(`DelegateResultRow`), a run and moment (`SeriesRow`). Every column is a float, so that a table is also a matrix of
numbers (`matrix`). NaN means "does not apply".
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np

from negsim.elementary import log, power
from negsim.kernel import allocating, entry, kernel, sample
from negsim.negotiation.acceptance import count_present, zone_exists
from negsim.negotiation.beliefs import distances
from negsim.negotiation.closing import text_value
from negsim.negotiation.sorting import sort
from negsim.negotiation.tables import (
    Case,
    CrossTable,
    Field,
    Floats,
    Outcome,
    Record,
    State,
    Status,
    Table,
    WhyOpen,
    blank,
    fields,
    is_closed,
    open_paragraphs,
    record_type,
)
from negsim.negotiation.trust import trust_levels

ROUGH_SHARE = 0.75  # for `would_rough_consensus` (Diamond et al. 2014)
TOLERATED_BLOCKS = 1  # for `would_consensus_minus_1`
_ALPHA = 1.3  # of Esteban & Ray, the middle of its range
_LN_2 = log(2.0)
_CATEGORIES = 7  # in which positions are counted
_SHORTEST_REACH = 0.05  # of the scale: least distance from the status quo that ambition is measured by

_Kind = Literal["code", "flag", "share", "level", "count", "time", "number"]


@dataclass(frozen=True, kw_only=True)
class Measure(Field):
    """The meaning of a column of a table of results.

    kind: `flag`: 1 or 0 for a run, so that its mean is a share of the runs; `share`: 0..1 of issues or people, shown in
    per cent; `level`: a place on a scale of the model; `count`: a whole number; `time`: minutes, shown in hours;
    `number`: any other; `code`: the number of one of its `codes`. low, high: the ends of its scale. short: its name
    under a heading that says the rest. default: whether commands show it unless asked for others.
    """

    label: str
    kind: _Kind
    low: float = 0.0
    high: float = math.inf
    short: str = ""
    default: bool = False
    name: str = ""  # of the column

    @property
    def definition(self) -> str:
        """The definition, with its formula and source."""
        return self.meaning

    @property
    def is_whole(self) -> bool:
        """True if it is a whole number in every run, and stored as one."""
        return self.kind in {"flag", "count"}


def _measure(kind: _Kind, label: str, meaning: str, unit: str = "", **more: Any) -> Any:  # noqa: ANN401 - a column
    """Declare one column: a kind with two ends has them at 0 and 1 unless stated otherwise."""
    if kind in {"flag", "share", "level"}:
        more = {"high": 1.0} | more
    return Measure(kind=kind, label=label, meaning=meaning, unit=unit or ("minutes" if kind == "time" else ""), **more)


def _would(short: str, meaning: str) -> Any:  # noqa: ANN401 - a column
    text = f"1 if the same objections would have met this rule: {meaning}; else 0"
    return _measure("flag", f"share of runs that would pass under {short}", text, short=short)


class _RunRow(Record):
    """One run."""

    outcome: float = _measure("code", "outcome", "how the run ended", high=float(max(Outcome)), codes=Outcome)
    share_agreed: float = _measure(
        "share",
        "share of issues agreed",
        "share of all issues that were closed, ad referendum or with dissent recorded",
        default=True,
    )
    share_dissent: float = _measure(
        "share", "share of issues with dissent recorded", "share of all issues that were closed with dissent recorded"
    )
    depth: float = _measure(
        "level",
        "depth of what was agreed",
        "mean of ambition x precision over the agreed paragraphs, x the share of issues agreed; NaN if none is agreed",
        default=True,
    )
    depth_overall: float = _measure(
        "level",
        "depth (0 where nothing was agreed)",
        "depth, counted as 0 in a run that agreed on nothing, so that its mean is over all runs",
    )
    ambition: float = _measure(
        "level",
        "ambition of what was agreed",
        "mean over the agreed paragraphs of min(1, |text - status quo| / max(|mean first position - status quo|, .05))",
    )
    precision: float = _measure(
        "level", "precision of what was agreed", "mean over the agreed paragraphs of how much the text pins down"
    )
    blocking_number: float = _measure(
        "count",
        "blocking number",
        "the smallest k for which consensus minus k would have succeeded: the most, over paragraphs, of the fewest who"
        " blocked at a reading, recorded dissent included; all delegates where a paragraph was never read",
        "delegates",
        default=True,
    )
    worst_shortfall: float = _measure(
        "number",
        "worst shortfall",
        "the largest shortfall of any delegate over the paragraphs at their last reading, not counting crossed red"
        " lines; NaN if none was read",
        "value units",
        low=-math.inf,
    )
    readings: float = _measure("count", "readings", "readings of paragraphs", "readings")
    first_text: float = _measure(
        "share",
        "share of the clock gone before there was text",
        "share of the last mandate's floor time gone when half of the issues or more had text for the first time,"
        " whoever wrote it; 1 if they never had",
    )
    reversals: float = _measure(
        "share",
        "share of changes of text that turn back",
        "changes of direction / changes, over all issues: a change is a text that has moved from one reading to the"
        " next, a change of direction one that goes against the change before; a new draft begins anew. NaN where no"
        " text changed",
    )
    closable_issues: float = _measure(
        "count",
        "issues that full concession would close",
        "issues left open on which a zone of agreement existed at the end: some text would pass had everybody conceded"
        " all they ever would",
        "issues",
        default=True,
    )
    no_zone: float = _measure(
        "count",
        "issues without a zone of agreement",
        "issues left open on which no zone of agreement existed at the end",
        "issues",
    )
    passable_readings: float = _measure(
        "share",
        "failed readings with a passable text",
        "share of all failed readings of a paragraph at which some other text would have passed at that moment: one of"
        " 51 texts, with the pen, the precision and the pressure of the reading [5.9]. Discussions of proposals and"
        " readings of packages do not count; NaN if no reading failed",
    )
    false_convergence: float = _measure(
        "count",
        "issues with false convergence",
        "issues on which an overlap was noticed while no zone of agreement existed",
        "issues",
    )
    zone_start: float = _measure(
        "share",
        "share of issues with a zone at the start",
        "share of all issues on which a zone of agreement existed at the start: some text would pass had everybody"
        " conceded all they ever would",
    )
    zone_end: float = _measure(
        "share",
        "share of issues with a zone at the end",
        "share of all issues on which a zone of agreement existed at the end",
    )
    minutes: float = _measure("time", "floor time used", "floor time until the process ended")
    statement_minutes: float = _measure(
        "time",
        "floor time lost to statements",
        "floor time that statements took: every turn to speak from the floor, whatever the format. Proposals that are"
        " tabled, drafts and what is argued at a reading do not count",
    )
    last_closed: float = _measure(
        "time",
        "last issue closed",
        "floor time at which the last issue was closed; NaN if some never were",
    )
    satisfaction: float = _measure(
        "level",
        "satisfaction with the result",
        "mean over delegates of max(0, sum over issues of salience x (1 - loss / weight)), with the loss [5.5] of the"
        " adopted text or, where none was adopted, of the status quo. Only the distance and the vagueness of the text"
        " count: the goodwill, trust and hope with which people accept it do not, so whoever accepts for goodwill may"
        " score below the status quo",
        default=True,
    )
    satisfaction_inequality: float = _measure(
        "level", "inequality of satisfaction", "Gini coefficient of satisfaction over delegates: 0 all alike"
    )
    satisfaction_gap: float = _measure(
        "level",
        "gap in satisfaction between groups",
        "mean satisfaction of the best-off group less that of the worst-off",
    )
    concession: float = _measure(
        "level", "distance conceded", "mean over delegates and issues of |position - first position|"
    )
    spread: float = _measure(
        "level", "spread of positions", "standard deviation of positions at the end, mean over issues", high=0.5
    )
    consensus_tastle_wierman: float = _measure(
        "level",
        "consensus of positions (Tastle-Wierman)",
        "1 + sum p log2(1 - |X - mean| / width) over seven categories, mean over issues: 1 all alike, 0 half at either"
        " end (Tastle & Wierman 2007, doi 10.1016/j.ijar.2006.06.024)",
    )
    agreement_van_der_eijk: float = _measure(
        "level",
        "agreement of positions (van der Eijk)",
        "agreement A over seven categories, mean over issues: 1 all alike, 0 evenly spread, -1 half at either end"
        " (van der Eijk 2001, doi 10.1023/A:1010374114305)",
        low=-1.0,
    )
    polarisation_esteban_ray: float = _measure(
        "number",
        "polarisation of positions (Esteban-Ray)",
        "2^(1 + a) sum p_i^(1 + a) p_j |y_i - y_j| over seven categories with a = 1.3, mean over issues (Esteban & Ray"
        " 1994, doi 10.2307/2951734)",
    )
    perceived_distance_start: float = _measure(
        "level",
        "perceived distance across groups at the start",
        "mean |own position - believed position| over pairs of different groups at the start",
    )
    perceived_distance_end: float = _measure(
        "level",
        "perceived distance across groups at the end",
        "mean |own position - believed position| over pairs of different groups at the end",
    )
    real_distance_start: float = _measure(
        "level",
        "real distance across groups at the start",
        "mean |own position - position| over pairs of different groups at the start",
    )
    real_distance_end: float = _measure(
        "level",
        "real distance across groups at the end",
        "mean |own position - position| over pairs of different groups at the end",
    )
    trust_within_start: float = _measure(
        "level", "trust within groups at the start", "mean trust between delegates of one group at the start"
    )
    trust_within_end: float = _measure(
        "level", "trust within groups at the end", "mean trust between delegates of one group at the end"
    )
    trust_across_start: float = _measure(
        "level", "trust across groups at the start", "mean trust between delegates of different groups at the start"
    )
    trust_across_end: float = _measure(
        "level",
        "trust across groups at the end",
        "mean trust between delegates of different groups at the end",
        default=True,
    )
    trust_chair_start: float = _measure(
        "level", "trust in the chair at the start", "mean trust in the chair at the start"
    )
    trust_chair_end: float = _measure("level", "trust in the chair at the end", "mean trust in the chair at the end")
    renewal_support: float = _measure(
        "share",
        "share of delegates for a renewed mandate",
        "those present who ask for another mandate at the end; NaN where they were not asked",
    )
    renewals: float = _measure("count", "mandates renewed", "mandates renewed", "mandates")
    proposals_tabled: float = _measure("count", "proposals tabled", "proposals tabled", "proposals")
    proposals_discussed: float = _measure(
        "count", "discussions of proposals", "slots in which a proposal was discussed", "slots"
    )
    trials: float = _measure("count", "sponsors put on trial", "slots in which a sponsor was put on trial", "slots")
    delegates_left: float = _measure("count", "delegates who walked out", "delegates who walked out", "delegates")
    parked_paragraphs: float = _measure(
        "count", "paragraphs parked", "paragraphs that were at some time parked until the next day", "paragraphs"
    )
    climate: float = _measure(
        "number",
        "political climate",
        "what the climate of the run adds to every shortfall",
        "value units",
        low=-math.inf,
    )
    would_no_formal_objection: float = _would(
        "no formal objection", "at some reading of every paragraph nobody blocked"
    )
    would_rough_consensus: float = _would(
        f"rough consensus ({100 * ROUGH_SHARE:.0f} %)",
        f"at some reading of every paragraph {100 * ROUGH_SHARE:.0f} % of those present had no objection",
    )
    would_consensus_minus_1: float = _would(
        "consensus minus one", "at some reading of every paragraph at most one delegate blocked"
    )
    would_majority_per_group: float = _would(
        "a majority of every group",
        "at some reading of every paragraph more than half of each group accepted",
    )


class _IssueRow(Record):
    """One issue of a run."""

    agreed: float = _measure("flag", "agreed", "1 if the paragraph was closed, with or without dissent, else 0")
    closed_at: float = _measure("time", "closed at", "floor time at which it was closed; NaN where it never was")
    readings: float = _measure("count", "readings", "readings of the paragraph", "readings")
    first_text: float = _measure(
        "time", "first text", "floor time at which it first had text, in the last mandate; NaN where it never had"
    )
    reversals: float = _measure(
        "share",
        "share of changes of text that turn back",
        "changes of direction / changes from one reading to the next; a new draft begins anew. NaN where it never"
        " changed",
    )
    fewest_blockers: float = _measure(
        "number",
        "fewest blockers",
        "fewest who blocked at a reading, recorded dissent included; all delegates where it was never read",
        "delegates",
    )
    shortfall: float = _measure(
        "number",
        "worst shortfall",
        "the largest shortfall of any delegate at the last reading, not counting crossed red lines; NaN if never read",
        "value units",
        low=-math.inf,
    )
    zone_start: float = _measure("share", "zone at the start", "1 if a zone of agreement existed at the start, else 0")
    zone_end: float = _measure("share", "zone at the end", "1 if a zone of agreement existed at the end, else 0")
    why_open: float = _measure(
        "code",
        "why it stayed open",
        f"{'; '.join(f'{code.value} {code.meaning}' for code in WhyOpen)}; NaN where it was agreed",
        high=float(max(WhyOpen)),
        codes=WhyOpen,
    )
    text: float = _measure("level", "text", "where the text stands at the end; NaN where there is none")


class _GroupRow(Record):
    """One group of a run."""

    satisfaction: float = _measure(
        "level", "satisfaction with the result", "mean over its members of what the result is worth to them"
    )
    concession: float = _measure(
        "level", "distance conceded", "mean over its members and issues of |position - first position|"
    )
    wording: float = _measure(
        "number",
        "issues with its wording",
        "agreed paragraphs whose text is nearest to the mean first position of this group",
        "issues",
    )
    pivotal: float = _measure(
        "number", "readings blocked alone", "readings at which one of its members alone blocked", "readings"
    )
    zones_closed: float = _measure(
        "number",
        "zones closed by its red lines",
        "issues without a zone of agreement at the end that would have one without the red lines of its members",
        "issues",
    )
    trust_received: float = _measure(
        "level", "trust received from others", "mean trust that delegates of other groups have in its members"
    )
    left: float = _measure("count", "delegates who walked out", "members who walked out", "delegates")


class DelegateResultRow(Record):
    """One delegate of a run."""

    blocks: float = _measure("count", "blocks", "readings at which the delegate blocked, over all issues", "readings")
    pivotal: float = _measure(
        "count", "readings blocked alone", "readings at which nobody but the delegate blocked", "readings"
    )


class SeriesRow(Record):
    """A moment of a run, after the first turn that brings the clock to its minute."""

    share_agreed: float = _measure("share", "share of issues agreed", "share of all issues that are closed so far")
    brackets: float = _measure("count", "brackets standing", "delegates who block now, summed over issues", "brackets")
    readings: float = _measure("count", "readings", "readings of paragraphs so far", "readings")
    proposals_tabled: float = _measure("count", "proposals tabled", "proposals tabled so far", "proposals")
    trust_within: float = _measure("level", "trust within groups", "mean trust between delegates of one group")
    trust_across: float = _measure("level", "trust across groups", "mean trust between delegates of different groups")
    trust_chair: float = _measure("level", "trust in the chair", "mean trust in the chair")
    perceived_distance: float = _measure(
        "level",
        "perceived distance across groups",
        "mean |own position - believed position| over pairs of different groups",
    )
    real_distance: float = _measure(
        "level", "real distance across groups", "mean |own position - position| over pairs of different groups"
    )
    spread: float = _measure(
        "level", "spread of positions", "standard deviation of positions, mean over issues", high=0.5
    )


RUN_ROW, _ISSUE_ROW, _GROUP_ROW = map(record_type, (_RunRow, _IssueRow, _GroupRow))
DELEGATE_RESULT_ROW, SERIES_ROW = map(record_type, (DelegateResultRow, SeriesRow))


def _registered(row: type[Record]) -> dict[str, Measure]:
    """Return the measures that a record declares, each with its name, in the order of the columns."""
    declared = fields(row).items()
    return {name: replace(column, name=name) for name, column in declared if isinstance(column, Measure)}


def _ending(name: str, short: str, *, default: bool = False) -> Measure:
    """Declare the share of runs that end in an outcome."""
    text = f"1 if the run ended with {short}, else 0"
    return _measure("flag", f"share of runs with {short}", text, name=name, short=short, default=default)


OUTCOME_WORDS = {
    Outcome.RUNNING: "still running",
    Outcome.CONSENSUS: "consensus",
    Outcome.PARTIAL: "partial agreement",
    Outcome.CHAIR_REPORT: "chair's own report",
    Outcome.NONE: "no report",
    Outcome.WALKOUT: "walkout",
    Outcome.VOTE: "vote",
}
MEASURES = _registered(_RunRow)
ISSUE_MEASURES = _registered(_IssueRow)
GROUP_MEASURES = _registered(_GroupRow)
DELEGATE_MEASURES = _registered(DelegateResultRow)
SERIES = _registered(SeriesRow)
ENDINGS = {  # what studies make of the outcome: a flag for each way to end
    name: _ending(name, words, default=outcome == Outcome.CONSENSUS)
    for outcome, words in OUTCOME_WORDS.items()
    if (name := outcome.name.lower()) != "running"
}
OTHER_MEASURES = {  # columns of detailed tables that stand by themselves
    "blocks": _measure(
        "count",
        "blocks",
        "readings at which members of a group blocked an issue, summed over members",
        "readings",
        name="blocks",
    ),
    "minutes": _measure("time", "floor time used", "floor time spent in a format, or not used at all", name="minutes"),
}
DEFAULT_MEASURES = tuple(name for name, measure in {**ENDINGS, **MEASURES}.items() if measure.default)


def lookup(column: str) -> Measure:
    """Find the measure in a column of a table of runs or of a series: `depth`, `consensus`, `agreed.ISSUE`.

    Raises KeyError for a column without a measure.

    >>> lookup("agreed.outcomes").kind, lookup("blocks.business.outcomes").unit
    ('flag', 'readings')
    """
    name, dot, _ = column.partition(".")
    tables = (ISSUE_MEASURES, GROUP_MEASURES, OTHER_MEASURES) if dot else (ENDINGS, MEASURES, SERIES)
    for table in tables:
        if name in table:
            return table[name]
    raise KeyError(column)


def matrix(table: Any) -> Floats:  # noqa: ANN401 - a Table or a CrossTable of numbers
    """Return the numbers of a table without their names: the same memory, with the columns as the last axis."""
    numbers: Floats = np.asarray(table).view(np.float64)
    return numbers.reshape(*np.shape(table), len(table.dtype.names))


class Results(NamedTuple):
    """Tables over R replications; N delegates, G groups, K issues, F formats."""

    runs: Table[_RunRow]  # R
    issues: CrossTable[_IssueRow]  # R,K
    groups: CrossTable[_GroupRow]  # R,G
    delegates: CrossTable[DelegateResultRow]  # R,N
    blocks: Floats  # R,G,K; readings at which members of the group blocked, summed over members
    minutes: Floats  # R, F + 1; floor time by format, the last entry idle


def allocate_results(case: Case, replications: int) -> Results:
    """Allocate empty tables."""
    k, g, f = case.plan_issues.shape[1], case.group_size.shape[0], case.formats.shape[0]
    return Results(
        blank(replications, RUN_ROW),
        blank((replications, k), _ISSUE_ROW),
        blank((replications, g), _GROUP_ROW),
        blank((replications, case.seats.shape[0]), DELEGATE_RESULT_ROW),
        np.zeros((replications, g, k)),
        np.zeros((replications, f + 1)),
    )


sample(
    Results(
        blank(1, RUN_ROW),
        blank((1, 1), _ISSUE_ROW),
        blank((1, 1), _GROUP_ROW),
        blank((1, 1), DELEGATE_RESULT_ROW),
        np.zeros((1, 1, 1)),
        np.zeros((1, 1)),
    )
)


@kernel
def depth_of(case: Case, state: State) -> tuple[float, float, float]:
    """Compute depth, mean ambition and mean precision of the agreed paragraphs; NaN if there are none.

    ambition = min(1, |y - q| / max(|x-bar - q|, .05)) against the mean first position x-bar.
    """
    issues, n = state.paragraphs.shape[0], state.delegates.shape[0]
    ambition, precision, both, agreed = 0.0, 0.0, 0.0, 0
    for k in range(issues):
        if is_closed(state, k):
            mean = 0.0
            for i in range(n):
                mean += state.opinions[k, i].first_position / n
            quo = case.status_quo[k]
            reach = min(1.0, abs(state.paragraphs[k].text - quo) / max(abs(mean - quo), _SHORTEST_REACH))
            ambition += reach
            precision += state.paragraphs[k].precision
            both += reach * state.paragraphs[k].precision
            agreed += 1
    if agreed == 0:
        return math.nan, math.nan, math.nan
    return both / agreed * (agreed / issues), ambition / agreed, precision / agreed


@kernel
def blocking_number(state: State) -> int:
    """Find the smallest k for which consensus minus k would have succeeded; everybody if a paragraph was never read."""
    most = 0
    for k in range(state.paragraphs.shape[0]):
        most = max(most, state.paragraphs[k].fewest_blockers)
    return most


@allocating
def gini(values: Floats) -> float:
    """Compute the Gini coefficient of non-negative values: 0 if all are equal."""
    n = values.shape[0]
    ordered, total, weighted = np.empty(n), 0.0, 0.0
    for i in range(n):
        ordered[i] = values[i]
    sort(ordered, n)
    for rank in range(n):
        total += ordered[rank]
        weighted += (2 * (rank + 1) - n - 1) * ordered[rank]
    return weighted / (n * total) if total > 0.0 else 0.0


@kernel
def result_value(case: Case, state: State, i: int) -> float:
    """Value the result for i, 0..1: the text if it was adopted, the status quo if not; never below 0."""
    outcome = state.clock[0].outcome
    if outcome == Outcome.CONSENSUS or outcome == Outcome.PARTIAL or outcome == Outcome.VOTE:
        return max(0.0, text_value(case, state, i, outcome != Outcome.VOTE))
    value = 0.0
    for k in range(state.paragraphs.shape[0]):
        value += state.opinions[k, i].salience * (1.0 - abs(case.status_quo[k] - state.opinions[k, i].position))
    return value


@kernel
def _result_values(case: Case, state: State, out: Floats) -> None:
    """Write the value of the result to each delegate into `out` (N)."""
    for i in range(out.shape[0]):
        out[i] = result_value(case, state, i)


@kernel
def _measure_issues(case: Case, state: State, row: Table[_IssueRow]) -> int:
    """Fill the rows of one run by issue (K); return how many have a zone of agreement at the end."""
    zones = 0
    for k in range(state.paragraphs.shape[0]):
        zone = zone_exists(case, state, k)
        zones += 1 if zone else 0
        row[k].agreed = 1.0 if is_closed(state, k) else 0.0
        row[k].closed_at = state.paragraphs[k].closed_at
        row[k].readings = state.paragraphs[k].readings
        row[k].first_text = state.paragraphs[k].first_text
        row[k].reversals = share(state.paragraphs[k].reversals, state.paragraphs[k].changes)
        row[k].fewest_blockers = state.paragraphs[k].fewest_blockers
        row[k].shortfall = state.paragraphs[k].shortfall
        row[k].zone_start = 1.0 if state.paragraphs[k].zone_start else 0.0
        row[k].zone_end = 1.0 if zone else 0.0
        row[k].why_open = why_open(state, k)
        row[k].text = state.paragraphs[k].text
    return zones


@kernel
def why_open(state: State, k: int) -> float:
    """Return the `WhyOpen` of the paragraph on k; NaN if it was agreed."""
    paragraph = state.paragraphs[k]
    if is_closed(state, k):
        return math.nan
    if paragraph.readings == 0:
        return float(WhyOpen.NEVER_READ.value)
    if paragraph.failed == 0:
        return float(WhyOpen.NOT_ASKED.value)
    return float(WhyOpen.PASSABLE.value if paragraph.passable > 0 else WhyOpen.NEVER_PASSABLE.value)


@kernel
def share_passable(state: State) -> float:
    """Divide failed readings at which another text would have passed by failed readings; NaN if no reading failed."""
    passable, failed = 0, 0
    for k in range(state.paragraphs.shape[0]):
        passable += state.paragraphs[k].passable
        failed += state.paragraphs[k].failed
    return share(passable, failed)


@kernel
def share(part: int, whole: int) -> float:
    """Return a share; NaN of nothing."""
    return part / whole if whole > 0 else math.nan


@kernel
def _share_reversed(state: State) -> float:
    """Divide changes of direction by changes of text, all issues together; NaN if no text changed."""
    reversals, changes = 0, 0
    for k in range(state.paragraphs.shape[0]):
        reversals += state.paragraphs[k].reversals
        changes += state.paragraphs[k].changes
    return share(reversals, changes)


@allocating
def _share_before_text(case: Case, state: State) -> float:
    """Return the share of the mandate's floor time gone when half of the issues had text; 1 if they never had."""
    issues, row = state.paragraphs.shape[0], case.plan[state.clock[0].row]
    first, written = np.empty(issues), 0
    for k in range(issues):
        if not math.isnan(state.paragraphs[k].first_text):
            first[written] = state.paragraphs[k].first_text
            written += 1
    if 2 * written < issues or row.deadline <= row.mandate_start:
        return 1.0
    sort(first, written)
    return float((first[(issues - 1) // 2] - row.mandate_start) / (row.deadline - row.mandate_start))


@allocating
def _measure_red_lines(case: Case, state: State, by_issue: Table[_IssueRow], row: Table[_GroupRow]) -> None:
    """Count by group (G) the red lines that closed the zones empty at the end; the state is left unchanged."""
    n = state.delegates.shape[0]
    low, high = np.empty(n), np.empty(n)
    for k in range(state.paragraphs.shape[0]):
        if by_issue[k].zone_end == 0.0:
            for g in range(row.shape[0]):
                row[g].zones_closed += 1.0 if closes_zone(case, state, k, g, low, high) else 0.0


@kernel
def closes_zone(case: Case, state: State, k: int, g: int, low: Floats, high: Floats) -> bool:
    """Return whether k would have a zone of agreement without the red lines of group g; low, high: N, to save them."""
    has_lines = False
    for i in range(low.shape[0]):
        low[i], high[i] = state.opinions[k, i].red_low, state.opinions[k, i].red_high
        if case.seats[i].group == g and (low[i] > -math.inf or high[i] < math.inf):
            has_lines = True
            state.opinions[k, i].red_low, state.opinions[k, i].red_high = -math.inf, math.inf
    opened = has_lines and zone_exists(case, state, k)
    for i in range(low.shape[0]):
        state.opinions[k, i].red_low, state.opinions[k, i].red_high = low[i], high[i]
    return opened


@kernel
def _measure_groups(case: Case, state: State, satisfaction: Floats, row: Table[_GroupRow], blocks: Floats) -> None:
    """Fill the rows of one run by group (G), and its blocks (G,K)."""
    issues, n = state.opinions.shape
    for i in range(n):
        g = case.seats[i].group
        size = case.group_size[g]
        row[g].satisfaction += satisfaction[i] / size
        for k in range(issues):
            row[g].concession += abs(state.opinions[k, i].position - state.opinions[k, i].first_position) / (
                size * issues
            )
            blocks[g, k] += state.opinions[k, i].blocks
        row[g].pivotal += state.delegates[i].pivotal
        row[g].trust_received += state.delegates[i].trust_received / (max(1.0, state.delegates[i].out_count) * size)
        row[g].left += 0.0 if state.delegates[i].present else 1.0
    for k in range(issues):
        if is_closed(state, k):
            row[nearest_group(case, state, k)].wording += 1.0


@kernel
def _measure_delegates(state: State, row: Table[DelegateResultRow]) -> None:
    """Fill the rows of one run by delegate (N)."""
    for i in range(row.shape[0]):
        row[i].pivotal = state.delegates[i].pivotal
        for k in range(state.paragraphs.shape[0]):
            row[i].blocks += state.opinions[k, i].blocks


@allocating
def nearest_group(case: Case, state: State, k: int) -> int:
    """Return the group whose mean first position is nearest to the text on k: whose wording survived."""
    return _nearest(case, state, k, np.zeros(case.group_size.shape[0]))


@kernel
def _nearest(case: Case, state: State, k: int, means: Floats) -> int:
    """Find the nearest group; means: G, zeros."""
    for i in range(state.delegates.shape[0]):
        means[case.seats[i].group] += state.opinions[k, i].first_position / case.group_size[case.seats[i].group]
    nearest = 0
    for g in range(means.shape[0]):
        if abs(means[g] - state.paragraphs[k].text) < abs(means[nearest] - state.paragraphs[k].text):
            nearest = g
    return nearest


@entry
@allocating
def measure(case: Case, state: State, results: Results, r: int) -> None:
    """Fill row r of every table from a finished negotiation."""
    n = state.delegates.shape[0]
    zones = _measure_issues(case, state, results.issues[r])
    satisfaction = np.empty(n)
    _result_values(case, state, satisfaction)
    _measure_groups(case, state, satisfaction, results.groups[r], results.blocks[r])
    _measure_red_lines(case, state, results.issues[r], results.groups[r])
    _measure_delegates(state, results.delegates[r])
    for form in range(state.minutes.shape[0]):
        results.minutes[r, form] = state.minutes[form]
    row = results.runs[r]
    _measure_agreement(case, state, zones, results.issues[r], row)
    best, worst = -math.inf, math.inf
    for g in range(results.groups.shape[1]):
        best, worst = max(best, results.groups[r, g].satisfaction), min(worst, results.groups[r, g].satisfaction)
    row.satisfaction, row.satisfaction_inequality = mean_of(satisfaction), gini(satisfaction)
    row.satisfaction_gap = best - worst
    _measure_people(state, row)
    measure_rules(state, row)


@kernel
def mean_of(values: Floats) -> float:
    """Compute the mean, added up in order."""
    total = 0.0
    for i in range(values.shape[0]):
        total += values[i]
    return total / max(1, values.shape[0])


@kernel
def _measure_agreement(case: Case, state: State, zones: int, by_issue: Table[_IssueRow], row: _RunRow) -> None:
    """Measure what was agreed, how deep it is, what could have been agreed, and when."""
    issues, missing = state.paragraphs.shape[0], open_paragraphs(state)
    dissent, closable, false, starts, worst, last = 0, 0, 0, 0, -math.inf, 0.0
    for k in range(issues):
        dissent += 1 if state.paragraphs[k].status == Status.DISSENT else 0
        closable += 1 if by_issue[k].zone_end > 0.0 and not is_closed(state, k) else 0
        false += 1 if state.paragraphs[k].false_convergence else 0
        starts += 1 if state.paragraphs[k].zone_start else 0
        if not math.isnan(state.paragraphs[k].shortfall):
            worst = max(worst, state.paragraphs[k].shortfall)
        last = last if math.isnan(state.paragraphs[k].closed_at) else max(last, state.paragraphs[k].closed_at)
    row.outcome, row.share_agreed, row.share_dissent = (
        state.clock[0].outcome,
        (issues - missing) / issues,
        dissent / issues,
    )
    row.depth, row.ambition, row.precision = depth_of(case, state)
    row.depth_overall = 0.0 if math.isnan(row.depth) else row.depth
    row.blocking_number, row.worst_shortfall, row.readings = (
        blocking_number(state),
        worst if worst > -math.inf else math.nan,
        state.clock[0].readings,
    )
    row.closable_issues, row.no_zone, row.false_convergence = closable, missing - closable, false
    row.passable_readings = share_passable(state)
    row.zone_start, row.zone_end, row.minutes = starts / issues, zones / issues, state.clock[0].minute
    row.last_closed = last if missing == 0 else math.nan
    row.statement_minutes = state.clock[0].statement_minutes
    row.first_text, row.reversals = _share_before_text(case, state), _share_reversed(state)
    for k in range(issues):
        row.parked_paragraphs += 1.0 if state.paragraphs[k].parked > 0 else 0.0


@allocating
def _measure_people(state: State, row: _RunRow) -> None:
    """Measure positions, distances, trust, renewal, proposals, exits."""
    issues, n = state.opinions.shape
    x = np.empty(n)
    for k in range(issues):
        _positions(state, k, x)
        counts = categorise(x)
        row.spread += spread(x) / issues
        row.consensus_tastle_wierman += tastle_wierman(counts) / issues
        row.agreement_van_der_eijk += van_der_eijk(counts) / issues
        row.polarisation_esteban_ray += esteban_ray(counts, _ALPHA) / issues
    row.concession = _mean_concession(state)
    clock = state.clock[0]
    row.perceived_distance_start, row.real_distance_start = clock.perceived_distance, clock.real_distance
    row.perceived_distance_end, row.real_distance_end = distances(state)
    row.trust_within_start, row.trust_across_start, row.trust_chair_start = (
        clock.trust_within,
        clock.trust_across,
        clock.trust_chair,
    )
    row.trust_within_end, row.trust_across_end, row.trust_chair_end = trust_levels(state)
    row.renewal_support, row.renewals = clock.renewal_support, clock.renewed
    row.proposals_tabled, row.proposals_discussed, row.trials = clock.tabled, clock.discussed, clock.trials
    row.delegates_left, row.climate = n - count_present(state), clock.climate


@kernel
def _positions(state: State, k: int, out: Floats) -> None:
    """Write the positions on k into `out` (N)."""
    for i in range(out.shape[0]):
        out[i] = state.opinions[k, i].position


@kernel
def _mean_concession(state: State) -> float:
    """Average |x_i - first position| over delegates and issues."""
    issues, n = state.opinions.shape
    total = 0.0
    for k in range(issues):
        for i in range(n):
            view = state.opinions[k, i]
            total += abs(view.position - view.first_position) / (n * issues)
    return total


@kernel
def measure_rules(state: State, row: _RunRow) -> None:
    """Measure whether other decision rules would have been satisfied by the same objections."""
    content, majority = 1.0, True
    for k in range(state.paragraphs.shape[0]):
        content = min(content, state.paragraphs[k].content)
        majority = majority and state.paragraphs[k].majority_met
    blockers = blocking_number(state)
    row.would_no_formal_objection = 1.0 if blockers == 0 else 0.0
    row.would_rough_consensus = 1.0 if content >= ROUGH_SHARE else 0.0
    row.would_consensus_minus_1 = 1.0 if blockers <= TOLERATED_BLOCKS else 0.0
    row.would_majority_per_group = 1.0 if majority else 0.0


@allocating
def measure_moment(state: State, row: SeriesRow) -> None:
    """Fill one row of the series with the current state."""
    issues, n = state.opinions.shape
    x, brackets, apart = np.empty(n), 0, 0.0
    for k in range(issues):
        for i in range(n):
            x[i] = state.opinions[k, i].position
            brackets += 1 if state.opinions[k, i].bracket else 0
        apart += spread(x) / issues
    clock = state.clock[0]
    row.share_agreed, row.brackets, row.readings = (issues - open_paragraphs(state)) / issues, brackets, clock.readings
    row.proposals_tabled = clock.tabled
    row.trust_within, row.trust_across, row.trust_chair = trust_levels(state)
    row.perceived_distance, row.real_distance = distances(state)
    row.spread = apart


@kernel
def tastle_wierman(shares: Floats) -> float:
    """Compute Cns = 1 + sum_k p_k log2(1 - |X_k - mu| / d): 1 if all are alike, 0 if half are at either end.

    shares: frequencies or counts of ordered categories. Tastle & Wierman 2007, doi 10.1016/j.ijar.2006.06.024.

    >>> import numpy as np
    >>> round(float(tastle_wierman(np.array([30.0, 40, 210, 130, 530, 50, 10]))), 7)
    0.7256876
    """
    total, mean = 0.0, 0.0
    for c in range(shares.shape[0]):
        total += shares[c]
        mean += shares[c] * c
    mean /= total
    width = shares.shape[0] - 1.0
    consensus = 1.0
    for c in range(shares.shape[0]):
        near = 1.0 - abs(c - mean) / width
        if shares[c] > 0.0 and near > 0.0:
            consensus += shares[c] / total * log(near) / _LN_2
    return consensus


@kernel
def _layer_agreement(pattern: Floats) -> float:
    """Compute Van der Eijk's A of one layer, a pattern of zeros and ones: U (1 - (S - 1) / (K - 1))."""
    categories, filled = pattern.shape[0], 0
    for c in range(categories):
        filled += 1 if pattern[c] > 0.0 else 0
    unimodal, bimodal = 0.0, 0.0
    for a in range(categories):
        for b in range(a + 1, categories):
            for c in range(b + 1, categories):
                x, y, z = pattern[a] > 0.0, pattern[b] > 0.0, pattern[c] > 0.0
                if x and not y and z:
                    bimodal += 1.0
                elif (x and y and not z) or (not x and y and z):
                    unimodal += 1.0
    if filled == categories:
        return 0.0
    if unimodal + bimodal == 0.0:
        unimodality = 1.0
    else:
        unimodality = ((categories - 2.0) * unimodal - (categories - 1.0) * bimodal) / (
            (categories - 2.0) * (unimodal + bimodal)
        )
    return unimodality * (1.0 - (filled - 1.0) / (categories - 1.0))


@allocating
def van_der_eijk(shares: Floats) -> float:
    """Compute agreement A in -1..1: the mean over layers, weighted by the cases in each.

    shares: frequencies or counts of ordered categories. Van der Eijk 2001, doi 10.1023/A:1010374114305.

    >>> import numpy as np
    >>> round(float(van_der_eijk(np.array([30.0, 40, 210, 130, 530, 50, 10]))), 7)
    0.6113333
    """
    rest, pattern = np.empty(shares.shape[0]), np.empty(shares.shape[0])
    total = 0.0
    for c in range(rest.shape[0]):
        rest[c] = shares[c]
        total += rest[c]
    agreement, least = 0.0, 1.0
    while least > 0.0:
        least, filled = 0.0, 0
        for c in range(rest.shape[0]):
            if rest[c] > 1e-12:
                filled += 1
                least = rest[c] if filled == 1 else min(least, rest[c])
        if least > 0.0:
            for c in range(rest.shape[0]):
                pattern[c] = 1.0 if rest[c] > 1e-12 else 0.0
            agreement += filled * least / total * _layer_agreement(pattern)
            for c in range(rest.shape[0]):
                rest[c] = rest[c] - least if rest[c] > 1e-12 else 0.0
    return agreement


@kernel
def esteban_ray(shares: Floats, alpha: float) -> float:
    """Compute P = sum_i sum_j p_i^(1 + alpha) p_j |y_i - y_j|, categories spread over 0..1, alpha in 1..1.6.

    Esteban & Ray 1994, doi 10.2307/2951734. A measure of polarisation, scaled by 2^(1 + alpha): two equal camps at the
    ends give 1.
    """
    total = 0.0
    for c in range(shares.shape[0]):
        total += shares[c]
    width, polarisation = shares.shape[0] - 1.0, 0.0
    for a in range(shares.shape[0]):
        weight = power(shares[a] / total, 1.0 + alpha)
        for b in range(shares.shape[0]):
            polarisation += weight * shares[b] / total * abs(a - b) / width
    return polarisation * power(2.0, 1.0 + alpha)


@allocating
def categorise(positions: Floats) -> Floats:
    """Count positions (0..1) in seven equal categories."""
    counts = np.zeros(_CATEGORIES)
    for i in range(positions.shape[0]):
        counts[min(_CATEGORIES - 1, int(positions[i] * _CATEGORIES))] += 1.0
    return counts


@kernel
def spread(positions: Floats) -> float:
    """Compute the standard deviation of positions."""
    n, mean, total = positions.shape[0], 0.0, 0.0
    for i in range(n):
        mean += positions[i] / n
    for i in range(n):
        total += (positions[i] - mean) * (positions[i] - mean) / n
    return math.sqrt(total)
