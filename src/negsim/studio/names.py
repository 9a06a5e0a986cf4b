"""The names that people may use in a class.

- Nobody has a name that can be mistaken for the teacher's, or for that of somebody in the class.
- A name is written in one script: letters of two scripts make look-alikes of any name. Digits, punctuation and spaces
  go with every script. Signs that are not letters, and letters that cannot be seen, are refused.
- No list of look-alikes is complete.
- A refusal says what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from negsim.scenario.values import one_line
from negsim.studio.limits import MOST_NAME, RefusedError

_SCRIPTS = frozenset((  # in use today, by the first word of the names of their letters
    "LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "HEBREW", "ARABIC", "SYRIAC", "THAANA", "NKO", "DEVANAGARI", "BENGALI",
    "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN",
    "MYANMAR", "KHMER", "GEORGIAN", "ETHIOPIC", "CHEROKEE", "CANADIAN", "MONGOLIAN", "LISU", "YI", "TIFINAGH", "ADLAM",
    "VAI", "JAVANESE", "BALINESE", "SUNDANESE",
))  # fmt: skip
_HAN = frozenset({"Chinese", "Japanese", "Korean"})
_WRITINGS = {  # several scripts make up one writing
    "CJK": _HAN, "IDEOGRAPHIC": _HAN, "BOPOMOFO": frozenset({"Chinese"}), "HANGUL": frozenset({"Korean"}),
    "HIRAGANA": frozenset({"Japanese"}), "KATAKANA": frozenset({"Japanese"}),
    "KATAKANA-HIRAGANA": frozenset({"Japanese"}),
}  # fmt: skip
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_LOOK_ALIKE = str.maketrans(
    "абвгеһіјкмнорсԁѕтухѵԛԝєԑ" "αεηικνορτυχγ"
    "ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏴ" "ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ" "ᗩᗷᑕᗪᗴᖴᕼᒍᒪᗰᑎᑭᖇᐪᑌᐯ᙭" "01345ɑǀ",
    "a6brehijkmhopcdstyxvqwee" "aeniknoptuxy"
    "drtiyajewmhyghzbrwsvslcpkdb" "bpdtgkjczfmnlsrvhwxyaeiou" "abcdefhjlmnprtuvx" "oleasal",
)  # fmt: skip
_MOST_ACCENTS = 4  # on a letter; Unicode Technical Standard 39, section 5.4, forbids more
_LATIN_LETTER = re.compile(r"LATIN .*?\b([A-Z])\b")  # such as "LATIN LETTER SMALL CAPITAL T"


def tidy_name(name: str) -> str:
    """Return the normal form of a name, whatever width or style its letters were typed in.

    >>> tidy_name("  Ａｎａ ")
    'Ana'
    """
    return one_line(unicodedata.normalize("NFKC", name), most=MOST_NAME)


def check_name(name: str) -> None:
    """Raise `RefusedError` for a tidy name that is unusable or can only serve to be mistaken for somebody else."""
    if unseen := _INVISIBLE.search(name):
        raise RefusedError(f"your name holds a letter that nobody can see (U+{ord(unseen[0]):04X}); type it without")
    written: dict[str, frozenset[str]] = {}  # writings by script
    accents = 0  # in a row
    for letter in name:
        kind = unicodedata.category(letter)
        accents = accents + 1 if kind in {"Mn", "Me"} else 0
        if accents > _MOST_ACCENTS:
            raise RefusedError(f"a letter of your name has more than {_MOST_ACCENTS} accents; write it with fewer")
        if kind[0] in "LM":
            written |= _writings(letter)
        elif not letter.isascii() and kind[0] != "P" and kind != "Nd":
            raise RefusedError(f"“{letter}” is not a letter; write your name in letters and digits")
    if written and not frozenset.intersection(*written.values()):
        scripts = " and ".join("Han" if script == "CJK" else script.capitalize() for script in written)
        raise RefusedError(f"your name mixes {scripts} letters; write it in one alphabet")
    if not (look := skeleton(name)):
        raise RefusedError("write your name, so that the others know who you are")
    if "teacher" in look:
        raise RefusedError("that name is your teacher's; write your own")


@cache
def _writings(letter: str) -> dict[str, frozenset[str]]:
    """Return the script of a letter, with the writings it is part of; nothing for accents and the like."""
    script = unicodedata.name(letter, "").split(" ")[0]
    if script in {"COMBINING", "MODIFIER"}:
        return {}
    if script in _WRITINGS:
        return {script: _WRITINGS[script]}
    if script not in _SCRIPTS:
        raise RefusedError(f"“{letter}” is of an alphabet that names are not written in; use another")
    return {script: frozenset({script})}


def skeleton(name: str) -> str:
    """Reduce a name to its look: names with the same skeleton can be mistaken for one another.

    >>> skeleton("The teаcher") == skeleton("THÉ TEACHER!"), skeleton("Ana") == skeleton("Anna")
    (True, False)
    """
    return "".join(map(_plain, filter(str.isalnum, unicodedata.normalize("NFKD", name.casefold()))))


@cache
def _plain(letter: str) -> str:
    """Return the small Latin letter that a letter or a digit looks like, or itself."""
    if unicodedata.category(letter) == "Nd":
        letter = str(unicodedata.digit(letter))
    if (alike := letter.translate(_LOOK_ALIKE)) != letter:
        return alike
    latin = _LATIN_LETTER.match(unicodedata.name(letter, ""))
    return latin[1].lower() if latin else letter
