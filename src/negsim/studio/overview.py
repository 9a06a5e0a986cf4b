"""What is told of a class: to each page, to the desk, and to whoever debriefs it. Nothing here changes anything.

- A page gets what its seat may know: of a table that plays by itself the journal, of a shared one what `shared` says.
- The desk sees everybody and every table, and what is odd about its games, in sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from negsim.classroom.skill import Way
from negsim.replay import plain_of
from negsim.scenario.values import listed
from negsim.studio import limits
from negsim.studio.classes import TableClass
from negsim.studio.codes import spaced
from negsim.studio.phases import FINISHED, PHASE_WORDS, Phase
from negsim.studio.tables import HURRY, MIN_ANSWERS, Attempt, Member, Plain, Table


def page_answer(one: TableClass, person: Member, have: tuple[int, int, int, int], now: float) -> Plain:
    """Return what somebody's page has to know. have: how far the game goes that it knows, as `length` has it.

    A page that asks for too much at once has the journal with a later answer.
    """
    table, journal, dealt = one.table_of(person), None, None
    last = table.last if table is not None else None
    if table is not None:
        dealt = _dealt_to(one, table, person.seat)
        size = min(table.kept, limits.TABLE_BYTES[1])
        if last is not None and last.length() > have and one.given.allows(person.key, now, size):
            journal = last.journal()
    has_finished = table is not None and table.has_finished
    return {
        "phase": one.phase.value,
        "says": FINISHED if has_finished and one.phase is Phase.PLAY else PHASE_WORDS[one.phase].phone,
        "left": one.left(table, now),
        "guess": person.guess,
        "writes": table is not None and table.seat(person.seat).writes == person.number,
        "attempt": 0 if table is None else table.highest,
        "journal": journal,
        "verdict": last.verdict if last is not None else None,
        "asks": table is not None and table.asks,
        "again": last is not None and last.result is not None and last.is_void(),
        "finished": has_finished,
        "deal": dealt,
    }


def _dealt_to(one: TableClass, table: Table, name: str) -> Plain:
    """Return what the people in a seat were dealt. The draws of a shared table are a secret."""
    seat, names = table.seat(name), {person.number: person.name for person in one.at(table, name)}
    draws = {} if table.is_shared else {"seed": one.deal.seed, "replication": one.deal.replication}
    return {
        "table": table.name, "people": list(names.values()), "writer": names.get(seat.writes or 0, ""),
        "seat": seat.name, "levels": table.levels, "code": one.code, "shared": table.is_shared, **draws,
        "brief": one.drawn_for(table, seat.name),
    }  # fmt: skip


def table_news(one: TableClass, person: Member, have: int, replies: int, now: float) -> Plain:
    """Return what a page at a shared table does not know. have, replies: turns and sheets that it has."""
    (table, game), name = one.shared(person.table), person.seat
    is_open = one.answer_seconds > 0.0 and one.phase is Phase.PLAY and not game.is_over
    return game.news(name, have) | {
        "replies": [list(reply) for reply in game.replies[name][replies:]],
        "left": max(0.0, table.asked_at + one.answer_seconds - now) if is_open else None,
        "end": game.end(name) if game.is_over and one.phase is Phase.DEBRIEF else None,
    }


def overview(one: TableClass, now: float) -> Plain:
    """Return what the teacher sees: everybody, every table, and what is odd about it."""
    return {
        "title": one.case.title, "code": spaced(one.code), "phase": one.phase.value,
        "left": one.left(None, now), "says": PHASE_WORDS[one.phase].wall,
        "lets_in": one.lets_in, "deal": one.deal.model_dump(), "unkept": one.journal.failure,
        "losses": one.losses, "dealt": bool(one.tables), "answer_seconds": one.answer_seconds,
        "people": [
            {"number": each.number, "name": each.name, "table": each.table, "seat": each.seat, "guess": each.guess,
             "away": not one.is_here(each, now)}
            for each in one.people
        ],
        "tables": [_glance(one, table, now) for table in one.tables],
    }  # fmt: skip


def _glance(one: TableClass, table: Table, now: float) -> Plain:
    seats = [
        {"name": seat.name, "writes": seat.writes, "people": [each.number for each in one.at(table, seat.name)]}
        for seat in table.seats
    ]
    return table.look(now, is_open=one.phase is Phase.PLAY) | {
        "number": table.number, "name": table.name, "seats": seats, "shared": table.is_shared,
        "levels": table.levels, "asks": table.asks,
        "notes": list(table.model_notes() if table.is_shared else notes(one, table)),
    }  # fmt: skip


def notes(one: TableClass, table: Table) -> Iterator[str]:
    """Yield sentences on what is odd about a table's games."""
    if len(table.attempts) > 1:
        yield f"{len(table.attempts)} attempts; the first that was finished counts"
    if missing := sorted({*range(1, table.highest)} - {attempt.number for attempt in table.attempts}):
        yield f"Never reached the desk: {listed([f'attempt {number}' for number in missing], most=3)}"
    for attempt in table.attempts:
        name = f"Attempt {attempt.number}"
        if attempt.is_discarded:
            yield f"{name} is discarded"
        if attempt.is_given_up():
            yield f"{name} could not be checked: {attempt.trouble}"
        if attempt.verdict:
            yield f"{name} is refused: {attempt.verdict}"
        if attempt.is_quick():
            yield f"{name}: half of the answers came within {HURRY / 1000:.1f} seconds"
        if (same := _same(one, table, attempt)) is not None:
            yield f"{name}: the same answers as {same}"


