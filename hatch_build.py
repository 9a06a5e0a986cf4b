"""Building a wheel: on Linux on x86-64 it brings the model compiled, so that nobody who installs it needs numba.

Elsewhere, and with NEGSIM_PURE=1, the wheel is plain Python and the model is compiled when it is first run.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ProgramHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the shared library of `negsim.negotiation.program` into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile it unless the builder's cache has it, link it and include it.

        version: "standard", or "editable", which needs none.
        """
        here = (sys.platform, platform.machine()) == ("linux", "x86_64")
        if version == "editable" or not here or os.environ.get("NEGSIM_PURE"):
            return
        linker = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if linker is None:
            raise RuntimeError(
                "a wheel for Linux needs a C compiler, to link the model; NEGSIM_PURE=1 makes one without"
            )
        source, build = Path(self.root) / "src", Path(self.root) / "build"
        build.mkdir(exist_ok=True)
        program, library = build / "program.o", build / "program.so"
        # A plain x86-64, whatever this machine has. What builds a wheel is on the path of this process alone under pip.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(source), *sys.path]), "NUMBA_BOUNDSCHECK": "0"}
        take = "import sys; from negsim import kernel; sys.stdout.buffer.write(kernel.object_file())"
        with program.open("wb") as file:
            subprocess.run([sys.executable, "-c", take], env=environment, stdout=file, check=True)
        subprocess.run([linker, "-shared", "-s", "-o", str(library), str(program)], check=True)
        where = [sys.executable, "-c", "from negsim import kernel; print(kernel.shipped().name)"]
        name = subprocess.run(where, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        build_data["force_include"][str(library)] = f"negsim/{name}"
        build_data["pure_python"], build_data["tag"] = False, "py3-none-linux_x86_64"
