"""A sweep: the same table whoever works and whatever happens, and never a wrong row."""

import json
import math
import os
import shutil
import signal
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from answers import negsim
from interrupts import hear_interrupts, is_pending
from negsim import plugins
from negsim.errors import FailedError, NegsimError
from negsim.negotiation.measures import MEASURES
from negsim.negotiation.tables import Outcome
from negsim.report.progress import sweep
from negsim.scenario.ensembles import members
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import sample
from negsim.study import packs, store
from negsim.study import sweep as sweep_module
from negsim.study.estimates import Estimate
from negsim.study.results import results
from negsim.study.runner import run, workers
from negsim.study.schema import loads_study
from negsim.study.sequential import is_narrow
from negsim.study.sweep import opened
from negsim.study.work import Cut, simulate
from patience import LIMIT, until
from sweeps import PLAIN, SMALL, csv_of, study_of, swept, unpacked

NEGSIM = [sys.executable, "-m", "negsim"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The results of a plain study, done by one thread without a stop."""
    return swept(study_of(), tmp_path_factory.mktemp("plain") / "results", count=1)


@pytest.fixture(scope="module")
def table(plain, tmp_path_factory):
    return csv_of(plain, tmp_path_factory.mktemp("plain") / "table.csv")


def test_every_row_is_the_run_it_names(plain):
    frame = plain.frame()
    assert len(frame) == 160
    assert list(frame.columns[:7]) == ["cell", "meetings.count", "chair", "seed", "replication", "outcome", "consensus"]
    for cell, rows in frame.groupby("cell"):
        runs = run(plain.scenario_of(cell), replications=40, seed=7)
        assert rows["replication"].tolist() == list(range(40))
        assert rows["outcome"].tolist() == [Outcome(int(code)).name.lower() for code in runs.column("outcome")]
        assert rows["consensus"].tolist() == runs.is_outcome(Outcome.CONSENSUS).tolist()
        for measure in list(MEASURES)[1:]:
            assert np.array_equal(rows[measure].to_numpy(float), runs.column(measure), equal_nan=True), measure


def test_a_study_with_series_has_the_same_runs_and_a_row_a_minute(plain, tmp_path):
    found = swept(study_of(series={"every": 60}), tmp_path / "r")
    assert found.frame().equals(plain.frame())
    series = found.series()
    case = lower(found.scenario_of(3))
    last = series[(series["cell"] == 3) & (series["replication"] == 5)]
    assert last["minute"].tolist() == [*np.arange(0.0, last["minute"].iloc[-1], 60.0), last["minute"].iloc[-1]]
    assert last["minute"].iloc[-1] == (case.plan["starts"] + case.plan["minutes"]).max()
    ends = series[series["minute"] == series.groupby(["cell", "replication"])["minute"].transform("max")]
    for measure, end in (
        ("share_agreed", "share_agreed"),
        ("trust_across", "trust_across_end"),
        ("readings", "readings"),
    ):
        assert np.array_equal(ends[measure].to_numpy(float), found.frame()[end].to_numpy(float))


def test_detail_adds_columns_by_issue_group_and_format(tmp_path):
    found = swept(study_of(detail=True, replications=5), tmp_path / "r")
    frame = found.frame()
    runs = run(found.scenario_of(0), replications=5, seed=7)
    for g, group in enumerate(runs.scenario.groups):
        assert frame[f"satisfaction.{group}"][:5].tolist() == runs.by_group("satisfaction")[:, g].tolist()
    issues = [name.split(".")[1] for name in frame.columns if name.startswith("agreed.")]
    assert issues == list(runs.scenario.issues)
    assert np.allclose(frame[[f"agreed.{issue}" for issue in issues]].mean(axis=1), frame["share_agreed"])


@pytest.mark.parametrize("part", [1, 7, 16, 1000])
@pytest.mark.parametrize("layer", [3, 10])
def test_parts_hold_every_run_once_and_nothing_of_closed_cells(part, layer):
    cut = Cut(cells=5, replications=10, layer=layer, part=part)
    is_open = [True, False, True, True, False]
    runs = [
        (piece.cell, r)
        for number in range(cut.layers)
        for some in cut.parts(number, is_open)
        for piece in some.pieces
        for r in range(piece.first, piece.first + piece.runs)
    ]
    assert sorted(runs) == [(cell, r) for cell in (0, 2, 3) for r in range(10)]
    assert len({some.name for number in range(cut.layers) for some in cut.parts(number, is_open)}) > 0


def test_cells_stop_at_the_first_look_at_which_the_interval_is_narrow(tmp_path):
    study = study_of(main="share_agreed", stop={"half_width": 0.09, "every": 20}, replications=400)
    found = swept(study, tmp_path / "r")
    counts = found.frame().groupby("cell").size()
    assert len(set(counts)) > 1
    for cell, count in counts.items():
        values = run(found.scenario_of(cell), replications=400, seed=7).column("share_agreed")

        def half(n, values=values):
            return 2.65 * values[:n].std(ddof=1) / np.sqrt(n)  # of 1 - .05 / 6: there are six looks

        def varying(n, values=values):
            return n - np.unique(values[:n], return_counts=True)[1].max()

        looks = (20, 40, 80, 160, 320, 400)
        assert count in looks
        assert count == 400 or (half(count) < 0.09 and varying(count) >= 20)
        assert all(half(n) > 0.085 or varying(n) < 20 for n in looks[: looks.index(count)])


def test_a_mean_ends_no_cell_while_nearly_all_runs_are_alike():
    stop = {"half_width": 0.2, "every": 20}
    study, narrow = study_of(main="share_agreed", stop=stop, replications=400), Estimate(0.5, 0.4, 0.6, 40)
    assert not is_narrow(study, narrow, 19)
    assert is_narrow(study, narrow, 20)
    assert is_narrow(study_of(stop=stop, replications=400), narrow, 0)  # a share
    assert not is_narrow(study, Estimate(0.5, math.nan, math.nan, 1), 20)


def test_a_stopped_study_goes_on_to_the_same_table(tmp_path):
    study = study_of(main="share_agreed", stop={"half_width": 0.06, "every": 20}, replications=100)
    whole = csv_of(swept(study, tmp_path / "whole"), tmp_path / "whole.csv")
    with opened(study, tmp_path / "cut") as sweep, workers(count=1) as found:
        for done, _, _ in sweep.steps(found):
            if done > 150:
                break
    with opened(study, tmp_path / "cut") as sweep, workers(count=1) as found:
        steps = [(at, total) for at, total, _ in sweep.steps(found)]
    assert steps[0][0] == 80  # of the first look, which was done before
    assert steps[-1][0] == steps[-1][1] == len(results(tmp_path / "cut"))
    assert csv_of(results(tmp_path / "cut"), tmp_path / "cut.csv") == whole


def test_threads_and_processes_give_the_same_table(table, tmp_path):
    assert csv_of(swept(study_of(), tmp_path / "two", count=2), tmp_path / "two.csv") == table
    assert csv_of(swept(study_of(), tmp_path / "processes", "processes", count=2), tmp_path / "p.csv") == table


class Cluster:
    """A Dask scheduler and workers on this machine, as processes that a test may kill."""

    def __init__(self, folder):
        self.folder, self.file = folder, folder / "scheduler.json"
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        self.workers = []

    def _start(self, role, *arguments):
        command = [sys.executable, "-m", f"distributed.cli.{role}", *arguments, "--no-dashboard"]
        with (self.folder / "cluster.log").open("ab") as log:
            command += ["--scheduler-file", str(self.file)]
            return subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)

    @property
    def address(self):
        until(lambda: self.file.exists() and self.file.read_text().rstrip().endswith("}"))
        return str(json.loads(self.file.read_text())["address"])

    def complete(self, least):
        """Have so many workers, the old ones where they are alive."""
        alive = [worker for worker in self.workers if worker.poll() is None]
        self.workers = alive + [
            self._start("dask_worker", "--nthreads", "1", "--no-nanny") for _ in range(least - len(alive))
        ]
        if len(alive) < least:
            self.ask(f"c.wait_for_workers({least}, timeout={LIMIT})")

    def ask(self, code):
        """What a client `c` prints."""
        words = [sys.executable, "-c", f"from distributed import Client; c = Client({self.address!r}); {code}"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    def end(self):
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def clusters():
    """The clusters that tests have begun."""
    begun = []
    yield begun
    for one in begun:
        one.end()


def cluster_of(clusters, tmp_path_factory, least):
    """A cluster with so many workers: that of the test before, which may have killed some, if its scheduler lives."""
    if not clusters or clusters[-1].scheduler.poll() is not None:
        clusters.append(Cluster(tmp_path_factory.mktemp("dask")))
    clusters[-1].complete(least)
    return clusters[-1]


@pytest.fixture
def cluster(clusters, tmp_path_factory):
    return cluster_of(clusters, tmp_path_factory, 2)


@pytest.fixture
def any_cluster(clusters, tmp_path_factory):
    """A cluster with one worker or two. Tests that kill them come last, since workers are slow to start."""
    return cluster_of(clusters, tmp_path_factory, 1)


OF_ONES_OWN = """
import negsim
from negsim.cast.decisions import NamedRule
from negsim.cast.formats import SessionFormat
from negsim.cast.palette import Colour
from negsim.negotiation.acceptance import RuleRow
from negsim.negotiation.formats import Format
from negsim.negotiation.tables import Move, Pen

row = Format(statements=5, frankness=0.4, closing=Move.READ, drafts=1, pen=Pen.CHAIR, step=0.3)
circle = SessionFormat(name="circle", label="circle", meaning="talk, then a reading", row=row, colour=Colour.PURPLE)
weighted = NamedRule(name="weighted", label="by weight", meaning="By weight.", row=RuleRow(weight_accept=0.6))


@negsim.measure(kind="count")
def failed(run):
    return ((run.events["move"] == Move.READ) & ~run.events["passed"]).sum()


class Wavering:
    def speak(self, view):
        return view.rng.uniform(view.position[view.issue], 1.0)


class Middle:
    def draft(self, view):
        return {issue: view.rng.uniform(0.4, 0.6) for issue in view.issues}
"""
WITH_OWN = """
scenario: classroom
changes:
  policies.chair: "own:Middle"
  groups.business.voting_weight: 3
  measures.early: {expression: consensus * (minutes < 240), kind: flag}
vary:
  methodology: [as_written, [circle: 1]]
  process.decision_rule: [no_formal_objection, weighted]
  policies.government: [none, "own:Wavering"]
replications: 24
seed: 5
main: failed
detail: true
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A study with a format, a rule, two measures and two policies of one's own, and its table."""
    monkeypatch.setattr(plugins, "_loaded", {})
    (tmp_path / "own.py").write_text(OF_ONES_OWN, encoding="utf-8")
    plugins.load(tmp_path / "own.py")
    study = loads_study(WITH_OWN)
    return study, csv_of(swept(study, tmp_path / "whole", count=1), tmp_path / "whole.csv")


@pytest.mark.deep
def test_a_study_with_things_of_ones_own_has_the_same_table_on_dask(own, cluster, tmp_path):
    study, whole = own
    sweep(study, tmp_path / "dask", executor="dask", scheduler=cluster.address)
    assert csv_of(results(tmp_path / "dask"), tmp_path / "dask.csv") == whole


LONG = PLAIN.replace("replications: 40", "replications: 400000")  # not done before a busy machine interrupts it


@pytest.mark.deep
@pytest.mark.parametrize("times", [1, 2])
def test_an_interrupted_sweep_on_dask_is_a_sentence(times, cluster, tmp_path):
    sweep = _sweeping_on(cluster, LONG, tmp_path / "r")
    for _ in range(times):
        sweep.send_signal(signal.SIGINT)
        until(lambda: not is_pending(sweep, signal.SIGINT))
    _, told = sweep.communicate(timeout=LIMIT)
    assert sweep.returncode == 130, told
    assert "keeps the finished runs" in told.rstrip().splitlines()[-1]
    assert "Traceback" not in told


@pytest.mark.deep
def test_a_dask_cluster_gives_the_same_table_though_a_worker_is_killed(cluster, tmp_path):
    for replications in (4000, 16_000, 64_000):
        study = PLAIN.replace("replications: 40", f"replications: {replications}")
        sweep = _sweeping_on(cluster, study, tmp_path / "dask")
        cluster.workers[0].kill()
        if sweep.poll() is None:
            break
        shutil.rmtree(tmp_path / "dask")  # killed too late, on a busy machine: begin anew
        cluster.complete(2)
    _, told = sweep.communicate(timeout=LIMIT)
    assert sweep.returncode == 0, told
    assert cluster.ask("print(len(c.scheduler_info()['workers']))") == "1"
    whole = swept(study_of(study), tmp_path / "threads")
    there = csv_of(results(tmp_path / "dask"), tmp_path / "dask.csv")
    assert there == csv_of(whole, tmp_path / "threads.csv")


@pytest.mark.deep
@pytest.mark.slow
@pytest.mark.parametrize(
    ("lost", "sentence"),
    [
        ("workers", "has lost its workers; sweep again to continue"),
        ("scheduler", "a worker ended before its work was done; sweep again to continue"),
    ],
)
def test_lost_dask_processes_are_told_and_nobody_waits_for_them(lost, sentence, any_cluster, tmp_path):
    sweep = _sweeping_on(any_cluster, LONG, tmp_path / "r")
    for process in any_cluster.workers if lost == "workers" else [any_cluster.scheduler]:
        process.kill()
    _, told = sweep.communicate(timeout=LIMIT)
    assert sweep.returncode == 1, told
    assert told.rstrip().splitlines()[-1].endswith(sentence)
    assert "Traceback" not in told


def _sweeping_on(cluster, study, folder):
    """A sweep on a cluster that has written some parts."""
    written = folder.with_suffix(".yaml")
    written.write_text(study)
    command = [*NEGSIM, "study", "sweep", str(written), "--out", str(folder), "--executor", "dask"]
    sweep = subprocess.Popen(
        [*command, "--scheduler", cluster.address],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_interrupts,  # noqa: PLW1509 - no thread of ours runs here
    )
    until(lambda: len(_parts_in(folder)) > 3)
    return sweep


@pytest.mark.parametrize("at", ["work", "writing"])
def test_a_lost_worker_process_is_told_and_the_sweep_goes_on_later(at, table, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_module, "_SECONDS_BETWEEN_LOOKS", 0.1)
    with (
        pytest.raises(FailedError, match="sweep again"),
        opened(study_of(), tmp_path / "r") as sweep,
        workers("processes", count=1) as found,
    ):
        list(sweep.steps(found, do={"work": _die, "writing": _die_while_it_writes}[at]))
    assert csv_of(swept(study_of(), tmp_path / "r"), tmp_path / "t.csv") == table


def _die(_):
    os.kill(os.getpid(), signal.SIGKILL)


def _die_while_it_writes(_):
    frame = sys._getframe()
    while "result_queue" not in frame.f_locals:
        frame = frame.f_back
    frame.f_locals["result_queue"]._writer._send(struct.pack("!i", 1000) + b"half")
    _die(_)


@pytest.mark.deep
@pytest.mark.slow
def test_killed_again_and_again_the_table_is_that_of_an_uninterrupted_sweep(tmp_path):
    study = tmp_path / "study.yaml"
    every = "replications: 1200\nmain: share_agreed\nstop: {half_width: 0.000001, every: 200}"
    study.write_text(PLAIN.replace("replications: 40", every))
    folder, chance, kills = tmp_path / "killed", np.random.default_rng(1), 0
    while kills < 4:
        before = _parts_in(folder)
        sweep = subprocess.Popen(
            [*NEGSIM, "study", "sweep", str(study), "--out", str(folder)], stderr=subprocess.DEVNULL
        )
        files, count = _parts_in, len(before) + 3 + chance.integers(4)
        if chance.random() < 0.2:  # also while it starts
            files, count = _files_in, chance.integers(len(before) + 4)
        _until_some(sweep, partial(files, folder), count)
        sweep.kill()
        if sweep.wait() == 0 or _is_complete(folder):  # the kill came too late: begin anew
            shutil.rmtree(folder)
            continue
        kills += 1
        assert _parts_in(folder) >= before
        with pytest.raises(NegsimError):
            results(folder)
    subprocess.run([*NEGSIM, "study", "sweep", str(study), "--out", str(folder)], check=True, capture_output=True)
    whole = swept(study_of(study.read_text()), tmp_path / "whole")
    assert csv_of(results(folder), tmp_path / "killed.csv") == csv_of(whole, tmp_path / "whole.csv")
    assert not list(folder.rglob(f"{store.TEMPORARY}*"))


def _is_complete(folder):
    manifest = folder / "manifest.json"
    return manifest.exists() and "complete" in json.loads(manifest.read_text())


def _until_some(sweep, files, count):
    """Wait until there are so many files, or until no more will come."""
    until(lambda: len(files()) >= count or sweep.poll() is not None)


def _files_in(folder):
    return {str(path) for path in folder.rglob("*") if path.is_file()}


def _parts_in(folder):
    return {path.name for path in folder.glob("parts/0*")}


@pytest.fixture
def done(plain, tmp_path):
    """A folder of its own with the plain study done, its parts as they were before they were packed."""
    return unpacked(shutil.copytree(plain.folder, tmp_path / "done"))


def _truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


def _flip_at(place):
    def flip(path):
        content = bytearray(path.read_bytes())
        content[place(content)] ^= 1
        path.write_bytes(content)

    return flip


_flip = _flip_at(lambda content: len(content) // 2)


def _empty(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_truncate, _flip, _empty])
def test_a_damaged_part_is_named_never_read_and_done_again(damage, done, table, tmp_path):
    victim = sorted(done.glob("parts/*"))[2]
    damage(victim)
    with pytest.raises(NegsimError, match=f"{victim.name}: is damaged"):
        results(done)
    again = negsim("study", "sweep", str(_written(tmp_path)), "--out", done)
    assert again.exit_code == 0, again.output
    assert f"{victim.name}: is damaged; the runs that it lost are done again" in again.stderr
    assert csv_of(results(done), tmp_path / "t.csv") == table


@pytest.fixture
def packed(plain, tmp_path):
    """A folder of its own with the plain study done, and its one pack."""
    [pack] = plain.parts
    folder = shutil.copytree(plain.folder, tmp_path / "packed")
    return folder, folder / "parts" / pack.name


def test_a_complete_study_is_packed_into_a_file_that_has_every_part_as_it_was(packed, done):
    folder, pack = packed
    assert [*folder.glob("parts/*")] == [pack]
    pieces = {name: read() for name, read in packs.pieces(pack)}
    assert pieces == {path.name: path.read_bytes() for path in done.glob("parts/*")}
    assert len(pieces) == 10


PACK_DAMAGE = {  # what is done to a pack, and how many of its parts have to be made again
    "in a part": (_flip_at(lambda content: content.index(b"\npart 000-000004") + 500), 1),
    "the name of a part": (_flip_at(lambda content: content.index(b"part 000-000004") + 7), 1),
    "the size of a part": (_flip_at(lambda content: content.index(b"part 000-000004") + 55), 1),
    "the footer": (_flip_at(lambda content: len(content) - 200), 0),
    "its end": (lambda path: path.write_bytes(path.read_bytes()[:-100]), 0),
    "its end and four parts": (lambda path: path.write_bytes(path.read_bytes().partition(b"\npart 000-000006")[0]), 4),
    "all of it": (_empty, 10),
}


@pytest.mark.parametrize("what", PACK_DAMAGE)
def test_a_damaged_pack_loses_only_the_parts_that_are_damaged(what, packed, table, tmp_path):
    folder, pack = packed
    damage, lost = PACK_DAMAGE[what]
    damage(pack)
    with pytest.raises(NegsimError, match=f"{pack.name}: is damaged"):
        results(folder)
    made_again = []
    with opened(study_of(), folder) as sweep, workers(count=1) as found:
        assert sweep.notices == [f"{pack}: is damaged; the runs that it lost are done again"]
        for _ in sweep.steps(found, lambda task: made_again.append(task.part.name) or simulate(task)):
            pass
    assert len(made_again) == lost
    assert [*folder.glob("parts/*")] == [pack]  # the digest in its name is the same
    assert csv_of(results(folder), tmp_path / "t.csv") == table


@pytest.mark.parametrize("when", ["before its manifest", "before the parts are removed"])
def test_a_sweep_killed_while_it_packs_goes_on_to_the_same_files(when, packed, done):
    folder, pack = packed
    shutil.copy(pack, done / "parts")
    if when == "before the parts are removed":
        shutil.copy(folder / "manifest.json", done)
        assert results(done).frame().equals(results(folder).frame())
    assert swept(study_of(), done).frame().equals(results(folder).frame())
    assert [path.name for path in done.glob("parts/*")] == [pack.name]


def test_parts_with_other_columns_are_packed_apart_in_their_order(tmp_path):
    bowl = "{formats.bowl: {minutes: 3}, methodology: [bowl: 1]}"
    cells = f"how: {{one: {bowl}, another: {{process.hours: 4}}, a third: {{process.hours: 5}}, a fourth: {bowl}}}"
    study = study_of(f"scenario: {SMALL}\nvary: {{{cells}}}\nreplications: 16\ndetail: true")
    found = swept(study, tmp_path / "r")
    assert [path.name[:24] for path in found.parts] == [
        "000-000000-to-000-000000", "000-000001-to-000-000002", "000-000003-to-000-000003",
    ]  # fmt: skip
    assert found.frame()["minutes.bowl"].isna().tolist() == [False] * 16 + [True] * 32 + [False] * 16
    found.export(tmp_path / "t.csv", "csv")
    assert len((tmp_path / "t.csv").read_text().splitlines()) == 65


def bits_of(found):
    """What a study answers, as bytes: every cell, and curves over one cell and over several."""
    tables = [found.summary(), found.curve("meetings.count", "depth"), found.curve("chair", by=["meetings.count"])]
    return [table.to_numpy(float, na_value=-1.0).tobytes() for table in (one.select_dtypes("number") for one in tables)]


@pytest.mark.parametrize("stop", [None, {"half_width": 0.05, "every": 20}])
def test_packed_and_unpacked_parts_answer_with_the_same_bits(stop, tmp_path):
    found = swept(study_of(main="share_agreed", stop=stop, replications=80), tmp_path / "r")
    before = bits_of(found)
    assert len(found.parts) == 1
    assert len((loose := results(unpacked(found.folder))).parts) > 5
    assert bits_of(loose) == before


def _written(folder):
    study = folder / "study.yaml"
    study.write_text(PLAIN)
    return study


def test_a_missing_part_of_the_series_is_named_and_done_again(tmp_path):
    study = study_of(series={"every": 60})
    before = swept(study, tmp_path / "r").series()
    victim = sorted(unpacked(tmp_path / "r").glob("series/*"))[1]
    victim.unlink()
    with pytest.raises(NegsimError, match=f"{victim.name} is missing"):
        results(tmp_path / "r")
    assert swept(study, tmp_path / "r").series().equals(before)


def test_a_folder_keeps_what_it_was_begun_with(done):
    manifest = json.loads((done / "manifest.json").read_text())
    manifest["versions"]["numpy"] = "1.0.0"
    (done / "manifest.json").write_text(json.dumps(manifest))
    with opened(study_of(), done) as sweep, workers() as found:
        assert any("was begun with numpy 1.0.0, now" in notice for notice in sweep.notices)
        for _ in sweep.steps(found):
            pass
    after = json.loads((done / "manifest.json").read_text())
    assert after | {"complete": manifest["complete"]} == manifest  # but for the packs


def test_a_part_of_another_study_does_not_pass_for_one_of_this(done, tmp_path):
    other = swept(study_of(seed=8), tmp_path / "other")
    mine, foreign = min(done.glob("parts/*")), other.parts[0]
    mine.unlink()
    (done / "parts" / foreign.name).write_bytes(foreign.read_bytes())
    with pytest.raises(NegsimError, match=f"{foreign.name}: is a sound part of another study"):
        results(done)
    with pytest.raises(NegsimError, match=f"{foreign.name}: is a sound part of another study"):
        swept(study_of(), done)
    assert (done / "parts" / foreign.name).read_bytes() == foreign.read_bytes()


def test_a_finished_study_with_a_missing_part_can_be_read_in_part(done):
    part = min(done.glob("parts/*"))
    runs = len(results(done))
    part.unlink()
    with pytest.raises(NegsimError, match="is missing; sweep again"):
        results(done)
    assert 0 < len(results(done, partial=True)) < runs
    file = done.parent / "partial.csv"
    subprocess.run([*NEGSIM, "study", "export", str(done), "--partial", "--out", str(file)], check=True)
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1 + len(results(done, partial=True))


def test_a_part_under_another_number_or_in_another_folder_is_damaged(done):
    part = min(done.glob("parts/*"))
    for copy in (part.with_name(f"000-000099-{part.name[11:]}"), done / "series" / part.name):
        copy.write_bytes(part.read_bytes())
        with pytest.raises(NegsimError, match=f"{copy.name}: is damaged"):
            results(done)
        copy.unlink()


@pytest.mark.parametrize(
    "edit", [{"title": 5}, {"complete": 5}, {"complete": [1]}, {"versions": [1]}, {"scenario": None}]
)
def test_a_manifest_that_was_edited_is_damaged(done, edit):
    manifest = done / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | edit))
    with pytest.raises(NegsimError, match=r"manifest\.json: is damaged"):
        results(done)


