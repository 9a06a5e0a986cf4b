"""The claims of the essay, the verdicts on them and the page."""

import pytest

from leaves import leaves
from negsim.scenario import load
from negsim.scenario.changes import APPLIED_KNOBS, with_changes
from negsim.study.estimates import Estimate
from research.calibration import FIRST
from research.claims import (
    CLAIMS,
    EXPERIMENTS,
    IN_SECOND_FORM,
    MUTE,
    Answer,
    Claim,
    Experiment,
    end_of,
)
from research.claims_page import ABOVE, DAYS_HELD, IN_MUTE_ROOM, Results, Told, page
from research.contrasts import Bench, Contrast, values_of
from research.rules import CLAIM_RULES

HERE = [experiment for _, experiment in EXPERIMENTS]
CHANGED = [experiment for experiment in HERE if experiment.contrast.base != experiment.contrast.changed]


def named(experiment):
    return f"{experiment.contrast.measure}-{'-'.join(experiment.switch)[:60]}"


@pytest.fixture(scope="module")
def bench():
    return Bench(20, 1)


def test_every_claim_is_there_in_order_and_has_an_experiment_or_has_lost_its_rule():
    assert [claim.number for claim in CLAIMS] == sorted(IN_SECOND_FORM) == list(range(1, 39))
    assert [claim.number for claim in CLAIMS if not (claim.experiments or claim.lost)] == []


def test_an_experiment_without_a_switch_measures_what_is():
    for experiment in HERE:
        assert bool(experiment.switch) == (experiment in CHANGED)


def test_a_switch_changes_what_it_names_and_nothing_else():
    written = {name: load(name) for name in {one.contrast.scenario for one in CHANGED}}
    different = [(one, differences(one.contrast, written[one.contrast.scenario])) for one in CHANGED]
    assert [named(one) for one, paths in different if not paths] == []
    assert [(named(one), at) for one, paths in different for at in paths if not names(one.switch, at)] == []


def differences(contrast, scenario):
    """The paths at which the sides of a contrast differ."""
    base, changed = (
        dict(leaves(with_changes(scenario, side).resolved())) for side in (contrast.base, contrast.changed)
    )
    return [path for path in base | changed if base.get(path) != changed.get(path) and path[0] != "basis"]


def names(switches, path):
    """Whether one of the switches names a path; a knob names all of the process."""
    where = ".".join(map(str, path))
    return any(
        where.startswith(switch) or switch.startswith(where) or (switch in APPLIED_KNOBS and path[0] == "process")
        for switch in switches
    )


@pytest.mark.slow
def test_every_switch_is_felt(bench):
    assert [named(one) for one in CHANGED if not is_felt(one.contrast, bench)] == []


def is_felt(contrast, bench):
    base, changed = (bench.runs(contrast.scenario, side).results for side in (contrast.base, contrast.changed))
    return base.runs.tobytes() != changed.runs.tobytes()


def test_two_claims_never_ask_opposite_things_of_one_contrast():
    def key(contrast):
        return contrast.scenario, contrast.measure, *(
            tuple(sorted(map(str, leaves(with_changes(written[contrast.scenario], side).resolved()))))
            for side in (contrast.base, contrast.changed)
        )  # fmt: skip

    asked = {}
    contrasts = [one.contrast for one in HERE]
    written = {name: load(name) for name in {one.scenario for one in contrasts}}
    for contrast in contrasts:
        if contrast.expected in {"+", "-", "0"}:
            asked.setdefault(key(contrast), set()).add(contrast.expected)
    assert len(asked) < len(contrasts)  # some contrasts are asked twice
    assert all(len(signs) == 1 for signs in asked.values())


def test_rules_that_may_carry_an_experiment_are_known_and_not_its_own_switch():
    for claim, experiment in EXPERIMENTS:
        for name in experiment.rules:
            own = {f"parameters.{parameter}" for parameter in CLAIM_RULES[name].parameters}
            assert not own & set(experiment.switch), (claim.number, name)


@pytest.mark.deep
def test_days_are_held_where_a_change_adds_some_and_only_there():
    held = {named(one): one.with_days_held for one in CHANGED if one.with_days_held}
    assert set(held) == {named(one) for one in CLAIMS[0].experiments}
    for contrast in held.values():
        sides = [load(contrast.scenario, changes=side).process.meetings for side in (contrast.base, contrast.changed)]
        assert [len(meetings) for meetings in sides] == [2, 5]
        assert [sum(meeting.days for meeting in meetings) for meetings in sides] == [5, 5]


