"""The rules of the model, each taken out by itself: what it contributes (research/docs/evidence_protocol.md).

- A rule is taken out by the least ambiguous change: a parameter, a column of the formats, the caucuses; failing that,
  by an edit of the sources of the model. Nothing else is refitted, so a row says what the rule does at these
  parameters, not how well the model would do without it.
- Edited sources run in a process of their own, from a copy of the package in a temporary folder. They are another
  program, which has to be compiled: some twenty seconds.
- Some rules act only if a scenario asks for it. Such a rule also has a contrast that does.
"""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

import negsim
from negsim.cases import CodedCase, builtin_cases, load_case, scenario_of
from negsim.errors import FailedError, NegsimError
from negsim.negotiation.runs import replicate
from negsim.negotiation.tables import Case
from negsim.report.markdown import bullets, code, grid
from negsim.scenario import library
from negsim.study.estimates import Estimate
from negsim.study.validation import (
    CONSENSUS_CATEGORY,
    VALIDATION_SEED,
    counts,
    log_score,
    precedent_of,
    ranked_probability,
    shares,
)
from research import calibration
from research.calibration import CHECK_SEED, FIRST, GROUPS, SEARCHED, SECOND, Report, Target, collect
from research.contrasts import Bench, Contrast, run_altered
from research.patterns import SPANS

Result = TypeVar("Result")

SOURCES = Path(negsim.__file__).parent
ROOT = Path(__file__).parents[1]  # where `research` is imported from
CHILD = """
import pickle, sys
function, arguments = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps(function(*arguments)))
"""
WIDE = 1000.0  # a reach beyond every distance: all is common ground
SURE = 0.95  # from there on a forecast is called sure
TIMED = 400  # runs of which the speed is taken, on one thread
EFFECT_RUNS = 4000  # of either side of an effect


class Edit(NamedTuple):
    """A text of a source file, and its replacement. source: a module of `negsim.negotiation`."""

    source: str
    old: str
    new: str


class Rule(NamedTuple):
    """A rule and how it is taken out.

    parameters, formats: values that replace those of every run, the second by column of the table of formats.
    undivided: every group is one caucus. edits: edits of the sources, and instead: their effect in words. effect: where
    the rule shows if no target does. reason: why it is not taken out, if it is not. Without a change it stands for all
    rules.
    """

    name: str
    what: str
    parameters: Mapping[str, float] = {}
    formats: Mapping[str, int] = {}
    undivided: bool = False
    edits: tuple[Edit, ...] = ()
    instead: str = ""
    effect: Contrast | None = None
    reason: str = ""

    @property
    def change(self) -> str:
        """The change that takes it out, in words."""
        parts = [code(f"parameters.{name}={value:g}") for name, value in self.parameters.items()]
        parts += [f"the formats' column {code(name)} {value}" for name, value in self.formats.items()]
        parts += ["every group one caucus"] if self.undivided else []
        return ", ".join([*parts, *([self.instead] if self.instead else [])])

    def out_of(self, case: Case) -> Case:
        """Take the rule out of a case. Raises ValueError if the sources have to change: that takes another process."""
        if self.edits:
            raise ValueError(f"{self.name}: no change of a case takes it out; the edited model has to run")
        changed: dict[str, Any] = {}
        for table, values in (("parameters", self.parameters), ("formats", self.formats)):
            if values:
                changed[table] = _with(getattr(case, table), values)
        if self.undivided:
            changed["seats"] = _with(case.seats, {"caucus": case.seats["group"]})
        return case._replace(**changed)