def test_a_study_is_whole_only_with_all_its_parts_whatever_its_manifest_says(done):
    manifest = done / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"complete": []}))
    min(done.glob("parts/*")).unlink()
    with pytest.raises(NegsimError, match="the part 000-000000 is missing"):
        results(done)


@pytest.mark.parametrize("damage", [_truncate, _flip, _empty])
def test_a_damaged_manifest_is_told_and_the_parts_are_kept(damage, done, table, tmp_path):
    damage(done / "manifest.json")
    with pytest.raises(NegsimError, match=r"manifest\.json: is damaged; remove it and sweep again"):
        swept(study_of(), done)
    (done / "manifest.json").unlink()
    with opened(study_of(), done) as sweep:
        assert len(sweep.parts) == len(list(done.glob("parts/*")))
    assert csv_of(swept(study_of(), done), tmp_path / "t.csv") == table


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seed": 8}, "seed is 7 there, 8 here"),
        ({"replications": 41}, "replications is 40 there, 41 here"),
        ({"changes": {"process.chair.pressure": 0.2}}, "changes differs"),
        ({"main": "depth"}, 'main is "consensus" there, "depth" here'),
    ],
)
def test_another_study_into_the_same_folder_is_refused_with_the_reason(change, reason, done):
    before = {path: path.read_bytes() for path in done.rglob("*") if path.is_file()}
    with pytest.raises(NegsimError, match=reason):
        swept(study_of(**change), done)
    assert {path: path.read_bytes() for path in done.rglob("*") if path.is_file()} == before