def test_nobody_learns_or_moves_in_a_mute_room():
    runs = Bench(20, 1, alter=MUTE.out_of).runs(FIRST, ("process.events=[]", "parameters.reconsideration=0"))
    for what in ("perceived_distance", "trust_within"):
        start, end = runs.column(f"{what}_start"), runs.column(f"{what}_end")
        assert end == pytest.approx(start, abs=1e-9)


def test_a_bench_gives_the_same_estimate_as_the_runs_themselves(bench):
    contrast = CLAIMS[0].experiments[0].contrast
    values = [
        values_of(bench.runs(contrast.scenario, side), contrast.measure) for side in (contrast.base, contrast.changed)
    ]
    assert bench.contrast(contrast).value == pytest.approx((values[1] - values[0]).mean())


def test_a_bench_without_a_rule_has_other_runs_than_one_with_it(bench):
    without = Bench(20, 1, alter=CLAIM_RULES["devaluation"].out_of).runs(FIRST, ())
    assert (
        without.results.runs.tobytes() == Bench(20, 1).runs(FIRST, ("parameters.devaluation=0",)).results.runs.tobytes()
    )
    assert without.results.runs.tobytes() != bench.runs(FIRST, ()).results.runs.tobytes()


# verdicts on made-up estimates


def experiment_of(expected="+", literature="", rules=()):
    contrast = Contrast("", "share_agreed", (), ("meetings.count=5",), expected, literature=literature)
    return Experiment(contrast, "emergent", rules)


def answers_of(*pairs, veto=None):
    """Answers of one claim; pairs: an experiment and the middle of an interval .004 wide on either side."""
    claim = Claim(1, "Too few meetings", "clock budget", tuple(one for one, _ in pairs))
    return [Answer(claim, one, around(middle), None if veto is None else around(veto)) for one, middle in pairs]


def around(middle):
    return Estimate(middle, middle - 0.004, middle + 0.004, 9)


def told_of(answers):
    return Told(answers[0].claim, answers)


@pytest.mark.parametrize(
    ("pairs", "end"),
    [
        ([(experiment_of(), 0.1)], "holds"),
        ([(experiment_of(), 0.1), (experiment_of(), -0.1)], "does not hold"),
        ([(experiment_of(), 0.1), (experiment_of("-"), 0.0)], "does not hold"),
        ([(experiment_of(), 0.1), (experiment_of(), 0.02)], "inconclusive"),
        ([(experiment_of(), -0.1), (experiment_of(), 0.02)], "does not hold"),
        ([(experiment_of(), 0.1), (experiment_of("+", "-"), -0.1)], "disputed"),
        ([(experiment_of("+", "±"), 0.1)], "holds"),
        ([(experiment_of("0", "+"), 0.1)], "disputed"),
    ],
)
def test_what_becomes_of_a_claim(pairs, end):
    assert told_of(answers_of(*pairs)).end() == end


def test_a_claim_whose_rule_went_does_not_hold_whatever_is_left_of_it():
    own = answers_of((experiment_of(), 0.1))
    assert end_of(own[0].claim._replace(lost="the rule"), own, ABOVE) == "does not hold"
    assert end_of(own[0].claim._replace(lost="the rule", experiments=()), (), ABOVE) == "does not hold"


def test_a_claim_is_told_with_days_held_and_in_a_mute_room():
    own = [one._replace(days_held=around(0.0), mute=around(-0.1)) for one in answers_of((experiment_of(), 0.1))]
    assert [told_of(own).end(by) for by in (ABOVE, DAYS_HELD, IN_MUTE_ROOM)] == ["holds", *["does not hold"] * 2]
    assert "| holds: +0.100 [+0.096, +0.104] | does not hold: +0.000 | does not hold: -0.100 |" in page(results_of(own))
    same = answers_of((experiment_of(), 0.1))
    assert told_of(same).end(DAYS_HELD) == "holds"
    assert "| same |" in page(results_of([one._replace(mute=around(0.1)) for one in same]))


def test_a_rule_carries_what_goes_without_it():
    (answer,) = answers_of((experiment_of(rules=("contact", "credit")), 0.1))
    without = {"contact": Estimate(0.0, -0.01, 0.01, 9), "credit": Estimate(0.09, 0.08, 0.1, 9)}
    assert answer._replace(without=without).carriers == ("contact",)
    (failed,) = answers_of((experiment_of(rules=("contact",)), 0.0))
    assert failed._replace(without=without).carriers == ()


def results_of(answers, *, goodwill=1.2, shares=None):
    answers = [one if one.mute else one._replace(mute=around(0.1)) for one in answers]
    return Results(answers, shares or {}, goodwill, 9, "make it")
