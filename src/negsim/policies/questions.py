"""Questions: the decision that is due, in words.

- A question contains only what the delegate may know, and what it would do by default.
- What it may do by the rules of procedure stands apart from what has come of the room so far.
- A question about a motion uses the plan of the process, which everybody in the room knows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from negsim.cast.methodologies import label_of
from negsim.cast.moves import TURNS
from negsim.negotiation.tables import Case, Move, Row
from negsim.policies.views import Paragraph, RoomView, View
from negsim.scenario import Scenario
from negsim.scenario.lowering import group_names, party, seats
from negsim.scenario.values import listed
from negsim.sentences import on_scale, patterns, sentence, signed, slots_of

if TYPE_CHECKING:
    from negsim.policies.seated import SeatedNegotiation

_LEAST_VALUE_SHOWN = 0.005  # of value; less than that is shown as none


class SeatQuestion(NamedTuple):
    """A decision that a seat has to take now, in words."""

    title: str
    facts: tuple[str, ...]  # sentences
    default: str  # what the delegate would do by itself
    rules: tuple[str, ...] = ()  # sentences on what it may do

    @property
    def unheard(self) -> SeatQuestion:
        """The question without anything that was said, shown or written since the beginning."""
        return self._replace(facts=(), default="")


def question_of(room: SeatedNegotiation, view: RoomView) -> SeatQuestion:
    """Put the question of a turn that is due."""
    scenario = room.scenario
    if not isinstance(view, View):
        return _draft(room, view)
    match view.move:
        case Move.SPEAK | Move.TABLE:
            return _floor(view, scenario)
        case Move.SUBMIT:
            return _submission(view, scenario)
        case Move.AMEND | Move.OFFER | Move.ASK | Move.SHOW | Move.TAKE_PEN | Move.CALL:
            return _table_move(room, view)
        case move if TURNS[move].question == "motion":
            return _motion(view, _motion_facts(room, move))
        case _:
            return _reading(view, scenario)


def _draft(room: SeatedNegotiation, view: RoomView) -> SeatQuestion:
    scenario = room.scenario
    stands = [f"{issue} {paragraph.value:.2f}" for issue, paragraph in view.text.items()]
    statements = {issue: _stated(room, view, issue) for issue in view.issues}
    return SeatQuestion(
        title="You hold the pen and hand out text",
        rules=(f"You may write on: {_with_ends(view, scenario)}.",),
        facts=(
            f"The text so far: {'; '.join(stands) or 'none'}.",
            *(f"Stated on {issue}, on average: {groups}." for issue, groups in statements.items() if groups),
            *(f"{issue} is in brackets by {listed(names)}." for issue, names in view.brackets.items()),
        ),
        default=f"By yourself you would hand out {_proposed(view.default, scenario)}.",
    )  # fmt: skip


def _with_ends(view: RoomView, scenario: Scenario) -> str:
    """List the issues that a decision is about, with their labels and ends."""
    issues = [(key, scenario.issues[key]) for key in view.issues]
    return ", ".join(f"{key} ({one.label}; 0: {one.low}, 1: {one.high})" for key, one in issues) or "nothing"


def _stated(room: SeatedNegotiation, view: RoomView, issue: str) -> str:
    """Write the mean of what the delegates of each group stated last on an issue."""
    stated: dict[str, list[float]] = {name: [] for name in group_names(room.scenario)}
    for name, places in view.statements.items():
        if issue in places:
            group = list(room.scenario.groups).index(room.group(room.seat(name)))
            list(stated.values())[group].append(places[issue])
    return "; ".join(f"{group} {fmean(places):.2f}" for group, places in stated.items() if places)


def _submission(view: View, scenario: Scenario) -> SeatQuestion:
    return SeatQuestion(
        title=sentence("question.submission"),
        facts=(),
        rules=("Your proposal waits for discussion under your name.",),
        default=sentence("question.would_propose", places=_proposed(view.default, scenario)),
    )


def _table_move(room: SeatedNegotiation, view: View) -> SeatQuestion:
    """Ask for a move of the table (rule 5.16), which a delegate need not make."""
    scenario = room.scenario
    issue = None if view.issue is None else scenario.issues[view.issue]
    about = "" if issue is None else f" on “{issue.label}”"
    titles = {
        Move.AMEND: f"You may write an amendment{about}, which is read before the text",
        Move.OFFER: f"You may offer to accept the text{about} for a change elsewhere",
        Move.ASK: "You may ask two delegates in the corridor where they stand",
        Move.SHOW: "You may show one delegate, once, what only you know",
        Move.TAKE_PEN: sentence("question.pen"),
        Move.CALL: "You may move to close the list of speakers and take up a rolling text",
    }
    facts = [_stands(key, paragraph, view, scenario) for key, paragraph in view.text.items()]
    facts += [f"{key} is in brackets by {listed(names)}." for key, names in view.brackets.items() if key == view.issue]
    rules = []
    if view.move == Move.SHOW and view.secret is not None:
        rules.append(f"It is about {scenario.issues[view.secret].label}: their red line there moves out.")
    if view.move in {Move.OFFER, Move.TAKE_PEN}:
        rules.append(f"Possible on: {_with_ends(view, scenario)}.")
    return SeatQuestion(
        title=titles[view.move], facts=(*facts, *_heard(view, scenario)),
        default=f"Your delegate would {_default_move(view.default)}.", rules=tuple(rules),
    )  # fmt: skip


def _default_move(default: object) -> str:
    if default is None:
        return "make no move"
    if default is True:
        return "make this move"
    places = default if isinstance(default, Mapping) else {"": default}
    return f"put forward {', '.join(f'{issue} {place:.2f}'.strip() for issue, place in places.items())}"


def _heard(view: View, scenario: Scenario) -> list[str]:
    """Repeat what others have said in the corridor about the issue, or about all."""
    facts = []
    for name, answer in view.answers.items():
        for issue, (low, high) in answer.red_lines.items():
            if view.issue in {None, issue}:
                lines = [f"not below {low:.2f}"] * (low > 0.0) + [f"not above {high:.2f}"] * (high < 1.0)
                stands = ", ".join([f"{answer.position[issue]:.2f}", *lines])
                facts.append(f"{name} told you of {scenario.issues[issue].label}: {stands}.")
        facts.append(f"What matters most to {name} is {scenario.issues[answer.priority].label}.")
    return facts


def _motion(view: View, facts: tuple[str, ...]) -> SeatQuestion:
    return SeatQuestion(
        title=sentence("question.motion"), facts=facts,
        default=sentence("question.would_back" if view.default == "accept" else "question.would_not_back"),
    )  # fmt: skip


def _floor(view: View, scenario: Scenario) -> SeatQuestion:
    assert view.issue is not None  # noqa: S101 - the floor is given on an issue
    issue, own = scenario.issues[view.issue], view.position[view.issue]
    if isinstance(view.default, Mapping):
        default = f"Your delegate would table a proposal: {_proposed(view.default, scenario)}."
    else:
        default = sentence("question.would_say", places=on_scale(issue, float(view.default or 0.0)))
    return SeatQuestion(
        title=sentence("question.floor", issue=issue.label),
        facts=(f"Your position: {on_scale(issue, own)}.",),
        default=default,
        rules=(sentence("question.need_not"),),
    )


def _reading(view: View, scenario: Scenario) -> SeatQuestion:
    if view.issue is not None:
        readings = {Move.DISCUSS: "question.proposal", Move.READ_AMENDMENT: "question.amendment"}
        title = sentence(readings.get(view.move, "question.reading"), issue=scenario.issues[view.issue].label)
    else:
        whole = "question.report" if view.move in {Move.ADOPT, Move.RENEW} else "question.package"
        title = sentence("question.offer" if view.move == Move.READ_OFFER else whole)
    objection = sentence("question.may_block" if view.may_block else "question.may_not_block")
    stands = [_stands(issue, paragraph, view, scenario) for issue, paragraph in view.text.items()]
    return SeatQuestion(title=title, facts=(*stands, _worth(view)), default=_answer(view), rules=(objection,))


def _answer(view: View) -> str:
    """Say what a delegate would do by itself with the text that is read."""
    if view.default == "accept":
        return sentence("question.would_accept")
    if not view.may_block:
        return sentence("question.would_object")
    is_never = view.shortfall is not None and math.isinf(view.shortfall)
    return sentence("question.would_bracket" if is_never else "question.would_stand_aside")


def _stands(issue: str, paragraph: Paragraph, view: View, scenario: Scenario) -> str:
    """Say where a text stands, whose it is, and how far it is from the delegate."""
    about, away = scenario.issues[issue], paragraph.value - view.position[issue]
    pen = {None: "nobody remembers whose it is", "chair": "the chair's", "facilitator": "the facilitator's",
           "group": "a drafting group's"}.get(paragraph.pen, f"{paragraph.pen}'s")  # fmt: skip
    low, high = view.red_lines[issue]
    crossed = f" {sentence('question.crosses')}" if not low <= paragraph.value <= high else ""
    return (
        f"{about.label}: the text is {on_scale(about, paragraph.value)}, precision {paragraph.precision:.2f}; {pen}."
        f" You stand at {view.position[issue]:.2f} ({signed(away)} away).{crossed}"
    )


def _worth(view: View) -> str:
    """Say how much more or less than it asks for a delegate gets from what is read."""
    if view.shortfall is None:
        return ""
    if math.isinf(view.shortfall):
        return sentence("question.never")
    if not view.text:
        return sentence("question.empty")
    if abs(view.shortfall) < _LEAST_VALUE_SHOWN:
        return sentence("question.just")
    value = f"{abs(view.shortfall):.2f}"
    return sentence("question.below" if view.shortfall > 0 else "question.above", value=value)


def _proposed(default: object, scenario: Scenario) -> str:
    """Write positions by issue, "nothing" for a default of another kind."""
    places = default if isinstance(default, Mapping) else {}
    parts = [f"{scenario.issues[issue].label} {value:.2f}" for issue, value in places.items()]
    return "; ".join(parts) or "nothing"


def _motion_facts(room: SeatedNegotiation, move: Move) -> tuple[str, ...]:
    """State the facts about a motion, of the plan or of whoever moves it: who moves what, what follows either way."""
    if move != Move.MOTION:
        key, movers = f"question.{move.name.lower()}", room.run.state.movers["moves"].nonzero()[0].tolist()
        return (sentence(key, **{slot: [room.names[seat] for seat in movers] for slot in slots_of(patterns()[key])}),)
    row = int(room.run.state.clock["row"][0])
    case, scenario = room.run.case, room.scenario
    if case.plan["otherwise"][row] < 0:
        return ("The chair has decided to change it; nobody's answer counts.",)
    when = (case.plan["meeting"][row] + 1, case.plan["day"][row] + 1)
    movers = case.plan_seats[row].nonzero()[0].tolist()
    change = next(
        change
        for event in scenario.process.events
        if (change := event.change_methodology)
        and (change.meeting, change.day) == when
        and party(scenario, seats(scenario), change.by) == movers
    )
    by = scenario.groups[change.by].label if change.by in scenario.groups else change.by
    carried, lost = (
        ", ".join(_formats_left(scenario, case, at)) or "none" for at in (row + 1, int(case.plan["otherwise"][row]))
    )
    return (
        sentence("question.moved", by=by, methodology=label_of(change.to)),
        f"If half of those present back it, the remaining sessions are: {carried}.",
        f"If not, they stay as planned: {lost}.",
    )


def _formats_left(scenario: Scenario, case: Case, row: int) -> list[str]:
    """List the formats of the sessions from a row of the plan to the end, each once."""
    names, labels = list[str](), [form.label for form in scenario.session_formats.values()]
    while case.plan["kind"][row] != Row.END:
        if case.plan["kind"][row] == Row.SESSION:
            names.append(labels[case.plan["format"][row]])
        row += 1
    return list(dict.fromkeys(names))
