"""Facts that are added to a finished page."""

import pytest

from negsim.page.html import facts_of, served, with_facts

PAGE = (
    """<meta content="default-src 'none'; script-src 'x'">"""
    """<script type="application/json" id="facts">{"title":"T"}</script>"""
)


def test_added_facts_stand_beside_the_others_and_end_no_element():
    page = with_facts(PAGE, journals=[{"table": "</script><img>"}])
    assert facts_of(page) == {"title": "T", "journals": [{"table": "</script><img>"}]}
    assert "<img>" not in page


def test_only_a_page_that_a_desk_gives_out_may_speak_to_its_server():
    assert "connect-src" not in PAGE
    assert "default-src 'none'; connect-src 'self'; script-src 'x'" in served(PAGE, desk={})
    assert facts_of(served(PAGE, desk={})) == {"title": "T", "desk": {}}


def test_another_page_is_refused():
    with pytest.raises(AssertionError, match="not a page that runs the model"):
        with_facts("<p>")
