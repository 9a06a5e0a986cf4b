"""Matched pairs as text, a table and a picture: each test apart, the model beside rules that need none."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from negsim.cases.pairs import CONFOUNDING, TYPES, Pairs
from negsim.files import Table, whole_folder, write_table, write_text
from negsim.report.plots.style import OKABE_ITO, PALE, axes_or_new, percent_axis, save, styled
from negsim.report.words import capital, counted, listed
from negsim.study.estimates import share
from negsim.study.pairs import CONTROLS, MAIN, TESTS, Compared, answers, compare_pairs
from negsim.study.runner import Step
from negsim.study.validation import RUNS, SEED

CAVEATS = (
    "Pairs are looked for because a failure was followed by a success, outcomes were known to whoever coded them, and "
    "what is not coded changed too: base rates cannot be read off them."
)
NAME = 18


def pairs_report(pairs: Pairs, *, out: Path | None = None, replications: int = RUNS) -> Generator[Step, None, str]:
    """Run the pairs, write text, table and picture into a folder if one is given, and return the account."""
    results = yield from compare_pairs(pairs.pairs, replications=replications)
    text = "\n".join(account(pairs, results, replications))
    if out is not None:
        with whole_folder(out, "case validate") as part:
            write_table(part / "pairs.csv", *pair_table(results))
            write_text(part / "pairs.txt", text + "\n")
            save(changes(results), part / "pairs.png")
    return text


def account(pairs: Pairs, results: Sequence[Compared], replications: int) -> Iterator[str]:
    """What came out, line by line."""
    yield f"{pairs.title or 'Matched pairs'}: {counted(len(results), 'pair')}"
    yield "Success is adoption: consensus, or a vote where the rule allows one."
    yield f"{replications} replications of each attempt, seed {SEED}."
    yield "A pair rises where the whole 95 % interval of second less first is above 0."
    for test, meaning in TESTS.items():
        inside = [result for result in results if result.test == test]
        if inside:
            yield ""
            yield f"{capital(test)}: {meaning}"
            yield f"  {'pair':<{NAME}}{'type':<6}{'confounding':<13}{'first':>6}{'second':>8}   second less first"
            yield from (_row(result) for result in inside)
    yield ""
    yield from _beside_rules(results)
    if strange := [result.pair for result in results if result.pair.moved_positions]:
        yield ""
        for pair in strange:
            yield f"{pair.name}: {listed(pair.moved_positions)} differ too; they are not part of the process."
    yield ""
    yield CAVEATS
    if pairs.weak:
        yield pairs.weak.strip()


def _row(result: Compared) -> str:
    pair, change = result.pair, result.change
    moved = f"{change.value:+.2f} [{change.low:+.2f}, {change.high:+.2f}]"
    verdict = "rises" if result.rises else "falls" if change.high < 0.0 else "no clear change"
    ends = f"{result.first.value:>6.0%}{result.second.value:>8.0%}"
    return f"  {pair.name:<{NAME}}{pair.type:<6}{pair.confounding:<13}{ends}   {moved}  {verdict}"


def _beside_rules(results: Sequence[Compared]) -> Iterator[str]:
    """How many pairs rise in the main test and among the controls, by the model and by rules without one."""
    main, controls = answers(results, MAIN), answers(results, CONTROLS)
    yield f"{'pairs that rise':<{NAME}}{'main test (should)':<30}controls (should not)"
    for name in main:
        yield f"  {name:<{NAME - 2}}{_share(main[name]):<30}{_share(controls[name])}"


def _share(rising: list[bool]) -> str:
    if not rising:
        return "none known"
    rate = share(np.array(rising, float))
    return f"{sum(rising)} of {len(rising)} [{rate.low:.2f}, {rate.high:.2f}]"


def pair_table(results: Sequence[Compared]) -> Table:
    """One row a pair."""
    ends = ["first", "first_case", "second", "second_case"]
    header = ["pair", "test", "type", "confounding", *ends, "change", "low", "high", "differences"]
    rows = (
        [
            result.pair.name, result.test, result.pair.type, result.pair.confounding, result.first.value,
            result.pair.first.name, result.second.value, result.pair.second.name, *result.change[:3],
            " ".join(result.pair.differences),
        ]
        for result in results
    )  # fmt: skip
    return header, rows


@styled
def changes(results: Sequence[Compared], *, ax: Axes | None = None) -> Axes:
    """The chance of adoption of the first attempt and of the second, a row each, test by test."""
    ordered = sorted(results, key=lambda one: (list(TESTS).index(one.test), CONFOUNDING.index(one.pair.confounding)))
    ax = axes_or_new(ax, height=1.2 + 0.3 * len(ordered))
    for row, result in enumerate(ordered):
        first, second = result.first.value, result.second.value
        ax.plot([first, second], [row, row], color=PALE, linewidth=2)
        ax.plot(first, row, "o", markerfacecolor="white", color=OKABE_ITO[0], markersize=6, label="first" * (not row))
        ax.plot(second, row, "o", color=OKABE_ITO[0], markersize=6, label="second" * (not row))
        what = f"{result.test}; {TYPES[result.pair.type]}"
        ax.annotate(what, (1.0, row), xytext=(10, 0), textcoords="offset points", va="center", fontsize="small")
    ax.set_yticks(range(len(ordered)), [result.pair.name for result in ordered])
    ax.invert_yaxis()
    ax.set_xlim(-0.02, 1.02)
    percent_axis(ax.xaxis)
    ax.set_xlabel("chance of adoption")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax
