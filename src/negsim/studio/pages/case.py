"""The form of a coded case: the questions of the codebook, what is wrong with the answers, and the forecast of them.

- The form is one template, made from the codebook. What it posts becomes the file of the command line (`cases.fields`).
- A worker reads it, and makes the runs of the forecast under the studio's limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from negsim.cases import loads_case
from negsim.cases.codebook import FACTS, QUESTIONS, SIDES, WHEN_NOT_CODED
from negsim.cases.fields import LISTS, ROWS, UNKNOWN, Fields, fields_of, is_known, one, rows, written
from negsim.cases.form import OUTCOME_CODES
from negsim.errors import NegsimError, Problem, ScenarioError
from negsim.report.summary import forecast_rows
from negsim.report.words import capital, counted, percent
from negsim.scenario import loads, text_of
from negsim.studio import limits
from negsim.studio.checks import link_of
from negsim.studio.limits import MOST_ANSWER, RefusedError, check_size, most_replications
from negsim.studio.links import Variant, one_newline, variant_of
from negsim.studio.pages.answers import and_more, body_of, html, send_json, send_page, work_for
from negsim.studio.work import WORKS, BusyError, Visit
from negsim.study.runner import run

_CASE_FILE = "mycase.yaml"  # the name of a case when downloaded
_NEW = {"group": dict.fromkeys(ROWS["group"], "") | {"side": UNKNOWN}, "source": dict.fromkeys(ROWS["source"], "")}
_FEWEST_GROUPS, _FEWEST_METHODS = 3, 3  # fields for them in an empty form
_MOST_FIELDS = 2_000  # of a form
_TITLE_WORDS = {"title": "name of the process"}  # what the form calls keys of the file otherwise
_CONFIDENCES = (("", "not said"), ("high", "high"), ("medium", "medium"), ("low", "low"))
_WHOSE = ("outside_option", "refusals")  # codes that may be of some groups only
_NUMBERS_NOTE = "Leave it empty if no source says it."
_LIST_NOTE = f"Numbers with commas between them; write unknown for one that you do not know. {_NUMBERS_NOTE}"
_NOT_SAID = "No source says it: it is drawn anew for every run."


async def prepare(visit: Visit, link: str) -> str:
    """Let a worker write the page of the case in a link, or of an empty one."""
    return await WORKS.do(visit, _page, link, is_long=bool(link))


def show(request: Request, page: str) -> Response:  # noqa: ARG001 - a route
    """Answer with the page."""
    return send_page(page)


def _page(link: str) -> str:
    """Write the page of a link. Raises NegsimError."""
    fields: Fields = {}
    if link:
        variant = variant_of(link)
        fields = _bounded(fields_of(one_newline(variant.text or text_of(variant.name)), _CASE_FILE))
    groups = rows(fields, "group")
    return html(
        "Code a case",
        "/case",
        script="case",
        one=partial(one, fields),
        sources=rows(fields, "source") or [_NEW["source"]],
        groups=groups + [_NEW["group"]] * (_FEWEST_GROUPS - len(groups)),
        issues=rows(fields, "issue"),
        facts=[(name, _title(name), FACTS[name].is_) for name in FACTS],
        notes={name: _LIST_NOTE if name in LISTS else _NUMBERS_NOTE for name in FACTS},
        questions=[_question(name, fields) for name in QUESTIONS],
        empty=_NEW,
        sides=[(UNKNOWN, UNKNOWN), *((side, side) for side in SIDES)],
        confidences=_CONFIDENCES,
        outcomes=[("", "not ended"), *((code, _words(code)) for code in OUTCOME_CODES)],
        most=MOST_ANSWER,
        when_not_coded=WHEN_NOT_CODED,
    )


def _bounded(fields: Fields) -> Fields:
    """Return the fields of a form. Raises `RefusedError` for more letters or rows than it takes."""
    if sum(len(value) for values in fields.values() for value in values) > limits.MOST_FORM_TEXT:
        raise RefusedError(f"the form takes {limits.MOST_FORM_TEXT:,} letters; edit this case as a file")
    if len(fields.get("source.name", ())) + len(fields.get("group.name", ())) > limits.MOST_FORM_ROWS:
        raise RefusedError(f"the form takes {limits.MOST_FORM_ROWS} sources and groups; edit this case as a file")
    return fields


def _question(name: str, fields: Fields) -> Mapping[str, Any]:
    """Return a question of the codebook as the form has it."""
    question, is_list, chosen = QUESTIONS[name], name == "methodology", fields.get(f"code.{name}", ())
    options = [(option.word, _words(option.word), option.when) for option in question.options]
    if is_list:
        chosen = [*chosen, *[""] * max(1, _FEWEST_METHODS - len(chosen))]
    else:
        options.append((UNKNOWN, UNKNOWN, _NOT_SAID))
    return {
        "name": name,
        "title": _title(name),
        "asks": question.asks,
        "is_list": is_list,
        "chosen": chosen or [UNKNOWN],
        "options": options,
        "choices": [("", "–"), *((word, label) for word, label, _ in options)],
        "has_whose": name in _WHOSE,
    }


async def check(request: Request) -> Response:
    """Say what is wrong with the answers of a form, or the forecast of them."""
    text = ""
    try:
        form = _form(await body_of(request, limits.MOST_BODY))
        text, known = await work_for(request, _file_of, form, is_long=False)
        forecast = await work_for(request, forecast_of, text, is_long=True)
    except ScenarioError as error:
        return send_json({"text": text, **_faults(error, text)})
    except NegsimError as error:
        status = 429 if isinstance(error, BusyError) else 200
        return send_json({"text": text, "heading": error.sentence(), "problems": []}, status)
    shares = [
        {"ends": capital(ends), "pooled": percent(pooled), "raw": percent(raw), "share": pooled}
        for ends, pooled, raw in forecast.rows
    ]
    link, note = link_of(Variant(text=text))
    count = len(FACTS) + len(QUESTIONS)
    return send_json({
        "heading": "No problems.", "problems": [], "is_good": True, "text": text, "link": link, "note": note,
        "forecast": {"rows": shares, "runs": forecast.runs, "known": known, "count": count},
    })  # fmt: skip


def _form(body: bytes) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the fields of a posted form. Raises `RefusedError`."""
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except (UnicodeDecodeError, ValueError):
        raise RefusedError("this form is malformed, or has too many fields") from None
    return tuple((name, tuple(values)) for name, values in fields.items())


