"""The classroom pack: made of any scenario, whole, harmless, and its commands and links are understood."""

from __future__ import annotations

import gzip
import json
import re
import shlex
from html.parser import HTMLParser
from itertools import permutations
from pathlib import Path
from statistics import fmean
from urllib.parse import parse_qsl, urlsplit
from urllib.request import urlopen

import pytest

from answers import negsim
from negsim.cast.studio import STUDIO_URL
from negsim.classroom import budget
from negsim.classroom import written as written_by_hand
from negsim.classroom.pack import LESSONS, PACK_SEED, pack_of, people_of, write_pack
from negsim.classroom.people import opening_of, role_of
from negsim.classroom.topic import Topic
from negsim.files import MARKER
from negsim.page import page_steps
from negsim.report.progress import followed
from negsim.scenario import dump_yaml, load, with_changes
from odd import hostile_file
from studio_server import studio

FOCAL, SMALL = "cstd_wgigf_2011", "classroom"
SHEETS = ("lesson.md", "slides.md", "slides.html", "worksheet.md", "key.md")
COMMAND = re.compile(r"negsim (run|compare|transcript)")
PAGES = re.compile(r"(^|/)(page|final|game)\.html$")
HOSTILE = '<script>alert(1)</script> [x](javascript:alert(2)) `{eval}` $a$ *b* "c"'


def commands(pack):
    return {line for text in pack.values() for line in text.splitlines() if COMMAND.match(line)}


def test_the_same_scenario_and_seed_write_the_same_files(small):
    assert followed(pack_of(load(SMALL), SMALL, replications=20)) == small


@pytest.mark.parametrize("name", ["netmundial_2014", "wgig_2005", "cases/gge17"])
def test_any_scenario_makes_a_pack(name):
    pack = followed(pack_of(load(name), name, replications=6))
    lessons = [folder for folder in LESSONS if folder != "2_budget" or budget.has_budget(load(name))]
    assert {f"{folder}/{sheet}" for folder in lessons for sheet in SHEETS} <= set(pack)
    assert len({file.split("/")[0] for file in pack if file.endswith("/key.md")}) == len(lessons)
    assert len([file for file in pack if re.match(r"people/[^/]*\.md", file)]) >= len(load(name).groups)


@pytest.mark.deep
def test_a_lesson_written_by_hand_comes_first_in_the_pack_of_its_scenario(focal, stormy, small):
    for pack, folder in ((focal, "focal"), (stormy, "storm")):
        assert {f"{folder}/{sheet}" for sheet in SHEETS} <= set(pack)
        title = pack[f"{folder}/lesson.md"].splitlines()[0][2:]
        assert f"[{title}](<{folder}/lesson.md>)" in pack["README.md"]
    assert not {"focal/lesson.md", "storm/lesson.md"} & set(small)


def test_whose_account_it_is_and_that_it_is_a_model_stand_in_front(focal):
    for name, text in focal.items():
        if name.endswith(".md") or name in {"handouts.html", "people.html"}:
            top = text.split("<body>")[-1][:900]
            assert "A model, not a forecast." in top, name
            assert "One insider’s account." in top, name


