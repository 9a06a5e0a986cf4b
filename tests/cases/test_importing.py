"""Files of decide and KTAB: what becomes of them, what is said about them, and how bad rows are named."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answers import negsim
from negsim.cases.importing import imported
from negsim.errors import ScenarioError
from negsim.scenario import load, loads, unsourced
from negsim.study.runner import run

DATA = Path(__file__).parents[1] / "data" / "neighbours"
GOOD = {"harbour.csv": "decide", "toll.csv": "decide", "two.csv": "ktab", "one.csv": "ktab", "three.xml": "ktab"}
HEAD = "#A\tP\n#A\tT\n#P\tfees\n"
XML = "<Scenario><name>n</name><Dimensions><dName>d</dName></Dimensions><Actors>{}</Actors></Scenario>"
ANN = (
    "<Actor><name>Ann</name><description>a</description><capability>1</capability>"
    "<Position><dCoord>1</dCoord></Position><Salience><dSal>9</dSal></Salience></Actor>"
)


def told(text, system, tmp_path, name="bad.txt"):
    """What a bad text is answered with, a line each, without the folder."""
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ScenarioError) as error:
        imported(tmp_path / name, system)
    return str(error.value).replace(f"{tmp_path}/", "").splitlines()


def from_text(text, system, tmp_path, **options):
    (tmp_path / "good.txt").write_text(text)
    return imported(tmp_path / "good.txt", system, **options)


# ---------------------------------------------------------------------------------------------- what comes


@pytest.mark.parametrize("name", GOOD)
def test_what_comes_out_is_a_scenario_that_runs_to_an_outcome(name, tmp_path):
    found = imported(DATA / name, GOOD[name])
    assert loads(found.text) == found.scenario
    assert len(run(found.scenario, replications=3)) == 3
    (tmp_path / "out.yaml").write_text(found.text)
    assert unsourced(tmp_path / "out.yaml") == []


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_quoted_cell_may_go_on_over_lines(end, tmp_path):
    harbour, two = ((DATA / name).read_text(encoding="utf-8") for name in ("harbour.csv", "two.csv"))
    for text, system, plain, broken in (
        (harbour, "decide", "Port authority", f"Port{end}authority"),
        (two, "ktab", '"Regulator, national"', f'"Regulator,{end}national"'),
    ):
        assert plain in text
        (tmp_path / "broken.csv").write_text(text.replace(plain, broken), encoding="utf-8", newline="")
        (tmp_path / "plain.csv").write_text(text, encoding="utf-8")
        found = [imported(tmp_path / f"{name}.csv", system).scenario for name in ("broken", "plain")]
        assert found[0].groups == found[1].groups
        assert found[0].issues == found[1].issues


def test_decide_numbers_arrive_scaled():
    found = imported(DATA / "harbour.csv", "decide").scenario
    assert list(found.issues) == ["dredging", "fees"]
    port = found.groups["port"]
    assert {issue: place.mean for issue, place in port.position.items()} == {"dredging": 0.9, "fees": 0.7}
    assert port.salience == {"dredging": 0.9, "fees": 0.3}
    assert [group.voice for group in found.groups.values()] == [1.5, 0.75, 0.75]  # .6, .3, .3 over their mean
    assert [(who.name, who.group) for who in found.delegates] == [
        ("Port", "port"), ("Town", "town"), ("Fishers (north)", "fishers_north"),
    ]  # fmt: skip
    assert found.groups["fishers_north"].label == "Fishers' union"
    assert found.context.salience_spread == 0.0


def test_who_is_silent_is_drawn_around_the_others_with_weight_0():
    fishers = imported(DATA / "harbour.csv", "decide").scenario.groups["fishers_north"]
    assert (fishers.position["fees"].mean, fishers.position["fees"].spread) == (0.45, 0.25)  # of .7 and .2
    assert fishers.salience["fees"] == 0.0
    assert any("Fishers (north) on Fees" in note and "weight 0" in note for note in _notes("harbour.csv"))


def test_an_issue_with_a_scale_of_its_own_keeps_its_ends():
    found = imported(DATA / "toll.csv", "decide").scenario
    assert found.title == "Toll around the centre"
    assert (found.issues["toll_height"].low, found.issues["toll_height"].high) == ("0.5: euro", "7: euro")
    assert [group.position["toll_height"].mean for group in found.groups.values()] == [1.0, 0.0]
    assert found.groups["left"].label == 'The left\'s "people"'
    assert list(found.issues) == ["toll_height", "issue_2020"]


def test_ktab_csv_names_its_dimensions_by_its_columns():
    found = imported(DATA / "two.csv", "ktab").scenario
    assert (found.title, found.description) == ("Reform; first", "Draft one; to be checked")
    assert list(found.issues) == ["policy", "market"]
    assert found.groups["reg"].label == "Regulator, national"
    assert found.groups["min"].salience == {"policy": 0.24, "market": 0.48}
    assert found.groups["oil"].position["market"].spread > 0.0  # its position is empty


def _notes(name):
    return imported(DATA / name, GOOD[name]).notes


def test_what_cannot_be_mapped_is_said():
    told = "\n".join(_notes("three.xml"))
    for part in ("power as a weight in the decision", "model parameters (VotingRule)", "affinity", "the seed"):
        assert f"not mapped: {part}" in told.replace("KTAB's ", "").replace("the affinity", "affinity")
    told = "\n".join(_notes("toll.csv"))
    for part in ("comments (2)", "places between the ends (#M) of toll-height", "differs from issue to issue (Left)"):
        assert part in told
    assert 'left out, as no position is known: actors "Silent"' in told
    assert 'issues "Of no concern"' in told
    assert "voice kept within 0.01 and 100: Right" in told


@pytest.mark.parametrize("seats", [31, 32, 40])
def test_more_actors_than_groups_share_a_group_with_the_most_alike(seats, tmp_path):
    rows = "".join(f"a{n},,1,{n},50,\n" for n in range(seats))
    found = from_text(f"Many,,{seats},1,\nActor,Description,Influence,x Position,x Salience,\n{rows}", "ktab", tmp_path)
    scenario = found.scenario
    assert len(scenario.groups) == 31
    assert len(scenario.delegates) == seats
    places = {
        who.name: (who.position.get("x") or scenario.groups[who.group].position["x"]) for who in scenario.delegates
    }
    assert [places[f"a{n}"].mean for n in range(seats)] == [n / 100 for n in range(seats)]
    assert scenario.trust.within == scenario.trust.across
    assert max(group.seats for group in scenario.groups.values()) <= 2
    assert any(f"{seats} actors in 31 groups" in note for note in found.notes) == (seats > 31)


def test_names_become_legal_and_stay_apart(tmp_path):
    rows = "#A\ta->b\n#A\tnone\n#A\tnull\n#P\tÉquité!\n#P\tequite\n#P\ttrue\n"
    data = "".join(
        f"#D\t{who}\t{what}\t5\t1\t1\n" for who in ("a->b", "none", "null") for what in ("Équité!", "equite", "true")
    )
    found = from_text(rows + data, "decide", tmp_path)
    assert list(found.scenario.issues) == ["equite", "equite_2", "true"]
    assert [who.name for who in found.scenario.delegates] == ["a to b", "none 2", "null"]
    assert "renamed: a->b is a to b and none is none 2" in found.notes
    assert not {who.name for who in found.scenario.delegates} & set(found.scenario.groups)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=90),
        min_size=2,
        max_size=5,
        unique_by=str.strip,
    )
)
def test_any_names_will_do(tmp_path_factory, names):
    quoted = [name.replace('"', '""') for name in names if name.strip()]
    if len(quoted) < 2:
        return
    rows = [f'"#A"\t"{name}"' for name in quoted] + [f'"#P"\t"{name}"' for name in quoted]
    rows += [f'"#D"\t"{name}"\t"{quoted[0]}"\t1\t1\t1' for name in quoted]
    found = from_text("\n".join(rows), "decide", tmp_path_factory.mktemp("names"))
    assert len(found.scenario.delegates) == len(quoted)


# ---------------------------------------------------------------------------------------------- bad rows


def test_every_bad_row_is_named():
    with pytest.raises(ScenarioError) as error:
        imported(DATA / "broken.csv", "decide")
    assert str(error.value).replace(f"{DATA}/", "").splitlines() == [
        'broken.csv:3:4: actor: "Port" is given twice; the first is on line 1; remove one',
        'broken.csv:6:4: issue: "Fees" has one #M row; write its low and its high end',
        "broken.csv:7:18: position: 160 is out of range; write a number from 0 to 100",
        "broken.csv:8:17: salience: 1.3 is out of range; write a number from 0 to 1",
        'broken.csv:9:21: salience: "0,5" is not a number; write a point, not a comma',
        "broken.csv:10:21: power: -0.3 is out of range; write a number from 0 to 1",
        'broken.csv:11:4: actor: unknown actor "Twon"; did you mean "Town"?',
        'broken.csv:12:9: issue: unknown issue "Dregding"; did you mean "Dredging"?',
        'broken.csv:13:4: "Port" on "Dredging" is given twice; the first is on line 7; remove one',
        'broken.csv:14:1: "#X" is not a kind of row; one of #A, #P, #M, #D, #O, #/',
        "broken.csv:15:17: #D: has 5 columns; write #D, actor, issue, position, salience, power, comment",
        'broken.csv:16:4: "Town" on "Fees" is given twice; the first is on line 10; remove one',
        'broken.csv:16:14: position: "much" is not a number; write a number from 0 to 100',
        "broken.csv:16:19: salience: is empty; write a number from 0 to 1",
        'broken.csv:16:20: power: "nan" is not a number; write a number from 0 to 1',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "bad.txt: is empty; a decide file starts with rows #A and #P"),
        ("#P\tfees\n", "bad.txt: has no actors; write a row #A, name, full name, comment for each"),
        (HEAD, "bad.txt: has no positions"),
        (HEAD + "#D\tP\tfees\t5\t0\t1\n#D\tT\tfees\t5\t1\t1\n", 'bad.txt: "P" gives no issue any salience'),
        (b"#A\tP\xff\n", "bad.txt:1:1: byte 0xff is not UTF-8; save the file as UTF-8"),
        (b"#A\tP\0\n", "bad.txt: is binary; a decide file is a text file"),
        (HEAD + "#D\tP\tfees\t5\t1\t1\tsaid\tmore\n", "bad.txt:4:22: #D: has 8 columns; write #D, actor, issue"),
        (HEAD + f"#D\tP\tfees\t{'1' * 50}\t1\t1\n", "is not a number; write a number from 0 to 100"),
        ("#A\n#A\t\tP\n", "bad.txt:1:1: #A: has 1 column; write #A, name"),
    ],
)  # fmt: skip
def test_a_bad_decide_file_is_answered_with_what_would_be_right(text, message, tmp_path):
    assert any(message in line for line in told(text, "decide", tmp_path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "bad.txt: is empty; a KTAB file starts with its name, description and sizes, or <Scenario>"),
        ("One,,many,1,\n", 'bad.txt:1:6: number of actors: "many" is not a number'),
        ("One,,2,1,\n", "bad.txt: line two names 5 columns: name, description, influence"),
        ("One,,3,1,\nA,D,I,P,S,\na,,1,2,3,\nb,,1,2,3,\n", "says 3; the file has 2 rows of actors"),
        ("One,,2,1,\nA,D,I,P,S,\na,,1,2,3,\na,,1,2,3,\n", 'actor: "a" is given twice; the first is on line 3'),
        ("One,,2,1,\nA,D,I,Px Position,S,\na,,-1,101,3,\nb,,1,2,x,\n", "bad.txt:3:7: Px position: 101 is out of range"),
        ("<Other/>", "bad.txt:1:1: <Other> is not KTAB's; a KTAB file is a <Scenario>"),
        ("<Scenario>&what;</Scenario>", "not well-formed XML (undefined entity)"),
        ("<Scenario/>", "bad.txt:1:1: Actors: has no actors; write an <Actor> for each"),
        (XML.format(ANN + ANN), 'name: "Ann" is given twice'),
        (XML.format(ANN.replace(">9<", "><")), "d salience: is empty; write a number from 0 to 100"),
        ("<a>" * 1000, "nested more than 40 deep; not a KTAB file"),
    ],
)  # fmt: skip
def test_a_bad_ktab_file_is_answered_with_what_would_be_right(text, message, tmp_path):
    assert any(message in line for line in told(text, "ktab", tmp_path))


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))


@pytest.mark.parametrize(
    "doctype",
    [
        f"<!DOCTYPE s [{LAUGHS}]>",
        '<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE s SYSTEM "http://localhost/smp.dtd">',
        "<!DOCTYPE s>",
    ],
)
def test_xml_with_a_document_type_is_refused(doctype, tmp_path):
    text = f'<?xml version="1.0"?>\n{doctype}\n<Scenario><name>&l9;&e;</name></Scenario>'
    (line,) = told(text, "ktab", tmp_path)
    assert line.startswith("bad.txt:2:")
    assert line.endswith(": a document type (<!DOCTYPE ...>) is not allowed; remove it")


@given(st.binary(max_size=300))
def test_no_bytes_bring_down_an_import(tmp_path_factory, raw):
    file = tmp_path_factory.mktemp("bytes") / "any"
    for system in ("decide", "ktab"):
        for start in (b"", b"#A\tP\n#A\tT\n#P\tf\n#D\tP\tf\t", b"One,,2,1,\nA,D,I,P,S,\n", b"<Scenario>"):
            file.write_bytes(start + raw)
            with suppress(ScenarioError):
                imported(file, system)


# ------------------------------------------------------------------------------------------- command line


def test_the_scenario_goes_to_stdout_and_what_is_said_to_stderr():
    done = negsim("case", "import", str(DATA / "harbour.csv"), "--from", "decide")
    found = imported(DATA / "harbour.csv", "decide")
    assert (done.exit_code, done.stdout) == (0, found.text)
    assert done.stderr.splitlines() == found.notes


def test_out_writes_a_scenario_that_can_be_loaded(tmp_path):
    out = tmp_path / "three.yaml"
    done = negsim("case", "import", str(DATA / "three.xml"), "--from", "ktab", "--meetings", "2", "--out", str(out))
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.endswith(f"written: {out}\n")
    assert len(load(out).process.meetings) == 2
    assert list(tmp_path.iterdir()) == [out]
