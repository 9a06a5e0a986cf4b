"""Load everything that the studio's workers need before there is work; they are copies of the process that imports it.

A kernel is loaded when it is first called, so a small negotiation is played here.
"""

from __future__ import annotations

from negsim.studio.debrief import opening_of
from negsim.studio.lab import lab_page
from negsim.studio.links import Variant
from negsim.studio.recording import Playback, eyes_of

_FIRST = Variant(name="classroom")
Playback(_FIRST)
eyes_of(_FIRST, 1, 0)
opening_of(_FIRST)
lab_page(_FIRST, (), ())
