"""Compile rules from Python to LLVM's language: lower every kernel once, and link all of them as one program.

- numba by itself optimises a function again within each of its callers, and hands a table over as a hundred numbers.
  Here a rule stays as numba lowered it until all are linked, and a group of tables is one pointer.
- That uses parts of numba without a promise of stability. They are in this file only, which is why numba is pinned
  to a minor version (`kernel.NUMBA`); with another one the same rules are compiled in numba's own way.
- A process that compiles must use numba for nothing else: its own functions are left unfinished.
- After an edit only the rules that changed and those that call them are lowered: `Memory` has the others.
- The program is code for no platform in particular; `negsim.platforms` optimises it, as a whole, for one. Its entries
  have numba's calling convention: a place for the result, a place for an error, then the arguments.

numba has no types, hence the many `Any`.
"""

from __future__ import annotations

import hashlib
import inspect
import operator
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import accumulate
from types import FunctionType
from typing import Any

import numba
import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.core.bytecode import FunctionIdentity
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, compile_result
from numba.core.compiler_machinery import PassManager
from numba.core.cpu import CPUContext
from numba.core.imputils import lower_builtin, lower_getattr_generic
from numba.core.registry import CPUDispatcher, cpu_target
from numba.core.typed_passes import (
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NoPythonSupportedFeatureValidation,
    NopythonTypeInference,
)
from numba.core.types.functions import BaseFunction
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.core.untyped_passes import FixupArgs, IRProcessing, TranslateByteCode
from numba.extending import models, register_model, typeof_impl
from numba.np import arrayobj

_PlainRule = Callable[..., Any]

_SCALARS = {"int": types.int64, "float": types.float64, "bool": types.boolean, "np.uint64": types.uint64}
_ARRAYS = {"Floats": types.float64[::1], "Ints": types.int64[::1], "Stream": types.uint64[::1]}


def compile_program(
    entries: Mapping[str, _PlainRule],
    samples: Mapping[str, tuple[Any, ...]],
    *,
    bounds: bool = False,
    progress: Callable[[], None] = lambda: None,
    memory: Memory | None = None,
) -> bytes:
    """Compile a program to LLVM's bitcode, in which the entries alone can be seen from outside.

    entries: kernels by the name of their symbol. samples: named tuples of arrays, which go by reference, and of whole
    numbers, which go by value, by the name of their type. bounds: check every index. progress: called after each
    rule, and after each function of numba that rules need. memory: has rules that were lowered before, and gets all.
    """
    memory = memory or Memory()
    kinds = _SCALARS | _ARRAYS | {name: _kind_of(example) for name, example in samples.items()}

    @cache
    def rule_of(function: _PlainRule) -> _Rule:
        return _Rule(function, bounds, memory)

    @typeof_impl.register(FunctionType)  # type: ignore[untyped-decorator]
    def _(function: _PlainRule, _: object) -> Any:
        """Return the type of a global function that a kernel names: that of another kernel, or None if unknown."""
        rule = inspect.unwrap(function)
        return types.Dispatcher(rule_of(rule)) if "allocates" in vars(rule) else None

    names, modules = dict[str, str](), list[Any]()
    with _only_lowered(progress):
        for name, function in entries.items():
            rule = rule_of(inspect.unwrap(function))
            arguments = tuple(kinds[kind] for kind in rule.kinds)
            rule.compile(arguments)
            lowered = rule.overloads[arguments]
            names[lowered.fndesc.llvm_func_name] = name
            modules += memory.modules(lowered.library)
    program = _linked(modules)
    for symbol in (*program.functions, *program.global_variables):
        if symbol.name in names:
            symbol.name = names[symbol.name]
        elif not symbol.is_declaration:
            symbol.linkage = "internal"
    return bytes(program.as_bitcode())


def _linked(modules: list[Any]) -> Any:
    """Link modules in their order, neighbours first, since the cost of a link grows with both sides."""
    while len(modules) > 1:
        for one, next_one in zip(modules[::2], modules[1::2], strict=False):
            one.link_in(next_one)
        modules = modules[::2]
    return modules[0]


# Rules that were lowered before.


