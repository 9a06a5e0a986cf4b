"""Ten strategies for a seat, each a class to read, to play against and to change: `policies.NAME: "strategies:Tough"`.

- A strategy sees a `View` and nothing else. Where it answers None, its delegate does what it would do by the rules.
- None signs a text over its red line, whatever else it does.
- Where the process has moves (`process.moves`), the last four amend, ask, offer and write first texts, and the
  bridge-builder moves to close the list of speakers.
- A class is made anew for each seat and run, so what a strategy remembers is of one run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from negsim.negotiation.acceptance import PLACES
from negsim.negotiation.tables import Floats
from negsim.policies.forecast import chances, late_of
from negsim.policies.views import View


class Spoiler:
    """Let nothing pass: block each text that settles an issue, whatever it says.

    A member of a body for whom no agreement is the best one (Stedman 1997, doi 10.2307/2539366). Its objection counts
    where its seat may block and the decision rule lets one delegate block.
    """

    def respond(self, view: View) -> str:
        """Block; a motion, which is about no issue, it only opposes."""
        return "block" if view.issues else "object"


class Tough:
    """Concede nothing until late, then everything but red lines: Boulware (Raiffa 1982, ISBN 978-0-674-04813-3)."""

    late = 0.9  # the share of the mandate after which it gives in

    def speak(self, view: View) -> float | None:
        """Repeat the instructions."""
        return view.instructions[_one(view)] if self.is_early(view) else None

    def propose(self, view: View) -> dict[str, float] | None:
        """Table the instructions."""
        return {issue: view.instructions[issue] for issue in view.issues} if self.is_early(view) else None

    def respond(self, view: View) -> str | None:
        """Block what the delegate would not accept by itself; late, accept it."""
        if view.default == "accept" or view.shortfall == inf:
            return None
        return "block" if self.is_early(view) else "accept"

    def is_early(self, view: View) -> bool:
        """Return whether it is too early to give in."""
        return view.minute < self.late * (view.minute + view.minutes_left)


class Conceding:
    """Give way at once and then ever more slowly, towards where the others seem to be: a conceder.

    Its concession is the share t^(1/b) of the way, t the share of the mandate that is spent (Faratin, Sierra and
    Jennings 1998, doi 10.1016/S0921-8890(98)00029-3).
    """

    b = 3.0  # above 1 it concedes early

    def speak(self, view: View) -> float:
        """Say how far it has come."""
        return self.demand(view, _one(view))

    def propose(self, view: View) -> dict[str, float]:
        """Table what it asks for now."""
        return {issue: self.demand(view, issue) for issue in view.issues}

    def respond(self, view: View) -> str | None:
        """Accept whatever is no worse than what it asks for now."""
        own = view.instructions
        near = all(
            abs(text.value - own[issue]) <= abs(self.demand(view, issue) - own[issue])
            for issue, text in view.text.items()
        )
        return "accept" if view.text and near and not _crosses(view) else None

    def demand(self, view: View, issue: str) -> float:
        """Return the place that it asks for by now."""
        own = view.instructions[issue]
        return own + float(late_of(view) ** (1.0 / self.b)) * (_others(view, issue) - own)


class TitForTat:
    """Concede as much as the others have conceded, and no more: tit for tat (Axelrod 1984, ISBN 978-0-465-02122-2).

    A concession is how much nearer the others seem, on average, than when it sat down; it begins with a small one.
    """

    opening = 0.05  # of the scale: it is nice, so it concedes first

    def speak(self, view: View) -> float:
        """Say how far it has come."""
        return self.demand(view, _one(view))

    def propose(self, view: View) -> dict[str, float]:
        """Table what it asks for now."""
        return {issue: self.demand(view, issue) for issue in view.issues}

    def respond(self, view: View) -> str | None:
        """Object to what its delegate would accept, if the others have not come as far for it."""
        owes = all(abs(text.value - view.instructions[issue]) <= 2.0 * self.conceded(view, issue)
                   for issue, text in view.text.items())  # fmt: skip
        if _crosses(view) or not view.text:
            return None
        return "accept" if owes else "object"

    def demand(self, view: View, issue: str) -> float:
        """Return the place that it asks for by now."""
        own, others = view.instructions[issue], _others(view, issue)
        step = min(self.conceded(view, issue), abs(others - own))
        return own + step if others > own else own - step

    def conceded(self, view: View, issue: str) -> float:
        """Return how far it concedes: as far as the others have, on average, since it sat down."""
        own = view.instructions[issue]
        nearer = [
            abs(row[issue] - view.learnt[name][issue] - own) - abs(row[issue] - own)
            for name, row in view.belief.items()
        ]
        return self.opening + max(0.0, fmean(nearer))


class BridgeBuilder:
    """Look for the middle: say and propose what lies halfway to the others, and accept what comes near.

    An integrative negotiator (Walton and McKersie 1965, ISBN 978-0-87546-179-3). Once half the time is gone and nothing
    is agreed, it moves to close the list of speakers.
    """

    near = 0.25  # of the scale: from its position to a text that it accepts

    def speak(self, view: View) -> float:
        """Say what lies halfway."""
        return _halfway(view, _one(view), view.position)

    def propose(self, view: View) -> dict[str, float]:
        """Table what lies halfway."""
        return {issue: _halfway(view, issue, view.position) for issue in view.issues}

    def respond(self, view: View) -> str | None:
        """Accept a text that is near."""
        away = [abs(view.text[issue].value - view.position[issue]) for issue in view.issues]
        return "accept" if not _crosses(view) and all(distance < self.near for distance in away) else None

    def move(self, view: View) -> bool:
        """Ask for text instead of speeches, once they have taken half the time."""
        return view.minute >= view.minutes_left and not view.agreed


class CaucusFollower:
    """Say what the own group thinks, and sign what nobody of it has bracketed: bloc discipline.

    Votes in the United Nations were long read by the blocs that delegates follow (Hovet 1960, Bloc Politics in the
    United Nations, Harvard University Press).
    """

    def speak(self, view: View) -> float:
        """Say where the group stands on average, itself included."""
        return self.line(view, _one(view))

    def propose(self, view: View) -> dict[str, float]:
        """Table where the group stands."""
        return {issue: self.line(view, issue) for issue in view.issues}

    def respond(self, view: View) -> str | None:
        """Object where somebody of the group holds a bracket, else accept."""
        held = [name for issue in view.issues for name in view.brackets.get(issue, ())]
        if _crosses(view):
            return None
        return "object" if any(view.groups.get(name) == view.group for name in held) else "accept"

    def line(self, view: View, issue: str) -> float:
        """Return the mean of the group's places."""
        own = [row[issue] for name, row in view.belief.items() if view.groups[name] == view.group]
        return fmean([view.position[issue], *own])


