"""A class in Debian's Chromium: desk, projector and students' phones, in all phases, with the keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from page_reader import axe_finds
from patience import until
from studio_server import class_process

pytest.importorskip("starlette")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOOK = 200  # ms between two looks, in which the browser goes on
SIZES = {"phone": (390, 844), "desk": (1280, 720), "wall": (1280, 720)}
READABLE = 24  # px of a letter on the wall
SMALL = """(least) => {
  const found = [];
  const read = (page) => {
    const zoom = Number(page.documentElement.style.zoom || 1);
    for (const one of page.querySelectorAll("body *")) {
      if (one.tagName === "IFRAME") read(one.contentDocument);
      const box = one.getBoundingClientRect();
      const isText = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      if (!isText || !box.width || one.matches("script, style, .skip")) continue;
      const picture = one.ownerSVGElement;
      const scale = picture ? picture.getBoundingClientRect().width / picture.viewBox.baseVal.width : zoom;
      const size = scale * parseFloat(page.defaultView.getComputedStyle(one).fontSize);
      if (size < least - .1) found.push([size, one.textContent]);
    }
  };
  read(document);
  return found;
}"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The address of a studio with a class, and the teacher's word."""
    with class_process(tmp_path_factory.mktemp("class"), "classroom") as opened:
        yield opened


@pytest.fixture
def visit(place, blank):
    """A maker of visitors."""
    refused = "status of 403"  # a wrong word, which the page explains

    def opened(path, size="desk"):
        width, height = SIZES[size]
        viewport = {"width": width, "height": height}
        tab = blank(complaint=refused, viewport=viewport, base_url=place[0])
        tab.goto(path)
        return tab

    return opened


@pytest.fixture
def tell(visit, place):
    """A function that does something at the desk, and returns what the desk shows."""
    desk = visit("/desk")
    desk.request.post("/class/enter", data={"word": place[1]}, headers={"origin": place[0]})

    def told(**act):
        return desk.request.post("/class/desk", data=act, headers={"origin": place[0]}).json()

    return told


def faults(tab):
    """What axe-core finds, and whether the page is wider than its window."""
    wide = tab.evaluate("document.documentElement.scrollWidth > innerWidth")
    return axe_finds(tab) + ["too wide"] * wide


def small(wall):
    """The texts on the wall that are too small to be read from the back of a room."""
    return wall.evaluate(SMALL, READABLE)


def test_the_desk_asks_for_the_word_and_opens_with_the_keyboard(visit, place):
    desk = visit("/desk")
    assert faults(desk) == []
    desk.get_by_label("The teacher's word").fill("AAAA-AAAA")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("not the teacher's word")
    desk.get_by_label("The teacher's word").fill(place[1].lower())
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Tables", exact=True)).to_be_visible()
    assert desk.url.endswith("/desk")
    desk.reload()  # the browser is the teacher's now
    expect(desk.get_by_role("heading", name="Tables", exact=True)).to_be_visible()
    desk.set_viewport_size({"width": 390, "height": 844})  # of a teacher who walks about
    assert faults(desk) == []
    assert desk.get_by_role("heading", level=1).bounding_box()["width"] > 195


