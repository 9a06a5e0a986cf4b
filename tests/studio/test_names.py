"""Names in a room: whom nobody can be taken for."""

from __future__ import annotations

import pytest

from negsim.studio.limits import RefusedError
from negsim.studio.names import check_name, skeleton, tidy_name
from studio_cases import HOSTILE

TEACHERS = (
    "The teacher",
    " the  TEACHER.",
    "Teacher",
    "Your teacher",
    "Teacher 1",
    "Ｔｈｅ ｔｅａｃｈｅｒ",
    "Thé Teacher",
    "T h e t3acher",
    "Тһе теасһег",  # Cyrillic alone
    "ꓔꓧꓰ ꓔꓰꓮꓚꓧꓰꓣ",  # Lisu
    "ᎢᎻᎬ ᎢᎬᎪᏟᎻᎬᎡ",  # Cherokee
    "ᴛʜᴇ ᴛᴇᴀᴄʜᴇʀ",
    "The teacheꭇ",
    "The t̶eacher",
    "𝐓𝐡𝐞 𝐭𝐞𝐚𝐜𝐡𝐞𝐫",
    "Ⓣⓗⓔ ⓣⓔⓐⓒⓗⓔⓡ",
)
REFUSED = {
    "Thе teacher": "mixes Latin and Cyrillic letters; write it in one alphabet",
    "The teaсher": "mixes Latin and Cyrillic",
    "teɑϲher": "mixes Latin and Greek",
    "Ꭲhe ꭲeacher": "mixes Cherokee and Latin",
    "ⲧhe ⲧeacher": "names are not written in",  # Coptic
    "Ⲧhe": "names are not written in",
    "𐊗he": "names are not written in",  # Lycian
    "🅣🅗🅔 🅣🅔🅐🅒🅗🅔🅡": "“🅣” is not a letter; write your name in letters and digits",
    "🅃🄷🄴 🅃🄴🄰🄲🄷🄴🅁 ✓": "“✓” is not a letter",
    "★ Ana": "is not a letter",
    "Ana 🎓": "is not a letter",
    "\u3164": "nobody can see",  # Hangul fillers
    "Ann\u115f": "nobody can see",
    "Ann\uffa0": "nobody can see",
    "An\u034fn": "nobody can see",
    "Ann\ufe0f": "nobody can see",
    "Ann\U000e0101": "nobody can see",
    "Ann\u2800": "nobody can see",
    "Z\u0336\u0321\u0334\u0335\u0322alan": "more than 4 accents",
    "김さ": "mixes Hangul and Hiragana",
    " \t ": "write your name",
    "...": "write your name",
    "\u200b\u2060": "write your name",
}
NAMES = (
    "Ana", "José", "Nguyễn Văn A", "Jürgen-Peter O'Neil 2", "Łukasz", "Þór", "Иван 3", "Ӓхмет", "Αλέξης", "محمد", "שרה",
    "สมชาย", "अनिता", "日本 さくら", "高橋 ケン", "金 철수", "陳ㄔㄣ", "Kaʻiulani", "ⵣⵉⵔⵉ", "Ընկեր", "გიორგი", "P1",
    "7", "מֹשֶׁ֑ה", HOSTILE,
)  # fmt: skip


@pytest.mark.parametrize("name", TEACHERS)
def test_nobody_is_called_as_the_teacher_is(name):
    with pytest.raises(RefusedError, match="your teacher's"):
        check_name(tidy_name(name))


@pytest.mark.parametrize(("name", "why"), REFUSED.items())
def test_a_name_is_in_one_script_and_all_of_it_can_be_seen(name, why):
    with pytest.raises(RefusedError, match=why):
        check_name(tidy_name(name))


def test_people_may_be_called_what_they_are_called():
    for name in NAMES:
        check_name(tidy_name(name))
    assert len(set(map(skeleton, NAMES))) == len(NAMES)


@pytest.mark.parametrize("letter", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\U000e0041"])
def test_what_cannot_be_seen_makes_no_other_name(letter):
    assert skeleton(tidy_name(f"Ana{letter}")) == skeleton("Ana")
