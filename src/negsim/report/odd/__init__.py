"""The ODD description of a scenario and the model, and the table of parameters, as Markdown for a paper.

- Seven sections in the order of the protocol (Grimm et al. 2020, doi 10.18564/jasss.4259), all eleven concepts.
- The sentences stand in `odd.md.j2`; numbers and tables come from the code. The text of a rule is its docstring, so
  that formula and source stand once, beside the code.
- The same scenario gives the same text; docs/odd.md and docs/parameters.md are such texts, and tests compare them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from negsim.negotiation.formats import Chair
from negsim.report.markdown import cell_text, fill, in_markdown
from negsim.report.odd import model
from negsim.report.odd import scenario as tables
from negsim.report.uncertain import choice, days_are_certain, sizes, subjects, timetable_is_drawn
from negsim.report.words import counted, listed
from negsim.scenario import Scenario
from negsim.scenario.lowering import floor_minutes


def odd(scenario: Scenario, name: str, changes: Sequence[str] = ()) -> str:
    """The ODD description of the model as this scenario uses it.

    name: what the scenario is called on the command line. changes: the `--set` changes that made it.
    """
    scenario = in_markdown(scenario)
    context, open_ = scenario.context, subjects(scenario)
    chair = Chair(*(getattr(scenario.process.chair, field) for field in Chair._fields))
    camps, groups = scenario.camps.values(), scenario.groups.values()
    return fill(
        "odd/odd.md.j2",
        title=scenario.title,
        description=" ".join(scenario.description.split()),
        command=" ".join(["negsim describe odd", name, *(f"--set '{change}'" for change in changes)]),
        size=sizes(scenario),
        minutes=_minutes(scenario),
        drawn=listed(open_) if open_ else "",
        timetable_is_drawn=timetable_is_drawn(scenario),
        groups=counted(len(groups), "group"),
        group_sizes=listed([f"{group.label} ({group.seats})" for group in groups]),
        camps=listed([camp.label for camp in camps]) if camps else "none",
        tension=choice(scenario, "context.tension") or cell_text(context.tension),
        linkage=_linkage(scenario),
        model=_model_tables(chair, scenario.parameters.model_dump()),
        scenario=tables.all_tables(scenario),
        rules=model.rules,
        about=model.about_module,
    )


def parameters() -> str:
    """The table of all behavioural parameters, with the literature that their bases name."""
    return fill("odd/parameters.md.j2", model={"parameters": model.parameter_table(), "references": model.references()})


def _model_tables(chair: Chair, parameters: Mapping[str, float]) -> dict[str, str]:
    """The tables of the model, by the names that the template has for them."""
    return {
        "patterns": model.pattern_table(),
        "state": model.state_tables(),
        "moves": model.move_table(),
        "formats": model.format_table(),
        "format_numbers": model.format_numbers(chair),
        "format_columns": model.format_columns(),
        "draws": model.draw_table(),
        "measures": model.measure_table(),
        "issue_measures": model.issue_measures(),
        "group_measures": model.group_measures(),
        "parameters": model.parameter_table(parameters),
        "references": model.references(),
    }


def _minutes(scenario: Scenario) -> str:
    """The floor time: in all, or of a day if the days are drawn."""
    meetings = scenario.process.meetings
    if days_are_certain(scenario):
        total = sum(floor_minutes(scenario, meeting) * meeting.days for meeting in meetings)
        return f", {total:g} minutes of floor time"
    of_a_day = {floor_minutes(scenario, meeting) for meeting in meetings}
    return f", {of_a_day.pop():g} minutes of floor time a day" if len(of_a_day) == 1 else ""


def _linkage(scenario: Scenario) -> dict[str, str] | None:
    linkage = scenario.context.linkage
    if linkage is None:
        return None
    spillover = "as tension has it" if linkage.spillover is None else cell_text(linkage.spillover)
    return {"theme": linkage.theme, "weight": cell_text(linkage.weight), "spillover": spillover}
