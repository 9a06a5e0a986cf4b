"""Results: the content of a folder, queried in Python or in SQL.

- A folder is read only if it is complete and every part matches its digest; `partial` waives the first condition.
- Of a study that is finished, only the parts that its manifest names are read.
- Rows are ordered by cell and replication, whatever the history of the folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from negsim import __version__, plugins
from negsim.cast.measures import declare
from negsim.errors import NegsimError, ScenarioError, did_you_mean, literal
from negsim.negotiation.tables import Floats
from negsim.randomness import is_whole
from negsim.scenario import Scenario
from negsim.scenario.validate import read, validated
from negsim.scenario.values import Json, Names
from negsim.scenario.yaml import Document
from negsim.study import sequential, store
from negsim.study.columns import check_parts
from negsim.study.estimates import FEWEST_CHANGED, NO_ESTIMATE, comparison_widths
from negsim.study.own import measures_in
from negsim.study.schema import (
    ESTIMATE_COLUMNS,
    OUTCOME_NAMES,
    Cell,
    Factor,
    Study,
    Value,
    check_listed,
    is_between,
    scenario_of,
)
from negsim.study.table import (
    CANONICAL,
    averaged,
    estimate_columns,
    estimate_of,
    is_flag,
    measured,
    measures_of,
    moments,
    quoted,
    varying_runs,
)
from negsim.study.work import Cut

if TYPE_CHECKING:
    import pandas as pd

TABLE_FILES = ("csv", "parquet")


@dataclass(frozen=True)
class StudyResults:
    """The results of a study. `runs` is the table of `negsim.study.table`; C cells."""

    folder: Path
    manifest: Json
    parts: tuple[Path, ...]
    series_parts: tuple[Path, ...]

    def __repr__(self) -> str:
        cells = "1 cell" if len(self.cells) == 1 else f"{len(self.cells):,} cells"
        return f"<StudyResults of {literal(self.study.title or self.scenario.title)}: {cells}, {len(self):,} runs>"

    def __len__(self) -> int:
        return int(store.rows_of(self.parts, "SELECT count(*) FROM runs")[0][0])

    @cached_property
    def study(self) -> Study:
        """The study, resolved."""
        labels = {key: self.manifest[key] for key in store.LABEL_KEYS}
        data = self.manifest["identifies"]["study"] | labels
        document = Document(str(self.folder / store.MANIFEST_FILE), data, {}, {}, [])
        study, problems = validated(document, Study, Names(measure=measures_in(self.manifest["identifies"])))
        if study is None:
            raise self._unreadable(ScenarioError(problems))
        return study

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario before anything is varied."""
        try:
            return read(Document(str(self.folder), self.manifest["identifies"]["scenario"], {}, {}, []))
        except ScenarioError as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: ScenarioError) -> NegsimError:
        """Return an error that says which version wrote what this one cannot read, if it is another."""
        if (there := self.manifest.get("negsim")) == __version__:
            return error
        return NegsimError(f"{error}\n{self.folder}: was made by negsim {there}, and this is {__version__}")

    @property
    def is_complete(self) -> bool:
        """True if every part is there."""
        there = {path.name for path in (*self.parts, *self.series_parts)}
        return set(self.manifest.get("complete", [""])) <= there

    @property
    def extent(self) -> str:
        """A sentence without its full stop on how much of the study there is."""
        most = len(self.cells) * self.study.replications
        unpacked = "Not yet packed" if len(self) == most else "Unfinished"  # as a sweep that ends packs its parts
        return f"{'Complete' if self.is_complete else unpacked}: {len(self):,} of at most {most:,} runs"

    @property
    def level(self) -> float:
        """The level of an interval that holds at 95 % at whichever look its cells ended."""
        return sequential.level(len(sequential.looks_of(self.study)))

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The factors that the study varies."""
        return self.study.factors

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells by number (C)."""
        names = [factor.name for factor in self.factors]
        return [dict(zip(names, values, strict=True)) for values in self.manifest["identifies"]["cells"]]

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Names of the measures that were kept, outcomes first."""
        return (*OUTCOME_NAMES, *measures_of(self.study))

    @cached_property
    def details(self) -> tuple[str, ...]:
        """Names of the columns by issue, group and format that were kept."""
        columns = self.columns()
        return tuple(name for name in columns[columns.index("consensus") + 1 :] if name not in self.measures)

    def columns(self, table: str = "runs") -> list[str]:
        """List the columns of a table (`runs` or `series`)."""
        with store.reading(runs=self.parts, series=self.series_parts) as database:
            return [name for name, *_ in database.execute(f"DESCRIBE {table}").fetchall()]

    def scenario_of(self, cell: int) -> Scenario:
        """Return the scenario of a cell. Raises NegsimError for an unknown number, or for want of a plug-in."""
        if not is_whole(cell) or not 0 <= cell < len(self.cells):
            raise NegsimError(f"{self.folder}: has no cell {literal(cell)}; it has {len(self.cells)}, counted from 0")
        try:
            return scenario_of(self.study, self.scenario, self.cells[cell])
        except NegsimError:
            for name in self.manifest["identifies"].get("plugins", {}):
                plugins.named(name)  # raises where it is not loaded
            raise

    @property
    def given_policies(self) -> list[str]:
        """The seats whose policies were objects of a program: without it, no run can be made again."""
        return list(self.manifest["identifies"].get("policies", ()))

    def sql(self, query: str, values: Sequence[object] = ()) -> pd.DataFrame:
        """Query the tables `runs` and, where it was kept, `series` (DuckDB's SQL).

        Raises NegsimError if DuckDB refuses it.
        """
        if not query.strip():
            raise NegsimError("the query is empty; write one such as SELECT * FROM runs")
        return self._ask(query, values, apart=True)

    def _ask(self, query: str, values: Sequence[object] = (), *, apart: bool = False) -> pd.DataFrame:
        with store.reading(apart=apart, runs=self.parts, series=self.series_parts) as database:
            try:
                return database.execute(query, values).df()
            except store.Refused as error:
                raise NegsimError(f"{str(error).splitlines()[0]}; in: {query}") from None

    def frame(self, columns: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the table of runs, or some columns of it."""
        check_listed("columns", columns)
        known = [] if columns is None else self.columns()
        wanted = "*" if columns is None else ", ".join(quoted(self._kept(name, known)) for name in columns)
        return self._ask(f"SELECT {wanted} FROM runs {CANONICAL}")

    def series(self) -> pd.DataFrame:
        """Return the time series, one row a run and minute. Raises NegsimError if the study kept none."""
        self.check_table("series")
        return self._ask(f"SELECT * FROM series {CANONICAL}, minute")

    def values(self, measure: str, where: Mapping[str, object] | None = None) -> pd.DataFrame:
        """Return the cell, replication and one measure of every run, or of those at some levels of factors."""
        query = f"SELECT cell, replication, {self.measured(measure)} AS value FROM runs"
        return self._ask(f"{query} WHERE cell IN (SELECT unnest(?)) {CANONICAL}", [self.cells_with_runs(where)])

    def cells_with_runs(self, where: Mapping[str, object] | None = None) -> list[int]:
        """List the cells that have runs, or those of them at some levels of factors."""
        if where is not None and not isinstance(where, Mapping):
            raise NegsimError(f"{literal(where)}: where is a mapping from factors to levels")
        for name, level in (where or {}).items():
            self._check_varied(name, level)
        return [n for n in self._lengths if not where or where.items() <= self.cells[n].items()]

    def means(self, measure: str) -> Floats:
        """Return the mean of a measure by cell (C), NaN where it does not apply or nothing was run yet."""
        return self.estimates(measure)[:, 0]

    def curve(
        self, x: str, measure: str | None = None, *, by: Sequence[str] = (), where: Mapping[str, object] | None = None
    ) -> pd.DataFrame:
        """Estimate a measure over the values of a factor, for every combination of the factors `by`.

        Columns: x, those of `by`, value, low, high (interval at 95 %: Wilson's for an outcome, else Student's), runs,
        and paired: half of the interval for comparing points, which share their draws. Two differ where value ± paired
        do not overlap (`estimates.comparison_widths`); NaN if not all runs that the points share have the measure.
        where: levels of other factors to keep. A point of several cells is their average, replication by
        replication, because they share their draws; replications in which some cell lacks the measure are left out.
        The interval is then Student's, unless an outcome is the same in all cells of every replication.
        """
        import pandas as pd  # noqa: PLC0415 - slow to load, and a finished study is opened without it

        check_listed("factors", by)
        measure, factors = measure or self.study.main, (*(by or ()), x)
        for name in factors:
            self._check_varied(name)
        points: dict[tuple[Value, ...], list[int]] = {}
        for n in self.cells_with_runs(where):
            points.setdefault(tuple(self.cells[n][name] for name in factors), []).append(n)
        if any(factor.name == x and factor.span is not None for factor in self.factors):
            points = dict(sorted(points.items(), key=lambda point: float(str(point[0][-1]))))  # levels keep their order
        averages, widths = self.averages(measure, [*points.values()])
        of_cells = self._estimated([measure])[:, 0]
        rows = [
            (*levels, *(of_cells[cells[0]] if len(cells) == 1 else averaged(measure, values, self.level)[:4]), width)
            for (levels, cells), values, width in zip(points.items(), averages, widths, strict=True)
        ]
        return pd.DataFrame(rows, columns=[*factors, *ESTIMATE_COLUMNS]).astype({"runs": int})

    def averages(self, measure: str, points: Sequence[Sequence[int]]) -> tuple[list[Floats], Floats]:
        """Average a measure by replication over the cells of each of P points, and compare the points.

        Returned: for each point the averages, NaN where some of its cells lacks the measure or the run; and half the
        interval of each for comparing them (`comparison_widths`; P), over the replications that all cells were run in.
        """
        if not points:
            return [], np.empty(0)
        ends = np.cumsum([max(self._lengths[cell] for cell in cells) for cells in points])
        starts = {cell: start for cells, start in zip(points, [0, *ends], strict=False) for cell in cells}
        sums, runs = np.zeros(ends[-1]), np.zeros(ends[-1], np.min_scalar_type(max(map(len, points))))
        query = f"SELECT cell, replication, {self.measured(measure)}::DOUBLE AS value FROM runs"
        for some in store.columns_of(self.parts, f"{query} WHERE cell IN (SELECT unnest(?))", [[*starts]]):
            at = some["cell"].map(starts).to_numpy() + some["replication"].to_numpy()
            np.add.at(sums, at, some["value"].to_numpy(float))
            np.add.at(runs, at, 1)
        shared = np.ones(np.diff(ends, prepend=0).min(), bool)
        averages = np.split(sums, ends[:-1])
        for cells, values, ran in zip(points, averages, np.split(runs, ends[:-1]), strict=True):
            values[:] = np.where(ran == len(cells), values / len(cells), np.nan)
            shared &= ran[: len(shared)] == len(cells)
        common = np.empty((np.count_nonzero(shared), len(points)))
        for n, values in enumerate(averages):
            common[:, n] = values[: len(shared)][shared]
        return averages, comparison_widths(common, self.level)

    @cached_property
    def _lengths(self) -> dict[int, int]:
        """By cell that has runs: one more than the last replication."""
        query = "SELECT cell, max(replication) + 1 FROM runs GROUP BY cell ORDER BY cell"
        return dict(store.rows_of(self.parts, query))

    def _estimated(self, measures: Sequence[str]) -> Floats:
        """Estimate M measures by cell (C,M,4): value, interval, observations; NaN and 0 for a cell that lacks one.

        A cell that a stop rule may have ended by a mean has no interval where hardly any runs vary, as at its looks.
        """
        names = [self._kept_measure(name) for name in measures]
        query = f"SELECT cell, {', '.join(map(moments, names))} FROM runs GROUP BY cell"
        rows = np.tile(NO_ESTIMATE[:4], (len(self.cells), len(names), 1))
        for cell, *numbers in store.rows_of(self.parts, query):
            rows[cell] = [
                estimate_of(name, *numbers[3 * n : 3 * n + 3], level=self.level)[:4] for n, name in enumerate(names)
            ]
        main = self.study.main
        if self.study.stop is not None and main in names and not is_flag(main):
            rare = f"SELECT cell FROM runs GROUP BY cell HAVING {varying_runs(main)} < {FEWEST_CHANGED}"
            for (cell,) in store.rows_of(self.parts, rare):
                rows[cell, names.index(main), 1:3] = np.nan
        return rows

    def summary(self, measures: Sequence[str] | None = None, *, quantiles: Sequence[float] = ()) -> pd.DataFrame:
        """Summarise each cell in a row: its factors, its runs, and every measure's estimate and interval.

        quantiles: quantiles of the runs to add, such as 0.1 and 0.9, in columns MEASURE_q10 and MEASURE_q90.
        """
        import pandas as pd  # noqa: PLC0415

        check_listed("measures", measures)
        check_listed("quantiles", quantiles)
        for at in quantiles or ():
            if not is_between(at, 0.0, 1.0):
                raise NegsimError(f"{literal(at)} is not a quantile; write one from 0 to 1, such as 0.9")
        names = ["consensus", *(measures or self.measures)]  # every run has the first
        of_runs, *estimates = np.moveaxis(self._estimated(names), 1, 0)  # C,4 each
        columns: dict[str, object] = {"cell": range(len(self.cells))}
        columns |= {factor.name: [cell[factor.name] for cell in self.cells] for factor in self.factors}
        columns["runs"] = of_runs[:, 3].astype(int)
        for name, of_cells in zip(names[1:], estimates, strict=True):
            columns |= dict(zip(estimate_columns([name]), of_cells.T[:3], strict=True))
            for at in quantiles or ():
                query = (
                    f"SELECT cell, quantile_cont({self.measured(name)}::DOUBLE, {float(at)}) FROM runs GROUP BY cell"
                )
                by_cell = dict(store.rows_of(self.parts, query))
                columns[f"{name}_q{100 * at:g}"] = pd.Series(by_cell, columns["cell"], float)
        return pd.DataFrame(columns)

    def estimates(self, measure: str) -> Floats:
        """Estimate a measure with its interval by cell (C,3), NaN where it does not apply or nothing was run yet."""
        return self._estimated([measure])[:, 0, :3]

    def row(self, number: int) -> dict[str, object]:
        """Return row `number` of the table, counted from 0. Raises NegsimError beyond the last."""
        if not is_whole(number) or not 0 <= number < len(self):
            raise NegsimError(f"{self.folder}: has no row {literal(number)}; it has {len(self)}, counted from 0")
        table = self._ask(f"SELECT * FROM runs {CANONICAL} LIMIT 1 OFFSET ?", [number])
        return {str(name): column.iloc[0] for name, column in table.items()}

    def export(self, path: str | Path, kind: str, table: str = "runs") -> None:
        """Write a table (`runs` or `series`) as one file of a kind (`csv` or `parquet`), in its one order."""
        if kind not in TABLE_FILES:
            raise NegsimError(f"cannot write {literal(kind)}; the formats are {' and '.join(TABLE_FILES)}")
        self.check_table(table)
        order = "" if self.study.stop is None else CANONICAL + (", minute" if table == "series" else "")
        store.export(self.series_parts if table == "series" else self.parts, order, Path(path), kind)

    def check_table(self, table: str) -> None:
        """Raise NegsimError unless there is a table of this name."""
        if table not in {"runs", "series"}:
            raise NegsimError(f"no table {literal(table)}; one of: runs, series")
        if table == "series" and not self.series_parts:
            raise NegsimError(f"{self.folder}: keeps no time series; write `series: {{every: 60 min}}` in the study")

    def measured(self, measure: str) -> str:
        """Return a measure, or a column that `detail` keeps, in SQL. Raises NegsimError for one that was not kept."""
        return measured(self._kept_measure(measure))

    def _kept_measure(self, name: str) -> str:
        """Return the name of a measure, or of a column that `detail` keeps: only to list these are the parts opened."""
        return self._kept(name, self.measures if name in self.measures else (*self.measures, *self.details))

    def _kept(self, name: str, known: Sequence[str]) -> str:
        """Return a name if it is known. Raises NegsimError for another."""
        if name not in known:
            raise NegsimError(f"{literal(name)} was not kept{did_you_mean(str(name), known)}")
        return name

    def _check_varied(self, name: str, *levels: object) -> None:
        """Raise NegsimError for what is not a factor, or no level of it."""
        names = [factor.name for factor in self.factors]
        if name not in names:
            raise NegsimError(f"{literal(name)} is not varied in this study{did_you_mean(str(name), names)}")
        there = list(dict.fromkeys(cell[name] for cell in self.cells))
        for level in levels:
            if level not in there:
                shown = list(map(str, there))
                near = "" if str(level) in shown else did_you_mean(str(level), shown)  # "1" is not 1
                choice = near or f"; one of: {', '.join(shown)}"
                raise NegsimError(f"{literal(level)} is not a level of {name}{choice}")


def check_results(value: object) -> None:
    """Raise NegsimError for anything but the results of a study, such as the name of their folder."""
    if not isinstance(value, StudyResults):
        raise NegsimError(f"{literal(value)}: is not the results of a study; `results` opens a folder")


def results(folder: str | Path, *, partial: bool = False) -> StudyResults:
    """Open the results in a folder, as `negsim.results` does."""
    folder = Path(folder)
    manifest = store.read_manifest(folder)
    runs, rows = store.find_all_parts(folder, manifest["identity"])
    again = "sweep again with the same study, which replaces it"
    if damaged := [*runs.damaged, *rows.damaged]:
        raise NegsimError(f"{damaged[0]}: is damaged; {again}")
    missing: list[str] = []
    if "complete" in manifest:
        named = set(manifest["complete"])
        runs, rows = runs.only(named), rows.only(named)
        there = {path.name for path in (*runs.sound.values(), *rows.sound.values())}
        whole = Cut(**manifest["identifies"]["cut"])  # its first layer is run whole, however soon cells end
        first = {part.name for part in whole.parts(0, [True] * whole.cells)}
        missing = sorted(named - there) + sorted(first - runs.sound.keys())
    if missing and not partial:
        raise NegsimError(f"{folder}: the part {missing[0]} is missing; {again}")
    if not runs.sound or ("complete" not in manifest and not partial):
        raise NegsimError(
            f"{folder}: is not finished ({len(runs.sound)} parts so far); sweep again with the same study, which goes"
            " on where it stopped (`--partial` of cells, plot and export shows what there is)"
        )
    series = {path for name, path in rows.sound.items() if name in runs.sound}
    declare(measures_in(manifest["identifies"]))
    study = StudyResults(folder, manifest, tuple(sorted({*runs.sound.values()})), tuple(sorted(series)))
    if any(len(cell) != len(study.factors) for cell in manifest["identifies"]["cells"]):
        raise NegsimError(f"{folder / store.MANIFEST_FILE}: has cells of other factors than its study; {again}")
    check_parts(study.study, len(study.cells), runs=study.parts, series=study.series_parts)
    return study
