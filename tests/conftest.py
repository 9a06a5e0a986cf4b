"""What every test finds set up: helpers beside the tests, and examples that are the same on every machine."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # `cases` and `twin`, however pytest is started

settings.register_profile("negsim", deadline=None, derandomize=True)
settings.load_profile("negsim")
