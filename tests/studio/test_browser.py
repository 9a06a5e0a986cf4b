"""The studio in Debian's Chromium: every page used as a visitor would, no console error, no request off the machine."""

from __future__ import annotations

import re
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from negsim import load
from negsim.cast.studio import packed
from negsim.negotiation.measures import OUTCOME_WORDS
from negsim.negotiation.runs import watch
from negsim.negotiation.tables import Outcome
from negsim.scenario import text_of
from negsim.scenario.lowering import lower
from negsim.studio.links import Variant
from negsim.studio.recording import Playback
from negsim.study.runner import run
from patience import LIMIT, until
from slow_line import slow_line
from studio_cases import PHONE, PROJECTOR
from studio_visits import answered, choose, join, opened, opened_with_mayor, press, sit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RUN = watch(lower(load("classroom")), seed=0)  # what the room shows of it unless a link asks for another
TURNS, ENDED = len(RUN.minute) - 1, OUTCOME_WORDS[Outcome(int(RUN.state.clock["outcome"][0]))]
LOOK = 20  # ms between two looks, in which the browser goes on


@pytest.fixture
def line(address):
    """A maker of lines to the studio that are slow; name it before `visitor`, who leaves first."""
    with ExitStack() as lines:
        yield lambda *seconds: lines.enter_context(slow_line(address, *seconds))


def test_the_first_page_lets_its_table_move_and_leads_to_a_game_the_lab_and_a_class(visitor):
    page = visitor("/")
    news = page.locator(".home .small.grow")
    first = expect_text(news)
    expect(news).not_to_have_text(first)
    press(page, "Stop")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    for door, address in (("Experiment", "/lab"), ("Teach", "/table"), ("Play", "/play")):
        page.goto("/")
        page.get_by_role("link", name=door).first.click()
        page.wait_for_url(f"**{address}*")
    expect(page.get_by_role("heading", name="The exchange after the storm").first).to_be_visible()


def expect_text(place):
    """The text of a place, once it has one."""
    expect(place).to_have_text(re.compile(r"\w"))
    return place.inner_text()


