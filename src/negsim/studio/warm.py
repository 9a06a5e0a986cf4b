"""Load everything that the studio's workers need before there is work: they are copies of a process that has it."""

from __future__ import annotations

from negsim.studio.lab import lab_page
from negsim.studio.links import Variant
from negsim.studio.pages import case  # noqa: F401 - loaded for what comes

lab_page(Variant(name="classroom"), (), ())
