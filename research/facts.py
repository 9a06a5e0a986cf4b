"""Start case files from a facts file: fill in what is mechanical, and leave the rest to the coder.

A facts file is a dossier of cases as other projects keep them, a YAML list of `cases` with `id`, `name`, `family`,
`years`, `start`, `end`, `outcome`, `depth`, `n_meetings`, `total_days`, `meeting_days`, `participants` (`gov`, `biz`,
`tech`, `civ`, `other`, `total`, `note`), `issues` (labels, or names and labels), `political_tension`, `trust_at_start`
and `informal_contact` (`level`, `reason`), `decision_rule`, `methodology`, `mandate_deadline`, `provenance`, `memory`,
`sources`. A process by calls has `n_calls` and `call_hours` in place of `n_meetings`. Every field is optional.

Every text made here is read back before it is returned: it loads and runs at once, and whatever is `unknown` is drawn.

- What is mechanical is filled in: seats, meetings, days, levels that the file gives, issues, sources, outcome. What
  needs judgement stays `unknown`, with the file's own sentence as its quote.
- What rests on memory is not data: the fields that `memory` lists, `estimates_from_memory`, those whose `provenance` is
  M or speaks of memory, a level whose reason has "(M)".
- A missing, empty or null field is unknown, without a message. A value of the wrong kind, or one that contradicts
  another, is left unknown and reported with its place; of two ways to say one thing, the finer one counts.
- Days may be halves, and one of `meeting_days` may be null.
- A key that is misspelt, an entry that is not a case and an `id` that occurs twice are reported too.
- Calls are counted by the codebook: six hours make a day, and the calls of a month a meeting.
- Only a file that is no facts file at all is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path as FilePath
from typing import NamedTuple

from negsim.cases.codebook import FACTS, HOURS_OF_A_DAY, MOST_IN_ONE_ROOM, QUESTIONS
from negsim.cases.form import MOST_SPAN, OUTCOME_CODES
from negsim.cases.library import loads_case
from negsim.cases.start import case_text
from negsim.errors import Mark, NegsimError, Problem, ScenarioError, did_you_mean, encodable, literal, nearest
from negsim.scenario.library import refuse_other, text_in
from negsim.scenario.schema import MOST_DAYS, MOST_DAYS_IN_ALL, MOST_GROUPS, MOST_ISSUES, MOST_MEETINGS, MOST_SEATS
from negsim.scenario.validate import problem_at
from negsim.scenario.values import is_number, key_of, one_line
from negsim.scenario.yaml import Document, FileKind, Path, Plain, as_list, dotted, parse

FACTS_FILE = FileKind("facts file", "cases:")
DOSSIER = "facts"  # the facts file itself, as a source
DAYS_OF_A_MONTH = 30.44
MOST_CALLS = 9999
_PROVENANCE = {"S": "high", "D": "medium"}
_NOT_SAID = {"", "unknown", "null", "n/a"}


def from_facts(file: FilePath, case_id: str | None, say: Callable[[str], None]) -> dict[str, str]:
    """Start case files of one or all cases of a facts file, by id. say: receives what had to be left unknown.

    Raises `ScenarioError` if the file is not a facts file or has no such case.
    """
    document = parse(text_in(file, str(file), FACTS_FILE), str(file), FACTS_FILE)
    texts: dict[str, str] = {}
    for problem in oddities(document):
        say(str(problem))
    for name in cases_in(document) if case_id is None else [case_id]:
        case = started(document, name)
        for problem in case.left:
            say(str(problem))
        texts[case.id] = text = case_text(case.data)
        loads_case(text)
    return texts


def files_for(texts: dict[str, str], out: str) -> list[FilePath]:
    """Return the paths of case files: `out` for a single one; for several, or a folder `out`, files in it by id."""
    place = FilePath(out)
    if len(texts) == 1 and not place.is_dir() and not out.endswith("/"):
        return [place]
    if place.exists() and not place.is_dir():
        raise NegsimError(f"{out}: is not a folder")
    return [place / f"{name}.yaml" for name in texts]


class Fields:
    """One case of a facts file. left: what had to be left unknown so far."""

    def __init__(self, document: Document, path: Path, case: dict[str, Plain]) -> None:
        self.document, self.path, self.case = document, path, case
        self.left: list[Problem] = []

    def odd(self, *steps: str | int, message: str) -> None:
        """Record what is left unknown."""
        path = (*self.path, *steps)
        self.left.append(problem_at(self.document, path, message)._replace(path=dotted(path)))

    def at(self, *steps: str) -> Plain:
        """Return the value there, None if there is none."""
        value: Plain = self.case
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def text(self, *steps: str) -> str:
        """Return a text, "" if there is none; texts of a list one after the other."""
        items = as_list(self.at(*steps))
        texts = [one_line(str(item)) for item in items if item is not None and not isinstance(item, dict | list)]
        return "; ".join(text for text in texts if text)

    def whole(self, *steps: str, most: int, least: int = 1) -> int | None:
        """Return a whole number within limits."""
        value = self.at(*steps)
        number = number_in(value)
        if _is_unknown(number):
            return None
        if is_number(number) and number == int(number) and least <= number <= most:
            return int(number)
        self.odd(*steps, message=f"{literal(value)} is not a whole number from {least} to {most}; left unknown")
        return None

    def days(self, field: str, most: int) -> float | None:
        """Return whole or half days within limits."""
        value = self.at(field)
        if _is_unknown(value):
            return None
        if (days := days_in(value, most)) is None:
            wanted = f"is not a number of whole or half days up to {most}"
            self.odd(field, message=f"{literal(value)} {wanted}; left unknown")
        return days

    def remembered(self, field: str) -> bool:
        """Return whether only memory supports a field: its provenance says so, or `memory` names it."""
        provenance = self.text("provenance", field).lower()
        named = [str(name).strip() for name in as_list(self.at("memory"))]
        if not (re.match(r"m\b", provenance) or "memory" in provenance or field in named):
            return False
        value = self.at(field)
        if value is not None and not (isinstance(value, dict) and _is_unknown(value.get("level", value))):
            self.odd(field, message="comes from memory only; left unknown")
        return True

    def entry(self, value: Plain, field: str, quote: str = "") -> dict[str, Plain]:
        """Return a fact with the facts file as its source."""
        confidence = _PROVENANCE.get(self.text("provenance", field)[:1].upper(), "medium")
        fact = {"value": value, "source": DOSSIER, "confidence": confidence}
        return fact | ({"quote": quote} if quote else {})

    def day(self, field: str) -> date | None:
        """Return a date; the middle of a month if only the month is known."""
        text = self.text(field)
        match = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?", text)
        if not match and (not text or text.lower() == "unknown" or re.fullmatch("[0-9]{4}", text)):
            return None  # a year alone gives no days
        try:
            if match:
                return date(int(match[1]), int(match[2]), int(match[3] or 15))
        except ValueError:
            pass  # no such day
        self.odd(field, message=f"{literal(text)} is not a date, such as 2011-02-25; left unknown")
        return None


def number_in(value: Plain) -> Plain:
    """Return the number that a text holds and nothing else; any other value unchanged.

    >>> number_in(" 5 "), number_in("five")
    (5, 'five')
    """
    return int(value) if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,6}\s*", value) else value


def days_in(value: Plain, most: int) -> int | float | None:
    """Return the whole or half days that a value gives, None if it gives none.

    >>> days_in("2", 60), days_in(2.5, 60), days_in(2.3, 60)
    (2, 2.5, None)
    """
    number = number_in(value)
    if not is_number(number) or number * 2 != int(number * 2) or not 0.5 <= number <= most:
        return None
    return int(number) if number == int(number) else float(number)


def _is_unknown(value: Plain) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in _NOT_SAID)


GROUPS = {
    "gov": "government",
    "biz": "business",
    "tech": "technical_community",
    "civ": "civil_society",
    "other": "other",
}


def facts_in(of: Fields) -> dict[str, Plain]:
    """Collect every fact that can be read off."""
    readers = {
        "issues": _issues, "groups": _groups, "seats": _seats, "days": _days, "total_days": _total_days, "span": _span
    }  # fmt: skip
    entries = {name: entry for name, read in readers.items() if (entry := read(of))}
    facts: dict[str, Plain] = dict.fromkeys(FACTS, "unknown") | entries | _meetings(of, entries.get("span"))
    for drop in (_drop_mass_meeting, _drop_doubtful_seats, _drop_doubtful_days, _drop_doubtful_span):
        drop(of, facts)
    return facts


def _drop_doubtful_seats(of: Fields, facts: dict[str, Plain]) -> None:
    """Drop a total that the groups already give, or that is too small for them."""
    groups, total = _known(facts, "groups") or {}, _known(facts, "seats")
    if total is None or not groups:
        return
    known = [seats for seats in groups.values() if seats != "unknown"]
    least = sum(known) + len(groups) - len(known)
    if sum(known) <= total < least:
        seated = f"{len(groups)} groups with {sum(known)} known seats"
        of.odd("participants", "total", message=f"{total} in all are too few for {seated}; left unknown")
    if total < least or len(known) == len(groups):
        facts["seats"] = "unknown"


def _drop_doubtful_days(of: Fields, facts: dict[str, Plain]) -> None:
    """Drop days that do not fit the meetings, and a total that the days already give."""
    count, days, total = (_known(facts, name) for name in ("meetings", "days", "total_days"))
    each = _days_of_each(days, count)
    most = sum(math.ceil(day or 1) for day in each)
    misfit = f"has {len(each)} for {count} meetings" if count and each and len(each) != count else ""
    if not misfit and most > MOST_DAYS_IN_ALL:
        misfit = f"{most} days in all; at most {MOST_DAYS_IN_ALL}"
    if misfit:
        of.odd("meeting_days", message=f"{misfit}; left unknown")
        facts["days"], days, each = "unknown", None, []
    count = count or (len(days) if isinstance(days, list) else None)
    if total and count and not count <= total <= count * MOST_DAYS:
        right = "at least a day" if total < count else f"at most {MOST_DAYS} days"
        of.odd("total_days", message=f"{_counted(total)} do not fit {count} meetings of {right}; left unknown")
        facts["total_days"], total = "unknown", None
    least, is_sum = sum(day or 1 for day in each), bool(each) and None not in each
    if total and is_sum and total != least:
        of.odd("total_days", message=f"{total} in all, and {least} in `meeting_days`, which are kept; left unknown")
    elif total and total < least:
        of.odd("total_days", message=f"{total} in all are too few for `meeting_days`, which are kept; left unknown")
    if is_sum or (total and total < least):
        facts["total_days"] = "unknown"


def _days_of_each(days: Plain, count: int | None) -> list[Plain]:
    """Return the days of every meeting, None for an unknown one; empty if all or their number are unknown."""
    if isinstance(days, list):
        return [None if day == "unknown" else day for day in days]
    return [days] * count if days and count else []


def _drop_doubtful_span(of: Fields, facts: dict[str, Plain]) -> None:
    """Drop days from first to last that are too few for the days of the meetings."""
    count, days, total, span = (_known(facts, name) for name in ("meetings", "days", "total_days", "span"))
    each = _days_of_each(days, count)
    in_all = sum(each) if each and None not in each else total
    exact = all(of.text(field).count("-") == 2 for field in ("start", "end"))
    if in_all and exact and span is not None and span + 1 < in_all:
        of.odd("end", message=f"{_counted(span + 1)} from first to last do not hold {in_all} of meetings; left unknown")
        facts["span"] = "unknown"


def _counted(days: float) -> str:
    return f"{days} day{'s' * (days != 1)}"


def _drop_mass_meeting(of: Fields, facts: dict[str, Plain]) -> None:
    """Leave the seats of more than fit in one room unknown: the coder looks for the drafting body."""
    groups = (_known(facts, "groups") or {}).values()
    in_all = _known(facts, "seats") or sum(seats for seats in groups if seats != "unknown")
    if in_all <= MOST_IN_ONE_ROOM:
        return
    of.odd("participants", message=f"{in_all} are a mass meeting; code its drafting body; seats left unknown")
    facts["seats"] = "unknown"
    if groups:
        facts["groups"]["value"] = dict.fromkeys(facts["groups"]["value"], "unknown")


def _known(facts: dict[str, Plain], name: str) -> Plain:
    """Return the value of a fact, None if it is not known."""
    return facts[name]["value"] if isinstance(facts[name], dict) else None


def _issues(of: Fields) -> dict[str, Plain] | None:
    """Return names and labels in the file's order, from a list of labels or a mapping from names to labels."""
    listed = of.at("issues")
    if isinstance(listed, dict):
        items = [(str(name), label) for name, label in listed.items()]
    else:
        items = [("", label) for label in as_list(listed)]
    usable = [(name, one_line(str(label))) for name, label in items if isinstance(label, str | int | float)]
    usable = [(name, label) for name, label in usable if label][:MOST_ISSUES]
    if len(usable) < len(items):
        left = "the rest is left out" if usable else "left unknown"
        of.odd("issues", message=f"is not a list of up to {MOST_ISSUES} texts; {left}")
    named: dict[str, str] = {}
    for k, (key, label) in enumerate(usable, 1):
        name = key_of(key or label, f"issue_{k}")
        named[f"{name[:50]}_{k}" if name in named else name] = label
    return of.entry(named, "issues") if named else None


