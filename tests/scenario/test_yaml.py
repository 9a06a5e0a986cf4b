"""How a file is read: strict YAML 1.2, one vocabulary, sections shared between files."""

import re
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negsim.errors import ScenarioError
from negsim.scenario import Scenario, load, loads, text_of, unsourced, yaml
from negsim.scenario.validate import tidied
from negsim.scenario.words import CODEBOOK, parameter_scales
from negsim.scenario.yaml import decode, parse, scalar, to_yaml

DATA = Path(__file__).parents[1] / "data"
SMALL = (DATA / "small.yaml").read_text(encoding="utf-8")
ODD_TEXTS = st.sampled_from([".nan", "9" * 60, "NO", "1e-3", "~", "", "- a", "2011-03-25", "<<", "a: b", "0x1f"])
KEYS = st.sampled_from(["a", "NO", "1e-3", "<<", "~"])
FULL = (DATA / "full.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("1", 1),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1.5E+2", -150.0),
        ("1:30", "1:30"),
        ("2011-03-25", "2011-03-25"),
        ("0b1", "0b1"),
        ("=", "="),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text, value):
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


LETTERS = st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S"], include_characters=" ")
NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
LEAVES = ODD_TEXTS | st.text(LETTERS, max_size=20) | NUMBERS | st.none() | st.booleans()


@given(st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=10))
def test_what_is_written_reads_back_the_same(data):
    assert parse(to_yaml([data]), "f").data == [data]
    assert not parse(to_yaml([data]), "f").problems


@pytest.mark.parametrize("space", ["\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}"])
def test_every_space_is_read_as_a_plain_one(space):
    plain = "# Qui paie ?\ntitle: « Qui paie ? »\nnames: {Jean Dupont : [a, b ]}\nstory: |\n  Un :\n  deux ;\n"
    assert parse(plain.replace(" ", space), "f") == parse(plain, "f")
    assert parse(f'{{"a\\u{ord(space):04x}b": "c\\u{ord(space):04x}d"}}', "f").data == {"a b": "c d"}


@pytest.mark.parametrize("text", [SMALL, SMALL.replace("\n", "\r\n")])
def test_line_ends_and_byte_order_marks_do_not_matter(text):
    assert loads(decode(b"\xef\xbb\xbf" + text.encode(), "f")) == loads(SMALL)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (SMALL.encode("utf-16"), "f: is UTF-16; save it as UTF-8"),
        (b"\x7fELF\x02\0\0", "f: is binary; a scenario is a text file"),
        (b"format: 1\ntitle: caf\xe9\n", "f:2:1: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (b"a: &a [x]\n" + b"b: [*a, *a]\n" * 900_000, "f: larger than 1 MiB; not a scenario"),
    ],
)
def test_bytes_that_are_no_text_are_refused(raw, message):
    with pytest.raises(ScenarioError, match=f"^{re.escape(message)}$"):
        decode(raw, "f")


def test_aliases_are_bounded():
    with pytest.raises(ScenarioError, match="more than 100 aliases"):
        parse("a: &a [x]\n" + "b: [" + "*a, " * 101 + "]\n", "f")


SCALES = {**CODEBOOK, **parameter_scales()}


def test_every_word_has_a_number_in_range_and_a_reason():
    words = {(name, text): word for name, scale in SCALES.items() for text, word in scale.words.items()}
    assert {at for at, word in words.items() if not SCALES[at[0]].low <= word.number <= SCALES[at[0]].high} == set()
    assert {at for at, word in words.items() if not word.reason} == set()


def test_a_file_is_found_by_path_and_its_text_kept(tmp_path):
    assert text_of(DATA / "small.yaml") == SMALL
    assert load(str(DATA / "small.yaml")) == loads(SMALL)
    for missing, why in {
        tmp_path / "none.yaml": "no such file",
        tmp_path: "is not a file",
        f"{'a' * 5000}.yaml": "cannot be read",
        "a\0.yaml": "no such file|cannot be read",
    }.items():
        with pytest.raises(ScenarioError, match=why):
            load(missing)


def test_a_file_is_read_by_its_ending_in_any_case_or_by_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("mine.YAML", "mine.txt"):
        Path(name).write_text(SMALL, encoding="utf-8")
    assert load("mine.YAML") == load("./mine.txt") == loads(SMALL)
    with pytest.raises(ScenarioError, match=r"^mine.txt: no scenario of that name; write ./mine.txt for the file$"):
        load("mine.txt")


