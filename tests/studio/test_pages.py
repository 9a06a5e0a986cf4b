"""The pages: what they say, what is refused, and what they may do in a browser."""

from __future__ import annotations

import asyncio
import re
from hashlib import sha256
from urllib.parse import quote, urlencode

import pytest

pytest.importorskip("starlette")
from negsim.cases import builtin_cases
from negsim.cases.codebook import FACTS, QUESTIONS
from negsim.cases.fields import fields_of, written
from negsim.cast.studio import packed
from negsim.errors import Mark, Problem, ScenarioError
from negsim.scenario import text_of
from negsim.studio import limits, server
from negsim.studio.limits import RefusedError
from negsim.studio.links import scenario_names, variant_of
from negsim.studio.pages import answers, case, edit, home
from negsim.studio.work import Visit, Works
from studio_cases import Browser

OWN = text_of("classroom") + "\n# mine\n"


@pytest.fixture
def browser():
    return Browser(server.application())


def policy_of(page):
    """The policy that a page has for itself."""
    return re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]


@pytest.mark.parametrize(
    "path", ["/", "/teach", "/edit", "/edit?s=storm", "/case", "/case?s=cases/icg", "/room", "/lab", "/nothing"]
)
def test_a_page_runs_its_own_script_and_nothing_else(browser, path):
    reply = browser.get(path)
    policy = policy_of(reply.text)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe-inline" not in policy
    assert not re.search("'unsafe-eval'", policy)
    assert not re.search(
        r" (style|on\w+)=", re.sub("<(script|textarea)[^>]*>.*?</(script|textarea)>", "", reply.text, flags=re.DOTALL)
    )
    assert reply.headers["content-security-policy"] == server.HEADERS["Content-Security-Policy"]
    assert "unsafe" not in server.HEADERS["Content-Security-Policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_the_first_page_has_three_doors_and_every_scenario(browser):
    page = browser.get("/").text
    assert re.findall('class="card door" href="([^"]*)"', page) == ["/play", "/lab?s=storm", "/teach"]
    for name in scenario_names():
        assert f'href="/room?s={quote(name, safe="/")}"' in page
    assert "17 to 41 seats, 3 issues, 1 to 8 meetings" in page  # of a case whose sources leave it open
    assert [name for name, *_ in home.all_scenarios()] == scenario_names()


def test_an_address_without_a_page_leads_back(browser):
    reply = browser.get("/nothing")
    assert (reply.status, '<a href="/">' in reply.text) == (404, True)
    assert browser.ask("DELETE", "/edit").status == 405


@pytest.mark.parametrize("path", ["/room", "/lab", "/edit", "/case"])
def test_a_bad_link_is_refused_in_a_sentence(browser, path):
    reply = browser.get(f"{path}?s=nothing")
    assert reply.status == 400
    assert "No such built-in scenario" in reply.text
    assert "too large, or cut off" in browser.get(f"{path}?y={packed('x' * 2_000_000)}").text


def test_a_link_to_a_broken_scenario_opens_in_the_editor_and_says_on_other_pages_what_is_wrong(browser):
    link = f"y={packed('format: 1' + chr(10) + 'titel: x')}"
    assert "titel: x" in browser.get(f"/edit?{link}").text
    reply = browser.get(f"/room?{link}")
    assert reply.status == 400
    assert "scenario.yaml:2:1: titel: unknown key" in reply.text


def test_a_text_is_said_to_be_a_scenario_and_gets_a_link(browser):
    said = browser.post("/check?s=classroom&m=3", OWN.encode()).json()
    assert said["is_good"]
    assert ", 1 meeting, 5 h 24 of floor time. No problems." in said["heading"]
    assert variant_of(said["link"]).text == OWN
    assert variant_of(said["link"]).levels == {"meetings.count": 3}
    same = browser.post("/check?s=classroom&m=3", text_of("classroom").encode()).json()
    assert same["link"] == "s=classroom&m=3&seed=0"
    windows = browser.post("/check?s=classroom", text_of("classroom").replace("\n", "\r\n").encode()).json()
    assert windows["link"] == "s=classroom&seed=0"


def test_a_problem_of_a_text_has_its_line_and_column(browser):
    said = browser.post("/check?s=classroom", b"format: 1\ntitle: x\nissue: {}\n").json()
    assert not said.get("is_good")
    assert {"words": 'scenario.yaml:3:1: issue: unknown key; did you mean "issues"?', "at": [3, 1]} in said["problems"]
    assert "not a scenario yet" in said["heading"]


def test_a_scenario_too_long_for_a_link_is_good_and_says_so(browser):
    noise = "".join(sha256(str(n).encode()).hexdigest() for n in range(1_000))
    said = browser.post("/check?s=classroom", f"{OWN}# {noise}\n".encode()).json()
    assert said["is_good"]
    assert said["link"] == ""
    assert "too long for a link" in said["note"]


def test_what_is_no_text_or_too_large_is_refused_in_a_sentence(browser):
    assert not browser.post("/check?s=classroom", b"\xff\xfe\x00").json().get("is_good")
    assert browser.post("/check?s=classroom", b"#" * (limits.MOST_BODY + 1)).status == 413
    assert "too many for this page" in browser.post(
        "/check", text_of("classroom").replace("seats: 4", "seats: 300", 1).encode()
    ).json()["heading"]  # fmt: skip


def test_of_many_problems_some_are_shown_and_the_others_counted(browser, monkeypatch):
    error = ScenarioError([Problem(Mark("x", n), "", f"problem {n}") for n in range(1, 1001)]).cut(200)

    def fail(*_):
        raise error

    monkeypatch.setattr(edit, "check_text", fail)
    said = browser.post("/check", b"x").json()
    assert (len(said["problems"]), said["more"]) == (200, "and 800 more")
    assert "1000 problems" in said["heading"]
    assert answers.sentences_of(error)[-1] == "and 800 more"


def fields_on(page):
    """The fields of a form as a browser would post them."""
    page = re.sub("<template.*?</template>", "", page, flags=re.DOTALL)
    form = re.search('<form id="case".*?</form>', page, re.DOTALL)[0]
    found = []
    for tag in re.finditer(
        r"<input([^>]*)>|<textarea([^>]*)>\n(.*?)</textarea>|<select([^>]*)>(.*?)</select>", form, re.DOTALL
    ):
        attributes = tag[1] or tag[2] or tag[4] or ""
        values = {name: plain(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', attributes)}
        if tag[4] is not None:
            chosen = re.search('value="([^"]*)" selected', tag[5]) or re.search('value="([^"]*)"', tag[5])
            found.append((values["name"], plain(chosen[1])))
        elif tag[2] is not None:
            found.append((values["name"], plain(tag[3])))
        elif values.get("type") != "radio" or "checked" in attributes:
            found.append((values["name"], values.get("value", "")))
    return found


def plain(text):
    return __import__("html").unescape(text)


@pytest.mark.parametrize("name", builtin_cases())
def test_a_case_goes_through_the_page_and_stays_the_same(browser, name, monkeypatch):
    monkeypatch.setattr(case, "forecast_of", lambda _: (_ for _ in ()).throw(RefusedError("not now")))
    page = browser.get(f"/case?s={name}").text
    said = browser.post("/case", urlencode(fields_on(page)).encode()).json()
    assert said["text"] == written(fields_of(text_of(name), name))


def test_an_empty_form_says_where_to_begin_and_an_answer_without_a_source_leads_to_its_question(browser):
    fields = fields_on(browser.get("/case").text)
    said = browser.post("/case", urlencode(fields).encode()).json()
    assert said["heading"].startswith("Begin with the name of the process")
    assert "case: 1" in said["text"]
    some = [(name, "12" if name == "fact.seats" else value) for name, value in fields]
    problems = browser.post("/case", urlencode(some).encode()).json()["problems"]
    assert "seats" in {problem["at"] for problem in problems}
    assert {problem["at"] for problem in problems} <= {"process", "outcome", *FACTS, *QUESTIONS}


def test_a_case_without_problems_has_a_forecast_and_a_link(browser):
    fields = fields_on(browser.get("/case?s=cases/icg").text)
    said = browser.post("/case", urlencode(fields).encode()).json()
    assert said["is_good"]
    assert variant_of(said["link"]).text == said["text"]
    assert sum(row["share"] for row in said["forecast"]["rows"]) == pytest.approx(1.0)
    assert 0 < said["forecast"]["known"] < said["forecast"]["count"] == len(FACTS) + len(QUESTIONS)


def test_a_form_is_bounded(browser):
    def said(body):
        return browser.post("/case", body).json()["heading"]

    assert "letters; edit this case as a file" in said(urlencode({"title": "x" * (limits.MOST_FORM_TEXT + 1)}).encode())
    rows = urlencode([("source.name", "x")] * (limits.MOST_FORM_ROWS + 1)).encode()
    assert "sources and groups" in said(rows)
    assert "malformed, or has too many fields" in said(urlencode([("x", "y")] * 3_000).encode())
    assert "malformed" in said(b"\xff")


def test_a_page_whose_work_is_long_waits_and_says_how_many_are_before_it(monkeypatch):
    shown, free = [], asyncio.Event()

    async def prepare(visit, link):
        visit.before = 3
        shown.append(link)
        await free.wait()
        raise RefusedError("there is no more room")

    page = answers.LongPage(prepare)
    monkeypatch.setattr(answers, "_SECONDS_BETWEEN_WORDS", 0.0)
    monkeypatch.setattr(limits, "PAGE_SECONDS", 0.01)

    async def visit():
        request = answers.Request({"type": "http", "headers": [], "query_string": b"s=x", "path": "/room"})
        assert b"One moment" in (await page.answer(request)).body
        words = page._words(request)
        assert await anext(words) == "3 before you.\n"
        free.set()
        rest = [line async for line in words]
        assert rest[-1] == "! There is no more room.\n"

    asyncio.run(visit())
    assert shown == ["s=x"] * 2


def test_work_for_a_page_that_was_closed_ends():
    ended = []

    async def prepare(_, __):
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def visit():
        words = answers.LongPage(prepare)._words(
            answers.Request({"type": "http", "headers": [], "query_string": b"", "path": "/room"})
        )
        await anext(words)
        await words.aclose()
        await asyncio.sleep(0)
        assert ended == [True]

    asyncio.run(visit())


def test_a_visit_counts_for_the_address_that_the_gate_names():
    seen = []

    async def do(_, visit, *__):
        seen.append(visit)
        raise RefusedError("no")

    with pytest.MonkeyPatch.context() as patch:
        browser = Browser(server.application(), address="10.0.0.7")
        patch.setattr(Works, "do", do)
        asyncio.run(_answer(browser.app))
    assert [visit.address for visit in seen] == ["10.0.0.7"]
    assert isinstance(seen[0], Visit)


async def _answer(app):
    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(_):
        pass

    scope = {
        "type": "http", "method": "GET", "path": "/room", "query_string": b"", "client": ("10.0.0.7", 1),
        "scheme": "http", "headers": [(b"host", b"127.0.0.1")],
    }  # fmt: skip
    await app(scope, receive, send)
