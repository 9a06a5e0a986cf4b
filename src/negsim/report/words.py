"""Names of things and forms of numbers, the same on the terminal, in pages, pictures, the studio and the lessons.

- One thing has one name: outcomes, statuses, formats, factors, levels, cells and measures take theirs from here. A path
  without words of its own is named after its last steps.
- One number has one form: `number_text`, `estimate_text` and `change_text` write it by the kind of its measure. A share
  is in per cent, its change in percentage points; a time is in hours, see `in_units`; all else is the plain number.
- A number has as many digits as the width of its interval supports. An end of a change that looks like zero keeps its
  sign if the interval excludes zero: +1 [+0, +2]. A change without an interval has the digits that show it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from negsim import sentences
from negsim.cast import codes, units
from negsim.cast.decisions import DECISION_RULES
from negsim.cast.formats import IDLE_FORMAT, SessionFormat
from negsim.cast.knobs import AS_WRITTEN, DAYS, LEVEL_WORDS, MEETINGS, METHODOLOGY, OPENING_PATH, UNCHANGED_LEVEL
from negsim.cast.measures import lookup
from negsim.cast.methodologies import MEETING_PARTS, label_of
from negsim.negotiation.acceptance import ANY_NUMBER, MAJORITY
from negsim.negotiation.tables import Floats
from negsim.policies.seated import is_policy
from negsim.scenario import Scenario, lowering, values
from negsim.scenario.ensembles import FITTED
from negsim.scenario.lowering import PlanEntry
from negsim.scenario.meanings import factor_name
from negsim.scenario.schema import AgendaItem, Group, Intersession
from negsim.sentences import NO_VALUE, sentence
from negsim.study.estimates import Estimate
from negsim.study.schema import Cell, Value

if TYPE_CHECKING:
    from negsim.study.results import StudyResults

_Part = TypeVar("_Part", bound=BaseModel)
listed = values.listed  # stands there because notes on imported files need it too
counted, on_scale, signed = sentences.counted, sentences.on_scale, sentences.signed
is_share = units.is_share
issue_names, group_names = lowering.issue_names, lowering.group_names

OUTCOME_LABELS = {outcome: ending.label for outcome, ending in codes.OUTCOMES.items()}
RULE_LABELS = {rule.measure: rule.label for rule in DECISION_RULES.values() if rule.measure}  # what would have passed
# Measures of which there are two, with _start and with _end.
BEFORE_AND_AFTER = ("trust_within", "trust_across", "trust_chair", "perceived_distance", "real_distance")
NO_BREAK = "\N{NO-BREAK SPACE}"
_NO_LINE_END = re.compile("(?<=«) | (?=[»:;!?%])")
SCALE_OF_DEPTH = "0 nothing new, 1 all that the room hoped for, in clear words"


def format_name(name: str, formats: Mapping[str, SessionFormat] | None = None) -> str:
    """Name a format or a methodology; a new one goes by its own name. formats: those of a scenario.

    >>> format_name("chair_text"), format_name("fish_bowl")
    ("chair's text", 'fish bowl')
    """
    return formats[name].label if formats and name in formats else label_of(name)


def by_format(scenario: Scenario, minutes: Floats) -> dict[str, float]:
    """Return minutes by the format in which they were spent, or `idle`. minutes: F + 1, as in `Results.minutes`."""
    return dict(zip([*scenario.session_formats, IDLE_FORMAT], minutes.tolist(), strict=True))


def capital(text: str) -> str:
    """Begin a text with a capital."""
    return text[:1].upper() + text[1:]


def reworded(part: _Part, change: Callable[[str], str], *fields: str) -> _Part:
    """Return a part of a scenario with some of its texts changed."""
    return part.model_copy(update={field: change(getattr(part, field)) for field in fields})


CELL = "cell"  # cells as the levels of one factor
_ONE_FORMAT = re.compile(r"\[\{(\w+): 1(\.0)?\}\]")  # an agenda of nothing else
_AS_WORDS = str.maketrans("_", " ", "[]{}")
MEETING_OF = {"first": (0, 3), "middle": (1, 3), "last": (2, 3), "only": (0, 1)}  # which, of how many
_UNROUNDED_LETTERS = 5  # letters of a number that is not rounded
_WHOLE_FROM = 10.0  # numbers from here on need no decimals
_ROUNDING = 1e-9  # what is smaller comes from rounding
_MOST_DECIMALS = 5  # digits, for a change that is nearly zero


def level_name(factor: str, level: Value) -> str:
    """Name a level on the axis of its factor.

    >>> level_name("methodology", "chair_text"), level_name("informal.mixed_evenings", 0.5), level_name("x", True)
    ("chair's text", '50 %', 'yes')
    >>> level_name("methodology", "[{questionnaire: 0.5}, {rolling_text: 0.5}]")
    'questionnaire: 0.5, rolling text: 0.5'
    >>> level_name("methodology", "[{fish_bowl: 1}]")
    'fish bowl'
    """
    if level is None:
        return UNCHANGED_LEVEL
    if isinstance(level, bool):
        return "yes" if level else "no"
    if isinstance(level, str):
        if factor == METHODOLOGY.path:
            level = format_name(_ONE_FORMAT.sub(r"\1", level))
        return level.translate(_AS_WORDS)
    text = f"{level:g}"
    if factor in LEVEL_WORDS and LEVEL_WORDS[factor].unit == "share":
        return percent(level)
    return text if len(text) <= _UNROUNDED_LETTERS else f"{level:.3g}"


def phrase(factor: str, level: Value) -> str:
    """Name a level where its factor is not named beside it.

    >>> phrase("meetings.count", 3), phrase("meetings.days_in_all", 8), phrase("context.tension", 0.25)
    ('3 meetings', '8 days in all', 'tension 0.25')
    >>> phrase("process.opening", 0.5)
    '50 % of the first meeting opens with questions'
    >>> phrase("chair", "patient")
    'chair: patient'
    """
    name = level_name(factor, level)
    if level is None or factor not in LEVEL_WORDS:
        return f"{factor_name(factor)} {name}" if values.is_number(level) else f"{factor_name(factor)}: {name}"
    return LEVEL_WORDS[factor].put(level, name)


def cell_name(cell: Cell) -> str:
    """Name a cell by the levels that it changes.

    >>> cell_name({"meetings.count": 3, "methodology": "rolling_text", "chair": None})
    '3 meetings, rolling text'
    """
    return ", ".join(phrase(factor, level) for factor, level in cell.items() if level is not None) or UNCHANGED_LEVEL


def cell_names(cells: Sequence[Cell]) -> list[str]:
    """Name every cell; those of the same name also by their number.

    >>> cell_names([{"methodology": "rolling_text"}, {"methodology": "rolling_text"}])
    ['rolling text', 'rolling text (cell 1)']
    """
    names: list[str] = []
    for n, cell in enumerate(cells):
        name = cell_name(cell)
        names.append(f"{name} (cell {n})" if name in names else name)
    return names


def agenda_text(agenda: Iterable[AgendaItem], formats: Mapping[str, SessionFormat] | None = None) -> str:
    """Say how a meeting spends its floor time. formats: those of its scenario.

    >>> agenda_text([AgendaItem(format="questionnaire", share=0.25), AgendaItem(format="chair_text", share=0.75)])
    "questionnaire 25 %, chair's text 75 %"
    """
    return ", ".join(f"{format_name(item.format, formats)} {percent(item.share)}" for item in agenda)


_ON_AGENDAS = ("meetings", "process.meetings", OPENING_PATH)  # how paths begin that change agendas as written


def agendas_behind(results: StudyResults) -> dict[str, str]:
    """Describe the meetings at every level of a factor that sets the methodology, by the level's name.

    Where they differ with another factor, such as the opening, its levels stand before each text; where fewer meetings
    are the first of more, the text is that of the most.
    """
    paths = {factor.name: {factor.name}.union(*(factor.levels or {}).values()) for factor in results.factors}
    also = [name for name, some in paths.items() if any(path.startswith(_ON_AGENDAS) for path in some)]
    texts: dict[str, dict[str, str]] = {}  # by level, then by the levels of other factors
    written: dict[str, dict[tuple[str, ...], str]] = {}  # by level, then by meetings with the scenario's own agendas
    for factor in results.factors:
        if METHODOLOGY.path not in paths[factor.name] or factor.levels is None:
            continue
        for number, cell in enumerate(results.cells):
            of = texts.setdefault(phrase(factor.name, cell[factor.name]), {})
            others = cell_name({name: cell[name] for name in also if name != factor.name})
            method = factor.changes(cell[factor.name]).get(METHODOLOGY.path, AS_WRITTEN)
            if others not in of:
                named = method if isinstance(method, str) else AS_WRITTEN  # an agenda written out is in the scenario
                scenario = results.scenario_of(number)
                of[others] = agendas_of(scenario, named)
                if named == AS_WRITTEN:
                    agendas = (agenda_text(one.agenda, scenario.session_formats) for one in scenario.process.meetings)
                    written.setdefault(phrase(factor.name, cell[factor.name]), {})[tuple(agendas)] = of[others]
    return {level: _of_the_most(written.get(level, {})) or _by_condition(of) for level, of in texts.items()}


def _of_the_most(texts: Mapping[tuple[str, ...], str]) -> str:
    """Return the text on the most meetings if the others are its first ones; "" if not. texts: by the agendas.

    >>> _of_the_most({("a",): "1: a", ("a", "b"): "1: a; 2: b"}), _of_the_most({("a",): "1: a", ("b",): "1: b"})
    ('1: a; 2: b; fewer meetings are the first of these', '')
    """
    most = max(texts, key=len, default=())
    if len(texts) < 2 or any(some != most[: len(some)] for some in texts):
        return ""
    return f"{texts[most]}; fewer meetings are the first of these"


def _by_condition(texts: Mapping[str, str]) -> str:
    """Join the texts under several conditions; the text alone where all are the same.

    >>> _by_condition({"2 meetings": "a", "3 meetings": "a, b", "4 meetings": "a, b"}), _by_condition({"x": "a"})
    ('with 2 meetings: a; with 3 meetings or 4 meetings: a, b', 'a')
    """
    conditions: dict[str, list[str]] = {}
    for condition, text in texts.items():
        conditions.setdefault(text, []).append(condition)
    if len(conditions) == 1:
        return next(iter(conditions))
    return "; ".join(f"with {' or '.join(some)}: {text}" for text, some in conditions.items())


def days_behind(results: StudyResults) -> str:
    """Say whether more meetings are more days in a study that varies their number; "" for another."""
    changes = [results.study.changes_of(cell) for cell in results.cells]
    if len({some.get(MEETINGS.path) for some in changes}) < 2:
        return ""
    held = {some.get(DAYS.path) is not None for some in changes}
    if held == {False}:
        return "Each meeting brings its own days, so more meetings are more days too."
    if held == {True}:
        return "The days in all do not depend on the number of meetings."
    return "Where the days in all are held, more meetings are shorter ones; elsewhere each brings its own days."


def intersession_words(does: Intersession | PlanEntry) -> Iterator[str]:
    """Say what people do in the days before a meeting, in the order in which they do it."""
    if does.record:
        yield "the record is read"
    if does.consult:
        yield "the pen-holder consults"
    if does.circulate is not None and not math.isnan(does.circulate):
        yield f"drafts go out {counted(does.circulate, 'day')} before the meeting"
    if does.reconsider:
        yield "capitals reconsider"


def agendas_of(scenario: Scenario, methodology: str) -> str:
    """Describe the meetings of a scenario under a methodology, or as written.

    >>> from negsim.scenario import load
    >>> agendas_of(load("classroom"), "rolling_text")
    'first and only meeting: questionnaire 25 %, rolling text 75 %; middle and last meeting: rolling text 100 %'
    >>> agendas_of(load("classroom"), "questionnaire")
    'every meeting: questionnaire 100 %'
    """
    if methodology == AS_WRITTEN:
        by_agenda = _by_agenda(scenario, ((meeting.name, meeting.agenda) for meeting in scenario.process.meetings))
        return "; ".join(f"{listed(names, most=3)}: {agenda}" for agenda, names in by_agenda.items())
    agendas = ((part, scenario.agenda_under(methodology, *MEETING_OF[part])) for part in MEETING_PARTS)
    by_agenda = _by_agenda(scenario, agendas)
    if len(by_agenda) == 1:
        return f"every meeting: {next(iter(by_agenda))}"
    return "; ".join(f"{listed(parts)} meeting: {agenda}" for agenda, parts in by_agenda.items())


def _by_agenda(scenario: Scenario, agendas: Iterable[tuple[str, Iterable[AgendaItem]]]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for name, agenda in agendas:
        names.setdefault(agenda_text(agenda, scenario.session_formats), []).append(name)
    return names


def measure_name(measure: str) -> str:
    """Name a measure, or the column of a detailed table, with its unit if that is hours.

    >>> measure_name("consensus"), measure_name("minutes"), measure_name("satisfaction.business")
    ('share of runs with consensus', 'floor time used (hours)', 'satisfaction with the result: business')
    """
    about, part = lookup(measure), measure.partition(".")[2]
    return f"{about.label}{' (hours)' if about.kind == 'time' else ''}{': ' if part else ''}{part}"


def policies_in(scenario: Scenario, policies: Mapping[str, object] | None = None) -> list[str]:
    """List who is held by which policy, as in `India (mine:Spoiler)`. policies: beside those of the scenario."""
    every = scenario.policies | dict(policies or {})
    names = {
        seat: held if isinstance(held, str) else str(getattr(held, "__name__", type(held).__name__))
        for seat, held in every.items()
        if is_policy(held)
    }
    return [f"{seat} ({name})" for seat, name in names.items()]


def percent(share: float, digits: int = 0) -> str:
    """Write a share in per cent; close to 0 or 100 % with at least one decimal.

    >>> percent(0.125), percent(0.004), percent(0.0), percent(0.253, 1)
    ('12 %', '0.4 %', '0 %', '25.3 %')
    """
    return f"{_hundredths(share, digits)} %"


def passes_if(scenario: Scenario) -> str:
    """Say when a text passes under the decision rule of a scenario."""
    return listed(list(_clauses_of(scenario)))


def decision_rules(scenario: Scenario) -> dict[str, str]:
    """Say how the room decides: a sentence for each field of the process that has a part in it."""
    process = scenario.process
    rules = {
        "decision_rule": sentence("rule", clauses=list(_clauses_of(scenario))),
        "adoption": sentence("rule.everything" if process.adoption == "everything" else "rule.separable"),
    }
    if process.record_dissent:
        rules["record_dissent"] = sentence("rule.dissent")
    if process.fallback_vote:
        rules["fallback_vote"] = sentence("rule.vote", share=percent(process.fallback_vote.share))
    return rules


def _clauses_of(scenario: Scenario) -> Iterator[str]:
    """Yield what the decision rule of a scenario asks for, a clause each."""
    rule = scenario.process.decision_rule
    groups = {group.label: rule.numbers(name) for name, group in scenario.groups.items()}
    room = next(iter(groups.values()))
    shares = [*_no_objection(room.accept, "those present")]
    if room.weight_accept > 0.0:
        shares.append(sentence("rule.weight", share=_least_share(room.weight_accept)))
    if room.minority > 0:
        yield sentence("rule.minority", shares=listed(shares), minority=room.minority)
    else:
        yield from shares
    yield from _blocks(room.blocks, "")
    if len({(numbers.group_accept, numbers.group_blocks) for numbers in groups.values()}) == 1:
        yield from _no_objection(room.group_accept, "every group")
        yield from _blocks(room.group_blocks, sentence("rule.of_any_group"))
        return
    for group, numbers in groups.items():
        yield from _no_objection(numbers.group_accept, group)
        yield from _blocks(numbers.group_blocks, sentence("rule.of_group", group=group))


def voting_weight(group: Group) -> str:
    """Say what votes of a group weigh, "" where each is one vote."""
    weight = group.voting_weight
    if weight.together is not None:
        return f"{weight.together:g} together"
    return "" if weight.each == 1.0 else f"{weight.each:g} each"


def text_at_the_start(scenario: Scenario, issue: str) -> str:
    """Describe the text on an issue with which the process starts, "" if there is none."""
    text = scenario.process.text.get(issue)
    if text is None:
        return ""
    group = scenario.groups.get(text.pen)
    whose = {"chair": "the chair's", "none": "nobody's"}.get(text.pen, f"of {group.label if group else text.pen}")
    status = "agreed beforehand" if text.status == "agreed" else "open"
    return f"{on_scale(scenario.issues[issue], text.value)}, precision {text.precision:.2f}, {whose}, {status}"


def change_option(change: str) -> tuple[str, str]:
    """Return the option of a command that makes a change.

    >>> change_option("meetings.count=5")
    ('--set', 'meetings.count=5')
    """
    path, _, value = change.partition("=")
    return ("--parameters", value) if path == FITTED else ("--set", change)


def _no_objection(share: float, who: str) -> Iterator[str]:
    """Say what share of whom has to accept, if any."""
    if share == MAJORITY:
        yield sentence("rule.majority", who=who)
    elif share == 1.0:
        yield sentence("rule.all", who=who)
    elif share > 0.0:
        yield sentence("rule.share", share=percent(share), who=who)


def _least_share(share: float) -> str:
    return "more than half" if share == MAJORITY else "all" if share == 1.0 else f"at least {percent(share)}"


def _blocks(most: int, of: str) -> Iterator[str]:
    """Say how many may block, if not all."""
    if most == 0:
        yield sentence("rule.no_block", of=of)
    elif most == 1:
        yield sentence("rule.one_block", of=of)
    elif most < ANY_NUMBER:
        yield sentence("rule.blocks", most=most, of=of)


def _hundredths(share: float, digits: int) -> str:
    part = round(100.0 * share, 9)
    if part in {0.0, 100.0}:
        return f"{part:.0f}"
    return f"{part:.{max(digits, 1)}f}" if part < 1.0 or part > 99.0 else f"{part:.{digits}f}"


def in_units(estimate: Estimate, measure: str) -> Estimate:
    """Convert an estimate to the unit in which the measure is shown: the model counts minutes, people read hours."""
    scale = unit(measure)
    value, low, high = (part / scale for part in estimate[:3])
    return estimate._replace(value=value, low=low, high=high)


def unit(measure: str) -> float:
    """Return the divisor that turns the values of a measure into the shown unit."""
    return units.HOUR if units.is_time(measure) else 1.0


def number_text(value: float, measure: str = "") -> str:
    """Write a value of a measure.

    >>> number_text(0.125, "consensus"), number_text(0.321), number_text(23.4), number_text(math.nan)
    ('12 %', '0.32', '23', 'n/a')
    """
    return _number(value, measure, 0 if is_share(measure) or abs(value) >= _WHOLE_FROM else 2)


def estimate_text(estimate: Estimate, measure: str = "") -> str:
    """Write an estimate with its interval, if it has one.

    >>> estimate_text(Estimate(0.32, 0.31, 0.333, 100)), estimate_text(Estimate(0.25, 0.18, 0.337, 100), "vote")
    ('0.32 [0.31, 0.33]', '25 % [18, 34]')
    >>> estimate_text(Estimate(0.3214, 0.3196, 0.3232, 9000)), estimate_text(Estimate(0.253, 0.25, 0.256, 9999), "vote")
    ('0.321 [0.320, 0.323]', '25.3 % [25.0, 25.6]')
    >>> estimate_text(Estimate(0.01, -0.001, 0.021, 100))
    '0.01 [0.00, 0.02]'
    """
    return " ".join(value_and_interval(estimate, measure)).rstrip()


def some_runs(estimate: Estimate, runs: int) -> str:
    """Say how many of the runs an estimate rests on, "" if on all.

    >>> some_runs(Estimate(0.3, 0.2, 0.4, 82), 100), some_runs(Estimate(0.3, 0.2, 0.4, 100), 100)
    ('82 % of runs', '')
    """
    return f"{percent(estimate.observations / runs)} of runs" if estimate.observations < runs else ""


def value_and_interval(estimate: Estimate, measure: str = "") -> tuple[str, str]:
    """Return the parts of `estimate_text`, for two columns."""
    value = _number(estimate.value, measure, _digits(estimate, measure))
    return value, "" if math.isnan(estimate.low) else interval_text(estimate, measure)


def interval_text(estimate: Estimate, measure: str = "") -> str:
    """Write the interval of an estimate in brackets.

    >>> interval_text(Estimate(0.0, 0.0, 0.0078, 500), "vote"), interval_text(Estimate(1.0, 0.94, 1.0, 60), "vote")
    ('[0, 0.8]', '[94, 100]')
    """
    ends, digits = (estimate.low, estimate.high), _digits(estimate, measure)
    if is_share(measure):
        low, high = (_hundredths(min(1.0, max(0.0, end)), digits) for end in ends)
    else:
        low, high = (_number(end, measure, digits) for end in ends)
    return f"[{low}, {high}]"


def replications_text(count: int) -> str:
    """Write a number of replications.

    >>> replications_text(1), replications_text(1000)
    ('1 replication', '1,000 replications')
    """
    return f"{count:,} replication{'' if count == 1 else 's'}"


def change_text(estimate: Estimate, measure: str = "") -> str:
    """Write a change of a measure with its interval; if too few runs differ for one, with how many do.

    >>> change_text(Estimate(0.12, 0.08, 0.161, 100), "vote"), change_text(Estimate(0.024, 0.003, 0.045, 200), "vote")
    ('+12 points [+8, +16]', '+2 points [+0, +4]')
    >>> change_text(Estimate(0.01, 0.00001, 0.01999, 200), "vote"), change_text(Estimate(0.0, -2e-5, 0.01, 200), "vote")
    ('+1 point [+0, +2]', '0 points [0, +1]')
    >>> change_text(Estimate(0.3, 0.21, 0.39, 200)), change_text(Estimate(-0.0012, -0.002, -0.0004, 200))
    ('+0.30 [+0.21, +0.39]', '−0.001 [−0.002, −0.000]')
    >>> change_text(Estimate(0.0, math.nan, math.nan, 20, 0)), change_text(Estimate(0.02, math.nan, math.nan, 50, 2))
    ('no change in any of 20 runs', '+0.02, changed in 2 of 50 runs')
    """
    return change_texts([estimate], measure)[0]


def change_texts(changes: Sequence[Estimate], measure: str = "") -> list[str]:
    """Write changes that stand in one row as `change_text` does, with the same digits.

    >>> change_texts([Estimate(0.037, 0.033, 0.041, 100), Estimate(0.037, 0.03, 0.044, 100)])
    ['+0.037 [+0.033, +0.041]', '+0.037 [+0.030, +0.044]']
    """
    scale = 100.0 if is_share(measure) else 1.0
    digits = max(_digits_of_change(one, measure, scale) for one in changes)
    return [_change_text(change, measure, scale, digits) for change in changes]


def _change_text(estimate: Estimate, measure: str, scale: float, digits: int) -> str:
    if math.isnan(estimate.value):
        return NO_VALUE
    value, low, high = (
        _signed_or_zero(scale * part, digits, keeps_sign=estimate.excludes_zero) for part in estimate[:3]
    )
    if is_share(measure):
        value += " point" if value in {"+1", "−1"} else " points"
    if estimate.changed == 0:
        return f"no change in any of {estimate.observations:,} runs"
    if not math.isnan(estimate.low):
        return f"{value} [{low}, {high}]"
    runs = f"{estimate.observations:,} runs"
    return value if estimate.changed is None else f"{value}, changed in {estimate.changed:,} of {runs}"


def _number(value: float, measure: str, digits: int) -> str:
    if math.isnan(value):
        return NO_VALUE
    if math.isinf(value):
        return "∞" if value > 0.0 else "−∞"
    return percent(value, digits) if is_share(measure) else f"{round(value, digits) + 0.0:.{digits}f}"  # no -0


def _digits(estimate: Estimate, measure: str) -> int:
    """Return the digits after the point: one more if the interval is narrower than a unit of the last one."""
    if is_share(measure):
        is_near_an_end = 0.0 < abs(estimate.value) < 0.01 or 0.99 < abs(estimate.value) < 1.0
        return 1 if is_near_an_end or _ROUNDING < estimate.high - estimate.low < 0.01 else 0
    least = 0 if abs(estimate.value) >= _WHOLE_FROM else 2
    return least + 1 if _ROUNDING < estimate.high - estimate.low < 10.0**-least else least


def _digits_of_change(change: Estimate, measure: str, scale: float) -> int:
    """Return the digits after the point of a change, which is shown multiplied by `scale`."""
    width, least = scale * (change.high - change.low), _digits(change, measure)
    if width > _ROUNDING:
        return next((n for n in range(least, _MOST_DECIMALS) if width >= 10.0**-n), _MOST_DECIMALS)
    size = abs(scale * change.value)
    return next((n for n in range(least, _MOST_DECIMALS) if round(size, n)), _MOST_DECIMALS) if size else least


def _signed_or_zero(value: float, digits: int, *, keeps_sign: bool) -> str:
    if abs(value) <= _ROUNDING:
        return "0"
    return f"{value:+.{digits}f}".replace("-", "−") if keeps_sign else signed(value, digits)


def columns(rows: Sequence[Sequence[str]], *, right: Container[int] = (), least: Sequence[int] = ()) -> Iterator[str]:
    r"""Yield the lines of a table: the cells of a column start below each other.

    right: numbers of the columns that end below each other instead. least: the smallest widths of the first columns.

    >>> print(*columns([["", "runs"], ["all", "7"]], right={1}), sep="\n")
         runs
    all     7
    """
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    widths = [max(width, smallest) for width, smallest in zip_longest(widths, least, fillvalue=0)]
    for row in rows:
        cells = (
            cell.rjust(width) if n in right else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=False))
        )
        yield "  ".join(cells).rstrip()


def full_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the header and the rows of a table without the columns that are empty in every row.

    >>> full_columns(["a", "b"], [["1", ""], ["2", ""]])
    [['a'], ['1'], ['2']]
    """
    full = [c for c in range(len(header)) if any(row[c] for row in rows)]
    return [[row[c] for c in full] for row in (header, *rows)]


def glued(text: str) -> str:
    """Put a no-break space where no line may end: after «, and before » and signs such as % and a French colon.

    >>> glued("« Who » pays 40 %").replace(NO_BREAK, "_")
    '«_Who_» pays 40_%'
    """
    return _NO_LINE_END.sub(NO_BREAK, text)


def shortened(text: str, letters: int) -> str:
    """Cut a text to at most this many letters, the last one an ellipsis if it was longer.

    >>> shortened("Internet governance", 12)
    'Internet go…'
    """
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"
