"""The command line: what each command prints and where, its exit codes, and what it leaves behind."""

import json
import re
import shlex
import subprocess
import sys
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
from typer.core import TyperGroup
from typer.main import get_command

from answers import negsim, table_of
from negsim import kernel, signals
from negsim.cases import builtin_cases
from negsim.cli.commands import DAILY, app
from negsim.errors import optional
from negsim.files import MARKER
from negsim.negotiation.measures import MEASURES, OUTCOME_WORDS
from negsim.negotiation.tables import WhyOpen
from negsim.report import outputs, plots
from negsim.report.summary import as_data, summary
from negsim.report.words import NO_BREAK, RULE_LABELS, percent
from negsim.scenario import load, loads, names
from negsim.scenario.lowering import seat_names
from negsim.study.runner import rerun, run, typical_run
from sweeps import study_of, swept

DATA = Path(__file__).parents[1] / "data"
SMALL, FULL = str(DATA / "small.yaml"), str(DATA / "full.yaml")
OUTCOMES = {"consensus", "partial", "chair_report", "none", "walkout", "vote"}
COMMAND = [sys.executable, "-m", "negsim"]


def fine(*arguments):
    done = negsim(*arguments)
    assert done.exit_code == 0, done.output
    return done


def commands(group=None, words=()):
    """Every command of the app with the words that call it, groups and hidden commands included."""
    group = group or get_command(app)
    yield words, group
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*words, name))


GROUPS = [words for words, command in commands() if isinstance(command, TyperGroup)]
SINGLE = {words: command for words, command in commands() if words not in GROUPS}


@pytest.fixture(scope="module")
def helps():
    """The help of every command and group, on a screen of 80 columns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        return {words: fine(*words, "--help").stdout for words, _ in commands()}


def test_the_help_of_every_command_fits_a_narrow_screen(helps):
    wide = {words: [line for line in text.splitlines() if len(line) > 80] for words, text in helps.items()}
    assert {words: lines for words, lines in wide.items() if lines} == {}


def test_help_names_every_command_of_its_group_in_a_line_of_its_own(helps):
    below = {words: command for words, command in commands() if words}
    missing = [words for words, one in below.items() if (f"\n  {words[-1]} " in helps[words[:-1]]) is one.hidden]
    assert missing == []
    assert [words for words in GROUPS if "..." in helps[words].partition("\nOptions:")[2]] == []


def test_the_first_level_is_short_and_begins_with_the_demonstration():
    daily = [words[0] for words in SINGLE if len(words) == 1 and not SINGLE[words].hidden]
    assert set(daily) <= set(DAILY)
    assert len(daily) <= 16
    listed = re.findall(r"(?m)^  (\w+)  ", fine("--help").stdout.partition("Commands:")[2])
    assert listed[: len(daily)] == [name for name in DAILY if name in daily]
    assert listed[0] == "demo"
    assert listed[len(daily) :] == ["study", "case", "describe", "classroom"]


def test_every_command_has_examples_that_its_parser_takes(here):
    assert {words: faults for words in SINGLE if (faults := faults_of_examples(words))} == {}
    assert not list(here.iterdir())


def faults_of_examples(words):
    """What is wrong with the examples in a command's help."""
    lines = [line.split(" > ")[0] for line in SINGLE[words].epilog.splitlines() if line.startswith("  negsim ")]
    faults = [] if lines else ["no example"]
    for line in lines:
        name, *rest = shlex.split(line)
        if (name, tuple(rest[: len(words)])) != ("negsim", words) or len(line) > 78:  # the screen has a margin of two
            faults.append(f"too long, or another command: {line}")
        try:
            SINGLE[words].make_context(" ".join((name, *words)), rest[len(words) :])
        except Exception as error:  # noqa: BLE001 - the parser has more than one kind
            faults.append(f"{line}: {error!r}")
    return faults


def test_help_loads_nothing_heavy():
    heavy = {"numba", "numpy", "mesa", "yaml", "rich"}
    code = f"import sys; import negsim.cli.commands; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


