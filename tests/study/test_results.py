"""Answers: curves, comparisons, sensitivity, one row again, one file for all."""

import math

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from answers import negsim, table_of
from negsim.errors import NegsimError
from negsim.report.comparisons import cells_text
from negsim.report.outputs import write_rerun
from negsim.report.pages.reports import report_of_study
from negsim.report.plots.study import study_pictures
from negsim.report.words import agenda_text, agendas_behind
from negsim.scenario import load
from negsim.study.compare import compare
from negsim.study.discover import discover
from negsim.study.estimates import difference, independent, mean, share
from negsim.study.results import results
from negsim.study.runner import run
from negsim.study.schema import loads_study
from negsim.study.sensitivity import sensitivity
from negsim.study.table import estimated
from sweeps import PLAIN, SMALL, made_up, study_of, swept


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return swept(study_of(), tmp_path_factory.mktemp("answers") / "results")


def test_intervals_end_where_their_scale_does():
    ones, rare = np.ones(40), np.r_[np.ones(1), np.zeros(39)]
    for found in (difference(ones, rare), independent(ones, rare)):
        assert found.high == 1.0
        assert found.low < found.value < found.high
    assert estimated("depth", 1.0 - rare / 1e3).high <= 1.0
    assert estimated("worst_shortfall", 1.0 - rare).high > 1.0


def test_a_summary_has_a_row_a_cell(plain):
    table = plain.summary(["depth", "none"])
    assert table["runs"].tolist() == [40] * 4
    assert table["none"].tolist() == plain.curve("meetings.count", "none", by=["chair"])["value"].tolist()
    assert table["depth_low"].notna().tolist() == [False, False, True, True]  # one meeting agrees on nothing
    assert {"depth_low", "none_high"} < set(plain.summary())


def test_sql_sees_the_runs(plain):
    counted = plain.sql('SELECT "meetings.count" AS m, count(*) AS n, avg(depth) AS d FROM runs GROUP BY m ORDER BY m')
    assert counted["n"].tolist() == [80, 80]
    assert counted["d"][1] == pytest.approx(plain.frame().query("`meetings.count` == 2")["depth"].mean())
    with pytest.raises(NegsimError, match="Error"):
        plain.sql("SELECT nothing FROM nowhere")


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda found: found.curve("meetings.cont"), 'did you mean "meetings.count"'),
        (lambda found: found.curve("meetings.count", by=["chiar"]), 'did you mean "chair"'),
        (lambda found: found.curve("meetings.count", by="chair"), r'factors are a list, as in \["chair"\]'),
        (lambda found: found.curve("meetings.count", where={"chair": ["pressing"]}), "a list is not a level of chair"),
        (lambda found: found.frame("depth"), r'columns are a list, as in \["depth"\]'),
        (lambda found: found.export("x.csv", "csv", "seris"), 'no table "seris"; one of: runs, series'),
        (lambda found: discover(found, density=2), "density is 2; it is a share"),
        (lambda found: found.series(), "keeps no time series"),
    ],
)
def test_what_cannot_be_answered_is_told(ask, told, plain):
    with pytest.raises(NegsimError, match=told):
        ask(plain)


def test_a_row_is_run_again_to_the_last_bit(plain, tmp_path):
    row = plain.row(97)
    assert (row["cell"], row["replication"]) == (2, 17)
    files = write_rerun(plain, 97, tmp_path / "again")
    assert {path.name for path in files} >= {"transcript.txt", "scenario.yaml", "paragraphs.png", "trust.png"}
    assert all(path.exists() for path in files)
    assert load(tmp_path / "again" / "scenario.yaml") == plain.scenario_of(2)


