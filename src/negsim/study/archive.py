"""The files of a results folder that make it readable, and able to go on, wherever it is.

    study.yaml, scenario.yaml   the study, and the scenario before anything is varied, resolved
    columns.csv                 the codebook: a row a column of the tables, with its label, unit, values and definition
    README.md                   what was run, with what, and how to go on

`negsim study sweep FOLDER` takes the folder as the study that it holds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from negsim.cast.measures import lookup
from negsim.cast.units import value_text
from negsim.errors import NegsimError
from negsim.files import csv_text, whole_file
from negsim.negotiation.measures import SERIES, Measure
from negsim.scenario import Scenario, dump_yaml
from negsim.scenario.meanings import factor_name, meaning_of
from negsim.scenario.schema import PARAMETERS_KEY, Uncertain
from negsim.scenario.values import Json
from negsim.scenario.yaml import flow, to_yaml
from negsim.study import store
from negsim.study.results import TABLE_FILES, StudyResults
from negsim.study.schema import DRAWN_PREFIX, OUTCOME_NAMES, Factor, Study
from negsim.study.store import ARCHIVED_SCENARIO, CODEBOOK_FILE, README_FILE, STUDY_FILE

TABLE_KINDS = (*TABLE_FILES, "dta")
_NO_STATA_NAME = re.compile(r"\W|^(?=\d)", re.ASCII)
_LONGEST_STATA_NAME, _LONGEST_STATA_LABEL = 32, 80  # letters
_MOST_EXACT = 2**53  # of whole numbers in a double
_MOST_VALUES = 12  # levels that a codebook spells out
_FIELDS = ("table", "column", "label", "unit", "values", "definition")
_OWN = {  # columns that are no measures: label, values, definition
    "cell": ("cell", "0, 1, ...", "number of the combination of factors, in the order of the design"),
    "seed": ("seed", "0 to 2^64 - 1", "seed of all draws of the study"),
    "replication": ("replication", "0, 1, ...", "number of the run in its cell; equal numbers share their draws"),
    "minute": ("floor time", "0 or more", "floor time at which the row was taken, in minutes"),
}


def study_in(folder: Path) -> Path:
    """Return the study file of a results folder. Raises NegsimError if there is none."""
    if not (folder / STUDY_FILE).is_file():
        raise NegsimError(f"{folder}: is not a results folder with a {STUDY_FILE}; name a study file")
    return folder / STUDY_FILE


def write_inputs(folder: Path, study: Study, base: Scenario) -> None:
    """Write the study and its scenario into a results folder."""
    written = {key: value for key, value in study.resolved().items() if value not in (None, "", [], {}, ())}
    if study.series is not None:
        written["series"] = {"every": value_text(study.series.every, "minutes")}
    store.write_text(folder, STUDY_FILE, to_yaml({**written, "scenario": ARCHIVED_SCENARIO}))
    store.write_text(folder, ARCHIVED_SCENARIO, dump_yaml(base))


def write_description(results: StudyResults) -> None:
    """Write the codebook and the README of a study that is finished."""
    store.write_text(results.folder, CODEBOOK_FILE, csv_text(_FIELDS, _rows(results)))
    store.write_text(results.folder, README_FILE, _readme(results))


def export(results: StudyResults, path: str | Path, kind: str, table: str = "runs") -> None:
    """Write a table (`runs` or `series`) of a study as one file: csv, parquet, or dta for Stata, with its labels.

    Stata's names have underscores for dots. Raises NegsimError for another kind, a series that was not kept, or a table
    that is too wide for Stata's names.
    """
    if kind != "dta":
        results.export(path, kind, table)
        return
    results.check_table(table)
    frame = (results.frame() if table == "runs" else results.series()).dropna(axis="columns", how="all")
    names = {name: _NO_STATA_NAME.sub("_", name)[:_LONGEST_STATA_NAME] for name in map(str, frame.columns)}
    if len({name.casefold() for name in names.values()}) < len(names):
        raise NegsimError(
            f"{path}: two columns have one name in Stata, which cuts names to 32 letters; write a parquet file"
        )
    for name, column in frame.items():
        if column.dtype == object or str(column.dtype).startswith("str"):
            frame[name] = column.fillna("").astype(str)
        elif column.dtype.kind == "u":
            frame[name] = column.astype(float if column.max() <= _MOST_EXACT else str)
        elif column.dtype.kind == "b":
            frame[name] = column.astype("int8")
    labels = {
        names[column]: (f"{label} ({unit})" if unit else label)[:_LONGEST_STATA_LABEL]
        for of, column, label, unit, *_ in _rows(results)
        if of == table and column in names
    }
    with whole_file(Path(path)) as part:
        frame.rename(columns=names).to_stata(part, write_index=False, version=118, variable_labels=labels)


def _rows(results: StudyResults) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the codebook: of the table of runs, then of the series."""
    factors, uncertain = {factor.name: factor for factor in results.factors}, _uncertain(results)
    for table in ("runs", "series") if results.series_parts else ("runs",):
        for name in results.columns(table):
            if name in factors:
                yield (table, name, *_of_factor(factors[name]))
            elif name.startswith(DRAWN_PREFIX):
                yield (table, name, *_of_draw(name.removeprefix(DRAWN_PREFIX), uncertain))
            else:
                yield (table, name, *_described(name, is_series=table == "series"))