def _file_of(form: Sequence[tuple[str, Sequence[str]]]) -> tuple[str, int]:
    """Return the file that a form makes, and how many questions it answers. Raises `RefusedError`."""
    fields = _bounded(dict(form))
    return written(fields), sum(is_known(fields, name) for name in (*FACTS, *QUESTIONS))


class _CaseForecast(NamedTuple):
    """The forecast of a case: for each kind of end its label, the share pooled with the base rate, and the raw one."""

    rows: list[tuple[str, float, float]]
    runs: int


def forecast_of(text: str) -> _CaseForecast:
    """Run the scenario of a case file. Raises `ScenarioError`, or `RefusedError` if it is too large for the studio."""
    case = loads_case(text, _CASE_FILE)
    scenario = check_size(loads(text, _CASE_FILE))
    runs = run(scenario, replications=most_replications(scenario, limits.MOST_FORECAST), seed=0, threads=1)
    return _CaseForecast(forecast_rows(case, runs), len(runs.column("outcome")))


def _faults(error: ScenarioError, text: str) -> dict[str, object]:
    """Put the problems of a case into words, each with its question."""
    if text == written({}):
        begin = "Begin with the name of the process, and with a source that says something about it."
        return {"heading": begin, "problems": []}
    return {
        "heading": f"{capital(counted(error.count, 'answer'))} to look at",
        "problems": [
            {"words": _words_of(problem), "at": _question_of(problem)}
            for problem in error.problems[: limits.MOST_PROBLEMS_ON_PAGE]
        ],
        "more": and_more(error.count),
    }


def _title(name: str) -> str:
    return capital(_words(name))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _question_of(problem: Problem) -> str:
    """Return the question that a problem is about, "process" for another part of the file."""
    part, _, rest = problem.path.partition(".")
    name = rest.partition(".")[0]
    if part in {"facts", "codes"} and name in {*FACTS, *QUESTIONS}:
        return name
    return "outcome" if part == "outcome" else "process"


def _words_of(problem: Problem) -> str:
    """Say what is wrong, and in which field."""
    name = _question_of(problem)
    field = _TITLE_WORDS.get(problem.path, problem.path or "the file") if name == "process" else name
    return f"{_title(field)}: {problem.message}"
