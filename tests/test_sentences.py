"""A sentence is its pattern, filled in."""

import pytest

from negsim.sentences import Place, sentence


def test_a_filling_is_never_read_as_a_pattern():
    assert sentence("reading.lifted", n=1, who="{n|plural x} \\1") == "1 bracket lifted: {n|plural x} \\1."


@pytest.mark.parametrize(
    "fillings",
    [{}, {"n": 1}, {"n": 1, "who": "Ann", "why": "no"}, {"n": "two", "who": "Ann"}, {"n": 2, "who": ["Ann"]}],
)
def test_a_slot_without_a_filling_of_its_kind_is_an_error(fillings):
    with pytest.raises(TypeError):
        sentence("reading.lifted", **fillings)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "no text"),
        (0.0, "at “no” (0.00)"),
        (0.1, "near “no” (0.10)"),
        (0.3, "closer to “no” than to “yes” (0.30)"),
        (0.5, "halfway between “no” and “yes” (0.50)"),
        (0.95, "at “yes” (0.95)"),
    ],
)
def test_a_place_is_described_by_the_nearer_end(value, words):
    shown = sentence("proposal.place", issue="Fees", text=Place("no", "yes", value))
    assert shown == f"Fees {words}"
