"""What the teacher's desk is told at the end, as HTML.

Rules that hold here
- Every text is escaped by `svg.tag` and its kin.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from negsim.report.minutes.reasons import reasons
from negsim.report.words import OUTCOMES
from negsim.studio.debrief import by_the_model, result
from negsim.studio.game import Game
from negsim.studio.pages.told import paragraph
from negsim.studio.svg import tag


def ended(game: Game, players: Mapping[int, str]) -> str:
    """How it ended, why, and what it is worth to those who played. players: their names by seat."""
    model = by_the_model(game.setting).room.run.outcome
    why, *_ = reasons(game.scenario, game.recording.trace())
    return "".join(
        (
            tag("h2", escape(f"Outcome: {OUTCOMES[game.room.run.outcome]}")),
            paragraph(why),
            paragraph(f"The model in all chairs ended with: {OUTCOMES[model]}."),
            _results(game, players) if players else "",
        )
    )


def _results(game: Game, players: Mapping[int, str]) -> str:
    heads = ("Who", "played", "result, of 100", "the model's")
    rows = [_row(game, seat, name) for seat, name in sorted(players.items())]
    return tag("table", tag("tr", *(tag("th", escape(head)) for head in heads)), *rows, class_="plain")


def _row(game: Game, seat: int, name: str) -> str:
    mine, model = result(game.recording, seat).value, result(by_the_model(game.setting), seat).value
    cells = (name, game.room.names[seat], f"{mine:.1f}", f"{model:.1f}")
    return tag("tr", *(tag("td", escape(cell)) for cell in cells))
