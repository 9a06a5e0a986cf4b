"""Pairs files: what is read, and every mistake with its place."""

import pytest

from answers import negsim
from negsim.cases.pairs import load_pairs
from negsim.errors import ScenarioError

FAILED, ADOPTED, VOTED, OPEN = (
    "outcome: {code: none}\n", "outcome: {code: consensus}\n", "outcome: {code: vote}\n", "",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Case files, one for each way to end."""
    for name, outcome in {"failed": FAILED, "again": FAILED, "adopted": ADOPTED, "voted": VOTED, "open": OPEN}.items():
        (tmp_path / f"{name}.yaml").write_text(f"case: 1\ntitle: {name}\n{outcome}", encoding="utf-8")
    return tmp_path


def pairs_in(folder, *entries, head="pairs: 1\n"):
    file = folder / "pairs.yaml"
    file.write_text(f"{head}attempts:\n" + "".join(f"  {entry}\n" for entry in entries), encoding="utf-8")
    return file


def refused(folder, *entries, **more):
    with pytest.raises(ScenarioError) as told:
        load_pairs(pairs_in(folder, *entries, **more))
    return [line.removeprefix(f"{folder}/") for line in str(told.value).splitlines()]


def entry(name="a", **keys):
    known = {"type": "FS", "first": "failed.yaml", "second": "adopted.yaml", "confounding": "low"} | keys
    return f"{name}: {{{', '.join(f'{key}: {value}' for key, value in known.items() if value is not None)}}}"


def test_a_pair_holds_its_attempts_in_order(folder):
    built_in = entry("b", first="cases/wgigf1", second="cases/wgigf2", another_chair="true")
    found = load_pairs(pairs_in(folder, entry(), built_in, head="pairs: 1\ntitle: Two\nweak: few\n"))
    assert (found.title, found.weak) == ("Two", "few")
    assert [(pair.name, pair.first.name, pair.second.name) for pair in found.pairs] == [
        ("a", "failed", "adopted"), ("b", "wgigf1", "wgigf2"),
    ]  # fmt: skip
    assert (found.pairs[0].noise, found.pairs[0].another_chair, found.pairs[1].another_chair) == (False, None, True)
    assert found.pairs[0].differences == []
    assert {"meetings", "days", "methodology"} <= set(found.pairs[1].differences)
    assert found.pairs[1].moved_positions == ["issues"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"type": "SS"}, 'attempts.a.type: unknown type "SS"; one of: FS, SF, FF'),
        ({"confounding": "lwo"}, 'attempts.a.confounding: unknown confounding "lwo"; did you mean "low"?'),
        ({"noise": "yes please"}, 'attempts.a.noise: "yes please" is neither true nor false'),
        ({"frist": "x"}, 'attempts.a.frist: unknown key; did you mean "first"?'),
        (
            {"first": "cases/wgigf1", "second": "cases/wgigf2", "text_carried_over": "true"},
            "attempts.a.text_carried_over: the attempts have other issues, so that no text can be taken up",
        ),
        ({"second": "open.yaml"}, 'attempts.a.second: "open" has no outcome; write what happened into its file'),
    ],
)
def test_a_mistake_is_told_with_its_place(folder, keys, message):
    told = refused(folder, entry(**keys))
    assert any(message in line for line in told), told
    assert all(line.startswith("pairs.yaml:3:") for line in told)


def test_a_case_file_that_is_missing_or_wrong_is_told_with_its_pair(folder):
    (folder / "wrong.yaml").write_text("case: 1\ntitle: A\ncodes: {trust: {code: lwo}}\n", encoding="utf-8")
    told = refused(folder, entry(first="nowhere.yaml", second="wrong.yaml"))
    assert told[0] == 'pairs.yaml:3:24: attempts.a.first: "nowhere.yaml" cannot be used; see below'
    assert "nowhere.yaml" in told[1]
    assert "wrong.yaml:3:" in told[3]


def test_a_vote_is_success_only_where_the_rule_may_allow_one(folder):
    assert load_pairs(pairs_in(folder, entry(second="voted.yaml"))).pairs[0].second.name == "voted"
    rule = 'codes: {decision_rule: {code: full_consensus, quote: "by consensus", confidence: high}}\n'
    text = (folder / "voted.yaml").read_text(encoding="utf-8")
    (folder / "voted.yaml").write_text(text + rule, encoding="utf-8")
    assert (
        '"voted" ended by a vote, and its decision_rule allows none' in refused(folder, entry(second="voted.yaml"))[0]
    )


def test_attempts_that_share_one_case_are_pairs_of_a_chain(folder):
    chain = [entry("a", second="again.yaml", type="FF"), entry("b", first="again.yaml"), entry("c")]
    found = load_pairs(pairs_in(folder, *chain)).pairs
    assert [(pair.first.name, pair.second.name) for pair in found] == [
        ("failed", "again"), ("again", "adopted"), ("failed", "adopted"),
    ]  # fmt: skip


def test_check_reads_a_pairs_file(folder):
    good = negsim("check", pairs_in(folder, entry()))
    assert (good.exit_code, good.stdout.endswith("pairs.yaml: fine\n")) == (0, True)
    bad = negsim("check", pairs_in(folder, entry(type="FF")))
    assert (bad.exit_code, "attempts.a.type" in bad.stderr) == (2, True)
