"""The claims of the essay, the verdicts on them and the page."""

import re

import pytest

from leaves import leaves
from negsim.report.progress import followed
from negsim.scenario import load
from negsim.scenario.changes import APPLIED_KNOBS, with_changes
from negsim.study.estimates import Estimate
from research import claims, claims_page
from research.calibration import FIRST
from research.claims import (
    CLAIMS,
    EXPERIMENTS,
    EXTRAS,
    GROUP_VETO,
    Answer,
    Claim,
    Experiment,
    Share,
    end_of,
    matched_goodwill,
)
from research.claims_page import ABOVE, Results, Scale, claims_report, page
from research.contrasts import Bench, Contrast, differ, values_of
from research.patterns import PATTERNS
from research.rules import CLAIM_RULES

HERE = [experiment for _, experiment in EXPERIMENTS if not experiment.missing]
CHANGED = [experiment for experiment in HERE if experiment.contrast.base != experiment.contrast.changed]
ASKED = [experiment for experiment in HERE if not experiment.contrast.replaced]


def named(experiment):
    return f"{experiment.contrast.measure}-{'-'.join(experiment.switch)[:60]}"


@pytest.fixture(scope="module")
def bench():
    return Bench(20, 1)


def test_every_claim_is_there_in_order_and_has_an_experiment_that_was_not_replaced():
    assert [claim.number for claim in CLAIMS] == list(range(1, 39))
    assert all(not all(one.contrast.replaced for one in claim.experiments) for claim in CLAIMS)


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
    asked = [one for one in CHANGED if not one.contrast.replaced]
    assert [named(one) for one in asked if not is_felt(one.contrast, bench)] == []


def is_felt(contrast, bench):
    base, changed = (bench.runs(contrast.scenario, side).results for side in (contrast.base, contrast.changed))
    return base.runs.tobytes() != changed.runs.tobytes()


def test_a_claim_and_a_pattern_never_ask_opposite_things_of_one_contrast():
    def key(contrast):
        return contrast.scenario, contrast.measure, *(
            tuple(sorted(map(str, leaves(with_changes(written[contrast.scenario], side).resolved()))))
            for side in (contrast.base, contrast.changed)
        )  # fmt: skip

    asked = {}
    contrasts = [one.contrast for one in ASKED]
    contrasts += [one for pattern in PATTERNS for one in pattern.contrasts if not one.replaced and one.less is None]
    written = {name: load(name) for name in {one.scenario for one in contrasts}}
    for contrast in contrasts:
        if contrast.expected in {"+", "-", "0"}:
            asked.setdefault(key(contrast), set()).add(contrast.expected)
    assert len(asked) < len(contrasts)  # some contrasts are asked twice
    assert all(len(signs) == 1 for signs in asked.values())


def test_what_the_rules_build_in_is_assumed():
    switched = {
        claim.number: [one for one in claim.experiments if one.switch and not one.contrast.replaced] for claim in CLAIMS
    }
    assert all(one.standing == "assumed" for number in (31, 34, 35, 36) for one in switched[number])
    assert [one.standing for one in switched[13]] == ["assumed", "emergent", "emergent"]


def test_the_literature_has_a_source_wherever_it_says_something():
    contrasts = [one.contrast for _, one in EXPERIMENTS] + [one for p in PATTERNS for one in p.contrasts]
    assert all(bool(one.literature) == bool(one.source) for one in contrasts)


def test_rules_that_may_carry_an_experiment_are_known_and_not_its_own_switch():
    for claim, experiment in EXPERIMENTS:
        for name in experiment.rules:
            own = {f"parameters.{parameter}" for parameter in CLAIM_RULES[name].parameters}
            assert not own & set(experiment.switch), (claim.number, name)


def test_replaced_experiments_stand_beside_their_corrections():
    assert {claim.number for claim, one in EXPERIMENTS if one.contrast.replaced} == {13, 15, 17, 19, 21, 27}


def test_the_extra_runs_can_be_run():
    assert {extra.claim for extra in EXTRAS} == {24, 28, 30}
    for extra in EXTRAS:
        contrast = extra.experiment.contrast
        assert bool(extra.experiment.switch) == (extra.claim != 24)  # which asks for a level
        load(contrast.scenario, changes=contrast.base)
        load(contrast.scenario, changes=contrast.changed)


def test_a_bench_gives_the_same_estimate_as_the_runs_themselves(bench):
    contrast = CLAIMS[0].experiments[0].contrast
    values = [
        values_of(bench.runs(contrast.scenario, side), contrast.measure) for side in (contrast.base, contrast.changed)
    ]
    assert bench.contrast(contrast).value == pytest.approx((values[1] - values[0]).mean())


def test_a_contrast_s_own_changes_hold_against_those_of_the_bench():
    always = ("parameters.hope=0.4", "parameters.temper=0.02")
    runs = Bench(2, 1, always).runs(FIRST, ("parameters.hope=0.2",))
    assert (runs.scenario.parameters.hope, runs.scenario.parameters.temper) == (0.2, 0.02)


def test_a_bench_without_a_rule_has_other_runs_than_one_with_it(bench):
    without = Bench(20, 1, alter=CLAIM_RULES["devaluation"].out_of).runs(FIRST, ())
    assert (
        without.results.runs.tobytes() == Bench(20, 1).runs(FIRST, ("parameters.devaluation=0",)).results.runs.tobytes()
    )
    assert without.results.runs.tobytes() != bench.runs(FIRST, ()).results.runs.tobytes()


