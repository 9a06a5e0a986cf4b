"""Facts files: dossiers of cases as others keep them, turned into the start of a case file.

Rules that hold here
- What is mechanical is filled in: seats, meetings, days, levels that the file gives, issues, sources, outcome. What
  needs judgement stays `unknown`, with the file's own sentence as its quote.
- What memory or nothing stands behind is no data: `memory`, `estimates_from_memory`, entries whose provenance is M.
- A value of an odd kind is left unknown and told, with its place; only a file that is no facts file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import NamedTuple

from negsim.errors import Mark, Problem, ScenarioError, did_you_mean, nearest, shown
from negsim.scenario.coding.fields import DOSSIER, Fields, clean, slug
from negsim.scenario.coding.form import OUTCOMES
from negsim.scenario.coding.mechanical import facts_in
from negsim.scenario.coding.table import QUESTIONS
from negsim.scenario.loading import Document, Form
from negsim.scenario.plain import Path, Plain, dotted

FACTS_FILE = Form("facts file", "cases:")
LEVELS = {"tension": "political_tension", "trust": "trust_at_start", "informal_contact": "informal_contact"}
TEXTS = {  # judgement codes and the sentences of the facts file that bear on them
    "decision_rule": ("decision_rule",),
    "methodology": ("methodology",),
    "adoption": ("mandate_deadline",),
    "distance": (),
    "dissent_record": ("decision_rule",),
    "outside_option": ("mandate_deadline",),
}
READ = (  # the keys of a case that are read
    "id", "name", "title", "family", "years", "start", "end", "n_meetings", "total_days", "meeting_days",
    "participants", "issues", "sources", "provenance", "memory", "outcome", "depth", *LEVELS.values(),
    "decision_rule", "methodology", "mandate_deadline",
)  # fmt: skip
KEPT = (  # those that dossiers also have and that a coder reads
    "tier", "chair", "notes", "confidence", "intersessional", "escape_valve", "escape_valve_used",
    "estimates_from_memory",
)  # fmt: skip
SPELLINGS = {"walk_out": "walkout", "chairs_report": "chair_report", "partial_agreement": "partial"}  # of outcomes


class Started(NamedTuple):
    """A case as far as a facts file fills it, as plain data of a case file, and what had to be left unknown."""

    id: str
    data: dict[str, Plain]
    left: list[Problem]


def ids_in(document: Document) -> list[str]:
    """What the cases of a facts file are called, in order; raises `ScenarioError` if it is none."""
    ids: dict[str, None] = {}
    for n, (_, case) in enumerate(_cases(document), 1):
        name = stem = _stem(case, n)
        number = n
        while name in ids:
            name, number = f"{stem[:50]}_{number}", number + 1
        ids[name] = None
    return list(ids)


def _stem(case: dict[str, Plain], n: int) -> str:
    """What case n would be called if no other were called so."""
    said = _said_id(case)
    return slug(said, f"case_{n}") if said else f"case_{n}"


def oddities(document: Document) -> Iterator[Problem]:
    """What is odd about the list of cases: entries that are none, and names that are there twice."""
    path, listed = _listed(document)
    for n, entry in enumerate(listed):
        if not isinstance(entry, dict):
            where = document.values.get((*path, n), Mark(document.name))
            yield Problem(where, dotted((*path, n)), f"{shown(entry)} is no case; left out")
    for n, ((at, case), name) in enumerate(zip(_cases(document), ids_in(document), strict=True), 1):
        if _stem(case, n) != name:
            where = document.values.get((*at, "id"), document.values.get(at, Mark(document.name)))
            yield Problem(where, dotted(at), f"{shown(_said_id(case))} is there twice; this one is called {name}")


def _said_id(case: dict[str, Plain]) -> str:
    """What the file calls a case, "" nothing."""
    said = case.get("id", case.get("name"))
    return str(said) if isinstance(said, str | int) else ""


def started(document: Document, case_id: str) -> Started:
    """The start of a case file. Raises `ScenarioError` where the facts file has no such case."""
    cases = dict(zip(ids_in(document), _cases(document), strict=True))
    own = {_said_id(case): name for name, (_, case) in reversed(cases.items()) if _said_id(case)}
    name = case_id if case_id in cases else own.get(case_id, slug(case_id, "case"))
    if name not in cases:
        where = Mark(document.name)
        raise ScenarioError([Problem(where, "", f"has no case {shown(case_id)}{did_you_mean(case_id, cases)}")])
    path, case = cases[name]
    return _start(Fields(document, path, case), name)


def _cases(document: Document) -> list[tuple[Path, dict[str, Plain]]]:
    """The cases with their paths: of a list under `cases`, of a bare list, or a single one."""
    data = document.data
    if _is_single(data):
        return [((), data)]
    path, listed = _listed(document)
    return [((*path, n), case) for n, case in enumerate(listed) if isinstance(case, dict)]


def _is_single(data: Plain) -> bool:
    """Whether a document is a facts file of one case, without a list."""
    marks, others = {"name", "id", "n_meetings", "participants"}, {"cases", "case", "format"}
    return isinstance(data, dict) and not others & set(data) and bool(marks & set(data))


def _listed(document: Document) -> tuple[Path, list[Plain]]:
    """Where the list of cases is, and what it holds. Raises `ScenarioError` for a document that is no facts file."""
    if document.problems:
        raise ScenarioError(document.problems)
    data = document.data
    if _is_single(data):
        return (), [data]
    path: Path = ("cases",) if isinstance(data, dict) else ()
    listed = data.get("cases") if isinstance(data, dict) else data
    if isinstance(listed, dict):
        listed = [case | {"id": name} if isinstance(case, dict) else case for name, case in listed.items()]
    if not isinstance(listed, list) or not any(isinstance(case, dict) for case in listed):
        where, why = document.values.get(path, Mark(document.name)), "is not a facts file; it has a list of `cases`"
        if isinstance(data, dict) and "case" in data:
            why = "is not a facts file but a case already; code it in an editor, `negsim check` finds mistakes"
        raise ScenarioError([Problem(where, dotted(path) if "cases" in why else "", why)])
    return path, listed


def _start(of: Fields, case_id: str) -> Started:
    """All that can be filled in."""
    _misspelt(of)
    data: dict[str, Plain] = {
        "case": 1,
        "title": of.text("name") or of.text("title") or case_id,
        "family": of.text("family"),
        "years": of.text("years"),
        "sources": _sources(of, case_id),
        "facts": facts_in(of),
        "codes": _codes(of),
    }
    outcome = _outcome(of)
    if outcome:
        data["outcome"] = outcome
    return Started(case_id, {key: value for key, value in data.items() if value != ""}, list(dict.fromkeys(of.left)))


def _misspelt(of: Fields) -> None:
    """Tell keys that nobody reads and that are near one that is not there."""
    for key in of.case:
        meant = nearest(str(key), READ)
        if key not in (*READ, *KEPT) and meant and meant not in of.case:
            of.odd(str(key), message=f"unknown key; did you mean {shown(meant)}?")


def _sources(of: Fields, case_id: str) -> dict[str, Plain]:
    """The facts file, and what it lists."""
    listed = of.at("sources")
    if isinstance(listed, dict) and not {"text", "url", "title"} & set(listed):
        listed = list(listed.values())  # by name
    items = listed if isinstance(listed, list) else [] if listed is None else [listed]
    found: dict[str, Plain] = {
        DOSSIER: {"text": f"{FilePath(of.document.name).name}, case {case_id}, with its sources"}
    }
    for n, item in enumerate(items, 1):
        parts = item if isinstance(item, dict) else {"text": item}
        text, url = (clean(str(said or "")) for said in (parts.get("text", parts.get("title")), parts.get("url")))
        address = url or next(iter(re.findall(r"https?://\S+", text)), "")
        if text or address:
            found[f"s{n}"] = {"text": text or address} | ({"url": address} if address else {})
    return found


def _codes(of: Fields) -> dict[str, Plain]:
    """Levels as the file gives them; judgements open, with the file's sentences."""
    codes: dict[str, Plain] = {}
    for name in QUESTIONS:
        if name in LEVELS:
            codes[name] = _level(of, name, LEVELS[name])
        else:
            quote = "; ".join(text for text in (of.text(field) for field in TEXTS[name]) if text)
            codes[name] = {"code": "unknown"} | ({"quote": quote, "source": DOSSIER} if quote else {})
    return codes


