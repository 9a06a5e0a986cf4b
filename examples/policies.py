"""Three policies: a spoiler, a bridge-builder and a tough one.

    negsim run cstd_wgigf_2011 --plugin examples/policies.py --set 'policies.India="policies:Spoiler"'

A policy sits in a seat. `negsim.policies.View` says what it sees; where it answers None, the delegate does what it
would do by the rules of the model.
"""

from math import inf
from statistics import mean


class Spoiler:
    """Let nothing pass: block each text that settles an issue, whatever it says.

    A member of a body for whom no agreement is the best one (Stedman 1997, doi 10.2307/2539366). Its objection counts
    where its seat may block and the decision rule lets one delegate block.
    """

    def respond(self, view):
        return "block" if view.issues else "object"  # a motion is about no issue


class BridgeBuilder:
    """Look for the middle: say and propose what lies halfway to the others, and accept what comes near.

    An integrative negotiator (Walton and McKersie 1965, ISBN 978-0-87546-179-3).
    """

    near = 0.25  # of the scale: from its position to a text that it accepts

    def speak(self, view):
        return self.halfway(view, view.issue)

    def propose(self, view):
        return {issue: self.halfway(view, issue) for issue in view.issues}

    def respond(self, view):
        if view.shortfall == inf:  # over a red line
            return None
        away = [abs(view.text[issue].value - view.position[issue]) for issue in view.issues]
        return "accept" if all(distance < self.near for distance in away) else None

    def halfway(self, view, issue):
        others = mean(belief[issue] for belief in view.belief.values())
        return (view.position[issue] + others) / 2


class Tough:
    """Concede nothing until late, then everything but red lines: Boulware (Raiffa 1982, ISBN 978-0-674-04813-3)."""

    late = 0.9  # the share of the mandate after which it gives in

    def speak(self, view):
        return view.instructions[view.issue] if self.is_early(view) else None

    def propose(self, view):
        return {issue: view.instructions[issue] for issue in view.issues} if self.is_early(view) else None

    def respond(self, view):
        if view.default == "accept" or view.shortfall == inf:
            return None
        return "block" if self.is_early(view) else "accept"

    def is_early(self, view):
        return view.minute < self.late * (view.minute + view.minutes_left)
