"""A sweep: a study run into a results folder, whoever runs it and however often it is interrupted.

- Sound parts in the folder are not run again; missing or damaged ones are.
- Another study into the same folder is refused, and so is the same under other rules: where negsim's sources differ,
  the kernels have to do the same, some cells have to become the same tables, and some rows to come out the same.
- The next layer of a study with a stop rule begins when the previous one is complete, so that the rule's decision
  depends on the study alone.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from itertools import filterfalse
from pathlib import Path

import numpy as np

from negsim import __version__, plugins, signals
from negsim import rules as own_rules
from negsim.cast.measures import declare
from negsim.errors import FailedError, NegsimError, encodable, literal
from negsim.policies.identity import identity_of_policies, with_named
from negsim.policies.seated import check_names, check_policies
from negsim.scenario import Scenario, load, with_changes
from negsim.scenario.schema import plugin_formats_in, plugins_of_rules_in
from negsim.scenario.values import Json
from negsim.study import archive, rules, store, table
from negsim.study.checking import check_rows
from negsim.study.columns import check_parts
from negsim.study.design import cells_of
from negsim.study.own import identity_of, own_measures, own_named
from negsim.study.results import StudyResults
from negsim.study.runner import Step, Workers
from negsim.study.schema import NUMERIC_MEASURES, Cell, Study, Value, scenario_of
from negsim.study.sequential import ended_cells, looks_of
from negsim.study.table import CANONICAL, Columns, column_of, measures_of, own_names, tidied
from negsim.study.work import Cut, Done, Piece, Simulate, StudyPart, Task, cut, simulate

_SECONDS_BETWEEN_LOOKS = 5.0  # seconds in which a part is done, or else the workers are looked at
_TASKS_A_WORKER = 2  # tasks handed out for every one that is worked on
_EXAMPLES = 20  # cells and runs by which rules are compared
_OTHER_RULES = "the rules of the model differ"
_LIBRARIES = ("numpy", "scipy", "pandas", "duckdb")


@dataclass(frozen=True)
class _Sweep:
    """A study bound to a results folder that is locked against others. `opened` makes one."""

    study: Study
    base: Scenario
    cells: tuple[Cell, ...]
    cut: Cut
    folder: Path
    manifest: Json
    notices: list[str]
    parts: dict[str, Path]  # that are whole
    series: dict[str, Path]
    sampled_columns: table.Levels  # columns of what replications draw
    policies: Mapping[str, object]  # beside those of the scenario

    def steps(self, workers: Workers, do: Simulate = simulate) -> Generator[Step, None, None]:
        """Run what is missing; yield a step whenever a part is done.

        Raises FailedError where a part cannot be written or a worker is lost.
        """
        total, done = self.cut.cells * self.cut.replications, 0
        is_open = [True] * self.cut.cells
        for layer in range(self.cut.layers):
            parts = list(self.cut.parts(layer, is_open))
            missing = [part for part in parts if part.name not in self.parts]
            done += sum(part.runs for part in parts if part.name in self.parts)
            yield done, total, "runs"
            for part in self._worked(missing, workers, do):
                done += part.runs
                yield done, total, "runs"
            is_open = self._still_open(is_open, layer)
            next_layer = max(0, min(self.cut.layer, self.cut.replications - (layer + 1) * self.cut.layer))
            total -= sum(not cell for cell in is_open) * next_layer
        self._finish()

    def _finish(self) -> None:
        """Pack what is complete, say so in the manifest, and describe it."""
        identity, loose = self.manifest["identity"], {*self.parts.values(), *self.series.values()}
        if not all(map(store.is_pack, loose)):
            check_rows(self.study, self.cells, sorted({*self.parts.values()}))
        packed = [
            store.pack(self.folder / inner, identity, parts)
            for inner, parts in ((store.PARTS_FOLDER, self.parts), (store.SERIES_FOLDER, self.series))
        ]
        runs, rows = (tuple(sorted({*parts.values()})) for parts in packed)
        finished = self.manifest | {"complete": sorted(path.name for path in (*runs, *rows))}
        store.write_manifest(self.folder, finished)
        for path in loose - {*runs, *rows}:
            path.unlink()
        archive.write_description(StudyResults(self.folder, finished, runs, rows))

    def _worked(self, missing: list[StudyPart], workers: Workers, do: Simulate) -> Iterator[StudyPart]:
        """Yield every missing part, each after it was written."""
        waiting = iter(missing)
        under_way: dict[Future[Done], StudyPart] = {}
        while True:
            while len(under_way) < _TASKS_A_WORKER * workers.slots and (part := next(waiting, None)) is not None:
                with _guarded(workers), signals.not_inherited():
                    under_way[workers.executor.submit(do, self._task(part))] = part
            if not under_way:
                return
            finished = wait(under_way, timeout=_SECONDS_BETWEEN_LOOKS, return_when=FIRST_COMPLETED).done
            if not finished:
                with _guarded(workers):
                    workers.check()
            for future in finished:
                part = under_way.pop(future)
                with _guarded(workers):
                    done = future.result()
                self._write(part, done)
                yield part

    def _task(self, part: StudyPart) -> Task:
        changes = {cell: self.study.changes_of(self.cells[cell]) for cell, _, _ in part.pieces}
        study, every = self.study, self.study.series.every if self.study.series else None
        measures, own = measures_of(study), own_rules.own()
        return Task(
            plugins.loaded(), part, self.base, changes, study.seed, measures, study.detail, every, self.policies, own
        )

    def _write(self, part: StudyPart, done: Done) -> None:
        identity = self.manifest["identity"]
        if done.series is not None:  # first, because a part with runs is a part that is done
            series = self._varied(done.series) | done.series
            self.series[part.name] = store.write_part(self.folder / store.SERIES_FOLDER, part.name, identity, series)
        runs = self._rows(done.runs)
        self.parts[part.name] = store.write_part(self.folder / store.PARTS_FOLDER, part.name, identity, runs)

    def _rows(self, runs: Columns) -> Columns:
        return self._varied(runs) | self._sampled(runs) | tidied(runs)

    def check_rows(self) -> int:
        """Make some of the rows that are there again; return how many. Raises NegsimError unless they are the same."""
        some = f"SELECT cell, replication FROM runs ORDER BY hash(cell, replication) LIMIT {_EXAMPLES}"
        runs = sorted(store.rows_of(self.parts.values(), some))
        pieces = tuple(Piece(cell, replication, 1) for cell, replication in runs)
        done, these = simulate(self._task(StudyPart("", pieces))), f"(cell, replication) IN ({str(runs)[1:-1]})"
        same = store.gives(self.parts.values(), f"{these} {CANONICAL}", self._rows(done.runs))
        if done.series is not None:
            series = self._varied(done.series) | done.series
            same = same and store.gives(self.series.values(), f"{these} {CANONICAL}, minute", series)
        if not same:
            raise _other(self.folder, self.manifest, _OTHER_RULES)
        return len(runs)

    def _varied(self, columns: Columns) -> Columns:
        """Return the cell, factors, seed and replication of every row."""
        cells = columns["cell"].astype(int)
        varied: Columns = {"cell": columns["cell"]}
        for factor in self.study.factors:
            values = [self.cells[cell][factor.name] for cell in range(cells.min(), cells.max() + 1)]
            varied[factor.name] = column_of(values, factor.values)[cells - cells.min()]
        return varied | {"seed": np.full(len(cells), self.study.seed, np.uint64), "replication": columns["replication"]}

    def _sampled(self, columns: Columns) -> Columns:
        """Return what every row drew of the values that its cell leaves open."""
        if not self.sampled_columns:
            return {}
        numbers = list(zip(columns["cell"].tolist(), columns["replication"].tolist(), strict=True))
        scenarios = {n: with_changes(self.base, self.study.changes_of(self.cells[n])) for n in {n for n, _ in numbers}}
        rows = [table.row_of(scenarios[n], self.study.seed, replication) for n, replication in numbers]
        return table.drawn_columns(self.sampled_columns, rows)

    def _still_open(self, is_open: list[bool], layer: int) -> list[bool]:
        """Return which cells the stop rule runs further after a layer."""
        made = (layer + 1) * self.cut.layer
        if made not in looks_of(self.study)[:-1]:
            return is_open
        ended = ended_cells(self.study, made, lambda *asked: store.rows_of(self.parts.values(), *asked))
        return [still and cell not in ended for cell, still in enumerate(is_open)]


@contextmanager
def _guarded(workers: Workers) -> Iterator[None]:
    """Raise FailedError if a worker is lost."""
    try:
        yield
    except workers.lost:
        raise FailedError("a worker ended before its work was done; sweep again to continue") from None


@contextmanager
def opened(study: Study, folder: Path, *, policies: Mapping[str, object] | None = None) -> Iterator[_Sweep]:
    """Bind a study to a results folder: a new one, or the one in which it was begun. policies: as for `run`.

    Raises NegsimError if the folder holds other things or another study, or another sweep is at work in it;
    `ScenarioError` if a cell does not make a scenario.
    """
    there = check_plugins(folder)
    base, policies = with_named(_base_of(study), policies or {})
    study = _with_own_measures(study, base)
    cells = tuple(cells_of(study))
    every, scenarios = study.stop.every if study.stop else None, list(level_scenarios(study, base))
    most = max(scenario.seat_count for scenario in scenarios)
    pieces = cut(cells=len(cells), replications=study.replications, every=every, delegates=most)
    own = own_named(scenarios[0], own_names(study))
    declare(own)
    seated, measures = identity_of_policies(scenarios, policies), identity_of(own, scenarios[0])
    content = _manifest(study, base, cells, pieces, seated, measures, there)
    sources = content["sources"]
    store.check_results_folder(folder)
    if not (folder / store.MANIFEST_FILE).exists():
        check_cells(study, base, cells)
        for scenario in scenarios:
            check_policies(scenario, policies)
    with store.locked(folder):
        if not (folder / store.MANIFEST_FILE).exists():
            archive.write_inputs(folder, study, base)
        begun = _begun(folder, content, partial(_tables, study, base, cells))
        runs, rows = store.find_all_parts(folder, begun["identity"])
        notices = [
            f"{folder}: was begun with {name} {begun['versions'].get(name)}, now {version_now}"
            for name, version_now in content["versions"].items()
            if begun["versions"].get(name) != version_now
        ]
        for path in (*runs.spare, *rows.spare):
            path.unlink()
        for files in (runs, rows):
            for path in files.damaged:
                files.sound.update(store.take_sound(path, begun["identity"]))
                notices.append(f"{path}: is damaged; the runs that it lost are done again")
        whole = runs.sound.keys() & rows.sound.keys() if study.series else runs.sound.keys()
        parts, series = ({name: files.sound[name] for name in whole & files.sound.keys()} for files in (runs, rows))
        loose, loose_series = (list(filterfalse(store.is_pack, some.values())) for some in (parts, series))
        check_parts(study, len(cells), runs=loose, series=loose_series)  # what is packed was checked before
        manifest, columns = begun | {"sources": sources}, table.levels_of(scenarios)
        sweep = _Sweep(study, base, cells, pieces, folder, manifest, notices, parts, series, columns, policies)
        if parts and begun["sources"] != sources:
            why, again = "negsim was edited since" if begun["sources"] else "had no manifest", sweep.check_rows()
            notices.append(f"{folder}: {why}; {again} of its runs, made again, are the same: it goes on")
        yield sweep


def _base_of(study: Study) -> Scenario:
    """Return the scenario of a study with the formats of plug-ins that the study names."""
    base = load(study.scenario)
    theirs = plugin_formats_in([study.changes, study.vary, study.cells])
    return base.model_copy(update={"formats": theirs | base.formats}) if theirs else base


def _with_own_measures(study: Study, base: Scenario) -> Study:
    """Return a study that keeps measures of one's own, too, if it keeps all. Raises NegsimError for an unknown one."""
    scenario = with_changes(base, study.changes)
    if set(NUMERIC_MEASURES) <= set(study.measures):
        study = study.model_copy(update={"measures": tuple(dict.fromkeys((*study.measures, *own_measures(scenario))))})
    own = own_named(scenario, own_names(study))
    if doubled := [factor.name for factor in study.factors if factor.name in own]:
        raise NegsimError(f"{literal(doubled[0])} is a factor and a measure; give one of them another name")
    return study


