"""The classroom pack: lessons about a scenario, with everything a teacher prints or opens.

- Python computes the numbers; every sentence is in a template under `templates/`, a folder a lesson.
- Every number of a pack is computed by the run that writes it, under its seed; if a command of negsim computes it
  again, that command is printed beside it.
- Nothing of a pack depends on the day or the machine: the same scenario and seed write the same files.
"""

PACK_SEED = 2011  # of a pack
