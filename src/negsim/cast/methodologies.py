"""Methodologies by name: how a process divides the floor time of each meeting among session formats.

A methodology is data: the agendas of the first, each middle and the last meeting, and of the only meeting of a process.
Minutes are never added or taken away, so two methodologies are compared at equal minutes. A scenario may define others
(section `methodologies`); `negsim describe methodologies` writes its page from the table here.

- A methodology named after a format gives that format the floor in every meeting; some share it with the format that
  finishes their text. One named after a case has that case's agendas.
- Methodologies that work on a text begin with a round of questions, a quarter of the first meeting. `process.opening`
  is the share of the first meeting that opens with questions, under any methodology.
"""

from __future__ import annotations

from typing import NamedTuple

from negsim.cast.formats import FORMATS, IDLE_COLOUR, IDLE_FORMAT, IDLE_LABEL
from negsim.cast.palette import Colour

_Agenda = tuple[tuple[str, float], ...]  # session formats, each with its share of a meeting's minutes; shares sum to 1

OPENING_FORMAT = "questionnaire"  # the format that a process opens with
QUESTION_SHARE = 0.25  # of the first meeting, where a methodology begins with a round of questions

MEETING_PARTS = ("first", "middle", "last", "only")


def part_of(meeting: int, meetings: int) -> str:
    """Return which part of a methodology a meeting has, counted from 0, of `meetings`.

    >>> part_of(0, 1), [part_of(m, 4) for m in range(4)]
    ('only', ['first', 'middle', 'middle', 'last'])
    """
    if meetings == 1:
        return "only"
    return "first" if meeting == 0 else "last" if meeting == meetings - 1 else "middle"


class _Methodology(NamedTuple):
    """The agendas of the meetings of a process.

    about: a description in one sentence. use: what it is for. source: who works that way, or who proposed it. label,
    colour: of one that is not named after a format.
    """

    only: _Agenda
    first: _Agenda
    middle: _Agenda
    last: _Agenda
    about: str
    use: str
    source: str
    label: str = ""
    colour: Colour | None = None

    def agenda(self, meeting: int, meetings: int) -> _Agenda:
        """Return the agenda of a meeting, counted from 0, of `meetings`."""
        agenda: _Agenda = getattr(self, part_of(meeting, meetings))
        return agenda


def _same(agenda: _Agenda, about: str, use: str, source: str, *, opening: _Agenda | None = None) -> _Methodology:
    """Give every meeting the same agenda, or all but the first."""
    first = agenda if opening is None else opening
    return _Methodology(first, first, agenda, agenda, about, use, source)


def _after_questions(format_: str, about: str, use: str, source: str) -> _Methodology:
    """Begin with a round of questions and give everything else to one format."""
    return _same(
        ((format_, 1.0),),
        about,
        use,
        source,
        opening=((OPENING_FORMAT, QUESTION_SHARE), (format_, 1.0 - QUESTION_SHARE)),
    )


_QUESTIONS: _Agenda = ((OPENING_FORMAT, 1.0),)
_PILE: _Agenda = ((OPENING_FORMAT, 0.5), ("tabled_proposals", 0.15), ("chair_text", 0.35))
_MAPPING: _Agenda = (("convergence_mapping", 0.6), ("rolling_text", 0.4))
_FINISH: _Agenda = (("convergence_mapping", 0.2), ("rolling_text", 0.8))

