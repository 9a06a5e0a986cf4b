"""The classroom pack: six lessons made from a scenario, with everything a teacher prints or opens.

Rules that hold here
- The pack is made from the scenario; every number in it is computed by the run that writes it, under a given seed.
  Where a command of negsim computes it again, that stands beside it.
- Nothing of a pack depends on the day or the machine: the same scenario and seed write the same files.
"""

from negsim.classroom.pack import Pack, pack_of, write_pack

__all__ = ["Pack", "pack_of", "write_pack"]
