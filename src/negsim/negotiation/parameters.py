"""Behavioural parameters: each with its default, range, source and standing.

- A parameter is a habit of people, the same in every scenario; what belongs to one process is in the scenario.
- `standing` is honest: *assumed* (a judgement inside the range) or *calibrated* (chosen by a search
  against two documented cases; research/docs/calibration.md has the trail). No other number was fitted.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple, get_type_hints

from negsim.negotiation.tables import Table, fill, table_type


class _About(NamedTuple):
    """The facts about a parameter: its plausible range, its basis and how its default was chosen."""

    low: float
    high: float
    basis: str
    standing: Literal["assumed", "calibrated"] = "assumed"


class Parameters(NamedTuple):
    """The behavioural parameters of the model (symbols in docs/rules.md). Unitless unless their basis names a unit."""

    persuasion: Annotated[float, _About(0.01, 0.06, "advice weight .2-.3 over a round of statements")] = 0.03
    openness: Annotated[float, _About(0.5, 0.95, "assumption")] = 0.7
    posturing: Annotated[float, _About(0.1, 0.6, "assumption")] = 0.3
    learning: Annotated[float, _About(0.1, 0.4, "Thompson & Hastie 1990")] = 0.2
    frank_learning: Annotated[float, _About(0.3, 0.8, "Lees & Cikara 2020")] = 0.5
    exaggeration: Annotated[float, _About(0.2, 0.8, "Robinson et al. 1995; More in Common 2019")] = 0.5
    devaluation: Annotated[
        float, _About(0.05, 0.2, "Ross & Stillinger (1.63 logits), scaled by distrust", "calibrated")
    ] = 0.061
    temper: Annotated[float, _About(0.02, 0.08, "assumption; standard deviation, value units")] = 0.06
    salience_weight: Annotated[float, _About(0.2, 0.7, "assumption")] = 0.4
    hope: Annotated[float, _About(0.2, 0.6, "that a renewed mandate brings the believed centre", "calibrated")] = 0.255
    goodwill: Annotated[
        float, _About(0.3, 1.0, "share that delegates give of what they gain elsewhere", "calibrated")
    ] = 0.43
    climate: Annotated[
        float, _About(0.0, 0.1, "what no code of a case sees, for all issues; standard deviation, value units")
    ] = 0.03
    climate_by_issue: Annotated[
        float, _About(0.0, 0.2, "the same, for each issue by itself; standard deviation, value units")
    ] = 0.05
    reconsideration: Annotated[float, _About(0.0, 0.5, "Bernardo et al. 2021; share of the way, a gap")] = 0.2
    aspiration: Annotated[float, _About(0.05, 0.25, "NegMAS aspiration curves", "calibrated")] = 0.082
    concession_exponent: Annotated[float, _About(1.0, 4.0, "NegMAS: 1 linear, 4 boulware", "calibrated")] = 1.53
    ambiguity: Annotated[float, _About(0.2, 0.6, "constructive ambiguity; assumption")] = 0.4
    dilution: Annotated[float, _About(0.2, 0.6, "cost of vagueness to those who wanted change; assumption")] = 0.45
    block_cost: Annotated[
        float, _About(0.15, 0.5, "of who blocks alone in its caucus, once three accept (Asch 1951)", "calibrated")
    ] = 0.4
    knowledge_scale: Annotated[
        float, _About(0.08, 0.2, "mean error of beliefs at which a room finds nothing; scale units", "calibrated")
    ] = 0.121
    slack: Annotated[
        float, _About(0.0, 0.1, "room that instructions leave on a core issue; scale units", "calibrated")
    ] = 0.045
    precision_floor: Annotated[float, _About(0.2, 0.6, "below which vagueness says nothing; assumption")] = 0.4
    carry_over: Annotated[
        float, _About(0.5, 1.0, "Pettigrew & Tropp 2006: contact reaches those of a group who were not met")
    ] = 0.9
    disclosure: Annotated[float, _About(0.1, 0.6, "chance at full trust that a talk tells a secret; assumption")] = 0.3
    dissent_relief: Annotated[float, _About(0.03, 0.2, "what recording one's dissent is worth; assumption")] = 0.08
    trust_gain: Annotated[float, _About(0.02, 0.08, "Slovic 1993 asymmetry")] = 0.04
    trust_loss: Annotated[float, _About(0.03, 0.12, "Slovic 1993 asymmetry")] = 0.08
    isolation_closing: Annotated[float, _About(0.2, 0.7, "reactance meta-analyses, sign only")] = 0.5
    tabling_rate: Annotated[float, _About(0.1, 0.6, "chance to table when given the floor; assumption")] = 0.3
    caucus_pull: Annotated[float, _About(0.05, 0.3, "Schkade et al. 2007; per evening")] = 0.12
    contact_gain: Annotated[float, _About(0.03, 0.19, "Pettigrew & Tropp 2006; Paluck et al. 2019; per evening")] = 0.12
    noticing_rate: Annotated[float, _About(0.005, 0.03, "Lu et al. 2012; per minute")] = 0.018
    pressure_help: Annotated[float, _About(0.0, 0.1, "Stuhlmacher et al. 1998")] = 0.05
    pressure_harm: Annotated[float, _About(0.04, 0.2, "Carnevale & Lawler 1986")] = 0.08
    spillover_max: Annotated[float, _About(0.0, 0.12, "assumption; what full tension adds to bottom lines")] = 0.08
    fade: Annotated[float, _About(0.0, 0.04, "assumption; scale units a failed reading")] = 0.01
    patience: Annotated[float, _About(3.0, 12.0, "assumption; readings of one text a day")] = 5.0
    walkout: Annotated[float, _About(0.0, 1.0, "assumption; rate a day")] = 0.3
    statement: Annotated[float, _About(1.0, 5.0, "assumption; minutes")] = 3.0


def about() -> dict[str, _About]:
    """Return every parameter's name with the facts about it, in the order of `Parameters`."""
    hints = get_type_hints(Parameters, include_extras=True)
    return {name: hints[name].__metadata__[0] for name in Parameters._fields}


PARAMETER_ROW = table_type(dict.fromkeys(Parameters._fields, "float"))


def table(parameters: Parameters) -> Table[Parameters]:
    """Return the parameters as a table of one row, for kernels."""
    return fill(PARAMETER_ROW, 1, **parameters._asdict())
