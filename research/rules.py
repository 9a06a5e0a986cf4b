"""The rules of the model, each taken out by itself: what it contributes (research/docs/evidence_protocol.md).

- A rule is taken out by the least ambiguous change: a parameter, a column of the formats, the caucuses; failing that,
  by an edit of the sources of the model. Nothing else is refitted, so a row says what the rule does at these
  parameters, not how well the model would do without it.
- Edited sources run in a process of their own, from a copy of the package in a temporary folder. They are another
  program, which has to be compiled: some twenty seconds.
- Some rules act only if a scenario asks for it. Such a rule also has a contrast that does.
"""

from __future__ import annotations

import math
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

Result = TypeVar("Result")

SOURCES = Path(negsim.__file__).parent
ROOT = Path(__file__).parents[1]  # where `research` is imported from
CHILD = """
import pickle, sys
function, arguments = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps(function(*arguments)))
"""
WIDE = 1000.0  # beyond every distance on the scale, and every number of readings of a day
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

    parameters, formats, plan: values that replace those of every run, the last two by column of their tables.
    undivided: every group is one caucus. edits: edits of the sources, and instead: their effect in words. effect: where
    the rule shows if no target does. reason: why it is not taken out, if it is not. Without a change it stands for all
    rules.
    """

    name: str
    what: str
    parameters: Mapping[str, float] = {}
    formats: Mapping[str, int] = {}
    plan: Mapping[str, float] = {}
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
        parts += [f"no {code(name)} between meetings" for name in self.plan]
        parts += ["every group one caucus"] if self.undivided else []
        return ", ".join([*parts, *([self.instead] if self.instead else [])])

    def out_of(self, case: Case) -> Case:
        """Take the rule out of a case. Raises ValueError if the sources have to change: that takes another process."""
        if self.edits:
            raise ValueError(f"{self.name}: no change of a case takes it out; the edited model has to run")
        changed: dict[str, Any] = {}
        for table, values in (("parameters", self.parameters), ("formats", self.formats), ("plan", self.plan)):
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
CREDIT = Rule("credit", "what is gained elsewhere pays for what is given here", {"goodwill": 0.0})
_HOPED = "max(0.0, certain + trust * max(0.0, hoped))"
TRUSTED_HOPES = Rule(
    "trust in what is hoped for",
    "what others still have to grant counts as far as they are trusted",
    edits=(Edit("acceptance", f"return {_HOPED}", "return max(0.0, certain + max(0.0, hoped))"),),
    instead="what is hoped for counts in full",
)
LINKAGE_BY_ADOPTION = Rule(
    "linkage by adoption",
    "where parts are adopted by themselves, nothing is owed for what is only hoped for",
    edits=(
        Edit(
            "acceptance",
            "hoped += 0.0 if separable else surplus(case, state, i, m, middle, PRECISION, middle)",
            "hoped += surplus(case, state, i, m, middle, PRECISION, middle)",
        ),
    ),
    instead="what is hoped for counts in every process",
)
CORE_BOUND = Rule(
    "core bound",
    "nobody sells a core issue, alone or in a package",
    edits=(
        Edit("acceptance", "return 0.0 if case.core[k] else case.seats[i].goodwill", "return case.seats[i].goodwill"),
        Edit("acceptance", "return max(short, parts.core) if parts.core > 0.0 else short", "return short"),
    ),
    instead="credit pays for a core issue as for any other",
)
ALL_OBJECT = Rule(
    "all object",
    "a text to which all object fails, though each would stand aside",
    edits=(Edit("acceptance", "groups_consent and not tally.all_object", "groups_consent"),),
    instead="only blocks and shares stop a text",
)
POWER = Rule(
    "power",
    "only those count whose consent the rule asks for",
    edits=(
        Edit("acceptance", "power = 1.0 if blocks or rule.accept > 0.0 or own.accept > 0.0 else 0.0", "power = 1.0"),
    ),
    instead="everybody in the room counts",
)
MEMORY = Rule("memory", "who drafts remembers which texts were refused", formats={"memory": 0})
TAKE_BACK = Rule(
    "take-back",
    "half of a step that makes more delegates block is taken back",
    edits=(Edit("text", "and blockers > paragraph.blockers_before:", "and blockers < 0:"),),
    instead="no step is taken back",
)
BOUND_ON_TARGET = Rule(
    "bound on the target",
    "a text does not move beyond what a blocker is known to accept",
    edits=(Edit("text", "towards = min(max(wanted, low), high)", "towards = wanted"),),
    instead="a text moves towards what its blockers ask for, however far",
)
PARKING = Rule("parking", "text that is read too often in a day waits until the next", {"patience": WIDE})
KNOWLEDGE = Rule("knowledge", "only a room that knows itself finds a text that passes", {"knowledge_scale": WIDE})
FINDING = Rule(
    "finding",
    "a room that knows itself finds a text that passes",
    edits=(Edit("text", "if not math.isnan(passable):\n        if draw(", "if passable < 0.0:\n        if draw("),),
    instead="the pen-holder feels its way, whatever the room knows",
)
SLACK = Rule("slack", "who was heard, and a caucus, may move a core issue a little", {"slack": 0.0})
CARRY_OVER = Rule("carry-over", "trust gained in one person carries over to its group", {"carry_over": 0.0})
SECRETS = Rule("secrets", "a secret red line is shown to a person who is trusted", {"disclosure": 0.0})
CROWD = Rule(
    "crowd",
    "blocking costs less where few accept",
    edits=(Edit("acceptance", "_CROWD = 3 ", "_CROWD = 1e-9 "),),
    instead="a single person who accepts makes blocking as dear as a room",
)
FLOOR = Rule("floor of precision", "text is never vaguer than people write", {"precision_floor": 0.1})
CLIMATE = Rule("climate", "what no code of a process sees", {"climate": 0.0, "climate_by_issue": 0.0})
CLIMATE_BY_ISSUE = Rule("climate by issue", "what no code sees differs from issue to issue", {"climate_by_issue": 0.0})
CAUCUSES = Rule("caucuses", "backing and evenings by caucus inside a group", undivided=True)
_BACKED_COST = "return cost * (1.0 - objecting / others) if others > 0 else cost"
BACKING = Rule(
    "backing",
    "blocking costs less the more of the own caucus object",
    edits=(Edit("acceptance", _BACKED_COST, "return cost"),),
    instead="blocking costs everybody the full cost, whoever else objects",
)
EXAGGERATION = Rule("exaggeration", "others seem farther away than they are", {"exaggeration": 0.0})
CLOSING = Rule("isolation", "who is distrusted closes its ears", {"isolation_closing": 0.0})
DEVALUATION = Rule("devaluation", "text is worth less from a pen that is distrusted", {"devaluation": 0.0})
FALLBACK = Rule(
    "fallback",
    "an outside option is never a burden, and who has left cannot consent",
    edits=(
        Edit("acceptance", "lost = min(lost, 1.0 - outside)", "lost = 1.0 - outside"),
        Edit("closing", "if missing == 0 and is_whole(case, state) else", "if missing == 0 else"),
    ),
    instead="an outside option replaces the value of no deal, and the rest may agree without those who left",
    effect=Contrast("", "consensus", (), tuple(f"groups.{group}.outside_option=0.2" for group in GROUPS), ""),
)
_FOUR = ("methodology=rolling_text", "meetings.count=4", "meetings.days_in_all=8")  # gaps with text on the table


def _between_meetings(what: str, without: str, with_: str) -> Contrast:
    """Contrast four meetings without and with a thing that happens between them."""
    base, changed = ((*_FOUR, f"process.intersession.{what}={value}") for value in (without, with_))
    return Contrast("", "share_agreed", base, changed, "")


RECONSIDERATION = Rule(
    "capitals reconsider",
    "between meetings instructions move towards where delegates have come to stand",
    {"reconsideration": 0.0},
)
RECORD = Rule(
    "record",
    "between meetings everybody reads what was said last",
    plan={"record": False},
    effect=_between_meetings("record", "false", "true"),
)
CONSULTATION = Rule(
    "consultation",
    "between meetings the pen-holder asks around and redrafts",
    plan={"consult": False},
    effect=_between_meetings("consult", "false", "true"),
)
CIRCULATION = Rule(
    "circulation",
    "capitals see only what was out in time",
    plan={"circulate": math.nan},
    effect=_between_meetings("circulate", "null", "10"),
)
TABLE = (
    ALL_RULES,
    CREDIT,
    TRUSTED_HOPES,
    LINKAGE_BY_ADOPTION,
    CORE_BOUND,
    ALL_OBJECT,
    POWER,
    KNOWLEDGE,
    FINDING,
    SLACK,
    CARRY_OVER,
    SECRETS,
    CROWD,
    FLOOR,
    EXAGGERATION,
    CLOSING,
    DEVALUATION,
    BACKING,
    CAUCUSES,
    MEMORY,
    TAKE_BACK,
    BOUND_ON_TARGET,
    PARKING,
    CLIMATE_BY_ISSUE,
    CLIMATE,
    FALLBACK,
    RECONSIDERATION,
    RECORD,
    CONSULTATION,
    CIRCULATION,
    Rule("zone", "the zone of agreement by real distances", reason="a measure: no run depends on it"),
)
CLAIM_RULES = {  # by the name that an experiment calls it: what is taken out to see what carries a claim
    "credit": CREDIT,
    "memory": MEMORY,
    "caucuses": CAUCUSES,
    "devaluation": DEVALUATION,
    "contact": Rule("contact", "contact raises trust", {"contact_gain": 0.0}),
    "learning": Rule("learning", "what is said corrects beliefs", {"learning": 0.0, "frank_learning": 0.0}),
    "persuasion": Rule("persuasion", "what is said moves positions", {"persuasion": 0.0}),
    "caucus": Rule("caucus", "a caucus pulls inwards", {"caucus_pull": 0.0}),
    "isolation": CLOSING,
    "noticing": Rule("noticing", "overlaps are noticed and written down", {"noticing_rate": 0.0}),
    "dilution": Rule("dilution", "vague text costs those who wanted change", {"dilution": 0.0}),
    "hope": Rule("hope", "a renewed mandate is hoped for", {"hope": 0.0}),
    "aspiration": Rule("aspiration", "nobody settles early", {"aspiration": 0.0}),
    "pressure": Rule("pressure", "the chair's pressure", {"pressure_help": 0.0}),
    "reconsideration": RECONSIDERATION,
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
    base, changed = rule.effect.base, rule.effect.changed
    added = ", ".join(code(change) for change in changed if change not in base)
    both = ", ".join(code(change) for change in base if change in changed)
    under = f", both with {both}" if both else ""
    what = f"{code(rule.effect.measure)} by {added}{under}"
    return f"{how}. {what} in the first phase: {row.effect} without it, {row.with_rule} with all rules"