class Memory:
    """Rules that were lowered before: what callers have to know of each, and its code, with what it calls.

    A rule is known again if neither it nor any that it calls has changed. What else the rules depend on, such as
    constants and tables, the user of the memory watches. The program is the same, whatever the memory has.
    """

    def __init__(self, content: bytes = b"") -> None:
        """Remember what `dump` gave."""
        self._known: dict[tuple[str, str], tuple[str, Any, Any, str]]
        self._code: dict[str, tuple[bytes, list[str]]]
        self._known, self._code = pickle.loads(content) if content else ({}, {})  # noqa: S301 - from the user's cache
        self._digests, self._yielded = dict[Any, str](), set[str]()

    def dump(self) -> bytes:
        """Return all that belongs to the program."""
        known = {rule: what for rule, what in self._known.items() if what[-1] in self._yielded}
        return pickle.dumps((known, {digest: self._code[digest] for digest in self._yielded}))

    def recall(self, rule: _Rule, arguments: Any, library: Any) -> tuple[Any, Any] | None:
        """Return the descriptor and the signature of a rule lowered for such arguments; None if it was not.

        library: will stand for its code.
        """
        does, descriptor, signature, digest = self._known.get((rule.name, str(arguments)), ("", None, None, ""))
        if does != _does(rule.py_func):
            return None
        self._digests[library] = digest
        return descriptor, signature

    def add(self, rule: _Rule, arguments: Any, lowered: Any) -> None:
        """Remember a rule that was lowered now, instead of what had its name."""
        lowered.fndesc.typemap = lowered.fndesc.calltypes = None  # too much, and done with
        known = _does(rule.py_func), lowered.fndesc, lowered.signature, self._digest(lowered.library)
        self._known[rule.name, str(arguments)] = known

    def modules(self, library: Any) -> Iterator[Any]:
        """Yield the code of a rule, and of all that it calls, but for what was yielded before."""
        waiting = [self._digest(library)]
        while waiting:
            if (digest := waiting.pop()) not in self._yielded:
                self._yielded.add(digest)
                code, called = self._code[digest]
                yield binding.parse_bitcode(code)
                waiting += reversed(called)

    def _digest(self, library: Any) -> str:
        """Return the digest of the code of a library, and of all that it calls, after they were remembered."""
        if library not in self._digests:
            if isinstance(library, _Lowered):
                module, called = library._final_module, [*dict.fromkeys(map(self._digest, library._linking_libraries))]
            else:  # one that numba made before, which contains what it calls
                module, called = library._get_module_for_linking(), []
            code = bytes(module.as_bitcode())
            self._digests[library] = digest = hashlib.sha256(code + "".join(called).encode()).hexdigest()
            self._code[digest] = code, called
        return self._digests[library]


def _does(function: _PlainRule) -> str:
    """Return the digest of what a rule does, with all that it calls."""
    rules = [function]
    for rule in rules:
        rules += [called for called in _called(rule) if called not in rules]
    return hashlib.sha256("".join(map(_text, rules)).encode()).hexdigest()


@cache
def _called(function: _PlainRule) -> list[_PlainRule]:
    """List the rules that a rule names."""
    names = [function.__globals__.get(name) for name in function.__code__.co_names]
    for module in filter(inspect.ismodule, [*names]):
        names += [vars(module).get(name) for name in function.__code__.co_names]
    rules = [inspect.unwrap(one) for one in names if isinstance(one, FunctionType)]
    return [rule for rule in rules if "allocates" in vars(rule)]


@cache
def _text(function: _PlainRule) -> str:
    """Write down all of a rule but where it stands and the values of what it names."""
    code = function.__code__
    does = code.co_code, code.co_consts, code.co_names, code.co_varnames, function.__defaults__, vars(function)
    return repr((function.__module__, function.__qualname__, function.__annotations__, *does))


# A group of tables, such as `Case` or `State`: a pointer to the descriptors of its arrays, one after the other.


def _kind_of(example: tuple[Any, ...]) -> Any:
    """Return the type of a named tuple: of arrays or of numbers."""
    return _Tables(example) if isinstance(example[0], np.ndarray) else numba.typeof(example)


class _Tables(types.Type):  # type: ignore[misc]
    def __init__(self, tables: Any) -> None:
        self.members = {name: numba.typeof(array) for name, array in zip(tables._fields, tables, strict=True)}
        super().__init__(name=type(tables).__name__)