DAILY_COMMANDS = [
    f"run {SMALL} --replications 2",
    f"why {SMALL} --replications 2",
    f"robust {SMALL} --replications 2 --try trust.across=0.9",
    f"check {SMALL}",
    f"plot {SMALL} --replications 2",
]
LOADED = """
import sys
from typer.testing import CliRunner
from negsim.cli.commands import app
for words in sys.argv[1:]:
    assert CliRunner().invoke(app, words.split()).exit_code == 0
    print({"scipy.special", "scipy.stats", "pandas", "duckdb", "matplotlib", "mesa"} & sys.modules.keys())
"""


def test_a_daily_command_loads_nothing_that_it_does_not_need(tmp_path):
    words = [sys.executable, "-c", LOADED, *DAILY_COMMANDS]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines() == ["set()"] * 4 + ["{'matplotlib'}"]


def test_a_command_that_needs_an_extra_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "starlette", None)
    done = negsim("studio", "--no-browser")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "the studio needs starlette; install it with: pip install segno starlette uvicorn\n"


def test_an_extra_that_lacks_another_package_is_not_said_to_be_missing(tmp_path, monkeypatch):
    (tmp_path / "extra.py").write_text("import no_such_package")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        optional("extra", "the studio", "studio")


def test_list_has_every_built_in_scenario():
    lines = fine("list").stdout.splitlines()
    gap = lines.index("")
    end = lines.index("", gap + 1)
    assert lines[0].split() == ["scenario", "title", "seats", "issues", "meetings"]
    assert [line.split()[0] for line in lines[1:gap]] == names()
    assert lines[gap + 1].split() == ["coded", "case", "title", "years"]
    assert [line.split()[0] for line in lines[gap + 2 : end]] == builtin_cases()
    assert "A process in both lists is described twice" in " ".join(lines[end + 1 :])


def test_show_gives_the_author_s_text_and_resolved_everything():
    assert fine("show", FULL).stdout == Path(FULL).read_text()
    assert loads(fine("show", FULL, "--resolved").stdout) == load(FULL)


def test_check_passes_good_files_and_tells_every_problem_of_bad_ones():
    assert fine("check", SMALL, FULL).stdout == f"{SMALL}: fine\n{FULL}: fine\n"
    bad = str(DATA.parent / "invalid" / "typo_top.yaml")
    done = negsim("check", SMALL, bad)
    assert done.exit_code == 2
    assert done.stdout == f"{SMALL}: fine\n"
    assert done.stderr.startswith(f"{bad}:2:1: titel: unknown key")


def test_transcript_goes_to_the_screen_or_to_a_file(tmp_path):
    spoken = fine("transcript", SMALL, "--seed", "3", "--replication", "2").stdout
    assert "Two groups" in spoken
    done = fine("transcript", SMALL, "--seed", "3", "--replication", "2", "--out", str(tmp_path / "minutes.md"))
    assert done.stdout == ""
    assert (tmp_path / "minutes.md").read_text() == spoken
    assert fine("transcript", SMALL, "--seed", "4").stdout != spoken


def test_plot_adds_pictures_to_a_folder(tmp_path):
    (tmp_path / "mine.txt").write_text("stays")
    done = fine("plot", SMALL, "--replications", "2", "--out", str(tmp_path))
    drawn = {Path(line).name for line in done.stdout.splitlines()}
    assert {"paragraphs.png", "trust.png", "outcomes.png", "who_blocked.png", "minutes.png"} <= drawn
    assert {path.name for path in tmp_path.iterdir()} == drawn | {"mine.txt", MARKER}


