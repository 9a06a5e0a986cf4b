"""Named methodologies: how a process spends its floor time.

Rules that hold here
- A methodology is a function of (meeting m, counted from 0, of M) to an agenda: session formats with their shares
  of the meeting's minutes, in order. The shares sum to 1.
- Minutes are never added or taken away, so two methodologies are compared at equal minutes.
- The name of a methodology is the name of its function.
"""

from __future__ import annotations

from collections.abc import Callable

Agenda = list[tuple[str, float]]
Methodology = Callable[[int, int], Agenda]

AS_WRITTEN = "as_written"
REFERENCE_MODELS = ("friedkin_johnsen", "deffuant", "hegselmann_krause")  # formats to verify with, no procedures


def chair_text(m: int, meetings: int) -> Agenda:
    """A questionnaire first; at later meetings questions, proposals that wait, and the chair's own text.

    Used by the CSTD Working Group on IGF improvements in 2011 (Maciel 2011).
    """
    if m == 0 and meetings > 1:
        return [("questionnaire", 1.0)]
    return [("questionnaire", 0.5), ("tabled_proposals", 0.15), ("chair_text", 0.35)]


def questionnaire(m: int, meetings: int) -> Agenda:  # noqa: ARG001
    """Question by question, to the end; nothing can close.

    Used by many expert groups for their first meeting, and by itself in consultations.
    """
    return [("questionnaire", 1.0)]


def tabled_proposals(m: int, meetings: int) -> Agenda:  # noqa: ARG001
    """Proposals are tabled, then discussed one by one under their sponsors' names.

    Used by intergovernmental committees that negotiate draft resolutions.
    """
    return [("tabled_proposals", 0.35), ("proposal_review", 0.65)]


def rolling_text(m: int, meetings: int) -> Agenda:  # noqa: ARG001
    """A round of questions at the first meeting, then one negotiating text that moves towards those who block.

    Used by the Law of the Sea conference (single negotiating text, 1975) and the UNFCCC.
    """
    if m == 0:
        return [("questionnaire", 0.25), ("rolling_text", 0.75)]
    return [("rolling_text", 1.0)]


def convergence_mapping(m: int, meetings: int) -> Agenda:  # noqa: ARG001
    """A facilitator looks for what overlaps and writes it down; what is left goes through a rolling text.

    Used by WGIG's facilitated clusters (2005) and consensus-building practice (Susskind 1999).
    """
    return [("convergence_mapping", 0.6), ("rolling_text", 0.4)]


def wgigf_2012(m: int, meetings: int) -> Agenda:
    """Clustered questions, then points of broad agreement, then a rolling document.

    Used by the CSTD Working Group's second phase, 2011-12 (Major 2012; A/67/65).
    """
    if m == meetings - 1:
        return [("convergence_mapping", 0.2), ("rolling_text", 0.8)]
    if m == 0:
        return [("questionnaire", 0.4), ("convergence_mapping", 0.6)]
    return [("convergence_mapping", 0.6), ("rolling_text", 0.4)]


def drafting_group(m: int, meetings: int) -> Agenda:  # noqa: ARG001
    """A round of questions at the first meeting, then small mixed groups draft and plenary reads.

    Used by NETmundial's drafting teams (2014) and most treaty conferences.
    """
    if m == 0:
        return [("questionnaire", 0.25), ("drafting_group", 0.75)]
    return [("drafting_group", 1.0)]


def package_deal(m: int, meetings: int) -> Agenda:  # noqa: ARG001
    """A round of questions at the first meeting, then issues are traded and read as one package.

    Used by the GATT's Uruguay Round (single undertaking) and the Law of the Sea conference.
    """
    if m == 0:
        return [("questionnaire", 0.25), ("package_deal", 0.75)]
    return [("package_deal", 1.0)]


def straw_poll(m: int, meetings: int) -> Agenda:  # noqa: ARG001
    """Secret straw polls inform a text, then a rolling text finishes it.

    Used by Delphi panels (Dalkey & Helmer 1963) and by some IETF working groups.
    """
    return [("straw_poll", 0.5), ("rolling_text", 0.5)]


def friedkin_johnsen(m: int, meetings: int) -> Agenda:  # noqa: ARG001
    """Synchronous weighted averaging, anchored to instructions: a reference, not a procedure.

    Proposed by Friedkin & Johnsen (1990).
    """
    return [("friedkin_johnsen", 1.0)]


def deffuant(m: int, meetings: int) -> Agenda:  # noqa: ARG001
    """Random pairs meet halfway if they are near enough: a reference, not a procedure.

    Proposed by Deffuant, Neau, Amblard & Weisbuch (2000).
    """
    return [("deffuant", 1.0)]


def hegselmann_krause(m: int, meetings: int) -> Agenda:  # noqa: ARG001
    """All move to the mean of those near enough: a reference, not a procedure.

    Proposed by Hegselmann & Krause (2002).
    """
    return [("hegselmann_krause", 1.0)]


METHODOLOGIES: dict[str, Methodology] = {
    methodology.__name__: methodology
    for methodology in (
        chair_text, questionnaire, tabled_proposals, rolling_text, convergence_mapping, wgigf_2012, drafting_group,
        package_deal, straw_poll, friedkin_johnsen, deffuant, hegselmann_krause,
    )
}  # fmt: skip
