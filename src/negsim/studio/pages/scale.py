"""A slider that everybody can use: the browser's own, with its name and its number beside it.

Rules that hold here
- It is a native range input, because that has a name and a value for screen readers and takes every key.
- A hand is ahead of the server: where it moves the input is kept in the browser, and never written back to it.
"""

from __future__ import annotations

from collections.abc import Callable

from nicegui import events, ui

TO_NUMBER = "(event) => { element.props.value = event.target.value; emit(Number(event.target.value)); }"


class Scale(ui.element):
    """A number between two ends, chosen by hand."""

    def __init__(
        self,
        value: float,
        *,
        name: str,
        most: float = 1.0,
        step: float = 0.01,
        turned: Callable[[float], None] | None = None,
    ) -> None:
        super().__init__("input")
        self.chosen, self.turned = value, turned
        self.most = most
        self.number: ui.label | None = None
        self.props(f"type=range min=0 max={most:g} step={step:g} value={value:g}")
        self.props["aria-label"] = name
        self.classes("scale")
        self.on("input", self._on_input, js_handler=TO_NUMBER, throttle=0.08)

    def show(self, value: float) -> None:
        """Put it elsewhere, without calling anybody."""
        if value != self.chosen:
            self.chosen = value
            self.props(f"value={value:g}")

    def beside(self, number: ui.label) -> None:
        """The label that tells the number."""
        self.number = number

    def _on_input(self, event: events.GenericEventArguments) -> None:
        try:
            value = min(self.most, max(0.0, float(event.args)))
        except (TypeError, ValueError):
            return
        self.chosen = value
        with self.props.suspend_updates():
            self.props["value"] = value
        if self.number is not None:
            self.number.text = f"{value:.2f}"
        if self.turned is not None:
            self.turned(value)
