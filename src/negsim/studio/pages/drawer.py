"""The drawer of the lab: everything but the three knobs.

Rules that hold here
- A field changes one path of the scenario, as `--set` does; what is not listed can be written as such a change.
- What the drawer says is added to the three knobs as they stand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nicegui import ui

from negsim.errors import NegsimError
from negsim.studio.links import MOST_SEED, Setting, check_changes, known, number_of
from negsim.studio.pages.shell import button

WORDS = ("as written", "none", "low", "medium", "high")
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "process.chair.pressure": ("The chair's pressure", WORDS),
    "process.chair.responsiveness": ("The chair moves towards brackets", ("as written", "low", "medium", "high")),
    "process.chair.conservatism": ("The chair holds on to the status quo", ("as written", "low", "medium", "high")),
    "context.tension": ("Tension in the room", WORDS),
    "parameters.goodwill": ("Goodwill for any agreement", ("as written", "low", "medium", "high")),
    "parameters.hope": ("Hope of a renewed mandate", ("as written", "low", "medium", "high")),
    "process.record_dissent": ("Dissent may be recorded", ("as written", "true", "false")),
    "process.adoption": ("What is agreed", ("as written", "everything", "separable")),
    "process.decision_rule": (
        "Decision rule",
        ("as written", "no_formal_objection", "rough_consensus", "consensus_minus", "majority_per_group"),
    ),
}


class Drawer:
    """The fields; current: tells the setting that they change, take: is called with the setting they say."""

    def __init__(self, current: Callable[[], Setting], take: Callable[[Setting], None]) -> None:
        self.current, self.take = current, take
        self.fields: dict[str, ui.select] = {}

    def build(self) -> None:
        """The fields."""
        setting = self.current()
        said = dict(change.split("=", 1) for change in setting.changes if "=" in change)
        names = ({"": "own scenario"} if setting.text else {}) | {name: name for name in known()}
        self.name = ui.select(names, value="" if setting.text else setting.name, label="Scenario")
        self._dress(self.name, "Scenario")
        for path, (label, choices) in FIELDS.items():
            value = said.pop(path, "as written")
            options = list(choices) if value in choices else [*choices, value]
            self.fields[path] = ui.select(options, value=value, label=label)
            self._dress(self.fields[path], label)
        self.seed = ui.input("Seed", value=str(setting.seed))
        self._dress(self.seed, "Seed")
        self.more = ui.textarea("Other changes, one a line, as for --set",
                                value="\n".join(f"{path}={value}" for path, value in said.items()))  # fmt: skip
        self._dress(self.more, "Other changes, one a line")
        button("Take these", self._take)
        self.refusal = ui.label().classes("bad small").props('role="alert"').style("white-space: pre-line")

    @staticmethod
    def _dress(field: ui.select | ui.input | ui.textarea, label: str) -> None:
        field.props(f'outlined dense aria-label="{label}"').style("width: 100%; margin-bottom: 6px")

    def _take(self) -> None:
        try:
            setting = self._said()
            setting.scenario()
        except NegsimError as error:
            self.refusal.text = str(error)
            return
        self.refusal.text = ""
        self.take(setting)

    def _said(self) -> Setting:
        changes = [f"{path}={field.value}" for path, field in self.fields.items() if field.value != "as written"]
        changes += [line.strip() for line in str(self.more.value or "").splitlines() if line.strip()]
        check_changes(changes)
        seed = number_of(str(self.seed.value or ""), MOST_SEED)
        name, current = str(self.name.value), self.current()
        return replace(
            current, name=name or current.name, text="" if name else current.text, seed=seed,
            changes=tuple(changes),
        )  # fmt: skip