def test_a_run_is_stepped_to_its_end_from_the_keyboard(visitor):
    page = visitor("/room?s=classroom&seed=0&t=0")
    where, now = page.locator(".stage .soft").first, page.locator(".now")
    expect(where).to_contain_text(f"turn 0 of {TURNS}")
    for turn in range(1, TURNS + 1):
        page.keyboard.press("ArrowRight")
        expect(where).to_contain_text(f"turn {turn} of {TURNS}")
    expect(now).to_contain_text(f"Outcome: {ENDED}.")
    page.get_by_role("tab", name="Why").click()
    expect(page.get_by_role("heading", name=f"Outcome: {ENDED}")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("Home")
    expect(where).to_contain_text(f"turn 0 of {TURNS}")
    page.keyboard.press("n")
    expect(now).to_contain_text("hands out text")


def test_a_key_that_a_tab_takes_is_no_key_of_the_room(visitor):
    page = visitor("/room?s=classroom&t=30")
    tab = page.get_by_role("tab", name="Trust")
    tab.focus()
    page.keyboard.press("Space")
    expect(tab).to_have_attribute("aria-selected", "true")
    page.keyboard.press("n")  # the tab has no use for this one either
    page.get_by_role("tab", name="Minutes").press("Enter")
    expect(page.locator(".lines").first).to_be_visible()  # so the server has heard of all keys before this one
    expect(page.locator(".stage .soft").first).to_contain_text(f"turn 30 of {TURNS}")
    expect(page.get_by_role("button", name="Play or pause (space)")).to_have_text(re.compile("Play$"))
    page.locator("h1").click()
    page.keyboard.press("Space")
    expect(page.locator(".stage .soft").first).to_contain_text(f"turn {TURNS} of {TURNS}")


def test_keys_that_a_control_has_no_use_for_step_through_the_run(visitor):
    page = visitor("/room?s=classroom&t=30")
    where = page.locator(".stage .soft").first
    page.get_by_role("slider", name="turn of the run").focus()
    page.keyboard.press("n")
    expect(where).not_to_contain_text(f"turn 30 of {TURNS}")
    page.keyboard.press("Home")  # the slider's own
    expect(where).to_contain_text(f"turn 0 of {TURNS}")
    press(page, "Step one turn on (right arrow)")
    expect(where).to_contain_text(f"turn 1 of {TURNS}")
    page.keyboard.press("ArrowRight")
    expect(where).to_contain_text(f"turn 2 of {TURNS}")
    page.keyboard.press("Space")  # the button's own
    expect(where).to_contain_text(f"turn 3 of {TURNS}")
    page.get_by_role("tab", name="Trust").click()
    page.keyboard.press("ArrowLeft")
    expect(where).to_contain_text(f"turn 2 of {TURNS}")
    expect(page.get_by_role("tab", name="Trust")).to_have_attribute("aria-selected", "true")
    chooser = page.get_by_role("combobox", name="See the room through the eyes of")
    before = chooser.input_value()
    chooser.press_sequentially("n")  # the field's own
    expect(chooser).not_to_have_value(before)
    expect(where).to_contain_text(f"turn 2 of {TURNS}")


def test_a_slider_keeps_every_press_however_late_the_server_answers(visitor):
    held, late, turned = [], [False], f" of {TURNS}"

    def between(socket):
        server = socket.connect_to_server()
        server.on_message(lambda message: held.append((socket, message)) if late[0] else socket.send(message))

    page = visitor("/room?s=classroom&t=0", prepare=lambda page: page.route_web_socket("**", between))
    where, slider = page.locator(".stage .soft").first, page.get_by_role("slider", name="turn of the run")
    slider.focus()
    page.keyboard.press("ArrowUp")
    expect(where).to_contain_text(f"turn 1 of {TURNS}")  # so the socket is open; what comes through it is late now
    late[0] = True
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    until(lambda: any(turned in message for _, message in held), rest=lambda: page.wait_for_timeout(LOOK))
    socket, message = held.pop(next(n for n, (_, message) in enumerate(held) if turned in message))
    socket.send(message)
    expect(where).not_to_contain_text(f"turn 1 of {TURNS}")
    assert slider.input_value() == "4"
    page.keyboard.press("ArrowUp")
    late[0] = False
    for socket, message in held:
        socket.send(message)
    expect(where).to_contain_text(f"turn 5 of {TURNS}")
    assert slider.input_value() == "5"


def test_a_run_plays_by_itself_and_pauses(visitor):
    page = visitor("/room?s=classroom&t=30")
    choose(page, "pace", "fast")
    press(page, "Play or pause (space)")
    expect(page.locator(".stage .soft").first).to_contain_text(f"turn {TURNS} of {TURNS}")


def test_a_click_on_a_delegate_shows_the_room_through_its_eyes(visitor):
    page = visitor("/room?s=cstd_wgigf_2011&t=100")
    page.get_by_role("tab", name="Positions").click()
    page.locator('[data-seat="0"]').click()
    expect(page.get_by_text(re.compile(r"India thinks the other groups are 0\.\d\d away"))).to_be_visible()
    expect(page.locator("svg[aria-label*='where India believes them to be']")).to_be_visible()


def test_a_link_shows_the_same_moment_of_the_same_run(visitor):
    link = "/room?s=cstd_wgigf_2011&m=3&w=rolling_text&e=0.5&seed=11&r=2&t=120"
    one, other = visitor(link).locator(".now"), visitor(link).locator(".now")
    expect(other).to_have_text(expect_text(one))


def test_a_reload_and_the_way_back_lead_to_the_moment_that_was_looked_at(visitor):
    page = visitor("/room?s=cstd_wgigf_2011&t=100")
    page.locator('[data-seat="0"]').click()
    page.get_by_role("tab", name="Trust").click()
    page.get_by_role("tab", name="Trust").blur()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"t=101\.0\.Trust$"))
    page.reload()
    expect(page.get_by_text("India trusts:")).to_be_visible()
    expect(page.locator(".stage .soft").first).to_contain_text("turn 101 of")
    page.get_by_role("link", name="The lab").click()
    expect(page.get_by_label("number of meetings", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("India trusts:")).to_be_visible()
    expect(page.locator(".stage .soft").first).to_contain_text("turn 101 of")


def test_a_bad_link_is_told_in_a_sentence(visitor):
    page = visitor("/room?s=../../etc/passwd")
    expect(page.get_by_role("alert")).to_contain_text("No such built-in scenario")


def test_the_report_is_one_file_that_opens_by_itself(visitor, tmp_path):
    page = visitor("/room?s=classroom&m=2")
    with page.expect_download() as download:
        press(page, "Report: one HTML file about this")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert "http://" not in re.sub(r'href="[^"]*"', "", file.read_text().replace("http://www.w3.org", ""))
    page.goto("about:blank")
    page.set_content(file.read_text())
    expect(page.locator("h1")).to_contain_text("Public Wi-Fi")


def test_what_has_just_happened_is_told_whole_and_moves_nothing(visitor):
    page = visitor("/room?s=cstd_wgigf_2011&t=0")
    now, picture = page.locator(".now"), page.locator(".stage svg.picture")
    expect(now).to_contain_text("Nobody has spoken yet")
    top = picture.bounding_box()["y"]
    long = max(Playback(Variant(name="cstd_wgigf_2011")).lines, key=lambda line: len(line.text))
    page.goto(f"/room?s=cstd_wgigf_2011&t={long.frame}")
    expect(now).to_contain_text(long.text)
    assert now.evaluate("e => e.scrollHeight <= e.clientHeight || getComputedStyle(e).overflowY === 'auto'")
    assert now.evaluate("e => getComputedStyle(e).webkitLineClamp") == "none"
    assert picture.bounding_box()["y"] == top


def made(page, said=""):
    """The lab once all its runs are made, in words."""
    page.locator("#skip").click()
    here = page.locator("#here-words")
    expect(here).to_contain_text(said)
    expect(here).to_contain_text("400 runs.")
    return here.inner_text()


def requests_of(page):
    """A list of what a page asks the studio for from now on."""
    asked = []
    page.on("request", lambda request: "/lab" in request.url and asked.append(f"{request.method} {request.url}"))
    return asked


def test_the_lab_s_numbers_are_those_of_the_command_line_and_it_asks_the_server_for_no_runs(visitor, address):
    asked = []
    page = visitor("/lab?s=classroom&m=3&seed=0", prepare=lambda page: asked.append(requests_of(page)))
    runs = run(load("classroom", changes=["meetings.count=3"]), replications=400)
    made(page, "3 meetings: share of runs with consensus")
    expect(
        page.get_by_role("button", name=f"consensus: {runs.column('consensus').sum():.0f}", exact=True)
    ).to_be_visible()
    for presses, name in ((1, "number of meetings"), (2, "share of mixed evenings")):
        page.get_by_role("slider", name=name).focus()
        for _ in range(presses):
            page.keyboard.press("ArrowRight")
    expect(page.locator("#here-words")).to_contain_text("4 meetings, 50 % mixed evenings")
    expect(page.locator("#here-words")).to_contain_text("400 runs.")
    assert {request.replace(address, "") for request in asked[0]} == {"GET /lab?s=classroom&m=3&seed=0"}


def test_the_address_of_the_lab_and_its_ways_to_the_other_pages_say_what_is_run(visitor):
    page = visitor("/lab?s=classroom")
    page.get_by_label("methodology", exact=True).select_option("rolling text")
    page.get_by_label("number of meetings", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("s=classroom&seed=0&m=2&w=rolling_text&along=meetings&measure=consensus$"))
    page.get_by_label("Measure", exact=True).select_option("depth of what was agreed")
    made(page, "2 meetings, rolling text: depth of what was agreed")
    page.reload()
    made(page, "2 meetings, rolling text: depth of what was agreed")
    page.get_by_role("link", name="The room").click()
    expect(page.get_by_label("on screen", exact=True)).to_contain_text("2 meetings, rolling text")


def test_the_labs_drawer_adds_to_the_knobs_and_says_what_does_not_fit(visitor):
    page = visitor("/lab?s=classroom&m=4")
    page.get_by_text("More settings").click()
    page.get_by_label("Tension in the room").select_option("high")
    page.get_by_label("Advanced: other changes").fill("process.hours=50")
    press(page, "Apply")
    expect(page.get_by_role("alert").filter(has_text="process.hours")).to_be_visible()
    page.get_by_label("Advanced: other changes").fill("process.hours=5")
    press(page, "Apply")
    expect(page.get_by_label("on screen")).to_have_text("classroom, context.tension=high, process.hours=5, seed 0")
    made(page, "4 meetings: ")
    expect(page.get_by_label("Tension in the room")).to_have_value("high")
    assert (
        "--set context.tension=high --set process.hours=5 --set meetings.count=4"
        in page.locator("#command").inner_text()
    )


def test_a_curve_along_the_days_leaves_the_meetings_as_they_are(visitor):
    page = visitor("/lab?s=classroom&m=3")
    page.get_by_label("Along", exact=True).select_option("days in all")
    expect(page).to_have_url(re.compile("m=3&along=days"))
    made(page)
    assert "--set meetings.count=3" in page.locator("#command").inner_text()
    expect(page.get_by_label("number of meetings", exact=True)).to_be_disabled()
    page.get_by_label("Along", exact=True).select_option("share of mixed evenings")
    expect(page).to_have_url(re.compile("m=3&along=evenings"))
    made(page, "3 meetings: ")


def test_an_old_link_between_the_steps_of_a_knob_opens(visitor):
    page = visitor("/lab?s=classroom&c=meetings.count%3D15&e=0.3&along=methodology&measure=satisfaction")
    made(page, "30 % mixed evenings: ")
    expect(page.get_by_label("on screen")).to_contain_text("meetings.count=15")
    choices = visitor("/room?s=classroom&m=15&e=0.3")
    press(choices, "Change the scenario, its knobs or the run")
    expect(choices.get_by_role("combobox", name="Number of meetings")).to_have_value("15")


def test_a_guess_comes_first_goes_to_the_desk_and_is_exported(visitor):
    desk, code, ana = opened_with_mayor(visitor)
    page = ana.context.new_page()
    page.goto("/lab?s=classroom&m=2")
    page.get_by_text("Give your guess to a class").click()
    for name, text in (("Your name", "Somebody"), ("Room code", code), ("Because", "=a hunch")):
        page.get_by_label(name).fill(text)
    page.get_by_role("slider", name="Your guess: 1 meeting").press("ArrowUp")
    press(page, "Show the answer")
    expect(page.get_by_role("alert").filter(has_text="Draw your guess at 2 meetings")).to_be_visible()
    assert page.locator("#here").is_hidden()
    page.get_by_role("slider", name="Your guess: 2 meetings").press("PageUp")
    with page.expect_response(lambda answer: "found=" in (answer.request.post_data or "")):
        press(page, "Show the answer")
    expect(page.locator("#here-words")).to_contain_text("400 runs.")
    expect(desk.get_by_text("1 guess from the lab")).to_be_visible()
    with page.expect_download() as download:
        press(page, "Guesses as CSV")
    table = download.value.path().read_text()
    assert re.search(r"Somebody,classroom,2,.*,consensus,0\.7,0\.\d+,[-\d.]+,'=a hunch", table)
    with desk.expect_download() as download:
        press(desk, "Guesses as CSV")
    assert re.search(r"Ana,classroom,2,.*,consensus,0\.7,0\.\d+,", download.value.path().read_text())


def test_a_guess_is_sent_once_however_often_its_button_is_pressed(visitor):
    code, sent = opened(visitor).get_by_label("room code").inner_text(), []
    page = visitor("/lab?s=classroom&m=2")
    page.route("**/lab/guess", lambda route: sent.append(route))  # noqa: PLW0108 - it wants a function
    page.get_by_text("Give your guess to a class").click()
    page.get_by_label("Room code").fill(code)
    page.get_by_role("slider", name="Your guess: 2 meetings").press("PageUp")
    page.get_by_role("button", name="Show the answer").dblclick()
    until(lambda: sent, rest=lambda: page.wait_for_timeout(LOOK))
    sent[0].continue_()
    expect(page.locator("#here")).to_be_visible()
    assert len([route for route in sent if "found=" not in route.request.post_data]) == 1


def test_a_case_that_draws_its_codes_opens_in_the_lab(visitor):
    page = visitor("/lab?s=cases/ccwg_ws1&along=evenings")
    page.locator("#skip").click()
    expect(page.locator("#here-words")).to_contain_text("200 runs.")
    expect(page.get_by_text("drawn beforehand for 200 runs")).to_be_visible()


def test_a_page_that_is_too_large_for_the_lab_is_refused_in_a_sentence(visitor):
    page = visitor("/lab?s=cstd_wgigf_2011&c=groups.government.seats%3D300")
    expect(page.get_by_role("alert")).to_contain_text("too many for this page")


def played_on(pages, past=10_000):
    """Answer what is asked of some people; whether the room is past a turn, or at its end, for all of them."""
    return not [page for page in pages if not answered(page) and turn_on(page) <= past]


def turn_on(page):
    return int(re.sub(r"\D", "", page.get_by_label("turn", exact=True).inner_text()) or 0)


def test_two_people_play_to_the_end_and_one_of_them_reloads_midway(visitor):
    desk, code, ana = opened_with_mayor(visitor, size=PHONE)
    ben = sit(join(visitor("/table"), code, "Ben <b>bold</b>"), "Librarian")
    expect(desk.locator("div").get_by_text("Ben <b>bold</b>", exact=True).last).to_be_visible()
    choose(desk, "The model moves", "at once")
    press(desk, "Start")
    until(lambda: played_on((ana, ben), past=20), rest=lambda: ana.wait_for_timeout(LOOK))
    ben.reload()
    expect(ben.get_by_text("Your brief: Librarian")).to_be_visible()
    expect(desk.locator("div").get_by_text("Ben <b>bold</b>", exact=True).last).to_be_visible()
    until(lambda: played_on((ana, ben)), rest=lambda: ana.wait_for_timeout(LOOK))
    for page, name in ((ana, "Mayor"), (ben, "Librarian")):
        expect(page.get_by_text(f"How {name} did")).to_be_visible()
        expect(page.get_by_text("the model in every seat").first).to_be_visible()
    expect(desk.get_by_text("over", exact=True)).to_be_visible()


def test_a_room_cannot_be_seen_without_its_code_or_its_cookie(visitor):
    desk = opened(visitor)
    expect(desk.get_by_label("room code")).to_be_visible()
    stranger = visitor("/table/AAAAAAAA")
    expect(stranger.get_by_role("alert")).to_contain_text("No room has this code")
    other = visitor(desk.url)
    expect(other.get_by_role("alert")).to_contain_text("join with your name")
    assert other.get_by_label("room code").count() == 0


def test_a_room_is_closed_when_that_is_confirmed_and_its_people_are_told(visitor):
    desk, _, ana = opened_with_mayor(visitor, size=PHONE)
    press(desk, "Start")
    expect(ana.get_by_role("button", name="As my delegate would")).to_be_visible()
    press(desk, "Close the room")
    expect(desk.get_by_text("1 person in it")).to_be_visible()
    press(desk, "Keep it open")
    expect(ana.get_by_role("alert").first).to_be_hidden()
    ways_out = []
    desk.route("**/table", lambda route: ways_out.append(route))  # noqa: PLW0108 - a slow line; it wants a function
    press(desk, "Close the room")
    desk.get_by_role("button", name="Close it for everybody").evaluate(
        "button => button.click()"
    )  # and wait for no way
    expect(ana.get_by_role("alert").first).to_have_text("This room was closed.")
    assert not ana.get_by_role("button", name="As my delegate would").is_visible()
    ana.reload()
    expect(ana.get_by_role("alert")).to_contain_text("This room was closed")
    until(lambda: ways_out, rest=lambda: desk.wait_for_timeout(LOOK))
    assert len(ways_out) == 1
    ways_out[0].continue_()
    expect(desk.get_by_role("button", name="Open a room")).to_be_visible()


def test_a_teacher_takes_a_chair_in_the_browser_of_the_desk(visitor):
    desk = opened(visitor)
    with desk.expect_popup() as opening:
        press(desk, "Take a chair yourself")
    seat = opening.value
    sit(seat, "Mayor")
    desk.reload()
    expect(desk.get_by_label("seat of The teacher")).to_be_visible()
    with desk.expect_popup() as opening:
        press(desk, "Take a chair yourself")
    expect(opening.value.get_by_text("Your brief: Mayor")).to_be_visible()


def test_two_people_share_a_browser_and_each_keeps_a_seat(visitor):
    _, code, ana = opened_with_mayor(visitor)
    ben = ana.context.new_page()
    ben.goto(ana.url)
    ben.get_by_role("link", name="Not you?").click()
    ben.get_by_label("Your name").fill("Ben")
    press(ben, "Join")
    sit(ben, "Librarian")
    for page, chair in ((ana, "Mayor"), (ben, "Librarian")):
        page.reload()
        expect(page.get_by_text(f"Your brief: {chair}")).to_be_visible()
    ben.goto("/table")
    join(ben, code, "ana")
    expect(ben.get_by_text("Your brief: Mayor")).to_be_visible()


def test_a_seat_is_left_and_is_free_again(visitor):
    _, _, ana = opened_with_mayor(visitor)
    press(ana, "Leave my seat")
    press(ana, "Stay")
    expect(ana.get_by_text("Your brief: Mayor")).to_be_visible()
    press(ana, "Leave my seat")
    press(ana, "Leave it")
    expect(ana.get_by_text("How it works")).to_be_visible()
    expect(ana.get_by_role("button", name="Leave my seat")).to_be_hidden()
    sit(ana, "Mayor")


def test_a_chair_is_chosen_by_typing_and_enter_while_others_sit_down(visitor):
    desk = opened(visitor)
    code = desk.get_by_label("room code").inner_text()
    ben = join(visitor("/table"), code, "Ben")
    field = ben.get_by_role("combobox", name="Whose chair", exact=True)
    field.click()
    field.press_sequentially("lib")
    options = ben.get_by_role("option")
    expect(options).to_have_text(["Librarian (Civil society)"])
    sit(join(visitor("/table"), code, "Ana"), "Mayor")
    expect(ben.locator(".wide")).to_contain_text("Mayor: Ana")
    expect(field).to_have_value("lib")
    expect(field).to_be_focused()
    expect(options).to_have_text(["Librarian (Civil society)"])
    field.press("Enter")
    expect(field).to_have_value("Librarian (Civil society)")
    press(ben, "Sit down")
    expect(ben.get_by_text("Your brief: Librarian")).to_be_visible()


LATE = 0.5  # seconds that every message takes, either way


def test_a_chair_that_was_chosen_is_chosen_however_slow_the_network(line, visitor):
    code, slow = opened(visitor).get_by_label("room code").inner_text(), line(LATE)
    for name, chair in (("Ana", "Mayor"), ("Ben", "Librarian")):
        seat = join(visitor(f"{slow.address}/table"), code, name)
        choose(seat, "Whose chair", chair)
        press(seat, "Sit down")
        expect(seat.get_by_text(f"Your brief: {chair}")).to_be_visible()


PRESS_AS_IT_OPENS = """name => window.socket.once(
  "connect", () => document.querySelector(`button[aria-label="${name}"]`).click()
)"""


def test_a_press_does_not_overtake_what_was_chosen_before_the_socket_opened(line, visitor):
    held = line()
    page = visitor(f"{held.address}/table?s=classroom")
    choose(page, "Number of meetings", "3")
    page.evaluate(PRESS_AS_IT_OPENS, "Open a room")
    held.let_go()
    page.wait_for_url("**/table/*")
    expect(page.locator(".chip").first).to_contain_text("3 meetings")


TURN_AND_PRESS = """button => {
  const slider = document.querySelector("input[type=range]");
  for (const turn of [10, 20, 40]) {
    slider.value = turn;
    slider.dispatchEvent(new Event("input", {bubbles: true}));
  }
  button.click();
}"""


def test_a_press_does_not_overtake_the_last_turn_of_a_slider(visitor):
    page = visitor("/room?s=classroom")
    page.get_by_role("button", name="Step one turn on (right arrow)").evaluate(TURN_AND_PRESS)
    expect(page.locator(".stage .soft").first).to_contain_text(f"turn 41 of {TURNS}")


OWN_IN_VIEW = """() => {
  const [room, seat] = [".wide", '.wide [data-seat="0"]'].map(e => document.querySelector(e).getBoundingClientRect());
  return seat.left > room.left && seat.right < room.right;
}"""


def test_a_question_is_seen_wherever_a_phone_has_scrolled_and_the_focus_is_never_lost(visitor):
    desk, _, ana = opened_with_mayor(visitor, size=PHONE)
    ana.wait_for_function(OWN_IN_VIEW)
    title = ana.locator(".ask h2")
    expect(title).to_be_focused()  # so nothing moves the page any more
    ana.evaluate("window.scrollTo(0, 9999)")
    press(desk, "Start")
    strip = ana.locator(".strip")
    expect(strip).to_contain_text(re.compile(r"You decide: .+\d+ s"))
    expect(strip).to_be_in_viewport()
    expect(ana).to_have_title(re.compile("^You decide"))
    expect(title).not_to_be_in_viewport()
    press(ana, "Go to the question")
    expect(title).to_be_in_viewport()
    expect(title).to_be_focused()
    press(ana, "As my delegate would")
    expect(title).to_be_focused()


def test_a_pause_keeps_what_is_half_answered(visitor):
    desk, _, ana = opened_with_mayor(visitor)
    press(desk, "Start")
    slider = ana.get_by_role("slider").first
    slider.fill("0.33")
    press(desk, "Pause")
    expect(ana.get_by_text("The negotiation is paused.")).to_be_visible()
    expect(slider).to_be_hidden()
    press(desk, "Go on")
    expect(slider).to_be_visible()
    expect(slider).to_have_value("0.33")


def test_a_desk_says_where_others_join_and_is_found_again(visitor, address):
    desk = opened(visitor)
    expect(desk.get_by_text(f"{address}/table (on this computer only)")).to_be_visible()
    code = desk.get_by_label("room code").inner_text()
    desk.get_by_role("link", name="A seat").click()
    desk.get_by_role("link", name="Your desk").click()
    expect(desk.get_by_label("room code")).to_have_text(code)


def test_messages_come_through_sockets_only(address):
    for path in ("/_nicegui_ws/socket.io/?EIO=4&transport=polling", "/_nicegui_ws/socket.io/?EIO=4"):
        with pytest.raises(HTTPError) as refusal:
            urlopen(f"{address}{path}", timeout=LIMIT)  # noqa: S310 - our own server
        refusal.value.close()
        assert refusal.value.code == 403


def test_a_wrong_code_is_told_on_a_page_like_the_others(address):
    form = urlencode({"code": "WRONG234", "name": "Ana"}).encode()
    with pytest.raises(HTTPError) as refusal:
        urlopen(f"{address}/join", form, timeout=LIMIT)  # noqa: S310 - our own server
    page = refusal.value.read().decode()
    assert refusal.value.code == 400
    filled = [f"value=\\{quote}" for quote in ('"WRONG234', '"Ana')]
    told = ("No room has this code", "not a forecast", 'name="viewport"', "Try again")
    for said in (*told, *filled):
        assert said in page


def test_a_link_from_another_site_leads_to_one_s_seat(address, visitor):
    host = address.removeprefix("http://")
    desk = opened(visitor)
    joining = urlencode({"code": desk.url.rsplit("/", 1)[1], "name": "Ana"})
    with closing(HTTPConnection(host, timeout=LIMIT, source_address=("127.0.0.2", 0))) as line:  # limits of its own
        line.request("POST", "/join", joining, {"Origin": address})
        answer = line.getresponse()
    assert answer.status == 303
    assert "SameSite=lax" in answer.headers["Set-Cookie"]
    assert "Secure" not in answer.headers["Set-Cookie"]  # over https it is: test_proxy


def test_a_link_is_copied_or_shown_to_be_copied_by_hand(visitor):
    without = "Object.defineProperty(Navigator.prototype, 'clipboard', {value: undefined})"
    desk = opened(visitor, prepare=lambda page: page.add_init_script(without))
    press(desk, "Copy link to join this room")
    link = desk.url.replace("/table/", "/table?code=")
    expect(desk.get_by_role("textbox", name="the link", exact=True)).to_have_value(link)
    assert desk.get_by_text("Link copied").count() == 0
    desk.wait_for_function("getSelection().toString().includes('/table?code=')")
    able = desk.context.new_page()
    able.goto(desk.url)
    able.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(able, "Copy link to join this room")
    expect(able.get_by_text("Link copied.")).to_be_visible()
    assert able.evaluate("navigator.clipboard.readText()") == link


def smallest_letter(page, picture):
    """The height of the smallest letters in a picture, in pixels of the screen."""
    return min(page.locator(f"{picture} text").evaluate_all(
        "all => all.map(e => parseFloat(e.getAttribute('font-size')) * e.getScreenCTM().a)"
    ))  # fmt: skip


def test_the_picture_can_be_read_on_a_phone_and_who_is_removed_is_told_so(visitor):
    desk, _, ana = opened_with_mayor(visitor, size=PHONE)
    assert smallest_letter(ana, ".wide") > 10.0
    assert ana.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    press(desk, "Remove")
    expect(ana.get_by_role("alert").first).to_have_text("Your teacher removed you from this room.")


def test_who_put_brackets_can_be_read_on_a_phone(visitor):
    page = visitor("/room?s=cstd_wgigf_2011&t=335..Text", size=PHONE)
    cells = page.locator("table.stacked td")
    expect(cells.first).to_be_visible()
    assert max(cells.evaluate_all("all => all.map(e => e.getBoundingClientRect().right)")) <= PHONE["width"]
    assert max(cells.evaluate_all("all => all.map(e => e.scrollWidth - e.clientWidth)")) <= 0


def test_the_picture_of_the_room_can_be_read_on_a_phone(visitor):
    page = visitor("/room?s=cstd_wgigf_2011&t=335", size=PHONE)
    table = page.locator(".stage svg.picture")
    expect(table).to_be_visible()
    page.wait_for_function("document.querySelector('.wide').scrollLeft > 0")
    box = table.bounding_box()
    assert abs(box["x"] + box["width"] / 2 - PHONE["width"] / 2) < 5.0  # its middle comes first
    for tab, picture in (
        ("Text", ".stage svg.picture"),
        ("Positions", ".q-tab-panel svg.picture"),
        ("Trust", ".q-tab-panel svg.picture"),
    ):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        expect(page.locator(picture).first).to_be_visible()
        assert smallest_letter(page, picture) > 9.0
        assert page.locator(".wide").evaluate_all("all => Math.max(...all.map(e => e.clientWidth))") < PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


LONG = "a:\n" + "- 1\n" * 99_000  # takes seconds to be read, and is no scenario


def answers_before(address, pending):
    """How many pages of the studio came while something else was still pending; three are enough."""
    count = 0
    while count < 3 and pending():
        with urlopen(f"{address}/table?code=ABCD", timeout=LIMIT):  # noqa: S310 - our own server
            count += pending()
    return count


def upload(page, file):
    with page.expect_file_chooser() as chooser:
        press(page, "Upload")
    chooser.value.set_files(file)


def test_a_long_upload_holds_up_nobody(visitor, address, tmp_path):
    file = tmp_path / "long.yaml"
    file.write_text(LONG)
    for _ in range(5):  # a busy browser may sleep while it is read
        page = visitor("/edit?s=classroom")
        expect(page.get_by_text("No problems.")).to_be_visible()
        upload(page, file)
        reading, verdict = page.get_by_text("Reading…"), page.get_by_text("This is not a scenario yet")
        expect(reading.or_(verdict)).to_be_visible()
        answers = answers_before(address, lambda reading=reading: reading.count() > 0)
        expect(verdict).to_be_visible()
        if answers == 3:
            return
    pytest.fail("no three pages came while a text was read")


def test_a_long_scenario_in_a_link_holds_up_nobody(visitor, address):
    page = visitor(f"/room?y={packed(LONG)}")
    expect(page.get_by_role("heading", name="One moment")).to_be_visible()
    verdict = page.get_by_text("format: is missing")
    assert answers_before(address, lambda: not verdict.count()) == 3
    expect(verdict).to_be_visible()


def write(page, line, text):
    """Write a text at the end of a line of the editor."""
    page.locator(".cm-line", has_text=line).click()
    page.keyboard.press("End")
    page.keyboard.type(text)


def test_a_broken_scenario_tells_where_and_a_click_leads_there(visitor):
    page = visitor("/edit?s=classroom")
    expect(page.get_by_text("No problems.")).to_be_visible()
    write(page, "seats: 4", "0000")
    problem = page.locator(".problem")
    expect(problem).to_contain_text(re.compile(r"scenario\.yaml:\d+:\d+: groups\.government\.seats: 40000"))
    assert page.get_by_role("button", name="Watch it").is_disabled()
    page.locator(".cm-line").first.click()
    problem.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cm-activeLine")).to_contain_text("seats: 40000")
    for _ in range(4):
        page.keyboard.press("End")
        page.keyboard.press("Backspace")
    expect(page.get_by_text("No problems.")).to_be_visible()


def test_an_edited_scenario_travels_in_its_link(visitor):
    page = visitor("/edit?s=classroom")
    write(page, "title:", " <i>edited</i>")
    expect(page.get_by_text(re.compile("<i>edited</i>.*No problems"))).to_be_visible()
    press(page, "Watch it")
    expect(page.locator("h1")).to_contain_text("(classroom) <i>edited</i>")
    assert "y=" in page.url


def test_what_was_written_outlives_a_reload_and_is_not_lost_without_a_question(visitor):
    page = visitor("/edit?s=classroom")
    write(page, "title:", " of mine")
    expect(page.get_by_text(re.compile("of mine.*No problems"))).to_be_visible()
    expect(page).to_have_url(re.compile("/edit[?]y="))
    page.reload()
    expect(page.get_by_text(re.compile("of mine.*No problems"))).to_be_visible()
    write(page, "title:", ": no")
    expect(page.get_by_text("This is not a scenario yet")).to_be_visible()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.get_by_role("link", name="The room").evaluate("link => setTimeout(() => link.click())")
    assert asked == ["beforeunload"]
    for _ in range(4):
        page.locator(".cm-line", has_text="title:").click()
        page.keyboard.press("End")
        page.keyboard.press("Backspace")
    expect(page.get_by_text(re.compile("of mine.*No problems"))).to_be_visible()
    page.get_by_role("link", name="The room").click()
    expect(page.locator("h1")).to_contain_text("of mine")
    assert asked == ["beforeunload"]


def test_a_file_with_the_line_ends_of_windows_is_edited_where_it_is_touched(visitor, tmp_path):
    page = visitor("/edit?s=wgig_2005")
    expect(page.get_by_text("No problems.")).to_be_visible()
    file = tmp_path / "windows.yaml"
    file.write_bytes(text_of("classroom").replace("\n", "\r\n").encode())
    upload(page, file)
    expect(page.get_by_text(re.compile("Wi-Fi.*No problems"))).to_be_visible()
    write(page, "seats: 4", "0")
    expect(page.get_by_text(re.compile("48 seats.*No problems"))).to_be_visible()
    with page.expect_download() as download:
        press(page, "Download")
    assert download.value.path().read_text() == text_of("classroom").replace("seats: 4", "seats: 40", 1)


def test_uploads_are_read_as_text_and_refused_where_they_are_none(visitor, tmp_path):
    page = visitor("/edit?s=classroom")
    files = {
        "own.yaml": b"format: 1\ntitle: <script>alert(1)</script>\n",
        "binary.yaml": b"\x00\x01" * 50,
        "bomb.yaml": b"a: " + b"[" * 500 + b"]" * 500,
        "large.yaml": b"#" * (2**20 + 1),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    told = {
        "own.yaml": "This is not a scenario yet",
        "binary.yaml": "is binary",
        "bomb.yaml": "nested more than 40 deep",
        "large.yaml": "larger than 1 MiB",
    }
    for name, said in told.items():
        upload(page, tmp_path / name)
        expect(page.get_by_text(said).first).to_be_visible()


def test_a_scenario_is_downloaded_as_it_is_written(visitor):
    page = visitor("/edit?s=classroom")
    expect(page.get_by_text("No problems.")).to_be_visible()
    with page.expect_download() as download:
        press(page, "Download")
    assert download.value.path().read_text().startswith("format: 1\ntitle: Public Wi-Fi")


NAMELESS = """() => [...document.querySelectorAll(
    'button, a[href], input:not([type=file]), textarea, [role=slider], [role=radio], [role=switch]')]
    .filter(e => e.offsetParent && e.tabIndex >= 0)
    .filter(e => !(e.getAttribute('aria-label') || e.textContent || e.labels?.length || e.closest('[aria-label]')))
    .map(e => e.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("path", ["/", "/room?s=classroom", "/lab?s=classroom", "/table", "/edit?s=classroom"])
@pytest.mark.parametrize("size", [PROJECTOR, PHONE], ids=["projector", "phone"])
def test_all_controls_have_names_and_nothing_is_wider_than_the_screen(visitor, path, size):
    page = visitor(path, size=size)
    page.wait_for_function("(window.socket?.connected || document.getElementById('facts')) && document.fonts.ready")
    nameless = page.evaluate(NAMELESS)
    assert nameless == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_the_ways_in_the_head_stand_still_from_page_to_page(visitor):
    places = []
    for path in ("/", "/room?s=classroom", "/edit?s=classroom"):
        page = visitor(path)
        places.append(page.get_by_role("link", name="Edit", exact=True).bounding_box())
    assert places[0] == places[1] == places[2]


def test_the_keyboard_reaches_every_button_of_the_room(visitor):
    page = visitor("/room?s=classroom")
    reached = set()
    for _ in range(45):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText")
        )
    assert {
        "Start: back to the beginning (Home)",
        "Play or pause (space)",
        "End: to the last turn (End)",
        "turn of the run",
    } <= reached
