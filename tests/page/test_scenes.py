"""The pictures of a page, drawn from hand-made data, are those on file: `tests/scenes.py` writes them anew."""

import scenes
from node import needs_node


@needs_node
def test_every_picture_of_the_page_is_the_one_on_file():
    drawn, on_file = scenes.drawn(), scenes.on_file()
    assert list(drawn) == list(on_file)
    changed = {name: [pair for pair in zip(lines, on_file[name], strict=False) if len({*pair}) > 1][:3] or "lines"
               for name, lines in drawn.items() if lines != on_file[name]}  # fmt: skip
    assert changed == {}
