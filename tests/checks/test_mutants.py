"""The lists of the mutation tests are those of the code as it is, and mutants are of the kinds that they say."""

import re
from pathlib import Path

import pytest

from benchmarks import mutants

TYPESCRIPT = mutants.ROOT / "node_modules/typescript"

CODE = """
from negsim.study.estimates import difference

def spread(low: float, high: float) -> float: ...

def code(one: Floats, other: Floats, rows: Floats, first: int, last: int) -> float:
    for i in range(5):
        pass
    LINE
"""


@pytest.mark.parametrize(
    ("kind", "line", "changed"),
    [
        ("arguments", "spread(0.0, 1.0)", ["spread(1.0, 0.0)"]),
        ("arguments", "difference(one, other)", ["difference(other, one)"]),
        ("arguments", "len(one, other)", []),
        ("variables", "print(last)", ["print(i)"]),
        ("variables", "print(i)", ["print(first)"]),
        ("pairing", "return one - other", ["return one - other[::-1]"]),
        ("pairing", "return rows[0, i] * other[i]", ["return rows[0, i] * other[i - 1]"]),
        ("pairing", "dict(zip(one, other))", ["dict(zip(one, [*other][::-1]))"]),
        ("pairing", "one.groupby([first, last])", ["one.groupby([first])"]),
        ("axes", "rows.sum(axis=0)", ["rows.sum(axis=1)"]),
        ("axes", "rows[i, first] = 1", ["rows[first, i] = 1"]),
        ("axes", "dict[str, Path]()", []),
        ("axes", "print(rows.T)", ["print(rows)"]),
    ],
)
def test_a_mutant_is_of_the_kind_that_it_says(kind, line, changed):
    source = CODE.replace("LINE", line).encode()
    found = mutants.Finder(Path("f.py"), source).found
    assert [one.says(source) for one in found if one.kind == kind] == [
        f"f.py: code: {line} -> {one}" for one in changed
    ]


JAVASCRIPT = {
    "return a < b;": ["return a <= b;", "return a > b;"],
    "return a === b && !c;": ["return a === b || !c;", "return a !== b && !c;", "return a === b && (c);"],
    "return Math.min(a, 0.5);": ["return Math.max(a, 0.5);", "return Math.min(0.5, a);", "return Math.min(a, 1);"],
    "work(a, c);": [";"],
    "a += list[0];": [";", "a -= list[0];"],
    "throw new Error(`${a + b}`);": [],
}


@pytest.mark.skipif(not TYPESCRIPT.exists(), reason="node's packages are not installed (make developer)")
def test_a_mutant_of_javascript_is_what_it_says(tmp_path):
    files = [tmp_path / f"{n}.js" for n in range(len(JAVASCRIPT))]
    head = "/** @param {number} a @param {number} b @param {string} c */\nfunction f(a, b, c) {\n"
    for file, line in zip(files, JAVASCRIPT, strict=True):
        file.write_text(f"{head}{line}\n}}")
    found = [
        [one.says(file.read_bytes()).partition(": f: ")[2] for one in each]
        for file, each in zip(files, mutants.found_by_node(files), strict=True)
    ]
    assert found == [[f"{line} -> {one}" for one in changed] for line, changed in JAVASCRIPT.items()]


def test_a_test_and_a_doctest_have_the_names_that_pytest_takes():
    names = ["tests/checks/test_mutants.py::test_x", "src/negsim/study/store.py::negsim.study.store.identity_of"]
    in_xml = [name.replace(".py::", ".").replace("/", ".") for name in names]
    assert [mutants._node(mutants.ROOT, name) for name in in_xml] == names


def test_every_defect_can_be_put_in_and_its_test_is_there():
    known = mutants.defects(mutants.DEFECTS.read_text("utf-8"))
    assert len({defect.words for defect in known}) == len(known) >= 100
    texts = {defect: (mutants.ROOT / "src/negsim" / defect.file).read_text("utf-8") for defect in known}
    assert [defect.words for defect, text in texts.items() if text.count(defect.old) != 1 or not defect.notice] == []
    named = [defect.notice.partition("::")[::2] for defect in known if "::" in defect.notice]
    functions = [(file, re.compile(rf"\b(def|class) {test.rpartition('.')[2]}\b")) for file, test in named]
    assert [one for one in functions if not one[1].search((mutants.ROOT / one[0]).read_text("utf-8"))] == []


def test_every_mutant_that_computes_the_same_is_one_of_the_code():
    parts = [part for part in mutants.PARTS.values() if TYPESCRIPT.exists() or not part.in_node]
    found = [mutant for part in parts for mutant in mutants.mutants_of(part)]
    sources = {file: (mutants.ROOT / file).read_bytes() for file in {mutant.file for mutant in found}}
    lines = {mutant.says(sources[mutant.file]) for mutant in found}
    known = {line for line in mutants.known_equivalent() if TYPESCRIPT.exists() or not line.startswith("page/web/")}
    assert known - lines == set()
