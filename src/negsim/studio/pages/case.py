"""Code a real case: the questions of the codebook as a form, what is wrong with the answers, and the forecast of them.

- The file is that of the command line. A worker reads it, and makes the runs of the forecast under the studio's limits.
- A click on a problem leads to its question.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import Request
from nicegui import events, ui

from negsim.cases.codebook import FACTS, OPPOSITES, QUESTIONS, SIDES, WHEN_NOT_CODED
from negsim.cases.form import OUTCOME_CODES
from negsim.errors import NegsimError, Problem, ScenarioError
from negsim.report.words import capital, counted, percent
from negsim.scenario import text_of
from negsim.studio import links
from negsim.studio.coding import CASE_FILE, LISTS, UNKNOWN, CaseFields, CodedGroup, CodedSource, fields_of, forecast_of
from negsim.studio.limits import MOST_ANSWER, MOST_FORM_ROWS
from negsim.studio.links import Variant, variant_of
from negsim.studio.pages import shell
from negsim.studio.pages.draft import Draft, Faults

_FEWEST_GROUPS = 3  # fields for them in an empty form
_HEAD = {"title": "name of the process"}  # what the form calls keys of the file otherwise
_CONFIDENCE = {"": "not said", "high": "high", "medium": "medium", "low": "low"}
_WHOSE = ("outside_option", "refusals")  # codes that may be of some groups only
_NUMBERS_NOTE = "Leave it empty if no source says it."
_LIST_NOTE = "Numbers with commas between them; write unknown for one that you do not know. " + _NUMBERS_NOTE
_VALUE = "(event) => emit(event.target.value)"
_TO_QUESTION = "const at = document.getElementById({id}); at?.scrollIntoView(); at?.focus();"


class _CaseForm:
    """The page of one visitor, who codes a case."""

    def __init__(self, fields: CaseFields) -> None:
        self.fields = fields
        self.evidence: dict[str, tuple[ui.element, ui.select]] = {}  # by question: its fields, and its sources
        self.whose: dict[str, ui.select] = {}
        with ui.element("div").classes("columns coding"):
            with ui.element("div"):
                self._build_head()
                for name in FACTS:
                    self._build_fact(name)
                for name in QUESTIONS:
                    self._build_code(name)
                self._build_outcome()
            with ui.element("div").classes("beside-form"), shell.card():
                self._build_result()
        self._show_choices()

    def _touch(self) -> None:
        """Note that an answer has changed."""
        self._show_choices()
        self.draft.touch(self.fields.text)

    def _show_choices(self) -> None:
        """Offer the sources and groups that there are, and ask for a source where there is an answer."""
        sources, groups = list(self.fields.named_sources()), list(self.fields.named_groups())
        for name, (place, source) in self.evidence.items():
            place.set_visibility(name == "outcome" or self.fields.is_begun(name))
            _offer(source, sources)
        for name, chooser in self.whose.items():
            _offer(chooser, [*groups, *(OPPOSITES if name == "refusals" else ())])

    def _setter(self, holder: object, key: str, *, by_key: bool = False) -> Callable[[Any], None]:
        """Return what puts a field's value where the form keeps it."""

        def put(event: events.ValueChangeEventArguments[Any]) -> None:
            before = holder.get(key, "") if by_key else getattr(holder, key)  # type: ignore[attr-defined]
            value: list[str] | str = str(event.value or "")[: max(MOST_ANSWER, len(before))]
            if isinstance(event.sender, ui.select) and isinstance(event.value, list | tuple):
                value = list(event.value)
            if by_key:
                holder[key] = value  # type: ignore[index]
            else:
                setattr(holder, key, value)
            self._touch()

        return put

    def _input(self, label: str, holder: object, key: str) -> ui.input:
        """Make a field for a text of some part of the form."""
        by_key = isinstance(holder, dict)
        value = holder.get(key, "") if by_key else getattr(holder, key)  # type: ignore[attr-defined]
        field = ui.input(label, value=value, on_change=self._setter(holder, key, by_key=by_key))
        return shell.dressed(field).props(f"maxlength={MOST_ANSWER}").classes("grow")

    def _build_head(self) -> None:
        with _frame("process", "The process"):
            shell.heading("The process")
            with ui.element("div").classes("fields"):
                self._input("Its name", self.fields, "title")
                self._input("Years", self.fields, "years")
                self._input("Family: processes of one parent or people", self.fields, "family")
            shell.heading("Sources", 3)
            ui.label("Where it says so. The answers below name their sources by the short names.").classes("small soft")
            self.fields.sources = self.fields.sources or [CodedSource()]
            self._build_rows(self.fields.sources, CodedSource, self._build_source, "Add a source")

    def _build_rows(self, rows: list[Any], kind: type[Any], build: Callable[[Any, int], None], add: str) -> None:
        with ui.element("div") as place:
            for number, row in enumerate(rows, 1):
                build(row, number)

        def more() -> None:
            if len(self.fields.sources) + len(self.fields.groups) < MOST_FORM_ROWS:
                rows.append(kind())
                with place:
                    build(rows[-1], len(rows))

        shell.button(add, more, icon="add", look=shell.SMALL_BUTTON)

    def _build_source(self, row: CodedSource, number: int) -> None:
        with _row("source", number):
            for label, key in (("Short name", "name"), ("Author (year). Title", "text"), ("Link", "url")):
                self._input(label, row, key)

    def _build_group(self, row: CodedGroup, number: int) -> None:
        with _row("group", number):
            self._input("Group", row, "name")
            self._input("Seats, if known", row, "seats")
            sides = {UNKNOWN: UNKNOWN} | {side: side for side in SIDES}
            side = ui.select(sides, value=row.side, label="Side", on_change=self._setter(row, "side"))
            shell.dressed(side).classes("grow")

    def _question(self, name: str, title: str, asks: str) -> ui.element:
        """Frame a question; a problem leads to it."""
        card = _frame(name, title)
        with card:
            shell.heading(title)
            ui.label(asks)
        return card

    def _build_fact(self, name: str) -> None:
        with self._question(name, _title(name), FACTS[name].is_):
            if name == "issues":
                issues = ui.textarea("One on each line", value=self.fields.issues)
                issues.on_value_change(self._setter(self.fields, "issues"))
                shell.dressed(issues).props(f"maxlength={MOST_ANSWER}").style("width: 100%")
            elif name == "groups":
                self.fields.groups += [CodedGroup() for _ in range(_FEWEST_GROUPS - len(self.fields.groups))]
                self._build_rows(self.fields.groups, CodedGroup, self._build_group, "Add a group")
            elif name == "sides":
                ui.label("Choose them beside the groups.").classes("small soft")
            else:
                self._input(_LIST_NOTE if name in LISTS else _NUMBERS_NOTE, self.fields.facts, name)
            self._build_evidence(name)

    def _build_code(self, name: str) -> None:
        question = QUESTIONS[name]
        with self._question(name, _title(name), question.asks):
            if name == "methodology":
                words = {option.word: f"{_words(option.word)}: {option.when}" for option in question.options}
                methods = shell.Choices(words, value=self.fields.codes.get(name, []), label="In order of use")
                methods.on_value_change(self._setter(self.fields.codes, name, by_key=True))
                shell.dressed(methods).props("use-chips").style("width: 100%")
            else:
                self._build_options(name)
            if name in _WHOSE:
                whose = shell.Choices([], value=[], label="Whose; empty: of all that it may be")
                self.whose[name] = shell.dressed(whose).props("use-chips")
                _offer(whose, self.fields.whose.get(name, []))
                whose.value = self.fields.whose.get(name, [])
                whose.on_value_change(self._setter(self.fields.whose, name, by_key=True))
            self._build_evidence(name)

    def _build_options(self, name: str) -> None:
        """Build the options of a code, each with what it means, and that it is not known."""
        chosen = (self.fields.codes.get(name) or [UNKNOWN])[0]
        options = [(option.word, option.when) for option in QUESTIONS[name].options]
        options.append((UNKNOWN, "No source says it: it is drawn anew for every run."))

        def choose(event: events.GenericEventArguments) -> None:
            word = str(event.args)
            self.fields.codes[name] = [word] if word in QUESTIONS[name].words else []
            self._touch()

        with ui.element("div").classes("options").props(f'role="radiogroup" aria-label="{_title(name)}"') as group:
            for word, when in options:
                with ui.element("label"):
                    radio = ui.element("input").props(f'type="radio" name="{name}" value="{word}"')
                    if word == chosen:
                        radio.props("checked")
                    with ui.element("span"):
                        ui.label(_words(word)).style("display: inline; font-weight: 700")
                        ui.label(f" {when}").style("display: inline")
        group.on("change", choose, js_handler=_VALUE)

    def _build_evidence(self, name: str) -> None:
        """Build the fields for where it says so; they appear with the answer."""
        evidence = self.fields.evidence[name]
        with ui.element("div").classes("bar").style("margin-top: 8px") as place:
            source = self._build_sources(evidence, "source")
            self._input("What it says there", evidence, "quote")
            sure = ui.select(_CONFIDENCE, value=evidence.confidence, label="How sure are you?")
            sure.on_value_change(self._setter(evidence, "confidence"))
            shell.dressed(sure).style("min-width: 10rem")
        self.evidence[name] = place, source

    def _build_sources(self, holder: object, key: str) -> ui.select:
        chosen = getattr(holder, key)
        source = shell.Choices(list(chosen), value=list(chosen), label="Sources")
        source.on_value_change(self._setter(holder, key))
        return shell.dressed(source).props("use-chips").classes("grow")

    def _build_outcome(self) -> None:
        with self._question("outcome", "Outcome", "What happened, if it has ended. The codebook never sees it."):
            with shell.bar() as place:
                ends = {"": "not ended"} | {code: _words(code) for code in OUTCOME_CODES}
                end = ui.select(ends, value=self.fields.outcome, label="Outcome")
                end.on_value_change(self._setter(self.fields, "outcome"))
                shell.dressed(end).style("min-width: 10rem")
                self._input("What was agreed", self.fields, "depth")
                source = self._build_sources(self.fields.outcome_evidence, "source")
            self.evidence["outcome"] = place, source
            self._input("Notes", self.fields, "notes")

    def _build_result(self) -> None:
        self.draft = Draft("/case", self.fields.text(), faults=self._faults, check=self._check)
        with shell.bar().style("margin: 8px 0"):
            shell.download_button(
                "Download the file", CASE_FILE, lambda: self.draft.text.encode(errors="replace"), look=""
            )
            self.draft.ways = [
                shell.button(text, partial(self._go, to), look=shell.SMALL_BUTTON)
                for text, to in (("Watch it", "/room"), ("Try it", "/lab"), ("Read it", "/edit"))
            ]
        self.refusal = shell.Alert()
        ui.label(f"A file for negsim check, negsim run and negsim case validate. {WHEN_NOT_CODED}").classes(
            "small soft"
        )

    async def _check(self) -> None:
        """Show what is wrong with the answers, or the forecast of them."""
        if (forecast := await self.draft.reading(forecast_of, is_long=True)) is not None:
            rows = [(capital(ends), percent(pooled), percent(raw), pooled) for ends, pooled, raw in forecast.rows]
            every = [*FACTS, *QUESTIONS]
            known = sum(map(self.fields.is_known, every))
            forecast_html = shell.render("forecast", rows=rows, runs=forecast.runs, known=known, count=len(every))
            self.draft.accept("Forecast", Variant(text=self.draft.text), forecast_html)

    def _faults(self, error: ScenarioError) -> Faults:
        if self.draft.text == CaseFields().text():
            return "Begin with the name of the process, and with a source that says something about it.", ()
        lines = (
            (_words_of(problem), _TO_QUESTION.format(id=repr(f"ask-{_question_of(problem)}")))
            for problem in error.problems
        )
        return f"{capital(counted(error.count, 'answer'))} to look at", lines

    def _go(self, target: str) -> None:
        with self.refusal.refusals():
            self.draft.go(target, Variant(text=self.draft.text))