def test_a_row_that_other_rules_wrote_is_not_passed_off_as_the_same(plain, tmp_path, monkeypatch):
    honest = plain.row(97)
    monkeypatch.setattr(type(plain), "row", lambda *_: honest | {"depth": 0.123})
    with pytest.raises(NegsimError, match="has another depth"):
        write_rerun(plain, 97, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_exports_hold_the_table_in_its_order(plain, tmp_path):
    plain.export(tmp_path / "t.csv", "csv")
    plain.export(tmp_path / "t.parquet", "parquet")
    whole = plain.frame()
    frame = whole.dropna(axis="columns", how="all")  # a column without a value in any row is left out
    assert len(frame.columns) < len(whole.columns)
    assert frame[["cell", "replication"]].to_numpy().tolist() == [[c, r] for c in range(4) for r in range(40)]
    with duckdb.connect() as database:
        assert database.read_parquet(str(tmp_path / "t.parquet")).df().equals(frame)
    read = pd.read_csv(tmp_path / "t.csv")
    pd.testing.assert_frame_equal(read, frame, check_dtype=False, check_exact=True)


STEERING = ["=HYPERLINK(1)", "@pressing", "-1+2", "+3", "\uff1d1+1", "\uff0b3"]
FORMULAS = PLAIN.replace(
    "    as it was: {}\n",
    "".join(f'    "{one}": {{process.chair.pressure: 0.{n}}}\n' for n, one in enumerate(STEERING)),
)


def test_no_text_of_a_study_is_a_formula_in_its_csv(tmp_path):
    found = swept(loads_study(FORMULAS), tmp_path / "r")
    found.export(tmp_path / "t.csv", "csv")
    assert negsim("study", "cells", tmp_path / "r", "--out", tmp_path / "c.csv").exit_code == 0
    for file in ("t.csv", "c.csv"):
        rows = pd.read_csv(tmp_path / file)
        assert set(rows["chair"]) == {"pressing", *(f"'{level}" for level in STEERING)}
        assert rows["meetings.count"].dtype == int
    assert set(found.frame()["chair"]) == {"pressing", *STEERING}


@pytest.mark.slow
def test_common_random_numbers_narrow_the_first_phase_s_intervals():
    """First phase with caucus evenings and with mixed ones: at least 30 % narrower than independent runs."""
    evenings = {f"mixed {share}": [f"informal.mixed_evenings={share}"] for share in (0, 1)}
    runs = {
        name: run(load("cstd_wgigf_2011", changes=changes), replications=1000, seed=4)
        for name, changes in evenings.items()
    }
    found = {one.measure: one for one in compare(runs, ("share_agreed", "real_distance_end"))}
    for one in found.values():
        assert one.narrower >= 0.3
        assert one.paired.value == pytest.approx(one.unpaired.value)
        assert one.enough <= max(20, one.enough_unpaired)


def test_a_cell_may_leave_a_factor_as_it_is_written(tmp_path):
    cells = "cells: [{meetings.count: 1}, {meetings.count: 2, methodology: rolling_text}]\nreplications: 30\n"
    found = swept(loads_study(f"scenario: {SMALL}\n{cells}"), tmp_path / "r")
    assert found.frame()["methodology"].isna().tolist() == [True] * 30 + [False] * 30
    found.export(tmp_path / "t.csv", "csv")
    assert "rolling_text" in (tmp_path / "t.csv").read_text(encoding="utf-8")
    assert "as written" in cells_text(found.summary(["depth"]), ["methodology"], ["depth"])
    assert agendas_behind(found) == {
        "methodology: as written": "Oslo: questionnaire 100 %",
        "rolling text": "first and only meeting: questionnaire 25 %, rolling text 75 %;"
        " middle and last meeting: rolling text 100 %",
    }
    told = negsim("study", "cells", tmp_path / "r").stdout.splitlines()
    assert told[-3] == "AGENDAS (share of floor time)"
    assert told[-1].split(maxsplit=2)[2].startswith("first and only meeting: questionnaire 25 %")
    caption = study_pictures(found)["dots"].caption
    assert "Agenda behind “rolling text”: first and only meeting: questionnaire 25 %" in caption
    assert "<td>Oslo: questionnaire 100&nbsp;%</td>" in report_of_study(found)


def test_agendas_are_those_of_every_number_of_meetings_and_of_an_agenda_written_out(tmp_path):
    vary = "vary: {meetings.count: [1, 2], methodology: [as_written, [{questionnaire: 1}]]}\nreplications: 2\n"
    found = swept(loads_study(f"scenario: cstd_wgigf_2011\n{vary}"), tmp_path / "r")
    meetings = load("cstd_wgigf_2011").process.meetings
    written, own = agendas_behind(found).values()
    first, last = (f"{one.name}: {agenda_text(one.agenda)}" for one in meetings)
    assert written == f"{first}; {last}; fewer meetings are the first of these"
    assert own.endswith("questionnaire 100 %; fewer meetings are the first of these")


def test_agendas_that_differ_with_another_factor_are_those_of_each_of_its_levels(tmp_path):
    vary = "vary: {process.opening: [0.2, 0.4], methodology: [as_written]}\nreplications: 2\n"
    found = swept(loads_study(f"scenario: classroom\n{vary}"), tmp_path / "r")
    (written,) = agendas_behind(found).values()
    assert written.count("Town hall: questionnaire") == 2
    assert "fewer meetings" not in written


def test_a_change_in_few_runs_has_empty_cells_where_its_interval_would_be(tmp_path):
    words = ("process.chair.pressure=0.9", "--replications", "12", "--measure", "depth_overall")
    done = negsim("compare", SMALL, *words, "--out", tmp_path / "c.csv")
    [row] = table_of(tmp_path / "c.csv")
    assert (row["paired_low"], row["paired_high"], row["narrower"]) == ("", "", "")
    assert float(row["paired"]) == pytest.approx(float(row["changed"]) - float(row["base"]))
    assert " of 12 runs" in done.stdout


def test_independent_intervals_are_welch_s():
    rng = np.random.default_rng(1)
    a, b = rng.normal(1.0, 2.0, 3000), rng.normal(0.0, 1.0, 5000)  # so many that one more at each end does nothing
    found = independent(np.append(a, np.nan), b)
    interval = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=4e-3)
    assert found.high - found.low > interval.high - interval.low


def test_independent_shares_have_agresti_and_caffo_s_interval():
    found = independent(np.repeat([1.0, 0.0], [8, 2]), np.repeat([1.0, 0.0], [3, 17]))
    # 9/12 - 4/22 +- 1.96 (9/12 3/12 / 12 + 4/22 18/22 / 22)^.5
    assert (found.value, found.low, found.high) == pytest.approx((0.65, 0.2749275, 0.8614361), abs=1e-6)