def _with(table: Any, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a Table of any row
    """Copy a table with other values in some columns."""
    copy = table.copy()
    for name, value in values.items():
        copy[name] = value
    return copy


ALL_RULES = Rule("all rules", "the model as it is")
COMMON_GROUND = Rule(
    "R1 common ground",
    "willingness needs an agreement thought within reach",
    {"reach": WIDE, "goodwill": 0.55},  # goodwill restated per unit of trust, as in the trial
)
GOSSIP = Rule("R3 gossip", "third parties amplify trust and distrust", {"gossip": 0.0})
MEMORY = Rule("R7 memory", "who drafts remembers which texts were refused", formats={"memory": 0})
PACKAGE = Rule(
    "R8 package",
    "a package does not buy a core issue, and takes time",
    {"package_tolerance": 1.0, "package_minutes": 3.0},
)
PARKING = Rule("R7 parking", "text that is read too often in a day waits until the next", {"patience": WIDE})
CLIMATE = Rule("R10 climate", "what no code of a process sees", {"climate": 0.0})
CAUCUSES = Rule("R5 caucuses", "backing, gossip and evenings by caucus inside a group", undivided=True)
UNKNOWN_PEN = Rule(
    "R4 unknown pen",
    "an unknown pen could be anybody's",
    edits=(Edit("acceptance", "return trust_in_all(state, i, present)", "return 1.0"),),
    instead="an unknown pen is trusted fully",
    effect=Contrast("", "share_agreed", *SPANS, ""),
)
_BACKED_COST = "return cost if present <= 1 else cost * (1.0 - (objecting - 1) / (present - 1))"
BACKING = Rule(
    "R5 backing",
    "blocking costs less the more of the own caucus object",
    edits=(Edit("acceptance", _BACKED_COST, "return cost"),),
    instead="blocking costs everybody the full cost, whoever else objects",
)
_ITS_CAUCUS = "caucus = state.caucuses[case.seats[i].caucus]\n            "
_ONE_CAUCUS = "caucus = state.caucuses[0]\n            "
FIRST_BACKING = Rule(
    "R5 backing, whole room",
    "blocking costs less the more of the own caucus object",
    edits=(
        Edit("acceptance", f"{_ITS_CAUCUS}caucus.present", f"{_ONE_CAUCUS}caucus.present"),
        Edit("acceptance", f"{_ITS_CAUCUS}cost =", f"{_ONE_CAUCUS}cost ="),
        Edit("acceptance", _BACKED_COST, "return cost * max(0.0, 1.0 - (objecting - 1) / (max(1, present) / 10.0))"),
    ),
    instead="blocking costs less the more of the room object, and nothing from a tenth of it on",
)
STAKES = Rule(
    "R6 stakes",
    "high stakes make people give less",
    edits=(
        Edit(
            "population",
            "weight = 1.0 - share + share * issues * state.opinions[k, i].salience",
            "weight = case.setting[0].stakes * (1.0 - share + share * issues * state.opinions[k, i].salience)",
        ),
        Edit(
            "acceptance",
            "return lost + max(0.0, willing) / case.setting[0].stakes + min(0.0, willing)",
            "return lost + willing",
        ),
    ),
    instead="stakes multiply the weight of every loss, that without a deal included",
    effect=Contrast("", "share_agreed", (), ("context.stakes=high",), ""),
)
FALLBACK = Rule(
    "R15 fallback",
    "an outside option is never a burden, and who has left cannot consent",
    edits=(
        Edit("acceptance", "lost = min(lost, 1.0 - outside)", "lost = 1.0 - outside"),
        Edit("closing", "if missing == 0 and is_whole(case, state) else", "if missing == 0 else"),
    ),
    instead="an outside option replaces the value of no deal, and the rest may agree without those who left",
    effect=Contrast("", "consensus", (), tuple(f"groups.{group}.outside_option=0.2" for group in GROUPS), ""),
)
TABLE = (
    ALL_RULES,
    COMMON_GROUND,
    Rule("R2 zone", "the zone of agreement by real distances", reason="a measure: no run depends on it"),
    GOSSIP,
    UNKNOWN_PEN,
    BACKING,
    FIRST_BACKING,
    CAUCUSES,
    STAKES,
    MEMORY,
    PARKING,
    PACKAGE,
    CLIMATE,
    FALLBACK,
)
CLAIM_RULES = {  # by the name that an experiment calls it: what is taken out to see what carries a claim
    "common ground": COMMON_GROUND,
    "gossip": GOSSIP,
    "memory": MEMORY,
    "caucuses": CAUCUSES,
    "devaluation": Rule("devaluation", "text is worth less from a pen that is distrusted", {"devaluation": 0.0}),
    "trial": Rule("trial", "sponsors are put on trial", {"trial": 0.0}),
    "contact": Rule("contact", "contact raises trust", {"contact_gain": 0.0}),
    "learning": Rule("learning", "what is said corrects beliefs", {"learning": 0.0, "frank_learning": 0.0}),
    "persuasion": Rule("persuasion", "what is said moves positions", {"persuasion": 0.0}),
    "caucus": Rule("caucus", "a caucus pulls inwards and shifts away", {"caucus_pull": 0.0, "caucus_shift": 0.0}),
    "isolation": Rule(
        "isolation", "who is distrusted closes up and hardens", {"isolation_closing": 0.0, "isolation_hardening": 0.0}
    ),
    "noticing": Rule("noticing", "overlaps are noticed and written down", {"noticing_rate": 0.0}),
    "dilution": Rule("dilution", "vague text costs those who wanted change", {"dilution": 0.0}),
    "hope": Rule("hope", "a renewed mandate is hoped for", {"hope": 0.0}),
    "aspiration": Rule("aspiration", "nobody settles early", {"aspiration": 0.0}),
    "pressure": Rule("pressure", "the chair's pressure", {"pressure_help": 0.0, "pressure_harm": 0.0}),
    "fading": Rule("fading", "trust fades towards its base", {"trust_half_life": 1e6}),
    "cost of blocking": Rule("cost of blocking", "blocking costs, less for who is backed", {"block_cost": 0.0}),
}


def write_edited(edits: Sequence[Edit], folder: Path) -> Path:
    """Copy the package into a folder, with the edits; return the path from which Python imports the copy.

    Raises NegsimError unless the old text of an edit occurs exactly once in its source.
    """
    sources = folder / "src"
    shutil.copytree(SOURCES, sources / SOURCES.name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "scenarios").symlink_to(library.folder())
    for edit in edits:
        path = sources / SOURCES.name / "negotiation" / f"{edit.source}.py"
        text = path.read_text(encoding="utf-8")
        if (times := text.count(edit.old)) != 1:
            raise NegsimError(f"{edit.source}.py has this text {times} times instead of once: {edit.old!r}")
        path.write_text(text.replace(edit.old, edit.new), encoding="utf-8")
    return sources


def in_edited_model(edits: Sequence[Edit], function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function in a process whose model has the edits and return its result. All of it must be picklable.

    Raises NegsimError if an edit does not apply, FailedError if the process fails.
    """
    with tempfile.TemporaryDirectory(prefix="negsim-") as folder:
        sources = write_edited(edits, Path(folder))
        child = subprocess.run(
            [sys.executable, "-c", CHILD],
            input=pickle.dumps((function, arguments)),
            capture_output=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(sources), str(ROOT)])},
            check=False,
        )
    if child.returncode:
        complaint = child.stderr.decode(errors="replace").strip().splitlines()
        raise FailedError(f"the edited model failed: {complaint[-1] if complaint else child.returncode}")
    return cast("Result", pickle.loads(child.stdout))  # noqa: S301 - from the process that was just started


class Row(NamedTuple):
    """The results without a rule; empty if it cannot be taken out.

    means: of the searched targets. cases: the mean scores of the 15 cases. speed: runs a second on one thread, of the
    first and of the second phase. effect: that of the rule, if it has one; with_rule: the same under all rules.
    """

    rule: Rule
    means: dict[Target, float]
    cases: Cases | None
    speed: tuple[float, float]
    effect: Estimate | None = None
    with_rule: Estimate | None = None


class Cases(NamedTuple):
    """Predictions of the 15 cases: two scores (lower is better), sure predictions, the mean chance of consensus."""

    ranked_probability: float
    log: float
    sure: int  # predicted to end in consensus with a chance of `SURE` or more
    sure_and_failed: int
    consensus: float  # mean chance


def rows(replications: int, case_replications: int) -> Iterator[Row]:
    """Yield a row a rule, at the default parameters."""
    for rule in TABLE:
        row = Row(rule, {}, None, (0.0, 0.0)) if rule.reason else row_of(rule, replications, case_replications)
        if rule.effect is not None:
            row = row._replace(with_rule=effect_of(ALL_RULES, rule.effect, EFFECT_RUNS))
        yield row


def row_of(rule: Rule, replications: int, case_replications: int) -> Row:
    """Make a row of the table, in a process of its own if the rule's sources have to change."""
    if rule.edits:
        plain = rule._replace(edits=())
        return in_edited_model(rule.edits, row_of, plain, replications, case_replications)._replace(rule=rule)
    observed = calibration.observe(SEARCHED, rule.out_of, replications=replications, seed=CHECK_SEED)
    means = {target: calibration.average(numbers) for target, numbers in observed.items()}
    speed = _speed(rule, FIRST), _speed(rule, SECOND)
    effect = None if rule.effect is None else effect_of(rule, rule.effect, EFFECT_RUNS)
    return Row(rule, means, predicted_cases(rule, case_replications), speed, effect)


def effect_of(rule: Rule, effect: Contrast, replications: int) -> Estimate:
    """Estimate an effect without a rule."""
    return Bench(replications, CHECK_SEED, alter=rule.out_of).contrast(effect)


def predicted_cases(rule: Rule, replications: int, cases: Sequence[CodedCase] = ()) -> Cases:
    """Predict the 15 built-in cases, or others, without a rule, at the default parameters.

    The family that chose these parameters is among them.
    """
    cases = cases or [load_case(name) for name in builtin_cases()]
    ends = (
        run_altered(rule.out_of, scenario_of(case), replications=replications, seed=VALIDATION_SEED) for case in cases
    )
    forecasts = [shares(counts(runs.column("outcome"))) for runs in ends]
    happened = [precedent_of(case).happened for case in cases]
    pairs = list(zip(forecasts, happened, strict=True))
    sure = [end for forecast, end in pairs if forecast[CONSENSUS_CATEGORY] >= SURE]
    return Cases(
        float(np.mean([ranked_probability(*pair) for pair in pairs])),
        float(np.mean([log_score(*pair) for pair in pairs])),
        len(sure),
        sum(end != CONSENSUS_CATEGORY for end in sure),
        float(np.mean([forecast[CONSENSUS_CATEGORY] for forecast in forecasts])),
    )


def _speed(rule: Rule, scenario: str) -> float:
    """Measure runs a second of processor time on one thread, the best of three."""
    case = rule.out_of(calibration.case_of(scenario, ()))
    seconds = []
    for _ in range(3):
        start = time.process_time()
        replicate(case, CHECK_SEED, 0, TIMED)
        seconds.append(time.process_time() - start)
    return TIMED / min(seconds)


def report(replications: int, case_replications: int) -> Report:
    """Write the table of rules taken out, as a page of Markdown."""
    results = yield from collect(rows(replications, case_replications), len(TABLE), lambda row: row.rule.name)
    return markdown(results, replications, case_replications)


def markdown(results: Sequence[Row], replications: int, case_replications: int) -> str:
    """Write the table of rules as a page of Markdown."""
    targets = [f"{target.name} ({target.low:g} - {target.high:g})" for target in SEARCHED]
    cases = ["RPS", "log", f"P >= {SURE:g} (failed)", "mean P", "runs a second, first / second phase"]
    parts = [
        "# Rules taken out",
        (
            "What each rule does: it is taken out by itself, and nothing else is refitted. Made by `python -m"
            f" research rules --replications {replications} --case-replications {case_replications}`. Means over"
            f" {replications} runs that no calibration saw, with the range that the calibration asks for, in bold"
            f" where it is missed; scores of the 15 built-in cases on {case_replications} runs each at the default"
            " parameters, so that the family `cstd` is in sample; lower scores are better."
        ),
        grid(["rule", *targets, *cases], (_cells(row) for row in results)),
        "How each is taken out:",
        bullets(_how(row) for row in results[1:]),
    ]
    return "\n\n".join(parts) + "\n"


def _cells(row: Row) -> list[object]:
    if row.cases is None:
        return [row.rule.name, row.rule.reason, *[""] * (len(SEARCHED) + 4)]
    means = [f"{value:.3f}" if target.holds(value) else f"**{value:.3f}**" for target, value in row.means.items()]
    score = row.cases
    sure = f"{score.sure} ({score.sure_and_failed})"
    speed = " / ".join(f"{number:.0f}" for number in row.speed)
    return [
        row.rule.name, *means, f"{score.ranked_probability:.3f}", f"{score.log:.3f}", sure,
        f"{score.consensus:.2f}", speed,
    ]  # fmt: skip


def _how(row: Row) -> str:
    rule = row.rule
    how = f"{rule.name} ({rule.what}): {rule.reason or rule.change}"
    if rule.effect is None:
        return how
    base = rule.effect.base
    added = ", ".join(code(change) for change in rule.effect.changed if change not in base)
    under = f", both with {', '.join(map(code, base))}" if base else ""
    what = f"{code(rule.effect.measure)} by {added}{under}"
    return f"{how}. {what} in the first phase: {row.effect} without it, {row.with_rule} with all rules"