def test_a_group_s_measure_goes_by_its_name(bench):
    runs = bench.runs(FIRST, ())
    assert (values_of(runs, "satisfaction of business") == runs.by_group("satisfaction")[:, 1]).all()
    assert (values_of(runs, "blocks of business") == runs.results.blocks[:, 1].sum(axis=1)).all()
    with pytest.raises(ValueError, match="nobody"):
        values_of(runs, "satisfaction of nobody")


@pytest.mark.slow
def test_goodwill_is_matched_so_that_both_rules_agree_on_as_much():
    goodwill = matched_goodwill(100)
    agreed = [
        values_of(Bench(100, claims.SEARCH_SEED).runs(FIRST, changes), "share_agreed").mean()
        for changes in ((), (GROUP_VETO, f"parameters.goodwill={goodwill}"))
    ]
    assert abs(agreed[0] - agreed[1]) < 0.03


# verdicts on made-up estimates


def experiment_of(expected="+", literature="", replaced="", rules=()):
    contrast = Contrast(
        "", "share_agreed", (), ("meetings.count=5",), expected, literature=literature, replaced=replaced
    )
    return Experiment(contrast, "emergent", rules)


def answers_of(*pairs, veto=None):
    """Answers of one claim; pairs: an experiment and the middle of an interval .004 wide on either side."""
    claim = Claim(1, "Too few meetings", "clock budget", tuple(one for one, _ in pairs))

    def around(middle):
        return None if middle is None else Estimate(middle, middle - 0.004, middle + 0.004, 9)

    return [Answer(claim, one, around(middle), around(veto)) for one, middle in pairs]


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
        ([(experiment_of(), 0.1), (experiment_of(replaced="x"), -0.1)], "holds"),
        ([(experiment_of(), None)], "not run"),
    ],
)
def test_what_becomes_of_a_claim(pairs, end):
    assert end_of(answers_of(*pairs), ABOVE) == end


def test_a_rule_carries_what_goes_without_it():
    (answer,) = answers_of((experiment_of(rules=("contact", "gossip")), 0.1))
    without = {"contact": Estimate(0.0, -0.01, 0.01, 9), "gossip": Estimate(0.09, 0.08, 0.1, 9)}
    assert answer._replace(without=without).carriers == ("contact",)
    (failed,) = answers_of((experiment_of(rules=("contact",)), 0.0))
    assert failed._replace(without=without).carriers == ()


def results_of(answers, *, goodwill=1.2, shares=None):
    return Results(answers, None, shares or {}, goodwill, 9, "make it")


def test_how_sure_a_verdict_is_depends_on_the_other_rule_and_on_the_members():
    def sure(veto, share):
        own = answers_of((experiment_of(), 0.1), veto=veto)
        shares = {} if share is None else {(1, 0): Share(1.0, share)}
        return claims_page.sureness(own, results_of(own, shares=shares))

    assert sure(0.1, None) == sure(0.1, 0.95) == "firm"
    assert sure(-0.1, 0.95) == "depends: where each group may block: does not hold"
    assert sure(0.1, 0.5) == "depends: the same in 50% of the members"
    assert sure(0.0, 0.5).startswith("fragile: ")


def test_a_page_has_the_failures_first_and_marks_what_was_replaced():
    held, failed = answers_of((experiment_of(), 0.1), veto=0.1), answers_of((experiment_of(), -0.1), veto=-0.1)
    failed = [answer._replace(claim=answer.claim._replace(number=2)) for answer in failed]
    old = answers_of((experiment_of(replaced="too short"), 0.3))
    old = [
        answer._replace(claim=held[0].claim._replace(experiments=(*held[0].claim.experiments, old[0].experiment)))
        for answer in old
    ]
    text = page(results_of([*held, *old, *failed]))
    assert text.index("## What does not hold") < text.index("## What holds") < text.index("## Every experiment")
    assert "| each delegate may block, above the smallest effect | 1 | 0 | 0 | 1 | 0 |" in text
    assert "replaced: too short" in text
    assert "### 2. Too few meetings" in text
    assert "-0.100 [-0.104, -0.096]" in text


def test_a_page_without_the_group_veto_says_nothing_of_it():
    text = page(results_of(answers_of((experiment_of(), 0.1)), goodwill=None))
    assert "each group may block" not in text
    assert "disputed" in text


def test_the_literature_is_named_where_it_disagrees():
    assert any(differ(one.contrast.expected, one.contrast.literature) for one in ASKED)
    own = answers_of((experiment_of("+", "-"), -0.1))
    assert "where the literature expects -" in page(results_of(own, goodwill=None))


@pytest.mark.slow
def test_the_report_has_a_row_an_experiment(monkeypatch):
    """All of it once, with the members of a small ensemble."""
    monkeypatch.setattr(claims, "members", lambda _: ({"hope": 0.25}, {"hope": 0.35}))
    text = followed(claims_report(Scale(8, 4), over="two"))
    rows = text.partition("## Every experiment")[2].partition("##")[0]
    assert [int(n) for n in re.findall(r"^\| (\d+) \| ", rows, re.MULTILINE)] == [
        claim.number for claim, _ in EXPERIMENTS
    ]
    assert rows.count("| replaced: ") == 6
    assert "whole curve" in text
    assert "Claims 24, 28 and 30 once more" in text
    assert "not in the model: gossip_pull, gossip_chill" in text