@register_model(_Tables)
class _TablesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, tables: _Tables) -> None:
        kind = ir.global_context.get_identified_type(tables.name)  # by name, which is read and written more quickly
        if kind.is_opaque:
            kind.set_body(*(manager.lookup(array).get_data_type() for array in tables.members.values()))
        super().__init__(manager, tables, kind.as_pointer())


@infer_getattr
class _TablesAttributes(AttributeTemplate):  # type: ignore[misc]
    key = _Tables

    def generic_resolve(self, tables: _Tables, name: str) -> Any:
        return tables.members.get(name)


@lower_getattr_generic(_Tables)  # type: ignore[untyped-decorator]
def _member(context: Any, builder: Any, tables: _Tables, pointer: Any, name: str) -> Any:
    for argument in builder.function.args:
        if argument.type == pointer.type:  # its descriptors are there, so that a loop may read them in advance
            argument.attributes.align = 8
            argument.attributes.dereferenceable = sum(32 + 16 * array.ndim for array in tables.members.values())
    array, at = tables.members[name], list(tables.members).index(name)

    def read(*place: int) -> Any:
        """Read what nobody writes to while the program runs, so that a loop reads it once."""
        value = builder.load(cgutils.gep_inbounds(builder, pointer, 0, at, *place))
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
        return value

    count, data, lengths = read(2), read(4), [read(5, axis) for axis in range(array.ndim)]
    size = context.get_constant(types.intp, context.get_abi_sizeof(data.type.pointee))
    strides = list(accumulate(reversed(lengths[1:]), builder.mul, initial=size))[::-1]
    descriptor = context.get_value_type(array)(None)  # without owners
    shape = [cgutils.pack_array(builder, numbers) for numbers in (lengths, strides)]
    for place, value in enumerate([count, size, data, *shape], 2):
        descriptor = builder.insert_value(descriptor, value, place)
    return descriptor


# An element of an array: numba copies the whole descriptor for each, which LLVM then has to see through.


