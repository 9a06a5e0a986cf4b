"""The words of an ODD description that are about the model, whatever the scenario.

Rules that hold here
- Short and exact; what depends on the scenario, and every table, is made elsewhere.
- `SUBMODELS` names the rules, and their text is their own docstring: formula and source stand once, beside the code.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from negsim.negotiation import (
    acceptance,
    beliefs,
    closing,
    evenings,
    influence,
    population,
    proposals,
    text,
    trust,
    turns,
)
from negsim.negotiation import acceptance as zone
from negsim.negotiation import text as reading

PROTOCOL = (
    "After the ODD protocol in its second update: Grimm, V., et al. (2020). The ODD protocol for describing "
    "agent-based and other simulation models: a second update to improve clarity, replication, and structural "
    "realism. Journal of Artificial Societies and Social Simulation 23(2) 7. doi 10.18564/jasss.4259."
)
PURPOSE = (
    "The model is to explain and to explore, not to predict: how the number of meetings, the methodology of the floor "
    "and informal contact change whether a body that decides by consensus reaches one, how deep it is, and why. It is "
    "meant for students of negotiation and for people who design such processes."
)
PATTERNS = (
    "The patterns by which the model is judged. *Calibrated*: a target of the calibration of six parameters. "
    "*Assumed*: put in by a rule, so its holding is no evidence. *Emergent*: neither; it may fail. docs/patterns.md "
    "has the estimates and says which hold."
)
SCALES = (
    "Time is minutes of floor time; a turn takes as many as its move does. Evenings and days between meetings take no "
    "floor time. t is the clock over the deadline of the mandate, at most 1. There is no space: all present hear "
    "whoever has the floor. Positions, beliefs, text and trust lie in 0..1; shortfalls and losses are in value units, "
    "in which 1 is the loss of a text at the other end of the scale."
)
SCHEDULE = (
    "The plan is a list of rows: sessions, evenings, gaps between meetings, events, the end. The process takes turns "
    "until it has an outcome, and a turn has three beats.\n\n"
    "1. *Whose turn*: the row of the plan and the format of the session say what is next. In a session the open "
    "issues are visited one after the other; a visit is the format's number of statements, then its closing move. The "
    "speaker is who asks for the floor first.\n"
    "2. *What they choose*: the delegates concerned decide by the rules of section 7, all on the same state.\n"
    "3. *What follows*: beliefs, positions, trust, text and clock change at once, hearer by hearer in the order of "
    "seats. A statement is the same for all its hearers; those who argue brackets, or talk at a table, are heard one "
    "after the other.\n\n"
    "A day is: submissions, reaffirmations, motions, sessions, the evening. When the last row is reached, or every "
    "paragraph is closed, the report is put to the room and the process ends."
)
CONCEPTS: dict[str, str] = {
    "Basic principles": (
        "Opinion dynamics with anchors (Friedkin & Johnsen 1990) in which trust weighs influence; asymmetric trust; "
        "biased beliefs about others (exaggerated distance, stereotypes, devaluation by distrust of the sponsor); "
        "spatial bargaining with a no-deal value and time-dependent concession; consensus as the absence of blocking, "
        "where a lone block has a cost. Distrust closes ears but repels nobody. Methodologies are data: a format is a "
        "row of numbers over a fixed set of moves, and none has a psychological privilege."
    ),
    "Emergence": (
        "Whether and when paragraphs close, who blocks, the depth of what is agreed, trust across groups at the end, "
        "missed agreements and false convergence result from the turns. Put in by rules: concession towards the "
        "deadline, that first beliefs exaggerate, that contact raises trust, the signs of the two terms of the "
        "chair's pressure."
    ),
    "Adaptation": (
        "Delegates concede with time and trust; accept, stand aside or block according to the shortfall of the text; "
        "table proposals between their own position and the room they believe in; back motions and renewal; leave if "
        "the text is worth less than their outside option. These are rules on the present state, not optimisation "
        "over the future."
    ),
    "Objectives": (
        "A delegate's measure is the shortfall f of a text (section 7, acceptance): the loss of the text to it less "
        "the largest loss it accepts now. A whole report is weighed by the salience-weighted sum."
    ),
    "Learning": (
        "Beliefs about others' positions move towards what is said, faster in frank talk and at dinner. Trust is "
        "learnt from events. No decision rule or parameter changes during a run."
    ),
    "Prediction": (
        "Implicit only: the value of no deal holds the hope that a renewed mandate would bring the centre of the room "
        "as the delegate believes it to be."
    ),
    "Sensing": (
        "A delegate knows its own position, instructions and trust, its beliefs about everybody's positions, the "
        "text, its precision, whose pen it is where the room remembers, the clock, and the trust received by it on "
        "average. It does not know others' positions, tempers or red lines. A facilitator senses overlap through what "
        "delegates believe."
    ),
    "Interaction": (
        "Direct: statements heard by all, readings of text, trials of sponsors, talk at mixed tables, caucuses. "
        "Mediated: through the text and its brackets, the queue of proposals, and the floor time that everything "
        "competes for."
    ),
    "Stochasticity": (
        "People are drawn once a run; afterwards chance decides who speaks, tables, sits where, what a draft covers "
        "and whether an overlap is noticed. A number is a pure function of its address (seed, replication, decision, "
        "meeting, turn, issue, seats) by Philox-4x32-10 (Salmon et al. 2011, doi 10.1145/2063384.2063405), so two "
        "scenarios that differ in one knob share all other draws."
    ),
    "Collectives": (
        "Stakeholder groups: given membership, within-group trust, caucuses, stereotypes. Camps on a linked theme cut "
        "across them. Drafting groups and dinner tables form and dissolve."
    ),
    "Observation": (
        "At the end of a run the measures below are taken; nothing of the state is hidden from them. Other decision "
        "rules are judged on the same objections."
    ),
}
INPUT = (
    "The model uses no time series or other external data that drive it during a run. The timetable, the agendas and "
    "the events of section 3 are part of the scenario and do not respond to the run, but for what a motion, a renewal "
    "or the end makes of them."
)
TAUGHT = (
    "Text of the rules themselves, as in their sources; numbers in brackets are the rules of the model's own "
    "description (docs/rules.md). Symbols: delegate i, speaker or sponsor j, issue k, position x, instructions a, "
    "belief b, trust T, text y, precision v, status quo q."
)
CALIBRATION = (
    "A parameter is a habit of people, the same in every scenario. *Calibrated*: chosen by a search against two "
    "documented cases (docs/calibration.md). *Assumed*: a judgement inside the plausible range, which the basis "
    "supports in sign or order of size. No other number was fitted."
)

Rule = Callable[..., Any]
DRAWN: tuple[Rule, ...] = (
    population.draw_positions, population.draw_red_lines, population.draw_salience, population.draw_trust,
    population.join_camps, beliefs.imagine,
)  # fmt: skip
SUBMODELS: dict[str, tuple[ModuleType, tuple[Rule, ...]]] = {
    "The floor and what is said": (influence, (population.next_wish, influence.concession, influence.statement)),
    "Influence": (influence, (influence.hear, influence.hear_in_group)),
    "Trust": (
        trust,
        (
            trust.susceptibility, trust.gain, trust.lose, trust.room_gains, trust.loses_in_room, trust.reaffirm,
            trust.blame, trust.fade,
        ),
    ),
    "Acceptance": (
        acceptance,
        (
            acceptance.loss, acceptance.no_deal, acceptance.latitude, acceptance.pen_trust, acceptance.blocking_cost,
            acceptance.settle, acceptance.satisfies,
        ),
    ),
    "Readings": (
        reading,
        (
            reading.read, acceptance.reading_minutes, reading.argue, reading.sponsor_hears, reading.judge_chair,
            reading.read_package,
        ),
    ),
    "Text": (text, (text.draft, text.write, text.revise, text.agree, turns.draft_in_group, turns.poll)),
    "Proposals": (
        proposals,
        (
            proposals.wants_to_table, proposals.blend, proposals.forget, turns.discuss, proposals.is_tried,
            proposals.try_sponsor, proposals.resent_silence,
        ),
    ),
    "Convergence and the zone of agreement": (zone, (turns.notice, zone.overlap, zone.zone_exists)),
    "Evenings and renewed mandates": (
        evenings,
        (evenings.spend_evening, evenings.sit, evenings.talk, evenings.close_ranks, evenings.gossip, evenings.renew),
    ),
    "Events between sessions": (
        turns, (turns.submit, turns.reaffirm_line, turns.backs_motion, turns.decide_motion, turns.ask_for_renewal),
    ),
    "The end": (
        closing,
        (
            closing.leaving_rate, closing.walk_out, closing.package_shortfalls, closing.adopt, closing.vote_carries,
            closing.asks_for_renewal, closing.conclude,
        ),
    ),
    "Reference models": (influence, (influence.friedkin_johnsen, influence.encounter, influence.gather)),
}  # fmt: skip
