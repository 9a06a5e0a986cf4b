"""One name means one thing, what one module alone uses begins with an underscore, and no constant is a mood."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from negsim.cases import form, pairs  # noqa: F401 - their models are among the parts
from negsim.cast.knobs import KNOBS
from negsim.scenario.values import Part
from negsim.study import schema  # noqa: F401 - likewise

ROOT = Path(__file__).parents[2]
FOLDERS = ("src/negsim", "research", "benchmarks", "tests")
FILES = [ROOT / "hatch_build.py", *(path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))]
TREES = {path: ast.parse(path.read_bytes()) for path in FILES}
PAGES = [path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md")]
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]+")
MOODS = set(
    """
    ABOVE AGAIN AHEAD AWAY BELOW BETWEEN BIG BRIEF CLOSE ELSEWHERE END ENOUGH FAR FEW FEWER FEWEST FULL GONE HEAVY HIGH
    IDLE LARGE LATER LIGHT LITTLE LONG LOUD LOW MANY MOST MOSTLY MUCH NARROW NEAR NEVER NORMAL NOTHING OFTEN OTHERWISE
    PATIENCE QUICKLY QUIET RARELY SHORT SLOWLY SMALL SOME SOON SURE TALL THICK THIN USUAL WIDE
    """.split()  # noqa: SIM905 - easier to read and to add to
)


def defined(tree: ast.Module) -> Iterator[str]:
    """The names that a module defines; commands are called by the command line and do not count."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if not any(".command(" in ast.unparse(decorator) for decorator in node.decorator_list):
                yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [one for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
            yield from (name.id for name in names if isinstance(name.ctx, ast.Store))


def words(tree: ast.Module) -> set[str]:
    """The names that a module uses or defines, and the words of its texts."""
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    for node in ast.walk(tree):
        found |= {getattr(node, part) for part in ("id", "attr", "name") if isinstance(getattr(node, part, None), str)}
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set(re.findall(r"\w+", node.value))
    return found


def parts(of: type[Part] = Part) -> set[str]:
    """The models of files: a schema publishes their names."""
    return {of.__name__}.union(*(parts(one) for one in of.__subclasses__()))


DEFINED = {path: set(defined(tree)) for path, tree in TREES.items() if path.is_relative_to(ROOT / "src")}


def test_a_public_class_or_constant_has_one_meaning_in_the_package():
    places = defaultdict(list)
    for path, names in DEFINED.items():
        classes = {node.name for node in TREES[path].body if isinstance(node, ast.ClassDef)}
        for name in names:
            if name[0] != "_" and (name in classes or CONSTANT.fullmatch(name)):
                places[name].append(path.relative_to(ROOT).as_posix())
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_what_one_module_alone_uses_begins_with_an_underscore():
    files = Counter(word for tree in TREES.values() for word in words(tree))
    named = {word for word, count in files.items() if count > 1} | set(re.findall(r"\w+", "\n".join(PAGES)))
    named |= parts() | {f"set_{knob.name}" for knob in KNOBS.values()}  # which `scenario.changes` finds by their names
    alone = {path.relative_to(ROOT).as_posix(): names - named for path, names in DEFINED.items()}
    public = {file: [name for name in names if name[0] != "_"] for file, names in alone.items()}
    assert {file: sorted(names) for file, names in public.items() if names} == {}


def test_no_constant_is_a_mood():
    assert {
        f"{path.name}: {name}" for path, names in DEFINED.items() for name in names if name.strip("_") in MOODS
    } == set()
