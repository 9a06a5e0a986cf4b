"""What must not matter in a file: names, labels, reasons, the order within mappings, the way it is written."""

from hypothesis import given, settings
from hypothesis import strategies as st

from negsim.scenario import dump_yaml, load, loads, names
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import sample
from negsim.scenario.yaml import parse, to_yaml
from negsim.study.explain import differing
from odd import odd_text

FEW = settings(max_examples=25)
BUILT_IN = st.sampled_from(names())


@st.composite
def rooms(draw):
    """The data of a scenario with red lines, salience and two meetings."""
    text = odd_text(
        groups=draw(st.integers(2, 4)),
        seats=draw(st.integers(1, 4)),
        issues=draw(st.integers(1, 4)),
        red_lines=draw(st.booleans()),
        decision_rule=draw(st.sampled_from(["no_formal_objection", "rough_consensus", "majority_per_group"])),
        meetings=[
            {"name": "Geneva", "days": draw(st.integers(1, 3)), "agenda": [{"chair_text": 1}], "evenings": "mixed"},
            {"name": "Vienna", "after_days": 20, "days": 1, "agenda": [{"questionnaire": 0.5}, {"rolling_text": 0.5}]},
        ],
        events=[{"retreat": {"after_meeting": "Geneva"}}],
    )
    data = parse(text, "room").data
    for group in data["groups"].values():
        group["salience"] = {issue: draw(st.floats(0.1, 1.0)) for issue in data["issues"]}
    return data


def different(one, other):
    """Names of the tables of two scenarios that are not the same bits."""
    first, second = (lower(sample(each, 3, 5) if each.uncertain else each) for each in (one, other))
    return [name for name in first._fields if getattr(first, name).tobytes() != getattr(second, name).tobytes()]


def read(data):
    return loads(to_yaml(data))


def renamed(data, name_of):
    """A tree with other keys and texts where names stand."""
    if isinstance(data, dict):
        return {name_of(key): renamed(value, name_of) for key, value in data.items()}
    if isinstance(data, list):
        return [renamed(value, name_of) for value in data]
    return name_of(data)


def turned(data):
    """A tree whose mappings are written the other way round, but for those whose order is said to count."""
    return {
        name: {key: dict(reversed(value.items())) for key, value in part.items()} if name == "groups" else part
        for name, part in reversed(data.items())
    }


@FEW
@given(rooms())
def test_names_of_groups_issues_and_meetings_do_not_matter(data):
    """Names that sort the other way round."""
    others = {name: f"{'zyxw'[n]}_group" for n, name in enumerate(data["groups"])}
    others |= {name: f"{'zyxw'[n]}_issue" for n, name in enumerate(data["issues"])}
    others |= {"Geneva": "Zug", "Vienna": "Aarau", "Odd": "Even"}
    there = renamed(data, lambda name: others.get(name, name) if isinstance(name, str) else name)
    assert set(there["groups"]).isdisjoint(data["groups"])
    assert different(read(data), read(there)) == []


@FEW
@given(rooms())
def test_labels_and_titles_do_not_matter(data):
    there = renamed(data, lambda text: text)
    for part in ("issues", "groups"):
        for n, entry in enumerate(there[part].values()):
            entry["label"] = "Änderung " * (n + 1)
    there |= {"title": "名", "description": "other words"}
    assert different(read(data), read(there)) == []


@FEW
@given(rooms())
def test_what_is_told_to_people_does_not_matter(data):
    group = next(iter(data["groups"]))
    data |= {"delegates": [{"name": "Ann", "group": group}]}
    there = renamed(data, lambda text: text) | {"story": "It rained."}
    there["delegates"][0]["brief"] = {"who": "You are Ann.", "secret": "You can swim."}
    for issue in there["issues"].values():
        issue["between"] = ["a little", "half", "most"]
    told, plain = read(there), read(data)
    assert different(plain, told) == []
    assert differing(plain, told) == ()
    assert told.resolved(story=False) == plain.resolved(story=False)


@FEW
@given(rooms())
def test_the_order_of_sections_and_within_a_group_does_not_matter(data):
    for group in data["groups"].values():
        for part in ("position", "salience", "red_lines"):
            if part in group:
                group[part] = dict(sorted(group[part].items()))
    there = turned(data)
    for group in there["groups"].values():
        for part in ("position", "salience", "red_lines"):
            if part in group:
                group[part] = dict(reversed(group[part].items()))
    assert list(there) != list(data)
    assert different(read(data), read(there)) == []


@settings(max_examples=8)
@given(BUILT_IN)
def test_a_built_in_scenario_written_with_every_default_is_the_same(name):
    scenario = load(name)
    assert different(scenario, loads(dump_yaml(scenario))) == []
