"""The pages and experiments that come with negsim."""

from answers import negsim
from negsim.report.manual import PAGES, manual
from negsim.study.schema import load_study


def test_all_pages_are_listed_with_their_titles():
    done = negsim("doc")
    assert done.exit_code == 0
    rows = [line.split(maxsplit=1) for line in done.stdout.splitlines()[1:]]
    assert [name for name, _ in rows] == list(manual())
    assert {*PAGES, "scenarios", "howto/measure", "experiments/evenings"} <= set(manual())
    assert all(title.strip()[0].isupper() for _, title in rows)


def test_an_experiment_is_copied_with_all_its_files(tmp_path):
    done = negsim("doc", "experiments/time_to_consensus", "--out", tmp_path / "mine")
    assert done.exit_code == 0
    names = ["README.md", "figure.png", "short_mandates.yaml", "study.yaml"]
    assert done.stdout.split() == [str(tmp_path / "mine" / name) for name in names]
    assert load_study(tmp_path / "mine" / "study.yaml").factors
