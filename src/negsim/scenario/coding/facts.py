"""Facts files: dossiers of cases as others keep them, turned into the start of a case file.

Rules that hold here
- What is mechanical is filled in: seats, meetings, days, levels that the file gives, issues, sources, outcome. What
  needs judgement stays `unknown`, with the file's own sentence as its quote.
- What memory or nothing stands behind is no data: `memory`, `estimates_from_memory`, entries whose provenance is M.
- A value of an odd kind is left unknown and told, with its place; only a file that is no facts file is refused.
"""

from __future__ import annotations

import re
from pathlib import Path as FilePath
from typing import NamedTuple

from negsim.errors import Mark, Problem, ScenarioError, did_you_mean, shown
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


class Started(NamedTuple):
    """A case as far as a facts file fills it, as plain data of a case file, and what had to be left unknown."""

    id: str
    data: dict[str, Plain]
    left: list[Problem]


def ids_in(document: Document) -> list[str]:
    """What the cases of a facts file are called, in order; raises `ScenarioError` if it is none."""
    ids: dict[str, None] = {}
    for n, (_, case) in enumerate(_cases(document), 1):
        said = _said_id(case)
        name = stem = slug(said, f"case_{n}") if said else f"case_{n}"
        number = n
        while name in ids:
            name, number = f"{stem[:50]}_{number}", number + 1
        ids[name] = None
    return list(ids)


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
    if document.problems:
        raise ScenarioError(document.problems)
    data = document.data
    if isinstance(data, dict) and "cases" not in data and {"name", "id", "n_meetings", "participants"} & set(data):
        return [((), data)]
    path: Path = ("cases",) if isinstance(data, dict) else ()
    listed = data.get("cases") if isinstance(data, dict) else data
    if isinstance(listed, dict):
        listed = [case | {"id": name} if isinstance(case, dict) else case for name, case in listed.items()]
    if not isinstance(listed, list) or not any(isinstance(case, dict) for case in listed):
        where = document.values.get(path, Mark(document.name))
        raise ScenarioError([Problem(where, dotted(path), "is not a facts file; it has a list of `cases`")])
    return [((*path, n), case) for n, case in enumerate(listed) if isinstance(case, dict)]


def _start(of: Fields, case_id: str) -> Started:
    """All that can be filled in."""
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
    name = re.sub(r"[\s-]+", "_", str(word).strip().lower())
    if name not in OUTCOMES:
        if word is not None:
            of.odd("outcome", message=f"{shown(word)} is no outcome ({', '.join(OUTCOMES)}); left out")
        return {}
    outcome: dict[str, Plain] = {"code": name, "source": DOSSIER}
    if depth := of.text("depth"):
        outcome["depth"] = depth
    return outcome
