"""The shortcomings of failed runs: which issue, what its readings could have agreed, who blocks, how far apart.

- All numbers are of the runs that ended without consensus, and those of an issue of the runs in which it stayed open.
- Where the seats are drawn the delegates of two runs have nothing in common; then groups stand for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from negsim.negotiation.tables import Flags, Floats, Outcome, WhyOpen
from negsim.scenario.lowering import group_labels, group_names, seats
from negsim.study.estimates import Estimate, mean, ratio, share
from negsim.study.runner import Runs
from negsim.study.table import estimated


class _OpenIssue(NamedTuple):
    """An issue that stays open in failed runs.

    open: share of the failed runs. The rest is of these runs: no_zone: share that have no zone of agreement at the end.
    reasons: shares by what its readings could have agreed. fewest_blockers: at the best reading. shortfall: of the
    delegate farthest from the text at the last reading, crossed red lines apart.
    """

    issue: str
    open: Estimate
    no_zone: Estimate
    reasons: dict[WhyOpen, Estimate]
    fewest_blockers: Estimate
    shortfall: Estimate


class Blocker(NamedTuple):
    """A delegate, or a group, with the readings per failed run that they block, and those that they alone block.

    group: of a named delegate; the names of other seats say it.
    """

    name: str
    group: str
    blocks: Estimate
    alone: Estimate


class Failure(NamedTuple):
    """The shortcomings of the runs without consensus.

    failed: share of runs. closable, no_zone: open paragraphs per failed run on which some text would pass, or would not
    pass, at the end had everybody conceded all they ever would. closable_share: the closable of all open ones.
    all_closable: share of the failed runs in which every open paragraph is. passable: share of the failed readings, a
    mean over these runs, at which another text would have passed as things stood. issues: those ever left open, the
    most frequent first. blockers: those who ever block, whoever does so alone most often first.
    """

    failed: Estimate
    closable: Estimate
    no_zone: Estimate
    closable_share: Estimate
    all_closable: Estimate
    passable: Estimate
    issues: tuple[_OpenIssue, ...]
    blockers: tuple[Blocker, ...]
    zones_closed: dict[str, Estimate]


def failed_runs(runs: Runs) -> Flags:
    """Return which runs ended without consensus (R)."""
    failed: Flags = runs.is_outcome(Outcome.CONSENSUS) == 0.0
    return failed


def failure(runs: Runs) -> Failure:
    """Estimate what the runs without consensus lacked: concession, a zone of agreement, another text when they read."""
    failed = failed_runs(runs)
    closable, none = runs.column("closable_issues")[failed], runs.column("no_zone")[failed]
    passable = runs.column("passable_readings")[failed]
    by_group = zip(group_names(runs.scenario), runs.by_group("zones_closed")[failed].T, strict=True)
    zones_closed = [(group, mean(closed)) for group, closed in by_group if closed.any()]
    return Failure(
        failed=share(failed.astype(float)),
        closable=estimated("closable_issues", closable),
        no_zone=estimated("no_zone", none),
        closable_share=ratio(closable, closable + none),
        all_closable=share((none == 0.0).astype(float)),
        passable=estimated("passable_readings", passable),
        issues=tuple(sorted(_open_issues(runs, failed), key=lambda issue: -issue.open.value)),
        blockers=tuple(sorted(_blockers(runs, failed), key=lambda one: (-one.alone.value, -one.blocks.value))),
        zones_closed=dict(sorted(zones_closed, key=lambda item: -item[1].value)),
    )


def _open_issues(runs: Runs, failed: Flags) -> Iterator[_OpenIssue]:
    columns = {
        name: runs.by_issue(name)[failed] for name in ("agreed", "zone_end", "why_open", "fewest_blockers", "shortfall")
    }
    readings = runs.by_issue("readings")[failed]
    for k, issue in enumerate(runs.scenario.issues):
        is_open = columns["agreed"][:, k] == 0.0
        if not is_open.any():
            continue
        of = {name: column[is_open, k] for name, column in columns.items()}
        read = readings[is_open, k] > 0.0
        shares = {why: share((of["why_open"] == why).astype(float)) for why in WhyOpen}
        yield _OpenIssue(
            issue,
            open=share(is_open.astype(float)),
            no_zone=share((of["zone_end"] == 0.0).astype(float)),
            reasons={why: part for why, part in shares.items() if part.value},
            fewest_blockers=mean(of["fewest_blockers"][read]),
            shortfall=mean(of["shortfall"]),
        )


def _blockers(runs: Runs, failed: Flags) -> Iterator[Blocker]:
    if not failed.any():
        return
    table: Iterator[tuple[str, str, Floats, Floats]]
    if runs.has_drawn_seats:
        blocks = runs.results.blocks.sum(axis=2)
        alone = runs.by_group("pivotal")
        names = enumerate(group_names(runs.scenario))
        table = ((name, "", blocks[failed, g], alone[failed, g]) for g, name in names)
    else:
        by_seat = runs.by_delegate("blocks"), runs.by_delegate("pivotal")
        labels = group_labels(runs.scenario)
        groups = [labels[seat.group] if seat.named else "" for seat in seats(runs.scenario)]
        seated = enumerate(zip(runs.delegates, groups, strict=True))
        table = ((name, group, *(column[failed, i] for column in by_seat)) for i, (name, group) in seated)
    for name, group, all_blocks, alone_blocks in table:
        if all_blocks.any():
            yield Blocker(name, group, mean(all_blocks), mean(alone_blocks))
