"""Rules that were lowered before: known again if they do the same, and lowered again if they do not."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

from negsim import kernel
from negsim.platforms import OWN, emit_object

pytestmark = pytest.mark.skipif(kernel.UNCOMPILED, reason="there is no program")

RULES = """
from negsim.kernel import inlined, kernel


@inlined
def half(x: float) -> float:
    return 0.5 * x


@kernel
def square(x: float) -> float:
    return x * x


@kernel
def middle(x: float) -> float:
    return half(x) + 1.0


@kernel
def answer(x: float) -> float:
    return middle(x) + square(x)


@kernel
def other(x: float) -> float:
    return square(x)
"""
ENTRIES = ("answer", "other")


@pytest.fixture
def compiled():
    """Compile rules with what a memory has, and call the entries: rules lowered, answers, the program, the memory.

    instead: rules of another module, in the place of those of the same name.
    """
    from negsim.compiler import Memory, compile_program  # noqa: PLC0415 - numba is slow to import

    def compile_(text, before=b"", instead=""):
        module = ModuleType("rules")
        exec(text, vars(module))  # noqa: S102 - rules of this test
        module.__name__ = "mine"
        exec(instead, vars(module))  # noqa: S102 - rules of this test
        entries = {name: inspect.unwrap(vars(module)[name]) for name in ENTRIES}
        memory, lowered = Memory(before), []
        add = memory.add
        memory.add = lambda rule, *rest: (lowered.append(rule.py_func.__name__), add(rule, *rest))
        code = emit_object(compile_program(entries, {}, memory=memory), OWN)
        engine = kernel._linked(code)
        answers = [
            kernel._caller(engine.get_function_address(name), function)(3.0) for name, function in entries.items()
        ]
        assert answers == [function(3.0) for function in entries.values()]
        return sorted(lowered), answers, code, memory.dump()

    return compile_


ALL = ["answer", "half", "middle", "other", "square"]


def test_rules_that_did_not_change_are_not_lowered_again(compiled):
    lowered, answers, code, memory = compiled(RULES)
    assert (lowered, answers) == (ALL, [11.5, 9.0])
    assert compiled("# a comment\n" + RULES, memory)[:3] == ([], answers, code)


@pytest.mark.parametrize(
    ("old", "new", "lowered", "answers"),
    [
        ("0.5 * x", "0.25 * x", ["answer", "half", "middle"], [10.75, 9.0]),
        ("x * x", "x * x * x", ["answer", "other", "square"], [29.5, 27.0]),
        ("return half(x) + 1.0", "return half(x) + 2", ["answer", "middle"], [12.5, 9.0]),
        ("return half(x) + 1.0", "return 1", ["answer", "middle"], [10.0, 9.0]),  # a whole number now
        ("@inlined\n", "@kernel\n", ["answer", "half", "middle"], [11.5, 9.0]),
        ("def half(x: float)", "def half(x: int)", ["answer", "half", "middle"], [11.5, 9.0]),
    ],
)
def test_after_an_edit_the_program_is_that_of_a_first_compilation(compiled, old, new, lowered, answers):
    assert old in RULES
    edited = RULES.replace(old, new)
    _, _, first, memory = compiled(RULES)
    again, changed, code, memory = compiled(edited, memory)
    assert (again, changed) == (lowered, answers)
    assert code == compiled(edited)[2]
    _, _, back, memory = compiled(RULES, memory)
    assert back == first
    assert compiled(RULES, memory)[0] == []


def test_rules_of_another_module_are_lowered_with_what_calls_them(compiled):
    mine = "@inlined\ndef half(x: float) -> float:\n    return 0.25 * x\n"
    _, _, first, memory = compiled(RULES)
    lowered, mixed, code, after = compiled(RULES, memory, instead=mine)
    assert (lowered, mixed) == (["answer", "half", "middle"], [10.75, 9.0])
    assert code == compiled(RULES, instead=mine)[2]
    for remembered in (memory, after):
        assert compiled(RULES, remembered)[2] == first
