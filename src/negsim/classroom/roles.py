"""Role sheets: one a group, so that a class can sit around the table.

Rules that hold here
- A sheet holds what that group knows and believes; what the others really want is on no sheet but theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from negsim.classroom.room import DRAWS, Room
from negsim.classroom.sheets import Handout
from negsim.report.pages.blocks import Blank, Block, Grid, Items, Part, Section
from negsim.report.pages.provenance import caveat
from negsim.report.words import counted, listed, on_scale
from negsim.scenario import Scenario
from negsim.scenario.schema import Camp
from negsim.scenario.values import RedLine
from negsim.scenario.words import CODEBOOK

DIVIDED, AGREED = 0.15, 0.07  # standard deviation of positions within a group, in scale units
HEAVY = 1.3  # times the weight of an ordinary issue
TRUST_WORDS = ((0.25, "hardly"), (0.45, "little"), (0.6, "somewhat"), (1.01, "much"))
DIFFERS = "where a delegate stands differs from run to run"
NEAR = 0.03  # scale units: no difference to speak of


def role(scenario: Scenario, room: Room, name: str) -> Handout:
    """The sheet of a group."""
    group = scenario.groups[name]
    named = [delegate.name for delegate in scenario.delegates if delegate.group == name]
    seats = f"{counted(group.seats, 'seat')}{f', among them {listed(named)}' if named else ''}"
    blocks = "Your objection can stop a text." if group.may_block else "You may speak and persuade, but not block."
    lead: list[Block] = [
        caveat(scenario),
        f"You speak for: {group.label} ({seats}). {blocks} Keep this sheet to yourselves.",
        f"Numbers on this sheet are means over {DRAWS} draws of the room; {DIFFERS}.",
    ]
    sections = [
        Section("In public", [_public(scenario, room, name)]),
        Section("Private brief", [*_brief(scenario, room, name)]),
        Section("What you believe of the others", [*_beliefs(scenario, room, name)]),
        Section("Whom you trust", [_trust(scenario, room, name)]),
        Section("At the table", [*_instructions(scenario)]),
    ]
    return f"Role sheet: {group.label}", lead, sections


def _public(scenario: Scenario, room: Room, name: str) -> Grid:
    """What the group says at the opening."""
    said = room.public[room.where(name)].mean(axis=0)
    rows = [
        [issue.label, on_scale(issue, float(value))]
        for issue, value in zip(scenario.issues.values(), said, strict=True)
    ]
    return Grid(["issue", "what you say when the meeting opens"], rows, "0 and 1 are the two ends of an issue.")


def _brief(scenario: Scenario, room: Room, name: str) -> Iterator[Block]:
    """What it wants, how much it matters, how far its members are from each other; red lines; named seats."""
    seats = room.where(name)
    wants = room.position[seats].mean(axis=0)
    weight = room.salience[seats].mean(axis=0) * len(scenario.issues)
    rows = []
    for k, (issue, about) in enumerate(scenario.issues.items()):
        within = scenario.groups[name].position[issue].spread if len(seats) > 1 else 0.0
        rows.append([about.label, on_scale(about, float(wants[k])), _weight(weight[k]), _unity(within)])
    yield Grid(["issue", "what you want, on average", "how much it matters", "among yourselves"], rows)
    yield _leash(scenario, name)
    yield "The text need not be what you want: you can live with some distance. No agreement means the status quo:"
    yield Items([on_scale_of_status_quo(scenario)])
    lines = [*_red_lines(scenario, name)]
    yield Part("Red lines")
    if lines:
        yield Items(lines)
    else:
        yield "None: there is no text that you must refuse whatever the price."
    yield from _named(scenario, room, name)


def _leash(scenario: Scenario, name: str) -> str:
    """How far the group may move from its instructions, in the words of the codebook."""
    own = scenario.groups[name].openness
    openness = scenario.parameters.openness if own is None else own
    words = CODEBOOK["openness"].words.values()
    nearest = min(words, key=lambda word: abs(word.number - openness))
    about = "like most delegates" if "default" in nearest.reason else nearest.reason.split(":")[0]
    return (
        "Your instructions are to bring home what you want above. How far you may be moved from them by what you hear:"
        f" {openness:.2f} of 1 ({about})."
    )


def on_scale_of_status_quo(scenario: Scenario) -> str:
    """Where every issue stands now."""
    return "; ".join(f"{issue.label} {issue.status_quo:.2f}" for issue in scenario.issues.values())


def _weight(times: float) -> str:
    return "more than the rest" if times > HEAVY else "less than the rest" if times < 1 / HEAVY else "as much as others"


def _unity(spread: float) -> str:
    return "divided" if spread > DIVIDED else "united" if spread < AGREED else "some differences"


def _red_lines(scenario: Scenario, name: str) -> Iterator[str]:
    """What members of the group never accept: the group's lines, those of its camps, those of named seats."""
    group = scenario.groups[name]
    yield from _lines(scenario, "All of you", group.red_lines)
    for camp in scenario.camps.values():
        if camp.share.get(name, 0.0) > 0.0:
            yield from _lines(scenario, f"Those of you in the camp “{camp.label}”", camp.red_lines)
    for delegate in scenario.delegates:
        if delegate.group == name:
            yield from _lines(scenario, delegate.name, delegate.red_lines)