def check_study(study: Study) -> None:
    """Raise `ScenarioError` unless the scenario of a study is valid and every cell makes one."""
    base = load(study.scenario)
    check_cells(_with_own_measures(study, base), base, cells_of(study))


def check_cells(study: Study, base: Scenario, cells: Iterable[Cell]) -> None:
    """Raise `ScenarioError` if a cell does not make a scenario."""
    for cell in cells:
        check_names(scenario_of(study, base, cell), str(study.scenario))


def level_scenarios(study: Study, base: Scenario) -> Iterator[Scenario]:
    """Return the scenario common to all cells, and what each level of any factor makes of it by itself."""
    levels = [{}, *(factor.changes(value) for factor in study.factors for value in factor.values)]
    return (with_changes(base, study.changes | changes) for changes in levels)


def _manifest(  # noqa: PLR0913, PLR0917 - what there is to know
    study: Study, base: Scenario, cells: Sequence[Cell], pieces: Cut, policies: Json, measures: Json, there: Json
) -> Json:
    """Collect all there is to know about a study; `identifies` is what makes it this one.

    policies, measures: what identifies them, empty for none. there: the manifest of its folder, empty for none.
    """
    sources = rules.sources_digest()
    resolved = study.resolved()
    identifies = {
        "study": {key: value for key, value in resolved.items() if key not in store.LABEL_KEYS},
        "scenario": base.resolved(story=False),
        "cells": [list(cell.values()) for cell in cells],
        "cut": pieces._asdict(),
        "rules": there["identifies"]["rules"] if there.get("sources") == sources else rules.kernels_digest(),
        **policies,
        **measures,
    }
    deciding = {plugin.name: plugin.digest for plugin in plugins_of_rules_in([study.changes, study.vary, study.cells])}
    if named := policies.get("plugins", {}) | measures.get("plugins", {}) | deciding:
        identifies["plugins"] = dict(sorted(named.items()))
    if (own := own_rules.own()) is not None:
        identifies["own_rules"] = own.identity
    versions = {name: version(name) for name in _LIBRARIES} | {"python": platform.python_version()}
    return {
        "format": store.LAYOUT,
        "negsim": __version__,
        **{key: encodable(resolved[key]) for key in store.LABEL_KEYS},
        "versions": versions,
        "machine": f"{platform.system()} {platform.machine()}",
        "factors": [factor.name for factor in study.factors],
        "sources": sources,
        "identity": store.identity_of(identifies),
        "identifies": identifies,
    }


