"""Access at a shared table: what axe-core finds in each state of its phones, the desk and the projector."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from page_reader import axe_finds, low_targets
from patience import until
from studio_cases import LARGE, PHONE, PROJECTOR, STORM
from studio_server import class_process, known

pytest.importorskip("starlette")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEATS = ["Sami Haddad", "Greta Holm"]
PEOPLE = {"Ana": PHONE, "Ben": PROJECTOR}
LOOK = 100  # ms between two looks, in which the browser goes on
MOVES = ".ask .face:enabled", ".pick input:not(:checked)", ".extra button", ".extra [aria-pressed=false]"
DUE = ".sheet .answers .main:enabled, .sheet .act:enabled, .came .main:enabled"
SHOWN = "document.querySelector('.sheet, .came, .debrief')?.className ?? ''"


class Screen:
    """A tab of a class in a window of a size, whose states are looked at once each."""

    def __init__(self, tab, path, size):
        self.tab, self.size, self.seen = tab, size, set()
        tab.set_viewport_size(size)
        tab.goto(path)

    def look(self, state=None):
        """See that axe finds nothing, if this state is new."""
        if state is None or state not in self.seen:
            self.seen.add(state)
            assert axe_finds(self.tab) == []
            assert low_targets(self.tab) == []
            assert self.tab.evaluate("document.documentElement.scrollWidth") <= self.size["width"]

    def join(self, name):
        self.look()
        self.tab.get_by_label("Your name").fill(name)
        self.tab.keyboard.press("Enter")

    def go(self):
        """Look at what a phone shows, make the moves that its sheet offers, look again, and answer."""
        kind = self.tab.evaluate(SHOWN)
        self.look(kind)
        if not self.tab.locator(".sheet .answers button:enabled, .came .main:enabled").count():
            return
        for move in MOVES if "sheet" in kind else ():
            if (press := self.tab.locator(f".sheet {move}")).count():
                press.first.click()
                self.look(f"{kind} {move}")
        if self.tab.locator(".clock", has_text="Day 2").count():
            self.seen.add("day 2")
        answers = self.tab.locator(".sheet .act:enabled")  # brackets all day, so that there is another one
        keeps = answers.count() and "day 2" not in self.seen
        (answers.last if keeps else self.tab.locator(DUE).first).click()
        self.look(f"{kind}, answered")


@pytest.fixture
def place(tmp_path):
    """The address of a studio with a class, and the teacher's word."""
    (tmp_path / "storm.yaml").write_text(STORM, "utf-8")
    with class_process(tmp_path, str(tmp_path / "storm.yaml"), program=known(1)) as opened:
        yield opened


@pytest.mark.deep
def test_axe_finds_nothing_in_any_state_of_a_shared_table(place, blank):  # noqa: C901, PLR0915 - a lesson is long
    address, word = place

    def visit(path, size):
        return Screen(blank(complaint="status of 403", base_url=address, reduced_motion="reduce"), path, size)

    def tell(**act):
        return desk.tab.request.post("/class/desk", data=act, headers={"origin": address}).json()

    def look(text=""):
        """Look at desk and wall once both know what is new."""
        for screen in desk, small, wall:
            expect(screen.tab.locator("#view")).to_contain_text(text)
            screen.look()

    desk = visit("/desk", PROJECTOR)
    desk.look()
    desk.tab.get_by_label("The teacher's word").fill(word)
    desk.tab.keyboard.press("Enter")
    expect(desk.tab.get_by_role("heading", name="Tables", exact=True)).to_be_visible()
    small = Screen(desk.tab.context.new_page(), "/desk", PHONE)
    state = tell()
    wall = visit(f"/projector#look={state['look']}", LARGE)
    phones = {name: visit(f"/play#code={state['code']}", size) for name, size in PEOPLE.items()}
    for name, phone in phones.items():
        phone.join(name)
        expect(phone.tab.get_by_text("You are in.")).to_be_visible()
        phone.look()
    look("Ben")
    for mode in ("same", "groups", "all", "hand"):
        for screen in (desk, small):
            screen.tab.get_by_label("People have").select_option(mode)
            screen.look()
    tell(deal={**state["deal"], "seats": [SEATS], "people": 2})
    tell(phase="brief", minutes=8.0)
    for phone in phones.values():
        expect(phone.tab.locator(".door")).to_be_visible()
        phone.look()
    look("ready")
    tell(phase="guess", minutes=3.0)
    for phone in phones.values():
        guess = phone.tab.get_by_role("button", name="This is my guess")
        expect(guess).to_be_visible()
        phone.look()
        guess.click()
        expect(phone.tab.locator(".desk-phase")).to_contain_text("Your guess is 50 of 100")
        phone.look()
    look("Guess first")
    tell(phase="play", minutes=22.0, seconds=0.0)
    for phone in phones.values():
        expect(phone.tab.locator(".sheet")).to_be_visible()
    look("not begun")

    def step(*who):
        for phone in who or phones.values():
            phone.go()
        wall.tab.wait_for_timeout(LOOK)

    until(lambda: all("day 2" in phone.seen for phone in phones.values()), rest=step)
    look("answers")
    late = visit(f"/play#code={state['code']}", PHONE)  # reads along with whoever has her seat
    late.join("Late")
    start = late.tab.get_by_role("button", name="To your table")
    expect(start).to_be_visible()
    late.look()
    start.click()
    expect(late.tab.locator(".sheet, h1:text('The others are asked')").first).to_be_visible()
    late.look()
    seats = {one["name"]: one["seat"] for one in tell()["people"]}
    (gone,) = (name for name in phones if seats[name] != seats["Late"])
    phones.pop(gone).tab.close()
    (last,) = phones.values()
    until(lambda: "nobody was there" in str(tell()["tables"]), rest=step)
    for screen in (desk, small):
        expect(screen.tab.get_by_text("nobody was there")).to_be_visible()
        screen.look()
    until(lambda: last.tab.evaluate(SHOWN) == "debrief", rest=step)
    expect(late.tab.locator(".debrief")).to_be_visible()
    last.look()
    late.look()
    look("finished")
    tell(phase="debrief")
    expect(last.tab.locator(".debrief .life").first).to_be_visible()
    last.look()
    late.look()
    end = wall.tab.frame_locator("iframe").locator("#game")
    expect(end).to_be_visible()
    look()
    page = Screen(wall.tab.context.new_page(), "/class/end", LARGE)
    page.look()
