"""Sentences in the browser are those of Python."""

import math

from hypothesis import example, given, settings
from hypothesis import strategies as st

from negsim import sentences
from negsim.files import FORMULA, csv_text
from negsim.report.words import percent
from negsim.sentences import Place, patterns, sentence
from node import answer, module, needs_node

pytestmark = needs_node

FILL = f"""
import {{catalogue, fixed, listed, percent}} from {module("sentences.js")};
const sentence = catalogue(given.patterns);
const filling = (one) => (one?.value === null ? {{...one, value: NaN}} : one);
answer(given.all.map(([key, fillings]) =>
    sentence(key, Object.fromEntries(Object.entries(fillings).map(([name, one]) => [name, filling(one)])))));
"""
NUMBERS = [0, 1, 2, 3, 2.5, 1_000_000, 30.0]
PLACES = [
    0.0,
    0.004,
    0.079,
    0.08,
    0.125,
    0.25,
    0.254,
    0.255,
    0.375,
    0.449,
    0.45,
    0.5,
    0.545,
    0.55,
    0.625,
    0.7,
    0.75,
    0.92,
    0.925,
    1.0,
    math.nan,
]
LISTS = [[], ["Ann"], ["Ann", "Bob"], [f"<b>{n}" for n in range(7)]]
FILLINGS = {
    None: ["Ann", "", "$& {x} “”", 0, 7, 12],
    "plural": NUMBERS,
    "list": LISTS,
    "amount": [
        "0.40",
        *(
            Place("a", "c", value, ("b",), amounts, "hour/hours")
            for value in PLACES[:-1]
            for amounts in ((), (24, 6, 0.5))
        ),
    ],
    "place": [
        Place("low <i>", "high $1", value, between, amounts, unit)
        for value in PLACES
        for between, amounts, unit in (
            ((), (), ""),
            (("half",), (), ""),
            (("a $&", "<b>", "c"), (), ""),
            (("a", "b", "c"), (72.0, 24.0, 6.0, 1.0, 0.0), "hour/hours"),
            ((), (0.0, 4.0), "$& chairs"),
            (("a", "b"), (0.0, 1 / 3, 1.5, 1e9), ""),
        )
    ],
}
FILLINGS["amount"] = [one for one in FILLINGS["place"] if not math.isnan(one.value)] + ["0.4312"]


def kinds_of(pattern):
    return {match[1]: match[2] for match in sentences.SLOT.finditer(pattern)}


def cases():
    for key, pattern in patterns().items():
        kinds = kinds_of(pattern)
        for n in range(max((len(FILLINGS[kind]) for kind in kinds.values()), default=1)):
            yield key, {name: FILLINGS[kind][n % len(FILLINGS[kind])] for name, kind in kinds.items()}


def plain(filling):
    if isinstance(filling, Place):
        return filling._asdict() | {"value": None if math.isnan(filling.value) else filling.value}
    return filling


def test_every_pattern_is_filled_in_alike():
    every = list(cases())
    asked = [[key, {name: plain(one) for name, one in fillings.items()}] for key, fillings in every]
    got = answer(FILL, patterns=dict(patterns()), all=asked)
    assert got == [sentence(key, **fillings) for key, fillings in every]
    assert {key for key, _ in every} == set(patterns())


NUMBERS_SCRIPT = f"""
import {{fixed, percent}} from {module("sentences.js")};
answer(given.values.map((value) => [fixed(value, 2), fixed(value, 4), fixed(value, 0), percent(Math.abs(value) % 1)]));
"""


@settings(max_examples=5, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.floats(-5, 200),
            st.integers(-400, 4000).map(lambda n: n / 8),
            st.integers(0, 2000).map(lambda n: n / 1000),
        ),
        min_size=50,
    )
)
@example([-0.5])
def test_numbers_have_the_same_digits(values):
    values = [value + 0.0 for value in values]  # no negative zero
    got = answer(NUMBERS_SCRIPT, values=values)
    wanted = [[f"{value:.2f}", f"{value:.4f}", f"{value:.0f}", percent(math.fmod(abs(value), 1))] for value in values]
    assert [g for g, w in zip(got, wanted, strict=True) if g != w] == [
        w for g, w in zip(got, wanted, strict=True) if g != w
    ]


def test_a_sentence_addresses_whom_it_names():
    script = f"""
    import {{addressed}} from {module("sentences.js")};
    answer(addressed(given.text, "Ann Lee"));
    """
    text = "In the corridors, Ann Lee hears Ben out; Ben hears Ann Lee out. Ann Lee blocked it."
    assert answer(script, text=text) == "In the corridors, you hear Ben out; Ben hears you out. You blocked it."


def test_a_score_has_the_sign_of_minus_and_zero_has_none():
    script = f"""
    import {{whole}} from {module("words.js")};
    answer(given.points.map(whole));
    """
    assert answer(script, points=[-12.4, -0.4, 0, 73.6]) == ["−12", "0", "0", "74"]


def test_a_day_says_its_meeting_where_a_table_holds_several():
    """One of several as written, or of more than are written; the evening before the first is of none."""
    script = f"""
    import {{dayOf}} from {module("words.js")};
    const facts = (count) => ({{meetings: Array(count).fill({{}}), day_before: 9}});
    answer(given.asked.map(([meeting, day, written]) => dayOf({{meeting, day}}, facts(written))));
    """
    assert answer(script, asked=[[0, 1, 1], [0, 1, 2], [1, 0, 1], [0, 9, 2]]) == [
        "day 2",
        "day 2 of meeting 1",
        "day 1 of meeting 2",
        "the evening before",
    ]


def test_a_table_saved_from_a_page_is_the_table_that_python_writes():
    """No spreadsheet takes a text in it for a formula, whatever stands before the sign."""
    rows = [["=1+1", " +1", "\u200b@a", "\uff1d2", "\u2212 3"], ["\tx", "a=1", 'say "no", twice', "", "one\ntwo"]]
    script = f"""
    import {{csv}} from {module("numbers.js")};
    answer(csv(given.rows, given));
    """
    assert answer(script, rows=rows, formula=FORMULA) == csv_text(rows[0], rows[1:])
