"""Files with tens of thousands of mistakes: the work stays in proportion, and the answer stays readable."""

from pathlib import Path

import pytest

from answers import negsim
from negsim import errors
from negsim.errors import MOST_SUGGESTIONS, ScenarioError
from negsim.scenario import library, loads, yaml

SMALL = (Path(__file__).parents[1] / "data" / "small.yaml").read_text(encoding="utf-8")
UNKNOWN = SMALL + "".join(f"k{n:05d}: 1\n" for n in range(40_000))
VALUES = f"{SMALL}basis:\n" + "".join(f"  k{n:05d}: 1\n" for n in range(50_000))
WORDS = SMALL.replace("questionnaire: 1]", ", ".join(f"questionaire{n}: 0.1" for n in range(1000)) + "]")


class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *given, **named):
        self.calls += 1
        return self.function(*given, **named)


@pytest.fixture
def compared(monkeypatch):
    """How often names are compared letter by letter, which is what takes long."""
    counted = Counted(errors.get_close_matches)
    monkeypatch.setattr(errors, "get_close_matches", counted)
    return counted


@pytest.mark.parametrize("text", [UNKNOWN, VALUES, WORDS], ids=["unknown keys", "wrong values", "wrong words"])
def test_suggestions_are_looked_for_a_few_hundred_times(text, compared):
    with pytest.raises(ScenarioError):
        loads(text)
    assert compared.calls <= 3 * MOST_SUGGESTIONS


def test_a_file_of_human_size_has_a_suggestion_for_every_mistake():
    wrong = SMALL + "".join(f"popoulation{n % 10}{'n' * (n // 10)}: 1\n" for n in range(60))
    with pytest.raises(ScenarioError) as error:
        loads(wrong)
    assert [str(problem).endswith('did you mean "population"?') for problem in error.value.problems].count(True) > 40


@pytest.mark.parametrize("text", [UNKNOWN, VALUES], ids=["unknown keys", "wrong values"])
def test_check_reads_a_file_once(text, tmp_path, monkeypatch):
    counted = Counted(yaml.yaml.parse)
    monkeypatch.setattr(yaml.yaml, "parse", counted)
    library._read.cache_clear()
    (tmp_path / "many.yaml").write_text(text)
    assert negsim("check", str(tmp_path / "many.yaml")).exit_code == 2
    assert counted.calls == 1


def test_a_path_of_very_many_steps_is_followed_in_little_work():
    class Steps(dict):
        looked = 0

        def __contains__(self, key):
            self.looked += 1
            return super().__contains__(key)

    data = Steps(a=1)
    assert yaml.follow(data, ".".join("b" * 10_000)) == ((), ".".join("b" * 10_000))
    assert data.looked <= 100


LONG = f"{SMALL}basis:\n" + "".join(f"  title{' ' * (n % 3)}: 'assumption: {n} — ü'\n" for n in range(1, 2))
PADDING = "# padding, so that the text is a long one\n" * 2000


@pytest.mark.parametrize("text", [SMALL, LONG, UNKNOWN[:60_000], VALUES[:90_000], "a: [1, {b: c}, 'd', \"e\"]\n"])
def test_a_long_text_is_read_as_a_short_one_to_the_last_column(text, monkeypatch):
    text = text[: text.rindex("\n") + 1] + PADDING
    fast = yaml.parse(text, "x")
    monkeypatch.setattr(yaml, "_LIBYAML", None)
    assert fast == yaml.parse(text, "x")


@pytest.mark.parametrize(
    "wrong", ["a: [1", "a:\tb", "a: {b?: 1}", "a: b: c", "- a\nb: c", 'a: "\\q"', "\ufeffa: 1", "a: \x07"]
)
def test_what_is_wrong_with_a_long_text_is_what_is_wrong_with_a_short_one(wrong, monkeypatch):
    def answer():
        try:
            return yaml.parse(PADDING + wrong + "\n", "x")
        except ScenarioError as error:
            return str(error)

    fast = answer()
    monkeypatch.setattr(yaml, "_LIBYAML", None)
    assert fast == answer()
