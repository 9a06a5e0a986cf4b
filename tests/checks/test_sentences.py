"""The catalogue of sentences: every pattern is used, every slot is filled, and no pattern holds code."""

import ast
import re
from pathlib import Path

import negsim
from negsim.negotiation.tables import Move
from negsim.sentences import SLOT, patterns, slots_of

SOURCES = Path(negsim.__file__).parent
PATTERNS = patterns()
FUNCTIONS = {
    None: None,
    "plural": r"[a-z ]+(/[a-z ]+)?",
    "list": None,
    "place": None,
    "amount": None,
}  # with what they are told
OF_MOVE = re.compile(rf"(question\.)?({'|'.join(move.name.lower() for move in Move)})(\.carried|\.lost)?")
IN_TEMPLATES = re.compile(r'"([a-z_.]+)" \| sentence\b(?!\()')  # none of which has slots


def calls():
    """Yield every call of `sentence` in the package: where it stands, the keys it may take, the slots it fills.

    The slots are None where the pattern itself says which.
    """
    for source in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "sentence":
                where = f"{source.relative_to(SOURCES)}:{node.lineno}"
                slots = {keyword.arg for keyword in node.keywords}
                yield where, keys_in(node.args[0]), None if None in slots else slots


def keys_in(node):
    """The keys that an expression may come to: a word, one of two by a condition, or in a name those of moves."""
    if isinstance(node, ast.Name):
        return {key for key in PATTERNS if OF_MOVE.fullmatch(key)}
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and one.value in PATTERNS}


CALLS = list(calls())
CARDS = {key for file in SOURCES.rglob("*.j2") for key in IN_TEMPLATES.findall(file.read_text(encoding="utf-8"))}


def used_by_pages():
    """Return the keys that the modules of a page name, whole or with parts that they fill in."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in (SOURCES / "page" / "web").glob("*.js"))
    filled = [re.sub(r"\$\{[^}]*\}", "[a-z_]+", part) for part in re.findall(r"`([a-z_.]+\$\{[^`]*)`", text)]
    return {key for key in PATTERNS if f'"{key}"' in text or any(re.fullmatch(part, key) for part in filled)}


def test_every_pattern_is_used():
    assert set(PATTERNS) - CARDS - {key for _, keys, _ in CALLS for key in keys} - used_by_pages() == set()


def test_every_call_names_its_patterns():
    assert [where for where, keys, _ in CALLS if not keys] == []
    assert set(PATTERNS) >= CARDS


def test_every_slot_is_filled_and_nothing_else_is_given():
    wrong = [
        (where, key) for where, keys, slots in CALLS for key in keys if slots not in (None, slots_of(PATTERNS[key]))
    ]
    assert wrong == []
    assert {key for key in CARDS if slots_of(PATTERNS[key])} == set()


def test_no_pattern_holds_code():
    rest = {key: SLOT.sub("", pattern) for key, pattern in PATTERNS.items()}
    assert {key: text for key, text in rest.items() if re.search(r"[{}|<>$%&\\`=]", text)} == {}
    slots = [(key, match[2], match[3]) for key, pattern in PATTERNS.items() for match in SLOT.finditer(pattern)]
    assert [slot for slot in slots if slot[1] not in FUNCTIONS] == []
    assert [slot for slot in slots if not is_told_what_it_takes(*slot[1:])] == []


def is_told_what_it_takes(function, forms):
    takes = FUNCTIONS[function]
    return forms is None if takes is None else forms is not None and re.fullmatch(takes, forms) is not None
