"""The form of a coded case: the questions of the codebook, what is wrong with the answers, and the forecast of them.

- The form is one template, made from the codebook. What it posts becomes the file of the command line (`cases.fields`).
- A worker reads it, and makes the runs of the forecast under the studio's limits.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
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
from negsim.studio.limits import MOST_ANSWER, RefusedError, check_size
from negsim.studio.links import Variant, one_newline, variant_of
from negsim.studio.pages.answers import body_of, html, send_faults, send_json, work_for
from negsim.studio.work import WORKS, Visit
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
_BEGIN = "Begin with the name of the process, and with a source that says something about it."
_NOT_SAID = "No source says it: it is drawn anew for every run."


async def prepare(visit: Visit, link: str) -> bytes:
    """Let a worker write the page of the case in a link, or of an empty one."""
    return await WORKS.do(visit, _page, link)


def _page(link: str) -> bytes:
    """Write the page of a link, packed. Raises NegsimError."""
    fields: Fields = {}
    if link:
        variant = variant_of(link)
        fields = _bounded(fields_of(one_newline(variant.text or text_of(variant.name)), _CASE_FILE))
    groups = rows(fields, "group")
    text = html(
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
    return gzip.compress(text.encode(), mtime=0)


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
        text, known = await work_for(request, _file_of, form)
        forecast = await work_for(request, forecast_of, text)
    except NegsimError as error:
        if isinstance(error, ScenarioError) and text == written({}):
            return send_json({"text": text, "heading": _BEGIN, "problems": []})
        return send_faults(error, lambda n: f"{capital(counted(n, 'answer'))} to look at", _fault, text=text)
    shares = [
        {"ends": capital(ends), "pooled": percent(pooled), "raw": percent(raw), "share": pooled}
        for ends, pooled, raw in forecast
    ]
    link, note = link_of(Variant(text=text))
    count = len(FACTS) + len(QUESTIONS)
    return send_json({
        "heading": "No problems.", "problems": [], "is_good": True, "text": text, "link": link, "note": note,
        "forecast": {"rows": shares, "runs": limits.FORECAST_RUNS, "known": known, "count": count},
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


def forecast_of(text: str) -> list[tuple[str, float, float]]:
    """Run the scenario of a case file, and return for each kind of end its label, the share pooled and the raw one.

    Raises `ScenarioError`, or `RefusedError` if it is too large for the studio.
    """
    case, scenario = loads_case(text, _CASE_FILE), check_size(loads(text, _CASE_FILE))
    return forecast_rows(case, run(scenario, replications=limits.FORECAST_RUNS, seed=0, threads=1))


def _title(name: str) -> str:
    return capital(_words(name))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _fault(problem: Problem) -> dict[str, object]:
    """Put a problem into words: in which field, and what; and say which question leads there."""
    part, _, rest = problem.path.partition(".")
    name = rest.partition(".")[0]
    if part in {"facts", "codes"} and name in {*FACTS, *QUESTIONS}:
        return {"words": f"{_title(name)}: {problem.message}", "at": name}
    if part == "outcome":
        return {"words": f"Outcome: {problem.message}", "at": "outcome"}
    field = _TITLE_WORDS.get(problem.path, problem.path or "the file")
    return {"words": f"{_title(field)}: {problem.message}", "at": "process"}