def _uncertain(results: StudyResults) -> Mapping[str, Uncertain]:
    """Return what the first cell leaves open, or nothing where that takes a plug-in that is not loaded."""
    try:
        return results.scenario_of(0).uncertain
    except NegsimError:
        return {}


_Description = tuple[str, str, str, str]  # label, unit, values, definition


def _of_factor(factor: Factor) -> _Description:
    """Describe the column of a factor: a path of the scenario, or a name whose levels change several."""
    sentence, unit = meaning_of(factor.name)
    if not sentence:
        changed = dict.fromkeys(path for value in factor.values for path in factor.changes(value))
        sentence = f"a name with levels, which set {', '.join(changed) or 'nothing'}"
    return factor_name(factor.name), unit, _values(factor), f"varied by the study: {sentence}"


def _of_draw(path: str, uncertain: Mapping[str, Uncertain]) -> _Description:
    """Describe the column of what runs drew of a path, or of a key that is none. uncertain: of a cell."""
    if path == PARAMETERS_KEY:
        return "member of the ensemble, drawn", "", "0, 1, ...", "the sample of parameters that the run took"
    sentence, unit = meaning_of(path)
    sentence = f"drawn anew by each run: {sentence or 'several values together'}; empty for none"
    return f"{factor_name(path)}, drawn", unit, _spread(uncertain.get(path)), sentence


def _spread(distribution: Uncertain | None) -> str:
    """Return the values that a distribution has; of one that a cell or a split of seats gives, nothing."""
    if distribution is None:
        return ""
    if ends := distribution.integers or distribution.uniform:
        return f"{ends[0]:g} to {ends[1]:g}{', whole numbers' if distribution.integers else ''}"
    return _some(flow(value) for value in distribution.one_of or distribution.either or ())


def _described(name: str, *, is_series: bool) -> _Description:
    """Return the label, unit, values and definition of a column that is neither varied nor drawn."""
    if name in _OWN:
        label, values, definition = _OWN[name]
        return label, "minutes" if name == "minute" else "", values, definition
    if name == "outcome":
        return "outcome", "", ", ".join(OUTCOME_NAMES), "how the run ended"
    about = SERIES[name] if is_series and name in SERIES else lookup(name)
    _, dot, part = name.partition(".")
    return f"{about.label}{f': {part}' if dot else ''}", about.unit, _range(about), about.definition


def _values(factor: Factor) -> str:
    if factor.span is not None:
        return f"{factor.span.low:g} to {factor.span.high:g}{', whole numbers' if factor.span.whole else ''}"
    return _some("as the scenario says" if value is None else str(value) for value in factor.values)


def _some(values: Iterable[str]) -> str:
    """List values, of many the first."""
    every = list(values)
    more = [f"and {len(every) - _MOST_VALUES} more"] if len(every) > _MOST_VALUES else []
    return "; ".join([*every[:_MOST_VALUES], *more])


def _range(about: Measure) -> str:
    if about.kind == "flag":
        return "0 or 1"
    low, high = (("" if math.isinf(end) else f"{end:g}") for end in (about.low, about.high))
    whole = ", whole numbers" if about.is_whole else ""
    return (f"{low} to {high}" if low and high else f"{low} or more" if low else "any number") + whole


def _readme(results: StudyResults) -> str:
    """Say what was run, with what, and how to go on."""
    study, manifest = results.study, results.manifest
    title = study.title or f"A study of {results.scenario.title}"
    versions = ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())
    needs = _needs(manifest["identifies"])
    return f"""# {title}

{study.question or "Results of negsim, a simulator of multistakeholder negotiation."}

- {len(results):,} runs of {len(results.cells):,} settings of "{results.scenario.title}", seed {study.seed}.
- Made by negsim {manifest["negsim"]} ({versions}; {manifest["machine"]}).
- Rules of the model: {manifest["identifies"]["rules"]}. Identity of the study: {manifest["identity"]}.
{needs}
| file | what it is |
|---|---|
| `{STUDY_FILE}`, `{ARCHIVED_SCENARIO}` | the study, and its scenario with everything spelt out |
| `parts/` | Parquet, one row a run: `SELECT * FROM 'parts/*.parquet'` |
| `series/` | the same by floor time, where the study keeps it |
| `{CODEBOOK_FILE}` | the codebook: label, unit, values and definition of every column |
| `manifest.json` | the same as data, with a digest of every part |

```sh
negsim study cells .                          # the settings, with intervals
negsim study plot . --out figures             # the pictures that fit the design
negsim study export . --out runs.csv          # or runs.parquet, or runs.dta with labels
negsim study rerun . --row 0                  # any run again: minutes, pictures
negsim study sweep .                          # run what is missing; the same bits
```
"""


def _needs(identifies: Json) -> str:
    """Say which plug-ins and rules of one's own the study needs to be run again."""
    needed = [f"`--plugin {name}.py` ({digest})" for name, digest in identifies.get("plugins", {}).items()]
    needed += [f"`--rules {own['name']}.py` ({own['digest']})" for own in [identifies.get("own_rules")] if own]
    return f"- To run any of it again, add {', '.join(needed)}.\n" if needed else ""