def _lines(scenario: Scenario, who: str, lines: dict[str, RedLine]) -> Iterator[str]:
    for issue, line in lines.items():
        about = scenario.issues[issue]
        ends = [
            f"{what} {value:.2f}" for what, value in (("below", line.min), ("above", line.max)) if value is not None
        ]
        yield f"{who}: no text {' or '.join(ends)} on {about.label} (0: {about.low}; 1: {about.high})."


def _named(scenario: Scenario, room: Room, name: str) -> Iterator[Block]:
    """Seats of the group that are somebody's, and the camps that reach into it."""
    own = [delegate for delegate in scenario.delegates if delegate.group == name]
    if own:
        yield Part("Seats with a name")
        rows = [[delegate.name, *(f"{value:.2f}" for value in room.stands(delegate.name))] for delegate in own]
        yield Grid(
            ["seat", *(issue.label for issue in scenario.issues.values())],
            rows,
            f"Where each stands, privately, on average; {DIFFERS}.",
        )
    camps = [camp for camp in scenario.camps.values() if camp.share.get(name, 0.0) > 0.0]
    if camps:
        yield Part("Camps")
        yield Items([_camp(scenario, camp, camp.share[name]) for camp in camps])


def _camp(scenario: Scenario, camp: Camp, share: float) -> str:
    pulls = ", ".join(f"{scenario.issues[issue].label} to {value:.2f}" for issue, value in camp.line.items())
    about = f" Its line pulls {pulls}." if pulls else ""
    return f"About {share:.0%} of you are in the camp “{camp.label}”.{about}".replace("%", " %")


def _beliefs(scenario: Scenario, room: Room, name: str) -> Iterator[Block]:
    """Where the group thinks that the others stand."""
    others = [other for other in scenario.groups if other != name]
    if not others:
        yield "There is no other group."
        return
    rows = [
        [scenario.groups[other].label, *(f"{value:.2f}" for value in room.believed(name, other))] for other in others
    ]
    labels = [issue.label for issue in scenario.issues.values()]
    yield Grid(["you think that …", *labels], rows, "This is what you believe. It may be wrong.")
    yield Items(list(_furthest(scenario, room, name, others)))


def _furthest(scenario: Scenario, room: Room, name: str, others: Sequence[str]) -> Iterator[str]:
    """On each issue the group that seems furthest away."""
    own = room.stands(name)
    for k, issue in enumerate(scenario.issues.values()):
        gaps = {other: float(room.believed(name, other)[k] - own[k]) for other in others}
        other = max(gaps, key=lambda party: abs(gaps[party]))
        if abs(gaps[other]) < NEAR:
            yield f"{issue.label}: you believe that all are where you are."
        else:
            towards = issue.high if gaps[other] > 0 else issue.low
            yield f"{issue.label}: {scenario.groups[other].label} seem furthest from you, towards “{towards}”."


def _trust(scenario: Scenario, room: Room, name: str) -> Grid:
    """How far the group trusts itself and the others."""
    rows = []
    for other, group in scenario.groups.items():
        if other == name and len(room.where(name)) < 2:
            continue
        level = _within(room, name) if other == name else room.trusts(name, other)
        word = next(word for most, word in TRUST_WORDS if level < most)
        rows.append([f"{group.label}{' (yourselves)' if other == name else ''}", f"{level:.2f}", word])
    return Grid(["you trust …", "0 to 1", "in a word"], rows)


def _within(room: Room, name: str) -> float:
    """Trust among the members of a group, in each other."""
    seats = room.where(name)
    among = room.trust[np.ix_(seats, seats)]
    return float(among[~np.eye(len(seats), dtype=bool)].mean())


def _instructions(scenario: Scenario) -> Iterator[Block]:
    """What to do in the room."""
    whole = scenario.process.adoption == "everything"
    yield Items(
        [
            "Open with your public position; you may give ground later, and need not say when.",
            (
                "When a text is read, say yes, stand aside (object, but let it pass) or block. If you block, say what"
                " text you could accept."
            ),
            "Nothing is agreed until everything is." if whole else "Each paragraph stands alone.",
            (
                "In an evening you may talk with your own group, or with others if the chair sets a mixed table. Ask"
                " what they want before you say what you want."
            ),
            "At the end write down: what did another group want that this sheet got wrong?",
        ]
    )
    yield Blank(3)
