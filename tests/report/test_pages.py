"""Reports: one file that needs nothing, says everything, and shows what is hostile as text."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest
from markupsafe import Markup

from answers import negsim
from negsim.report import uncertain
from negsim.report.odd import odd
from negsim.report.pages.blocks import Grid
from negsim.report.pages.page import PAGE_TEMPLATES
from negsim.report.pages.reports import report_of_runs, report_of_study
from negsim.report.summary import summary
from negsim.scenario import dump_yaml, load, loads
from negsim.scenario.sampling import sample as one_draw
from negsim.study.runner import open_issues, run, typical_run
from odd import hostile_file
from sweeps import study_of, swept

FOCAL, SMALL = "cstd_wgigf_2011", "classroom"
HOSTILE = '</title><script>alert(1)</script><img src=x onerror="alert(2)"> & "quoted"'


class Tags(HTMLParser):
    """Every tag with its attributes, and the text around them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.text = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def focal():
    return report_of_runs(run(load(FOCAL), replications=40, seed=2011), source=FOCAL)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return swept(study_of(replications=4), tmp_path_factory.mktemp("study") / "results")


@pytest.fixture(scope="module")
def study_page(study):
    return report_of_study(study)


def printed(macro, value):
    """A value as a macro of the templates prints it."""
    return getattr(PAGE_TEMPLATES._engine.get_template("blocks.html.j2").module, macro)(value)


def assert_needs_nothing(text):
    """No script, no request: everything that could fetch something is a data URI or a place on the page."""
    page = Tags(text)
    assert not page.open
    assert {tag for tag, _ in page.tags} <= {
        "html", "head", "meta", "title", "style", "body", "main", "nav", "h1", "h2", "h3", "h4", "p", "a", "b", "span",
        "div", "section", "figure", "figcaption", "img", "table", "caption", "thead", "tr", "th", "td", "ul", "li",
        "pre", "details", "summary", "strong",
    }  # fmt: skip
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href"):
            assert attributes.get(name, "#").startswith(("#", "data:image/png;base64,"))
    assert "url(" not in text
    assert "@import" not in text
    return page


def test_a_report_needs_nothing_from_elsewhere(focal):
    page = assert_needs_nothing(focal)
    images = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(images) == 7
    assert all(image["alt"] for image in images)


def test_the_best_of_several_cells_is_said_to_be_partly_lucky(study_page, tmp_path):
    warning = "owe something to luck"
    assert warning in study_page
    assert warning not in report_of_study(swept(study_of(vary={}, replications=2), tmp_path / "one"))


