"""The published codebook: what each fact and each code of a case becomes, why, and what replaces an unknown one.

- Every case is translated by the same rules, and nothing here knows an outcome.
- A code sets paths as `--set` takes them, to words of scenario files where there is one, so that their reasons count
  here too.
- An unknown code is drawn from the listed options, each equally likely; an unknown fact from a range that says how
  wide our ignorance is. Reasons rest on what bodies are like, never on how they ended.
- The order of the options is the order of one-step changes, even where it ranks nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from negsim.cast import knobs
from negsim.scenario.yaml import Plain

_LEVELS = ("low", "medium", "high")


class Option(NamedTuple):
    """One answer: the word, when a coder picks it, what it sets, and the reason."""

    word: str
    when: str
    sets: dict[str, Plain]
    reason: str


class Question(NamedTuple):
    """One code: what it asks, its options in order, and which of them may be drawn when it is not known."""

    asks: str
    ordered: bool
    options: tuple[Option, ...]
    when_unknown: tuple[str, ...]
    why_drawn: str

    @property
    def words(self) -> tuple[str, ...]:
        """The options, in order."""
        return tuple(option.word for option in self.options)

    def option(self, word: str) -> Option:
        """Return the option with that word."""
        return next(option for option in self.options if option.word == word)


_RULE, _VOTE = "process.decision_rule", "process.fallback_vote"
_CONSENSUS = "no_formal_objection"
_ROUGH, _MAJORITY = {"rough_consensus": {"share": 0.75}}, {"rough_consensus": {"share": 0.5}}
_SCALE = "the scale of the scenario language"
_SWITCH = "the model's switch"
_EQUALLY = "nothing makes one level likelier than another"

# Keys of `sets` that are no paths: the translation makes them positions, red lines and outside options of the groups.
DISTANCE, _RED_LINES, OPTION = "distance", "red_lines", "outside_option"
REFUSED_DISTANCE = 0.25  # of the scale, beyond one's own demand: how far apart the sides are at `low` distance
METHODOLOGY_PATH, EVENINGS_PATH = knobs.METHODOLOGY.path, knobs.EVENINGS.path

_METHODS = {
    "questionnaire": "Question by question; statements; nothing can close.",
    "tabled_proposals": "Rival proposals of participants are tabled and discussed.",
    "chair_text": "The chair's own text, bracketed by the floor.",
    "rolling_text": "One negotiating text in successive drafts that take up what is said.",
    "straw_poll": "Polls show where the room stands before a text is finished.",
    "package_deal": "Issues are traded and accepted as one package.",
    "convergence_mapping": "A facilitator lists what is common, then the text is written.",
    "drafting_group": "Small groups draft; the plenary reads.",
}

_ONE_REFUSES = (
    "on the core issue a group that refuses never accepts text farther than .25 from what it asks for, towards the "
    "other side (`max` for those who keep, `min` for those who want change): as far as sides of `low` distance are "
    "apart. At `medium` distance that is the middle. Without `whose`: those for change or those for keeping, each "
    "equally likely"
)
_BOTH_REFUSE = (
    "the same on both sides. At `low` distance all text between the demands is left, at `medium` only the middle, at "
    "`high` none. Without `whose`: every group on a side"
)


QUESTIONS: dict[str, Question] = {
    "decision_rule": Question(
        asks="How the body decides, by its own rules or standing custom.",
        ordered=False,
        options=(
            Option("full_consensus", "One formal objection of a member stops the text.",
                   {_RULE: _CONSENSUS, _VOTE: None}, "the model's rule of that meaning"),
            Option(
                "consensus_or_vote", "Consensus is sought; where it fails the rules let a vote decide.",
                {_RULE: _CONSENSUS, _VOTE: {"share": 0.667}},
                "two thirds is the usual majority on matters of substance (Charter of the United Nations, article 18)",
            ),
            Option(
                "rough_consensus", "A chair or convener judges that support is broad enough; levels of consensus.",
                {_RULE: _ROUGH, _VOTE: None},
                "75 % is the median threshold of Delphi studies (Diamond et al. 2014); in the IETF no share (RFC 7282)",
            ),
            Option("majority", "More than half is enough.", {_RULE: _MAJORITY, _VOTE: None}, "half is the definition"),
        ),
        when_unknown=("full_consensus", "consensus_or_vote", "rough_consensus"),
        why_drawn="the rules of bodies that seek consensus; one that decides by majority says so",
    ),
    "adoption": Question(
        asks="Whether parts may be adopted alone, by the body's own rules.",
        ordered=False,
        options=(
            Option("everything", "Nothing is agreed until everything is; one report, treaty or declaration.",
                   {"process.adoption": "everything"}, _SWITCH),
            Option("separable", "Recommendations or parts are decided and sent on one by one.",
                   {"process.adoption": "separable"}, _SWITCH),
        ),
        when_unknown=("everything", "separable"),
        why_drawn="either is common",
    ),
    "methodology": Question(
        asks="How floor time is spent: one of these, or several in their order of use, each for the same share of the "
        "process. Agendas that the language names after one case are made of them and are no codes.",
        ordered=False,
        options=tuple(
            Option(name, when, {METHODOLOGY_PATH: name}, "its agendas, at the case's own minutes")
            for name, when in _METHODS.items()
        ),
        when_unknown=tuple(_METHODS)[1:],
        why_drawn="any but the questionnaire: a body with a report to write works on some text",
    ),
    "tension": Question(
        asks="Political tension around the process, from outside it.",
        ordered=True,
        options=(
            Option("low", "Technical or commercial; few capitals watch.", {"context.tension": "low"}, _SCALE),
            Option("medium", "The theme is disputed elsewhere too.", {"context.tension": "medium"}, _SCALE),
            Option("high", "An open conflict elsewhere overshadows the process.", {"context.tension": "high"}, _SCALE),
        ),
        when_unknown=_LEVELS,
        why_drawn=_EQUALLY,
    ),
    "trust": Question(
        asks="Trust between the groups when the process begins.",
        ordered=True,
        options=(
            Option("low", "Mistrust is reported: exclusion, acrimony, an earlier failure.",
                   {"trust.across": "low"}, _SCALE),
            Option("medium", "Neither trust nor mistrust is reported, or both; people who have worked together before.",
                   {"trust.across": "medium"}, _SCALE),
            Option("high", "Colleagues who rely on each other.",
                   {"trust.across": "high"}, f"{_SCALE}; then as high as inside a group"),
        ),
        when_unknown=_LEVELS,
        why_drawn=_EQUALLY,
    ),
    "distance": Question(
        asks="How far apart what the sides ask for is, on the core issue, when the process begins.",
        ordered=True,
        options=(
            Option("low", "All want change of one kind; how much or in which form is disputed.",
                   {DISTANCE: 0.25}, "one word apart on the scale of positions (.375 and .625)"),
            Option("medium", "One side wants change, the other little of it; a middle is conceivable.",
                   {DISTANCE: 0.5}, "`low` against `high` on the scale of positions (.25 and .75)"),
            Option("high", "The sides ask for what excludes each other: all against nothing.",
                   {DISTANCE: 0.8}, "`very_low` against `very_high` on the scale of positions (.1 and .9)"),
        ),
        when_unknown=_LEVELS,
        why_drawn=_EQUALLY,
    ),
    "refusals": Question(
        asks="What a party declared, before the end was known, that it would never accept on the core issue; its "
        "sentence is the quote. `whose` lists the groups that did, or their side (change, keep).",
        ordered=True,
        options=(
            Option("none", "Nobody declared such a thing, or only on another issue, or only after the end.",
                   {_RED_LINES: None}, "no red lines"),
            Option("one_side", "Somebody on one side declared it, and nobody on the other.",
                   {_RED_LINES: REFUSED_DISTANCE}, _ONE_REFUSES),
            Option("both", "Somebody on each side declared it.", {_RED_LINES: REFUSED_DISTANCE}, _BOTH_REFUSE),
        ),
        when_unknown=("none",),
        why_drawn="no draw: a refusal counts only with the sentence that declares it",
    ),
    "dissent_record": Question(
        asks="Whether the body's own rules, made beforehand, gave a way to record dissent; not whether it was used.",
        ordered=False,
        options=(
            Option("none", "The rules know agreement or no text, or give no such way.",
                   {"process.record_dissent": False}, _SWITCH),
            Option(
                "provided", "The rules provide it: minority statements, reservations, dissent named beside the text.",
                {"process.record_dissent": True}, _SWITCH,
            ),
        ),
        when_unknown=("none", "provided"),
        why_drawn="either is common",
    ),
    "outside_option": Question(
        asks="What those who leave the table, or let it fail, can get elsewhere, other than that things stay as they "
        "are. `whose` lists the groups that have it; without it, all do.",
        ordered=True,
        options=(
            Option("none", "Without agreement things stay as they are.",
                   {OPTION: "none"}, "without a text one has what the model makes of the status quo and of hope"),
            Option(
                "some", "Another body or a unilateral step may bring part of what one wants.",
                {OPTION: "medium"},
                "leaving is worth a text .6 of the scale from what one asks for: few texts that are read are worse",
            ),
            Option(
                "strong", "Another decider stands ready, or one can simply do without the text.",
                {OPTION: "high"},
                "leaving is worth a text .4 of the scale from what one asks for: many a compromise is worse",
            ),
        ),
        when_unknown=("none", "some"),
        why_drawn="an account would have named a strong one",
    ),
    "informal_contact": Question(
        asks="Contact across groups outside the sittings.",
        ordered=True,
        options=(
            Option("none", "Groups meet by themselves only.", {EVENINGS_PATH: 0.0}, "every evening a caucus"),
            Option("low", "Mostly by themselves; little across.",
                   {EVENINGS_PATH: 0.25}, "one evening in four is mixed: `low` on the scale of shares"),
            Option("medium", "Regular contact across groups.",
                   {EVENINGS_PATH: 0.5}, "every other evening: `medium` on the scale of shares"),
            Option("high", "Most free time is spent across groups.",
                   {EVENINGS_PATH: 0.75}, "three evenings in four: `high` on the scale of shares"),
        ),
        when_unknown=("none", "low", "medium", "high"),
        why_drawn=_EQUALLY,
    ),
}  # fmt: skip


def stepped(name: str, word: str, step: int) -> str | None:
    """Return the option this many places further in the documented order, or None past its ends.

    >>> stepped("trust", "low", 1), stepped("trust", "low", -1)
    ('medium', None)
    """
    words = QUESTIONS[name].words
    place = words.index(word) + step
    return words[place] if 0 <= place < len(words) else None


class _FactRule(NamedTuple):
    """One fact: what it is, what it becomes, and what replaces it when it is not known."""

    is_: str
    becomes: str
    unknown: str


SEATS_IN_ALL = (15, 60)  # of a body that drafts in one room
MOST_IN_ONE_ROOM = 100  # more is a mass meeting
DAYS_OF_A_MEETING = (1, 5)
HOURS_OF_A_DAY = 6.0
_HALF_DAYS = "The hours of a meeting with a half day are spread evenly over its days."
MEETING_RANGE = (1, 8)
MOST_DRAWN_MEETINGS = 12
ISSUES_UNKNOWN = 5
STATUS_QUO_LEVEL = "very_low"
SPREAD_LEVEL = "medium"
OTHER_ISSUES = (0.2, 0.5, 0.8)  # how far apart sides may be on another issue, relative to the core issue
OPPOSITES = ("change", "keep")
SIDES = {"change": 0.5, "middle": 0.0, "keep": -0.5}  # of the distance, from the middle of the scale

FACTS: dict[str, _FactRule] = {
    "issues": _FactRule(
        "The questions on the table, the core one first.",
        f"As many issues as are coded, with the status quo at `{STATUS_QUO_LEVEL}`. On the others sides are "
        f"{', '.join(map('{:g}'.format, OTHER_ISSUES))} times as far apart as on the core one: half as far on average, "
        "since the core issue is the core because it divides most, and from nearly agreed to nearly as divided, since "
        "issues that are all alike would close or fail together (assumptions). The levels follow each other over the "
        "issues; with which they begin is drawn, so that each is equally likely for each issue.",
        f"{ISSUES_UNKNOWN} issues: no draw, as positions need issues (the coded cases have one to six).",
    ),
    "groups": _FactRule(
        f"Who sits at the table, with the seats of each where known; a mass meeting (over {MOST_IN_ONE_ROOM}) "
        "is coded as its drafting body.",
        f"As many groups as are coded, with a `{SPREAD_LEVEL}` spread of positions inside each. One group alone "
        "(states) becomes two blocs of it, for change and for keeping, so that trust across means something. Where it "
        "has a side and `seats` does not say that it is everybody, it stays whole and others take the other side.",
        "Three: those for change, those for keeping, those between.",
    ),
    "seats": _FactRule(
        "The number of all seats, where only that is known.",
        "Split among the groups at random, at least one each; where the seats of some groups are known the rest is "
        "shared by the others, each between half and one and a half times an even share; a single other group has all "
        "of it.",
        f"{SEATS_IN_ALL[0]} to {SEATS_IN_ALL[1]} in all, the same range for every group: from an expert group "
        "(20, 25, 30 and 40 seats are sourced) to what can still draft in one room.",
    ),
    "sides": _FactRule(
        "The side of the core issue that each group is on: change, middle or keep.",
        "The middle of the scale, and half the distance above or below it.",
        "Drawn: one group for change if none is known to be, one for keeping likewise, and the rest between; every "
        "choice of the two is equally likely (an issue is contested by at least two sides).",
    ),
    "meetings": _FactRule(
        "How many meetings. A process by calls: every six hours of calls make a day, every month a meeting.",
        "As many meetings as are coded.",
        f"{MEETING_RANGE[0]} to {MEETING_RANGE[1]}, the range of the bodies that are sourced (1 to 4, and one of 16 "
        "one-day meetings) and of our studies; where the span is known, at most one a month of it, and "
        f"{MOST_DRAWN_MEETINGS}.",
    ),
    "days": _FactRule(
        "Days of each meeting, or one number for every meeting. Half days are allowed, and some may be unknown.",
        f"Days of six hours, a fifth lost to procedure (UN practice; assumption). {_HALF_DAYS}",
        f"{DAYS_OF_A_MEETING[0]} to {DAYS_OF_A_MEETING[1]} days, the same for every meeting: a day to a working week. "
        "In a list with unknown meetings, the same for each of those, or what the total of days leaves.",
    ),
    "total_days": _FactRule(
        "The total of days, where those of each meeting are not known.",
        "Shared evenly by the meetings, also when their number is drawn.",
        "Not needed.",
    ),
    "gaps": _FactRule(
        "Days between the end of a meeting and the start of the next.",
        "Taken as coded.",
        "What the span leaves, shared evenly; 30 days if the span is not known either, or if the meetings are drawn.",
    ),
    "span": _FactRule(
        "Days from the first day to the last.",
        "Determines the gaps, and the largest number of meetings that is possible.",
        "Not needed.",
    ),
}
WHEN_NOT_CODED = (
    "Everything else is the default of the scenario language: trust inside a group, the chair, trust in the chair, "
    "salience, who may block, what happens between meetings, the behavioural parameters; no named delegates, camps, "
    "linkage or events. The political climate (a minister's call, the news of the day) is drawn in every replication, "
    "once for all issues and once for each, the same for everybody; no code sees it."
)
