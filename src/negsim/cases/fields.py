"""A case as the fields of a form, texts by name as a browser posts them: the file that they make, and the way back.

    title family years description notes outcome depth    a text each
    issues                                                a label on each line, the core issue first
    issue.label issue.name                                the names that a file has chosen, row by row
    source.name source.text source.url source.insider     row by row
    group.name group.seats group.side                     row by row
    fact.NAME                                             numbers, with commas between them
    code.NAME whose.NAME                                  words; whose they are, with commas between
    NAME.source NAME.quote NAME.confidence NAME.note      what supports a fact, a code or the outcome

- Whatever the fields hold becomes a text. What is wrong with it is for the reader of case files to say, at the same
  places as on the command line.
- A name that the coder does not choose follows from its label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from negsim.cases.codebook import FACTS, QUESTIONS
from negsim.cases.form import CaseOutcome, Code, Fact
from negsim.cases.library import loads_case
from negsim.cases.start import case_text
from negsim.scenario.library import CASE_FILE
from negsim.scenario.values import key_of
from negsim.scenario.yaml import Plain, as_list, parse

Fields = Mapping[str, Sequence[str]]
UNKNOWN = "unknown"
LISTS = ("days", "gaps")  # facts of one number or several
_NUMBERS = ("seats", "meetings", "total_days", "span", *LISTS)
_HEAD = ("title", "family", "years", "description", "notes")
ROWS = {"source": ("name", "text", "url", "insider"), "group": ("name", "seats", "side"), "issue": ("label", "name")}
_EVIDENCE = ("source", "confidence", "quote", "note")


def one(fields: Fields, name: str) -> str:
    """Return the text of a field, "" if there is none."""
    return next(iter(fields.get(name, ())), "")


def rows(fields: Fields, kind: str) -> list[dict[str, str]]:
    """Return the rows of a kind, each with its parts by name."""
    columns = (fields.get(f"{kind}.{part}", ()) for part in ROWS[kind])
    return [dict(zip(ROWS[kind], row, strict=True)) for row in zip(*columns, strict=False)]


def is_known(fields: Fields, name: str) -> bool:
    """Return whether a fact or a code has an answer."""
    return bool(_words(fields, name)) if name in QUESTIONS else _value(fields, name) != UNKNOWN


def written(fields: Fields) -> str:
    """Write the case file, with the questions as comments."""
    data: dict[str, Plain] = {"case": 1} | {key: one(fields, key).strip() for key in ("title", "family", "years")}
    data |= _unless_empty(fields, "description")
    data["sources"] = {
        name: {"text": row["text"] or row["name"] or row["url"]}
        | {part: row[part] for part in ("url", "insider") if row[part]}
        for name, row in _by_name(rows(fields, "source"), "source", "name", "text", "url").items()
    }
    data["facts"] = {name: _entry(fields, name, "value", _value(fields, name)) for name in FACTS}
    data["codes"] = {name: _code(fields, name) for name in QUESTIONS}
    if outcome := one(fields, "outcome"):
        data["outcome"] = _entry(fields, "outcome", "code", outcome, depth=one(fields, "depth"))
    return case_text(data | _unless_empty(fields, "notes"))


def _unless_empty(fields: Fields, name: str) -> dict[str, Plain]:
    return {name: text} if (text := one(fields, name)) else {}


def _entry(fields: Fields, name: str, key: str, value: Plain, **more: Plain) -> Plain:
    """Return the entry of an answer in a case file. key: of the value in it."""
    evidence: dict[str, Plain] = {part: one(fields, f"{name}.{part}") for part in _EVIDENCE}
    parts = evidence | {"source": _names(str(evidence["source"]))} | more
    entry = {key: value} | {part: text for part, text in parts.items() if text}
    return UNKNOWN if entry == {"value": UNKNOWN} else entry


def _code(fields: Fields, name: str) -> Plain:
    words = _words(fields, name) or [UNKNOWN]
    whose = _names(one(fields, f"whose.{name}"))
    return _entry(fields, name, "code", words if len(words) > 1 else words[0], whose=whose)


def _words(fields: Fields, code: str) -> list[str]:
    return [word for word in fields.get(f"code.{code}", ()) if word in QUESTIONS[code].words]


def _value(fields: Fields, fact: str) -> Plain:
    """Return the value of a fact; `UNKNOWN` if nothing is typed."""
    groups = _by_name(rows(fields, "group"), "group", "name")
    match fact:
        case "issues":
            chosen = {row["label"]: row["name"] for row in rows(fields, "issue")}
            labels = [label.strip() for label in one(fields, "issues").splitlines() if label.strip()]
            names = _keys([chosen.get(label, label) for label in labels], "issue")
            return dict(zip(names, labels, strict=True)) or UNKNOWN
        case "groups":
            return {name: _plain(row["seats"]) for name, row in groups.items()} or UNKNOWN
        case "sides":
            return {name: row["side"] for name, row in groups.items() if row["side"] != UNKNOWN} or UNKNOWN
    typed = one(fields, f"fact.{fact}")
    numbers = [_plain(part) for part in typed.split(",") if part.strip()]
    if not numbers:
        return UNKNOWN
    return numbers if "," in typed or fact == "gaps" else numbers[0]  # a comma makes a list, be it of one


def _by_name(entries: Sequence[dict[str, str]], usual: str, *parts: str) -> dict[str, dict[str, str]]:
    """Return rows by name, without empty ones. parts: that fill a row; the first two may name it."""
    filled = [row for row in entries if any(row[part] for part in parts)]
    names = [next((row[part] for part in parts[:2] if row[part]), "") for row in filled]
    return dict(zip(_keys(names, usual), filled, strict=True))


def _plain(text: str) -> Plain:
    """Return the number in a text, the text itself if there is none, `UNKNOWN` for an empty one."""
    text = text.strip()
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text or UNKNOWN


def _keys(texts: Sequence[str], usual: str) -> list[str]:
    """Make a name from each text, no two alike.

    >>> _keys(["A forum", "A forum!", "安全"], "issue")
    ['a_forum', 'a_forum_2', 'issue']
    """
    keys: dict[str, None] = {}
    tries: dict[str, Iterator[str]] = {}  # of a name, one after the other, however many texts have it
    for text in texts:
        key = key_of(text, usual)
        more = tries.setdefault(key, (key if n == 1 else f"{key}_{n}" for n in count(1)))
        keys[next(each for each in more if each not in keys)] = None
    return list(keys)


def _names(typed: str) -> list[str]:
    """Return the names that somebody typed with commas between them, each once."""
    return list(dict.fromkeys(name.strip() for name in typed.split(",") if name.strip()))


def fields_of(text: str, name: str) -> dict[str, list[str]]:
    """Return the fields that hold a case file. name: of the file, for problems. Raises `ScenarioError`."""
    case, data = loads_case(text, name), parse(text, name, CASE_FILE).data
    facts = {fact: value or {} for fact, value in case.conditions.known_facts.items()}
    issues, sides = facts["issues"], facts["sides"]
    fields = {key: [str(data.get(key) or "")] for key in _HEAD} | {"issues": ["\n".join(issues.values())]}
    sources = [(key, each.text, each.url or "", each.insider or "") for key, each in case.conditions.sources.items()]
    groups = [
        (group, "" if seats is None else str(seats), sides.get(group) or UNKNOWN)
        for group, seats in facts["groups"].items()
    ]
    for kind, table in ("source", sources), ("group", groups), ("issue", [(issues[key], key) for key in issues]):
        fields |= {f"{kind}.{part}": [row[at] for row in table] for at, part in enumerate(ROWS[kind])}
    for fact in _NUMBERS:
        fields[f"fact.{fact}"] = [_typed(case.conditions.known_facts[fact], is_list=fact == "days")]
    for code, entry in case.codes.items():
        fields[f"code.{code}"] = [] if entry.known is None else [str(word) for word in as_list(entry.known)]
        fields[f"whose.{code}"] = [", ".join(getattr(entry, "whose", ()))]
    for key, answer in (case.facts | case.codes).items():
        fields |= _evidence(key, answer)
    if case.outcome is not None:
        fields |= {"outcome": [case.outcome.code], "depth": [case.outcome.depth]} | _evidence("outcome", case.outcome)
    return fields


def _typed(value: Plain, *, is_list: bool) -> str:
    """Write the numbers of a fact as somebody types them; a list of one ends in a comma where one may stand alone."""
    typed = ", ".join(UNKNOWN if part is None else str(part) for part in as_list(value))
    return f"{typed}," if is_list and isinstance(value, tuple) and len(value) == 1 else typed


def _evidence(name: str, entry: Fact | Code | CaseOutcome) -> dict[str, list[str]]:
    values = ", ".join(entry.source), entry.confidence or "", entry.quote, entry.note
    return {f"{name}.{part}": [value] for part, value in zip(_EVIDENCE, values, strict=True)}
