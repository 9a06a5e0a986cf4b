"""Two people at one table of a class, in Debian's Chromium: what one writes and answers decides for the other."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from patience import until
from studio_server import class_process

pytest.importorskip("starlette")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEATS = ["Sami Haddad", "Greta Holm"]
LOOK = 100  # ms between two looks, in which the browser goes on
READY = ".sheet .main:enabled, .sheet .act:enabled"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The address of a studio with a class on the storm, and the teacher's word."""
    with class_process(tmp_path_factory.mktemp("class"), "storm") as opened:
        yield opened


class Phone:
    """A phone of somebody at the table, and what it was asked."""

    def __init__(self, tab, *, answer, amend=False, offer=False, ask=False):
        self.tab, self.answer, self.amend, self.offer, self.ask = tab, answer, amend, offer, ask
        self.kinds, self.headings, self.cards = set(), [], []
        self.did = set()

    def go_on(self):
        """Do what is due: read the cards, or answer the sheet. Return whether something was."""
        tab = self.tab
        onward, sheet = tab.locator(".came .main:enabled"), tab.locator(".sheet")
        if onward.count():
            self.cards.append(tab.locator(".came").inner_text())
            onward.click()
            return True
        if not tab.locator(READY).count():
            return False
        kind = sheet.get_attribute("class").split()[1]
        self.kinds.add(kind)
        self.headings.append(tab.locator("#asked").inner_text())
        if self.ask and (faces := tab.locator(".ask .face:enabled")).count() and "ask" not in self.did:
            faces.first.click()
            self.did.add("ask")
        for what, words in ("amend", "Write another text"), ("offer", "Offer an exchange"):
            press = tab.get_by_role("button", name=words)
            if getattr(self, what) and what not in self.did and press.count():
                press.click()
                self.did.add(what)
        act = tab.locator(f".sheet .act.{self.answer}:enabled")
        (act if act.count() else tab.locator(READY)).first.click()
        return True


def test_two_people_negotiate_at_one_table(place, blank):
    address, word = place

    def tell(**act):
        return desk.request.post("/class/desk", data=act, headers={"origin": address}).json()

    def visit(path):
        tab = blank(complaint="status of 403", viewport={"width": 390, "height": 844}, base_url=address)
        tab.goto(path)
        return tab

    desk = visit("/desk")
    desk.request.post("/class/enter", data={"word": word}, headers={"origin": address})
    state = tell()
    tell(deal={**state["deal"], "seats": [SEATS], "people": 1})
    tabs = [visit(f"/#code={state['code']}") for _ in SEATS]
    for name, tab in zip(("Ana", "Ben"), tabs, strict=True):
        tab.get_by_label("Your name").fill(name)
        tab.keyboard.press("Enter")
        expect(tab.get_by_text("You are in.")).to_be_visible()
    tell(phase="brief")
    for tab in tabs:
        expect(tab.locator(".door")).to_be_visible()
    tell(phase="play", minutes=20.0)
    table = tell()["tables"][0]
    assert [len(seat["people"]) for seat in table["seats"]] == [1, 1]
    yes, no = (
        Phone(tabs[0], answer="accept", amend=True, ask=True),
        Phone(tabs[1], answer="block", offer=True),
    )
    expect(tabs[0].locator(READY).first).to_be_visible()
    yes.go_on()
    expect(tabs[0].locator(".waiting")).to_contain_text("Your table waits for")  # the other is not done
    assert tell()["tables"][0]["waits"] != []
    ends, is_reloaded = [tab.locator(".debrief") for tab in tabs], False

    def step():
        nonlocal is_reloaded
        for phone in yes, no:
            phone.go_on()
        if not is_reloaded and len(no.headings) == 3:
            no.tab.reload()
            is_reloaded = True
        return all(end.count() for end in ends)

    until(step, rest=lambda: tabs[0].wait_for_timeout(LOOK))
    assert is_reloaded
    assert yes.kinds >= {"statements", "reading"}
    assert yes.did >= {"amend", "ask"}
    numbers = {one["name"]: one["seat"] for one in tell()["people"]}
    other = numbers["Ben"].rpartition(" ")[2]
    assert any(other in text for text in yes.cards)  # who brackets every text
    assert any("amendment" in text.lower() for text in no.headings + no.cards)  # that the other wrote
    assert any("bracket" in text.lower() for text in yes.cards)
    result = tell()["tables"][0]["result"]
    assert set(result["scores"]) == set(SEATS)
    for end in ends:
        expect(end.locator(".score .number")).to_contain_text("of 100")
    tell(phase="debrief")
    for end in ends:
        expect(end.locator(".life")).not_to_have_count(0)
        expect(end.locator(".by-model")).not_to_be_empty()
