"""The registry of measures: what a run reports, and the meaning of each number.

A measure is one annotated line of a record below: its type, its label, its kind, its unit, its range, its definition.
The order of the lines is the order of the columns. Tables, axes, captions, pages, the studio, ODD and docs/measures.md
read these lines; a new measure is one of them and the line of a kernel in `tally` that writes it.

Tables have a row a run (`RunRow`), a run and issue (`IssueRow`), a run and group (`GroupRow`), a run and delegate
(`DelegateResultRow`), a run and moment (`SeriesRow`). Every column is a float, so that a table is also a matrix of
numbers (`matrix`). NaN means "does not apply".
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np

from negsim.kernel import sample
from negsim.negotiation.tables import (
    Case,
    CrossTable,
    Field,
    Floats,
    Outcome,
    Record,
    Table,
    WhyOpen,
    blank,
    fields,
    record_type,
)

TOLERATED_BLOCKS = 1  # for `would_consensus_minus_1`
ROUGH_SHARE = 0.75  # for `would_rough_consensus` (Diamond et al. 2014)
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


def _mean(label: str, of: str, when: str = "", *, default: bool = False) -> Any:  # noqa: ANN401 - a column
    """Declare a mean over pairs or people, at one moment of a run or at every moment of a series."""
    return _measure("level", f"{label}{when}", f"mean {of}{when}", default=default)


_PERCEIVED = "perceived distance across groups", "|own position - believed position| over pairs of different groups"
_REAL = "real distance across groups", "|own position - position| over pairs of different groups"
_WITHIN = "trust within groups", "trust between delegates of one group"
_ACROSS = "trust across groups", "trust between delegates of different groups"
_CHAIR = "trust in the chair", "trust in the chair"


class RunRow(Record):
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
        " count: what people gain elsewhere, their trust and their hope do not",
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
    table_score: float = _measure(
        "number",
        "score of the table",
        "mean score [5.15] of the members of the group that is worst off by it; NaN in a process without moves",
        "points",
        low=-math.inf,
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
    perceived_distance_start: float = _mean(*_PERCEIVED, " at the start")
    perceived_distance_end: float = _mean(*_PERCEIVED, " at the end")
    real_distance_start: float = _mean(*_REAL, " at the start")
    real_distance_end: float = _mean(*_REAL, " at the end")
    trust_within_start: float = _mean(*_WITHIN, " at the start")
    trust_within_end: float = _mean(*_WITHIN, " at the end")
    trust_across_start: float = _mean(*_ACROSS, " at the start")
    trust_across_end: float = _mean(*_ACROSS, " at the end", default=True)
    trust_chair_start: float = _mean(*_CHAIR, " at the start")
    trust_chair_end: float = _mean(*_CHAIR, " at the end")
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
        f"at some reading of every paragraph {100 * ROUGH_SHARE:.0f} % of those who took sides accepted",
    )
    would_consensus_minus_1: float = _would(
        "consensus minus one", "at some reading of every paragraph at most one delegate blocked"
    )
    would_majority_per_group: float = _would(
        "a majority of every group",
        "at some reading of every paragraph more than half of each group accepted",
    )


class IssueRow(Record):
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


class GroupRow(Record):
    """One group of a run."""

    satisfaction: float = _measure(
        "level", "satisfaction with the result", "mean over its members of what the result is worth to them"
    )
    score: float = _measure(
        "number",
        "score",
        "mean score [5.15] of its members; NaN in a process without moves",
        "points",
        low=-math.inf,
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
        "level", "trust received from others", "mean trust in its members of those who have a say, by their power [5.4]"
    )
    left: float = _measure("count", "delegates who walked out", "members who walked out", "delegates")


class DelegateResultRow(Record):
    """One delegate of a run."""

    blocks: float = _measure("count", "blocks", "readings at which the delegate blocked, over all issues", "readings")
    pivotal: float = _measure(
        "count", "readings blocked alone", "readings at which nobody but the delegate blocked", "readings"
    )
    score: float = _measure(
        "number",
        "score",
        "100 x what the result is worth by instructions beyond no deal / the same of the best texts that could be"
        " agreed at the start, less 40 for each red line signed and 15 for each bracket passed over [5.15]; NaN in a"
        " process without moves",
        "points",
        low=-math.inf,
    )
    red_lines_signed: float = _measure(
        "count", "red lines signed", "texts of an adopted report that cross a red line of the delegate", "issues"
    )
    passed_over: float = _measure(
        "count", "brackets passed over", "times the room passed over a lone bracket of the delegate", "times"
    )


class SeriesRow(Record):
    """A moment of a run, after the first turn that brings the clock to its minute."""

    share_agreed: float = _measure("share", "share of issues agreed", "share of all issues that are closed so far")
    brackets: float = _measure("count", "brackets standing", "delegates who block now, summed over issues", "brackets")
    readings: float = _measure("count", "readings", "readings of paragraphs so far", "readings")
    proposals_tabled: float = _measure("count", "proposals tabled", "proposals tabled so far", "proposals")
    trust_within: float = _mean(*_WITHIN)
    trust_across: float = _mean(*_ACROSS)
    trust_chair: float = _mean(*_CHAIR)
    perceived_distance: float = _mean(*_PERCEIVED)
    real_distance: float = _mean(*_REAL)
    spread: float = _measure(
        "level", "spread of positions", "standard deviation of positions, mean over issues", high=0.5
    )


RUN_ROW, _ISSUE_ROW, _GROUP_ROW = map(record_type, (RunRow, IssueRow, GroupRow))
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
MEASURES = _registered(RunRow)
ISSUE_MEASURES = _registered(IssueRow)
GROUP_MEASURES = _registered(GroupRow)
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

    runs: Table[RunRow]  # R
    issues: CrossTable[IssueRow]  # R,K
    groups: CrossTable[GroupRow]  # R,G
    delegates: CrossTable[DelegateResultRow]  # R,N
    blocks: Floats  # R,G,K; readings at which members of the group blocked, summed over members
    minutes: Floats  # R, F + 1; floor time by format, the last entry idle

    def __repr__(self) -> str:
        runs, groups, issues = self.blocks.shape
        return (
            f"<Results of {runs} replications: {self.delegates.shape[1]} delegates, {groups} groups, {issues} issues>"
        )


def allocate_results(case: Case, replications: int) -> Results:
    """Allocate empty tables."""
    k, g, f = case.plan_issues.shape[1], case.group_size.shape[0], case.formats.shape[0]
    return _allocate(replications, k, g, case.seats.shape[0], f)


def _allocate(r: int, k: int, g: int, n: int, f: int) -> Results:
    return Results(
        blank(r, RUN_ROW),
        blank((r, k), _ISSUE_ROW),
        blank((r, g), _GROUP_ROW),
        blank((r, n), DELEGATE_RESULT_ROW),
        np.zeros((r, g, k)),
        np.zeros((r, f + 1)),
    )


sample(_allocate(1, 1, 1, 1, 0))
