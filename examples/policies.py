"""Three policies: a spoiler, a bridge-builder, a tough one, and a chair who drafts for those who object.

    negsim run cstd_wgigf_2011 --plugin examples/policies.py --set 'policies.India="policies:Spoiler"'

A policy sits in a seat. `negsim.policies.View` says what it sees; where it answers None, the delegate does what it
would do by the rules of the model.
"""

from statistics import mean


class Spoiler:
    """Let nothing pass: block each text that settles an issue, whatever it says.

    A member of a body for whom no agreement is the best one (Stedman 1997, doi 10.2307/2539366). Its objection counts
    where its seat may block and the decision rule lets one delegate block.
    """

    def respond(self, view):
        return "block" if view.issues else "object"  # a motion is about no issue


class BridgeBuilder:
    """Look for the middle: state and propose what lies halfway to where the others are believed to stand.

    An integrative negotiator (Walton and McKersie 1965), who accepts what is no worse than what it would have said.
    """

    def speak(self, view):
        return self.halfway(view, view.issue)

    def propose(self, view):
        return {issue: self.halfway(view, issue) for issue in view.issues}

    def respond(self, view):
        low, high = (min(view.red_lines[issue][0] for issue in view.issues), 1.0) if view.issues else (0.0, 1.0)
        near = all(abs(view.text[issue].value - view.position[issue]) < 0.3 for issue in view.issues)
        return "accept" if low <= high and near and view.default != "block" else None

    def halfway(self, view, issue):
        others = mean(belief[issue] for belief in view.belief.values())
        return (view.position[issue] + others) / 2


class Tough:
    """Concede nothing until late, then everything that is not a red line: Boulware (Raiffa 1982)."""

    late = 0.9  # the share of the mandate after which it gives in

    def speak(self, view):
        return view.instructions[view.issue] if self.is_early(view) else None

    def propose(self, view):
        return {issue: view.instructions[issue] for issue in view.issues} if self.is_early(view) else None

    def respond(self, view):
        if view.default == "accept" or view.shortfall == float("inf"):
            return None
        return "block" if self.is_early(view) else "accept"

    def is_early(self, view):
        return view.minute < self.late * (view.minute + view.minutes_left)