def _groups(of: Fields) -> dict[str, Plain] | None:
    """Return groups with their seats; if a total leaves more, add the others."""
    participants = of.at("participants")
    if participants is None or is_number(participants) or of.remembered("participants"):
        return None
    if not isinstance(participants, dict):
        of.odd("participants", message=f"{literal(participants)} is not a mapping; left unknown")
        return None
    known = _seats_of_groups(of, participants)
    total, rest = _total(of), (_total(of) or 0) - sum(known.values())
    if total and known and rest < 0:
        of.odd("participants", "total", message=f"{total} is less than the groups have; left unknown")
    elif known and rest > 0 and all(known.values()):
        known["others" if "other" in known else "other"] = rest
    if why := _no_room(known):
        of.odd("participants", message=f"{why}; left unknown")
    if why or not known:
        return None
    value = {name: seats or "unknown" for name, seats in known.items()}
    return of.entry(value, "participants", of.text("participants", "note"))


def _no_room(seats: dict[str, int]) -> str:
    """Return why these groups cannot form a body, "" if they can. seats: 0 where they are not known."""
    if len(seats) > MOST_GROUPS:
        return f"has {len(seats)} groups; at most {MOST_GROUPS}"
    if sum(seats.values()) == 1 and all(seats.values()):
        return "has 1 seat in all, and a negotiation needs at least 2"
    return f"has {sum(seats.values())} seats; at most {MOST_SEATS}" if sum(seats.values()) > MOST_SEATS else ""