@lower_builtin(operator.getitem, types.Array, types.Integer)  # type: ignore[untyped-decorator]
@lower_builtin(operator.getitem, types.Array, types.BaseTuple)  # type: ignore[untyped-decorator]
def _get(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array, kind = signature.args
    if (place := _element(context, builder, array, kind, *arguments)) is not None:
        return arrayobj.load_item(context, builder, array, place)
    part = arrayobj.getitem_arraynd_intp if isinstance(kind, types.Integer) else arrayobj.getitem_array_tuple
    return part(context, builder, signature, arguments)


@lower_builtin(operator.setitem, types.Array, types.Any, types.Any)  # type: ignore[untyped-decorator]
def _set(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    (array, kind, given), (descriptor, index, value) = signature.args, arguments
    if (place := _element(context, builder, array, kind, descriptor, index)) is None:
        return arrayobj.setitem_array(context, builder, signature, arguments)
    return arrayobj.store_item(context, builder, array, context.cast(builder, value, given, array.dtype), place)


def _element(context: Any, builder: Any, array: Any, kind: Any, descriptor: Any, index: Any) -> Any:
    """Return where an element is; None if the index is of several. A number below 0 counts from the end."""
    kinds, numbers = (kind,), (index,)
    if isinstance(kind, types.BaseTuple):
        kinds, numbers = kind.types, cgutils.unpack_tuple(builder, index, len(kind))
    if array.layout != "C" or len(kinds) != array.ndim or not all(isinstance(one, types.Integer) for one in kinds):
        return None
    at = ir.Constant(ir.IntType(64), 0)
    for axis, number in enumerate(numbers):
        length = builder.extract_value(descriptor, [5, axis])
        here = arrayobj.fix_integer_index(context, builder, kinds[axis], number, length)
        if context.enable_boundscheck:
            cgutils.do_boundscheck(context, builder, here, length, axis)
        at = builder.add(builder.mul(at, length), here) if axis else here
    return builder.gep(builder.extract_value(descriptor, 4), [at])


# A rule: typed by its annotations, lowered, and left like that.


class _Lowered(JITCodeLibrary):  # type: ignore[misc]
    """The code of one rule before any optimisation."""

    def _optimize_functions(self, module: Any) -> None:
        pass

    def finalize(self) -> None:
        self._finalized = True


@contextmanager
def _only_lowered(progress: Callable[[], None]) -> Iterator[None]:
    """Stop numba at lowered code within the block, for its own functions too, so that it makes nothing callable.

    What it asks thousands of times, the size of a type and the kind of a call, is answered from memory.
    """
    codegen, executable = type(cpu_target.target_context.codegen()), CPUContext.get_executable
    library, size, kind = codegen._library_class, ir.Type._get_ll_global_value_type, BaseFunction.get_call_type
    identify = FunctionIdentity.from_function.__func__
    known = cache(lambda function, context, arguments: kind(function, context, arguments, {}))

    def call_type(function: Any, context: Any, arguments: Any, keywords: Any) -> Any:
        return kind(function, context, arguments, keywords) if keywords else known(function, context, arguments)

    def address(*_: Any) -> Any:
        progress()
        return [].append  # numba wants a built-in function, and every one of these is another

    def identity(kind: Any, function: Any) -> Any:
        """Identify a function by what it does, and not by how many were met before, so that its name stays."""
        made, code = identify(kind, function), function.__code__
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        does = repr((code.co_code, code.co_consts, code.co_names, cells, function.__defaults__))
        made.unique_id = int(hashlib.sha256(does.encode()).hexdigest()[:8], 16)
        return made

    codegen._library_class, CPUContext.get_executable = _Lowered, address
    FunctionIdentity.from_function = classmethod(identity)
    ir.Type._get_ll_global_value_type = cache(size)
    BaseFunction.get_call_type = call_type  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        FunctionIdentity.from_function = classmethod(identify)
        codegen._library_class, CPUContext.get_executable = library, executable
        ir.Type._get_ll_global_value_type = size
        BaseFunction.get_call_type = kind  # type: ignore[method-assign]


class _Passes(CompilerBase):  # type: ignore[misc]
    """The path of a rule through numba, without the passes for closures and variables of two types: no rule has any."""

    def define_pipelines(self) -> list[Any]:
        marks, manager = vars(self.state.func_id.func), PassManager("rule")
        self.state.flags.noalias = "unaliased" in marks
        lets_go = [IRLegalization] if marks["allocates"] else []  # of each variable after its last use
        for step in (
            TranslateByteCode, FixupArgs, IRProcessing, NopythonTypeInference, NoPythonSupportedFeatureValidation,
            *lets_go, NativeLowering, NoPythonBackend,
        ):  # fmt: skip
            manager.add_pass(step, step.__name__)
        manager.finalize()
        return [manager]


class _Rule(CPUDispatcher):  # type: ignore[misc]
    """A kernel as numba sees it."""

    def __init__(self, function: _PlainRule, bounds: bool, memory: Memory) -> None:  # noqa: FBT001
        spared = ("nopython", "no_cpython_wrapper", "no_cfunc_wrapper")
        options: dict[str, Any] = dict.fromkeys(spared, True)
        options |= {"error_model": "numpy", "boundscheck": bounds, "_nrt": vars(function)["allocates"]}
        options["forceinline"] = "inlined" in vars(function)
        super().__init__(function, targetoptions=options, pipeline_class=_Passes)
        self.name = f"{function.__module__}.{function.__qualname__}"
        self._memory, self._cache = memory, self
        self.kinds: list[str] = [function.__annotations__[name] for name in inspect.signature(function).parameters]

    def get_call_template(self, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
        typed = [_SCALARS.get(kind, passed) for kind, passed in zip(self.kinds, arguments, strict=True)]
        return super().get_call_template(typed, keywords)

    def load_overload(self, arguments: Any, context: Any) -> Any:
        """Return what callers have to know, if the rule was lowered before; numba asks this of a cache."""
        library = context.codegen().create_library(self.name)
        known = self._memory.recall(self, arguments, library)
        if known is None:
            return None
        descriptor, signature = known
        return compile_result(
            typing_context=self.typingctx,
            target_context=context,
            entry_point=context.get_executable(library, descriptor, None),
            library=library,
            fndesc=descriptor,
            signature=signature,
            objectmode=False,
        )

    def save_overload(self, arguments: Any, lowered: Any) -> None:
        """Remember the rule; numba asks this of a cache."""
        self._memory.add(self, arguments, lowered)
