"""Odd but valid scenarios: what a room may be at its edges, written as files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from negsim.cases.start import from_title
from negsim.scenario import Scenario, dump_yaml, load, loads, text_of

PLACES = (0.2, 0.5, 0.8)
LONG = "A name of many words that goes on and on because somebody copied a whole paragraph of the mandate into it "


def odd_text(
    *,
    groups: int = 2,
    seats: int = 2,
    issues: int = 2,
    title: str = "Odd",
    group: str = "Group {}",
    issue: str = "Issue {}",
    low: str = "none",
    high: str = "all",
    red_lines: bool = False,
    every_group: Mapping[str, Any] | None = None,
    parts: Mapping[str, Any] | None = None,
    **process: Any,
) -> str:
    """A scenario file. group, issue: labels, with the number in them; red_lines: whether every
    issue is beyond that of somebody; every_group, parts, process: replace parts of groups, of the file, of its process.
    """
    names = [f"issue_{k}" for k in range(issues)]
    room = {
        "format": 1,
        "title": title,
        "issues": {
            name: {"label": issue.format(k), "low": low, "high": high, "status_quo": 0.1}
            for k, name in enumerate(names)
        },
        "groups": {
            f"group_{g}": {
                "label": group.format(g),
                "seats": seats,
                "position": {name: [PLACES[(g + k) % 3], 0.1] for k, name in enumerate(names)},
            }
            | ({"red_lines": {name: {"min": 0.9} for name in names[g % 2 :: 2]}} if red_lines else {})
            | (every_group or {})
            for g in range(groups)
        },
        "process": {
            "decision_rule": "no_formal_objection",
            "hours": 6,
            "meetings": [{"name": "Geneva", "days": 1, "agenda": [{"questionnaire": 0.3}, {"chair_text": 0.7}]}],
        }
        | process,
    } | (parts or {})
    return yaml.safe_dump(room, allow_unicode=True, sort_keys=False)


def odd(**parts: Any) -> Scenario:
    """The scenario of such a file."""
    return loads(odd_text(**parts))


def hostile_file(folder: Path, hostile: str) -> Path:
    """The file of the small scenario, in which the title and some labels, names and ends are hostile."""
    text = dump_yaml(load("classroom"))
    for words in ("Public Wi-Fi in a small town (classroom)", "Town hall", "Keeping of logs", "Mayor", "none kept"):
        text = re.sub(rf"(: |- ){re.escape(words)}\n", lambda match: f"{match[1]}{json.dumps(hostile)}\n", text)
    file = folder / "hostile.yaml"
    file.write_text(text, encoding="utf-8")
    assert load(file).title == hostile
    return file


# ------------------------------------------------------------------------------------------- the zoo


def _meeting(name: str, *agenda: Mapping[str, float], days: int = 1, **more: Any) -> dict[str, Any]:
    return {"name": name, "days": days, "agenda": list(agenda)} | more


_TEXT = {"chair_text": 1.0}
_TWO = [_meeting("Geneva", {"questionnaire": 0.5}, {"chair_text": 0.5}, days=2), _meeting("Vienna", _TEXT, days=2)]
_NAMED = [{"name": name, "group": f"group_{n % 2}"} for n, name in enumerate(("O'Neil", "NO & Co.", "Ада", "Zoë-Ann"))]
_CAMPS = {
    "reform": {"share": {"group_0": 1.0}, "line": {"issue_0": 1.0}, "red_lines": {"issue_0": {"min": 0.4}}},
    "order": {"share": {"group_0": 0.0, "group_1": 0.5}, "line": {"issue_1": 0.0}},
}
_THEME = {"tension": 1.0, "linkage": {"theme": "Trade & tax", "weight": 1.0, "spillover": 0.12}}
_EVENTS = [
    {"submission": {"by": "NO & Co.", "meeting": "Geneva", "position": {"issue_0": 1.0}}},
    {"submission": {"by": "group_0", "meeting": 2, "day": 2}},
    {"reaffirm": {"by": "reform", "meeting": 1, "day": 2, "strength": 2.0}},
    {"change_methodology": {"meeting": 1, "day": 2, "to": "rolling_text", "by": "group_1"}},
    {"change_methodology": {"meeting": 2, "day": 1, "to": "package_deal"}},
    {"retreat": {"after_meeting": "Geneva", "days": 30}},
    {"closed_session": {"meeting": 2, "day": 1, "frankness": 1.0}},
    {"targeted_dinner": {"meeting": "Vienna", "day": 1, "guests": ["O'Neil", "group_1"]}},
    {"renewal": {"after_meeting": 1, "debrief": False}},
]
_RULE = {"accept": "majority", "accept_by_group": {"group_0": 1.0, "default": 0.0}, "blocks_by_group": 0}
_OWN = {"ours": {"only": [{"proposal_review": 1}], "middle": [{"tabled_proposals": 0.4}, {"rolling_text": 0.6}]}}
_ENDS = {"position": {"issue_0": [0.0, 0.0], "issue_1": [1.0, 0.0]}, "salience": {"issue_0": 0.0}}
_UNCERTAIN = {
    "seats": {"split": 9},
    "parameters": "plausible",
    "process.chair.pressure": {"uniform": [0.0, 1.0]},
    "meetings.count": {"integers": [1, 3]},
    "process.decision_rule": {"one_of": ["rough_consensus", "majority_per_group"]},
    "trust": {"either": [{"trust.across": 0.0}, {"trust.within": 1.0, "trust.across": 1.0}]},
}
_FORMATS = ("tabled_proposals", "convergence_mapping", "drafting_group", "package_deal", "straw_poll")
_BETWEEN = {"reconsider": True, "record": True, "consult": True, "circulate": 10}
_NO_CHAIR = {"chair": dict.fromkeys(("conservatism", "precision", "coverage", "responsiveness", "pressure"), 0.0)}
_NO_HABITS = {"climate": 0.0, "temper": 0.0, "tabling_rate": 0.0, "contact_gain": 0.0, "walkout": 0.0}
_PEOPLE = """format: 1
title: Those of a file
population: ./people.yaml
process: {meetings: [{name: Geneva, days: 1, agenda: [questionnaire: 0.5, chair_text: 0.5]}]}
"""
_CARRIED = {"issue_0": {"value": 1.0, "pen": "group_1"}, "issue_1": {"value": 0.0, "status": "agreed", "pen": "none"}}
_CORRIDORS = {"corridors": 1.0, "breaks": 12, "break_minutes": 120, "mixed_share": 1.0, "table_size": 2}
_FORMULA = {"group": "=1+1 {}", "issue": "@issue {}", "low": "-1", "high": "+1", "title": '=HYPERLINK("x")'}
_MARKUP = {"group": "<script>alert({})</script>", "issue": "</td>&nbsp;{}|**x**", "low": "`a`", "title": "<b>&amp;"}
_DOLLARS = {"issue": r"Fees $\frac$ due {}", "group": "US$ 5 to US$ 10 {}", "low": "US$ 5", "high": "US$ 10"}
_LETTERS = {"title": "שלום 🕊", "group": "وفد {}", "issue": "🏛 עניין {}", "low": "לא", "high": "👨🏽 é"}
_APART = {
    "low": {"seats": 3, "position": {"issue_0": 0.2, "issue_1": 0.2}, "red_lines": {"issue_0": {"max": 0.3}}},
    "high": {"seats": 2, "position": {"issue_0": 0.9, "issue_1": 0.3}, "red_lines": {"issue_0": {"min": 0.8}}},
}
_MOTIONS = [
    {"change_methodology": {"meeting": 1, "day": n, "to": to, "by": "group_0"}}
    for n, to in ((1, "rolling_text"), (2, "straw_poll"), (2, "questionnaire"))
]

ROOMS: dict[str, str] = {
    "one issue": odd_text(issues=1),
    "one group": odd_text(groups=1),
    "one seat a group": odd_text(seats=1),
    "32 issues and 31 groups": odd_text(issues=32, groups=31, seats=1),
    "one issue, 31 groups": odd_text(issues=1, groups=31, seats=2),
    "red lines that leave nothing": odd_text(parts={"groups": _APART}, adoption="separable"),
    "no floor minutes": odd_text(hours=0.1, procedure_loss=0.9),
    "nothing but questions": odd_text(meetings=[_meeting("Geneva", {"questionnaire": 1})]),
    "a share of nothing": odd_text(meetings=[_meeting("Geneva", {"questionnaire": 0.0}, _TEXT)], opening=0.0),
    "questions first, and last": odd_text(meetings=_TWO, opening=1.0),
    "dollars": odd_text(**_DOLLARS),
    "markup": odd_text(**_MARKUP),
    "formulas": odd_text(**_FORMULA),
    "letters from the right": odd_text(**_LETTERS),
    "long names": odd_text(group=LONG * 2 + "{}", issue=LONG * 2 + "{}", low=LONG, high=LONG, title=LONG * 3),
    "one label for all": odd_text(group="Fees", issue="Fees", low="Fees", high="Fees", title="Fees"),
    "all seats named": odd_text(parts={"delegates": _NAMED}),
    "a chair without powers": odd_text(**_NO_CHAIR, chair_reports=False),
    "better off without": odd_text(every_group={"outside_option": 1.0}),
    "a rule of its own": odd_text(decision_rule=_RULE, record_dissent=True, fallback_vote={"share": 0.5}),
    "a methodology of its own": odd_text(parts={"methodologies": _OWN}, meetings=_TWO, methodology="ours"),
    "caucuses": odd_text(
        seats=4, every_group={"caucuses": {"North": 3, "$outh": 1, "Nobody": 0}}, meetings=_TWO, informal=_CORRIDORS
    ),
    "corridors": odd_text(informal=_CORRIDORS, meetings=[_meeting("Geneva", _TEXT, days=3, evenings="mixed")]),
    "text on the table": odd_text(text=_CARRIED, adoption="separable"),
    "renewals": odd_text(
        red_lines=True,
        meetings=[_meeting(f"Round {n}", _TEXT) for n in range(4)],
        events=[{"renewal": {"after_meeting": n}} for n in (1, 2, 3)],
    ),
    "events of every kind": odd_text(
        meetings=_TWO, events=_EVENTS, parts={"delegates": _NAMED, "camps": _CAMPS, "context": _THEME}
    ),
    "motions to change everything": odd_text(meetings=_TWO, events=_MOTIONS, decision_rule="rough_consensus"),
    "camps and a theme": odd_text(seats=4, parts={"camps": _CAMPS, "context": _THEME}),
    "habits of nobody": odd_text(meetings=_TWO, parts={"parameters": _NO_HABITS}),
    "everybody agrees": odd_text(every_group=_ENDS),
    "nobody may block": odd_text(every_group={"may_block": False}, decision_rule={"consensus_minus": {"k": 1999}}),
    "all is unknown": odd_text(meetings=_TWO, parts={"uncertain": _UNCERTAIN}),
    "40 meetings": odd_text(
        meetings=[_meeting(f"Meeting {n}", {"rolling_text": 1}, after_days=365 if n else 0) for n in range(40)]
    ),
    "sixty long days": odd_text(hours=24, procedure_loss=0.0, meetings=[_meeting("Geneva", _TEXT, days=60)]),
    "a decade between": odd_text(meetings=[*_TWO, _meeting("Tunis", {"rolling_text": 1}, after_days=3650)]),
    "no trust at all": odd_text(parts={"trust": {"within": 0.0, "across": 0.0, "spread": 0.0, "chair": 0.0}}),
    "much between meetings": odd_text(
        meetings=[_TWO[0], _TWO[1] | {"after_days": 30}, _meeting("Tunis", _TEXT, after_days=0)],
        intersession=_BETWEEN,
        adoption="separable",
    ),
    "trust in everybody": odd_text(
        parts={
            "trust": {"within": 1.0, "across": 1.0, "chair": 1.0, "pairs": {"group_0->group_1": 0.0}},
            "context": {"salience_spread": 0.0},
        }
    ),
    "other formats": odd_text(
        meetings=[_meeting("Geneva", *({name: 0.2} for name in _FORMATS), days=4), _meeting("Vienna", _TEXT)]
    ),
    "a file of people": _PEOPLE,
    "a coded case": text_of("cases/wgig"),
    "a case of which nothing is known": from_title("Nobody knows"),
    "2,000 seats": odd_text(seats=1000),
}
LARGE = ("2,000 seats", "32 issues and 31 groups", "sixty long days", "40 meetings")