def test_a_report_has_all_its_parts(focal):
    headings = re.findall(r"<h[23][^>]*>(.*?)</h[23]>", focal)
    assert headings == [
        "The setting", "Who sits there", "What is on the table", "When they meet", "Rules and circumstances", "Knobs",
        "How it ends", "Under every decision rule", "Measures", "What blocked", "A typical run from inside",
        "Why that run ended this way", "From its minutes", "Make this report again", "Sources of the scenario",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def runs_of_focal():
    return run(load(FOCAL), replications=40, seed=2011)


def numbers_of_row(page, label):
    """The numbers beside a label in a table of a page."""
    cells = re.search(rf"<td>{re.escape(label)}</td>((?:<td>[^<]*</td>)+)", unescape(page))[1]
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", cells)]


def test_the_numbers_are_those_of_the_runs(focal, runs_of_focal):
    depth, low, high, in_share = numbers_of_row(focal, "depth of what was agreed")
    known = runs_of_focal.column("depth")[np.isfinite(runs_of_focal.column("depth"))]
    assert low <= depth <= high
    assert depth == pytest.approx(known.mean(), abs=0.005)
    assert in_share == pytest.approx(100 * len(known) / 40, abs=0.5)
    share = 100 * runs_of_focal.column("would_rough_consensus").mean()
    assert numbers_of_row(focal, "rough consensus (75\N{NO-BREAK SPACE}%)")[0] == pytest.approx(share, abs=0.5)


def test_the_scenario_can_be_read_back_from_the_report(focal):
    yaml = re.findall(r"<summary>The scenario in full.*?<pre>(.*?)</pre>", focal, re.DOTALL)[0]
    assert loads(unescape(yaml)) == load(FOCAL)


def test_the_command_in_a_report_writes_its_bytes_again(tmp_path):
    changes = ["meetings.count=2", "process.decision_rule={rough_consensus: {share: 0.8}}"]
    out = tmp_path / "report.html"
    asked = [part for change in changes for part in ("--set", change)]
    result = negsim("report", SMALL, *asked, "--replications", 6, "--seed", 5, "--out", out)
    assert result.exit_code == 0, result.output
    text = unescape(out.read_text(encoding="utf-8"))
    command = (
        "negsim report classroom --set meetings.count=2 --set 'process.decision_rule={rough_consensus: {share: 0.8}}'"
        " --replications 6 --seed 5"
    )
    assert command in text
    assert out.read_text(encoding="utf-8") == report_of_runs(
        run(load(SMALL, changes=changes), replications=6, seed=5), source=SMALL, changes=changes
    )


def test_hostile_names_appear_as_text(tmp_path):
    file = hostile_file(tmp_path, HOSTILE)
    page = assert_needs_nothing(report_of_runs(run(load(file), replications=3), source=str(file)))
    assert HOSTILE in "".join(page.text)


def test_the_report_on_an_uncertain_scenario_says_what_is_drawn():
    runs = run(load("cases/icg"), replications=4)
    assert not typical_run(runs).scenario.uncertain
    assert "Drawn anew for every run" in report_of_runs(runs)


def test_the_report_has_blocks_and_closed_zones_by_group_and_why_issues_stayed_open():
    runs = run(load(FOCAL), replications=6)
    page_ = " ".join(unescape(re.sub("<[^>]*>", " ", report_of_runs(runs))).split())
    assert "group, a run blocks readings blocked alone zones closed by its red lines Governments" in page_
    assert "issues that stayed open, a run" in page_
    for why, estimate in open_issues(runs).items():
        assert f"{why.meaning} {estimate.value:.2f} [" in page_


@pytest.fixture(scope="module")
def open_case():
    """A scenario of which seats, meetings, days, agendas and rules are drawn."""
    text = dump_yaml(load("cases/gge15"))
    return loads(text.replace("uncertain:\n", "uncertain:\n  context.tension: {one_of: [low, high]}\n"))


def test_an_uncertain_size_is_a_range_everywhere(open_case):
    runs = run(open_case, replications=4)
    for account in (report_of_runs(runs), summary(runs), odd(open_case, "cases/gge15", [])):
        assert "20 delegates in 2 groups" in " ".join(account.split())
        assert "1 to 8 meetings of 1 to 40 days in all" in " ".join(account.split())


def test_what_is_drawn_anew_for_every_run_is_named(open_case):
    page_, described = report_of_runs(run(open_case, replications=4)), odd(open_case, "cases/gge15", [])
    assert "the same people and procedure" not in page_
    assert "what is not known drawn anew for each (tension, seats, positions" in " ".join(page_.split())
    assert "Drawn anew for every run: tension, seats" in described


@pytest.mark.parametrize(
    ("drawn", "sizes"),
    [
        ("seats: {split: 60}", ("60 delegates", "2 meetings", "4 days")),
        ("groups.business.seats: {integers: [5, 9]}", ("42 to 46 delegates", "2 meetings", "4 days")),
        ("meetings.count: {integers: [1, 3]}", ("42 delegates", "1 to 3 meetings", "2 to 6 days")),
        ("meetings.count: {one_of: [3]}", ("42 delegates", "3 meetings", "6 days")),
        (
            "both: {either: [{process.meetings.0.days: 4, meetings.count: 1}, {process.meetings.0.days: 1}]}",
            ("42 delegates", "1 to 2 meetings", "3 to 4 days"),
        ),
        (
            "room: {either: [{groups.business.seats: 9, groups.civil_society.seats: 3}, {groups.business.seats: 6}]}",
            ("43 to 44 delegates", "2 meetings", "4 days"),
        ),
    ],
)
def test_ranges_are_those_of_the_draws(drawn, sizes):
    scenario = loads(dump_yaml(load(FOCAL)).replace("uncertain: {}\n", f"uncertain:\n  {drawn}\n"))
    texts = uncertain.sizes(scenario)
    assert (texts.delegates, texts.meetings, texts.days) == sizes
    for replication in range(6):
        certain = one_draw(scenario, 0, replication)
        low, high = uncertain.seats(scenario)
        assert low <= sum(group.seats for group in certain.groups.values()) <= high


def test_the_report_on_a_study_has_pictures_cells_and_runs(study, study_page):
    assert_needs_nothing(study_page)
    cells = re.search(r'id="part2">Every cell</h2>\n<div class="scroll"><table.*?</table></div>', study_page, re.DOTALL)
    assert cells
    assert cells[0].count("<tr>") == 1 + len(study.cells)
    assert "A typical run where the share of runs with consensus is" in study_page or "A typical run<" in study_page


def test_the_command_reports_a_study_with_the_same_bytes(study, study_page, tmp_path):
    out = tmp_path / "study.html"
    result = negsim("study", "report", study.folder, "--out", out)
    assert result.exit_code == 0, result.output
    assert out.read_text(encoding="utf-8") == study_page


def test_text_is_escaped_and_html_is_not():
    html = printed("grid", Grid(["<b>"], [[Markup("<b>1</b>")]]))
    assert "<th>&lt;b&gt;</th>" in html
    assert "<td><b>1</b></td>" in html