class Hardball:
    """Bracket whatever is not near the own instructions, amend with them, and never give way.

    Commitment as power: whoever cannot move makes the others move (Schelling 1960, ISBN 978-0-674-84031-7).
    """

    near = 0.15  # of the scale: from its instructions to a text that it accepts

    def speak(self, view: View) -> float:
        """Repeat the instructions."""
        return view.instructions[_one(view)]

    def propose(self, view: View) -> dict[str, float]:
        """Table the instructions."""
        return {issue: view.instructions[issue] for issue in view.issues}

    def respond(self, view: View) -> str:
        """Accept what is near, block all else."""
        away = [abs(text.value - view.instructions[issue]) for issue, text in view.text.items()]
        return "accept" if all(distance <= self.near for distance in away) and not _crosses(view) else "block"

    def amend(self, view: View) -> float:
        """Put the own instructions in the place of the text."""
        return view.instructions[_one(view)]


class Novice:
    """Split the difference: amend to halfway between the own wish and where the others seem to stand.

    Halfway is where people meet who have no better reason (Schelling 1960, ISBN 978-0-674-84031-7).
    """

    def respond(self, view: View) -> str | None:
        """Accept what is better than no agreement and crosses no red line."""
        return None if _crosses(view) or not _gains(view) else "accept"

    def amend(self, view: View) -> float | None:
        """Write what lies halfway, within the red lines."""
        issue = _one(view)
        return _within(view, issue, _halfway(view, issue, view.instructions))


