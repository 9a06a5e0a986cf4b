"""What pages of the documentation say of the cast: `.venv/bin/python tests/cast_pages.py` writes it again.

- The tables of formats and of decision rules in docs/rules.md, found by their headings.
- The entries of formats, decision rules and knobs in docs/glossary.md, each at its place in the alphabet.
- The table of words for numbers in scenarios/README.md.
"""

import math
import re
import textwrap
from pathlib import Path

from negsim.cast.decisions import DECISION_RULES
from negsim.cast.formats import FORMATS
from negsim.cast.knobs import KNOBS
from negsim.cast.moves import TABLE_MOVES
from negsim.negotiation.acceptance import ANY_NUMBER, MAJORITY, RuleRow
from negsim.negotiation.formats import Format
from negsim.negotiation.tables import Move, Pen
from negsim.scenario.words import CODEBOOK

DOCS = Path(__file__).parents[1] / "docs"
WIDTH = 120  # letters of a line


def rules_page(page):
    """The page of the rules with its tables of the cast."""
    return with_tables(page, (formats_in_words(), formats_in_numbers(), decision_rules(), moves_in_words()))


def language_page(page):
    """The page of the language with its table of words for numbers."""
    return with_tables(page, (words_for_numbers(),))


def with_tables(page, tables):
    """A page with its tables, found by their headings, as they are now."""
    for rows in tables:
        head = f"| {' | '.join(rows[0])} |"
        start = page.index(head)
        end = page.index("\n\n", start)
        ruler = f"|{'---|' * len(rows[0])}"
        page = page[:start] + "\n".join([head, ruler, *(f"| {' | '.join(row)} |" for row in rows[1:])]) + page[end:]
    return page


def words_for_numbers():
    """A row a scale: what it measures, and what each word stands for on it."""
    words = list(dict.fromkeys(word for scale in (CODEBOOK["trust"], *CODEBOOK.values()) for word in scale.words))
    rows = (
        [
            f"`{name}`: {scale.meaning}",
            *(f"{scale.words[word].number:g}" if word in scale.words else "" for word in words),
        ]
        for name, scale in CODEBOOK.items()
    )
    return [["scale", *(f"`{word}`" for word in words)], *rows]


def formats_in_words():
    """A row a format: what it does."""
    return [["format", "what it does"], *([f"`{name}`", each.meaning] for name, each in FORMATS.items())]


def formats_in_numbers():
    """A row a format: its numbers."""
    return [["format", *Format._fields], *([f"`{name}`", *numbers_of(each.row)] for name, each in FORMATS.items())]


def moves_in_words():
    """A row a move of the table: what it lets a delegate do, and whether the model's delegates make it."""
    head = ["key", "move", "what it lets a delegate do", "by the model's delegates too"]
    rows = ([f"`{one.name}`", one.label, one.meaning, "yes" if one.by_model else "no"] for one in TABLE_MOVES.values())
    return [head, *rows]


def numbers_of(row):
    """The numbers of a format; codes by their names, and `chair` where the chair sets the number."""
    named = row._asdict() | {"closing": Move(row.closing).name.lower(), "pen": Pen(row.pen).name.lower()}
    return [
        value if isinstance(value, str) else "chair" if math.isnan(value) else f"{value:g}" for value in named.values()
    ]


def decision_rules():
    """A row a rule: its numbers, with the key by which a scenario sets one."""
    return [["rule", *RuleRow._fields], *([f"`{name}`", *asked(rule)] for name, rule in DECISION_RULES.items())]


def asked(rule):
    """The numbers of a rule in the words of the page."""
    for column, value in rule.row._asdict().items():
        text = {ANY_NUMBER: "any", MAJORITY: "more than half"}.get(value, f"{value:g}")
        yield f"`{rule.key}` ({text})" if column == rule.column else text


def glossary(page):
    """The glossary with the entries of the cast."""
    start, *entries = re.split(r"(?m)^(?=\*\*.+\*\*.*\n: )", page)
    by_term = {term_of(entry): entry for entry in entries} | {term_of(entry): entry for entry in cast_entries()}
    return start + "\n\n".join(entry.strip() for _, entry in sorted(by_term.items())) + "\n"


def term_of(entry):
    """By what an entry is sorted."""
    return re.sub(r"[^a-z ]", "", re.match(r"\*\*(.+?)\*\*", entry)[1].lower())


def cast_entries():
    """The entries of the cast."""
    for name, each in TABLE_MOVES.items():
        yield entry_of(each.label, f"A move of the table: {each.meaning} (`process.moves.{name}`).")
    for name, each in FORMATS.items():
        yield entry_of(each.label, f"A format: {each.meaning} (`{name}`).")
    for name, rule in DECISION_RULES.items():
        yield entry_of(name.replace("_", " "), f"A decision rule (`{name}`). {rule.meaning} {rule.note}".strip())
    yield entry_of("knob", f"One of the changes that fit any scenario: {', '.join(f'`{path}`' for path in KNOBS)}.")


def entry_of(term, text):
    """An entry, in lines of a page."""
    lines = textwrap.wrap(text, WIDTH, initial_indent=": ", subsequent_indent="  ", break_on_hyphens=False)
    return f"**{term}**\n" + "\n".join(lines)


if __name__ == "__main__":
    pages = {"rules.md": rules_page, "glossary.md": glossary, "../scenarios/README.md": language_page}
    for name, made in pages.items():
        file = DOCS / name
        file.write_text(made(file.read_text(encoding="utf-8")), encoding="utf-8")
