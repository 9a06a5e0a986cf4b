"""A class rehearsed in short, from the QR code to the debriefing: a crash, dropped phones, games that cheat."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from node import needs_node
from patience import LIMIT

pytest.importorskip("starlette")
pytestmark = [needs_node, pytest.mark.slow]
REHEARSAL = Path(__file__).parents[2] / "benchmarks" / "class_rehearsal.py"


@pytest.mark.deep
@pytest.mark.skipif(sys.platform != "linux", reason="phones have addresses of their own, and memory is read from /proc")
def test_a_class_loses_nothing_from_the_qr_code_to_the_debriefing(tmp_path):
    command = [sys.executable, str(REHEARSAL), "--short", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=4 * LIMIT, check=False)
    assert done.stdout.splitlines()[-1:] == ["all holds"], f"{done.stdout}\n{done.stderr}"