def check_plugins(folder: Path) -> Json:
    """Return the manifest of a folder, if it has one.

    Raises NegsimError unless the plug-ins are loaded that its study needs to go on.
    """
    there = store.read_manifest(folder) if (folder / store.MANIFEST_FILE).exists() else {}
    for name in there.get("identifies", {}).get("plugins", {}):
        plugins.named(name)
    return there


def _tables(study: Study, base: Scenario, cells: Sequence[Cell]) -> str:
    """Return the digest of the tables of a few cells, among which are all levels, if a few have them all."""
    chosen, seen = list[Scenario](), set[tuple[str, Value]]()
    for cell in cells:
        if not chosen or (len(chosen) < _EXAMPLES and not cell.items() <= seen):
            chosen.append(scenario_of(study, base, cell))
            seen |= cell.items()
    return rules.tables_digest(chosen, study.seed)


def _begun(folder: Path, content: Json, tables: Callable[[], str]) -> Json:
    """Return the manifest of a folder, which has to be of this study; write this one if there is none.

    The names of a study and of its scenario's file may change. tables: gives the digest of those of some cells.
    """
    if not (folder / store.MANIFEST_FILE).exists():
        parts = folder / store.PARTS_FOLDER
        there_are = any(parts.glob("*.parquet"))
        if there_are and not store.find_parts(parts, content["identity"]).sound:
            raise NegsimError(f"{folder}: holds parts of another study and no {store.MANIFEST_FILE}; name a new folder")
        content |= {"tables": tables(), "sources": "" if there_are else content["sources"]}
        store.write_manifest(folder, content)
        return content
    there = store.read_manifest(folder)
    own_rules.check_same(there["identifies"].get("own_rules"), folder)
    if there["identity"] != content["identity"]:
        raise _other(folder, there, "; ".join(differences(there["identifies"], content["identifies"])))
    if there["sources"] != content["sources"] and there["tables"] != tables():
        raise _other(folder, there, _OTHER_RULES)
    return there | {key: content[key] for key in store.LABEL_KEYS}


def _other(folder: Path, there: Json, why: str) -> NegsimError:
    """Return the error that a folder, with its manifest, holds another study."""
    how = f", or finish it with negsim {there['negsim']} as it was when it began" if why == _OTHER_RULES else ""
    return NegsimError(f"{folder}: holds another study ({why}); name another folder{how}")


def differences(there: Json, here: Json) -> Iterator[str]:
    """Yield the first few differences between two studies."""
    names = [key for key in here["study"] | there["study"] if there["study"].get(key) != here["study"].get(key)]
    for key in names[:3]:
        before, now = there["study"].get(key), here["study"].get(key)
        is_long = isinstance(now, dict | list)
        yield f"{key} differs" if is_long else f"{key} is {literal(before)} there, {literal(now)} here"
    others = {
        "scenario": "the scenario differs",
        "rules": _OTHER_RULES,
        "cells": "the cells differ",
        "cut": "another version of negsim divided the runs into parts differently",
        "policies": "the policies differ",
        "plugins": "the plug-ins differ",
    }
    if not names:
        differing = [what for key, what in others.items() if there.get(key) != here.get(key)]
        yield from differing or ["another version of negsim wrote it"]