_DECLARED: dict[str, _Methodology] = {
    "chair_text": _after_questions(
        "chair_text",
        "A round of questions at the first meeting, then the chair's own text, bracketed by the floor.",
        "To have one hand write where the parties would not agree on whose words to use.",
        "Used by the negotiations of the Kyoto Protocol (chairman's text, 1997; Depledge 2000).",
    ),
    "wgigf_2011": _Methodology(
        only=_PILE,
        first=_QUESTIONS,
        middle=_PILE,
        last=_PILE,
        about="A meeting of questions; at later ones questions again, proposals that pile up, and the chair's text.",
        use="To do again what the group of 2011 did; of several meetings, the first has no text yet.",
        source="Used by the CSTD Working Group on IGF improvements in 2011 (Maciel 2011).",
        label="questions, then chair's text",
        colour=Colour.BROWN,
    ),
    "questionnaire": _same(
        _QUESTIONS,
        "Question by question, to the end; nothing can close.",
        "To collect views. It is the case against which any work on text can be compared.",
        "Used by many expert groups for their first meeting, and by itself in consultations.",
    ),
    "tabled_proposals": _same(
        (("tabled_proposals", 0.35), ("proposal_review", 0.65)),
        "Proposals are tabled, then discussed one by one under their sponsors' names.",
        "To let parties write, where what matters is who proposes; it depends on trust in the sponsors.",
        "Used by intergovernmental committees that negotiate draft resolutions.",
    ),
    "rolling_text": _after_questions(
        "rolling_text",
        "A round of questions at the first meeting, then one negotiating text that moves towards those who block.",
        "To have everybody work on the same words from early on.",
        "Used by the Law of the Sea conference (single negotiating text, 1975) and the UNFCCC.",
    ),
    "convergence_mapping": _same(
        _MAPPING,
        "A facilitator looks for what overlaps and writes it down; what is left goes through a rolling text.",
        "To find agreement that is there and nobody sees; it needs people who say what they think.",
        "Used by WGIG's facilitated clusters (2005) and consensus-building practice (Susskind 1999).",
    ),
    "wgigf_2012": _Methodology(
        only=_FINISH,
        first=(("questionnaire", 0.4), ("convergence_mapping", 0.6)),
        middle=_MAPPING,
        last=_FINISH,
        about="Clustered questions, then points of broad agreement, then a rolling document.",
        use="To go from questions to text step by step, with most floor time for text at the end.",
        source="Used by the CSTD Working Group's second phase, 2011-12 (Major 2012; A/67/65).",
        label="questions, mapping, rolling text",
        colour=Colour.WINE,
    ),
    "drafting_group": _after_questions(
        "drafting_group",
        "A round of questions at the first meeting, then small mixed groups draft and plenary reads.",
        "To draft where few can talk frankly, and bring the result to all.",
        "Used by NETmundial's drafting teams (2014) and most treaty conferences.",
    ),
    "package_deal": _after_questions(
        "package_deal",
        "A round of questions at the first meeting, then issues are traded and read as one package.",
        "To trade issues that parties value differently; all of it passes, or nothing.",
        "Used by the GATT's Uruguay Round (single undertaking) and the Law of the Sea conference.",
    ),
    "straw_poll": _same(
        (("straw_poll", 0.5), ("rolling_text", 0.5)),
        "Secret straw polls inform a text, then a rolling text finishes it.",
        "To learn where the room stands without anybody having to show it.",
        "Used by Delphi panels (Dalkey & Helmer 1963) and by some IETF working groups.",
    ),
}

# A format that the lab offers and no methodology is called after has the floor in every meeting.
METHODOLOGIES: dict[str, _Methodology] = _DECLARED | {
    name: _same(((name, 1.0),), f"{each.meaning[:1].upper()}{each.meaning[1:]}.", "To see the format alone.", "")
    for name, each in FORMATS.items()
    if each.in_lab and name not in _DECLARED
}


def label_of(name: str) -> str:
    """Name a format or a methodology; a scenario's own goes by its name in the file.

    >>> label_of("chair_text"), label_of("wgigf_2011"), label_of("fish_bowl")
    ("chair's text", "questions, then chair's text", 'fish bowl')
    """
    record = FORMATS.get(name) or METHODOLOGIES.get(name)
    return IDLE_LABEL if name == IDLE_FORMAT else record.label if record and record.label else name.replace("_", " ")


def colour_of(name: str) -> Colour | None:
    """Return the colour of a format or a methodology; None for a scenario's own."""
    record = FORMATS.get(name) or METHODOLOGIES.get(name)
    return IDLE_COLOUR if name == IDLE_FORMAT else record.colour if record else None
