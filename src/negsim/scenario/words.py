"""Words such as `low`, `medium` and `high`, which may stand for a number that has a scale, and their meanings.

- A word has a number per scale, and every number has a reason. `medium` is the default if a scale has one.
- The limits of a scale are what a file may write; the words stay inside the narrower range that the literature and
  our judgement find plausible (`negsim describe parameters`).
- The behavioural parameters are scales too: low and high are the ends of their plausible range, medium the default.
"""

from __future__ import annotations

from typing import NamedTuple

from negsim.negotiation.parameters import Parameters, about


class _Word(NamedTuple):
    """The number that a word stands for on one scale, and the reason."""

    number: float
    reason: str


class Scale(NamedTuple):
    """A kind of number in a scenario: its meaning, its limits in a file, and the words for it."""

    meaning: str
    low: float
    high: float
    words: dict[str, _Word]


def _scale(meaning: str, low: float, high: float, /, **words: tuple[float, str]) -> Scale:
    return Scale(meaning, low, high, {name: _Word(*word) for name, word in words.items()})


_ABSENT = (0.0, "absent")

CODEBOOK: dict[str, Scale] = {
    "position": _scale(
        "place between the labelled ends of an issue", 0, 1,
        very_low=(0.1, "at the low end, with a little room"),
        low=(0.25, "clearly on the low side: the middle of the lower half"),
        medium=(0.5, "the middle of the scale"),
        high=(0.75, "clearly on the high side: the middle of the upper half"),
        very_high=(0.9, "at the high end, with a little room"),
    ),
    "spread": _scale(
        "standard deviation of a position or a red line, in scale units", 0, 0.5,
        none=_ABSENT,
        low=(0.05, "a disciplined group: nine in ten within a tenth of the scale"),
        medium=(0.12, "visible differences inside the group"),
        high=(0.2, "a divided bloc: some members are nearer to other groups than to their own"),
    ),
    "salience": _scale(
        "weight of an issue, relative to the other issues", 0, 100,
        none=(0.0, "of no concern"),
        low=(0.5, "half the weight of an ordinary issue"),
        medium=(1.0, "an ordinary issue; the default"),
        high=(2.0, "twice the weight of an ordinary issue"),
        very_high=(4.0, "what one came for"),
    ),
    "salience_spread": _scale(
        "standard deviation of the log of the weights, from delegate to delegate", 0, 2,
        none=_ABSENT,
        low=(0.1, "weights differ by a tenth"),
        medium=(0.3, "weights differ by a third; the default"),
        high=(0.6, "weights differ by a factor of about two"),
    ),
    "openness": _scale(
        "how far one listens to the room rather than to one's instructions", 0, 1,
        low=(0.55, "bound by instructions: near the lower end of the plausible .5-.95"),
        medium=(0.7, "the default of the parameter"),
        high=(0.9, "free to be persuaded: near the upper end"),
    ),
    "voice": _scale(
        "how often one asks for the floor, relative to others", 0.01, 100,
        low=(0.5, "half as often as most"),
        medium=(1.0, "as often as most; the default"),
        high=(2.0, "twice as often as most"),
        very_high=(4.0, "carries the debate"),
    ),
    "outside_option": _scale(
        "value of leaving the table (1 is a text wholly to one's liking); a fallback: no text is better for it", 0, 1,
        low=(0.2, "leaving is worth a text .8 of the scale from one's position: nearly every text is better"),
        medium=(0.4, "leaving is worth a text .6 of the scale from one's position: few texts that are read are worse"),
        high=(0.6, "leaving is worth a text .4 of the scale from one's position: many a compromise is worse"),
    ),
    "no_deal": _scale(
        "value of having no agreement, in place of the status quo's (1 is a text wholly to one's liking)", 0, 1,
        low=(0.2, "as good as a text .8 of the scale from one's position: nearly every text is better"),
        medium=(0.5, "as good as a text half of the scale from one's position"),
        high=(0.8, "as good as a text .2 of the scale from one's position: few texts are better"),
    ),
    "trust": _scale(
        "how far one trusts another", 0, 1,
        none=(0.0, "no trust at all"),
        very_low=(0.15, "open hostility"),
        low=(0.35, "mistrust, the essay's `high degree of mistrust`: half the trust among colleagues"),
        medium=(0.5, "neither trust nor mistrust"),
        high=(0.7, "colleagues who rely on each other"),
        very_high=(0.85, "friends of long standing"),
    ),
    "trust_spread": _scale(
        "standard deviation of trust from pair to pair", 0, 0.5,
        none=_ABSENT,
        low=(0.05, "relations are much alike"),
        medium=(0.1, "some friendships, some grudges; the default"),
        high=(0.2, "relations are personal more than they are between groups"),
    ),
    "share": _scale(
        "a share of the whole", 0, 1,
        none=_ABSENT,
        low=(0.25, "a quarter"),
        medium=(0.5, "half"),
        high=(0.75, "three quarters"),
    ),
    "tension": _scale(
        "political tension around the process; scales down trust across groups", 0, 1,
        none=_ABSENT,
        low=(0.2, "the theme is technical and few capitals watch"),
        medium=(0.5, "the theme is disputed elsewhere too"),
        high=(0.8, "an open conflict elsewhere overshadows the process; 1 is left for a rupture"),
    ),
    "linkage": _scale(
        "weight of the camp's line in the instructions", 0, 1,
        none=_ABSENT,
        low=(0.15, "a reminder in the instructions"),
        medium=(0.3, "the linked theme is one of three reasons for a position"),
        high=(0.5, "positions are as much about the linked theme as about the issue"),
    ),
    "spillover": _scale(
        "what a room wholly of other camps adds to a bottom line, in value units", 0, 1,
        none=_ABSENT,
        low=(0.04, "half of the default"),
        medium=(0.08, "the default of the parameter"),
        high=(0.12, "the upper end of the plausible range"),
    ),
    "conservatism": _scale(
        "weight of the status quo in the chair's draft", 0, 1,
        low=(0.5, "the lower end of the plausible range: halfway to what was said"),
        medium=(0.6, "the default"),
        high=(0.8, "near the upper end (.9): a draft that hardly moves"),
    ),
    "precision": _scale(
        "how much a text pins down", 0, 1,
        low=(0.3, "the lower end of the plausible range: a text all can read their way"),
        medium=(0.5, "the default"),
        high=(0.7, "the upper end: who does what is said"),
    ),
    "coverage": _scale(
        "chance that the chair's draft has a paragraph on an issue", 0, 1,
        low=(0.6, "two issues in five are left out"),
        medium=(0.8, "one issue in five is left out; the default"),
        high=(1.0, "every issue has its paragraph"),
    ),
    "responsiveness": _scale(
        "share of the way towards the blockers after each failed reading", 0, 1,
        none=_ABSENT,
        low=(0.1, "the lower end of the plausible range: changes are bracketed, not taken up"),
        medium=(0.15, "the default"),
        high=(0.3, "the upper end: a redraft after every round"),
    ),
    "pressure": _scale(
        "how loudly the chair says that time is running out", 0, 1,
        none=_ABSENT,
        low=(0.3, "the clock is mentioned"),
        medium=(0.6, "the clock is an argument"),
        high=(1.0, "the clock is the argument"),
    ),
    "quality": _scale(
        "quality of informal contact", 0, 2,
        none=_ABSENT,
        low=(0.5, "a noisy reception"),
        medium=(1.0, "a dinner at a shared table; the default"),
        high=(1.5, "an evening built for it: equal status, a common goal"),
    ),
    "frankness": _scale(
        "how far private positions show", 0, 1,
        none=_ABSENT,
        low=(0.3, "a few say what they think"),
        medium=(0.5, "as in facilitated mapping"),
        high=(0.7, "as in a small drafting group behind closed doors"),
    ),
    "strength": _scale(
        "how offensive a reaffirmation is", 0, 5,
        none=_ABSENT,
        low=(0.5, "in passing"),
        medium=(1.0, "in a prepared statement; the default"),
        high=(2.0, "as a condition"),
    ),
}  # fmt: skip