def _same(one: TableClass, table: Table, attempt: Attempt) -> str | None:
    """Return whose earlier finished game has the same answers, None if nobody's."""
    if attempt.result is None or len(attempt.answers) < MIN_ANSWERS:
        return None
    alike = one.alike[attempt.mark]
    earlier = alike[: next(n for n, (_, each) in enumerate(alike) if each is attempt)]
    own = next((f"attempt {each.number}" for other, each in earlier if other is table), None)
    return own or next((other.name for other, _ in earlier), None)


class SeatDeal(NamedTuple):
    """What a seat of people was dealt: levels of knobs as changes, and the address of its draws of chance."""

    levels: tuple[str, ...]
    seat: str
    seed: int
    replication: int


def seat_deals(one: TableClass) -> Iterator[SeatDeal]:
    """Yield what the seats of people were dealt whose games have begun; those of a shared table are a secret."""
    for table in one.tables:
        levels = tuple(one.case.turned(table.levels))
        address = table.game.room.address if table.game is not None else (one.deal.seed, one.deal.replication)
        if table.game is not None or not table.is_shared:
            yield from (SeatDeal(levels, seat.name, *address) for seat in table.seats)


def end_journals(one: TableClass, luck: Mapping[SeatDeal, list[Way]] | None = None) -> list[Plain]:
    """Return a game of each table, as the end page has it: the one that counts, else the last, without a result.

    A table whose last game is refused has none, and so has one that never had people or a game. A shared table has
    one for each seat of people, with the rows of all.

    luck: what five ways to play come to beside what a seat was dealt, which stands beside its games.
    """
    games: list[Plain] = []
    for table in one.tables:
        if table.is_shared:
            told = {"attempts": 1, "notes": list(table.model_notes()), "shared": table.name}
            if one.case.drawn is not None and table.game is not None:  # the page has other draws
                told["case"] = table.game.end(table.seats[0].name)["case"]
            for name, journal in _shared_journals(one, table):
                games.append(journal | told | {"table": f"{table.name}, {name}", "people": _names(one, table, name)})
        elif (last := _end_journal(one, table)) is not None:
            told = {"attempts": len(table.attempts), "notes": list(notes(one, table))}
            games.append(last | told | {"table": table.name, "people": _names(one, table)})
    for game in games:
        deal = SeatDeal(tuple(game["levels"]), game["seat"], int(game["seed"]), game["replication"])
        game["luck"] = (luck or {}).get(deal, [])
    return games


def _names(one: TableClass, table: Table, seat: str | None = None) -> str:
    return ", ".join(person.name for person in one.at(table, seat))


def _end_journal(one: TableClass, table: Table) -> Plain | None:
    """Return the game of a table that plays by itself, as the end page has it."""
    last = table.last_kept
    if (counting := table.counting()) is not None:
        return counting.journal()
    if last is not None and not last.verdict:
        return last.journal() | {"result": None}
    if one.at(table) and not table.attempts:
        return Attempt(0, one.dealt_game(table) | {"attempt": 0}).journal()
    return None


def left_out(one: TableClass) -> list[str]:
    """Return a sentence for each table whose last game is refused, and that has no other."""
    games = [(table, table.last_kept) for table in one.tables if table.counting() is None]
    return [f"{table.name}: {last.verdict}" for table, last in games if last is not None and last.verdict]


def _shared_journals(one: TableClass, table: Table) -> Iterator[tuple[str, Plain]]:
    """Yield the game of a shared table once for each seat of people, with the rows of all seats."""
    game = table.game
    for seat in table.seats if game is not None else ():
        if game is not None and one.at(table, seat.name):
            end = game.end(seat.name)
            sheets = [
                [each.turn, each.milliseconds, each.act, int(each.adviser), None] for each in game.replies[seat.name]
            ]
            yield seat.name, one.dealt_game(table) | {
                "seed": int(end["seed"]), "replication": end["replication"], "seat": seat.name, "attempt": 1,
                "rows": end["rows"], "guess": None, "answers": sheets,
                "result": end["result"] if table.has_finished else None,
            }  # fmt: skip


def all_journals(one: TableClass) -> list[tuple[str, Plain, list[list[Any]] | None]]:
    """Return table and journal of every game that counts or may; of a shared one for each seat, with all rows."""
    games: list[tuple[str, Plain, list[list[Any]] | None]] = [
        (table.name, attempt.journal(), None)
        for table in one.tables
        for attempt in table.attempts
        if not attempt.is_discarded and not attempt.verdict
    ]
    for table in one.tables:
        for name, whole in _shared_journals(one, table):
            own = plain_of(table.game.rows_of[name]) if table.game is not None else []
            games.append((table.name, whole | {"rows": own, "negsim": "journal", "version": 2}, whole["rows"]))
    return games
