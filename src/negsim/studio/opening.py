"""The beginning of a class, and the opening again of one whose studio ended: its journal makes it what it was."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from negsim.errors import NegsimError, literal
from negsim.scenario import Scenario
from negsim.studio.classes import ClassKeys, TableClass
from negsim.studio.codes import new_code, new_secret
from negsim.studio.journal import Entry, Journals, read_entries, resumed
from negsim.studio.tables import ClassCase, Deal, check_deal

_FORM = 3  # of the entries of a journal
_SECRET_BITS = 53  # of the seed of shared tables, which pages hold as a number once it is no secret
_DAMAGED = "The journal of this class was damaged. What came after is lost; the pages send what they still have."
_STOPPED = "This class could not be kept any more. What came later is lost; the pages send what they still have."


def new_class(  # noqa: PLR0913 - what a class begins with
    case: ClassCase,
    deal: Deal,
    word: str,
    journals: Journals | None,
    *,
    keys: ClassKeys | None = None,
    scenario: Scenario | None = None,
) -> TableClass:
    """Begin a class.

    word: the teacher's. journals: where it is kept, None for nowhere. keys: of the class before. scenario: of shared
    tables.
    """
    check_deal(deal, case)
    first: Entry = {
        "what": "class", "form": _FORM, "code": new_code(), "word": word, "shuffle": secrets.randbits(32),
        "secret": secrets.randbits(_SECRET_BITS), "case": case.model_dump(), "deal": deal.model_dump(),
    }  # fmt: skip
    one = TableClass(first, scenario)
    if journals is not None:
        one.journal = journals.new(one.code)
    one.journal.note(**first)
    one.take_keys(keys or ClassKeys(new_secret(), new_secret()))
    return one


def open_class(
    case: ClassCase, deal: Deal, word: str, journals: Journals, *, scenario: Scenario | None = None
) -> TableClass:
    """Go on with the class that a folder keeps, or begin one.

    Raises NegsimError if the folder keeps a class on another scenario, or under other rules.
    """
    for code, file in journals.files():
        contents = read_entries(file)
        first = contents.entries[0] if contents.entries else {}
        if first.get("code") == code and first.get("form") != _FORM:
            raise NegsimError(
                f"{file}: this class began under another version of negsim; go on with that, or move the file"
            )
        if first.get("code") != code:
            raise NegsimError(f"{file}: the beginning of this journal of a class is damaged; move it elsewhere")
        one = TableClass(first, scenario)
        if one.case != case:
            raise NegsimError(
                f"{file}: this folder keeps a class on {literal(one.case.name)} as it was when the class began; go on"
                " with that, or name another folder with --rooms"
            )
        count = _play_again(one, contents.entries)
        is_damaged = contents.is_damaged or count < len(contents.entries)
        loss = _DAMAGED if is_damaged else _STOPPED if contents.is_stopped else ""
        one.go_on_in(resumed(file, contents, count), loss)
        if not one.keys.desk:  # the studio ended before they were written down
            one.take_keys(ClassKeys(new_secret(), new_secret()))
        return one
    return new_class(case, deal, word, journals, scenario=scenario)


def _play_again(one: TableClass, entries: Sequence[Entry]) -> int:
    """Let the entries of a class's journal take effect; return the number of those that did, the first included."""
    for count, entry in enumerate(entries[1:], 1):
        try:
            one.do_again(entry)
        except (NegsimError, KeyError, IndexError, TypeError, ValueError):
            return count
    return len(entries)