_LIMITS = {  # of the parameters that are not between 0 and 1
    "concession_exponent": (0.1, 20.0),
    "knowledge_scale": (0.001, 1000.0),
    "statement": (0.1, 60.0),
    "patience": (1.0, 1e6),
}


def parameter_scales() -> dict[str, Scale]:
    """Return a scale for every behavioural parameter."""
    return {
        name: _scale(
            declared.basis, *_LIMITS.get(name, (0.0, 1.0)),
            low=(declared.low, "the lower end of the plausible range"),
            medium=(Parameters._field_defaults[name], "the default"),
            high=(declared.high, "the upper end of the plausible range"),
        )
        for name, declared in about().items()
    }  # fmt: skip


def number(kind: str, word: str) -> float:
    """Return the number of a word on a scale.

    >>> number("trust", "low")
    0.35
    """
    return CODEBOOK[kind].words[word].number


def levels(scale: str) -> list[tuple[str, float]]:
    """Return the words of a scale with their numbers, from the lowest to the highest."""
    words = ((word, meaning.number) for word, meaning in CODEBOOK[scale].words.items())
    return sorted(words, key=lambda level: level[1])


def next_to(scale: Scale, value: float) -> tuple[float | None, float | None]:
    """Return the number of the next word below a value of a scale, and of the next above; None where there is none.

    >>> next_to(CODEBOOK["trust"], 0.35), next_to(CODEBOOK["tension"], 0.9)
    ((0.15, 0.5), (0.8, None))
    """
    numbers = [word.number for word in scale.words.values()]
    below, above = ([n for n in numbers if n < value], [n for n in numbers if n > value])
    return max(below, default=None), min(above, default=None)


ALL_WORDS = frozenset(word for scale in CODEBOOK.values() for word in scale.words)