def _seats_of_groups(of: Fields, participants: dict[str, Plain]) -> dict[str, int]:
    """Return seats by group, 0 for an entry that is not a number; a group without seats is left out."""
    known: dict[str, int] = {}
    for key, number in participants.items():
        if key in {"total", "note"} or number is None or number == 0:
            continue
        name = GROUPS.get(key, key_of(key, "group"))
        known[name] = known.get(name, 0) + (of.whole("participants", key, most=MOST_SEATS) or 0)
    return known


def _total(of: Fields) -> int | None:
    path = ("participants",) if is_number(of.at("participants")) else ("participants", "total")
    number = number_in(of.at(*path))
    if is_number(number) and number > MOST_SEATS:
        of.odd(*path, message=f"{number} are a mass meeting; code its drafting body; seats left unknown")
        return None
    return of.whole(*path, most=MOST_SEATS, least=2)


def _seats(of: Fields) -> dict[str, Plain] | None:
    total = None if of.remembered("participants") else _total(of)
    return of.entry(total, "participants", of.text("participants", "note")) if total else None


_CALLS = re.compile(r"\b(weekly|fortnightly|monthly|conference|phone)[ -]calls?\b|\bteleconferences?\b")


def _meetings(of: Fields, span: Plain) -> dict[str, Plain]:
    """Return the number of meetings, and if they are calls also the number of days."""
    in_words = re.fullmatch(r"\s*([0-9]{1,4})\s*(?:tele)?(?:phone )?calls\s*", of.text("n_meetings"))
    if of.at("n_calls") is not None or in_words:
        return _calls(of, int(in_words[1]) if in_words else None, span)
    count = None if of.remembered("n_meetings") else of.whole("n_meetings", most=MOST_MEETINGS)
    if count is None:
        return {}
    months = _months(span)
    texts = [of.text(field) for field in ("methodology", "intersessional", "notes")]
    if months and count > months + 1 and any(map(_CALLS.search, texts)):
        how = "if they are calls, write `n_calls` and `call_hours` (those of a month are a meeting)"
        of.odd(
            "n_meetings",
            message=f"{count} in {_counted(span['value'] + 1)}, and the file speaks of calls: {how}; left unknown",
        )
        return {}
    return {"meetings": of.entry(count, "n_meetings")}