def _level(of: Fields, name: str, field: str) -> dict[str, Plain]:
    """A level with its reason."""
    said = of.at(field)
    word = said.get("level") if isinstance(said, dict) else said
    reason = of.text(field, "reason")
    quoted: dict[str, Plain] = {"quote": reason, "source": DOSSIER} if reason else {}
    if isinstance(word, str) and word.strip().lower() in QUESTIONS[name].words:
        return {"code": word.strip().lower(), "source": DOSSIER, "confidence": "medium"} | quoted
    if word is not None and str(word).strip().lower() != "unknown":
        known = ", ".join(QUESTIONS[name].words)
        of.odd(field, message=f"{shown(word)} is no level ({known}); left unknown")
    return {"code": "unknown"} | quoted


def _outcome(of: Fields) -> dict[str, Plain]:
    """What happened, where the file says it in our words."""
    said = of.at("outcome")
    word = said.get("code", said.get("level")) if isinstance(said, dict) else said
    name = re.sub(r"[\s-]+", "_", str(word).strip().lower().replace("'", "").replace("’", ""))
    name = SPELLINGS.get(name, name)
    if name not in OUTCOMES:
        if word is not None:
            of.odd("outcome", message=f"{shown(word)} is no outcome ({', '.join(OUTCOMES)}); left out")
        return {}
    outcome: dict[str, Plain] = {"code": name, "source": DOSSIER}
    if depth := of.text("depth"):
        outcome["depth"] = depth
    return outcome