@pytest.mark.parametrize("is_typical", [True, False])
def test_plot_shows_a_typical_run_or_the_one_asked_for_and_says_which(is_typical, tmp_path, monkeypatch):
    shown, picture = [], plots.RUN_PICTURES["paragraphs"]
    watched = picture._replace(draw=lambda *seen: shown.append(seen[1]) or picture.draw(*seen))
    monkeypatch.setitem(plots.RUN_PICTURES, "paragraphs", watched)
    runs = run("cstd_wgigf_2011", replications=20)
    typical = typical_run(runs)
    one = typical if is_typical else rerun(runs.scenario, 0, (typical.replication + 1) % 20)
    options = ["--replications", "20", "--only", "paragraphs", "--only", "outcomes", "--format", "svg"]
    asked = [] if is_typical else ["--replication", str(one.replication)]
    done = fine("plot", "cstd_wgigf_2011", *options, *asked, "--out", str(tmp_path))
    as_many = percent(float(runs.is_outcome(one.outcome).mean()))
    note = f"ne run, replication {one.replication} under seed 0. Outcome: {OUTCOME_WORDS[one.outcome]}, as in {as_many}"
    assert f"paragraphs shows o{note} of 20 runs.\n" in done.stderr
    in_picture = (tmp_path / "paragraphs.svg").read_text().replace(NO_BREAK, " ")
    assert f"<!-- O{note} of 20 runs. -->" in in_picture
    assert np.array_equal(shown[0].status, one.trace.status)


