"""Pictures of pages and slides, for the documentation: `make docs`, then .venv/bin/python tests/studio_pictures.py."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from negsim import load
from negsim.page import PageSource
from negsim.page import page as negsim_page

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
from class_rehearsal import Phone, Rehearsal, Studio, grown

from studio_server import CHROMIUM, QUIETLY, studio

FOLDER = Path(__file__).parents[1] / "docs" / "images"
PROJECTOR, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
A_WHILE = 1500  # ms
BEFORE_THE_END = 14  # moments


def take(page: Page, name: str) -> None:
    """A picture of what is on screen."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(400)
    page.screenshot(path=FOLDER / f"studio-{name}.png")
    print(FOLDER / f"studio-{name}.png")  # noqa: T201 - a script


@contextmanager
def opened(browser: Browser, address: str, path: str, size: dict[str, int] = PROJECTOR) -> Iterator[Page]:
    """A page of a visitor of its own."""
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}{path}")
    page.get_by_role("heading", name="One moment").wait_for(state="hidden")
    page.wait_for_timeout(A_WHILE)
    yield page
    context.close()


def rooms(browser: Browser, address: str) -> None:
    """The first page, and the room: as it is, through a delegate's eyes, in the evening."""
    with opened(browser, address, "/") as page:
        take(page, "home")
    with opened(browser, address, "/room?s=cstd_wgigf_2011&seed=2011") as page:
        page.get_by_text("of the first 100").wait_for()
        moment = page.locator("#moment")
        moment.fill(str(int(moment.get_attribute("max") or 0) - BEFORE_THE_END))
        page.locator("#run").evaluate("run => run.scrollIntoView()")
        take(page, "room")
        page.locator("#eyes-choice").select_option(label="India")
        page.wait_for_timeout(A_WHILE)
        page.locator("#run-scales").evaluate("scales => scales.scrollIntoView()")
        take(page, "eyes")


def labs(browser: Browser, address: str) -> None:
    """The lab: a guess that is due, and its answer."""
    with opened(browser, address, "/lab?s=cstd_wgigf_2011") as page:
        for name, presses in (("1 meeting", 2), ("4 meetings", 4), ("8 meetings", 8)):
            for _ in range(presses):
                page.get_by_role("slider", name=f"Your guess: {name}").press("ArrowUp")
        take(page, "predict")
        page.get_by_role("button", name="Show the answer").click()
        page.locator("#knob-methodology").select_option("rolling text")
        page.get_by_text("400 runs.").wait_for(timeout=60_000)
        page.wait_for_timeout(7_000)
        page.locator("#lab").evaluate("lab => lab.scrollIntoView()")
        take(page, "lab")


def coding(browser: Browser, address: str) -> None:
    """A case that is being coded."""
    with opened(browser, address, "/case?s=cases/wgig") as page:
        page.get_by_text("questions answered").wait_for()
        page.locator("#ask-tension").scroll_into_view_if_needed()
        take(page, "case")


NAMES = (
    *("Ana", "Ben", "Chloe", "Dario", "Emeka", "Fatima", "Goran", "Hana", "Igor", "Jia", "Kofi", "Lea", "Mira", "Nour"),
    *("Olga", "Pedro", "Qing", "Rosa", "Sam", "Tuva", "Uma", "Viktor", "Wen", "Xenia", "Yara", "Zoe", "Anton", "Bea"),
    *("Cem", "Dina"),
)


def classes(browser: Browser) -> None:
    """A class at parallel tables: the projector, the desk, two students at one table, the end page."""
    with TemporaryDirectory() as folder:
        studio = Studio(Path(folder))
        try:
            rehearsal = Rehearsal(studio, len(NAMES))
            for phone, name in zip(rehearsal.phones, NAMES, strict=True):
                phone.name = name
            _class(browser, studio, rehearsal)
        finally:
            studio.kill()


