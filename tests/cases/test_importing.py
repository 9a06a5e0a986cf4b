"""Tables of actors and issues: what becomes of them, what is said about them, and how bad rows are named."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answers import negsim, table_of
from negsim.cases.importing import imported
from negsim.errors import ScenarioError
from negsim.report import words
from negsim.report.progress import followed
from negsim.scenario import load, loads, unsourced
from negsim.study.estimates import mean
from negsim.study.runner import run
from negsim.study.solutions import Terms, scores, solve_steps

DATA = Path(__file__).parents[1] / "data" / "neighbours"
GOOD = ("harbour.csv", "toll.csv", "long.csv", "wide.csv")
LONG = "issue,actor,position,salience\n"


def from_text(text, tmp_path, **options):
    (tmp_path / "good.txt").write_text(text)
    return imported(tmp_path / "good.txt", **options)[0]


def first(name, **options):
    return imported(DATA / name, **options)[0]


@pytest.mark.parametrize("name", GOOD)
def test_what_comes_out_is_a_scenario_that_runs_to_an_outcome(name, tmp_path):
    for found in imported(DATA / name):
        assert loads(found.text) == found.scenario
        assert len(run(found.scenario, replications=3)) == 3
        (tmp_path / "out.yaml").write_text(found.text)
        assert unsourced(tmp_path / "out.yaml") == []


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_quoted_cell_may_go_on_over_lines(end, tmp_path):
    harbour = (DATA / "harbour.csv").read_text(encoding="utf-8")
    broken = harbour.replace("Port authority", f"Port{end}authority")
    assert broken != harbour
    (tmp_path / "broken.csv").write_text(broken, encoding="utf-8", newline="")
    assert imported(tmp_path / "broken.csv")[0].scenario.groups == first("harbour.csv").scenario.groups


def test_decide_numbers_arrive_scaled():
    found = first("harbour.csv").scenario
    assert list(found.issues) == ["dredging", "fees"]
    port = found.groups["port"]
    assert {issue: place.mean for issue, place in port.position.items()} == {"dredging": 0.9, "fees": 0.7}
    assert port.salience == {"dredging": 0.9, "fees": 0.3}
    weights = np.array([0.6 * 1.2, 0.3 * 1.3, 0.3 * 1.0])  # power times salience over both issues
    assert [group.voice for group in found.groups.values()] == pytest.approx([*weights / weights.mean()], abs=1e-5)
    assert [(who.name, who.group) for who in found.delegates] == [
        ("Port", "port"), ("Town", "town"), ("Fishers (north)", "fishers_north"),
    ]  # fmt: skip
    assert found.groups["fishers_north"].label == "Fishers' union"
    assert found.context.salience_spread == 0.0


def test_who_is_silent_is_drawn_around_the_others_with_weight_0():
    fishers = first("harbour.csv").scenario.groups["fishers_north"]
    assert (fishers.position["fees"].mean, fishers.position["fees"].spread) == (0.45, 0.25)  # of .7 and .2
    assert fishers.salience["fees"] == 0.0
    assert any("Fishers (north) on Fees" in note and "weight 0" in note for note in first("harbour.csv").notes)


def test_an_issue_with_a_scale_of_its_own_keeps_its_ends():
    found = first("toll.csv").scenario
    assert found.title == "Toll around the centre"
    assert (found.issues["toll_height"].low, found.issues["toll_height"].high) == ("0.5: euro", "7: euro")
    assert [group.position["toll_height"].mean for group in found.groups.values()] == [1.0, 0.0]
    assert found.groups["left"].label == 'The left\'s "people"'
    assert list(found.issues) == ["toll_height", "issue_2020"]


def test_what_cannot_be_mapped_is_said():
    notes = "\n".join(first("toll.csv").notes)
    for part in ("comments (2)", "places between the ends (#M) of toll-height", "differs from issue to issue (Left)"):
        assert f"not mapped: {part}" in notes.replace("the meanings of ", "").replace("power that ", "")
    assert "power as a weight in the decision" in notes
    assert 'left out, as no position is known: actors "Silent"' in notes
    assert 'issues "Of no concern"' in notes
    assert "voice kept within 0.01 and 100: Right" in notes


def test_a_long_table_has_a_row_for_each_actor_and_issue():
    quotas, ports = imported(DATA / "long.csv")
    assert (quotas.name, ports.name, quotas.scenario.title) == ("quotas", "ports", "Quotas")
    issues = quotas.scenario.issues
    assert {name: (one.status_quo, one.outcome) for name, one in issues.items()} == {
        "cod": (0.2, 0.4), "nets": (0.0, None),
    }  # fmt: skip
    greens = quotas.scenario.groups["greens_all"]
    assert greens.label == "Greens; all"
    assert (greens.position["cod"].spread, greens.salience) == (
        0.5,
        {"cod": 0.0, "nets": 90.0},
    )  # 0 and 1 by the others
    assert "assumed: the status quo of Nets is 0 on a scale of 0 to 1" in quotas.notes


def test_a_wide_table_has_columns_of_each_actor():
    fish, toys = imported(DATA / "wide.csv")
    assert fish.scenario.title == "Fish"
    assert {name: one.outcome for name, one in fish.scenario.issues.items()} == {"d1i1": 0.7, "d1i2": None}
    assert [delegate.name for delegate in toys.scenario.delegates] == ["com", "nl"]
    assert fish.scenario.groups["nl_2"].salience == {"d1i1": 20.0, "d1i2": 50.0}
    assert 'left out, as no position is known: actors "es"' in toys.notes


def test_one_of_several_negotiations_and_another_scale(tmp_path):
    assert [one.name for one in imported(DATA / "wide.csv", only="d2")] == ["d2"]
    found = from_text(f"{LONG}a,x,-5,1\na,y,5,1\n", tmp_path, scale=(-5.0, 5.0))
    assert [group.position["a"].mean for group in found.scenario.groups.values()] == [0.0, 1.0]


def test_what_happened_is_no_part_of_a_run():
    scenario = first("wide.csv").scenario
    assert "outcome" not in scenario.resolved(story=False)["issues"]["d1i1"]
    other = scenario.model_copy(update={"issues": {
        name: one.model_copy(update={"outcome": 0.0}) for name, one in scenario.issues.items()
    }})  # fmt: skip
    texts = (run(one, replications=5).by_issue("text") for one in (scenario, other))
    np.testing.assert_array_equal(*texts)


def test_scores_are_distances_to_what_happened():
    solved = followed(solve_steps(first("wide.csv").scenario, Terms(), replications=4))
    (score,) = scores(solved)
    assert (score.issue, score.outcome) == ("d1i1", 0.7)
    compromise = (40 * 0.0 + 20 * 0.5 + 70 * 1.0) / 130  # by salience alone: the file has no capability
    assert score.distances["compromise"] == pytest.approx(abs(compromise - 0.7), abs=1e-5)
    assert score.distances["status quo"] == pytest.approx(0.7)
    assert score.distances["median"] == pytest.approx(0.3)  # at 1, which has more than half of the weight
    assert score.distances["median voter"] == pytest.approx(0.2)
    ends = np.where(solved.agreed[:, 0] > 0.0, solved.runs.by_issue("text")[:, 0], 0.0)
    assert score.distances["runs"] == pytest.approx(np.abs(ends - 0.7).mean())


@pytest.mark.parametrize("seats", [31, 32, 40])
def test_more_actors_than_groups_share_a_group_with_the_most_alike(seats, tmp_path):
    found = from_text(LONG + "".join(f"x,a{n},{n},50\n" for n in range(seats)), tmp_path)
    scenario = found.scenario
    assert len(scenario.groups) == 31
    assert len(scenario.delegates) == seats
    places = {
        who.name: (who.position.get("x") or scenario.groups[who.group].position["x"]) for who in scenario.delegates
    }
    assert [places[f"a{n}"].mean for n in range(seats)] == [n / 100 for n in range(seats)]
    assert scenario.trust.within == scenario.trust.across
    assert max(group.seats for group in scenario.groups.values()) <= 2
    assert any(f"{seats} actors in 31 groups" in note for note in found.notes) == (seats > 31)


def test_names_become_legal_and_stay_apart(tmp_path):
    rows = "#A\ta->b\n#A\tnone\n#A\tnull\n#P\tÉquité!\n#P\tequite\n#P\ttrue\n"
    data = "".join(
        f"#D\t{who}\t{what}\t5\t1\t1\n" for who in ("a->b", "none", "null") for what in ("Équité!", "equite", "true")
    )
    found = from_text(rows + data, tmp_path)
    assert list(found.scenario.issues) == ["equite", "equite_2", "true"]
    assert [who.name for who in found.scenario.delegates] == ["a to b", "none 2", "null"]
    assert "renamed: a->b is a to b and none is none 2" in found.notes
    assert not {who.name for who in found.scenario.delegates} & set(found.scenario.groups)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=90),
        min_size=2,
        max_size=5,
        unique_by=str.strip,
    )
)
def test_any_names_will_do(tmp_path_factory, names):
    quoted = [name.replace('"', '""') for name in names if name.strip()]
    if len(quoted) < 2:
        return
    rows = [f'"#A"\t"{name}"' for name in quoted] + [f'"#P"\t"{name}"' for name in quoted]
    rows += [f'"#D"\t"{name}"\t"{quoted[0]}"\t1\t1\t1' for name in quoted]
    found = from_text("\n".join(rows), tmp_path_factory.mktemp("names"))
    assert len(found.scenario.delegates) == len(quoted)


@given(st.binary(max_size=300))
def test_no_bytes_bring_down_an_import(tmp_path_factory, raw):
    file = tmp_path_factory.mktemp("bytes") / "any"
    for start in (b"", b"#A\tP\n#A\tT\n#P\tf\n#D\tP\tf\t", LONG.encode(), b"isnr,pa,pb,sa,sb,rp,out\n"):
        file.write_bytes(start + raw)
        with suppress(ScenarioError):
            imported(file)


def test_the_scenario_goes_to_stdout_and_notes_to_stderr():
    done = negsim("case", "import", str(DATA / "harbour.csv"), "--from", "table")
    found = first("harbour.csv")
    assert (done.exit_code, done.stdout) == (0, found.text)
    assert done.stderr.splitlines() == found.notes


def test_out_writes_a_scenario_that_can_be_loaded(tmp_path):
    out = tmp_path / "ports.yaml"
    done = negsim("case", "import", str(DATA / "long.csv"), "--only", "Ports", "--meetings", "2", "--out", str(out))
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.endswith(f"written: {out}\n")
    assert len(load(out).process.meetings) == 2


def test_each_writes_a_folder_that_can_be_scored(tmp_path):
    folder, table = tmp_path / "deu", tmp_path / "scores.csv"
    assert negsim("case", "import", str(DATA / "wide.csv"), "--each", str(folder)).exit_code == 0
    done = negsim("case", "solutions", str(folder), "--score", "--replications", "3", "--out", str(table))
    assert done.exit_code == 0
    rows = table_of(table)
    by_solution = {}
    for row in rows:
        by_solution.setdefault(row["solution"], []).append(float(row["distance"]))
    assert {row["issue"] for row in rows} == {"d1i1", "d2i1"}
    last = next(line for line in done.stdout.splitlines() if line.startswith("mean of 2 issues"))
    assert last.split()[4:] == [words.value_and_interval(mean(np.array(some)))[0] for some in by_solution.values()]