def _calls(of: Fields, calls: int | None, span: Plain) -> dict[str, Plain]:
    """Return calls as meetings: six hours are a day, the calls of a month a meeting of at least a day."""
    field = "n_meetings" if calls else "n_calls"
    calls = calls or of.whole("n_calls", most=MOST_CALLS)
    if of.remembered(field) or calls is None:
        return {}
    hours, months = of.at("call_hours"), _months(span)
    timed = is_number(hours) and 0 < hours <= 24
    if not timed or not months:
        missing = "`start` and `end`" if timed else "`call_hours`, the hours of a call"
        of.odd(field, message=f"calls become meetings by their hours and months; add {missing}; left unknown")
        return {}
    days = min(max(1, round(calls * hours / HOURS_OF_A_DAY)), MOST_DAYS_IN_ALL)
    count = min(months, days, MOST_MEETINGS)
    quote = f"{calls} calls of {hours:g} hours in {_counted(span['value'] + 1)}"
    return {"meetings": of.entry(count, field, quote), "total_days": of.entry(days, field, quote)}


def _months(span: Plain) -> int | None:
    """Return the months that a span touches, at least 1; None if it is not known."""
    return max(1, math.ceil((span["value"] + 1) / DAYS_OF_A_MONTH)) if span else None


def _days(of: Fields) -> dict[str, Plain] | None:
    listed = of.at("meeting_days")
    if listed is None or of.remembered("meeting_days"):
        return None
    if not isinstance(listed, list):
        each = of.days("meeting_days", MOST_DAYS)
        return of.entry(each, "total_days") if each else None
    numbers: list[Plain] = ["unknown" if _is_unknown(day) else days_in(day, MOST_DAYS) for day in listed]
    if not 0 < len(numbers) <= MOST_MEETINGS or None in numbers:
        of.odd("meeting_days", message=f"is not a list of whole or half days up to {MOST_DAYS} each; left unknown")
        return None
    return None if set(map(str, numbers)) == {"unknown"} else of.entry(numbers, "total_days")