@pytest.mark.parametrize(("form", "begins"), [("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_pictures_are_drawn_in_the_format_asked_for(form, begins, tmp_path):
    done = fine("plot", SMALL, "--replications", "1", "--only", "brackets", "--format", form, "--out", str(tmp_path))
    assert done.stdout == f"{tmp_path / 'brackets'}.{form}\n"
    assert {path.name for path in tmp_path.iterdir()} == {f"brackets.{form}", MARKER}
    assert (tmp_path / f"brackets.{form}").read_bytes().startswith(begins)


def test_a_model_to_be_compiled_is_announced_once_on_stderr(monkeypatch):
    monkeypatch.setattr(kernel, "must_compile", lambda: True)
    monkeypatch.setattr(kernel, "compiling", lambda: iter(()))
    done = fine("run", SMALL, "--replications", "1", "--json")
    assert done.stderr.count("compiling") == 1
    json.loads(done.stdout)


def test_run_is_the_python_function():
    data = json.loads(fine("run", SMALL, "--replications", "3", "--seed", "5", "--threads", "1", "--json").stdout)
    assert data == as_data(run(load(SMALL), replications=3, seed=5), "small")
    assert list(data) == ["scenario", "seed", "replications", "outcomes", "measures"]
    assert sum(outcome["share"] for outcome in data["outcomes"].values()) == pytest.approx(1.0)
    assert (set(data["outcomes"]), set(data["measures"])) == (OUTCOMES, set(MEASURES) - {"outcome"})


def test_whatever_prints_figures_of_a_scenario_runs_it_equally_often():
    names = ("run", "report", "plot", "compare", "why", "explain")
    defaults = [param.default for name in names for param in SINGLE[(name,)].params if param.name == "replications"]
    assert len(defaults) == len(names)
    assert {*defaults} == {signature(run).parameters["replications"].default}


def test_summary_is_read_on_a_narrow_screen():
    for source in (SMALL, FULL):
        runs = run(load(source), replications=5)
        lines = summary(runs, changes=["process.chair.pressure=0"]).splitlines()
        assert max(len(line) for line in lines) <= 80
        assert lines[0] == runs.scenario.title
        for heading in ("HOW IT ENDED", "WHAT WAS AGREED", "WHAT BLOCKED", "WHY ISSUES", "WHERE THE TIME", "UNDER"):
            assert any(line.startswith(heading) for line in lines)


@pytest.mark.parametrize("may_block", [True, False])
def test_the_summary_explains_a_rule_that_passes_less_often_than_the_strictest(may_block):
    runs = run(load("cstd_wgigf_2012", changes=[f"groups.government.may_block={may_block}".lower()]), replications=60)
    strictest, *others = (runs.column(measure).mean() for measure in RULE_LABELS)
    assert bool(min(others) < strictest) is not may_block
    assert ("also those who may not block" in summary(runs)) is not may_block


def test_the_summary_says_why_issues_stayed_open():
    runs = run(load("cstd_wgigf_2011"), replications=30)
    part = summary(runs).partition("WHY ISSUES STAYED OPEN")[2].partition("\n\n")[0]
    reasons = runs.by_issue("why_open")
    for why in WhyOpen:
        number = (reasons == why).sum(axis=1).mean()
        assert bool(re.search(rf"\n  {why.meaning} +{number:.2f}  \[", part)) == (number > 0.0)
    passable = percent(float(np.nanmean(runs.column("passable_readings"))))
    assert re.search(rf"\n  {MEASURES['passable_readings'].label} +{passable}", part)


def test_set_changes_the_scenario_and_is_named():
    done = fine("run", SMALL, "--replications", "2", "--set", "meetings.count=1", "--set", "methodology=rolling_text")
    assert "changed: meetings.count=1" in done.stdout
    assert "rolling text" in done.stdout
    assert "1 meeting of 2 days" in done.stdout


def test_out_writes_every_table(tmp_path):
    out = tmp_path / "new" / "results"
    changes = ("--set", "process.chair.pressure=0.5", "--set", "meetings.count=1")
    fine("run", FULL, "--replications", "3", "--seed", "9", *changes, "--out", str(out))
    assert {path.name for path in out.iterdir()} == {
        ".negsim",
        "runs.csv",
        "issues.csv",
        "groups.csv",
        "delegates.csv",
        "summary.json",
        "scenario.yaml",
    }
    table = table_of(out / "runs.csv")
    runs = run(load(FULL, changes=changes[1::2]), replications=3, seed=9)
    filled = [name for name in MEASURES if name == "outcome" or not np.isnan(runs.column(name)).all()]
    assert len(filled) < len(MEASURES)  # a column without a value in any row is left out
    assert list(table[0]) == ["process.chair.pressure", "meetings.count", "seed", "replication", *filled]
    assert [row["replication"] for row in table] == ["0", "1", "2"]
    assert {row["meetings.count"] for row in table} == {"1"}
    assert {row["outcome"] for row in table} <= OUTCOMES
    scenario = load(FULL, changes=changes[1::2])
    assert load(out / "scenario.yaml") == scenario
    assert [float(row["minutes"]) for row in table] == runs.column("minutes").tolist()
    assert len(table_of(out / "issues.csv")) == 3 * len(scenario.issues)
    assert len(table_of(out / "groups.csv")) == 3 * len(scenario.groups)
    assert [row["delegate"] for row in table_of(out / "delegates.csv")] == seat_names(scenario) * 3
    about = json.loads((out / "summary.json").read_text())
    assert about["changes"] == {"process.chair.pressure": "0.5", "meetings.count": "1"}
    assert {key: about[key] for key in as_data(runs, "full")} == as_data(runs, "full")
    assert [path.name for path in out.parent.iterdir()] == ["results"]


@pytest.fixture(scope="module")
def screened(tmp_path_factory):
    """The results of a study with a Morris design."""
    vary = {"meetings.count": [1, 2], "trust.across": [0.2, 0.8]}
    study = study_of(vary=vary, design="morris", points=2, replications=2, main="minutes")
    return swept(study, tmp_path_factory.mktemp("screened") / "results").folder


def test_a_results_folder_is_not_written_over_by_the_command_that_reads_it(screened):
    file = screened / "manifest.json"
    done = negsim("study", "sensitivity", str(screened), "--out", str(file))
    assert (done.exit_code, done.stderr) == (2, f"{file}: the command reads this file; name another\n")
    done = fine("study", "sensitivity", str(screened), "--out", str(screened.parent / "table.csv"))
    assert all(factor in done.stdout for factor in ("number of meetings", "trust across groups"))


def test_out_replaces_a_folder_of_ours_and_no_other(tmp_path):
    ours = tmp_path / "ours"
    for replications in ("2", "3"):
        fine("run", SMALL, "--replications", replications, "--out", str(ours))
    assert len(table_of(ours / "runs.csv")) == 3
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "scenario.yaml").write_text("mine")
    assert negsim("run", SMALL, "--replications", "2", "--out", str(theirs)).exit_code == 2
    (ours / "notes.txt").write_text("mine")
    done = negsim("run", SMALL, "--replications", "2", "--out", str(ours))
    assert done.exit_code == 2
    assert "holds other things (notes.txt)" in done.stderr
    assert len(table_of(ours / "runs.csv")) == 3


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_what_fails_while_writing_leaves_nothing(tmp_path, monkeypatch, error):
    def fails(*_):
        raise error

    monkeypatch.setattr(outputs, "dump_yaml", fails)  # the last file of the folder
    done = negsim("run", SMALL, "--replications", "1", "--out", str(tmp_path / "out"))
    interrupted = error is KeyboardInterrupt
    assert done.exit_code == (130 if interrupted else 1)
    assert done.stderr == (
        signals.SENTENCE + "\n" if interrupted else f"{tmp_path / 'out'}: cannot be written (No space left on device)\n"
    )
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_change_in_an_alternative_may_have_blanks_inside_its_brackets():
    spaced = "open: groups.states.red_lines={scope: {max: 0.9, spread: 0.05}} trust.across=low"
    quoted = "open: 'groups.states.red_lines={scope: {max: 0.9, spread: 0.05}}' trust.across=low"
    first, second = (negsim("compare", SMALL, text, "--replications", 3) for text in (spaced, quoted))
    assert (first.exit_code, first.stdout) == (0, second.stdout)


def test_a_reader_who_has_seen_enough_is_no_error():
    with subprocess.Popen([*COMMAND, "describe", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writing:
        writing.stdout.close()
        assert writing.stderr.read() == b""
        assert writing.wait() in {0, 1}


@pytest.mark.parametrize(
    ("words", "code", "stderr"),
    [
        ("list >&-", 0, ""),
        ("--help >&-", 0, ""),
        (f"run {SMALL} --replications 2 2>&-", 0, ""),
        ("run nope 2>&-", 2, ""),
        ("--help >/dev/full", 1, "negsim: No space left on device\n"),
        ("describe schema >/dev/full", 1, "negsim: No space left on device\n"),
    ],
)
def test_a_stream_that_is_closed_or_full_brings_no_command_down(words, code, stderr):
    command = ["sh", "-c", f'"$0" -m negsim {words}', sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, stderr)
    assert bool(done.stdout) == ("2 2>&-" in words)


def test_show_prints_nothing_that_steers_a_terminal(tmp_path):
    file = tmp_path / "steers.yaml"
    file.write_text("format: 1  # \x1b]0;owned\x07 \u202e\ttab – ½\n", encoding="utf-8")
    shown = fine("show", str(file))
    assert shown.stdout == "format: 1  # \\x1b]0;owned\\x07 \\u202e\ttab – ½\n"
    assert (
        fine("show", "classroom").stdout
        == Path("scenarios/classroom.yaml").read_text(encoding="utf-8").rstrip("\n") + "\n"
    )


CROSSED = """
format: 1
title: Two red lines
issues: {cap: {label: Cap, low: none, high: all, status_quo: 0.1}}
groups:
  ambition: {seats: 14, position: {cap: 0.5}, red_lines: {cap: {min: 0.25, spread: 0.05, spread_by: WHO}}}
  like_minded: {seats: 8, position: {cap: 0.2}, red_lines: {cap: {max: 0.3, spread: 0.05, spread_by: WHO}}}
process: {meetings: [{days: 1, agenda: [questionnaire: 1]}]}
"""


def test_check_warns_where_red_lines_cross_in_most_draws(here):
    (here / "crossed.yaml").write_text(CROSSED.replace("WHO", "seat"))
    (here / "apart.yaml").write_text(CROSSED.replace("WHO", "group"))
    done = negsim("check", "crossed.yaml", "apart.yaml")
    assert (done.exit_code, done.stdout) == (0, "crossed.yaml: fine\napart.yaml: fine\n")
    (warning,) = done.stderr.splitlines()
    assert warning.startswith("crossed.yaml: issues.cap: in 100% of 200 draws the lower red line of ambition")
    assert warning.endswith("`spread_by: group` draws one for a group")
    (here / "above.yaml").write_text(CROSSED.replace("max: 0.3", "max: 0.1").replace("WHO", "seat"))
    assert "spread_by" not in negsim("check", "above.yaml").stderr
    (here / "above.yaml").write_text(CROSSED.replace("max: 0.3", "max: 0.6").replace("WHO", "seat"))
    assert negsim("check", "above.yaml").stderr == ""
