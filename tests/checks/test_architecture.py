"""The map of the house is the house: its layers are the ones that are checked, and its places exist."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "src" / "negsim"


def test_the_rooms_of_the_map_are_the_layers_that_are_checked():
    diagram = re.search(r"```text\n( cli .*?)```", PAGE, re.DOTALL)[1]
    rooms = [re.match(r" (\w+(?: \| \w+)*)", line)[1] for line in diagram.splitlines()]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    assert rooms == [layer for layer in layers if not layer.startswith("(")]


def test_every_function_that_the_map_names_is_where_it_says():
    for room, module, name in re.findall(r"\b(scenario|negotiation|study|cases)\.(\w+)(?:\.(\w+))?", PAGE):
        file = PACKAGE / room / f"{module}.py"
        assert file.is_file(), file
        assert not name or re.search(rf"^(?:def|class) {name}\b", file.read_text(encoding="utf-8"), re.MULTILINE), name


def test_every_file_that_the_map_names_exists():
    """In the package, where a name alone may be that of a module of the page, or beside it."""
    names = set(re.findall(r"`((?:\w+/)*[\w*.]+\.(?:py|js|css|json|j2)|(?:\w+/)+)`", PAGE))
    assert len(names) > 50
    places = (PACKAGE, "**/"), (ROOT, ""), (ROOT / "research", "")
    assert [name for name in names if not any(any(at.glob(above + name)) for at, above in places)] == []