def _total_days(of: Fields) -> dict[str, Plain] | None:
    if of.remembered("total_days"):
        return None
    days = of.days("total_days", MOST_DAYS_IN_ALL)
    return None if days is None else of.entry(days, "total_days")


def _span(of: Fields) -> dict[str, Plain] | None:
    first, last = (of.day(field) for field in ("start", "end"))
    if first is None or last is None:
        return None
    if last < first:
        of.odd("end", message="is before the start; left unknown")
        return None
    if (last - first).days > MOST_SPAN:
        of.odd("end", message=f"is {(last - first).days} days after the start; left unknown")
        return None
    entry = of.entry((last - first).days, "start", f"{of.text('start')} to {of.text('end')}")
    return entry | {"confidence": "medium"}


LEVELS = {"tension": "political_tension", "trust": "trust_at_start", "informal_contact": "informal_contact"}
TEXTS = {  # judgement codes and the sentences of the facts file that bear on them
    "decision_rule": ("decision_rule",),
    "methodology": ("methodology",),
    "adoption": ("mandate_deadline",),
    "distance": (),
    "refusals": (),
    "dissent_record": ("decision_rule",),
    "outside_option": ("mandate_deadline",),
}
READ = (  # the keys of a case that are read
    "id", "name", "title", "family", "years", "start", "end", "n_meetings", "total_days", "meeting_days",
    "participants", "issues", "sources", "provenance", "memory", "outcome", "depth", *LEVELS.values(),
    "decision_rule", "methodology", "mandate_deadline", "n_calls", "call_hours",
)  # fmt: skip
ALSO_READ = (  # those that dossiers also have and that a coder reads
    "tier", "chair", "notes", "confidence", "intersessional", "escape_valve", "escape_valve_used",
    "estimates_from_memory",
)  # fmt: skip
SPELLINGS = {"walk_out": "walkout", "chairs_report": "chair_report", "partial_agreement": "partial"}  # of outcomes


