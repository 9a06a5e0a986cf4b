"""The way of a page to the desk of a class, with a desk that answers as a test wants."""

import pytest

from node import SCRIPTS, answer, beginning, needs_node

pytestmark = needs_node


def test_a_page_that_is_moved_to_another_table_forgets_the_game_of_the_old_one():
    """It asks the desk with nothing in hand, and hears of the new table together with its game."""
    asked, heard = answer(SCRIPTS / "moved.mjs")
    assert asked == [
        [1, [0, 0, 0, 0], False], [1, [1, 0, 0, 0], True], [2, [1, 1, 1, 1], True], [2, [0, 0, 0, 0], False],
    ]  # fmt: skip
    assert heard == [["Table 2", "Table 2"]]


JOIN = beginning(SCRIPTS / "join.mjs")


def test_who_joins_with_a_name_is_kept_by_the_key_and_waits_for_a_table():
    script = f"""{JOIN}
    answer({{first, refusal, asked: asked.map(([path, {{code, name, key}}]) => [path, code ?? key, name ?? null]),
      hash: location.hash, kept: JSON.parse(localStorage.getItem("negsim desk ABC")),
      isNew: desk.isNew, all: desk.tellsAll,
      strip: [part("desk-table").textContent, part("desk-phase").textContent, part("desk-clock").textContent]}});
    """
    joins, sits = {"phase": "join", "says": "Wait."}, {"phase": "play", "says": "Play.", "left": 65, "deal": 1}
    said = answer(script, waits=1, answers=[{"problem": "No such class."}, {"key": "k1"}, joins, sits])
    assert said["first"] == ["ABC", True]
    assert said["refusal"] == ["No such class.", False]
    assert [one[0] for one in said["asked"][:3]] == ["/class/join", "/class/join", "/class/sign"]
    assert said["asked"][1] == ["/class/join", "ABC", "Ana"]
    assert said["asked"][2][1] == "k1"
    assert [said["hash"], said["isNew"], said["all"]] == ["#code=ABC&key=k1", True, False]
    assert said["kept"] == [{"key": "k1", "name": "Ana"}]
    assert said["strip"] == ["Reds: Ana, Ben", "Play. Ben answers for your table.", "1:05"]


@pytest.mark.parametrize(
    ("more", "seen"),
    [
        ({"phase": "play", "left": 65}, ["Play. Ben answers for your table.", True, False, False, True, False]),
        ({"phase": "play", "left": None, "writes": True}, ["Play.", True, True, True, True, False]),
        ({"phase": "play", "left": 5, "finished": True}, ["Play.", True, True, False, True, False]),
        ({"phase": "guess"}, ["Play.", True, True, True, False, False]),
        ({"phase": "guess", "guess": 0.25}, ["Play. Your guess is 25 of 100.", True, True, True, True, False]),
        ({"phase": "debrief"}, ["Play.", True, True, True, True, True]),
        ({"phase": "read", "problem": "Too late."}, ["Play.", False, True, True, True, False]),
    ],
)
def test_the_strip_shows_what_a_table_may_do_in_a_phase(more, seen):
    """The phase; no trouble; no time to ask for; no pen to take over; no guess to give; whether answers are told."""
    script = f"""{JOIN}
    const [time, over] = part("desk-buttons").children;
    answer([part("desk-phase").textContent, strip.querySelector(".problem").hidden, time.hidden, over.hidden,
      part("desk-guess").hidden, desk.tellsAll]);
    """
    sits = {"says": "Play.", "deal": 1} | more
    assert answer(script, answers=[{"problem": "No."}, {"key": "k1"}, sits]) == seen


def test_what_the_strip_is_asked_for_goes_to_the_desk():
    script = f"""{JOIN}
    const [time, over, again] = part("desk-buttons").children, slider = strip.querySelector("input");
    asked.length = 0;
    time.click();
    over.click();
    again.click();
    slider.value = "30";
    slider.tell("input");
    strip.querySelector(".desk-guess .main").click();
    await rest();
    const wishes = asked.map(([what, one]) => (one ? [one.asks, one.takes_over, one.guess] : what));
    answer([wishes, strip.querySelector("output").textContent]);
    """
    sits = {"phase": "play", "says": "Play.", "deal": 1}
    asked = [[True, None, None], [None, True, None], "again", [None, None, 0.3]]
    assert answer(script, answers=[{"problem": "No."}, {"key": "k1"}, sits]) == [asked, "30"]


@pytest.mark.parametrize(
    ("more", "is_shown"),
    [({"writes": True, "again": True}, True), ({"writes": False, "again": True}, False), ({"writes": True}, False),
     ({"writes": True, "again": True, "phase": "debrief"}, False)],
)  # fmt: skip
def test_a_game_that_does_not_count_may_be_played_again_by_who_answers(more, is_shown):
    sits = {"phase": "play", "says": "Play.", "deal": 1} | more
    script = f"{JOIN} answer(!part('desk-buttons').children[2].hidden);"
    assert answer(script, answers=[{"problem": "No."}, {"key": "k1"}, sits]) == is_shown


HERE = [{"key": f"k{n}", "name": name} for n, name in enumerate(["Ana", "Ben", "Cleo"])]
OTHERS = beginning(SCRIPTS / "others.mjs")


def test_a_browser_is_the_last_ones_who_joined_in_it_until_somebody_says_not_you():
    script = f"""{OTHERS}
    (await entered).mount(strip);
    named("Not you?").click();
    answer([asked, location.hash]);
    """
    assert answer(script, hash="#code=ABC", here=HERE[:2]) == [["k1"], "code=ABC&other"]
    assert answer(script, hash="#code=ABC&key=k0", here=HERE[:2]) == [["k0"], "code=ABC&other"]


def test_three_people_share_a_browser_and_each_comes_back():
    script = f"""{OTHERS}
    named("I am Ana").click();
    const fields = door.querySelectorAll("input").length;
    answer([asked, location.hash, fields, door.textContent.includes("needs another one")]);
    """
    assert answer(script, hash="#code=ABC&other", here=HERE[:2]) == [[], "code=ABC&key=k0", 2, False]
    assert answer(script, hash="#code=ABC&other", here=HERE) == [[], "code=ABC&key=k0", 0, True]


def test_a_page_knows_whether_the_desk_has_a_game_that_has_still_to_come():
    """Else a page without it would begin the game of its table again."""
    assert answer(SCRIPTS / "behind.mjs") == [True, False]
