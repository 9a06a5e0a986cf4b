"""Explain why a run ended as it did, from its final state.

Every sentence puts a number of the state, of the measures or of the log into words; no sentence is written in advance.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from negsim.cast.codes import CLOSED_STATUSES
from negsim.cast.formats import IDLE_FORMAT
from negsim.negotiation.log import Adoption, Discussion, Verdict, events
from negsim.negotiation.runs import Trace
from negsim.negotiation.tables import Move, Status
from negsim.report.minutes.story import Story, duration, passages, would_have_passed
from negsim.report.words import RULE_LABELS, by_format, counted, format_name, listed, percent
from negsim.scenario import Scenario
from negsim.sentences import sentence

_LEAST_CLIMATE = 0.005  # value units; less is printed as 0.00


def reasons(scenario: Scenario, trace: Trace) -> list[str]:
    """Explain why a run ended as it did: the verdict, each paragraph, the report, climate, time, people and so on."""
    story = Story(scenario, trace)
    issues = sorted(range(len(story.issues)), key=lambda k: _is_closed(trace, k))
    paragraphs = [_closed_paragraph(story, k) if _is_closed(trace, k) else _open_paragraph(story, k) for k in issues]
    people = (*_people(story), *_proposals(story), *_other_rules(story))
    return [_verdict(story), *paragraphs, *_rejected(story), *_climate(story), *_time(story), *people]


def _measure(story: Story, name: str) -> float:
    return float(story.trace.results.runs[name][0])


def _of_issue(story: Story, k: int, name: str) -> float:
    return float(story.trace.results.issues[name][0, k])


def _is_closed(trace: Trace, k: int) -> bool:
    return int(trace.state.paragraphs["status"][k]) in CLOSED_STATUSES


def _of(number: int, whole: int) -> str:
    """Name a part of the things that a sentence has named."""
    if number == whole:
        return sentence("verdict.it" if whole == 1 else "verdict.all_of_them")
    return sentence("verdict.some_of_them", n=number) if number else sentence("verdict.none_of_them")


def _verdict(story: Story) -> str:
    """Say how much was agreed, and what full concession would have closed."""
    issues = len(story.issues)
    agreed = round(_measure(story, "share_agreed") * issues)
    closable, none = int(_measure(story, "closable_issues")), int(_measure(story, "no_zone"))
    start = round(_measure(story, "zone_start") * issues)
    text = f"{_agreed(agreed, issues)} {sentence('verdict.zone_at_start', which=_of(start, issues))}"
    still = closable + none
    parts = [sentence("verdict.open", open=still)] if still else []
    if closable:
        parts.append(sentence("verdict.closable", which=_of(closable, still)))
    if none:
        parts.append(sentence("verdict.no_zone", which=_of(none, still)))
    return f"{text} {'; '.join(parts)}." if parts else text


def _agreed(agreed: int, issues: int) -> str:
    if agreed > 1:
        return sentence("verdict.some", agreed=agreed, issues=issues)
    return sentence("verdict.one" if agreed else "verdict.none", issues=issues)


def _rejected(story: Story) -> Iterator[str]:
    """Say that the report failed although every paragraph was closed: nothing else in the list would say why."""
    if all(_is_closed(story.trace, k) for k in range(len(story.issues))):
        for event in events(story.trace.events):
            if isinstance(event, Adoption) and not event.passed:
                yield f"The report as a whole was not adopted: {counted(event.blockers, 'delegate')} blocked it."


def _open_paragraph(story: Story, k: int) -> str:
    readings = int(_of_issue(story, k, "readings"))
    parts = [sentence("issue.open", issue=story.quoted(k)), _zone(story, k)]
    if not readings:
        has_text = not math.isnan(_of_issue(story, k, "text"))
        return " ".join([*parts, sentence("issue.never_read" if has_text else "issue.no_text")])
    parts.append(_blocked(story, k, readings))
    parts += _at_readings(story, k)
    shortfall = _of_issue(story, k, "shortfall")
    if math.isinf(shortfall) or shortfall <= 0.0:
        parts.append(sentence("issue.only_red_lines"))
    elif not math.isnan(shortfall):
        parts.append(sentence("issue.shortfall", shortfall=f"{shortfall:.2f}"))
    return " ".join(parts)


def _zone(story: Story, k: int) -> str:
    """Say whether full concession would close it."""
    start, end = _of_issue(story, k, "zone_start") > 0, _of_issue(story, k, "zone_end") > 0
    if end:
        return sentence("issue.closable" if start else "issue.closable_by_now")
    return sentence("issue.no_zone_by_now" if start else "issue.no_zone")


def _at_readings(story: Story, k: int) -> Iterator[str]:
    """Count the failed readings on k at which another text would have passed, and describe the last.

    Yields nothing about an issue that was read only as a proposal or in a package.
    """
    failed = int(story.trace.state.paragraphs["failed"][k])
    passable = [
        (n, event) for n, event in enumerate(_verdicts(story, k), 1) if event and not math.isnan(event.passable)
    ]
    if passable:
        number, event = passable[-1]
        head = sentence("issue.passable", n=len(passable), failed=failed, reading=number)
        yield f"{head} {would_have_passed(story, event)}"
    elif failed == 1:
        yield sentence("issue.not_passable")
    elif failed:
        yield sentence("issue.never_passable", failed=failed)


def _verdicts(story: Story, k: int) -> Iterator[Verdict | None]:
    """Yield the result of each reading of k; None where a proposal was read."""
    of_issue = (passage for passage in passages(story.trace.events) if getattr(passage[-1], "issue", -1) == k)
    for first, *rest in of_issue:
        last = rest[-1] if rest else first
        if isinstance(last, Verdict):
            yield None if isinstance(first, Discussion) else last


def _blocked(story: Story, k: int, readings: int) -> str:
    """Say how many blocked, who, and who did so alone."""
    fewest, blocks = int(_of_issue(story, k, "fewest_blockers")), story.trace.state.views["blocks"][:, k]
    who = [int(i) for i in np.flatnonzero(blocks)]
    if readings > 2:
        parts = [sentence("issue.read", n=readings, fewest=fewest)]
    else:
        parts = [sentence("issue.read_once" if readings == 1 else "issue.read_twice", fewest=fewest)]
    if who:
        parts.append(sentence("issue.blockers", who=story.people(who)))
    alone = [sentence("issue.alone_at", who=story.delegates[i], n=n) for i, n in _alone(story, k).items()]
    if alone:
        parts.append(sentence("issue.alone", who=alone))
    return " ".join(parts)


def _alone(story: Story, k: int) -> dict[int, int]:
    """Return who blocked a paragraph as the only one, and at how many readings."""
    log = story.trace.events
    rows = log[(log["move"] == Move.BLOCK) & (log["issue"] == k) & (log["blockers"] == 1)]
    who, times = np.unique(rows["who"], return_counts=True)
    return {int(i): int(n) for i, n in zip(who, times, strict=True)}


def _closed_paragraph(story: Story, k: int) -> str:
    dissent = story.trace.state.paragraphs["status"][k] == Status.DISSENT
    return sentence(
        "issue.agreed_with_dissent" if dissent else "issue.agreed",
        issue=story.quoted(k), readings=_of_issue(story, k, "readings"),
        time=duration(_of_issue(story, k, "closed_at")), text=story.place(k, _of_issue(story, k, "text")),
    )  # fmt: skip


def _climate(story: Story) -> Iterator[str]:
    """Say how the politics of the day weighed on texts; nothing in a scenario without them."""
    if story.scenario.parameters.climate == 0.0 and story.scenario.parameters.climate_by_issue == 0.0:
        return
    against = [float(climate) for climate in story.trace.state.paragraphs["climate"]]
    sides = {"asked for better texts": 1.0, "put up with worse ones": -1.0}
    parts = []
    for side, sign in sides.items():
        by_issue = {k: sign * value for k, value in enumerate(against) if sign * value >= _LEAST_CLIMATE}
        if by_issue:
            parts.append(f"{side} on {listed([f'{story.quoted(k)} (by {by_issue[k]:.2f})' for k in by_issue])}")
    if parts:
        yield f"Under the political climate of these days everybody {', and '.join(parts)}."
    else:
        yield "The political climate was neutral: it made agreement neither easier nor harder."


def _time(story: Story) -> Iterator[str]:
    """Say where the floor time went, and how much of it could close nothing."""
    spent = by_format(story.scenario, story.trace.results.minutes[0])
    total = sum(spent.values())
    used = sorted((name for name in spent if spent[name] >= 1.0), key=lambda name: -spent[name])
    took = [f"{format_name(name, story.formats)} took {duration(spent[name])}" for name in used if name != IDLE_FORMAT]
    lost = [f"{duration(spent[IDLE_FORMAT])} of it went unused"] if IDLE_FORMAT in used else []
    if used:
        yield f"Of {duration(total)} of floor time, {listed([*took, *lost])}."
    idle = sum(spent[name] for name, each in story.formats.items() if each.closes_nothing)
    if idle > 0.0:
        yield f"{percent(idle / total)} of the floor time was spent in formats in which nothing can close."


def _people(story: Story) -> Iterator[str]:
    """Describe trust and distance, before and after, if anybody is left to have them."""
    for what, name in (("Trust across groups", "trust_across"), ("Trust in the chair", "trust_chair")):
        if not math.isnan(_measure(story, f"{name}_end")):
            yield f"{what} {_change(story, name)}."
    believed, true = _measure(story, "perceived_distance_end"), _measure(story, "real_distance_end")
    if math.isnan(believed):
        return
    ratio = f", {believed / true:.1f} times the true one" if true > 0.0 else ""
    yield (
        f"The distance that the groups believed to lie between them {_change(story, 'perceived_distance')}; the"
        f" true one {_change(story, 'real_distance')}. At the end the believed distance was {believed:.2f}{ratio}."
    )


def _change(story: Story, name: str) -> str:
    start, end = (f"{_measure(story, f'{name}_{when}'):.2f}" for when in ("start", "end"))
    return f"stayed at {end}" if start == end else f"went from {start} to {end}"


def _proposals(story: Story) -> Iterator[str]:
    """Mention proposals that were never discussed."""
    tabled = int(_measure(story, "proposals_tabled"))
    if not tabled:
        return
    log = story.trace.events
    discussed = set(log["proposal"][log["move"] == Move.DISCUSS])
    silent = [p for p in range(tabled) if p not in discussed]
    text = f"{counted(tabled, 'proposal')} {'was' if tabled == 1 else 'were'} tabled"
    if not silent:
        text += " and discussed"
    else:
        sponsors = list(dict.fromkeys(int(story.trace.state.proposals["sponsor"][p]) for p in silent))
        text += " and never discussed" if len(silent) == tabled else f", {len(silent)} of them never discussed"
        whose = f"{'its' if len(silent) == 1 else 'their'} {'sponsor' if len(sponsors) == 1 else 'sponsors'}"
        text += f"; {whose}: {story.people(sponsors)}"
    yield f"{text}."


def _other_rules(story: Story) -> Iterator[str]:
    """Say which other rules the same objections would have met, and whether the room wants to go on."""
    strictest = next(iter(RULE_LABELS))  # met where the paragraphs were agreed
    names = {measure: name for measure, name in RULE_LABELS.items() if measure != strictest}
    met = [name for measure, name in names.items() if _measure(story, measure) > 0.0]
    agreed = _measure(story, "share_agreed") >= 1.0
    if not agreed:
        if met:
            yield f"The same objections would have satisfied other rules: {listed(met)}."
        else:
            yield f"The same objections would not have satisfied any of these rules: {listed(list(names.values()))}."
    support = _measure(story, "renewal_support")
    if not math.isnan(support):
        yield f"{percent(support)} of the delegates want the mandate renewed."