def test_a_class_goes_from_the_qr_code_to_the_debriefing(visit, place):  # noqa: PLR0915 - a lesson is long
    desk = visit("/desk")
    desk.get_by_label("The teacher's word").fill(place[1])
    desk.keyboard.press("Enter")
    look = desk.get_by_role("link", name="Projector").get_attribute("href")
    assert place[1] not in look
    wall = visit(look, "wall")  # a computer of its own, without the teacher's cookie
    expect(wall.get_by_role("img", name="QR code")).to_be_visible()
    code = wall.locator(".code").inner_text()
    phones = [visit(f"/#code={code}", "phone") for _ in range(3)]
    for name, phone in zip(("Ana", "Ben", "Chloe"), phones, strict=True):
        phone.get_by_label("Your name").fill(name)
        assert faults(phone) == []
        phone.keyboard.press("Enter")
        expect(phone.get_by_text("You are in.")).to_be_visible()
    expect(wall.get_by_text("3 people are here")).to_be_visible()
    assert faults(desk) + faults(wall) + small(wall) == []
    second = desk.get_by_label("Every other table")
    second.select_option(index=3)
    other = second.input_value()
    desk.get_by_role("button", name="Brief", exact=True).focus()
    desk.keyboard.press("Enter")
    expect(wall.get_by_text("Table 2")).to_be_visible()
    expect(desk.locator(".tile", has_text="Table 2")).to_contain_text(other)
    for phone in phones:
        expect(phone.locator(".desk-strip")).to_contain_text("Table")
        assert faults(phone) == []
    desk.get_by_role("button", name="Guess").click()
    for phone in phones:
        phone.get_by_role("button", name="This is my guess").click()
        expect(phone.locator(".desk-phase")).to_contain_text("Your guess is 50 of 100")
    expect(desk.get_by_role("img", name="3 guesses")).to_be_visible()
    desk.get_by_role("button", name="Play").click()
    expect(desk.get_by_role("timer")).to_contain_text(":")
    phones[0].get_by_role("button", name="More time").click()
    desk.get_by_role("button", name=re.compile("2 minutes more for Table .")).click()
    expect(phones[0].get_by_role("button", name="More time, please")).to_be_enabled()
    writer = phones[0]
    if (over := writer.get_by_role("button", name="Answer from this phone")).is_visible():
        over.click()
    writer.locator(".sheet .main, .sheet .act").first.click()
    expect(desk.locator(".tile", has_text="1 answer")).to_be_visible()
    writer.reload()
    expect(writer.locator(".sheet, .came").first).to_be_visible()
    assert faults(writer) + faults(desk) + faults(wall) + small(wall) == []
    desk.once("dialog", lambda question: question.accept())  # tables have not finished
    desk.get_by_role("button", name="Debrief").click()
    end = wall.frame_locator("iframe")
    expect(end.get_by_text("No table has finished its game yet.")).to_be_visible()
    expect(end.locator(".score-row", has_text="1 answer, day 1")).to_have_count(1)
    expect(end.locator(".score-row", has_text="not begun")).to_have_count(1)
    assert small(wall) == []
    wall.wait_for_function("document.activeElement.tagName === 'IFRAME'")  # the keys of a remote control are its own
    for minutes, clock in ("", r"^$"), ("15", r"^1[45]:\d\d$"):
        desk.get_by_role("button", name="Play").hover()  # puts the usual minutes into the field
        desk.get_by_label("Minutes").fill(minutes)
        desk.get_by_role("button", name="Play").click()
        expect(wall.get_by_role("timer")).to_have_text(re.compile(clock))
    expect(wall.locator(".tile", has_text="1 answer")).to_be_visible()


def join(phone, name):
    phone.get_by_label("Your name").fill(name)
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("You are in.")).to_be_visible()


def played_to_the_end(phone):
    """The debriefing of a game in which the first button is always pressed."""
    button, end = (
        phone.locator(".sheet .main:enabled, .sheet .act:enabled, .came .main:enabled"),
        phone.locator(".debrief"),
    )
    expect(button.or_(end).first).to_be_visible()
    while not end.count():
        button.or_(end).first.click()
        expect(button.or_(end).first).to_be_visible()
    return end


def another(tell):
    """The code of a class that has just begun."""
    return tell(again=tell()["code"])["code"]


