"""Templates: values are escaped for what they make, names must exist, and HTML is made of the Markdown alone."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from markdown_it import MarkdownIt

from negsim.classroom.pack import LESSON_TEMPLATES, fence, handouts_html, plain, slides_html
from negsim.errors import NegsimError
from negsim.report.pages.blocks import Grid
from negsim.report.templates import Sheet, Templates

HOSTILE = [
    "# a",
    "- b",
    "1. c",
    "a|b",
    "~~x~~",
    "[a]: b",
    "[a](javascript:b)",
    "<b>",
    "a\nb",
    "_x_",
    "===",
    "`a`",
    "&lt;",
]


@pytest.fixture
def template(tmp_path):
    """A function that fills in a template given as text."""

    def filled(text, context, kind="md"):
        (tmp_path / f"one.{kind}.j2").write_text(text, encoding="utf-8")
        return Templates(tmp_path, filters=LESSON_TEMPLATES.filters).fill(f"one.{kind}.j2", **context)

    return filled


@pytest.mark.parametrize("text", HOSTILE)
def test_a_value_stays_text_in_markdown(text):
    for before, after in (("", ""), ("- ", ""), ("> ", ""), ("| ", " |"), ("one ", " two")):
        html = MarkdownIt("commonmark").enable("table").render(f"{before}{plain(text)}{after}")
        shown = re.sub(r"</?(p|ul|li|blockquote)>", "", html)
        assert not re.search(r"<[^/]", shown), html


@pytest.mark.parametrize("text", HOSTILE)
def test_a_template_escapes_its_values_and_not_its_own_text(text, template):
    written = template("**bold** {{ value }}", {"value": text}).text
    assert written == f"**bold** {plain(text)}\n"


def test_what_a_macro_or_an_include_makes_is_not_escaped_twice(template):
    macro = "{% macro bold(x) %}**{{ x }}**{% endmacro %}{{ bold(value) }} "
    part = "{% set part %}_{{ value }}_{% endset %}{{ part }}"
    assert template(macro + part, {"value": "a*b"}).text == "**a\\*b** _a\\*b_\n"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("one\n{{ titel }}", "one.md.j2:2", "'titel' is undefined"),
        ("one\n\n{% if a %}", "one.md.j2:3", "Unexpected end of template"),
        ("{{ title | shout }}", "one.md.j2:1", "No filter named 'shout'"),
        ('{% include "two.md.j2" %}', "one.md.j2:1", "two.md.j2"),
    ],
)
def test_what_is_wrong_in_a_template_is_an_error_with_its_place(text, place, message, template):
    with pytest.raises(NegsimError, match=re.escape(place)) as error:
        template(text, {"title": "a"})
    assert message in str(error.value)


def test_code_is_kept_as_it_is_and_cannot_close_its_fence(template):
    code = "a < b\n\n\n\n```\n# c"
    written = template("one\n\n\n\n{{ code | fence }}\n", {"code": code}).text
    assert written == f"one\n\n````text\n{code}\n````\n"
    assert fence(["a", "b"], "sh") == "```sh\na\nb\n```"


def test_a_table_keeps_its_columns(template):
    written = template("{{ grid | table }}", {"grid": Grid(["a|b", ""], [["*c*", "d"]], "e_f")}).text
    assert written == "| a\\|b |  |\n| --- | --- |\n| \\*c\\* | d |\n\ne_f\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "a,b", 'a "b"', "a\nb", "plain"])
def test_a_cell_is_one_cell_and_no_formula(text, template):
    written = template("{{ value }},{{ 7 }}\n", {"value": text}, "csv").text
    rows = list(csv.reader(StringIO(written)))
    assert rows == [[f"'{text}" if text[0] in "=+-@" else text, "7"]]


def test_values_of_other_files_are_kept_as_they_are(template):
    assert template("a: {{ value }}\n", {"value": "<b> *c*"}, "yaml").text == "a: <b> *c*\n"


def test_lines_of_three_hyphens_divide_slides():
    deck = Sheet("# One\n\n```text\n---\n```\n\n---\n\n## Two\n\n- a\n\n---\n\n## Three\n", title="One")
    html = slides_html(deck)
    assert html.count('<section class="slide"') == 3
    assert [re.sub("<.*?>", "", head) for head in re.findall(r"<h\d>.*?</h\d>", html)] == ["One", "Two", "Three"]
    assert "<title>One</title>" in html


def test_html_shows_marks_as_text_and_follows_no_strange_link():
    html = handouts_html("<t>", [Sheet("# A\n\n<b>x</b> [c](javascript:d) [e](<f.md>) 4 % [2, 6]\n"), Sheet("# B\n")])
    assert html.count('<section class="sheet">') == 2
    assert "<title>&lt;t&gt;</title>" in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert re.findall(r'href="(.*?)"', html) == ["f.md"]
    assert "4&nbsp;%&nbsp;[2,&nbsp;6]" in html


def test_lines_to_write_on_are_lines_in_html():
    sheet = Sheet(str(LESSON_TEMPLATES.filters["lines"](3)))
    assert sheet.text.count("…") == 150
    assert handouts_html("a", [sheet]).count('<p class="line"></p>') == 3