def test_a_scenario_in_a_file_has_in_commands_the_name_of_its_copy_in_the_pack(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(dump_yaml(load(SMALL)), encoding="utf-8")
    pack = followed(pack_of(load(file), str(file), replications=6))
    assert not [name for name, text in pack.items() if "mine.yaml" in text]
    assert commands(pack)
    assert all("scenario.yaml" in line for line in commands(pack))
    assert "scenario.yaml" in pack["README.md"]


def test_every_command_of_the_pack_is_understood(small):
    assert len(commands(small)) > 12
    for command in sorted(commands(small)):
        words = shlex.split(command)[1:]
        changes = [words[n + 1] for n, word in enumerate(words) if word == "--set"]
        if words[0] == "compare":
            for one in words[1 : words.index("--measure")]:
                parts = shlex.split(one.split(": ", 1)[-1])
                with_changes(load(SMALL), parts[parts[0] == SMALL :])
        else:
            load(words[1], changes=changes)


def test_links_lead_to_the_address_of_the_studio():
    address = "http://192.168.1.20:9000"
    pack = followed(pack_of(load(SMALL), SMALL, replications=6, address=address))
    text = "".join(pack.values())
    assert f"<{address}/lab?s=classroom" in text
    assert STUDIO_URL not in text
    assert f"--address {address} --out FOLDER" in pack["README.md"]


def test_no_bound_of_a_key_is_shown_as_zero_unless_it_is(focal, small):
    for pack in (focal, small):
        for name, text in pack.items():
            if name.endswith("key.md"):
                assert not re.search(r"points \[(0, \+|−[\d.]+, 0\])", text), name


# What students get


def test_a_role_sheet_holds_no_secret_of_others(small, small_topic):
    red_line = "All of you: no text above 0.40 on Keeping of logs"
    assert red_line in small["people/civil_society.md"]
    assert not [
        name for name in small if name.startswith("people/") and "civil" not in name and red_line in small[name]
    ]
    assert "Librarian" not in small["people/business.md"]
    opening = opening_of(small_topic.scenario, PACK_SEED)
    believed = opening.belief_of("business", "civil_society")
    assert role_of(small_topic.scenario, opening, "business")["beliefs"]["Civil society"] == believed.tolist()
    assert f"| Civil society | {believed[0]:.2f} |" in small["people/business.md"]
    others = [opening.trust[i, j] for i, j in permutations(opening.members["business"], 2)]
    assert opening.trusts("business", "business") == pytest.approx(fmean(others))


def test_the_line_of_one_seat_is_on_a_sheet_of_its_own_and_not_on_that_of_its_group(small_topic):
    seat = {"name": "Librarian", "group": "civil_society", "red_lines": {"cost": {"min": 0.6}}}
    scenario = with_changes(small_topic.scenario, {"delegates": [seat]})
    sheets = people_of(Topic(SMALL, scenario, PACK_SEED, 20), {"in_front": "", "scenario": scenario, "draws": 40})
    assert "Who pays: you never sign a text below 0.60." in sheets.pop("01_librarian").text
    assert set(sheets) == set(scenario.groups)
    assert not [name for name, sheet in sheets.items() if "0.60" in sheet.text and "never sign" in sheet.text]


def test_everybody_has_a_sheet_and_nobody_two(stormy, focal):
    def sheets(pack):
        return [name.removesuffix(".html") for name in pack if re.fullmatch(r"people/.*\.html", name)]

    names = [delegate.name for delegate in load("storm").delegates]
    assert len(sheets(stormy)) == len(names) == 14
    for name, sheet in zip(names, sheets(stormy), strict=True):
        assert f"{name}, " in stormy[f"{sheet}.md"].splitlines()[0]
        assert f"{name}, " in re.search("<title>(.*)</title>", stormy[f"{sheet}.html"])[1]
        assert f"{name}, " in stormy["people.html"]
    assert sheets(focal) == [f"people/{name}" for name in load(FOCAL).groups]


# Links


@pytest.mark.slow
@pytest.mark.browser
def test_the_studio_answers_at_every_link():
    with studio() as address:
        pack = followed(pack_of(load(SMALL), SMALL, replications=6, address=address))
        links = {link for text in pack.values() for link in re.findall(rf"<({address}/[^>]*)>", text)}
        assert {urlsplit(link).path for link in links} == {"/lab", "/room"}
        for link in links:
            with urlopen(link) as answer:  # noqa: S310 - of this machine
                assert answer.status == 200
                body = answer.read()
                packed = answer.headers["Content-Encoding"] == "gzip"
                page = (gzip.decompress(body) if packed else body).decode()
                assert load(SMALL).title in page or "One moment" in page  # on a busy machine it asks for patience


def with_pages(name):
    """A pack with real pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("negsim.classroom.pack.page_steps", page_steps)
        return followed(pack_of(load(name), name, replications=6))


@pytest.fixture(scope="module")
def small_with_pages():
    return with_pages(SMALL)


@pytest.mark.slow
@pytest.mark.parametrize("name", [SMALL, *(pytest.param(name, marks=pytest.mark.deep) for name in (FOCAL, "storm"))])
def test_every_link_to_a_page_turns_knobs_that_it_has(name, small_with_pages):
    pack = small_with_pages if name == SMALL else with_pages(name)
    facts = {
        file: json.loads(re.search('id="facts">(.*?)</script>', pack[file])[1]) for file in ("page.html", "final.html")
    }
    links = {link for text in pack.values() for link in re.findall(r"<\.\./((?:page|final)\.html)#([^>]*)>", text)}
    assert len(links) > 12
    for file, fragment in links:
        levels = {knob["name"]: [written(level["value"]) for level in knob["levels"]] for knob in facts[file]["knobs"]}
        for key, value in parse_qsl(fragment, strict_parsing=True):
            also = {"measure": [one["name"] for one in facts[file]["measures"]], "along": [*levels]}
            known = also[key] if key in also else levels[key]
            assert value in known, (fragment, known)


def written(value):
    """A level as JavaScript writes it."""
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, int | float) else value


@pytest.mark.slow
def test_the_page_is_the_one_that_its_command_makes(small_with_pages, here):
    for command in [line for line in small_with_pages["README.md"].splitlines() if line.startswith("negsim page")]:
        assert negsim(*shlex.split(command)[1:]).exit_code == 0
    for file in ("page.html", "final.html"):
        assert (here / file).read_text(encoding="utf-8") == small_with_pages[file]


@pytest.mark.deep
@pytest.mark.slow
def test_the_game_is_the_one_that_its_command_makes(stormy, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (command,) = [line for line in stormy["storm/key.md"].splitlines() if line.startswith("negsim page")]
    assert negsim(*shlex.split(command)[1:]).exit_code == 0
    numbers = written_by_hand.storm(Topic("storm", load("storm"), PACK_SEED, 2))
    assert Path("game.html").read_text(encoding="utf-8") == followed(page_steps(numbers["game"]))


def test_a_scenario_that_no_page_can_hold_is_taught_in_the_lab(monkeypatch):
    monkeypatch.setattr("negsim.classroom.pack.page_steps", page_steps)
    seated = load(SMALL, changes=['policies.Librarian="strategies:Tough"'])
    pack = followed(pack_of(seated, SMALL, replications=6))
    assert "page.html" not in pack
    assert "policies decide for seats" in pack["README.md"]
    assert not [name for name, text in pack.items() if re.search(r"\]\(<[./]*(page|final)\.html", text)]


# Nothing harmful


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


def test_slides_and_handouts_need_nothing_from_elsewhere(focal):
    for name, text in focal.items():
        if name.endswith(".html") and not PAGES.search(name):
            page = Tags(text)
            assert not page.tags & {"iframe", "object", "embed", "form"}
            assert ("script" in page.tags) == name.endswith("slides.html") == ("default-src 'none'" in text)
            assert not [value for key, value in page.attributes if key.startswith("on")]
            assert all(value.startswith("data:") for key, value in page.attributes if key == "src")
            shown = re.sub(r"<pre>.*?</pre>|<meta [^>]*>", "", text, flags=re.DOTALL)
            assert "http" not in shown


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A pack of a scenario whose title and texts are hostile."""
    file = hostile_file(tmp_path_factory.mktemp("hostile"), HOSTILE)
    return followed(pack_of(load(file), str(file), replications=6))


def test_what_is_hostile_is_text_in_markdown(hostile):
    sheets = [text for name, text in hostile.items() if name.endswith(".md")]
    assert sum("alert" in sheet for sheet in sheets) > 12
    for sheet in sheets:
        outside = re.sub(r"^```.*?^```$", "", sheet, flags=re.DOTALL | re.MULTILINE)
        assert "<script" not in outside
        assert "](javascript" not in outside.replace("\\](", "")


def test_what_is_hostile_is_text_in_html(hostile):
    for name, text in hostile.items():
        if name.endswith(".html"):
            page = Tags(text)
            assert text.count("<script") == name.endswith("slides.html")
            assert not [value for name, value in page.attributes if name == "href" and "javascript" in value]
            assert f"<title>{HOSTILE[:7]}" not in text
    assert "&lt;script&gt;" in hostile["handouts.html"]


def test_a_pack_is_written_whole_and_over_an_older_one(small, tmp_path):
    folder = tmp_path / "pack"
    assert write_pack(folder, small).read_text(encoding="utf-8") == small["README.md"]
    *held, command = (folder / MARKER).read_text(encoding="utf-8").splitlines()
    assert set(held) == {name.split("/")[0] for name in small}
    assert command == "# written by negsim classroom lessons"
    write_pack(folder, {"README.md": "new"})
    assert sorted(file.name for file in folder.iterdir()) == [MARKER, "README.md"]
