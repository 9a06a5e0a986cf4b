"""Building a wheel: it brings the model compiled for its platform and for browsers, so that users need no numba.

The platform is this one, or that which NEGSIM_PLATFORM names (a key of `negsim.platforms.PLATFORMS`). On another, and
with NEGSIM_PURE=1, the wheel is plain Python, and the model is compiled when it is first run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Write the programs into a folder, with the licences of what is linked into them, and print the tag of the wheel.
PROGRAMS = """
import sys
from pathlib import Path
import ziglang
from negsim import kernel, platforms
folder, platform, zig = Path(sys.argv[1]), sys.argv[2] or platforms.HERE, Path(ziglang.__file__).parent
if platform in platforms.PLATFORMS:
    for one in platforms.programs_of(platform):
        (folder / kernel.shipped(one).name).write_bytes(kernel.program_file(one))
    texts = [zig / "LICENSE", *(zig / "lib" / "libc" / name for name in ("mingw/COPYING", "wasi/LICENSE-MIT"))]
    (folder / "_program.licences").write_bytes(b"\\n\\n".join(text.read_bytes() for text in texts))
    print(platforms.PLATFORMS[platform].tag)
elif sys.argv[2]:
    sys.exit(f"NEGSIM_PLATFORM={platform}: no such platform; they are {', '.join(platforms.PLATFORMS)}")
"""


class ProgramHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts the programs into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile them unless the builder's cache has them, and include them.

        version: "standard", or "editable", which needs none.
        """
        if version == "editable" or os.environ.get("NEGSIM_PURE"):
            return
        # What builds a wheel is on the path of this process alone under pip.
        path = os.pathsep.join([str(Path(self.root) / "src"), *sys.path])
        environment = os.environ | {"PYTHONPATH": path, "NUMBA_BOUNDSCHECK": "0"}
        folder = Path(self.root) / "build" / "programs"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        command = [sys.executable, "-c", PROGRAMS, str(folder), os.environ.get("NEGSIM_PLATFORM", "")]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        if tag := done.stdout.strip():
            build_data["force_include"] |= {str(file): f"negsim/{file.name}" for file in folder.iterdir()}
            build_data["pure_python"], build_data["tag"] = False, f"py3-none-{tag}"