class Asker(Novice):
    """Ask first, then write the text that is best for oneself among those that nobody is likely to bracket.

    Negotiators who seek and give information on priorities find more joint gain (Thompson 1991, doi
    10.1016/0022-1031(91)90020-7). It asks those with brackets, then those whom it expects to be furthest away. For each
    text it weighs what it gains by it with the chance that nobody brackets it (`negsim.policies.forecast`). Where it
    may, it writes the first text of all (Baron and Ferejohn 1989, doi 10.2307/1961664).
    """

    def ask(self, view: View) -> list[str]:
        """Name two whom it has not asked: who holds most brackets, then who is furthest."""
        held = [name for names in view.brackets.values() for name in names]

        def urgency(name: str) -> tuple[int, float]:
            away = [
                view.salience[issue] * abs(view.belief[name][issue] - view.position[issue]) for issue in view.position
            ]
            return held.count(name), sum(away)

        return sorted((name for name in view.belief if name not in view.answers), key=urgency, reverse=True)[:2]

    def show(self, view: View) -> str | None:
        """Show what only it knows to whoever closes the issue: by its red line, by a bracket, or by what was told.

        Lines that face each other the wrong way close an issue for certain. On the last day it guesses.
        """
        issue = view.secret
        if issue is None:
            return None
        told = {name: answer.red_lines[issue] for name, answer in view.answers.items()}
        low = max(line[0] for line in (*told.values(), view.red_lines[issue]))
        high = min(line[1] for line in (*told.values(), view.red_lines[issue]))
        closing = [name for name, line in told.items() if low > high and (line[0] == low or line[1] == high)]
        held = [name for name in view.brackets.get(issue, ()) if name in view.trust]
        strict = [
            name for name, line in told.items() if view.minutes_left <= view.minute and max(line[0], -line[1]) > -inf
        ]
        return next(iter(closing or held or strict), None)

    def amend(self, view: View) -> float | None:
        """Write the text with the most to gain, if any gains."""
        issue = _one(view)
        return _best(_gains_on(view, issue) * _passes(view, issue))[0]

    def ask_for_pen(self, view: View) -> tuple[str, float] | None:
        """Ask for the pen on the issue on which a first text has most to gain."""
        return self.best_text(view, view.issues)

    def best_text(self, view: View, issues: Iterable[str], paid: float = 0.0) -> tuple[str, float] | None:
        """Return the issue and the text with the most to gain, besides what is `paid` elsewhere; None if none gains."""
        most, best = 0.0, None
        for issue in issues:
            place, worth = _best((paid + _gains_on(view, issue)) * _passes(view, issue))
            if place is not None and worth > most:
                most, best = worth, (issue, place)
        return best


class Trader(Asker):
    """Give on what matters little to get what matters much: a conditional offer across two paragraphs.

    Whoever weighs issues differently can gain together by linking them (Tollison and Willett 1979, doi
    10.1017/S0020818300032252). Apart from its offers it asks and amends as an asker.
    """

    def offer(self, view: View) -> tuple[str, float] | None:
        """Offer a yes to the text that failed for the place on another issue at which the sum gains most."""
        here = _one(view)
        if _crosses(view):
            return None
        paid = float(_gain(view, here, np.asarray(view.text[here].value)))
        return self.best_text(view, (issue for issue in view.issues if issue != here), paid)


# What a seat may know and reckon with.


def _one(view: View) -> str:
    """Return the issue that a decision is about."""
    return view.issues[0] if view.issue is None else view.issue


def _others(view: View, issue: str) -> float:
    """Return where the others seem to stand on average."""
    return fmean(row[issue] for row in view.belief.values())


def _halfway(view: View, issue: str, own: Mapping[str, float]) -> float:
    return (own[issue] + _others(view, issue)) / 2.0


def _within(view: View, issue: str, place: float) -> float:
    """Return the nearest place that is within the red lines."""
    low, high = view.red_lines[issue]
    return min(max(place, low), high)


def _gains_on(view: View, issue: str) -> Floats:
    """Return what each text gains over the status quo; less than nothing over a red line (51)."""
    return np.where(_is_in(*view.red_lines[issue]), _gain(view, issue, PLACES), -1.0)


def _passes(view: View, issue: str) -> Floats:
    """Return the chance that nobody brackets each text that the seat writes (51)."""
    return np.asarray(np.prod([1.0 - each for each in chances(view, issue, PLACES).values()], axis=0))


def _is_in(low: float, high: float) -> NDArray[np.bool_]:
    """Return whether each text is from low to high (51)."""
    return np.asarray(np.clip(PLACES, low, high) == PLACES)


def _best(worth: Floats) -> tuple[float | None, float]:
    """Return the text that is worth most, None if none is worth anything, and what it is worth."""
    best = int(worth.argmax())
    return float(PLACES[best]) if worth[best] > 0.0 else None, float(worth[best])


def _crosses(view: View) -> bool:
    """Return whether the text that is read crosses a red line."""
    return any(_within(view, issue, text.value) != text.value for issue, text in view.text.items())


def _gain(view: View, issue: str, place: Floats) -> Floats:
    """Return what texts gain over the status quo, by the own instructions."""
    own = view.instructions[issue]
    return view.salience[issue] * (abs(view.status_quo[issue] - own) - np.abs(place - own))


def _gains(view: View) -> bool:
    """Return whether the text that is read gains over the status quo."""
    return sum(float(_gain(view, issue, np.asarray(text.value))) for issue, text in view.text.items()) > 0.0
