"""Platforms: from the linked code of a program to a file for any of them, on any machine.

- A platform is named after its system and processor, such as `linux-x86_64`. `HERE` is this one; the table `PLATFORMS`,
  of those that programs are built for, need not have it.
- A wheel for x86-64 brings two programs with the same bits: for the most basic processor, and for those that know AVX2
  (`-v3`: x86-64-v3), which work on four numbers at a time. `OWN` is the one that this processor runs.
- LLVM, as llvmlite brings it, optimises a program as a whole and emits an object file. It needs memory (malloc, free,
  copying), and nothing else of the C library, of numba or of Python. Products and sums are rounded one by one.
- `ziglang`, a package that is needed for this alone, links object files of every platform, with what they need of its
  C library: into a shared library, or into a module of WebAssembly that imports nothing.
"""

from __future__ import annotations

import platform as machinery
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from numpy._core._multiarray_umath import __cpu_features__  # type: ignore[import-not-found]

from negsim.errors import NegsimError


class _Platform(NamedTuple):
    """A platform that programs are built for."""

    triple: str  # as LLVM calls it
    zig: str  # as the linker calls it, with the oldest system that will do
    suffix: str  # of a program's file
    tag: str = ""  # of a wheel's name; empty if no wheel is for it alone
    processor: str = ""  # as LLVM calls it; empty for the most basic


WASM = "wasm32"
_NEWER = "-v3"
_ASKED = ("AVX2", "BMI", "BMI2", "F16C", "FMA3", "LZCNT", "MOVBE")  # of a newer processor, as numpy calls them
PLATFORMS = {
    "linux-x86_64": _Platform("x86_64-unknown-linux-gnu", "x86_64-linux-gnu.2.17", ".so", "manylinux_2_17_x86_64"),
    "linux-aarch64": _Platform("aarch64-unknown-linux-gnu", "aarch64-linux-gnu.2.17", ".so", "manylinux_2_17_aarch64"),
    "macos-arm64": _Platform("arm64-apple-macosx11.0.0", "aarch64-macos.11.0", ".dylib", "macosx_11_0_arm64"),
    "macos-x86_64": _Platform("x86_64-apple-macosx11.0.0", "x86_64-macos.11.0", ".dylib", "macosx_11_0_x86_64"),
    "windows-x86_64": _Platform("x86_64-w64-windows-gnu", "x86_64-windows-gnu", ".dll", "win_amd64"),
    WASM: _Platform("wasm32-unknown-unknown", "wasm32-wasi", ".wasm"),
}
PLATFORMS |= {
    f"{name}{_NEWER}": one._replace(tag="", processor="x86-64-v3")
    for name, one in PLATFORMS.items()
    if name.endswith("x86_64")
}

_SYSTEMS = {"darwin": "macos", "win32": "windows"}
_PROCESSORS = {"amd64": "x86_64"}
_PROCESSOR = machinery.machine().lower()
HERE = f"{_SYSTEMS.get(sys.platform, sys.platform)}-{_PROCESSORS.get(_PROCESSOR, _PROCESSOR)}"  # this platform
# The one whose program this processor runs:
OWN = f"{HERE}{_NEWER}" if f"{HERE}{_NEWER}" in PLATFORMS and all(map(__cpu_features__.get, _ASKED)) else HERE
_MODULE = [
    "-mexec-model=reactor",
    "-Wl,--export-dynamic,--export=malloc,--export=free",
]  # its entries, and memory for tables

# What numba asks its own runtime for: memory with a header of five words, whose fourth says where the data begin.
_MEMORY = """
declare ptr @malloc(WORD)
declare void @free(ptr)
define ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 %align) {
  %all = add i64 %size, 128
  %bytes = inttoptr i64 %all to ptr
  %word = ptrtoint ptr %bytes to WORD
  %memory = call ptr @malloc(WORD %word)
  %place = ptrtoint ptr %memory to i64
  %after = add i64 %place, 127
  %start = and i64 %after, -64
  %data = inttoptr i64 %start to ptr
  store i64 1, ptr %memory
  %at = getelementptr {i64, ptr, ptr, ptr, i64}, ptr %memory, i32 0, i32 3
  store ptr %data, ptr %at
  ret ptr %memory
}
define ptr @NRT_MemInfo_alloc_safe_aligned(i64 %size, i32 %align) {
  %memory = call ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 %align)
  ret ptr %memory
}
define void @NRT_MemInfo_call_dtor(ptr %memory) {
  call void @free(ptr %memory)
  ret void
}
"""


def programs_of(platform: str) -> list[str]:
    """List the platforms whose programs a wheel for one brings, WebAssembly among them."""
    return [name for name in (platform, f"{platform}{_NEWER}", WASM) if name in PLATFORMS]


def emit_object(code: bytes, platform: str) -> bytes:
    """Optimise linked code as a whole and emit an object file for a platform: one of `PLATFORMS`, or `HERE`."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - a finished program needs none of it

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    target = PLATFORMS.get(platform)
    triple, processor = (llvm.get_process_triple(), "") if target is None else (target.triple, target.processor)
    machine = llvm.Target.from_triple(triple).create_target_machine(
        cpu=processor, features="-fma" if processor else "", opt=3, reloc="pic", codemodel="default"
    )
    program, word = llvm.parse_bitcode(code), "i32" if triple.startswith("wasm32") else "i64"
    memory = llvm.parse_assembly(_MEMORY.replace("WORD", word))
    for module in (program, memory):
        module.triple, module.data_layout = triple, str(machine.target_data)
    own = [function.name for function in memory.functions if not function.is_declaration]
    program.link_in(memory)
    for name in own:
        program.get_function(name).linkage = "internal"
    passes = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
    manager = passes.getModulePassManager()
    manager.add_refprune_pass()
    manager.run(program, passes)
    program.verify()
    return bytes(machine.emit_object(program))


def check_linker(platform: str) -> None:
    """Raise NegsimError without `ziglang`, before the time for an object file is spent."""
    if find_spec("ziglang") is None:
        raise NegsimError(f"the program for {platform} has to be linked here, which takes ziglang: pip install ziglang")


def link(code: bytes, platform: str) -> bytes:
    """Link an object file into the file of a program for its platform. Raises NegsimError if that fails."""
    target = PLATFORMS[platform]
    name = f"program{target.suffix}"  # without its folder, which would be written into it
    with tempfile.TemporaryDirectory(prefix="negsim-") as folder:
        (Path(folder) / "program.o").write_bytes(code)
        linker = [sys.executable, "-m", "ziglang", "cc", "-target", target.zig]
        options = ["-s", *(_MODULE if platform == WASM else ["-shared"]), "-o", name]
        done = subprocess.run([*linker, *options, "program.o"], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode or not (Path(folder) / name).exists():
            raise NegsimError(f"the program for {platform} cannot be linked: {done.stderr.strip()}")
        return (Path(folder) / name).read_bytes()