@pytest.mark.deep
def test_a_table_that_ends_early_sees_its_score_and_the_answers_when_the_class_debriefs_or_is_over(visit, tell):
    phone = visit(f"/#code={another(tell)}", "phone")
    wall = visit(f"/projector#look={tell()['look']}", "wall")
    join(phone, "Ana")
    tell(phase="brief")
    expect(phone.locator(".door")).to_be_visible()
    tell(phase="play", minutes=20.0)
    end = played_to_the_end(phone)
    expect(phone.locator(".desk-phase")).to_have_text("Your table has finished. Other tables still play.")
    expect(phone.get_by_role("button", name="More time, please")).to_be_hidden()
    answers = end.locator(".life, .turned, table")
    for act, tells_all in (
        ({}, False),
        ({"phase": "debrief"}, True),
        ({"phase": "play"}, False),
        ({"again": True}, True),
    ):
        another(tell) if "again" in act else tell(**act)
        (expect(answers).not_to_have_count if tells_all else expect(answers).to_have_count)(0)
        expect(end.locator(".score .number")).to_contain_text("of 100")
        assert faults(phone) == []
        if act == {"phase": "debrief"}:
            shown = wall.frame_locator("iframe")
            expect(shown.locator(".lives .life")).not_to_have_count(0)
            expect(shown.locator(".guess-chart, .turning li").first).not_to_contain_text("Continuing")
            assert small(wall) == []
            see_the_end_page_on_a_large_wall(wall)


def see_the_end_page_on_a_large_wall(wall):
    """See that nothing there is cut off, and that the keys of a remote control lead to its last part."""
    wall.set_viewport_size({"width": 1920, "height": 1080})
    wall.reload()
    shown = wall.frame_locator("iframe")
    expect(shown.locator(".turning li")).not_to_have_count(0)
    wide = "parts => parts.filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.ariaLabel)"
    assert shown.locator(".wide").evaluate_all(wide) == []
    assert small(wall) == []
    last = shown.locator("#compare-misjudged")

    def press():
        wall.keyboard.press("ArrowRight")
        wall.wait_for_timeout(LOOK)

    until(lambda: last.evaluate("title => title === document.activeElement"), rest=press)


def test_three_people_share_a_browser_and_nobody_starts_again_for_the_others(visit, tell):
    tab = visit(f"/#code={another(tell)}", "phone")
    for name in ("Ana", "Ben", "Cleo"):
        join(tab, name)
        tab.get_by_role("button", name="Not you?").click()
        expect(tab.get_by_role("button", name=f"I am {name}")).to_be_visible()
        assert faults(tab) == []
    expect(tab.get_by_text("3 people have joined in this browser")).to_be_visible()
    expect(tab.get_by_label("Your name")).to_have_count(0)
    tell(deal={**tell()["deal"], "people": 3})
    tell(phase="guess")
    for name, guess in (("Ana", "51"), ("Ben", "49")):
        tab.get_by_role("button", name=f"I am {name}").click()
        expect(tab.locator(".desk-table")).to_contain_text(name)
        tab.get_by_role("slider").press("ArrowRight" if guess == "51" else "ArrowLeft")
        tab.get_by_role("button", name="This is my guess").click()
        expect(tab.locator(".desk-phase")).to_contain_text(f"Your guess is {guess} of 100")
        tab.get_by_role("button", name="Not you?").click()
    assert [one["guess"] for one in tell()["people"]] == [0.51, 0.49, None]
    tell(phase="play")
    (seat,) = tell()["tables"][0]["seats"]
    writer = ["Ana", "Ben", "Cleo"][seat["writes"] - 1]
    tab.get_by_role("button", name=f"I am {writer}").click()
    expect(tab.locator(".sheet").first).to_be_visible()
    expect(tab.get_by_role("button", name="Start again")).to_have_count(0)


@pytest.mark.deep
def test_two_people_share_a_browser_at_a_shared_table_each_in_a_seat(visit, tell):
    tab = visit(f"/#code={another(tell)}", "phone")
    tell(deal={**tell()["deal"], "seats": [tell()["seats"][:2]], "people": 1})
    for name in ("Ana", "Ben"):
        join(tab, name)
        tab.get_by_role("button", name="Not you?").click()
    tell(phase="play")
    seats = {one["name"]: one["seat"] for one in tell()["people"]}
    assert sorted(seats.values()) == sorted(tell()["seats"][:2])
    for name, seat in seats.items():
        tab.get_by_role("button", name=f"I am {name}").click()
        expect(tab.locator(".desk-table")).to_have_text(f"Table 1, {seat}: {name}")
        expect(tab.get_by_text(f"Your brief: {seat}")).to_be_visible()
        tab.get_by_role("button", name="Not you?").click()