@pytest.mark.parametrize("half_width", [0.0, -0.1, math.nan])
def test_an_interval_without_width_cannot_be_asked_for(plain, half_width):
    runs = run(plain.scenario_of(0), replications=4)
    with pytest.raises(NegsimError, match=r"^half_width is .*; write a number above 0: no number of runs"):
        next(compare({"a": runs, "b": runs}, ["depth"], half_width=half_width))


ISHIGAMI = f"""
scenario: {SMALL}
vary:
  process.chair.pressure: {{between: [0, 1]}}
  process.chair.conservatism: {{between: [0, 1]}}
  process.chair.responsiveness: {{between: [0, 1]}}
design: saltelli
points: 2048
second_order: true
replications: 1
main: share_agreed
measures: [share_agreed]
"""
FIRST, TOTAL, PAIRS = (
    (0.3139, 0.4424, 0.0),
    (0.5576, 0.4424, 0.2437),
    (0.0, 0.2437, 0.0),
)  # a = 7, b = 0.1 (Ishigami & Homma 1990)


def ishigami(levels, _):
    """Ishigami's function of the three factors."""
    x1, x2, x3 = (np.pi * (2.0 * float(u) - 1.0) for u in levels.values())
    return np.sin(x1) + 7.0 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def test_sobol_indices_recover_ishigami_s_known_values(tmp_path):
    study = made_up(ISHIGAMI, tmp_path, share_agreed=ishigami)
    found = sensitivity(study)
    for name, wanted in (("first_order", FIRST), ("total_order", TOTAL), ("second_order", PAIRS)):
        own = [one.estimate for one in found if one.name == name]
        assert [estimate.value for estimate in own] == pytest.approx(wanted, abs=0.02)
        assert all(e.low - 0.01 <= w <= e.high + 0.01 for e, w in zip(own, wanted, strict=True))
        assert all(e.high - e.low < 0.15 for e in own)
    assert found == sensitivity(results(study.folder))


def test_the_commands_of_a_study_from_sweep_to_row(tmp_path):
    study = tmp_path / "study.yaml"
    study.write_text(f"scenario: {SMALL}\nvary: {{meetings.count: [1, 2]}}\nreplications: 30\nseed: 7\n")
    done = negsim("study", "sweep", study, "--out", tmp_path / "r")
    assert (done.exit_code, done.stdout) == (0, f"60 runs of 2 cells: {tmp_path / 'r'}\n")
    told = negsim("study", "cells", tmp_path / "r", "--measure", "depth", "--out", tmp_path / "cells.csv").stdout
    assert told.splitlines()[0].split() == ["cell", "meetings.count", "runs", "depth"]
    assert pd.read_csv(tmp_path / "cells.csv")["runs"].tolist() == [30, 30]
    assert negsim("study", "export", tmp_path / "r", "--out", tmp_path / "t.csv").exit_code == 0
    assert len(pd.read_csv(tmp_path / "t.csv")) == 60
    again = negsim("study", "rerun", tmp_path / "r", "--row", 31, "--out", tmp_path / "again", "--format", "svg")
    assert {str(tmp_path / "again" / name) for name in ("transcript.txt", "trust.svg")} <= set(again.stdout.split())


def test_what_detail_keeps_is_a_measure_too(plain, tmp_path):
    found = swept(study_of(detail=True), tmp_path / "r")
    issue = next(iter(found.scenario.issues))
    frame = found.frame()
    assert str(frame[f"readings.{issue}"].dtype) == "int32"
    point = found.curve("meetings.count", f"agreed.{issue}", where={"chair": "pressing"}).iloc[1]
    assert tuple(point[["value", "low", "high"]]) == pytest.approx(
        tuple(share(frame[frame["cell"] == 3][f"agreed.{issue}"].to_numpy(float)))[:3]
    )
    with pytest.raises(NegsimError, match=f"did you mean .agreed.{issue}"):
        found.curve("meetings.count", f"agred.{issue}")
    with pytest.raises(NegsimError, match="was not kept"):
        plain.curve("meetings.count", f"agreed.{issue}")


def test_compare_names_its_alternatives_and_their_paired_differences(tmp_path):
    mixed = f"{SMALL} informal.mixed_evenings=1"
    told = negsim(
        "compare", SMALL, mixed, "methodology=rolling_text", "--measure", "share_agreed", "--replications", 50,
        "--out", tmp_path / "c.csv",
    )  # fmt: skip
    assert told.exit_code == 0, told.stderr
    assert [line for line in told.stdout.splitlines() if line.startswith("  methodology=rolling_text")]
    table = pd.read_csv(tmp_path / "c.csv")
    assert table["alternative"].tolist() == [mixed, "methodology=rolling_text"]
    runs = [run(load(SMALL, changes=changes), replications=50) for changes in ([], ["methodology=rolling_text"])]
    wanted = mean(runs[1].column("share_agreed") - runs[0].column("share_agreed"))
    assert table["paired"][1] == pytest.approx(wanted.value)