class Started(NamedTuple):
    """A case as far as a facts file fills it, as plain data of a case file, and what had to be left unknown."""

    id: str
    data: dict[str, Plain]
    left: list[Problem]


def cases_in(document: Document) -> dict[str, tuple[Path, dict[str, Plain]]]:
    """Return the cases of a facts file with their paths, by name; raises `ScenarioError` if it is not one."""
    cases: dict[str, tuple[Path, dict[str, Plain]]] = {}
    listed = ((at, case) for at, case in _listed(document) if isinstance(case, dict))
    for n, (at, case) in enumerate(listed, 1):
        name = stem = _stem(case, n)
        number = n
        while name in cases:
            name, number = f"{stem[:50]}_{number}", number + 1
        cases[name] = at, case
    return cases


def _stem(case: dict[str, Plain], n: int) -> str:
    """Return the name that case n would have if no other had it."""
    text = _name_of(case)
    return key_of(text, f"case_{n}") if text else f"case_{n}"


def oddities(document: Document) -> Iterator[Problem]:
    """Yield what is odd about the list of cases: entries that are not cases, and names that occur twice."""
    for at, entry in _listed(document):
        if not isinstance(entry, dict):
            where = document.values.get(at, Mark(document.name))
            yield Problem(where, dotted(at), f"{literal(entry)} is not a case; left out")
    for n, (name, (at, case)) in enumerate(cases_in(document).items(), 1):
        if _stem(case, n) != name:
            where = document.values.get((*at, "id"), document.values.get(at, Mark(document.name)))
            yield Problem(where, dotted(at), f"{literal(_name_of(case))} occurs twice; this one is called {name}")


def _name_of(case: dict[str, Plain]) -> str:
    """Return the file's name for a case, "" for none."""
    name = case.get("id", case.get("name"))
    return str(name) if isinstance(name, str | int) else ""


def started(document: Document, case_id: str) -> Started:
    """Start a case file. Raises `ScenarioError` if the facts file has no such case."""
    cases = cases_in(document)
    own = {_name_of(case): name for name, (_, case) in reversed(cases.items()) if _name_of(case)}
    name = case_id if case_id in cases else own.get(case_id, key_of(case_id, "case"))
    if name not in cases:
        where = Mark(document.name)
        raise ScenarioError([Problem(where, "", f"has no case {literal(case_id)}{did_you_mean(case_id, cases)}")])
    of = Fields(document, *cases[name])
    _misspelt(of)
    data: dict[str, Plain] = {
        "case": 1,
        "title": of.text("name") or of.text("title") or name,
        "family": of.text("family"),
        "years": of.text("years"),
        "sources": _sources(of, name),
        "facts": facts_in(of),
        "codes": _codes(of),
        "outcome": _outcome(of) or "",
    }
    return Started(name, {key: value for key, value in data.items() if value != ""}, list(dict.fromkeys(of.left)))


def _listed(document: Document) -> list[tuple[Path, Plain]]:
    """Return the cases of a facts file with their paths: under `cases`, as a bare list, or a single one.

    Raises `ScenarioError` if it is not a facts file.
    """
    if document.problems:
        raise ScenarioError(document.problems)
    data = document.data
    keys = set(data) if isinstance(data, dict) else set()
    if keys & {"name", "id", "n_meetings", "participants"} and not keys & {"cases", "case", "format"}:
        return [((), data)]
    path: Path = ("cases",) if isinstance(data, dict) else ()
    listed = data.get("cases") if isinstance(data, dict) else data
    if isinstance(listed, dict):
        listed = [case | {"id": name} if isinstance(case, dict) else case for name, case in listed.items()]
    if not isinstance(listed, list) or not any(isinstance(case, dict) for case in listed):
        where = document.values.get(path, Mark(document.name))
        if "case" in keys:
            why = "is not a facts file but a case already; code it in an editor, `negsim check` finds mistakes"
            raise ScenarioError([Problem(where, "", why)])
        refuse_other(document, FACTS_FILE)
        raise ScenarioError([Problem(where, dotted(path), "is not a facts file, which has a list of `cases`")])
    return [((*path, n), case) for n, case in enumerate(listed)]


