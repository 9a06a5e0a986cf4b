"""From rules in Python to machine code: every kernel is lowered once, and the program is optimised once, as a whole.

- numba on its own optimises a function again within each of its callers, and hands a table over as a hundred numbers.
  Here a called rule stays as numba lowered it until all are linked, and a group of tables goes by reference.
- That needs parts of numba that it does not promise to keep: they are in this file only, for the versions `NUMBA`.
  With another version `compile_plainly` does the same work in numba's own way, slowly.
- The program is an object file for the plainest processor of its kind: three pointers more than C's own convention
  (where to put the result, where to put an error, then the arguments), malloc, free and the mathematical functions of
  the C library. Nothing of numba or Python is left in it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from types import FunctionType
from typing import Any

import llvmlite.binding as llvm
import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils, compiler, sigutils
from numba.core.codegen import AOTCPUCodegen, JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic
from numba.core.registry import CPUDispatcher
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.core.typing.typeof import typeof_impl
from numba.extending import intrinsic, models, overload, register_model

NUMBA = "0.68"  # the minor version whose internals these are

Rule = Callable[..., Any]

SCALARS = {"int": types.int64, "float": types.float64, "bool": types.boolean, "np.uint64": types.uint64}
ARRAYS = {"Floats": types.float64[::1], "Ints": types.int64[::1], "Stream": types.uint64[::1]}


def fits() -> bool:
    """Whether this numba is one whose internals this file knows."""
    return numba.__version__.rpartition(".")[0] == NUMBA


# A group of tables, such as `Case` or `State`: a pointer to the descriptors of its arrays, one after the other.


class _Tables(types.Type):  # type: ignore[misc]
    def __init__(self, tables: Any) -> None:
        self.members = {name: numba.typeof(array) for name, array in zip(tables._fields, tables, strict=True)}
        super().__init__(name=type(tables).__name__)


@register_model(_Tables)
class _TablesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, tables: _Tables) -> None:
        arrays = [manager.lookup(array).get_data_type() for array in tables.members.values()]
        super().__init__(manager, tables, ir.LiteralStructType(arrays).as_pointer())


@infer_getattr
class _TablesAttributes(AttributeTemplate):  # type: ignore[misc]
    key = _Tables

    def generic_resolve(self, tables: _Tables, name: str) -> types.Type | None:
        return tables.members.get(name)


@lower_getattr_generic(_Tables)
def _member(context: Any, builder: Any, tables: _Tables, pointer: Any, name: str) -> Any:
    array = cgutils.gep_inbounds(builder, pointer, 0, list(tables.members).index(name))
    return impl_ret_borrowed(context, builder, tables.members[name], builder.load(array))


# A rule: typed by its annotations, lowered, and left as it is.


class _Lowered(JITCodeLibrary):  # type: ignore[misc]
    """The code of one rule before any optimisation."""

    def _optimize_functions(self, module: Any) -> None:
        pass

    def finalize(self) -> None:
        self._finalized = True

    def modules(self, seen: set[Any]) -> Iterator[Any]:
        """Its code and that of all that it calls, each once."""
        if self in seen:
            return
        seen.add(self)
        yield self._final_module
        for library in self._linking_libraries:
            if isinstance(library, _Lowered):
                yield from library.modules(seen)
            elif library not in seen:
                seen.add(library)
                yield library._get_module_for_linking()


class _Pipeline(compiler.Compiler):  # type: ignore[misc]
    def __init__(
        self, typing: Any, target: Any, library: Any, arguments: Any, result: Any, flags: Any, names: Any
    ) -> None:
        library = _Lowered(target.codegen(), "rule")
        flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
        super().__init__(typing, target, library, arguments, result, flags, names)


class _Rule(CPUDispatcher):  # type: ignore[misc]
    """A kernel as numba sees it."""

    def get_call_template(self, arguments: Sequence[types.Type], keywords: Mapping[str, types.Type]) -> Any:
        annotations = [self.py_func.__annotations__.get(name) for name in inspect.signature(self.py_func).parameters]
        typed = [SCALARS.get(kind, given) for kind, given in zip(annotations, arguments, strict=True)]
        return super().get_call_template(typed, keywords)

    @global_compiler_lock  # type: ignore[untyped-decorator]
    def compile(self, signature: Any) -> object:
        arguments, result = sigutils.normalize_signature(signature)
        if tuple(arguments) not in self.overloads:
            with self._compiling_counter:
                lowered = self._compiler.compile(arguments, result)
            address = object()
            self.targetctx.insert_user_function(address, lowered.fndesc, [lowered.library])
            self.overloads[tuple(arguments)] = lowered._replace(entry_point=address)
            _progress()
        return self.overloads[tuple(arguments)].entry_point


def _progress() -> None:
    """Called after each rule that was lowered."""


@cache
def _rule(function: Rule, bounds: bool) -> _Rule:
    options = {"nopython": True, "error_model": "numpy", "boundscheck": bounds, "_nrt": function.allocates}
    return _Rule(function, targetoptions=options, pipeline_class=_Pipeline)


def _typeof(bounds: bool, function: Rule, _: object) -> types.Type | None:
    """The type of a global function in a kernel: another kernel, or nothing that this file knows."""
    function = inspect.unwrap(function)
    return types.Dispatcher(_rule(function, bounds)) if hasattr(function, "allocates") else None


# The program.

MEMORY = """
declare ptr @malloc(i64)
declare void @free(ptr)
define ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 %align) {
  %all = add i64 %size, 128
  %memory = call ptr @malloc(i64 %all)
  %place = ptrtoint ptr %memory to i64
  %after = add i64 %place, 127
  %start = and i64 %after, -64
  %data = inttoptr i64 %start to ptr
  store i64 1, ptr %memory
  %at = getelementptr i64, ptr %memory, i64 3
  store ptr %data, ptr %at
  ret ptr %memory
}
define ptr @NRT_MemInfo_alloc_safe_aligned(i64 %size, i32 %align) {
  %memory = call ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 %align)
  ret ptr %memory
}
define ptr @NRT_MemInfo_data_fast(ptr %memory) {
  %at = getelementptr i64, ptr %memory, i64 3
  %data = load ptr, ptr %at
  ret ptr %data
}
define void @NRT_MemInfo_call_dtor(ptr %memory) {
  call void @free(ptr %memory)
  ret void
}
"""


def compile_program(
    entries: Mapping[str, Rule], samples: Mapping[str, Any], *, bounds: bool, progress: Callable[[], None]
) -> bytes:
    """The object file of a program. entries: kernels by the name of their symbol; samples: tables by their type's name."""
    global _progress
    _progress = progress
    kinds = (
        SCALARS
        | ARRAYS
        | {
            name: _Tables(tables) if isinstance(tables[0], np.ndarray) else numba.typeof(tables)
            for name, tables in samples.items()
        }
    )
    typeof_impl.register(FunctionType, partial(_typeof, bounds))
    program, seen, names = AOTCPUCodegen("negsim").create_library("negsim"), set(), {}
    for name, function in entries.items():
        rule = _rule(inspect.unwrap(function), bounds)
        arguments = tuple(kinds[function.__annotations__[key]] for key in inspect.signature(function).parameters)
        rule.compile(arguments)
        lowered = rule.overloads[arguments]
        names[lowered.fndesc.llvm_func_name] = name
        for module in lowered.library.modules(seen):
            program._final_module.link_in(module, preserve=True)
    program._final_module.link_in(llvm.parse_assembly(MEMORY))
    for function in program._final_module.functions:
        if function.name in names:
            function.name = names[function.name]
        elif not function.is_declaration:
            function.linkage = "internal"
    for variable in program._final_module.global_variables:
        if not variable.is_declaration:
            variable.linkage = "internal"
    program._optimize_final_module()
    program._final_module.verify()
    program._finalized = True
    return program._codegen._tm.emit_object(program._final_module)
