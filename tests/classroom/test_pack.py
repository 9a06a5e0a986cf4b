"""The classroom pack: made of any scenario, whole, harmless, and its commands and links are understood."""

from __future__ import annotations

import csv
import re
import shlex
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from answers import negsim
from negsim.cast.studio import STUDIO_URL
from negsim.classroom import budget
from negsim.classroom.pack import LESSON_TEMPLATES, LESSONS, PACK_SEED, pack_of, write_pack
from negsim.classroom.people import opening_of, player_of, role_of
from negsim.classroom.topic import Topic
from negsim.errors import NegsimError
from negsim.files import MARKER
from negsim.report.progress import followed
from negsim.report.words import on_scale
from negsim.scenario import dump_yaml, load, with_changes

FOCAL, SMALL = "cstd_wgigf_2011", "classroom"
SHEETS = ("lesson.md", "slides.md", "slides.html", "worksheet.md", "key.md")
COMMAND = re.compile(r"negsim (run|compare|transcript)")
HOSTILE = '<script>alert(1)</script> [x](javascript:alert(2)) `{eval}` $a$ *b* "c"'


def commands(pack):
    return {line for text in pack.values() for line in text.splitlines() if COMMAND.match(line)}


def test_the_same_scenario_and_seed_write_the_same_files(small):
    assert followed(pack_of(load(SMALL), SMALL, replications=20)) == small


@pytest.mark.parametrize("name", ["netmundial_2014", "wgig_2005", "cases/gge17"])
def test_any_scenario_makes_a_pack(name, monkeypatch):
    monkeypatch.setattr(budget, "BUDGET_METHODOLOGIES", ("chair_text", "rolling_text"))
    pack = followed(pack_of(load(name), name, replications=6))
    assert {f"{folder}/{sheet}" for folder in LESSONS for sheet in SHEETS} <= set(pack)
    assert len([file for file in pack if file.startswith("roles/")]) == len(load(name).groups)


def test_a_lesson_is_planned_minute_by_minute_for_fifty(small):
    for folder in LESSONS:
        lesson = small[f"{folder}/lesson.md"]
        assert "## Plan (50 minutes)" in lesson
        steps = [
            (int(start), int(end)) for start, end in re.findall(r"^\| (\d\d)–(\d\d) \|", lesson, flags=re.MULTILINE)
        ]
        assert [start for start, _ in steps] == [0, *(end for _, end in steps[:-1])]
        assert steps[-1][1] == 50
        for heading in ("What students learn", "Before class", "In the studio", "Rubric"):
            assert f"## {heading}" in lesson


def test_a_plan_names_slides_that_exist(small):
    for folder in LESSONS:
        slides = small[f"{folder}/slides.md"].count("\n---\n") + 1
        named = re.findall(r"Slides? (\d)(?: (?:to|and) (\d))?", small[f"{folder}/lesson.md"])
        assert max(int(number) for pair in named for number in pair if number) <= slides
        assert small[f"{folder}/slides.html"].count('<section class="slide">') == slides


def test_whose_account_it_is_and_that_it_is_a_model_stand_in_front(focal):
    for name, text in focal.items():
        if name.endswith(".md") or name == "handouts.html":
            top = text.split("<body>")[-1][:900]
            assert "A model, not a forecast." in top, name
            assert "One insider’s account." in top, name


def test_a_scenario_in_a_file_has_in_commands_the_name_of_its_copy_in_the_pack(tmp_path, monkeypatch):
    monkeypatch.setattr(budget, "BUDGET_METHODOLOGIES", ("chair_text", "rolling_text"))
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


def test_the_guide_names_the_command_that_makes_the_pack_again(small):
    assert f"negsim classroom lessons {SMALL} --seed {PACK_SEED} --replications 20 --out FOLDER" in small["README.md"]


def test_no_bound_of_a_key_is_shown_as_zero_unless_it_is(focal, small):
    for pack in (focal, small):
        for name, text in pack.items():
            if name.endswith("key.md"):
                assert not re.search(r"points \[(0, \+|−[\d.]+, 0\])", text), name


# What students get


def test_a_role_sheet_holds_no_secret_of_others(small, small_topic):
    red_line = "no text above 0.40 on Keeping of logs"
    assert red_line in small["roles/civil_society.md"]
    assert not [name for name in small if name.startswith("roles/") and "civil" not in name and red_line in small[name]]
    assert "Librarian" not in small["roles/business.md"]
    opening = opening_of(small_topic.scenario, PACK_SEED)
    believed = opening.belief_of("business", "civil_society")
    assert role_of(small_topic.scenario, opening, "business")["beliefs"]["Civil society"] == believed.tolist()
    assert f"| Civil society | {believed[0]:.2f} |" in small["roles/business.md"]


def test_the_brief_of_a_player_is_on_a_sheet_of_its_own_and_escaped():
    scenario = load(Path(__file__).parents[1] / "data" / "full.yaml")
    (player,) = [delegate for delegate in scenario.delegates if delegate.brief]
    opening = opening_of(Topic("full", scenario, PACK_SEED, 20).certain, PACK_SEED)
    sheet = LESSON_TEMPLATES.fill(
        "player.md.j2", **{"in_front": "", "scenario": scenario, **player_of(scenario, opening, player)}
    ).text
    assert "# ⚓ St. Ann, States" in sheet
    assert r"The &lt;i&gt;water&lt;/i&gt; rose." in sheet
    assert r"“\*We\* drown first.”" in sheet
    assert "less than 0.30 on Scope" in sheet
    assert "2 votes" in sheet
    group = LESSON_TEMPLATES.fill(
        "role.md.j2", **{"in_front": "", "scenario": scenario, "draws": 40, **role_of(scenario, opening, "states")}
    ).text
    assert "2 votes" not in group


