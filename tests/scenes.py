"""Pictures of a page, of hand-made data, as text: `.venv/bin/python tests/scenes.py` writes tests/page/scenes.txt anew.

After a change of how a page looks, run it and read the difference; nothing there comes from the model.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
TEXT = HERE / "page" / "scenes.txt"
sys.path[:0] = [str(HERE), str(HERE.parent)]

from node import answer, module  # noqa: E402

SCRIPT = f"import {{drawn}} from {module('scenes.mjs', HERE / 'page')};\nanswer(await drawn());"


def drawn():
    """The lines of each scene, by its name."""
    return answer(SCRIPT)


def on_file():
    """The same, as they stand in the file."""
    scenes = TEXT.read_text("utf-8").split("\n== ")[1:]
    return {name: lines.split("\n") for name, _, lines in (scene.partition("\n") for scene in scenes)}


def write():
    """Write the file anew."""
    TEXT.write_text("".join("\n== " + "\n".join([name, *lines]) for name, lines in drawn().items()), "utf-8")


if __name__ == "__main__":
    write()
