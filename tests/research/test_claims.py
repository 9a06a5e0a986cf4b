"""The claims of the essay and the report on them."""

import re
from pathlib import Path

import pytest

from negsim.cases import load
from negsim.report.progress import followed
from negsim.scenario.changes import KNOBS
from negsim.study.estimates import Estimate
from research.claims import CLAIMS, Answer
from research.claims_page import claims_report, long_changes, page, row, verdict
from research.patterns import Bench, agrees, values_of

PAGE = Path(__file__).parents[2] / "docs" / "claims.md"
EXPERIMENTS = [experiment for claim in CLAIMS for experiment in claim.experiments]
CHANGED = [experiment for experiment in EXPERIMENTS if experiment.contrast.base != experiment.contrast.changed]
NOT_RUN = [
    Answer(claim, experiment, Estimate(0.0, 0.0, 0.0, 1), holds=True)
    for claim in CLAIMS
    for experiment in claim.experiments
]


def leaves(data, path=()):
    """Every value of resolved data by its path."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else None
    if not items:
        return {path: data}
    return {where: value for key, part in items for where, value in leaves(part, (*path, str(key))).items()}


def named(experiment):
    return f"{experiment.contrast.measure}-{'-'.join(experiment.switch)[:60]}"


def test_every_claim_is_there_in_order_and_has_an_experiment():
    assert [claim.number for claim in CLAIMS] == list(range(1, 39))
    assert all(claim.experiments for claim in CLAIMS)


def test_an_experiment_without_a_switch_measures_what_is():
    for experiment in EXPERIMENTS:
        assert bool(experiment.switch) == (experiment in CHANGED)


@pytest.mark.parametrize("experiment", CHANGED, ids=named)
def test_a_switch_changes_what_it_names_and_nothing_else(experiment):
    contrast = experiment.contrast
    base, changed = (
        leaves(load(contrast.scenario, changes=side).resolved()) for side in (contrast.base, contrast.changed)
    )
    differ = [path for path in base | changed if base.get(path) != changed.get(path) and path[0] != "basis"]
    assert differ
    for path in differ:
        where = ".".join(path)
        assert any(
            where.startswith(switch) or switch.startswith(where) or (switch in KNOBS and path[0] == "process")
            for switch in experiment.switch
        ), where


@pytest.mark.slow
@pytest.mark.parametrize("experiment", CHANGED, ids=named)
def test_a_switch_is_felt(experiment, bench):
    contrast = experiment.contrast
    base, changed = (bench.runs(contrast.scenario, side).results for side in (contrast.base, contrast.changed))
    assert base.runs.tobytes() != changed.runs.tobytes()


@pytest.fixture(scope="module")
def bench():
    return Bench(20, 1)


@pytest.mark.slow
def test_the_report_has_a_row_an_experiment():
    text = followed(claims_report(10, 1))
    rows = re.findall(r"^\| (\d+) \| .*\| (assumed|calibrated|emergent) \|$", text, re.MULTILINE)
    assert [int(number) for number, _ in rows] == [claim.number for claim in CLAIMS for _ in claim.experiments]
    assert text.count("**does not hold**") == len(re.findall(r"^- \d+, ", text, re.MULTILINE))


def test_a_bench_gives_the_same_estimate_as_the_runs_themselves(bench):
    experiment = CLAIMS[0].experiments[0]
    contrast = experiment.contrast
    values = [
        values_of(bench.runs(contrast.scenario, side), contrast.measure) for side in (contrast.base, contrast.changed)
    ]
    assert bench.contrast(contrast).value == pytest.approx((values[1] - values[0]).mean())


def test_a_group_s_measure_goes_by_its_name(bench):
    runs = bench.runs("cstd_wgigf_2011", ())
    assert (values_of(runs, "satisfaction of business") == runs.by_group("satisfaction")[:, 1]).all()
    with pytest.raises(ValueError, match="nobody"):
        values_of(runs, "satisfaction of nobody")


def test_the_page_has_the_experiments_as_they_are_now():
    """All but the numbers: those are of the command that the page names."""
    names = long_changes(NOT_RUN)
    text = PAGE.read_text(encoding="utf-8")
    table = [line.split(" | ") for line in text.splitlines() if re.match(r"\| \d+ \| ", line)]
    now = [list(map(str, row(answer, 1, names))) for answer in NOT_RUN]
    assert [[cells[0].strip("| "), *cells[1:4]] for cells in table] == [cells[:4] for cells in now]
    assert all(f"- {name} `" in text for name in names.values())


def test_a_page_lists_what_does_not_hold():
    answers = [Answer(*NOT_RUN[0][:2], Estimate(-0.1, -0.2, -0.05, 7), holds=False), NOT_RUN[1]]
    text = page(answers, 9, 3)
    assert "--replications 9 --seed 3" in text
    assert "1 of 2 experiments hold; of 1 claims 0 hold" in text
    assert "-0.100 [-0.200, -0.050], n = 7 | + | **does not hold**: opposite sign | emergent |" in text
    assert "Those that do not: none." in page(answers[1:], 9, 3)


@pytest.mark.parametrize(
    ("low", "high", "expected", "words"),
    [
        (0.1, 0.2, "+", "holds"),
        (-0.1, 0.2, "+", "**does not hold**: no clear sign"),
        (-0.2, -0.1, "+", "**does not hold**: opposite sign"),
        (0.1, 0.2, "-", "**does not hold**: opposite sign"),
        (-0.1, 0.2, "-", "**does not hold**: no clear sign"),
        (0.1, 0.2, "0", "**does not hold**: above zero"),
        (0.0, 0.2, "0", "holds"),
    ],
)
def test_a_verdict_says_in_what_way(low, high, expected, words):
    estimate = Estimate((low + high) / 2, low, high, 9)
    assert verdict(estimate, expected, holds=agrees(estimate, expected)) == words
