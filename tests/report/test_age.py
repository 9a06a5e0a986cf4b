"""A page says by itself that its numbers are older than the last change of results."""

import pytest

from negsim.report import age
from negsim.report.manual import page

OLD, NEW = "a" * 40, "b" * 40
ROWS = f"""\
page,command,commit,minutes
docs/axioms.md,make it,{NEW},2.5
docs/storm.md docs/images/storm.png,"make one, and another",{OLD},
"""
LINE = "*Numbers of the model before 7 December 2026; being measured anew.*"


@pytest.fixture(autouse=True)
def table(tmp_path, monkeypatch):
    """An evidence of two pages, of which one is stale, and a reference that may be written anew."""
    evidence, reference = tmp_path / "evidence.csv", tmp_path / "reference"
    evidence.write_text(ROWS, encoding="utf-8")
    reference.write_text(f"{NEW}\n7 December 2026: a rule, and another: both\n", encoding="utf-8")
    monkeypatch.setattr(age, "EVIDENCE", evidence)
    monkeypatch.setattr(age, "_REFERENCE", reference)
    return evidence, reference


def test_the_last_change_has_a_name_a_day_and_a_reason():
    assert age.last_change() == (NEW, "7 December 2026", "a rule, and another: both")


def test_what_another_commit_has_overtaken_is_stale():
    assert [row.page for row in age.stale()] == ["docs/storm.md docs/images/storm.png"]
    assert age.stale()[0].command == "make one, and another"
    assert age.is_stale("docs/images/storm.png")
    assert not age.is_stale("docs/axioms.md", "docs/unknown.md")


def test_a_stale_page_says_so_below_its_title_and_another_stays_as_it_is():
    assert age.dated("docs/storm.md", "# Storm\n\nText.\n") == f"# Storm\n\n{LINE}\n\nText.\n"
    assert age.dated("docs/axioms.md", "# Axioms\n\nText.\n") == "# Axioms\n\nText.\n"


@pytest.mark.parametrize("page", ["docs/axioms.md", "docs/howto/x.md", "README.md"])
def test_a_page_that_shows_a_stale_picture_says_so(page):
    link = {"docs/axioms.md": "images/storm.png", "docs/howto/x.md": "../images/storm.png"}
    text = f"# A page\n\n![a picture]({link.get(page, 'docs/images/storm.png')})\n"
    assert LINE in age.dated(page, text)
    assert age.dated(page, text.replace("storm.png", "other.png")) == text.replace("storm.png", "other.png")


def test_all_is_stale_while_results_change(table):
    _, reference = table
    reference.write_text("changing\n8 December 2026: a rule\n", encoding="utf-8")
    assert age.stale() == age.evidence()
    assert "before 8 December 2026" in age.dated("docs/axioms.md", "# Axioms\n")


def test_the_pages_that_a_wheel_carries_say_so_too(table):
    evidence, _ = table
    for name, path in (("tutorial", "docs/tutorial.md"), ("experiments/evenings", "experiments/evenings/README.md")):
        assert LINE not in page(name)
        evidence.write_text(f"{ROWS}{path},make it,{OLD},1\n", encoding="utf-8")
        assert page(name).splitlines()[2] == LINE
