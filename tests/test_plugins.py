"""Plug-ins: what is loaded, by whom, and how it is found."""

import os
import pickle
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest

from negsim import plugins
from negsim.errors import NegsimError


@dataclass(frozen=True)
class Record:
    name: str


PLUGIN = """
import subprocess
from subprocess import Popen
from record import Record

mine = Record("blue")
_hidden = Record("red")


class Spoiler:
    pass


def threshold(x):
    return x
"""


@pytest.fixture(autouse=True)
def nothing_loaded(no_plugins, monkeypatch):  # noqa: ARG001 - it is the only one
    monkeypatch.setattr(plugins, "_has_looked", False)
    monkeypatch.setattr(plugins, "_is_shut", False)
    monkeypatch.setitem(sys.modules, "record", sys.modules[__name__])
    for name in [name for name in sys.modules if name.startswith("negsim.plugins.")]:
        monkeypatch.delitem(sys.modules, name)


def write(folder, source=PLUGIN, name="mine.py"):
    file = folder / name
    file.write_text(source, encoding="utf-8")
    return file


def test_records_are_found_by_their_names_and_other_objects_by_that_of_the_plugin(tmp_path):
    plugin = plugins.load(write(tmp_path))
    assert isinstance(plugin, plugins.Plugin)
    assert plugins.loaded() == (plugin,)
    assert plugins.find(Record, "blue") == (plugin, Record("blue"))
    assert plugins.find(Record, "red") is None
    found, spoiler = plugins.lookup("mine:Spoiler")
    assert (found, spoiler.__name__) == (plugin, "Spoiler")


@pytest.mark.parametrize("name", ["mine:subprocess", "mine:Popen", "mine:Record", "mine:_hidden", "mine:Spoler"])
def test_only_what_a_plugin_defines_is_found(tmp_path, name):
    plugins.load(write(tmp_path))
    with pytest.raises(NegsimError, match="has no"):
        plugins.lookup(name)


@pytest.mark.parametrize(
    "name", ["os:system", "mine", "mine:", "../mine:Spoiler", "mine.py:Spoiler", "./mine:Spoiler", ""]
)
def test_a_name_loads_nothing(here, name):
    write(here)
    with pytest.raises(NegsimError):
        plugins.lookup(name)
    assert plugins.loaded() == ()


def test_a_file_is_run_once_until_it_changes(tmp_path):
    file = write(tmp_path)
    first = plugins.load(file)
    assert plugins.load(str(file)) is first
    write(tmp_path, 'from record import Record\nmine = Record("green")\n')
    second = plugins.load(file)
    assert plugins.find(Record, "blue") is None
    assert plugins.find(Record, "green") is not None
    assert first.digest != second.digest


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("my-file.py", "", "is not a plug-in"),
        ("mine.txt", "", "is not a plug-in"),
        ("mine.py", "x = (\n", r"mine\.py:1: .*cannot be loaded"),
        ("mine.py", "\n\nraise ValueError('no')\n", r"mine\.py:3: .*cannot be loaded \(ValueError: no\)"),
        ("mine.py", "import no_such_module\n", r"mine\.py:1: .*No module named"),
        ("mine.py", "raise SystemExit(3)\n", r"mine\.py:1: .*SystemExit"),
    ],
)
def test_a_plugin_that_cannot_be_loaded_is_an_error_at_its_line(tmp_path, name, source, message):
    with pytest.raises(NegsimError, match=message):
        plugins.load(write(tmp_path, source, name))
    assert plugins.loaded() == ()
    assert f"negsim.plugins.{name[:-3]}" not in sys.modules


def test_a_pickle_carries_the_source(tmp_path):
    file = write(tmp_path, "class Spoiler:\n    answer = 42\n")
    carried = pickle.dumps((plugins.load(file), plugins.lookup("mine:Spoiler")[1]()))
    file.unlink()
    code = "import pickle, sys; print(pickle.loads(sys.stdin.buffer.read())[1].answer)"
    other = subprocess.run([sys.executable, "-c", code], input=carried, capture_output=True, check=True)
    assert other.stdout.strip() == b"42"


def test_entry_points_are_loaded_at_the_first_unknown_name(tmp_path, monkeypatch):
    write(tmp_path, 'from record import Record\nmine = Record("blue")\nclass Spoiler: pass\n', "a_package.py")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(plugins, "_entry_points", lambda: [EntryPoint("theirs", "a_package", plugins.GROUP)])
    assert plugins.known(Record) == {}
    plugin, record = plugins.find(Record, "blue")
    assert (plugin.name, record) == ("theirs", Record("blue"))
    assert plugins.lookup("theirs:Spoiler")[0] is plugin
    assert pickle.loads(pickle.dumps(plugin)) is plugin  # noqa: S301 - its own


def test_an_installed_package_declares_a_plugin(tmp_path):
    write(tmp_path, "class Spoiler:\n    pass\n", "a_package_of_theirs.py")
    (tmp_path / "theirs-1.dist-info").mkdir()
    (tmp_path / "theirs-1.dist-info" / "METADATA").write_text("Name: theirs\nVersion: 1\n")
    (tmp_path / "theirs-1.dist-info" / "entry_points.txt").write_text(
        f"[{plugins.GROUP}]\ntheirs = a_package_of_theirs\n"
    )
    code = "from negsim import plugins; print(plugins.loaded(), plugins.lookup('theirs:Spoiler')[1].__name__)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["()", "Spoiler"]


def test_a_shut_door_knows_no_plugins(tmp_path, monkeypatch):
    write(tmp_path, "raise AssertionError\n", "a_package.py")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(plugins, "_entry_points", lambda: [EntryPoint("theirs", "a_package", plugins.GROUP)])
    plugins.shut()
    assert plugins.find(Record, "blue") is None
    with pytest.raises(NegsimError, match="not here"):
        plugins.lookup("theirs:Spoiler")


def test_a_failure_names_the_line_of_the_plugin(tmp_path):
    plugin = plugins.load(write(tmp_path, "def half(x):\n    return x / 0\n"))
    with pytest.raises(NegsimError) as caught, plugins.guarded(lambda: plugin, "half"):
        plugin.objects["half"](1)
    assert str(caught.value).endswith("mine.py:2: half fails (ZeroDivisionError: division by zero)")
    with pytest.raises(ZeroDivisionError), plugins.guarded(lambda: None, "half"):
        plugin.objects["half"](1)