def _class(browser: Browser, studio: Studio, rehearsal: Rehearsal) -> None:
    others = rehearsal.phones[2:]

    def done(work: Coroutine[Any, Any, Any]) -> Any:
        """What a coroutine returns; this thread's loop is the browser's."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, work).result()

    async def all_do(act: Callable[[Phone], Coroutine[Any, Any, object]]) -> None:
        await asyncio.gather(*map(act, others))

    done(rehearsal.enter())
    state = done(rehearsal.teach())
    code = state["code"]
    with (
        opened(browser, studio.address, f"/projector#look={state['look']}") as wall,
        opened(browser, studio.address, "/desk") as desk,
    ):
        desk.get_by_label("The teacher's word").fill(studio.word)
        desk.keyboard.press("Enter")
        with (
            opened(browser, studio.address, f"/play#code={code}", PHONE) as one,
            opened(browser, studio.address, f"/play#code={code}", PHONE) as other,
        ):
            for page, name in ((one, "Ana"), (other, "Ben")):
                page.get_by_label("Your name").fill(name)
                page.keyboard.press("Enter")
                page.get_by_text("You are in.").wait_for()
            done(all_do(lambda phone: phone.join(code)))
            wall.wait_for_timeout(3_000)
            take(wall, "projector")
            done(rehearsal.teach(phase="guess", minutes=3.0))
            done(all_do(lambda phone: phone.sign(guess=random.betavariate(3, 3))))
            people = done(rehearsal.teach())["people"]
            done(rehearsal.teach(seat=[people[1]["number"], people[0]["table"]]))
            done(rehearsal.teach(phase="play", minutes=22.0))
            done(all_do(lambda phone: phone.sign()))
            rehearsal.tables = {phone.told["deal"]["table"]: phone for phone in others if phone.told["writes"]}
            rehearsal.deal_games()
            for n, (name, phone) in enumerate(rehearsal.tables.items()):
                journal = grown(rehearsal.games[name], 3 + n)
                done(phone.sign(journal=json.dumps(journal), asks=n == 2))
            for page in one, other:
                page.get_by_role("button", name="To your table").click()
            one.wait_for_timeout(5_000)
            if (over := one.get_by_role("button", name="Answer from this phone")).is_visible():
                over.click()
            one.locator(".sheet .face:enabled").first.click()
            one.locator(".sheet .main:enabled").click()
            one.locator(".came .main").click()
            one.wait_for_timeout(5_000)
            take(desk, "class")
            both = [Image.open(BytesIO(page.screenshot())) for page in (one, other)]
        wide = Image.new("RGB", (2 * both[0].width + 20, both[0].height), "white")
        for n, picture in enumerate(both):
            wide.paste(picture, (n * (picture.width + 20), 0))
        wide.save(FOLDER / "studio-two-students.png")
        for name, phone in rehearsal.tables.items():
            done(phone.sign(journal=json.dumps(rehearsal.games[name])))
        wall.wait_for_timeout(15_000)
        done(rehearsal.teach(phase="debrief"))
        wall.locator("iframe").wait_for()
        wall.wait_for_timeout(15_000)
        take(wall, "tables")


def editor(browser: Browser, address: str) -> None:
    """The editor, with an error."""
    with opened(browser, address, "/edit?s=classroom") as page:
        text = page.locator("#text")
        text.fill(text.input_value().replace("seats: 4", "seats: 40000", 1))
        page.locator(".problem-line").click()
        take(page, "edit")


def game() -> None:
    """The game of a page: its first screen and a reading, side by side on phones."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "play.html"
        path.write_text(negsim_page(PageSource(load("storm"), "storm", seed=4, seat="Minister Amara Diallo"), runs=2))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        shots = []
        with opened(browser, path.as_uri(), "", PHONE) as page:
            shots.append(page.screenshot())
            page.locator(".start button").click()
            for _ in range(2):
                page.locator(".ask .face:enabled").nth(7).click()
            for _ in range(5):
                page.locator(".answers .main").click()
                if page.locator(".sheet.reading").count():
                    break
            page.get_by_role("button", name="Write another text").click()
            for _ in range(28):
                page.keyboard.press("ArrowDown")
            shots.append(page.screenshot())
        browser.close()
    pictures = [Image.open(BytesIO(shot)) for shot in shots]
    both = Image.new("RGB", (2 * PHONE["width"] + 20, PHONE["height"]), "white")
    for n, picture in enumerate(pictures):
        both.paste(picture, (n * (PHONE["width"] + 20), 0))
    both.save(FOLDER / "play-phone.png")


SLIDES = (
    ("storm/storm", "Three paragraphs to write"),
    ("storm/storm", "Five ways to sit in your seats"),
    ("storm/storm", "What consensus does not say"),
    ("focal/2_budget", "Meetings or days?"),
)


def slides() -> None:
    """Four slides of the lessons that `make docs` writes, in two rows."""
    shots = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        page = browser.new_page(viewport={"width": 640, "height": 360})
        for lesson, heading in SLIDES:
            page.goto((FOLDER.parent / "teaching" / lesson / "slides.html").as_uri())
            slide = page.locator("section", has=page.get_by_role("heading", name=heading))
            shots.append(Image.open(BytesIO(slide.screenshot())))
        browser.close()
    together = Image.new("RGB", (2 * 640 + 6, 2 * 360 + 6), "#cccccc")
    for n, shot in enumerate(shots):
        together.paste(shot, (n % 2 * 646, n // 2 * 366))
    together.save(FOLDER / "lessons.png")


def main() -> None:
    """All of them."""
    game()
    slides()
    with studio() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        for part in (rooms, labs, coding, editor):
            part(browser, address)
        classes(browser)
        browser.close()


if __name__ == "__main__":
    main()