def test_numbers_of_a_role_sheet_are_called_means(small):
    for name, sheet in small.items():
        if name.startswith("roles/"):
            assert "means over 40 draws" in sheet


@pytest.mark.parametrize(
    ("value", "how"),
    [(0.549, "closer to"), (0.55, "closer to"), (0.45, "closer to"), (0.5449, "halfway"), (0.92, "near")],
)
def test_a_place_is_judged_as_it_is_shown(value, how):
    assert on_scale(load(SMALL).issues["logs"], value).startswith(how)


@pytest.mark.parametrize(
    ("value", "how"),
    [
        (0.0, "at “narrow”"), (0.13, "near “a little”"), (0.3, "near “a little”"), (0.48, "at “half of it”"),
        (0.62, "near “half of it”"), (0.87, "near “most”"), (1.0, "at “wide”"),
    ],
)  # fmt: skip
def test_a_place_is_named_by_the_nearest_words_of_its_issue(value, how):
    scope = load(Path(__file__).parents[1] / "data" / "full.yaml").issues["scope"]
    assert on_scale(scope, value) == f"{how} ({value:.2f})"


def test_guesses_are_a_sheet_with_empty_columns(focal):
    rows = list(csv.DictReader(StringIO(focal["guesses.csv"])))
    columns = ["student", "lesson", "setting", "change", "measure", "guess", "low", "high", "because"]
    assert list(rows[0]) == columns
    assert {row["lesson"][0] for row in rows} == set("123456")
    assert {row["lesson"][2:] for row in rows} >= {"Rescue the negotiation", "Same objections, four rules"}
    assert not any(row[name] for row in rows for name in ("student", "guess", "low", "high", "because"))
    assert all(row["setting"] and row["measure"] for row in rows)


# Links


def test_links_lead_into_the_studio(focal):
    spelt = pytest.importorskip("negsim.studio.links")
    found = set(re.findall(r"<(http://[^>]*)>", "".join(text for name, text in focal.items() if name.endswith(".md"))))
    studio = {link for link in found if link.startswith(STUDIO_URL)}
    assert len(studio) > 8
    for link in studio:
        parts = urlsplit(link)
        assert parts.path in {"/lab", "/room", "/edit"}
        variant = spelt.variant_of(parts.query)
        assert variant.name == FOCAL
        assert variant.seed == PACK_SEED
        variant.scenario()


def test_links_between_files_lead_to_files(small):
    for name, text in small.items():
        if name.endswith(".md"):
            for target in re.findall(r"\]\(<([^>:]*)>\)", text):
                assert str(Path(name).parent / target) in small, (name, target)


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
        if name.endswith(".html"):
            page = Tags(text)
            assert not page.tags & {"script", "link", "iframe", "img", "object", "embed"}
            assert {name for name, _ in page.attributes} <= {
                "lang",
                "charset",
                "name",
                "content",
                "class",
                "start",
                "href",
            }
            assert "http" not in re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A pack of a scenario whose title and texts are hostile."""
    text = dump_yaml(load(SMALL)).replace("Public Wi-Fi in a small town (classroom)", "TITLE")
    for name in ("Town hall", "Keeping of logs", "none kept"):
        text = text.replace(name, "TITLE")
    quoted = '"' + HOSTILE.replace('"', '\\"') + '"'
    file = tmp_path_factory.mktemp("hostile") / "hostile.yaml"
    file.write_text(re.sub(r"(: |- )TITLE\n", lambda match: f"{match[1]}{quoted}\n", text), encoding="utf-8")
    scenario = load(file)
    assert scenario.title == HOSTILE
    return followed(pack_of(scenario, str(file), replications=6))


def test_what_is_hostile_is_text_in_markdown(hostile):
    sheets = [text for name, text in hostile.items() if name.endswith(".md")]
    assert sum("alert" in sheet for sheet in sheets) > 20
    for sheet in sheets:
        outside = re.sub(r"^```.*?^```$", "", sheet, flags=re.DOTALL | re.MULTILINE)
        assert "<script" not in outside
        assert "](javascript" not in outside.replace("\\](", "")


def test_what_is_hostile_is_text_in_html(hostile):
    for name, text in hostile.items():
        if name.endswith(".html"):
            page = Tags(text)
            assert "script" not in page.tags
            assert not [value for name, value in page.attributes if name == "href" and "javascript" in value]
            assert f"<title>{HOSTILE[:7]}" not in text
    assert "&lt;script&gt;" in hostile["handouts.html"]


def test_a_pack_is_written_whole_and_only_where_it_may(small, tmp_path):
    folder = tmp_path / "pack"
    assert write_pack(folder, small).read_text(encoding="utf-8") == small["README.md"]
    *held, command = (folder / MARKER).read_text(encoding="utf-8").splitlines()
    assert set(held) == {name.split("/")[0] for name in small}
    assert command == "# written by negsim classroom lessons"
    write_pack(folder, {"README.md": "new"})
    assert sorted(file.name for file in folder.iterdir()) == [MARKER, "README.md"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(NegsimError, match="holds other things"):
        write_pack(other, small)
    assert [file.name for file in other.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nosuch"], "no scenario of that name"),
        ([SMALL, "--out", "."], "is the current folder"),
        ([SMALL, "--replications", "1"], "20"),
    ],
)
def test_bad_input_is_an_error_and_nothing_is_written(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = negsim("classroom", "lessons", *arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output
    assert not list(tmp_path.iterdir())
