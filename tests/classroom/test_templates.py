"""Templates: values are escaped for what they make, names must exist, and HTML is made of the Markdown alone."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from markdown_it import MarkdownIt

from negsim.classroom.pack import LESSON_TEMPLATES, fence, handouts_html, plain
from negsim.errors import NegsimError
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


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "a,b", 'a "b"', "a\nb", "plain"])
def test_a_cell_is_one_cell_and_no_formula(text, template):
    written = template("{{ value }},{{ 7 }}\n", {"value": text}, "csv").text
    rows = list(csv.reader(StringIO(written)))
    assert rows == [[f"'{text}" if text[0] in "=+-@" else text, "7"]]


def test_html_shows_marks_as_text_and_follows_no_strange_link():
    html = handouts_html("<t>", [Sheet("# A\n\n<b>x</b> [c](javascript:d) [e](<f.md>) 4 % [2, 6]\n"), Sheet("# B\n")])
    assert html.count('<section class="sheet">') == 2
    assert "<title>&lt;t&gt;</title>" in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert re.findall(r'href="(.*?)"', html) == ["f.md"]
    assert "4&nbsp;%&nbsp;[2,&nbsp;6]" in html