def test_a_problem_in_the_population_names_its_file(tmp_path):
    people = (DATA / "people.yaml").read_text(encoding="utf-8")
    (tmp_path / "people.yaml").write_text(people.replace("seats: 4", "seats: 0") + "groops: {}\n", encoding="utf-8")
    (tmp_path / "shared.yaml").write_text((DATA / "shared.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ScenarioError) as told:
        load(tmp_path / "shared.yaml")
    assert str(told.value).replace(f"{tmp_path}/", "").splitlines() == [
        "people.yaml:8:19: groups.states.seats: 0 is out of range; write a number from 1 to 2000",
        'people.yaml:11:1: groops: does not belong in a population file; did you mean "groups"?',
    ]


def test_a_population_that_is_empty_or_a_link_to_itself_is_told(tmp_path):
    (tmp_path / "shared.yaml").write_text((DATA / "shared.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "people.yaml").symlink_to("people.yaml")
    with pytest.raises(ScenarioError, match=r'there is no file "people.yaml" beside this one'):
        load(tmp_path / "shared.yaml")
    (tmp_path / "people.yaml").unlink()
    (tmp_path / "people.yaml").touch()
    with pytest.raises(ScenarioError, match=r"people.yaml: the file is empty; a population file starts with `issues:`"):
        load(tmp_path / "shared.yaml")


def test_numbers_without_a_basis_are_listed():
    assert "groups.firms.seats" in unsourced(DATA / "full.yaml")
    assert "groups.states.seats" not in unsourced(DATA / "full.yaml")
    assert "delegates.0.voice" not in unsourced(DATA / "full.yaml")
    assert unsourced(DATA / "shared.yaml") == ["trust.across"]


def test_a_basis_follows_its_numbers_into_the_resolved_form():
    basis = load(DATA / "full.yaml").basis
    assert basis["groups.states.position.scope"] == "memoir: p. 12"
    assert basis["process.meetings.Oslo.agenda.0"] == "assumption: most of the time"
    assert basis["delegates.Norland"] == "coding: spoke first and most"


@given(st.text(max_size=200))
def test_no_text_raises_anything_else(text):
    with pytest.raises(ScenarioError) as told:
        loads(text)
    str(told.value).encode()


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(raw):
    with pytest.raises(ScenarioError):
        loads(decode(raw, "f"))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_a_good_file_raises_anything_else(data):
    text = data.draw(st.sampled_from([SMALL, FULL]))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.integers(0, 12))
        text = text[:start] + data.draw(st.text("{}[]:,-&*!#|>'\"\n \t0.a~<", max_size=4)) + text[end:]
    try:
        assert isinstance(loads(text), Scenario)
    except ScenarioError as error:
        assert "pydantic" not in str(error)  # noqa: PT017
        assert all(line.startswith("<text>") for line in str(error).splitlines())  # noqa: PT017


VALUES = st.recursive(
    st.sampled_from([None, True, 0, 1, -1, 0.5, 1e300, "low", "Norland", "states", "scope", "none", "x", 10**39]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["scope", "share", "name", "a"]), inner)
    ),
    max_leaves=6,
)


def _places(data, path=()):
    yield path
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from _places(value, (*path, key))


WHOLE = parse(FULL, "f").data
PLACES = list(_places(WHOLE))[1:]


@settings(max_examples=150)
@given(st.sampled_from(PLACES), VALUES)
def test_no_value_anywhere_raises_anything_else(path, value):
    data = deepcopy(WHOLE)
    here = data
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    try:
        assert isinstance(loads(to_yaml(data)), Scenario)
    except ScenarioError as error:
        assert "not understood" not in str(error)  # noqa: PT017
        assert "pydantic" not in str(error)  # noqa: PT017


def test_a_file_may_have_as_many_values_as_there_may_be(monkeypatch):
    monkeypatch.setattr(yaml, "MOST_VALUES", 4)
    assert parse("[1, 2, 3]", "a file").data == [1, 2, 3]
    with pytest.raises(ScenarioError, match="more than 4 values"):
        parse("[1, 2, 3, 4]", "a file")


def test_a_basis_says_every_reason_once_where_the_resolved_data_have_its_place():
    data = {"a": 1.0, "p": [0.4, 0.1], "events": [{"by": "x"}]}
    basis = {
        "a.low": "s: one",
        "a": "s: one",
        "a.high": "s: on",
        "p.mean": "s: two",
        "events.3": "s: gone",
        "b": "s: gone",
    }
    assert tidied(basis, data) == {"a": "s: one; s: on", "p": "s: two"}
