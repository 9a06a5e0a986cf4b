"""Which answers survive what is uncertain: interventions in many worlds, as text and as rows.

- The share of drawn worlds has Wilson's interval. Steps are no sample of anything: their worlds are counted.
- An order, a regret or a reversal is named only where it is measurable. A change without effect helps in one of forty
  worlds, and hurts in as many, so a count that is no larger says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from negsim.files import Table
from negsim.negotiation.tables import Floats
from negsim.report import words
from negsim.report.explanations import as_set, change_name, paragraph, standing_of
from negsim.report.uncertain import base_text
from negsim.scenario.lowering import group_labels
from negsim.scenario.meanings import factor_name
from negsim.scenario.yaml import Plain, flow
from negsim.study.estimates import LEVEL, Estimate, mean, share
from negsim.study.robust import CLAIMS, Reversal, Robustness, WorldEffects
from negsim.study.table import estimate_columns

_MOST_NAMED = 3  # rivals or reversals in a sentence


def robust_text(result: Robustness, name: str) -> str:
    """Write what `negsim robust` prints. name: of the scenario."""
    measure = words.measure_name(result.measure)
    quantities = ["", "", "best in", "helps in", "hurts in", "gain at 10, 50, 90 %", "largest regret"]
    changes, each = words.counted(len(result.effects), "change"), f"{result.replications:,} runs of each"
    lines = [
        f"{name}: {measure}, {changes} in {_worlds(result)}, {each}, seed {result.seed}",
        paragraph(_about_worlds(result)),
        "helps, hurts: worlds where the paired interval of the gain, at 95 %, excludes zero",
        "regret: how far a change is behind the best, chosen on one half of a world's runs, measured on the other",
        base_text(result.base, result.measure),
        "",
        *words.columns([quantities, *(_row(result, one) for one in result.effects)]),
    ]
    return "\n".join([*lines, "", paragraph(_advice(result))])


def _worlds(result: Robustness) -> str:
    return words.counted(len(result.worlds), "world")


def _about_worlds(result: Robustness) -> str:
    if result.kind == "steps":
        return "a world: one coded value a step up or down, for all its runs"
    inputs = dict.fromkeys(path for world in result.worlds for path in world.inputs)
    named = words.listed([_input_name(result, path) for path in inputs], most=_MOST_NAMED)
    return f"a world: one draw of {named}, held for all its runs; shares of worlds with intervals at 95 %"


def _input_name(result: Robustness, path: str) -> str:
    return factor_name(path, group_labels(result.worlds[0].scenario))


def _row(result: Robustness, effect: WorldEffects) -> list[str]:
    of = effect.intervention
    shares = (_in_worlds(result, flags) for flags in (effect.is_best, effect.helps, effect.hurts))
    gains = ", ".join(_gain(value, result.measure) for value in effect.gains)
    return [change_name(of), standing_of(of), *shares, gains, _size(float(effect.regret.max()), result.measure)]


def _in_worlds(result: Robustness, flags: Floats) -> str:
    """Write in how many worlds something is so."""
    if result.kind == "steps":
        return f"{flags.sum():.0f} of {len(flags)}"
    return words.estimate_text(share(flags), "consensus")


def _gain(value: float, measure: str) -> str:
    """Write a change without its unit, which the heading has: whole points of a share."""
    if words.is_share(measure):
        return words.signed(100.0 * value, 0)
    return words.change_text(Estimate(value / words.unit(measure), math.nan, math.nan, 0), measure)


def _size(value: float, measure: str) -> str:
    return _gain(max(0.0, value), measure).removeprefix("+")


def _advice(result: Robustness) -> str:
    """Say which is best in most worlds, how sure that is, what it costs to be wrong, and what reverses the ranking."""
    first, *_ = result.effects
    if not first.is_best.any():
        return f"No change raises the measure in any of {_worlds(result)}."
    helps, hurts = map(_count, (first.helps, first.hurts))
    sentences = [f"{_quoted(first)} is best in {_of(result, first.is_best)}, helps in {helps} and hurts in {hurts}."]
    if result.rivals:
        named = words.listed([f"“{change_name(one)}”" for one in result.rivals], most=_MOST_NAMED)
        sentences.append(f"That it is best more often than {named} cannot be told from {_worlds(result)}.")
    if result.better:
        sentences.append(_regrets(result))
    elif len(result.effects) > 1 and result.kind == "draws":
        sentences.append("In no world is another measurably better.")
    choosing, everywhere = (
        _gain(float(gain.mean()), result.measure) + _unit(result) for gain in (result.choosing, first.gain)
    )
    more = f"{choosing} on average" if mean(result.choosing - first.gain).low > 0.0 else "nothing more"
    sentences.append(f"Choosing the best change in each world would gain {more}; this change gains {everywhere}.")
    return " ".join([*sentences, *_reversals(result)])


def _count(flags: Floats) -> str:
    """Write how many worlds are so, and where as many would be by chance, that."""
    n, worlds, chance = int(flags.sum()), len(flags), (1.0 - LEVEL) / 2.0
    tail = sum(math.comb(worlds, k) * chance**k * (1.0 - chance) ** (worlds - k) for k in range(n, worlds + 1))
    return f"{n}" if n == 0 or tail <= chance / CLAIMS else f"{n} (as chance would)"


def _regrets(result: Robustness) -> str:
    """Say how far the first is behind at most, and which is less far, or how far any other is."""
    first, *others = result.effects
    least = min(others, key=lambda one: float(one.regret.max()))
    whose = f"Its largest regret is {_regret(result, first)}"
    if least.regret.max() < first.regret.max():
        return f"{whose}, that of {_quoted(least)} {_regret(result, least)}."
    return f"{whose}, that of any other {_regret(result, least)} or more."


def _quoted(effect: WorldEffects) -> str:
    return f"“{change_name(effect.intervention)}”"


def _regret(result: Robustness, effect: WorldEffects) -> str:
    return _size(float(effect.regret.max()), result.measure) + _unit(result)


def _unit(result: Robustness) -> str:
    return " points" if words.is_share(result.measure) else ""


def _of(result: Robustness, flags: Floats) -> str:
    text = f"{flags.sum():.0f} of {_worlds(result)}"
    return text if result.kind == "steps" else f"{text} ({words.estimate_text(share(flags), 'consensus')})"


def _reversals(result: Robustness) -> Iterator[str]:
    """Say which inputs reverse the ranking, or that none can be told from so many worlds."""
    if len(result.effects) < 2:  # no ranking
        return
    if result.kind == "steps":
        if not result.reversals:
            yield "No step makes another measurably better."
        for one in result.reversals[:_MOST_NAMED]:
            yield f"After the step to {one.name} “{change_name(one.rival)}” is better: {_lead(one, result.measure)}."
        if more := result.reversals[_MOST_NAMED:]:
            yield f"So is another after {words.counted(len(more), 'further step')}."
        return
    if not any(world.inputs for world in result.worlds):
        return
    if not any(one.is_best.any() for one in result.effects[1:]):
        yield "No other change is best in any world."
        return
    if not result.reversals:
        yield f"Which input reverses the ranking cannot be told from {_worlds(result)}."
    inputs = len({path for world in result.worlds for path in world.inputs})
    among = f" (chances over all {inputs} inputs together)" if inputs > 1 else ""
    for rival in dict.fromkeys(change_name(one.rival) for one in result.reversals):
        by = [one for one in result.reversals if change_name(one.rival) == rival]
        first = change_name(by[0].first)
        hangs = "; and on ".join(_reversal_text(result, one) for one in by[:_MOST_NAMED])
        yield f"Which of “{first}” and “{rival}” is better hangs on {hangs}{among}."


def _lead(one: Reversal, measure: str) -> str:
    return "" if one.gap is None else words.change_text(words.in_units(one.gap, measure), measure)


def _reversal_text(result: Robustness, one: Reversal) -> str:
    """Name an input, the chance that shuffled worlds show as much, and where the first of two is better."""
    text = f"{_input_name(result, one.name)}, p = {one.chance:.3f}"
    if one.low is None or one.high is None:
        return text
    low, high = (f"{counts[0]} of {sum(counts)} worlds" for counts in (one.low, one.high))
    return f"{text}: the first in {low} up to {words.number_text(one.middle)}, in {high} above"


def robust_table(result: Robustness) -> Table:
    """List one row per intervention, that which is best in most worlds first."""
    header = [
        "change", "kind", "own", "measure", "worlds", "runs", *estimate_columns(["best", "helps", "hurts"]),
        "gain_10", "gain_50", "gain_90", "largest_regret", "set",
    ]  # fmt: skip
    return header, (_robust_row(result, one) for one in result.effects)


def _robust_row(result: Robustness, effect: WorldEffects) -> list[object]:
    shares = [share(flags) for flags in (effect.is_best, effect.helps, effect.hurts)]
    if result.kind == "steps":
        shares = [one._replace(low=math.nan, high=math.nan) for one in shares]
    of = effect.intervention
    return [
        change_name(of), of.kind, of.is_own, result.measure, len(result.worlds), result.replications,
        *(number for one in shares for number in one[:3]), *effect.gains, float(effect.regret.max()),
        "; ".join(as_set(of)),
    ]  # fmt: skip


def _cell(value: Plain) -> object:
    return flow(value) if isinstance(value, list | dict) else value


def worlds_table(result: Robustness) -> Table:
    """List one row per world and intervention: what the world is, the measure without it, and what it gains."""
    paths = list(dict.fromkeys(path for world in result.worlds for path in world.inputs))
    header = ["world", "step", *paths, "base", "change", "gain", "best", "helps", "hurts", "regret"]
    return header, (
        [
            w, world.name, *(_cell(world.inputs.get(path)) for path in paths), float(result.base[w]),
            change_name(one.intervention), *(float(part[w]) for part in one[1:]),
        ]
        for w, world in enumerate(result.worlds)
        for one in result.effects
    )  # fmt: skip