def test_other_rules_are_refused(done):
    manifest = json.loads((done / "manifest.json").read_text())
    manifest["identifies"]["rules"] = "others"
    manifest |= {"sources": "others", "negsim": "0.1", "identity": store.identity_of(manifest["identifies"])}
    (done / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(
        NegsimError, match=r"\(the rules of the model differ\); .* or finish it with negsim 0\.1 as it was"
    ):
        swept(study_of(), done)


def test_two_sweeps_in_one_folder_the_second_is_refused(table, tmp_path):
    folder = tmp_path / "r"
    words = [*NEGSIM, "study", "sweep", str(_written(tmp_path)), "--out", str(folder)]
    with opened(study_of(), folder) as sweep, workers(count=1) as found, ThreadPoolExecutor(1) as another:
        next(steps := sweep.steps(found))
        with pytest.raises(NegsimError, match="another sweep is at work"):
            another.submit(swept, study_of(), folder).result()
        child = subprocess.run(words, capture_output=True, text=True, check=False)
        list(steps)
    assert (child.returncode, child.stdout) == (2, "")
    assert "another sweep is at work" in child.stderr
    assert csv_of(results(folder), tmp_path / "t.csv") == table


def test_a_full_disk_is_told_and_what_was_done_is_kept(table, tmp_path):
    study, folder = _written(tmp_path), tmp_path / "full" / "r"
    folder.parent.mkdir()
    sweep = f"{' '.join(NEGSIM)} study sweep {study} --out {folder}"
    command = f"mount -t tmpfs -o size=100k tmpfs {folder.parent} && {sweep}; rc=$?"
    copied = f"cp -r {folder} {tmp_path / 'kept'}; exit $rc"
    alone = ["unshare", "-m", "sh", "-c"] if os.geteuid() == 0 else ["unshare", "-rm", "sh", "-c"]
    full = subprocess.run([*alone, f"{command}; {copied}"], capture_output=True, text=True, check=False)
    if "mount" in full.stderr or "unshare" in full.stderr:  # not allowed here: no file may grow instead
        limit = f"ulimit -f 8; {' '.join(NEGSIM)} study sweep {study} --out {tmp_path / 'kept'}"
        full = subprocess.run(["sh", "-c", limit], capture_output=True, text=True, check=False)
    assert full.returncode == 1
    assert "cannot be written" in full.stderr
    assert "Traceback" not in full.stderr
    assert csv_of(swept(study_of(), tmp_path / "kept"), tmp_path / "t.csv") == table


def test_an_interrupted_sweep_says_how_to_go_on(tmp_path):
    study, folder = tmp_path / "study.yaml", tmp_path / "r"
    study.write_text(LONG)
    sweep = subprocess.Popen(
        [*NEGSIM, "study", "sweep", str(study), "--out", str(folder)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_interrupts,  # noqa: PLW1509 - no thread of ours runs here
    )
    until(lambda: len(_parts_in(folder)) > 2)
    sweep.send_signal(signal.SIGINT)
    _, told = sweep.communicate(timeout=LIMIT)
    assert sweep.returncode == 130
    assert f"interrupted; {folder} keeps the finished runs: run the same command again" in told
    assert "Traceback" not in told


def test_an_unfinished_study_is_read_only_as_partial(tmp_path):
    with opened(study_of(), tmp_path / "r") as sweep, workers(count=1) as found:
        for done, _, _ in sweep.steps(found):
            if done > 50:
                break
    with pytest.raises(NegsimError, match=r"is not finished \(\d+ parts so far\)"):
        results(tmp_path / "r")
    assert 50 < len(results(tmp_path / "r", partial=True)) < 160


def test_the_cells_of_a_study_are_checked_before_anything_runs(tmp_path):
    two = "[{name: Norland, group: states}, {name: Sudland, group: states}]"
    apart = f"scenario: {SMALL}\nvary: {{groups.states.seats: [3, 1], delegates: [null, {two}]}}\nreplications: 2"
    study = study_of(apart)
    with pytest.raises(NegsimError, match=r"the cell groups\.states\.seats=1, delegates=.* does not make a scenario"):
        swept(study, tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_a_scenario_file_that_was_changed_is_another_study_but_not_for_its_story(tmp_path):
    room = tmp_path / "room.yaml"
    room.write_text(Path(SMALL).read_text())
    study = study_of(PLAIN.replace(str(SMALL), str(room)))
    before = swept(study, tmp_path / "r").parts
    room.write_text(f"{room.read_text()}\nstory: It rained.\n")
    assert swept(study, tmp_path / "r").parts == before
    room.write_text(room.read_text().replace("seats: ", "seats: 1", 1))
    with pytest.raises(NegsimError, match="the scenario differs"):
        swept(study, tmp_path / "r")


OPEN = f"""
scenario: {SMALL}
changes:
  uncertain:
    trust.across: {{uniform: [0.2, 0.6]}}
    informal.mixed_evenings: {{one_of: [0, 0.5]}}
    politics: {{either: [{{context.tension: none}}, {{context.tension: high}}]}}
    seats: {{split: 20}}
vary:
  uncertain.parameters: [plausible, prior]
  hours:
    known: {{}}
    unknown: {{uncertain.hours: {{either: [{{process.hours: 4}}, {{process.hours: 6}}]}}}}
replications: 9
"""


def test_what_a_replication_drew_stands_in_its_row(tmp_path):
    found = swept(study_of(OPEN), tmp_path / "r")
    table = found.frame()
    for _, row in table.iterrows():
        room = sample(found.scenario_of(row["cell"]), int(row["seed"]), int(row["replication"]))
        assert row["drawn.trust.across"] == room.trust.across
        assert [row[f"drawn.groups.{name}.seats"] for name in room.groups] == [g.seats for g in room.groups.values()]
        assert row["drawn.politics"] == f"{{context.tension: {'high' if room.context.tension else 'none'}}}"
        assert row["drawn.parameters"] == row["replication"] % len(members(row["uncertain.parameters"]))
    assert set(table[table["hours"] == "unknown"]["drawn.hours"]) == {"{process.hours: 4}", "{process.hours: 6}"}
    assert table[table["hours"] == "known"]["drawn.hours"].isna().all()


HALF_WRITTEN = """
import fcntl, struct, sys, termios, threading
from pathlib import Path
sys.path.append({tests!r})
from patience import until
from negsim.study.runner import workers

def write_half():
    frame = sys._getframe()
    while "result_queue" not in frame.f_locals:
        frame = frame.f_back
    frame.f_locals["result_queue"]._writer._send(struct.pack("!i", 1000) + b"half")
    Path("written").touch()
    threading.Event().wait()

def is_read(pipe):
    return fcntl.ioctl(pipe.fileno(), termios.FIONREAD, bytes(4)) == bytes(4)

if __name__ == "__main__":
    try:
        with workers("processes", count=1) as those:
            those.executor.submit(write_half)
            until(Path("written").exists)
            until(lambda: is_read(those.executor._result_queue._reader))
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        print("ended")
"""


@pytest.mark.deep
@pytest.mark.skipif(os.name == "nt", reason="writes to a pipe")
def test_a_result_that_a_killed_worker_left_half_written_is_not_waited_for(tmp_path):
    script = tmp_path / "half.py"
    script.write_text(HALF_WRITTEN.format(tests=str(Path(__file__).parents[1])), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT, check=False
    )
    assert done.stdout == "ended\n", done.stderr