def _misspelt(of: Fields) -> None:
    """Report keys that nobody reads and that resemble a missing one."""
    for key in of.case:
        meant = nearest(str(key), READ)
        if key not in (*READ, *ALSO_READ) and meant and meant not in of.case:
            of.odd(str(key), message=f"unknown key; did you mean {literal(meant)}?")


def _sources(of: Fields, case_id: str) -> dict[str, Plain]:
    """Return the facts file, and the sources that it lists."""
    listed = of.at("sources")
    if isinstance(listed, dict) and not {"text", "url", "title"} & set(listed):
        listed = list(listed.values())  # by name
    sources: dict[str, Plain] = {
        DOSSIER: {"text": f"{encodable(FilePath(of.document.name).name)}, case {case_id}, with its sources"}
    }
    for n, item in enumerate(as_list(listed), 1):
        parts = item if isinstance(item, dict) else {"text": item}
        text, url = (one_line(str(field or "")) for field in (parts.get("text", parts.get("title")), parts.get("url")))
        address = url or next(iter(re.findall(r"https?://\S+", text)), "")
        if text or address:
            sources[f"s{n}"] = {"text": text or address} | ({"url": address} if address else {})
    return sources


def _codes(of: Fields) -> dict[str, Plain]:
    """Return levels as the file gives them; judgements stay open, with the file's sentences."""
    codes: dict[str, Plain] = {}
    for name in QUESTIONS:
        if name in LEVELS:
            codes[name] = _level(of, name, LEVELS[name])
        else:
            quote = "; ".join(text for text in (of.text(field) for field in TEXTS[name]) if text)
            codes[name] = {"code": "unknown"} | ({"quote": quote, "source": DOSSIER} if quote else {})
    return codes


def _level(of: Fields, name: str, field: str) -> dict[str, Plain]:
    value = of.at(field)
    word = value.get("level") if isinstance(value, dict) else value
    text, reason = str(word).strip().lower(), of.text(field, "reason")
    quoted: dict[str, Plain] = {"quote": reason, "source": DOSSIER} if reason else {}
    if not isinstance(word, str) or text not in QUESTIONS[name].words:
        if word is not None and text != "unknown":
            known = ", ".join(QUESTIONS[name].words)
            of.odd(field, message=f"{literal(word)} is not a level ({known}); left unknown")
    elif not _is_from_memory(of, field, reason):
        return {"code": text, "source": DOSSIER, "confidence": "medium"} | quoted
    return {"code": "unknown"} | quoted


def _is_from_memory(of: Fields, field: str, reason: str) -> bool:
    """Return whether only memory supports a level, and report it; an (M) after its reason means so too."""
    if of.remembered(field):
        return True
    marked = re.search(r"\(M\)|\bmemory\b", reason) is not None
    if marked:
        of.odd(field, message="comes from memory only; left unknown")
    return marked


def _outcome(of: Fields) -> dict[str, Plain]:
    """Return the outcome, if the file gives it in our words."""
    value = of.at("outcome")
    word = value.get("code", value.get("level")) if isinstance(value, dict) else value
    if word is None:
        return {}
    name = re.sub(r"[\s-]+", "_", str(word).strip().lower().replace("'", "").replace("’", ""))
    name = SPELLINGS.get(name, name)
    if name not in OUTCOME_CODES:
        of.odd("outcome", message=f"{literal(word)} is not an outcome ({', '.join(OUTCOME_CODES)}); left out")
        return {}
    depth = of.text("depth")
    return {"code": name, "source": DOSSIER} | ({"depth": depth} if depth else {})
