"""A game as its player has it: the page opened from a folder, without a network, in Debian's Chromium and Firefox."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from answers import negsim
from firefox import firefox
from journals import finished, journal
from negsim import load
from negsim.games import play_again, read_journal
from negsim.negotiation.score import RED_LINE_COST
from negsim.page import PageSource, page
from negsim.page.html import with_facts
from negsim.scenario import loads, text_of
from page_reader import BY_HAND, SIZES, axe_finds, low_targets
from patience import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEAT, SEED = "Minister Amara Diallo", 4  # a seed in which the model fails in her seat
HOSTILE = "</script><img src=x onerror=struck()>"
LONELIEST = """() => {
    const all = [...document.querySelectorAll(".ladder circle")].map((dot) => dot.getBoundingClientRect());
    const gaps = all.map(({x, y}, n) => Math.min(...all.map((other, m) => (
        m === n ? Infinity : Math.hypot(other.x - x, other.y - y)))));
    return gaps.indexOf(Math.max(...gaps));
}"""  # the dot of the scales that is furthest from the others
MAIN = ".start button, .answers .main, .acts button"  # what a screen asks to press


def written(folder: Path, scenario, seat, seed=SEED) -> Path:
    path = folder / "play.html"
    path.write_text(page(PageSource(scenario, "storm", seed=seed, seat=seat), runs=2), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def storm(tmp_path_factory):
    """The page of the class's case."""
    return written(tmp_path_factory.mktemp("play"), load("storm"), SEAT)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The page of a case whose seats have no brief, nor moves of their own."""
    return written(tmp_path_factory.mktemp("town"), load("classroom"), "Librarian", seed=7)


def visit(tab, address):
    """Open an address of the page anew; one that is open follows it by itself, and not at once."""
    tab.goto("about:blank")
    tab.goto(address)


def begin(tab):
    tab.locator(".start button").click()
    expect(tab.locator("#asked")).to_be_visible()


def screen(tab):
    """Which screen of the game is shown: "sheet", "came" or "debrief"."""
    return until(
        lambda: tab.evaluate("['sheet', 'came', 'debrief'].find((name) => document.querySelector(`#game > .${name}`))")
    )


def settled(tab):
    """Wait until the game has taken what was pressed, and shows the next screen."""
    until(lambda: tab.locator(".answers .main:disabled, .acts button:disabled").count() == 0)


def answer(tab):
    """Reply to the sheet that is due with the least that it takes; read what came of it."""
    if screen(tab) == "sheet":
        tab.locator(".sheet .main, .sheet .act").first.click()
        settled(tab)
    while screen(tab) == "came":
        tab.locator(".came .main").click()
        settled(tab)


def to_the_end(tab, visit=lambda: None):
    """Play to the debriefing. visit: called at every screen."""
    while (shown := screen(tab)) != "debrief":
        visit()
        if shown == "came":
            tab.locator(".came .main").click()
        else:
            tab.locator(".sheet .main, .sheet .act").first.click()
        settled(tab)


def journal_of(tab):
    """The journal that the browser keeps."""
    kept = tab.evaluate("Object.entries(localStorage).find(([key]) => key.startsWith('negsim.play'))[1]")
    return json.loads(kept)["journal"]


def test_the_first_decision_is_one_click_away(reader, storm):
    tab = reader(storm, size=SIZES[0])
    for words in (
        "You are Minister Amara Diallo",
        "Records come first.",
        "you never sign",
    ):
        expect(tab.locator(".you")).to_contain_text(words)
    expect(tab.locator(".door .lead")).to_contain_text("A storm has cut the coast's only internet exchange.")
    expect(tab.locator(".goal")).to_contain_text(
        "3 paragraphs to agree on. A paragraph is agreed if no delegate blocks it."
    )
    expect(tab.locator(".goal")).to_contain_text(f"Each text beyond your red line costs {RED_LINE_COST:g}")
    expect(tab.locator(".start button")).to_be_in_viewport(ratio=1)
    tab.locator(".start button").click()
    expect(tab.locator("#asked")).to_be_focused()
    assert tab.locator(".sheet .face").count() == 13


@pytest.mark.deep
@pytest.mark.parametrize(("size", "scheme"), list(zip(SIZES, ["light", "dark", "light"], strict=True)))
def test_every_screen_is_accessible_fits_its_window_and_shows_its_button_at_once(reader, storm, size, scheme):
    tab = reader(storm, size=size, color_scheme=scheme, reduced_motion="reduce")

    def look():
        assert axe_finds(tab) == []
        assert low_targets(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]
        if tab.locator(MAIN).count():
            expect(tab.locator(MAIN).first).to_be_in_viewport(ratio=1)

    look()
    begin(tab)
    tab.locator(".sheet .face").first.click()
    to_the_end(tab, look)
    expect(tab.locator(".turned li").first).to_be_visible()
    look()


def test_the_keyboard_alone_plays_from_the_door_to_the_debriefing(reader, storm):
    tab = reader(storm)

    def tab_to(selector):
        until(
            lambda: tab.keyboard.press("Tab") or tab.evaluate("name => document.activeElement.matches(name)", selector)
        )

    tab_to(".start button")
    tab.keyboard.press("Enter")
    expect(tab.locator("#asked")).to_be_focused()
    has_written = False
    while (shown := screen(tab)) != "debrief":
        if not has_written and tab.locator(".extra button").count():
            tab_to(".extra button")
            tab.keyboard.press("Enter")
            expect(tab.locator(".handle")).to_be_focused()
            before = float(tab.locator(".handle").get_attribute("aria-valuenow"))
            tab.keyboard.press("ArrowUp")
            now = float(tab.locator(".handle").get_attribute("aria-valuenow"))
            assert now == pytest.approx(before + 0.01, abs=0.006)
            has_written = True
        tab_to(".sheet .main, .sheet .act" if shown == "sheet" else ".came .main")
        tab.keyboard.press("Enter")
        settled(tab)
    assert has_written
    expect(tab.locator("#ended")).to_be_focused()


def test_a_finger_moves_the_mark_on_a_scale(reader, storm):
    tab = reader(storm, size=SIZES[0], has_touch=True)
    begin(tab)
    while not tab.locator(".extra button").count():
        answer(tab)
    tab.locator(".extra button").click()
    box = tab.locator(".reach").first.bounding_box()
    tab.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.25)
    expect(tab.locator(".handle").first).to_have_attribute("aria-valuenow", "0.75")
    expect(tab.locator(".written").first).to_contain_text(re.compile(r"^You write: .* \(0\.75\), worth "))


def test_a_name_or_a_dot_that_is_tapped_says_who_it_is_and_what_is_known_of_them(reader, storm):
    tab = reader(storm, size=SIZES[0])
    begin(tab)
    tab.locator(".sheet .face").first.click()
    whom = tab.locator(".sheet .face[aria-pressed=true]").inner_text().split()[-1]
    answer(tab)
    known, people = tab.locator("dialog"), tab.get_by_text("The people, and what you know of them")
    people.focus()
    tab.keyboard.press("Enter")
    name = tab.locator("details[open] .face", has_text=whom)
    name.focus()
    tab.keyboard.press("Enter")
    expect(known.locator("h2")).to_contain_text(whom)
    expect(known).to_contain_text(re.compile(r"They told you .*0\."))
    expect(known).to_contain_text("Your trust in them: 0.")
    assert axe_finds(tab) == []
    assert low_targets(tab) == []
    tab.keyboard.press("Escape")
    expect(known).to_have_count(0)
    expect(name).to_be_focused()
    while not tab.locator(".extra button").count():
        answer(tab)
    dot = tab.locator(".ladder circle").nth(tab.evaluate(LONELIEST))
    dot.evaluate("one => one.scrollIntoView({block: 'center'})")
    box = dot.bounding_box()
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(known.locator("h2")).to_contain_text(dot.locator("title").text_content().split(":")[0])
    known.get_by_role("button", name="Close").click()
    while not tab.locator(".card .person").count():
        tab.locator(MAIN).first.click()
        settled(tab)
    tab.locator(".card .person").first.click()
    expect(known).to_be_visible()


def test_a_reload_goes_on_where_the_game_was_and_a_new_start_counts_as_another_attempt(reader, storm):
    tab = reader(storm)
    begin(tab)
    answer(tab)
    answer(tab)
    asked, before = tab.locator("#asked").inner_text(), journal_of(tab)
    tab.reload()
    expect(tab.locator("#asked")).to_have_text(asked)
    assert journal_of(tab) == before
    tab.get_by_role("button", name="Start again").click()
    assert journal_of(tab) == before
    tab.get_by_role("button", name="Yes, start again").click()
    until(lambda: journal_of(tab)["attempt"] == 2)
    assert journal_of(tab)["answers"] == []


def test_the_file_of_a_game_is_played_again_by_python_to_the_same_score(reader, storm):
    tab = reader(storm)
    begin(tab)
    to_the_end(tab)
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save the game as a file").click()
    journal = read_journal(Path(download.value.path()).read_text("utf-8"))
    played = play_again(journal, load("storm"))
    assert f"{round(played.score)}".replace("-", "−") == tab.locator(".score .number b").inner_text()


@pytest.mark.deep
def test_the_file_of_a_game_under_way_is_played_again_by_python_as_far_as_it_goes(reader, storm):
    tab = reader(storm)
    begin(tab)
    tab.locator(".sheet .face").first.click()
    answer(tab)
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save the game so far").click()
    saved = read_journal(Path(download.value.path()).read_text("utf-8"))
    assert (saved.result, len(saved.answers), saved.rows[-1].turn) == (
        None,
        1,
        len(play_again(saved, load("storm")).turns) - 1,
    )


def test_a_link_opens_on_the_end_of_its_game(reader, storm):
    tab = reader(storm, before="navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    begin(tab)
    to_the_end(tab)
    score = tab.locator(".score .number").inner_text()
    tab.get_by_role("button", name="Copy a link to it").click()
    expect(tab.locator(".debrief [role=status]")).to_contain_text("#game=")
    link = tab.locator(".debrief [role=status]").inner_text()
    other = reader(storm)
    begin(other)
    answer(other)
    own = journal_of(other)
    visit(other, link)
    expect(other.locator(".score .number")).to_have_text(score)
    assert journal_of(other) == own  # a look at another game costs nobody the own one
    with other.expect_download() as download:
        other.get_by_role("button", name="Save the game as a file").click()
    assert json.loads(Path(download.value.path()).read_text("utf-8")) == journal_of(tab)
    other.get_by_role("button", name="Play again").click()
    expect(other.locator("#asked")).to_be_visible()
    expect(other.locator("#game > .problem")).to_have_count(0)
    answer(other)
    own = journal_of(other)
    other.reload()
    expect(other.locator("#asked, #came").first).to_be_visible()
    assert journal_of(other) == own


@pytest.mark.deep
def test_a_game_with_a_knob_turned_goes_on_with_it_after_a_reload_elsewhere(reader, storm):
    """The address has lost it by then; the journal has not."""
    tab = reader(storm)
    knob = json.loads(tab.locator("#facts").text_content())["knobs"][0]
    level = knob["levels"][0 if knob["written"] else 1]
    visit(tab, f"{storm.as_uri()}#{knob['name']}={level['value']}")
    begin(tab)
    answer(tab)
    before = journal_of(tab)
    assert before["levels"] == [level["set"]]
    tab.evaluate("history.replaceState(null, '', location.pathname)")
    tab.reload()
    expect(tab.locator("#asked")).to_be_visible()
    assert journal_of(tab) == before


@pytest.mark.deep
def test_a_press_on_a_seat_counts_though_the_table_moves_meanwhile(reader, storm):
    tab = reader(storm, before=BY_HAND)
    until(lambda: tab.evaluate("move()"))
    seat, you = tab.locator(".table .seat").last, tab.locator(".you h2")
    before = you.inner_text()
    seat.hover()
    tab.mouse.down()
    tab.evaluate("move()")
    tab.mouse.up()
    expect(you).not_to_have_text(before)


@pytest.mark.parametrize("size", SIZES[:2])
def test_the_button_that_begins_can_be_pressed_once_it_stays_where_it_is(reader, town, size):
    look = """globalThis.heights = new Set();
        requestAnimationFrame(function look() {
            const button = document.querySelector(".start button:enabled");
            if (button) heights.add(button.getBoundingClientRect().y);
            requestAnimationFrame(look);
        });"""
    tab = reader(town, size=size, before=look)
    expect(tab.locator(".table svg")).to_be_visible()
    expect(tab.locator(".start button")).to_be_enabled()
    tab.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    assert len(tab.evaluate("[...heights]")) == 1


def test_the_experiment_stands_behind_the_second_door(reader, storm):
    tab = reader(storm)
    tab.locator("#to-experiment").click()
    expect(tab.locator("#lab")).to_be_visible()
    expect(tab.locator("#game")).to_be_hidden()
    tab.locator("#to-game").click()
    expect(tab.locator(".start button")).to_be_visible()


def test_a_page_plays_the_replication_that_it_was_made_for_unless_its_address_names_another(reader, tmp_path):
    path = tmp_path / "play.html"
    words = ["page", "classroom", "--play", "--seed", "7", "--replication", "3", "--runs", "2", "--out", path]
    assert negsim(*words).exit_code == 0
    for fragment, replication in (("", 3), ("#replication=5", 5)):
        tab = reader(path, fragment)
        begin(tab)
        answer(tab)
        assert (journal_of(tab)["seed"], journal_of(tab)["replication"]) == (7, replication)


@pytest.mark.deep
def test_a_seat_without_a_brief_is_played_to_the_end(reader, town):
    tab = reader(town, size=SIZES[0])
    expect(tab.locator(".you")).to_contain_text("What you must not sign")
    begin(tab)
    to_the_end(tab, lambda: axe_finds(tab) == [])
    expect(tab.locator(".score .number")).to_contain_text("of 100")


@pytest.mark.deep
def test_nothing_moves_for_a_player_who_wants_no_motion(reader, storm):
    tab = reader(storm, reduced_motion="reduce")
    begin(tab)
    tab.locator(".sheet .face").first.click()
    tab.locator(".answers .main").click()
    expect(tab.locator(".came")).to_be_visible()
    assert tab.locator(".card").first.evaluate("each => each.getAnimations().length") == 0


def test_a_browser_without_webassembly_gets_a_sentence(reader, storm):
    tab = reader(storm, before="delete globalThis.WebAssembly")
    expect(tab.locator("#game .problem")).to_contain_text("no WebAssembly")
    expect(tab.locator(".you")).to_be_visible()


def test_a_hostile_scenario_runs_nothing_in_a_game(reader, tmp_path):
    text = text_of("storm")
    for word in ("Traffic records", "high: at once, a judge afterwards", "Greta Holm", "Records come first"):
        assert word in text, word
    text = text.replace("label: Traffic records", f'label: "{HOSTILE}"').replace(
        "name: Greta Holm", f'name: "{HOSTILE}"'
    )
    text = text.replace("Records come first.", f"{HOSTILE} first.").replace(
        "high: at once, a judge afterwards", f'high: "{HOSTILE}"'
    )
    text = text.replace("->Greta Holm", f"->{HOSTILE}").replace("Greta Holm->", f"{HOSTILE}->")
    path = written(tmp_path, loads(text), SEAT)
    tab = reader(path, before="globalThis.hits = 0; globalThis.struck = () => (globalThis.hits += 1)")
    assert HOSTILE in tab.locator(".you").inner_text()
    begin(tab)
    to_the_end(tab)
    assert tab.locator("img").count() == 0
    assert tab.evaluate("hits") == 0


@pytest.mark.deep
def test_a_table_that_did_not_finish_is_on_the_end_page_with_how_far_it_came(reader, storm, tmp_path):
    left = [[0, 4000, "delegate", 0, None]]
    games = {"One": {"result": finished()}, "Two": {"answers": left * 12}, "Three": {"answers": []}}
    path = tmp_path / "end.html"
    journals = [journal(table=table, **changed) for table, changed in games.items()]
    path.write_text(with_facts(storm.read_text("utf-8"), journals=journals), encoding="utf-8")
    for size in SIZES[:2]:
        tab = reader(path, size=size)
        expect(tab.locator(".headline")).to_contain_text("of 100. 2 tables did not finish.")
        rows = tab.locator(".score-row").all_text_contents()
        assert rows[0].startswith("One")
        assert rows[1:] == ["Twonot finished12 answers, day 2", "Threenot begun"]
        assert tab.locator("#compare-table option").count() == 1
        expect(tab.locator(".turning li").first).to_contain_text(re.compile(r"” on day \d at \d\d:\d\d"))
        assert axe_finds(tab) == []


def test_the_end_page_prints_on_a4_with_all_its_columns(reader, storm, tmp_path):
    """The widest table on a page that lies on its side."""
    path, notes = tmp_path / "end.html", ["Attempt 1: half of the answers came within 1.5 seconds"]
    journals = [journal(table=f"Table {n}", result=finished()) | {"notes": notes, "people": "Ana"} for n in range(6)]
    path.write_text(with_facts(storm.read_text("utf-8"), journals=journals, guesses=[0.4]), encoding="utf-8")
    tab = reader(path, size=SIZES[0])
    expect(tab.locator(".turning li").first).to_contain_text(re.compile(r"” on day \d at \d\d:\d\d"))
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", tab.pdf(format="A4"))
    shapes = [sorted((round(float(width)), round(float(height)))) for width, height in sheets]
    assert {tuple(shape) for shape in shapes} == {(596, 843)}
    assert [float(width) > float(height) for width, height in sheets] == [False] * (len(sheets) - 1) + [True]
    tab.emulate_media(media="print")
    cut = "all => all.filter((one) => one.scrollWidth > one.clientWidth).length"
    for width, parts in (703, ".compare:not(:last-child) .wide"), (1031, "#compare-numbers + .wide"):  # px that A4 has
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.locator(parts).evaluate_all(cut) == 0


@pytest.mark.deep
@pytest.mark.firefox
def test_firefox_plays_to_the_same_end(reader, storm, tmp_path):
    here = reader(storm)
    begin(here)
    to_the_end(here)
    press = (
        "(() => { const main = '.start button:enabled, .sheet .main:enabled, .act:enabled, .came .main';"
        " document.querySelector(main)?.click();"
        " return Boolean(document.querySelector('.debrief')); })()"
    )
    with firefox(tmp_path) as tab:
        tab.open(storm.as_uri())
        until(lambda: tab.run(press))
        number = tab.run("document.querySelector('.score .number').textContent")
        assert tab.said == []
    assert number == here.locator(".score .number").inner_text()
