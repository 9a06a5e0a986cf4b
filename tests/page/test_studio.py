"""A page that the studio serves, with elements for node."""

import pytest

from node import ELEMENTS, answer, module, needs_node

pytestmark = needs_node

STUDIO = f"""
import {{newDocument}} from {ELEMENTS};
import {{Studio}} from {module("studio.js")};
const root = newDocument(), kept = [];
document.body = root;
document.querySelector = () => root.getElementById("header");
globalThis.location = {{pathname: "/room", search: given.search}};
globalThis.history = {{replaceState: (_, __, address) => kept.push(address)}};
const studio = new Studio(given.facts);
"""


def knob(name, key, *values, clashes=()):
    levels = [{"value": value, "label": str(value)} for value in values]
    return {"name": name, "key": key, "written": 0, "clashes": list(clashes), "levels": levels}


FACTS = {
    "studio": {
        "about": "Storm, as written.", "fixed": {"d": 8}, "link": "s=storm&seed=0", "caveat": "",
        "pages": [["/room", "The room", True], ["/lab", "The lab", True], ["/play", "Play", False]],
    },
    "knobs": [
        knob("meetings", "m", 1, 2, 3, clashes=["days"]), knob("evenings", "e", 0, 0.5),
        knob("days", "d", None, 8, clashes=["meetings"]),
    ],
    "measures": [{"name": "depth"}], "seats": [{"name": "Ana"}, {"name": "Ben"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("search", "place"),
    [
        ("", ({}, 0, None, -1)),
        ("?e=0.50&r=7&t=9", ({"evenings": 1}, 7, 9, -1)),
        ("?t=9.1", ({}, 0, 9, 1)),
        ("?t=9..Trust", ({}, 0, 9, -1)),  # as earlier versions wrote it
        ("?t=9.1.Why", ({}, 0, 9, 1)),
        ("?t=x.99&d=8", ({}, 0, None, -1)),
    ],
)
def test_an_address_names_a_place_in_a_run(search, place):
    script = "const {setting, replication, moment, seat} = studio.place; answer([setting, replication, moment, seat]);"
    assert tuple(answer(STUDIO + script, facts=FACTS, search=search)) == place


def test_a_place_stands_in_the_address_and_its_setting_in_the_ways():
    script = """
    studio.showPlace({setting: {evenings: 1}, replication: 7, moment: 9, seat: 1});
    studio.showPlace({setting: {}, replication: 0, moment: 0, seat: -1});
    studio.showPlace({setting: {evenings: 1}, replication: 0, moment: 3, seat: -1});
    const ways = root.all((one) => one.name === "a").map((way) => way.href ?? way.getAttribute("href"));
    answer([kept, ways, root.getElementById("header").textContent]);
    """
    kept, ways, header = answer(STUDIO + script, facts=FACTS, search="")
    assert kept == ["?s=storm&seed=0&d=8&e=0.5&r=7&t=9.1", "?s=storm&seed=0&d=8&t=0", "?s=storm&seed=0&d=8&e=0.5&t=3"]
    assert "/lab?s=storm&seed=0&d=8&e=0.5" in ways
    assert "/play" in ways
    assert header == "Storm, as written."


def test_a_level_that_the_page_fixes_is_turned_by_no_knob():
    assert answer(STUDIO + "answer(studio.freeKnobs.map(({name}) => name));", facts=FACTS, search="") == ["evenings"]