def _frame(name: str, title: str) -> ui.element:
    """Frame a part of the form, to which a problem leads."""
    return shell.card().props(f'id="ask-{name}" tabindex="-1" role="group" aria-label="{title}"')


def _offer(chooser: ui.select, options: list[str]) -> None:
    """Let a field choose among these options; what is chosen already stays one."""
    every = list(dict.fromkeys([*options, *(chooser.value or [])]))
    if every != chooser.options:
        chooser.set_options(every)


def _row(what: str, number: int) -> ui.element:
    """Put the fields of one of several things in a row."""
    return shell.bar().style("margin-bottom: 8px").props(f'role="group" aria-label="{what} {number}"')


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
    field = _HEAD.get(problem.path, problem.path or "the file") if name == "process" else name
    return f"{_title(field)}: {problem.message}"


def _fields_in(link: str) -> CaseFields:
    """Return the fields of the case in a link. Raises NegsimError."""
    variant = variant_of(link)
    return fields_of(links.one_newline(variant.text or text_of(variant.name)))


async def show_case(request: Request) -> None:
    """Show the form with the case in the link, or an empty one."""
    fields = CaseFields()
    try:
        if request.url.query:
            fields = await shell.in_worker(_fields_in, request.url.query, is_long=True, keep=False)
    except NegsimError as error:
        shell.refusal_page(error, "/case", again="Begin with an empty form")
        return
    with shell.page("Code a case", "/case"):
        shell.heading("Code a real case", 1)
        ui.label(
            "Write down facts and one-word codes, each with its source; the codebook makes the scenario. You choose no"
            " numbers, and what no source says stays unknown. Nothing is stored here: download the file."
        ).classes("lead")
        _CaseForm(fields)