def test_a_phone_starts_again_without_a_connection_and_moves_to_another_table(visit, tell):
    def table(number, holds):
        until(lambda: holds(tell()["tables"][number - 1]), rest=lambda: phones[0].wait_for_timeout(LOOK))

    def answer(phone):
        phone.locator(".sheet .main, .sheet .act").first.click()
        expect(phone.locator(".sheet, .came").first).to_be_visible()

    def start_again(phone):
        phone.get_by_role("button", name="Start again").click()
        phone.get_by_role("button", name="Yes, start again").click()
        expect(phone.locator(".sheet").first).to_be_visible()

    code = another(tell)
    tell(deal={**tell()["deal"], "people": 1})  # who sits alone may start again
    phones = [visit(f"/#code={code}", "phone") for _ in range(2)]
    for name, phone in zip(("Ana", "Ben"), phones, strict=True):
        join(phone, name)
    first, other = (phones[table["seats"][0]["writes"] - 1] for table in tell(phase="play", minutes=20.0)["tables"])
    for phone in first, other:  # nobody opened the brief: the game waits until it is read
        expect(phone.locator("details[open]", has_text="Your whole brief")).to_be_visible()
        phone.get_by_role("button", name="To your table").click()
    number = 1 + phones.index(first)
    expect(first.locator(".sheet").first).to_be_visible()
    first.route("**/class/sign", lambda route: route.fulfill(body=""))  # no answer that a page understands
    start_again(first)
    start_again(first)
    answer(first)
    expect(first.get_by_text("There is no connection to the desk.")).to_be_visible()
    first.unroute("**/class/sign")
    table(1, lambda table: (table["attempts"], table["answers"]) == (3, 1))
    assert "Never reached the desk: attempt 2" in tell()["tables"][0]["notes"]
    expect(other.locator(".sheet").first).to_be_visible()
    answer(other)
    table(2, lambda table: table["answers"] == 1)
    tell(seat=[number, 2])
    expect(first.locator(".desk-table")).to_contain_text("Table 2")
    first.get_by_role("button", name="Answer from this phone").click()
    expect(first.locator(".sheet button.main, .sheet button.act").first).to_be_enabled()
    answer(first)
    table(2, lambda table: (table["attempts"], table["answers"], table["seats"][0]["writes"]) == (1, 2, number))
    expect(first.get_by_role("alert")).to_be_hidden()


@pytest.mark.deep
def test_a_game_is_discarded_and_another_class_begins_only_after_two_questions(visit, place, tell):
    code = another(tell)
    desk, asked = visit("/desk"), []
    desk.get_by_label("The teacher's word").fill(place[1])
    desk.keyboard.press("Enter")
    phone = visit(f"/#code={code}", "phone")
    join(phone, "Ana")
    tell(phase="play")
    phone.get_by_role("button", name="To your table").click()
    played_to_the_end(phone)
    tile = desk.locator(".tile", has_text="Table 1")
    expect(tile.locator(".score")).to_be_visible()
    tile.get_by_text("Games").click()
    tile.get_by_role("button", name="Discard it").click()
    expect(tile.locator(".score")).to_have_count(0)
    expect(tile).to_contain_text("Attempt 1 is discarded")
    assert faults(desk) == []
    phone.get_by_role("button", name="Play again").click()
    expect(phone.locator(".sheet").first).to_be_visible()
    expect(phone.get_by_role("button", name="Play again")).to_be_hidden()
    expect(tile).to_contain_text("2 attempts")
    tile.get_by_text("Games").click()
    tile.get_by_role("button", name="Count it again").click()
    expect(tile.locator(".score")).to_be_visible()
    desk.on(
        "dialog",
        lambda question: (asked.append(question.message), question.dismiss() if len(asked) == 2 else question.accept()),
    )
    desk.get_by_role("button", name="Begin another class").click()
    until(lambda: len(asked) == 2, rest=lambda: desk.wait_for_timeout(LOOK))
    assert tell()["code"] == code
    desk.get_by_role("button", name="Begin another class").click()
    until(lambda: tell()["code"] != code, rest=lambda: desk.wait_for_timeout(LOOK))
    assert len(asked) == 4
